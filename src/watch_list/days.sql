-- watch_list/days: for which day a list is computed

CREATE FUNCTION as_of()
RETURNS date
AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION as_of() IS
'The day that a watch list is computed for: in a run the last day for which attendance was taken, as the list was told to know it; otherwise today. Meant for the queries of a list, in the place of current_date.';

-- Read under whatever DateStyle a query was kept with
CREATE FUNCTION gapstats_internal.set_as_of(day date)
RETURNS void
LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT set_config('gapstats.as_of', to_char(day, CASE WHEN day < '0001-01-01' THEN 'YYYY-MM-DD BC' ELSE 'YYYY-MM-DD' END), true);
END;
COMMENT ON FUNCTION gapstats_internal.set_as_of(date) IS
'Sets what as_of() says, until the end of the transaction or of the function that set it.';

CREATE FUNCTION gapstats_internal.write_days_query(list regclass, days_query text, names_in text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept gapstats_internal.kept_query;
	column_types regtype[];
BEGIN
	IF days_query IS NULL THEN
		EXECUTE gapstats_internal.statement(list, $sql$ DELETE FROM @queries WHERE part = 'days' $sql$);
		RETURN;
	END IF;
	kept := gapstats_internal.keep_query('days query', days_query, names_in);
	column_types := ARRAY(SELECT type FROM gapstats_internal.kept_query_columns('days query', kept));
	IF column_types <> '{date}' THEN
		RAISE EXCEPTION 'days query gives (%) instead of (date)', array_to_string(column_types, ', ')
			USING ERRCODE = 'datatype_mismatch',
				  HINT = 'It should give one column, of type date. On which day a time is depends on the time zone: (... AT TIME ZONE ''America/Chicago'')::date.';
	END IF;
	PERFORM gapstats_internal.write_query(list, 'days query', 'days', NULL, kept);
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_days_query(regclass, text, text) IS
'Keeps the query that gives the days for which attendance was taken, or takes it back if it is NULL.';

CREATE FUNCTION gapstats_internal.today(list regclass)
RETURNS date
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	day date;
BEGIN
	EXECUTE gapstats_internal.statement(list, 'SELECT (now() AT TIME ZONE time_zone)::date FROM @settings') INTO day;
	RETURN day;
END
$$;
COMMENT ON FUNCTION gapstats_internal.today(regclass) IS
'Today, in the time zone of a watch list.';

CREATE FUNCTION gapstats_internal.check_not_to_come(list regclass, day date)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF day > gapstats_internal.today(list) THEN
		RAISE EXCEPTION '% is still to come', day
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = format('Today is %s, in the time zone of the watch list.', gapstats_internal.today(list));
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_not_to_come(regclass, date) IS
'Raises an error if a day is after today, in the time zone of a watch list.';

CREATE FUNCTION gapstats_internal.school_days(list regclass)
RETURNS date[]
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept gapstats_internal.kept_query := gapstats_internal.read_query(list, 'days');
BEGIN
	IF kept.query IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN ARRAY(
		SELECT DISTINCT d.day
		FROM gapstats_internal.run_kept_query('days query', kept) AS d (day date)
		WHERE isfinite(d.day)
		ORDER BY d.day
	);
END
$$;
COMMENT ON FUNCTION gapstats_internal.school_days(regclass) IS
'The days for which attendance was taken or is planned to be, by the days query of a watch list; NULL if it has none.';

CREATE FUNCTION gapstats_internal.last_day(list regclass, school_days date[])
RETURNS date
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	lag_days integer;
	latest date;
BEGIN
	EXECUTE gapstats_internal.statement(list, 'SELECT s.lag_days FROM @settings s') INTO lag_days;
	latest := gapstats_internal.today(list) - lag_days;
	IF school_days IS NULL THEN
		RETURN latest;
	END IF;
	SELECT max(day) INTO latest FROM unnest(school_days) AS d (day) WHERE day <= latest;
	IF latest IS NULL THEN
		RAISE EXCEPTION 'days query gives no day up to %', to_char(gapstats_internal.today(list) - lag_days, 'YYYY-MM-DD')
			USING ERRCODE = 'no_data_found';
	END IF;
	RETURN latest;
END
$$;
COMMENT ON FUNCTION gapstats_internal.last_day(regclass, date[]) IS
'The day that a run of a watch list is computed for: the last school day, or today, at least lag_days ago.';

-- What keeps a list from moving on although it is refreshed.  Holidays do not, where they are
-- known; where not, two weeks of them and a day are let pass.  A planned day that passed without
-- attendance the query may give no more, so what it gave when the day was new counts as well.
CREATE FUNCTION gapstats_internal.days_problem(list regclass, of_run bigint, OUT problem text, OUT fix text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT format('no attendance has come in since %s', to_char(r.as_of, 'YYYY-MM-DD')),
			'load the days since then, or correct the days query; if there was no school, say when there is: in the setting calendar, or by planned days in the days query'
		FROM @runs r
		CROSS JOIN @settings s
		CROSS JOIN LATERAL (SELECT f.school_days FROM @runs f WHERE f.as_of = r.as_of ORDER BY f.run LIMIT 1) f
		CROSS JOIN LATERAL (SELECT coalesce(s.calendar, f.school_days OPERATOR(gapstats.|) r.school_days, r.school_days) AS known, (r.started_at AT TIME ZONE s.time_zone)::date - s.lag_days AS due_before) k
		CROSS JOIN LATERAL (SELECT ARRAY(SELECT day FROM gapstats_internal.school_days_from(r.as_of + 1, k.known, 11) AS d (day))) d (missed)
		WHERE r.run = $1 AND (d.missed[3] < k.due_before AND k.known OPERATOR(gapstats.@>) d.missed[3] OR d.missed[11] < k.due_before)
		$sql$)
	INTO problem, fix USING of_run;
END
$$;
COMMENT ON FUNCTION gapstats_internal.days_problem(regclass, bigint) IS
'That the day a run of a watch list was computed for was too far behind it, and what to do: more than 2 school days that were known had passed, or more than 10 that are Monday to Friday where none are known. School days are those of the calendar or, without one, of the days query. NULL if it was not.';
