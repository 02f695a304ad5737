-- Change of a gap, slope over years. Numbers: MEASURES 4 (R t.test, lm, sandwich), others from test/reference/trend.R.
SET search_path = gapstats, gapstats_internal, pg_temp, public;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-10 END;
CREATE TEMP TABLE years AS SELECT
	'{212,205,221,198,230,217,209,225,201,214}'::distribution AS f1,
	'{224,231,219,240,228,235,222,229,243,226,233,217}'::distribution AS r1,
	'{219,208,228,203,226,231,212,224,210}'::distribution AS f2,
	'{226,238,221,236,230,241,225,233,247,229,220}'::distribution AS r2;

SELECT label, pg_temp.agrees(actual, expected), reason
FROM years, gap_change(f1, r1, f2, r2),
	LATERAL (VALUES ('gap earlier', gap_earlier, -15.71666666666667), ('its SE', gap_earlier_se, 4.002079636156859),
		('lower', gap_earlier_lower, -24.16927915828188), ('upper', gap_earlier_upper, -7.264054175051454),
		('gap later', gap_later, -13.56565656565658), ('its SE', gap_later_se, 4.192136418857428),
		('change', change, 2.151010101010087), ('SE', change_se, 5.795744056499752), ('df', df, 32.41873194085635),
		('t', t, 0.3711361440465601), ('p', p_value, 0.7129505819395706),
		('lower', change_lower, -9.648556833481688), ('upper', change_upper, 13.95057703550186),
		('z p', p_value_z, 0.7105361313766727)) AS v(label, actual, expected);
SELECT (c.gap_later, c.gap_later_se, c.gap_later_lower, c.gap_later_upper) = (t.estimate, t.se, t.lower, t.upper) AS as_t_test
FROM years, gap_change(f1, r1, f2, r2, 0.8) AS c, t_test(f2, r2, 0.8) AS t;
-- the same estimates taken as normal
SELECT pg_temp.agrees(z, 0.3711361440465601) AS z, pg_temp.agrees(p_value, 0.7105361313766727) AS p, reason
FROM estimate_change(-15.71666666666667, 4.002079636156859, -13.56565656565658, 4.192136418857428);
SELECT pg_temp.agrees(estimate, 0.13) AS change, pg_temp.agrees(se, 0.16278820596099705) AS se, pg_temp.agrees(p_value, 0.42453187014444410) AS p,
	pg_temp.agrees(lower, -0.18905902079144266) AS lower, pg_temp.agrees(upper, 0.44905902079144266) AS upper
FROM estimate_change(-0.75, 0.12, -0.62, 0.11);
-- one group without variance, 90%
SELECT pg_temp.agrees(change, -1.41666666666666696) AS change, pg_temp.agrees(change_se, 4.01126884885291357) AS se,
	pg_temp.agrees(df, 1.69192685919301100) AS df, pg_temp.agrees(p_value, 0.76301272193281811) AS p,
	pg_temp.agrees(change_lower, -14.72181460440014078) AS lower, pg_temp.agrees(change_upper, 11.88848127106680508) AS upper
FROM gap_change('{5:3}', '{1,2,4,8}', '{3,6,7}', '{2,9}', 0.9);
-- a year without any variance does no harm, two do
SELECT change, gap_earlier_se, gap_earlier_lower, change_se IS NOT NULL AS se, change_lower IS NOT NULL AS lower, df, reason FROM gap_change('{5:3}', '{4:3}', '{3,5}', '{2,4}');
SELECT * FROM gap_change('{5:3}', '{4:3}', '{3:2}', '{2:2}');
SELECT * FROM gap_change('{5}', '{4,6}', '{3,5}', '{2,4}');
SELECT * FROM gap_change('{5,6}', '{4,6}', NULL, '{2,4}');
SELECT * FROM estimate_change(-0.75, NULL, -0.62, 0.11);
SELECT * FROM estimate_change(-0.75, 0, -0.62, 0);
SELECT estimate_change(-0.75, 0.1, -0.62, -0.11);
SELECT estimate_change(-0.75, 0.1, 'NaN', 0.11);
SELECT estimate_change(-0.75, 0.1, -0.62, 0.11, 1.5);
SELECT estimate_change(-0.75, 0.1, -0.62, 0.11, NULL);
SELECT gap_change('{1,2}', '{1,2}', '{1,2}', '{1,2}', NULL);
-- swapping the groups changes the signs, swapping the years too
SELECT a.change = -g.change AND a.change = -y.change AND a.change_se = g.change_se AND a.df = g.df AND abs(a.df / y.df - 1) < 1e-12 AS antisymmetric
FROM years, gap_change(f1, r1, f2, r2) a, gap_change(r1, f1, r2, f2) g, gap_change(f2, r2, f1, r1) y;

-- slope
CREATE TEMP TABLE gaps (year integer, gap double precision, se double precision);
INSERT INTO gaps VALUES (2018, -15.7, 4.0), (2019, -13.6, 4.2), (2021, -18.2, 3.1), (2022, -16.1, 2.7), (2023, -14.9, 2.9),
	(2020, NULL, NULL);
