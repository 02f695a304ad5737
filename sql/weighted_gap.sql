-- Gaps of weighted samples. Expected numbers: R 4.2.2's survey 4.1-1 (svydesign, svyby,
-- svycontrast) and cov.wt for the standard deviations; test/reference/weighted_gap.R.
SET search_path = public, gapstats, gapstats_internal;

-- MEASURES' dataset A, with weights and schools made up
CREATE TABLE a (score float8, weight float8, is_focal boolean, school bigint);
INSERT INTO a SELECT score, weight, true, school FROM unnest('{212,205,221,198,230,217,209,225,201,214}'::float8[],
	'{1.5,2,0.8,1,3,1.2,2.5,1,0.7,1.1}'::float8[], '{1,1,1,2,2,3,3,3,4,4}'::bigint[]) AS f(score, weight, school);
INSERT INTO a SELECT score, weight, false, school FROM unnest('{224,231,219,240,228,235,222,229,243,226,233,217}'::float8[],
	'{1,2,1.3,0.9,1.6,2.2,1,1,0.5,1.4,2,1.7}'::float8[], '{1,1,2,2,2,3,3,4,4,4,5,5}'::bigint[]) AS r(score, weight, school);
-- and a larger one
CREATE TABLE b AS
SELECT (500 + i * i * 31 % 211 - CASE WHEN i % 3 = 0 THEN 12 ELSE 0 END + 3 * (7 * i % 41) % 13)::float8 AS score,
	1 + (i * i % 17) / 8.0::float8 AS weight, i % 3 = 0 AS is_focal, 7 * i % 41 AS school
FROM generate_series(1::bigint, 2400) AS i;

-- whether a number equals the reference's
CREATE FUNCTION equal(ours float8, reference float8) RETURNS boolean IMMUTABLE LANGUAGE sql
RETURN abs(ours - reference) <= 1e-10 * abs(reference);

CREATE VIEW answers AS
SELECT 'A by student' AS name, (weighted_gap(score, is_focal, weight)).* FROM a
UNION ALL SELECT 'A by school', (weighted_gap(score, is_focal, weight, school)).* FROM a
UNION ALL SELECT 'b by student', (weighted_gap(score, is_focal, weight)).* FROM b
UNION ALL SELECT 'b by school', (weighted_gap(score, is_focal, weight, school)).* FROM b
UNION ALL SELECT 'A, weights of 1', (weighted_gap(score, is_focal, 1)).* FROM a;

SELECT name, n_focal, n_reference, n_clusters, sum_of_weights_focal, sum_of_weights_reference, df, reason FROM answers;
SELECT name, equal(n_eff_focal, ef) AS n_eff_focal, equal(n_eff_reference, er) AS n_eff_reference,
	equal(mean_focal, mf) AS mean_focal, equal(mean_reference, mr) AS mean_reference,
	equal(sd_focal, sf) AS sd_focal, equal(sd_reference, sr) AS sd_reference
FROM answers JOIN (VALUES
	('A by student', 8.029325513196481, 10.59846153846154, 214.6486486486486, 228.4518072289156, 10.8935571317972, 7.221966211558398),
	('A by school', 8.029325513196481, 10.59846153846154, 214.6486486486486, 228.4518072289156, 10.8935571317972, 7.221966211558398),
	('b by student', 711.219139673873, 1422.083490245391, 602.4299664088743, 613.23760209465, 60.93727789363746, 61.07333760715182),
	('b by school', 711.219139673873, 1422.083490245391, 602.4299664088743, 613.23760209465, 60.93727789363746, 61.07333760715182),
	('A, weights of 1', 10, 12, 213.2, 228.9166666666667, 10.34730238596837, 7.982461836407172)
	) AS r(name, ef, er, mf, mr, sf, sr) USING (name);
SELECT name, equal(estimate, d) AS estimate, equal(s.se, r.se) AS se,
	equal(lower, low) AS lower, equal(upper, high) AS upper,
	df = r.f AS df, equal(s.t, r.t) AS t, equal(p_value, p) AS p_value
