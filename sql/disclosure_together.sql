--
-- suppress beside a ledger: what comes out gives nothing away together with what was published before of the same children.
-- What a ledger refuses is disclosure_ledger's to show; here it says of what suppress() makes whether it would.
--
\set SHOW_CONTEXT never
CREATE ROLE regress_owner;
CREATE ROLE regress_stranger;
CREATE SCHEMA together AUTHORIZATION regress_owner;
GRANT USAGE ON SCHEMA together TO PUBLIC;
SET SESSION AUTHORIZATION regress_owner;
SET search_path = together, gapstats;
SET client_min_messages = warning;
SELECT create_ledger('ledger');

-- The table that suppress() makes, one column a measure, as a query
CREATE FUNCTION made(cells text, dimensions text[], measures text[], said jsonb, more text DEFAULT '') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	printed jsonb;
BEGIN
	EXECUTE format('SELECT jsonb_agg(to_jsonb(s)) FROM suppress(%L, %L, %L %s) AS s', cells, dimensions, said, more) INTO printed;
	RETURN (SELECT format('SELECT %s, %s FROM jsonb_to_recordset(%L) AS s (members text[], measure text, shown text) GROUP BY members ORDER BY members',
		(SELECT string_agg(format('members[%s] AS %I', d.place, d.name), ', ') FROM unnest(dimensions) WITH ORDINALITY AS d (name, place)),
		(SELECT string_agg(format('max(shown) FILTER (WHERE measure = %L) AS %I', m, m), ', ') FROM unnest(measures) AS m), printed));
END $$;
-- How many numbers a release gives away, with those of the ledger; nothing of it stays
CREATE FUNCTION given_away(cells text, population text, as_of date, dimensions text[], said jsonb, more text DEFAULT '') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE format('SELECT publish_release(''ledger'', ''tried'', ''the board'', %L, %L, %L, %L, %L, accept => ''a test'' %s)', population, as_of, cells, dimensions, said, more) INTO n;
	RAISE EXCEPTION USING ERRCODE = 'P0100', MESSAGE = n::text;
EXCEPTION WHEN SQLSTATE 'P0100' THEN
	RETURN sqlerrm;
END $$;

--
-- The same moment: the district's file, in which two small groups of school 1 are hidden, and the state's, in which nothing is small
--
CREATE TABLE students AS
SELECT school, race, sum(n) AS n
FROM (VALUES (1, '{4,7,19}'::int[]), (2, '{10,14,12}')) AS t (school, ns), unnest('{A,B,C}'::text[], ns) AS u (race, n) GROUP BY CUBE (school, race);
CREATE VIEW district AS SELECT * FROM students WHERE school IS NOT NULL;
SELECT publish_release('ledger', 'district', 'the board', 'all', '2025-10-01', made('district', '{school, race}', '{n}', '{"n": "count"}'), '{school, race}', '{"n": "count"}');
SELECT members, numbers FROM ledger_cells ORDER BY place;
CREATE VIEW state AS SELECT race, n FROM students WHERE school IS NULL;
SELECT members, shown FROM suppress('state', '{race}', '{"n": "count"}');
SELECT given_away(made('state', '{race}', '{n}', '{"n": "count"}'), 'all', '2025-10-01', '{race}', '{"n": "count"}');
SELECT members, shown FROM suppress('state', '{race}', '{"n": "count"}', ledger => 'ledger', population => 'all', as_of => '2025-10-01');
SELECT given_away(made('state', '{race}', '{n}', '{"n": "count"}', $$, ledger => 'ledger', population => 'all', as_of => '2025-10-01'$$), 'all', '2025-10-01', '{race}', '{"n": "count"}');
-- It is of other children, or a month later, and nothing is said of that.
SELECT count(*) FILTER (WHERE shown = '*') AS n_hidden FROM suppress('state', '{race}', '{"n": "count"}', ledger => 'ledger', population => 'others', as_of => '2025-10-01');
SELECT count(*) FILTER (WHERE shown = '*') AS n_hidden FROM suppress('state', '{race}', '{"n": "count"}', ledger => 'ledger', population => 'all', as_of => '2025-11-01');
-- The same once more is as it was, and so is a table with totals of another name. What is shown already is not hidden, whatever it is.
SELECT count(*) FILTER (WHERE shown <> numbers[1]) AS n_changed FROM suppress('district', '{school, race}', '{"n": "count"}', ledger => 'ledger', population => 'all', as_of => '2025-10-01') JOIN ledger_cells USING (members);
SELECT members, shown FROM suppress('SELECT coalesce(race, ''All'') AS race, n FROM state', '{race}', '{"n": "count"}', totals => '{"race": "All"}', mark => 'x', ledger => 'ledger', population => 'all', as_of => '2025-10-01');
SELECT publish_release('ledger', 'shows few', 'the board', 'few', '2025-10-01', 'VALUES (NULL, 50), (''A'', 3), (''B'', 47)', '{column1}', '{"n": {"column": "column2"}}');
SELECT members, shown FROM suppress('VALUES (NULL, 50), (''A'', 3), (''B'', 47)', '{column1}', '{"n": {"column": "column2"}}', ledger => 'ledger', population => 'few', as_of => '2025-10-01');
-- What it would be without: nothing is entered.
SELECT release FROM ledger;

