-- absence: schools and groups
SET search_path = gapstats, gapstats_internal, public;

-- 20 students of 100 days, of whom 8 are absent 10 days or more; 5 with too few days; 1 without days.
-- Wilson, 8 of 20: MEASURES, section 2.1; the standard error is Wald's, sqrt(0.4 0.6 / 20)
CREATE TABLE student AS
	SELECT s AS id, s % 2 AS school, first_days(enrolled, CASE WHEN s <= 8 THEN 9 + s ELSE s % 10 END) AS absent,
		CASE WHEN s <= 20 THEN enrolled WHEN s <= 25 THEN first_days(enrolled, s - 16) END AS enrolled
	FROM generate_series(1, 26) AS s, (SELECT daterange '[2025-01-01,2025-04-11)'::dayset AS enrolled) AS e;
CREATE VIEW numbers AS SELECT *, day_count(absent & enrolled) AS a, day_count(enrolled) AS e FROM student;
-- students 21 to 24 were enrolled 5 to 8 days, 25 for 9
SELECT n, n_chronic, estimate, abs(se / 0.10954451150103323 - 1) < 1e-15 AS se, abs(lower / 0.2188065323728171 - 1) < 1e-10 AS lower, abs(upper / 0.6134184992377468 - 1) < 1e-10 AS upper,
	n_too_few_days, n_missing, reason
	FROM (SELECT (chronic_absence_rate(absent, enrolled)).* FROM student) AS s;
-- 90 percent: the same section
SELECT abs(lower / 0.2423874177654517 - 1) < 1e-10 AS lower, abs(upper / 0.5814441497067413 - 1) < 1e-10 AS upper
	FROM (SELECT (chronic_absence_rate(absent, enrolled, 10, 0.9)).* FROM student) AS s;
-- all four as of wilson_interval, at any confidence
SELECT (r.estimate, r.se, r.lower, r.upper) = (w.estimate, w.se, w.lower, w.upper) AS as_wilson_interval
	FROM (SELECT (chronic_absence_rate(absent, enrolled, 9, 0.8)).* FROM student) AS r, wilson_interval(n_chronic, n, 0.8) AS w;
-- The days are everybody's.
SELECT school, r.n, r.n_chronic, r.estimate,
	r.days_absent = days.absent AS absent, r.days_enrolled = days.enrolled AS enrolled, r.absence_rate = absent::float8 / enrolled AS rate
	FROM (SELECT school, (chronic_absence_rate(absent, enrolled)).* FROM student GROUP BY school) AS r
		JOIN (SELECT school, sum(day_count(absent & enrolled)) AS absent, sum(day_count(enrolled)) AS enrolled FROM student GROUP BY school) AS days USING (school)
	ORDER BY school;
SELECT (chronic_absence_rate(absent, enrolled, 9)).n AS from_nine_days, (chronic_absence_rate(absent, enrolled, 0)).n AS from_any FROM student;
SELECT (chronic_absence_rate(absent, enrolled)).* FROM student WHERE id > 20;
SELECT (chronic_absence_rate(absent, enrolled)).* FROM student WHERE false;
-- Sets and their numbers of days, whatever the options
SELECT count(*) FILTER (WHERE by_sets = by_numbers) AS same
	FROM (SELECT chronic_absence_rate(absent, enrolled)::text AS by_sets, chronic_absence_rate(a, e)::text AS by_numbers FROM numbers
		UNION ALL SELECT chronic_absence_rate(absent, enrolled, 6)::text, chronic_absence_rate(a, e, 6)::text FROM numbers
		UNION ALL SELECT chronic_absence_rate(absent, enrolled, 6, 0.99)::text, chronic_absence_rate(a, e, 6, 0.99)::text FROM numbers
		UNION ALL SELECT chronic_absence_rate(absent, enrolled)::text, chronic_absence_rate(a, e)::text FROM numbers WHERE false) AS s;

--
-- Fractions of days: exactly 10 percent is chronic, and a thousandth of a day less is not
--

SELECT n, n_chronic, n_too_few_days, n_missing, days_absent, days_enrolled, absence_rate
	FROM (SELECT (chronic_absence_rate(a, e)).*
		FROM (VALUES (17.5, 175), (17.499, 175), (18.25, 182.5), (0.95, 9.5), (1, 10), (NULL, 180), (18, NULL), (0, 0)) AS v(a, e)) AS s;
-- against numeric, summed by PostgreSQL
SELECT (r).n = n AS n, (r).n_chronic = n_chronic AS n_chronic, (r).n_too_few_days = n_too_few AS too_few, (r).days_absent = days_absent AS absent,
	(r).days_enrolled = days_enrolled AS enrolled, abs((r).absence_rate / (days_absent / days_enrolled)::float8 - 1) < 1e-15 AS rate
	FROM (SELECT chronic_absence_rate(a, e) AS r, count(*) FILTER (WHERE e >= 10) AS n, count(*) FILTER (WHERE e >= 10 AND 10 * a >= e) AS n_chronic,
			count(*) FILTER (WHERE e < 10) AS n_too_few, sum(a) AS days_absent, sum(e) AS days_enrolled
		FROM (SELECT s % 40 / 10.0 + s % 7 / 3.0 AS a, 7 + s % 43 + s % 4 * 0.25 AS e FROM generate_series(1, 5000) AS s) AS v) AS s;

