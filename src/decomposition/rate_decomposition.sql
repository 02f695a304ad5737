-- How much of a gap between rates is that the groups are in other strata

CREATE TYPE rate_decomposition AS (
	n_strata integer,
	n_strata_left_out integer,
	n_focal bigint,
	n_reference bigint,
	n_left_out_focal bigint,
	n_left_out_reference bigint,
	rate_focal double precision,
	rate_reference double precision,
	difference double precision,
	difference_se double precision,
	difference_lower double precision,
	difference_upper double precision,
	rate_effect double precision,
	rate_effect_se double precision,
	rate_effect_lower double precision,
	rate_effect_upper double precision,
	composition_effect double precision,
	composition_effect_se double precision,
	composition_effect_lower double precision,
	composition_effect_upper double precision,
	rate_effect_reference double precision,
	rate_effect_reference_se double precision,
	rate_effect_reference_lower double precision,
	rate_effect_reference_upper double precision,
	composition_effect_reference double precision,
	composition_effect_reference_se double precision,
	composition_effect_reference_lower double precision,
	composition_effect_reference_upper double precision,
	interaction double precision,
	interaction_se double precision,
	interaction_lower double precision,
	interaction_upper double precision,
	reason text
);
COMMENT ON TYPE rate_decomposition IS 'how much of a gap between two rates is that of rates within strata, and how much that the groups are in other strata';
COMMENT ON COLUMN rate_decomposition.n_strata IS 'strata that have students of both groups';
COMMENT ON COLUMN rate_decomposition.n_strata_left_out IS 'strata in which one of the groups has no students, so no rate, or a count is NULL: all numbers are without them';
COMMENT ON COLUMN rate_decomposition.n_focal IS 'focal students in the strata that have both groups';
COMMENT ON COLUMN rate_decomposition.n_reference IS 'reference students in the strata that have both groups';
COMMENT ON COLUMN rate_decomposition.n_left_out_focal IS 'focal students in strata without reference students';
COMMENT ON COLUMN rate_decomposition.n_left_out_reference IS 'reference students in strata without focal students';
COMMENT ON COLUMN rate_decomposition.rate_focal IS 'rate of the focal group, 0..1';
COMMENT ON COLUMN rate_decomposition.rate_reference IS 'rate of the reference group, 0..1';
COMMENT ON COLUMN rate_decomposition.difference IS 'rate_focal minus rate_reference: rate_effect and composition_effect together; so are the three behind them';
COMMENT ON COLUMN rate_decomposition.difference_se IS 'its standard error';
COMMENT ON COLUMN rate_decomposition.difference_lower IS 'lower bound of its normal confidence interval';
COMMENT ON COLUMN rate_decomposition.difference_upper IS 'upper bound of its normal confidence interval';
COMMENT ON COLUMN rate_decomposition.rate_effect IS 'what the rates within strata differ, weighted by the mean of both groups'' shares of students';
COMMENT ON COLUMN rate_decomposition.rate_effect_se IS 'its standard error, by the delta method';
COMMENT ON COLUMN rate_decomposition.rate_effect_lower IS 'lower bound of its normal confidence interval';
COMMENT ON COLUMN rate_decomposition.rate_effect_upper IS 'upper bound of its normal confidence interval';
COMMENT ON COLUMN rate_decomposition.composition_effect IS 'what the shares of students differ, weighted by the mean of both groups'' rates';
COMMENT ON COLUMN rate_decomposition.composition_effect_se IS 'its standard error, by the delta method';
COMMENT ON COLUMN rate_decomposition.composition_effect_lower IS 'lower bound of its normal confidence interval';
COMMENT ON COLUMN rate_decomposition.composition_effect_upper IS 'upper bound of its normal confidence interval';
COMMENT ON COLUMN rate_decomposition.rate_effect_reference IS 'what the rates within strata differ, weighted by the reference''s shares';
COMMENT ON COLUMN rate_decomposition.rate_effect_reference_se IS 'its standard error, by the delta method';
COMMENT ON COLUMN rate_decomposition.rate_effect_reference_lower IS 'lower bound of its normal confidence interval';
COMMENT ON COLUMN rate_decomposition.rate_effect_reference_upper IS 'upper bound of its normal confidence interval';
COMMENT ON COLUMN rate_decomposition.composition_effect_reference IS 'what the shares differ, weighted by the reference''s rates';
COMMENT ON COLUMN rate_decomposition.composition_effect_reference_se IS 'its standard error, by the delta method';
COMMENT ON COLUMN rate_decomposition.composition_effect_reference_lower IS 'lower bound of its normal confidence interval';
COMMENT ON COLUMN rate_decomposition.composition_effect_reference_upper IS 'upper bound of its normal confidence interval';
COMMENT ON COLUMN rate_decomposition.interaction IS 'what both differ, multiplied';
COMMENT ON COLUMN rate_decomposition.interaction_se IS 'its standard error, by the delta method';
COMMENT ON COLUMN rate_decomposition.interaction_lower IS 'lower bound of its normal confidence interval';
COMMENT ON COLUMN rate_decomposition.interaction_upper IS 'upper bound of its normal confidence interval';
COMMENT ON COLUMN rate_decomposition.reason IS 'why the first of the numbers that are NULL is: no_comparison (no stratum has both groups: all but the counts is NULL), zero_variance (an error is 0); NULL where none is';

