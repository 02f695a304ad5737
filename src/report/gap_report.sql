-- report/gap_report: how large each gap is, in every stratum, and whether it is closing

CREATE FUNCTION gapstats_internal.report_name(name text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN name ~ '[",×]' OR name = 'all' THEN format('"%s"', replace(name, '"', '""')) ELSE name END;
COMMENT ON FUNCTION gapstats_internal.report_name(text) IS
'The name of a column, in quotes if it could be taken for something else.';

CREATE FUNCTION gapstats_internal.report_levels(strata text[])
RETURNS TABLE (level text, places integer[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	-- all together, each alone, and each within those before it
	SELECT DISTINCT coalesce((SELECT string_agg(gapstats_internal.report_name(strata[p]), ', ' ORDER BY p) FROM unnest(l.places) AS p), 'all'), l.places
	FROM (
		SELECT '{}'::integer[] AS places
		UNION ALL
		SELECT ARRAY[i] FROM generate_subscripts(strata, 1) AS i
		UNION ALL
		SELECT ARRAY(SELECT * FROM generate_series(1, i)) FROM generate_subscripts(strata, 1) AS i
	) l;
END;
COMMENT ON FUNCTION gapstats_internal.report_levels(text[]) IS
'The levels of a report: everybody, each stratum, and each within those before it; with the places of their columns among the strata.';

CREATE FUNCTION gapstats_internal.report_dimensions(dimensions text[], depth integer)
RETURNS TABLE (dimension text, places integer[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT gapstats_internal.report_name(d), ARRAY[i::integer] FROM unnest(dimensions) WITH ORDINALITY AS a (d, i)
	UNION ALL
	SELECT gapstats_internal.report_name(a.d) || ' × ' || gapstats_internal.report_name(b.d), ARRAY[a.i, b.i]::integer[]
	FROM unnest(dimensions) WITH ORDINALITY AS a (d, i)
	JOIN unnest(dimensions) WITH ORDINALITY AS b (d, i) ON a.i < b.i
	WHERE depth = 2;
END;
COMMENT ON FUNCTION gapstats_internal.report_dimensions(text[], integer) IS
'The dimensions of a report, and with depth 2 each pair of them; with their places among the dimensions.';

CREATE FUNCTION gapstats_internal.values_at(texts text[], places integer[])
RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(SELECT texts[p.place] FROM unnest(places) WITH ORDINALITY AS p (place, i) ORDER BY p.i);
COMMENT ON FUNCTION gapstats_internal.values_at(text[], integer[]) IS
'The texts in these places.';

CREATE FUNCTION gapstats_internal.members_at(groups text[], places integer[])
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE cardinality(places) WHEN 1 THEN ARRAY[groups[places[1]]] ELSE ARRAY[groups[places[1]], groups[places[2]]] END;
COMMENT ON FUNCTION gapstats_internal.members_at(text[], integer[]) IS
'The groups in one or two places.';

CREATE FUNCTION gapstats_internal.group_name(members text[])
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN array_position(members, NULL) IS NULL THEN array_to_string(members, ' × ') END;
COMMENT ON FUNCTION gapstats_internal.group_name(text[]) IS
'The name of a group of one dimension, or of two; NULL if one of them is not known.';

CREATE FUNCTION gapstats_internal.check_report(dimensions text[], strata text[], period text, depth integer, reference text, reference_groups jsonb, min_n bigint, confidence double precision, digits integer)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	named text;
BEGIN
	SELECT o.name INTO named
	FROM (VALUES ('dimensions', dimensions IS NULL), ('strata', strata IS NULL), ('depth', depth IS NULL), ('reference', reference IS NULL),
		('reference_groups', reference_groups IS NULL), ('min_n', min_n IS NULL), ('confidence', confidence IS NULL)) o (name, is_null)
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
	SELECT c INTO named FROM unnest(dimensions || strata || period) AS c WHERE c IS NOT NULL GROUP BY c HAVING count(*) > 1 ORDER BY c LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'column "%" is named twice', named USING ERRCODE = 'invalid_parameter_value';
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
	IF NOT (confidence > 0 AND confidence < 1) THEN
		RAISE EXCEPTION 'confidence must be above 0 and below 1, not %', confidence
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Write 0.95 for 95%.';
	END IF;
	PERFORM gapstats_internal.significant(1, digits);
	IF min_n < 1 THEN
		RAISE EXCEPTION 'min_n must be at least 1, not %', min_n USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF jsonb_typeof(reference_groups) <> 'object' THEN
		RAISE EXCEPTION 'reference_groups must be an object' USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as {"race": "White"}.';
	END IF;
	SELECT g.key INTO named FROM jsonb_each(reference_groups) AS g WHERE jsonb_typeof(g.value) <> 'string' LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'reference_groups: the group of "%" must be a name', named USING ERRCODE = 'invalid_parameter_value';
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
COMMENT ON FUNCTION gapstats_internal.check_report(text[], text[], text, integer, text, jsonb, bigint, double precision, integer) IS
'True, or 22004 for a NULL and 22023 for what a report cannot be asked.';

CREATE FUNCTION gapstats_internal.known_group(dimension text, is_pair boolean, name text, groups text[])
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	most CONSTANT integer := 10000;
BEGIN
	IF cardinality(groups) > most THEN
		RAISE EXCEPTION 'dimension % has % groups', dimension, cardinality(groups)
			USING ERRCODE = 'program_limit_exceeded', DETAIL = format('The limit is %s.', most), HINT = 'Is it a column of groups? What tells students apart is none.';
	END IF;
	-- nobody need have groups of both of a pair
	IF cardinality(groups) = 0 AND NOT is_pair THEN
		RAISE EXCEPTION 'dimension % has no groups', dimension
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It is NULL in all rows.';
	END IF;
	IF name IS NOT NULL AND NOT name = ANY (groups) THEN
		RAISE EXCEPTION 'reference_groups: no row has the group "%" of %', name, dimension
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = format('There are %s.', (SELECT string_agg(format('"%s"', g), ', ' ORDER BY g) FROM unnest(groups[:20]) AS g) || CASE WHEN cardinality(groups) > 20 THEN format(' and %s others', cardinality(groups) - 20) ELSE '' END);
	END IF;
	RETURN name;
END
$$;
COMMENT ON FUNCTION gapstats_internal.known_group(text, boolean, text, text[]) IS
'The name of a group, or NULL. Raises 22023 if it is not among the groups, with those that there are, or a dimension has none, and 54000 for more than 10,000 groups.';

CREATE FUNCTION gapstats_internal.known_count(measure text, group_focal text, x bigint, n bigint)
RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF x < 0 OR x > n THEN
		RAISE EXCEPTION 'measure "%": % of % students of group "%"', measure, x, n, group_focal
			USING ERRCODE = 'invalid_parameter_value', HINT = 'A numerator is one of students among those of the denominator.';
	END IF;
	RETURN x;
END
$$;
COMMENT ON FUNCTION gapstats_internal.known_count(text, text, bigint, bigint) IS
'The students with an outcome. Raises 22023 for fewer than none, or more than all.';

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
COMMENT ON TYPE gap_report IS 'a gap of a report';
COMMENT ON COLUMN gap_report.key IS 'what tells the row from all others of the report: measure, dimension, level, stratum, period, focal group and estimate, as JSON';
COMMENT ON COLUMN gap_report.measure IS 'what is measured, by the name that the caller gave it';
COMMENT ON COLUMN gap_report.direction IS 'higher or lower: which is better';
COMMENT ON COLUMN gap_report.unit IS 'what it is counted in, if the caller said it';
COMMENT ON COLUMN gap_report.dimension IS 'the column whose groups are compared; with depth 2 also two of them, such as race × income';
COMMENT ON COLUMN gap_report.level IS 'the columns of the strata, such as school, or grade, school; all where everybody is one stratum';
COMMENT ON COLUMN gap_report.stratum IS 'their values; not recorded for NULL, all at level all';
COMMENT ON COLUMN gap_report.period IS 'the value of the period; NULL without one';
COMMENT ON COLUMN gap_report.estimate IS 'what the row says of the gap: gap';
COMMENT ON COLUMN gap_report.group_focal IS 'the group whose gap it is';
COMMENT ON COLUMN gap_report.group_reference IS 'whom it is compared with: a group, everyone else or everyone';
COMMENT ON COLUMN gap_report.rule_of_reference IS 'why: others, everyone, highest or named';
COMMENT ON COLUMN gap_report.n_focal IS 'students of the group whose outcome is known';
COMMENT ON COLUMN gap_report.n_reference IS 'the same of the reference; NULL in its own row';
COMMENT ON COLUMN gap_report.n_missing_focal IS 'rows of the group whose outcome is not known; NULL of stored distributions';
COMMENT ON COLUMN gap_report.n_missing_group IS 'students of the stratum whose outcome is known, and whose group is not';
COMMENT ON COLUMN gap_report.share IS 'the group''s share of the students of the stratum whose outcome and group are known, 0..1';
COMMENT ON COLUMN gap_report.value_focal IS 'the group''s mean, or its rate 0..1';
COMMENT ON COLUMN gap_report.value_reference IS 'the same of the reference';
COMMENT ON COLUMN gap_report.gap IS 'value_focal minus value_reference';
COMMENT ON COLUMN gap_report.gap_se IS 'standard error of the gap (Welch; of rates Wald)';
COMMENT ON COLUMN gap_report.gap_lower IS 'lower confidence bound (Welch''s t; of rates Newcombe 1998, method 10)';
COMMENT ON COLUMN gap_report.gap_upper IS 'upper confidence bound';
COMMENT ON COLUMN gap_report.hedges_g IS 'the gap in standard deviations; NULL of rates';
COMMENT ON COLUMN gap_report.v IS 'V, which any increasing change of scale leaves alone (Ho 2009); NULL of rates';
COMMENT ON COLUMN gap_report.risk_ratio IS 'rate divided by rate; NULL of means';
COMMENT ON COLUMN gap_report.p_value IS 'two-sided p of no gap';
COMMENT ON COLUMN gap_report.p_value_adjusted IS 'p among those of the family (Benjamini and Hochberg 1995)';
COMMENT ON COLUMN gap_report.family IS 'the gaps with which it was adjusted: one measure, dimension, level and period';
COMMENT ON COLUMN gap_report.n_comparisons IS 'how many of them have a p';
COMMENT ON COLUMN gap_report.previous_period IS 'the last period before in which there is such a gap, to the same reference';
COMMENT ON COLUMN gap_report.previous_gap IS 'the gap in that period';
COMMENT ON COLUMN gap_report.change IS 'gap minus previous_gap';
COMMENT ON COLUMN gap_report.change_se IS 'standard error of the change, the periods taken as independent';
COMMENT ON COLUMN gap_report.change_lower IS 'lower confidence bound of the change, normal';
COMMENT ON COLUMN gap_report.change_upper IS 'upper confidence bound of the change, normal';
COMMENT ON COLUMN gap_report.verdict IS 'what the change says: wider, narrower, reversed (the gap is clearly on the other side of 0), not clear (its interval holds 0) or too few (a group has fewer than min_n); NULL without a gap before, or a change without an error';
COMMENT ON COLUMN gap_report.n_needed IS 'how many students it would take; NULL where no goal is set';
COMMENT ON COLUMN gap_report.is_suppressed IS 'whether something of the row is hidden; here nothing is';
COMMENT ON COLUMN gap_report.reason IS 'why something is NULL: is_reference, no_comparison, n_lt_1, n_lt_2, zero_variance and others of gap_by_group and rate_gap_by_group; NULL where nothing is';

CREATE FUNCTION gap_report(rows text, measures jsonb, dimensions text[], strata text[] DEFAULT '{}', period text DEFAULT NULL, depth integer DEFAULT 1,
		reference text DEFAULT 'others', reference_groups jsonb DEFAULT '{}', min_n bigint DEFAULT 10, confidence double precision DEFAULT 0.95,
		digits integer DEFAULT 4)
RETURNS SETOF gap_report
LANGUAGE sql VOLATILE COST 100000 ROWS 1000
SET jit = off
BEGIN ATOMIC
	WITH measure AS MATERIALIZED (
		SELECT * FROM gapstats_internal.report_measures(measures)
	), cell AS MATERIALIZED (
		SELECT c.*
		FROM gapstats_internal.report_cells(
			CASE WHEN gapstats_internal.check_report(dimensions, gap_report.strata, gap_report.period, depth, reference, reference_groups, min_n, confidence, digits) THEN rows END,
			gap_report.strata, dimensions, gap_report.period, measures) c
	), by_dimension AS MATERIALIZED (
		-- most of what there is to merge goes into few cells here, before the strata
		SELECT c.strata, c.period, c.period_place, d.dimension, gapstats_internal.members_at(c.groups, d.places) AS members, c.measure,
			rollup(c.scores) AS scores, sum(c.n_outcome)::bigint AS n_outcome, sum(c.n)::bigint AS n, sum(c.n_missing)::bigint AS n_missing
		FROM cell c
		CROSS JOIN gapstats_internal.report_dimensions(dimensions, depth) d
		GROUP BY c.strata, c.period, c.period_place, d.dimension, gapstats_internal.members_at(c.groups, d.places), c.measure
	), compared_with AS MATERIALIZED (
		SELECT b.dimension, gapstats_internal.known_group(b.dimension, max(cardinality(b.members)) = 2, reference_groups ->> b.dimension, array_remove(array_agg(DISTINCT gapstats_internal.group_name(b.members)), NULL)) AS named
		FROM by_dimension b
		GROUP BY b.dimension
	), grouped AS MATERIALIZED (
		SELECT l.level, l.places, gapstats_internal.values_at(b.strata, l.places) AS stratum, b.period, b.period_place, b.dimension,
			gapstats_internal.group_name(b.members) AS focal, w.named, b.measure,
			rollup(b.scores) AS scores, sum(b.n_outcome)::bigint AS n_outcome, sum(b.n)::bigint AS n, sum(b.n_missing)::bigint AS n_missing
		FROM by_dimension b
		JOIN compared_with w USING (dimension)
		CROSS JOIN gapstats_internal.report_levels(gap_report.strata) l
		GROUP BY l.level, l.places, gapstats_internal.values_at(b.strata, l.places), b.period, b.period_place, b.dimension, b.members, w.named, b.measure
	), counted AS MATERIALIZED (
		SELECT g.*, m.direction, m.unit, m.cut IS NOT NULL OR m.kind IN ('outcome', 'numerator') AS is_rate,
			CASE WHEN m.cut IS NOT NULL THEN proficient_count(g.scores, m.cut) ELSE gapstats_internal.known_count(g.measure, g.focal, g.n_outcome, g.n) END AS x,
			CASE WHEN m.kind IN ('outcome', 'numerator') THEN g.n ELSE n(g.scores) END AS of_n
		FROM grouped g
		JOIN measure m USING (measure)
	), referred AS MATERIALIZED (
		SELECT c.*, coalesce(c.named, CASE WHEN reference = 'highest' THEN first_value(CASE WHEN c.focal IS NOT NULL AND c.of_n >= min_n THEN c.focal END) OVER best END) AS group_named
		FROM counted c
		CROSS JOIN LATERAL (SELECT CASE WHEN c.is_rate THEN c.x / nullif(c.of_n, 0)::double precision ELSE mean(c.scores) END) v (value)
		-- the highest performing is the lowest where lower is better; of equals the larger, then the first by name
		WINDOW best AS (PARTITION BY c.measure, c.dimension, c.level, c.stratum, c.period
			ORDER BY c.focal IS NOT NULL AND c.of_n >= min_n DESC, CASE c.direction WHEN 'lower' THEN v.value ELSE -v.value END, c.of_n DESC, c.focal COLLATE "C")
	), gap AS (
		SELECT c.level, c.places, c.stratum, c.period, c.period_place, c.dimension, c.focal, c.measure, c.direction, c.unit, c.named, c.group_named, c.n_missing,
			NULL::bigint AS x_focal, NULL::bigint AS x_reference, (c.g).n_focal, (c.g).n_reference, (c.g).n_missing_group, (c.g).mean_focal AS value_focal, (c.g).mean_reference AS value_reference,
			(c.g).difference, (c.g).difference_se, (c.g).difference_lower, (c.g).difference_upper, (c.g).df,
			(c.g).hedges_g, (c.g).v, NULL::double precision AS risk_ratio, (c.g).p_value, (c.g).reason
		FROM (
			SELECT c.*, gap_by_group(c.focal, c.scores, CASE WHEN c.group_named IS NULL THEN reference ELSE 'others' END, c.group_named, false, min_n, confidence)
				OVER (PARTITION BY c.measure, c.dimension, c.level, c.stratum, c.period) AS g
			FROM referred c
			WHERE NOT c.is_rate
		) c
		UNION ALL
		SELECT c.level, c.places, c.stratum, c.period, c.period_place, c.dimension, c.focal, c.measure, c.direction, c.unit, c.named, c.group_named, c.n_missing,
			(c.g).n_outcome_focal, (c.g).n_outcome_reference, (c.g).n_focal, (c.g).n_reference, (c.g).n_missing_group, (c.g).rate_focal, (c.g).rate_reference,
			(c.g).difference, (c.g).difference_se, (c.g).difference_lower, (c.g).difference_upper, NULL,
			NULL, NULL, (c.g).risk_ratio, (c.g).p_value, (c.g).reason
		FROM (
			SELECT c.*, rate_gap_by_group(c.focal, c.x, c.of_n, CASE WHEN c.group_named IS NULL THEN reference ELSE 'others' END, c.group_named, false, min_n, confidence)
				OVER (PARTITION BY c.measure, c.dimension, c.level, c.stratum, c.period) AS g
			FROM referred c
			WHERE c.is_rate
		) c
	), compared AS (
		SELECT g.*,
			CASE WHEN g.named IS NOT NULL THEN 'named' ELSE reference END AS rule_of_reference,
			CASE WHEN g.group_named IS NOT NULL THEN g.group_named WHEN reference = 'others' THEN 'everyone else' WHEN reference = 'everyone' THEN 'everyone' END AS group_reference,
			g.n_focal / nullif(sum(g.n_focal) FILTER (WHERE g.focal IS NOT NULL) OVER stratum, 0)::double precision AS share,
			adjusted_p_value(g.p_value) OVER family AS p_value_adjusted, count(g.p_value) OVER family AS n_comparisons
		FROM gap g
		WINDOW stratum AS (PARTITION BY g.measure, g.dimension, g.level, g.stratum, g.period),
			family AS (PARTITION BY g.measure, g.dimension, g.level, g.period)
	), over_time AS (
		SELECT c.*, lag(c.period) OVER years AS previous_period, lag(c.difference) OVER years AS previous_gap, lag(c.difference_se) OVER years AS previous_gap_se,
			lag(least(c.n_focal, c.n_reference)) OVER years AS previous_n
		FROM compared c
		-- a gap to another group is another gap, and nothing comes after what is not known
		WINDOW years AS (PARTITION BY c.measure, c.dimension, c.level, c.stratum, c.focal, c.group_reference, c.period IS NULL, c.difference IS NULL ORDER BY c.period_place)
	)
	SELECT jsonb_build_array(c.measure, c.dimension, c.level, to_jsonb(c.stratum), c.period, c.focal, 'gap')::text,
		c.measure, c.direction, c.unit, c.dimension, c.level, CASE c.places WHEN '{}' THEN 'all' ELSE array_to_string(c.stratum, ', ', 'not recorded') END, c.period, 'gap', c.focal, c.group_reference, c.rule_of_reference,
		c.n_focal::integer, CASE WHEN c.reason IS DISTINCT FROM 'is_reference' THEN c.n_reference END::integer, c.n_missing::integer,
		c.n_missing_group::integer, gapstats_internal.significant(c.share, digits),
		gapstats_internal.significant(c.value_focal, digits), gapstats_internal.significant(c.value_reference, digits),
		gapstats_internal.significant(c.difference, digits), gapstats_internal.significant(c.difference_se, digits),
		gapstats_internal.significant(c.difference_lower, digits), gapstats_internal.significant(c.difference_upper, digits),
		gapstats_internal.significant(c.hedges_g, digits), gapstats_internal.significant(c.v, digits), gapstats_internal.significant(c.risk_ratio, digits),
		gapstats_internal.significant(c.p_value, digits), gapstats_internal.significant(c.p_value_adjusted, digits),
		concat_ws(', ', c.measure, c.dimension, c.level, c.period), c.n_comparisons::integer,
		c.previous_period, gapstats_internal.significant(c.previous_gap, digits),
		gapstats_internal.significant(c.difference - c.previous_gap, digits), gapstats_internal.significant(e.se, digits),
		gapstats_internal.significant(e.lower, digits), gapstats_internal.significant(e.upper, digits),
		CASE
			WHEN c.previous_gap IS NULL OR c.difference IS NULL THEN NULL
			WHEN least(c.n_focal, c.n_reference, c.previous_n) < min_n THEN 'too few'
			WHEN e.lower IS NULL THEN NULL
			WHEN e.lower <= 0 AND e.upper >= 0 THEN 'not clear'
			WHEN abs(c.difference) <= abs(c.previous_gap) AND (sign(c.difference) * sign(c.previous_gap) >= 0 OR c.difference_lower <= 0 AND c.difference_upper >= 0) THEN 'narrower'
			WHEN sign(c.difference) * sign(c.previous_gap) >= 0 THEN 'wider'
			WHEN c.difference_lower > 0 OR c.difference_upper < 0 THEN 'reversed'
			ELSE 'not clear' END,
		NULL::integer, false,
		c.reason
	FROM over_time c
	CROSS JOIN LATERAL estimate_change(c.previous_gap, c.previous_gap_se, c.difference, c.difference_se, confidence) e
	WHERE c.focal IS NOT NULL
	ORDER BY c.measure, c.dimension, cardinality(c.places), c.level, c.stratum, c.focal, c.period_place;
END;
COMMENT ON FUNCTION gap_report(text, jsonb, text[], text[], text, integer, text, jsonb, bigint, double precision, integer) IS
'How large each gap is, in every stratum, and whether it is closing: one row a measure, dimension, stratum, period and group, from one pass over the rows.
rows: a SELECT, or the name of a table, view or foreign table, one row a student (and period), read once with the caller''s rights and without writing.
measures: an object of a measure each, by name: of one of "score" (a column of numbers), "distribution" (a column of distributions, merged), "outcome" (a boolean column) or "numerator" with "denominator" (columns of whole numbers of students); with "direction", "higher" or "lower", whichever is better; and, if wanted, "cut" (of scores: the rate of those at or above it), "unit", and "cohort" (a boolean column: only of whom it is true).
dimensions: columns whose groups are compared; depth 2: also each two of them. strata: columns; gaps are of everybody, of each column''s values, and of each within those before it. period: a column that sorts, such as the year; each gap is then of one period, and compared with the one before.
reference: ''others'' (everybody but the group), ''everyone'', or ''highest'' (the highest-performing group of those with at least min_n students: with the highest value, or the lowest where lower is better); reference_groups: the groups to compare with instead, by dimension: {"race": "White"}. min_n: below it a change is not judged. confidence: of all intervals. digits: significant digits of numbers that are no counts; NULL: as they are.
A student whose group is not known is in no gap, and counted in n_missing_group; one whose outcome is not known in n_missing_focal. Numbers of few students are shown as they are: what others may see of it is for suppress().
Raises 42703 for a column that is not there, 42804 for one that is not what a measure needs, 22023 for what is said wrongly, such as a measure without a direction or a group that no row has, 54000 for a dimension of more than 10,000 groups, 22004 for a NULL other than of period and digits.';
