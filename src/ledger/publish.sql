-- ledger/publish: entering a release, and taking one back

--
-- Of what a description holds the planner thinks that it is much, and compiling that takes a second: SET jit = off

CREATE FUNCTION gapstats_internal.leaks_in_words(leaks jsonb, others text[])
RETURNS text
LANGUAGE sql STABLE
RETURN concat_ws(E'\n', (
		SELECT string_agg(format('%s, %s: %s; %s', l.leak ->> 'cell', l.leak ->> 'measure', l.leak ->> 'verdict', l.leak ->> 'because'), E'\n' ORDER BY l.place)
		FROM jsonb_array_elements(leaks) WITH ORDINALITY AS l (leak, place)
		WHERE l.place <= 10),
	CASE WHEN jsonb_array_length(leaks) > 10 THEN format('and %s more', jsonb_array_length(leaks) - 10) END,
	CASE WHEN others <> '{}' THEN 'Audited with: ' || array_to_string(others, ', ') END);
COMMENT ON FUNCTION gapstats_internal.leaks_in_words(jsonb, text[]) IS
'The numbers that a release gives away, ten of them at most, and the releases that it was audited with.';

CREATE FUNCTION gapstats_internal.columns_of(said jsonb, texts text[])
RETURNS TABLE (place bigint, name text, decimals integer, decimals_printed integer)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH c AS (
		SELECT c.*, m.object,
			c.kind IN ('percent', 'rate', 'mean', 'gap', 'ratio', 'odds_ratio', 'interval') OR c.kind = 'sum' AND m.object -> 'step' = 'null' AS is_rounded
		FROM gapstats_internal.measure_columns(said -> 'measures') AS c
		CROSS JOIN LATERAL (SELECT columns_of.said -> 'measures' -> c.measure) AS m (object)
	), width AS (
		SELECT jsonb_array_length(said -> 'dimensions') AS dimensions, jsonb_array_length(said -> 'dimensions') + (SELECT count(*) FROM c) AS columns
	), printed AS (
		SELECT (t.place - 1) % w.columns + 1 - w.dimensions AS place, max(scale(gapstats_internal.number_in(t.text))) AS decimals
		FROM width AS w, unnest(CASE WHEN EXISTS (SELECT FROM c WHERE c.is_rounded) THEN texts ELSE '{}' END) WITH ORDINALITY AS t (text, place)
		WHERE (t.place - 1) % w.columns + 1 - w.dimensions IN (SELECT c.place FROM c WHERE c.is_rounded)
		GROUP BY 1
	)
	SELECT c.place, c.name, CASE WHEN c.is_rounded THEN coalesce((c.object ->> 'decimals')::integer, p.decimals, 0) END, p.decimals
	FROM c
	LEFT JOIN printed AS p USING (place);
END;
COMMENT ON FUNCTION gapstats_internal.columns_of(jsonb, text[]) IS
'The columns of a release''s numbers, and the decimals of those that were rounded: as said, or as many as were printed at most.';

CREATE FUNCTION gapstats_internal.kept_release(said jsonb, texts text[])
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	columns text[];
	decimals integer[];
	wrong text;
BEGIN
	SELECT coalesce(array_agg(c.name ORDER BY c.place), '{}'), coalesce(array_agg(c.decimals ORDER BY c.place), '{}'),
		min(format('%s has more than %s decimals', c.name, c.decimals)) FILTER (WHERE c.decimals_printed > c.decimals)
	INTO columns, decimals, wrong
	FROM gapstats_internal.columns_of(said, texts) AS c;
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION '%', wrong
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Numbers are published as they were rounded; give the column as it was printed, or other "decimals".';
	END IF;
	RETURN (said - '{totals,accept,max_nodes}'::text[])
		|| jsonb_build_object(
			'measures', gapstats_internal.kept_measures(said -> 'measures', columns, decimals),
			'width', coalesce((said ->> 'width')::double precision, ((said ->> 'minimum')::integer + 1) / 2),
			'cells', jsonb_build_object(
				'decimals', decimals,
				'totals', ARRAY(SELECT said -> 'totals' ->> d.name FROM jsonb_array_elements_text(said -> 'dimensions') WITH ORDINALITY AS d (name, place) ORDER BY d.place)));
END
$$;
COMMENT ON FUNCTION gapstats_internal.kept_release(jsonb, text[]) IS
'A release as a ledger keeps it: its row, and cells, by which kept_cells() makes its cells of the texts. Raises 22023 for numbers with more decimals than is said.';

