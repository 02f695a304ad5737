-- watch_list/preview: whom a rule would flag, before it flags anyone

CREATE FUNCTION preview_rule(list regclass, query text, comparison text, thresholds numeric[], group_column text DEFAULT NULL,
							 override text DEFAULT NULL, names_in text DEFAULT current_setting('search_path'))
RETURNS TABLE (threshold numeric, group_value text, students bigint, flagged bigint, insufficient_data bigint, flag_rate double precision)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rule CONSTANT text := 'preview';
	students_view text := gapstats_internal.list_part(list, 'students');
BEGIN
	PERFORM gapstats_internal.check_list_owner(list);
	PERFORM gapstats_internal.check_rule_settings(list, rule, comparison, t, rule, 'watch', 0) FROM unnest(thresholds) t;
	PERFORM gapstats_internal.check_list_column(list, group_column);

	PERFORM gapstats_internal.keep_rule_query(list, rule, query, names_in);
	PERFORM gapstats_internal.check_rule(list, rule, override);
	RETURN QUERY EXECUTE format($sql$
		SELECT t, g.group_value, count(*), count(*) FILTER (WHERE h.holds), count(*) FILTER (WHERE h.holds IS NULL),
			count(*) FILTER (WHERE h.holds)::double precision / count(*)
		FROM %1$s s
		LEFT JOIN %2$s q ON q.student_id %3$s s.student_id
		CROSS JOIN unnest($1) t
		CROSS JOIN LATERAL (SELECT gapstats_internal.rule_holds(gapstats_internal.finite(q.value::numeric), $2, t)) h (holds)
		CROSS JOIN LATERAL (SELECT %4$s) g (group_value)
		WHERE s.student_id IS NOT NULL
		GROUP BY t, g.group_value
		ORDER BY t, g.group_value
		$sql$, students_view, gapstats_internal.rule_view(list, rule), gapstats_internal.equality_operator(gapstats_internal.student_id_type(list)),
		gapstats_internal.group_expression(group_column))
	USING thresholds, comparison;
	EXECUTE format('DROP VIEW %s', gapstats_internal.rule_view(list, rule));
END
$$;
COMMENT ON FUNCTION preview_rule(regclass, text, text, numeric[], text, text, text) IS
'How many of a list''s students a rule would flag at each of several thresholds, one row a threshold and group: students, how many flagged, how many without a value, and flagged / students (0..1). group_column is a column of the students query; NULL makes one group. Nothing of it is kept. Arguments and errors otherwise as add_rule.';
