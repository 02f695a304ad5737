-- watch_list/follow_up: what became of the flags

CREATE FUNCTION gapstats_internal.in_whose_name(names text[])
RETURNS text
LANGUAGE sql STABLE
RETURN (
	-- who acts for a viewer is told with the name of his own
	SELECT CASE WHEN names IS NULL OR caller = ANY (names) THEN caller ELSE format('%s (by %s)', names[1], caller) END
	FROM gapstats_internal.caller() AS caller
);
COMMENT ON FUNCTION gapstats_internal.in_whose_name(text[]) IS
'In whose name the caller, who sees as these viewers, follows up on students.';

CREATE FUNCTION gapstats_internal.carer(list regclass, student text)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names text[];
BEGIN
	PERFORM gapstats_internal.check_list(list);
	names := gapstats_internal.names_seen(list, 'my_flags', 'follow up');
	student := gapstats_internal.entered_student(list, student, names);
	RETURN gapstats_internal.in_whose_name(names);
END
$$;
COMMENT ON FUNCTION gapstats_internal.carer(regclass, text) IS
'In whose name the caller follows up on a student of a watch list. Errors: he may not follow up, or there is no such student that he sees.';

CREATE FUNCTION gapstats_internal.check_in_as_owner(list regclass, student text, note text, contacted_at timestamptz, is_restricted boolean)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who CONSTANT text := gapstats_internal.carer(list, student);
	flag bigint;
	made bigint;
BEGIN
	IF num_nulls(contacted_at, is_restricted) > 0 THEN
		RAISE EXCEPTION '% must not be null', CASE WHEN contacted_at IS NULL THEN 'contacted_at' ELSE 'is_restricted' END
			USING ERRCODE = 'null_value_not_allowed';
	ELSIF contacted_at > clock_timestamp() THEN
		RAISE EXCEPTION 'contact at % has not happened yet', contacted_at USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM gapstats_internal.entered_day(list, 'contacted_at', contacted_at::date, latest => clock_timestamp()::date);
	note := gapstats_internal.entered_text('note', note, 10000);
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT flag FROM @flags WHERE student_id @equals $1::@student_id ORDER BY flagged_at <= $2 DESC, flag DESC LIMIT 1
		$sql$)
	INTO flag USING student, contacted_at;
	IF flag IS NULL THEN
		RAISE EXCEPTION 'no flag of student "%" in watch list "%"', student, list
			USING ERRCODE = 'no_data_found',
				  HINT = 'She is on the list and has never been flagged.';
	END IF;
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @check_ins (flag, student_id, contacted_at, note, made_by, is_restricted) SELECT $1, f.student_id, $2, $3, $4, $5 FROM @flags f WHERE f.flag = $1
		RETURNING check_in
		$sql$)
	INTO made USING flag, contacted_at, note, who, is_restricted;
	RETURN made;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_in_as_owner(regclass, text, text, timestamptz, boolean) IS
'check_in(), done as the list''s owner.';

CREATE FUNCTION check_in(list regclass, student_id text, note text DEFAULT NULL, contacted_at timestamptz DEFAULT clock_timestamp(),
						 is_restricted boolean DEFAULT false)
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION check_in(regclass, text, text, timestamptz, boolean) IS
'Records that a flagged student was contacted: at contacted_at, by the current user, with a note. It belongs to the last flag that was raised before it, open or not; if none was, to the last there is, for which it does not count. A contact counts for the alarms that were raised before it. The note of a restricted check-in is for its author and the list''s owner only. Returns the number of the check-in. For roles with the rights of the list''s owner, and for those who may follow up (grant_watch_list) on students that they may see. Errors: what is no student_id (22P02), a student who is not on the list, not the user''s to see or was never flagged (P0002), a contact in the future or more than 20 years ago, a note of more than 10,000 characters (22023), a NULL for contacted_at or is_restricted (22004).';

CREATE FUNCTION gapstats_internal.groups_told(list regclass, group_column text, answered text)
RETURNS text[]
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	group_columns text[];
	minimum integer;
	cells jsonb;
	shown text[];
