-- watch_list/resume: lists that are held since they are copies, or have another owner

-- Why the list is not to be refreshed, if it is not
CREATE FUNCTION gapstats_internal.held_because(list regclass)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	settings record;
BEGIN
	EXECUTE gapstats_internal.statement(list, 'SELECT s.owner, s.table_oid <> @oid_settings AS is_restored, s.database_oid, s.system_identifier FROM @settings s') INTO settings;
	RETURN gapstats_internal.moved_because('list', list, settings.is_restored, settings.owner, settings.database_oid, settings.system_identifier);
END
$$;
COMMENT ON FUNCTION gapstats_internal.held_because(regclass) IS
'Why a watch list is not to be refreshed before its owner says so (resume_watch_list); NULL if it may be.';

CREATE FUNCTION gapstats_internal.missing_grants(list regclass)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	meaning text[];
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT array_agg(DISTINCT m.word)
		FROM @queries q
		CROSS JOIN unnest(q.meaning) AS m (word)
		WHERE q.rule = '' OR EXISTS (SELECT FROM @rules r WHERE r.rule = q.rule AND r.superseded_at IS NULL AND r.state = 'on')
		$sql$)
	INTO meaning;
	RETURN gapstats_internal.missing_grants((SELECT relowner FROM pg_class WHERE oid = list), meaning);
END
$$;
COMMENT ON FUNCTION gapstats_internal.missing_grants(regclass) IS
'The statements that let a watch list''s owner read what its queries read, as far as he may not; NULL if he may.';

CREATE FUNCTION gapstats_internal.resume_fix(list regclass, condition text)
RETURNS text
LANGUAGE sql STABLE
RETURN (
	SELECT gapstats_internal.resume_words(l.relowner, 'list''s queries', condition, gapstats_internal.missing_grants(list), format('SELECT gapstats.resume_watch_list(%L);', list))
	FROM pg_class l
	WHERE l.oid = list
);
COMMENT ON FUNCTION gapstats_internal.resume_fix(regclass, text) IS
'The statements that let a watch list go on as its queries are, after a condition: with what its owner has to be granted for them, if anything, and that he is to read it.';

