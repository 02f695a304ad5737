--
-- watch_list: making one, what it shows, refreshing it
--
\set SHOW_CONTEXT never
CREATE ROLE regress_analyst;
CREATE ROLE regress_other;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
GRANT USAGE ON SCHEMA district TO regress_other;
-- a superuser lends nobody his rights
SET search_path = district, gapstats, gapstats_internal;
\set VERBOSITY sqlstate
SELECT create_watch_list('early_warning', 'SELECT 1 AS student_id');
\set VERBOSITY default
SET ROLE regress_analyst;
-- whatever the owner's default privileges say, a list is its owner's only
ALTER DEFAULT PRIVILEGES IN SCHEMA district GRANT SELECT ON TABLES TO regress_other;

-- MEASURES.md 8.5: (absent, enrolled) and whether it is chronic, at least 10%;
-- student 7 has no attendance, student 8 no days enrolled
CREATE TABLE attendance (student_id integer, absent numeric, enrolled integer, chronic boolean);
INSERT INTO attendance VALUES
	(1, 18, 180, true), (2, 17, 180, false), (3, 17.5, 180, false), (4, 18, 181, false),
	(5, 1, 10, true), (6, 1, 9, true), (8, 0, 0, NULL);
CREATE TABLE students AS
SELECT student_id, 'Student ' || student_id AS student FROM generate_series(1, 8) AS student_id;

SELECT create_watch_list('early_warning', 'SELECT student_id, student FROM students');
-- whoever looks at it can read what it is: of every part and every column; and nothing is said of columns that there are not
SELECT c.relname, c.relkind FROM pg_class c
WHERE c.relnamespace = 'district'::regnamespace AND c.relkind IN ('r', 'm', 'v') AND c.relname LIKE 'early\_warning%' AND obj_description(c.oid) IS NULL;
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'district'::regnamespace AND c.relkind IN ('r', 'm', 'v') AND c.relname LIKE 'early\_warning%' AND c.relname !~ '_own(_|$)' AND col_description(c.oid, a.attnum) IS NULL;
SELECT part, name FROM column_words() w
WHERE NOT EXISTS (
	SELECT FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = w.name
	WHERE c.relnamespace = 'district'::regnamespace AND c.relkind IN ('r', 'm', 'v') AND c.relname LIKE coalesce('early\_warning' || nullif('_' || w.part, '_'), 'early\_warning%'));
SELECT relation::regclass, col_description(relation, attnum)
FROM unnest('{early_warning, early_warning_mine, early_warning_next, early_warning_my_sheet, early_warning_my_events}'::regclass[]) AS relation
JOIN pg_attribute ON attrelid = relation AND attname IN ('student', 'status', 'student_id');
-- a list that was never refreshed is empty
SELECT count(*) FROM early_warning;

SELECT add_rule('early_warning', 'chronic absence',
	'SELECT student_id, absent / nullif(enrolled, 0) FROM attendance;', '>=', 0.10,
	'Absent {value%} of the days enrolled ({threshold%} or more is chronic)');
SELECT * FROM refresh_watch_list('early_warning');
SELECT student_id, student, status, score, rules_flagged, rules_missing, reasons, since = current_date AS since_today
FROM early_warning ORDER BY student_id;
SELECT student_id, rule, rule_version, round(value, 6) AS value, comparison, threshold, r.flagged, chronic, state, reason, severity
FROM early_warning_reasons r LEFT JOIN attendance USING (student_id) ORDER BY student_id;
-- nobody on a wrong side of the tenth
SELECT count(*) FROM early_warning_reasons r JOIN attendance USING (student_id) WHERE r.flagged IS DISTINCT FROM chronic;
SELECT * FROM disagreement('early_warning');

