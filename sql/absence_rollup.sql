-- absence: schools and groups
SET search_path = gapstats, public;

-- 20 students of 100 days, of whom 8 are absent 10 days or more; 5 with too few days; 1 without days.
-- Wilson, 8 of 20: MEASURES, section 2.1
CREATE TABLE student AS
	SELECT s AS id, s % 2 AS school, first_days(enrolled, CASE WHEN s <= 8 THEN 9 + s ELSE s % 10 END) AS absent,
		CASE WHEN s <= 20 THEN enrolled WHEN s <= 25 THEN first_days(enrolled, s - 16) END AS enrolled
	FROM generate_series(1, 26) AS s, (SELECT daterange '[2025-01-01,2025-04-11)'::dayset AS enrolled) AS e;
-- students 21 to 24 were enrolled 5 to 8 days, 25 for 9
SELECT n, n_chronic, chronic_absence_rate, abs(lower / 0.2188065323728171 - 1) < 1e-10 AS lower, abs(upper / 0.6134184992377468 - 1) < 1e-10 AS upper,
	n_too_few_days, n_missing, reason
	FROM (SELECT (chronic_absence_rate(absent, enrolled)).* FROM student) AS s;
-- The interval is wilson_interval's, and the days are everybody's.
SELECT school, r.n, r.n_chronic, (r.chronic_absence_rate, r.lower, r.upper) = (w.estimate, w.lower, w.upper) AS wilson,
	r.days_absent = days.absent AS absent, r.days_enrolled = days.enrolled AS enrolled, r.absence_rate = absent::float8 / enrolled AS rate
	FROM (SELECT school, (chronic_absence_rate(absent, enrolled)).* FROM student GROUP BY school) AS r
		CROSS JOIN LATERAL wilson_interval(r.n_chronic, r.n) AS w
		JOIN (SELECT school, sum(day_count(absent & enrolled)) AS absent, sum(day_count(enrolled)) AS enrolled FROM student GROUP BY school) AS days USING (school)
	ORDER BY school;
SELECT (chronic_absence_rate(absent, enrolled, 9)).n AS from_nine_days, (chronic_absence_rate(absent, enrolled, 0)).n AS from_any FROM student;
SELECT (chronic_absence_rate(absent, enrolled)).* FROM student WHERE id > 20;
SELECT (chronic_absence_rate(absent, enrolled)).* FROM student WHERE false;
SELECT chronic_absence_rate(absent, enrolled, NULL) FROM student;
SELECT chronic_absence_final('{1,2,0,0,0,0}');
SELECT chronic_absence_add(NULL, '{}', '{}');

SELECT x, n, chronic_absence_level(x, n) FROM (VALUES (0, 100), (4, 100), (5, 100), (9, 100), (10, 100), (19, 100), (20, 100), (29, 100), (30, 100), (3, 10), (0, 0)) AS v(x, n);

-- ADA and ADM: MEASURES, section 8.1: 3 students, 20 days, present 20, 18 and 14.5.
-- Whole days (14 and not 14.5): 52 / 20.  Half-days, in units: 2.625.
CREATE TABLE member AS
	SELECT in_session, in_session AS enrolled, first_days(in_session, absent) AS absent, half_days
	FROM (VALUES (0, 40), (2, 36), (6, 29)) AS v(absent, half_days), (SELECT daterange '[2025-09-01,2025-09-21)'::dayset AS in_session) AS c;
SELECT average_daily_attendance(absent, enrolled, in_session) AS ada, average_daily_membership(enrolled, in_session) AS adm,
	sum(half_days) / (2.0 * max(day_count(in_session))) = 2.625 AS ada_of_half_days FROM member;
-- Enrolled outside the session, or for half of it
SELECT average_daily_attendance(absent, enrolled, s) AS ada, average_daily_membership(enrolled, s) AS adm
	FROM (VALUES (dayset '{2025-09-01}', dayset '{2025-08-01..2025-09-02}'), ('{}', '{}'), (NULL, '{2025-09-03..2025-09-04}')) AS v(absent, enrolled),
		(VALUES (dayset '{2025-09-01..2025-09-04}')) AS c(s);
SELECT average_daily_attendance(absent, enrolled, in_session), average_daily_membership(enrolled, in_session) FROM member WHERE false;
SELECT average_daily_attendance(absent, enrolled, first_days(in_session, 10 + half_days % 2)) FROM member;

-- The same whatever the plan
CREATE TABLE many AS SELECT s.* FROM student AS s, generate_series(1, 2000);
ANALYZE many;
SET max_parallel_workers_per_gather = 2;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
EXPLAIN (COSTS off) SELECT chronic_absence_rate(absent, enrolled) FROM many;
SELECT (chronic_absence_rate(absent, enrolled)).n, (chronic_absence_rate(absent, enrolled)).n_chronic, (chronic_absence_rate(absent, enrolled)).n_missing,
	average_daily_membership(enrolled, daterange '[2025-01-01,2025-04-11)'::dayset) = 2000 * (20 + 35 / 100.0) AS adm
	FROM many;

DROP TABLE student, member, many;
