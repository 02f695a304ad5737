-- chart/marks: what is drawn of each row, or why it is not

CREATE FUNCTION gapstats_internal.chart_order(name text)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
	WHEN name ~ '^-?[0-9]{1,15}(\.[0-9]{1,15})?$' THEN name::numeric
	WHEN upper(name) IN ('PK', 'PREK', 'PRE-K') THEN -1
	WHEN upper(name) IN ('K', 'KG') THEN 0
END;
COMMENT ON FUNCTION gapstats_internal.chart_order(text) IS
'Where a name stands among others: numbers by their size, kindergarten as 0, and the year before as -1; NULL: in the order of its letters, after those.';

CREATE FUNCTION gapstats_internal.chart_reason(reason text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- behind a colon, which covariate
RETURN coalesce(CASE split_part(reason, ': ', 1)
	WHEN 'is_reference' THEN 'is the reference'
	WHEN 'no_comparison' THEN 'nobody to compare with'
	-- there may be students, whose scores are not known
	WHEN 'n_lt_1' THEN 'no known values'
	WHEN 'n_lt_2' THEN 'fewer than 2 known values'
	WHEN 'n_too_small' THEN 'too few students'
	WHEN 'n_lt_minimum' THEN 'too few students'
	WHEN 'cell_lt_minimum' THEN 'too few students with the outcome'
	WHEN 'comparison_lt_minimum' THEN 'too few students to compare with'
	WHEN 'exceeds_threshold' THEN 'above the threshold'
	WHEN 'within_threshold' THEN 'within the threshold'
	WHEN 'no_threshold' THEN 'no threshold'
	WHEN 'k_lt_2' THEN 'all in one cluster'
	WHEN 'too_few_groups' THEN 'too few groups'
	WHEN 'empty_cell' THEN 'nobody before or after, with it or without'
	WHEN 'too_few_values' THEN 'too few different values on one side'
	WHEN 'few_values' THEN 'few different values on one side'
	WHEN 'leverage_1' THEN 'one row alone decides'
	WHEN 'too_few_days' THEN 'too few days'
	WHEN 'missing_prior' THEN 'no earlier year to go by'
	WHEN 'too_few_strata' THEN 'too few strata'
	WHEN 'categories_lt_3' THEN 'in fewer than 3 categories'
	WHEN 'extreme_percentile' THEN 'too few students for a percentile so near the end'
	WHEN 'zero_variance' THEN 'all values are the same'
	WHEN 'zero_reference' THEN 'the rate compared with is 0'
	WHEN 'zero_state_reference' THEN 'the rate of the State''s others is 0'
	WHEN 'zero_denominator' THEN 'nobody to divide by'
	WHEN 'zero_total' THEN 'nobody has anything'
	WHEN 'zero_value' THEN 'somebody has nothing'
	WHEN 'constant_covariate' THEN 'a covariate is the same of everybody'
	WHEN 'collinear_covariate' THEN 'a covariate follows from others'
	WHEN 'zero_focal' THEN 'the rate is 0'
	WHEN 'zero_cell' THEN 'everybody of a group has the outcome'
	WHEN 'share_0_or_1' THEN 'nobody, or everybody, is below the cut'
	WHEN 'one_year' THEN 'only one year'
	WHEN 'one_group' THEN 'fewer than two groups'
	WHEN 'out_of_range' THEN 'too large a number'
	WHEN 'missing_group' THEN 'the group is not known'
	WHEN 'missing_count' THEN 'a count is not known'
	WHEN 'missing_lea' THEN 'the LEA is not known'
	WHEN 'missing_risk' THEN 'a group of the State is not in the LEA'
	WHEN 'missing_estimate' THEN 'the estimate is not known'
	WHEN 'missing_cut' THEN 'the cut is not known'
	WHEN 'missing_fraction' THEN 'which percentile is not known'
	WHEN 'missing_days' THEN 'the days are not known'
	WHEN 'no_state' THEN 'the counts of the State are not known'
	WHEN 'no_scale' THEN 'the ends of the scale are not known'
	WHEN 'overlap' THEN 'no interval: the group is part of whom it is compared with'
	WHEN 'disjoint_looks' THEN 'the rate has moved'
	WHEN 'complete_separation' THEN 'the groups do not overlap'
	WHEN 'no_maximum' THEN 'the counts have no best fit'
	WHEN 'no_overdispersion' THEN 'rates vary by no more than chance'
	WHEN 'no_interior_cut' THEN 'no cut parts both groups'
	WHEN 'empty_focal_category' THEN 'nobody of the group in a category'
	WHEN 'singular_design' THEN 'too few distinct prior scores'
	WHEN 'singular_information' THEN 'the counts do not determine the error'
	WHEN 'already_chronic' THEN 'the threshold is passed already'
	WHEN 'not_this_year' THEN 'the year has too few days left'
	WHEN 'not_yet_enrolled' THEN 'no day enrolled so far'
	WHEN 'coarse' THEN 'rounded'
	WHEN 'tau2_zero' THEN 'gaps differ by no more than chance'
	WHEN 'small_expected' THEN 'the p is rough'
	WHEN 'exact_not_computed' THEN 'no exact p'
END || substr(reason, 1 + length(split_part(reason, ': ', 1))), reason);
COMMENT ON FUNCTION gapstats_internal.chart_reason(text) IS
'A reason or a decision in words; what is none is told as it is.';

CREATE FUNCTION gapstats_internal.chart_flagged(name text, flagged bigint, students bigint)
RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF students < 0 OR flagged < 0 OR flagged > students THEN
		RAISE EXCEPTION 'rows: of group "%", % of % students are flagged', name, flagged, students USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN flagged;
END
$$;
COMMENT ON FUNCTION gapstats_internal.chart_flagged(text, bigint, bigint) IS
'How many are flagged. Raises 22023 for fewer than none, or more than all.';

CREATE FUNCTION gapstats_internal.chart_number(value double precision, is_rate boolean)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET extra_float_digits = 1
RETURN CASE WHEN is_rate AND abs(value) < 1e6 THEN trim_scale(round((100 * value)::numeric, 1)) || '%' ELSE gapstats_internal.significant(value, 4)::text END;
COMMENT ON FUNCTION gapstats_internal.chart_number(double precision, boolean) IS
'A number for readers: with 4 significant digits, or a rate in percent.';

CREATE FUNCTION gapstats_internal.chart_name(a text, b text DEFAULT NULL, c text DEFAULT NULL, d text DEFAULT NULL)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN nullif(concat_ws(gapstats_internal.sign_or(' \00B7 ', ' - '), a, b, c, d), '');
COMMENT ON FUNCTION gapstats_internal.chart_name(text, text, text, text) IS
'Names together, those that are NULL left out.';

CREATE TYPE gapstats_internal.chart_mark AS (
	place bigint,
	panel text,
	label text,
	at text,
	is_total boolean,
	fraction double precision,
	value double precision,
	lower double precision,
	upper double precision,
	threshold double precision,
	not_shown text,
	told jsonb
);
COMMENT ON TYPE gapstats_internal.chart_mark IS 'what is drawn of a row';
COMMENT ON COLUMN gapstats_internal.chart_mark.place IS 'its place among all';
COMMENT ON COLUMN gapstats_internal.chart_mark.panel IS 'the picture that it is in, if there are several beside one another';
COMMENT ON COLUMN gapstats_internal.chart_mark.label IS 'what it is of';
COMMENT ON COLUMN gapstats_internal.chart_mark.at IS 'the period or month, if there is one';
COMMENT ON COLUMN gapstats_internal.chart_mark.is_total IS 'whether it is of all, and drawn as a line that the others are compared with';
COMMENT ON COLUMN gapstats_internal.chart_mark.fraction IS 'of percentiles, which';
COMMENT ON COLUMN gapstats_internal.chart_mark.value IS 'what is drawn';
COMMENT ON COLUMN gapstats_internal.chart_mark.lower IS 'lower end of its interval; NULL without one';
COMMENT ON COLUMN gapstats_internal.chart_mark.upper IS 'upper end of its interval';
COMMENT ON COLUMN gapstats_internal.chart_mark.threshold IS 'of ratios, the threshold';
COMMENT ON COLUMN gapstats_internal.chart_mark.not_shown IS 'why it is not drawn';
COMMENT ON COLUMN gapstats_internal.chart_mark.told IS 'the whole row; of one that is suppressed only its names';

CREATE FUNCTION gapstats_internal.is_finite(value double precision)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value > '-Infinity' AND value < 'Infinity';
COMMENT ON FUNCTION gapstats_internal.is_finite(double precision) IS
'Whether a number is neither NaN nor infinite; NULL for NULL.';

-- In SQL: of an error in PL/pgSQL, a client shows the statement.
CREATE FUNCTION gapstats_internal.chart_marks(kind text, rows jsonb, confidence double precision)
RETURNS SETOF gapstats_internal.chart_mark
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH this AS (
		SELECT kind IN ('gaps', 'trend') AS is_gap
	), one AS (
		SELECT r.told, s.*, t.is_gap,
			CASE WHEN s.level IS NULL THEN s.stratum WHEN s.level = 'all' THEN 'all' ELSE s.level || ' ' || s.stratum END AS levelled,
			CASE kind WHEN 'decomposition' THEN s.covariate ELSE coalesce(CASE WHEN t.is_gap THEN s.group_focal WHEN kind = 'flags' THEN s.group_value ELSE s.group_name END, CASE WHEN kind IN ('percentiles', 'absence') AND NOT r.told ? 'group_name' THEN 'all students' ELSE 'not recorded' END) END AS "group",
			CASE WHEN kind = 'absence' THEN s.month ELSE s.period END AS period_or_month
		FROM this t
		CROSS JOIN jsonb_array_elements(rows) AS e (row)
		-- beside the index of each row what chance would have made it
		CROSS JOIN LATERAL (
			SELECT e.row WHERE kind <> 'segregation'
			UNION ALL
			SELECT e.row || jsonb_build_object('group_name', gapstats_internal.chart_name(e.row ->> 'group_name', v.of), 'value', e.row -> v.part)
			FROM (VALUES ('segregation', 'theil_h'), ('by chance', 'theil_h_expected')) AS v (of, part)
			WHERE kind = 'segregation' AND e.row ? v.part
		) AS r (told)
		CROSS JOIN LATERAL jsonb_to_record(r.told) AS s (
			measure text, unit text, dimension text, level text, stratum text, period text, group_focal text, group_reference text,
			gap double precision, gap_lower double precision, gap_upper double precision, reason text,
			group_name text, fraction double precision, value double precision, value_lower double precision, value_upper double precision, month text, absence_rate double precision, absence_rate_lower double precision, absence_rate_upper double precision,
			group_column text, group_value text, is_total boolean, students bigint, flagged bigint,
			method text, component text, covariate text,
			lea text, risk_ratio double precision, risk_ratio_lower double precision, risk_ratio_upper double precision, threshold double precision)
	), varied AS (
		SELECT count(DISTINCT o.measure) > 1 AS measure, count(DISTINCT o.dimension) > 1 AS dimension, count(DISTINCT o.level) > 1 AS level, count(DISTINCT o.levelled) > 1 AS stratum,
			count(DISTINCT o.period) > 1 AS period, count(DISTINCT o.group_reference) FILTER (WHERE o.gap IS NOT NULL) > 1 AS reference, count(DISTINCT o.group_column) > 1 AS group_column,
			count(DISTINCT o.lea) > 1 AS lea, count(DISTINCT o.method) > 1 AS method, count(DISTINCT o."group") FILTER (WHERE o.gap IS NOT NULL) > 1 AS "group"
		FROM one o
	), drawn AS (
		SELECT o.*, w.*, c.*,
			gapstats_internal.chart_name(
				CASE WHEN v.measure THEN coalesce(o.measure, 'not recorded') || coalesce(' (' || o.unit || ')', '') END,
				CASE WHEN v.stratum AND kind IN ('percentiles', 'absence') THEN coalesce(CASE WHEN v.level THEN o.levelled ELSE o.stratum END, 'not recorded') END,
				CASE WHEN v.group_column THEN coalesce(o.group_column, 'not recorded') END,
				CASE WHEN v.method THEN coalesce(o.method, 'not recorded') END) AS panel,
			CASE WHEN o.is_gap AND v.stratum THEN CASE WHEN v.level THEN o.levelled ELSE coalesce(o.stratum, 'not recorded') END WHEN v.lea THEN coalesce(o.lea, 'not recorded') WHEN kind = 'decomposition' THEN coalesce(o.component, 'not recorded') END AS outside,
			-- of one group in many strata, the strata are enough
			gapstats_internal.chart_name(CASE WHEN v.dimension THEN o.dimension END, CASE WHEN NOT o.is_gap OR v."group" OR NOT v.stratum OR o.gap IS NULL THEN o."group" END || CASE WHEN v.reference AND o.group_reference <> o."group" THEN gapstats_internal.sign_or(' \2212 ', ' - ') || o.group_reference ELSE '' END) AS inside,
			CASE WHEN kind = 'gaps' AND v.period THEN coalesce(o.period, 'not recorded') END AS of_period,
			CASE
				WHEN kind = 'absence' AND o.month ~ '^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-[0-9]{2}' THEN to_char(make_date(left(o.month, 4)::integer, substr(o.month, 6, 2)::integer, 1), 'Mon YYYY')
				WHEN kind IN ('trend', 'absence', 'segregation') OR kind = 'percentiles' AND v.period THEN o.period_or_month
			END AS "when"
		FROM one o
		CROSS JOIN varied v
		CROSS JOIN LATERAL gapstats.wilson_interval(
			CASE WHEN kind = 'flags' AND o.reason IS DISTINCT FROM 'suppressed' THEN gapstats_internal.chart_flagged(o."group", o.flagged, o.students) END, o.students, confidence) w
		CROSS JOIN LATERAL (SELECT
			CASE WHEN o.is_gap THEN o.gap WHEN kind = 'decomposition' THEN (o.told ->> 'estimate')::double precision WHEN kind IN ('percentiles', 'segregation') THEN o.value WHEN kind = 'absence' THEN o.absence_rate WHEN kind = 'flags' THEN w.estimate ELSE o.risk_ratio END,
			CASE WHEN o.is_gap THEN o.gap_lower WHEN kind = 'decomposition' THEN (o.told ->> 'lower')::double precision WHEN kind = 'percentiles' THEN o.value_lower WHEN kind = 'absence' THEN o.absence_rate_lower WHEN kind = 'flags' THEN w.lower WHEN kind = 'disproportionality' THEN o.risk_ratio_lower END,
			CASE WHEN o.is_gap THEN o.gap_upper WHEN kind = 'decomposition' THEN (o.told ->> 'upper')::double precision WHEN kind = 'percentiles' THEN o.value_upper WHEN kind = 'absence' THEN o.absence_rate_upper WHEN kind = 'flags' THEN w.upper WHEN kind = 'disproportionality' THEN o.risk_ratio_upper END
		) c (estimate_drawn, lower_drawn, upper_drawn)
	)
	SELECT row_number() OVER (ORDER BY gapstats_internal.chart_order(d.panel), d.panel COLLATE "C", d.is_total IS TRUE DESC,
			-- the gap, then what it is made of, the whole before its parts
			CASE kind WHEN 'decomposition' THEN coalesce(array_position('{gap,explained,unexplained,endowments,coefficients,interaction}', d.outside), 7) END, kind = 'decomposition' AND d.inside IS NOT NULL,
			-- all, then each level, its names in their order
			d.outside = 'all' DESC, CASE WHEN d.is_gap THEN d.level END COLLATE "C", gapstats_internal.chart_order(CASE WHEN d.is_gap THEN d.stratum ELSE d.outside END), d.outside COLLATE "C", gapstats_internal.chart_order(d.inside), d.inside COLLATE "C",
			gapstats_internal.chart_order(d.period_or_month), d.period_or_month COLLATE "C", d.fraction, d.told),
		d.panel, gapstats_internal.chart_name(d.outside, d.inside, d.of_period), d."when", d.is_total IS TRUE, d.fraction, d.estimate_drawn,
		CASE WHEN gapstats_internal.is_finite(d.lower_drawn) AND gapstats_internal.is_finite(d.upper_drawn) AND (kind <> 'disproportionality' OR d.lower_drawn > 0) THEN d.lower_drawn END,
		CASE WHEN gapstats_internal.is_finite(d.lower_drawn) AND gapstats_internal.is_finite(d.upper_drawn) AND (kind <> 'disproportionality' OR d.lower_drawn > 0) THEN d.upper_drawn END,
		CASE WHEN d.threshold > 0 AND gapstats_internal.is_finite(d.threshold) THEN d.threshold END,
		CASE
			WHEN d.estimate_drawn IS NULL OR d.told ->> 'reason' = 'suppressed' THEN coalesce(gapstats_internal.chart_reason(d.told ->> 'reason'), CASE WHEN kind = 'flags' AND d.students = 0 THEN 'no students' ELSE 'not known' END)
			WHEN NOT gapstats_internal.is_finite(d.estimate_drawn) THEN 'not a finite number'
			WHEN kind = 'disproportionality' AND d.estimate_drawn <= 0 THEN 'a ratio of 0 has no place on this axis'
			WHEN kind IN ('trend', 'absence', 'segregation') AND d."when" IS NULL THEN CASE kind WHEN 'absence' THEN 'no month' ELSE 'no period' END
			WHEN kind = 'percentiles' AND (d.fraction BETWEEN 0 AND 1) IS NOT TRUE THEN 'no fraction from 0 to 1'
		END,
		-- whatever else the row holds, it is not told
		CASE WHEN d.told ->> 'reason' = 'suppressed' THEN jsonb_build_object('reason', 'suppressed', 'measure', d.measure, 'period', d.period, 'month', d.month) ELSE d.told END
	FROM drawn d;
END;
COMMENT ON FUNCTION gapstats_internal.chart_marks(text, jsonb, double precision) IS
'What is drawn of the rows of a chart, in the order of their names. Rates of flags get Wilson''s interval. Raises 22023 for more flagged than there are.';

CREATE FUNCTION gapstats_internal.check_chart_marks(marks gapstats_internal.chart_mark[], is_apart boolean)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	most_panels CONSTANT integer := 100;
	twice text;
	panels bigint;
BEGIN
	SELECT gapstats_internal.chart_name(m.panel, m.label, m.at, m.fraction::text) INTO twice
	FROM unnest(marks) m
	WHERE m.not_shown IS NULL
	GROUP BY m.panel, m.label, m.at, m.fraction, m.is_total
	HAVING count(*) > 1
	ORDER BY min(m.place)
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'rows: more than one is of %', twice
			USING ERRCODE = 'cardinality_violation', HINT = 'Nothing in the picture would tell them apart: choose among them, or name the column that does with "columns".';
	END IF;
	SELECT count(DISTINCT (m.panel, CASE WHEN is_apart THEN m.label END)) INTO panels FROM unnest(marks) m WHERE m.not_shown IS NULL;
	IF panels > most_panels THEN
		RAISE EXCEPTION 'rows: the chart would be % pictures', panels
			USING ERRCODE = 'program_limit_exceeded', DETAIL = format('The limit is %s.', most_panels), HINT = 'Choose among the rows with WHERE.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_chart_marks(gapstats_internal.chart_mark[], boolean) IS
'Raises 21000 for marks in the same place, and 54000 for more than 100 pictures; is_apart: each name has one.';
