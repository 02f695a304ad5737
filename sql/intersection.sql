-- Strata of several dimensions, and what is more than the sum. Numbers: MEASURES 16.3 (an exact root; lme4 agrees), others from test/reference/intersection.py.
SET search_path = gapstats, pg_temp, public;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision, tolerance double precision DEFAULT 1e-12) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN abs(actual) < tolerance ELSE abs(actual / expected - 1) < tolerance END;

CREATE TEMP TABLE student (example text, dimensions text[], y double precision);
INSERT INTO student
SELECT 'MEASURES', ARRAY[r, s, c]::text[], 420 + 4 * r - 3 * s + 6 * c + CASE WHEN r = 2 AND s = 1 THEN 7 ELSE 0 END - CASE WHEN c = 0 AND r = 1 THEN 6 ELSE 0 END + 6389 * i % 53 / 4.0
FROM generate_series(1, 700) AS i, LATERAL (SELECT i % 4, i / 4 % 2, i / 8 % 3) AS d (r, s, c)
WHERE NOT ((r = 3 AND i % 5 <> 0) OR (c = 2 AND s = 1 AND i % 7 < 4))
UNION ALL
SELECT 'crossed', ARRAY[substr('ab', a + 1, 1), substr('cd', b + 1, 1), substr('efghi', i / 4 % 5 + 1, 1)], CASE WHEN a = b THEN 8 ELSE 0 END + i * 7919 % 31 / 8.0
FROM generate_series(0, 239) AS i, LATERAL (SELECT i % 2, i / 2 % 2) AS d (a, b);
CREATE TEMP TABLE strata AS
SELECT example, array_agg(stratum(d, dimensions) ORDER BY dimensions) AS strata, array_agg(stratum(n, mean, sqrt(squares / nullif(n - 1, 0)), dimensions) ORDER BY mean) AS of_numbers
FROM (SELECT example, dimensions, distribution(y) AS d, count(y) AS n, avg(y) AS mean, regr_sxx(y, y) AS squares FROM student GROUP BY example, dimensions) AS s
GROUP BY example;

-- the strata themselves
SELECT n, pg_temp.agrees(mean, m) AS mean, pg_temp.agrees((n - 1) * sd ^ 2, squares) AS squares
FROM strata, unnest(strata) JOIN (VALUES ('{0,0,0}'::text[], 426.603448275862::double precision, 392.814655172414::double precision), ('{1,0,0}', 424.566666666667, 444.241666666667),
	('{3,0,0}', 436.708333333333, 76.6770833333333), ('{3,1,2}', 449.5, 40.5)) AS v (dimensions, m, squares) USING (dimensions)
WHERE example = 'MEASURES';
SELECT example, sum(n), count(*), min(n), max(n), pg_temp.agrees(sum((n - 1) * sd ^ 2), CASE example WHEN 'MEASURES' THEN 7404.69985079576 ELSE 188.869791666667 END) AS squares
FROM strata, unnest(strata) GROUP BY example ORDER BY example;

-- the models
CREATE TEMP TABLE expected_model (example text, model text, tau2 double precision, sigma2 double precision, vpc double precision, pcv double precision, l double precision);
INSERT INTO expected_model VALUES
	('MEASURES', 'null', 69.9656817854707, 15.3324019147537, 0.820249163291421, NULL, -1461.9240958879),
	('MEASURES', 'additive', 5.21663560660599, 15.2913462338583, 0.254370988193146, 0.925440080429699, -1423.89329004254),
	('crossed', 'null', 4.15555809616591 ^ 2, 0.926552239774047 ^ 2, 0.95264018458998, NULL, -375.794338747481),
	('crossed', 'additive', 5.02331199577585 ^ 2, 0.926552239774047 ^ 2, 0.967097435701295, -0.46124012464095, -364.755817049487);
SELECT strata.example, given, m.model, n, n_strata, n_missing_group AS missing, n_strata_left_out AS left_out, n_coefficients AS p,
	pg_temp.agrees(tau ^ 2, tau2) AS tau, pg_temp.agrees(sigma ^ 2, sigma2) AS sigma, pg_temp.agrees(m.vpc, e.vpc) AS vpc, pg_temp.agrees(m.pcv, e.pcv) AS pcv,
	pg_temp.agrees(log_likelihood, l) AS l, reason
FROM strata, LATERAL (VALUES ('distributions', strata), ('numbers', of_numbers)) AS g (given, which), intersection_models(which) AS m JOIN expected_model AS e USING (model)
WHERE strata.example = e.example
ORDER BY strata.example, given, model DESC;

