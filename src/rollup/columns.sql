-- rollup/columns: what a roll-up keeps of each group
--
-- A state that can take away what was added (a distribution, a count) has two columns in the tables beside a
-- roll-up: what was added, and what was taken away.  Of a set of days it is enough to know which days changed:
-- where a day is there at most once it is added and taken away by turns.

CREATE FUNCTION gapstats_internal.rollup_measures(measures jsonb)
RETURNS TABLE (place integer, name text, state text, of_column text)
LANGUAGE sql STABLE STRICT
BEGIN ATOMIC
	SELECT row_number() OVER (ORDER BY m.key COLLATE "C")::integer, m.key, lower(f.part[1]), (parse_ident(f.part[2]))[1]
	FROM jsonb_each_text(measures) AS m
	LEFT JOIN LATERAL (SELECT regexp_match(m.value, '^\s*(?:gapstats\s*\.\s*)?(\w+)\s*\(\s*((?:\w|\$)+|"(?:[^"]|"")+")\s*\)\s*$')) AS f (part) ON true;
END;
COMMENT ON FUNCTION gapstats_internal.rollup_measures(jsonb) IS
'The measures of a roll-up, each the name of a column and the call of an aggregate of one column of the source; of what is written otherwise state is NULL.';

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

CREATE FUNCTION gapstats_internal.rollup_columns(measures jsonb)
RETURNS TABLE (place integer, name text, type text, of_removed text, summed text, merged text, counted text, read text)
LANGUAGE sql STABLE STRICT
ROWS 10
BEGIN ATOMIC
	WITH counted AS (
		SELECT 0 AS place, 'n_rows' AS name, 'n_rows_removed' AS removed, 'bigint NOT NULL DEFAULT 0' AS type, 'count(*)' AS counted, '0' AS nothing,
			'sum(c.%I)::bigint' AS summed, 'b.%1$I + excluded.%1$I - excluded.%2$I' AS merged, 'c.%I - c.%I' AS read
		UNION ALL
		SELECT m.place, m.name, m.name || '_removed', 'bigint NOT NULL DEFAULT 0', format('count(s.%I)', m.of_column), '0',
			'sum(c.%I)::bigint', 'b.%1$I + excluded.%1$I - excluded.%2$I', 'c.%I - c.%I'
		FROM gapstats_internal.rollup_measures(measures) m
		WHERE m.state = 'count'
		UNION ALL
		SELECT m.place, m.name, m.name || '_removed', 'gapstats.distribution', format('gapstats.distribution(s.%I)', m.of_column), 'NULL::gapstats.distribution',
			'gapstats.rollup(c.%I)',
			'gapstats_internal.distribution_left(b.%1$I OPERATOR(gapstats.+) excluded.%1$I, excluded.%2$I)', 'gapstats_internal.distribution_left(c.%I, c.%I)'
		FROM gapstats_internal.rollup_measures(measures) m
		WHERE m.state = 'distribution'
	)
	SELECT 2 * c.place, c.name, c.type, c.nothing, format(c.summed, c.name), format(c.merged, c.name, c.removed),
		c.counted, format(c.read, c.name, c.removed)
	FROM counted c
	UNION ALL
	SELECT 2 * c.place + 1, c.removed, c.type, c.counted, format(c.summed, c.removed), c.nothing, NULL, NULL
	FROM counted c
	UNION ALL
	SELECT 2 * m.place, m.name, 'gapstats.dayset', d.counted, format('gapstats_internal.changed_days(c.%I)', m.name),
		format('coalesce(b.%1$I OPERATOR(gapstats.#) excluded.%1$I, b.%1$I, excluded.%1$I)', m.name),
		d.counted, format('coalesce(c.%I, ''{}'')', m.name)
	FROM gapstats_internal.rollup_measures(measures) m
	CROSS JOIN LATERAL format('gapstats.dayset(s.%I)', m.of_column) AS d (counted)
	WHERE m.state = 'dayset';
END;
COMMENT ON FUNCTION gapstats_internal.rollup_columns(jsonb) IS
'The columns of the tables beside a roll-up, after its groups: what is written there when rows s of the source go; how rows c are summed; how what is new is merged into a row b of the base; and, of those that are columns of the roll-up too, how they are counted from the source and read from sums.';
