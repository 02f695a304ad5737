-- Pooled over rows: of students, days or periods

CREATE FUNCTION gapstats_internal.pooled_absence_rate_add(state bigint[], missed numeric, scheduled numeric) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.pooled_absence_rate_add(bigint[], numeric, numeric) IS 'transition of pooled_absence_rate: add a row';

CREATE FUNCTION gapstats_internal.pooled_absence_rate_remove(state bigint[], missed numeric, scheduled numeric) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.pooled_absence_rate_remove(bigint[], numeric, numeric) IS 'inverse transition of pooled_absence_rate: take a row away';

CREATE FUNCTION gapstats_internal.pooled_absence_rate_combine(a bigint[], b bigint[]) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.pooled_absence_rate_combine(bigint[], bigint[]) IS 'combination of states of pooled_absence_rate';

CREATE FUNCTION gapstats_internal.pooled_absence_rate_final(state bigint[]) RETURNS double precision
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.pooled_absence_rate_final(bigint[]) IS 'result of pooled_absence_rate';

CREATE AGGREGATE pooled_absence_rate(missed numeric, scheduled numeric) (
	SFUNC = gapstats_internal.pooled_absence_rate_add,
	STYPE = bigint[],
	INITCOND = '{0,0,0,0,0}',
	COMBINEFUNC = gapstats_internal.pooled_absence_rate_combine,
	FINALFUNC = gapstats_internal.pooled_absence_rate_final,
	MSFUNC = gapstats_internal.pooled_absence_rate_add,
	MINVFUNC = gapstats_internal.pooled_absence_rate_remove,
	MSTYPE = bigint[],
	MINITCOND = '{0,0,0,0,0}',
	MFINALFUNC = gapstats_internal.pooled_absence_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pooled_absence_rate(numeric, numeric) IS
	'sum missed / sum scheduled, 0 to 1, over all rows: days of students (18.5 of 180: fractions are exact), or whole units of a day (periods, minutes, half-days).
Of one student''s numbers see absence_rate. A row with a NULL is skipped; nothing scheduled gives NULL; more missed than scheduled and a negative number are errors (22023), infinity, NaN and numbers of more than 30 digits another (22003). Moving windows cost the same a row whatever their length.';
