-- watch_list/care: who sees to a flagged student, and what is done for her

CREATE FUNCTION gapstats_internal.care_tables()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $sql$
	CREATE TABLE @assignments (
		flag bigint PRIMARY KEY REFERENCES @flags,
		student_id @student_id NOT NULL,
		assigned_to text NOT NULL,
		due_on date,
		made_by text NOT NULL,
		made_at timestamptz NOT NULL DEFAULT now()
	);
	CREATE TABLE @snoozes (
		snooze bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		flag bigint NOT NULL REFERENCES @flags,
		student_id @student_id NOT NULL,
		until date NOT NULL,
		reason text NOT NULL,
		made_by text NOT NULL,
		made_at timestamptz NOT NULL DEFAULT now()
	);
	CREATE INDEX ON @snoozes (flag);
	CREATE TABLE @interventions (
		intervention bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		student_id @student_id NOT NULL,
		what text NOT NULL,
		tier integer CHECK (tier BETWEEN 1 AND 3),
		provided_by text,
		starts_on date NOT NULL,
		ends_on date CHECK (ends_on >= starts_on),
		result text,
		made_by text NOT NULL,
		made_at timestamptz NOT NULL DEFAULT now(),
		changed_by text,
		changed_at timestamptz
	);
	CREATE INDEX ON @interventions (student_id);
	-- what is under way is not begun again
	CREATE UNIQUE INDEX ON @interventions (student_id, lower(what), lower(coalesce(provided_by, ''))) WHERE ends_on IS NULL;
	$sql$;
COMMENT ON FUNCTION gapstats_internal.care_tables() IS
'The statements that make the tables of a watch list in which it is kept who sees to whom and what is done.';

CREATE FUNCTION gapstats_internal.open_flag(list regclass, student text)
RETURNS bigint
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	open bigint;
BEGIN
	EXECUTE gapstats_internal.statement(list, 'SELECT flag FROM @flags WHERE student_id @equals $1::@student_id AND cleared_at IS NULL')
	INTO open USING student;
	IF open IS NULL THEN
		RAISE EXCEPTION 'no open flag of student "%" in watch list "%"', student, list USING ERRCODE = 'no_data_found';
	END IF;
	RETURN open;
END
$$;
COMMENT ON FUNCTION gapstats_internal.open_flag(regclass, text) IS
'The open flag of a student of a watch list. An error if she has none.';

CREATE FUNCTION gapstats_internal.assign_student_as_owner(list regclass, student text, new_assigned_to text, new_due_on date)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who CONSTANT text := gapstats_internal.carer(list, student);
	flag CONSTANT bigint := gapstats_internal.open_flag(list, student);
BEGIN
	IF new_assigned_to IS NULL AND new_due_on IS NULL THEN
		EXECUTE gapstats_internal.statement(list, 'DELETE FROM @assignments a WHERE a.flag = $1') USING flag;
		RETURN;
	END IF;
	new_assigned_to := gapstats_internal.entered_text('assigned_to', new_assigned_to, 200, true);
	new_due_on := gapstats_internal.entered_day(list, 'due_on', new_due_on, earliest => gapstats_internal.today(list));
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @assignments (flag, student_id, assigned_to, due_on, made_by)
		SELECT f.flag, f.student_id, $2, $3, $4 FROM @flags f WHERE f.flag = $1
		ON CONFLICT (flag) DO UPDATE
		SET assigned_to = excluded.assigned_to, due_on = excluded.due_on, made_by = excluded.made_by, made_at = now()
		$sql$)
	USING flag, new_assigned_to, new_due_on, who;
END
$$;
COMMENT ON FUNCTION gapstats_internal.assign_student_as_owner(regclass, text, text, date) IS
'assign_student(), done as the list''s owner.';

