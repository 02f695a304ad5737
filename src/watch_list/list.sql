-- watch_list/list: making and dropping a watch list

CREATE FUNCTION gapstats_internal.watch_list_place(name text, OUT schema text, OUT base text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taken text;
BEGIN
	SELECT n.schema, n.base INTO schema, base FROM gapstats_internal.new_name('watch list', name, gapstats_internal.room_for_name()) n;
	IF to_regclass(format('%I.%I', schema, base)) IS NOT NULL
		AND gapstats_internal.list_base(to_regclass(format('%I.%I', schema, base))) IS NOT NULL THEN
		RAISE EXCEPTION 'watch list "%" exists already', base
			USING ERRCODE = 'duplicate_table',
				  HINT = 'Give the new one another name.';
	END IF;
	taken := gapstats_internal.taken_name(ARRAY(
		SELECT format('%I.%I', schema, base)
		UNION ALL
		SELECT format('%I.%I', schema, base || '_' || part) FROM gapstats_internal.list_parts()));
	IF taken IS NOT NULL THEN
		RAISE EXCEPTION 'watch list "%" needs the name of %, which exists', base, taken
			USING ERRCODE = 'duplicate_table',
				  HINT = 'Give the list another name.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.watch_list_place(text) IS
'Splits the name of a watch list that is to be made into schema and name. Nobody else makes or renames a list there until the end of the transaction. Errors: a name that is too long, or that another relation or type has, and those of new_name.';

CREATE FUNCTION gapstats_internal.check_combination(INOUT combination text, INOUT at_risk_at numeric, INOUT watch_at numeric)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	CASE combination
		WHEN 'severity' THEN
			at_risk_at := coalesce(at_risk_at, 2);
			watch_at := coalesce(watch_at, 1);
		WHEN 'any' THEN
			at_risk_at := coalesce(at_risk_at, 1);
		WHEN 'k of n', 'points' THEN
			IF at_risk_at IS NULL THEN
				RAISE EXCEPTION 'combination "%" needs at_risk_at, the score from which a student is at risk', combination
					USING ERRCODE = 'null_value_not_allowed';
			END IF;
		ELSE
			RAISE EXCEPTION 'unknown combination: %', quote_nullable(combination)
				USING ERRCODE = 'invalid_parameter_value',
					  HINT = 'It is one of severity, any, k of n, points.';
	END CASE;

	IF at_risk_at > (CASE combination WHEN 'severity' THEN 2 WHEN 'any' THEN 1 END) THEN
		RAISE EXCEPTION 'at_risk_at % is no score of combination "%"', at_risk_at, combination
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = CASE combination WHEN 'severity' THEN 'It is 2 if a rule of severity at risk flags a student, else 1 if any does.' ELSE 'It is 1 if any rule flags a student.' END;
	END IF;
	-- a score of 0 is that of a student whom no rule flags
	IF NOT (at_risk_at > 0 AND at_risk_at < 'Infinity' AND coalesce(watch_at > 0 AND watch_at <= at_risk_at, true)) THEN
		RAISE EXCEPTION 'at_risk_at % and watch_at % do not divide scores', at_risk_at, coalesce(watch_at::text, 'null')
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Both are above 0, and watch_at is not above at_risk_at.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_combination(text, numeric, numeric) IS
'The scores from which a student is at risk and on watch, with the defaults of the way in which rules are combined filled in. Errors: an unknown combination, k of n or points without at_risk_at, scores that are not above 0 or in the wrong order.';

CREATE FUNCTION gapstats_internal.is_sorted_and_hashed(type regtype)
RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.is_sorted_and_hashed(regtype) IS
'Whether values of a type can be sorted and hashed by default, as those that identify students have to be.';

CREATE FUNCTION gapstats_internal.student_column_definitions(kept gapstats_internal.kept_query, base text, OUT definitions text, OUT student_id regtype)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taken text;
	strange record;
	twice text;
BEGIN
	SELECT string_agg(format('%I %s', k.name, k.declaration), ', ' ORDER BY k.ordinality),
		max(k.type::oid) FILTER (WHERE k.name = 'student_id'),
		min(k.name) FILTER (WHERE k.name IN ('status', 'score', 'rules_flagged', 'rules_missing', 'reasons', 'since', 'values', 'states', 'clearing', 'change', 'rules', 'versions',
			'words', 'last_event', 'last_event_on', 'due_at', 'is_overdue', 'assigned_to', 'due_on', 'last_contact', 'last_contact_by', 'interventions', 'put_off_until', 'flag'))
	INTO definitions, student_id, taken
	FROM gapstats_internal.kept_query_columns(format('students query of watch list "%s"', base), kept) WITH ORDINALITY AS k;
	SELECT k.name INTO twice
	FROM gapstats_internal.kept_query_columns(format('students query of watch list "%s"', base), kept) k
	GROUP BY k.name HAVING count(*) > 1 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'students query of watch list "%" has more than one column "%"', base, twice
			USING ERRCODE = 'duplicate_column',
				  HINT = 'Give one of them another name in the query, or leave it out.';
	ELSIF student_id IS NULL THEN
		RAISE EXCEPTION 'students query of watch list "%" has no column "student_id"', base
			USING ERRCODE = 'undefined_column',
				  HINT = 'Name the column that identifies a student so: SELECT id AS student_id, ...';
	ELSIF taken IS NOT NULL THEN
		RAISE EXCEPTION 'students query of watch list "%" has a column "%", which the list itself has', base, taken
			USING ERRCODE = 'duplicate_column',
				  HINT = 'Give it another name in the query.';
	ELSIF NOT gapstats_internal.is_sorted_and_hashed(student_id) THEN
		RAISE EXCEPTION 'students query of watch list "%": student_id is of type %, which cannot be sorted and hashed', base, student_id
			USING ERRCODE = 'undefined_function',
				  HINT = 'Cast it to another type, such as student_id::text.';
	END IF;

	-- whoever owns a domain can give it a constraint, which each statement that writes the column runs
	SELECT k.name, k.type, t.typowner::regrole AS owner INTO strange
	FROM gapstats_internal.kept_query_columns(format('students query of watch list "%s"', base), kept) WITH ORDINALITY AS k
	JOIN pg_type t ON t.oid = k.type
	LEFT JOIN pg_type e ON e.oid = t.typelem
	WHERE 'd' IN (t.typtype, e.typtype) AND NOT pg_has_role(t.typowner, current_user, 'USAGE')
	ORDER BY k.ordinality LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'students query of watch list "%" has a column "%" of type %, which belongs to %', base, strange.name, strange.type, strange.owner
			USING ERRCODE = 'insufficient_privilege',
				  HINT = format('Cast it to another type, such as %s::text.', quote_ident(strange.name));
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.student_column_definitions(gapstats_internal.kept_query, text) IS
'The columns of a watch list''s students query as a table has them. Errors: there is no student_id, or one that cannot be sorted and hashed, a column that the list has itself, or one of a domain that belongs to somebody without the owner''s rights.';

CREATE FUNCTION gapstats_internal.create_watch_list_as_owner(name text, students_query text, combination text, at_risk_at numeric,
															 watch_at numeric, days_query text, time_zone text, names_in text)
RETURNS regclass
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	place record;
	students gapstats_internal.kept_query;
	of_students record;
	made regclass;
BEGIN
	place := gapstats_internal.watch_list_place(name);
	students := gapstats_internal.keep_query(format('students query of watch list "%s"', place.base), students_query, names_in);
	of_students := gapstats_internal.student_column_definitions(students, place.base);
	PERFORM gapstats_internal.check_time_zone(time_zone);

	EXECUTE gapstats_internal.new_statement(place.schema, place.base, of_students.student_id, concat_ws(';',
		gapstats_internal.current_statement(of_students.definitions), gapstats_internal.tables_statement(), gapstats_internal.care_tables(),
		(SELECT string_agg(m.statement, ';') FROM gapstats_internal.tables_made_again() m)));
	EXECUTE gapstats_internal.new_statement(place.schema, place.base, of_students.student_id, $sql$
		INSERT INTO @settings (format, combination, at_risk_at, watch_at, time_zone, owner, table_oid, database_oid, system_identifier)
		SELECT gapstats_internal.list_format(), c.combination, c.at_risk_at, c.watch_at, $4, quote_ident(current_user)::regrole, @oid_settings, d.oid, s.system_identifier
		FROM gapstats_internal.check_combination($1, $2, $3) c, pg_database d, pg_control_system() s
		WHERE d.datname = current_database()
		$sql$)
	USING combination, at_risk_at, watch_at, time_zone;

	made := format('%I.%I', place.schema, place.base || '_current')::regclass;
	PERFORM gapstats_internal.make_private(gapstats_internal.list_part(made, part)::regclass) FROM gapstats_internal.list_parts() WHERE kind = 'r';
	PERFORM gapstats_internal.write_query(made, NULL, 'students', NULL, students);
	PERFORM gapstats_internal.write_days_query(made, days_query, names_in);
	EXECUTE gapstats_internal.statement(made, 'INSERT INTO @words (language, kind, name, words) SELECT * FROM gapstats_internal.status_words()');
	-- not "unless it is there": that would be another one, which somebody has given the name meanwhile
	EXECUTE gapstats_internal.statement(made, gapstats_internal.view_statement(''));
	PERFORM gapstats_internal.make_views(made);
	made := format('%I.%I', place.schema, place.base)::regclass;
	PERFORM gapstats_internal.describe_list(made);
	PERFORM gapstats_internal.make_private(made);
	PERFORM gapstats_internal.make_private(gapstats_internal.list_part(made, part)::regclass) FROM gapstats_internal.list_parts() WHERE kind = 'v';
	RETURN made;
END
$$;
COMMENT ON FUNCTION gapstats_internal.create_watch_list_as_owner(text, text, text, numeric, numeric, text, text, text) IS
'create_watch_list(), done as the list''s owner.';

CREATE FUNCTION create_watch_list(name text, students_query text, combination text DEFAULT 'severity', at_risk_at numeric DEFAULT NULL,
								  watch_at numeric DEFAULT NULL, days_query text DEFAULT NULL, time_zone text DEFAULT current_setting('TimeZone'),
								  names_in text DEFAULT current_setting('search_path'))
RETURNS regclass
AS 'MODULE_PATHNAME', 'done_for_maker' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION create_watch_list(text, text, text, numeric, numeric, text, text, text) IS
'Makes a watch list: a materialized view of that name, one row a student, with relations beside it whose names begin with its own. Without a schema before its name it is made where CREATE TABLE would make a table, by the caller''s search_path. students_query gives student_id (any type that can be sorted and hashed, of at most 2000 bytes) and whatever columns the readers need. combination says what a student''s score is: ''severity'' the highest severity among her flagged rules (watch 1, at risk 2), ''any'' and ''k of n'' how many rules flag her, ''points'' the sum of their points; at least at_risk_at is at risk, at least watch_at is watch. days_query gives the days for which attendance was taken, in a column of type date: as_of() is then the last of them up to today, and later ones are planned school days. time_zone is that in which the list''s days begin. Names in the queries are looked up in the search path names_in, anew at each run; a run in which they mean something else fails. The caller owns the list, which he may not as a superuser, and nobody else may read it until granted. Errors: a students query without student_id, with one of a type that cannot be sorted and hashed, or with a column that the list has itself; no such schema, or none in the search path (3F000), one in which the caller may make nothing (42501), a name that is taken (42P07).';

CREATE FUNCTION gapstats_internal.drop_watch_list_as_owner(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := list;
	parts oid[];
	left_behind text;
BEGIN
	PERFORM gapstats_internal.lock_parts(list);
	parts := gapstats_internal.own_parts(list);
	SELECT string_agg(gapstats_internal.list_part(list, part), ', ' ORDER BY part) INTO left_behind
	FROM gapstats_internal.list_parts()
	WHERE kind = 'r' AND to_regclass(gapstats_internal.list_part(list, part))::oid = ANY (parts) IS NOT TRUE;
	PERFORM gapstats_internal.check_alone(parts, format('watch list "%s" cannot be dropped', name), 'Drop that first, or have it read something else.');
	PERFORM gapstats_internal.unschedule_watch_list_as_owner(list);
	EXECUTE gapstats_internal.drop_statement(parts);
	IF left_behind IS NOT NULL THEN
		RAISE WARNING 'watch list "%" had no table % of its own', name, left_behind
			USING HINT = 'If you have renamed it, or given it away, it is still there, with what it says of students: it is yours to drop.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.drop_watch_list_as_owner(regclass) IS
'drop_watch_list(), done as the list''s owner.';

CREATE FUNCTION drop_watch_list(list regclass)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION drop_watch_list(regclass) IS
'Drops a watch list with everything beside it, its history and its pg_cron job. For roles with its owner''s rights. Waits for those who use it. If anything else depends on it, such as a view of somebody''s, that is error 2BP01, which names it. A table of the list that has been renamed is not found: a warning says which is missing.';
