-- watch_list/hidden_groups: of which groups no number may be shown
--
-- This is the one place that decides it.  Cells are JSON, so that any counts by any columns can
-- be asked about: "groups" holds a group a dimension, NULL for a total over it, "hide" says that
-- a cell is not shown in any case, "keep" that it should be shown if that can be; the rest are
-- the counts. Of cells that were counted before, "known" says that one of their numbers that
-- tells of small ones was shown since it is what it is, "same" that all were, "new" that they are
-- small since now only, "stay" that they were hidden and should stay so, and "below" for which
-- minimum; "taken_back" are those of columns that are not shown any more, and "secret" those that
-- must be hidden for what they are themselves.

CREATE FUNCTION gapstats_internal.cells_query(cells jsonb, measures text[], what text)
RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT format('SELECT %s, %s FROM pg_catalog.jsonb_to_recordset(%L) AS c (groups text[], hide boolean, keep boolean, %s)%s',
		(SELECT string_agg(format('groups[%s] AS d%s', i, i), ', ' ORDER BY i) FROM generate_series(1, jsonb_array_length(cells -> 0 -> 'groups')) AS i),
		string_agg(format(what, m), ', '), cells, string_agg(format('%I bigint', m), ', '), CASE WHEN what <> '%I' THEN ' WHERE hide OR keep' ELSE '' END)
	FROM unnest(measures) AS m
);
COMMENT ON FUNCTION gapstats_internal.cells_query(jsonb, text[], text) IS
'A query that gives cells as suppress() reads them, with a column a group and one a measure; or of those that are hidden or kept, if what says how a measure is written then.';

CREATE FUNCTION gapstats_internal.check_cells(cells jsonb, measures jsonb)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF jsonb_typeof(measures) IS DISTINCT FROM 'object' OR measures = '{}' THEN
		RAISE EXCEPTION 'measures must be a JSON object of at least one measure' USING ERRCODE = 'invalid_parameter_value';
	ELSIF jsonb_typeof(cells) IS DISTINCT FROM 'array' OR cells = '[]' THEN
		RAISE EXCEPTION 'cells must be a JSON array of at least one cell' USING ERRCODE = 'invalid_parameter_value';
	ELSIF EXISTS (
		SELECT
		FROM jsonb_array_elements(cells) AS c
		WHERE CASE jsonb_typeof(c -> 'groups') WHEN 'array' THEN jsonb_array_length(c -> 'groups') NOT IN (0, jsonb_array_length(cells -> 0 -> 'groups')) ELSE true END
		OR c -> 'groups' = '[]') THEN
		RAISE EXCEPTION 'each of cells must have groups, of the same number of dimensions' USING ERRCODE = 'invalid_parameter_value';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_cells(jsonb, jsonb) IS
'Raises an error unless cells and measures are JSON of the form that hidden_groups() reads.';

CREATE FUNCTION gapstats_internal.hidden_groups(cells jsonb, measures jsonb, minimum integer, published_is text DEFAULT 'pattern',
											  by_at_most integer DEFAULT NULL)
RETURNS text[]
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names text[];
BEGIN
	PERFORM gapstats_internal.check_cells(cells, measures);
	names := ARRAY(SELECT jsonb_object_keys(measures));
	IF minimum = 1 THEN
		RETURN '{}';
	END IF;
	RETURN ARRAY(
		SELECT DISTINCT s.members::text
		FROM gapstats.suppress(gapstats_internal.cells_query(cells, names, '%I'),
			ARRAY(SELECT 'd' || i FROM generate_series(1, jsonb_array_length(cells -> 0 -> 'groups')) AS i ORDER BY i), measures, minimum => minimum,
			published => CASE WHEN jsonb_path_exists(cells, '$[*] ? (@.hide == true || @.keep == true)')
				THEN gapstats_internal.cells_query(cells, names, 'CASE WHEN hide IS NOT TRUE THEN %1$I END AS %1$I') END,
			published_is => published_is, mark => '*', by_at_most => by_at_most, all_same => 'show') s	-- who asks knows of whom all or nobody is counted
		WHERE s.shown = '*');
EXCEPTION WHEN data_exception THEN
	IF SQLSTATE <> '22000' THEN
		RAISE;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION gapstats_internal.hidden_groups(jsonb, jsonb, integer, text, integer) IS
'The groups, as texts of arrays, of those cells that must not be shown, so that no number under minimum can be had from all that are: suppress(), with the same measures; published_is ''out'': what is kept is shown in any case; by_at_most: cells by more dimensions than this are shown in no case. NULL if nothing that may be hidden is enough.';

