-- Estimates of small groups, drawn towards the mean of all

CREATE TYPE shrunken_estimate AS (
	n_groups integer,
	mu double precision,
	mu_se double precision,
	mu_lower double precision,
	mu_upper double precision,
	tau double precision,
	q_e double precision,
	p_value_q_e double precision,
	shrunken double precision,
	shrunken_se double precision,
	shrunken_lower double precision,
	shrunken_upper double precision,
	probability_below_zero double precision,
	reason text
);
COMMENT ON TYPE shrunken_estimate IS 'a group''s estimate, drawn towards the mean of all groups';
COMMENT ON COLUMN shrunken_estimate.n_groups IS 'groups of the partition with an estimate and an error above 0; the others are left out';
COMMENT ON COLUMN shrunken_estimate.mu IS 'mean of the groups'' true values, each group weighing 1 / (se^2 + tau^2); in points of the estimate';
COMMENT ON COLUMN shrunken_estimate.mu_se IS 'standard error of mu, tau taken as known';
COMMENT ON COLUMN shrunken_estimate.mu_lower IS 'lower confidence bound, normal';
COMMENT ON COLUMN shrunken_estimate.mu_upper IS 'upper confidence bound, normal';
COMMENT ON COLUMN shrunken_estimate.tau IS 'standard deviation of the groups'' true values, in points of the estimate: how much groups differ beyond chance';
COMMENT ON COLUMN shrunken_estimate.q_e IS 'squared distances of the estimates from their mean, in standard errors (Cochran''s Q); large if the groups differ';
COMMENT ON COLUMN shrunken_estimate.p_value_q_e IS 'chi-square p of q_e, n_groups - 1 degrees of freedom: that chance alone sets the groups this far apart';
COMMENT ON COLUMN shrunken_estimate.shrunken IS 'mu + B (estimate - mu), B = tau^2 / (tau^2 + se^2)';
COMMENT ON COLUMN shrunken_estimate.shrunken_se IS 'its standard error, sqrt(B se^2 + (1 - B)^2 mu_se^2): that of mu is in it, that of tau is not';
COMMENT ON COLUMN shrunken_estimate.shrunken_lower IS 'lower confidence bound, normal';
COMMENT ON COLUMN shrunken_estimate.shrunken_upper IS 'upper confidence bound, normal';
COMMENT ON COLUMN shrunken_estimate.probability_below_zero IS 'probability that the group''s true value is below 0: of a gap, that the group is behind';
COMMENT ON COLUMN shrunken_estimate.reason IS 'why all else is NULL: missing_estimate (or its error), zero_variance (a standard error of 0); why all but n_groups is: one_group, out_of_range (estimates more than 10^140 standard errors apart); or tau2_zero: nothing says that the groups differ, and each is given mu. NULL where nothing is the matter';

CREATE FUNCTION shrunken_estimate(estimate double precision, se double precision, method text DEFAULT 'reml',
		confidence double precision DEFAULT 0.95)
	RETURNS shrunken_estimate
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW COST 1000 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION shrunken_estimate(double precision, double precision, text, double precision) IS
'Gaps, means or any other estimates of many groups, each drawn towards the mean of all by as much as its standard error is large beside how the groups differ (Morris 1983): a window function over a table with one row a group, OVER (PARTITION BY stratum). It stands beside the estimate, not in its place.
estimate, se: an estimate and its standard error. method: how tau is estimated: ''reml'' (restricted maximum likelihood), ''pm'' (Paule and Mandel 1982) or ''dl'' (DerSimonian and Laird 1986). confidence: of the intervals, between 0 and 1. Options are the same in all rows of a partition.
As metafor''s rma() and blup(). tau is 0, reason tau2_zero, where groups differ by no more than chance: by ''reml'' where the restricted likelihood falls at 0, by the others where q_e is at most n_groups - 1. All groups then get mu.
All rows of the partition count, whatever the frame, and the order of rows changes no bit. A row with a NULL, or an error of 0, is left out, reason missing_estimate or zero_variance. One group alone has reason one_group.
Raises 22003 for numbers that are not finite, 22023 for a negative se, an unknown method, a confidence outside (0, 1) and options that differ, 22004 for a NULL option.';
