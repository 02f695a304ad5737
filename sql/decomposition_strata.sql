-- Kitagawa's decomposition of rates, and what lies within and between schools. Expected numbers: MEASURES 5.1 and 5.3
-- (R's oaxaca, effectsize), others from test/reference/decomposition.py, in fractions.
SET search_path = public, gapstats, gapstats_internal;
CREATE FUNCTION agrees(actual double precision, expected double precision) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-12 END;

-- rates
CREATE TABLE strata (name text, s integer, xf bigint, nf bigint, xr bigint, nr bigint);
INSERT INTO strata VALUES ('MEASURES', 1, 20, 50, 30, 120), ('MEASURES', 2, 20, 80, 24, 150), ('MEASURES', 3, 7, 70, 20, 330),
	('left out', 1, 3, 10, 4, 9), ('left out', 2, 2, 5, 0, 0), ('left out', 3, 0, 0, 7, 8), ('left out', 4, 1, 9, 8, 20);
INSERT INTO strata SELECT 'many', i, i * 7 % 11, 11 + i % 5, i * 5 % 13, 13 + i % 3 FROM generate_series(1, 40) AS i;
CREATE TABLE decomposed AS SELECT name, (rate_decomposition(xf, nf, xr, nr)).* FROM strata GROUP BY name;
-- MEASURES prints these.
SELECT agrees(rate_focal, 0.235) AS rate_focal, agrees(rate_reference, 0.1233333333333333) AS rate_reference,
	agrees(rate_effect, 0.08072727272727273) AS rate, agrees(rate_effect_se, 0.03102599075627971) AS se,
	agrees(composition_effect, 0.03093939393939394) AS composition, agrees(composition_effect_se, 0.009838895114627712) AS se,
	agrees(rate_effect_reference, 0.07416666666666666) AS of_three, agrees(composition_effect_reference, 0.02437878787878787) AS of_three, agrees(interaction, 0.01312121212121212) AS of_three
FROM decomposed WHERE name = 'MEASURES';
SELECT name, n_strata, n_strata_left_out AS left_out, n_focal, n_reference, n_left_out_focal AS focal, n_left_out_reference AS reference,
	agrees(difference, v.d) AS difference, agrees(difference_se, d_se) AS se, agrees(rate_effect, r) AS rate, agrees(rate_effect_se, r_se) AS se,
	agrees(composition_effect, c) AS composition, agrees(composition_effect_se, c_se) AS se,
	agrees(rate_effect_reference, rr) AS rate, agrees(rate_effect_reference_se, rr_se) AS se, agrees(composition_effect_reference, cr) AS composition,
	agrees(composition_effect_reference_se, cr_se) AS se, agrees(interaction, i) AS interaction, agrees(interaction_se, i_se) AS se, reason
FROM decomposed JOIN (VALUES
	('MEASURES', 0.11166666666666666, 0.03284933338294255, 0.08072727272727273, 0.03102599075627971, 0.03093939393939394, 0.00983889511462771, 0.07416666666666667, 0.03002051354433512, 0.024378787878787878, 0.008193956849270425, 0.01312121212121212, 0.012617639329366413),
	('many', -0.028708791208791207, 0.029960778615602677, -0.02424933011128066, 0.02750656472900821, -0.004459461097510548, 0.012010293259570853, -0.02717434351362923, 0.029182091788048987, -0.007384474499859115, 0.01637072202474977, 0.005850026804697134, 0.020193964052892022),
	('left out', -0.20326678765880218, 0.13081306293996026, -0.22846339987900788, 0.12789073925835787, 0.025196612220205687, 0.03334277515783298, -0.24406130268199233, 0.1254826539020143, 0.009598709417221215, 0.04335752266646998, 0.031195805605968945, 0.06130665831152736))
	AS v (name, d, d_se, r, r_se, c, c_se, rr, rr_se, cr, cr_se, i, i_se) USING (name)
ORDER BY name COLLATE "C";
-- two and three parts make up the gap: on the strata that both groups are in
SELECT bool_and(abs(rate_effect + composition_effect - difference) < 1e-15) AS two,
	bool_and(abs(rate_effect_reference + composition_effect_reference + interaction - difference) < 1e-15) AS three,
	bool_and(abs(difference - (rate_focal - rate_reference)) < 1e-16) AS rates,
	bool_and(abs(difference_upper - difference - 1.9599639845400545 * difference_se) < 1e-15) AS bounds
FROM decomposed;
-- Of rate_gap it has the gap and its error without the strata.
SELECT agrees(d.difference, g.difference) AS difference, agrees(d.difference_se ^ 2, 0.235 * 0.765 / 200 + 74.0 / 600 * (526.0 / 600) / 600) AS se
FROM decomposed AS d, rate_gap(47, 200, 74, 600) AS g WHERE name = 'MEASURES';
-- each stratum; their sums are the effects
SELECT s, share_focal, share_reference, round(rate_focal::numeric, 4) AS rate_focal, round(rate_reference::numeric, 4) AS rate_reference, round(rate_effect::numeric, 6) AS rate,
	round(composition_effect::numeric, 6) AS composition, round(interaction::numeric, 6) AS interaction, reason
FROM (SELECT s, (rate_decomposition_by_stratum(xf, nf, xr, nr) OVER (ORDER BY s)).* FROM (TABLE strata UNION ALL VALUES ('MEASURES', 4, 1, 2, 0, 0), ('MEASURES', 5, NULL, 2, 1, 1), ('MEASURES', 6, NULL, NULL, 1, 1)) AS t WHERE name = 'MEASURES') AS w ORDER BY s;
SELECT name, abs(sum(w.rate_effect) - min(d.rate_effect)) < 1e-15 AS rate, abs(sum(w.composition_effect) - min(d.composition_effect)) < 1e-15 AS composition,
	abs(sum(w.rate_effect_reference) - min(d.rate_effect_reference)) < 1e-15 AS rate, abs(sum(w.composition_effect_reference) - min(d.composition_effect_reference)) < 1e-15 AS composition,
	abs(sum(w.interaction) - min(d.interaction)) < 1e-15 AS interaction, sum(share_focal) BETWEEN 1 - 1e-15 AND 1 + 1e-15 AS shares
FROM (SELECT name, (rate_decomposition_by_stratum(xf, nf, xr, nr) OVER (PARTITION BY name)).* FROM strata) AS w JOIN decomposed AS d USING (name) GROUP BY name ORDER BY name COLLATE "C";
-- the order of rows, frames and other confidence
SELECT name, rate_decomposition(xf, nf, xr, nr ORDER BY s) = rate_decomposition(xf, nf, xr, nr ORDER BY s * 7 % 41) AS same_bits FROM strata GROUP BY name ORDER BY name COLLATE "C";
SELECT agrees((d).rate_effect_upper, 0.08072727272727273 + 1.6448536269514722 * 0.03102599075627971) AS upper
FROM (SELECT rate_decomposition(xf, nf, xr, nr, 0.9) AS d FROM strata WHERE name = 'MEASURES') AS s;
SELECT s, (rate_decomposition(xf, nf, xr, nr) OVER (ORDER BY s)).n_strata FROM strata WHERE name = 'left out' ORDER BY s;
-- what is undefined
SELECT (d).n_strata, (d).n_strata_left_out, (d).rate_focal, (d).difference, (d).interaction_upper, (d).reason FROM (SELECT rate_decomposition(xf, nf, xr, nr) AS d FROM strata WHERE false) AS s;
SELECT (d).n_strata, (d).n_strata_left_out, (d).n_left_out_focal, (d).difference, (d).reason FROM (SELECT rate_decomposition(x, n, y, m) AS d FROM (VALUES (1, 2, NULL, NULL), (0, 0, 3, 4), (1, NULL, 3, 4), (NULL, 3, 3, 4)) AS v (x, n, y, m)) AS s;
-- one stratum has no composition; all rates 0 have no error
SELECT (d).difference, (d).rate_effect, (d).composition_effect, (d).composition_effect_se, (d).composition_effect_lower, (d).reason FROM (SELECT rate_decomposition(1, 2, 1, 4) AS d) AS s;
SELECT (d).difference, (d).difference_se, (d).rate_effect_lower, (d).reason FROM (SELECT rate_decomposition(0, n, 0, m) AS d FROM (VALUES (1, 2), (3, 5)) AS v (n, m)) AS s;
SELECT (d).difference, (d).difference_se, (d).rate_effect, (d).rate_effect_se, (d).interaction_se, (d).reason FROM (SELECT rate_decomposition(0, n, m, m) AS d FROM (VALUES (3, 7), (11, 5), (13, 17), (19, 23)) AS v (n, m)) AS s;
-- what is refused
SELECT rate_decomposition(3, 2, 1, 2);
SELECT rate_decomposition(-1, 2, 1, 2);
SELECT rate_decomposition(1, 2, 1, 9007199254740993);
SELECT rate_decomposition(1, 2, 1, 2, 95);
SELECT rate_decomposition(1, 2, 1, 2, c) FROM (VALUES (0.9), (0.95)) AS v (c);
SELECT rate_decomposition(1, NULL, 1, 2, NULL);
SELECT rate_decomposition_by_stratum(3, 2, 1, 2) OVER ();
SELECT rate_decomposition_by_stratum(1, 9223372036854775807, 1, 2) OVER () FROM generate_series(1, 2);
SELECT rate_decomposition_accum(NULL, 1, 2, 3, 4), rate_decomposition_accum(NULL, 1, 2, NULL, 4, 0.5);
SELECT rate_decomposition_combine('{0.95,1,2,3,4}', '{0.95,0,1,0,1}'), rate_decomposition_combine(NULL, NULL);
SELECT rate_decomposition_combine('{0.95,1,2,3,4}', '{0.9,0,1,0,1}');
SELECT rate_decomposition_final('{0.95,1,2,3}');
SELECT rate_decomposition_final('{0.95,1,2,5,4}');
SELECT rate_decomposition_final('{0.95,1,2.5,3,4}');
SELECT rate_decomposition_final('{7,1,2,3,4}');

-- variance
CREATE TABLE score (name text, school integer, is_focal boolean, y double precision);
INSERT INTO score SELECT 'MEASURES', i % 7, i % 5 IN (0, 1), 180 + 7919 * i % 83 + CASE WHEN i % 5 IN (0, 1) THEN 0 ELSE 6 END + 3 * (i % 7) FROM generate_series(1, 200) AS i;
INSERT INTO score SELECT 'uneven', i * i % 23 / (1 + i % 3), i % 4 = 0, (i * 7919 % 101) / 4.0 FROM generate_series(1, 300) AS i;
INSERT INTO score SELECT name || ', 1e9 higher', school, is_focal, 1e9 + y FROM score;
CREATE TABLE school AS SELECT name, school, distribution(y) AS d, distribution(y) FILTER (WHERE is_focal) AS focal, distribution(y) FILTER (WHERE NOT is_focal) AS reference
FROM score GROUP BY name, school;
SELECT agrees(ss_between, 6425.497709359616) AS ssb, agrees(ss_within, 115710.0972906404) AS ssw, agrees(f, 1.786247249151) AS f, agrees(p_value, 0.1037585293552996) AS p,
	agrees(n0, 28.57) AS n0, agrees(icc, 0.02678296181654277) AS icc, agrees(tau_squared, 16.49919853133393) AS tau_squared,
	agrees(eta_squared, 0.05260954195506737) AS eta, agrees(omega_squared, 0.02304387204438934) AS omega, agrees(epsilon_squared, 0.0231569888552249) AS epsilon
FROM (SELECT (anova(d)).* FROM school WHERE name = 'MEASURES') AS s;
-- By REML: R 4.2.2, the root of the score by uniroot(); MEASURES has lme4's 7 digits, and nlme agrees. Of groups of one size it is the ICC itself, where that is not below 0. The ICC1 of
-- R's multilevel, which takes N / k for the size of groups, can be had from the columns.
SELECT s.name, agrees(icc_reml, v.icc) AS icc, agrees(tau_squared_reml, v.tau2) AS tau_squared, agrees(sigma_squared_reml, v.sigma2) AS sigma_squared
FROM (SELECT name, (anova(d)).* FROM school GROUP BY name) AS s JOIN (VALUES
	('MEASURES', 0.02672086768398215, 16.46204554512981844, 599.61246744675190712),
	('uneven', 0.05377640721374156, 2.85570451635623757, 50.24759234402821306)) AS v (name, icc, tau2, sigma2) ON s.name ~ ('^' || v.name)
ORDER BY s.name COLLATE "C";
SELECT abs(icc_reml - 0.02672087) < 5e-9 AS icc, abs(tau_squared_reml / 16.46204702 - 1) < 1e-7 AS tau_squared, abs(sigma_squared_reml / 599.6124665 - 1) < 1e-8 AS sigma_squared,
	agrees((ss_between / df1 - ss_within / df2) / (ss_between / df1 + ((df1 + df2 + 1) / n_groups - 1) * ss_within / df2), 0.02678165853305884) AS icc1
FROM (SELECT (anova(d)).* FROM school WHERE name = 'MEASURES') AS s;
-- a few small groups far off beside large ones that are alike: the likelihood falls from 0 on, and its top is elsewhere. By mpmath
SELECT agrees((gapstats_internal.anova_final(v.groups)).icc_reml, v.icc) AS icc FROM (VALUES ('{1000,0,0,1,0,1000,0,0,1,0,1,30,0,0,0,1,-30,0,0,0}'::float8[], 0.998331940652936593),
	('{1000,0,0,1,0,1000,0,0,1,0,1,4,0,0,0,1,-4,0,0,0}', 0.901197421207617156), ('{1000,0,0,1,0,1000,0,0,1,0,1,2,0,0,0,1,-2,0,0,0}', 0)) AS v (groups, icc);
SELECT moved, agrees(icc_reml, greatest(icc, 0)) AS balanced, icc < 0 AS below, tau_squared_reml = 0 AS none, agrees(sigma_squared_reml, CASE WHEN icc < 0 THEN (ss_between + ss_within) / (df1 + df2) ELSE ss_within / df2 END) AS sigma_squared
FROM (SELECT moved, (anova(d)).* FROM (SELECT moved, j, distribution(i * 7919 % 101 + moved * j) AS d FROM generate_series(1, 60) AS i, LATERAL (SELECT i % 6 AS j) AS s, unnest('{0,5,4000}'::integer[]) AS moved GROUP BY 1, 2) AS s GROUP BY moved) AS s ORDER BY moved;
-- the likelihood falls at 0, and has a higher peak further on (R, uniroot() there)
SELECT abs(icc_reml - 0.364362112528) < 1e-10 AS icc, abs(tau_squared_reml - 2.304935437342) < 1e-10 AS tau_squared, abs(sigma_squared_reml - 4.021011630404) < 1e-10 AS sigma_squared
FROM (SELECT (anova(n, mean, 2)).* FROM (VALUES (50, 10), (4, 10), (3, 14), (50, 10)) AS g (n, mean)) AS s;
-- far from zero it is the same
SELECT s.name, n_groups, n_groups_left_out AS left_out, df1, df2, agrees(mean, v.m + CASE WHEN s.name ~ 'higher' THEN 1e9 ELSE 0 END) AS mean, agrees(ss_between, ssb) AS ssb, agrees(ss_within, ssw) AS ssw,
	agrees(s.f, v.f) AS f, agrees(s.n0, v.n0) AS n0, agrees(s.icc, v.icc) AS icc, agrees(tau_squared, tau2) AS tau2, agrees(eta_squared, eta2) AS eta, agrees(omega_squared, omega2) AS omega,
	agrees(epsilon_squared, epsilon2) AS epsilon, agrees(p_value, p) AS p, reason
FROM (SELECT name, (anova(d)).* FROM school GROUP BY name) AS s JOIN (VALUES
	('MEASURES', 233.545, 6425.497709359606, 115710.09729064039, 1.786247249150997, 0.052609541955067285, 0.023043872044389256, 0.023156988855224814, 28.57, 0.026782961816542678, 16.499198531333867, 0.1037585293552996),
	-- p: R's pf
	('uneven', 12.559166666666666, 1376.3151370320857, 14496.947154634581, 2.2706070464056793, 0.08670650756868295, 0.04836610909527966, 0.048520020080265513, 22.36611111111111, 0.05375564568390005, 2.869560862655511, 0.0091781896861997704))
	AS v (name, m, ssb, ssw, f, eta2, omega2, epsilon2, n0, icc, tau2, p) ON s.name ~ ('^' || v.name)
ORDER BY s.name COLLATE "C";
SELECT name, abs((a).icc / (b).icc - 1) < 1e-10 AS icc, abs((a).f / (b).f - 1) < 1e-10 AS f, (a).df2 = (b).df2 AS df2
FROM (SELECT name, anova(d) AS a, anova(n(d), mean(d), stddev(d)) AS b FROM school WHERE name !~ 'higher' GROUP BY name) AS s ORDER BY name COLLATE "C";
SELECT name, anova(d ORDER BY school) = anova(d ORDER BY school DESC) AS anova, gap_within(focal, reference ORDER BY school) = gap_within(focal, reference ORDER BY school DESC) AS gap_within FROM school GROUP BY name ORDER BY name COLLATE "C";
-- what is undefined
SELECT v.name, (a).n_groups, (a).n_groups_left_out AS left_out, (a).ss_between, (a).ss_within, (a).f, (a).p_value, (a).eta_squared, (a).icc, (a).tau_squared, round((a).icc_reml::numeric, 9) AS icc_reml, round((a).tau_squared_reml::numeric, 9) AS tau2_reml, round((a).sigma_squared_reml::numeric, 9) AS sigma2_reml, (a).reason
FROM (VALUES ('no rows', '{}'::text[]), ('one', '{"{1:5,2:6}"}'), ('one and nobody', '{"{1:5,2:6}","{}",NULL}'), ('of one each', '{"{1:1}","{5:1}"}'), ('of one and two', '{"{1:1}","{5:1,8:1}"}'), ('all alike', '{"{1:2}","{1:7}"}'),
		('alike in groups', '{"{1:2}","{2:7}"}'), ('alike but between', '{"{1:2,3:2}","{1:7,3:7}"}')) AS v (name, groups), LATERAL (SELECT anova(g::distribution) AS a FROM unnest(groups) AS g) AS s;
SELECT (anova(n, m, sd)).* FROM (VALUES (1, 3, NULL), (5, 4, 1), (3, NULL, 2), (NULL, 1, 2), (4, 5, NULL), (0, 1, 1)) AS v (n, m, sd) \gx
SELECT (anova(d)).ss_between FROM (VALUES (distribution_in('{-1e200:2,1e200:1}')), ('{3e200:5}')) AS v (d);
SELECT anova(5, 1, -1);
SELECT anova(5, 'NaN', 1);
SELECT anova(-5, 1, 1);
SELECT agrees(n0, 2 * 2e9 / (2e9 + 1)) AS n0 FROM (SELECT (anova(n, m, 1)).* FROM (VALUES (2000000000, 0), (1, 5)) AS v (n, m)) AS s;
-- a group as large as can be beside one of one; means far from one another, and scores far from alike
SELECT round((s).icc_reml::numeric, 9) AS icc_reml, (s).tau_squared_reml > 1e17 AS large FROM (SELECT anova_final('{1,1e9,0,0,0,9e15,0,0,1,0}') AS s) AS s;
SELECT round((s).icc_reml::numeric, 9) AS icc_reml, (s).reason FROM (SELECT anova_final('{2,0,0,1,0,2,1e150,0,1,0}') AS s) AS s;
SELECT round((s).icc_reml::numeric, 9) AS icc_reml, (s).reason FROM (SELECT anova_final('{2,0,0,1,0,2,1,0,1e-300,0}') AS s) AS s;
SELECT anova_final('{1,2,3,4}');
SELECT anova_final('{2,3,0,1,0.5}');
SELECT anova_final('{-2,3,0,1,0}');

-- The gap within schools is R's lm(y ~ is_focal + factor(school)).
SELECT s.name, n_strata, n_strata_compared AS compared, n_focal, n_reference, agrees(difference, v.d) AS difference, agrees(difference_within, w) AS within, agrees(difference_within_se, w_se) AS se,
	agrees(difference_between, b) AS between, df_within AS df, reason
FROM (SELECT name, (gap_within(focal, reference)).* FROM school GROUP BY name) AS s JOIN (VALUES
	('MEASURES', -5.825, -5.933900220932025, 3.5196711181811073, 0.10890022093202487),
	('uneven', 0.6366666666666667, 0.6882929463723843, 0.9502434046906029, -0.05162627970571759)) AS v (name, d, w, w_se, b) ON s.name ~ ('^' || v.name)
ORDER BY s.name COLLATE "C";
SELECT agrees(difference_within_lower, -12.8760871850172389) AS lower, agrees(difference_within_upper, 1.0082867431531675) AS upper FROM (SELECT (gap_within(focal, reference)).* FROM school WHERE name = 'MEASURES') AS s;
-- The gap itself is that of gap().
SELECT name, agrees(w.difference_se, g.difference_se) AS se, agrees(w.difference_lower, g.difference_lower) AS lower, agrees(w.difference_upper, g.difference_upper) AS upper
FROM (SELECT name, (gap_within(focal, reference)).* FROM school GROUP BY name) AS w JOIN (SELECT name, (gap(y, is_focal)).* FROM score GROUP BY name) AS g USING (name) ORDER BY name COLLATE "C";
-- and what gap_decomposition leaves unexplained by dummies of schools
SELECT agrees(difference_between, estimate) AS explained
FROM (SELECT (gap_within(focal, reference)).* FROM school WHERE name = 'MEASURES') AS w,
	(SELECT cross_products(y, is_focal, ARRAY(SELECT (school = s)::integer FROM generate_series(1, 6) AS s)) AS p FROM score WHERE name = 'MEASURES') AS s, gap_decomposition(p)
WHERE component = 'explained' AND covariate IS NULL;
-- what is undefined
SELECT v.name, (g).n_strata, (g).n_strata_compared AS compared, (g).n_focal, (g).n_reference, (g).difference, (g).difference_within AS within, (g).difference_within_se AS se, (g).difference_within_lower AS lower, (g).difference_between AS between, (g).df_within AS df, (g).reason
FROM (VALUES ('no rows', '{}'::text[]), ('nobody', '{{"{}",NULL}}'), ('no focal', '{{NULL,"{1:5,2:6}"}}'), ('apart', '{{NULL,"{1:5,2:6}"},{"{3:2}",NULL}}'), ('one of each', '{{"{3:1}","{7:1}"}}'),
		('alike', '{{"{3:2}","{7:1}"},{"{1:2}","{5:1}"}}'), ('one school has both', '{{"{3:1}","{7:1}"},{"{1:2,9:1}",NULL}}')) AS v (name, groups),
	LATERAL (SELECT gap_within(groups[i][1]::distribution, groups[i][2]::distribution) AS g FROM generate_subscripts(groups, 1) AS i) AS s;
SELECT (gap_within(focal, reference, 0.9)).difference_within_upper - (gap_within(focal, reference)).difference_within_upper < 0 AS narrower FROM school WHERE name = 'MEASURES';
SELECT gap_within(focal, reference, 90) FROM school;
SELECT gap_within_final('{0.95,1,2,3}');
SELECT gap_within_final('{0.95,1e300,3,0,1,0,2,3,0,1,0}');
SELECT gap_within_final('{95,1,3,0,0,0,2,3,0,1,0}');

-- in parallel
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 4;
CREATE TABLE parallel AS SELECT anova(d) AS a, gap_within(focal, reference) AS g, (SELECT rate_decomposition(xf, nf, xr, nr) FROM strata) AS r FROM school;
SET max_parallel_workers_per_gather = 0;
SELECT p.a = s.a AS anova, p.g = s.g AS gap_within, p.r = s.r AS rate_decomposition
FROM parallel AS p, (SELECT anova(d) AS a, gap_within(focal, reference) AS g, (SELECT rate_decomposition(xf, nf, xr, nr) FROM strata) AS r FROM (SELECT * FROM school ORDER BY random()) AS o) AS s;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

DROP TABLE strata, decomposed, score, school, parallel;
DROP FUNCTION agrees;
