--
-- Did it help? Differences in differences, jumps at a threshold, and piles there
--
\set ECHO none
CREATE SCHEMA effect;
SET search_path = effect, gapstats;

CREATE FUNCTION pg_temp.near(a double precision, b double precision, tolerance double precision DEFAULT 1e-10) RETURNS boolean
	LANGUAGE sql RETURN abs(a - b) <= tolerance * greatest(abs(b), 1e-300);
\set ECHO all

-- MEASURES 18.1: R's lm, hatvalues, and the formula of HC2
CREATE TABLE programme AS
SELECT i, i % 5 = 0 AS treated, (i / 5) % 2 = 1 AS post, (i / 10) % 3 AS g,
	450 + 6 * (i % 5 = 0)::int + 3 * ((i / 5) % 2) + 5 * (i % 5 = 0)::int * ((i / 5) % 2) + 2 * ((i / 10) % 3) * (i % 5 = 0)::int * ((i / 5) % 2)
		+ 4 * ((i / 10) % 3) + (53 * i) % 37 - 18 AS y
FROM generate_series(1, 600) AS i;
SELECT n_pre_control, n_post_control, n_pre_treated, n_post_treated,
	pg_temp.near(mean_pre_control, 453.9875) AS a, pg_temp.near(mean_post_control, 456.975) AS b, pg_temp.near(mean_pre_treated, 460.816666666667, 1e-14) AS c, pg_temp.near(mean_post_treated, 469.133333333333, 1e-14) AS d,
	pg_temp.near(gap_pre, 460.816666666667 - 453.9875, 1e-12) AS gap_pre, pg_temp.near(effect, 5.32916666666667, 1e-14) AS effect, pg_temp.near(effect_se, 2.2100301961129) AS se, pg_temp.near(df, 178.817712163408) AS df,
	pg_temp.near(t, 2.41135468467346) AS t, pg_temp.near(p_value, 0.0169054804209544) AS p, pg_temp.near(effect_lower, 0.96807181384962) AS lower, pg_temp.near(effect_upper, 9.69026151948368) AS upper, reason
FROM (SELECT (difference_in_differences(y, treated, post)).* FROM programme) AS d \gx
SELECT g, n_pre_control, n_post_control, n_pre_treated, n_post_treated,
	pg_temp.near(effect, (ARRAY[-1.8625, 1.45, 16.4])[g + 1]) AS effect, pg_temp.near(effect_se, (ARRAY[3.69088714568984, 3.92677885128537, 2.5844157763532])[g + 1]) AS se,
	pg_temp.near(df, (ARRAY[39.1704419831701, 46.0309834715885, 115.437055872348])[g + 1]) AS df, reason
FROM (SELECT g, (difference_in_differences(y, treated, post)).* FROM programme GROUP BY g) AS d ORDER BY g;
SELECT pg_temp.near(difference, 18.2625) AS difference, pg_temp.near(difference_se, 4.50575774174354) AS se, pg_temp.near(df, 80.4361783283224) AS df,
	pg_temp.near(effect_focal, 16.4) AS focal, pg_temp.near(effect_focal_se, 2.5844157763532) AS focal_se, pg_temp.near(effect_reference, -1.8625) AS reference, pg_temp.near(effect_reference_se, 3.69088714568984) AS reference_se,
	pg_temp.near(t, 18.2625 / 4.50575774174354) AS t, n_pre_control_focal, n_post_treated_reference, reason
