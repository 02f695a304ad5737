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
SELECT * FROM rolling_absence(NULL, '{2025-09-01}');
SELECT * FROM rolling_absence('{2025-09-02}', '{2025-09-01}', 0);
SELECT * FROM rolling_absence('{2025-09-02}', '{2025-09-01}', NULL);

-- Any table of ranges, in one call
SELECT r.* FROM student, absence_by_range(absent, enrolled,
	array['[2025-08-18,2025-09-13)', '[2025-09-13,2025-11-08)', '(,)', 'empty', '[2026-01-01,)', NULL]::daterange[]) AS r;
SELECT month, days_absent = (SELECT count(*) FROM series WHERE absent AND date_trunc('month', day) = month) AS absent,
	days_enrolled = (SELECT count(*) FROM series WHERE date_trunc('month', day) = month) AS enrolled, absence_rate
	FROM student, absence_by_month(absent, enrolled) ORDER BY month;
SELECT month, days_enrolled, absence_rate FROM absence_by_month('{}', '{2025-12-31,2026-02-01}');
SELECT * FROM absence_by_month('{}', '{}') UNION ALL SELECT * FROM absence_by_month(NULL, '{2025-09-01}');
-- before the first month that begins within the calendar, and up to the last
SELECT * FROM absence_by_month('{}', '{4714-11-24 BC}');
SELECT * FROM absence_by_month('{5874897-12-31}', '{5874897-12-01..5874897-12-31}');

-- Random sets: every month and every range against the days one by one
CREATE TABLE random_day AS
	SELECT id, date '2023-02-20' + n AS day, hashint4(n * 7919 + id) % 10 < 3 AS absent
	FROM generate_series(1, 20) AS id, generate_series(0, 999) AS n WHERE (hashint4(id * 1000 + n) & 1023) < id * id * 2.6;
CREATE TABLE random_set AS
	SELECT id, dayset(day) AS enrolled, dayset(day) FILTER (WHERE absent) | '{2022-01-01,2024-03-03}' AS absent FROM random_day GROUP BY id;
SELECT count(*) = (SELECT count(DISTINCT (id, date_trunc('month', day))) FROM random_day) AS months
	FROM (SELECT id, date_trunc('month', day)::date, count(*) FILTER (WHERE day <@ s.absent), count(*), count(*) FILTER (WHERE day <@ s.absent)::float8 / count(*) FROM random_day JOIN random_set AS s USING (id) GROUP BY 1, 2
		INTERSECT SELECT id, m.* FROM random_set, absence_by_month(absent, enrolled) AS m) AS same;
CREATE TABLE random_range AS
	SELECT daterange(CASE WHEN n % 11 > 0 THEN date '2022-12-01' + n * 37 % 500 END, CASE WHEN n % 13 > 0 THEN date '2024-05-01' + n * 91 % 600 * (n % 2) END, CASE n % 2 WHEN 0 THEN '[)' ELSE '(]' END) AS during
	FROM generate_series(1, 100) AS n UNION ALL VALUES (daterange 'empty'), ('[infinity,]'), ('[,-infinity]'), ('[-infinity,infinity]'), ('[2024-01-01,2024-01-01]');
SELECT count(*) AS ranges, count(*) FILTER (WHERE (r.days_absent, r.days_enrolled) = (absent_days, enrolled_days) AND r.absence_rate IS NOT DISTINCT FROM absent_days::float8 / nullif(enrolled_days, 0)) AS same
	FROM random_set AS s, absence_by_range(absent, enrolled, ARRAY(SELECT during FROM random_range)) AS r,
		LATERAL (SELECT count(*) FILTER (WHERE day <@ s.absent) AS absent_days, count(*) AS enrolled_days FROM random_day AS d WHERE d.id = s.id AND day <@ r.during) AS d;
