-- The type distribution. Expected numbers: MEASURES 7.1 and 7.2 for the
-- percentiles and percentile ranks, PostgreSQL's own aggregates elsewhere.
SET search_path = public, gapstats, gapstats_internal;

-- text: order and counts of 1 are free, output is canonical
SELECT '{3,1,4,1,5,9,2,6,5,3,5}'::distribution;
SELECT ' { 2.5 : 2 , -1e-300:1, 2.5, -0 } '::distribution;
SELECT '{}'::distribution, n('{}'::distribution);
SELECT '{4.9e-324:1,1.7976931348623157e308:9223372036854775806}'::distribution;
-- and depends on no setting
SET extra_float_digits = -15;
SELECT '{0.1,0.30000000000000004}'::distribution;
RESET extra_float_digits;

-- bad text
SELECT ''::distribution;
SELECT distribution('250'::text);
SELECT '{1'::distribution;
SELECT '{1;2}'::distribution;
SELECT '{1,}'::distribution;
SELECT '{1}}'::distribution;
SELECT '{NaN}'::distribution;
SELECT '{1e309}'::distribution;
SELECT '{1:0}'::distribution;
SELECT '{1:-1}'::distribution;
SELECT '{1:1.5}'::distribution;
SELECT '{1:9223372036854775808}'::distribution;
SELECT '{1:9223372036854775807,2}'::distribution;
SELECT '{1} coarse 0'::distribution;
SELECT '{1} coarse 53'::distribution;
SELECT '{1} coarse 1 sum 0x4p-2'::distribution;
SELECT '{1} coarse 1 sum 1 squares 1'::distribution;
SELECT '{1.0000000000000002} coarse 1 sum 0x4p-2 squares 0x1p0'::distribution;
SELECT '{} coarse 1 sum 0x0p-1074 squares 0x0p-2148'::distribution;
-- exact moments that the values cannot have
SELECT '{1} coarse 1 sum 0x8p-2 squares 0x1p0'::distribution;
SELECT '{1} coarse 1 sum 0x4p-2 squares 0x8p0'::distribution;
SELECT '{1:2,2:2} coarse 52 sum 0x2p2 squares 0xcp0'::distribution;
-- and some that they can
SELECT '{1} coarse 1 sum 0x4p-2 squares 0x1p0'::distribution;

-- statistics: the percentile ranks of MEASURES 7.2
CREATE TABLE p AS
SELECT unnest('{3,1,4,1,5,9,2,6,5,3,5}'::float8[]) AS x;
SELECT v.value, abs(percentile_rank(d, v.value) / v.rank - 1) < 1e-15 AS equal
FROM (SELECT distribution(x) FROM p) AS s(d),
	(VALUES (1, 9.090909090909092), (2, 22.72727272727273), (3, 36.36363636363637),
		(4, 50), (5, 68.18181818181817), (6, 86.36363636363636),
		(9, 95.45454545454545)) AS v(value, rank);
-- not in the sample
SELECT percentile_rank(d, 0), percentile_rank(d, 4.5) = 100 * 6 / 11::float8 AS between,
	percentile_rank(d, 10)
FROM (SELECT distribution(x) FROM p) AS s(d);

-- type 7 percentiles of F in MEASURES 7.1
SELECT percentiles(d, '{.1,.25,.5,.75,.9}'), percentile(d, 0), percentile(d, 1)
FROM (VALUES ('{212,205,221,198,230,217,209,225,201,214}'::distribution)) AS s(d);
SELECT percentiles('{1,2}'::distribution, '{{0,NULL},{0.5,1}}'), percentiles('{1}', '{}');
SELECT percentile('{1:9007199254740993,2}', 1), percentile('{1:9223372036854775806,2}', 0);
SELECT percentile('{1,2}', 1.01);
SELECT percentile('{1,2}', 'NaN');
SELECT percentiles('{1,2}', '{0.5,-0.01}');
SELECT percentile_rank('{1,2}', 'Infinity');
SELECT proficiency_rate('{1,2,3}', 'NaN');
SELECT proficient_count(NULL, '-Infinity');
SELECT cut_error('{1,2,3}', 'NaN');
SELECT percentile('{-1.5e308,1.5e308}', 0.5);

SELECT n(d), mean(d), variance(d), stddev(d), minimum(d), maximum(d),
	proficiency_rate(d, 5), proficiency_rate(d, 9.1), value_error(d)
FROM (SELECT distribution(x) FROM p) AS s(d);
SELECT * FROM value_counts('{3,1,4,1,5}');
SELECT * FROM value_counts('{}');
SELECT '{3,1.5,4,1.5,-5e-7,1e20:9007199254740993}'::distribution::jsonb, '{}'::distribution::jsonb AS empty, NULL::distribution::jsonb AS unknown;

