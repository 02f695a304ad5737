-- report/estimates: what else can be said of a gap

-- What stands in a row is of its own estimate: of the gap itself only who is compared stays.
CREATE FUNCTION gapstats_internal.report_estimate(g gapstats_internal.report_gap, estimate text)
RETURNS gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	g.estimate := estimate;
	g.gap_se := NULL;
	g.gap_lower := NULL;
	g.gap_upper := NULL;
	g.hedges_g := NULL;
	g.v := NULL;
	g.risk_ratio := NULL;
	g.p_value := NULL;
	g.p_value_adjusted := NULL;
	g.n_comparisons := NULL;
	g.previous_period := NULL;
	g.previous_gap := NULL;
	g.change := NULL;
	-- those of V and of ratios are of the gap's own row
	IF g.reason IN ('overlap', 'coarse', 'complete_separation') THEN
		g.reason := NULL;
	END IF;
	RETURN g;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_estimate(gapstats_internal.report_gap, text) IS
'The row of another estimate of a gap, with the gap and without what belongs to it.';

-- Of a group by itself, which others may see where its gap is hidden
CREATE FUNCTION gapstats_internal.report_of_group(g gapstats_internal.report_gap, estimate text)
RETURNS gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	said gapstats_internal.report_gap := gapstats_internal.report_estimate(g, estimate);
BEGIN
	said.group_reference := NULL;
	said.rule_of_reference := NULL;
	said.n_reference := NULL;
	said.n_missing_reference := NULL;
	said.value_reference := NULL;
	said.gap := NULL;
	said.reason := CASE WHEN g.reason = 'suppressed' AND g.n_focal IS NULL THEN 'suppressed' END;
	RETURN said;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_of_group(gapstats_internal.report_gap, text) IS
'A row of a group that compares it with nobody.';

CREATE FUNCTION gapstats_internal.report_simultaneous(g gapstats_internal.report_gap, confidence double precision)
RETURNS gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	said gapstats_internal.report_gap := gapstats_internal.report_estimate(g, 'simultaneous');
	is_within CONSTANT boolean := g.rule_of_reference = 'everyone';
	bounds record;
BEGIN
	said.n_comparisons := g.n_comparisons;
	said.gap_se := g.gap_se;
	IF g.p_value IS NULL THEN
		RETURN said;
	ELSIF NOT g.is_rate THEN
		SELECT * INTO bounds FROM gapstats.simultaneous_interval(g.gap, g.gap_se, g.n_comparisons, g.df, confidence);
		said.gap_lower := bounds.lower;
		said.gap_upper := bounds.upper;
	ELSE
		-- from everyone, the group itself among them, the gap is that from the others times their share
		SELECT b.difference_lower * o.share AS lower, b.difference_upper * o.share AS upper INTO bounds
		FROM (SELECT CASE WHEN is_within THEN (g.n_reference - g.n_focal) / g.n_reference::double precision ELSE 1 END AS share) o
		CROSS JOIN LATERAL gapstats.rate_gap(g.x_focal, g.n_focal, g.x_reference - CASE WHEN is_within THEN g.x_focal ELSE 0 END, g.n_reference - CASE WHEN is_within THEN g.n_focal ELSE 0 END,
			gapstats.simultaneous_confidence(g.n_comparisons, confidence)) b;
		said.gap_lower := bounds.lower;
		said.gap_upper := bounds.upper;
	END IF;
	RETURN said;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_simultaneous(gapstats_internal.report_gap, double precision) IS
'The row of the bounds of a gap that hold together with those of its family.';

CREATE FUNCTION gapstats_internal.report_shrunken(g gapstats_internal.report_gap, s gapstats.shrunken_estimate)
RETURNS gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	said gapstats_internal.report_gap := gapstats_internal.report_estimate(g, 'shrunken');
BEGIN
	said.value_focal := NULL;
	said.value_reference := NULL;
	said.n_comparisons := s.n_groups;
	said.gap := s.shrunken;
	said.gap_se := s.shrunken_se;
	said.gap_lower := s.shrunken_lower;
	said.gap_upper := s.shrunken_upper;
	said.reason := CASE WHEN g.gap IS NULL OR g.gap_se IS NULL THEN g.reason ELSE s.reason END;
	RETURN said;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_shrunken(gapstats_internal.report_gap, gapstats.shrunken_estimate) IS
'The row of a gap that is drawn towards those of the other strata.';