CREATE FUNCTION assign_student(list regclass, student_id text, assigned_to text, due_on date DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION assign_student(regclass, text, text, date) IS
'Says who sees to a flagged student, and until when something is to be done (from today to a year ahead, or NULL); in the place of what was said before. It ends with her flag; NULL for assigned_to takes it back. For those who may follow up (grant_watch_list) on her, and roles with the rights of the list''s owner. Errors: no such student, or none with an open flag (P0002); a blank or too long name, a day that is over or too far away (22023).';

CREATE FUNCTION gapstats_internal.snooze_student_as_owner(list regclass, student text, new_until date, new_reason text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who CONSTANT text := gapstats_internal.carer(list, student);
	made bigint;
BEGIN
	IF new_until IS NULL THEN
		RAISE EXCEPTION 'until must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	new_until := gapstats_internal.entered_day(list, 'until', new_until, earliest => gapstats_internal.today(list));
	new_reason := gapstats_internal.entered_text('reason', new_reason, 10000, true);
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @snoozes (flag, student_id, until, reason, made_by, made_at) SELECT f.flag, f.student_id, $2, $3, $4, clock_timestamp() FROM @flags f WHERE f.flag = $1
		RETURNING snooze
		$sql$)
	INTO made USING gapstats_internal.open_flag(list, student), new_until, new_reason, who;
	RETURN made;
END
$$;
COMMENT ON FUNCTION gapstats_internal.snooze_student_as_owner(regclass, text, date, text) IS
'snooze_student(), done as the list''s owner.';

CREATE FUNCTION snooze_student(list regclass, student_id text, until date, reason text)
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION snooze_student(regclass, text, date, text) IS
'Puts off the alarms that a flagged student has, to the end of a day, and says why: until then they are not overdue. It takes the place of what was said before, so a day that is too far away can be changed; today ends it tonight. An alarm that is raised later, because she got worse, is not put off. The flag itself stays. Returns its number. For those who may follow up on her. Errors: no such student, or none with an open flag (P0002); a day that is over or more than a year away, no reason (22023, 22004).';

-- A number is that of a student whom the caller may follow up on, or there is none.
CREATE FUNCTION gapstats_internal.carer_by_number(list regclass, what text, number bigint, student text)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names CONSTANT text[] := gapstats_internal.names_seen(list, 'my_flags', 'follow up');
BEGIN
	IF student IS NULL OR NOT gapstats_internal.sees(names, list, student) THEN
		RAISE EXCEPTION 'no % % in watch list "%"', what, coalesce(number::text, 'null'), list USING ERRCODE = 'no_data_found';
	END IF;
	RETURN gapstats_internal.in_whose_name(names);
END
$$;
COMMENT ON FUNCTION gapstats_internal.carer_by_number(regclass, text, bigint, text) IS
'In whose name the caller changes what has a number and is a student''s. An error if the number is nothing''s (the student is NULL), or the student is not his to see.';

CREATE FUNCTION gapstats_internal.check_tier(tier integer)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF tier NOT BETWEEN 1 AND 3 THEN
		RAISE EXCEPTION 'tier % is none of 1, 2 and 3', tier USING ERRCODE = 'invalid_parameter_value';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_tier(integer) IS
'Raises 22023 for what is no tier; NULL passes.';

CREATE FUNCTION gapstats_internal.refuse_second(list regclass, student text, what text, provided_by text, other_than bigint DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	other record;
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT i.intervention, i.what, i.starts_on
		FROM @interventions i
		WHERE i.student_id @equals $1::@student_id AND lower(i.what) = lower($2) AND lower(coalesce(i.provided_by, '')) = lower(coalesce($3, ''))
		AND i.ends_on IS NULL AND i.intervention IS DISTINCT FROM $4
		$sql$)
	INTO other USING student, what, provided_by, other_than;
	IF other.intervention IS NOT NULL THEN
		RAISE EXCEPTION 'student "%" has intervention %, "%", which began on % and has not ended', student, other.intervention, other.what, other.starts_on
			USING ERRCODE = 'duplicate_object',
				  HINT = format('End it with SELECT gapstats.end_intervention(%L, %s); or say by another name, or by whom it is provided, how this one differs.', list, other.intervention);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.refuse_second(regclass, text, text, text, bigint) IS
'Raises an error that names it if the same is done for a student by the same already, and has not ended.';

CREATE FUNCTION gapstats_internal.start_intervention_as_owner(list regclass, student text, new_what text, new_tier integer, new_provided_by text, new_starts_on date)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who CONSTANT text := gapstats_internal.carer(list, student);
	made bigint;
BEGIN
	new_what := gapstats_internal.entered_text('what', new_what, 200, true);
	new_provided_by := gapstats_internal.entered_text('provided_by', new_provided_by, 200);
	new_starts_on := gapstats_internal.entered_day(list, 'starts_on', coalesce(new_starts_on, gapstats_internal.today(list)));
	PERFORM gapstats_internal.check_tier(new_tier);
	PERFORM gapstats_internal.refuse_second(list, student, new_what, new_provided_by);
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @interventions (student_id, what, tier, provided_by, starts_on, made_by) VALUES ($1::@student_id, $2, $3, $4, $5, $6)
		ON CONFLICT DO NOTHING
		RETURNING intervention
		$sql$)
	INTO made USING student, new_what, new_tier, new_provided_by, new_starts_on, who;
	IF made IS NULL THEN
		-- somebody else, or a second click, was faster
		PERFORM gapstats_internal.refuse_second(list, student, new_what, new_provided_by);
	END IF;
	RETURN made;