CREATE FUNCTION gapstats_internal.check_resumed(list regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	held CONSTANT text := gapstats_internal.held_because(list);
BEGIN
	IF held IS NOT NULL THEN
		RAISE EXCEPTION 'watch list "%" is held: %', list, held
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = gapstats_internal.resume_fix(list, 'To let it go on');
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_resumed(regclass) IS
'Raises an error if a watch list is held until its owner says that it may go on.';

-- A source whose students have got wider numbers, or longer texts, has the same students: its
-- query is kept as one that gives them as before.  Between other types a cast might make one
-- student of two.
CREATE FUNCTION gapstats_internal.with_ids_of_list(list regclass, what text, of_part text, kept gapstats_internal.kept_query)
RETURNS gapstats_internal.kept_query
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	again CONSTANT gapstats_internal.kept_query := gapstats_internal.keep_query_as(what, kept.query, kept);
	student_id CONSTANT regtype := gapstats_internal.student_id_type(list);
	given regtype;
	names text;
	casts text;
BEGIN
	SELECT max(c.type::oid) FILTER (WHERE c.is_id), string_agg(quote_ident(c.name), ', ' ORDER BY c.ordinality),
		string_agg(format(CASE WHEN c.is_id THEN 'q.%1$I::%2$s AS %1$I' ELSE 'q.%1$I' END, c.name, student_id), ', ' ORDER BY c.ordinality)
	INTO given, names, casts
	FROM (
		SELECT k.type, k.ordinality, CASE WHEN of_part = 'students' THEN k.name ELSE 'column' || k.ordinality END AS name,
			CASE of_part WHEN 'students' THEN k.name = 'student_id' WHEN 'viewers' THEN k.ordinality = 2 WHEN 'rule' THEN k.ordinality = 1 ELSE false END AS is_id
		FROM gapstats_internal.kept_query_columns(what, again) WITH ORDINALITY AS k
	) c;
	IF given = student_id OR NOT ('{smallint, integer, bigint}'::regtype[] @> ARRAY[given, student_id] OR '{text, character varying}'::regtype[] @> ARRAY[given, student_id]) THEN
		RETURN again;
	END IF;
	RAISE NOTICE '%: students of type % are cast to %, which is that of the list', what, given, student_id;
	RETURN gapstats_internal.keep_query_as(what, format(E'SELECT %s FROM (\n%s\n) AS q (%s)', casts, rtrim(kept.query, E'; \t\r\n'), names), kept);
END
$$;
COMMENT ON FUNCTION gapstats_internal.with_ids_of_list(regclass, text, text, gapstats_internal.kept_query) IS
'A query of a watch list kept anew, with its students cast to the type of the list''s, with a notice, where both are integers or both text.';

-- A new owner's relations are his, so what the queries mean is written down anew; whatever
-- else they mean by now, he is told.
CREATE FUNCTION gapstats_internal.keep_again(list regclass, of_part text, of_rule text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	what CONSTANT text := CASE of_part WHEN 'rule' THEN format('rule "%s"', of_rule) WHEN 'applies_to' THEN format('applies_to of rule "%s"', of_rule)
		ELSE of_part || ' query' END;
	kept CONSTANT gapstats_internal.kept_query := gapstats_internal.read_query(list, of_part, of_rule);
	again gapstats_internal.kept_query;
	difference text;
BEGIN
	PERFORM gapstats_internal.kept_query_columns(what, CASE of_part WHEN 'applies_to' THEN gapstats_internal.read_condition(list, of_rule) ELSE kept END);
EXCEPTION WHEN object_not_in_prerequisite_state THEN
	GET STACKED DIAGNOSTICS difference = PG_EXCEPTION_DETAIL;
	RAISE NOTICE '% is kept anew: %', what, difference;
	again := CASE of_part WHEN 'applies_to' THEN gapstats_internal.keep_condition(list, of_rule, kept) ELSE gapstats_internal.with_ids_of_list(list, what, of_part, kept) END;
	PERFORM gapstats_internal.check_rule_query(list, what, again) WHERE of_part = 'rule';
	IF of_part = 'students' AND again.query <> kept.query THEN
		PERFORM gapstats_internal.write_students_query(list, again);
	ELSE
		PERFORM gapstats_internal.write_query(list, NULL, of_part, of_rule, again);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.keep_again(regclass, text, text) IS
'Keeps a query of a watch list anew if it means something else by now, with a notice of what.';

CREATE FUNCTION gapstats_internal.resume_watch_list_as_owner(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	query record;
	students gapstats_internal.kept_query;
BEGIN
	-- only other columns remake parts, which waits for everybody who uses them
	BEGIN
		PERFORM gapstats_internal.kept_query_columns('students query', gapstats_internal.read_query(list, 'students'));
	EXCEPTION WHEN object_not_in_prerequisite_state THEN
		PERFORM gapstats_internal.lock_parts(list);
	END;
	PERFORM gapstats_internal.change_list(list);
	PERFORM gapstats_internal.keep_grants(list);
	FOR query IN EXECUTE gapstats_internal.statement(list, $sql$
		SELECT q.part, q.rule
		FROM @queries q
		WHERE q.rule = '' OR EXISTS (SELECT FROM @rules r WHERE r.rule = q.rule AND r.superseded_at IS NULL AND r.state = 'on')
		ORDER BY q.part, q.rule
		$sql$)
	LOOP
		PERFORM gapstats_internal.keep_again(list, query.part, query.rule);
	END LOOP;
	EXECUTE gapstats_internal.statement(list, 'UPDATE @queries SET owners = gapstats_internal.owners_in(meaning)');
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @settings s
		SET owner = quote_ident(current_user)::regrole, table_oid = @oid_settings, database_oid = d.oid, system_identifier = c.system_identifier, job = $1
		FROM pg_database d, pg_control_system() c
		WHERE d.datname = current_database()
		$sql$)
	USING (gapstats_internal.list_job(list)).job;
	students := gapstats_internal.read_query(list, 'students');
	IF NOT gapstats_internal.has_columns_of(list, students) THEN
		PERFORM gapstats_internal.remake_current(list, students);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.resume_watch_list_as_owner(regclass) IS
'resume_watch_list(), done as the list''s owner.';

CREATE FUNCTION resume_watch_list(list regclass)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION resume_watch_list(regclass) IS
'Lets a watch list be refreshed again that is held since its database was restored or copied, or since it has another owner. For roles with its owner''s rights, who thereby say that they know its queries, which mean from now on what they mean to them, and that it may raise alarms here. If the students query has other columns by now, such as SELECT * from a table that was given one, the list has them, too, as by change_students, whose errors there are then; students whose type is another integer or text type by now are cast to that of the list. Errors: students of any other type, and values of a rule that are no numbers any more (42804).';
