-- report/group_value: the mean or the rate of one group, and how sure it is

CREATE TYPE gapstats_internal.group_value AS (
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE gapstats_internal.group_value IS 'the mean or the rate of one group';
COMMENT ON COLUMN gapstats_internal.group_value.estimate IS 'the mean, or the rate';
COMMENT ON COLUMN gapstats_internal.group_value.se IS 'its standard error';
COMMENT ON COLUMN gapstats_internal.group_value.lower IS 'lower confidence bound: Student''s t, or Wilson''s';
COMMENT ON COLUMN gapstats_internal.group_value.upper IS 'upper confidence bound';
COMMENT ON COLUMN gapstats_internal.group_value.reason IS 'why something is NULL: n_lt_1, n_lt_2 or zero_variance';

CREATE FUNCTION gapstats_internal.group_value(is_rate boolean, scores gapstats.distribution, x bigint, n bigint, confidence double precision)
RETURNS gapstats_internal.group_value
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	value gapstats_internal.group_value;
	standard_error double precision;
BEGIN
	IF is_rate THEN
		SELECT w.estimate, w.se, w.lower, w.upper, w.reason INTO value FROM gapstats.wilson_interval(x, n, confidence) w;
	ELSE
		value.estimate := gapstats.mean(scores);
		IF n > 1 THEN
			standard_error := gapstats.stddev(scores) / sqrt(n::double precision);
		END IF;
		IF standard_error > 0 THEN
			SELECT i.se, i.lower, i.upper INTO value.se, value.lower, value.upper
			FROM gapstats.simultaneous_interval(value.estimate, standard_error, 1, n - 1, confidence) i;
		ELSE
			value.reason := CASE WHEN n > 1 THEN 'zero_variance' WHEN n = 1 THEN 'n_lt_2' ELSE 'n_lt_1' END;
		END IF;
	END IF;
	RETURN value;
END
$$;
COMMENT ON FUNCTION gapstats_internal.group_value(boolean, gapstats.distribution, bigint, bigint, double precision) IS
'The rate of x of n students, or the mean of the scores of n, with its interval.';
