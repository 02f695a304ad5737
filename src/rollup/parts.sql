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

CREATE FUNCTION gapstats_internal.rollup_definition(rollup regclass)
RETURNS regclass
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.rollup_definition(regclass) IS
'The table that defines a roll-up: in its schema, and of its owner; NULL for what is no roll-up.';

CREATE FUNCTION gapstats_internal.rollup_sql(rollup regclass, template text)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.rollup_sql(regclass, text) IS
'A statement from a template in which @rollup is the roll-up, and @base, @changes, @definition and @runs the tables beside it (@oid_ and the name the OID); @@ is an @. NULL for what is no roll-up.';

CREATE FUNCTION gapstats_internal.new_rollup_sql(schema text, base text, template text)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.new_rollup_sql(text, text, text) IS
'As rollup_sql(), for a roll-up that is not there yet.';

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
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $sql$
	CREATE TABLE @definition (
		id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
		format integer NOT NULL,
		source text NOT NULL,
		captured regclass[] NOT NULL DEFAULT '{}',
		group_columns text[] NOT NULL,
		measures jsonb NOT NULL,
		query text NOT NULL,
		names_in text NOT NULL,
		date_style text NOT NULL,
		interval_style text NOT NULL,
		time_zone text NOT NULL,
		extra_float_digits text NOT NULL,
		meaning text[] NOT NULL,
		owners jsonb NOT NULL,
		schedule text,
		job bigint,
		rollup regclass NOT NULL DEFAULT @oid_rollup,
		owner oid NOT NULL,
		table_oid oid NOT NULL,
		database_oid oid NOT NULL,
		system_identifier bigint NOT NULL
	);
	CREATE TABLE @runs (
		run bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		status text NOT NULL CHECK (status IN ('running', 'succeeded', 'failed', 'held', 'skipped', 'canceled')),
		started_at timestamptz NOT NULL,
		ended_at timestamptz,
		n_changes integer,
		n_groups integer,
		rebuilt_because text,
		error text,
		sqlstate text,
		run_by name NOT NULL DEFAULT gapstats_internal.caller(),
		pid integer,
		statement_start timestamptz
	);
	COMMENT ON VIEW @rollup IS 'Roll-up: one row a group of the source, as it is now.';
	COMMENT ON TABLE @base IS 'What of the roll-up has been merged; one row a group.';
	COMMENT ON TABLE @changes IS 'What statements have added to groups and taken away since; the next merge takes it.';
	COMMENT ON TABLE @definition IS 'What the roll-up is of; one row. What is written there runs with its owner''s rights: nobody else may be granted writing.';
	COMMENT ON TABLE @runs IS 'Every merge of the roll-up, successful or not.';
	COMMENT ON COLUMN @definition.id IS 'always 1: there is one row';
	COMMENT ON COLUMN @definition.format IS 'version of the roll-up''s own tables';
	COMMENT ON COLUMN @definition.source IS 'the name of the table whose rows are counted';
	COMMENT ON COLUMN @definition.captured IS 'that table and then its partitions, as they were when it was counted: those whose changes are captured';
	COMMENT ON COLUMN @definition.group_columns IS 'the columns of the source by which its rows are grouped';
	COMMENT ON COLUMN @definition.measures IS 'what is kept of each group, by name';
	COMMENT ON COLUMN @definition.query IS 'the query that counts the source anew';
	COMMENT ON COLUMN @definition.names_in IS 'the search path that its names are looked up in';
	COMMENT ON COLUMN @definition.date_style IS 'DateStyle when it was written';
	COMMENT ON COLUMN @definition.interval_style IS 'IntervalStyle when it was written';
	COMMENT ON COLUMN @definition.time_zone IS 'TimeZone when it was written';
	COMMENT ON COLUMN @definition.extra_float_digits IS 'extra_float_digits when it was written';
	COMMENT ON COLUMN @definition.meaning IS 'what its names stood for then: if that is something else by now, a rebuild fails';
	COMMENT ON COLUMN @definition.owners IS 'the roles that the meaning names, and their OIDs: one that is renamed is the same';
	COMMENT ON COLUMN @definition.schedule IS 'when pg_cron is to merge it; NULL if it is not to';
	COMMENT ON COLUMN @definition.job IS 'the number of its pg_cron job, if it was scheduled';
	COMMENT ON COLUMN @definition.rollup IS 'the roll-up; by its default, which follows when the view is renamed, the two are known to belong together';
	COMMENT ON COLUMN @definition.owner IS 'the OID of the role that the roll-up belonged to when it was made or rebuilt';
	COMMENT ON COLUMN @definition.table_oid IS 'the OID of this table then: with another it has been restored';
	COMMENT ON COLUMN @definition.database_oid IS 'the database that it was made or rebuilt in';
	COMMENT ON COLUMN @definition.system_identifier IS 'the server that it was made or rebuilt on';
	COMMENT ON COLUMN @runs.run IS 'its number';
	COMMENT ON COLUMN @runs.status IS 'running, succeeded, failed, held, skipped or canceled';
	COMMENT ON COLUMN @runs.started_at IS 'when it began';
	COMMENT ON COLUMN @runs.ended_at IS 'when it ended; NULL if it has not, or was cut off';
	COMMENT ON COLUMN @runs.n_changes IS 'rows of changes that it took';
	COMMENT ON COLUMN @runs.n_groups IS 'groups that they are of';
	COMMENT ON COLUMN @runs.rebuilt_because IS 'why the source was counted anew; NULL if it was not';
	COMMENT ON COLUMN @runs.error IS 'why the run did not succeed: it may hold values of the rows';
	COMMENT ON COLUMN @runs.sqlstate IS 'the SQLSTATE of that error; NULL if it was none';
	COMMENT ON COLUMN @runs.run_by IS 'who called it';
	COMMENT ON COLUMN @runs.pid IS 'the process that it runs in';
	COMMENT ON COLUMN @runs.statement_start IS 'and since when, by which one that was cut off is told';
	$sql$;