-- Three tables over the same cells, safe two by two (C4): the third gives a, b and c away, unless both of its totals are hidden.
CREATE FUNCTION divided(a text, members_a text[], b text, members_b text[]) RETURNS jsonb LANGUAGE sql
RETURN jsonb_build_object('cell', format($$SELECT unnest(%L::text[]), %L UNION ALL SELECT unnest(%L::text[]), %L$$, members_a, a, members_b, b));
SELECT publish_release('ledger', name, 'the board', 'C4', '2025-10-01', format($$SELECT unnest('{a,b,c,e,f,%s,%s}'::text[]) AS cell, unnest('{*,*,*,*,*,%s,%s}'::text[]) AS n$$, a, b, n_a, n_b), '{cell}', '{"n": "count"}',
	hierarchies => divided(a, of_a, b, of_b))
FROM (VALUES ('table 1', 'ab', '{a,b}'::text[], 11, 'cef', '{c,e,f}'::text[], 17), ('table 2', 'bc', '{b,c}', 10, 'aef', '{a,e,f}', 18)) AS t (name, a, of_a, n_a, b, of_b, n_b);
CREATE TABLE c4 AS SELECT unnest('{a,b,c,e,f,ac,bef}'::text[]) AS cell, unnest('{4,7,3,6,8,7,21}'::int[]) AS n;
SELECT members, shown FROM suppress('c4', '{cell}', '{"n": "count"}', hierarchies => divided('ac', '{a,c}', 'bef', '{b,e,f}')) WHERE members[1] IN ('ac', 'bef');
SELECT members, shown FROM suppress('c4', '{cell}', '{"n": "count"}', hierarchies => divided('ac', '{a,c}', 'bef', '{b,e,f}'), ledger => 'ledger', population => 'C4', as_of => '2025-10-01') WHERE members[1] IN ('ac', 'bef');

