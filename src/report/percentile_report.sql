-- report/percentile_report: percentiles of each group, a row each, as fans are drawn of them

-- Two reports of groups, and not of gaps, have no dimension where they are of everybody
CREATE FUNCTION gapstats_internal.check_report_of_groups(dimensions text[], strata text[], period text, depth integer, min_n bigint, confidence double precision, digits integer, suppress boolean, unrecorded_as_group boolean)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- no column is called so
RETURN gapstats_internal.check_report(CASE WHEN cardinality(dimensions) = 0 THEN ARRAY[''] ELSE dimensions END, strata, period, depth, 'others', '{}', min_n, confidence, digits, suppress, unrecorded_as_group);
COMMENT ON FUNCTION gapstats_internal.check_report_of_groups(text[], text[], text, integer, bigint, double precision, integer, boolean, boolean) IS
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
	IF array_ndims(fractions) > 1 THEN
		RAISE EXCEPTION 'fractions must be an array of one dimension' USING ERRCODE = 'invalid_parameter_value';
	END IF;
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

CREATE FUNCTION gapstats_internal.told_fractions(fractions double precision[], n bigint, least_beside bigint, least_between bigint)
RETURNS double precision[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	told double precision[] := '{}';
	fraction double precision;
BEGIN
	-- from the middle outwards, for that is what most is said of
	FOR fraction IN SELECT f FROM unnest(fractions) AS f WHERE least(f::numeric, 1 - f::numeric) * n >= least_beside ORDER BY abs(f::numeric - 0.5), f LOOP
		IF NOT EXISTS (SELECT FROM unnest(told) AS t WHERE abs(t::numeric - fraction::numeric) * n < least_between) THEN
			told := told || fraction;
		END IF;
	END LOOP;
	RETURN told;
END
$$;
COMMENT ON FUNCTION gapstats_internal.told_fractions(double precision[], bigint, bigint, bigint) IS
'Those of some fractions whose percentiles n students have so many of them beside, on either side, and between any two.';

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
	is_suppressed boolean,
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
COMMENT ON COLUMN percentile_report.n_missing IS 'rows of the group whose score is not known; NULL of stored distributions, and with suppress';
COMMENT ON COLUMN percentile_report.fraction IS 'which percentile, 0..1';
COMMENT ON COLUMN percentile_report.value IS 'the percentile, of type 7, as percentile_cont';
COMMENT ON COLUMN percentile_report.value_se IS 'its standard error (Maritz and Jarrett 1978)';
COMMENT ON COLUMN percentile_report.value_lower IS 'lower confidence bound, the score of a rank (Hahn and Meeker 1991); NULL: open below, or with suppress';
COMMENT ON COLUMN percentile_report.value_upper IS 'upper confidence bound; NULL: open above, or with suppress';
COMMENT ON COLUMN percentile_report.is_suppressed IS 'whether the group is hidden from others; only with suppress';
COMMENT ON COLUMN percentile_report.reason IS 'why something is NULL: n_lt_1, n_too_small (not min_n students to either side of the percentile, with suppress also between it and another), extreme_percentile; suppressed where others may not see it; coarse where nothing is, but the group has more than 16,384 distinct scores';

CREATE FUNCTION gapstats_internal.percentile_report_for(report regclass, rows text, measures jsonb, dimensions text[] DEFAULT '{}', strata text[] DEFAULT '{}', period text DEFAULT NULL, depth integer DEFAULT 1,
		fractions double precision[] DEFAULT '{0.1,0.25,0.5,0.75,0.9}', min_n bigint DEFAULT 10, confidence double precision DEFAULT 0.95, digits integer DEFAULT 4, suppress boolean DEFAULT false, unrecorded_as_group boolean DEFAULT false)
RETURNS SETOF percentile_report
LANGUAGE sql VOLATILE COST 100000 ROWS 1000
SET jit = off
BEGIN ATOMIC
	SELECT jsonb_build_array(g.measure, g.dimension, g.level, to_jsonb(g.stratum), g.period, g.group_name, f.fraction)::text,
		g.measure, g.direction, m.unit, g.dimension, g.level, CASE g.n_strata WHEN 0 THEN 'all' ELSE array_to_string(g.stratum, ', ', 'not recorded') END, g.period, g.group_name,
		gapstats_internal.integer_count(c.n, 'n'), gapstats_internal.integer_count(g.n_missing, 'n_missing'), f.fraction,
		gapstats_internal.significant(p.estimate, digits), gapstats_internal.significant(p.se, digits),
		-- which are scores of students
		CASE WHEN NOT suppress THEN gapstats_internal.significant(p.lower, digits) END, CASE WHEN NOT suppress THEN gapstats_internal.significant(p.upper, digits) END,
		g.is_hidden, CASE WHEN g.is_hidden THEN 'suppressed' WHEN c.n = 0 THEN 'n_lt_1' WHEN NOT f.fraction = ANY (c.told) THEN 'n_too_small' WHEN NOT suppress OR p.reason <> 'extreme_percentile' THEN p.reason END
	FROM (
		SELECT g.* FROM gapstats_internal.report_groups(rows, measures, dimensions, percentile_report_for.strata, percentile_report_for.period, depth, '{}', unrecorded_as_group) g WHERE NOT suppress
		UNION ALL
		SELECT g.* FROM gapstats_internal.report_groups_for_others(rows, measures, measures, dimensions, percentile_report_for.strata, percentile_report_for.period, depth, 'others', '{}', min_n, unrecorded_as_group, report) g WHERE suppress
	) g
	JOIN gapstats_internal.report_measures(measures) m ON m.measure = g.measure
	-- percentiles near the ends are students' scores, and near one another those of few
	CROSS JOIN LATERAL (
		SELECT n.n, CASE WHEN NOT g.is_hidden THEN gapstats_internal.told_fractions(fractions, n.n, min_n, CASE WHEN suppress THEN min_n END) END AS told
		FROM (SELECT CASE WHEN NOT g.is_hidden THEN coalesce(g.n, 0) END AS n) n
		OFFSET 0
	) c
	CROSS JOIN unnest(fractions) AS f (fraction)
	CROSS JOIN LATERAL percentile_interval(CASE WHEN f.fraction = ANY (c.told) THEN g.scores END, f.fraction, confidence) p
	-- before all else
	WHERE gapstats_internal.check_report_of_groups(dimensions, percentile_report_for.strata, percentile_report_for.period, depth, min_n, confidence, digits, suppress, unrecorded_as_group)
		AND gapstats_internal.check_fractions(fractions, measures)
		AND g.group_name IS NOT NULL
	ORDER BY g.measure, g.stratum_place, g.group_name, g.period_place, f.fraction;
END;
COMMENT ON FUNCTION gapstats_internal.percentile_report_for(regclass, text, jsonb, text[], text[], text, integer, double precision[], bigint, double precision, integer, boolean, boolean) IS
'percentile_report() for a report that stands, as gap_report_for().';

CREATE FUNCTION percentile_report(rows text, measures jsonb, dimensions text[] DEFAULT '{}', strata text[] DEFAULT '{}', period text DEFAULT NULL, depth integer DEFAULT 1,
		fractions double precision[] DEFAULT '{0.1,0.25,0.5,0.75,0.9}', min_n bigint DEFAULT 10, confidence double precision DEFAULT 0.95, digits integer DEFAULT 4, suppress boolean DEFAULT false, unrecorded_as_group boolean DEFAULT false)
RETURNS SETOF percentile_report
LANGUAGE sql VOLATILE COST 100000 ROWS 1000
SET jit = off
BEGIN ATOMIC
	SELECT * FROM gapstats_internal.percentile_report_for(NULL, rows, measures, dimensions, percentile_report.strata, percentile_report.period, depth, fractions, min_n, confidence, digits, suppress, unrecorded_as_group);
END;
COMMENT ON FUNCTION percentile_report(text, jsonb, text[], text[], text, integer, double precision[], bigint, double precision, integer, boolean, boolean) IS
'Percentiles of each group, in every stratum: one row a measure, dimension, stratum, period, group and fraction, from one pass over the rows; as chart(''percentiles'', ...) takes them.
rows, measures, strata, period, depth, confidence, digits: as of gap_report(), but of scores, distributions and days without a cut only. dimensions: columns whose groups they are of; without any everyone is one group. fractions: which percentiles, 0.5 for the median.
min_n: a percentile is told where at least so many of the group''s students are to be expected below it, and above it (n fraction and n (1 - fraction)): those near the ends are students'' own scores, and that of 0 and 1 always are.
A student whose group is not known is in no group, unless unrecorded_as_group makes them one, not recorded; one whose score is not known is counted in n_missing.
suppress: the report as others may see it. suppress() says, with min_n for its minimum, which groups are hidden, as of gap_report(): a row of one that is has no numbers and the reason suppressed. Of the others there are percentiles with min_n students on either side and between any two of them, with their standard errors; bounds, which are scores of a rank, and the missing are not shown.
Raises what gap_report() raises; 22023 for a measure that is a rate, and for a fraction that is named twice; 22003 for one outside 0 to 1.';
