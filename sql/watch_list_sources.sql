--
-- watch_list: what happens to the tables under a list, to the list itself, and to its owner
--
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE regress_analyst;
CREATE ROLE regress_successor;
CREATE ROLE regress_teacher;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
GRANT USAGE, CREATE ON SCHEMA district TO regress_successor;
GRANT USAGE ON SCHEMA district TO regress_teacher;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;
SET client_min_messages = warning;
CREATE TABLE students AS SELECT i AS student_id, 'regress_teacher' AS teacher FROM generate_series(1, 5) i;
CREATE TABLE absences AS SELECT student_id, student_id * 3 AS days FROM students;
SELECT create_watch_list('list', 'SELECT student_id, teacher FROM students');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 10, '{value} days');
SELECT share_watch_list('list', viewer_column => 'teacher');
SELECT grant_watch_list('list', 'follow up', 'regress_teacher');
SELECT status, flagged FROM refresh_watch_list('list');
SELECT check_in('list', '4', 'Called');

--
-- As dbt builds: a new table takes the name, and the old one is dropped with what depends on it
--
BEGIN;
CREATE TABLE absences__dbt_tmp AS SELECT student_id, student_id * 5 AS days FROM students;
ALTER TABLE absences RENAME TO absences__dbt_backup;
ALTER TABLE absences__dbt_tmp RENAME TO absences;
DROP TABLE absences__dbt_backup CASCADE;
COMMIT;
SELECT status, flagged, newly_flagged FROM refresh_watch_list('list');
-- with its columns in another order, and a view in its place
DROP TABLE absences CASCADE;
CREATE TABLE days_absent (comment text, days integer, student_id integer);
INSERT INTO days_absent SELECT '', student_id * 4, student_id FROM students;
CREATE VIEW absences AS SELECT days, student_id FROM days_absent;
SELECT status, flagged, cleared FROM refresh_watch_list('list');
-- while there is none, the list stays, and says what it misses
DROP TABLE days_absent CASCADE;
SELECT status, rule, error FROM refresh_watch_list('list');
DROP TABLE students CASCADE;
SELECT status, rule, error FROM refresh_watch_list('list');
SELECT student_id, status FROM list ORDER BY student_id;
SELECT student_id FROM list_flags WHERE cleared_at IS NULL ORDER BY student_id;
SELECT f.student_id, c.note FROM list_check_ins c JOIN list_flags f USING (flag);
SELECT state, problem FROM watch_list_health;
CREATE TABLE students AS SELECT i AS student_id, 'regress_teacher' AS teacher FROM generate_series(1, 5) i;
CREATE TABLE absences AS SELECT student_id, student_id * 4 AS days FROM students;
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list');
-- a column of another type means something else
ALTER TABLE absences ALTER days TYPE numeric;
SELECT status, rule, error FROM refresh_watch_list('list');
ALTER TABLE absences ALTER days TYPE integer;
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list');
SELECT * FROM disagreement('list');
-- so do students of another type; wider integers are the same students, for whoever takes the queries as they are now
BEGIN;
SET LOCAL client_min_messages = notice;
SELECT change_rule('list', 'absence', applies_to => 'student_id > 1');
ALTER TABLE students ALTER student_id TYPE bigint;
ALTER TABLE absences ALTER student_id TYPE bigint;
SELECT status, error FROM refresh_watch_list('list');
SELECT resume_watch_list('list');
SELECT status, flagged, newly_flagged, cleared FROM refresh_watch_list('list');
SELECT part, query FROM list_queries ORDER BY part;
SELECT viewer_column('list'), count(*) FROM list_viewers;
SELECT * FROM disagreement('list');
-- once is enough
SELECT resume_watch_list('list');
SELECT count(*) FROM list_queries WHERE query ~ 'AS q .*AS q ';
ROLLBACK;
-- a number that is none of the list's type is no student; texts are nobody's numbers, before somebody says which
BEGIN;
ALTER TABLE students ALTER student_id TYPE bigint;
INSERT INTO students VALUES (2147483648, 'regress_teacher');
SELECT resume_watch_list('list');
SELECT status, error FROM refresh_watch_list('list');
ROLLBACK;
BEGIN;
ALTER TABLE students ALTER student_id TYPE text;
\set VERBOSITY default
SELECT resume_watch_list('list');
\set VERBOSITY terse
ROLLBACK;