FROM (SELECT (triple_difference(y, treated, post, g = 2)).* FROM programme WHERE g <> 1) AS d \gx
CREATE TABLE rates AS
SELECT treated, post, i <= x AS outcome
FROM (VALUES (false, false, 120, 400), (false, true, 96, 380), (true, false, 60, 150), (true, true, 33, 145)) AS v (treated, post, x, n), generate_series(1, n) AS i;
SELECT pg_temp.near(effect, -0.125045372050816) AS effect, pg_temp.near(effect_se, 0.0620966938995498) AS se, n_pre_control + n_post_control + n_pre_treated + n_post_treated AS n, mean_pre_treated
FROM (SELECT (difference_in_differences(outcome, treated, post)).* FROM rates) AS d;
-- the regression with the interaction gives the same estimate; its OLS, HC0 and HC1 errors, which are not this one, follow from the cells
SELECT pg_temp.near(sqrt(sum(ss) / (sum(n) - 4) * sum(1 / n)), 2.26048899228616) AS ols, pg_temp.near(sqrt(sum(ss / n / n)), 2.19449073109588) AS hc0,
	pg_temp.near(sqrt(sum(n) / (sum(n) - 4) * sum(ss / n / n)), 2.20184247942109) AS hc1, pg_temp.near(sqrt(sum(ss / n / (n - 1))), 2.2100301961129) AS hc2
FROM (SELECT count(*)::float8 AS n, (count(*) - 1) * var_samp(y)::float8 AS ss FROM programme GROUP BY treated, post) AS c;

-- from stored distributions, from any parts of them, and from yes or no as 0 and 1: the same bits
CREATE TABLE stored AS SELECT treated, post, g, distribution(y) AS d FROM programme GROUP BY treated, post, g, i % 7;
SELECT (SELECT difference_in_differences(y, treated, post)::text FROM programme) = (SELECT difference_in_differences(d, treated, post)::text FROM stored) AS effects,
	(SELECT triple_difference(y, treated, post, g = 2)::text FROM programme) = (SELECT triple_difference(d, treated, post, g = 2)::text FROM stored) AS differences,
	(SELECT difference_in_differences(outcome, treated, post)::text FROM rates) = (SELECT difference_in_differences(outcome::int, treated, post)::text FROM rates) AS rates,
	(SELECT triple_difference(outcome, treated, post, i)::text FROM rates, unnest('{t,f}'::boolean[]) AS i) = (SELECT triple_difference(outcome::int, treated, post, i)::text FROM rates, unnest('{t,f}'::boolean[]) AS i) AS triple_rates;
-- gap_change is the same of four distributions
SELECT e.effect = c.change AND e.effect_se = c.change_se AND e.df = c.df AND e.p_value = c.p_value AND e.effect_upper = c.change_upper AND e.gap_pre_lower = c.gap_earlier_lower AS same
FROM (SELECT (difference_in_differences(d, treated, post)).* FROM stored) AS e,
	(SELECT (gap_change(distribution(y) FILTER (WHERE treated AND NOT post), distribution(y) FILTER (WHERE NOT treated AND NOT post),
		distribution(y) FILTER (WHERE treated AND post), distribution(y) FILTER (WHERE NOT treated AND post))).* FROM programme) AS c;

-- the same students twice: Welch's test of their own changes, which is that of gap()
CREATE TABLE twice AS SELECT i, i % 3 = 0 AS treated, 400 + (i * 37) % 101 AS first, 410 + (i * 37) % 101 + (i * 29) % 23 + CASE WHEN i % 3 = 0 THEN 4 ELSE 0 END AS second FROM generate_series(1, 90) AS i;
SELECT d.effect = g.difference AND d.effect_se = g.difference_se AND d.effect_lower = g.difference_lower AND d.df = g.df AND d.p_value = g.p_value AS same,
	n_pre_treated, n_post_control, pg_temp.near(d.effect, d.mean_post_treated - d.mean_pre_treated - d.mean_post_control + d.mean_pre_control) AS adds_up, d.effect_se < u.effect_se AS is_sharper
FROM (SELECT (difference_in_differences(first, second, treated)).*, (gap(second - first, treated)) AS g FROM twice) AS d,
	LATERAL (SELECT (d.g).*) AS g,
	(SELECT (difference_in_differences(y, treated, post)).effect_se FROM twice, LATERAL (VALUES (first, false), (second, true)) AS v (y, post)) AS u;
SELECT n_pre_control, n_missing_pre_control, n_missing_post_control, n_missing_group, effect, reason
FROM (SELECT (difference_in_differences(nullif(first, 437), nullif(second, 473), CASE WHEN i <> 6 THEN treated END)).* FROM twice) AS d;

