-- chart/rows: which rows a chart is of, and what their columns are

CREATE FUNCTION gapstats_internal.chart_parts(kind text)
RETURNS TABLE (place bigint, part text, type text, is_needed boolean, title text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- with a title: what the table of a chart and the mark under the mouse tell besides; a trend is of gaps, and of periods
	parts CONSTANT jsonb := '{
		"gaps": [["measure", "text", false], ["unit", "text", false], ["dimension", "text", false], ["level", "text", false], ["stratum", "text", false],
			["period", "text", false], ["group_focal", "text", true], ["group_reference", "text", false, "compared with"], ["n_focal", "number", false, "students"],
			["n_reference", "number", false, "students compared with"], ["value_focal", "number", false, "value"], ["value_reference", "number", false, "value compared with"],
			["gap", "number", true], ["gap_lower", "number", false], ["gap_upper", "number", false], ["verdict", "text", false, "change"], ["reason", "text", false, "note"],
			["estimate", "text", false]],
		"trend": "gaps",
		"percentiles": [["measure", "text", false], ["unit", "text", false], ["dimension", "text", false], ["level", "text", false], ["stratum", "text", false],
			["period", "text", false], ["group_name", "text", false],
			["fraction", "number", true], ["value", "number", true], ["value_lower", "number", false], ["value_upper", "number", false], ["n", "number", false, "students"], ["reason", "text", false, "note"]],
		"absence": [["measure", "text", false], ["dimension", "text", false], ["level", "text", false], ["stratum", "text", false], ["group_name", "text", false],
			["month", "text", true], ["absence_rate", "number", true], ["absence_rate_lower", "number", false], ["absence_rate_upper", "number", false], ["n", "number", false, "students"], ["days_absent", "number", false, "days absent"],
			["days_enrolled", "number", false, "days enrolled"], ["reason", "text", false, "note"]],
		"flags": [["group_column", "text", false], ["group_value", "text", true], ["is_total", "boolean", false], ["students", "a whole number", true, "students"],
			["flagged", "a whole number", true, "flagged"], ["reason", "text", false, "note"]],
		"disproportionality": [["lea", "text", false], ["group_name", "text", true], ["risk_ratio", "number", true], ["risk_ratio_lower", "number", false],
			["risk_ratio_upper", "number", false], ["x", "number", false, "students with the outcome"], ["n", "number", false, "students"], ["threshold", "number", false, "threshold"],
			["decision", "text", false, "decision"], ["reason", "text", false, "note"]],
		"decomposition": [["measure", "text", false], ["unit", "text", false], ["method", "text", false, "compared by"], ["component", "text", true], ["covariate", "text", false],
			["estimate", "number", true], ["lower", "number", false], ["upper", "number", false], ["n_focal", "number", false, "students"], ["n_reference", "number", false, "students compared with"], ["reason", "text", false, "note"]],
		"segregation": [["group_name", "text", false], ["period", "text", true], ["theil_h", "number", true], ["theil_h_expected", "number", false],
			["n", "number", false, "students"], ["n_units", "number", false, "units"], ["n_groups", "number", false, "groups"], ["reason", "text", false, "note"]]
		}';
BEGIN
	IF kind IS NULL THEN
		RAISE EXCEPTION 'kind must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	IF NOT parts ? kind THEN
		RAISE EXCEPTION 'unrecognized kind: "%"', kind
			USING ERRCODE = 'invalid_parameter_value', HINT = format('There are %s.', (SELECT string_agg(format('"%s"', k), ', ' ORDER BY k) FROM jsonb_object_keys(parts) AS k));
	END IF;
	RETURN QUERY SELECT p.i, p.described ->> 0, p.described ->> 1, (p.described -> 2)::boolean OR kind = 'trend' AND p.described ->> 0 = 'period', p.described ->> 3
		FROM jsonb_array_elements(CASE jsonb_typeof(parts -> kind) WHEN 'string' THEN parts -> (parts ->> kind) ELSE parts -> kind END) WITH ORDINALITY AS p (described, i);
END
$$;
COMMENT ON FUNCTION gapstats_internal.chart_parts(text) IS
'What a kind of chart is made of: the columns of its rows, by the names that the functions of gapstats give them; title is what those are called that are only told, and not drawn. Raises 22023 for an unknown kind, with those that there are, and 22004 for NULL.';

