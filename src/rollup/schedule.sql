-- rollup/schedule: a roll-up's pg_cron job

CREATE FUNCTION gapstats_internal.rollup_job(rollup regclass)
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN gapstats_internal.job_name('rollup', gapstats_internal.qualified(rollup));
COMMENT ON FUNCTION gapstats_internal.rollup_job(regclass) IS
'The name of the pg_cron job that merges a roll-up.';

CREATE FUNCTION gapstats_internal.rollup_command(rollup regclass)
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN 'CALL gapstats.run_rollup(' || quote_literal(gapstats_internal.qualified(rollup)) || ')';
COMMENT ON FUNCTION gapstats_internal.rollup_command(regclass) IS
'What the pg_cron job of a roll-up runs.';

CREATE FUNCTION gapstats_internal.schedule_rollup_as_owner(rollup regclass, cron_schedule text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	job bigint;
BEGIN
	PERFORM gapstats_internal.hold_rollup(rollup);
	PERFORM gapstats_internal.check_pg_cron('Roll-ups', gapstats_internal.remote_schedule_statement(rollup, gapstats_internal.rollup_job(rollup), cron_schedule, gapstats_internal.rollup_command(rollup)));
	job := gapstats_internal.schedule_job(gapstats_internal.rollup_job(rollup), cron_schedule, gapstats_internal.rollup_command(rollup));
	EXECUTE gapstats_internal.rollup_sql(rollup, 'UPDATE @definition SET job = $1, schedule = $2') USING job, cron_schedule;
	RETURN job;
END
$$;
COMMENT ON FUNCTION gapstats_internal.schedule_rollup_as_owner(regclass, text) IS
'schedule_rollup(), done as the roll-up''s owner.';

CREATE FUNCTION schedule_rollup(rollup regclass, cron_schedule text)
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION schedule_rollup(regclass, text) IS
'Lets pg_cron merge a roll-up: cron_schedule has cron''s five fields (''0 5 * * 1-5'' is 5:00 on weekdays) in GMT, unless pg_cron is set to another time zone. Scheduling a roll-up again changes its schedule. The job runs as the roll-up''s owner. Returns the job''s number. For roles with the rights of the roll-up''s owner. Errors: pg_cron is missing (the hint has the lines that install it), or does not take the schedule.';

CREATE FUNCTION gapstats_internal.unschedule_rollup_as_owner(rollup regclass)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	job bigint;
BEGIN
	IF gapstats_internal.rollup_definition(rollup) IS NULL THEN
		PERFORM gapstats_internal.raise_no_rollup(rollup);
	END IF;
	-- in a copy the number is another job's
	IF gapstats_internal.rollup_held_because(rollup) IS NULL THEN
		EXECUTE gapstats_internal.rollup_sql(rollup, 'SELECT d.job FROM @definition d') INTO job;
	END IF;
	EXECUTE gapstats_internal.rollup_sql(rollup, 'UPDATE @definition SET job = NULL, schedule = NULL WHERE schedule IS NOT NULL');
	RETURN gapstats_internal.unschedule_job('roll-up', rollup, gapstats_internal.rollup_job(rollup), job);
END
$$;
COMMENT ON FUNCTION gapstats_internal.unschedule_rollup_as_owner(regclass) IS
'unschedule_rollup(), done as the roll-up''s owner.';

CREATE FUNCTION unschedule_rollup(rollup regclass)
RETURNS boolean
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION unschedule_rollup(regclass) IS
'Removes the pg_cron job of a roll-up; false if there is none in this database. If pg_cron lives in another one, a notice says what to run there. For roles with the rights of the roll-up''s owner.';
