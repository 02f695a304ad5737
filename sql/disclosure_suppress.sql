--
-- suppress: tables that can be published. What comes out is audited by disclosure_audit, itself checked against SciPy
-- (disclosure_random); what is printed is computed again in SQL.
--
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA suppressed;
SET search_path = suppressed, public, gapstats;
RESET client_min_messages;

-- A table as it is published, one column a measure
CREATE FUNCTION published(cells text, dimensions text[], measures jsonb, more text DEFAULT '')
	RETURNS TABLE (members text[], n text, x text, pct text) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format($q$SELECT members, max(shown) FILTER (WHERE measure = 'n'), max(shown) FILTER (WHERE measure = 'x'), max(shown) FILTER (WHERE measure = 'pct')
		FROM suppress(%L, %L, %L %s) GROUP BY members$q$, cells, dimensions, measures, more);
END $$;

-- What a table p of published() gives away: hidden numbers that are exact, and too well known ones that can be small.
CREATE FUNCTION leaks(dimensions text[], measures jsonb, more text DEFAULT '') RETURNS TABLE (cell text, measure text, verdict text, because text) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format($q$SELECT cell, measure, verdict, because FROM disclosure_audit('SELECT %s, n, x, pct FROM p', %L, %L %s) AS a
		WHERE (verdict ~ '^exact|inconsistent|not_proven|left_out' OR (verdict ~ '^narrow' AND can_be_small AND most_whole >= 1 AND %L))$q$,
		(SELECT string_agg(format('members[%s] AS %I', i, d), ', ') FROM unnest(dimensions) WITH ORDINALITY AS u (d, i)), dimensions, measures, more,
		NOT measures ? 'x');
END $$;

-- The example of 10.3: schools by race, k = 10
CREATE TABLE schools AS
SELECT school, race, sum(n) AS n
FROM (VALUES ('S1', '{3,22,40,51,90}'::int[]), ('S2', '{12,4,28,44,75}'), ('S3', '{25,31,19,38,66}'), ('S4', '{14,17,33,29,82}')) AS t (school, ns),
	unnest('{AI,Asian,Black,Hisp,White}'::text[], ns) AS u (race, n)
