--
-- watch_list: making one, what it shows, refreshing it
--
CREATE ROLE regress_analyst;
CREATE ROLE regress_other;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
GRANT USAGE ON SCHEMA district TO regress_other;
SET ROLE regress_analyst;
-- whatever the owner's default privileges say, a list is its owner's only
ALTER DEFAULT PRIVILEGES IN SCHEMA district GRANT SELECT ON TABLES TO regress_other;
SET search_path = district, gapstats, gapstats_internal;
\set SHOW_CONTEXT never

-- MEASURES.md 8.5: (absent, enrolled) and whether it is chronic, at least 10%;
-- student 7 has no attendance, student 8 no days enrolled
CREATE TABLE attendance (student_id integer PRIMARY KEY, absent numeric, enrolled integer, chronic boolean);
INSERT INTO attendance VALUES
	(1, 18, 180, true), (2, 17, 180, false), (3, 17.5, 180, false), (4, 18, 181, false),
	(5, 1, 10, true), (6, 1, 9, true), (8, 0, 0, NULL);
CREATE TABLE students AS
SELECT student_id, 'Student ' || student_id AS student FROM generate_series(1, 8) AS student_id;

SELECT create_watch_list('early_warning', 'SELECT student_id, student FROM students');
-- whoever looks at it can read what it is
SELECT c.relname, a.attname FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('status', 'score', 'reasons', 'as_of', 'error', 'waiting', 'override')
WHERE c.relnamespace = 'district'::regnamespace AND c.relkind IN ('r', 'm', 'v') AND c.relname LIKE 'early\_warning%'
AND (obj_description(c.oid) IS NULL OR col_description(c.oid, a.attnum) IS NULL AND c.relname NOT IN ('early_warning_evaluation', 'early_warning_events', 'early_warning_overdue') AND a.attname IS NOT NULL);
-- with no rule, nothing is known of anybody
SELECT status, count(*) FROM early_warning GROUP BY status;

SELECT add_rule('early_warning', 'chronic absence',
	'SELECT student_id, absent / nullif(enrolled, 0) FROM attendance;', '>=', 0.10,
	'Absent {value%} of the days enrolled ({threshold%} or more is chronic)');
SELECT * FROM refresh_watch_list('early_warning');
SELECT student_id, student, status, score, rules_flagged, rules_missing, reasons, since = as_of AS since_today, as_of = current_date AS as_of_today
FROM early_warning ORDER BY student_id;
SELECT student_id, rule, rule_version, round(value, 6) AS value, comparison, threshold, r.flagged, chronic, reason, severity
FROM early_warning_reasons r LEFT JOIN attendance USING (student_id) ORDER BY student_id;
-- nobody on a wrong side of the tenth, whatever type the value has
SELECT count(*) FROM early_warning_reasons r JOIN attendance USING (student_id) WHERE r.flagged IS DISTINCT FROM chronic;

-- every exact tenth below 400 days, and its neighbour a day below it, as double precision, and in
-- the way that loses every one of them: 1 - present/enrolled
CREATE TABLE tenths AS
SELECT 10 * t + 5000 * below AS student_id, t - below AS absent, 10 * t AS enrolled, below = 0 AS chronic
FROM generate_series(1, 39) AS t, generate_series(0, 1) AS below;
SELECT create_watch_list('tenths_list', 'SELECT student_id FROM tenths');
SELECT add_rule('tenths_list', 'as a quotient', 'SELECT student_id, absent::double precision / enrolled FROM tenths', '>=', 0.10, '{value%}');
SELECT add_rule('tenths_list', 'as a complement', 'SELECT student_id, 1 - (enrolled - absent)::double precision / enrolled FROM tenths', '>=', 0.10, '{value%}');
SELECT status, students, flagged FROM refresh_watch_list('tenths_list');
SELECT rule, count(*), count(*) FILTER (WHERE flagged) AS flagged, count(*) FILTER (WHERE flagged <> chronic) AS wrong
FROM tenths_list_reasons JOIN tenths USING (student_id) GROUP BY rule ORDER BY rule;
SELECT drop_watch_list('tenths_list');

