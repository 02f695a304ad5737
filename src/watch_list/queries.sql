-- watch_list/queries: the queries of a list, kept as written

CREATE FUNCTION gapstats_internal.check_queries(list regclass)
RETURNS void
LANGUAGE sql STABLE
RETURN gapstats_internal.check_unwritable(gapstats_internal.list_part(list, 'queries')::regclass, 'list');
COMMENT ON FUNCTION gapstats_internal.check_queries(regclass) IS
'Raises an error if another role than the owner may write the queries of a watch list. Whatever reads or writes them here asks for it.';

CREATE FUNCTION gapstats_internal.write_query(list regclass, what text, part text, rule text, kept gapstats_internal.kept_query)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.check_queries(list);
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @queries (part, rule, query, names_in, date_style, interval_style, time_zone, extra_float_digits, meaning, owners)
		SELECT $1, $2, ($3).*, gapstats_internal.owners_in(($3).meaning)
		ON CONFLICT (part, rule) DO UPDATE
		SET query = excluded.query, names_in = excluded.names_in, date_style = excluded.date_style,
			interval_style = excluded.interval_style, time_zone = excluded.time_zone,
			extra_float_digits = excluded.extra_float_digits, meaning = excluded.meaning, owners = excluded.owners
		$sql$)
	USING part, coalesce(rule, ''), kept;
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_query(regclass, text, text, text, gapstats_internal.kept_query) IS
'Writes a query among those of a watch list, in the place of the one before: part is students, days, viewers, rule or applies_to; rule is the name of the rule, if it is one''s.';

CREATE FUNCTION gapstats_internal.read_query(list regclass, wanted text, of_rule text DEFAULT '')
RETURNS gapstats_internal.kept_query
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept gapstats_internal.kept_query;
BEGIN
	PERFORM gapstats_internal.check_queries(list);
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT query, names_in, date_style, interval_style, time_zone, extra_float_digits, meaning
		FROM @queries q
		WHERE part = $1 AND rule = $2 AND gapstats_internal.belongs_with(q.tableoid, $3)
		$sql$)
	INTO kept USING wanted, of_rule, list;
	RETURN kept;
END
$$;
COMMENT ON FUNCTION gapstats_internal.read_query(regclass, text, text) IS
'A query of a watch list; NULL in all its fields if there is none. Of applies_to it is the condition alone, which read_condition() makes a query.';

-- Two texts in one query would be read alike, so one that was written under other settings
-- is put in as the rows that it gives.
CREATE FUNCTION gapstats_internal.condition_query(students gapstats_internal.kept_query, condition gapstats_internal.kept_query)
RETURNS text
LANGUAGE sql STABLE
RETURN format(
	-- the line breaks end a comment on a last line; AND takes nothing but a boolean
	E'SELECT s.student_id, (\n%s\n) AND true FROM %s',
	condition.query,
	CASE
		WHEN (students.names_in, students.date_style, students.interval_style, students.time_zone, students.extra_float_digits)
			= (condition.names_in, condition.date_style, condition.interval_style, condition.time_zone, condition.extra_float_digits) THEN
			format(E'(\n%s\n) AS s', rtrim(students.query, E'; \t\r\n'))
		ELSE
			format('gapstats_internal.run_kept_query(%L, %L) AS s (%s)', 'students query', students, (
				SELECT string_agg(format('%I %s', k.name, k.declaration), ', ' ORDER BY k.ordinality)
				FROM gapstats_internal.kept_query_columns('students query', students) WITH ORDINALITY AS k))
	END);
COMMENT ON FUNCTION gapstats_internal.condition_query(gapstats_internal.kept_query, gapstats_internal.kept_query) IS
'The text of the query that says of each student whether a rule applies to her, or NULL if that is not known, given a condition over the columns of the students query; each is read under the settings with which it was kept.';

CREATE FUNCTION gapstats_internal.read_condition(list regclass, of_rule text)
RETURNS gapstats_internal.kept_query
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	condition gapstats_internal.kept_query := gapstats_internal.read_query(list, 'applies_to', of_rule);
BEGIN
	IF condition.query IS NULL THEN
		RETURN NULL;
	END IF;
	condition.query := gapstats_internal.condition_query(gapstats_internal.read_query(list, 'students'), condition);
	RETURN condition;
END
$$;
COMMENT ON FUNCTION gapstats_internal.read_condition(regclass, text) IS
'The query that says to whom a rule of a watch list applies; NULL if to all.';

CREATE FUNCTION gapstats_internal.definitions_of(what text, kept gapstats_internal.kept_query, names text[])
RETURNS text
LANGUAGE sql STABLE
RETURN (
	SELECT string_agg(format('%I %s', coalesce(names[k.ordinality], 'number_' || k.ordinality), format_type(k.type, -1)), ', ' ORDER BY k.ordinality)
	FROM gapstats_internal.kept_query_columns(what, kept) WITH ORDINALITY AS k
);
COMMENT ON FUNCTION gapstats_internal.definitions_of(text, gapstats_internal.kept_query, text[]) IS
'The column definitions with which a query''s rows are read, under other names; columns behind those named are number_3 and so on.';
