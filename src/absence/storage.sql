-- Sets of days from the ways in which districts store attendance

CREATE FUNCTION enrolled_days(calendar dayset, entry_day date, exit_day date, exit_day_counts boolean DEFAULT true) RETURNS dayset
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION enrolled_days(dayset, date, date, boolean) IS
	'the days of a school''s calendar within an enrolment span, from the day of entry to the day of exit.
exit_day: NULL while enrolled; exit_day_counts: whether the day of exit is a day enrolled, as State rules differ (Ed-Fi counts it); NULL is an error (22004).
A span that ends before it begins (a no-show) has no days. NULL if the calendar or the day of entry is.';

CREATE FUNCTION absent_day(units_missed numeric, units_scheduled numeric, absent_from numeric DEFAULT 0.5) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION absent_day(numeric, numeric, numeric) IS
	'is a day of so many periods, minutes or hours missed a day absent? It is if the share missed is at least absent_from, 0.5 where federal reporting counts (EDFacts FS195), compared exactly.
NULL if nothing was scheduled, or if a number is NULL. More missed than scheduled, a negative number, and an absent_from that is not above 0 and at most 1 are errors (22023), infinity and NaN another (22003), a NULL absent_from a third (22004).';
