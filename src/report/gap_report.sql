-- report/gap_report: how large each gap is, in every stratum, and whether it is closing

CREATE FUNCTION gapstats_internal.check_report(dimensions text[], strata text[], period text, depth integer, reference text, reference_groups jsonb, min_n bigint, confidence double precision, digits integer, suppress boolean, unrecorded_as_group boolean)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	named text;
BEGIN
	SELECT o.name INTO named
	FROM (VALUES ('dimensions', dimensions IS NULL), ('strata', strata IS NULL), ('depth', depth IS NULL), ('reference', reference IS NULL),
		('reference_groups', reference_groups IS NULL), ('min_n', min_n IS NULL), ('confidence', confidence IS NULL), ('suppress', suppress IS NULL), ('unrecorded_as_group', unrecorded_as_group IS NULL)) o (name, is_null)
	WHERE o.is_null
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION '% must not be null', named USING ERRCODE = 'null_value_not_allowed';
	END IF;
	IF cardinality(dimensions) = 0 THEN
		RAISE EXCEPTION 'dimensions must not be empty' USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as ''{race,income}'': the columns whose groups are compared.';
	END IF;
	IF array_ndims(dimensions) > 1 OR array_ndims(strata) > 1 OR array_lower(dimensions, 1) <> 1 OR array_lower(strata, 1) <> 1 THEN
		RAISE EXCEPTION 'dimensions and strata must be arrays of one dimension, from 1 on' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM gapstats_internal.check_named_once(dimensions, strata, period);
	IF period = '' THEN
		RAISE EXCEPTION 'period must not be empty' USING ERRCODE = 'invalid_parameter_value', HINT = 'Without a period it is NULL; alter_report takes '''' to take one away.';
	END IF;
	IF array_position(dimensions || strata, NULL) IS NOT NULL THEN
		RAISE EXCEPTION 'a column''s name must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	IF depth NOT IN (1, 2) THEN
		RAISE EXCEPTION 'depth must be 1 or 2, not %', depth USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF NOT reference IN ('others', 'everyone', 'highest') THEN
		RAISE EXCEPTION 'unrecognized reference: "%"', reference
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Use "others", "everyone" or "highest", or name groups with reference_groups.';
	END IF;
	PERFORM gapstats.simultaneous_confidence(1, confidence), gapstats_internal.significant(1, digits);
	IF min_n < 1 THEN
		RAISE EXCEPTION 'min_n must be at least 1, not %', min_n USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF jsonb_typeof(reference_groups) <> 'object' THEN
		RAISE EXCEPTION 'reference_groups must be an object, not %', left(reference_groups::text, 80) USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as {"race": "White"}.';
	END IF;
	SELECT g.key INTO named FROM jsonb_each(reference_groups) AS g WHERE jsonb_typeof(g.value) <> 'string' LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'reference_groups: the group of "%" must be a name, not %', named, left((reference_groups -> named)::text, 80) USING ERRCODE = 'invalid_parameter_value';
	END IF;
	SELECT g.key INTO named FROM jsonb_each(reference_groups) AS g WHERE g.key NOT IN (SELECT d.dimension FROM gapstats_internal.report_dimensions(dimensions, depth) d) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'reference_groups: there is no dimension "%"', named
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = format('There are %s.', (SELECT string_agg(format('"%s"', d.dimension), ', ') FROM gapstats_internal.report_dimensions(dimensions, depth) d));
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_report(text[], text[], text, integer, text, jsonb, bigint, double precision, integer, boolean, boolean) IS
'True, or 22004 for a NULL and 22023 for what a report cannot be asked.';

CREATE FUNCTION gapstats_internal.check_report_estimates(estimates text[], measures jsonb, period text, suppress boolean)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known CONSTANT text[] := '{gap,value,hedges_g,v,risk_ratio,odds_ratio,simultaneous,shrunken,probability_below_zero,change,missing,percentiles,goal,widest,omnibus}';
	of_scores CONSTANT text[] := '{hedges_g,v,percentiles}';
	of_rates CONSTANT text[] := '{risk_ratio,odds_ratio}';
	named text;
BEGIN
	IF array_ndims(estimates) > 1 THEN
		RAISE EXCEPTION 'estimates must be an array of one dimension' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF estimates IS NULL OR array_position(estimates, NULL) IS NOT NULL THEN
		RAISE EXCEPTION 'estimates must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	IF cardinality(estimates) = 0 THEN
		RAISE EXCEPTION 'estimates must not be empty' USING ERRCODE = 'invalid_parameter_value', HINT = format('Use %s.', array_to_string(known, ', '));
	END IF;
	SELECT e INTO named FROM unnest(estimates) AS e WHERE NOT e = ANY (known) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'unrecognized estimate: "%"', named USING ERRCODE = 'invalid_parameter_value', HINT = format('Use %s.', array_to_string(known, ', '));
	END IF;
	IF 'goal' = ANY (estimates) AND NOT EXISTS (SELECT FROM gapstats_internal.report_measures(measures) m WHERE m.goal IS NOT NULL OR m.gap_goal IS NOT NULL) THEN
		RAISE EXCEPTION 'no measure has a goal' USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as "goal": 0.7, which each group is to reach, or "gap_goal": 0.05, how large a gap is to be at most.';
	END IF;
	SELECT e INTO named FROM unnest(estimates) AS e WHERE e = ANY (of_scores) AND NOT EXISTS (SELECT FROM gapstats_internal.report_measures(measures) m WHERE NOT m.is_rate) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'no measure has %', named USING ERRCODE = 'invalid_parameter_value', HINT = 'Those of scores have, without a cut.';
	END IF;
	SELECT e INTO named FROM unnest(estimates) AS e WHERE e = ANY (of_rates) AND NOT EXISTS (SELECT FROM gapstats_internal.report_measures(measures) m WHERE m.is_rate) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'no measure has %', named USING ERRCODE = 'invalid_parameter_value', HINT = 'Those of rates have: an outcome, a numerator, or a cut.';
	END IF;
	IF 'change' = ANY (estimates) AND period IS NULL THEN
		RAISE EXCEPTION 'there is no period, of which a change would be' USING ERRCODE = 'invalid_parameter_value', HINT = 'Name the column of the period, such as the year.';
	END IF;
	IF suppress AND 'missing' = ANY (estimates) THEN
		RAISE EXCEPTION 'the bounds for the missing tell how many are missing'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Leave the estimate "missing" out of what is suppressed.';
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_report_estimates(text[], jsonb, text, boolean) IS
'True, or 22004 for a NULL and 22023 for estimates that there are not, or not of these measures, or without a period, or that are not for others.';

CREATE FUNCTION gapstats_internal.significant(value double precision, digits integer)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.significant(double precision, integer) IS
'A number with so many significant digits; NULL digits: as it is. Raises 22023 for digits that are not from 1 to 17.';

CREATE TYPE gap_report AS (
	key text,
	measure text,
	direction text,
	unit text,
	dimension text,
	level text,
	stratum text,
	period text,
	estimate text,
	group_focal text,
	group_reference text,
	rule_of_reference text,
	n_focal integer,
	n_reference integer,
	n_missing_focal integer,
	n_missing_reference integer,
	n_missing_group integer,
	share double precision,
	value_focal double precision,
	value_reference double precision,
	gap double precision,
	gap_se double precision,
	gap_lower double precision,
	gap_upper double precision,
	hedges_g double precision,
	v double precision,
	risk_ratio double precision,
	p_value double precision,
	p_value_adjusted double precision,
	family text,
	n_comparisons integer,
	previous_period text,
	previous_gap double precision,
	change double precision,
	change_se double precision,
	change_lower double precision,
	change_upper double precision,
	verdict text,
	n_needed integer,
	is_suppressed boolean,
	reason text
);
COMMENT ON TYPE gap_report IS 'what a report says of a gap';
COMMENT ON COLUMN gap_report.key IS 'what tells the row from all others of the report: measure, dimension, level, stratum, period, focal group and estimate, as JSON';
COMMENT ON COLUMN gap_report.measure IS 'what is measured, by the name that the caller gave it';
COMMENT ON COLUMN gap_report.direction IS 'higher or lower: which is better';
COMMENT ON COLUMN gap_report.unit IS 'what it is counted in, if the caller said it';
COMMENT ON COLUMN gap_report.dimension IS 'the column whose groups are compared; with depth 2 also two of them, such as race x income';
COMMENT ON COLUMN gap_report.level IS 'the columns of the strata, such as school, or grade, school; all where everybody is one stratum';
COMMENT ON COLUMN gap_report.stratum IS 'their values; not recorded for NULL, all at level all';
COMMENT ON COLUMN gap_report.period IS 'the value of the period; NULL without one';
COMMENT ON COLUMN gap_report.estimate IS 'what the row says of the gap: gap, hedges_g, v, risk_ratio, odds_ratio, simultaneous, shrunken, probability_below_zero, change, missing, percentile 0.1 to 0.9, gap goal, gap then; value and goal are of a group by itself, widest and omnibus of a stratum';
COMMENT ON COLUMN gap_report.group_focal IS 'the group whose gap it is; NULL of omnibus';
COMMENT ON COLUMN gap_report.group_reference IS 'whom it is compared with: a group, everyone else, everyone or a goal; NULL of value and omnibus';
COMMENT ON COLUMN gap_report.rule_of_reference IS 'why: others, everyone, highest, named or goal';
COMMENT ON COLUMN gap_report.n_focal IS 'students of the group whose outcome is known';
COMMENT ON COLUMN gap_report.n_reference IS 'the same of the reference; NULL in its own row';
COMMENT ON COLUMN gap_report.n_missing_focal IS 'rows of the group whose outcome is not known; NULL of stored distributions, and with suppress';
COMMENT ON COLUMN gap_report.n_missing_reference IS 'the same of the reference, of everyone with the group itself; NULL in its own row';
COMMENT ON COLUMN gap_report.n_missing_group IS 'students of the stratum whose outcome is known, and whose group is not; with suppress NULL where that is hidden';
COMMENT ON COLUMN gap_report.share IS 'the group''s share of the district, 0..1: of the students of all strata, in this period, whose outcome and group are known; with suppress NULL where their number is hidden';
COMMENT ON COLUMN gap_report.value_focal IS 'the group''s mean, rate 0..1 or percentile; of change and gap goal the gap, of gap then the rate with n_needed students more, or fewer where lower is better';
COMMENT ON COLUMN gap_report.value_reference IS 'the same of the reference; of change the gap before, of goal and gap goal the goal: of a gap where higher is better it is below 0';
COMMENT ON COLUMN gap_report.gap IS 'the estimate: value_focal minus value_reference; of shrunken the gap drawn towards those of the other strata; of value the value, of hedges_g, v, risk_ratio, odds_ratio and probability_below_zero what they are called';
COMMENT ON COLUMN gap_report.gap_se IS 'standard error of the gap (Welch; of rates Wald; of percentiles Maritz and Jarrett), or of what else the row estimates; of a ratio that of its logarithm';
COMMENT ON COLUMN gap_report.gap_lower IS 'lower confidence bound (Welch''s t; of rates Newcombe 1998, method 10; of hedges_g noncentral t, of v normal, of ratios that of their logarithm); of simultaneous and widest one that holds together with the others (Sidak); of missing the least that the gap can be';
COMMENT ON COLUMN gap_report.gap_upper IS 'upper confidence bound; of missing the most that the gap can be';
COMMENT ON COLUMN gap_report.hedges_g IS 'the gap in standard deviations; NULL of rates';
COMMENT ON COLUMN gap_report.v IS 'V, which any increasing change of scale leaves alone (Ho 2009); NULL of rates';
COMMENT ON COLUMN gap_report.risk_ratio IS 'rate divided by rate; NULL of means';
COMMENT ON COLUMN gap_report.p_value IS 'two-sided p of no gap; of change of none, of omnibus that all groups are alike';
COMMENT ON COLUMN gap_report.p_value_adjusted IS 'p of the gap, or of the change, among those of the family (Benjamini and Hochberg 1995)';
COMMENT ON COLUMN gap_report.family IS 'the gaps with which it was adjusted: one measure, dimension, level and period; of change their changes, of simultaneous those whose bounds hold together';
COMMENT ON COLUMN gap_report.n_comparisons IS 'how many are compared: gaps of the family that have a p; of change changes, of shrunken and probability_below_zero strata, of widest pairs of groups, of omnibus groups';
COMMENT ON COLUMN gap_report.previous_period IS 'the last period before in which there is such a gap, to the same reference';
COMMENT ON COLUMN gap_report.previous_gap IS 'the gap in that period';
COMMENT ON COLUMN gap_report.change IS 'gap minus previous_gap';
COMMENT ON COLUMN gap_report.change_se IS 'standard error of the change, the periods taken as independent';
COMMENT ON COLUMN gap_report.change_lower IS 'lower confidence bound of the change, normal';
COMMENT ON COLUMN gap_report.change_upper IS 'upper confidence bound of the change, normal';
COMMENT ON COLUMN gap_report.verdict IS 'what the change says: wider, narrower, reversed (the gap is clearly on the other side of 0), not clear (its interval holds 0, or its p among the changes of the family is above 1 - confidence) or too few (a group has fewer than min_n); NULL without a gap before, or a change without an error';
COMMENT ON COLUMN gap_report.n_needed IS 'students of the group who would have to succeed for the goal, or that of the gap, to be reached; NULL without a goal, and of means';
COMMENT ON COLUMN gap_report.is_suppressed IS 'whether the gap is hidden from others, or also the group; only with suppress';
COMMENT ON COLUMN gap_report.reason IS 'why something is NULL: is_reference, no_comparison, n_lt_1, n_lt_2, zero_variance and others of the functions of one gap; or small_expected, tau2_zero; suppressed where others may not see it; NULL where nothing is';

CREATE FUNCTION gapstats_internal.gap_report_for(report regclass, rows text, measures jsonb, dimensions text[], strata text[] DEFAULT '{}', period text DEFAULT NULL, depth integer DEFAULT 1,
		reference text DEFAULT 'others', reference_groups jsonb DEFAULT '{}', estimates text[] DEFAULT '{gap}', min_n bigint DEFAULT 10, confidence double precision DEFAULT 0.95,
		digits integer DEFAULT 4, suppress boolean DEFAULT false, unrecorded_as_group boolean DEFAULT false)
RETURNS SETOF gap_report
LANGUAGE sql VOLATILE COST 100000 ROWS 1000
SET jit = off
BEGIN ATOMIC
	WITH measure AS MATERIALIZED (
		SELECT m AS described, m.measure, m.unit, m.goal, m.gap_goal FROM gapstats_internal.report_measures(measures) m
	), gap AS MATERIALIZED (
		SELECT g.*
		FROM gapstats_internal.report_gaps(rows, measures, dimensions, gap_report_for.strata, gap_report_for.period, depth, reference, reference_groups, min_n, confidence,
			estimates && '{missing,percentiles,value,goal,widest,omnibus}', estimates && '{missing,percentiles}', estimates && '{hedges_g,v}', suppress, unrecorded_as_group, report) g
	), whole AS NOT MATERIALIZED (
		SELECT ROW(g.*)::gapstats_internal.report_gap AS g FROM gap g
	), ranked AS (
		-- from the best to the worst of those that are large enough
		SELECT g.g, row_number() OVER best AS place, count(*) FILTER (WHERE (g.g).n_focal >= min_n) OVER stratum AS n_groups,
			count(*) FILTER (WHERE (g.g).reason = 'suppressed' AND (g.g).n_focal IS NULL) OVER stratum > 0 AS is_any_hidden
		FROM whole g
		WHERE estimates && '{widest,omnibus}'
		WINDOW stratum AS (PARTITION BY (g.g).measure, (g.g).stratum_place, (g.g).period_place),
			best AS (stratum ORDER BY coalesce((g.g).n_focal >= min_n, false) DESC, CASE (g.g).direction WHEN 'lower' THEN (g.g).value_focal ELSE -(g.g).value_focal END, (g.g).n_focal DESC, (g.g).group_focal COLLATE "C")
	), besides AS MATERIALIZED (
		SELECT gapstats_internal.report_simultaneous(g.g, confidence) AS line FROM whole g WHERE 'simultaneous' = ANY (estimates)
		UNION ALL
		SELECT gapstats_internal.report_effect(g.g, e, confidence)
		FROM whole g
		CROSS JOIN unnest(CASE WHEN (g.g).is_rate THEN '{risk_ratio,odds_ratio}'::text[] ELSE '{hedges_g,v}' END) AS e
		WHERE estimates && '{risk_ratio,odds_ratio,hedges_g,v}' AND e = ANY (estimates)
		UNION ALL
		SELECT gapstats_internal.report_group_value(g.g, confidence) FROM whole g WHERE 'value' = ANY (estimates)
		UNION ALL
		SELECT gapstats_internal.report_change(g.g) FROM whole g WHERE 'change' = ANY (estimates) AND (g.g).previous_gap IS NOT NULL
		UNION ALL
		SELECT CASE e WHEN 'shrunken' THEN gapstats_internal.report_shrunken(s.g, s.shrunken) ELSE gapstats_internal.report_below_zero(s.g, s.shrunken) END
		FROM (
			SELECT g.g, shrunken_estimate((g.g).gap, (g.g).gap_se, 'reml', confidence)
				-- gaps to another group are other gaps
				OVER (PARTITION BY (g.g).measure, (g.g).dimension, (g.g).level, (g.g).period, (g.g).group_focal, (g.g).group_reference, (g.g).rule_of_reference) AS shrunken
			FROM whole g
			WHERE estimates && '{shrunken,probability_below_zero}'
		) s
		CROSS JOIN unnest('{shrunken,probability_below_zero}'::text[]) AS e
		WHERE e = ANY (estimates)
		UNION ALL
		SELECT gapstats_internal.report_missing(g.g, g.described)
		FROM (
			SELECT g.g, m.described
			FROM whole g
			JOIN measure m ON m.measure = (g.g).measure
			WHERE 'missing' = ANY (estimates)
			-- the first with a score that cannot be is named
			ORDER BY (g.g).measure, (g.g).dimension, (g.g).level, (g.g).stratum, (g.g).group_focal
		) g
		UNION ALL
		SELECT p FROM whole g CROSS JOIN LATERAL gapstats_internal.report_percentiles(g.g, confidence, CASE WHEN suppress THEN min_n END) p WHERE 'percentiles' = ANY (estimates) AND NOT (g.g).is_rate
		UNION ALL
		SELECT gapstats_internal.report_goal(g.g, m.described, confidence) FROM whole g JOIN measure m ON m.measure = (g.g).measure WHERE 'goal' = ANY (estimates) AND m.goal IS NOT NULL
		UNION ALL
		SELECT gapstats_internal.report_gap_goal(g.g, m.described) FROM whole g JOIN measure m ON m.measure = (g.g).measure WHERE 'goal' = ANY (estimates) AND m.gap_goal IS NOT NULL
		UNION ALL
		SELECT gapstats_internal.report_gap_then(g.g, m.described) FROM whole g JOIN measure m ON m.measure = (g.g).measure WHERE 'goal' = ANY (estimates) AND m.gap_goal IS NOT NULL
		UNION ALL
		SELECT gapstats_internal.report_widest(array_agg(r.g ORDER BY r.place), r.n_groups, r.is_any_hidden, confidence)
		FROM ranked r
		WHERE 'widest' = ANY (estimates) AND r.place IN (1, r.n_groups)
		GROUP BY (r.g).measure, (r.g).stratum_place, (r.g).period_place, r.n_groups, r.is_any_hidden
		UNION ALL
		SELECT gapstats_internal.report_omnibus((array_agg(r.g) FILTER (WHERE r.place = 1))[1],
			chi_squared_test((r.g).x_focal, (r.g).n_focal) FILTER (WHERE (r.g).is_rate), welch_anova((r.g).scores_focal) FILTER (WHERE NOT (r.g).is_rate), bool_or(r.is_any_hidden))
		FROM ranked r
		WHERE 'omnibus' = ANY (estimates)
		GROUP BY (r.g).measure, (r.g).stratum_place, (r.g).period_place
	), said AS (
		SELECT g.* FROM gap g WHERE 'gap' = ANY (estimates)
		UNION ALL
		SELECT (b.line).* FROM besides b
	)
	-- the text that a jsonb would have, without making one
	SELECT json_build_array(r.measure, r.dimension, r.level, to_jsonb(r.stratum), r.period, r.group_focal, r.estimate)::text,
		r.measure, r.direction, r.unit, r.dimension, r.level, CASE r.n_strata WHEN 0 THEN 'all' ELSE array_to_string(r.stratum, ', ', 'not recorded') END, r.period, r.estimate,
		r.group_focal, r.group_reference, r.rule_of_reference,
		gapstats_internal.integer_count(r.n_focal, 'n_focal'), gapstats_internal.integer_count(r.n_reference, 'n_reference'), gapstats_internal.integer_count(r.n_missing_focal, 'n_missing_focal'),
		gapstats_internal.integer_count(r.n_missing_reference + CASE r.rule_of_reference WHEN 'everyone' THEN r.n_missing_focal ELSE 0 END, 'n_missing_reference'),
		gapstats_internal.integer_count(r.n_missing_group, 'n_missing_group'), gapstats_internal.significant(r.share, digits),
		gapstats_internal.significant(r.value_focal, digits), gapstats_internal.significant(r.value_reference, digits),
		gapstats_internal.significant(r.gap, digits), gapstats_internal.significant(r.gap_se, digits),
		gapstats_internal.significant(r.gap_lower, digits), gapstats_internal.significant(r.gap_upper, digits),
		gapstats_internal.significant(r.hedges_g, digits), gapstats_internal.significant(r.v, digits), gapstats_internal.significant(r.risk_ratio, digits),
		gapstats_internal.significant(r.p_value, digits), gapstats_internal.significant(r.p_value_adjusted, digits),
		CASE WHEN r.estimate IN ('gap', 'simultaneous', 'change') THEN concat_ws(', ', r.measure, r.dimension, r.level, r.period, CASE r.estimate WHEN 'change' THEN 'changes' END) END, gapstats_internal.integer_count(r.n_comparisons, 'n_comparisons'),
		r.previous_period, gapstats_internal.significant(r.previous_gap, digits),
		gapstats_internal.significant(r.gap - r.previous_gap, digits), gapstats_internal.significant((r.change).se, digits),
		gapstats_internal.significant((r.change).lower, digits), gapstats_internal.significant((r.change).upper, digits),
		CASE
			WHEN r.previous_gap IS NULL OR r.gap IS NULL THEN NULL
			WHEN least(r.n_focal, r.n_reference, r.previous_n) < min_n THEN 'too few'
			WHEN (r.change).lower IS NULL THEN NULL
			-- of many schools that have not changed, some have an interval without 0
			WHEN (r.change).lower <= 0 AND (r.change).upper >= 0 OR r.change_p_value_adjusted > 1 - confidence THEN 'not clear'
			WHEN abs(r.gap) <= abs(r.previous_gap) AND (sign(r.gap) * sign(r.previous_gap) >= 0 OR r.gap_lower <= 0 AND r.gap_upper >= 0) THEN 'narrower'
			WHEN sign(r.gap) * sign(r.previous_gap) >= 0 THEN 'wider'
			WHEN r.gap_lower > 0 OR r.gap_upper < 0 THEN 'reversed'
			ELSE 'not clear' END,
		r.n_needed::integer, r.reason IS NOT DISTINCT FROM 'suppressed', r.reason
	FROM (
		SELECT r.*, m.unit
		FROM said r
		JOIN measure m USING (measure)
		-- before all else
		WHERE gapstats_internal.check_report(dimensions, gap_report_for.strata, gap_report_for.period, depth, reference, reference_groups, min_n, confidence, digits, suppress, unrecorded_as_group)
			AND gapstats_internal.check_report_estimates(estimates, measures, gap_report_for.period, suppress)
		-- rows are sorted while they are short
		ORDER BY r.measure, r.stratum_place, r.group_focal, r.period_place, r.estimate <> 'gap', r.estimate
		OFFSET 0
	) r;
END;
COMMENT ON FUNCTION gapstats_internal.gap_report_for(regclass, text, jsonb, text[], text[], text, integer, text, jsonb, text[], bigint, double precision, integer, boolean, boolean) IS
'gap_report() for a report that stands, whose rows others have read: what is suppressed goes on from what they were told, and what they are told now is kept. For a NULL report as gap_report().';

CREATE FUNCTION gap_report(rows text, measures jsonb, dimensions text[], strata text[] DEFAULT '{}', period text DEFAULT NULL, depth integer DEFAULT 1,
		reference text DEFAULT 'others', reference_groups jsonb DEFAULT '{}', estimates text[] DEFAULT '{gap}', min_n bigint DEFAULT 10, confidence double precision DEFAULT 0.95,
		digits integer DEFAULT 4, suppress boolean DEFAULT false, unrecorded_as_group boolean DEFAULT false)
RETURNS SETOF gap_report
LANGUAGE sql VOLATILE COST 100000 ROWS 1000
SET jit = off
BEGIN ATOMIC
	SELECT *
	FROM gapstats_internal.gap_report_for(NULL, rows, measures, dimensions, gap_report.strata, gap_report.period, depth, reference, reference_groups, estimates, min_n, confidence, digits, suppress, unrecorded_as_group);
END;
COMMENT ON FUNCTION gap_report(text, jsonb, text[], text[], text, integer, text, jsonb, text[], bigint, double precision, integer, boolean, boolean) IS
'How large each gap is, in every stratum, and whether it is closing: one row a measure, dimension, stratum, period and group, from one pass over the rows.
rows: a SELECT, or the name of a table, view or foreign table, one row a student (and period), read once with the caller''s rights and without writing.
measures: an object of a measure each, by name: of one of "score" (a column of numbers), "distribution" (a column of distributions, merged), "outcome" (a boolean column), "numerator" with "denominator" (columns of whole numbers of students), "absent" with "enrolled" (columns of sets of days: the share of days absent), or "days" (a set of days: how many; with "enrolled", of those); with "direction", "higher" or "lower", whichever is better; and, if wanted, "cut" (the rate of those at or above it), "during" (of days: a range), "minimum_days" (enrolled), "unit", "cohort" (a boolean column: only of whom it is true), "scale" (the lowest and highest score that there can be), "goal" (a value for each group), "gap_goal" (how large a gap of rates is to be at most).
dimensions: columns whose groups are compared; depth 2: also each two of them. strata: columns; gaps are of everybody, of each column''s values, and of each within those before it. period: a column that sorts, such as the year; each gap is then of one period, and compared with the one before.
reference: ''others'' (everybody but the group), ''everyone'', or ''highest'' (the highest-performing group of those with at least min_n students: with the highest value, or the lowest where lower is better); reference_groups: the groups to compare with instead, by dimension: {"race": "White"}. estimates: what is said, each as rows, with its standard error and interval in the columns of the gap: ''gap'', ''value'' (the group''s own), ''hedges_g'' and ''v'' (of scores), ''risk_ratio'' and ''odds_ratio'' (of rates), ''simultaneous'' (bounds that hold together), ''shrunken'' (drawn towards the gaps of the other strata), ''probability_below_zero'' (of the true gap, by the same), ''change'' (with its p among the changes of the family), ''missing'' (whatever the missing outcomes are), ''percentiles'', ''goal'' (how far it is, the students whom it takes, and what the gap is then), ''widest'' (of a stratum, of groups of at least min_n), ''omnibus'' (do the groups differ at all). min_n: below it a change is not judged. confidence: of all intervals. digits: significant digits of numbers that are no counts; NULL: as they are.
unrecorded_as_group: those whose group is not known are a group, not recorded, like any other. Without it a student whose group is not known is in no gap, and counted in n_missing_group; one whose outcome is not known in n_missing_focal. Numbers of few students are shown as they are, for whoever may read the rows.
suppress: the report as others may see it. suppress() says, with min_n for its minimum, which groups are hidden, of all dimensions, strata and periods and their totals; one that is hidden for one measure is hidden for all. A row whose group is hidden has no numbers and the reason suppressed; one whose reference is, only the group''s own. Gaps to others and everyone need the total and those whose group is not known, a few of whom hide them all, unless unrecorded_as_group has them among the others. The highest, widest, shrunken and omnibus are of groups that are shown, and a p that is hidden is in no family. Groups who are all alike are hidden, too; percentiles are shown with min_n students on either side, and the missing not at all.
Raises 42703 for a column that is not there, 42804 for one that is not what a measure needs, 22000 with suppress for what cannot be hidden, 22023 for what is said wrongly, such as a measure without a direction, a group that no row has or a score outside its scale, 54000 for a dimension of more than 10,000 groups, and with suppress for more small groups that hang together than gapstats.max_small_together, 22004 for a NULL other than of period and digits, 22003 for a count of more than 2,147,483,647.';
