-- rollup/create: making and dropping roll-ups

CREATE FUNCTION gapstats_internal.room_for_rollup()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 63 - length('_definition');
COMMENT ON FUNCTION gapstats_internal.room_for_rollup() IS
'How many bytes the name of a roll-up may have.';

-- Citus keeps rows in other tables, most of them elsewhere: what is written there, triggers do not see, or see it as done to
-- tables that they do not know.
CREATE FUNCTION gapstats_internal.check_not_of_citus(tables regclass[])
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	one record;
BEGIN
	IF to_regclass('pg_catalog.pg_dist_partition') IS NULL THEN
		RETURN;
	END IF;
	EXECUTE $sql$
		SELECT p.logicalrelid AS relation, CASE WHEN p.partmethod <> 'n' THEN 'distributed by' WHEN p.repmodel = 't' THEN 'a reference table of' ELSE 'managed by' END AS kind
		FROM pg_catalog.pg_dist_partition p
		WHERE p.logicalrelid = ANY ($1)
		ORDER BY array_position($1, p.logicalrelid)
		LIMIT 1
		$sql$ INTO one USING tables;
	IF one.relation IS NOT NULL THEN
		RAISE EXCEPTION 'table "%" is % Citus', one.relation, one.kind
			USING ERRCODE = 'wrong_object_type',
				  DETAIL = 'Its rows are in other tables: not all that is written there would be captured.',
				  HINT = CASE one.kind WHEN 'distributed by' THEN '' ELSE format('SELECT undistribute_table(%L); makes it an ordinary one. Or: ', one.relation) END
					|| 'INSERT INTO a table of cells SELECT ... GROUP BY; and make a report of that.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_not_of_citus(regclass[]) IS
'Raises 42809 if Citus has taken one of these tables: distributed, copied to all nodes, or local but managed.';

CREATE FUNCTION gapstats_internal.check_rollup_source(source regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	c record;
BEGIN
	SELECT r.relkind, r.relpersistence, r.relhassubclass, r.relispartition INTO c FROM pg_class r WHERE r.oid = source;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'relation with OID % does not exist', source::oid USING ERRCODE = 'undefined_table';
	ELSIF c.relkind NOT IN ('r', 'p') THEN
		RAISE EXCEPTION '"%" is not a table', source
			USING ERRCODE = 'wrong_object_type', HINT = 'What changes in a view or a foreign table fires no trigger here: name the tables under it, or keep a report of it with create_report.';
	ELSIF c.relpersistence <> 'p' THEN
		RAISE EXCEPTION 'table "%" is %', source, CASE c.relpersistence WHEN 't' THEN 'temporary' ELSE 'unlogged: a crash would empty it' END USING ERRCODE = 'wrong_object_type';
	ELSIF c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = source) THEN
		RAISE EXCEPTION 'other tables inherit from table "%"', source
			USING ERRCODE = 'wrong_object_type', HINT = 'Their rows are read with its own, and change without it: make it a partitioned table, or roll up each.';
	ELSIF row_security_active(source) THEN
		RAISE EXCEPTION 'row security hides rows of table "%" from %', source, current_user
			USING ERRCODE = 'insufficient_privilege', HINT = 'The owner of a roll-up must see all rows: let it belong to the owner of the table, or give him BYPASSRLS.';
	ELSIF NOT has_table_privilege(source, 'TRIGGER') THEN
		RAISE EXCEPTION 'permission denied for table %', source
			USING ERRCODE = 'insufficient_privilege', HINT = format('As its owner: GRANT SELECT, TRIGGER ON %s TO %I;', source, current_user);
	END IF;
	PERFORM gapstats_internal.check_not_of_citus(gapstats_internal.tables_of(source));
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_rollup_source(regclass) IS
'Raises an error unless the changes of a table can be captured by the current user: 42809 for what is no such table, 42501 for one whose rows are not all for him to see, or on which he may make no triggers.';

CREATE FUNCTION gapstats_internal.is_cast_to(given regtype, wanted regtype)
RETURNS boolean
LANGUAGE sql STABLE STRICT
RETURN (
	WITH RECURSIVE base AS (
		SELECT given::oid AS oid
		UNION ALL
		SELECT t.typbasetype FROM base b JOIN pg_type t ON t.oid = b.oid WHERE t.typtype = 'd'
	)
	SELECT bool_or(b.oid = wanted OR EXISTS (SELECT FROM pg_cast c WHERE c.castsource = b.oid AND c.casttarget = wanted AND c.castcontext = 'i')) FROM base b
);
COMMENT ON FUNCTION gapstats_internal.is_cast_to(regtype, regtype) IS
'Whether values of a type, or of what a domain is over, are taken as values of another.';