FROM answers AS s JOIN (VALUES
	('A by student', -13.803158580267, 4.416304364773396, -22.98736627978103, -4.618950880752958, 21, -3.125499838817211, 0.005113326317917851),
	('A by school', -13.803158580267, 3.12448104499912, -22.47810868393809, -5.128208476595903, 4, -4.41774438105797, 0.0115310583454247),
	('b by student', -10.80763568577572, 2.80731773573695, -16.31265475792234, -5.302616613629105, 2399, -3.84980850161537, 0.0001213009288517382),
	('b by school', -10.80763568577572, 2.443564339142513, -15.74626343624667, -5.869007935304777, 40, -4.422897941606196, 7.288917117276932e-05),
	('A, weights of 1', -15.71666666666667, 3.897963392170575, -23.82292530326627, -7.610408030067068, 21, -4.03202007957157, 0.0006018577229447778)
	) AS r(name, d, se, low, high, f, t, p) USING (name);

-- of each group's mean by itself
SELECT name, equal(s.se_focal, r.sf) AS se_focal, equal(s.se_reference, r.sr) AS se_reference
FROM answers AS s JOIN (VALUES
	('A by student', 3.923414451417886, 2.027452412443218),
	('A by school', 2.725670303711164, 0.9462216793304049),
	('b by student', 2.291075782647387, 1.622345409445812),
	('b by school', 2.041948736849256, 1.43820050308486),
	('A, weights of 1', 3.177240491819456, 2.258154437553994)
	) AS r(name, sf, sr) USING (name);
-- one of them alone, or too small, leaves the other's
SELECT n_focal, n_reference, se_focal, rounded(se_reference, 6) AS se_reference, reason FROM (SELECT (weighted_gap(score, is_focal, weight, school)).* FROM a WHERE NOT is_focal) AS g;
SELECT n_focal, n_reference, se_focal, rounded(se_reference, 6) AS se_reference, reason FROM (SELECT (weighted_gap(score, is_focal, weight)).* FROM a WHERE NOT is_focal OR score = 205) AS g;
SELECT n_focal, n_reference, se_focal, rounded(se_reference, 6) AS se_reference, reason FROM (SELECT (weighted_gap(score, is_focal, weight, school)).* FROM a WHERE NOT is_focal OR school = 1) AS g;
SELECT n_focal, n_reference, se_focal, rounded(se_reference, 6) AS se_reference, reason FROM (SELECT (weighted_gap(CASE WHEN is_focal THEN 5 ELSE score END, is_focal, weight, school)).* FROM a) AS g;

-- weights of 1: the means, deviations and difference of gap()
SELECT equal(w.mean_focal, g.mean_focal) AS mean_focal, equal(w.mean_reference, g.mean_reference) AS mean_reference,
	equal(w.sd_focal, g.sd_focal) AS sd_focal, equal(w.sd_reference, g.sd_reference) AS sd_reference, equal(w.estimate, g.difference) AS estimate
FROM (SELECT (weighted_gap(score, is_focal, 1)).* FROM a) AS w, (SELECT (gap(score, is_focal)).* FROM a) AS g;
-- a cluster to each student is no clusters at all
SELECT w.se = s.se AND w.p_value = s.p_value AS same, s.n_clusters
FROM (SELECT (weighted_gap(score, is_focal, weight)).* FROM a) AS w,
	(SELECT (weighted_gap(score, is_focal, weight, i)).* FROM (SELECT *, row_number() OVER () AS i FROM a) AS n) AS s;
-- the groups swapped
SELECT w.estimate = -s.estimate AND w.se = s.se AND w.lower = -s.upper AS mirrored
FROM (SELECT (weighted_gap(score, is_focal, weight, school)).* FROM a) AS w,
	(SELECT (weighted_gap(score, NOT is_focal, weight, school)).* FROM a) AS s;
-- the scale of the weights does not matter, however large or small
SELECT factor, equal((w).se, 3.12448104499912) AS se, equal((w).sd_focal, 10.8935571317972) AS sd,
	equal((w).n_eff_focal, 8.029325513196481) AS n_eff
