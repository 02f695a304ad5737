--
-- watch_list: what a list forgets when it is told to
--
-- Student i of 1 to 6 has mark m from a day on, by hand below; above 5 is watch, above 8 at risk.
-- The list is run for the days 1 to 8 of October 2025.
--
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE regress_owner;
CREATE ROLE regress_counselor;
CREATE SCHEMA district AUTHORIZATION regress_owner;
GRANT USAGE ON SCHEMA district TO regress_counselor;
SET ROLE regress_owner;
SET search_path = district, gapstats;
CREATE TABLE students AS SELECT i AS student_id, 'regress_counselor'::text AS counselor FROM generate_series(1, 6) i;
CREATE TABLE marks AS SELECT i AS student_id, 0 AS mark FROM generate_series(1, 6) i;
CREATE TABLE days (day date);
SELECT create_watch_list('list', 'SELECT student_id, counselor FROM students', days_query => 'SELECT day FROM days', time_zone => 'UTC');
SELECT add_rule('list', 'low', 'SELECT student_id, mark FROM marks', '>', 5, 'low', severity => 'watch');
SELECT add_rule('list', 'lowest', 'SELECT student_id, mark FROM marks', '>', 8, 'lowest');
SELECT share_watch_list('list', viewer_column => 'counselor');
SELECT grant_watch_list('list', 'follow up', 'regress_counselor');
CREATE FUNCTION run(for_day integer, VARIADIC new_marks integer[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO days VALUES (make_date(2025, 10, for_day));
	UPDATE marks SET mark = new_marks[student_id];
	RETURN (SELECT status FROM refresh_watch_list('list'));
END
$$;
-- 1 is flagged for good, 2 for two days, 3 for one day and again, 4 until she leaves, 5 and 6 never
SELECT run(1, 6, 0, 6, 0, 0, 0);
SELECT run(2, 9, 6, 0, 9, 0, 0);
SET ROLE regress_counselor;
SELECT check_in('list', '2', 'called'), check_in('list', '4', 'called, too', is_restricted => true);
SELECT assign_student('list', '4', 'Ms. Lee', current_date + 7);
SELECT snooze_student('list', '4', current_date + 3, 'on a trip');
SELECT start_intervention('list', '4', 'tutoring', starts_on => '2025-10-02'), start_intervention('list', '2', 'reading', starts_on => '2025-10-02'), start_intervention('list', '1', 'reading', starts_on => '2025-10-02');
SELECT end_intervention('list', 2, 'passed', ends_on => '2025-10-03'), end_intervention('list', 3, 'passed', ends_on => '2025-10-03');
SET ROLE regress_owner;
SELECT run(3, 9, 6, 0, 9, 0, 0);
SELECT run(4, 6, 0, 6, 9, 0, 0);
DELETE FROM students WHERE student_id = 4;
SELECT run(5, 6, 0, 6, 9, 0, 0);

--
-- One student
--
CREATE FUNCTION rows_of(student integer) RETURNS TABLE (relation name, n bigint) LANGUAGE plpgsql AS $$
BEGIN
	FOR relation IN SELECT a.attrelid::regclass FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE c.relnamespace = 'district'::regnamespace AND c.relkind IN ('r', 'm') AND c.relname ~ '^list' AND a.attname = 'student_id' ORDER BY c.relname
	LOOP
		EXECUTE format('SELECT count(*) FROM %I WHERE student_id = $1', relation) INTO n USING student;
		RETURN NEXT;
	END LOOP;
END
$$;
-- somewhere in every table that can have something of her
CREATE TEMP TABLE before AS SELECT s AS student, r.* FROM generate_series(1, 6) s, rows_of(s) r;
SELECT relation, n FROM before WHERE student = 4;
SELECT forget_student('list', '1');
SELECT forget_student('list', 'x');
SELECT forget_student('list', NULL);
SELECT forget_student('list', '4') = (SELECT sum(n) FROM before WHERE student = 4) AS all_of_hers, forget_student('list', '4') AS nothing_more, forget_student('list', '77') AS nobody;
SELECT * FROM rows_of(4) WHERE n > 0;
SELECT * FROM before b WHERE student <> 4 AND n IS DISTINCT FROM (SELECT r.n FROM rows_of(b.student) r WHERE r.relation = b.relation);
SELECT * FROM gapstats_internal.disagreement('list');
-- a run that is held may have something of her, so it is published no more
SELECT change_settings('list', '{"change_floor": 0}');
INSERT INTO students SELECT 10 + i, 'regress_counselor' FROM generate_series(1, 5) i;
SELECT run(6, 6, 0, 6, 9, 0, 0);
SELECT n FROM rows_of(11) WHERE relation = 'list_next';
SELECT forget_student('list', '11');
SELECT refresh_watch_list('list', accept => max(run)) FROM list_runs;
DELETE FROM students WHERE student_id > 10;
SELECT run(7, 6, 0, 6, 9, 0, 0);

--
-- What was before a day
--
SELECT forget_before('list', '2999-01-01');
SELECT forget_before('list', 'infinity');
-- flags come back within 14 days, here of the 7th of October, up to which attendance is known
SELECT forget_before('list', '2025-09-24');
SELECT forget_before('list', '2025-09-23');
SELECT forget_before('list', NULL);
SELECT change_settings('list', '{"return_within": "0"}');
-- as if it had been then
UPDATE list_flags SET flagged_at = since, cleared_at = (SELECT max(h.until_day) FROM list_history h WHERE h.student_id = list_flags.student_id AND h.ended_as IS NOT NULL AND h.from_day >= since) WHERE cleared_at IS NOT NULL;
SELECT student_id, since, cleared_at::date AS cleared_on, cleared_as FROM list_flags ORDER BY student_id, since;
SELECT student_id, status, from_day, until_day FROM list_history ORDER BY standing;
SELECT count(*) FROM standings_on('list', '2025-10-02');
SELECT forget_before('list', '2025-10-01'), forget_before('list', '2025-10-03') > 0 AS forgotten, forget_before('list', '2025-10-03') AS again;
SELECT student_id, since FROM list_flags ORDER BY since, student_id;
SELECT student_id, status, from_day, until_day FROM list_history ORDER BY standing;
SELECT student_id, what FROM list_interventions ORDER BY intervention;
SELECT as_of FROM list_runs ORDER BY run;
-- no history answers for a day of which it has forgotten something; for the others it does
SELECT * FROM standings_on('list', '2025-10-02');
SELECT student_id, status FROM standings_on('list', '2025-10-03');
SELECT DISTINCT source FROM watch_list_as_of('list', '2025-10-02');
-- all that has ended; what is open stays, with what led to it
SELECT forget_before('list', '2025-10-08');
SELECT forget_before('list', '2025-10-07') > 0 AS forgotten;
SELECT student_id, since FROM list_flags ORDER BY since, student_id;
SELECT student_id, status, from_day, until_day FROM list_history ORDER BY standing;
SELECT count(*) FROM list_alarms;
SELECT student_id, what FROM list_interventions ORDER BY intervention;
SELECT as_of FROM list_runs ORDER BY run;
SELECT * FROM gapstats_internal.disagreement('list');
INSERT INTO list_runs (status, started_at) VALUES ('failed', '2025-10-01');
SELECT run(8, 6, 0, 0, 0, 6, 0);
SELECT student_id, event FROM list_events WHERE happened_at = (SELECT max(happened_at) FROM list_events) ORDER BY student_id;
SELECT * FROM gapstats_internal.disagreement('list');
-- also a run that never got so far as to have a day
SELECT forget_before('list', '2025-10-07') AS run_without_day;

RESET ROLE;
SET client_min_messages = warning;
DROP TABLE before;
DROP SCHEMA district CASCADE;
DROP ROLE regress_owner, regress_counselor;
