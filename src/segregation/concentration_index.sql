-- Whether those in need have less, or more, of an opportunity

CREATE TYPE concentration_index AS (
	n integer,
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE concentration_index IS 'whether those in need have less, or more, of an opportunity';
COMMENT ON COLUMN concentration_index.n IS 'students with both numbers';
COMMENT ON COLUMN concentration_index.estimate IS 'concentration index C, -1..1: below 0 those in less need have more of the opportunity, above 0 those in more need';
COMMENT ON COLUMN concentration_index.se IS 'its standard error (Kakwani, Wagstaff and van Doorslaer 1997)';
COMMENT ON COLUMN concentration_index.lower IS 'lower confidence bound, normal';
COMMENT ON COLUMN concentration_index.upper IS 'upper confidence bound, normal';
COMMENT ON COLUMN concentration_index.reason IS 'why something is NULL: n_lt_1, zero_total (nobody has anything), n_lt_2 (se and bounds); NULL where nothing is';

CREATE FUNCTION gapstats_internal.concentration_index_accum(double precision[], opportunity double precision, need double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.concentration_index_accum(double precision[], double precision, double precision) IS 'transition function of concentration_index';
CREATE FUNCTION gapstats_internal.concentration_index_accum(double precision[], opportunity double precision, need double precision, confidence double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.concentration_index_accum(double precision[], double precision, double precision, double precision) IS 'transition function of concentration_index with a confidence';
CREATE FUNCTION gapstats_internal.concentration_index_combine(double precision[], double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.concentration_index_combine(double precision[], double precision[]) IS 'combine function of concentration_index';
CREATE FUNCTION gapstats_internal.concentration_index_final(double precision[]) RETURNS concentration_index
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.concentration_index_final(double precision[]) IS 'final function of concentration_index';

CREATE AGGREGATE concentration_index(opportunity double precision, need double precision) (
	SFUNC = gapstats_internal.concentration_index_accum,
	STYPE = double precision[],
	FINALFUNC = gapstats_internal.concentration_index_final,
	COMBINEFUNC = gapstats_internal.concentration_index_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE concentration_index(double precision, double precision) IS
'Do those in need get the opportunity? The concentration index (Kakwani, Wagstaff and van Doorslaer 1997, Journal of Econometrics 77:87-103). SELECT (concentration_index(minutes, need)).* ... GROUP BY.
opportunity: hours, seats, dollars, at least 0, or 0 and 1; need: any number that is larger the more a student is in need, of which only the order counts; students of equal need share their rank.
C is the sum of x (2 R - 1) / (n mean), with R the fractional rank by need. It is 0 where need makes no difference. Of an opportunity of 0 and 1 it lies between mean - 1 and 1 - mean: divide by 1 - mean (Wagstaff 2005) before places with other means are compared.
A row with a NULL is left out. Confidence 0.95. The result does not depend on the order of rows. Raises 22023 for an opportunity below 0, 22003 for NaN and infinity.';

CREATE AGGREGATE concentration_index(opportunity double precision, need double precision, confidence double precision) (
	SFUNC = gapstats_internal.concentration_index_accum,
	STYPE = double precision[],
	FINALFUNC = gapstats_internal.concentration_index_final,
	COMBINEFUNC = gapstats_internal.concentration_index_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE concentration_index(double precision, double precision, double precision) IS
'The same with bounds of another confidence, between 0 and 1 and the same in all rows.';
