CREATE TYPE gap_change AS (
	gap_before double precision,
	gap_before_se double precision,
	gap_after double precision,
	gap_after_se double precision,
	change double precision,
	change_se double precision,
	change_lower double precision,
	change_upper double precision,
	df double precision,
	t double precision,
	p_value double precision,
	z_p_value double precision,
	reason text
);
COMMENT ON TYPE gap_change IS 'result of gap_change() and estimate_change(): by how much a gap has changed';
COMMENT ON COLUMN gap_change.gap_before IS 'the earlier gap, focal minus reference';
COMMENT ON COLUMN gap_change.gap_before_se IS 'its standard error';
COMMENT ON COLUMN gap_change.gap_after IS 'the later gap, focal minus reference';
COMMENT ON COLUMN gap_change.gap_after_se IS 'its standard error';
COMMENT ON COLUMN gap_change.change IS 'later gap minus earlier gap: positive where the focal group has gained on the reference group';
COMMENT ON COLUMN gap_change.change_se IS 'standard error of the change, the years being independent';
COMMENT ON COLUMN gap_change.change_lower IS 'lower confidence bound of the change';
COMMENT ON COLUMN gap_change.change_upper IS 'upper confidence bound of the change';
COMMENT ON COLUMN gap_change.df IS 'Welch-Satterthwaite degrees of freedom over the four groups; NULL where the gaps were given as estimates, which are taken as normal';
COMMENT ON COLUMN gap_change.t IS 'change / change_se';
COMMENT ON COLUMN gap_change.p_value IS 'two-sided p of t; normal where df is NULL';
COMMENT ON COLUMN gap_change.z_p_value IS 'two-sided p of t taken as normal';
COMMENT ON COLUMN gap_change.reason IS 'why something is NULL: n_lt_1, n_lt_2, zero_variance, missing_estimate';

CREATE FUNCTION gap_change(focal_before distribution, reference_before distribution,
	focal_after distribution, reference_after distribution,
	confidence double precision DEFAULT 0.95) RETURNS gap_change
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gap_change(distribution, distribution, distribution, distribution, double precision) IS
'Change of the gap between two groups'' means from one year to another, for independent students: difference in differences with Welch-Satterthwaite degrees of freedom over the four groups. Where the same students are in both years, take the gap of their own differences instead. A NULL distribution is an empty group. Error for a confidence outside (0, 1).';

CREATE FUNCTION estimate_change(before double precision, before_se double precision,
	after double precision, after_se double precision,
	confidence double precision DEFAULT 0.95) RETURNS gap_change
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION estimate_change(double precision, double precision, double precision, double precision, double precision) IS
'Change of any gap (V, Hedges'' g, a risk difference, the log of a ratio) from two independent estimates and their standard errors, taken as normal. NULL estimates give NULL and the reason missing_estimate. Error for a negative standard error or a confidence outside (0, 1).';

CREATE TYPE gap_trend AS (
	n integer,
	slope double precision,
	slope_se double precision,
	slope_lower double precision,
	slope_upper double precision,
	z double precision,
	p_value double precision,
	intercept double precision,
	intercept_se double precision,
	q_e double precision,
	q_e_df integer,
	q_e_p_value double precision,
	reason text
);
COMMENT ON TYPE gap_trend IS 'result of gap_trend(): the line through the gaps of several years';
COMMENT ON COLUMN gap_trend.n IS 'gaps, one a year as a rule; a row with a NULL is left out';
COMMENT ON COLUMN gap_trend.slope IS 'change of the gap a year';
COMMENT ON COLUMN gap_trend.slope_se IS 'standard error of the slope, from those of the gaps';
COMMENT ON COLUMN gap_trend.slope_lower IS 'lower confidence bound of the slope';
COMMENT ON COLUMN gap_trend.slope_upper IS 'upper confidence bound of the slope';
COMMENT ON COLUMN gap_trend.z IS 'slope / slope_se';
COMMENT ON COLUMN gap_trend.p_value IS 'two-sided normal p of no slope';
COMMENT ON COLUMN gap_trend.intercept IS 'gap of the line in year 0';
COMMENT ON COLUMN gap_trend.intercept_se IS 'standard error of the intercept';
COMMENT ON COLUMN gap_trend.q_e IS 'squared distances of the gaps from the line, in standard errors; large if no line fits. NULL for two gaps';
COMMENT ON COLUMN gap_trend.q_e_df IS 'degrees of freedom of q_e';
COMMENT ON COLUMN gap_trend.q_e_p_value IS 'chi-square p of q_e; small if no line fits. NULL for two gaps';
COMMENT ON COLUMN gap_trend.reason IS 'why something is NULL: n_lt_2 (gaps), one_year, zero_variance (a standard error of 0)';

CREATE FUNCTION gapstats_internal.gap_trend_accum(double precision[], double precision, double precision, double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.gap_trend_accum(double precision[], double precision, double precision, double precision) IS 'transition function of gap_trend';
CREATE FUNCTION gapstats_internal.gap_trend_accum(double precision[], double precision, double precision, double precision, double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.gap_trend_accum(double precision[], double precision, double precision, double precision, double precision) IS 'transition function of gap_trend';
CREATE FUNCTION gapstats_internal.gap_trend_final(double precision[], double precision, double precision, double precision) RETURNS gap_trend
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.gap_trend_final(double precision[], double precision, double precision, double precision) IS 'final function of gap_trend';
CREATE FUNCTION gapstats_internal.gap_trend_final(double precision[], double precision, double precision, double precision, double precision) RETURNS gap_trend
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.gap_trend_final(double precision[], double precision, double precision, double precision, double precision) IS 'final function of gap_trend';

CREATE AGGREGATE gap_trend(year double precision, gap double precision, gap_se double precision) (
	SFUNC = gapstats_internal.gap_trend_accum,
	STYPE = double precision[],
	COMBINEFUNC = pg_catalog.array_cat,
	FINALFUNC = gapstats_internal.gap_trend_final,
	FINALFUNC_EXTRA,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE gap_trend(double precision, double precision, double precision) IS
'Slope of any gap over the years from estimates and their standard errors: regression weighted by inverse variances, whose standard errors are not rescaled by the fit (metafor''s method = "FE"), with the test of fit Q_E and 95% bounds. Rows with a NULL are left out. The result does not depend on the order of rows. Error for numbers that are not finite and negative standard errors.';
CREATE AGGREGATE gap_trend(year double precision, gap double precision, gap_se double precision, confidence double precision) (
	SFUNC = gapstats_internal.gap_trend_accum,
	STYPE = double precision[],
	COMBINEFUNC = pg_catalog.array_cat,
	FINALFUNC = gapstats_internal.gap_trend_final,
	FINALFUNC_EXTRA,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE gap_trend(double precision, double precision, double precision, double precision) IS
'The same with bounds of another confidence, between 0 and 1, equal in all rows.';
