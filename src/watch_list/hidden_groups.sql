-- watch_list/hidden_groups: of which groups no number may be shown
--
-- This is the one place that decides it.  Cells are JSON, so that any counts by any columns can
-- be asked about: "groups" holds a group a dimension, NULL for a total over it, "hide" says that
-- a cell is not shown in any case, "keep" that it should be shown if that can be; the rest are
-- the counts.

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

CREATE FUNCTION gapstats_internal.hidden_groups(cells jsonb, measures jsonb, minimum integer, published_is text DEFAULT 'pattern')
RETURNS text[]
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning	-- who asks knows of whom all or nobody is counted
AS $$
DECLARE
	names CONSTANT text[] := ARRAY(SELECT jsonb_object_keys(measures));
BEGIN
	IF minimum = 1 THEN
		RETURN '{}';
	END IF;
	RETURN ARRAY(
		SELECT DISTINCT s.members::text
		FROM gapstats.suppress(gapstats_internal.cells_query(cells, names, '%I'),
			ARRAY(SELECT 'd' || i FROM generate_series(1, jsonb_array_length(cells -> 0 -> 'groups')) AS i ORDER BY i), measures, minimum => minimum,
			published => CASE WHEN jsonb_path_exists(cells, '$[*] ? (@.hide == true || @.keep == true)')
				THEN gapstats_internal.cells_query(cells, names, 'CASE WHEN hide IS NOT TRUE THEN %1$I END AS %1$I') END,
			published_is => published_is, mark => '*') s
		WHERE s.shown = '*');
EXCEPTION WHEN data_exception THEN
	IF SQLSTATE <> '22000' THEN
		RAISE;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION gapstats_internal.hidden_groups(jsonb, jsonb, integer, text) IS
'The groups, as texts of arrays, of those cells that must not be shown, so that no number under minimum can be had from all that are: suppress(), with the same measures; published_is ''out'': what is kept is shown in any case. NULL if nothing that may be hidden is enough.';
