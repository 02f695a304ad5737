-- watch_list/students: another students query for a list that goes on

-- Those that its owner has made: neither what a constraint has nor the one by which the list is refreshed
CREATE FUNCTION gapstats_internal.own_indexes(list regclass)
RETURNS TABLE (name text, statement text)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
	FROM pg_index i
	WHERE i.indrelid IN (list, gapstats_internal.list_part(list, 'current')::regclass)
	AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
	AND NOT (i.indrelid = list AND i.indisunique AND i.indpred IS NULL AND i.indkey::text = (
		SELECT attnum::text FROM pg_attribute WHERE attrelid = list AND attname = 'student_id'))
	ORDER BY 1;
END;
COMMENT ON FUNCTION gapstats_internal.own_indexes(regclass) IS
'The indexes that the owner of a watch list has made on it and its table of students, and the statements that make them.';

CREATE FUNCTION gapstats_internal.has_columns_of(list regclass, kept gapstats_internal.kept_query)
RETURNS boolean
LANGUAGE sql STABLE
RETURN ARRAY(
	SELECT format('%I %s', k.name, format_type(k.type, k.type_mod))
	FROM gapstats_internal.kept_query_columns('students query', kept) WITH ORDINALITY AS k
	ORDER BY k.ordinality)
= ARRAY(
	SELECT format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
	FROM pg_attribute a
	JOIN pg_attribute s ON s.attrelid = a.attrelid AND s.attname = 'status'
	WHERE a.attrelid = gapstats_internal.list_part(list, 'current')::regclass AND a.attnum BETWEEN 1 AND s.attnum - 1 AND NOT a.attisdropped
	ORDER BY a.attnum);
COMMENT ON FUNCTION gapstats_internal.has_columns_of(regclass, gapstats_internal.kept_query) IS
'Whether the students of a watch list have the columns that a students query gives, in its order.';

-- The list and its views show the columns of the table, so they are made anew with it.
CREATE FUNCTION gapstats_internal.remake_current(list regclass, kept gapstats_internal.kept_query)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_students CONSTANT record := gapstats_internal.student_column_definitions(kept, gapstats_internal.list_base(list));
	schema CONSTANT name := (SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = list);
	base CONSTANT text := gapstats_internal.list_base(list);
	current CONSTANT regclass := gapstats_internal.list_part(list, 'current');
	past CONSTANT text := base || '_' || gapstats_internal.passing_part('past');
	new regclass;
	kept_columns text;
	indexes jsonb;
	lost record;
	published text;
BEGIN
	EXECUTE gapstats_internal.statement(list, 'SELECT group_column FROM @breakdowns WHERE group_column <> ALL ($1) ORDER BY "position" LIMIT 1')
	INTO published
	USING ARRAY(SELECT k.name FROM gapstats_internal.kept_query_columns('students query', kept) k);
	IF published IS NOT NULL THEN
		RAISE EXCEPTION 'students query has no column "%", by which "%" publishes counts', published, list
			USING ERRCODE = 'undefined_column',
				  HINT = format('If it is to have none: SELECT gapstats.unpublish_counts(%L, %L);', list, published);
	END IF;
	IF of_students.student_id <> gapstats_internal.student_id_type(list) THEN
		RAISE EXCEPTION 'students query: student_id is of type %, but that of "%" is of type %', of_students.student_id, list, gapstats_internal.student_id_type(list)
			USING ERRCODE = 'datatype_mismatch',
				  HINT = format('Cast it in the query, to %s: SELECT gapstats.change_students(%L, ''...'');', gapstats_internal.student_id_type(list), list);
	END IF;
	PERFORM gapstats_internal.keep_grants(list);
	SELECT jsonb_agg(i) INTO indexes FROM gapstats_internal.own_indexes(list) i;
	PERFORM gapstats_internal.check_alone(
		ARRAY(
			SELECT list::oid
			UNION
			SELECT gapstats_internal.list_part(list, part)::regclass::oid FROM gapstats_internal.list_parts() WHERE kind = 'v' OR part IN ('current', 'next')),
		format('watch list "%s" cannot be given other columns', list), 'Drop that first, and make it again afterwards.');
	EXECUTE (
		SELECT format('DROP MATERIALIZED VIEW %s; DROP VIEW %s', list, string_agg(gapstats_internal.list_part(list, part), ', '))
		FROM gapstats_internal.list_parts() WHERE kind = 'v');
	EXECUTE format('DROP TABLE %I.%I; ALTER TABLE %s RENAME TO %I', schema, base || '_next', current, past);
	EXECUTE gapstats_internal.new_statement(schema, base, of_students.student_id, gapstats_internal.current_statement(of_students.definitions));
	new := format('%I.%I', schema, base || '_current');
	SELECT string_agg(quote_ident(n.attname), ', ') INTO kept_columns
	FROM pg_attribute n
	JOIN pg_attribute o ON o.attrelid = current AND o.attname = n.attname AND (o.atttypid, o.atttypmod) = (n.atttypid, n.atttypmod) AND NOT o.attisdropped
	WHERE n.attrelid = new AND n.attnum > 0;
	EXECUTE format('INSERT INTO %1$s (%2$s) SELECT %2$s FROM %3$s; DROP TABLE %3$s', new, kept_columns, current);
	EXECUTE gapstats_internal.statement(new, gapstats_internal.next_statement());
	PERFORM gapstats_internal.make_private(new), gapstats_internal.make_private(gapstats_internal.list_part(new, 'next')::regclass);
	PERFORM gapstats_internal.make_views(new);
	PERFORM gapstats_internal.describe_list(format('%I.%I', schema, base)::regclass);
	PERFORM gapstats_internal.grant_again(format('%I.%I', schema, base)::regclass, ARRAY(
		SELECT '' UNION ALL SELECT part FROM gapstats_internal.list_parts() WHERE kind = 'v' OR part IN ('current', 'next')));
	FOR lost IN SELECT * FROM jsonb_to_recordset(indexes) AS i (name text, statement text) LOOP
		PERFORM gapstats_internal.make_index(lost.name, lost.statement);
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.remake_current(regclass, gapstats_internal.kept_query) IS
'Gives a watch list the columns of another students query; students keep how they stand, what was granted stays granted, and its owner''s indexes are made again. Columns that are new are empty until the next run.';

