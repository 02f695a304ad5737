-- rollup/check: does a roll-up say what its source does?

CREATE FUNCTION gapstats_internal.check_rollup_as_owner(rollup regclass)
RETURNS TABLE (group_values jsonb, measure text, kept text, counted text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	d record;
	names text;
	columns record;
BEGIN
	PERFORM gapstats_internal.check_parts(rollup, 'rollup');
	EXECUTE gapstats_internal.thing_sql(rollup, 'SELECT d.group_columns, d.measures FROM @definition d') INTO d;
	SELECT string_agg(format('%I', c.name), ', ' ORDER BY c.place) AS names, string_agg(format('%I %s', c.name, c.declaration), ', ' ORDER BY c.place) AS declared INTO columns
	FROM gapstats_internal.kept_query_columns('source', gapstats_internal.thing_query(rollup)) WITH ORDINALITY AS c (name, type, type_mod, declaration, place);
	SELECT string_agg(format('%L, b.%I', u.name, u.name), ', ' ORDER BY u.place) INTO names FROM unnest(d.group_columns) WITH ORDINALITY AS u (name, place);
	-- one statement, and so one snapshot; states have one form, so equal texts are equal bytes; equal groups, as without
	-- regard to case, may be written otherwise
	RETURN QUERY EXECUTE gapstats_internal.thing_sql(rollup, format($sql$
		SELECT (array_agg(jsonb_build_object(%1$s)))[1], m.measure, max(m.value) FILTER (WHERE b."is kept"), max(m.value) FILTER (WHERE NOT b."is kept")
		FROM (SELECT true AS "is kept", %2$s FROM @rollup UNION ALL SELECT false, %2$s FROM gapstats_internal.run_kept_query('source', $1) AS s (%3$s)) b
		CROSS JOIN LATERAL (VALUES %4$s) AS m (measure, value)
		GROUP BY %5$s, m.measure
		HAVING count(*) FILTER (WHERE b."is kept") <> count(*) FILTER (WHERE NOT b."is kept")
			OR max(m.value) FILTER (WHERE b."is kept") IS DISTINCT FROM max(m.value) FILTER (WHERE NOT b."is kept")
		ORDER BY 1, 2
		$sql$, replace(names, '@', '@@'),
			replace(columns.names, '@', '@@'), replace(columns.declared, '@', '@@'),
			(SELECT replace(string_agg(format('(%L, b.%I::text)', c.name, c.name), ', ' ORDER BY c.place), '@', '@@') FROM gapstats_internal.rollup_columns(d.measures) c WHERE c.counted IS NOT NULL),
			(SELECT replace(string_agg(format('b.%I', u.name), ', ' ORDER BY u.place), '@', '@@') FROM unnest(d.group_columns) WITH ORDINALITY AS u (name, place))))
	USING gapstats_internal.thing_query(rollup);
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_rollup_as_owner(regclass) IS
'check_rollup(), done as the roll-up''s owner.';

CREATE FUNCTION check_rollup(rollup regclass)
RETURNS TABLE (group_values jsonb, measure text, kept text, counted text)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION check_rollup(regclass) IS
'Counts the source of a roll-up anew and returns what it keeps otherwise: the group, the measure, what is kept and what was counted (NULL: the group is not there, or has no value); no rows if all is equal to the byte. Both are read in one snapshot. For roles with the rights of the roll-up''s owner.';
