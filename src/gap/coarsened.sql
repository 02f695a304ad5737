CREATE TYPE coarsened_v_gap AS (
	n_focal bigint,
	n_reference bigint,
	auc double precision,
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	mu double precision,
	sigma double precision,
	cuts double precision[],
	reason text
);
COMMENT ON TYPE coarsened_v_gap IS 'V of two groups of which only counts in ordered categories are known';
COMMENT ON COLUMN coarsened_v_gap.n_focal IS 'students in the focal group';
COMMENT ON COLUMN coarsened_v_gap.n_reference IS 'students in the reference group';
COMMENT ON COLUMN coarsened_v_gap.auc IS 'probability that a focal student scores above a reference student, by the method''s curve';
COMMENT ON COLUMN coarsened_v_gap.estimate IS 'V, in standard deviations; negative where the focal group is lower';
COMMENT ON COLUMN coarsened_v_gap.se IS 'standard error from the observed information, by the delta method; hetop and homop have one, the other methods have none';
COMMENT ON COLUMN coarsened_v_gap.lower IS 'lower end of the normal interval of V';
COMMENT ON COLUMN coarsened_v_gap.upper IS 'upper end of the normal interval of V';
COMMENT ON COLUMN coarsened_v_gap.mu IS 'mean of the focal group where the reference group is standard normal; probit_ols: the intercept';
COMMENT ON COLUMN coarsened_v_gap.sigma IS 'standard deviation of the focal group on that scale; probit_ols: the slope';
COMMENT ON COLUMN coarsened_v_gap.cuts IS 'cut scores on that scale, one less than the categories that anybody is in; hetop and homop only';
COMMENT ON COLUMN coarsened_v_gap.reason IS 'why V or its error is NULL: n_lt_1 (an empty group), categories_lt_3 (hetop: no group is in three categories), complete_separation (the groups overlap in no more than one category, or not at all), no_interior_cut (at each cut a share is 0 or 1), empty_focal_category (monotone: the curve would be vertical), zero_variance, no_maximum (none was found: the likelihood may rise for ever), singular_information (counts too far apart for an error)';

CREATE FUNCTION coarsened_v_gap(focal_counts bigint[], reference_counts bigint[],
	method text DEFAULT 'hetop', confidence double precision DEFAULT 0.95) RETURNS coarsened_v_gap
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION coarsened_v_gap(bigint[], bigint[], text, double precision) IS
'V from the counts of two groups in the same 2 to 200 categories, lowest first (Ho & Reardon 2012).
method: hetop, heteroskedastic ordered probit by maximum likelihood (Reardon et al. 2017; a group in fewer than three categories takes the other''s standard deviation); homop, the same with one standard deviation; probit_ols, line through the normits, reference on focal (one cut: slope 1); average_normal_difference, mean difference of the normits; monotone, area under the Fritsch-Carlson cubic, reference share as a function of focal share; linear, ties by half, which understates the gap. confidence: of the interval, between 0 and 1.
Categories that nobody is in are left out. NULL counts, as array_agg gives of no rows, are an empty group. What is undefined is NULL, with a reason.
Raises 22004 for a NULL among the counts or a NULL option, 22023 for negative counts, another number of categories, an unknown method or a confidence outside (0, 1), 2202E for arrays of different length or more than one dimension, 22003 for more than 9223372036854775807 students.';

CREATE TYPE normit_differences AS (
	cut integer,
	share_focal double precision,
	share_reference double precision,
	difference double precision,
	reason text
);
COMMENT ON TYPE normit_differences IS 'the gap at one cut between ordered categories';
COMMENT ON COLUMN normit_differences.cut IS 'number of the cut, 1 is between the two lowest categories';
COMMENT ON COLUMN normit_differences.share_focal IS 'share of the focal group below the cut, 0 to 1';
COMMENT ON COLUMN normit_differences.share_reference IS 'share of the reference group below the cut, 0 to 1';
COMMENT ON COLUMN normit_differences.difference IS 'normal quantile of share_reference minus that of share_focal: the gap in standard deviations if both groups were equally wide';
COMMENT ON COLUMN normit_differences.reason IS 'why difference is NULL: share_0_or_1';

CREATE FUNCTION normit_differences(focal_counts bigint[], reference_counts bigint[]) RETURNS SETOF normit_differences
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 3;
COMMENT ON FUNCTION normit_differences(bigint[], bigint[]) IS
'The gap at each cut between ordered categories, one row each: what coarsened_v_gap() makes one number of. No rows if a group is empty or NULL. Errors as coarsened_v_gap().';
