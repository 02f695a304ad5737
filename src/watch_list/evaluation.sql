-- watch_list/evaluation: from rules and values to flags, reasons and a standing

CREATE FUNCTION gapstats_internal.refuse_value(value numeric)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'value % is not a number that can be compared', value
		USING ERRCODE = 'numeric_value_out_of_range';
END
$$;
COMMENT ON FUNCTION gapstats_internal.refuse_value(numeric) IS
'Raises an error that names the value.';

CREATE FUNCTION gapstats_internal.finite(value numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value IN ('NaN', 'Infinity', '-Infinity') THEN gapstats_internal.refuse_value(value) ELSE value END;
COMMENT ON FUNCTION gapstats_internal.finite(numeric) IS
'The value itself; NULL for NULL; an error for NaN and infinity, which would compare as the greatest number.';

CREATE FUNCTION gapstats_internal.rule_holds(value numeric, comparison text, threshold numeric)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE comparison
	WHEN '<' THEN value < threshold
	WHEN '<=' THEN value <= threshold
	WHEN '=' THEN value = threshold
	WHEN '>=' THEN value >= threshold
	WHEN '>' THEN value > threshold
	WHEN '<>' THEN value <> threshold
END;
COMMENT ON FUNCTION gapstats_internal.rule_holds(numeric, text, numeric) IS
'Whether value comparison threshold is true, in exact decimal arithmetic; NULL if the value is NULL. comparison is one of <, <=, =, >=, >, <>.';

CREATE FUNCTION gapstats_internal.plain_number(value numeric, decimals integer, threshold numeric)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
	SELECT trim_scale(round(value, d))::text
	FROM generate_series(decimals, greatest(decimals, scale(value))) d
	WHERE sign(round(value, d) - threshold) = sign(value - threshold)
	ORDER BY d
	LIMIT 1
);
COMMENT ON FUNCTION gapstats_internal.plain_number(numeric, integer, numeric) IS
'A number as people write it: rounded to so many decimals, or to as many more as keep it on its own side of the threshold, without trailing zeros.';

CREATE FUNCTION gapstats_internal.reason_text(reason text, value numeric, threshold numeric)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(replace(replace(replace(reason,
	'{value}', gapstats_internal.plain_number(value, 2, threshold)),
	'{value%}', gapstats_internal.plain_number(100 * value, 1, 100 * threshold) || '%'),
	'{threshold}', trim_scale(threshold)::text),
	'{threshold%}', trim_scale(100 * threshold)::text || '%');
COMMENT ON FUNCTION gapstats_internal.reason_text(text, numeric, numeric) IS
'A rule''s reason with the numbers of one student put in for {value} and {threshold}, or as percentages of rates for {value%} and {threshold%}.';

CREATE FUNCTION gapstats_internal.rule_view(list regclass, rule text)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN gapstats_internal.list_part(list, 'rule_' || rule);
COMMENT ON FUNCTION gapstats_internal.rule_view(regclass, text) IS
'Qualified and quoted name of the view that keeps a rule''s query.';

CREATE FUNCTION gapstats_internal.rules_on(list regclass)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN format($sql$ SELECT rule FROM %s WHERE superseded_at IS NULL AND state = 'on' ORDER BY "position" $sql$, gapstats_internal.list_part(list, 'rules'));
COMMENT ON FUNCTION gapstats_internal.rules_on(regclass) IS
'The query that gives the rules of a watch list that are on, in their order.';

CREATE FUNCTION gapstats_internal.evaluation_statement(schema text, list text)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	students text := gapstats_internal.list_part(schema, list, 'students');
	rule_values text;
BEGIN
	EXECUTE format($sql$
		SELECT string_agg(
			format('SELECT s.student_id, %%L::text AS rule, gapstats_internal.finite(q.value::numeric) AS value FROM %%s s LEFT JOIN %%s q ON q.student_id %%s s.student_id',
				rule, $1, gapstats_internal.list_part($2, $3, 'rule_' || rule), $4),
			' UNION ALL ' ORDER BY "position")
		FROM %s
		WHERE superseded_at IS NULL AND state = 'on'
		$sql$, gapstats_internal.list_part(schema, list, 'rules'))
	INTO rule_values
	USING students, schema, list, gapstats_internal.equality_operator(gapstats_internal.student_id_type(students::regclass));

	RETURN format($sql$
		CREATE OR REPLACE VIEW %s AS
		SELECT v.student_id, r.rule, r.version AS rule_version, r."position", v.value, r.comparison, r.threshold, h.flagged,
			CASE WHEN h.flagged THEN gapstats_internal.reason_text(r.reason, v.value, r.threshold) END AS reason, r.severity, r.points
		FROM (%s) v
		JOIN %s r ON r.rule = v.rule AND r.superseded_at IS NULL
		CROSS JOIN LATERAL (SELECT gapstats_internal.rule_holds(v.value, r.comparison, r.threshold) AS flagged) h
		WHERE v.student_id IS NOT NULL
		$sql$, gapstats_internal.list_part(schema, list, 'evaluation'),
		coalesce(rule_values, format('SELECT student_id, NULL::text AS rule, NULL::numeric AS value FROM %s WHERE false', students)),
		gapstats_internal.list_part(schema, list, 'rules'));
END
$$;
COMMENT ON FUNCTION gapstats_internal.evaluation_statement(text, text) IS
'The statement that creates or replaces the view with one row a student and rule that is on: the value, whether it is flagged, and the reason in words. A student whom a rule''s query does not name has no value.';

-- The reasons are put together by themselves: sorting them then leaves out the many
-- rows that are not flagged.
CREATE FUNCTION gapstats_internal.standing_query(settings text, evaluation text, equals text)
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN format($sql$
	SELECT e.student_id,
		CASE
			WHEN e.score >= (SELECT at_risk_at FROM %1$s) THEN 'at risk'
			WHEN e.score >= (SELECT watch_at FROM %1$s) THEN 'watch'
			WHEN e.rules_missing > 0 THEN 'insufficient data'
			ELSE 'on track'
		END AS status,
		e.score, e.rules_flagged, e.rules_missing, r.reasons
	FROM (
		SELECT student_id,
			CASE (SELECT combination FROM %1$s)
				WHEN 'severity' THEN coalesce(max(CASE severity WHEN 'at risk' THEN 2 ELSE 1 END) FILTER (WHERE flagged), 0)
				WHEN 'points' THEN coalesce(sum(points) FILTER (WHERE flagged), 0)
				ELSE count(*) FILTER (WHERE flagged)
			END AS score,
			count(*) FILTER (WHERE flagged) AS rules_flagged,
			count(*) FILTER (WHERE flagged IS NULL) AS rules_missing
		FROM %2$s
		GROUP BY student_id
	) e
	LEFT JOIN (
		SELECT student_id, string_agg(reason, '; ' ORDER BY "position") AS reasons
		FROM %2$s
		WHERE flagged
		GROUP BY student_id
	) r ON r.student_id %3$s e.student_id
	$sql$, settings, evaluation, equals);
COMMENT ON FUNCTION gapstats_internal.standing_query(text, text, text) IS
'The query that makes one row a student of an evaluation (a relation with one row a student and rule), by the settings of a list: status, score, rules flagged and missing, and the reasons in the order of the rules. A rule without a value keeps a student from being on track.';

