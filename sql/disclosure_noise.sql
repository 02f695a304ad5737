--
-- geometric_noise and reporting_range: what may be published in the place of a small number
--
\set SHOW_CONTEXT never
SET search_path = gapstats;

-- Values by test/reference/geometric_noise.py
SELECT epsilon::text, array_agg(geometric_noise('school ' || i, '2026', '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', epsilon) ORDER BY i) = expected AS same
FROM (VALUES (0.5, '{1,3,1,-1,-1,2,-3,-1}'::bigint[]), (0.50, '{1,3,1,-1,-1,2,-3,-1}'), (1, '{0,1,0,0,-1,1,0,1}'), (0.01, '{4,-156,-9,-16,-46,164,1,-21}'),
	(0.000000001, '{128446875,-2400459340,722161209,-200045116,-750017287,1142180264,745985701,552058329}'), (20, '{0,0,0,0,0,0,0,0}')) AS v (epsilon, expected),
	generate_series(1, 8) AS i
GROUP BY epsilon::text, expected
ORDER BY epsilon::text;

-- Moments: P(k) = (1 - a) / (1 + a) a^|k|, variance 2a / (1 - a)^2, a = exp(-epsilon); for 0.5 that is P(0) 0.244918662403709,
-- variance 7.83539617806553, P(|k| <= 2) 0.722221099486091. Within four standard errors of 10,000 draws
SELECT epsilon, abs(avg(k)) < 4 * sqrt(variance / 10000) AS mean, abs(avg(k * k) / variance - 1) < 4 * sqrt(5.0 / 10000) AS variance,
	abs(avg((k = 0)::int) - p0) < 4 * sqrt(p0 * (1 - p0) / 10000) AS p_0, abs(avg((abs(k) <= 2)::int) - p2) < 4 * sqrt(p2 * (1 - p2) / 10000) AS p_2
FROM (VALUES (0.5), (0.1), (1.25)) AS v (epsilon),
	LATERAL (SELECT exp(-epsilon::float8) AS a) AS a,
	LATERAL (SELECT (1 - a) / (1 + a) AS p0, 2 * a / (1 - a) ^ 2 AS variance, (1 - a) / (1 + a) * (1 + 2 * a + 2 * a ^ 2) AS p2) AS m,
	generate_series(1, 10000) AS i,
	LATERAL (SELECT geometric_noise('school ' || i, 'count of 2026', '\x000102030405060708090a0b0c0d0e0f', epsilon)) AS n (k)
GROUP BY epsilon, variance, p0, p2
ORDER BY epsilon;
SELECT (1 - a) / (1 + a) AS p_0, 2 * a / (1 - a) ^ 2 AS variance, (1 - a) / (1 + a) * (1 + 2 * a + 2 * a ^ 2) AS p_2 FROM exp(-0.5::float8) AS a;
-- The standard deviation to publish with it: mpmath's with 40 digits
SELECT epsilon, sd, abs(sd / expected - 1) < 1e-15 AS right
FROM (VALUES (0.5, 2.7991777682143604), (1, 1.3569624860015787), (0.01, 141.42076698337717), (0.000000001, 1414213562.373095), (20, 6.4205196533228778e-5)) AS v (epsilon, expected), geometric_noise_sd(epsilon) AS sd;
SELECT geometric_noise_sd(NULL), geometric_noise_sd(1000000000);
SELECT geometric_noise_sd(0);
SELECT geometric_noise_sd(-0.5);
SELECT geometric_noise_sd('NaN');
-- A rate of noisy counts, 3,000 times 120 + noise of 400 + noise: its standard deviation is the one that is told, within 4 of its own standard errors.
SELECT abs(stddev_samp(rate) / told - 1) < 4 / sqrt(2.0 * 3000) AS as_told, told
FROM (SELECT (120 + geometric_noise(i || 'x', '2026', '\x000102030405060708090a0b0c0d0e0f', 0.5)) / (400.0 + geometric_noise(i || 'n', '2026', '\x000102030405060708090a0b0c0d0e0f', 0.5)) AS rate
	FROM generate_series(1, 3000) AS i) AS r, LATERAL (SELECT sqrt(geometric_noise_sd(0.5) ^ 2 * (1 + 0.3 ^ 2)) / 400 AS told) AS t