COMMENT ON FUNCTION gapstats_internal.rollup_tables_statement() IS
'The template of the statements that make the other tables of a roll-up, and say what all are.';

CREATE FUNCTION gapstats_internal.rollup_table_names()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '{@base, @changes, @definition, @runs}'::text[];
COMMENT ON FUNCTION gapstats_internal.rollup_table_names() IS
'The tables beside a roll-up, as rollup_sql() takes them.';

CREATE FUNCTION gapstats_internal.own_rollup_tables(rollup regclass)
RETURNS oid[]
LANGUAGE sql STABLE STRICT
RETURN gapstats_internal.own_tables(rollup, ARRAY(SELECT gapstats_internal.rollup_sql(rollup, t) FROM unnest(gapstats_internal.rollup_table_names()) AS t));
COMMENT ON FUNCTION gapstats_internal.own_rollup_tables(regclass) IS
'Those of the tables beside a roll-up that are there and belong to its owner.';

CREATE FUNCTION gapstats_internal.rollup_query(rollup regclass)
RETURNS gapstats_internal.kept_query
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept gapstats_internal.kept_query;
BEGIN
	EXECUTE gapstats_internal.rollup_sql(rollup, $sql$
		SELECT d.query, d.names_in, d.date_style, d.interval_style, d.time_zone, d.extra_float_digits, d.meaning
		FROM @definition d
		WHERE gapstats_internal.belongs_with(d.tableoid, $1)
		$sql$)
	INTO kept USING rollup;
	RETURN kept;
END
$$;
COMMENT ON FUNCTION gapstats_internal.rollup_query(regclass) IS
'The query that counts the source of a roll-up, as it is kept.';

