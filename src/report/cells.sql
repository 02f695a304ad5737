-- report/cells: one pass over the rows, to the finest cells that a report needs
--
-- What a report says of any group of any stratum is rolled up from them.

CREATE FUNCTION gapstats_internal.check_report_column(known jsonb, name text, named_in text, is_kind text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	types CONSTANT regtype[] := ARRAY(SELECT (k ->> 1)::oid FROM jsonb_array_elements(known) AS k WHERE k ->> 0 = name);
	fit CONSTANT regtype[] := CASE is_kind
		WHEN 'a number' THEN '{smallint,integer,bigint,real,double precision,numeric}'
		WHEN 'a whole number' THEN '{smallint,integer,bigint}'
		WHEN 'boolean' THEN '{boolean}'
		WHEN 'distribution' THEN '{gapstats.distribution}'
		WHEN 'a set of days' THEN '{gapstats.dayset}' END;
BEGIN
	IF name IS NULL THEN
		RETURN;
	ELSIF cardinality(types) <> 1 THEN
		RAISE EXCEPTION '%: there is % column "%"', named_in, CASE cardinality(types) WHEN 0 THEN 'no' ELSE 'more than one' END, name
			USING ERRCODE = CASE cardinality(types) WHEN 0 THEN 'undefined_column' ELSE 'ambiguous_column' END,
				  HINT = format('There are %s.', (SELECT string_agg(format('"%s"', k ->> 0), ', ' ORDER BY place) FROM jsonb_array_elements(known) WITH ORDINALITY AS a (k, place)));
	ELSIF NOT types[1] = ANY (fit) THEN
		RAISE EXCEPTION '%: column "%" is of type %, not %', named_in, name, types[1], is_kind USING ERRCODE = 'datatype_mismatch';
	ELSIF is_kind = 'sorted' AND NOT gapstats_internal.is_sorted_and_hashed(types[1]) THEN
		RAISE EXCEPTION '%: column "%" is of type %, which cannot be sorted and hashed', named_in, name, types[1] USING ERRCODE = 'datatype_mismatch';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_report_column(jsonb, text, text, text) IS
'Raises 42703 or 42702 for a name that is not of one of the columns that are known, each with the OID of its type, and 42804 for one that is not what is_kind says (NULL: anything; sorted: what has an order).';

-- Values are one if their texts are: of some types those that are equal need not look alike.  Days and times are
-- written as in JSON; and whatever else looks otherwise under some setting is written under settings that are always
-- the same.
CREATE FUNCTION gapstats_internal.report_text(known jsonb, name text, expression text)
RETURNS text
LANGUAGE sql STABLE
RETURN format(coalesce((
		SELECT CASE
			WHEN t.typcategory IN ('A', 'C', 'R')
				OR t.oid IN ('real'::regtype, 'double precision'::regtype, 'interval'::regtype, 'timestamptz'::regtype, 'timetz'::regtype, 'bytea'::regtype, 'money'::regtype)
				THEN 'gapstats_internal.settled_text(%s)'
			WHEN t.typcategory = 'D' THEN '(pg_catalog.to_jsonb(%s) OPERATOR(pg_catalog.#>>) ''{}'')' END
		FROM jsonb_array_elements(known) AS k
		JOIN pg_type t ON t.oid = (k ->> 1)::oid
		WHERE k ->> 0 = name
		LIMIT 1), '%s::pg_catalog.text'), expression);
COMMENT ON FUNCTION gapstats_internal.report_text(jsonb, text, text) IS
'The expression for a value of a column as a text.';

-- Of these types what is equal looks alike, and they are grouped as they are, which is quicker
CREATE FUNCTION gapstats_internal.is_grouped_as_is(known jsonb, name text)
RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (
	SELECT
	FROM jsonb_array_elements(known) AS k
	JOIN pg_type t ON t.oid = (k ->> 1)::oid
	WHERE k ->> 0 = name AND (t.typtype = 'e' OR t.oid IN ('boolean'::regtype, 'smallint'::regtype, 'integer'::regtype, 'bigint'::regtype, 'date'::regtype, 'uuid'::regtype))
);
COMMENT ON FUNCTION gapstats_internal.is_grouped_as_is(jsonb, text) IS
'Whether rows are grouped by a column itself, and not by its text.';

-- Whoever's search path it is, nothing here is anybody's own.  A single-precision 0.7 is what it is
-- written as, or a cut of 0.7 would leave it out.  Days count where they are days enrolled, and of whom
-- too few are enrolled nothing is known.
CREATE FUNCTION gapstats_internal.report_value(known jsonb, m gapstats_internal.report_measure)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	during CONSTANT text := CASE WHEN m.during IS NULL THEN '' ELSE format(' OPERATOR(gapstats.&) %L::pg_catalog.daterange', m.during) END;
	enrolled CONSTANT text := '(r.' || quote_ident(m.enrolled) || during || ')';
	among CONSTANT text := CASE WHEN m.enrolled IS NULL THEN during ELSE format(' OPERATOR(gapstats.&) %s', enrolled) END;
	value CONSTANT text := CASE m.kind
		WHEN 'score' THEN format('r.%I%s::double precision', m."column",
			CASE WHEN EXISTS (SELECT FROM jsonb_array_elements(known) AS k WHERE k ->> 0 = m."column" AND (k ->> 1)::oid = 'real'::regtype) THEN '::pg_catalog.text' END)
		WHEN 'absent' THEN format(CASE WHEN m.is_rate THEN 'gapstats.absent_at_least(r.%I, %s, %L::pg_catalog.numeric)' ELSE 'gapstats.absence_rate(r.%I, %s)' END, m."column", enrolled, m.cut)
		WHEN 'days' THEN format('gapstats.day_count(r.%I%s)::double precision', m."column", among)
		ELSE format('r.%I', m."column") END;
BEGIN
	RETURN CASE WHEN m.enrolled IS NULL THEN value ELSE format('CASE WHEN gapstats.day_count(%s) OPERATOR(pg_catalog.>=) %s THEN %s END', enrolled, m.minimum_days, value) END;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_value(jsonb, gapstats_internal.report_measure) IS
'The expression for what a row r has of a measure: a score, a distribution, or whether it has the outcome.';

-- So that what they are rolled up to is a bigint, too
CREATE FUNCTION gapstats_internal.summed(sum numeric, measure text, "column" text)
RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF abs(sum) > 2147483647 THEN
		RAISE EXCEPTION 'measure "%": column "%" sums up to % students', measure, "column", sum
			USING ERRCODE = 'numeric_value_out_of_range', DETAIL = 'The limit is 2147483647.', HINT = 'Numerators and denominators are numbers of students.';
	END IF;
	RETURN sum;
END
$$;
COMMENT ON FUNCTION gapstats_internal.summed(numeric, text, text) IS
'A sum of a column. Raises 22003 for more students than a report counts.';

CREATE FUNCTION gapstats_internal.report_aggregates(known jsonb, m gapstats_internal.report_measure, place integer, are_cells boolean)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	value CONSTANT text := gapstats_internal.report_value(known, m);
	condition CONSTANT text := CASE WHEN m.cohort IS NULL THEN 'true' ELSE format('r.%I', m.cohort) END;
	scores text := 'NULL::gapstats.distribution';
	n_outcome text := 'NULL::bigint';
	n text := 'NULL::bigint';
	n_missing text := 'NULL::bigint';
BEGIN
	IF m.kind = 'distribution' AND are_cells THEN
		scores := format('CASE WHEN %s THEN %s END', condition, value);
	ELSIF m.kind = 'distribution' THEN
		scores := format('gapstats.rollup(%s) FILTER (WHERE %s)', value, condition);
	ELSIF m.kind = 'numerator' THEN
		n_outcome := format('gapstats_internal.summed(pg_catalog.sum(%s) FILTER (WHERE %s AND r.%I IS NOT NULL), %L, %L)', value, condition, m.denominator, m.measure, m."column");
		n := format('gapstats_internal.summed(pg_catalog.sum(r.%I) FILTER (WHERE %s AND %s IS NOT NULL), %L, %1$L)', m.denominator, condition, value, m.measure);
		n_missing := format('pg_catalog.count(*) FILTER (WHERE %s AND (%s IS NULL OR r.%I IS NULL))', condition, value, m.denominator);
	ELSIF m.kind = 'outcome' OR m.kind = 'absent' AND m.is_rate THEN
		n_outcome := format('pg_catalog.count(*) FILTER (WHERE %s AND %s)', condition, value);
		n := format('pg_catalog.count(%s) FILTER (WHERE %s)', value, condition);
		n_missing := format('pg_catalog.count(*) FILTER (WHERE %s) OPERATOR(pg_catalog.-) %s', condition, n);
	ELSE
		scores := format('gapstats.distribution(%s) FILTER (WHERE %s)', value, condition);
		n_missing := format('pg_catalog.count(*) FILTER (WHERE %s) OPERATOR(pg_catalog.-) coalesce(gapstats.n(%s), 0)', condition, scores);
	END IF;
	RETURN concat(scores, ' AS scores_', place, ', ', n_outcome, ' AS n_outcome_', place, ', ', n, ' AS n_', place, ', ', n_missing, ' AS n_missing_', place);
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_aggregates(jsonb, gapstats_internal.report_measure, integer, boolean) IS
'The aggregates of a measure over rows r, as the columns of its number: scores, n_outcome, n and n_missing; are_cells: what the row itself has, a distribution.';

CREATE FUNCTION gapstats_internal.report_statement(rows text, known jsonb, strata text[], dimensions text[], period text, measures jsonb, unrecorded_as_group boolean)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	described CONSTANT gapstats_internal.report_measure[] := ARRAY(SELECT m FROM gapstats_internal.report_measures(measures) m);
	n_strata CONSTANT integer := cardinality(strata);
	n_both CONSTANT integer := n_strata + cardinality(dimensions);
	grouped CONSTANT text[] := strata || dimensions || array_remove(ARRAY[period], NULL);
	is_by_text CONSTANT boolean := period IS NOT NULL AND NOT gapstats_internal.is_grouped_as_is(known, period);
	-- Stored distributions are cells already, and what rolls cells up merges those of one cell, too. To put periods in order rows
	-- had better be few and short
	are_cells CONSTANT boolean := period IS NULL AND NOT EXISTS (SELECT FROM unnest(described) AS m WHERE m.kind <> 'distribution');
	text_of CONSTANT text[] := ARRAY(
		SELECT CASE WHEN gapstats_internal.is_grouped_as_is(known, g.name) THEN gapstats_internal.report_text(known, g.name, 'c.column_' || g.place) ELSE 'c.column_' || g.place END
		FROM unnest(grouped) WITH ORDINALITY AS g (name, place));
	groups CONSTANT text[] := ARRAY(
		SELECT CASE WHEN unrecorded_as_group THEN format('coalesce(%s, %L)', t.text, gapstats_internal.report_member(NULL)) ELSE t.text END
		FROM unnest(text_of[n_strata + 1:n_both]) WITH ORDINALITY AS t (text, place)
		ORDER BY t.place);
BEGIN
	PERFORM gapstats_internal.check_report_column(known, s, 'strata', NULL) FROM unnest(strata) s;
	PERFORM gapstats_internal.check_report_column(known, d, 'dimensions', NULL) FROM unnest(dimensions) d;
	PERFORM gapstats_internal.check_report_column(known, period, 'period', 'sorted');
	PERFORM gapstats_internal.check_report_column(known, m."column", format('measure "%s"', m.measure),
			CASE m.kind WHEN 'score' THEN 'a number' WHEN 'outcome' THEN 'boolean' WHEN 'numerator' THEN 'a whole number' WHEN 'distribution' THEN m.kind ELSE 'a set of days' END),
		gapstats_internal.check_report_column(known, m.enrolled, format('measure "%s"', m.measure), 'a set of days'),
		gapstats_internal.check_report_column(known, m.denominator, format('measure "%s"', m.measure), 'a whole number'),
		gapstats_internal.check_report_column(known, m.cohort, format('measure "%s"', m.measure), 'boolean')
	FROM unnest(described) AS m;
	-- A period is the last of the columns. Periods are one if they are equal, of whatever texts that have 1.0 and 1.00
	RETURN concat(
		'SELECT ', (SELECT string_agg(t.text || ', ', '' ORDER BY t.place) FROM unnest(text_of[:n_strata] || groups) WITH ORDINALITY AS t (text, place)),
		CASE WHEN period IS NULL THEN 'NULL::pg_catalog.text, 1::bigint'
			WHEN is_by_text THEN format('pg_catalog.min(%s) OVER (PARTITION BY c.in_order), pg_catalog.dense_rank() OVER (ORDER BY c.in_order)', text_of[n_both + 1])
			ELSE format('%s, pg_catalog.dense_rank() OVER (ORDER BY c.column_%s)', text_of[n_both + 1], n_both + 1) END,
		', v.* FROM (SELECT ', concat_ws(', ',
			(SELECT string_agg(format('%s AS column_%s', CASE WHEN gapstats_internal.is_grouped_as_is(known, g.name) THEN format('r.%I', g.name)
					ELSE gapstats_internal.report_text(known, g.name, format('r.%I', g.name)) || ' COLLATE pg_catalog."C"' END, g.place), ', ' ORDER BY g.place)
				FROM unnest(grouped) WITH ORDINALITY AS g (name, place)),
			CASE WHEN is_by_text THEN format('r.%I AS in_order', period) END,
			(SELECT string_agg(gapstats_internal.report_aggregates(known, described[i], i, are_cells), ', ' ORDER BY i) FROM generate_subscripts(described, 1) AS i)),
		' FROM (', rows, E'\n) AS r',
		-- everybody is one cell, where there is anybody
		CASE WHEN NOT are_cells THEN ' GROUP BY ' || coalesce((SELECT string_agg(i::text, ', ' ORDER BY i) FROM generate_series(1, cardinality(grouped) + is_by_text::integer) AS i),
			'() HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0') END,
		') AS c CROSS JOIN LATERAL (VALUES ',
		(SELECT string_agg(format('(%1$L::pg_catalog.text, c.scores_%2$s, c.n_outcome_%2$s, c.n_%2$s, c.n_missing_%2$s)', described[i].measure, i), ', ' ORDER BY i)
			FROM generate_subscripts(described, 1) AS i),
		') AS v');
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_statement(text, jsonb, text[], text[], text, jsonb, boolean) IS
'The statement that makes the cells of a report of a query''s rows, whose columns are known with the OIDs of their types; unrecorded_as_group: those whose group is NULL are one with a name. Raises 42703 and 42804 for columns that are not what is said of them.';

CREATE FUNCTION gapstats_internal.report_cells(rows text, strata text[], dimensions text[], period text, measures jsonb, unrecorded_as_group boolean)
RETURNS text
LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT gapstats_internal.report_statement(gapstats_internal.as_query('rows', rows), jsonb_agg(jsonb_build_array(k.name, k.type::oid) ORDER BY k.ordinality), strata, dimensions, period, measures, unrecorded_as_group)
	FROM gapstats_internal.query_columns('rows', rows) WITH ORDINALITY k;
END;
COMMENT ON FUNCTION gapstats_internal.report_cells(text, text[], text[], text, jsonb, boolean) IS
'The statement that makes the finest cells of a report: rows are a query of the caller''s own, or the name of a relation. Raises what report_statement() does.';