-- 100,000 overlapping ranges, some without bounds, of sets of 60,000 words
SELECT count(*) AS ranges, count(*) FILTER (WHERE days_enrolled = expected AND days_absent = expected) AS same
	FROM (SELECT dayset(date '0001-01-01' + 64 * i) AS days FROM generate_series(0, 59999) AS i) AS s,
		absence_by_range(days, days, ARRAY(SELECT daterange(CASE WHEN n % 3 > 0 THEN date '0001-01-01' + 32 * n END, date '0001-01-01' + 64 * 30000) FROM generate_series(1, 60000) AS n UNION ALL SELECT '(,)' FROM generate_series(1, 40000))) AS r,
		LATERAL (SELECT CASE WHEN upper_inf(during) THEN 60000 ELSE 30000 - coalesce((lower(during) - date '0001-01-01' + 63) / 64, 0) END AS expected) AS e;
DROP TABLE random_range;
-- 70 million months can be stopped.
SET statement_timeout = '200ms';
SELECT count(*) FROM absence_by_month('{}', '{0001-01-01,5874897-12-31}');
RESET statement_timeout;

--
-- Attendance Works: 2 days in the first month, 4 by the second, 6 by the third
--

SELECT t.* FROM (VALUES (dayset '{2025-09-03,2025-10-06..2025-10-08,2025-12-01}')) AS a(absent),
	(SELECT dayset(day::date) AS enrolled FROM generate_series(timestamp '2025-08-31', '2025-12-19', '1 day') AS day) AS e,
	absence_triggers(absent, enrolled) AS t;
-- as of a day: the month begun is judged on the days so far
SELECT as_of, absence_triggers(array[date '2025-09-03', '2025-09-04']::dayset, daterange '[2025-09-01,2026-06-01)'::dayset, as_of)
	FROM unnest(array[date '2025-08-31', '2025-09-03', '2025-09-04', '2025-10-01', '-infinity']) AS as_of;

SELECT * FROM absence_triggers('{}', '{}') UNION ALL SELECT * FROM absence_triggers(NULL, '{2025-09-01}');
SELECT * FROM absence_triggers('{}', '{2025-09-01}', NULL);
-- against the months of PostgreSQL's calendar
SELECT count(*) > 500 AS many, count(*) FILTER (WHERE through = least((first_day(enrolled) + make_interval(months => month_number))::date - 1, last_day(enrolled), as_of)
		AND days_absent = day_count(absent & enrolled & daterange(NULL, through, '[]')) AND days_trigger = 2 * month_number AND triggered = (days_absent >= 2 * month_number)) = count(*) AS same
	FROM random_set, (VALUES (date 'infinity'), ('2024-02-29'), ('2024-02-28')) AS a(as_of), absence_triggers(absent, enrolled, as_of);
-- the last day of a month, and of shorter ones
SELECT through FROM absence_triggers('{}', daterange '[2024-01-31,2024-05-02)'::dayset);

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
-- as the tiers and triggers that it is made of
SELECT count(*) AS students, count(*) FILTER (WHERE attendance_tier(absent, enrolled, absent_last_year, enrolled_last_year, as_of) IS NOT DISTINCT FROM CASE
		WHEN 'severe' IN (last_year, this_year) THEN 3
		WHEN last_year = 'moderate' OR EXISTS (SELECT FROM absence_triggers(absent, enrolled, as_of) AS t WHERE t.triggered) THEN 2
		WHEN (enrolled & daterange(NULL, as_of, '[]')) <> '{}' OR last_year IS NOT NULL THEN 1
	END) AS same, count(DISTINCT attendance_tier(absent, enrolled, absent_last_year, enrolled_last_year, as_of)) AS tiers
	FROM (SELECT *, absence_tier(absent_last_year, enrolled_last_year) AS last_year, absence_tier(absent, enrolled & daterange(NULL, as_of, '[]')) AS this_year
		FROM (SELECT enrolled & daterange '[2023-09-01,2024-07-01)' AS enrolled, first_days(shift(last_days(absent, 150), n * 9 - 300), n) AS absent,
				first_days(enrolled, 100) AS enrolled_last_year, first_days(enrolled, n) AS absent_last_year
			FROM random_set, generate_series(0, 24) AS n) AS s, (VALUES (date '2023-09-10'), ('2024-01-31'), ('infinity')) AS v(as_of)) AS s;
