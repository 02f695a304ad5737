-- rollup/columns: what a roll-up keeps of each group
--
-- A state that can take away what was added (a distribution, a count) has two columns in the tables beside a
-- roll-up: what was added, and what was taken away.  Of a set of days it is enough to know which days changed:
-- where a day is there at most once it is added and taken away by turns.

CREATE FUNCTION gapstats_internal.parse_columns(list text)
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(SELECT (parse_ident(c.part[1]))[1] FROM regexp_matches(list, '(?:\w|\$)+|"(?:[^"]|"")+"', 'g') WITH ORDINALITY AS c (part, place) ORDER BY c.place);
COMMENT ON FUNCTION gapstats_internal.parse_columns(text) IS
'The names of columns in a list with commas; none of NULL.';

CREATE FUNCTION gapstats_internal.rollup_measures(measures jsonb)
RETURNS TABLE (place integer, name text, kind text, of_columns text[], gathered text[])
LANGUAGE sql STABLE STRICT
BEGIN ATOMIC
	SELECT row_number() OVER (ORDER BY m.key COLLATE "C")::integer, m.key, lower(f.part[1]), gapstats_internal.parse_columns(f.part[2]), gapstats_internal.parse_columns(f.part[3])
	FROM jsonb_each_text(measures) AS m
	CROSS JOIN (SELECT '(?:(?:\w|\$)+|"(?:[^"]|"")+")') AS i (identifier)
	CROSS JOIN LATERAL (SELECT format('%s(?:\s*,\s*%1$s)*', i.identifier)) AS l (list)
	LEFT JOIN LATERAL (SELECT regexp_match(m.value, format('^\s*(?:gapstats\s*\.\s*)?(\w+)\s*\(\s*(%s)\s*(?:,\s*[Aa][Rr][Rr][Aa][Yy]\s*\[\s*(%1$s)\s*\]\s*)?\)\s*$', l.list))) AS f (part) ON true;
END;
COMMENT ON FUNCTION gapstats_internal.rollup_measures(jsonb) IS
'The measures of a roll-up, each the name of a column and the call of an aggregate of columns of the source, and at last of an array of columns (gathered), if it has one; of what is written otherwise kind is NULL.';

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
ROWS 10
BEGIN ATOMIC
	WITH subtracted AS (
		SELECT 'gapstats.rollup(c.%I)' AS summed, 'b.%1$I OPERATOR(gapstats.+) excluded.%1$I OPERATOR(gapstats.-) excluded.%2$I' AS merged, 'c.%1$I OPERATOR(gapstats.-) c.%2$I' AS read
	)
	VALUES
		('distribution', '{double precision}'::regtype[], 'distribution(column)', 'gapstats.distribution', NULL, true, 'gapstats.rollup(c.%I)',
			'gapstats_internal.distribution_left(b.%1$I OPERATOR(gapstats.+) excluded.%1$I, excluded.%2$I)', 'gapstats_internal.distribution_left(c.%1$I, c.%2$I)'),
		('dayset', '{date}', 'dayset(column)', 'gapstats.dayset', NULL, false, 'gapstats_internal.changed_days(c.%I)',
			'coalesce(b.%1$I OPERATOR(gapstats.#) excluded.%1$I, b.%1$I, excluded.%1$I)', 'coalesce(c.%1$I, ''{}'')'),
		('count', '{-}', 'count(column)', 'bigint', '0', true, 'sum(c.%I)::bigint', 'b.%1$I + excluded.%1$I - excluded.%2$I', 'c.%1$I - c.%2$I'),
		('rows', '{}', NULL, 'bigint', '0', true, 'sum(c.%I)::bigint', 'b.%1$I + excluded.%1$I - excluded.%2$I', 'c.%1$I - c.%2$I')
	UNION ALL
	SELECT k.kind, k.arguments::regtype[], k.call, 'gapstats.' || k.kind, NULL, true, s.summed, s.merged, s.read
	FROM subtracted s, (VALUES
		('weighted_sample', '{double precision,boolean,double precision}', 'weighted_sample(score, is_focal, weight [, cluster])'),
		('weighted_sample', '{double precision,boolean,double precision,bigint}', NULL),
		('cross_products', '{double precision,boolean,double precision[]}', 'cross_products(outcome, is_focal, ARRAY[covariate, ...])'),
		('composition', '{anyelement,anyelement}', 'composition(unit, group [, n])'),
		('composition', '{anyelement,anyelement,bigint}', NULL)) AS k (kind, arguments, call);
