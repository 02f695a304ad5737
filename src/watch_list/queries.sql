-- watch_list/queries: keeping a query that a user wrote
--
-- A query is kept as a view.  Its names are looked up once, where its writer
-- wrote it, and never again: no later search path, temporary table or object of
-- the same name can change what it means.

CREATE FUNCTION gapstats_internal.raise_again(what text, message text, code text, detail text, hint text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	message := what || ': ' || message;
	IF hint <> '' THEN
		RAISE EXCEPTION '%', message USING ERRCODE = code, DETAIL = detail, HINT = hint;
	ELSIF detail <> '' THEN
		RAISE EXCEPTION '%', message USING ERRCODE = code, DETAIL = detail;
	ELSE
		RAISE EXCEPTION '%', message USING ERRCODE = code;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.raise_again(text, text, text, text, text) IS
'Raises an error that was caught, with what it was about in front of its message.';

CREATE FUNCTION gapstats_internal.keep_query(what text, view text, columns text, query text, names_in text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- the line breaks end a comment on the query's last line
	statement text := format(E'CREATE VIEW %s AS SELECT * FROM (\n%s\n) AS query %s',
							 view, rtrim(query, E'; \t\r\n'), columns);
	message text;
	code text;
	detail text;
	hint text;
BEGIN
	PERFORM set_config('search_path', names_in, true);
	EXECUTE statement;
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	PERFORM gapstats_internal.make_private(view::regclass);
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, code = RETURNED_SQLSTATE,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	PERFORM gapstats_internal.raise_again(what, message, code, detail, hint);
END
$$;
COMMENT ON FUNCTION gapstats_internal.keep_query(text, text, text, text, text) IS
'Creates a view (qualified, quoted name) from a query, giving its columns other names if columns is a list of names in parentheses. Names in the query are looked up in the search path names_in. Errors begin with what.';

-- What a view runs when it is read: the routines in it, in the views, policies and
-- domains under it, and in those routines as far as the catalog knows.
CREATE FUNCTION gapstats_internal.routines_of(view regclass)
RETURNS SETOF regprocedure
LANGUAGE sql STABLE STRICT
BEGIN ATOMIC
	WITH RECURSIVE part (class, object) AS (
		SELECT 'pg_class'::regclass, view::oid
		UNION
		SELECT next.class, next.object
		FROM part
		CROSS JOIN LATERAL (
			SELECT d.refclassid::regclass, d.refobjid
			FROM pg_depend d
			WHERE d.classid = part.class AND d.objid = part.object AND d.deptype = 'n'
			UNION ALL
			SELECT 'pg_rewrite'::regclass, w.oid
			FROM pg_rewrite w
			JOIN pg_class c ON c.oid = w.ev_class AND c.relkind = 'v'	-- a materialized view is data
			WHERE part.class = 'pg_class'::regclass AND w.ev_class = part.object
			UNION ALL
			SELECT 'pg_policy'::regclass, p.oid
			FROM pg_policy p
			WHERE part.class = 'pg_class'::regclass AND p.polrelid = part.object
			UNION ALL
			SELECT 'pg_constraint'::regclass, k.oid
			FROM pg_constraint k
			WHERE part.class = 'pg_type'::regclass AND k.contypid = part.object
		) AS next (class, object)
	)
	SELECT object::regprocedure FROM part WHERE class = 'pg_proc'::regclass;
END;
COMMENT ON FUNCTION gapstats_internal.routines_of(regclass) IS
'Functions, other than PostgreSQL''s own, that reading a view may call: those named in it, in the views, row security policies and domains under it, and in functions and aggregates whose parts the catalog records. What a function''s body in another language calls is not seen.';

CREATE FUNCTION gapstats_internal.check_routines(view regclass, what text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	routine record;
BEGIN
	SELECT r.oid::regprocedure AS name, pg_get_userbyid(p.proowner) AS owner, pg_get_userbyid(c.relowner) AS list_owner,
		   p.pronamespace = pg_my_temp_schema() AS is_temporary
	INTO routine
	FROM gapstats_internal.routines_of(view) AS r (oid)
	JOIN pg_proc p ON p.oid = r.oid
	JOIN pg_class c ON c.oid = view
	WHERE p.pronamespace = pg_my_temp_schema()
	OR NOT pg_has_role(p.proowner, c.relowner, 'MEMBER')
	ORDER BY 1
	LIMIT 1;

	IF routine.is_temporary THEN
		RAISE EXCEPTION '%: function % is temporary', what, routine.name
			USING ERRCODE = 'invalid_object_definition',
				  DETAIL = 'It goes when this session ends.';
	ELSIF FOUND THEN
		RAISE EXCEPTION '%: function % belongs to %', what, routine.name, quote_ident(routine.owner)
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = format('The query runs with the rights of %I, which %I does not have but could use by replacing the function.',
								  routine.list_owner, routine.owner),
				  HINT = format('Use a function that belongs to %I or to a superuser.', routine.list_owner);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_routines(regclass, text) IS
'Raises an error, which begins with what, if a view calls a function of somebody who does not have the rights of the view''s owner, or a temporary one.';