--
-- Other moments: a mean before and after one child left, and counts that only grow (C8)
--
SELECT publish_release('ledger', 'mean before', 'all', 'tested', '2025-10-01', 'SELECT NULL AS grade, 11 AS n, 431.2 AS mean', '{grade}', '{"n": "count", "mean": {"kind": "mean", "of": "n"}}');
SELECT measure, shown FROM suppress('SELECT NULL AS grade, 10 AS n, 428.9 AS mean', '{grade}', '{"n": "count", "mean": {"kind": "mean", "of": "n"}}', ledger => 'ledger', population => 'tested', as_of => '2025-11-01');
SELECT measure, shown FROM suppress('SELECT NULL AS grade, 10 AS n, 428.9 AS mean', '{grade}', '{"n": "count", "mean": {"kind": "mean", "of": "n", "leaving": "as_of"}}', ledger => 'ledger', population => 'tested', as_of => '2025-11-01');
SELECT publish_release('ledger', 'October', 'all', 'absent', '2025-10-01', $$VALUES (NULL, '20'), ('A', NULL), ('B', NULL)$$, '{column1}', '{"n": {"column": "column2", "cumulative": "as_of"}}', width => 6);
SELECT members, shown FROM suppress($$VALUES (NULL, 25), ('A', 13), ('B', 12)$$, '{column1}', '{"n": {"column": "column2", "cumulative": "as_of"}}', width => 6);
SELECT members, shown FROM suppress($$VALUES (NULL, 25), ('A', 13), ('B', 12)$$, '{column1}', '{"n": {"column": "column2", "cumulative": "as_of"}}', width => 6, ledger => 'ledger', population => 'absent', as_of => '2025-11-01');

