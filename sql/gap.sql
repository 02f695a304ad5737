-- Gaps between means. Expected numbers: dataset A of MEASURES 1.4 (R 4.2.2's
-- t.test, effectsize, effsize, metafor; mpmath for the noncentral t intervals).
SET search_path = public, gapstats, gapstats_internal;

CREATE TABLE a (score float8, is_focal boolean);
INSERT INTO a SELECT unnest('{212,205,221,198,230,217,209,225,201,214}'::float8[]), true;
INSERT INTO a SELECT unnest('{224,231,219,240,228,235,222,229,243,226,233,217}'::float8[]), false;
CREATE TABLE groups AS
SELECT distribution(score) FILTER (WHERE is_focal) AS f, distribution(score) FILTER (WHERE NOT is_focal) AS r
FROM a;

-- whether a number equals the reference's
CREATE FUNCTION equal(ours float8, reference float8) RETURNS boolean IMMUTABLE LANGUAGE sql
RETURN abs(ours - reference) <= 1e-10 * abs(reference);

SELECT n_focal, n_reference, e.name, equal(e.ours, e.reference)
FROM groups, mean_gap(f, r) AS g, LATERAL (VALUES
	('mean_focal', g.mean_focal, 213.2),
	('mean_reference', g.mean_reference, 228.9166666666667),
	('sd_focal', g.sd_focal ^ 2, 107.0666666666667),
	('sd_reference', g.sd_reference ^ 2, 63.71969696969697),
	('difference', g.difference, -15.71666666666667),
	('difference_se', g.difference_se, 4.002079636156858),
	('difference_lower', g.difference_lower, -24.16927915828188),
	('difference_upper', g.difference_upper, -7.264054175051454),
	('df', g.df, 16.76660287676354),
	('t', g.t, -3.927124918923194),
	('p_value', g.p_value, 0.001111347040565157),
	('cohens_d', g.cohens_d, -1.722786128069556),
	('cohens_d_se', g.cohens_d_se, 0.5007870784560394),
	('cohens_d_lower', g.cohens_d_lower, -2.700132377774036),
	('cohens_d_upper', g.cohens_d_upper, -0.7146119122488795),
	('hedges_g', g.hedges_g, -1.657224698700897),
	('hedges_g_se', g.hedges_g_se, sqrt(0.2457513720147942)),
	('hedges_g_lower', g.hedges_g_lower, -2.700132377774036 * 0.9619445337407476),
	('hedges_g_upper', g.hedges_g_upper, -0.7146119122488795 * 0.9619445337407476),
	('v', g.v, -1.715921349887913),
	('v_se', g.v_se, 0.5352135902755775),
	('v_lower', g.v_lower, -2.764920710864422),
	('v_upper', g.v_upper, -0.6669219889114046)) AS e(name, ours, reference);
SELECT equal(difference_lower, -22.68429132209745), equal(difference_upper, -8.749042011235883)
FROM groups, mean_gap(f, r, 0.9);

-- effect sizes, each with both intervals
SELECT e.name, equal(e.estimate, e.value) AS estimate, equal(e.se, e.ese) AS se,
	equal(e.lower, e.low) AS lower, equal(e.upper, e.high) AS upper, e.reason
FROM groups, LATERAL (
	SELECT 'd, noncentral t' AS name, *, -1.722786128069556, 0.5007870784560394, -2.700132377774036, -0.7146119122488795 FROM cohens_d(f, r)
	UNION ALL
	SELECT 'd, normal', *, -1.722786128069556, 0.5007870784560394, -2.704310765766428, -0.7412614903726845 FROM cohens_d(f, r, interval_method => 'normal')
	UNION ALL
	SELECT 'g, normal', *, -1.657224698700897, sqrt(0.2457513720147942), -2.628843850284435, -0.685605547117359 FROM hedges_g(f, r, interval_method => 'normal')
	UNION ALL
	SELECT 'd_av, noncentral t', *, -1.700782757546169, 0.5372227002165941, -2.706423132216665, -0.6602801782440467 FROM d_av(f, r)
	UNION ALL
	SELECT 'd_av, normal', *, -1.700782757546169, 0.5372227002165941, -1.700782757546169 - 1.959963984540054 * 0.5372227002165941, -1.700782757546169 + 1.959963984540054 * 0.5372227002165941 FROM d_av(f, r, interval_method => 'normal')
	UNION ALL
	SELECT 'Glass, noncentral t', *, -1.968899693949628, sqrt(22 / 120.0 + 1.968899693949628 ^ 2 / 24), -3.217826349517897, -0.6677486791232186 FROM glass_delta(f, r)
	) AS e(name, estimate, se, lower, upper, reason, value, ese, low, high);