-- their coefficients
SELECT c.model, c.dimension, c.level, n, pg_temp.agrees(c.estimate, e.estimate) AS estimate, pg_temp.agrees(c.se, e.se) AS se,
	pg_temp.agrees(upper - c.estimate, 1.959963984540054 * c.se) AND pg_temp.agrees(c.estimate - lower, 1.959963984540054 * c.se) AS normal, c.reason
FROM strata CROSS JOIN intersection_coefficients(strata, '{r,s,c}') AS c
	LEFT JOIN (VALUES ('null', '(intercept)', NULL, 437.396336310978, 1.72237030190963), ('additive', '(intercept)', NULL, 424.193162877999, 1.32195769019138),
		('additive', 'r', '1', 1.89003469289739, 1.39600452171048), ('additive', 'r', '2', 11.4374311889878, 1.39600452171048), ('additive', 'r', '3', 12.116734340905, 1.52921494220743),
		('additive', 's', '1', -0.959308725143065, 1.02532404158495), ('additive', 'c', '1', 7.90116341930287, 1.23894589075358), ('additive', 'c', '2', 14.251076194682, 1.26444486920415))
		AS e (model, dimension, level, estimate, se) ON (c.model, c.dimension, c.level) IS NOT DISTINCT FROM (e.model, e.dimension, e.level)
WHERE example = 'MEASURES';
SELECT DISTINCT dimension FROM strata, intersection_coefficients(strata) WHERE example = 'crossed' ORDER BY dimension;
SELECT pg_temp.agrees(upper - estimate, 1.6448536269514722 * se) AS ninety FROM strata, intersection_coefficients(strata, confidence => 0.9) WHERE example = 'crossed' AND dimension = '(intercept)';

-- and the strata's effects
SELECT example, e.dimensions, f.n, pg_temp.agrees(deviation, u0) AS u0, pg_temp.agrees(deviation_se, u0_se) AS u0_se, pg_temp.agrees(more_than_the_sum, u1) AS u1, pg_temp.agrees(more_than_the_sum_se, u1_se) AS u1_se,
	pg_temp.agrees(mean_shrunken, fitted) AS fitted, pg_temp.agrees(mean_additive + more_than_the_sum, fitted) AS adds_up, pg_temp.agrees(more_than_the_sum_upper - more_than_the_sum, 1.959963984540054 * more_than_the_sum_se) AS normal, f.reason
FROM strata CROSS JOIN intersection_effects(strata) AS f JOIN (VALUES
	('MEASURES', '{0,0,0}'::text[], 29, -10.711942044746, 0.724388204459573, 2.18902303111462, 0.692013859665233, 426.382185909114),
	('MEASURES', '{1,0,0}', 30, -12.7366320499527, 0.712301788203431, -1.38154200390265, 0.681425918049268, 424.701655566994),
	('MEASURES', '{3,0,0}', 6, -0.663760054378958, 1.57014539479432, 0.267668290782994, 1.30847777546126, 436.577565509687),
	('MEASURES', '{3,1,2}', 3, 11.2797117654632, 2.18240348893, -0.0514214113513505, 1.60564363779119, 449.550243277092),
	('crossed', '{a,c,e}', 12, 2.79882155148153, 0.2669202578743, 3.0387803909185, 0.26709423246573, 8.67888455758516),
	('crossed', '{b,d,i}', 12, 5.03953858306051, 0.2669202578743, 4.85810148293482, 0.26709423246573, 10.9237264829348))
	AS e (of_example, dimensions, n, u0, u0_se, u1, u1_se, fitted) ON e.of_example = example AND e.dimensions = f.dimensions
ORDER BY example, e.dimensions;

-- The order of strata changes no bit; two rows of one stratum are one; adding the same to all scores, or another unit, changes what it must
SELECT example, bool_and(a = b) AS same_bits
FROM (SELECT example, strata, (SELECT array_agg(s ORDER BY s.mean DESC) FROM unnest(strata) AS s) AS turned FROM strata) AS s,
	LATERAL (SELECT string_agg(m::text, ';') || (SELECT string_agg(c::text, ';') FROM intersection_coefficients(strata) AS c) || (SELECT string_agg(e::text, ';') FROM intersection_effects(strata) AS e) FROM intersection_models(strata) AS m) AS x (a),
	LATERAL (SELECT string_agg(m::text, ';') || (SELECT string_agg(c::text, ';') FROM intersection_coefficients(turned) AS c) || (SELECT string_agg(e::text, ';') FROM intersection_effects(turned) AS e) FROM intersection_models(turned) AS m) AS y (b)
