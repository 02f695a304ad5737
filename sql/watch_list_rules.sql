--
-- watch_list: rules change, each change a version; previews; schedules and health
--
\set SHOW_CONTEXT never
CREATE ROLE regress_analyst;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;

CREATE TABLE students (student_id uuid PRIMARY KEY, number integer, school text, free_lunch boolean, home_language text);
INSERT INTO students
SELECT ('00000000-0000-0000-0000-' || lpad(i::text, 12, '0'))::uuid, i, CASE WHEN i <= 4 THEN 'Lincoln' WHEN i <= 8 THEN 'Roosevelt' END, i % 2 = 0, 'en'
FROM generate_series(1, 10) AS i;
CREATE TABLE absences (student_id uuid, days integer);
INSERT INTO absences SELECT student_id, number FROM students WHERE number < 10;

SELECT create_watch_list('list', 'SELECT student_id, number, school FROM students');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 9, '{value} days');
SELECT status, flagged FROM refresh_watch_list('list');

-- what is not given stays; nothing changes before the next refresh
SELECT change_rule('list', 'absence', threshold => 8);
SELECT change_rule('list', 'absence', reason => '{value} days absent, of {threshold}', severity => 'watch');
SELECT count(*) FROM list WHERE status <> 'on track' AND status <> 'insufficient data';
SELECT status, flagged FROM refresh_watch_list('list');
SELECT number, status, reasons FROM list JOIN list_reasons r USING (student_id) WHERE r.flagged AND rule_version = 3 ORDER BY number;
-- a query of other columns and another type
SELECT change_rule('list', 'absence', query => 'SELECT a.student_id, a.days / 2.0 FROM absences AS a', threshold => 4.5);
SELECT status, flagged FROM refresh_watch_list('list');
SELECT number, reasons FROM list WHERE rules_flagged > 0;
-- a change that is wrong changes nothing
SELECT change_rule('list', 'absence', query => 'SELECT student_id, nothing FROM absences');
SELECT change_rule('list', 'absence', comparison => 'about');
SELECT change_rule('list', 'presence', threshold => 1);
SELECT status, flagged FROM refresh_watch_list('list');

-- off, a rule does not even run
SELECT add_rule('list', 'other', 'SELECT student_id, 100 / days FROM absences', '>', 40, 'other');
UPDATE absences SET days = 0 WHERE days = 1;
\set VERBOSITY terse
SELECT status, rule, error FROM refresh_watch_list('list');
SELECT switch_rule('list', 'other', false);
SELECT status, rule, error FROM refresh_watch_list('list');
SELECT switch_rule('list', 'other', true);
\set VERBOSITY default
UPDATE absences SET days = 1 WHERE days = 0;
SELECT switch_rule('list', 'other', true);
SELECT status, flagged FROM refresh_watch_list('list');
SELECT drop_rule('list', 'other');
SELECT drop_rule('list', 'other');
SELECT status, flagged FROM refresh_watch_list('list');
-- a rule of that name may come again
SELECT add_rule('list', 'other', 'SELECT student_id, days FROM absences', '<', 0, 'other');
SELECT rule, version, "position", state, comparison, threshold, severity, reason, changed_by, superseded_at IS NULL AS is_current
FROM list_rules ORDER BY rule, version;
-- the query as PostgreSQL understood it; newer versions leave out "query." where they can
SELECT replace(query, 'query.', '') AS query FROM list_rules WHERE rule = 'absence' AND version = 1;

-- race, language and income
SELECT add_rule('list', 'lunch', 'SELECT student_id, 1 FROM students WHERE free_lunch', '=', 1, 'lunch');
SELECT add_rule('list', 'language', 'SELECT student_id, (home_language = ''es'')::integer FROM students', '=', 1, 'language');
SELECT add_rule('list', 'language', 'SELECT student_id, (home_language = ''es'')::integer FROM students', '=', 1, 'language', override => '');
SELECT add_rule('list', 'language', 'SELECT student_id, (home_language = ''es'')::integer FROM students', '=', 1, 'language',
	override => 'Decision 12 of the board');
SELECT change_rule('list', 'absence', query => 'SELECT student_id, days FROM absences JOIN students USING (student_id) WHERE free_lunch');
SELECT rule, version, override, changed_by FROM list_rules WHERE override IS NOT NULL;
-- columns whose names only look like it
CREATE TABLE grades (student_id uuid, trace integer, outcome integer, session integer, well integer);
SELECT add_rule('list', 'grades', 'SELECT student_id, trace + outcome + session + well FROM grades', '>', 0, 'grades');

-- whom would it flag?
SELECT * FROM preview_rule('list', 'SELECT student_id, days FROM absences', '>=', '{8, 3}');
SELECT * FROM preview_rule('list', 'SELECT student_id, days FROM absences', '>=', '{8, 3}', 'school');
SELECT * FROM preview_rule('list', 'SELECT student_id, days FROM absences', '>=', '{8, NULL}');
SELECT * FROM preview_rule('list', 'SELECT student_id, days FROM absences', '>=', '{8}', 'district');
SELECT * FROM preview_rule('list', 'SELECT student_id FROM absences', '>=', '{8}');
SELECT * FROM preview_rule('list', 'SELECT student_id, 1 FROM students WHERE free_lunch', '>=', '{8}');
SELECT relname FROM pg_class WHERE relname LIKE 'list%preview%';

-- when a schedule is due: cron's own rules
SET timezone = 'GMT';
SELECT schedule, next_run(schedule, '2026-11-22 00:48:30+00')	-- a Sunday
FROM (VALUES ('* * * * *'), ('0 5 * * *'), ('48 0 * * *'), ('0 5 * * 1-5'), ('*/15 8-16 * * mon,Wed'), ('0 0 31 * *'), ('0 0 $ * *'),
	('0 0 29 2 *'), ('0 0 30 2 *'), ('0 0 1 jan *'), ('30 4 1,15 * 5'), ('0 0 * * 0'), ('0 0 * * 7'), ('5/20 1 * * *'),
	('@hourly'), ('@weekly'), ('@monthly'), ('@reboot'), ('10 seconds')) AS v (schedule);
SELECT next_run('0 5 * * *', '2026-11-22 00:48:30+00', 'America/Chicago');
SELECT next_run('0 25 * * *', now());
SELECT next_run('0 5-1 * * *', now());
SELECT next_run('*/0 * * * *', now());
SELECT next_run('a b c d e', now());

-- health
SELECT status FROM refresh_watch_list('list');
SELECT create_watch_list('never', 'SELECT student_id FROM students');
SELECT list, owner, state, as_of = current_date AS today, last_success = last_run AS ended_well, last_status, last_error, schedule, next_run, problem, fix
FROM watch_list_health ORDER BY list::text;
RESET ROLE;
ALTER ROLE regress_analyst LOGIN;
SET ROLE regress_analyst;
SELECT list, state, problem, fix FROM watch_list_health ORDER BY list::text;
UPDATE absences SET days = NULL;
INSERT INTO absences SELECT * FROM absences LIMIT 1;
\set VERBOSITY terse
SELECT status FROM refresh_watch_list('list');
\set VERBOSITY default
SELECT list, state, last_status, last_error, problem, fix FROM watch_list_health WHERE list = 'list'::regclass;
DELETE FROM absences;
SELECT status FROM refresh_watch_list('list');
UPDATE list_runs SET as_of = as_of - 1;
SELECT list, state FROM watch_list_health WHERE list = 'list'::regclass;

SELECT drop_watch_list('list'), drop_watch_list('never');
SELECT relname FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relkind <> 'i' ORDER BY 1;
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst;
