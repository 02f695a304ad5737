-- report/schedule: a report's pg_cron job

CREATE FUNCTION gapstats_internal.report_job(report regclass)
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN gapstats_internal.job_name('report', gapstats_internal.qualified(report));
COMMENT ON FUNCTION gapstats_internal.report_job(regclass) IS
'The name of the pg_cron job that refreshes a report.';

CREATE FUNCTION gapstats_internal.report_command(report regclass)
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN 'CALL gapstats.run_report(' || quote_literal(gapstats_internal.qualified(report)) || ')';
COMMENT ON FUNCTION gapstats_internal.report_command(regclass) IS
'What the pg_cron job of a report runs.';

CREATE FUNCTION gapstats_internal.schedule_report_as_owner(report regclass, cron_schedule text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	job bigint;
BEGIN
	PERFORM gapstats_internal.hold_report(report);
	PERFORM gapstats_internal.check_pg_cron('Reports', gapstats_internal.remote_schedule_statement(report, gapstats_internal.report_job(report), cron_schedule, gapstats_internal.report_command(report)));
	job := gapstats_internal.schedule_job(gapstats_internal.report_job(report), cron_schedule, gapstats_internal.report_command(report));
	EXECUTE gapstats_internal.report_sql(report, 'UPDATE @definition SET job = $1, schedule = $2') USING job, cron_schedule;
	RETURN job;
END
$$;
COMMENT ON FUNCTION gapstats_internal.schedule_report_as_owner(regclass, text) IS
'schedule_report(), done as the report''s owner.';

CREATE FUNCTION schedule_report(report regclass, cron_schedule text)
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION schedule_report(regclass, text) IS
'Lets pg_cron refresh a report: cron_schedule has cron''s five fields (''0 5 * * 1-5'' is 5:00 on weekdays) in GMT, unless pg_cron is set to another time zone. Scheduling a report again changes its schedule. The job runs as the report''s owner. Returns the job''s number. For roles with the rights of the report''s owner. Errors: pg_cron is missing (the hint has the lines that install it), or does not take the schedule.';

CREATE FUNCTION gapstats_internal.unschedule_report_as_owner(report regclass)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	job bigint;
BEGIN
	IF gapstats_internal.report_definition(report) IS NULL THEN
		PERFORM gapstats_internal.raise_no_report(report);
	END IF;
	-- in a copy the number is another job's
	IF gapstats_internal.report_held_because(report) IS NULL THEN
		EXECUTE gapstats_internal.report_sql(report, 'SELECT d.job FROM @definition d') INTO job;
	END IF;
	EXECUTE gapstats_internal.report_sql(report, 'UPDATE @definition SET job = NULL, schedule = NULL WHERE schedule IS NOT NULL');
	RETURN gapstats_internal.unschedule_job('report', report, gapstats_internal.report_job(report), job);
END
$$;
COMMENT ON FUNCTION gapstats_internal.unschedule_report_as_owner(regclass) IS
'unschedule_report(), done as the report''s owner.';

CREATE FUNCTION unschedule_report(report regclass)
RETURNS boolean
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION unschedule_report(regclass) IS
'Removes the pg_cron job of a report; false if there is none in this database. If pg_cron lives in another one, a notice says what to run there. For roles with the rights of the report''s owner.';
