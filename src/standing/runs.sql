-- standing/runs: a row for each refresh of a thing that stands, whatever comes of it

CREATE FUNCTION gapstats_internal.end_run_in(runs regclass, ended bigint, new_status text, why text DEFAULT NULL, code text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format($sql$ UPDATE %s SET status = $2, ended_at = clock_timestamp(), error = $3, sqlstate = $4 WHERE run = $1 AND status = 'running' $sql$, runs)
	USING ended, new_status, why, code;
END
$$;
COMMENT ON FUNCTION gapstats_internal.end_run_in(regclass, bigint, text, text, text) IS
'Writes down in a table of runs how one ended, and the SQLSTATE if that was an error, unless it has ended already.';

CREATE FUNCTION gapstats_internal.begin_run_in(runs regclass, what text, is_alone boolean, held text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	other bigint;
	run bigint;
BEGIN
	IF is_alone THEN
		-- cut off by the end of their session, or by an error between their transactions
		EXECUTE format($sql$
			UPDATE %s
			SET status = 'failed', ended_at = clock_timestamp(), error = 'it was cut off'
			WHERE status = 'running' AND gapstats_internal.statement_is_running(pid, statement_start) IS NOT TRUE
			$sql$, runs);
		EXECUTE format($sql$ SELECT run FROM %s WHERE status = 'running' LIMIT 1 $sql$, runs) INTO other;
	END IF;
	EXECUTE format($sql$
		INSERT INTO %s (status, started_at, pid, statement_start)
		VALUES ('running', clock_timestamp(), pg_backend_pid(), statement_timestamp())
		RETURNING run
		$sql$, runs)
	INTO run;
	IF NOT is_alone OR other IS NOT NULL THEN
		PERFORM gapstats_internal.end_run_in(runs, run, 'skipped',
			CASE WHEN other IS NULL THEN format('another refresh or a change of the %s is under way', what) ELSE format('run %s is under way', other) END);
	ELSIF held IS NOT NULL THEN
		PERFORM gapstats_internal.end_run_in(runs, run, 'held', held);
	END IF;
	RETURN run;
END
$$;
COMMENT ON FUNCTION gapstats_internal.begin_run_in(regclass, text, boolean, text) IS
'Begins a run in a table of runs, and returns its number. It is skipped unless it keeps all others out (is_alone) and none is under way, and held if held says why.';

-- Refreshed every hour, a thing would have as many rows of runs as of nothing else.
CREATE FUNCTION gapstats_internal.last_runs_in(runs regclass)
RETURNS bigint[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	last bigint[];
BEGIN
	EXECUTE format($sql$ SELECT array_agg(l.run) FROM (SELECT max(r.run) FROM %s r WHERE r.status <> 'skipped' GROUP BY r.status = 'succeeded', r.status = 'running') AS l (run) $sql$, runs) INTO last;
	RETURN coalesce(last, '{}');
END
$$;
COMMENT ON FUNCTION gapstats_internal.last_runs_in(regclass) IS
'The runs in a table of runs that are never forgotten: the last that succeeded, the last that did not, and the last that runs.';

CREATE FUNCTION gapstats_internal.forget_runs_in(runs regclass, kept_for interval)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	last CONSTANT bigint[] := gapstats_internal.last_runs_in(runs);
BEGIN
	EXECUTE format('DELETE FROM %s r WHERE r.started_at < now() - $1 AND r.run <> ALL ($2)', runs) USING kept_for, last;
EXCEPTION WHEN OTHERS THEN
	-- whatever of its owner's keeps them is not to keep the thing from being refreshed
	RAISE WARNING 'old rows of % cannot be forgotten: %', runs, SQLERRM;
END
$$;
COMMENT ON FUNCTION gapstats_internal.forget_runs_in(regclass, interval) IS
'Deletes from a table of runs those that began longer ago, but the last ones.';

-- Whatever it was that the run waited for, nothing ends this: a statement_timeout strikes once.
CREATE FUNCTION gapstats_internal.note_lost_start_in(thing regclass, named text, outcome text, why text, code text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '1s'
AS $$
DECLARE
	runs CONSTANT regclass := to_regclass(named);
BEGIN
	IF gapstats_internal.belongs_with(runs, thing) THEN
		EXECUTE format('LOCK TABLE ONLY %s IN ROW EXCLUSIVE MODE', runs);
		-- now nobody puts another in its place
		IF gapstats_internal.belongs_with(runs, thing) AND to_regclass(named) = runs THEN
			EXECUTE format($sql$
				INSERT INTO %s (status, started_at, ended_at, error, sqlstate, pid, statement_start)
				VALUES ($1, statement_timestamp(), clock_timestamp(), $2, $3, pg_backend_pid(), statement_timestamp())
				$sql$, runs)
			USING outcome, why, code;
		END IF;
	END IF;
EXCEPTION WHEN OTHERS THEN
	-- the error of the run says it all the same
	NULL;
END
$$;
COMMENT ON FUNCTION gapstats_internal.note_lost_start_in(regclass, text, text, text, text) IS
'Writes a row into the table of runs of that name for one that was canceled, or waited in vain, before it had one; unless that would have to wait, too, or the table is not the thing''s own.';

CREATE FUNCTION gapstats_internal.raise_lost_run(what text, thing regclass, why text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF why IS NOT NULL THEN
		RAISE EXCEPTION 'run of % "%" could not begin: %', what, thing, why USING ERRCODE = 'triggered_action_exception';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.raise_lost_run(text, regclass, text) IS
'Raises an error if a run could not begin, which says why.';

CREATE FUNCTION gapstats_internal.raise_run(what text, thing regclass, run bigint, status text, error text, hint text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF status = 'skipped' THEN
		RAISE NOTICE 'run % of % "%" skipped: %', run, what, thing, error;
	ELSIF status <> 'succeeded' THEN
		RAISE EXCEPTION 'run % of % "%" %: %', run, what, thing, status, error
			USING ERRCODE = 'triggered_action_exception', HINT = hint;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.raise_run(text, regclass, bigint, text, text, text) IS
'Raises an error if a run failed, was canceled or is held, for a scheduler to record.';

CREATE FUNCTION gapstats_internal.tell_run(what text, thing regclass, run bigint, status text, error text, hint text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF status = 'skipped' THEN
		RAISE NOTICE 'refresh of % "%" skipped: %', what, thing, error;
	ELSIF status = 'held' THEN
		RAISE WARNING 'run % of % "%" is held: %', run, what, thing, error USING HINT = hint;
	ELSIF status <> 'succeeded' THEN
		RAISE WARNING 'refresh of % "%" %: %', what, thing, status, error USING HINT = hint;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.tell_run(text, regclass, bigint, text, text, text) IS
'Warns if a run failed, was canceled or is held; it is no error, which would undo the row that says so.';

CREATE FUNCTION gapstats_internal.check_primary(what text, thing regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF pg_is_in_recovery() THEN
		RAISE EXCEPTION '% "%" cannot be refreshed on a standby', what, thing
			USING ERRCODE = 'read_only_sql_transaction',
				  HINT = 'Refresh it on the primary server; the standby follows.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_primary(text, regclass) IS
'Raises an error if this server is a standby.';

-- The message is that of whatever the trigger does, and tells nothing of it.
CREATE FUNCTION gapstats_internal.failed_trigger(relations oid[], context text)
RETURNS text
LANGUAGE sql STABLE
RETURN (
	SELECT format('trigger "%s" on %s, function %s', t.tgname, t.tgrelid::regclass, t.tgfoid::regprocedure)
	FROM pg_trigger t
	JOIN pg_proc p ON p.oid = t.tgfoid
	JOIN pg_namespace n ON n.oid = p.pronamespace
	CROSS JOIN LATERAL (
		SELECT min(nullif(strpos(context, c.called), 0))
		FROM unnest(ARRAY[format('function %I()', p.proname), format('function %I.%I()', n.nspname, p.proname), format('function "%s"', p.proname)]) AS c (called)
	) f (place)
	WHERE t.tgrelid = ANY (relations) AND NOT t.tgisinternal AND f.place > 0
	-- one function may be several triggers'
	ORDER BY strpos(context, t.tgrelid::regclass::text) = 0, f.place, t.tgname
	LIMIT 1
);
COMMENT ON FUNCTION gapstats_internal.failed_trigger(oid[], text) IS
'The trigger on any of these relations whose function an error''s context names; NULL if none is.';

-- Of other errors the detail may be what a row holds.
CREATE FUNCTION gapstats_internal.run_error(relations oid[], message text, detail text, code text, context text)
RETURNS text
LANGUAGE sql STABLE
RETURN coalesce(gapstats_internal.failed_trigger(relations, context) || ': ', '') || message || CASE WHEN code = '55000' AND detail <> '' THEN ': ' || detail ELSE '' END;
COMMENT ON FUNCTION gapstats_internal.run_error(oid[], text, text, text, text) IS
'What is kept of an error that a run ended with: its message, of a query that means something else by now, what, and the trigger in which it was raised, if it was in one.';

-- What a source raises is in its own words, and they may hold what a row holds: invalid input syntax for type
-- integer: "Maria Lopez".
CREATE FUNCTION gapstats_internal.error_for_others(error text, code text, runs regclass)
RETURNS text
LANGUAGE sql STABLE
RETURN CASE
	WHEN error IN ('it was cut off', 'canceling statement due to statement timeout', 'canceling statement due to lock timeout', 'canceling statement due to user request') THEN error
	WHEN error IS NOT NULL THEN format('an error with SQLSTATE %s, whose words the owner sees in %s',
		coalesce(code || (
			SELECT format(' (%s)', c.words)
			FROM (VALUES ('08', 'connection exception'), ('0A', 'feature not supported'), ('21', 'cardinality violation'), ('22', 'data exception'), ('23', 'integrity constraint violation'),
				('25', 'invalid transaction state'), ('38', 'external routine exception'), ('39', 'external routine invocation exception'), ('3F', 'invalid schema name'),
				('40', 'transaction rollback'), ('42', 'syntax error or access rule violation'), ('44', 'check option violation'), ('53', 'insufficient resources'),
				('54', 'program limit exceeded'), ('55', 'object not in prerequisite state'), ('57', 'operator intervention'), ('58', 'system error'),
				('HV', 'foreign data wrapper error'), ('P0', 'raised by a function'), ('XX', 'internal error')) c (class, words)
			WHERE c.class = left(code, 2)), 'that is not known'), runs)
END;
COMMENT ON FUNCTION gapstats_internal.error_for_others(text, text, regclass) IS
'What is said of the error of a run to those who have not the rights of the owner, in whose table of runs it is: of what class it is, for its words may hold values of a source.';

CREATE FUNCTION gapstats_internal.may_know_values(owner oid)
RETURNS boolean
LANGUAGE sql STABLE
RETURN pg_has_role(gapstats_internal.caller(), owner, 'USAGE');
COMMENT ON FUNCTION gapstats_internal.may_know_values(oid) IS
'Whether whoever calls has the rights of the owner of a thing that stands, and so may be told what its sources hold.';
