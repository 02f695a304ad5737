-- V with its errors, the PP plot, KS.
-- Numbers: MEASURES 3.1 and 3.4 for dataset A, test/reference/distribution_gap.R for B and C.
SET search_path = gapstats, pg_temp, public;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-10 END;

CREATE TEMP TABLE a AS SELECT
	'{212,205,221,198,230,217,209,225,201,214}'::distribution AS f,
	'{224,231,219,240,228,235,222,229,243,226,233,217}'::distribution AS r;
CREATE TEMP TABLE b AS SELECT
	(SELECT distribution(20 + 37 * i % 23) FROM generate_series(1, 60) i) AS f,
	(SELECT distribution(22 + 53 * i % 29) FROM generate_series(1, 80) i) AS r;
CREATE TEMP TABLE c AS SELECT
	(SELECT distribution(37 * i % 41) FROM generate_series(1, 50) i) AS f,
	(SELECT distribution(29 * i % 37) FROM generate_series(1, 60) i) AS r;

-- V, DeLong, Mann-Whitney
SELECT label, n_focal, n_reference, pg_temp.agrees(actual, expected) AS agrees, reason
FROM a, v_gap(f, r) g,
	LATERAL (VALUES ('A', auc, 0.1125), ('V', v, -1.715921349887913),
		('DeLong', auc_se, 0.07231685719038473), ('SE of V', v_se, 0.5352135902755775),
		('lower', v_lower, -2.764920710864422), ('upper', v_upper, -0.6669219889114046),
		('A upper', auc_upper, 0.2542384355682805), ('A lower, cut off', auc_lower, 0),
		('Mann-Whitney', p_value, 0.00216229552587863)) AS t(label, actual, expected);
SELECT label, n_focal, n_reference, pg_temp.agrees(actual, expected) AS agrees, reason
FROM b, v_gap(f, r, confidence => 0.9) g,
	LATERAL (VALUES ('A', auc, 0.323125), ('V', v, -0.64909284269326883),
		('DeLong', auc_se, 0.04450910835176102), ('SE of V', v_se, 0.17530658464691595),
		('lower', v_lower, -0.9374465142782238), ('upper', v_upper, -0.3607391711083139),
		('Mann-Whitney', p_value, 0.0003473202327563389)) AS t(label, actual, expected);
-- Hanley-McNeil
SELECT pg_temp.agrees(a.auc_se, 0.07265348637746202) AS a, pg_temp.agrees(b.auc_se, 0.04483110198467088) AS b
FROM (SELECT g.* FROM a, v_gap(f, r, standard_error => 'hanley_mcneil') g) a,
	(SELECT g.* FROM b, v_gap(f, r, standard_error => 'hanley_mcneil') g) b;
-- logit interval
SELECT label, pg_temp.agrees(actual, expected)
FROM a, v_gap(f, r, interval_method => 'logit') g,
	LATERAL (VALUES ('A lower', auc_lower, 0.02974038526751759), ('A upper', auc_upper, 0.3439247035512077),
		('V lower', v_lower, -2.66525924192184815), ('V upper', v_upper, -0.56819606783909660)) AS t(label, actual, expected);
SELECT auc(f, r) AS a, auc(r, f) AS reversed FROM a;
-- near 1 it has as many digits as near 0
SELECT pg_temp.agrees(above.v_upper, -below.v_lower) AND pg_temp.agrees(above.v_lower, -below.v_upper) AS mirrored, above.auc > 1 - 1e-11 AS near_1
FROM v_gap('{1:1,3:1000000}', '{0:999999,2:1}', interval_method => 'logit') AS above, v_gap('{0:999999,2:1}', '{1:1,3:1000000}', interval_method => 'logit') AS below;

-- the PP plot: points, and the area under it, which is A
SELECT * FROM pp_plot('{1:2,3:1}', '{1:1,2:3}');
SELECT pg_temp.agrees(sum(area), 0.323125) AS a, pg_temp.agrees(sum(area), auc(b.f, b.r)) AS auc
FROM b, LATERAL (
	SELECT (share_focal - lag(share_focal) OVER w) * (share_reference + lag(share_reference) OVER w) / 2 AS area
	FROM pp_plot(f, r) WINDOW w AS (ORDER BY score NULLS FIRST)) points
GROUP BY auc(b.f, b.r);

-- KS
SELECT label, n_focal, n_reference, location, pg_temp.agrees(actual, expected), reason
FROM a, ks_gap(f, r),
	LATERAL (VALUES ('D', distance, 0.6333333333333334), ('exact', p_value_exact, 0.01498501498500704),
		('asymptotic', p_value_asymptotic, 0.02515716869682016)) AS t(label, actual, expected);
