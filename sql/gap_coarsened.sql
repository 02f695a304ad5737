-- V from coarsened counts. Numbers: MEASURES 3.2 (mpmath root of the score, R ordinal::clm, splinefun) for
-- the worked example, test/reference/distribution_gap.R elsewhere.
SET search_path = gapstats, pg_temp, public;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected IS NULL THEN actual IS NULL ELSE abs(actual / expected - 1) < 1e-10 END;

SELECT method, CASE WHEN a IS NOT NULL THEN pg_temp.agrees(auc, a) END AS a, pg_temp.agrees(estimate, expected) AS v, pg_temp.agrees(se, expected_se) AS se, reason
FROM (VALUES ('linear', 0.3116883116883117, -0.6944784851120021, NULL),
	('monotone', 0.2975949634330316, -0.7514144860144122, NULL),
	('probit_ols', 0.3004165169808717, -0.7399206971972172, NULL),
	('average_normal_difference', NULL, -0.7396579354734601, NULL),
	('homop', NULL, -0.75189077552558054, 0.1188748681285001),
	('hetop', NULL, -0.74863566812645492, 0.1198680002331653)) AS t(method, a, expected, expected_se),
	coarsened_v_gap('{40,55,30,15}', '{20,60,80,60}', method);
SELECT pg_temp.agrees(estimate, -0.74863566812645492) AS hetop_is_default, pg_temp.agrees(mu, -0.7743481079964264) AS mu,
	pg_temp.agrees(ln(sigma), 0.06540104199696689) AS log_sigma, pg_temp.agrees(cuts[1], -1.361257704138868) AS cut_1,
	pg_temp.agrees(cuts[2], -0.3236542524416583) AS cut_2, pg_temp.agrees(cuts[3], 0.5933217498357486) AS cut_3,
	cardinality(cuts), pg_temp.agrees(lower, estimate - 1.959963984540054 * se) AS lower,
	pg_temp.agrees(upper, estimate + 1.959963984540054 * se) AS upper
FROM coarsened_v_gap('{40,55,30,15}', '{20,60,80,60}');
SELECT pg_temp.agrees(mu, -0.7650916138498128) AS a, pg_temp.agrees(sigma, 1.066952714122221) AS b
FROM coarsened_v_gap('{40,55,30,15}', '{20,60,80,60}', 'probit_ols');
-- the other direction is another curve
SELECT pg_temp.agrees(auc, 1 - 0.2968073593073594) AS monotone_reversed
FROM coarsened_v_gap('{20,60,80,60}', '{40,55,30,15}', 'monotone');
SELECT cut, share_focal, share_reference, pg_temp.agrees(difference, expected), reason
FROM normit_differences('{40,55,30,15}', '{20,60,80,60}')
JOIN (VALUES (1, -0.7692289141860734), (2, -0.8124634469742237), (3, -0.6372814452600835)) AS t(cut, expected) USING (cut);

-- few students: what R's ordinal::clm finds
SELECT label, pg_temp.agrees(mu, expected_mu) AS mu, pg_temp.agrees(sigma, expected_sigma) AS sigma,
	pg_temp.agrees(estimate, expected_v) AS v, abs(se / expected_se - 1) < 1e-9 AS se
FROM (VALUES
	('a zero cell', '{31,0,22,9,4}', '{12,25,41,0,17}', -0.6897794215666858, 1.5455520309003146, -0.5299155681741845, 0.1833443109226263),
	('zero tails', '{31,17,22,0,0}', '{0,25,41,8,17}', -1.6623226470633508, 1.2796303625914005, -1.4475643658018134, 0.1962166183671457),
	('a category nobody is in', '{31,17,0,22,0,0}', '{0,25,0,41,8,17}', -1.6623226470633508, 1.2796303625914005, -1.4475643658018134, 0.1962166183671457),
	('three categories', '{150,80,20}', '{90,120,90}', -0.7551073453188845, 0.9106353684540914, -0.7895622149838212, 0.1049397459968108),
	-- a group in two categories, or one in the middle, takes the other's width
	('focal in two', '{0,31,22,0}', '{12,25,41,17}', -0.3378200072299878, 1, -0.3378200072299878, 0.1868745833742372),
	('focal in one', '{0,31,0,0}', '{12,25,41,17}', -0.8567849421659398, 1, -0.8567849421659399, 0.2359725716005347)
	) AS t(label, f, r, expected_mu, expected_sigma, expected_v, expected_se),
	coarsened_v_gap(f::bigint[], r::bigint[]);
