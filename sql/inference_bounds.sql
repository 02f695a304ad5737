-- Gaps whatever the missing outcomes are. Numbers: MEASURES 17.5, others from test/reference/inference.py.
SET search_path = gapstats, pg_temp, public;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-10 END;

-- rates
SELECT label, pg_temp.agrees(b.lowest_focal, v.lowest_focal) AS lowest_focal, pg_temp.agrees(b.highest_focal, v.highest_focal) AS highest_focal,
	pg_temp.agrees(b.lowest_reference, v.lowest_reference) AS lowest_reference, pg_temp.agrees(b.highest_reference, v.highest_reference) AS highest_reference,
	pg_temp.agrees(lowest_difference, lowest) AS lowest, pg_temp.agrees(highest_difference, highest) AS highest, is_sign_known, reason
FROM (VALUES
		('MEASURES', 45, 60, 150, 190, 12, 10, 0.625, 0.79166666666666667, 0.75, 0.8, -0.175, 0.0416666666666667),
		('MEASURES', 30, 100, 110, 200, 3, 5, 0.2912621359223301, 0.32038834951456311, 0.53658536585365854, 0.56097560975609756, -0.269713473833767, -0.216197016339095),
		('2^62', 2305843009213693952, 4611686018427387904, 9223372036854775806, 9223372036854775807, 4611686018427387904, 9223372036854775807, 0.25, 0.75, 0.5, 1, -0.75, 0.25),
		('least above 0', 4611686018427387905, 9223372036854775807, 4611686018427387904, 9223372036854775807, 0, 0, 0.5, 0.5, 0.5, 0.5, 1.0842021724855044e-19, 1.0842021724855044e-19),
		('nobody seen', 0, 0, 3, 4, 7, 1, 0, 1, 0.6, 0.8, -0.8, 0.4))
		AS v (label, x1, n1, x2, n2, m1, m2, lowest_focal, highest_focal, lowest_reference, highest_reference, lowest, highest),
	rate_gap_bounds(x1, n1, x2, n2, m1, m2) AS b;
-- the largest counts that there are
SELECT * FROM rate_gap_bounds(9223372036854775807, 9223372036854775807, 0, 9223372036854775807, 9223372036854775807, 9223372036854775807);
-- nobody is missing: the gap itself
SELECT x1, x2, lowest_difference = difference AND highest_difference = difference AND lowest_focal = rate_focal AND highest_reference = rate_reference AS same, is_sign_known
FROM (VALUES (45, 60, 150, 190), (0, 7, 5, 5), (3, 9, 1, 3)) AS v (x1, n1, x2, n2), rate_gap(x1, n1, x2, n2), rate_gap_bounds(x1, n1, x2, n2, 0, 0);
-- a bound of 0 leaves the sign open
SELECT lowest_difference, highest_difference, is_sign_known FROM rate_gap_bounds(1, 3, 1, 4, 1, 0);
SELECT lowest_difference, highest_difference, is_sign_known FROM rate_gap_bounds(1, 3, 2, 4, 1, 0);
-- who is missing may be all, or nobody known
SELECT * FROM rate_gap_bounds(NULL, NULL, 3, 4, 7, 1);
SELECT * FROM rate_gap_bounds(0, 0, 3, 4, 0, 1);
SELECT * FROM rate_gap_bounds(3, 4, NULL, NULL, 1, 0);
SELECT * FROM rate_gap_bounds(0, 0, 0, 0, 0, 0);
SELECT * FROM rate_gap_bounds(NULL, 10, 3, 4, 0, 1);
SELECT * FROM rate_gap_bounds(3, 4, 3, NULL, 0, 1);
SELECT * FROM rate_gap_bounds(3, 4, 3, 4, NULL, 1);
SELECT * FROM rate_gap_bounds(3, 4, 3, 4, 1, NULL);
-- every way of filling the gaps lies within the bounds, and some way reaches them
SELECT bool_and((x1 + i::numeric) / (n1 + m1) - (x2 + j::numeric) / (n2 + m2) BETWEEN lowest_difference::numeric - 1e-15 AND highest_difference::numeric + 1e-15) AS within,
	min((x1 + i::numeric) / (n1 + m1) - (x2 + j::numeric) / (n2 + m2))::double precision - lowest_difference < 1e-15 AS reached,
	highest_difference - max((x1 + i::numeric) / (n1 + m1) - (x2 + j::numeric) / (n2 + m2))::double precision < 1e-15 AS reached