CREATE FUNCTION gapstats_internal.said_cells(texts text[], totals text[], n_numbers integer)
RETURNS TABLE (place bigint, members text[], numbers text[])
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.said_cells(text[], text[], integer) IS
'Cells of their texts, one after the other: as many members as there are totals, of which one that is the total is NULL, and so many numbers. Raises 22023 for what is left of the texts, 22004 for a NULL.';

CREATE FUNCTION gapstats_internal.kept_cells(kept jsonb, texts text[])
RETURNS TABLE (place bigint, members text[], numbers text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT c.place, c.members,
		CASE WHEN array_remove(s.decimals, NULL) = '{}' THEN c.numbers
		ELSE ARRAY(
			SELECT gapstats_internal.with_decimals(n.number, n.decimals) FROM unnest(c.numbers, s.decimals) WITH ORDINALITY AS n (number, decimals, place) ORDER BY n.place) END
	FROM (
		SELECT ARRAY(SELECT jsonb_array_elements_text(kept -> 'cells' -> 'totals')) AS totals,
			ARRAY(SELECT jsonb_array_elements_text(kept -> 'cells' -> 'decimals')::integer) AS decimals
	) AS s
	CROSS JOIN LATERAL gapstats_internal.said_cells(texts, s.totals, cardinality(s.decimals)) AS c;
END;
COMMENT ON FUNCTION gapstats_internal.kept_cells(jsonb, text[]) IS
'The cells of a release, of which kept_release() gave what is kept, as a ledger has them.';

-- A table that says of a later day what it said before, to the same readers, is a release of that day; its cells are there.
CREATE FUNCTION gapstats_internal.cells_kept_before(ledger regclass, kept jsonb, texts text[])
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	before text;
	is_same boolean;
BEGIN
	EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		SELECT coalesce(e.cells_of, e.release)
		FROM @ledger e, jsonb_to_record($1) AS r (kind text, audience text, population text, as_of date, dimensions text[], measures jsonb)
		WHERE (e.kind, e.audience, e.population, e.dimensions, e.measures) = (r.kind, r.audience, r.population, r.dimensions, r.measures) AND e.as_of < r.as_of
		ORDER BY e.as_of DESC, e.published_at DESC, e.release DESC
		LIMIT 1
		$sql$)
	INTO before USING kept;
	IF before IS NULL THEN
		RETURN NULL;
	END IF;
	EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		SELECT NOT EXISTS (
			SELECT
			FROM gapstats_internal.kept_cells($1, $2) AS c
			FULL JOIN (SELECT k.place + 1 AS place, k.members, k.numbers FROM @cells k WHERE k.release = $3) AS k USING (place)
			WHERE (c.members, c.numbers) IS DISTINCT FROM (k.members, k.numbers))
		$sql$)
	INTO is_same USING kept, texts, before;
	RETURN CASE WHEN is_same THEN before END;
END
$$;
COMMENT ON FUNCTION gapstats_internal.cells_kept_before(regclass, jsonb, text[]) IS
'The release of an earlier moment, the last to the same audience that is of the same, whose cells a release has, too; NULL if they are others.';

CREATE FUNCTION gapstats_internal.keep_release(ledger regclass, kept jsonb, texts text[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	cells_of CONSTANT text := gapstats_internal.cells_kept_before(ledger, kept, texts);
BEGIN
	EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		INSERT INTO @ledger (release, kind, audience, population, as_of, dimensions, measures, hierarchies, marks, minimum, width, zeros, absent, incomplete, sensitive, k, l, cells_of, published_at, published_by)
		SELECT r.release, r.kind, r.audience, r.population, r.as_of, r.dimensions, r.measures, r.hierarchies, r.marks,
			r.minimum, r.width, r.zeros, r.absent, r.incomplete, r.sensitive, r.k, r.l, $2, r.published_at, gapstats_internal.caller()
		FROM jsonb_to_record($1) AS r (release text, kind text, audience text, population text, as_of date, dimensions text[], measures jsonb, hierarchies jsonb, marks jsonb,
			minimum integer, width double precision, zeros text, absent text, incomplete text[], sensitive text[], k integer, l integer, published_at timestamptz)
		$sql$)
	USING kept, cells_of;
	IF cells_of IS NULL THEN
		EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
			INSERT INTO @cells (release, place, members, numbers)
			SELECT $1 ->> 'release', c.place - 1, c.members, c.numbers
			FROM gapstats_internal.kept_cells($1, $2) AS c
			$sql$)
		USING kept, texts;
	END IF;
