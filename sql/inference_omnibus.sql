-- Whether several groups differ at all. Numbers: MEASURES 15.2 (R chisq.test, oneway.test, t.test), others from test/reference/inference.py.
SET search_path = gapstats, gapstats_internal, pg_temp, public;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-10 END;

-- rates
CREATE TEMP TABLE rates (example text, x bigint, n bigint);
INSERT INTO rates VALUES
	('MEASURES', 31, 90), ('MEASURES', 54, 120), ('MEASURES', 12, 25), ('MEASURES', 88, 310),
	('zero cell', 0, 20), ('zero cell', 5, 30), ('zero cell', 9, 15),
	('nobody or everybody', 0, 4), ('nobody or everybody', 4, 4), ('nobody or everybody', 0, 9),
	('exactly 5 expected', 3, 10), ('exactly 5 expected', 7, 10),
	('equal', 1, 3), ('equal', 2, 6), ('equal', 10, 30),
	('2^61', 2::numeric ^ 61, 2::numeric ^ 62), ('2^61', 2::numeric ^ 61 - 1, 2::numeric ^ 62 - 1),
	('far beyond 2^53', 1000000000000000000, 2000000000000000001), ('far beyond 2^53', 1000000001000000000, 2000000000000000000), ('far beyond 2^53', 3, 4);
SELECT example, (t).n_groups, (t).n, pg_temp.agrees((t).chi_squared, chi_squared) AS chi_squared, (t).df, pg_temp.agrees((t).p_value, p) AS p,
	pg_temp.agrees((t).smallest_expected, smallest) AS smallest, (t).is_small_expected AS small, (t).reason
FROM (SELECT example, chi_squared_test(x, n) AS t FROM rates GROUP BY example) AS s
	JOIN (VALUES
		('MEASURES', 13.02386746962016, 0.004585273930220573, 8.486238532110092),
		('zero cell', 19.041783380018674, 7.3304270513665732e-5, 3.2307692307692308),
		('nobody or everybody', 17, 0.00020346836901064417, 0.94117647058823529),
		('exactly 5 expected', 3.2, 0.073638270120302654, 5),
		('equal', 0, 1, 1),
		('2^61', 1.0842021724855044e-19, 0.99999999973727875, 2.305843009213694e+18),
		('far beyond 2^53', 1.999999999, 0.36787944135538204, 1.999999999)) AS v (example, chi_squared, p, smallest) USING (example)
ORDER BY example;
SELECT pg_temp.agrees((chi_squared_test(x, n)).rate, 185.0 / 545) AS rate FROM rates WHERE example = 'MEASURES';
-- of two groups it is the square of z
SELECT x, n, y, m, pg_temp.agrees((t).chi_squared, z ^ 2) AS z, pg_temp.agrees((t).p_value, p_value) AS p
FROM (SELECT x, n, y, m, (SELECT chi_squared_test(a, b) FROM (VALUES (x, n), (y, m)) AS v (a, b)) AS t
	FROM (VALUES (31, 90, 54, 120), (0, 20, 5, 30), (1, 1000000, 999999, 1000000), (500000001, 1000000000, 500000000, 1000000000)) AS v (x, n, y, m)) AS s,
	rate_gap(x, n, y, m)
ORDER BY n, x;
-- any order of rows gives the same bits
SELECT example, chi_squared_test(x, n ORDER BY n, x) = chi_squared_test(x, n ORDER BY n DESC, x DESC) AS same_bits
FROM rates GROUP BY example ORDER BY example;
-- who is left out
SELECT (t).n_groups, (t).n_groups_left_out AS left_out, (t).n, pg_temp.agrees((t).rate, 85.0 / 210) AS rate, (t).df, (t).reason
FROM (SELECT chi_squared_test(x, n) AS t FROM (VALUES (31, 90), (54, 120), (0, 0), (NULL, NULL), (5, NULL), (NULL, 5)) AS v (x, n)) AS s;
SELECT (a).n_groups, (a).n_groups_left_out AS left_out, (a).reason, (a).chi_squared = (b).chi_squared AS same
FROM (SELECT chi_squared_test(x, n) AS a, chi_squared_test(x, n) FILTER (WHERE n > 0) AS b
	FROM (VALUES (31, 90), (54, 120), (0, 0)) AS v (x, n)) AS s;
