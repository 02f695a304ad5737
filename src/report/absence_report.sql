-- report/absence_report: absence of each group in each month

CREATE FUNCTION gapstats_internal.check_absence_measures(measures jsonb)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong record;
BEGIN
	SELECT m.measure, m.kind INTO wrong FROM gapstats_internal.report_measures(measures) m WHERE m.kind <> 'absent' LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'measure "%" is of "%", not of "absent"', wrong.measure, wrong.kind
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as {"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}.';
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_absence_measures(jsonb) IS
'True, or 22023 for a measure that is not of days absent.';

-- What is checked of the rows is checked before they are divided, so that errors speak of the caller's columns.
CREATE FUNCTION gapstats_internal.report_by_month(rows text, known jsonb, dimensions text[], strata text[], measures jsonb, OUT by_month text, OUT month text, OUT measures_of_month jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	described CONSTANT gapstats_internal.report_measure[] := ARRAY(SELECT m FROM gapstats_internal.report_measures(measures) m);
	days CONSTANT text[] := ARRAY(SELECT format('(r.%I%s)', m.enrolled, ' OPERATOR(gapstats.&) ' || quote_literal(m.during) || '::pg_catalog.daterange') FROM unnest(described) m);
	-- which is the beginning of no column's name
	prefix text := 'enrolled_in_month';
BEGIN
	PERFORM gapstats_internal.report_statement(rows, known, strata, dimensions, NULL, measures, false);
	WHILE EXISTS (SELECT FROM jsonb_array_elements(known) AS k WHERE starts_with(k ->> 0, prefix)) LOOP
		prefix := '_' || prefix;
	END LOOP;
	month := prefix;
	-- of a measure are those who are enrolled in the month by its own days
	by_month := concat(
		'SELECT r.*, m.month AS ', month,
		(SELECT string_agg(format(', %1$s OPERATOR(gapstats.&) m.days AS %2$s, %3$s gapstats.day_count(%1$s OPERATOR(gapstats.&) m.days) OPERATOR(pg_catalog.>) 0 AS %2$s_of',
				days[i], prefix || i, 'r.' || quote_ident(described[i].cohort) || ' AND'), '' ORDER BY i)
			FROM generate_subscripts(described, 1) AS i),
		' FROM (', rows, E'\n) AS r CROSS JOIN LATERAL (SELECT d.month, pg_catalog.daterange(d.month, (d.month OPERATOR(pg_catalog.+) ''1 month''::interval)::pg_catalog.date) AS days FROM (SELECT ',
		(SELECT string_agg(format('coalesce(%s, ''empty''::pg_catalog.daterange::gapstats.dayset)', d), ' OPERATOR(gapstats.|) ') FROM (SELECT DISTINCT d FROM unnest(days) AS d) d),
		' AS days) AS e CROSS JOIN LATERAL gapstats.absence_by_month(e.days, e.days) AS d WHERE d.days_enrolled OPERATOR(pg_catalog.>) 0) AS m');
	measures_of_month := (
		SELECT jsonb_object_agg(described[i].measure, measures -> described[i].measure || jsonb_build_object('enrolled', prefix || i, 'cohort', prefix || i || '_of'))
		FROM generate_subscripts(described, 1) AS i);
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_by_month(text, jsonb, text[], text[], jsonb) IS
'The query for the rows of a query, whose columns are known with the OIDs of their types, once for each month in which the student is enrolled, with the month and the days enrolled in it as columns, and the measures of these. Raises what report_statement() raises of the rows as they are.';

CREATE TYPE absence_report AS (
	key text,
	measure text,
	direction text,
	unit text,
	dimension text,
	level text,
	stratum text,
	month date,
	group_name text,
	n integer,
	n_missing integer,
	absence_rate double precision,
	absence_rate_se double precision,
	absence_rate_lower double precision,
	absence_rate_upper double precision,
	is_suppressed boolean,
	reason text
);
COMMENT ON TYPE absence_report IS 'absence of a group in a month';
COMMENT ON COLUMN absence_report.key IS 'what tells the row from all others of the report: measure, dimension, level, stratum, month and group, as JSON';
COMMENT ON COLUMN absence_report.measure IS 'what is measured, by the name that the caller gave it';
COMMENT ON COLUMN absence_report.direction IS 'higher or lower: which is better';
COMMENT ON COLUMN absence_report.unit IS 'what it is counted in, if the caller said it';
COMMENT ON COLUMN absence_report.dimension IS 'the column whose groups they are; with depth 2 also two of them, such as race x income; all where everyone is one group';
COMMENT ON COLUMN absence_report.level IS 'the columns of the strata, such as school, or grade, school; all where everybody is one stratum';
COMMENT ON COLUMN absence_report.stratum IS 'their values; not recorded for NULL, all at level all';
COMMENT ON COLUMN absence_report.month IS 'the month, as its first day';
COMMENT ON COLUMN absence_report.group_name IS 'the group; everyone without dimensions';
COMMENT ON COLUMN absence_report.n IS 'students of the group who are enrolled in the month for the minimum number of days';
COMMENT ON COLUMN absence_report.n_missing IS 'students enrolled in the month for fewer days, or whose days absent are not known; NULL with suppress';
COMMENT ON COLUMN absence_report.absence_rate IS 'the mean of the shares of their days in the month on which they were absent, 0..1; with a cut the rate of those absent on at least that share';
COMMENT ON COLUMN absence_report.absence_rate_se IS 'its standard error';
COMMENT ON COLUMN absence_report.absence_rate_lower IS 'lower confidence bound, at least 0 (Student''s t; of rates Wilson''s)';
COMMENT ON COLUMN absence_report.absence_rate_upper IS 'upper confidence bound, at most 1';
COMMENT ON COLUMN absence_report.is_suppressed IS 'whether the group is hidden from others; only with suppress';
COMMENT ON COLUMN absence_report.reason IS 'why something is NULL: n_lt_1, n_too_small (fewer students than min_n), n_lt_2, zero_variance; suppressed where others may not see it';

CREATE FUNCTION gapstats_internal.absence_report_for(report regclass, rows text, measures jsonb, dimensions text[] DEFAULT '{}', strata text[] DEFAULT '{}', depth integer DEFAULT 1,
		min_n bigint DEFAULT 10, confidence double precision DEFAULT 0.95, digits integer DEFAULT 4, suppress boolean DEFAULT false, unrecorded_as_group boolean DEFAULT false)
RETURNS SETOF absence_report
LANGUAGE sql VOLATILE COST 100000 ROWS 1000
SET jit = off
BEGIN ATOMIC
	WITH divided AS MATERIALIZED (
		SELECT gapstats_internal.report_by_month(gapstats_internal.as_query('rows', rows),
			(SELECT jsonb_agg(jsonb_build_array(k.name, k.type::oid) ORDER BY k.ordinality) FROM gapstats_internal.query_columns('rows', rows) WITH ORDINALITY k), dimensions, absence_report_for.strata, measures) AS b
	)
	SELECT jsonb_build_array(g.measure, g.dimension, g.level, to_jsonb(g.stratum), g.period, g.group_name)::text,
		g.measure, g.direction, m.unit, g.dimension, g.level, CASE g.n_strata WHEN 0 THEN 'all' ELSE array_to_string(g.stratum, ', ', 'not recorded') END, g.period::date, g.group_name,
		gapstats_internal.integer_count(c.n, 'n'), CASE WHEN NOT suppress THEN gapstats_internal.integer_count(g.n_missing, 'n_missing') END,
		gapstats_internal.significant((v.told).estimate, digits), gapstats_internal.significant((v.told).se, digits),
		gapstats_internal.significant(CASE WHEN (v.told).lower < 0 THEN 0 ELSE (v.told).lower END, digits), gapstats_internal.significant(CASE WHEN (v.told).upper > 1 THEN 1 ELSE (v.told).upper END, digits),
		g.is_hidden, CASE WHEN g.is_hidden THEN 'suppressed' WHEN c.n = 0 THEN 'n_lt_1' WHEN c.n < min_n THEN 'n_too_small' ELSE (v.told).reason END
	FROM (
		SELECT g.* FROM divided d CROSS JOIN LATERAL gapstats_internal.report_groups((d.b).by_month, (d.b).measures_of_month, dimensions, absence_report_for.strata, (d.b).month, depth, '{}', unrecorded_as_group) g WHERE NOT suppress
		UNION ALL
		SELECT g.* FROM divided d CROSS JOIN LATERAL gapstats_internal.report_groups_for_others((d.b).by_month, (d.b).measures_of_month, measures, dimensions, absence_report_for.strata, (d.b).month, depth, 'others', '{}', min_n, unrecorded_as_group, report) g WHERE suppress
	) g
	JOIN gapstats_internal.report_measures(measures) m ON m.measure = g.measure
	CROSS JOIN LATERAL (SELECT CASE WHEN NOT g.is_hidden THEN coalesce(g.n, 0) END AS n) c
	CROSS JOIN LATERAL (SELECT CASE WHEN c.n >= min_n THEN gapstats_internal.group_value(g.is_rate, g.scores, g.x, g.n, confidence) END AS told OFFSET 0) v
	-- before all else
	WHERE gapstats_internal.check_report_of_groups(dimensions, absence_report_for.strata, NULL, depth, min_n, confidence, digits, suppress, unrecorded_as_group)
		AND gapstats_internal.check_absence_measures(measures)
		AND g.group_name IS NOT NULL
		-- months that are another measure's
		AND (g.n > 0 OR g.n_missing > 0)
	ORDER BY g.measure, g.stratum_place, g.group_name, g.period_place;
END;
COMMENT ON FUNCTION gapstats_internal.absence_report_for(regclass, text, jsonb, text[], text[], integer, bigint, double precision, integer, boolean, boolean) IS
'absence_report() for a report that stands, as gap_report_for().';

CREATE FUNCTION absence_report(rows text, measures jsonb, dimensions text[] DEFAULT '{}', strata text[] DEFAULT '{}', depth integer DEFAULT 1,
		min_n bigint DEFAULT 10, confidence double precision DEFAULT 0.95, digits integer DEFAULT 4, suppress boolean DEFAULT false, unrecorded_as_group boolean DEFAULT false)
RETURNS SETOF absence_report
LANGUAGE sql VOLATILE COST 100000 ROWS 1000
SET jit = off
BEGIN ATOMIC
	SELECT * FROM gapstats_internal.absence_report_for(NULL, rows, measures, dimensions, absence_report.strata, depth, min_n, confidence, digits, suppress, unrecorded_as_group);
END;
COMMENT ON FUNCTION absence_report(text, jsonb, text[], text[], integer, bigint, double precision, integer, boolean, boolean) IS
'Absence of each group in each month, in every stratum: one row a measure, dimension, stratum, group and month, from one pass over the rows; as chart(''absence'', ...) takes them.
rows, measures, strata, depth, confidence, digits: as of gap_report(), but of "absent" with "enrolled" only, one row a student: the months are those in which somebody is enrolled. With "cut" it is the rate of those absent on at least that share of their days in the month. dimensions: columns whose groups they are of; without any everyone is one group.
min_n: of fewer students nothing is told but how many they are.
A student whose group is not known is in no group, unless unrecorded_as_group makes them one, not recorded; one whose days enrolled are not known is in no month.
suppress: the report as others may see it. suppress() says, with min_n for its minimum, which groups are hidden, as of gap_report(), in each month. A row of one that is has no numbers and the reason suppressed; the missing are not shown. Fewer than min_n days absent hide a group, too.
Raises what gap_report() raises; 22023 for a measure that is not of days absent.';