-- undefined is NULL
SELECT n(d), mean(d), variance(d), stddev(d), minimum(d), maximum(d), percentile(d, 0.5),
	percentiles(d, '{0.5}'), percentile_rank(d, 1), proficiency_rate(d, 1), value_error(d)
FROM (VALUES ('{}'::distribution)) AS s(d);
SELECT n(d), mean(d), variance(d), stddev(d), percentile(d, 0.5)
FROM (VALUES ('{7}'::distribution)) AS s(d);
SELECT variance('{7:3}'::distribution), stddev('{7:3}'::distribution);

-- no rounding error in what is summed, and no overflow on the way
SELECT mean('{1e16,1,-1e16}'::distribution) = 1 / 3::float8 AS mean,
	variance('{1000000000,1000000001,1000000002}'::distribution),
	mean('{1.5e308:9}'::distribution), stddev('{1e200,3e200}'::distribution) = sqrt(2) * 1e200 AS stddev;
SELECT variance('{1e200,3e200}'::distribution);

-- aggregates: nothing, NULLs, -0, counts
SELECT distribution(x) FROM p WHERE false;
SELECT distribution(x) FROM (VALUES (NULL::float8), (NULL)) AS v(x);
SELECT distribution(x) FROM (VALUES (NULL::float8), (-0.0), (0), (1)) AS v(x);
SELECT distribution(x, c) FROM (VALUES (1, 2), (NULL, 3), (3, NULL), (4, 0), (1, 5)) AS v(x, c);
SELECT distribution(x, c) FROM (VALUES (1::float8, -1)) AS v(x, c);
SELECT distribution(x) FROM (VALUES (1), ('-Infinity'::float8)) AS v(x);
SELECT distribution(x) FROM (VALUES ('NaN'::float8)) AS v(x);
SELECT distribution(1.5, c) FROM (VALUES (9223372036854775807), (1)) AS v(c);
SELECT rollup(d) FROM (VALUES ('{1,2:3}'::distribution), (NULL), ('{2}'), ('{}')) AS v(d);
SELECT rollup(d) FROM (VALUES (NULL::distribution)) AS v(d);
SELECT rollup(d) FROM (VALUES ('{}'::distribution)) AS v(d);

-- frequency weights are replication
WITH v AS (SELECT (i * 37 % 101)::float8 AS x, i % 7 AS c FROM generate_series(1, 500) AS i)
SELECT (SELECT distribution(x, c) FROM v) =
	(SELECT distribution(x) FROM v, generate_series(1, c)) AS replication;

-- however values wait to be counted, short scales, long ones, large numbers and
-- fractions, singly and mixed: the same as when each is counted at once
WITH v AS (
	SELECT i, (i * 7919 % 101 - 50)::float8 AS short, (i * 7919 % 60013 - 30000)::float8 AS long,
		i * 1e6 AS large, i % 97 / 7.0 AS fraction
	FROM generate_series(1, 9000) AS i)
SELECT distribution(short) = distribution(short, 1) AS short, distribution(long) = distribution(long, 1) AS long,
	distribution(large) = distribution(large, 1) AS large, distribution(fraction) = distribution(fraction, 1) AS fraction,
	distribution(m ORDER BY i) = distribution(m, 1) AS mixed, distribution(m ORDER BY m) = distribution(m, 1) AS sorted,
	n(distribution(long)), minimum(distribution(long)) = min(long) AS lowest, maximum(distribution(long)) = max(long) AS highest
FROM v, LATERAL (SELECT CASE i % 5 WHEN 0 THEN fraction WHEN 1 THEN large WHEN 2 THEN long ELSE short END) AS mixed(m);

-- the algebra: merging and taking away are exact
WITH g AS (
	SELECT i % 3 AS k, distribution(i * 7919 % 1009 / 4.0) AS d
	FROM generate_series(1, 9000) AS i GROUP BY 1),
a AS (SELECT distribution(i * 7919 % 1009 / 4.0) AS d FROM generate_series(1, 9000) AS i)
SELECT a.d = x.d + y.d + z.d AS merged, x.d + y.d = y.d + x.d AS commutative,
	(x.d + y.d) + z.d = x.d + (y.d + z.d) AS associative,
	a.d - x.d - y.d = z.d AS taken, a.d - a.d = '{}' AS nothing,
	(SELECT rollup(d) FROM g) = a.d AS rolled