CREATE FUNCTION gapstats_internal.report_below_zero(g gapstats_internal.report_gap, s gapstats.shrunken_estimate)
RETURNS gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	said gapstats_internal.report_gap := gapstats_internal.report_shrunken(g, s);
BEGIN
	said.estimate := 'probability_below_zero';
	said.gap := s.probability_below_zero;
	said.gap_se := NULL;
	said.gap_lower := NULL;
	said.gap_upper := NULL;
	RETURN said;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_below_zero(gapstats_internal.report_gap, gapstats.shrunken_estimate) IS
'The row of the probability that the true gap is below 0, by the gap that is drawn towards those of the other strata.';

-- Of means the errors come with the gap itself: those from everyone are not those from the others
CREATE FUNCTION gapstats_internal.report_effect(g gapstats_internal.report_gap, estimate text, confidence double precision)
RETURNS gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	said gapstats_internal.report_gap := gapstats_internal.report_estimate(g, estimate);
	effect record;
BEGIN
	said.value_focal := NULL;
	said.value_reference := NULL;
	said.gap := NULL;
	IF g.reason IN ('is_reference', 'no_comparison', 'suppressed') THEN
		RETURN said;
	END IF;
	CASE estimate
		WHEN 'hedges_g' THEN
			SELECT g.hedges_g AS estimate, g.hedges_g_se AS se, g.hedges_g_lower AS lower, g.hedges_g_upper AS upper,
				CASE WHEN g.hedges_g_lower IS NULL THEN CASE WHEN g.reason IN ('coarse', 'complete_separation') THEN 'out_of_range' ELSE g.reason END END AS reason INTO effect;
		WHEN 'v' THEN
			SELECT g.v AS estimate, g.v_se AS se, g.v_lower AS lower, g.v_upper AS upper, CASE WHEN g.v_lower IS NULL OR g.reason = 'coarse' THEN g.reason END AS reason INTO effect;
		WHEN 'risk_ratio' THEN
			SELECT r.estimate, r.log_se AS se, r.lower, r.upper, r.reason INTO effect FROM gapstats.risk_ratio(g.x_focal, g.n_focal, g.x_reference, g.n_reference, confidence) r;
		WHEN 'odds_ratio' THEN
			SELECT r.estimate, r.log_se AS se, r.lower, r.upper, r.reason INTO effect FROM gapstats.odds_ratio(g.x_focal, g.n_focal, g.x_reference, g.n_reference, confidence) r;
	END CASE;
	said.gap := effect.estimate;
	-- of a ratio to everyone, whom the group is a part of, there is no error
	IF g.is_rate AND g.rule_of_reference = 'everyone' THEN
		said.reason := CASE WHEN effect.estimate IS NULL THEN effect.reason ELSE 'overlap' END;
		RETURN said;
	END IF;
	said.gap_se := effect.se;
	said.gap_lower := effect.lower;
	said.gap_upper := effect.upper;
	said.reason := effect.reason;
	RETURN said;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_effect(gapstats_internal.report_gap, text, double precision) IS
'The row of an effect size or a ratio, hedges_g, v, risk_ratio or odds_ratio, with its interval.';

CREATE FUNCTION gapstats_internal.report_change(g gapstats_internal.report_gap)
RETURNS gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	said gapstats_internal.report_gap := gapstats_internal.report_estimate(g, 'change');
BEGIN
	said.previous_period := g.previous_period;
	said.value_focal := g.gap;
	said.value_reference := g.previous_gap;
	said.gap := g.gap - g.previous_gap;
	said.gap_se := (g.change).se;
	said.gap_lower := (g.change).lower;
	said.gap_upper := (g.change).upper;
	said.p_value := (g.change).p_value;
	said.p_value_adjusted := g.change_p_value_adjusted;
	said.n_comparisons := g.n_changes;
	said.reason := (g.change).reason;
	RETURN said;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_change(gapstats_internal.report_gap) IS
'The row of the change of a gap since the period before, with its p among the changes of the family.';

CREATE FUNCTION gapstats_internal.report_group_value(g gapstats_internal.report_gap, confidence double precision)
RETURNS gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	said gapstats_internal.report_gap := gapstats_internal.report_of_group(g, 'value');
	value CONSTANT gapstats_internal.group_value := gapstats_internal.group_value(g.is_rate, g.scores_focal, g.x_focal, g.n_focal, confidence);
BEGIN
	IF said.reason IS NULL THEN
		said.gap := value.estimate;
		said.gap_se := value.se;
		said.gap_lower := value.lower;
		said.gap_upper := value.upper;
		said.reason := value.reason;
	END IF;
	RETURN said;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_group_value(gapstats_internal.report_gap, double precision) IS
'The row of the group''s own mean or rate, with its interval.';

