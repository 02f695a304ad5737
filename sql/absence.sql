-- absence: rates, tiers and streaks.  Expected numbers: MEASURES, section 8.5.
SET search_path = gapstats, gapstats_internal, public;
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
	FROM generate_series(1, 400) AS n, LATERAL (SELECT daterange('1990-01-01', date '1990-01-01' + 10 * n)::dayset AS d) AS days;
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

-- Numbers of days, row by row: the published 18 of 181, fractions, and a day that is nobody's
SELECT absence_rate(18, 181) = 0.09944751381215469 AS as_published, absence_rate(18.5, 185) = 0.1 AS fraction, absence_rate(18.50, 185.000) = 0.1 AS zeros,
	absence_rate(0, 0) AS never_enrolled, absence_rate(NULL, 180) AS unknown;
SELECT absence_rate(numeric '1e31', 180);
SELECT absence_rate(1 / 3.0, 1) = 1 / 3.0::float8 AS third, abs(absence_rate(0.123456789012345678901234567890, 1) / 0.12345678901234568 - 1) < 1e-15 AS digits_30;
SELECT absence_rate(0.1234567890123456789012345678901, 1);
-- Exactly 10 percent is chronic, in any fraction of a day; a millionth less is not.
SELECT count(*), count(*) FILTER (WHERE chronic_absence(n / d, 10 * n / d)) AS tenths, count(*) FILTER (WHERE chronic_absence(n / d - 0.000001, 10 * n / d)) AS less
	FROM generate_series(100, 180) AS n, (VALUES (1.0), (2.0), (4.0), (5.0), (8.0), (10.0)) AS v(d);
SELECT absence_tier('NaN', 180);
SELECT absence_tier(18, 'Infinity');
SELECT absence_tier(-1, 180);
SELECT absence_tier(181, 180);
SELECT absence_rate(-0.5, 180);
SELECT absence_rate(180.5, 180);
SELECT absence_tier(18, 180, -1);
SELECT chronic_absence('{}'::dayset, '{}', -1);
SELECT chronic_absence(18, 180, NULL);
SELECT absence_tier(dayset '{}', '{}', NULL);
SELECT chronic_absence(NULL, 180) AS unknown, absence_tier(NULL::dayset, '{}') AS unknown;
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
	FROM (SELECT daterange '[2025-01-01,2026-01-01)'::dayset AS d) AS s;

SELECT current_absence('{}', '{}', NULL);
-- As rows; Saturday and Sunday are not among the days of school
SELECT * FROM streaks('{2025-09-04..2025-09-08,2025-09-10}', '{2025-09-01..2025-09-05,2025-09-08..2025-09-12}');
SELECT * FROM streaks('{2025-09-06}', '{2025-09-01}') UNION ALL SELECT * FROM streaks('{}', '{}') UNION ALL SELECT * FROM streaks(NULL, '{}');
-- The series, against rows: islands of days between those present
CREATE TABLE island AS
	SELECT min(day) AS first_day, max(day) AS last_day, count(*)::int AS days
	FROM (SELECT day, absent, count(*) FILTER (WHERE NOT absent) OVER (ORDER BY day) AS present FROM series) AS s
	WHERE absent GROUP BY present;
SELECT count(*) AS streaks, sum(days) AS days FROM (SELECT * FROM island INTERSECT SELECT s.* FROM student, streaks(absent, enrolled) AS s) AS same;
SELECT count(*) AS streaks FROM student, streaks(absent, enrolled);
DROP TABLE island;
-- Random sets, dense and sparse, over words of 64 days: rows, the longest, the last
SELECT setseed(0.25);
CREATE TABLE random_day AS
	SELECT id, day, random() < among_share AS among, random() < share AS is_day
	FROM (SELECT id, random() AS share, random() AS among_share FROM generate_series(1, 200) AS id) AS s,
		LATERAL (SELECT date '2025-01-01' + n * (1 + id % 3 * 40) AS day FROM generate_series(0, 199) AS n) AS d;
CREATE TABLE random_set AS
	SELECT id, coalesce(dayset(day) FILTER (WHERE is_day), '{}') AS days, coalesce(dayset(day) FILTER (WHERE among), '{}') AS among FROM random_day GROUP BY id;
CREATE TABLE island AS
	SELECT id, min(day) AS first_day, max(day) AS last_day, count(*)::int AS days
	FROM (SELECT *, count(*) FILTER (WHERE NOT is_day) OVER (PARTITION BY id ORDER BY day) AS others FROM random_day WHERE among) AS s
	WHERE is_day GROUP BY id, others;
SELECT count(*) = (SELECT count(*) FROM island) AND count(*) = (SELECT count(*) FROM random_set, streaks(days, among)) AND count(*) > 1000 AS same_streaks
	FROM (SELECT * FROM island INTERSECT SELECT id, s.* FROM random_set, streaks(days, among) AS s) AS same;