END
$$;
COMMENT ON FUNCTION gapstats_internal.start_intervention_as_owner(regclass, text, text, integer, text, date) IS
'start_intervention(), done as the list''s owner.';

CREATE FUNCTION start_intervention(list regclass, student_id text, what text, tier integer DEFAULT NULL, provided_by text DEFAULT NULL, starts_on date DEFAULT NULL)
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION start_intervention(regclass, text, text, integer, text, date) IS
'Writes down what is done for a student: what, of which tier (1 to 3, or NULL), by whom and from which day (today; up to 20 years ago or a year ahead). Returns its number. For those who may follow up on her. Errors: no such student (P0002); no or a blank what, another tier, another day (22004, 22023); the same is done by the same already, and has not ended (42710).';

CREATE FUNCTION gapstats_internal.end_intervention_as_owner(list regclass, ended bigint, new_result text, new_ends_on date)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	was record;
	who text;
	latest date;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	EXECUTE gapstats_internal.statement(list, 'SELECT student_id::text AS student, starts_on, ends_on FROM @interventions WHERE intervention = $1 FOR UPDATE')
	INTO was USING ended;
	who := gapstats_internal.carer_by_number(list, 'intervention', ended, was.student);
	IF was.ends_on IS NOT NULL THEN
		RAISE EXCEPTION 'intervention % has ended, on %', ended, was.ends_on
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'What was written down can be changed with correct_intervention.';
	END IF;
	-- one that was planned and is called off ends where it would have begun
	latest := greatest(was.starts_on, gapstats_internal.today(list));
	new_ends_on := gapstats_internal.entered_day(list, 'ends_on', coalesce(new_ends_on, latest), was.starts_on, latest);
	new_result := gapstats_internal.entered_text('result', new_result, 10000);
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @interventions SET result = $2, ends_on = $3, changed_by = $4, changed_at = now() WHERE intervention = $1
		$sql$)
	USING ended, new_result, new_ends_on, who;
END
$$;
COMMENT ON FUNCTION gapstats_internal.end_intervention_as_owner(regclass, bigint, text, date) IS
'end_intervention(), done as the list''s owner.';

