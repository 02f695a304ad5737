-- ledger/draft: what a table that is not published yet would give away together with what was

CREATE FUNCTION gapstats_internal.describe_draft(population text, as_of date, dimensions text[], measures jsonb, totals jsonb, hierarchies jsonb, mark text,
		minimum integer, width double precision, zeros text, absent text, incomplete text[], max_nodes integer)
RETURNS TABLE (said jsonb, columns text[])
LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT jsonb_build_object('population', population, 'as_of', as_of, 'dimensions', dimensions, 'measures', measures, 'totals', '{}'::jsonb,
			'hierarchies', gapstats_internal.resolved_hierarchies(hierarchies, dimensions, totals), 'marks', jsonb_build_object(mark, 'hidden'),
			'minimum', minimum, 'width', width, 'zeros', zeros, 'absent', absent, 'incomplete', incomplete, 'max_nodes', max_nodes),
		ARRAY(SELECT CASE c.kind WHEN 'interval' THEN c.said ELSE c.measure END FROM gapstats_internal.measure_columns(measures) AS c ORDER BY c.place);
END;
COMMENT ON FUNCTION gapstats_internal.describe_draft(text, date, text[], jsonb, jsonb, jsonb, text, integer, double precision, text, text, text[], integer) IS
'What publish_release() would be told of a table that suppress() makes, in which totals are NULL; and the columns of suppress() that have its numbers, in the order in which a ledger keeps them.';

CREATE FUNCTION gapstats_internal.released_cells_as_owner(ledger regclass, said jsonb)
RETURNS TABLE (members text[], shown text[], is_hidden boolean)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.check_description(said);
	PERFORM gapstats_internal.check_dimensions(said);
	PERFORM gapstats_internal.check_ledger(ledger);
	RETURN QUERY EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		WITH own AS (
			SELECT array_agg(d.name ORDER BY d.place) AS names, array_agg(d.place ORDER BY d.place) AS places
			FROM jsonb_array_elements_text($1 -> 'dimensions') WITH ORDINALITY AS d (name, place)
		), released AS (
			SELECT coalesce(r.cells_of, r.release) AS cells_of, r.marks, ARRAY(
					SELECT CASE WHEN d.kind IN ('count', 'sum', 'percent', 'rate', 'mean') THEN m.place END
					FROM gapstats_internal.measure_columns($1 -> 'measures') d
					LEFT JOIN gapstats_internal.measure_columns(r.measures) m ON m.name = d.name
					ORDER BY d.place) AS places,
				ARRAY(SELECT array_position(r.dimensions, n.name) FROM unnest(o.names) WITH ORDINALITY AS n (name, place) ORDER BY n.place) AS own,
				ARRAY(SELECT d.place FROM unnest(r.dimensions) WITH ORDINALITY AS d (name, place) WHERE d.name <> ALL (o.names)) AS others,
				r.dimensions = o.names AS is_same
			FROM @ledger r
			CROSS JOIN own o
			WHERE r.release = ANY (gapstats_internal.releases_together($2, $1 ->> 'population', ($1 ->> 'as_of')::date)) AND r.as_of = ($1 ->> 'as_of')::date
		), alike AS (
			SELECT r.marks, r.places, r.own, r.others, r.is_same, array_agg(DISTINCT r.cells_of) AS releases FROM released r GROUP BY 1, 2, 3, 4, 5
		), cell AS (
			SELECT CASE WHEN r.is_same THEN c.members ELSE ARRAY(SELECT c.members[o.place] FROM unnest(r.own) WITH ORDINALITY AS o (place, n) ORDER BY o.n) END AS members,
				r.places, r.marks, c.numbers
			FROM alike r
			CROSS JOIN LATERAL gapstats_internal.different_cells($3, r.releases) AS c
			WHERE r.others = '{}' OR NOT EXISTS (SELECT FROM unnest(r.others) AS o (place) WHERE c.members[o.place] IS NOT NULL)
		), number AS (
			SELECT c.members, p.place, coalesce(min(n.number) FILTER (WHERE n.is_number), min(n.number) FILTER (WHERE NOT n.is_mark)) AS shown,
				bool_or(n.is_mark) AND NOT bool_or(n.is_number) AS is_hidden
			FROM cell c
			CROSS JOIN LATERAL unnest(c.places) WITH ORDINALITY AS p (of_release, place)
			CROSS JOIN LATERAL (
				SELECT o.number, p.of_release IS NOT NULL AND (o.number IS NULL OR o.number = '*' OR c.marks ? o.number) AS is_mark,
					gapstats_internal.number_in(o.number) IS NOT NULL AS is_number
				FROM (SELECT c.numbers[p.of_release] AS number) AS o
			) AS n
			GROUP BY c.members, p.place
		)
		SELECT n.members, array_agg(n.shown ORDER BY n.place), bool_or(n.is_hidden)
		FROM number n
		GROUP BY n.members
		$sql$)
	USING said, ledger, gapstats_internal.ledger_part(ledger, 'cells')::regclass;
