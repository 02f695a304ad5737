-- How much of what sets the strata of several dimensions apart is more than the sum

CREATE TYPE stratum AS (
	dimensions text[],
	n integer,
	mean double precision,
	sd double precision
);
COMMENT ON TYPE stratum IS 'students who have the same level of each of several dimensions, such as race, sex and lunch: how many, and how they do';
COMMENT ON COLUMN stratum.dimensions IS 'the level of each dimension, in the same order in all strata';
COMMENT ON COLUMN stratum.n IS 'students';
COMMENT ON COLUMN stratum.mean IS 'their mean score, rounded to double precision: scores that are all far from 0 beside how they differ are better taken from nearer';
COMMENT ON COLUMN stratum.sd IS 'standard deviation of their scores, divisor n - 1; NULL of one student';

CREATE FUNCTION stratum(scores distribution, dimensions text[]) RETURNS stratum
	AS 'MODULE_PATHNAME', 'stratum_of_distribution' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION stratum(distribution, text[]) IS
'A stratum of students, for intersection_models(array_agg(stratum(scores, ARRAY[race, sex, lunch]))).
scores: their distribution, NULL is nobody; dimensions: the level of each dimension, as many in all strata and in the same order. An array of strata can be stored, and || puts two together: rows with the same dimensions are one stratum.
Raises 22003 for more than 2,147,483,647 students, and for a standard deviation beyond the range of double precision.';

CREATE FUNCTION stratum(n bigint, mean double precision, sd double precision, dimensions text[]) RETURNS stratum
	AS 'MODULE_PATHNAME', 'stratum_of_numbers' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION stratum(bigint, double precision, double precision, text[]) IS
'The same of students of whom only n, mean and standard deviation (divisor n - 1; from a sum of squares about the mean, sqrt(sum / (n - 1))) are known; of one student sd may be NULL.
Raises 22023 for n < 0 or sd < 0, 22003 for NaN and infinity, and for more than 2,147,483,647 students.';

CREATE TYPE intersection_models AS (
	model text,
	n integer,
	n_strata integer,
	n_missing_group integer,
	n_strata_left_out integer,
	n_coefficients integer,
	tau double precision,
	sigma double precision,
	vpc double precision,
	pcv double precision,
	log_likelihood double precision,
	reason text
);
COMMENT ON TYPE intersection_models IS 'a model of the means of strata';
COMMENT ON COLUMN intersection_models.model IS 'null: strata differ around the mean of all; additive: around what the levels of their dimensions add up to';
COMMENT ON COLUMN intersection_models.n IS 'students';
COMMENT ON COLUMN intersection_models.n_strata IS 'strata that have any';
COMMENT ON COLUMN intersection_models.n_missing_group IS 'students of whom some dimension is NULL, in no stratum';
COMMENT ON COLUMN intersection_models.n_strata_left_out IS 'rows without students, or whose mean or sd is NULL';
COMMENT ON COLUMN intersection_models.n_coefficients IS 'coefficients of the model, the intercept among them';
COMMENT ON COLUMN intersection_models.tau IS 'standard deviation of strata around what the model says of them, in points of the score; by restricted maximum likelihood';
COMMENT ON COLUMN intersection_models.sigma IS 'standard deviation of students within a stratum, in points of the score';
COMMENT ON COLUMN intersection_models.vpc IS 'variance partition coefficient, 0..1: tau^2 / (tau^2 + sigma^2), how much of what sets students apart lies between strata';
COMMENT ON COLUMN intersection_models.pcv IS 'of model additive the proportional change in variance: the share of the null model''s tau^2 that is gone, and so is the sum of what each dimension does; below 0 where none of it is';
COMMENT ON COLUMN intersection_models.log_likelihood IS 'the restricted log likelihood, without the constant 1/2 log |X''X|, as lme4 has it';
COMMENT ON COLUMN intersection_models.reason IS 'why all from tau on is NULL: too_few_strata (no more than the model has coefficients), zero_variance (in each stratum all scores are one), out_of_range (strata are more than 10^125 standard deviations apart, or too unequal in size to be told apart); or tau2_zero: nothing says that strata differ beyond what the model says (tau is 0), or, of model additive, that they differ around the mean of all, of whose tau^2, 0, there is no share (pcv is NULL). NULL where nothing is the matter';

CREATE FUNCTION intersection_models(strata stratum[]) RETURNS SETOF intersection_models
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000 ROWS 2;
COMMENT ON FUNCTION intersection_models(stratum[]) IS
'How much of what sets apart the strata of several dimensions, such as race by sex by lunch, is more than the sum of what each dimension does? MAIHDA (Evans et al. 2018): a row for the model in which strata differ around one mean, and one for that in which they do around the sum of their levels'' coefficients. Each has a normal effect of the stratum, of variance tau^2, by restricted maximum likelihood.
strata: array_agg(stratum(scores, ARRAY[race, sex, lunch])). Every student must be in one row; rows with the same dimensions are one stratum. Leave out every stratum that is hidden where the result is published. The result does not depend on the order of strata.
NULL, or no strata, is too_few_strata. tau is 0 where the restricted likelihood is highest there; where it has several peaks, tau is at the highest.
Raises 22023 for strata with unlike numbers of dimensions, n < 0 or sd < 0, 22003 for NaN and infinity, for more than 2,147,483,647 students, and where a result is beyond the range of double precision, 2202E for dimensions that are an array of arrays, 54000 for more than 300 levels of all dimensions together.';

