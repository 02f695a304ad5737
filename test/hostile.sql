-- The largest and most hostile arguments of each type; to be read after arguments.sql.

CREATE TABLE many AS SELECT i FROM generate_series(1, 400000) AS i;
CREATE TABLE few AS SELECT i FROM generate_series(1, 2000) AS i;

CREATE TABLE hostile (
	place serial,
	type regtype,
	value text,  -- an expression
	many text    -- one for each row i
);
INSERT INTO hostile (type, value, many) VALUES
	('float8', '1e308', '(i % 3 - 1) * 1e308'),
	('float8', '5e-324', '5e-324 * (i % 1000)'),
	('float8', '0.99999999999999989', 'sin(i)'),
	('float8', '-1.7e308', '(i % 2 * 2 - 1) * 1.7e308'),
	('float8', '0', NULL),
	('float8', '-1', NULL),
	('float8', $$'NaN'$$, NULL),
	('float8', $$'Infinity'$$, NULL),
	('float8', $$'-Infinity'$$, NULL),
	('float8', 'NULL', NULL),
	('bool', 'false', 'i % 7 < 3'),
	('bool', 'NULL', NULL),
	('int8', '9000000000000000000', NULL),
	('int8', '-9223372036854775808', '(i % 2 * 2 - 1) * 4000000000000000000'),
	('int8', '0', NULL),
	('int8', '-1', NULL),
	('int8', '1', 'i'),
	('int8', 'NULL', NULL),
	('int4', '2147483647', NULL),
	('int4', '-2147483648', '(i % 2 * 2 - 1) * 2147483647'),
	('int4', '0', NULL),
	('int4', '-1', 'i'),
	('int4', '36525', NULL),
	('int4', 'NULL', NULL),
	('numeric', '1e1000', NULL),
	('numeric', '-1e1000', '(i % 2 * 2 - 1) * 1e1000'),
	('numeric', '1e-1000', 'i * 1e-1000'),
	('numeric', '0', NULL),
	('numeric', '-1', NULL),
	('numeric', $$'NaN'$$, NULL),
	('numeric', $$'Infinity'$$, NULL),
	('numeric', 'NULL', NULL),
	('text', $$repeat('x', 1000000)$$, $$'group ' || i$$),
	('text', $$''$$, $$'group ' || i % 2$$),
	('text', 'NULL', $$nullif('group ' || i, 'group 7')$$),
	('bool[]', $$array_fill(true, ARRAY[100000])$$, NULL),
	('bool[]', $$'{NULL}'$$, NULL),
	('bool[]', 'NULL', NULL),
	('int4[]', $$array_fill(2147483647, ARRAY[100000])$$, NULL),
	('int4[]', $$'{-2147483648,NULL}'$$, NULL),
	('int4[]', 'NULL', NULL),
	('bytea', $$decode(repeat('00', 1000000), 'hex')$$, NULL),
	('bytea', $$'\x'$$, NULL),
	('bytea', 'NULL', NULL),
	('jsonb', $$to_jsonb(repeat('x', 1000000))$$, NULL),
	('jsonb', $$'[{}]'$$, NULL),
	('jsonb', 'NULL', NULL),
	('date', $$'infinity'$$, 'date ''0001-01-01'' + i * 9'),
	('date', $$'-infinity'$$, 'date ''2020-01-01'' + i % 1000 * 64'),
	('date', $$'4713-01-01 BC'$$, NULL),
	('date', $$'5874897-12-31'$$, NULL),
	('date', 'NULL', NULL),
	('daterange', $$'(,)'$$, NULL),
	('daterange', $$'[4713-01-01 BC,5874897-12-30]'$$, NULL),
	('daterange', $$'[0001-01-01,9999-12-31]'$$, NULL),
	('daterange', $$'empty'$$, NULL),
	('daterange', 'NULL', NULL),
	('interval', $$'178000000 years'$$, NULL),
	('interval', $$'-178000000 years'$$, NULL),
	('interval', $$'2147483647 days'$$, NULL),
	('interval', $$'0'$$, NULL),
	('interval', 'NULL', NULL),
	('timestamptz', $$'infinity'$$, NULL),
	('timestamptz', $$'-infinity'$$, NULL),
	('timestamptz', $$'294276-12-31 23:59:59+00'$$, NULL),
	('timestamptz', 'NULL', NULL),
	('time', $$'00:00'$$, NULL),
	('time', $$'00:00:00.000001'$$, NULL),
	('time', $$'24:00'$$, NULL),
	('time', 'NULL', NULL),
	('oid', '0', NULL),
	('oid', '2200', NULL),
	('oid', '4294967295', NULL),
	('oid', 'NULL', NULL),
	('oid[]', $$'{NULL}'$$, NULL),
	('oid[]', $$'{{4294967295},{4294967294}}'$$, NULL),
	('gapstats.chronic_absence_prior', $$ROW(-1, 5e-324, 1e308, 'NaN', 1e308, repeat('x', 100000))::gapstats.chronic_absence_prior$$, NULL),
	('gapstats.chronic_absence_prior', $$ROW(-1, 1.5, 0.5, NULL, NULL, NULL)::gapstats.chronic_absence_prior$$, NULL),
	('gapstats.chronic_absence_prior', $$ROW(-1, 0.01, 0.001, NULL, NULL, NULL)::gapstats.chronic_absence_prior$$, NULL),
	('gapstats.chronic_absence_prior', $$ROW(0, NULL, NULL, NULL, NULL, repeat('x', 1000000))::gapstats.chronic_absence_prior$$, NULL),
	('gapstats_internal.report_comparison', $$ROW(NULL, 0, -1, 'NaN', 1e308, '-Infinity', 0, 'NaN', 5e-324, NULL, 2, 'Infinity', -1, 'NaN', 1e308, -0.0, 5e-324, '-Infinity', NULL, -1, 9223372036854775807, 1e308, repeat('x', 100000))::gapstats_internal.report_comparison$$, NULL),
	('gapstats_internal.report_comparison', 'NULL', NULL),
	('gapstats_internal.report_measure', $$ROW('', repeat('x', 100000), NULL, repeat('"', 100000), NULL, '', '[-infinity,infinity]', -2147483648, 'NaN', NULL, NULL, repeat('y', 100000), 'NaN', '-Infinity', 'Infinity', -1e100)::gapstats_internal.report_measure$$, NULL),
	('gapstats_internal.report_measure', 'NULL', NULL),
	('gapstats_internal.chart_mark', $$ROW(-1, repeat('x', 100000), repeat('</script>', 10000), E'\u2028"\n', NULL, 'NaN', 1e308, 'NaN', '-Infinity', 0, NULL, '[1, null]')::gapstats_internal.chart_mark$$, NULL),
	('gapstats_internal.chart_mark', 'NULL', NULL),
	('gapstats_internal.chart_mark[]', $$ARRAY(SELECT ROW(i, 'p' || i % 7, 'l' || i, NULL, i % 5 = 0, 0.1, 1e308, -1e308, 1e308, 5e-324, CASE WHEN i % 2 = 0 THEN 'why' END, '{"measure": 1}')::gapstats_internal.chart_mark FROM generate_series(1, 5001) AS i)$$, NULL),
	('gapstats_internal.chart_mark[]', $$'{NULL}'$$, NULL),
	('gapstats_internal.chart_mark[]', 'NULL', NULL),
	('gapstats.stratum[]', $$'{NULL}'$$, NULL),
	('gapstats.stratum[]', 'NULL', NULL),
	('oid[]', 'NULL', NULL);

