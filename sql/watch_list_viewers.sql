--
-- watch_list: who may see whom, when a source is broken, a role has an odd name or is gone, and somebody wants to see more
--
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE regress_analyst;
CREATE ROLE regress_t1;
CREATE ROLE regress_t2;
CREATE ROLE regress_dba SUPERUSER;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;
GRANT USAGE ON SCHEMA district TO PUBLIC;

-- 200 students, of whom four teachers have 50 each; those with marks from 90 are flagged
CREATE TABLE students AS SELECT i AS student_id, i % 100 AS mark FROM generate_series(1, 200) i;
CREATE TABLE whole_classes AS SELECT 'regress_t' || (student_id - 1) / 50 + 1 AS teacher, student_id FROM students;
CREATE TABLE classes AS TABLE whole_classes;
SELECT create_watch_list('list', 'SELECT student_id FROM students');
SELECT add_rule('list', 'mark', 'SELECT student_id, mark FROM students', '>=', 90, 'Mark {value}');
SELECT share_watch_list('list', 'SELECT teacher, student_id FROM classes');
SELECT grant_watch_list('list', 'follow up', 'regress_t1'), grant_watch_list('list', 'read', 'regress_t2');
SELECT status, error FROM refresh_watch_list('list');

-- puts other classes in their place, refreshes, and says what came of it and who sees how many
CREATE FUNCTION seen() RETURNS text LANGUAGE sql STABLE AS $$
	SELECT coalesce(string_agg(substr(viewer, 9) || ': ' || n, ', ' ORDER BY viewer), 'nobody') FROM (SELECT viewer, count(*) AS n FROM list_viewers GROUP BY viewer) v
