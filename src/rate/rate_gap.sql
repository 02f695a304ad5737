
-- Gaps between the rates of two groups: from students, counts, distributions, tables of groups

CREATE TYPE rate_gap AS (
	n_outcome_focal integer,
	n_focal integer,
	n_outcome_reference integer,
	n_reference integer,
	n_missing_focal integer,
	n_missing_reference integer,
	n_missing_group integer,
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
COMMENT ON COLUMN rate_gap.n_outcome_focal IS 'focal students with the outcome';
COMMENT ON COLUMN rate_gap.n_focal IS 'focal students';
COMMENT ON COLUMN rate_gap.n_outcome_reference IS 'reference students with the outcome';
COMMENT ON COLUMN rate_gap.n_reference IS 'reference students';
COMMENT ON COLUMN rate_gap.n_missing_focal IS 'focal rows without an outcome, not in n_focal; NULL when computed from counts';
COMMENT ON COLUMN rate_gap.n_missing_reference IS 'reference rows without an outcome, not in n_reference; NULL when computed from counts';
COMMENT ON COLUMN rate_gap.n_missing_group IS 'rows without a group, in neither n; NULL when computed from counts';
COMMENT ON COLUMN rate_gap.rate_focal IS 'n_outcome_focal / n_focal, 0..1';
COMMENT ON COLUMN rate_gap.rate_reference IS 'n_outcome_reference / n_reference, 0..1';
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
COMMENT ON COLUMN rate_gap.reason IS 'why something is NULL: n_lt_1, missing_count, zero_variance, zero_reference, zero_focal or zero_cell; NULL where nothing is';

CREATE FUNCTION rate_gap(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint,
		confidence double precision DEFAULT 0.95, haldane boolean DEFAULT false)
	RETURNS rate_gap
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION rate_gap(bigint, bigint, bigint, bigint, double precision, boolean) IS
'The gap between the rates of two groups, from counts: risk difference, risk ratio and odds ratio with their intervals, and the pooled z test.
x: students with the outcome; n: students; confidence: between 0 and 1; haldane: for the two ratios, add 1/2 to all four cells of the table when one of them is 0.
What is undefined is NULL, with a reason. A group whose x and n are both NULL is empty, reason n_lt_1; where one of them is NULL so is all else, reason missing_count.
Raises 22023 for x < 0, n < 0, x > n, or a confidence outside (0, 1), 22004 for a NULL confidence or haldane.';

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
'inverse transition function of rate_gap: counts a student out of a moving frame';

CREATE FUNCTION gapstats_internal.rate_gap_remove(state double precision[], outcome boolean, is_focal boolean, confidence double precision)
	RETURNS double precision[]
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.rate_gap_remove(double precision[], boolean, boolean, double precision) IS
'inverse transition function of rate_gap: counts a student out of a moving frame';

CREATE FUNCTION gapstats_internal.rate_gap_combine(state double precision[], other double precision[])
	RETURNS double precision[]
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.rate_gap_combine(double precision[], double precision[]) IS
'combine function of rate_gap: adds the counts of two states';

CREATE FUNCTION gapstats_internal.rate_gap_final(state double precision[])
	RETURNS rate_gap
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.rate_gap_final(double precision[]) IS
'final function of rate_gap: the row of a state''s counts';

CREATE AGGREGATE rate_gap(outcome boolean, is_focal boolean) (
	SFUNC = gapstats_internal.rate_gap_accum,
	STYPE = double precision[],
	FINALFUNC = gapstats_internal.rate_gap_final,
	COMBINEFUNC = gapstats_internal.rate_gap_combine,
	MSFUNC = gapstats_internal.rate_gap_accum,
	MINVFUNC = gapstats_internal.rate_gap_remove,
	MSTYPE = double precision[],
	MFINALFUNC = gapstats_internal.rate_gap_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rate_gap(boolean, boolean) IS
'The gap between the rates of two groups, from one row a student, with 95% intervals.
outcome: has the student the outcome?; is_focal: is she in the focal group (true) or in the reference group (false)? With race = ''Black'' the reference group is everyone else.
A NULL is_focal counts only in n_missing_group; else a NULL outcome counts only in n_missing_focal or n_missing_reference.
No rows give n = 0 and reason n_lt_1. Works as a window function, with moving frames too.';

CREATE AGGREGATE rate_gap(outcome boolean, is_focal boolean, confidence double precision) (
	SFUNC = gapstats_internal.rate_gap_accum,
	STYPE = double precision[],
	FINALFUNC = gapstats_internal.rate_gap_final,
	COMBINEFUNC = gapstats_internal.rate_gap_combine,
	MSFUNC = gapstats_internal.rate_gap_accum,
	MINVFUNC = gapstats_internal.rate_gap_remove,
	MSTYPE = double precision[],
	MFINALFUNC = gapstats_internal.rate_gap_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rate_gap(boolean, boolean, double precision) IS
'As rate_gap(outcome, is_focal), with intervals of another confidence level, between 0 and 1 and the same in all rows of a group.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or for two of them.';

CREATE TYPE proficiency_gap AS (
	n_outcome_focal integer,
	n_focal integer,
	n_outcome_reference integer,
	n_reference integer,
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
COMMENT ON TYPE proficiency_gap IS 'the gap between the proficiency rates of two distributions';
COMMENT ON COLUMN proficiency_gap.n_outcome_focal IS 'focal students at or above the cut score';
COMMENT ON COLUMN proficiency_gap.n_focal IS 'focal students';
COMMENT ON COLUMN proficiency_gap.n_outcome_reference IS 'reference students at or above the cut score';
COMMENT ON COLUMN proficiency_gap.n_reference IS 'reference students';
COMMENT ON COLUMN proficiency_gap.rate_focal IS 'n_outcome_focal / n_focal, 0..1';
COMMENT ON COLUMN proficiency_gap.rate_reference IS 'n_outcome_reference / n_reference, 0..1';
COMMENT ON COLUMN proficiency_gap.difference IS 'risk difference: focal rate minus reference rate, -1..1';
COMMENT ON COLUMN proficiency_gap.difference_se IS 'standard error of the difference (Wald), for trends; the interval does not use it';
COMMENT ON COLUMN proficiency_gap.difference_lower IS 'lower bound of the difference (Newcombe 1998, method 10)';
COMMENT ON COLUMN proficiency_gap.difference_upper IS 'upper bound of the difference (Newcombe 1998, method 10)';
COMMENT ON COLUMN proficiency_gap.z IS 'z of the test that the rates are equal, pooled variance, no continuity correction';
COMMENT ON COLUMN proficiency_gap.p_value IS 'two-sided p of z';
COMMENT ON COLUMN proficiency_gap.risk_ratio IS 'focal rate divided by reference rate';
COMMENT ON COLUMN proficiency_gap.risk_ratio_log_se IS 'standard error of the logarithm of the risk ratio (Katz et al. 1978)';
COMMENT ON COLUMN proficiency_gap.risk_ratio_lower IS 'lower bound of the risk ratio (Katz et al. 1978)';
COMMENT ON COLUMN proficiency_gap.risk_ratio_upper IS 'upper bound of the risk ratio (Katz et al. 1978)';
COMMENT ON COLUMN proficiency_gap.odds_ratio IS 'focal odds divided by reference odds';
COMMENT ON COLUMN proficiency_gap.odds_ratio_log_se IS 'standard error of the logarithm of the odds ratio (Woolf 1955)';
COMMENT ON COLUMN proficiency_gap.odds_ratio_lower IS 'lower bound of the odds ratio (Woolf 1955)';
COMMENT ON COLUMN proficiency_gap.odds_ratio_upper IS 'upper bound of the odds ratio (Woolf 1955)';
COMMENT ON COLUMN proficiency_gap.reason IS 'why something is NULL: missing_cut, n_lt_1, zero_variance, zero_reference, zero_focal or zero_cell; coarse where nothing is, but the counts are estimates; else NULL';

CREATE FUNCTION proficiency_gap(focal distribution, reference distribution, cut double precision,
		confidence double precision DEFAULT 0.95, haldane boolean DEFAULT false)
	RETURNS proficiency_gap
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION proficiency_gap(distribution, distribution, double precision, double precision, boolean) IS
'The gap between the proficiency rates of two distributions: the share of students at or above the cut score, focal minus reference.
cut: in units of the score; confidence and haldane as in rate_gap.
A NULL distribution is a group without students, as an empty one: reason n_lt_1. A NULL cut gives NULLs, reason missing_cut. Where the cut is within a bucket of a coarse distribution, the counts are estimates, reason coarse; cut_error(d, cut) says how far off they may be.
Raises 22003 for a cut of NaN or infinity, 22023 for a confidence outside (0, 1), 22004 for a NULL confidence or haldane.';

CREATE TYPE rate_gap_by_group AS (
	n_outcome_focal integer,
	n_focal integer,
	n_outcome_reference integer,
	n_reference integer,
	n_missing_group integer,
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
COMMENT ON TYPE rate_gap_by_group IS 'the gap between the rate of a group of a table and that of its reference';
COMMENT ON COLUMN rate_gap_by_group.n_outcome_focal IS 'the group''s students with the outcome';
COMMENT ON COLUMN rate_gap_by_group.n_focal IS 'the group''s students';
COMMENT ON COLUMN rate_gap_by_group.n_outcome_reference IS 'the reference''s students with the outcome';
COMMENT ON COLUMN rate_gap_by_group.n_reference IS 'the reference''s students';
COMMENT ON COLUMN rate_gap_by_group.n_missing_group IS 'n of the partition''s rows without a group, which are in no comparison';
COMMENT ON COLUMN rate_gap_by_group.rate_focal IS 'n_outcome_focal / n_focal, 0..1';
COMMENT ON COLUMN rate_gap_by_group.rate_reference IS 'n_outcome_reference / n_reference, 0..1';
COMMENT ON COLUMN rate_gap_by_group.difference IS 'risk difference: focal rate minus reference rate, -1..1';
COMMENT ON COLUMN rate_gap_by_group.difference_se IS 'standard error of the difference (Wald), for trends; the interval does not use it';
COMMENT ON COLUMN rate_gap_by_group.difference_lower IS 'lower bound of the difference (Newcombe 1998, method 10)';
COMMENT ON COLUMN rate_gap_by_group.difference_upper IS 'upper bound of the difference (Newcombe 1998, method 10)';
COMMENT ON COLUMN rate_gap_by_group.z IS 'z of the test that the rates are equal, pooled variance, no continuity correction';
COMMENT ON COLUMN rate_gap_by_group.p_value IS 'two-sided p of z';
COMMENT ON COLUMN rate_gap_by_group.risk_ratio IS 'focal rate divided by reference rate';
COMMENT ON COLUMN rate_gap_by_group.risk_ratio_log_se IS 'standard error of the logarithm of the risk ratio (Katz et al. 1978)';
COMMENT ON COLUMN rate_gap_by_group.risk_ratio_lower IS 'lower bound of the risk ratio (Katz et al. 1978)';
COMMENT ON COLUMN rate_gap_by_group.risk_ratio_upper IS 'upper bound of the risk ratio (Katz et al. 1978)';
COMMENT ON COLUMN rate_gap_by_group.odds_ratio IS 'focal odds divided by reference odds';
COMMENT ON COLUMN rate_gap_by_group.odds_ratio_log_se IS 'standard error of the logarithm of the odds ratio (Woolf 1955)';
COMMENT ON COLUMN rate_gap_by_group.odds_ratio_lower IS 'lower bound of the odds ratio (Woolf 1955)';
COMMENT ON COLUMN rate_gap_by_group.odds_ratio_upper IS 'upper bound of the odds ratio (Woolf 1955)';
COMMENT ON COLUMN rate_gap_by_group.reason IS 'why something is NULL: n_lt_1, missing_group, missing_count, is_reference, no_comparison, zero_variance, zero_reference, zero_focal, zero_cell or overlap; NULL where nothing is';

CREATE FUNCTION rate_gap_by_group(group_name anyelement, x bigint, n bigint, reference text DEFAULT 'others',
		reference_group anyelement DEFAULT NULL, require_reference boolean DEFAULT true, min_n_reference bigint DEFAULT 10,
		confidence double precision DEFAULT 0.95, haldane boolean DEFAULT false)
	RETURNS rate_gap_by_group
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION rate_gap_by_group(anyelement, bigint, bigint, text, anyelement, boolean, bigint, double precision, boolean) IS
'The rate gaps of all groups of all strata at once: a window function over a table with one row a group, OVER (PARTITION BY stratum).
group_name: its name, of any type that sorts; x: students with the outcome; n: students. The row''s own group is focal.
reference: ''others'' (all groups but the row''s own), ''everyone'' (all groups, the row''s own among them) or ''highest'' (the group with the highest rate among those with at least min_n_reference students; of equals the larger, then the first by name). reference_group: the group to compare with, by name, instead; require_reference: must every partition have it?
confidence and haldane as in rate_gap. The options must be the same in all rows of a partition. All its rows count, whatever the frame and the order.
Rows without a group are in no comparison, reason missing_group, and their n is every other row''s n_missing_group; a row whose x and n are both NULL is an empty group, one of them NULL leaves its row out, reason missing_count.
The reference''s own row has reason is_reference; a partition without the reference, or with nobody to compare with, reason no_comparison. Against everyone the ratios have no interval, reason overlap: the difference and its interval are those against the others times the others'' share of the students.
Raises 22023 for a group with two rows in a partition, one whose name is all, all students, total, overall or everyone (in any case, with blanks around it, _ or - for the blank), a reference_group that no row has, one beside a reference that is not the default, an unknown reference, options that differ, and for what rate_gap refuses; 22004 for a NULL option other than reference_group; 22003 for more than 2^63 - 1 students; 42883 for names of a type that cannot be compared.';

CREATE TYPE rate_gap_change AS (
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	z double precision,
	p_value double precision,
	reason text
);
COMMENT ON TYPE rate_gap_change IS 'the change of a rate gap from one year to another';
COMMENT ON COLUMN rate_gap_change.estimate IS 'later difference minus earlier difference, -2..2';
COMMENT ON COLUMN rate_gap_change.se IS 'standard error of the estimate';
COMMENT ON COLUMN rate_gap_change.lower IS 'lower confidence bound of the estimate';
COMMENT ON COLUMN rate_gap_change.upper IS 'upper confidence bound of the estimate';
COMMENT ON COLUMN rate_gap_change.z IS 'z of the test that nothing has changed';
COMMENT ON COLUMN rate_gap_change.p_value IS 'two-sided p of z';
COMMENT ON COLUMN rate_gap_change.reason IS 'why something is NULL: n_lt_1, missing_count or zero_variance; NULL where nothing is';

CREATE FUNCTION rate_gap_change(earlier rate_gap, later rate_gap, confidence double precision DEFAULT 0.95)
	RETURNS rate_gap_change
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION rate_gap_change(rate_gap, rate_gap, double precision) IS
'How much a risk difference has changed, in rate units: later minus earlier, with the Wald standard error of four independent rates, the root of the sum of p (1 - p) / n.
earlier, later: rows of rate_gap, of which only the four counts are read; confidence: between 0 and 1. The students of the two years must not be the same: for those who are there is paired_rate_gap_change().
An empty group, or a NULL row, gives NULLs, reason n_lt_1; a row whose counts are NULL, reason missing_count; four rates of 0 or 1 give the change alone, reason zero_variance.
Raises 22023 for a confidence outside (0, 1), and for counts that rate_gap refuses, 22004 for a NULL confidence.';

CREATE TYPE paired_rate_gap_change AS (
	n_focal integer,
	n_gained_focal integer,
	n_lost_focal integer,
	n_missing_focal integer,
	n_reference integer,
	n_gained_reference integer,
	n_lost_reference integer,
	n_missing_reference integer,
	n_missing_group integer,
	gap_earlier double precision,
	gap_later double precision,
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	z double precision,
	p_value double precision,
	reason text
);
COMMENT ON TYPE paired_rate_gap_change IS 'the change of a rate gap from one year to another, of the same students';
COMMENT ON COLUMN paired_rate_gap_change.n_focal IS 'focal students with an outcome in both years';
COMMENT ON COLUMN paired_rate_gap_change.n_gained_focal IS 'those of them with the outcome in the later year only';
COMMENT ON COLUMN paired_rate_gap_change.n_lost_focal IS 'those of them with the outcome in the earlier year only';
COMMENT ON COLUMN paired_rate_gap_change.n_missing_focal IS 'focal rows without an outcome in one of the years, not in n_focal';
COMMENT ON COLUMN paired_rate_gap_change.n_reference IS 'reference students with an outcome in both years';
COMMENT ON COLUMN paired_rate_gap_change.n_gained_reference IS 'those of them with the outcome in the later year only';
COMMENT ON COLUMN paired_rate_gap_change.n_lost_reference IS 'those of them with the outcome in the earlier year only';
COMMENT ON COLUMN paired_rate_gap_change.n_missing_reference IS 'reference rows without an outcome in one of the years, not in n_reference';
COMMENT ON COLUMN paired_rate_gap_change.n_missing_group IS 'rows without a group, in neither n';
COMMENT ON COLUMN paired_rate_gap_change.gap_earlier IS 'focal rate minus reference rate in the earlier year, of these students';
COMMENT ON COLUMN paired_rate_gap_change.gap_later IS 'focal rate minus reference rate in the later year, of these students';
COMMENT ON COLUMN paired_rate_gap_change.estimate IS 'later difference minus earlier difference, -2..2';
COMMENT ON COLUMN paired_rate_gap_change.se IS 'standard error of the estimate, by each student''s own difference';
COMMENT ON COLUMN paired_rate_gap_change.lower IS 'lower confidence bound of the estimate';
COMMENT ON COLUMN paired_rate_gap_change.upper IS 'upper confidence bound of the estimate';
COMMENT ON COLUMN paired_rate_gap_change.z IS 'z of the test that nothing has changed';
COMMENT ON COLUMN paired_rate_gap_change.p_value IS 'two-sided p of z';
COMMENT ON COLUMN paired_rate_gap_change.reason IS 'why something is NULL: n_lt_1 or zero_variance; NULL where nothing is';

CREATE FUNCTION gapstats_internal.paired_rate_gap_change_accum(state double precision[], earlier boolean, later boolean, is_focal boolean)
	RETURNS double precision[]
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.paired_rate_gap_change_accum(double precision[], boolean, boolean, boolean) IS
'transition function of paired_rate_gap_change: counts a student in';

CREATE FUNCTION gapstats_internal.paired_rate_gap_change_accum(state double precision[], earlier boolean, later boolean, is_focal boolean, confidence double precision)
	RETURNS double precision[]
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.paired_rate_gap_change_accum(double precision[], boolean, boolean, boolean, double precision) IS
'transition function of paired_rate_gap_change: counts a student in';

CREATE FUNCTION gapstats_internal.paired_rate_gap_change_remove(state double precision[], earlier boolean, later boolean, is_focal boolean)
	RETURNS double precision[]
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.paired_rate_gap_change_remove(double precision[], boolean, boolean, boolean) IS
'inverse transition function of paired_rate_gap_change: counts a student out of a moving frame';

CREATE FUNCTION gapstats_internal.paired_rate_gap_change_remove(state double precision[], earlier boolean, later boolean, is_focal boolean, confidence double precision)
	RETURNS double precision[]
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.paired_rate_gap_change_remove(double precision[], boolean, boolean, boolean, double precision) IS
'inverse transition function of paired_rate_gap_change: counts a student out of a moving frame';

CREATE FUNCTION gapstats_internal.paired_rate_gap_change_combine(state double precision[], other double precision[])
	RETURNS double precision[]
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.paired_rate_gap_change_combine(double precision[], double precision[]) IS
'combine function of paired_rate_gap_change: adds the counts of two states';

CREATE FUNCTION gapstats_internal.paired_rate_gap_change_final(state double precision[])
	RETURNS paired_rate_gap_change
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.paired_rate_gap_change_final(double precision[]) IS
'final function of paired_rate_gap_change: the row of a state''s counts';

CREATE AGGREGATE paired_rate_gap_change(earlier boolean, later boolean, is_focal boolean) (
	SFUNC = gapstats_internal.paired_rate_gap_change_accum,
	STYPE = double precision[],
	FINALFUNC = gapstats_internal.paired_rate_gap_change_final,
	COMBINEFUNC = gapstats_internal.paired_rate_gap_change_combine,
	MSFUNC = gapstats_internal.paired_rate_gap_change_accum,
	MINVFUNC = gapstats_internal.paired_rate_gap_change_remove,
	MSTYPE = double precision[],
	MFINALFUNC = gapstats_internal.paired_rate_gap_change_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE paired_rate_gap_change(boolean, boolean, boolean) IS
'How much a risk difference has changed between two years of the same students, from one row a student, with 95% intervals: later minus earlier, in rate units.
earlier, later: has the student the outcome in that year?; is_focal: is she in the focal group (true) or in the reference group (false)?
Each student''s own difference is -1, 0 or 1; the variance of a group''s mean difference is (gained + lost - (gained - lost)^2) / n, gained and lost being shares: Wald''s of the two years less twice their covariance. Of other students in each year it is rate_gap_change(). The change of means is gap(later - earlier, is_focal).
A NULL is_focal counts only in n_missing_group; else a NULL outcome counts only in n_missing_focal or n_missing_reference. An empty group gives n_lt_1; if all of each group have changed alike, zero_variance and the change alone.';

CREATE AGGREGATE paired_rate_gap_change(earlier boolean, later boolean, is_focal boolean, confidence double precision) (
	SFUNC = gapstats_internal.paired_rate_gap_change_accum,
	STYPE = double precision[],
	FINALFUNC = gapstats_internal.paired_rate_gap_change_final,
	COMBINEFUNC = gapstats_internal.paired_rate_gap_change_combine,
	MSFUNC = gapstats_internal.paired_rate_gap_change_accum,
	MINVFUNC = gapstats_internal.paired_rate_gap_change_remove,
	MSTYPE = double precision[],
	MFINALFUNC = gapstats_internal.paired_rate_gap_change_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE paired_rate_gap_change(boolean, boolean, boolean, double precision) IS
'As paired_rate_gap_change(earlier, later, is_focal), with an interval of another confidence level, between 0 and 1 and the same in all rows of a group.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or for two of them.';

CREATE TYPE ratio_of_risk_ratios AS (
	estimate double precision,
	log_se double precision,
	lower double precision,
	upper double precision,
	z double precision,
	p_value double precision,
	reason text
);
COMMENT ON TYPE ratio_of_risk_ratios IS 'the change of a risk ratio from one year to another';
COMMENT ON COLUMN ratio_of_risk_ratios.estimate IS 'later risk ratio divided by earlier risk ratio';
COMMENT ON COLUMN ratio_of_risk_ratios.log_se IS 'standard error of its logarithm';
COMMENT ON COLUMN ratio_of_risk_ratios.lower IS 'lower confidence bound of the estimate';
COMMENT ON COLUMN ratio_of_risk_ratios.upper IS 'upper confidence bound of the estimate';
COMMENT ON COLUMN ratio_of_risk_ratios.z IS 'z of the test that nothing has changed';
COMMENT ON COLUMN ratio_of_risk_ratios.p_value IS 'two-sided p of z';
COMMENT ON COLUMN ratio_of_risk_ratios.reason IS 'why something is NULL: n_lt_1, missing_count, zero_reference, zero_focal or zero_variance; NULL where nothing is';

CREATE FUNCTION ratio_of_risk_ratios(earlier rate_gap, later rate_gap, confidence double precision DEFAULT 0.95,
		haldane boolean DEFAULT false)
	RETURNS ratio_of_risk_ratios
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION ratio_of_risk_ratios(rate_gap, rate_gap, double precision, boolean) IS
'How much a risk ratio has changed: later divided by earlier, with the interval of its logarithm, whose variance is the sum of 1/x - 1/n over the four rates (Katz et al. 1978).
earlier, later: rows of rate_gap, of which only the four counts are read; confidence: between 0 and 1; haldane: add 1/2 to all four cells of a year''s table when one of them is 0. The students of the two years must not be the same: for those who are there is paired_rate_gap_change().
An empty group, or a NULL row, gives NULLs, reason n_lt_1; so does a row whose counts are NULL, reason missing_count; so do a risk of 0 in a reference group, reason zero_reference, and in the earlier focal group, reason zero_focal. A risk of 0 in the later focal group gives 0 without an interval, reason zero_focal; four rates of 1 give 1 without an interval, reason zero_variance.
Raises 22023 for a confidence outside (0, 1), and for counts that rate_gap refuses, 22004 for a NULL confidence or haldane.';
