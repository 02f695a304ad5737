-- standing/parts: the relations of a thing that stands
--
-- A thing that stands is a relation and others beside it that carry its name and a suffix.  All of them belong
-- to the role that made it, and lie in one schema; the extension keeps nothing of its own.

-- Said before anything is made: the error of a statement comes with its text, here of 40 relations.
CREATE FUNCTION gapstats_internal.schema_for(what text, schema text)
RETURNS oid
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_oid CONSTANT oid := (SELECT n.oid FROM pg_namespace n WHERE n.nspname = schema);
BEGIN
	IF schema = 'pg_temp' OR found_oid = pg_my_temp_schema() THEN
		RAISE EXCEPTION 'a % cannot be temporary', what
			USING ERRCODE = 'invalid_schema_name',
				  HINT = 'Others are to read it, at other times: write another schema before its name.';
	ELSIF found_oid IS NULL THEN
		RAISE EXCEPTION 'schema "%" does not exist', schema
			USING ERRCODE = 'invalid_schema_name',
				  HINT = format('For one of its own: CREATE SCHEMA %I AUTHORIZATION %I;', schema, current_user);
	ELSIF NOT (has_schema_privilege(found_oid, 'CREATE') AND has_schema_privilege(found_oid, 'USAGE')) THEN
		RAISE EXCEPTION 'permission denied for schema %', schema
			USING ERRCODE = 'insufficient_privilege',
				  HINT = format('Write one that is yours before its name, or SET search_path; or, as its owner: GRANT USAGE, CREATE ON SCHEMA %I TO %I;', schema, current_user);
	END IF;
	RETURN found_oid;
END
$$;
COMMENT ON FUNCTION gapstats_internal.schema_for(text, text) IS
'The schema in which something that stands is to be made. Errors: there is none of that name (3F000), or the current user may make nothing there (42501).';