-- and the reference group the focal group's: antisymmetric
SELECT pg_temp.agrees(estimate, 0.3378200072299878), pg_temp.agrees(se, 0.1868745833742372)
FROM coarsened_v_gap('{12,25,41,17}', '{0,31,22,0}');

-- groups far apart, where Newton's first steps lead astray
SELECT pg_temp.agrees(estimate, 1.6982174218278914) AS v, pg_temp.agrees(se, 0.1461850668827859) AS se FROM coarsened_v_gap('{0,3,16,27,130}', '{10,0,318,6337,3}');
SELECT pg_temp.agrees(h.estimate, p.estimate) AS v, pg_temp.agrees(h.sigma, p.sigma) AS sigma
FROM (VALUES ('{1,1166,4}', '{28,178,152}'), ('{1,1,1000000}', '{1,1000000,1}')) AS t(f, r),
	coarsened_v_gap(f::bigint[], r::bigint[]) h, coarsened_v_gap(f::bigint[], r::bigint[], 'probit_ols') p;
-- the likelihood rises for ever as the focal group grows narrower, or wider
SELECT estimate, reason FROM coarsened_v_gap('{0,6,1,0,3}', '{276,873,0,0,16}')
UNION ALL SELECT estimate, reason FROM coarsened_v_gap('{10,0,0,1,7}', '{0,4,125,1,0}');

-- undefined, and why
SELECT method, rounded(estimate, 12) AS v, rounded(auc, 12) AS auc, rounded(se, 12) AS se, reason
FROM unnest('{hetop,homop,probit_ols,average_normal_difference,monotone,linear}'::text[]) method,
	coarsened_v_gap('{10,20}', '{20,10}', method);
SELECT label, method, rounded(estimate, 6) AS v, reason
FROM (VALUES ('apart', '{10,20,30,0,0,0}', '{0,0,0,10,20,30}'), ('touching', '{10,20,30,0,0}', '{0,0,10,20,30}'),
	('focal in the top one', '{0,0,0,9}', '{10,20,30,5}'), ('in one category', '{0,9,0}', '{0,5,0}'),
	('nobody', '{0,0,0}', '{1,2,3}'), ('two each', '{5,0,7}', '{9,3,0}')) AS t(label, f, r),
	unnest('{hetop,homop,probit_ols,average_normal_difference,monotone,linear}'::text[]) method,
	coarsened_v_gap(f::bigint[], r::bigint[], method);
SELECT * FROM normit_differences('{0,5,7}', '{9,3,0}');
SELECT * FROM normit_differences('{0,0}', '{9,3}');
SELECT coarsened_v_gap('{1,2,3}', '{1,2}');
SELECT coarsened_v_gap('{1}', '{1}');
SELECT coarsened_v_gap('{1,-2,3}', '{1,2,3}');
SELECT coarsened_v_gap('{1,NULL,3}', '{1,2,3}');
-- a NULL array, as array_agg() gives it of no rows, is an empty group
SELECT n_focal, n_reference, estimate, reason FROM coarsened_v_gap(NULL, '{1,2,3}') UNION ALL SELECT n_focal, n_reference, estimate, reason FROM coarsened_v_gap('{1,2,3}', NULL, 'linear')
UNION ALL SELECT n_focal, n_reference, estimate, reason FROM coarsened_v_gap(NULL, NULL);
SELECT * FROM normit_differences(NULL, '{9,3}');
SELECT coarsened_v_gap('{}', '{1,2,3}');
SELECT coarsened_v_gap('{1,2,3}', '{1,2,3}', NULL);
SELECT coarsened_v_gap('{1,2,3}', '{1,2,3}', confidence => NULL);
SELECT coarsened_v_gap('{1,2,3}', '{1,2,3}', 'ptfit');
SELECT coarsened_v_gap('{1,2,9223372036854775807}', '{1,2,3}');
SELECT coarsened_v_gap(array_fill(1::bigint, '{201}'), array_fill(1::bigint, '{201}'));

-- counts as large as they can be: 1 - A is about 1e-18 (test/reference/coarsened.py)
SELECT method, pg_temp.agrees(estimate, expected) AS v, reason
FROM (VALUES ('linear', 12.384678780886965), ('monotone', 12.430470429191463), ('probit_ols', 17.436080771460054)) AS t(method, expected),
	coarsened_v_gap('{1,1,1000000000000000000}', '{1000000000000000000,1,1}', method);
