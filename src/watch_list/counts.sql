-- watch_list/counts: how many students are flagged in each group, for those who may know no more

CREATE FUNCTION gapstats_internal.is_small(n bigint, minimum integer)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN n BETWEEN 1 AND minimum - 1;
COMMENT ON FUNCTION gapstats_internal.is_small(bigint, integer) IS
'Whether so few, but some, are not to be told of.';

-- A name, or whatever else is nearly a student's own: hardly anything could be shown of its
-- groups, and to find that out would take minutes. Up to a hundred are looked at all the same.
CREATE FUNCTION gapstats_internal.columns_of_few(list regclass, group_columns text[], minimum integer)
RETURNS TABLE (group_column text, groups bigint, students bigint)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF group_columns IS NULL THEN
		RETURN;
	END IF;
	RETURN QUERY EXECUTE gapstats_internal.statement(list, (
		SELECT format('SELECT k.* FROM (%s) k (group_column, groups, students) WHERE k.groups > 100 AND k.groups * $1 > k.students', string_agg(format(
			'SELECT %s, count(*), sum(g.students)::bigint FROM (SELECT count(*) AS students FROM @current c GROUP BY coalesce(gapstats_internal.settled_text(c.%s), ''not recorded'')) g',
			replace(quote_literal(k.name), '@', '@@'), replace(quote_ident(k.name), '@', '@@')), ' UNION ALL '))
		FROM unnest(group_columns) AS k (name)))
	USING minimum;
END
$$;
COMMENT ON FUNCTION gapstats_internal.columns_of_few(regclass, text[], integer) IS
'Which columns of a watch list have more than 100 groups, of fewer students in the mean than minimum; how many groups these are, and of how many students.';

CREATE FUNCTION gapstats_internal.numbers_of_group(students bigint, flagged bigint)
RETURNS TABLE (measure text, number bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	VALUES ('students', students), ('flagged', flagged), ('not flagged', students - flagged);
END;
COMMENT ON FUNCTION gapstats_internal.numbers_of_group(bigint, bigint) IS
'What the counts of a group tell.';

CREATE FUNCTION gapstats_internal.columns_taken_back(list regclass)
RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taken_back text[];
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT array_agg(k.name ORDER BY k.name COLLATE "C")
		FROM @settings s
		CROSS JOIN LATERAL jsonb_object_keys(s.counted) AS k (name)
		JOIN pg_attribute a ON a.attrelid = @oid_current AND a.attname = k.name AND NOT a.attisdropped
		WHERE k.name NOT IN (SELECT group_column FROM @breakdowns)
		$sql$)
	INTO taken_back;
	RETURN taken_back;
END
$$;
COMMENT ON FUNCTION gapstats_internal.columns_taken_back(regclass) IS
'The columns of a watch list by which counts were published and are no more, but for what is forgotten of them.';