GROUP BY told;
-- A table with its totals, as doc/disclosure.md has it: all cells that there can be, each count with noise of its own. Values by test/reference/geometric_noise.py
CREATE TEMP TABLE counted AS SELECT * FROM (VALUES ('A', 'Asian', 4, 1), ('A', 'White', 212, 31), ('B', 'Asian', 37, 9), ('B', 'Black', 150, 45), ('B', 'White', 95, 12)) AS t (school, race, students, absent);
CREATE FUNCTION pg_temp.noisy(release text) RETURNS TABLE (school text, race text, students bigint, absent bigint, true_students bigint, true_absent bigint) LANGUAGE sql AS $$
SELECT school, race, n + geometric_noise(jsonb_build_array(school, race, 'students')::text, release, key, 0.25), x + geometric_noise(jsonb_build_array(school, race, 'absent')::text, release, key, 0.25), n, x
FROM (VALUES ('\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'::bytea)) AS k (key),
	(SELECT school, race, coalesce(sum(students), 0), coalesce(sum(absent), 0) FROM (SELECT DISTINCT school FROM counted) AS s CROSS JOIN (SELECT DISTINCT race FROM counted) AS r LEFT JOIN counted USING (school, race)
		GROUP BY CUBE (school, race)) AS c (school, race, n, x)
$$;
SELECT school, string_agg(format('%s %s/%s', coalesce(race, 'all'), absent, students), ', ' ORDER BY race) AS noisy FROM pg_temp.noisy('absence 2026') GROUP BY school ORDER BY school;
SELECT school, expected = array_agg(ARRAY[students, absent] ORDER BY race) AS same
FROM (VALUES ('A', '{{3,3},{0,-3},{210,27},{225,35}}'::bigint[]), ('B', '{{33,13},{156,40},{89,14},{282,70}}'), (NULL, '{{41,8},{152,33},{301,40},{504,99}}')) AS v (of_school, expected)
	JOIN pg_temp.noisy('absence 2026') ON school IS NOT DISTINCT FROM of_school
GROUP BY school, expected ORDER BY school;
-- Over 400 releases, within 4 standard errors: right on average; as far off as is told; a total not with the noise of its six parts (so their difference has the
-- variance of seven counts); and so rates, where there are students enough
CREATE TEMP TABLE releases AS SELECT i, n.*, sd FROM generate_series(1, 400) AS i, pg_temp.noisy('release ' || i) AS n, geometric_noise_sd(0.25) AS sd;
SELECT count(*) AS n, abs(avg(error)) < 4 * sd / sqrt(count(*)) AS right_on_average, abs(variance(error) / sd ^ 2 - 1) < 4 * sqrt(5.0 / count(*)) AS as_told
FROM releases, unnest(ARRAY[students - true_students, absent - true_absent]) AS error GROUP BY sd;
SELECT count(*) AS n, abs(avg(error)) < 4 * sd * sqrt(7.0 / count(*)) AS right_on_average, abs(variance(error) / (7 * sd ^ 2) - 1) < 4 * sqrt((2 + 3.0 / 7) / count(*)) AS as_told
FROM (SELECT sd, sum(students) FILTER (WHERE school IS NULL AND race IS NULL) - sum(students) FILTER (WHERE school IS NOT NULL AND race IS NOT NULL) AS error FROM releases GROUP BY i, sd) AS d
GROUP BY sd;
SELECT school, race, abs(stddev_samp(absent::float8 / students) / told - 1) < 4 * sqrt(5.0 / 4 / count(*)) AS as_told
FROM releases, LATERAL (SELECT sd * sqrt(1 + (true_absent::float8 / true_students) ^ 2) / true_students AS told) AS t
WHERE true_students >= 150 GROUP BY school, race, told ORDER BY school, race;
-- Another cell, release or key is other noise, also where the texts together are the same; of 300 draws half or so differ.
SELECT count(*) FILTER (WHERE n <> geometric_noise(i || 'a', 'b', '\x000102030405060708090a0b0c0d0e0f', 0.1)) AS same,
	count(*) FILTER (WHERE n <> geometric_noise(i || 'ab', '', '\x000102030405060708090a0b0c0d0e0f', 0.1)) > 250 AS cell,
	count(*) FILTER (WHERE n <> geometric_noise(i || 'a', 'c', '\x000102030405060708090a0b0c0d0e0f', 0.1)) > 250 AS release,
	count(*) FILTER (WHERE n <> geometric_noise(i || 'a', 'b', '\x000102030405060708090a0b0c0d0e10', 0.1)) > 250 AS key
