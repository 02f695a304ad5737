-- watch_list/follow_up: what became of the flags

CREATE FUNCTION gapstats_internal.create_follow_up(schema text, list text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format($sql$
		CREATE VIEW %1$s AS
		SELECT flagged_at AS happened_at, 'flagged' AS event, student_id, status, reasons, flag FROM %2$s
		UNION ALL
		SELECT cleared_at, 'cleared', student_id, cleared_as, NULL, flag FROM %2$s WHERE cleared_at IS NOT NULL
		$sql$, gapstats_internal.list_part(schema, list, 'events'), gapstats_internal.list_part(schema, list, 'flags'));

	EXECUTE format($sql$
		CREATE VIEW %1$s AS
		SELECT f.flag, f.student_id, f.status, f.reasons, f.since, f.flagged_at, now() - f.flagged_at AS waiting
		FROM %2$s f
		CROSS JOIN %3$s s
		WHERE f.cleared_at IS NULL
		AND f.flagged_at < now() - s.contact_within
		AND NOT EXISTS (SELECT FROM %4$s c WHERE c.flag = f.flag)
		$sql$, gapstats_internal.list_part(schema, list, 'overdue'), gapstats_internal.list_part(schema, list, 'flags'),
		gapstats_internal.list_part(schema, list, 'settings'), gapstats_internal.list_part(schema, list, 'check_ins'));
END
$$;
COMMENT ON FUNCTION gapstats_internal.create_follow_up(text, text) IS
'Creates the views of a watch list''s events (students flagged and cleared) and of its overdue flags (open, without a check-in, and older than contact_within in the list''s settings).';

-- The owner sees all of a list, others what the list's reader views show them.
CREATE FUNCTION gapstats_internal.seen_part(list regclass, whole text, own text)
RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF gapstats_internal.list_owner(list) = current_user THEN
		RETURN coalesce(gapstats_internal.list_part(list, nullif(whole, 'list')), list::text);
	ELSIF to_regclass(gapstats_internal.list_part(list, own)) IS NULL THEN
		RAISE EXCEPTION 'watch list "%" is not shared', list
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'Its owner can share it with share_watch_list.';
	END IF;
	RETURN gapstats_internal.list_part(list, own);
END
$$;
COMMENT ON FUNCTION gapstats_internal.seen_part(regclass, text, text) IS
'Qualified and quoted name of the part of a watch list that the current user is to read: whole (''list'' is the list itself) for the list''s owner, own for others. An error if the list is not shared with others.';

CREATE FUNCTION check_in(list regclass, student_id text, note text DEFAULT NULL, contacted_at timestamptz DEFAULT now())
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	type regtype := gapstats_internal.student_id_type(list);
	flag bigint;
	check_in bigint;
BEGIN
	IF contacted_at > now() THEN
		RAISE EXCEPTION 'contact at % has not happened yet', contacted_at USING ERRCODE = 'invalid_parameter_value';
	END IF;
	EXECUTE format('SELECT flag FROM %s WHERE student_id %s $1::%s AND cleared_at IS NULL',
				   gapstats_internal.seen_part(list, 'flags', 'my_flags'), gapstats_internal.equality_operator(type), format_type(type, -1))
	INTO flag USING student_id;
	IF flag IS NULL THEN
		RAISE EXCEPTION 'no open flag of student % in watch list "%"', student_id, list USING ERRCODE = 'no_data_found';
	END IF;
	EXECUTE format('INSERT INTO %s (flag, contacted_at, note) VALUES ($1, $2, $3) RETURNING check_in',
				   gapstats_internal.seen_part(list, 'check_ins', 'my_check_ins'))
	INTO check_in USING flag, contacted_at, note;
	RETURN check_in;
END
$$;
COMMENT ON FUNCTION check_in(regclass, text, text, timestamptz) IS
'Records that a flagged student was contacted: at contacted_at, by the current user, with a note. Returns the number of the check-in. For the list''s owner, and for those who may follow up (grant_watch_list) on students that they may see. Errors: the student has no open flag, or none that the user may see; a contact in the future.';

CREATE FUNCTION contact_rates(list regclass, group_column text DEFAULT NULL, confidence double precision DEFAULT 0.95)
RETURNS TABLE (group_value text, flags bigint, contacted_in_time bigint, pending bigint,
			   rate double precision, rate_lower double precision, rate_upper double precision)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.check_list_owner(list);
	PERFORM gapstats_internal.check_list_column(list, group_column);
	RETURN QUERY EXECUTE format($sql$
		SELECT g.group_value, g.flags, g.in_time, g.pending, (i.interval).estimate, (i.interval).lower, (i.interval).upper
		FROM (
			SELECT %1$s AS group_value, count(*) FILTER (WHERE c.in_time OR c.is_due) AS flags,
				count(*) FILTER (WHERE c.in_time) AS in_time, count(*) FILTER (WHERE NOT c.in_time AND NOT c.is_due) AS pending
			FROM (
				SELECT f.student_id, f.flagged_at + s.contact_within < now() AS is_due,
					EXISTS (SELECT FROM %2$s c WHERE c.flag = f.flag AND c.contacted_at <= f.flagged_at + s.contact_within) AS in_time
				FROM %3$s f
				CROSS JOIN %4$s s
			) c
			LEFT JOIN %5$s s ON s.student_id %6$s c.student_id
			GROUP BY 1
		) g
		CROSS JOIN LATERAL (SELECT gapstats.wilson_interval(g.in_time, g.flags, $1)) i (interval)
		ORDER BY 1
		$sql$, gapstats_internal.group_expression(group_column),
		gapstats_internal.list_part(list, 'check_ins'), gapstats_internal.list_part(list, 'flags'), gapstats_internal.list_part(list, 'settings'),
		gapstats_internal.list_part(list, 'students'), gapstats_internal.equality_operator(gapstats_internal.student_id_type(list)))
	USING confidence;
END
$$;
COMMENT ON FUNCTION contact_rates(regclass, text, double precision) IS
'Share of a watch list''s flags that were contacted within contact_within (of the list''s settings), by a column of the students query such as the school, with Wilson''s interval. Flags that are neither contacted nor due yet count as pending only; those of students who left the list have a NULL group.';
