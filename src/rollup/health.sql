-- rollup/health: is each roll-up exact, and if not, what to do

CREATE FUNCTION gapstats_internal.rollup_run_problem(rollup regclass, of_run bigint, tells_values boolean, OUT problem text, OUT fix text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	owner CONSTANT oid := (SELECT relowner FROM pg_class WHERE oid = rollup);
	again CONSTANT text := format('SELECT gapstats.merge_rollup(%L);', rollup);
	anew CONSTANT text := format('SELECT gapstats.rebuild_rollup(%L);', rollup);
	run record;
BEGIN
	EXECUTE gapstats_internal.rollup_sql(rollup, 'SELECT r.status, r.error, r.sqlstate FROM @runs r WHERE r.run = $1') INTO run USING of_run;
	problem := CASE run.status WHEN 'running' THEN 'it was cut off' WHEN 'succeeded' THEN NULL ELSE run.error END;
	fix := CASE
		WHEN run.status = 'held' THEN 'if it is to go on as it is: ' || anew
		WHEN run.status IN ('running', 'canceled') AND problem NOT LIKE '%statement timeout' THEN again
		WHEN run.status = 'failed' AND problem LIKE 'more was taken away %' THEN anew
		WHEN run.status <> 'succeeded' THEN coalesce(
			gapstats_internal.run_fix(owner, run.status, problem, gapstats_internal.missing_grants(owner, (gapstats_internal.rollup_query(rollup)).meaning), 'roll-up''s source', again, 'if that is as it should be: ' || anew),
			CASE WHEN problem LIKE '%statement timeout' THEN gapstats_internal.timeout_fix(owner) END,
			format('correct what the error names, then %s', again)) END;
	-- what is to be done is told of what it says
	IF run.status IN ('failed', 'canceled') AND NOT tells_values THEN
		problem := gapstats_internal.error_for_others(problem, run.sqlstate, gapstats_internal.rollup_sql(rollup, '@runs')::regclass);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.rollup_run_problem(regclass, bigint, boolean) IS
'What is wrong with a run of a roll-up, and what to do about it; NULL if it succeeded. Without tells_values the words of an error are left out.';

CREATE FUNCTION gapstats_internal.rollup_state_as_owner(rollup regclass, is_home_of_cron boolean, is_orphaned boolean, OUT owner name, OUT state text, OUT n_pending integer, OUT last_success timestamptz,
														OUT last_run timestamptz, OUT last_status text, OUT last_error text, OUT schedule text, OUT next_run timestamptz,
														OUT problems gapstats_internal.problem_found[])
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET max_parallel_workers_per_gather = 0	-- what is refused here is not known there
AS $$
DECLARE
	tells_values CONSTANT boolean := gapstats_internal.may_know_values((SELECT relowner FROM pg_class WHERE oid = rollup));
	anew CONSTANT text := format('SELECT gapstats.rebuild_rollup(%L);', rollup);
	cron_zone CONSTANT text := coalesce(nullif(gapstats_internal.pg_cron_setting('cron.timezone'), ''), 'GMT');
	held text;
	missed text;
	d record;
	job record;
	last record;
	is_lost boolean;
	is_overdue boolean;
BEGIN
	owner := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = rollup);
	PERFORM gapstats_internal.check_row_security(gapstats_internal.own_rollup_tables(rollup), 'roll-up'), gapstats_internal.check_rollup_parts(rollup), gapstats_internal.check_unsubscribed(rollup);
	held := gapstats_internal.rollup_held_because(rollup);
	missed := gapstats_internal.rollup_recount_because(rollup);
	EXECUTE gapstats_internal.rollup_sql(rollup, 'SELECT d.schedule, d.job FROM @definition d') INTO d;
	EXECUTE gapstats_internal.rollup_sql(rollup, 'SELECT least(count(*), 2147483647) FROM ONLY @changes') INTO n_pending;
	EXECUTE gapstats_internal.rollup_sql(rollup, $sql$
		SELECT r.run, r.status, r.ended_at, r.started_at, r.error, r.sqlstate, gapstats_internal.statement_is_running(r.pid, r.statement_start) IS TRUE AS is_running
		FROM @runs r WHERE r.status <> 'skipped' ORDER BY r.run DESC LIMIT 1
		$sql$) INTO last;
	EXECUTE gapstats_internal.rollup_sql(rollup, $sql$ SELECT max(r.ended_at) FROM @runs r WHERE r.status = 'succeeded' $sql$) INTO last_success;
	-- what runs on another server cannot be seen from a standby
	is_lost := last.status = 'running' AND NOT last.is_running AND NOT pg_is_in_recovery();
	last_run := coalesce(last.ended_at, last.started_at);
	last_status := last.status;
	last_error := CASE WHEN is_lost THEN 'it was cut off' WHEN tells_values OR last.status NOT IN ('failed', 'canceled') THEN last.error
		ELSE gapstats_internal.error_for_others(last.error, last.sqlstate, gapstats_internal.rollup_sql(rollup, '@runs')::regclass) END;
	job := gapstats_internal.scheduled_job(rollup, gapstats_internal.rollup_job(rollup));
	schedule := job.schedule;
	IF job.active THEN
		next_run := gapstats_internal.next_run(schedule, now(), cron_zone);
	END IF;
	-- a run that is due has some minutes to succeed
	is_overdue := gapstats_internal.next_run(coalesce(schedule, d.schedule), last_success, cron_zone) < now() - interval '5 minutes';
	state := CASE
		WHEN held IS NOT NULL THEN 'held'
		WHEN last.status = 'running' AND NOT is_lost THEN 'running'
		WHEN last.status = 'held' THEN 'held'
		WHEN last.status IN ('failed', 'canceled', 'running') THEN 'failing'
		WHEN missed IS NOT NULL THEN 'incomplete'
		WHEN is_overdue THEN 'overdue'
		WHEN d.schedule IS NOT NULL AND schedule IS NULL AND gapstats_internal.has_pg_cron() THEN 'not scheduled'
		ELSE 'exact'
	END;
	problems := ARRAY(
		SELECT ROW(p.problem, gapstats_internal.fix_text(p.fix))::gapstats_internal.problem_found
		FROM (
			SELECT 1, held, 'if it is to go on as it is: ' || anew
			UNION ALL
			SELECT 2, missed, CASE WHEN missed IS NOT NULL AND held IS NULL THEN format('SELECT gapstats.merge_rollup(%L);', rollup) ELSE anew END
			UNION ALL
			SELECT 3, r.* FROM gapstats_internal.rollup_run_problem(rollup, last.run, tells_values) AS r WHERE state <> 'running' AND held IS NULL
			UNION ALL
			SELECT 4, j.*
			FROM gapstats_internal.job_problem('roll-ups', owner, job.job, job.active,
				-- what a run ended with it has told already
				CASE WHEN state NOT IN ('failing', 'held', 'running') OR job.last_message LIKE 'connection failed%' THEN gapstats_internal.job_message(job.last_message, tells_values) END,
				is_overdue AND state <> 'running', is_home_of_cron, is_orphaned, CASE WHEN held IS NULL THEN d.job END,
				format('SELECT gapstats.schedule_rollup(%L, %L);', rollup, d.schedule),
				gapstats_internal.remote_schedule_statement(rollup, gapstats_internal.rollup_job(rollup), d.schedule, gapstats_internal.rollup_command(rollup)),
				format('SELECT gapstats.merge_rollup(%L);', rollup), 'rollup_health',
				format('or, if another scheduler merges it: SELECT gapstats.unschedule_rollup(%L);', rollup)) AS j
			WHERE d.schedule IS NOT NULL
		) AS p (place, problem, fix)
		WHERE p.problem IS NOT NULL
		ORDER BY p.place);
