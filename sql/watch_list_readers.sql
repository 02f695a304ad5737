--
-- watch_list: who sees which students, who may speak of them, and a student's own page
--
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE regress_analyst;
CREATE ROLE regress_teacher;
CREATE ROLE regress_principal;
CREATE ROLE regress_parent;
CREATE ROLE regress_staff;
CREATE ROLE regress_counsellor IN ROLE regress_staff;
CREATE ROLE regress_uninvolved NOINHERIT IN ROLE regress_staff;
CREATE ROLE regress_dashboard;
CREATE ROLE regress_dba SUPERUSER;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;
GRANT USAGE ON SCHEMA district TO PUBLIC;

-- 1..30 in Lincoln, 31..60 in Roosevelt; the teacher has 1..10; odd students were absent 10 days, 8 is unknown
CREATE TABLE students AS
SELECT i AS student_id, 'Student ' || i AS student, CASE WHEN i <= 30 THEN 'Lincoln' ELSE 'Roosevelt' END AS school, CASE WHEN i <= 10 THEN 'regress_teacher' END AS teacher
FROM generate_series(1, 60) AS i;
CREATE TABLE absences AS SELECT student_id, student_id % 2 * 10 AS days FROM students WHERE student_id <> 8;
CREATE TABLE staff (login text, school text);
INSERT INTO staff VALUES ('regress_principal', 'Lincoln'), ('regress_staff', 'Roosevelt'), ('pat@district.example', 'Lincoln');
CREATE TABLE school_days AS SELECT '2025-10-01'::date AS day;

SELECT create_watch_list('list', 'SELECT student_id, student, school FROM students', days_query => 'SELECT day FROM school_days');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 10, 'Absent {value} days');
SELECT status, flagged, newly_flagged FROM refresh_watch_list('list');

--
-- Sharing: who may see whom
--
SELECT share_watch_list('list');
SELECT share_watch_list('list', 'SELECT teacher, student_id FROM students', 'school');
SELECT share_watch_list('list', viewer_column => 'principal');
SELECT share_watch_list('list', viewer_column => 'status');
SELECT share_watch_list('list', 'SELECT teacher FROM students');
SELECT share_watch_list('list', 'SELECT teacher, student_id::text FROM students');
SELECT share_watch_list('list', 'SELECT nobody, student_id FROM students');
SELECT grant_watch_list('list', 'read', 'regress_teacher');
SELECT unshare_watch_list('list');
SELECT share_watch_list('list', $$
	SELECT teacher, student_id FROM students
	UNION ALL SELECT login, student_id FROM staff JOIN students USING (school)
	UNION ALL VALUES ('regress_parent', 7), ('regress_parent', 7), ('regress_parent', 8), ('regress_parent', 99), ('regress_parent', NULL) $$);
SELECT viewer, count(*) FROM list_viewers GROUP BY viewer ORDER BY viewer;
SELECT grant_watch_list('list', 'write', 'regress_teacher');
-- nobody but the owner until granted
SELECT relname FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relname LIKE 'list%'
AND EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee <> relowner);
SELECT grant_watch_list('list', 'follow up', 'regress_teacher');
SELECT grant_watch_list('list', 'read', 'regress_principal');
SELECT grant_watch_list('list', 'read', 'regress_parent');
SELECT grant_watch_list('list', 'follow up', 'regress_staff');
SELECT grant_watch_list('list', 'act for viewers', 'regress_dashboard');

-- each sees his own
CREATE FUNCTION seen() RETURNS TABLE (part text, n bigint, lowest integer, highest integer) LANGUAGE plpgsql AS $$
BEGIN
	FOREACH part IN ARRAY '{mine, my_reasons, my_flags}'::text[] LOOP
		BEGIN
			EXECUTE format('SELECT count(*), min(student_id), max(student_id) FROM list_%s', part) INTO n, lowest, highest;
			RETURN NEXT;
		EXCEPTION WHEN insufficient_privilege THEN
			NULL;
		END;
	END LOOP;
END
$$;
SET ROLE regress_teacher;
SELECT * FROM seen();
SELECT * FROM list;
SELECT * FROM list_reasons;
SELECT * FROM list_viewers;
SELECT * FROM list_flags;
SELECT * FROM list_current;
SELECT * FROM list_acting;
SELECT grant_watch_list('list', 'counts', 'regress_teacher');
SELECT share_watch_list('list', viewer_column => 'school');
SET ROLE regress_principal;
SELECT * FROM seen();
SET ROLE regress_parent;
SELECT student_id, status, reasons FROM list_mine ORDER BY student_id;
-- who is in a group role, and has its rights, sees what it sees
SET ROLE regress_counsellor;
SELECT * FROM seen();
SET ROLE regress_uninvolved;
SELECT * FROM seen();
SET ROLE regress_dba;
SELECT part, n FROM seen();
SET ROLE regress_analyst;
SELECT part, n FROM seen();

