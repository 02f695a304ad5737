-- The line through the gaps of several years

CREATE TYPE gap_trend AS (
	n_gaps integer,
	slope double precision,
	slope_se double precision,
	slope_lower double precision,
	slope_upper double precision,
	z double precision,
	p_value double precision,
	intercept double precision,
	intercept_se double precision,
	intercept_lower double precision,
	intercept_upper double precision,
	q_e double precision,
	q_e_df integer,
	p_value_q_e double precision,
	reason text
);
COMMENT ON TYPE gap_trend IS 'the line through the gaps of several years';
COMMENT ON COLUMN gap_trend.n_gaps IS 'gaps, one a year as a rule; a row with a NULL is left out';
COMMENT ON COLUMN gap_trend.slope IS 'change of the gap a year';
COMMENT ON COLUMN gap_trend.slope_se IS 'standard error of the slope, from those of the gaps';
COMMENT ON COLUMN gap_trend.slope_lower IS 'lower confidence bound';
COMMENT ON COLUMN gap_trend.slope_upper IS 'upper confidence bound';
COMMENT ON COLUMN gap_trend.z IS 'slope / slope_se';
COMMENT ON COLUMN gap_trend.p_value IS 'two-sided normal p of no slope';
COMMENT ON COLUMN gap_trend.intercept IS 'gap of the line in year 0';
COMMENT ON COLUMN gap_trend.intercept_se IS 'standard error of the intercept';
COMMENT ON COLUMN gap_trend.intercept_lower IS 'lower confidence bound';
COMMENT ON COLUMN gap_trend.intercept_upper IS 'upper confidence bound';
COMMENT ON COLUMN gap_trend.q_e IS 'squared distances of the gaps from the line, in standard errors; large if no line fits';
COMMENT ON COLUMN gap_trend.q_e_df IS 'degrees of freedom of q_e, n_gaps - 2; 0 where a line cannot but fit';
COMMENT ON COLUMN gap_trend.p_value_q_e IS 'chi-square p of q_e; small if no line fits';
COMMENT ON COLUMN gap_trend.reason IS 'why all but n_gaps is NULL: n_lt_2 (gaps), one_year, zero_variance (a standard error of 0); or why z is: out_of_range';

CREATE FUNCTION gapstats_internal.gap_trend_accum(double precision[], double precision, double precision, double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.gap_trend_accum(double precision[], double precision, double precision, double precision) IS 'transition function of gap_trend';
CREATE FUNCTION gapstats_internal.gap_trend_accum(double precision[], double precision, double precision, double precision, double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.gap_trend_accum(double precision[], double precision, double precision, double precision, double precision) IS 'transition function of gap_trend';
CREATE FUNCTION gapstats_internal.gap_trend_combine(double precision[], double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.gap_trend_combine(double precision[], double precision[]) IS 'combine function of gap_trend';
CREATE FUNCTION gapstats_internal.gap_trend_final(double precision[]) RETURNS gap_trend
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.gap_trend_final(double precision[]) IS 'final function of gap_trend';

CREATE AGGREGATE gap_trend(year double precision, gap double precision, gap_se double precision) (
	SFUNC = gapstats_internal.gap_trend_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.gap_trend_combine,
	FINALFUNC = gapstats_internal.gap_trend_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE gap_trend(double precision, double precision, double precision) IS
'Slope of any gap over the years from estimates and their standard errors: regression weighted by inverse variances, whose standard errors are not rescaled by the fit (Hedges & Olkin 1985; metafor''s method = "FE"), with the test of fit Q_E and 95% bounds. SELECT (gap_trend(year, v, v_se)).* ... GROUP BY.
Rows with a NULL are left out; without rows the reason is n_lt_2. The result does not depend on the order of rows.
Raises 22003 for numbers that are not finite, 22023 for a negative standard error.';

CREATE AGGREGATE gap_trend(year double precision, gap double precision, gap_se double precision, confidence double precision) (
	SFUNC = gapstats_internal.gap_trend_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.gap_trend_combine,
	FINALFUNC = gapstats_internal.gap_trend_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE gap_trend(double precision, double precision, double precision, double precision) IS
'The same with bounds of another confidence: between 0 and 1, equal in all rows.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or not the same in all rows.';