SELECT label, pg_temp.agrees(actual, expected)
FROM b, ks_gap(f, r),
	LATERAL (VALUES ('D', distance, 0.2875), ('exact', p_value_exact, 0.003307402897080647),
		('asymptotic', p_value_asymptotic, 0.006910522675952959)) AS t(label, actual, expected);
SELECT label, pg_temp.agrees(actual, expected)
FROM c, ks_gap(f, r),
	LATERAL (VALUES ('D', distance, 0.1), ('exact', p_value_exact, 0.86041007640305101),
		('asymptotic', p_value_asymptotic, 0.9479207487738277)) AS t(label, actual, expected);
-- the exact p-value is computed below 10,000 pairs, or as asked
SELECT p_value_exact IS NULL AS none, reason
FROM ks_gap('{1:50,2:50}', '{1:40,2:60}') UNION ALL
SELECT p_value_exact IS NULL, reason FROM ks_gap('{1:50,2:50}', '{1:40,2:60}', true) UNION ALL
SELECT p_value_exact IS NULL, reason FROM ks_gap('{1:50,2:49}', '{1:40,2:60}') UNION ALL
SELECT p_value_exact IS NULL, reason FROM ks_gap('{1:50,2:49}', '{1:40,2:60}', false);
SELECT ks_gap('{1:50000}', '{1:40000}', true);
SELECT * FROM ks_gap('{5:3}', '{5:2}');
SELECT * FROM ks_gap('{}', '{5:2}');
SELECT * FROM ks_gap(NULL, '{5:2}', true);
-- far apart, the p-value keeps its digits: 2 walks of binomial(60, 30) are seen at the corner
SELECT pg_temp.agrees(p_value_exact, 2 / 118264581564861424.0) FROM
	(SELECT distribution(i) AS f, distribution(i + 100) AS r FROM generate_series(1, 30) i) t, ks_gap(f, r);

-- undefined, and why
SELECT auc, auc_se, v, v_se, v_lower, p_value IS NULL AS no_p, reason FROM v_gap('{1,2}', '{3,4}');
SELECT auc, auc_se, pg_temp.agrees(v, -1.8123876048736471), v_se, v_lower, reason
FROM v_gap('{1,2}', '{3,4}', continuity => true);
SELECT pg_temp.agrees(auc_se, 0.1876255560479346), pg_temp.agrees(v_se, 1.5119380514275107), reason
FROM v_gap('{1,2}', '{3,4}', 0.95, 'hanley_mcneil', continuity => true);
SELECT * FROM v_gap('{1}', '{0,4}');
SELECT * FROM v_gap('{5:3}', '{5:2}');
SELECT * FROM v_gap('{}', '{5:2}');
SELECT * FROM v_gap(NULL, NULL);
SELECT auc('{}', '{1}'), auc(NULL, '{1}');
SELECT * FROM pp_plot('{}', '{1}');
-- wrong options
SELECT v_gap('{1}', '{2}', 1);
SELECT v_gap('{1}', '{2}', 'NaN');
SELECT v_gap('{1}', '{2}', NULL);
SELECT v_gap('{1}', '{2}', 0.95, 'bootstrap');
SELECT v_gap('{1}', '{2}', interval_method => 'wald');
SELECT v_gap('{1}', '{2}', continuity => NULL);

-- group by group, with groups that lack one side; in a window; from stored distributions
CREATE TEMP TABLE scores AS
	SELECT i % 3 AS school, i % 7 < 3 AND i % 3 < 2 AS is_focal, (i * 7919 % 101)::double precision AS score
	FROM generate_series(1, 3000) i;
SELECT school, n_focal, n_reference, v IS NULL AS no_v, reason
FROM (SELECT school, distribution(score) FILTER (WHERE is_focal) AS f,
		distribution(score) FILTER (WHERE NOT is_focal) AS r
	FROM scores GROUP BY school) s, v_gap(f, r)
ORDER BY school;
SELECT school, count(DISTINCT (w.g).v) AS distinct_v, bool_and(w.g IS NOT DISTINCT FROM s.g) AS as_grouped
FROM (SELECT school, v_gap(distribution(score) FILTER (WHERE is_focal) OVER w,
		distribution(score) FILTER (WHERE NOT is_focal) OVER w) AS g
	FROM scores WINDOW w AS (PARTITION BY school)) w
