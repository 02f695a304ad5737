--
-- The ledger: a release is audited together with all that were published of the same children
--
-- C4, C8 and C9 are worked tables whose intervals SciPy's linprog and milp gave (test/reference/disclosure_audit.py);
-- the other values follow from the numbers by hand.
--
\set SHOW_CONTEXT never
CREATE ROLE regress_owner;
CREATE ROLE regress_colleague;
GRANT regress_owner TO regress_colleague;
CREATE ROLE regress_mallory;
CREATE SCHEMA district AUTHORIZATION regress_owner;
GRANT USAGE ON SCHEMA district TO PUBLIC;
SET SESSION AUTHORIZATION regress_owner;
SET search_path = district, gapstats;
SELECT create_ledger('ledger');
CREATE FUNCTION publish(text, text, date, text, text[], jsonb, hierarchies jsonb DEFAULT '{}', marks jsonb DEFAULT '{}', zeros text DEFAULT 'show', width float8 DEFAULT NULL, accept text DEFAULT NULL, minimum integer DEFAULT 10) RETURNS bigint
LANGUAGE sql RETURN publish_release('ledger', $1, 'the board', $2, $3, $4, $5, $6, hierarchies => hierarchies, marks => marks, zeros => zeros, width => width, accept => accept, minimum => minimum);
SELECT * FROM ledger_settings;
-- Nobody else has any right to it.
SELECT relname, relacl FROM pg_class WHERE relname ~ '^ledger(_cells|_settings)?$' AND relkind = 'r' ORDER BY relname;

--
-- Three tables over the same five cells, each safe, and safe in pairs (C4)
--
CREATE FUNCTION table_of(a text, b text, total_a integer, total_b integer) RETURNS text LANGUAGE sql
RETURN format($$SELECT unnest(%L::text[]) AS cell, unnest(%L::text[]) AS n$$, ARRAY['a', 'b', 'c', 'e', 'f', a, b], ARRAY['*', '*', '*', '*', '*', total_a::text, total_b::text]);
CREATE FUNCTION divided(a text, members_a text[], b text, members_b text[]) RETURNS jsonb LANGUAGE sql
RETURN jsonb_build_object('cell', format($$SELECT unnest(%L::text[]), %L UNION ALL SELECT unnest(%L::text[]), %L$$, members_a, a, members_b, b));
SELECT publish('table 1', 'C4', '2025-10-01', table_of('ab', 'cef', 11, 17), '{cell}', '{"n": "count"}', divided('ab', '{a,b}', 'cef', '{c,e,f}'));
SELECT publish('table 2', 'C4', '2025-10-01', table_of('bc', 'aef', 10, 18), '{cell}', '{"n": "count"}', divided('bc', '{b,c}', 'aef', '{a,e,f}'));
SELECT publish('table 3', 'C4', '2025-10-01', table_of('ac', 'bef', 7, 21), '{cell}', '{"n": "count"}', divided('ac', '{a,c}', 'bef', '{b,e,f}'));
-- Of other children, or of the same a month later, it says nothing.
SELECT publish('table 3 of others', 'C4, the other district', '2025-10-01', table_of('ac', 'bef', 7, 21), '{cell}', '{"n": "count"}', divided('ac', '{a,c}', 'bef', '{b,e,f}'));
SELECT publish('table 3 of November', 'C4', '2025-11-01', table_of('ac', 'bef', 7, 21), '{cell}', '{"n": "count"}', divided('ac', '{a,c}', 'bef', '{b,e,f}'));
-- Accepted, it is in the ledger with the reason, and all is well but for that.
SELECT publish('table 3', 'C4', '2025-10-01', table_of('ac', 'bef', 7, 21), '{cell}', '{"n": "count"}', divided('ac', '{a,c}', 'bef', '{b,e,f}'), accept => ' the state did it ');
SELECT release, accepted, accepted_numbers FROM ledger WHERE population LIKE 'C4%' ORDER BY release;
SELECT releases, cell, verdict, at_least, at_most, accepted, fix FROM release_health('ledger');
-- Once it was accepted it may go out again, and nothing else.
SELECT publish('table 4', 'C4', '2025-10-01', table_of('ab', 'cef', 11, 17), '{cell}', '{"n": "count"}', divided('ab', '{a,b}', 'cef', '{c,e,f}'));
SELECT publish('table 5', 'C4', '2025-10-01', $$SELECT 'e' AS cell, 6 AS n$$, '{cell}', '{"n": "count"}');
-- All of B and C are absent: what their number leaves of their n, both hidden, is known
SELECT publish('absent', 'rests', '2025-10-01', $$VALUES (NULL, 142, 126), ('A', 80, 64), ('B', NULL, NULL), ('C', NULL, NULL)$$, '{column1}', '{"students": {"column": "column2"}, "absent": {"column": "column3", "of": "students"}}');
-- and what one that is shown leaves of a hidden n
SELECT publish('absent', 'rests', '2025-10-01', $$VALUES (NULL, 142, 124), ('A', 80, 64), ('B', NULL, 60)$$, '{column1}', '{"students": {"column": "column2"}, "absent": {"column": "column3", "of": "students"}}');

--
-- The district's file against the state's: columns are matched by name, and what a file does not have is a total
--
SELECT publish('district', 'enrollment', '2025-10-01', $$VALUES ('1', NULL, 30), ('1', 'A', 19), ('1', 'B', NULL), ('1', 'C', NULL), ('2', NULL, 26), ('2', 'A', 12), ('2', 'B', 14)$$,
	'{column1,column2}', '{"students": {"column": "column3"}}');
