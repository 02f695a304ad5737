-- watch_list/definition: a list as text, to bring it from a test database to another

CREATE FUNCTION gapstats_internal.export_watch_list_as_owner(list regclass)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET IntervalStyle = 'postgres'
AS $$
DECLARE
	definition jsonb;
BEGIN
	-- a list that has lost others of its tables can still be made anew
	IF gapstats_internal.leave_definition(gapstats_internal.lost_tables(list)) IS NOT TRUE THEN
		PERFORM gapstats_internal.check_list(list);
	END IF;
	PERFORM gapstats_internal.check_own_parts(list);
	PERFORM gapstats_internal.check_queries(list);
	EXECUTE gapstats_internal.statement(list, $sql$
		WITH kept AS (
			-- with the settings under which it was written, but not with what it means here
			SELECT q.part, q.rule, to_jsonb(q) - '{part, rule, meaning, owners}'::text[] AS query FROM @queries q
		)
		SELECT jsonb_build_object(
			'format', 1,
			'settings', (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(s)) WHERE key = ANY (gapstats_internal.list_settings())),
			'queries', (SELECT jsonb_object_agg(k.part, k.query) FROM kept k WHERE k.part IN ('students', 'days', 'viewers')),
			'rules', (
				SELECT coalesce(jsonb_agg(to_jsonb(r) - '{id, version, position, changed_at, changed_by, superseded_at}'::text[]
					|| jsonb_build_object('query', q.query, 'applies_to', a.query) ORDER BY r."position"), '[]')
				FROM @rules r
				JOIN kept q ON q.part = 'rule' AND q.rule = r.rule
				LEFT JOIN kept a ON a.part = 'applies_to' AND a.rule = r.rule
				WHERE r.superseded_at IS NULL AND r.state <> 'dropped'),
			'words', (SELECT coalesce(jsonb_agg(to_jsonb(w) - 'id' ORDER BY w.language, w.kind, w.name), '[]') FROM @words w),
			'breakdowns', (SELECT coalesce(jsonb_agg(to_jsonb(b) - 'position' ORDER BY b."position"), '[]') FROM @breakdowns b))
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
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C STABLE;
COMMENT ON FUNCTION export_watch_list(regclass) IS
'How a watch list is defined, without students: its settings, queries with the settings under which they were written, rules as they are now (those that are off, too), words, published breakdowns and who may see whom, as a JSON object that import_watch_list takes. Not in it are students, runs, history, flags, alarms and what was done about them, earlier versions of rules, what was granted to whom, and the schedule. For roles with the rights of the list''s owner.';

CREATE FUNCTION gapstats_internal.check_definition(definition jsonb)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	key text;
BEGIN
	IF definition IS NULL THEN
		RAISE EXCEPTION 'definition must not be null' USING ERRCODE = 'null_value_not_allowed';
	ELSIF definition ->> 'format' IS DISTINCT FROM '1' THEN
		RAISE EXCEPTION 'this is not the definition of a watch list'
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = CASE WHEN definition ? 'format' THEN 'It may be of another version of gapstats: this one knows format 1.' ELSE 'export_watch_list gives one.' END;
	END IF;
	PERFORM gapstats_internal.check_keys('definition', definition, '{format, settings, queries, rules, words, breakdowns}');
	PERFORM gapstats_internal.check_keys('settings of the definition', definition -> 'settings', gapstats_internal.list_settings(), '{combination, at_risk_at, watch_at, time_zone}');
	PERFORM gapstats_internal.check_keys('queries of the definition', definition -> 'queries', '{students, days, viewers}', '{students}');
	FOREACH key IN ARRAY '{rules, words, breakdowns}'::text[] LOOP
		IF jsonb_typeof(definition -> key) <> 'array' THEN
			RAISE EXCEPTION '% of the definition must be a JSON array', key USING ERRCODE = 'invalid_parameter_value';
		END IF;
	END LOOP;
	PERFORM gapstats_internal.check_keys(coalesce('rule "' || (r ->> 'rule') || '"', 'a rule') || ' of the definition', r,
		'{rule, state, query, applies_to, comparison, threshold, thresholds_by, thresholds, clear_at, reason, severity, points, override}')
	FROM jsonb_array_elements(definition -> 'rules') AS r;
	PERFORM gapstats_internal.check_keys('a word of the definition', w, '{language, kind, name, words}') FROM jsonb_array_elements(definition -> 'words') AS w;
	PERFORM gapstats_internal.check_keys('a breakdown of the definition', b, '{group_column, minimum}') FROM jsonb_array_elements(definition -> 'breakdowns') AS b;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_definition(jsonb) IS
'Raises an error that names it if something in the definition of a watch list is missing, unknown or of another kind.';