FROM (SELECT factor, weighted_gap(score, is_focal, factor * weight, school) AS w
	FROM a, unnest('{1e-300,1e-9,1e9,1e300}'::float8[]) AS factor GROUP BY factor) AS s;
-- scores far from zero lose nothing
SELECT equal(estimate, -13.803158580267) AS estimate, equal(se, 3.12448104499912) AS se, equal(sd_focal, 10.8935571317972) AS sd
FROM (SELECT (weighted_gap(score + 1e9, is_focal, weight, school)).* FROM a) AS s;
-- one weight that outweighs all: two scores are half their distance apart from the mean of either
SELECT equal((w).sd_focal, 1 / sqrt(2)) AS sd
FROM (SELECT weighted_gap(score, true, weight) AS w FROM (VALUES (1, 1), (2, 1e-20)) AS v(score, weight)) AS s;

-- who is in the sample
SELECT name, n_focal, n_reference, n_missing_focal AS focal, n_missing_reference AS reference, n_missing_group AS no_group, n_clusters, equal(estimate, -13.803158580267) AS estimate
FROM (
	SELECT 'by student' AS name, (weighted_gap(score, is_focal, weight)).* FROM (TABLE a UNION ALL VALUES
		(NULL, 1, true, 1), (1, NULL, true, 1), (1, NULL, false, 1), (NULL, NULL, NULL, NULL), (1, 1, NULL, 1),
		(1, 0, true, 1), (1, 0, NULL, 1), (NULL, 0, false, 1), ('NaN'::float8, 0, false, 1)) AS m
	UNION ALL
	SELECT 'by school', (weighted_gap(score, is_focal, weight, school)).* FROM (TABLE a UNION ALL VALUES
		(NULL, 1, true, 1), (1, NULL, true, 1), (1, NULL, false, 1), (NULL, NULL, NULL, NULL), (1, 1, NULL, 1),
		(1, 1, true, NULL), (1, 1, false, NULL), (1, 0, true, 9)) AS m) AS s;
-- clusters are compared as bigint
SELECT n_clusters FROM (SELECT (weighted_gap(score, is_focal, weight, 9007199254740992 + school)).* FROM a) AS s;

-- what is undefined is NULL, and why
CREATE TABLE cases (name text, score float8, weight float8, is_focal boolean, school bigint);
INSERT INTO cases VALUES
	('a no focal', 1, 1, false, 1), ('a no focal', 2, 1, false, 2),
	('b one focal', 5, 2, true, 1), ('b one focal', 1, 1, false, 2), ('b one focal', 2, 1, false, 3),
	('c one of each', 5, 2, true, 1), ('c one of each', 1, 1, false, 2),
	('d nobody', NULL, 1, true, 1),
	('e weight 0', 1, 0, true, 1),
	('f no variance', 0.1, 0.3, true, 1), ('f no variance', 0.1, 0.7, true, 2), ('f no variance', 0.7, 0.1, false, 1), ('f no variance', 0.7, 0.9, false, 2),
	('g one school', 1, 1, true, 1), ('g one school', 2, 1, true, 1), ('g one school', 4, 1, false, 1), ('g one school', 9, 1, false, 1),
	('h focal in one', 1, 1, true, 1), ('h focal in one', 2, 1, true, 1), ('h focal in one', 4, 1, false, 1), ('h focal in one', 9, 1, false, 2),
	('i schools alike', 0.1, 0.3, true, 1), ('i schools alike', 0.2, 0.3, true, 1), ('i schools alike', 0.7, 0.3, false, 1),
	('i schools alike', 0.1, 0.3, true, 2), ('i schools alike', 0.2, 0.3, true, 2), ('i schools alike', 0.7, 0.3, false, 2),
	('j one varies', 1, 1, true, 1), ('j one varies', 3, 1, true, 2), ('j one varies', 9, 1, false, 1), ('j one varies', 9, 5, false, 2);
