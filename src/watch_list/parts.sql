-- watch_list/parts: what a watch list consists of, each part named once
--
-- A list is a materialized view and the tables and views beside it that carry its name and
-- a suffix.  All of them belong to the role that made the list; the extension keeps nothing
-- of its own.  So GRANT and pg_dump work on a list as on anything else that the role owns.

CREATE FUNCTION gapstats_internal.list_parts()
RETURNS TABLE (part text, kind "char", words text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	VALUES
		('settings', 'r'::"char", 'How the watch list works; one row, for its owner to change.'),
		('queries', 'r', 'The queries of the watch list as they were written, and what they meant. Nobody else may be granted writing.'),
		('rules', 'r', 'Every version of every rule of the watch list.'),
		('runs', 'r', 'Every refresh of the watch list, successful or not.'),
		('run_rules', 'r', 'What each run counted of each rule.'),
		('current', 'r', 'How each student stands: what the watch list shows.'),
		('values', 'r', 'The values of the rules, an element a rule at its position.'),
		('next', 'r', 'What the last run would change or has changed; remade by each run.'),
		('history', 'r', 'Each student''s standings other than on track and not assessed, from when to when.'),
		('flags', 'r', 'Every flag, from the time it was raised to the time it was cleared.'),
		('alarms', 'r', 'Why and when someone had to be told of a flagged student, and until when she was to be contacted.'),
		('check_ins', 'r', 'Every contact with a flagged student.'),
		('assignments', 'r', 'Who sees to a flagged student.'),
		('snoozes', 'r', 'Alarms that were put off, until when and why.'),
		('interventions', 'r', 'What is done for students.'),
		('words', 'r', 'The words of a student''s page, by language; may be added to.'),
		('viewers', 'r', 'Who may see whom.'),
		('next_viewers', 'r', 'What of who may see whom a run that is held would change.'),
		('breakdowns', 'r', 'By which columns the counts are published.'),
		('counts', 'r', 'How many students of each group the watch list flags, for those who may know no more.'),
		('acting', 'v', 'Roles that may read this may name the viewer in the setting gapstats.viewer.'),
		('reasons', 'v', 'One row a student and rule of the last run: value, threshold, flagged, and why in words.'),
		('unusable', 'v', 'Students for whom a rule''s query gave no value that can be compared, and why.'),
		('held', 'v', 'Who is newly at risk by a run that is held.'),
		('events', 'v', 'What happened to students'' standings, in the order of time.'),
		('overdue', 'v', 'Alarms whose time is over without a contact.'),
		('outbox', 'v', 'Alarms that nobody has acknowledged yet.'),
		('sheet', 'v', 'One row a flagged student, for the people who see to them: to be printed on a Monday.'),
		('own', 'v', 'What "mine" reads, behind the wall: nobody is to be granted it.'),
		('own_reasons', 'v', 'What "my_reasons" reads, behind the wall: nobody is to be granted it.'),
		('own_flags', 'v', 'What "my_flags" reads, behind the wall: nobody is to be granted it.'),
		('own_check_ins', 'v', 'What "my_check_ins" reads, behind the wall: nobody is to be granted it.'),
		('own_interventions', 'v', 'What "my_interventions" reads, behind the wall: nobody is to be granted it.'),
		('own_events', 'v', 'What "my_events" reads, behind the wall: nobody is to be granted it.'),
		('own_sheet', 'v', 'What "my_sheet" reads, behind the wall: nobody is to be granted it.'),
		('mine', 'v', 'The watch list, the reader''s own students only.'),
		('my_reasons', 'v', 'The reasons, the reader''s own students only.'),
		('my_flags', 'v', 'Open flags, the reader''s own students only.'),
		('my_check_ins', 'v', 'Contacts, the reader''s own students only.'),
		('my_interventions', 'v', 'What is done, for the reader''s own students only.'),
		('my_events', 'v', 'What happened to the standings of the reader''s own students.'),
		('my_sheet', 'v', 'The sheet, the reader''s own students only.');
END;
COMMENT ON FUNCTION gapstats_internal.list_parts() IS
'The relations beside a watch list: their names after the list''s, what they are (r table, v view) and what they hold. The longest name and the order in which they are dropped come from here, too.';

CREATE FUNCTION gapstats_internal.list_base(list regclass)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.list_base(regclass) IS
'The name that the parts of a watch list begin with, given the list, its table of students or its settings; NULL for what is no watch list. The list itself may have been renamed.';

CREATE FUNCTION gapstats_internal.list_part(list regclass, part text)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.list_part(regclass, text) IS
'Qualified and quoted name of a part of a watch list. Says nothing on whether it exists.';

CREATE FUNCTION gapstats_internal.statement(list regclass, template text)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.statement(regclass, text) IS
'A statement from a template in which @list is the watch list, @ and the name of a part that part (@oid_ and the name its OID), @student_id the type of its students, @equals that type''s equality, @columns the columns of its students query, and @new_columns those of a row n. @@ is an @.';

CREATE FUNCTION gapstats_internal.new_statement(schema text, base text, student_id regtype, template text)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.new_statement(text, text, regtype, text) IS
'As statement(), for a list that is not there yet.';

-- Whoever may make relations in the schema could take a name that is known beforehand, and keep
-- from running what is to make it.
CREATE FUNCTION gapstats_internal.passing_part(part text)
RETURNS text
LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN format('%s_%s', part, left(replace(gen_random_uuid()::text, '-', ''), 11));
COMMENT ON FUNCTION gapstats_internal.passing_part(text) IS
'A name after a watch list''s for what lasts no longer than the transaction that makes it: other each time, and nobody else can know it.';

CREATE FUNCTION gapstats_internal.student_id_type(list regclass)
RETURNS regtype
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (
	SELECT atttypid::regtype
	FROM pg_attribute
	WHERE attrelid = gapstats_internal.list_part(list, 'current')::regclass AND attname = 'student_id' AND NOT attisdropped
);
COMMENT ON FUNCTION gapstats_internal.student_id_type(regclass) IS
'The type of a watch list''s students. In statements it is written as format_type(type, -1), for "character" would be one character.';

CREATE FUNCTION gapstats_internal.list_itself(list regclass)
RETURNS regclass
LANGUAGE sql STABLE STRICT
RETURN (
	SELECT v.oid
	FROM pg_class l
	JOIN pg_class t ON t.oid = CASE l.relkind WHEN 'm' THEN l.oid ELSE gapstats_internal.known_relation(format('%s.%I', l.relnamespace::regnamespace, gapstats_internal.list_base(list) || '_current')) END
	JOIN pg_class v ON v.relkind = 'm' AND v.relowner = t.relowner AND v.relnamespace = t.relnamespace
	WHERE l.oid = list
	AND (v.oid = t.oid OR EXISTS (
		SELECT
		FROM pg_rewrite w
		JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
		WHERE w.ev_class = v.oid)
		-- the table may have been given a column since then
		AND (v.relname = gapstats_internal.list_base(list) OR (SELECT array_agg(attname ORDER BY attnum) FROM pg_attribute WHERE attrelid = v.oid AND attnum > 0 AND NOT attisdropped)
			= (SELECT array_agg(attname ORDER BY attnum) FROM pg_attribute WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped)))
	-- rather the one of the table's name than another view of it
	ORDER BY v.relname = gapstats_internal.list_base(list) DESC, v.oid
	LIMIT 1
)::regclass;
COMMENT ON FUNCTION gapstats_internal.list_itself(regclass) IS
'A watch list, given the list or its table of students or of settings, also if it has been renamed; NULL if it is gone.';

-- The list is not told by its name: its owner may be renaming it, and until the next run its
-- parts go by the one that it had.
CREATE FUNCTION gapstats_internal.part_itself(list regclass, part text)
RETURNS regclass
LANGUAGE sql STABLE STRICT
RETURN CASE part WHEN '' THEN gapstats_internal.list_itself(list) ELSE to_regclass(gapstats_internal.list_part(list, part)) END;
COMMENT ON FUNCTION gapstats_internal.part_itself(regclass, text) IS
'A part of a watch list, or ('''') the list; NULL if it is gone. Says nothing on whose it is.';

CREATE FUNCTION gapstats_internal.own_parts(list regclass)
RETURNS oid[]
LANGUAGE sql STABLE STRICT
RETURN ARRAY(
	SELECT list::oid
	UNION
	SELECT c.oid
	FROM gapstats_internal.list_parts() p
	JOIN pg_class l ON l.oid = list
	JOIN pg_class c ON c.oid = gapstats_internal.known_relation(gapstats_internal.list_part(list, p.part)) AND c.relowner = l.relowner AND c.relkind = p.kind
);
COMMENT ON FUNCTION gapstats_internal.own_parts(regclass) IS
'A watch list and those of its parts that are there and belong to its owner.';

-- Readers lock several parts one after another, and so would ALTER and DROP: each would hold
-- what the other waits for.  So whoever remakes parts calls this before anything else of the
-- list is locked, be it a row.
CREATE FUNCTION gapstats_internal.lock_parts(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	parts oid[];
BEGIN
	WHILE gapstats_internal.list_base(list) IS NOT NULL LOOP
		parts := gapstats_internal.own_parts(list);
		BEGIN
			PERFORM gapstats_internal.lock_alone(parts, wait => true);
			IF gapstats_internal.list_base(list) IS NOT NULL AND gapstats_internal.own_parts(list) <@ parts THEN
				RETURN;
			END IF;
			-- what came while others were waited for is not locked: nothing is held while it is waited for, either
			RAISE EXCEPTION USING ERRCODE = 'GS001', MESSAGE = 'undo';
		EXCEPTION WHEN SQLSTATE 'GS001' THEN
			NULL;
		END;
	END LOOP;
	-- it is none, or has been dropped by somebody who was waited for
	PERFORM gapstats_internal.check_list(list);
END
$$;
COMMENT ON FUNCTION gapstats_internal.lock_parts(regclass) IS
'Locks a watch list and all of its parts against everybody else until the end of the transaction, waiting for those who use them. Raises an error if there is no such list then.';

-- What is the list's own is given back; what somebody has made to be taken for it must not be.
CREATE FUNCTION gapstats_internal.raise_parts_of_others(list text, of_owner oid, others oid[], alike oid[], types oid[] DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	named CONSTANT text := array_to_string(
		ARRAY(SELECT format('%s (%I)', c.oid::regclass, pg_get_userbyid(c.relowner)) FROM pg_class c WHERE c.oid = ANY (others) ORDER BY c.relname)
		|| ARRAY(SELECT format('type %s (%I)', t.oid::regtype, pg_get_userbyid(t.typowner)) FROM pg_type t WHERE t.oid = ANY (types) ORDER BY t.typname), ', ');
	given_back CONSTANT text := (
		SELECT string_agg(format('ALTER %s %s OWNER TO %I;', k.what, c.oid::regclass, pg_get_userbyid(of_owner)), ' ' ORDER BY c.relname)
		FROM pg_class c
		JOIN (VALUES ('m'::"char", 'MATERIALIZED VIEW'), ('v', 'VIEW'), ('r', 'TABLE')) AS k (kind, what) ON k.kind = c.relkind
		WHERE c.oid = ANY (alike));
BEGIN
	RAISE EXCEPTION 'watch list "%" has parts that are not its own: %', list, named
		USING ERRCODE = 'insufficient_privilege',
			  HINT = coalesce('If they are the list''s own and were given away: ' || given_back || ' if somebody else made them, move them away, then', 'Move them away, then')
				|| format(' SELECT gapstats.repair_watch_list(%L);', list);
END
$$;
COMMENT ON FUNCTION gapstats_internal.raise_parts_of_others(text, oid, oid[], oid[], oid[]) IS
'Raises an error that names relations and types which are in the place of a watch list''s parts, and says how its owner gets those back that are like these and belong to another.';

CREATE FUNCTION gapstats_internal.check_own_parts(list regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	others oid[];
	alike oid[];
	types oid[];
BEGIN
	SELECT array_agg(c.oid), array_agg(c.oid) FILTER (WHERE c.relkind = p.kind), array_agg(t.oid) INTO others, alike, types
	FROM pg_class l
	CROSS JOIN (
		SELECT part, kind FROM gapstats_internal.list_parts()
		UNION ALL
		-- what has the name of a list that is gone keeps it from being made again
		SELECT '', 'm' WHERE gapstats_internal.list_itself(list) IS NULL
	) p
	LEFT JOIN pg_class c ON c.oid = to_regclass(gapstats_internal.list_part(list, p.part))
	LEFT JOIN pg_type t ON t.oid = gapstats_internal.type_in_place_of(gapstats_internal.list_part(list, p.part))
	WHERE l.oid = list AND (c.relowner <> l.relowner OR c.relkind <> p.kind OR t.oid IS NOT NULL);
	IF others IS NOT NULL THEN
		PERFORM gapstats_internal.raise_parts_of_others(list::text, (SELECT relowner FROM pg_class WHERE oid = list), others, alike, types);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_own_parts(regclass) IS
'Raises an error if what has the name of a part of a watch list belongs to another role than the list, or is of another kind, such as a type.';

CREATE FUNCTION gapstats_internal.check_list(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	missing text;
BEGIN
	IF gapstats_internal.list_base(list) IS NULL THEN
		IF NOT EXISTS (SELECT FROM pg_class WHERE oid = list) THEN
			RAISE EXCEPTION 'watch list has been dropped'
				USING ERRCODE = 'undefined_table',
					  HINT = 'If change_students has made it anew, do this again.';
		END IF;
		PERFORM gapstats_internal.check_remains(list);
		RAISE EXCEPTION '"%" is not a watch list', list
			USING ERRCODE = 'wrong_object_type',
				  HINT = 'Make one with create_watch_list.';
	END IF;
	PERFORM gapstats_internal.check_schema(list, 'watch list'), gapstats_internal.check_format(list);

	-- locked first, so that what is looked at is what is used; but "next" is a run's own, which
	-- empties it, and nobody should wait for that
	EXECUTE (
		SELECT format('LOCK TABLE %s IN ACCESS SHARE MODE', string_agg('ONLY ' || c.oid::regclass, ', ' ORDER BY c.oid))
		FROM gapstats_internal.list_parts() p
		JOIN pg_class l ON l.oid = list
		JOIN pg_class c ON c.oid = to_regclass(gapstats_internal.list_part(list, p.part)) AND c.relkind = 'r' AND c.relowner = l.relowner
		WHERE p.kind = 'r' AND p.part <> 'next'
	);
	PERFORM gapstats_internal.check_own_parts(list);
	SELECT string_agg(part, ', ' ORDER BY part) INTO missing
	FROM gapstats_internal.list_parts()
	WHERE to_regclass(gapstats_internal.list_part(list, part)) IS NULL;
	IF missing IS NOT NULL THEN
		RAISE EXCEPTION 'watch list "%" is not whole: there is no %', list, missing
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = coalesce(gapstats_internal.fix_of_lost_tables(list, gapstats_internal.lost_tables(list)), format('SELECT gapstats.repair_watch_list(%L);', list));
	ELSIF (SELECT relkind FROM pg_class WHERE oid = list) <> 'm' THEN
		RAISE EXCEPTION 'the watch list of "%" is gone, its tables are there', list
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = format('SELECT gapstats.repair_watch_list(%L);', list);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_list(regclass) IS
'Raises an error unless the relation is a watch list whose parts are all there and belong to its owner; keeps them so until the end of the transaction.';

CREATE FUNCTION gapstats_internal.room_for_name()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 62 - (SELECT max(length(part)) FROM gapstats_internal.list_parts());
COMMENT ON FUNCTION gapstats_internal.room_for_name() IS
'How many bytes the name of a watch list may have.';

CREATE FUNCTION gapstats_internal.check_list_name(base text)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.check_name('watch list', base, gapstats_internal.room_for_name());
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_list_name(text) IS
'Raises an error if a name is too long for a watch list, since the names of its parts begin with it.';

CREATE FUNCTION gapstats_internal.rename_parts(list regclass, new_base text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	statements text;
BEGIN
	SELECT string_agg(format('ALTER %s %s RENAME TO %I', CASE kind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END,
		gapstats_internal.list_part(list, part), new_base || '_' || part), '; ')
	INTO statements
	FROM gapstats_internal.list_parts()
	WHERE to_regclass(gapstats_internal.list_part(list, part)) IS NOT NULL;
	EXECUTE statements;
END
$$;
COMMENT ON FUNCTION gapstats_internal.rename_parts(regclass, text) IS
'Gives those parts of a watch list that are there names that begin otherwise.';

-- A name that somebody else has taken must not keep the list from being refreshed.
CREATE FUNCTION gapstats_internal.try_to_rename_parts(list regclass, base text, new_base text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.rename_parts(list, new_base);
EXCEPTION WHEN duplicate_table OR duplicate_object THEN
	RAISE NOTICE 'what is beside watch list "%" keeps the name "%" for now: %', list, base, SQLERRM
		USING HINT = 'Once that is called otherwise, the next refresh or change of the list renames it.';
END
$$;
COMMENT ON FUNCTION gapstats_internal.try_to_rename_parts(regclass, text, text) IS
'rename_parts(), unless something else has one of the names: a notice names it.';

-- Who renames a list, or its schema, means its parts and its job, too.  The parts can wait: a
-- run is not to be kept by somebody who reads them.
CREATE FUNCTION gapstats_internal.follow_rename(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	new_name CONSTANT name := (SELECT relname FROM pg_class WHERE oid = list AND relkind = 'm');
	base CONSTANT text := gapstats_internal.list_base(list);
BEGIN
	IF new_name <> base THEN
		PERFORM gapstats_internal.check_list_name(new_name);
		-- the names first: whoever does not get them must not keep readers from the parts
		IF gapstats_internal.lock_names((SELECT relnamespace FROM pg_class WHERE oid = list), wait => false)
			AND gapstats_internal.lock_alone(gapstats_internal.own_parts(list), wait => false) THEN
			PERFORM gapstats_internal.try_to_rename_parts(list, base, new_name);
		ELSE
			RAISE NOTICE 'what is beside watch list "%" is in use and keeps the name "%" for now', list, base
				USING HINT = 'The next refresh or change of the list renames it, if nobody uses it then.';
		END IF;
	END IF;
	PERFORM gapstats_internal.follow_rename_of_job(list);
	-- elsewhere, OIDs are those of other roles
	PERFORM gapstats_internal.follow_renamed_owners(gapstats_internal.list_part(list, 'queries')::regclass) WHERE gapstats_internal.held_because(list) IS NULL;
END
$$;
COMMENT ON FUNCTION gapstats_internal.follow_rename(regclass) IS
'Gives the parts of a watch list, unless somebody uses them or something else is called so, and its pg_cron job its name, if it has been renamed or moved; and roles that were renamed their names in what its queries mean.';

-- Whoever changes a list, or publishes what a run found, waits for whoever does.  A row
-- lock, because nobody without privileges can take it.
CREATE FUNCTION gapstats_internal.lock_list(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.bring_forward_as_owner(list);
	PERFORM gapstats_internal.check_list(list);
	EXECUTE gapstats_internal.statement(list, 'SELECT FROM @settings FOR UPDATE');
	PERFORM gapstats_internal.follow_rename(list);
END
$$;
COMMENT ON FUNCTION gapstats_internal.lock_list(regclass) IS
'Brings a watch list forward to the format of this version, checks it and locks it until the end of the transaction, waiting for a change that is under way.';

CREATE FUNCTION gapstats_internal.change_list(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.lock_list(list);
	EXECUTE gapstats_internal.statement(list, 'UPDATE @settings SET changes = changes + 1');
END
$$;
COMMENT ON FUNCTION gapstats_internal.change_list(regclass) IS
'Locks a watch list in order to change what a run evaluates: a run that is under way is not published.';

CREATE FUNCTION gapstats_internal.check_list_column(list regclass, name text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF name IS NOT NULL AND NOT EXISTS (
		SELECT
		FROM pg_attribute a
		JOIN pg_attribute s ON s.attrelid = a.attrelid AND s.attname = 'status'
		WHERE a.attrelid = gapstats_internal.list_part(list, 'current')::regclass
		AND a.attnum BETWEEN 1 AND s.attnum - 1 AND NOT a.attisdropped AND a.attname = name
	) THEN
		RAISE EXCEPTION 'students query of watch list "%" has no column "%"', list, name
			USING ERRCODE = 'undefined_column',
				  HINT = format('It has %s.', gapstats_internal.statement(list, '@columns'));
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_list_column(regclass, text) IS
'Raises an error unless the name is that of a column of a watch list''s students query, or NULL.';

CREATE FUNCTION gapstats_internal.check_at_least_1(name text, value integer)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF value IS NULL THEN
		RAISE EXCEPTION '% must not be null', name USING ERRCODE = 'null_value_not_allowed';
	ELSIF value < 1 THEN
		RAISE EXCEPTION '% must be at least 1, not %', name, value USING ERRCODE = 'invalid_parameter_value';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_at_least_1(text, integer) IS
'Raises 22004 if an option is NULL, 22023 if it is below 1.';

CREATE FUNCTION gapstats_internal.column_text("row" record, name text)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.column_text(record, text) IS
'A column of a row as its type''s output function writes it, which is how thresholds name groups; NULL if there is no such column, or it is NULL. Calls no function but that one.';

CREATE FUNCTION gapstats_internal.group_expression(group_column text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN group_column IS NULL THEN 'NULL::text' ELSE format('gapstats_internal.settled_text(s.%I)', group_column) END;
COMMENT ON FUNCTION gapstats_internal.group_expression(text) IS
'The SQL expression of a student''s group, a column of relation s; NULL stands for no groups.';

CREATE FUNCTION gapstats_internal.named_group(group_column text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
	WHEN group_column IS NULL THEN quote_literal('all')
	ELSE format('coalesce(%s, CASE WHEN s.student_id IS NULL THEN ''left'' ELSE ''not recorded'' END)', gapstats_internal.group_expression(group_column))
END;
COMMENT ON FUNCTION gapstats_internal.named_group(text) IS
'The SQL expression of a student''s group as answers name it: all if no groups were asked for, not recorded if she is in none, left if she is not on the list any more.';