-- other confidence
SELECT pg_temp.near(effect_upper, effect + effect_se * 1.6535, 1e-4) AS narrower FROM (SELECT (difference_in_differences(y, treated, post, 0.9)).* FROM programme) AS d;
SELECT (difference_in_differences(y, treated, post, 0.9)).effect_lower = (difference_in_differences(d, treated, post, 0.9)).effect_lower AS same FROM (SELECT *, distribution(y) AS d FROM programme GROUP BY i, treated, post, g, y) AS p;

-- reasons
CREATE FUNCTION undefined(y double precision[], treated boolean[], post boolean[]) RETURNS TABLE (n text, gap_pre float8, effect float8, se float8, p float8, reason text)
LANGUAGE sql AS $$
	SELECT concat_ws(' ', n_pre_control, n_pre_treated, n_post_control, n_post_treated), gap_pre, effect, effect_se, p_value, reason
	FROM (SELECT (difference_in_differences(y, treated, post)).* FROM unnest($1, $2, $3) AS u (y, treated, post)) AS d
$$;
SELECT * FROM undefined('{}', '{}', '{}');
SELECT * FROM undefined('{1,2,3,4,5,7}', '{f,f,t,t,f,f}', '{f,f,f,f,t,t}');
SELECT * FROM undefined('{1,2,3,4,5,7,9}', '{f,f,t,t,f,f,t}', '{f,f,f,f,t,t,t}');
SELECT * FROM undefined('{1,1,3,3,5,5,9,9}', '{f,f,t,t,f,f,t,t}', '{f,f,f,f,t,t,t,t}');
SELECT * FROM undefined('{1,1,3,3,5,6,9,9}', '{f,f,t,t,f,f,t,t}', '{f,f,f,f,t,t,t,t}');
SELECT * FROM undefined('{1e308,-1e308,3,3,5,6,9,9}', '{f,f,t,t,f,f,t,t}', '{f,f,f,f,t,t,t,t}');
SELECT n_missing_pre_control, n_missing_post_treated, n_missing_group, n_post_control, reason
FROM (SELECT (difference_in_differences(y, treated, post)).* FROM (VALUES (NULL::float8, false, false), (NULL, true, true), (1, NULL, true), (1, true, NULL), (NULL, NULL, NULL), (2, false, true)) AS v (y, treated, post)) AS d;
SELECT n_missing_focal, n_missing_reference, n_missing_group, reason
FROM (SELECT (triple_difference(y, treated, post, focal)).* FROM (VALUES (NULL::float8, false, false, true), (NULL, true, true, false), (1, true, true, NULL)) AS v (y, treated, post, focal)) AS d;
SELECT difference, difference_se, effect_focal_se, effect_reference, effect_reference_se, effect_reference_lower, p_value IS NULL AS no_test, reason
FROM (SELECT (triple_difference(CASE WHEN focal THEN y * y ELSE c END, c & 1 = 1, c & 2 = 2, focal)).* FROM generate_series(0, 3) AS c, generate_series(1, 5) AS y, unnest('{t,f}'::boolean[]) AS focal) AS d;
SELECT difference_in_differences('NaN'::float8, true, true);
SELECT difference_in_differences('1e308', '-1e308'::float8, true);
SELECT difference_in_differences(1::float8, true, true, NULL);
SELECT difference_in_differences(1::float8, true, true, c) FROM unnest('{0.9,0.95}'::float8[]) AS c;
SELECT difference_in_differences(1::float8, true, true, 95);

-- a state as text and back, and one that is of no numbers
CREATE AGGREGATE pg_temp.cells(double precision, boolean, boolean, double precision) (SFUNC = gapstats_internal.difference_in_differences_accum, STYPE = gapstats_internal.outcome_cells);
SELECT pg_temp.cells(y, y > 1, y > 2, 0.9)::text FROM unnest('{1,2.5,NULL}'::float8[]) AS y;
SELECT c::text::gapstats_internal.outcome_cells::text = c::text AS same FROM (SELECT pg_temp.cells(ln(i), treated, post, 0.9) AS c FROM programme) AS s;
SELECT 'cells 5 missing 0'::gapstats_internal.outcome_cells;
SELECT ('cells 4 missing 0 n 2 missing 0 sum 0x10p-2 squares 0x1p0' || repeat(' n 0 missing 0 sum 0x0p-1074 squares 0x0p-2148', 3))::gapstats_internal.outcome_cells;