SELECT name, n_focal, n_reference, mean_focal, mean_reference, round(sd_focal::numeric, 6) AS sd_focal, round(sd_reference::numeric, 6) AS sd_reference, estimate, se, df, t, p_value IS NULL AS no_p, lower IS NULL AS no_interval, reason
FROM (SELECT name, (weighted_gap(score, is_focal, weight)).* FROM cases GROUP BY name) AS s ORDER BY name;
SELECT name, n_clusters, estimate, se, df, t, p_value IS NULL AS no_p, lower IS NULL AS no_interval, reason
FROM (SELECT name, (weighted_gap(score, is_focal, weight, school)).* FROM cases GROUP BY name) AS s ORDER BY name;
-- no rows, and no sample, are two empty groups
SELECT (weighted_gap(score, is_focal, weight)).* FROM a WHERE false \gx
SELECT weighted_gap(score, is_focal, weight, school) AS by_school, weighted_gap(score, is_focal, weight, school, 0.9) AS at_90, weighted_gap(NULL) AS of_null, weighted_sample(score, is_focal, weight) FROM a WHERE false;

-- bad input
SELECT weighted_gap('NaN', true, 1);
SELECT weighted_gap('-Infinity', true, 1);
SELECT weighted_gap(1, true, -0.5);
SELECT weighted_gap(NULL, NULL, -0.5, 1);
SELECT weighted_gap(1, true, 'NaN');
SELECT weighted_gap(1, true, 'Infinity', 1);
SELECT weighted_gap(score, true, 1) FROM (VALUES (1.7e308::float8), (-1.7e308)) AS v(score);
SELECT weighted_gap(1, true, weight) FROM (VALUES (1.7e308::float8), (1.7e308)) AS v(weight);