JOIN (SELECT school, v_gap(distribution(score) FILTER (WHERE is_focal),
		distribution(score) FILTER (WHERE NOT is_focal)) AS g
	FROM scores GROUP BY school) s USING (school)
GROUP BY school ORDER BY school;
CREATE TEMP TABLE stored AS
	SELECT school, is_focal, distribution(score) AS d FROM scores GROUP BY school, is_focal;
SELECT v_gap(rollup(d) FILTER (WHERE is_focal), rollup(d) FILTER (WHERE NOT is_focal)) =
	(SELECT v_gap(distribution(score) FILTER (WHERE is_focal), distribution(score) FILTER (WHERE NOT is_focal))
	FROM scores) AS same_bits
FROM stored;

-- Project STAR, kindergarten reading, white against black: V is published as 0.4147804
SELECT n_focal, n_reference, round(v::numeric, 7) AS v, reason
FROM v_gap('{315,358,370,372,376:2,378:6,380:3,382:8,384:9,386:9,388:12,390:16,391:15,393:30,395:28,397:28,
		398:35,400:35,402:51,403:62,405:59,407:59,408:64,410:69,411:61,413:79,414:61,416:72,418:72,
		419:91,421:70,422:86,424:80,425:96,427:78,428:96,430:79,431:75,433:89,434:85,436:94,437:102,
		439:90,440:68,442:74,443:81,445:77,447:69,448:84,450:78,451:83,453:68,455:74,456:60,458:57,
		460:67,461:54,463:55,465:45,467:58,468:37,470:43,472:56,474:47,476:30,478:21,480:17,483:22,
		485:20,487:20,490:23,492:32,495:17,497:26,500:11,503:19,507:13,510:14,514:12,518:16,522:10,527:7,
		532:8,538:11,545:15,554:10,565:9,580:12,605:8,627:5}',
	'{346,358,360,374:3,376:3,378,380:11,382:6,384:6,386:10,388:15,390:21,391:18,393:32,395:20,
		397:37,398:41,400:37,402:29,403:35,405:37,407:49,408:46,410:52,411:48,413:56,414:53,416:35,
		418:41,419:46,421:56,422:45,424:41,425:41,427:31,428:44,430:38,431:32,433:45,434:50,436:26,
		437:46,439:43,440:26,442:28,443:41,445:18,447:26,448:21,450:24,451:19,453:15,455:13,456:28,
		458:16,460:10,461:25,463:15,465:25,467:13,468:9,470:16,472:6,474:12,476:6,478:14,480:8,483:10,
		485:4,487:7,490:8,492:5,495:7,497:3,500:11,503:7,507:2,510:3,514:3,518:8,522:3,527,538:5,545:3,
		554:3,580,627}');

-- groups of different coarseness are compared at the coarser one, where 2 k and 2 k + 1 tie
SELECT value_error(distribution(1 + i * 2.0 ^ -40)) > 0 AS coarse FROM generate_series(1, 20000) i;
SELECT auc = 200019999 / 4e8 AS ties_seen FROM v_gap((SELECT distribution(1 + i * 2.0 ^ -40) FROM generate_series(1, 20000) i),
	(SELECT distribution(1 + i * 2.0 ^ -40) FROM generate_series(1, 20000, 2) i));
-- coarse groups, against all their values: points of the PP plot are exact, V and KS take a bucket's values for ties, and say so
CREATE TEMP TABLE fine AS SELECT ln(1 + i * 1.7) * 100 AS score, i % 3 = 0 AS is_focal FROM generate_series(1, 90000) AS i;
CREATE TEMP TABLE coarse AS SELECT distribution(score) FILTER (WHERE is_focal) AS f, distribution(score + 40) FILTER (WHERE NOT is_focal) AS r FROM fine;
SELECT value_error(f) > 0 AS f_coarse, value_error(r) > 0 AS r_coarse, v.reason AS v, g.reason AS gap, q.reason AS quantile, k.reason AS ks, x.reason AS exact
FROM coarse, v_gap(f, r) AS v, mean_gap(f, r) AS g, ks_gap(f, r) AS k, quantile_gaps(f, r, '{0.5}') AS q, v_gap('{1,3}', '{2,4}') AS x;
WITH pooled AS (
	SELECT score + CASE WHEN is_focal THEN 0 ELSE 40 END AS score, is_focal FROM fine),
ranked AS (
	SELECT score, is_focal, count(*) FILTER (WHERE is_focal) OVER w AS focal_upto, count(*) FILTER (WHERE NOT is_focal) OVER w AS reference_upto
	FROM pooled WINDOW w AS (ORDER BY score)),