-- offset by 1e9, times 2^500, in any order and with parallel workers: the same
SELECT pg_temp.near(effect, 5.32916666666667, 1e-13) AS effect, pg_temp.near(effect_se, 2.2100301961129) AS se FROM (SELECT (difference_in_differences(y + 1e9, treated, post)).* FROM programme) AS d;
SELECT d.effect = e.effect * 2 ^ 500 AND d.effect_se = e.effect_se * 2 ^ 500 AND d.p_value = e.p_value AS same
FROM (SELECT (difference_in_differences(y * 2 ^ 500, treated, post)).* FROM programme) AS d, (SELECT (difference_in_differences(y, treated, post)).* FROM programme) AS e;
CREATE TABLE many (i integer, treated boolean, post boolean, focal boolean, y double precision) WITH (parallel_workers = 2);
INSERT INTO many SELECT i, i % 3 = 0, i % 5 < 2, i % 7 < 3, exp((i * 7919::bigint % 100003) / 5000.0) FROM generate_series(1, 20000) AS i;
ANALYZE many;
CREATE TABLE plain AS SELECT difference_in_differences(y, treated, post)::text AS did, triple_difference(y, treated, post, focal)::text AS triple,
	regression_discontinuity(y, i, 9000, 500)::text AS rd, density_check(y, 1000)::text AS density FROM (SELECT * FROM many ORDER BY y) AS m;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT difference_in_differences(y, treated, post), triple_difference(y, treated, post, focal), regression_discontinuity(y, i, 9000, 500), density_check(y, 1000) FROM many;
SELECT difference_in_differences(y, treated, post)::text = (SELECT did FROM plain) AS did, triple_difference(y, treated, post, focal)::text = (SELECT triple FROM plain) AS triple,
	regression_discontinuity(y, i, 9000, 500)::text = (SELECT rd FROM plain) AS rd, density_check(y, 1000)::text = (SELECT density FROM plain) AS density FROM many;
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- MEASURES 18.2: R's lm with weights, statsmodels' WLS. The estimates to 1e-9
CREATE TABLE near_threshold AS
SELECT 1 AS data, 200 AS c, (71 * i) % 499 AS x, 480 - 0.15 * ((71 * i) % 499) + 6 * ((71 * i) % 499 >= 200)::int + (41 * i) % 31 - 15 AS y FROM generate_series(1, 500) AS i
UNION ALL
SELECT 2, 18, u, 300 - 2 * u + 5 * (u >= 18)::int + (29 * i) % 23 - 11 FROM generate_series(1, 900) AS i, LATERAL (SELECT (7 * ((i * i) % 47) + i) % 41) AS x (u);
CREATE TABLE published (place serial, data integer, h double precision, donut double precision, n text, effect double precision, hc0 double precision, hc1 double precision, hc2 double precision);
INSERT INTO published (data, h, donut, n, effect, hc0, hc1, hc2) VALUES
	(1, 40, 0, '39 40 39 40', 4.4238972195969, 4.32227849814811, 4.43604211255743, 4.54068266800511),
	(1, 80, 0, '79 80 79 80', 4.5248594849629, 3.07355685222955, 3.11296303626445, 3.14822289894872),
	(1, 150, 0, '150 150 149 150', 5.063457116985, 2.25104080147325, 2.26619949666389, 2.27965813719376),
	(1, 80, 5, '75 75 75 75', 3.8115985294934, 3.56884783891742, 3.61740582386509, 3.66370717647185),
	(2, 3, 0, '36 68 2 3', 9.140286770519, 4.07012864279445, 4.15073307448834, 4.18940701945659),
	(2, 6, 0, '112 125 5 6', 6.902722660248, 2.18501535989674, 2.20369104447894, 2.22201635336689),
	(2, 10, 0, '199 222 9 10', 6.50005488230474, 1.53179908383022, 1.53912830789707, 1.54593498941196),
	(2, 6, 1, '112 106 5 5', 6.5305130914837, 2.51793338597629, 2.54135652650998, 2.55994836534646);
