-- watch_list/schedule: pg_cron, which need not be there until it is asked for

CREATE FUNCTION gapstats_internal.pg_cron_setting(name text)
RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN current_setting(name, true);
EXCEPTION WHEN insufficient_privilege THEN
	RETURN '';
END
$$;
COMMENT ON FUNCTION gapstats_internal.pg_cron_setting(text) IS
'A setting of pg_cron; NULL if pg_cron is not loaded, empty if the setting is not for the current user to see.';

CREATE FUNCTION gapstats_internal.has_pg_cron()
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron');
COMMENT ON FUNCTION gapstats_internal.has_pg_cron() IS
'Whether pg_cron is installed in this database.';

-- To pg_cron a job of the same name and user is the same job, in whichever database it
-- runs; and pg_cron 1.4 keeps a name in 63 bytes.
-- One that has lost its view is known by a table of it
CREATE FUNCTION gapstats_internal.list_name(list regclass)
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN (
	SELECT format('%I.%I', n.nspname, CASE c.relkind WHEN 'm' THEN c.relname ELSE coalesce(gapstats_internal.list_base(list), c.relname) END)
	FROM pg_class c
	JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.oid = list
);
COMMENT ON FUNCTION gapstats_internal.list_name(regclass) IS
'The name of a watch list, with its schema, as it is or as it was when the list had its view.';

CREATE FUNCTION gapstats_internal.job_name(list regclass)
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN (
	SELECT CASE WHEN octet_length(full_name) <= 63 THEN full_name ELSE 'watch list ' || md5(full_name) END
	FROM (SELECT 'watch list ' || quote_ident(current_database()) || '.' || gapstats_internal.list_name(list)) AS f (full_name)
);
COMMENT ON FUNCTION gapstats_internal.job_name(regclass) IS
'The name of the pg_cron job that refreshes a watch list.';

CREATE FUNCTION gapstats_internal.job_command(list regclass)
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN 'CALL gapstats.run_watch_list(' || quote_literal(gapstats_internal.list_name(list)) || ')';
COMMENT ON FUNCTION gapstats_internal.job_command(regclass) IS
'What the pg_cron job of a watch list runs.';

CREATE FUNCTION gapstats_internal.remote_schedule_statement(list regclass, cron_schedule text)
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN format('SELECT cron.schedule_in_database(%L, %L, %L, %L, %L)',
	gapstats_internal.job_name(list), cron_schedule, gapstats_internal.job_command(list), current_database(), (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = list));
COMMENT ON FUNCTION gapstats_internal.remote_schedule_statement(regclass, text) IS
'The statement that schedules a watch list of this database when a superuser runs it in another database of the cluster, where pg_cron is installed.';

