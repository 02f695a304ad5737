-- Fractions of days, from rows, in whole units: periods, minutes, half-days

CREATE FUNCTION gapstats_internal.counts_combine(a bigint[], b bigint[]) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.counts_combine(bigint[], bigint[]) IS 'combination of aggregate states that are counts: their sums';

CREATE FUNCTION gapstats_internal.absence_units_add(state bigint[], units_missed bigint, units_scheduled bigint) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.absence_units_add(bigint[], bigint, bigint) IS 'transition of absence_rate(bigint, bigint): add a row';

CREATE FUNCTION gapstats_internal.absence_units_remove(state bigint[], units_missed bigint, units_scheduled bigint) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.absence_units_remove(bigint[], bigint, bigint) IS 'inverse transition of absence_rate(bigint, bigint): take a row away';

CREATE FUNCTION gapstats_internal.absence_units_final(state bigint[]) RETURNS double precision
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.absence_units_final(bigint[]) IS 'result of absence_rate(bigint, bigint)';

CREATE AGGREGATE absence_rate(units_missed bigint, units_scheduled bigint) (
	SFUNC = gapstats_internal.absence_units_add,
	STYPE = bigint[],
	INITCOND = '{0,0}',
	COMBINEFUNC = gapstats_internal.counts_combine,
	FINALFUNC = gapstats_internal.absence_units_final,
	MSFUNC = gapstats_internal.absence_units_add,
	MINVFUNC = gapstats_internal.absence_units_remove,
	MSTYPE = bigint[],
	MINITCOND = '{0,0}',
	MFINALFUNC = gapstats_internal.absence_units_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE absence_rate(bigint, bigint) IS
	'units missed / units scheduled, 0 to 1: periods, minutes or half-days, summed as integers, so fractions of a day stay exact.
A row with a NULL is skipped; nothing scheduled gives NULL; more missed than scheduled, or less than none, is an error. Moving windows cost the same a row whatever their length.';