FROM (VALUES (4, 9, 5, 7, 3, 2)) AS v (x1, n1, x2, n2, m1, m2), rate_gap_bounds(x1, n1, x2, n2, m1, m2), generate_series(0, m1) AS i, generate_series(0, m2) AS j
GROUP BY lowest_difference, highest_difference;
-- from rows: rate_gap counts who is missing
SELECT (g).n_missing_focal, (g).n_missing_reference, pg_temp.agrees(lowest_difference, 0.25 - 0.6) AS lowest, pg_temp.agrees(highest_difference, 0.75 - 0.2) AS highest
FROM (SELECT rate_gap(outcome, is_focal) AS g
	FROM (VALUES (true, true), (false, true), (NULL, true), (NULL, true), (true, false), (false, false), (false, false), (NULL, false), (NULL, false), (true, NULL)) AS v (outcome, is_focal)) AS s,
	rate_gap_bounds((g).n_outcome_focal, (g).n_focal, (g).n_outcome_reference, (g).n_reference, (g).n_missing_focal, (g).n_missing_reference);
-- what is refused
SELECT rate_gap_bounds(-1, 4, 3, 4, 0, 0);
SELECT rate_gap_bounds(3, 4, 3, -4, 0, 0);
SELECT rate_gap_bounds(3, 4, 5, 4, 0, 0);
SELECT rate_gap_bounds(3, 4, 3, 4, -1, 0);
SELECT rate_gap_bounds(3, 4, 3, 4, NULL, -1);

-- means
CREATE TEMP TABLE example (label text, focal distribution, reference distribution, m1 bigint, m2 bigint, low double precision, high double precision,
	lowest_focal double precision, highest_focal double precision, lowest_reference double precision, highest_reference double precision, lowest double precision, highest double precision);
INSERT INTO example VALUES
	('MEASURES', '{497:30,498:20}', '{510:90,526:90}', 6, 9, 300, 700, 476.25, 519.107142857143, 507.619047619048, 526.666666666667, -50.4166666666667, 11.4880952380952),
	('dataset A', '{212,205,221,198,230,217,209,225,201,214}', '{224,231,219,240,228,235,222,229,243,226,233,217}', 1, 0, 160, 280,
		208.36363636363636, 219.27272727272727, 228.91666666666667, 228.91666666666667, -20.553030303030303, -9.6439393939393939),
	('1e15 higher', '{1000000000000000:5,1000000000000001:5}', '{1000000000000000:4,1000000000000001:6}', 2, 1, 1e15, 1e15 + 1,
		1000000000000000.4, 1000000000000000.6, 1000000000000000.5, 1000000000000000.6, -0.2196969696969697, 0.037878787878787879);
SELECT label, pg_temp.agrees(b.lowest_focal, v.lowest_focal) AS lowest_focal, pg_temp.agrees(b.highest_focal, v.highest_focal) AS highest_focal,
	pg_temp.agrees(b.lowest_reference, v.lowest_reference) AS lowest_reference, pg_temp.agrees(b.highest_reference, v.highest_reference) AS highest_reference,
	pg_temp.agrees(lowest_difference, lowest) AS lowest, pg_temp.agrees(highest_difference, highest) AS highest, is_sign_known, reason
