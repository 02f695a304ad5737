-- What does not depend on the scale of scores or of weights is the same from 1e-300 to 1e300;
-- what is in points of the scale follows it.
CREATE SCHEMA invariant;
SET search_path = invariant, gapstats;

\set means '''{mean_focal,mean_reference,sd_focal,sd_reference,difference,difference_se,difference_lower,difference_upper}'''
\set weighted '''{mean_focal,mean_reference,sd_focal,sd_reference,se_focal,se_reference,estimate,se,lower,upper}'''
\set trend '''{slope,slope_se,slope_lower,slope_upper,intercept,intercept_se,intercept_lower,intercept_upper}'''
\set effect '''{mean_pre_control,mean_pre_treated,mean_post_control,mean_post_treated,gap_pre,gap_pre_se,gap_pre_lower,gap_pre_upper,effect,effect_se,effect_lower,effect_upper}'''
\set triple '''{effect_focal,effect_focal_se,effect_focal_lower,effect_focal_upper,effect_reference,effect_reference_se,effect_reference_lower,effect_reference_upper,difference,difference_se,difference_lower,difference_upper}'''
\set shrunken '''{mu,mu_se,mu_lower,mu_upper,tau,shrunken,shrunken_se,shrunken_lower,shrunken_upper}'''
\set weights '''{sum_of_weights_focal,sum_of_weights_reference}'''
-- Calls, statements with {s} where the scale goes, and the columns that are in its points.
-- No other column may change.
CREATE TABLE template (id serial, call text, statement text, in_points text[], scales text[] DEFAULT '{1e-160,1e160}');
CREATE VIEW score AS
SELECT i, 400 + i * 7919 % 101 + i % 3 * 4.5 AS score, i % 3 = 0 AS is_focal, 1 + i % 4 * 0.7 AS weight, i % 12 AS cluster
FROM generate_series(1, 120) AS i;
-- the same about 0, and then with each group on a scale of its own
CREATE VIEW centered AS SELECT i, score - 450 AS score, is_focal, weight, cluster FROM score;
CREATE VIEW mixed AS
SELECT i, score * scale AS score, is_focal, weight * scale AS weight, cluster
FROM centered, LATERAL (SELECT CASE WHEN is_focal THEN 1e200 ELSE 1e-200 END AS scale) AS s;

-- aggregates of rows,
INSERT INTO template (call, statement, in_points)
SELECT call, format('SELECT (g).* FROM (SELECT %s AS g FROM score) AS s', call), in_points
FROM (VALUES
	('gap(score * {s}, is_focal)', :means::text[]),
	('gap(score * {s}, is_focal, 0.9::double precision)', :means),
	('weighted_gap(score * {s}, is_focal, weight)', :weighted),
	('weighted_gap(score * {s}, is_focal, weight, cluster)', :weighted),
	('weighted_gap(score * {s}, is_focal, weight, cluster, 0.9::double precision)', :weighted),
	('weighted_v_gap(score * {s}, is_focal, weight)', '{}'),
	('weighted_gap(score, is_focal, weight * {s})', :weights),
	('weighted_gap(score, is_focal, weight * {s}, cluster)', :weights),
	('weighted_v_gap(score, is_focal, weight * {s})', '{}'),
	('weighted_v_gap(score, is_focal, weight * CASE WHEN is_focal THEN {s} ELSE 1 END)', '{}'),
	('weighted_rate(i % 5 < 2, weight * {s})', '{sum_of_weights}'),
	('weighted_rate(i % 5 < 2, weight * {s}, 0.9::double precision)', '{sum_of_weights}'),
	('gap_trend(i, score * {s}, weight * {s})', :trend),
	('difference_in_differences(score * {s}, i % 5 < 2, i % 2 = 0)', :effect),
	('difference_in_differences(score * {s}, weight * {s}, i % 5 < 2, 0.9::double precision)', :effect),
	('difference_in_differences(score * {s}, i % 5 < 2, i % 2 = 0, 0.9::double precision)', :effect),
	('difference_in_differences(score * {s}, weight * {s}, i % 5 < 2)', :effect),
	('triple_difference(score * {s}, i % 5 < 2, i % 2 = 0, i % 7 < 3)', :triple),
	('triple_difference(score * {s}, i % 5 < 2, i % 2 = 0, i % 7 < 3, 0.9::double precision)', :triple),
	('regression_discontinuity(score * {s}, i, 60, 40)', '{estimate,se,lower,upper}'),
	('regression_discontinuity(i, score * {s}, 450.3 * {s}, 40 * {s})', '{bandwidth}'),
	('regression_discontinuity(score * {s}, i, 60, 40, ''<='')', '{estimate,se,lower,upper}'),
	('regression_discontinuity(score * {s}, i, 60, 40, ''<'', 3, ''HC2'', 0.95)', '{estimate,se,lower,upper}'),
	('regression_discontinuity(score * {s}, i, 60, 40, ''>'', 3, ''HC1'', 0.9::double precision)', '{estimate,se,lower,upper}'),
	('density_check(score * {s}, 450 * {s})', '{bandwidth,bandwidth_half}'),
	('density_check(score * {s}, 450 * {s}, 40 * {s})', '{bandwidth,bandwidth_half}'),
	('density_check(score * {s}, 450 * {s}, 40 * {s}, ''<='')', '{bandwidth,bandwidth_half}'),
	('gap_trend(i, score * {s}, weight * {s}, 0.9::double precision)', :trend),
	('welch_anova(i, score * {s}, weight * {s})', '{mean}'),
	('running_interval(score * {s}, (score + 200) * {s})', '{lowest,highest}'),
	('running_interval(score * {s}, (score + 200) * {s}, 450 * {s})', '{lowest,highest}'),
	('concentration_index(score * {s}, cluster)', '{}'),
	('concentration_index(weight, score * {s})', '{}'),
	('concentration_index(score * {s}, cluster * {s}, 0.9::double precision)', '{}')) AS v (call, in_points);

