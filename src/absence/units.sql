-- Fractions of days, from rows, in whole units: periods, minutes, half-days

CREATE FUNCTION counts_combine(a bigint[], b bigint[]) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION counts_combine(bigint[], bigint[]) IS 'combination of aggregate states that are counts: their sums';

CREATE FUNCTION absence_units_add(state bigint[], units_missed bigint, units_scheduled bigint) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION absence_units_add(bigint[], bigint, bigint) IS 'transition of absence_rate(bigint, bigint): add a row';

CREATE FUNCTION absence_units_remove(state bigint[], units_missed bigint, units_scheduled bigint) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION absence_units_remove(bigint[], bigint, bigint) IS 'inverse transition of absence_rate(bigint, bigint): take a row away';

CREATE FUNCTION absence_units_final(state bigint[]) RETURNS double precision
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION absence_units_final(bigint[]) IS 'result of absence_rate(bigint, bigint)';

CREATE AGGREGATE absence_rate(units_missed bigint, units_scheduled bigint) (
	SFUNC = absence_units_add,
	STYPE = bigint[],
	INITCOND = '{0,0}',
	COMBINEFUNC = counts_combine,
	FINALFUNC = absence_units_final,
	MSFUNC = absence_units_add,
	MINVFUNC = absence_units_remove,
	MSTYPE = bigint[],
	MINITCOND = '{0,0}',
	MFINALFUNC = absence_units_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE absence_rate(bigint, bigint) IS
	'units missed / units scheduled, 0 to 1: periods, minutes or half-days, summed as integers, so fractions of a day stay exact.
A row with a NULL is skipped; nothing scheduled gives NULL; more missed than scheduled, or less than none, is an error. Moving windows cost the same a row whatever their length.';
