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
	WHERE depth = 2;
END;
COMMENT ON FUNCTION gapstats_internal.report_dimensions(text[], integer) IS
'The dimensions of a report, and with depth 2 each pair of them; with their places among the dimensions.';

CREATE FUNCTION gapstats_internal.members_at(groups text[], places integer[])
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE cardinality(places) WHEN 1 THEN ARRAY[groups[places[1]]] ELSE ARRAY[groups[places[1]], groups[places[2]]] END;
COMMENT ON FUNCTION gapstats_internal.members_at(text[], integer[]) IS
'The groups in one or two places.';

CREATE FUNCTION gapstats_internal.member_name(name text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN name ~ '^"| x |^x | x$' THEN format('"%s"', replace(name, '"', '""')) ELSE name END;
COMMENT ON FUNCTION gapstats_internal.member_name(text) IS
'The name of a group beside another, in quotes if it could be taken for two.';

-- What is between two is in ASCII: a name is the same in a database of any encoding
CREATE FUNCTION gapstats_internal.group_name(members text[])
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE cardinality(members) WHEN 1 THEN members[1] ELSE gapstats_internal.member_name(members[1]) || ' x ' || gapstats_internal.member_name(members[2]) END;
COMMENT ON FUNCTION gapstats_internal.group_name(text[]) IS
'The name of a group of one dimension, or of two; NULL if one of them is not known.';

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

CREATE FUNCTION gapstats_internal.refuse_size(measure text, group_focal text, n bigint)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'measure "%": % students of group "%", or of whom it is compared with', measure, n, group_focal
		USING ERRCODE = 'numeric_value_out_of_range', DETAIL = 'The limit is 2147483647.';
END
$$;
COMMENT ON FUNCTION gapstats_internal.refuse_size(text, text, bigint) IS
'Raises 22003 for more students than a report counts.';

CREATE TYPE gapstats_internal.report_group AS (
	level text,
	n_strata integer,
	stratum text[],
	period text,
	period_place bigint,
	dimension text,
	group_name text,
	named text,
	measure text,
	direction text,
	is_rate boolean,
	scores distribution,
	x bigint,
	n bigint,
	n_missing bigint
);
COMMENT ON TYPE gapstats_internal.report_group IS 'a measure of the students of one group of one dimension, in one stratum and period';
COMMENT ON COLUMN gapstats_internal.report_group.level IS 'the columns of the strata, as one text';
COMMENT ON COLUMN gapstats_internal.report_group.n_strata IS 'how many they are; 0: everybody is one stratum';
COMMENT ON COLUMN gapstats_internal.report_group.stratum IS 'their values';
COMMENT ON COLUMN gapstats_internal.report_group.period IS 'the period, as text';
COMMENT ON COLUMN gapstats_internal.report_group.period_place IS 'its place among the periods';
COMMENT ON COLUMN gapstats_internal.report_group.dimension IS 'the dimension, or two of them';
COMMENT ON COLUMN gapstats_internal.report_group.group_name IS 'the group; NULL of those whose group is not known';
COMMENT ON COLUMN gapstats_internal.report_group.named IS 'the group of the dimension with which the caller wants others compared';
COMMENT ON COLUMN gapstats_internal.report_group.measure IS 'the measure';
COMMENT ON COLUMN gapstats_internal.report_group.direction IS 'higher or lower: which is better';
COMMENT ON COLUMN gapstats_internal.report_group.is_rate IS 'whether groups differ in rates, not in means';
COMMENT ON COLUMN gapstats_internal.report_group.scores IS 'their scores; NULL of counts';
COMMENT ON COLUMN gapstats_internal.report_group.x IS 'of a rate: students with the outcome';
COMMENT ON COLUMN gapstats_internal.report_group.n IS 'students of whom it is known';
COMMENT ON COLUMN gapstats_internal.report_group.n_missing IS 'rows of whom it is not; NULL of stored distributions';

CREATE FUNCTION gapstats_internal.report_groups(rows text, measures jsonb, dimensions text[], strata text[], period text, depth integer, reference_groups jsonb)
RETURNS SETOF gapstats_internal.report_group
LANGUAGE sql VOLATILE ROWS 10000
BEGIN ATOMIC
	WITH cell AS MATERIALIZED (
		SELECT c.* FROM gapstats_internal.report_cells(rows, report_groups.strata, dimensions, report_groups.period, measures) c
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
		SELECT l.level, l.last_place - l.first_place + 1 AS n_strata, b.strata[l.first_place:l.last_place] AS stratum, b.period, b.period_place, b.dimension,
			gapstats_internal.group_name(b.members) AS group_name, w.named, b.measure,
			rollup(b.scores) AS scores, sum(b.n_outcome)::bigint AS n_outcome, sum(b.n)::bigint AS n, sum(b.n_missing)::bigint AS n_missing
		FROM by_dimension b
		JOIN compared_with w USING (dimension)
		CROSS JOIN gapstats_internal.report_levels(report_groups.strata) l
		GROUP BY l.level, l.first_place, l.last_place, b.strata[l.first_place:l.last_place], b.period, b.period_place, b.dimension, b.members, w.named, b.measure
	)
	-- what each group counts for: the place to hide what is of few students
	SELECT g.level, g.n_strata, g.stratum, g.period, g.period_place, g.dimension, g.group_name, g.named, g.measure, m.direction, m.is_rate,
		g.scores,
		CASE WHEN m.is_rate AND m.kind IN ('score', 'distribution', 'days') THEN proficient_count(g.scores, m.cut::double precision) ELSE gapstats_internal.known_count(g.measure, g.group_name, g.n_outcome, g.n) END,
		CASE WHEN m.kind IN ('score', 'distribution', 'days') OR NOT m.is_rate THEN n(g.scores) ELSE g.n END,
		g.n_missing
	FROM grouped g
	JOIN gapstats_internal.report_measures(measures) m USING (measure);
END;
COMMENT ON FUNCTION gapstats_internal.report_groups(text, jsonb, text[], text[], text, integer, jsonb) IS
'The groups of a report, from one pass over the rows. Raises what gap_report() raises of them.';