CREATE FUNCTION gapstats_internal.rollup_subscription(rollup regclass)
RETURNS name
LANGUAGE sql STABLE STRICT
RETURN (
	SELECT min(s.subname) FROM pg_subscription_rel r JOIN pg_subscription s ON s.oid = r.srsubid WHERE r.srrelid = ANY (gapstats_internal.own_rollup_tables(rollup))
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

CREATE FUNCTION gapstats_internal.rollup_held_because(rollup regclass)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	d record;
BEGIN
	EXECUTE gapstats_internal.rollup_sql(rollup, 'SELECT d.owner, d.table_oid <> @oid_definition AS is_restored, d.database_oid, d.system_identifier FROM @definition d') INTO d;
	RETURN gapstats_internal.moved_because('roll-up', rollup, d.is_restored, d.owner, d.database_oid, d.system_identifier);
END
$$;
COMMENT ON FUNCTION gapstats_internal.rollup_held_because(regclass) IS
'Why a roll-up is not to be merged before its owner says so (rebuild_rollup); NULL if it may be.';

CREATE FUNCTION gapstats_internal.rollup_is_at_home(rollup regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.rollup_sql(rollup, $sql$
		UPDATE @definition
		SET owner = quote_ident(current_user)::regrole, table_oid = @oid_definition, database_oid = d.oid, system_identifier = s.system_identifier
		FROM pg_database d, pg_control_system() s
		WHERE d.datname = current_database()
		$sql$);
END
$$;
COMMENT ON FUNCTION gapstats_internal.rollup_is_at_home(regclass) IS
'Writes down where a roll-up is and to whom it belongs.';

-- A table of changes may be called otherwise by now
CREATE FUNCTION gapstats_internal.rollup_of(changes regclass)
RETURNS regclass
LANGUAGE sql STABLE
RETURN (
	SELECT w.ev_class
	FROM pg_depend p
	JOIN pg_rewrite w ON p.classid = 'pg_rewrite'::regclass AND w.oid = p.objid
	WHERE p.refclassid = 'pg_class'::regclass AND p.refobjid = changes
	AND gapstats_internal.known_relation(gapstats_internal.rollup_sql(w.ev_class, '@changes')) = changes
	LIMIT 1
);
COMMENT ON FUNCTION gapstats_internal.rollup_of(regclass) IS
'The roll-up that reads a table of changes; NULL if none does whose own it is.';

CREATE FUNCTION gapstats_internal.raise_no_rollup(rollup regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
	IF NOT EXISTS (SELECT FROM pg_class WHERE oid = rollup) THEN
		RAISE EXCEPTION 'roll-up has been dropped' USING ERRCODE = 'undefined_table';
	END IF;
	RAISE EXCEPTION '"%" is not a roll-up', rollup
		USING ERRCODE = 'wrong_object_type', HINT = 'Make one with create_rollup.';
END
$$;
COMMENT ON FUNCTION gapstats_internal.raise_no_rollup(regclass) IS
'Raises an error that says why a relation is no roll-up.';

CREATE FUNCTION gapstats_internal.lock_rollup(rollup regclass, wait boolean)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked integer;
BEGIN
	IF gapstats_internal.rollup_definition(rollup) IS NULL THEN
		PERFORM gapstats_internal.raise_no_rollup(rollup);
	END IF;
	PERFORM gapstats_internal.check_schema(rollup, 'roll-up');
	EXECUTE gapstats_internal.rollup_sql(rollup, 'SELECT 1 FROM @definition FOR UPDATE' || CASE WHEN wait THEN '' ELSE ' SKIP LOCKED' END) INTO locked;
	RETURN locked IS NOT NULL;
EXCEPTION WHEN undefined_table THEN
	-- dropped by somebody who was waited for
	PERFORM gapstats_internal.raise_no_rollup(rollup);
	RAISE;
END
$$;
COMMENT ON FUNCTION gapstats_internal.lock_rollup(regclass, boolean) IS
'Keeps all others from merging and rebuilding a roll-up until the end of the transaction; false if somebody else does and it is not to wait.';

CREATE FUNCTION gapstats_internal.check_rollup_parts(rollup regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	definition CONSTANT regclass := gapstats_internal.rollup_definition(rollup);
	names CONSTANT text[] := ARRAY(SELECT gapstats_internal.rollup_sql(rollup, t) FROM unnest(gapstats_internal.rollup_table_names()) AS t);
	format integer;
BEGIN
	IF definition IS NULL THEN
		PERFORM gapstats_internal.raise_no_rollup(rollup);
	END IF;
	PERFORM gapstats_internal.check_schema(rollup, 'roll-up');
	IF NOT gapstats_internal.hold_tables(rollup, names) THEN
		RAISE EXCEPTION 'roll-up "%" is not whole: there is no table % of its owner''s', rollup,
				(SELECT min(n) FROM unnest(names) AS n WHERE NOT gapstats_internal.known_relation(n)::oid = ANY (gapstats_internal.own_rollup_tables(rollup)) IS TRUE)
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'Give it that back; or drop the roll-up and make it anew.';
	END IF;
	PERFORM gapstats_internal.check_unwritable(t::regclass, 'roll-up') FROM unnest(names) AS t;
	EXECUTE gapstats_internal.rollup_sql(rollup, 'SELECT d.format FROM @definition d') INTO format;
	IF format IS DISTINCT FROM gapstats_internal.rollup_format() THEN
		RAISE EXCEPTION 'roll-up "%" is of format %, and this version of gapstats knows format %', rollup, coalesce(format::text, 'NULL'), gapstats_internal.rollup_format()
			USING ERRCODE = 'feature_not_supported',
				  HINT = CASE WHEN format > gapstats_internal.rollup_format() THEN 'A newer version made or changed it: ALTER EXTENSION gapstats UPDATE.' ELSE 'Restore its definition, or drop it and make it anew.' END;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_rollup_parts(regclass) IS
'Raises an error unless the relation is a roll-up whose tables are all there and belong to its owner, and nobody else can write to them; keeps them so until the end of the transaction.';

CREATE FUNCTION gapstats_internal.hold_rollup(rollup regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.lock_rollup(rollup, true), gapstats_internal.check_rollup_parts(rollup);
END
$$;
COMMENT ON FUNCTION gapstats_internal.hold_rollup(regclass) IS
'Checks a roll-up and locks it until the end of the transaction, waiting for a merge that is under way.';
