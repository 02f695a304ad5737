-- report/percentile_report: percentiles of each group, a row each, as fans are drawn of them

-- Two reports of groups, and not of gaps, have no dimension where they are of everybody
CREATE FUNCTION gapstats_internal.check_report_of_groups(dimensions text[], strata text[], period text, depth integer, min_n bigint, confidence double precision, digits integer)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- no column is called so
RETURN gapstats_internal.check_report(CASE WHEN cardinality(dimensions) = 0 THEN ARRAY[''] ELSE dimensions END, strata, period, depth, 'others', '{}', min_n, confidence, digits, false);
COMMENT ON FUNCTION gapstats_internal.check_report_of_groups(text[], text[], text, integer, bigint, double precision, integer) IS
'True, or 22004 for a NULL and 22023 for what a report of groups cannot be asked.';

CREATE FUNCTION gapstats_internal.check_fractions(fractions double precision[], measures jsonb)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong double precision;
	named text;
BEGIN
	IF fractions IS NULL OR array_position(fractions, NULL) IS NOT NULL THEN
		RAISE EXCEPTION 'fractions must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	IF cardinality(fractions) = 0 THEN
		RAISE EXCEPTION 'fractions must not be empty' USING ERRCODE = 'invalid_parameter_value', HINT = 'The 50th percentile is 0.5.';
	END IF;
	SELECT f INTO wrong FROM unnest(fractions) AS f WHERE NOT f BETWEEN 0 AND 1 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'fractions must be between 0 and 1, not %', wrong USING ERRCODE = 'numeric_value_out_of_range', HINT = 'The 50th percentile is 0.5.';
	END IF;
	SELECT f INTO wrong FROM unnest(fractions) AS f GROUP BY f HAVING count(*) > 1 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'fraction % is named twice', wrong USING ERRCODE = 'invalid_parameter_value';
	END IF;
	SELECT m.measure INTO named FROM gapstats_internal.report_measures(measures) m WHERE m.is_rate LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'measure "%" is a rate, which has no percentiles', named USING ERRCODE = 'invalid_parameter_value', HINT = 'Scores, shares of days and numbers of days have, without a cut.';
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_fractions(double precision[], jsonb) IS
'True, or 22004 for a NULL, 22003 for what is no fraction, and 22023 for one that is named twice, none at all, and a measure that has no percentiles.';

CREATE TYPE percentile_report AS (
	key text,
	measure text,
	direction text,
	unit text,
	dimension text,
	level text,
	stratum text,
	period text,
	group_name text,
	n integer,
	n_missing integer,
	fraction double precision,
	value double precision,
	value_se double precision,
	value_lower double precision,
	value_upper double precision,
	reason text
);
COMMENT ON TYPE percentile_report IS 'a percentile of a group';
COMMENT ON COLUMN percentile_report.key IS 'what tells the row from all others of the report: measure, dimension, level, stratum, period, group and fraction, as JSON';
COMMENT ON COLUMN percentile_report.measure IS 'what is measured, by the name that the caller gave it';
COMMENT ON COLUMN percentile_report.direction IS 'higher or lower: which is better';
COMMENT ON COLUMN percentile_report.unit IS 'what it is counted in, if the caller said it';
COMMENT ON COLUMN percentile_report.dimension IS 'the column whose groups they are; with depth 2 also two of them, such as race x income; all where everyone is one group';
COMMENT ON COLUMN percentile_report.level IS 'the columns of the strata, such as school, or grade, school; all where everybody is one stratum';
COMMENT ON COLUMN percentile_report.stratum IS 'their values; not recorded for NULL, all at level all';
COMMENT ON COLUMN percentile_report.period IS 'the value of the period; NULL without one';
COMMENT ON COLUMN percentile_report.group_name IS 'the group; everyone without dimensions';
COMMENT ON COLUMN percentile_report.n IS 'students of the group whose score is known';
COMMENT ON COLUMN percentile_report.n_missing IS 'rows of the group whose score is not known; NULL of stored distributions';
COMMENT ON COLUMN percentile_report.fraction IS 'which percentile, 0..1';
COMMENT ON COLUMN percentile_report.value IS 'the percentile, of type 7, as percentile_cont';
COMMENT ON COLUMN percentile_report.value_se IS 'its standard error (Maritz and Jarrett 1978)';
COMMENT ON COLUMN percentile_report.value_lower IS 'lower confidence bound, the score of a rank (Hahn and Meeker 1991); NULL: open below';
COMMENT ON COLUMN percentile_report.value_upper IS 'upper confidence bound; NULL: open above';
COMMENT ON COLUMN percentile_report.reason IS 'why something is NULL: n_lt_1, n_too_small (not min_n students to either side of the percentile), extreme_percentile; coarse where nothing is, but the group has more than 16,384 distinct scores';

