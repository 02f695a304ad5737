-- watch_list/settings: what the owner of a list may choose

CREATE FUNCTION gapstats_internal.check_time_zone(time_zone text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM now() AT TIME ZONE time_zone;
	IF time_zone IS NULL THEN
		RAISE EXCEPTION 'time_zone must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_time_zone(text) IS
'Raises an error unless PostgreSQL knows the time zone.';

CREATE FUNCTION gapstats_internal.list_settings()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '{combination, at_risk_at, watch_at, time_zone, lag_days, clear_after, return_within, contact_within, contact_within_school_hours, contact_within_school_days, school_hours_from, school_hours_until, calendar, language, max_students_change, max_values_change, max_flagged_change, change_floor, school_year_from}'::text[];
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
	-- one way to count the time for a contact takes the place of another
	IF EXISTS (SELECT FROM jsonb_each(changes) c WHERE ways ? c.key AND c.value <> 'null') THEN
		written := ways || changes;
	END IF;
	EXECUTE gapstats_internal.statement(list, (
		SELECT format('UPDATE @settings s SET (%1$s) = (SELECT %1$s FROM jsonb_populate_record(s, $1))', string_agg(quote_ident(k), ', ') || ', id')
		FROM jsonb_object_keys(written) k))
	USING written;
	PERFORM gapstats_internal.say_what_stays_due(list)
	WHERE changes ?| '{contact_within, contact_within_school_hours, contact_within_school_days, school_hours_from, school_hours_until, calendar, time_zone}';
EXCEPTION WHEN check_violation OR not_null_violation OR invalid_text_representation OR numeric_value_out_of_range
	OR invalid_datetime_format OR datetime_field_overflow OR interval_field_overflow THEN
	RAISE EXCEPTION 'a watch list cannot have the settings %: %', changes, SQLERRM
		USING ERRCODE = 'invalid_parameter_value',
			  HINT = format('Comments on the columns of %s say what they are.', gapstats_internal.list_part(list, 'settings'));
END
$$;
COMMENT ON FUNCTION gapstats_internal.change_settings_as_owner(regclass, jsonb) IS
'change_settings(), done as the list''s owner.';

CREATE FUNCTION change_settings(list regclass, changes jsonb)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION change_settings(regclass, jsonb) IS
'Changes settings of a watch list, from the next refresh on: ''{"clear_after": 3, "contact_within_school_days": 1}''. The table of settings beside the list has comments on what they say. Of contact_within, contact_within_school_hours and contact_within_school_days the one that is set takes the place of the others. Alarms that have been raised keep the time until which they are due; a notice says how many do. For roles with the rights of the list''s owner.';