CREATE FUNCTION gapstats_internal.check_pg_cron(list regclass, cron_schedule text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	home text := gapstats_internal.pg_cron_setting('cron.database_name');
	major integer := current_setting('server_version_num')::integer / 10000;
BEGIN
	IF home IS NULL THEN
		RAISE EXCEPTION 'pg_cron is not loaded'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'Watch lists are refreshed on a schedule by pg_cron.',
				  HINT = format(E'Install it, as the system''s administrator:\n'
								'    apt-get install postgresql-%s-cron\n'
								'In postgresql.conf, add pg_cron to shared_preload_libraries and two lines, then restart the server:\n'
								'    shared_preload_libraries = ''pg_cron''\n'
								'    cron.database_name = ''%s''\n'
								'    cron.host = ''/var/run/postgresql''	# the socket directory: the default dials localhost, which pg_hba.conf may refuse\n'
								'In pg_hba.conf, above the other lines, and in pg_ident.conf, so that pg_cron may come as %I:\n'
								'    local  %s  %I  peer map=pg_cron\n'
								'    pg_cron  postgres  %I\n'
								'And here, as a superuser:\n'
								'    CREATE EXTENSION pg_cron; GRANT USAGE ON SCHEMA cron TO %I;',
								major, current_database(), current_user, current_database(), current_user, current_user, current_user);
	ELSIF NOT gapstats_internal.has_pg_cron() THEN
		RAISE EXCEPTION 'pg_cron is not installed in database "%"', current_database()
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('It is loaded, and keeps its jobs in %s.',
								  coalesce('database ' || quote_ident(nullif(home, '')), 'the database that cron.database_name says')),
				  HINT = concat_ws(E'\n',
					  CASE WHEN home IN ('', current_database()) THEN
						  format('If that is this database, as a superuser: CREATE EXTENSION pg_cron; GRANT USAGE ON SCHEMA cron TO %I;', current_user) END,
					  CASE WHEN home <> current_database() THEN
						  format(E'As a superuser, in that database: %s;', gapstats_internal.remote_schedule_statement(list, cron_schedule)) END);
	ELSIF NOT has_schema_privilege('cron', 'USAGE') THEN
		RAISE EXCEPTION 'permission denied for schema cron'
			USING ERRCODE = 'insufficient_privilege',
				  HINT = format('As a superuser: GRANT USAGE ON SCHEMA cron TO %I;', current_user);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_pg_cron(regclass, text) IS
'Raises an error, with the lines that help, unless the current user can schedule a watch list with pg_cron in this database. If pg_cron lives in another database of the cluster, they schedule the list from there.';

CREATE FUNCTION gapstats_internal.schedule_watch_list_as_owner(list regclass, cron_schedule text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	job bigint;
BEGIN
	PERFORM gapstats_internal.lock_list(list);
	PERFORM gapstats_internal.check_pg_cron(list, cron_schedule);
	BEGIN
		EXECUTE 'SELECT cron.schedule($1, $2, $3)' INTO job
		USING gapstats_internal.job_name(list), cron_schedule, gapstats_internal.job_command(list);
	EXCEPTION WHEN invalid_parameter_value THEN
		RAISE EXCEPTION '%', SQLERRM
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'It has five fields: minute, hour, day of the month, month and day of the week. ''0 5 * * 1-5'' is 5:00 on weekdays.';
	END;
	EXECUTE gapstats_internal.statement(list, 'UPDATE @settings SET job = $1') USING job;
	RETURN job;
END
$$;
COMMENT ON FUNCTION gapstats_internal.schedule_watch_list_as_owner(regclass, text) IS
'schedule_watch_list(), done as the list''s owner.';

CREATE FUNCTION schedule_watch_list(list regclass, cron_schedule text)
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION schedule_watch_list(regclass, text) IS
'Lets pg_cron refresh a watch list: cron_schedule has cron''s five fields (''0 5 * * 1-5'' is 5:00 on weekdays) in GMT, unless pg_cron is set to another time zone. Scheduling a list again changes its schedule. The job runs as the list''s owner. Returns the job''s number. For roles with the rights of the list''s owner. Errors: pg_cron is missing (the hint has the lines that install it), or does not take the schedule.';

CREATE FUNCTION gapstats_internal.unschedule_watch_list_as_owner(list regclass)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	removed bigint;
BEGIN
	IF NOT gapstats_internal.has_pg_cron() THEN
		IF gapstats_internal.pg_cron_setting('cron.database_name') <> current_database() THEN
			RAISE NOTICE 'a job of watch list "%" in another database, if there is one, has to be removed there', list
				USING HINT = format('SELECT cron.unschedule(jobid) FROM cron.job WHERE jobname = %L AND database = %L;',
									gapstats_internal.job_name(list), current_database());
		END IF;
		RETURN false;
	ELSIF NOT has_schema_privilege('cron', 'USAGE') THEN
		RETURN false;
	END IF;
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT cron.unschedule(j.jobid)
		FROM cron.job j
		CROSS JOIN @settings s
		WHERE j.username = current_user AND j.database = current_database()
		AND (j.jobname = gapstats_internal.job_name($1) OR j.jobid = s.job AND gapstats_internal.held_because($1) IS NULL)
		$sql$)
	USING list;
	GET DIAGNOSTICS removed = ROW_COUNT;
	RETURN removed > 0;
END
$$;
COMMENT ON FUNCTION gapstats_internal.unschedule_watch_list_as_owner(regclass) IS
'unschedule_watch_list(), done as the list''s owner.';

CREATE FUNCTION unschedule_watch_list(list regclass)
RETURNS boolean
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION unschedule_watch_list(regclass) IS
'Removes the pg_cron job of a watch list; false if there is none in this database. If pg_cron lives in another one, a notice says what to run there. For roles with the rights of the list''s owner.';

CREATE FUNCTION gapstats_internal.follow_rename_of_job(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	old_job bigint;
	old_schedule text;
	new_job bigint;
BEGIN
	EXECUTE gapstats_internal.statement(list, 'SELECT job FROM @settings') INTO old_job;
	-- in a copy the number is another job's
	IF old_job IS NULL OR NOT gapstats_internal.has_pg_cron() OR NOT has_schema_privilege('cron', 'USAGE')
		OR gapstats_internal.held_because(list) IS NOT NULL THEN
		RETURN;
	END IF;
	EXECUTE 'SELECT schedule FROM cron.job WHERE jobid = $1 AND database = current_database() AND (jobname, command) IS DISTINCT FROM ($2, $3)'
	INTO old_schedule USING old_job, gapstats_internal.job_name(list), gapstats_internal.job_command(list);
	IF old_schedule IS NOT NULL THEN
		EXECUTE 'SELECT cron.unschedule($1)' USING old_job;
		EXECUTE 'SELECT cron.schedule($1, $2, $3)' INTO new_job
		USING gapstats_internal.job_name(list), old_schedule, gapstats_internal.job_command(list);
		EXECUTE gapstats_internal.statement(list, 'UPDATE @settings SET job = $1') USING new_job;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.follow_rename_of_job(regclass) IS
'Schedules the job of a watch list anew under its name, if it has been renamed or moved.';
