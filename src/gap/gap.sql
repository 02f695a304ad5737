-- The gap between two groups' scores

CREATE TYPE gap AS (
	n_focal integer,
	n_reference integer,
	n_missing_focal integer,
	n_missing_reference integer,
	n_missing_group integer,
	mean_focal double precision,
	mean_reference double precision,
	sd_focal double precision,
	sd_reference double precision,
	difference double precision,
	difference_se double precision,
	difference_lower double precision,
	difference_upper double precision,
	df double precision,
	t double precision,
	p_value double precision,
	cohens_d double precision,
	cohens_d_se double precision,
	cohens_d_lower double precision,
	cohens_d_upper double precision,
	hedges_g double precision,
	hedges_g_se double precision,
	hedges_g_lower double precision,
	hedges_g_upper double precision,
	v double precision,
	v_se double precision,
	v_lower double precision,
	v_upper double precision,
	reason text
);
COMMENT ON TYPE gap IS 'the gap between the scores of two groups of students';
COMMENT ON COLUMN gap.n_focal IS 'focal students with a score';
COMMENT ON COLUMN gap.n_reference IS 'reference students with a score';
COMMENT ON COLUMN gap.n_missing_focal IS 'focal rows without a score';
COMMENT ON COLUMN gap.n_missing_reference IS 'reference rows without a score';
COMMENT ON COLUMN gap.n_missing_group IS 'rows without a group, in neither n';
COMMENT ON COLUMN gap.mean_focal IS 'mean of the focal group';
COMMENT ON COLUMN gap.mean_reference IS 'mean of the reference group';
COMMENT ON COLUMN gap.sd_focal IS 'standard deviation of the focal group (divisor n - 1)';
COMMENT ON COLUMN gap.sd_reference IS 'standard deviation of the reference group (divisor n - 1)';
COMMENT ON COLUMN gap.difference IS 'focal mean minus reference mean, in points of the scale';
COMMENT ON COLUMN gap.difference_se IS 'standard error of the difference (Welch 1947)';
COMMENT ON COLUMN gap.difference_lower IS 'lower confidence bound, by the t distribution (Welch)';
COMMENT ON COLUMN gap.difference_upper IS 'upper confidence bound, by the t distribution (Welch)';
COMMENT ON COLUMN gap.df IS 'degrees of freedom (Welch-Satterthwaite)';
COMMENT ON COLUMN gap.t IS 'Welch''s t';
COMMENT ON COLUMN gap.p_value IS 'two-sided p of t';
COMMENT ON COLUMN gap.cohens_d IS 'difference in pooled standard deviations (Cohen''s d)';
COMMENT ON COLUMN gap.cohens_d_se IS 'standard error of d (Hedges and Olkin 1985)';
COMMENT ON COLUMN gap.cohens_d_lower IS 'lower confidence bound, by the noncentral t distribution';
COMMENT ON COLUMN gap.cohens_d_upper IS 'upper confidence bound, by the noncentral t distribution';
COMMENT ON COLUMN gap.hedges_g IS 'Cohen''s d with the exact correction for small samples (Hedges 1981)';
COMMENT ON COLUMN gap.hedges_g_se IS 'standard error of g (Hedges and Olkin 1985)';
COMMENT ON COLUMN gap.hedges_g_lower IS 'lower confidence bound, by the noncentral t distribution';
COMMENT ON COLUMN gap.hedges_g_upper IS 'upper confidence bound, by the noncentral t distribution';
COMMENT ON COLUMN gap.v IS 'V: the gap in standard deviations that any increasing change of scale leaves alone (Ho 2009)';
COMMENT ON COLUMN gap.v_se IS 'standard error of V (DeLong et al. 1988, delta method)';
COMMENT ON COLUMN gap.v_lower IS 'lower confidence bound, normal';
COMMENT ON COLUMN gap.v_upper IS 'upper confidence bound, normal';
COMMENT ON COLUMN gap.reason IS 'why something is NULL, the first that applies: n_lt_1, n_lt_2, zero_variance, out_of_range, complete_separation; or coarse: a group has more than 16,384 distinct scores, and V takes those of one bucket for ties. NULL where nothing is the matter';

CREATE FUNCTION gapstats_internal.gap_final(gapstats_internal.distribution_pair) RETURNS gap
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION gapstats_internal.gap_final(gapstats_internal.distribution_pair) IS
	'final function of gap(score, is_focal) and gap(score, is_focal, confidence)';