SELECT method, estimate IS NULL = (reason IS NOT NULL) AS null_and_why, abs(estimate) BETWEEN 10 AND 20 AS far, reason
FROM unnest('{hetop,homop,probit_ols,average_normal_difference,monotone,linear}'::text[]) AS method, coarsened_v_gap('{1000000000000000000,1,1}', '{1,1,1000000000000000000}', method);
-- no data that are NULL without a reason, and all of them in time
CREATE TEMP TABLE hostile AS
	WITH RECURSIVE generator(i, x) AS (
		SELECT 0, 20261122::bigint
		UNION ALL SELECT i + 1, (x * 48271) % 2147483647 FROM generator WHERE i < 5999)
	SELECT i % 300 AS trial,
		array_agg(CASE WHEN x % 10 < 3 THEN 0 ELSE (10 ^ (x % 1699 / 100.0))::bigint END ORDER BY i) FILTER (WHERE i / 300 % 2 = 0) AS f,
		array_agg(CASE WHEN x % 10 < 3 THEN 0 ELSE (10 ^ (x % 1697 / 100.0))::bigint END ORDER BY i) FILTER (WHERE i / 300 % 2 = 1) AS r
	FROM generator WHERE i / 300 < 2 * (2 + i % 300 % 9) GROUP BY i % 300;
SET statement_timeout = '60s';
SELECT method, count(*), count(*) FILTER (WHERE reason IS NULL) > 20 AS some_have_v,
	count(*) FILTER (WHERE reason IS NULL AND (estimate IS NULL OR auc IS NULL OR (se IS NULL) <> (method NOT IN ('hetop', 'homop')))) AS null_without_reason
FROM hostile, unnest('{hetop,homop,probit_ols,average_normal_difference,monotone,linear}'::text[]) AS method, coarsened_v_gap(f, r, method)
GROUP BY method ORDER BY method;
SELECT reason FROM coarsened_v_gap((SELECT array_agg(CASE WHEN i % 2 = 0 THEN 40000000000000000 ELSE 1 END) FROM generate_series(1, 200) AS i),
	(SELECT array_agg(CASE WHEN i % 2 = 1 THEN 40000000000000000 ELSE 1 END) FROM generate_series(1, 200) AS i));
RESET statement_timeout;

-- what must hold for any data: 300 pairs of counts in 3 to 10 categories from a fixed sequence of random numbers
CREATE TEMP TABLE pairs AS
	WITH RECURSIVE generator(i, x) AS (
		SELECT 0, 20261122::bigint
		UNION ALL SELECT i + 1, (x * 48271) % 2147483647 FROM generator WHERE i < 5999)
	SELECT i % 300 AS trial,
		array_agg(1 + x % 97 ORDER BY i) FILTER (WHERE i / 300 % 2 = 0) AS f,
		array_agg(1 + x % 61 ORDER BY i) FILTER (WHERE i / 300 % 2 = 1) AS r
	FROM generator WHERE i / 300 < 2 * (3 + i % 300 % 8) GROUP BY i % 300;
SELECT count(*) AS pairs, count(m.estimate) AS with_a_maximum,
	bool_and(abs(m.estimate + s.estimate) < 1e-10 AND abs(m.se / s.se - 1) < 1e-8) AS hetop_antisymmetric,
	bool_and(abs(m.estimate - p.estimate) < 1e-10) FILTER (WHERE cardinality(f) = 3) AS hetop_of_three_is_probit_ols,
	count(*) FILTER (WHERE cardinality(f) = 3) AS threes,
	bool_and(l.estimate = d.v AND l.auc = d.auc) AS linear_is_v_of_the_categories,
	bool_and(e IS NOT DISTINCT FROM m) AS unchanged_by_an_empty_category
FROM pairs,
	coarsened_v_gap(f, r) m, coarsened_v_gap(r, f) s, coarsened_v_gap(f, r, 'probit_ols') p,
	coarsened_v_gap(f, r, 'linear') l, coarsened_v_gap(f[1:2] || 0::bigint || f[3:], r[1:2] || 0::bigint || r[3:]) e,
	LATERAL (SELECT (SELECT distribution(i, f[i]) FROM generate_subscripts(f, 1) i) AS fd,
		(SELECT distribution(i, r[i]) FROM generate_subscripts(r, 1) i) AS rd) t,
	v_gap(fd, rd) d;
