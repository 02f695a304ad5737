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
	EXECUTE gapstats_internal.thing_sql(rollup, 'SELECT r.status, r.error, r.sqlstate FROM @runs r WHERE r.run = $1') INTO run USING of_run;
	problem := CASE run.status WHEN 'running' THEN 'it was cut off' WHEN 'succeeded' THEN NULL ELSE run.error END;
	fix := CASE
		WHEN run.status = 'held' THEN 'if it is to go on as it is: ' || anew
		WHEN run.status IN ('running', 'canceled') AND problem NOT LIKE '%statement timeout' THEN again
		WHEN run.status = 'failed' AND problem LIKE 'more was taken away %' THEN anew
		WHEN run.status <> 'succeeded' THEN coalesce(
			gapstats_internal.run_fix(owner, run.status, problem, gapstats_internal.missing_grants(owner, (gapstats_internal.thing_query(rollup)).meaning), 'roll-up''s source', again, 'if that is as it should be: ' || anew),
			CASE WHEN problem LIKE '%statement timeout' THEN gapstats_internal.timeout_fix(owner) END,
			format('correct what the error names, then %s', again)) END;
	-- what is to be done is told of what it says
	IF run.status IN ('failed', 'canceled') AND NOT tells_values THEN
		problem := gapstats_internal.error_for_others(problem, run.sqlstate, gapstats_internal.thing_sql(rollup, '@runs')::regclass);
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
	missed text;
	s record;
BEGIN
	PERFORM gapstats_internal.check_row_security(gapstats_internal.own_tables_beside(rollup), 'roll-up'), gapstats_internal.check_parts(rollup, 'rollup'), gapstats_internal.check_unsubscribed(rollup);
	s := gapstats_internal.thing_state(rollup, tells_values);
	missed := gapstats_internal.rollup_recount_because(rollup);
	EXECUTE gapstats_internal.thing_sql(rollup, 'SELECT least(count(*), 2147483647) FROM ONLY @changes') INTO n_pending;
	owner := s.owner;
	last_success := s.last_success;
	last_run := s.last_run;
	last_status := s.last_status;
	last_error := s.last_error;
	schedule := s.schedule;
	next_run := s.next_run;
	state := coalesce(s.state, CASE
		WHEN missed IS NOT NULL THEN 'incomplete'
		WHEN s.is_overdue THEN 'overdue'
		WHEN s.is_unscheduled THEN 'not scheduled'
		ELSE 'exact' END);
	problems := ARRAY(
		SELECT ROW(p.problem, gapstats_internal.fix_text(p.fix))::gapstats_internal.problem_found
		FROM (
			SELECT 1, s.held, 'if it is to go on as it is: ' || anew
			UNION ALL
			SELECT 2, missed, CASE WHEN missed IS NOT NULL AND s.held IS NULL THEN format('SELECT gapstats.merge_rollup(%L);', rollup) ELSE anew END
			UNION ALL
			SELECT 3, r.* FROM gapstats_internal.rollup_run_problem(rollup, s.run, tells_values) AS r WHERE state <> 'running' AND s.held IS NULL
			UNION ALL
			SELECT 4, j.* FROM gapstats_internal.thing_job_problem(rollup, state, s.held IS NOT NULL, s.is_overdue, is_home_of_cron, is_orphaned, tells_values) AS j
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
		lost_job := gapstats_internal.lost_job(gapstats_internal.thing_command(rollup));
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
	problems := gapstats_internal.why_not((SELECT relowner FROM pg_class WHERE oid = rollup), CASE WHEN SQLSTATE = '55P03' THEN gapstats_internal.own_tables_beside(rollup) END, SQLERRM, SQLSTATE, hint, 'see what the error names');
END
$$;
COMMENT ON FUNCTION gapstats_internal.rollup_state_or_why_not(regclass) IS
'The row of a roll-up in rollup_health, with all of its problems; one that cannot be read does not keep others from being seen.';

CREATE VIEW rollup_health AS
SELECT r.rollup, h.owner, h.state, h.n_pending, h.last_success, h.last_run, h.last_status, h.last_error, h.schedule, h.next_run, p.place::integer, p.problem, p.fix
FROM gapstats_internal.things('rollup') AS r (rollup)
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
