-- watch_list/queries: the queries of a list, kept as written

-- A meaning names the owners of what a query reads.  A role that is renamed is the same role,
-- and who it is only its OID tells, for as long as the list is where it was kept.
CREATE FUNCTION gapstats_internal.owner_named(word text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN substring(word FROM ' of ("([^"]|"")+"|[^ "]+)$');
COMMENT ON FUNCTION gapstats_internal.owner_named(text) IS
'The role, quoted as in SQL, with which a word of a query''s meaning ends: that to which something belongs; NULL if it names none.';

CREATE FUNCTION gapstats_internal.owners_in(meaning text[])
RETURNS jsonb
LANGUAGE sql STABLE
RETURN (
	SELECT coalesce(jsonb_object_agg(quote_ident(rolname), oid), '{}')
	FROM pg_roles
	WHERE quote_ident(rolname) IN (SELECT gapstats_internal.owner_named(word) FROM unnest(meaning) AS m (word))
);
COMMENT ON FUNCTION gapstats_internal.owners_in(text[]) IS
'The roles that a query''s meaning names as owners: an object of their names, quoted as in SQL, and OIDs.';

CREATE FUNCTION gapstats_internal.follow_renamed_owners(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @queries q
		SET meaning = ARRAY(
				SELECT coalesce(left(m.word, -length(o.name)) || quote_ident(r.rolname), m.word)
				FROM unnest(q.meaning) WITH ORDINALITY AS m (word)
				LEFT JOIN jsonb_each_text(q.owners) AS o (name, oid) ON o.name = gapstats_internal.owner_named(m.word)
				LEFT JOIN pg_roles r ON r.oid = o.oid::oid
				ORDER BY m.ordinality),
			owners = (
				SELECT jsonb_object_agg(coalesce(quote_ident(r.rolname), o.name), o.oid::bigint)
				FROM jsonb_each_text(q.owners) AS o (name, oid)
				LEFT JOIN pg_roles r ON r.oid = o.oid::oid)
		WHERE EXISTS (
			SELECT FROM jsonb_each_text(q.owners) AS o (name, oid) JOIN pg_roles r ON r.oid = o.oid::oid WHERE quote_ident(r.rolname) <> o.name)
		$sql$);
END
$$;
COMMENT ON FUNCTION gapstats_internal.follow_renamed_owners(regclass) IS
'Writes the new names of roles that were renamed into what the queries of a watch list mean.';

-- Whoever may write the text writes what runs with the owner's rights.
CREATE FUNCTION gapstats_internal.check_queries(list regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	queries regclass := gapstats_internal.list_part(list, 'queries')::regclass;
	granted record;
BEGIN
	SELECT string_agg(DISTINCT g.grantee, ', ') AS grantees, string_agg(DISTINCT a.privilege_type, ', ') AS privileges
	INTO granted
	FROM pg_class c
	CROSS JOIN LATERAL (
		SELECT * FROM aclexplode(c.relacl)
		UNION ALL
		SELECT x.* FROM pg_attribute t CROSS JOIN aclexplode(t.attacl) x WHERE t.attrelid = c.oid
	) a
	CROSS JOIN LATERAL (SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END) g (grantee)
	WHERE c.oid = queries AND a.grantee <> c.relowner AND a.privilege_type <> 'SELECT';
	IF granted.grantees IS NOT NULL THEN
		RAISE EXCEPTION '% on "%" has been granted to %', granted.privileges, queries, granted.grantees
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'What is written there runs with the rights of the list''s owner.',
				  HINT = format('REVOKE ALL ON %s FROM %s; and look at what is written there.', queries, granted.grantees);
	END IF;
END
$$;
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

CREATE FUNCTION gapstats_internal.use_settings_of(kept gapstats_internal.kept_query)
RETURNS void
LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT set_config('DateStyle', kept.date_style, true), set_config('IntervalStyle', kept.interval_style, true),
		set_config('TimeZone', kept.time_zone, true), set_config('extra_float_digits', kept.extra_float_digits, true);
END;
COMMENT ON FUNCTION gapstats_internal.use_settings_of(gapstats_internal.kept_query) IS
'Has the settings with which a query was kept, until the end of what is done as the owner or of a function with settings of its own.';

CREATE FUNCTION gapstats_internal.keep_query_as(what text, query text, other gapstats_internal.kept_query)
RETURNS gapstats_internal.kept_query
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
-- so that they are again what they were
SET DateStyle = 'ISO'
SET IntervalStyle = 'postgres'
SET TimeZone = 'UTC'
SET extra_float_digits = 1
AS $$
BEGIN
	PERFORM gapstats_internal.use_settings_of(other);
	RETURN gapstats_internal.keep_query(what, query, other.names_in);
END
$$;
COMMENT ON FUNCTION gapstats_internal.keep_query_as(text, text, gapstats_internal.kept_query) IS
'keep_query(), under the settings with which another query was kept, as one is that holds its text.';

CREATE FUNCTION gapstats_internal.definitions_of(what text, kept gapstats_internal.kept_query, names text[])
RETURNS text
LANGUAGE sql STABLE
RETURN (
	SELECT string_agg(format('%I %s', names[k.ordinality], format_type(k.type, -1)), ', ' ORDER BY k.ordinality)
	FROM gapstats_internal.kept_query_columns(what, kept) WITH ORDINALITY AS k
);
COMMENT ON FUNCTION gapstats_internal.definitions_of(text, gapstats_internal.kept_query, text[]) IS
'The column definitions with which a query''s rows are read, under other names.';