CREATE VIEW jump AS
SELECT p.place, p.data, p.h, p.donut, e.errors, r.*, CASE e.errors WHEN 'HC0' THEN p.hc0 WHEN 'HC1' THEN p.hc1 ELSE p.hc2 END AS published_se, p.effect AS published, p.n AS published_n
FROM published AS p CROSS JOIN unnest('{HC0,HC1,HC2}'::text[]) AS e (errors),
	LATERAL (SELECT (regression_discontinuity(y, x, c, p.h, '>=', p.donut, e.errors, 0.95)).* FROM near_threshold AS t WHERE t.data = p.data) AS r;
SELECT data, h, donut, errors, concat_ws(' ', n_below, n_above, n_values_below, n_values_above) = published_n AS n, pg_temp.near(estimate, published, 1e-11) AS estimate,
	pg_temp.near(se, published_se, 1e-11) AS se, pg_temp.near(lower, published - 1.959963984540054 * published_se, 1e-9) AND pg_temp.near(upper, published + 1.959963984540054 * published_se) AS bounds,
	pg_temp.near(z, published / published_se) AS z, reason FROM jump ORDER BY place, errors;
SELECT data, n_one_below, n_at_threshold, n_one_above, is_heaped FROM jump WHERE errors = 'HC2' AND h IN (10, 150) ORDER BY data;
SELECT x, count(*) FROM near_threshold WHERE data = 2 AND x BETWEEN 17 AND 19 GROUP BY x ORDER BY x;
-- fewer arguments; a row an interval, at half and twice of it; whatever the order of rows
SELECT h, concat_ws(' ', n_below, n_above) AS n, pg_temp.near(estimate, effect, 1e-11) AS estimate, pg_temp.near(se, hc2, 1e-11) AS se
FROM (SELECT h, (regression_discontinuity(y, x, c, h)).* FROM (SELECT * FROM near_threshold ORDER BY y DESC) AS t, unnest('{3,6,10}'::float8[]) AS h WHERE data = 2 GROUP BY h) AS r
	JOIN published USING (h) WHERE data = 2 AND donut = 0 ORDER BY h;
SELECT count(DISTINCT r::text) AS one_result
FROM (SELECT regression_discontinuity(y, x, c, 80) AS r FROM (SELECT * FROM near_threshold ORDER BY y, x) AS t WHERE data = 1
	UNION ALL SELECT regression_discontinuity(y, x, c, 80) FROM (SELECT * FROM near_threshold ORDER BY x DESC, y DESC) AS t WHERE data = 1) AS s;
-- the mirror: whom a rule flags up to the threshold, from the other side
SELECT pg_temp.near(m.estimate, r.estimate, 1e-12) AND pg_temp.near(m.se, r.se, 1e-12) AND m.n_below = r.n_above AND m.n_above = r.n_below AND m.n_values_below = r.n_values_above AND m.n_one_below = r.n_one_above AND pg_temp.near(m.p_value, r.p_value, 1e-12) AS mirrored
FROM (SELECT (regression_discontinuity(y, -x, -c, 6, '<=')).* FROM near_threshold WHERE data = 2 GROUP BY c) AS m,
	(SELECT (regression_discontinuity(y, x, c, 6)).* FROM near_threshold WHERE data = 2) AS r;