SELECT count(*) > 150 AS sets, bool_and(longest_streak(days, among) = longest) AS longest,
	bool_and(current_streak(days, among) = CASE WHEN last_island = last_day(among) THEN current ELSE 0 END) AS current
	FROM random_set JOIN (SELECT id, max(days) AS longest, max(last_day) AS last_island, (array_agg(days ORDER BY last_day DESC))[1] AS current FROM island GROUP BY id) AS i USING (id);
DROP TABLE random_day, random_set, island;

--
-- Days left: MEASURES, section 17.2
--

SELECT k, m, n, d.days_to_miss, d.days_to_attend, d.reason, (d.days_to_miss, d.days_to_attend) IS NOT DISTINCT FROM (miss, attend) AS as_published
	FROM (VALUES (7, 60, 178, 10, 11), (0, 0, 180, 17, NULL), (5, 38, 175, 12, 13), (17, 120, 180, 0, 51), (18, 120, 181, 0, 61), (18, 120, 180, NULL, NULL), (3, 170, 180, 10, 0))
		AS v(k, m, n, miss, attend), days_left(k, m, n) AS d;
-- the same from sets: of a calendar, of days enrolled and days in the year
SELECT count(*) AS sets, count(*) FILTER (WHERE by_year = by_number) AS by_year, count(*) FILTER (WHERE by_calendar = by_number) AS by_calendar
	FROM (VALUES (7, 60, 178), (0, 0, 180), (5, 38, 175), (17, 120, 180), (18, 120, 181), (18, 120, 180), (3, 170, 180)) AS v(k, m, n),
		LATERAL (SELECT daterange('2025-09-01', date '2025-09-01' + n)::dayset AS year) AS y,
		LATERAL (SELECT days_left(k, m, n)::text AS by_number,
			days_left(last_days(first_days(year, m), k), first_days(year, m), n)::text AS by_year,
			days_left(last_days(first_days(year, m), k), first_days(year, m), year)::text AS by_calendar) AS d;
-- Enrolled late: the calendar counts from the last day enrolled on.
SELECT * FROM days_left('{2026-01-07}', '{2026-01-05..2026-01-07}', daterange '[2025-09-01,2026-01-31)'::dayset);
-- By trying every number of days, whole and half, at three thresholds
CREATE TABLE so_far AS
	SELECT k / 2.0 AS k, m / 2.0 AS m, n / 2.0 AS n, t
	FROM generate_series(40, 83, 3) AS n, generate_series(1, n) AS m, generate_series(0, least(m, 15)) AS k, (VALUES (0.10), (0.05), (1 / 3.0)) AS v(t);
SELECT count(*), count(*) FILTER (WHERE d.days_to_miss IS NOT DISTINCT FROM (SELECT max(j) FROM generate_series(0, floor(n - m)::int) AS j WHERE k + j < t * n)) AS to_miss,
	count(*) FILTER (WHERE d.days_to_attend IS NOT DISTINCT FROM (SELECT min(a) FROM generate_series(0, floor(n - m)::int) AS a WHERE k < t * (m + a))) AS to_attend,
	count(*) FILTER (WHERE d.reason IS NOT DISTINCT FROM CASE WHEN k >= t * n THEN 'already_chronic' WHEN d.days_to_attend IS NULL THEN 'not_this_year' END) AS reason
	FROM so_far, days_left(k, m, n, t) AS d;
DROP TABLE so_far;
-- half a day short of a whole one
SELECT * FROM days_left(17.5, 60, 175.5);
SELECT days_left(NULL, 60, 178), days_left(7, NULL, 178), days_left(7, 60, NULL), days_left(NULL, dayset '{}', 178), days_left('{}', '{}', NULL::dayset);
SELECT days_left(7, 60, 59);
SELECT days_left(61, 60, 178);
SELECT days_left(-1, 60, 178);
SELECT days_left(7, 60, 'NaN');
SELECT days_left(7, 60, 3e9);
SELECT days_left('{}', '{}', -1);
SELECT days_left(7, 60, 178, 10);
SELECT days_left(7, 60, 178, 0);
SELECT days_left(7, 60, 178, NULL);

--
-- Rates from rows
--

SELECT absence_rate(absent) = 23 / 60.0 AS rate FROM series;
SELECT absence_rate(absent) FROM series WHERE false;
SELECT absence_rate(NULL) FROM series;
-- A status that is NULL is a day enrolled for sets, and no day at all for rows: 1 of 4, and 1 of 2.
SELECT absence_rate(dayset(day) FILTER (WHERE absent), dayset(day)) AS sets, absence_rate(absent) AS rows
	FROM (VALUES (date '2025-09-01', true), ('2025-09-02', false), ('2025-09-03', NULL), ('2025-09-04', NULL)) AS t(day, absent);
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
