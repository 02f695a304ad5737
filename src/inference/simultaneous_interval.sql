-- Intervals that hold together, for as many estimates as there are

CREATE TYPE simultaneous_interval AS (
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE simultaneous_interval IS 'an interval that holds together with those of other estimates';
COMMENT ON COLUMN simultaneous_interval.estimate IS 'the estimate, as given';
COMMENT ON COLUMN simultaneous_interval.se IS 'its standard error, as given';
COMMENT ON COLUMN simultaneous_interval.lower IS 'lower simultaneous bound';
COMMENT ON COLUMN simultaneous_interval.upper IS 'upper simultaneous bound';
COMMENT ON COLUMN simultaneous_interval.reason IS 'why something is NULL: missing_estimate, or no_comparison (n_comparisons is 0 or NULL); NULL where nothing is';

CREATE FUNCTION simultaneous_interval(estimate double precision, se double precision, n_comparisons bigint,
		df double precision DEFAULT NULL, confidence double precision DEFAULT 0.95, method text DEFAULT 'sidak')
	RETURNS simultaneous_interval
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION simultaneous_interval(double precision, double precision, bigint, double precision, double precision, text) IS
'The interval of one of several estimates, so wide that all of them together hold the truth with the confidence: FROM report, simultaneous_interval(gap, gap_se, n_comparisons) AS i.
estimate, se: with its standard error, such as a gap and gap_se; n_comparisons: estimates in the family, count(p_value) OVER (PARTITION BY ...); df: degrees of freedom of t, such as those of gap(); NULL for the normal distribution. confidence: of all intervals together, between 0 and 1.
method: ''sidak'' (Sidak 1967; valid for two-sided normal statistics whatever their correlation) or ''bonferroni'' (a little wider). With one comparison both are the ordinary interval.
A NULL estimate or se gives NULL, reason missing_estimate; no comparisons, no_comparison.
Raises 22003 for an estimate, se or df that is NaN or infinite; 22023 for a negative se or n_comparisons, a df that is not above 0, a confidence outside (0, 1), an unknown method; 22004 for a NULL confidence or method.';

CREATE FUNCTION simultaneous_confidence(n_comparisons bigint, confidence double precision DEFAULT 0.95, method text DEFAULT 'sidak')
	RETURNS double precision
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION simultaneous_confidence(bigint, double precision, text) IS
'The confidence that each of n_comparisons intervals must have for all of them together to have the confidence: for intervals that are not an estimate and so many standard errors, such as that of rate_gap(x, n, x, n, simultaneous_confidence(10)).
confidence, method, errors: as simultaneous_interval(). No comparisons, or NULL, give NULL.';

CREATE FUNCTION fcr_confidence(n_selected bigint, n_comparisons bigint, rate double precision DEFAULT 0.05)
	RETURNS double precision
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION fcr_confidence(bigint, bigint, double precision) IS
'The confidence of the intervals of those estimates that were selected as significant, so that of the intervals that are shown such a share at most misses the truth (Benjamini and Yekutieli 2005): 1 - n_selected rate / n_comparisons.
n_selected: gaps of the family whose adjusted p by ''bh'' is at most rate; n_comparisons: all of them; rate: the false coverage rate, between 0 and 1. To be given as confidence to simultaneous_interval(estimate, se, 1), or to gap(). Estimates that were not selected have no such interval.
Nothing selected, or a NULL count, gives NULL.
Raises 22023 for a negative count, n_selected above n_comparisons, and a rate outside (0, 1); 22003 for a rate of NaN or infinity; 22004 for a NULL rate.';
