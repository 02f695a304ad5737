-- report/gaps: the gap of each group, what it is worth among the others, and what it was before

CREATE TYPE gapstats_internal.report_gap AS (
	stratum_place integer,
	measure text,
	direction text,
	is_rate boolean,
	dimension text,
	level text,
	n_strata integer,
	stratum text[],
	period text,
	period_place bigint,
	estimate text,
	group_focal text,
	group_reference text,
	rule_of_reference text,
	scores_focal distribution,
	scores_reference distribution,
	x_focal bigint,
	x_reference bigint,
	n_focal bigint,
	n_reference bigint,
	n_missing_focal bigint,
	n_missing_reference bigint,
	n_missing_group bigint,
	share double precision,
	value_focal double precision,
	value_reference double precision,
	gap double precision,
	gap_se double precision,
	gap_lower double precision,
	gap_upper double precision,
	df double precision,
	hedges_g double precision,
	hedges_g_se double precision,
	hedges_g_lower double precision,
	hedges_g_upper double precision,
	v double precision,
	v_se double precision,
	v_lower double precision,
	v_upper double precision,
	risk_ratio double precision,
	p_value double precision,
	p_value_adjusted double precision,
	n_comparisons bigint,
	previous_period text,
	previous_gap double precision,
	previous_n bigint,
	change estimate_change,
	change_p_value_adjusted double precision,
	n_changes bigint,
	n_needed bigint,
	reason text
);
COMMENT ON TYPE gapstats_internal.report_gap IS 'a row of a report, with what it is made of';
COMMENT ON COLUMN gapstats_internal.report_gap.stratum_place IS 'the place of its dimension, level and stratum in the order of the rows';
COMMENT ON COLUMN gapstats_internal.report_gap.measure IS 'the measure';
COMMENT ON COLUMN gapstats_internal.report_gap.direction IS 'higher or lower: which is better';
COMMENT ON COLUMN gapstats_internal.report_gap.is_rate IS 'whether groups differ in rates, not in means';
COMMENT ON COLUMN gapstats_internal.report_gap.dimension IS 'the dimension, or two of them';
COMMENT ON COLUMN gapstats_internal.report_gap.level IS 'the columns of the strata, as one text';
COMMENT ON COLUMN gapstats_internal.report_gap.n_strata IS 'how many they are';
COMMENT ON COLUMN gapstats_internal.report_gap.stratum IS 'their values';
COMMENT ON COLUMN gapstats_internal.report_gap.period IS 'the period, as text';
COMMENT ON COLUMN gapstats_internal.report_gap.period_place IS 'its place among the periods';
COMMENT ON COLUMN gapstats_internal.report_gap.estimate IS 'what the row says of the gap';
COMMENT ON COLUMN gapstats_internal.report_gap.group_focal IS 'whose gap it is';
COMMENT ON COLUMN gapstats_internal.report_gap.group_reference IS 'to whom';
COMMENT ON COLUMN gapstats_internal.report_gap.rule_of_reference IS 'why to them';
COMMENT ON COLUMN gapstats_internal.report_gap.scores_focal IS 'the group''s scores; NULL of counts';
COMMENT ON COLUMN gapstats_internal.report_gap.scores_reference IS 'those of the reference, of everyone without the group itself; NULL where nothing asks for them';
COMMENT ON COLUMN gapstats_internal.report_gap.x_focal IS 'of a rate: the group''s students with the outcome';
COMMENT ON COLUMN gapstats_internal.report_gap.x_reference IS 'the reference''s; everyone''s with the group''s own';
COMMENT ON COLUMN gapstats_internal.report_gap.n_focal IS 'the group''s students';
COMMENT ON COLUMN gapstats_internal.report_gap.n_reference IS 'the reference''s; everyone''s with the group''s own';
COMMENT ON COLUMN gapstats_internal.report_gap.n_missing_focal IS 'rows of the group whose outcome is not known';
COMMENT ON COLUMN gapstats_internal.report_gap.n_missing_reference IS 'rows of the reference, of everyone without the group itself; NULL where there is none';
COMMENT ON COLUMN gapstats_internal.report_gap.n_missing_group IS 'students whose group is not known';
COMMENT ON COLUMN gapstats_internal.report_gap.share IS 'the group''s share of the students of all strata whose group is known';
COMMENT ON COLUMN gapstats_internal.report_gap.value_focal IS 'the group''s value';
COMMENT ON COLUMN gapstats_internal.report_gap.value_reference IS 'the reference''s';
COMMENT ON COLUMN gapstats_internal.report_gap.gap IS 'the one minus the other';
COMMENT ON COLUMN gapstats_internal.report_gap.gap_se IS 'its standard error';
COMMENT ON COLUMN gapstats_internal.report_gap.gap_lower IS 'its lower bound';
COMMENT ON COLUMN gapstats_internal.report_gap.gap_upper IS 'its upper bound';
COMMENT ON COLUMN gapstats_internal.report_gap.df IS 'the degrees of freedom of its t';
COMMENT ON COLUMN gapstats_internal.report_gap.hedges_g IS 'the gap in standard deviations';
COMMENT ON COLUMN gapstats_internal.report_gap.hedges_g_se IS 'its standard error; this and what follows is NULL where nothing asks for it';
COMMENT ON COLUMN gapstats_internal.report_gap.hedges_g_lower IS 'its lower bound';
COMMENT ON COLUMN gapstats_internal.report_gap.hedges_g_upper IS 'its upper bound';
COMMENT ON COLUMN gapstats_internal.report_gap.v IS 'the gap whatever the scale';
COMMENT ON COLUMN gapstats_internal.report_gap.v_se IS 'its standard error; this and what follows is NULL where nothing asks for it';
COMMENT ON COLUMN gapstats_internal.report_gap.v_lower IS 'its lower bound';
COMMENT ON COLUMN gapstats_internal.report_gap.v_upper IS 'its upper bound';
COMMENT ON COLUMN gapstats_internal.report_gap.risk_ratio IS 'the ratio of rates';
COMMENT ON COLUMN gapstats_internal.report_gap.p_value IS 'p of no gap';
COMMENT ON COLUMN gapstats_internal.report_gap.p_value_adjusted IS 'p among those of the family';
COMMENT ON COLUMN gapstats_internal.report_gap.n_comparisons IS 'how many are compared';
COMMENT ON COLUMN gapstats_internal.report_gap.previous_period IS 'the last period before with such a gap';
COMMENT ON COLUMN gapstats_internal.report_gap.previous_gap IS 'the gap then';
COMMENT ON COLUMN gapstats_internal.report_gap.previous_n IS 'students of the smaller group then';
COMMENT ON COLUMN gapstats_internal.report_gap.change IS 'the change since then, with its p';
COMMENT ON COLUMN gapstats_internal.report_gap.change_p_value_adjusted IS 'its p among those of the family';
COMMENT ON COLUMN gapstats_internal.report_gap.n_changes IS 'how many of the family have one';
COMMENT ON COLUMN gapstats_internal.report_gap.n_needed IS 'students that a goal takes';
COMMENT ON COLUMN gapstats_internal.report_gap.reason IS 'why something is NULL';

