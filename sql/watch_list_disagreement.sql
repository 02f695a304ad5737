--
-- watch_list: the invariant that tests ask for after every fault finds what does not agree
--
\set SHOW_CONTEXT never
CREATE ROLE regress_owner;
CREATE SCHEMA district AUTHORIZATION regress_owner;
SET ROLE regress_owner;
SET search_path = district, gapstats, gapstats_internal;
-- 1 is at risk by both rules, 2 on watch by one, of 3 one value is missing, 4 is on track
CREATE TABLE marks (student_id integer, mark integer, days integer);
INSERT INTO marks VALUES (1, 9, 12), (2, 1, 12), (3, 1, NULL), (4, 1, 0), (5, 1, 12);
SELECT create_watch_list('list', 'SELECT student_id FROM marks');
SELECT add_rule('list', 'mark', 'SELECT student_id, mark FROM marks', '>', 5, 'low');
SELECT add_rule('list', 'days', 'SELECT student_id, days FROM marks', '>=', 10, 'absent', severity => 'watch');
SELECT status FROM refresh_watch_list('list');
UPDATE marks SET days = 0 WHERE student_id = 5;
SELECT status, cleared FROM refresh_watch_list('list');
SELECT * FROM disagreement('list');

CREATE TABLE faults (place integer GENERATED ALWAYS AS IDENTITY, statement text);
INSERT INTO faults (statement) VALUES
	($$DELETE FROM list_current WHERE student_id = 1$$),
	($$DELETE FROM list_current WHERE student_id = 4$$),
	($$UPDATE list_current SET status = 'watch' WHERE student_id = 1$$),
	($$UPDATE list_current SET status = 'at risk' WHERE student_id = 4$$),
	($$UPDATE list_current SET status = 'on track' WHERE student_id = 2$$),
	($$UPDATE list_current SET reasons = 'mark' WHERE student_id = 1$$),
	($$UPDATE list_current SET since = since - 1 WHERE student_id = 1$$),
	($$UPDATE list_current SET rules_missing = 0 WHERE student_id = 3$$),
	($$UPDATE list_current SET rules_flagged = 2 WHERE student_id = 2$$),
	($$UPDATE list_values SET states = 'of' WHERE student_id = 1$$),
	($$UPDATE list_values SET states = 'oo' WHERE student_id = 3$$),
	($$DELETE FROM list_values WHERE student_id = 4$$),
	($$INSERT INTO list_values SELECT 6, "values", states, clearing FROM list_values WHERE student_id = 4$$),
	($$DELETE FROM list_history WHERE student_id = 2$$),
	($$UPDATE list_history SET until_time = now() WHERE student_id = 2$$),
	($$UPDATE list_history SET until_time = NULL WHERE student_id = 5$$),
	($$UPDATE list_history SET status = 'watch' WHERE student_id = 1$$),
	($$UPDATE list_history SET rules = '{days}' WHERE student_id = 1$$),
	($$UPDATE list_flags SET cleared_at = now() WHERE student_id = 2$$),
	($$UPDATE list_flags SET cleared_at = NULL WHERE student_id = 5$$),
	($$UPDATE list_flags SET rules = '{days}' WHERE student_id = 1$$),
	($$UPDATE list_flags SET status = 'watch' WHERE student_id = 1$$),
	($$UPDATE list_flags SET since = since - 1 WHERE student_id = 2$$),
	($$DELETE FROM list_alarms WHERE student_id = 2$$),
	($$REFRESH MATERIALIZED VIEW list WITH NO DATA$$);
CREATE FUNCTION found_after(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found text;
BEGIN
	EXECUTE statement;
	SELECT string_agg(DISTINCT concat_ws(' ', d.student_id, d.what), '; ') INTO found FROM disagreement('list') d;
	RAISE EXCEPTION USING ERRCODE = 'P0099', MESSAGE = coalesce(found, 'nothing');
EXCEPTION WHEN SQLSTATE 'P0099' OR object_not_in_prerequisite_state THEN
	RETURN SQLERRM;
END
$$;
SELECT statement, found_after(statement) FROM faults ORDER BY place;
SELECT * FROM disagreement('list');

RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_owner;
