-- rollup/columns: what a roll-up keeps of each group
--
-- A state that can take away what was added (a distribution, a count) has two columns in the tables beside a
-- roll-up: what was added, and what was taken away.  Of a set of days it is enough to know which days changed:
-- where a day is there at most once it is added and taken away by turns.

CREATE FUNCTION gapstats_internal.rollup_measures(measures jsonb)
RETURNS TABLE (place integer, name text, kind text, of_columns text[])
LANGUAGE sql STABLE STRICT
BEGIN ATOMIC
	SELECT row_number() OVER (ORDER BY m.key COLLATE "C")::integer, m.key, lower(f.part[1]),
		ARRAY(SELECT (parse_ident(i.part[1]))[1] FROM regexp_matches(f.part[2], '(?:\w|\$)+|"(?:[^"]|"")+"', 'g') WITH ORDINALITY AS i (part, place) ORDER BY i.place)
	FROM jsonb_each_text(measures) AS m
	LEFT JOIN LATERAL (SELECT regexp_match(m.value, '^\s*(?:gapstats\s*\.\s*)?(\w+)\s*\(\s*((?:(?:\w|\$)+|"(?:[^"]|"")+")(?:\s*,\s*(?:(?:\w|\$)+|"(?:[^"]|"")+"))*)\s*\)\s*$')) AS f (part) ON true;
END;
COMMENT ON FUNCTION gapstats_internal.rollup_measures(jsonb) IS
'The measures of a roll-up, each the name of a column and the call of an aggregate of columns of the source; of what is written otherwise kind is NULL.';

CREATE FUNCTION gapstats_internal.distribution_left(added distribution, removed distribution)
RETURNS distribution
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_left(distribution, distribution) IS
'What was added less what was taken away again; NULL if nothing is left, as the aggregate gives of no values.';

CREATE AGGREGATE gapstats_internal.changed_days(days dayset) (
	SFUNC = gapstats_internal.dayset_symmetric_difference,
	STYPE = dayset,
	COMBINEFUNC = gapstats_internal.dayset_symmetric_difference,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE gapstats_internal.changed_days(dayset) IS
'The days that are in an odd number of sets: of days that were added and taken away by turns, those that are otherwise than before.';

-- What C does of each is in measure_kind.c
CREATE FUNCTION gapstats_internal.rollup_kinds()
RETURNS TABLE (kind text, arguments regtype[], call text, type text, nothing text, has_removed boolean, summed text, merged text, read text)
LANGUAGE sql STABLE
ROWS 5
BEGIN ATOMIC
	VALUES
		('distribution', '{double precision}'::regtype[], 'distribution(column)', 'gapstats.distribution', NULL, true, 'gapstats.rollup(c.%I)',
			'gapstats_internal.distribution_left(b.%1$I OPERATOR(gapstats.+) excluded.%1$I, excluded.%2$I)', 'gapstats_internal.distribution_left(c.%1$I, c.%2$I)'),
		('dayset', '{date}', 'dayset(column)', 'gapstats.dayset', NULL, false, 'gapstats_internal.changed_days(c.%I)',
			'coalesce(b.%1$I OPERATOR(gapstats.#) excluded.%1$I, b.%1$I, excluded.%1$I)', 'coalesce(c.%1$I, ''{}'')'),
		('count', '{-}', 'count(column)', 'bigint', '0', true, 'sum(c.%I)::bigint', 'b.%1$I + excluded.%1$I - excluded.%2$I', 'c.%1$I - c.%2$I'),
		('rows', '{}', NULL, 'bigint', '0', true, 'sum(c.%I)::bigint', 'b.%1$I + excluded.%1$I - excluded.%2$I', 'c.%1$I - c.%2$I');
END;
COMMENT ON FUNCTION gapstats_internal.rollup_kinds() IS
'What a roll-up can keep: the aggregate of a name over arguments of such types (- is any), as it is called; the type of its columns, and what is there if nothing is (by default NULL); whether there is one of what was removed, too; and, of the columns %1$I and %2$I of what was added and removed, how rows c are summed, how what is new is merged into a row b of the base, and how the value is read from sums. The rows of a group are a kind that nobody calls.';

CREATE FUNCTION gapstats_internal.kept_measures(measures jsonb)
RETURNS TABLE (place integer, name text, removed text, kind text, of_columns text[], arguments oid[], type text, nothing text, summed text, merged text, read text)
LANGUAGE sql STABLE STRICT
ROWS 5
BEGIN ATOMIC
	SELECT m.place, m.name, CASE WHEN k.has_removed THEN m.name || '_removed' END, m.kind, m.of_columns, k.arguments::oid[], k.type, k.nothing, k.summed, k.merged, k.read
	FROM (SELECT 0 AS place, 'n_rows' AS name, 'rows' AS kind, '{}'::text[] AS of_columns UNION ALL SELECT r.place, r.name, r.kind, r.of_columns FROM gapstats_internal.rollup_measures(measures) r) AS m
	JOIN gapstats_internal.rollup_kinds() k ON k.kind = m.kind AND cardinality(k.arguments) = cardinality(m.of_columns);
END;
COMMENT ON FUNCTION gapstats_internal.kept_measures(jsonb) IS
'The measures of a roll-up that can be kept, the rows of a group first, with what rollup_kinds() tells of each.';

CREATE FUNCTION gapstats_internal.rollup_columns(measures jsonb)
RETURNS TABLE (place integer, name text, type text, summed text, merged text, counted text, read text)
LANGUAGE sql STABLE STRICT
ROWS 10
BEGIN ATOMIC
	SELECT c.*
	FROM gapstats_internal.kept_measures(measures) k
	CROSS JOIN LATERAL (SELECT k.type || coalesce(' NOT NULL DEFAULT ' || k.nothing, '')) AS t (declared)
	CROSS JOIN LATERAL (
		SELECT 2 * k.place, k.name, t.declared, format(k.summed, k.name), format(k.merged, k.name, k.removed),
			CASE k.kind WHEN 'rows' THEN 'count(*)' ELSE format('%s%s(%s)', CASE k.kind WHEN 'count' THEN '' ELSE 'gapstats.' END, k.kind, (SELECT string_agg(format('s.%I', u.name), ', ' ORDER BY u.place) FROM unnest(k.of_columns) WITH ORDINALITY AS u (name, place))) END,
			format(k.read, k.name, k.removed)
		UNION ALL
		SELECT 2 * k.place + 1, k.removed, t.declared, format(k.summed, k.removed), coalesce(k.nothing, 'NULL'), NULL, NULL
		WHERE k.removed IS NOT NULL
	) AS c (place, name, type, summed, merged, counted, read);
END;
COMMENT ON FUNCTION gapstats_internal.rollup_columns(jsonb) IS
'The columns of the tables beside a roll-up, after its groups: how rows c are summed; how what is new is merged into a row b of the base; and, of those that are columns of the roll-up too, how they are counted from the source and read from sums.';
