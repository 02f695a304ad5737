-- standing/schedule: pg_cron, which need not be there until it is asked for

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
CREATE FUNCTION gapstats_internal.job_name(what text, named text)
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN (
	SELECT CASE WHEN octet_length(full_name) <= 63 THEN full_name ELSE what || ' ' || md5(full_name) END
	FROM (SELECT what || ' ' || quote_ident(current_database()) || '.' || named) AS f (full_name)
);
COMMENT ON FUNCTION gapstats_internal.job_name(text, text) IS
'The name of the pg_cron job that refreshes something of that name.';

CREATE FUNCTION gapstats_internal.remote_schedule_statement(thing regclass, job text, cron_schedule text, command text)
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN format('SELECT cron.schedule_in_database(%L, %L, %L, %L, %L)', job, cron_schedule, command, current_database(), (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = thing));
COMMENT ON FUNCTION gapstats_internal.remote_schedule_statement(regclass, text, text, text) IS
'The statement that schedules a job of this database when a superuser runs it in another database of the cluster, where pg_cron is installed.';

CREATE FUNCTION gapstats_internal.check_pg_cron(what text, remote_statement text)
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
				  DETAIL = format('%s are refreshed on a schedule by pg_cron.', what),
				  HINT = format(E'Install it, as the system''s administrator:\n'
								'    apt-get install postgresql-%s-cron\n'
								'In postgresql.conf, add pg_cron to shared_preload_libraries and two lines, then restart the server:\n'
								'    shared_preload_libraries = ''pg_cron''\n'
								'    cron.database_name = ''%s''\n'
								'    cron.host = ''''	# over the socket (its directory, if SHOW unix_socket_directories has not the usual one): the default dials localhost, which pg_hba.conf may refuse\n'
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
						  format(E'As a superuser, in that database: %s;', remote_statement) END);
	ELSIF NOT has_schema_privilege('cron', 'USAGE') THEN
		RAISE EXCEPTION 'permission denied for schema cron'
			USING ERRCODE = 'insufficient_privilege',
				  HINT = format('As a superuser: GRANT USAGE ON SCHEMA cron TO %I;', current_user);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_pg_cron(text, text) IS
'Raises an error, with the lines that help, unless the current user can schedule something with pg_cron in this database. If pg_cron lives in another database of the cluster, remote_statement schedules it from there.';

CREATE FUNCTION gapstats_internal.schedule_job(job text, cron_schedule text, command text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number bigint;
BEGIN
	EXECUTE 'SELECT cron.schedule($1, $2, $3)' INTO number USING job, cron_schedule, command;
	RETURN number;
EXCEPTION WHEN invalid_parameter_value THEN
	RAISE EXCEPTION '%', SQLERRM
		USING ERRCODE = 'invalid_parameter_value',
			  HINT = 'It has five fields: minute, hour, day of the month, month and day of the week. ''0 5 * * 1-5'' is 5:00 on weekdays.';
END
$$;
COMMENT ON FUNCTION gapstats_internal.schedule_job(text, text, text) IS
'Gives pg_cron a job of the current user, or another schedule, and returns its number.';

CREATE FUNCTION gapstats_internal.unschedule_job(what text, thing regclass, job text, number bigint)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	removed bigint;
BEGIN
	IF NOT gapstats_internal.has_pg_cron() THEN
		IF gapstats_internal.pg_cron_setting('cron.database_name') <> current_database() THEN
			RAISE NOTICE 'a job of % "%" in another database, if there is one, has to be removed there', what, thing
				USING HINT = format('SELECT cron.unschedule(jobid) FROM cron.job WHERE jobname = %L AND database = %L;', job, current_database());
		END IF;
		RETURN false;
	ELSIF NOT has_schema_privilege('cron', 'USAGE') THEN
		RETURN false;
	END IF;
	EXECUTE $sql$
		SELECT cron.unschedule(j.jobid)
		FROM cron.job j
		WHERE j.username = current_user AND j.database = current_database() AND (j.jobname = $1 OR j.jobid = $2)
		$sql$
	USING job, number;
	GET DIAGNOSTICS removed = ROW_COUNT;
	RETURN removed > 0;
END
$$;
COMMENT ON FUNCTION gapstats_internal.unschedule_job(text, regclass, text, bigint) IS
'Removes the current user''s pg_cron job of that name, or that number if it is not NULL; false if there is none in this database.';

CREATE FUNCTION gapstats_internal.rename_job(number bigint, job text, command text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	old_schedule text;
BEGIN
	IF number IS NULL OR NOT gapstats_internal.has_pg_cron() OR NOT has_schema_privilege('cron', 'USAGE') THEN
		RETURN NULL;
	END IF;
	EXECUTE 'SELECT schedule FROM cron.job WHERE jobid = $1 AND database = current_database() AND (jobname, command) IS DISTINCT FROM ($2, $3)'
	INTO old_schedule USING number, job, command;
	IF old_schedule IS NULL THEN
		RETURN NULL;
	END IF;
	EXECUTE 'SELECT cron.unschedule($1)' USING number;
	RETURN gapstats_internal.schedule_job(job, old_schedule, command);
END
$$;
COMMENT ON FUNCTION gapstats_internal.rename_job(bigint, text, text) IS
'Schedules a job of the current user anew under another name, or with another command, and returns its number; NULL if it is as it should be, or is not there.';

CREATE FUNCTION gapstats_internal.scheduled_job(thing regclass, named text, OUT job bigint, OUT schedule text, OUT active boolean, OUT last_message text)
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT gapstats_internal.has_pg_cron() OR NOT has_schema_privilege('cron', 'USAGE') THEN
		RETURN;
	END IF;
	EXECUTE $sql$
		SELECT j.jobid, j.schedule, j.active, d.message
		FROM cron.job j
		LEFT JOIN LATERAL (
			SELECT CASE status WHEN 'failed' THEN return_message END AS message
			FROM cron.job_run_details
			WHERE jobid = j.jobid AND status IN ('succeeded', 'failed')
			ORDER BY runid DESC
			LIMIT 1
		) d ON true
		WHERE j.jobname = $1 AND j.username = $2 AND j.database = current_database()
		$sql$
	INTO job, schedule, active, last_message
	USING named, (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = thing);
END
$$;
COMMENT ON FUNCTION gapstats_internal.scheduled_job(regclass, text) IS
'The pg_cron job of that name of the owner of a thing that stands, as far as the current user may see it, with the message of its last run if that failed.';

CREATE FUNCTION gapstats_internal.is_out_of_sight(job bigint)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_seen boolean;
BEGIN
	EXECUTE 'SELECT EXISTS (SELECT FROM cron.job WHERE jobid = $1)' INTO is_seen USING job;
	RETURN job IS NOT NULL AND NOT is_seen;
END
$$;
COMMENT ON FUNCTION gapstats_internal.is_out_of_sight(bigint) IS
'Whether the current user cannot see a job: it has been removed, or his role was renamed, whose former name it bears.';

CREATE FUNCTION gapstats_internal.lost_job(command text)
RETURNS bigint
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number bigint;
BEGIN
	EXECUTE 'SELECT jobid FROM cron.job WHERE command = $1 AND database = current_database() AND username NOT IN (SELECT rolname FROM pg_roles) LIMIT 1'
	INTO number USING command;
	RETURN number;
END
$$;
COMMENT ON FUNCTION gapstats_internal.lost_job(text) IS
'The number of a job of that command that belongs to a role that there is not; NULL if there is none. Nobody but a superuser sees such a job.';

CREATE FUNCTION gapstats_internal.job_problem(what text, owner name, job bigint, active boolean, last_message text, is_overdue boolean, is_home_of_cron boolean, is_orphaned boolean, given bigint,
											  schedule_line text, remote_statement text, again text, told_by text, otherwise text, OUT problem text, OUT fix text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	home text := gapstats_internal.pg_cron_setting('cron.database_name');
BEGIN
	IF NOT (SELECT rolcanlogin FROM pg_roles WHERE rolname = owner) THEN
		problem := format('pg_cron cannot connect as %I', owner);
		fix := format('if %I is to log in: ALTER ROLE %1$I LOGIN;', owner);
	ELSIF NOT has_database_privilege(owner, current_database(), 'CONNECT') THEN
		problem := format('pg_cron cannot connect as %I', owner);
		fix := format('if %2$I is to connect to this database: GRANT CONNECT ON DATABASE %1$I TO %2$I;', current_database(), owner);
	ELSIF home IS NULL THEN
		problem := 'pg_cron is not loaded';
		fix := 'in postgresql.conf: shared_preload_libraries = ''pg_cron'', and restart the server' || coalesce('; ' || otherwise, '');
	ELSIF NOT gapstats_internal.has_pg_cron() THEN
		-- its job may be elsewhere, where only its work can be seen from here
		IF is_home_of_cron THEN
			problem := 'pg_cron is not installed';
			fix := format('if it is to refresh %s of this database: CREATE EXTENSION pg_cron;', what);
		ELSIF is_overdue THEN
			problem := format('no job in %s refreshes it', coalesce('database ' || quote_ident(nullif(home, '')), 'the database that cron.database_name says'));
			fix := format('there, as a superuser: %s;', remote_statement);
		END IF;
	ELSIF NOT has_schema_privilege(owner, 'cron', 'USAGE') THEN
		problem := format('%I may not use pg_cron', owner);
		fix := format('if %I is to schedule what runs as himself: GRANT USAGE ON SCHEMA cron TO %1$I;', owner);
	ELSIF job IS NULL AND is_orphaned THEN
		-- whoever knows that tells what to do
		RETURN;
	ELSIF job IS NULL THEN
		fix := schedule_line;
		IF is_orphaned IS NULL AND gapstats_internal.is_out_of_sight(given) THEN
			problem := 'its job cannot be seen any more';
			fix := format('if its owner has been renamed, ask a superuser to do what %s tells him; if the job was removed: ', told_by) || fix;
		ELSE
			problem := 'it is not scheduled';
		END IF;
	ELSIF NOT active THEN
		problem := 'its job is inactive';
		fix := format('SELECT cron.alter_job(%s, active => true);', job);
	ELSIF last_message LIKE 'connection failed%' THEN
		problem := 'pg_cron could not connect';
		fix := 'in postgresql.conf: cron.host = '''' or the socket directory, and lines for its owner in pg_hba.conf and pg_ident.conf (see the manual)';
	ELSIF last_message IS NOT NULL THEN
		problem := 'its job failed: ' || last_message;
		fix := 'see whether it works here: ' || again;
	ELSIF is_overdue THEN
		problem := 'a run that was due has not happened, and pg_cron does not say why';
		fix := 'look whether pg_cron runs: SELECT * FROM cron.job_run_details ORDER BY runid DESC LIMIT 5;';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.job_problem(text, name, bigint, boolean, text, boolean, boolean, boolean, bigint, text, text, text, text, text) IS
'What keeps pg_cron from refreshing things that stand, what, and the line that fixes it; NULL if nothing is known to. given: the number of the job that it was given; the lines are those that schedule it here and from another database, and refresh it; told_by is the view in which a superuser is told more, otherwise what can be done instead.';