-- who is flagged at the threshold itself, and which end is flagged
SELECT comparison, n_below, n_above, n_values_below, n_values_above, sign(estimate) AS sign
FROM unnest('{>=,>,<,<=}'::text[]) WITH ORDINALITY AS o (comparison, place), LATERAL (SELECT (regression_discontinuity(y, x, 18, 6, comparison)).* FROM near_threshold WHERE data = 2) AS r ORDER BY place;
-- rates: 0.12 - 0.1 and 0.1 - 0.08 are at 0.02, whatever rounding makes of it
SELECT n_below, n_above, n_values_below, n_values_above FROM (SELECT (regression_discontinuity(i, i / 100.0, 0.1, 0.02)).* FROM generate_series(5, 15) AS i) AS r;
SELECT n_below, n_above FROM (SELECT (regression_discontinuity(i, i / 100.0, 0.1, 0.04, '>=', 0.02, 'HC2', 0.95)).* FROM generate_series(5, 15) AS i) AS r;
-- offset by 1e9, and times 2^300 and 2^-300: tolerance 1e-9, and the same bits
SELECT pg_temp.near(estimate, 4.5248594849629, 1e-9) AS estimate, pg_temp.near(se, 3.14822289894872, 1e-9) AS se FROM (SELECT (regression_discontinuity(y + 1e9, x + 1e6, c + 1e6, 80)).* FROM near_threshold WHERE data = 1) AS r;
SELECT s.estimate = r.estimate * 2 ^ 300 AND s.se = r.se * 2 ^ 300 AND s.z = r.z AND s.n_values_below = r.n_values_below AS scaled
FROM (SELECT (regression_discontinuity(y * 2 ^ 300, x * 2 ^ -300, c * 2 ^ -300, 80 * 2 ^ -300)).* FROM near_threshold WHERE data = 1) AS s, (SELECT (regression_discontinuity(y, x, c, 80)).* FROM near_threshold WHERE data = 1) AS r;


-- random data, from test/reference/effect.R
CREATE TABLE random AS
SELECT exp((i * 7919 % 100003) / 20000.0::float8) AS y, i * 31 % 7 < 2 AS treated, i * 17 % 5 < 3 AS post, (i::bigint * 104729 % 1009) / 16.0::float8 AS x FROM generate_series(1, 4000) AS i;
SELECT pg_temp.near(effect, -0.913163339248638) AS effect, pg_temp.near(effect_se, 2.616004495725339) AS se, pg_temp.near(df, 1771.423737443353730) AS df, pg_temp.near(p_value, 0.727079780233249) AS p,
	pg_temp.near(effect_lower, -5.218359279567457) AS lower, pg_temp.near(effect_upper, 3.392032601070180) AS upper
FROM (SELECT (difference_in_differences(y, treated, post, 0.9)).* FROM random) AS d;
SELECT v.h, v.donut, v.comparison, pg_temp.near(estimate, effect) AS estimate, pg_temp.near(se, (ARRAY[hc0, hc1, hc2])[place]) AS se
FROM (VALUES (3, 0, '>=', -7.64745783171192, 8.27798488103435, 8.32237117712779, 8.35385505085857), (3, 0.5, '>=', 18.29827298156981, 9.64969777530657, 9.71135781339657, 9.75262117573994),
		(10.5, 0, '>=', -2.63927285402374, 4.40390888926963, 4.41055128955930, 4.41643499275299), (10.5, 0.5, '>=', 1.91896078498429, 4.55494419381230, 4.56214000271199, 4.56761718063988),
		(10.5, 0, '<=', 1.90633876807556, 4.40609101017772, 4.41273670175269, 4.41863403361281)) AS v (h, donut, comparison, effect, hc0, hc1, hc2),
	unnest('{HC0,HC1,HC2}'::text[]) WITH ORDINALITY AS e (errors, place),
	LATERAL (SELECT (regression_discontinuity(y, x, 30, v.h, v.comparison, v.donut, e.errors, 0.95)).* FROM random) AS r ORDER BY h, v.donut, v.comparison, place;
SELECT h, n_below, n_above, p_value FROM unnest('{2,5}'::float8[]) AS h, LATERAL (SELECT (density_check(x, 30, h)).* FROM random) AS d;

-- reasons
CREATE FUNCTION jump_of(x double precision[], y double precision[], h double precision, standard_errors text DEFAULT 'HC2') RETURNS TABLE (n text, estimate float8, se float8, p float8, reason text)
LANGUAGE sql AS $$
	SELECT concat_ws(' ', n_below, n_above, n_values_below, n_values_above, n_missing_below, n_missing_above), r.estimate, r.se, p_value, r.reason
	FROM (SELECT (regression_discontinuity(y, x, 0, $3, '>=', 0, $4, 0.95)).* FROM unnest($1, $2) AS u (x, y)) AS r
