-- p values of a family, and intervals that hold together. Values: MEASURES 15.1 (R p.adjust, qnorm, qt);
-- "by" from test/reference/adjusted_p_value.py.
SET search_path = gapstats, gapstats_internal, pg_temp, public;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-10 END;

CREATE TEMP TABLE family AS
SELECT * FROM unnest(
	'{.0007,.0031,.0062,.0148,.0210,.0214,.0390,.0718,.2045,.7100}'::double precision[],
	'{.007,.0155,.0206666666666667,.0356666666666667,.0356666666666667,.0356666666666667,.0557142857142857,.08975,.227222222222222,.71}'::double precision[],
	'{.0205027777777778,.0453990079365079,.0605320105820106,.104466534391534,.104466534391534,.104466534391534,.16318537414966,.262874900793651,.665526675485009,1}'::double precision[],
	'{.007,.0279,.0496,.1036,.126,.126,.156,.2154,.409,.71}'::double precision[],
	'{.007,.031,.062,.148,.21,.214,.39,.718,1,1}'::double precision[],
	'{.0069779911096217,.0305711055980183,.060298491353713,.138522316302784,.191226490387003,.194524909626642,.328209471180918,.525303924958008,.898515003792536,.99999579292767}'::double precision[]
	) AS f (p, bh, "by", holm, bonferroni, sidak);