-- functions of a group,
INSERT INTO template (call, statement, in_points)
SELECT call, format('SELECT g.* FROM (SELECT distribution(score * {s}) AS d FROM score) AS s, %s AS g', call), in_points
FROM (VALUES
	('mean(d)', ARRAY['g']),
	('stddev(d)', '{g}'),
	('minimum(d)', '{g}'),
	('maximum(d)', '{g}'),
	('n(d)', '{}'),
	('percentile(d, 0.3)', '{g}'),
	('percentile(d, 0.3, 6)', '{g}'),
	('percentiles(d, ''{0.1,0.9}'')', '{g}'),
	('percentile_rank(d, 450 * {s})', '{}'),
	('proficient_count(d, 450 * {s})', '{}'),
	('proficiency_rate(d, 450 * {s})', '{}'),
	('cut_error(d, 450 * {s})', '{}'),
	('norm_percentile(d, 450 * {s})', '{}'),
	('percentile_band(d, 450 * {s})', '{}'),
	('value_error(d)', '{}'),
	('inequality(d)', '{mean}'),
	('value_counts(d)', '{value}'),
	('percentile_interval(d, 0.3)', '{estimate,se,lower,upper}'),
	('percentile_bands(d, labels => ''{a,b,c,d,e}'')', '{lower_cut,upper_cut}'),
	('performance_levels(d, ARRAY[430 * {s}, 470 * {s}], ''{a,b,c}'')', '{lower_cut,upper_cut}')) AS v (call, in_points);