FROM example AS v, mean_gap_bounds(focal, reference, m1, m2, low, high) AS b;
SELECT pg_temp.agrees(difference, -20.6) AS gap_seen FROM example, mean_gap(focal, reference) WHERE label = 'MEASURES';
-- nobody is missing: the gap itself
SELECT label, lowest_difference = difference AND highest_difference = difference AND b.lowest_focal = mean_focal AND b.highest_reference = mean_reference AS same, is_sign_known
FROM example, mean_gap(focal, reference), mean_gap_bounds(focal, reference, 0, 0, low, high) AS b;
-- scores of 0 and 1 are a rate
SELECT b = r AS as_rates
FROM (VALUES (45, 60, 150, 190, 12, 10), (30, 100, 110, 200, 3, 5)) AS v (x1, n1, x2, n2, m1, m2),
	mean_gap_bounds(format('{0:%s,1:%s}', n1 - x1, x1)::distribution, format('{0:%s,1:%s}', n2 - x2, x2)::distribution, m1, m2, 0, 1) AS b,
	rate_gap_bounds(x1, n1, x2, n2, m1, m2) AS r;
-- who is missing may be all, or nobody known
SELECT * FROM mean_gap_bounds(NULL, '{3,5}', 7, 0, 0, 10);
SELECT * FROM mean_gap_bounds('{3,5}', '{}', 7, 0, 0, 10);
SELECT * FROM mean_gap_bounds(NULL, NULL, 0, 0, 0, 10);
SELECT * FROM mean_gap_bounds('{3,5}', '{3,5}', NULL, 0, 0, 10);
SELECT * FROM mean_gap_bounds('{3,5}', '{3,5}', 1, 1, NULL, 10);
SELECT * FROM mean_gap_bounds('{3,5}', '{3,5}', 1, 1, 0, NULL);
SELECT * FROM mean_gap_bounds('{3}', '{3}', 1, 1, 3, 3);
-- scores at the ends of the scale are in it
SELECT * FROM mean_gap_bounds('{0,10}', '{0,10}', 1, 1, 0, 10);
SELECT mean_gap_bounds('{0,10}', '{0,10}', 1, 1, 0.1, 10);
SELECT mean_gap_bounds('{0,10}', '{0,10.5}', 1, 1, 0, 10);
-- a coarse distribution: what a bucket may hold is in it, and the sum is exact
CREATE TEMP TABLE coarse AS SELECT distribution(100 + i * 1e-6) AS d, count(*) AS n, sum(100 + i * 1e-6) AS s FROM generate_series(0, 40000) AS i;
SELECT value_error(d) > 0 AS coarse, pg_temp.agrees(lowest_focal, ((s + 100 * 7) / (n + 7))::double precision) AS lowest, pg_temp.agrees(highest_focal, ((s + 100.04 * 7) / (n + 7))::double precision) AS highest
FROM coarse, mean_gap_bounds(d, d, 7, 0, 100, 100.04);
SELECT is_sign_known FROM coarse, mean_gap_bounds(d, d, 7, 0, 100.000001, 100.039999);
SELECT 1 FROM coarse, mean_gap_bounds(d, d, 7, 0, 100.01, 100.04);
SELECT 1 FROM coarse, mean_gap_bounds(d, d, 7, 0, 100, 100.03);
-- the ends of the range
SELECT lowest_focal, highest_focal, is_sign_known FROM mean_gap_bounds('{1e308}', '{-1e307}', 9223372036854775806, 1, -1e307, 1e308);
SELECT mean_gap_bounds('{1}', '{1}', 9223372036854775807, 1, 0, 10);
SELECT mean_gap_bounds('{0}', '{0}', 9, 9, -1.7e308, 1.7e308);
-- what is refused
SELECT mean_gap_bounds('{3,5}', '{3,5}', -1, 0, 0, 10);
SELECT mean_gap_bounds('{3,5}', '{3,5}', NULL, -1, 0, 10);
SELECT mean_gap_bounds('{3,5}', '{3,5}', 1, 0, 10, 0);
SELECT mean_gap_bounds('{3,5}', '{3,5}', 1, 0, 'NaN', 10);
SELECT mean_gap_bounds('{3,5}', '{3,5}', 1, 0, 0, 'Infinity');
SELECT mean_gap_bounds('{3,5}', '{3,5}', 1, 0, NULL, '-Infinity');
