-- Quantile gaps. Numbers: MEASURES 3.3 (SciPy mjci; R) for dataset A,
-- test/reference/distribution_gap.R for B.
SET search_path = gapstats, pg_temp, public;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-10 END;
CREATE TEMP TABLE a AS SELECT
	'{212,205,221,198,230,217,209,225,201,214}'::distribution AS f,
	'{224,231,219,240,228,235,222,229,243,226,233,217}'::distribution AS r;
CREATE TEMP TABLE b AS SELECT
	(SELECT distribution(20 + 37 * i % 23) FROM generate_series(1, 60) i) AS f,
	(SELECT distribution(22 + 53 * i % 29) FROM generate_series(1, 80) i) AS r;

SELECT fraction, pg_temp.agrees(percentile_focal, expected_focal) AS focal, pg_temp.agrees(percentile_reference, expected_reference) AS reference,
	pg_temp.agrees(difference, expected) AS gap, pg_temp.agrees(difference_se, expected_se) AS se, reason
FROM a, quantile_gaps(f, r, '{0.1,0.25,0.5,0.75,0.9}')
JOIN (VALUES (0.1, 200.7, 219.3, -18.6, NULL), (0.25, 206, 223.5, -17.5, 5.657016943425047),
	(0.5, 213, 228.5, -15.5, 5.899087740658551), (0.75, 220, 233.5, -13.5, 6.63319692392018),
	(0.9, 225.5, 239.5, -14.0, 5.303697682624811)) AS t(fraction, expected_focal, expected_reference, expected, expected_se)
	USING (fraction);
-- normal intervals of the gap
SELECT fraction, pg_temp.agrees(difference, expected) AS gap, pg_temp.agrees(difference_se, expected_se) AS se,
	pg_temp.agrees(difference_lower, expected_lower) AS lower, pg_temp.agrees(difference_upper, expected_upper) AS upper
FROM b, quantile_gaps(f, r, '{0.05,0.3,0.5,0.8}')
JOIN (VALUES (0.05, -2.95, 0.9966321108061390, -4.9033630430161637, -0.9966369569838349),
	(0.3, -4, 1.9631404868051836, -7.8476846507305886, -0.1523153492694118),
	(0.5, -5, 2.1804631442811195, -9.2736292324079557, -0.7263707675920434),
	(0.8, -7, 1.840410091064012, -10.607137495269544, -3.392862504730456))
	AS t(fraction, expected, expected_se, expected_lower, expected_upper) USING (fraction);
-- intervals of the groups by order statistics; percentile.sql has more of them
SELECT percentile_focal_lower, percentile_focal_upper, percentile_reference_lower, percentile_reference_upper FROM a, quantile_gaps(f, r, '{0.5}');
-- of many values: R's pbeta
SELECT fraction, pg_temp.agrees(percentile_focal_se, expected) AS se
FROM (SELECT distribution(400 + (7919 * i) % 16001 / 32.0 + i % 7 * 3) AS d FROM generate_series(1, 16000) AS i) AS s,
	quantile_gaps(d, '{1}', '{0.001,0.1,0.5,0.9,0.999}')
JOIN (VALUES (0.001, 0.5674677681433098), (0.1, 1.144613240090593), (0.5, 1.906562765512133), (0.9, 1.144903238315407), (0.999, 0.5444422519599242))
	AS t(fraction, expected) USING (fraction);
-- values as far off as they can be count by however small a weight: test/reference/maritz_jarrett.py
SELECT extra, fraction, pg_temp.agrees(percentile_focal_se, expected) AS se
FROM (SELECT distribution(i) AS d FROM generate_series(1, 199) AS i) AS s,
	(VALUES ('{}'::distribution, 0.25, 6.0945304744424541), ('{}', 0.5, 7.0592728615157902), ('{}', 0.9, 4.2607438756202353),
		('{1e100}', 0.25, 6.0994760491266943), ('{1e100}', 0.5, 104522350197312.72), ('{1e100}', 0.9, 2.308883455264638e+90),
		('{-1e100}', 0.25, 8.54887425459962e+66), ('{-1e100}', 0.5, 1481971013355119.4), ('{-1e100}', 0.9, 4.2618874738322723)) AS t(extra, p, expected),
	quantile_gaps(d + extra, '{1}', ARRAY[p]);
-- many percentiles of many values can be cancelled
CREATE TEMP TABLE many AS SELECT distribution(i * 7919::bigint % 16001 / 7::float8) AS d, array_agg(i / 400001.0::float8) AS fractions FROM generate_series(1, 400000) AS i;
SET statement_timeout = '300ms';
SELECT count(*) FROM many, quantile_gaps(d, d, fractions);
RESET statement_timeout;
-- edges
SELECT * FROM quantile_gaps('{}', '{1,2,3}', '{0.5}');
SELECT * FROM quantile_gaps(NULL, NULL);
SELECT * FROM quantile_gaps('{5:9}', '{5:9}', '{0.5}');
SELECT * FROM quantile_gaps('{1}', '{2}', '{0,1}');
SELECT * FROM quantile_gaps('{1}', '{2}', '{}');
SELECT * FROM quantile_gaps('{1}', '{2}', '{0.5,1.5}');
SELECT * FROM quantile_gaps('{1}', '{2}', '{0.5,NULL}');
SELECT * FROM quantile_gaps('{1}', '{2}', '{{0.5}}');
SELECT * FROM quantile_gaps('{1}', '{2}', '{0.5,NaN}');
SELECT * FROM quantile_gaps('{1}', '{2}', NULL);
SELECT * FROM quantile_gaps('{1}', '{2}', confidence => NULL);
SELECT * FROM quantile_gaps('{1}', '{2}', '{50}');
SELECT * FROM quantile_gaps('{1:40}', '{1:20,2:20}', '{0.9,0.1,0.5}', 0.9);
