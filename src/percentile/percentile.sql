CREATE FUNCTION percentile(d distribution, fraction double precision, quantile_type integer) RETURNS double precision
	AS 'MODULE_PATHNAME', 'percentile_of_type' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION percentile(distribution, double precision, integer) IS
'Quantile at a fraction (0 to 1) of one of the nine types of Hyndman & Fan (1996), as R''s quantile(type =) computes them: 1 inverse cumulative share (percentile_disc), 2 averaged at jumps (SAS), 3 nearest even, 4 to 9 interpolated: 6 as SPSS and Excel''s PERCENTILE.EXC, 7 as percentile_cont, R, NumPy and PERCENTILE.INC, 8 median-unbiased. NULL for an empty distribution, and for a NULL distribution or fraction. 22003 for a fraction outside 0 to 1, 22023 for a type outside 1 to 9, 22004 for a NULL one.';

CREATE TYPE percentile_interval AS (
	n integer,
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	rank_of_lower integer,
	rank_of_upper integer,
	coverage double precision,
	reason text
);
COMMENT ON TYPE percentile_interval IS 'result of percentile_interval(): a percentile and how sure it is';
COMMENT ON COLUMN percentile_interval.n IS 'students with a score';
COMMENT ON COLUMN percentile_interval.estimate IS 'the percentile of type 7, as percentile_cont';
COMMENT ON COLUMN percentile_interval.se IS 'standard error of Maritz & Jarrett (1978); NULL where floor(n fraction + 1/2) is not between 2 and n - 1';
COMMENT ON COLUMN percentile_interval.lower IS 'lower end: the score of a rank; NULL: open below';
COMMENT ON COLUMN percentile_interval.upper IS 'upper end: the score of a rank; NULL: open above';
COMMENT ON COLUMN percentile_interval.rank_of_lower IS 'rank, from 1, of the score that is the lower end; NULL if no score is low enough';
COMMENT ON COLUMN percentile_interval.rank_of_upper IS 'rank of the score that is the upper end; NULL if no score is high enough';
COMMENT ON COLUMN percentile_interval.coverage IS 'probability that the interval holds the population''s percentile, at least the confidence asked for where neither end is open';
COMMENT ON COLUMN percentile_interval.reason IS 'why something is NULL: missing_fraction, n_lt_1 (a group without scores), extreme_percentile (too few students for one so near the end); coarse where nothing is, but the group has more than 16,384 distinct scores, and the percentile and the ends are the middles of buckets';

CREATE FUNCTION percentile_interval(d distribution, fraction double precision,
	confidence double precision DEFAULT 0.95) RETURNS percentile_interval
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION percentile_interval(distribution, double precision, double precision) IS
'Percentile at a fraction (0 to 1) with its distribution-free interval by order statistics (Hahn & Meeker 1991; conservative) and its Maritz-Jarrett standard error. A NULL distribution is an empty group; a NULL fraction gives NULLs, reason missing_fraction. 22003 for a fraction outside 0 to 1, 22023 for a confidence that is not between 0 and 1, 22004 for a NULL one.';

CREATE TYPE percentile_bands AS (
	band integer,
	label text,
	lower_cut double precision,
	upper_cut double precision,
	n integer,
	share double precision,
	reason text
);
COMMENT ON TYPE percentile_bands IS 'result of percentile_bands(): one band of a group, lower_cut < score <= upper_cut';
COMMENT ON COLUMN percentile_bands.band IS 'number of the band, 1 is the lowest';
COMMENT ON COLUMN percentile_bands.label IS 'name of the band';
COMMENT ON COLUMN percentile_bands.lower_cut IS 'score above which it begins; NULL for the lowest band, in an empty group, and where scores are withheld';
COMMENT ON COLUMN percentile_bands.upper_cut IS 'highest score in it; NULL for the highest band, in an empty group, and where scores are withheld';
COMMENT ON COLUMN percentile_bands.n IS 'students in the band; may be 0, as equal scores are never parted; NULL where counts are withheld';
COMMENT ON COLUMN percentile_bands.share IS 'share of the students, 0 to 1';
COMMENT ON COLUMN percentile_bands.reason IS 'why columns are NULL: n_lt_1 (a group without scores), n_too_small (fewer students than min_n_per_band for each band); coarse: n is an estimate, off by at most cut_error(d, lower_cut) + cut_error(d, upper_cut)';

CREATE FUNCTION percentile_bands(d distribution,
	cuts double precision[] DEFAULT '{0.2,0.4,0.6,0.8}',
	labels text[] DEFAULT NULL,
	min_n_per_band integer DEFAULT 10) RETURNS SETOF percentile_bands
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 5;
COMMENT ON FUNCTION percentile_bands(distribution, double precision[], text[], integer) IS
'The bands of a group between its own percentiles, one row each: lower_cut < score <= upper_cut, cut scores of type 7. cuts: fractions, ascending, strictly between 0 and 1. labels: one more than cuts, NULL for ranges of percentiles. With fewer than min_n_per_band students for each band, cut scores and counts are NULL: extreme percentiles are students'' scores. A NULL distribution is an empty group. 22003 for cuts outside 0 to 1; 22023 for cuts that do not ascend, another number of labels and a negative min_n_per_band; 22004 for NULL cuts and min_n_per_band.';

