-- The ends of the range of double precision, and scales that meet in one sample: where invariant.sql,
-- which holds that all functions are the same on any scale, does not reach.
SET search_path = public, gapstats;
SET jit = off;

-- whether a number, given as text, equals another but for rounding
CREATE FUNCTION equal(ours text, reference text) RETURNS boolean IMMUTABLE LANGUAGE sql
RETURN ours = reference OR abs(ours::float8 - reference::float8) <= 1e-10 * abs(reference::float8);

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

-- weights of very different sizes. Two scores are half their distance apart from the mean of either
SELECT equal(sd_focal::text, sqrt(0.5)::text) AS sd_focal, sd_reference, mean_focal, n_eff_focal, estimate, reason
FROM (SELECT (weighted_gap(score, is_focal, weight)).* FROM (VALUES (1, true, 1e160::float8), (2, true, 1e-170), (5, false, 1e-170), (5, false, 1)) AS v(score, is_focal, weight)) AS s;
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

-- standard errors of very different sizes: the line goes through the sure gap, and is as unsure as the other
SELECT equal((t).slope::text, '2') AS slope, equal((t).slope_se::text, '0.5') AS se, equal((t).intercept::text, '-2') AS intercept, (t).q_e, (t).reason
FROM (SELECT gap_trend(year, gap, se) AS t FROM (VALUES (1, 0, 1e-200::float8), (3, 4, 1)) AS v(year, gap, se)) AS s;
-- so different that only one counts
SELECT (gap_trend(year, gap, se)).* FROM (VALUES (1, 0, 1e-300::float8), (3, 4, 1e300)) AS v(year, gap, se);

DROP FUNCTION equal;