-- reasons: in the order of the rules, numbers on their own side of the threshold
SELECT add_rule('early_warning', 'reading',
	'SELECT * FROM (VALUES (1, 19.999), (2, 12), (3, 20), (4, 50), (5, 50), (6, 50), (7, 50), (8, 50)) AS v', '<', 20,
	'Reading at the {value}th percentile (below {threshold})', severity => 'watch');
SELECT status, students, flagged, newly_flagged, cleared FROM refresh_watch_list('early_warning');
SELECT student_id, status, score, rules_flagged, rules_missing, reasons FROM early_warning ORDER BY student_id;

-- refreshing unchanged data writes no row
CREATE TABLE before AS
SELECT 'list' AS what, student_id, NULL AS rule, xmin::text AS wrote, ctid AS at FROM early_warning
UNION ALL SELECT 'reasons', student_id, rule, xmin::text, ctid FROM early_warning_reasons;
SELECT status, newly_flagged, cleared FROM refresh_watch_list('early_warning');
SELECT count(*) FROM before;
SELECT count(*)
FROM before FULL JOIN (
	SELECT 'list' AS what, student_id, NULL AS rule, xmin::text AS wrote, ctid AS at FROM early_warning
	UNION ALL SELECT 'reasons', student_id, rule, xmin::text, ctid FROM early_warning_reasons
) AS after USING (what, student_id, wrote, at)
WHERE before.rule IS DISTINCT FROM after.rule OR before.what IS NULL;
-- and changed data only the rows that changed
UPDATE attendance SET absent = 0 WHERE student_id = 1;
DELETE FROM students WHERE student_id = 6;
DELETE FROM attendance WHERE student_id = 5;
SELECT status, students, flagged, newly_flagged, cleared FROM refresh_watch_list('early_warning');
SELECT student_id, status, rules_flagged, rules_missing, reasons FROM early_warning
WHERE xmin::text NOT IN (SELECT wrote FROM before) ORDER BY student_id;
-- the flag of 5, whose data went missing, stays; 6 left
SELECT student_id, status, reasons, cleared_at IS NOT NULL AS cleared, cleared_as FROM early_warning_flags ORDER BY flag;
UPDATE attendance SET absent = 18 WHERE student_id = 1;
UPDATE students SET student = 'Student One' WHERE student_id = 1;

-- a rule that fails leaves the list as it was
CREATE TABLE as_it_was AS SELECT * FROM early_warning;
INSERT INTO attendance VALUES (7, 'NaN', 1, NULL);
SELECT * FROM refresh_watch_list('early_warning');
DELETE FROM attendance WHERE student_id = 7;
ALTER TABLE attendance DROP CONSTRAINT attendance_pkey;
INSERT INTO attendance VALUES (2, 1, 100);
SELECT * FROM refresh_watch_list('early_warning');
DELETE FROM attendance WHERE student_id = 2 AND enrolled = 100;
INSERT INTO students VALUES (2, 'Another two');
SELECT * FROM refresh_watch_list('early_warning');
DELETE FROM students WHERE student = 'Another two';
SELECT count(*) FROM (TABLE as_it_was EXCEPT TABLE early_warning) AS changed;
SELECT status, students, flagged, newly_flagged, cleared, rule, error, run_by, ended_at > started_at AS took_time FROM early_warning_runs ORDER BY run;
SELECT status, students, flagged, newly_flagged, cleared FROM refresh_watch_list('early_warning');

