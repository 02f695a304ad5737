-- watch_list/schedule: pg_cron, which need not be there until it is asked for

CREATE FUNCTION check_pg_cron()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	home text;
	major integer := current_setting('server_version_num')::integer / 10000;
BEGIN
	BEGIN
		home := current_setting('cron.database_name', true);
	EXCEPTION WHEN insufficient_privilege THEN
		home := '';	-- loaded, but not for this user to see where
	END;

	IF home IS NULL THEN
		RAISE EXCEPTION 'pg_cron is not loaded'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'Watch lists are refreshed on a schedule by pg_cron.',
				  HINT = format(E'Install it, as the system''s administrator:\n'
								'    apt-get install postgresql-%s-cron\n'
								'In postgresql.conf, add pg_cron to shared_preload_libraries and two lines, then restart the server:\n'
								'    shared_preload_libraries = ''pg_cron''\n'
								'    cron.database_name = ''%s''\n'
								'    cron.use_background_workers = on	# or cron.host = the socket directory: the default dials localhost, which pg_hba.conf may refuse\n'
								'And here, as a superuser:\n'
								'    CREATE EXTENSION pg_cron; GRANT USAGE ON SCHEMA cron TO %I;',
								major, current_database(), current_user);
	ELSIF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
		RAISE EXCEPTION 'pg_cron is not installed in database "%"', current_database()
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('It is loaded, with its jobs in %s.',
								  coalesce('database ' || quote_ident(nullif(home, '')), 'the database that cron.database_name says')),
				  HINT = format('As a superuser: CREATE EXTENSION pg_cron; GRANT USAGE ON SCHEMA cron TO %I;', current_user);
	ELSIF NOT has_schema_privilege('cron', 'USAGE') THEN
		RAISE EXCEPTION 'permission denied for schema cron'
			USING ERRCODE = 'insufficient_privilege',
				  HINT = format('As a superuser: GRANT USAGE ON SCHEMA cron TO %I;', current_user);
	END IF;
END
$$;
COMMENT ON FUNCTION check_pg_cron() IS
'Raises an error, with the lines that help, unless the current user can schedule jobs with pg_cron in this database.';

-- pg_cron 1.4 keeps a job's name in 63 bytes.
CREATE FUNCTION job_name(list regclass)
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN (
	SELECT CASE WHEN octet_length(full_name) <= 63 THEN full_name ELSE 'watch list ' || md5(full_name) END
	FROM pg_class c
	JOIN pg_namespace n ON n.oid = c.relnamespace
	CROSS JOIN LATERAL (SELECT format('watch list %I.%I', n.nspname, c.relname)) f (full_name)
	WHERE c.oid = list
);
COMMENT ON FUNCTION job_name(regclass) IS
'The name of the pg_cron job that refreshes a watch list.';

CREATE FUNCTION schedule_watch_list(list regclass, cron_schedule text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	job bigint;
BEGIN
	PERFORM gapstats.check_list_owner(list);
	PERFORM gapstats.check_pg_cron();
	EXECUTE 'SELECT cron.schedule($1, $2, $3)' INTO job
	USING gapstats.job_name(list), cron_schedule, format('SELECT gapstats.refresh_watch_list(%L)', list);
	RETURN job;
END
$$;
COMMENT ON FUNCTION schedule_watch_list(regclass, text) IS
'Lets pg_cron refresh a watch list: cron_schedule has cron''s five fields (''0 5 * * 1-5'' is 5:00 on weekdays) in GMT, unless pg_cron is set to another time zone. Scheduling a list again changes its schedule. The job runs as the list''s owner. Returns the job''s number. Errors: pg_cron is missing (the hint has the lines that install it), or does not take the schedule.';

CREATE FUNCTION unschedule_watch_list(list regclass)
RETURNS boolean
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	job bigint;
BEGIN
	PERFORM gapstats.check_list_owner(list);
	IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') OR NOT has_schema_privilege('cron', 'USAGE') THEN
		RETURN false;
	END IF;
	EXECUTE 'SELECT jobid FROM cron.job WHERE jobname = $1 AND username = current_user' INTO job USING gapstats.job_name(list);
	IF job IS NULL THEN
		RETURN false;
	END IF;
	EXECUTE 'SELECT cron.unschedule($1)' USING job;
	RETURN true;
END
$$;
COMMENT ON FUNCTION unschedule_watch_list(regclass) IS
'Removes the pg_cron job of a watch list; false if there is none.';