--
-- A dashboard with one login names the viewer; if it names none it sees nobody
--
SET ROLE regress_dashboard;
SELECT * FROM seen();
BEGIN;
SET LOCAL gapstats.viewer = 'pat@district.example';
SELECT * FROM seen();
SAVEPOINT before;
SELECT check_in('list', '29', 'Called from the dashboard');
SELECT check_in('list', '31');
ROLLBACK TO before;
SELECT line, words FROM student_profile('list', '29') WHERE line > 0;
SELECT line, words FROM student_profile('list', '31') WHERE line > 0;
ROLLBACK TO before;
COMMIT;
SELECT * FROM seen();
SELECT check_in('list', '29');
SET gapstats.viewer = '';
SELECT count(*) FROM list_mine;
SET gapstats.viewer = 'nobody';
SELECT count(*) FROM list_mine;
-- it does not see as itself what it may not name, and nobody else can name a viewer
SET gapstats.viewer = 'regress_teacher';
SELECT check_in('list', '9', 'In the name of the teacher');
SET ROLE regress_parent;
SELECT count(*) FROM list_mine;
SET ROLE regress_analyst;
SET gapstats.viewer = 'regress_parent';
SELECT count(*) FROM list_mine;
RESET gapstats.viewer;

--
-- Who made a check-in: whoever called, not the owner whose rights it takes
--
SET ROLE regress_teacher;
SELECT check_in('list', '1', 'Called the family');
SELECT check_in('list', '3', contacted_at => now() - interval '1 hour');
-- not flagged, not his, not there, not a student
SELECT check_in('list', '2');
SELECT check_in('list', '31');
SELECT check_in('list', '99');
SELECT check_in('list', 'nobody');
SELECT check_in('students', '1');
SET ROLE regress_principal;
\set VERBOSITY default
SELECT check_in('list', '5');
\set VERBOSITY terse
SET ROLE regress_counsellor;
SELECT check_in('list', '33', 'As one of the staff');
SET ROLE regress_analyst;
SELECT check_in('list', '35', 'Visited');
SET ROLE regress_dba;
SELECT check_in('list', '37', 'From above');
SET ROLE regress_analyst;
SELECT student_id, made_by, note FROM list_check_ins ORDER BY check_in;
SET ROLE regress_teacher;
SELECT student_id, note, made_by FROM list_my_check_ins ORDER BY check_in;
-- what is written is written
INSERT INTO list_my_check_ins (flag) SELECT flag FROM list_my_flags;
UPDATE list_my_check_ins SET note = 'no';
DELETE FROM list_my_check_ins;
UPDATE list_mine SET status = 'on track';
INSERT INTO list_viewers VALUES ('regress_teacher', 31);
SET gapstats.caller = 'regress_analyst';

--
-- Sharing again changes who sees whom at once and keeps what was granted; REVOKE takes back
--
SET ROLE regress_analyst;
SELECT share_watch_list('list', 'SELECT teacher, student_id FROM students WHERE student_id > 5');
SET ROLE regress_teacher;
SELECT * FROM seen();
SET ROLE regress_principal;
SELECT * FROM seen();
SET ROLE regress_analyst;
SELECT share_watch_list('list', 'SELECT teacher, student_id FROM students UNION ALL SELECT login, student_id FROM staff JOIN students USING (school)');
REVOKE SELECT ON list_my_flags FROM regress_teacher;
SET ROLE regress_teacher;
SELECT part FROM seen();
SELECT check_in('list', '1');
SET ROLE regress_analyst;
REVOKE SELECT ON list_mine FROM regress_teacher;
SET ROLE regress_teacher;
SELECT part FROM seen();
SELECT * FROM student_profile('list', '1');
SET ROLE regress_analyst;
-- a dashboard that may not act for viewers any more sees its own students, who are none
REVOKE SELECT ON list_acting FROM regress_dashboard;
SET ROLE regress_dashboard;
SET gapstats.viewer = 'regress_teacher';
SELECT count(*) FROM list_mine;
RESET gapstats.viewer;
-- a viewers query follows its sources with the list
SET ROLE regress_analyst;
DELETE FROM staff WHERE login = 'regress_principal';
SELECT status FROM refresh_watch_list('list');
SET ROLE regress_principal;
SELECT count(*) FROM list_mine;

--
-- A student's own page: in the language asked for, else in the list's, else the rule's reason
--
SET ROLE regress_analyst;
SELECT grant_watch_list('list', 'read', 'regress_teacher');
INSERT INTO list_viewers VALUES ('regress_parent', 7), ('regress_parent', 8);
-- whatever form dates have
CREATE FUNCTION page(student text, language text DEFAULT NULL) RETURNS TABLE (line integer, words text) LANGUAGE sql STABLE AS $$
	SELECT line, regexp_replace(words, '2025-10-01|Oct 1, 2025|1/10/2025', '<that day>') FROM student_profile('list', student, language);
