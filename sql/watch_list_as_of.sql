--
-- watch_list: the day that a list is computed for
--
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE regress_analyst;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;
SET datestyle = 'ISO';

--
-- Outside of a run it is today, unless the setting says otherwise; the same in parallel workers
--
SELECT as_of() = current_date AS today;
SET gapstats.as_of = '2025-10-01';
SELECT set_config(name, 'on', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT as_of() FROM (SELECT FROM pg_class LIMIT 1) AS one;
SELECT set_config(name, 'off', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');

--
-- The last day for which attendance was taken. 1 was absent on 2 of the 20 days up to 2025-09-26, a Friday: a tenth. At 5:00
-- on the Monday she is absent on 2 of 20, not on 2 of 21, until attendance is taken on that day
--
CREATE TABLE students AS SELECT 1 AS student_id;
CREATE TABLE attendance (student_id integer, day date, absent boolean);
INSERT INTO attendance
SELECT 1, d::date, row_number() OVER (ORDER BY d) IN (4, 19) FROM generate_series('2025-09-01'::timestamp, '2025-09-26', '1 day') d WHERE extract(isodow FROM d) <= 5;
CREATE TABLE calendar AS
SELECT d::date AS day FROM generate_series('2025-08-01'::timestamp, '2026-06-30', '1 day') d WHERE extract(isodow FROM d) <= 5;
CREATE VIEW rates AS
SELECT student_id, count(*) FILTER (WHERE absent) / (SELECT count(*) FROM calendar WHERE day BETWEEN '2025-09-01' AND as_of())::numeric AS rate
FROM attendance WHERE day <= as_of() GROUP BY student_id;
SELECT create_watch_list('list', 'SELECT student_id, as_of() AS computed_for FROM students', days_query => 'SELECT day FROM attendance');
SELECT add_rule('list', 'absence', 'SELECT student_id, rate FROM rates', '>=', 0.1, 'Absent {value%}');
SELECT status, flagged FROM refresh_watch_list('list');
SELECT as_of FROM list_runs;
SELECT student_id, computed_for, status, since, round(value, 4) AS value FROM list JOIN list_reasons USING (student_id);
-- whatever the session's setting says; that stays as it was
SELECT as_of();
RESET gapstats.as_of;
-- with the day's attendance it is the next day: 2 of 21
INSERT INTO attendance VALUES (1, '2025-09-29', false);
SELECT status, flagged, cleared FROM refresh_watch_list('list');
SELECT student_id, computed_for, status, round(value, 4) AS value FROM list JOIN list_reasons USING (student_id);
SELECT * FROM disagreement('list');
-- days to come are none, and neither are those that never end
INSERT INTO attendance VALUES (1, current_date + 2, false), (1, 'infinity', false), (1, NULL, false);
SELECT status FROM refresh_watch_list('list');
SELECT as_of FROM list_runs ORDER BY run DESC LIMIT 1;
-- at least lag_days ago, which is to go back a day, so somebody is asked
SELECT change_settings('list', jsonb_build_object('lag_days', current_date - date '2025-09-28'));
SELECT run, status FROM refresh_watch_list('list') \gset held_
SELECT :'held_status' AS status;
SELECT status, newly_flagged FROM refresh_watch_list('list', accept => :held_run);
SELECT as_of FROM list_runs ORDER BY run DESC LIMIT 1;
SELECT student_id, computed_for, status, since FROM list;
SELECT change_settings('list', jsonb_build_object('lag_days', 20000));
SET client_min_messages = error;
SELECT status, substr(error, 1, 29) AS error FROM refresh_watch_list('list');
SELECT student_id, computed_for, status FROM list;
SELECT change_settings('list', '{"lag_days": 0}');
-- no days at all are an error, not today
CREATE TABLE taken AS SELECT * FROM attendance;
DELETE FROM attendance;
SELECT status, substr(error, 1, 29) AS error FROM refresh_watch_list('list');
RESET client_min_messages;
INSERT INTO attendance SELECT * FROM taken;
-- a query of days that fails says so
ALTER TABLE attendance RENAME day TO on_day;
SELECT status, rule, error FROM refresh_watch_list('list');
ALTER TABLE attendance RENAME on_day TO day;
SELECT * FROM disagreement('list');
-- a day is the one that it is, long ago as well, however the session writes days
SET datestyle = 'SQL, DMY';
BEGIN;
SELECT set_as_of('0044-03-15 BC');
SELECT as_of() = '0044-03-15 BC' AS is_long_ago;
SELECT set_as_of('2025-02-01');
SELECT as_of() = '2025-02-01' AS is_recent;
COMMIT;
SET datestyle = 'ISO';
SELECT drop_watch_list('list');

-- lag_days without a query of days
SELECT create_watch_list('list', 'SELECT student_id, as_of() AS computed_for FROM students');
SELECT change_settings('list', '{"lag_days": 1}');
SELECT status FROM refresh_watch_list('list');
SELECT computed_for = today('list') - 1 AS yesterday FROM list;
SELECT drop_watch_list('list');

--
-- The day is that of the list's time zone, whoever looks from where
--
-- one of these is always tomorrow to the other: UTC+14 and UTC-12
SET timezone = 'Etc/GMT-14';
SELECT create_watch_list('east', 'SELECT student_id, as_of() AS computed_for FROM students');
SELECT create_watch_list('west', 'SELECT student_id, as_of() AS computed_for FROM students', time_zone => 'Etc/GMT+12');
SELECT add_rule('east', 'always', 'SELECT student_id, 1 FROM students', '=', 1, 'x');
SELECT add_rule('west', 'always', 'SELECT student_id, 1 FROM students', '=', 1, 'x');
SELECT status, newly_flagged FROM refresh_watch_list('east');
SELECT status, newly_flagged FROM refresh_watch_list('west');
SELECT time_zone FROM east_settings UNION ALL SELECT time_zone FROM west_settings;
SELECT e.computed_for - w.computed_for > 0 AS a_day_ahead, e.computed_for = (now() AT TIME ZONE 'Etc/GMT-14')::date AS east, w.computed_for = (now() AT TIME ZONE 'Etc/GMT+12')::date AS west
FROM east e, west w;
-- refreshed again from the other end of the world, nothing is of tomorrow, and nothing has changed
SET timezone = 'Etc/GMT+12';
SELECT status, newly_flagged, cleared FROM refresh_watch_list('east');
SELECT status, newly_flagged, cleared FROM refresh_watch_list('west');
SELECT (SELECT count(DISTINCT as_of) FROM east_runs) AS days, (SELECT since <= computed_for FROM east) AS since_not_after, today('east') = computed_for AS today FROM east;
SELECT list, state FROM watch_list_health ORDER BY list::text;
SET timezone = 'Etc/GMT-14';
SELECT list, state FROM watch_list_health ORDER BY list::text;
-- stale is what ended before yesterday by the list's own days, whose beginnings are no beginnings of the other's
UPDATE east_runs SET ended_at = (today('east') - 1)::timestamp AT TIME ZONE 'Etc/GMT-14';
UPDATE west_runs SET ended_at = (today('west') - 1)::timestamp AT TIME ZONE 'Etc/GMT+12';
SELECT list, state FROM watch_list_health ORDER BY list::text;
SET timezone = 'Etc/GMT+12';
SELECT list, state FROM watch_list_health ORDER BY list::text;
UPDATE east_runs SET ended_at = ended_at - interval '1 second';
UPDATE west_runs SET ended_at = ended_at - interval '1 second';
SELECT list, state FROM watch_list_health ORDER BY list::text;
SET timezone = 'Etc/GMT-14';
SELECT list, state FROM watch_list_health ORDER BY list::text;
SELECT * FROM disagreement('east') UNION ALL SELECT * FROM disagreement('west');
-- the queries themselves read times as they were kept: the session's time zone was UTC+14 when the list was made
SELECT create_watch_list('hours', $$SELECT student_id, extract(hour FROM '2025-01-01 00:00+00'::timestamptz)::integer AS hour FROM students$$, time_zone => 'GMT');
SET timezone = 'GMT';
SELECT status FROM refresh_watch_list('hours');
SELECT hour FROM hours;
SELECT drop_watch_list('east'), drop_watch_list('west'), drop_watch_list('hours');

--
-- Clocks change in Chicago on 2026-03-08 and 2026-11-01: midnight there is 06:00 of UTC before and after, 05:00 between them.
-- So 04:59 of a Monday of UTC is the Sunday, 05:00 the Monday, in March; by hand
--
SELECT create_watch_list('chicago', 'SELECT student_id FROM students', time_zone => 'America/Chicago');
SELECT raised, due_after_school_days(raised, 1, NULL, 'America/Chicago') AS due
FROM (VALUES ('2026-03-06 11:00+00'::timestamptz), ('2026-03-09 04:59+00'), ('2026-03-09 05:00+00'), ('2026-11-01 04:59+00'), ('2026-11-02 05:59+00'), ('2026-11-02 06:00+00')) AS v (raised);
SELECT today('chicago') = (now() AT TIME ZONE 'America/Chicago')::date AS today;
SELECT drop_watch_list('chicago');

--
-- A list as its rules would have it stand on a past day: as by hand, what each rule saw then
--
SET timezone = 'GMT';
SELECT create_watch_list('list', 'SELECT student_id, as_of() AS computed_for FROM students', days_query => 'SELECT day FROM attendance');
SELECT add_rule('list', 'absence', 'SELECT student_id, rate FROM rates', '>=', 0.1, 'Absent {value%}', clear_at => 0.05);
SELECT add_rule('list', 'today''s', 'SELECT student_id, count(*) FROM attendance GROUP BY 1', '<', 0, 'never', 'watch');
SELECT status FROM refresh_watch_list('list');
-- 1 of 4, 1 of 18 and 2 of 19 days; what the list holds does not matter. A rule that does not use as_of(), be it in
-- a view, is named. The last is the day that the list was computed for, when nobody was flagged (2 of 21): its history has no row
SELECT day, s.* FROM (VALUES ('2025-09-04'::date), ('2025-09-24'), ('2025-09-25'), ('2025-09-29')) AS d (day), watch_list_as_of('list', day) s ORDER BY day;
SELECT status, computed_for FROM list;
SELECT as_of() = current_date AS today;
SELECT relname FROM pg_class WHERE relname LIKE 'list%past%';
SELECT watch_list_as_of('list', NULL);
SELECT watch_list_as_of('students', '2025-09-04');
SELECT * FROM disagreement('list');

--
-- How the list stood on a day of its history is what it said then, whatever the rules make of that day now
--
CREATE TABLE marks (student_id integer, day date, mark numeric);
INSERT INTO students SELECT generate_series(2, 6);
CREATE TABLE school_days AS SELECT day FROM calendar WHERE day = '2025-10-01';
SELECT create_watch_list('kept', 'SELECT student_id FROM students', days_query => 'SELECT day FROM school_days');
SELECT add_rule('kept', 'mark', 'SELECT student_id, mark FROM marks WHERE day = as_of()', '>=', 7, 'Mark {value}');
SELECT add_rule('kept', 'absent', 'SELECT student_id, mark FROM marks WHERE day = as_of()', '>=', 5, 'Mark {value}', severity => 'watch');
-- eight days, on the third and sixth of which it is not computed; 6 comes on the fifth and leaves after the seventh, 5 has no mark on the fourth
INSERT INTO marks
SELECT i, day, m.mark
FROM (SELECT day, row_number() OVER (ORDER BY day) AS n FROM calendar WHERE day BETWEEN '2025-10-01' AND '2025-10-10') d,
	unnest('{1,2,3,4,5,6}'::integer[], ARRAY['99999999', '55889922', '92779911', '12345678', '88838888', '00008880']) AS v (i, marks)
CROSS JOIN LATERAL (SELECT substr(v.marks, n::integer, 1)::numeric) m (mark)
WHERE NOT (i = 5 AND m.mark = 3);
CREATE TABLE said (day date, student_id integer, status text, rules_flagged integer, reasons text, since date);
CREATE PROCEDURE night(day date) LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE school_days;
	INSERT INTO school_days VALUES ('2025-09-30'), (day);
	DELETE FROM students WHERE student_id = 6;
	INSERT INTO students SELECT 6 WHERE day BETWEEN '2025-10-07' AND '2025-10-09';
	PERFORM refresh_watch_list('kept');
	INSERT INTO said SELECT day, student_id, status, rules_flagged, reasons, since FROM kept WHERE status <> 'on track';
END $$;
CALL night('2025-10-01');
CALL night('2025-10-02');
CALL night('2025-10-06');
CALL night('2025-10-07');
CALL night('2025-10-09');
CALL night('2025-10-10');
SELECT day, count(*), count(DISTINCT status) AS statuses, count(since) AS since FROM said GROUP BY day ORDER BY day;
SELECT DISTINCT status FROM said ORDER BY status;
-- the rules of today flag everybody, or nobody
SELECT change_rule('kept', 'mark', threshold => 0), switch_rule('kept', 'absent', false);
CREATE TABLE told AS SELECT s.day, h.student_id::integer, h.status, h.rules_flagged, h.reasons, h.since FROM (SELECT DISTINCT day FROM said) s, watch_list_as_of('kept', s.day) h;
(TABLE said EXCEPT ALL TABLE told) UNION ALL (TABLE told EXCEPT ALL TABLE said);
-- a day between on which it was not computed is as the one before; what is not kept is NULL
SELECT * FROM watch_list_as_of('kept', '2025-10-03');
SELECT * FROM watch_list_as_of('kept', '2025-10-08') EXCEPT SELECT * FROM watch_list_as_of('kept', '2025-10-07');
-- the days before the first and after the last are computed, by the rules of today
SELECT student_id, status, score, reasons, since, source FROM watch_list_as_of('kept', '2025-09-30');
SELECT DISTINCT source FROM watch_list_as_of('kept', today('kept'));
SELECT drop_watch_list('kept');
DELETE FROM students WHERE student_id > 1;

--
-- What of a list sees the data of today: that which reads something and does not use as_of(), be it in views, in functions
-- whose body is kept as parsed, or in the text of others
--
CREATE FUNCTION parsed() RETURNS date STABLE LANGUAGE sql BEGIN ATOMIC SELECT as_of(); END;
CREATE FUNCTION in_text() RETURNS date STABLE LANGUAGE plpgsql AS 'BEGIN RETURN gapstats.as_of(); END';
CREATE FUNCTION unknown(day date) RETURNS boolean STABLE LANGUAGE plpgsql AS 'BEGIN RETURN day <= current_date; END';
CREATE FUNCTION fixed(day date) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
CREATE VIEW "view on a ""view""" AS SELECT * FROM rates;
CREATE VIEW of_function AS SELECT student_id, 1 AS rate FROM attendance WHERE day <= parsed();
CREATE MATERIALIZED VIEW kept_rates AS SELECT * FROM rates;
CREATE TABLE grades AS SELECT 1 AS student_id, 9 AS grade;
SELECT create_watch_list('named', 'SELECT student_id FROM students');
SELECT add_rule('named', 'by itself', 'SELECT student_id, 1 FROM attendance WHERE day = as_of()', '>', 0, 'x'),
	add_rule('named', 'in a view', 'SELECT student_id, rate FROM rates', '>', 0, 'x'),
	add_rule('named', 'in a view on a view', 'SELECT student_id, rate FROM "view on a ""view"""', '>', 0, 'x'),
	add_rule('named', 'in a function', 'SELECT student_id, 1 FROM attendance WHERE day <= parsed()', '>', 0, 'x'),
	add_rule('named', 'in a function of a view', 'SELECT student_id, rate FROM of_function', '>', 0, 'x'),
	add_rule('named', 'in a text', 'SELECT student_id, 1 FROM attendance WHERE day <= in_text()', '>', 0, 'x'),
	add_rule('named', 'reads nothing', 'SELECT 1, 1', '>', 0, 'x'),
	add_rule('named', 'may', 'SELECT student_id, 1 FROM attendance WHERE unknown(day)', '>', 0, 'x'),
	add_rule('named', 'does not', 'SELECT student_id, 1 FROM attendance WHERE fixed(day)', '>', 0, 'x'),
	add_rule('named', 'of a night', 'SELECT student_id, rate FROM kept_rates', '>', 0, 'x'),
	add_rule('named', 'applies', 'SELECT student_id, rate FROM rates', '>', 0, 'x', applies_to => 'student_id > 0'),
	add_rule('named', 'applies to grade 9', 'SELECT student_id, rate FROM rates', '>', 0, 'x', applies_to => 'student_id IN (SELECT student_id FROM grades)'),
	add_rule('named', 'applies to a day', 'SELECT student_id, rate FROM rates', '>', 0, 'x', applies_to => 'student_id IN (SELECT student_id FROM attendance WHERE day = as_of())'),
	add_rule('named', 'off', 'SELECT student_id, 1 FROM attendance', '>', 0, 'x') \g /dev/null
SELECT switch_rule('named', 'off', false);
SELECT student_id, source FROM watch_list_as_of('named', '2025-09-04');
-- those of a list whose students query uses as_of() are named for what they read beside it
SELECT drop_watch_list('named');
SELECT create_watch_list('named', 'SELECT DISTINCT student_id FROM attendance WHERE day <= as_of()');
SELECT add_rule('named', 'applies to grade 9', 'SELECT student_id, rate FROM rates', '>', 0, 'x', applies_to => 'student_id IN (SELECT student_id FROM grades)'),
	add_rule('named', 'applies', 'SELECT student_id, rate FROM rates', '>', 0, 'x', applies_to => 'student_id = 1') \g /dev/null
SELECT student_id, status, source FROM watch_list_as_of('named', '2025-09-04');
SELECT drop_watch_list('named');

RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst;
