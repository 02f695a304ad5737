CREATE TYPE growth_model AS (
	n integer,
	knots double precision[],
	boundaries double precision[],
	coefficients double precision[],
	losses double precision[],
	reason text
);
COMMENT ON TYPE growth_model IS 'result of growth_model(): a hundred conditional quantiles of this year''s score given last year''s, or several earlier ones; can be stored';
COMMENT ON COLUMN growth_model.n IS 'students with all scores';
COMMENT ON COLUMN growth_model.knots IS 'knots of the splines: the prior score''s quintiles, rounded to 3 decimals where the range is from 0.1 to 1,000,000; of several prior scores, a row each';
COMMENT ON COLUMN growth_model.boundaries IS 'prior scores that the model answers for: the range seen and a tenth of it on either side, rounded as the knots are; of several prior scores, a row each';
COMMENT ON COLUMN growth_model.coefficients IS 'coefficients of 8 cubic B-splines, and 7 of each further prior score, for each of the quantiles 0.005, 0.015, ..., 0.995';
COMMENT ON COLUMN growth_model.losses IS 'sum of the absolute residuals, weighted by the quantile above and 1 - the quantile below, that each fit leaves: the least possible';
COMMENT ON COLUMN growth_model.reason IS 'why nothing was fitted: n_too_small, zero_variance (all current scores are one), singular_design (fewer than 8 distinct scores of a prior, or too unevenly spread, or one prior follows from the others)';

CREATE FUNCTION gapstats_internal.growth_model_accum(double precision[], double precision, double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.growth_model_accum(double precision[], double precision, double precision) IS 'transition function of growth_model';
CREATE FUNCTION gapstats_internal.growth_model_accum(double precision[], double precision, double precision, integer) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.growth_model_accum(double precision[], double precision, double precision, integer) IS 'transition function of growth_model';
CREATE FUNCTION gapstats_internal.growth_model_combine(double precision[], double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.growth_model_combine(double precision[], double precision[]) IS 'combine function of growth_model';
CREATE FUNCTION gapstats_internal.growth_model_final(double precision[]) RETURNS growth_model
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION gapstats_internal.growth_model_final(double precision[]) IS 'final function of growth_model';

CREATE AGGREGATE growth_model(prior double precision, current double precision) (
	SFUNC = gapstats_internal.growth_model_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.growth_model_combine,
	FINALFUNC = gapstats_internal.growth_model_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE growth_model(double precision, double precision) IS
'Fit of a cohort''s growth: quantile regression (Koenker & Bassett 1978) of the current score on cubic B-splines of the prior score for 100 quantiles, as package SGP fits it (Betebenner 2009), at an exact minimum. Rows with a NULL score are skipped. Fewer than 1000 students give the reason n_too_small instead. The result does not depend on the order of rows. As a window function it is fitted once to each partition. 22003 for scores that are not finite, and for a model beyond the range of double precision.';
CREATE AGGREGATE growth_model(prior double precision, current double precision, min_n integer) (
	SFUNC = gapstats_internal.growth_model_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.growth_model_combine,
	FINALFUNC = gapstats_internal.growth_model_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE growth_model(double precision, double precision, integer) IS
'The same with another least number of students, min_n. Quantiles near 0 and 1 are wild below about 1000. 22023 for a negative min_n, and unless it is the same in all rows, 22004 for a NULL one.';

CREATE FUNCTION gapstats_internal.growth_model_accum(double precision[], double precision[], double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'growth_model_of_priors_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.growth_model_accum(double precision[], double precision[], double precision) IS 'transition function of growth_model over several prior scores';
CREATE FUNCTION gapstats_internal.growth_model_accum(double precision[], double precision[], double precision, integer) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'growth_model_of_priors_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.growth_model_accum(double precision[], double precision[], double precision, integer) IS 'transition function of growth_model over several prior scores';
CREATE FUNCTION gapstats_internal.growth_model_of_priors_combine(double precision[], double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.growth_model_of_priors_combine(double precision[], double precision[]) IS 'combine function of growth_model over several prior scores';
CREATE FUNCTION gapstats_internal.growth_model_of_priors_final(double precision[]) RETURNS growth_model
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION gapstats_internal.growth_model_of_priors_final(double precision[]) IS 'final function of growth_model over several prior scores';

CREATE AGGREGATE growth_model(priors double precision[], current double precision) (
	SFUNC = gapstats_internal.growth_model_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.growth_model_of_priors_combine,
	FINALFUNC = gapstats_internal.growth_model_of_priors_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE growth_model(double precision[], double precision) IS
'The same from several prior scores, 1 to 5, such as those of the last two years, or of reading and mathematics: growth_model(ARRAY[last_year, the_year_before], current). The splines of each are added, as package SGP has it. Rows with a NULL among the scores are skipped. The errors of growth_model(prior, current), and 22023 for a number of prior scores that is not 1 to 5, or not the same in all rows.';
CREATE AGGREGATE growth_model(priors double precision[], current double precision, min_n integer) (
	SFUNC = gapstats_internal.growth_model_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.growth_model_of_priors_combine,
	FINALFUNC = gapstats_internal.growth_model_of_priors_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE growth_model(double precision[], double precision, integer) IS
'The same with another least number of students, min_n.';

CREATE FUNCTION student_growth_percentile(model growth_model, prior double precision, current double precision,
	highest_score double precision DEFAULT NULL) RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION student_growth_percentile(growth_model, double precision, double precision, double precision) IS
'Student growth percentile, 1 to 99: how many of a hundred conditional quantiles at the student''s prior score are below her current score. highest_score: the test''s highest obtainable score; a student who has it is also given the quantiles equal to it. NULL for NULL scores, a model that is NULL or was not fitted, or a prior score beyond its boundaries. 22003 for scores that are not finite, 22023 for what is no growth model.';

-- Of another name, or NULL for a prior score would be of two functions
CREATE FUNCTION student_growth_percentile_of_priors(model growth_model, priors double precision[], current double precision,
	highest_score double precision DEFAULT NULL) RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION student_growth_percentile_of_priors(growth_model, double precision[], double precision, double precision) IS
'student_growth_percentile() from several prior scores, in the order in which the model has them. NULL if one of them is, or is beyond its boundaries. 22023 if there are not as many as the model has.';

CREATE TYPE growth_curve AS (
	fraction double precision,
	score double precision
);
COMMENT ON TYPE growth_curve IS 'result of growth_curve(): one conditional quantile';
COMMENT ON COLUMN growth_curve.fraction IS 'which quantile: 0.005, 0.015, ..., 0.995';
COMMENT ON COLUMN growth_curve.score IS 'this year''s score at it, rounded to 5 decimals where the range is from 0.1 to 1,000,000';

CREATE FUNCTION growth_curve(model growth_model, prior double precision) RETURNS SETOF growth_curve
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION growth_curve(growth_model, double precision) IS
'The hundred conditional quantiles of this year''s score for students with a prior score, ascending. No rows for a NULL prior score, a model that is NULL or was not fitted, or a prior score beyond its boundaries. 22003 for a score that is not finite, 22023 for what is no growth model.';

CREATE FUNCTION growth_curve_of_priors(model growth_model, priors double precision[]) RETURNS TABLE (fraction double precision, score double precision)
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 200 ROWS 100;
COMMENT ON FUNCTION growth_curve_of_priors(growth_model, double precision[]) IS
'growth_curve() for students with several prior scores, in the order in which the model has them. 22023 if there are not as many as the model has.';
