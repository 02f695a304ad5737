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
LANGUAGE sql STABLE
RETURN 'CREATE TABLE @report (key text PRIMARY KEY); ' || gapstats_internal.tables_statement('report',
	'rows text NOT NULL, measures jsonb NOT NULL, dimensions text[] NOT NULL, strata text[] NOT NULL, period text, options jsonb NOT NULL, told jsonb, columns text[] NOT NULL DEFAULT ''{key}''',
	'n_rows integer, n_added integer, n_changed integer, n_removed integer') || $sql$
	COMMENT ON TABLE @report IS 'Report: one row a gap, percentile or month of a group, as of the last successful refresh.';
	COMMENT ON TABLE @definition IS 'What the report is of; one row. What is written there runs with its owner''s rights: nobody else may be granted writing.';
	COMMENT ON TABLE @runs IS 'Every refresh of the report, successful or not, for as long as its options say.';
	COMMENT ON COLUMN @definition.rows IS 'the SELECT, or the name of the table, as it was written';
	COMMENT ON COLUMN @definition.query IS 'the query that is run: of that, the columns that the report uses';
	COMMENT ON COLUMN @definition.measures IS 'what is measured, by name';
	COMMENT ON COLUMN @definition.dimensions IS 'the columns whose groups are compared';
	COMMENT ON COLUMN @definition.strata IS 'the columns that divide the students: each is one of the report''s, too';
	COMMENT ON COLUMN @definition.period IS 'the column of the period; NULL if there is none';
	COMMENT ON COLUMN @definition.options IS 'its kind, and other options of gap_report, percentile_report or absence_report, by their names; keep_runs and release';
	COMMENT ON COLUMN @definition.told IS 'with suppress, what others were told last: which cells, hidden or with their numbers, and as which release of its ledger';
	COMMENT ON COLUMN @definition.columns IS 'the columns that a refresh writes: those of the report, and those that were; others are left alone';
	COMMENT ON COLUMN @runs.n_rows IS 'rows of the report';
	COMMENT ON COLUMN @runs.n_added IS 'of them, rows that are new';
	COMMENT ON COLUMN @runs.n_changed IS 'rows that were otherwise before';
	COMMENT ON COLUMN @runs.n_removed IS 'rows that are gone';
	$sql$;
COMMENT ON FUNCTION gapstats_internal.report_tables_statement() IS
'The template of the statements that make the tables of a report. The columns of the report itself are added by fit_report().';

CREATE FUNCTION gapstats_internal.report_resume_fix(report regclass, condition text)
RETURNS text
LANGUAGE sql STABLE
RETURN (
	SELECT gapstats_internal.resume_words(t.relowner, 'report''s rows', condition, gapstats_internal.missing_grants(t.relowner, (gapstats_internal.thing_query(report)).meaning),
		format('SELECT gapstats.resume_report(%L);', report))
	FROM pg_class t
	WHERE t.oid = report
);
COMMENT ON FUNCTION gapstats_internal.report_resume_fix(regclass, text) IS
'The statements that let a report go on as its rows are, after a condition.';