EXCEPTION WHEN unique_violation THEN
	RAISE EXCEPTION 'ledger "%" has a release "%" already', ledger, kept ->> 'release'
		USING ERRCODE = 'duplicate_object',
			  HINT = 'Give the new one another name, also where the old one was withdrawn.';
END
$$;
COMMENT ON FUNCTION gapstats_internal.keep_release(regclass, jsonb, text[]) IS
'Writes a release, as kept_release() gives it, and the cells of its texts into a ledger, unless they are those of an earlier moment. Raises 42710 if it has one of that name.';

-- Nothing is wrong with either; but who misspelled it, or thought that it went without saying,
-- would not learn it otherwise.
CREATE FUNCTION gapstats_internal.tell_what_is_not_compared(ledger regclass, said jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	moments date[];
	is_used boolean;
BEGIN
	EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		SELECT array_agg(DISTINCT r.as_of ORDER BY r.as_of) FILTER (WHERE r.population = $1), count(*) > 0
		FROM @ledger r
		WHERE r.withdrawn_at IS NULL AND r.population IS NOT NULL
		$sql$)
	INTO moments, is_used USING said ->> 'population';
	IF is_used AND moments IS NULL THEN
		RAISE NOTICE 'this is the first release of population "%"', said ->> 'population'
			USING HINT = 'Releases of other populations are not compared with it.';
	ELSIF array_remove(moments, (said ->> 'as_of')::date) <> '{}'
		AND NOT jsonb_path_exists(said -> 'measures', '$.* ? (@.leaving == "as_of" || @.cumulative == "as_of")') THEN
		RAISE NOTICE 'releases of population "%" at other moments are not compared with this one', said ->> 'population'
			USING HINT = 'If nobody joins from one to the next, or nobody leaves, say so of its measures: {"leaving": "as_of"}, {"cumulative": "as_of"}.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.tell_what_is_not_compared(regclass, jsonb) IS
'A notice for a release of a population that the ledger did not have, or that has other moments to which nothing relates it.';

-- The audit is of what is hidden: who publishes a small number openly may mean to, or have thought that it was looked for.
CREATE FUNCTION gapstats_internal.tell_small_numbers(kept jsonb, texts text[])
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	minimum CONSTANT integer := kept ->> 'minimum';
	n bigint;
BEGIN
	SELECT sum(t.n) INTO n
	FROM (
		SELECT c.numbers[m.place] AS text, count(*) AS n
		FROM gapstats_internal.kept_cells(kept, texts) AS c
		CROSS JOIN gapstats_internal.measure_columns(kept -> 'measures') AS m
		WHERE m.kind = 'count'
		GROUP BY 1
	) AS t
	WHERE gapstats_internal.number_in(t.text) BETWEEN 1 AND minimum - 1;
	IF n > 0 THEN
		RAISE NOTICE 'release "%" openly shows %', kept ->> 'release',
			CASE n WHEN 1 THEN format('a number below its minimum of %s', minimum) ELSE format('%s numbers below its minimum of %s', n, minimum) END
			USING HINT = 'What is shown is given away, and nothing is audited for it. Hide it (suppress), if it is not known anyway.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.tell_small_numbers(jsonb, text[]) IS
'A notice for a release, as kept_release() gives it, whose texts show counts from 1 to below its minimum: how many.';

