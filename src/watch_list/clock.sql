-- watch_list/clock: until when a student is to be contacted after an alarm
--
-- The time is counted in one of three ways: as it passes, in the hours of school days, or to the
-- end of a school day.  What comes out is written to the alarm and stays: it is a promise.

-- Behind the table's CHECK, so that its owner's own UPDATE is told the same
CREATE FUNCTION gapstats_internal.check_clock(contact_within interval, contact_within_school_hours numeric, contact_within_school_days integer,
											  school_hours_from time, school_hours_until time)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET IntervalStyle = 'postgres'
AS $$
DECLARE
	ways CONSTANT integer := num_nonnulls(contact_within, contact_within_school_hours, contact_within_school_days);
	hours_a_day CONSTANT numeric := extract(epoch FROM school_hours_until - school_hours_from) / 3600;
BEGIN
	IF ways <> 1 THEN
		RAISE EXCEPTION 'the time for a contact is counted in one way, not in %', ways
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'Set: ' || CASE ways WHEN 0 THEN 'none' ELSE concat_ws(', ', 'contact_within ' || contact_within,
					'contact_within_school_hours ' || contact_within_school_hours, 'contact_within_school_days ' || contact_within_school_days) END || '.',
				  HINT = 'Set one of contact_within, contact_within_school_hours and contact_within_school_days; it takes the place of the others.';
	ELSIF NOT (contact_within > '0' AND contact_within <= '366 days') THEN
		RAISE EXCEPTION 'contact_within must be above 0 and at most 366 days, not %', contact_within
			USING ERRCODE = 'invalid_parameter_value', HINT = 'For example "24 hours".';
	ELSIF contact_within_school_days NOT BETWEEN 1 AND 366 THEN
		RAISE EXCEPTION 'contact_within_school_days must be from 1 to 366, not %', contact_within_school_days
			USING ERRCODE = 'invalid_parameter_value', HINT = 'By 1, a student is to be contacted by the end of the next school day.';
	ELSIF hours_a_day <= 0 THEN
		RAISE EXCEPTION 'school_hours_from % must be before school_hours_until %', school_hours_from, school_hours_until
			USING ERRCODE = 'invalid_parameter_value', HINT = 'For example "08:00" and "15:30", or "00:00" and "24:00" for the whole day.';
	ELSIF NOT (contact_within_school_hours > 0 AND contact_within_school_hours <= 366 * hours_a_day) THEN
		RAISE EXCEPTION 'contact_within_school_hours must be above 0 and at most %, not %', trim_scale(round(366 * hours_a_day, 2)), contact_within_school_hours
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = format('A year of 366 school days from %s until %s has so many.', school_hours_from, school_hours_until);
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_clock(interval, numeric, integer, time, time) IS
'True. Errors (22023): not just one of contact_within, contact_within_school_hours and contact_within_school_days is given, it is not above 0, or it is more than a year; school hours end before they begin.';

-- A hole that no holidays make is a day mistyped: nothing is known from there on.
CREATE FUNCTION gapstats_internal.school_days_from(from_day date, known dayset, n integer)
RETURNS SETOF date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH planned AS (
		SELECT p.day
		FROM (
			SELECT d.day, max(d.day - d.before) OVER (ORDER BY d.day) AS longest_hole
			FROM (SELECT k.day, lag(k.day, 1, from_day) OVER (ORDER BY k.day) AS before FROM days(known) AS k (day) WHERE k.day >= from_day) d
		) p
		WHERE p.longest_hole <= 120
	)
	SELECT s.day
	FROM (
		SELECT p.day FROM planned p
		UNION ALL
		SELECT w.day
		FROM (SELECT coalesce(max(p.day) + 1, from_day) AS day FROM planned p) unknown_from
		CROSS JOIN generate_series(0, 2 * n + 6) AS g (i)
		CROSS JOIN LATERAL (SELECT unknown_from.day + g.i) w (day)
		WHERE extract(isodow FROM w.day) <= 5
	) s
	ORDER BY s.day
	LIMIT n;
END;
COMMENT ON FUNCTION gapstats_internal.school_days_from(date, dayset, integer) IS
'The first n school days from a day on: those that are known and, after the last of these, Monday to Friday. A hole of more than 120 days ends what is known.';

