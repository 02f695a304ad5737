CREATE TYPE v_gap AS (
	n_focal integer,
	n_reference integer,
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
COMMENT ON COLUMN v_gap.reason IS 'why something is NULL: n_lt_1 (a group without scores), complete_separation (no overlap: v would be infinite), n_lt_2 (DeLong needs two students in each group), zero_variance (all scores equal); or coarse: a group has more than 16,384 distinct scores, and those of one bucket are taken for ties';

CREATE FUNCTION v_gap(focal distribution, reference distribution,
	confidence double precision DEFAULT 0.95,
	standard_error text DEFAULT 'delong',
	interval_method text DEFAULT 'normal',
	continuity boolean DEFAULT false) RETURNS v_gap
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION v_gap(distribution, distribution, double precision, text, text, boolean) IS
'V statistic (Ho & Haertel 2006; Ho 2009) of focal against reference, with the area under the PP plot and the Mann-Whitney test.
confidence: of the intervals, between 0 and 1; standard_error: delong (DeLong et al. 1988) or hanley_mcneil (1982); interval_method: normal on V, or logit on A, better near 0 and 1; continuity: where the groups do not overlap, take A as (U + 1/2) / (n m + 1) instead of leaving V NULL; only hanley_mcneil has a standard error there.
A NULL distribution is an empty group. What is undefined is NULL, with a reason.
Raises 22004 for a NULL option, 22023 for an unknown one or a confidence outside (0, 1).';

CREATE FUNCTION auc(focal distribution, reference distribution) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_auc' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION auc(distribution, distribution) IS
'P(focal > reference) + P(focal = reference) / 2: the area under the PP plot, also called common-language effect size or Vargha-Delaney A. Of a coarse distribution it takes the scores of one bucket for ties. NULL if a group is empty or NULL.';

CREATE TYPE pp_plot AS (
	score double precision,
	share_focal double precision,
	share_reference double precision
);
COMMENT ON TYPE pp_plot IS 'one point of a PP plot';
COMMENT ON COLUMN pp_plot.score IS 'the score; NULL for the origin, which is below all scores. Of a coarse distribution, the end of a bucket';
COMMENT ON COLUMN pp_plot.share_focal IS 'share of the focal group at or below the score, 0 to 1';
COMMENT ON COLUMN pp_plot.share_reference IS 'share of the reference group at or below the score, 0 to 1';

CREATE FUNCTION pp_plot(focal distribution, reference distribution) RETURNS SETOF pp_plot
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 200;
COMMENT ON FUNCTION pp_plot(distribution, distribution) IS
'Points of the PP plot of two groups, one row for each score that occurs in either, after the origin (0, 0); the last is (1, 1). The area under share_reference as a function of share_focal, joined by straight lines, is auc(focal, reference). Points of a coarse distribution are exact, but fewer. No rows if a group is empty or NULL.';
