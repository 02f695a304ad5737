-- Sets of days from the ways in which districts store attendance

CREATE FUNCTION enrolled_days(calendar dayset, entry_day date, exit_day date, exit_day_counts boolean DEFAULT true) RETURNS dayset
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE
			WHEN entry_day IS NULL OR exit_day_counts IS NULL THEN NULL
			WHEN exit_day < entry_day THEN '{}'
			ELSE calendar & daterange(entry_day, exit_day, CASE WHEN exit_day_counts THEN '[]' ELSE '[)' END)
		END;
	END;
COMMENT ON FUNCTION enrolled_days(dayset, date, date, boolean) IS
	'the days of a school''s calendar within an enrolment span, from the day of entry to the day of exit.
exit_day: NULL while enrolled; exit_day_counts: whether the day of exit is a day enrolled, as State rules differ (Ed-Fi counts it).
A span that ends before it begins (a no-show) has no days. NULL if the calendar, the day of entry or exit_day_counts is.';

CREATE FUNCTION absent_day(units_missed bigint, units_scheduled bigint, absent_from numeric DEFAULT 0.5) RETURNS boolean
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE WHEN units_scheduled > 0 THEN units_missed >= absent_from * units_scheduled END;
	END;
COMMENT ON FUNCTION absent_day(bigint, bigint, numeric) IS
	'is a day of so many periods or minutes missed a day absent? It is if the share missed is at least absent_from, 0.5 where federal reporting counts (EDFacts FS195), compared exactly.
NULL if nothing was scheduled.';

CREATE FUNCTION absent_at_least(absent dayset, enrolled dayset, share numeric) RETURNS boolean
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE WHEN day_count(enrolled) > 0 THEN day_count(absent & enrolled) >= share * day_count(enrolled) END;
	END;
COMMENT ON FUNCTION absent_at_least(dayset, dayset, numeric) IS
	'absent on at least a share (0 to 1) of the days enrolled, compared exactly; NULL if never enrolled';