$$;
CREATE FUNCTION load(query text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE classes;
	EXECUTE 'INSERT INTO classes ' || query;
END $$;
CREATE FUNCTION night(query text, OUT run bigint, OUT status text, OUT error text, OUT seen text) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM load(query);
	SELECT r.run, r.status, r.error INTO run, status, error FROM refresh_watch_list('list') r;
	seen := seen();
END $$;
CREATE FUNCTION back_to_normal() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM load('TABLE whole_classes');
	PERFORM share_watch_list('list');
	RETURN seen() || ', ' || (SELECT status FROM refresh_watch_list('list'));
END $$;
SET client_min_messages = error;

--
-- Rows that are nobody's, and students whom nobody sees, are counted: 3 of the first, 10 of the second
--
CREATE VIEW unseen AS SELECT problem, fix FROM watch_list_problems WHERE problem ~ 'viewer.*: \d+$' ORDER BY place;
SELECT status FROM night($$ SELECT CASE WHEN student_id > 2 THEN teacher END, CASE WHEN student_id < 200 THEN student_id END FROM whole_classes WHERE student_id NOT IN (7, 8, 9, 57, 58, 59, 60) $$);
SELECT n_without_viewer, n_unseen FROM list_runs ORDER BY run DESC LIMIT 1;
SELECT * FROM unseen;
-- who shares it is told at once
SET client_min_messages = warning;
SELECT share_watch_list('list');
SET client_min_messages = error;
SELECT back_to_normal();
SELECT * FROM unseen;
-- students alone
SELECT load($$ TABLE whole_classes LIMIT 190 $$), share_watch_list('list');
SELECT status FROM refresh_watch_list('list');
SELECT * FROM unseen;
-- of a list that is not shared nobody is missed
SELECT create_watch_list('closed', 'SELECT student_id FROM students');
SELECT status FROM refresh_watch_list('closed');
SELECT n_unseen, n_without_viewer FROM closed_runs;
SELECT drop_watch_list('closed');
SELECT back_to_normal();

--
-- Access that is taken from one ends at once: a teacher who leaves, a class that is moved, nearly a fifth of all
--
SELECT status, seen FROM night($$ SELECT * FROM whole_classes WHERE teacher <> 'regress_t1' $$);
SET ROLE regress_t1;
SELECT count(*) FROM list_mine;
RESET ROLE;
SET ROLE regress_analyst;
SELECT status, seen FROM night($$ SELECT CASE teacher WHEN 'regress_t2' THEN 'regress_t3' ELSE teacher END, student_id FROM whole_classes WHERE teacher <> 'regress_t1' $$);
SELECT back_to_normal();
SELECT status, seen FROM night($$ SELECT CASE WHEN student_id <= 30 THEN 'regress_t3' ELSE teacher END, student_id FROM whole_classes $$);
SELECT back_to_normal();
SELECT status, seen FROM night($$ SELECT * FROM whole_classes WHERE student_id % 5 > 0 OR student_id = 5 $$);
SELECT back_to_normal();
-- a teacher who leaves while others lose a student each, and one who is followed by somebody new
SELECT status, seen FROM night($$ SELECT * FROM whole_classes WHERE teacher <> 'regress_t1' AND student_id NOT IN (51, 101, 151) $$);
SELECT back_to_normal();
SELECT status, seen FROM night($$ SELECT CASE teacher WHEN 'regress_t1' THEN 'regress_new' ELSE teacher END, student_id FROM whole_classes $$);
SELECT back_to_normal();

--
-- What is too much to be true holds the run: everybody sees whom he saw, and how they stood
--
UPDATE students SET mark = 95 WHERE student_id = 1;
SELECT status, error, seen FROM night('SELECT * FROM whole_classes LIMIT 0');
SELECT status FROM list WHERE student_id = 1;
SET ROLE regress_t1;
SELECT count(*), count(*) FILTER (WHERE status = 'at risk') AS at_risk FROM list_mine;
RESET ROLE;
SET ROLE regress_analyst;
SELECT state, last_status, problem, regexp_replace(fix, 'accept => \d+', 'accept => #') AS fix FROM watch_list_health;
SELECT student_id FROM list_held;
-- a half; a fifth; one more; two of four teachers; ids without their zeros; names in capitals
SELECT status, error, seen FROM night('SELECT * FROM whole_classes WHERE student_id % 2 = 1');
SELECT status, error, seen FROM night('SELECT * FROM whole_classes WHERE student_id % 5 > 0');
SELECT status, error, seen FROM night('SELECT * FROM whole_classes WHERE student_id % 5 > 0 AND student_id <> 1');
SELECT status, error, seen FROM night($$ SELECT * FROM whole_classes WHERE teacher > 'regress_t2' $$);
SELECT status, error, seen FROM night('SELECT teacher, student_id + 1000 FROM whole_classes');
SELECT status, error, seen FROM night('SELECT upper(teacher), student_id FROM whole_classes');
-- every student with another teacher
SELECT status, error, seen FROM night($$ SELECT 'regress_t' || student_id % 4 + 1, student_id FROM whole_classes $$);
-- too much given is a leak: everybody sees everybody
SELECT status, error, seen FROM night('SELECT DISTINCT a.teacher, b.student_id FROM whole_classes a, whole_classes b');
SELECT status, error, seen FROM night('TABLE whole_classes');
SELECT count(*) FROM list_next_viewers;
-- teachers who are few beside a group that sees all are missed, too
SELECT load($$ TABLE whole_classes UNION ALL SELECT 'regress_all', i FROM generate_series(1, 1000) i $$);
SELECT share_watch_list('list');
SELECT status, error, seen FROM night($$ SELECT 'regress_all', i FROM generate_series(1, 1000) i $$);
SELECT back_to_normal();

--
-- Accepted, it is published as that run found it
--
SELECT run AS held_run, status, seen FROM night('SELECT * FROM whole_classes WHERE student_id % 2 = 1') \gset
SELECT load('SELECT * FROM whole_classes LIMIT 3');
UPDATE students SET mark = 0 WHERE student_id = 1;
SET ROLE regress_dba;
SELECT status, error FROM refresh_watch_list('list', accept => :held_run);
SET ROLE regress_analyst;
SELECT seen();
SELECT status, run_by, accepted_by, moved FROM list_runs WHERE run = :held_run;
SELECT status FROM list WHERE student_id = 1;
SELECT count(*) FROM list_next_viewers;
UPDATE students SET mark = 95 WHERE student_id = 1;
SELECT back_to_normal();
-- by the line that health gives
SELECT status FROM night('SELECT * FROM whole_classes LIMIT 0');
SELECT substring(fix from 'SELECT .*') AS line FROM watch_list_health \gset
:line
SELECT seen(), state FROM watch_list_health;
-- a list that shows nobody to anybody is not held to it
SELECT status, error, seen FROM night('TABLE whole_classes');
-- together with what was found of the students
SELECT load('SELECT * FROM whole_classes WHERE student_id <= 100');
UPDATE students SET student_id = student_id + 1000 WHERE student_id > 100;
SELECT run AS held_run, status, error FROM refresh_watch_list('list') \gset
\echo :status :error
SELECT status, students FROM refresh_watch_list('list', accept => :held_run);
SELECT seen(), count(*), max(student_id) FROM list;
UPDATE students SET student_id = student_id - 1000 WHERE student_id > 1000;
SELECT status, students FROM refresh_watch_list('list', accept => (SELECT run FROM refresh_watch_list('list')));
SELECT back_to_normal();

-- a run that failed in between does not come between, whatever it found of the viewers
SELECT run AS held_run, status FROM night('SELECT * FROM whole_classes WHERE student_id % 2 = 1') \gset
SELECT load('SELECT * FROM whole_classes WHERE student_id % 3 = 1');
ALTER TABLE students RENAME TO elsewhere;
SELECT status, error FROM refresh_watch_list('list');
SELECT problem, fix FROM watch_list_health;
ALTER TABLE elsewhere RENAME TO students;
SELECT status FROM refresh_watch_list('list', accept => :held_run);
SELECT seen();
SELECT back_to_normal();
-- who may see whom being published does: by another run, by hand, or taken back
\set VERBOSITY default
SELECT run AS held_run, status FROM night('SELECT * FROM whole_classes WHERE student_id % 2 = 1') \gset
SELECT load('TABLE whole_classes');
ALTER TABLE students RENAME TO elsewhere;
SELECT status, error FROM refresh_watch_list('list');
ALTER TABLE elsewhere RENAME TO students;
SELECT status FROM refresh_watch_list('list', accept => :held_run);
\set VERBOSITY terse
SELECT run AS held_run, status FROM night('SELECT * FROM whole_classes WHERE student_id % 2 = 1') \gset
SELECT load($$ SELECT * FROM whole_classes WHERE teacher = 'regress_t1' $$);
SELECT share_watch_list('list');
SELECT status FROM refresh_watch_list('list', accept => :held_run);
SELECT seen();
SELECT back_to_normal();
SELECT run AS held_run, status FROM night('SELECT * FROM whole_classes WHERE student_id % 2 = 1') \gset
BEGIN;
SELECT unshare_watch_list('list');
SAVEPOINT before;
SELECT status FROM refresh_watch_list('list', accept => :held_run);
ROLLBACK TO before;
SELECT seen();
ROLLBACK;
-- or a crash, which empties what is not logged
BEGIN;
DELETE FROM list_next_viewers;
SELECT status FROM refresh_watch_list('list', accept => :held_run);
ROLLBACK;
SELECT back_to_normal();

--
-- Access ends although a rule fails, or the students are held
--
ALTER TABLE students RENAME COLUMN mark TO grade;
SELECT status, seen FROM night($$ SELECT * FROM whole_classes WHERE teacher <> 'regress_t1' $$);
ALTER TABLE students RENAME COLUMN grade TO mark;
SELECT back_to_normal();
CREATE TABLE some_students AS SELECT * FROM students WHERE student_id <= 100;
ALTER TABLE students RENAME TO all_students;
ALTER TABLE some_students RENAME TO students;
SELECT status, error, seen FROM night($$ SELECT * FROM whole_classes WHERE teacher <> 'regress_t1' $$);
ALTER TABLE students RENAME TO some_students;
ALTER TABLE all_students RENAME TO students;
SELECT back_to_normal();
-- and if too much of it goes while a rule fails, at once by hand, without a run
ALTER TABLE students RENAME COLUMN mark TO grade;
SELECT status, error, seen FROM night($$ SELECT * FROM whole_classes WHERE teacher > 'regress_t2' $$);
SELECT share_watch_list('list');
SELECT seen();
ALTER TABLE students RENAME COLUMN grade TO mark;
SELECT back_to_normal();
-- a viewers query that fails: nothing is published, all see whom they saw, and the run and health say so
ALTER TABLE classes RENAME COLUMN teacher TO tutor;
SELECT status, error, seen() FROM refresh_watch_list('list');
SELECT state, problem, fix FROM watch_list_health;
SELECT share_watch_list('list');
ALTER TABLE classes RENAME COLUMN tutor TO teacher;
CREATE TABLE divisors AS SELECT 0 AS zero;
BEGIN;
SELECT share_watch_list('list', 'SELECT teacher, student_id / (SELECT 1 - zero FROM divisors) FROM classes');
UPDATE divisors SET zero = 1;
SELECT status, error, seen() FROM refresh_watch_list('list');
-- the line for the worst case
SELECT substring(fix from 'SELECT .*') AS line FROM watch_list_health \gset
:line
SELECT seen();
ROLLBACK;
-- the procedure says so, too, and commits what it publishes
SELECT load('SELECT * FROM whole_classes LIMIT 0');
CALL run_watch_list('list');
SELECT load($$ SELECT * FROM whole_classes WHERE teacher <> 'regress_t1' $$);
ALTER TABLE students RENAME COLUMN mark TO grade;
CALL run_watch_list('list');
SELECT seen();
ALTER TABLE students RENAME COLUMN grade TO mark;
SELECT back_to_normal();

--
-- A school year that was announced brings other classes, but not none; small lists need no ceremony, but for none
--
SELECT status, error FROM night('SELECT ''regress_t'' || student_id % 9, student_id + 1000 FROM whole_classes');
SELECT change_settings('list', jsonb_build_object('school_year_from', current_date));
UPDATE list_runs SET as_of = as_of - 60;
SELECT status, seen FROM night('SELECT ''regress_t'' || student_id % 9, student_id + 1000 FROM whole_classes');
UPDATE list_runs SET as_of = as_of - 60;
SELECT status, error FROM night('SELECT * FROM whole_classes LIMIT 0');
-- it has begun with the first run for it, whether or not attendance of it has come by the next
UPDATE list_runs SET as_of = as_of - 60;
SELECT status, error ~ 'viewers' AS moved FROM night('SELECT ''regress_t'' || student_id % 9, student_id + 1000 FROM whole_classes WHERE student_id % 3 = 0');
SELECT status FROM refresh_watch_list('list', accept => (SELECT max(run) FROM list_runs));
UPDATE list_runs SET as_of = as_of - 60;
SELECT status, error ~ 'viewers' AS moved FROM night('SELECT ''regress_t'' || student_id % 9, student_id + 1000 FROM whole_classes');
SELECT change_settings('list', '{"school_year_from": null}');
SELECT load('SELECT * FROM whole_classes WHERE student_id % 10 = 0');
SELECT share_watch_list('list');
SELECT status, seen FROM night('SELECT * FROM whole_classes WHERE student_id = 10');
SELECT status, seen FROM night('SELECT * FROM whole_classes WHERE student_id % 10 = 1');
SELECT status, error, seen FROM night('SELECT * FROM whole_classes LIMIT 0');
SELECT change_settings('list', '{"max_students_change": 0, "change_floor": 0}');
SELECT status, error, seen FROM night('SELECT * FROM whole_classes WHERE student_id % 10 = 1 AND student_id > 1');
SELECT change_settings('list', '{"max_students_change": 0.2, "change_floor": 20}');
SELECT back_to_normal();

-- By definition, with random classes before and after: of each student's viewers it is counted how many are gone, and
-- half of those count in whose place another one came; who alone leaves altogether does not. So, too, from the other side.
CREATE TABLE v (viewer text COLLATE "C", student_id integer);
CREATE TABLE n (LIKE v);
CREATE FUNCTION by_definition(share numeric, floor integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	before CONSTANT text[] := ARRAY(SELECT DISTINCT viewer FROM v);
	after CONSTANT text[] := ARRAY(SELECT DISTINCT viewer FROM n);
	leavers text[] := ARRAY(SELECT unnest(before) EXCEPT SELECT unnest(after));
	comers text[] := ARRAY(SELECT unnest(after) EXCEPT SELECT unnest(before));
	gone CONSTANT integer := (SELECT count(*) FROM (TABLE v EXCEPT TABLE n) d);
	new CONSTANT integer := (SELECT count(*) FROM (TABLE n EXCEPT TABLE v) d);
	old_pairs CONSTANT integer := (SELECT count(*) FROM v);
	lost text[];
	won text[];
	taken numeric := 0;
	given numeric := 0;
	held boolean;
BEGIN
	IF old_pairs = 0 THEN
		RETURN false;
	ELSIF NOT EXISTS (TABLE n) THEN
		RETURN true;
	END IF;
	held := gone > floor AND cardinality(leavers) > 1 AND cardinality(leavers) >= share * cardinality(before)
		OR new > floor AND cardinality(comers) > 1 AND cardinality(comers) >= share * cardinality(before);
	leavers := CASE WHEN cardinality(leavers) = 1 THEN leavers ELSE '{}' END;
	comers := CASE WHEN cardinality(comers) = 1 THEN comers ELSE '{}' END;
	FOR s IN 1..12 LOOP
		lost := ARRAY(SELECT viewer FROM v WHERE student_id = s EXCEPT SELECT viewer FROM n WHERE student_id = s);
		won := ARRAY(SELECT viewer FROM n WHERE student_id = s EXCEPT SELECT viewer FROM v WHERE student_id = s);
		FOR i IN 1..(SELECT count(*) FROM unnest(lost) l WHERE l <> ALL (leavers)) LOOP
			taken := taken + CASE WHEN i <= cardinality(won) THEN 0.5 ELSE 1 END;
		END LOOP;
		FOR i IN 1..(SELECT count(*) FROM unnest(won) w WHERE w <> ALL (comers)) LOOP
			given := given + CASE WHEN i <= cardinality(lost) THEN 0.5 ELSE 1 END;
		END LOOP;
	END LOOP;
	RETURN held OR taken > floor AND taken >= share * old_pairs OR given > floor AND given >= share * old_pairs;
END $$;
CREATE TABLE trials (held boolean, held_by_definition boolean);
BEGIN;
SELECT setseed(0.5);
DO $$
DECLARE
	chance double precision;
	likeness double precision;
BEGIN
	PERFORM change_settings('list', '{"change_floor": 3}');
	FOR trial IN 1..150 LOOP
		DELETE FROM v; DELETE FROM n; DELETE FROM list_viewers; DELETE FROM list_next_viewers;
		chance := random();
		likeness := random();
		INSERT INTO v SELECT 't' || t, s FROM generate_series(1, 5) t, generate_series(1, 12) s WHERE t % 5 <= trial % 6 AND random() < chance;
		INSERT INTO n SELECT 't' || t, s FROM generate_series(1, 5) t, generate_series(1, 12) s
		WHERE t <> trial % 9 AND CASE WHEN random() < likeness THEN EXISTS (SELECT FROM v WHERE viewer = 't' || t AND student_id = s) ELSE random() < chance END;
		INSERT INTO list_viewers TABLE v;
		INSERT INTO list_next_viewers SELECT 1, coalesce(v.viewer, n.viewer), coalesce(v.student_id, n.student_id), n.viewer IS NULL
		FROM v FULL JOIN n USING (viewer, student_id) WHERE v.viewer IS NULL OR n.viewer IS NULL;
		INSERT INTO trials VALUES (viewers_moved('list', 1) IS NOT NULL, by_definition(0.2, 3));
	END LOOP;
END $$;
SELECT count(*) FILTER (WHERE held) > 30 AS held, count(*) FILTER (WHERE NOT held) > 30 AS published, count(*) FILTER (WHERE held IS DISTINCT FROM held_by_definition) AS wrong FROM trials;
ROLLBACK;
SELECT * FROM disagreement('list');
DROP FUNCTION night, back_to_normal, load, by_definition;
SELECT drop_watch_list('list');
RESET client_min_messages;

--
-- A list that is shared by a column follows its students query
--
CREATE TABLE roster AS SELECT student_id, teacher, '2026-01-02'::date AS began, CASE WHEN student_id % 2 = 1 THEN 'regress_t1' END AS "Coach's ""%s""" FROM whole_classes;
SET datestyle = 'ISO, DMY';
RESET ROLE;
CREATE SCHEMA elsewhere AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
CREATE TABLE elsewhere.roster AS SELECT student_id, 'nobody' AS teacher FROM roster;
-- the names and dates of the students query mean what they meant when it was kept, whoever shares the list and from where
SELECT create_watch_list('list', 'SELECT * FROM roster WHERE began < ''03/01/2026'' -- old;');
SET datestyle = 'ISO, MDY';
SET search_path = elsewhere, district, gapstats, gapstats_internal;
SELECT share_watch_list('list', viewer_column => 'teacher');
SET search_path = district, gapstats, gapstats_internal;
RESET datestyle;
SELECT seen(), viewer_column('list');
SELECT grant_watch_list('list', 'read', 'regress_t1');
SELECT status FROM refresh_watch_list('list');
SELECT change_students('list', 'SELECT student_id, teacher FROM roster WHERE student_id <= 90');
SELECT seen(), viewer_column('list');
SELECT status, students FROM refresh_watch_list('list');
SELECT status FROM refresh_watch_list('list', accept => (SELECT max(run) FROM list_runs));
SELECT seen();
SET ROLE regress_t1;
SELECT count(*) FROM list_mine;
SET ROLE regress_analyst;
-- a column that is gone is told before anything is changed
\set VERBOSITY default
SELECT change_students('list', 'SELECT student_id, "Coach''s ""%s""" FROM roster');
SELECT share_watch_list('list', viewer_column => 'Teacher');
\set VERBOSITY terse
SELECT query FROM list_queries ORDER BY part;
SELECT attname FROM pg_attribute WHERE attrelid = 'list'::regclass AND attnum IN (1, 2);
-- the column's type may be another one, and its name odd
SELECT change_students('list', 'SELECT student_id, teacher::name AS teacher, "Coach''s ""%s""" FROM roster WHERE student_id <= 90');
SELECT share_watch_list('list', viewer_column => 'Coach''s "%s"');
SELECT change_students('list', 'SELECT student_id, "Coach''s ""%s""" FROM roster WHERE student_id <= 80');
SELECT viewer_column('list'), status, students FROM refresh_watch_list('list');
SELECT seen();
-- so does a list that was imported
SELECT import_watch_list('copy', export_watch_list('list'));
SELECT viewer_column('copy');
SELECT drop_watch_list('copy');
-- a query of its own stays, and so does no sharing
SELECT share_watch_list('list', 'SELECT teacher, student_id FROM roster');
SELECT change_students('list', 'SELECT student_id FROM roster WHERE student_id <= 90');
SELECT viewer_column('list'), seen();
SELECT unshare_watch_list('list');
SELECT change_students('list', 'SELECT student_id, teacher FROM roster WHERE student_id <= 90');
SELECT viewer_column('list'), seen();
SELECT count(*) FROM list_queries WHERE part = 'viewers';
SELECT share_watch_list('list');
SELECT * FROM disagreement('list');

--
-- Whatever a viewer is called and is: what he sees, or why he sees nothing, with the line that mends it
--
RESET ROLE;
CREATE ROLE "regress_Ms. O'Neill-Çelik ""the 1st""";
CREATE ROLE regress_éééééééééééééééééééééééééééx;
SELECT octet_length(rolname) FROM pg_roles WHERE rolname LIKE 'regress\_é%';
CREATE ROLE "regress_%s @mine %L";
CREATE ROLE "REGRESS_T1";
CREATE ROLE "regress_Group";
CREATE ROLE regress_inner IN ROLE "regress_Group";
CREATE ROLE "regress_Member" IN ROLE regress_inner;
CREATE SCHEMA "Odd ""Schema" AUTHORIZATION regress_analyst;
-- what a role sees
CREATE FUNCTION sees(role name) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	caller CONSTANT name := current_user;
	students text;
BEGIN
	PERFORM set_config('role', role, true);
	BEGIN
		SELECT coalesce(string_agg(student_id::text, ' ' ORDER BY student_id), 'nobody') INTO students FROM "Odd ""Schema"."It's_mine";
	EXCEPTION WHEN insufficient_privilege THEN
		students := SQLERRM;
	END;
	PERFORM set_config('role', caller, true);
	RETURN students;
END $$;
-- executes the lines that health gives, until it has none
CREATE FUNCTION mend() RETURNS TABLE (problem text, line text) LANGUAGE plpgsql AS $$
BEGIN
	LOOP
		SELECT h.problem, substring(h.fix FROM '(?:SELECT|GRANT|CREATE ROLE) .*') INTO problem, line FROM health() h;
		EXIT WHEN problem IS NULL;
		RETURN NEXT;
		EXIT WHEN line IS NULL;
		EXECUTE line;
	END LOOP;
END $$;
ALTER ROLE regress_analyst LOGIN;
SET ROLE regress_analyst;
SET search_path = "Odd ""Schema", district, gapstats, gapstats_internal;
CREATE TABLE people AS
SELECT rolname::text AS login, 10 * row_number() OVER (ORDER BY rolname COLLATE "C") AS student_id
FROM pg_roles WHERE rolname ~ '^(regress_(Ms|é|%|Group)|REGRESS_T1)';
TABLE people;
SELECT create_watch_list('"It''s"', 'SELECT student_id::bigint FROM roster');
SELECT add_rule('"It''s"', 'late', 'SELECT student_id::bigint, 0 FROM roster', '>=', 1, '{value}');
CREATE FUNCTION health(OUT problem text, OUT fix text) LANGUAGE sql AS $$
	SELECT CASE WHEN h.problem !~ '^pg_cron' THEN h.problem END, CASE WHEN h.problem !~ '^pg_cron' THEN h.fix END
	FROM gapstats.watch_list_health h WHERE h.list = '"Odd ""Schema"."It''s"'::regclass
$$;
SELECT share_watch_list('"It''s"', 'SELECT login, student_id FROM people');
SELECT status FROM refresh_watch_list('"It''s"');
SET client_min_messages = warning;
RESET ROLE;
SELECT * FROM health();
SELECT * FROM mend();
RESET client_min_messages;
SELECT login, student_id, sees(login::name) FROM people ORDER BY student_id;
SELECT sees('regress_Member'), sees('regress_t1');
-- a group of which only a member was granted is no problem, nor is what PUBLIC was granted
REVOKE SELECT ON "It's_mine" FROM "regress_Group";
GRANT SELECT ON "It's_mine" TO "regress_Member";
GRANT USAGE ON SCHEMA "Odd ""Schema" TO "regress_Member", regress_t1;
SELECT sees('regress_Member'), sees('regress_Group'), problem FROM health();
REVOKE SELECT ON "It's_mine" FROM "REGRESS_T1";
SELECT problem, fix FROM health();
GRANT SELECT ON "It's_mine" TO PUBLIC;
SELECT problem, fix FROM health();
REVOKE SELECT ON "It's_mine" FROM PUBLIC;
SELECT * FROM mend();
-- a role that was renamed: nobody has its name, and it has nobody
ALTER ROLE "REGRESS_T1" RENAME TO "regress_Mr T";
SELECT sees('regress_Mr T'), problem, fix FROM health();
UPDATE people SET login = 'regress_Mr T' WHERE login = 'REGRESS_T1';
SELECT status FROM refresh_watch_list('"It''s"');
SELECT sees('regress_Mr T'), problem FROM health();
-- one that was dropped: it is back with nothing, until it is granted again
DROP OWNED BY "regress_%s @mine %L";
DROP ROLE "regress_%s @mine %L";
SELECT problem, fix FROM health();
SET client_min_messages = warning;
SELECT * FROM mend();
RESET client_min_messages;
SELECT sees('regress_%s @mine %L');
-- names that no role can have are to be corrected; others differ by a capital letter or a space
INSERT INTO people SELECT login, 99 FROM unnest(ARRAY['', 'public', 'none', 'pg_monitors', repeat('é', 32), 'REGRESS_t1', 'regress_t1 ']) login;
SELECT status FROM refresh_watch_list('"It''s"');
SELECT viewer, (SELECT fix FROM health()) FROM "It's_viewers" WHERE viewer = '';
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['', 'none', 'pg_monitors', 'public', 'REGRESS_t1', 'regress_t1 ', repeat('é', 32)] LOOP
		RAISE NOTICE '%: %', (SELECT problem FROM health()), (SELECT fix FROM health());
		DELETE FROM "Odd ""Schema"."It's_viewers" WHERE viewer = name;
	END LOOP;
END $$;
SELECT sees('regress_t1'), problem FROM health();
-- as regrole, roles are followed whatever becomes of their names
SET ROLE regress_analyst;
CREATE TABLE by_role AS SELECT quote_ident(login)::regrole AS login, student_id FROM people WHERE student_id < 99;
SELECT share_watch_list('"It''s"', 'SELECT login, student_id FROM by_role');
RESET ROLE;
SELECT login, student_id, sees(r.rolname) FROM by_role b JOIN pg_roles r ON r.oid = b.login ORDER BY student_id;
ALTER ROLE "regress_Mr T" RENAME TO "regress_Mr. T";
DROP OWNED BY "regress_%s @mine %L";
DROP ROLE "regress_%s @mine %L";
SELECT sees('regress_Mr. T');
SELECT status FROM refresh_watch_list('"It''s"');
SELECT sees('regress_Mr. T'), (SELECT count(DISTINCT viewer) FROM "It's_viewers"), problem FROM health();
-- who may not even see the schema, and a role that there is not
REVOKE USAGE ON SCHEMA "Odd ""Schema" FROM "regress_Mr. T";
SELECT * FROM mend();
SELECT sees('regress_Mr. T');
SELECT grant_watch_list('"It''s"', 'read', 4000000000::oid::regrole);
SELECT grant_watch_list('"It''s"', 'read', '-');
SELECT grant_watch_list('"It''s"', 'read', 'public');
SELECT grant_watch_list('"It''s"', 'read', '"regress_mr. t"');
-- whoever may not follow up is told the line
SET ROLE "regress_Mr. T";
\set VERBOSITY default
SELECT check_in('"It''s"', '20');
\set VERBOSITY terse
SET ROLE regress_analyst;
SELECT gapstats.grant_watch_list('"Odd ""Schema"."It''s"', 'follow up', '"regress_Mr. T"');
SET ROLE "regress_Mr. T";
SELECT check_in('"It''s"', '20');
RESET ROLE;

--
-- Who acts for viewers, and in a pool of connections what one user leaves for the next
--
CREATE ROLE "regress_Dash Board";
SET ROLE regress_analyst;
GRANT USAGE ON SCHEMA "Odd ""Schema" TO "regress_Dash Board";
SELECT share_watch_list('"It''s"', $$
	SELECT v, s FROM (VALUES ('pat@district.example', 1::bigint), ('', 2), ('Pat', 3), ('PAT', 4), ('{Pat,PAT}', 5), ('Pat,PAT', 6), ('regress_Dash Board', 7)) v (v, s) $$);
SELECT grant_watch_list('"It''s"', 'act for viewers', '"regress_Dash Board"');
RESET ROLE;
-- viewers need no roles now
SELECT problem FROM health();
SET SESSION AUTHORIZATION "regress_Dash Board";
CREATE FUNCTION pg_temp.mine() RETURNS text LANGUAGE sql AS $$ SELECT coalesce(string_agg(student_id::text, ' ' ORDER BY student_id), 'nobody') FROM "Odd ""Schema"."It's_mine" $$;
SELECT current_setting('gapstats.viewer', true) IS NULL AS unset, pg_temp.mine();
SET gapstats.viewer = '';
SELECT pg_temp.mine();
SET gapstats.viewer = 'Pat';
SELECT pg_temp.mine();
SET gapstats.viewer = 'pAT';
SELECT pg_temp.mine();
SET gapstats.viewer = 'Pat ';
SELECT pg_temp.mine();
SET gapstats.viewer = '{Pat,PAT}';
SELECT pg_temp.mine();
SET gapstats.viewer = Pat, PAT;
SELECT pg_temp.mine();
SET gapstats.viewer = '%';
SELECT pg_temp.mine();
SET gapstats.viewer = 'regress_Dash Board';
SELECT pg_temp.mine();
RESET gapstats.viewer;
SELECT pg_temp.mine();
-- what a transaction says ends with it, whichever way, and what its parts say with them
BEGIN;
SET LOCAL gapstats.viewer = 'PAT';
SAVEPOINT part;
SET LOCAL gapstats.viewer = 'Pat';
SELECT pg_temp.mine();
ROLLBACK TO part;
SELECT pg_temp.mine();
COMMIT;
SELECT pg_temp.mine();
BEGIN;
SET LOCAL gapstats.viewer = 'Pat';
SELECT 1 / 0;
COMMIT;
SELECT pg_temp.mine();
-- outside of a transaction it says nothing
SET LOCAL gapstats.viewer = 'Pat';
SELECT pg_temp.mine();
-- SET stays for whoever comes next, until the pooler says RESET ALL or DISCARD ALL
SET gapstats.viewer = 'Pat';
RESET ALL;
SELECT count(*) FROM "Odd ""Schema"."It's_mine";
SET gapstats.viewer = 'Pat';
SELECT count(*) FROM "Odd ""Schema"."It's_mine";
-- (which ends the session's authorization, too)
PREPARE own AS SELECT student_id FROM "Odd ""Schema"."It's_mine";
EXECUTE own;
DISCARD ALL;
SET SESSION AUTHORIZATION "regress_Dash Board";
SELECT student_id FROM "Odd ""Schema"."It's_mine";
-- a plan that is kept is no answer that is kept
PREPARE own AS SELECT student_id FROM "Odd ""Schema"."It's_mine";
SET plan_cache_mode = force_generic_plan;
SET gapstats.viewer = 'Pat';
EXECUTE own;
SET gapstats.viewer = 'PAT';
EXECUTE own;
RESET gapstats.viewer;
EXECUTE own;
DEALLOCATE own;
RESET plan_cache_mode;
RESET SESSION AUTHORIZATION;
SET search_path = "Odd ""Schema", district, gapstats, gapstats_internal;
\set VERBOSITY terse

--
-- Who wants to see more
--
SET ROLE regress_analyst;
-- what a run would change is nobody's to read, whatever the defaults say
ALTER DEFAULT PRIVILEGES FOR ROLE regress_analyst GRANT ALL ON TABLES TO regress_t1;
SELECT create_watch_list('open', 'SELECT student_id FROM roster');
SELECT status FROM refresh_watch_list('open');
SELECT relname FROM pg_class WHERE relname LIKE 'open%' AND EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee <> relowner);
ALTER DEFAULT PRIVILEGES FOR ROLE regress_analyst REVOKE ALL ON TABLES FROM regress_t1;
SELECT share_watch_list('open', 'SELECT teacher, student_id FROM roster');
SELECT grant_watch_list('open', 'follow up', 'regress_t1');
GRANT USAGE ON SCHEMA "Odd ""Schema" TO regress_t1, regress_t2;
SET ROLE regress_t1;
SELECT count(*), max(student_id) FROM open_mine;
TABLE open_next_viewers;
TABLE open_viewers;
SELECT share_watch_list('open');
SELECT find_viewers('open', 0);
SELECT publish_viewers('open', 0);
SELECT viewers_moved('open', 0);
SELECT refresh_viewers('open', 1);
SELECT viewers_problems('open', true);
-- nobody can name a viewer to whom nobody gave that
SET gapstats.viewer = 'regress_t2';
SELECT count(*), max(student_id) FROM open_mine;
RESET gapstats.viewer;
-- a viewer takes nobody's place by the name of a table, a type or a function of his own
CREATE TEMP TABLE open_viewers AS SELECT 'regress_t1' AS viewer, generate_series(1, 200) AS student_id;
CREATE TEMP TABLE pg_roles AS SELECT 1::oid AS oid, 'regress_t2'::name AS rolname, true AS rolsuper;
CREATE FUNCTION pg_temp.viewer_names(regclass, name) RETURNS text[] LANGUAGE sql AS $$ SELECT '{regress_t2}'::text[] $$;
SET search_path = pg_temp, "Odd ""Schema", gapstats;
SELECT count(*), max(student_id) FROM "Odd ""Schema".open_mine;
RESET search_path;
DROP TABLE pg_temp.open_viewers, pg_temp.pg_roles;
SET search_path = "Odd ""Schema", district, gapstats, gapstats_internal;
SET ROLE regress_analyst;
-- a query that somebody else could have written does not run, even if it is asked for by hand
GRANT UPDATE ON open_queries TO regress_t1;
SELECT share_watch_list('open');
SELECT status, error FROM refresh_watch_list('open');
REVOKE UPDATE ON open_queries FROM regress_t1;
SELECT share_watch_list('open');
-- nor does one whose new owner has not looked at it; nor, whoever asks, a function of somebody else's
RESET ROLE;
UPDATE open_settings SET owner = 'regress_dba'::regrole;
SET ROLE regress_analyst;
SELECT share_watch_list('open');
SELECT resume_watch_list('open');
SELECT share_watch_list('open');
RESET ROLE;
GRANT CREATE ON SCHEMA "Odd ""Schema" TO regress_t2;
SET ROLE regress_t2;
CREATE FUNCTION "Odd ""Schema".more(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "Odd ""Schema".open_viewers VALUES ('regress_t2', 1); RETURN $1; END $$;
SET ROLE regress_analyst;
SELECT share_watch_list('open', 'SELECT "Odd ""Schema".more(teacher), student_id FROM roster');
CREATE FUNCTION pass(text) RETURNS text LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN "Odd ""Schema".more($1); END $$;
SELECT share_watch_list('open', 'SELECT pass(teacher), student_id FROM roster');
RESET ROLE;
SELECT share_watch_list('open', 'SELECT pass(teacher), student_id FROM roster');
SELECT count(*) FROM open_viewers WHERE viewer = 'regress_t2';
-- nor is it a superuser whose rights an owner's query has, in what superusers call
SET ROLE regress_analyst;
CREATE TABLE seen_as (who name);
CREATE FUNCTION who(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen_as VALUES (current_user); RETURN $1; END $$;
SELECT share_watch_list('open', 'SELECT who(teacher), student_id FROM roster');
RESET ROLE;
SELECT status FROM refresh_watch_list('open');
SELECT share_watch_list('open');
SELECT count(*) FROM watch_list_health;
SELECT DISTINCT who FROM seen_as;
-- a viewers query that wants to be somebody else, or to name a viewer for its readers
SET ROLE regress_analyst;
SELECT share_watch_list('open', $$ SELECT set_config('role', 'regress_dba', false), student_id FROM roster $$);
SELECT share_watch_list('open', $$ SELECT set_config('gapstats.viewer', teacher, false), student_id FROM roster $$);
SELECT nullif(current_setting('gapstats.viewer', true), '') AS viewer, count(*) FROM open_mine;

--
-- What is granted is taken back by one call, and nobody is to see students by name and the counts
--
RESET ROLE;
SET client_min_messages = warning;
CREATE ROLE regress_partner;
CREATE ROLE regress_faculty;
CREATE ROLE regress_friend;
GRANT regress_faculty TO regress_t2;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;
SELECT create_watch_list('told', 'SELECT student_id FROM students');
SELECT add_rule('told', 'mark', 'SELECT student_id, mark FROM students', '>=', 90, 'Mark {value}');
SELECT share_watch_list('told', 'SELECT teacher, student_id FROM whole_classes UNION ALL SELECT ''regress_faculty'', 1');
CREATE FUNCTION may_read(who regrole) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT coalesce(string_agg(part, ', ' ORDER BY part), 'nothing')
	FROM list_parts()
	WHERE has_table_privilege(who, list_part('told', part)::regclass, 'SELECT')
$$;
\set VERBOSITY default
SELECT revoke_watch_list('told', 'read', 'regress_t1') AS before;
SELECT what, may_read('regress_t1') AS may_read, revoke_watch_list('told', what, 'regress_t1') AS taken, may_read('regress_t1') AS then
FROM (VALUES ('read'), ('follow up'), ('act for viewers'), ('outbox')) AS v (what), LATERAL (SELECT grant_watch_list('told', what, 'regress_t1') OFFSET 0) AS g;
-- two of a kind are one; by name or not are two
SELECT grant_watch_list('told', 'read', 'regress_t1'), grant_watch_list('told', 'follow up', 'regress_t1'), grant_watch_list('told', 'outbox', 'regress_t1');
SELECT revoke_watch_list('told', 'read', 'regress_t1');
SELECT may_read('regress_t1');
SELECT revoke_watch_list('told', 'outbox', 'regress_t1');
-- with what he has granted others; a grant to a role that he belongs to is that role's
GRANT SELECT ON told_mine TO regress_t1 WITH GRANT OPTION;
SET ROLE regress_t1;
GRANT SELECT ON told_mine TO regress_friend;
SET ROLE regress_analyst;
SELECT revoke_watch_list('told', 'follow up', 'regress_t1');
SELECT may_read('regress_t1'), may_read('regress_friend');
SELECT grant_watch_list('told', 'read', 'regress_t2'), grant_watch_list('told', 'read', 'regress_faculty');
-- as whom he may read it still is told; and what he has of the schema, which is not the list's, once nothing in it is for him
SELECT revoke_watch_list('told', 'read', 'regress_t2');
SELECT grant_watch_list('told', 'counts', 'regress_friend');
GRANT SELECT ON told_counts TO PUBLIC;
SELECT revoke_watch_list('told', 'counts', 'regress_friend');
REVOKE SELECT ON told_counts FROM PUBLIC;
RESET ROLE;
CREATE ROLE regress_leaver IN ROLE pg_read_all_data;
GRANT USAGE ON SCHEMA district TO regress_leaver;
SET ROLE regress_analyst;
SELECT grant_watch_list('told', 'read', 'regress_leaver'), grant_watch_list('told', 'outbox', 'regress_leaver');
SELECT revoke_watch_list('told', 'read', 'regress_leaver');
RESET ROLE;
REVOKE pg_read_all_data FROM regress_leaver;
SET ROLE regress_analyst;
SET client_min_messages = notice;
SELECT revoke_watch_list('told', 'outbox', 'regress_leaver');
SET client_min_messages = warning;
RESET ROLE;
REVOKE ALL ON SCHEMA district FROM regress_leaver;
DROP ROLE regress_leaver;
SET ROLE regress_analyst;
SELECT revoke_watch_list('told', 'read', 'regress_faculty');
SELECT may_read('regress_t2');
-- it is not granted again with a view that is made again
SELECT grant_watch_list('told', 'read', 'regress_t1');
SELECT revoke_watch_list('told', 'read', 'regress_t1');
DROP VIEW told_mine CASCADE;
SELECT repair_watch_list('told');
SELECT may_read('regress_t1');
SELECT revoke_watch_list('told', 'write', 'regress_t1');
SELECT revoke_watch_list('told', 'read', 'regress_nobody');
SELECT revoke_watch_list('told', 'read', 'regress_analyst');
SET ROLE regress_t1;
SELECT revoke_watch_list('told', 'read', 'regress_t2');
SET ROLE regress_analyst;
-- a partner knows no more; a viewer, a group with a viewer in it, and one who belongs to a viewer do
SELECT grant_watch_list('told', 'counts', 'regress_partner');
SELECT grant_watch_list('told', 'counts', 'regress_t1');
SELECT grant_watch_list('told', 'counts', 'regress_faculty');
SELECT revoke_watch_list('told', 'counts', 'regress_t1'), revoke_watch_list('told', 'counts', 'regress_faculty');
SELECT grant_watch_list('told', 'counts', 'regress_t2');
SELECT revoke_watch_list('told', 'counts', 'regress_t2');
-- the same the other way round
SELECT grant_watch_list('told', 'act for viewers', 'regress_partner');
SELECT revoke_watch_list('told', 'act for viewers', 'regress_partner');
SELECT may_read('regress_partner');
-- nor does what refuses them lead there; who sees nobody is told what helps
SET ROLE regress_t1;
SELECT * FROM contact_rates('told');
SELECT * FROM explain_student('told', '1');
SET ROLE regress_friend;
SELECT * FROM contact_rates('told');
SELECT * FROM explain_student('told', '1');
SET ROLE regress_analyst;
SELECT grant_watch_list('told', 'read', 'regress_t1');
SET ROLE regress_t1;
SELECT * FROM explain_student('told', '1');
\set VERBOSITY terse
RESET ROLE;
DROP OWNED BY regress_partner, regress_faculty, regress_friend;
DROP ROLE regress_partner, regress_faculty, regress_friend;
SET search_path = "Odd ""Schema", district, gapstats, gapstats_internal;

RESET ROLE;
SET client_min_messages = warning;
DROP FUNCTION health, mend, sees(name);
DROP SCHEMA district, elsewhere, "Odd ""Schema" CASCADE;
DROP OWNED BY "regress_Ms. O'Neill-Çelik ""the 1st""", regress_éééééééééééééééééééééééééééx, "regress_Mr. T", "regress_Group", "regress_Member", "regress_Dash Board", regress_t1, regress_t2, regress_analyst;
DROP ROLE "regress_Ms. O'Neill-Çelik ""the 1st""", regress_éééééééééééééééééééééééééééx, "regress_Mr. T", "regress_Group", regress_inner, "regress_Member", "regress_Dash Board",
	regress_t1, regress_t2, regress_dba, regress_analyst;
