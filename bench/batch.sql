-- The rows of aggregation a batch of rows at a time, in the place of the others: to be read after rows.sql. The setting
-- touches no query without an aggregate of ours. For very many groups one process is right.
SET gapstats.enable_batch = on;
TRUNCATE bench_row;

INSERT INTO bench_row (target, parallel, ours, our_query, peer, peer_query)
SELECT target, n < 100000, format('distribution(score) by %s groups', to_char(n, 'FM999,999')), format('SELECT distribution(score) FROM score GROUP BY group_of_%s', n),
	peer, format('SELECT %s FROM score GROUP BY group_of_%s', peer, n)
FROM (VALUES
	(400, 0.3, 'avg(score), stddev(score)'), (10000, 0.35, 'avg(score), stddev(score)'), (100000, 0.6, 'avg(score), stddev(score)'),
	(400, 0.35, 'count(*)'), (10000, 0.45, 'count(*)'), (100000, 0.8, 'count(*)')) AS r (n, target, peer);
INSERT INTO bench_row (target, parallel, ours, our_query, peer, peer_query) VALUES
(0.05, false,
	'5 percentiles of distribution(score) by 50 schools x 8 student groups',
	$$SELECT percentiles(distribution(score), '{0.1, 0.25, 0.5, 0.75, 0.9}') FROM score GROUP BY school, student_group$$,
	'percentile_cont(array)',
	$$SELECT percentile_cont('{0.1, 0.25, 0.5, 0.75, 0.9}'::float8[]) WITHIN GROUP (ORDER BY score) FROM score GROUP BY school, student_group$$),
(0.1, false,
	'5 percentiles of distribution(score) by 400 groups',
	$$SELECT percentiles(distribution(score), '{0.1, 0.25, 0.5, 0.75, 0.9}') FROM score GROUP BY group_of_400$$,
	'percentile_cont(array)',
	$$SELECT percentile_cont('{0.1, 0.25, 0.5, 0.75, 0.9}'::float8[]) WITHIN GROUP (ORDER BY score) FROM score GROUP BY group_of_400$$),
(0.3, true,
	'5 percentiles of distribution(score) by 400 groups',
	$$SELECT percentiles(distribution(score), '{0.1, 0.25, 0.5, 0.75, 0.9}') FROM score GROUP BY group_of_400$$,
	'tdigest_percentile(array)',
	$$SELECT tdigest_percentile(score, 100, '{0.1, 0.25, 0.5, 0.75, 0.9}'::float8[]) FROM score GROUP BY group_of_400$$),
(0.7, false,
	'dayset(day) by student', 'SELECT dayset(day) FROM attendance GROUP BY student_id',
	'count(*)', 'SELECT count(*) FROM attendance GROUP BY student_id');