BEGIN
	EXECUTE gapstats_internal.statement(list, 'SELECT coalesce(array_agg(group_column ORDER BY "position"), ''{}''), max(minimum) FROM @breakdowns') INTO group_columns, minimum;
	IF group_columns = '{}' OR NOT coalesce(group_column = ANY (group_columns), true) THEN
		RAISE EXCEPTION 'counts of watch list "%" are not published by %', list, coalesce(quote_ident(group_column), 'any column')
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'Its owner can, with publish_counts.';
	END IF;
	-- what the counts hide could be had from them and from this together; and many alarms may be one student's, as may
	-- those after which nobody called
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT jsonb_agg(c || jsonb_build_object('hide', p.id IS NOT NULL))
		FROM jsonb_array_elements($1) c
		CROSS JOIN LATERAL (SELECT array_agg(v.i), array_agg(v.v) FROM jsonb_array_elements_text(c -> 'groups') WITH ORDINALITY v (v, i) WHERE v.v IS NOT NULL) g (places, "values")
		LEFT JOIN @counts p ON p.students IS NULL AND coalesce(cardinality(g.places), 0) < 2
			AND p.is_total = (g.places IS NULL) AND p.group_column = ($2)[coalesce(g.places[1], 1)] AND p.group_value = coalesce(g."values"[1], 'all')
		$sql$)
	INTO cells
	USING gapstats_internal.counted_cells(list, group_columns, format('a.* FROM (%s) a LEFT JOIN @current c ON c.student_id @equals a.student_id', answered),
		'count(*) FILTER (WHERE c.in_time OR c.is_due) AS alarms, count(*) FILTER (WHERE c.in_time) AS in_time,
		 count(DISTINCT c.student_id) FILTER (WHERE c.in_time OR c.is_due) AS students, count(DISTINCT c.student_id) FILTER (WHERE c.in_time) AS students_called,
		 count(DISTINCT c.student_id) FILTER (WHERE NOT c.in_time AND c.is_due) AS students_not_called',
		ARRAY(SELECT f.group_column FROM gapstats_internal.columns_of_few(list, group_columns, minimum) f)), group_columns;
	shown := (gapstats_internal.shown_cells(cells,
		'{"alarms": "count", "in_time": {"kind": "count", "of": "alarms"}, "students": "count",
		 "students_called": {"kind": "count", "of": "students"}, "students_not_called": {"kind": "count", "of": "students"}}', minimum)).shown;
	RETURN ARRAY(
		SELECT coalesce(g.groups[array_position(group_columns, group_column)], 'all')
		FROM unnest(shown) s
		CROSS JOIN LATERAL (SELECT s::text[]) g (groups)
		WHERE cardinality(array_remove(g.groups, NULL)) = (group_column IS NOT NULL)::integer
		AND (group_column IS NULL OR g.groups[array_position(group_columns, group_column)] IS NOT NULL));
END
$$;
COMMENT ON FUNCTION gapstats_internal.groups_told(regclass, text, text) IS
'Of which groups of a watch list, in the given column or ''all'', it may be told how many alarms there were, and after how many the student was contacted in time. Error: no counts are published by that column.';

CREATE FUNCTION gapstats_internal.contact_rates_as_owner(list regclass, group_column text, confidence double precision)
RETURNS TABLE (group_value text, is_total boolean, alarms integer, contacted_in_time integer, pending integer,
			   rate double precision, rate_lower double precision, rate_upper double precision, reason text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- who was cleared or left before is no longer to be called
	answered CONSTANT text := $sql$
		SELECT a.student_id, a.due_at < coalesce(f.cleared_at, now()) AS is_due, t.in_time
		FROM @alarms a
		JOIN @flags f ON f.flag = a.flag
		CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM @check_ins c WHERE c.flag = a.flag AND c.contacted_at BETWEEN a.raised_at AND a.due_at)) t (in_time)
		WHERE f.cleared_at IS NULL OR a.due_at < f.cleared_at OR t.in_time
		$sql$;
	is_owner boolean;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	PERFORM gapstats_internal.check_list_column(list, group_column);
	is_owner := gapstats_internal.names_seen(list, 'counts', 'counts') IS NULL;
	RETURN QUERY EXECUTE gapstats_internal.statement(list, format($sql$
		SELECT g.group_value, $4, CASE WHEN NOT hidden THEN gapstats_internal.integer_count(g.alarms, 'alarms') END,
			CASE WHEN NOT hidden THEN gapstats_internal.integer_count(g.in_time, 'contacted_in_time') END, CASE WHEN $3 THEN gapstats_internal.integer_count(g.pending, 'pending') END,
			CASE WHEN NOT hidden THEN (i.interval).estimate END, CASE WHEN NOT hidden THEN (i.interval).lower END, CASE WHEN NOT hidden THEN (i.interval).upper END,
			CASE WHEN hidden THEN 'suppressed' ELSE (i.interval).reason END
		FROM (
			SELECT %s AS group_value, count(*) FILTER (WHERE a.in_time OR a.is_due) AS alarms,
				count(*) FILTER (WHERE a.in_time) AS in_time, count(*) FILTER (WHERE NOT a.in_time AND NOT a.is_due) AS pending
			FROM (%s) a
			LEFT JOIN @current s ON s.student_id @equals a.student_id
			GROUP BY 1
		) g
		CROSS JOIN LATERAL (SELECT gapstats.wilson_interval(g.in_time, g.alarms, $1)) i (interval)
		CROSS JOIN LATERAL (SELECT NOT $3 AND NOT g.group_value = ANY ($2)) h (hidden)
		ORDER BY 1
		$sql$, replace(gapstats_internal.named_group(group_column), '@', '@@'), answered))
	USING confidence, CASE WHEN NOT is_owner THEN gapstats_internal.groups_told(list, group_column, answered) END, is_owner, group_column IS NULL;