-- a statement that runs out of time leaves its row too
CREATE FUNCTION slow(integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_catalog.pg_sleep(1); RETURN $1; END $$;
CREATE TABLE slow_students (student_id integer);
SELECT create_watch_list('slow_list', 'SELECT student_id, slow(student_id) FROM slow_students');
INSERT INTO slow_students VALUES (1);
SET statement_timeout = '100ms';
SELECT status, error FROM refresh_watch_list('slow_list');
RESET statement_timeout;
SELECT status, error FROM slow_list_runs;
SELECT count(*) FROM slow_list;
SELECT drop_watch_list('slow_list');

--
-- what is wrong is said, with the list or the rule
--
\set VERBOSITY terse
SELECT create_watch_list('bad', 'SELECT id FROM students');
SELECT create_watch_list('bad', 'SELECT student AS pupil FROM students');
SELECT create_watch_list('bad', 'SELECT student_id, student AS status FROM students');
SELECT create_watch_list('bad', 'SELECT 1 AS student_id FROM students');
SELECT create_watch_list('bad', 'DELETE FROM students RETURNING student_id');
SELECT create_watch_list('bad', '(SELECT ''{}''::json AS student_id)');
SELECT create_watch_list('bad', 'SELECT student_id FROM students', combination => 'most');
SELECT create_watch_list('bad', 'SELECT student_id FROM students', combination => 'points');
SELECT create_watch_list('bad', 'SELECT student_id FROM students', combination => 'points', at_risk_at => 2, watch_at => 3);
SELECT create_watch_list('a.b.c', 'SELECT student_id FROM students');
SELECT create_watch_list(repeat('a', 53), 'SELECT student_id FROM students');
SELECT create_watch_list('bad', 'SELECT student_id FROM students', names_in => 'nowhere');
SELECT create_watch_list('early_warning', 'SELECT student_id FROM students');
SELECT add_rule('early_warning', 'bad', 'SELECT student_id FROM attendance', '>', 0, 'reason');
SELECT add_rule('early_warning', 'bad', 'SELECT student_id, absent, enrolled FROM attendance', '>', 0, 'reason');
SELECT add_rule('early_warning', 'bad', 'SELECT student_id, absence FROM attendance', '>', 0, 'reason');
SELECT add_rule('early_warning', 'bad', 'SELECT student_id, absent / 0 FROM attendance', '>', 0, 'reason');
SELECT add_rule('early_warning', 'bad', 'SELECT student_id, ''NaN''::real FROM attendance', '>', 0, 'reason');
SELECT add_rule('early_warning', 'bad', 'SELECT student_id, ''-Infinity''::double precision FROM attendance', '>', 0, 'reason');
SELECT add_rule('early_warning', 'bad', 'SELECT student_id, absent > 1 FROM attendance', '>', 0, 'reason');
SELECT add_rule('early_warning', 'bad', 'SELECT student_id::text, absent FROM attendance', '>', 0, 'reason');
SELECT add_rule('early_warning', 'bad', 'SELECT 1, absent FROM attendance', '>', 0, 'reason');
SELECT add_rule('early_warning', 'bad', 'SELECT student_id, absent FROM attendance', '!=', 0, 'reason');
SELECT add_rule('early_warning', 'bad', 'SELECT student_id, absent FROM attendance', '>', 'NaN', 'reason');
SELECT add_rule('early_warning', 'bad', 'SELECT student_id, absent FROM attendance', '>', 0, '');
SELECT add_rule('early_warning', 'bad', 'SELECT student_id, absent FROM attendance', '>', 0, 'reason', severity => 'high');
SELECT add_rule('early_warning', 'bad', 'SELECT student_id, absent FROM attendance', '>', 0, 'reason', points => -1);
SELECT add_rule('early_warning', repeat('a', 60), 'SELECT student_id, absent FROM attendance', '>', 0, 'reason');
SELECT add_rule('early_warning', 'reading', 'SELECT student_id, absent FROM attendance', '>', 0, 'reason');
SELECT add_rule('students', 'bad', 'SELECT student_id, absent FROM attendance', '>', 0, 'reason');
SELECT add_rule('nowhere', 'bad', 'SELECT student_id, absent FROM attendance', '>', 0, 'reason');
\set VERBOSITY default
-- and nothing stays of it
SELECT relname FROM pg_class WHERE relnamespace = 'district'::regnamespace AND (relname LIKE 'bad%' OR relname LIKE '%\_bad') ORDER BY 1;
SELECT rule, version, state FROM early_warning_rules ORDER BY rule, version;

-- without pg_cron
\set VERBOSITY terse
SELECT schedule_watch_list('early_warning', '0 5 * * *');
\set VERBOSITY default

--
-- ways of combining rules
--
CREATE TABLE marks (student_id text, a integer, b integer, c integer);
INSERT INTO marks VALUES ('none', 0, 0, 0), ('a', 1, 0, 0), ('b', 0, 1, 0), ('ab', 1, 1, 0), ('abc', 1, 1, 1),
	('missing', 0, NULL, 0), ('a, b missing', 1, NULL, 0);
CREATE FUNCTION standings(combination text, at_risk_at numeric, watch_at numeric) RETURNS TABLE (student_id text, score numeric, status text)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM create_watch_list('marks_list', 'SELECT student_id FROM marks', combination, at_risk_at, watch_at);
	PERFORM add_rule('marks_list', 'a', 'SELECT student_id, a FROM marks', '=', 1, 'a', 'watch', 1);
	PERFORM add_rule('marks_list', 'b', 'SELECT student_id, b FROM marks', '=', 1, 'b', 'at risk', 2.5);
	PERFORM add_rule('marks_list', 'c', 'SELECT student_id, c FROM marks', '=', 1, 'c', 'watch', 0);
	PERFORM refresh_watch_list('marks_list');
	RETURN QUERY EXECUTE 'SELECT student_id, score, status FROM marks_list ORDER BY 1';
	PERFORM drop_watch_list('marks_list');
END
$$;
SELECT * FROM standings('severity', NULL, NULL);
SELECT * FROM standings('any', NULL, NULL);
SELECT * FROM standings('k of n', 2, 1);
SELECT * FROM standings('points', 2.5, 1);

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
SELECT drop_watch_list('logins_list');

-- and of types with a length
CREATE TABLE cards (student_id character(4), login varchar(8), number numeric(6), mark integer);
INSERT INTO cards VALUES ('a1', 'ann', 1, 1), ('b222', 'benjamin', 222222, 2);
CREATE FUNCTION of_type(id text) RETURNS TABLE (id_type regtype, newly_flagged bigint, check_in bigint, words text) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM create_watch_list('cards_list', format('SELECT %s AS student_id FROM cards', id));
	PERFORM add_rule('cards_list', 'mark', format('SELECT %s, mark FROM cards', id), '>', 1, 'Mark {value}');
	PERFORM add_rule('cards_list', 'no mark', format('SELECT %s, mark FROM cards', id), '<', 1, 'No mark');
	PERFORM drop_rule('cards_list', 'no mark');
	SELECT r.newly_flagged INTO newly_flagged FROM refresh_watch_list('cards_list') r;
	EXECUTE format('SELECT check_in(%L, %s::text) FROM cards WHERE mark = 2', 'cards_list', id) INTO check_in;
	EXECUTE format('SELECT p.words FROM cards, student_profile(%L, %s::text) p WHERE mark = 2 AND line = 1', 'cards_list', id) INTO words;
	id_type := student_id_type('cards_list');
	PERFORM drop_watch_list('cards_list');
	RETURN NEXT;
END
$$;
SELECT of_type.* FROM unnest('{student_id, login, number}'::text[]) AS id, of_type(id);

--
-- the day that a list is computed for is the same in parallel workers
--
SET gapstats.as_of = '2025-10-01';
SELECT set_config(name, 'on', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT as_of() = '2025-10-01' AS past FROM (SELECT FROM students LIMIT 1) AS one;
SELECT set_config(name, 'off', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
RESET gapstats.as_of;

--
-- it is its owner's
--
SELECT count(*) FROM pg_class, aclexplode(relacl) WHERE relname LIKE 'early\_warning%' AND grantee <> relowner;
SET ROLE regress_other;
SELECT * FROM early_warning;
SELECT * FROM early_warning_reasons;
SELECT refresh_watch_list('early_warning');
SELECT add_rule('early_warning', 'mine', 'SELECT student_id, absent FROM attendance', '>', 0, 'reason');
SELECT drop_watch_list('early_warning');
RESET ROLE;
-- a superuser would lend his rights to what the owner has put in the list
SELECT refresh_watch_list('early_warning');
SET ROLE regress_analyst;
GRANT SELECT ON early_warning TO regress_other;
SET ROLE regress_other;
SELECT count(*) FROM early_warning;
SET ROLE regress_analyst;

-- goes whole
SELECT drop_watch_list('early_warning');
SELECT relname FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relname LIKE 'early%' ORDER BY 1;

RESET ROLE;
\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP EXTENSION citext;
DROP ROLE regress_analyst, regress_other;
