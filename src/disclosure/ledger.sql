-- disclosure/ledger: what was published, so that the next release is audited together with it
--
-- A ledger is a table of releases; beside it, with its name and a suffix, one of their cells and one of
-- settings. All three belong to the role that made it. They hold what was printed, and nothing else.
--
-- Releases of one population at one moment are of the same children, so they share their numbers: all of
-- them are one table, in which a dimension that a release does not have is at its total. Another moment is
-- another table, and has to do with the first only what a measure says that is cumulative or leaving as_of.

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

CREATE FUNCTION gapstats_internal.ledger_tables(ledger regclass)
RETURNS oid[]
LANGUAGE sql STABLE STRICT
RETURN ARRAY(
	SELECT c.oid
	FROM unnest('{"",cells,settings}'::text[]) AS p (part)
	JOIN pg_class l ON l.oid = ledger
	JOIN pg_class c ON c.oid = to_regclass(gapstats_internal.ledger_part(ledger, p.part)) AND c.relowner = l.relowner AND c.relkind = 'r'
	ORDER BY p.part
);
COMMENT ON FUNCTION gapstats_internal.ledger_tables(regclass) IS
'Those of the three tables of a ledger that are there and belong to its owner.';

CREATE FUNCTION gapstats_internal.check_ledger(ledger regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	tables CONSTANT oid[] := gapstats_internal.ledger_tables(ledger);
	format integer;
BEGIN
	-- locked first, so that what is looked at is what is used
	IF cardinality(tables) = 3 THEN
		EXECUTE gapstats_internal.ledger_statement(ledger, 'LOCK TABLE ONLY @ledger, ONLY @cells, ONLY @settings IN ACCESS SHARE MODE');
	END IF;
	IF cardinality(tables) < 3 OR gapstats_internal.ledger_tables(ledger) <> tables THEN
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
		accepted text,
		accepted_numbers jsonb NOT NULL DEFAULT '[]',
		published_at timestamptz NOT NULL,
		published_by name NOT NULL,
		withdrawn_at timestamptz,
		withdrawn_by name,
		withdrawn_because text,
		CHECK ((withdrawn_at IS NULL) = (withdrawn_because IS NULL))
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
	COMMENT ON TABLE %1$I.%2$I IS 'Releases: what was published, when, to whom, under which rule, in one row each. No student is in it by herself, so nothing of it is purged with one.';
	COMMENT ON TABLE %1$I.%3$I IS 'The cells of each release as they were printed: members of its dimensions (NULL: the total) and numbers of its measures, both in order.';
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
The caller owns the tables, which he may not as a superuser, and nobody else may read them until granted; pg_dump carries them. They hold only what was published, of no student by herself: when a student''s data is purged, nothing in them is.
Raises 22004 if name is NULL, 42622 for a name of more than 54 bytes, 42P07 for one that is taken, 3F000 without a schema, 22023 for a memory that is not above 0, 42501 for superusers.';

-- ---- what a release is ----

CREATE FUNCTION gapstats_internal.measure_columns(measures jsonb)
RETURNS TABLE (place bigint, measure text, kind text, said text, name text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT row_number() OVER (ORDER BY m.key, c.place), m.key, coalesce(o.object ->> 'kind', 'count'), c.said, c.name
	FROM jsonb_each(CASE jsonb_typeof(measures) WHEN 'object' THEN measures ELSE '{}' END) AS m
	CROSS JOIN LATERAL (SELECT CASE jsonb_typeof(m.value) WHEN 'object' THEN m.value ELSE jsonb_build_object('kind', m.value) END) AS o (object)
	CROSS JOIN LATERAL (VALUES
		(1, CASE WHEN o.object ->> 'kind' IS DISTINCT FROM 'interval' THEN coalesce(o.object ->> 'column', m.key) END, m.key),
		(2, CASE WHEN o.object ->> 'kind' = 'interval' THEN o.object -> 'columns' ->> 0 END, m.key || ' lower'),
		(3, CASE WHEN o.object ->> 'kind' = 'interval' THEN o.object -> 'columns' ->> 1 END, m.key || ' upper'),
		(4, o.object ->> 'sd', m.key || ' sd')) AS c (place, said, name)
	WHERE c.said IS NOT NULL;
END;
COMMENT ON FUNCTION gapstats_internal.measure_columns(jsonb) IS
'The columns with the numbers of measures, in the order in which a ledger keeps them: as the description of a table calls them (said), and as the ledger does (name).';

CREATE FUNCTION gapstats_internal.resolved_hierarchies(hierarchies jsonb, dimensions text[], totals jsonb)
RETURNS jsonb
LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT CASE WHEN jsonb_typeof(hierarchies) = 'object' THEN coalesce(jsonb_object_agg(h.key, h.resolved), '{}') ELSE hierarchies END
	FROM (
		SELECT h.key, jsonb_agg(
			CASE WHEN t.text = ANY (dimensions) THEN to_jsonb(t.text)
			ELSE (
				SELECT jsonb_agg(CASE cardinality(q.texts) WHEN 2 THEN jsonb_build_array(q.texts[1], nullif(q.texts[2], totals ->> h.key)) ELSE to_jsonb(q.texts) END ORDER BY q.texts)
				FROM gapstats_internal.query_texts('hierarchies', t.text, NULL, NULL) AS q)
			END ORDER BY t.place) AS resolved
		FROM jsonb_each(CASE jsonb_typeof(hierarchies) WHEN 'object' THEN hierarchies ELSE '{}' END) AS h
		CROSS JOIN LATERAL jsonb_array_elements_text(CASE jsonb_typeof(h.value) WHEN 'array' THEN h.value ELSE jsonb_build_array(h.value) END)
			WITH ORDINALITY AS t (text, place)
		GROUP BY h.key
	) AS h;
END;
COMMENT ON FUNCTION gapstats_internal.resolved_hierarchies(jsonb, text[], jsonb) IS
'Hierarchies with the pairs of member and parent (NULL: the total) in the place of the queries that give them, which run with the rights of the caller.';

-- A number as it was rounded: 12 where others of its column have one decimal is 12.0.
CREATE FUNCTION gapstats_internal.number_in(printed text)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN printed ~ '^\s*[-+]?\d{1,18}(\.\d{1,18})?(e-?\d{1,2})?\s*%?\s*$' THEN trim(printed, E' \t\n\r%')::numeric END;
COMMENT ON FUNCTION gapstats_internal.number_in(text) IS
'The number that a text is, without a percent sign; NULL for any other text.';

CREATE FUNCTION gapstats_internal.with_decimals(printed text, decimals integer)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN decimals IS NOT NULL AND scale(gapstats_internal.number_in(printed)) < decimals THEN round(gapstats_internal.number_in(printed), decimals)::text ELSE printed END;
COMMENT ON FUNCTION gapstats_internal.with_decimals(text, integer) IS
'A text that is a number with at least so many decimals; any other text as it is.';

CREATE FUNCTION gapstats_internal.check_dimensions(said jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong text;
BEGIN
	IF said -> 'dimensions' ? 'as_of' THEN
		RAISE EXCEPTION 'a dimension must not be called "as_of"'
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'That is the moment of the release, which a ledger has as one more dimension. Give the column another name.';
	END IF;
	SELECT format('%s: "%s" is not one of the dimensions', s.argument, s.dimension) INTO wrong
	FROM (
		SELECT a.argument, d.dimension
		FROM unnest('{totals,hierarchies}'::text[]) AS a (argument)
		CROSS JOIN LATERAL jsonb_object_keys(said -> a.argument) AS d (dimension)
		UNION ALL
		SELECT 'incomplete', i.dimension
		FROM jsonb_array_elements_text(said -> 'incomplete') AS i (dimension)
	) AS s
	WHERE NOT said -> 'dimensions' ? s.dimension
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION '%', wrong
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = format('The dimensions are: %s.', (SELECT string_agg(d.name, ', ') FROM jsonb_array_elements_text(said -> 'dimensions') AS d (name)));
	END IF;
	SELECT CASE
			WHEN bool_or(jsonb_array_length(p.pair) <> 2) THEN format('the query of %s must give two columns', h.key)
			WHEN bool_or(p.pair ->> 0 IS NULL) THEN format('the query of %s gives a member that is NULL', h.key)
			ELSE format('%s "%s" is part of more than one thing', h.key, p.pair ->> 0) END
	INTO wrong
	FROM jsonb_each(said -> 'hierarchies') AS h, jsonb_array_elements(h.value) WITH ORDINALITY AS q (pairs, place),
		jsonb_array_elements(CASE jsonb_typeof(q.pairs) WHEN 'array' THEN q.pairs ELSE '[]' END) AS p (pair)
	GROUP BY h.key, q.place, p.pair ->> 0
	HAVING bool_or(jsonb_array_length(p.pair) <> 2) OR p.pair ->> 0 IS NULL OR count(DISTINCT p.pair ->> 1) + bool_or(p.pair ->> 1 IS NULL)::integer > 1
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'hierarchies: %', wrong
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'It should give each member and what it is part of. A dimension that is divided in several ways has an array of queries.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_dimensions(jsonb) IS
'Raises 22023 for what is said wrongly of the dimensions of a release: their names, totals and hierarchies.';

CREATE FUNCTION gapstats_internal.check_description(said jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name text;
	wrong text;
BEGIN
	FOREACH name IN ARRAY '{release,audience,population}'::text[] LOOP
		PERFORM gapstats_internal.entered_text(name, said ->> name, 200, true);
	END LOOP;
	FOREACH name IN ARRAY '{as_of,dimensions,measures,totals,hierarchies,marks,minimum,zeros,absent,incomplete,published_at,max_nodes,k,l}'::text[] LOOP
		IF said ? name AND said ->> name IS NULL THEN
			RAISE EXCEPTION '% must not be null', name USING ERRCODE = 'null_value_not_allowed';
		END IF;
	END LOOP;
	FOREACH name IN ARRAY '{measures,totals,hierarchies,marks}'::text[] LOOP
		IF jsonb_typeof(said -> name) <> 'object' THEN
			RAISE EXCEPTION '% must be a JSON object', name USING ERRCODE = 'invalid_parameter_value';
		END IF;
	END LOOP;
	IF said -> 'measures' = '{}' THEN
		RAISE EXCEPTION 'measures must not be empty'
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Say of each column with numbers what they are: {"students": "count"}.';
	END IF;
	SELECT m.key INTO wrong FROM jsonb_each(said -> 'measures') AS m WHERE jsonb_typeof(m.value) NOT IN ('string', 'object') LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'measures: what is said of "%" must be a text or an object', wrong
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Write {"students": "count", "percent_absent": {"kind": "percent", "of": "students"}}.';
	END IF;
	SELECT m.key INTO wrong FROM jsonb_each(said -> 'measures') AS m WHERE m.value ->> 'decimals' !~ '^(\d|1[0-5])$' LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'measure "%": "decimals" must be from 0 to 15', wrong USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF (said ->> 'minimum')::integer < 1 THEN
		RAISE EXCEPTION 'minimum must be at least 1, not %', said ->> 'minimum' USING ERRCODE = 'invalid_parameter_value';
	ELSIF (said ->> 'width')::double precision < 0 THEN
		RAISE EXCEPTION 'width must not be negative: %', said ->> 'width' USING ERRCODE = 'invalid_parameter_value';
	ELSIF said ->> 'zeros' NOT IN ('show', 'hide') THEN
		RAISE EXCEPTION 'unrecognized zeros: "%"', said ->> 'zeros' USING ERRCODE = 'invalid_parameter_value', HINT = 'Use one of: "show", "hide".';
	ELSIF said ->> 'absent' NOT IN ('zero', 'hidden') THEN
		RAISE EXCEPTION 'unrecognized absent: "%"', said ->> 'absent' USING ERRCODE = 'invalid_parameter_value', HINT = 'Use one of: "zero", "hidden".';
	ELSIF (said ->> 'as_of')::date NOT BETWEEN '0001-01-01' AND '9999-12-31' THEN
		RAISE EXCEPTION 'as_of must be a day of the years 1 to 9999, not %', said ->> 'as_of' USING ERRCODE = 'invalid_parameter_value';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_description(jsonb) IS
'Raises an error for what is said wrongly of a release, as disclosure_audit() would: 22004, 22023. What measures and marks say is left to the audit.';

CREATE FUNCTION gapstats_internal.kept_measures(measures jsonb, columns text[], decimals integer[])
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(jsonb_object_agg(m.key, CASE WHEN jsonb_typeof(o.object) = 'object' THEN
		o.object - '{column,columns,sd,truth,decimals}'::text[]
			|| jsonb_build_object('kind', coalesce(o.object ->> 'kind', 'count'))
			|| CASE WHEN o.object ->> 'kind' = 'interval' THEN jsonb_build_object('columns', jsonb_build_array(m.key || ' lower', m.key || ' upper')) ELSE '{}' END
			|| CASE WHEN o.object ? 'sd' THEN jsonb_build_object('sd', m.key || ' sd') ELSE '{}' END
			|| CASE WHEN c.decimals IS NOT NULL THEN jsonb_build_object('decimals', c.decimals) ELSE '{}' END
		ELSE m.value END), '{}')
	FROM jsonb_each(measures) AS m
	CROSS JOIN LATERAL (SELECT CASE jsonb_typeof(m.value) WHEN 'string' THEN jsonb_build_object('kind', m.value) ELSE m.value END) AS o (object)
	LEFT JOIN LATERAL (
		SELECT max(d.decimals)
		FROM unnest(columns, decimals) AS d (name, decimals)
		WHERE d.name IN (m.key, m.key || ' lower', m.key || ' upper')
	) AS c (decimals) ON true;
END;
COMMENT ON FUNCTION gapstats_internal.kept_measures(jsonb, text[], integer[]) IS
'What is said of measures as a ledger keeps it: with the ledger''s own names for the columns, the decimals that they were printed with, and without the true numbers.';

-- ---- one description of many releases ----

-- The same mark can mean one thing in one release and another in the next. So each is written as the range
-- that it stands for, under the rule of its own release.
CREATE FUNCTION gapstats_internal.plain_mark(mark jsonb, kind text, minimum integer, zeros text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	lowest CONSTANT integer := CASE zeros WHEN 'hide' THEN 0 ELSE 1 END;
BEGIN
	IF mark ? 'next smallest' THEN
		RETURN 'next smallest by ' || (mark ->> 'next smallest');
	ELSIF kind = 'count' AND mark = '"primary"' AND minimum > lowest THEN
		RETURN format('%s-%s', lowest, minimum - 1);
	ELSIF kind = 'count' AND mark = '"complementary"' THEN
		RETURN '>=' || minimum;
	ELSIF kind = 'count' AND mark = '"hidden"' AND lowest = 0 THEN
		RETURN '>=0';
	ELSIF mark IN ('"primary"', '"complementary"', '"hidden"') THEN
		RETURN '*';
	ELSIF jsonb_typeof(mark) <> 'array' OR jsonb_array_length(mark) <> 2 THEN
		RAISE EXCEPTION 'marks: what % means is not clear', mark
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Use "hidden", "primary", "complementary", its bounds such as [1, 4], or {"next smallest": "race"}.';
	ELSIF kind NOT IN ('count', 'sum') THEN
		RETURN '*';
	ELSIF mark ->> 0 IS NOT NULL AND mark ->> 1 IS NOT NULL THEN
		RETURN format('%s-%s', mark ->> 0, mark ->> 1);
	ELSIF mark ->> 0 IS NOT NULL THEN
		RETURN '>=' || (mark ->> 0);
	END IF;
	RETURN CASE WHEN kind = 'count' THEN format('%s-%s', lowest, mark ->> 1) ELSE '<=' || (mark ->> 1) END;
END
$$;
COMMENT ON FUNCTION gapstats_internal.plain_mark(jsonb, text, integer, text) IS
'What a mark in a column of a kind says, as a text that says so of itself. Raises 22023 for a mark whose meaning is not clear.';

CREATE FUNCTION gapstats_internal.plain_number(release jsonb, kind text, place bigint)
RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number CONSTANT text := format('c.numbers[%s]', place);
	hides_zeros CONSTANT boolean := kind = 'count' AND release ->> 'zeros' = 'hide';
	marks CONSTANT jsonb := '{"NULL": "hidden", "*": "hidden"}' || (release -> 'marks');
	branches text;
BEGIN
	SELECT string_agg(format('WHEN %s THEN %L', CASE m.key WHEN 'NULL' THEN number || ' IS NULL' ELSE format('%s = %L', number, m.key) END, m.plain), ' ' ORDER BY m.key)
	INTO branches
	FROM (
		SELECT key, gapstats_internal.plain_mark(value, kind, (release ->> 'minimum')::integer, release ->> 'zeros') AS plain
		FROM jsonb_each(marks)
	) AS m
	WHERE m.plain <> m.key;
	-- below 5 is 0 to 4 where zeros are hidden
	IF hides_zeros THEN
		branches := branches || format($sql$ WHEN %1$s ~ '^\s*(<|<=|≤|LT|LE)\s*\d{1,9}\s*$' THEN
			'0-' || (regexp_replace(%1$s, '\D', '', 'g')::integer - (%1$s !~ '=|≤|LE')::integer) $sql$, number);
	END IF;
	RETURN format('CASE %s ELSE %s END', branches, number);
END
$$;
COMMENT ON FUNCTION gapstats_internal.plain_number(jsonb, text, bigint) IS
'The expression for a number of a release''s cells c, with its marks as plain_mark() writes them.';

CREATE FUNCTION gapstats_internal.check_agreement(releases jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	odd record;
BEGIN
	SELECT s.what, min(s.release) FILTER (WHERE s.is_first) AS one, min(s.release) FILTER (WHERE NOT s.is_first) AS other INTO odd
	FROM (
		SELECT f.what, r ->> 'release' AS release, f.said = first_value(f.said) OVER (PARTITION BY f.what ORDER BY r ->> 'release') AS is_first
		FROM jsonb_array_elements(releases) AS r
		CROSS JOIN LATERAL (
			SELECT format('%s of measure "%s"', k.key, m.key), k.value
			FROM jsonb_each(r -> 'measures') AS m, jsonb_each(m.value) AS k
			WHERE k.key <> 'decimals' OR m.value ->> 'kind' IN ('sum', 'interval')
			UNION ALL
			SELECT format('dimension "%s" is incomplete', d.name), to_jsonb(r -> 'incomplete' ? d.name)
			FROM jsonb_array_elements_text(r -> 'dimensions') AS d (name)
			UNION ALL
			SELECT 'absent', r -> 'absent'
		) AS f (what, said)
	) AS s
	GROUP BY s.what
	HAVING bool_or(NOT s.is_first)
	ORDER BY s.what
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'releases "%" and "%" of the same children do not agree: %', odd.one, odd.other, odd.what
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Measures and dimensions are matched by their names; what is something else needs another: {"tested": {"column": "students"}}.';
	END IF;
	SELECT m.key AS name INTO odd
	FROM jsonb_array_elements(releases) AS r, jsonb_each(r -> 'measures') AS m
	WHERE EXISTS (SELECT FROM jsonb_array_elements(releases) AS d WHERE d -> 'dimensions' ? m.key)
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'a measure and a dimension are both called "%"', odd.name
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Give one of them another name: {"students": {"column": "..."}}.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_agreement(jsonb) IS
'Raises 22023 for releases that say different things of the same measure or dimension; what one of them leaves open is no difference.';

CREATE FUNCTION gapstats_internal.releases_together(ledger regclass, population text, as_of date)
RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	releases text[];
BEGIN
	EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		WITH remembered AS (
			SELECT r.release, r.as_of, r.measures, r.published_at
			FROM @ledger r, @settings s
			WHERE r.population = $1 AND r.withdrawn_at IS NULL AND (s.memory IS NULL OR r.published_at > now() - s.memory)
		)
		SELECT array_agg(release ORDER BY published_at, release)
		FROM remembered
		WHERE as_of = $2 OR EXISTS (
			SELECT FROM remembered AS o, jsonb_each(o.measures) AS m
			WHERE 'as_of' IN (m.value ->> 'cumulative', m.value ->> 'leaving'))
		$sql$)
	INTO releases USING population, as_of;
	RETURN coalesce(releases, '{}');
END
$$;
COMMENT ON FUNCTION gapstats_internal.releases_together(regclass, text, date) IS
'The releases of a ledger that are audited with one of a population at a moment, by the time at which they were published: those at the same moment, or at any if a measure of the population is cumulative or leaving as_of.';

CREATE FUNCTION gapstats_internal.ledger_query(ledger regclass, releases jsonb)
RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
	WITH dimension AS (
		SELECT DISTINCT d.name FROM jsonb_array_elements(releases) AS r, jsonb_array_elements_text(r -> 'dimensions') AS d (name)
	), number AS (
		SELECT DISTINCT c.name FROM jsonb_array_elements(releases) AS r, gapstats_internal.measure_columns(r -> 'measures') AS c
	), column_of AS (
		SELECT r ->> 'release' AS release, 1 AS part, d.name, coalesce('c.members[' || o.place || ']', 'NULL::text') AS expression
		FROM jsonb_array_elements(releases) AS r
		CROSS JOIN dimension AS d
		LEFT JOIN LATERAL (
			SELECT min(place) AS place FROM jsonb_array_elements_text(r -> 'dimensions') WITH ORDINALITY AS o (name, place) WHERE o.name = d.name
		) AS o ON true
		UNION ALL
		SELECT r ->> 'release', 2, n.name, coalesce(gapstats_internal.plain_number(r, c.kind, c.place), 'NULL::text')
		FROM jsonb_array_elements(releases) AS r
		CROSS JOIN number AS n
		LEFT JOIN LATERAL (SELECT * FROM gapstats_internal.measure_columns(r -> 'measures') AS c WHERE c.name = n.name) AS c ON true
	)
	SELECT string_agg(format('SELECT %L AS as_of, %s FROM %s AS c WHERE c.release = %L',
			to_char((r ->> 'as_of')::date, 'YYYY-MM-DD'),
			(SELECT string_agg(format('%s AS %I', c.expression, c.name), ', ' ORDER BY c.part, c.name) FROM column_of AS c WHERE c.release = r ->> 'release'),
			gapstats_internal.ledger_part(ledger, 'cells'), r ->> 'release'), ' UNION ALL ')
	FROM jsonb_array_elements(releases) AS r;
END;
COMMENT ON FUNCTION gapstats_internal.ledger_query(regclass, jsonb) IS
'The query that gives the cells of releases as one table: a column for the moment, one for each dimension and each number.';

-- Two releases divide a dimension in the same way if they say the same of some member and different things of
-- none; each may have members that the other does not. By race and by sex are two ways.
CREATE FUNCTION gapstats_internal.joined_divisions(divisions jsonb)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	division jsonb;
	same integer;
	joined jsonb := '[]';
BEGIN
	FOR division IN SELECT value FROM jsonb_array_elements(divisions) LOOP
		SELECT j.place - 1 INTO same
		FROM jsonb_array_elements(joined) WITH ORDINALITY AS j (pairs, place)
		CROSS JOIN LATERAL (
			SELECT bool_or(j.pairs -> m.key = m.value) AS the_same, bool_or(j.pairs -> m.key <> m.value) AS other FROM jsonb_each(division) AS m
		) AS says
		WHERE says.the_same AND NOT says.other
		ORDER BY j.place
		LIMIT 1;
		joined := CASE WHEN FOUND THEN jsonb_set(joined, ARRAY[same::text], (joined -> same) || division) ELSE joined || jsonb_build_array(division) END;
	END LOOP;
	RETURN joined;
END
$$;
COMMENT ON FUNCTION gapstats_internal.joined_divisions(jsonb) IS
'The ways to divide a dimension, each an object of members and what they are part of, with those that are the same in one.';

CREATE FUNCTION gapstats_internal.joined_hierarchies(releases jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
BEGIN ATOMIC
	WITH said AS (
		SELECT r.place AS release, h.key AS dimension, q.place, q.said
		FROM jsonb_array_elements(releases) WITH ORDINALITY AS r (release, place), jsonb_each(r.release -> 'hierarchies') AS h,
			jsonb_array_elements(h.value) WITH ORDINALITY AS q (said, place)
	), division AS (
		SELECT s.dimension, s.release, s.place, (SELECT jsonb_object_agg(p ->> 0, p -> 1) FROM jsonb_array_elements(s.said) AS p) AS pairs
		FROM said AS s
		WHERE jsonb_typeof(s.said) = 'array'
	), argument AS (
		SELECT DISTINCT s.dimension, 0 AS place, d.name AS said
		FROM said AS s, jsonb_array_elements(releases) AS r, jsonb_array_elements_text(r -> 'dimensions') AS d (name)
		WHERE s.said = to_jsonb(d.name)
		UNION ALL
		SELECT d.dimension, j.place, format('SELECT key, value FROM pg_catalog.jsonb_each_text(%L)', j.pairs)
		FROM (
			SELECT d.dimension, gapstats_internal.joined_divisions(jsonb_agg(d.pairs ORDER BY d.release, d.place)) AS divisions FROM division AS d GROUP BY d.dimension
		) AS d, jsonb_array_elements(d.divisions) WITH ORDINALITY AS j (pairs, place)
	)
	SELECT coalesce(jsonb_object_agg(a.dimension, a.said), '{}')
	FROM (SELECT a.dimension, jsonb_agg(a.said ORDER BY a.place, a.said) AS said FROM argument AS a GROUP BY a.dimension) AS a;
END;
COMMENT ON FUNCTION gapstats_internal.joined_hierarchies(jsonb) IS
'The hierarchies of releases together, as disclosure_audit() takes them.';

CREATE FUNCTION gapstats_internal.joined_measures(releases jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT coalesce(jsonb_object_agg(m.name, m.said), '{}')
	FROM (
		SELECT m.key AS name, jsonb_object_agg(k.key,
			CASE WHEN k.key = 'decimals' AND m.value ->> 'kind' NOT IN ('sum', 'interval') THEN '"as printed"' ELSE k.value END) AS said
		FROM jsonb_array_elements(releases) AS r, jsonb_each(r -> 'measures') AS m, jsonb_each(m.value) AS k
		GROUP BY m.key
	) AS m;
END;
COMMENT ON FUNCTION gapstats_internal.joined_measures(jsonb) IS
'The measures of releases together, as disclosure_audit() takes them.';

-- What can be wrong with a release comes to light in the audit, in short statements: their texts are in the error's context.
CREATE FUNCTION gapstats_internal.ledger_audit(ledger regclass, names text[], max_nodes integer)
RETURNS SETOF gapstats.disclosure_audit
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	releases jsonb;
	cells text;
	dimensions text[];
	incomplete text[];
	marks jsonb;
	rule record;
BEGIN
	EXECUTE gapstats_internal.ledger_statement(ledger, 'SELECT jsonb_agg(to_jsonb(r) ORDER BY r.published_at, r.release) FROM @ledger r WHERE r.release = ANY ($1)')
	INTO releases USING names;
	IF releases IS NULL THEN
		RETURN;
	END IF;
	PERFORM gapstats_internal.check_agreement(releases);
	cells := gapstats_internal.ledger_query(ledger, releases);
	-- in the order of their names: a number that was accepted is known again by that of its cell
	SELECT '{as_of}'::text[] || coalesce(array_agg(DISTINCT d.name), '{}'), coalesce(array_agg(DISTINCT d.name) FILTER (WHERE r -> 'incomplete' ? d.name), '{}')
	INTO dimensions, incomplete
	FROM jsonb_array_elements(releases) AS r, jsonb_array_elements_text(r -> 'dimensions') AS d (name);
	SELECT coalesce(jsonb_object_agg('next smallest by ' || (m.value ->> 'next smallest'), m.value), '{}') INTO marks
	FROM jsonb_array_elements(releases) AS r, jsonb_each(r -> 'marks') AS m
	WHERE m.value ? 'next smallest';
	SELECT max((r ->> 'minimum')::integer) AS minimum, max((r ->> 'width')::double precision) AS width, min(r ->> 'absent') AS absent INTO rule
	FROM jsonb_array_elements(releases) AS r;
	RETURN QUERY
	SELECT *
	FROM gapstats.disclosure_audit(cells, dimensions, gapstats_internal.joined_measures(releases), '{}', gapstats_internal.joined_hierarchies(releases),
		marks, rule.minimum, rule.width, absent => rule.absent, incomplete => incomplete, max_nodes => max_nodes);
END
$$;
COMMENT ON FUNCTION gapstats_internal.ledger_audit(regclass, text[], integer) IS
'What releases of a ledger give away together: disclosure_audit() of all their cells as one table.';

CREATE FUNCTION gapstats_internal.ledger_leaks(ledger regclass, names text[], max_nodes integer)
RETURNS TABLE (cell text, measure text, verdict text, at_least double precision, at_most double precision, because text, accepted text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	audited CONSTANT gapstats.disclosure_audit[] := ARRAY(SELECT a FROM gapstats_internal.ledger_audit(ledger, names, max_nodes) AS a);
BEGIN
	RETURN QUERY EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		WITH accepted AS (
			SELECT format('%s (%s)', r.accepted, r.release) AS why, n.*
			FROM @ledger r, jsonb_to_recordset(r.accepted_numbers) AS n (cell text, measure text, width double precision)
			WHERE r.release = ANY ($2)
		)
		SELECT a.cell, a.measure, a.verdict, a.least_rule, a.most_rule, a.because, min(n.why)
		FROM unnest($1) AS a
		LEFT JOIN accepted n ON n.cell = a.cell AND n.measure = a.measure
			AND coalesce(a.most_rule - a.least_rule, 'Infinity') >= coalesce(n.width, 'Infinity')
		WHERE a.verdict NOT IN ('protected', 'left_out', 'all_same') AND a.can_be_small IS NOT FALSE
		GROUP BY 1, 2, 3, 4, 5, 6
		$sql$)
	USING audited, names;
END
$$;
COMMENT ON FUNCTION gapstats_internal.ledger_leaks(regclass, text[], integer) IS
'The numbers that releases of a ledger give away together and that are, or can be, about few, and where their publishing was accepted the reason; but one that can be had more exactly than was accepted has none.';

-- ---- publishing ----
--
-- Of what a description holds the planner thinks that it is much, and compiling that takes a second: SET jit = off

-- What is published is in it, but not the numbers that follow: errors go to the server's log, too.
CREATE FUNCTION gapstats_internal.leaks_in_words(leaks jsonb, others text[])
RETURNS text
LANGUAGE sql STABLE
RETURN concat_ws(E'\n', (
		SELECT string_agg(format('%s, %s: %s; %s', l.leak ->> 'cell', l.leak ->> 'measure', l.leak ->> 'verdict', l.leak ->> 'because'), E'\n' ORDER BY l.place)
		FROM jsonb_array_elements(leaks) WITH ORDINALITY AS l (leak, place)
		WHERE l.place <= 10),
	CASE WHEN jsonb_array_length(leaks) > 10 THEN format('and %s more', jsonb_array_length(leaks) - 10) END,
	CASE WHEN others <> '{}' THEN 'Audited with: ' || array_to_string(others, ', ') END);
COMMENT ON FUNCTION gapstats_internal.leaks_in_words(jsonb, text[]) IS
'The numbers that a release gives away, ten of them at most, and the releases that it was audited with.';

CREATE FUNCTION gapstats_internal.columns_of(said jsonb, texts text[])
RETURNS TABLE (place bigint, name text, decimals integer, decimals_printed integer)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH c AS (
		SELECT c.*, m.object,
			c.kind IN ('percent', 'rate', 'mean', 'gap', 'ratio', 'interval') OR c.kind = 'sum' AND m.object -> 'step' = 'null' AS is_rounded
		FROM gapstats_internal.measure_columns(said -> 'measures') AS c
		CROSS JOIN LATERAL (SELECT columns_of.said -> 'measures' -> c.measure) AS m (object)
	), width AS (
		SELECT jsonb_array_length(said -> 'dimensions') AS dimensions, jsonb_array_length(said -> 'dimensions') + (SELECT count(*) FROM c) AS columns
	), printed AS (
		SELECT (t.place - 1) % w.columns + 1 - w.dimensions AS place, max(scale(gapstats_internal.number_in(t.text))) AS decimals
		FROM width AS w, unnest(texts) WITH ORDINALITY AS t (text, place)
		WHERE (t.place - 1) % w.columns + 1 - w.dimensions IN (SELECT c.place FROM c WHERE c.is_rounded)
		GROUP BY 1
	)
	SELECT c.place, c.name, CASE WHEN c.is_rounded THEN coalesce((c.object ->> 'decimals')::integer, p.decimals, 0) END, p.decimals
	FROM c
	LEFT JOIN printed AS p USING (place);
END;
COMMENT ON FUNCTION gapstats_internal.columns_of(jsonb, text[]) IS
'The columns of a release''s numbers, and the decimals of those that were rounded: as said, or as many as were printed at most.';

CREATE FUNCTION gapstats_internal.keep_release(ledger regclass, said jsonb, texts text[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := gapstats_internal.entered_text('release', said ->> 'release', 200, true);
	dimensions CONSTANT text[] := ARRAY(SELECT jsonb_array_elements_text(said -> 'dimensions'));
	minimum CONSTANT integer := said ->> 'minimum';
	columns text[];
	decimals integer[];
	wrong text;
BEGIN
	SELECT coalesce(array_agg(c.name ORDER BY c.place), '{}'), coalesce(array_agg(c.decimals ORDER BY c.place), '{}'),
		min(format('%s has more than %s decimals', c.name, c.decimals)) FILTER (WHERE c.decimals_printed > c.decimals)
	INTO columns, decimals, wrong
	FROM gapstats_internal.columns_of(said, texts) AS c;
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION '%', wrong
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Numbers are published as they were rounded; give the column as it was printed, or other "decimals".';
	END IF;
	EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		INSERT INTO @ledger (release, kind, audience, population, as_of, dimensions, measures, hierarchies, marks, minimum, width, zeros, absent, incomplete, sensitive, k, l, published_at, published_by)
		SELECT $2, r.kind, r.audience, r.population, r.as_of, r.dimensions, gapstats_internal.kept_measures(r.measures, $3, $4), r.hierarchies, r.marks,
			r.minimum, coalesce(r.width, (r.minimum + 1) / 2), r.zeros, r.absent, r.incomplete, r.sensitive, r.k, r.l, r.published_at, gapstats_internal.caller()
		FROM jsonb_to_record($1) AS r (kind text, audience text, population text, as_of date, dimensions text[], measures jsonb, hierarchies jsonb, marks jsonb,
			minimum integer, width double precision, zeros text, absent text, incomplete text[], sensitive text[], k integer, l integer, published_at timestamptz)
		$sql$)
	USING said, name, columns, decimals;
	EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		INSERT INTO @cells (release, place, members, numbers)
		SELECT $1, c.row, c.texts[:$3], c.texts[$3 + 1:]
		FROM (
			SELECT (t.place - 1) / cardinality($4) AS row,
				array_agg(gapstats_internal.with_decimals(nullif(t.text, $4[(t.place - 1) % cardinality($4) + 1]), $5[(t.place - 1) % cardinality($4) + 1]) ORDER BY t.place) AS texts
			FROM unnest($2) WITH ORDINALITY AS t (text, place)
			GROUP BY 1
		) AS c
		$sql$)
	USING name, texts, cardinality(dimensions),
		ARRAY(SELECT said -> 'totals' ->> d.name FROM unnest(dimensions) WITH ORDINALITY AS d (name, place) ORDER BY d.place) || array_fill(NULL::text, ARRAY[cardinality(columns)]),
		array_fill(NULL::integer, ARRAY[cardinality(dimensions)]) || decimals;
EXCEPTION WHEN unique_violation THEN
	RAISE EXCEPTION 'ledger "%" has a release "%" already', ledger, name
		USING ERRCODE = 'duplicate_object',
			  HINT = 'Give the new one another name, also where the old one was withdrawn.';
END
$$;
COMMENT ON FUNCTION gapstats_internal.keep_release(regclass, jsonb, text[]) IS
'Writes a release and its cells into a ledger. Raises 42710 if it has one of that name.';

-- Nothing is wrong with either; but who misspelled it, or thought that it went without saying,
-- would not learn it otherwise.
CREATE FUNCTION gapstats_internal.tell_what_is_not_compared(ledger regclass, said jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	moments date[];
	is_used boolean;
BEGIN
	EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		SELECT array_agg(DISTINCT r.as_of ORDER BY r.as_of) FILTER (WHERE r.population = $1), count(*) > 0
		FROM @ledger r
		WHERE r.withdrawn_at IS NULL AND r.population IS NOT NULL
		$sql$)
	INTO moments, is_used USING said ->> 'population';
	IF is_used AND moments IS NULL THEN
		RAISE NOTICE 'this is the first release of population "%"', said ->> 'population'
			USING HINT = 'Releases of other populations are not compared with it.';
	ELSIF array_remove(moments, (said ->> 'as_of')::date) <> '{}'
		AND NOT jsonb_path_exists(said -> 'measures', '$.* ? (@.leaving == "as_of" || @.cumulative == "as_of")') THEN
		RAISE NOTICE 'releases of population "%" at other moments are not compared with this one', said ->> 'population'
			USING HINT = 'If nobody joins from one to the next, or nobody leaves, say so of its measures: {"leaving": "as_of"}, {"cumulative": "as_of"}.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.tell_what_is_not_compared(regclass, jsonb) IS
'A notice for a release of a population that the ledger did not have, or that has other moments to which nothing relates it.';

CREATE FUNCTION gapstats_internal.enter_release_as_owner(ledger regclass, said jsonb, texts text[])
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET jit = off
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := gapstats_internal.entered_text('release', said ->> 'release', 200, true);
	reason CONSTANT text := gapstats_internal.entered_text('accept', said ->> 'accept', 1000, said ->> 'accept' IS NOT NULL);
	names text[];
	leaks jsonb;
	n bigint;
BEGIN
	PERFORM gapstats_internal.check_description(said);
	PERFORM gapstats_internal.check_dimensions(said);
	IF texts = '{}' THEN
		RAISE EXCEPTION 'cells has no rows' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM gapstats_internal.begin_change(ledger);
	PERFORM gapstats_internal.tell_what_is_not_compared(ledger, said);
	PERFORM gapstats_internal.keep_release(ledger, said, texts);
	names := array_remove(gapstats_internal.releases_together(ledger, said ->> 'population', (said ->> 'as_of')::date), name) || name;
	leaks := (
		SELECT coalesce(jsonb_agg(to_jsonb(a) - 'accepted' ORDER BY a.cell, a.measure), '[]')
		FROM gapstats_internal.ledger_leaks(ledger, names, (said ->> 'max_nodes')::integer) AS a
		WHERE a.accepted IS NULL
	);
	n := jsonb_array_length(leaks);
	IF n > 0 AND reason IS NULL THEN
		RAISE EXCEPTION '%', format(CASE
				WHEN jsonb_path_exists(leaks, '$[*] ? (@.verdict != "inconsistent")') THEN 'release "%s" would give away hidden numbers: %s'
				ELSE 'release "%s" contradicts itself, or what was published before: %s' END, name, n)
			USING ERRCODE = 'check_violation',
				  DETAIL = gapstats_internal.leaks_in_words(leaks, array_remove(names, name)),
				  HINT = 'Hide more of it, or correct it; or say why it may go out all the same: accept => ''...''.';
	ELSIF n > 0 THEN
		-- how exactly, and not the numbers themselves: one of them may be a child's
		EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
			UPDATE @ledger
			SET accepted = $2, accepted_numbers = (
				SELECT jsonb_agg(jsonb_build_object('cell', l.cell, 'measure', l.measure, 'width', l.at_most - l.at_least) ORDER BY l.cell, l.measure)
				FROM jsonb_to_recordset($3) AS l (cell text, measure text, at_least double precision, at_most double precision))
			WHERE release = $1
			$sql$)
		USING name, reason, leaks;
	END IF;
	RETURN n;
END
$$;
COMMENT ON FUNCTION gapstats_internal.enter_release_as_owner(regclass, jsonb, text[]) IS
'enter_release(), done as the ledger''s owner.';

CREATE FUNCTION gapstats_internal.enter_release(ledger regclass, said jsonb, texts text[])
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.enter_release(regclass, jsonb, text[]) IS
'Audits a release together with earlier ones and enters it into a ledger: what is said of it, and its cells, each the members of its dimensions and the numbers of its measures as measure_columns() orders them.';

CREATE FUNCTION publish_release(ledger regclass, release text, audience text, population text, as_of date, cells text, dimensions text[], measures jsonb,
		totals jsonb DEFAULT '{}', hierarchies jsonb DEFAULT '{}', marks jsonb DEFAULT '{}', minimum integer DEFAULT 10, width double precision DEFAULT NULL,
		zeros text DEFAULT 'show', absent text DEFAULT 'zero', incomplete text[] DEFAULT '{}', accept text DEFAULT NULL,
		published_at timestamptz DEFAULT now(), max_nodes integer DEFAULT 1000)
RETURNS bigint
LANGUAGE sql VOLATILE
SET jit = off
RETURN gapstats_internal.enter_release(ledger,
	jsonb_build_object('kind', 'table', 'release', release, 'audience', audience, 'population', population, 'as_of', as_of, 'dimensions', dimensions,
		'measures', measures, 'totals', totals, 'hierarchies', gapstats_internal.resolved_hierarchies(hierarchies, dimensions, totals), 'marks', marks,
		'minimum', minimum, 'width', width, 'zeros', zeros, 'absent', absent, 'incomplete', incomplete, 'accept', accept,
		'published_at', published_at, 'max_nodes', max_nodes),
	ARRAY(
		SELECT q.texts
		FROM gapstats_internal.query_texts('cells', cells,
			dimensions || ARRAY(SELECT c.said FROM gapstats_internal.measure_columns(measures) AS c ORDER BY c.place), 'dimensions or measures') AS q
		ORDER BY q.place));
COMMENT ON FUNCTION publish_release(regclass, text, text, text, date, text, text[], jsonb, jsonb, jsonb, jsonb, integer, double precision, text, text, text[], text, timestamptz, integer) IS
'Enters a table that is to be published into a ledger, unless it gives away, together with what was published before, numbers that are hidden and are or can be about few. Returns how many such numbers were accepted: 0 but for accept.
ledger: whose owner one must be. release: its name, once. audience: to whom it goes. population: who is counted, and as_of: at which moment. Releases of one population at one moment are of the same children: dimensions and measures of the same name are the same, and a dimension that a release does not have is at its total. Another moment is related to it only if a measure is {"cumulative": "as_of"} (nobody leaves from one to the next) or {"leaving": "as_of"} (nobody joins); then all moments of the population are audited together. Any other population is of others.
cells to incomplete, and max_nodes: as disclosure_audit has them. cells and hierarchies are read now, with the caller''s rights; kept are the cells as they are printed, without any true numbers. minimum and width: the largest among the releases count. Members of a dimension that a measure is cumulative or leaving over are in the order of texts.
accept: why it may go out although it gives something away; it is kept with which numbers these are, and how exactly they can be had. Later releases may give them away, too, but no more exactly. published_at: when it was published, if that was earlier. Releases that are older than the memory of the ledger, or withdrawn, are not audited with it.
Raises 23514 for a release that gives something away, with the cells; 42501 for anybody but the owner, 42710 for a name that the ledger has, 42809 for what is no ledger, 22004 for a NULL (but width and accept), 22023 for what is said wrongly, or otherwise than in another release of the same children, and 21000 for a number that is another one there; else as disclosure_audit.';

CREATE FUNCTION gapstats_internal.withdraw_release_as_owner(ledger regclass, release text, reason text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := gapstats_internal.entered_text('release', release, 200, true);
	because CONSTANT text := gapstats_internal.entered_text('reason', reason, 1000, true);
	is_withdrawn boolean;
BEGIN
	PERFORM gapstats_internal.begin_change(ledger);
	EXECUTE gapstats_internal.ledger_statement(ledger, 'SELECT r.withdrawn_at IS NOT NULL FROM @ledger r WHERE r.release = $1') INTO is_withdrawn USING name;
	IF is_withdrawn IS NULL THEN
		RAISE EXCEPTION 'ledger "%" has no release "%"', ledger, name USING ERRCODE = 'undefined_object';
	ELSIF is_withdrawn THEN
		RAISE EXCEPTION 'release "%" is withdrawn already', name USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		UPDATE @ledger SET withdrawn_at = now(), withdrawn_by = gapstats_internal.caller(), withdrawn_because = $2 WHERE release = $1
		$sql$)
	USING name, because;
END
$$;
COMMENT ON FUNCTION gapstats_internal.withdraw_release_as_owner(regclass, text, text) IS
'withdraw_release(), done as the ledger''s owner.';

CREATE FUNCTION withdraw_release(ledger regclass, release text, reason text)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION withdraw_release(regclass, text, text) IS
'Withdraws a release from a ledger: it stays there, with the reason, who withdrew it and when, but nothing is audited with it any more. For one that never went out, or that nobody has kept; what somebody has read he knows.
reason: why, which must be said. Raises 22004 for a NULL, 22023 for a blank reason, 42704 for a release that the ledger does not have, 55000 for one that is withdrawn already, 42501 for anybody but the owner of the ledger, 42809 for what is no ledger.';

-- ---- health ----

CREATE FUNCTION gapstats_internal.leaks_without(ledger regclass, names text[], leaks jsonb)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name text;
	needed jsonb := '{}';
BEGIN
	FOREACH name IN ARRAY CASE WHEN leaks = '[]' THEN '{}' ELSE names END LOOP
		SELECT needed || coalesce(jsonb_object_agg(k.key, coalesce(needed -> k.key, '[]') || to_jsonb(name)), '{}') INTO needed
		FROM (
			SELECT jsonb_build_array(l -> 'cell', l -> 'measure')::text AS key
			FROM jsonb_array_elements(leaks) AS l
			EXCEPT
			SELECT jsonb_build_array(a.cell, a.measure)::text
			FROM gapstats_internal.ledger_leaks(ledger, array_remove(names, name), 1000) AS a
		) AS k;
	END LOOP;
	RETURN needed;
END
$$;
COMMENT ON FUNCTION gapstats_internal.leaks_without(regclass, text[], jsonb) IS
'For each number that releases of a ledger give away together, by cell and measure, those releases without which they would not.';

CREATE FUNCTION gapstats_internal.group_health(ledger regclass, names text[])
RETURNS TABLE (releases text[], cell text, measure text, verdict text, at_least double precision, at_most double precision, because text, accepted text, fix text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	leaks jsonb;
	needed jsonb;
BEGIN
	SELECT coalesce(jsonb_agg(to_jsonb(a)), '[]') INTO leaks FROM gapstats_internal.ledger_leaks(ledger, names, 1000) AS a;
	needed := gapstats_internal.leaks_without(ledger, names, jsonb_path_query_array(leaks, '$[*] ? (@.accepted == null)'));
	RETURN QUERY
	SELECT r.releases, l.cell, l.measure, l.verdict, l.at_least, l.at_most, l.because, l.accepted,
		CASE WHEN l.accepted IS NULL THEN
			format('if one of them never went out: SELECT gapstats.withdraw_release(%L, %L, ''why''); else say so with the next release: accept => ''why''', ledger, r.releases[cardinality(r.releases)]) END
	FROM jsonb_to_recordset(leaks) AS l (cell text, measure text, verdict text, at_least double precision, at_most double precision, because text, accepted text)
	CROSS JOIN LATERAL (
		SELECT coalesce(ARRAY(SELECT jsonb_array_elements_text(needed -> jsonb_build_array(l.cell, l.measure)::text)), '{}') AS names
	) AS n
	CROSS JOIN LATERAL (SELECT CASE WHEN n.names = '{}' THEN group_health.names ELSE n.names END AS releases) AS r;
EXCEPTION WHEN OTHERS THEN
	RETURN QUERY SELECT names, NULL::text, NULL::text, 'not audited', NULL::double precision, NULL::double precision, SQLERRM, NULL::text,
		format('look at what was changed by hand in %s and beside it, or at these releases: SELECT * FROM %1$s WHERE release = ANY (%2$L);', ledger, names);
END
$$;
COMMENT ON FUNCTION gapstats_internal.group_health(regclass, text[]) IS
'What some releases of a ledger give away together, or why they cannot be audited.';

CREATE FUNCTION gapstats_internal.release_health_as_owner(ledger regclass)
RETURNS TABLE (population text, as_of date, releases text[], cell text, measure text, verdict text, at_least double precision, at_most double precision,
	because text, accepted text, fix text)
LANGUAGE plpgsql VOLATILE
SET jit = off
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.check_ledger(ledger);
	RETURN QUERY EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		SELECT g.population, g.as_of, h.*
		FROM (
			SELECT r.population, max(r.as_of) AS as_of, t.names
			FROM @ledger r
			CROSS JOIN LATERAL gapstats_internal.releases_together($1, r.population, r.as_of) AS t (names)
			WHERE t.names <> '{}'
			GROUP BY r.population, t.names
		) g
		CROSS JOIN LATERAL gapstats_internal.group_health($1, g.names) h
		ORDER BY h.accepted IS NOT NULL, g.population, g.as_of, h.cell, h.measure
		$sql$)
	USING ledger;
END
$$;
COMMENT ON FUNCTION gapstats_internal.release_health_as_owner(regclass) IS
'release_health(), done as the ledger''s owner.';

CREATE FUNCTION release_health(ledger regclass)
RETURNS TABLE (population text, as_of date, releases text[], cell text, measure text, verdict text, at_least double precision, at_most double precision,
	because text, accepted text, fix text)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE COST 100000 ROWS 10;
COMMENT ON FUNCTION release_health(regclass) IS
'What the releases of a ledger give away together: one row for each hidden number that is or can be about few; no rows if all is well. Those that nobody has accepted come first: of a ledger whose memory was made longer, that was changed by hand, or that an older version of gapstats audited.
ledger: whose owner one must be; superusers may, too. population, as_of: the children, and the latest moment of the releases. releases: those without any one of which it would not be given away, by the time at which they were published; all that are audited together, if each could be done without, or if it was accepted. cell, measure, verdict, because: as disclosure_audit says it; verdict is "not audited" for releases that cannot be audited, and because says why. at_least, at_most: between what it must be; NULL if it is not bounded. accepted: why it went out all the same, and with which release. fix: what can be done; NULL if it was accepted.
Withdrawn releases, and those that are older than the memory of the ledger, are not looked at. Raises 42501 for anybody but the owner, 42809 for what is no ledger, 22004 for NULL.';