GROUP BY example ORDER BY example;
WITH halves AS (
	SELECT example, array_agg(stratum(d, dimensions)) AS halves
	FROM (SELECT example, dimensions, distribution(y) AS d FROM (SELECT *, row_number() OVER () % 3 = 0 AS half FROM student) AS s GROUP BY example, dimensions, half) AS s GROUP BY example)
SELECT example, h.model, h.n_strata, pg_temp.agrees(h.tau, m.tau, 1e-11) AS tau, pg_temp.agrees(h.sigma, m.sigma, 1e-11) AS sigma, pg_temp.agrees(h.log_likelihood, m.log_likelihood, 1e-11) AS l
FROM halves JOIN strata USING (example) CROSS JOIN intersection_models(halves) AS h JOIN intersection_models(strata) AS m USING (model) WHERE h.model = m.model ORDER BY example, model DESC;
SELECT shift, scale, bool_and(pg_temp.agrees(b.tau, scale * a.tau, 1e-9) AND pg_temp.agrees(b.sigma, scale * a.sigma, 1e-9) AND pg_temp.agrees(b.log_likelihood, a.log_likelihood - (a.n - a.n_coefficients) * ln(scale), 1e-9)) AS follows
FROM strata, (VALUES (0, 1e-150::double precision), (0, 1e150), (1e6, 1), (-1e6, 1)) AS v (shift, scale),
	LATERAL (SELECT array_agg(stratum(s.n, s.mean * scale + shift, s.sd * scale, s.dimensions)) AS moved FROM unnest(strata) AS s) AS m, intersection_models(strata) AS a JOIN intersection_models(moved) AS b USING (model)
WHERE example = 'MEASURES' AND a.model = b.model
GROUP BY shift, scale ORDER BY shift, scale;

-- Strata that differ by no more than chance, around one mean or around the sums
CREATE FUNCTION pg_temp.strata(text) RETURNS stratum[] LANGUAGE sql AS $$
	SELECT array_agg(stratum(p[2]::bigint, p[3]::double precision, nullif(p[4], '')::double precision, string_to_array(p[1], '.', '-')))
	FROM string_to_table($1, ' ') AS s, string_to_array(s, ',') AS p