FROM generate_series(1, 300) AS i, geometric_noise(i || 'a', 'b', '\x000102030405060708090a0b0c0d0e0f', 0.1) AS n;
SELECT geometric_noise(NULL, 'b', '\x000102030405060708090a0b0c0d0e0f', 1), geometric_noise('a', NULL, '\x000102030405060708090a0b0c0d0e0f', 1),
	geometric_noise('a', 'b', NULL, 1), geometric_noise('a', 'b', '\x000102030405060708090a0b0c0d0e0f', NULL);
SELECT geometric_noise('a', 'b', '\x00', 1);
SELECT geometric_noise('a', 'b', '\x000102030405060708090a0b0c0d0e0f', 0);
SELECT geometric_noise('a', 'b', '\x000102030405060708090a0b0c0d0e0f', -1);
SELECT geometric_noise('a', 'b', '\x000102030405060708090a0b0c0d0e0f', 'NaN');
SELECT geometric_noise('a', 'b', '\x000102030405060708090a0b0c0d0e0f', 0.0000000001);
SELECT geometric_noise('a', 'b', '\x000102030405060708090a0b0c0d0e0f', 1e30);

-- Test vectors of the project's list of measures (10.2)
SELECT n, x, reporting_range(x, n) AS nces, reporting_range(x, n, 'edfacts') AS edfacts
FROM (VALUES (9, 4), (10, 2), (10, 5), (15, 12), (12, 6), (28, 6)) AS v (n, x);
-- The ranges of the groups of a size
SELECT standard, n, string_agg(range, ' ' ORDER BY least) AS ranges
FROM (VALUES ('nces', 20), ('nces', 40), ('nces', 100), ('edfacts', 15), ('edfacts', 30), ('edfacts', 60), ('edfacts', 61), ('edfacts', 300)) AS v (standard, n),
	LATERAL (SELECT reporting_range(x, n, standard) AS range, min(x) AS least FROM generate_series(0, n) AS x GROUP BY 1) AS r
GROUP BY standard, n
ORDER BY standard, n;
-- Whatever the size and the rate, the percent, halves up, is in the range
SELECT standard, n, count(DISTINCT range) AS ranges, bool_and(CASE
		WHEN range ~ '^(<=|LE)' THEN percent <= bounds[1] WHEN range ~ '^(>=|GE)' THEN percent >= bounds[1] WHEN range ~ '^LT' THEN percent < bounds[1]
		ELSE percent BETWEEN bounds[1] AND bounds[cardinality(bounds)] END) AS right
FROM (VALUES ('nces'), ('edfacts')) AS v (standard), unnest('{6,15,16,20,21,30,31,40,41,60,61,100,101,300,301,1000}'::int[]) AS n, generate_series(0, n) AS x,
	LATERAL (SELECT reporting_range(x, n, standard) AS range, (200 * x + n) / (2 * n) AS percent) AS r,
	LATERAL (SELECT array_agg(m[1]::int) AS bounds FROM regexp_matches(range, '\d+', 'g') AS m) AS b
WHERE range NOT IN ('*', 'PS')
GROUP BY standard, n
ORDER BY standard DESC, n;
-- too few to say anything
SELECT n, reporting_range(0, n), reporting_range(n, n), reporting_range(0, n, 'edfacts') FROM unnest('{0,1,5,6,9,10}'::bigint[]) AS n;
-- halves up, exactly: 1 of 200 is 0.5%, and 2^62 of 2^63 - 1 are 50%
SELECT reporting_range(5, 1000), reporting_range(15, 1000), reporting_range(985, 1000), reporting_range(4611686018427387904, 9223372036854775807);
SELECT reporting_range(NULL, 5), reporting_range(5, NULL);
SELECT reporting_range(6, 5);
SELECT reporting_range(-1, 5);
SELECT reporting_range(1, 5, 'state');
SELECT reporting_range(1, 5, NULL);