GROUP BY CUBE (school, race);
SELECT * FROM suppress('schools', '{school, race}', '{"n": "count"}');
-- All that is shown is true, and all that is hidden is so by one mark.
CREATE TEMP TABLE p AS SELECT * FROM published('schools', '{school, race}', '{"n": "count"}');
SELECT p.n = schools.n::text AS is_shown, min(schools.n), bool_and(p.n = '*') AS is_marked FROM p JOIN schools ON members = ARRAY[school, race] GROUP BY 1 ORDER BY 1;
SELECT * FROM leaks('{school, race}', '{"n": "count"}');
SELECT count(*), min(most_nonneg - least_nonneg) >= 5 AS wide_enough FROM disclosure_audit('SELECT members[1] AS school, members[2] AS race, n FROM p', '{school, race}', '{"n": "count"}');
-- Neither kind of hidden cell fails otherwise than the other where a number is expected.
CREATE FUNCTION failure(shown text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN shown::integer;
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate || ' ' || sqlerrm;
END $$;
SELECT failure(p.n), count(*) FILTER (WHERE schools.n < 10) AS n_primary, count(*) FILTER (WHERE schools.n >= 10) AS n_secondary FROM p JOIN schools ON members = ARRAY[school, race] WHERE p.n !~ '^\d+$' GROUP BY 1;
-- The students whose race is not reported are hidden with those of the only other race that is (as California has it), for the total is shown.
SELECT members, shown FROM suppress($$VALUES ('Asian', 4), ('not reported', 140), (NULL, 144)$$, '{column1}', '{"n": {"column": "column2"}}');
-- So it is with any numbers, by enumeration: two races and those not reported, each hidden or not as small or to protect another. Whoever lists the numbers
-- that have what is shown of their total, and are not 0 where they are hidden, finds at least 5 for the one of few, so it is never hidden alone.
CREATE FUNCTION possible(total integer, shown text[], which integer) RETURNS bigint LANGUAGE sql
RETURN (SELECT count(DISTINCT numbers[which]) FROM generate_series(1, total) AS a, generate_series(0, total) AS b, LATERAL (SELECT ARRAY[a, b, total - a - b] AS numbers) AS n
	WHERE total - a - b >= 0 AND NOT EXISTS (SELECT FROM generate_series(1, 3) AS i WHERE shown[i] <> CASE shown[i] WHEN '*' THEN CASE numbers[i] WHEN 0 THEN '' ELSE '*' END ELSE numbers[i]::text END));
SELECT count(*) AS n_tables, count(*) FILTER (WHERE shown[3] = '*') AS not_reported_is_hidden, min(possible(total, shown, 1)) >= 5 AS wide_enough, count(*) FILTER (WHERE shown[1] <> '*') AS n_shown_small,
	count(*) FILTER (WHERE cardinality(array_positions(shown, '*')) = 1) AS hidden_alone, count(*) FILTER (WHERE shown_total <> total::text) AS total_is_hidden
FROM generate_series(1, 9, 2) AS few, unnest('{0,8,15,30}'::int[]) AS many, unnest('{10,12,25}'::int[]) AS not_reported, LATERAL (SELECT few + many + not_reported AS total) AS t,
	LATERAL (SELECT array_agg(s.shown ORDER BY s.members[1]) FILTER (WHERE s.members[1] IS NOT NULL) AS shown, max(s.shown) FILTER (WHERE s.members[1] IS NULL) AS shown_total
		FROM suppress(format($$VALUES (NULL, %s), ('1', %s), ('2', %s), ('not reported', %s)$$, total, few, many, not_reported), '{column1}', '{"n": {"column": "column2"}}') AS s) AS s;
-- What a total tells of its hidden parts together: 4 and 5 alone would be known to be 9 together, so the next smallest is hidden, too.
SELECT members, shown FROM suppress($$VALUES (NULL, 120), ('A', 4), ('B', 5), ('C', 51), ('D', 60)$$, '{column1}', '{"n": {"column": "column2"}}');
-- A total less its group is a group as well: 57 less 50 is 7, whatever two hidden parts have to be together.
SELECT members, shown FROM suppress($$VALUES (NULL, 57), ('A', 3), ('B', 4), ('C', 50)$$, '{column1}', '{"n": {"column": "column2"}}', residual => 0);
-- What protects the 4 is the smallest of the others, but not one that was shown before, where another is as good.
SELECT members, shown FROM suppress($$VALUES (NULL, 100), ('A', 4), ('B', 20), ('C', 21), ('D', 55)$$, '{column1}', '{"n": {"column": "column2"}}');
SELECT members, shown FROM suppress($$VALUES (NULL, 100), ('A', 4), ('B', 20), ('C', 21), ('D', 55)$$, '{column1}', '{"n": {"column": "column2"}}', published => $$SELECT 'B' AS column1, 20 AS column2$$);
-- The same whatever the order and the plan
SELECT count(*) FROM (
	SELECT * FROM suppress('SELECT * FROM schools ORDER BY md5(school || race)', '{school, race}', '{"n": "count"}')
	EXCEPT SELECT * FROM suppress('schools', '{school, race}', '{"n": "count"}')) AS different;
SELECT array_agg(members) = array_agg(members ORDER BY members[1] COLLATE "C" NULLS FIRST, members[2] COLLATE "C" NULLS FIRST) AS in_order FROM suppress('schools', '{school, race}', '{"n": "count"}');
-- Names for totals, another mark, another minimum
SELECT members, shown FROM suppress($$SELECT coalesce(school, 'all') AS school, coalesce(race, 'All students') AS race, n FROM schools$$, '{school, race}', '{"n": "count"}',
	totals => '{"school": "all", "race": "All students"}', mark => 'n<3 or other', minimum => 4) WHERE shown !~ '^\d+$';

-- C1 to C5 of 10.6
DROP TABLE p;
CREATE TABLE c1 AS
SELECT school, race, sum(n) AS n
FROM (VALUES ('a', '{14,7,33,26}'::int[]), ('b', '{41,18,19,22}'), ('c', '{16,5,29,37}')) AS t (school, ns), unnest('{p,q,r,s}'::text[], ns) AS u (race, n) GROUP BY CUBE (school, race);
CREATE TEMP TABLE p AS SELECT * FROM published('c1', '{school, race}', '{"n": "count"}');
SELECT count(*) FILTER (WHERE n = '*') AS n_hidden, (SELECT count(*) FROM leaks('{school, race}', '{"n": "count"}')) AS n_leaks FROM p;
DROP TABLE p;
CREATE TABLE c2 AS
SELECT r, c, sum(n) AS n
FROM (VALUES ('r1', '{4,6,21,17,30}'::int[]), ('r2', '{25,8,5,19,28}'), ('r3', '{7,31,9,2,24}'), ('r4', '{18,27,36,8,6}'), ('r5', '{23,35,16,6,9}')) AS t (r, ns),
	unnest('{c1,c2,c3,c4,c5}'::text[], ns) AS u (c, n) GROUP BY CUBE (r, c);
CREATE TEMP TABLE p AS SELECT * FROM published('c2', '{r, c}', '{"n": "count"}');
SELECT count(*) FILTER (WHERE n = '*') > 11 AS hides_more, (SELECT count(*) FROM leaks('{r, c}', '{"n": "count"}')) AS n_leaks FROM p;
DROP TABLE p;
CREATE TABLE c3 AS
SELECT d, s, g, sum(n) AS n
FROM (VALUES ('D1', 'S1', '{6,34,71}'::int[]), ('D1', 'S2', '{15,22,88}'), ('D1', 'S3', '{27,8,53}'), ('D2', 'S4', '{5,29,94}'), ('D2', 'S5', '{13,41,60}'), ('D2', 'S6', '{19,37,72}')) AS t (d, s, ns),
	unnest('{g1,g2,g3}'::text[], ns) AS u (g, n) GROUP BY ROLLUP (d, s), CUBE (g);
CREATE TEMP TABLE p AS SELECT * FROM published('c3', '{d, s, g}', '{"n": "count"}', $$, hierarchies => '{"s": ["d"]}'$$);
SELECT count(*) FILTER (WHERE n = '*') AS n_hidden, (SELECT count(*) FROM leaks('{d, s, g}', '{"n": "count"}')) AS n_leaks FROM p;
-- as one column of places
CREATE TEMP TABLE p2 AS SELECT members, shown FROM suppress($$SELECT coalesce(s, d, 'state') AS place, g, n FROM c3$$, '{place, g}', '{"n": "count"}',
	hierarchies => $${"place": "SELECT DISTINCT s, d FROM c3 WHERE s IS NOT NULL UNION SELECT DISTINCT d, 'state' FROM c3 WHERE d IS NOT NULL UNION SELECT 'state', NULL"}$$);
SELECT count(*) FILTER (WHERE shown = '*') AS n_hidden FROM p2;
SELECT count(*) FROM disclosure_audit('SELECT members[1] AS place, members[2] AS g, shown AS n FROM p2', '{place, g}', '{"n": "count"}',
	hierarchies => $${"place": "SELECT DISTINCT s, d FROM c3 WHERE s IS NOT NULL UNION SELECT DISTINCT d, 'state' FROM c3 WHERE d IS NOT NULL UNION SELECT 'state', NULL"}$$) WHERE verdict <> 'protected';
DROP TABLE p, p2;
-- three tables over the same cells, safe two by two
CREATE TABLE c4 (cell text, one int, two int, three int, n int);
INSERT INTO c4 VALUES ('a', 1, 2, 1, 4), ('b', 1, 1, 2, 7), ('c', 2, 1, 1, 3), ('e', 2, 2, 2, 6), ('f', 2, 2, 2, 8), ('g', 2, 2, 2, 20), ('h', 2, 2, 2, 15);
CREATE VIEW c4_all AS
SELECT cell, one, two, three, n FROM c4
UNION ALL SELECT NULL, one, NULL, NULL, sum(n) FROM c4 GROUP BY one
UNION ALL SELECT NULL, NULL, two, NULL, sum(n) FROM c4 GROUP BY two
UNION ALL SELECT NULL, NULL, NULL, three, sum(n) FROM c4 GROUP BY three;
CREATE TEMP TABLE p AS SELECT * FROM published('c4_all', '{cell, one, two, three}', '{"n": "count"}');
SELECT count(*) FILTER (WHERE n = '*') >= 7 AS hides_more, (SELECT count(*) FROM leaks('{cell, one, two, three}', '{"n": "count"}')) AS n_leaks FROM p;
DROP TABLE p;
-- zeros hidden, one of them without a row
CREATE TABLE c5 AS
SELECT r, c, sum(n) AS n
FROM (VALUES ('A', '{31,0,0,14}'::int[]), ('B', '{12,7,0,25}'), ('C', '{44,3,0,10}')) AS t (r, ns), unnest('{w,x,y,z}'::text[], ns) AS u (c, n) GROUP BY CUBE (r, c);
DELETE FROM c5 WHERE r = 'A' AND c = 'x';
CREATE TEMP TABLE p AS SELECT * FROM published('c5', '{r, c}', '{"n": "count"}', $$, zeros => 'hide', absent => 'hidden'$$);
SELECT count(*) AS n_cells, count(*) FILTER (WHERE n = '*') AS n_hidden, count(*) FILTER (WHERE members = '{A,x}') AS has_row, (SELECT count(*) FROM leaks('{r, c}', '{"n": "count"}', $$, zeros => 'hide'$$)) AS n_leaks FROM p;
DROP TABLE p;

-- C6: the numerator of a percent, and that of the others, is small or it is not; 11 of 23, 50 of 150, 141 of 320 and 1323 of 3000 are not.
SELECT members, string_agg(shown, ' ' ORDER BY measure) FROM suppress($$SELECT x || ' of ' || n AS g, n, x FROM (VALUES (23, 11), (9, 2), (64, 63), (64, 1), (150, 50), (320, 141), (450, 4), (900, 2), (3000, 1323)) AS t (n, x)$$, '{g}',
	'{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x", "decimals": 0}}') GROUP BY members ORDER BY 1;

-- C7 to C9: what only whole numbers tell of percents; the score of the one child who left; what the mark would say; and
-- counts that only grow
SELECT members, measure, shown FROM suppress($$VALUES (NULL, 103, 44), ('A', 64, 21), ('B', 33, 19), ('C', 6, 4)$$, '{column1}',
	'{"n": {"column": "column2"}, "x": {"of": "n", "column": "column3"}, "pct": {"kind": "percent", "of": "n", "numerator": "x", "decimals": 0}}') WHERE measure <> 'x';
SELECT members, measure, shown FROM suppress($$SELECT * FROM (VALUES ('2025-10', 11, 4743 / 11.0), ('2025-11', 10, 428.9)) AS t (month, tested, score)$$, '{month}',
	'{"tested": {"leaving": "month"}, "score": {"kind": "mean", "of": "tested", "leaving": "month", "decimals": 1}}');
SELECT members, shown FROM suppress($$VALUES (NULL, 8), ('A', 4), ('B', 4)$$, '{column1}', '{"n": {"column": "column2"}}');
SELECT members, shown FROM suppress($$VALUES (NULL, 27), ('A', 9), ('B', 9), ('C', 9)$$, '{column1}', '{"n": {"column": "column2"}}');
SELECT members, shown FROM suppress($$VALUES ('10', NULL, 20), ('11', NULL, 25), ('10', 'a', 12), ('10', 'b', 8), ('11', 'a', 13), ('11', 'b', 12)$$, '{column1, column2}',
	'{"n": {"column": "column3", "cumulative": "column1"}}');

-- The generator of 10.6: state, districts and schools by group and sex, and all totals
CREATE FUNCTION generated(districts integer) RETURNS TABLE (d integer, s integer, r integer, sex integer, n bigint) LANGUAGE sql AS $$
WITH leaf AS (
		SELECT (s - 1) / 12 + 1 AS d, s, r, x,
			greatest(0, (130 + (s * 6007) % 850) * ('{12,40,210,240,6,420,72}'::integer[])[r] / 2000 + (s * 37 + r * 11 + x * 5) % 9 - 4) AS n
		FROM generate_series(1, 12 * districts) AS s, generate_series(1, 7) AS r, generate_series(1, 2) AS x)
SELECT d, s, r, x, sum(n) FROM leaf GROUP BY GROUPING SETS ((), (d), (d, s)), CUBE (r, x);
$$;
CREATE TABLE g32 AS SELECT * FROM generated(32);
-- Unless it is said, the width is half the minimum, rounded up.
CREATE TABLE g3 AS SELECT * FROM generated(3);
CREATE TABLE by_minimum AS
SELECT minimum, members, shown FROM unnest('{5,7}'::int[]) AS minimum, suppress('g3', '{d, s, r, sex}', '{"n": "count"}', minimum => minimum);
SELECT minimum, count(*) AS n_primary, min(most_nonneg - least_nonneg) >= (minimum + 1) / 2 AS wide_enough, count(*) FILTER (WHERE verdict <> 'protected') AS n_leaks
FROM unnest('{5,7}'::int[]) AS minimum, disclosure_audit('SELECT members[1] AS d, members[2] AS s, members[3] AS r, members[4] AS sex, shown AS n FROM by_minimum WHERE minimum = ' || minimum,
	'{d, s, r, sex}', '{"n": "count"}', minimum => minimum) AS a JOIN g3 ON members = ARRAY[d, s, r, sex]::text[]
WHERE g3.n BETWEEN 1 AND minimum - 1
GROUP BY minimum ORDER BY minimum;
SELECT minimum, count(*) FROM g3, unnest('{5,7}'::int[]) AS minimum WHERE n BETWEEN 1 AND minimum - 1 GROUP BY minimum ORDER BY minimum;
CREATE TEMP TABLE p (members text[], n text, x text, pct text);
CREATE FUNCTION secondary() RETURNS numeric LANGUAGE sql AS $$
SELECT (count(*) FILTER (WHERE p.n = '*' AND g32.n NOT BETWEEN 1 AND 9))::numeric / count(*) FILTER (WHERE g32.n BETWEEN 1 AND 9)
FROM p JOIN g32 ON members = ARRAY[d, s, r, sex]::text[]
$$;
CREATE FUNCTION exact_or_narrow(width double precision) RETURNS TABLE (n_shown_small bigint, n_exact bigint, n_narrow_primary bigint) LANGUAGE sql AS $$
SELECT (SELECT count(*) FROM p WHERE p.n <> '*' AND p.n::integer BETWEEN 1 AND 9), count(*) FILTER (WHERE verdict ~ '^exact|not_proven'),
	count(*) FILTER (WHERE g32.n BETWEEN 1 AND 9 AND most_nonneg - least_nonneg < width)
FROM disclosure_audit('SELECT members[1] AS d, members[2] AS s, members[3] AS r, members[4] AS sex, n FROM p', '{d, s, r, sex}', '{"n": "count"}', width => width) AS a
	JOIN g32 ON members = ARRAY[d, s, r, sex]::text[];
$$;
INSERT INTO p SELECT * FROM published('g32', '{d, s, r, sex}', '{"n": "count"}');
SELECT count(*), secondary() <= 0.36 AS is_thrifty, (SELECT count(*) FROM leaks('{d, s, r, sex}', '{"n": "count"}')) AS n_leaks FROM p;
SELECT * FROM exact_or_narrow(5);
-- (test/reference/disclosure_protect.py, by SciPy: of these hidden cells none exact, none narrow, no small sums)
TRUNCATE p;
INSERT INTO p SELECT * FROM published('g32', '{d, s, r, sex}', '{"n": "count"}', $$, residual => 5, singletons => 'lines', wide_by => 'whole'$$);
SELECT secondary() <= 0.27 AS is_thrifty, e.* FROM exact_or_narrow(5) AS e;
TRUNCATE p;
INSERT INTO p SELECT * FROM published('g32', '{d, s, r, sex}', '{"n": "count"}', ', residual => 5');
SELECT secondary() <= 0.29 AS is_thrifty, e.* FROM exact_or_narrow(5) AS e;
TRUNCATE p;
INSERT INTO p SELECT * FROM published('g32', '{d, s, r, sex}', '{"n": "count"}', $$, width => 10, wide_by => 'whole'$$);
SELECT secondary() <= 0.39 AS is_thrifty, e.* FROM exact_or_narrow(10) AS e;
TRUNCATE p;
INSERT INTO p SELECT * FROM published('g32', '{d, s, r, sex}', '{"n": "count"}', ', width => 10');
SELECT secondary() <= 0.47 AS is_thrifty, e.* FROM exact_or_narrow(10) AS e;

-- Random districts: tables of two dimensions, of three, of schools in groups of schools, and three linked tables. More of them
-- with SUPPRESS_DISTRICTS.
\set districts 1000
\getenv districts SUPPRESS_DISTRICTS
CREATE FUNCTION pick(what text, choices integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN ('x' || left(md5(what), 7))::bit(28)::integer % choices;
CREATE TABLE random AS
WITH shape AS (
		SELECT t, t % 4 AS kind, 2 + pick(t || 'i', 5) AS i, 2 + pick(t || 'j', 4) AS j, CASE WHEN t % 2 = 0 THEN 1 ELSE 2 + pick(t || 'k', 2) END AS k
		FROM generate_series(1, :districts) AS t),
	leaf AS (
		SELECT t, kind, CASE kind WHEN 2 THEN 'g' || (ii + 2) / 3 END AS g, ii AS i, jj AS j, CASE kind % 2 WHEN 1 THEN kk END AS k, n, pick(concat_ws(' ', t, ii, jj, kk, 'x'), n + 1) AS x
		FROM shape, generate_series(1, i) AS ii, generate_series(1, j) AS jj, generate_series(1, k) AS kk,
			LATERAL (SELECT pick(concat_ws(' ', t, ii, jj, kk), CASE WHEN pick(concat_ws(' ', t, ii, jj, kk, 'small'), 10) < 4 THEN 12 ELSE 70 END) AS n) AS c)
SELECT t, g, i, j, k, sum(n) AS n, sum(x) AS x FROM leaf WHERE kind = 0 GROUP BY t, g, k, CUBE (i, j)
UNION ALL SELECT t, g, i, j, k, sum(n), sum(x) FROM leaf WHERE kind IN (1, 3) GROUP BY t, kind, g, CUBE (i, j, k) HAVING kind = 1 OR i IS NULL OR j IS NULL OR k IS NULL
UNION ALL SELECT t, g, i, j, k, sum(n), sum(x) FROM leaf WHERE kind = 2 GROUP BY t, k, ROLLUP (g, i), CUBE (j);
CREATE INDEX ON random (t);
ANALYZE random;
CREATE FUNCTION try(which integer, measures jsonb, more text DEFAULT '', audit_more text DEFAULT '') RETURNS TABLE (n_cells bigint, n_hidden bigint, n_untrue bigint, n_shown_small bigint, n_leaks bigint)
	LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE p;
	INSERT INTO p SELECT * FROM published('SELECT * FROM suppressed.random WHERE t = ' || which, '{g, i, j, k}', measures, more);
	RETURN QUERY SELECT count(*), count(*) FILTER (WHERE p.n = '*'), count(*) FILTER (WHERE p.n <> '*' AND p.n <> r.n::text),
		count(*) FILTER (WHERE p.n <> '*' AND (r.n BETWEEN 1 AND 9 OR (measures ? 'x' AND (r.x BETWEEN 1 AND 9 OR r.n - r.x BETWEEN 1 AND 9)))),
		(SELECT count(*) FROM leaks('{g, i, j, k}', measures, audit_more))
	FROM random AS r JOIN p ON p.members = ARRAY[g, i::text, j::text, k::text] WHERE t = which;
END $$;
-- Of few and known more nearly than the width. (That nobody of a few has an outcome may be: it is of none of them, and a range near it is printed so.)
CREATE FUNCTION narrow(which integer, measures jsonb) RETURNS bigint LANGUAGE sql AS $$
SELECT count(*) FROM disclosure_audit('SELECT members[1] AS g, members[2] AS i, members[3] AS j, members[4] AS k, n, x, pct FROM p', '{g, i, j, k}', measures) AS a
	JOIN random AS r ON r.t = which AND a.members = ARRAY[r.g, r.i::text, r.j::text, r.k::text]
WHERE a.verdict NOT IN ('protected', 'all_same') AND CASE measure WHEN 'n' THEN r.n WHEN 'n less x' THEN r.n - r.x ELSE r.x END BETWEEN 1 AND 9
$$;
SET client_min_messages = warning;
SELECT count(*) = :districts AS tried, sum(n_cells) > 40 * :districts AS in_many_cells, sum(n_hidden) < 0.4 * sum(n_cells) AS most_are_shown, sum(n_untrue) AS n_untrue, sum(n_shown_small) AS n_shown_small, sum(n_leaks) AS n_leaks
FROM generate_series(1, :districts) AS which, try(which, '{"n": "count"}');
SELECT sum(n_hidden) < 0.6 * sum(n_cells) AS many_are_shown, sum(n_untrue) AS n_untrue, sum(n_shown_small) AS n_shown_small, sum(n_leaks) AS n_leaks, sum(narrow(which, measures)) AS n_narrow
FROM (SELECT '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}'::jsonb AS measures) AS m, generate_series(1, :districts / 5) AS which, try(which, measures);
SELECT sum(n_hidden) < 0.6 * sum(n_cells) AS many_are_shown, sum(n_untrue) AS n_untrue, sum(n_shown_small) AS n_shown_small, sum(n_leaks) AS n_leaks
FROM generate_series(1, :districts / 10) AS which, try(which, '{"n": "count", "x": {"of": "n"}}', $$, zeros => 'hide'$$, $$, zeros => 'hide'$$);
-- What the audit cannot settle counts as given away: in 1,000 nodes this table is found to be safe, in one it is not.
SELECT count(*) FROM suppress('SELECT * FROM random WHERE t = 9', '{g, i, j, k}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}',
	residual => 0, width => 1, singletons => 'none', ranges => 'rounded');
SELECT count(*) FROM suppress('SELECT * FROM random WHERE t = 9', '{g, i, j, k}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}',
	residual => 0, width => 1, singletons => 'none', ranges => 'rounded', max_nodes => 1);
-- and no child who is alone in a cell learns of the few in another
SELECT count(*) FROM generate_series(1, :districts / 20) AS which, try(which, '{"n": "count"}'),
	disclosure_audit($$SELECT members[1] AS g, members[2] AS i, members[3] AS j, members[4] AS k, p.n, r.n AS truth FROM p JOIN suppressed.random AS r ON r.t = $$ || which || $$ AND p.members = ARRAY[g, i::text, j::text, k::text]$$,
		'{g, i, j, k}', '{"n": {"truth": "truth"}}', insiders => true) AS a, random AS r
WHERE insider IS NOT NULL AND verdict ~ '^exact' AND r.t = which AND a.members = ARRAY[r.g, r.i::text, r.j::text, r.k::text] AND r.n BETWEEN 1 AND 9
	AND NOT (insider = 'the total' OR r.n = 1);
-- nor by what the mark says, that it is no 0, where nothing need be wide by that: tables of many who are alone.
CREATE TABLE lonely AS
SELECT t, a, b, sum((ARRAY[1, 1, 1, 2, 3, 15, 40, 60])[1 + ('x' || substr(md5(concat_ws(' ', t, i, j)), 1, 4))::bit(16)::int % 8]) AS n
FROM generate_series(1, 40) AS t, generate_series(1, 4) AS i, generate_series(1, 3 + t % 2) AS j, LATERAL (SELECT 'a' || i AS a, 'b' || j AS b) AS names GROUP BY t, CUBE (a, b);
SELECT wide_by, count(*) AS n_to_an_insider
FROM unnest('{rule,whole}'::text[]) AS wide_by, generate_series(1, 40) AS which,
	disclosure_audit(format($$SELECT members[1] AS a, members[2] AS b, shown, l.n FROM suppress('SELECT * FROM suppressed.lonely WHERE t = %s', '{a, b}', '{"n": "count"}', wide_by => %L) JOIN suppressed.lonely AS l ON l.t = %1$s AND members = ARRAY[a, b]$$, which, wide_by),
		'{a, b}', '{"n": {"column": "shown", "truth": "n"}}', insiders => true) AS a, lonely AS l
WHERE insider IS NOT NULL AND verdict ~ '^exact' AND l.t = which AND a.members = ARRAY[l.a, l.b] AND l.n BETWEEN 1 AND 9 GROUP BY wide_by;
-- A width beyond all that there is: tables go on by one, and are not looked for so far away.
SET statement_timeout = '5s';
SELECT count(*) FILTER (WHERE shown = '*') AS n_hidden FROM suppress('schools', '{school, race}', '{"n": "count"}', width => 1e12);
RESET statement_timeout;
-- A range of reporting_range(), joined with the next, or at the end with the one before, if it is of one number only that is below 10, or leaves fewer
CREATE FUNCTION joined_range(x bigint, n bigint, standard text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	alike record;
	least bigint[] := '{}';
	most bigint[] := '{}';
	k integer := 0;
	low text;
	high text;
BEGIN
	FOR alike IN SELECT min(v) AS least, max(v) AS most FROM generate_series(0, n) AS v GROUP BY reporting_range(v, n, standard) ORDER BY 1 LOOP
		IF k > 0 AND least[k] = most[k] AND (most[k] < 10 OR n - most[k] < 10) THEN
			most[k] := alike.most;
		ELSE
			k := k + 1;
			least[k] := alike.least;
			most[k] := alike.most;
		END IF;
	END LOOP;
	IF k > 1 AND least[k] = most[k] AND (most[k] < 10 OR n - most[k] < 10) THEN
		k := k - 1;
		most[k] := n;
	END IF;
	WHILE x < least[k] LOOP
		k := k - 1;
	END LOOP;
	low := reporting_range(least[k], n, standard);
	high := reporting_range(most[k], n, standard);
	RETURN CASE WHEN low = high THEN low WHEN low ~ '^<=' THEN '<=' || (regexp_match(high, '(\d+)%?$'))[1] || '%' WHEN high ~ '^>=' THEN '>=' || (regexp_match(low, '\d+'))[1] || '%'
		ELSE (regexp_match(low, '^\d+'))[1] || '-' || (regexp_match(high, '\d+$'))[1] END;
END $$;
-- How the rate of x among n is printed: rounded in steps of n * step / 100 > 5 counts, with ends that hold the counts below 10, or as reporting_range() has it
CREATE FUNCTION in_range(x bigint, n bigint, standard text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN (
	SELECT CASE WHEN standard IN ('nces', 'edfacts') THEN CASE WHEN n > 0 THEN joined_range(x, n, standard) END
			WHEN low > 49 THEN '*' WHEN percent <= low THEN format('<=%s%%', low) WHEN percent >= high THEN format('>=%s%%', high)
			WHEN step = 1 THEN percent::text ELSE format('%s-%s', percent - percent % step, percent - percent % step + step - 1) END
	FROM (SELECT CASE WHEN standard = 'ends' OR n >= 600 THEN 1 WHEN n >= 120 THEN 5 WHEN n >= 60 THEN 10 WHEN n >= 30 THEN 20 WHEN n >= 12 THEN 50 ELSE 99 END AS step, (200 * x + n) / (2 * n) AS percent) AS s,
		LATERAL (SELECT greatest(CASE standard WHEN 'ends' THEN (200 * 9 + n) / (2 * n) ELSE step - 1 END, 1) AS low, CASE standard WHEN 'ends' THEN 100 - greatest((200 * 9 + n) / (2 * n), 1) ELSE 100 - step END AS high) AS e);
-- In ranges each rate is printed so, or all of its cell is hidden. By all that is printed no hidden number of students is exact, or too well known
-- if it can be small; nor is that of few, or of nobody or everybody, behind a rate exact. Rounded, none is; and where it can be small,
-- it is not too well known, either, rounded or with ends.
CREATE FUNCTION try_ranges(which integer, standard text) RETURNS TABLE (n_cells bigint, n_hidden bigint, n_untrue bigint, n_leaks bigint) LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE p;
	INSERT INTO p SELECT * FROM published('SELECT * FROM suppressed.random WHERE t = ' || which, '{g, i, j, k}',
		'{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}', format(', ranges => %L', standard));
	RETURN QUERY SELECT count(*), count(*) FILTER (WHERE p.n = '*'),
		count(*) FILTER (WHERE (p.n, p.pct) IS DISTINCT FROM ('*', '*') AND (p.n, p.pct) IS DISTINCT FROM (r.n::text, CASE WHEN r.n > 0 THEN in_range(r.x, r.n, standard) END)),
		(SELECT count(*)
			FROM disclosure_audit('SELECT members[1] AS g, members[2] AS i, members[3] AS j, members[4] AS k, n, pct FROM p', '{g, i, j, k}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}') AS a
				JOIN random AS r ON a.members = ARRAY[r.g, r.i::text, r.j::text, r.k::text]
			WHERE r.t = which AND (verdict ~ 'inconsistent|not_proven|left_out'
				OR (measure = 'n' AND verdict ~ '^exact')
				OR (verdict ~ '^narrow' AND can_be_small AND most_whole >= 1 AND (measure = 'n' OR standard IN ('rounded', 'ends')))
				OR (measure = 'pct' AND verdict ~ '^exact' AND (standard = 'rounded' OR r.x NOT BETWEEN 10 AND r.n - 10 OR a.members IN (SELECT p.members FROM p WHERE p.pct = '*')))))
	FROM random AS r JOIN p ON p.members = ARRAY[g, i::text, j::text, k::text] WHERE t = which;
END $$;
SELECT standard, count(*) = n_districts AS tried, sum(n_hidden) < 0.5 * sum(n_cells) AS many_are_shown, sum(n_untrue) AS n_untrue, sum(n_leaks) AS n_leaks
FROM (VALUES ('nces', :districts / 6), ('edfacts', :districts / 12), ('rounded', :districts / 6), ('ends', :districts / 6)) AS v (standard, n_districts), generate_series(1, n_districts) AS which, try_ranges(which, standard)
GROUP BY standard, n_districts ORDER BY standard;
-- Of 10,008 cells all numerators hang together, and what shows that a few cannot be had, or gives them away, is near each. Of one district, what it shows gives none away by itself.
CREATE TABLE rated AS
WITH leaf AS (SELECT d, s, r, sex, n, n * (20 + (s * 31 + r * 17 + sex * 7) % 50) / 100 AS x FROM g32 WHERE s > 0 AND r > 0 AND sex > 0)
SELECT d, s, r, sex, sum(n) AS n, sum(x) AS x FROM leaf GROUP BY GROUPING SETS ((), (d), (d, s)), CUBE (r, sex);
CREATE FUNCTION try_rated(standard text) RETURNS TABLE (n_cells bigint, most_are_shown boolean, n_shown_small bigint, n_untrue bigint, n_leaks bigint) LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE p;
	INSERT INTO p SELECT * FROM published('SELECT * FROM suppressed.rated', '{d, s, r, sex}',
		'{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}', format(', ranges => %L', standard));
	RETURN QUERY SELECT count(*), count(*) FILTER (WHERE p.n = '*') < 0.4 * count(*), count(*) FILTER (WHERE p.n <> '*' AND r.n BETWEEN 1 AND 9),
		count(*) FILTER (WHERE r.n BETWEEN 1 AND 200 AND p.pct NOT IN ('*', in_range(r.x::bigint, r.n::bigint, standard))),
		(SELECT count(*)
			FROM disclosure_audit($q$SELECT members[2] AS s, members[3] AS r, members[4] AS sex, n, pct FROM p WHERE members[1] = '7'$q$, '{s, r, sex}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}') AS a
				JOIN rated AS t ON t.d = 7 AND a.members = ARRAY[t.s, t.r, t.sex]::text[] JOIN p AS q ON q.members = ARRAY[t.d, t.s, t.r, t.sex]::text[]
			WHERE verdict ~ 'inconsistent|left_out' OR (verdict ~ '^exact' AND (measure = 'n' OR standard = 'rounded' OR t.x NOT BETWEEN 10 AND t.n - 10 OR q.pct = '*')))
	FROM rated AS r JOIN p ON p.members = ARRAY[d, s, r.r, sex]::text[];
END $$;
SELECT standard, t.* FROM unnest('{nces,edfacts,rounded,ends}'::text[]) AS standard, try_rated(standard) AS t;
-- With numerators that are shown, and wide only without what the mark says: of 5,040 cells no more is hidden for it than by the rule.
CREATE TABLE eight AS
WITH leaf AS (SELECT d, s, r, sex, n, n * (20 + (s * 31 + r * 17 + sex * 7) % 50) / 100 AS x FROM g32 WHERE d <= 8 AND s > 0 AND r > 0 AND sex > 0)
SELECT d, s, r, sex, sum(n) AS n, sum(x) AS x FROM leaf GROUP BY GROUPING SETS ((), (d), (d, s)), CUBE (r, sex);
SELECT count(*) FILTER (WHERE wide_by = 'whole') <= count(*) FILTER (WHERE wide_by = 'rule') AS no_more_is_hidden
FROM unnest('{rule,whole}'::text[]) AS wide_by, suppress('eight', '{d, s, r, sex}', '{"n": "count", "x": {"of": "n"}}', wide_by => wide_by) WHERE shown = '*';
-- Nobody, everybody, or one in each cell: of 300 schools most is printed as ranges, or hidden, and no more for that than of the groups alone.
CREATE TABLE alike AS
SELECT what, s, r, sum(n) AS n, sum(x) AS x
FROM generate_series(1, 300) AS s, generate_series(1, 5) AS r, LATERAL (SELECT pick(s || ' ' || r, 200)::numeric / 2 AS half) AS h,
	LATERAL (VALUES ('nobody', floor(half), 0), ('everybody', floor(half), floor(half)), ('one', 1, s * r % 2)) AS k (what, n, x)
GROUP BY what, CUBE (s, r);
SELECT what, count(*) FILTER (WHERE measures ? 'x' AND measure = 'n') <= count(*) FILTER (WHERE NOT measures ? 'x') AS no_more_is_hidden
FROM unnest('{nobody,everybody,one}'::text[]) AS what, unnest('{"{\"n\": \"count\"}","{\"n\": \"count\", \"x\": {\"of\": \"n\"}}"}'::jsonb[]) AS measures,
	suppress(format('SELECT s, r, n, x FROM alike WHERE what = %L', what), '{s, r}', measures) WHERE shown = '*' GROUP BY what ORDER BY what;
RESET client_min_messages;
DROP TABLE p;

-- Percents, means, sums and comparisons go with their cells.
CREATE TABLE results AS
SELECT school, race, sum(n) AS n, sum(x) AS x, sum(days) AS days, avg(score)::numeric AS score
FROM (VALUES ('a', 'p', 24, 10), ('a', 'q', 7, 3), ('a', 'r', 40, 12), ('b', 'p', 31, 15), ('b', 'q', 28, 12), ('b', 'r', 35, 35), ('c', 'p', 60, 22), ('c', 'q', 26, 13), ('c', 'r', 55, 28)) AS t (school, race, n, x),
	LATERAL (SELECT n * 170.5 AS days, 430 + n / 7.0 AS score) AS l
GROUP BY CUBE (school, race);
UPDATE results AS t SET score = (SELECT sum(n * score) / sum(n) FROM results AS s WHERE s.school IS NOT NULL AND s.race IS NOT NULL AND s.school = coalesce(t.school, s.school) AND s.race = coalesce(t.race, s.race));
CREATE TEMP TABLE long AS SELECT * FROM suppress('SELECT *, 1.5 AS gap, 0.1 AS lower, 0.9 AS upper FROM results', '{school, race}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}, "rate": {"kind": "rate", "of": "n", "numerator": "x", "decimals": 2},
	"days": {"kind": "sum", "step": 0.5}, "daily": {"kind": "mean", "of": "n", "numerator": "days"}, "score": {"kind": "mean", "of": "n", "decimals": 2},
	"gap": {"kind": "gap", "of": "pct", "between": {"race": ["p", "q"]}}, "wilson": {"kind": "interval", "of": "x", "columns": ["lower", "upper"]}}');
SELECT members, string_agg(shown, ' ' ORDER BY measure COLLATE "C") FROM long GROUP BY members ORDER BY 1;
SELECT DISTINCT measure FROM long ORDER BY measure;
-- printed as round() has it, but where all are the same
SELECT count(*) AS n_shown, count(*) FILTER (WHERE shown <> CASE measure WHEN 'pct' THEN round(100.0 * x / n, 1) WHEN 'rate' THEN round(1.0 * x / n, 2) WHEN 'daily' THEN round(days / n, 1) WHEN 'score' THEN round(score, 2) END::text) AS n_other
FROM long JOIN results ON members = ARRAY[school, race] WHERE measure IN ('pct', 'rate', 'daily', 'score') AND shown <> '*' AND x < n;
SELECT measure, shown FROM suppress('VALUES (''A'', 35, 35)', '{column1}', '{"n": {"column": "column2"}, "x": {"of": "n", "column": "column3"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}, "rate": {"kind": "rate", "of": "n", "numerator": "x"}}') WHERE measure <> 'n' ORDER BY measure;
-- a cell has all of its numbers or none; what compares groups has both groups
SELECT count(*) FROM (SELECT members FROM long WHERE measure <> 'gap' GROUP BY members HAVING count(DISTINCT shown = '*') > 1) AS half_hidden;
-- Gaps and ratios, of rates and odds, and their intervals are shown where, and only where, both of their groups are.
CREATE TABLE pairs AS
SELECT school, race, n, x, round(xp / np::numeric - xq / nq::numeric, 3) AS gap, round(x * nq / (n * xq::numeric), 2) AS ratio
FROM (VALUES ('a', 60, 25, 40, 22), ('b', 31, 4, 60, 25), ('c', 80, 40, 60, 25), ('d', 50, 20, 60, 55), ('e', 44, 20, 50, 20)) AS s (school, np, xp, nq, xq), LATERAL (VALUES ('p', np, xp), ('q', nq, xq)) AS g (race, n, x);
SELECT kind, count(*) FILTER (WHERE shown <> '*') AS n_shown, count(*) FILTER (WHERE (shown = '*') <> is_hidden) AS n_other
FROM (SELECT members[1] AS school, members[2] AS race, measure AS kind, shown, bool_or(measure = 'x' AND shown = '*') OVER (PARTITION BY members[1]) AS is_hidden
	FROM suppress('SELECT *, ratio + 0.1 AS odds, ratio - 0.1 AS low, ratio + 0.2 AS high FROM pairs', '{school, race}', '{"n": "count", "x": {"of": "n"}, "gap": {"kind": "gap", "of": "x", "between": {"race": ["p", "q"]}}, "ratio": {"kind": "ratio", "of": "x", "between": {"race": "q"}},
		"odds": {"kind": "odds_ratio", "of": "x", "between": {"race": "q"}}, "katz": {"kind": "interval", "of": "x", "method": "katz", "between": {"race": "q"}, "columns": ["low", "high"]}}')) AS s
WHERE race = 'p' AND kind NOT IN ('n', 'x') GROUP BY kind ORDER BY kind;
-- An interval has no more decimals than its estimate, unless it is said how many; of one in percents the interval of a part has two more.
CREATE TABLE intervals AS
SELECT race, n, x, 100 * x / n::numeric AS pct, round(430 + n / 7.0, 1) AS score, x / 7.0 AS gap, x / 7.0 AS ratio, 0.2 + 1.0 / n AS lower, 0.7 - 1.0 / n AS upper FROM (VALUES ('p', 60, 25), ('q', 48, 22), (NULL, 108, 47)) AS t (race, n, x);
SELECT what, (SELECT string_agg(DISTINCT format('%s %s', measure, scale(shown::numeric)), ', ')
	FROM suppress('intervals', '{race}', '{"n": "count", "x": {"of": "n"}}' || measures || format('{"ci": {"kind": "interval", "columns": ["lower", "upper"], %s}}', interval)::jsonb) WHERE measure NOT IN ('n', 'x') AND shown <> '*') AS decimals
FROM (VALUES ('whole percent', '{"pct": {"kind": "percent", "of": "n", "numerator": "x", "decimals": 0}}'::jsonb, '"of": "x"'), ('percent', '{"pct": {"kind": "percent", "of": "n", "numerator": "x"}}', '"of": "x"'),
	('interval in percents', '{"pct": {"kind": "percent", "of": "n"}}', '"of": "pct"'), ('rate', '{"rate": {"kind": "rate", "of": "n", "numerator": "x", "decimals": 2}}', '"of": "x"'),
	('said', '{"rate": {"kind": "rate", "of": "n", "numerator": "x", "decimals": 2}}', '"of": "x", "decimals": 4'), ('no estimate', '{}', '"of": "x"'), ('mean', '{"score": {"kind": "mean", "of": "n"}}', '"of": "score", "method": "t"'),
	('gap', '{"rate": {"kind": "rate", "of": "n", "numerator": "x"}, "gap": {"kind": "gap", "of": "x", "between": {"race": "q"}, "decimals": 2}}', '"of": "x", "method": "newcombe", "between": {"race": "q"}'),
	('ratio', '{"ratio": {"kind": "ratio", "of": "x", "between": {"race": "q"}, "decimals": 1}}', '"of": "x", "method": "katz", "between": {"race": "q"}'),
	('odds ratio', '{"ratio": {"kind": "odds_ratio", "of": "x", "between": {"race": "q"}, "decimals": 1}}', '"of": "x", "method": "woolf", "between": {"race": "q"}')) AS v (what, measures, interval) ORDER BY what;
-- What is derived from a group, or from two, is shown where, and only where, these are: a percentile of those of at least 45, min and max,
-- a standardized difference, its p (of the gap, whose groups it has), a rank that is not known of all. What is hidden is the mark, and no NULL.
CREATE TABLE derived AS SELECT *, 100.25 + n AS p90, n / 9.0 AS lowest, gap * 3 AS d, gap / 7 AS p, CASE WHEN n > 40 THEN n / 10 END AS rank FROM pairs;
SELECT race, count(*) FILTER (WHERE p90 <> '*') AS n_p90, count(*) FILTER (WHERE (p90 = '*') <> (own = '*' OR n::integer < 45)) AS n_other_p90,
	count(*) FILTER (WHERE (lowest = '*') <> (own = '*')) AS n_other_lowest, count(*) FILTER (WHERE d <> '*') AS n_d, count(*) FILTER (WHERE (d = '*') <> is_hidden) AS n_other_d,
	count(*) FILTER (WHERE (p = '*') <> is_hidden) AS n_other_p, count(*) FILTER (WHERE coalesce(rank, '-') <> CASE WHEN own = '*' THEN '*' ELSE coalesce(given, '-') END) AS n_other_rank
FROM (
	SELECT members[2] AS race, max(shown) FILTER (WHERE measure = 'n') AS n, max(shown) FILTER (WHERE measure = 'x') AS own, max(shown) FILTER (WHERE measure = 'p90') AS p90,
		max(shown) FILTER (WHERE measure = 'lowest') AS lowest, max(shown) FILTER (WHERE measure = 'd') AS d, max(shown) FILTER (WHERE measure = 'p') AS p, max(shown) FILTER (WHERE measure = 'rank') AS rank,
		(SELECT given.rank::text FROM derived AS given WHERE ARRAY[school, given.race] = members) AS given,
		bool_or(max(shown) FILTER (WHERE measure = 'x') = '*') OVER (PARTITION BY members[1]) AS is_hidden
	FROM suppress('derived', '{school, race}', '{"n": "count", "x": {"of": "n"}, "p90": {"kind": "derived", "of": "n", "minimum": 45}, "lowest": {"kind": "derived", "of": "n"}, "gap": {"kind": "gap", "of": "x", "between": {"race": ["p", "q"]}},
		"d": {"kind": "derived", "of": "x", "between": {"race": ["p", "q"]}}, "p": {"kind": "derived", "of": "gap", "decimals": 3}, "rank": {"kind": "derived", "of": "n", "decimals": 0}}') GROUP BY members) AS s
GROUP BY race ORDER BY race;
-- of a group that is shown, but fewer than the minimum (0 of them is no small number), nothing is derived
SELECT members, measure, shown FROM suppress($$VALUES ('A', 40, 12.5), ('B', 0, 7.25)$$, '{column1}', '{"n": {"column": "column2"}, "p90": {"kind": "derived", "of": "n", "column": "column3"}}') WHERE measure = 'p90';
-- what is derived from rates tells them, so there is none beside their ranges
SELECT suppress('derived', '{school, race}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}, "d": {"kind": "derived", "of": "x"}}', ranges => 'nces');
-- no numbers of a percent but itself: the one behind it is told by it
SELECT count(*) FROM (
	SELECT members, shown FROM suppress('SELECT school, race, n, 100.0 * x / n AS pct FROM results', '{school, race}', '{"n": "count", "pct": {"kind": "percent", "of": "n", "decimals": 1}}') WHERE measure = 'pct'
	EXCEPT SELECT members, shown FROM suppress('results', '{school, race}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}') WHERE measure = 'pct') AS different;

-- Ranges: as reporting_range has them, and their numerators not at all
CREATE TEMP TABLE ranges AS SELECT * FROM suppress('results', '{school, race}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}', ranges => 'nces');
SELECT members, string_agg(shown, ' ' ORDER BY measure) FROM ranges GROUP BY members ORDER BY 1;
SELECT count(*), count(*) FILTER (WHERE shown <> reporting_range(x::bigint, n::bigint)) AS n_other FROM ranges JOIN results ON members = ARRAY[school, race] WHERE measure = 'pct' AND shown <> '*';
SELECT count(*), count(*) FILTER (WHERE shown <> reporting_range(x::bigint, n::bigint, 'edfacts')) AS n_other
FROM suppress('results', '{school, race}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}', ranges => 'edfacts') JOIN results ON members = ARRAY[school, race] WHERE measure = 'pct' AND shown <> '*';
-- Every count of groups of these sizes. By the audit those are possible that are printed alike, which are more than the width of 5, or at the ends all that are below
-- the minimum of 10. Of fewer than 12, or than 19, nothing is printed.
SET client_min_messages = warning;
CREATE TEMP TABLE alike AS
SELECT standard, n, x, shown
FROM (VALUES ('rounded'), ('ends')) AS v (standard),
	LATERAL suppress('SELECT concat_ws(''/'', x, n) AS g, n, x FROM unnest(''{10,11,12,18,19,29,30,59,60,119,120,599,600,2000}''::int[]) AS n, generate_series(0, n) AS x',
		'{g}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}', ranges => standard) AS s,
	LATERAL (SELECT split_part(members[1], '/', 1)::bigint AS x, split_part(members[1], '/', 2)::bigint AS n) AS m
WHERE measure = 'pct';
SELECT standard, n, string_agg(DISTINCT shown, ' ') AS ranges FROM alike WHERE n <= 30 GROUP BY 1, 2 ORDER BY 1, 2;
SELECT standard, count(*) AS n_counts, count(*) FILTER (WHERE shown <> in_range(x, n, standard)) AS n_other FROM alike GROUP BY standard ORDER BY 1;
SELECT standard, count(*) AS n_ranges, count(*) FILTER (WHERE (least_whole, most_whole, counts) IS DISTINCT FROM (least, most, most - least + 1)) AS n_other, min(counts) AS fewest,
	min(counts) FILTER (WHERE least < 10 OR r.n - most < 10) AS fewest_of_few, count(*) FILTER (WHERE verdict <> 'protected' AND can_be_small) AS n_given_away
FROM (SELECT standard, n, shown, count(*) AS counts, min(x) AS least, max(x) AS most FROM alike GROUP BY 1, 2, 3) AS r
	LEFT JOIN disclosure_audit('SELECT DISTINCT standard, n, shown, n AS students, shown AS pct FROM alike', '{standard, n, shown}', '{"students": "count", "pct": {"kind": "percent", "of": "students"}}') AS a ON members = ARRAY[standard, r.n::text, shown]
GROUP BY standard ORDER BY 1;
-- The width and the minimum are those that are asked for, of rates as of percents; more than one count is alike whatever the width.
SELECT standard, width, minimum, n, min(counts) AS fewest, min(shown) FILTER (WHERE lowest = 0) AS low
FROM (VALUES ('rounded', 0, 10), ('rounded', 2, 5), ('rounded', 7.5, 10), ('rounded', 1000, 10), ('ends', 2, 5), ('ends', 10, 20), ('ends', 0, 1)) AS v (standard, width, minimum),
	LATERAL (SELECT n, shown, count(*) AS counts, min(x) AS lowest
		FROM suppress('SELECT concat_ws(''/'', x, n) AS g, n, x FROM unnest(''{5,9,20,80,200,900}''::int[]) AS n, generate_series(0, n) AS x', '{g}',
			'{"n": "count", "x": {"of": "n"}, "rate": {"kind": "rate", "of": "n", "numerator": "x"}}', minimum => minimum, width => width, ranges => standard) AS s,
			LATERAL (SELECT split_part(members[1], '/', 1)::bigint AS x, split_part(members[1], '/', 2)::bigint AS n) AS m
		WHERE measure = 'rate' GROUP BY n, shown) AS r
GROUP BY standard, width, minimum, n ORDER BY standard DESC, width, n;
RESET client_min_messages;
-- the number of nobody or everybody, where there is no rate of it
SELECT standard, string_agg(shown, ' ' ORDER BY members) AS x FROM (VALUES ('nces'), ('rounded'), ('ends')) AS v (standard), suppress('VALUES (''A'', 100, 0), (''B'', 40, 40), (''C'', 40, 20)', '{column1}', '{"n": {"column": "column2"}, "x": {"of": "n", "column": "column3"}}', ranges => standard)
WHERE measure = 'x' GROUP BY standard ORDER BY standard;
-- What is printed of a number, be it the mark, is printed of another one of so many, too, if it is small or leaves few, or is of nobody or everybody; by n alone, so the mark stands for all of n.
SET client_min_messages = warning;
CREATE TEMP TABLE every AS
SELECT standard, minimum, x, n, shown
FROM (VALUES ('nces', 10), ('edfacts', 10), ('rounded', 10), ('ends', 10), ('nces', 5), ('nces', 40), ('edfacts', 25), ('ends', 20)) AS v (standard, minimum),
	LATERAL suppress('SELECT concat_ws(''/'', x, n) AS g, n, x FROM (SELECT generate_series(1, 62) AS n UNION ALL SELECT generate_series(95, 320, 45)) AS s, generate_series(0, n) AS x',
		'{g}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}', ranges => standard, minimum => minimum) AS s,
	LATERAL (SELECT split_part(members[1], '/', 1)::bigint AS x, split_part(members[1], '/', 2)::bigint AS n) AS m
WHERE measure = 'pct';
RESET client_min_messages;
SELECT standard, minimum, count(*) FILTER (WHERE n_alike = 1 AND (x < minimum OR n - x < minimum)) AS n_telling, count(*) FILTER (WHERE shown = '*' AND n_alike <= n) AS n_hidden_by_x
FROM (SELECT standard, minimum, n, shown, count(*) AS n_alike, min(x) AS x FROM every GROUP BY 1, 2, 3, 4) AS a GROUP BY 1, 2 ORDER BY 1, 2;
-- Ranges are joined for it, and no others: of 16, 21-29 would be 4 alone, 40-49 7, and 70-79 12, which leaves 4.
SELECT n, string_agg(DISTINCT shown, ' ') AS ranges, string_agg(DISTINCT reporting_range(x, n), ' ') AS of_the_standard FROM every WHERE standard = 'nces' AND minimum = 10 AND n IN (14, 16, 41, 61) GROUP BY n ORDER BY n;
SELECT standard, count(*) > 500 AS are_many, count(*) FILTER (WHERE shown <> joined_range(x, n, standard)) AS n_other FROM every WHERE standard IN ('nces', 'edfacts') AND minimum = 10 AND shown <> '*' GROUP BY standard ORDER BY standard;
-- of 14, 21-29 is 3 or 4; of 16 it is 4, which is printed as 5 and 6 are
SELECT members, shown FROM suppress('VALUES (''A'', 14, 4), (''B'', 16, 4), (''C'', 30, 10), (NULL, 60, 18)', '{column1}',
	'{"n": {"column": "column2"}, "x": {"of": "n", "column": "column3"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}', ranges => 'nces') WHERE measure = 'pct';
-- what a number behind a range leaves of a hidden n: that of all but one part everybody has it, the others tell
SELECT number, n_hidden > 0 AS some_hidden, n_given_away
FROM (VALUES (1, '{60,31,3,9}'::integer[], '{29,16,3,9}'::integer[]), (2, '{64,64,40,8}', '{64,41,40,8}'), (3, '{31,9,60,20}', '{31,9,41,20}')) AS v (number, n, x),
	LATERAL (SELECT array_agg(shown ORDER BY members, measure) AS r, count(*) FILTER (WHERE shown = '*') AS n_hidden
		FROM suppress(format('SELECT part, sum(n) AS n, sum(x) AS x FROM unnest(%L::integer[], %L::integer[]) WITH ORDINALITY AS t (n, x, part) GROUP BY ROLLUP (part)', n, x), '{part}',
			'{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}', ranges => 'ends')) AS s,
	LATERAL (SELECT count(*) FILTER (WHERE measure = 'n less pct' OR verdict = 'inconsistent') AS n_given_away
		FROM disclosure_audit(format('SELECT nullif(part, 5) AS part, r[2 * part - 1] AS n, r[2 * part] AS pct FROM (SELECT %L::text[] AS r) AS s, generate_series(1, 5) AS part', r), '{part}',
			'{"n": "count", "pct": {"kind": "percent", "of": "n"}}')) AS a;
-- no number of few is exact, by all that is printed (a range with its n is none)
SELECT count(*) FROM disclosure_audit('SELECT members[1] AS school, members[2] AS race, max(shown) FILTER (WHERE measure = ''n'') AS n, max(shown) FILTER (WHERE measure = ''pct'') AS pct FROM ranges GROUP BY members',
	'{school, race}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}') WHERE verdict ~ '^exact|inconsistent' AND can_be_small;
-- nobody and everybody: that 0 of 51 are absent is not what a total leaves
SELECT members, string_agg(shown, ' ' ORDER BY measure) FROM suppress($$SELECT school, course, sum(n) AS n, sum(x) AS x
		FROM (VALUES ('A', 'art', 40, 14), ('A', 'chess', 55, 21), ('B', 'art', 62, 25), ('B', 'chess', 51, 0)) AS t (school, course, n, x) GROUP BY CUBE (school, course)$$,
	'{school, course}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}') GROUP BY members ORDER BY members;
-- Nobody and everybody: 0 of 50 is at most 2, 30 of 30 at least 27
SELECT members, measure, shown FROM suppress('VALUES (''A'', 50, 0), (''B'', 30, 30), (''C'', 40, 20)', '{column1}',
	'{"n": {"column": "column2"}, "x": {"of": "n", "column": "column3"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}');
-- or as they are, where that is no secret
SELECT members, measure, shown FROM suppress('VALUES (NULL, 90, 20), (''A'', 50, 0), (''C'', 40, 20)', '{column1}',
	'{"n": {"column": "column2"}, "x": {"of": "n", "column": "column3"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}', all_same => 'show');
SELECT suppress('schools', '{school, race}', '{"n": "count"}', all_same => 'hide');
SET client_min_messages = warning;
-- Who knows that a range is printed of nobody or everybody only reads the 0-2 of 51 as 0. Of three other groups, 1 or 2 of the first, he finds no less
-- by listing all numbers that have the total (possible(), above), where he takes what is hidden to be no 0.
SELECT count(*) AS n_tables, count(*) FILTER (WHERE range = '0-2') AS n_ranges, count(*) FILTER (WHERE shown[1] <> '*') AS n_shown_small, min(possible(total, shown, 1)) >= 5 AS wide_enough
FROM generate_series(1, 2) AS few, unnest('{10,15,21}'::int[]) AS many, unnest('{12,20}'::int[]) AS more, LATERAL (SELECT few + many + more AS total) AS t,
	LATERAL (SELECT array_agg(s.shown ORDER BY s.members[1]) FILTER (WHERE s.members[1] IN ('1', '2', '3')) AS shown, max(s.shown) FILTER (WHERE s.members[1] = 'nobody') AS range
		FROM suppress(format($$VALUES (NULL, 201, %s), ('nobody', 51, 0), ('1', 40, %s), ('2', 50, %s), ('3', 60, %s)$$, total, few, many, more), '{column1}', '{"n": {"column": "column2"}, "x": {"of": "n", "column": "column3"}}') AS s WHERE measure = 'x') AS s;
-- The same in random tables of schools by race, of whom nobody, few, some or everybody has the outcome: nothing but parts of nobody (or everybody) is exact to him,
-- and nothing small is in an interval narrower than 5, by any verdict.
CREATE TABLE extremes AS
SELECT t, i, j, sum(n) AS n, sum(x) AS x
FROM generate_series(1, 100) AS t, generate_series(1, 2 + pick(t || 'i', 4)) AS i, generate_series(1, 2 + pick(t || 'j', 4)) AS j, LATERAL (SELECT 10 + pick(concat_ws(' ', t, i, j), 70) AS n) AS s,
	LATERAL (SELECT CASE WHEN kind < 3 THEN 0 WHEN kind = 3 THEN 1 + pick(concat_ws(' ', t, i, j, 'few'), 3) WHEN kind = 4 THEN n ELSE pick(concat_ws(' ', t, i, j, 'x'), n + 1) END AS x FROM (SELECT pick(concat_ws(' ', t, i, j, 'kind'), 10) AS kind) AS k) AS c
GROUP BY t, CUBE (i, j);
CREATE TABLE extremes_shown AS
SELECT t, members[1] AS i, members[2] AS j, max(shown) FILTER (WHERE measure = 'n') AS n, max(shown) FILTER (WHERE measure = 'x') AS x
FROM generate_series(1, 100) AS t, suppress('SELECT * FROM extremes WHERE t = ' || t, '{i, j}', '{"n": "count", "x": {"of": "n"}}') GROUP BY t, members;
SELECT count(*) FILTER (WHERE x ~ '^0-') > 100 AS many_nobody, count(*) FILTER (WHERE x ~ '^[1-9].*-') > 50 AS many_everybody, count(*) FILTER (WHERE x = '*') > 500 AS many_hidden FROM extremes_shown;
SELECT count(*) > 1000 AS many, count(*) FILTER (WHERE a.verdict ~ 'exact|not_proven|inconsistent' AND x NOT IN (0, n)) AS n_exact, count(*) FILTER (WHERE (x BETWEEN 1 AND 9 OR n - x BETWEEN 1 AND 9) AND most_rule - least_rule < 5) AS n_narrow
FROM generate_series(1, 100) AS which, disclosure_audit('SELECT i, j, n, CASE WHEN x ~ ''^0-'' THEN ''0'' WHEN x ~ ''-'' THEN n ELSE x END AS x FROM extremes_shown WHERE t = ' || which, '{i, j}', '{"n": "count", "x": {"of": "n"}}') AS a
	JOIN extremes AS e ON members = ARRAY[i, j]::text[]
WHERE t = which AND a.verdict <> 'all_same';
-- A gap, ratio or odds ratio of nobody would tell it as well: its groups are hidden.
SELECT kind, string_agg(coalesce(members[1], 'all') || ' ' || shown, ', ' ORDER BY members[1]) FILTER (WHERE measure = 'x') AS x, count(*) FILTER (WHERE measure = 'compared' AND shown <> '*') AS n_compared
FROM (VALUES ('gap', -0.4167), ('ratio', 0), ('odds_ratio', 0)) AS v (kind, number), suppress(format($$VALUES ('f', 60, 0, %s), ('r', 48, 20, NULL), ('t', 50, 20, NULL), ('u', 70, 31, NULL), (NULL, 228, 71, NULL)$$, number), '{column1}',
	format('{"n": {"column": "column2"}, "x": {"of": "n", "column": "column3"}, "compared": {"kind": "%s", "of": "x", "between": {"column1": "r"}, "column": "column4"}}', kind)::jsonb) GROUP BY kind ORDER BY kind;
RESET client_min_messages;
-- a percent of nobody is no number
SELECT members, measure, shown FROM suppress('VALUES (''A'', 0, 0), (''C'', 40, 20)', '{column1}', '{"n": {"column": "column2"}, "x": {"of": "n", "column": "column3"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}');
-- nor, where zeros are hidden, one that tells of them
SELECT members, string_agg(shown, ' ' ORDER BY measure) FROM suppress('VALUES (''A'', 0, 0), (''B'', 13, 0), (''C'', 40, 20)', '{column1}',
	'{"n": {"column": "column2"}, "x": {"of": "n", "column": "column3"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}', zeros => 'hide') GROUP BY members ORDER BY 1;

-- Means of 960 cells, as computed and as rounded: no sum of scores behind a hidden one is known
CREATE TABLE scores AS
SELECT d, s, r, sex, sum(n) AS n, sum(n * (400 + (s * 7 + r * 13 + sex * 3) % 100)) / nullif(sum(n), 0)::numeric AS score
FROM generated(3) WHERE s IS NOT NULL AND r IS NOT NULL AND sex IS NOT NULL GROUP BY GROUPING SETS ((), (d), (d, s)), CUBE (r, sex);
CREATE TEMP TABLE printed AS
SELECT members[1] AS d, members[2] AS s, members[3] AS r, members[4] AS sex, max(shown) FILTER (WHERE measure = 'n') AS n, max(shown) FILTER (WHERE measure = 'score') AS score
FROM suppress('scores', '{d, s, r, sex}', '{"n": "count", "score": {"kind": "mean", "of": "n", "decimals": 1}}') GROUP BY members;
SELECT count(*) FILTER (WHERE n = '*') AS n_hidden, count(*) FILTER (WHERE (n = '*') <> (score = '*')) AS half_hidden FROM printed;
SELECT measure, count(*) AS n_given_away FROM disclosure_audit('printed', '{d, s, r, sex}', '{"n": "count", "score": {"kind": "mean", "of": "n", "decimals": 1}}') AS a
	JOIN printed AS p ON a.members = ARRAY[p.d, p.s, p.r, p.sex] AND p.n = '*' WHERE verdict <> 'protected' AND can_be_small GROUP BY measure;
SELECT count(*) FROM (
	SELECT members, measure, shown FROM suppress('SELECT d, s, r, sex, n, round(score, 1) AS score FROM scores', '{d, s, r, sex}', '{"n": "count", "score": {"kind": "mean", "of": "n"}}')
	EXCEPT SELECT members, measure, shown FROM suppress('scores', '{d, s, r, sex}', '{"n": "count", "score": {"kind": "mean", "of": "n", "decimals": 1}}')) AS different;

-- The rest of a total is a group, too: of 30, 27 are English learners.
SELECT members, shown FROM suppress('VALUES (1, NULL, 30), (1, ''EL'', 27), (2, NULL, 40), (2, ''EL'', 12)', '{column1, column2}', '{"n": {"column": "column3"}}', incomplete => '{column2}');
SELECT members, shown FROM suppress('VALUES (NULL, 53), (''A'', 3), (''B'', 50)', '{column1}', '{"n": {"column": "column2"}}', residual => 0, width => 1, singletons => 'none');

-- What was published before: the same cells again, if these can be hidden, and no others
CREATE TABLE october AS SELECT members[1] AS school, members[2] AS race, shown AS n FROM suppress('schools', '{school, race}', '{"n": "count"}');
CREATE TABLE november AS SELECT school, race, n + CASE WHEN n > 60 THEN 1 ELSE 0 END AS n FROM schools WHERE school IS NOT NULL AND race IS NOT NULL;
INSERT INTO november SELECT school, race, sum(n) FROM november GROUP BY CUBE (school, race) HAVING school IS NULL OR race IS NULL;
SELECT count(*) FILTER (WHERE shown = '*') AS n_hidden, count(*) FILTER (WHERE (shown = '*') <> (o.n = '*')) AS n_changed
FROM suppress('november', '{school, race}', '{"n": "count"}', published => 'october') JOIN october AS o ON members = ARRAY[school, race];
-- whatever was hidden
UPDATE october SET n = CASE WHEN (school, race) IN (('S1', 'AI'), ('S2', 'Asian'), ('S3', 'White'), ('S4', 'Hisp')) THEN '*' ELSE coalesce(nullif(n, '*'), '20') END;
SELECT members FROM suppress('november', '{school, race}', '{"n": "count"}', published => 'october') WHERE shown = '*';
-- Numbers that are out cannot be hidden.
CREATE TABLE release AS SELECT school, race, CASE WHEN school || race IN ('S1AI', 'S2Asian', 'S1Asian', 'S2AI') THEN NULL ELSE n END AS n FROM schools;
SELECT members FROM suppress('schools', '{school, race}', '{"n": "count"}', published => 'release', published_is => 'out') WHERE shown = '*';
UPDATE release SET n = 22 WHERE school = 'S1' AND race = 'Asian';
SELECT suppress('schools', '{school, race}', '{"n": "count"}', published => 'release', published_is => 'out');
-- They are those of the table, of what was rounded as far as it shows; what is only a pattern may have changed.
UPDATE release SET n = 41 WHERE school = 'S1' AND race = 'Black';
SELECT suppress('schools', '{school, race}', '{"n": "count"}', published => 'release', published_is => 'out');
SELECT suppress('schools', '{school, race}', '{"n": "count"}', published => 'SELECT ''S1'' AS school, ''AI'' AS race, 30 AS n', published_is => 'out');
SELECT count(*) FROM suppress('schools', '{school, race}', '{"n": "count"}', published => 'SELECT ''S1'' AS school, ''AI'' AS race, 30 AS n');
SELECT suppress('results', '{school, race}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}', published => 'SELECT ''a'' AS school, ''p'' AS race, 24 AS n, 41.6 AS pct', published_is => 'out');
SELECT suppress('results', '{school, race}', '{"n": "count", "score": {"kind": "mean", "of": "n"}}', published => 'SELECT ''a'' AS school, ''p'' AS race, 433.5 AS score', published_is => 'out');
SELECT suppress('SELECT * FROM schools WHERE NOT (school = ''S1'' AND race = ''AI'')', '{school, race}', '{"n": "count"}', incomplete => '{school, race}',
	published => 'SELECT ''S1'' AS school, ''AI'' AS race, 3 AS n', published_is => 'out');
SELECT members, measure, shown FROM suppress('results', '{school, race}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}, "score": {"kind": "mean", "of": "n"}, "days": {"kind": "sum", "step": 0.5}}',
	published => 'SELECT ''c'' AS school, ''p'' AS race, 60 AS n, 37 AS pct, 438.57 AS score, 10230.0 AS days', published_is => 'out') WHERE members = '{c,p}';
-- Whose numbers they are is read as it is of the table.
SELECT suppress('schools', '{school, race}', '{"n": "count"}', published => 'SELECT ''S1'' AS school, ''Asain'' AS race, 22 AS n');
SELECT suppress('schools', '{school, race}', '{"n": "count"}', published => 'SELECT ''S1'' AS school, ''Asain'' AS race, 22 AS n', published_is => 'out');
SELECT suppress('schools', '{school, race}', '{"n": "count"}', published => 'SELECT ''S1'' AS school, 206 AS n');
SELECT suppress('schools', '{school, race}', '{"n": "count"}', published => 'release', published_is => 'our');
SELECT suppress('schools', '{school, race}', '{"n": "count"}', published => 'SELECT school, race FROM release');

-- Two releases of the same children in one system
CREATE TABLE months AS SELECT '2025-10' AS month, school, race, n FROM schools UNION ALL SELECT '2025-11', school, race, n FROM november;
CREATE TEMP TABLE p AS SELECT * FROM published('months', '{month, school, race}', '{"n": {"cumulative": "month"}}');
SELECT count(*) FROM leaks('{month, school, race}', '{"n": {"cumulative": "month"}}');
DROP TABLE p;

-- Of as many cells those with fewer students are hidden, whatever their names and numbers absent: beside a school of whom 7 are absent the smallest of its district
CREATE TABLE ties AS
SELECT d, s, sum(n) AS n, sum(x) AS x
FROM (SELECT d, md5(d || 's' || i) AS s, n, CASE i WHEN 1 THEN 7 ELSE 10 + pick(d || 'x' || i, n - 19) END AS x
	FROM generate_series(1, 100) AS d, generate_series(1, 5) AS i, LATERAL (SELECT CASE i WHEN 1 THEN 20 ELSE 40 + pick(d || 'n' || i, 900) END AS n) AS c) AS school
GROUP BY d, ROLLUP (s);
SELECT count(*) FILTER (WHERE n_hidden = 2) AS two_are_hidden, count(*) FILTER (WHERE hidden = smallest) AS smallest_is_hidden
FROM (SELECT d, count(*) FILTER (WHERE shown = '*') AS n_hidden, max(n) FILTER (WHERE shown = '*') AS hidden, min(n) FILTER (WHERE n > 20) AS smallest
	FROM suppress('ties', '{d, s}', '{"n": "count", "x": {"of": "n"}}') JOIN ties ON members = ARRAY[d::text, s] WHERE measure = 'n' GROUP BY d) AS district;

-- Where schools by race are not published, all schools and all races can be. What is so of everybody or nobody in cells that are not
-- published is not told of in the notice, either.
SELECT members, shown FROM suppress('schools', '{school, race}', '{"n": "count"}', by_at_most => 1);
SELECT count(*), count(*) FILTER (WHERE cardinality(array_remove(members, NULL)) > 1) AS not_published
FROM suppress('SELECT school, race, n, CASE WHEN race = ''AI'' THEN 0 WHEN race IS NULL THEN n - ai ELSE n END AS x FROM (SELECT *, sum(n) FILTER (WHERE race = ''AI'') OVER (PARTITION BY school) AS ai FROM schools) AS s',
	'{school, race}', '{"n": "count", "x": {"of": "n"}}', by_at_most => 1);
-- A 0 that is not printed is no secret, though it follows from one that is: nobody of a is x.
SELECT measure, count(*), count(*) FILTER (WHERE shown = '*') AS n_hidden FROM suppress($$SELECT i, j, k, sum(n) AS n, sum(n / 3) AS x
		FROM (VALUES ('a', 'p', 'x', 0), ('a', 'p', 'y', 4), ('a', 'q', 'x', 0), ('a', 'q', 'y', 25), ('b', 'p', 'x', 12), ('b', 'p', 'y', 12), ('b', 'q', 'x', 0), ('b', 'q', 'y', 0)) AS t (i, j, k, n)
		GROUP BY CUBE (i, j, k)$$, '{i, j, k}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}', ranges => 'nces', by_at_most => 2) GROUP BY measure ORDER BY measure;

-- What cannot be published is said to its owner.
SELECT suppress('SELECT school, race, CASE WHEN school = ''S1'' AND race IS NULL THEN n + 1 ELSE n END AS n FROM schools', '{school, race}', '{"n": "count"}');
SELECT suppress('SELECT school, race, nullif(n, 22) AS n FROM schools', '{school, race}', '{"n": "count"}');
SELECT suppress('SELECT school, race, CASE n WHEN 22 THEN ''*'' ELSE n::text END AS n FROM schools', '{school, race}', '{"n": "count"}');
SELECT suppress('SELECT * FROM schools UNION ALL SELECT school, race, n + 1 FROM schools', '{school, race}', '{"n": "count"}');
SELECT suppress('schools', '{school, rase}', '{"n": "count"}');
SELECT suppress('schools', '{school, race}', '{"n": "count"}', hierarchies => '{"school": ["race"]}');
SELECT suppress('schools', '{school, race}', '{"n": "count"}', hierarchies => '{"school": "SELECT ''S1'', ''S2'' UNION ALL SELECT ''S2'', ''S1''"}');
SELECT suppress('results', '{school, race}', '{"n": "count", "pct": {"kind": "percent", "of": "n", "column": "x"}}');
SELECT suppress('SELECT school, race, n, 33 AS pct FROM schools', '{school, race}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}');
SELECT suppress('SELECT ''A'' AS school, 40 AS n, 0.35 AS pct', '{school}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}');
SELECT suppress('SELECT ''A'' AS school, 40 AS n, 35 AS rate', '{school}', '{"n": "count", "rate": {"kind": "rate", "of": "n"}}');
SELECT suppress('SELECT school, race, n, n + 1 AS x FROM schools', '{school, race}', '{"n": "count", "x": {"of": "n"}}');
SELECT suppress('results', '{school, race}', '{"n": {"same_for": "race"}}');
SELECT suppress('SELECT *, 1 AS gap FROM results', '{school, race}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}, "gap": {"kind": "gap", "of": "pct", "between": {"race": ["p", "q"]}}}', ranges => 'nces');
SELECT suppress('schools', '{school, race}', '{"n": "count"}', absent => 'hidden');
SELECT suppress('schools', '{school, race}', '{"n": "count"}', mark => '7');
SELECT suppress('schools', '{school, race}', '{"n": "count"}', mark => '<10');
SELECT suppress('schools', '{school, race}', '{"n": "count"}', mark => NULL);
SELECT suppress('schools', '{school, race}', '{"n": "count"}', ranges => 'wide');
SELECT suppress('schools', '{school, race}', '{"n": "count"}', ranges => NULL);
SELECT suppress('VALUES (''A'', 41, 41, 40)', '{column1}', '{"n": {"column": "column2"}, "t": {"of": "n", "column": "column3"}, "x": {"of": "t", "column": "column4"},
	"tested": {"kind": "percent", "of": "n", "numerator": "t"}, "passed": {"kind": "percent", "of": "t", "numerator": "x"}}', ranges => 'nces');
SELECT suppress('schools', '{school, race}', '{"n": "count"}', singletons => 'some');
SELECT suppress('schools', '{school, race}', '{"n": "count"}', wide_by => 'algebra');
SELECT suppress('schools', '{school, race}', '{"n": "count"}', residual => -1);
SELECT suppress('schools', '{school, race}', '{"n": "count"}', max_nodes => 0);
SELECT suppress('schools', '{school, race}', '{"n": "count"}', by_at_most => 0);
SELECT suppress('schools', NULL, '{"n": "count"}');
SELECT suppress(NULL, '{school, race}', '{"n": "count"}');
SELECT suppress('SELECT * FROM schools WHERE false', '{school, race}', '{"n": "count"}');
-- one cell, of few and of many
SELECT members, shown FROM suppress('VALUES (''A'', 5)', '{column1}', '{"n": {"column": "column2"}}');
SELECT members, shown FROM suppress('VALUES (''A'', 50)', '{column1}', '{"n": {"column": "column2"}}');
-- a count that is 0 in a cell which another count hides; of all it is known, so it cannot be hidden
SELECT members, measure, shown FROM suppress($$SELECT g, sum(n) AS n, sum(x) AS x FROM (VALUES ('A', 40, 20), ('B', 4, 0), ('C', 30, 15)) v (g, n, x) GROUP BY ROLLUP (g)$$, '{g}', '{"n": "count", "x": "count"}');
SELECT suppress($$SELECT g, sum(n) AS n, 0 AS x FROM (VALUES ('A', 40), ('B', 4), ('C', 30)) v (g, n) GROUP BY ROLLUP (g)$$, '{g}', '{"n": "count", "x": "count"}');
-- It can be cancelled.
SET statement_timeout = '100ms';
SELECT count(*) FROM suppress('g32', '{d, s, r, sex}', '{"n": "count"}');
RESET statement_timeout;
SELECT count(*) FROM suppress('schools', '{school, race}', '{"n": "count"}');

SET client_min_messages = warning;
DROP SCHEMA suppressed CASCADE;