CREATE FUNCTION gapstats_internal.report_missing(g gapstats_internal.report_gap, m gapstats_internal.report_measure)
RETURNS gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	said gapstats_internal.report_gap := gapstats_internal.report_estimate(g, 'missing');
	is_within CONSTANT boolean := g.rule_of_reference = 'everyone';
	-- of a group of whom nobody was seen, all that is known is how many are missing
	n_others CONSTANT bigint := CASE WHEN is_within THEN coalesce(greatest(g.n_reference - g.n_focal, 0), 0) ELSE coalesce(g.n_reference, 0) END;
	x_others CONSTANT bigint := CASE WHEN is_within THEN coalesce(greatest(g.x_reference - g.x_focal, 0), 0) ELSE coalesce(g.x_reference, 0) END;
	-- where rows are not students, nobody has counted those that are missing
	n_missing CONSTANT bigint := CASE WHEN m.kind <> 'numerator' THEN g.n_missing_focal END;
	bounds record;
	share double precision := 1;
BEGIN
	IF g.reason = 'is_reference' OR (g.reason = 'no_comparison' AND n_others = 0 AND coalesce(g.n_missing_reference, 0) = 0) THEN
		RETURN said;
	ELSIF g.is_rate THEN
		SELECT b.* INTO bounds FROM gapstats.rate_gap_bounds(coalesce(g.x_focal, 0), coalesce(g.n_focal, 0), x_others, n_others, n_missing, g.n_missing_reference) b;
	ELSE
		IF gapstats.minimum(g.scores_focal) < m.scale_lower OR gapstats.maximum(g.scores_focal) > m.scale_upper THEN
			RAISE EXCEPTION 'measure "%": scores of group "%" are outside its scale, % to %', g.measure, g.group_focal, m.scale_lower, m.scale_upper USING ERRCODE = 'invalid_parameter_value';
		END IF;
		SELECT b.* INTO bounds FROM gapstats.mean_gap_bounds(g.scores_focal, g.scores_reference, n_missing, g.n_missing_reference, m.scale_lower, m.scale_upper) b;
	END IF;
	-- with everyone, whoever is missing among them
	IF is_within THEN
		share := (n_others + g.n_missing_reference) / nullif(n_others + g.n_missing_reference + g.n_focal + g.n_missing_focal, 0)::double precision;
	END IF;
	said.gap_lower := bounds.lowest_difference * share;
	said.gap_upper := bounds.highest_difference * share;
	said.reason := bounds.reason;
	RETURN said;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_missing(gapstats_internal.report_gap, gapstats_internal.report_measure) IS
'The row of the bounds of a gap whatever the missing outcomes are.';

CREATE FUNCTION gapstats_internal.report_hidden(g gapstats_internal.report_gap, is_hidden boolean)
RETURNS gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	g.value_reference := NULL;
	g.gap := NULL;
	g.gap_se := NULL;
	g.gap_lower := NULL;
	g.gap_upper := NULL;
	g.reason := 'suppressed';
	IF is_hidden THEN
		g.value_focal := NULL;
	END IF;
	RETURN g;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_hidden(gapstats_internal.report_gap, boolean) IS
'The row of a percentile whose gap is hidden, or also the group''s own value.';

CREATE FUNCTION gapstats_internal.report_percentiles(g gapstats_internal.report_gap, confidence double precision, least_beside bigint)
RETURNS SETOF gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_within CONSTANT boolean := g.rule_of_reference = 'everyone' AND g.scores_reference IS NOT NULL;
	reference CONSTANT gapstats.distribution := CASE WHEN is_within THEN g.scores_focal OPERATOR(gapstats.+) g.scores_reference WHEN g.reason = 'is_reference' THEN NULL ELSE g.scores_reference END;
	said gapstats_internal.report_gap;
	q gapstats.quantile_gaps;
	share_beside numeric;
