-- report/parts: what a report that stands consists of
--
-- A table of its rows, and beside it one with its definition and one of its runs.  All three belong to the role
-- that made it.  The definition knows its table by a default that is the table itself: so a table that is
-- renamed is still found from it, in a dump, too.

CREATE FUNCTION gapstats_internal.report_format()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1;
COMMENT ON FUNCTION gapstats_internal.report_format() IS
'The format of the reports that this version makes and reads.';

CREATE FUNCTION gapstats_internal.report_tables_statement()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $sql$
	CREATE TABLE @report (
		key text PRIMARY KEY
	);
	CREATE TABLE @definition (
		id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
		format integer NOT NULL,
		rows text NOT NULL,
		query text NOT NULL,
		names_in text NOT NULL,
		date_style text NOT NULL,
		interval_style text NOT NULL,
		time_zone text NOT NULL,
		extra_float_digits text NOT NULL,
		meaning text[] NOT NULL,
		owners jsonb NOT NULL,
		measures jsonb NOT NULL,
		dimensions text[] NOT NULL,
		strata text[] NOT NULL,
		period text,
		options jsonb NOT NULL,
		told jsonb,
		columns text[] NOT NULL DEFAULT '{key}',
		schedule text,
		job bigint,
		report regclass NOT NULL DEFAULT @oid_report,
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
		n_rows integer,
		n_added integer,
		n_changed integer,
		n_removed integer,
		error text,
		sqlstate text,
		run_by name NOT NULL DEFAULT gapstats_internal.caller(),
		pid integer,
		statement_start timestamptz
	);
	COMMENT ON TABLE @report IS 'Report: one row a gap, percentile or month of a group, as of the last successful refresh.';
	COMMENT ON TABLE @definition IS 'What the report is of; one row. What is written there runs with its owner''s rights: nobody else may be granted writing.';
	COMMENT ON TABLE @runs IS 'Every refresh of the report, successful or not, for as long as its options say.';
	COMMENT ON COLUMN @definition.id IS 'always 1: there is one row';
	COMMENT ON COLUMN @definition.format IS 'version of the report''s own tables';
	COMMENT ON COLUMN @definition.rows IS 'the SELECT, or the name of the table, as it was written';
	COMMENT ON COLUMN @definition.query IS 'the query that is run: of that, the columns that the report uses';
	COMMENT ON COLUMN @definition.names_in IS 'the search path that its names are looked up in';
	COMMENT ON COLUMN @definition.date_style IS 'DateStyle when it was written';
	COMMENT ON COLUMN @definition.interval_style IS 'IntervalStyle when it was written';
	COMMENT ON COLUMN @definition.time_zone IS 'TimeZone when it was written';
	COMMENT ON COLUMN @definition.extra_float_digits IS 'extra_float_digits when it was written';
	COMMENT ON COLUMN @definition.meaning IS 'what its names stood for then: if that is something else by now, a run fails';
	COMMENT ON COLUMN @definition.owners IS 'the roles that the meaning names, and their OIDs: one that is renamed is the same';
	COMMENT ON COLUMN @definition.measures IS 'what is measured, by name';
	COMMENT ON COLUMN @definition.dimensions IS 'the columns whose groups are compared';
	COMMENT ON COLUMN @definition.strata IS 'the columns that divide the students: each is one of the report''s, too';
	COMMENT ON COLUMN @definition.period IS 'the column of the period; NULL if there is none';
	COMMENT ON COLUMN @definition.options IS 'its kind, and other options of gap_report, percentile_report or absence_report, by their names; keep_runs and release';
	COMMENT ON COLUMN @definition.told IS 'with suppress, what others were told last: which cells, hidden or with their numbers, and as which release of its ledger';
	COMMENT ON COLUMN @definition.columns IS 'the columns that a refresh writes: those of the report, and those that were; others are left alone';
	COMMENT ON COLUMN @definition.schedule IS 'when pg_cron is to refresh it; NULL if it is not to';
	COMMENT ON COLUMN @definition.job IS 'the number of its pg_cron job, if it was scheduled';
	COMMENT ON COLUMN @definition.report IS 'the report; by its default, which follows when the table is renamed, the two are known to belong together';
	COMMENT ON COLUMN @definition.owner IS 'the OID of the role that the report belonged to when it was made or resumed';
	COMMENT ON COLUMN @definition.table_oid IS 'the OID of this table when the report was made or resumed: with another it has been restored, and is held';
	COMMENT ON COLUMN @definition.database_oid IS 'the database that the report was made or resumed in: in another it is held';
	COMMENT ON COLUMN @definition.system_identifier IS 'the server that it was made or resumed on: on another it is held';
	COMMENT ON COLUMN @runs.run IS 'its number';
	COMMENT ON COLUMN @runs.status IS 'running, succeeded, failed, held, skipped or canceled';
	COMMENT ON COLUMN @runs.started_at IS 'when it began';
	COMMENT ON COLUMN @runs.ended_at IS 'when it ended; NULL if it has not, or was cut off';
	COMMENT ON COLUMN @runs.n_rows IS 'rows of the report';
	COMMENT ON COLUMN @runs.n_added IS 'of them, rows that are new';
	COMMENT ON COLUMN @runs.n_changed IS 'rows that were otherwise before';
	COMMENT ON COLUMN @runs.n_removed IS 'rows that are gone';
	COMMENT ON COLUMN @runs.error IS 'why the run did not succeed: it may hold values of the rows';
	COMMENT ON COLUMN @runs.sqlstate IS 'the SQLSTATE of that error; NULL if it was none';
	COMMENT ON COLUMN @runs.run_by IS 'who called it';
	COMMENT ON COLUMN @runs.pid IS 'the process that it runs in';
	COMMENT ON COLUMN @runs.statement_start IS 'and since when, by which one that was cut off is told';
	$sql$;
