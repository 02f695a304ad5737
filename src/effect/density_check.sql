-- Whether students pile up on one side of a threshold

CREATE TYPE density_check AS (
	bandwidth double precision,
	n_below integer,
	n_above integer,
	p_value double precision,
	bandwidth_half double precision,
	n_below_half integer,
	n_above_half integer,
	p_value_half double precision,
	reason text
);
COMMENT ON TYPE density_check IS 'whether students pile up on one side of a threshold';
COMMENT ON COLUMN density_check.bandwidth IS 'so far from the threshold values count: of whole numbers it is one';
COMMENT ON COLUMN density_check.n_below IS 'values within the bandwidth below the threshold; at it, too, unless the comparison is >= or <';
COMMENT ON COLUMN density_check.n_above IS 'values above it; at it, too, if the comparison is >= or <';
COMMENT ON COLUMN density_check.p_value IS 'two-sided exact p of as many on either side, min(1, 2 min(P(<= n_above), P(>= n_above))): small where they pile up on one, or where there are more and more of them towards one end';
COMMENT ON COLUMN density_check.bandwidth_half IS 'half the bandwidth';
COMMENT ON COLUMN density_check.n_below_half IS 'values below within that';
COMMENT ON COLUMN density_check.n_above_half IS 'values above';
COMMENT ON COLUMN density_check.p_value_half IS 'p of these: that of a pile stays small, that of a slope does not';
COMMENT ON COLUMN density_check.reason IS 'why something is NULL: n_lt_1 (nobody is within the bandwidth, or half of it)';
CREATE FUNCTION gapstats_internal.density_check_accum(double precision[], double precision, double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.density_check_accum(double precision[], double precision, double precision) IS 'transition function of density_check';
CREATE FUNCTION gapstats_internal.density_check_accum(double precision[], double precision, double precision, double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.density_check_accum(double precision[], double precision, double precision, double precision) IS 'transition function of density_check';
CREATE FUNCTION gapstats_internal.density_check_accum(double precision[], double precision, double precision, double precision, text) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.density_check_accum(double precision[], double precision, double precision, double precision, text) IS 'transition function of density_check';
CREATE FUNCTION gapstats_internal.density_check_combine(double precision[], double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.density_check_combine(double precision[], double precision[]) IS 'combine function of density_check';
CREATE FUNCTION gapstats_internal.density_check_final(double precision[]) RETURNS density_check
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION gapstats_internal.density_check_final(double precision[]) IS 'final function of density_check';

CREATE AGGREGATE density_check(value double precision, threshold double precision) (
	SFUNC = gapstats_internal.density_check_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.density_check_combine,
	FINALFUNC = gapstats_internal.density_check_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE density_check(double precision, double precision) IS
'Whether about as many students are just above a threshold as just below, as they must be if nobody can place them: an exact binomial test of the counts within the smallest bandwidth that has 20 of them (Cattaneo, Titiunik & Vazquez-Bare 2017), and within half of it. SELECT (density_check(days_absent, 18)).* FROM students. Above is the threshold itself, too.
Assumes that within the bandwidth students would be spread evenly; where it finds no pile, it has not shown that there is none.
A NULL value is left out. The result does not depend on the order of rows.
Raises 22003 for numbers that are not finite, 22004 for a NULL threshold, 22023 for one that is not the same in all rows.';

CREATE AGGREGATE density_check(value double precision, threshold double precision, bandwidth double precision) (
	SFUNC = gapstats_internal.density_check_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.density_check_combine,
	FINALFUNC = gapstats_internal.density_check_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE density_check(double precision, double precision, double precision) IS
'The same within a bandwidth that is given: from threshold - bandwidth on, and below threshold + bandwidth. Where all values are whole numbers apart it is rounded down to one, so that there are as many on either side.
Raises 22004 for a NULL bandwidth, 22023 for one that is not above 0 or not the same in all rows.';

CREATE AGGREGATE density_check(value double precision, threshold double precision, bandwidth double precision, comparison text) (
	SFUNC = gapstats_internal.density_check_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.density_check_combine,
	FINALFUNC = gapstats_internal.density_check_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE density_check(double precision, double precision, double precision, text) IS
'The same of a threshold at which a student is not above: with <= or >, where both ends belong to the other side.
comparison: of the value and the threshold, >=, >, <= or <, as the rule has it.
Raises 22004 for a NULL, 22023 for another comparison.';
