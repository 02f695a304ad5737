-- Quantile types and intervals, bands, norms. Numbers: MEASURES 3.3 and 7.1 to 7.4 (R), others from
-- test/reference/percentile.R, percentile.py (mpmath) and distribution_gap.R.
SET search_path = gapstats, public, pg_temp;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-10 END;
CREATE FUNCTION pg_temp.students(n bigint) RETURNS distribution
	RETURN (SELECT distribution(i, n / 10 + CASE WHEN i <= n % 10 THEN 1 ELSE 0 END) FROM generate_series(1, 10) i);
CREATE TEMP TABLE a AS SELECT '{212,205,221,198,230,217,209,225,201,214}'::distribution AS f;

-- the nine types, dataset A
SELECT type, pg_temp.agrees(percentile(f, 0.10, type), p10) AS p10, pg_temp.agrees(percentile(f, 0.25, type), p25) AS p25,
	pg_temp.agrees(percentile(f, 0.50, type), p50) AS p50, pg_temp.agrees(percentile(f, 0.75, type), p75) AS p75,
	pg_temp.agrees(percentile(f, 0.90, type), p90) AS p90
FROM a, (VALUES
	(1, 198, 205, 212, 221, 225),
	(2, 199.5, 205, 213, 221, 227.5),
	(3, 198, 201, 212, 221, 225),
	(4, 198, 203, 212, 219, 225),
	(5, 199.5, 205, 213, 221, 227.5),
	(6, 198.3, 204, 213, 222, 229.5),
	(7, 200.7, 206, 213, 220, 225.5),
	(8, 199.1, 204.666666666666667, 213, 221.333333333333333, 228.166666666666667),
	(9, 199.2, 204.75, 213, 221.25, 228)) AS t(type, p10, p25, p50, p75, p90);
-- sixty scores without ties, from end to end
SELECT type, count(*) AS percentiles, bool_and(pg_temp.agrees(percentile(d, p, type), expected)) AS agree
FROM (SELECT distribution((37 * i % 61) / 7.0::float8) AS d FROM generate_series(1, 60) i) t, (VALUES
	(1, '{0.14285714285714285,0.42857142857142855,2.57142857142857162,2.85714285714285721,4.28571428571428559,6.71428571428571441,8.14285714285714235,8.57142857142857117}'),
	(2, '{0.14285714285714285,0.50000000000000000,2.57142857142857162,2.92857142857142883,4.35714285714285765,6.71428571428571441,8.21428571428571530,8.57142857142857117}'),
	(3, '{0.14285714285714285,0.42857142857142855,2.42857142857142838,2.85714285714285721,4.28571428571428559,6.57142857142857117,8.14285714285714235,8.57142857142857117}'),
	(4, '{0.14285714285714285,0.42857142857142855,2.48571428571428532,2.85714285714285721,4.28571428571428559,6.60000000000000053,8.14285714285714235,8.57142857142857117}'),
	(5, '{0.14285714285714285,0.50000000000000000,2.55714285714285738,2.92857142857142883,4.35714285714285765,6.67142857142857171,8.21428571428571530,8.57142857142857117}'),
	(6, '{0.14285714285714285,0.43571428571428578,2.52714285714285669,2.90476190476190466,4.35714285714285765,6.70999999999999996,8.27857142857142847,8.57142857142857117}'),
	(7, '{0.14285714285714285,0.56428571428571428,2.58714285714285719,2.95238095238095211,4.35714285714285765,6.63285714285714256,8.14999999999999858,8.57142857142857117}'),
	(8, '{0.14285714285714285,0.47857142857142854,2.54714285714285671,2.92063492063492003,4.35714285714285676,6.68428571428571416,8.23571428571428577,8.57142857142857117}'),
	(9, '{0.14285714285714285,0.48392857142857143,2.54964285714285710,2.92261904761904745,4.35714285714285765,6.68107142857142833,8.23035714285714270,8.57142857142857117}')) AS r(type, expected_all),
	unnest('{0,0.05,0.29,0.3333333333333333,0.5,0.77,0.95,1}'::float8[], expected_all::float8[]) AS u(p, expected)