SELECT label, (g).n_gaps, pg_temp.agrees(actual, expected), (g).reason
FROM (SELECT gap_trend(year - 2018, gap, se) AS g FROM gaps) t,
	LATERAL (VALUES ('slope', (g).slope, -0.062652285811439778), ('SE', (g).slope_se, 0.848006462165608488),
		('lower', (g).slope_lower, -1.724714410313260116), ('upper', (g).slope_upper, 1.599409838690380559),
		('z', (g).z, -0.073881849498458566), ('p', (g).p_value, 0.941104398374501994),
		('intercept', (g).intercept, -15.71274058496520354), ('SE', (g).intercept_se, 3.04015816172053954),
		('lower', (g).intercept_lower, -21.67134108924295788), ('upper', (g).intercept_upper, -9.75414008068744920),
		('Q_E', (g).q_e, 0.97173770429171824), ('p', (g).p_value_q_e, 0.80809014335304430),
		('df', (g).q_e_df, 3)) AS v(label, actual, expected);
-- calendar years give the same slope, and any order of rows the same bits
SELECT pg_temp.agrees((g).slope, -0.062652285811439778) AS slope, pg_temp.agrees((g).q_e, 0.97173770429171824) AS q_e, g = backwards AS same_bits
FROM (SELECT gap_trend(year, gap, se ORDER BY year) AS g, gap_trend(year, gap, se ORDER BY year DESC) AS backwards FROM gaps) t;
SELECT pg_temp.agrees((g).slope_lower, -1.4574987907828276) AS lower, pg_temp.agrees((g).slope_upper, 1.3321942191599481) AS upper
FROM (SELECT gap_trend(year, gap, se, 0.9) AS g FROM gaps) t;
-- two gaps: nothing is left to test, as in metafor; the slope is estimate_change()
SELECT pg_temp.agrees((g).slope, 2.1) AS slope, pg_temp.agrees((g).slope_se, 5.8) AS se, (g).q_e, (g).q_e_df, (g).p_value_q_e, (g).reason,
	pg_temp.agrees((g).p_value, c.p_value) AS as_change
FROM (SELECT gap_trend(year, gap, se) AS g FROM gaps WHERE year < 2020) t, estimate_change(-15.7, 4.0, -13.6, 4.2) c;
SELECT (gap_trend(year, gap, se)).* FROM gaps WHERE year = 2018;
SELECT (gap_trend(year, gap, se)).n_gaps, (gap_trend(year, gap, se)).reason, (gap_trend(year, gap, se, 0.9)).n_gaps AS n, (gap_trend(year, gap, se, 0.9)).reason AS why FROM gaps WHERE false;
SELECT (gap_trend(2018, gap, se)).* FROM gaps;
SELECT (gap_trend(year, gap, 0)).* FROM gaps;
SELECT gap_trend(year, gap, -se) FROM gaps;
SELECT gap_trend(2024, 1, -0.1);
SELECT gap_trend(2024, 1, -0.1) OVER () FROM gaps;
SELECT gap_trend(year, gap, se, CASE year WHEN 2018 THEN 0.5 ELSE 0.99 END) FROM gaps;
SELECT gap_trend(year, gap, se, NULL) FROM gaps;
SELECT gap_trend(year, 'Infinity', se) FROM gaps;
SELECT gap_trend(year, gap, se, 1) FROM gaps;
-- the state is open to all
SELECT gap_trend_final('{0.95,1,2,3,4}');
SELECT gap_trend_final('{0.95,NULL,2,3}');
SELECT gap_trend_final('{2,1,2,3}');
SELECT gap_trend_accum('{0.95,1,2,3}', 4, 5, 6), gap_trend_accum('{0.95,1,2,3}', 4, 5, NULL), gap_trend_accum(NULL, 1, 2, 3);
SELECT gap_trend_accum('{{0.95,1,2,3}}', 4, 5, 6);
SELECT gap_trend_accum('{NULL,1,2,3}', 4, 5, 6);
SELECT gap_trend_combine('{0.95,1,2,3}', '{0.95,4,5,6}'), gap_trend_combine(NULL, '{0.95,4,5,6}'), gap_trend_combine('{0.95,1,2,3}', NULL);
SELECT gap_trend_combine('{0.95,1,2,3}', '{}');
SELECT gap_trend_combine('{0.95,1,2,3}', '{0.9,4,5,6}');
SELECT gap_trend_combine('{0.95,1,2,3}', '{0.95,4,5}');
-- the slope over the years so far, as a window
SELECT year, (gap_trend(year, gap, se) OVER (ORDER BY year)).n_gaps FROM gaps WHERE gap IS NOT NULL ORDER BY year;
-- in parallel
CREATE TABLE gap_trend_years AS SELECT i % 50 AS year, (i * 7919 % 101) / 7.0::float8 AS gap, 1 + i % 13 AS se FROM generate_series(1, 20000) i;
ALTER TABLE gap_trend_years SET (parallel_workers = 4);
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE serial AS SELECT gap_trend(year, gap, se) AS g FROM gap_trend_years;
SET max_parallel_workers_per_gather = 4;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT gap_trend(year, gap, se) FROM gap_trend_years;
SELECT (gap_trend(year, gap, se)).n_gaps, gap_trend(year, gap, se) = g AS same_bits FROM gap_trend_years, serial GROUP BY g;
DROP TABLE gap_trend_years;
