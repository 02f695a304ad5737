-- absence: rates, tiers and streaks.  Expected numbers: MEASURES, section 8.5.
SET search_path = gapstats, public;
SET datestyle = ISO;

--
-- The series of 60 school days: absent on day k if (k^2 + 3k) mod 13 < 4
--

CREATE TABLE series AS
	SELECT k, day, (k * k + 3 * k) % 13 < 4 AS absent
	FROM (SELECT row_number() OVER (ORDER BY day)::int AS k, day::date
			FROM generate_series(timestamp '2025-08-18', '2025-12-31', '1 day') AS day
			WHERE extract(isodow FROM day) < 6 LIMIT 60) AS school_day;
SELECT string_agg(absent::int::text, '' ORDER BY day) = '000111000100100011100010010001110001001000111000100100011100' AS as_published
FROM series;
CREATE TABLE student AS
	SELECT dayset(day) AS enrolled, dayset(day) FILTER (WHERE absent) AS absent FROM series;

-- Through day 20, 30, 45, 60: days absent 8, 11, 18, 23; of the last 20: 8, 7, 9, 8
SELECT k, day_count(absent & daterange(NULL, day, '[]')) AS absent,
	absence_rate(absent, enrolled, daterange(NULL, day, '[]')) = total::float8 / k AS rate,
	absence_rate(absent, last_days(enrolled, 20, day)) = last_20 / 20.0 AS last_20
	FROM student, (SELECT k, day FROM series WHERE k IN (20, 30, 45, 60)) AS as_of
		JOIN (VALUES (20, 8, 8), (30, 11, 7), (45, 18, 9), (60, 23, 8)) AS expected(k, total, last_20) USING (k)
	ORDER BY k;
SELECT absence_rate(absent, first_days(enrolled, 30)) = 11 / 30.0 AS first_30, day_count(first_days(enrolled, 90)) AS of_90_so_far FROM student;
SELECT longest_absence(absent, enrolled) = 3 AS longest, current_absence(absent, enrolled) = 0 AS current FROM student;
-- As of each day: the days since the last one present
SELECT count(*) FILTER (WHERE current_absence(student.absent, enrolled, day) = k - last_present) AS same_streak
	FROM student, (SELECT k, day, coalesce(max(k) FILTER (WHERE NOT absent) OVER (ORDER BY day), 0) AS last_present FROM series) AS s;

-- Rows and sets of days give the same rolling rates.
SELECT bool_and(rolling = absence_rate(absent_days, last_days(enrolled, 20, day))) AS same_last_20,
	bool_and(running = absence_rate(absent_days, enrolled, daterange(NULL, day, '[]'))) AS same_running,
	bool_and(range_frame = absence_rate(absent_days, enrolled, daterange(day - 27, day + 1))) AS same_range
	FROM (SELECT day, absence_rate(absent) OVER (ORDER BY day ROWS 19 PRECEDING) AS rolling,
				absence_rate(absent) OVER (ORDER BY day) AS running,
				absence_rate(absent) OVER (ORDER BY day RANGE '27 days' PRECEDING) AS range_frame
			FROM series) AS rows, (SELECT enrolled, absent AS absent_days FROM student) AS sets;

--
-- Rates
--

-- Days absent count only where enrolled.
SELECT absence_rate(a, e) = 0.5 AS half, absence_rate('{}', e) AS never_absent, absence_rate(a, '{}') AS never_enrolled,
	absence_rate(NULL, e) AS unknown
	FROM (SELECT dayset '{2025-09-01..2025-09-10}' AS a, dayset '{2025-09-09..2025-09-12}' AS e) AS s;
SELECT absence_rate(a, e, daterange '[2025-09-01,2025-09-03)') = 0.5 AS two_days,
	absence_rate(a, e, daterange '(,)') = 1.0 / 3 AS always,
	absence_rate(a, e, daterange 'empty') AS never,
	absence_rate(a, e, daterange '[2026-01-01,2026-02-01)') AS not_enrolled_then
	FROM (SELECT dayset '{2025-09-02}' AS a, dayset '{2025-09-01..2025-09-03}' AS e) AS s;

--
-- Tiers
--

-- The published vectors, from counts; 17.5 is a day of 0.5 more than 17.
SELECT absent, enrolled, absence_tier(absent, enrolled, minimum) AS tier, tier = absence_tier(absent, enrolled, minimum) AS as_expected,
	chronic_absence(absent, enrolled, minimum) AS chronic
	FROM (VALUES (18, 180, 10, 'moderate'), (17, 180, 10, 'at_risk'), (17.5, 180, 10, 'at_risk'), (18, 181, 10, 'at_risk'),
			(1, 10, 10, 'moderate'), (1, 9, 9, 'moderate'), (36, 180, 10, 'severe'), (35.99, 180, 10, 'moderate'),
			(9, 180, 10, 'at_risk'), (8.99, 180, 10, 'satisfactory'), (0, 180, 10, 'satisfactory')) AS v(absent, enrolled, minimum, tier);
SELECT absence_tier(1, 9) AS below_minimum, chronic_absence(1, 9) AS below_minimum, absence_tier(0, 0, 0) AS never_enrolled;

-- Every exact tenth and fifth is in, whichever way it is asked; a floating-point rate would lose them.
CREATE TABLE tenth AS
	SELECT n AS absent, 10 * n AS enrolled, d AS days, first_days(d, n) AS first, last_days(d, n) AS last
	FROM generate_series(1, 400) AS n, LATERAL (SELECT dayset(daterange('1990-01-01', date '1990-01-01' + 10 * n)) AS d) AS days;