-- A date in a query is what it was where the query was written.
CREATE FUNCTION gapstats_internal.read_as_written(what text, query jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.check_keys(what, query, '{query, names_in, date_style, interval_style, time_zone, extra_float_digits}');
	PERFORM gapstats_internal.use_settings_of(jsonb_populate_record(NULL::gapstats_internal.kept_query, query));
END
$$;
COMMENT ON FUNCTION gapstats_internal.read_as_written(text, jsonb) IS
'Has the settings under which an exported query was written, until what is done as the owner is over.';

CREATE FUNCTION gapstats_internal.import_rule(list regclass, r jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rule CONSTANT text := r ->> 'rule';
	condition CONSTANT jsonb := nullif(r -> 'applies_to', 'null');
	s gapstats_internal.rule_settings;
BEGIN
	IF r ->> 'state' NOT IN ('on', 'off') THEN
		RAISE EXCEPTION 'rule "%": state must be on or off, not %', rule, quote_nullable(r ->> 'state') USING ERRCODE = 'invalid_parameter_value';
	END IF;
	BEGIN
		s := jsonb_populate_record(NULL::gapstats_internal.rule_settings, r - '{query, applies_to}'::text[]);
	EXCEPTION WHEN data_exception THEN
		RAISE EXCEPTION 'rule "%": %', rule, SQLERRM USING ERRCODE = 'invalid_parameter_value';
	END;
	PERFORM gapstats_internal.read_as_written(format('query of rule "%s"', rule), r -> 'query');
	PERFORM gapstats.add_rule(list, rule, r #>> '{query, query}', s.comparison, s.threshold, s.reason, severity => s.severity, points => s.points,
		override => s.override, clear_at => s.clear_at, thresholds_by => s.thresholds_by, thresholds => s.thresholds, names_in => r #>> '{query, names_in}');
	IF condition IS NOT NULL THEN
		PERFORM gapstats_internal.read_as_written(format('applies_to of rule "%s"', rule), condition);
		PERFORM gapstats_internal.write_condition(list, rule, condition ->> 'query', condition ->> 'names_in');
		PERFORM gapstats_internal.check_student_columns(list, rule, NULL, condition ->> 'query', condition ->> 'names_in', s.override);
	END IF;
	EXECUTE gapstats_internal.statement(list, 'UPDATE @rules SET state = $2, applies_to = $3 WHERE rule = $1')
	USING rule, r ->> 'state', condition ->> 'query';
END
$$;
COMMENT ON FUNCTION gapstats_internal.import_rule(regclass, jsonb) IS
'Adds an exported rule to a watch list that is being made.';

CREATE FUNCTION gapstats_internal.import_watch_list_as_owner(name text, definition jsonb)
RETURNS regclass
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	students CONSTANT jsonb := definition #> '{queries, students}';
	days CONSTANT jsonb := definition #> '{queries, days}';
	viewers CONSTANT jsonb := definition #> '{queries, viewers}';
	list regclass;
BEGIN
	PERFORM gapstats_internal.check_definition(definition);
	PERFORM gapstats_internal.read_as_written('students query', students);
	list := gapstats.create_watch_list(name, students ->> 'query', 'any', names_in => students ->> 'names_in');
	IF days IS NOT NULL THEN
		PERFORM gapstats_internal.read_as_written('days query', days);
		PERFORM gapstats_internal.write_days_query(list, days ->> 'query', days ->> 'names_in');
	END IF;
	PERFORM gapstats.change_settings(list, definition -> 'settings');
	PERFORM gapstats_internal.import_rule(list, r) FROM jsonb_array_elements(definition -> 'rules') AS r;
	BEGIN
		EXECUTE gapstats_internal.statement(list, 'DELETE FROM @words');
		EXECUTE gapstats_internal.statement(list, $sql$
			INSERT INTO @words (language, kind, name, words) SELECT * FROM jsonb_to_recordset($1) AS w (language text, kind text, name text, words text)
			$sql$)
		USING definition -> 'words';
		PERFORM gapstats.publish_counts(list, group_column, minimum) FROM jsonb_to_recordset(definition -> 'breakdowns') AS b (group_column text, minimum integer);
	EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
		RAISE EXCEPTION 'words or breakdowns of the definition: %', SQLERRM USING ERRCODE = 'invalid_parameter_value';
	END;
	IF viewers IS NOT NULL THEN
		PERFORM gapstats_internal.read_as_written('viewers query', viewers);
		PERFORM gapstats.share_watch_list(list, viewers ->> 'query', names_in => viewers ->> 'names_in');
	END IF;
	RETURN list;
END
$$;
COMMENT ON FUNCTION gapstats_internal.import_watch_list_as_owner(text, jsonb) IS
'import_watch_list(), done as the list''s owner.';

CREATE FUNCTION import_watch_list(name text, definition jsonb)
RETURNS regclass
AS 'MODULE_PATHNAME', 'done_for_maker' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION import_watch_list(text, jsonb) IS
'Makes a watch list from a definition that export_watch_list gave, here or in another database. Without a schema before its name it is made where CREATE TABLE would make a table, by the caller''s search_path; its queries look names up in the search paths that they were written with. The caller owns it; nobody else may read it until granted, and it is not scheduled. What its queries read has to be there. Errors: the definition lacks something or has what is not known, which is named (22023); and those of create_watch_list, add_rule, share_watch_list and publish_counts.';