END
$$;
COMMENT ON FUNCTION gapstats_internal.rollup_state_as_owner(regclass, boolean, boolean) IS
'rollup_state(), done as the roll-up''s owner.';

CREATE FUNCTION gapstats_internal.rollup_state(rollup regclass, is_home_of_cron boolean, is_orphaned boolean, OUT owner name, OUT state text, OUT n_pending integer, OUT last_success timestamptz,
											   OUT last_run timestamptz, OUT last_status text, OUT last_error text, OUT schedule text, OUT next_run timestamptz,
											   OUT problems gapstats_internal.problem_found[])
AS 'MODULE_PATHNAME', 'done_for_monitors' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.rollup_state(regclass, boolean, boolean) IS
'How a roll-up is, for those who have the rights of its owner or of pg_monitor; NULL for others. Its problems begin with the gravest. is_home_of_cron and is_orphaned are as of list_health().';

CREATE FUNCTION gapstats_internal.rollup_state_or_why_not(rollup regclass, OUT owner name, OUT state text, OUT n_pending integer, OUT last_success timestamptz, OUT last_run timestamptz, OUT last_status text,
														  OUT last_error text, OUT schedule text, OUT next_run timestamptz, OUT problems gapstats_internal.problem_found[])
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	sees_all_jobs CONSTANT boolean := gapstats_internal.has_pg_cron() AND (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
	lost_job bigint;
	hint text;
BEGIN
	IF sees_all_jobs THEN
		lost_job := gapstats_internal.lost_job(gapstats_internal.rollup_command(rollup));
	END IF;
	SELECT s.* INTO owner, state, n_pending, last_success, last_run, last_status, last_error, schedule, next_run, problems
	FROM gapstats_internal.rollup_state(rollup, gapstats_internal.pg_cron_setting('cron.database_name') = current_database(),
		CASE WHEN sees_all_jobs THEN lost_job IS NOT NULL END) s;
	problems := gapstats_internal.with_lost_job(problems, lost_job, owner, schedule);
EXCEPTION WHEN OTHERS THEN
	-- of a roll-up that is not whole, or whatever it is that looks like one
	owner := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = rollup);
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	state := 'broken';
	problems := gapstats_internal.why_not((SELECT relowner FROM pg_class WHERE oid = rollup), CASE WHEN SQLSTATE = '55P03' THEN gapstats_internal.own_rollup_tables(rollup) END, SQLERRM, SQLSTATE, hint, 'see what the error names');
