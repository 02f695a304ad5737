-- ledger/ledger: what was published, so that the next release is audited together with it
--
-- A ledger is a table of releases; beside it, with its name and a suffix, one of their cells and one of
-- settings. All three belong to the role that made it. They hold what was printed, and nothing else.
--
-- Releases of one population at one moment are of the same children, so they share their numbers: all of
-- them are one table, in which a dimension that a release does not have is at its total. Another moment is
-- another table, and has to do with the first only what a measure says that is cumulative or leaving as_of.

CREATE FUNCTION gapstats_internal.refuse_privately(condition text, message text, detail text, hint text)
RETURNS void
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.refuse_privately(text, text, text, text) IS
'Raises an error whose detail the client is told and the server''s log is not: of numbers that are not public. condition: check_violation or cardinality_violation.';

CREATE FUNCTION gapstats_internal.ledger_format()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1;
COMMENT ON FUNCTION gapstats_internal.ledger_format() IS
'The format of the ledgers that this version makes.';

CREATE FUNCTION gapstats_internal.ledger_part(ledger regclass, part text)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (
	SELECT format('%I.%I', n.nspname, CASE part WHEN '' THEN c.relname ELSE c.relname || '_' || part END)
	FROM pg_class c
	JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.oid = ledger
);
COMMENT ON FUNCTION gapstats_internal.ledger_part(regclass, text) IS
'Qualified and quoted name of a table of a ledger: cells, settings, or the ledger itself (''''). Says nothing on whether it exists.';

CREATE FUNCTION gapstats_internal.ledger_statement(ledger regclass, template text)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (
	SELECT string_agg(CASE WHEN m.piece[1] = '@ledger' THEN gapstats_internal.ledger_part(ledger, '')
		WHEN m.piece[1] IN ('@cells', '@settings') THEN gapstats_internal.ledger_part(ledger, substr(m.piece[1], 2)) ELSE m.piece[1] END, '' ORDER BY m.place)
	FROM regexp_matches(template, '@(?:ledger|cells|settings)|[^@]+|@', 'g') WITH ORDINALITY AS m (piece, place)
);
COMMENT ON FUNCTION gapstats_internal.ledger_statement(regclass, text) IS
'A statement from a template in which @ledger, @cells and @settings are the tables of a ledger.';

CREATE FUNCTION gapstats_internal.check_ledger(ledger regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	format integer;
BEGIN
	IF NOT gapstats_internal.hold_tables(ledger, ARRAY[gapstats_internal.ledger_part(ledger, ''), gapstats_internal.ledger_part(ledger, 'cells'), gapstats_internal.ledger_part(ledger, 'settings')]) THEN
		RAISE EXCEPTION '"%" is not a ledger', ledger
			USING ERRCODE = 'wrong_object_type',
				  DETAIL = format('There are no tables %s and %s that belong to its owner.',
					gapstats_internal.ledger_part(ledger, 'cells'), gapstats_internal.ledger_part(ledger, 'settings')),
				  HINT = 'Make one with create_ledger. If it was renamed, rename these two as well.';
	END IF;
	EXECUTE gapstats_internal.ledger_statement(ledger, 'SELECT s.format FROM @settings s') INTO format;
	IF format IS DISTINCT FROM gapstats_internal.ledger_format() THEN
		RAISE EXCEPTION 'ledger "%" has format %', ledger, coalesce(format::text, 'NULL')
			USING ERRCODE = 'feature_not_supported',
				  DETAIL = format('This version of gapstats reads format %s.', gapstats_internal.ledger_format());
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_ledger(regclass) IS
'Raises 42809 unless a relation is a ledger whose tables belong to its owner, 0A000 if its format is another; keeps them so until the end of the transaction.';

-- Who publishes at the same time waits here, and then audits what the first has published, too. Under
-- REPEATABLE READ, where he could not see that, he gets 40001.
CREATE FUNCTION gapstats_internal.begin_change(ledger regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.check_ledger(ledger);
	EXECUTE gapstats_internal.ledger_statement(ledger, 'UPDATE @settings s SET changes = s.changes + 1');
END
$$;
COMMENT ON FUNCTION gapstats_internal.begin_change(regclass) IS
'Lets one transaction at a time change a ledger.';

-- A release that is changed or gone is one with which later ones are not audited, and nobody can see that it was. Who has to
-- clear up all the same can disable the trigger, knowing what he does; a restore comes before it.
CREATE FUNCTION gapstats_internal.keep_what_was_released()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	may_change CONSTANT text[] := '{accepted,accepted_numbers,withdrawn_at,withdrawn_by,withdrawn_because}';
BEGIN
	IF TG_OP = 'UPDATE' AND to_jsonb(OLD) ->> 'withdrawn_at' IS NULL AND to_jsonb(NEW) - may_change = to_jsonb(OLD) - may_change THEN
		RETURN NEW;
	END IF;
	RAISE EXCEPTION 'what was released stays in a ledger as it was'
		USING ERRCODE = 'restrict_violation',
			  HINT = 'A release that never went out is withdrawn: SELECT gapstats.withdraw_release(ledger, release, ''why'').';
END
$$;
COMMENT ON FUNCTION gapstats_internal.keep_what_was_released() IS
'Trigger of the releases of a ledger and of their cells: they are not deleted, and nothing of them changes but that one is accepted or, once, withdrawn. Raises 23001.';

CREATE FUNCTION gapstats_internal.ledger_tables_statement()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $sql$
	CREATE TABLE %1$I.%2$I (
		release text PRIMARY KEY CHECK (release <> ''),
		kind text NOT NULL CHECK (kind IN ('table', 'extract')),
		audience text NOT NULL,
		population text NOT NULL,
		as_of date NOT NULL CHECK (as_of BETWEEN '0001-01-01' AND '9999-12-31'),
		dimensions text[] NOT NULL,
		measures jsonb NOT NULL,
		hierarchies jsonb NOT NULL,
		marks jsonb NOT NULL,
		minimum integer NOT NULL CHECK (minimum >= 1),
		width double precision NOT NULL CHECK (width >= 0),
		zeros text NOT NULL CHECK (zeros IN ('show', 'hide')),
		absent text NOT NULL CHECK (absent IN ('zero', 'hidden')),
		incomplete text[] NOT NULL,
		sensitive text[],
		k integer,
		l integer,
		cells_of text REFERENCES %1$I.%2$I,
		accepted text,
		accepted_numbers jsonb NOT NULL DEFAULT '[]',
		published_at timestamptz NOT NULL,
		published_by name NOT NULL,
		withdrawn_at timestamptz,
		withdrawn_by name,
		withdrawn_because text,
		CHECK ((withdrawn_at IS NULL) = (withdrawn_because IS NULL) AND withdrawn_because ~ '\S')
	);
	CREATE TABLE %1$I.%3$I (
		release text NOT NULL REFERENCES %1$I.%2$I ON UPDATE CASCADE ON DELETE CASCADE,
		place bigint NOT NULL,
		members text[] NOT NULL,
		numbers text[] NOT NULL,
		PRIMARY KEY (release, place)
	);
	CREATE TABLE %1$I.%4$I (
		id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
		format integer NOT NULL,
		memory interval CHECK (memory > '0'),
		changes bigint NOT NULL DEFAULT 0
	);
	CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON %1$I.%2$I FOR EACH ROW EXECUTE FUNCTION gapstats_internal.keep_what_was_released();
	CREATE TRIGGER keep_all BEFORE TRUNCATE ON %1$I.%2$I EXECUTE FUNCTION gapstats_internal.keep_what_was_released();
	CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON %1$I.%3$I FOR EACH ROW EXECUTE FUNCTION gapstats_internal.keep_what_was_released();
	CREATE TRIGGER keep_all BEFORE TRUNCATE ON %1$I.%3$I EXECUTE FUNCTION gapstats_internal.keep_what_was_released();
	COMMENT ON TABLE %1$I.%2$I IS 'Releases: what was published, when, to whom, under which rule, in one row each. No student is in it by herself, so nothing of it is purged with one.';
	COMMENT ON TABLE %1$I.%3$I IS 'The cells of each release as they were printed: members of its dimensions (NULL: the total) and numbers of its measures, both in order. Those of a release that has cells_of are those of that one.';
	COMMENT ON TABLE %1$I.%4$I IS 'How the ledger works; one row, for its owner to change. memory: releases that were published longer ago are not audited with new ones; NULL: all are.';
	$sql$;
COMMENT ON FUNCTION gapstats_internal.ledger_tables_statement() IS
'The statements that make the tables of a ledger, given the schema and the three names.';

CREATE FUNCTION gapstats_internal.create_ledger_as_owner(name text, memory interval, names_in text)
RETURNS regclass
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	parts text[] := parse_ident(name);
	base CONSTANT text := parts[cardinality(parts)];
	schema text := parts[1];
	made regclass;
BEGIN
	IF name IS NULL THEN
		RAISE EXCEPTION 'name must not be null' USING ERRCODE = 'null_value_not_allowed';
	ELSIF cardinality(parts) > 2 THEN
		RAISE EXCEPTION 'improper ledger name: %', name USING ERRCODE = 'syntax_error';
	ELSIF octet_length(base) > 54 THEN
		RAISE EXCEPTION 'ledger name "%" is too long', base
			USING ERRCODE = 'name_too_long',
				  DETAIL = 'It may have 54 bytes.';
	ELSIF memory <= interval '0' THEN
		RAISE EXCEPTION 'memory must be above 0' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF cardinality(parts) = 1 THEN
		PERFORM set_config('search_path', names_in, true);
		schema := pg_catalog.current_schema();
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		IF schema IS NULL THEN
			RAISE EXCEPTION 'no schema has been selected to create ledger "%" in', base USING ERRCODE = 'invalid_schema_name';
		END IF;
	END IF;

	IF NOT has_schema_privilege(schema, 'CREATE') THEN
		RAISE EXCEPTION 'permission denied for schema %', schema USING ERRCODE = 'insufficient_privilege';
	END IF;

	EXECUTE format(gapstats_internal.ledger_tables_statement(), schema, base, base || '_cells', base || '_settings');
	made := format('%I.%I', schema, base)::regclass;
	PERFORM gapstats_internal.make_private(to_regclass(gapstats_internal.ledger_part(made, part))) FROM unnest('{"",cells,settings}'::text[]) AS p (part);
	EXECUTE gapstats_internal.ledger_statement(made, 'INSERT INTO @settings (format, memory) VALUES ($1, $2)') USING gapstats_internal.ledger_format(), memory;
	RETURN made;
END
$$;
COMMENT ON FUNCTION gapstats_internal.create_ledger_as_owner(text, interval, text) IS
'create_ledger(), done as the ledger''s owner.';

CREATE FUNCTION create_ledger(name text, memory interval DEFAULT NULL, names_in text DEFAULT current_setting('search_path'))
RETURNS regclass
AS 'MODULE_PATHNAME', 'done_for_oneself' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION create_ledger(text, interval, text) IS
'Makes a ledger of releases: a table of that name, one row a release, and beside it tables of their cells (_cells) and of settings (_settings). Without a schema, the first one of the search path names_in is meant.
memory: how long a release counts; an older one stays, but is not audited with new ones. NULL: for ever. To change it: UPDATE ..._settings SET memory = ''5 years''.
The caller owns the tables, which he may not as a superuser, and nobody else may read them until granted; pg_dump carries them. They hold only what was published, of no student by herself: when a student''s data is purged, nothing in them is. Releases and their cells are not deleted or changed (23001); to be rid of a ledger, drop its tables.
Raises 22004 if name is NULL, 42622 for a name of more than 54 bytes, 42P07 for one that is taken, 3F000 without a schema, 22023 for a memory that is not above 0, 42501 for superusers.';
