--
-- watch_list: a run that is too different to be true is held, until somebody says that it is true
--
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE regress_analyst;
CREATE ROLE regress_dba SUPERUSER;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;
SET datestyle = 'ISO';

-- 1000 students, every fifth of whom was absent 10 days; the rule flags from 10
CREATE TABLE students AS SELECT lpad(i::text, 6, '0') AS student_id FROM generate_series(1, 1000) i;
CREATE TABLE absences AS SELECT student_id, CASE WHEN student_id::integer % 5 = 0 THEN 10 ELSE 0 END AS days FROM students;
CREATE TABLE whole_students AS TABLE students;
CREATE TABLE whole_absences AS TABLE absences;
CREATE FUNCTION load(students_where text, absences_where text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE students, absences;
	EXECUTE 'INSERT INTO students SELECT * FROM whole_students WHERE ' || students_where;
	EXECUTE 'INSERT INTO absences SELECT * FROM whole_absences WHERE ' || absences_where;
END
$$;
CREATE FUNCTION refreshed_after(statement text, OUT status text, OUT at_risk bigint, OUT error text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
	EXECUTE statement;
	SELECT r.status, r.error INTO status, error FROM refresh_watch_list('units') r;
	at_risk := (SELECT count(*) FROM units WHERE status = 'at risk');
END
$$;
CREATE TABLE school_days (day date);
INSERT INTO school_days VALUES ('2026-01-12');
SELECT create_watch_list('list', 'SELECT student_id FROM students', days_query => 'SELECT day FROM school_days');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 10, '{value} days');
SELECT status, students, flagged, newly_flagged FROM refresh_watch_list('list');
SELECT count(check_in('list', student_id)) FROM list_flags WHERE status = 'at risk';
CREATE TABLE before AS SELECT 'list' AS part, to_jsonb(l) AS row FROM list l UNION ALL SELECT 'flag', to_jsonb(f) FROM list_flags f UNION ALL SELECT 'history', to_jsonb(h) FROM list_history h;
CREATE VIEW differs AS
SELECT * FROM before b FULL JOIN (
	SELECT 'list' AS part, to_jsonb(l) AS row FROM list l UNION ALL SELECT 'flag', to_jsonb(f) FROM list_flags f UNION ALL SELECT 'history', to_jsonb(h) FROM list_history h
) n USING (part, row) WHERE b IS NULL OR n IS NULL;

--
-- An empty export, half of one, ids without their zeros, and a truncated source: nothing is published
--
SELECT load('false', 'true');
SELECT status, students, flagged, error FROM refresh_watch_list('list');
SELECT load('student_id::integer % 2 = 1', 'true');
SELECT status, students, flagged, error FROM refresh_watch_list('list');
SELECT load('true', 'true');
UPDATE absences SET student_id = ltrim(student_id, '0');
SELECT status, students, flagged, error FROM refresh_watch_list('list');
SELECT load('true', 'false');
SELECT status, students, flagged, error FROM refresh_watch_list('list');
SELECT load('true', 'true');
UPDATE students SET student_id = ltrim(student_id, '0');
SELECT status, students, flagged, error FROM refresh_watch_list('list');
-- values that all became unusable are lost, too; the flagged by more than half, down or up
SELECT load('true', 'true');
INSERT INTO absences SELECT * FROM absences;
SELECT status, students, flagged, error FROM refresh_watch_list('list');
SELECT load('true', 'true');
UPDATE absences SET days = 0 WHERE student_id::integer <= 505;
SELECT status, students, flagged, error FROM refresh_watch_list('list');
SELECT load('true', 'true');
UPDATE absences SET days = 10 WHERE student_id::integer <= 255;
SELECT status, students, flagged, error FROM refresh_watch_list('list');
-- as many values as before, but most rows are of students whom nobody knows
SELECT load('true', 'true');
INSERT INTO absences SELECT 'x' || i, 10 FROM generate_series(1, 1001) i;
SELECT status, students, flagged, error FROM refresh_watch_list('list');
-- a rule in other words is still the same rule
SELECT load('true', 'false');
SELECT change_rule('list', 'absence', reason => '{value} days in all');
SELECT status, students, flagged, error FROM refresh_watch_list('list');
SELECT change_rule('list', 'absence', reason => '{value} days');
SELECT load('true', 'true');
SELECT count(*) FROM differs;
SELECT list, state, last_status, last_error, problem, fix FROM watch_list_health;
-- just within what the settings allow: 199 of 1000 students, from more than half to less than twice as many flagged, more than half of the values
SELECT load('student_id::integer > 199', 'true');
SELECT status, students, flagged, cleared FROM refresh_watch_list('list');
SELECT load('student_id::integer > 40', 'true');
SELECT status, students, flagged, newly_flagged FROM refresh_watch_list('list');
SELECT load('true', 'true');
SELECT status, students, flagged, newly_flagged FROM refresh_watch_list('list');
UPDATE absences SET days = 0 WHERE student_id::integer <= 495;
SELECT status, flagged, newly_flagged, cleared FROM refresh_watch_list('list');
SELECT load('true', 'true');
SELECT status, flagged, newly_flagged, cleared FROM refresh_watch_list('list');
SELECT load('true', 'student_id::integer % 5 = 0 OR student_id::integer <= 376');
SELECT count(*) FROM absences;
SELECT status, flagged, newly_flagged, cleared FROM refresh_watch_list('list');
SELECT load('true', 'true');
SELECT status FROM refresh_watch_list('list');
SELECT * FROM disagreement('list');

-- Around each setting, a student to either side of it: what reaches it is held. Counted by hand of 1000 students, 200 flagged
-- and at risk, 1000 values and as many rows, 400 values of a rule that only watches; what is tried is undone.
CREATE FUNCTION tried(change text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		EXECUTE change;
		RAISE SQLSTATE 'ZZZZZ' USING MESSAGE = (SELECT concat_ws(': ', r.status, r.error) FROM refresh_watch_list('list') r);
	EXCEPTION WHEN SQLSTATE 'ZZZZZ' THEN
		RETURN SQLERRM;
	END;
END
$$;
CREATE FUNCTION around(n integer, change text, OUT moved integer, OUT outcome text) RETURNS SETOF record LANGUAGE sql AS $$
	SELECT i, tried(format(change, i)) FROM generate_series(n - 1, n + 1) AS i
$$;
SET client_min_messages = error;
SELECT * FROM around(200, $$ DELETE FROM students WHERE student_id IN (SELECT student_id FROM students WHERE student_id::integer %% 5 > 0 LIMIT %s) $$);
SELECT * FROM around(200, $$ INSERT INTO students SELECT 'new ' || i FROM generate_series(1, %s) AS i $$);
SELECT * FROM around(500, $$ DELETE FROM absences WHERE student_id IN (SELECT student_id FROM absences WHERE days = 0 LIMIT %s) $$);
SELECT * FROM around(1000, $$ INSERT INTO absences SELECT 'unknown ' || i, 0 FROM generate_series(1, %s) AS i $$);
SELECT * FROM around(100, $$ UPDATE absences SET days = 0 WHERE student_id IN (SELECT student_id FROM absences WHERE days > 0 LIMIT %s) $$);
SELECT * FROM around(200, $$ UPDATE absences SET days = 10 WHERE student_id IN (SELECT student_id FROM absences WHERE days = 0 LIMIT %s) $$);
-- those at risk alone, beside 320 more who are watched
CREATE TABLE times AS SELECT student_id, 1 AS times FROM students WHERE student_id::integer <= 800 AND student_id::integer % 2 = 1;
SELECT add_rule('list', 'times', 'SELECT student_id, times FROM times', '>=', 1, 'Late {value} times', 'watch');
SELECT change_settings('list', '{"max_flagged_change": 1}');
SELECT status, flagged FROM refresh_watch_list('list');
SELECT change_settings('list', '{"max_flagged_change": 0.5}');
SELECT * FROM around(100, $$ UPDATE absences SET days = 0 WHERE student_id IN (SELECT student_id FROM absences WHERE days > 0 LIMIT %s) $$);
SELECT * FROM around(200, $$ UPDATE absences SET days = 10 WHERE student_id IN (SELECT student_id FROM absences WHERE days = 0 LIMIT %s) $$);
-- values that double, from 400
SELECT * FROM around(400, $$ INSERT INTO times SELECT student_id, 0 FROM students WHERE student_id NOT IN (SELECT student_id FROM times) LIMIT %s $$);
-- fractions are compared as they are written: a tenth of 1000
SELECT change_settings('list', '{"max_students_change": 0.1}');
SELECT * FROM around(100, $$ DELETE FROM students WHERE student_id IN (SELECT student_id FROM students WHERE student_id::integer %% 5 > 0 LIMIT %s) $$);
-- a floor of as many, and a setting of 1, hold nothing
SELECT tried($$ SELECT change_settings('list', '{"change_floor": 500}'); DELETE FROM absences WHERE student_id IN (SELECT student_id FROM absences WHERE days = 0 LIMIT 500) $$);
SELECT tried($$ SELECT change_settings('list', '{"max_values_change": 1, "max_flagged_change": 1}'); DELETE FROM absences; DELETE FROM times $$);
SELECT tried($$ SELECT change_settings('list', '{"max_students_change": 1, "max_values_change": 1, "max_flagged_change": 1}'); DELETE FROM students WHERE student_id::integer % 5 > 0; INSERT INTO students SELECT 'new ' || i FROM generate_series(1, 1001) AS i $$);
SELECT change_settings('list', '{"max_students_change": 0.2}'), drop_rule('list', 'times');
SELECT change_settings('list', '{"max_flagged_change": 1}');
SELECT status FROM refresh_watch_list('list');
SELECT change_settings('list', '{"max_flagged_change": 0.5}');
RESET client_min_messages;
SELECT * FROM disagreement('list');
DROP TABLE times;

-- a rise to more than double is a change, too, unless there were hardly any
SELECT load('true', 'student_id::integer % 5 = 0 OR student_id::integer <= 250');
SELECT status, error FROM refresh_watch_list('list');
SELECT status FROM refresh_watch_list('list', accept => (SELECT max(run) FROM list_runs));
SELECT load('true', 'true');
SELECT status, error FROM refresh_watch_list('list');
SELECT status FROM refresh_watch_list('list', accept => (SELECT max(run) FROM list_runs));
CREATE TABLE late AS SELECT student_id, 0 AS times FROM students WHERE student_id::integer <= 20;
SELECT add_rule('list', 'late', 'SELECT student_id, times FROM late', '>=', 1, 'Late {value} times', 'watch');
SELECT status, error FROM refresh_watch_list('list');
INSERT INTO late SELECT student_id, 0 FROM students WHERE student_id::integer > 20;
SELECT status, error FROM refresh_watch_list('list');
SELECT drop_rule('list', 'late');
SELECT status, error FROM refresh_watch_list('list');

--
-- Who is newly at risk by a run that is held
--
DELETE FROM students WHERE student_id::integer <= 250;
UPDATE absences SET days = 10 WHERE student_id IN ('000251', '000252');
INSERT INTO students VALUES ('100000');
INSERT INTO absences VALUES ('100000', 12);
SELECT run AS held_run, status, error FROM refresh_watch_list('list') \gset
SELECT student_id, status, reasons, status_before, run = :held_run AS of_that_run FROM list_held ORDER BY student_id;

--
-- Accepted: what that run showed, and nothing else
--
-- the source has changed in between; the run says what is to be published
UPDATE absences SET days = 10 WHERE student_id = '000999';
DELETE FROM absences WHERE student_id = '000995';
RESET ROLE;
SET ROLE regress_dba;
-- of 751 students 150 of 000255 to 001000 and three more are flagged; 50 of those who left were
SELECT status, students, flagged, newly_flagged, cleared, error FROM refresh_watch_list('list', accept => :held_run);
RESET ROLE;
SET ROLE regress_analyst;
SELECT status, moved, run_by, accepted_by FROM list_runs WHERE run = :held_run;
SELECT student_id, status FROM list WHERE student_id IN ('000250', '000251', '000995', '000999', '100000') ORDER BY student_id;
SELECT count(*) FROM list_held;
SELECT last_status FROM watch_list_health;
SELECT * FROM disagreement('list');
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list');
SELECT student_id, status FROM list WHERE student_id IN ('000250', '000251', '000995', '000999', '100000') ORDER BY student_id;
-- not twice, and no run that succeeded or that there is not
\set VERBOSITY sqlstate
SET client_min_messages = error;
SELECT status FROM refresh_watch_list('list', accept => :held_run);
SELECT status FROM refresh_watch_list('list', accept => :held_run + 1);
SELECT status FROM refresh_watch_list('list', accept => -1);
-- nor if another run came in between, be it that it succeeded and changed as many rows: 201 go, then 201 have other values
DELETE FROM students WHERE student_id::integer BETWEEN 300 AND 500;
SELECT run AS held_run, status FROM refresh_watch_list('list') \gset
INSERT INTO students SELECT student_id FROM whole_students WHERE student_id::integer BETWEEN 300 AND 500;
UPDATE absences SET days = days + 1 WHERE student_id::integer BETWEEN 300 AND 500;
SELECT status FROM refresh_watch_list('list');
SELECT status, n_next FROM list_runs WHERE run >= :held_run ORDER BY run;
SELECT status FROM refresh_watch_list('list', accept => :held_run);
SELECT * FROM disagreement('list');
-- nor if the list has been changed
DELETE FROM students WHERE student_id::integer BETWEEN 300 AND 500;
SELECT run AS held_run, status FROM refresh_watch_list('list') \gset
SELECT change_rule('list', 'absence', reason => '{value} days absent');
SELECT status FROM refresh_watch_list('list', accept => :held_run);
-- a run that failed in between has left what it found
SELECT run AS held_run, status FROM refresh_watch_list('list') \gset
ALTER TABLE absences RENAME TO elsewhere;
SELECT status FROM refresh_watch_list('list');
ALTER TABLE elsewhere RENAME TO absences;
SELECT status, students FROM refresh_watch_list('list', accept => :held_run);
SELECT status FROM list_runs WHERE run >= :held_run - 1 ORDER BY run;
RESET client_min_messages;
\set VERBOSITY terse
SELECT * FROM disagreement('list');

--
-- A new school year is declared: its first run is not held, and the next one is compared with it
--
SELECT change_settings('list', '{"school_year_from": "2026-08-17"}');
TRUNCATE students, absences;
INSERT INTO students SELECT lpad(i::text, 6, '0') FROM generate_series(2001, 2800) i;
INSERT INTO absences SELECT student_id, 0 FROM students;
-- still in June
INSERT INTO school_days VALUES ('2026-06-30');
SELECT status, error FROM refresh_watch_list('list');
INSERT INTO school_days VALUES ('2026-08-18');
SELECT status, students, flagged FROM refresh_watch_list('list');
INSERT INTO school_days VALUES ('2026-08-19');
DELETE FROM students WHERE student_id::integer <= 2400;
SELECT status, error FROM refresh_watch_list('list');
-- but an empty one is no school year
SELECT change_settings('list', '{"school_year_from": "2026-08-20"}');
INSERT INTO school_days VALUES ('2026-08-20');
TRUNCATE students;
SELECT status, error FROM refresh_watch_list('list');
SELECT * FROM disagreement('list');
DROP VIEW differs;
SELECT drop_watch_list('list');

--
-- Small lists and first runs need no ceremony; an empty export of one does
--
SELECT load('student_id::integer <= 20', 'true');
SELECT create_watch_list('list', 'SELECT student_id FROM students');
SELECT status, students FROM refresh_watch_list('list');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 10, '{value} days');
SELECT status, students, flagged FROM refresh_watch_list('list');
UPDATE absences SET days = 10;
SELECT status, students, flagged FROM refresh_watch_list('list');
DELETE FROM absences;
SELECT status, students, flagged, cleared FROM refresh_watch_list('list');
DELETE FROM students WHERE student_id::integer > 1;
SELECT status, students, flagged, cleared FROM refresh_watch_list('list');
DELETE FROM students;
SELECT status, students, flagged, error FROM refresh_watch_list('list');
SELECT * FROM disagreement('list');
-- an empty list is filled, with no ceremony
SELECT status, students, cleared FROM refresh_watch_list('list', accept => (SELECT max(run) FROM list_runs));
SELECT load('true', 'true');
SELECT status, students, newly_flagged FROM refresh_watch_list('list');
-- without a floor, every change counts
SELECT change_settings('list', '{"change_floor": 0, "max_students_change": 0}');
DELETE FROM students WHERE student_id = '000001';
SELECT status, error FROM refresh_watch_list('list');
-- students without a rule's value who never had one are no loss; neither is a rule that was changed
SELECT change_settings('list', '{"change_floor": 20, "max_students_change": 0.2}');
SELECT add_rule('list', 'few', 'SELECT student_id, days FROM absences WHERE student_id::integer % 100 = 0', '>=', 50, '{value} days');
SELECT status FROM refresh_watch_list('list');
SELECT change_rule('list', 'absence', query => 'SELECT student_id, days FROM absences WHERE days > 0');
SELECT status, flagged FROM refresh_watch_list('list');
SELECT * FROM disagreement('list');

-- What did not happen counts as 0, and its export came empty: as many values as before, and nobody is flagged
CREATE TABLE referrals AS SELECT student_id FROM students, generate_series(1, 3) WHERE student_id::integer % 5 = 1;
SELECT add_rule('list', 'referrals', 'SELECT student_id, count(r.student_id) FROM students LEFT JOIN referrals r USING (student_id) GROUP BY student_id', '>=', 3, '{value} referrals');
SELECT status, error FROM refresh_watch_list('list');
SELECT flagged, count(*) FROM list_runs JOIN list_flags ON cleared_at IS NULL AND 'referrals' = ANY (rules) WHERE list_runs.run = (SELECT max(run) FROM list_runs) GROUP BY 1;
TRUNCATE referrals;
SELECT status, error FROM refresh_watch_list('list');
SELECT count(*) FROM list_flags WHERE cleared_at IS NULL AND 'referrals' = ANY (rules);
-- on the first day of a term somebody has some, and none has enough
INSERT INTO referrals SELECT student_id FROM students WHERE student_id::integer = 7;
SELECT status, error FROM refresh_watch_list('list');
SELECT count(*) FROM list_flags WHERE cleared_at IS NULL AND 'referrals' = ANY (rules);
SELECT * FROM disagreement('list');

-- A rule whose values change their unit takes no flag, but those at risk
CREATE TABLE scores AS SELECT i AS student_id, i % 100 AS score FROM generate_series(1, 1000) i;
CREATE TABLE tests AS TABLE scores;
SELECT create_watch_list('units', 'SELECT student_id FROM scores');
SELECT add_rule('units', 'low', 'SELECT student_id, score FROM scores', '>=', 60, 'Score {value}', severity => 'watch');
SELECT add_rule('units', 'lowest', 'SELECT student_id, score FROM tests', '>=', 80, 'Score {value}', severity => 'at risk');
SELECT status, flagged FROM refresh_watch_list('units');
UPDATE tests SET score = score / 10;
SELECT status, flagged, error FROM refresh_watch_list('units');
-- other rules may find others at risk
SELECT change_rule('units', 'lowest', threshold => 8);
SELECT status, flagged, error FROM refresh_watch_list('units');
-- a rule that is switched off or on, dropped, added, of another severity or combined otherwise makes them others, too: 200 are at risk by it, 400 flagged
UPDATE tests SET score = score * 10;
SELECT change_rule('units', 'lowest', threshold => 80);
SELECT status FROM refresh_watch_list('units');
SELECT what, r.*
FROM (VALUES (1, 'off', $$SELECT switch_rule('units', 'lowest', false)$$), (2, 'on', $$SELECT switch_rule('units', 'lowest', true)$$),
	(3, 'watch', $$SELECT change_rule('units', 'lowest', severity => 'watch')$$), (4, 'at risk', $$SELECT change_rule('units', 'lowest', severity => 'at risk')$$),
	(5, 'dropped', $$SELECT drop_rule('units', 'lowest')$$),
	(6, 'added', $$SELECT add_rule('units', 'lowest', 'SELECT student_id, score FROM tests', '>=', 80, 'Score {value}', severity => 'at risk')$$),
	(7, 'combined otherwise', $$SELECT change_settings('units', '{"combination": "k of n", "at_risk_at": 1}')$$), (8, 'as before', $$SELECT change_settings('units', '{"combination": "severity"}')$$),
	(9, 'no other rules, other values', $$UPDATE tests SET score = score / 10$$)) d (place, what, statement)
CROSS JOIN LATERAL refreshed_after(statement) r
ORDER BY place;

-- The scores of one combination are none of another
SELECT change_settings('units', '{"combination": "k of n"}');
SELECT change_settings('units', '{"combination": "k of n", "at_risk_at": 2}');
SELECT combination, at_risk_at, watch_at FROM units_settings;
SELECT change_settings('units', '{"combination": "severity", "at_risk_at": 3}');
SELECT change_settings('units', '{"combination": "any", "at_risk_at": 2}');
SELECT change_settings('units', '{"combination": "severity"}');
SELECT combination, at_risk_at, watch_at FROM units_settings;
SELECT create_watch_list('never', 'SELECT student_id FROM scores', combination => 'severity', at_risk_at => 9);

RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst, regress_dba;
