-- standing/queries: the queries of things that stand, kept as written in a table of their owner's

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

CREATE FUNCTION gapstats_internal.follow_renamed_owners(queries regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format($sql$
		UPDATE %s q
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
		$sql$, queries);
END
$$;
COMMENT ON FUNCTION gapstats_internal.follow_renamed_owners(regclass) IS
'Writes the new names of roles that were renamed into what the queries in a table mean.';

-- Whoever may write the text writes what runs with the owner's rights.
CREATE FUNCTION gapstats_internal.check_unwritable(queries regclass, what text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
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
				  DETAIL = format('What is written there runs with the rights of the %s''s owner.', what),
				  HINT = format('REVOKE ALL ON %s FROM %s; and look at what is written there.', queries, granted.grantees);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_unwritable(regclass, text) IS
'Raises an error if another role than the owner may write a table of kept queries. Whatever reads or writes them asks for it.';

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

CREATE FUNCTION gapstats_internal.check_keys(what text, given jsonb, known text[], needed text[] DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong text;
BEGIN
	IF jsonb_typeof(given) IS DISTINCT FROM 'object' THEN
		RAISE EXCEPTION '% must be a JSON object', what USING ERRCODE = 'invalid_parameter_value';
	END IF;
	SELECT k INTO wrong FROM jsonb_object_keys(given) AS k WHERE k <> ALL (known) ORDER BY k LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION '% has an unknown key "%"', what, wrong
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = format('Its keys are %s.', array_to_string(known, ', '));
	END IF;
	SELECT k INTO wrong FROM unnest(coalesce(needed, known)) AS k WHERE NOT given ? k LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION '% has no "%"', what, wrong USING ERRCODE = 'invalid_parameter_value';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_keys(text, jsonb, text[], text[]) IS
'Raises 22023 unless what was given is a JSON object with all the keys that are needed (NULL: all) and none that is not known.';

-- Read by the catalogs alone, for what the owner may not use he may not look up; and by what the
-- queries meant when they were kept, for they cannot be read either.
CREATE FUNCTION gapstats_internal.missing_grants(owner oid, meaning text[])
RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
	WITH word AS (
		SELECT DISTINCT w.word FROM unnest(missing_grants.meaning) AS w (word)
	), source AS (
		SELECT c.oid, n.oid AS schema, format('%I.%I', n.nspname, c.relname) AS name
		FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE EXISTS (SELECT FROM word WHERE starts_with(word, format('relation %I.%I of ', n.nspname, c.relname)))
	)
	SELECT string_agg(format('GRANT %s TO %I;', g.what, pg_get_userbyid(missing_grants.owner)), ' ' ORDER BY g.place, g.what)
	FROM (
		SELECT DISTINCT 1 AS place, format('USAGE ON SCHEMA %s', s.schema::regnamespace) AS what FROM source s WHERE NOT has_schema_privilege(missing_grants.owner, s.schema, 'USAGE')
		UNION ALL
		SELECT 2, format('SELECT ON %s', s.name)
		FROM source s
		WHERE NOT has_table_privilege(missing_grants.owner, s.oid, 'SELECT') AND (NOT has_any_column_privilege(missing_grants.owner, s.oid, 'SELECT') OR EXISTS (
			SELECT
			FROM pg_attribute a
			JOIN word w ON starts_with(w.word, format('column %s.%I ', s.name, a.attname))
			WHERE a.attrelid = s.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT has_column_privilege(missing_grants.owner, s.oid, a.attnum, 'SELECT')))
	) g;
END;
COMMENT ON FUNCTION gapstats_internal.missing_grants(oid, text[]) IS
'The statements that let a role read what queries of that meaning read, as far as it may not; NULL if it may.';

CREATE FUNCTION gapstats_internal.resume_words(owner oid, what text, condition text, missing text, resume text)
RETURNS text
LANGUAGE sql STABLE
RETURN format('%s%s: %s', condition, CASE WHEN missing IS NOT NULL THEN format(', and %I is to read what the %s read', pg_get_userbyid(owner), what) END, concat_ws(' ', missing, resume));
COMMENT ON FUNCTION gapstats_internal.resume_words(oid, text, text, text, text) IS
'The statements that let something go on as its queries are, after a condition: with what its owner has to be granted for them, if anything, and that he is to read it.';