CREATE FUNCTION percentile_report(rows text, measures jsonb, dimensions text[] DEFAULT '{}', strata text[] DEFAULT '{}', period text DEFAULT NULL, depth integer DEFAULT 1,
		fractions double precision[] DEFAULT '{0.1,0.25,0.5,0.75,0.9}', min_n bigint DEFAULT 10, confidence double precision DEFAULT 0.95, digits integer DEFAULT 4)
RETURNS SETOF percentile_report
LANGUAGE sql VOLATILE COST 100000 ROWS 1000
SET jit = off
BEGIN ATOMIC
	SELECT jsonb_build_array(g.measure, g.dimension, g.level, to_jsonb(g.stratum), g.period, g.group_name, f.fraction)::text,
		g.measure, g.direction, m.unit, g.dimension, g.level, CASE g.n_strata WHEN 0 THEN 'all' ELSE array_to_string(g.stratum, ', ', 'not recorded') END, g.period, g.group_name,
		gapstats_internal.integer_count(c.n, 'n'), gapstats_internal.integer_count(g.n_missing, 'n_missing'), f.fraction,
		gapstats_internal.significant(p.estimate, digits), gapstats_internal.significant(p.se, digits), gapstats_internal.significant(p.lower, digits), gapstats_internal.significant(p.upper, digits),
		CASE WHEN c.n = 0 THEN 'n_lt_1' WHEN c.is_told THEN p.reason ELSE 'n_too_small' END
	FROM gapstats_internal.report_groups(rows, measures, dimensions, percentile_report.strata, percentile_report.period, depth, '{}') g
	JOIN gapstats_internal.report_measures(measures) m ON m.measure = g.measure
	CROSS JOIN unnest(fractions) AS f (fraction)
	-- percentiles near the ends are students' scores
	CROSS JOIN LATERAL (SELECT coalesce(g.n, 0) AS n, least(f.fraction::numeric, 1 - f.fraction::numeric) * g.n >= min_n AS is_told) c
	CROSS JOIN LATERAL percentile_interval(CASE WHEN c.is_told THEN g.scores END, f.fraction, confidence) p
	-- before all else
	WHERE gapstats_internal.check_report_of_groups(dimensions, percentile_report.strata, percentile_report.period, depth, min_n, confidence, digits)
		AND gapstats_internal.check_fractions(fractions, measures)
		AND g.group_name IS NOT NULL
	ORDER BY g.measure, g.dimension, g.n_strata, g.level, g.stratum, g.group_name, g.period_place, f.fraction;
END;
COMMENT ON FUNCTION percentile_report(text, jsonb, text[], text[], text, integer, double precision[], bigint, double precision, integer) IS
'Percentiles of each group, in every stratum: one row a measure, dimension, stratum, period, group and fraction, from one pass over the rows; as chart(''percentiles'', ...) takes them.
rows, measures, strata, period, depth, confidence, digits: as of gap_report(), but of scores, distributions and days without a cut only. dimensions: columns whose groups they are of; without any everyone is one group. fractions: which percentiles, 0.5 for the median.
min_n: a percentile is told where at least so many of the group''s students are to be expected below it, and above it (n fraction and n (1 - fraction)): those near the ends are students'' own scores, and that of 0 and 1 always are.
A student whose group is not known is in no group; one whose score is not known is counted in n_missing.
It is no suppression: what others may see of small groups is for suppress().
Raises what gap_report() raises; 22023 for a measure that is a rate, and for a fraction that is named twice; 22003 for one outside 0 to 1.';
