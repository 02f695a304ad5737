-- watch_list/health: is each list fresh, and if not, what to do

-- A health report is for superusers too, so it reads nothing that could run what
-- a list's owner wrote: no view, no policy, no type with casts of its own.
CREATE FUNCTION gapstats_internal.is_plain_table(relation regclass)
RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN EXISTS (SELECT FROM pg_class WHERE oid = relation AND relkind = 'r' AND NOT relrowsecurity)
	AND NOT EXISTS (
		SELECT FROM pg_attribute a
		JOIN pg_type t ON t.oid = a.atttypid
		WHERE a.attrelid = relation AND NOT a.attisdropped AND t.typnamespace <> 'pg_catalog'::regnamespace
	);
COMMENT ON FUNCTION gapstats_internal.is_plain_table(regclass) IS
'Whether reading a relation runs nothing but PostgreSQL''s own code.';

CREATE FUNCTION gapstats_internal.list_job(list regclass, OUT job bigint, OUT schedule text, OUT active boolean, OUT last_message text)
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
	USING gapstats_internal.job_name(list), gapstats_internal.list_owner(list);
END
$$;
COMMENT ON FUNCTION gapstats_internal.list_job(regclass) IS
'The pg_cron job of a watch list, as far as the current user may see it, with the message of its last run if that failed.';

