--
-- watch_list: what it takes to be cleared
--
-- Flagging is at once; a rule may name a threshold to clear at, and a list the number of school days with attendance
-- that a value must stay past it. Standings follow from the values by hand; the last part is checked by brute force.
--
\set SHOW_CONTEXT never
CREATE ROLE regress_analyst;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;
SET datestyle = 'ISO';

--
-- A threshold to clear at, for each comparison that has a safe side
--
CREATE TABLE readings (student_id text, value numeric);
INSERT INTO readings VALUES ('a', 0);
CREATE FUNCTION walk(comparison text, threshold numeric, clear_at numeric, VARIADIC walked numeric[])
RETURNS TABLE (step bigint, value numeric, status text, state text) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM create_watch_list('walk_list', 'SELECT student_id FROM readings');
	PERFORM add_rule('walk_list', 'rule', 'SELECT student_id, value FROM readings', comparison, threshold, 'value', clear_at => clear_at);
	FOR i IN 1 .. cardinality(walked) LOOP
		step := i;
		value := walked[i];
		EXECUTE 'UPDATE readings SET value = $1' USING walked[i];
		PERFORM refresh_watch_list('walk_list');
		EXECUTE 'SELECT l.status, r.state FROM walk_list l JOIN walk_list_reasons r USING (student_id)' INTO status, state;
		RETURN NEXT;
	END LOOP;
	PERFORM drop_watch_list('walk_list');
END
$$;
-- 8 is neither enough to flag nor to clear; 7.9 clears, and then 8 to 9.9 is on track again
SELECT * FROM walk('>=', 10, 8, 8, 9.9, 10, 9.9, 8, 7.9, 8, 9.9, 10);
SELECT * FROM walk('>', 10, 8, 10, 10.1, 10, 8.1, 8, 10);
SELECT * FROM walk('<=', 2, 2.5, 2.1, 2, 2.5, 2.6, 2.5);
SELECT * FROM walk('<', 2, 2.5, 2, 1.9, 2, 2.4, 2.5, 2);
-- at the threshold itself it changes nothing
SELECT * FROM walk('>=', 10, 10, 10, 9.9, 10);
-- while no value is known, nobody is cleared, and what clears stays what it was
SELECT * FROM walk('>=', 10, 8, 10, NULL, 9, NULL, 7, NULL, 9);
SELECT * FROM walk('>=', 10, NULL, 10, NULL, 9.9, 'NaN', 10, 'NaN', 9.9);

--
-- So many school days
--
CREATE TABLE school_days (day date);
CREATE TABLE students (student_id integer, expected text);
CREATE TABLE absences (student_id integer, days integer);
SELECT create_watch_list('list', 'SELECT student_id FROM students', days_query => 'SELECT day FROM school_days');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 10, '{value} days', clear_at => 8);
SELECT change_settings('list', '{"clear_after": 3}');
CREATE FUNCTION night(days integer, VARIADIC on_days date[] DEFAULT '{}') RETURNS TABLE (as_of date, status text, since date, state text, clearing date[], disagreement bigint)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'INSERT INTO school_days SELECT d FROM unnest($1) d' USING on_days;
	EXECUTE 'UPDATE absences SET days = $1' USING days;
	PERFORM refresh_watch_list('list');
	RETURN QUERY SELECT (SELECT r.as_of FROM list_runs r ORDER BY run DESC LIMIT 1), l.status, l.since, r.state, v.clearing, (SELECT count(*) FROM disagreement('list'))
	FROM list l JOIN list_reasons r USING (student_id) JOIN list_values v USING (student_id);
