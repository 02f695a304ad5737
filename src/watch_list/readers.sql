-- watch_list/readers: who sees which students

CREATE FUNCTION share_watch_list(list regclass, viewers_query text DEFAULT NULL, viewer_column text DEFAULT NULL,
								 names_in text DEFAULT current_setting('search_path'))
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	equals text := gapstats_internal.equality_operator(gapstats_internal.student_id_type(list));
	access text := gapstats_internal.list_part(list, 'access');
	viewers text := gapstats_internal.list_part(list, 'viewers');
	part text;
BEGIN
	PERFORM gapstats_internal.lock_watch_list(list);
	IF num_nonnulls(viewers_query, viewer_column) <> 1 THEN
		RAISE EXCEPTION 'either a viewers query or a viewer column is needed' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF to_regclass(viewers) IS NOT NULL THEN
		RAISE EXCEPTION 'watch list "%" is shared already', list
			USING ERRCODE = 'duplicate_object',
				  HINT = 'unshare_watch_list takes that back, with what was granted on it.';
	END IF;
	PERFORM gapstats_internal.check_list_column(list, viewer_column);
	IF viewer_column IS NOT NULL THEN
		viewers_query := format('SELECT %I, student_id FROM %s', viewer_column, gapstats_internal.list_part(list, 'students'));
	END IF;

	PERFORM gapstats_internal.keep_query('viewers query', access, '(viewer, student_id)', viewers_query, names_in);
	IF gapstats_internal.student_id_type(access::regclass) <> gapstats_internal.student_id_type(list) THEN
		RAISE EXCEPTION 'viewers query: second column is of type %, but student_id of "%" is of type %',
			gapstats_internal.student_id_type(access::regclass), list, gapstats_internal.student_id_type(list)
			USING ERRCODE = 'datatype_mismatch';
	END IF;
	PERFORM gapstats_internal.check_routines(access::regclass, 'viewers query');

	EXECUTE format($sql$
		CREATE MATERIALIZED VIEW %1$s AS
		SELECT DISTINCT viewer::text AS viewer, student_id FROM %2$s WHERE viewer IS NOT NULL AND student_id IS NOT NULL;
		CREATE UNIQUE INDEX ON %1$s (viewer, student_id);
		ALTER MATERIALIZED VIEW %1$s DEPENDS ON EXTENSION gapstats;

		CREATE VIEW %3$s WITH (security_barrier) AS
		SELECT * FROM %4$s l WHERE EXISTS (SELECT FROM %1$s v WHERE v.viewer = current_user::text AND v.student_id %8$s l.student_id);
		CREATE VIEW %5$s WITH (security_barrier) AS
		SELECT * FROM %6$s r WHERE EXISTS (SELECT FROM %1$s v WHERE v.viewer = current_user::text AND v.student_id %8$s r.student_id);
		CREATE VIEW %7$s WITH (security_barrier) AS
		SELECT * FROM %9$s f WHERE EXISTS (SELECT FROM %1$s v WHERE v.viewer = current_user::text AND v.student_id %8$s f.student_id);
		CREATE VIEW %10$s WITH (security_barrier) AS
		SELECT * FROM %11$s c WHERE EXISTS (
			SELECT FROM %9$s f JOIN %1$s v ON v.student_id %8$s f.student_id WHERE f.flag = c.flag AND v.viewer = current_user::text)
		WITH CHECK OPTION
		$sql$, viewers, access, gapstats_internal.list_part(list, 'mine'), list, gapstats_internal.list_part(list, 'my_reasons'), gapstats_internal.list_part(list, 'reasons'),
		gapstats_internal.list_part(list, 'my_flags'), equals, gapstats_internal.list_part(list, 'flags'),
		gapstats_internal.list_part(list, 'my_check_ins'), gapstats_internal.list_part(list, 'check_ins'));

	FOREACH part IN ARRAY '{access, viewers, mine, my_reasons, my_flags, my_check_ins}'::text[] LOOP
		PERFORM gapstats_internal.make_private(gapstats_internal.list_part(list, part)::regclass);
	END LOOP;
END
$$;
COMMENT ON FUNCTION share_watch_list(regclass, text, text, text) IS
'Makes views of a watch list that show each reader his own students, and only those: "mine" like the list, "my_reasons" like its reasons, "my_flags", and "my_check_ins", each after the list''s name. Who may see whom comes from viewers_query, which gives (viewer, student_id) with the viewer as a role''s name, or from a column of the students query that holds that name. It is refreshed with the list. Nobody may read the views until grant_watch_list or GRANT says so.';

CREATE FUNCTION unshare_watch_list(list regclass)
RETURNS boolean
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.lock_watch_list(list);
	IF to_regclass(gapstats_internal.list_part(list, 'viewers')) IS NULL THEN
		RETURN false;
	END IF;
	EXECUTE format('DROP VIEW %s, %s, %s, %s; DROP MATERIALIZED VIEW %s; DROP VIEW %s',
				   gapstats_internal.list_part(list, 'mine'), gapstats_internal.list_part(list, 'my_reasons'), gapstats_internal.list_part(list, 'my_flags'),
				   gapstats_internal.list_part(list, 'my_check_ins'), gapstats_internal.list_part(list, 'viewers'), gapstats_internal.list_part(list, 'access'));
	RETURN true;
END
$$;
COMMENT ON FUNCTION unshare_watch_list(regclass) IS
'Takes back share_watch_list, with the privileges granted on its views; false if the list was not shared.';

