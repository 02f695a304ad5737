-- The rows of the table: what is compared with what, the ratio aimed at, and the two
-- queries. A plan is to be parallel on both sides, unless PostgreSQL has none.
CREATE TABLE bench_row (
	id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	target numeric,
	parallel boolean,
	ours text, our_query text,
	peer text, peer_query text);

INSERT INTO bench_row (target, parallel, ours, our_query, peer, peer_query) VALUES
(1.1, true,
	'distribution(score) by 400 groups', 'SELECT distribution(score) FROM score GROUP BY group_of_400',
	'avg, stddev', 'SELECT avg(score), stddev(score) FROM score GROUP BY group_of_400'),
(1.4, true,
	'distribution(score) by 10,000 groups', 'SELECT distribution(score) FROM score GROUP BY group_of_10000',
	'avg, stddev', 'SELECT avg(score), stddev(score) FROM score GROUP BY group_of_10000'),
(1.1, true,
	'distribution(score) by 100,000 groups', 'SELECT distribution(score) FROM score GROUP BY group_of_100000',
	'avg, stddev', 'SELECT avg(score), stddev(score) FROM score GROUP BY group_of_100000'),
(0.15, false,
	'5 percentiles of distribution(score) by 400 groups',
	$$SELECT percentiles(distribution(score), '{0.1, 0.25, 0.5, 0.75, 0.9}') FROM score GROUP BY group_of_400$$,
	'percentile_cont(array)',
	$$SELECT percentile_cont('{0.1, 0.25, 0.5, 0.75, 0.9}'::float8[]) WITHIN GROUP (ORDER BY score) FROM score GROUP BY group_of_400$$),
(0.9, true,
	'5 percentiles of distribution(score) by 400 groups',
	$$SELECT percentiles(distribution(score), '{0.1, 0.25, 0.5, 0.75, 0.9}') FROM score GROUP BY group_of_400$$,
	'tdigest_percentile(array)',
	$$SELECT tdigest_percentile(score, 100, '{0.1, 0.25, 0.5, 0.75, 0.9}'::float8[]) FROM score GROUP BY group_of_400$$),
(1.3, true,
	'dayset(day) by student', 'SELECT dayset(day) FROM attendance GROUP BY student_id',
	'count(*)', 'SELECT count(*) FROM attendance GROUP BY student_id'),
(0.6, false,
	'rolling 20-day absence_rate(absent)',
	'SELECT absence_rate(absent) OVER (PARTITION BY student_id ORDER BY day ROWS 19 PRECEDING) FROM attendance',
	'avg(absent::int) OVER',
	'SELECT avg(absent::int) OVER (PARTITION BY student_id ORDER BY day ROWS 19 PRECEDING) FROM attendance');