-- What only some have is behind the rest: a column behind a NULL takes longer to find
CREATE TYPE gapstats_internal.report_comparison AS (
	n_focal bigint,
	n_reference bigint,
	n_missing_group bigint,
	value_focal double precision,
	value_reference double precision,
	gap double precision,
	gap_se double precision,
	gap_lower double precision,
	gap_upper double precision,
	df double precision,
	p_value double precision,
	hedges_g double precision,
	hedges_g_se double precision,
	hedges_g_lower double precision,
	hedges_g_upper double precision,
	v double precision,
	v_se double precision,
	v_lower double precision,
	v_upper double precision,
	x_focal bigint,
	x_reference bigint,
	risk_ratio double precision,
	reason text
);
COMMENT ON TYPE gapstats_internal.report_comparison IS 'a gap of means or of rates, in the columns of report_gap';
COMMENT ON COLUMN gapstats_internal.report_comparison.n_focal IS 'the group''s students';
COMMENT ON COLUMN gapstats_internal.report_comparison.n_reference IS 'the reference''s; everyone''s with the group''s own';
COMMENT ON COLUMN gapstats_internal.report_comparison.n_missing_group IS 'students whose group is not known';
COMMENT ON COLUMN gapstats_internal.report_comparison.value_focal IS 'the group''s value';
COMMENT ON COLUMN gapstats_internal.report_comparison.value_reference IS 'the reference''s';
COMMENT ON COLUMN gapstats_internal.report_comparison.gap IS 'the one minus the other';
COMMENT ON COLUMN gapstats_internal.report_comparison.gap_se IS 'its standard error';
COMMENT ON COLUMN gapstats_internal.report_comparison.gap_lower IS 'its lower bound';
COMMENT ON COLUMN gapstats_internal.report_comparison.gap_upper IS 'its upper bound';
COMMENT ON COLUMN gapstats_internal.report_comparison.df IS 'the degrees of freedom of its t';
COMMENT ON COLUMN gapstats_internal.report_comparison.p_value IS 'p of no gap';
COMMENT ON COLUMN gapstats_internal.report_comparison.hedges_g IS 'the gap in standard deviations';
COMMENT ON COLUMN gapstats_internal.report_comparison.hedges_g_se IS 'its standard error; this and what follows is NULL where nothing asks for it';
COMMENT ON COLUMN gapstats_internal.report_comparison.hedges_g_lower IS 'its lower bound';
COMMENT ON COLUMN gapstats_internal.report_comparison.hedges_g_upper IS 'its upper bound';
COMMENT ON COLUMN gapstats_internal.report_comparison.v IS 'the gap whatever the scale';
COMMENT ON COLUMN gapstats_internal.report_comparison.v_se IS 'its standard error; this and what follows is NULL where nothing asks for it';
COMMENT ON COLUMN gapstats_internal.report_comparison.v_lower IS 'its lower bound';
COMMENT ON COLUMN gapstats_internal.report_comparison.v_upper IS 'its upper bound';
COMMENT ON COLUMN gapstats_internal.report_comparison.x_focal IS 'of a rate: the group''s students with the outcome';
COMMENT ON COLUMN gapstats_internal.report_comparison.x_reference IS 'the reference''s; everyone''s with the group''s own';
COMMENT ON COLUMN gapstats_internal.report_comparison.risk_ratio IS 'the ratio of rates';
COMMENT ON COLUMN gapstats_internal.report_comparison.reason IS 'why something is NULL';

