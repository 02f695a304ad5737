-- The gap between two groups' means in a weighted sample

CREATE TYPE weighted_gap AS (
	n_focal integer,
	n_reference integer,
	n_missing_focal integer,
	n_missing_reference integer,
	n_missing_group integer,
	n_clusters integer,
	sum_of_weights_focal double precision,
	sum_of_weights_reference double precision,
	n_eff_focal double precision,
	n_eff_reference double precision,
	mean_focal double precision,
	mean_reference double precision,
	sd_focal double precision,
	sd_reference double precision,
	se_focal double precision,
	se_reference double precision,
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	df double precision,
	t double precision,
	p_value double precision,
	reason text
);
COMMENT ON TYPE weighted_gap IS 'the gap between the means of two groups in a weighted sample';
COMMENT ON COLUMN weighted_gap.n_focal IS 'focal students in the sample';
COMMENT ON COLUMN weighted_gap.n_reference IS 'reference students in the sample';
COMMENT ON COLUMN weighted_gap.n_missing_focal IS 'focal rows without a score, a weight or (of a clustered sample) a cluster';
COMMENT ON COLUMN weighted_gap.n_missing_reference IS 'reference rows without a score, a weight or (of a clustered sample) a cluster';
COMMENT ON COLUMN weighted_gap.n_missing_group IS 'rows without a group, in neither n';
COMMENT ON COLUMN weighted_gap.n_clusters IS 'clusters with a student of either group; NULL where there are none to count: without clusters, and without rows';
COMMENT ON COLUMN weighted_gap.sum_of_weights_focal IS 'sum of the focal group''s weights: the students it stands for';
COMMENT ON COLUMN weighted_gap.sum_of_weights_reference IS 'sum of the reference group''s weights: the students it stands for';
COMMENT ON COLUMN weighted_gap.n_eff_focal IS 'effective sample size of the focal group, (sum w)^2 / sum w^2 (Kish 1965)';
COMMENT ON COLUMN weighted_gap.n_eff_reference IS 'effective sample size of the reference group, (sum w)^2 / sum w^2 (Kish 1965)';
COMMENT ON COLUMN weighted_gap.mean_focal IS 'weighted mean of the focal group';
COMMENT ON COLUMN weighted_gap.mean_reference IS 'weighted mean of the reference group';
COMMENT ON COLUMN weighted_gap.sd_focal IS 'weighted standard deviation of the focal group, divisor sum w - sum w^2 / sum w';
COMMENT ON COLUMN weighted_gap.sd_reference IS 'weighted standard deviation of the reference group, divisor sum w - sum w^2 / sum w';
COMMENT ON COLUMN weighted_gap.se_focal IS 'standard error of the focal group''s mean, linearised, as a domain of the whole sample; its degrees of freedom are df';
COMMENT ON COLUMN weighted_gap.se_reference IS 'standard error of the reference group''s mean, linearised, as a domain of the whole sample; its degrees of freedom are df';
COMMENT ON COLUMN weighted_gap.estimate IS 'focal mean minus reference mean, in points of the scale';
COMMENT ON COLUMN weighted_gap.se IS 'linearised standard error of the difference, with clusters where there are any';
COMMENT ON COLUMN weighted_gap.lower IS 'lower bound of the confidence interval of the difference, by the t distribution';
COMMENT ON COLUMN weighted_gap.upper IS 'upper bound of the confidence interval of the difference, by the t distribution';
COMMENT ON COLUMN weighted_gap.df IS 'degrees of freedom of the design: clusters, or else students, minus 1';
COMMENT ON COLUMN weighted_gap.t IS 'difference divided by its standard error';
COMMENT ON COLUMN weighted_gap.p_value IS 'two-sided p of t';
COMMENT ON COLUMN weighted_gap.reason IS 'why something is NULL, the first that applies: n_lt_1 or n_lt_2 (a group has no students, or one), k_lt_2 (a group is within one cluster), zero_variance, out_of_range. NULL where nothing is the matter';

CREATE FUNCTION weighted_gap(sample weighted_sample, confidence double precision DEFAULT 0.95)
	RETURNS weighted_gap
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION weighted_gap(weighted_sample, double precision) IS
'The gap between the weighted means of a sample''s two groups, focal minus reference.
confidence: of the interval, between 0 and 1.
A NULL sample is two empty groups. What is undefined is NULL, with a reason.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1), 22003 beyond the range of double precision.';

CREATE FUNCTION gapstats_internal.weighted_gap_final(weighted_sample) RETURNS weighted_gap
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION gapstats_internal.weighted_gap_final(weighted_sample) IS
	'final function of weighted_gap(score, is_focal, weight) and its kin';

CREATE AGGREGATE weighted_gap(score double precision, is_focal boolean, weight double precision) (
	SFUNC = gapstats_internal.weighted_sample_accum,
	STYPE = weighted_sample,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.weighted_gap_final,
	COMBINEFUNC = gapstats_internal.weighted_sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE weighted_gap(double precision, boolean, double precision) IS
'The gap between the weighted means of the rows where is_focal is true and of those where it is false, with the linearised standard error of students sampled with replacement (R survey: svydesign(ids = ~1), svyby, svycontrast) and a 95% interval: SELECT (weighted_gap(score, is_focal, weight)).* ... GROUP BY. With another confidence: weighted_gap(weighted_sample(score, is_focal, weight), 0.9).
weight: the sampling weight (pweight), how many students the row stands for; scaling all of them changes nothing but their sums.
A row without a score, weight or group is left out and counted as missing; one of weight 0 is not in the sample. No rows are two empty groups.
Raises 22003 for a score or weight that is NaN or infinite, 22023 for a negative weight, 54000 beyond 44,739,240 rows.';

CREATE AGGREGATE weighted_gap(score double precision, is_focal boolean, weight double precision,
		cluster bigint) (
	SFUNC = gapstats_internal.weighted_sample_accum,
	STYPE = weighted_sample,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.weighted_gap_final,
	COMBINEFUNC = gapstats_internal.weighted_sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE weighted_gap(double precision, boolean, double precision, bigint) IS
'The same for a sample of clusters, such as schools, with the linearised standard error by cluster (R survey: svydesign(ids = ~cluster)).
cluster: what the row''s student was sampled with. A row without one is left out and counted as missing.';

CREATE AGGREGATE weighted_gap(score double precision, is_focal boolean, weight double precision,
		cluster bigint, confidence double precision) (
	SFUNC = gapstats_internal.weighted_sample_accum,
	STYPE = weighted_sample,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.weighted_gap_final,
	COMBINEFUNC = gapstats_internal.weighted_sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE weighted_gap(double precision, boolean, double precision, bigint, double precision) IS
'The same with an interval of another confidence: between 0 and 1, equal in all rows.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or not the same in all rows.';
