-- chart: rows as a picture, for any tool that takes Vega-Lite

CREATE FUNCTION gapstats_internal.chart_rows(counted jsonb)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF jsonb_array_length(counted) > gapstats_internal.most_rows_of_chart() THEN
		RAISE EXCEPTION 'rows: there are more than can be drawn'
			USING ERRCODE = 'program_limit_exceeded', DETAIL = format('The limit is %s.', gapstats_internal.most_rows_of_chart()), HINT = 'Choose among them with WHERE, such as one level of a report.';
	END IF;
	RETURN coalesce(counted, '[]');
END
$$;
COMMENT ON FUNCTION gapstats_internal.chart_rows(jsonb) IS
'The rows of a chart. Raises 54000 for more than 5,000.';

CREATE FUNCTION gapstats_internal.chart_confidence(confidence double precision)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF confidence IS NULL THEN
		RAISE EXCEPTION 'confidence must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	PERFORM gapstats.simultaneous_confidence(1, confidence);
	RETURN confidence;
END
$$;
COMMENT ON FUNCTION gapstats_internal.chart_confidence(double precision) IS
'A confidence. Raises 22023 unless it is between 0 and 1, 22003 for NaN, and 22004 for NULL.';

-- Names in rows are the caller's: no SET search_path here. The same rows are written alike, whatever the session's settings.
CREATE FUNCTION chart(kind text, rows text, title text DEFAULT NULL, columns jsonb DEFAULT '{}', confidence double precision DEFAULT 0.95)
RETURNS jsonb
LANGUAGE sql VOLATILE COST 100000
SET extra_float_digits = 1
BEGIN ATOMIC
	WITH known AS MATERIALIZED (
		SELECT jsonb_agg(jsonb_build_array(k.name, k.type::oid) ORDER BY k.ordinality) AS known
		FROM gapstats_internal.query_columns('rows', chart.rows) WITH ORDINALITY k
	)
	SELECT gapstats_internal.chart_specification(chart.kind, chart.title, ARRAY(
			SELECT m FROM gapstats_internal.chart_marks(chart.kind, gapstats_internal.chart_rows((
				SELECT jsonb_agg(q.found)
				FROM gapstats_internal.run_query_once('rows', gapstats_internal.chart_statement(chart.kind, gapstats_internal.as_query('rows', chart.rows), known.known,
					gapstats_internal.chart_columns(chart.kind, chart.columns, known.known))) AS q (found jsonb))), gapstats_internal.chart_confidence(chart.confidence)) m
			ORDER BY m.place), chart.confidence)
	FROM known;
END;
COMMENT ON FUNCTION chart(text, text, text, jsonb, double precision) IS
'A chart of rows as a Vega-Lite specification (version 5) with its data inside, for any tool that takes those, and for report_page(). The same rows give the same specification.
kind: what is drawn. gaps: each gap with its interval (rows of gap_report); trend: gaps over the periods (rows of gap_report with a period); percentiles: bands and medians of groups (rows of percentile_report; with a period, over time); absence: rates over the months (rows of absence_report); flags: how many of the students are flagged (what publish_counts() keeps: group_value, students, flagged), as rates with Wilson''s intervals; disproportionality: risk ratios on a logarithmic axis (group_name, risk_ratio); decomposition: a gap and its parts (rows of gap_decomposition); segregation: Theil''s H over the periods, and what chance would have made it (a period, and the columns of segregation).
rows: a SELECT, or the name of a table or view, read with your rights, once, without writing; up to 5,000. Of several estimates (column estimate) only the gaps are drawn. A report that create_report() has made is drawn as it is, its strata as level names them.
title: NULL for one made from the rows. columns: which column is what, where it is not called so, such as {"group_name": "race"}. confidence: of the intervals, as the rows have them; of flags, as they are to be.
What is NULL, suppressed or not finite is not drawn, and listed as not shown, with its reason. No rows give a chart that says so.
Errors begin with rows where they are of the query: 42703 for a column that is not there, 42804 for one of another type, 21000 for two rows in one place, 54000 for too many; 22023 for an unknown kind, columns that the kind does not have, or a confidence outside (0, 1); 22004 for a NULL other than title.';
