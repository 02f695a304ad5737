-- report/measures: what a report measures, as its caller describes it

CREATE TYPE gapstats_internal.report_measure AS (
	measure text,
	kind text,
	"column" text,
	denominator text,
	cut double precision,
	direction text,
	unit text,
	cohort text
);
COMMENT ON TYPE gapstats_internal.report_measure IS 'a measure of a report';
COMMENT ON COLUMN gapstats_internal.report_measure.measure IS 'its name';
COMMENT ON COLUMN gapstats_internal.report_measure.kind IS 'score, distribution, outcome or numerator: what its column holds';
COMMENT ON COLUMN gapstats_internal.report_measure."column" IS 'the column that it is of';
COMMENT ON COLUMN gapstats_internal.report_measure.denominator IS 'the column that a numerator is of';
COMMENT ON COLUMN gapstats_internal.report_measure.cut IS 'the score from which a student is proficient, where that is what is measured';
COMMENT ON COLUMN gapstats_internal.report_measure.direction IS 'higher or lower: which is better';
COMMENT ON COLUMN gapstats_internal.report_measure.unit IS 'what it is counted in, for readers';
COMMENT ON COLUMN gapstats_internal.report_measure.cohort IS 'the column that says of whom it is; NULL: of all';

CREATE FUNCTION gapstats_internal.report_measure(name text, described jsonb)
RETURNS gapstats_internal.report_measure
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kinds CONSTANT text[] := '{score,distribution,outcome,numerator}';
	options CONSTANT text[] := '{denominator,cut,direction,unit,cohort}';
	made gapstats_internal.report_measure;
	said text[];
	unknown text;
BEGIN
	IF jsonb_typeof(described) <> 'object' THEN
		RAISE EXCEPTION 'measures: "%" must be an object', name
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as {"reading": {"score": "read", "direction": "higher"}}.';
	END IF;
	SELECT array_agg(k ORDER BY k) FILTER (WHERE k = ANY (kinds)), min(k) FILTER (WHERE NOT k = ANY (kinds || options))
	INTO said, unknown
	FROM jsonb_object_keys(described) AS k;
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION 'measures: "%" has an unknown option "%"', name, unknown
			USING ERRCODE = 'invalid_parameter_value', HINT = format('Options are %s.', array_to_string(kinds || options, ', '));
	END IF;
	IF cardinality(said) IS DISTINCT FROM 1 THEN
		RAISE EXCEPTION 'measures: "%" must be of one of %, not of %', name, array_to_string(kinds, ', '), coalesce(array_to_string(said, ' and '), 'none')
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	made.measure := name;
	made.kind := said[1];
	made."column" := described ->> made.kind;
	made.denominator := described ->> 'denominator';
	made.direction := described ->> 'direction';
	made.unit := described ->> 'unit';
	made.cohort := described ->> 'cohort';
	IF made."column" IS NULL OR (made.kind = 'numerator') <> (made.denominator IS NOT NULL) THEN
		RAISE EXCEPTION 'measures: "%" needs a column%', name, CASE made.kind WHEN 'numerator' THEN ', and a denominator' ELSE ', and no denominator' END
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF made.direction IS NULL THEN
		RAISE EXCEPTION 'measures: "%" has no direction', name
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Which is better: "direction": "higher", or "lower"?';
	END IF;
	IF made.direction NOT IN ('higher', 'lower') THEN
		RAISE EXCEPTION 'measures: the direction of "%" must be "higher" or "lower", whichever is better, not "%"', name, made.direction
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF described ? 'cut' THEN
		IF made.kind NOT IN ('score', 'distribution') THEN
			RAISE EXCEPTION 'measures: "%" has a cut, which only scores have', name USING ERRCODE = 'invalid_parameter_value';
		END IF;
		IF jsonb_typeof(described -> 'cut') <> 'number' OR abs((described -> 'cut')::numeric) > 1e308 THEN
			RAISE EXCEPTION 'measures: the cut of "%" must be a number of at most 1e308', name USING ERRCODE = 'invalid_parameter_value';
		END IF;
		made.cut := (described ->> 'cut')::double precision;
	END IF;
	RETURN made;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_measure(text, jsonb) IS
'A measure as its caller describes it. Raises 22023 for what is said wrongly.';

CREATE FUNCTION gapstats_internal.report_measures(measures jsonb)
RETURNS SETOF gapstats_internal.report_measure
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF measures IS NULL THEN
		RAISE EXCEPTION 'measures must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	IF jsonb_typeof(measures) <> 'object' OR measures = '{}' THEN
		RAISE EXCEPTION 'measures must be an object of at least one measure'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as {"reading": {"score": "read", "direction": "higher"}}.';
	END IF;
	RETURN QUERY SELECT (gapstats_internal.report_measure(m.key, m.value)).* FROM jsonb_each(measures) AS m;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_measures(jsonb) IS
'The measures of a report, one row each. Raises 22023 for what is said wrongly, 22004 for NULL.';
