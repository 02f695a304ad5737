-- Absence over time: by ranges, by month, rolling

CREATE FUNCTION absence_by_range(absent dayset, enrolled dayset, ranges daterange[])
	RETURNS TABLE (during daterange, days_absent integer, days_enrolled integer, absence_rate double precision)
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 4
	BEGIN ATOMIC
		SELECT r.during, day_count(absent & enrolled & r.during), day_count(enrolled & r.during),
			absence_rate(absent, enrolled, r.during)
		FROM unnest(ranges) WITH ORDINALITY AS r(during, place)
		ORDER BY r.place;
	END;
COMMENT ON FUNCTION absence_by_range(dayset, dayset, daterange[]) IS
	'for each of some ranges (quarters, terms), in their order, the days absent and enrolled and the absence rate; the rate is NULL where not enrolled';

CREATE FUNCTION absence_by_month(absent dayset, enrolled dayset)
	RETURNS TABLE (month date, days_absent integer, days_enrolled integer, absence_rate double precision)
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 10
	BEGIN ATOMIC
		SELECT lower(r.during), r.days_absent, r.days_enrolled, r.absence_rate
		FROM absence_by_range(absent, enrolled,
			ARRAY(SELECT daterange(m::date, (m + interval '1 month')::date)
				FROM generate_series(date_trunc('month', first_day(enrolled)::timestamp),
					last_day(enrolled)::timestamp, interval '1 month') AS m)) AS r;
	END;
COMMENT ON FUNCTION absence_by_month(dayset, dayset) IS
	'for each month (its first day) from the first day enrolled to the last, the days absent and enrolled and the absence rate; the rate is NULL where not enrolled';

CREATE FUNCTION rolling_absence(absent dayset, enrolled dayset, window_days integer DEFAULT 20)
	RETURNS TABLE (day date, days_absent integer, days_enrolled integer, absence_rate double precision)
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 180;
COMMENT ON FUNCTION rolling_absence(dayset, dayset, integer) IS
	'for each day enrolled, the days absent among the last window_days days enrolled, that day included, how many days those are (fewer at first), and the absence rate over them; a window below 1 is an error';

-- Attendance Works: 2 days in the first month, 4 by the second, 6 by the third

CREATE FUNCTION absence_triggers(absent dayset, enrolled dayset, as_of date DEFAULT 'infinity')
	RETURNS TABLE (month_number integer, through date, days_absent integer, trigger_days integer, triggered boolean)
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 10
	BEGIN ATOMIC
		SELECT m.number::integer, m.through, m.days_absent, 2 * m.number::integer, m.days_absent >= 2 * m.number
		FROM (SELECT n.number, n.through, day_count(absent & enrolled & daterange(NULL, n.through, '[]')) AS days_absent
			FROM (SELECT s.number,
					least((first_day(enrolled) + make_interval(months => s.number::integer))::date - 1, last_day(enrolled), as_of) AS through
				FROM generate_series(first_day(enrolled)::timestamp, least(last_day(enrolled), as_of)::timestamp, interval '1 month')
					WITH ORDINALITY AS s(month, number)
				WHERE first_day(enrolled) + make_interval(months => s.number::integer - 1) <= least(last_day(enrolled), as_of)) AS n) AS m
		ORDER BY m.number;
	END;
COMMENT ON FUNCTION absence_triggers(dayset, dayset, date) IS
	'for each month from the first day enrolled, the last up to as_of or the last day enrolled: the day it goes through, the days absent up to then, and whether they reach the trigger of 2 days a month (Attendance Works: 2 days missed in the first month, 4 by the second, 6 by the third and so on)';

CREATE FUNCTION attendance_tier(absent dayset, enrolled dayset, absent_last_year dayset DEFAULT NULL,
		enrolled_last_year dayset DEFAULT NULL, as_of date DEFAULT 'infinity') RETURNS integer
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE
			WHEN absent IS NULL OR enrolled IS NULL OR as_of IS NULL THEN NULL
			WHEN last_year.tier = 'severe' OR this_year.tier = 'severe' THEN 3
			WHEN last_year.tier = 'moderate'
				OR EXISTS (SELECT FROM absence_triggers(absent, enrolled, as_of) AS t WHERE t.triggered) THEN 2
			WHEN day_count(this_year.enrolled) > 0 OR last_year.tier IS NOT NULL THEN 1
		END
		FROM (SELECT absence_tier(absent_last_year, enrolled_last_year) AS tier) AS last_year,
			(SELECT e.enrolled, absence_tier(absent, e.enrolled) AS tier
				FROM (SELECT enrolled & daterange(NULL, as_of, '[]') AS enrolled) AS e) AS this_year;
	END;
COMMENT ON FUNCTION attendance_tier(dayset, dayset, dayset, dayset, date) IS
	'tier of support (Attendance Works): 3 from 20 percent absent last year or this year to date; 2 from 10 percent last year, or once 2 days were missed in the first month, 4 by the second, 6 by the third and so on (absence_triggers); else 1.
Rates count from 10 days enrolled. NULL without a day enrolled this year and without a tier last year, or if this year''s days or as_of are NULL.';

-- Truancy: statutes differ, so there is no rule built in

CREATE FUNCTION most_absences_within(absent dayset, enrolled dayset, span interval) RETURNS integer
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE WHEN day_count(enrolled) > 0 THEN coalesce(max(day_count(days & daterange(day, (day + span)::date))), 0) END
		FROM (SELECT absent & enrolled AS days) AS a LEFT JOIN LATERAL days(days) AS day ON true;
	END;
COMMENT ON FUNCTION most_absences_within(dayset, dayset, interval) IS
	'the most days absent that any span of that length holds, such as 30 days or 6 months; NULL if never enrolled';

CREATE FUNCTION truant(unexcused dayset, enrolled dayset, days integer, within interval DEFAULT NULL, consecutive boolean DEFAULT false) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT days <= CASE
			WHEN day_count(enrolled) = 0 OR consecutive AND within IS NOT NULL THEN NULL
			WHEN consecutive THEN longest_absence(unexcused, enrolled)
			WHEN within IS NULL THEN day_count(unexcused & enrolled)
			ELSE most_absences_within(unexcused, enrolled, within)
		END;
	END;
COMMENT ON FUNCTION truant(dayset, dayset, integer, interval, boolean) IS
	'do unexcused absences meet a rule: so many days in all, within any span of that length, or consecutive school days? The numbers are a statute''s: there is no default.
NULL if never enrolled, if a set or the number of days is NULL, or for a rule of consecutive days within a span.';