-- of groups of groups,
INSERT INTO template (call, statement, in_points) VALUES
	('rollup(d)', 'SELECT mean(rollup(d)) AS g
		FROM (SELECT distribution(score * {s}) AS d FROM score GROUP BY i % 2) AS s', '{g}'),
	('gap_within(focal, reference)', 'SELECT (g).* FROM (SELECT gap_within(focal, reference) AS g FROM (SELECT distribution(score * {s}) FILTER (WHERE is_focal) AS focal,
		distribution(score * {s}) FILTER (WHERE NOT is_focal) AS reference FROM score GROUP BY i * i % 7) AS s) AS s', '{difference,difference_se,difference_lower,difference_upper,difference_within,difference_within_se,difference_within_lower,difference_within_upper,difference_between}'),
	('gap_within(focal, reference, 0.9)', 'SELECT (g).* FROM (SELECT gap_within(focal, reference, 0.9::double precision) AS g FROM (SELECT distribution(score * {s}) FILTER (WHERE is_focal) AS focal,
		distribution(score * {s}) FILTER (WHERE NOT is_focal) AS reference FROM score GROUP BY i * i % 7) AS s) AS s', '{difference,difference_se,difference_lower,difference_upper,difference_within,difference_within_se,difference_within_lower,difference_within_upper,difference_between}'),
	('difference_in_differences(d, treated, post)', 'SELECT (g).* FROM (SELECT difference_in_differences(d, treated, post) AS g FROM (SELECT distribution(score * {s}) AS d, i % 5 < 2 AS treated, i % 2 = 0 AS post FROM score GROUP BY 2, 3) AS s) AS s', :effect),
	('difference_in_differences(d, treated, post, 0.9)', 'SELECT (g).* FROM (SELECT difference_in_differences(d, treated, post, 0.9::double precision) AS g FROM (SELECT distribution(score * {s}) AS d, i % 5 < 2 AS treated, i % 2 = 0 AS post FROM score GROUP BY 2, 3) AS s) AS s', :effect),
	('triple_difference(d, treated, post, focal)', 'SELECT (g).* FROM (SELECT triple_difference(d, treated, post, i < 3) AS g FROM (SELECT distribution(score * {s}) AS d, i % 5 < 2 AS treated, i % 2 = 0 AS post, i % 7 AS i FROM score GROUP BY 2, 3, 4) AS s) AS s', :triple),
	('triple_difference(d, treated, post, focal, 0.9)', 'SELECT (g).* FROM (SELECT triple_difference(d, treated, post, i < 3, 0.9::double precision) AS g FROM (SELECT distribution(score * {s}) AS d, i % 5 < 2 AS treated, i % 2 = 0 AS post, i % 7 AS i FROM score GROUP BY 2, 3, 4) AS s) AS s', :triple),
	('welch_anova(d)', 'SELECT (g).* FROM (SELECT welch_anova(d) AS g
		FROM (SELECT distribution(score * {s}) AS d FROM score GROUP BY i % 4) AS s) AS s', '{mean}'),
	('inequality_part(d) OVER ()', 'SELECT (g).* FROM (SELECT inequality_part(d) OVER () AS g
		FROM (SELECT distribution(score * {s}) AS d FROM score GROUP BY cluster) AS s) AS s', '{mean}'),
	('gap_by_group(is_focal, d) OVER ()', 'SELECT (g).* FROM (SELECT gap_by_group(is_focal, d) OVER () AS g
		FROM (SELECT is_focal, distribution(score * {s}) AS d FROM score GROUP BY is_focal) AS s) AS s', :means);
INSERT INTO template (call, statement, in_points)
SELECT call, format('SELECT g.* FROM (SELECT array_agg(%s) AS s FROM (SELECT i %% 3 AS a, i %% 4 AS b, distribution(score * {s}) AS d, count(score) AS n, avg(score) * {s} AS m, stddev(score) * {s} AS sd FROM score GROUP BY 1, 2) AS c) AS s, %s AS g',
	stratum, call), in_points
FROM unnest('{"stratum(d, ARRAY[a, b]::text[])","stratum(n, m, sd, ARRAY[a, b]::text[])"}'::text[]) AS stratum,
	(VALUES ('LATERAL (SELECT tau, sigma, vpc, n_strata, reason FROM intersection_models(s))', '{tau,sigma}'::text[]), ('LATERAL (SELECT * FROM intersection_coefficients(s) WHERE level IS NOT NULL AND reason IS NULL)', '{estimate,se,lower,upper}'), ('unnest(s)', '{mean,sd}'),
		('intersection_effects(s)', '{mean,deviation,deviation_se,deviation_lower,deviation_upper,mean_additive,more_than_the_sum,more_than_the_sum_se,more_than_the_sum_lower,more_than_the_sum_upper,mean_shrunken}')) AS v (call, in_points);
INSERT INTO template (call, statement, in_points)
SELECT call, format('SELECT (g).* FROM (SELECT %s AS g FROM score) AS s', call), :shrunken
FROM unnest('{reml,pm,dl}'::text[]) AS method, format('shrunken_estimate(score * {s}, 10 * weight * {s}, %L) OVER ()', method) AS call;

-- of two groups,
INSERT INTO template (call, statement, in_points)
SELECT call, format('SELECT g.* FROM (SELECT distribution(score * {s}) FILTER (WHERE is_focal) AS focal,
		distribution(score * {s}) FILTER (WHERE NOT is_focal) AS reference FROM score) AS s, %s AS g', call), in_points