SELECT * FROM ledger_cells WHERE release = 'district';
-- What was published when, to whom and under which rule
SELECT publish_release('ledger', 'rule', 'the board', 'of a rule', '2025-10-01', $$VALUES (NULL, '60'), ('A', '†'), ('B', '†')$$, '{column1}', '{"n": {"column": "column2"}}',
	minimum => 7, zeros => 'hide', marks => '{"†": "hidden"}', published_at => '2025-11-03 09:00+00');
SELECT release, audience, population, as_of, published_at AT TIME ZONE 'UTC' AS published_at, published_by, minimum, width, zeros, marks, absent, incomplete FROM ledger WHERE release = 'rule';
SELECT published_at BETWEEN now() - interval '1 hour' AND now() AS just_now, minimum, width, zeros, marks FROM ledger WHERE release = 'table 1';
SELECT publish('state', 'enrollment', '2025-10-01', $$SELECT * FROM (VALUES (NULL, 56), ('All', 56), ('A', 31), ('B', 18), ('C', 7)) AS t (race, n)$$, '{race}', '{"students": {"column": "n"}}');
SELECT publish_release('ledger', 'state', 'everybody', 'enrollment', '2025-10-01', $$SELECT * FROM (VALUES ('All', 56), ('A', 31), ('B', 18), ('C', 7)) AS t (column2, n)$$,
	'{column2}', '{"students": {"column": "n"}}', totals => '{"column2": "All"}');
-- What one hides and the other shows is a leak if it is small.
SELECT publish('hides', 'shown', '2025-10-01', $$SELECT * FROM (VALUES ('A', '12'), ('B', '*'), ('C', '*')) AS t (race, students)$$, '{race}', '{"students": "count"}');
SELECT publish('shows a large one', 'shown', '2025-10-01', $$SELECT 'B' AS race, 15 AS students$$, '{race}', '{"students": "count"}');
SELECT publish('shows a small one', 'shown', '2025-10-01', $$SELECT 'C' AS race, 5 AS students$$, '{race}', '{"students": "count"}');

-- What is shown is not audited; how much of it is small, other than zeros, is said.
SELECT publish('small and shown', 'openly', '2025-10-01', $$SELECT * FROM (VALUES ('A', 7, 3), ('B', 53, 9), ('C', 0, 0), ('D', 12, 10)) AS t (race, students, absent)$$, '{race}', '{"students": "count", "absent": {"of": "students"}, "days": {"kind": "sum", "column": "absent"}}');
SELECT publish('one is', 'openly', '2025-10-01', $$SELECT * FROM (VALUES ('A', 7, 3), ('B', 53, 9), ('C', 0, 0), ('D', 12, 10)) AS t (race, students, absent)$$, '{race}', '{"students": "count", "absent": {"of": "students"}}', minimum => 5);
--
-- Moments: a mean before and after one child left, and counts that only grow (C8)
--
SELECT publish('mean before', 'tested', '2025-10-01', 'SELECT 11 AS n, 431.2 AS mean', '{}', '{"n": "count", "mean": {"kind": "mean", "of": "n"}}');
SELECT publish('mean after', 'tested', '2025-11-01', 'SELECT 10 AS n, 428.9 AS mean', '{}', '{"n": "count", "mean": {"kind": "mean", "of": "n", "leaving": "as_of"}}');
CREATE FUNCTION grown(n text, a text, b text) RETURNS text LANGUAGE sql RETURN format($$SELECT unnest('{NULL,A,B}'::text[]) AS race, unnest(%L::text[]) AS n$$, ARRAY[n, a, b]);
SELECT publish('October', 'absent', '2025-10-01', grown('20', '*', '*'), '{race}', '{"n": {"cumulative": "as_of"}}', width => 6);
SELECT publish('November', 'absent', '2025-11-01', grown('25', '13', '12'), '{race}', '{"n": {"cumulative": "as_of"}}', width => 6);
-- What was accepted may be given away again, but no more exactly.
SELECT publish('November', 'absent', '2025-11-01', grown('25', '13', '12'), '{race}', '{"n": {"cumulative": "as_of"}}', width => 6, accept => 'both are many');
SELECT publish('November again', 'absent', '2025-11-01', grown(NULL, '13', '12'), '{race}', '{"n": "count"}', width => 6);
SELECT publish('nearer', 'absent', '2025-10-15', grown(NULL, '12', NULL), '{race}', '{"n": "count"}', width => 6);
SELECT publish('November 1', 'absent', '2025-11-01', grown(NULL, '13', '12'), '{race}', '{"n": {"leaving": "as_of"}}');
-- Nobody leaves: fewer contradict that.
SELECT publish('December', 'absent', '2025-12-01', grown('19', NULL, NULL), '{race}', '{"n": {"cumulative": "as_of"}}');