SELECT equal(se ^ 2, 0.2457513720147942) AS ls, equal(ls2.ls2 ^ 2, 0.2320632077803067) AS ls2, equal(ub.ub ^ 2, 0.2585341965556085) AS ub
FROM groups, hedges_g(f, r), LATERAL (SELECT se FROM hedges_g(f, r, variance => 'LS2')) AS ls2(ls2),
	LATERAL (SELECT se FROM hedges_g(f, r, variance => 'UB')) AS ub(ub);
SELECT equal(estimate, -1.830997585246765) AS smd1, equal(se ^ 2, 0.3230230065491452) AS variance,
	lower < estimate AND estimate < upper AS around
FROM groups, glass_delta(f, r, correction => 'exact');
SELECT g.estimate = d.estimate AS uncorrected FROM groups, hedges_g(f, r, correction => 'none') AS g, cohens_d(f, r) AS d;
-- d_av of groups that vary and count unlike, and of one that does not vary (test/reference/d_av.py)
SELECT equal(estimate, 0.8201119168803188) AS estimate, equal(se, 0.293507435237924) AS se, equal(lower, 0.3443031653528197) AS lower, equal(upper, 1.284920540094256) AS upper
FROM (SELECT distribution(37 * i % 41) AS f FROM generate_series(0, 29) AS i) AS f, (SELECT distribution(10 + 5 * i % 7) AS r FROM generate_series(0, 8) AS i) AS r, d_av(f, r, 0.9);
SELECT equal(estimate, 0.2357022603955158) AS estimate, equal(se, 0.8221471437193746) AS se, equal(lower, -1.179991144546877) AS lower, equal(upper, 1.615001403060441) AS upper
FROM d_av('{3:3}', '{1,2,4:2}');
-- of groups that count alike it is Cohen's d
SELECT equal(a.estimate, d.estimate) AS same FROM d_av('{1,2,7}', '{2,3,3}') AS a, cohens_d('{1,2,7}', '{2,3,3}') AS d;
-- Student's test and Welch's
SELECT equal(estimate, -15.71666666666667) AS difference, equal(t, -4.023561545154803) AS t, equal(p_value, 0.0006658121090019497) AS p, df
FROM groups, t_test(f, r, equal_variances => true);
SELECT (t.estimate, t.se, t.lower, t.upper, t.df, t.t, t.p_value)
	= (g.difference, g.difference_se, g.difference_lower, g.difference_upper, g.df, g.t, g.p_value) AS welch
FROM groups, t_test(f, r) AS t, mean_gap(f, r) AS g;
SELECT * FROM t_test('{1:2}', '{3:2}', equal_variances => true);
SELECT * FROM t_test('{1}', '{3:2}');
SELECT equal(estimate, -1.657363870041598) AS wwc FROM groups, hedges_g(f, r, correction => 'wwc');
-- of groups of any size: test/reference/hedges_g.py
SELECT n, equal(estimate, g) AS g, equal(h.se, ub.se) AS ub
FROM (VALUES
	(100, -1.9824259689736155, 0.17324180344529491),
	(500, -1.9964970577879303, 0.077462905676602975),
	(502, -1.9965110254269169, 0.077308430176396381),
	(1000000, -1.9999982499992656, 0.0017320508436533319),
	(1000000000, -1.99999999825, 5.47722557516577e-5),
	(10000000000000000, -1.9999999999999998, 1.7320508075688773e-8)) AS ub(n, g, se),
	LATERAL (SELECT distribution(i, (n / 2)::bigint) AS f, distribution(i + 2, (n / 2)::bigint) AS r FROM unnest('{0,2}'::float8[]) AS i) AS s,
	hedges_g(f, r, variance => 'UB') AS h;