FROM a, g AS x, g AS y, g AS z
WHERE x.k = 0 AND y.k = 1 AND z.k = 2;
SELECT '{1,2}'::distribution - '{1:2}';
SELECT '{1,2}'::distribution - '{3}';
SELECT '{1:9223372036854775807}'::distribution + '{1}';

-- a message quotes the beginning of what it refuses
SELECT ('{' || repeat('1,', 10000) || 'é' || repeat('x', 1000000))::distribution;
SELECT repeat('é', 1000000)::distribution_pair;
SELECT repeat('z', 1000000)::weighted_sample;
SELECT v_gap('{1}', '{2}', standard_error => repeat('delong', 1000));
SELECT gap_by_group(repeat('a', 1000 * i), '{1}'::distribution, reference_group => repeat('b', 1000)) OVER () FROM generate_series(1, 2) AS i;

-- functions of an aggregate, called by hand, hand out canonical values and change nothing
CREATE TABLE stored AS SELECT '{1,2}'::distribution AS d;
SELECT distribution_accum(d, 3), distribution_combine(d, d), distribution_accum(d, 1, 5),
	distribution_moving_remove(d, 1), distribution_final(d), d FROM stored;
SELECT distribution_accum(NULL, NULL), distribution_accum(NULL, 2), distribution_final(NULL);
SELECT distribution_moving_remove(d, 3) FROM stored;

-- an aggregate of someone else's without a final function lets the state itself out,
-- which every reader takes for what it is
CREATE AGGREGATE unfinished(float8) (SFUNC = distribution_accum, STYPE = distribution);
CREATE AGGREGATE unfinished(float8, boolean) (SFUNC = distribution_pair_accum, STYPE = distribution_pair);
CREATE TABLE leaked (narrow boolean, d distribution, expected distribution, pair distribution_pair);
ALTER TABLE leaked ALTER d SET STORAGE EXTERNAL, ALTER expected SET STORAGE EXTERNAL;
INSERT INTO leaked
SELECT i % 2 = 0 AS narrow, unfinished(x) AS d, distribution(x) AS expected, unfinished(x, i % 4 < 2) AS pair
FROM generate_series(1, 2000) AS i, LATERAL (SELECT CASE i % 2 WHEN 0 THEN i % 37 ELSE i % 41 / 3.0 END) AS v(x)
GROUP BY narrow;
SELECT narrow, pg_column_size(d) > pg_column_size(expected) AS leaked, d = expected AS equal,
	distribution_hash(d) = distribution_hash(expected) AS hash, d::text = expected::text AS text,
	distribution_send(d) = distribution_send(expected) AS binary, d - expected = '{}' AS minus,
	mean(d) = mean(expected) AS mean, d + d = expected + expected AS plus, distribution_accum(d, 1) = distribution_accum(expected, 1) AS more,
	distribution_combine(NULL, d) = expected AS combined, (SELECT sum(v.n) FROM value_counts(d) AS v) AS n
FROM leaked ORDER BY narrow;
SELECT rollup(d) = rollup(expected) AS rollup,
	bool_and(pair::text::distribution_pair::text = pair::text AND (gap_final(pair)).n_focal + (gap_final(pair)).n_reference = n(expected)) AS pair