CREATE FUNCTION gapstats_internal.count_cells(list regclass, group_columns text[], taken_back text[], minimum integer)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_few CONSTANT text[] := ARRAY(SELECT f.group_column FROM gapstats_internal.columns_of_few(list, group_columns, minimum) f);
	cells jsonb;
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		WITH cell AS MATERIALIZED (
			SELECT g.*, cardinality(o.named) = 0 AS is_total, CASE cardinality(o.named) WHEN 0 THEN 'all' WHEN 1 THEN o.named[1] END AS group_value,
				($2)[CASE cardinality(o.named) WHEN 0 THEN 1 WHEN 1 THEN array_position(g.groups, o.named[1]) END] AS group_column,
				max(g.students) OVER () AS all_students, max(g.flagged) OVER () AS all_flagged
			FROM jsonb_to_recordset($1) AS g (groups text[], students bigint, flagged bigint)
			CROSS JOIN LATERAL (SELECT array_remove(g.groups, NULL)) o (named)
		), last AS (
			SELECT c.groups, count(*) > 0 AS was_counted, max(l.hidden_below) AS hidden_below, count(*) > count(l.hidden_below) AS was_shown,
				array_agg(DISTINCT n.measure) FILTER (WHERE n.number = m.number) AS same,
				array_agg(DISTINCT n.measure) FILTER (WHERE n.number = m.number AND (l.hidden_below IS NULL OR n.measure = ANY (l.known))) AS known
			FROM @settings s
			CROSS JOIN LATERAL jsonb_each(s.counted) b
			CROSS JOIN LATERAL jsonb_to_recordset(b.value) AS l (group_value text, is_total boolean, students bigint, flagged bigint, hidden_below integer, known text[])
			JOIN cell c ON (CASE WHEN c.is_total THEN '' ELSE c.group_column END, c.group_value) = (CASE WHEN l.is_total THEN '' ELSE b.key END, l.group_value)
			CROSS JOIN LATERAL gapstats_internal.numbers_of_group(c.students, c.flagged) n
			JOIN LATERAL gapstats_internal.numbers_of_group(l.students, l.flagged) m USING (measure)
			WHERE b.key = ANY ($2)
			GROUP BY c.groups
		), compared AS (
			SELECT c.*, NOT c.is_total AND c.group_column = ANY ($4) IS TRUE AS is_taken_back, l.was_counted, l.hidden_below, coalesce(l.was_shown, false) AS was_shown,
				coalesce(l.same, '{}') AS same, coalesce(l.known, '{}') AS known
			FROM cell c
			LEFT JOIN last l ON l.groups = c.groups
		), judged AS MATERIALIZED (
			-- small is also what a group leaves of all
			SELECT c.*, s.*
			FROM compared c
			CROSS JOIN LATERAL (
				SELECT count(*) > 0 AS is_small,
					array_agg(n.measure) FILTER (WHERE c.hidden_below <= $3 AND NOT n.is_rest AND n.measure = ANY (c.same)) AS staying,
					array_agg(n.measure) FILTER (WHERE n.measure <> ALL (c.known) AND (n.is_rest OR n.measure = ANY (c.same) OR c.was_counted IS NULL OR c.is_taken_back)) AS to_keep
				FROM (
					SELECT false, * FROM gapstats_internal.numbers_of_group(c.students, c.flagged)
					UNION ALL
					SELECT true, * FROM gapstats_internal.numbers_of_group(c.all_students - c.students, c.all_flagged - c.flagged)
				) n (is_rest, measure, number)
				WHERE gapstats_internal.is_small(n.number, $3)
			) s
		), protected AS MATERIALIZED (
			SELECT ARRAY(SELECT DISTINCT unnest(staying) FROM judged) AS staying, ARRAY(SELECT DISTINCT unnest(to_keep) FROM judged) AS to_keep
		)
		SELECT jsonb_agg(jsonb_build_object('groups', c.groups, 'students', c.students, 'flagged', c.flagged, 'taken_back', c.is_taken_back,
			'keep', NOT c.is_small AND (c.is_total OR c.was_shown AND NOT c.is_taken_back), 'hide', h.hide, 'secret', c.is_small OR h.hide,
			'stay', coalesce(c.hidden_below <= $3, false) AND NOT c.is_taken_back AND (c.same && p.staying OR cardinality(c.same) = 3),
			'known', c.known && p.to_keep, 'same', cardinality(c.known) = 3, 'new', c.is_small AND c.to_keep IS NULL,
			'numbers_known', c.known, 'below', CASE WHEN c.same <> '{}' THEN c.hidden_below END))
		FROM judged c
		CROSS JOIN protected p
		CROSS JOIN LATERAL (SELECT c.students > 0 AND c.flagged = c.students AND NOT c.is_taken_back) h (hide)
		$sql$)
	INTO cells
	USING gapstats_internal.counted_cells(list, group_columns, 'c.status FROM @current c', 'count(*) AS students, count(*) FILTER (WHERE c.status IN (''watch'', ''at risk'')) AS flagged', of_few),
		group_columns, minimum, taken_back;
	RETURN cells;
END
$$;
COMMENT ON FUNCTION gapstats_internal.count_cells(regclass, text[], text[], integer) IS
'What the counts of a watch list count. Kept are the total, which most ask for, and what was shown by the last run, unless it is small; hidden are groups of whom all are flagged, for that is told of each. A group that is the same as when it was last counted tells of that: if it was shown since, it cannot hide anything any more, also if it is hidden now, as for a larger minimum; and if it was hidden, and not for a larger minimum, it stays so. It is the same to that end if only its students, its flagged or the others are as many as then, while any small number of that kind is to be kept; one that is small since now is not. Of a column that is taken back it is taken to be known what was shown and is the same, and nothing else. numbers_known are those of a group that were shown since they are what they are.';

