-- ledger/together: many releases as one table, and what they give away together

-- The same mark can mean one thing in one release and another in the next. So each is written as the range
-- that it stands for, under the rule of its own release.
CREATE FUNCTION gapstats_internal.plain_mark(mark jsonb, kind text, minimum integer, zeros text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	lowest CONSTANT integer := CASE zeros WHEN 'hide' THEN 0 ELSE 1 END;
BEGIN
	IF mark ? 'next smallest' THEN
		RETURN 'next smallest by ' || (mark ->> 'next smallest');
	ELSIF kind = 'count' AND mark = '"primary"' AND minimum > lowest THEN
		RETURN format('%s-%s', lowest, minimum - 1);
	ELSIF kind = 'count' AND mark = '"complementary"' THEN
		RETURN '>=' || minimum;
	ELSIF kind = 'count' AND mark = '"hidden"' AND lowest = 0 THEN
		RETURN '>=0';
	ELSIF mark IN ('"primary"', '"complementary"', '"hidden"') THEN
		RETURN '*';
	ELSIF jsonb_typeof(mark) <> 'array' OR jsonb_array_length(mark) <> 2 THEN
		RAISE EXCEPTION 'marks: what % means is not clear', mark
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Use "hidden", "primary", "complementary", its bounds such as [1, 4], or {"next smallest": "race"}.';
	ELSIF kind NOT IN ('count', 'sum') THEN
		RETURN '*';
	ELSIF mark ->> 0 IS NOT NULL AND mark ->> 1 IS NOT NULL THEN
		RETURN format('%s-%s', mark ->> 0, mark ->> 1);
	ELSIF mark ->> 0 IS NOT NULL THEN
		RETURN '>=' || (mark ->> 0);
	END IF;
	RETURN CASE WHEN kind = 'count' THEN format('%s-%s', lowest, mark ->> 1) ELSE '<=' || (mark ->> 1) END;
END
$$;
COMMENT ON FUNCTION gapstats_internal.plain_mark(jsonb, text, integer, text) IS
'What a mark in a column of a kind says, as a text that says so of itself. Raises 22023 for a mark whose meaning is not clear.';

CREATE FUNCTION gapstats_internal.plain_number(release jsonb, kind text, place bigint)
RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number CONSTANT text := format('c.numbers[%s]', place);
	hides_zeros CONSTANT boolean := kind = 'count' AND release ->> 'zeros' = 'hide';
	marks CONSTANT jsonb := '{"NULL": "hidden", "*": "hidden"}' || (release -> 'marks');
	branches text;
BEGIN
	SELECT string_agg(format('WHEN %s THEN %L', CASE m.key WHEN 'NULL' THEN number || ' IS NULL' ELSE format('%s = %L', number, m.key) END, m.plain), ' ' ORDER BY m.key)
	INTO branches
	FROM (
		SELECT key, gapstats_internal.plain_mark(value, kind, (release ->> 'minimum')::integer, release ->> 'zeros') AS plain
		FROM jsonb_each(marks)
	) AS m
	WHERE m.plain <> m.key;
	-- below 5 is 0 to 4 where zeros are hidden
	IF hides_zeros THEN
		branches := branches || format($sql$ WHEN %1$s ~ '^\s*(<|<=|%2$s|LT|LE)\s*\d{1,9}\s*$' THEN
			'0-' || (regexp_replace(%1$s, '\D', '', 'g')::integer - (%1$s !~ '=|%2$s|LE')::integer) $sql$, number, gapstats_internal.sign_or('\2264', '<='));
	END IF;
	RETURN format('CASE %s ELSE %s END', branches, number);
END
$$;
COMMENT ON FUNCTION gapstats_internal.plain_number(jsonb, text, bigint) IS
'The expression for a number of a release''s cells c, with its marks as plain_mark() writes them.';

-- Those who reach one score are part of those who reach a lower one, and these of all: of a count each release says what
-- it has.  A rate is one of its n, and of another it is another rate.
CREATE FUNCTION gapstats_internal.nearest_wholes(releases jsonb)
RETURNS TABLE (measure text, whole text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH RECURSIVE part AS (
		SELECT DISTINCT m.key AS measure, m.value ->> 'of' AS whole FROM jsonb_array_elements(releases) AS r, jsonb_each(r -> 'measures') AS m WHERE m.value ->> 'kind' = 'count' AND m.value ? 'of'
	), within AS (
		SELECT p.measure, p.whole FROM part AS p
		UNION
		SELECT w.measure, p.whole FROM within AS w JOIN part AS p ON p.measure = w.whole
	)
	SELECT p.measure, p.whole
	FROM part AS p
	WHERE NOT EXISTS (
		SELECT FROM part AS o
		WHERE o.measure = p.measure AND o.whole <> p.whole AND NOT EXISTS (SELECT FROM within AS w WHERE w.measure = p.whole AND w.whole = o.whole))
	AND NOT EXISTS (SELECT FROM within AS w WHERE w.measure = p.measure AND w.whole = p.measure);
END;
COMMENT ON FUNCTION gapstats_internal.nearest_wholes(jsonb) IS
'Of each count that is a part of others in releases of the same children, the one that is a part of all these others; none of one that is part of two that are not parts of one another.';

CREATE FUNCTION gapstats_internal.check_agreement(releases jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	odd record;
BEGIN
	SELECT s.what, min(s.release) FILTER (WHERE s.is_first) AS one, min(s.release) FILTER (WHERE NOT s.is_first) AS other INTO odd
	FROM (
		SELECT f.what, r ->> 'release' AS release, f.said = first_value(f.said) OVER (PARTITION BY f.what ORDER BY r ->> 'release') AS is_first
		FROM jsonb_array_elements(releases) AS r
		CROSS JOIN LATERAL (
			SELECT format(CASE k.key WHEN 'of' THEN 'what measure "%2$s" is part of' ELSE '%1$s of measure "%2$s"' END, k.key, m.key), k.value
			FROM jsonb_each(r -> 'measures') AS m, jsonb_each(m.value) AS k
			WHERE (k.key <> 'decimals' OR m.value ->> 'kind' IN ('sum', 'interval')) AND (k.key <> 'of' OR m.key NOT IN (SELECT w.measure FROM gapstats_internal.nearest_wholes(releases) AS w))
			UNION ALL
			SELECT format('dimension "%s" is incomplete', d.name), to_jsonb(r -> 'incomplete' ? d.name)
			FROM jsonb_array_elements_text(r -> 'dimensions') AS d (name)
			UNION ALL
			SELECT 'absent', r -> 'absent'
		) AS f (what, said)
	) AS s
	GROUP BY s.what
	HAVING bool_or(NOT s.is_first)
	ORDER BY s.what
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION '% "%" of the same children do not agree: %', CASE odd.one WHEN '' THEN 'cells and release' ELSE format('releases "%s" and', odd.one) END, odd.other, odd.what
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Measures and dimensions are matched by their names; what is something else needs another: {"tested": {"column": "students"}}.';
	END IF;
	SELECT m.key AS name INTO odd
	FROM jsonb_array_elements(releases) AS r, jsonb_each(r -> 'measures') AS m
	WHERE EXISTS (SELECT FROM jsonb_array_elements(releases) AS d WHERE d -> 'dimensions' ? m.key)
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'a measure and a dimension are both called "%"', odd.name
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Give one of them another name: {"students": {"column": "..."}}.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_agreement(jsonb) IS
'Raises 22023 for releases that say different things of the same measure or dimension; what one of them leaves open is no difference.';

CREATE FUNCTION gapstats_internal.releases_together(ledger regclass, population text, as_of date, measures jsonb DEFAULT '{}')
RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	releases text[];
BEGIN
	EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		WITH remembered AS (
			SELECT r.release, r.as_of, r.measures, r.published_at
			FROM @ledger r, @settings s
			WHERE r.population = $1 AND r.withdrawn_at IS NULL AND (s.memory IS NULL OR r.published_at > now() - s.memory)
		)
		SELECT array_agg(release ORDER BY published_at, release)
		FROM remembered
		WHERE as_of = $2 OR EXISTS (
			SELECT FROM (SELECT o.measures FROM remembered AS o UNION ALL SELECT $3) AS o
			WHERE jsonb_path_exists(o.measures, '$.* ? (@.cumulative == "as_of" || @.leaving == "as_of")'))
		$sql$)
	INTO releases USING population, as_of, measures;
	RETURN coalesce(releases, '{}');
END
$$;
COMMENT ON FUNCTION gapstats_internal.releases_together(regclass, text, date, jsonb) IS
'The releases of a ledger that are audited with one of a population at a moment, by the time at which they were published: those at the same moment, or at any if a measure of the population, or one of measures, is cumulative or leaving as_of.';

CREATE FUNCTION gapstats_internal.different_cells(ledger_cells regclass, releases text[])
RETURNS TABLE (members text[], numbers text[])
AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION gapstats_internal.different_cells(regclass, text[]) IS
'The cells of releases, given the table of a ledger that has them, each once that several have with the same texts.';

-- Releases of which the same is to be selected are most often the same again: a table for one more audience.
CREATE FUNCTION gapstats_internal.ledger_query(ledger regclass, releases jsonb, draft jsonb)
RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
	WITH dimension AS (
		SELECT DISTINCT d.name FROM jsonb_array_elements(releases) AS r, jsonb_array_elements_text(r -> 'dimensions') AS d (name)
	), number AS (
		SELECT DISTINCT c.name FROM jsonb_array_elements(releases) AS r, gapstats_internal.measure_columns(r -> 'measures') AS c
	), column_of AS (
		SELECT r ->> 'release' AS release, 1 AS part, d.name, coalesce('c.members[' || o.place || ']', 'NULL::text') AS expression
		FROM jsonb_array_elements(releases) AS r
		CROSS JOIN dimension AS d
		LEFT JOIN LATERAL (
			SELECT min(place) AS place FROM jsonb_array_elements_text(r -> 'dimensions') WITH ORDINALITY AS o (name, place) WHERE o.name = d.name
		) AS o ON true
		UNION ALL
		SELECT r ->> 'release', 2, n.name, coalesce(gapstats_internal.plain_number(r, c.kind, c.place), 'NULL::text')
		FROM jsonb_array_elements(releases) AS r
		CROSS JOIN number AS n
		LEFT JOIN LATERAL (SELECT * FROM gapstats_internal.measure_columns(r -> 'measures') AS c WHERE c.name = n.name) AS c ON true
	), selected AS (
		SELECT format('SELECT %L AS as_of, %s', to_char((r.value ->> 'as_of')::date, 'YYYY-MM-DD'),
				(SELECT string_agg(format('%s AS %I', c.expression, c.name), ', ' ORDER BY c.part, c.name) FROM column_of AS c WHERE c.release = r.value ->> 'release')) AS what,
			coalesce(r.value ->> 'cells_of', r.value ->> 'release') AS release, r.place
		FROM jsonb_array_elements(releases) WITH ORDINALITY AS r (value, place)
	)
	SELECT string_agg(s.what || ' FROM ' || CASE
			WHEN s.releases = '{""}' THEN (draft ->> 'cells') || ' AS c'
			WHEN cardinality(s.releases) = 1 THEN format('%s AS c WHERE c.release = %L', gapstats_internal.ledger_part(ledger, 'cells'), s.releases[1])
			ELSE format('gapstats_internal.different_cells(%L, %L) AS c', gapstats_internal.ledger_part(ledger, 'cells'), s.releases) END, ' UNION ALL ' ORDER BY s.place)
	FROM (
		SELECT s.what, min(s.place) AS place, array_agg(s.release ORDER BY s.place) AS releases
		FROM (SELECT s.what, s.release, min(s.place) AS place FROM selected AS s GROUP BY 1, 2) AS s
		GROUP BY s.what, s.release = ''
	) AS s;
END;
COMMENT ON FUNCTION gapstats_internal.ledger_query(regclass, jsonb, jsonb) IS
'The query that gives the cells of releases as one table: a column for the moment, one for each dimension and each number. Of a release without a name the cells are those of draft.';

-- Two releases divide a dimension in the same way if they say the same of some member and different things of
-- none; each may have members that the other does not. By race and by sex are two ways.
CREATE FUNCTION gapstats_internal.joined_divisions(divisions jsonb)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	division jsonb;
	same integer;
	joined jsonb := '[]';
BEGIN
	FOR division IN SELECT value FROM jsonb_array_elements(divisions) LOOP
		SELECT j.place - 1 INTO same
		FROM jsonb_array_elements(joined) WITH ORDINALITY AS j (pairs, place)
		CROSS JOIN LATERAL (
			SELECT bool_or(j.pairs -> m.key = m.value) AS the_same, bool_or(j.pairs -> m.key <> m.value) AS other FROM jsonb_each(division) AS m
		) AS says
		WHERE says.the_same AND NOT says.other
		ORDER BY j.place
		LIMIT 1;
		joined := CASE WHEN FOUND THEN jsonb_set(joined, ARRAY[same::text], (joined -> same) || division) ELSE joined || jsonb_build_array(division) END;
	END LOOP;
	RETURN joined;
END
$$;
COMMENT ON FUNCTION gapstats_internal.joined_divisions(jsonb) IS
'The ways to divide a dimension, each an object of members and what they are part of, with those that are the same in one.';

CREATE FUNCTION gapstats_internal.joined_hierarchies(releases jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
BEGIN ATOMIC
	WITH said AS (
		SELECT r.place AS release, h.key AS dimension, q.place, q.said
		FROM jsonb_array_elements(releases) WITH ORDINALITY AS r (release, place), jsonb_each(r.release -> 'hierarchies') AS h,
			jsonb_array_elements(h.value) WITH ORDINALITY AS q (said, place)
	), division AS (
		SELECT s.dimension, s.release, s.place, (SELECT jsonb_object_agg(p ->> 0, p -> 1) FROM jsonb_array_elements(s.said) AS p) AS pairs
		FROM said AS s
		WHERE jsonb_typeof(s.said) = 'array'
	), argument AS (
		SELECT DISTINCT s.dimension, 0 AS place, d.name AS said
		FROM said AS s, jsonb_array_elements(releases) AS r, jsonb_array_elements_text(r -> 'dimensions') AS d (name)
		WHERE s.said = to_jsonb(d.name)
		UNION ALL
		SELECT d.dimension, j.place, format('SELECT key, value FROM pg_catalog.jsonb_each_text(%L)', j.pairs)
		FROM (
			SELECT d.dimension, gapstats_internal.joined_divisions(jsonb_agg(d.pairs ORDER BY d.release, d.place)) AS divisions FROM division AS d GROUP BY d.dimension
		) AS d, jsonb_array_elements(d.divisions) WITH ORDINALITY AS j (pairs, place)
	)
	SELECT coalesce(jsonb_object_agg(a.dimension, a.said), '{}')
	FROM (SELECT a.dimension, jsonb_agg(a.said ORDER BY a.place, a.said) AS said FROM argument AS a GROUP BY a.dimension) AS a;
END;
COMMENT ON FUNCTION gapstats_internal.joined_hierarchies(jsonb) IS
'The hierarchies of releases together, as disclosure_audit() takes them.';

CREATE FUNCTION gapstats_internal.joined_measures(releases jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT coalesce(jsonb_object_agg(m.name, m.said), '{}')
	FROM (
		SELECT m.key AS name, jsonb_object_agg(k.key,
			CASE WHEN k.key = 'decimals' AND m.value ->> 'kind' NOT IN ('sum', 'interval') THEN '"as printed"' WHEN k.key = 'of' THEN coalesce(to_jsonb(w.whole), k.value) ELSE k.value END) AS said
		FROM jsonb_array_elements(releases) AS r
		CROSS JOIN LATERAL jsonb_each(r -> 'measures') AS m
		CROSS JOIN LATERAL jsonb_each(m.value) AS k
		LEFT JOIN gapstats_internal.nearest_wholes(releases) AS w ON w.measure = m.key
		-- for whoever publishes again
		WHERE k.key <> 'counted'
		GROUP BY m.key
	) AS m;
END;
COMMENT ON FUNCTION gapstats_internal.joined_measures(jsonb) IS
'The measures of releases together, as disclosure_audit() takes them.';

-- What can be wrong with a release comes to light in the audit, in short statements: their texts are in the error's context.
CREATE FUNCTION gapstats_internal.ledger_audit(ledger regclass, names text[], max_nodes integer, leaks_only boolean DEFAULT false, draft jsonb DEFAULT NULL)
RETURNS SETOF gapstats_internal.disclosure_leaks
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	releases jsonb;
	cells text;
	dimensions text[];
	incomplete text[];
	marks jsonb;
	rule record;
BEGIN
	EXECUTE gapstats_internal.ledger_statement(ledger, 'SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.published_at, r.release), ''[]'') FROM @ledger r WHERE r.release = ANY ($1)')
	INTO releases USING names;
	IF draft IS NOT NULL THEN
		releases := releases || jsonb_build_array(draft - 'cells');
	END IF;
	IF releases = '[]' THEN
		RETURN;
	END IF;
	PERFORM gapstats_internal.check_agreement(releases);
	cells := gapstats_internal.ledger_query(ledger, releases, draft);
	-- in the order of their names: a number that was accepted is known again by that of its cell
	SELECT '{as_of}'::text[] || coalesce(array_agg(DISTINCT d.name), '{}'), coalesce(array_agg(DISTINCT d.name) FILTER (WHERE r -> 'incomplete' ? d.name), '{}')
	INTO dimensions, incomplete
	FROM jsonb_array_elements(releases) AS r, jsonb_array_elements_text(r -> 'dimensions') AS d (name);
	SELECT coalesce(jsonb_object_agg('next smallest by ' || (m.value ->> 'next smallest'), m.value), '{}') INTO marks
	FROM jsonb_array_elements(releases) AS r, jsonb_each(r -> 'marks') AS m
	WHERE m.value ? 'next smallest';
	SELECT max((r ->> 'minimum')::integer) AS minimum, max((r ->> 'width')::double precision) AS width, min(r ->> 'absent') AS absent INTO rule
	FROM jsonb_array_elements(releases) AS r;
	IF leaks_only THEN
		RETURN QUERY
		SELECT *
		FROM gapstats_internal.disclosure_leaks(cells, dimensions, gapstats_internal.joined_measures(releases), '{}', gapstats_internal.joined_hierarchies(releases),
			marks, rule.minimum, rule.width, 'show', rule.absent, incomplete, max_nodes, draft IS NOT NULL);
		RETURN;
	END IF;
	RETURN QUERY
	SELECT *, NULL::text[]
	FROM gapstats.disclosure_audit(cells, dimensions, gapstats_internal.joined_measures(releases), '{}', gapstats_internal.joined_hierarchies(releases),
		marks, rule.minimum, rule.width, absent => rule.absent, incomplete => incomplete, max_nodes => max_nodes);
END
$$;
COMMENT ON FUNCTION gapstats_internal.ledger_audit(regclass, text[], integer, boolean, jsonb) IS
'What releases of a ledger, and draft, which is not in it (as draft_release() gives it, without a name), give away together: disclosure_audit() of all their cells as one table, or disclosure_leaks() if only what is given away is asked for.';

CREATE FUNCTION gapstats_internal.ledger_leaks(ledger regclass, names text[], max_nodes integer, draft jsonb DEFAULT NULL)
RETURNS TABLE (cell text, measure text, verdict text, at_least double precision, at_most double precision, because text, told_by text[], accepted text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	audited CONSTANT gapstats_internal.disclosure_leaks[] := ARRAY(SELECT a FROM gapstats_internal.ledger_audit(ledger, names, max_nodes, true, draft) AS a);
BEGIN
	RETURN QUERY EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		WITH accepted AS (
			SELECT format('%s (%s)', r.accepted, r.release) AS why, n.*
			FROM @ledger r, jsonb_to_recordset(r.accepted_numbers) AS n (cell text, measure text, width double precision)
			WHERE r.release = ANY ($2)
		)
		SELECT a.cell, a.measure, a.verdict, a.least_rule, a.most_rule, a.because, a.told_by, min(n.why)
		FROM unnest($1) AS a
		LEFT JOIN accepted n ON n.cell = a.cell AND n.measure = a.measure
			AND coalesce(a.most_rule - a.least_rule, 'Infinity') >= coalesce(n.width, 'Infinity')
		WHERE a.verdict NOT IN ('protected', 'left_out', 'all_same') AND a.can_be_small IS NOT FALSE
		GROUP BY 1, 2, 3, 4, 5, 6, 7
		$sql$)
	USING audited, names;
END
$$;
COMMENT ON FUNCTION gapstats_internal.ledger_leaks(regclass, text[], integer, jsonb) IS
'The numbers that releases of a ledger, and draft, give away together and that are, or can be, about few, and where their publishing was accepted the reason; but one that can be had more exactly than was accepted has none. told_by: with draft, the cells that give them away, each an object of its members.';