--
-- Each number is as exact as its own release printed it
--
CREATE FUNCTION means(decimals integer) RETURNS text LANGUAGE sql
RETURN format($$SELECT * FROM (VALUES (NULL, 50, round(472.0, %1$s)), ('A', 44, round(474.0, %1$s)), ('B', 6, NULL)) AS t (race, n, mean)$$, decimals);
SELECT publish('one decimal', 'means', '2025-10-01', means(1), '{race}', '{"n": "count", "mean": {"kind": "mean", "of": "n"}}');
SELECT publish('two decimals', 'means', '2025-10-01', means(2), '{race}', '{"n": "count", "mean": {"kind": "mean", "of": "n"}}');
SELECT publish('decimals as said', 'means', '2025-10-01', means(1), '{race}', '{"n": "count", "mean": {"kind": "mean", "of": "n", "decimals": 2}}');
SELECT publish('fewer than printed', 'means', '2025-10-01', means(1), '{race}', '{"n": "count", "mean": {"kind": "mean", "of": "n", "decimals": 0}}');
SELECT publish('floats', 'floats', '2025-10-01', $$SELECT * FROM (VALUES ('A', 40, 12.5::float8, '3e-2'), ('B', 50, 12, '1')) AS t (race, n, percent, rate)$$, '{race}',
	'{"n": "count", "percent": {"kind": "percent", "of": "n"}, "rate": {"kind": "rate", "of": "n"}}', accept => 'percents with their n are counts');
SELECT members, numbers FROM ledger_cells WHERE release = 'floats' ORDER BY place;
-- An odds ratio of two hidden numbers tells both with their total: 56 of 70 and 48 of 80 are the only pair of 104
-- with 2.67, as 55 and 49 have 2.32 and 57 and 47 have 3.08.
SELECT publish('total', 'odds', '2025-10-01', $$VALUES ('f', 70, NULL), ('r', 80, NULL), (NULL, 150, 104)$$, '{column1}', '{"n": {"column": "column2"}, "x": {"of": "n", "column": "column3"}}', minimum => 60);
SELECT publish('odds', 'odds', '2025-10-01', $$VALUES ('f', 70, NULL::int, 2.67), ('r', 80, NULL, NULL)$$, '{column1}', '{"n": {"column": "column2"}, "x": {"of": "n", "column": "column3"}, "odds": {"kind": "odds_ratio", "of": "x", "column": "column4", "between": {"column1": "r"}}}', minimum => 60);
SELECT publish('odds', 'odds', '2025-10-01', $$VALUES ('f', 70, NULL::int, 2.67), ('r', 80, NULL, NULL)$$, '{column1}', '{"n": {"column": "column2"}, "x": {"of": "n", "column": "column3"}, "odds": {"kind": "odds_ratio", "of": "x", "column": "column4", "between": {"column1": "r"}}}', minimum => 60, accept => 'an example');
SELECT releases, cell, at_least, at_most, accepted FROM release_health('ledger') WHERE population = 'odds';

-- What is not settled counts as given away. (Of 1,000 in A and 1,005 in B, 230 more per thousand: 430 and 201 at least, then 200 and 201 more of each.)
CREATE FUNCTION publish_gap(release text, max_nodes integer) RETURNS bigint LANGUAGE sql
RETURN publish_release('ledger', release, 'all', 'not settled', '2025-10-01', $$SELECT * FROM (VALUES ('A', 1000, NULL, 0.2300000), ('B', 1005, NULL, NULL)) AS t (race, n, x, gap)$$, '{race}',
	'{"n": "count", "x": {"of": "n"}, "gap": {"kind": "gap", "of": "x", "between": {"race": "B"}}}', minimum => 100, width => 5, max_nodes => max_nodes);
SELECT publish_gap('gap', 1);
SELECT publish_gap('gap', 1000);

--
-- Marks mean what their own release says (C9)
--
SELECT publish('two marks', 'marks', '2025-10-01', $$VALUES (NULL, '14'), ('A', '<10'), ('B', '†')$$, '{column1}', '{"n": {"column": "column2"}}', marks => '{"†": "complementary"}', width => 4);
SELECT publish('same mark', 'marks 2', '2025-10-01', $$VALUES (NULL, '14'), ('A', '<10'), ('B', '†')$$, '{column1}', '{"n": {"column": "column2"}}', marks => '{"†": "hidden"}', width => 4);
SELECT publish('other mark', 'marks 2', '2025-10-01', $$VALUES ('B', '†')$$, '{column1}', '{"n": {"column": "column2"}}', marks => '{"†": "complementary"}', width => 4);
SELECT publish('shown zeros', 'zeros 1', '2025-10-01', $$VALUES (NULL, '4'), ('A', '<5'), ('B', '*')$$, '{column1}', '{"n": {"column": "column2"}}', width => 3);
SELECT publish('hidden zeros', 'zeros 2', '2025-10-01', $$VALUES (NULL, '4'), ('A', '<5'), ('B', '*')$$, '{column1}', '{"n": {"column": "column2"}}', width => 3, zeros => 'hide');
SELECT publish('four ways', 'zeros 3', '2025-10-01', $$SELECT unnest('{NULL,A,B,C,D}'::text[]) AS g, unnest('{19,<=5,LT5,≤5,< 6}'::text[]) AS n$$, '{g}', '{"n": "count"}', width => 2, zeros => 'hide');
SELECT m.mark, m.kind, m.zeros, gapstats_internal.plain_mark(m.mark, m.kind, 10, m.zeros) AS plain
FROM (SELECT mark, kind, zeros FROM unnest('{"\"hidden\"","\"primary\"","\"complementary\"","[1, 4]","[10, null]","[null, 4]","{\"next smallest\": \"race\"}"}'::jsonb[]) WITH ORDINALITY AS m (mark, place),
	unnest('{count,sum,percent}'::text[]) WITH ORDINALITY AS k (kind, column_place), unnest('{show,hide}'::text[]) AS z (zeros) ORDER BY place, column_place, zeros DESC) AS m;