-- a sample that is kept: another confidence, and schools put together (t of 4 df: R's qt)
CREATE TABLE kept AS
SELECT school, weighted_sample(score, is_focal, weight, school) AS sample FROM a GROUP BY school;
SELECT equal(lower, -13.803158580267 - 2.131846786326649 * 3.12448104499912) AS lower,
	equal(upper, -13.803158580267 + 2.131846786326649 * 3.12448104499912) AS upper
FROM (SELECT (weighted_gap(rollup(sample), 0.9)).* FROM kept) AS s;
SELECT equal((g).lower, -13.803158580267 - 2.131846786326649 * 3.12448104499912) AS lower, g = (SELECT weighted_gap(rollup(sample), 0.9) FROM kept) AS same
FROM (SELECT weighted_gap(score, is_focal, weight, school, 0.9) AS g FROM a) AS s;
SELECT weighted_gap(score, is_focal, weight, school, CASE school WHEN 5 THEN 0.9 ELSE 0.95 END ORDER BY school) FROM a;
SELECT weighted_gap(score, is_focal, weight, school, NULL) FROM a;
SELECT weighted_gap(score, is_focal, weight, school, 0) FROM a;
SELECT weighted_gap(rollup(sample)) = (SELECT weighted_gap(score, is_focal, weight, school) FROM a) AS same FROM kept;
SELECT rollup(sample)::text = (SELECT weighted_sample(score, is_focal, weight, school)::text FROM (SELECT * FROM a ORDER BY random()) AS r) AS same
FROM (SELECT * FROM kept ORDER BY random()) AS r;
SELECT rollup(sample) IS NULL AS none FROM (VALUES (NULL::weighted_sample)) AS v(sample);
SELECT weighted_gap(sample, 1) FROM kept LIMIT 1;
SELECT weighted_gap(sample, 'NaN') FROM kept LIMIT 1;
SELECT weighted_gap(sample, NULL) FROM kept LIMIT 1;
SELECT rollup(sample) FROM (SELECT sample FROM kept UNION ALL SELECT weighted_sample(score, is_focal, weight) FROM a) AS s;

-- the state: lossless, canonical, untouched when called by hand. Its text is version, flags, counts of missing, confidence, rows.
SELECT weighted_sample_accum(weighted_sample_accum(NULL, 3, true, 2), '-0', false, 0.5);
SELECT weighted_sample_accum(weighted_sample_accum(NULL, 3, true, 2, 7), NULL, true, 2, 7);
SELECT weighted_sample_accum(NULL, 3, true, 2, 7, 0.75);
SELECT weighted_sample_accum(NULL, 1, NULL, 1)::text = weighted_sample_accum(s, 1, true, 0)::text FROM weighted_sample_accum(NULL, 1, NULL, 1) AS s;
CREATE TABLE state AS SELECT weighted_sample(score, is_focal, weight) AS s FROM a;
SELECT weighted_sample_accum(s, 1, true, 1)::text <> s::text AS added, (weighted_gap(s)).n_focal FROM state;
SELECT weighted_sample_combine(s, s) IS NOT NULL AS combined, (weighted_gap(s)).n_focal, (weighted_gap(weighted_sample_combine(s, s))).n_focal FROM state;
SELECT weighted_sample_combine(NULL, NULL) IS NULL AS neither, weighted_sample_combine(s, NULL)::text = s::text AS first, weighted_sample_combine(NULL, s)::text = s::text AS second FROM state;
SELECT s::text::weighted_sample::text = s::text AS text, upper(s::text)::weighted_sample::text = s::text AS upper FROM state;
CREATE TEMP TABLE received (s weighted_sample);
\copy state TO 'results/weighted_sample.bin' (FORMAT binary)
\copy received FROM 'results/weighted_sample.bin' (FORMAT binary)
SELECT received.s::text = state.s::text AS binary FROM received, state;
-- rows come in any order, and leave in one
SELECT '01000000000000000000000000000000000000000000000000000000000000000000' || b || a AS given, ('01000000000000000000000000000000000000000000000000000000000000000000' || b || a)::weighted_sample::text = '01000000000000000000000000000000000000000000000000000000000000000000' || a || b AS sorted
FROM (VALUES ('40000000000000003ff0000000000000', '40000000000000004000000000000000')) AS v(a, b);
SELECT ''::weighted_sample;
SELECT '01'::weighted_sample;
SELECT '0x'::weighted_sample;
SELECT '010'::weighted_sample;
SELECT '02000000000000000000000000000000000000000000000000000000000000000000'::weighted_sample;
SELECT '01020000000000000000000000000000000000000000000000000000000000000000'::weighted_sample;
SELECT '01010000000000000000000000000000000000000000000000000000000000000000'::weighted_sample;
SELECT '01040000000000000000000000000000000000000000000000000000000000000000'::weighted_sample;
SELECT '0100ffffffffffffffff000000000000000000000000000000000000000000000000'::weighted_sample;
SELECT '0100000000000000000000000000000000000000000000000000000000000000000000'::weighted_sample;
SELECT '0100000000000000000000000000000000000000000000000000000000000000000040000000000000000000000000000000'::weighted_sample;
SELECT '010000000000000000000000000000000000000000000000000000000000000000007ff80000000000003ff0000000000000'::weighted_sample;

-- a parallel plan and a serial one: identical bytes, some workers without rows
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 4;
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS
$$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query; END $$;
CREATE TABLE large AS SELECT b.* FROM b, generate_series(1, 20);
SELECT bool_or(plan_of ~ 'Partial .*Aggregate') AS parallel
FROM plan_of('SELECT weighted_gap(score, is_focal, weight, school) FROM large');
CREATE TABLE parallel AS
SELECT weighted_gap(score, is_focal, weight, school) AS by_school, weighted_gap(score, is_focal, weight) AS by_student,
	weighted_gap(score, is_focal, weight, school) FILTER (WHERE score < 505) AS few, weighted_gap(score, is_focal, weight) FILTER (WHERE score < 0) AS none,
	weighted_sample(score, is_focal, weight, school)::text AS state
FROM large;
SET max_parallel_workers_per_gather = 0;
SELECT p.by_school = s.by_school AS by_school, p.by_student = s.by_student AS by_student, p.few = s.few AS few, s.none = p.none AS none, p.state = s.state AS state
FROM parallel AS p, (
	SELECT weighted_gap(score, is_focal, weight, school) AS by_school, weighted_gap(score, is_focal, weight) AS by_student,
		weighted_gap(score, is_focal, weight, school) FILTER (WHERE score < 505) AS few, weighted_gap(score, is_focal, weight) FILTER (WHERE score < 0) AS none,
		weighted_sample(score, is_focal, weight, school)::text AS state
	FROM (SELECT * FROM large ORDER BY score, school, weight) AS o) AS s;

-- over a window
SELECT count(*), bool_and((g).n_focal + (g).n_reference = least(i, 5)) AS framed,
	bool_and(g = (SELECT weighted_gap(score, is_focal, weight, school) FROM (SELECT row_number() OVER (ORDER BY score, is_focal) AS j, * FROM a) AS n WHERE j BETWEEN i - 4 AND i)) AS same
FROM (
	SELECT row_number() OVER (ORDER BY score, is_focal) AS i,
		weighted_gap(score, is_focal, weight, school) OVER (ORDER BY score, is_focal ROWS 4 PRECEDING) AS g FROM a) AS w;
SELECT count(*), max((g).n_focal) AS n_focal
FROM (SELECT weighted_gap(score, is_focal, weight) OVER (ORDER BY score) AS g FROM a) AS w;

-- what is taken away again leaves the bits that the other rows give
SELECT count(*), count(a) AS n_a, count(b) AS n_b, bool_and((all_ - b)::text = coalesce(a, all_ - all_)::text) AS first, bool_and((all_ - a)::text = coalesce(b, all_ - all_)::text) AS second,
	bool_and((a + b)::text = all_::text) AS added, bool_and((b + a - a - b)::text = (all_ - all_)::text) AS nothing,
	bool_and((clustered - one)::text = coalesce(two, clustered - clustered)::text) AS clustered
FROM (
	SELECT k, weighted_sample(score, is_focal, weight) FILTER (WHERE part) AS a, weighted_sample(score, is_focal, weight) FILTER (WHERE NOT part) AS b, weighted_sample(score, is_focal, weight) AS all_,
		weighted_sample(score, is_focal, weight, cluster) FILTER (WHERE part) AS one, weighted_sample(score, is_focal, weight, cluster) FILTER (WHERE NOT part) AS two, weighted_sample(score, is_focal, weight, cluster) AS clustered
	FROM generate_series(1, 24) AS k, LATERAL (
		SELECT hashint4(i * 1000 + k) & 7 < k % 8 AS part, CASE WHEN i % 11 > 0 THEN (i % 7 - 3) / 10.0 END AS score, CASE WHEN i % 13 > 0 THEN i % 2 = 0 END AS is_focal, CASE WHEN i % 17 > 0 THEN i % 3 / 3.0 END AS weight,
			CASE WHEN i % 19 > 0 THEN i % 4 END AS cluster
		FROM generate_series(1, 100) AS i) AS r
	GROUP BY k) AS p;
SELECT (s + NULL)::text = s::text AS plus_null, (NULL + s)::text = s::text AS null_plus, (s - NULL)::text = s::text AS minus_null, (NULL::weighted_sample - NULL) IS NULL AS null_minus_null, s - s AS nothing FROM (SELECT weighted_sample(1, true, 2)) AS v (s);
SELECT weighted_sample(1, true, 2) - weighted_sample(1, false, 2);
SELECT weighted_sample(1, true, 2) - weighted_sample(1, true, 3);
SELECT weighted_sample(1, true, 2) - weighted_sample(1, true, 2, 3);
SELECT weighted_sample(x, true, 2) - (SELECT weighted_sample(1, true, 2) FROM generate_series(1, 2)) FROM unnest('{1,2}'::float8[]) AS x;
SELECT weighted_sample(NULL, true, 2) - weighted_sample(NULL, false, 2);
SELECT NULL - weighted_sample(1, true, 2);
SELECT weighted_sample(1, true, 2) + weighted_sample(1, true, 2, 3);

DROP VIEW answers;
DROP TABLE a, b, cases, kept, state, received, large, parallel;
DROP FUNCTION plan_of, equal;
