-- watch_list/entry: what people enter by hand, checked in one place
--
-- Called in assignments, where an error comes without the statement that called.

CREATE FUNCTION gapstats_internal.entered_text(name text, entered text, longest integer, is_needed boolean DEFAULT false)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	trimmed CONSTANT text := regexp_replace(entered, '^\s+|\s+$', '', 'g');
BEGIN
	IF is_needed AND entered IS NULL THEN
		RAISE EXCEPTION '% must not be null', name USING ERRCODE = 'null_value_not_allowed';
	ELSIF is_needed AND trimmed = '' THEN
		RAISE EXCEPTION '% must not be blank', name USING ERRCODE = 'invalid_parameter_value';
	ELSIF length(trimmed) > longest THEN
		RAISE EXCEPTION '% has % characters', name, length(trimmed)
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = format('It may have %s.', longest);
	END IF;
	RETURN nullif(trimmed, '');
END
$$;
COMMENT ON FUNCTION gapstats_internal.entered_text(text, text, integer, boolean) IS
'A text that somebody entered, without the blanks around it; NULL for one that is blank. Errors: 22004 and 22023 if it is needed and NULL or blank, 22023 if it has more characters than longest.';

-- Nobody is at school for more than 20 years, and what is to be in more than a year is forgotten.
CREATE FUNCTION gapstats_internal.entered_day(list regclass, name text, entered date, earliest date DEFAULT '-infinity', latest date DEFAULT 'infinity')
RETURNS date
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	today CONSTANT date := gapstats_internal.today(list);
	first_day CONSTANT date := greatest(earliest, (today - interval '20 years')::date);
	last_day CONSTANT date := least(latest, (today + interval '1 year')::date);
BEGIN
	IF entered NOT BETWEEN first_day AND last_day THEN
		RAISE EXCEPTION '% must be a day from % to %, not %', name, first_day, last_day, entered USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN entered;
END
$$;
COMMENT ON FUNCTION gapstats_internal.entered_day(regclass, text, date, date, date) IS
'A day that somebody entered. Error 22023 for one on which nothing can be about a student of a watch list, more than 20 years ago or a year ahead, or that is outside of narrower limits. NULL is nothing entered.';

CREATE FUNCTION gapstats_internal.names_seen(list regclass, part text, what text)
RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	caller CONSTANT name := gapstats_internal.caller();
	owner CONSTANT name := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = list);
BEGIN
	IF pg_has_role(caller, owner, 'USAGE') THEN
		RETURN NULL;
	ELSIF NOT has_table_privilege(caller, gapstats_internal.list_part(list, part), 'SELECT') THEN
		RAISE EXCEPTION 'permission denied for watch list "%"', list
			USING ERRCODE = 'insufficient_privilege',
				  HINT = CASE WHEN what = 'counts' AND gapstats_internal.sees_by_name(list, quote_ident(caller)::regrole) THEN
					format('Who sees students by name is not to have the counts, which would not hide small numbers from him; its owner %I has all of them.', owner)
				  ELSE format('Its owner %I can let you %s: SELECT gapstats.grant_watch_list(%L, %L, %L);',
						owner, CASE what WHEN 'outbox' THEN 'take alarms' WHEN 'counts' THEN 'see the counts' ELSE what END, list, what, quote_ident(caller)) END;
	END IF;
	RETURN gapstats_internal.viewer_names(gapstats_internal.list_part(list, 'acting')::regclass, caller);
END
$$;
COMMENT ON FUNCTION gapstats_internal.names_seen(regclass, text, text) IS
'As which viewers the caller sees students of a watch list; NULL for those with its owner''s rights, who see everybody. Error 42501, with the line that helps, if he may not read the part that comes with what the owner can grant.';

CREATE FUNCTION gapstats_internal.sees(names text[], list regclass, student text)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_seen boolean;
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT $1 IS NULL OR EXISTS (SELECT FROM @viewers v WHERE v.viewer = ANY ($1) AND v.student_id @equals $2::@student_id AND gapstats_internal.belongs_with(v.tableoid, $3))
		$sql$)
	INTO is_seen USING names, student, list;
	RETURN is_seen;
END
$$;
COMMENT ON FUNCTION gapstats_internal.sees(text[], regclass, text) IS
'Whether viewers of these names see a student of a watch list; NULL sees everybody.';

CREATE FUNCTION gapstats_internal.entered_student_id(list regclass, entered text)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF entered IS NULL THEN
		RAISE EXCEPTION 'student_id must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	BEGIN
		EXECUTE gapstats_internal.statement(list, 'SELECT $1::@student_id') USING entered;
	EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
		RAISE EXCEPTION '"%" is no student_id of watch list "%"', left(entered, 100), list
			USING ERRCODE = 'invalid_text_representation',
				  DETAIL = format('Its students have ids of type %s.', gapstats_internal.student_id_type(list));
	END;
	RETURN entered;
END
$$;
COMMENT ON FUNCTION gapstats_internal.entered_student_id(regclass, text) IS
'The id of a student, whoever she is. Errors: 22004 for a NULL, 22P02 for what the type of a watch list''s students does not take.';

CREATE FUNCTION gapstats_internal.entered_student(list regclass, entered text, names text[])
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	student CONSTANT text := gapstats_internal.entered_student_id(list, entered);
	is_known boolean := false;
	alike text;
BEGIN
	-- before anything of her is looked at: what a query counts, PostgreSQL tells who sent it
	IF gapstats_internal.sees(names, list, student) THEN
		EXECUTE gapstats_internal.statement(list, $sql$
			SELECT EXISTS (SELECT FROM @current c WHERE c.student_id @equals $1::@student_id)
				OR EXISTS (SELECT FROM @flags f WHERE f.student_id @equals $1::@student_id)
			$sql$)
		INTO is_known USING student;
	END IF;
	IF is_known THEN
		RETURN student;
	END IF;
	IF names IS NULL THEN
		EXECUTE gapstats_internal.statement(list, $sql$
			SELECT min(c.student_id::text)
			FROM @current c
			WHERE lower(regexp_replace(c.student_id::text, '\s', '', 'g')) = lower(regexp_replace($1, '\s', '', 'g'))
			$sql$)
		INTO alike USING student;
	END IF;
	RAISE EXCEPTION 'no student "%" in watch list "%"', left(student, 100), list
		USING ERRCODE = 'no_data_found',
			  HINT = coalesce('Perhaps you mean "' || alike || '": spaces and capitals count.',
					format('Those whom you see are in %s.', CASE WHEN names IS NULL THEN list::text ELSE gapstats_internal.list_part(list, 'mine') END));
END
$$;
COMMENT ON FUNCTION gapstats_internal.entered_student(regclass, text, text[]) IS
'The id of a student who is or was on a watch list, and whom viewers of these names see (NULL: everybody). Errors: those of entered_student_id; P0002 for another student.';
