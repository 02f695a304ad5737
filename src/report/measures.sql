-- report/measures: what a report measures, as its caller describes it

CREATE TYPE gapstats_internal.report_measure AS (
	measure text,
	kind text,
	is_rate boolean,
	"column" text,
	denominator text,
	enrolled text,
	during daterange,
	minimum_days integer,
	cut numeric,
	direction text,
	unit text,
	cohort text,
	scale_lower double precision,
	scale_upper double precision,
	goal numeric,
	gap_goal numeric
);
COMMENT ON TYPE gapstats_internal.report_measure IS 'a measure of a report';
COMMENT ON COLUMN gapstats_internal.report_measure.measure IS 'its name';
COMMENT ON COLUMN gapstats_internal.report_measure.kind IS 'score, distribution, outcome, numerator, absent or days: what its column holds';
COMMENT ON COLUMN gapstats_internal.report_measure.is_rate IS 'whether students have it or have it not, so that groups differ in rates, not in means';
COMMENT ON COLUMN gapstats_internal.report_measure."column" IS 'the column that it is of';
COMMENT ON COLUMN gapstats_internal.report_measure.denominator IS 'the column that a numerator is of';
COMMENT ON COLUMN gapstats_internal.report_measure.enrolled IS 'the column of the days among which days count';
COMMENT ON COLUMN gapstats_internal.report_measure.during IS 'the days of the calendar that count; NULL: all';
COMMENT ON COLUMN gapstats_internal.report_measure.minimum_days IS 'the days enrolled of which a student must have so many';
COMMENT ON COLUMN gapstats_internal.report_measure.cut IS 'the score, share or number of days from which a student is counted, where that is what is measured';
COMMENT ON COLUMN gapstats_internal.report_measure.direction IS 'higher or lower: which is better';
COMMENT ON COLUMN gapstats_internal.report_measure.unit IS 'what it is counted in, for readers';
COMMENT ON COLUMN gapstats_internal.report_measure.cohort IS 'the column that says of whom it is; NULL: of all';
COMMENT ON COLUMN gapstats_internal.report_measure.scale_lower IS 'the lowest that a score can be';
COMMENT ON COLUMN gapstats_internal.report_measure.scale_upper IS 'the highest that a score can be';
COMMENT ON COLUMN gapstats_internal.report_measure.goal IS 'the value that each group is to reach';
COMMENT ON COLUMN gapstats_internal.report_measure.gap_goal IS 'how large a gap is to be at most';

CREATE FUNCTION gapstats_internal.measure_number(name text, option text, said jsonb, lowest numeric, highest numeric)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF said IS NULL THEN
		RETURN NULL;
	END IF;
	-- what a double holds
	IF jsonb_typeof(said) <> 'number' OR abs(said::numeric) > 1e308 OR scale(trim_scale(said::numeric)) > 300 THEN
		RAISE EXCEPTION 'measures: the % of "%" must be a number%, not %', option, name, CASE jsonb_typeof(said) WHEN 'number' THEN ' of at most 1e308, with at most 300 digits after the point' ELSE '' END,
				CASE WHEN length(said::text) <= 80 THEN said::text ELSE left(said::text, 77) || '...' END
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF said::numeric < lowest OR said::numeric > highest THEN
		RAISE EXCEPTION 'measures: the % of "%" must be %, not %', option, name, concat_ws(' and ', 'at least ' || lowest, 'at most ' || highest), said USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN said::numeric;
END
$$;
COMMENT ON FUNCTION gapstats_internal.measure_number(text, text, jsonb, numeric, numeric) IS
'The number of an option, or NULL without it. Raises 22023 for what is no number, or is not between two (NULL: unbounded).';

CREATE FUNCTION gapstats_internal.measure_during(name text, said text)
RETURNS daterange
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
AS $$
BEGIN
	RETURN said::daterange;
EXCEPTION WHEN data_exception OR syntax_error THEN
	RAISE EXCEPTION 'measures: during of "%" must be a range of days, not "%"', name, said
		USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as "[2025-09-01,2025-10-01)".';
END
$$;
COMMENT ON FUNCTION gapstats_internal.measure_during(text, text) IS
'The days that count. Raises 22023 for what is no range of days.';

