-- report/groups: the groups of each dimension in each stratum, rolled up from the finest cells

CREATE FUNCTION gapstats_internal.report_name(name text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN name ~ '[",]| x |^x | x$' OR name = 'all' THEN format('"%s"', replace(name, '"', '""')) ELSE name END;
COMMENT ON FUNCTION gapstats_internal.report_name(text) IS
'The name of a column, in quotes if it could be taken for something else.';

-- STRICT, or a query would be given its text, and name the levels anew for each of its rows
CREATE FUNCTION gapstats_internal.report_levels(strata text[])
RETURNS TABLE (level text, first_place integer, last_place integer)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 5
BEGIN ATOMIC
	-- all together, each alone, and each within those before it
	SELECT coalesce((SELECT string_agg(gapstats_internal.report_name(strata[p]), ', ' ORDER BY p) FROM generate_series(l.first_place, l.last_place) AS p), 'all'), l.first_place, l.last_place
	FROM (
		SELECT 1 AS first_place, 0 AS last_place
		UNION
		SELECT i, i FROM generate_subscripts(strata, 1) AS i
		UNION
		SELECT 1, i FROM generate_subscripts(strata, 1) AS i
	) l;
END;
COMMENT ON FUNCTION gapstats_internal.report_levels(text[]) IS
'The levels of a report: everybody, each stratum, and each within those before it; with the first and the last of their columns among the strata.';

CREATE FUNCTION gapstats_internal.report_dimensions(dimensions text[], depth integer)
RETURNS TABLE (dimension text, places integer[])
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 5
BEGIN ATOMIC
	SELECT gapstats_internal.report_name(d), ARRAY[i::integer] FROM unnest(dimensions) WITH ORDINALITY AS a (d, i)
	UNION ALL
	SELECT gapstats_internal.report_name(a.d) || ' x ' || gapstats_internal.report_name(b.d), ARRAY[a.i, b.i]::integer[]
	FROM unnest(dimensions) WITH ORDINALITY AS a (d, i)
	JOIN unnest(dimensions) WITH ORDINALITY AS b (d, i) ON a.i < b.i
	WHERE depth = 2
	UNION ALL
	SELECT 'all', '{}' WHERE cardinality(dimensions) = 0;
END;
COMMENT ON FUNCTION gapstats_internal.report_dimensions(text[], integer) IS
'The dimensions of a report, and with depth 2 each pair of them; with their places among the dimensions. Without any, everybody is one group.';

CREATE FUNCTION gapstats_internal.check_groups(dimension text, is_pair boolean, name text, groups text[])
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	most CONSTANT integer := 10000;
BEGIN
	IF cardinality(groups) > most THEN
		RAISE EXCEPTION 'dimension % has more than % groups', dimension, most
			USING ERRCODE = 'program_limit_exceeded', HINT = 'Is it a column of groups? What tells students apart is none.';
	END IF;
	-- nobody need have groups of both of a pair
	IF cardinality(groups) = 0 AND NOT is_pair THEN
		RAISE EXCEPTION 'dimension % has no groups', dimension
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It is NULL in all rows.';
	END IF;
	IF name IS NOT NULL AND NOT name = ANY (groups) THEN
		RAISE EXCEPTION 'reference_groups: no row has the group "%" of %', name, dimension
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = format('There are %s.', (SELECT string_agg(format('"%s"', g), ', ' ORDER BY g) FROM (SELECT g FROM unnest(groups) AS g ORDER BY g LIMIT 20) AS a) || CASE WHEN cardinality(groups) > 20 THEN format(' and %s others', cardinality(groups) - 20) ELSE '' END);
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_groups(text, boolean, text, text[]) IS
'True. Raises 22023 if a name, which may be NULL, is not among the groups of a dimension, with those that there are, or it has none, and 54000 for more than 10,000 groups.';

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

CREATE TYPE gapstats_internal.report_group AS (
	level text,
	n_strata integer,
	stratum text[],
	period text,
	period_place bigint,
	family_place integer,
	stratum_place integer,
	dimension text,
	members text[],
	group_name text,
	named text,
	measure text,
	direction text,
	is_rate boolean,
	scores distribution,
	x bigint,
	n bigint,
	n_missing bigint,
	is_hidden boolean,
	is_gap_hidden boolean,
	is_rest_hidden boolean
);
COMMENT ON TYPE gapstats_internal.report_group IS 'a measure of the students of one group of one dimension, in one stratum and period';
COMMENT ON COLUMN gapstats_internal.report_group.level IS 'the columns of the strata, as one text';
COMMENT ON COLUMN gapstats_internal.report_group.n_strata IS 'how many they are; 0: everybody is one stratum';
COMMENT ON COLUMN gapstats_internal.report_group.stratum IS 'their values';
COMMENT ON COLUMN gapstats_internal.report_group.period IS 'the period, as text';
COMMENT ON COLUMN gapstats_internal.report_group.period_place IS 'its place among the periods';
COMMENT ON COLUMN gapstats_internal.report_group.family_place IS 'the number of its measure, dimension, level and period';
COMMENT ON COLUMN gapstats_internal.report_group.stratum_place IS 'the place of its dimension, level and values of the stratum among those of all rows of a report, which are in this order; every measure and period has the same';
COMMENT ON COLUMN gapstats_internal.report_group.dimension IS 'the dimension, or two of them';
COMMENT ON COLUMN gapstats_internal.report_group.members IS 'the group in that dimension, or in each of the two; NULL where it is not known';
COMMENT ON COLUMN gapstats_internal.report_group.group_name IS 'the group; NULL of those whose group is not known';
COMMENT ON COLUMN gapstats_internal.report_group.named IS 'the group of the dimension with which the caller wants others compared';
COMMENT ON COLUMN gapstats_internal.report_group.measure IS 'the measure';
COMMENT ON COLUMN gapstats_internal.report_group.direction IS 'higher or lower: which is better';
COMMENT ON COLUMN gapstats_internal.report_group.is_rate IS 'whether groups differ in rates, not in means';
COMMENT ON COLUMN gapstats_internal.report_group.scores IS 'their scores; NULL of counts';
COMMENT ON COLUMN gapstats_internal.report_group.x IS 'of a rate: students with the outcome';
COMMENT ON COLUMN gapstats_internal.report_group.n IS 'students of whom it is known';
COMMENT ON COLUMN gapstats_internal.report_group.n_missing IS 'rows of whom it is not; NULL of stored distributions';
COMMENT ON COLUMN gapstats_internal.report_group.is_hidden IS 'whether others may see nothing of the group';
COMMENT ON COLUMN gapstats_internal.report_group.is_gap_hidden IS 'whether others may not see how it compares';
COMMENT ON COLUMN gapstats_internal.report_group.is_rest_hidden IS 'whether others may not see how many there are of the stratum whose group is known';

-- In C: a table of points for each group, and none is copied before it is whole
CREATE FUNCTION gapstats_internal.report_rollup(cells text, levels text[], strata_of_levels integer[], dimensions text[], places_of_dimensions integer[])
RETURNS TABLE (level text, n_strata integer, stratum text[], period text, period_place bigint, dimension text, members text[], group_name text, measure text,
	scores distribution, n_outcome bigint, n bigint, n_missing bigint, groups text[], family_place integer, stratum_place integer)
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 100000 ROWS 10000;
COMMENT ON FUNCTION gapstats_internal.report_rollup(text, text[], integer[], text[], integer[]) IS
'The groups of all levels and dimensions, from the cells that a statement makes of the caller''s rows, read once. Of a level the first and the last of the strata, one level having all; of a dimension its place or both its places, 0 for none. A group has its members in each dimension, and one name, which is NULL if one of them is not known. One row of each dimension has the names of all its groups, where a level is that of everybody. Levels and dimensions are in the order in which a report has them. Groups of one measure, dimension, level and period are of one family; the place of a stratum is that of its dimension, level and values in this order, and every measure and period has the same. Raises 54000 for a column of more than 10,000 groups.';

-- STABLE, to be inlined as a view is: what reads the rows, inside, is volatile all the same.  Groups are long, and put
-- into a result of its own they would be copied once more
CREATE FUNCTION gapstats_internal.report_groups(rows text, measures jsonb, dimensions text[], strata text[], period text, depth integer, reference_groups jsonb, unrecorded_as_group boolean)
RETURNS SETOF gapstats_internal.report_group
LANGUAGE sql STABLE ROWS 10000
BEGIN ATOMIC
	-- what each group counts for
	SELECT g.level, g.n_strata, g.stratum, g.period, g.period_place, g.family_place, g.stratum_place, g.dimension, g.members, g.group_name, reference_groups ->> g.dimension, g.measure, m.direction, m.is_rate,
		g.scores,
		CASE WHEN m.is_rate AND m.kind IN ('score', 'distribution', 'days') THEN proficient_count(g.scores, m.cut::double precision) WHEN m.is_rate THEN gapstats_internal.known_count(g.measure, g.group_name, g.n_outcome, g.n) END,
		CASE WHEN m.kind IN ('score', 'distribution', 'days') OR NOT m.is_rate THEN coalesce(g.n, 0) ELSE g.n END,
		g.n_missing, false, false, false
	FROM (SELECT array_agg(l.level ORDER BY l.last_place - l.first_place, l.level) AS names, array_agg(ARRAY[l.first_place, l.last_place] ORDER BY l.last_place - l.first_place, l.level) AS places
		FROM gapstats_internal.report_levels(report_groups.strata) l) l
	CROSS JOIN (SELECT array_agg(d.dimension ORDER BY d.dimension) AS names, array_agg(ARRAY[coalesce(d.places[1], 0), coalesce(d.places[2], 0)] ORDER BY d.dimension) AS places
		FROM gapstats_internal.report_dimensions(dimensions, depth) d) d
	CROSS JOIN LATERAL gapstats_internal.report_rollup(
		gapstats_internal.report_cells(rows, report_groups.strata, dimensions, report_groups.period, measures, unrecorded_as_group), l.names, l.places, d.names, d.places) g
	JOIN gapstats_internal.report_measures(measures) m USING (measure)
	WHERE g.groups IS NULL OR gapstats_internal.check_groups(g.dimension, cardinality(g.members) = 2, reference_groups ->> g.dimension, g.groups)
	-- whatever groups a caller wants
	OFFSET 0;
END;
COMMENT ON FUNCTION gapstats_internal.report_groups(text, jsonb, text[], text[], text, integer, jsonb, boolean) IS
'The groups of a report, nothing hidden, from one pass over the rows. Raises what gap_report() raises of them.';
