-- watch_list/run: bringing a watch list up to date
--
-- A run begins (a row says that it is running), evaluates (reads the sources, and writes what
-- would change to the list's table "next"), and publishes (writes what changes, and what
-- follows from it).  run_watch_list() commits between these, so that no lock on a source is
-- held while publishing and a session that ends leaves the list as it was.

-- A run may have been accepted by somebody else between its evaluation and its end.
CREATE FUNCTION gapstats_internal.end_run(list regclass, ended bigint, new_status text, why text DEFAULT NULL, code text DEFAULT NULL, failed_rule text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF failed_rule IS NOT NULL THEN
		EXECUTE gapstats_internal.statement(list, $sql$ UPDATE @runs SET rule = $2 WHERE run = $1 AND status = 'running' $sql$) USING ended, failed_rule;
	END IF;
	PERFORM gapstats_internal.end_run_in(gapstats_internal.list_part(list, 'runs')::regclass, ended, new_status, why, code);
END
$$;
COMMENT ON FUNCTION gapstats_internal.end_run(regclass, bigint, text, text, text, text) IS
'Writes down how a run of a watch list ended, and the SQLSTATE if that was an error, unless it has ended already.';

CREATE FUNCTION gapstats_internal.begin_run_as_owner(list regclass)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked integer;
	run bigint;
BEGIN
	PERFORM gapstats_internal.check_primary('watch list', list);
	PERFORM gapstats_internal.bring_forward_as_owner(list);
	PERFORM gapstats_internal.check_list(list);
	EXECUTE gapstats_internal.statement(list, 'SELECT 1 FROM @settings FOR UPDATE SKIP LOCKED') INTO locked;
	IF locked IS NOT NULL THEN
		PERFORM gapstats_internal.follow_rename(list);
		PERFORM gapstats_internal.keep_grants(list);
	END IF;
	run := gapstats_internal.begin_run_in(gapstats_internal.list_part(list, 'runs')::regclass, 'list', locked IS NOT NULL, gapstats_internal.held_because(list));
	EXECUTE gapstats_internal.statement(list, 'UPDATE @runs r SET changes = s.changes FROM @settings s WHERE r.run = $1') USING run;
	RETURN run;
END
$$;
COMMENT ON FUNCTION gapstats_internal.begin_run_as_owner(regclass) IS
'begin_run(), done as the list''s owner.';

CREATE FUNCTION gapstats_internal.begin_run(list regclass)
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.begin_run(regclass) IS
'Begins a run of a watch list and returns its number. If another one is under way the run is skipped; if the list is a copy it is held.';

CREATE FUNCTION gapstats_internal.note_lost_start_as_owner(list regclass, outcome text, why text, code text)
RETURNS void
LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT gapstats_internal.note_lost_start_in(list, gapstats_internal.list_part(list, 'runs'), outcome, why, code);
END;
COMMENT ON FUNCTION gapstats_internal.note_lost_start_as_owner(regclass, text, text, text) IS
'note_lost_start(), done as the list''s owner.';

CREATE FUNCTION gapstats_internal.note_lost_start(list regclass, outcome text, why text, code text)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.note_lost_start(regclass, text, text, text) IS
'Writes a row for a run of a watch list that was canceled, or waited in vain, before it had one; unless that would have to wait, too, or the table of runs is not the list''s own.';

CREATE FUNCTION gapstats_internal.rules_to_run(list regclass)
RETURNS gapstats_internal.rule_query[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rules gapstats_internal.rule_query[];
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT coalesce(array_agg(ROW(
			r.rule, r."position", r.version, b.version,
			gapstats_internal.question(to_jsonb(b)) IS NOT DISTINCT FROM gapstats_internal.question(to_jsonb(r)),
			gapstats_internal.read_query($1, 'rule', r.rule),
			gapstats_internal.read_condition($1, r.rule),
			r.comparison, r.threshold, r.clear_at, r.thresholds_by,
			ARRAY(SELECT k FROM jsonb_object_keys(r.thresholds) k ORDER BY k),
			ARRAY(SELECT (r.thresholds ->> k)::numeric FROM jsonb_object_keys(r.thresholds) k ORDER BY k),
			r.severity, r.points)::gapstats_internal.rule_query ORDER BY r."position"), '{}')
		FROM @rules r
		LEFT JOIN @run_rules u ON u.rule = r.rule AND u.run = (SELECT max(run) FROM @runs WHERE status = 'succeeded')
		LEFT JOIN @rules b ON b.rule = u.rule AND b.version = u.version
		WHERE r.superseded_at IS NULL AND r.state = 'on'
		$sql$)
	INTO rules USING list;
	RETURN rules;
END
$$;
COMMENT ON FUNCTION gapstats_internal.rules_to_run(regclass) IS
'The rules of a watch list that are on, in their order.';

CREATE FUNCTION gapstats_internal.empty_next(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.statement(list, 'LOCK TABLE @next IN ACCESS EXCLUSIVE MODE NOWAIT');
	EXECUTE gapstats_internal.statement(list, 'TRUNCATE @next');
EXCEPTION WHEN lock_not_available THEN
	EXECUTE gapstats_internal.statement(list, 'DELETE FROM @next');
END
$$;
COMMENT ON FUNCTION gapstats_internal.empty_next(regclass) IS
'Empties what a watch list''s last run found, without waiting for those who read it or have the list''s parts locked.';

-- What has no value yet in a new school year is not kept by what it was in the last
CREATE FUNCTION gapstats_internal.held_values(is_new_year boolean)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN format($sql$
	SELECT coalesce(v.student_id, f.student_id) AS student_id, %1$s, f.since, v."values", %2$s AS states, v.clearing
	FROM @values v
	FULL JOIN (SELECT * FROM @flags WHERE cleared_at IS NULL) f ON f.student_id @equals v.student_id
	$sql$, CASE WHEN is_new_year THEN 'NULL::text[] AS rules' ELSE 'f.rules' END, CASE WHEN is_new_year THEN 'translate(v.states, ''MDX'', ''mdx'')' ELSE 'v.states' END);
COMMENT ON FUNCTION gapstats_internal.held_values(boolean) IS
'The statement that gives what a run is to know of what a watch list''s rules said before: the values, and what the open flags stand for, of students whose values are lost as well; of the first run for a school year without what flagged a student when it last had a value.';

CREATE FUNCTION gapstats_internal.evaluate(list regclass, run bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	settings record;
	days date[];
	day date;
	found record;
BEGIN
	EXECUTE gapstats_internal.statement(list, 'SELECT * FROM @settings') INTO settings;
	PERFORM gapstats_internal.set_as_of(gapstats_internal.today(list));
	days := gapstats_internal.school_days(list);
	day := gapstats_internal.last_day(list, days);
	PERFORM gapstats_internal.set_as_of(day);
	PERFORM gapstats_internal.empty_next(list);
	found := gapstats_internal.evaluate_watch_list(
		gapstats_internal.read_query(list, 'students'), gapstats_internal.rules_to_run(list),
		settings.combination, settings.at_risk_at, settings.watch_at, day, days, settings.clear_after,
		gapstats_internal.statement(list, 'SELECT * FROM @current'),
		gapstats_internal.statement(list, gapstats_internal.held_values(gapstats_internal.begins_school_year(list, day))),
		gapstats_internal.statement(list, 'INSERT INTO @next SELECT * FROM changed'),
		gapstats_internal.statement(list, format($sql$
			INSERT INTO @run_rules (run, rule, "position", version, n_rows, n_without_id, n_matched, n_values, n_unusable, n_not_applicable, n_flagged, empty_groups, milliseconds)
			SELECT %s, rule, "position", version, n_rows, n_without_id, n_matched, n_values, n_unusable, n_not_applicable, n_flagged, empty_groups, milliseconds
			FROM evaluated
			$sql$, run)));
	-- of arrays, statistics cost much and serve nothing here
	EXECUTE gapstats_internal.statement(list, 'ANALYZE @next (student_id, status, change)');
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @runs
		SET as_of = $2, school_days = $8, (combination, at_risk_at, watch_at) = (SELECT combination, at_risk_at, watch_at FROM @settings), students = $3, n_without_id = $4, n_unusable = $5, flagged = $6, n_next = $7 + (SELECT count(*) FROM @next_viewers v WHERE v.run = $1)
		WHERE run = $1
		$sql$)
	USING run, day, found.students, found.without_id, found.unusable, found.flagged, found.changed,
		-- publishing holds no lock on a source, and may come much later
		(SELECT array_agg(d) FROM unnest(days) AS d WHERE d >= day)::gapstats.dayset;
END
$$;
COMMENT ON FUNCTION gapstats_internal.evaluate(regclass, bigint) IS
'Evaluates a watch list for a run: what would change is in its table "next" then, and what was counted of the rules beside the run.';

CREATE FUNCTION gapstats_internal.evaluate_run_as_owner(list regclass, run bigint)
RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	message text;
	detail text;
	code text;
	context text;
	outcome text;
	moved text;
	viewers_moved text;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	EXECUTE gapstats_internal.statement(list, 'SELECT r.status, r.moved FROM @runs r WHERE r.run = $1') INTO outcome, viewers_moved USING run;
	IF outcome IS DISTINCT FROM 'running' THEN
		RETURN outcome;
	END IF;
	BEGIN
		PERFORM gapstats_internal.evaluate(list, run);
		moved := gapstats_internal.what_moved(list, run);
	EXCEPTION
		WHEN query_canceled THEN
			PERFORM gapstats_internal.end_run(list, run, 'canceled', SQLERRM, SQLSTATE);
			RETURN 'canceled';
		WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, code = RETURNED_SQLSTATE, context = PG_EXCEPTION_CONTEXT;
			PERFORM gapstats_internal.end_run(list, run, 'failed', concat_ws('; ', gapstats_internal.run_error(gapstats_internal.own_parts(list), message, detail, code, context), viewers_moved), code,
				gapstats_internal.failed_rule(list, message));
			RETURN 'failed';
	END;
	IF moved IS NOT NULL THEN
		PERFORM gapstats_internal.end_run(list, run, 'held', moved);
		RETURN 'held';
	END IF;
	RETURN 'running';
END
$$;
COMMENT ON FUNCTION gapstats_internal.evaluate_run_as_owner(regclass, bigint) IS
'evaluate_run(), done as the list''s owner.';

CREATE FUNCTION gapstats_internal.failed_rule(list regclass, message text)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	failed text;
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT rule FROM @rules
		WHERE superseded_at IS NULL AND (starts_with($1, format('rule "%s":', rule)) OR starts_with($1, format('applies_to of rule "%s":', rule)))
		ORDER BY length(rule) DESC
		LIMIT 1
		$sql$)
	INTO failed USING message;
	RETURN failed;
END
$$;
COMMENT ON FUNCTION gapstats_internal.failed_rule(regclass, text) IS
'The rule with which an error message begins; NULL if it is about something else.';

CREATE FUNCTION gapstats_internal.evaluate_run(list regclass, run bigint)
RETURNS text
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.evaluate_run(regclass, bigint) IS
'Evaluates a watch list for a run that is running, and returns how it stands then: running, if it may be published, or failed, canceled or held, which its row explains.';

-- Nobody is to be thought on track because nobody was asked about her.
CREATE FUNCTION gapstats_internal.shortcomings(list regclass, of_run bigint, tells_values boolean)
RETURNS TABLE (problem text, fix text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY EXECUTE gapstats_internal.statement(list, $sql$
		SELECT s.problem, s.fix
		FROM @runs r
		CROSS JOIN LATERAL (
			SELECT 0 AS place, 0 AS "position", format('rows of its %s are lost, or too many: they do not agree with its students', array_to_string(r.parts_unlike, ' and ')) AS problem,
				format('Restore them from a backup; which they are: SELECT * FROM gapstats_internal.disagreement(%L); or, to begin anew, import what export_watch_list gives as another list.', $1) AS fix
			WHERE r.parts_unlike <> '{}'
			UNION ALL
			SELECT 1, 0, format('rows of the students query without a student_id, who are not on the list: %s', r.n_without_id),
				'Give them one, or leave them out in the query, with change_students.'
			WHERE r.n_without_id > 0
			UNION ALL
			SELECT 2, 0, 'no rule is on, so no student is assessed', 'Add one with add_rule, or switch one on with switch_rule.'
			WHERE r.students > 0 AND NOT EXISTS (SELECT FROM @run_rules u WHERE u.run = r.run)
			UNION ALL
			SELECT 3, u."position", format('rule "%s": rows of its query without a student: %s', u.rule, u.n_without_id),
				'Correct the data, or leave them out in the query, with change_rule.'
			FROM @run_rules u
			WHERE u.run = r.run AND u.n_without_id > 0
			UNION ALL
			SELECT 4, u."position", format('rule "%s" applies to no student', u.rule), 'Look at its condition: change_rule(list, rule, applies_to => ...).'
			FROM @run_rules u
			WHERE u.run = r.run AND u.n_not_applicable = r.students AND r.students > 0
			UNION ALL
			SELECT 5, u."position", e.*
			FROM @run_rules u
			JOIN @rules v ON v.rule = u.rule AND v.version = u.version
			CROSS JOIN LATERAL gapstats_internal.empty_groups_problem($1, u.rule, v.thresholds_by, v.thresholds, u.empty_groups, $4) e
			WHERE u.run = r.run AND u.empty_groups <> '{}' AND r.students > 0
			UNION ALL
			SELECT 6, b."position", format('counts by %I: its %s groups are too small to be shown', f.group_column, f.groups),
				format('Publish counts by a column of fewer groups, and take these back: SELECT gapstats.unpublish_counts(%L, %L);', $1, f.group_column)
			FROM (SELECT array_agg(group_column), max(minimum) FROM @breakdowns) k ("columns", minimum)
			CROSS JOIN LATERAL gapstats_internal.columns_of_few($1, k."columns", k.minimum) f
			JOIN @breakdowns b ON b.group_column = f.group_column
			UNION ALL
			-- as many as would hold a run, were they students who go
			SELECT 7, u."position", format('rule "%s": students whose value is given more than once or is no finite number: %s of %s', u.rule, u.n_unusable, u.n_unusable + u.n_values),
				format('Correct the data, or the query with change_rule; who they are, and why: SELECT * FROM %s;', $3)
			FROM @run_rules u
			CROSS JOIN @settings s
			WHERE u.run = r.run AND (u.n_unusable > s.change_floor OR gapstats_internal.is_too_much(u.n_unusable, u.n_unusable + u.n_values, s.max_students_change, 0))
		) s
		WHERE r.run = $2
		ORDER BY s.place, s."position"
		$sql$)
	USING list, of_run, gapstats_internal.list_part(list, 'unusable'), tells_values;
END
$$;
COMMENT ON FUNCTION gapstats_internal.shortcomings(regclass, bigint, boolean) IS
'What falls short in a run of a watch list although it succeeds, and what to do about it: rows that are lost, rows that are nobody''s, no rules, rules that apply to nobody, thresholds of groups that there are not, counts by groups that are too small, rules many of whose values are none. tells_values: whether values of the students may be among it.';

-- The planner takes a handful of settings and rules for thousands of rows, and would compile for seconds.
CREATE FUNCTION gapstats_internal.publish_run_as_owner(list regclass, published bigint, OUT newly_flagged integer, OUT escalated integer, OUT cleared integer)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
DECLARE
	is_new_year boolean;
	run record;
	short record;
BEGIN
	PERFORM gapstats_internal.check_primary('watch list', list);
	PERFORM gapstats_internal.check_list(list);
	-- a run that evaluates empties what is read here, and may lock the settings afterwards
	EXECUTE gapstats_internal.statement(list, 'LOCK TABLE @next IN ACCESS SHARE MODE');
	EXECUTE gapstats_internal.statement(list, 'SELECT FROM @settings FOR UPDATE');
	PERFORM gapstats_internal.check_resumed(list);
	-- what is next is of the last run that got so far
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT r.*, r.status IN ('running', 'held') AND r.n_next IS NOT NULL AS is_publishable, r.changes = s.changes AS is_current,
			r.run = (SELECT max(run) FROM @runs WHERE n_next IS NOT NULL) AS is_last,
			r.n_next = (SELECT count(*) FROM @next) + (SELECT count(*) FROM @next_viewers v WHERE v.run = r.run) AS is_whole,
			NOT EXISTS (SELECT FROM @runs WHERE status = 'succeeded') AS is_first
		FROM @runs r CROSS JOIN @settings s
		WHERE r.run = $1
		$sql$)
	INTO run USING published;
	IF NOT (run.is_publishable AND run.is_current AND run.is_last AND run.is_whole) IS TRUE THEN
		RAISE EXCEPTION 'run % of watch list "%" cannot be published', published, list
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = CASE
					WHEN run.run IS NULL THEN 'There is no such run.'
					WHEN NOT run.is_publishable THEN format('It has ended: %s.', concat_ws(', ', run.status, run.error))
					WHEN NOT run.is_current THEN 'The list has been changed since it began.'
					WHEN NOT run.is_last THEN 'There has been another run since.'
					ELSE 'What it found is gone: it does not outlive a crash, the promotion of a standby, or a later change of who may see whom.' END,
				  HINT = 'Refresh the list again.';
	END IF;
	PERFORM gapstats_internal.publish_viewers(list, published);
	PERFORM gapstats_internal.set_as_of(run.as_of);
	PERFORM gapstats_internal.write_current(list);
	is_new_year := gapstats_internal.begins_school_year(list, run.as_of);
	PERFORM gapstats_internal.write_history(list, published, run.as_of, is_new_year);
	PERFORM gapstats_internal.end_what_is_of_nobody(list, published, run.as_of);
	SELECT * INTO newly_flagged, escalated, cleared FROM gapstats_internal.write_flags(list, published, run.as_of, is_new_year);
	PERFORM gapstats_internal.write_counts(list);
	PERFORM gapstats_internal.note_lost_rows(list, published);
	SELECT string_agg(s.problem, '; ' ORDER BY s.place) AS problem, string_agg(s.fix, ' ' ORDER BY s.place) AS fix INTO short
	FROM (
		SELECT string_agg(k.problem, '; ' ORDER BY k.ordinality) AS problem, k.fix, min(k.ordinality) AS place
		FROM gapstats_internal.shortcomings(list, published, true) WITH ORDINALITY AS k
		GROUP BY k.fix
	) s;
	IF run.is_first THEN
		PERFORM gapstats_internal.analyze_list(list);
	END IF;
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @settings SET shown = false WHERE EXISTS (SELECT FROM @next WHERE change IN ('n', 'c', 'g'))
		$sql$);
	PERFORM gapstats_internal.take_back_days(list, run.as_of);
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @runs
		SET status = 'succeeded', ended_at = clock_timestamp(), newly_flagged = $2, escalated = $3, cleared = $4,
			n_unseen = CASE WHEN EXISTS (SELECT FROM @queries q WHERE q.part = 'viewers') THEN
				(SELECT count(*) FROM @current c WHERE NOT EXISTS (SELECT FROM @viewers v WHERE v.student_id @equals c.student_id)) END,
			problem = $5, fix = $6, moved = error, error = NULL, accepted_by = CASE WHEN status = 'held' OR pid <> pg_backend_pid() THEN gapstats_internal.caller() END
		WHERE run = $1
		$sql$)
	USING published, newly_flagged, escalated, cleared, short.problem, short.fix;
	-- anybody may listen, so it says where to look and not what is there
	IF newly_flagged + escalated + cleared > 0 THEN
		PERFORM pg_notify('gapstats_watch_list', json_build_object('list', list, 'at', now())::text);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.publish_run_as_owner(regclass, bigint) IS