CREATE FUNCTION gapstats_internal.refuse_other_numbers(ledger regclass, release text, others text[], max_nodes integer, draft jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	other text;
	message text;
	numbers text;
BEGIN
	BEGIN
		PERFORM gapstats_internal.ledger_audit(ledger, ARRAY[release], max_nodes, draft => draft);
	EXCEPTION WHEN cardinality_violation THEN
		RETURN;
	END;
	FOREACH other IN ARRAY others LOOP
		BEGIN
			PERFORM gapstats_internal.ledger_audit(ledger, ARRAY[other, release], max_nodes, draft => draft);
		EXCEPTION WHEN cardinality_violation THEN
			GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, numbers = PG_EXCEPTION_DETAIL;
			PERFORM gapstats_internal.refuse_privately('cardinality_violation',
				format('%s other numbers than release "%s", which is of the same children', CASE WHEN draft IS NULL THEN format('release "%s" has', release) ELSE 'cells have' END, other),
				message || '. ' || numbers,
				format('Correct the one that is wrong. If that is the earlier one: SELECT gapstats.withdraw_release(%L, %L, ''why''); and then publish this one. Numbers of other children, or of another day, are of another population or as_of.', ledger, other));
		END;
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.refuse_other_numbers(regclass, text, text[], integer, jsonb) IS
'Raises 21000 with the name of the release whose numbers another one has otherwise; nothing if there is none, or if that one contradicts itself.';

CREATE FUNCTION gapstats_internal.new_leaks(ledger regclass, release text, others text[], max_nodes integer, draft jsonb DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT coalesce(jsonb_agg(to_jsonb(a) - 'accepted' ORDER BY a.cell, a.measure), '[]')
		FROM gapstats_internal.ledger_leaks(ledger, others || release, max_nodes, draft) AS a
		WHERE a.accepted IS NULL
	);
EXCEPTION WHEN cardinality_violation THEN
	PERFORM gapstats_internal.refuse_other_numbers(ledger, release, others, max_nodes, draft);
	RAISE;
END
$$;
COMMENT ON FUNCTION gapstats_internal.new_leaks(regclass, text, text[], integer, jsonb) IS
'The numbers that a release, or what would be one (draft, whose name is empty), gives away together with others and that were not accepted. Raises 21000 for numbers that two of them have otherwise.';

CREATE FUNCTION gapstats_internal.enter_release_as_owner(ledger regclass, said jsonb, texts text[])
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET jit = off
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := gapstats_internal.entered_text('release', said ->> 'release', 200, true);
	reason CONSTANT text := gapstats_internal.entered_text('accept', said ->> 'accept', 1000, said ->> 'accept' IS NOT NULL);
	others text[];
	kept jsonb;
	leaks jsonb;
	n bigint;
BEGIN
	PERFORM gapstats_internal.check_description(said);
	PERFORM gapstats_internal.check_dimensions(said);
	IF texts = '{}' THEN
		RAISE EXCEPTION 'cells has no rows' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM gapstats_internal.begin_change(ledger);
	PERFORM gapstats_internal.tell_what_is_not_compared(ledger, said);
	kept := gapstats_internal.kept_release(said || jsonb_build_object('release', name), texts);
	PERFORM gapstats_internal.keep_release(ledger, kept, texts);
	PERFORM gapstats_internal.tell_small_numbers(kept, texts);
	others := array_remove(gapstats_internal.releases_together(ledger, said ->> 'population', (said ->> 'as_of')::date), name);
	leaks := gapstats_internal.new_leaks(ledger, name, others, (said ->> 'max_nodes')::integer);
	n := jsonb_array_length(leaks);
	IF n > 0 AND reason IS NULL THEN
		PERFORM gapstats_internal.refuse_privately('check_violation',
			format(CASE
				WHEN jsonb_path_exists(leaks, '$[*] ? (@.verdict != "inconsistent")') THEN 'release "%s" would give away hidden numbers: %s'
				ELSE 'release "%s" contradicts itself, or what was published before: %s' END, name, n),
			gapstats_internal.leaks_in_words(leaks, others),
			'Hide more of it, or correct it; or say why it may go out all the same: accept => ''...''.');
	ELSIF n > 0 THEN
		-- how exactly, and not the numbers themselves: one of them may be a child's
		EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
			UPDATE @ledger
			SET accepted = $2, accepted_numbers = (
				SELECT jsonb_agg(jsonb_build_object('cell', l.cell, 'measure', l.measure, 'width', l.at_most - l.at_least) ORDER BY l.cell, l.measure)
				FROM jsonb_to_recordset($3) AS l (cell text, measure text, at_least double precision, at_most double precision))
			WHERE release = $1
			$sql$)
		USING name, reason, leaks;
	END IF;
	RETURN n;
END
$$;
COMMENT ON FUNCTION gapstats_internal.enter_release_as_owner(regclass, jsonb, text[]) IS
'enter_release(), done as the ledger''s owner.';

CREATE FUNCTION gapstats_internal.enter_release(ledger regclass, said jsonb, texts text[])
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.enter_release(regclass, jsonb, text[]) IS
'Audits a release together with earlier ones and enters it into a ledger: what is said of it, and its cells, each the members of its dimensions and the numbers of its measures as measure_columns() orders them.';

CREATE FUNCTION publish_release(ledger regclass, release text, audience text, population text, as_of date, cells text, dimensions text[], measures jsonb,
		totals jsonb DEFAULT '{}', hierarchies jsonb DEFAULT '{}', marks jsonb DEFAULT '{}', minimum integer DEFAULT 10, width double precision DEFAULT NULL,
		zeros text DEFAULT 'show', absent text DEFAULT 'zero', incomplete text[] DEFAULT '{}', accept text DEFAULT NULL,
		published_at timestamptz DEFAULT now(), max_nodes integer DEFAULT 1000)
