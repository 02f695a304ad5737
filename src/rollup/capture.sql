-- rollup/capture: what statements do to the groups of a roll-up

CREATE FUNCTION gapstats_internal.capture_change()
RETURNS trigger
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.capture_change() IS
'Appends what a statement, or a row that a subscription applies, added to the groups of a roll-up, and took away from them, to its changes, which its argument names.';

CREATE TYPE gapstats_internal.row_capture;

CREATE FUNCTION gapstats_internal.row_capture_in(cstring)
RETURNS gapstats_internal.row_capture
AS 'textin' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.row_capture_in(cstring) IS
'Input function of row_capture.';

CREATE FUNCTION gapstats_internal.row_capture_out(gapstats_internal.row_capture)
RETURNS cstring
AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.row_capture_out(gapstats_internal.row_capture) IS
'Output function of row_capture.';

CREATE FUNCTION gapstats_internal.row_capture_receive(internal)
RETURNS gapstats_internal.row_capture
AS 'textrecv' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.row_capture_receive(internal) IS
'Binary input function of row_capture.';

CREATE FUNCTION gapstats_internal.row_capture_send(gapstats_internal.row_capture)
RETURNS bytea
AS 'textsend' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.row_capture_send(gapstats_internal.row_capture) IS
'Binary output function of row_capture.';

CREATE FUNCTION gapstats_internal.row_capture_subscript(internal)
RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.row_capture_subscript(internal) IS
'Subscripting of row_capture.';