CREATE FUNCTION gapstats_internal.report_measure(name text, described jsonb)
RETURNS gapstats_internal.report_measure
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- what of each kind can be said besides
	kinds CONSTANT jsonb := '{"score": ["cut", "scale"], "distribution": ["cut", "scale"], "outcome": [], "numerator": ["denominator"],
		"absent": ["enrolled", "during", "minimum_days", "cut"], "days": ["enrolled", "during", "minimum_days", "cut", "scale"]}';
	options CONSTANT text[] := '{denominator,enrolled,during,minimum_days,cut,direction,unit,cohort,scale,goal,gap_goal}';
	of_all CONSTANT text[] := '{direction,unit,cohort,goal,gap_goal}';
	made gapstats_internal.report_measure;
	said text[];
	unknown text;
BEGIN
	IF jsonb_typeof(described) <> 'object' THEN
		RAISE EXCEPTION 'measures: "%" must be an object, not %', name, left(described::text, 80)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as {"reading": {"score": "read", "direction": "higher"}}.';
	END IF;
	SELECT array_agg(k ORDER BY k) FILTER (WHERE kinds ? k), min(k) FILTER (WHERE NOT kinds ? k AND NOT k = ANY (options))
	INTO said, unknown
	FROM jsonb_object_keys(described) AS k;
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION 'measures: "%" has an unknown option "%"', name, unknown
			USING ERRCODE = 'invalid_parameter_value', HINT = format('Options are %s.', array_to_string('{score,distribution,outcome,numerator,absent,days}' || options, ', '));
	END IF;
	IF cardinality(said) IS DISTINCT FROM 1 THEN
		RAISE EXCEPTION 'measures: "%" must be of one of score, distribution, outcome, numerator, absent, days, not of %', name, coalesce(array_to_string(said, ' and '), 'none')
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	made.kind := said[1];
	SELECT min(k) INTO unknown FROM jsonb_object_keys(described) AS k WHERE NOT kinds ? k AND NOT k = ANY (of_all) AND NOT kinds -> made.kind ? k;
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION 'measures: "%" is of "%", which has no "%"', name, made.kind, unknown
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = format('It has %s.', array_to_string(ARRAY(SELECT jsonb_array_elements_text(kinds -> made.kind)) || of_all, ', '));
	END IF;
	SELECT min(k.key) INTO unknown FROM jsonb_each(described) AS k WHERE k.key IN (made.kind, 'denominator', 'enrolled', 'cohort') AND jsonb_typeof(k.value) <> 'string';
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION 'measures: the % of "%" must be the name of a column, not %', unknown, name, left((described -> unknown)::text, 80)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is written in quotes.';
	END IF;
	made.measure := name;
	made."column" := described ->> made.kind;
	made.denominator := described ->> 'denominator';
	made.enrolled := described ->> 'enrolled';
	made.direction := described ->> 'direction';
	made.unit := described ->> 'unit';
	made.cohort := described ->> 'cohort';
	unknown := CASE WHEN made.kind = 'numerator' AND made.denominator IS NULL THEN 'denominator' WHEN made.kind = 'absent' AND made.enrolled IS NULL THEN 'enrolled' END;
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION 'measures: "%" has the % "%", and no "%"', name, made.kind, made."column", unknown
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = CASE unknown WHEN 'enrolled' THEN 'The column of the days enrolled, among which days absent count: "enrolled": "days_enrolled".' ELSE 'The column of how many students it is of: "denominator": "n_students".' END;
	END IF;
	IF made.direction IS NULL THEN
		RAISE EXCEPTION 'measures: "%" has no direction', name
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Which is better: "direction": "higher", or "lower"?';
	END IF;
	IF made.direction NOT IN ('higher', 'lower') THEN
		RAISE EXCEPTION 'measures: the direction of "%" must be "higher" or "lower", whichever is better, not "%"', name, made.direction
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	made.cut := gapstats_internal.measure_number(name, 'cut', described -> 'cut', NULL, CASE made.kind WHEN 'absent' THEN 1 END);
	IF made.kind = 'absent' AND made.cut <= 0 THEN
		RAISE EXCEPTION 'measures: the cut of "%" must be above 0 and at most 1, not %', name, made.cut USING ERRCODE = 'invalid_parameter_value', HINT = 'Write 0.1 for 10%.';
	END IF;
	made.is_rate := made.cut IS NOT NULL OR made.kind IN ('outcome', 'numerator');
	made.during := gapstats_internal.measure_during(name, described ->> 'during');
	IF (described -> 'minimum_days')::text ~ '[.eE]' THEN
		RAISE EXCEPTION 'measures: the minimum_days of "%" must be a whole number, not %', name, described -> 'minimum_days' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF made.enrolled IS NOT NULL THEN
		-- no share of so few days is judged, as by chronic_absence()
		made.minimum_days := coalesce(gapstats_internal.measure_number(name, 'minimum_days', described -> 'minimum_days', 1, 36525), CASE WHEN made.kind = 'absent' AND made.cut IS NOT NULL THEN 10 ELSE 1 END);
	ELSIF described ? 'minimum_days' THEN
		RAISE EXCEPTION 'measures: "%" has minimum_days, and no days enrolled', name USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF described ? 'scale' THEN
		IF jsonb_typeof(described -> 'scale') <> 'array' OR jsonb_array_length(described -> 'scale') <> 2 THEN
			RAISE EXCEPTION 'measures: the scale of "%" must be two numbers, not %', name, left((described -> 'scale')::text, 80) USING ERRCODE = 'invalid_parameter_value', HINT = 'The lowest and the highest score of the test: "scale": [300, 700].';
		END IF;
		made.scale_lower := gapstats_internal.measure_number(name, 'lower end of the scale', described -> 'scale' -> 0, NULL, NULL);
		made.scale_upper := gapstats_internal.measure_number(name, 'upper end of the scale', described -> 'scale' -> 1, made.scale_lower::numeric, NULL);
	ELSIF made.kind = 'absent' THEN
		made.scale_lower := 0;
		made.scale_upper := 1;
	END IF;
	made.goal := gapstats_internal.measure_number(name, 'goal', described -> 'goal', CASE WHEN made.is_rate THEN 0 END, CASE WHEN made.is_rate THEN 1 END);
	made.gap_goal := gapstats_internal.measure_number(name, 'gap_goal', described -> 'gap_goal', 0, 1);
	IF made.gap_goal IS NOT NULL AND NOT made.is_rate THEN
		RAISE EXCEPTION 'measures: "%" has a gap_goal, which only rates have', name
			USING ERRCODE = 'invalid_parameter_value', HINT = 'How many students it takes is a question of an outcome, or of scores with a cut.';
	END IF;
	RETURN made;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_measure(text, jsonb) IS
