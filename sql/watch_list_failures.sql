--
-- watch_list: a run that fails says why, runs nothing twice and leaves the list as it was
--
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE regress_analyst;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;
CREATE TABLE students AS SELECT generate_series(1, 5) AS student_id;
CREATE TABLE absences AS SELECT student_id, student_id AS days FROM students;
CREATE TABLE viewers AS SELECT 'nobody' AS viewer, student_id FROM students;
-- each evaluation of a rule counts itself; a sequence goes on counting where a transaction or a part of one is undone
CREATE SEQUENCE evaluations_a;
CREATE SEQUENCE evaluations_b;
CREATE SEQUENCE evaluations_c;
CREATE SEQUENCE evaluations_students;
CREATE FUNCTION evaluations() RETURNS TABLE (students bigint, a bigint, b bigint, c bigint) LANGUAGE plpgsql AS $$
BEGIN
	students := nextval('evaluations_students') - 1;
	a := nextval('evaluations_a') - 1;
	b := nextval('evaluations_b') - 1;
	c := nextval('evaluations_c') - 1;
	ALTER SEQUENCE evaluations_students RESTART;
	ALTER SEQUENCE evaluations_a RESTART;
	ALTER SEQUENCE evaluations_b RESTART;
	ALTER SEQUENCE evaluations_c RESTART;
	RETURN NEXT;
END
$$;
SELECT create_watch_list('list', 'SELECT student_id FROM students WHERE (SELECT nextval(''evaluations_students'')) > 0');
SELECT add_rule('list', 'a', 'SELECT student_id, days FROM absences WHERE (SELECT nextval(''evaluations_a'')) > 0', '>=', 4, 'a');
SELECT add_rule('list', 'b', 'SELECT student_id, 100 / days FROM absences WHERE (SELECT nextval(''evaluations_b'')) > 0', '>=', 100, 'b');
SELECT add_rule('list', 'c', 'SELECT student_id, days FROM absences WHERE (SELECT nextval(''evaluations_c'')) > 0', '>=', 5, 'c');
-- a rule is not run when it is added, and once a run
SELECT * FROM evaluations();
SELECT status, students, flagged FROM refresh_watch_list('list');
SELECT * FROM evaluations();
CREATE TABLE before AS SELECT 'list' AS part, to_jsonb(l) AS row FROM list l UNION ALL SELECT 'values', to_jsonb(v) FROM list_values v
UNION ALL SELECT 'flag', to_jsonb(f) FROM list_flags f UNION ALL SELECT 'history', to_jsonb(h) FROM list_history h;
CREATE FUNCTION differs() RETURNS bigint LANGUAGE sql AS $$
	SELECT (SELECT count(*) FROM before b FULL JOIN (
		SELECT 'list' AS part, to_jsonb(l) AS row FROM list l UNION ALL SELECT 'values', to_jsonb(v) FROM list_values v
		UNION ALL SELECT 'flag', to_jsonb(f) FROM list_flags f UNION ALL SELECT 'history', to_jsonb(h) FROM list_history h
		) n USING (part, row) WHERE b IS NULL OR n IS NULL) + (SELECT count(*) FROM disagreement('list'));
$$;
SELECT differs();

-- the rule in the middle fails: it and those before it have been run once, those after it not at all
UPDATE absences SET days = days - 1;
SELECT status, rule, error, students, flagged FROM refresh_watch_list('list');
SELECT * FROM evaluations();
SELECT differs();
SELECT list, state, last_status, last_error, problem, fix FROM watch_list_health;
-- its fix helps
SELECT switch_rule('list', 'b', false);
SELECT status, flagged FROM refresh_watch_list('list');
SELECT switch_rule('list', 'b', true);
UPDATE absences SET days = days + 1;
SELECT status, flagged FROM refresh_watch_list('list');
SELECT * FROM evaluations();