COMMENT ON FUNCTION gapstats_internal.report_tables_statement() IS
'The template of the statements that make the tables of a report. The columns of the report itself are added by fit_report().';

-- Whoever it belongs to, and wherever it is: what is amiss is for check_report_parts() to say.
CREATE FUNCTION gapstats_internal.definitions_of_reports()
RETURNS TABLE (report regclass, definition regclass)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT t.oid, d.oid
	FROM pg_class d
	JOIN pg_attribute a ON a.attrelid = d.oid AND a.attname = 'report' AND NOT a.attisdropped
	JOIN pg_attrdef f ON f.adrelid = d.oid AND f.adnum = a.attnum
	JOIN pg_depend p ON p.classid = 'pg_attrdef'::regclass AND p.objid = f.oid AND p.refclassid = 'pg_class'::regclass AND p.refobjid <> d.oid
	JOIN pg_class t ON t.oid = p.refobjid AND t.relkind = 'r'
	WHERE d.relkind = 'r' AND d.relname ~ '._definition$' AND EXISTS (SELECT FROM pg_attribute m WHERE m.attrelid = d.oid AND m.attname = 'measures' AND NOT m.attisdropped);
END;
COMMENT ON FUNCTION gapstats_internal.definitions_of_reports() IS
'Tables that say of themselves that they define a report, and which. Whether they may is not said.';

CREATE FUNCTION gapstats_internal.report_definition(report regclass)
RETURNS regclass
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.report_definition(regclass) IS
'The table that defines a report: in its schema, and of its owner; NULL for what is no report.';

CREATE FUNCTION gapstats_internal.report_sql(report regclass, template text)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.report_sql(regclass, text) IS
'A statement from a template in which @report is the report, and @definition and @runs the tables beside it (@oid_ and the name the OID); @@ is an @. NULL for what is no report.';

CREATE FUNCTION gapstats_internal.new_report_sql(schema text, base text, template text)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.new_report_sql(text, text, text) IS
'As report_sql(), for a report that is not there yet.';

CREATE FUNCTION gapstats_internal.own_report_tables(report regclass)
RETURNS oid[]
LANGUAGE sql STABLE STRICT
RETURN gapstats_internal.own_tables(report, ARRAY[gapstats_internal.report_sql(report, '@report'), gapstats_internal.report_sql(report, '@definition'), gapstats_internal.report_sql(report, '@runs')]);
COMMENT ON FUNCTION gapstats_internal.own_report_tables(regclass) IS
'Those of the tables of a report that are there and belong to its owner.';

CREATE FUNCTION gapstats_internal.raise_no_report(report regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	stray record;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_class WHERE oid = report) THEN
		RAISE EXCEPTION 'report has been dropped' USING ERRCODE = 'undefined_table';
	END IF;
	SELECT d.definition, c.relnamespace <> t.relnamespace AS is_elsewhere, c.relowner <> t.relowner AS is_of_other, t.relnamespace INTO stray
	FROM gapstats_internal.definitions_of_reports() d
	JOIN pg_class c ON c.oid = d.definition
	JOIN pg_class t ON t.oid = d.report
	WHERE d.report = report AND (c.relowner = t.relowner OR c.relnamespace = t.relnamespace)
	ORDER BY c.relowner <> t.relowner, d.definition
	LIMIT 1;
	IF FOUND THEN
		-- what somebody made to be taken for it must not become the owner's: so nobody is told how
		RAISE EXCEPTION '% is not of the % of report "%"', stray.definition, CASE WHEN stray.is_of_other THEN 'owner' ELSE 'schema' END, report
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = CASE WHEN stray.is_of_other THEN 'If it is the report''s own and was given away, look at what is written there, then give it back, and the runs beside it; if somebody else made it, it is no definition of the report.'
					ELSE format('If they belong together, with the runs beside it: ALTER TABLE %s SET SCHEMA %s;', stray.definition, stray.relnamespace::regnamespace) END;
	END IF;
	RAISE EXCEPTION '"%" is not a report', report
		USING ERRCODE = 'wrong_object_type', HINT = 'Make one with create_report.';
