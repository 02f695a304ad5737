-- watch_list/settings: what the owner of a list may choose

CREATE FUNCTION gapstats_internal.check_time_zone(time_zone text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF time_zone IS NULL THEN
		RAISE EXCEPTION 'time_zone must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	PERFORM now() AT TIME ZONE time_zone;
EXCEPTION WHEN invalid_parameter_value THEN
	RAISE EXCEPTION '%', SQLERRM
		USING ERRCODE = 'invalid_parameter_value',
			  HINT = format('It is one of the names in pg_timezone_names, such as %s.', coalesce((
				SELECT n.name
				FROM pg_timezone_names n
				WHERE strpos(lower(n.name), replace(lower(btrim(time_zone)), ' ', '_')) > 0
				ORDER BY length(n.name), n.name COLLATE "C" LIMIT 1), 'America/Chicago'));
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_time_zone(text) IS
'Raises an error unless PostgreSQL knows the time zone, with one that has its name in it if there is one.';

-- Behind the table's CHECKs, so that its owner's own UPDATE is told the same
CREATE FUNCTION gapstats_internal.check_setting(name text, value anyelement, lowest anyelement, highest anyelement, hint text)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET IntervalStyle = 'postgres'
AS $$
BEGIN
	IF value NOT BETWEEN lowest AND highest THEN
		RAISE EXCEPTION '% must be from % to %, not %', name, lowest, highest, value
			USING ERRCODE = 'invalid_parameter_value', HINT = hint;
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_setting(text, anyelement, anyelement, anyelement, text) IS
'True. Error 22023, which names the setting, its range and its value, if it is out of range.';

CREATE FUNCTION gapstats_internal.list_settings()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '{combination, at_risk_at, watch_at, time_zone, lag_days, clear_after, return_within, contact_within, contact_within_school_hours, contact_within_school_days, school_hours_from, school_hours_until, calendar, language, max_students_change, max_values_change, max_flagged_change, change_floor, school_year_from, refreshed_within}'::text[];
COMMENT ON FUNCTION gapstats_internal.list_settings() IS
'The settings of a watch list that its owner may choose.';

CREATE FUNCTION gapstats_internal.change_settings_as_owner(list regclass, changes jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	settable CONSTANT text[] := gapstats_internal.list_settings();
	ways CONSTANT jsonb := '{"contact_within": null, "contact_within_school_hours": null, "contact_within_school_days": null}';
	written jsonb := changes;
	unknown text;
	setting text;
	detail text;
	hint text;
BEGIN
	PERFORM gapstats_internal.change_list(list);
	IF jsonb_typeof(changes) <> 'object' OR changes = '{}' THEN
		RAISE EXCEPTION 'changes of settings are a JSON object, not %', changes
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'For example ''{"clear_after": 3}''.';
	END IF;
	SELECT k INTO unknown FROM jsonb_object_keys(changes) k WHERE NOT k = ANY (settable) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'a watch list has no setting "%"', unknown
			USING ERRCODE = 'undefined_object',
				  HINT = format('It has %s.', array_to_string(settable, ', '));
	END IF;
	PERFORM gapstats_internal.check_time_zone(changes ->> 'time_zone') WHERE changes ? 'time_zone';
	-- one after another, for an error of a type does not say of which
	FOR setting IN SELECT jsonb_object_keys(changes) LOOP
		EXECUTE gapstats_internal.statement(list, 'SELECT jsonb_populate_record(NULL::@settings, jsonb_build_object($1, $2 -> $1))') USING setting, changes;
	END LOOP;
	-- one way to count the time for a contact takes the place of another
	IF EXISTS (SELECT FROM jsonb_each(changes) c WHERE ways ? c.key AND c.value <> 'null') THEN
		written := ways || changes;
	END IF;
	-- the scores of one combination are none of another
	IF changes ? 'combination' THEN
		written := written || (
			SELECT jsonb_build_object('at_risk_at', c.at_risk_at, 'watch_at', c.watch_at)
			FROM gapstats_internal.check_combination(changes ->> 'combination', (changes ->> 'at_risk_at')::numeric, (changes ->> 'watch_at')::numeric) c);
	END IF;
	EXECUTE gapstats_internal.statement(list, (
		SELECT format('UPDATE @settings s SET (%1$s) = (SELECT %1$s FROM jsonb_populate_record(s, $1))', string_agg(quote_ident(k), ', ') || ', id')
		FROM jsonb_object_keys(written) k))
	USING written;
	PERFORM gapstats_internal.say_what_stays_due(list)
	WHERE changes ?| '{contact_within, contact_within_school_hours, contact_within_school_days, school_hours_from, school_hours_until, calendar, time_zone}';
EXCEPTION
	WHEN not_null_violation THEN
		GET STACKED DIAGNOSTICS setting = COLUMN_NAME;
		RAISE EXCEPTION '% must not be null', setting USING ERRCODE = 'null_value_not_allowed';
	WHEN invalid_text_representation OR numeric_value_out_of_range OR invalid_datetime_format OR datetime_field_overflow OR interval_field_overflow THEN
		RAISE EXCEPTION '% cannot be %: %', setting, changes -> setting, SQLERRM
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = format('It says: %s.', (SELECT c.words FROM gapstats_internal.column_words() c WHERE (c.part, c.name) = ('settings', setting)));
	WHEN invalid_parameter_value THEN
		-- without the statement that had it checked
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
		PERFORM gapstats_internal.raise_again(SQLSTATE, SQLERRM, detail, hint);
END
$$;
COMMENT ON FUNCTION gapstats_internal.change_settings_as_owner(regclass, jsonb) IS
'change_settings(), done as the list''s owner.';

CREATE FUNCTION change_settings(list regclass, changes jsonb)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION change_settings(regclass, jsonb) IS
'Changes settings of a watch list, from the next refresh on: ''{"clear_after": 3, "contact_within_school_days": 1}''. The table of settings beside the list has comments on what they say. Of contact_within, contact_within_school_hours and contact_within_school_days the one that is set takes the place of the others. A combination comes with its scores, at_risk_at and watch_at, or has the defaults of create_watch_list. Alarms that have been raised keep the time until which they are due; a notice says how many do. For roles with the rights of the list''s owner.';
