-- Rates and gaps between rates, from counts.
-- Numbers: R 4.2.2 (prop.test, epitools, metafor) and statsmodels 0.13.5; where
-- another source made one, the line says so. Large exact intervals: test/reference/rate.py.
SET search_path = gapstats, public, pg_temp;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-10 END;

-- A rate: Wilson (prop.test without correction) and Clopper-Pearson (binom.test); the standard error is sqrt(p q / n)
SELECT x, n, confidence,
       pg_temp.agrees(estimate, x / n::float8) AS rate,
       pg_temp.agrees(se, sqrt(x * (n - x) / n::numeric(80, 60)^3)::float8) AS se,
       pg_temp.agrees(lower, expected_lower) AS lower,
       pg_temp.agrees(upper, expected_upper) AS upper,
       reason
FROM (VALUES (8, 20, 0.95, 0.2188065323728171, 0.6134184992377468),
             (8, 20, 0.90, 0.2423874177654517, 0.5814441497067413),
             (0, 10, 0.95, 0, 0.2775327998628892),
             (0, 10, 0.90, 0, 0.2129419700834068),
             (10, 10, 0.95, 1 - 0.2775327998628892, 1),
             (132, 210, 0.95, 0.5614590606483456, 0.6910644691564101),
             (241, 310, 0.95, 0.7278767312208722, 0.8201706830573929))
     AS t(x, n, confidence, expected_lower, expected_upper),
     wilson_interval(x, n, confidence);
SELECT x, n, confidence, pg_temp.agrees(estimate, x / n::float8) AS rate, pg_temp.agrees(se, (wilson_interval(x, n)).se) AS se,
       pg_temp.agrees(lower, expected_lower) AS lower, pg_temp.agrees(upper, expected_upper) AS upper, reason
FROM (VALUES (8, 20, 0.95, 0.1911900607253072, 0.6394574126925103),
             (0, 10, 0.90, 0, 0.2588655508930523),
             (10, 10, 0.90, 1 - 0.2588655508930523, 1),
             (12, 20, 0.95, 1 - 0.6394574126925103, 1 - 0.1911900607253072),
             (999, 1000, 0.999999, 0.98272009473882137, 0.99999999949999988),
             (400000000000, 1000000000000, 0.95, 0.39999903981745416, 0.40000096018312470),
             (3, 1000000000000, 0.95, 6.186721228960288e-13, 8.7672730697170431e-12))
     AS t(x, n, confidence, expected_lower, expected_upper),
     clopper_pearson_interval(x, n, confidence);
-- all but one of many, and all: what is missing of 1 (mpmath)
SELECT pg_temp.agrees(1 - lower, 5.5716306551722433e-6) AS all_but_one FROM clopper_pearson_interval(999999, 1000000);
SELECT pg_temp.agrees(1 - lower, 3.6888726502064882e-6) AS everybody FROM clopper_pearson_interval(1000000, 1000000);
SELECT clopper_pearson_interval(1, 1000000000001);

