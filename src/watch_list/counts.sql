-- watch_list/counts: how many students are flagged in each group, for those who may know no more

-- The one place that decides what of a breakdown may be shown.  Hidden numbers must not be
-- had from those shown, so all groups are hidden as soon as one is small; the total is, if
-- it is small itself.
--
-- What breakdowns tell together is at most the table of their combinations.  So a breakdown is
-- hidden, too, if a combination of its groups with those of the ones that were published before
-- it is small.
CREATE FUNCTION gapstats_internal.is_suppressed(is_total boolean, is_small boolean, any_small boolean)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN is_total THEN is_small ELSE any_small END;
COMMENT ON FUNCTION gapstats_internal.is_suppressed(boolean, boolean, boolean) IS
'Whether a row of a breakdown by group is hidden: any_small says whether any of its groups is small.';

CREATE FUNCTION gapstats_internal.is_small(students bigint, flagged bigint, minimum integer)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN students < minimum OR flagged BETWEEN 1 AND minimum - 1 OR students - flagged < minimum;
COMMENT ON FUNCTION gapstats_internal.is_small(bigint, bigint, integer) IS
'Whether a group of students is small: they, those of them who are flagged, or the others are fewer than minimum. That nobody is flagged may be known.';

CREATE FUNCTION gapstats_internal.any_is_small(list regclass, group_columns text[], minimum integer)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_small boolean;
BEGIN
	EXECUTE gapstats_internal.statement(list, format($sql$
		SELECT coalesce(bool_or(gapstats_internal.is_small(g.students, g.flagged, $1)), false)
		FROM (
			SELECT count(*) AS students, count(*) FILTER (WHERE c.status IN ('watch', 'at risk')) AS flagged
			FROM @current c
			GROUP BY %s
		) g
		$sql$, (SELECT string_agg(replace(format('c.%I::text', k), '@', '@@'), ', ') FROM unnest(group_columns) k)))
	INTO is_small USING minimum;
	RETURN is_small;
END
$$;
COMMENT ON FUNCTION gapstats_internal.any_is_small(regclass, text[], integer) IS
'Whether any combination of the groups of some columns of a watch list is small.';

CREATE FUNCTION gapstats_internal.write_breakdown(list regclass, group_column text, minimum integer, any_small boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.statement(list, format($sql$
		WITH counted AS (
			SELECT s.group_value, grouping(s.group_value) = 1 AS is_total, count(*) AS students,
				count(*) FILTER (WHERE s.status IN ('watch', 'at risk')) AS flagged
			FROM (SELECT coalesce(c.%1$I::text, 'not recorded') AS group_value, c.status FROM @current c) s
			GROUP BY GROUPING SETS ((s.group_value), ())
		), new AS MATERIALIZED (
			SELECT CASE WHEN is_total THEN 'all' ELSE group_value END AS group_value, is_total,
				CASE WHEN NOT hidden THEN students END AS students, CASE WHEN NOT hidden THEN flagged END AS flagged,
				CASE WHEN NOT hidden THEN flagged::double precision / nullif(students, 0) END AS flag_rate,
				CASE WHEN hidden THEN 'suppressed' END AS reason
			FROM counted c
			CROSS JOIN LATERAL (SELECT gapstats_internal.is_suppressed(c.is_total, gapstats_internal.is_small(c.students, c.flagged, $2), $3)) h (hidden)
		), gone AS (
			DELETE FROM @counts c
			WHERE c.group_column = $1 AND NOT EXISTS (SELECT FROM new n WHERE n.group_value = c.group_value AND n.is_total = c.is_total)
		)
		INSERT INTO @counts AS c (group_column, group_value, is_total, students, flagged, flag_rate, reason)
		SELECT $1, n.* FROM new n
		ON CONFLICT (group_column, group_value, is_total) DO UPDATE
		SET students = excluded.students, flagged = excluded.flagged, flag_rate = excluded.flag_rate, reason = excluded.reason
		WHERE (c.students, c.flagged, c.reason) IS DISTINCT FROM (excluded.students, excluded.flagged, excluded.reason)
		$sql$, replace(group_column, '@', '@@')))
	USING group_column, minimum, any_small;
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_breakdown(regclass, text, integer, boolean) IS
'Writes the counts of a watch list by one column, where they differ; any_small says whether its groups are hidden.';

CREATE FUNCTION gapstats_internal.write_counts(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	breakdown record;
	earlier text[] := '{}';
	minimum integer := 1;
	any_small boolean;
BEGIN
	EXECUTE gapstats_internal.statement(list, 'DELETE FROM @counts c WHERE NOT EXISTS (SELECT FROM @breakdowns b WHERE b.group_column = c.group_column)');
	FOR breakdown IN EXECUTE gapstats_internal.statement(list, 'SELECT * FROM @breakdowns ORDER BY "position"') LOOP
		any_small := gapstats_internal.any_is_small(list, earlier || breakdown.group_column, greatest(minimum, breakdown.minimum));
		PERFORM gapstats_internal.write_breakdown(list, breakdown.group_column, breakdown.minimum, any_small);
		-- shown tonight or not: what was seen yesterday may be kept
		earlier := earlier || breakdown.group_column;
		minimum := greatest(minimum, breakdown.minimum);
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_counts(regclass) IS
'Writes the counts that a watch list publishes, where they differ. A breakdown that must not be shown together with one that was published before it is not.';

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
		INSERT INTO @breakdowns (group_column, minimum) VALUES ($1, $2) ON CONFLICT (group_column) DO UPDATE SET minimum = excluded.minimum
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
'Publishes, in the table named like the list with "counts" after it, how many students of each group (a column of the students query) the list flags, for those who may know no more; kept up to date with the list. A list may publish several breakdowns, of which one is suppressed if a combination of its groups with those of the ones published before it is small, since what they tell together, be it on different days, could tell of it. A group is small if its students, its flagged or the others are fewer than minimum (nobody flagged may be shown). If any group is small, all groups of the breakdown are suppressed, so that none can be told from the total; the total is suppressed if it is small itself.';

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