CREATE FUNCTION gapstats_internal.counted_cells(list regclass, group_columns text[], source text, counts text, of_few text[])
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	places CONSTANT integer[] := ARRAY(SELECT i FROM generate_subscripts(group_columns, 1) AS i WHERE NOT group_columns[i] = ANY (of_few));
	cells jsonb;
BEGIN
	EXECUTE gapstats_internal.statement(list, format($sql$
		SELECT jsonb_agg(t)
		FROM (
			SELECT ARRAY[%2$s]::text[] AS groups, %4$s
			FROM (SELECT %1$s, %3$s) c
			GROUP BY GROUPING SETS (()%5$s)
		) t
		$sql$,
		(SELECT string_agg(replace(format('coalesce(gapstats_internal.settled_text(c.%I), CASE WHEN c.student_id IS NULL THEN ''left'' ELSE ''not recorded'' END) AS d%s', k, i), '@', '@@'), ', ' ORDER BY i) FROM unnest(group_columns) WITH ORDINALITY AS g (k, i)),
		(SELECT string_agg(CASE WHEN i = ANY (places) THEN 'c.d' || i ELSE 'NULL' END, ', ' ORDER BY i) FROM generate_subscripts(group_columns, 1) AS i),
		source, counts,
		(SELECT string_agg(', (' || concat_ws(', ', 'c.d' || i, 'c.d' || nullif(j, i)) || ')', '' ORDER BY i, j) FROM unnest(places) AS i JOIN unnest(places) AS j ON i <= j)))
	INTO cells;
	RETURN cells;
END
$$;
COMMENT ON FUNCTION gapstats_internal.counted_cells(regclass, text[], text, text, text[]) IS
'Counts over what is left of a SELECT from c, the students of a watch list, or nothing for one who has left: in all, in each group of each of some of their columns but for those of few, and in each two groups that have any in common.';

CREATE FUNCTION gapstats_internal.shown_cells(cells jsonb, measures jsonb, minimum integer, OUT shown text[], OUT told text[])
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taken_back integer[];
	places integer[];
	lowest integer;
	columns_in integer[] := '{}';
	i integer;
	attempt record;
	part jsonb;
	published_is text;
	asked jsonb;
	asked_before jsonb[];
	hidden text[];