-- A weighted rate (statsmodels with Kish's effective sample size; test/reference/rate.R)
CREATE TEMP TABLE sampled AS
SELECT * FROM unnest('{1.5,2,0.5,3,1,1,2.5,4,0.25,1,0,NULL,7}'::float8[], '{t,f,t,t,f,f,t,f,t,f,t,t,NULL}'::boolean[]) AS s(weight, outcome);
SELECT n, n_outcome, n_missing_outcome, n_missing_weight, sum_of_weights, pg_temp.agrees(n_eff, 6.8744257274119442) AS n_eff,
       pg_temp.agrees(estimate, 0.46268656716417911) AS estimate, pg_temp.agrees(se, 0.19016871965528284) AS se,
       pg_temp.agrees(lower, 0.17723093328426026) AS lower, pg_temp.agrees(upper, 0.7748946385221362) AS upper, reason
FROM (SELECT (weighted_rate(outcome, weight)).* FROM sampled) AS w;
SELECT pg_temp.agrees(lower, 0.20804150911219650) AS lower_90, pg_temp.agrees(upper, 0.73840749968842164) AS upper_90
FROM (SELECT (weighted_rate(outcome, weight, 0.9)).* FROM sampled) AS w;
-- the unit of the weights makes no difference, to the last of their squares
SELECT unit, w.n, pg_temp.agrees(w.sum_of_weights / unit, 16.75) AS sum, pg_temp.agrees(w.n_eff, 6.8744257274119442) AS n_eff,
       pg_temp.agrees(w.estimate, 0.46268656716417911) AS estimate, pg_temp.agrees(w.lower, 0.17723093328426026) AS lower,
       pg_temp.agrees(w.upper, 0.7748946385221362) AS upper, w.reason
FROM (SELECT unit, (weighted_rate(outcome, unit * weight)).* FROM sampled, unnest('{1e-300,1e-170,1e-160,1,1e160,1e300}'::float8[]) AS unit GROUP BY unit) AS w
ORDER BY unit;
SELECT pg_temp.agrees(w.n_eff, 2) AS both, pg_temp.agrees(w.estimate, 0.5) AS half
FROM (SELECT (weighted_rate(i = 1, 5e-324)).* FROM generate_series(1, 2) AS i) AS w;
SELECT w.n, w.n_eff, w.estimate, w.lower = 0 AS nothing, w.upper < 1 AS upper
FROM (SELECT (weighted_rate(i = 1, CASE i WHEN 1 THEN 1e-300 ELSE 1e300 END)).* FROM generate_series(1, 2) AS i) AS w;
-- equal weights are none; 0, NULL and no weights; one student
SELECT pg_temp.agrees(w.n_eff, 20) AS n_eff, pg_temp.agrees(w.lower, 0.2188065323728171), pg_temp.agrees(w.upper, 0.6134184992377468)
FROM (SELECT (weighted_rate(i <= 8, 2.5)).* FROM generate_series(1, 20) AS i) AS w;
SELECT (weighted_rate(outcome, weight)).* FROM sampled WHERE weight = 0 OR weight IS NULL;
SELECT (weighted_rate(outcome, weight)).* FROM sampled WHERE false;
SELECT (weighted_rate(NOT outcome, weight)).estimate FROM sampled WHERE weight = 3;
SELECT weighted_rate(outcome, weight) FROM (VALUES (1, true), (-1.5, true)) AS t(weight, outcome);
SELECT weighted_rate(outcome, weight) FROM (VALUES ('NaN'::float8, true)) AS t(weight, outcome);
SELECT weighted_rate(outcome, weight, 95) FROM sampled;
SELECT weighted_rate(outcome, weight, NULL) FROM sampled;
SELECT weighted_rate(outcome, weight, CASE WHEN outcome THEN 0.9 ELSE 0.95 END) FROM sampled;
-- any order of rows and more distinct weights than a distribution holds
SELECT record_send(up.w) = record_send(down.w) AS same, abs((up.w).estimate - 0.5) < 0.01 AS half
FROM (SELECT weighted_rate(i % 2 = 0, 1 + sin(i) ORDER BY i) AS w FROM generate_series(1, 50000) AS i) AS up,
     (SELECT weighted_rate(i % 2 = 0, 1 + sin(i) ORDER BY -i) AS w FROM generate_series(1, 50000) AS i) AS down;
-- against the sums themselves
SELECT pg_temp.agrees(w.estimate, s.with_outcome / s.w) AS estimate, pg_temp.agrees(w.n_eff, s.w * s.w / s.w2) AS n_eff, pg_temp.agrees(w.sum_of_weights, s.w) AS sum
FROM (SELECT (weighted_rate(i % 3 = 0, 1 + sin(i))).* FROM generate_series(1, 50000) AS i) AS w,
     (SELECT sum(1 + sin(i)) AS w, sum((1 + sin(i))^2) AS w2, sum(1 + sin(i)) FILTER (WHERE i % 3 = 0) AS with_outcome FROM generate_series(1, 50000) AS i) AS s;
-- the transition function outside of an aggregate
SELECT gapstats_internal.weighted_rate_accum(gapstats_internal.weighted_rate_accum(NULL, true, 2), false, 3, 0.9);
SELECT gapstats_internal.weighted_rate_accum(NULL, true, 0) IS NULL AS nobody;

-- Two groups: difference (Newcombe), ratios (Katz, Woolf), pooled z
SELECT label, pg_temp.agrees(actual, expected)
FROM rate_gap(56, 70, 48, 80) g,
     LATERAL (VALUES ('difference', g.difference, 0.2),
                     ('se', g.difference_se, 0.07270291799999701),
                     ('lower', g.difference_lower, 0.05243147240236493),
                     ('upper', g.difference_upper, 0.3338726540369059),
                     ('risk ratio', g.risk_ratio, 1.333333333333333),
                     ('log se', g.risk_ratio_log_se, 0.1091089451179962),
                     ('lower', g.risk_ratio_lower, 1.076626422763193),
                     ('upper', g.risk_ratio_upper, 1.651248511266387),
                     ('odds ratio', g.odds_ratio, 2.666666666666667),
                     ('log se', g.odds_ratio_log_se, 0.375990754698899),
                     ('lower', g.odds_ratio_lower, 1.276217870536434),
                     ('upper', g.odds_ratio_upper, 5.572019696074378),
                     ('p', g.p_value, 0.008045081368196564)) AS t(label, actual, expected);

-- Rates next to 1 have the errors of those next to 0 (mpmath, test/reference/rate.py), in whatever is made of them
SELECT n, (w.lower, w.upper) = (wilson_lower, wilson_upper) AS wilson,
       pg_temp.agrees(d.lower, lower_1_5) AS lower_1_5, pg_temp.agrees(d.upper, upper_1_5) AS upper_1_5,
       pg_temp.agrees(e.lower, lower_0_3) AS lower_0_3, pg_temp.agrees(e.upper, upper_0_3) AS upper_0_3,
       (d.lower, d.upper) = (few.lower, few.upper) AS as_the_few, n > 2147483647 OR (d.lower, d.upper) = (g.difference_lower, g.difference_upper) AS rate_gap,
       n > 2147483647 OR (d.lower, d.upper) = (p.difference_lower, p.difference_upper) AS proficiency_gap
FROM (VALUES
	(10000000, '0.99999882942478171'::float8, '0.99999978642986793'::float8, -1.4741024535537611e-7, 1.075612493545093e-6, -1.3215879395854941e-7, 8.8211842605150459e-7),
	(1000000000, '0.99999998829424237'::float8, '0.99999999786429886'::float8, -1.4741044433860241e-9, 1.0756130340339561e-8, -1.3215892614470983e-9, 8.8211880540116421e-9),
	(1000000000000, '0.99999999998829424'::float8, '0.9999999999978643'::float8, -1.4741044634652486e-12, 1.0756130394879821e-11, -1.3215892747858891e-12, 8.8211880922914858e-12),
	(9223372036854775807, '1.0'::float8, '1.0'::float8, -1.5982272617813932e-19, 1.1661819941725261e-18, -1.4328699628708796e-19, 9.5639512936072359e-19))
     AS t(n, wilson_lower, wilson_upper, lower_1_5, upper_1_5, lower_0_3, upper_0_3),
     wilson_interval(n - 5, n) w, risk_difference(n - 1, n, n - 5, n) d, risk_difference(n, n, n - 3, n) e,
     risk_difference(5, n, 1, n) few, least(n, 2147483647) AS m, rate_gap(m - 1, m, m - 5, m) g,
     proficiency_gap(format('{0:1,1:%s}', m - 1)::distribution, format('{0:5,1:%s}', m - 5)::distribution, 1) p;
-- more students than an integer counts there are not
SELECT rate_gap(1, 2147483648, 1, 2);
SELECT n_outcome_focal, n_reference FROM rate_gap(1, 2, 1, 2147483647);

-- Nobody in the reference group has the outcome, with and without half a student in each cell
SELECT risk_ratio, risk_ratio_lower, odds_ratio, odds_ratio_lower, reason
FROM rate_gap(5, 56, 0, 29);
SELECT label, pg_temp.agrees(actual, expected)
FROM rate_gap(5, 56, 0, 29, haldane => true) g,
     LATERAL (VALUES ('difference', g.difference, 0.08928571428571429),
                     ('lower', g.difference_lower, -0.03813714790353685),
                     ('upper', g.difference_upper, 0.1925600138551116),
                     ('risk ratio', g.risk_ratio, 5.789473684210524),
                     ('log se', g.risk_ratio_log_se, 1.459774293798780),
                     ('lower', g.risk_ratio_lower, 0.3311897997581316),
                     ('upper', g.risk_ratio_upper, 101.2048244379640),
                     ('odds ratio', g.odds_ratio, 6.300970873786410),
                     ('log se', g.odds_ratio_log_se, 1.495036441907381),
                     ('lower', g.odds_ratio_lower, 0.3363799840030893),
                     ('upper', g.odds_ratio_upper, 118.0279322206641),
                     ('p', g.p_value, 0.09718656817057975)) AS t(label, actual, expected);

-- The single statistics are those of the whole row
SELECT (d.estimate, d.se, d.lower, d.upper) = (g.difference, g.difference_se, g.difference_lower, g.difference_upper) AS difference,
       (r.estimate, r.log_se, r.lower, r.upper) = (g.risk_ratio, g.risk_ratio_log_se, g.risk_ratio_lower, g.risk_ratio_upper) AS risk_ratio,
       (o.estimate, o.log_se, o.lower, o.upper) = (g.odds_ratio, g.odds_ratio_log_se, g.odds_ratio_lower, g.odds_ratio_upper) AS odds_ratio
FROM rate_gap(56, 70, 48, 80, 0.9) g, risk_difference(56, 70, 48, 80, 0.9) d,
     risk_ratio(56, 70, 48, 80, 0.9) r, odds_ratio(56, 70, 48, 80, 0.9) o;
-- Project STAR, kindergarten, chronic absence by free lunch: 1.475273 (1.332153 to 1.633769)
SELECT rounded(estimate, 6), rounded(lower, 6), rounded(upper, 6), reason
FROM risk_ratio(711, 3022, 514, 3223);
-- Family trust (prop.test, Newcombe)
SELECT pg_temp.agrees(estimate, -0.1488479262672812),
       pg_temp.agrees(lower, -0.2284201952603470),
       pg_temp.agrees(upper, -0.0690992480556966)
FROM risk_difference(132, 210, 241, 310);

-- Fisher's exact test (fisher.test)
SELECT a, m, c, n, pg_temp.agrees(fisher_exact_test(a, m, c, n), expected)
FROM (VALUES (56, 70, 48, 80, 0.01252112974920917),
             (5, 56, 0, 29, 0.1606214432094711),
             (0, 29, 5, 56, 0.1606214432094711),
             (3, 10, 3, 10, 1),
             (0, 10, 5, 12, 0.039644565960355385),
             (711, 3022, 514, 3223, 4.6911000087614643e-14),
             (30, 31, 2, 9, 1.462849760063381e-05),
             (0, 4, 0, 5, 1), (4, 4, 5, 5, 1)) AS t(a, m, c, n, expected);
SELECT fisher_exact_test(0, 0, 1, 2), fisher_exact_test(NULL, 1, 1, 2);
-- so large that the normal approximation is as good
SELECT abs(fisher_exact_test(400000000000, 500000000000, 400001000000, 500000000000)
           / (normal_percentile_rank(0, 1, -0.000002 / sqrt(0.800001 * 0.199999 * 2 / 500000000000)) / 50) - 1) < 1e-5 AS large;
SELECT fisher_exact_test(1, 9223372036854775807, 2, 9223372036854775807);
SELECT fisher_exact_test(3, 2, 1, 2);

-- Every pattern of empty cells: what is undefined is NULL, and says why
SELECT a, m, c, n, estimate AS risk_ratio, lower IS NOT NULL AND upper IS NOT NULL AS interval, reason
FROM (VALUES (0, 4, 0, 5), (0, 4, 2, 5), (0, 4, 5, 5), (1, 4, 0, 5), (1, 4, 5, 5),
             (4, 4, 0, 5), (4, 4, 2, 5), (4, 4, 5, 5), (0, 0, 2, 5), (1, 4, 0, 0)) AS t(a, m, c, n),
     risk_ratio(a, m, c, n);
SELECT a, m, c, n, estimate AS odds_ratio, lower IS NOT NULL AND upper IS NOT NULL AS interval, reason
FROM (VALUES (0, 4, 0, 5), (0, 4, 2, 5), (0, 4, 5, 5), (1, 4, 0, 5), (1, 4, 5, 5),
             (4, 4, 0, 5), (4, 4, 2, 5), (4, 4, 5, 5), (0, 0, 2, 5), (1, 4, 0, 0)) AS t(a, m, c, n),
     odds_ratio(a, m, c, n);
SELECT a, m, c, n, difference IS NULL AS no_difference, p_value IS NULL AS no_p,
       risk_ratio, risk_ratio_log_se IS NULL AS no_log_se, risk_ratio_lower IS NULL AS no_interval,
       odds_ratio, odds_ratio_log_se IS NULL AS no_log_se, odds_ratio_lower IS NULL AS no_interval, reason
FROM (VALUES (0, 4, 0, 5), (0, 4, 2, 5), (0, 4, 5, 5), (1, 4, 0, 5), (1, 4, 5, 5),
             (4, 4, 0, 5), (4, 4, 2, 5), (4, 4, 5, 5), (0, 0, 2, 5), (1, 4, 0, 0)) AS t(a, m, c, n),
     rate_gap(a, m, c, n);
SELECT a, m, c, n, p_value IS NULL AS no_p, risk_ratio_lower > 0 AS interval, odds_ratio_lower > 0 AS interval, reason
FROM (VALUES (0, 4, 0, 5), (0, 4, 2, 5), (0, 4, 5, 5), (1, 4, 0, 5), (1, 4, 5, 5),
             (4, 4, 0, 5), (4, 4, 2, 5), (4, 4, 5, 5), (0, 0, 2, 5), (1, 4, 0, 0)) AS t(a, m, c, n),
     rate_gap(a, m, c, n, haldane => true);
SELECT (wilson_interval(0, 0)).*;
SELECT (clopper_pearson_interval(0, 0)).*;
SELECT (clopper_pearson_interval(0, 3)).lower, (clopper_pearson_interval(3, 3)).upper;
SELECT (risk_difference(0, 0, 1, 2)).*;
-- One student is a group
SELECT difference, difference_lower >= -1 AND difference_upper <= 1 AS inside FROM rate_gap(1, 1, 0, 1);
-- No counts at all are an empty group, one of two is missing, and an option must be given
SELECT (wilson_interval(NULL, NULL)).reason AS wilson, (clopper_pearson_interval(NULL, NULL)).reason AS clopper_pearson, (risk_difference(NULL, NULL, 1, 2)).reason AS difference,
       (risk_ratio(1, 2, NULL, NULL)).reason AS risk_ratio, (odds_ratio(NULL, NULL, NULL, NULL)).reason AS odds_ratio;
SELECT n_outcome_focal, n_focal, n_outcome_reference, rate_reference, difference, reason FROM rate_gap(NULL, NULL, 1, 2);
SELECT (wilson_interval(NULL, 3)).reason AS wilson, (clopper_pearson_interval(1, NULL)).reason AS clopper_pearson, (risk_difference(1, 2, 1, NULL)).reason AS difference,
       (risk_ratio(1, 2, NULL, 4)).reason AS risk_ratio, (odds_ratio(NULL, 2, NULL, NULL)).reason AS odds_ratio, (rate_gap(1, NULL, 1, 2)).reason AS gap;
SELECT wilson_interval(1, 3, NULL);
SELECT clopper_pearson_interval(NULL, NULL, NULL);
SELECT risk_difference(1, 3, 1, 2, NULL);
SELECT risk_ratio(1, 3, 1, 2, haldane => NULL);
SELECT odds_ratio(1, 3, 1, 2, NULL);
SELECT rate_gap(1, 3, 1, 2, haldane => NULL);

-- The largest counts there are
SELECT n_outcome_focal, difference, risk_ratio, odds_ratio, p_value, reason
FROM rate_gap(2147483646, 2147483647, 1073741823, 2147483647);
SELECT estimate FROM wilson_interval(9223372036854775807, 9223372036854775807);
-- A difference of one student in 3 * 10^18 is not lost in the subtraction of the rates
SELECT pg_temp.agrees(estimate, 1 / 3e18)
FROM risk_difference(1000000000000000001, 3000000000000000000, 1000000000000000000, 3000000000000000000);

-- Counts that no group can have
SELECT wilson_interval(-1, 3);
SELECT wilson_interval(1, -3);
SELECT wilson_interval(4, 3);
SELECT risk_ratio(4, 3, 1, 2);
SELECT odds_ratio(1, 3, -1, 2);
SELECT rate_gap(1, 3, 1, -2);
SELECT wilson_interval(1, 3, 1);
SELECT wilson_interval(1, 3, 0);
SELECT risk_difference(1, 3, 1, 2, 95);
SELECT clopper_pearson_interval(1, 3, 'NaN');
\set VERBOSITY sqlstate
SELECT risk_ratio(4, 3, 1, 2);
SELECT risk_ratio(1, 3, 1, 2, 95);
SELECT risk_ratio(1, 3, 1, 2, NULL);
SELECT clopper_pearson_interval(1, 1000000000001);