BEGIN
	FOR q IN SELECT * FROM gapstats.quantile_gaps(g.scores_focal, reference, '{0.1,0.25,0.5,0.75,0.9}', confidence)
	LOOP
		said := gapstats_internal.report_estimate(g, 'percentile ' || q.fraction);
		said.value_focal := q.percentile_focal;
		said.value_reference := q.percentile_reference;
		said.gap := q.difference;
		IF NOT is_within THEN
			said.gap_se := q.difference_se;
			said.gap_lower := q.difference_lower;
			said.gap_upper := q.difference_upper;
		END IF;
		-- a reason of the group's own interval, which is not shown, is none
		said.reason := CASE WHEN g.reason IN ('is_reference', 'no_comparison', 'suppressed') THEN g.reason WHEN is_within AND q.difference IS NOT NULL THEN 'overlap'
			WHEN said.gap_lower IS NOT NULL THEN NULL WHEN said.gap_se = 0 THEN 'zero_variance' ELSE q.reason END;
		-- near the end a percentile is one student's score
		share_beside := least(q.fraction::numeric, 1 - q.fraction::numeric);
		IF share_beside * least(gapstats.n(g.scores_focal), gapstats.n(reference)) < least_beside THEN
			said := gapstats_internal.report_hidden(said, share_beside * gapstats.n(g.scores_focal) < least_beside);
		END IF;
		RETURN NEXT said;
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_percentiles(gapstats_internal.report_gap, double precision, bigint) IS
'The rows of a gap at each of five percentiles; least_beside: only those with so many students on either side.';

CREATE FUNCTION gapstats_internal.report_goal(g gapstats_internal.report_gap, m gapstats_internal.report_measure, confidence double precision)
RETURNS gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	said gapstats_internal.report_gap := gapstats_internal.report_of_group(g, 'goal');
	goal CONSTANT double precision := m.goal;
	value CONSTANT gapstats_internal.group_value := gapstats_internal.group_value(g.is_rate, g.scores_focal, g.x_focal, g.n_focal, confidence);
BEGIN
	said.group_reference := 'goal';
	said.rule_of_reference := 'goal';
	said.value_reference := goal;
	IF said.reason IS NOT NULL THEN
		RETURN said;
	ELSIF g.is_rate THEN
		said.n_needed := gapstats_internal.students_to_rate(g.x_focal, g.n_focal, m.goal, g.direction);
	END IF;
	said.gap := value.estimate - goal;
	said.gap_se := value.se;
	said.gap_lower := value.lower - goal;
	said.gap_upper := value.upper - goal;
	said.reason := value.reason;
	RETURN said;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_goal(gapstats_internal.report_gap, gapstats_internal.report_measure, double precision) IS
'The row of how far a group is from the goal, and the students that would bring it there.';

CREATE FUNCTION gapstats_internal.gap_students_needed(g gapstats_internal.report_gap, m gapstats_internal.report_measure)
RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN CASE WHEN g.gap IS NOT NULL THEN
		gapstats_internal.students_to_gap(g.x_focal, g.n_focal, g.x_reference, g.n_reference, m.gap_goal, g.direction, g.rule_of_reference = 'everyone') END;
END
$$;
COMMENT ON FUNCTION gapstats_internal.gap_students_needed(gapstats_internal.report_gap, gapstats_internal.report_measure) IS
'The fewest students of a group who bring its gap to its goal; NULL where there is no gap.';

-- As the row of a goal: what there is, the goal, and how far the one is from the other.  A group that is behind has a gap below
-- 0 where higher is better, and so has its goal.
CREATE FUNCTION gapstats_internal.report_gap_goal(g gapstats_internal.report_gap, m gapstats_internal.report_measure)
RETURNS gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	said gapstats_internal.report_gap := gapstats_internal.report_estimate(g, 'gap goal');
	goal CONSTANT double precision := CASE g.direction WHEN 'higher' THEN -m.gap_goal ELSE m.gap_goal END;
BEGIN
	said.value_focal := g.gap;
	said.value_reference := CASE WHEN g.gap IS NOT NULL THEN goal END;
	said.gap := g.gap - goal;
	said.gap_se := g.gap_se;
	said.gap_lower := g.gap_lower - goal;
	said.gap_upper := g.gap_upper - goal;
	said.n_needed := gapstats_internal.gap_students_needed(g, m);
	RETURN said;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_gap_goal(gapstats_internal.report_gap, gapstats_internal.report_measure) IS
'The row of how far a gap is from its goal, and the students of the group that would bring it there.';

CREATE FUNCTION gapstats_internal.report_gap_then(g gapstats_internal.report_gap, m gapstats_internal.report_measure)
RETURNS gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	said gapstats_internal.report_gap := gapstats_internal.report_estimate(g, 'gap then');
	n_needed CONSTANT bigint := gapstats_internal.gap_students_needed(g, m);
	moved CONSTANT bigint := CASE g.direction WHEN 'higher' THEN n_needed ELSE -n_needed END;
	x_focal CONSTANT numeric := g.x_focal + moved;
	x_reference CONSTANT numeric := g.x_reference + CASE WHEN g.rule_of_reference = 'everyone' THEN moved ELSE 0 END;
