-- standing/kept_query: queries that users wrote, kept as written with what they mean
--
-- What these functions run, they run with the rights of whoever calls them: no more than
-- he could have run himself.

CREATE TYPE gapstats_internal.kept_query AS (
	query text,
	names_in text,
	date_style text,
	interval_style text,
	time_zone text,
	extra_float_digits text,
	meaning text[]
);
COMMENT ON TYPE gapstats_internal.kept_query IS
'A query as its writer wrote it, with the settings that change what it means, and what it meant then.';
COMMENT ON COLUMN gapstats_internal.kept_query.query IS 'the text of one SELECT';
COMMENT ON COLUMN gapstats_internal.kept_query.names_in IS 'the search path that its names are looked up in';
COMMENT ON COLUMN gapstats_internal.kept_query.date_style IS 'setting DateStyle';
COMMENT ON COLUMN gapstats_internal.kept_query.interval_style IS 'setting IntervalStyle';
COMMENT ON COLUMN gapstats_internal.kept_query.time_zone IS 'setting TimeZone';
COMMENT ON COLUMN gapstats_internal.kept_query.extra_float_digits IS 'setting extra_float_digits';
COMMENT ON COLUMN gapstats_internal.kept_query.meaning IS
'what its names stood for: relations and others'' objects with their owners, columns with their types, functions, operators, casts, dates and times, columns of the result';

CREATE FUNCTION gapstats_internal.keep_query(what text, query text, names_in text)
	RETURNS gapstats_internal.kept_query
	AS 'MODULE_PATHNAME' LANGUAGE C COST 1000;
COMMENT ON FUNCTION gapstats_internal.keep_query(text, text, text) IS
'Keeps a query with its meaning, its names looked up in names_in and its dates read as the session reads them. Errors begin with what: 42601 if it is not one statement, 0A000 if it is not a plain SELECT, 42P17 if something in it is temporary, 42501 if running it would run a function of a role that does not have the current user''s rights, 22004 for a NULL.';

CREATE FUNCTION gapstats_internal.kept_query_columns(what text, kept gapstats_internal.kept_query)
	RETURNS TABLE (name text, type regtype, type_mod integer, declaration text)
	AS 'MODULE_PATHNAME' LANGUAGE C COST 1000 ROWS 10;
COMMENT ON FUNCTION gapstats_internal.kept_query_columns(text, gapstats_internal.kept_query) IS
'The columns of a kept query''s result, in order; declaration is the type as CREATE TABLE takes it, whatever the search path. Errors begin with what, and are those of run_kept_query.';

CREATE FUNCTION gapstats_internal.kept_query_origins(what text, kept gapstats_internal.kept_query)
	RETURNS TABLE (name text, origin regclass, origin_column text)
	AS 'MODULE_PATHNAME' LANGUAGE C COST 1000 ROWS 10;
COMMENT ON FUNCTION gapstats_internal.kept_query_origins(text, gapstats_internal.kept_query) IS
'Which column of which table or view each column of a kept query''s result is, in order; NULL for one that is computed. Errors begin with what, and are those of run_kept_query.';

CREATE FUNCTION gapstats_internal.kept_query_relations(what text, kept gapstats_internal.kept_query)
	RETURNS TABLE (relation regclass, column_name text)
	AS 'MODULE_PATHNAME' LANGUAGE C COST 1000 ROWS 10;
COMMENT ON FUNCTION gapstats_internal.kept_query_relations(text, gapstats_internal.kept_query) IS
'The relations and columns that a kept query reads (of a view its own); one row with a NULL column_name for a relation of which no column is read. One that is read twice may be there twice. Errors begin with what, and are those of run_kept_query.';

CREATE FUNCTION gapstats_internal.run_kept_query(what text, kept gapstats_internal.kept_query)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C COST 10000;
COMMENT ON FUNCTION gapstats_internal.run_kept_query(text, gapstats_internal.kept_query) IS
'Runs a kept query with the rights and under the snapshot of the caller. Errors begin with what and keep their SQLSTATE: 55000 if it means something else by now, with the difference in the detail, 42501 if it would run a function of a role that does not have the current user''s rights, 42804 if its columns are not those of the column definition list, 22004 for a NULL.';

CREATE FUNCTION gapstats_internal.query_texts(what text, query text, columns text[], named_in text)
	RETURNS TABLE (place bigint, texts text[])
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION gapstats_internal.query_texts(text, text, text[], text) IS
'Runs a query of the caller''s own, or reads the relation of that name, once, with his rights and without writing: the rows with their number, and the values of the columns (NULL: of all) as text. Errors begin with what: 42601 if it is not one statement, 0A000 if it is not a plain SELECT, 42501 if it would run a function of a role that does not have the current user''s rights; 42703 for a column that it does not have, which named_in names; 22004 for a NULL.';

CREATE FUNCTION gapstats_internal.as_query(what text, query text)
	RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.as_query(text, text) IS
'A query of the caller''s own, or one for all of the relation of that name, as it can stand in parentheses. Errors are those of query_texts.';

CREATE FUNCTION gapstats_internal.query_columns(what text, query text)
	RETURNS TABLE (name text, type regtype)
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 1000 ROWS 10;
COMMENT ON FUNCTION gapstats_internal.query_columns(text, text) IS
'The columns of a query of the caller''s own, or of the relation of that name, in order; of a domain the type that it is over. Errors are those of query_texts.';

CREATE FUNCTION gapstats_internal.run_query_once(what text, query text)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION gapstats_internal.run_query_once(text, text) IS
'Runs a query of the caller''s own, or reads the relation of that name, once, with his rights and without writing. Errors are those of query_texts; 42804 if its columns are not those of the column definition list.';
