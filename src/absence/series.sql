-- Absence over time: by ranges, by month, rolling

CREATE FUNCTION absence_by_range(absent dayset, enrolled dayset, ranges daterange[])
	RETURNS TABLE (during daterange, days_absent integer, days_enrolled integer, absence_rate double precision)
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 4;
COMMENT ON FUNCTION absence_by_range(dayset, dayset, daterange[]) IS
	'for each of some ranges (quarters, terms), in their order, the days absent and enrolled and the absence rate; the rate is NULL where not enrolled. Ranges may overlap and need no bounds; a NULL among them is a row of NULLs. No rows if an argument is NULL.';

CREATE FUNCTION absence_by_month(absent dayset, enrolled dayset)
	RETURNS TABLE (month date, days_absent integer, days_enrolled integer, absence_rate double precision)
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION absence_by_month(dayset, dayset) IS
	'for each month (its first day) from the first day enrolled to the last, the days absent and enrolled and the absence rate; the rate is NULL where not enrolled. No rows if never enrolled, or if a set is NULL.';

CREATE FUNCTION rolling_absence(absent dayset, enrolled dayset, window_days integer DEFAULT 20)
	RETURNS TABLE (day date, days_absent integer, days_enrolled integer, absence_rate double precision)
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 180;
COMMENT ON FUNCTION rolling_absence(dayset, dayset, integer) IS
	'for each day enrolled, the days absent among the last window_days days enrolled, that day included, how many days those are (fewer at first), and the absence rate over them. No rows if a set is NULL; a window below 1 is an error (22023), NULL another (22004).';

-- Attendance Works: 2 days in the first month, 4 by the second, 6 by the third

CREATE FUNCTION absence_triggers(absent dayset, enrolled dayset, as_of date DEFAULT 'infinity')
	RETURNS TABLE (month_number integer, through date, days_absent integer, days_trigger integer, triggered boolean)
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION absence_triggers(dayset, dayset, date) IS
	'for each month from the first day enrolled, the last up to as_of or the last day enrolled: the day it goes through, the days absent up to then, and whether they reach the trigger of 2 days a month (Attendance Works: 2 days missed in the first month, 4 by the second, 6 by the third and so on). No rows if never enrolled, or if a set is NULL; a NULL as_of is an error (22004).';

CREATE FUNCTION attendance_tier(absent dayset, enrolled dayset, absent_last_year dayset DEFAULT NULL,
		enrolled_last_year dayset DEFAULT NULL, as_of date DEFAULT 'infinity') RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION attendance_tier(dayset, dayset, dayset, dayset, date) IS
	'tier of support (Attendance Works): 3 from 20 percent absent last year or this year to date; 2 from 10 percent last year, or once 2 days were missed in the first month, 4 by the second, 6 by the third and so on (absence_triggers); else 1.
Rates count from 10 days enrolled. NULL without a day enrolled this year and without a tier last year, or if this year''s days are NULL; a NULL as_of is an error (22004).';

-- Truancy: statutes differ, so there is no rule built in

CREATE FUNCTION most_absences_within(absent dayset, enrolled dayset, span interval) RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION most_absences_within(dayset, dayset, interval) IS
	'the most days absent that any span of that length holds, such as 30 days or 6 months; NULL if never enrolled, or if an argument is NULL; a span that can be less than a day, a month being 28 to 31, is an error (22023)';

CREATE FUNCTION truant(unexcused dayset, enrolled dayset, days integer, within interval DEFAULT NULL, consecutive boolean DEFAULT false) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION truant(dayset, dayset, integer, interval, boolean) IS
	'do unexcused absences meet a rule: so many days in all, within any span of that length, or consecutive school days? The numbers are a statute''s: there is no default.
NULL if never enrolled, or if a set or the number of days is NULL. A rule of less than a day, of a span of less than a day, and of consecutive days within a span are errors (22023), a NULL consecutive another (22004).';