--
-- The list itself dropped, with everything that depends on it: it is made again from its tables
--
CREATE VIEW of_a_colleague AS SELECT count(*) FROM list;
CREATE TABLE before AS SELECT * FROM list;
CREATE TABLE history_before AS SELECT * FROM list_history;
DROP MATERIALIZED VIEW list CASCADE;
SELECT list, state, problem, fix FROM watch_list_health;
SELECT refresh_watch_list('list');
SELECT refresh_watch_list('list_current');
SELECT repair_watch_list('list_current');
SELECT repair_watch_list('list');
-- its settings tell of it, too
SELECT repair_watch_list('list_settings');
DROP VIEW list_held;
SELECT repair_watch_list('list_settings');
TABLE list EXCEPT TABLE before;
SELECT count(*) FROM list;
TABLE list_history EXCEPT TABLE history_before;
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list');
SELECT * FROM disagreement('list');
-- a view of the owner's own over its table is not taken for it, nor is the list made again if it has another name only
CREATE MATERIALIZED VIEW by_status AS SELECT status, count(*) FROM list_current GROUP BY status;
ALTER MATERIALIZED VIEW list RENAME TO list2;
SELECT list, state FROM watch_list_health;
SELECT repair_watch_list('list_current');
SELECT relname FROM pg_class WHERE relkind = 'm' AND relnamespace = 'district'::regnamespace ORDER BY 1;
ALTER MATERIALIZED VIEW list2 RENAME TO list;
SELECT status FROM refresh_watch_list('list');
DROP MATERIALIZED VIEW by_status;
-- a type that is dropped takes a column of the list along, and nothing else; another students query has it no more
CREATE TYPE kind AS ENUM ('a', 'b');
ALTER TABLE students ADD kind kind DEFAULT 'a', ADD enrolled_on date DEFAULT '2026-08-15';
SELECT change_students('list', 'SELECT student_id, teacher, kind FROM students');
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list');
DROP TYPE kind CASCADE;
SELECT list, state, fix FROM watch_list_health;
SELECT repair_watch_list('list_current') IS NOT NULL AS made_again;
(TABLE list EXCEPT TABLE before) UNION ALL (TABLE before EXCEPT TABLE list);
TABLE list_history EXCEPT TABLE history_before;
\set VERBOSITY default
SELECT status, error FROM refresh_watch_list('list');
SELECT list, state, problem, fix FROM watch_list_health;
-- the same where nobody, or another query, says who may see whom
BEGIN;
SELECT unshare_watch_list('list');
SELECT status, error FROM refresh_watch_list('list');
SELECT list, state, problem, fix FROM watch_list_health;
ROLLBACK;
BEGIN;
SELECT change_students('list', days_query => 'SELECT enrolled_on FROM students');
ALTER TABLE students DROP enrolled_on;
SELECT unshare_watch_list('list');
SELECT change_students('list', 'SELECT student_id, teacher FROM students');
SELECT status, error FROM refresh_watch_list('list');
SELECT list, state, problem, fix FROM watch_list_health;
ROLLBACK;
\set VERBOSITY terse
SELECT change_students('list', 'SELECT student_id, teacher FROM students');
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list');
SELECT has_table_privilege('regress_teacher', 'list_mine', 'SELECT') AS granted, (SELECT note FROM list_check_ins) AS note;
SELECT * FROM disagreement('list');
-- views, too
DROP VIEW list_mine, list_reasons CASCADE;
DROP TABLE list_next CASCADE;
SELECT list, state, problem ~ '\mmine, my_reasons\M' AS says_what, fix FROM watch_list_health;
\set VERBOSITY sqlstate
SELECT refresh_watch_list('list');
SELECT change_settings('list', '{"clear_after": 2}');
\set VERBOSITY terse
SELECT repair_watch_list('list') ~ '^next, reasons' AS made_again;
SELECT relname, obj_description(oid) IS NOT NULL AS has_comment, has_table_privilege('regress_teacher', oid, 'SELECT') AS granted
FROM pg_class WHERE oid = ANY ('{list_mine, list_my_reasons, list_my_flags, list_next}'::regclass[]) ORDER BY relname;
SELECT status FROM refresh_watch_list('list');
SELECT count(*) FROM list_reasons;

--
-- What was granted on the list and its views is granted again, and what was taken back is not
--
RESET ROLE;
CREATE ROLE regress_reader;
CREATE ROLE regress_dashboard;
CREATE ROLE regress_colleague;
CREATE ROLE regress_renamed;
CREATE ROLE regress_revoked;
CREATE ROLE regress_gone;
GRANT USAGE ON SCHEMA district TO regress_reader, regress_dashboard, regress_colleague, regress_renamed, regress_revoked, regress_gone;
SET ROLE regress_analyst;
SELECT grant_watch_list('list', 'read', 'regress_reader'), grant_watch_list('list', 'act for viewers', 'regress_dashboard'), grant_watch_list('list', 'outbox', 'regress_colleague'),
	grant_watch_list('list', 'read', 'regress_renamed'), grant_watch_list('list', 'follow up', 'regress_revoked');
