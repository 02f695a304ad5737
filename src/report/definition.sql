-- report/definition: what a report that stands is of
--
-- The function of a report is asked by the names of its arguments, which its catalog entry tells; and the columns are
-- those of its type.  So an option or a column that it is given is one of reports, too.

CREATE FUNCTION gapstats_internal.report_kind(options jsonb, OUT kind text, OUT function text, OUT n text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT k.kind, k.function, k.n
	-- as charts call them
	FROM (VALUES ('gaps', 'gap_report', 'n_focal'), ('percentiles', 'percentile_report', 'n'), ('absence', 'absence_report', 'n')) k (kind, function, n)
	WHERE k.kind = coalesce(options ->> 'kind', 'gaps');
END;
COMMENT ON FUNCTION gapstats_internal.report_kind(jsonb) IS
'What a report with some options is of: its kind, the function whose rows it has, and their column of how many students they count; NULL for a kind that there is not.';

CREATE FUNCTION gapstats_internal.report_arguments(options jsonb)
RETURNS TABLE (name text, type regtype, is_option boolean)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT a.name, a.type::regtype, NOT a.name = ANY ('{rows,measures,dimensions,strata,period}')
	FROM (
		SELECT p.proargnames, p.proargtypes
		FROM pg_proc p
		WHERE p.pronamespace = 'gapstats'::regnamespace AND p.proname = (SELECT k.function FROM gapstats_internal.report_kind(report_arguments.options) k)
		ORDER BY p.pronargs DESC
		LIMIT 1
	) p
	CROSS JOIN LATERAL unnest(p.proargnames, p.proargtypes::oid[]) WITH ORDINALITY AS a (name, type, place)
	WHERE a.type IS NOT NULL
	ORDER BY a.place;
END;
COMMENT ON FUNCTION gapstats_internal.report_arguments(jsonb) IS
'The arguments of the function of a report with some options, in order, and whether each is one of its options.';

CREATE FUNCTION gapstats_internal.report_keeps_runs(options jsonb)
RETURNS interval
LANGUAGE sql STABLE
RETURN coalesce((options ->> 'keep_runs')::interval, '1 year');
COMMENT ON FUNCTION gapstats_internal.report_keeps_runs(jsonb) IS
'How long a report with some options keeps the rows of its runs.';

CREATE FUNCTION gapstats_internal.check_keep_runs(options jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	BEGIN
		-- and there is a time so long ago
		IF coalesce(jsonb_typeof(options -> 'keep_runs'), 'string') = 'string' AND now() - gapstats_internal.report_keeps_runs(options) < now() THEN
			RETURN;
		END IF;
	EXCEPTION WHEN data_exception THEN
		NULL;
	END;
	RAISE EXCEPTION 'options: "keep_runs" must be how long runs are kept, not %', left((options -> 'keep_runs')::text, 80)
		USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as "90 days".';
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_keep_runs(jsonb) IS
'Raises 22023 for options of a report whose "keep_runs" is no interval above 0.';

CREATE FUNCTION gapstats_internal.options_of_rows(options jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(options) WHEN 'object' THEN options - 'keep_runs' ELSE options END;
COMMENT ON FUNCTION gapstats_internal.options_of_rows(jsonb) IS
'Those of a report''s options by which its rows are made.';

CREATE FUNCTION gapstats_internal.options_of_counts(options jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(options) WHEN 'object' THEN gapstats_internal.options_of_rows(options) - '{release,digits,confidence,reference,reference_groups}'::text[] ELSE options END;
COMMENT ON FUNCTION gapstats_internal.options_of_counts(jsonb) IS
'Those of a report''s options on which it depends how many rows it has, and how many students they count.';

CREATE FUNCTION gapstats_internal.check_report_options(options jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	unknown text;
	argument record;
BEGIN
	IF jsonb_typeof(options) <> 'object' THEN
		RAISE EXCEPTION 'options must be an object'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as {"depth": 2}.';
	END IF;
	IF jsonb_typeof(options -> 'kind') <> 'string' OR (gapstats_internal.report_kind(options)).kind IS NULL THEN
		RAISE EXCEPTION 'options: there is no kind %', options -> 'kind'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Kinds are "gaps", "percentiles" and "absence".';
	END IF;
	SELECT k INTO unknown FROM jsonb_object_keys(options - '{kind,keep_runs,release}'::text[]) AS k WHERE k NOT IN (SELECT a.name FROM gapstats_internal.report_arguments(options) a WHERE a.is_option) ORDER BY k LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'options: there is no option "%"', unknown
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = format('Options are kind, keep_runs, release, and those of %s: %s.', (gapstats_internal.report_kind(options)).function, (SELECT string_agg(a.name, ', ') FROM gapstats_internal.report_arguments(options) a WHERE a.is_option));
	END IF;
	-- one after another, for an error of a type does not say of which
	FOR argument IN SELECT a.name, a.type FROM gapstats_internal.report_arguments(options) a WHERE options ? a.name LOOP
		BEGIN
			EXECUTE format('SELECT FROM jsonb_to_record($1) AS o (%I %s) WHERE o.%1$I IS NULL', argument.name, argument.type) USING options;
		EXCEPTION WHEN data_exception THEN
			RAISE EXCEPTION 'options: "%" cannot be %', argument.name, options -> argument.name
				USING ERRCODE = 'invalid_parameter_value', HINT = format('It is of type %s.', argument.type);
		END;
	END LOOP;
	PERFORM gapstats_internal.check_keep_runs(options), gapstats_internal.check_report_release(options);
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_report_options(jsonb) IS
'Raises 22023 for options that the function of the report does not have, and reports neither, or whose values are of another type; the rest it says itself.';

CREATE FUNCTION gapstats_internal.report_asked(measures jsonb, dimensions text[], strata text[], period text, options jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN options || jsonb_build_object('measures', measures, 'dimensions', dimensions, 'strata', strata, 'period', period);
COMMENT ON FUNCTION gapstats_internal.report_asked(jsonb, text[], text[], text, jsonb) IS
'What a report is of, but for its rows, as an object of its kind and the arguments of its function.';

-- What becomes columns is looked at before there are any; the rest the function says
CREATE FUNCTION gapstats_internal.check_report_columns(strata text[], period text, options jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong text;
BEGIN
	IF array_ndims(strata) > 1 OR array_lower(strata, 1) <> 1 THEN
		RAISE EXCEPTION 'strata must be an array of one dimension, from 1 on' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF array_position(strata, NULL) IS NOT NULL THEN
		RAISE EXCEPTION 'a column''s name must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	PERFORM gapstats_internal.check_named_once(NULL, strata, NULL);
	IF period IS NOT NULL AND (gapstats_internal.report_kind(options)).kind = 'absence' THEN
		RAISE EXCEPTION 'a report of absence has no period' USING ERRCODE = 'invalid_parameter_value', HINT = 'Its periods are months.';
	END IF;
	SELECT s INTO wrong
	FROM unnest(strata) AS s
	JOIN pg_type t ON t.typnamespace = 'gapstats'::regnamespace AND t.typname = (gapstats_internal.report_kind(options)).function
	JOIN pg_attribute a ON a.attrelid = t.typrelid AND a.attname = s AND a.attnum > 0 AND NOT a.attisdropped
	WHERE s <> 'stratum'
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'strata: a report has a column "%" of its own', wrong
			USING ERRCODE = 'duplicate_column', HINT = format('Give it another name in the rows: SELECT %I AS ...', wrong);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_report_columns(text[], text, jsonb) IS
'Raises 42701 for a stratum of which no column can be made since a report has one of that name, 22023 for one that is named twice, or a period where there are months, 22004 for a NULL.';

CREATE FUNCTION gapstats_internal.report_call(asked jsonb)
RETURNS text
LANGUAGE sql STABLE
RETURN (
	SELECT format('jsonb_to_record($1) AS o (%s) CROSS JOIN LATERAL gapstats_internal.%I(report => $3, rows => $2, %s)',
		string_agg(format('%I %s', a.name, format_type(a.type, -1)), ', '), (gapstats_internal.report_kind(asked)).function || '_for', string_agg(format('%I => o.%1$I', a.name), ', '))
	FROM gapstats_internal.report_arguments(asked) a
	WHERE a.name <> 'rows' AND asked ? a.name
);
COMMENT ON FUNCTION gapstats_internal.report_call(jsonb) IS
'The call of the function of a report as it stands in FROM, with what is asked, an object of its arguments by name, as $1, the rows as $2 and the report, one that stands, as $3.';

-- What the rows are is said by the query, which reads and checks it by itself
CREATE FUNCTION gapstats_internal.report_source(kept gapstats_internal.kept_query)
RETURNS text
LANGUAGE sql STABLE
RETURN (
	SELECT format('SELECT * FROM gapstats_internal.run_kept_query(%L, %L) AS r (%s)', 'rows', kept, string_agg(format('%I %s', k.name, k.declaration), ', ' ORDER BY k.ordinality))
	FROM gapstats_internal.kept_query_columns('rows', kept) WITH ORDINALITY AS k
);
COMMENT ON FUNCTION gapstats_internal.report_source(gapstats_internal.kept_query) IS
'The rows of a report for its function: a kept query, run as it is kept.';

-- A table may be given columns that a report has nothing to do with.
CREATE FUNCTION gapstats_internal.report_rows_used(rows text, query text, names text[], asked jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
	SELECT CASE WHEN used.columns IS NULL OR cardinality(names) > (SELECT count(DISTINCT n) FROM unnest(names) AS n) THEN query
		WHEN query = 'TABLE ' || rows THEN format('SELECT %s FROM %s', used.columns, rows)
		ELSE format(E'SELECT %s FROM (\n%s\n) AS r', used.columns, query) END
	FROM (
		SELECT string_agg(quote_ident(n.name), ', ' ORDER BY n.place) AS columns
		FROM unnest(names) WITH ORDINALITY AS n (name, place)
		WHERE EXISTS (SELECT FROM jsonb_path_query(asked, 'strict $.**') AS v WHERE v = to_jsonb(n.name))
	) used
);
COMMENT ON FUNCTION gapstats_internal.report_rows_used(text, text, text[], jsonb) IS
'The query for those columns of a report''s rows whose names are in what is asked anywhere; for all if none is, or two have one name.';

CREATE FUNCTION gapstats_internal.keep_report_rows(rows text, asked jsonb, names_in text, other gapstats_internal.kept_query)
RETURNS gapstats_internal.kept_query
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_written_now CONSTANT boolean := other.query IS NULL;
	query CONSTANT text := gapstats_internal.as_query('rows', rows);
	kept gapstats_internal.kept_query;
	used text;
BEGIN
	kept := CASE WHEN is_written_now THEN gapstats_internal.keep_query('rows', query, names_in) ELSE gapstats_internal.keep_query_as('rows', query, other) END;
	used := gapstats_internal.report_rows_used(rows, query, ARRAY(SELECT k.name FROM gapstats_internal.kept_query_columns('rows', kept) WITH ORDINALITY AS k ORDER BY k.ordinality), asked);
	RETURN CASE WHEN is_written_now THEN gapstats_internal.keep_query('rows', used, names_in) ELSE gapstats_internal.keep_query_as('rows', used, other) END;
END
$$;
COMMENT ON FUNCTION gapstats_internal.keep_report_rows(text, jsonb, text, gapstats_internal.kept_query) IS
'Keeps the query of a report''s rows, a SELECT or the name of a relation, for what is asked: as it is written now, or under the settings with which another was.';

-- A type that somebody can drop, or make anew, would take its column along, or could not be: of that the text.
CREATE FUNCTION gapstats_internal.report_column_type(type regtype)
RETURNS text
LANGUAGE sql STABLE
RETURN (
	WITH RECURSIVE base (type, typtype, typbasetype) AS (
		SELECT t.oid, t.typtype, t.typbasetype FROM pg_type t WHERE t.oid = report_column_type.type
		UNION ALL
		SELECT t.oid, t.typtype, t.typbasetype FROM base b JOIN pg_type t ON t.oid = b.typbasetype WHERE b.typtype = 'd'
	)
	SELECT coalesce((
		SELECT format_type(b.type, -1)
		FROM base b
		JOIN pg_type t ON t.oid = b.type
		WHERE b.typtype IN ('b', 'r', 'm') AND (t.typnamespace = 'pg_catalog'::regnamespace OR EXISTS (
			SELECT FROM pg_depend e WHERE e.classid = 'pg_type'::regclass AND e.objid = coalesce(nullif(t.typelem, 0), t.oid) AND e.deptype = 'e'))
		-- an array of what somebody made is in no schema but his
		AND NOT (t.typnamespace = 'pg_catalog'::regnamespace AND t.oid >= 16384)), 'text')
);
COMMENT ON FUNCTION gapstats_internal.report_column_type(regtype) IS
'The type of a report''s column for values of a type, as CREATE TABLE takes it: its own if it is PostgreSQL''s or an extension''s (of a domain, what it is over), else text.';

CREATE FUNCTION gapstats_internal.report_columns(kept gapstats_internal.kept_query, strata text[], period text, options jsonb)
RETURNS TABLE (place bigint, name text, type text, is_of_rows boolean, said text, expression text)
LANGUAGE sql STABLE
BEGIN ATOMIC
	WITH own AS (
		SELECT k.name, gapstats_internal.report_column_type(k.type) AS type FROM gapstats_internal.kept_query_columns('rows', kept) k
	), given AS (
		SELECT a.attnum, a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type, col_description(a.attrelid, a.attnum) AS said
		FROM pg_type t
		JOIN pg_attribute a ON a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE t.typnamespace = 'gapstats'::regnamespace AND t.typname = (SELECT k.function FROM gapstats_internal.report_kind(report_columns.options) k)
	)
	SELECT row_number() OVER (ORDER BY c.attnum, c.stratum), c.name, c.type, c.stratum > 0 OR c.name IN ('period', 'previous_period'), c.said, c.expression
	FROM (
		SELECT g.attnum, 0 AS stratum, g.name,
			CASE WHEN g.name IN ('period', 'previous_period') THEN coalesce((SELECT o.type FROM own o WHERE o.name = report_columns.period LIMIT 1), 'text') ELSE g.type END AS type,
			g.said, format('g.%I', g.name) AS expression
		FROM given g
		WHERE g.name <> 'stratum'
		UNION ALL
		SELECT g.attnum, s.place, s.name, coalesce((SELECT o.type FROM own o WHERE o.name = s.name LIMIT 1), 'text'),
			'the value of this column of the rows; NULL where it is not recorded, or where level does not name it',
			-- of several they are the first ones, in their order
			format('g.of_stratum ->> CASE WHEN jsonb_array_length(g.of_stratum) > 1 THEN %s WHEN g.level = %L THEN 0 END', s.place - 1, gapstats_internal.report_name(s.name))
		FROM given g
		CROSS JOIN unnest(strata) WITH ORDINALITY AS s (name, place)
		WHERE g.name = 'stratum'
	) c;
END;
COMMENT ON FUNCTION gapstats_internal.report_columns(gapstats_internal.kept_query, text[], text, jsonb) IS
'The columns of a report: those of its function, with each stratum in a column of its own and the period in its own type; whether their types are those of its rows, what they say, and the expression for each over rows g of the function with of_stratum, the values of the strata as a JSON array.';

-- Its owner can write anything there, and what he wrote would otherwise be an error of whatever reads it.
CREATE FUNCTION gapstats_internal.check_definition(report regclass, is_of_rows boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
-- so that they are again what they were
SET DateStyle = 'ISO'
SET IntervalStyle = 'postgres'
SET TimeZone = 'UTC'
SET extra_float_digits = 1
AS $$
DECLARE
	definition CONSTANT regclass := gapstats_internal.thing_definition(report, 'report');
	d record;
	part text;
	detail text;
BEGIN
	IF definition IS NULL THEN
		PERFORM gapstats_internal.raise_no_thing(report, 'report');
	END IF;
	part := 'rows';
	EXECUTE gapstats_internal.thing_sql(report, 'SELECT * FROM @definition') INTO d;
	part := 'measures';
	PERFORM gapstats_internal.report_measures(d.measures);
	part := 'options';
	PERFORM gapstats_internal.check_report_options(d.options);
	part := 'told';
	IF jsonb_typeof(d.told) <> 'object' OR jsonb_typeof(d.told -> 'cells') <> 'array' THEN
		RAISE EXCEPTION 'told must be an object with an array of cells' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM count(*) FROM jsonb_to_recordset(d.told -> 'cells') AS c (cell text[], is_hidden boolean);
	part := 'strata';
	PERFORM gapstats_internal.check_report_columns(d.strata, d.period, d.options);
	part := 'schedule';
	PERFORM gapstats_internal.next_run(d.schedule, now());
	part := 'columns';
	IF ('key' = ANY (d.columns)) IS NOT TRUE OR EXISTS (SELECT FROM unnest(d.columns) AS c WHERE c IS NULL) THEN
		RAISE EXCEPTION 'columns must have "key", and no NULL' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF is_of_rows THEN
		part := 'rows';
		PERFORM gapstats_internal.use_settings_of(gapstats_internal.thing_query(report)), set_config('search_path', d.names_in, true);
		PERFORM set_config('search_path', 'pg_catalog, pg_temp', true);
		IF array_ndims(d.meaning) > 1 OR EXISTS (SELECT FROM unnest(d.meaning) AS m WHERE m IS NULL) THEN
			RAISE EXCEPTION 'meaning must be an array of one dimension without NULL' USING ERRCODE = 'invalid_parameter_value';
		ELSIF jsonb_typeof(d.owners) <> 'object' OR jsonb_path_exists(d.owners, 'strict $.* ? (!(@.type() == "string" && @ like_regex "^[0-9]{1,9}$|^[123][0-9]{9}$" || @.type() == "number" && @ >= 0 && @ <= 4294967295 && @ == @.floor()))') THEN
			RAISE EXCEPTION 'owners must be an object of OIDs' USING ERRCODE = 'invalid_parameter_value';
		END IF;
	END IF;
EXCEPTION WHEN data_exception OR duplicate_column THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RAISE EXCEPTION 'what is written in % cannot be used: %', definition, SQLERRM
		USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = detail,
			  HINT = CASE part
				WHEN 'rows' THEN format('Write it anew: SELECT gapstats.alter_report(%L, %L);', report, d.rows)
				WHEN 'told' THEN format('Let it begin anew: UPDATE %s SET told = NULL;', definition)
				WHEN 'schedule' THEN format('Schedule it anew: UPDATE %s SET schedule = NULL; then SELECT gapstats.schedule_report(%L, ''0 5 * * *'');', definition, report)
				WHEN 'columns' THEN format('Write there those that are the report''s, and none that you have added: UPDATE %s SET columns = %L;', definition,
					ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = report AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum))
				ELSE format('Write it anew, with what you want in the place of the dots: SELECT gapstats.alter_report(%L, %s => ''...'');', report, part) END;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_definition(regclass, boolean) IS
'Raises 55000, with the line that writes it anew, for a definition of a report that nothing of gapstats has written. is_of_rows: also what is kept with the query of the rows.';