-- every exact tenth below 400 days, and its neighbour a day below it: as a quotient of numerics and of integers' double
-- precision, in the way that loses every one of them (1 - present/enrolled), and as a whole percentage
CREATE TABLE tenths AS
SELECT 10 * t + 5000 * below AS student_id, t - below AS absent, 10 * t AS enrolled, below = 0 AS chronic
FROM generate_series(1, 39) AS t, generate_series(0, 1) AS below;
SELECT create_watch_list('tenths_list', 'SELECT student_id FROM tenths');
SELECT add_rule('tenths_list', 'as numeric', 'SELECT student_id, absent::numeric / enrolled FROM tenths', '>=', 0.10, '{value%}');
SELECT add_rule('tenths_list', 'as a quotient', 'SELECT student_id, absent::double precision / enrolled FROM tenths', '>=', 0.10, '{value%}');
SELECT add_rule('tenths_list', 'as a complement', 'SELECT student_id, 1 - (enrolled - absent)::double precision / enrolled FROM tenths', '>=', 0.10, '{value%}');
SELECT add_rule('tenths_list', 'as real', 'SELECT student_id, (absent::double precision / enrolled)::real FROM tenths', '>=', 0.10, '{value%}');
SELECT add_rule('tenths_list', 'as integer', 'SELECT student_id, 100 * absent / enrolled FROM tenths', '>=', 10, '{value} percent');
SELECT add_rule('tenths_list', 'as bigint', 'SELECT student_id, 100::bigint * absent / enrolled FROM tenths', '>=', 10, '{value} percent');
SELECT status, students, flagged FROM refresh_watch_list('tenths_list');
SELECT rule, count(*), count(*) FILTER (WHERE flagged) AS flagged, count(*) FILTER (WHERE flagged <> chronic) AS wrong
FROM tenths_list_reasons JOIN tenths USING (student_id) GROUP BY rule ORDER BY rule;
SELECT * FROM disagreement('tenths_list');
SELECT drop_watch_list('tenths_list');

-- reasons: in the order of the rules, numbers on their own side of the threshold
SELECT add_rule('early_warning', 'reading',
	'SELECT * FROM (VALUES (1, 19.999), (2, 12), (3, 20), (4, 50), (5, 50), (6, 50), (7, 50), (8, 50)) AS v', '<', 20,
	'Reading at the {value}th percentile (below {threshold})', severity => 'watch');
SELECT status, students, flagged, newly_flagged, escalated, cleared FROM refresh_watch_list('early_warning');
SELECT student_id, status, score, rules_flagged, rules_missing, reasons FROM early_warning ORDER BY student_id;
SELECT student_id, reason FROM early_warning_reasons WHERE rule = 'reading' AND flagged ORDER BY student_id;

-- tools that need a key of one column find one in every table but those that are for nobody to look
-- at: the kept queries, who may see whom (a row a viewer and student), and what a run leaves for the next
SELECT part AS without_key
FROM list_parts()
WHERE kind = 'r' AND NOT EXISTS (
	SELECT FROM pg_index WHERE indrelid = ('early_warning_' || part)::regclass AND indisprimary AND indnatts = 1 AND indimmediate)
ORDER BY part;

--
-- Refreshing unchanged data writes no row
--
CREATE VIEW written AS
SELECT 'list' AS part, student_id, xmin::text AS wrote, ctid AS at FROM early_warning
UNION ALL SELECT 'current', student_id, xmin::text, ctid FROM early_warning_current
UNION ALL SELECT 'values', student_id, xmin::text, ctid FROM early_warning_values
UNION ALL SELECT 'history', standing::integer, xmin::text, ctid FROM early_warning_history
UNION ALL SELECT 'flags', flag::integer, xmin::text, ctid FROM early_warning_flags
UNION ALL SELECT 'alarms', alarm::integer, xmin::text, ctid FROM early_warning_alarms;
CREATE TABLE before AS TABLE written;
SELECT status, newly_flagged, escalated, cleared FROM refresh_watch_list('early_warning');
SELECT part, count(*) FROM before GROUP BY part ORDER BY part;
SELECT count(*) AS differ FROM before FULL JOIN written USING (part, student_id, wrote, at) WHERE before IS NULL OR written IS NULL;
-- a value that moves on its own side of the threshold is written, but the list is not
UPDATE attendance SET absent = 16 WHERE student_id = 2;
SELECT status, newly_flagged, escalated, cleared FROM refresh_watch_list('early_warning');
SELECT part, student_id FROM written EXCEPT SELECT part, student_id FROM before JOIN written USING (part, student_id, wrote, at) ORDER BY 1, 2;
SELECT value = 16.0 / 180 AS is_new FROM early_warning_reasons WHERE student_id = 2 AND rule = 'chronic absence';
-- and changed data only the rows that changed
DROP TABLE before;
CREATE TABLE before AS TABLE written;
UPDATE attendance SET absent = 0 WHERE student_id = 1;
UPDATE students SET student = 'Student Two' WHERE student_id = 2;
DELETE FROM students WHERE student_id = 6;
DELETE FROM attendance WHERE student_id = 5;
SELECT status, students, flagged, newly_flagged, escalated, cleared FROM refresh_watch_list('early_warning');
SELECT part, student_id FROM written WHERE part IN ('list', 'current', 'values')
EXCEPT SELECT part, student_id FROM before JOIN written USING (part, student_id, wrote, at) ORDER BY 1, 2;
SELECT student_id, student, status, rules_flagged, rules_missing, reasons, since = current_date AS since_today
FROM early_warning WHERE student_id IN (1, 2, 5, 6) ORDER BY student_id;
SELECT * FROM disagreement('early_warning');