CREATE FUNCTION gapstats_internal.rate_decomposition_accum(double precision[], x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.rate_decomposition_accum(double precision[], bigint, bigint, bigint, bigint) IS 'transition function of rate_decomposition';
CREATE FUNCTION gapstats_internal.rate_decomposition_accum(double precision[], x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint, confidence double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.rate_decomposition_accum(double precision[], bigint, bigint, bigint, bigint, double precision) IS 'transition function of rate_decomposition';
CREATE FUNCTION gapstats_internal.rate_decomposition_combine(double precision[], double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.rate_decomposition_combine(double precision[], double precision[]) IS 'combine function of rate_decomposition';
CREATE FUNCTION gapstats_internal.rate_decomposition_final(double precision[]) RETURNS rate_decomposition
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.rate_decomposition_final(double precision[]) IS 'final function of rate_decomposition';

CREATE AGGREGATE rate_decomposition(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint) (
	SFUNC = gapstats_internal.rate_decomposition_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.rate_decomposition_combine,
	FINALFUNC = gapstats_internal.rate_decomposition_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rate_decomposition(bigint, bigint, bigint, bigint) IS
'How much of the gap between two groups'' rates is that their rates differ within strata (schools, grades), and how much is that they are in other strata (Kitagawa 1955), from one row a stratum. It is accounting: nothing is justified by it. SELECT (rate_decomposition(...)).* ... GROUP BY.
x: students of the group in the stratum with the outcome; n: all of them, 2^53 at most. Every student must be in one row.
A stratum in which one group has no students is left out and counted, and so are its students; one with a NULL x or n but not both as well. The result does not depend on the order of rows.
Raises 22023 for x < 0, n < 0, x > n or n above 2^53.';

CREATE AGGREGATE rate_decomposition(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint, confidence double precision) (
	SFUNC = gapstats_internal.rate_decomposition_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.rate_decomposition_combine,
	FINALFUNC = gapstats_internal.rate_decomposition_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rate_decomposition(bigint, bigint, bigint, bigint, double precision) IS
'The same with bounds of another confidence: between 0 and 1, equal in all rows.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or not the same in all rows.';

CREATE TYPE rate_decomposition_by_stratum AS (
	share_focal double precision,
	share_reference double precision,
	rate_focal double precision,
	rate_reference double precision,
	rate_effect double precision,
	composition_effect double precision,
	rate_effect_reference double precision,
	composition_effect_reference double precision,
	interaction double precision,
	reason text
);
COMMENT ON TYPE rate_decomposition_by_stratum IS 'what a stratum adds to a gap between two rates';
COMMENT ON COLUMN rate_decomposition_by_stratum.share_focal IS 'share of the focal group''s students that are in the stratum, 0..1';
COMMENT ON COLUMN rate_decomposition_by_stratum.share_reference IS 'share of the reference group''s students that are in the stratum, 0..1';
COMMENT ON COLUMN rate_decomposition_by_stratum.rate_focal IS 'rate of the focal group in the stratum, 0..1';
COMMENT ON COLUMN rate_decomposition_by_stratum.rate_reference IS 'rate of the reference group in the stratum, 0..1';
COMMENT ON COLUMN rate_decomposition_by_stratum.rate_effect IS 'the gap of rates in the stratum times the mean of both shares';
COMMENT ON COLUMN rate_decomposition_by_stratum.composition_effect IS 'the gap of shares times the mean of both rates, seen from the mean of the rates of all strata: above 0 if the focal group is more often where rates are high, or less where they are low';
COMMENT ON COLUMN rate_decomposition_by_stratum.rate_effect_reference IS 'the gap of rates in the stratum times the reference''s share';
COMMENT ON COLUMN rate_decomposition_by_stratum.composition_effect_reference IS 'the gap of shares times the reference''s rate, seen from that of all strata';
COMMENT ON COLUMN rate_decomposition_by_stratum.interaction IS 'the gap of shares times the gap of rates';
COMMENT ON COLUMN rate_decomposition_by_stratum.reason IS 'why all else is NULL: missing_count, n_lt_1 (a group has no students there); NULL where it is not';

CREATE FUNCTION rate_decomposition_by_stratum(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint)
	RETURNS rate_decomposition_by_stratum
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION rate_decomposition_by_stratum(bigint, bigint, bigint, bigint) IS
'What each stratum adds to the parts of rate_decomposition: a window function over a table with one row a stratum, OVER (PARTITION BY year). The effects of all strata sum up to those of the aggregate.
All rows of the partition count, whatever the frame and the order. Raises 22023 for x < 0, n < 0 or x > n, 22003 for more than 2^63 - 1 students.';