-- Options are the same in all rows, and something.
SELECT chronic_absence_rate(absent, enrolled, NULL) FROM student;
SELECT chronic_absence_rate(a, e, 10, NULL) FROM numbers;
SELECT chronic_absence_rate(absent, enrolled, -1) FROM student;
SELECT chronic_absence_rate(absent, enrolled, id) FROM student;
SELECT chronic_absence_rate(a, e, 10, id / 100.0) FROM numbers;
SELECT chronic_absence_rate(a, e, 10, 95) FROM numbers;
SELECT chronic_absence_rate(181, 180);
SELECT chronic_absence_rate('NaN', 180);
SELECT chronic_absence_rate_combine(chronic_absence_rate_add_numbers('{0,0,0,0,0,0,0,0,0,0,0}', 1, 9, 10), chronic_absence_rate_add_numbers('{0,0,0,0,0,0,0,0,0,0,0}', 1, 9, 9));
SELECT chronic_absence_rate_combine(chronic_absence_rate_add_numbers('{0,0,0,0,0,0,0,0,0,0,0}', 1, 9, 10, 0.9), chronic_absence_rate_add_numbers('{0,0,0,0,0,0,0,0,0,0,0}', 1, 9, 10, 0.5));
SELECT chronic_absence_rate_final('{1,2,0,0,0,0,0,0,0,0,0}');
SELECT chronic_absence_rate_final('{1,1,0,0,39,0,0,0,0,0,0}');
SELECT chronic_absence_rate_final('{1,1,0,0,0,-1,0,0,0,0,0}');
SELECT chronic_absence_rate_final('{1,1}');
SELECT chronic_absence_rate_add(NULL, dayset '{}', '{}');

SELECT x, n, chronic_absence_level(x, n) FROM (VALUES (0, 100), (4, 100), (5, 100), (9, 100), (10, 100), (19, 100), (20, 100), (29, 100), (30, 100), (3, 10), (0, 0)) AS v(x, n);
SELECT chronic_absence_level(2, 1);
SELECT chronic_absence_level(-1, 1);
SELECT chronic_absence_level(0, -1);
SELECT chronic_absence_level(9223372036854775807, 9223372036854775807), chronic_absence_level(NULL, 1) AS unknown;

-- ADA and ADM: MEASURES, section 8.1: 3 students, 20 days, present 20, 18 and 14.5.
-- Whole days (14 and not 14.5): 52 / 20.  Half-days, in units: 2.625.
CREATE TABLE member AS
	SELECT in_session, in_session AS enrolled, first_days(in_session, absent) AS absent, half_days
	FROM (VALUES (0, 40), (2, 36), (6, 29)) AS v(absent, half_days), (SELECT daterange '[2025-09-01,2025-09-21)'::dayset AS in_session) AS c;
SELECT average_daily_attendance(absent, enrolled, in_session) AS ada, average_daily_membership(enrolled, in_session) AS adm,
	sum(half_days) / (2.0 * max(day_count(in_session))) = 2.625 AS ada_of_half_days FROM member;
-- From numbers of days, with the half day
SELECT average_daily_attendance(20 - present, 20, 20) AS ada, average_daily_membership(20, 20) AS adm,
		average_daily_attendance(20 - present, 20, 20) / average_daily_membership(20, 20) AS rate
	FROM (VALUES (20), (18), (14.5)) AS v(present);
SELECT average_daily_attendance(a, e, s) AS ada, average_daily_membership(e, s) AS adm
	FROM (VALUES (0, 20.0, 20), (0.5, 10, 20.00), (NULL, 20, 20), (0, 0, 0)) AS v(a, e, s);
SELECT average_daily_membership(21, 20);
SELECT average_daily_attendance(21, 20, 20);
SELECT average_daily_membership(10, s) FROM (VALUES (20), (20.5)) AS v(s);
-- Enrolled outside the session, or for half of it
SELECT average_daily_attendance(absent, enrolled, s) AS ada, average_daily_membership(enrolled, s) AS adm
	FROM (VALUES (dayset '{2025-09-01}', dayset '{2025-08-01..2025-09-02}'), ('{}', '{}'), (NULL, '{2025-09-03..2025-09-04}')) AS v(absent, enrolled),
		(VALUES (dayset '{2025-09-01..2025-09-04}')) AS c(s);
SELECT average_daily_attendance(absent, enrolled, in_session), average_daily_membership(enrolled, in_session) FROM member WHERE false;
SELECT average_daily_attendance(absent, enrolled, first_days(in_session, 10 + half_days % 2)) FROM member;

-- The same whatever the plan
CREATE TABLE many AS SELECT s.* FROM student AS s, generate_series(1, 2000);
CREATE TABLE halves AS SELECT n % 40 / 2.0 AS a, 180.00 AS e FROM generate_series(1, 40000) AS n;
ANALYZE many, halves;
SET max_parallel_workers_per_gather = 2;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
EXPLAIN (COSTS off) SELECT chronic_absence_rate(absent, enrolled) FROM many;
SELECT (chronic_absence_rate(absent, enrolled)).n, (chronic_absence_rate(absent, enrolled)).n_chronic, (chronic_absence_rate(absent, enrolled)).n_missing,
	average_daily_membership(enrolled, daterange '[2025-01-01,2025-04-11)'::dayset) = 2000 * (20 + 35 / 100.0) AS adm
	FROM many;

SELECT (chronic_absence_rate(a, e)).days_absent, (chronic_absence_rate(a, e)).n_chronic,
	(chronic_absence_rate(a, e))::text = (SELECT chronic_absence_rate(a, e)::text FROM halves WHERE random() >= 0) AS serial
	FROM halves;

DROP TABLE student, member, many, halves CASCADE;