CREATE FUNCTION gapstats_internal.check_rollup_columns(source regclass, group_columns text[], measures jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	known CONSTANT text := (SELECT string_agg(format('"%s"', a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = source AND a.attnum > 0 AND NOT a.attisdropped);
	one record;
BEGIN
	IF cardinality(group_columns) = 0 OR array_position(group_columns, NULL) IS NOT NULL THEN
		RAISE EXCEPTION 'group_columns must name columns of the source' USING ERRCODE = 'invalid_parameter_value', HINT = format('It has %s.', known);
	ELSIF jsonb_typeof(measures) <> 'object' THEN
		RAISE EXCEPTION 'measures must be an object, not of type %', jsonb_typeof(measures)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as {"scores": "distribution(score)"}; of {} the rows are counted.';
	END IF;
	FOR one IN
		SELECT m.name, measures ->> m.name AS written FROM gapstats_internal.rollup_measures(measures) m
		WHERE NOT EXISTS (SELECT FROM gapstats_internal.kept_measures(measures) k WHERE k.place = m.place)
	LOOP
		RAISE EXCEPTION 'measure "%" is "%", which cannot be kept', one.name, one.written
			USING ERRCODE = 'invalid_parameter_value', HINT = format('What can be: %s. What is to be counted apart is a column to group by.', (SELECT string_agg(k.call, ', ' ORDER BY k.call) FROM gapstats_internal.rollup_kinds() k));
	END LOOP;
	FOR one IN
		SELECT n.name, n.what, a.atttypid::regtype AS type, gapstats_internal.is_cast_to(a.atttypid, n.wanted) AS fits, n.wanted
		FROM (
			SELECT u.name, 'group_columns' AS what, NULL::regtype AS wanted FROM unnest(group_columns) AS u (name)
			UNION ALL
			SELECT u.name, format('measure "%s"', k.name), CASE WHEN u.wanted NOT IN (0, 'anyelement'::regtype) THEN u.wanted END
			FROM gapstats_internal.kept_measures(measures) k
			CROSS JOIN LATERAL unnest(k.of_columns, k.arguments) AS u (name, wanted)
		) AS n (name, what)
		LEFT JOIN pg_attribute a ON a.attrelid = source AND a.attname = n.name AND a.attnum > 0 AND NOT a.attisdropped
	LOOP
		IF one.type IS NULL THEN
			RAISE EXCEPTION '%: column "%" of "%" does not exist', one.what, one.name, source USING ERRCODE = 'undefined_column', HINT = format('It has %s.', known);
		ELSIF one.what = 'group_columns' AND NOT gapstats_internal.is_sorted_and_hashed(one.type) THEN
			RAISE EXCEPTION '%: column "%" is of type %, which cannot be sorted and hashed', one.what, one.name, one.type USING ERRCODE = 'datatype_mismatch';
		ELSIF NOT one.fits THEN
			RAISE EXCEPTION '%: column "%" is of type %, not %', one.what, one.name, one.type, one.wanted USING ERRCODE = 'datatype_mismatch';
		END IF;
	END LOOP;
	SELECT n.name INTO one FROM (
		SELECT u.name FROM unnest(group_columns) AS u (name)
		UNION ALL
		SELECT c.name FROM gapstats_internal.rollup_columns(measures) c) AS n
	GROUP BY n.name HAVING count(*) > 1 OR n.name = '' OR octet_length(n.name) > 63 ORDER BY n.name LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'the roll-up would have two columns "%", or one whose name is no name', one.name
			USING ERRCODE = 'duplicate_column', HINT = 'It has the group columns, the measures, n_rows, and beside each measure one whose name ends with _removed.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_rollup_columns(regclass, text[], jsonb) IS
'Raises an error for columns that the source does not have, or that cannot be grouped by, for measures that cannot be kept, and for names that would be there twice.';

-- By turns is not so where a day may be there twice
CREATE FUNCTION gapstats_internal.check_days_unique(source regclass, group_columns text[], measures jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	one record;
BEGIN
	FOR one IN
		SELECT m.name, m.of_columns[1] AS of_column FROM gapstats_internal.rollup_measures(measures) m
		WHERE m.kind = 'dayset' AND NOT EXISTS (
			SELECT FROM pg_index i
			WHERE i.indrelid = source AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
			AND NOT EXISTS (
				SELECT FROM unnest((i.indkey::smallint[])[0:i.indnkeyatts - 1]) AS k (number)
				JOIN pg_attribute a ON a.attrelid = source AND a.attnum = k.number
				WHERE NOT (a.attname = m.of_columns[1] OR a.attname = ANY (group_columns)) OR NOT (a.attnotnull OR i.indnullsnotdistinct OR a.attname = m.of_columns[1])))
	LOOP
		RAISE EXCEPTION 'measure "%": a day may be in a group of "%" more than once', one.name, source
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'When one of two equal days goes, it would not be known that the other stays.',
				  HINT = format('If each is there once: CREATE UNIQUE INDEX ON %s (%s) NULLS NOT DISTINCT; or group by more columns, such as that of the student.', source,
					(SELECT string_agg(format('%I', u.name), ', ') FROM unnest(group_columns || one.of_column) AS u (name)));
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_days_unique(regclass, text[], jsonb) IS
'Raises 55000 unless a unique index of the source keeps each day in a group once, where sets of days are kept.';

CREATE FUNCTION gapstats_internal.rollup_query_text(source regclass, group_columns text[], measures jsonb)
RETURNS text
LANGUAGE sql STABLE
RETURN (
	SELECT format('SELECT %s, %s FROM %s s GROUP BY %s', string_agg(format('s.%I', g.name), ', ' ORDER BY g.place),
		(SELECT string_agg(format('%s AS %I', c.counted, c.name), ', ' ORDER BY c.place) FROM gapstats_internal.rollup_columns(measures) c WHERE c.counted IS NOT NULL),
		gapstats_internal.qualified(source), string_agg(g.place::text, ', ' ORDER BY g.place))
	FROM unnest(group_columns) WITH ORDINALITY AS g (name, place)
);
COMMENT ON FUNCTION gapstats_internal.rollup_query_text(regclass, text[], jsonb) IS
'The query that counts the source of a roll-up: the rows that it has when all changes are captured.';

CREATE FUNCTION gapstats_internal.create_rollup_as_owner(name text, source regclass, group_columns text[], measures jsonb, schedule text)
RETURNS regclass
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	place record;
	names text[];
	taken text;
	types text[];
	kept gapstats_internal.kept_query;
	made regclass;
BEGIN
	place := gapstats_internal.new_name('roll-up', name, gapstats_internal.room_for_rollup());
	PERFORM gapstats_internal.given('source', source), gapstats_internal.given('group_columns', group_columns), gapstats_internal.given('measures', measures);
	SELECT array_agg(gapstats_internal.new_thing_sql('rollup', place.schema, place.base, t)) INTO names FROM unnest('@rollup'::text || gapstats_internal.tables_of_kind('rollup')) AS t;
	taken := gapstats_internal.taken_name(names);
	IF taken IS NOT NULL THEN
		RAISE EXCEPTION 'roll-up "%" needs the name of %, which exists', place.base, taken
			USING ERRCODE = 'duplicate_table', HINT = 'Give the roll-up another name; or, if that is what DROP ... CASCADE has left of one, drop it first.';
	END IF;
	-- before it is read: whoever locks more of what he holds may deadlock with those who write
	PERFORM gapstats_internal.check_rollup_source(source), gapstats_internal.lock_captured(gapstats_internal.tables_of(source)::oid[], '{}');
	PERFORM gapstats_internal.check_rollup_columns(source, group_columns, measures), gapstats_internal.check_days_unique(source, group_columns, measures);
	SELECT array_agg(c.declaration ORDER BY g.place) INTO types
	FROM unnest(group_columns) WITH ORDINALITY AS g (name, place)
	JOIN gapstats_internal.kept_query_columns('source', gapstats_internal.keep_query('source', format('TABLE %s', gapstats_internal.qualified(source)), 'pg_catalog, pg_temp')) c ON c.name = g.name;
	kept := gapstats_internal.keep_query('source', gapstats_internal.rollup_query_text(source, group_columns, measures), 'pg_catalog, pg_temp');

	EXECUTE gapstats_internal.new_thing_sql('rollup', place.schema, place.base, gapstats_internal.rollup_relations_statement(group_columns, types, measures));
	EXECUTE gapstats_internal.new_thing_sql('rollup', place.schema, place.base, gapstats_internal.rollup_tables_statement());
	EXECUTE gapstats_internal.new_thing_sql('rollup', place.schema, place.base, $sql$
		INSERT INTO @definition (format, source, group_columns, measures, query, names_in, date_style, interval_style, time_zone, extra_float_digits, meaning, owners,
			owner, table_oid, database_oid, system_identifier)
		SELECT gapstats_internal.rollup_format(), $1, $2, $3, ($4).*, gapstats_internal.owners_in(($4).meaning), 0, 0, 0, 0
		$sql$)
	USING gapstats_internal.qualified(source), group_columns, measures, kept;
	made := names[1]::regclass;
	PERFORM gapstats_internal.make_private(p::regclass) FROM unnest(names) AS p;
	PERFORM gapstats_internal.count_source(made);
	IF schedule IS NOT NULL THEN
		PERFORM gapstats_internal.schedule_rollup_as_owner(made, schedule);
	END IF;
	RETURN made;
END
$$;
COMMENT ON FUNCTION gapstats_internal.create_rollup_as_owner(text, regclass, text[], jsonb, text) IS
'create_rollup(), done as the roll-up''s owner.';

CREATE FUNCTION create_rollup(name text, source regclass, group_columns text[], measures jsonb DEFAULT '{}', schedule text DEFAULT NULL)
RETURNS regclass
AS 'MODULE_PATHNAME', 'done_for_maker' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION create_rollup(text, regclass, text[], jsonb, text) IS
'Makes a roll-up: a view of that name with one row a group of a table, which is exact at every moment, inside the transaction that changes the table, too. It has the group columns, how many rows each group has (n_rows), and the measures: by their names calls of aggregates of columns, such as {"scores": "distribution(score)"}: distribution(column), dayset(column), count(column), weighted_sample(score, is_focal, weight [, cluster]), cross_products(outcome, is_focal, ARRAY[covariate, ...]), composition(unit, group [, n]). Triggers on the table and its partitions append what each statement adds to groups and takes away from them; nobody waits for anybody, and the view counts what has not been merged with what has. merge_rollup, or pg_cron by the schedule, as schedule_rollup takes it, keeps that short.
source: an ordinary or partitioned table, none of Citus, whose rows the caller may all see, and on which he may make triggers. A set of days is kept only where a unique index of the table keeps each day in a group once. Beside the view are tables of what has been merged (_base), of what has not (_changes), of its definition (_definition) and of its merges (_runs). The table is locked against writing while it is counted. The caller owns what is made, which he may not as a superuser; nobody else may read it until granted.
A statement that adds what a measure refuses (a score that is NaN, an infinite day) fails. Rows that were changed while triggers were off are not counted: check_rollup finds that, rebuild_rollup mends it.
Errors: 42809 for what is no such table, 42501 for rows that the caller may not see or triggers that he may not make, 42703 for a column that it does not have, 42804 for one that cannot be grouped by, 22023 for a measure that is none, 42701 for two columns of one name, 55000 for days that may be there twice, 42P07 for a name that is taken, 42622 for one of more than 52 bytes, 3F000 for no such schema, 22004 for a NULL other than of schedule.';

CREATE FUNCTION gapstats_internal.drop_rollup_as_owner(rollup regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := rollup;
	tables oid[];
BEGIN
	IF gapstats_internal.thing_definition(rollup, 'rollup') IS NOT NULL THEN
		-- with what writes there and reads it, each in an order of its own
		PERFORM gapstats_internal.lock_against_all(rollup::oid || gapstats_internal.own_tables_beside(rollup)
			|| ARRAY(SELECT DISTINCT t.relation::oid FROM gapstats_internal.capture_triggers(rollup) t WHERE has_table_privilege(t.relation, 'TRIGGER'))),
			gapstats_internal.lock_alone(gapstats_internal.own_tables_beside(rollup), wait => true);
	END IF;
	-- or it has been dropped by somebody who was waited for
	IF gapstats_internal.thing_definition(rollup, 'rollup') IS NULL THEN
		PERFORM gapstats_internal.raise_no_thing(rollup, 'rollup');
	END IF;
	tables := rollup::oid || gapstats_internal.own_tables_beside(rollup);
	PERFORM gapstats_internal.check_alone(tables, format('roll-up "%s" cannot be dropped', name), 'Drop that first, or have it read something else.'),
		gapstats_internal.unschedule_rollup_as_owner(rollup);
	-- the definition needs the view, and the view the tables
	EXECUTE gapstats_internal.thing_sql(rollup, gapstats_internal.drop_statement(ARRAY[gapstats_internal.thing_definition(rollup, 'rollup')::oid]));
	EXECUTE gapstats_internal.drop_statement(array_remove(tables, NULL));
END
$$;
COMMENT ON FUNCTION gapstats_internal.drop_rollup_as_owner(regclass) IS
'drop_rollup(), done as the roll-up''s owner.';

CREATE FUNCTION drop_rollup(rollup regclass)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION drop_rollup(regclass) IS
'Drops a roll-up with what is beside it, its triggers and its pg_cron job. For roles with its owner''s rights. Waits for those who use it, and for those who write to its source. If anything else depends on it, such as a view of somebody''s, that is error 2BP01, which names it.';