-- The errors of g and V are most of the work of gap_by_group(), so a report has them only where it is asked for them
CREATE FUNCTION gapstats_internal.report_gap_by_group(group_name text, scores distribution, reference text, reference_group text, require_reference boolean, min_n_reference bigint, confidence double precision, is_with_errors boolean)
RETURNS gapstats_internal.report_comparison
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW COST 10000;
COMMENT ON FUNCTION gapstats_internal.report_gap_by_group(text, distribution, text, text, boolean, bigint, double precision, boolean) IS
'A gap of means as gap_by_group() has it, in the columns of a report; is_with_errors: with those of g and V.';

CREATE FUNCTION gapstats_internal.report_comparison(g rate_gap_by_group)
RETURNS gapstats_internal.report_comparison
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ROW(g.n_focal, g.n_reference, g.n_missing_group, g.rate_focal, g.rate_reference, g.difference, g.difference_se, g.difference_lower, g.difference_upper, NULL, g.p_value,
	NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, g.n_outcome_focal, g.n_outcome_reference, g.risk_ratio, g.reason)::gapstats_internal.report_comparison;
COMMENT ON FUNCTION gapstats_internal.report_comparison(rate_gap_by_group) IS
'A gap of rates.';

CREATE FUNCTION gapstats_internal.shown_comparison(c gapstats_internal.report_comparison, is_hidden boolean, is_gap_hidden boolean)
RETURNS gapstats_internal.report_comparison
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN is_gap_hidden THEN
	ROW(CASE WHEN NOT is_hidden THEN (c).n_focal END, NULL, NULL, CASE WHEN NOT is_hidden THEN (c).value_focal END, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
		NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, CASE WHEN NOT is_hidden THEN (c).x_focal END, NULL, NULL, 'suppressed')::gapstats_internal.report_comparison
	ELSE c END;
COMMENT ON FUNCTION gapstats_internal.shown_comparison(gapstats_internal.report_comparison, boolean, boolean) IS
'What others may see of a gap: of one that is hidden the group''s own numbers at most.';

-- STABLE, to be inlined as report_groups() is
CREATE FUNCTION gapstats_internal.report_gaps(rows text, measures jsonb, dimensions text[], strata text[], period text, depth integer, reference text, reference_groups jsonb,
		min_n bigint, confidence double precision, is_with_scores boolean, is_with_reference boolean, is_with_errors boolean, is_for_others boolean, unrecorded_as_group boolean, report regclass)
