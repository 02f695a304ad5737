-- watch_list/counts: how many students are flagged in each group, for those who may know no more

-- The one place that decides what of a breakdown may be shown.  Hidden numbers must not be
-- had from those shown, so all groups are hidden as soon as one is small; the total is, if
-- it is small itself.
CREATE FUNCTION gapstats_internal.is_suppressed(is_total boolean, is_small boolean, any_small boolean)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN is_total THEN is_small ELSE any_small END;
COMMENT ON FUNCTION gapstats_internal.is_suppressed(boolean, boolean, boolean) IS
'Whether a row of a breakdown by group is hidden: any_small says whether any of its groups is small.';

CREATE FUNCTION gapstats_internal.write_counts(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	breakdown record;
BEGIN
	EXECUTE gapstats_internal.statement(list, 'DELETE FROM @counts c WHERE NOT EXISTS (SELECT FROM @breakdowns b WHERE b.group_column = c.group_column)');
	FOR breakdown IN EXECUTE gapstats_internal.statement(list, 'SELECT * FROM @breakdowns') LOOP
		EXECUTE gapstats_internal.statement(list, format($sql$
			WITH counted AS (
				SELECT s.group_value, grouping(s.group_value) = 1 AS is_total, count(*) AS students,
					count(*) FILTER (WHERE s.status IN ('watch', 'at risk')) AS flagged
				FROM (SELECT coalesce(c.%1$I::text, 'not recorded') AS group_value, c.status FROM @current c) s
				GROUP BY GROUPING SETS ((s.group_value), ())
			), judged AS (
				SELECT *, students < $2 OR flagged BETWEEN 1 AND $2 - 1 OR students - flagged < $2 AS is_small FROM counted
			), new AS MATERIALIZED (
				SELECT CASE WHEN is_total THEN 'all' ELSE group_value END AS group_value, is_total,
					CASE WHEN NOT hidden THEN students END AS students, CASE WHEN NOT hidden THEN flagged END AS flagged,
					CASE WHEN NOT hidden THEN flagged::double precision / nullif(students, 0) END AS flag_rate,
					CASE WHEN hidden THEN 'suppressed' END AS reason
				FROM judged j
				CROSS JOIN LATERAL (SELECT gapstats_internal.is_suppressed(j.is_total, j.is_small,
					(SELECT coalesce(bool_or(o.is_small), false) FROM judged o WHERE NOT o.is_total))) h (hidden)
			), gone AS (
				DELETE FROM @counts c
				WHERE c.group_column = $1 AND NOT EXISTS (SELECT FROM new n WHERE n.group_value = c.group_value AND n.is_total = c.is_total)
			)
			INSERT INTO @counts AS c (group_column, group_value, is_total, students, flagged, flag_rate, reason)
			SELECT $1, n.* FROM new n
			ON CONFLICT (group_column, group_value, is_total) DO UPDATE
			SET students = excluded.students, flagged = excluded.flagged, flag_rate = excluded.flag_rate, reason = excluded.reason
			WHERE (c.students, c.flagged, c.reason) IS DISTINCT FROM (excluded.students, excluded.flagged, excluded.reason)
			$sql$, replace(breakdown.group_column, '@', '@@')))
		USING breakdown.group_column, breakdown.minimum;
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_counts(regclass) IS
'Writes the counts that a watch list publishes, where they differ.';

CREATE FUNCTION gapstats_internal.publish_counts_as_owner(list regclass, group_column text, minimum integer)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.lock_list(list);
	PERFORM gapstats_internal.check_list_column(list, group_column);
	PERFORM gapstats_internal.check_at_least_1('minimum', minimum);
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @breakdowns VALUES ($1, $2) ON CONFLICT (group_column) DO UPDATE SET minimum = excluded.minimum
		$sql$)
	USING group_column, minimum;
	PERFORM gapstats_internal.write_counts(list);
END
$$;
COMMENT ON FUNCTION gapstats_internal.publish_counts_as_owner(regclass, text, integer) IS
'publish_counts(), done as the list''s owner.';

CREATE FUNCTION publish_counts(list regclass, group_column text, minimum integer DEFAULT 10)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION publish_counts(regclass, text, integer) IS
'Publishes, in the table named like the list with "counts" after it, how many students of each group (a column of the students query) the list flags, for those who may know no more; kept up to date with the list. A list may publish several breakdowns. A group is small if its students, its flagged or the others are fewer than minimum (nobody flagged may be shown). If any group is small, all groups of the breakdown are suppressed, so that none can be told from the total; the total is suppressed if it is small itself.';

CREATE FUNCTION gapstats_internal.unpublish_counts_as_owner(list regclass, group_column text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taken_back bigint;
BEGIN
	PERFORM gapstats_internal.lock_list(list);
	EXECUTE gapstats_internal.statement(list, 'DELETE FROM @breakdowns b WHERE b.group_column = $1 OR $1 IS NULL') USING group_column;
	GET DIAGNOSTICS taken_back = ROW_COUNT;
	PERFORM gapstats_internal.write_counts(list);
	RETURN taken_back > 0;
END
$$;
COMMENT ON FUNCTION gapstats_internal.unpublish_counts_as_owner(regclass, text) IS
'unpublish_counts(), done as the list''s owner.';

CREATE FUNCTION unpublish_counts(list regclass, group_column text DEFAULT NULL)
RETURNS boolean
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION unpublish_counts(regclass, text) IS
'Takes back publish_counts for a column, or for all; false if there was nothing to take back.';
