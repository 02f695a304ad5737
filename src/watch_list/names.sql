-- watch_list/names: what a watch list consists of, and whose it is
--
-- A list is a materialized view and the tables and views beside it that carry
-- its name and a suffix.  All of them belong to the user who made the list; the
-- extension keeps nothing of its own, and none of its functions runs with other
-- rights than its caller's.  So ownership, GRANT and pg_dump work on a list as
-- on anything else that the user owns.

CREATE FUNCTION gapstats_internal.list_part(schema text, list text, part text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN format('%I.%I', schema, list || '_' || part);
COMMENT ON FUNCTION gapstats_internal.list_part(text, text, text) IS
'Qualified and quoted name of one of the relations beside a watch list, such as its rules or runs. Says nothing on whether it exists.';

CREATE FUNCTION gapstats_internal.list_part(list regclass, part text)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (
	SELECT gapstats_internal.list_part(n.nspname, c.relname, part)
	FROM pg_class c
	JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.oid = list
);
COMMENT ON FUNCTION gapstats_internal.list_part(regclass, text) IS
'Qualified and quoted name of one of the relations beside a watch list, such as its rules or runs. Says nothing on whether it exists.';

CREATE FUNCTION gapstats_internal.is_watch_list(list regclass)
RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN EXISTS (
	SELECT
	FROM pg_class c
	JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
		AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x'
	JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'gapstats'
	WHERE c.oid = list
	AND c.relkind = 'm'
	AND to_regclass(gapstats_internal.list_part(list, 'settings')) IS NOT NULL
);
COMMENT ON FUNCTION gapstats_internal.is_watch_list(regclass) IS
'Whether a relation is a watch list: a materialized view that depends on this extension and has its settings beside it.';

CREATE FUNCTION gapstats_internal.list_owner(list regclass)
RETURNS name
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = list);
COMMENT ON FUNCTION gapstats_internal.list_owner(regclass) IS
'The role that owns a relation.';

-- A list's statements may fire what its owner has put on its relations.  They
-- must never do so with the rights of someone else, not even of a superuser.
CREATE FUNCTION gapstats_internal.check_list_owner(list regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	owner name := gapstats_internal.list_owner(list);
BEGIN
	IF gapstats_internal.is_watch_list(list) IS NOT TRUE THEN
		RAISE EXCEPTION '"%" is not a watch list', list
			USING ERRCODE = 'wrong_object_type',
				  HINT = 'Make one with create_watch_list.';
	END IF;

	IF owner <> current_user THEN
		RAISE EXCEPTION 'must be owner of watch list "%"', list
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = format('It belongs to %I, and what is written in it runs with the rights of that role only.', owner),
				  HINT = format('Do it as that role: SET ROLE %I', owner);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_list_owner(regclass) IS
'Raises an error unless the relation is a watch list and the current user is its very owner: not a member of the owning role, not a superuser.';

-- The row that a refresh holds while it works; whoever changes the list waits
-- for it.  A row lock, because nobody without privileges on it can take it.
CREATE FUNCTION gapstats_internal.lock_watch_list(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.check_list_owner(list);
	EXECUTE format('SELECT FROM %s FOR UPDATE', gapstats_internal.list_part(list, 'settings'));
END
$$;
COMMENT ON FUNCTION gapstats_internal.lock_watch_list(regclass) IS
'Locks a watch list of the current user until the end of the transaction, waiting for a refresh or a change that is under way.';

-- Default privileges would open what must be closed until its owner opens it.
CREATE FUNCTION gapstats_internal.make_private(relation regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	reader text;
BEGIN
	FOR reader IN
		SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END
		FROM pg_class c, aclexplode(c.relacl) a
		WHERE c.oid = relation AND a.grantee <> c.relowner
	LOOP
		EXECUTE format('REVOKE ALL ON %s FROM %s', relation, reader);
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.make_private(regclass) IS
'Takes every privilege on a relation from everybody but its owner.';

-- A type that is not PostgreSQL's own may have its operators where no search
-- path of ours looks.
CREATE FUNCTION gapstats_internal.equality_operator(type regtype)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN coalesce((
	SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname)
	FROM pg_opclass c
	JOIN pg_am m ON m.oid = c.opcmethod AND m.amname = 'btree'
	JOIN pg_amop a ON a.amopfamily = c.opcfamily AND a.amopstrategy = 3
		AND a.amoplefttype = c.opcintype AND a.amoprighttype = c.opcintype
	JOIN pg_operator o ON o.oid = a.amopopr
	JOIN pg_namespace n ON n.oid = o.oprnamespace
	WHERE c.opcdefault AND c.opcintype = type
), 'OPERATOR(pg_catalog.=)');
COMMENT ON FUNCTION gapstats_internal.equality_operator(regtype) IS
'The equality operator that sorting and grouping use for a type, qualified with its schema.';

CREATE FUNCTION gapstats_internal.student_id_type(relation regclass)
RETURNS regtype
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (
	SELECT atttypid::regtype
	FROM pg_attribute
	WHERE attrelid = relation AND attname = 'student_id' AND NOT attisdropped
);
COMMENT ON FUNCTION gapstats_internal.student_id_type(regclass) IS
'The type of a relation''s column student_id, or NULL if it has none. In statements it is written as format_type(type, -1), for "character" would be one character.';

CREATE FUNCTION gapstats_internal.check_list_column(list regclass, name text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF name IS NOT NULL AND NOT EXISTS (
		SELECT FROM pg_attribute
		WHERE attrelid = gapstats_internal.list_part(list, 'students')::regclass AND attname = name AND attnum > 0
	) THEN
		RAISE EXCEPTION 'students query of watch list "%" has no column "%"', list, name
			USING ERRCODE = 'undefined_column';
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

CREATE FUNCTION gapstats_internal.group_expression(group_column text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN group_column IS NULL THEN 'NULL::text' ELSE format('s.%I::text', group_column) END;
COMMENT ON FUNCTION gapstats_internal.group_expression(text) IS
'The SQL expression of a student''s group, a column of relation s; NULL stands for no groups.';