-- an interval is that of its t, whichever way the groups stand
SELECT d.lower = -s.upper AND d.upper = -s.lower AND d.estimate = -s.estimate AS mirrored
FROM groups, cohens_d(f, r) AS d, cohens_d(r, f) AS s;

-- the aggregate, in plain columns
SELECT string_agg(key, ', ') AS columns FROM (SELECT gap(score, is_focal) AS g FROM a) AS s, json_each(to_json(g));
SELECT (g).n_focal, (g).n_missing_focal, (g).n_missing_reference, (g).n_missing_group, equal((g).difference, -15.71666666666667)
FROM (
	SELECT gap(score, is_focal) AS g
	FROM (TABLE a UNION ALL VALUES (NULL, true), (NULL, true), (NULL, false), (1, NULL), (NULL, NULL), (2, NULL)) AS m) AS s;
SELECT school, (gap(score, is_focal)).* FROM (SELECT 1 AS school, * FROM a) AS s WHERE false GROUP BY school;
-- no rows are two empty groups
SELECT (g).n_focal, (g).n_reference, (g).n_missing_group, (g).difference, (g).reason FROM (SELECT gap(score, is_focal) AS g FROM a WHERE false) AS s;
SELECT (g).n_focal, (g).n_reference, (g).n_missing_group, (g).difference, (g).reason FROM (SELECT gap(score, is_focal, 0.9) FILTER (WHERE score < 0) AS g FROM a) AS s;
-- the same columns as of distributions
SELECT to_jsonb(gap(score, is_focal)) - '{n_missing_focal,n_missing_reference,n_missing_group}'::text[] = (SELECT to_jsonb(g) FROM groups, mean_gap(f, r) AS g) AS same FROM a;

-- another confidence, one in all rows
SELECT to_jsonb(gap(score, is_focal, 0.9)) - '{n_missing_focal,n_missing_reference,n_missing_group}'::text[] = (SELECT to_jsonb(g) FROM groups, mean_gap(f, r, 0.9) AS g) AS same FROM a;
SELECT gap(score, is_focal, CASE WHEN is_focal THEN 0.9 ELSE 0.95 END ORDER BY is_focal) FROM a;
SELECT gap(score, is_focal, NULL) FROM a;
SELECT gap(NULL, NULL, NULL) FROM a;
SELECT gap(score, is_focal, 1) FROM a;

-- frequency weights are replication
SELECT w.gap = e.gap AS replication
FROM (SELECT mean_gap(distribution(score, 3) FILTER (WHERE is_focal), distribution(score, 2) FILTER (WHERE NOT is_focal)) FROM a) AS w(gap),
	(SELECT mean_gap(distribution(score) FILTER (WHERE is_focal), distribution(score) FILTER (WHERE NOT is_focal))
		FROM a, generate_series(1, 3) AS i WHERE i < 3 OR is_focal) AS e(gap);

-- scores far from zero lose nothing
SELECT equal(difference, -15.71666666666667) AS difference, equal(difference_se, 4.002079636156858) AS se,
	equal(hedges_g, -1.657224698700897) AS g, equal(v_se, 0.5352135902755775) AS v
FROM (SELECT (gap(score + 1e9, is_focal)).* FROM a) AS g;
-- and a constant shift of the whole scale leaves no trace at all
SELECT s.difference = a.difference AND s.difference_se = a.difference_se AND s.hedges_g_lower = a.hedges_g_lower AS same
FROM (SELECT (gap(score + 1e9, is_focal)).* FROM a) AS s, (SELECT (gap(score, is_focal)).* FROM a) AS a;

