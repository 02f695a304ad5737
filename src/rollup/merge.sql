-- rollup/merge: what has changed since, taken into the base

CREATE FUNCTION gapstats_internal.count_source(rollup regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	columns record;
BEGIN
	PERFORM gapstats_internal.capture_source(rollup), gapstats_internal.rollup_is_at_home(rollup);
	SELECT string_agg(format('%I', c.name), ', ' ORDER BY c.place) AS names, string_agg(format('%I %s', c.name, c.declaration), ', ' ORDER BY c.place) AS declared INTO columns
	FROM gapstats_internal.kept_query_columns('source', gapstats_internal.rollup_query(rollup)) WITH ORDINALITY AS c (name, type, type_mod, declaration, place);
	-- all that others read until this is committed; the next statement writes it anew
	EXECUTE gapstats_internal.rollup_sql(rollup, 'DELETE FROM ONLY @base');
	-- in one statement, and so in one snapshot: what it does not count stays among the changes
	EXECUTE gapstats_internal.rollup_sql(rollup, format('
		WITH counted_now AS (DELETE FROM ONLY @changes)
		INSERT INTO @base (%1$s) SELECT %1$s FROM gapstats_internal.run_kept_query(''source'', $1) AS s (%2$s)',
		replace(columns.names, '@', '@@'), replace(columns.declared, '@', '@@')))
	USING gapstats_internal.rollup_query(rollup);
END
$$;
COMMENT ON FUNCTION gapstats_internal.count_source(regclass) IS
'Counts the source of a roll-up anew. Nobody waits who reads or writes: what writers do meanwhile stays among the changes.';

CREATE FUNCTION gapstats_internal.merge_statements(rollup regclass, OUT merge text, OUT settle text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	d record;
BEGIN
	EXECUTE gapstats_internal.rollup_sql(rollup, 'SELECT d.group_columns, d.measures FROM @definition d') INTO d;
	SELECT gapstats_internal.rollup_sql(rollup, format($sql$
			WITH taken AS (
				DELETE FROM ONLY @changes RETURNING *
			), merged AS (
				INSERT INTO @base AS b (%1$s, %2$s)
				SELECT %1$s, %3$s FROM taken c GROUP BY %4$s
				ON CONFLICT (%1$s) DO UPDATE SET %5$s
				RETURNING 1
			)
			SELECT (SELECT count(*) FROM taken), (SELECT count(*) FROM merged)
			$sql$, g.names, c.names, c.summed, g.places, c.merged)),
		-- groups that are new, and of which rows were taken away again
		gapstats_internal.rollup_sql(rollup, format('UPDATE ONLY @base c SET %s WHERE c.n_removed > 0', c.settled))
	INTO merge, settle
	FROM (SELECT replace(string_agg(format('%I', u.name), ', ' ORDER BY u.place), '@', '@@') AS names, string_agg(u.place::text, ', ' ORDER BY u.place) AS places
		FROM unnest(d.group_columns) WITH ORDINALITY AS u (name, place)) AS g,
		(SELECT replace(string_agg(format('%I', r.name), ', ' ORDER BY r.place), '@', '@@') AS names, replace(string_agg(r.summed, ', ' ORDER BY r.place), '@', '@@') AS summed,
			replace(string_agg(format('%I = %s', r.name, r.merged), ', ' ORDER BY r.place), '@', '@@') AS merged,
			replace(string_agg(format('%I = %s', r.name, coalesce(r.read, r.merged)), ', ' ORDER BY r.place), '@', '@@') AS settled
		FROM gapstats_internal.rollup_columns(d.measures) r) AS c;
END
$$;
COMMENT ON FUNCTION gapstats_internal.merge_statements(regclass) IS
'The statements that take the changes of a roll-up into its base: first all, then what is to be settled of groups that are new.';

CREATE FUNCTION gapstats_internal.merge_changes(rollup regclass, OUT n_changes integer, OUT n_groups integer)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	statements record := gapstats_internal.merge_statements(rollup);
BEGIN
	EXECUTE statements.merge INTO n_changes, n_groups;
	EXECUTE statements.settle;
	EXECUTE gapstats_internal.rollup_sql(rollup, 'DELETE FROM ONLY @base WHERE n_rows = 0');
END
$$;
COMMENT ON FUNCTION gapstats_internal.merge_changes(regclass) IS
'Takes the changes of a roll-up into its base: how many rows they were, of how many groups. Raises 22023 if rows were taken away that were never added.';
