-- watch_list/hidden_groups: of which groups no number may be shown
--
-- This is the one place that decides it.  Cells are JSON, so that any counts by any columns can
-- be asked about: "groups" holds a group a dimension, NULL for a total over it, "hide" says that
-- a cell is not shown in any case, "keep" that it should be shown if that can be; the rest are
-- the counts. Of cells that were counted before, "same" says that their counts are what they were,
-- and "stay" that they were hidden and should stay so.

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
		(SELECT string_agg(replace(format('coalesce(c.%I::text, CASE WHEN c.student_id IS NULL THEN ''left'' ELSE ''not recorded'' END) AS d%s', k, i), '@', '@@'), ', ' ORDER BY i) FROM unnest(group_columns) WITH ORDINALITY AS g (k, i)),
		(SELECT string_agg(CASE WHEN i = ANY (places) THEN 'c.d' || i ELSE 'NULL' END, ', ' ORDER BY i) FROM generate_subscripts(group_columns, 1) AS i),
		source, counts,
		(SELECT string_agg(', (' || concat_ws(', ', 'c.d' || i, 'c.d' || nullif(j, i)) || ')', '' ORDER BY i, j) FROM unnest(places) AS i JOIN unnest(places) AS j ON i <= j)))
	INTO cells;
	RETURN cells;
END
$$;
COMMENT ON FUNCTION gapstats_internal.counted_cells(regclass, text[], text, text, text[]) IS
'Counts over what is left of a SELECT from c, the students of a watch list, or nothing for one who has left: in all, in each group of each of some of their columns but for those of few, and in each two groups that have any in common.';

CREATE FUNCTION gapstats_internal.shown_cells(cells jsonb, measures jsonb, minimum integer)
RETURNS text[]
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	shown text[] := '{}';
	columns_in integer[] := '{}';
	places integer[];
	i integer;
	part jsonb;
	hidden text[];
	attempt text;
	asked jsonb;
	asked_before jsonb;
BEGIN
	PERFORM gapstats_internal.check_cells(cells, measures);
	-- of which there are groups; if of none, the total is by itself
	places := ARRAY(
		SELECT DISTINCT p
		FROM jsonb_to_recordset(cells) AS g (groups text[])
		CROSS JOIN generate_subscripts(g.groups, 1) AS p
		WHERE g.groups[p] IS NOT NULL
		ORDER BY p);
	-- Beside what is shown of the columns before it, and rather what it showed last.  What two groups
	-- have in common is not shown, and ties them together: who knows which have any in common takes a
	-- school from its region, or finds the few of a grade who are in no other school.
	--
	-- All that was shown last stays shown; if that cannot be, so does what is the same, for it is known;
	-- if not even that, it is only rather shown, which the first column can say.  What was hidden last
	-- and is the same stays hidden, unless nothing could be shown then.
	FOREACH i IN ARRAY CASE places WHEN '{}' THEN '{0}' ELSE places END LOOP
		asked_before := NULL;
		FOREACH attempt IN ARRAY '{shown, same, any, free}'::text[] LOOP
			part := (
				SELECT jsonb_agg(c || jsonb_build_object(
					'keep', CASE WHEN is_settled THEN is_shown ELSE coalesce(g.keep AND CASE attempt WHEN 'shown' THEN true WHEN 'same' THEN g.same ELSE columns_in = '{}' END, false) END,
					'hide', coalesce(g.hide, false) OR CASE WHEN is_settled THEN NOT is_shown ELSE attempt <> 'free' AND coalesce(g.stay, false) END))
				FROM jsonb_array_elements(cells) c
				CROSS JOIN LATERAL jsonb_to_record(c) AS g (groups text[], hide boolean, keep boolean, same boolean, stay boolean)
				CROSS JOIN LATERAL (SELECT ARRAY(SELECT p FROM generate_subscripts(g.groups, 1) p WHERE g.groups[p] IS NOT NULL)) o (of_columns)
				CROSS JOIN LATERAL (SELECT columns_in <> '{}' AND o.of_columns <@ columns_in AND cardinality(o.of_columns) < 2, g.groups::text IN (SELECT unnest(shown))) s (is_settled, is_shown)
				WHERE o.of_columns <@ (columns_in || i));
			asked := jsonb_build_array(CASE WHEN columns_in = '{}' AND attempt IN ('any', 'free') THEN 'pattern' ELSE 'out' END, part);
			CONTINUE WHEN asked = asked_before;
			hidden := gapstats_internal.hidden_groups(part, measures, minimum, asked ->> 0, 1);
			EXIT WHEN hidden IS NOT NULL;
			asked_before := asked;
		END LOOP;
		IF hidden IS NOT NULL THEN
			columns_in := columns_in || i;
			shown := shown || ARRAY(SELECT g.groups::text FROM jsonb_to_recordset(part) AS g (groups text[])
				WHERE cardinality(array_remove(g.groups, NULL)) < 2 AND g.groups::text NOT IN (SELECT unnest(hidden || shown)));
		END IF;
	END LOOP;
	RETURN shown;
END
$$;
COMMENT ON FUNCTION gapstats_internal.shown_cells(jsonb, jsonb, integer) IS
'The groups, as texts of arrays, of those counted cells that may be shown. A column takes nothing from those before it: if nothing of it can be shown beside them, nothing is.';
