
-- Rates, and two of them compared

CREATE TYPE wilson_interval AS (
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE wilson_interval IS 'a rate with its score interval';
COMMENT ON COLUMN wilson_interval.estimate IS 'the rate x / n, 0..1';
COMMENT ON COLUMN wilson_interval.se IS 'its standard error, sqrt(p (1 - p) / n) (Wald); the interval does not use it';
COMMENT ON COLUMN wilson_interval.lower IS 'lower confidence bound (Wilson 1927), exactly 0 for x = 0';
COMMENT ON COLUMN wilson_interval.upper IS 'upper confidence bound (Wilson 1927), exactly 1 for x = n';
COMMENT ON COLUMN wilson_interval.reason IS 'why all else is NULL: n_lt_1 or missing_count; NULL where it is not';

CREATE FUNCTION wilson_interval(x bigint, n bigint, confidence double precision DEFAULT 0.95)
	RETURNS wilson_interval
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION wilson_interval(bigint, bigint, double precision) IS
'The rate x / n (0..1) with its score interval (Wilson 1927).
x: students with the outcome; n: students; confidence: between 0 and 1.
n = 0, or x and n both NULL, give NULLs, reason n_lt_1; one of them NULL gives NULLs, reason missing_count.
Raises 22023 for x < 0, n < 0, x > n, or a confidence outside (0, 1), 22004 for a NULL confidence.';

CREATE TYPE clopper_pearson_interval AS (
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE clopper_pearson_interval IS 'a rate with its exact interval';
COMMENT ON COLUMN clopper_pearson_interval.estimate IS 'the rate x / n, 0..1';
COMMENT ON COLUMN clopper_pearson_interval.se IS 'its standard error, sqrt(p (1 - p) / n) (Wald); the interval does not use it';
COMMENT ON COLUMN clopper_pearson_interval.lower IS 'lower confidence bound (Clopper and Pearson 1934), exactly 0 for x = 0';
COMMENT ON COLUMN clopper_pearson_interval.upper IS 'upper confidence bound (Clopper and Pearson 1934), exactly 1 for x = n';
COMMENT ON COLUMN clopper_pearson_interval.reason IS 'why all else is NULL: n_lt_1 or missing_count; NULL where it is not';

CREATE FUNCTION clopper_pearson_interval(x bigint, n bigint, confidence double precision DEFAULT 0.95)
	RETURNS clopper_pearson_interval
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION clopper_pearson_interval(bigint, bigint, double precision) IS
'The rate x / n (0..1) with its exact interval (Clopper and Pearson 1934), which never covers less than asked and is wider than Wilson''s.
Arguments, NULLs and errors as wilson_interval; 54000 for more than 10^12 students.';

CREATE TYPE weighted_rate AS (
	n integer,
	n_outcome integer,
	n_missing_outcome integer,
	n_missing_weight integer,
	sum_of_weights double precision,
	n_eff double precision,
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE weighted_rate IS 'a rate of a weighted sample';
COMMENT ON COLUMN weighted_rate.n IS 'students in the sample';
COMMENT ON COLUMN weighted_rate.n_outcome IS 'those of them with the outcome, unweighted';
COMMENT ON COLUMN weighted_rate.n_missing_outcome IS 'rows without an outcome, not in n';
COMMENT ON COLUMN weighted_rate.n_missing_weight IS 'rows with an outcome and without a weight, not in n';
COMMENT ON COLUMN weighted_rate.sum_of_weights IS 'sum of the weights: the students that the sample stands for';
COMMENT ON COLUMN weighted_rate.n_eff IS 'effective sample size, (sum w)^2 / sum w^2 (Kish 1965)';
COMMENT ON COLUMN weighted_rate.estimate IS 'the outcome''s share of the weights, 0..1';
COMMENT ON COLUMN weighted_rate.se IS 'its standard error, sqrt(p (1 - p) / n_eff); the interval does not use it';
COMMENT ON COLUMN weighted_rate.lower IS 'lower confidence bound, Wilson''s with n_eff';
COMMENT ON COLUMN weighted_rate.upper IS 'upper confidence bound, Wilson''s with n_eff';
COMMENT ON COLUMN weighted_rate.reason IS 'why the estimate is NULL: n_lt_1; NULL where it is not';

CREATE FUNCTION gapstats_internal.weighted_rate_accum(gapstats_internal.distribution_pair, outcome boolean, weight double precision)
	RETURNS gapstats_internal.distribution_pair
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.weighted_rate_accum(gapstats_internal.distribution_pair, boolean, double precision) IS
'transition function of weighted_rate: the weights of those with and without the outcome';

CREATE FUNCTION gapstats_internal.weighted_rate_accum(gapstats_internal.distribution_pair, outcome boolean, weight double precision, confidence double precision)
	RETURNS gapstats_internal.distribution_pair
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.weighted_rate_accum(gapstats_internal.distribution_pair, boolean, double precision, double precision) IS
'transition function of weighted_rate: the weights of those with and without the outcome';

CREATE FUNCTION gapstats_internal.weighted_rate_final(gapstats_internal.distribution_pair)
	RETURNS weighted_rate
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.weighted_rate_final(gapstats_internal.distribution_pair) IS
'final function of weighted_rate';

CREATE AGGREGATE weighted_rate(outcome boolean, weight double precision) (
	SFUNC = gapstats_internal.weighted_rate_accum,
	STYPE = gapstats_internal.distribution_pair,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.weighted_rate_final,
	COMBINEFUNC = gapstats_internal.distribution_pair_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE weighted_rate(boolean, double precision) IS
'The rate of a weighted sample, from one row a student: the outcome''s share of the weights (0..1), with Wilson''s 95% interval for the effective sample size of Kish (1965), the squared sum of weights divided by the sum of squared weights.
outcome: has the student the outcome?; weight: sampling weight in any unit, at least 0. A weight of 0 leaves the row out; a row without an outcome or a weight is left out and counted as missing.
No rows give n = 0 and reason n_lt_1. Not for students sampled by school or classroom.
Raises 22023 for a negative weight, 22003 for NaN and infinity. The same whatever the order of rows.';

CREATE AGGREGATE weighted_rate(outcome boolean, weight double precision, confidence double precision) (
	SFUNC = gapstats_internal.weighted_rate_accum,
	STYPE = gapstats_internal.distribution_pair,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.weighted_rate_final,
	COMBINEFUNC = gapstats_internal.distribution_pair_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE weighted_rate(boolean, double precision, double precision) IS
'As weighted_rate(outcome, weight), with an interval of another confidence level, between 0 and 1 and the same in all rows of a group.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or for two of them.';

CREATE TYPE risk_difference AS (
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE risk_difference IS 'the difference of two rates';
COMMENT ON COLUMN risk_difference.estimate IS 'focal rate minus reference rate, -1..1';
COMMENT ON COLUMN risk_difference.se IS 'its standard error (Wald), for trends; the interval does not use it';
COMMENT ON COLUMN risk_difference.lower IS 'lower confidence bound (Newcombe 1998, method 10)';
COMMENT ON COLUMN risk_difference.upper IS 'upper confidence bound (Newcombe 1998, method 10)';
COMMENT ON COLUMN risk_difference.reason IS 'why all else is NULL: n_lt_1 or missing_count; NULL where it is not';

CREATE FUNCTION risk_difference(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint,
		confidence double precision DEFAULT 0.95)
	RETURNS risk_difference
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION risk_difference(bigint, bigint, bigint, bigint, double precision) IS
'Focal rate minus reference rate (-1..1) with the hybrid score interval (Newcombe 1998, method 10).
x: students with the outcome; n: students; confidence: between 0 and 1.
A group with n = 0, or x and n both NULL, gives NULLs, reason n_lt_1; one of them NULL gives NULLs, reason missing_count.
Raises 22023 for x < 0, n < 0, x > n, or a confidence outside (0, 1), 22004 for a NULL confidence.';

CREATE TYPE risk_ratio AS (
	estimate double precision,
	log_se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE risk_ratio IS 'the ratio of two rates';
COMMENT ON COLUMN risk_ratio.estimate IS 'focal rate divided by reference rate';
COMMENT ON COLUMN risk_ratio.log_se IS 'standard error of its logarithm (Katz et al. 1978)';
COMMENT ON COLUMN risk_ratio.lower IS 'lower confidence bound (Katz et al. 1978)';
COMMENT ON COLUMN risk_ratio.upper IS 'upper confidence bound (Katz et al. 1978)';
COMMENT ON COLUMN risk_ratio.reason IS 'why something is NULL: n_lt_1, missing_count, zero_reference, zero_focal or zero_variance; NULL where nothing is';

CREATE FUNCTION risk_ratio(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint,
		confidence double precision DEFAULT 0.95, haldane boolean DEFAULT false)
	RETURNS risk_ratio
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION risk_ratio(bigint, bigint, bigint, bigint, double precision, boolean) IS
'Focal rate divided by reference rate, with the log interval (Katz et al. 1978).
x: students with the outcome; n: students; confidence: between 0 and 1; haldane: add 1/2 to all four cells of the table when one of them is 0.
Without haldane: x_reference = 0 gives NULL, reason zero_reference; x_focal = 0 gives 0 without an interval, reason zero_focal; everybody in both groups gives 1 without an interval, reason zero_variance.
A group with n = 0, or x and n both NULL, gives NULLs, reason n_lt_1; one of them NULL gives NULLs, reason missing_count.
Raises 22023 for x < 0, n < 0, x > n, or a confidence outside (0, 1), 22004 for a NULL confidence or haldane.';

CREATE TYPE odds_ratio AS (
	estimate double precision,
	log_se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE odds_ratio IS 'the ratio of the odds in two groups';
COMMENT ON COLUMN odds_ratio.estimate IS 'focal odds divided by reference odds';
COMMENT ON COLUMN odds_ratio.log_se IS 'standard error of its logarithm (Woolf 1955)';
COMMENT ON COLUMN odds_ratio.lower IS 'lower confidence bound (Woolf 1955)';
COMMENT ON COLUMN odds_ratio.upper IS 'upper confidence bound (Woolf 1955)';
COMMENT ON COLUMN odds_ratio.reason IS 'why something is NULL: n_lt_1, missing_count, zero_reference, zero_focal or zero_cell; NULL where nothing is';

CREATE FUNCTION odds_ratio(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint,
		confidence double precision DEFAULT 0.95, haldane boolean DEFAULT false)
	RETURNS odds_ratio
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION odds_ratio(bigint, bigint, bigint, bigint, double precision, boolean) IS
'Focal odds divided by reference odds, odds being x / (n - x), with the log interval (Woolf 1955).
x: students with the outcome; n: students; confidence: between 0 and 1; haldane: add 1/2 to all four cells of the table when one of them is 0.
Without haldane: x_reference = 0 gives NULL, reason zero_reference; x_focal = n_focal gives NULL, reason zero_cell; x_focal = 0 gives 0 without an interval, reason zero_focal; x_reference = n_reference gives 0 without an interval, reason zero_cell.
A group with n = 0, or x and n both NULL, gives NULLs, reason n_lt_1; one of them NULL gives NULLs, reason missing_count.
Raises 22023 for x < 0, n < 0, x > n, or a confidence outside (0, 1), 22004 for a NULL confidence or haldane.';

CREATE FUNCTION fisher_exact_test(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint)
	RETURNS double precision
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION fisher_exact_test(bigint, bigint, bigint, bigint) IS
'Two-sided p of Fisher''s exact test (1934) that two rates are equal: the probability of all tables with the same margins that are no more likely than this one.
x: students with the outcome; n: students. An empty group or a NULL argument gives NULL.
Raises 22023 for x < 0, n < 0 or x > n, 54000 for more than 10^12 students.';
