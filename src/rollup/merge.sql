-- rollup/merge: what has changed since, taken into the base

CREATE FUNCTION gapstats_internal.keep_rollup_query(rollup regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	source CONSTANT regclass := gapstats_internal.rollup_source(rollup);
	d record;
BEGIN
	EXECUTE gapstats_internal.thing_sql(rollup, 'SELECT d.group_columns, d.measures FROM @definition d') INTO d;
	PERFORM gapstats_internal.check_rollup_source(source), gapstats_internal.check_rollup_columns(source, d.group_columns, d.measures), gapstats_internal.check_days_unique(source, d.group_columns, d.measures);
	EXECUTE gapstats_internal.thing_sql(rollup, $sql$
		UPDATE @definition
		SET source = $1, query = ($2).query, names_in = ($2).names_in, date_style = ($2).date_style, interval_style = ($2).interval_style, time_zone = ($2).time_zone,
			extra_float_digits = ($2).extra_float_digits, meaning = ($2).meaning, owners = gapstats_internal.owners_in(($2).meaning)
		$sql$)
	USING gapstats_internal.qualified(source), gapstats_internal.keep_query('source', gapstats_internal.rollup_query_text(source, d.group_columns, d.measures), 'pg_catalog, pg_temp');
END
$$;
COMMENT ON FUNCTION gapstats_internal.keep_rollup_query(regclass) IS
'Keeps the query that counts the source of a roll-up, as it is called and what it means now.';

CREATE FUNCTION gapstats_internal.count_source(rollup regclass, OUT n_changes integer, OUT n_groups integer)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	columns record;
BEGIN
	PERFORM gapstats_internal.capture_source(rollup), gapstats_internal.thing_is_at_home(rollup);
	SELECT string_agg(format('%I', c.name), ', ' ORDER BY c.place) AS names, string_agg(format('%I %s', c.name, c.declaration), ', ' ORDER BY c.place) AS declared INTO columns
	FROM gapstats_internal.kept_query_columns('source', gapstats_internal.thing_query(rollup)) WITH ORDINALITY AS c (name, type, type_mod, declaration, place);
	-- all that others read until this is committed; the next statement writes it anew
	EXECUTE gapstats_internal.thing_sql(rollup, 'DELETE FROM ONLY @base');
	-- in one statement, and so in one snapshot: what it does not count stays among the changes
	EXECUTE gapstats_internal.thing_sql(rollup, format('
		WITH counted_now AS (
			DELETE FROM ONLY @changes RETURNING 1
		), counted AS (
			INSERT INTO @base (%1$s) SELECT %1$s FROM gapstats_internal.run_kept_query(''source'', $1) AS s (%2$s) RETURNING 1
		)
		SELECT (SELECT count(*) FROM counted_now), (SELECT count(*) FROM counted)',
		replace(columns.names, '@', '@@'), replace(columns.declared, '@', '@@')))
	INTO n_changes, n_groups USING gapstats_internal.thing_query(rollup);
END
$$;
COMMENT ON FUNCTION gapstats_internal.count_source(regclass) IS
'Counts the source of a roll-up anew. Nobody waits who reads or writes: what writers do meanwhile stays among the changes. Returns how many rows of changes that made superfluous, and how many groups there are.';

CREATE FUNCTION gapstats_internal.merge_statements(rollup regclass, OUT merge text, OUT settle text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	d record;
BEGIN
	EXECUTE gapstats_internal.thing_sql(rollup, 'SELECT d.group_columns, d.measures FROM @definition d') INTO d;
	SELECT gapstats_internal.thing_sql(rollup, format($sql$
			WITH taken AS (
				DELETE FROM ONLY @changes RETURNING *
			), merged AS (
				INSERT INTO @base AS b (%1$s, %2$s)
				SELECT %1$s, %3$s FROM taken c GROUP BY %4$s
				ON CONFLICT (%1$s) DO UPDATE SET %5$s
				RETURNING 1
			)
			SELECT (SELECT count(*) FROM taken), (SELECT count(*) FROM merged)
			$sql$, g.names, c.names, c.summed, g.places, c.merged)),
		-- groups that are new, and of which rows were taken away again
		gapstats_internal.thing_sql(rollup, format('UPDATE ONLY @base c SET %s WHERE c.n_rows_removed > 0', c.settled))
	INTO merge, settle
	FROM (SELECT replace(string_agg(format('%I', u.name), ', ' ORDER BY u.place), '@', '@@') AS names, string_agg(u.place::text, ', ' ORDER BY u.place) AS places
		FROM unnest(d.group_columns) WITH ORDINALITY AS u (name, place)) AS g,
		(SELECT replace(string_agg(format('%I', r.name), ', ' ORDER BY r.place), '@', '@@') AS names, replace(string_agg(r.summed, ', ' ORDER BY r.place), '@', '@@') AS summed,
			replace(string_agg(format('%I = %s', r.name, r.merged), ', ' ORDER BY r.place), '@', '@@') AS merged,
			replace(string_agg(format('%I = %s', r.name, coalesce(r.read, r.merged)), ', ' ORDER BY r.place), '@', '@@') AS settled
		FROM gapstats_internal.rollup_columns(d.measures) r) AS c;
END
$$;
COMMENT ON FUNCTION gapstats_internal.merge_statements(regclass) IS
'The statements that take the changes of a roll-up into its base: first all, then what is to be settled of groups that are new.';

-- The errors of states do not know of what group they are.
CREATE FUNCTION gapstats_internal.unmergeable_group(rollup regclass)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_group text;
	one jsonb;
BEGIN
	EXECUTE gapstats_internal.thing_sql(rollup, $sql$ SELECT format('jsonb_build_object(%s)', string_agg(format('%L, t.%I', g.name, g.name), ', ')) FROM @definition d, unnest(d.group_columns) AS g (name) $sql$) INTO of_group;
	of_group := replace(of_group, '@', '@@');
	FOR one IN EXECUTE gapstats_internal.thing_sql(rollup, format('SELECT DISTINCT %s FROM @changes t', of_group)) LOOP
		BEGIN
			EXECUTE gapstats_internal.thing_sql(rollup, format('SELECT count(t::text) FROM @rollup t WHERE %s = $1', of_group)) USING one;
		EXCEPTION WHEN data_exception THEN
			RETURN one::text;
		END;
	END LOOP;
	EXECUTE gapstats_internal.thing_sql(rollup, format('SELECT min(%s::text) FROM @base t WHERE t.n_rows <= 0 AND t.n_rows <> t.n_rows_removed', of_group)) INTO of_group;
	RETURN of_group;
END
$$;
COMMENT ON FUNCTION gapstats_internal.unmergeable_group(regclass) IS
'A group of a roll-up from which more was taken away than it had; NULL if there is none.';

CREATE FUNCTION gapstats_internal.merge_changes(rollup regclass, OUT n_changes integer, OUT n_groups integer)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	statements record := gapstats_internal.merge_statements(rollup);
	is_short boolean;
	of_group text;
BEGIN
	BEGIN
		EXECUTE statements.merge INTO n_changes, n_groups;
		EXECUTE statements.settle;
		EXECUTE gapstats_internal.thing_sql(rollup, 'DELETE FROM ONLY @base WHERE n_rows = 0 AND n_rows_removed = 0');
		EXECUTE gapstats_internal.thing_sql(rollup, 'SELECT EXISTS (SELECT FROM ONLY @base WHERE n_rows < 0)') INTO is_short;
		IF is_short THEN
			RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value';
		END IF;
	EXCEPTION WHEN invalid_parameter_value THEN
		of_group := gapstats_internal.unmergeable_group(rollup);
		RAISE EXCEPTION 'more was taken away from group % than it had', coalesce(of_group, 'that nobody has any more')
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = format('Rows were changed while nothing captured it, as with triggers off: SELECT gapstats.rebuild_rollup(%L);', rollup);
	END;
END
$$;
COMMENT ON FUNCTION gapstats_internal.merge_changes(regclass) IS
'Takes the changes of a roll-up into its base: how many rows they were, of how many groups. Raises 22023, and names the group, if more was taken away than it had.';

CREATE FUNCTION gapstats_internal.rollup_recount_because(rollup regclass)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	source CONSTANT regclass := gapstats_internal.rollup_source(rollup);
	captured regclass[];
	d record;
BEGIN
	EXECUTE gapstats_internal.thing_sql(rollup, 'SELECT d.captured, d.group_columns, d.measures FROM @definition d') INTO d;
	captured := d.captured;
	-- the index may have been dropped, and the table distributed
	PERFORM gapstats_internal.check_not_of_citus(gapstats_internal.tables_of(source)), gapstats_internal.check_days_unique(source, d.group_columns, d.measures);
	IF captured[1] <> source THEN
		RETURN format('its source %s is another table', source);
	ELSIF captured <> gapstats_internal.tables_of(source) THEN
		RETURN format('its source %s has other partitions', source);
	END IF;
	RETURN (SELECT format('triggers of %s for %s are missing, or have been off', m.relation, string_agg(m.event, ', ' ORDER BY m.event)) FROM gapstats_internal.triggers_missing(rollup) m GROUP BY m.relation ORDER BY m.relation LIMIT 1);
END
$$;
COMMENT ON FUNCTION gapstats_internal.rollup_recount_because(regclass) IS
'Why a roll-up may have missed changes, so that its source is to be counted anew; NULL if it cannot have.';

CREATE FUNCTION gapstats_internal.begin_merge_as_owner(rollup regclass, accepts boolean)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	runs regclass;
	is_alone boolean;
BEGIN
	PERFORM gapstats_internal.check_primary('roll-up', rollup), gapstats_internal.check_unsubscribed(rollup);
	is_alone := gapstats_internal.lock_thing(rollup, 'rollup', accepts);
	PERFORM gapstats_internal.check_parts(rollup, 'rollup');
	runs := gapstats_internal.thing_sql(rollup, '@runs')::regclass;
	IF is_alone THEN
		PERFORM gapstats_internal.forget_runs_in(runs, interval '1 year');
		PERFORM gapstats_internal.follow_renames(rollup);
	END IF;
	RETURN gapstats_internal.begin_run_in(runs, 'roll-up', is_alone, CASE WHEN NOT accepts THEN gapstats_internal.thing_held_because(rollup) END);
END
$$;
COMMENT ON FUNCTION gapstats_internal.begin_merge_as_owner(regclass, boolean) IS
'begin_merge(), done as the roll-up''s owner.';

CREATE FUNCTION gapstats_internal.begin_merge(rollup regclass, accepts boolean)
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.begin_merge(regclass, boolean) IS
'Begins a run of a roll-up and returns its number. If another one is under way the run is skipped, unless it accepts what there is, and so waits; if the roll-up is a copy it is held, unless that is accepted.';

CREATE FUNCTION gapstats_internal.compute_merge_as_owner(rollup regclass, this bigint, accepts boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
DECLARE
	runs regclass;
	status text;
	because text;
	merged record;
	context text;
	detail text;
BEGIN
	runs := gapstats_internal.thing_sql(rollup, '@runs')::regclass;
	IF runs IS NULL THEN
		PERFORM gapstats_internal.raise_no_thing(rollup, 'rollup');
	END IF;
	EXECUTE format('SELECT r.status FROM %s r WHERE r.run = $1', runs) INTO status USING this;
	IF status IS DISTINCT FROM 'running' THEN
		RETURN;
	END IF;
	BEGIN
		PERFORM gapstats_internal.lock_thing(rollup, 'rollup', true), gapstats_internal.check_parts(rollup, 'rollup'), gapstats_internal.check_row_security(gapstats_internal.own_tables_beside(rollup), 'roll-up');
		because := CASE WHEN accepts THEN 'it was asked for' ELSE gapstats_internal.rollup_recount_because(rollup) END;
		IF because IS NOT NULL THEN
			PERFORM gapstats_internal.lock_missed(rollup);
		END IF;
		IF accepts THEN
			PERFORM gapstats_internal.keep_rollup_query(rollup);
		END IF;
		IF because IS NULL THEN
			SELECT * INTO merged FROM gapstats_internal.merge_changes(rollup);
		ELSE
			SELECT * INTO merged FROM gapstats_internal.count_source(rollup);
		END IF;
	EXCEPTION
		WHEN query_canceled THEN
			PERFORM gapstats_internal.end_run_in(runs, this, 'canceled', SQLERRM, SQLSTATE);
			RETURN;
		WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS context = PG_EXCEPTION_CONTEXT, detail = PG_EXCEPTION_DETAIL;
			PERFORM gapstats_internal.end_run_in(runs, this, 'failed', gapstats_internal.run_error(gapstats_internal.own_tables_beside(rollup), SQLERRM, detail, SQLSTATE, context), SQLSTATE);
			RETURN;
	END;
	EXECUTE format('UPDATE %s SET n_changes = $2, n_groups = $3, rebuilt_because = $4 WHERE run = $1', runs) USING this, merged.n_changes, merged.n_groups, because;
	PERFORM gapstats_internal.end_run_in(runs, this, 'succeeded');
END
$$;
COMMENT ON FUNCTION gapstats_internal.compute_merge_as_owner(regclass, bigint, boolean) IS
'compute_merge(), done as the roll-up''s owner.';

CREATE FUNCTION gapstats_internal.compute_merge(rollup regclass, this bigint, accepts boolean)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.compute_merge(regclass, bigint, boolean) IS
'Merges a roll-up for a run that is running, or counts its source anew if that was asked for or changes may have been missed, and writes down how that ended.';

CREATE FUNCTION gapstats_internal.merge_outcome_as_owner(rollup regclass, asked bigint, OUT run bigint, OUT status text, OUT n_changes integer, OUT n_groups integer, OUT rebuilt_because text,
														 OUT error text, OUT hint text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.thing_sql(rollup, 'SELECT r.run, r.status, r.n_changes, r.n_groups, r.rebuilt_because, r.error FROM @runs r WHERE r.run = $1')
	INTO run, status, n_changes, n_groups, rebuilt_because, error USING asked;
	IF status NOT IN ('succeeded', 'skipped') THEN
		hint := 'What has not been merged is still counted among its changes. ' || (SELECT upper(left(p.fix, 1)) || substr(p.fix, 2) FROM gapstats_internal.rollup_run_problem(rollup, asked, true) p);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.merge_outcome_as_owner(regclass, bigint) IS
'merge_outcome(), done as the roll-up''s owner.';

CREATE FUNCTION gapstats_internal.merge_outcome(rollup regclass, asked bigint, OUT run bigint, OUT status text, OUT n_changes integer, OUT n_groups integer, OUT rebuilt_because text, OUT error text, OUT hint text)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C STABLE;
COMMENT ON FUNCTION gapstats_internal.merge_outcome(regclass, bigint) IS
'How a run of a roll-up ended, and what is to be done about it.';

CREATE FUNCTION merge_rollup(rollup regclass, OUT run bigint, OUT status text, OUT n_changes integer, OUT n_groups integer, OUT rebuilt_because text, OUT error text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	this bigint;
	hint text;
BEGIN
	this := gapstats_internal.begin_merge(rollup, false);
	PERFORM gapstats_internal.compute_merge(rollup, this, false);
	SELECT o.* INTO run, status, n_changes, n_groups, rebuilt_because, error, hint FROM gapstats_internal.merge_outcome(rollup, this) o;
	PERFORM gapstats_internal.tell_run('roll-up', rollup, this, status, error, hint);
END
$$;
COMMENT ON FUNCTION merge_rollup(regclass) IS
'Takes what statements have changed since into the base of a roll-up, so that fewer rows are to be read with it: what it says is the same before and after. Returns the row of its runs: how many rows of changes it took, and of how many groups. Where changes may have been missed (another table bears the name of its source, partitions came or went, a trigger was disabled) the source is counted anew, and rebuilt_because says why. Nobody waits for it, readers and writers neither. A failure or a cancel leaves all as it was and gives a warning, not an error. If another merge is under way this one steps aside (skipped); a copy is held until rebuild_rollup. For roles with the rights of the roll-up''s owner. For pg_cron there is run_rollup.';

CREATE FUNCTION rebuild_rollup(rollup regclass, OUT run bigint, OUT status text, OUT n_changes integer, OUT n_groups integer, OUT rebuilt_because text, OUT error text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	this bigint;
	hint text;
BEGIN
	this := gapstats_internal.begin_merge(rollup, true);
	PERFORM gapstats_internal.compute_merge(rollup, this, true);
	SELECT o.* INTO run, status, n_changes, n_groups, rebuilt_because, error, hint FROM gapstats_internal.merge_outcome(rollup, this) o;
	PERFORM gapstats_internal.tell_run('roll-up', rollup, this, status, error, hint);
END
$$;
COMMENT ON FUNCTION rebuild_rollup(regclass) IS
'Counts the source of a roll-up anew, in one snapshot, and puts its triggers where they are missing. Nobody waits for it: readers see the old rows until it is committed, and what writers do meanwhile stays among the changes. In a transaction that has a snapshot of its own (REPEATABLE READ, SERIALIZABLE) it fails, as it would not know what others have truncated. Whoever calls it accepts what the roll-up is of: it goes on if it is a copy, has another owner, or its source belongs to another. For roles with the rights of the roll-up''s owner. Returns the row of its runs.';

CREATE FUNCTION gapstats_internal.raise_merge_outcome(rollup regclass, this bigint)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	outcome record := gapstats_internal.merge_outcome(rollup, this);
BEGIN
	PERFORM gapstats_internal.raise_run('roll-up', rollup, this, outcome.status, outcome.error, outcome.hint);
END
$$;
COMMENT ON FUNCTION gapstats_internal.raise_merge_outcome(regclass, bigint) IS
'Raises an error if a run of a roll-up failed, was canceled or is held.';

CREATE FUNCTION gapstats_internal.raise_lost_merge(rollup regclass, why text)
RETURNS void
LANGUAGE sql STABLE
RETURN gapstats_internal.raise_lost_run('roll-up', rollup, why);
COMMENT ON FUNCTION gapstats_internal.raise_lost_merge(regclass, text) IS
'Raises an error if a merge could not begin, which says why.';

-- As run_report(): no SET clause, and so no name without its schema
CREATE PROCEDURE run_rollup(rollup regclass)
LANGUAGE plpgsql
AS $$
DECLARE
	this pg_catalog.int8;
	why pg_catalog.text;
BEGIN
	COMMIT;
	BEGIN
		this := gapstats_internal.begin_merge(rollup, false);
	EXCEPTION
		WHEN query_canceled THEN
			why := SQLERRM;
			PERFORM gapstats_internal.note_lost_run(rollup, 'canceled', why, SQLSTATE);
		WHEN lock_not_available THEN
			why := SQLERRM;
			PERFORM gapstats_internal.note_lost_run(rollup, 'failed', why, SQLSTATE);
	END;
	COMMIT;
	PERFORM gapstats_internal.raise_lost_merge(rollup, why);
	PERFORM gapstats_internal.compute_merge(rollup, this, false);
	COMMIT;
	PERFORM gapstats_internal.raise_merge_outcome(rollup, this);
END
$$;
COMMENT ON PROCEDURE run_rollup(regclass) IS
'What pg_cron calls to merge a roll-up: as merge_rollup, but its run can be seen while it runs; and it ends with an error if the run failed or is held, for pg_cron to record. It cannot be called inside a transaction.';
