-- rollup/schedule: a roll-up's pg_cron job

CREATE FUNCTION gapstats_internal.schedule_rollup_as_owner(rollup regclass, cron_schedule text)
RETURNS bigint
LANGUAGE sql VOLATILE
RETURN gapstats_internal.schedule_thing(rollup, 'rollup', cron_schedule);
COMMENT ON FUNCTION gapstats_internal.schedule_rollup_as_owner(regclass, text) IS
'schedule_rollup(), done as the roll-up''s owner.';

CREATE FUNCTION schedule_rollup(rollup regclass, cron_schedule text)
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION schedule_rollup(regclass, text) IS
'Lets pg_cron merge a roll-up: cron_schedule has cron''s five fields (''0 5 * * 1-5'' is 5:00 on weekdays) in GMT, unless pg_cron is set to another time zone. Scheduling a roll-up again changes its schedule. The job runs as the roll-up''s owner. Returns the job''s number. For roles with the rights of the roll-up''s owner. Errors: pg_cron is missing (the hint has the lines that install it), or does not take the schedule.';

CREATE FUNCTION gapstats_internal.unschedule_rollup_as_owner(rollup regclass)
RETURNS boolean
LANGUAGE sql VOLATILE
RETURN gapstats_internal.unschedule_thing(rollup, 'rollup');
COMMENT ON FUNCTION gapstats_internal.unschedule_rollup_as_owner(regclass) IS
'unschedule_rollup(), done as the roll-up''s owner.';

CREATE FUNCTION unschedule_rollup(rollup regclass)
RETURNS boolean
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION unschedule_rollup(regclass) IS
'Removes the pg_cron job of a roll-up; false if there is none in this database. If pg_cron lives in another one, a notice says what to run there. For roles with the rights of the roll-up''s owner.';
