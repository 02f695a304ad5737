-- report/refresh: bringing a report that stands up to date
--
-- All of a refresh is one transaction, whose rows are seen at once or not at all; run_report() commits only the row
-- that says that it runs.

CREATE FUNCTION gapstats_internal.fit_report(report regclass, may_change_types boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	d record;
	wrong text;
	changes text;
	comments text;
	wanted text[];
BEGIN
	EXECUTE gapstats_internal.thing_sql(report, 'SELECT d.columns, d.strata, d.period, d.options FROM @definition d') INTO d;
	SELECT array_agg(c.name ORDER BY c.place),
		string_agg(CASE WHEN a.attname IS NULL THEN format('ADD COLUMN %I %s', c.name, c.type)
			WHEN c.is_of_rows AND may_change_types AND format_type(a.atttypid, -1) <> c.type THEN format('ALTER COLUMN %I TYPE %s USING NULL', c.name, c.type) END, ', ' ORDER BY c.place),
		string_agg(CASE WHEN a.attname IS NULL OR may_change_types THEN format('COMMENT ON COLUMN %s.%I IS %L', gapstats_internal.thing_sql(report, '@report'), c.name, c.said) END, '; ' ORDER BY c.place)
	INTO wanted, changes, comments
	FROM gapstats_internal.report_columns(gapstats_internal.thing_query(report), d.strata, d.period, d.options) c
	LEFT JOIN pg_attribute a ON a.attrelid = report AND a.attname = c.name AND a.attnum > 0 AND NOT a.attisdropped;
	SELECT a.attname INTO wrong FROM pg_attribute a WHERE a.attrelid = report AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = ANY (wanted) AND NOT a.attname = ANY (d.columns) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'report "%" has a column "%" that is not its own', report, wrong
			USING ERRCODE = 'duplicate_column', HINT = format('ALTER TABLE %s RENAME COLUMN %I TO %I;', report, wrong, 'own_' || wrong);
	END IF;
	IF changes IS NOT NULL THEN
		EXECUTE format('ALTER TABLE %s %s', gapstats_internal.thing_sql(report, '@report'), changes);
	END IF;
	IF may_change_types THEN
		SELECT concat_ws('; ', comments, string_agg(format('COMMENT ON COLUMN %s.%I IS %L', gapstats_internal.thing_sql(report, '@report'), a.attname,
				'NULL: the report does not have it any more'), '; '))
		INTO comments
		FROM pg_attribute a
		WHERE a.attrelid = report AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = ANY (d.columns) AND NOT a.attname = ANY (wanted);
	END IF;
	IF comments <> '' THEN
		EXECUTE comments;
	END IF;
	EXECUTE gapstats_internal.thing_sql(report, 'UPDATE @definition SET columns = columns || $1 WHERE $1 <> ''{}''')
	USING ARRAY(SELECT w FROM unnest(wanted) AS w WHERE NOT w = ANY (d.columns));
END
$$;
COMMENT ON FUNCTION gapstats_internal.fit_report(regclass, boolean) IS
'Gives a report the columns that it has not yet; and, if that may be, those that it has the types of what its rows are by now, and comments. Columns that it has no more stay. Raises 42701 for a column of that name that is not the report''s.';

-- Without it a row could be there twice, and be counted twice for ever
CREATE FUNCTION gapstats_internal.check_report_key(report regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (
		SELECT
		FROM pg_index i
		JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'key' AND a.attnum = i.indkey[0]
		WHERE i.indrelid = report AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indnkeyatts = 1) THEN
		RAISE EXCEPTION 'report "%" has no primary key', report
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = format('ALTER TABLE %s ADD PRIMARY KEY (key);', report);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_report_key(regclass) IS
'Raises an error, with the line that mends it, if nothing keeps the keys of a report''s rows unique.';

-- An empty or half-loaded source must not empty the report, whoever computes it.
CREATE FUNCTION gapstats_internal.what_is_lost(n_before bigint, n_removed bigint, students_before numeric, students numeric)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
	WHEN 2 * n_removed > n_before THEN format('%s of %s rows would go', n_removed, n_before)
	WHEN 2 * coalesce(students, 0) < students_before THEN format('of its students %s percent would be left', trunc(100 * coalesce(students, 0) / students_before))
END;
COMMENT ON FUNCTION gapstats_internal.what_is_lost(bigint, bigint, numeric, numeric) IS
'What computing a report anew takes away from it that it may not take without being told so: more than half of its rows, or of the students that it counts; else NULL. What was before is NULL where it is not to be compared.';

CREATE FUNCTION gapstats_internal.write_report_rows(report regclass, OUT n_rows bigint, OUT n_added bigint, OUT n_changed bigint, OUT n_removed bigint, OUT n_before bigint, OUT students_before numeric, OUT students numeric)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
-- so that they are again what they were
SET DateStyle = 'ISO'
SET IntervalStyle = 'postgres'
SET TimeZone = 'UTC'
SET extra_float_digits = 1
SET gapstats.as_of = ''
AS $$
DECLARE
	kept CONSTANT gapstats_internal.kept_query := gapstats_internal.thing_query(report);
	report_name CONSTANT text := gapstats_internal.thing_sql(report, '@report');
	d record;
	asked jsonb;
	names text[];
	values_given text;
	new_values text;
	old_values text;
	of_all text;
BEGIN
	EXECUTE gapstats_internal.thing_sql(report, 'SELECT * FROM @definition') INTO d;
	of_all := format('SELECT count(*), sum(r.%I) FILTER (WHERE r.level = ''all'') FROM ONLY @report r', (gapstats_internal.report_kind(d.options)).n);
	EXECUTE gapstats_internal.thing_sql(report, of_all) INTO n_before, students_before;
	asked := gapstats_internal.report_asked(d.measures, d.dimensions, d.strata, d.period, d.options);
	SELECT array_agg(quote_ident(a.attname) ORDER BY a.attnum), string_agg(format('(%s)::%s AS %I', coalesce(c.expression, 'NULL'), format_type(a.atttypid, a.atttypmod), a.attname), ', ' ORDER BY a.attnum),
		string_agg(format('n.%I', a.attname), ', ' ORDER BY a.attnum), string_agg(format('t.%I', a.attname), ', ' ORDER BY a.attnum)
	INTO names, values_given, new_values, old_values
	FROM pg_attribute a
	LEFT JOIN gapstats_internal.report_columns(kept, d.strata, d.period, d.options) c ON c.name = a.attname
	WHERE a.attrelid = report AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = ANY (d.columns);
	PERFORM gapstats_internal.use_settings_of(kept);
	-- as images: what is equal may look otherwise, and be of a type that knows no equality
	EXECUTE concat('
		WITH given AS MATERIALIZED (
			SELECT ', values_given, '
			FROM (SELECT r.*, jsonb_path_query_first(r.key::jsonb, ''strict $[*] ? (@.type() == "array")'') AS of_stratum FROM ', gapstats_internal.report_call(asked), ' AS r) AS g
		), gone AS (
			DELETE FROM ONLY ', report_name, ' t WHERE NOT EXISTS (SELECT FROM given n WHERE n.key = t.key) RETURNING 1
		), other AS (
			UPDATE ONLY ', report_name, ' t SET (', array_to_string(names, ', '), ') = ROW(', new_values, ')
			FROM given n WHERE n.key = t.key AND ROW(', old_values, ')::record *<> ROW(', new_values, ')::record RETURNING 1
		), new AS (
			INSERT INTO ', report_name, ' (', array_to_string(names, ', '), ')
			SELECT ', new_values, ' FROM given n WHERE NOT EXISTS (SELECT FROM ONLY ', report_name, ' t WHERE t.key = n.key) RETURNING 1
		)
		SELECT (SELECT count(*) FROM given), (SELECT count(*) FROM new), (SELECT count(*) FROM other), (SELECT count(*) FROM gone)')
	INTO n_rows, n_added, n_changed, n_removed
	USING asked, gapstats_internal.report_source(kept), report;
	EXECUTE gapstats_internal.thing_sql(report, of_all) INTO n_rows, students;
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_report_rows(regclass) IS
'Computes the rows of a report and writes those that differ: how many they are, and how many they and the students that they count were before, for what_is_lost().';

CREATE FUNCTION gapstats_internal.report_outcome_as_owner(report regclass, asked bigint, OUT run bigint, OUT status text, OUT n_rows integer, OUT n_written integer, OUT error text, OUT hint text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.thing_sql(report, 'SELECT r.run, r.status, r.n_rows, r.n_added + r.n_changed + r.n_removed, r.error FROM @runs r WHERE r.run = $1')
	INTO run, status, n_rows, n_written, error USING asked;
	IF status NOT IN ('succeeded', 'skipped') THEN
		hint := 'The report stays as the last successful refresh left it. ' || (SELECT upper(left(p.fix, 1)) || substr(p.fix, 2) FROM gapstats_internal.report_run_problem(report, asked, true) p);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_outcome_as_owner(regclass, bigint) IS
'report_outcome(), done as the report''s owner.';

CREATE FUNCTION gapstats_internal.report_outcome(report regclass, asked bigint, OUT run bigint, OUT status text, OUT n_rows integer, OUT n_written integer, OUT error text, OUT hint text)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C STABLE;
COMMENT ON FUNCTION gapstats_internal.report_outcome(regclass, bigint) IS
'How a run of a report ended, and what is to be done about it.';

-- Who renames a report means what is beside it, and its job, too.  These can wait: a run is not to be kept by
-- somebody who reads them, or has taken the name.
CREATE FUNCTION gapstats_internal.follow_rename_of_report(report regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	definition CONSTANT regclass := gapstats_internal.thing_definition(report, 'report');
	schema CONSTANT oid := (SELECT relnamespace FROM pg_class WHERE oid = report);
	is_named CONSTANT text := (SELECT relname FROM pg_class WHERE oid = report);
	was_named CONSTANT text := (SELECT left(relname, -length('_definition')) FROM pg_class WHERE oid = definition);
BEGIN
	IF is_named <> was_named AND octet_length(is_named) <= gapstats_internal.room_for_report() AND gapstats_internal.lock_names(schema, wait => false)
		AND gapstats_internal.lock_alone(array_remove(gapstats_internal.own_tables_beside(report), report::oid), wait => false) THEN
		BEGIN
			EXECUTE format('ALTER TABLE %s RENAME TO %I', gapstats_internal.thing_sql(report, '@runs'), is_named || '_runs');
			EXECUTE format('ALTER TABLE %s RENAME TO %I', definition, is_named || '_definition');
		EXCEPTION WHEN duplicate_table OR duplicate_object THEN
			RAISE NOTICE 'what is beside report "%" keeps the name "%" for now: %', report, was_named, SQLERRM
				USING HINT = 'Once that is called otherwise, the next refresh renames it.';
		END;
	END IF;
	PERFORM gapstats_internal.follow_renames(report);
END
$$;
COMMENT ON FUNCTION gapstats_internal.follow_rename_of_report(regclass) IS
'Gives what is beside a report, unless somebody uses it, and its pg_cron job its name, if it has been renamed; and roles that were renamed their names in what its query means.';

CREATE FUNCTION gapstats_internal.begin_report_as_owner(report regclass)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	runs regclass;
	options jsonb;
	is_alone boolean;
BEGIN
	PERFORM gapstats_internal.check_primary('report', report);
	is_alone := gapstats_internal.lock_thing(report, 'report', false);
	PERFORM gapstats_internal.check_parts(report, 'report'), gapstats_internal.check_definition(report, true);
	IF is_alone THEN
		PERFORM gapstats_internal.follow_rename_of_report(report);
	END IF;
	runs := gapstats_internal.thing_sql(report, '@runs')::regclass;
	IF is_alone THEN
		EXECUTE gapstats_internal.thing_sql(report, 'SELECT d.options FROM @definition d') INTO options;
		PERFORM gapstats_internal.forget_runs_in(runs, gapstats_internal.report_keeps_runs(options));
	END IF;
	RETURN gapstats_internal.begin_run_in(runs, 'report', is_alone, gapstats_internal.thing_held_because(report));
END
$$;
COMMENT ON FUNCTION gapstats_internal.begin_report_as_owner(regclass) IS
'begin_report(), done as the report''s owner.';

CREATE FUNCTION gapstats_internal.begin_report(report regclass)
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.begin_report(regclass) IS
'Begins a run of a report and returns its number, and forgets those that it keeps no longer. If another one is under way the run is skipped; if the report is a copy it is held.';

CREATE FUNCTION gapstats_internal.compute_report_as_owner(report regclass, this bigint, accept boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
DECLARE
	runs regclass;
	status text;
	context text;
	detail text;
	lost text;
	written record;
BEGIN
	runs := gapstats_internal.thing_sql(report, '@runs')::regclass;
	IF runs IS NULL THEN
		PERFORM gapstats_internal.raise_no_thing(report, 'report');
	END IF;
	EXECUTE format('SELECT r.status FROM %s r WHERE r.run = $1', runs) INTO status USING this;
	IF status IS DISTINCT FROM 'running' THEN
		RETURN;
	END IF;
	BEGIN
		-- whoever changes the report waits, or is waited for: what is computed is what it is of then
		PERFORM gapstats_internal.lock_thing(report, 'report', true), gapstats_internal.check_parts(report, 'report'), gapstats_internal.check_row_security(gapstats_internal.own_tables_beside(report), 'report'),
			gapstats_internal.check_report_key(report), gapstats_internal.fit_report(report, false);
		SELECT * INTO written FROM gapstats_internal.write_report_rows(report);
		IF NOT accept THEN
			lost := gapstats_internal.what_is_lost(written.n_before, written.n_removed, written.students_before, written.students);
		END IF;
		-- to be undone
		IF lost IS NOT NULL THEN
			RAISE EXCEPTION USING ERRCODE = 'GS001', MESSAGE = lost;
		END IF;
		-- last, so that they are locked for no longer than it takes
		PERFORM gapstats_internal.merge_rollups_read('rows', gapstats_internal.thing_query(report));
	EXCEPTION
		WHEN query_canceled THEN
			PERFORM gapstats_internal.end_run_in(runs, this, 'canceled', SQLERRM, SQLSTATE);
			RETURN;
		WHEN OTHERS THEN
			-- not by its SQLSTATE, which a source can raise
			IF lost IS NOT NULL THEN
				PERFORM gapstats_internal.end_run_in(runs, this, 'held', lost);
				RETURN;
			END IF;
			GET STACKED DIAGNOSTICS context = PG_EXCEPTION_CONTEXT, detail = PG_EXCEPTION_DETAIL;
			PERFORM gapstats_internal.end_run_in(runs, this, 'failed', gapstats_internal.run_error(gapstats_internal.own_tables_beside(report), SQLERRM, detail, SQLSTATE, context), SQLSTATE);
			RETURN;
	END;
	EXECUTE format('UPDATE %s SET n_rows = $2, n_added = $3, n_changed = $4, n_removed = $5 WHERE run = $1', runs) USING this, written.n_rows, written.n_added, written.n_changed, written.n_removed;
	PERFORM gapstats_internal.end_run_in(runs, this, 'succeeded');
END
$$;
COMMENT ON FUNCTION gapstats_internal.compute_report_as_owner(regclass, bigint, boolean) IS
'compute_report(), done as the report''s owner.';

CREATE FUNCTION gapstats_internal.compute_report(report regclass, this bigint, accept boolean)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.compute_report(regclass, bigint, boolean) IS
'Computes a report for a run that is running, and writes down how that ended: held, unless it is accepted, if more than half of the report would be gone.';

CREATE FUNCTION refresh_report(report regclass, accept boolean DEFAULT false, OUT run bigint, OUT status text, OUT n_rows integer, OUT n_written integer, OUT error text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	this bigint;
	hint text;
BEGIN
	PERFORM gapstats_internal.given('accept', accept);
	this := gapstats_internal.begin_report(report);
	PERFORM gapstats_internal.compute_report(report, this, accept);
	SELECT o.* INTO run, status, n_rows, n_written, error, hint FROM gapstats_internal.report_outcome(report, this) o;
	PERFORM gapstats_internal.tell_run('report', report, this, status, error, hint);
END
$$;
COMMENT ON FUNCTION refresh_report(regclass, boolean) IS
'Computes a report anew from its rows, and writes those of its table that differ: of unchanged data none. Returns the row of its runs that says what came of it: how many rows it has, and how many of them were added, changed or removed, or the error. Readers never wait. A failure or a cancel leaves the report as it was and gives a warning, not an error, so that the run is recorded. If another refresh is under way this one steps aside (skipped). A run that would take away more than half of the rows, or of the students that they count, as one does whose source is half loaded, is held: the report stays as it was, and accept => true takes what there is. A copy, or a report that has been given to another owner, is held, too. A run that succeeds merges the roll-ups that it has read and that are the owner''s, those that nobody else merges or locks; not in a transaction that has a snapshot of its own. For roles with the rights of the report''s owner; everything in it runs with the owner''s rights. For pg_cron there is run_report.';

-- No SET clause: it would keep the procedure from committing.  So nothing here looks up a
-- name in the caller's search path: no operator, no function or type without its schema.
CREATE PROCEDURE run_report(report regclass)
LANGUAGE plpgsql
AS $$
DECLARE
	this pg_catalog.int8;
	why pg_catalog.text;
BEGIN
	COMMIT;
	BEGIN
		this := gapstats_internal.begin_report(report);
	EXCEPTION
		WHEN query_canceled THEN
			why := SQLERRM;
			PERFORM gapstats_internal.note_lost_run(report, 'canceled', why, SQLSTATE);
		WHEN lock_not_available THEN
			why := SQLERRM;
			PERFORM gapstats_internal.note_lost_run(report, 'failed', why, SQLSTATE);
	END;
	COMMIT;
	PERFORM gapstats_internal.raise_lost_run('report', report, why);
	PERFORM gapstats_internal.compute_report(report, this, false);
	COMMIT;
	PERFORM gapstats_internal.raise_report_outcome(report, this);
END
$$;
COMMENT ON PROCEDURE run_report(regclass) IS
'What pg_cron calls to bring a report up to date: as refresh_report, but its run can be seen while it runs; and it ends with an error if the run failed or is held, for pg_cron to record. It cannot be called inside a transaction.';

CREATE FUNCTION gapstats_internal.raise_report_outcome(report regclass, this bigint)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	outcome record := gapstats_internal.report_outcome(report, this);
BEGIN
	PERFORM gapstats_internal.raise_run('report', report, this, outcome.status, outcome.error, outcome.hint);
END
$$;
COMMENT ON FUNCTION gapstats_internal.raise_report_outcome(regclass, bigint) IS
'Raises an error if a run of a report failed, was canceled or is held.';