$$;
SELECT model, n, n_strata, tau, rounded(sigma, 10) AS sigma, vpc, pcv, reason FROM intersection_models(pg_temp.strata('a.c,10,5,2 a.d,10,5,2 b.c,10,5,2 b.d,10,5.1,2'));
SELECT dimensions, deviation, deviation_se, deviation_upper, rounded(mean_additive, 10) AS mean_additive, more_than_the_sum, rounded(mean_shrunken, 10) AS mean_shrunken, reason
FROM intersection_effects(pg_temp.strata('a.c,10,5,2 a.d,10,5,2 b.c,10,5,2 b.d,10,5.1,2'));
SELECT model, tau > 0 AS tau, vpc > 0 AS vpc, pcv, reason FROM intersection_models(pg_temp.strata('a.c,10,5,2 a.d,10,15,2 b.c,10,25,2 b.d,10,35,2'));
SELECT dimensions, deviation <> 0 AS deviation, more_than_the_sum, reason FROM intersection_effects(pg_temp.strata('a.c,10,5,2 a.d,10,15,2 b.c,10,25,2 b.d,10,35,2'));
-- or differ around the sums, but not around one mean: of what is none there is no share
SELECT model, rounded(tau, 5) AS tau, rounded(sigma, 5) AS sigma, rounded(log_likelihood, 5) AS log_likelihood, pcv, reason FROM intersection_models(pg_temp.strata('a.c,100,13,2 a.d,4,10,2 b.c,100,13,2 b.d,100,13,2'));
-- the likelihood falls at 0, and has a higher peak further on
SELECT model, rounded(tau, 5) AS tau, rounded(sigma, 5) AS sigma, rounded(log_likelihood, 5) AS log_likelihood, rounded(pcv, 5) AS pcv, reason FROM intersection_models(pg_temp.strata('a.c,50,10,2 a.d,4,10,2 b.c,3,14,2 b.d,50,10,2'));
-- a level that the others determine is named, and in no model
SELECT dimension, level, n, estimate IS NULL AS dropped, reason FROM intersection_coefficients(pg_temp.strata('a.a,10,5,2 b.b,10,15,2 c.c,10,25,2 c.d,10,35,2 d.d,3,1,2 d.c,9,8,7'), '{x,y}') WHERE model = 'additive';
SELECT model, n_coefficients, reason FROM intersection_models(pg_temp.strata('a.a,10,5,2 b.b,10,15,2 c.c,10,25,2 d.d,10,35,2 e.e,3,1,2 f.f,2,2,2'));
-- strata of one student, no more strata than coefficients, scores that do not vary, none
SELECT model, n, n_strata, tau > 0 AS tau, rounded(sigma, 10) AS sigma, reason FROM intersection_models(pg_temp.strata('a.c,1,5, a.d,1,15,7 b.c,3,25,2 b.d,10,36,2'));
SELECT model, n, n_strata, n_coefficients, tau > 0 AS tau, reason FROM intersection_models(pg_temp.strata('a.c,10,5,2 a.d,10,15,2 b.c,10,25,2'));
SELECT dimensions, deviation > 0 AS above, more_than_the_sum, mean_additive, reason FROM intersection_effects(pg_temp.strata('a.c,10,5,2 a.d,10,15,2 b.c,10,25,2'));
SELECT dimension, level, estimate IS NULL AS none, reason FROM intersection_coefficients(pg_temp.strata('a.c,10,5,2 a.d,10,15,2 b.c,10,25,2'));
SELECT model, n_strata, reason FROM intersection_models(pg_temp.strata('a.c,10,5,0 a.d,10,15,0 b.c,10,25,0 b.d,10,35,0'));
SELECT model, n_strata, reason FROM intersection_models(pg_temp.strata('a.c,1,5, a.d,1,15, b.c,1,25, b.d,1,35,'));
SELECT model, n_strata, reason FROM intersection_models(pg_temp.strata('a,10,5,2'));
SELECT model, n, n_strata, reason FROM intersection_models('{}');
SELECT model, n, n_strata, reason FROM intersection_models(NULL);
SELECT model, n, estimate, reason FROM intersection_coefficients(NULL, '{r,s}');
SELECT count(*) FROM intersection_effects(NULL);
-- who is left out
SELECT model, n, n_strata, n_missing_group, n_strata_left_out FROM intersection_models(pg_temp.strata('a.c,10,5,2 a.-,7,5,2 -.-,1,5,2 a.d,0,15,2 b.c,10,25,') || ARRAY[NULL, stratum(NULL, '{a,c}'), stratum('{1,2}', NULL), stratum(5, NULL, 3, '{b,c}')]::stratum[]);
SELECT (stratum(NULL, NULL)).*, (stratum(NULL, 1, NULL, '{a}')).n, stratum('{7}'::distribution, '{}');
-- students so unequally divided that a sum would lose the small strata
SELECT model, tau > 0 AS tau, reason FROM intersection_models(pg_temp.strata('a.c,2000000000,5,2 a.d,2,15,2 b.c,2,25,2 b.d,2,37,2'));
SELECT model, n_strata, reason FROM intersection_models(pg_temp.strata('a.c,2,5,1e-200 a.d,2,15,1e-200 b.c,2,25,1e-200 b.d,2,37,1e-200'));
-- a name is a name, whatever the collation makes of it
SELECT dimensions FROM intersection_effects(pg_temp.strata('b,4,5,2 B,4,15,2 a,4,25,2 A,4,35,2'));
-- Errors
SELECT intersection_models(pg_temp.strata('a.c,10,5,2 a,10,15,2'));
SELECT intersection_models(ARRAY[ROW('{{a},{b}}', 10, 5, 2)::stratum]);
SELECT intersection_models(ARRAY[ROW('{a}', -1, 5, 2)::stratum]);
SELECT intersection_models(ARRAY[ROW('{a}', 4, 'NaN', 2)::stratum]);
SELECT intersection_models(ARRAY[ROW('{a}', 4, 5, -2)::stratum]);
SELECT stratum(-1, 5, 2, '{a}');
SELECT stratum(4, 'Infinity', 2, '{a}');
SELECT stratum(4, 5, -2, '{a}');
SELECT stratum(3000000000, 5, 2, '{a}');
SELECT intersection_models(pg_temp.strata('a.c,2000000000,5,2 a.d,2000000000,15,2 b.c,2,25,2 b.d,2,37,2'));
SELECT intersection_coefficients(strata, '{r,s}') FROM strata WHERE example = 'MEASURES';
SELECT intersection_coefficients(strata, '{r,s,NULL}') FROM strata WHERE example = 'MEASURES';
SELECT intersection_coefficients(strata, confidence => 95) FROM strata WHERE example = 'MEASURES';
SELECT intersection_effects(strata, NULL) FROM strata WHERE example = 'MEASURES';
SELECT intersection_models((SELECT array_agg(stratum(4, i, 2, ARRAY[i]::text[])) FROM generate_series(1, 400) AS i));
RESET search_path;