-- whatever fails is named, a rule with a quote or one whose name begins like another's, too
SELECT add_rule('list', 'b": c', 'SELECT student_id, 1 / (days - 1) FROM absences', '>', 1, 'x');
SELECT status, rule, error FROM refresh_watch_list('list');
SELECT drop_rule('list', 'b": c');
SELECT change_rule('list', 'c', applies_to => '1 / (student_id - 3) > -10');
SELECT status, rule, error FROM refresh_watch_list('list');
SELECT drop_rule('list', 'c');
SELECT add_rule('list', 'c', 'SELECT student_id, days FROM absences WHERE (SELECT nextval(''evaluations_c'')) > 0', '>=', 5, 'c');
ALTER TABLE absences ALTER days TYPE text;
SELECT status, rule, error FROM refresh_watch_list('list');
ALTER TABLE absences ALTER days TYPE integer USING days::integer;
ALTER TABLE students ALTER student_id TYPE bigint;
SELECT status, rule, error FROM refresh_watch_list('list');
ALTER TABLE students ALTER student_id TYPE integer;
REVOKE SELECT ON absences FROM regress_analyst;
SELECT status, rule, error FROM refresh_watch_list('list');
GRANT SELECT ON absences TO regress_analyst;
-- the viewers query fails: so does the run, before the rules
SELECT share_watch_list('list', 'SELECT viewer, student_id FROM viewers');
SELECT * FROM evaluations();
ALTER TABLE viewers RENAME TO readers;
SELECT status, rule, error FROM refresh_watch_list('list');
SELECT * FROM evaluations();
ALTER TABLE readers RENAME TO viewers;
-- who may see whom is published although a rule fails
DELETE FROM viewers WHERE student_id = 1;
UPDATE absences SET days = 0;
SELECT status, rule FROM refresh_watch_list('list');
SELECT count(*) FROM list_viewers;
UPDATE absences SET days = student_id;
SELECT status FROM refresh_watch_list('list');
SELECT unshare_watch_list('list');
-- a part of the list that may be written by others is not trusted
GRANT UPDATE ON list_queries TO PUBLIC;
SELECT status, error FROM refresh_watch_list('list');
REVOKE ALL ON list_queries FROM PUBLIC;

-- what writes elsewhere, or takes another role, fails
CREATE FUNCTION takes_role() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN SET ROLE NONE; RETURN 1; END $$;
SELECT add_rule('list', 'role', 'SELECT student_id, takes_role() FROM absences', '>', 1, 'x');
SELECT status, rule, error FROM refresh_watch_list('list');
SELECT drop_rule('list', 'role');