exact AS (
	SELECT sum(reference_upto) FILTER (WHERE is_focal) / 30000.0 / 60000 AS auc, max(abs(focal_upto / 30000.0 - reference_upto / 60000.0)) AS distance FROM ranked),
ends AS (
	SELECT count(*) AS points, bool_and(share_focal = (SELECT count(*) FROM pooled AS p WHERE p.is_focal AND p.score <= s.score) / 30000.0
		AND share_reference = (SELECT count(*) FROM pooled AS p WHERE NOT p.is_focal AND p.score <= s.score) / 60000.0) AS exact
	FROM (SELECT p.*, row_number() OVER (ORDER BY score) AS i FROM coarse, pp_plot(f, r) AS p WHERE score IS NOT NULL) AS s WHERE i % 1500 = 0)
SELECT points, ends.exact AS points_exact, abs(v.auc - exact.auc) BETWEEN 1e-12 AND 1e-5 AS auc_near, k.distance < exact.distance AND k.distance > exact.distance - 1e-3 AS distance_near,
	k.distance = abs((SELECT count(*) FROM pooled WHERE is_focal AND score <= k.location) / 30000.0 - (SELECT count(*) FROM pooled WHERE NOT is_focal AND score <= k.location) / 60000.0) AS distance_at_location
FROM coarse, exact, ends, v_gap(f, r) AS v, ks_gap(f, r) AS k;
-- counts as large as they can be
SELECT pg_temp.agrees(auc, (1431655764 * 2147483647.0 + 715827882 * 0.5) / (2147483646 * 2147483647.0)) AS auc, v > 0 AS v, auc_se > 0 AS se
FROM v_gap('{1:715827882,3:1431655764}', '{1:1,2:2147483646}');

-- what must hold for any data: 200 pairs of groups from a fixed sequence of random numbers
CREATE TEMP TABLE random AS
	WITH RECURSIVE generator(i, x) AS (
		SELECT 1, 20261122::bigint
		UNION ALL SELECT i + 1, (x * 48271) % 2147483647 FROM generator WHERE i < 8000)
	SELECT i % 200 AS trial, i / 200 % 2 = 0 AS is_focal, i,
		-- from many ties to few
		(x % (3 + i % 200))::double precision AS score
	FROM generator;
CREATE TEMP TABLE pairs AS
	SELECT trial, distribution(score) FILTER (WHERE is_focal) AS f, distribution(score) FILTER (WHERE NOT is_focal) AS r,
		distribution(exp(score / 50)) FILTER (WHERE is_focal) AS f_mapped,
		distribution(exp(score / 50)) FILTER (WHERE NOT is_focal) AS r_mapped
	FROM random GROUP BY trial;
SELECT count(*) AS pairs,
	bool_and(g = m) AS unchanged_by_a_monotone_map,
	bool_and(abs(g.auc + s.auc - 1) < 1e-15) AS complementary,
	bool_and(g.v = -s.v AND g.auc_se = s.auc_se AND g.p_value = s.p_value) AS antisymmetric,
	bool_and(k.distance = km.distance AND k.p_value_exact = km.p_value_exact AND k.distance = ks.distance AND k.p_value_exact = ks.p_value_exact) AS ks_unchanged,
	bool_and(k.p_value_exact BETWEEN 0 AND 1 AND k.p_value_asymptotic BETWEEN 0 AND 1) AS ks_p_in_range,
	bool_and(g.auc_lower BETWEEN 0 AND g.auc AND g.auc_upper BETWEEN g.auc AND 1) AS interval_holds_auc
FROM pairs, v_gap(f, r) g, v_gap(f_mapped, r_mapped) m, v_gap(r, f) s,
	ks_gap(f, r) k, ks_gap(f_mapped, r_mapped) km, ks_gap(r, f) ks;
-- a student counted w times is w students
SELECT bool_and(v_gap(f, r) = v_gap(f_repeated, r) AND ks_gap(f, r) = ks_gap(f_repeated, r)) AS as_replication
FROM (SELECT trial, distribution(score, 1 + i % 3) FILTER (WHERE is_focal) AS f, distribution(score) FILTER (WHERE NOT is_focal) AS r
	FROM random GROUP BY trial) w
JOIN (SELECT trial, distribution(score) AS f_repeated
	FROM random, generate_series(0, i % 3) WHERE is_focal GROUP BY trial) t USING (trial);