'publish_run(), done as the list''s owner.';

CREATE FUNCTION gapstats_internal.publish_run(list regclass, published bigint, OUT newly_flagged integer, OUT escalated integer, OUT cleared integer)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.publish_run(regclass, bigint) IS
'Publishes what a run of a watch list found: the rows that differ, the history, flags and alarms. Errors: it has been published or has failed; another run, a change of the list or a crash came between; the list is a copy.';

-- Outside of what is done as the owner: REFRESH ... CONCURRENTLY makes a temporary table,
-- and does so safely for whoever calls.
CREATE FUNCTION gapstats_internal.show_run(list regclass, run bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
BEGIN
	IF gapstats_internal.begin_to_show(list, run) THEN
		-- one that a dump in two parts has left empty cannot be refreshed so
		EXECUTE format('REFRESH MATERIALIZED VIEW %s %s', (SELECT 'CONCURRENTLY' FROM pg_class WHERE oid = list AND relispopulated), list);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.show_run(regclass, bigint) IS
'Refreshes a watch list from its table of students, if a run has changed anything that the list shows: this one, or one before that was cut off.';

-- What is written here is undone if the list is not refreshed.
CREATE FUNCTION gapstats_internal.begin_to_show_as_owner(list regclass, run bigint)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	written bigint;
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @settings SET shown = true
		WHERE (NOT shown OR NOT (SELECT c.relispopulated FROM pg_class c WHERE c.oid = $2)) AND EXISTS (SELECT FROM @runs r WHERE r.run = $1 AND r.status <> 'skipped')
		$sql$)
	USING run, list;
	GET DIAGNOSTICS written = ROW_COUNT;
	RETURN written > 0;