CREATE AGGREGATE gap(score double precision, is_focal boolean) (
	SFUNC = gapstats_internal.distribution_pair_accum,
	STYPE = gapstats_internal.distribution_pair,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.gap_final,
	COMBINEFUNC = gapstats_internal.distribution_pair_combine,
	MSFUNC = gapstats_internal.distribution_pair_moving_accum,
	MINVFUNC = gapstats_internal.distribution_pair_moving_remove,
	MSTYPE = gapstats_internal.distribution_pair,
	MFINALFUNC = gapstats_internal.gap_final,
	MINITCOND = 'focal {} reference {}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE gap(double precision, boolean) IS
'The gap between the scores of the rows where is_focal is true and of those where it is false, focal minus reference: Welch''s test, Cohen''s d, Hedges'' g and V, each with a 95% interval. SELECT (gap(score, is_focal)).* ... GROUP BY; also over a window.
is_focal: true, false, or NULL where the group is not known. race = ''Black'' compares with everybody else; to compare with one group, leave the others out: gap(score, race = ''Black'') FILTER (WHERE race IN (''Black'', ''White'')).
A row without a score, or without a group, is left out and counted as missing. What is undefined is NULL, with a reason; no rows are two empty groups. The result depends on no order and no plan.
Raises 22003 for a score that is NaN or infinite, and where a result is beyond the range of double precision.';

CREATE AGGREGATE gap(score double precision, is_focal boolean, confidence double precision) (
	SFUNC = gapstats_internal.distribution_pair_accum,
	STYPE = gapstats_internal.distribution_pair,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.gap_final,
	COMBINEFUNC = gapstats_internal.distribution_pair_combine,
	MSFUNC = gapstats_internal.distribution_pair_moving_accum,
	MINVFUNC = gapstats_internal.distribution_pair_moving_remove,
	MSTYPE = gapstats_internal.distribution_pair,
	MFINALFUNC = gapstats_internal.gap_final,
	MINITCOND = 'focal {} reference {}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE gap(double precision, boolean, double precision) IS
'The same with intervals of another confidence: between 0 and 1, equal in all rows.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or not the same in all rows.';

CREATE TYPE mean_gap AS (
	n_focal integer,
	n_reference integer,
	mean_focal double precision,
	mean_reference double precision,
	sd_focal double precision,
	sd_reference double precision,
	difference double precision,
	difference_se double precision,
	difference_lower double precision,
	difference_upper double precision,
	df double precision,
	t double precision,
	p_value double precision,
	cohens_d double precision,
	cohens_d_se double precision,
	cohens_d_lower double precision,
	cohens_d_upper double precision,
	hedges_g double precision,
	hedges_g_se double precision,
	hedges_g_lower double precision,
	hedges_g_upper double precision,
	v double precision,
	v_se double precision,
	v_lower double precision,
	v_upper double precision,
	reason text
);
COMMENT ON TYPE mean_gap IS 'the gap between the means of two groups, of which the distributions are given';
COMMENT ON COLUMN mean_gap.n_focal IS 'focal students with a score';
COMMENT ON COLUMN mean_gap.n_reference IS 'reference students with a score';
COMMENT ON COLUMN mean_gap.mean_focal IS 'mean of the focal group';
COMMENT ON COLUMN mean_gap.mean_reference IS 'mean of the reference group';
COMMENT ON COLUMN mean_gap.sd_focal IS 'standard deviation of the focal group (divisor n - 1)';
COMMENT ON COLUMN mean_gap.sd_reference IS 'standard deviation of the reference group (divisor n - 1)';
COMMENT ON COLUMN mean_gap.difference IS 'focal mean minus reference mean, in points of the scale';
COMMENT ON COLUMN mean_gap.difference_se IS 'standard error of the difference (Welch 1947)';
COMMENT ON COLUMN mean_gap.difference_lower IS 'lower confidence bound, by the t distribution (Welch)';
COMMENT ON COLUMN mean_gap.difference_upper IS 'upper confidence bound, by the t distribution (Welch)';
COMMENT ON COLUMN mean_gap.df IS 'degrees of freedom (Welch-Satterthwaite)';
COMMENT ON COLUMN mean_gap.t IS 'Welch''s t';
COMMENT ON COLUMN mean_gap.p_value IS 'two-sided p of t';
COMMENT ON COLUMN mean_gap.cohens_d IS 'difference in pooled standard deviations (Cohen''s d)';
COMMENT ON COLUMN mean_gap.cohens_d_se IS 'standard error of d (Hedges and Olkin 1985)';
COMMENT ON COLUMN mean_gap.cohens_d_lower IS 'lower confidence bound, by the noncentral t distribution';
COMMENT ON COLUMN mean_gap.cohens_d_upper IS 'upper confidence bound, by the noncentral t distribution';
COMMENT ON COLUMN mean_gap.hedges_g IS 'Cohen''s d with the exact correction for small samples (Hedges 1981)';
COMMENT ON COLUMN mean_gap.hedges_g_se IS 'standard error of g (Hedges and Olkin 1985)';
COMMENT ON COLUMN mean_gap.hedges_g_lower IS 'lower confidence bound, by the noncentral t distribution';
COMMENT ON COLUMN mean_gap.hedges_g_upper IS 'upper confidence bound, by the noncentral t distribution';
COMMENT ON COLUMN mean_gap.v IS 'V: the gap in standard deviations that any increasing change of scale leaves alone (Ho 2009)';
COMMENT ON COLUMN mean_gap.v_se IS 'standard error of V (DeLong et al. 1988, delta method)';
COMMENT ON COLUMN mean_gap.v_lower IS 'lower confidence bound, normal';
COMMENT ON COLUMN mean_gap.v_upper IS 'upper confidence bound, normal';
COMMENT ON COLUMN mean_gap.reason IS 'why something is NULL, the first that applies: n_lt_1, n_lt_2, zero_variance, out_of_range, complete_separation; or coarse: a group has more than 16,384 distinct scores, and V takes those of one bucket for ties. NULL where nothing is the matter';

CREATE FUNCTION mean_gap(focal distribution, reference distribution,
		confidence double precision DEFAULT 0.95)
	RETURNS mean_gap
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION mean_gap(distribution, distribution, double precision) IS
'What gap() gives, of two distributions: the gap between two groups'' scores, focal minus reference, with Welch''s test, Cohen''s d, Hedges'' g and V. FROM t, mean_gap(t.focal, t.reference) AS g.
confidence: of the intervals, between 0 and 1.
A NULL distribution is a group without students. What is undefined is NULL, with a reason.
Raises 22004 for a NULL option, 22023 for a confidence outside (0, 1), 22003 where a result is beyond the range of double precision.';

CREATE TYPE t_test AS (
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	df double precision,
	t double precision,
	p_value double precision,
	reason text
);
COMMENT ON TYPE t_test IS 'the difference between two means, with its test';
COMMENT ON COLUMN t_test.estimate IS 'focal mean minus reference mean';
COMMENT ON COLUMN t_test.se IS 'standard error of the difference';
COMMENT ON COLUMN t_test.lower IS 'lower confidence bound';
COMMENT ON COLUMN t_test.upper IS 'upper confidence bound';
COMMENT ON COLUMN t_test.df IS 'degrees of freedom';
COMMENT ON COLUMN t_test.t IS 'test statistic';
COMMENT ON COLUMN t_test.p_value IS 'two-sided p of t';
COMMENT ON COLUMN t_test.reason IS 'why something is NULL: n_lt_1, n_lt_2, zero_variance or out_of_range; NULL where nothing is';

CREATE FUNCTION t_test(focal distribution, reference distribution,
		confidence double precision DEFAULT 0.95, equal_variances boolean DEFAULT false)
	RETURNS t_test
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION t_test(distribution, distribution, double precision, boolean) IS
'The t test of two means: Welch''s (1947), which gap() gives too, or Student''s (1908) with equal variances.
confidence: of the interval, between 0 and 1.
A group below 2 students, or no variance in either group, gives NULL and a reason. A NULL distribution is a group without students.
Raises 22004 for a NULL option, 22023 for a confidence outside (0, 1).';

-- Gaps in standard deviations

CREATE TYPE cohens_d AS (
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE cohens_d IS 'Cohen''s d with its interval';
COMMENT ON COLUMN cohens_d.estimate IS 'focal minus reference, in pooled standard deviations';
COMMENT ON COLUMN cohens_d.se IS 'large-sample standard error, at the estimate';
COMMENT ON COLUMN cohens_d.lower IS 'lower confidence bound';
COMMENT ON COLUMN cohens_d.upper IS 'upper confidence bound';
COMMENT ON COLUMN cohens_d.reason IS 'why something is NULL: n_lt_1, n_lt_2, zero_variance or out_of_range. NULL where nothing is the matter';

CREATE FUNCTION cohens_d(focal distribution, reference distribution,
		confidence double precision DEFAULT 0.95, interval_method text DEFAULT 'noncentral_t')
	RETURNS cohens_d
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cohens_d(distribution, distribution, double precision, text) IS
'Difference of means in pooled standard deviations (Cohen 1988).
confidence: between 0 and 1; interval_method: noncentral_t (exact for normal scores of one variance) or normal.
Standard error: sqrt(1/n_focal + 1/n_reference + d^2 / (2 n)) (Hedges and Olkin 1985). A group below 2 students, or no variance, gives NULL and a reason. A NULL distribution is a group without students.
Raises 22004 for a NULL option, 22023 for a confidence outside (0, 1) or another interval_method.';

CREATE TYPE hedges_g AS (
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE hedges_g IS 'Hedges'' g with its interval';
COMMENT ON COLUMN hedges_g.estimate IS 'focal minus reference, in pooled standard deviations';
COMMENT ON COLUMN hedges_g.se IS 'large-sample standard error, at the estimate';
COMMENT ON COLUMN hedges_g.lower IS 'lower confidence bound';
COMMENT ON COLUMN hedges_g.upper IS 'upper confidence bound';
COMMENT ON COLUMN hedges_g.reason IS 'why something is NULL: n_lt_1, n_lt_2, zero_variance or out_of_range. NULL where nothing is the matter';

CREATE FUNCTION hedges_g(focal distribution, reference distribution,
		confidence double precision DEFAULT 0.95, correction text DEFAULT 'exact',
		interval_method text DEFAULT 'noncentral_t', variance text DEFAULT 'LS')
	RETURNS hedges_g
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION hedges_g(distribution, distribution, double precision, text, text, text) IS
'Cohen''s d corrected for small samples (Hedges 1981).
confidence: between 0 and 1; correction: exact, by gamma functions, wwc, 1 - 3 / (4 n - 9), as the What Works Clearinghouse has it, or none; interval_method: noncentral_t or normal; variance, of which the standard error is the root: LS, 1/n_focal + 1/n_reference + g^2 / (2 n) (Hedges and Olkin 1985), LS2, that of d times the squared correction (Borenstein 2009), or UB, unbiased (Hedges 1983), as metafor names them.
A group below 2 students, or no variance, gives NULL and a reason. A NULL distribution is a group without students.
Raises 22004 for a NULL option, 22023 for a confidence outside (0, 1), another correction, interval_method or variance.';

CREATE TYPE d_av AS (
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE d_av IS 'd by the average variance, with its interval';
COMMENT ON COLUMN d_av.estimate IS 'focal minus reference, in roots of the mean of the two variances';
COMMENT ON COLUMN d_av.se IS 'large-sample standard error, at the estimate (Bonett 2008)';
COMMENT ON COLUMN d_av.lower IS 'lower confidence bound';
COMMENT ON COLUMN d_av.upper IS 'upper confidence bound';
COMMENT ON COLUMN d_av.reason IS 'why something is NULL: n_lt_1, n_lt_2, zero_variance or out_of_range. NULL where nothing is the matter';

CREATE FUNCTION d_av(focal distribution, reference distribution,
		confidence double precision DEFAULT 0.95, interval_method text DEFAULT 'noncentral_t')
	RETURNS d_av
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION d_av(distribution, distribution, double precision, text) IS
'Difference of means in roots of the mean of the two variances, each group counting alike whatever its size (Cohen 1988; not pooled in effectsize; Delacre''s d*). Where one group varies more than the other, Cohen''s d depends on how many are in each, this does not.
confidence: between 0 and 1; interval_method: noncentral_t (by Welch''s t and degrees of freedom, as in effectsize; Delacre et al. 2021) or normal.
Standard error: Bonett 2008, which allows for two variances. A group below 2 students, or no variance in either, gives NULL and a reason. A NULL distribution is a group without students.
Raises 22004 for a NULL option, 22023 for a confidence outside (0, 1) or another interval_method.';

CREATE TYPE glass_delta AS (
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE glass_delta IS 'Glass'' delta with its interval';
COMMENT ON COLUMN glass_delta.estimate IS 'focal minus reference, in standard deviations of the reference group';
COMMENT ON COLUMN glass_delta.se IS 'large-sample standard error, at the estimate';
COMMENT ON COLUMN glass_delta.lower IS 'lower confidence bound';
COMMENT ON COLUMN glass_delta.upper IS 'upper confidence bound';
COMMENT ON COLUMN glass_delta.reason IS 'why something is NULL: n_lt_1, n_lt_2, zero_variance or out_of_range. NULL where nothing is the matter';

CREATE FUNCTION glass_delta(focal distribution, reference distribution,
		confidence double precision DEFAULT 0.95, interval_method text DEFAULT 'noncentral_t',
		correction text DEFAULT 'none')
	RETURNS glass_delta
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION glass_delta(distribution, distribution, double precision, text, text) IS
'Difference of means in standard deviations of the reference group (Glass 1976).
confidence: between 0 and 1; interval_method: noncentral_t (with the focal group''s own variance, as in effectsize) or normal; correction for small samples, by n_reference - 1: none, exact (metafor''s SMD1) or wwc.
Standard error: sqrt(1/n_focal + 1/n_reference + delta^2 / (2 n_reference)), at the estimate. One focal student has an estimate and nothing else; fewer than 2 reference students (3 for a correction), or no variance among them, give NULL and a reason. A NULL distribution is a group without students.
Raises 22004 for a NULL option, 22023 for a confidence outside (0, 1), another interval_method or correction.';
