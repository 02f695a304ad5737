-- rollup/parts: what a roll-up that stands consists of
--
-- A view, which is read; beside it tables of what has been merged (base), of what has not (changes), of its
-- definition and of its runs.  All belong to the role that made it.

CREATE FUNCTION gapstats_internal.rollup_format()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1;
COMMENT ON FUNCTION gapstats_internal.rollup_format() IS
'The format of the roll-ups that this version makes and reads.';

-- In the lists of columns an @ is one
CREATE FUNCTION gapstats_internal.rollup_relations_statement(group_columns text[], group_types text[], measures jsonb)
RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT format('CREATE TABLE @base (%s, %s); ', g.declared, c.declared)
		|| format('CREATE UNIQUE INDEX ON @base (%s) NULLS NOT DISTINCT; CREATE INDEX ON @base (n_rows) WHERE n_rows <= 0 OR n_rows_removed > 0; CREATE TABLE @changes (LIKE @base); ', g.names)
		-- or a publication of all tables would have merges fail, which delete: their groups may be NULL, so there is no key
		|| 'ALTER TABLE @base REPLICA IDENTITY FULL; ALTER TABLE @changes REPLICA IDENTITY FULL; '
		|| format('CREATE VIEW @rollup AS SELECT %s, %s FROM ', g.names, c.read)
		|| format('(SELECT %s, %s FROM (TABLE @base UNION ALL TABLE @changes) c GROUP BY %s) c WHERE c.n_rows <> c.n_rows_removed', g.names, c.summed, g.places)
	FROM (
		SELECT string_agg(format('%I %s', g.name, t.name), ', ' ORDER BY g.place), string_agg(format('%I', g.name), ', ' ORDER BY g.place), string_agg(g.place::text, ', ' ORDER BY g.place)
		FROM unnest(group_columns) WITH ORDINALITY AS g (name, place)
		JOIN unnest(group_types) WITH ORDINALITY AS t (name, place) USING (place)
	) AS q (declared, names, places)
	CROSS JOIN LATERAL (SELECT replace(q.declared, '@', '@@') AS declared, replace(q.names, '@', '@@') AS names, q.places) AS g
	CROSS JOIN (
		SELECT replace(string_agg(format('%I %s', c.name, c.type), ', ' ORDER BY c.place), '@', '@@') AS declared,
			replace(string_agg(format('%s AS %I', c.read, c.name), ', ' ORDER BY c.place) FILTER (WHERE c.read IS NOT NULL), '@', '@@') AS read,
			replace(string_agg(format('%s AS %I', c.summed, c.name), ', ' ORDER BY c.place), '@', '@@') AS summed
		FROM gapstats_internal.rollup_columns(measures) c
	) AS c;
END;
COMMENT ON FUNCTION gapstats_internal.rollup_relations_statement(text[], text[], jsonb) IS
'The template of the statements that make the relations of a roll-up that hold groups.';

CREATE FUNCTION gapstats_internal.rollup_tables_statement()
RETURNS text
LANGUAGE sql STABLE
RETURN gapstats_internal.tables_statement('rollup',
	'source text NOT NULL, captured regclass[] NOT NULL DEFAULT ''{}'', group_columns text[] NOT NULL, measures jsonb NOT NULL',
	'n_changes integer, n_groups integer, rebuilt_because text') || $sql$
	COMMENT ON VIEW @rollup IS 'Roll-up: one row a group of the source, as it is now.';
	COMMENT ON TABLE @base IS 'What of the roll-up has been merged; one row a group.';
	COMMENT ON TABLE @changes IS 'What statements have added to groups and taken away since; the next merge takes it.';
	COMMENT ON TABLE @definition IS 'What the roll-up is of; one row. What is written there runs with its owner''s rights: nobody else may be granted writing.';
	COMMENT ON TABLE @runs IS 'Every merge of the roll-up, successful or not.';
	COMMENT ON COLUMN @definition.source IS 'the name of the table whose rows are counted';
	COMMENT ON COLUMN @definition.captured IS 'that table and then its partitions, as they were when it was counted: those whose changes are captured';
	COMMENT ON COLUMN @definition.group_columns IS 'the columns of the source by which its rows are grouped';
	COMMENT ON COLUMN @definition.measures IS 'what is kept of each group, by name';
	COMMENT ON COLUMN @definition.query IS 'the query that counts the source anew';
	COMMENT ON COLUMN @runs.n_changes IS 'rows of changes that it took';
	COMMENT ON COLUMN @runs.n_groups IS 'groups that they are of';
	COMMENT ON COLUMN @runs.rebuilt_because IS 'why the source was counted anew; NULL if it was not';
	$sql$;
COMMENT ON FUNCTION gapstats_internal.rollup_tables_statement() IS
'The template of the statements that make the other tables of a roll-up, and say what all are.';

CREATE FUNCTION gapstats_internal.rollup_subscription(rollup regclass)
RETURNS name
LANGUAGE sql STABLE STRICT
RETURN (
	SELECT min(s.subname) FROM pg_subscription_rel r JOIN pg_subscription s ON s.oid = r.srsubid WHERE r.srrelid = ANY (gapstats_internal.own_tables_beside(rollup))
);
COMMENT ON FUNCTION gapstats_internal.rollup_subscription(regclass) IS
'The subscription that brings the rows of the tables beside a roll-up from where they are captured and merged; NULL if none does.';

CREATE FUNCTION gapstats_internal.check_unsubscribed(rollup regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF gapstats_internal.rollup_subscription(rollup) IS NOT NULL THEN
		RAISE EXCEPTION 'subscription "%" writes to roll-up "%"', gapstats_internal.rollup_subscription(rollup), rollup
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'What it says is what it says there, where it is merged. For one of its own here, publish its source only, then drop it and make it anew.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_unsubscribed(regclass) IS
'Raises 55000 if a subscription writes to the tables beside a roll-up: what else did would be in its way.';

-- A table of changes may be called otherwise by now
CREATE FUNCTION gapstats_internal.rollup_of(changes regclass)
RETURNS regclass
LANGUAGE sql STABLE
RETURN (
	SELECT w.ev_class
	FROM pg_depend p
	JOIN pg_rewrite w ON p.classid = 'pg_rewrite'::regclass AND w.oid = p.objid
	WHERE p.refclassid = 'pg_class'::regclass AND p.refobjid = changes
	AND gapstats_internal.known_relation(gapstats_internal.thing_sql(w.ev_class, '@changes')) = changes
	LIMIT 1
);
COMMENT ON FUNCTION gapstats_internal.rollup_of(regclass) IS
'The roll-up that reads a table of changes; NULL if none does whose own it is.';