END
$$;
COMMENT ON FUNCTION gapstats_internal.rollup_state_or_why_not(regclass) IS
'The row of a roll-up in rollup_health, with all of its problems; one that cannot be read does not keep others from being seen.';

CREATE FUNCTION gapstats_internal.rollups()
RETURNS SETOF regclass
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT v.oid::regclass
	FROM pg_class v
	WHERE v.relkind = 'v' AND gapstats_internal.rollup_definition(v.oid) IS NOT NULL AND (pg_has_role(v.relowner, 'USAGE') OR pg_has_role('pg_monitor', 'USAGE'));
END;
COMMENT ON FUNCTION gapstats_internal.rollups() IS
'The roll-ups of this database, of owners whose rights the current user has; all of them for pg_monitor.';

CREATE VIEW rollup_health AS
SELECT r.rollup, h.owner, h.state, h.n_pending, h.last_success, h.last_run, h.last_status, h.last_error, h.schedule, h.next_run, p.place::integer, p.problem, p.fix
FROM gapstats_internal.rollups() AS r (rollup)
CROSS JOIN LATERAL gapstats_internal.rollup_state_or_why_not(r.rollup) AS h
LEFT JOIN LATERAL unnest(h.problems) WITH ORDINALITY AS p (problem, fix, place) ON true
WHERE h.owner IS NOT NULL;
GRANT SELECT ON rollup_health TO PUBLIC;
COMMENT ON VIEW rollup_health IS
'One row a problem of a roll-up, and one for a roll-up that has none: of those that belong to the current user or a role whose rights he has, and of all for pg_monitor and superusers.';
COMMENT ON COLUMN rollup_health.rollup IS 'the roll-up';
COMMENT ON COLUMN rollup_health.owner IS 'the role that owns it and whose rights it is merged with';
COMMENT ON COLUMN rollup_health.state IS 'exact, running, held (it is a copy, or has been given to another owner), failing (its last run did not succeed), incomplete (changes of its source may have been missed), overdue (a merge that was due did not happen; what it says is exact all the same), not scheduled (its job is gone), or broken (it is not whole, or a subscription writes to it)';
COMMENT ON COLUMN rollup_health.n_pending IS 'rows of changes that have not been merged: the more, the longer a reader takes';
COMMENT ON COLUMN rollup_health.last_success IS 'when its last successful run ended';
COMMENT ON COLUMN rollup_health.last_run IS 'when its last run ended, successful or not';
COMMENT ON COLUMN rollup_health.last_status IS 'running, succeeded, failed, held or canceled';
COMMENT ON COLUMN rollup_health.last_error IS 'why its last run did not succeed; for others than its owner the SQLSTATE only, where the words may hold values of students';
COMMENT ON COLUMN rollup_health.schedule IS 'the schedule of its pg_cron job, if the current user may see it';
COMMENT ON COLUMN rollup_health.next_run IS 'when that job is due next';
COMMENT ON COLUMN rollup_health.place IS '1 for the gravest problem; NULL if there is none';
COMMENT ON COLUMN rollup_health.problem IS 'what is wrong';
COMMENT ON COLUMN rollup_health.fix IS 'the line that puts it right; or, after "by hand: ", what is to be seen to';
