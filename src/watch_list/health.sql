-- watch_list/health: is each list fresh, and if not, what to do

CREATE FUNCTION gapstats_internal.list_job(list regclass, OUT job bigint, OUT schedule text, OUT active boolean, OUT last_message text)
LANGUAGE sql STABLE STRICT
BEGIN ATOMIC
	SELECT * FROM gapstats_internal.scheduled_job(list, gapstats_internal.job_name(list));
END;
COMMENT ON FUNCTION gapstats_internal.list_job(regclass) IS
'The pg_cron job of a watch list, as far as the current user may see it, with the message of its last run if that failed.';

CREATE FUNCTION gapstats_internal.list_job_problem(list regclass, job bigint, active boolean, last_message text, is_overdue boolean, is_home_of_cron boolean, is_orphaned boolean,
												   OUT problem text, OUT fix text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	given bigint;
BEGIN
	-- in a copy the number is another job's
	IF gapstats_internal.held_because(list) IS NULL THEN
		EXECUTE gapstats_internal.statement(list, 'SELECT job FROM @settings') INTO given;
	END IF;
	SELECT p.problem, p.fix INTO problem, fix
	FROM gapstats_internal.job_problem('lists', (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = list), job, active, last_message, is_overdue, is_home_of_cron, is_orphaned, given,
		format('SELECT gapstats.schedule_watch_list(%L, %L);', list, '0 5 * * *'), gapstats_internal.remote_schedule_statement(list, '0 5 * * *'),
		format('SELECT gapstats.refresh_watch_list(%L);', list), 'watch_list_problems',
		format('or, if another scheduler refreshes it, say how often: SELECT gapstats.change_settings(%L, %L);', list, '{"refreshed_within": "1 day 6 hours"}')) p;
END
$$;
COMMENT ON FUNCTION gapstats_internal.list_job_problem(regclass, bigint, boolean, text, boolean, boolean, boolean) IS
'What keeps pg_cron from refreshing a watch list, and the line that fixes it; NULL if nothing is known to.';

CREATE FUNCTION gapstats_internal.scheduler_problem(list regclass, last_success timestamptz, is_overdue boolean, OUT problem text, OUT fix text)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT p.problem, p.what || format('SELECT gapstats.refresh_watch_list(%L);', list)
	FROM (VALUES
		(last_success IS NULL, 'it has never been refreshed', ''),
		(is_overdue, 'it has not been refreshed within the time that its setting refreshed_within says', 'see why its scheduler does not refresh it; meanwhile: ')) p (is_so, problem, what)
	WHERE p.is_so;
END;
COMMENT ON FUNCTION gapstats_internal.scheduler_problem(regclass, timestamptz, boolean) IS
'That another scheduler than pg_cron does not refresh a watch list, and what to do; NULL if it does.';

CREATE FUNCTION gapstats_internal.missing_words(list regclass)
RETURNS TABLE (problem text, fix text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- the reasons of rules are words in the language that they were written in
	RETURN QUERY EXECUTE gapstats_internal.statement(list, $sql$
		SELECT format('no words in language %s for %s', s.language, string_agg(m.kind || ' "' || m.name || '"', ', ' ORDER BY m.place)),
			format('write them in the place of the dots: INSERT INTO %s (language, kind, name, words) VALUES %s%s;', $1, string_agg(format('(%L, %L, %L, ''...'')', s.language, m.kind, m.name), ', ' ORDER BY m.place),
				-- somebody has left the dots where they were
				CASE WHEN count(w.id) > 0 THEN ' ON CONFLICT (language, kind, name) DO UPDATE SET words = excluded.words' END)
		FROM (
			SELECT s.language, true FROM @settings s
			UNION ALL
			-- others that somebody has begun to write
			SELECT DISTINCT w.language, false
			FROM @words w
			WHERE w.language <> (SELECT s.language FROM @settings s)
			AND (w.kind = 'rule' OR w.language NOT IN (SELECT o.language FROM gapstats_internal.status_words() o))
		) s (language, is_own)
		CROSS JOIN (
			SELECT 0 AS place, 'status' AS kind, unnest('{at risk, watch, insufficient data, not assessed, on track}'::text[]) AS name
			UNION ALL
			SELECT r."position", 'rule', r.rule FROM @rules r WHERE r.superseded_at IS NULL AND r.state = 'on'
		) m
		LEFT JOIN @words w ON (w.language, w.kind, w.name) = (s.language, m.kind, m.name)
		WHERE gapstats_internal.told_words(w.words) IS NULL
		AND NOT (m.kind = 'rule' AND s.language = 'en')
		GROUP BY s.language, s.is_own
		ORDER BY s.is_own DESC, s.language
		$sql$)
	USING gapstats_internal.list_part(list, 'words');
	-- those of a rule that was dropped may be wanted again
	RETURN QUERY EXECUTE gapstats_internal.statement(list, $sql$
		SELECT format('words in language %s for rule "%s", which there never was', w.language, w.name),
			format('write the rule''s name, one of %s, in the place of the dots: UPDATE %s SET name = ''...'' WHERE (language, kind, name) = (%L, ''rule'', %L);',
				(SELECT string_agg(quote_literal(r.rule), ', ' ORDER BY r."position") FROM @rules r WHERE r.superseded_at IS NULL AND r.state <> 'dropped'), $1, w.language, w.name)
		FROM @words w
		WHERE w.kind = 'rule' AND w.name NOT IN (SELECT r.rule FROM @rules r)
		ORDER BY w.language COLLATE "C", w.name COLLATE "C"
		$sql$)
	USING gapstats_internal.list_part(list, 'words');
END
$$;
COMMENT ON FUNCTION gapstats_internal.missing_words(regclass) IS
'For what a watch list has no words in its own language, or in others that have some, and the line that adds them; and for which rules it has words that there never were.';

CREATE FUNCTION gapstats_internal.run_problem(list regclass, of_run bigint, tells_values boolean, OUT problem text, OUT fix text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run record;
	again CONSTANT text := format('SELECT gapstats.refresh_watch_list(%L);', list);
	owner CONSTANT oid := (SELECT relowner FROM pg_class WHERE oid = list);
	missing CONSTANT text := gapstats_internal.missing_grants(list);
	common text;
	words text;
	without_access CONSTANT text := format(' to take all access away until then: SELECT gapstats.unshare_watch_list(%L);', list);
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT r.run, r.status, r.rule, r.error, r.sqlstate, r.changes = s.changes AS is_of_list, r.n_next IS NOT NULL AND r.changes = s.changes AS is_publishable,
			s.shown AND (SELECT c.relispopulated FROM pg_class c WHERE c.oid = $2) AS shown
		FROM @runs r CROSS JOIN @settings s
		WHERE r.run = $1
		$sql$)
	INTO run USING of_run, list;
	problem := CASE run.status
		WHEN 'running' THEN 'it was cut off'
		WHEN 'succeeded' THEN CASE WHEN NOT run.shown THEN 'its last run was cut off before it was shown' END
		ELSE run.error END;
	-- what is to be done is told by the words
	words := problem;
	IF run.status IN ('failed', 'canceled') AND NOT tells_values THEN
		problem := gapstats_internal.error_for_others(words, run.sqlstate, gapstats_internal.list_part(list, 'runs')::regclass);
	END IF;
	PERFORM gapstats_internal.check_queries(list);
	common := gapstats_internal.run_fix(owner, run.status, words, missing, 'list''s queries', again, gapstats_internal.resume_fix(list, 'if that is as it should be'));
	fix := CASE
		WHEN run.status IN ('running', 'succeeded') THEN again
		WHEN run.status = 'held' AND run.is_publishable THEN
			format('if that is as it should be: SELECT gapstats.refresh_watch_list(%L, accept => %s);', list, run.run)
		-- what was changed, or granted, since is seen to by the next run
		WHEN NOT run.is_of_list THEN again
		WHEN common IS NOT NULL THEN common
		WHEN words LIKE 'time zone "%" not recognized' THEN gapstats_internal.zone_fix(list)
		WHEN starts_with(words, 'a watch list''s rows have a column ') THEN
			(SELECT format('take it off again, if nothing needs it: ALTER TABLE %s %s; then %s', a.attrelid::regclass, string_agg(format('DROP COLUMN %I', a.attname), ', ' ORDER BY a.attnum), again)
			FROM pg_attribute a
			JOIN pg_attribute s ON s.attrelid = a.attrelid AND s.attname = 'since'
			WHERE a.attrelid = gapstats_internal.list_part(list, 'current')::regclass AND a.attnum > s.attnum AND NOT a.attisdropped
			GROUP BY a.attrelid)
		WHEN run.rule IS NOT NULL THEN
			format('correct the data, or the rule with change_rule, or SELECT gapstats.switch_rule(%L, %L, false);', list, run.rule)
		WHEN words LIKE 'students query: student % is there more than once' THEN
			'correct the data, or the query with change_students; who is there more than once, the list''s owner finds by grouping its rows by student_id'
		WHEN words LIKE 'days query gives no day up to %' THEN
			format('load the days for which attendance was taken, or give the list another query of them: SELECT gapstats.change_students(%L, days_query => ''...'');', list)
		WHEN starts_with(words, 'viewers query:') THEN
			'correct what it reads, or give another with share_watch_list;' || without_access
		WHEN words LIKE '%statement timeout' THEN
			gapstats_internal.timeout_fix(owner)
		WHEN run.status IN ('held', 'canceled') THEN again
		WHEN starts_with(words, 'students query:') THEN
			format('correct what the students query reads, or give the list another: SELECT gapstats.change_students(%L, ''...'');', list)
			|| CASE WHEN gapstats_internal.viewer_column(list) IS NOT NULL THEN without_access ELSE ' then ' || again END
		WHEN starts_with(words, 'days query:') THEN
			format('correct what the query reads, or give the list another: SELECT gapstats.change_students(%L, days_query => ''...''); then %s', list, again)
		ELSE 'correct what the error names, then ' || again
	END;
EXCEPTION WHEN insufficient_privilege THEN
	GET STACKED DIAGNOSTICS fix = PG_EXCEPTION_HINT;
END
$$;
COMMENT ON FUNCTION gapstats_internal.run_problem(regclass, bigint, boolean) IS
'What is wrong with the last run of a watch list, and what to do about it: it failed, is held, was canceled or cut off (its status still is running), or what it published is not shown; NULL if it is well. Without tells_values the words of an error are left out.';

-- As the last run found them
CREATE FUNCTION gapstats_internal.viewing_problems(list regclass, of_run bigint)
RETURNS TABLE (problem text, fix text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY EXECUTE gapstats_internal.statement(list, $sql$
		SELECT v.problem, 'correct what the viewers query reads, then ' || $2
		FROM @runs r
		CROSS JOIN LATERAL (VALUES
			(1, format('rows of the viewers query without a viewer or without a student: %s', r.n_without_viewer), r.n_without_viewer),
			(2, format('students whom no viewer sees: %s', r.n_unseen), r.n_unseen)) v (place, problem, n)
		WHERE r.run = $1 AND v.n > 0 AND EXISTS (SELECT FROM @queries q WHERE q.part = 'viewers')
		ORDER BY v.place
		$sql$)
	USING of_run, format('SELECT gapstats.refresh_watch_list(%L);', list);
END
$$;
COMMENT ON FUNCTION gapstats_internal.viewing_problems(regclass, bigint) IS
'What the viewers query of a watch list left out in a run: rows that are nobody''s, and students whom nobody sees.';

-- Of viewers in whose name nobody acts.  Members of a group read with what they were granted
-- themselves, so of a group it is not known.
CREATE FUNCTION gapstats_internal.viewers_problems(list regclass, tells_values boolean)
RETURNS TABLE (problem text, fix text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	schema CONSTANT regnamespace := (SELECT relnamespace FROM pg_class WHERE oid = list);
	viewer record;
BEGIN
	-- the names are in an index that holds each as often as there are students
	FOR viewer IN EXECUTE gapstats_internal.statement(list, $sql$
		WITH RECURSIVE viewer (name) AS (
			SELECT min(viewer) FROM @viewers
			UNION ALL
			SELECT (SELECT min(v.viewer) FROM @viewers v WHERE v.viewer > n.name) FROM viewer n WHERE n.name IS NOT NULL
		)
		SELECT p.place, min(n.name) AS name, count(*) - 1 AS n_others, string_agg(quote_ident(n.name), ', ' ORDER BY n.name) AS names,
			string_agg(quote_literal(r.oid::regrole), ', ' ORDER BY n.name) AS roles
		FROM viewer n
		LEFT JOIN pg_roles r ON r.rolname::text = n.name
		CROSS JOIN LATERAL (VALUES
			(0, r.oid IS NULL),
			(1, NOT has_table_privilege(r.oid, @oid_mine, 'SELECT')),
			(2, NOT has_schema_privilege(r.oid, $1, 'USAGE'))) p (place, is_so)
		WHERE n.name IS NOT NULL AND p.is_so
		AND NOT EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = r.oid AND pg_has_role(m.member, r.oid, 'USAGE'))
		AND NOT EXISTS (SELECT FROM pg_class c CROSS JOIN aclexplode(c.relacl) a WHERE c.oid = @oid_acting AND a.grantee <> c.relowner)
		GROUP BY p.place
		ORDER BY p.place
		$sql$)
	USING schema::oid LOOP
		IF viewer.place = 0 AND NOT tells_values THEN
			-- it may be something else than a name, where the query gives the wrong column
			problem := format('viewers who are no role: %s', 1 + viewer.n_others);
			fix := 'correct the names in what the viewers query reads, or create such roles; which they are its owner is told';
			RETURN NEXT;
			CONTINUE;
		END IF;
		problem := format('viewer %I%s %s', viewer.name, CASE WHEN viewer.n_others > 0 THEN format(' (and %s more)', viewer.n_others) END,
			CASE viewer.place WHEN 0 THEN 'is no role' WHEN 1 THEN 'may not read it' ELSE 'may not use its schema' END);
		fix := CASE viewer.place
			WHEN 0 THEN CASE
				WHEN viewer.n_others > 0 THEN
					format('correct in what the viewers query reads, or create as roles, the names that this gives: SELECT viewer FROM %s EXCEPT SELECT rolname FROM pg_roles;',
						gapstats_internal.list_part(list, 'viewers'))
				WHEN octet_length(viewer.name) BETWEEN 1 AND 63 AND viewer.name NOT IN ('public', 'none') AND NOT starts_with(viewer.name, 'pg_') THEN
					format('correct the name in what the viewers query reads, or if there is to be such a role: CREATE ROLE %I;', viewer.name)
				ELSE 'correct the name in what the viewers query reads' END
			WHEN 1 THEN format('if %s to read it: ' || CASE viewer.n_others WHEN 0 THEN 'SELECT gapstats.grant_watch_list(%L, ''read'', %s);'
				ELSE 'SELECT gapstats.grant_watch_list(%L, ''read'', role) FROM unnest(ARRAY[%s]::regrole[]) AS role;' END,
				viewer.names || CASE viewer.n_others WHEN 0 THEN ' is' ELSE ' are' END, list, viewer.roles)
			ELSE format('if %2$s to use the schema: GRANT USAGE ON SCHEMA %1$s TO %3$s;', schema, viewer.names || CASE viewer.n_others WHEN 0 THEN ' is' ELSE ' are' END, viewer.names) END;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.viewers_problems(regclass, boolean) IS
'Why viewers of a watch list cannot read it, and the lines that fix it, as far as is known, unless somebody acts for viewers, who need no roles then.';

-- PostgreSQL lets it be renamed, and then no run begins.
CREATE FUNCTION gapstats_internal.check_name_of(list regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.check_list_name((SELECT relname FROM pg_class WHERE oid = list));
EXCEPTION WHEN name_too_long THEN
	RAISE EXCEPTION '%, and it is not refreshed under it', SQLERRM
		USING ERRCODE = 'name_too_long',
			  HINT = format('ALTER MATERIALIZED VIEW %s RENAME TO %I;', list, gapstats_internal.list_base(list));
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_name_of(regclass) IS
'Raises an error if a watch list has been given a name that is too long for one, with the line that gives it its name before.';

-- Zones come and go with the server's time zone data, so no constraint keeps a wrong one out.
CREATE FUNCTION gapstats_internal.zone_fix(list regclass)
RETURNS text
LANGUAGE sql STABLE
RETURN format('say in which time zone its days begin and end, as in that of this session: SELECT gapstats.change_settings(%L, %L);',
	list, jsonb_build_object('time_zone', current_setting('TimeZone')));
COMMENT ON FUNCTION gapstats_internal.zone_fix(regclass) IS
'What mends a watch list with a time zone that PostgreSQL does not know.';

CREATE FUNCTION gapstats_internal.check_zone_of(list regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.today(list);
EXCEPTION WHEN invalid_parameter_value THEN
	RAISE EXCEPTION '%', SQLERRM USING ERRCODE = 'invalid_parameter_value', HINT = gapstats_internal.zone_fix(list);
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_zone_of(regclass) IS
'Raises an error, with the line that mends it, if the time zone of a watch list is none.';

CREATE FUNCTION gapstats_internal.list_health_as_owner(list regclass, is_home_of_cron boolean, is_orphaned boolean, OUT owner name, OUT state text, OUT as_of date, OUT last_success timestamptz,
													   OUT last_run timestamptz, OUT last_status text, OUT last_error text, OUT schedule text,
													   OUT next_run timestamptz, OUT problems gapstats_internal.problem_found[])
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET max_parallel_workers_per_gather = 0	-- what is refused here is not known there
AS $$
DECLARE
	tells_values CONSTANT boolean := gapstats_internal.may_know_values((SELECT relowner FROM pg_class WHERE oid = list));
	cron_zone CONSTANT text := coalesce(nullif(gapstats_internal.pg_cron_setting('cron.timezone'), ''), 'GMT');
	held text;
	job record;
	last record;
	succeeded record;
	is_lost boolean;
	is_overdue boolean;
	days record;
BEGIN
	owner := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = list);
	PERFORM gapstats_internal.check_schema(list, 'watch list'), gapstats_internal.check_row_security(gapstats_internal.own_parts(list), 'list'), gapstats_internal.check_list(list), gapstats_internal.check_name_of(list), gapstats_internal.check_zone_of(list);
	held := gapstats_internal.held_because(list);
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT r.*, s.shown, s.refreshed_within, gapstats_internal.statement_is_running(r.pid, r.statement_start) IS TRUE AS is_running
		FROM @settings s
		LEFT JOIN LATERAL (SELECT * FROM @runs r WHERE r.status <> 'skipped' ORDER BY r.run DESC LIMIT 1) r ON true
		$sql$) INTO last;
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT r.run, r.ended_at, r.as_of, (r.ended_at AT TIME ZONE s.time_zone)::date AS ended_on
		FROM @settings s
		CROSS JOIN LATERAL (SELECT * FROM @runs r WHERE r.status = 'succeeded' ORDER BY r.run DESC LIMIT 1) r
		$sql$) INTO succeeded;
	-- what runs on another server cannot be seen from a standby
	is_lost := last.status = 'running' AND NOT last.is_running AND NOT pg_is_in_recovery();
	as_of := succeeded.as_of;
	last_success := succeeded.ended_at;
	last_run := coalesce(last.ended_at, last.started_at);
	last_status := last.status;
	last_error := CASE WHEN is_lost THEN 'it was cut off' WHEN tells_values OR last.status NOT IN ('failed', 'canceled') THEN last.error
		ELSE gapstats_internal.error_for_others(last.error, last.sqlstate, gapstats_internal.list_part(list, 'runs')::regclass) END;
	job := gapstats_internal.list_job(list);
	schedule := job.schedule;
	IF job.active THEN
		next_run := gapstats_internal.next_run(schedule, now(), cron_zone);
	END IF;
	days := gapstats_internal.days_problem(list, succeeded.run);

	-- a run that is due has some minutes to succeed
	is_overdue := CASE
		WHEN last.refreshed_within IS NOT NULL THEN last_success < now() - last.refreshed_within
		WHEN schedule IS NULL THEN succeeded.ended_on < gapstats_internal.today(list) - 1
		ELSE gapstats_internal.next_run(schedule, last_success, cron_zone) < now() - interval '5 minutes' END;
	state := CASE
		WHEN held IS NOT NULL THEN 'held'
		WHEN last.status = 'running' AND NOT is_lost OR NOT last.shown AND last.is_running THEN 'running'
		WHEN last.status = 'held' THEN 'held'
		WHEN last.status <> 'succeeded' THEN 'failing'
		WHEN last_success IS NULL THEN 'never refreshed'
		WHEN NOT last.shown OR is_overdue OR days.problem IS NOT NULL THEN 'stale'
		WHEN schedule IS NULL AND last.refreshed_within IS NULL AND gapstats_internal.has_pg_cron() THEN 'not scheduled'
		ELSE 'fresh'
	END;

	problems := ARRAY(
		SELECT ROW(p.problem, gapstats_internal.fix_text(p.fix))::gapstats_internal.problem_found
		FROM (
			SELECT 1, held, CASE WHEN held IS NOT NULL THEN gapstats_internal.resume_fix(list, 'if it is to go on as it is') END, 1
			UNION ALL
			-- before it is resumed it is held for that
			SELECT 2, r.* FROM gapstats_internal.run_problem(list, last.run, tells_values) WITH ORDINALITY AS r WHERE state <> 'running' AND (held IS NULL OR last.status <> 'held')
			UNION ALL
			-- what keeps a list from being fresh tomorrow matters less than who cannot read it today
			SELECT CASE WHEN is_overdue OR state IN ('never refreshed', 'not scheduled') THEN 3 ELSE 6 END, j.*
			FROM gapstats_internal.list_job_problem(list, job.job, job.active,
				-- what a run ended with it has told already
				CASE WHEN state NOT IN ('failing', 'held', 'running') OR job.last_message LIKE 'connection failed%' THEN gapstats_internal.job_message(job.last_message, tells_values) END,
				is_overdue AND state <> 'running', is_home_of_cron, is_orphaned) WITH ORDINALITY AS j
			WHERE last.refreshed_within IS NULL OR job.job IS NOT NULL
			UNION ALL
			SELECT 3, e.* FROM gapstats_internal.scheduler_problem(list, last_success, is_overdue) WITH ORDINALITY AS e
			WHERE last.refreshed_within IS NOT NULL AND job.job IS NULL AND state IN ('stale', 'never refreshed')
			UNION ALL
			SELECT 3, days.problem, days.fix, 2
			UNION ALL
			-- not what is written there: a superuser may do what "fix" says
			SELECT 4, s.* FROM gapstats_internal.shortcomings(list, succeeded.run, tells_values) WITH ORDINALITY AS s
			UNION ALL
			SELECT 5, v.* FROM gapstats_internal.viewers_problems(list, tells_values) WITH ORDINALITY AS v
			UNION ALL
			SELECT 7, u.* FROM gapstats_internal.viewing_problems(list, succeeded.run) WITH ORDINALITY AS u
			UNION ALL
			SELECT 8, w.* FROM gapstats_internal.missing_words(list) WITH ORDINALITY AS w
		) AS p (place, problem, fix, number)
		WHERE p.problem IS NOT NULL
		ORDER BY p.place, p.number);
END
$$;
COMMENT ON FUNCTION gapstats_internal.list_health_as_owner(regclass, boolean, boolean) IS
'list_health(), done as the list''s owner.';

CREATE FUNCTION gapstats_internal.list_health(list regclass, is_home_of_cron boolean, is_orphaned boolean, OUT owner name, OUT state text, OUT as_of date, OUT last_success timestamptz, OUT last_run timestamptz,
							OUT last_status text, OUT last_error text, OUT schedule text, OUT next_run timestamptz, OUT problems gapstats_internal.problem_found[])
AS 'MODULE_PATHNAME', 'done_for_monitors' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.list_health(regclass, boolean, boolean) IS
'How a watch list is, for those who have the rights of its owner or of pg_monitor; NULL for others. Its problems begin with the gravest. is_home_of_cron says, as its caller knows it, that pg_cron is to be installed in this database; is_orphaned, that its job is of a role that there is not, or, if NULL, that the caller cannot know.';

CREATE FUNCTION gapstats_internal.list_health_or_why_not(list regclass, OUT owner name, OUT state text, OUT as_of date, OUT last_success timestamptz, OUT last_run timestamptz,
							OUT last_status text, OUT last_error text, OUT schedule text, OUT next_run timestamptz, OUT problems gapstats_internal.problem_found[])
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	sees_all_jobs CONSTANT boolean := gapstats_internal.has_pg_cron() AND (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
	lost_job bigint;
	hint text;
BEGIN
	-- the job of a role that was renamed is nobody's, and nobody but a superuser sees it
	IF sees_all_jobs THEN
		lost_job := gapstats_internal.lost_job(gapstats_internal.job_command(list));
	END IF;
	-- where pg_cron belongs is not for everybody to see
	SELECT h.* INTO owner, state, as_of, last_success, last_run, last_status, last_error, schedule, next_run, problems
	FROM gapstats_internal.list_health(list, gapstats_internal.pg_cron_setting('cron.database_name') = current_database(),
		CASE WHEN sees_all_jobs THEN lost_job IS NOT NULL END) h;
	problems := gapstats_internal.with_lost_job(problems, lost_job, owner, schedule);
EXCEPTION WHEN OTHERS THEN
	-- of a list that is not whole, or whatever it is that looks like one
	owner := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = list);
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	state := 'broken';
	problems := gapstats_internal.why_not((SELECT relowner FROM pg_class WHERE oid = list), CASE WHEN SQLSTATE = '55P03' THEN gapstats_internal.own_parts(list) END, SQLERRM, SQLSTATE, hint,
		format('if it is a watch list: SELECT gapstats.repair_watch_list(%L); else give the table another name', list));
END
$$;
COMMENT ON FUNCTION gapstats_internal.list_health_or_why_not(regclass) IS
'The row of a watch list in watch_list_health, with all of its problems; one that cannot be read does not keep others from being seen.';

CREATE FUNCTION gapstats_internal.watch_lists()
RETURNS SETOF regclass
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT coalesce(gapstats_internal.list_itself(t.oid), t.oid)::regclass
	FROM pg_class t
	WHERE t.relkind = 'r' AND t.relname ~ '_current$' AND (pg_has_role(t.relowner, 'USAGE') OR pg_has_role('pg_monitor', 'USAGE'))
	AND gapstats_internal.list_base(t.oid) IS NOT NULL;
END;
COMMENT ON FUNCTION gapstats_internal.watch_lists() IS
'The watch lists of this database, found by their tables, of owners whose rights the current user has; all of them for pg_monitor. A list that has lost its view is its table of students.';

CREATE FUNCTION gapstats_internal.remains_of_lists()
RETURNS SETOF regclass
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT DISTINCT ON (r.base) t.oid
	FROM pg_class t
	CROSS JOIN gapstats_internal.remains(t.oid) r
	WHERE t.relkind = 'r' AND t.relname ~ '_(history|rules)$' AND (pg_has_role(t.relowner, 'USAGE') OR pg_has_role('pg_monitor', 'USAGE'))
	AND r.base IS NOT NULL
	ORDER BY r.base, t.relname;
END;
COMMENT ON FUNCTION gapstats_internal.remains_of_lists() IS
'The history, or if that is lost the rules, of watch lists that have lost their students or settings; of owners as watch_lists().';

CREATE FUNCTION gapstats_internal.lists_told_of()
RETURNS SETOF regclass
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT gapstats_internal.watch_lists()
	UNION ALL
	SELECT gapstats_internal.remains_of_lists();
END;
COMMENT ON FUNCTION gapstats_internal.lists_told_of() IS
'The watch lists of watch_list_health, whole and not.';

CREATE VIEW watch_list_health AS
SELECT l.list, h.owner, h.state, h.as_of, h.last_success, h.last_run, h.last_status, h.last_error, h.schedule, h.next_run, h.problems[1].problem, h.problems[1].fix
FROM gapstats_internal.lists_told_of() AS l (list)
CROSS JOIN LATERAL gapstats_internal.list_health_or_why_not(l.list) AS h
WHERE h.owner IS NOT NULL;
GRANT SELECT ON watch_list_health TO PUBLIC;
COMMENT ON VIEW watch_list_health IS
'One row a watch list: of those that belong to the current user or a role whose rights he has, and of all for pg_monitor and superusers.';
COMMENT ON COLUMN watch_list_health.list IS 'the list';
COMMENT ON COLUMN watch_list_health.owner IS 'the role that owns it and whose rights it is refreshed with';
COMMENT ON COLUMN watch_list_health.state IS 'fresh, running, held (by what moved, or because it is a copy), failing (its last run did not succeed), stale (a run that was due did not happen, or was cut off before it was shown; without a schedule, it was not refreshed yesterday or today, or within refreshed_within, if it has that setting; or no attendance has come in for more than 2 school days, or 10 days that may be such), not scheduled, never refreshed, or broken (it is not whole, its name is too long, its owner may not use its schema, or its time zone is none: no run begins, or none succeeds)';
COMMENT ON COLUMN watch_list_health.as_of IS 'the day that it was computed for';
COMMENT ON COLUMN watch_list_health.last_success IS 'when its last successful run ended';
COMMENT ON COLUMN watch_list_health.last_run IS 'when its last run ended, successful or not';
COMMENT ON COLUMN watch_list_health.last_status IS 'running, succeeded, failed, held or canceled';
COMMENT ON COLUMN watch_list_health.last_error IS 'why its last run did not succeed; for others than its owner the SQLSTATE only, where the words may hold values of students';
COMMENT ON COLUMN watch_list_health.schedule IS 'the schedule of its pg_cron job, if the current user may see it';
COMMENT ON COLUMN watch_list_health.next_run IS 'when that job is due next';
COMMENT ON COLUMN watch_list_health.problem IS 'what is wrong, if something is: the gravest, of several that watch_list_problems has';
COMMENT ON COLUMN watch_list_health.fix IS 'the line that puts it right; or, after "by hand: ", what is to be seen to';

CREATE VIEW watch_list_problems AS
SELECT l.list, h.owner, h.state, p.place::integer, p.problem, p.fix
FROM gapstats_internal.lists_told_of() AS l (list)
CROSS JOIN LATERAL gapstats_internal.list_health_or_why_not(l.list) AS h
CROSS JOIN LATERAL unnest(h.problems) WITH ORDINALITY AS p (problem, fix, place)
WHERE h.owner IS NOT NULL;
GRANT SELECT ON watch_list_problems TO PUBLIC;
COMMENT ON VIEW watch_list_problems IS
'One row a problem of a watch list, of those lists that watch_list_health has.';
COMMENT ON COLUMN watch_list_problems.list IS 'the list';
COMMENT ON COLUMN watch_list_problems.owner IS 'the role that owns it and whose rights it is refreshed with';
COMMENT ON COLUMN watch_list_problems.state IS 'how the list is, as watch_list_health says';
COMMENT ON COLUMN watch_list_problems.place IS '1 for the gravest, which watch_list_health has, too';
COMMENT ON COLUMN watch_list_problems.problem IS 'what is wrong';
COMMENT ON COLUMN watch_list_problems.fix IS 'the line that puts it right; or, after "by hand: ", what is to be seen to';
