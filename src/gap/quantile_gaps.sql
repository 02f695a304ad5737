CREATE TYPE quantile_gap AS (
	percentile double precision,
	n_focal bigint,
	n_reference bigint,
	focal double precision,
	focal_lower double precision,
	focal_upper double precision,
	reference double precision,
	reference_lower double precision,
	reference_upper double precision,
	difference double precision,
	se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE quantile_gap IS 'result of quantile_gaps(): the gap at one percentile';
COMMENT ON COLUMN quantile_gap.percentile IS 'which percentile, 0..1';
COMMENT ON COLUMN quantile_gap.n_focal IS 'students with a score in the focal group';
COMMENT ON COLUMN quantile_gap.n_reference IS 'students with a score in the reference group';
COMMENT ON COLUMN quantile_gap.focal IS 'the percentile of the focal group, type 7';
COMMENT ON COLUMN quantile_gap.focal_lower IS 'lower end of its interval by order statistics; NULL: open below';
COMMENT ON COLUMN quantile_gap.focal_upper IS 'upper end of its interval by order statistics; NULL: open above';
COMMENT ON COLUMN quantile_gap.reference IS 'the percentile of the reference group, type 7';
COMMENT ON COLUMN quantile_gap.reference_lower IS 'lower end of its interval by order statistics; NULL: open below';
COMMENT ON COLUMN quantile_gap.reference_upper IS 'upper end of its interval by order statistics; NULL: open above';
COMMENT ON COLUMN quantile_gap.difference IS 'focal minus reference';
COMMENT ON COLUMN quantile_gap.se IS 'standard error of the difference, from those of Maritz & Jarrett (1978)';
COMMENT ON COLUMN quantile_gap.lower IS 'lower end of the normal interval of the difference; NULL where se is NULL or 0';
COMMENT ON COLUMN quantile_gap.upper IS 'upper end of the normal interval of the difference; NULL where se is NULL or 0';
COMMENT ON COLUMN quantile_gap.reason IS 'why something is NULL: n_lt_1 (a group without scores), extreme_percentile (too few students for one so near the end), zero_variance';

CREATE FUNCTION quantile_gaps(focal distribution, reference distribution,
	percentiles double precision[] DEFAULT '{0.1,0.5,0.9}',
	confidence double precision DEFAULT 0.95) RETURNS SETOF quantile_gap
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 3;
COMMENT ON FUNCTION quantile_gaps(distribution, distribution, double precision[], double precision) IS
'The gap between two groups at each of some percentiles, one row each: quantiles of type 7 with distribution-free intervals by order statistics, and their difference with its Maritz-Jarrett standard error and normal interval. A NULL distribution is an empty group. Error if a percentile is outside 0..1 or confidence outside (0, 1).';