$$;
SELECT * FROM jump_of('{}', '{}', 5);
SELECT * FROM jump_of('{-1,-1,0,1}', '{1,2,3,4}', 5);
SELECT * FROM jump_of('{-2,-1,0,1}', '{1,2,3,4}', 5);
SELECT * FROM jump_of('{-2,-1,0,1}', '{1,2,3,4}', 5, 'HC0');
SELECT * FROM jump_of('{-2,-1,0,1}', '{1,2,3,4}', 5, 'HC1');
SELECT * FROM jump_of('{-3,-2,-1,0,1,2}', '{7,7,7,7,7,7}', 5);
SELECT * FROM jump_of('{-3,-2,-1,0,1,2}', '{0.1,0.2,0.3,0.7,0.8,0.9}', 5, 'HC1');
SELECT n, round(estimate::numeric, 10) AS estimate, se IS NOT NULL AS has_se, reason FROM jump_of('{-3,-2,-1,0,1,2}', '{1,2,NULL,3,4,5}', 5);
SELECT n, round(estimate::numeric, 10) AS estimate, se IS NOT NULL AS has_se, reason FROM jump_of('{-3,-2,-2,-1,0,1,1,2}', '{1,2,5,3,4,5,9,2}', 5);
SELECT * FROM jump_of('{-1,-2,0,1e-200}', '{1,2,3,4}', 5);
SELECT regression_discontinuity(1, 'Infinity', 0, 1);
SELECT regression_discontinuity('NaN', 1, 0, 1);
SELECT regression_discontinuity(1, NULL, 0, 1) IS NULL AS none, (regression_discontinuity(1, NULL, 0, 1)).reason;
SELECT regression_discontinuity(1, 1, NULL, 1);
SELECT regression_discontinuity(1, 1, 0, NULL);
SELECT regression_discontinuity(1, 1, 0, 0);
SELECT regression_discontinuity(1, 1, t, 1) FROM unnest('{1,2}'::float8[]) AS t;
SELECT regression_discontinuity(1, 1, 0, 1, c) FROM unnest('{<,>}'::text[]) AS c;
SELECT regression_discontinuity(1, 1, 0, 1, '>', 0, e, 0.95) FROM unnest('{HC0,HC2}'::text[]) AS e;
SELECT density_check(1, 0, 1, c) FROM unnest('{>=,<=}'::text[]) AS c;
-- forged states
SELECT gapstats_internal.regression_discontinuity_final(ARRAY[0, 1, 1e300, 0, 2, 0.95]);
SELECT gapstats_internal.regression_discontinuity_final(ARRAY[0, 1, 2, 0, -1, 0.95]);
SELECT gapstats_internal.density_check_final(ARRAY[0, 1, 0.5]);
SELECT regression_discontinuity(1, 1, 0, 1, '=');
SELECT regression_discontinuity(1, 1, 0, 1, '>=', -1, 'HC2', 0.95);
SELECT regression_discontinuity(1, 1, 0, 1, '>=', 0, 'HC3', 0.95);
SELECT regression_discontinuity(1, 1, 0, 1, '>=', 0, 'HC2', 95);
-- a heap at the threshold, as where teachers round up to ten
SELECT k, n_one_below, n_at_threshold, n_one_above, is_heaped
FROM generate_series(8, 20, 6) AS k, LATERAL (SELECT (regression_discontinuity(x, x, 10, 4)).* FROM generate_series(5, 15) AS x, generate_series(1, CASE x WHEN 10 THEN k ELSE 8 END)) AS r ORDER BY k;

-- MEASURES 18.3: R's binom.test
CREATE FUNCTION pile(n_below integer, n_above integer) RETURNS density_check LANGUAGE sql AS $$
	SELECT density_check(x, 10, 1) FROM (SELECT 9.5 FROM generate_series(1, n_below) UNION ALL SELECT 10.3 FROM generate_series(1, n_above)) AS u (x)