CREATE FUNCTION gapstats_internal.make_index(name text, statement text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
	RAISE WARNING 'index % is not made again: %', name, SQLERRM USING HINT = format('It was: %s;', statement);
END
$$;
COMMENT ON FUNCTION gapstats_internal.make_index(text, text) IS
'Makes an index again, or warns why it cannot be made.';

-- What is read through the students query is kept anew with it.
CREATE FUNCTION gapstats_internal.write_students_query(list regclass, kept gapstats_internal.kept_query)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	viewer_column CONSTANT text := gapstats_internal.viewer_column(list);
	condition record;
BEGIN
	IF viewer_column IS NOT NULL THEN
		PERFORM gapstats_internal.write_query(list, NULL, 'viewers', NULL, gapstats_internal.keep_viewer_column(list, kept, viewer_column));
	END IF;
	PERFORM gapstats_internal.write_query(list, NULL, 'students', NULL, kept);
	FOR condition IN EXECUTE gapstats_internal.statement(list, $sql$
		SELECT q.rule FROM @queries q WHERE q.part = 'applies_to' ORDER BY q.rule
		$sql$)
	LOOP
		PERFORM gapstats_internal.write_query(list, NULL, 'applies_to', condition.rule,
			gapstats_internal.keep_condition(list, condition.rule, gapstats_internal.read_query(list, 'applies_to', condition.rule)));
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_students_query(regclass, gapstats_internal.kept_query) IS
'Keeps another students query of a watch list, with the conditions over its columns and the viewers that are in one of them.';

CREATE FUNCTION gapstats_internal.change_students_as_owner(list regclass, students_query text, days_query text, names_in text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept gapstats_internal.kept_query;
BEGIN
	PERFORM gapstats_internal.lock_parts(list) WHERE students_query IS NOT NULL;
	PERFORM gapstats_internal.change_list(list);
	IF students_query IS NOT NULL THEN
		kept := gapstats_internal.keep_query('students query', students_query, names_in);
		PERFORM gapstats_internal.write_students_query(list, kept);
	END IF;
	IF days_query IS NOT NULL THEN
		PERFORM gapstats_internal.write_days_query(list, days_query, names_in);
	END IF;
	IF kept.query IS NOT NULL THEN
		PERFORM gapstats_internal.remake_current(list, kept);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.change_students_as_owner(regclass, text, text, text) IS
'change_students(), done as the list''s owner.';

CREATE FUNCTION change_students(list regclass, students_query text DEFAULT NULL, days_query text DEFAULT NULL, names_in text DEFAULT current_setting('search_path'))
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION change_students(regclass, text, text, text) IS
'Gives a watch list another students query, another days query, or both (what is NULL stays), from the next refresh on. The list has its columns at once; they are empty until then. Its history, flags, grants and indexes stay, but for indexes on columns that are gone, which warnings name; if it is shared by a column, it is so by that of the new query. For roles with the rights of the list''s owner. Errors: another type of student_id, no column by which the list is shared, those of create_watch_list, and 2BP01, which names it, if something else depends on the list or the views beside it.';