-- six more pairs of groups, of fractions, against R 4.2.2: test/reference/gap.R
WITH reference (k, t, df, p, lower99, student_p, d, g, wwc, g_lower, g_upper, delta_lower, delta_upper) AS (VALUES
	(1, -1.60942206802426, 13.23398456770581, 0.1311090537864205, -2.618782306238187, 0.1047084131452889, -0.7513301006726555, -0.7212095420993034, -0.7212768966457492, -1.572742628249691, 0.1478767575989529, -1.417264585586052, 0.2086234293283855),
	(2, -2.611464289159637, 19.30062138751519, 0.0170184718645353, -3.086709069978187, 0.008183640546372231, -0.9952535723173509, -0.970945993864223, -0.970979094943757, -1.679200399292662, -0.2488044473452395, -1.421967954028261, -0.1116366402771498),
	(3, -4.160758007277315, 26.45739576811144, 0.0002984949291778751, -3.718991993213233, 4.872151210856955e-05, -1.362626786300865, -1.338697638450819, -1.338721053207868, -1.978365925470031, -0.6863553081147558, -1.658469706446893, -0.4444299227748677),
	(4, -4.010378562284474, 34.48718837347888, 0.0003086737201469852, -3.842194758859873, 6.220525918402323e-05, -1.163434292381391, -1.147484658771553, -1.147496836321372, -1.703997471855323, -0.5820149516792746, -1.427958196822883, -0.389283518511632),
	(5, -4.95435429194932, 41.47019854927381, 1.267890629978601e-05, -4.268253028654475, 1.053862009274666e-06, -1.310253773839563, -1.29552260063429, -1.295531821324512, -1.812400668437353, -0.7706252079301019, -1.504858805634105, -0.5331878680357929),
	(6, -5.143226996428479, 47.35520832669534, 5.089643672769608e-06, -4.500354741130957, 2.83872146179947e-07, -1.263857553720117, -1.251814427973114, -1.251820815113259, -1.727026480071413, -0.7699449528468345, -1.406818264145917, -0.529620371588689))
SELECT k, equal(w.t, e.t) AS t, equal(w.df, e.df) AS df, equal(w.p_value, e.p) AS p, equal(w.difference_lower, e.lower99) AS lower99,
	equal(s.p_value, e.student_p) AS student, equal(d.estimate, e.d) AS d, equal(g.estimate, e.g) AS g, equal(c.estimate, e.wwc) AS wwc,
	equal(g.lower, e.g_lower) AS g_lower, equal(g.upper, e.g_upper) AS g_upper,
	equal(b.lower, e.delta_lower) AS delta_lower, equal(b.upper, e.delta_upper) AS delta_upper
FROM reference AS e,
	LATERAL (SELECT distribution((37 * i + k) % (11 + 2 * k) / 4.0) FROM generate_series(0, 4 + 7 * k) AS i) AS f(f),
	LATERAL (SELECT distribution((53 * j + 3 * k) % (13 + 3 * k) / 3::float8 + k / 7::float8) FROM generate_series(0, 3 + 5 * k) AS j) AS r(r),
	mean_gap(f, r, 0.99) AS w, t_test(f, r, equal_variances => true) AS s, cohens_d(f, r) AS d, hedges_g(f, r) AS g,
	hedges_g(f, r, correction => 'wwc') AS c, glass_delta(f, r) AS b
ORDER BY k;

-- what is undefined is NULL, and why
SELECT c.name, n_focal, n_reference, mean_focal, mean_reference, difference, difference_se AS se, df, p_value,
	difference_lower AS lower, cohens_d AS d, hedges_g AS g, hedges_g_lower AS g_lower, round(v::numeric, 6) AS v, round(v_se::numeric, 6) AS v_se, reason
