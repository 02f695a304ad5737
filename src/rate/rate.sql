
-- Rates and gaps between rates

CREATE TYPE interval_estimate AS (
	estimate double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE interval_estimate IS 'a statistic with its confidence interval';
COMMENT ON COLUMN interval_estimate.estimate IS 'the statistic; NULL where it is undefined';
COMMENT ON COLUMN interval_estimate.lower IS 'lower confidence bound; NULL where it is undefined';
COMMENT ON COLUMN interval_estimate.upper IS 'upper confidence bound; NULL where it is undefined';
COMMENT ON COLUMN interval_estimate.reason IS 'why something is NULL: n_lt_1, zero_reference, zero_focal, zero_cell or zero_variance; NULL where nothing is';

CREATE FUNCTION wilson_interval(x bigint, n bigint, confidence double precision DEFAULT 0.95)
	RETURNS interval_estimate
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION wilson_interval(bigint, bigint, double precision) IS
'The rate x / n (0..1) with its score interval (Wilson 1927).
x: students with the outcome; n: students; confidence: between 0 and 1.
The lower bound is exactly 0 for x = 0, the upper exactly 1 for x = n. n = 0 gives NULL, reason n_lt_1. A NULL argument gives NULL.
Raises 22023 for x < 0, n < 0, x > n, or a confidence outside (0, 1).';

CREATE FUNCTION clopper_pearson_interval(x bigint, n bigint, confidence double precision DEFAULT 0.95)
	RETURNS interval_estimate
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION clopper_pearson_interval(bigint, bigint, double precision) IS
'The rate x / n (0..1) with its exact interval (Clopper and Pearson 1934), which never covers less than asked and is wider than Wilson''s.
Arguments, NULLs and errors as wilson_interval.';

CREATE FUNCTION risk_difference(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint,
		confidence double precision DEFAULT 0.95)
	RETURNS interval_estimate
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION risk_difference(bigint, bigint, bigint, bigint, double precision) IS
'Focal rate minus reference rate (-1..1) with the hybrid score interval (Newcombe 1998, method 10).
x: students with the outcome; n: students; confidence: between 0 and 1.
An empty group gives NULL, reason n_lt_1. A NULL argument gives NULL.
Raises 22023 for x < 0, n < 0, x > n, or a confidence outside (0, 1).';

CREATE FUNCTION risk_ratio(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint,
		confidence double precision DEFAULT 0.95, haldane boolean DEFAULT false)
	RETURNS interval_estimate
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION risk_ratio(bigint, bigint, bigint, bigint, double precision, boolean) IS
'Focal rate divided by reference rate, with the log interval (Katz et al. 1978).
x: students with the outcome; n: students; confidence: between 0 and 1; haldane: add 1/2 to all four cells of the table when one of them is 0.
Without haldane: x_reference = 0 gives NULL, reason zero_reference; x_focal = 0 gives 0 without an interval, reason zero_focal; everybody in both groups gives 1 without an interval, reason zero_variance.
An empty group gives NULL, reason n_lt_1. A NULL argument gives NULL.
Raises 22023 for x < 0, n < 0, x > n, or a confidence outside (0, 1).';

CREATE FUNCTION odds_ratio(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint,
		confidence double precision DEFAULT 0.95, haldane boolean DEFAULT false)
	RETURNS interval_estimate
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION odds_ratio(bigint, bigint, bigint, bigint, double precision, boolean) IS
'Focal odds divided by reference odds, odds being x / (n - x), with the log interval (Woolf 1955).
x: students with the outcome; n: students; confidence: between 0 and 1; haldane: add 1/2 to all four cells of the table when one of them is 0.
Without haldane: x_reference = 0 gives NULL, reason zero_reference; x_focal = n_focal gives NULL, reason zero_cell; x_focal = 0 gives 0 without an interval, reason zero_focal; x_reference = n_reference gives 0 without an interval, reason zero_cell.
An empty group gives NULL, reason n_lt_1. A NULL argument gives NULL.
Raises 22023 for x < 0, n < 0, x > n, or a confidence outside (0, 1).';

CREATE TYPE rate_gap AS (
	x_focal bigint,
	n_focal bigint,
	x_reference bigint,
	n_reference bigint,
	n_missing_focal bigint,
	n_missing_reference bigint,
	n_missing_group bigint,
	rate_focal double precision,
	rate_reference double precision,
	difference double precision,
	difference_se double precision,
	difference_lower double precision,
	difference_upper double precision,
	z double precision,
	p_value double precision,
	risk_ratio double precision,
	risk_ratio_log_se double precision,
	risk_ratio_lower double precision,
	risk_ratio_upper double precision,
	odds_ratio double precision,
	odds_ratio_log_se double precision,
	odds_ratio_lower double precision,
	odds_ratio_upper double precision,
	reason text
);
COMMENT ON TYPE rate_gap IS 'the gap between the rates of two groups of students';
COMMENT ON COLUMN rate_gap.x_focal IS 'focal students with the outcome';
COMMENT ON COLUMN rate_gap.n_focal IS 'focal students';
COMMENT ON COLUMN rate_gap.x_reference IS 'reference students with the outcome';
COMMENT ON COLUMN rate_gap.n_reference IS 'reference students';
COMMENT ON COLUMN rate_gap.n_missing_focal IS 'focal rows without an outcome, not in n_focal; NULL when computed from counts';
COMMENT ON COLUMN rate_gap.n_missing_reference IS 'reference rows without an outcome, not in n_reference; NULL when computed from counts';
COMMENT ON COLUMN rate_gap.n_missing_group IS 'rows without a group, in neither n; NULL when computed from counts';
COMMENT ON COLUMN rate_gap.rate_focal IS 'focal rate, x / n, 0..1';
COMMENT ON COLUMN rate_gap.rate_reference IS 'reference rate, x / n, 0..1';
COMMENT ON COLUMN rate_gap.difference IS 'risk difference: focal rate minus reference rate, -1..1';
COMMENT ON COLUMN rate_gap.difference_se IS 'standard error of the difference (Wald), for trends; the interval does not use it';
COMMENT ON COLUMN rate_gap.difference_lower IS 'lower bound of the difference (Newcombe 1998, method 10)';
COMMENT ON COLUMN rate_gap.difference_upper IS 'upper bound of the difference (Newcombe 1998, method 10)';
COMMENT ON COLUMN rate_gap.z IS 'z of the test that the rates are equal, pooled variance, no continuity correction';
COMMENT ON COLUMN rate_gap.p_value IS 'two-sided p of z';
COMMENT ON COLUMN rate_gap.risk_ratio IS 'focal rate divided by reference rate';
COMMENT ON COLUMN rate_gap.risk_ratio_log_se IS 'standard error of the logarithm of the risk ratio (Katz et al. 1978)';
COMMENT ON COLUMN rate_gap.risk_ratio_lower IS 'lower bound of the risk ratio (Katz et al. 1978)';
COMMENT ON COLUMN rate_gap.risk_ratio_upper IS 'upper bound of the risk ratio (Katz et al. 1978)';
COMMENT ON COLUMN rate_gap.odds_ratio IS 'focal odds divided by reference odds';
COMMENT ON COLUMN rate_gap.odds_ratio_log_se IS 'standard error of the logarithm of the odds ratio (Woolf 1955)';
COMMENT ON COLUMN rate_gap.odds_ratio_lower IS 'lower bound of the odds ratio (Woolf 1955)';
COMMENT ON COLUMN rate_gap.odds_ratio_upper IS 'upper bound of the odds ratio (Woolf 1955)';
COMMENT ON COLUMN rate_gap.reason IS 'why something is NULL: n_lt_1, zero_variance, zero_reference, zero_focal or zero_cell; NULL where nothing is';

CREATE FUNCTION rate_gap(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint,
		confidence double precision DEFAULT 0.95, haldane boolean DEFAULT false)
	RETURNS rate_gap
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION rate_gap(bigint, bigint, bigint, bigint, double precision, boolean) IS
'The gap between the rates of two groups, from counts: risk difference, risk ratio and odds ratio with their intervals, and the pooled z test.
x: students with the outcome; n: students; confidence: between 0 and 1; haldane: for the two ratios, add 1/2 to all four cells of the table when one of them is 0.
What is undefined is NULL, with a reason. A NULL argument gives NULL.
Raises 22023 for x < 0, n < 0, x > n, or a confidence outside (0, 1).';
