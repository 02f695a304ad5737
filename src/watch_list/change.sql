-- watch_list/change: who would be flagged if a rule were changed

CREATE FUNCTION gapstats_internal.preview_change_as_owner(list regclass, rule text, comparison text, threshold numeric, severity text, points numeric,
														  query text, applies_to text, clear_at numeric, thresholds_by text, thresholds jsonb, "on" boolean, names_in text)
RETURNS TABLE (student_id text, change text, status_before text, status_after text, reasons_before text, reasons_after text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rules gapstats_internal.rule_query[];
	days date[];
	day date;
	aside text;
BEGIN
	PERFORM gapstats_internal.bring_forward_as_owner(list);
	-- it is changed, read as it would be evaluated, and undone, which gives the list free again
	BEGIN
		PERFORM gapstats_internal.change_rule_as_owner(list, rule, comparison, threshold, NULL, severity, points, query, NULL, applies_to, clear_at,
			thresholds_by, thresholds, names_in);
		IF "on" IS NOT NULL THEN
			PERFORM gapstats_internal.switch_rule_as_owner(list, rule, "on");
		END IF;
		rules := gapstats_internal.rules_to_run(list);
		RAISE EXCEPTION USING ERRCODE = 'GS001', MESSAGE = 'undo';
	EXCEPTION WHEN SQLSTATE 'GS001' THEN
		NULL;
	END;
	PERFORM gapstats_internal.check_list(list);
	PERFORM gapstats_internal.check_queries(list);
	PERFORM gapstats_internal.set_as_of(gapstats_internal.today(list));
	days := gapstats_internal.school_days(list);
	day := gapstats_internal.last_day(list, days);
	PERFORM gapstats_internal.set_as_of(day);
	aside := gapstats_internal.evaluate_aside(list, rules, day, true, days);
	RETURN QUERY EXECUTE gapstats_internal.statement(list, format($sql$
		SELECT n.student_id::text,
			CASE
				WHEN c.student_id IS NULL THEN 'new on the list'
				WHEN n.change = 'g' THEN 'off the list'
				WHEN n.status = c.status THEN 'other reasons'
				WHEN c.status NOT IN ('watch', 'at risk') AND n.status IN ('watch', 'at risk') THEN 'enters'
				WHEN c.status IN ('watch', 'at risk') AND n.status NOT IN ('watch', 'at risk') THEN 'leaves'
				ELSE 'moves' END,
			c.status, CASE WHEN n.change <> 'g' THEN n.status END, c.reasons, CASE WHEN n.change <> 'g' THEN n.reasons END
		FROM %s n
		LEFT JOIN @current c ON c.student_id @equals n.student_id
		WHERE n.change IN ('n', 'c', 'g') AND (n.change = 'g' OR (n.status, n.reasons) IS DISTINCT FROM (c.status, c.reasons))
		ORDER BY n.student_id
		$sql$, replace(aside, '@', '@@')));
	EXECUTE format('DROP TABLE %s', aside);
END
$$;
COMMENT ON FUNCTION gapstats_internal.preview_change_as_owner(regclass, text, text, numeric, text, numeric, text, text, numeric, text, jsonb, boolean, text) IS
'preview_change(), done as the list''s owner.';

CREATE FUNCTION preview_change(list regclass, rule text, comparison text DEFAULT NULL, threshold numeric DEFAULT NULL, severity text DEFAULT NULL,
							   points numeric DEFAULT NULL, query text DEFAULT NULL, applies_to text DEFAULT NULL, clear_at numeric DEFAULT NULL,
							   thresholds_by text DEFAULT NULL, thresholds jsonb DEFAULT NULL, "on" boolean DEFAULT NULL,
							   names_in text DEFAULT current_setting('search_path'))
RETURNS TABLE (student_id text, change text, status_before text, status_after text, reasons_before text, reasons_after text)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION preview_change(regclass, text, text, numeric, text, numeric, text, text, numeric, text, jsonb, boolean, text) IS
'Who would enter a watch list, leave it, move or be flagged for other reasons if a rule were changed (arguments as change_rule) or switched ("on") and the list refreshed now: one row a student. What changed in the data since the last refresh shows as well. Nothing of it is kept. For a rule that there is not yet, preview_rule counts. For roles with the rights of the list''s owner. Errors as change_rule.';

CREATE FUNCTION gapstats_internal.capacity_plan_as_owner(list regclass, places integer, group_column text)
RETURNS TABLE (place integer, student_id text, group_value text, status text, score numeric, since date, reasons text, within boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.check_list(list);
	PERFORM gapstats_internal.check_list_column(list, group_column);
	IF places IS NULL OR places < 0 THEN
		RAISE EXCEPTION '% is not a number of places', coalesce(places::text, 'null') USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN QUERY EXECUTE gapstats_internal.statement(list, format($sql$
		SELECT gapstats_internal.integer_count(r.place, 'place'), r.student_id::text, r.group_value, r.status, r.score, r.since, r.reasons, r.place <= $1
		FROM (
			SELECT row_number() OVER (ORDER BY s.status = 'at risk' DESC, s.score DESC, s.rules_flagged DESC, s.since, s.student_id) AS place, s.*, %s AS group_value
			FROM @current s
			WHERE s.status IN ('watch', 'at risk')
		) r
		ORDER BY r.place
		$sql$, replace(gapstats_internal.named_group(group_column), '@', '@@')))
	USING places;
END
$$;
COMMENT ON FUNCTION gapstats_internal.capacity_plan_as_owner(regclass, integer, text) IS
'capacity_plan(), done as the list''s owner.';

CREATE FUNCTION capacity_plan(list regclass, places integer, group_column text DEFAULT NULL)
RETURNS TABLE (place integer, student_id text, group_value text, status text, score numeric, since date, reasons text, within boolean)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C STABLE;
COMMENT ON FUNCTION capacity_plan(regclass, integer, text) IS
'The flagged students of a watch list in the order in which to reach them, when there are places for so many: at risk first, then by score, number of rules, and how long they have been flagged; within says who has a place, and who is displaced. Summed by group_value, a column of the students query such as the school, it says whom the limit costs most; that is not recorded for a student of whom the column is empty, and all for everybody without a column. For roles with the rights of the list''s owner. Errors: what is no column of the students query (42703), places that are NULL or below 0 (22023).';