SELECT count(*), count(*) FILTER (WHERE chronic_absence(absent, enrolled)) AS from_counts,
	count(*) FILTER (WHERE chronic_absence(first, days) AND absence_tier(first, days) = 'moderate') AS from_first_days,
	count(*) FILTER (WHERE chronic_absence(last, days) AND absence_tier(last, days) = 'moderate') AS from_last_days,
	count(*) FILTER (WHERE NOT chronic_absence(first_days(first, absent - 1), days)) AS one_day_less,
	count(*) FILTER (WHERE NOT chronic_absence(absent, enrolled + 1)) AS one_day_more,
	count(*) FILTER (WHERE absence_tier(first_days(days, 2 * absent), days) = 'severe'
		AND absence_tier(2 * absent, enrolled) = 'severe') AS fifths,
	count(*) FILTER (WHERE 1 - (enrolled - absent)::float8 / enrolled >= 0.1) AS by_floating_point
FROM tenth;

SELECT absence_tier(a, e) AS below_minimum, absence_tier(a, e, 9) AS from_nine,
	absence_tier(a, '{}', 0) AS never_enrolled, chronic_absence(a, '{}', 0) AS never_enrolled
	FROM (SELECT dayset '{2025-09-01}' AS a, dayset '{2025-09-01..2025-09-09}' AS e) AS s;

SELECT absence_tier('NaN', 180);
SELECT absence_tier(18, 'Infinity');
SELECT absence_tier(-1, 180);
SELECT absence_tier(181, 180);
SELECT chronic_absence(18, 180, 'NaN');
-- Floating point has no exact tenth: say numeric, or count units.
SELECT absence_tier(17.5::float8, 180::float8);

--
-- Streaks: weekends and holidays neither break nor extend one
--

SELECT longest_absence(a, e), current_absence(a, e), current_absence(a, e, '2025-09-05') AS as_of_friday,
	current_absence(a, e, '2025-09-07') AS as_of_sunday, current_absence(a, e, '2025-08-31') AS not_yet_enrolled
	FROM (SELECT dayset '{2025-09-04..2025-09-08,2025-09-10}' AS a,
			dayset '{2025-09-01..2025-09-05,2025-09-08..2025-09-12}' AS e) AS s;
-- Over a word of 64 days, and all days absent
SELECT longest_absence(d, d), current_absence(d, d), longest_absence('{}', d), longest_absence(d, '{}') AS never_enrolled
	FROM (SELECT dayset(daterange '[2025-01-01,2026-01-01)') AS d) AS s;

--
-- Rates from rows
--

SELECT absence_rate(absent) = 23 / 60.0 AS rate FROM series;
SELECT absence_rate(absent) FROM series WHERE false;
SELECT absence_rate(NULL) FROM series;
SELECT absence_rate(v) FROM (VALUES (true), (NULL), (false), (false), (false)) AS t(v);

-- Moving frames of every kind, with NULLs and a filter: with and without the inverse, the same.
CREATE AGGREGATE absence_rate_without_inverse(boolean) (
	SFUNC = absence_rate_add, STYPE = bigint, INITCOND = '0', FINALFUNC = absence_rate_final);
CREATE FUNCTION frames_that_differ(frame text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE differ bigint;
BEGIN
	EXECUTE format(
		'SELECT count(*) FILTER (WHERE a IS DISTINCT FROM b OR c IS DISTINCT FROM d)
		 FROM (SELECT absence_rate(v) OVER w AS a, absence_rate_without_inverse(v) OVER w AS b,
					absence_rate(v) FILTER (WHERE k %% 3 > 0) OVER w AS c,
					absence_rate_without_inverse(v) FILTER (WHERE k %% 3 > 0) OVER w AS d
				FROM (SELECT k, day, CASE WHEN k %% 7 > 0 THEN absent END AS v FROM series) AS t
				WINDOW w AS (ORDER BY day %s)) AS t', frame) INTO differ;
	RETURN differ;
END $$;
SELECT frame, frames_that_differ(frame) FROM unnest(array['ROWS 19 PRECEDING', 'ROWS 0 PRECEDING',
	'ROWS BETWEEN 5 PRECEDING AND 2 PRECEDING', 'ROWS BETWEEN 2 FOLLOWING AND 9 FOLLOWING',
	'RANGE BETWEEN ''10 days'' PRECEDING AND ''3 days'' FOLLOWING', 'GROUPS 4 PRECEDING',
	'ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING', 'ROWS BETWEEN 5 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW']) AS frame;

-- 4,294,967,295 rows a group, and not one more
SELECT absence_rate_final(absence_rate_add(4294967294, true)) > 0 AS most_rows;
SELECT absence_rate_add(4294967295, true);
SELECT absence_rate_combine(4294967295, 1);

-- The same whatever the plan
CREATE TABLE attendance AS
	SELECT student, day, (student * 7 + day * 13) % 11 = 0 AS absent
	FROM generate_series(1, 500) AS student, generate_series(1, 180) AS day;
ANALYZE attendance;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS SELECT student, absence_rate(absent) AS rate FROM attendance GROUP BY student;
SET max_parallel_workers_per_gather = 2;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
EXPLAIN (COSTS off) SELECT absence_rate(absent) FROM attendance;
SELECT absence_rate(absent) = avg(absent::int) AS whole FROM attendance;
SELECT absence_rate(absent) FILTER (WHERE student < 0) FROM attendance;
SELECT count(*) FILTER (WHERE p.rate = s.rate) AS same
	FROM (SELECT student, absence_rate(absent) AS rate FROM attendance GROUP BY student) AS p JOIN serial AS s USING (student);

DROP TABLE series, student, tenth, attendance, serial;
DROP AGGREGATE absence_rate_without_inverse(boolean);
DROP FUNCTION frames_that_differ;