-- what is undefined
\x on
SELECT (chi_squared_test(x, n)).* FROM rates WHERE false;
SELECT (chi_squared_test(NULL, n)).* FROM rates;
SELECT (chi_squared_test(3, 10)).*;
SELECT (chi_squared_test(0, 10)).*;
SELECT (chi_squared_test(0, n)).* FROM rates WHERE example = 'MEASURES';
SELECT (chi_squared_test(n, n)).* FROM rates WHERE example = 'MEASURES';
\x off
-- ties are groups like any other
SELECT (chi_squared_test(3, 10)).df, (chi_squared_test(3, 10)).chi_squared FROM generate_series(1, 5);
-- over a window
SELECT x, (chi_squared_test(x, n) OVER (ORDER BY n)).n FROM rates WHERE example = 'MEASURES' ORDER BY n;
-- what is refused
SELECT chi_squared_test(-1, 10);
SELECT chi_squared_test(1, -10);
SELECT chi_squared_test(11, 10);
SELECT chi_squared_test(x, 4611686018427387904) FROM generate_series(1, 2) AS x;
-- the state is open to all
SELECT chi_squared_test_accum(NULL, 31, 90), chi_squared_test_accum('{0,1,0,2}', 4294967296, 4294967297), chi_squared_test_accum('{}', NULL, 5);
SELECT chi_squared_test_combine('{0,1,0,2}', '{0,3,0,4}'), chi_squared_test_combine(NULL, '{0,3,0,4}'), chi_squared_test_combine('{0,1,0,2}', NULL), chi_squared_test_combine('{0,1,0,2}', '{}');
SELECT (chi_squared_test_final('{}')).reason, (chi_squared_test_final(NULL)).reason, (chi_squared_test_final('{2147483647,4294967295,2147483647,4294967295}')).n;
SELECT chi_squared_test_combine('{0,1,0,2}', '{0,3,0}');
SELECT chi_squared_test_final('{0,1,0}');
SELECT chi_squared_test_final('{0,3,0,2}');
SELECT chi_squared_test_final('{0,1.5,0,2}');
SELECT chi_squared_test_final('{0,-1,0,2}');
SELECT chi_squared_test_final('{0,1,2147483648,0}');
SELECT chi_squared_test_final('{0,1,0,1e300}');
SELECT chi_squared_test_final('{0,1,0,NaN}');
SELECT chi_squared_test_final('{0,1,0,NULL}');

-- means
CREATE TEMP TABLE score (example text, school text, score double precision, count bigint DEFAULT 1);
INSERT INTO score
SELECT 'MEASURES', school, 300 + 47 * i % 37 + CASE school WHEN 'a' THEN -8 WHEN 'b' THEN 0 WHEN 'c' THEN 5 + 13 * i % 23 ELSE 2 END
FROM generate_series(1, 90) AS i, substr('aabbbcccd', i % 9 + 1, 1) AS school;
INSERT INTO score SELECT 'two of MEASURES', school, score FROM score WHERE school IN ('a', 'b');
INSERT INTO score
SELECT example, school, score + shift
FROM (VALUES ('A', 0), ('A, 1e9 higher', 1e9)) AS e (example, shift),
	(VALUES ('F', '{212,205,221,198,230,217,209,225,201,214}'::double precision[]), ('R', '{224,231,219,240,228,235,222,229,243,226,233,217}'),
		('third', '{210,219,236,221,225}')) AS v (school, scores), unnest(scores) AS score;
INSERT INTO score
SELECT '1e12 higher', school, 1e12 + score
FROM (VALUES ('a', '{0.25,0.5,1}'::double precision[]), ('b', '{0.5,0.75,0.75}'), ('c', '{0,1,0.25,0.5,0.25,0}')) AS v (school, scores), unnest(scores) AS score;
INSERT INTO score VALUES
	('one exact', 'a', 500, 1000000000000), ('one exact', 'a', 501, 1000000000000), ('one exact', 'b', 480, 1), ('one exact', 'b', 520, 1), ('one exact', 'b', 505, 1),
	('one exact', 'c', 300, 1), ('one exact', 'c', 700, 1),
	('2 and 10^15', 'a', 500, 1), ('2 and 10^15', 'a', 501, 1), ('2 and 10^15', 'b', 400, 1000000000000000), ('2 and 10^15', 'b', 600, 1000000000000000),
	('2 of one school', 'a', 500, 1), ('2 of one school', 'a', 500 + 2.0 ^ -17, 1),
	('2 of one school', 'b', -240999499.875, 2000000000000000000), ('2 of one school', 'b', 241000500.125, 2000000000000000000);
CREATE TEMP TABLE school AS SELECT example, school, distribution(score, count) AS d FROM score GROUP BY example, school;