CREATE FUNCTION gapstats_internal.job_problem(list regclass, job bigint, active boolean, last_message text, is_stale boolean, OUT problem text, OUT fix text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	home text := gapstats_internal.pg_cron_setting('cron.database_name');
	owner name := gapstats_internal.list_owner(list);
BEGIN
	IF NOT (SELECT rolcanlogin FROM pg_roles WHERE rolname = owner) THEN
		problem := format('pg_cron cannot connect as %I', owner);
		fix := format('ALTER ROLE %I LOGIN;', owner);
	ELSIF NOT has_database_privilege(owner, current_database(), 'CONNECT') THEN
		problem := format('pg_cron cannot connect as %I', owner);
		fix := format('GRANT CONNECT ON DATABASE %I TO %I;', current_database(), owner);
	ELSIF home IS NULL THEN
		problem := 'pg_cron is not loaded';
		fix := 'in postgresql.conf: shared_preload_libraries = ''pg_cron'', and restart the server';
	ELSIF NOT gapstats_internal.has_pg_cron() AND home = current_database() THEN
		problem := 'pg_cron is not installed';
		fix := 'CREATE EXTENSION pg_cron;';
	ELSIF NOT gapstats_internal.has_pg_cron() THEN
		-- its job may be there, where only its work can be seen from here
		IF is_stale THEN
			problem := format('no job in %s refreshes it', coalesce('database ' || quote_ident(nullif(home, '')), 'the database that cron.database_name says'));
			fix := gapstats_internal.remote_schedule_statement(list, '0 5 * * *') || ';';
		END IF;
	ELSIF NOT has_schema_privilege(owner, 'cron', 'USAGE') THEN
		problem := format('%I may not use pg_cron', owner);
		fix := format('GRANT USAGE ON SCHEMA cron TO %I;', owner);
	ELSIF job IS NULL THEN
		problem := 'it is not scheduled';
		fix := format('SELECT gapstats.schedule_watch_list(%L, %L);', list, '0 5 * * *');
	ELSIF NOT active THEN
		problem := 'its job is inactive';
		fix := format('SELECT cron.alter_job(%s, active => true);', job);
	ELSIF last_message LIKE 'connection failed%' THEN
		problem := 'pg_cron could not connect';
		fix := 'in postgresql.conf: cron.use_background_workers = on, and restart the server';
	ELSIF last_message IS NOT NULL THEN
		problem := 'its job failed: ' || last_message;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.job_problem(regclass, bigint, boolean, text, boolean) IS
'What keeps pg_cron from refreshing a watch list, and the line that fixes it; NULL if nothing is known to.';

CREATE FUNCTION gapstats_internal.list_health(list regclass, OUT owner name, OUT state text, OUT as_of date, OUT last_success timestamptz, OUT last_run timestamptz,
							OUT last_status text, OUT last_error text, OUT schedule text, OUT next_run timestamptz, OUT problem text, OUT fix text)
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	runs regclass := to_regclass(gapstats_internal.list_part(list, 'runs'));
	time_zone text := coalesce(nullif(gapstats_internal.pg_cron_setting('cron.timezone'), ''), 'GMT');
	failing text;
	job record;
BEGIN
	owner := gapstats_internal.list_owner(list);
	IF gapstats_internal.is_plain_table(runs) IS NOT TRUE THEN
		problem := 'its table of runs is not as it was made';
		RETURN;
	END IF;
	EXECUTE format($sql$ SELECT ended_at, status, error, rule FROM ONLY %s WHERE status <> 'skipped' ORDER BY run DESC LIMIT 1 $sql$, runs)
	INTO last_run, last_status, last_error, failing;
	EXECUTE format($sql$ SELECT ended_at, as_of FROM ONLY %s WHERE status = 'succeeded' ORDER BY run DESC LIMIT 1 $sql$, runs)
	INTO last_success, as_of;

	job := gapstats_internal.list_job(list);
	schedule := job.schedule;
	IF job.active THEN
		next_run := gapstats_internal.next_run(schedule, now(), time_zone);
	END IF;

	-- a run that is due has some minutes to succeed
	state := CASE
		WHEN last_success IS NULL THEN 'never refreshed'
		WHEN last_status <> 'succeeded' THEN 'stale'
		WHEN schedule IS NULL AND as_of < current_date THEN 'stale'
		WHEN gapstats_internal.next_run(schedule, last_success, time_zone) < now() - interval '5 minutes' THEN 'stale'
		ELSE 'fresh'
	END;

	IF failing IS NOT NULL THEN
		problem := last_error;
		fix := format('correct the data, or the rule with change_rule, or SELECT gapstats.switch_rule(%L, %L, false);', list, failing);
	ELSIF last_status <> 'succeeded' THEN
		problem := last_error;
	ELSIF owner = current_user OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
		-- others do not see the job
		SELECT p.problem, p.fix INTO problem, fix
		FROM gapstats_internal.job_problem(list, job.job, job.active, job.last_message, state <> 'fresh') p;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.list_health(regclass) IS
'The row of a watch list in watch_list_health.';

CREATE VIEW watch_list_health AS
SELECT l.list, h.*
FROM (SELECT oid::regclass AS list FROM pg_class WHERE relkind = 'm') AS l
CROSS JOIN LATERAL gapstats_internal.list_health(l.list) AS h
WHERE gapstats_internal.is_watch_list(l.list)
AND has_table_privilege(to_regclass(gapstats_internal.list_part(l.list, 'runs')), 'SELECT');
GRANT SELECT ON watch_list_health TO PUBLIC;
COMMENT ON VIEW watch_list_health IS
'One row a watch list, of those whose runs the current user may read.';
COMMENT ON COLUMN watch_list_health.list IS 'the list';
COMMENT ON COLUMN watch_list_health.owner IS 'the role that owns it and whose rights it is refreshed with';
COMMENT ON COLUMN watch_list_health.state IS 'fresh, stale (its last run did not succeed, or a run that was due did not happen; without a schedule, it was not refreshed today) or never refreshed';
COMMENT ON COLUMN watch_list_health.as_of IS 'the day that it was computed for';
COMMENT ON COLUMN watch_list_health.last_success IS 'when its last successful run ended';
COMMENT ON COLUMN watch_list_health.last_run IS 'when its last run ended, successful or not';
COMMENT ON COLUMN watch_list_health.last_status IS 'succeeded, failed or canceled';
COMMENT ON COLUMN watch_list_health.last_error IS 'why its last run did not succeed';
COMMENT ON COLUMN watch_list_health.schedule IS 'the schedule of its pg_cron job, if the current user may see it';
COMMENT ON COLUMN watch_list_health.next_run IS 'when that job is due next';
COMMENT ON COLUMN watch_list_health.problem IS 'what is wrong, if something is';
COMMENT ON COLUMN watch_list_health.fix IS 'the line that puts it right, where there is one';
