-- report/schedule: a report's pg_cron job

CREATE FUNCTION gapstats_internal.schedule_report_as_owner(report regclass, cron_schedule text)
RETURNS bigint
LANGUAGE sql VOLATILE
RETURN gapstats_internal.schedule_thing(report, 'report', cron_schedule);
COMMENT ON FUNCTION gapstats_internal.schedule_report_as_owner(regclass, text) IS
'schedule_report(), done as the report''s owner.';

CREATE FUNCTION schedule_report(report regclass, cron_schedule text)
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION schedule_report(regclass, text) IS
'Lets pg_cron refresh a report: cron_schedule has cron''s five fields (''0 5 * * 1-5'' is 5:00 on weekdays) in GMT, unless pg_cron is set to another time zone. Scheduling a report again changes its schedule. The job runs as the report''s owner. Returns the job''s number. For roles with the rights of the report''s owner. Errors: pg_cron is missing (the hint has the lines that install it), or does not take the schedule.';

CREATE FUNCTION gapstats_internal.unschedule_report_as_owner(report regclass)
RETURNS boolean
LANGUAGE sql VOLATILE
RETURN gapstats_internal.unschedule_thing(report, 'report');
COMMENT ON FUNCTION gapstats_internal.unschedule_report_as_owner(regclass) IS
'unschedule_report(), done as the report''s owner.';

CREATE FUNCTION unschedule_report(report regclass)
RETURNS boolean
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION unschedule_report(regclass) IS
'Removes the pg_cron job of a report; false if there is none in this database. If pg_cron lives in another one, a notice says what to run there. For roles with the rights of the report''s owner.';