-- sampling weights: all ones change nothing, whole ones replicate, and any are what the definition says
SELECT bool_and(w.auc = g.auc AND abs(w.v - g.v) < 1e-12 AND (w.n_focal, w.n_reference) = (g.n_focal, g.n_reference)) AS ones
FROM (SELECT trial, (weighted_v_gap(score, is_focal, 1)).* FROM random GROUP BY trial) w JOIN pairs USING (trial), v_gap(f, r) g;
SELECT bool_and(abs(w.auc - g.auc) < 1e-14) AS whole_numbers
FROM (SELECT trial, (weighted_v_gap(score, is_focal, 1 + i % 3)).*, distribution(score, 1 + i % 3) FILTER (WHERE is_focal) AS f,
		distribution(score, 1 + i % 3) FILTER (WHERE NOT is_focal) AS r FROM random GROUP BY trial) w, v_gap(f, r) g;
SELECT bool_and(pg_temp.agrees(w.auc, d.auc)) AS definition
FROM (SELECT trial, (weighted_v_gap(score, is_focal, sqrt(i))).auc FROM random WHERE trial < 20 GROUP BY trial) w
JOIN (SELECT trial, sum(sqrt(a.i) * sqrt(b.i) * CASE WHEN a.score > b.score THEN 1 WHEN a.score = b.score THEN 0.5 ELSE 0 END) /
			sum(sqrt(a.i) * sqrt(b.i)) AS auc
	FROM random a JOIN random b USING (trial) WHERE a.is_focal AND NOT b.is_focal GROUP BY trial) d USING (trial);
SELECT weighted_v_gap(score, is_focal, i ORDER BY i) = weighted_v_gap(score, is_focal, i ORDER BY -i) AS any_order FROM random;
SELECT (weighted_v_gap(x, x > 2, w)).* FROM (VALUES (1, 2.5), (2, 0.5), (3, 1), (4, 0), (5, NULL), (NULL, 1)) t(x, w);
SELECT (weighted_v_gap(x, true, 1)).* FROM generate_series(1, 3) x;
SELECT (weighted_v_gap(x, true, 1)).* FROM generate_series(1, 0) x;
SELECT * FROM weighted_v_gap(NULL);
SELECT (weighted_v_gap(x, x % 2 = 0, x)).v = (weighted_v_gap(weighted_sample(x, x % 2 = 0, x))).v AS as_sample FROM generate_series(1, 5) AS x;
SELECT weighted_v_gap(1, true, -1);
SELECT weighted_v_gap(1, true, 'NaN');
SELECT weighted_v_gap('Infinity', true, 1);

-- A and DeLong's variance by their definitions, student by student
WITH students AS (
	SELECT a.trial, a.i, a.is_focal,
		avg(CASE WHEN a.score > b.score THEN 1 WHEN a.score = b.score THEN 0.5 ELSE 0 END) AS placement
	FROM random a JOIN random b ON a.trial = b.trial AND a.is_focal <> b.is_focal
	GROUP BY a.trial, a.i, a.is_focal),
definition AS (
	SELECT trial, avg(placement) FILTER (WHERE is_focal) AS auc,
		var_samp(placement) FILTER (WHERE is_focal) / count(*) FILTER (WHERE is_focal) +
		var_samp(placement) FILTER (WHERE NOT is_focal) / count(*) FILTER (WHERE NOT is_focal) AS variance
	FROM students GROUP BY trial)
SELECT count(*) AS pairs, bool_and(pg_temp.agrees(g.auc, d.auc::float8)) AS auc,
	bool_and(pg_temp.agrees(g.auc_se, sqrt(d.variance::float8))) AS delong
FROM pairs JOIN definition d USING (trial), v_gap(f, r) g;

-- one worker or four, the same bits
CREATE TABLE gap_v_scores AS SELECT i % 2 = 0 AS is_focal, (i * 7919 % 1009)::double precision AS score
	FROM generate_series(1, 100000) i;
ALTER TABLE gap_v_scores SET (parallel_workers = 4);
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE serial AS
	SELECT v_gap(distribution(score) FILTER (WHERE is_focal), distribution(score) FILTER (WHERE NOT is_focal)) AS g
	FROM gap_v_scores;
SET max_parallel_workers_per_gather = 4;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF)
	SELECT v_gap(distribution(score) FILTER (WHERE is_focal), distribution(score) FILTER (WHERE NOT is_focal)) AS g
	FROM gap_v_scores;
SELECT v_gap(distribution(score) FILTER (WHERE is_focal), distribution(score) FILTER (WHERE NOT is_focal)) = g AS same_bits
FROM gap_v_scores, serial GROUP BY g;
DROP TABLE gap_v_scores;