FROM (VALUES
	('no focal', '{}'::distribution, '{1,2}'::distribution),
	('NULL focal', NULL, '{1,2}'),
	('NULL reference', '{1,2}', NULL),
	('nobody', '{}', '{}'),
	('one focal', '{3}', '{1,2,5}'),
	('one of each', '{3}', '{1}'),
	('no variance', '{5:3}', '{7:4}'),
	('no variance, no gap', '{5:3}', '{5:4}')) AS c(name, f, r), mean_gap(f, r);
-- one variance is enough for Welch: df is that group's, n - 1
SELECT difference, equal(difference_se, sqrt(1 / 3.0)) AS se, df, equal(t, -sqrt(27)) AS t, v IS NULL AS separated, reason
FROM mean_gap('{5:4}', '{7,8,9}');
SELECT v, reason FROM mean_gap('{1,2}', '{3,4}');
SELECT estimate, se, lower, reason FROM glass_delta('{3}', '{1,2,5}');
SELECT * FROM d_av('{3}', '{1,2,5}');
SELECT * FROM d_av(NULL, '{1,2,5}');
SELECT * FROM d_av('{3:2}', '{1:3}');
SELECT * FROM d_av('{3:2,4}', '{1:3}', 0);
SELECT * FROM d_av('{3:2,4}', '{1:3}', interval_method => 'exact');
SELECT reason FROM d_av('{1e308:2}', '{1:2,1.0000000000000002:2}');
SELECT * FROM glass_delta('{3,4}', '{1}');
SELECT * FROM glass_delta('{3,4}', '{1:3}');
SELECT * FROM glass_delta('{3,4}', '{1,2}', correction => 'exact');
SELECT * FROM cohens_d('{3:2}', '{1:3}');
SELECT * FROM hedges_g('{3:2}', '{1}');
SELECT * FROM hedges_g('{}', '{1,2}');
-- a group that is NULL is empty, an option that is NULL an error, in every function
SELECT * FROM t_test(NULL, '{1,2}');
SELECT * FROM cohens_d('{1,2}', NULL);
SELECT * FROM hedges_g(NULL, NULL);
SELECT * FROM glass_delta(NULL, '{1,2}');
SELECT mean_gap('{1,2}', '{1,2}', NULL);
SELECT t_test('{1,2}', '{1,2}', NULL);
SELECT t_test('{1,2}', '{1,2}', equal_variances => NULL);
SELECT cohens_d('{1,2}', '{1,2}', NULL);
SELECT cohens_d('{1,2}', '{1,2}', interval_method => NULL);
SELECT hedges_g('{1,2}', '{1,2}', NULL);
SELECT hedges_g('{1,2}', '{1,2}', correction => NULL);
SELECT hedges_g('{1,2}', '{1,2}', interval_method => NULL);
SELECT hedges_g('{1,2}', '{1,2}', variance => NULL);
SELECT glass_delta('{1,2}', '{1,2}', NULL);
SELECT glass_delta('{1,2}', '{1,2}', interval_method => NULL);
SELECT glass_delta('{1,2}', '{1,2}', correction => NULL);

-- few students, far apart: the noncentral t all the same (mpmath: test/reference/noncentral_t.py)
SELECT equal(d.lower, e.d_lower) AS d_lower, equal(d.upper, e.d_upper) AS d_upper, d.reason,
	equal(g.hedges_g_lower, g.hedges_g / g.cohens_d * e.d_lower) AS g_lower, equal(g.hedges_g_upper, g.hedges_g / g.cohens_d * e.d_upper) AS g_upper, g.reason,
	equal(b.lower, e.delta_lower) AS delta_lower, equal(b.upper, e.delta_upper) AS delta_upper
FROM (VALUES
	('{10,11}'::distribution, '{30,31}'::distribution, 0.95, -54.382718516452841, -4.3935900496073871, -63.436053124695777, -0.75730460208595607),
	('{10,11,12,13}', '{43,44,45,46}', 0.95, -39.727289383720038, -11.527281527655583, -45.163652230477942, -6.7906055767094835),
	('{10,11,12,13,14}', '{50,51,52,53,54}', 0.95, -37.509637677239281, -13.132499630981257, -42.263246095229881, -8.7467385718423912),
	('{10,12}', '{3000000,3000001}', 0.999999, -10220645.991429553, -1897.3599289914973, -21324764.707484384, -2.626923737570384)
	) AS e(f, r, confidence, d_lower, d_upper, delta_lower, delta_upper),
	cohens_d(f, r, confidence) AS d, mean_gap(f, r, confidence) AS g, glass_delta(f, r, confidence) AS b;

