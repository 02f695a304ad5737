-- standing/cron_time: when a cron schedule is due

CREATE FUNCTION gapstats_internal.cron_field(field text, first integer, last integer, names text[] DEFAULT '{}')
RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	part text;
	piece text[];
	low integer;
	high integer;
	step integer;
	found integer[] := '{}';
BEGIN
	field := lower(field);
	FOR i IN 1 .. cardinality(names) LOOP
		field := replace(field, names[i], (first + i - 1)::text);
	END LOOP;

	FOREACH part IN ARRAY string_to_array(field, ',') LOOP
		piece := regexp_match(part, '^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?$');
		low := coalesce(piece[1]::integer, first);
		high := coalesce(piece[2]::integer, CASE WHEN piece[1] IS NULL OR piece[3] IS NOT NULL THEN last ELSE low END);
		step := coalesce(piece[3]::integer, 1);
		IF piece IS NULL OR low < first OR high > last OR low > high OR step = 0 THEN
			RAISE EXCEPTION 'not a field of a cron schedule: %', part USING ERRCODE = 'invalid_parameter_value';
		END IF;
		found := found || ARRAY(SELECT generate_series(low, high, step));
	END LOOP;
	RETURN found;
END
$$;
COMMENT ON FUNCTION gapstats_internal.cron_field(text, integer, integer, text[]) IS
'The numbers, from first to last, that a field of a cron schedule stands for: *, numbers, ranges, steps and lists of these; names stand for first and what follows it. Errors: anything else.';

CREATE FUNCTION gapstats_internal.next_run(schedule text, after timestamptz, time_zone text DEFAULT 'GMT')
RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	month_names CONSTANT text[] := '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}';
	day_names CONSTANT text[] := '{sun,mon,tue,wed,thu,fri,sat}';
	fields text[];
	days integer[];
	weekdays integer[];
	due timestamp;
	today timestamp := date_trunc('day', after AT TIME ZONE time_zone);
BEGIN
	schedule := btrim(lower(schedule));
	IF schedule ~ '^\d+ seconds?$' THEN
		RETURN after + schedule::interval;
	END IF;
	fields := regexp_split_to_array(CASE schedule
		WHEN '@hourly' THEN '0 * * * *'
		WHEN '@daily' THEN '0 0 * * *'
		WHEN '@midnight' THEN '0 0 * * *'
		WHEN '@weekly' THEN '0 0 * * 0'
		WHEN '@monthly' THEN '0 0 1 * *'
		WHEN '@yearly' THEN '0 0 1 1 *'
		WHEN '@annually' THEN '0 0 1 1 *'
		ELSE schedule END, '\s+');
	IF cardinality(fields) <> 5 THEN
		RETURN NULL;
	END IF;

	-- the last day of a month has no number; the other days have, and 7 is Sunday too
	days := CASE WHEN fields[3] <> '$' THEN gapstats_internal.cron_field(fields[3], 1, 31) END;
	weekdays := gapstats_internal.cron_field(fields[5], 0, 7, day_names);

	SELECT min(d.day + make_interval(hours => h, mins => m)) INTO due
	FROM (
		-- a day that only a leap year has may be eight years away
		SELECT day
		FROM generate_series(today, today + interval '8 years 1 month', '1 day') AS day
		CROSS JOIN LATERAL (SELECT
			coalesce(extract(day FROM day) = ANY (days), extract(month FROM day) <> extract(month FROM day + interval '1 day')) AS of_month,
			extract(dow FROM day) = ANY (weekdays) OR extract(isodow FROM day) = ANY (weekdays) AS of_week) AS falls
		WHERE extract(month FROM day) = ANY (gapstats_internal.cron_field(fields[4], 1, 12, month_names))
		-- cron's rule: if both are given, either will do
		AND CASE WHEN fields[3] LIKE '*%' OR fields[5] LIKE '*%' THEN falls.of_month AND falls.of_week ELSE falls.of_month OR falls.of_week END
		-- the first such day may be over
		ORDER BY day
		LIMIT 2
	) AS d
	CROSS JOIN unnest(gapstats_internal.cron_field(fields[2], 0, 23)) AS h
	CROSS JOIN unnest(gapstats_internal.cron_field(fields[1], 0, 59)) AS m
	WHERE d.day + make_interval(hours => h, mins => m) > after AT TIME ZONE time_zone;
	RETURN due AT TIME ZONE time_zone;
END
$$;
COMMENT ON FUNCTION gapstats_internal.next_run(text, timestamptz, text) IS
'The first time after a time at which a pg_cron schedule is due, in the time zone of pg_cron. NULL for a schedule that is never due, or is not one of times.';