--
-- NaN, infinity and a student given twice are that student's affair
--
CREATE TABLE marks (student_id integer, mark double precision);
INSERT INTO marks VALUES (1, 1), (2, 0), (3, 'NaN'), (4, 'Infinity'), (5, '-Infinity'), (6, 1), (6, 1), (7, NULL), (7, NULL), (9, 'NaN'), (NULL, 1);
CREATE TABLE pupils AS SELECT generate_series(1, 8) AS student_id;
SELECT create_watch_list('marks_list', 'SELECT student_id FROM pupils');
SELECT add_rule('marks_list', 'mark', 'SELECT student_id, mark FROM marks', '>=', 1, 'Mark {value}');
SELECT add_rule('marks_list', 'numeric mark', 'SELECT student_id, mark::numeric FROM marks', '>=', 1, 'Mark {value}');
SELECT status, students, flagged, newly_flagged FROM refresh_watch_list('marks_list');
SELECT student_id, status, rules_flagged, rules_missing, reasons FROM marks_list ORDER BY student_id;
SELECT student_id, rule, value, flagged, state FROM marks_list_reasons ORDER BY student_id, rule;
SELECT * FROM marks_list_unusable ORDER BY student_id, rule;
-- by hand: NaN, two infinities and two that are given twice (7 has no value either time), for each of two rules
SELECT n_unusable FROM marks_list_runs;
-- of 10 rows with a student 9 are matched (student 9 is not on the list); 1 and 2 have a value, 1 is flagged
SELECT rule, n_rows, n_matched, n_values, n_unusable, n_not_applicable, n_flagged FROM marks_list_run_rules ORDER BY "position";
SELECT * FROM disagreement('marks_list');
-- a student whom such a value befalls later keeps her flag
UPDATE marks SET mark = 'NaN' WHERE student_id = 1;
SELECT status, flagged, newly_flagged, cleared FROM refresh_watch_list('marks_list');
SELECT student_id, status, since = current_date AS since_today FROM marks_list WHERE student_id = 1;
SELECT student_id, rule, why FROM marks_list_unusable WHERE student_id = 1;
SELECT count(*) AS open_flags FROM marks_list_flags WHERE cleared_at IS NULL;
SELECT * FROM disagreement('marks_list');
SELECT drop_watch_list('marks_list');