CREATE FUNCTION percentile_band(d distribution, score double precision, cuts double precision[] DEFAULT '{0.2,0.4,0.6,0.8}') RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION percentile_band(distribution, double precision, double precision[]) IS
'The number of a score''s band, from 1, among the percentiles of a group: that of percentile_bands() whose lower_cut < score <= upper_cut, so that equal scores are always in one band. NULL for a NULL score, or a distribution that is NULL or empty. 22003 for a score that is not finite and cuts outside 0 to 1, 22023 for cuts that do not ascend, 22004 for NULL cuts.';

CREATE TYPE performance_levels AS (
	level integer,
	label text,
	lower_cut double precision,
	upper_cut double precision,
	n integer,
	share double precision,
	reason text
);
COMMENT ON TYPE performance_levels IS 'result of performance_levels(): one performance level, lower_cut <= score < upper_cut';
COMMENT ON COLUMN performance_levels.level IS 'number of the level, 1 is the lowest';
COMMENT ON COLUMN performance_levels.label IS 'name of the level';
COMMENT ON COLUMN performance_levels.lower_cut IS 'lowest score at it; NULL for the lowest level';
COMMENT ON COLUMN performance_levels.upper_cut IS 'lowest score of the next; NULL for the highest level';
COMMENT ON COLUMN performance_levels.n IS 'students at the level';
COMMENT ON COLUMN performance_levels.share IS 'share of the students, 0 to 1; NULL for a group without scores';
COMMENT ON COLUMN performance_levels.reason IS 'why share is NULL: n_lt_1 (a group without scores); coarse: n is an estimate, off by at most cut_error(d, lower_cut) + cut_error(d, upper_cut)';

CREATE FUNCTION performance_levels(d distribution, cuts double precision[],
	labels text[] DEFAULT NULL) RETURNS SETOF performance_levels
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 5;
COMMENT ON FUNCTION performance_levels(distribution, double precision[], text[]) IS
'The students of a group at each performance level, one row each: lower_cut <= score < upper_cut, a cut score being the lowest of its level. cuts: scores, ascending. labels: one more than cuts, NULL for ranges of scores. A NULL distribution is an empty group. 22023 for cuts that do not ascend, and for another number of labels; 22004 for NULL cuts.';

CREATE FUNCTION performance_level(score double precision, cuts double precision[], labels text[] DEFAULT NULL) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION performance_level(double precision, double precision[], text[]) IS
'The label of a score''s or percentile rank''s level: labels[1] below cuts[1], labels[2] from cuts[1] on, and so forth; NULL labels are ranges of scores. NULL for a NULL score. 22003 for a score that is not finite, 22023 for cuts that do not ascend and for labels that are not one more than cuts; 22004 for NULL cuts.';

CREATE FUNCTION norm_percentile(norms distribution, score double precision) RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION norm_percentile(distribution, double precision) IS
'Percentile rank of a score in a norm group as tests publish it: 100 (n below + n at / 2) / n (Crocker & Algina 1986), rounded half up in whole numbers, 1 to 99. The score need not occur in the norm group. NULL for a NULL score and for empty norms. An estimate where cut_error(norms, score) is not 0. 22003 for a score that is not finite.';

CREATE FUNCTION norm_percentile(mean double precision, sd double precision, score double precision) RETURNS integer
	AS 'MODULE_PATHNAME', 'norm_percentile_normal' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION norm_percentile(double precision, double precision, double precision) IS
'Percentile rank of a score in normal norms as tests publish it, rounded half up, 1 to 99. NULL for NULLs. 22023 unless sd > 0, 22003 for what is not finite.';

CREATE FUNCTION normal_percentile_rank(mean double precision, sd double precision, score double precision) RETURNS double precision
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION normal_percentile_rank(double precision, double precision, double precision) IS
'Percentile rank of a score in normal norms, 0 to 100. With mean 0 and sd 1, that of a z-score. NULL for NULLs. 22023 unless sd > 0, 22003 for what is not finite.';

CREATE FUNCTION lms_z(measurement double precision, l double precision, m double precision, s double precision) RETURNS double precision
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lms_z(double precision, double precision, double precision, double precision) IS
'z-score of a measurement in norms given as L (skewness), M (median, in the unit of the measurement) and S (coefficient of variation), as growth charts are (Cole & Green 1992): ((x / m)^l - 1) / (l s), ln(x / m) / s where l = 0. NULL for NULLs. 22023 unless measurement, m and s are positive, 22003 for what is not finite, or a z-score beyond the range of double precision.';