END
$$;
COMMENT ON FUNCTION gapstats_internal.contact_rates_as_owner(regclass, text, double precision) IS
'contact_rates(), done as the list''s owner.';

CREATE FUNCTION contact_rates(list regclass, group_column text DEFAULT NULL, confidence double precision DEFAULT 0.95)
RETURNS TABLE (group_value text, is_total boolean, alarms integer, contacted_in_time integer, pending integer,
			   rate double precision, rate_lower double precision, rate_upper double precision, reason text)
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION contact_rates(regclass, text, double precision) IS
'Share of a watch list''s alarms after which the student was contacted in time (the list''s settings say how soon), by a column of the students query such as the school, with Wilson''s interval. A contact before the alarm does not count. Alarms of flags that ended before they were due count only if the student was contacted in time. Alarms that are neither answered nor due yet count as pending only. Without a column there is one row, of the group all (is_total). Students of whom the column is empty are the group not recorded; of those who have left the list it is not known any more, and they are the group left. For roles with the rights of the list''s owner; and for those who have been granted the counts (grant_watch_list), by the columns that publish_counts publishes, with NULL for what is pending, whatever it is (it changes by the hour, and tells of single students), and without groups of which few alarms, or few that were or were not answered in time, or those of few students could be told: their reason is suppressed. Otherwise reason is that of wilson_interval. Errors: what is no column of the students query (42703), a caller who may not see the counts, or not by that column (42501), confidence outside 0 to 1 (22023).';

CREATE FUNCTION gapstats_internal.standings_on_as_owner(list regclass, day date)
RETURNS TABLE (student_id text, status text, reasons text, from_day date, as_of date)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	first_day date;
	last_day date;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	PERFORM gapstats_internal.check_not_to_come(list, day);
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT min(r.as_of), max(r.as_of) FILTER (WHERE r.as_of <= $1) FROM @runs r WHERE r.status = 'succeeded'
		$sql$)
	INTO first_day, last_day USING day;
	-- no rows would say that nobody was at risk
	IF last_day IS NULL THEN
		RAISE EXCEPTION 'watch list "%" does not know how students stood on %', list, day
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = coalesce('The first day that it was computed for is ' || first_day || '.', 'It was never computed.'),
				  HINT = 'What today''s rules make of an earlier day, watch_list_as_of says.';
	END IF;
	RETURN QUERY EXECUTE gapstats_internal.statement(list, $sql$
		SELECT h.student_id::text, h.status, array_to_string(h.rules, '; '), h.from_day, $2
		FROM @history h
		WHERE h.from_day <= $1 AND (h.until_day > $1 OR h.until_day IS NULL)
		ORDER BY h.student_id
		$sql$)
	USING day, last_day;
END
$$;
COMMENT ON FUNCTION gapstats_internal.standings_on_as_owner(regclass, date) IS
'standings_on(), done as the list''s owner.';

CREATE FUNCTION standings_on(list regclass, day date)
RETURNS TABLE (student_id text, status text, reasons text, from_day date, as_of date)
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C STABLE;
COMMENT ON FUNCTION standings_on(regclass, date) IS
'Who stood at risk, on watch or with insufficient data on a day, and why, as the watch list then said: from its history, one row a student; all others were on track, not assessed or not on the list. as_of is the last day up to then that the list was computed for: an earlier one on a day without school, or if runs failed. For roles with the rights of the list''s owner. Errors: a day before the first that it was computed for, or one to come (22023).';