--
-- What is wrong is said, with the list or the rule
--
\set VERBOSITY terse
SELECT create_watch_list('bad', 'SELECT student AS pupil FROM students');
SELECT create_watch_list('bad', 'SELECT student_id, student AS status FROM students');
SELECT create_watch_list('bad', 'SELECT student_id, student AS "values" FROM students');
-- whatever a list keeps or shows beside the columns of its students query is its own
CREATE FUNCTION is_refused(name text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	PERFORM create_watch_list('bad', format('SELECT student_id, 1 AS %I FROM students', name));
	RETURN false;
EXCEPTION WHEN duplicate_column THEN
	RETURN SQLERRM = format('students query of watch list "bad" has a column "%s", which the list itself has', name);
END
$$;
SELECT count(*) > 20 AS columns, string_agg(name, ', ') FILTER (WHERE NOT is_refused(name)) AS not_refused
FROM (
	SELECT DISTINCT attname AS name FROM pg_attribute
	WHERE attrelid = ANY ('{early_warning_next, early_warning_values, early_warning_sheet}'::regclass[]) AND attnum > 0 AND attname NOT IN ('student_id', 'student')
) c;
SELECT create_watch_list('bad', 'SELECT student_id, student_id FROM students');
SELECT create_watch_list('bad', 'SELECT nobody FROM students');
SELECT create_watch_list('bad', 'DELETE FROM students RETURNING student_id');
SELECT create_watch_list('bad', '(SELECT ''{}''::json AS student_id)');
SELECT create_watch_list('bad', NULL);
SELECT create_watch_list(NULL, 'SELECT student_id FROM students');
SELECT create_watch_list('', 'SELECT student_id FROM students');
SELECT create_watch_list('bad', 'SELECT student_id FROM students', combination => 'most');
SELECT create_watch_list('bad', 'SELECT student_id FROM students', combination => NULL);
SELECT create_watch_list('bad', 'SELECT student_id FROM students', combination => 'points');
SELECT create_watch_list('bad', 'SELECT student_id FROM students', combination => 'k of n');
SELECT create_watch_list('bad', 'SELECT student_id FROM students', combination => 'points', at_risk_at => 2, watch_at => 3);
SELECT create_watch_list('bad', 'SELECT student_id FROM students', combination => 'points', at_risk_at => 0);
SELECT create_watch_list('bad', 'SELECT student_id FROM students', combination => 'points', at_risk_at => 'NaN');
SELECT create_watch_list('bad', 'SELECT student_id FROM students', time_zone => 'Mars/Olympus');
SELECT create_watch_list('bad', 'SELECT student_id FROM students', time_zone => NULL);
SELECT create_watch_list('bad', 'SELECT student_id FROM students', days_query => 'SELECT now()');
SELECT create_watch_list('bad', 'SELECT student_id FROM students', days_query => 'SELECT day FROM nowhere');
SELECT create_watch_list('a.b.c', 'SELECT student_id FROM students');
SELECT create_watch_list('bad', 'SELECT student_id FROM students', names_in => 'nowhere');
SELECT create_watch_list('bad', 'SELECT student_id FROM students', names_in => NULL);
\set VERBOSITY terse
-- without a schema it is made where CREATE TABLE would make a table, wherever its queries look names up
RESET ROLE;
CREATE SCHEMA closed;
CREATE SCHEMA second AUTHORIZATION regress_analyst;
GRANT USAGE ON SCHEMA closed TO regress_analyst;
CREATE TABLE closed.elsewhere AS SELECT 1 AS student_id;
GRANT SELECT ON closed.elsewhere TO regress_analyst;
SET ROLE regress_analyst;
SET search_path = nowhere, second, district, gapstats;
SELECT create_watch_list('placed', 'SELECT student_id FROM elsewhere', names_in => 'closed')::text;
SELECT import_watch_list(name, export_watch_list('placed'))::text FROM (VALUES ('copy'), ('"Copy 2"')) AS n (name);
CREATE TABLE placed_as_tables_are ();
SELECT relname FROM pg_class WHERE relnamespace = 'second'::regnamespace AND (relkind = 'm' OR relname = 'placed_as_tables_are') ORDER BY relname COLLATE "C";
SELECT status, students FROM refresh_watch_list('"Copy 2"');
-- where nothing can be made, the error is short and says what to do
\set VERBOSITY default
SET search_path = closed, gapstats;
SELECT create_watch_list('bad', 'SELECT student_id FROM elsewhere');
SELECT import_watch_list('bad', export_watch_list('second.placed'));
DO $$
DECLARE
	context text;
BEGIN
	PERFORM create_watch_list('bad', 'SELECT student_id FROM elsewhere');
EXCEPTION WHEN insufficient_privilege THEN
	GET STACKED DIAGNOSTICS context = PG_EXCEPTION_CONTEXT;
	RAISE NOTICE 'its context is short: %', length(context) < 1000;
END
$$;
SELECT create_watch_list('nowhere.bad', 'SELECT student_id FROM elsewhere');
SELECT create_watch_list('pg_temp.bad', 'SELECT student_id FROM elsewhere');
SET search_path = nowhere;
SELECT gapstats.create_watch_list('bad', 'SELECT student_id FROM elsewhere', names_in => 'closed');
SET search_path = district, gapstats, gapstats_internal;
SET client_min_messages = warning;
DROP SCHEMA second CASCADE;
RESET client_min_messages;
\set VERBOSITY terse
RESET ROLE;
DROP SCHEMA closed CASCADE;
SET ROLE regress_analyst;
\set VERBOSITY default
-- a name may be as long as its parts' names leave room for
SELECT 62 - max(length(part)) AS room FROM list_parts() \gset
SELECT length(create_watch_list(repeat('a', :room), 'SELECT student_id FROM students')::text) = :room AS fits;
SELECT drop_watch_list(repeat('a', :room));
\set VERBOSITY sqlstate
SELECT create_watch_list(repeat('a', :room + 1), 'SELECT student_id FROM students');
SELECT create_watch_list(repeat('ä', :room / 2 + 1), 'SELECT student_id FROM students');
\set VERBOSITY default
-- nor may one list's parts be another's: "a" and "a_my", whichever was first
SELECT create_watch_list('early_warning', 'SELECT student_id FROM students');
SELECT create_watch_list('a', 'SELECT student_id FROM students');
SELECT create_watch_list('a_my', 'SELECT student_id FROM students');
SELECT drop_watch_list('a');
SELECT create_watch_list('a_my', 'SELECT student_id FROM students');
SELECT create_watch_list('a', 'SELECT student_id FROM students');
SELECT drop_watch_list('a_my');
SELECT create_watch_list('students', 'SELECT student_id FROM students');
-- and nothing stays of what failed
SELECT relname FROM pg_class WHERE relnamespace = 'district'::regnamespace AND (relname LIKE 'bad%' OR relname LIKE 'a%' AND relname <> 'attendance') ORDER BY 1;
-- the same student twice is found when the list is refreshed; so is one that is nobody
INSERT INTO students VALUES (2, 'Another two');
SELECT status, error FROM refresh_watch_list('early_warning');
DELETE FROM students WHERE student = 'Another two';
INSERT INTO students VALUES (NULL, 'Nobody');
SELECT status, students FROM refresh_watch_list('early_warning');
DELETE FROM students WHERE student = 'Nobody';
-- what is no watch list
\set VERBOSITY terse
SELECT refresh_watch_list('students');
SELECT refresh_watch_list(NULL);
SELECT drop_watch_list('students');
RESET ROLE;
SET ROLE regress_other;
SELECT refresh_watch_list('students');
SELECT refresh_watch_list('early_warning');
RESET ROLE;
SET ROLE regress_analyst;
SELECT change_settings('early_warning', '{"at_risk": 1}');
SELECT change_settings('early_warning', '{"time_zone": "Mars/Olympus"}');
\set VERBOSITY default
SELECT change_settings('early_warning', '{"time_zone": "new york"}');
SELECT change_settings('early_warning', '{"time_zone": "Mars/Olympus"}');
\set VERBOSITY terse
SELECT change_settings('early_warning', '{"time_zone": null}');
SELECT change_settings('early_warning', '{"clear_after": 0}');
SELECT change_settings('early_warning', '{"owner": "regress_other"}');
SELECT change_settings('early_warning', '[]');
SELECT change_settings('early_warning', '{}');
SELECT schedule_watch_list('early_warning', '0 5 * * *');
\set VERBOSITY default

--
-- Ways of combining rules
--
CREATE TABLE subjects (student_id text, a integer, b integer, c integer);
INSERT INTO subjects VALUES ('none', 0, 0, 0), ('a', 1, 0, 0), ('b', 0, 1, 0), ('ab', 1, 1, 0), ('abc', 1, 1, 1),
	('b missing', 0, NULL, 0), ('a, b missing', 1, NULL, 0);
CREATE FUNCTION standings(combination text, at_risk_at numeric, watch_at numeric)
RETURNS TABLE (student_id text, score numeric, status text, reasons text, since_today boolean, disagreement bigint) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM create_watch_list('subjects_list', 'SELECT student_id FROM subjects', combination, at_risk_at, watch_at);
	PERFORM add_rule('subjects_list', 'a', 'SELECT student_id, a FROM subjects', '=', 1, 'a', 'watch', 1);
	PERFORM add_rule('subjects_list', 'b', 'SELECT student_id, b FROM subjects', '=', 1, 'b', 'at risk', 2.5);
	PERFORM add_rule('subjects_list', 'c', 'SELECT student_id, c FROM subjects', '=', 1, 'c', 'watch', 0);
	PERFORM refresh_watch_list('subjects_list');
	RETURN QUERY EXECUTE 'SELECT l.student_id, l.score, l.status, l.reasons, l.since = current_date, (SELECT count(*) FROM disagreement(''subjects_list'')) FROM subjects_list l ORDER BY 1';
	PERFORM drop_watch_list('subjects_list');
END
$$;
SELECT * FROM standings('severity', NULL, NULL);
SELECT * FROM standings('any', NULL, NULL);
SELECT * FROM standings('k of n', 2, 1);
SELECT * FROM standings('k of n', 2, NULL);
SELECT * FROM standings('points', 2.5, 1);
SELECT * FROM standings('points', 3.5, 3);

--
-- student_id of a type that lives elsewhere, with an equality of its own
--
RESET ROLE;
CREATE EXTENSION citext SCHEMA public;
SET ROLE regress_analyst;
CREATE TABLE logins (student_id public.citext, mark integer);
INSERT INTO logins VALUES ('Ann', 1), ('BEN', 2);
SELECT create_watch_list('logins_list', 'SELECT lower(student_id)::public.citext AS student_id FROM logins');
SELECT add_rule('logins_list', 'mark', 'SELECT student_id, mark FROM logins', '>', 1, 'mark');
SELECT status, students, newly_flagged FROM refresh_watch_list('logins_list');
SELECT status, students, newly_flagged FROM refresh_watch_list('logins_list');
SELECT student_id, status FROM logins_list ORDER BY student_id;
SELECT check_in('logins_list', 'Ben');
SELECT * FROM disagreement('logins_list');
SELECT drop_watch_list('logins_list');

-- and of types with a length
CREATE TABLE cards (student_id character(4), login varchar(8), number numeric(6), mark integer);
INSERT INTO cards VALUES ('a1', 'ann', 1, 1), ('b222', 'benjamin', 222222, 2);
CREATE FUNCTION of_type(id text) RETURNS TABLE (id_type regtype, newly_flagged bigint, check_in bigint, words text, disagreement bigint) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM create_watch_list('cards_list', format('SELECT %s AS student_id FROM cards', id));
	PERFORM add_rule('cards_list', 'mark', format('SELECT %s, mark FROM cards', id), '>', 1, 'Mark {value}');
	PERFORM add_rule('cards_list', 'no mark', format('SELECT %s, mark FROM cards', id), '<', 1, 'No mark');
	PERFORM drop_rule('cards_list', 'no mark');
	SELECT r.newly_flagged INTO newly_flagged FROM refresh_watch_list('cards_list') r;
	EXECUTE format('SELECT check_in(%L, %s::text) FROM cards WHERE mark = 2', 'cards_list', id) INTO check_in;
	EXECUTE format('SELECT p.words FROM cards, student_profile(%L, %s::text) p WHERE mark = 2 AND line = 1', 'cards_list', id) INTO words;
	id_type := student_id_type('cards_list');
	disagreement := (SELECT count(*) FROM disagreement('cards_list'));
	PERFORM drop_watch_list('cards_list');
	RETURN NEXT;
END
$$;
SELECT of_type.* FROM unnest(ARRAY['student_id', 'login', 'number', 'student_id::"char"']) AS id, of_type(id);

--
-- It is its owner's
--
SELECT count(*) FROM pg_class, aclexplode(relacl) WHERE relname LIKE 'early\_warning%' AND grantee <> relowner;
SET ROLE regress_other;
SELECT * FROM early_warning;
SELECT * FROM early_warning_reasons;
SELECT refresh_watch_list('early_warning');
SELECT add_rule('early_warning', 'mine', 'SELECT student_id, absent FROM attendance', '>', 0, 'reason');
SELECT drop_watch_list('early_warning');
RESET ROLE;
-- a DBA refreshes it as its owner would, and is named
SELECT status, students FROM refresh_watch_list('early_warning');
SELECT run_by = session_user AS is_named FROM early_warning_runs ORDER BY run DESC LIMIT 1;
SET ROLE regress_analyst;
GRANT SELECT ON early_warning TO regress_other;
SET ROLE regress_other;
SELECT count(*) FROM early_warning;
SET ROLE regress_analyst;

-- goes whole, once nothing depends on it
SELECT * FROM disagreement('early_warning');
SELECT drop_watch_list('early_warning');
DROP VIEW written;
SELECT drop_watch_list('early_warning');
SELECT relname FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relname LIKE 'early%' ORDER BY 1;

RESET ROLE;
\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP EXTENSION citext;
DROP ROLE regress_analyst, regress_other;