-- Who hides the next smallest shows none that is smaller.
SELECT publish('next smallest', 'next', '2025-10-01', $$SELECT 1 AS school, unnest('{NULL,A,B,C,D}'::text[]) AS race, unnest('{36,*,*,11,12}'::text[]) AS n$$, '{school,race}', '{"n": "count"}', marks => '{"*": {"next smallest": "race"}}', width => 10);

--
-- Errors go to the server's log, so they do not have the numbers. These are the owner's to see.
--
SELECT publish_release('ledger', 'state, accepted', 'everybody', 'enrollment', '2025-10-01', $$SELECT * FROM (VALUES ('All', 56), ('A', 31), ('B', 18), ('C', 7)) AS t (column2, n)$$,
	'{column2}', '{"students": {"column": "n"}}', totals => '{"column2": "All"}', accept => 'to see the numbers');
SELECT publish('mean after, accepted', 'tested', '2025-11-01', 'SELECT 10 AS n, 428.9 AS mean', '{}', '{"n": "count", "mean": {"kind": "mean", "of": "n", "leaving": "as_of"}}', accept => 'to see the numbers');
SELECT publish('two decimals, accepted', 'means', '2025-10-01', means(2), '{race}', '{"n": "count", "mean": {"kind": "mean", "of": "n"}}', accept => 'to see the numbers');
SELECT publish('two marks, accepted', 'marks', '2025-10-01', $$VALUES (NULL, '14'), ('A', '<10'), ('B', '†')$$, '{column1}', '{"n": {"column": "column2"}}', marks => '{"†": "complementary"}', width => 4, accept => 'to see the numbers');
SELECT publish('other mark, accepted', 'marks 2', '2025-10-01', $$VALUES ('B', '†')$$, '{column1}', '{"n": {"column": "column2"}}', marks => '{"†": "complementary"}', width => 4, accept => 'to see the numbers');
SELECT publish('shown zeros, accepted', 'zeros 1', '2025-10-01', $$VALUES (NULL, '4'), ('A', '<5'), ('B', '*')$$, '{column1}', '{"n": {"column": "column2"}}', width => 3, accept => 'to see the numbers');
SELECT publish('four ways, accepted', 'zeros 3', '2025-10-01', $$SELECT unnest('{NULL,A,B,C,D}'::text[]) AS g, unnest('{19,<=5,LT5,≤5,< 6}'::text[]) AS n$$, '{g}', '{"n": "count"}', width => 2, zeros => 'hide', accept => 'to see the numbers');
SELECT publish('next smallest, accepted', 'next', '2025-10-01', $$SELECT 1 AS school, unnest('{NULL,A,B,C,D}'::text[]) AS race, unnest('{36,*,*,11,12}'::text[]) AS n$$, '{school,race}', '{"n": "count"}', marks => '{"*": {"next smallest": "race"}}', width => 10, accept => 'to see the numbers');
SELECT population, cell, measure, verdict, at_least, at_most FROM release_health('ledger') WHERE population NOT IN ('C4', 'floats') ORDER BY population COLLATE "C", cell COLLATE "C";

--
-- The same as the audit of all of them written by hand
--
SELECT count(*) AS differ
FROM (
	SELECT replace(cell, 'as_of 2025-10-01', '') AS cell, verdict, least_rule, most_rule
	FROM gapstats_internal.ledger_audit('ledger', '{table 1,table 2,table 3}', 1000)
) AS a
FULL JOIN (
	SELECT ', ' || cell AS cell, verdict, least_rule, most_rule
	FROM disclosure_audit(table_of('ab', 'cef', 11, 17) || ' UNION ALL ' || table_of('bc', 'aef', 10, 18) || ' UNION ALL ' || table_of('ac', 'bef', 7, 21), '{cell}', '{"n": "count"}',
		hierarchies => jsonb_build_object('cell', jsonb_build_array(divided('ab', '{a,b}', 'cef', '{c,e,f}') -> 'cell', divided('bc', '{b,c}', 'aef', '{a,e,f}') -> 'cell', divided('ac', '{a,c}', 'bef', '{b,e,f}') -> 'cell')))
) AS b USING (cell, verdict, least_rule, most_rule)
WHERE a.verdict IS NULL OR b.verdict IS NULL;
-- Two releases that divide a dimension in the same way have one hierarchy, by race and by sex are two, and who contradicts is a third.
SELECT gapstats_internal.joined_divisions('[{"White": "All", "Black": "All"}, {"Girls": "All", "Boys": "All"}, {"White": "All", "Asian": "All"}, {"White": "Other", "Black": "All"}]');

