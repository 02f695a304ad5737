-- absence: rates, tiers and streaks of a student
--
-- Absent and enrolled are sets of days.  Days absent count only where they are
-- among the days enrolled.  Or they are numbers of days, which may have fractions.

CREATE FUNCTION absence_rate(absent dayset, enrolled dayset) RETURNS double precision
	AS 'MODULE_PATHNAME', 'dayset_share' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION absence_rate(dayset, dayset) IS
	'days absent / days enrolled, 0 to 1; NULL if never enrolled, or if a set is NULL';

CREATE FUNCTION absence_rate(absent dayset, enrolled dayset, during daterange) RETURNS double precision
	AS 'MODULE_PATHNAME', 'dayset_share_during' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION absence_rate(dayset, dayset, daterange) IS
	'days absent / days enrolled within a range, which needs no bounds, 0 to 1; NULL if not enrolled then, or if a set or the range is NULL';

CREATE FUNCTION absence_rate(days_absent numeric, days_enrolled numeric) RETURNS double precision
	AS 'MODULE_PATHNAME', 'absence_rate_of_numbers' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION absence_rate(numeric, numeric) IS
	'days absent / days enrolled of one student, 0 to 1, from numbers of days, which may have fractions (18.5); of all students together see pooled_absence_rate.
NULL if enrolled for 0 days, or if a number is NULL. More days absent than enrolled and a negative number are errors (22023), infinity and NaN another (22003).';

CREATE FUNCTION chronic_absence(absent dayset, enrolled dayset, minimum_days integer DEFAULT 10) RETURNS boolean
	AS 'MODULE_PATHNAME', 'chronic_absence' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chronic_absence(dayset, dayset, integer) IS
	'absent on at least 10 percent of the days enrolled, compared in integers (Attendance Works, EDFacts FS195); NULL if enrolled for fewer days than the minimum or for none, or if a set is NULL; a negative minimum is an error (22023), a NULL one another (22004)';

CREATE FUNCTION chronic_absence(days_absent numeric, days_enrolled numeric, minimum_days integer DEFAULT 10) RETURNS boolean
	AS 'MODULE_PATHNAME', 'chronic_absence_of_numbers' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chronic_absence(numeric, numeric, integer) IS
	'absent on at least 10 percent of the days enrolled, from numbers of days, which may have fractions, compared exactly; NULL if enrolled for fewer days than the minimum or for none, or if a number is NULL.
More days absent than enrolled, a negative number and a negative minimum are errors (22023), infinity and NaN another (22003), a NULL minimum a third (22004).';

CREATE FUNCTION absence_tier(absent dayset, enrolled dayset, minimum_days integer DEFAULT 10) RETURNS text
	AS 'MODULE_PATHNAME', 'absence_tier' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION absence_tier(dayset, dayset, integer) IS
	'satisfactory below 5 percent of the days enrolled, at_risk from 5, moderate from 10, severe from 20 (Attendance Works), compared in integers; NULL if enrolled for fewer days than the minimum or for none, or if a set is NULL; a negative minimum is an error (22023), a NULL one another (22004)';

CREATE FUNCTION absence_tier(days_absent numeric, days_enrolled numeric, minimum_days integer DEFAULT 10) RETURNS text
	AS 'MODULE_PATHNAME', 'absence_tier_of_numbers' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION absence_tier(numeric, numeric, integer) IS
	'satisfactory below 5 percent of the days enrolled, at_risk from 5, moderate from 10, severe from 20 (Attendance Works), from numbers of days, which may have fractions, compared exactly; NULL if enrolled for fewer days than the minimum or for none, or if a number is NULL.
More days absent than enrolled, a negative number and a negative minimum are errors (22023), infinity and NaN another (22003), a NULL minimum a third (22004).';

CREATE FUNCTION absent_at_least(absent dayset, enrolled dayset, threshold numeric) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION absent_at_least(dayset, dayset, numeric) IS
	'absent on at least a share of the days enrolled, 0.1 for 10 percent, compared exactly; NULL if never enrolled, or if a set is NULL; a threshold that is not above 0 and at most 1 is an error (22023), a NULL one another (22004)';

CREATE FUNCTION longest_absence(absent dayset, enrolled dayset) RETURNS integer
	AS 'MODULE_PATHNAME', 'dayset_longest_streak' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION longest_absence(dayset, dayset) IS
	'most days absent in a row, counted in days enrolled: the longest of streaks(absent, enrolled); 0 if never absent; NULL if never enrolled, or if a set is NULL';