--
-- Random districts: schools in regions by race, then regions by race, then by race and sex. Without the ledger most leak together, with it none does.
--
CREATE FUNCTION pick(what text, choices integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN ('x' || left(md5(what), 7))::bit(28)::integer % choices;
CREATE TABLE leaf AS
SELECT d, (s + 1) / 2 AS region, s AS school, r AS race, x AS sex, n, pick(concat_ws(' ', d, s, r, x, 'x'), n + 1) AS x
FROM generate_series(1, 4) AS d, generate_series(1, 6) AS s, generate_series(1, 3) AS r, generate_series(1, 2) AS x,
	LATERAL (SELECT pick(concat_ws(' ', d, s, r, x), CASE WHEN pick(concat_ws(' ', d, s, r, 'small'), 10) < 2 THEN 5 ELSE 60 END) AS n) AS c;
CREATE FUNCTION try(district integer, measures text[], said jsonb, more text DEFAULT '', publish_more text DEFAULT '') RETURNS TABLE (n_alone bigint, n_together bigint, n_hidden bigint, n_refused bigint) LANGUAGE plpgsql AS $$
DECLARE
	population text := format('%s %s %s', district, said, more);
	cells text;
	dimensions text[];
	sets text;
	safe text;
BEGIN
	n_alone := 0; n_together := 0; n_hidden := 0; n_refused := 0;
	FOR dimensions, sets IN VALUES ('{region,school,race}'::text[], 'ROLLUP ((region, school)), CUBE (race)'), ('{region,race}', 'CUBE (region, race)'), ('{race,sex}', 'CUBE (race, sex)') LOOP
		cells := format('SELECT %s, sum(n) AS n, sum(x) AS x FROM together.leaf WHERE d = %s GROUP BY %s', array_to_string(dimensions, ', '), district, sets);
		n_alone := n_alone + given_away(made(cells, dimensions, measures, said, more), population, '2025-10-01', dimensions, said, publish_more);
		BEGIN
			safe := made(cells, dimensions, measures, said, format('%s, ledger => ''ledger'', population => %L, as_of => %L', more, population, '2025-10-01'));
		EXCEPTION WHEN data_exception THEN
			n_refused := n_refused + 1;
			CONTINUE;
		END;
		EXECUTE format('SELECT $1 + publish_release(''ledger'', %L, ''the board'', %L, ''2025-10-01'', %L, %L, %L, accept => ''a test'' %s)', population || sets, population, safe, dimensions, said, publish_more) INTO n_together USING n_together;
		EXECUTE format('SELECT $1 + count(*) FROM (%s) AS s WHERE n = ''*''', safe) INTO n_hidden USING n_hidden;
	END LOOP;
	RETURN NEXT;
END $$;
SELECT count(*) FILTER (WHERE n_alone > 0) AS leak_alone, sum(n_together) AS n_together, sum(n_hidden) AS n_hidden, sum(n_refused) AS n_refused
FROM generate_series(1, 4) AS d, try(d, '{n}', '{"n": "count"}');
SELECT count(*) FILTER (WHERE n_alone > 0) AS leak_alone, sum(n_together) AS n_together, sum(n_refused) AS n_refused
FROM generate_series(3, 4) AS d, try(d, '{n}', '{"n": "count"}', $$, mark => 'few', zeros => 'hide', singletons => 'lines'$$, $$, marks => '{"few": "hidden"}', zeros => 'hide'$$);
SELECT count(*) FILTER (WHERE n_alone > 0) AS leak_alone, sum(n_together) AS n_together, sum(n_refused) AS n_refused
FROM generate_series(1, 2) AS d, try(d, '{n,x,pct}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}');

-- Numbers of many kinds, in ranges, and cells that are not published: what comes out is entered, beside a file that shows its schools.
CREATE TABLE results AS
SELECT school, race, sum(n) AS n, sum(x) AS x, sum(days) AS days, sum(n * score) / sum(n) AS score,
	max(100.0 * sum(x) / sum(n)) FILTER (WHERE race = 'p') OVER (PARTITION BY school) - max(100.0 * sum(x) / sum(n)) FILTER (WHERE race = 'q') OVER (PARTITION BY school) AS gap
FROM (VALUES ('a', 'p', 24, 10), ('a', 'q', 7, 3), ('a', 'r', 40, 12), ('b', 'p', 31, 15), ('b', 'q', 28, 12), ('b', 'r', 35, 35), ('c', 'p', 60, 22), ('c', 'q', 26, 13), ('c', 'r', 55, 28)) AS t (school, race, n, x),
	LATERAL (SELECT n * 170.5 AS days, 430 + n / 7.0 AS score) AS l
GROUP BY CUBE (school, race);
SELECT publish_release('ledger', 'schools', 'all', 'results', '2025-10-01', 'SELECT school, n, x FROM results WHERE race IS NULL', '{school}', '{"n": "count", "x": {"of": "n"}}');
CREATE FUNCTION try_results(measures text[], said jsonb, published jsonb, more text) RETURNS bigint LANGUAGE sql
RETURN given_away(made('results', '{school, race}', measures, said, more || $$, ledger => 'ledger', population => 'results', as_of => '2025-10-01'$$), 'results', '2025-10-01', '{school, race}', published);
SELECT try_results('{n,x,pct,days,daily,score,gap}', said, said, '')
FROM (VALUES ('{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}, "days": {"kind": "sum", "step": 0.5}, "daily": {"kind": "mean", "of": "n", "numerator": "days"},
	"score": {"kind": "mean", "of": "n", "decimals": 2}, "gap": {"kind": "gap", "of": "pct", "between": {"race": ["p", "q"]}}}'::jsonb)) AS t (said);
SELECT standard, try_results('{n,pct}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}', format(', ranges => %L', standard)) FROM unnest('{nces,rounded,ends}'::text[]) AS standard;
SELECT try_results('{n,x}', '{"n": "count", "x": {"of": "n"}}', '{"n": "count", "x": {"of": "n"}}', $$, by_at_most => 1$$);
-- What is out in ranges is shown again: the rates of races, and then of schools by race. In other ranges more may be known, as below: two of those of a small group
-- that are wide enough alone are not together.
CREATE TABLE rates AS
SELECT school, race, sum(n) AS n, sum(x) AS x
FROM (VALUES ('A', 'p', 40, 21), ('A', 'q', 12, 11), ('A', 'r', 20, 4), ('B', 'p', 20, 13), ('B', 'q', 20, 18), ('B', 'r', 4, 4)) AS t (school, race, n, x) GROUP BY CUBE (school, race);
CREATE FUNCTION rates(cells text, standard text) RETURNS text LANGUAGE sql
RETURN made(cells, '{school, race}', '{n,pct}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}', format($$, ranges => %L, ledger => 'ledger', population => 'rates', as_of => '2025-10-01'$$, standard));
SELECT publish_release('ledger', 'rates of races', 'all', 'rates', '2025-10-01', rates('SELECT * FROM rates WHERE school IS NULL', 'nces'), '{school, race}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}');
SELECT publish_release('ledger', 'rates', 'all', 'rates', '2025-10-01', rates('rates', 'nces'), '{school, race}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}');
SELECT count(*) AS n_out, count(*) FILTER (WHERE again.numbers <> c.numbers) AS n_other
FROM ledger_cells AS c JOIN ledger_cells AS again ON again.members IS NOT DISTINCT FROM c.members AND again.release = 'rates' WHERE c.release = 'rates of races' AND c.numbers[1] <> '*';
SELECT publish_release('ledger', 'at most 13%', 'all', 'two ranges', '2025-10-01', $$SELECT 'A' AS race, 69 AS n, '<=13%' AS pct$$, '{race}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}');
SELECT publish_release('ledger', 'at most 5%', 'all', 'two ranges', '2025-10-01', $$SELECT 'A' AS race, 69 AS n, 'LE5' AS pct$$, '{race}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}');
SELECT members, shown FROM suppress($$SELECT 'A' AS race, 69 AS n, 2 AS x$$, '{race}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}', ranges => 'edfacts', ledger => 'ledger', population => 'two ranges', as_of => '2025-10-01') WHERE measure = 'pct';

--
-- What no hiding helps against
--
SELECT publish_release('ledger', 'races', 'all', 'open', '2025-10-01', $$SELECT unnest('{NULL,A,B,C}'::text[]) AS race, unnest('{96,40,50,6}'::int[]) AS n$$, '{race}', '{"n": "count"}');
-- n of C is shown to be 6, so it is no secret what n of C is; but its x cannot be hidden without it.
SELECT suppress($$SELECT unnest('{NULL,A,B,C}'::text[]) AS race, unnest('{96,40,50,6}'::int[]) AS n, unnest('{43,20,21,2}'::int[]) AS x$$, '{race}', '{"n": "count", "x": {"of": "n"}}', ledger => 'ledger', population => 'open', as_of => '2025-10-01');
-- Other numbers than were published
SELECT suppress($$SELECT unnest('{NULL,A,B,C}'::text[]) AS race, unnest('{97,41,50,6}'::int[]) AS n$$, '{race}', '{"n": "count"}', ledger => 'ledger', population => 'open', as_of => '2025-10-01');
SELECT suppress($$SELECT 1 AS grade, 97 AS n UNION ALL SELECT NULL, 97$$, '{grade}', '{"n": "count"}', ledger => 'ledger', population => 'open', as_of => '2025-10-01');
SELECT suppress($$SELECT 'A' AS sex, 100 AS n$$, '{sex}', '{"n": "count"}', incomplete => '{sex}', ledger => 'ledger', population => 'open', as_of => '2025-10-01');
-- Releases that leak by themselves, which nobody has accepted, as the memory was shorter when they were published; and accepted
SELECT publish_release('ledger', 'two are hidden', 'all', 'leaky', '2025-10-01', $$VALUES (NULL, '50'), ('A', '*'), ('B', '*')$$, '{column1}', '{"n": {"column": "column2"}}', published_at => now() - interval '2 years');
UPDATE ledger_settings SET memory = '1 year';
SELECT publish_release('ledger', 'one is shown', 'all', 'leaky', '2025-10-01', $$VALUES ('A', '44')$$, '{column1}', '{"n": {"column": "column2"}}');
UPDATE ledger_settings SET memory = NULL;
SELECT suppress('SELECT 50 AS n, NULL AS sex', '{sex}', '{"n": "count"}', ledger => 'ledger', population => 'leaky', as_of => '2025-10-01');
SELECT withdraw_release('ledger', 'one is shown', 'to accept it');
SELECT publish_release('ledger', 'one is shown, accepted', 'all', 'leaky', '2025-10-01', $$VALUES ('A', '44')$$, '{column1}', '{"n": {"column": "column2"}}', accept => 'a test');
SELECT members, shown FROM suppress('SELECT 50 AS n, NULL AS sex', '{sex}', '{"n": "count"}', ledger => 'ledger', population => 'leaky', as_of => '2025-10-01');

--
-- What releases have alike is read once, in whatever order it stands: what SQL cannot tell apart
--
SELECT publish_release('ledger', 'again', 'all', 'two ranges', '2025-10-01', $$SELECT 'A' AS race, 69 AS n, '<=13%' AS pct$$, '{race}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}');
WITH cell AS (SELECT d.* FROM gapstats_internal.different_cells('ledger_cells', ARRAY(SELECT release FROM ledger)) AS d),
	told AS (SELECT DISTINCT members, numbers FROM ledger_cells)
SELECT (SELECT count(*) FROM ledger_cells) - count(*) > 100 AS are_fewer, count(*) - (SELECT count(*) FROM told) AS more,
	(SELECT count(*) FROM (TABLE told EXCEPT TABLE cell) AS t) AS missing
FROM cell;
SELECT * FROM gapstats_internal.different_cells('ledger_cells', '{again, "at most 13%", "at most 5%"}');
SELECT * FROM gapstats_internal.different_cells('ledger_cells', '{}');
CREATE TABLE no_cells AS SELECT 'x' AS release, 1 AS members, '{1}'::text[] AS numbers;
SELECT gapstats_internal.different_cells('no_cells', '{x}');
ALTER TABLE no_cells ALTER members TYPE text[] USING NULL;
SELECT gapstats_internal.different_cells('no_cells', '{x}');
SELECT gapstats_internal.different_cells('no_cells', NULL);

--
-- What is said wrongly
--
SELECT suppress('state', '{race}', '{"n": "count"}', ledger => 'ledger', as_of => '2025-10-01');
SELECT suppress('state', '{race}', '{"n": "count"}', ledger => 'ledger', population => 'all');
SELECT suppress('state', '{race}', '{"n": "count"}', population => 'all');
SELECT suppress('state', '{race}', '{"n": "count"}', ledger => 'students', population => 'all', as_of => '2025-10-01');
SELECT suppress('state', '{race}', '{"n": "count"}', ledger => 'ledger', population => ' ', as_of => '2025-10-01');
SELECT suppress('state', '{race}', '{"n": {"kind": "sum"}}', ledger => 'ledger', population => 'all', as_of => '2025-10-01');
SELECT suppress('SELECT race AS as_of, n FROM state', '{as_of}', '{"n": "count"}', ledger => 'ledger', population => 'all', as_of => '2025-10-01');
SELECT suppress('state', '{race}', '{"n": {"leaving": "as_of"}}');
-- It is the owner's.
RESET SESSION AUTHORIZATION;
SELECT count(*) FROM suppress('VALUES (NULL, 66)', '{column1}', '{"n": {"column": "column2"}}', ledger => 'together.ledger', population => 'all', as_of => '2025-10-01');
SET SESSION AUTHORIZATION regress_stranger;
SET search_path = gapstats;
SELECT suppress('VALUES (NULL, 66)', '{column1}', '{"n": {"column": "column2"}}', ledger => 'together.ledger', population => 'all', as_of => '2025-10-01');
SELECT gapstats_internal.released_cells_as_owner('together.ledger', '{}');
SELECT gapstats_internal.draft_leaks_as_owner('together.ledger', '{}', '{}');
RESET SESSION AUTHORIZATION;

SET client_min_messages = warning;
DROP SCHEMA together CASCADE;
DROP OWNED BY regress_owner CASCADE;
DROP ROLE regress_owner, regress_stranger;
