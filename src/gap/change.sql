-- How a gap changes from one year to another

CREATE TYPE gap_change AS (
	gap_earlier double precision,
	gap_earlier_se double precision,
	gap_earlier_lower double precision,
	gap_earlier_upper double precision,
	gap_later double precision,
	gap_later_se double precision,
	gap_later_lower double precision,
	gap_later_upper double precision,
	change double precision,
	change_se double precision,
	change_lower double precision,
	change_upper double precision,
	df double precision,
	t double precision,
	p_value double precision,
	p_value_z double precision,
	reason text
);
COMMENT ON TYPE gap_change IS 'by how much the gap between two means has changed';
COMMENT ON COLUMN gap_change.gap_earlier IS 'the earlier gap, focal minus reference';
COMMENT ON COLUMN gap_change.gap_earlier_se IS 'its standard error (Welch 1947)';
COMMENT ON COLUMN gap_change.gap_earlier_lower IS 'lower confidence bound';
COMMENT ON COLUMN gap_change.gap_earlier_upper IS 'upper confidence bound';
COMMENT ON COLUMN gap_change.gap_later IS 'the later gap, focal minus reference';
COMMENT ON COLUMN gap_change.gap_later_se IS 'its standard error (Welch 1947)';
COMMENT ON COLUMN gap_change.gap_later_lower IS 'lower confidence bound';
COMMENT ON COLUMN gap_change.gap_later_upper IS 'upper confidence bound';
COMMENT ON COLUMN gap_change.change IS 'later gap minus earlier gap: positive where the focal group has gained on the reference group';
COMMENT ON COLUMN gap_change.change_se IS 'standard error of the change, the years being independent';
COMMENT ON COLUMN gap_change.change_lower IS 'lower confidence bound';
COMMENT ON COLUMN gap_change.change_upper IS 'upper confidence bound';
COMMENT ON COLUMN gap_change.df IS 'Welch-Satterthwaite degrees of freedom over the four groups';
COMMENT ON COLUMN gap_change.t IS 'change / change_se';
COMMENT ON COLUMN gap_change.p_value IS 'two-sided p of t';
COMMENT ON COLUMN gap_change.p_value_z IS 'two-sided p of t taken as normal';
COMMENT ON COLUMN gap_change.reason IS 'why something is NULL, of the earlier year before the later: n_lt_1, n_lt_2, zero_variance (of one year it leaves the change its error), out_of_range. NULL where nothing is the matter';

CREATE FUNCTION gap_change(focal_earlier distribution, reference_earlier distribution,
	focal_later distribution, reference_later distribution,
	confidence double precision DEFAULT 0.95) RETURNS gap_change
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION gap_change(distribution, distribution, distribution, distribution, double precision) IS
'Change of the gap between two groups'' means from one year to another, for independent students: difference in differences with Welch-Satterthwaite degrees of freedom over the four groups. Where the same students are in both years, take the gap of their own differences instead.
confidence: of the intervals, between 0 and 1.
A NULL distribution is an empty group. What is undefined is NULL, with a reason.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1).';

CREATE TYPE estimate_change AS (
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	z double precision,
	p_value double precision,
	reason text
);
COMMENT ON TYPE estimate_change IS 'by how much an estimate has changed';
COMMENT ON COLUMN estimate_change.estimate IS 'later estimate minus earlier one';
COMMENT ON COLUMN estimate_change.se IS 'standard error of the change, the years being independent';
COMMENT ON COLUMN estimate_change.lower IS 'lower confidence bound';
COMMENT ON COLUMN estimate_change.upper IS 'upper confidence bound';
COMMENT ON COLUMN estimate_change.z IS 'estimate / se';
COMMENT ON COLUMN estimate_change.p_value IS 'two-sided normal p of no change';
COMMENT ON COLUMN estimate_change.reason IS 'why something is NULL: missing_estimate, zero_variance, out_of_range';

CREATE FUNCTION estimate_change(earlier double precision, earlier_se double precision,
	later double precision, later_se double precision,
	confidence double precision DEFAULT 0.95) RETURNS estimate_change
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION estimate_change(double precision, double precision, double precision, double precision, double precision) IS
'Change of any gap (V, Hedges'' g, a risk difference, the log of a ratio) from two independent estimates and their standard errors, taken as normal.
confidence: of the interval, between 0 and 1.
NULL estimates or errors give the reason missing_estimate.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or a negative standard error, 22003 for numbers that are not finite.';
