-- How much of a gap there is within schools, and how much between them

CREATE TYPE gap_within AS (
	n_strata integer,
	n_strata_compared integer,
	n_focal integer,
	n_reference integer,
	difference double precision,
	difference_se double precision,
	difference_lower double precision,
	difference_upper double precision,
	difference_within double precision,
	difference_within_se double precision,
	difference_within_lower double precision,
	difference_within_upper double precision,
	difference_between double precision,
	df_within double precision,
	reason text
);
COMMENT ON TYPE gap_within IS 'how much of a gap between means there is within schools, and how much between them';
COMMENT ON COLUMN gap_within.n_strata IS 'schools with students';
COMMENT ON COLUMN gap_within.n_strata_compared IS 'schools with students of both groups: only there is a gap within';
COMMENT ON COLUMN gap_within.n_focal IS 'focal students, of all schools';
COMMENT ON COLUMN gap_within.n_reference IS 'reference students, of all schools';
COMMENT ON COLUMN gap_within.difference IS 'the gap, mean of the focal group minus mean of the reference: difference_within and difference_between together';
COMMENT ON COLUMN gap_within.difference_se IS 'its standard error, as gap has it';
COMMENT ON COLUMN gap_within.difference_lower IS 'lower bound of its confidence interval, as gap has it (Welch)';
COMMENT ON COLUMN gap_within.difference_upper IS 'upper bound of its confidence interval, as gap has it (Welch)';
COMMENT ON COLUMN gap_within.difference_within IS 'the gap between students of one school: the mean of the schools'' gaps, weighted by n_focal n_reference / n';
COMMENT ON COLUMN gap_within.difference_within_se IS 'its standard error, as least squares with a constant for each school have it';
COMMENT ON COLUMN gap_within.difference_within_lower IS 'lower bound of its confidence interval, by t';
COMMENT ON COLUMN gap_within.difference_within_upper IS 'upper bound of its confidence interval, by t';
COMMENT ON COLUMN gap_within.difference_between IS 'the rest: that the groups go to schools whose means differ';
COMMENT ON COLUMN gap_within.df_within IS 'degrees of freedom of its interval, students minus n_strata minus 1';
COMMENT ON COLUMN gap_within.reason IS 'why the first of the numbers that are NULL is: n_lt_1, n_lt_2 (the gap has no error), no_comparison (no school has both groups), n_too_small (df_within is below 1: there is no error), zero_variance (an error is 0); NULL where none is';

CREATE FUNCTION gapstats_internal.gap_within_accum(double precision[], focal distribution, reference distribution) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION gapstats_internal.gap_within_accum(double precision[], distribution, distribution) IS 'transition function of gap_within';
CREATE FUNCTION gapstats_internal.gap_within_accum(double precision[], focal distribution, reference distribution, confidence double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION gapstats_internal.gap_within_accum(double precision[], distribution, distribution, double precision) IS 'transition function of gap_within';
CREATE FUNCTION gapstats_internal.gap_within_combine(double precision[], double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.gap_within_combine(double precision[], double precision[]) IS 'combine function of gap_within';
CREATE FUNCTION gapstats_internal.gap_within_final(double precision[]) RETURNS gap_within
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.gap_within_final(double precision[]) IS 'final function of gap_within';

CREATE AGGREGATE gap_within(focal distribution, reference distribution) (
	SFUNC = gapstats_internal.gap_within_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.gap_within_combine,
	FINALFUNC = gapstats_internal.gap_within_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE gap_within(distribution, distribution) IS
'How much of the gap between two groups'' means there is between students of one school, and how much is that the groups go to different schools, from one row a school (or another stratum). SELECT (gap_within(focal, reference)).* ... GROUP BY.
focal, reference: the scores of the school''s students of these groups; NULL is nobody. Every student must be in one row; leave out every school whose scores are suppressed where the result is published. The result does not depend on the order of rows.';

CREATE AGGREGATE gap_within(focal distribution, reference distribution, confidence double precision) (
	SFUNC = gapstats_internal.gap_within_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.gap_within_combine,
	FINALFUNC = gapstats_internal.gap_within_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE gap_within(distribution, distribution, double precision) IS
'The same with bounds of another confidence: between 0 and 1, equal in all rows.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or not the same in all rows.';