RETURNS bigint
LANGUAGE sql VOLATILE
SET jit = off
RETURN gapstats_internal.enter_release(ledger,
	jsonb_build_object('kind', 'table', 'release', release, 'audience', audience, 'population', population, 'as_of', as_of, 'dimensions', dimensions,
		'measures', measures, 'totals', totals, 'hierarchies', gapstats_internal.resolved_hierarchies(hierarchies, dimensions, totals), 'marks', marks,
		'minimum', minimum, 'width', width, 'zeros', zeros, 'absent', absent, 'incomplete', incomplete, 'accept', accept,
		'published_at', published_at, 'max_nodes', max_nodes),
	ARRAY(
		SELECT q.texts
		FROM gapstats_internal.query_texts('cells', cells,
			dimensions || ARRAY(SELECT c.said FROM gapstats_internal.measure_columns(measures) AS c ORDER BY c.place), 'dimensions or measures') AS q
		ORDER BY q.place));
COMMENT ON FUNCTION publish_release(regclass, text, text, text, date, text, text[], jsonb, jsonb, jsonb, jsonb, integer, double precision, text, text, text[], text, timestamptz, integer) IS
'Enters a table that is to be published into a ledger, unless it gives away, together with what was published before, numbers that are hidden and are or can be about few. Returns how many such numbers were accepted: 0 but for accept.
ledger: whose owner one must be. release: its name, once. audience: to whom it goes. population: who is counted, and as_of: at which moment. Releases of one population at one moment are of the same children: dimensions and measures of the same name are the same, and a dimension that a release does not have is at its total. Another moment is related to it only if a measure is {"cumulative": "as_of"} (nobody leaves from one to the next) or {"leaving": "as_of"} (nobody joins); then all moments of the population are audited together. Any other population is of others.
cells to incomplete, and max_nodes: as disclosure_audit has them. cells and hierarchies are read now, with the caller''s rights; kept are the cells as they are printed, without any true numbers; of a table that is the same as at the last moment before, to the same audience, by reference (cells_of). minimum and width: the largest among the releases count. Members of a dimension that a measure is cumulative or leaving over are in the order of texts.
accept: why it may go out although it gives something away; it is kept with which numbers these are, and how exactly they can be had. Later releases may give them away, too, but no more exactly. published_at: when it was published, if that was earlier. Releases that are older than the memory of the ledger, or withdrawn, are not audited with it.
Only what is hidden is audited: a notice says how many counts below the minimum the release shows openly.
Raises 23514 for a release that gives something away, with the cells; 42501 for anybody but the owner, 42710 for a name that the ledger has, 42809 for what is no ledger, 22004 for a NULL (but width and accept), 22023 for what is said wrongly, or otherwise than in another release of the same children, and 21000 for a number that is another one there, with the release that has it; else as disclosure_audit.';

CREATE FUNCTION gapstats_internal.withdraw_release_as_owner(ledger regclass, release text, reason text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := gapstats_internal.entered_text('release', release, 200, true);
	because CONSTANT text := gapstats_internal.entered_text('reason', reason, 1000, true);
	is_withdrawn boolean;
BEGIN
	PERFORM gapstats_internal.begin_change(ledger);
	EXECUTE gapstats_internal.ledger_statement(ledger, 'SELECT r.withdrawn_at IS NOT NULL FROM @ledger r WHERE r.release = $1') INTO is_withdrawn USING name;
	IF is_withdrawn IS NULL THEN
		RAISE EXCEPTION 'ledger "%" has no release "%"', ledger, name USING ERRCODE = 'undefined_object';
	ELSIF is_withdrawn THEN
		RAISE EXCEPTION 'release "%" is withdrawn already', name USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		UPDATE @ledger SET withdrawn_at = now(), withdrawn_by = gapstats_internal.caller(), withdrawn_because = $2 WHERE release = $1
		$sql$)
	USING name, because;
END
$$;
COMMENT ON FUNCTION gapstats_internal.withdraw_release_as_owner(regclass, text, text) IS
'withdraw_release(), done as the ledger''s owner.';

CREATE FUNCTION withdraw_release(ledger regclass, release text, reason text)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION withdraw_release(regclass, text, text) IS
'Withdraws a release from a ledger: it stays there, with the reason, who withdrew it and when, but nothing is audited with it any more. For one that never went out, or that nobody has kept; what somebody has read he knows.
reason: why, which must be said. Raises 22004 for a NULL, 22023 for a blank reason, 42704 for a release that the ledger does not have, 55000 for one that is withdrawn already, 42501 for anybody but the owner of the ledger, 42809 for what is no ledger.';