CREATE FUNCTION gapstats_internal.new_name(what text, name text, room integer, OUT schema text, OUT base text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	parts CONSTANT text[] := parse_ident(name);
BEGIN
	IF name IS NULL THEN
		RAISE EXCEPTION 'name must not be null' USING ERRCODE = 'null_value_not_allowed';
	ELSIF cardinality(parts) > 2 THEN
		RAISE EXCEPTION 'improper % name: %', what, name USING ERRCODE = 'syntax_error';
	END IF;

	base := parts[cardinality(parts)];
	PERFORM gapstats_internal.check_name(what, base, room);
	IF cardinality(parts) = 1 THEN
		RAISE EXCEPTION 'no schema has been selected to create % "%" in', what, base
			USING ERRCODE = 'invalid_schema_name',
				  HINT = 'Write one before its name, or SET search_path.';
	END IF;
	schema := parts[1];
	PERFORM gapstats_internal.lock_names(gapstats_internal.schema_for(what, schema), wait => true);
END
$$;
COMMENT ON FUNCTION gapstats_internal.new_name(text, text, integer) IS
'Splits the name of something that is to be made into schema and name, of which parts of it leave room for so many bytes. Nobody else makes or renames such there until the end of the transaction. Errors: a name that is too long, and those of schema_for.';

CREATE FUNCTION gapstats_internal.check_name(what text, base text, room integer)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF octet_length(base) > room THEN
		RAISE EXCEPTION '% name "%" is too long', what, base
			USING ERRCODE = 'name_too_long',
				  DETAIL = format('It may have %s bytes.', room);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_name(text, text, integer) IS
'Raises an error if a name has more than so many bytes, since the names of parts begin with it.';

-- Each relation has a type of its name, but for arrays' types, which make room for it.
CREATE FUNCTION gapstats_internal.type_in_place_of(relation text)
RETURNS regtype
LANGUAGE sql STABLE STRICT
RETURN (
	SELECT t.oid
	FROM parse_ident(relation) AS r (name)
	JOIN pg_namespace n ON n.nspname = r.name[1]
	JOIN pg_type t ON t.typnamespace = n.oid AND t.typname = r.name[2]
	WHERE t.typrelid = 0 AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
)::regtype;
COMMENT ON FUNCTION gapstats_internal.type_in_place_of(text) IS
'A domain, enum or range by whose name, qualified and quoted, no relation can be made therefore; NULL if there is none.';

CREATE FUNCTION gapstats_internal.taken_name(names text[])
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY names LOOP
		IF to_regclass(name) IS NOT NULL THEN
			RETURN 'relation ' || name;
		ELSIF gapstats_internal.type_in_place_of(name) IS NOT NULL THEN
			RETURN 'type ' || name;
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION gapstats_internal.taken_name(text[]) IS
'The first of names, qualified and quoted, that a relation or type has already, and what it is; NULL if none is taken.';

-- Default privileges would open what must be closed until its owner opens it.
CREATE FUNCTION gapstats_internal.make_private(relation regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	statement text;
BEGIN
	FOR statement IN
		SELECT DISTINCT format('REVOKE ALL ON %s %s FROM %s', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass,
			CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
		FROM pg_class c
		CROSS JOIN aclexplode(c.relacl) a
		WHERE a.grantee <> c.relowner
		AND (c.oid = relation OR c.relkind = 'S' AND EXISTS (
			SELECT FROM pg_depend d
			WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
			AND d.refclassid = 'pg_class'::regclass AND d.refobjid = relation))
	LOOP
		EXECUTE statement;
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.make_private(regclass) IS
'Takes every privilege on a relation and its sequences from everybody but its owner.';

-- Only what the list's owner owns counts as a part, whatever its name.
-- In the statement that reads it: who owns the schema may have put another relation in the
-- place of the one that was looked at before.
CREATE FUNCTION gapstats_internal.belongs_with(relation oid, thing regclass)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT r.relowner = l.relowner FROM pg_class r, pg_class l WHERE r.oid = relation AND l.oid = thing);
COMMENT ON FUNCTION gapstats_internal.belongs_with(oid, regclass) IS
'Whether the table of a row belongs to the owner of a thing that stands.';

CREATE FUNCTION gapstats_internal.check_alone(relations oid[], problem text, hint text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	others text;
BEGIN
	WITH gone AS (
		SELECT 'pg_class'::regclass AS classid, r AS objid, r::regclass AS relation FROM unnest(relations) AS r
		UNION ALL
		SELECT 'pg_type'::regclass, t.oid, t.typrelid::regclass FROM pg_type t WHERE t.typrelid = ANY (relations)
		UNION ALL
		SELECT 'pg_type'::regclass, t.typarray, t.typrelid::regclass FROM pg_type t WHERE t.typrelid = ANY (relations)
	), dependent AS (
		SELECT d.classid, d.objid, d.objsubid, g.relation
		FROM gone g
		JOIN pg_depend d ON d.refclassid = g.classid AND d.refobjid = g.objid AND d.deptype = 'n'
		-- what belongs to something that goes, goes with it
		WHERE NOT EXISTS (
			SELECT
			FROM pg_depend o
			JOIN gone p ON o.refclassid = p.classid AND o.refobjid = p.objid
			WHERE o.classid = d.classid AND o.objid = d.objid AND o.deptype IN ('i', 'a'))
	)
	SELECT string_agg(format('%s depends on %s', o.object, o.relations), E'\n' ORDER BY o.object)
	INTO others
	FROM (
		SELECT n.object, string_agg(DISTINCT d.relation::text, ', ') AS relations
		FROM dependent d
		-- a view by its own name, not by its rule's
		LEFT JOIN pg_depend v ON v.classid = d.classid AND v.objid = d.objid AND v.deptype = 'i'
		CROSS JOIN LATERAL (
			SELECT CASE WHEN v.refobjid IS NULL THEN pg_describe_object(d.classid, d.objid, d.objsubid) ELSE pg_describe_object(v.refclassid, v.refobjid, v.refobjsubid) END) n (object)
		GROUP BY n.object
	) o;
	IF others IS NOT NULL THEN
		RAISE EXCEPTION '%: something else depends on it', problem
			USING ERRCODE = 'dependent_objects_still_exist',
				  DETAIL = others,
				  HINT = hint;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_alone(oid[], text, text) IS
'Raises 2BP01, with what it is, if anything but relations themselves depends on them. What PostgreSQL''s own error hints at would take it along.';

CREATE FUNCTION gapstats_internal.drop_statement(relations oid[])
RETURNS text
LANGUAGE sql STABLE
RETURN (
	SELECT string_agg(format('DROP %s %s', d.what, d.relations), '; ' ORDER BY d.place)
	FROM (
		SELECT k.place, k.what, string_agg(c.oid::regclass::text, ', ' ORDER BY c.relname) AS relations
		FROM pg_class c
		JOIN (VALUES (1, 'm'::"char", 'MATERIALIZED VIEW'), (2, 'v', 'VIEW'), (3, 'r', 'TABLE')) AS k (place, kind, what) ON k.kind = c.relkind
		WHERE c.oid = ANY (relations)
		GROUP BY k.place, k.what
	) d
);
COMMENT ON FUNCTION gapstats_internal.drop_statement(oid[]) IS
'The statements that drop relations.';

-- Whoever owns the schema may take it away, and then not even the format of what is in it can be read.
CREATE FUNCTION gapstats_internal.check_schema(thing regclass, what text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	schema regnamespace;
	owner regrole;
BEGIN
	SELECT c.relnamespace, c.relowner INTO schema, owner FROM pg_class c WHERE c.oid = thing;
	IF NOT has_schema_privilege(owner::oid, schema::oid, 'USAGE') THEN
		RAISE EXCEPTION '% may not use schema %, in which the % is', owner, schema, what
			USING ERRCODE = 'insufficient_privilege',
				  HINT = format('If %2$s is to use the schema: GRANT USAGE ON SCHEMA %1$s TO %2$s;', schema, owner);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_schema(regclass, text) IS
'Raises an error, with the line that mends it, if the owner of a thing that stands may not use the schema that it is in.';

-- What a policy does takes its time, and everybody who asks how things are would wait for it; so
-- it is not asked what the table says.  Row security that is not forced is for those who were
-- granted a part, and does not meet the owner.
CREATE FUNCTION gapstats_internal.check_row_security(relations oid[], what text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	parts regclass[];
BEGIN
	SELECT array_agg(c.oid ORDER BY c.relname) INTO parts FROM pg_class c WHERE c.oid = ANY (relations) AND c.relrowsecurity AND c.relforcerowsecurity;
	IF parts IS NOT NULL THEN
		RAISE EXCEPTION 'row security is forced on %, which may hide rows from the %''s owner', array_to_string(parts, ', '), what
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = (SELECT string_agg(format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY;', part), ' ') FROM unnest(parts) AS part);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_row_security(oid[], text) IS
'Raises an error, with the line that mends it, if row security is forced on one of these tables.';

-- A lock is nobody's secret: pg_locks shows it to everybody.
CREATE FUNCTION gapstats_internal.locked_by(relations oid[], OUT who text, OUT processes text)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT string_agg(DISTINCT coalesce(quote_ident(a.usename), 'a prepared transaction'), ', '), string_agg(DISTINCT l.pid::text, ', ')
	FROM pg_locks l
	LEFT JOIN pg_stat_activity a ON a.pid = l.pid
	WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND l.relation = ANY ($1)
	AND l.granted AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_backend_pid();
END;
COMMENT ON FUNCTION gapstats_internal.locked_by(oid[]) IS
'Which roles keep everybody from reading any of these relations, and in which processes; NULL if nobody does.';

CREATE FUNCTION gapstats_internal.moved_because(what text, thing regclass, is_restored boolean, owner oid, database_oid oid, system_identifier bigint)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	here record;
BEGIN
	SELECT d.oid AS database_oid, s.system_identifier, c.relowner AS owner INTO here
	FROM pg_database d, pg_control_system() s, pg_class c
	WHERE d.datname = current_database() AND c.oid = thing;
	IF (database_oid, system_identifier) <> (here.database_oid, here.system_identifier) THEN
		RETURN format('this is a copy: the %s was made in another database', what);
	ELSIF is_restored THEN
		RETURN format('this is a copy: the %s has been restored', what);
	ELSIF owner <> here.owner THEN
		RETURN format('the %s belonged to %s, and its new owner has not accepted it', what,
			coalesce((SELECT quote_ident(rolname) FROM pg_roles WHERE oid = owner), 'a role that there is no more'));
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION gapstats_internal.moved_because(text, regclass, boolean, oid, oid, bigint) IS
'Why a thing that stands is not to be refreshed before its owner says so, given where it was made and to whom it belonged; NULL if it may be.';

CREATE FUNCTION gapstats_internal.own_tables(thing regclass, names text[])
RETURNS oid[]
LANGUAGE sql STABLE
RETURN ARRAY(
	SELECT c.oid
	FROM unnest(names) AS p (name)
	JOIN pg_class t ON t.oid = thing
	JOIN pg_class c ON c.oid = gapstats_internal.known_relation(p.name) AND c.relowner = t.relowner AND c.relkind = 'r'
	ORDER BY p.name
);
COMMENT ON FUNCTION gapstats_internal.own_tables(regclass, text[]) IS
'Those of the tables of these names, qualified by its schema and quoted, that are there and belong to the owner of a thing that stands.';

CREATE FUNCTION gapstats_internal.hold_tables(thing regclass, names text[])
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	tables CONSTANT oid[] := gapstats_internal.own_tables(thing, names);
BEGIN
	-- locked first, so that what is looked at is what is used
	IF cardinality(tables) = cardinality(names) THEN
		EXECUTE (SELECT format('LOCK TABLE %s IN ACCESS SHARE MODE', string_agg('ONLY ' || o::regclass, ', ')) FROM unnest(tables) AS o);
	END IF;
	RETURN cardinality(tables) = cardinality(names) AND gapstats_internal.own_tables(thing, names) = tables;
END
$$;
COMMENT ON FUNCTION gapstats_internal.hold_tables(regclass, text[]) IS
'Whether tables of these names are all there and belong to the owner of a thing that stands; if so they stay until the end of the transaction.';