-- and what GRANT gives, by the next run
GRANT SELECT ON list TO regress_colleague WITH GRANT OPTION;
GRANT SELECT (student_id, status), UPDATE ON list_sheet TO regress_gone;
GRANT SELECT ON list_events TO PUBLIC;
SELECT status FROM refresh_watch_list('list');
CREATE TABLE granted_before AS SELECT * FROM grants_on('list');
SELECT grantee::regrole::text COLLATE "C" AS grantee, string_agg(concat_ws(' ', privilege, column_name) || CASE WHEN is_grantable THEN '*' ELSE '' END || ' on ' || part, ', ' ORDER BY part, column_name) AS granted
FROM granted_before GROUP BY 1 ORDER BY 1;
SELECT 'DROP MATERIALIZED VIEW list; DROP VIEW ' || string_agg('list_' || part, ', ') AS drop_views FROM list_parts() WHERE kind = 'v' \gset
:drop_views;
RESET ROLE;
ALTER ROLE regress_renamed RENAME TO regress_married;
SET ROLE regress_analyst;
SELECT repair_watch_list('list_current') ~ '^the list itself, acting, reasons' AS made_again;
(TABLE granted_before EXCEPT SELECT * FROM grants_on('list')) UNION ALL (SELECT * FROM grants_on('list') EXCEPT TABLE granted_before);
SET gapstats.viewer = 'regress_teacher';
SET ROLE regress_dashboard;
SELECT count(*) FROM list_mine;
SET ROLE regress_reader;
SELECT count(*) FROM list_mine;
SELECT count(*) FROM list_my_flags;
RESET gapstats.viewer;
-- what a run finds taken back, or unshare_watch_list takes back, does not come back
SET ROLE regress_analyst;
REVOKE SELECT ON list_events FROM PUBLIC;
SELECT status FROM refresh_watch_list('list');
-- nor does anything come back to who has lost something since on what is left, or is gone
REVOKE ALL ON ALL TABLES IN SCHEMA district FROM regress_revoked;
RESET ROLE;
DROP OWNED BY regress_gone;
DROP ROLE regress_gone;
SET ROLE regress_analyst;
:drop_views;
SELECT repair_watch_list('list_current') IS NOT NULL AS repaired;
SELECT coalesce(rolname, 'nobody') AS grantee, string_agg(part, ', ' ORDER BY part, column_name) AS lost
FROM (TABLE granted_before EXCEPT SELECT * FROM grants_on('list')) AS g LEFT JOIN pg_roles ON oid = grantee GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM (SELECT * FROM grants_on('list') EXCEPT TABLE granted_before) more;
SELECT unshare_watch_list('list');
:drop_views;
SELECT repair_watch_list('list_current') IS NOT NULL AS repaired;
SELECT part, grantee::regrole, privilege FROM grants_on('list') ORDER BY 1;
SELECT share_watch_list('list', viewer_column => 'teacher');
-- in the settings, nobody can write what is no privilege, or of no column
UPDATE list_settings SET granted = '[{"part": "", "privilege": "ALL ON list_settings TO PUBLIC; GRANT SELECT", "grantee": 0}, {"part": "", "column_name": "none", "privilege": "SELECT", "grantee": 0}, {"part": "", "privilege": "SELECT", "grantee": 0}]';
DROP MATERIALIZED VIEW list;
SELECT repair_watch_list('list_current');
SELECT part, column_name, privilege FROM grants_on('list') WHERE grantee = 0;
-- a table that is lost is lost; the rest can be dropped, and the list be made again
CREATE TABLE alarms AS TABLE list_alarms;
DROP TABLE list_alarms CASCADE;
SELECT list, state, problem ~ '\malarms\M' AS says_what FROM watch_list_health;
SELECT repair_watch_list('list');
SELECT drop_watch_list('list');
SELECT relname FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relname LIKE 'list%' ORDER BY 1;
SELECT create_watch_list('list', 'SELECT student_id, teacher FROM students');
-- a list that has lost its view can be dropped, too
DROP MATERIALIZED VIEW list;
SELECT drop_watch_list('list_current');
SELECT relname FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relname LIKE 'list%' ORDER BY 1;

