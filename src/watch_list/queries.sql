-- watch_list/queries: the queries of a list, kept as written

CREATE FUNCTION gapstats_internal.write_query(list regclass, what text, part text, rule text, kept gapstats_internal.kept_query)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @queries (part, rule, query, names_in, date_style, interval_style, time_zone, extra_float_digits, meaning)
		SELECT $1, $2, ($3).*
		ON CONFLICT (part, rule) DO UPDATE
		SET query = excluded.query, names_in = excluded.names_in, date_style = excluded.date_style,
			interval_style = excluded.interval_style, time_zone = excluded.time_zone,
			extra_float_digits = excluded.extra_float_digits, meaning = excluded.meaning
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
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT query, names_in, date_style, interval_style, time_zone, extra_float_digits, meaning
		FROM @queries
		WHERE part = $1 AND rule = $2
		$sql$)
	INTO kept USING wanted, of_rule;
	RETURN kept;
END
$$;
COMMENT ON FUNCTION gapstats_internal.read_query(regclass, text, text) IS
'A query of a watch list; NULL in all its fields if there is none.';

CREATE FUNCTION gapstats_internal.keep_query_like(what text, query text, other gapstats_internal.kept_query)
RETURNS gapstats_internal.kept_query
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM set_config('DateStyle', other.date_style, true), set_config('IntervalStyle', other.interval_style, true),
		set_config('TimeZone', other.time_zone, true), set_config('extra_float_digits', other.extra_float_digits, true);
	RETURN gapstats_internal.keep_query(what, query, other.names_in);
END
$$;
COMMENT ON FUNCTION gapstats_internal.keep_query_like(text, text, gapstats_internal.kept_query) IS
'Keeps a query with the search path and the settings with which another one is kept.';

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
	SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee, a.privilege_type AS privilege
	INTO granted
	FROM pg_class c
	CROSS JOIN LATERAL (
		SELECT * FROM aclexplode(c.relacl)
		UNION ALL
		SELECT x.* FROM pg_attribute t CROSS JOIN aclexplode(t.attacl) x WHERE t.attrelid = c.oid
	) a
	WHERE c.oid = queries AND a.grantee <> c.relowner AND a.privilege_type <> 'SELECT'
	ORDER BY 1
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION '% has been granted % on "%"', granted.grantee, granted.privilege, queries
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'What is written there runs with the rights of the list''s owner.',
				  HINT = format('REVOKE ALL ON %s FROM %s; and look at what is written there.', queries, granted.grantee);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_queries(regclass) IS
'Raises an error if another role than the owner may write the queries of a watch list.';

CREATE FUNCTION gapstats_internal.definitions_of(what text, kept gapstats_internal.kept_query, names text[])
RETURNS text
LANGUAGE sql STABLE
RETURN (
	SELECT string_agg(format('%I %s', names[k.ordinality], format_type(k.type, -1)), ', ' ORDER BY k.ordinality)
	FROM gapstats_internal.kept_query_columns(what, kept) WITH ORDINALITY AS k
);
COMMENT ON FUNCTION gapstats_internal.definitions_of(text, gapstats_internal.kept_query, text[]) IS
'The column definitions with which a query''s rows are read, under other names.';
