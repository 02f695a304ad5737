-- absence: by range and month, rolling, triggers, truancy
SET search_path = gapstats, public;
SET datestyle = ISO;

-- The series of MEASURES, section 8.5: 60 school days
CREATE TABLE series AS
	SELECT k, day, (k * k + 3 * k) % 13 < 4 AS absent
	FROM (SELECT row_number() OVER (ORDER BY day)::int AS k, day::date
			FROM generate_series(timestamp '2025-08-18', '2025-12-31', '1 day') AS day
			WHERE extract(isodow FROM day) < 6 LIMIT 60) AS school_day;
CREATE TABLE student AS
	SELECT 1 AS id, dayset(day) AS enrolled, dayset(day) FILTER (WHERE absent) AS absent FROM series;

--
-- Rows by range, by month, rolling
--

-- As of day 20, 30, 45, 60, the last 20 days: 8, 7, 9, 8
SELECT k, days_absent = last_20 AS as_published, days_enrolled
	FROM student, rolling_absence(absent, enrolled) AS r JOIN series USING (day)
		JOIN (VALUES (20, 8), (30, 7), (45, 9), (60, 8)) AS expected(k, last_20) USING (k)
	ORDER BY k;
-- The whole series is what a window over rows gives.
SELECT window_days, count(*) AS days,
	count(*) FILTER (WHERE r.absence_rate = w.rate AND r.days_enrolled = least(w.k, window_days)) AS same
	FROM student, (VALUES (1), (7), (20), (60), (1000000)) AS v(window_days),
		rolling_absence(absent, enrolled, window_days) AS r
		JOIN LATERAL (SELECT day, k, absence_rate(s.absent) OVER (ORDER BY day ROWS BETWEEN window_days - 1 PRECEDING AND CURRENT ROW) AS rate
			FROM series AS s) AS w USING (day)
	GROUP BY window_days ORDER BY window_days;
SELECT * FROM rolling_absence('{2025-09-02}', '{}');
SELECT * FROM rolling_absence('{2025-09-02}', '{2025-09-01}', 0);

-- Any table of ranges, in one call
SELECT r.* FROM student, absence_by_range(absent, enrolled,
	array['[2025-08-18,2025-09-13)', '[2025-09-13,2025-11-08)', '(,)', 'empty', '[2026-01-01,)', NULL]::daterange[]) AS r;
SELECT month, days_absent = (SELECT count(*) FROM series WHERE absent AND date_trunc('month', day) = month) AS absent,
	days_enrolled = (SELECT count(*) FROM series WHERE date_trunc('month', day) = month) AS enrolled, absence_rate
	FROM student, absence_by_month(absent, enrolled) ORDER BY month;
SELECT month, days_enrolled, absence_rate FROM absence_by_month('{}', '{2025-12-31,2026-02-01}');
SELECT * FROM absence_by_month('{}', '{}');

--
-- Attendance Works: 2 days in the first month, 4 by the second, 6 by the third
--

SELECT t.* FROM (VALUES (dayset '{2025-09-03,2025-10-06..2025-10-08,2025-12-01}')) AS a(absent),
	(SELECT dayset(day::date) AS enrolled FROM generate_series(timestamp '2025-08-31', '2025-12-19', '1 day') AS day) AS e,
	absence_triggers(absent, enrolled) AS t;
-- as of a day: the month begun is judged on the days so far
SELECT as_of, absence_triggers(dayset(array[date '2025-09-03', '2025-09-04']), daterange '[2025-09-01,2026-06-01)'::dayset, as_of)
	FROM unnest(array[date '2025-08-31', '2025-09-03', '2025-09-04', '2025-10-01', '-infinity']) AS as_of;

-- Tiers of support.  Last year: 20, 10 and 9 of 100 days.
SELECT name, attendance_tier(this, this_enrolled, last, last_enrolled, '2025-10-20') AS tier, expected
	FROM (SELECT daterange '[2025-09-01,2025-11-01)'::dayset AS this_enrolled, daterange '[2024-09-01,2024-12-10)'::dayset AS last_enrolled) AS e,
		LATERAL (VALUES
			('severe last year', '{}', first_days(last_enrolled, 20), 3),
			('moderate last year', '{}', first_days(last_enrolled, 10), 2),
			('at risk last year', '{}', first_days(last_enrolled, 9), 1),
			('severe this year', first_days(this_enrolled, 10), '{}', 3),
			('2 in month 1', '{2025-09-10,2025-09-30}', '{}', 2),
			('1 in month 1, 3 by month 2', '{2025-09-10,2025-10-02,2025-10-03}', '{}', 1),
			('1 in month 1, 4 by month 2', '{2025-09-10,2025-10-02..2025-10-04}', '{}', 2),
			('later than as of', '{2025-10-21..2025-10-31}', '{}', 1)) AS v(name, this, last, expected);
SELECT attendance_tier('{}', '{2025-09-01}') AS new_student, attendance_tier('{}', '{}') AS never_enrolled,
	attendance_tier('{}', '{}', '{}', daterange '[2024-09-01,2024-12-10)'::dayset) AS only_last_year, attendance_tier(NULL, '{2025-09-01}') AS unknown;

--
-- Truancy: a table of rules, as statutes word them
--

CREATE TABLE truancy_rule (name text, days int, within interval, consecutive boolean);
INSERT INTO truancy_rule VALUES ('3 consecutive', 3, NULL, true), ('5 in all', 5, NULL, false), ('4 within a month', 4, '1 month', false), ('10 within 6 months', 10, '6 months', false);
SELECT name, truant(unexcused, enrolled, days, within, consecutive) AS truant
	FROM truancy_rule, (SELECT dayset '{2025-09-05,2025-09-08,2025-09-10,2025-10-04,2025-10-05,2025-10-06}' AS unexcused,
		'{2025-09-01..2025-09-05,2025-09-08..2025-09-12,2025-09-15..2025-10-31}'::dayset AS enrolled) AS s;
-- A month from the first absence, its own day of the next month not included
SELECT most_absences_within(a, e, '1 month') AS four_weeks, most_absences_within(a, e, '1 month 1 day') AS a_day_more,
	most_absences_within('{}', e, '1 month') AS none, most_absences_within(a, '{}', '1 month') AS never_enrolled
	FROM (SELECT dayset '{2025-09-05,2025-09-20,2025-10-05}' AS a, daterange '[2025-09-01,2025-11-01)'::dayset AS e) AS s;
SELECT truant(a, e, 2) AS two, truant(a, e, 3) AS three, truant(a, e, NULL) AS no_rule, truant(a, '{}', 1) AS never_enrolled,
	truant(a, e, 1, '1 month', true) AS not_a_rule
	FROM (SELECT dayset '{2025-09-05,2025-09-20}' AS a, daterange '[2025-09-01,2025-11-01)'::dayset AS e) AS s;

DROP TABLE series, student, truancy_rule;