FROM leaked;
DROP TABLE leaked;
-- comparing such states leaves no memory behind
CREATE TABLE heavy AS SELECT g, unfinished(i * 0.3 + g / 2) AS d FROM generate_series(1, 300) AS g, generate_series(1, 1500) AS i GROUP BY g;
ALTER TABLE heavy ALTER d SET STORAGE EXTERNAL;
UPDATE heavy SET g = g + 1000;
CREATE FUNCTION memory_of(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	rows refcursor;
	first_row record;
	bytes bigint;
BEGIN
	OPEN rows FOR EXECUTE query;
	FETCH rows INTO first_row;
	SELECT sum(total_bytes) INTO bytes FROM pg_backend_memory_contexts;
	CLOSE rows;
	RETURN bytes;
END $$;
SET work_mem = '64MB';
SELECT memory_of('SELECT 1 FROM (SELECT d FROM heavy ORDER BY d OFFSET 0) AS h') - memory_of('SELECT 1 FROM (SELECT d FROM heavy ORDER BY g OFFSET 0) AS h') > 1000000 AS leaks;
RESET work_mem;
DROP FUNCTION memory_of;
DROP TABLE heavy;
-- and so they do with one that a report's roll-up has packed, in one, two or four bytes a count
CREATE TABLE packed AS
SELECT r.group_name AS what, r.scores AS d, e.expected
FROM (VALUES ('bytes', '{-3:2,0:255,7:1}'::distribution), ('words', '{32766:256,32767:65535}'), ('long words', '{-32768:65536,-32700:1}')) AS e (what, expected),
	gapstats_internal.report_rollup(format('SELECT %L::text, NULL::text, 1::bigint, ''m''::text, %L::gapstats.distribution, NULL::bigint, NULL::bigint, NULL::bigint', what, expected), '{all}', '{{1,0}}', '{what}', '{{1,0}}') AS r;
SELECT what, pg_column_size(d) - pg_column_size(expected) AS longer, d = expected AS equal,
	distribution_hash(d) = distribution_hash(expected) AS hash, d::text = expected::text AS text,
	distribution_send(d) = distribution_send(expected) AS binary, d - expected = '{}' AS minus,
	mean(d) = mean(expected) AS mean, d + d = expected + expected AS plus, distribution_accum(d, 1) = distribution_accum(expected, 1) AS more,
	distribution_combine(NULL, d) = expected AS combined, (SELECT sum(v.n) FROM value_counts(d) AS v) AS n
FROM packed ORDER BY what;
SELECT rollup(d) = rollup(expected) AS rollup FROM packed;
-- unless it is not one
CREATE TYPE forged;
CREATE FUNCTION forged_in(cstring) RETURNS forged LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION forged_out(forged) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE forged (INPUT = forged_in, OUTPUT = forged_out, LIKE = distribution);
CREATE CAST (forged AS distribution) WITHOUT FUNCTION;
SELECT '\x01080100030000000000000005000000020000000102'::forged::distribution;
SELECT '\x01090100030000000000000005000000020000000102'::forged::distribution;	-- a state, too
SELECT '\x01080101030000000000000005000000020000000102'::forged::distribution;	-- unknown bits
SELECT '\x01080300030000000000000005000000020000000102'::forged::distribution;	-- counts of three bytes
SELECT '\x01080100000000000000000005000000000000'::forged::distribution;	-- shorter than its header
SELECT '\x0108010000000000000000000500000000000000'::forged::distribution;	-- nobody
SELECT '\x01080100030000000000000005000000ffffffff0102'::forged::distribution;	-- fewer points than none
SELECT '\x010801000300000000000000feffff7f020000000102'::forged::distribution;	-- beyond the scale
SELECT '\x01080100030000000000000005000000030000000102'::forged::distribution;	-- more points than there are
SELECT '\x01080100040000000000000005000000020000000102'::forged::distribution;	-- more students
DROP TYPE forged CASCADE;
DROP TABLE packed;
-- nor does one whose functions do not go together reach beyond its state: rows leave only that of a moving frame
CREATE AGGREGATE mixed(float8, bigint) (SFUNC = distribution_accum, STYPE = distribution, FINALFUNC = distribution_final,
	MSFUNC = distribution_accum, MINVFUNC = distribution_moving_remove, MSTYPE = distribution, MFINALFUNC = distribution_final);
CREATE AGGREGATE mixed(float8) (SFUNC = distribution_accum, STYPE = distribution, FINALFUNC = distribution_final,
	MSFUNC = distribution_accum, MINVFUNC = distribution_moving_remove, MSTYPE = distribution, MFINALFUNC = distribution_final);
CREATE AGGREGATE mixed(float8, boolean) (SFUNC = distribution_pair_accum, STYPE = distribution_pair, FINALFUNC = gap_final,
	MSFUNC = distribution_pair_accum, MINVFUNC = distribution_pair_moving_remove, MSTYPE = distribution_pair, MFINALFUNC = gap_final);
SELECT mixed(CASE WHEN i = 1 THEN 5e-324 ELSE i END, 3) OVER (ORDER BY i ROWS 24 PRECEDING) FROM generate_series(1, 26) AS i;
SELECT mixed(i) OVER (ORDER BY i ROWS 24 PRECEDING) FROM generate_series(1, 26) AS i;
SELECT mixed(i, i % 2 = 0) OVER (ORDER BY i ROWS 24 PRECEDING) FROM generate_series(1, 26) AS i;
DROP AGGREGATE mixed(float8, bigint), mixed(float8), mixed(float8, boolean);
-- groups of every small size, whole and merged from parts, the values from one on no int16
WITH v AS (
	SELECT size, wide_from, i % parts AS part, parts, CASE WHEN i < wide_from THEN i * 31 % 17 ELSE i % 7 / 4.0 END AS x
	FROM generate_series(1, 70) AS size, generate_series(1, 71, 5) AS wide_from, generate_series(1, 3) AS parts, generate_series(1, size) AS i),
parts AS (SELECT size, wide_from, parts, part, unfinished(x) AS d FROM v GROUP BY 1, 2, 3, 4),
merged AS (SELECT size, wide_from, parts, rollup(d) AS d FROM parts GROUP BY 1, 2, 3),
counted AS (SELECT size, wide_from, parts, distribution(x, 1) AS d, distribution(x) AS whole FROM v GROUP BY 1, 2, 3)
SELECT count(*), bool_and(merged.d = counted.d) AS merged, bool_and(whole = counted.d) AS whole, bool_and(n(merged.d) = size) AS n
FROM merged JOIN counted USING (size, wide_from, parts);
DROP AGGREGATE unfinished(float8), unfinished(float8, boolean);

-- grouping by distributions
SELECT d, count(*) FROM (VALUES ('{1,2}'::distribution), ('{2,1}'), ('{2}')) AS v(d)
GROUP BY d ORDER BY 2, d::text;

-- coarse beyond 16,384 values: the smallest level at which all fit
CREATE TABLE reading AS
SELECT i, i % 5 AS school, sin(i) * 100 + 300 AS x FROM generate_series(1, 40000) AS i;
CREATE TABLE district AS SELECT distribution(x) AS d FROM reading;
WITH bits AS (SELECT ('x' || encode(float8send(x), 'hex'))::bit(64)::bigint AS bits FROM reading),
level AS MATERIALIZED (SELECT (53 + log(2, value_error(d)::numeric))::int AS level FROM district)
SELECT (SELECT count(*) FROM district, value_counts(d)) = count(DISTINCT bits >> level) AS truncated,
	count(DISTINCT bits >> level) <= 16384 AS fits,
	count(DISTINCT bits >> (level - 1)) > 16384 AS smallest
FROM bits, level;
-- n, mean and variance stay right
SELECT n(d) = s.n AS n, abs(mean(d) / s.mean - 1) < 1e-14 AS mean,
	abs(variance(d) / s.variance - 1) < 1e-12 AS variance
FROM district, (SELECT count(x), avg(x), var_samp(x) FROM reading) AS s(n, mean, variance);
-- percentiles stay within the bound
SELECT bool_and(abs(percentile(d, p) / exact - 1) <= value_error(d)) AS within
FROM district,
	(SELECT array_agg(i / 100.0) FROM generate_series(0, 100) AS i) AS f(ps),
	LATERAL (SELECT percentile_cont(ps::float8[]) WITHIN GROUP (ORDER BY x) FROM reading) AS e(exacts),
	LATERAL unnest(ps, exacts) AS u(p, exact);
-- order and split change no bit
SELECT d = (SELECT distribution(x ORDER BY x) FROM reading) AS ascending,
	d = (SELECT distribution(x ORDER BY x DESC) FROM reading) AS descending,
	d = (SELECT distribution(x ORDER BY i % 1009) FROM reading) AS shuffled,
	d = (SELECT distribution(x, 1) FROM reading) AS counted,
	d = (SELECT rollup(s) FROM (SELECT distribution(x) AS s FROM reading GROUP BY school) AS g) AS rolled,
	d = (SELECT rollup(s) FROM (SELECT distribution(x) AS s FROM reading GROUP BY i % 1000) AS g) AS finely
FROM district;
-- both ways of writing it are lossless
SELECT d::text::distribution = d AS text FROM district;
-- and what is taken away leaves the rest
SELECT n(rest), mean(rest) = mean(others) AS mean, variance(rest) = variance(others) AS variance
FROM (SELECT d - (SELECT distribution(x) FROM reading WHERE school = 0) FROM district) AS r(rest),
	(SELECT distribution(x) FROM reading WHERE school <> 0) AS o(others);
-- zero stays zero in a coarse distribution
SELECT minimum(distribution(x)), proficiency_rate(distribution(x), 0)
FROM (SELECT 0 AS x UNION ALL SELECT x FROM reading) AS r(x);
-- both signs, all magnitudes
SELECT n(d), value_error(d) <= 0.5 AS bounded, d::text::distribution = d AS text
FROM (SELECT distribution(x) FROM (
	SELECT sign * 10::float8 ^ (i / 60.0) AS x
	FROM generate_series(-18400, 18400) AS i, (VALUES (1), (-1)) AS s(sign)) AS r) AS s(d);

-- over a window, with an inverse, as without
WITH v AS (
	SELECT i, CASE WHEN i % 11 > 2 THEN (i * 37 % 17)::float8 END AS x
	FROM generate_series(1, 300) AS i)
SELECT count(*), count(moving) AS defined,
	bool_and(moving IS NOT DISTINCT FROM
		(SELECT distribution(x) FROM v WHERE v.i BETWEEN w.i - 6 AND w.i)) AS same
FROM (SELECT i, distribution(x) OVER (ORDER BY i ROWS 6 PRECEDING) AS moving FROM v) AS w;
WITH v AS (SELECT i, (i * 37 % 17)::float8 AS x, i % 4 AS c FROM generate_series(1, 300) AS i)
SELECT bool_and(moving IS NOT DISTINCT FROM
		(SELECT distribution(x, c) FROM v WHERE v.i BETWEEN w.i - 2 AND w.i)) AS same
FROM (SELECT i, distribution(x, c) OVER (ORDER BY i ROWS 2 PRECEDING) AS moving FROM v) AS w;
-- a coarse frame is as coarse as if it stood alone
SELECT i, moving = (SELECT distribution(x) FROM reading AS r WHERE r.i / 6000 BETWEEN w.i / 6000 - 2 AND w.i / 6000) AS same,
	value_error(moving) > 0 AS coarse
FROM (
	SELECT i, distribution(x) OVER (ORDER BY i / 6000 GROUPS 2 PRECEDING) AS moving
	FROM reading WHERE i < 30000) AS w
WHERE i % 6000 = 1
ORDER BY i;

-- a parallel plan and a serial one: identical bytes
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 4;
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS
$$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query; END $$;
SELECT bool_or(plan_of ~ 'Partial .*Aggregate') AS parallel
FROM plan_of('SELECT school, distribution(x) FROM reading GROUP BY school');
CREATE TABLE parallel AS
SELECT school, distribution(x) AS d, distribution(i % 300, i % 3) AS c FROM reading GROUP BY school
UNION ALL
SELECT NULL, distribution(x), distribution(i % 300, i % 3) FROM reading;
-- every row in one worker's hands, and none in the others'
SET parallel_leader_participation = off;
CREATE TABLE uneven AS
SELECT school, distribution(x) FILTER (WHERE i < 200) AS d FROM reading GROUP BY school;
SET max_parallel_workers_per_gather = 0;
SELECT bool_and(distribution_send(p.d) = distribution_send(s.d)) AS identical,
	bool_and(distribution_send(p.c) = distribution_send(s.c)) AS counts_identical
FROM parallel AS p
JOIN (
	SELECT school, distribution(x) AS d, distribution(i % 300, i % 3) AS c FROM reading GROUP BY school
	UNION ALL
	SELECT NULL, distribution(x), distribution(i % 300, i % 3) FROM reading) AS s
	ON p.school IS NOT DISTINCT FROM s.school;
SELECT bool_and(u.d = s.d) AS uneven_identical
FROM uneven AS u
JOIN (SELECT school, distribution(x) FILTER (WHERE i < 200) AS d FROM reading GROUP BY school) AS s
	USING (school);

-- refreshing unchanged data from a parallel plan rewrites no row
SET max_parallel_workers_per_gather = 4;
CREATE MATERIALIZED VIEW by_school AS
SELECT school, distribution(x) AS d, mean(distribution(x)) AS mean, stddev(distribution(x)) AS stddev
FROM reading GROUP BY school;
CREATE UNIQUE INDEX ON by_school (school);
CREATE TABLE before AS SELECT ctid AS place, xmin AS writer, school FROM by_school;
REFRESH MATERIALIZED VIEW CONCURRENTLY by_school;
REFRESH MATERIALIZED VIEW CONCURRENTLY by_school;
SELECT count(*), bool_and(m.ctid = b.place AND m.xmin = b.writer) AS untouched
FROM by_school AS m JOIN before AS b USING (school);

-- percentiles equal percentile_cont to the last bit
SET max_parallel_workers_per_gather = 0;
CREATE TABLE score AS
SELECT i, i % 40 AS g, round((200 + 30 * sin(i) + 7 * cos(i * 3))::numeric, 1)::float8 AS x
FROM generate_series(1, 20000) AS i;
SELECT count(*), bool_and(float8send(ours) = float8send(theirs)) AS identical
FROM (SELECT array_agg(i / 97.0)::float8[] FROM generate_series(0, 97) AS i) AS f(ps),
	LATERAL (
		SELECT percentiles(distribution(x), ps), percentile_cont(ps) WITHIN GROUP (ORDER BY x)
		FROM score GROUP BY g) AS s(a, b),
	LATERAL unnest(a, b) AS u(ours, theirs);

-- rollup() of what a table stores: out of line, with a short header, and NULL
CREATE TABLE kept (d distribution);
ALTER TABLE kept ALTER d SET STORAGE EXTERNAL;
INSERT INTO kept
SELECT distribution(i) FROM generate_series(1, 3000) AS i
UNION ALL SELECT distribution(i) FROM generate_series(1, 4) AS i
UNION ALL SELECT NULL;
SELECT pg_column_size(d) FROM kept ORDER BY 1;
SELECT value_counts = (SELECT array_agg((i, 1 + (i <= 4)::int)::text ORDER BY i)::text FROM generate_series(1, 3000) AS i) AS right_counts, n
FROM (SELECT array_agg(v::text)::text AS value_counts, sum((v).n) AS n FROM (SELECT value_counts(rollup(d)) AS v FROM kept) AS r) AS s;
-- groups of 1 to 400 students, whose values wait if they are few: as if all were counted at once
WITH v AS (
	SELECT kind, sqrt(i)::int AS part, CASE WHEN kind = 'often' AND i % 50 = 0 THEN 1000 ELSE 1 END AS c,
		CASE kind WHEN 'fractions' THEN i * 7919 % 1009 / 4.0 WHEN 'long' THEN i * 7919 % 100003 WHEN 'some fractions' THEN i * 7919 % 311 + (i % 700 = 0)::int / 2.0 ELSE i * 7919 % 311 END AS x
	FROM generate_series(1, 40000) AS i, unnest('{whole,fractions,some fractions,long,often}'::text[]) AS kind),
part AS (SELECT kind, part, distribution(x, c) AS d FROM v GROUP BY 1, 2),
whole AS (SELECT kind, distribution(x, c) AS d FROM v GROUP BY 1)
SELECT kind, rollup(part.d ORDER BY part) = whole.d AS ascending, rollup(part.d ORDER BY -part) = whole.d AS descending, n(whole.d)
FROM part JOIN whole USING (kind)
GROUP BY kind, whole.d ORDER BY kind;
-- and into one that is coarse
SELECT rollup(d ORDER BY i) = (SELECT distribution(i + 1e-9) FROM generate_series(1, 20000) AS i) + (SELECT distribution(i % 300) FROM generate_series(1, 5000) AS i) AS same
FROM (SELECT 0 AS i, distribution(i + 1e-9) AS d FROM generate_series(1, 20000) AS i UNION ALL SELECT 1 + i % 100, distribution(i % 300) FROM generate_series(1, 5000) AS i GROUP BY 1) AS part;
-- a mean is never outside the values: the exact sum, divided and rounded once
SELECT mean('{0.1:3}'), mean('{0.1:7,0.30000000000000004:9}'), mean('{5e-324:2,1e-323}') AS subnormal, mean('{-5e-324:3,0}') AS tie_to_even,
	mean('{1.7976931348623157e308:9223372036854775807}') AS largest, mean('{9007199254740993:3,9007199254740992:4}') AS odd;
SELECT count(*) FILTER (WHERE NOT mean(d) BETWEEN minimum(d) AND maximum(d)) AS outside, count(*)
FROM (SELECT distribution(i / 10.0, 1 + i % 97) AS d FROM generate_series(1, 200000) AS i GROUP BY i) AS s;
-- held against numeric, in which the sum of doubles is exact, rounded by its own cast
SELECT count(*) FILTER (WHERE mean(d) <> exact) AS different, count(*)
FROM (SELECT distribution(x) AS d, (sum(x::text::numeric * 1.0) / count(*))::float8 AS exact
	FROM (SELECT i % 5000 AS grp, (i * 7919 % 1009) / 64.0::float8 AS x FROM generate_series(1, 60000) AS i) AS v GROUP BY grp) AS s;
-- whole numbers of 32 bits, as often as can be, beside others
SELECT d, mean(d) = (sum / n)::float8 AS mean, abs(variance(d) / ((squares - sum * sum / n) / (n - 1)) - 1) < 1e-15 AS variance
FROM (SELECT d, sum(v.value::numeric * v.n), sum(v.value::numeric * v.value::numeric * v.n) AS squares, sum(v.n) AS n
	FROM (VALUES ('{-2147483648:4611686018427387904,2147483647:4611686018427387903}'::distribution), ('{-2147483648:9223372036854775806,7}'),
		('{-2147483649,-2147483648:3,-0.5,0:2,2147483647:5,2147483648}'), ('{1:3,2,3:9223372036854775803}')) AS g (d), value_counts(d) AS v
	GROUP BY d) AS s;

-- order, hashes with a seed, and what needs them
SELECT array_agg(d ORDER BY d) AS ascending, count(DISTINCT d) FROM unnest('{"{2}","{1,3}","{}","{1,2}","{1:2}","{1,2}","{-5:9}"}'::distribution[]) AS d;
SELECT '{1,2}'::distribution < '{1,3}' AS lt, '{1,2}'::distribution <= '{1,2}' AS le, '{1:2}'::distribution > '{1,9}' AS gt, '{}'::distribution >= '{0}' AS ge;
SELECT count(*) FILTER (WHERE (a < b) <> (b > a) OR (a <= b) <> (NOT b < a) OR (a = b) <> (distribution_cmp(a, b) = 0)
		OR a = b AND distribution_hash_extended(a, 1) <> distribution_hash_extended(b, 1)) AS contradictions,
	count(DISTINCT distribution_hash_extended(a, 1)) > 1 AS differ, bool_or(distribution_hash_extended(a, 1) <> distribution_hash_extended(a, 2)) AS by_seed
FROM (SELECT distribution(x % 3, x) AS a FROM generate_series(1, 60) AS x GROUP BY x % 7) AS s,
	(SELECT distribution(x % 3, x) AS b FROM generate_series(1, 60) AS x GROUP BY x % 7) AS t;
CREATE TABLE parted (d distribution) PARTITION BY HASH (d);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT distribution(i) FROM generate_series(1, 40) AS i GROUP BY i;
SELECT count(*), count(DISTINCT tableoid) AS partitions, (SELECT count(*) FROM parted WHERE d = '{7}') AS found FROM parted;
CREATE INDEX ON parted_0 (d);
DROP TABLE parted;

-- NULL is a group without students
SELECT '{1,2}'::distribution + NULL AS plus, NULL + '{1,2}'::distribution AS reversed, '{1,2}'::distribution - NULL AS minus,
	NULL::distribution + NULL AS both, n(NULL), proficient_count(NULL, 3);
SELECT NULL - '{1}'::distribution;

-- what is taken from a coarse distribution must have been added, if nothing else remains too
CREATE TABLE fine AS SELECT 1 + i * 2.0 ^ -40 AS x FROM generate_series(1, 40000) AS i;
SELECT a - a AS nothing, a = b AS equal FROM (SELECT distribution(x) AS a, distribution(x * (1 + 2.0 ^ -52)) AS b FROM fine) AS s;
SELECT a - b FROM (SELECT distribution(x) AS a, distribution(x * (1 + 2.0 ^ -52)) AS b FROM fine) AS s;

-- counts at a cut of a coarse distribution are estimates, with a bound on their error
SELECT bool_and(abs(proficient_count(d, cut) - exact) <= cut_error(d, cut)) AS within, max(abs(proficient_count(d, cut) - exact)) AS largest_error,
	max(cut_error(d, cut)) AS largest_bound, bool_or(cut_error(d, cut) > 0) AS some,
	bool_and(proficiency_rate(d, cut) = proficient_count(d, cut) / 40000.0) AS rates
FROM (SELECT distribution(x) AS d FROM fine) AS s,
	LATERAL (SELECT cut, (SELECT count(*) FROM fine WHERE x >= cut) AS exact
		FROM (SELECT 1 + i * 313.25 * 2.0 ^ -40 AS cut FROM generate_series(0, 130) AS i) AS c) AS e;
-- the cut is the end of a bucket: at or above 0, below -0.5
WITH d AS (SELECT distribution(x) AS d FROM (SELECT (i - 20000) / 20000.0 FROM generate_series(0, 40000) AS i) AS v(x))
SELECT value_error(d) > 0 AS coarse, proficient_count(d, -0.5) AS from_minus_half, cut_error(d, -0.5), proficient_count(d, 2), cut_error(d, 2), cut_error(d, -1.5) FROM d;
SELECT cut_error('{1,2,3}', 2) AS exact;

-- moving frames of more values than fit: as if each were aggregated by itself
CREATE TABLE walk AS SELECT i, ((i::bigint * 7919) % 30011) / 3.0 AS x FROM generate_series(1, 20000) AS i;
SELECT count(*), bool_and(same) AS same, bool_or(coarse) AS some_coarse, bool_or(NOT coarse) AS some_exact
FROM (SELECT value_error(moving) > 0 AS coarse, moving = (SELECT distribution(x) FROM walk AS r WHERE r.i BETWEEN w.i - 16999 AND w.i) AS same
	FROM (SELECT i, distribution(x) OVER (ORDER BY i ROWS 16999 PRECEDING) AS moving FROM walk) AS w
	WHERE i % 1000 = 0 OR i BETWEEN 16380 AND 16388) AS s;
SELECT distribution_moving_accum(d, 1) FROM (SELECT distribution(x) AS d FROM fine) AS s;
DROP TABLE fine, walk;

DROP TABLE kept;

DROP MATERIALIZED VIEW by_school;
DROP TABLE p, stored, reading, district, parallel, uneven, before, score;
DROP FUNCTION plan_of;
