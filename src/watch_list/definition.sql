-- watch_list/definition: a list as text, to bring it from a test database to another

CREATE FUNCTION gapstats_internal.export_watch_list_as_owner(list regclass)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	definition jsonb;
BEGIN
	-- a list that has lost others of its tables can still be made anew
	IF gapstats_internal.leave_definition(gapstats_internal.lost_tables(list)) IS NOT TRUE THEN
		PERFORM gapstats_internal.check_list(list);
	END IF;
	PERFORM gapstats_internal.check_own_parts(list);
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT jsonb_build_object(
			'format', 1,
			'settings', (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(s)) WHERE key = ANY (gapstats_internal.list_settings())),
			'queries', (SELECT jsonb_object_agg(part, jsonb_build_object('query', query, 'names_in', names_in)) FROM @queries WHERE part IN ('students', 'days', 'viewers')),
			'rules', (
				SELECT coalesce(jsonb_agg(to_jsonb(r) - '{id, version, position, changed_at, changed_by, superseded_at}'::text[] || jsonb_build_object('names_in', q.names_in)
					ORDER BY r."position"), '[]')
				FROM @rules r
				JOIN @queries q ON q.part = 'rule' AND q.rule = r.rule
				WHERE r.superseded_at IS NULL AND r.state <> 'dropped'),
			'words', (SELECT coalesce(jsonb_agg(to_jsonb(w) - 'id' ORDER BY w.language, w.kind, w.name), '[]') FROM @words w),
			'breakdowns', (SELECT coalesce(jsonb_agg(to_jsonb(b) ORDER BY b.group_column), '[]') FROM @breakdowns b))
		FROM @settings s
		$sql$)
	INTO definition;
	RETURN definition;
END
$$;
COMMENT ON FUNCTION gapstats_internal.export_watch_list_as_owner(regclass) IS
'export_watch_list(), done as the list''s owner.';

CREATE FUNCTION export_watch_list(list regclass)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C STABLE STRICT;
COMMENT ON FUNCTION export_watch_list(regclass) IS
'How a watch list is defined, without students: its settings, queries, rules, words and published breakdowns, as a JSON object that import_watch_list takes. What was granted, its history and its schedule are not in it.';

CREATE FUNCTION import_watch_list(name text, definition jsonb)
RETURNS regclass
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	queries CONSTANT jsonb := definition -> 'queries';
	settings CONSTANT jsonb := definition -> 'settings';
	list regclass;
	r jsonb;
BEGIN
	IF definition ->> 'format' IS DISTINCT FROM '1' OR queries -> 'students' IS NULL OR settings IS NULL THEN
		RAISE EXCEPTION 'this is not the definition of a watch list'
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'export_watch_list gives one.';
	END IF;
	list := gapstats.create_watch_list(name, queries #>> '{students, query}', settings ->> 'combination', (settings ->> 'at_risk_at')::numeric,
		(settings ->> 'watch_at')::numeric, NULL, settings ->> 'time_zone', queries #>> '{students, names_in}');
	PERFORM gapstats_internal.write_days_query(list, queries #>> '{days, query}', queries #>> '{days, names_in}');
	PERFORM gapstats.change_settings(list, settings);
	FOR r IN SELECT value FROM jsonb_array_elements(definition -> 'rules') LOOP
		PERFORM gapstats.add_rule(list, r ->> 'rule', r ->> 'query', r ->> 'comparison', (r ->> 'threshold')::numeric, r ->> 'reason', r ->> 'severity',
			(r ->> 'points')::numeric, r ->> 'override', r ->> 'applies_to', (r ->> 'clear_at')::numeric, r ->> 'thresholds_by',
			nullif(r -> 'thresholds', 'null'), r ->> 'names_in');
		PERFORM gapstats.switch_rule(list, r ->> 'rule', false) WHERE r ->> 'state' = 'off';
	END LOOP;
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @words (language, kind, name, words)
		SELECT w ->> 'language', w ->> 'kind', w ->> 'name', w ->> 'words' FROM jsonb_array_elements($1) w
		ON CONFLICT (language, kind, name) DO UPDATE SET words = excluded.words
		$sql$)
	USING definition -> 'words';
	PERFORM gapstats.publish_counts(list, b ->> 'group_column', (b ->> 'minimum')::integer) FROM jsonb_array_elements(definition -> 'breakdowns') b;
	PERFORM gapstats.share_watch_list(list, queries #>> '{viewers, query}', names_in => queries #>> '{viewers, names_in}') WHERE queries -> 'viewers' IS NOT NULL;
	RETURN list;
END
$$;
COMMENT ON FUNCTION import_watch_list(text, jsonb) IS
'Makes a watch list from a definition that export_watch_list gave, here or in another database. The caller owns it. Errors as create_watch_list and add_rule.';