CREATE FUNCTION gapstats_internal.chart_columns(kind text, columns jsonb, known jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong text;
	read_as jsonb;
BEGIN
	IF columns IS NULL THEN
		RAISE EXCEPTION 'columns must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	IF jsonb_typeof(columns) <> 'object' THEN
		RAISE EXCEPTION 'columns must be an object' USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as {"group_name": "race"}.';
	END IF;
	SELECT c.key INTO wrong FROM jsonb_each(columns) AS c WHERE c.key NOT IN (SELECT p.part FROM gapstats_internal.chart_parts(kind) p) ORDER BY c.key LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'columns: a chart of kind "%" has no "%"', kind, wrong
			USING ERRCODE = 'invalid_parameter_value', HINT = format('It has %s.', (SELECT string_agg(p.part, ', ' ORDER BY p.place) FROM gapstats_internal.chart_parts(kind) p));
	END IF;
	SELECT c.key INTO wrong FROM jsonb_each(columns) AS c WHERE jsonb_typeof(c.value) <> 'string' ORDER BY c.key LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'columns: "%" must be the name of a column', wrong USING ERRCODE = 'invalid_parameter_value';
	END IF;
	SELECT jsonb_object_agg(p.part, coalesce(columns ->> p.part, p.part)) INTO read_as
	FROM gapstats_internal.chart_parts(kind) p
	WHERE p.is_needed OR columns ? p.part OR EXISTS (SELECT FROM jsonb_array_elements(known) AS k WHERE k ->> 0 = p.part);
	PERFORM gapstats_internal.check_report_column(known, read_as ->> p.part, format('rows of a chart of kind "%s"', kind), CASE p.type WHEN 'number' THEN 'a number' ELSE nullif(p.type, 'text') END)
	FROM gapstats_internal.chart_parts(kind) p
	WHERE read_as ? p.part
	ORDER BY p.place;
	RETURN read_as;
END
$$;
COMMENT ON FUNCTION gapstats_internal.chart_columns(text, jsonb, jsonb) IS
'The columns that a chart reads, by what it takes them for, among those that are known with the OIDs of their types. Raises 42703 for one that is not there, with those that are, 42804 for one of another type, and 22023 for what the kind of chart does not have.';

CREATE FUNCTION gapstats_internal.most_rows_of_chart()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 5000;
COMMENT ON FUNCTION gapstats_internal.most_rows_of_chart() IS
'As many rows can be drawn.';

-- A report that stays has each stratum in a column of its own
CREATE FUNCTION gapstats_internal.chart_stratum(level text, names text[], texts text[])
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN level = 'all' THEN 'all' ELSE (
	SELECT CASE WHEN bool_and(p.place IS NOT NULL) THEN string_agg(coalesce(texts[p.place], 'not recorded'), ', ' ORDER BY l.i) END
	FROM regexp_matches(level, '(?:^|, )("(?:[^"]|"")*"|[^",]+)', 'g') WITH ORDINALITY AS l (name, i)
	CROSS JOIN LATERAL (SELECT array_position(names, l.name[1])) p (place)
) END;
COMMENT ON FUNCTION gapstats_internal.chart_stratum(text, text[], text[]) IS
'The stratum of a row of a report that has columns of these names and values for its strata, as gap_report() writes it; NULL if it has not those that its level names.';

-- A single-precision number is what it is written as. Where rows are of several estimates, a chart is of the gaps.
CREATE FUNCTION gapstats_internal.chart_statement(kind text, query text, known jsonb, columns jsonb)
RETURNS text
LANGUAGE sql STABLE
RETURN (
	SELECT format('SELECT pg_catalog.jsonb_build_object(%s) FROM (%s%s) AS r%s LIMIT %s',
		string_agg(format('%L::pg_catalog.text, %s', p.part, CASE p.type
			WHEN 'number' THEN format('r.%I%s::double precision', c.name, CASE WHEN EXISTS (
				SELECT FROM jsonb_array_elements(known) AS k WHERE k ->> 0 = c.name AND (k ->> 1)::oid = 'real'::regtype) THEN '::pg_catalog.text' END)
			WHEN 'text' THEN gapstats_internal.report_text(known, c.name, format('r.%I', c.name))
			ELSE format('r.%I', c.name) END), ', ' ORDER BY p.place)
			|| CASE WHEN columns ? 'level' AND NOT columns ? 'stratum' THEN coalesce((
				SELECT format(', ''stratum''::pg_catalog.text, gapstats_internal.chart_stratum(%s, ARRAY[%s], ARRAY[%s])',
					gapstats_internal.report_text(known, columns ->> 'level', format('r.%I', columns ->> 'level')),
					string_agg(format('%L::pg_catalog.text', gapstats_internal.report_name(k.name)), ', ' ORDER BY k.name),
					string_agg(gapstats_internal.report_text(known, k.name, format('r.%I', k.name)), ', ' ORDER BY k.name))
				FROM (
					SELECT k ->> 0 AS name
					FROM jsonb_array_elements(known) AS k
					WHERE NOT EXISTS (
						SELECT
						FROM pg_type t
						JOIN pg_attribute a ON a.attrelid = t.typrelid
						WHERE t.typnamespace = 'gapstats'::regnamespace AND t.typname IN ('gap_report', 'percentile_report', 'absence_report') AND a.attname = k ->> 0)
					GROUP BY 1
					HAVING count(*) = 1
				) k
				HAVING count(*) > 0), '') ELSE '' END
			-- which one it is
			|| CASE kind WHEN 'segregation' THEN format(', ''index''::pg_catalog.text, %L::pg_catalog.text', columns ->> 'theil_h') ELSE '' END,
		query, E'\n',
		CASE WHEN kind IN ('gaps', 'trend') AND columns ? 'estimate' THEN format(' WHERE r.%I::pg_catalog.text OPERATOR(pg_catalog.=) ''gap''::pg_catalog.text', columns ->> 'estimate') END,
		1 + gapstats_internal.most_rows_of_chart())
	FROM gapstats_internal.chart_parts(kind) p
	JOIN jsonb_each_text(columns) AS c (part, name) USING (part)
);
COMMENT ON FUNCTION gapstats_internal.chart_statement(text, text, jsonb, jsonb) IS
'The statement that reads the rows of a chart from a query: each as one object, with what the kind of chart has in it. The stratum may be in columns of its own, as level names them.';
