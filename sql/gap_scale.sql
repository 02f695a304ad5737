-- The ends of the range of double precision, and scales that meet in one sample: where invariant.sql,
-- which holds that all functions are the same on any scale, does not reach.
SET search_path = public, gapstats;
SET jit = off;

-- whether a number, given as text, equals another but for rounding
CREATE FUNCTION equal(ours text, reference text) RETURNS boolean IMMUTABLE LANGUAGE sql
RETURN ours = reference OR abs(ours::float8 - reference::float8) <= 1e-10 * abs(reference::float8);

CREATE TABLE a (score float8, is_focal boolean, weight float8, school bigint);
INSERT INTO a SELECT score, true, weight, school FROM unnest('{212,205,221,198,230,217,209,225,201,214}'::float8[],
	'{1.5,2,0.8,1,3,1.2,2.5,1,0.7,1.1}'::float8[], '{1,1,1,2,2,3,3,3,4,4}'::bigint[]) AS f(score, weight, school);
INSERT INTO a SELECT score, false, weight, school FROM unnest('{224,231,219,240,228,235,222,229,243,226,233,217}'::float8[],
	'{1,2,1.3,0.9,1.6,2.2,1,1,0.5,1.4,2,1.7}'::float8[], '{1,1,2,2,2,3,3,4,4,4,5,5}'::bigint[]) AS r(score, weight, school);

-- scores whose variance underflows, and subnormal ones
SELECT name, equal(d.estimate::text, e.estimate::text) AS d, equal(d.lower::text, e.lower::text) AS d_lower, equal(g.estimate::text, h.estimate::text) AS delta,
	equal(t.p_value::text, u.p_value::text) AS p, equal(t.df::text, u.df::text) AS df, equal(c.p_value::text, b.p_value::text) AS change, t.reason
FROM (VALUES ('tiny', '{1e-170,2e-170}'::distribution, '{3e-170,5e-170}'::distribution), ('subnormal', '{5e-324,1e-323}', '{1.5e-323,2.5e-323}')) AS v(name, f, r),
	cohens_d(f, r) AS d, cohens_d('{1,2}', '{3,5}') AS e, glass_delta(f, r) AS g, glass_delta('{1,2}', '{3,5}') AS h,
	t_test(f, r) AS t, t_test('{1,2}', '{3,5}') AS u, gap_change(f, r, r, f) AS c, gap_change('{1,2}', '{3,5}', '{3,5}', '{1,2}') AS b;
-- near the end of the range: what is invariant
SELECT equal(d.estimate::text, e.estimate::text) AS d, equal(d.upper::text, e.upper::text) AS d_upper, equal(g.estimate::text, h.estimate::text) AS delta
FROM cohens_d('{1.7e308,-1.7e308}', '{-1e308,-1.5e308}') AS d, cohens_d('{1.7,-1.7}', '{-1,-1.5}') AS e,
	glass_delta('{1.7e308,-1.7e308}', '{-1e308,-1.5e308}') AS g, glass_delta('{1.7,-1.7}', '{-1,-1.5}') AS h;
-- a column that is beyond the range is an error
SELECT sd_focal FROM mean_gap('{1.7e308,-1.7e308}', '{-1e308,-1.5e308}');
-- a gap of very many standard deviations, 2 of 5e-171
SELECT equal(estimate::text, '-4e170') AS d, equal(se::text, '1.4142135623730951e170') AS se FROM cohens_d('{0,1e-170}', '{2:2}', interval_method => 'normal');