SELECT school, n(d), pg_temp.agrees(mean(d), m) AS mean
FROM school JOIN (VALUES ('a', 308.55), ('b', 319.3666666666667), ('c', 333.8666666666667), ('d', 317.1)) AS v (school, m) USING (school)
WHERE example = 'MEASURES' ORDER BY school;
SELECT example, (t).n_groups, pg_temp.agrees((t).mean, mean) AS mean, pg_temp.agrees((t).f, f) AS f, (t).df1, pg_temp.agrees((t).df2, df2) AS df2,
	pg_temp.agrees((t).p_value, p) AS p, (t).reason
FROM (SELECT example, welch_anova(d) AS t FROM school GROUP BY example) AS s
	JOIN (VALUES
		('MEASURES', 319.5095590673988, 17.276702437107, 33.87892096749933, 5.579290638552863e-07),
		('two of MEASURES', 314.80070262379877, 12.21734770268164, 42.157995782425331, 0.0011279117181438814),
		('A', 223.45736320019456, 7.3070498735758427, 10.662110207757113, 0.010035842578003743),
		('A, 1e9 higher', 1000000223.4573632, 7.3070498735758427, 10.662110207757113, 0.010035842578003743),
		('1e12 higher', 1000000000000.5902, 1.5889961545701455, 4.611454119650841, 0.29857821092841928),
		('one exact', 500.5, 0.0036386363636363609, 1.7777777777777789, 0.99637537555971551),
		('2 and 10^15', 500.00000000001, 0.99999999998, 1.00000000004, 0.49999999999788686),
		('2 of one school', 500.00000381482253, 1.0760177217732057, 7.9721530790941193e+17, 0.29959013001129963)) AS v (example, mean, f, df2, p) USING (example)
ORDER BY example;
-- of two groups it is the square of Welch's t
SELECT a.example, a.school, b.school, pg_temp.agrees((w).f, t ^ 2) AS f, pg_temp.agrees((w).df2, df) AS df, pg_temp.agrees((w).p_value, p_value) AS p
FROM school AS a JOIN school AS b ON b.example = a.example AND b.school > a.school, t_test(a.d, b.d),
	LATERAL (SELECT welch_anova(d) AS w FROM (VALUES (a.d), (b.d)) AS v (d)) AS s
ORDER BY a.example, a.school, b.school;
-- n, mean and sd are enough where the scores are not far from zero
SELECT example, abs((a).f / (b).f - 1) < 1e-10 AS f, abs((a).p_value / (b).p_value - 1) < 1e-10 AS p, pg_temp.agrees((a).mean, (b).mean) AS mean, pg_temp.agrees((a).df2, (b).df2) AS df2
FROM (SELECT example, welch_anova(d) AS a, welch_anova(n(d), mean(d), stddev(d)) AS b FROM school WHERE example !~ 'higher' GROUP BY example) AS s
ORDER BY example;
-- any order of rows gives the same bits
SELECT example, welch_anova(d ORDER BY school) = welch_anova(d ORDER BY school DESC) AS same_bits,
	welch_anova(n(d), mean(d), stddev(d) ORDER BY school) = welch_anova(n(d), mean(d), stddev(d) ORDER BY school DESC) AS of_numbers
FROM school GROUP BY example ORDER BY example;
SELECT count(*) FILTER (WHERE up <> down) AS other_bits
FROM (SELECT welch_anova(30, 300 + i * j * 7919 % 1009 / 7.0::double precision, 10 ORDER BY i) AS up, welch_anova(30, 300 + i * j * 7919 % 1009 / 7.0::double precision, 10 ORDER BY i DESC) AS down
	FROM generate_series(1, 3) AS i, generate_series(1, 300) AS j GROUP BY j) AS s;