CREATE FUNCTION gapstats_internal.counted_before(before jsonb, counted jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN (
	-- those that have been there later come first
	SELECT coalesce(jsonb_agg(b.cell ORDER BY b.place), '[]')
	FROM (
		SELECT b.cell, b.place
		FROM jsonb_array_elements(before) WITH ORDINALITY AS b (cell, place)
		WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(counted) AS c (cell) WHERE (c.cell -> 'group_value', c.cell -> 'is_total') = (b.cell -> 'group_value', b.cell -> 'is_total'))
		ORDER BY b.place
		LIMIT 1000
	) b
);
COMMENT ON FUNCTION gapstats_internal.counted_before(jsonb, jsonb) IS
'Of what is remembered of a column''s counts the groups that have none now: the last 1,000, as they were last counted.';

CREATE FUNCTION gapstats_internal.write_counts(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- what they told is told, so they come first
	taken_back CONSTANT text[] := gapstats_internal.columns_taken_back(list);
	group_columns text[];
	minimum integer;
	cells jsonb;
	shown text[];
	told text[];
BEGIN
	EXECUTE gapstats_internal.statement(list, 'SELECT $1 || array_agg(group_column ORDER BY "position"), max(minimum) FROM @breakdowns') INTO group_columns, minimum USING taken_back;
	IF minimum IS NOT NULL THEN
		cells := gapstats_internal.count_cells(list, group_columns, taken_back, minimum);
		SELECT * INTO shown, told FROM gapstats_internal.shown_cells(cells, '{"students": "count", "flagged": {"kind": "count", "of": "students"}}', minimum);
	END IF;
	EXECUTE gapstats_internal.statement(list, $sql$
		WITH counted AS MATERIALIZED (
			SELECT ($1)[i] AS group_column, coalesce(c.groups[i], 'all') AS group_value, c.groups[i] IS NULL AS is_total, c.students, c.flagged, c.groups::text <> ALL ($3) AS hidden,
				CASE WHEN c.groups::text = ANY ($6) THEN ARRAY(SELECT measure FROM gapstats_internal.numbers_of_group(NULL, NULL)) ELSE c.numbers_known END AS known, least($4, c.below) AS below
			FROM jsonb_to_recordset($2) AS c (groups text[], students bigint, flagged bigint, numbers_known text[], below integer)
			CROSS JOIN generate_subscripts($1, 1) AS i
			WHERE cardinality(array_remove(c.groups, NULL)) = (c.groups[i] IS NOT NULL)::integer
			AND i > coalesce(cardinality($5), 0)
		), remembered AS (
			UPDATE @settings s
			SET counted = s.counted || k.counted
			FROM (
				SELECT jsonb_object_agg(o.group_column, o.counted || gapstats_internal.counted_before(s.counted -> o.group_column, o.counted)) AS counted
				FROM @settings s
				CROSS JOIN (
					SELECT group_column, jsonb_agg(jsonb_build_object('group_value', group_value, 'is_total', is_total, 'students', students, 'flagged', flagged,
						'hidden_below', CASE WHEN hidden THEN below END, 'known', CASE WHEN hidden THEN nullif(known, '{}') END) ORDER BY is_total, group_value COLLATE "C") AS counted
					FROM counted
					GROUP BY group_column
				) o
			) k
			WHERE s.counted || k.counted <> s.counted
		), new AS (
			SELECT group_column, group_value, is_total,
				CASE WHEN NOT hidden THEN students END AS students, CASE WHEN NOT hidden THEN flagged END AS flagged,
				CASE WHEN NOT hidden THEN flagged::double precision / nullif(students, 0) END AS flag_rate,
				CASE WHEN hidden THEN 'suppressed' END AS reason
			FROM counted
		), gone AS (
			DELETE FROM @counts c
			WHERE NOT EXISTS (SELECT FROM new n WHERE (n.group_column, n.group_value, n.is_total) = (c.group_column, c.group_value, c.is_total))
		)
		INSERT INTO @counts AS c (group_column, group_value, is_total, students, flagged, flag_rate, reason)
		SELECT n.* FROM new n
		ON CONFLICT (group_column, group_value, is_total) DO UPDATE
		SET students = excluded.students, flagged = excluded.flagged, flag_rate = excluded.flag_rate, reason = excluded.reason
		WHERE (c.students, c.flagged, c.reason) IS DISTINCT FROM (excluded.students, excluded.flagged, excluded.reason)
		$sql$)
	USING group_columns, cells, shown, minimum, taken_back, told;
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_counts(regclass) IS
'Writes the counts that a watch list publishes, where they differ. Of several breakdowns the largest minimum holds for all, for one tells of the others. What is counted is remembered beside the settings, also of a breakdown that is taken back, which is as good as published where it still tells what is, and of groups that have no students any more, which may come back.';

CREATE FUNCTION gapstats_internal.publish_counts_as_owner(list regclass, group_column text, minimum integer)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	largest integer;
	few record;
BEGIN
	PERFORM gapstats_internal.lock_list(list);
	PERFORM gapstats_internal.check_list_column(list, group_column);
	PERFORM gapstats_internal.check_at_least_1('minimum', minimum);
	IF group_column IS NULL THEN
		RAISE EXCEPTION 'group_column must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	EXECUTE gapstats_internal.statement(list, 'SELECT max(b.minimum) FROM @breakdowns b WHERE b.group_column <> $1') INTO largest USING group_column;
	SELECT * INTO few FROM gapstats_internal.columns_of_few(list, ARRAY[group_column], greatest(minimum, largest));
	IF FOUND THEN
		RAISE EXCEPTION 'groups of column "%" are too small to be shown', group_column
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = format('%s students of watch list "%s" are in %s groups: in the mean fewer than %s.', few.students, list, few.groups, greatest(minimum, largest)),
				  HINT = 'Publish counts by a column of fewer groups.';
	END IF;
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @breakdowns (group_column, minimum) VALUES ($1, $2)
		ON CONFLICT (group_column) DO UPDATE SET minimum = excluded.minimum
		$sql$)
	USING group_column, minimum;
	PERFORM gapstats_internal.write_counts(list);