END
$$;
COMMENT ON FUNCTION gapstats_internal.released_cells_as_owner(regclass, jsonb) IS
'released_cells(), done as the ledger''s owner.';

CREATE FUNCTION gapstats_internal.released_cells(ledger regclass, said jsonb)
RETURNS TABLE (members text[], shown text[], is_hidden boolean)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION gapstats_internal.released_cells(regclass, jsonb) IS
'The cells of a draft that releases of the same children have as well: what these show of its numbers, in the order of measure_columns(), be it a range (NULL: nothing); and whether any is hidden and shown by none.';

CREATE FUNCTION gapstats_internal.released_measures_as_owner(ledger regclass, population text, as_of date, known_to text)
RETURNS SETOF jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.check_ledger(ledger);
	-- until what is made with them is there, too: who asks at the same time waits, and sees it
	EXECUTE gapstats_internal.ledger_statement(ledger, 'SELECT FROM @settings FOR UPDATE');
	RETURN QUERY EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		SELECT r.measures
		FROM @ledger r
		WHERE r.release = ANY (gapstats_internal.releases_together($1, $2, $3)) AND r.as_of = $3
		AND NOT EXISTS (
			SELECT
			FROM @ledger k
			WHERE k.release = $4 AND k.population = $2 AND k.as_of = $3 AND k.withdrawn_at IS NULL AND k.published_at < r.published_at
			-- the times are those at which they began: who waited for the other has its numbers
			AND NOT EXISTS (
				SELECT
				FROM jsonb_each(k.measures) AS o, jsonb_each(r.measures) AS n
				WHERE (o.value -> 'counted') - '{minimum_days,cohort,cut}'::text[] = (n.value -> 'counted') - '{minimum_days,cohort,cut}'::text[]
				AND NOT EXISTS (SELECT FROM jsonb_each(r.measures) AS w WHERE w.value -> 'counted' = o.value -> 'counted')))
		$sql$)
	USING ledger, population, as_of, known_to;
END
$$;
COMMENT ON FUNCTION gapstats_internal.released_measures_as_owner(regclass, text, date, text) IS
'released_measures(), done as the ledger''s owner.';

CREATE FUNCTION gapstats_internal.released_measures(ledger regclass, population text, as_of date, known_to text)
RETURNS SETOF jsonb
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION gapstats_internal.released_measures(regclass, text, date, text) IS
'The measures of the releases of the same children at the same moment, but for those that are known to have been looked at together with a release: those that came after it and have its numbers. Nobody else publishes until the end of the transaction.';

CREATE FUNCTION gapstats_internal.draft_release(kept jsonb, texts text[])
RETURNS jsonb
LANGUAGE sql STABLE
RETURN kept || jsonb_build_object('cells', format('gapstats_internal.kept_cells(%L, %L)', kept, texts));
COMMENT ON FUNCTION gapstats_internal.draft_release(jsonb, text[]) IS
'A release that is in no ledger, as ledger_audit() takes it: what is kept of it, and as cells what they can be selected from.';

CREATE FUNCTION gapstats_internal.draft_leaks_as_owner(ledger regclass, said jsonb, texts text[])
RETURNS TABLE (cell text, measure text, verdict text, because text, told_by text[])
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	draft CONSTANT jsonb := gapstats_internal.draft_release(gapstats_internal.kept_release(said || '{"release": ""}', texts), texts);
	as_of CONSTANT date := said ->> 'as_of';
	dimensions CONSTANT text[] := ARRAY(SELECT jsonb_array_elements_text(said -> 'dimensions'));
	others text[];
BEGIN
	PERFORM gapstats_internal.check_ledger(ledger);
	others := gapstats_internal.releases_together(ledger, said ->> 'population', as_of, said -> 'measures');
	RETURN QUERY
	SELECT l.cell, l.measure, l.verdict, l.because,
		ARRAY(
			SELECT ARRAY(SELECT t.told::jsonb ->> d.name FROM unnest(dimensions) WITH ORDINALITY AS d (name, place) ORDER BY d.place)
			FROM unnest(l.told_by) AS t (told)
			WHERE t.told::jsonb ->> 'as_of' = to_char(as_of, 'YYYY-MM-DD') AND t.told::jsonb - 'as_of' - dimensions = '{}')
	FROM jsonb_to_recordset(gapstats_internal.new_leaks(ledger, '', others, (said ->> 'max_nodes')::integer, draft))
		AS l (cell text, measure text, verdict text, because text, told_by text[]);
END
$$;
COMMENT ON FUNCTION gapstats_internal.draft_leaks_as_owner(regclass, jsonb, text[]) IS
'draft_leaks(), done as the ledger''s owner.';

CREATE FUNCTION gapstats_internal.draft_leaks(ledger regclass, said jsonb, texts text[])
RETURNS TABLE (cell text, measure text, verdict text, because text, told_by text[])
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION gapstats_internal.draft_leaks(regclass, jsonb, text[]) IS
'The numbers for which enter_release() would refuse a draft, of which it is given the same as that; and the draft''s own cells that give them away, one after the other, each as long as its dimensions.';