-- Groups on scales of their own. One of zeros has none, and one beside which the other is nothing is a sample of its own (R's t.test).
SELECT equal(t.t::text, u.t::text) AS t, equal(t.p_value::text, u.p_value::text) AS p, equal(d.lower::text, e.lower::text) AS d_lower, equal(c.p_value::text, b.p_value::text) AS change
FROM t_test('{0:5}', '{5e-324,1e-323,2e-323}') AS t, t_test('{0:5}', '{1,2,4}') AS u, cohens_d('{0:5}', '{5e-324,1e-323,2e-323}') AS d, cohens_d('{0:5}', '{1,2,4}') AS e,
	gap_change('{0:5}', '{5e-324,1e-323,2e-323}', '{5e-324,1e-323}', '{0:5}') AS c, gap_change('{0:5}', '{1,2,4}', '{1,2}', '{0:5}') AS b;
SELECT ratio, equal(g.t::text, '65.156846876549722') AS t, equal(g.df::text, '9') AS df, equal(g.p_value::text, '2.3848871124245014e-13') AS p,
	equal((g.difference_lower / one)::text, '205.79798578003079') AS lower, equal((g.difference_upper / one)::text, '220.60201421996919') AS upper,
	(sd_focal, sd_reference) = (stddev(focal), stddev(reference)) AS sds, equal((sd_reference / other)::text, stddev(r.d)::text) AS sd_reference, g.reason,
	d.reason AS glass_delta, equal(b.p_value::text, g.p_value::text) AS as_change
FROM (SELECT distribution(score) AS d FROM a WHERE is_focal) AS f, (SELECT distribution(score) AS d FROM a WHERE NOT is_focal) AS r,
	(VALUES (1e100::float8, 1e-50::float8), (1e200, 1e-200), (1e300, 1e-300), (1, 1e-305)) AS s (one, other), format('%s/%s', one, other) AS ratio,
	LATERAL (SELECT distribution(value * one, n) AS focal FROM value_counts(f.d)) AS x, LATERAL (SELECT distribution(value * other, n) AS reference FROM value_counts(r.d)) AS y,
	mean_gap(focal, reference) AS g, glass_delta(focal, reference) AS d, gap_change(reference, reference, focal, reference) AS b
ORDER BY one, other;
-- a gap of more standard deviations than can be told
SELECT (g).sd_reference, (g).difference, (g).t, (g).p_value, (g).cohens_d, (g).reason FROM mean_gap('{1e200:2}', '{1e-200,2e-200}') AS g;
SELECT * FROM cohens_d('{1e200:2}', '{1e-200,2e-200}');
SELECT * FROM glass_delta('{1e200,2e200}', '{1e-200,2e-200}');
SELECT change, change_se, t, p_value, reason FROM gap_change('{1e-200,2e-200}', '{1e-200,2e-200}', '{1e200:2}', '{1e-200,2e-200}');

-- weights of very different sizes. Two scores are half their distance apart from the mean of either
SELECT equal(sd_focal::text, sqrt(0.5)::text) AS sd_focal, sd_reference, mean_focal, n_eff_focal, estimate, reason
FROM (SELECT (weighted_gap(score, is_focal, weight)).* FROM (VALUES (1, true, 1e160::float8), (2, true, 1e-170), (5, false, 1e-170), (5, false, 1)) AS v(score, is_focal, weight)) AS s;
-- In a group of one weight beyond all others the variance is (a d^2 + b e^2) / (2 (a + b)), of weights a, b and distances d, e from its score.
SELECT large, equal(sd_focal::text, sqrt(1.625)::text) AS sd_focal, equal(sd_reference::text, sqrt(2)::text) AS sd_reference, mean_focal, n_eff_focal, estimate, df, reason
FROM unnest('{1e16,1e60,1e150,1e300}'::float8[]) AS large, LATERAL (SELECT (weighted_gap(score, is_focal, weight)).*
	FROM (VALUES (1, true, large), (2, true, 1 / large), (3, true, 3 / large), (5, false, 1), (7, false, 5e-324)) AS v(score, is_focal, weight)) AS s;
-- groups on scales of their own: one beside which the other is nothing is compared with 0 (the same call)
SELECT equal((g.sd_reference / 2e-200)::text, s.sd_reference::text) AS sd_reference, equal((g.mean_reference / 2e-200)::text, s.mean_reference::text) AS mean_reference, equal(g.n_eff_reference::text, s.n_eff_reference::text) AS n_eff,
	equal(g.t::text, z.t::text) AS t, equal((g.lower / 1e200)::text, z.lower::text) AS lower, equal(g.p_value::text, z.p_value::text) AS p, g.reason
FROM (SELECT (weighted_gap(score * CASE WHEN is_focal THEN 1e200 ELSE 2e-200 END, is_focal, weight * CASE WHEN is_focal THEN 1 ELSE 1e-200 END, school)).* FROM a) AS g,
	(SELECT (weighted_gap(score, is_focal, weight, school)).* FROM a) AS s, (SELECT (weighted_gap(CASE WHEN is_focal THEN score ELSE 0 END, is_focal, weight, school)).* FROM a) AS z;
SELECT name, equal(auc::text, expected_auc::text) AS auc, equal(v::text, expected_v::text) AS v, reason
FROM (
	-- half of the weight above, half below, in a group of small weights and one of large ones
	SELECT 'each its own' AS name, (weighted_v_gap(score, is_focal, weight)).*, 0.5 AS expected_auc, 0 AS expected_v
	FROM (VALUES (1, true, 1e-170::float8), (3, true, 1e-170), (2, false, 1e160)) AS v(score, is_focal, weight)
	-- A is 1e-170: V is sqrt(2) times its normal quantile (mpmath)
	UNION ALL SELECT 'almost apart', (weighted_v_gap(score, is_focal, weight)).*, 1e-170, -39.35445106112353
	FROM (VALUES (1, true, 1::float8), (3, true, 1e-170), (2, false, 1e160)) AS v(score, is_focal, weight)
	UNION ALL SELECT 'as good as apart', (weighted_v_gap(score, is_focal, weight)).*, 0, NULL
	FROM (VALUES (1, true, 1e160::float8), (3, true, 1e-170), (2, false, 1)) AS v(score, is_focal, weight)) AS s;

-- years and gaps from end to end of the range: the line is y = g + s (year - mean), by hand
SELECT equal((t).slope::text, '5e-309') AS slope, equal((t).slope_se::text, '7.0710678118654755e-309') AS se, equal((t).z::text, sqrt(0.5)::text) AS z,
	equal((t).intercept::text, '2') AS intercept, equal((t).intercept_se::text, sqrt(1 / 3.0)::text) AS intercept_se, equal((t).q_e::text, '1.5') AS q_e, (t).reason
FROM (SELECT gap_trend(year, gap, se) AS t FROM (VALUES (-1e308, 1, 1), (1e308, 2, 1), (0, 3, 1)) AS v(year, gap, se)) AS s;
SELECT equal((t).slope::text, '1.45e308') AS slope, equal((t).intercept::text, '7e307') AS intercept, equal((t).q_e::text, '121.5') AS q_e, (t).reason
FROM (SELECT gap_trend(year, gap, 1e307) AS t FROM (VALUES (-1, -1.2e308), (0, 1.6e308), (1, 1.7e308)) AS v(year, gap)) AS s;
SELECT t.slope, t.slope_se, t.z, t.p_value, t.reason, c.estimate, c.se, c.z, c.p_value, c.reason
FROM (SELECT (gap_trend(year, 1e200 * year, 1e-200)).* FROM generate_series(1, 2) AS year) AS t, estimate_change(1e200, 1e-200, 2e200, 0) AS c;
SELECT gap_trend(year, gap, 1) FROM (VALUES (0, -1.7e308), (1, 1.7e308)) AS v(year, gap);

-- standard errors of very different sizes: the line goes through the sure gap, and is as unsure as the other
SELECT equal((t).slope::text, '2') AS slope, equal((t).slope_se::text, '0.5') AS se, equal((t).intercept::text, '-2') AS intercept, (t).q_e, (t).reason
FROM (SELECT gap_trend(year, gap, se) AS t FROM (VALUES (1, 0, 1e-200::float8), (3, 4, 1)) AS v(year, gap, se)) AS s;
-- so different that only one counts
SELECT (gap_trend(year, gap, se)).* FROM (VALUES (1, 0, 1e-300::float8), (3, 4, 1e300)) AS v(year, gap, se);

DROP FUNCTION equal;
DROP TABLE a;