END;
COMMENT ON FUNCTION gapstats_internal.rollup_kinds() IS
'What a roll-up can keep: the aggregate of a name over arguments of such types (- is any, anyelement any, taken by its text), as it is called; the type of its columns, and what is there if nothing is (by default NULL); whether there is one of what was removed, too; and, of the columns %1$I and %2$I of what was added and removed, how rows c are summed, how what is new is merged into a row b of the base, and how the value is read from sums. The rows of a group are a kind that nobody calls.';

-- An array of columns is one argument.  A column that is an array would be another thing: where one row had more
-- elements than another, nothing could be read any more that has both.
CREATE FUNCTION gapstats_internal.kept_measures(measures jsonb)
RETURNS TABLE (place integer, name text, removed text, kind text, of_columns text[], arguments oid[], n_gathered integer, type text, nothing text, summed text, merged text, read text)
LANGUAGE sql STABLE STRICT
ROWS 5
BEGIN ATOMIC
	SELECT m.place, m.name, CASE WHEN k.has_removed THEN m.name || '_removed' END, m.kind, m.of_columns || m.gathered,
		k.arguments[:cardinality(m.of_columns)]::oid[] || array_fill((SELECT t.typelem FROM pg_type t WHERE t.oid = k.arguments[cardinality(k.arguments)]), ARRAY[cardinality(m.gathered)]), cardinality(m.gathered),
		k.type, k.nothing, k.summed, k.merged, k.read
	FROM (
		SELECT 0 AS place, 'n_rows' AS name, 'rows' AS kind, '{}'::text[] AS of_columns, '{}'::text[] AS gathered
		UNION ALL
		SELECT r.place, r.name, r.kind, r.of_columns, r.gathered FROM gapstats_internal.rollup_measures(measures) r
	) AS m
	JOIN gapstats_internal.rollup_kinds() k ON k.kind = m.kind AND cardinality(k.arguments) = cardinality(m.of_columns) + (m.gathered <> '{}')::integer
		AND (m.gathered <> '{}') = ('double precision[]'::regtype = ANY (k.arguments)) AND cardinality(m.gathered) <= 64;
END;
COMMENT ON FUNCTION gapstats_internal.kept_measures(jsonb) IS
'The measures of a roll-up that can be kept, the rows of a group first, with what rollup_kinds() tells of each; the last columns may be gathered into an array, and their types are those of its elements.';

CREATE FUNCTION gapstats_internal.rollup_columns(measures jsonb)
RETURNS TABLE (place integer, name text, type text, summed text, merged text, counted text, read text)
LANGUAGE sql STABLE STRICT
ROWS 10
BEGIN ATOMIC
	SELECT c.*
	FROM gapstats_internal.kept_measures(measures) k
	CROSS JOIN LATERAL (SELECT k.type || coalesce(' NOT NULL DEFAULT ' || k.nothing, '')) AS t (declared)
	CROSS JOIN LATERAL (
		SELECT string_agg(format('s.%I', u.name), ', ' ORDER BY u.place) FILTER (WHERE u.place <= cardinality(k.of_columns) - k.n_gathered),
			', ARRAY[' || string_agg(format('s.%I::%s', u.name, u.type::regtype), ', ' ORDER BY u.place) FILTER (WHERE u.place > cardinality(k.of_columns) - k.n_gathered) || ']'
		FROM unnest(k.of_columns, k.arguments) WITH ORDINALITY AS u (name, type, place)
	) AS a (plain, gathered)
	CROSS JOIN LATERAL (
		SELECT 2 * k.place, k.name, t.declared, format(k.summed, k.name), format(k.merged, k.name, k.removed),
			CASE k.kind WHEN 'rows' THEN 'count(*)' ELSE format('%s%s(%s%s)', CASE k.kind WHEN 'count' THEN '' ELSE 'gapstats.' END, k.kind, a.plain, a.gathered) END,
			format(k.read, k.name, k.removed)
		UNION ALL
		SELECT 2 * k.place + 1, k.removed, t.declared, format(k.summed, k.removed), coalesce(k.nothing, 'NULL'), NULL, NULL
		WHERE k.removed IS NOT NULL
	) AS c (place, name, type, summed, merged, counted, read);
END;
COMMENT ON FUNCTION gapstats_internal.rollup_columns(jsonb) IS
'The columns of the tables beside a roll-up, after its groups: how rows c are summed; how what is new is merged into a row b of the base; and, of those that are columns of the roll-up too, how they are counted from the source and read from sums.';
