-- watch_list/follow_up: what became of the flags

-- The owner may speak of every student, others of their own, if they may follow up.
CREATE FUNCTION gapstats_internal.who_follows_up(list regclass, student text)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	caller CONSTANT name := gapstats_internal.caller();
	owner CONSTANT name := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = list);
	names text[];
	seen boolean;
BEGIN
	IF pg_has_role(caller, owner, 'USAGE') THEN
		RETURN caller;
	ELSIF NOT has_table_privilege(caller, gapstats_internal.list_part(list, 'my_flags'), 'SELECT') THEN
		RAISE EXCEPTION 'permission denied for watch list "%"', list
			USING ERRCODE = 'insufficient_privilege',
				  HINT = format('Its owner %I can let you follow up: SELECT gapstats.grant_watch_list(%L, ''follow up'', %L);', owner, list, quote_ident(caller));
	END IF;
	names := gapstats_internal.viewer_names(gapstats_internal.list_part(list, 'acting')::regclass, caller);
	EXECUTE gapstats_internal.statement(list, 'SELECT EXISTS (SELECT FROM @viewers v WHERE v.viewer = ANY ($1) AND v.student_id @equals $2::@student_id)')
	INTO seen USING names, student;
	IF NOT seen THEN
		RETURN NULL;
	END IF;
	-- who acts for a viewer is told with the name of his own
	RETURN CASE WHEN caller = ANY (names) THEN caller ELSE format('%s (by %s)', names[1], caller) END;
END
$$;
COMMENT ON FUNCTION gapstats_internal.who_follows_up(regclass, text) IS
'In whose name the caller may speak of a student of a watch list; NULL if the student is not his to see. An error if he may not follow up at all.';

CREATE FUNCTION gapstats_internal.check_in_as_owner(list regclass, student text, note text, contacted_at timestamptz, is_restricted boolean)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who text;
	flag bigint;
	made bigint;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	IF contacted_at > now() THEN
		RAISE EXCEPTION 'contact at % has not happened yet', contacted_at USING ERRCODE = 'invalid_parameter_value';
	END IF;
	who := gapstats_internal.who_follows_up(list, student);
	IF who IS NOT NULL THEN
		EXECUTE gapstats_internal.statement(list, $sql$
			SELECT flag FROM @flags WHERE student_id @equals $1::@student_id ORDER BY cleared_at IS NULL DESC, flag DESC LIMIT 1
			$sql$)
		INTO flag USING student;
	END IF;
	IF flag IS NULL THEN
		RAISE EXCEPTION 'no flag of student % in watch list "%"', student, list USING ERRCODE = 'no_data_found';
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

CREATE FUNCTION check_in(list regclass, student_id text, note text DEFAULT NULL, contacted_at timestamptz DEFAULT now(),
						 is_restricted boolean DEFAULT false)
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION check_in(regclass, text, text, timestamptz, boolean) IS
'Records that a flagged student was contacted: at contacted_at, by the current user, with a note. It belongs to her open flag, or, if none is open, to the last one. A contact counts for the alarms that were raised before it. The note of a restricted check-in is for its author and the list''s owner only. Returns the number of the check-in. For roles with the rights of the list''s owner, and for those who may follow up (grant_watch_list) on students that they may see. Errors: the student has had no flag, or is not the user''s to see; a contact in the future.';

CREATE FUNCTION gapstats_internal.contact_rates_as_owner(list regclass, group_column text, confidence double precision)
RETURNS TABLE (group_value text, alarms bigint, contacted_in_time bigint, pending bigint,
			   rate double precision, rate_lower double precision, rate_upper double precision)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.check_list(list);
	PERFORM gapstats_internal.check_list_column(list, group_column);
	RETURN QUERY EXECUTE gapstats_internal.statement(list, format($sql$
		SELECT g.group_value, g.alarms, g.in_time, g.pending, (i.interval).estimate, (i.interval).lower, (i.interval).upper
		FROM (
			SELECT %s AS group_value, count(*) FILTER (WHERE a.in_time OR a.is_due) AS alarms,
				count(*) FILTER (WHERE a.in_time) AS in_time, count(*) FILTER (WHERE NOT a.in_time AND NOT a.is_due) AS pending
			FROM (
				SELECT a.student_id, a.due_at < now() AS is_due,
					EXISTS (SELECT FROM @check_ins c WHERE c.flag = a.flag AND c.contacted_at BETWEEN a.raised_at AND a.due_at) AS in_time
				FROM @alarms a
			) a
			LEFT JOIN @current s ON s.student_id @equals a.student_id
			GROUP BY 1
		) g
		CROSS JOIN LATERAL (SELECT gapstats.wilson_interval(g.in_time, g.alarms, $1)) i (interval)
		ORDER BY 1
		$sql$, replace(gapstats_internal.group_expression(group_column), '@', '@@')))
	USING confidence;
END
$$;
COMMENT ON FUNCTION gapstats_internal.contact_rates_as_owner(regclass, text, double precision) IS
'contact_rates(), done as the list''s owner.';

CREATE FUNCTION contact_rates(list regclass, group_column text DEFAULT NULL, confidence double precision DEFAULT 0.95)
RETURNS TABLE (group_value text, alarms bigint, contacted_in_time bigint, pending bigint,
			   rate double precision, rate_lower double precision, rate_upper double precision)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C STABLE;
COMMENT ON FUNCTION contact_rates(regclass, text, double precision) IS
'Share of a watch list''s alarms after which the student was contacted in time (the list''s settings say how soon), by a column of the students query such as the school, with Wilson''s interval. A contact before the alarm does not count. Alarms that are neither answered nor due yet count as pending only; those of students who left the list have a NULL group.';

CREATE FUNCTION gapstats_internal.standings_on_as_owner(list regclass, day date)
RETURNS TABLE (student_id text, status text, reasons text, from_day date)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.check_list(list);
	RETURN QUERY EXECUTE gapstats_internal.statement(list, $sql$
		SELECT h.student_id::text, h.status, array_to_string(h.rules, '; '), h.from_day
		FROM @history h
		WHERE h.from_day <= $1 AND (h.until_day > $1 OR h.until_day IS NULL)
		ORDER BY h.student_id
		$sql$)
	USING day;
END
$$;
COMMENT ON FUNCTION gapstats_internal.standings_on_as_owner(regclass, date) IS
'standings_on(), done as the list''s owner.';

CREATE FUNCTION standings_on(list regclass, day date)
RETURNS TABLE (student_id text, status text, reasons text, from_day date)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C STABLE STRICT;
COMMENT ON FUNCTION standings_on(regclass, date) IS
'Who stood at risk, on watch or with insufficient data on a day, and why, as the watch list then said: from its history, one row a student; all others were on track or not on the list.';