SELECT method, count(*) AS n, bool_and(pg_temp.agrees(actual, expected)) AS agree, count(*) FILTER (WHERE actual <= 0.05) AS significant
FROM (
	SELECT v.*
	FROM (
		SELECT *, adjusted_p_value(p) OVER () AS my_bh, adjusted_p_value(p, 'by') OVER () AS my_by, adjusted_p_value(p, method => 'holm') OVER () AS my_holm,
			adjusted_p_value(p, 'bonferroni') OVER () AS my_bonferroni, adjusted_p_value(p, 'sidak') OVER () AS my_sidak
		FROM family
	) f, LATERAL (VALUES ('bh', my_bh, bh), ('by', my_by, "by"), ('holm', my_holm, holm), ('bonferroni', my_bonferroni, bonferroni), ('sidak', my_sidak, sidak)) v (method, actual, expected)
) s
GROUP BY method
ORDER BY method;
-- a NULL p is in no family
SELECT p, pg_temp.agrees(bh, expected_bh) AS bh, pg_temp.agrees(holm, expected_holm) AS holm, bh IS NULL AND holm IS NULL AS has_none
FROM (
	SELECT f.*, adjusted_p_value(p) OVER () AS bh, adjusted_p_value(p, 'holm') OVER () AS holm
	FROM (VALUES (1, .012::double precision, .048, .048), (2, NULL, NULL, NULL), (3, .030, .0546666666666667, .09), (4, .041, .0546666666666667, .09), (5, NULL, NULL, NULL), (6, .5, .5, .5))
		AS f (place, p, expected_bh, expected_holm)
) s
ORDER BY place;
-- the bits depend on no order, frame or plan, and equal p have equal results
CREATE TEMP TABLE many AS SELECT i, i % 3 AS family, (i::bigint * 7919 % 1009) / 1009.0::double precision AS p FROM generate_series(1, 20000) AS i;
SELECT count(*), count(*) FILTER (WHERE a.bh = b.bh AND a.holm = b.holm AND a.sidak = b.sidak) AS same_bits
FROM (SELECT i, adjusted_p_value(p) OVER w AS bh, adjusted_p_value(p, 'holm') OVER w AS holm, adjusted_p_value(p, 'sidak') OVER w AS sidak FROM many WINDOW w AS (PARTITION BY family ORDER BY i)) a
JOIN (SELECT i, adjusted_p_value(p) OVER w AS bh, adjusted_p_value(p, 'holm') OVER w AS holm, adjusted_p_value(p, 'sidak') OVER w AS sidak FROM many
	WINDOW w AS (PARTITION BY family ORDER BY p DESC, i DESC ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) b USING (i);
SELECT max(n) AS results_of_one_p FROM (SELECT count(DISTINCT (bh, holm, "by")) AS n
	FROM (SELECT family, p, adjusted_p_value(p) OVER w AS bh, adjusted_p_value(p, 'holm') OVER w AS holm, adjusted_p_value(p, 'by') OVER w AS "by" FROM many WINDOW w AS (PARTITION BY family)) s
	GROUP BY family, p) t;
-- many, of all sizes, as SQL has them
SELECT count(*), count(*) FILTER (WHERE pg_temp.agrees(bh, bh_by_sql)) AS bh, count(*) FILTER (WHERE pg_temp.agrees(holm, holm_by_sql)) AS holm
FROM (SELECT bh, holm, least(1, min(p * 20000 / place) OVER (ORDER BY place DESC)) AS bh_by_sql, least(1, max(p * (20001 - place)) OVER (ORDER BY place)) AS holm_by_sql
	FROM (SELECT p, row_number() OVER (ORDER BY p) AS place, adjusted_p_value(p) OVER () AS bh, adjusted_p_value(p, 'holm') OVER () AS holm
		FROM (SELECT CASE i % 5 WHEN 0 THEN p ^ 60 WHEN 1 THEN '-0'::double precision WHEN 2 THEN 1 - p / 1e6 ELSE p END AS p FROM many) AS s) AS s) AS s;
-- one, none, the ends, and the smallest there is
SELECT p, adjusted_p_value(p) OVER w AS bh, adjusted_p_value(p, 'by') OVER w AS "by", adjusted_p_value(p, 'holm') OVER w AS holm, adjusted_p_value(p, 'bonferroni') OVER w AS bonferroni, adjusted_p_value(p, 'sidak') OVER w AS sidak
FROM (VALUES (1, 0.04::double precision), (2, NULL), (3, 0), (3, 1), (3, 5e-324)) v (family, p) WINDOW w AS (PARTITION BY family) ORDER BY family, p;
SELECT adjusted_p_value(0.5) OVER () FROM generate_series(1, 0);
SELECT DISTINCT adjusted_p_value(NULL) OVER () FROM generate_series(1, 3);
-- a level that is met exactly is met
SELECT adjusted_p_value(p) OVER () <= 0.05 AS bh, adjusted_p_value(p, 'bonferroni') OVER () <= 0.05 AS bonferroni FROM unnest('{0.01,0.01,0.03,0.04,0.05}'::double precision[]) AS p;
SELECT adjusted_p_value('NaN') OVER ();
SELECT adjusted_p_value('-Infinity') OVER ();
SELECT adjusted_p_value(-0.1) OVER ();
SELECT adjusted_p_value(1.00001) OVER ();
SELECT adjusted_p_value(0.1, 'fdr') OVER ();
SELECT adjusted_p_value(0.1, NULL) OVER ();
SELECT adjusted_p_value(0.1, m) OVER () FROM unnest('{bh,holm}'::text[]) AS m;

-- intervals
SELECT n, df, confidence, method, pg_temp.agrees((i.upper - i.lower) / 2, z) AS agree, i.reason
FROM (VALUES (10, NULL::double precision, 0.95::double precision, 'sidak', 2.799625219301094::double precision), (10, NULL, 0.95, 'bonferroni', 2.807033768343804),
	(21, NULL, 0.95, 'sidak', 3.030739373552462), (21, NULL, 0.95, 'bonferroni', 3.038074304924211), (3, NULL, 0.9, 'sidak', 2.114054468798609),
	(10, 17.5, 0.95, 'sidak', 3.198538670057352), (1, NULL, 0.95, 'sidak', 1.959963984540054), (1, NULL, 0.95, 'bonferroni', 1.959963984540054)) v (n, df, confidence, method, z),
	simultaneous_interval(0, 1, n, df, confidence, method) AS i;
SELECT pg_temp.agrees(lower, 0.0160112434209674) AS lower, pg_temp.agrees(upper, 0.183988756579033) AS upper FROM simultaneous_interval(0.1, 0.03, 10);
-- Welch's interval is that of one comparison
SELECT pg_temp.agrees(i.lower, g.difference_lower) AS lower, pg_temp.agrees(i.upper, g.difference_upper) AS upper
FROM mean_gap('{212,205,221,198,230,217,209,225,201,214}', '{224,231,219,240,228,235,222,229,243,226,233,217}') AS g, simultaneous_interval(g.difference, g.difference_se, 1, g.df) AS i;
SELECT n, i.* FROM unnest('{0,NULL,9223372036854775807}'::bigint[]) AS n, simultaneous_interval(1, 0, n) AS i;
SELECT i.* FROM (VALUES (NULL::double precision, 1.0::double precision), (1, NULL), (NULL, NULL)) v (estimate, se), simultaneous_interval(estimate, se, 3) AS i;
-- and the confidence of each, by which rates have theirs (0.95^(1/10); 1 - 0.05/10)
SELECT pg_temp.agrees(simultaneous_confidence(10), 0.9948838031081763) AS sidak, pg_temp.agrees(simultaneous_confidence(10, method => 'bonferroni'), 0.995) AS bonferroni,
	pg_temp.agrees(upper, 2.799625219301094) AS z, simultaneous_confidence(1, 0.9) AS one, simultaneous_confidence(0) AS none, simultaneous_confidence(NULL) AS unknown
FROM simultaneous_interval(0, 1, 1, confidence => simultaneous_confidence(10));
SELECT simultaneous_confidence(-1);
SELECT simultaneous_confidence(10, 1);
SELECT simultaneous_confidence(10, method => 'bh');
SELECT pg_temp.agrees(fcr_confidence(6, 10), 0.97) AS level, pg_temp.agrees(upper, 2.17009037758456) AS z FROM simultaneous_interval(0, 1, 1, confidence => fcr_confidence(6, 10));
SELECT fcr_confidence(0, 10), fcr_confidence(NULL, 10), fcr_confidence(0, 0), fcr_confidence(10, 10, 0.1);
SELECT simultaneous_interval('NaN', 1, 3);
SELECT simultaneous_interval(1, 'Infinity', 3);
SELECT simultaneous_interval(1, -1, 3);
SELECT simultaneous_interval(1, 1, -3);
SELECT simultaneous_interval(1, 1, 3, 0);
SELECT simultaneous_interval(1, 1, 3, 'NaN');
SELECT simultaneous_interval(1.7e308, 1e308, 3);
SELECT simultaneous_interval(1, 1, 3, confidence => 95);
SELECT simultaneous_interval(1, 1, 3, confidence => NULL);
SELECT simultaneous_interval(1, 1, 3, method => 'tukey');
SELECT simultaneous_interval(1, 1, 3, method => NULL);
SELECT fcr_confidence(11, 10);
SELECT fcr_confidence(-1, 10);
SELECT fcr_confidence(1, 10, 5);
SELECT fcr_confidence(1, 10, 'NaN');
SELECT fcr_confidence(1, 10, NULL);