CREATE TYPE gapstats_internal.row_capture (
	INPUT = gapstats_internal.row_capture_in,
	OUTPUT = gapstats_internal.row_capture_out,
	RECEIVE = gapstats_internal.row_capture_receive,
	SEND = gapstats_internal.row_capture_send,
	SUBSCRIPT = gapstats_internal.row_capture_subscript,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE gapstats_internal.row_capture IS
'For the conditions of triggers that capture changes: value[NEW.tableoid] counts the row that was written, and is true of the first one of a statement, for which the trigger is fired when the statement is through. What the value is does not matter. Elsewhere it is error 55000.';

CREATE FUNCTION gapstats_internal.bind_capture(trigger oid, changes regclass)
RETURNS void
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION gapstats_internal.bind_capture(oid, regclass) IS
'Lets a trigger that captures changes go with the table that it writes to, which is the current user''s, find it under whatever name, and be fired in sessions that replicate, too.';

CREATE FUNCTION gapstats_internal.forget_captures(changes regclass)
RETURNS void
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION gapstats_internal.forget_captures(regclass) IS
'Lets all sessions ask anew what is captured into changes of the current user.';

CREATE FUNCTION gapstats_internal.lock_captured(captured oid[], counted oid[])
RETURNS void
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION gapstats_internal.lock_captured(oid[], oid[]) IS
'Locks relations until the end of the transaction: some against writing, and some for reading. Waits for those who use them without holding any. For relations of the current user, or on which he may make triggers, or, for reading, which he may read. Raises 25001 in a transaction with a snapshot of its own, which cannot count what it has waited for.';

CREATE FUNCTION gapstats_internal.lock_against_all(relations oid[])
RETURNS void
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION gapstats_internal.lock_against_all(oid[]) IS
'Locks relations that are the current user''s, or on which he may make triggers, against everybody else until the end of the transaction; waits for those who use them without holding any.';

CREATE FUNCTION gapstats_internal.captured_columns(changes regclass, source regclass)
RETURNS TABLE (kind text, of_columns text[], arguments oid[], n_gathered integer, added text, removed text, type regtype)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	rollup CONSTANT regclass := gapstats_internal.rollup_of(changes);
	group_columns text[];
	measures jsonb;
	captured regclass[];
BEGIN
	-- of one that somebody has taken apart nothing is captured, which its health says: no load is to fail of it; nor of
	-- one whose changes come with those of its source
	IF cardinality(gapstats_internal.own_tables_beside(rollup)) = cardinality(gapstats_internal.tables_of_kind('rollup')) AND gapstats_internal.rollup_subscription(rollup) IS NULL THEN
		EXECUTE gapstats_internal.thing_sql(rollup, 'SELECT d.group_columns, d.measures, d.captured FROM @definition d') INTO group_columns, measures, captured;
	END IF;
	RETURN QUERY
		SELECT c.kind, c.of_columns, c.arguments, c.n_gathered, c.added, c.removed, c.type::regtype
		FROM (
			SELECT 0, g.place::integer, 'group', NULL::text[], NULL::oid[], NULL::integer, g.name, NULL, NULL FROM unnest(group_columns) WITH ORDINALITY AS g (name, place)
			UNION ALL
			SELECT 1, k.place, k.kind, k.of_columns, k.arguments, k.n_gathered, k.name, k.removed, k.type FROM gapstats_internal.kept_measures(measures) k
		) AS c (part, place, kind, of_columns, arguments, n_gathered, added, removed, type)
		WHERE source = ANY (captured)
		ORDER BY c.part, c.place;
END
$$;
COMMENT ON FUNCTION gapstats_internal.captured_columns(regclass, regclass) IS
'What the roll-up that reads changes keeps of rows of a source, the groups first: the columns of the source and the types that these are to be (0 is any, anyelement any, taken by its text), the last of them gathered into an array, and the columns of changes in which is what was added and removed, which are of that type; of a group the column is one, of both; no rows if it does not count that table.';

CREATE FUNCTION gapstats_internal.tables_of(source regclass)
RETURNS regclass[]
LANGUAGE sql STABLE STRICT
RETURN ARRAY(
	-- as pg_partition_tree(), which locks them: a load that empties one after another would deadlock with a merge
	WITH RECURSIVE tree AS (
		SELECT source::oid AS oid, 0 AS level
		UNION ALL
		SELECT i.inhrelid, t.level + 1
		FROM tree t JOIN pg_class c ON c.oid = t.oid AND c.relkind = 'p' JOIN pg_inherits i ON i.inhparent = t.oid AND NOT i.inhdetachpending
	)
	SELECT t.oid::regclass FROM tree t ORDER BY t.level, t.oid
);
COMMENT ON FUNCTION gapstats_internal.tables_of(regclass) IS
'A table and then its partitions, at all levels.';

-- Whoever swaps a table means the one that bears its name; whoever renames it, the same
CREATE FUNCTION gapstats_internal.rollup_source(rollup regclass)
RETURNS regclass
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	d record;
	found regclass;
BEGIN
	EXECUTE gapstats_internal.thing_sql(rollup, 'SELECT d.source, d.captured[1]::oid AS captured FROM @definition d') INTO d;
	found := coalesce(gapstats_internal.known_relation(d.source), (SELECT c.oid FROM pg_class c WHERE c.oid = d.captured));
	IF found IS NULL THEN
		RAISE EXCEPTION 'source % of roll-up "%" does not exist', d.source, rollup
			USING ERRCODE = 'undefined_table', HINT = format('Once a table of that name is there again, SELECT gapstats.rebuild_rollup(%L); or drop the roll-up.', rollup);
	END IF;
	RETURN found;
END
$$;
COMMENT ON FUNCTION gapstats_internal.rollup_source(regclass) IS
'The table whose rows a roll-up counts.';

-- One that a dump has made anew is not bound yet, and known by its argument
CREATE FUNCTION gapstats_internal.capture_triggers(rollup regclass)
RETURNS TABLE (trigger oid, relation regclass, name name, event text, is_bound boolean, is_enabled boolean)
LANGUAGE sql STABLE STRICT
BEGIN ATOMIC
	SELECT t.oid, t.tgrelid, t.tgname, e.event, b.is_bound, t.tgenabled = 'A'
	FROM (SELECT gapstats_internal.thing_sql(rollup, '@changes')) AS c (changes)
	JOIN pg_trigger t ON t.tgfoid = 'gapstats_internal.capture_change()'::regprocedure
	CROSS JOIN LATERAL (SELECT CASE WHEN t.tgtype::integer & 4 > 0 THEN 'insert' WHEN t.tgtype::integer & 8 > 0 THEN 'delete' WHEN t.tgtype::integer & 16 > 0 THEN 'update' ELSE 'truncate' END) AS e (event)
	CROSS JOIN LATERAL (
		SELECT count(*) > 0, coalesce(bool_or(p.refobjid = gapstats_internal.known_relation(c.changes)), false)
		FROM pg_depend p
		WHERE p.classid = 'pg_trigger'::regclass AND p.objid = t.oid AND p.refclassid = 'pg_class'::regclass AND p.refobjid <> t.tgrelid AND p.deptype = 'a'
	) AS b (is_bound_to_any, is_bound)
	WHERE b.is_bound OR NOT b.is_bound_to_any AND convert_from(substring(t.tgargs FOR length(t.tgargs) - 1), getdatabaseencoding()) = c.changes;
END;
COMMENT ON FUNCTION gapstats_internal.capture_triggers(regclass) IS
'The triggers that write to the changes of a roll-up, what each captures, and whether it is bound to them and fires.';

CREATE FUNCTION gapstats_internal.triggers_missing(rollup regclass)
RETURNS TABLE (relation regclass, event text, name name)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT c.oid::regclass, e.event, coalesce(t.name, format('gapstats_%s_%s', rollup::oid, e.event)::name)
		FROM unnest(gapstats_internal.tables_of(gapstats_internal.rollup_source(rollup))) AS o (relation)
		JOIN pg_class c ON c.oid = o.relation
		CROSS JOIN unnest('{insert, update, delete, truncate}'::text[]) AS e (event)
		LEFT JOIN (
			-- beside one that works another is somebody's own
			SELECT DISTINCT ON (k.relation, k.event) k.relation, k.event, k.name, k.is_bound AND k.is_enabled AS works
			FROM gapstats_internal.capture_triggers(rollup) k
			ORDER BY k.relation, k.event, (k.is_bound AND k.is_enabled) DESC, k.is_bound DESC, k.trigger
		) t ON t.relation = c.oid AND t.event = e.event
		WHERE c.relkind <> 'p' AND NOT coalesce(t.works, false);
END
$$;
COMMENT ON FUNCTION gapstats_internal.triggers_missing(regclass) IS
'Where a roll-up lacks a trigger that is bound to it and fires, and how one is to be called.';

-- What is captured from now on, or no longer, nobody may be writing to while it begins: of two who do not see each other
-- the one would not capture what the other does not count.
CREATE FUNCTION gapstats_internal.lock_missed(rollup regclass)
RETURNS regclass[]
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	captured regclass[];
	tables regclass[];
	missed oid[];
	locked oid[];
BEGIN
	-- once even if nothing is missed: who truncates is waited for here, and an old snapshot, which knows nothing of it, refused
	LOOP
		EXECUTE gapstats_internal.thing_sql(rollup, 'SELECT d.captured FROM @definition d') INTO captured;
		tables := gapstats_internal.tables_of(gapstats_internal.rollup_source(rollup));
		missed := ARRAY(
			SELECT m.relation::oid FROM gapstats_internal.triggers_missing(rollup) m
			UNION
			SELECT u.relation::oid FROM unnest(tables) AS u (relation) WHERE NOT u.relation = ANY (captured)
			UNION
			SELECT c.oid FROM pg_class c WHERE c.oid::regclass = ANY (captured) AND NOT c.oid::regclass = ANY (tables) AND has_table_privilege(c.oid, 'TRIGGER'));
		IF missed <@ locked THEN
			RETURN tables;
		END IF;
		PERFORM gapstats_internal.lock_captured(missed, ARRAY(SELECT u.relation::oid FROM unnest(tables) AS u (relation) WHERE has_table_privilege(u.relation, 'SELECT, TRIGGER')));
		locked := locked || missed;
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.lock_missed(regclass) IS
'The source of a roll-up and its partitions: those whose changes have not all been captured, or are not to be any more, locked against writing until the end of the transaction.';

-- Rows are counted where they are: a table of partitions has no triggers, and none of its partitions has one that is
-- its own and cloned as well.  TRUNCATE fires those of all that it empties: each takes its own rows away.  What a
-- subscription applies are statements of one row.
CREATE FUNCTION gapstats_internal.capture_source(rollup regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	changes CONSTANT text := gapstats_internal.thing_sql(rollup, '@changes');
	tables CONSTANT regclass[] := gapstats_internal.lock_missed(rollup);
	missing record;
BEGIN
	FOR missing IN SELECT m.*, c.relkind FROM gapstats_internal.triggers_missing(rollup) m JOIN pg_class c ON c.oid = m.relation WHERE m.relation = ANY (tables) LOOP
		IF missing.relkind <> 'r' THEN
			RAISE EXCEPTION 'partition "%" is not a table', missing.relation
				USING ERRCODE = 'wrong_object_type', HINT = 'What changes in a foreign table fires no trigger here.';
		END IF;
		EXECUTE format('CREATE OR REPLACE TRIGGER %I %s ON %s FOR EACH %s EXECUTE FUNCTION gapstats_internal.capture_change(%L)', missing.name,
			CASE missing.event WHEN 'truncate' THEN 'BEFORE TRUNCATE' ELSE 'AFTER ' || missing.event END, missing.relation,
			CASE missing.event WHEN 'truncate' THEN 'STATEMENT'
				ELSE format('ROW WHEN ((''first''::gapstats_internal.row_capture)[%s.tableoid])', CASE missing.event WHEN 'delete' THEN 'OLD' ELSE 'NEW' END) END, changes);
		PERFORM gapstats_internal.bind_capture(t.oid, changes::regclass) FROM pg_trigger t WHERE t.tgrelid = missing.relation AND t.tgname = missing.name;
	END LOOP;
	-- what comes or goes from here on is other than this, which the next merge sees
	EXECUTE gapstats_internal.thing_sql(rollup, 'UPDATE @definition SET captured = $1 WHERE captured <> $1') USING tables;
	PERFORM gapstats_internal.forget_captures(changes::regclass);
END
$$;
COMMENT ON FUNCTION gapstats_internal.capture_source(regclass) IS
'Puts triggers on the source of a roll-up and its partitions where there are none that work, and writes down which tables these are.';
