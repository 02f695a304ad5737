-- watch_list/retention: what a watch list need not know any more

-- In the order in which parts are dropped, so that none refers to what is deleted before it
CREATE FUNCTION gapstats_internal.parts_with_column(list regclass, column_name name)
RETURNS SETOF text
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT p.part
	FROM gapstats_internal.list_parts() WITH ORDINALITY p
	JOIN pg_attribute a ON a.attrelid = to_regclass(gapstats_internal.list_part(list, p.part)) AND a.attname = column_name AND NOT a.attisdropped
	WHERE p.kind = 'r'
	ORDER BY p.ordinality DESC;
END;
COMMENT ON FUNCTION gapstats_internal.parts_with_column(regclass, name) IS
'The tables of a watch list that have a column, those that refer to others before them.';

CREATE FUNCTION gapstats_internal.forget_student_as_owner(list regclass, student text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	part text;
	is_on_list boolean;
	n bigint;
	forgotten bigint := 0;
BEGIN
	-- "next" has rows of hers, too, so a run that is held or under way is not published; it is
	-- locked first, as by whoever publishes
	PERFORM gapstats_internal.bring_forward_as_owner(list);
	PERFORM gapstats_internal.check_list(list);
	EXECUTE gapstats_internal.statement(list, 'LOCK TABLE @next IN ROW EXCLUSIVE MODE');
	PERFORM gapstats_internal.change_list(list);
	student := gapstats_internal.entered_student_id(list, student);
	EXECUTE gapstats_internal.statement(list, 'SELECT EXISTS (SELECT FROM @current c WHERE c.student_id @equals $1::@student_id)')
	INTO is_on_list USING student;
	IF is_on_list THEN
		RAISE EXCEPTION 'student "%" is on watch list "%"', left(student, 100), list
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'Take her out of what the students query reads, and refresh the list.';
	END IF;
	FOR part IN SELECT gapstats_internal.parts_with_column(list, 'student_id') LOOP
		EXECUTE gapstats_internal.statement(list, format('DELETE FROM @%s p WHERE p.student_id @equals $1::@student_id', part)) USING student;
		GET DIAGNOSTICS n = ROW_COUNT;
		forgotten := forgotten + n;
	END LOOP;
	RETURN forgotten;
END
$$;
COMMENT ON FUNCTION gapstats_internal.forget_student_as_owner(regclass, text) IS
'forget_student(), done as the list''s owner.';

CREATE FUNCTION forget_student(list regclass, student_id text)
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION forget_student(regclass, text) IS
'Deletes all rows of a student who is not on a watch list any more: standings, flags, alarms, contacts, notes, interventions and what the last run found; and returns how many they were, 0 for one of whom there is nothing. Numbers of students that past runs counted stay. What others wrote of her in their notes of other students, what errors of past runs name, and what is in dumps, is not found. A run that is held or under way is not published afterwards. For roles with the rights of the list''s owner. Errors: a student who is on the list (55000), what is no student_id (22P02), a NULL (22004).';

CREATE FUNCTION gapstats_internal.check_needed_no_more(list regclass, day date)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	latest date;
BEGIN
	-- what ended today ended, in the history, on the day that the list is computed for
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT least(gapstats_internal.today($1), (SELECT r.as_of FROM @runs r WHERE r.status = 'succeeded' ORDER BY r.run DESC LIMIT 1)) - s.return_within FROM @settings s
		$sql$)
	INTO latest USING list;
	IF day > latest THEN
		RAISE EXCEPTION 'watch list "%" still needs what it knows of days before %', list, day
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'A flag can come back as long after its end as the setting return_within says.',
				  HINT = format('Forget what was before %s, or before an earlier day.', latest);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_needed_no_more(regclass, date) IS
'Raises an error unless a watch list can do without what was before a day.';

CREATE FUNCTION gapstats_internal.forget_before_as_owner(list regclass, day date)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	statement text;
	n bigint;
	forgotten bigint := 0;
BEGIN
	PERFORM gapstats_internal.lock_list(list);
	PERFORM gapstats_internal.check_needed_no_more(list, day);
	-- What belongs to a flag goes with it, and what led to one that is open, or may come back, stays.  A day of which
	-- something was forgotten must be none of a run, or the history would answer for it.
	FOREACH statement IN ARRAY ARRAY(
		SELECT format('DELETE FROM @%s p USING @flags f, @settings s WHERE p.flag = f.flag AND (f.cleared_at AT TIME ZONE s.time_zone)::date < $1', part)
		FROM gapstats_internal.parts_with_column(list, 'flag') AS c (part)
	) || ARRAY[
		'DELETE FROM @interventions i WHERE i.ends_on < $1 AND NOT EXISTS (SELECT FROM @flags f WHERE f.student_id @equals i.student_id AND f.cleared_at IS NULL)',
		'DELETE FROM @history h WHERE h.until_day <= $1 AND NOT EXISTS (SELECT FROM @flags f WHERE f.student_id @equals h.student_id AND (f.cleared_at IS NULL OR f.said IS NOT NULL) AND f.flagged_at <= h.until_time)',
		'DELETE FROM @run_rules u USING @runs r WHERE r.run = u.run AND r.as_of < $1 AND r.run < (SELECT max(run) FROM @runs WHERE status = ''succeeded'')',
		'DELETE FROM @runs r USING @settings s WHERE coalesce(r.as_of, (r.started_at AT TIME ZONE s.time_zone)::date) < $1 AND r.run < (SELECT max(run) FROM @runs WHERE status = ''succeeded'')'
	] LOOP
		EXECUTE gapstats_internal.statement(list, statement) USING day;
		GET DIAGNOSTICS n = ROW_COUNT;
		forgotten := forgotten + n;
	END LOOP;
	RETURN forgotten;
END
$$;
COMMENT ON FUNCTION gapstats_internal.forget_before_as_owner(regclass, date) IS
'forget_before(), done as the list''s owner.';

CREATE FUNCTION forget_before(list regclass, day date)
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION forget_before(regclass, date) IS
'Deletes what a watch list knows of the time before a day, and returns how many rows that were: flags that were cleared before it, in the list''s time zone, with their alarms, contacts and notes; standings that had ended by it; interventions that had; and the runs for earlier days but the last. Of students whose flag is open stay the interventions, and the standings since it was raised; these also of a flag that may come back. The list does not answer any more for days before: standings_on() refuses them, watch_list_as_of() computes them. For roles with the rights of the list''s owner. Errors: a day within return_within of the settings of today, or of the last day that the list was computed for, or to come (22023), a NULL (22004).';
