-- watch_list/readers: who sees which students

CREATE FUNCTION gapstats_internal.find_viewers(list regclass, of_run bigint)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept CONSTANT gapstats_internal.kept_query := gapstats_internal.read_query(list, 'viewers');
	-- who shares by a column has written no other
	what CONSTANT text := CASE WHEN gapstats_internal.viewer_column(list) IS NULL THEN 'viewers query' ELSE 'students query' END;
	columns text;
	without_viewer bigint;
BEGIN
	-- what an earlier run found is of use only while that run may be accepted
	EXECUTE gapstats_internal.statement(list, 'DELETE FROM @next_viewers WHERE run IS DISTINCT FROM (SELECT max(run) FROM @runs WHERE n_next IS NOT NULL)');
	IF kept.query IS NULL THEN
		RETURN NULL;
	END IF;
	PERFORM gapstats_internal.set_as_of(gapstats_internal.today(list));
	columns := gapstats_internal.definitions_of(what, kept, '{viewer, student_id}');
	EXECUTE gapstats_internal.statement(list, format($sql$
		WITH given AS MATERIALIZED (
			SELECT q.viewer::text COLLATE "C" AS viewer, q.student_id
			FROM (SELECT %s AS viewer, student_id FROM gapstats_internal.run_kept_query($3, $1) AS q (%s)) q
		), changed AS (
			INSERT INTO @next_viewers (run, viewer, student_id, is_gone)
			SELECT $2, coalesce(n.viewer, v.viewer), coalesce(n.student_id, v.student_id), n.viewer IS NULL
			FROM (SELECT DISTINCT g.viewer, g.student_id FROM given g WHERE g.viewer IS NOT NULL AND g.student_id IS NOT NULL) n
			FULL JOIN @viewers v ON v.viewer = n.viewer AND v.student_id @equals n.student_id
			WHERE n.viewer IS NULL OR v.viewer IS NULL
		)
		SELECT count(*) FROM given g WHERE g.viewer IS NULL OR g.student_id IS NULL
		$sql$,
		-- as text, a regrole has the quotes that its name needs
		CASE WHEN starts_with(columns, 'viewer regrole,') THEN '(SELECT r.rolname FROM pg_roles r WHERE r.oid = q.viewer)' ELSE 'q.viewer' END,
		replace(columns, '@', '@@')))
	INTO without_viewer USING kept, of_run, what;
	RETURN without_viewer;
END
$$;
COMMENT ON FUNCTION gapstats_internal.find_viewers(regclass, bigint) IS
'Writes down how who may see whom, by the viewers query of a watch list, differs from what is published, and returns how many of that query''s rows name no viewer or no student.';

CREATE FUNCTION gapstats_internal.publish_viewers(list regclass, of_run bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		DELETE FROM @viewers v USING @next_viewers n WHERE n.run = $1 AND n.is_gone AND v.viewer = n.viewer AND v.student_id @equals n.student_id
		$sql$)
	USING of_run;
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @viewers (viewer, student_id) SELECT n.viewer, n.student_id FROM @next_viewers n WHERE n.run = $1 AND NOT n.is_gone ON CONFLICT DO NOTHING
		$sql$)
	USING of_run;
	-- what other runs found is how it differed from what was published before
	EXECUTE gapstats_internal.statement(list, 'DELETE FROM @next_viewers');
END
$$;
COMMENT ON FUNCTION gapstats_internal.publish_viewers(regclass, bigint) IS
'Publishes who may see whom in a watch list as a run found it, or, for run 0, as it was found by hand.';

