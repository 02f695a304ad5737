-- standing/thing: what a report and a roll-up have in common
--
-- Each has tables beside it that carry its name and a suffix, and belong to its owner.  The one of its definition knows
-- its thing by a default that is the thing itself: so one that is renamed is still found from it, in a dump, too.

CREATE FUNCTION gapstats_internal.thing_kind(thing regclass)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.thing_kind(regclass) IS
'What a relation is: report or rollup; NULL if it is neither.';

CREATE FUNCTION gapstats_internal.thing_sql(thing regclass, template text)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.thing_sql(regclass, text) IS
'A statement from a template in which @report or @rollup is the thing itself, and @definition, say, the table beside it (@oid_ and the name the OID); @@ is an @. NULL for what is neither.';

CREATE FUNCTION gapstats_internal.new_thing_sql(kind text, schema text, base text, template text)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.new_thing_sql(text, text, text, text) IS
'As thing_sql(), for a thing of a kind that is not there yet.';

CREATE FUNCTION gapstats_internal.thing_definition(thing regclass, kind text)
RETURNS regclass
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.thing_definition(regclass, text) IS
'The table that defines a thing of a kind: in its schema, and of its owner; NULL for what is no such thing.';

CREATE FUNCTION gapstats_internal.kind_word(kind text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE kind WHEN 'rollup' THEN 'roll-up' ELSE kind END;
COMMENT ON FUNCTION gapstats_internal.kind_word(text) IS
'What things of a kind are called in messages.';

-- Whoever it belongs to, and wherever it is: what is amiss is for check_parts() to say.
CREATE FUNCTION gapstats_internal.definitions_of(kind text)
RETURNS TABLE (thing regclass, definition regclass)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT t.oid, d.oid
	FROM pg_class d
	JOIN pg_attribute a ON a.attrelid = d.oid AND a.attname = kind AND NOT a.attisdropped
	JOIN pg_attrdef f ON f.adrelid = d.oid AND f.adnum = a.attnum
	JOIN pg_depend p ON p.classid = 'pg_attrdef'::regclass AND p.objid = f.oid AND p.refclassid = 'pg_class'::regclass AND p.refobjid <> d.oid
	JOIN pg_class t ON t.oid = p.refobjid AND t.relkind = CASE kind WHEN 'rollup' THEN 'v'::"char" ELSE 'r' END
	WHERE d.relkind = 'r' AND d.relname ~ '._definition$' AND EXISTS (SELECT FROM pg_attribute m WHERE m.attrelid = d.oid AND m.attname = 'measures' AND NOT m.attisdropped);
END;
COMMENT ON FUNCTION gapstats_internal.definitions_of(text) IS
'Tables that say of themselves that they define a thing of a kind, and which. Whether they may is not said.';

CREATE FUNCTION gapstats_internal.things(kind text)
RETURNS SETOF regclass
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT DISTINCT d.thing::oid::regclass
	FROM gapstats_internal.definitions_of(kind) d
	JOIN pg_class t ON t.oid = d.thing
	JOIN pg_class c ON c.oid = d.definition
	WHERE (pg_has_role(t.relowner, 'USAGE') OR pg_has_role('pg_monitor', 'USAGE')) AND (c.relowner = t.relowner OR c.relnamespace = t.relnamespace);
END;
COMMENT ON FUNCTION gapstats_internal.things(text) IS
'The reports or roll-ups of this database, of owners whose rights the current user has; all of them for pg_monitor.';

CREATE FUNCTION gapstats_internal.raise_no_thing(thing regclass, kind text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	word CONSTANT text := gapstats_internal.kind_word(kind);
	stray record;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_class WHERE oid = thing) THEN
		RAISE EXCEPTION '% has been dropped', word USING ERRCODE = 'undefined_table';
	END IF;
	SELECT d.definition, c.relnamespace <> t.relnamespace AS is_elsewhere, c.relowner <> t.relowner AS is_of_other, t.relnamespace INTO stray
	FROM gapstats_internal.definitions_of(kind) d
	JOIN pg_class c ON c.oid = d.definition
	JOIN pg_class t ON t.oid = d.thing
	WHERE d.thing = thing AND (c.relowner = t.relowner OR c.relnamespace = t.relnamespace)
	ORDER BY c.relowner <> t.relowner, d.definition
	LIMIT 1;
	IF FOUND THEN
		-- what somebody made to be taken for it must not become the owner's: so nobody is told how
		RAISE EXCEPTION '% is not of the % of % "%"', stray.definition, CASE WHEN stray.is_of_other THEN 'owner' ELSE 'schema' END, word, thing
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = CASE WHEN stray.is_of_other THEN format('If it is the %1$s''s own and was given away, look at what is written there, then give it back, and the tables beside it; if somebody else made it, it is no definition of the %1$s.', word)
					ELSE format('If they belong together, with the tables beside it: ALTER TABLE %s SET SCHEMA %s;', stray.definition, stray.relnamespace::regnamespace) END;
	END IF;
	RAISE EXCEPTION '"%" is not a %', thing, word
		USING ERRCODE = 'wrong_object_type', HINT = format('Make one with create_%s.', kind);
END
$$;
COMMENT ON FUNCTION gapstats_internal.raise_no_thing(regclass, text) IS
'Raises an error that says why a relation is no thing of a kind.';

CREATE FUNCTION gapstats_internal.tables_statement(kind text, columns text, run_columns text)
RETURNS text
LANGUAGE sql STABLE
RETURN replace(replace(replace($sql$
	CREATE TABLE @definition (
		id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
		format integer NOT NULL,
		query text NOT NULL,
		names_in text NOT NULL,
		date_style text NOT NULL,
		interval_style text NOT NULL,
		time_zone text NOT NULL,
		extra_float_digits text NOT NULL,
		meaning text[] NOT NULL,
		owners jsonb NOT NULL,
		<columns>,
		schedule text,
		job bigint,
		<kind> regclass NOT NULL DEFAULT @oid_<kind>,
		owner oid NOT NULL,
		table_oid oid NOT NULL,
		database_oid oid NOT NULL,
		system_identifier bigint NOT NULL
	);
	CREATE TABLE @runs (
		run bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		status text NOT NULL CHECK (status IN ('running', 'succeeded', 'failed', 'held', 'skipped', 'canceled')),
		started_at timestamptz NOT NULL,
		ended_at timestamptz,
		<run_columns>,
		error text,
		sqlstate text,
		run_by name NOT NULL DEFAULT gapstats_internal.caller(),
		pid integer,
		statement_start timestamptz
	);
	COMMENT ON COLUMN @definition.id IS 'always 1: there is one row';
	COMMENT ON COLUMN @definition.format IS 'version of its own tables';
	COMMENT ON COLUMN @definition.names_in IS 'the search path that its names are looked up in';
	COMMENT ON COLUMN @definition.date_style IS 'DateStyle when it was written';
	COMMENT ON COLUMN @definition.interval_style IS 'IntervalStyle when it was written';
	COMMENT ON COLUMN @definition.time_zone IS 'TimeZone when it was written';
	COMMENT ON COLUMN @definition.extra_float_digits IS 'extra_float_digits when it was written';
	COMMENT ON COLUMN @definition.meaning IS 'what its names stood for then: if that is something else by now, what runs the query fails';
	COMMENT ON COLUMN @definition.owners IS 'the roles that the meaning names, and their OIDs: one that is renamed is the same';
	COMMENT ON COLUMN @definition.schedule IS 'when pg_cron is to run it; NULL if it is not to';
	COMMENT ON COLUMN @definition.job IS 'the number of its pg_cron job, if it was scheduled';
	COMMENT ON COLUMN @definition.<kind> IS 'what it defines; by its default, which follows when that is renamed, the two are known to belong together';
	COMMENT ON COLUMN @definition.owner IS 'the OID of the role that it belonged to when it was made or accepted as it is';
	COMMENT ON COLUMN @definition.table_oid IS 'the OID of this table then: with another it has been restored, and is held';
	COMMENT ON COLUMN @definition.database_oid IS 'the database then: in another it is held';
	COMMENT ON COLUMN @definition.system_identifier IS 'the server then: on another it is held';
	COMMENT ON COLUMN @runs.run IS 'its number';
	COMMENT ON COLUMN @runs.status IS 'running, succeeded, failed, held, skipped or canceled';
	COMMENT ON COLUMN @runs.started_at IS 'when it began';
	COMMENT ON COLUMN @runs.ended_at IS 'when it ended; NULL if it has not, or was cut off';
	COMMENT ON COLUMN @runs.error IS 'why the run did not succeed: it may hold values of the rows';
	COMMENT ON COLUMN @runs.sqlstate IS 'the SQLSTATE of that error; NULL if it was none';
	COMMENT ON COLUMN @runs.run_by IS 'who called it';
	COMMENT ON COLUMN @runs.pid IS 'the process that it runs in';
	COMMENT ON COLUMN @runs.statement_start IS 'and since when, by which one that was cut off is told';
	$sql$, '<kind>', kind), '<columns>', columns), '<run_columns>', run_columns);
COMMENT ON FUNCTION gapstats_internal.tables_statement(text, text, text) IS
'The template of the statements that make the tables of the definition and the runs of a thing of a kind, which has further columns there.';

CREATE FUNCTION gapstats_internal.tables_of_kind(kind text)
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE kind WHEN 'report' THEN '{@report, @definition, @runs}'::text[] WHEN 'rollup' THEN '{@base, @changes, @definition, @runs}' END;
COMMENT ON FUNCTION gapstats_internal.tables_of_kind(text) IS
'The tables of a thing of a kind, as thing_sql() takes them, itself among them if it is one.';

CREATE FUNCTION gapstats_internal.tables_beside(thing regclass)
RETURNS text[]
LANGUAGE sql STABLE STRICT
RETURN ARRAY(SELECT gapstats_internal.thing_sql(thing, t) FROM unnest(gapstats_internal.tables_of_kind(gapstats_internal.thing_kind(thing))) AS t);
COMMENT ON FUNCTION gapstats_internal.tables_beside(regclass) IS
'What the tables of a thing are called: tables_of_kind().';

CREATE FUNCTION gapstats_internal.own_tables_beside(thing regclass)
RETURNS oid[]
LANGUAGE sql STABLE STRICT
RETURN gapstats_internal.own_tables(thing, gapstats_internal.tables_beside(thing));
COMMENT ON FUNCTION gapstats_internal.own_tables_beside(regclass) IS
'Those of the tables of a thing that are there and belong to its owner.';

-- Before anything else of the thing is locked: who waits here holds nothing that whoever he waits for may want alone,
-- to give it a column.
CREATE FUNCTION gapstats_internal.lock_thing(thing regclass, kind text, wait boolean)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked integer;
BEGIN
	IF gapstats_internal.thing_kind(thing) IS DISTINCT FROM kind THEN
		PERFORM gapstats_internal.raise_no_thing(thing, kind);
	END IF;
	PERFORM gapstats_internal.check_schema(thing, gapstats_internal.kind_word(kind));
	EXECUTE gapstats_internal.thing_sql(thing, 'SELECT 1 FROM @definition FOR UPDATE' || CASE WHEN wait THEN '' ELSE ' SKIP LOCKED' END) INTO locked;
	RETURN locked IS NOT NULL;
EXCEPTION WHEN undefined_table THEN
	-- dropped by somebody who was waited for
	PERFORM gapstats_internal.raise_no_thing(thing, kind);
	RAISE;
END
$$;
COMMENT ON FUNCTION gapstats_internal.lock_thing(regclass, text, boolean) IS
'Keeps all others from refreshing, merging and changing a thing until the end of the transaction; false if somebody else does and it is not to wait.';

CREATE FUNCTION gapstats_internal.check_parts(thing regclass, kind text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known CONSTANT integer := CASE kind WHEN 'rollup' THEN gapstats_internal.rollup_format() ELSE gapstats_internal.report_format() END;
	word CONSTANT text := gapstats_internal.kind_word(kind);
	names CONSTANT text[] := gapstats_internal.tables_beside(thing);
	format integer;
BEGIN
	IF gapstats_internal.thing_kind(thing) IS DISTINCT FROM kind THEN
		PERFORM gapstats_internal.raise_no_thing(thing, kind);
	END IF;
	PERFORM gapstats_internal.check_schema(thing, word);
	IF NOT gapstats_internal.hold_tables(thing, names) THEN
		RAISE EXCEPTION '% "%" is not whole: there is no table % of its owner''s', word, thing,
				(SELECT min(n) FROM unnest(names) AS n WHERE NOT gapstats_internal.known_relation(n)::oid = ANY (gapstats_internal.own_tables_beside(thing)) IS TRUE)
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = format('Give it that back; or drop the %s and make it anew.', word);
	END IF;
	-- what is written there is run, or merged
	PERFORM gapstats_internal.check_unwritable(t.name::regclass, word) FROM unnest(names) AS t (name) WHERE t.name::regclass <> thing AND t.name <> gapstats_internal.thing_sql(thing, '@runs');
	EXECUTE gapstats_internal.thing_sql(thing, 'SELECT d.format FROM @definition d') INTO format;
	IF format IS DISTINCT FROM known THEN
		RAISE EXCEPTION '% "%" is of format %, and this version of gapstats knows format %', word, thing, coalesce(format::text, 'NULL'), known
			USING ERRCODE = 'feature_not_supported',
				  HINT = CASE WHEN format > known THEN 'A newer version made or changed it: ALTER EXTENSION gapstats UPDATE.' ELSE 'Restore its definition, or drop it and make it anew.' END;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_parts(regclass, text) IS
'Raises an error unless the relation is a thing of a kind whose tables are all there and belong to its owner, and what it runs and merges nobody else can write; keeps them so until the end of the transaction.';

CREATE FUNCTION gapstats_internal.hold_thing(thing regclass, kind text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.lock_thing(thing, kind, true), gapstats_internal.check_parts(thing, kind);
END
$$;
COMMENT ON FUNCTION gapstats_internal.hold_thing(regclass, text) IS
'Checks a thing and locks it until the end of the transaction, waiting for a run or a change that is under way.';

CREATE FUNCTION gapstats_internal.thing_held_because(thing regclass)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	d record;
BEGIN
	EXECUTE gapstats_internal.thing_sql(thing, 'SELECT d.owner, d.table_oid <> @oid_definition AS is_restored, d.database_oid, d.system_identifier FROM @definition d') INTO d;
	RETURN gapstats_internal.moved_because(gapstats_internal.kind_word(gapstats_internal.thing_kind(thing)), thing, d.is_restored, d.owner, d.database_oid, d.system_identifier);
END
$$;
COMMENT ON FUNCTION gapstats_internal.thing_held_because(regclass) IS
'Why a thing is not to be refreshed or merged before its owner says so (resume_report, rebuild_rollup); NULL if it may be.';

CREATE FUNCTION gapstats_internal.thing_is_at_home(thing regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.thing_sql(thing, $sql$
		UPDATE @definition
		SET owner = quote_ident(current_user)::regrole, table_oid = @oid_definition, database_oid = d.oid, system_identifier = s.system_identifier
		FROM pg_database d, pg_control_system() s
		WHERE d.datname = current_database()
		$sql$);
END
$$;
COMMENT ON FUNCTION gapstats_internal.thing_is_at_home(regclass) IS
'Writes down whose a thing is, and where: it goes on here.';

CREATE FUNCTION gapstats_internal.thing_query(thing regclass)
RETURNS gapstats_internal.kept_query
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept gapstats_internal.kept_query;
BEGIN
	EXECUTE gapstats_internal.thing_sql(thing, $sql$
		SELECT d.query, d.names_in, d.date_style, d.interval_style, d.time_zone, d.extra_float_digits, d.meaning
		FROM @definition d
		WHERE gapstats_internal.belongs_with(d.tableoid, $1)
		$sql$)
	INTO kept USING thing;
	RETURN kept;
END
$$;
COMMENT ON FUNCTION gapstats_internal.thing_query(regclass) IS
'The query of a thing, as it is kept: of the rows of a report, or what counts the source of a roll-up.';

CREATE FUNCTION gapstats_internal.thing_job(thing regclass)
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN gapstats_internal.job_name(gapstats_internal.thing_kind(thing), gapstats_internal.qualified(thing));
COMMENT ON FUNCTION gapstats_internal.thing_job(regclass) IS
'The name of the pg_cron job of a thing.';

CREATE FUNCTION gapstats_internal.thing_command(thing regclass)
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN 'CALL gapstats.run_' || gapstats_internal.thing_kind(thing) || '(' || quote_literal(gapstats_internal.qualified(thing)) || ')';
COMMENT ON FUNCTION gapstats_internal.thing_command(regclass) IS
'What the pg_cron job of a thing runs.';

CREATE FUNCTION gapstats_internal.schedule_thing(thing regclass, kind text, cron_schedule text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	word CONSTANT text := gapstats_internal.kind_word(kind);
	job bigint;
BEGIN
	PERFORM gapstats_internal.hold_thing(thing, kind);
	PERFORM gapstats_internal.check_pg_cron(upper(left(word, 1)) || substr(word, 2) || 's',
		gapstats_internal.remote_schedule_statement(thing, gapstats_internal.thing_job(thing), cron_schedule, gapstats_internal.thing_command(thing)));
	job := gapstats_internal.schedule_job(gapstats_internal.thing_job(thing), cron_schedule, gapstats_internal.thing_command(thing));
	EXECUTE gapstats_internal.thing_sql(thing, 'UPDATE @definition SET job = $1, schedule = $2') USING job, cron_schedule;
	RETURN job;
END
$$;
COMMENT ON FUNCTION gapstats_internal.schedule_thing(regclass, text, text) IS
'schedule_report() and schedule_rollup(), done as the thing''s owner.';

CREATE FUNCTION gapstats_internal.unschedule_thing(thing regclass, kind text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	job bigint;
BEGIN
	IF gapstats_internal.thing_kind(thing) IS DISTINCT FROM kind THEN
		PERFORM gapstats_internal.raise_no_thing(thing, kind);
	END IF;
	-- in a copy the number is another job's
	IF gapstats_internal.thing_held_because(thing) IS NULL THEN
		EXECUTE gapstats_internal.thing_sql(thing, 'SELECT d.job FROM @definition d') INTO job;
	END IF;
	EXECUTE gapstats_internal.thing_sql(thing, 'UPDATE @definition SET job = NULL, schedule = NULL WHERE schedule IS NOT NULL');
	RETURN gapstats_internal.unschedule_job(gapstats_internal.kind_word(kind), thing, gapstats_internal.thing_job(thing), job);
END
$$;
COMMENT ON FUNCTION gapstats_internal.unschedule_thing(regclass, text) IS
'unschedule_report() and unschedule_rollup(), done as the thing''s owner.';

-- Whoever renames a thing means its job, too.
CREATE FUNCTION gapstats_internal.follow_renames(thing regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number bigint;
BEGIN
	IF gapstats_internal.thing_held_because(thing) IS NULL THEN
		PERFORM gapstats_internal.follow_renamed_owners(gapstats_internal.thing_sql(thing, '@definition')::regclass);
		EXECUTE gapstats_internal.thing_sql(thing, 'SELECT d.job FROM @definition d') INTO number;
		number := gapstats_internal.rename_job(number, gapstats_internal.thing_job(thing), gapstats_internal.thing_command(thing));
		IF number IS NOT NULL THEN
			EXECUTE gapstats_internal.thing_sql(thing, 'UPDATE @definition SET job = $1') USING number;
		END IF;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.follow_renames(regclass) IS
'Gives the pg_cron job of a thing its name, if that has been renamed; and roles that were renamed their names in what its query means.';

CREATE FUNCTION gapstats_internal.note_lost_run_as_owner(thing regclass, outcome text, why text, code text)
RETURNS void
LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT gapstats_internal.note_lost_start_in(thing, gapstats_internal.thing_sql(thing, '@runs'), outcome, why, code);
END;
COMMENT ON FUNCTION gapstats_internal.note_lost_run_as_owner(regclass, text, text, text) IS
'note_lost_run(), done as the thing''s owner.';

CREATE FUNCTION gapstats_internal.note_lost_run(thing regclass, outcome text, why text, code text)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.note_lost_run(regclass, text, text, text) IS
'Writes a row for a run of a thing that was canceled, or waited in vain, before it had one.';

CREATE FUNCTION gapstats_internal.thing_state(thing regclass, tells_values boolean, OUT owner name, OUT held text, OUT state text, OUT run bigint, OUT last_success timestamptz, OUT last_run timestamptz,
											  OUT last_status text, OUT last_error text, OUT schedule text, OUT next_run timestamptz, OUT is_overdue boolean, OUT is_unscheduled boolean)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	cron_zone CONSTANT text := coalesce(nullif(gapstats_internal.pg_cron_setting('cron.timezone'), ''), 'GMT');
	last record;
	job record;
	given_schedule text;
	is_lost boolean;
BEGIN
	owner := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = thing);
	held := gapstats_internal.thing_held_because(thing);
	EXECUTE gapstats_internal.thing_sql(thing, $sql$
		SELECT r.run, r.status, r.ended_at, r.started_at, r.error, r.sqlstate, gapstats_internal.statement_is_running(r.pid, r.statement_start) IS TRUE AS is_running
		FROM @runs r WHERE r.status <> 'skipped' ORDER BY r.run DESC LIMIT 1
		$sql$) INTO last;
	EXECUTE gapstats_internal.thing_sql(thing, $sql$ SELECT max(r.ended_at) FROM @runs r WHERE r.status = 'succeeded' $sql$) INTO last_success;
	-- what runs on another server cannot be seen from a standby
	is_lost := last.status = 'running' AND NOT last.is_running AND NOT pg_is_in_recovery();
	run := last.run;
	last_run := coalesce(last.ended_at, last.started_at);
	last_status := last.status;
	last_error := CASE WHEN is_lost THEN 'it was cut off' WHEN tells_values OR last.status NOT IN ('failed', 'canceled') THEN last.error
		ELSE gapstats_internal.error_for_others(last.error, last.sqlstate, gapstats_internal.thing_sql(thing, '@runs')::regclass) END;
	state := CASE
		WHEN held IS NOT NULL THEN 'held'
		WHEN last.status = 'running' AND NOT is_lost THEN 'running'
		WHEN last.status = 'held' THEN 'held'
		WHEN last.status IN ('failed', 'canceled', 'running') THEN 'failing' END;
	EXECUTE gapstats_internal.thing_sql(thing, 'SELECT d.schedule FROM @definition d') INTO given_schedule;
	job := gapstats_internal.scheduled_job(thing, gapstats_internal.thing_job(thing));
	schedule := job.schedule;
	IF job.active THEN
		next_run := gapstats_internal.next_run(schedule, now(), cron_zone);
	END IF;
	-- a run that is due has some minutes to succeed
	is_overdue := gapstats_internal.next_run(coalesce(schedule, given_schedule), last_success, cron_zone) < now() - interval '5 minutes';
	is_unscheduled := given_schedule IS NOT NULL AND schedule IS NULL AND gapstats_internal.has_pg_cron();
END
$$;
COMMENT ON FUNCTION gapstats_internal.thing_state(regclass, boolean) IS
'What its runs and its pg_cron job say of a thing: why it is held, whether it is held, running or failing (else state is NULL), what its last run was, and whether one is overdue. Without tells_values the words of an error are left out.';

CREATE FUNCTION gapstats_internal.thing_job_problem(thing regclass, state text, is_held boolean, is_overdue boolean, is_home_of_cron boolean, is_orphaned boolean, tells_values boolean, OUT problem text, OUT fix text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kind CONSTANT text := gapstats_internal.thing_kind(thing);
	verb CONSTANT text := CASE kind WHEN 'rollup' THEN 'merge' ELSE 'refresh' END;
	d record;
	job record;
BEGIN
	EXECUTE gapstats_internal.thing_sql(thing, 'SELECT d.schedule, d.job FROM @definition d') INTO d;
	IF d.schedule IS NULL THEN
		RETURN;
	END IF;
	job := gapstats_internal.scheduled_job(thing, gapstats_internal.thing_job(thing));
	SELECT j.problem, j.fix INTO problem, fix
	FROM gapstats_internal.job_problem(gapstats_internal.kind_word(kind) || 's', (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = thing), job.job, job.active,
		-- what a run ended with it has told already
		CASE WHEN state NOT IN ('failing', 'held', 'running') OR job.last_message LIKE 'connection failed%' THEN gapstats_internal.job_message(job.last_message, tells_values) END,
		is_overdue AND state <> 'running', is_home_of_cron, is_orphaned, CASE WHEN NOT is_held THEN d.job END,
		format('SELECT gapstats.schedule_%s(%L, %L);', kind, thing, d.schedule),
		gapstats_internal.remote_schedule_statement(thing, gapstats_internal.thing_job(thing), d.schedule, gapstats_internal.thing_command(thing)),
		format('SELECT gapstats.%s_%s(%L);', verb, kind, thing), kind || '_health',
		format('or, if another scheduler %ses it: SELECT gapstats.unschedule_%s(%L);', regexp_replace(verb, 'e$', ''), kind, thing)) AS j;
END
$$;
COMMENT ON FUNCTION gapstats_internal.thing_job_problem(regclass, text, boolean, boolean, boolean, boolean, boolean) IS
'What is wrong with the pg_cron job of a thing that is to have one, and what to do about it, given how the thing is; NULL if nothing is.';
