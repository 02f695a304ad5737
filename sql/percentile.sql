-- Quantile types, bands, norms. Numbers: MEASURES 7.1 to 7.4 (R), others from test/reference/percentile.R.
SET search_path = gapstats, public, pg_temp;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-10 END;
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
SELECT percentile('{1}', 1.5, 6);
SELECT percentile('{1}', 'NaN', 6);
SELECT percentile('{-1.7e308,1.7e308}', 0.5, 6);

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
SELECT norm_percentile(distribution(sqrt(i)), 3) FROM generate_series(1, 20000) i;
-- normal norms, LMS
SELECT pg_temp.agrees(normal_percentile_rank(204.5, 15.2, 195), 26.598552904870054) AS rank, norm_percentile(204.5, 15.2, 195),
	norm_percentile(204.5, 15.2, 0) AS lowest, norm_percentile(204.5, 15.2, 999) AS highest;
SELECT pg_temp.agrees(lms_z(16, -1.5, 18, 0.12), -1.073570518068328) AS z,
	pg_temp.agrees(normal_percentile_rank(0, 1, lms_z(16, -1.5, 18, 0.12)), 14.15076085615451) AS rank,
	pg_temp.agrees(lms_z(23.5, 0.4, 21.1, 0.09), 1.2231346579729501) AS l_positive,
	pg_temp.agrees(lms_z(23.5, 0, 21.1, 0.09), 1.196970896312137) AS l_zero,
	pg_temp.agrees(lms_z(23.5, 1e-12, 21.1, 0.09), 1.196970896312137) AS l_near_zero,
	lms_z(18, -1.5, 18, 0.12) AS median;
SELECT lms_z(0, 1, 18, 0.12);
SELECT lms_z(16, 1, 18, 0);
SELECT lms_z(16, 'NaN', 18, 0.1);
SELECT norm_percentile(100, 0, 195);
SELECT lms_z(1e300, 300, 1e-5, 0.1);

-- bands: equal scores are never parted (ntile parts the fives)
SELECT * FROM p, percentile_bands(d, min_n_per_band => 0);
SELECT x, percentile_band(d, x) AS fifth, percentile_band(d, x, '{0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9}') AS tenth
FROM p, value_counts(d) AS v(x, n);
SELECT band, label, lower, upper, n, share, reason
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
SELECT b.band, b.n = count(*) AS sizes_agree, bool_and((b.lower IS NULL OR score > b.lower) AND (b.upper IS NULL OR score <= b.upper)) AS within
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
SELECT percentile_band(distribution(sqrt(i)), 3) FROM generate_series(1, 20000) i;

-- performance levels: a cut score is the lowest of its level
SELECT * FROM p, performance_levels(d, '{3,5,6}', '{below basic,basic,proficient,advanced}');
SELECT * FROM performance_levels('{1,2,2.5}', '{2}');
SELECT * FROM performance_levels(NULL, '{2}');
-- vendors' cut sets are parameters: on percentile ranks, or on scores
SELECT rank, performance_level(rank, '{21,41,61,81}', '{Lo,LoAvg,Avg,HiAvg,Hi}') AS map_growth,
	performance_level(rank, '{10,25,40}', '{urgent intervention,intervention,on watch,at or above benchmark}') AS star
FROM unnest('{1,9,10,20,21,24,25,39,40,41,60,61,80,81,99}'::int[]) rank;
SELECT performance_level(1, '{2,1}', '{a,b,c}');
SELECT performance_level(1, '{2,3}', '{a,b}');
-- the counts that states publish, and V from them
SELECT (coarsened_v_gap(array_agg(f.n ORDER BY band), array_agg(r.n ORDER BY band))).estimate
	= (coarsened_v_gap('{40,55,30,15}', '{20,60,80,60}')).estimate AS same_bits
FROM performance_levels('{1:40,2:55,3:30,4:15}', '{2,3,4}') f
JOIN performance_levels('{1:20,2:60,3:80,4:60}', '{2,3,4}') r USING (band);
