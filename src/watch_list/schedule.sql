-- watch_list/schedule: a list's pg_cron job

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
RETURN gapstats_internal.job_name('watch list', gapstats_internal.list_name(list));
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
RETURN gapstats_internal.remote_schedule_statement(list, gapstats_internal.job_name(list), cron_schedule, gapstats_internal.job_command(list));
COMMENT ON FUNCTION gapstats_internal.remote_schedule_statement(regclass, text) IS
'The statement that schedules a watch list of this database when a superuser runs it in another database of the cluster, where pg_cron is installed.';

CREATE FUNCTION gapstats_internal.schedule_watch_list_as_owner(list regclass, cron_schedule text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	job bigint;
BEGIN
	PERFORM gapstats_internal.lock_list(list);
	PERFORM gapstats_internal.check_pg_cron('Watch lists', gapstats_internal.remote_schedule_statement(list, cron_schedule));
	job := gapstats_internal.schedule_job(gapstats_internal.job_name(list), cron_schedule, gapstats_internal.job_command(list));
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
	job bigint;
BEGIN
	-- in a copy the number is another job's
	IF gapstats_internal.has_pg_cron() AND gapstats_internal.held_because(list) IS NULL THEN
		EXECUTE gapstats_internal.statement(list, 'SELECT job FROM @settings') INTO job;
	END IF;
	RETURN gapstats_internal.unschedule_job('watch list', list, gapstats_internal.job_name(list), job);
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
	job bigint;
BEGIN
	EXECUTE gapstats_internal.statement(list, 'SELECT job FROM @settings') INTO job;
	-- in a copy the number is another job's
	IF job IS NOT NULL AND gapstats_internal.held_because(list) IS NULL THEN
		job := gapstats_internal.rename_job(job, gapstats_internal.job_name(list), gapstats_internal.job_command(list));
		IF job IS NOT NULL THEN
			EXECUTE gapstats_internal.statement(list, 'UPDATE @settings SET job = $1') USING job;
		END IF;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.follow_rename_of_job(regclass) IS
'Schedules the job of a watch list anew under its name, if it has been renamed or moved.';