CREATE FUNCTION current_absence(absent dayset, enrolled dayset, as_of date DEFAULT 'infinity') RETURNS integer
	AS 'MODULE_PATHNAME', 'dayset_current_streak' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION current_absence(dayset, dayset, date) IS
	'days absent in a row up to the last day enrolled, or the last one up to as_of; 0 if present then; NULL if never enrolled by then, or if a set is NULL; a NULL as_of is an error (22004)';

-- Days left in the year

CREATE TYPE days_left AS (
	days_absent numeric,
	days_enrolled numeric,
	days_in_year numeric,
	days_to_miss integer,
	days_to_attend integer,
	reason text
);
COMMENT ON TYPE days_left IS 'how many days a student can still miss in the year, and how many to attend in a row';
COMMENT ON COLUMN days_left.days_absent IS 'days absent so far';
COMMENT ON COLUMN days_left.days_enrolled IS 'days enrolled so far';
COMMENT ON COLUMN days_left.days_in_year IS 'days enrolled in the whole year, those so far and those to come';
COMMENT ON COLUMN days_left.days_to_miss IS 'whole days that she can still miss and be below the threshold over the whole year, at most those to come; NULL if she is at the threshold whatever comes';
COMMENT ON COLUMN days_left.days_to_attend IS 'whole days to attend in a row until she is below the threshold over the days so far, 0 if she is; NULL if there are not so many to come, and before the first day';
COMMENT ON COLUMN days_left.reason IS 'already_chronic: at the threshold over the whole year, whatever comes; not_this_year: fewer days to come than she would have to attend; not_yet_enrolled: no day enrolled so far, so that there is no rate; missing_days: a number or a set of days is NULL, and all else too; else NULL';

CREATE FUNCTION days_left(days_absent numeric, days_enrolled numeric, days_in_year numeric, threshold numeric DEFAULT 0.10) RETURNS days_left
	AS 'MODULE_PATHNAME', 'days_left_of_numbers' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION days_left(numeric, numeric, numeric, numeric) IS
	'whole days that a student can still miss before the absence of the year is chronic, and to attend in a row until that so far no longer is. From days absent and enrolled so far, and enrolled in the whole year: numbers, which may have fractions; compared exactly.
threshold: another share of days than 0.10. A NULL number of days gives NULLs, reason missing_days. More days absent than enrolled or enrolled than in the year, a negative number, and a threshold that is not above 0 and at most 1 are errors (22023), infinity and NaN another (22003), a NULL threshold a third (22004).';

CREATE FUNCTION days_left(absent dayset, enrolled dayset, days_in_year integer, threshold numeric DEFAULT 0.10) RETURNS days_left
	AS 'MODULE_PATHNAME', 'days_left_of_year' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION days_left(dayset, dayset, integer, numeric) IS
	'the same from the sets of days absent and enrolled so far, and the days enrolled in the whole year; NULL and errors as there';

CREATE FUNCTION days_left(absent dayset, enrolled dayset, calendar dayset, threshold numeric DEFAULT 0.10) RETURNS days_left
	AS 'MODULE_PATHNAME', 'days_left_of_calendar' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION days_left(dayset, dayset, dayset, numeric) IS
	'the same from the sets of days absent and enrolled so far, and the days of school of the year: those after the last day enrolled are to come; NULL and errors as there';

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
	'rows absent / rows, 0 to 1. NULL is unknown, and skipped: it is in neither number. No rows give NULL, more than 4,294,967,295 rows a group are an error (22003). Moving windows cost the same a row whatever their length.';

CREATE FUNCTION rolling_absence_rate(absent boolean, window_days integer) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rolling_absence_rate' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rolling_absence_rate(boolean, integer) IS
	'window function over one row a student and day: rows absent / rows, 0 to 1, among this row and those before it, window_days rows in all.
OVER (PARTITION BY student_id ORDER BY day); the same as absence_rate(absent) with ROWS window_days - 1 PRECEDING, and faster. A NULL counts as a row of the window, in which nothing is known; where nothing is, the rate is NULL.
window_days: 1 to 36525, the same in all rows of a partition, else an error (22023); NULL is another (22004).';