BEGIN
	PERFORM gapstats_internal.check_cells(cells, measures);
	-- of which there are groups; if of none, the total is by itself
	SELECT coalesce(array_agg(DISTINCT p) FILTER (WHERE g.taken_back), '{}'), coalesce(array_agg(DISTINCT p ORDER BY p) FILTER (WHERE g.taken_back IS NOT TRUE), '{0}')
	INTO taken_back, places
	FROM jsonb_to_recordset(cells) AS g (groups text[], taken_back boolean)
	CROSS JOIN generate_subscripts(g.groups, 1) AS p
	WHERE g.groups[p] IS NOT NULL AND cardinality(array_remove(g.groups, NULL)) = 1;
	SELECT least(minimum, min(g.below)) INTO lowest FROM jsonb_to_recordset(cells) AS g (below integer);
	shown := '{}';
	told := '{}';
	-- Beside what is shown of the columns before it, and rather what it showed last.  What two groups
	-- have in common is not shown, and ties them together: who knows which have any in common takes a
	-- school from its region, or finds the few of a grade who are in no other school.
	--
	-- All that was shown last stays shown; if that cannot be, so does what is known of it, and the
	-- total, or, if not even that, what is known only. If nothing can be hidden from whoever has
	-- read what was shown before, groups that have become small are given up to him; what was hidden
	-- for a smaller minimum is kept to that; and else all is only rather shown, which the first
	-- column can say. What was hidden last and is the same stays hidden, unless nothing could be
	-- shown then.
	FOREACH i IN ARRAY places LOOP
		asked_before := '{}';
		FOR attempt IN
			SELECT a.*, s.stays, m.asked
			FROM (VALUES
				(1, 'shown', 'known', false),
				(2, 'total', 'known', false),
				(3, 'total', 'same', false),
				(4, 'total', 'same', true),
				(5, 'nothing', 'known', false),
				(6, 'nothing', 'same', false),
				(7, 'rather shown', NULL, false)) AS a (place, keeps, knows, gives_up)
			CROSS JOIN (VALUES (true), (false)) AS s (stays)
			JOIN (SELECT DISTINCT m FROM unnest(ARRAY[minimum, lowest]) AS m) AS m (asked) ON a.knows IS NOT NULL OR m.asked = minimum
			ORDER BY a.knows IS NULL, m.asked DESC, a.place, s.stays DESC
		LOOP
			part := (
				SELECT jsonb_agg(c || jsonb_build_object('told', k.is_told, 'settled', s.is_settled,
					'keep', k.is_told OR CASE WHEN s.is_settled THEN s.is_shown ELSE coalesce(g.keep, false) AND CASE attempt.keeps
						WHEN 'shown' THEN true WHEN 'total' THEN n.of_columns = '{}' WHEN 'rather shown' THEN columns_in = '{}' ELSE false END END,
					'hide', NOT k.is_told AND (coalesce(g.hide, false) OR CASE WHEN s.is_settled THEN NOT s.is_shown AND (attempt.stays OR attempt.knows IS NULL) ELSE attempt.stays AND coalesce(g.stay, false) END)))
				FROM jsonb_array_elements(cells) c
				CROSS JOIN LATERAL jsonb_to_record(c) AS g (groups text[], hide boolean, keep boolean, known boolean, same boolean, new boolean, stay boolean)
				CROSS JOIN LATERAL (SELECT ARRAY(SELECT p FROM generate_subscripts(g.groups, 1) p WHERE g.groups[p] IS NOT NULL)) n (of_columns)
				CROSS JOIN LATERAL (SELECT columns_in <> '{}' AND n.of_columns <@ columns_in AND cardinality(n.of_columns) < 2, g.groups::text IN (SELECT unnest(shown))) s (is_settled, is_shown)
				CROSS JOIN LATERAL (SELECT coalesce(CASE attempt.knows WHEN 'known' THEN g.known WHEN 'same' THEN g.same END OR attempt.gives_up AND g.new OR g.groups::text IN (SELECT unnest(told)), false)) k (is_told)
				WHERE n.of_columns <@ (taken_back || columns_in || i));
			published_is := CASE WHEN attempt.knows IS NOT NULL OR columns_in <> '{}' THEN 'out' ELSE 'pattern' END;
			asked := jsonb_build_array(published_is, attempt.asked, part);
			CONTINUE WHEN asked = ANY (asked_before);
			asked_before := asked_before || asked;
			hidden := gapstats_internal.hidden_groups(part, measures, attempt.asked, published_is, 1);
			CONTINUE WHEN hidden IS NULL;
			IF attempt.knows IS NOT NULL THEN
				hidden := hidden || ARRAY(SELECT g.groups::text FROM jsonb_to_recordset(part) AS g (groups text[], told boolean, settled boolean, stay boolean) WHERE g.stay AND NOT (g.told OR g.settled));
			END IF;
			-- what is told is hidden all the same from whoever has not read it
			IF attempt.asked < minimum OR jsonb_path_exists(part, '$[*] ? (@.told == true && @.secret == true)') THEN
				hidden := gapstats_internal.hidden_groups((
						SELECT jsonb_agg(c || jsonb_build_object(
							'keep', CASE WHEN columns_in = '{}' THEN g.keep AND g.secret IS NOT TRUE ELSE g.settled AND s.is_shown END,
							'hide', g.groups::text IN (SELECT unnest(hidden)) OR CASE WHEN g.settled THEN NOT s.is_shown ELSE g.hide OR g.told AND coalesce(g.secret OR g.stay, false) END))
						FROM jsonb_array_elements(part) c
						CROSS JOIN LATERAL jsonb_to_record(c) AS g (groups text[], hide boolean, keep boolean, told boolean, settled boolean, secret boolean, stay boolean)
						CROSS JOIN LATERAL (SELECT g.groups::text IN (SELECT unnest(shown))) s (is_shown)),
					measures, minimum, CASE WHEN columns_in = '{}' THEN 'pattern' ELSE 'out' END, 1);
			END IF;
			EXIT WHEN hidden IS NOT NULL;
		END LOOP;
		IF hidden IS NOT NULL THEN
			columns_in := columns_in || i;
			shown := shown || ARRAY(SELECT g.groups::text FROM jsonb_to_recordset(part) AS g (groups text[], taken_back boolean, settled boolean)
				WHERE cardinality(array_remove(g.groups, NULL)) < 2 AND NOT g.settled AND g.taken_back IS NOT TRUE AND g.groups::text NOT IN (SELECT unnest(hidden)));
			told := told || ARRAY(SELECT g.groups::text FROM jsonb_to_recordset(part) AS g (groups text[], new boolean)
				WHERE attempt.gives_up AND g.new AND g.groups::text NOT IN (SELECT unnest(shown || told)));
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.shown_cells(jsonb, jsonb, integer) IS
'The groups, as texts of arrays, of those counted cells that may be shown; and of those that nothing hides from whoever has read what was shown before (told). A column takes nothing from those before it: if nothing of it can be shown beside them, nothing is.';