END
$$;
INSERT INTO students VALUES (1);
INSERT INTO absences VALUES (1, 0);
SELECT * FROM night(10, '2025-10-01');
-- 9 is not past 8: no day counts
SELECT * FROM night(9, '2025-10-02');
-- the first of three days; refreshing again makes it no second
SELECT * FROM night(7, '2025-10-03');
SELECT * FROM night(7);
SELECT * FROM night(7);
-- a weekend is no school day, Monday is the second
SELECT * FROM night(7, '2025-10-06');
-- 8 is not past it any more: it begins again
SELECT * FROM night(8, '2025-10-07');
SELECT * FROM night(7, '2025-10-08');
-- missing data begins it again, too
SELECT * FROM night(NULL, '2025-10-09');
SELECT * FROM night(7, '2025-10-10');
-- nights without a refresh count if there was school: of 10, 13 and 14 October, the last is the third
SELECT * FROM night(7, '2025-10-13', '2025-10-14');
SELECT student_id, since, cleared_as FROM list_flags;
SELECT event, status, as_of FROM list_events ORDER BY as_of;
-- flagged again, it is a flag of its own
SELECT * FROM night(10, '2025-10-15');
-- a rule in other words flags whom it flagged before; one with another threshold has flagged nobody yet, and clears at once
SELECT change_rule('list', 'absence', reason => 'Absent {value} days');
SELECT * FROM night(9, '2025-10-16');
SELECT * FROM night(7, '2025-10-17');
SELECT change_rule('list', 'absence', severity => 'watch', clear_at => 7);
SELECT * FROM night(7, '2025-10-20');
SELECT change_rule('list', 'absence', threshold => 11);
SELECT * FROM night(9, '2025-10-21');
SELECT since, cleared_as FROM list_flags ORDER BY flag;
SELECT event, status, rule_versions, from_day, ended_as FROM list_history WHERE from_day >= '2025-10-15' ORDER BY standing;
-- clear_at is taken back by NaN, and then a rule may have a comparison that has none; 8 is past the threshold again
SELECT change_rule('list', 'absence', threshold => 10);
SELECT * FROM night(10, '2025-10-22');
SELECT count(*) FILTER (WHERE change = 'leaves') AS leaves FROM preview_change('list', 'absence', clear_at => 'NaN');
SELECT change_rule('list', 'absence', clear_at => 'NaN');
SELECT clear_at FROM list_rules WHERE superseded_at IS NULL;
SELECT * FROM night(8, '2025-10-23');
SELECT change_rule('list', 'absence', clear_at => 8);
SELECT change_rule('list', 'absence', comparison => '=');
SELECT change_rule('list', 'absence', comparison => '=', clear_at => 'NaN');
SELECT comparison, clear_at FROM list_rules WHERE superseded_at IS NULL;
SELECT drop_watch_list('list');

-- without a query of school days, Monday to Friday are: flagged on a Wednesday, past the threshold on Friday, cleared on Tuesday.
-- The day of a run is set back by lag_days.
SELECT create_watch_list('list', 'SELECT student_id FROM students');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 10, '{value} days');
SELECT change_settings('list', '{"clear_after": 3}');
CREATE FUNCTION weekday_night(days integer, of date) RETURNS TABLE (as_of date, status text, state text, clearing date[]) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM change_settings('list', jsonb_build_object('lag_days', today('list') - of));
	RETURN QUERY SELECT n.as_of, n.status, n.state, n.clearing FROM night(days) n;
END
$$;
SELECT * FROM weekday_night(10, '2025-10-01');
SELECT * FROM weekday_night(9, '2025-10-03');
SELECT * FROM weekday_night(9, '2025-10-04');
SELECT * FROM weekday_night(9, '2025-10-05');
SELECT * FROM weekday_night(9, '2025-10-06');
SELECT * FROM weekday_night(9, '2025-10-07');
-- before 2000, too; of another list, as days that go back hold a run
SELECT drop_watch_list('list');
SELECT create_watch_list('list', 'SELECT student_id FROM students');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 10, '{value} days');
SELECT change_settings('list', '{"clear_after": 3}');
SELECT * FROM weekday_night(10, '1999-12-30');
SELECT * FROM weekday_night(9, '1999-12-31');
SELECT * FROM weekday_night(9, '2000-01-03');
SELECT * FROM weekday_night(9, '2000-01-04');
SELECT drop_watch_list('list');
DROP FUNCTION night, weekday_night;

