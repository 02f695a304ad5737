-- The rows of the table: what is compared with what, the ratio aimed at, and the two
-- queries. A plan is to be parallel on both sides, unless PostgreSQL has none. DuckDB, where
-- it is the peer, has the raw rows in a file of its own. Where there is a floor query, it is
-- PostgreSQL's count() in place of our aggregate: what the plan costs whatever is aggregated.
-- Where a time is aimed at, it is that of scale 1.
CREATE TABLE bench_row (
	id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	target numeric,
	parallel boolean,
	ours text, our_query text,
	peer text, peer_query text,
	floor_query text,
	in_duckdb boolean DEFAULT false,
	target_ms numeric);

INSERT INTO bench_row (target, parallel, ours, our_query, peer, peer_query, floor_query) VALUES
(1.1, true,
	'distribution(score) by 400 groups', 'SELECT distribution(score) FROM score GROUP BY group_of_400',
	'avg, stddev', 'SELECT avg(score), stddev(score) FROM score GROUP BY group_of_400',
	'SELECT count(score) FROM score GROUP BY group_of_400'),
(1.4, true,
	'distribution(score) by 10,000 groups', 'SELECT distribution(score) FROM score GROUP BY group_of_10000',
	'avg, stddev', 'SELECT avg(score), stddev(score) FROM score GROUP BY group_of_10000',
	'SELECT count(score) FROM score GROUP BY group_of_10000'),
(1.1, true,
	'distribution(score) by 100,000 groups', 'SELECT distribution(score) FROM score GROUP BY group_of_100000',
	'avg, stddev', 'SELECT avg(score), stddev(score) FROM score GROUP BY group_of_100000',
	'SELECT count(score) FROM score GROUP BY group_of_100000'),
(0.15, false,
	'5 percentiles of distribution(score) by 50 schools x 8 student groups',
	$$SELECT percentiles(distribution(score), '{0.1, 0.25, 0.5, 0.75, 0.9}') FROM score GROUP BY school, student_group$$,
	'percentile_cont(array)',
	$$SELECT percentile_cont('{0.1, 0.25, 0.5, 0.75, 0.9}'::float8[]) WITHIN GROUP (ORDER BY score) FROM score GROUP BY school, student_group$$,
	'SELECT count(score) FROM score GROUP BY school, student_group'),
(0.15, false,
	'5 percentiles of distribution(score) by 400 groups',
	$$SELECT percentiles(distribution(score), '{0.1, 0.25, 0.5, 0.75, 0.9}') FROM score GROUP BY group_of_400$$,
	'percentile_cont(array)',
	$$SELECT percentile_cont('{0.1, 0.25, 0.5, 0.75, 0.9}'::float8[]) WITHIN GROUP (ORDER BY score) FROM score GROUP BY group_of_400$$,
	'SELECT count(score) FROM score GROUP BY group_of_400'),
(0.9, true,
	'5 percentiles of distribution(score) by 400 groups',
	$$SELECT percentiles(distribution(score), '{0.1, 0.25, 0.5, 0.75, 0.9}') FROM score GROUP BY group_of_400$$,
	'tdigest_percentile(array)',
	$$SELECT tdigest_percentile(score, 100, '{0.1, 0.25, 0.5, 0.75, 0.9}'::float8[]) FROM score GROUP BY group_of_400$$,
	'SELECT count(score) FROM score GROUP BY group_of_400'),
(NULL, false,
	'gap(score, is_focal) by 10,000 groups of 40', 'SELECT gap(score, is_focal) FROM classroom_score GROUP BY classroom',
	'avg, stddev of both groups',
	'SELECT avg(score) FILTER (WHERE is_focal), stddev(score) FILTER (WHERE is_focal),
		avg(score) FILTER (WHERE NOT is_focal), stddev(score) FILTER (WHERE NOT is_focal) FROM classroom_score GROUP BY classroom',
	'SELECT count(score) FROM classroom_score GROUP BY classroom'),