$$;
SELECT v.n_below, v.n_above, d.n_below = v.n_below AND d.n_above = v.n_above AS counts, pg_temp.near(d.p_value, p) AS p
FROM (VALUES (34, 58, 0.01602027478889995), (9, 2, 0.0654296875), (0, 6, 0.03125), (120, 121, 1)) AS v (n_below, n_above, p), LATERAL pile(v.n_below, v.n_above) AS d;
SELECT v.*, d.n_below = v.n_below AND d.n_above = v.n_above AS counts, pg_temp.near(d.p_value, p) AS p
FROM (VALUES (2, 3, 61, 68, 0.5974849993058732), (2, 6, 132, 125, 0.7082818044367236), (2, 10, 226, 222, 0.8873084768316526), (1, 80, 80, 80, 1), (1, 150, 151, 150, 1)) AS v (data, h, n_below, n_above, p),
	LATERAL (SELECT (density_check(x, c, h)).* FROM near_threshold AS t WHERE t.data = v.data) AS d;
-- half of it is a whole number where all values are, and so is what is not one
SET extra_float_digits = 0;
SELECT h, d.* FROM unnest('{3,2.5,1,0.5}'::float8[]) AS h, LATERAL (SELECT (density_check(x, c, h)).* FROM near_threshold WHERE data = 2) AS d ORDER BY h DESC;
RESET extra_float_digits;
-- nobody says how wide: the smallest that has twenty
SELECT bandwidth, n_below, n_above, bandwidth_half, n_below_half, n_above_half, reason FROM (SELECT (density_check(x, c)).* FROM near_threshold WHERE data = 2) AS d;
SELECT bandwidth, n_below, n_above, reason FROM (SELECT (density_check(x, c)).* FROM near_threshold WHERE data = 1) AS d;
SELECT d.bandwidth, d.n_below, d.n_above, d.n_below + d.n_above >= 20 AS enough, (SELECT count(*) FROM near_threshold WHERE data = 1 AND x / 7.0 >= 200 / 7.0 - d.bandwidth * 0.99 AND x / 7.0 < 200 / 7.0 + d.bandwidth * 0.99) < 20 AS smallest
FROM (SELECT (density_check(x / 7.0, 200 / 7.0)).* FROM near_threshold WHERE data = 1) AS d;
SELECT d.* FROM (SELECT (density_check(x, 10)).* FROM (SELECT 10 FROM generate_series(1, 19) UNION ALL SELECT 15 UNION ALL SELECT 19) AS u (x)) AS d;
SELECT d.* FROM (SELECT (density_check(x, 10)).* FROM (VALUES (9.5), (10.25), (11)) AS u (x)) AS d;
-- the mirror, and who is above at the threshold
SELECT m.n_below = r.n_above AND m.n_above = r.n_below AND m.p_value = r.p_value AND m.n_below_half = r.n_above_half AS mirrored
FROM (SELECT (density_check(-x, -c, 6, '<=')).* FROM near_threshold WHERE data = 2 GROUP BY c) AS m, (SELECT (density_check(x, c, 6)).* FROM near_threshold WHERE data = 2) AS r;
SELECT comparison, n_below, n_above FROM unnest('{>=,>,<,<=}'::text[]) WITH ORDINALITY AS o (comparison, place), LATERAL (SELECT (density_check(x, 3, 2, comparison)).* FROM generate_series(1, 6) AS x) AS d ORDER BY place;
SELECT n_below, n_above FROM (SELECT (density_check(i / 100.0, 0.1, 0.02)).* FROM generate_series(5, 15) AS i) AS d;
SELECT d.* FROM (SELECT (density_check(x, 10)).* FROM (SELECT 1 WHERE false) AS u (x)) AS d;
SELECT d.* FROM (SELECT (density_check(x, 10, 2)).* FROM (VALUES (1), (NULL)) AS u (x)) AS d;
SELECT density_check('NaN', 1);
SELECT density_check(1, NULL);
SELECT density_check(1, 1, NULL);
SELECT density_check(1, 1, -1);
SELECT density_check(1, 1, 1, NULL);
SELECT density_check('1e308', '-1e308');