FROM (VALUES
	('mean_gap(focal, reference)', :means),
	('mean_gap_bounds(focal, reference, 3, 5, -600 * {s}, 600 * {s})', '{lowest_focal,highest_focal,lowest_reference,highest_reference,
		lowest_difference,highest_difference}'),
	('t_test(focal, reference)', ARRAY['estimate', 'se', 'lower', 'upper']),
	('t_test(focal, reference, 0.9, true)', '{estimate,se,lower,upper}'),
	('cohens_d(focal, reference)', '{}'),
	('cohens_d(focal, reference, interval_method => ''normal'')', '{}'),
	('hedges_g(focal, reference)', '{}'),
	('hedges_g(focal, reference, variance => ''UB'')', '{}'),
	('hedges_g(focal, reference, variance => ''LS2'')', '{}'),
	('d_av(focal, reference)', '{}'),
	('d_av(focal, reference, interval_method => ''normal'')', '{}'),
	('glass_delta(focal, reference)', '{}'),
	('v_gap(focal, reference)', '{}'),
	('auc(focal, reference)', '{}'),
	('ks_gap(focal, reference)', '{location}'),
	('pp_plot(focal, reference)', '{score}'),
	('quantile_gaps(focal, reference)', '{percentile_focal,percentile_focal_se,percentile_focal_lower,percentile_focal_upper,
		percentile_reference,percentile_reference_se,percentile_reference_lower,percentile_reference_upper,
		difference,difference_se,difference_lower,difference_upper}'),
	('gap_change(focal, reference, reference, focal)', '{gap_earlier,gap_earlier_se,gap_earlier_lower,gap_earlier_upper,
		gap_later,gap_later_se,gap_later_lower,gap_later_upper,change,change_se,change_lower,change_upper}'),
	('proficiency_gap(focal, reference, 450 * {s})', '{}')) AS v (call, in_points);

-- of stored samples,
INSERT INTO template (call, statement, in_points)
SELECT format('%s, weight * {s}%s', call, cluster),
	format('SELECT g.* FROM (SELECT rollup(d) AS d FROM (SELECT weighted_sample(score, is_focal, weight * {s}%s) AS d FROM score GROUP BY i %% 2) AS s) AS s, %s AS g',
		cluster, call), :weights
FROM unnest('{weighted_gap(d),weighted_v_gap(d)}'::text[]) AS call, unnest('{"",", cluster"}'::text[]) AS cluster;

-- of cross products, of an outcome and of covariates on other scales,
INSERT INTO template (call, statement, in_points)
SELECT format(call, method), format('SELECT g.* FROM (SELECT rollup(p) AS p FROM (SELECT cross_products(score * %s, is_focal, ARRAY[weight * %s, cluster]) AS p FROM score GROUP BY i %% 4) AS s) AS s, %s AS g',
	of_score, of_covariate, format(call, method)), in_points
