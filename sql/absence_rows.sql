-- absence: a million rows and the sets of days made of them give the same answers
SET search_path = gapstats, public;

-- 5,556 students, 180 school days; units are periods of six
CREATE TABLE attendance AS
	SELECT student, k, day, h % 7 = 0 AS absent, CASE WHEN h % 5 = 0 THEN h / 5 % 7 ELSE 0 END::bigint AS missed, 6::bigint AS scheduled
	FROM generate_series(1, 5556) AS student,
		(SELECT row_number() OVER (ORDER BY day)::int AS k, day::date FROM generate_series(timestamp '2025-08-18', '2026-06-30', '1 day') AS day
			WHERE extract(isodow FROM day) < 6 LIMIT 180) AS school_day,
		LATERAL (SELECT (hashint4(student * 1000 + k) & 2147483647) AS h) AS hash;
ANALYZE attendance;
SELECT count(*) FROM attendance;

-- every day's rate: of the last 20 school days, of the last 28 days, and of the days since the year began
CREATE TABLE by_row AS
	SELECT student, day,
		absence_rate(absent) OVER (w ROWS 19 PRECEDING) AS last_20, rolling_absence_rate(absent, 20) OVER w AS rolling_20,
		absence_rate(absent) OVER (w RANGE '27 days' PRECEDING) AS last_28_days,
		absence_rate(absent) OVER w AS so_far,
		absence_rate(absent) FILTER (WHERE k % 2 = 0) OVER (w ROWS 19 PRECEDING) AS even_days
	FROM attendance WINDOW w AS (PARTITION BY student ORDER BY day);
CREATE TABLE student AS
	SELECT student, dayset(day) AS enrolled, dayset(day) FILTER (WHERE absent) AS absent, dayset(day) FILTER (WHERE k % 2 = 0) AS even
	FROM attendance GROUP BY student;
SELECT count(*) AS rows,
	count(*) FILTER (WHERE last_20 = absence_rate(absent, last_days(enrolled, 20, day))) AS last_20,
	count(*) FILTER (WHERE rolling_20 = last_20) AS rolling_20,
	count(*) FILTER (WHERE last_28_days = absence_rate(absent, enrolled, daterange(day - 27, day, '[]'))) AS last_28_days,
	count(*) FILTER (WHERE so_far = absence_rate(absent, enrolled, daterange(NULL, day, '[]'))) AS so_far,
	count(*) FILTER (WHERE even_days IS NOT DISTINCT FROM absence_rate(absent, last_days(enrolled, 20, day) & even)) AS even_days
	FROM by_row JOIN student USING (student);
SELECT count(*) AS rows, count(*) FILTER (WHERE r.absence_rate = last_20) AS rolling
	FROM student CROSS JOIN LATERAL rolling_absence(absent, enrolled) AS r JOIN by_row USING (student, day);

-- of any length, with days of which nothing is known, and a student of whom nothing is
SELECT window_days, count(*) AS rows, count(rolling) AS known,
	count(*) FILTER (WHERE rolling IS NOT DISTINCT FROM CASE window_days WHEN 1 THEN of_1 WHEN 2 THEN of_2 WHEN 7 THEN of_7 ELSE so_far END) AS rolling
	FROM (SELECT window_days, rolling_absence_rate(maybe, window_days) OVER w AS rolling, absence_rate(maybe) OVER (w ROWS 0 PRECEDING) AS of_1,
			absence_rate(maybe) OVER (w ROWS 1 PRECEDING) AS of_2, absence_rate(maybe) OVER (w ROWS 6 PRECEDING) AS of_7, absence_rate(maybe) OVER w AS so_far
		FROM unnest('{1, 2, 7, 180, 36525}'::int[]) AS window_days,
			(SELECT student, day, CASE WHEN student > 1 AND k % 5 > 1 THEN absent END AS maybe FROM attendance WHERE student <= 20) AS a
		WINDOW w AS (PARTITION BY window_days, student ORDER BY day)) AS s
	GROUP BY window_days ORDER BY window_days;
-- rows of one student as they come, and no rows
SELECT k, absent, rolling_absence_rate(absent, 3) OVER (ORDER BY k) FROM unnest('{t,f,t,NULL,f,f}'::boolean[]) WITH ORDINALITY AS t (absent, k);
SELECT rolling_absence_rate(absent, 3) OVER () FROM attendance WHERE false;
SELECT rolling_absence_rate(true, NULL) OVER ();
SELECT rolling_absence_rate(true, 0) OVER ();
SELECT rolling_absence_rate(true, 36526) OVER ();
SELECT rolling_absence_rate(true, i) OVER (ORDER BY i) FROM generate_series(1, 2) AS i;

-- fractions: windows with the inverse, and plain sums of the units
SELECT count(*) AS rows,
	count(*) FILTER (WHERE rate = missed::float8 / scheduled) AS last_20, count(*) FILTER (WHERE range_rate = range_missed::float8 / range_scheduled) AS last_28_days
	FROM (SELECT pooled_absence_rate(missed, scheduled) OVER w AS rate, sum(missed) OVER w AS missed, sum(scheduled) OVER w AS scheduled,
			pooled_absence_rate(missed, scheduled) OVER r AS range_rate, sum(missed) OVER r AS range_missed, sum(scheduled) OVER r AS range_scheduled
		FROM attendance WINDOW w AS (PARTITION BY student ORDER BY day ROWS 19 PRECEDING),
			r AS (PARTITION BY student ORDER BY day RANGE '27 days' PRECEDING)) AS windows;

DROP TABLE attendance, by_row, student;
