CREATE TYPE v_gap AS (
	n_focal bigint,
	n_reference bigint,
	auc double precision,
	auc_se double precision,
	auc_lower double precision,
	auc_upper double precision,
	v double precision,
	v_se double precision,
	v_lower double precision,
	v_upper double precision,
	p_value double precision,
	reason text
);
COMMENT ON TYPE v_gap IS 'result of v_gap(): the gap between two groups that does not depend on the scale';
COMMENT ON COLUMN v_gap.n_focal IS 'students with a score in the focal group';
COMMENT ON COLUMN v_gap.n_reference IS 'students with a score in the reference group';
COMMENT ON COLUMN v_gap.auc IS 'A: the probability that a focal student scores above a reference student, ties counted half; 0.5 is no gap';
COMMENT ON COLUMN v_gap.auc_se IS 'standard error of auc, by the method asked for';
COMMENT ON COLUMN v_gap.auc_lower IS 'lower end of the interval of auc; NULL where auc_se is NULL or 0';
COMMENT ON COLUMN v_gap.auc_upper IS 'upper end of the interval of auc; NULL where auc_se is NULL or 0';
COMMENT ON COLUMN v_gap.v IS 'V = sqrt(2) * normal quantile of auc, in standard deviations; negative where the focal group is lower';
COMMENT ON COLUMN v_gap.v_se IS 'standard error of v by the delta method';
COMMENT ON COLUMN v_gap.v_lower IS 'lower end of the interval of v; NULL where v_se is NULL or 0';
COMMENT ON COLUMN v_gap.v_upper IS 'upper end of the interval of v; NULL where v_se is NULL or 0';
COMMENT ON COLUMN v_gap.p_value IS 'two-sided Mann-Whitney p-value of no gap: normal, corrected for ties, without continuity correction';
COMMENT ON COLUMN v_gap.reason IS 'why something is NULL: n_lt_1 (a group without scores), complete_separation (no overlap: v would be infinite), n_lt_2 (DeLong needs two students in each group), zero_variance (all scores equal)';

CREATE FUNCTION v_gap(focal distribution, reference distribution,
	confidence double precision DEFAULT 0.95,
	standard_error text DEFAULT 'delong',
	interval_method text DEFAULT 'normal',
	continuity boolean DEFAULT false) RETURNS v_gap
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION v_gap(distribution, distribution, double precision, text, text, boolean) IS
'V statistic (Ho & Haertel 2006; Ho 2009) of focal against reference, with the area under the PP plot and the Mann-Whitney test, as one row. standard_error: ''delong'' (DeLong et al. 1988) or ''hanley_mcneil'' (1982). interval_method: ''normal'' on V, or ''logit'' on A, better near 0 and 1. continuity: where the groups do not overlap, take A as (U + 1/2) / (n m + 1) instead of leaving V NULL; only ''hanley_mcneil'' has a standard error there. A NULL distribution is an empty group. Error for an unknown option or a confidence outside (0, 1).';

CREATE FUNCTION auc(focal distribution, reference distribution) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_auc' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION auc(distribution, distribution) IS
'P(focal > reference) + P(focal = reference) / 2: the area under the PP plot, also called common-language effect size or Vargha-Delaney A. NULL if a group is empty.';

CREATE TYPE pp_point AS (
	score double precision,
	reference_share double precision,
	focal_share double precision
);
COMMENT ON TYPE pp_point IS 'result of pp_plot(): one point';
COMMENT ON COLUMN pp_point.score IS 'the score; NULL for the origin, which is below all scores';
COMMENT ON COLUMN pp_point.reference_share IS 'share of the reference group at or below the score, 0..1';
COMMENT ON COLUMN pp_point.focal_share IS 'share of the focal group at or below the score, 0..1';

CREATE FUNCTION pp_plot(focal distribution, reference distribution) RETURNS SETOF pp_point
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 200;
COMMENT ON FUNCTION pp_plot(distribution, distribution) IS
'Points of the PP plot of two groups, one row for each score that occurs in either, after the origin (0, 0); the last is (1, 1). The area under reference_share as a function of focal_share, joined by straight lines, is auc(focal, reference). No rows if a group is empty or NULL.';
