
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

CREATE FUNCTION gapstats_internal.weighted_wilson_final(gapstats_internal.distribution_pair)
	RETURNS interval_estimate
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.weighted_wilson_final(gapstats_internal.distribution_pair) IS
'final function of wilson_interval(weight, outcome): the rate of the weights of those with and without the outcome';

CREATE AGGREGATE wilson_interval(weight double precision, outcome boolean) (
	SFUNC = gapstats_internal.distribution_pair_accum,
	STYPE = gapstats_internal.distribution_pair,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.weighted_wilson_final,
	COMBINEFUNC = gapstats_internal.distribution_pair_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE wilson_interval(double precision, boolean) IS
'The rate of a weighted sample, from one row a student: the outcome''s share of the weights (0..1), with Wilson''s 95% interval for the effective sample size of Kish (1965), the squared sum of weights divided by the sum of squared weights.
weight: sampling weight, at least 0; 0 leaves the row out; outcome: has the student the outcome? A NULL in either leaves the row out.
No weights give NULL, reason n_lt_1; no rows give NULL. Not for students sampled by school or classroom.
Raises 22023 for a negative weight, and an error for NaN and infinity. The same whatever the order of rows.';

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
COMMENT ON COLUMN rate_gap.reason IS 'why something is NULL: n_lt_1, zero_variance, zero_reference, zero_focal or zero_cell; from rate_gap_by_group also missing_group, missing_count, is_reference or no_comparison; NULL where nothing is';

CREATE FUNCTION rate_gap(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint,
		confidence double precision DEFAULT 0.95, haldane boolean DEFAULT false)
	RETURNS rate_gap
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION rate_gap(bigint, bigint, bigint, bigint, double precision, boolean) IS
'The gap between the rates of two groups, from counts: risk difference, risk ratio and odds ratio with their intervals, and the pooled z test.
x: students with the outcome; n: students; confidence: between 0 and 1; haldane: for the two ratios, add 1/2 to all four cells of the table when one of them is 0.
What is undefined is NULL, with a reason. A NULL argument gives NULL.
Raises 22023 for x < 0, n < 0, x > n, or a confidence outside (0, 1).';

CREATE FUNCTION proficiency_gap(focal distribution, reference distribution, cut double precision,
		confidence double precision DEFAULT 0.95, haldane boolean DEFAULT false)
	RETURNS rate_gap
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION proficiency_gap(distribution, distribution, double precision, double precision, boolean) IS
'The gap between the proficiency rates of two distributions: the share of students at or above the cut score, focal minus reference.
cut: in units of the score; confidence and haldane as in rate_gap. n_missing_* are NULL: a distribution holds only scores.
A NULL distribution is a group without students, as an empty one: NULLs, reason n_lt_1. A NULL cut, confidence or haldane gives NULL. In a coarse distribution (value_error > 0) the cut counts with its bucket.
Raises an error for a cut of NaN or infinity, and 22023 for a confidence outside (0, 1).';

CREATE FUNCTION gapstats_internal.rate_gap_accum(state double precision[], outcome boolean, is_focal boolean)
	RETURNS double precision[]
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.rate_gap_accum(double precision[], boolean, boolean) IS
'transition function of rate_gap: counts a student in';

CREATE FUNCTION gapstats_internal.rate_gap_accum(state double precision[], outcome boolean, is_focal boolean, confidence double precision)
	RETURNS double precision[]
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.rate_gap_accum(double precision[], boolean, boolean, double precision) IS
'transition function of rate_gap: counts a student in';

CREATE FUNCTION gapstats_internal.rate_gap_remove(state double precision[], outcome boolean, is_focal boolean)
	RETURNS double precision[]
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.rate_gap_remove(double precision[], boolean, boolean) IS
'inverse transition function of rate_gap: counts a student out of a moving window';

CREATE FUNCTION gapstats_internal.rate_gap_remove(state double precision[], outcome boolean, is_focal boolean, confidence double precision)
	RETURNS double precision[]
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.rate_gap_remove(double precision[], boolean, boolean, double precision) IS
'inverse transition function of rate_gap: counts a student out of a moving window';

CREATE FUNCTION gapstats_internal.rate_gap_combine(state double precision[], other double precision[])
	RETURNS double precision[]
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.rate_gap_combine(double precision[], double precision[]) IS
'combine function of rate_gap: adds the counts of two states';

CREATE FUNCTION gapstats_internal.rate_gap_final(state double precision[])
	RETURNS rate_gap
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.rate_gap_final(double precision[]) IS
'final function of rate_gap: the row of a state''s counts';

CREATE AGGREGATE rate_gap(outcome boolean, is_focal boolean) (
	SFUNC = gapstats_internal.rate_gap_accum,
	STYPE = double precision[],
	INITCOND = '{0,0,0,0,0,0,0,0}',
	FINALFUNC = gapstats_internal.rate_gap_final,
	COMBINEFUNC = gapstats_internal.rate_gap_combine,
	MSFUNC = gapstats_internal.rate_gap_accum,
	MINVFUNC = gapstats_internal.rate_gap_remove,
	MSTYPE = double precision[],
	MINITCOND = '{0,0,0,0,0,0,0,0}',
	MFINALFUNC = gapstats_internal.rate_gap_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rate_gap(boolean, boolean) IS
'The gap between the rates of two groups, from one row a student, with 95% intervals.
outcome: has the student the outcome?; is_focal: is she in the focal group (true) or in the reference group (false)?
A NULL is_focal counts only in n_missing_group; else a NULL outcome counts only in n_missing_focal or n_missing_reference.
No rows give n = 0 and reason n_lt_1. Works as a window function, with moving frames too.';

CREATE AGGREGATE rate_gap(outcome boolean, is_focal boolean, confidence double precision) (
	SFUNC = gapstats_internal.rate_gap_accum,
	STYPE = double precision[],
	INITCOND = '{0,0,0,0,0,0,0,0}',
	FINALFUNC = gapstats_internal.rate_gap_final,
	COMBINEFUNC = gapstats_internal.rate_gap_combine,
	MSFUNC = gapstats_internal.rate_gap_accum,
	MINVFUNC = gapstats_internal.rate_gap_remove,
	MSTYPE = double precision[],
	MINITCOND = '{0,0,0,0,0,0,0,0}',
	MFINALFUNC = gapstats_internal.rate_gap_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rate_gap(boolean, boolean, double precision) IS
'As rate_gap(outcome, is_focal), with intervals of another confidence level, between 0 and 1 and the same in all rows of a group.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or for two of them.';

CREATE FUNCTION rate_gap_by_group(group_name anyelement, x bigint, n bigint, reference anyelement DEFAULT NULL,
		confidence double precision DEFAULT 0.95, haldane boolean DEFAULT false)
	RETURNS rate_gap
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION rate_gap_by_group(anyelement, bigint, bigint, anyelement, double precision, boolean) IS
'The rate gaps of all groups of all strata at once: a window function over a table with one row a group, OVER (PARTITION BY stratum).
group_name: its name, of any type that sorts; x: students with the outcome; n: students; reference: the group that the row''s is compared with, NULL for all other groups of the partition; confidence and haldane as in rate_gap.
All rows of the partition count, whatever the frame. The row''s own group is focal.
Rows without a group are in no comparison, reason missing_group, and their n is every other row''s n_missing_group; a NULL x or n leaves its row out, reason missing_count.
The reference''s own row has reason is_reference; a partition without the reference, or with nobody to compare with, reason no_comparison.
Raises 22023 for a group with two rows in a partition and for counts that rate_gap refuses, 22003 for more than 2^63 - 1 students, 42883 for a group of a type that cannot be compared.';

CREATE FUNCTION fisher_exact_test(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint)
	RETURNS double precision
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION fisher_exact_test(bigint, bigint, bigint, bigint) IS
'Two-sided p of Fisher''s exact test that two rates are equal: the probability of all tables with the same margins that are no more likely than this one.
x: students with the outcome; n: students. An empty group or a NULL argument gives NULL.
Raises 22023 for x < 0, n < 0 or x > n, 54000 for more than 10^12 students.';

CREATE TYPE rate_gap_change AS (
	estimate double precision,
	standard_error double precision,
	lower double precision,
	upper double precision,
	z double precision,
	p_value double precision,
	reason text
);
COMMENT ON TYPE rate_gap_change IS 'the change of a rate gap from one year to another';
COMMENT ON COLUMN rate_gap_change.estimate IS 'later difference minus earlier difference, or later risk ratio divided by earlier risk ratio';
COMMENT ON COLUMN rate_gap_change.standard_error IS 'standard error of the change; of a ratio, that of its logarithm';
COMMENT ON COLUMN rate_gap_change.lower IS 'lower confidence bound of the estimate';
COMMENT ON COLUMN rate_gap_change.upper IS 'upper confidence bound of the estimate';
COMMENT ON COLUMN rate_gap_change.z IS 'z of the test that the gap has not changed';
COMMENT ON COLUMN rate_gap_change.p_value IS 'two-sided p of z';
COMMENT ON COLUMN rate_gap_change.reason IS 'why something is NULL: n_lt_1, zero_reference, zero_focal or zero_variance; NULL where nothing is';

CREATE FUNCTION rate_gap_change(earlier rate_gap, later rate_gap, confidence double precision DEFAULT 0.95)
	RETURNS rate_gap_change
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION rate_gap_change(rate_gap, rate_gap, double precision) IS
'How much a risk difference has changed, in rate units: later minus earlier, with the Wald standard error of four independent rates, the root of the sum of p (1 - p) / n.
earlier, later: rows of rate_gap, of which only x and n are read; confidence: between 0 and 1. The students of the two years must not be the same.
An empty group gives NULLs, reason n_lt_1; four rates of 0 or 1 give the change alone, reason zero_variance. A NULL argument gives NULL.
Raises 22023 for a confidence outside (0, 1), and for counts that rate_gap refuses.';

CREATE FUNCTION ratio_of_risk_ratios(earlier rate_gap, later rate_gap, confidence double precision DEFAULT 0.95,
		haldane boolean DEFAULT false)
	RETURNS rate_gap_change
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION ratio_of_risk_ratios(rate_gap, rate_gap, double precision, boolean) IS
'How much a risk ratio has changed: later divided by earlier, with the interval of its logarithm, whose variance is the sum of 1/x - 1/n over the four rates.
earlier, later: rows of rate_gap, of which only x and n are read; confidence: between 0 and 1; haldane: add 1/2 to all four cells of a year''s table when one of them is 0. The students of the two years must not be the same.
An empty group gives NULLs, reason n_lt_1; so do a risk of 0 in a reference group, reason zero_reference, and in the earlier focal group, reason zero_focal. A risk of 0 in the later focal group gives 0 without an interval, reason zero_focal; four rates of 1 give 1 without an interval, reason zero_variance. A NULL argument gives NULL.
Raises 22023 for a confidence outside (0, 1), and for counts that rate_gap refuses.';
