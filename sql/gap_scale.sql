-- What does not depend on the scale of scores, weights or standard errors is the same on every
-- scale, and what does depend on it follows. The numbers at scale 1 are held against references
-- elsewhere: gap.sql, gap_v.sql, gap_quantile.sql, gap_trend.sql, weighted_gap.sql.
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
CREATE TABLE scales AS SELECT unnest('{1,1e-160,1e160,1e-300,1e300}'::float8[]) AS scale;
CREATE VIEW groups AS
SELECT scale, distribution(score * scale) FILTER (WHERE is_focal) AS f, distribution(score * scale) FILTER (WHERE NOT is_focal) AS r,
	distribution(score * scale) FILTER (WHERE is_focal AND school < 4) AS f2, distribution(score * scale) FILTER (WHERE NOT is_focal AND school > 1) AS r2
FROM a, scales GROUP BY scale;

-- every column of every function, with how it follows the scale: 1 if it is in points, 0 if in none
CREATE TABLE answers AS
SELECT scale, name || coalesce(' ' || i, '') AS name, key,
	CASE WHEN key ~ points AND value IS NOT NULL THEN (value::float8 / scale)::text ELSE value END AS value
FROM (
	SELECT scale, 'gap' AS name, NULL::bigint AS i, to_jsonb(gap(score * scale, is_focal)) AS answer, '^(mean|sd|difference)_?' AS points FROM a, scales GROUP BY scale
	UNION ALL SELECT scale, 'mean_gap', NULL, to_jsonb(g), '^(mean|sd|difference)_?' FROM groups, mean_gap(f, r, 0.9) AS g
	UNION ALL SELECT scale, 't_test', NULL, to_jsonb(g), '^(estimate|se|lower|upper)' FROM groups, t_test(f, r, equal_variances => true) AS g
	UNION ALL SELECT scale, 'cohens_d', NULL, to_jsonb(g), '^$' FROM groups, cohens_d(f, r, interval_method => 'normal') AS g
	UNION ALL SELECT scale, 'hedges_g UB', NULL, to_jsonb(g), '^$' FROM groups, hedges_g(f, r, variance => 'UB') AS g
	UNION ALL SELECT scale, 'hedges_g LS2', NULL, to_jsonb(g), '^$' FROM groups, hedges_g(f, r, variance => 'LS2') AS g
	UNION ALL SELECT scale, 'glass_delta', NULL, to_jsonb(g), '^$' FROM groups, glass_delta(f, r) AS g
	UNION ALL SELECT scale, 'v_gap', NULL, to_jsonb(g), '^$' FROM groups, v_gap(f, r) AS g
	UNION ALL SELECT scale, 'ks_gap', NULL, to_jsonb(g), '^location' FROM groups, ks_gap(f, r) AS g
	UNION ALL SELECT scale, 'pp_plot', i, to_jsonb(g), '^score' FROM groups, pp_plot(f, r) WITH ORDINALITY AS g(score, share_focal, share_reference, i)
	UNION ALL SELECT scale, 'quantile_gaps', (10 * g.fraction)::bigint, to_jsonb(g), '^(percentile|difference)' FROM groups, quantile_gaps(f, r, '{0.3,0.5,0.8}') AS g
	UNION ALL SELECT scale, 'gap_change', NULL, to_jsonb(g), '^(gap|change)_?' FROM groups, gap_change(f, r, f2, r2) AS g
	UNION ALL SELECT scale, 'estimate_change', NULL, to_jsonb(g), '^(estimate|se|lower|upper)' FROM scales, estimate_change(-0.75 * scale, 0.12 * scale, -0.62 * scale, 0.11 * scale) AS g
	UNION ALL SELECT scale, 'gap_trend', NULL, to_jsonb(gap_trend(year, gap * scale, se * scale)), '^(slope|intercept)'
		FROM (VALUES (2018, -15.7, 4.0), (2019, -13.6, 4.2), (2021, -18.2, 3.1), (2022, -16.1, 2.7), (2023, -14.9, 2.9)) AS g(year, gap, se), scales GROUP BY scale
	UNION ALL SELECT scale, 'weighted_gap', NULL, to_jsonb(weighted_gap(score * scale, is_focal, weight, school)), '^(mean|sd|estimate|se|lower|upper)' FROM a, scales GROUP BY scale
	UNION ALL SELECT scale, 'weighted_v_gap', NULL, to_jsonb(weighted_v_gap(score * scale, is_focal, weight)), '^$' FROM a, scales GROUP BY scale
	-- weights
	UNION ALL SELECT scale, 'weighted_gap, weights', NULL, to_jsonb(weighted_gap(score, is_focal, weight * scale, school)), '^sum' FROM a, scales GROUP BY scale
	UNION ALL SELECT scale, 'weighted_v_gap, weights', NULL, to_jsonb(weighted_v_gap(score, is_focal, weight * scale)), '^$' FROM a, scales GROUP BY scale
	UNION ALL SELECT scale, 'weighted_v_gap, weights of one group', NULL, to_jsonb(weighted_v_gap(score, is_focal, weight * CASE WHEN is_focal THEN scale ELSE 1 END)), '^$' FROM a, scales GROUP BY scale
	) AS s, jsonb_each_text(answer) AS e(key, value);
SELECT o.scale, o.name, o.key, o.value, r.value AS at_scale_1
FROM answers AS o JOIN answers AS r USING (name, key)
WHERE r.scale = 1 AND o.value IS DISTINCT FROM r.value AND equal(o.value, r.value) IS NOT TRUE
ORDER BY 1, 2, 3;
SELECT regexp_replace(name, ' \d+$', '') COLLATE "C" AS name, count(DISTINCT scale) AS scales, count(*) AS numbers, count(value) AS not_null
FROM answers GROUP BY 1 ORDER BY 1;

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

DROP VIEW groups;
DROP TABLE a, scales, answers;
DROP FUNCTION equal;
