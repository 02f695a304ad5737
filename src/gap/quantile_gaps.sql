CREATE TYPE quantile_gaps AS (
	fraction double precision,
	n_focal integer,
	n_reference integer,
	percentile_focal double precision,
	percentile_focal_se double precision,
	percentile_focal_lower double precision,
	percentile_focal_upper double precision,
	percentile_reference double precision,
	percentile_reference_se double precision,
	percentile_reference_lower double precision,
	percentile_reference_upper double precision,
	difference double precision,
	difference_se double precision,
	difference_lower double precision,
	difference_upper double precision,
	reason text
);
COMMENT ON TYPE quantile_gaps IS 'the gap between two groups at one percentile';
COMMENT ON COLUMN quantile_gaps.fraction IS 'which percentile, 0 to 1';
COMMENT ON COLUMN quantile_gaps.n_focal IS 'students with a score in the focal group';
COMMENT ON COLUMN quantile_gaps.n_reference IS 'students with a score in the reference group';
COMMENT ON COLUMN quantile_gaps.percentile_focal IS 'the percentile of the focal group, type 7';
COMMENT ON COLUMN quantile_gaps.percentile_focal_se IS 'its standard error (Maritz & Jarrett 1978); NULL where floor(n fraction + 1/2) is not between 2 and n - 1';
COMMENT ON COLUMN quantile_gaps.percentile_focal_lower IS 'lower end of its interval by order statistics; NULL: open below';
COMMENT ON COLUMN quantile_gaps.percentile_focal_upper IS 'upper end of its interval by order statistics; NULL: open above';
COMMENT ON COLUMN quantile_gaps.percentile_reference IS 'the percentile of the reference group, type 7';
COMMENT ON COLUMN quantile_gaps.percentile_reference_se IS 'its standard error (Maritz & Jarrett 1978); NULL where floor(n fraction + 1/2) is not between 2 and n - 1';
COMMENT ON COLUMN quantile_gaps.percentile_reference_lower IS 'lower end of its interval by order statistics; NULL: open below';
COMMENT ON COLUMN quantile_gaps.percentile_reference_upper IS 'upper end of its interval by order statistics; NULL: open above';
COMMENT ON COLUMN quantile_gaps.difference IS 'focal minus reference';
COMMENT ON COLUMN quantile_gaps.difference_se IS 'standard error of the difference, from those of the percentiles';
COMMENT ON COLUMN quantile_gaps.difference_lower IS 'lower end of the normal interval of the difference; NULL where its standard error is NULL or 0';
COMMENT ON COLUMN quantile_gaps.difference_upper IS 'upper end of the normal interval of the difference; NULL where its standard error is NULL or 0';
COMMENT ON COLUMN quantile_gaps.reason IS 'why something is NULL, the first that applies: n_lt_1 (a group without scores), extreme_percentile (too few students for one so near the end), zero_variance; or coarse: a group has more than 16,384 distinct scores, and a percentile is the middle of a bucket';

CREATE FUNCTION quantile_gaps(focal distribution, reference distribution,
	fractions double precision[] DEFAULT '{0.1,0.5,0.9}',
	confidence double precision DEFAULT 0.95) RETURNS SETOF quantile_gaps
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000 ROWS 3;
COMMENT ON FUNCTION quantile_gaps(distribution, distribution, double precision[], double precision) IS
'The gap between two groups at each of some percentiles, one row each: quantiles of type 7 with distribution-free intervals by order statistics (Hahn & Meeker 1991), and their difference with its Maritz-Jarrett standard error and normal interval.
fractions: 0 to 1, in any order; confidence: of the intervals, between 0 and 1.
A NULL distribution is an empty group. What is undefined is NULL, with a reason.
Raises 22004 for NULL options, 22003 for a fraction outside 0..1, 22023 for a confidence outside (0, 1).';