-- a statement that runs out of time leaves the list and says so
CREATE FUNCTION slow(integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_catalog.pg_sleep(10); RETURN $1; END $$;
SELECT add_rule('list', 'slow', 'SELECT student_id, slow(days) FROM absences', '>', 1, 'x');
SET statement_timeout = '300ms';
SELECT status, error FROM refresh_watch_list('list');
RESET statement_timeout;
SELECT drop_rule('list', 'slow');
SELECT status FROM list_runs ORDER BY run DESC LIMIT 1;
SELECT * FROM disagreement('list');

-- the procedure for pg_cron: it commits on the way, ends with an error where the run failed, and cannot be part of a transaction
SELECT * FROM evaluations();
CALL run_watch_list('list');
SELECT * FROM evaluations();
UPDATE absences SET days = 0;
CALL run_watch_list('list');
SELECT * FROM evaluations();
UPDATE absences SET days = student_id;
BEGIN;
CALL run_watch_list('list');
ROLLBACK;
SELECT * FROM evaluations();
-- with whatever search path
SET search_path = district, pg_catalog;
CALL gapstats.run_watch_list('district.list');
SET search_path = '';
CALL gapstats.run_watch_list('district.list');
CALL gapstats.run_watch_list('district.students');
SET search_path = district, gapstats, gapstats_internal;
SELECT status, rule, error FROM list_runs ORDER BY run DESC LIMIT 4;
-- a run in a transaction that is undone leaves nothing
BEGIN;
UPDATE absences SET days = 9;
SELECT status, newly_flagged FROM refresh_watch_list('list');
ROLLBACK;
SELECT status, newly_flagged FROM list_runs ORDER BY run DESC LIMIT 1;
SELECT * FROM disagreement('list');

-- a trigger of the owner's own that fails is named, wherever it does: it looks names up in pg_catalog
CREATE TABLE told (what text);
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO told VALUES (TG_TABLE_NAME); RETURN new; END $$;
CREATE FUNCTION retell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER "Tell, too" BEFORE INSERT ON list_next FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER tell BEFORE INSERT OR UPDATE ON list_flags FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER retell BEFORE INSERT OR UPDATE ON list_flags FOR EACH ROW EXECUTE FUNCTION retell();
UPDATE absences SET days = 9;
SELECT status, rule, error FROM refresh_watch_list('list');
DROP TRIGGER "Tell, too" ON list_next;
\set VERBOSITY default
CALL run_watch_list('list');
\set VERBOSITY terse
SELECT problem, fix FROM watch_list_health;
ALTER FUNCTION tell() SET search_path = district;
SELECT status, newly_flagged FROM refresh_watch_list('list');
SELECT what, count(*) FROM told GROUP BY what;
ALTER FUNCTION tell() RESET search_path;
CREATE TRIGGER tell BEFORE INSERT ON list_next_viewers FOR EACH ROW EXECUTE FUNCTION tell();
INSERT INTO list_queries SELECT 'viewers', '', (k).*, '{}' FROM keep_query('viewers query', 'SELECT viewer, student_id FROM viewers', 'district') AS k;
SELECT status, error FROM refresh_watch_list('list');
DELETE FROM list_queries WHERE part = 'viewers';
DROP FUNCTION tell, retell CASCADE;
DROP TABLE told;
UPDATE absences SET days = student_id;
SELECT status, error FROM refresh_watch_list('list');

-- a run whose session is gone is closed by the next one, and health knows
INSERT INTO list_runs (status, started_at, pid) VALUES ('running', now(), 0);
SELECT state, last_status FROM watch_list_health;
SELECT status FROM refresh_watch_list('list');
SELECT status, error IS NOT NULL AS says_why FROM list_runs ORDER BY run DESC LIMIT 2;
SELECT * FROM disagreement('list');

-- a rule does nothing to a list, nor makes one: a run would change what it works on
SELECT add_rule('list', 'again', $$SELECT student_id, (SELECT 1 FROM gapstats.refresh_watch_list('district.list')) FROM district.students$$, '>=', 1, 'again');
SELECT status, error FROM refresh_watch_list('list');
SELECT change_rule('list', 'again', query => $$SELECT student_id, 1 FROM district.students WHERE gapstats.create_watch_list('district.other', 'TABLE district.students') IS NOT NULL$$);
SELECT status, error FROM refresh_watch_list('list');
SELECT change_rule('list', 'again', query => $$SELECT student_id, 1 FROM district.students WHERE gapstats.drop_rule('district.list', 'again') IS NULL$$);
SELECT status, error FROM refresh_watch_list('list');
-- but it may read another list as its readers do
SELECT create_watch_list('other', 'SELECT student_id FROM students');
SELECT share_watch_list('other', viewers_query => 'SELECT ''regress_analyst'' AS viewer, student_id FROM students');
SELECT add_rule('other', 'a', 'SELECT student_id, days FROM absences', '>=', 5, 'a');
SELECT status, flagged FROM refresh_watch_list('other');
SELECT change_rule('list', 'again', query => $$SELECT student_id, 1 FROM district.other_mine WHERE status <> 'on track'$$);
SELECT status, flagged FROM refresh_watch_list('list');
SELECT * FROM disagreement('list');

--
-- Rows that a list has lost: values and students come again with the next run, and clear no flag that they should keep;
-- of what has been it is said that it is lost.  Marks of at least 3 flag, below 2 clear.
--
SELECT drop_watch_list('list'), drop_watch_list('other');
CREATE TABLE marks AS SELECT i AS student_id, 6.0 - i AS mark FROM generate_series(1, 6) AS i;
SELECT create_watch_list('list', 'SELECT student_id FROM marks');
SELECT add_rule('list', 'mark', 'SELECT student_id, mark FROM marks', '>=', 3, 'mark', clear_at => 2);
SELECT status, flagged FROM refresh_watch_list('list');
UPDATE list_flags SET since = since - 9;
UPDATE list_current SET since = since - 9;
UPDATE list_settings SET shown = false;
SELECT * FROM disagreement('list');
CREATE FUNCTION kept() RETURNS TABLE (student integer, value numeric, status text, days integer, flag text) LANGUAGE sql AS $$
	SELECT c.student_id, gapstats_internal.value_at(v."values", 1), c.status, current_date - c.since, CASE WHEN f.flag IS NOT NULL THEN coalesce(f.cleared_as, 'open') END
	FROM list_current c
	LEFT JOIN list_values v USING (student_id)
	LEFT JOIN list_flags f USING (student_id)
	ORDER BY 1;
$$;
TRUNCATE list_values;
-- nothing else is new
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list');
SELECT * FROM kept();
SELECT * FROM disagreement('list');
-- 1 has no value in the same night, 2 one that does not clear, 3 one that does, and 4 is flagged
DELETE FROM list_values;
UPDATE marks SET mark = CASE student_id WHEN 2 THEN 2 WHEN 3 THEN 1 WHEN 4 THEN 3 END WHERE student_id <= 4;
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list');
SELECT * FROM kept();
SELECT * FROM disagreement('list');
-- rows of the list itself, in whose night 6, who was on track, has left, 2 is clear, and 4 has no value
TRUNCATE list_current;
DELETE FROM marks WHERE student_id = 6;
UPDATE marks SET mark = CASE student_id WHEN 2 THEN 1 END WHERE student_id IN (2, 4);
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list');
SELECT * FROM kept();
SELECT count(*) FROM list_values;
SELECT * FROM disagreement('list');
SELECT count(*) FROM list_alarms;
SELECT problem FROM watch_list_problems WHERE problem ~ 'lost';
UPDATE marks SET mark = 9 WHERE student_id = 5;
SELECT status, newly_flagged FROM refresh_watch_list('list');
-- the history, or the flags, also of those who have no values; what a run noted holds until one that finds them as they should be
BEGIN;
DELETE FROM list_history WHERE student_id = 1;
SELECT status FROM refresh_watch_list('list');
SELECT state, problem, fix FROM watch_list_problems WHERE problem ~ 'lost';
ROLLBACK;
BEGIN;
TRUNCATE list_flags CASCADE;
SELECT status FROM refresh_watch_list('list');
SELECT problem FROM watch_list_problems WHERE problem ~ 'lost';
SELECT status, since IS NOT NULL AS is_flagged FROM list_current WHERE student_id IN (1, 5) ORDER BY student_id;
DELETE FROM list_history;
SELECT status FROM refresh_watch_list('list');
SELECT problem FROM watch_list_problems WHERE problem ~ 'lost';
SELECT problem, parts_unlike FROM list_runs ORDER BY run DESC LIMIT 1;
ROLLBACK;
-- what stands of somebody who has left in the night in which her row was lost ends in the next, and so does a flag without a standing
BEGIN;
DELETE FROM list_current WHERE student_id IN (1, 5);
DELETE FROM list_history WHERE student_id = 5;
DELETE FROM marks WHERE student_id IN (1, 5);
SELECT status FROM refresh_watch_list('list');
SELECT * FROM disagreement('list');
SELECT status, cleared FROM refresh_watch_list('list');
SELECT * FROM disagreement('list');
SELECT student_id, cleared_as FROM list_flags WHERE student_id IN (1, 5) ORDER BY student_id;
SELECT student_id, ended_as FROM list_history WHERE student_id IN (1, 5);
ROLLBACK;
-- alarms that are lost are told of, and a new reason after a call is one all the same
BEGIN;
DELETE FROM list_alarms;
SELECT check_in('list', '5') IS NOT NULL AS called;
SELECT status FROM refresh_watch_list('list');
SELECT problem FROM watch_list_problems WHERE problem ~ 'lost';
SELECT add_rule('list', 'more', 'SELECT student_id, mark FROM marks', '>=', 9, 'more');
SELECT status FROM refresh_watch_list('list');
SELECT student_id, kind, rules FROM list_alarms;
ROLLBACK;
-- rows of the list that are older than its flags, as of a backup, say since when those are
BEGIN;
CREATE TABLE older AS SELECT * FROM list_current;
UPDATE older SET since = NULL, status = 'on track', reasons = NULL, rules_flagged = 0;
UPDATE list_flags SET since = since - 2;
TRUNCATE list_current;
INSERT INTO list_current TABLE older;
SELECT status, newly_flagged FROM refresh_watch_list('list');
SELECT * FROM disagreement('list');
SELECT f.student_id, current_date - c.since AS days, c.since = f.since AS agrees FROM list_flags f JOIN list_current c USING (student_id) WHERE f.cleared_at IS NULL ORDER BY f.student_id;
ROLLBACK;
-- a flag that is raised then is an alarm, though another rule flags her by now and her standing is no new one
BEGIN;
TRUNCATE list_flags CASCADE;
SELECT add_rule('list', 'more', 'SELECT student_id, mark FROM marks', '>=', 9, 'more');
SELECT status, newly_flagged FROM refresh_watch_list('list');
SELECT f.student_id, h.event, a.kind FROM list_flags f JOIN list_history h ON h.student_id = f.student_id AND h.until_time IS NULL LEFT JOIN list_alarms a USING (flag);
ROLLBACK;

-- a list does not go on with a value that is no number any more, no more than with students of another type
SELECT change_rule('list', 'mark', query => 'SELECT student_id, mark FROM marks');
ALTER TABLE marks ALTER mark TYPE text;
\set VERBOSITY default
SELECT resume_watch_list('list');
\set VERBOSITY terse
ALTER TABLE marks ALTER mark TYPE numeric USING mark::numeric;

-- an id that no index takes is said whose it is; one of 2000 bytes is taken
CREATE TABLE long AS SELECT repeat('x', 2000) || 'y' AS student_id, 1 AS mark UNION ALL SELECT repeat('x', 2000), 1;
SELECT create_watch_list('long_ids', 'SELECT student_id FROM long');
SELECT status, error FROM refresh_watch_list('long_ids');
DELETE FROM long WHERE student_id ~ 'y';
SELECT status, error FROM refresh_watch_list('long_ids');

-- health knows PostgreSQL's errors by their words, so these are in no other language, whatever the session's
SELECT change_rule('list', 'mark', query => 'SELECT student_id, CASE current_setting(''lc_messages'') WHEN ''C'' THEN 0 ELSE 1 END FROM marks');
RESET ROLE;
SET lc_messages = 'POSIX';
SET ROLE regress_analyst;
SELECT status, flagged FROM refresh_watch_list('list');
SELECT DISTINCT "values" FROM list_values;
SHOW lc_messages;

RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst;