RETURNS SETOF gapstats_internal.report_gap
LANGUAGE sql STABLE ROWS 10000
BEGIN ATOMIC
	WITH grouped AS MATERIALIZED (
		SELECT g.* FROM gapstats_internal.report_groups(rows, measures, dimensions, report_gaps.strata, report_gaps.period, depth, reference_groups, unrecorded_as_group) g WHERE NOT is_for_others
		UNION ALL
		SELECT g.* FROM gapstats_internal.report_groups_for_others(rows, measures, measures, dimensions, report_gaps.strata, report_gaps.period, depth, reference, reference_groups, min_n, unrecorded_as_group, report) g WHERE is_for_others
	), district AS MATERIALIZED (
		SELECT g.measure, g.dimension, g.period_place, sum(g.n) FILTER (WHERE g.group_name IS NOT NULL) AS n, bool_or(g.is_rest_hidden) AS is_hidden
		FROM grouped g
		WHERE g.n_strata = 0
		GROUP BY g.measure, g.dimension, g.period_place
	), referred AS NOT MATERIALIZED (
		SELECT g.*, g.named AS group_named FROM grouped g WHERE reference <> 'highest'
		UNION ALL
		SELECT g.*, coalesce(g.named, first_value(CASE WHEN g.group_name IS NOT NULL AND g.n >= min_n AND NOT g.is_hidden THEN g.group_name END) OVER best)
		FROM grouped g
		CROSS JOIN LATERAL (SELECT CASE WHEN g.is_rate THEN g.x / nullif(g.n, 0)::double precision ELSE mean(g.scores) END AS value) v
		WHERE reference = 'highest'
		-- the highest performing is the lowest where lower is better; of equals the larger, then the first by name
		WINDOW best AS (PARTITION BY g.is_rate, g.family_place, g.stratum_place
			ORDER BY g.group_name IS NOT NULL AND g.n >= min_n AND NOT g.is_hidden DESC, CASE g.direction WHEN 'lower' THEN v.value ELSE -v.value END, g.n DESC, g.group_name COLLATE "C")
	), asked AS NOT MATERIALIZED (
		SELECT r.*, CASE WHEN r.group_named IS NULL THEN reference ELSE 'others' END AS kind_of_reference,
			-- everyone, or the group that is named
			CASE WHEN r.group_named IS NULL THEN r.group_name IS NOT NULL ELSE r.group_name = r.group_named END AS is_of_reference
		FROM referred r
	), compared AS (
		SELECT m.*, gapstats_internal.report_gap_by_group(m.group_name, m.scores, m.kind_of_reference, m.group_named, false, min_n, confidence, is_with_errors) OVER stratum AS compared,
			sum(m.n_missing) FILTER (WHERE m.is_of_reference) OVER stratum AS n_missing_of_reference, rollup(CASE WHEN is_with_reference THEN m.scores END) FILTER (WHERE m.is_of_reference) OVER stratum AS scores_of_reference
		FROM asked m
		WHERE NOT m.is_rate
		WINDOW stratum AS (PARTITION BY m.family_place, m.stratum_place)
		UNION ALL
		SELECT m.*, gapstats_internal.report_comparison(rate_gap_by_group(m.group_name, m.x, m.n, m.kind_of_reference, m.group_named, false, min_n, confidence) OVER stratum),
			sum(m.n_missing) FILTER (WHERE m.is_of_reference) OVER stratum, NULL
		FROM asked m
		WHERE m.is_rate
		WINDOW stratum AS (PARTITION BY m.family_place, m.stratum_place)
	), shown AS (
		-- scores that nothing asks for are not taken on
		SELECT m.family_place, m.stratum_place, m.measure, m.direction, m.is_rate, m.dimension, m.level, m.n_strata, m.stratum, m.period, m.period_place, m.group_name, m.named, m.group_named,
			CASE WHEN is_with_scores THEN m.scores END AS scores, m.n_missing, m.is_hidden, m.is_gap_hidden, m.is_rest_hidden, (m.compared).n_missing_group, m.n_missing_of_reference, m.scores_of_reference,
			gapstats_internal.shown_comparison(m.compared, m.is_hidden, m.is_gap_hidden) AS c
		FROM compared m
		-- in which they are already, and families are together
		ORDER BY m.family_place, m.stratum_place
	), among AS (
		SELECT g.*, adjusted_p_value((g.c).p_value) OVER family AS p_value_adjusted, count((g.c).p_value) OVER family AS n_comparisons,
			-- everyone but the group itself, or the group that is named
			CASE WHEN g.group_named IS NOT NULL THEN g.n_missing_of_reference WHEN reference <> 'highest' THEN g.n_missing_of_reference - g.n_missing END AS n_missing_reference,
			CASE WHEN NOT is_with_reference OR g.is_rate OR g.is_gap_hidden OR g.group_name IS NULL THEN NULL
				WHEN g.group_named IS NOT NULL THEN g.scores_of_reference
				WHEN reference <> 'highest' THEN g.scores_of_reference - g.scores END AS scores_reference
		FROM shown g
		WINDOW family AS (PARTITION BY g.family_place)
	), known AS NOT MATERIALIZED (
		SELECT a.*, CASE WHEN a.group_named IS NOT NULL THEN a.group_named WHEN reference = 'others' THEN 'everyone else' WHEN reference = 'everyone' THEN 'everyone' END AS group_reference
		FROM among a
		WHERE a.group_name IS NOT NULL
	)
	SELECT a.stratum_place, a.measure, a.direction, a.is_rate, a.dimension, a.level, a.n_strata, a.stratum, a.period, a.period_place, 'gap', a.group_name,
		a.group_reference, CASE WHEN a.named IS NOT NULL THEN 'named' ELSE reference END, CASE WHEN NOT a.is_hidden THEN a.scores END, a.scores_reference, (a.c).x_focal, (a.c).x_reference, (a.c).n_focal,
		CASE WHEN (a.c).reason IS DISTINCT FROM 'is_reference' THEN (a.c).n_reference END, a.n_missing,
		CASE WHEN (a.c).reason IS DISTINCT FROM 'is_reference' THEN a.n_missing_reference::bigint END,
		CASE WHEN NOT a.is_rest_hidden THEN a.n_missing_group END, CASE WHEN NOT d.is_hidden THEN (a.c).n_focal / nullif(d.n, 0)::double precision END,
		(a.c).value_focal, (a.c).value_reference, (a.c).gap, (a.c).gap_se, (a.c).gap_lower, (a.c).gap_upper, (a.c).df, (a.c).hedges_g, (a.c).hedges_g_se, (a.c).hedges_g_lower, (a.c).hedges_g_upper,
		(a.c).v, (a.c).v_se, (a.c).v_lower, (a.c).v_upper, (a.c).risk_ratio,
		(a.c).p_value, a.p_value_adjusted, CASE WHEN NOT a.is_gap_hidden THEN a.n_comparisons END,
		a.previous_period, a.previous_gap, a.previous_n, a.change, a.change_p_value_adjusted, a.n_changes, NULL::bigint, (a.c).reason
	FROM (
		SELECT k.*, NULL::text AS previous_period, NULL::double precision AS previous_gap, NULL::bigint AS previous_n, NULL::estimate_change AS change, NULL::double precision AS change_p_value_adjusted, NULL::bigint AS n_changes
		FROM known k
		WHERE report_gaps.period IS NULL
		UNION ALL
		SELECT c.*, adjusted_p_value((c.change).p_value) OVER family, count((c.change).p_value) OVER family
		FROM (
			SELECT k.*, CASE WHEN (k.c).gap IS NOT NULL THEN lag(k.period) OVER years END, lag((k.c).gap) OVER years, lag(least((k.c).n_focal, (k.c).n_reference)) OVER years,
				CASE WHEN lag((k.c).gap) OVER years IS NOT NULL THEN estimate_change(lag((k.c).gap) OVER years, lag((k.c).gap_se) OVER years, (k.c).gap, (k.c).gap_se, confidence) END AS change
			FROM known k
			WHERE report_gaps.period IS NOT NULL
			-- a gap to another group is another gap, and nothing comes after what is not known
			WINDOW years AS (PARTITION BY k.measure, k.stratum_place, k.group_name, k.group_reference, k.period IS NULL, (k.c).gap IS NULL ORDER BY k.period_place)
		) c
		WINDOW family AS (PARTITION BY c.family_place)
	) a
	JOIN district d USING (measure, dimension, period_place);
END;
COMMENT ON FUNCTION gapstats_internal.report_gaps(text, jsonb, text[], text[], text, integer, text, jsonb, bigint, double precision, boolean, boolean, boolean, boolean, boolean, regclass) IS
'The gaps of a report, exact, one row a group; is_with_scores: with its scores, is_with_reference: with those of the reference, and is_with_errors: with the errors of g and V, which only some estimates need; is_for_others: nothing of what is hidden from them.';
