-- How much of a gap goes with what the groups differ in

CREATE TYPE gap_decomposition AS (
	method text,
	component text,
	covariate text,
	n_focal integer,
	n_reference integer,
	n_missing_focal integer,
	n_missing_reference integer,
	n_missing_group integer,
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE gap_decomposition IS 'a part of a gap between the means of two groups';
COMMENT ON COLUMN gap_decomposition.method IS 'the method that was asked for';
COMMENT ON COLUMN gap_decomposition.component IS 'gap (all of it, focal minus reference); explained and unexplained, which make it up; or of the threefold method endowments, coefficients and interaction';
COMMENT ON COLUMN gap_decomposition.covariate IS 'the covariate, or level of a set of dummies, whose part it is, or (intercept); NULL: the component as a whole, which these make up';
COMMENT ON COLUMN gap_decomposition.n_focal IS 'focal students with an outcome and all covariates';
COMMENT ON COLUMN gap_decomposition.n_reference IS 'reference students with an outcome and all covariates';
COMMENT ON COLUMN gap_decomposition.n_missing_focal IS 'focal rows without an outcome or a covariate';
COMMENT ON COLUMN gap_decomposition.n_missing_reference IS 'reference rows without an outcome or a covariate';
COMMENT ON COLUMN gap_decomposition.n_missing_group IS 'rows without a group, in neither n';
COMMENT ON COLUMN gap_decomposition.estimate IS 'the part, in points of the outcome';
COMMENT ON COLUMN gap_decomposition.se IS 'its standard error, of covariates that are sampled, too (Jann 2008), and of weights, also those that pooled coefficients are of the groups'' own, as given';
COMMENT ON COLUMN gap_decomposition.lower IS 'lower bound of its normal confidence interval';
COMMENT ON COLUMN gap_decomposition.upper IS 'upper bound of its normal confidence interval';
COMMENT ON COLUMN gap_decomposition.reason IS 'why the first of the numbers that are NULL is: n_lt_1, n_too_small (no more students in a group than covariates; or one more, and there is no error), constant_covariate or collinear_covariate with its name and the group; n_lt_2 (the gap has no error); zero_variance (the error is 0). NULL where nothing is';

CREATE FUNCTION gap_decomposition(products cross_products, covariates text[] DEFAULT NULL, omitted_levels text[] DEFAULT NULL,
		method text DEFAULT 'pooled_with_group', confidence double precision DEFAULT 0.95)
	RETURNS SETOF gap_decomposition
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 20 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gap_decomposition(cross_products, text[], text[], text, double precision) IS
'How much of the gap between two groups'' means goes with what they differ in (Oaxaca 1973; Blinder 1973): a row for the gap, and for each component the whole and the part of each covariate. It is accounting: what is explained is not justified by that, and what is not need not be discrimination.
products: cross_products(outcome, is_focal, covariates). covariates: their names; NULL: x1, x2, ...
omitted_levels: for each covariate that is a dummy the level that its set has no dummy for, and '''' for others; dummies with the same one are a set. The coefficients of a set are then taken from the mean of its levels, so that it does not matter which was left out, and that one has a row, too.
method, the coefficients by which differences in covariates are counted: ''pooled_with_group'' (of all students, with the group as one more covariate; Jann 2008), ''pooled'' (without it; Neumark 1988), ''reference'' or ''focal'' (of that group), ''average'' (of both; Reimers 1983), ''share'' (the same, weighted by their students; Cotton 1988); or ''threefold'' (from where the focal group stands).
A gap is focal minus reference; what is published is often the reverse. A NULL products is no students.
Raises 22023 for names that are not one for each covariate, or not different, for a set of dummies that are not 0 or 1 or overlap, an unknown method, or a confidence not between 0 and 1; 22004 for a NULL name, method or confidence; 22003 for a confidence of NaN or infinity, and where a result is beyond the range of double precision; 22000 for a value that no numbers give.';

CREATE TYPE decomposition_coefficients AS (
	method text,
	covariate text,
	mean_focal double precision,
	mean_reference double precision,
	coefficient_focal double precision,
	coefficient_focal_se double precision,
	coefficient_focal_lower double precision,
	coefficient_focal_upper double precision,
	coefficient_reference double precision,
	coefficient_reference_se double precision,
	coefficient_reference_lower double precision,
	coefficient_reference_upper double precision,
	coefficient_compared_by double precision,
	reason text
);
COMMENT ON TYPE decomposition_coefficients IS 'what a covariate is in the decomposition of a gap';
COMMENT ON COLUMN decomposition_coefficients.method IS 'the method that was asked for';
COMMENT ON COLUMN decomposition_coefficients.covariate IS 'the covariate, or level of a set of dummies, or (intercept)';
COMMENT ON COLUMN decomposition_coefficients.mean_focal IS 'mean of the covariate in the focal group; NULL for the intercept, and without students';
COMMENT ON COLUMN decomposition_coefficients.mean_reference IS 'mean of the covariate in the reference group; NULL for the intercept, and without students';
COMMENT ON COLUMN decomposition_coefficients.coefficient_focal IS 'coefficient of least squares in the focal group';
COMMENT ON COLUMN decomposition_coefficients.coefficient_focal_se IS 'its standard error';
COMMENT ON COLUMN decomposition_coefficients.coefficient_focal_lower IS 'lower bound of its confidence interval, by t';
COMMENT ON COLUMN decomposition_coefficients.coefficient_focal_upper IS 'upper bound of its confidence interval, by t';
COMMENT ON COLUMN decomposition_coefficients.coefficient_reference IS 'coefficient of least squares in the reference group';
COMMENT ON COLUMN decomposition_coefficients.coefficient_reference_se IS 'its standard error';
COMMENT ON COLUMN decomposition_coefficients.coefficient_reference_lower IS 'lower bound of its confidence interval, by t';
COMMENT ON COLUMN decomposition_coefficients.coefficient_reference_upper IS 'upper bound of its confidence interval, by t';
COMMENT ON COLUMN decomposition_coefficients.coefficient_compared_by IS 'the coefficient by which the method counts a difference in the covariate; the intercept of pooled_with_group is that of the reference';
COMMENT ON COLUMN decomposition_coefficients.reason IS 'why the first of the coefficients, errors and bounds that are NULL is: as in gap_decomposition; NULL where none is';

CREATE FUNCTION decomposition_coefficients(products cross_products, covariates text[] DEFAULT NULL, omitted_levels text[] DEFAULT NULL,
		method text DEFAULT 'pooled_with_group', confidence double precision DEFAULT 0.95)
	RETURNS SETOF decomposition_coefficients
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 10 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION decomposition_coefficients(cross_products, text[], text[], text, double precision) IS
'What gap_decomposition of the same arguments is made of: a row for the intercept and each covariate with its means, the coefficients of both groups'' regressions, and those that the method compares the groups by. Errors as gap_decomposition.';