FROM unnest('{focal,average,threefold}'::text[]) AS method,
	(VALUES ('gap_decomposition(p, method => %L)', '{s}', '1', ARRAY['estimate', 'se', 'lower', 'upper']),
		('gap_decomposition(p, method => %L)', '1', '{s}', '{}'),
		('decomposition_coefficients(p, method => %L)', '{s}', '1', '{coefficient_focal,coefficient_focal_se,coefficient_focal_lower,coefficient_focal_upper,
			coefficient_reference,coefficient_reference_se,coefficient_reference_lower,coefficient_reference_upper,coefficient_compared_by}')) AS v (call, of_score, of_covariate, in_points);

-- and of numbers.
INSERT INTO template (call, statement, in_points)
SELECT call, 'SELECT g.* FROM ' || call || ' AS g', in_points
FROM (VALUES
	('estimate_change(3 * {s}, 1 * {s}, 7 * {s}, 2 * {s})', ARRAY['estimate', 'se', 'lower', 'upper']),
	('simultaneous_interval(3 * {s}, 1 * {s}, 4)', '{estimate,se,lower,upper}'),
	('performance_level(450 * {s}, ARRAY[430 * {s}, 470 * {s}], ''{a,b,c}'')', '{}'),
	('norm_percentile(440 * {s}, 30 * {s}, 450 * {s})', '{}'),
	('normal_percentile_rank(440 * {s}, 30 * {s}, 450 * {s})', '{}'),
	('lms_z(450 * {s}, -1.6, 440 * {s}, 0.1)', '{}')) AS v (call, in_points);

-- All functions of two groups again, with groups on scales of their own (but for a gap in units of the smaller, and
-- those for which there is one scale)
INSERT INTO template (call, statement, in_points, scales)
SELECT 'mixed: ' || call, replace(statement, 'FROM score', 'FROM mixed'), in_points, '{1e-90,1e90}'
FROM template
WHERE statement ~ 'focal' AND call !~ '^(glass_delta|proficiency_gap|mean_gap_bounds)';

-- The only columns that may be NULL, and why
CREATE TABLE may_be_null (pattern text, why text);
INSERT INTO may_be_null VALUES
	('/reason$', 'nothing is the matter'),
	('/n_clusters$', 'there are no clusters'),
	('/covariate$', 'the row is about all of them'),
	('^/1/mean_(focal|reference)$', 'an intercept has no mean'),
	('^/1/lower_cut$|^/[35]/upper_cut$', 'the lowest and the highest of 3 or 5 bands have no end'),
	('^/1/score$', 'the curve begins below all scores'),
	('/is_(below|above)_goal$', 'there is no goal');

-- Functions of scores or weights that depend on their scale, and why
CREATE TABLE depends_on_scale (proname text, why text);
INSERT INTO depends_on_scale VALUES
	('distribution', 'it holds the scores themselves'),
	('anova', 'so may its sums of squares'),
	('variance', 'its square may be beyond the range of double precision, which is an error'),
	('rounded', 'so many digits after the point'),
	('mastery', 'chances have no scale'),
	('is_mastered', 'nor here'),
	('growth_model', 'knots and boundaries are rounded to 3 decimals, as package SGP has them'),
	('student_growth_percentile', 'as growth_model'),
	('growth_curve', 'as growth_model'),
	('student_growth_percentile_of_priors', 'as growth_model'),
	('growth_curve_of_priors', 'as growth_model'),
	('disclosure_audit', 'it reads a published table, whose numbers are of one scale'),
	('publish_release', 'so does this'),
	('calibration', 'chances are from 0 to 1'),
	('chance_tenth', 'so it is'),
	('suppress', 'what is small is so on one scale'),
	('effect_of_flag', 'it reads a watch list, whose values are numeric');

-- Every number of a result, with its column and its place there
CREATE FUNCTION numbers(result jsonb) RETURNS TABLE (place text, name text, value jsonb) LANGUAGE sql AS $$
	WITH RECURSIVE part AS (
		SELECT '' AS place, '' AS name, result AS value
		UNION ALL
		SELECT part.place || '/' || coalesce(key, number::text), coalesce(key, part.name), coalesce(field, element)
		FROM part
			LEFT JOIN LATERAL jsonb_each(CASE jsonb_typeof(value) WHEN 'object' THEN value END) AS f (key, field)
				ON true
			LEFT JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(value) WHEN 'array' THEN value END)
				WITH ORDINALITY AS e (element, number) ON true
		WHERE jsonb_typeof(value) IN ('object', 'array')
	)
	SELECT * FROM part WHERE jsonb_typeof(value) NOT IN ('object', 'array');
$$;