CREATE FUNCTION end_intervention(list regclass, intervention bigint, result text DEFAULT NULL, ends_on date DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION end_intervention(regclass, bigint, text, date) IS
'Writes down how an intervention ended, and on which day (today). One that was to begin later ends on the day it would have begun. For those who may follow up on the student. Errors: no such intervention (P0002); it has ended (55000: correct_intervention changes what was written down); a day before it began or after today (22023).';

CREATE FUNCTION gapstats_internal.correct_intervention_as_owner(list regclass, corrected bigint, new_what text, new_tier integer, new_provided_by text,
																new_starts_on date, new_ends_on date, new_result text, reopen boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	was record;
	who text;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	EXECUTE gapstats_internal.statement(list, 'SELECT *, student_id::text AS student FROM @interventions WHERE intervention = $1 FOR UPDATE')
	INTO was USING corrected;
	who := gapstats_internal.carer_by_number(list, 'intervention', corrected, was.student);
	IF reopen IS NULL THEN
		RAISE EXCEPTION 'reopen must not be null' USING ERRCODE = 'null_value_not_allowed';
	ELSIF (was.ends_on IS NULL OR reopen) AND num_nonnulls(new_ends_on, new_result) > 0 THEN
		RAISE EXCEPTION 'intervention % has not ended', corrected
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'End it with end_intervention.';
	END IF;
	was.what := coalesce(gapstats_internal.entered_text('what', new_what, 200), was.what);
	was.provided_by := coalesce(gapstats_internal.entered_text('provided_by', new_provided_by, 200), was.provided_by);
	was.starts_on := coalesce(gapstats_internal.entered_day(list, 'starts_on', new_starts_on), was.starts_on);
	was.ends_on := CASE WHEN NOT reopen THEN coalesce(new_ends_on, was.ends_on) END;
	was.ends_on := gapstats_internal.entered_day(list, 'ends_on', was.ends_on, was.starts_on, greatest(was.starts_on, gapstats_internal.today(list)));
	was.result := CASE WHEN NOT reopen THEN coalesce(gapstats_internal.entered_text('result', new_result, 10000), was.result) END;
	PERFORM gapstats_internal.check_tier(new_tier);
	IF was.ends_on IS NULL THEN
		PERFORM gapstats_internal.refuse_second(list, was.student, was.what, was.provided_by, corrected);
	END IF;
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @interventions
		SET what = $2, tier = coalesce($3, tier), provided_by = $4, starts_on = $5, ends_on = $6, result = $7, changed_by = $8, changed_at = now()
		WHERE intervention = $1
		$sql$)
	USING corrected, was.what, new_tier, was.provided_by, was.starts_on, was.ends_on, was.result, who;
END
$$;
COMMENT ON FUNCTION gapstats_internal.correct_intervention_as_owner(regclass, bigint, text, integer, text, date, date, text, boolean) IS
'correct_intervention(), done as the list''s owner.';

CREATE FUNCTION correct_intervention(list regclass, intervention bigint, what text DEFAULT NULL, tier integer DEFAULT NULL, provided_by text DEFAULT NULL,
									 starts_on date DEFAULT NULL, ends_on date DEFAULT NULL, result text DEFAULT NULL, reopen boolean DEFAULT false)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION correct_intervention(regclass, bigint, text, integer, text, date, date, text, boolean) IS
'Changes what was written down of an intervention, in what is given and neither NULL nor blank; reopen takes back that it has ended. changed_by and changed_at say who did so last. For those who may follow up on the student. Errors: no such intervention (P0002); an end or a result of one that has not ended (55000), and those of start_intervention and end_intervention.';

CREATE FUNCTION gapstats_internal.correct_note_as_owner(list regclass, corrected bigint, new_note text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	author text;
	of_student text;
	who text;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	EXECUTE gapstats_internal.statement(list, 'SELECT made_by, student_id::text FROM @check_ins WHERE check_in = $1') INTO author, of_student USING corrected;
	who := gapstats_internal.carer_by_number(list, 'check-in', corrected, of_student);
	IF who <> author THEN
		RAISE EXCEPTION 'check-in % was made by %', corrected, author
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'Only its author corrects a note.';
	END IF;
	new_note := gapstats_internal.entered_text('note', new_note, 10000, true);
	EXECUTE gapstats_internal.statement(list, 'UPDATE @check_ins SET note = $2, corrected_at = now() WHERE check_in = $1') USING corrected, new_note;
END
$$;
COMMENT ON FUNCTION gapstats_internal.correct_note_as_owner(regclass, bigint, text) IS
'correct_note(), done as the list''s owner.';

CREATE FUNCTION correct_note(list regclass, check_in bigint, note text)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION correct_note(regclass, bigint, text) IS
'Puts another note (up to 10,000 characters) in the place of that of a check-in. Only its author may, while he may follow up on the student. Errors: no such check-in of a student that he sees (P0002), another''s (42501), no or a blank note (22004, 22023).';

CREATE FUNCTION gapstats_internal.take_back_check_in_as_owner(list regclass, taken_back bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	author text;
	of_student text;
	who text;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	EXECUTE gapstats_internal.statement(list, 'SELECT made_by, student_id::text FROM @check_ins WHERE check_in = $1') INTO author, of_student USING taken_back;
	who := gapstats_internal.carer_by_number(list, 'check-in', taken_back, of_student);
	IF who <> author AND gapstats_internal.names_seen(list, 'my_flags', 'follow up') IS NOT NULL THEN
		RAISE EXCEPTION 'check-in % was made by %', taken_back, author
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'Its author takes it back, or the owner of the list.';
	END IF;
	EXECUTE gapstats_internal.statement(list, 'DELETE FROM @check_ins WHERE check_in = $1') USING taken_back;
END
$$;
COMMENT ON FUNCTION gapstats_internal.take_back_check_in_as_owner(regclass, bigint) IS
'take_back_check_in(), done as the list''s owner.';

CREATE FUNCTION take_back_check_in(list regclass, check_in bigint)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION take_back_check_in(regclass, bigint) IS
'Deletes a check-in that was made by mistake, such as for another student: the alarms that it answered wait for a contact again. Its author may, while he may follow up on the student, and roles with the rights of the list''s owner. Errors: no such check-in of a student that he sees (P0002), another''s (42501).';