CREATE FUNCTION gapstats_internal.due_after(raised_at timestamptz, contact_within interval, time_zone text)
RETURNS timestamptz
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'GMT'
AS $$
BEGIN
	-- in which the days of an interval are added; until the end of the function
	PERFORM set_config('TimeZone', time_zone, true);
	RETURN raised_at + contact_within;
END
$$;
COMMENT ON FUNCTION gapstats_internal.due_after(timestamptz, interval, text) IS
'When an interval after an alarm is over: 24 hours are as long as they are, a day ends at the same time of the next day in the time zone.';

CREATE FUNCTION gapstats_internal.due_after_school_days(raised_at timestamptz, n integer, known dayset, time_zone text)
RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
	SELECT (max(d.day) + 1)::timestamp AT TIME ZONE time_zone
	FROM gapstats_internal.school_days_from((raised_at AT TIME ZONE time_zone)::date + 1, known, n) AS d (day)
);
COMMENT ON FUNCTION gapstats_internal.due_after_school_days(timestamptz, integer, dayset, text) IS
'The end of the n-th school day after the day of an alarm. known are the school days that are known, NULL for none; see school_days_from.';

-- Twice as many days as it takes, since clocks that are put forward may take an hour from one
CREATE FUNCTION gapstats_internal.due_after_school_hours(raised_at timestamptz, hours numeric, hours_from time, hours_until time, known dayset, time_zone text)
RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
	SELECT h.closes_at - (h.seconds - hours * 3600) * interval '1 second'
	FROM (
		SELECT o.closes_at, sum(extract(epoch FROM o.closes_at - o.opens_at)) OVER (ORDER BY d.day) AS seconds
		FROM gapstats_internal.school_days_from((raised_at AT TIME ZONE time_zone)::date, known,
			2 * ceil(hours * 3600 / extract(epoch FROM hours_until - hours_from))::integer + 2) AS d (day)
		CROSS JOIN LATERAL (SELECT (d.day + hours_from) AT TIME ZONE time_zone, (d.day + hours_until) AT TIME ZONE time_zone) l (opens_at, closes_at)
		CROSS JOIN LATERAL (SELECT greatest(raised_at, l.opens_at), greatest(raised_at, l.opens_at, l.closes_at)) o (opens_at, closes_at)
	) h
	WHERE h.seconds >= hours * 3600
	ORDER BY h.closes_at
	LIMIT 1
);
COMMENT ON FUNCTION gapstats_internal.due_after_school_hours(timestamptz, numeric, time, time, dayset, text) IS
'When so many school hours have passed after an alarm: the time of school days from hours_from until hours_until, as long as it is on days on which clocks change. known are the school days that are known, NULL for none; see school_days_from.';

CREATE FUNCTION gapstats_internal.due_time(list regclass, run bigint, raised_at timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	due_at timestamptz;
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT CASE
			WHEN s.contact_within_school_hours IS NOT NULL THEN gapstats_internal.due_after_school_hours($2, s.contact_within_school_hours,
				s.school_hours_from, s.school_hours_until, coalesce(s.calendar, r.school_days), s.time_zone)
			WHEN s.contact_within_school_days IS NOT NULL THEN gapstats_internal.due_after_school_days($2, s.contact_within_school_days,
				coalesce(s.calendar, r.school_days), s.time_zone)
			ELSE gapstats_internal.due_after($2, s.contact_within, s.time_zone) END
		FROM @settings s
		CROSS JOIN @runs r
		WHERE r.run = $1
		$sql$)
	INTO due_at USING run, raised_at;
	RETURN due_at;
END
$$;
COMMENT ON FUNCTION gapstats_internal.due_time(regclass, bigint, timestamptz) IS
'Until when a student is to be contacted after an alarm that is raised at a time, by the settings of a watch list. School days are those of its calendar or, without one, those that the run found by the days query.';

CREATE FUNCTION gapstats_internal.say_what_stays_due(list regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	alarms bigint;
BEGIN
	EXECUTE gapstats_internal.statement(list, 'SELECT count(*) FROM @alarms WHERE due_at > now()') INTO alarms;
	IF alarms > 0 THEN
		RAISE NOTICE 'alarms raised so far keep the time until which they are due: %', alarms;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.say_what_stays_due(regclass) IS
'Tells who changes the clock of a watch list how many alarms are still running by the old one.';