-- who is left out
SELECT (t).n_groups, (t).n_groups_left_out AS left_out, rounded((t).f, 4) AS f, (t).reason
FROM (SELECT welch_anova(d) AS t FROM (SELECT d FROM school WHERE example = 'two of MEASURES' UNION ALL VALUES (NULL::distribution), ('{}'), ('{5}')) AS s) AS t;
SELECT (t).n_groups, (t).n_groups_left_out AS left_out, pg_temp.agrees((t).f, 40.0 / 3) AS f, (t).reason
FROM (SELECT welch_anova(n, mean, sd) AS t FROM (VALUES (10, 5, 1), (20, 7, 2), (1, 9, NULL), (0, NULL, NULL), (NULL, 5, 1), (10, NULL, 1), (10, 5, NULL), (1, 3, 0)) AS v (n, mean, sd)) AS s;
-- what is undefined
SELECT (welch_anova(d)).* FROM school WHERE false;
SELECT (welch_anova(d)).* FROM (VALUES ('{1,2,3}'::distribution), ('{5}')) AS v (d);
SELECT (welch_anova(d)).* FROM (VALUES ('{1,2,3}'::distribution), ('{5:3}'), ('{4,6}')) AS v (d);
SELECT (welch_anova(d)).* FROM (VALUES ('{5:3}'::distribution)) AS v (d);
SELECT (welch_anova(n, mean, sd)).* FROM (VALUES (5, 1e300, 1e-300), (5, -1e300, 1e-300)) AS v (n, mean, sd);
-- what is equal
SELECT (t).mean, (t).f, (t).df1, (t).p_value, (t).reason
FROM (SELECT welch_anova(d) AS t FROM (VALUES ('{4,6}'::distribution), ('{3,5,7}'), ('{1,9}')) AS v (d)) AS s;
-- the ends of the range
SELECT (t).n_groups, pg_temp.agrees((t).f, f) AS f, (t).reason
FROM (SELECT welch_anova(d) AS t FROM (VALUES ('{1.7e308,-1.7e308}'::distribution), ('{1.7e308:2,-1.7e308}'), ('{1.6e308,1.7e308}')) AS v (d)) AS s,
	(SELECT (welch_anova(d)).f FROM (VALUES ('{17,-17}'::distribution), ('{17:2,-17}'), ('{16,17}')) AS v (d)) AS one;
SELECT (t).n_groups, pg_temp.agrees((t).f, f) AS f, (t).reason
FROM (SELECT welch_anova(d) AS t FROM (VALUES ('{5e-324,1e-323}'::distribution), ('{0,5e-324}')) AS v (d)) AS s,
	(SELECT (welch_anova(d)).f FROM (VALUES ('{1,2}'::distribution), ('{0,1}')) AS v (d)) AS one;
-- a coarse distribution has its exact mean and variance
SELECT pg_temp.agrees(f, t ^ 2) AS f, pg_temp.agrees(df2, df) AS df
FROM (SELECT (welch_anova(d)).* FROM (SELECT distribution(1 + i * 1e-6) AS d FROM generate_series(1, 40000) AS i GROUP BY i % 2) AS s) AS w,
	(SELECT (gap(1 + i * 1e-6, i % 2 = 0)).* FROM generate_series(1, 40000) AS i) AS g;
-- what is refused
SELECT welch_anova(-1, 5, 1);
SELECT welch_anova(10, 5, -1);
SELECT welch_anova(10, 'NaN', 1);
SELECT welch_anova(NULL, 5, 'Infinity');
SELECT welch_anova(1, '-Infinity', NULL);
-- the state is open to all
SELECT welch_anova_accum(NULL, 10, 5, 1), welch_anova_accum('{}', '{1,2,4}'), welch_anova_accum('{10,5,0,1,0}', NULL);
SELECT welch_anova_combine('{10,5,0,1,0}', '{5,6,0,1,0}'), welch_anova_combine(NULL, '{10,5,0,1,0}'), welch_anova_combine('{10,5,0,1,0}', NULL);
SELECT welch_anova_combine('{10,5,0,1,0}', '{1}');
SELECT welch_anova_final('{10,5,0,1}');
SELECT welch_anova_final('{10,5,0,-1,0}');
SELECT welch_anova_final('{10,5,0,1,1e10}');
SELECT welch_anova_final('{10,5,0,1,0.5}');
SELECT welch_anova_final('{10,5,0,1,NaN}');
SELECT welch_anova_final('{10,1e308,1e308,1,-5000,2.5,-1e308,1,1,5000}');

-- in parallel
CREATE TABLE inference_groups AS SELECT i % 30 AS x, 30 + i % 17 AS n, distribution(k * 7919 % 101) AS d FROM generate_series(1, 3000) AS i, generate_series(i, i + 5) AS k GROUP BY i;
ALTER TABLE inference_groups SET (parallel_workers = 4);
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE serial AS SELECT chi_squared_test(x, n) AS c, welch_anova(d) AS w, welch_anova(n(d), mean(d), stddev(d)) AS m FROM inference_groups;
SELECT (c).n_groups, (c).reason, (w).n_groups, (w).reason, (m).n_groups, (m).reason FROM serial;
SET max_parallel_workers_per_gather = 4;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT chi_squared_test(x, n), welch_anova(d) FROM inference_groups;
SELECT chi_squared_test(x, n) = c AS chi_squared, welch_anova(d) = w AS welch, welch_anova(n(d), mean(d), stddev(d)) = m AS of_numbers FROM inference_groups, serial GROUP BY c, w, m;
DROP TABLE inference_groups;
