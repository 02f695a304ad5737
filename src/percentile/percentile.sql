CREATE FUNCTION percentile(d distribution, p double precision, quantile_type integer) RETURNS double precision
	AS 'MODULE_PATHNAME', 'percentile_of_type' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION percentile(distribution, double precision, integer) IS
'Quantile at fraction p (0..1) of one of the nine types of Hyndman & Fan (1996), as R''s quantile(type =) computes them: 1 inverse cumulative share (percentile_disc), 2 averaged at jumps (SAS), 3 nearest even, 4 to 9 interpolated: 6 as SPSS and Excel''s PERCENTILE.EXC, 7 as percentile_cont, R, NumPy and PERCENTILE.INC, 8 median-unbiased. NULL for an empty distribution. Error if p is outside 0..1 or the type outside 1..9.';

CREATE TYPE percentile_interval AS (
	n bigint,
	percentile double precision,
	lower_rank bigint,
	upper_rank bigint,
	lower double precision,
	upper double precision,
	coverage double precision,
	se double precision,
	reason text
);
COMMENT ON TYPE percentile_interval IS 'result of percentile_interval(): a percentile and how sure it is';
COMMENT ON COLUMN percentile_interval.n IS 'students with a score';
COMMENT ON COLUMN percentile_interval.percentile IS 'the percentile of type 7, as percentile_cont';
COMMENT ON COLUMN percentile_interval.lower_rank IS 'rank, from 1, of the score that is the lower end; NULL if no score is low enough';
COMMENT ON COLUMN percentile_interval.upper_rank IS 'rank of the score that is the upper end; NULL if no score is high enough';
COMMENT ON COLUMN percentile_interval.lower IS 'lower end; NULL: open below';
COMMENT ON COLUMN percentile_interval.upper IS 'upper end; NULL: open above';
COMMENT ON COLUMN percentile_interval.coverage IS 'probability that the interval holds the population''s percentile, at least the confidence asked for';
COMMENT ON COLUMN percentile_interval.se IS 'standard error of Maritz & Jarrett (1978); NULL where floor(n p + 1/2) is not between 2 and n - 1';
COMMENT ON COLUMN percentile_interval.reason IS 'why something is NULL: n_lt_1 (a group without scores), extreme_percentile (too few students for one so near the end)';

CREATE FUNCTION percentile_interval(d distribution, p double precision,
	confidence double precision DEFAULT 0.95) RETURNS percentile_interval
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION percentile_interval(distribution, double precision, double precision) IS
'Percentile at fraction p with its distribution-free interval by order statistics (Hahn & Meeker 1991; conservative) and its Maritz-Jarrett standard error. A NULL distribution is an empty group. Error if p is outside 0..1 or confidence outside (0, 1).';

CREATE TYPE band_row AS (
	band integer,
	label text,
	lower double precision,
	upper double precision,
	n bigint,
	share double precision,
	reason text
);
COMMENT ON TYPE band_row IS 'result of percentile_bands() and performance_levels(): one part of the scale';
COMMENT ON COLUMN band_row.band IS 'number of the band, 1 is the lowest';
COMMENT ON COLUMN band_row.label IS 'name of the band';
COMMENT ON COLUMN band_row.lower IS 'where it begins; NULL for the lowest band, and where scores are withheld';
COMMENT ON COLUMN band_row.upper IS 'where it ends; NULL for the highest band, and where scores are withheld';
COMMENT ON COLUMN band_row.n IS 'students in the band; may be 0, as equal scores are never parted';
COMMENT ON COLUMN band_row.share IS 'share of the students, 0..1';
COMMENT ON COLUMN band_row.reason IS 'why columns are NULL: n_lt_1 (a group without scores), n_too_small (fewer students than min_n_per_band for each band)';

CREATE FUNCTION percentile_bands(d distribution,
	cuts double precision[] DEFAULT '{0.2,0.4,0.6,0.8}',
	labels text[] DEFAULT NULL,
	min_n_per_band integer DEFAULT 10) RETURNS SETOF band_row
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 5;
COMMENT ON FUNCTION percentile_bands(distribution, double precision[], text[], integer) IS
'The bands of a group between its own percentiles, one row each: lower < score <= upper, cut scores of type 7. cuts: fractions, ascending, strictly between 0 and 1. labels: one more than cuts, NULL for ranges of percentiles. With fewer than min_n_per_band students for each band, cut scores and counts are NULL: extreme percentiles are students'' scores. A NULL distribution is an empty group.';

CREATE FUNCTION percentile_band(d distribution, score double precision, cuts double precision[] DEFAULT '{0.2,0.4,0.6,0.8}') RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION percentile_band(distribution, double precision, double precision[]) IS
'The number of a score''s band, from 1, among the percentiles of a group: as percentile_bands() counts them, so that equal scores are always in one band. NULL for a NULL score or an empty distribution. Error if the score is not finite or the distribution is coarse.';

CREATE FUNCTION performance_levels(d distribution, cuts double precision[],
	labels text[] DEFAULT NULL) RETURNS SETOF band_row
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 5;
COMMENT ON FUNCTION performance_levels(distribution, double precision[], text[]) IS
'The students of a group at each performance level, one row each: lower <= score < upper, a cut score being the lowest of its level. cuts: scores, ascending. labels: one more than cuts, NULL for ranges of scores. A NULL distribution is an empty group.';

CREATE FUNCTION performance_level(score double precision, cuts double precision[], labels text[]) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION performance_level(double precision, double precision[], text[]) IS
'The label of a score''s or percentile rank''s level: labels[1] below cuts[1], labels[2] from cuts[1] on, and so forth. Error if cuts do not ascend or labels are not one more than cuts.';

CREATE FUNCTION norm_percentile(norms distribution, score double precision) RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION norm_percentile(distribution, double precision) IS
'Percentile rank of a score in a norm group as tests publish it: 100 * (below + equal / 2) / n, rounded half up in whole numbers, 1 to 99. The score need not occur in the norm group. NULL for empty norms. Error if the score is not finite or the norms are coarse.';

CREATE FUNCTION norm_percentile(mean double precision, sd double precision, score double precision) RETURNS integer
	AS 'MODULE_PATHNAME', 'norm_percentile_normal' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION norm_percentile(double precision, double precision, double precision) IS
'Percentile rank of a score in normal norms as tests publish it, rounded half up, 1 to 99. Error unless sd > 0.';

CREATE FUNCTION normal_percentile_rank(mean double precision, sd double precision, score double precision) RETURNS double precision
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION normal_percentile_rank(double precision, double precision, double precision) IS
'Percentile rank of a score in normal norms, 0 to 100. With mean 0 and sd 1, that of a z-score. Error unless sd > 0.';

CREATE FUNCTION lms_z(measurement double precision, l double precision, m double precision, s double precision) RETURNS double precision
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lms_z(double precision, double precision, double precision, double precision) IS
'z-score of a measurement in norms given as L (skewness), M (median) and S (coefficient of variation), as growth charts are (Cole & Green 1992): ((x / m)^l - 1) / (l s), ln(x / m) / s where l = 0. Error unless measurement, m and s are positive.';
