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
		made_at timestamptz NOT NULL DEFAULT now()
	);
	CREATE INDEX ON @interventions (student_id);
	$sql$;
COMMENT ON FUNCTION gapstats_internal.care_tables() IS
'The statements that make the tables of a watch list in which it is kept who sees to whom and what is done.';

-- Who may follow up on a student, or an error
CREATE FUNCTION gapstats_internal.carer(list regclass, student text)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who text;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	who := gapstats_internal.who_follows_up(list, student);
	IF who IS NULL THEN
		RAISE EXCEPTION 'no student % in watch list "%"', student, list USING ERRCODE = 'no_data_found';
	END IF;
	RETURN who;
END
$$;
COMMENT ON FUNCTION gapstats_internal.carer(regclass, text) IS
'In whose name the caller follows up on a student of a watch list. An error if he may not, or the student is not his to see.';

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
		RAISE EXCEPTION 'no open flag of student % in watch list "%"', student, list USING ERRCODE = 'no_data_found';
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
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @assignments (flag, student_id, assigned_to, due_on, made_by)
		SELECT f.flag, f.student_id, $2, $3, $4 FROM @flags f WHERE f.flag = $1
		ON CONFLICT (flag) DO UPDATE
		SET assigned_to = excluded.assigned_to, due_on = excluded.due_on, made_by = excluded.made_by, made_at = now()
		$sql$)
	USING gapstats_internal.open_flag(list, student), new_assigned_to, new_due_on, who;
END
$$;
COMMENT ON FUNCTION gapstats_internal.assign_student_as_owner(regclass, text, text, date) IS
'assign_student(), done as the list''s owner.';

CREATE FUNCTION assign_student(list regclass, student_id text, assigned_to text, due_on date DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION assign_student(regclass, text, text, date) IS
'Says who sees to a flagged student, and until when something is to be done; in the place of what was said before. It ends with her flag. For those who may follow up (grant_watch_list) on her, and roles with the rights of the list''s owner.';

CREATE FUNCTION gapstats_internal.snooze_student_as_owner(list regclass, student text, new_until date, new_reason text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who CONSTANT text := gapstats_internal.carer(list, student);
	made bigint;
BEGIN
	IF new_until IS NULL OR new_until < gapstats_internal.today(list) OR new_until > gapstats_internal.today(list) + 366 THEN
		RAISE EXCEPTION 'a flag cannot be put off until %', coalesce(new_until::text, 'null')
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'It ends within a year, so that nobody is forgotten.';
	ELSIF coalesce(new_reason, '') = '' THEN
		RAISE EXCEPTION 'a reason is needed' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @snoozes (flag, student_id, until, reason, made_by) SELECT f.flag, f.student_id, $2, $3, $4 FROM @flags f WHERE f.flag = $1
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
'Puts off the alarms that a flagged student has, to the end of a day, and says why: until then they are not overdue. An alarm that is raised later, because she got worse, is not put off. The flag itself stays. For those who may follow up on her. Errors: no reason, a day that is over or more than a year away, no open flag.';

CREATE FUNCTION gapstats_internal.start_intervention_as_owner(list regclass, student text, new_what text, new_tier integer, new_provided_by text, new_starts_on date)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who CONSTANT text := gapstats_internal.carer(list, student);
	made bigint;
BEGIN
	IF new_tier NOT BETWEEN 1 AND 3 THEN
		RAISE EXCEPTION 'tier % is none of 1, 2 and 3', new_tier USING ERRCODE = 'invalid_parameter_value';
	END IF;
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @interventions (student_id, what, tier, provided_by, starts_on, made_by)
		VALUES ($1::@student_id, $2, $3, $4, coalesce($5, gapstats_internal.today($7)), $6)
		RETURNING intervention
		$sql$)
	INTO made USING student, new_what, new_tier, new_provided_by, new_starts_on, who, list;
	RETURN made;
END
$$;
COMMENT ON FUNCTION gapstats_internal.start_intervention_as_owner(regclass, text, text, integer, text, date) IS
'start_intervention(), done as the list''s owner.';

CREATE FUNCTION start_intervention(list regclass, student_id text, what text, tier integer DEFAULT NULL, provided_by text DEFAULT NULL, starts_on date DEFAULT NULL)
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION start_intervention(regclass, text, text, integer, text, date) IS
'Writes down what is done for a student: what, of which tier (1 to 3, or NULL), by whom and from which day (today). Returns its number. For those who may follow up on her.';

CREATE FUNCTION gapstats_internal.end_intervention_as_owner(list regclass, ended bigint, new_result text, new_ends_on date)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_student text;
	started date;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	EXECUTE gapstats_internal.statement(list, 'SELECT student_id::text, starts_on FROM @interventions WHERE intervention = $1') INTO of_student, started USING ended;
	IF of_student IS NULL OR gapstats_internal.who_follows_up(list, of_student) IS NULL THEN
		RAISE EXCEPTION 'no intervention % in watch list "%"', ended, list USING ERRCODE = 'no_data_found';
	ELSIF new_ends_on < started THEN
		RAISE EXCEPTION 'intervention % began on %', ended, started USING ERRCODE = 'invalid_parameter_value';
	END IF;
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @interventions SET result = $2, ends_on = coalesce($3, greatest(starts_on, gapstats_internal.today($4))) WHERE intervention = $1
		$sql$)
	USING ended, new_result, new_ends_on, list;
END
$$;
COMMENT ON FUNCTION gapstats_internal.end_intervention_as_owner(regclass, bigint, text, date) IS
'end_intervention(), done as the list''s owner.';

CREATE FUNCTION end_intervention(list regclass, intervention bigint, result text DEFAULT NULL, ends_on date DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION end_intervention(regclass, bigint, text, date) IS
'Writes down how an intervention ended, and on which day (today). For those who may follow up on the student.';

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
	who := CASE WHEN of_student IS NOT NULL THEN gapstats_internal.who_follows_up(list, of_student) END;
	IF who IS NULL THEN
		RAISE EXCEPTION 'no check-in % in watch list "%"', corrected, list USING ERRCODE = 'no_data_found';
	ELSIF who <> author THEN
		RAISE EXCEPTION 'check-in % was made by %', corrected, author
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'Only its author corrects a note.';
	END IF;
	EXECUTE gapstats_internal.statement(list, 'UPDATE @check_ins SET note = $2, corrected_at = now() WHERE check_in = $1') USING corrected, new_note;
END
$$;
COMMENT ON FUNCTION gapstats_internal.correct_note_as_owner(regclass, bigint, text) IS
'correct_note(), done as the list''s owner.';

CREATE FUNCTION correct_note(list regclass, check_in bigint, note text)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION correct_note(regclass, bigint, text) IS
'Corrects the note of a check-in. Only its author may, while he may follow up on the student.';