-- Access that is taken back must end, and a source that is broken must not end everybody's.
-- So what a run finds is published first and by itself, whatever becomes of the run; but if it
-- is too much to be true (viewers_moved), it stays as it was and the run is held.  Whoever
-- should see somebody no more sees then what he saw before, and nothing new, until the owner
-- accepts the run or shares the list, which publishes at once.  To publish a result that is
-- empty would take the list from everybody; to publish the students without it would show
-- what is new to those who may have no right to it any more.
CREATE FUNCTION gapstats_internal.refresh_viewers_as_owner(list regclass, run bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	outcome text;
	detail text;
	context text;
	moved text;
	without_viewer bigint;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	EXECUTE gapstats_internal.statement(list, 'SELECT r.status FROM @runs r WHERE r.run = $1') INTO outcome USING run;
	IF outcome = 'running' THEN
		-- who shares the list meanwhile has the last word
		EXECUTE gapstats_internal.statement(list, 'SELECT FROM @settings FOR UPDATE');
		without_viewer := gapstats_internal.find_viewers(list, run);
		moved := gapstats_internal.viewers_moved(list, run);
		IF moved IS NULL THEN
			PERFORM gapstats_internal.publish_viewers(list, run);
		END IF;
		EXECUTE gapstats_internal.statement(list, 'UPDATE @runs SET moved = $2, n_without_viewer = $3 WHERE run = $1') USING run, moved, without_viewer;
	END IF;
EXCEPTION
	WHEN query_canceled THEN
		PERFORM gapstats_internal.end_run(list, run, 'canceled', SQLERRM, SQLSTATE);
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, context = PG_EXCEPTION_CONTEXT;
		PERFORM gapstats_internal.end_run(list, run, 'failed', gapstats_internal.run_error(gapstats_internal.own_parts(list), SQLERRM, detail, SQLSTATE, context), SQLSTATE);
END
$$;
COMMENT ON FUNCTION gapstats_internal.refresh_viewers_as_owner(regclass, bigint) IS
'refresh_viewers(), done as the list''s owner.';

CREATE FUNCTION gapstats_internal.refresh_viewers(list regclass, run bigint)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.refresh_viewers(regclass, bigint) IS
'Publishes who may see whom, before anything else of a run, so that access that was taken back ends although a rule may fail. If too much of it would change, it stays as it was and the run will be held; if it fails itself, so does the run.';

CREATE FUNCTION gapstats_internal.viewer_column_query(students gapstats_internal.kept_query, viewer_column text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN format(E'SELECT s.%I, s.student_id FROM (\n%s\n) AS s', viewer_column, rtrim(students.query, E'; \t\r\n'));
COMMENT ON FUNCTION gapstats_internal.viewer_column_query(gapstats_internal.kept_query, text) IS
'The viewers query of a watch list whose students query has the viewers in a column.';

-- That a list is shared by a column its viewers query tells, also where the list was imported.
CREATE FUNCTION gapstats_internal.viewer_column(list regclass)
RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT a.attname
	FROM gapstats_internal.read_query(list, 'viewers') v
	CROSS JOIN gapstats_internal.read_query(list, 'students') s
	JOIN pg_attribute a ON a.attrelid = gapstats_internal.list_part(list, 'current')::regclass AND a.attnum > 0 AND NOT a.attisdropped
	WHERE v.query = gapstats_internal.viewer_column_query(s, a.attname);
END;
COMMENT ON FUNCTION gapstats_internal.viewer_column(regclass) IS
'The column of the students query by which a watch list is shared; NULL if it is not shared, or by a query of its own.';

CREATE FUNCTION gapstats_internal.keep_viewer_column(list regclass, students gapstats_internal.kept_query, viewer_column text)
RETURNS gapstats_internal.kept_query
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	columns CONSTANT text[] := ARRAY(SELECT quote_ident(name) FROM gapstats_internal.kept_query_columns('students query', students));
BEGIN
	IF NOT quote_ident(viewer_column) = ANY (columns) THEN
		RAISE EXCEPTION 'students query of watch list "%" has no column "%"', list, viewer_column
			USING ERRCODE = 'undefined_column',
				  DETAIL = 'The list is to be shared by it.',
				  HINT = format('It has %s. share_watch_list also takes a query for the viewers.', array_to_string(columns, ', '));
	END IF;
	RETURN gapstats_internal.keep_query_as('viewers query', gapstats_internal.viewer_column_query(students, viewer_column), students);
END
$$;
COMMENT ON FUNCTION gapstats_internal.keep_viewer_column(regclass, gapstats_internal.kept_query, text) IS
'The viewers query of a watch list that is shared by a column of its students query. Error: there is no such column.';

CREATE FUNCTION gapstats_internal.viewers_query(list regclass, viewers_query text, viewer_column text, names_in text)
RETURNS gapstats_internal.kept_query
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept gapstats_internal.kept_query;
BEGIN
	IF num_nonnulls(viewers_query, viewer_column) > 1 THEN
		RAISE EXCEPTION 'viewers query and viewer column exclude each other' USING ERRCODE = 'invalid_parameter_value';
	ELSIF viewers_query IS NOT NULL THEN
		RETURN gapstats_internal.keep_query('viewers query', viewers_query, names_in);
	ELSIF viewer_column IS NOT NULL THEN
		RETURN gapstats_internal.keep_viewer_column(list, gapstats_internal.read_query(list, 'students'), viewer_column);
	END IF;
	kept := gapstats_internal.read_query(list, 'viewers');
	IF kept.query IS NULL THEN
		RAISE EXCEPTION 'either a viewers query or a viewer column is needed' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	-- it runs although nobody has looked at it
	PERFORM gapstats_internal.check_resumed(list), gapstats_internal.check_queries(list);
	RETURN kept;
END
$$;
COMMENT ON FUNCTION gapstats_internal.viewers_query(regclass, text, text, text) IS
'The viewers query by which a watch list is to be shared: one that is given, one made of a column of the students query, or the one that it has.';

CREATE FUNCTION gapstats_internal.share_watch_list_as_owner(list regclass, viewers_query text, viewer_column text, names_in text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept gapstats_internal.kept_query;
	types regtype[];
	without_viewer bigint;
BEGIN
	PERFORM gapstats_internal.lock_list(list);
	kept := gapstats_internal.viewers_query(list, viewers_query, viewer_column, names_in);
	types := ARRAY(SELECT type FROM gapstats_internal.kept_query_columns('viewers query', kept));
	IF cardinality(types) <> 2 THEN
		RAISE EXCEPTION 'viewers query gives % columns', cardinality(types)
			USING ERRCODE = 'invalid_column_definition',
				  HINT = 'It should give two: the viewer, which is the name of a role, then the student.';
	ELSIF types[2] <> gapstats_internal.student_id_type(list) THEN
		RAISE EXCEPTION 'viewers query: second column is of type %, but student_id of "%" is of type %', types[2], list, gapstats_internal.student_id_type(list)
			USING ERRCODE = 'datatype_mismatch';
	END IF;
	PERFORM gapstats_internal.write_query(list, NULL, 'viewers', NULL, kept);
	without_viewer := gapstats_internal.find_viewers(list, 0);
	PERFORM gapstats_internal.publish_viewers(list, 0);
	IF without_viewer > 0 THEN
		RAISE WARNING 'rows of the viewers query without a viewer or without a student: %', without_viewer
			USING HINT = 'They let nobody see anybody.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.share_watch_list_as_owner(regclass, text, text, text) IS
'share_watch_list(), done as the list''s owner.';

CREATE FUNCTION share_watch_list(list regclass, viewers_query text DEFAULT NULL, viewer_column text DEFAULT NULL,
								 names_in text DEFAULT current_setting('search_path'))
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION share_watch_list(regclass, text, text, text) IS
'Says who may see whom in the views of a watch list that show each reader his own students, and only those: "mine" like the list, "my_reasons" like its reasons, "my_flags", "my_events" and the others that begin so, each after the list''s name. viewers_query gives (viewer, student_id) with the viewer as a role''s name (or a regrole, which follows when the role is renamed), or viewer_column names the column of the students query that holds it; members of a role see what it sees. It takes effect at once, however much it changes, and is brought up to date with the list; doing it again changes it, without query and column brings it up to date now, and keeps what was granted. Nobody may read the views until grant_watch_list or GRANT says so. For roles with the rights of the list''s owner.';

CREATE FUNCTION gapstats_internal.parts_for(what text)
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
	WHEN what = 'read' THEN '{mine, my_reasons, words}'::text[]
	WHEN what = 'outbox' THEN '{outbox}'
	WHEN what = 'counts' THEN '{counts}'
	WHEN what IN ('follow up', 'act for viewers') THEN ARRAY(
		SELECT part FROM gapstats_internal.list_parts()
		WHERE part ~ '^(mine$|my_)' OR part = 'words' OR part = 'acting' AND what = 'act for viewers')
END;
COMMENT ON FUNCTION gapstats_internal.parts_for(text) IS
'What a role may read of a watch list that has been granted read, follow up, act for viewers, counts or outbox.';

CREATE FUNCTION gapstats_internal.unshare_watch_list_as_owner(list regclass)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taken_back bigint;
BEGIN
	PERFORM gapstats_internal.lock_list(list);
	EXECUTE gapstats_internal.statement(list, $sql$ DELETE FROM @queries WHERE part = 'viewers' $sql$);
	GET DIAGNOSTICS taken_back = ROW_COUNT;
	EXECUTE gapstats_internal.statement(list, 'DELETE FROM @viewers');
	EXECUTE gapstats_internal.statement(list, 'DELETE FROM @next_viewers');
	PERFORM gapstats_internal.make_private(gapstats_internal.list_part(list, part)::regclass)
	FROM unnest(gapstats_internal.parts_for('act for viewers')) AS p (part);
	PERFORM gapstats_internal.keep_grants(list);
	RETURN taken_back > 0;
END
$$;
COMMENT ON FUNCTION gapstats_internal.unshare_watch_list_as_owner(regclass) IS
'unshare_watch_list(), done as the list''s owner.';

CREATE FUNCTION unshare_watch_list(list regclass)
RETURNS boolean
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION unshare_watch_list(regclass) IS
'Takes back share_watch_list, with the privileges granted on its views; false if the list was not shared. For roles with the rights of the list''s owner.';

CREATE FUNCTION gapstats_internal.check_grant(what text, reader regrole)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF gapstats_internal.parts_for(what) IS NULL THEN
		RAISE EXCEPTION 'there is no % to be granted', quote_literal(what)
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'It is read, follow up, act for viewers, counts or outbox.';
	ELSIF NOT EXISTS (SELECT FROM pg_roles WHERE oid = reader) THEN
		RAISE EXCEPTION 'role with OID % does not exist', reader::oid USING ERRCODE = 'undefined_object';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_grant(text, regrole) IS
'Raises an error unless there is such a thing to be granted, and such a role.';

CREATE FUNCTION gapstats_internal.sees_by_name(list regclass, reader oid)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	sees boolean;
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT has_table_privilege($1, @oid_acting, 'SELECT') OR EXISTS (
			SELECT FROM pg_roles r
			WHERE pg_has_role($1, r.oid, 'USAGE') AND EXISTS (SELECT FROM @viewers v WHERE v.viewer = r.rolname::text COLLATE "C"))
		$sql$)
	INTO sees USING reader;
	RETURN sees;
END
$$;
COMMENT ON FUNCTION gapstats_internal.sees_by_name(regclass, oid) IS
'Whether a role is, or acts for, a viewer of a watch list, or has the rights of one.';

-- The counts hide what is small from those who know no more.
CREATE FUNCTION gapstats_internal.warn_of_both(list regclass, reader regrole)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who text;
BEGIN
	SELECT quote_ident(min(r.rolname)) INTO who
	FROM pg_roles r
	JOIN pg_class l ON l.oid = list
	WHERE pg_has_role(r.oid, reader::oid, 'USAGE') AND NOT pg_has_role(r.oid, l.relowner, 'USAGE')
	AND has_table_privilege(r.oid, gapstats_internal.list_part(list, 'counts'), 'SELECT') AND gapstats_internal.sees_by_name(list, r.oid);
	IF who IS NOT NULL THEN
		RAISE WARNING '% sees students by name, and the counts', who
			USING DETAIL = 'Who takes the students he knows from what the counts show is left with small numbers that they hide.',
				  HINT = format('To take the counts back: SELECT gapstats.revoke_watch_list(%L, ''counts'', %L);', list, reader);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.warn_of_both(regclass, regrole) IS
'Warns if a role, or one that has its rights, sees students of a watch list by name and may read the counts, too.';

CREATE FUNCTION gapstats_internal.grant_watch_list_as_owner(list regclass, what text, reader regrole)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	schema name;
BEGIN
	PERFORM gapstats_internal.lock_list(list);
	PERFORM gapstats_internal.check_grant(what, reader);
	IF what NOT IN ('counts', 'outbox') AND (gapstats_internal.read_query(list, 'viewers')).query IS NULL THEN
		RAISE EXCEPTION 'watch list "%" is not shared', list
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'Say who may see whom with share_watch_list.';
	END IF;
	EXECUTE (SELECT format('GRANT SELECT ON %s TO %s', string_agg(gapstats_internal.list_part(list, part), ', '), reader)
			 FROM unnest(gapstats_internal.parts_for(what)) AS p (part));
	PERFORM gapstats_internal.keep_grants(list);
	SELECT n.nspname INTO schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = list;
	IF NOT has_schema_privilege(reader::oid, schema, 'USAGE') THEN
		RAISE NOTICE '% has no USAGE on schema "%", in which the list is', reader, schema
			USING HINT = format('GRANT USAGE ON SCHEMA %I TO %s;', schema, reader);
	END IF;
	PERFORM gapstats_internal.warn_of_both(list, reader) WHERE what <> 'outbox';
END
$$;
COMMENT ON FUNCTION gapstats_internal.grant_watch_list_as_owner(regclass, text, regrole) IS
'grant_watch_list(), done as the list''s owner.';

CREATE FUNCTION grant_watch_list(list regclass, what text, reader regrole)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION grant_watch_list(regclass, text, regrole) IS
'Lets a role see a shared watch list: ''read'' his own students and their reasons, ''follow up'' also their flags and what happened to them, and to check in, ''act for viewers'' the same in the name of the viewer that the setting gapstats.viewer names: for the one login of a dashboard, which must not let its users write SQL; ''counts'' only what publish_counts publishes; ''outbox'' the alarms of all students that have not been acknowledged, for the system that sends them. revoke_watch_list takes it back. There is a warning if somebody sees students by name and the counts, too. For roles with the rights of the list''s owner.';

CREATE FUNCTION gapstats_internal.warn_of_what_stays(list regclass, parts text[], reader regrole)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	from_whom CONSTANT text := (
		SELECT string_agg(DISTINCT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END, ', ')
		FROM gapstats_internal.grants_on(list) g
		WHERE g.part = ANY (parts) AND g.privilege = 'SELECT' AND g.column_name IS NULL AND (g.grantee = 0 OR pg_has_role(reader::oid, g.grantee, 'USAGE')));
BEGIN
	IF EXISTS (SELECT FROM unnest(parts) AS p (part) WHERE has_table_privilege(reader::oid, gapstats_internal.list_part(list, part), 'SELECT')) THEN
		RAISE WARNING '% may still read it', reader
			USING HINT = coalesce('It has been granted to ' || from_whom || '.',
				'He has the rights of its owner or of a superuser, or to read everything, as a member of pg_read_all_data.');
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.warn_of_what_stays(regclass, text[], regrole) IS
'Warns if a role may read parts of a watch list still, and says as whom.';

-- Whoever let him use the schema may take that back, and has to before he is dropped.
CREATE FUNCTION gapstats_internal.tell_of_usage(list regclass, reader regrole)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	schema CONSTANT regnamespace := (SELECT relnamespace FROM pg_class WHERE oid = list);
BEGIN
	IF EXISTS (SELECT FROM pg_namespace n CROSS JOIN aclexplode(n.nspacl) a WHERE n.oid = schema AND a.grantee = reader AND n.nspowner <> reader)
		AND NOT EXISTS (SELECT FROM pg_shdepend d
			WHERE d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND d.refclassid = 'pg_authid'::regclass AND d.refobjid = reader
			AND EXISTS (SELECT FROM pg_class c WHERE d.classid = 'pg_class'::regclass AND c.oid = d.objid AND c.relnamespace = schema)) THEN
		RAISE NOTICE '% still has privileges on schema %, and on no relation in it', reader, schema
			USING HINT = format('REVOKE ALL ON SCHEMA %s FROM %s;', schema, reader);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.tell_of_usage(regclass, regrole) IS
'Tells of a role that may use the schema of a watch list and nothing in it: the schema''s owner can take that back.';

CREATE FUNCTION gapstats_internal.revoke_watch_list_as_owner(list regclass, what text, reader regrole)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- some of what shows students by name without the rest would be of no use
	parts CONSTANT text[] := gapstats_internal.parts_for(CASE WHEN what IN ('read', 'follow up') THEN 'act for viewers' ELSE what END);
	was_granted boolean;
BEGIN
	PERFORM gapstats_internal.lock_list(list);
	PERFORM gapstats_internal.check_grant(what, reader);
	IF reader = (SELECT relowner FROM pg_class WHERE oid = list) THEN
		RAISE EXCEPTION 'watch list "%" belongs to %, who may read all of it', list, reader USING ERRCODE = 'invalid_parameter_value';
	END IF;
	was_granted := EXISTS (SELECT FROM gapstats_internal.grants_on(list) g WHERE g.part = ANY (parts) AND g.grantee = reader AND g.privilege = 'SELECT');
	EXECUTE (SELECT format('REVOKE SELECT ON %s FROM %s CASCADE', string_agg(gapstats_internal.list_part(list, part), ', '), reader)
			 FROM unnest(parts) AS p (part));
	PERFORM gapstats_internal.keep_grants(list);
	PERFORM gapstats_internal.warn_of_what_stays(list, parts, reader), gapstats_internal.tell_of_usage(list, reader);
	RETURN was_granted;
END
$$;
COMMENT ON FUNCTION gapstats_internal.revoke_watch_list_as_owner(regclass, text, regrole) IS
'revoke_watch_list(), done as the list''s owner.';

CREATE FUNCTION revoke_watch_list(list regclass, what text, reader regrole)
RETURNS boolean
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION revoke_watch_list(regclass, text, regrole) IS
'Takes back from a role what grant_watch_list has granted it: ''counts'', ''outbox'', or all that shows students by name, which ''read'', ''follow up'' and ''act for viewers'' alike take back; who is to read on is granted ''read'' again. What he granted others goes with it. False if there was nothing to take back. There is a warning if he may read it still, which names the role that it was granted to, or PUBLIC; and a notice if he may still use the schema, which grant_watch_list has not granted, but no relation in it. From the list''s owner nothing can be taken back (22023). For roles with the rights of the list''s owner.';
