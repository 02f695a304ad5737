-- ledger/release: what is said of a release, and how its numbers are kept

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
		IF said ? name THEN
			PERFORM gapstats_internal.entered_text(name, said ->> name, 200, true);
		END IF;
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
	ELSIF (said ->> 'published_at')::timestamptz > clock_timestamp() THEN
		RAISE EXCEPTION 'published_at must not be in the future: %', said ->> 'published_at'
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Enter a release when it goes out; how long it is audited with later ones is counted from then.';
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