END
$$;
COMMENT ON FUNCTION gapstats_internal.begin_to_show_as_owner(regclass, bigint) IS
'begin_to_show(), done as the list''s owner.';

CREATE FUNCTION gapstats_internal.begin_to_show(list regclass, run bigint)
RETURNS boolean
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.begin_to_show(regclass, bigint) IS
'Whether a watch list does not show what its table of students holds, which its caller puts right in the same transaction. A run that steps aside leaves that to the one that it steps aside for.';

CREATE FUNCTION gapstats_internal.run_outcome_as_owner(list regclass, asked bigint, OUT run bigint, OUT status text, OUT students integer, OUT flagged integer,
													   OUT newly_flagged integer, OUT escalated integer, OUT cleared integer, OUT rule text, OUT error text,
													   OUT problem text, OUT hint text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	fix text;
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT r.run, r.status, r.students, r.flagged, r.newly_flagged, r.escalated, r.cleared, r.rule, r.error, r.problem, r.fix
		FROM @runs r
		WHERE r.run = $1
		$sql$)
	INTO run, status, students, flagged, newly_flagged, escalated, cleared, rule, error, problem, hint USING asked;
	IF status = 'succeeded' THEN
		RETURN;
	END IF;
	fix := CASE WHEN status = 'held' AND gapstats_internal.held_because(list) IS NOT NULL
		THEN gapstats_internal.resume_fix(list, 'to let it go on')
		ELSE (gapstats_internal.run_problem(list, asked, true)).fix END;
	hint := 'The list stays as the last successful refresh left it. ' || upper(left(fix, 1)) || substr(fix, 2);