-- The generator of MEASURES, 3 districts, in four files: of 216 hidden cells 63 are exact by algebra (NumPy) and 23 narrower than 5 (SciPy's linprog).
CREATE TABLE file AS
SELECT district, school, race, sex, CASE WHEN sum(n) BETWEEN 1 AND 9 THEN '*' ELSE sum(n)::text END AS n,
	CASE WHEN school IS NULL THEN 'state' WHEN race IS NULL THEN 'by sex' WHEN sex IS NULL THEN 'by race' ELSE 'by both' END AS name
FROM (
	SELECT (s - 1) / 12 + 1 AS district, s AS school, r AS race, x AS sex,
		greatest(0, (130 + s * 6007 % 850) * (array[12, 40, 210, 240, 6, 420, 72])[r] / 2000 + (s * 37 + r * 11 + x * 5) % 9 - 4) AS n
	FROM generate_series(1, 36) AS s, generate_series(1, 7) AS r, generate_series(1, 2) AS x
) AS g
GROUP BY ROLLUP (district, school), CUBE (race, sex);
SELECT name, count(*) AS cells, publish_release('ledger', name, 'the state', 'generator', '2025-10-01', format('SELECT * FROM district.file WHERE name = %L', name), '{district,school,race,sex}', '{"n": "count"}', accept => 'a test') AS given_away
FROM file GROUP BY name ORDER BY name COLLATE "C";
SELECT verdict, count(*) FROM gapstats_internal.ledger_audit('ledger', '{state,by sex,by race,by both}', 1000) GROUP BY verdict ORDER BY verdict COLLATE "C";
SELECT count(*) AS differ
FROM (SELECT members[2:] AS members, verdict, least_rule, most_rule FROM gapstats_internal.ledger_audit('ledger', '{state,by sex,by race,by both}', 1000)) AS a
FULL JOIN (SELECT members, verdict, least_rule, most_rule FROM disclosure_audit('file', '{district,race,school,sex}', '{"n": "count"}')) AS b USING (members, verdict, least_rule, most_rule)
WHERE a IS NULL OR b IS NULL;

--
-- Withdrawing, and forgetting
--
SELECT withdraw_release('ledger', 'table 3', NULL);
SELECT withdraw_release('ledger', 'table 3', ' ');
SELECT withdraw_release('ledger', 'table 7', 'why');
SELECT withdraw_release('ledger', 'table 3', 'it was only a draft');
SELECT withdraw_release('ledger', 'table 3', 'again');
SELECT withdrawn_at IS NOT NULL AS withdrawn, withdrawn_by, withdrawn_because FROM ledger WHERE release = 'table 3';
SELECT count(*) FROM release_health('ledger');
SELECT publish('table 3', 'C4', '2025-10-01', table_of('ac', 'bef', 7, 21), '{cell}', '{"n": "count"}');
-- A table that was corrected: other numbers for the same cells
SELECT publish('draft', 'corrected', '2025-10-01', $$SELECT * FROM (VALUES (NULL, 50), ('A', 30), ('B', 20)) AS t (race, n)$$, '{race}', '{"n": "count"}');
SELECT publish('to the state', 'corrected', '2025-10-01', $$SELECT * FROM (VALUES (NULL, 50)) AS t (race, n)$$, '{race}', '{"n": "count"}');
SELECT publish('final', 'corrected', '2025-10-01', $$SELECT * FROM (VALUES (NULL, 50), ('A', 31), ('B', 19)) AS t (race, n)$$, '{race}', '{"n": "count"}');
SELECT publish('final', 'corrected', '2025-10-01', $$SELECT * FROM (VALUES (NULL, 50), ('A', 31), ('B', 19), ('B', 20)) AS t (race, n)$$, '{race}', '{"n": "count"}');
SELECT withdraw_release('ledger', 'draft', 'a typing error');
SELECT publish('final', 'corrected', '2025-10-01', $$SELECT * FROM (VALUES (NULL, 50), ('A', 31), ('B', 19)) AS t (race, n)$$, '{race}', '{"n": "count"}');
SELECT publish_release('ledger', 'to come', 'all', 'corrected', '2025-10-01', 'SELECT 50 AS n', '{}', '{"n": "count"}', published_at => '9999-01-01 00:00:00+00');
-- A release that is older than the memory is not audited with the next one, but kept.
SELECT create_ledger('short', memory => '1 year');
SELECT publish_release('short', 'old', 'all', 'all', '2020-10-01', $$SELECT * FROM (VALUES (NULL, 50), ('A', NULL), ('B', NULL)) AS t (race, n)$$, '{race}', '{"n": "count"}', published_at => now() - interval '2 years');
SELECT publish_release('short', 'new', 'all', 'all', '2020-10-01', $$SELECT * FROM (VALUES ('A', 44)) AS t (race, n)$$, '{race}', '{"n": "count"}');
SELECT count(*) FROM release_health('short');
-- With a longer memory they leak together, and it says which two and what to do.
UPDATE short_settings SET memory = '5 years';
SELECT * FROM release_health('short') \gx
-- What is to be done is a line, or begins with "by hand: "; whoever executes what is quoted there has mended it.
CREATE FUNCTION follow(ledger regclass) RETURNS TABLE (fixes bigint, well_said bigint, remaining bigint) LANGUAGE plpgsql AS $$
DECLARE
	line text;
	said CONSTANT text[] := ARRAY(SELECT fix FROM release_health(ledger) WHERE accepted IS NULL);
BEGIN
	SELECT count(fix), count(*) FILTER (WHERE fix ~ '^(by hand: [^A-Z]|(ALTER|CREATE|DELETE|DROP|GRANT|REVOKE|SELECT|UPDATE) .*;$)') INTO fixes, well_said FROM unnest(said) AS fix;
	FOR line IN SELECT m[1] FROM unnest(said) AS fix, regexp_matches(fix, '((?:ALTER|CREATE|DELETE|DROP|GRANT|REVOKE|SELECT|UPDATE) [^;]*;)', 'g') AS m LOOP
		EXECUTE line;
	END LOOP;
	remaining := (SELECT count(*) FROM release_health(ledger) WHERE accepted IS NULL);
	RETURN NEXT;
END $$;
BEGIN;
SELECT * FROM follow('short');
ROLLBACK;
SELECT withdraw_release('short', 'new', 'was never sent');
SELECT * FROM release_health('short');

--
-- What is said wrongly
--
SELECT create_ledger(NULL);
SELECT create_ledger('ledger');
SELECT create_ledger('a.b.c');
SELECT create_ledger(repeat('x', 55));
SELECT create_ledger('l', memory => '0');
SELECT create_ledger('l', names_in => 'nowhere');
SELECT create_ledger('gapstats.l');
CREATE VIEW safe AS SELECT * FROM (VALUES (NULL, 50), ('A', NULL), ('B', NULL)) AS t (race, n);
SELECT publish('ledger', NULL, '2025-10-01', 'safe', '{race}', '{"n": "count"}');
SELECT publish(' ', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}');
SELECT publish('x', 'p', NULL, 'safe', '{race}', '{"n": "count"}');
SELECT publish('x', 'p', 'infinity', 'safe', '{race}', '{"n": "count"}');
SELECT publish('x', 'p', '2025-10-01', NULL, '{race}', '{"n": "count"}');
SELECT publish('x', 'p', '2025-10-01', 'safe', NULL, '{"n": "count"}');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', NULL);
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '[]');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{}');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"n": 1}');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"n": "number"}');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"m": "count"}');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{school}', '{"n": "count"}');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"n": {"decimals": "few"}}');
SELECT publish('x', 'p', '2025-10-01', 'SELECT * FROM safe WHERE false', '{race}', '{"n": "count"}');
SELECT publish('x', 'p', '2025-10-01', 'DELETE FROM ledger', '{race}', '{"n": "count"}');
SELECT publish('x', 'p', '2025-10-01', 'SELECT now() AS as_of, 1 AS n', '{as_of}', '{"n": "count"}');
SELECT publish('x', 'p', '2025-10-01', 'SELECT ''A'' AS race, ''?'' AS n', '{race}', '{"n": "count"}');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', hierarchies => '{"school": "safe"}');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', hierarchies => '{"race": "SELECT 1"}');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', hierarchies => '{"race": "SELECT NULL, NULL"}');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', hierarchies => $${"race": "VALUES ('A', 'X'), ('A', 'Y')"}$$);
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', marks => '{"s": "small"}');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', zeros => 'some');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', minimum => 0);
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', width => -1);
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', width => 'NaN');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', hierarchies => '[]');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', hierarchies => '{"race": null}');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', accept => ' ');
SELECT publish_release('ledger', 'x', 'all', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', totals => '{"rase": "All"}');
SELECT publish_release('ledger', 'x', 'all', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', absent => 'perhaps');
SELECT publish_release('ledger', 'x', 'all', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', incomplete => '{school}');
SELECT publish_release('ledger', 'x', NULL, 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}');
SELECT publish_release('ledger', 'x', 'all', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', max_nodes => NULL);
SELECT publish_release(NULL, 'x', 'all', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}');
SELECT publish_release('safe', 'x', 'all', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}');
SELECT release_health(NULL);
SELECT release_health('safe');
SELECT withdraw_release('safe', 'x', 'why');
-- Otherwise than in another release of the same children
SELECT publish('agree', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}');
SELECT publish('x', 'p', '2025-10-01', 'safe', '{race}', '{"n": {"kind": "sum"}}');
SELECT publish('x', 'p', '2025-10-01', 'SELECT 1 AS n, 2 AS race', '{n}', '{"race": "count"}');
SELECT publish_release('ledger', 'x', 'all', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', absent => 'hidden');
SELECT publish_release('ledger', 'x', 'all', 'p', '2025-10-01', 'safe', '{race}', '{"n": "count"}', incomplete => '{race}');
SELECT publish('x', 'p', '2025-10-01', 'SELECT NULL AS race, 51 AS n', '{race}', '{"n": "count"}');
-- What one leaves open the other says: 53 - 38 are 15 of B's 16 students, and one is not among them.
SELECT publish('x', 'open', '2025-10-01', 'SELECT * FROM (VALUES (''A'', 44, 38), (''B'', 16, NULL)) AS t (race, n, x)', '{race}', '{"n": "count", "x": {"kind": "count", "of": "n"}}');
SELECT publish('y', 'open', '2025-10-01', 'SELECT NULL AS race, 53 AS x', '{race}', '{"x": "count"}');
-- Nothing of what was refused is there.
SELECT count(*) FROM ledger WHERE release IN ('y', ' ') OR population IS NULL;

--
-- Others
--
-- A colleague who has the owner's rights publishes as himself; his table stays his, and is read with his rights.
SET SESSION AUTHORIZATION regress_colleague;
SET search_path = district, gapstats;
CREATE TEMP TABLE mine AS SELECT 'A' AS race, 12 AS n;
SELECT publish_release('ledger', 'by a colleague', 'all', 'colleague', '2025-10-01', 'mine', '{race}', '{"n": "count"}');
SELECT published_by FROM ledger WHERE release = 'by a colleague';
-- Nobody else does anything with it.
SET SESSION AUTHORIZATION regress_mallory;
SET search_path = gapstats;
SELECT publish_release('district.ledger', 'x', 'all', 'p', '2025-10-01', 'SELECT 1 AS n', '{}', '{"n": "count"}');
SELECT withdraw_release('district.ledger', 'table 1', 'why');
SELECT * FROM release_health('district.ledger');
SELECT gapstats_internal.enter_release('district.ledger', '{}', '{}');
SELECT gapstats_internal.enter_release_as_owner('district.ledger', '{}', '{}');
SELECT * FROM district.ledger;
RESET SESSION AUTHORIZATION;
SET search_path = gapstats;
-- A superuser can look after it; he owns none.
SELECT count(*) FROM release_health('district.ledger');
SELECT create_ledger('public.ledger');
-- What the owner's tables fire and fold is his, and gets nothing of whoever calls.
SET SESSION AUTHORIZATION regress_owner;
SET search_path = district, gapstats;
CREATE TABLE caught (who name, as_who name);
CREATE FUNCTION catch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO district.caught VALUES (session_user, current_user); EXECUTE 'SET ROLE regress_colleague'; RETURN NEW; END $$;
SELECT create_ledger('trap');
CREATE TRIGGER catch BEFORE INSERT ON trap FOR EACH ROW EXECUTE FUNCTION catch();
RESET SESSION AUTHORIZATION;
SELECT publish_release('district.trap', 'x', 'all', 'p', '2025-10-01', 'SELECT 1 AS n', '{}', '{"n": "count"}');
SET SESSION AUTHORIZATION regress_owner;
DROP TRIGGER catch ON trap;
-- Row security that hides everything from the owner hides everything.
ALTER TABLE trap ENABLE ROW LEVEL SECURITY;
ALTER TABLE trap FORCE ROW LEVEL SECURITY;
SELECT count(*) FROM release_health('trap');
SELECT publish_release('trap', 'x', 'all', 'p', '2025-10-01', 'SELECT 1 AS n', '{}', '{"n": "count"}');
ALTER TABLE trap NO FORCE ROW LEVEL SECURITY;
-- A view that calls a function of somebody who has not the caller's rights is not read.
SET SESSION AUTHORIZATION regress_mallory;
CREATE TEMP TABLE dual AS SELECT 1;
CREATE FUNCTION pg_temp.evil() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE VIEW pg_temp.evil AS SELECT pg_temp.evil() AS n;
GRANT SELECT ON pg_temp.evil TO PUBLIC;
SELECT nspname AS temp FROM pg_namespace WHERE oid = pg_my_temp_schema() \gset
SET SESSION AUTHORIZATION regress_owner;
\set VERBOSITY sqlstate
SELECT publish_release('trap', 'x', 'all', 'p', '2025-10-01', 'SELECT n FROM pg_temp.evil', '{}', '{"n": "count"}');
\set VERBOSITY default
-- Objects of another search path are not taken for PostgreSQL's own.
CREATE FUNCTION to_regclass(text) RETURNS regclass LANGUAGE sql AS $$SELECT 'district.caught'::regclass$$;
CREATE FUNCTION now() RETURNS timestamptz LANGUAGE sql AS $$SELECT '2000-01-01'::timestamptz$$;
SET search_path = district, gapstats, pg_catalog;
SELECT publish_release('trap', 'x', 'all', 'p', '2025-10-01', 'SELECT 1 AS n, ''A'' AS race', '{race}', '{"n": "count"}');
SELECT published_at > '2001-01-01' AS published_now FROM trap;
DROP FUNCTION to_regclass(text), now();
SET search_path = district, gapstats;
-- Another's table in the place of a part
ALTER TABLE trap_cells RENAME TO trap_kept;
GRANT CREATE ON SCHEMA district TO regress_mallory;
SET SESSION AUTHORIZATION regress_mallory;
CREATE TABLE district.trap_cells (release text, place bigint, members text[], numbers text[]);
GRANT ALL ON district.trap_cells TO PUBLIC;
SET SESSION AUTHORIZATION regress_owner;
SELECT publish_release('trap', 'y', 'all', 'p', '2025-10-01', 'SELECT 1 AS n', '{}', '{"n": "count"}');
SELECT * FROM release_health('trap');

-- Any name will do.
SELECT create_ledger('"a@settings%s\"');
SELECT publish_release('"a@settings%s\"', '@cells''\', 'all', '%', '2025-10-01', $$SELECT NULL AS "@ledger""", 50 AS "n'"$$, '{"@ledger\""}', '{"n''": "count"}');
SELECT publish_release('"a@settings%s\"', '$1', 'all', '%', '2025-10-01', $$SELECT unnest('{A,B}'::text[]) AS "@ledger""", unnest('{44,*}'::text[]) AS "n'"$$, '{"@ledger\""}', '{"n''": "count"}', accept => '%s');
SELECT releases, cell, measure, accepted FROM release_health('"a@settings%s\"');

--
-- Rows that somebody wrote by hand
--
SELECT create_ledger('forged');
INSERT INTO forged (release, kind, audience, population, as_of, dimensions, measures, hierarchies, marks, minimum, width, zeros, absent, incomplete, accepted_numbers, published_at, published_by)
SELECT 'forged ' || row_number() OVER (), 'table', '', 'population ' || row_number() OVER (), '2025-10-01', dimensions, measures, hierarchies, marks, 10, 5, 'show', 'zero', incomplete, accepted, now(), ''
FROM (VALUES
	('{race}'::text[], '{"n": {"kind": "count"}}'::jsonb, '{}'::jsonb, '{}'::jsonb, '{}'::text[], '[]'::jsonb),
	('{race,race}', '{"n": {"kind": "count"}}', '{}', '{}', '{}', '[]'),
	('{{a},{b}}', '{"n": {"kind": "count"}}', '{}', '{}', '{}', '[]'),
	('{NULL}', '{"n": {"kind": "count"}}', '{}', '{}', '{}', '[]'),
	('{race}', '[]', '{}', '{}', '{}', '[]'),
	('{race}', '{"n": [1]}', '{}', '{}', '{}', '[]'),
	('{race}', '{"n'' || (SELECT 1) || ''": {"kind": "count"}}', '{}', '{}', '{}', '[]'),
	('{"r\" , now() AS \"x"}', '{"n": {"kind": "count"}}', '{}', '{}', '{}', '[]'),
	('{race}', '{"n": {"kind": "count"}}', '[1]', '{}', '{}', '[]'),
	('{race}', '{"n": {"kind": "count"}}', '{"race": [["A"]]}', '{}', '{}', '[]'),
	('{race}', '{"n": {"kind": "count"}}', '{"race": [[["A", "A"]]]}', '{}', '{}', '[]'),
	('{race}', '{"n": {"kind": "count"}}', '{"race": ["SELECT pg_sleep(1), 1"]}', '{}', '{}', '[]'),
	('{race}', '{"n": {"kind": "count"}}', '{}', '{"?": 1}', '{}', '[]'),
	('{race}', '{"n": {"kind": "count"}}', '{}', '7', '{}', '[]'),
	('{race}', '{"n": {"kind": "count"}}', '{}', '{}', '{school}', '[]'),
	('{race}', '{"n": {"kind": "count"}}', '{}', '{}', '{}', '7'),
	('{race}', '{"n": {"kind": "count"}}', '{}', '{}', '{}', '[7]')) AS f (dimensions, measures, hierarchies, marks, incomplete, accepted);
INSERT INTO forged_cells SELECT release, 1, '{NULL}', '{50}' FROM forged;
INSERT INTO forged_cells SELECT release, 2, '{A,B,C}', '{NULL,x}' FROM forged;
INSERT INTO forged_cells SELECT release, 3, '{}', '{}' FROM forged;
INSERT INTO forged_cells SELECT release, 4, '{{D},{E}}', '{{1},{2}}' FROM forged;
SELECT population, verdict, cell, because FROM release_health('forged') ORDER BY length(population), population;
SELECT fixes > 0 AS some, well_said = fixes AS well_said FROM follow('forged');
SELECT fix FROM release_health('forged') WHERE verdict = 'not audited' ORDER BY length(population), population LIMIT 1;
-- Beside another moment it is looked at what their measures are.
INSERT INTO forged SELECT (jsonb_populate_record(f, jsonb_build_object('release', release || ', later', 'as_of', '2025-11-01'))).* FROM forged AS f;
SELECT population, as_of, verdict, cell, because FROM release_health('forged') WHERE population IN ('population 5', 'population 6') ORDER BY population, as_of;
-- They stay; unless somebody means it.
DELETE FROM forged WHERE release LIKE '%, later';
DELETE FROM forged_cells;
TRUNCATE forged CASCADE;
TRUNCATE forged_cells;
UPDATE forged SET minimum = 1;
UPDATE forged_cells SET numbers = '{51}';
-- nor is one withdrawn by hand without a reason
\set VERBOSITY terse
UPDATE forged SET withdrawn_at = now() WHERE release = 'forged 1, later';
UPDATE forged SET withdrawn_at = now(), withdrawn_because = ' ' WHERE release = 'forged 1, later';
\set VERBOSITY default
UPDATE forged SET withdrawn_at = now(), withdrawn_because = 'it never went out' WHERE release = 'forged 1, later';
UPDATE forged SET withdrawn_at = NULL, withdrawn_because = NULL WHERE release = 'forged 1, later';
INSERT INTO forged_cells SELECT * FROM forged_cells WHERE place = 1 ON CONFLICT (release, place) DO UPDATE SET numbers = '{51}';
SELECT count(*), count(withdrawn_because) AS n_withdrawn, (SELECT count(*) FROM forged_cells) AS n_cells FROM forged;
ALTER TABLE forged DISABLE TRIGGER keep;
DELETE FROM forged WHERE release LIKE '%, later';
ALTER TABLE forged ENABLE TRIGGER keep;
-- They are not in the way of others.
SELECT publish_release('forged', 'x', 'all', 'p', '2025-10-01', 'SELECT 1 AS n', '{}', '{"n": "count"}');
UPDATE forged_settings SET format = 2;
SELECT publish_release('forged', 'y', 'all', 'p', '2025-10-01', 'SELECT 1 AS n', '{}', '{"n": "count"}');
DELETE FROM forged_settings;
SELECT publish_release('forged', 'y', 'all', 'p', '2025-10-01', 'SELECT 1 AS n', '{}', '{"n": "count"}');
ALTER TABLE short RENAME TO long;
SELECT * FROM release_health('long');

--
-- Cells are told of in texts
--
SELECT * FROM gapstats_internal.said_cells('{All,"",3,A,NULL,NULL,NULL,All,All}', '{All,NULL}', 1);
SELECT * FROM gapstats_internal.said_cells('{1,2,3,4}', '{}', 2);
SELECT * FROM gapstats_internal.said_cells('{}', '{NULL}', 2);
SELECT gapstats_internal.said_cells('{A,B,C}', '{NULL}', 1);

RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP OWNED BY regress_mallory, regress_colleague, regress_owner CASCADE;
DROP ROLE regress_owner, regress_colleague, regress_mallory;