SELECT attendance_tier('{}', '{2025-09-01}', as_of => NULL);

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
-- The most of any span, against every span that begins on a day absent
SELECT count(*) AS sets, count(*) FILTER (WHERE most_absences_within(absent, enrolled, span) =
		(SELECT max((SELECT count(*) FROM days(absent & enrolled) AS later WHERE later >= day AND later < (day + span)::date)) FROM days(absent & enrolled) AS day)) AS same
	FROM random_set, (VALUES (interval '30 days'), ('1 month'), ('6 months'), ('1 month -27 days'), ('36 hours'), ('100 years')) AS v(span);
-- as PostgreSQL adds an interval, from any day that a timestamp can have
SELECT span, count(*) AS days, count(*) FILTER (WHERE most_absences_within(ARRAY[day, later - 1, later]::dayset, ARRAY[day, later - 1, later]::dayset, span) = CASE WHEN later = day + 1 THEN 1 ELSE 2 END) AS same
	FROM (SELECT date '4000-01-01 BC' + i * 146097 / 61 + i AS day FROM generate_series(0, 4000) AS i UNION SELECT date '2023-12-25' + i FROM generate_series(0, 500) AS i) AS d,
		unnest('{1 day,1 month,13 months,"2 years -1 day","1 month 36 hours","-1 month 40 days","400 years","-48 months 1500 days","29 days -12:00"}'::interval[]) AS span, date(day + span) AS later
	GROUP BY span ORDER BY span;
-- at the end of the calendar, and beyond it: a span that is longer holds every day
SELECT span, most_absences_within('{5874897-11-30,5874897-12-30,5874897-12-31}', '{5874897-11-01..5874897-12-31}', span) AS at_the_end,
		most_absences_within('{0001-01-01,2025-01-01,5874897-12-31}', '{0001-01-01,2025-01-01,5874897-12-31}', span) AS of_all,
		truant('{5874897-12-30,5874897-12-31}', '{5874897-12-01..5874897-12-31}', 2, span) AS truant
	FROM unnest('{1 day,2 days,31 days,1 month,10 years,1000000 years,178000000 years,178000000 years 2147483647 days}'::interval[]) AS span;
-- a span must be a day long wherever it begins, and is looked at where there are no days
SELECT most_absences_within('{}', '{2025-01-01}', '-1 day');
SELECT most_absences_within('{}', '{}', '23 hours');
SELECT most_absences_within('{}', '{}', '1 month -28 days');
SELECT most_absences_within('{}', '{}', '-1 month 31 days');
SELECT truant(NULL, NULL, NULL, '0');
SELECT most_absences_within(d, d, '0 days') FROM (VALUES (dayset '{2025-09-05}')) AS v(d);
SELECT most_absences_within(d, d, '-1 month') FROM (VALUES (dayset '{2025-09-05}')) AS v(d);
SELECT truant(a, e, 2) AS two, truant(a, e, 3) AS three, truant(a, e, NULL) AS no_rule, truant(a, '{}', 1) AS never_enrolled
	FROM (SELECT dayset '{2025-09-05,2025-09-20}' AS a, daterange '[2025-09-01,2025-11-01)'::dayset AS e) AS s;

SELECT truant('{}', '{}', 0);
SELECT truant('{}', '{}', -3);
SELECT truant('{}', '{}', 3, '1 month', true);
SELECT truant('{}', '{}', 3, NULL, NULL);

DROP TABLE series, student, truancy_rule, random_day, random_set;