GROUP BY type ORDER BY type;
-- type 7 is percentile_cont, type 1 percentile_disc, to the last bit
SELECT bool_and(percentile(d, p, 7) = cont AND percentile(d, p, 7) = percentile(d, p) AND percentile(d, p, 1) = disc) AS same_bits
FROM (SELECT distribution(x) AS d, array_agg(x) AS xs FROM (SELECT sqrt(i * 7919 % 211) AS x FROM generate_series(1, 997) i) t) s,
	generate_series(0, 100) k, LATERAL (SELECT k / 100.0::float8 AS p) t,
	LATERAL (SELECT percentile_cont(p) WITHIN GROUP (ORDER BY x) AS cont, percentile_disc(p) WITHIN GROUP (ORDER BY x) AS disc
		FROM unnest(xs) x) q;
SELECT type, percentile('{7}', 0.3, type) AS one, percentile('{}', 0.3, type) AS none,
	percentile('{1:999999999999,2:1}', 0.3, type) AS many
FROM generate_series(1, 9) type;
SELECT percentile('{1}', 0.5, 10);
SELECT percentile('{1}', 0.5, 0);
SELECT percentile('{1}', 0.5, NULL);
SELECT percentile(NULL, 0.5, NULL);
SELECT percentile(NULL, 0.5, 6) AS no_group, percentile('{1}', NULL, 6) AS no_fraction;
SELECT percentile('{1}', 1.5, 6);
SELECT percentile('{1}', 'NaN', 6);
-- However far apart two values are, what is between them is in range, and types 1 to 3 give values (R's quantile()).
SELECT type, percentile('{-1.7e308,1.7e308}', 0.5, type) AS middle,
	pg_temp.agrees(percentile('{-1.7e308,1.7e308}', 0.75, type), above) AS above,
	pg_temp.agrees(percentile('{-1e16,1}', 0.9, type), near) AS near
FROM (VALUES
	(1, 1.7e308, 1), (2, 1.7e308, 1), (3, 1.7e308, 1),
	(4, 0, -2e15), (5, 1.7e308, 1), (6, 1.7e308, 1), (7, 8.5e307, -1e15), (9, 1.7e308, 1)) AS r(type, above, near);
SELECT percentile('{-1.7e308,1.7e308}', 0.5), percentiles('{-1.7e308,1.7e308}', '{0.25,1}'),
	percentile_band('{-1.7e308,1.7e308}', 1, '{0.5}'), (SELECT array_agg(upper_cut) FROM percentile_bands('{-1.7e308,1.7e308}', '{0.5}', NULL, 0));

-- as many as there can be
SELECT type, percentile('{1:9223372036854775806,2:1}', 0.5, type) AS middle, percentile('{1:9223372036854775806,2:1}', 1, type) AS last
FROM generate_series(1, 9) type;
SELECT percentile(NULL, 0.5, 6) AS no_group, percentile('{1}', NULL, 6) AS no_fraction;

-- intervals by order statistics: ranks, values, coverage; the standard error by Maritz and Jarrett
CREATE TEMP TABLE b AS SELECT distribution(20 + 37 * i % 23) AS d FROM generate_series(1, 60) i;
SELECT fraction, estimate, rank_of_lower, rank_of_upper, lower, upper, pg_temp.agrees(coverage, expected) AS coverage, reason
FROM a, (VALUES (0.1, 0.9872048016), (0.5, 0.978515625), (0.9, 0.9872048016)) AS t(fraction, expected), percentile_interval(f, fraction);
SELECT fraction, rank_of_lower, rank_of_upper, pg_temp.agrees(coverage, expected) AS coverage
FROM b, (VALUES (0.05, 0.9902108512900585), (0.3, 0.9665478642576258), (0.5, 0.9726598661319219), (0.8, 0.9658253792108982))
	AS t(fraction, expected), percentile_interval(d, fraction);
SELECT fraction, confidence, rank_of_lower, rank_of_upper, (rank_of_lower, rank_of_upper) IS NOT DISTINCT FROM (expected_lower, expected_upper) AS ranks,
	pg_temp.agrees(coverage, expected) AS coverage
FROM (SELECT distribution(i) AS d FROM generate_series(1, 400) i) t, (VALUES
	(0.5, 0.999999, 151, 250, 0.99999934681807872), (0.002, 0.95, NULL, 4, 0.99100445377948393),
	(0.998, 0.95, 397, NULL, 0.99100445377948393), (0.25, 0.1, 99, 102, 0.13746436367231517)) AS e(fraction, confidence, expected_lower, expected_upper, expected),
	percentile_interval(d, fraction, confidence);
SELECT n, fraction, (rank_of_lower, rank_of_upper) = (expected_lower, expected_upper) AS ranks
FROM (VALUES (1000000, 0.5, 0.95, 499020, 500981), (1000000, 0.001, 0.999, 898, 1107), (1000000, 0.999, 0.999, 998894, 999103),
	(1000000000, 0.3, 0.99, 299962673, 300037329), (2147483647, 0.5, 0.95, 1073696410, 1073787238))
	AS e(students, fraction, confidence, expected_lower, expected_upper), percentile_interval(pg_temp.students(students), fraction, confidence);
-- the ranks' definition, by sums of binomial probabilities in numeric
WITH binomial AS (
	SELECT n, p, k, (SELECT coalesce(sum(factorial(n) / factorial(j) / factorial(n - j) * p ^ j * (1 - p) ^ (n - j)), 0)
		FROM generate_series(0, k - 1) j) AS below
	FROM generate_series(1, 40, 3) n, unnest('{0.1,0.37,0.5,0.9}'::numeric[]) p, generate_series(1, n) k),
ranks AS (
	SELECT n, p, max(k) FILTER (WHERE below <= 0.05) AS rank_of_lower, min(k) FILTER (WHERE 1 - below <= 0.05) AS rank_of_upper
	FROM binomial GROUP BY n, p)
SELECT count(*), bool_and((i.rank_of_lower, i.rank_of_upper) IS NOT DISTINCT FROM (r.rank_of_lower, r.rank_of_upper)) AS agree
FROM ranks r, LATERAL (SELECT distribution(j) AS d FROM generate_series(1, r.n) j) t,
	percentile_interval(d, p::double precision, 0.9) i;
-- values far beyond the others matter as much as their weight, however small; where it is too small, not at all
SELECT what, fraction, pg_temp.agrees(se, expected) AS se
FROM (VALUES ('fourth powers', (SELECT distribution((37 * i % 61)::float8 ^ 4) FROM generate_series(1, 60) i)),
	('an outlier', (SELECT distribution(i) FROM generate_series(1, 40) i) + '{1e30}'),
	('one of 2^1000', (SELECT distribution(i) FROM generate_series(1, 400) i) + '{1.0715086071862673e301}')) AS t(what, d)
JOIN (VALUES ('fourth powers', 0.1, 4093.8320593107425), ('fourth powers', 0.5, 455027.02609142671), ('fourth powers', 0.9, 1470510.4418406961),
	('an outlier', 0.1, 38.760909380989466), ('an outlier', 0.5, 1.5646767760621186e19), ('an outlier', 0.8, 1.9791536508050802e27),
	('one of 2^1000', 0.05, 4.2692009888658708), ('one of 2^1000', 0.25, 8.6467957697249525)) AS e(what, fraction, expected) USING (what),
	percentile_interval(d, fraction);
-- far from zero nothing cancels, and no scale is out of range
SELECT abs(shifted.se / plain.se - 1) < 1e-10 AS same_se
FROM b, LATERAL (SELECT distribution(value + 1e9, n) AS f FROM value_counts(d)) t,
	percentile_interval(d, 0.3) plain, percentile_interval(t.f, 0.3) shifted;
SELECT scale, bool_and(pg_temp.agrees(scaled.se / scale, plain.se) AND scaled.lower = plain.lower * scale AND scaled.coverage = plain.coverage) AS invariant
FROM b, unnest('{1e-300,1e-160,1e160,1e300}'::float8[]) scale, LATERAL (SELECT distribution(value * scale, n) AS f FROM value_counts(d)) t,
	generate_series(0.05, 0.95, 0.1) p, percentile_interval(d, p::float8) plain, percentile_interval(t.f, p::float8) scaled
GROUP BY scale ORDER BY scale;
-- whatever is asked of however many students
SET statement_timeout = '30s';
SELECT fraction, confidence, estimate, se, lower, upper, rank_of_upper - rank_of_lower > 0 AS ranks, rounded(coverage, 6) AS coverage, reason
FROM unnest('{0.5,0.5,0.5,5e-324,0.9999999999999999,0,1}'::float8[], '{0.95,0.999999999999999,5e-324,0.95,0.999999999999999,0.95,0.95}'::float8[]) AS t(fraction, confidence),
	percentile_interval('{1:1073741823,2:1073741824}', fraction, confidence);
SELECT count(*), count(estimate), count(se)
FROM unnest('{1,2,3,10,1000,1000000,1000000007,2147483646,2147483647}'::bigint[]) n,
	unnest('{0,5e-324,1e-300,1e-18,1e-9,0.001,0.5,0.999,0.9999999999999999,1}'::float8[]) fraction,
	unnest('{5e-324,1e-9,0.5,0.999999,0.999999999999999,0.9999999999999999}'::float8[]) confidence,
	percentile_interval(pg_temp.students(n), fraction, confidence);
RESET statement_timeout;
SELECT * FROM percentile_interval(NULL, 0.5);
SELECT * FROM percentile_interval('{1}', 0.5);
SELECT percentile_interval('{1}', NULL);
SELECT percentile_interval('{1}', NULL, 2);
SELECT percentile_interval('{1}', 0.5, NULL);
SELECT percentile_interval('{1}', 50);

-- mid-percentile ranks, as they are published
CREATE TEMP TABLE p AS SELECT '{3,1,4,1,5,9,2,6,5,3,5}'::distribution AS d;
SELECT x, norm_percentile(d, x) AS norm_percentile, norm_percentile(d, x) = expected AS agrees
FROM p, (VALUES (1, 9), (2, 23), (3, 36), (4, 50), (5, 68), (6, 86), (9, 95)) AS t(x, expected);
-- clamped; between scores; half up: 12.5 is 13
SELECT norm_percentile(d, 0) AS below_all, norm_percentile(d, 10) AS above_all, norm_percentile(d, 5.5) AS between,
	norm_percentile('{1,2,3,4}', 1) AS half_up, norm_percentile('{1:199,2:1}', 2) AS top
FROM p;
SELECT bool_and(norm_percentile(d, x) = greatest(1, least(99, floor((100 * (2 * below + equal)::numeric / (2 * n) + 0.5))))) AS exact, count(*)
FROM generate_series(1, 120) n, LATERAL (SELECT distribution(i * 7 % 31) AS d FROM generate_series(1, n) i) t,
	generate_series(0, 30) x, LATERAL (SELECT count(*) FILTER (WHERE i * 7 % 31 < x) AS below,
		count(*) FILTER (WHERE i * 7 % 31 = x) AS equal FROM generate_series(1, n) i) c;
-- unchanged by an increasing map of the scores, and by counting a student w times instead of naming her w times
SELECT bool_and(norm_percentile(d, x) = norm_percentile(mapped, exp(x / 9.0)) AND norm_percentile(d, x) = norm_percentile(repeated, x)
		AND percentile_band(d, x) = percentile_band(repeated, x) AND percentile(d, x / 40.0, 6) = percentile(repeated, x / 40.0, 6)) AS invariant
FROM (SELECT distribution(i * 7919 % 41, 1 + i % 3) AS d, distribution(exp(i * 7919 % 41 / 9.0), 1 + i % 3) AS mapped FROM generate_series(1, 200) i) t,
	(SELECT distribution(i * 7919 % 41) AS repeated FROM generate_series(1, 200) i, generate_series(0, i % 3)) r,
	generate_series(0, 40) x;
SELECT norm_percentile('{}', 1) AS no_norms, norm_percentile('{1}', NULL) AS no_score;
SELECT norm_percentile('{1}', 'Infinity');
-- normal norms, LMS
SELECT pg_temp.agrees(normal_percentile_rank(204.5, 15.2, 195), 26.598552904870054) AS rank, norm_percentile(204.5, 15.2, 195),
	norm_percentile(204.5, 15.2, 0) AS lowest, norm_percentile(204.5, 15.2, 999) AS highest;
SELECT pg_temp.agrees(lms_z(16, -1.5, 18, 0.12), -1.073570518068328) AS z,
	pg_temp.agrees(normal_percentile_rank(0, 1, lms_z(16, -1.5, 18, 0.12)), 14.15076085615451) AS rank,
	pg_temp.agrees(lms_z(23.5, 0.4, 21.1, 0.09), 1.2231346579729501) AS l_positive,
	pg_temp.agrees(lms_z(23.5, 0, 21.1, 0.09), 1.196970896312137) AS l_zero,
	pg_temp.agrees(lms_z(23.5, 1e-12, 21.1, 0.09), 1.196970896312137) AS l_near_zero,
	lms_z(18, -1.5, 18, 0.12) AS median;
SELECT pg_temp.agrees(lms_z(16 * scale, -1.5, 18 * scale, 0.12), -1.073570518068328) AS z, norm_percentile(204.5 * scale, 15.2 * scale, 195 * scale) AS norm
FROM unnest('{1e-300,1e-160,1e160,1e300}'::float8[]) scale;
-- ln(1e600) / 0.1; l too small to matter, and to divide by
SELECT pg_temp.agrees(lms_z(1e300, 0, 1e-300, 0.1), 13815.510557964274) AS far, pg_temp.agrees(lms_z(23.5, 5e-324, 21.1, 0.09), 1.196970896312137) AS l_denormal;
SELECT lms_z(0, 1, 18, 0.12);
SELECT lms_z(16, 1, 18, 0);
SELECT lms_z(16, 'NaN', 18, 0.1);
SELECT norm_percentile(100, 0, 195);
SELECT lms_z(1e300, 300, 1e-5, 0.1);

-- bands: equal scores are never parted (ntile parts the fives)
SELECT * FROM p, percentile_bands(d, min_n_per_band => 0);
SELECT x, percentile_band(d, x) AS fifth, percentile_band(d, x, '{0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9}') AS tenth
FROM p, value_counts(d) AS v(x, n);
SELECT band, label, lower_cut, upper_cut, n, share, reason
FROM percentile_bands((SELECT distribution(i) FROM generate_series(1, 60) i), '{0.25,0.5,0.75}', '{low,lower middle,upper middle,high}');
-- too few to show: an extreme percentile is a student's score
SELECT * FROM percentile_bands((SELECT distribution(i) FROM generate_series(1, 49) i));
SELECT * FROM percentile_bands((SELECT distribution(i) FROM generate_series(1, 50) i));
-- a cut at a whole rank is that score, though 0.29 * 100 is less than 29 in floating point
SELECT 0.29::float8 * 100 < 29 AS less, percentile_band(d, 29, '{0.29}') AS below_cut, percentile_band(d, 30, '{0.29}') AS at_cut,
	percentile_band(d, 31, '{0.29}') AS above_cut
FROM (SELECT distribution(i) AS d FROM generate_series(1, 101) i) t;
-- a score's band is the band that its bounds say, and the sizes are those of the students' bands
WITH students AS (SELECT i, sqrt(i * 7919 % 211) AS score FROM generate_series(1, 997) i),
norms AS (SELECT distribution(score) AS d FROM students)
SELECT b.band, b.n = count(*) AS sizes_agree, bool_and((b.lower_cut IS NULL OR score > b.lower_cut) AND (b.upper_cut IS NULL OR score <= b.upper_cut)) AS within
FROM norms, students, percentile_bands(d) b
WHERE percentile_band(d, score) = b.band GROUP BY b.band, b.n ORDER BY b.band;
SELECT * FROM percentile_bands('{}');
SELECT * FROM percentile_bands(NULL, '{}');
SELECT percentile_band('{}', 1), percentile_band('{1}', NULL), percentile_band('{1}', 5, '{}');
SELECT percentile_bands('{1}', '{0.2,0.2}');
SELECT percentile_bands('{1}', '{20,40}');
SELECT percentile_bands('{1}', '{0.5}', '{low}');
SELECT percentile_bands('{1}', '{0.5}', '{low,NULL}');
SELECT percentile_bands('{1}', NULL);
SELECT percentile_band('{1}', 'NaN');
SELECT percentile_band('{1}', 1, NULL);
SELECT percentile_band(NULL, 1, NULL);
SELECT percentile_band(NULL, 1) AS no_group, percentile_band('{1}', NULL) AS no_score;
SELECT percentile_bands('{1}', min_n_per_band => NULL);
SELECT percentile_bands('{1}', min_n_per_band => -3);

-- performance levels: a cut score is the lowest of its level
SELECT * FROM p, performance_levels(d, '{3,5,6}', '{below basic,basic,proficient,advanced}');
SELECT * FROM performance_levels('{1,2,2.5}', '{2}');
SELECT * FROM performance_levels(NULL, '{2}');
SELECT performance_levels('{1}', NULL);
SELECT label FROM performance_levels('{1}', '{2.5,3}', NULL);
SELECT performance_levels('{1}', '{2,3}', '{low,high}');
SELECT * FROM performance_levels('{1,2,3}', '{}');
-- vendors' cut sets are parameters: on percentile ranks, or on scores
SELECT rank, performance_level(rank, '{21,41,61,81}', '{Lo,LoAvg,Avg,HiAvg,Hi}') AS map_growth,
	performance_level(rank, '{10,25,40}', '{urgent intervention,intervention,on watch,at or above benchmark}') AS star
FROM unnest('{1,9,10,20,21,24,25,39,40,41,60,61,80,81,99}'::int[]) rank;
SELECT performance_level(1, '{2,1}', '{a,b,c}');
SELECT performance_level(1, '{2,3}', '{a,b}');
SELECT performance_level(score, '{2.5,3}', NULL), performance_level(score, '{2.5,3}') = label AS as_levels
FROM unnest('{1,2.5,3,NULL}'::float8[]) WITH ORDINALITY AS s (score, i) LEFT JOIN performance_levels('{1}', '{2.5,3}') ON level = i;
SELECT performance_level(1, NULL, '{a}');
SELECT performance_level(NULL, NULL, '{a}');
-- the counts that states publish, and V from them
SELECT (coarsened_v_gap(array_agg(f.n ORDER BY level), array_agg(r.n ORDER BY level))).estimate
	= (coarsened_v_gap('{40,55,30,15}', '{20,60,80,60}')).estimate AS same_bits
FROM performance_levels('{1:40,2:55,3:30,4:15}', '{2,3,4}') f
JOIN performance_levels('{1:20,2:60,3:80,4:60}', '{2,3,4}') r USING (level);

-- A coarse distribution: counts at a cut are estimates, as if a bucket were evenly filled, and cut_error() bounds them.
-- 200,000 scores, normal with mean 500 and sd 80
CREATE TEMP TABLE normal AS
	SELECT 500 + 80 * sqrt(-2 * ln((i - 0.5::float8) / 200000)) * cos(6.283185307179586 * i * 0.6180339887498949::float8) AS score
	FROM generate_series(1, 200000) i;
CREATE TEMP TABLE coarse AS SELECT distribution(score) AS d FROM normal;
SELECT cut, error > 0 AS inside_a_bucket, rate = proficient / 200000.0::float8 AS same_rate, abs(proficient - at_or_above) <= error AS count_within,
	abs(percentile_rank(d, cut) * 2000 - below) <= error AS rank_within, abs(norm_percentile(d, cut) - greatest(1, least(99, below / 2000.0))) <= 0.5 + error / 2000.0 AS norm_within
FROM coarse, unnest('{512.03,512,300.1,1}'::float8[]) cut,
	LATERAL (SELECT count(*) FILTER (WHERE score >= cut) AS at_or_above, count(*) FILTER (WHERE score < cut) AS below FROM normal) c,
	LATERAL (SELECT proficiency_rate(d, cut) AS rate, proficient_count(d, cut) AS proficient, cut_error(d, cut) AS error) e;
-- rows say so where a cut is within a bucket, and only there: 400 and 512 are the ends of one
SELECT level, label, reason, abs(n - students) <= coalesce(cut_error(d, lower_cut), 0) + coalesce(cut_error(d, upper_cut), 0) AS within
FROM coarse, performance_levels(d, '{300.1,400,512,576.3}', '{a,b,c,d,e}'),
	LATERAL (SELECT count(*) AS students FROM normal WHERE (score < upper_cut) IS NOT FALSE AND (score >= lower_cut) IS NOT FALSE) c
ORDER BY level;
SELECT sum(n), sum(share) BETWEEN 1 - 1e-12 AND 1 + 1e-12 AS shares, array_agg(DISTINCT reason) AS reasons FROM coarse, percentile_bands(d);
-- something else is the matter, and no count is uncertain: no word of it
SELECT DISTINCT reason FROM coarse, percentile_bands(d, min_n_per_band => 1000000);
SELECT n, reason FROM coarse, percentile_interval(d, 0.3);
-- Every score is in the band whose bounds hold it, coarse or not, and the bands' sizes are those of the students, as nearly as it says
CREATE TEMP TABLE scores AS
	SELECT 'exact' AS which, sqrt(i * 7919 % 211) AS score FROM generate_series(1, 1000) i
	UNION ALL SELECT 'coarse', sqrt(i) FROM generate_series(19001, 20000) i;
CREATE TEMP TABLE groups AS
	SELECT 'exact' AS which, distribution(score) AS d FROM scores WHERE which = 'exact'
	UNION ALL SELECT 'coarse', distribution(sqrt(i)) - distribution(sqrt(i)) FILTER (WHERE i <= 19000) FROM generate_series(1, 20000) i;
WITH bands AS MATERIALIZED (SELECT which, d, b.* FROM groups, percentile_bands(d, '{0.01,0.1,0.29,0.33,0.5,0.77,0.9,0.999}') b),
students AS (SELECT which, score, percentile_band(d, score, '{0.01,0.1,0.29,0.33,0.5,0.77,0.9,0.999}') AS band FROM scores JOIN groups USING (which)),
sizes AS (SELECT which, band, count(*) AS students, bool_and((score > lower_cut) IS NOT FALSE AND (score <= upper_cut) IS NOT FALSE) AS within
	FROM students JOIN bands USING (which, band) GROUP BY which, band)
SELECT which, count(*) AS bands, sum(students) AS students, sum(bands.n) AS n, bool_and(within) AS within, bool_and(students = bands.n) AS exactly,
	bool_and(abs(students - bands.n) <= error) AS as_nearly, bool_and((error > 0) = (bands.reason IS NOT DISTINCT FROM 'coarse')) AS says_so
FROM bands JOIN sizes USING (which, band),
	LATERAL (SELECT coalesce(cut_error(d, lower_cut), 0) + coalesce(cut_error(d, upper_cut), 0) AS error) e
GROUP BY which ORDER BY which;

-- Many cuts: counts are differences of counts at the cuts, whatever their number
CREATE TEMP TABLE many AS SELECT (SELECT distribution(i * 0.1::float8, 1 + i % 3) FROM generate_series(1, 16000) i) AS d,
	(SELECT array_agg(i / 100001.0::float8 ORDER BY i) FROM generate_series(1, 100000) i) AS cuts;
CREATE FUNCTION pg_temp.in_time(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	start timestamptz := clock_timestamp();
BEGIN
	EXECUTE query;
	RETURN clock_timestamp() - start < interval '2.5 s';
EXCEPTION WHEN query_canceled THEN
	RETURN clock_timestamp() - start < interval '2.5 s';
END $$;
SET statement_timeout = '1s';
SELECT pg_temp.in_time('SELECT count(*) FROM many, percentile_bands(d, cuts, min_n_per_band => 0)');
SELECT pg_temp.in_time('SELECT count(*) FROM many, performance_levels(d, cuts)');
SELECT pg_temp.in_time('SELECT percentile_band(d, 800, cuts) FROM many');
SELECT pg_temp.in_time('SELECT count(se) FROM many, unnest(cuts) p, percentile_interval(d, p)');
RESET statement_timeout;
SELECT count(*), sum(n) = 32000 AS all_students, bool_and(n = expected) AS counts, min(label), max(label)
FROM (SELECT b.*, (SELECT coalesce(sum(count), 0) FROM value_counts(d) AS v(value, count) WHERE (value > lower_cut) IS NOT FALSE AND (value <= upper_cut) IS NOT FALSE) AS expected
	FROM many, percentile_bands(d, ARRAY(SELECT cuts[i] FROM generate_series(500, 100000, 500) i), min_n_per_band => 0) b) t;