-- bad input
SELECT mean_gap('{1,2}', '{1,2}', 0);
SELECT mean_gap('{1,2}', '{1,2}', 1);
SELECT mean_gap('{1,2}', '{1,2}', 'NaN');
SELECT cohens_d('{1,2}', '{1,2}', 95);
SELECT hedges_g('{1,2}', '{1,2}', correction => 'approximate');
SELECT glass_delta('{1,2}', '{1,2}', interval_method => 'bootstrap');
SELECT hedges_g('{1,2}', '{1,2}', variance => 'UB2');
SELECT t_test('{1,2}', '{1,2}', 0);
SELECT gap(score, is_focal) FROM (VALUES ('NaN'::float8, true)) AS v(score, is_focal);

-- huge groups: no overflow, no loss; one larger than an integer counts is named
SELECT n_focal, difference, df > 1e9 AS df, p_value, equal(cohens_d, -1 / sqrt(3e9 / (4e9 - 2))) AS d, reason
FROM mean_gap('{1:1000000000,2:1000000000}', '{1:500000000,2:500000000,3:500000000,4:500000000}');
SELECT mean_gap('{1:1073741824,2:1073741824}', '{1}');
-- beyond double precision's range
SELECT difference FROM mean_gap('{1.7e308}', '{-1.7e308}');

-- coarse distributions: mean gaps stay exact, ties are those of the coarser group
CREATE TABLE fine AS
SELECT sin(i) * 40 + CASE WHEN i % 3 = 0 THEN 290 ELSE 300 END AS score, i % 3 = 0 AS is_focal
FROM generate_series(1, 60000) AS i;
SELECT value_error(distribution(score)) > 0 AS coarse FROM fine GROUP BY is_focal ORDER BY 1;
SELECT equal(g.difference, s.difference) AS difference, abs(g.difference_se / s.se - 1) < 1e-9 AS se, abs(g.v / s.v - 1) < 1e-3 AS v, reason
FROM (SELECT (gap(score, is_focal)).* FROM fine) AS g,
	(SELECT avg(score) FILTER (WHERE is_focal) - avg(score) FILTER (WHERE NOT is_focal),
		sqrt(var_samp(score) FILTER (WHERE is_focal) / count(*) FILTER (WHERE is_focal) + var_samp(score) FILTER (WHERE NOT is_focal) / count(*) FILTER (WHERE NOT is_focal)),
		(SELECT v FROM (SELECT (gap(round(score::numeric, 2)::float8, is_focal)).* FROM fine) AS q)
	FROM fine) AS s(difference, se, v);

-- the aggregate's state: lossless, canonical, untouched when called by hand
SELECT distribution_pair_accum(distribution_pair_accum(NULL, 3, true), 2.5, false);
SELECT distribution_pair_accum('focal {1:1} reference {} missing 0 1 2', NULL, true);
SELECT distribution_pair_accum(NULL, 3, true, 0.75), distribution_pair_moving_remove(distribution_pair_moving_accum('focal {3:2} reference {}', 4, true, 0.75), 3, true, 0.75);
SELECT distribution_pair_moving_remove('focal {3:2} reference {}', 3, false);
SELECT n_focal, n_reference, n_missing_focal, n_missing_reference, n_missing_group, difference_lower = lower AS at_90, (gap_final(NULL)).reason
FROM gap_final('focal {1,2} reference {3,7} missing 0 1 2 confidence 0.9'), t_test('{1,2}', '{3,7}', 0.9);
SELECT distribution_pair_combine('focal {1:1} reference {2} missing 1 2 3', 'focal {1:1} reference {} missing 4 5 6');
SELECT distribution_pair_combine(NULL, NULL);
SELECT 'focal {} reference {}'::distribution_pair, ' focal{1}reference{2}missing 0 0 1 '::distribution_pair;
SELECT 'focal {1}'::distribution_pair;
SELECT 'focal {1} reference {2} missing 1 2'::distribution_pair;
SELECT 'focal {1} reference {2} missing 1 2 -3'::distribution_pair;
SELECT 'focal {1} reference {2} 3'::distribution_pair;
SELECT 'focal {1:0} reference {2}'::distribution_pair;
SELECT 'reference {2} focal {1}'::distribution_pair;