$$;
SELECT * FROM page('1');
SELECT * FROM page('2');
SELECT * FROM page('8', 'es');
INSERT INTO list_words (language, kind, name, words) VALUES
	('es', 'rule', 'absence', 'Faltó {value} días (el límite es {threshold})'), ('de', 'status', 'at risk', 'Braucht Hilfe seit {since}:');
SELECT * FROM page('5', 'es');
SELECT * FROM page('5', 'de');
SELECT * FROM page('5', 'xx');
SELECT change_settings('list', '{"language": "es"}');
SELECT * FROM page('5', 'de');
SELECT * FROM page('5');
SELECT * FROM page('6', 'en');
DELETE FROM list_words WHERE kind = 'status' AND name = 'at risk';
SELECT * FROM page('5');
SELECT * FROM page('99');
SET ROLE regress_parent;
SELECT * FROM page('7');
SELECT * FROM page('5');
SET ROLE regress_dba;
SELECT * FROM page('7') WHERE line > 0;
SET ROLE regress_uninvolved;
SELECT * FROM student_profile('list', '7');

--
-- Taken back
--
SET ROLE regress_analyst;
SELECT unshare_watch_list('list');
SELECT unshare_watch_list('list');
SELECT count(*) FROM list_viewers;
SELECT status FROM refresh_watch_list('list');
SET ROLE regress_parent;
SELECT * FROM list_mine;
SET ROLE regress_analyst;
SELECT * FROM disagreement('list');
SELECT drop_watch_list('list');

--
-- Words that are missing, in the list's language first; the page falls back to that, and then to the rule's reason
--
CREATE TABLE pupils AS SELECT 1 AS student_id;
SELECT create_watch_list('talk', 'SELECT student_id FROM pupils');
SELECT add_rule('talk', 'first', 'SELECT student_id, 1 FROM pupils', '>', 0, 'First {value}'),
	add_rule('talk', 'second', 'SELECT student_id, 2 FROM pupils', '>', 0, 'Second {value}');
SELECT status FROM refresh_watch_list('talk');
-- what health says if nothing else is wrong, as there is with a list that pg_cron does not refresh
CREATE VIEW talks AS SELECT w.problem FROM (SELECT 'talk'::text) l (list), missing_words(list::regclass) AS w (problem);
-- English rules are in words, and Spanish, which no rule has words in, is nobody's
TABLE talks;
INSERT INTO talk_words (language, kind, name, words) VALUES ('es', 'rule', 'first', 'Primero {value}');
TABLE talks;
SELECT line, words FROM student_profile('talk', '1', 'es') WHERE line > 0;
INSERT INTO talk_words (language, kind, name, words) VALUES ('es', 'rule', 'second', 'Segundo {value}');
TABLE talks;
-- a language of which there is nothing but one status
INSERT INTO talk_words (language, kind, name, words) VALUES ('de', 'status', 'at risk', 'Braucht Hilfe:');
TABLE talks;
SELECT * FROM student_profile('talk', '1', 'de');
SELECT change_settings('talk', '{"language": "es"}');
SELECT * FROM student_profile('talk', '1', 'de');
DELETE FROM talk_words WHERE language = 'es' AND name IN ('second', 'watch');
TABLE talks;
DELETE FROM talk_words WHERE language = 'de';
SELECT switch_rule('talk', 'second', false);
TABLE talks;
INSERT INTO talk_words (language, kind, name, words) VALUES ('es', 'status', 'watch', 'Desde el {since}:');
TABLE talks;
-- dots in whose place nobody has written, and other punctuation, are no words; what other letters say is
INSERT INTO talk_words (language, kind, name, words) VALUES ('de', 'status', 'watch', '...'), ('de', 'rule', 'first', ' … ');
TABLE talks;
SELECT * FROM student_profile('talk', '1', 'de');
SELECT fix AS line FROM missing_words('talk') \gset
SELECT replace(substring(:'line' FROM 'INSERT.*'), '...', '需要關心') AS line \gset
:line
TABLE talks;
SELECT words FROM student_profile('talk', '1', 'de') WHERE line > 0;
UPDATE talk_words SET words = '¿?' WHERE language = 'es' AND kind = 'status' AND name = 'at risk';
TABLE talks;
SELECT line, words FROM student_profile('talk', '1', 'es');
SELECT drop_watch_list('talk');
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst, regress_teacher, regress_principal, regress_parent, regress_counsellor, regress_uninvolved, regress_staff, regress_dashboard, regress_dba;