CREATE TYPE intersection_coefficients AS (
	model text,
	dimension text,
	level text,
	n integer,
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE intersection_coefficients IS 'what a level of a dimension adds to the mean of every stratum that it is in';
COMMENT ON COLUMN intersection_coefficients.model IS 'null or additive, as in intersection_models';
COMMENT ON COLUMN intersection_coefficients.dimension IS 'its name, or (intercept)';
COMMENT ON COLUMN intersection_coefficients.level IS 'the level; NULL of the intercept';
COMMENT ON COLUMN intersection_coefficients.n IS 'its students';
COMMENT ON COLUMN intersection_coefficients.estimate IS 'coefficient, in points of the score: of the intercept the mean of a stratum of which every dimension has its first level (in order of bytes), of a level how much more it is than with the first';
COMMENT ON COLUMN intersection_coefficients.se IS 'its standard error, tau and sigma taken as known';
COMMENT ON COLUMN intersection_coefficients.lower IS 'lower confidence bound, normal';
COMMENT ON COLUMN intersection_coefficients.upper IS 'upper confidence bound, normal';
COMMENT ON COLUMN intersection_coefficients.reason IS 'why something is NULL: is_reference (the first level of its dimension, from which the others are counted), collinear_covariate (the levels before it say already who has this one: it is in no model), or as in intersection_models; NULL where nothing is';

CREATE FUNCTION intersection_coefficients(strata stratum[], dimension_names text[] DEFAULT NULL, confidence double precision DEFAULT 0.95)
	RETURNS SETOF intersection_coefficients
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000 ROWS 12;
COMMENT ON FUNCTION intersection_coefficients(stratum[], text[], double precision) IS
'The coefficients of the models that intersection_models fits to these strata: the intercept of each, and of the additive one a row for each level of each dimension.
dimension_names: NULL: dimension1, dimension2, ... confidence: of the intervals, between 0 and 1.
Raises, besides the errors of intersection_models, 22023 for names that are not one for each dimension and a confidence outside (0, 1), 22004 for a NULL name or confidence.';

CREATE TYPE intersection_effects AS (
	dimensions text[],
	n integer,
	mean double precision,
	deviation double precision,
	deviation_se double precision,
	deviation_lower double precision,
	deviation_upper double precision,
	mean_additive double precision,
	more_than_the_sum double precision,
	more_than_the_sum_se double precision,
	more_than_the_sum_lower double precision,
	more_than_the_sum_upper double precision,
	mean_shrunken double precision,
	reason text
);
COMMENT ON TYPE intersection_effects IS 'how far a stratum is from the mean of all, and from what its levels add up to';
COMMENT ON COLUMN intersection_effects.dimensions IS 'the stratum''s level of each dimension';
COMMENT ON COLUMN intersection_effects.n IS 'its students';
COMMENT ON COLUMN intersection_effects.mean IS 'their mean score';
COMMENT ON COLUMN intersection_effects.deviation IS 'how far the stratum is from the mean of all, shrunken: n tau^2 / (sigma^2 + n tau^2) (mean - intercept), of the null model';
COMMENT ON COLUMN intersection_effects.deviation_se IS 'its standard error, sqrt(tau^2 sigma^2 / (sigma^2 + n tau^2)): that of the coefficients, of tau and of sigma is not in it';
COMMENT ON COLUMN intersection_effects.deviation_lower IS 'lower confidence bound, normal';
COMMENT ON COLUMN intersection_effects.deviation_upper IS 'upper confidence bound, normal';
COMMENT ON COLUMN intersection_effects.mean_additive IS 'the mean that its levels add up to, in the additive model';
COMMENT ON COLUMN intersection_effects.more_than_the_sum IS 'how far the stratum is from that, shrunken in the same way with the additive model''s tau and sigma: what is of the intersection itself';
COMMENT ON COLUMN intersection_effects.more_than_the_sum_se IS 'its standard error, as of deviation';
COMMENT ON COLUMN intersection_effects.more_than_the_sum_lower IS 'lower confidence bound, normal';
COMMENT ON COLUMN intersection_effects.more_than_the_sum_upper IS 'upper confidence bound, normal';
COMMENT ON COLUMN intersection_effects.mean_shrunken IS 'mean_additive + more_than_the_sum: the stratum''s mean, drawn towards what its levels add up to';
COMMENT ON COLUMN intersection_effects.reason IS 'of the first model that has one, as in intersection_models: why what is of that model is NULL, or tau2_zero where it is 0; NULL where nothing is the matter';

CREATE FUNCTION intersection_effects(strata stratum[], confidence double precision DEFAULT 0.95)
	RETURNS SETOF intersection_effects
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000 ROWS 30;
COMMENT ON FUNCTION intersection_effects(stratum[], double precision) IS
'Which strata do better or worse than their dimensions add up to? A row a stratum, in order of its levels, by the models of intersection_models.
confidence: of the intervals, between 0 and 1.
Raises, besides the errors of intersection_models, 22023 for a confidence outside (0, 1), 22004 for a NULL one.';