'A measure as its caller describes it. Raises 22023 for what is said wrongly.';

CREATE FUNCTION gapstats_internal.report_measures(measures jsonb)
RETURNS SETOF gapstats_internal.report_measure
LANGUAGE plpgsql STABLE ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF measures IS NULL THEN
		RAISE EXCEPTION 'measures must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	IF jsonb_typeof(measures) <> 'object' OR measures = '{}' THEN
		RAISE EXCEPTION 'measures must be an object of at least one measure, not %', left(measures::text, 80)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as {"reading": {"score": "read", "direction": "higher"}}.';
	END IF;
	RETURN QUERY SELECT d.* FROM jsonb_each(measures) AS m CROSS JOIN LATERAL gapstats_internal.report_measure(m.key, m.value) d;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_measures(jsonb) IS
'The measures of a report, one row each. Raises 22023 for what is said wrongly, 22004 for NULL.';

CREATE FUNCTION gapstats_internal.check_named_once(dimensions text[], strata text[], period text)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	twice record;
BEGIN
	SELECT n.name, string_agg(DISTINCT n.named_in, ' and in ') AS places, count(DISTINCT n.named_in) AS n_places INTO twice
	FROM (
		SELECT d AS name, 'dimensions' AS named_in FROM unnest(dimensions) AS d
		UNION ALL
		SELECT s, 'strata' FROM unnest(strata) AS s
		UNION ALL
		SELECT period, 'period'
	) n
	WHERE n.name IS NOT NULL
	GROUP BY n.name
	HAVING count(*) > 1
	ORDER BY n.name COLLATE "C"
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'column "%" is named %in %', twice.name, CASE twice.n_places WHEN 1 THEN 'twice ' ELSE '' END, twice.places
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_named_once(text[], text[], text) IS
'Raises 22023 for a column that a report is to have twice, and says where it is named.';