END
$$;
COMMENT ON FUNCTION gapstats_internal.run_outcome_as_owner(regclass, bigint) IS
'run_outcome(), done as the list''s owner.';

CREATE FUNCTION gapstats_internal.run_outcome(list regclass, asked bigint, OUT run bigint, OUT status text, OUT students integer, OUT flagged integer,
											  OUT newly_flagged integer, OUT escalated integer, OUT cleared integer, OUT rule text, OUT error text,
											  OUT problem text, OUT hint text)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C STABLE;
COMMENT ON FUNCTION gapstats_internal.run_outcome(regclass, bigint) IS
'How a run of a watch list ended, and what is to be done about it; if it succeeded, about the problem that there is all the same.';

CREATE FUNCTION refresh_watch_list(list regclass, accept bigint DEFAULT NULL, OUT run bigint, OUT status text, OUT students integer, OUT flagged integer,
								   OUT newly_flagged integer, OUT escalated integer, OUT cleared integer, OUT rule text, OUT error text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET gapstats.as_of = ''
AS $$
DECLARE
	this bigint := coalesce(accept, gapstats_internal.begin_run(list));
	problem text;
	hint text;
BEGIN
	IF accept IS NOT NULL THEN
		PERFORM gapstats_internal.publish_run(list, this);
	ELSE
		PERFORM gapstats_internal.refresh_viewers(list, this);
		PERFORM gapstats_internal.try_to_publish(list, this, gapstats_internal.evaluate_run(list, this));
	END IF;
	PERFORM gapstats_internal.show_run(list, this);
	SELECT o.* INTO run, status, students, flagged, newly_flagged, escalated, cleared, rule, error, problem, hint
	FROM gapstats_internal.run_outcome(list, this) o;
	PERFORM gapstats_internal.tell_run('watch list', list, this, status, error, hint);
	IF status = 'succeeded' AND problem IS NOT NULL THEN
		RAISE WARNING 'watch list "%": %', list, problem USING HINT = hint;
	END IF;
END
$$;
COMMENT ON FUNCTION refresh_watch_list(regclass, bigint) IS
'Brings a watch list up to date, and returns the row of its runs that says what came of it: when, how many students, how many flagged, newly flagged, escalated and cleared, or the rule that failed and its error. Readers never wait; a row that did not change is not written. A failure or a cancel leaves the list as it was and gives a warning, not an error, so that the run is recorded. A run that would change more than the list''s settings allow is held: the list stays as it was, and accept, the number of that run, publishes what it found and nothing else. If another refresh is under way this one steps aside. If students'' standings changed, it notifies channel gapstats_watch_list with a JSON object: list, and at, the time that the list''s events carry. For roles with the rights of the list''s owner; everything in the list runs with the owner''s rights. For pg_cron there is run_watch_list.';

-- No SET clause: it would keep the procedure from committing.  So nothing here looks up a
-- name in the caller's search path: no operator, no function or type without its schema.
CREATE PROCEDURE run_watch_list(list regclass)
LANGUAGE plpgsql
AS $$
DECLARE
	this pg_catalog.int8;
	outcome pg_catalog.text;
	why pg_catalog.text;
BEGIN
	COMMIT;
	BEGIN
		this := gapstats_internal.begin_run(list);
	EXCEPTION
		WHEN query_canceled THEN
			why := SQLERRM;
			PERFORM gapstats_internal.note_lost_start(list, 'canceled', why, SQLSTATE);
		WHEN lock_not_available THEN
			why := SQLERRM;
			PERFORM gapstats_internal.note_lost_start(list, 'failed', why, SQLSTATE);
	END;
	COMMIT;
	PERFORM gapstats_internal.raise_lost_run('watch list', list, why);
	PERFORM gapstats_internal.refresh_viewers(list, this);
	COMMIT;
	outcome := gapstats_internal.evaluate_run(list, this);
	COMMIT;
	outcome := gapstats_internal.try_to_publish(list, this, outcome);
	COMMIT;
	PERFORM gapstats_internal.show_run(list, this);
	COMMIT;
	PERFORM gapstats_internal.raise_outcome(list, this);
END
$$;
COMMENT ON PROCEDURE run_watch_list(regclass) IS
'What pg_cron calls to bring a watch list up to date: as refresh_watch_list, but it commits on the way, so that its run can be seen while it runs and no lock on a source is held while it publishes; and it ends with an error if the run failed or is held, for pg_cron to record. It cannot be called inside a transaction.';

CREATE FUNCTION gapstats_internal.try_to_publish(list regclass, this bigint, outcome text)
RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	context text;
BEGIN
	IF outcome = 'running' THEN
		PERFORM gapstats_internal.publish_run(list, this);
		RETURN 'succeeded';
	END IF;
	RETURN outcome;
EXCEPTION
	WHEN query_canceled THEN
		PERFORM gapstats_internal.fail_run(list, this, 'canceled', SQLERRM, SQLSTATE);
		RETURN 'canceled';
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS context = PG_EXCEPTION_CONTEXT;
		PERFORM gapstats_internal.fail_run(list, this, 'failed', gapstats_internal.run_error(gapstats_internal.own_parts(list), SQLERRM, '', SQLSTATE, context), SQLSTATE);
		RETURN 'failed';
END
$$;
COMMENT ON FUNCTION gapstats_internal.try_to_publish(regclass, bigint, text) IS
'Publishes a run that may be published; an error is written down.';

CREATE FUNCTION gapstats_internal.fail_run_as_owner(list regclass, this bigint, new_status text, why text, code text)
RETURNS void
LANGUAGE sql
BEGIN ATOMIC
	SELECT gapstats_internal.end_run(list, this, new_status, why, code);
END;
COMMENT ON FUNCTION gapstats_internal.fail_run_as_owner(regclass, bigint, text, text, text) IS
'fail_run(), done as the list''s owner.';

CREATE FUNCTION gapstats_internal.fail_run(list regclass, this bigint, new_status text, why text, code text)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.fail_run(regclass, bigint, text, text, text) IS
'Writes down that a run of a watch list failed or was canceled, and why; unless somebody else has published it meanwhile.';

CREATE FUNCTION gapstats_internal.raise_outcome(list regclass, this bigint)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	outcome record := gapstats_internal.run_outcome(list, this);
BEGIN
	PERFORM gapstats_internal.raise_run('watch list', list, this, outcome.status, outcome.error, outcome.hint);
END
$$;
COMMENT ON FUNCTION gapstats_internal.raise_outcome(regclass, bigint) IS
'Raises an error if a run of a watch list failed, was canceled or is held.';