-- a parallel plan and a serial one: identical bytes
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 4;
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS
$$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query; END $$;
SELECT bool_or(plan_of ~ 'Partial .*Aggregate') AS parallel
FROM plan_of('SELECT gap(score, is_focal) FROM fine');
CREATE TABLE parallel AS SELECT gap(score, is_focal) AS g FROM fine;
SET max_parallel_workers_per_gather = 0;
SELECT g = (SELECT gap(score, is_focal) FROM fine) AS identical FROM parallel;

-- over a window: each frame is as if it were aggregated by itself
SELECT oid::regprocedure, aggminvtransfn <> 0 AS rows_leave_again FROM pg_aggregate JOIN pg_proc ON oid = aggfnoid WHERE proname = 'gap' ORDER BY pronargs;
CREATE TABLE walk AS
SELECT i, CASE WHEN i BETWEEN 500 AND 560 THEN 300 WHEN i % 11 > 0 THEN i * 7919 % 211 END::float8 AS score,
	CASE WHEN i % 13 > 0 THEN i * 31 % 7 < 3 END AS is_focal
FROM generate_series(1, 1000) AS i;
SELECT count(*), bool_and(g = alone) AS same, count(DISTINCT (g).reason) AS reasons, min((g).n_focal), max((g).n_focal)
FROM (SELECT i, gap(score, is_focal) OVER (ORDER BY i ROWS 39 PRECEDING) AS g FROM walk) AS w,
	LATERAL (SELECT gap(score, is_focal) AS alone FROM walk AS r WHERE r.i BETWEEN w.i - 39 AND w.i) AS r;
SELECT count(*), bool_and(g = alone) AS same, count(*) FILTER (WHERE (g).n_focal + (g).n_reference = 0) AS empty
FROM (SELECT i, gap(score, is_focal, 0.8) FILTER (WHERE score <> 12) OVER (ORDER BY i ROWS BETWEEN 3 FOLLOWING AND 20 FOLLOWING) AS g FROM walk) AS w,
	LATERAL (SELECT gap(score, is_focal, 0.8) FILTER (WHERE score <> 12) AS alone FROM walk AS r WHERE r.i BETWEEN w.i + 3 AND w.i + 20) AS r;
SELECT gap(score, is_focal, i / 2000.0) OVER (ORDER BY i ROWS 3 PRECEDING) FROM walk;
-- through more values than a distribution holds exactly, and back
CREATE TABLE long_walk AS SELECT i, i * 7919::bigint % 60029 / 3::float8 AS score, i % 100 > 0 AS is_focal FROM generate_series(1, 16700) AS i;
SELECT count(*), bool_and(g = alone) AS same, array_agg(DISTINCT (g).reason) AS reasons, (array_agg((g).reason ORDER BY i))[count(*)] AS last
FROM (SELECT i, gap(score, is_focal) OVER (ORDER BY i ROWS BETWEEN 200 PRECEDING AND 16450 FOLLOWING) AS g FROM long_walk LIMIT 600) AS w,
	LATERAL (SELECT gap(score, is_focal) AS alone FROM long_walk AS r WHERE r.i BETWEEN w.i - 200 AND w.i + 16450) AS r
WHERE w.i % 60 = 0;

DROP TABLE walk, long_walk;
DROP TABLE a, groups, fine, parallel;
DROP FUNCTION plan_of, equal;