END
$$;
COMMENT ON FUNCTION gapstats_internal.raise_no_report(regclass) IS
'Raises an error that says why a relation is no report.';

-- Before anything else of the report is locked: who waits here holds nothing that whoever he waits for may want alone,
-- to give it a column.
CREATE FUNCTION gapstats_internal.lock_definition(report regclass, wait boolean)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked integer;
BEGIN
	IF gapstats_internal.report_definition(report) IS NULL THEN
		PERFORM gapstats_internal.raise_no_report(report);
	END IF;
	PERFORM gapstats_internal.check_schema(report, 'report');
	EXECUTE gapstats_internal.report_sql(report, 'SELECT 1 FROM @definition FOR UPDATE' || CASE WHEN wait THEN '' ELSE ' SKIP LOCKED' END) INTO locked;
	RETURN locked IS NOT NULL;
EXCEPTION WHEN undefined_table THEN
	-- dropped by somebody who was waited for
	PERFORM gapstats_internal.raise_no_report(report);
	RAISE;
END
$$;
COMMENT ON FUNCTION gapstats_internal.lock_definition(regclass, boolean) IS
'Keeps all others from refreshing and changing a report until the end of the transaction; false if somebody else does and it is not to wait.';

CREATE FUNCTION gapstats_internal.check_report_parts(report regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	definition CONSTANT regclass := gapstats_internal.report_definition(report);
	format integer;
BEGIN
	IF definition IS NULL THEN
		PERFORM gapstats_internal.raise_no_report(report);
	END IF;
	PERFORM gapstats_internal.check_schema(report, 'report');
	IF NOT gapstats_internal.hold_tables(report, ARRAY[gapstats_internal.report_sql(report, '@report'), gapstats_internal.report_sql(report, '@definition'), gapstats_internal.report_sql(report, '@runs')]) THEN
		RAISE EXCEPTION 'report "%" is not whole: there is no table % of its owner''s', report, gapstats_internal.report_sql(report, '@runs')
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'Give it that back; or drop the report and make it anew.';
	END IF;
	PERFORM gapstats_internal.check_unwritable(definition, 'report');
	EXECUTE gapstats_internal.report_sql(report, 'SELECT d.format FROM @definition d') INTO format;
	IF format IS DISTINCT FROM gapstats_internal.report_format() THEN
		RAISE EXCEPTION 'report "%" is of format %, and this version of gapstats knows format %', report, coalesce(format::text, 'NULL'), gapstats_internal.report_format()
			USING ERRCODE = 'feature_not_supported',
				  HINT = CASE WHEN format > gapstats_internal.report_format() THEN 'A newer version made or changed it: ALTER EXTENSION gapstats UPDATE.' ELSE 'Restore its definition, or drop it and make it anew.' END;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_report_parts(regclass) IS
'Raises an error unless the relation is a report whose tables are all there and belong to its owner, and what it runs nobody else can write; keeps them so until the end of the transaction.';

CREATE FUNCTION gapstats_internal.report_held_because(report regclass)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	d record;
BEGIN
	EXECUTE gapstats_internal.report_sql(report, 'SELECT d.owner, d.table_oid <> @oid_definition AS is_restored, d.database_oid, d.system_identifier FROM @definition d') INTO d;
	RETURN gapstats_internal.moved_because('report', report, d.is_restored, d.owner, d.database_oid, d.system_identifier);
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_held_because(regclass) IS
'Why a report is not to be refreshed before its owner says so (resume_report); NULL if it may be.';

CREATE FUNCTION gapstats_internal.report_query(report regclass)
RETURNS gapstats_internal.kept_query
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept gapstats_internal.kept_query;
BEGIN
	EXECUTE gapstats_internal.report_sql(report, $sql$
		SELECT d.query, d.names_in, d.date_style, d.interval_style, d.time_zone, d.extra_float_digits, d.meaning
		FROM @definition d
		WHERE gapstats_internal.belongs_with(d.tableoid, $1)
		$sql$)
	INTO kept USING report;
	RETURN kept;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_query(regclass) IS
'The query of a report, as it is kept.';

CREATE FUNCTION gapstats_internal.report_resume_fix(report regclass, condition text)
RETURNS text
LANGUAGE sql STABLE
RETURN (
	SELECT gapstats_internal.resume_words(t.relowner, 'report''s rows', condition, gapstats_internal.missing_grants(t.relowner, (gapstats_internal.report_query(report)).meaning),
		format('SELECT gapstats.resume_report(%L);', report))
	FROM pg_class t
	WHERE t.oid = report
);
COMMENT ON FUNCTION gapstats_internal.report_resume_fix(regclass, text) IS
'The statements that let a report go on as its rows are, after a condition.';