--
-- A list is renamed, or its schema: the parts follow at the next managing call
--
RESET ROLE;
CREATE SCHEMA warehouse AUTHORIZATION regress_analyst;
ALTER TABLE students SET SCHEMA warehouse;
ALTER TABLE absences SET SCHEMA warehouse;
GRANT USAGE ON SCHEMA warehouse TO regress_successor;
SET ROLE regress_analyst;
SET search_path = district, warehouse, gapstats, gapstats_internal;
SELECT create_watch_list('list', 'SELECT student_id, teacher FROM students');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 10, '{value} days');
SELECT status, flagged FROM refresh_watch_list('list');
ALTER MATERIALIZED VIEW list RENAME TO early_warning;
SELECT student_id, status FROM early_warning WHERE status = 'at risk' ORDER BY 1;
SELECT list FROM watch_list_health;
SELECT status, newly_flagged FROM refresh_watch_list('early_warning');
SELECT count(*) = (SELECT count(*) FROM list_parts()) AS all_parts FROM pg_class WHERE relname LIKE 'early\_warning\_%' AND relkind IN ('r', 'v') AND relnamespace = 'district'::regnamespace;
SELECT count(*) FROM pg_class WHERE relname LIKE 'list\_%' AND relkind IN ('r', 'v') AND relnamespace = 'district'::regnamespace;
SELECT check_in('early_warning', '5');
SELECT * FROM disagreement('early_warning');
-- another list may have the old name
SELECT create_watch_list('list', 'SELECT student_id FROM students');
SELECT drop_watch_list('list');
-- a name that leaves no room is refused where it would be followed
ALTER MATERIALIZED VIEW early_warning RENAME TO students_and_their_absences_and_whatever_else_may_be_told;
SELECT refresh_watch_list('students_and_their_absences_and_whatever_else_may_be_told');
ALTER MATERIALIZED VIEW students_and_their_absences_and_whatever_else_may_be_told RENAME TO early_warning;
RESET ROLE;
ALTER SCHEMA district RENAME TO county;
GRANT USAGE, CREATE ON SCHEMA county TO regress_successor;
SET ROLE regress_analyst;
SET search_path = county, warehouse, gapstats, gapstats_internal;
SELECT status, newly_flagged, cleared FROM refresh_watch_list('early_warning');
SELECT list, last_status FROM watch_list_health;
SELECT change_rule('early_warning', 'absence', reason => '{value} days absent');
-- if the tables under it are in a schema that was renamed, it says that they are not where they were
RESET ROLE;
ALTER SCHEMA warehouse RENAME TO elsewhere;
SET ROLE regress_analyst;
SELECT status, error FROM refresh_watch_list('early_warning');
RESET ROLE;
ALTER SCHEMA elsewhere RENAME TO warehouse;
SET ROLE regress_analyst;
SELECT status, newly_flagged, cleared FROM refresh_watch_list('early_warning');
SELECT * FROM disagreement('early_warning');

--
-- Another owner: the list is held until he accepts it
--
RESET ROLE;
SELECT count(*) FROM pg_class WHERE relowner = 'regress_analyst'::regrole AND relname LIKE 'early%' AND relkind IN ('r', 'v', 'm') \gset had_
REASSIGN OWNED BY regress_analyst TO regress_successor;
SELECT count(*) = :had_count AS all_of_it FROM pg_class WHERE relowner = 'regress_successor'::regrole AND relname LIKE 'early%' AND relkind IN ('r', 'v', 'm');
SET ROLE regress_successor;
SELECT status, error FROM refresh_watch_list('early_warning');
SELECT list, state, problem, fix FROM watch_list_health;
CALL run_watch_list('early_warning');
SELECT run AS held_run FROM early_warning_runs ORDER BY run DESC LIMIT 1 \gset
\set VERBOSITY sqlstate
SELECT status FROM refresh_watch_list('early_warning', accept => :held_run);
\set VERBOSITY terse
SELECT count(*) FROM early_warning_held;
-- he means the tables that are his now
UPDATE absences SET days = 20 WHERE student_id = 1;
SELECT resume_watch_list('early_warning');
SELECT status, newly_flagged, cleared FROM refresh_watch_list('early_warning');
-- Another server, whose database has the same number
UPDATE early_warning_settings SET system_identifier = system_identifier + 1;
SELECT status, error FROM refresh_watch_list('early_warning');
SELECT resume_watch_list('early_warning');
SELECT status FROM refresh_watch_list('early_warning');
SELECT made_by FROM early_warning_check_ins;
SELECT * FROM disagreement('early_warning');
SELECT drop_watch_list('early_warning');

RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA county, warehouse CASCADE;
DROP ROLE regress_analyst, regress_successor, regress_teacher, regress_reader, regress_dashboard, regress_colleague, regress_married, regress_revoked;
