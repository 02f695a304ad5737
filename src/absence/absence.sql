-- absence: rates, tiers and streaks
--
-- Absent and enrolled are sets of days.  Days absent count only where they are
-- among the days enrolled.

CREATE FUNCTION absence_rate(absent dayset, enrolled dayset) RETURNS double precision
	AS 'MODULE_PATHNAME', 'absence_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION absence_rate(dayset, dayset) IS
	'days absent / days enrolled, 0 to 1; NULL if never enrolled';

CREATE FUNCTION absence_rate(absent dayset, enrolled dayset, during daterange) RETURNS double precision
	AS 'MODULE_PATHNAME', 'absence_rate_during' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION absence_rate(dayset, dayset, daterange) IS
	'days absent / days enrolled within a range, 0 to 1; NULL if not enrolled then';

CREATE FUNCTION chronic_absence(absent dayset, enrolled dayset, minimum_days integer DEFAULT 10) RETURNS boolean
	AS 'MODULE_PATHNAME', 'chronic_absence' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chronic_absence(dayset, dayset, integer) IS
	'absent on at least 10 percent of the days enrolled, compared in integers (Attendance Works, EDFacts FS195); NULL if enrolled for fewer days than the minimum';

CREATE FUNCTION chronic_absence(days_absent numeric, days_enrolled numeric, minimum_days numeric DEFAULT 10) RETURNS boolean
	AS 'MODULE_PATHNAME', 'chronic_absence_of_counts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chronic_absence(numeric, numeric, numeric) IS
	'absent on at least 10 percent of the days enrolled, from numbers of days, which may have fractions; NULL if enrolled for fewer days than the minimum; more days absent than enrolled, a negative or infinite number or NaN is an error';

CREATE FUNCTION absence_tier(absent dayset, enrolled dayset, minimum_days integer DEFAULT 10) RETURNS text
	AS 'MODULE_PATHNAME', 'absence_tier' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION absence_tier(dayset, dayset, integer) IS
	'satisfactory below 5 percent of the days enrolled, at_risk from 5, moderate from 10, severe from 20 (Attendance Works); NULL if enrolled for fewer days than the minimum';

CREATE FUNCTION absence_tier(days_absent numeric, days_enrolled numeric, minimum_days numeric DEFAULT 10) RETURNS text
	AS 'MODULE_PATHNAME', 'absence_tier_of_counts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION absence_tier(numeric, numeric, numeric) IS
	'satisfactory below 5 percent of the days enrolled, at_risk from 5, moderate from 10, severe from 20 (Attendance Works), from numbers of days, which may have fractions; NULL if enrolled for fewer days than the minimum; more days absent than enrolled, a negative or infinite number or NaN is an error';

CREATE FUNCTION longest_absence(absent dayset, enrolled dayset) RETURNS integer
	AS 'MODULE_PATHNAME', 'longest_absence' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION longest_absence(dayset, dayset) IS
	'most days absent in a row, counted in days enrolled; NULL if never enrolled';

CREATE FUNCTION current_absence(absent dayset, enrolled dayset, as_of date DEFAULT 'infinity') RETURNS integer
	AS 'MODULE_PATHNAME', 'current_absence' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION current_absence(dayset, dayset, date) IS
	'days absent in a row up to the last day enrolled, or the last one up to as_of; 0 if present then, NULL if never enrolled';

-- From rows, one a student and day

CREATE FUNCTION gapstats_internal.absence_rate_add(state bigint, absent boolean) RETURNS bigint
	AS 'MODULE_PATHNAME', 'absence_rate_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.absence_rate_add(bigint, boolean) IS 'transition of absence_rate(boolean): add a row';

CREATE FUNCTION gapstats_internal.absence_rate_remove(state bigint, absent boolean) RETURNS bigint
	AS 'MODULE_PATHNAME', 'absence_rate_remove' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.absence_rate_remove(bigint, boolean) IS 'inverse transition of absence_rate(boolean): take a row away';

CREATE FUNCTION gapstats_internal.absence_rate_combine(a bigint, b bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'absence_rate_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.absence_rate_combine(bigint, bigint) IS 'combination of states of absence_rate(boolean)';

CREATE FUNCTION gapstats_internal.absence_rate_final(state bigint) RETURNS double precision
	AS 'MODULE_PATHNAME', 'absence_rate_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.absence_rate_final(bigint) IS 'result of absence_rate(boolean)';

CREATE AGGREGATE absence_rate(absent boolean) (
	SFUNC = gapstats_internal.absence_rate_add,
	STYPE = bigint,
	INITCOND = '0',
	COMBINEFUNC = gapstats_internal.absence_rate_combine,
	FINALFUNC = gapstats_internal.absence_rate_final,
	MSFUNC = gapstats_internal.absence_rate_add,
	MINVFUNC = gapstats_internal.absence_rate_remove,
	MSTYPE = bigint,
	MINITCOND = '0',
	MFINALFUNC = gapstats_internal.absence_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE absence_rate(boolean) IS
	'rows absent / rows, 0 to 1; NULL is skipped, no rows give NULL, more than 4,294,967,295 rows a group is an error; moving windows cost the same a row whatever their length';

CREATE FUNCTION rolling_absence_rate(absent boolean, window_days integer) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rolling_absence_rate' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rolling_absence_rate(boolean, integer) IS
	'window function over one row a student and day: rows absent / rows, 0 to 1, among this row and those before it, window_days rows in all.
OVER (PARTITION BY student_id ORDER BY day); the same as absence_rate(absent) with ROWS window_days - 1 PRECEDING, and faster. A NULL counts as a row of the window, in which nothing is known; where nothing is, and where window_days is NULL, the rate is NULL.
window_days: 1 to 36525, the same for all rows of a partition, else an error.';