CREATE FUNCTION publish_counts(list regclass, group_column text, minimum integer DEFAULT 10)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	counts text := gapstats_internal.list_part(list, 'counts');
BEGIN
	PERFORM gapstats_internal.check_at_least_1('minimum', minimum);
	IF list IS NULL OR group_column IS NULL THEN
		RETURN;
	END IF;
	PERFORM gapstats_internal.lock_watch_list(list);
	PERFORM gapstats_internal.check_list_column(list, group_column);

	-- Groups with a small number in them are hidden, and then so many of the next
	-- smallest that the hidden ones together, which the total gives away, are not small.
	EXECUTE format($sql$
		CREATE MATERIALIZED VIEW %1$s AS
		WITH counted AS (
			SELECT coalesce(%2$I::text, 'not recorded') AS group_value, count(*) AS students,
				count(*) FILTER (WHERE status IN ('watch', 'at risk')) AS flagged
			FROM %3$s
			GROUP BY 1
		), judged AS (
			SELECT *, students < %4$s OR flagged BETWEEN 1 AND %4$s - 1 OR students - flagged < %4$s AS is_small FROM counted
		), ordered AS (
			SELECT *, row_number() OVER smallest AS place, sum(flagged) OVER smallest AS flagged_so_far,
				sum(students - flagged) OVER smallest AS others_so_far, count(*) FILTER (WHERE is_small) OVER () AS small_groups
			FROM judged
			WINDOW smallest AS (ORDER BY is_small DESC, students, group_value COLLATE "C" ROWS UNBOUNDED PRECEDING)
		), hidden AS (
			SELECT CASE WHEN bool_or(is_small) THEN
					min(place) FILTER (WHERE place >= greatest(small_groups, 2) AND flagged_so_far >= %4$s AND others_so_far >= %4$s)
				ELSE 0 END AS places
			FROM ordered
		), shown AS (
			SELECT o.group_value, false AS is_total, o.students, o.flagged, o.place <= coalesce(h.places, o.place) AS suppressed
			FROM ordered o
			CROSS JOIN hidden h
			UNION ALL
			SELECT 'all', true, coalesce(sum(o.students), 0)::bigint, coalesce(sum(o.flagged), 0)::bigint, coalesce(bool_or(h.places IS NULL), false)
			FROM ordered o
			CROSS JOIN hidden h
		)
		SELECT group_value, is_total, CASE WHEN NOT suppressed THEN students END AS students,
			CASE WHEN NOT suppressed THEN flagged END AS flagged,
			CASE WHEN NOT suppressed THEN flagged::double precision / nullif(students, 0) END AS flag_rate, suppressed
		FROM shown;
		CREATE UNIQUE INDEX ON %1$s (group_value, is_total);
		ALTER MATERIALIZED VIEW %1$s DEPENDS ON EXTENSION gapstats
		$sql$, counts, group_column, list, minimum);
	PERFORM gapstats_internal.make_private(counts::regclass);
END
$$;
COMMENT ON FUNCTION publish_counts(regclass, text, integer) IS
'Makes a materialized view, named like the list with "counts" after it, with how many students of each group (a column of the students query) the list flags, for those who may know no more. Refreshed with the list. Suppressed are groups where the students, the flagged or the others are fewer than minimum (nobody flagged may be shown), and further groups until those that are suppressed together cannot be told from the total. minimum is at least 1 (22023), and not NULL (22004).';

CREATE FUNCTION unpublish_counts(list regclass)
RETURNS boolean
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.lock_watch_list(list);
	IF to_regclass(gapstats_internal.list_part(list, 'counts')) IS NULL THEN
		RETURN false;
	END IF;
	EXECUTE format('DROP MATERIALIZED VIEW %s', gapstats_internal.list_part(list, 'counts'));
	RETURN true;
END
$$;
COMMENT ON FUNCTION unpublish_counts(regclass) IS
'Takes back publish_counts; false if there was nothing to take back.';

CREATE FUNCTION grant_watch_list(list regclass, what text, reader regrole)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	needed text := gapstats_internal.list_part(list, CASE what WHEN 'counts' THEN 'counts' ELSE 'viewers' END);
BEGIN
	PERFORM gapstats_internal.check_list_owner(list);
	IF what NOT IN ('read', 'follow up', 'counts') THEN
		RAISE EXCEPTION 'cannot grant %', quote_literal(what)
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'It is read, follow up or counts.';
	ELSIF to_regclass(needed) IS NULL THEN
		RAISE EXCEPTION 'watch list "%" has no views to grant for that', list
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = CASE what WHEN 'counts' THEN 'Make them with publish_counts.' ELSE 'Make them with share_watch_list.' END;
	END IF;

	IF what = 'counts' THEN
		EXECUTE format('GRANT SELECT ON %s TO %s', needed, reader);
	ELSE
		EXECUTE format('GRANT SELECT ON %s, %s, %s TO %s', gapstats_internal.list_part(list, 'mine'), gapstats_internal.list_part(list, 'my_reasons'),
					   gapstats_internal.list_part(list, 'words'), reader);
	END IF;
	IF what = 'follow up' THEN
		EXECUTE format('GRANT SELECT ON %1$s, %2$s TO %3$s; GRANT INSERT (flag, contacted_at, note) ON %2$s TO %3$s',
					   gapstats_internal.list_part(list, 'my_flags'), gapstats_internal.list_part(list, 'my_check_ins'), reader);
	END IF;
END
$$;
COMMENT ON FUNCTION grant_watch_list(regclass, text, regrole) IS
'Lets a role see a shared watch list: ''read'' his own students and their reasons, ''follow up'' also their flags and to check in, ''counts'' only the suppressed counts. REVOKE takes it back.';