END
$$;
COMMENT ON FUNCTION gapstats_internal.publish_counts_as_owner(regclass, text, integer) IS
'publish_counts(), done as the list''s owner.';

CREATE FUNCTION publish_counts(list regclass, group_column text, minimum integer DEFAULT 10)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION publish_counts(regclass, text, integer) IS
'Publishes, in the table named like the list with "counts" after it, how many students of each group (a column of the students query) the list flags, for those who may know no more; kept up to date with the list. A group is small if its students, its flagged (unless nobody is) or the others are fewer than minimum. Small groups, and those of whom all are flagged, are suppressed, and as many others as it takes that nothing small can be told from what is shown, as by suppress(); the total is rather kept. A list may publish several breakdowns: they are suppressed together, with the largest of their minimums, so that nothing small can be told of any group, nor of what two groups have in common, by whoever knows which have any students in common; a breakdown takes nothing from those that were published before it, nor tells anything together with what one that was taken back showed and is still the same. A group that was shown when it was last counted is rather kept, too; one that was hidden and is the same stays hidden, so that a small number that stays the same is not told by several days together, unless another group becomes small; nor by what was shown for a smaller minimum, which is hidden now and known all the same. Rather than that, the total is hidden. A lower minimum begins anew. Groups without students any more are remembered, the last 1,000 of each column. Of a column that comes to have more than 100 groups, of fewer students in the mean than minimum, only the total is published, and health says so. What the counts of several days tell of numbers that change is not looked at. Each run suppresses all breakdowns together, which takes seconds where there are many, of many groups. For roles with the rights of the list''s owner. Error: the column has such groups already (22023).';

CREATE FUNCTION gapstats_internal.unpublish_counts_as_owner(list regclass, group_column text, forget boolean)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taken_back bigint;
BEGIN
	IF forget IS NULL THEN
		RAISE EXCEPTION 'forget must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	PERFORM gapstats_internal.lock_list(list);
	EXECUTE gapstats_internal.statement(list, 'DELETE FROM @breakdowns b WHERE b.group_column = $1 OR $1 IS NULL') USING group_column;
	GET DIAGNOSTICS taken_back = ROW_COUNT;
	IF forget THEN
		EXECUTE gapstats_internal.statement(list, 'UPDATE @settings SET counted = CASE WHEN $1 IS NULL THEN ''{}'' ELSE counted - $1 END') USING group_column;
	END IF;
	PERFORM gapstats_internal.write_counts(list);
	RETURN taken_back > 0;
END
$$;
COMMENT ON FUNCTION gapstats_internal.unpublish_counts_as_owner(regclass, text, boolean) IS
'unpublish_counts(), done as the list''s owner.';

CREATE FUNCTION unpublish_counts(list regclass, group_column text DEFAULT NULL, forget boolean DEFAULT false)
RETURNS boolean
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION unpublish_counts(regclass, text, boolean) IS
'Takes back publish_counts for a column, or for all; false if there was nothing to take back. What was shown is known to whoever read it: it is remembered, and what is published afterwards tells nothing together with what of it is still the same. forget: nobody has read it, so what is published afterwards begins anew; also of a column that was taken back before. For roles with the rights of the list''s owner.';