(6, true,
	'gap_decomposition of 10 covariates',
	'SELECT d.* FROM (SELECT cross_products(score, is_focal, ARRAY[x1, x2, x3, x4, x5, x6, x7, x8, x9, x10]) AS products FROM covariate_score) AS s, gap_decomposition(products) AS d',
	'regr_slope of one', 'SELECT regr_slope(score, x1) FROM covariate_score',
	'SELECT count(ARRAY[x1, x2, x3, x4, x5, x6, x7, x8, x9, x10]) FROM covariate_score'),
(1.1, true,
	'segregation(school, student_group)', 'SELECT segregation(school, student_group) FROM score',
	'count(*) by both', 'SELECT school, student_group, count(*) FROM score GROUP BY school, student_group',
	'SELECT count(school) FROM score'),
(1.5, false,
	'adjusted_p_value(p_value) OVER (), 1,000,000 of them', 'SELECT adjusted_p_value(p_value) OVER () FROM test',
	'a sort', 'SELECT p_value FROM test ORDER BY p_value',
	'SELECT count(p_value) OVER () FROM test'),
(NULL, false,
	'gap(score, is_focal) OVER ROWS 5000 PRECEDING, 25,000 rows',
	'SELECT gap(score, is_focal) OVER (ROWS 5000 PRECEDING) FROM (SELECT * FROM classroom_score LIMIT 25000) AS s',
	'avg, stddev of both groups',
	'SELECT avg(score) FILTER (WHERE is_focal) OVER w, stddev(score) FILTER (WHERE is_focal) OVER w,
		avg(score) FILTER (WHERE NOT is_focal) OVER w, stddev(score) FILTER (WHERE NOT is_focal) OVER w
	FROM (SELECT * FROM classroom_score LIMIT 25000) AS s WINDOW w AS (ROWS 5000 PRECEDING)', NULL),
(1.3, false,
	'absence_by_month, 30,000 students',
	'SELECT m.* FROM (SELECT * FROM student_days ORDER BY student_id LIMIT 30000) AS s, absence_by_month(absent, enrolled) AS m',
	'absence_by_range, the same months',
	$$SELECT m.* FROM (SELECT * FROM student_days ORDER BY student_id LIMIT 30000) AS s,
		absence_by_range(absent, enrolled, '{"[2025-09-01,2025-10-01)","[2025-10-01,2025-11-01)","[2025-11-01,2025-12-01)","[2025-12-01,2026-01-01)","[2026-01-01,2026-02-01)","[2026-02-01,2026-03-01)","[2026-03-01,2026-04-01)","[2026-04-01,2026-05-01)","[2026-05-01,2026-06-01)"}') AS m$$, NULL),
(1.3, true,
	'dayset(day) by student', 'SELECT dayset(day) FROM attendance GROUP BY student_id',
	'count(*)', 'SELECT count(*) FROM attendance GROUP BY student_id', NULL),
(0.6, false,
	'rolling_absence_rate(absent, 20) OVER',
	'SELECT rolling_absence_rate(absent, 20) OVER (PARTITION BY student_id ORDER BY day) FROM attendance',
	'avg(absent::int) OVER ROWS',
	'SELECT avg(absent::int) OVER (PARTITION BY student_id ORDER BY day ROWS 19 PRECEDING) FROM attendance', NULL),
(NULL, false,
	'absence_rate(absent) OVER ROWS',
	'SELECT absence_rate(absent) OVER (PARTITION BY student_id ORDER BY day ROWS 19 PRECEDING) FROM attendance',
	'avg(absent::int) OVER ROWS',
	'SELECT avg(absent::int) OVER (PARTITION BY student_id ORDER BY day ROWS 19 PRECEDING) FROM attendance',
	'SELECT count(absent) OVER (PARTITION BY student_id ORDER BY day ROWS 19 PRECEDING) FROM attendance');

INSERT INTO bench_row (in_duckdb, parallel, target, ours, our_query, peer, peer_query) VALUES
(true, false, 0.1,
	'every student: 4 quarters, last 20 days, longest streak',
	$$SELECT student_id,
		absence_rate(absent, enrolled, '[2025-09-01,2025-11-03)'), absence_rate(absent, enrolled, '[2025-11-03,2026-01-05)'),
		absence_rate(absent, enrolled, '[2026-01-05,2026-03-09)'), absence_rate(absent, enrolled, '[2026-03-09,2026-05-11)'),
		absence_rate(absent, last_days(enrolled, 20)), longest_absence(absent, enrolled)
	FROM student_days$$,
	'DuckDB from rows',
	$$SELECT student_id, q1, q2, q3, q4, last_20, longest
	FROM (SELECT student_id,
			avg(absent::int) FILTER (day < '2025-11-03') AS q1,
			avg(absent::int) FILTER (day >= '2025-11-03' AND day < '2026-01-05') AS q2,
			avg(absent::int) FILTER (day >= '2026-01-05' AND day < '2026-03-09') AS q3,
			avg(absent::int) FILTER (day >= '2026-03-09') AS q4,
			avg(absent::int) FILTER (latest <= 20) AS last_20
		FROM (SELECT *, row_number() OVER (PARTITION BY student_id ORDER BY day DESC) AS latest FROM attendance)
		GROUP BY student_id)
		JOIN (SELECT student_id, max(days) AS longest
			FROM (SELECT student_id, count(*) FILTER (absent) AS days
				FROM (SELECT student_id, absent, count(*) FILTER (NOT absent) OVER (PARTITION BY student_id ORDER BY day) AS present FROM attendance)
				GROUP BY student_id, present)
			GROUP BY student_id) USING (student_id)$$),
(true, false, 0.1,
	'every student, every quarter', $$SELECT student_id,
		absence_rate(absent, enrolled, '[2025-09-01,2025-11-03)'), absence_rate(absent, enrolled, '[2025-11-03,2026-01-05)'),
		absence_rate(absent, enrolled, '[2026-01-05,2026-03-09)'), absence_rate(absent, enrolled, '[2026-03-09,2026-05-11)')
	FROM student_days$$,
	'DuckDB from rows', $$SELECT student_id,
		avg(absent::int) FILTER (day < '2025-11-03'), avg(absent::int) FILTER (day >= '2025-11-03' AND day < '2026-01-05'),
		avg(absent::int) FILTER (day >= '2026-01-05' AND day < '2026-03-09'), avg(absent::int) FILTER (day >= '2026-03-09')
	FROM attendance GROUP BY student_id$$),
(true, false, 0.1,
	'every student, last 20 days', 'SELECT student_id, absence_rate(absent, last_days(enrolled, 20)) FROM student_days',
	'DuckDB from rows', $$SELECT student_id, avg(absent::int)
	FROM (SELECT student_id, absent FROM attendance QUALIFY row_number() OVER (PARTITION BY student_id ORDER BY day DESC) <= 20)
	GROUP BY student_id$$),
(true, false, 0.1,
	'every student, longest streak', 'SELECT student_id, longest_absence(absent, enrolled) FROM student_days',
	'DuckDB from rows', $$SELECT student_id, max(days)
	FROM (SELECT student_id, count(*) FILTER (absent) AS days
		FROM (SELECT student_id, absent, count(*) FILTER (NOT absent) OVER (PARTITION BY student_id ORDER BY day) AS present FROM attendance)
		GROUP BY student_id, present)
	GROUP BY student_id$$);

INSERT INTO bench_row (target_ms, parallel, ours, our_query, peer, peer_query) VALUES
(5000, false,
	'chronic_absence_chance, 1,000,000 students',
	$$SELECT chronic_absence_chance(least(x10, x8)::integer, x8::integer, 180, '(,1.4,22,,,)') FROM covariate_score$$,
	'days_left',
	'SELECT days_left(least(x10, x8)::integer, x8::integer, 180) FROM covariate_score');