--
-- 30 school days of 60 students, who are absent about one day in ten: their rates of absence wander about a tenth. Brute
-- force, in SQL: flagged at 0.1 and more, and then until so many nights in a row, all later, were below 0.1 or 0.08
--
CREATE TABLE nights AS
SELECT student_id, n, '2025-09-01'::date + n AS day,
	count(*) FILTER (WHERE (student_id * 7919 + n * 104729 + student_id * n * 31) % 1009 < 100) OVER (PARTITION BY student_id ORDER BY n) / n::numeric AS rate
FROM generate_series(1, 60) AS student_id, generate_series(1, 30) AS n;
INSERT INTO students SELECT generate_series(2, 60);
CREATE VIEW tonight AS SELECT student_id, rate FROM nights WHERE day = as_of();
CREATE FUNCTION simulate(name text, clear_at numeric, clear_after integer)
RETURNS TABLE (students_flagged bigint, flags_each numeric, wrong_nights bigint, disagreement bigint) LANGUAGE plpgsql AS $$
DECLARE
	tonight date;
BEGIN
	TRUNCATE school_days;
	PERFORM create_watch_list(name, 'SELECT student_id FROM students', days_query => 'SELECT day FROM school_days');
	PERFORM add_rule(name::regclass, 'absence', 'SELECT * FROM tonight', '>=', 0.1, '{value%}', clear_at => clear_at);
	PERFORM change_settings(name::regclass, jsonb_build_object('clear_after', clear_after, 'change_floor', 1000));
	disagreement := 0;
	FOR tonight IN SELECT DISTINCT n.day FROM nights n ORDER BY 1 LOOP
		INSERT INTO school_days VALUES (tonight);
		PERFORM refresh_watch_list(name::regclass);
		disagreement := disagreement + (SELECT count(*) FROM disagreement(name::regclass));
	END LOOP;
	EXECUTE format('SELECT count(DISTINCT student_id), round(count(*)::numeric / count(DISTINCT student_id), 2) FROM %I', name || '_flags') INTO students_flagged, flags_each;
	WITH night AS (
		SELECT *, rate >= 0.1 AS flags,
			count(*) OVER w = clear_after AND NOT bool_or(rate >= coalesce(clear_at, 0.1)) OVER w AS clears
		FROM nights n
		WINDOW w AS (PARTITION BY student_id ORDER BY n.n ROWS BETWEEN clear_after - 1 PRECEDING AND CURRENT ROW)
	), expected AS (
		SELECT s.day, s.student_id
		FROM night s
		WHERE EXISTS (
			SELECT FROM night f
			WHERE f.student_id = s.student_id AND f.n <= s.n AND f.flags
			AND NOT EXISTS (SELECT FROM night c WHERE c.student_id = s.student_id AND c.n BETWEEN f.n + clear_after AND s.n AND c.clears))
	), said AS (
		SELECT d.day, t.student_id::integer FROM school_days d, standings_on(name::regclass, d.day) t
	)
	SELECT count(*) INTO wrong_nights FROM (
		(TABLE expected EXCEPT TABLE said) UNION ALL (TABLE said EXCEPT TABLE expected)) w;
	RETURN NEXT;
END
$$;
SELECT 'at once' AS cleared, * FROM simulate('plain', NULL, 1)
UNION ALL SELECT 'below 8%', * FROM simulate('at_eight', 0.08, 1)
UNION ALL SELECT 'after three days', * FROM simulate('three_days', NULL, 3)
UNION ALL SELECT 'below 8% for three days', * FROM simulate('both', 0.08, 3);
-- nobody is flagged a night later for it
SELECT count(*) AS later
FROM (SELECT student_id, min(since) AS since FROM plain_flags GROUP BY 1) p
LEFT JOIN (SELECT student_id, min(since) AS since FROM both_flags GROUP BY 1) b USING (student_id)
WHERE b.since IS DISTINCT FROM p.since;

RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst;