BEGIN
	said.value_focal := NULL;
	said.value_reference := NULL;
	said.gap := NULL;
	-- in whole numbers, as the students were counted
	IF n_needed IS NOT NULL THEN
		said.n_needed := n_needed;
		said.value_focal := x_focal / g.n_focal;
		said.value_reference := x_reference / g.n_reference;
		said.gap := (x_focal * g.n_reference - x_reference * g.n_focal) / (g.n_focal::numeric * g.n_reference);
	END IF;
	RETURN said;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_gap_then(gapstats_internal.report_gap, gapstats_internal.report_measure) IS
'The row of what a gap is when the students that its goal takes have succeeded.';

-- What is said of a stratum, not of a group

CREATE FUNCTION gapstats_internal.report_of_nobody(g gapstats_internal.report_gap, reason text)
RETURNS gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	g.group_focal := NULL;
	g.group_reference := NULL;
	g.rule_of_reference := NULL;
	g.n_focal := NULL;
	g.n_reference := NULL;
	g.n_missing_focal := NULL;
	g.n_missing_reference := NULL;
	g.share := NULL;
	g.value_focal := NULL;
	g.value_reference := NULL;
	g.gap := NULL;
	g.reason := reason;
	RETURN g;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_of_nobody(gapstats_internal.report_gap, text) IS
'A row of a stratum that speaks of no group.';

CREATE FUNCTION gapstats_internal.report_widest(ends gapstats_internal.report_gap[], n_groups bigint, is_any_hidden boolean, confidence double precision)
RETURNS gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	best CONSTANT gapstats_internal.report_gap := ends[1];
	worst CONSTANT gapstats_internal.report_gap := ends[cardinality(ends)];
	n_pairs CONSTANT bigint := n_groups * (n_groups - 1) / 2;
	said gapstats_internal.report_gap := gapstats_internal.report_estimate(worst, 'widest');
	difference record;
BEGIN
	said.rule_of_reference := 'highest';
	said.group_reference := best.group_focal;
	said.n_reference := best.n_focal;
	said.n_missing_reference := best.n_missing_focal;
	said.value_reference := best.value_focal;
	said.n_comparisons := n_pairs;
	IF n_groups < 2 THEN
		RETURN gapstats_internal.report_of_nobody(said, CASE WHEN is_any_hidden THEN 'suppressed' ELSE 'one_group' END);
	ELSIF worst.is_rate THEN
		SELECT d.difference, d.difference_se AS se, d.difference_lower AS lower, d.difference_upper AS upper, d.reason INTO difference
		FROM gapstats.rate_gap(worst.x_focal, worst.n_focal, best.x_focal, best.n_focal, gapstats.simultaneous_confidence(n_pairs, confidence)) d;
	ELSE
		SELECT d.difference, d.difference_se AS se, i.lower, i.upper, d.reason INTO difference
		FROM gapstats.mean_gap(worst.scores_focal, best.scores_focal) d
			CROSS JOIN LATERAL gapstats.simultaneous_interval(d.difference, d.difference_se, n_pairs, d.df, confidence) i;
	END IF;
	said.gap := difference.difference;
	said.gap_se := difference.se;
	said.gap_lower := difference.lower;
	said.gap_upper := difference.upper;
	said.reason := difference.reason;
	RETURN said;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_widest(gapstats_internal.report_gap[], bigint, boolean, double precision) IS
'The row of the widest gap of a stratum: of the group that does worst to that which does best, first in ends, of so many groups; is_any_hidden: others of them are hidden.';

CREATE FUNCTION gapstats_internal.report_omnibus(of_stratum gapstats_internal.report_gap, rates gapstats.chi_squared_test, means gapstats.welch_anova, is_any_hidden boolean)
RETURNS gapstats_internal.report_gap
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	said gapstats_internal.report_gap := gapstats_internal.report_of_nobody(gapstats_internal.report_estimate(of_stratum, 'omnibus'), NULL);
BEGIN
	IF of_stratum.is_rate THEN
		said.n_comparisons := rates.n_groups;
		said.p_value := rates.p_value;
		said.reason := CASE WHEN rates.reason IS NOT NULL THEN rates.reason WHEN rates.is_small_expected THEN 'small_expected' END;
	ELSE
		said.n_comparisons := means.n_groups;
		said.p_value := means.p_value;
		said.reason := means.reason;
	END IF;
	IF is_any_hidden AND said.reason = 'one_group' THEN
		said.reason := 'suppressed';
	END IF;
	RETURN said;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_omnibus(gapstats_internal.report_gap, gapstats.chi_squared_test, gapstats.welch_anova, boolean) IS
'The row of whether the groups of a stratum differ at all; is_any_hidden: others of them are hidden.';