CREATE FUNCTION at_scale(statement text, scale text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	result jsonb;
BEGIN
	EXECUTE format('SELECT jsonb_agg(to_jsonb(q)) FROM (%s) AS q', replace(statement, '{s}', scale || '::double precision')) INTO result;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	RETURN to_jsonb('error: ' || SQLERRM);
END $$;

-- Nothing changes.
SELECT call, s AS scale, string_agg(format('%s: %s, at 1 %s', place, scaled.value, one.value), '; ' ORDER BY place COLLATE "C") AS changes
FROM template,
	unnest(scales) AS s,
	CAST(s AS numeric) AS scale,
	numbers(at_scale(statement, '1')) AS one
	FULL JOIN LATERAL numbers(at_scale(statement, s)) AS scaled USING (place, name)
WHERE NOT coalesce(CASE
	WHEN jsonb_typeof(one.value) = 'number' AND jsonb_typeof(scaled.value) = 'number' THEN
		abs(scaled.value::numeric / CASE WHEN name = ANY (in_points) THEN scale ELSE 1 END - one.value::numeric)
			<= 1e-10 * abs(one.value::numeric)
	ELSE one.value = scaled.value AND one.value::text !~ '^"(error|NaN|-?Infinity)'
		AND (one.value <> 'null' OR EXISTS (SELECT FROM may_be_null WHERE place ~ pattern))
	END, false)
GROUP BY id, call, s
ORDER BY id, s;

-- What is a group's own follows its own scale, but where rows are scores, or swap the groups.
SELECT call, string_agg(format('%s: %s, on one scale %s', place, own.value, one.value), '; ' ORDER BY place COLLATE "C") AS changes
FROM template,
	numbers(at_scale(replace(statement, 'FROM mixed', 'FROM centered'), '1')) AS one
	FULL JOIN LATERAL numbers(at_scale(statement, '1')) AS own USING (place, name),
	LATERAL (SELECT CASE WHEN name !~ '^(mean|sd|se|percentile|sum_of_weights)_' THEN 1 WHEN name ~ '_focal' THEN 1e200 ELSE 1e-200 END AS scale) AS s
WHERE call ~ '^mixed: ' AND call !~ 'pp_plot|gap_by_group|coefficients' AND name ~ '_(focal|reference)(_|$)'
	AND NOT coalesce(abs(own.value::text::numeric / scale - one.value::text::numeric) <= 1e-10 * abs(one.value::text::numeric), false)
GROUP BY id, call
ORDER BY id;

-- Every function of scores or weights is among the statements, or says why not.
CREATE TABLE tried (function oid);
DO $$
DECLARE
	t template;
BEGIN
	FOR t IN SELECT * FROM template LOOP
		BEGIN
			EXECUTE 'CREATE TEMP VIEW one_statement AS ' || replace(t.statement, '{s}', '1::double precision');
			INSERT INTO tried
			SELECT refobjid FROM pg_depend JOIN pg_rewrite AS r ON classid = 'pg_rewrite'::regclass AND objid = r.oid
			WHERE ev_class = 'one_statement'::regclass AND refclassid = 'pg_proc'::regclass;
			DROP VIEW one_statement;
		EXCEPTION WHEN undefined_function THEN
			NULL;  -- shown above
		END;
	END LOOP;
END $$;
SELECT DISTINCT p.oid::regprocedure AS not_tried_at_all_scales
FROM pg_depend AS d
	JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
	JOIN pg_language AS l ON l.oid = prolang,
	unnest(proargtypes::regtype[]) WITH ORDINALITY AS a (type, argno)
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
	AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'gapstats')
	AND pronamespace = 'gapstats'::regnamespace
	AND (type IN ('distribution', 'weighted_sample', 'cross_products', 'growth_model')
		OR (type IN ('double precision', 'double precision[]')
			AND proargnames[argno] !~ '^(confidence|fractions?|flag_rate|rate|p_value|cuts|min_n.*|minimum.*)$'))
	AND lanname <> 'plpgsql'
	AND p.oid NOT IN (SELECT function FROM tried)
	AND proname NOT IN (SELECT proname FROM depends_on_scale)
ORDER BY 1;

-- A mean lies between minimum and maximum: in a group of one value, it is that value.
CREATE TEMP TABLE same AS
SELECT g, g / 10.0::double precision AS value, k % 2 = 0 AS is_focal, 0.1 * (1 + (g + k) % 7) AS weight
FROM generate_series(1, 200000) AS g, generate_series(1, 2 + g % 5) AS k;
SELECT count(*) AS groups,
	count(*) FILTER (WHERE mean(d) IS DISTINCT FROM value) AS mean,
	count(*) FILTER (WHERE (plain).mean_focal IS DISTINCT FROM value OR (plain).mean_reference IS DISTINCT FROM value) AS gap,
	count(*) FILTER (WHERE (weighted).mean_focal IS DISTINCT FROM value OR (weighted).mean_reference IS DISTINCT FROM value) AS weighted_gap
FROM (SELECT value, distribution(value) AS d, gap(value, is_focal) AS plain, weighted_gap(value, is_focal, weight) AS weighted
	FROM same GROUP BY g, value) AS s;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA invariant CASCADE;
RESET client_min_messages;
