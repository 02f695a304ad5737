-- watch_list/preview: whom a rule would flag, before it flags anyone

CREATE FUNCTION gapstats_internal.preview_rule_as_owner(list regclass, query text, comparison text, thresholds numeric[], group_column text,
														override text, names_in text)
RETURNS TABLE (threshold numeric, group_value text, is_total boolean, students integer, flagged integer, insufficient_data integer, flag_rate double precision)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	rule CONSTANT text := 'preview';
	kept gapstats_internal.kept_query;
	columns text;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	IF thresholds IS NULL THEN
		RAISE EXCEPTION 'thresholds must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	PERFORM gapstats_internal.check_rule_settings(list, rule, comparison, t, rule, 'watch', 0, NULL, NULL, NULL) FROM unnest(thresholds) t;
	PERFORM gapstats_internal.check_list_column(list, group_column);
	kept := gapstats_internal.keep_rule_query(list, rule, query, override, names_in);
	columns := gapstats_internal.definitions_of('rule "preview"', kept, '{student_id, value}');
	PERFORM gapstats_internal.set_as_of(gapstats_internal.last_day(list, gapstats_internal.school_days(list)));
	RETURN QUERY EXECUTE gapstats_internal.statement(list, format($sql$
		WITH value AS MATERIALIZED (
			SELECT q.student_id, CASE WHEN count(*) = 1 THEN nullif(nullif(nullif(max(q.value::numeric), 'NaN'), 'Infinity'), '-Infinity') END AS value
			FROM gapstats_internal.run_kept_query('rule "preview"', $3) AS q (%s)
			GROUP BY q.student_id
		)
		SELECT t.threshold, g.group_value, $4, gapstats_internal.integer_count(count(*), 'students'), gapstats_internal.integer_count(count(*) FILTER (WHERE h.holds), 'flagged'),
			gapstats_internal.integer_count(count(*) FILTER (WHERE h.holds IS NULL), 'insufficient_data'),
			count(*) FILTER (WHERE h.holds)::double precision / count(*)
		FROM @current s
		LEFT JOIN value v ON v.student_id @equals s.student_id
		CROSS JOIN unnest($1) t (threshold)
		CROSS JOIN LATERAL (SELECT gapstats_internal.rule_holds(v.value, $2, t.threshold)) h (holds)
		CROSS JOIN LATERAL (SELECT %s) g (group_value)
		GROUP BY t.threshold, g.group_value
		ORDER BY t.threshold, g.group_value
		$sql$, replace(columns, '@', '@@'), replace(gapstats_internal.named_group(group_column), '@', '@@')))
	USING thresholds, comparison, kept, group_column IS NULL;
END
$$;
COMMENT ON FUNCTION gapstats_internal.preview_rule_as_owner(regclass, text, text, numeric[], text, text, text) IS
'preview_rule(), done as the list''s owner.';

CREATE FUNCTION preview_rule(list regclass, query text, comparison text, thresholds numeric[], group_column text DEFAULT NULL,
							 override text DEFAULT NULL, names_in text DEFAULT current_setting('search_path'))
RETURNS TABLE (threshold numeric, group_value text, is_total boolean, students integer, flagged integer, insufficient_data integer, flag_rate double precision)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION preview_rule(regclass, text, text, numeric[], text, text, text) IS
'How many of a list''s students a rule would flag at each of several thresholds, one row a threshold and group: students, how many flagged, how many without a value, and flagged / students (0..1). The students are those of the last refresh. group_column is a column of the students query, and a student of whom it is empty is of the group not recorded; without it there is one group, all (is_total). Nothing of it is kept. For roles with the rights of the list''s owner. Errors: thresholds is NULL (22004); arguments and errors otherwise as add_rule.';
