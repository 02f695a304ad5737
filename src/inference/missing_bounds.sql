-- Between what and what a gap lies, whatever the missing outcomes are

CREATE TYPE rate_gap_bounds AS (
	lowest_focal double precision,
	highest_focal double precision,
	lowest_reference double precision,
	highest_reference double precision,
	lowest_difference double precision,
	highest_difference double precision,
	is_sign_known boolean,
	reason text
);
COMMENT ON TYPE rate_gap_bounds IS 'between what and what a rate gap lies, whatever the missing outcomes are';
COMMENT ON COLUMN rate_gap_bounds.lowest_focal IS 'focal rate if nobody who is missing had the outcome';
COMMENT ON COLUMN rate_gap_bounds.highest_focal IS 'focal rate if everybody who is missing had it';
COMMENT ON COLUMN rate_gap_bounds.lowest_reference IS 'reference rate if nobody who is missing had the outcome';
COMMENT ON COLUMN rate_gap_bounds.highest_reference IS 'reference rate if everybody who is missing had it';
COMMENT ON COLUMN rate_gap_bounds.lowest_difference IS 'lowest_focal minus highest_reference';
COMMENT ON COLUMN rate_gap_bounds.highest_difference IS 'highest_focal minus lowest_reference';
COMMENT ON COLUMN rate_gap_bounds.is_sign_known IS 'is the gap on one side of 0, whatever the missing outcomes are?';
COMMENT ON COLUMN rate_gap_bounds.reason IS 'missing_count: all else is NULL; n_lt_1: nobody in a group was seen, so that its bounds are 0 and 1, or NULL if nobody is missing either. NULL where nothing is the matter';

CREATE FUNCTION rate_gap_bounds(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint,
		n_missing_focal bigint, n_missing_reference bigint)
	RETURNS rate_gap_bounds
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION rate_gap_bounds(bigint, bigint, bigint, bigint, bigint, bigint) IS
'The least and the greatest that the gap between two rates can be, whatever the outcomes of the students are that nobody knows: x / (n + n_missing) to (x + n_missing) / (n + n_missing) of each group (Manski 1989). No error by sampling is in it.
x: students with the outcome; n: students whose outcome is known; n_missing: those of the group whose outcome is not, as rate_gap counts them. Rows without a group are not covered.
x and n both NULL are a group of which nobody was seen; one of them NULL, or n_missing, gives NULLs, reason missing_count.
Raises 22023 for x < 0, n < 0, x > n or n_missing < 0.';

CREATE TYPE mean_gap_bounds AS (
	lowest_focal double precision,
	highest_focal double precision,
	lowest_reference double precision,
	highest_reference double precision,
	lowest_difference double precision,
	highest_difference double precision,
	is_sign_known boolean,
	reason text
);
COMMENT ON TYPE mean_gap_bounds IS 'between what and what a gap of means lies, whatever the missing scores are';
COMMENT ON COLUMN mean_gap_bounds.lowest_focal IS 'focal mean if all who are missing were at the lower end of the scale';
COMMENT ON COLUMN mean_gap_bounds.highest_focal IS 'focal mean if they were at the upper end';
COMMENT ON COLUMN mean_gap_bounds.lowest_reference IS 'reference mean if all who are missing were at the lower end of the scale';
COMMENT ON COLUMN mean_gap_bounds.highest_reference IS 'reference mean if they were at the upper end';
COMMENT ON COLUMN mean_gap_bounds.lowest_difference IS 'lowest_focal minus highest_reference';
COMMENT ON COLUMN mean_gap_bounds.highest_difference IS 'highest_focal minus lowest_reference';
COMMENT ON COLUMN mean_gap_bounds.is_sign_known IS 'is the gap on one side of 0, whatever the missing scores are?';
COMMENT ON COLUMN mean_gap_bounds.reason IS 'missing_count, no_scale: all else is NULL; n_lt_1: nobody in a group was seen, so that its bounds are the ends of the scale, or NULL if nobody is missing either. NULL where nothing is the matter';

CREATE FUNCTION mean_gap_bounds(focal distribution, reference distribution,
		n_missing_focal bigint, n_missing_reference bigint, scale_lower double precision, scale_upper double precision)
	RETURNS mean_gap_bounds
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION mean_gap_bounds(distribution, distribution, bigint, bigint, double precision, double precision) IS
'The least and the greatest that the gap between two means can be, whatever the scores are that nobody knows: of each group (sum + n_missing * scale_lower) / (n + n_missing) to (sum + n_missing * scale_upper) / (n + n_missing) (Manski 1989). No error by sampling is in it.
n_missing: students of the group without a score, as gap counts them; scale_lower, scale_upper: the lowest and the highest score that the test has, not those that were seen. Rows without a group are not covered.
A NULL distribution is a group of which nobody was seen. A NULL n_missing gives NULLs, reason missing_count; a NULL end of the scale, reason no_scale.
Raises 22023 for n_missing < 0, a score outside the scale, or a scale_lower above scale_upper, 22003 for NaN and infinity, for more than 2^63 - 1 students, and where a result is beyond the range of double precision.';
