-- report/health: is each report fresh, and if not, what to do

CREATE FUNCTION gapstats_internal.report_run_problem(report regclass, of_run bigint, tells_values boolean, OUT problem text, OUT fix text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	owner CONSTANT oid := (SELECT relowner FROM pg_class WHERE oid = report);
	again CONSTANT text := format('SELECT gapstats.refresh_report(%L);', report);
	run record;
	is_held CONSTANT boolean := gapstats_internal.thing_held_because(report) IS NOT NULL;
	is_released boolean;
BEGIN
	EXECUTE gapstats_internal.thing_sql(report, 'SELECT r.status, r.error, r.sqlstate FROM @runs r WHERE r.run = $1') INTO run USING of_run;
	EXECUTE gapstats_internal.thing_sql(report, 'SELECT d.options ? ''release'' FROM @definition d') INTO is_released;
	problem := CASE run.status WHEN 'running' THEN 'it was cut off' WHEN 'succeeded' THEN NULL ELSE run.error END;
	fix := CASE
		WHEN run.status = 'held' AND is_held THEN gapstats_internal.report_resume_fix(report, 'if it is to go on as it is')
		WHEN run.status = 'held' AND problem ~ ' would (go|be left)$' THEN format('if that is as it should be: SELECT gapstats.refresh_report(%L, accept => true);', report)
		WHEN run.status IN ('running', 'held', 'canceled') AND problem NOT LIKE '%statement timeout' THEN again
		WHEN run.status <> 'succeeded' THEN coalesce(
			gapstats_internal.run_fix(owner, run.status, problem, gapstats_internal.missing_grants(owner, (gapstats_internal.thing_query(report)).meaning), 'report''s rows', again,
				gapstats_internal.report_resume_fix(report, 'if that is as it should be')),
			CASE WHEN problem LIKE '%statement timeout' THEN gapstats_internal.timeout_fix(owner) END,
			(SELECT format('ALTER TABLE %s RENAME COLUMN %I TO %I;', report, c.name, left('own_' || c.name, 63)) FROM substring(problem FROM '^report .* has a column "(.*)" that is not its own$') AS c (name) WHERE c.name IS NOT NULL),
			CASE WHEN is_released AND run.sqlstate IN ('21000', '23514', '22000') THEN
				format('others keep what they were told last; if what was released is wrong, take it back with gapstats.withdraw_release, and if these are the students of another day, say so, or tell less of them, with gapstats.alter_report; then %s', again) END,
			CASE WHEN is_released AND run.sqlstate = '42P01' AND problem LIKE 'there is no ledger "%"' THEN
				format('say in its options with gapstats.alter_report what its ledger is called by now, or make one with gapstats.create_ledger; then %s', again) END,
			format('correct what the error names, or what the report is of with alter_report, then %s', again)) END;
	-- what is to be done is told of what it says
	IF run.status IN ('failed', 'canceled') AND NOT tells_values THEN
		problem := gapstats_internal.error_for_others(problem, run.sqlstate, gapstats_internal.thing_sql(report, '@runs')::regclass);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_run_problem(regclass, bigint, boolean) IS
'What is wrong with the last run of a report, and what to do about it; NULL if it succeeded. Without tells_values the words of an error are left out.';

-- Who says "suppress": false has thought of it.
CREATE FUNCTION gapstats_internal.report_readers_problem(report regclass, tells_values boolean, OUT problem text, OUT fix text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	options jsonb;
	readers text;
BEGIN
	EXECUTE gapstats_internal.thing_sql(report, 'SELECT d.options FROM @definition d') INTO options;
	IF options ? 'suppress' THEN
		RETURN;
	END IF;
	SELECT string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', ') INTO readers
	FROM pg_class c
	CROSS JOIN LATERAL (
		SELECT r.grantee, r.privilege_type FROM aclexplode(c.relacl) r
		UNION ALL
		SELECT r.grantee, r.privilege_type FROM pg_attribute t CROSS JOIN aclexplode(t.attacl) r WHERE t.attrelid = c.oid AND NOT t.attisdropped
	) a
	WHERE c.oid = report AND a.privilege_type = 'SELECT' AND a.grantee <> c.relowner;
	IF readers IS NULL THEN
		RETURN;
	END IF;
	problem := format('others may read it, and small groups are not hidden: %s', readers);
	-- options may name groups, and the missing are of few
	fix := CASE WHEN tells_values AND coalesce(options ->> 'estimates', '') !~ 'missing' THEN
			format('SELECT gapstats.alter_report(%L, options => %L);', report, coalesce(options, '{}') || '{"suppress": true}')
		ELSE format('REVOKE SELECT ON %s FROM %s;', report, readers) END;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_readers_problem(regclass, boolean) IS
'Who was granted a report that is not suppressed, unless its options say so, and what hides small groups from them. Without tells_values nothing of the options is told.';

CREATE FUNCTION gapstats_internal.report_state_as_owner(report regclass, is_home_of_cron boolean, is_orphaned boolean, OUT owner name, OUT state text, OUT last_success timestamptz,
														OUT last_run timestamptz, OUT last_status text, OUT last_error text, OUT schedule text, OUT next_run timestamptz,
														OUT problems gapstats_internal.problem_found[])
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET max_parallel_workers_per_gather = 0	-- what is refused here is not known there
AS $$
DECLARE
	tells_values CONSTANT boolean := gapstats_internal.may_know_values((SELECT relowner FROM pg_class WHERE oid = report));
	s record;
BEGIN
	PERFORM gapstats_internal.check_row_security(gapstats_internal.own_tables_beside(report), 'report'), gapstats_internal.check_parts(report, 'report'), gapstats_internal.check_definition(report, true), gapstats_internal.check_report_key(report);
	s := gapstats_internal.thing_state(report, tells_values);
	owner := s.owner;
	last_success := s.last_success;
	last_run := s.last_run;
	last_status := s.last_status;
	last_error := s.last_error;
	schedule := s.schedule;
	next_run := s.next_run;
	state := coalesce(s.state, CASE
		WHEN s.last_success IS NULL THEN 'never refreshed'
		WHEN s.is_overdue THEN 'stale'
		WHEN s.is_unscheduled THEN 'not scheduled'
		ELSE 'fresh' END);
	problems := ARRAY(
		SELECT ROW(p.problem, gapstats_internal.fix_text(p.fix))::gapstats_internal.problem_found
		FROM (
			SELECT 1, s.held, CASE WHEN s.held IS NOT NULL THEN gapstats_internal.report_resume_fix(report, 'if it is to go on as it is') END
			UNION ALL
			SELECT 2, r.* FROM gapstats_internal.report_run_problem(report, s.run, tells_values) AS r WHERE state <> 'running' AND s.held IS NULL
			UNION ALL
			SELECT 3, 'it has never been refreshed', format('SELECT gapstats.refresh_report(%L);', report) WHERE state = 'never refreshed'
			UNION ALL
			SELECT 4, j.* FROM gapstats_internal.thing_job_problem(report, state, s.held IS NOT NULL, s.is_overdue, is_home_of_cron, is_orphaned, tells_values) AS j
			UNION ALL
			SELECT 5, r.* FROM gapstats_internal.report_readers_problem(report, tells_values) AS r
		) AS p (place, problem, fix)
		WHERE p.problem IS NOT NULL
		ORDER BY p.place);
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_state_as_owner(regclass, boolean, boolean) IS
'report_state(), done as the report''s owner.';

CREATE FUNCTION gapstats_internal.report_state(report regclass, is_home_of_cron boolean, is_orphaned boolean, OUT owner name, OUT state text, OUT last_success timestamptz,
											   OUT last_run timestamptz, OUT last_status text, OUT last_error text, OUT schedule text, OUT next_run timestamptz,
											   OUT problems gapstats_internal.problem_found[])
AS 'MODULE_PATHNAME', 'done_for_monitors' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.report_state(regclass, boolean, boolean) IS
'How a report is, for those who have the rights of its owner or of pg_monitor; NULL for others. Its problems begin with the gravest. is_home_of_cron and is_orphaned are as of list_health().';

CREATE FUNCTION gapstats_internal.report_state_or_why_not(report regclass, OUT owner name, OUT state text, OUT last_success timestamptz, OUT last_run timestamptz, OUT last_status text,
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
		lost_job := gapstats_internal.lost_job(gapstats_internal.thing_command(report));
	END IF;
	SELECT s.* INTO owner, state, last_success, last_run, last_status, last_error, schedule, next_run, problems
	FROM gapstats_internal.report_state(report, gapstats_internal.pg_cron_setting('cron.database_name') = current_database(),
		CASE WHEN sees_all_jobs THEN lost_job IS NOT NULL END) s;
	problems := gapstats_internal.with_lost_job(problems, lost_job, owner, schedule);
EXCEPTION WHEN OTHERS THEN
	-- of a report that is not whole, or whatever it is that looks like one
	owner := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = report);
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	state := 'broken';
	problems := gapstats_internal.why_not((SELECT relowner FROM pg_class WHERE oid = report), CASE WHEN SQLSTATE = '55P03' THEN gapstats_internal.own_tables_beside(report) END, SQLERRM, SQLSTATE, hint, 'see what the error names');
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_state_or_why_not(regclass) IS
'The row of a report in report_health, with all of its problems; one that cannot be read does not keep others from being seen.';

CREATE VIEW report_health AS
SELECT r.report, h.owner, h.state, h.last_success, h.last_run, h.last_status, h.last_error, h.schedule, h.next_run, p.place::integer, p.problem, p.fix
FROM gapstats_internal.things('report') AS r (report)
CROSS JOIN LATERAL gapstats_internal.report_state_or_why_not(r.report) AS h
LEFT JOIN LATERAL unnest(h.problems) WITH ORDINALITY AS p (problem, fix, place) ON true
WHERE h.owner IS NOT NULL;
GRANT SELECT ON report_health TO PUBLIC;
COMMENT ON VIEW report_health IS
'One row a problem of a report, and one for a report that has none: of those that belong to the current user or a role whose rights he has, and of all for pg_monitor and superusers.';
COMMENT ON COLUMN report_health.report IS 'the report';
COMMENT ON COLUMN report_health.owner IS 'the role that owns it and whose rights it is refreshed with';
COMMENT ON COLUMN report_health.state IS 'fresh, running, held (too much of it would go, it is a copy, or it has been given to another owner), failing (its last run did not succeed), stale (a run that was due did not happen), not scheduled (its job is gone), never refreshed, or broken (it is not whole)';
COMMENT ON COLUMN report_health.last_success IS 'when its last successful run ended';
COMMENT ON COLUMN report_health.last_run IS 'when its last run ended, successful or not';
COMMENT ON COLUMN report_health.last_status IS 'running, succeeded, failed, held or canceled';
COMMENT ON COLUMN report_health.last_error IS 'why its last run did not succeed; for others than its owner the SQLSTATE only, where the words may hold values of students';
COMMENT ON COLUMN report_health.schedule IS 'the schedule of its pg_cron job, if the current user may see it';
COMMENT ON COLUMN report_health.next_run IS 'when that job is due next';
COMMENT ON COLUMN report_health.place IS '1 for the gravest problem; NULL if there is none';
COMMENT ON COLUMN report_health.problem IS 'what is wrong';
COMMENT ON COLUMN report_health.fix IS 'the line that puts it right; or, after "by hand: ", what is to be seen to';