-- Values that take long to make lie in a table each, toasted.
CREATE FUNCTION add_hostile(type regtype, query text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	number integer := nextval('hostile_place_seq');
BEGIN
	EXECUTE format('CREATE TABLE hostile_%s (v %s)', number, CASE type WHEN 'cstring'::regtype THEN 'text' ELSE type END);
	EXECUTE format('INSERT INTO hostile_%s %s', number, query);
	INSERT INTO hostile VALUES (number, type, format('(SELECT v FROM hostile_%s)', number));
END $$;

-- Arrays of 400,000
SELECT add_hostile((element || '[]')::regtype, format('SELECT array_agg(%s ORDER BY i) FROM many', value))
FROM (VALUES
	('float8', 'i / 400001.0'),
	('float8', '1 - i / 400001.0'),
	('float8', '0.5'),
	('float8', '(i % 3 - 1) * 1e308'),
	('float8', 'i * 5e-324'),
	('float8', 'NULL::float8'),
	('float8', $$'NaN'::float8$$),
	('int8', 'i'),
	('int8', '1'),
	('int8', '0'),
	('int8', '9223372036854775807'),
	('int8', '-i'),
	('int8', 'NULL::bigint'),
	('int4', 'i::integer'),
	('int4', '1'),
	('int4', '-2147483648'),
	('bool', 'i % 2 = 0'),
	('bool', 'true'),
	('text', $$'level ' || i$$),
	('text', $$'level'::text$$),
	('text', 'NULL::text'),
	('date', $$date '0001-01-01' + i * 9$$),
	('date', $$date '2020-01-01' - i % 1000 * 64$$),
	('date', $$date 'infinity'$$),
	('date', 'NULL::date'),
	('daterange', $$daterange('0001-01-01', '9999-12-31')$$),
	('daterange', $$daterange(date '0001-01-01' + i, NULL)$$),
	('daterange', $$'empty'::daterange$$),
	('daterange', 'NULL::daterange')) AS v (element, value);

-- and of other shapes
SELECT add_hostile(type, query) FROM (VALUES
	('float8[]'::regtype, 'SELECT ARRAY[v, v] FROM (SELECT array_agg(i / 200001.0 ORDER BY i) AS v FROM many WHERE i <= 200000) AS s'),
	('float8[]', $$SELECT '{}'$$),
	('float8[]', 'SELECT NULL'),
	('int8[]', 'SELECT array_agg(i::bigint) FROM many WHERE i <= 200'),
	('int8[]', 'SELECT array_agg(9000000000000000000 / 200) FROM many WHERE i <= 200'),
	('int8[]', 'SELECT ARRAY[v, v] FROM (SELECT array_agg(i::bigint) AS v FROM many) AS s'),
	('int8[]', $$SELECT '{}'$$),
	('int8[]', 'SELECT NULL'),
	('int4[]', $$SELECT '{}'$$),
	('int4[]', 'SELECT NULL'),
	('bool[]', $$SELECT '{NULL}'$$),
	('bool[]', 'SELECT NULL'),
	('text[]', $$SELECT array_agg(repeat('x', 100000)) FROM many WHERE i <= 100$$),
	('text[]', $$SELECT '{}'$$),
	('text[]', 'SELECT NULL'),
	('date[]', $$SELECT '{}'$$),
	('date[]', 'SELECT NULL'),
	('daterange[]', 'SELECT NULL'),
	('datemultirange', $$SELECT range_agg(daterange(date '0001-01-01' + i * 9, date '0001-01-02' + i * 9)) FROM many$$),
	('datemultirange', $$SELECT '{(,)}'$$),
	('datemultirange', $$SELECT '{[4713-01-01 BC,5874897-12-30]}'$$),
	('datemultirange', $$SELECT '{}'$$),
	('datemultirange', 'SELECT NULL'),

-- Distributions of as many values as an exact one can have, and coarse ones
	('distribution', 'SELECT distribution(ln(i)) FROM many WHERE i <= 16000'),
	('distribution', 'SELECT distribution(i, 500000000000000) FROM many WHERE i <= 16000'),
	('distribution', 'SELECT distribution((i % 3 - 1) * 1e308 - i * 1e300) FROM many WHERE i <= 16000'),
	('distribution', 'SELECT distribution(i * 5e-324) FROM many WHERE i <= 16000'),
	('distribution', 'SELECT distribution(ln(i)) FROM many'),
	('distribution', 'SELECT distribution((i % 3 - 1) * 1e308 - i * 1e300) FROM many'),
	('distribution', 'SELECT distribution(1e308, 9223372036854775807)'),
	('distribution', $$SELECT '{}'$$),
	('distribution', 'SELECT NULL'),

-- Every day of the calendar, every second one, and 65,535 days far from one another
	('dayset', $$SELECT '{0001-01-01..9999-12-31}'$$),
	('dayset', $$SELECT array_agg(date '0001-01-01' + day)::dayset FROM generate_series(0, 3652058, 2) AS day$$),
	('dayset', $$SELECT array_agg(date '4713-01-01 BC' + i * 640)::dayset FROM generate_series(1, 65535) AS i$$),
	('dayset', $$SELECT ARRAY['4713-01-01 BC', '5874897-12-31']::date[]::dayset$$),
	('dayset', $$SELECT '{}'$$),
	('dayset', 'SELECT NULL'),

	('weighted_sample', 'SELECT weighted_sample(ln(i), i % 2 = 0, 1 + i % 7) FROM many'),
	('weighted_sample', 'SELECT weighted_sample(ln(i), i % 2 = 0, 1 + i % 7, i) FROM many'),
	('weighted_sample', 'SELECT weighted_sample((i % 3 - 1) * 1e308, i % 2 = 0, 1e308) FROM many'),
	('weighted_sample', 'SELECT weighted_sample((i % 3 - 1) * 1e308, i % 2 = 0, 5e-324, i) FROM many'),
	('weighted_sample', 'SELECT weighted_sample(i * 5e-324, i % 2 = 0, CASE WHEN i % 5 = 0 THEN 1e308 ELSE 5e-324 END) FROM many'),
	('weighted_sample', 'SELECT weighted_sample(1, true, 1)'),
	('weighted_sample', 'SELECT weighted_sample(NULL, NULL, NULL)'),
	('weighted_sample', 'SELECT NULL'),

-- Compositions of many units, many groups or both, of all students that can be counted, and of long names
	('composition', 'SELECT composition(i, i % 7, 1000) FROM many'),
	('composition', 'SELECT composition(i % 7, i, 1 + i % 9) FROM many'),
	('composition', 'SELECT composition(i, i, i) FROM many'),
	('composition', 'SELECT composition(i / 632, i % 632, 1 + i::bigint * 7919 % 10000) FROM many'),
	('composition', 'SELECT composition(i, i % 3, 9000000000000000) FROM few WHERE i <= 1000'),
	('composition', $$SELECT composition(repeat('x', 1000000) || i, repeat('y', 100000), i) FROM few WHERE i <= 20$$),
	('composition', $$SELECT composition(''::text, ''::text)$$),
	('composition', 'SELECT composition(NULL::text, NULL::text, NULL)'),
	('composition', 'SELECT NULL'),

	('cross_products', 'SELECT cross_products(ln(i), i % 2 = 0, ARRAY[sin(i), sqrt(i), i]) FROM many'),
	('cross_products', 'SELECT cross_products((i % 3 - 1) * 1e308, i % 2 = 0, ARRAY[(i % 7 - 3) * 5e307, i % 5 * 5e-324::float8]) FROM many'),
	('cross_products', 'SELECT cross_products(CASE WHEN i % 5 = 0 THEN 1e308 ELSE i * 5e-324::float8 END, i % 2 = 0, ARRAY[CASE WHEN i % 7 = 0 THEN 1e308 ELSE i * 5e-324::float8 END]) FROM many'),
	('cross_products', 'SELECT cross_products(i, i % 2 = 0, ARRAY(SELECT sin(i * j) FROM generate_series(1, 64) AS j)) FROM many WHERE i <= 200'),
	('cross_products', 'SELECT cross_products(1, true, ARRAY[1])'),
	('cross_products', 'SELECT cross_products(NULL, NULL, NULL)'),
	('cross_products', 'SELECT NULL'),

-- Strata of many levels, many dimensions, one student each, far apart, and of all students that can be counted
	('gapstats.stratum[]', $$SELECT array_agg(ROW(ARRAY['level ' || i % 140, 'level ' || i / 140 % 140], 1 + i % 9, sin(i), 1 + i % 3)::stratum) FROM many WHERE i <= 20000$$),
	('gapstats.stratum[]', $$SELECT array_agg(ROW(ARRAY['level ' || i % 7, 'level ' || i], 1 + i % 9, sin(i), 1 + i % 3)::stratum) FROM many$$),
	('gapstats.stratum[]', $$SELECT array_agg(ROW(ARRAY['level ' || i % 7], 1 + i % 9, sin(i), 1 + i % 3)::stratum) FROM many$$),
	('gapstats.stratum[]', $$SELECT array_agg(ROW(ARRAY(SELECT 'level ' || i * j % 3 FROM generate_series(1, 2000) AS j), 1 + i % 9, sin(i), 1 + i % 3)::stratum) FROM few WHERE i <= 200$$),
	('gapstats.stratum[]', $$SELECT array_agg(ROW(ARRAY['level ' || i % 7, 'level ' || i / 7], 1, (i % 3 - 1) * 1e308, NULL)::stratum) FROM few$$),
	('gapstats.stratum[]', $$SELECT array_agg(ROW(ARRAY['level ' || i % 7, 'level ' || i / 7], 1 + i, (i % 3 - 1) * 1e308, CASE WHEN i % 2 = 0 THEN 1e308 ELSE 5e-324 END)::stratum) FROM few WHERE i <= 60$$),
	('gapstats.stratum[]', $$SELECT array_agg(ROW(ARRAY['level ' || i % 7, 'level ' || i / 7], CASE WHEN i = 1 THEN 2147483000 ELSE 1 END, i, i * 5e-324)::stratum) FROM few WHERE i <= 60$$),
	('gapstats.stratum[]', $$SELECT ARRAY[ROW('{{a},{b}}', 5, 1, 1)::stratum]$$),
	('gapstats.stratum[]', $$SELECT '{}'$$),

-- Text of 200 MB, for input functions
	('cstring', $$SELECT repeat('{', 200000000)$$),
	('cstring', $$SELECT repeat('0', 200000000)$$),
	('cstring', $$SELECT '{' || repeat('1:1,', 50000000) || '2:1}'$$),
	('cstring', $$SELECT '{' || repeat(string_agg(i || '.5:9,', ''), 1200) || '0:1}' FROM many WHERE i <= 16000$$),
	('cstring', $$SELECT 'focal {' || repeat('1:1,', 50000000) || '2:1} reference {1:1}'$$),
	('cstring', $$SELECT '{' || repeat('0001-01-01..9999-12-31,', 8000000) || '2025-09-02}'$$),
	('cstring', $$SELECT '{' || repeat('5874897-12-31,4713-01-01 BC,', 7000000) || '2025-09-02}'$$)) AS v (type, query);

INSERT INTO hostile (type, value)
SELECT 'cstring', format('%s::text', value) FROM hostile WHERE type IN ('distribution'::regtype, 'dayset', 'weighted_sample', 'composition', 'cross_products');

-- One of them by number, from 0, over and over
CREATE FUNCTION hostile_value(type regtype, number bigint, prokind "char") RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN prokind = 'f' THEN value ELSE coalesce(many, value) END
	FROM hostile AS h
	WHERE h.type = $1
	ORDER BY place
	OFFSET number % (SELECT count(*) FROM hostile AS h WHERE h.type = $1) LIMIT 1;
$$;

-- Rows of a composite type have such columns.
INSERT INTO hostile (type, value)
SELECT type, format('ROW(%s)', string_agg(hostile_value(atttypid::regtype, style, 'f'), ', ' ORDER BY attnum))
FROM (SELECT DISTINCT type FROM argument) AS s
	JOIN pg_class ON reltype = type AND relkind = 'c'
	JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped,
	generate_series(0, 8) AS style
GROUP BY type, style
UNION ALL
SELECT DISTINCT type, 'NULL' FROM argument JOIN pg_class ON reltype = type AND relkind = 'c';

-- An aggregate's state that is no user's type is what its transition function makes of such rows.
DO $$
DECLARE
	a record;
BEGIN
	FOR a IN
		SELECT DISTINCT ON (aggtransfn) aggtransfn, aggtranstype::regtype AS state, function,
			format('unfinished_%s', function) AS unfinished
		FROM computing JOIN pg_aggregate ON aggfnoid = function
		WHERE aggtranstype NOT IN (SELECT type FROM hostile)
	LOOP
		EXECUTE (SELECT format('CREATE AGGREGATE %s(%s) (SFUNC = %s, STYPE = %s%s)',
				a.unfinished, string_agg(type::text, ', ' ORDER BY argno), a.aggtransfn, a.state,
				', INITCOND = ' || quote_literal(agginitval))
			FROM argument JOIN pg_aggregate ON aggfnoid = function
			WHERE function = a.function GROUP BY agginitval);
		INSERT INTO ordinary (type, argname, value)
		SELECT a.state, '', format('(SELECT %s(%s) FROM few)', a.unfinished, string_agg(value, ', ' ORDER BY argno))
		FROM ordinary_argument WHERE function = a.function;
		FOR style IN 0..4 LOOP
			BEGIN
				PERFORM add_hostile(a.state, format('SELECT %s(%s) FROM few', a.unfinished,
					string_agg(hostile_value(type, style, 'a'), ', ' ORDER BY argno)))
				FROM argument WHERE function = a.function;
			EXCEPTION WHEN data_exception THEN
				NULL;  -- refused
			END;
		END LOOP;
	END LOOP;
END $$;

-- The words that an option may be are in the hint of the error for any other.
CREATE FUNCTION words_of_option(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	EXECUTE statement;
EXCEPTION WHEN invalid_parameter_value THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN QUERY SELECT quote_literal(m[1]) FROM regexp_matches(hint, '"([^"]*)"', 'g') AS m;
END $$;

CREATE TABLE word AS
SELECT function, argno, word
FROM argument AS a,
	LATERAL (SELECT array_agg(CASE WHEN o.argno = a.argno THEN $$'no such word'$$ ELSE value END ORDER BY o.argno) AS arguments
		FROM ordinary_argument AS o WHERE o.function = a.function) AS o,
	words_of_option(call(function, arguments, CASE prokind WHEN 'w' THEN 'OVER (ORDER BY i)' END, 'few')) AS word
WHERE type = 'text'::regtype AND is_option;

-- The calls: with ordinary arguments; with all hostile at once, alike (0) and unlike (1); with
-- all that is no option hostile, for each word of an option; and with one hostile. Aggregates are
-- called over many rows, few rows, whose end is reached in time, and moving frames.
CREATE VIEW calls AS
SELECT name, max(kind) AS kind, call(function, arguments, over_clause, rows) AS statement
FROM (
		SELECT function, 'ordinary' AS kind, array_agg(value ORDER BY argno) AS arguments
		FROM ordinary_argument GROUP BY function
	UNION ALL
		SELECT function, 'all ' || skew, array_agg(hostile_value(type, style + skew * argno, prokind) ORDER BY argno)
		FROM argument, generate_series(0, 9) AS style, generate_series(0, 1) AS skew
		GROUP BY function, style, skew
	UNION ALL
		SELECT o.function, 'data ' || skew, array_agg(CASE WHEN o.argno = w.argno THEN w.word WHEN is_option THEN o.value
				ELSE hostile_value(type, style + skew * o.argno, prokind) END ORDER BY o.argno)
		FROM ordinary_argument AS o
			JOIN (SELECT function, argno, word FROM word UNION ALL SELECT function, 0, NULL FROM computing) AS w USING (function),
			generate_series(0, 9) AS style, generate_series(0, 1) AS skew
		GROUP BY o.function, w.argno, w.word, style, skew
	UNION ALL
		SELECT o.function, 'one', array_agg(CASE WHEN o.argno = h.argno THEN h.value ELSE o.value END ORDER BY o.argno)
		FROM (SELECT function, argno, hostile_value(type, number - 1, prokind) AS value
				FROM argument JOIN (SELECT type, row_number() OVER (PARTITION BY type) AS number FROM hostile) AS n USING (type)) AS h
			JOIN ordinary_argument AS o USING (function)
		GROUP BY o.function, h.argno, h.value
	) AS s
	JOIN computing AS c USING (function)
	LEFT JOIN (VALUES
		('a', '', 'many', 'ordinary|all|data'),
		('a', '', 'few', 'ordinary|all|data|one'),
		('a', 'OVER (ORDER BY i ROWS 5000 PRECEDING)', 'many', 'ordinary|(all|data) 0'),
		('a', 'OVER (ORDER BY i ROWS 50 PRECEDING)', 'few', 'ordinary|(all|data) 0'),
		('w', 'OVER (ORDER BY i)', 'many', 'ordinary|(all|data) 0'),
		('w', 'OVER (ORDER BY i)', 'few', 'ordinary|all|data|one')) AS v (prokind, over_clause, rows, kinds)
		ON v.prokind = c.prokind::text AND kind ~ kinds
WHERE c.prokind = 'f' OR v.prokind IS NOT NULL
GROUP BY name, statement;
