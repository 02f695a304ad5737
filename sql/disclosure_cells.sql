--
-- disclosure_audit: how a published table is read, and what is wrong with one
--
-- What is expected follows from the numbers by hand.
--
\set SHOW_CONTEXT never
CREATE SCHEMA cells;
SET search_path = cells, gapstats;
CREATE VIEW shown AS SELECT NULL::text AS cell, NULL::text AS measure, NULL::text AS verdict, NULL::float8 AS least, NULL::float8 AS most, NULL::text AS because;
CREATE FUNCTION shown(disclosure_audit) RETURNS shown LANGUAGE sql
RETURN ROW (($1).cell, ($1).measure, ($1).verdict, ($1).least_rule, ($1).most_rule, ($1).because)::shown;

-- Linked tables: one UNION ALL, the dimensions that a table does not have at their total. School 1 is in both.
CREATE VIEW linked AS
SELECT * FROM (VALUES (1, 'A', NULL, '*'), (1, 'B', NULL, '*'), (1, NULL, NULL, '30'), (2, 'A', NULL, '12'), (2, 'B', NULL, '14'), (2, NULL, NULL, '26')) AS race (school, race, lunch, n)
UNION ALL
SELECT * FROM (VALUES (1, NULL, 'free', '11'), (1, NULL, 'not free', '*'), (1, NULL, NULL, '*'), (2, NULL, 'free', '*'), (2, NULL, 'not free', '*')) AS lunch (school, race, lunch, n);
SELECT (shown(d)).* FROM disclosure_audit('linked', '{school, race, lunch}', '{"n": "count"}') AS d;
-- Two rows say different things of the same number, and both hold: of 40, 20-29% are 8 to 11 and 25-34% are 10 to 13; of 69, 5% are 3 and 9 are 13%; and of three
-- rows. Whatever their order. That one row shows a rate of which another has the range tells nobody more of 320 than it does.
CREATE TABLE said AS
SELECT * FROM (VALUES (1, 'a', '40', '20-29'), (2, 'a', '40', '25-34'), (3, 'b', '69', '<=13%'), (4, 'b', '69', 'LE5'), (5, 'c', '100', '<=20%'), (6, 'c', '100', '>=11%'), (7, 'c', '100', '15-40'),
	(8, 'd', '320', '38'), (9, 'd', '320', '35-39'), (10, 'e', '<10', NULL), (11, 'e', '4-12', NULL), (12, 'f', '*', NULL), (13, 'f', '0-3', NULL)) AS t (i, g, n, pct);
SELECT measure, cell, verdict, least_whole, most_whole, least_rule, most_rule, because
FROM disclosure_audit('SELECT g, n, pct FROM said', '{g}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}', width => 9) AS d ORDER BY 1 DESC, 2;
SELECT count(*) FROM unnest('{i DESC,pct,n DESC NULLS LAST}'::text[]) AS by_what, LATERAL (
	(SELECT * FROM disclosure_audit('SELECT g, n, pct FROM said ORDER BY ' || by_what, '{g}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}', width => 9)
	 EXCEPT SELECT * FROM disclosure_audit('SELECT g, n, pct FROM said', '{g}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}', width => 9))) AS different;
-- Tables that share schools whose totals nobody publishes: 20 + 10 = 12 + ?
SELECT (shown(d)).* FROM disclosure_audit($$VALUES (1, 'A', NULL, 20), (1, 'B', NULL, 10), (1, NULL, 'free', 12), (1, NULL, 'not free', NULL)$$,
	'{column1, column2, column3}', '{"n": {"column": "column4"}}') AS d;
-- Only the grand total and the finest cells are published.
SELECT (shown(d)).* FROM disclosure_audit($$VALUES (NULL, NULL, 20), (1, 'A', 3), (1, 'B', 10), (2, 'A', 5), (2, 'B', NULL)$$,
	'{column1, column2}', '{"n": {"column": "column3"}}') AS d;
-- A district that has no total of its own is in that of the state all the same.
SELECT (shown(d)).* FROM disclosure_audit($$VALUES (NULL, NULL, 100), ('D1', NULL, 60), ('D1', '1', 25), ('D1', '2', 35), ('D2', '3', 33), ('D2', '4', NULL)$$,
	'{column1, column2}', '{"n": {"column": "column3"}}') AS d;
-- One column of overlapping groups, divided in two ways: 50 are 20 + 25 + ?, and 24 + ?
SELECT (shown(d)).* FROM disclosure_audit($$VALUES ('All', 50), ('White', 20), ('Black', 25), ('Asian', NULL), ('Girls', 24), ('Boys', NULL), ('Twins', NULL)$$,
	'{column1}', '{"n": {"column": "column2"}}',
	hierarchies => $${"column1": ["VALUES ('White', 'All'), ('Black', 'All'), ('Asian', 'All')", "VALUES ('Girls', 'All'), ('Boys', 'All')", "VALUES ('Twins', NULL)"]}$$) AS d;

-- A cell without a row has nobody, unless it is said that rows were left out.
CREATE VIEW gaps AS
SELECT * FROM (VALUES (NULL, NULL, 40), ('1', NULL, 25), ('2', NULL, 15), (NULL, 'A', 27), (NULL, 'B', 13), ('1', 'A', 18), ('2', 'A', 9), ('2', 'B', 6)) AS v (school, race, n);
SELECT (shown(d)).* FROM disclosure_audit('gaps', '{school, race}', '{"n": "count"}') AS d;
SELECT (shown(d)).* FROM disclosure_audit('gaps', '{school, race}', '{"n": "count"}', absent => 'hidden') AS d;
-- What cannot be is not looked for: school 3 is in the other district.
SELECT (shown(d)).* FROM disclosure_audit($$VALUES ('D1', NULL, 'A', 20), ('D1', '1', 'A', 12), ('D2', '3', 'A', 7), ('D2', '3', 'B', 5), ('D2', NULL, 'B', 5), ('D2', NULL, 'A', 7)$$,
	'{column1, column2, column3}', '{"n": {"column": "column4"}}', absent => 'hidden', hierarchies => '{"column2": ["column1"]}') AS d;
-- Groups that do not make up the total leave a rest.
SELECT (shown(d)).* FROM disclosure_audit($$VALUES (1, NULL, 30), (1, 'English learner', 27), (2, NULL, 40), (2, 'English learner', NULL)$$,
	'{column1, column2}', '{"n": {"column": "column3"}}', incomplete => '{column2}') AS d;

-- Published numbers that contradict one another
SELECT (shown(d)).* FROM disclosure_audit($$VALUES (NULL, 50, 20, 41, NULL), ('A', 20, 9, 45, NULL), ('B', 31, 32, NULL, 12.0)$$, '{column1}',
	'{"n": {"column": "column2"}, "x": {"column": "column3", "of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x", "column": "column4"},
	  "gap": {"kind": "gap", "of": "pct", "between": {"column1": "A"}, "column": "column5"}}') AS d;
SELECT (shown(d)).* FROM disclosure_audit($$VALUES (NULL, 10), ('A', NULL), ('B', 13)$$, '{column1}', '{"n": {"column": "column2"}}') AS d;
SELECT (shown(d)).* FROM disclosure_audit($$VALUES ('2025-10', 12), ('2025-11', 11)$$, '{column1}', '{"n": {"column": "column2", "cumulative": "column1"}}') AS d;
SELECT (shown(d)).* FROM disclosure_audit($$VALUES ('A', 100, 20, 0.30, 0.50)$$, '{column1}', '{"n": {"column": "column2"}, "x": {"column": "column3", "of": "n"},
	"ci": {"kind": "interval", "of": "x", "columns": ["column4", "column5"]}}') AS d;
-- What a derived number tells of a group is not known, so it is said where the group is hidden. It gives no interval, and contradicts nothing.
SELECT (shown(d)).* FROM disclosure_audit($$VALUES (NULL, '50', '20', 7.5, NULL), ('A', '*', '*', 3.25, NULL), ('B', '12', '*', NULL, 0.5), ('C', '31', '12', 99, 0.25)$$, '{column1}',
	'{"n": {"column": "column2"}, "x": {"of": "n", "column": "column3"}, "median": {"kind": "derived", "of": "n", "column": "column4"}, "d": {"kind": "derived", "of": "x", "between": {"column1": "C"}, "column": "column5"}}') AS d;
-- Everybody, or nobody
SELECT (shown(d)).* FROM disclosure_audit($$VALUES ('A', 25, 25), ('B', 30, 0), ('C', 0, 0), ('D', 40, 39)$$, '{column1}', '{"n": {"column": "column2"}, "x": {"column": "column3", "of": "n"}}') AS d;

-- A percent whose n is hidden: half of them, and fewer than 20
SELECT (shown(d)).* FROM disclosure_audit($$VALUES (NULL, '19', NULL), ('A', '<10', 50), ('B', '*', NULL)$$, '{column1}',
	'{"n": {"column": "column2"}, "pct": {"kind": "percent", "of": "n", "column": "column3"}}') AS d;
-- n and x are hidden, and what x leaves of n is not: all 62 students of B and C have x, and there is nobody else.
SELECT (shown(d)).*, can_be_small FROM disclosure_audit($$VALUES ('A', 80, 64), ('B', NULL, NULL), ('C', NULL, NULL), (NULL, 142, 126)$$, '{column1}',
	'{"n": {"column": "column2"}, "x": {"column": "column3", "of": "n"}}') AS d;
-- Known exactly only as n and x both are, it has no row of its own; and where x is shown, n is about the others.
SELECT (shown(d)).*, can_be_small FROM disclosure_audit($$VALUES ('A', 80, 64), ('B', NULL, NULL), (NULL, 142, 120)$$, '{column1}', '{"n": {"column": "column2"}, "x": {"column": "column3", "of": "n"}}') AS d;
SELECT (shown(d)).*, can_be_small FROM disclosure_audit($$VALUES ('A', 80, 64), ('B', NULL, 60), (NULL, 142, 124)$$, '{column1}', '{"n": {"column": "column2"}, "x": {"column": "column3", "of": "n"}}') AS d;
-- The only student of B who is not among the proficient knows it, and with it how many at C are not.
SELECT cell, measure, verdict, least_rule, most_rule, insider FROM disclosure_audit($$VALUES ('A', 80, 64, 80, 64), ('B', NULL, NULL, 21, 20), ('C', NULL, NULL, 41, 34), (NULL, 142, 118, 142, 118)$$, '{column1}',
	'{"n": {"column": "column2", "truth": "column4"}, "x": {"column": "column3", "of": "n", "truth": "column5"}}', insiders => true);
-- Of three groups A is shown, or hidden as well, of B and C together sum_n and sum_x, or a percent of theirs; all pairs of n and x of B that fit are tried.
CREATE TABLE pair AS
SELECT i, 11 + i * 7919 % 61 AS sum_n, least(11 + i * 7919 % 61, greatest(0, 11 + i * 7919 % 61 - i * 104729 % 13)) AS sum_x, CASE WHEN i % 3 = 0 THEN 100 * (i * 31 % 11) / 10 END AS pct FROM generate_series(1, 150) AS i;
CREATE TABLE rest_fits AS
SELECT i, count(*) AS n_fits, min(n - x) AS least_b, max(n - x) AS most_b, min(sum_n - n - (sum_x - x)) AS least_c, max(sum_n - n - (sum_x - x)) AS most_c
FROM pair, generate_series(1, sum_n - 1) AS n, generate_series(greatest(0, n - (sum_n - sum_x)), least(n, sum_x)) AS x
WHERE pct IS NULL OR (200 * x + n) / (2 * n) = pct
GROUP BY i;
CREATE TABLE rests AS
SELECT i, a.* FROM pair, disclosure_audit(format('VALUES (''A'', 80, 64, NULL), (''B'', NULL, NULL, %L::integer), (''C'', NULL, NULL, NULL), (NULL, %s, %s, NULL)', pct, 80 + sum_n, 64 + sum_x), '{column1}',
	'{"n": {"column": "column2"}, "x": {"column": "column3", "of": "n"}, "pct": {"column": "column4", "kind": "percent", "of": "n", "numerator": "x", "decimals": 0}}') AS a;
SELECT count(*) AS n, count(*) FILTER (WHERE r.verdict LIKE 'exact%') > 0 AS some_exact, count(*) FILTER (WHERE r.verdict LIKE 'narrow%') > 0 AS some_narrow, count(*) FILTER (WHERE r.i IS NULL) > 0 AS some_protected,
	count(*) FILTER (WHERE r.i IS NULL AND most - least < 5 AND NOT is_known) AS n_missed,
	count(*) FILTER (WHERE (r.least_rule, r.most_rule) <> (least, most) OR (r.verdict LIKE 'exact%') <> (least = most) OR (r.i IS NOT NULL AND most - least >= 5)) AS n_other
FROM (SELECT i, 'B' AS part, least_b AS least, most_b AS most FROM rest_fits UNION ALL SELECT i, 'C', least_c, most_c FROM rest_fits) AS f
LEFT JOIN rests AS r ON r.i = f.i AND r.members = ARRAY[f.part] AND r.measure = 'n less x',
LATERAL (SELECT count(*) FILTER (WHERE verdict LIKE 'exact%') = 2 AS is_known FROM rests AS o WHERE o.i = f.i AND o.members = ARRAY[f.part] AND o.measure IN ('n', 'x')) AS k;
SELECT count(*) FROM rests WHERE verdict = 'inconsistent' AND i IN (SELECT i FROM rest_fits);

-- One numerator of two: of 50 students, and in percent of the 40 who were tested
SELECT (shown(d)).* FROM disclosure_audit($$VALUES ('A', 50, 40, NULL, 25)$$, '{column1}', '{"n": {"column": "column2"}, "tested": {"column": "column3", "of": "n"},
	"x": {"column": "column4", "of": "n"}, "pct": {"kind": "percent", "of": "tested", "numerator": "x", "column": "column5"}}') AS d;
-- Ranges as text, as reporting_range and EDFacts print them
SELECT (shown(d)).* FROM disclosure_audit($$VALUES (1, 40, '<=10%'), (2, 40, '>= 90 %'), (3, 40, '21-29'), (4, 40, '≤10%'), (5, 40, '21–29%'), (6, 14, 'LT50'), (7, 14, 'GE50'),
	(8, 25, 'LE20'), (9, 25, 'GE80'), (10, 25, 'PS'), (11, 30, '<5'), (12, 30, '>95%')$$, '{column1}',
	'{"n": {"column": "column2"}, "pct": {"kind": "percent", "of": "n", "column": "column3"}}', marks => '{"PS": "hidden"}') AS d;
-- Counts in ranges are marks: nothing but the rule says so
SELECT cell, verdict, least_nonneg, most_nonneg, least_rule, most_rule FROM disclosure_audit($$VALUES (NULL, '40'), ('A', '1-4'), ('B', '>=20'), ('C', '5 - 9')$$, '{column1}', '{"n": {"column": "column2"}}');
SELECT cell, verdict, least_rule, most_rule FROM disclosure_audit($$VALUES (NULL, '40'), ('A', '<5'), ('B', '> 30')$$, '{column1}', '{"n": {"column": "column2"}}', zeros => 'hide');
-- Who hides the next smallest shows no smaller one in that line: 30 = 12 + 18, and at most 11 of B
SELECT cell, verdict, least_whole, most_whole, least_rule, most_rule FROM disclosure_audit($$VALUES (1, NULL, '41'), (1, 'A', '*'), (1, 'B', '*'), (1, 'C', '11'), (1, 'D', '12'), (1, 'E', '0')$$,
	'{column1, column2}', '{"n": {"column": "column3"}}', marks => '{"*": {"next smallest": "column2"}}');

-- Sums with a step, means of a scale, scores that are any number
SELECT cell, measure, verdict, least_whole, most_whole FROM disclosure_audit($$VALUES (NULL, 60.5), ('A', 41.0), ('B', NULL)$$, '{column1}', '{"days": {"kind": "sum", "step": 0.5, "column": "column2"}}');
SELECT cell, measure, verdict, least_nonneg, most_nonneg, least_whole, most_whole FROM disclosure_audit($$VALUES ('A', 3, 2.7), ('B', 4, NULL)$$, '{column1}',
	'{"n": {"column": "column2"}, "grade": {"kind": "mean", "of": "n", "column": "column3", "step": 0.5, "lowest": 1, "highest": 5}}');
SELECT cell, measure, verdict, least_nonneg, most_nonneg, least_whole, most_whole FROM disclosure_audit($$VALUES ('A', 3, 2.7)$$, '{column1}',
	'{"n": {"column": "column2"}, "growth": {"kind": "mean", "of": "n", "column": "column3", "step": null}}');
-- How halves are rounded makes a difference at the very end: 12.5% is 13
SELECT (shown(d)).* FROM disclosure_audit('VALUES (1, 8, 13), (2, 8, 12)', '{column1}', '{"n": {"column": "column2"}, "pct": {"kind": "percent", "of": "n", "column": "column3"}}') AS d;
SELECT (shown(d)).* FROM disclosure_audit('VALUES (1, 8, 13), (2, 8, 12)', '{column1}', '{"n": {"column": "column2"}, "pct": {"kind": "percent", "of": "n", "column": "column3", "rounding": "unknown"}}') AS d;
-- Gaps: of 40 in A 30.0%, and 10.0 points more of 20 in B. Where an n is hidden a gap is not used, and that is said.
SELECT cell, measure, verdict, least_nonneg, most_nonneg, least_whole, most_whole FROM disclosure_audit($$VALUES ('A', 40, 30.0, NULL), ('B', 20, NULL, 10.0)$$, '{column1}',
	'{"n": {"column": "column2"}, "pct": {"kind": "percent", "of": "n", "column": "column3"}, "gap": {"kind": "gap", "of": "pct", "between": {"column1": "A"}, "column": "column4"}}');
SELECT cell, measure, verdict, least_whole, most_whole, because FROM disclosure_audit($$VALUES ('A', NULL, 30.0, NULL), ('B', 20, NULL, 10.0), ('C', 20, NULL, 5.0)$$, '{column1}',
	'{"n": {"column": "column2"}, "pct": {"kind": "percent", "of": "n", "column": "column3"}, "gap": {"kind": "gap", "of": "pct", "between": {"column1": "A"}, "column": "column4"}}')
WHERE verdict = 'left_out';
-- Gaps and ratios of which hardly a numerator is shown: the numbers behind 60 of each, by trying all pairs.
-- Both are hidden, or that of the group (1) or of the reference (2) is shown, or a third group is hidden and the sum is shown (3).
CREATE TABLE compared AS
SELECT i, kind, i % 4 AS how, i % 5 AS decimals, n, x, n[1] + n[2] + n[3] AS n_all, x[1] + x[2] + x[3] AS x_all,
	round(CASE kind WHEN 'gap' THEN x[1]::numeric / n[1] - x[2]::numeric / n[2] ELSE x[1]::numeric * n[2] / (x[2] * n[1]) END, i % 5) AS printed
FROM generate_series(1, 60) AS i, LATERAL (SELECT ARRAY[5 + i * 7919 % 60, 5 + i * 104729 % 90, 5 + i * 31337 % 20] AS n) AS s,
	LATERAL (SELECT ARRAY[i * 6007 % (n[1] + 1), 1 + i * 15485 % n[2], i * 1217 % (n[3] + 1)] AS x) AS t, unnest('{gap,ratio}'::text[]) AS kind;
CREATE TABLE fits AS
SELECT i, kind, min(f) AS least_f, max(f) AS most_f, min(r) AS least_r, max(r) AS most_r
FROM compared, generate_series(CASE how WHEN 1 THEN x[1] ELSE 0 END, CASE how WHEN 1 THEN x[1] ELSE n[1] END) AS f,
	generate_series(CASE how WHEN 2 THEN x[2] ELSE 0 END, CASE how WHEN 2 THEN x[2] ELSE n[2] END) AS r
WHERE CASE kind WHEN 'gap' THEN abs(f * n[2] - r * n[1] - printed * n[1] * n[2]) <= 0.5 * 0.1 ^ decimals * n[1] * n[2]
		ELSE r > 0 AND abs(f * n[2] - printed * r * n[1]) <= 0.5 * 0.1 ^ decimals * r * n[1] END
	AND (how <> 3 OR x_all - f - r BETWEEN 0 AND n[3])
GROUP BY i, kind;
CREATE TABLE of_compared AS
SELECT kind, i, how, race, verdict, least_whole, most_whole, CASE race WHEN 'f' THEN least_f ELSE least_r END AS least, CASE race WHEN 'f' THEN most_f ELSE most_r END AS most
FROM compared JOIN fits USING (kind, i), LATERAL disclosure_audit(format('SELECT * FROM (VALUES (''f'', %s, %s, %s), (''r'', %s, %s, NULL)%s) AS v (race, n, x, printed)',
		n[1], CASE how WHEN 1 THEN x[1]::text ELSE 'NULL::int' END, printed, n[2], CASE how WHEN 2 THEN x[2]::text ELSE 'NULL' END,
		CASE how WHEN 3 THEN format(', (''s'', %s, NULL, NULL), (NULL, %s, %s, NULL)', n[3], n_all, x_all) END), '{race}',
	format('{"n": "count", "x": {"of": "n"}, "printed": {"kind": "%s", "of": "x", "between": {"race": "r"}}}', kind)::jsonb,
	zeros => 'hide') AS d, LATERAL (SELECT members[1] AS race) AS m
WHERE verdict <> 'all_same' AND race IN ('f', 'r');
SELECT kind, how, count(*), count(*) FILTER (WHERE verdict = 'exact_whole') > 0 AS some_exact, count(*) FILTER (WHERE (least_whole, most_whole) IS DISTINCT FROM (least, most)) AS n_other
FROM of_compared GROUP BY kind, how ORDER BY kind, how;
-- The only pair of 13 and 97 is 7 and 23 (7 / 13 * 97 / 23 is 2.27090), whether or not zeros are hidden.
SELECT zeros, cell, verdict, least_nonneg, most_nonneg, least_whole, most_whole FROM unnest('{show,hide}'::text[]) AS zeros, disclosure_audit($$SELECT * FROM (VALUES ('f', NULL::int, 13, 2.2709), ('r', NULL, 97, NULL)) AS v (race, x, n, ratio)$$,
	'{race}', '{"n": "count", "x": {"of": "n"}, "ratio": {"kind": "ratio", "of": "x", "between": {"race": "r"}}}', zeros => zeros);
-- Without a reference there is no ratio.
SELECT cell, measure, verdict, because FROM disclosure_audit($$SELECT * FROM (VALUES ('f', NULL::int, 13, 2.2709), ('r', 0, 97, NULL)) AS v (race, x, n, ratio)$$,
	'{race}', '{"n": "count", "x": {"of": "n"}, "ratio": {"kind": "ratio", "of": "x", "between": {"race": "r"}}}');
-- Odds ratios, and intervals of a ratio, an odds ratio or a gap: the numerators behind 24 of each, by trying all pairs with the textbook formulas (Katz, Woolf,
-- Newcombe's method 10 on Wilson's), and where a ratio has a 0 with 1/2 added to all four numbers as well. Hidden is what it is above, or both and their sum is shown (3).
CREATE FUNCTION wilson(x float8, n float8) RETURNS float8[] LANGUAGE sql IMMUTABLE
RETURN (SELECT ARRAY[middle - half, middle + half] FROM (SELECT 1.959963984540054 AS z, x / n AS p) AS rate,
	LATERAL (SELECT (p + z ^ 2 / 2 / n) / (1 + z ^ 2 / n) AS middle, z / (1 + z ^ 2 / n) * sqrt(p * (1 - p) / n + (z / 2 / n) ^ 2) AS half) AS w);
CREATE FUNCTION bounds(method text, a float8, b float8, c float8, d float8) RETURNS float8[] LANGUAGE sql IMMUTABLE
RETURN CASE method
	WHEN 'odds_ratio' THEN (SELECT ARRAY[o, o] FROM (SELECT a * d / nullif(b * c, 0) AS o) AS odds)
	WHEN 'woolf' THEN (SELECT ARRAY[o / exp(s), o * exp(s)] FROM (SELECT a * d / nullif(b * c, 0) AS o, 1.959963984540054 * sqrt(1 / nullif(a, 0) + 1 / nullif(b, 0) + 1 / nullif(c, 0) + 1 / nullif(d, 0)) AS s) AS odds)
	WHEN 'katz' THEN (SELECT ARRAY[r / exp(s), r * exp(s)] FROM (SELECT a * (c + d) / nullif(c * (a + b), 0) AS r, 1.959963984540054 * sqrt(1 / nullif(a, 0) - 1 / (a + b) + 1 / nullif(c, 0) - 1 / (c + d)) AS s) AS ratio WHERE b + d > 0)
	ELSE (SELECT ARRAY[g - sqrt((p - f[1]) ^ 2 + (r[2] - q) ^ 2), g + sqrt((f[2] - p) ^ 2 + (q - r[1]) ^ 2)]
		FROM (SELECT a / (a + b) AS p, c / (c + d) AS q, a / (a + b) - c / (c + d) AS g, wilson(a, a + b) AS f, wilson(c, c + d) AS r) AS rates) END;
CREATE TABLE listed AS
SELECT i, method, i % 4 AS how, 1 + i % 3 AS decimals, n, x, bounds(method, x[1] + half, n[1] - x[1] + half, x[2] + half, n[2] - x[2] + half) AS b
FROM generate_series(1, 24) AS i, unnest('{odds_ratio,woolf,katz,newcombe}'::text[]) AS method, LATERAL (SELECT ARRAY[5 + i * 7919 % 20, 5 + i * 104729 % 30] AS n) AS s,
	LATERAL (SELECT ARRAY[i * 6007 % (n[1] + 1), i * 15485 % (n[2] + 1)] AS x) AS t, LATERAL (SELECT CASE WHEN method <> 'newcombe' AND 0 IN (x[1], n[1] - x[1], x[2], n[2] - x[2]) THEN 0.5 ELSE 0 END AS half) AS h;
CREATE TABLE listed_fits AS
SELECT i, method, count(*) AS n_fits, min(f) AS least_f, max(f) AS most_f, min(r) AS least_r, max(r) AS most_r
FROM listed, generate_series(CASE how WHEN 1 THEN x[1] ELSE 0 END, CASE how WHEN 1 THEN x[1] ELSE n[1] END) AS f,
	generate_series(CASE how WHEN 2 THEN x[2] WHEN 3 THEN greatest(x[1] + x[2] - f, 0) ELSE 0 END, CASE how WHEN 2 THEN x[2] WHEN 3 THEN least(x[1] + x[2] - f, n[2]) ELSE n[2] END) AS r
WHERE EXISTS (SELECT FROM (VALUES (0.0), (0.5)) AS v (half), bounds(method, f + half, n[1] - f + half, r + half, n[2] - r + half) AS o
		WHERE (half = 0 OR (method <> 'newcombe' AND 0 IN (f, n[1] - f, r, n[2] - r)))
			AND abs(o[1] - round(b[1]::numeric, decimals)) <= 0.5 * 0.1 ^ decimals + 1e-9 AND abs(o[2] - round(b[2]::numeric, decimals)) <= 0.5 * 0.1 ^ decimals + 1e-9)
GROUP BY i, method;
CREATE TABLE of_listed AS
SELECT method, i, how, n_fits, race, measure, verdict, least_whole, most_whole, CASE race WHEN 'f' THEN least_f ELSE least_r END AS least, CASE race WHEN 'f' THEN most_f ELSE most_r END AS most
FROM listed JOIN listed_fits USING (method, i), LATERAL disclosure_audit(format('SELECT * FROM (VALUES (''f'', %s, %s, %s, %s), (''r'', %s, %s, NULL, NULL)%s) AS v (race, n, x, lower, upper)',
		n[1], CASE how WHEN 1 THEN x[1]::text ELSE 'NULL::int' END, round(b[1]::numeric, decimals), round(b[2]::numeric, decimals), n[2], CASE how WHEN 2 THEN x[2]::text ELSE 'NULL' END,
		CASE how WHEN 3 THEN format(', (NULL, %s, %s, NULL, NULL)', n[1] + n[2], x[1] + x[2]) END), '{race}',
	format('{"n": "count", "x": {"of": "n"}, "compared": {"of": "x", "between": {"race": "r"}, %s}}',
		CASE method WHEN 'odds_ratio' THEN '"kind": "odds_ratio", "column": "lower"' ELSE format('"kind": "interval", "method": "%s", "columns": ["lower", "upper"]', method) END)::jsonb,
	zeros => 'hide') AS d, LATERAL (SELECT members[1] AS race) AS m
WHERE verdict <> 'all_same';
SELECT method, how, count(*), count(*) FILTER (WHERE verdict = 'exact_nonneg') > 0 AS some_exact, count(*) FILTER (WHERE least < most) > 0 AS some_not,
	count(*) FILTER (WHERE (least_whole, most_whole) IS DISTINCT FROM (least, most)) AS n_other
FROM of_listed WHERE measure = 'x' GROUP BY method, how ORDER BY method, how;
-- Which of several pairs it is another number may tell; that is said, and nothing else.
SELECT verdict, count(*) > 0 AS some, count(*) FILTER (WHERE how IN (1, 2) OR n_fits = 1) AS n_other FROM of_listed WHERE measure = 'compared' GROUP BY verdict;
SELECT count(*) AS n_not_said FROM (SELECT FROM of_listed WHERE how IN (0, 3) AND n_fits > 1 GROUP BY method, i HAVING count(*) FILTER (WHERE verdict = 'left_out') <> 1) AS s;
-- 56 of 70 and 48 of 80 (an odds ratio of 2.666667, Woolf 1.276218 to 5.572020, Katz 1.076627 to 1.651249), and 5 of 56 and 0 of 29 (with 1/2, Woolf
-- 0.336340 to 118.027932), as R's epitools and metafor have them. With the total of both the odds ratio is enough.
SELECT what, cell, verdict, least_whole, most_whole, because
FROM (VALUES ('odds', 70, 80, NULL, 2.6667, NULL, 'odds_ratio'), ('odds and total', 70, 80, 104, 2.67, NULL, 'odds_ratio'), ('woolf', 70, 80, NULL, 1.28, 5.57, 'woolf'), ('katz', 70, 80, NULL, 1.0766, 1.6512, 'katz'),
		('woolf + 1/2', 56, 29, NULL, 0.34, 118.03, 'woolf')) AS v (what, n_focal, n_reference, x, lower, upper, method),
	disclosure_audit(format('SELECT * FROM (VALUES (''f'', %s, NULL::int, %s, %L::numeric), (''r'', %s, NULL, NULL, NULL), (NULL, %s, %L::int, NULL, NULL)) AS t (race, n, x, lower, upper)', n_focal, lower, upper, n_reference, n_focal + n_reference, x), '{race}',
		format('{"n": "count", "x": {"of": "n"}, "c": {"of": "x", "between": {"race": "r"}, %s}}',
			CASE method WHEN 'odds_ratio' THEN '"kind": "odds_ratio", "column": "lower"' ELSE format('"kind": "interval", "method": "%s", "columns": ["lower", "upper"]', method) END)::jsonb, zeros => 'hide')
WHERE measure = 'x' AND members IS NOT NULL AND members[1] IS NOT NULL ORDER BY what, cell;
-- What is computed otherwise contradicts the numbers.
SELECT (shown(d)).* FROM disclosure_audit($$SELECT * FROM (VALUES ('f', 70, 56, 2.7), ('r', 80, 48, NULL)) AS t (race, n, x, odds)$$, '{race}', '{"n": "count", "x": {"of": "n"}, "odds": {"kind": "odds_ratio", "of": "x", "between": {"race": "r"}}}') AS d;
SELECT (shown(d)).* FROM disclosure_audit($$SELECT * FROM (VALUES ('f', 70, 56, 2.6), ('r', 80, 48, NULL)) AS t (race, n, x, odds)$$, '{race}', '{"n": "count", "x": {"of": "n"}, "odds": {"kind": "odds_ratio", "of": "x", "between": {"race": "r"}}}') AS d;
-- Not all pairs of two large groups are tried, but all numerators of one; and of groups whose n are hidden none.
SELECT cell, measure, verdict, least_whole, most_whole, because FROM disclosure_audit($$SELECT * FROM (VALUES ('f', 'a', 70000, NULL::int, 2.6667), ('r', 'a', 80000, 48000, NULL), ('f', 'b', 70000, NULL, 2.6667), ('r', 'b', 80000, NULL, NULL), ('f', 'c', NULL, NULL, 2.6667), ('r', 'c', 80, 48, NULL)) AS t (race, school, n, x, odds)$$,
	'{race, school}', '{"n": "count", "x": {"of": "n"}, "odds": {"kind": "odds_ratio", "of": "x", "between": {"race": "r"}}}');
SELECT min(f), max(f) FROM generate_series(0, 70000) AS f WHERE abs(f * 32000.0 - 2.6667 * (70000 - f) * 48000) <= 0.00005 * (70000 - f) * 48000;
-- The middle of the interval of a gap of means is the gap: kindergarten reading in STAR, white 440.4094 (3903) less black (1858), as R's t.test has it. The points of
-- 1858 are 1858 * (440.4094 - 11.48745) = 796936.983, give or take 1858 * 0.0001, so 796937; that is 428.9220 of each, as published.
SELECT cell, measure, verdict, least_nonneg, most_nonneg, least_whole, most_whole, because FROM disclosure_audit($$SELECT * FROM (VALUES ('white', 3903, 440.4094, 9.8319, 13.1430), ('black', 1858, NULL, NULL, NULL)) AS v (race, n, score, lower, upper)$$, '{race}',
	'{"n": "count", "score": {"kind": "mean", "of": "n"}, "welch": {"kind": "interval", "of": "score", "between": {"race": "black"}, "columns": ["lower", "upper"]}}');
SELECT cell, measure, verdict, because FROM disclosure_audit($$SELECT * FROM (VALUES ('white', 3903, 440.4094, 9.8319, 13.1430), ('black', NULL, NULL, NULL, NULL)) AS v (race, n, score, lower, upper)$$, '{race}',
	'{"n": "count", "score": {"kind": "mean", "of": "n"}, "welch": {"kind": "interval", "of": "score", "between": {"race": "black"}, "columns": ["lower", "upper"]}}') WHERE verdict = 'left_out';
-- Of gaps halves count at both ends, for nobody says whether -12.5 was printed as -13 or as -12, nor which group was taken from which: 15 of 40 are 12.5 points less than 20 of 40.
SELECT printed, least_nonneg, most_nonneg, least_whole, most_whole FROM unnest('{-12,-13,12,13}'::int[]) AS printed, disclosure_audit(format($$SELECT * FROM (VALUES ('f', 40, NULL::int, %s), ('r', 40, 20, NULL)) AS t (race, n, x, gap)$$, printed * 0.01), '{race}',
	'{"n": "count", "x": {"of": "n"}, "gap": {"kind": "gap", "of": "x", "between": {"race": "r"}}}') ORDER BY printed;
-- Newcombe's interval of x of 20 against 10 of 50: of the 21 that there can be one prints so
SELECT cell, verdict, least_whole, most_whole FROM risk_difference(7, 20, 10, 50) AS r, disclosure_audit(format($$SELECT * FROM (VALUES ('A', 20, NULL, %s, %s), ('B', 50, 10, NULL, NULL)) AS v (race, n, x, lower, upper)$$,
		rounded(lower, 2), rounded(upper, 2)), '{race}', '{"n": "count", "x": {"of": "n"}, "newcombe": {"kind": "interval", "of": "x", "between": {"race": "B"}, "method": "newcombe", "columns": ["lower", "upper"]}}') AS d;
-- t: a mean of 50 with a standard deviation of 10.0 and bounds 45.3 and 54.7 is of 20 (R: 50 + c(-1, 1) * qt(0.975, 19) * 10 / sqrt(20) is 45.32 and 54.68)
SELECT cell, measure, verdict, least_whole, most_whole FROM disclosure_audit($$SELECT * FROM (VALUES ('A', NULL::int, 50.0, 10.0, 45.3, 54.7)) AS v (race, n, score, sd, lower, upper)$$, '{race}',
	'{"n": "count", "score": {"kind": "mean", "of": "n"}, "t": {"kind": "interval", "of": "score", "method": "t", "sd": "sd", "columns": ["lower", "upper"]}}');

-- An interval that several x of n print: the least and the most of them, tried here by Wilson's formula, of as many as may be. So narrow a one as rounding is could be of any large n.
CREATE FUNCTION of_interval(lower numeric, upper numeric) RETURNS SETOF disclosure_audit LANGUAGE sql
RETURN disclosure_audit(format('SELECT 1 AS school, NULL::int AS n, NULL::int AS x, %s AS lower, %s AS upper', lower, upper), '{school}',
	'{"n": "count", "x": {"of": "n"}, "wilson": {"kind": "interval", "of": "x", "columns": ["lower", "upper"]}}');
SELECT measure, least_whole, most_whole, least, most
FROM (VALUES (0.2, 0.5, 0.05), (0.45, 0.55, 0.005), (0.02, 0.06, 0.005)) AS v (lower, upper, half_unit), of_interval(lower, upper) AS a, LATERAL (
	SELECT min(CASE measure WHEN 'n' THEN n ELSE x END) AS least, max(CASE measure WHEN 'n' THEN n ELSE x END) AS most
	FROM generate_series(1, 700) AS n, generate_series((n * (lower - half_unit))::integer, (n * (upper + half_unit))::integer) AS x, LATERAL (SELECT 1.959963984540054 AS z, x / n::float8 AS p) AS rate,
		LATERAL (SELECT (p + z ^ 2 / 2 / n) / (1 + z ^ 2 / n) AS middle, z / (1 + z ^ 2 / n) * sqrt(p * (1 - p) / n + (z / 2 / n) ^ 2) AS half) AS wilson
	WHERE abs(middle - half - lower) <= half_unit AND abs(middle + half - upper) <= half_unit) AS tried
ORDER BY lower, measure;
SELECT measure, verdict, least_whole > 900000 AS is_large, most_whole, because FROM of_interval(0.4999, 0.5001) ORDER BY measure;
-- An interval that has more decimals than its rate, 33%, tells of how many students it is: 75 of 230. As many are tried as may be.
SELECT decimals, measure, verdict, least_whole, most_whole, least, most
FROM generate_series(2, 4) AS decimals, LATERAL (SELECT round(b[1]::numeric, decimals) AS lower, round(b[2]::numeric, decimals) AS upper FROM wilson(75, 230) AS b) AS printed, of_interval(lower, upper) AS a, LATERAL (
	SELECT min(CASE measure WHEN 'n' THEN n ELSE x END) AS least, max(CASE measure WHEN 'n' THEN n ELSE x END) AS most
	FROM generate_series(1, 400) AS n, generate_series(n / 4, n / 2) AS x, wilson(x, n) AS b WHERE (round(b[1]::numeric, decimals), round(b[2]::numeric, decimals)) = (lower, upper)) AS tried
WHERE measure IN ('n', 'x') ORDER BY decimals, measure;
-- No numbers print so.
SELECT measure, verdict, because FROM of_interval(0.5, 0.4) ORDER BY measure;
-- Beside 212 of 425 another group can be few.
SELECT cell, measure, verdict, least_rule, most_rule, can_be_small FROM disclosure_audit('SELECT * FROM (VALUES (''A'', NULL::integer, NULL::integer, 0.45, 0.55), (''B'', NULL, NULL, NULL, NULL), (NULL, 430, 217, NULL, NULL)) AS v (race, n, x, lower, upper)',
	'{race}', '{"n": "count", "x": {"of": "n"}, "wilson": {"kind": "interval", "of": "x", "columns": ["lower", "upper"]}}');
-- One bound alone tells x of an n that is shown: those of 40 whose lower bound by Wilson prints 0.45, whose upper bound 0.74. Of a hidden n, a mean or a gap it tells on which side of it they are.
SELECT what, cell, measure, verdict, least_whole, most_whole, because
FROM (VALUES (1, 40, 0.45, NULL), (2, 40, NULL, 0.74), (3, NULL, 0.45, NULL)) AS v (what, n, lower, upper), disclosure_audit(format('SELECT * FROM (VALUES (''A'', %L::integer, NULL::integer, %L::numeric, %L::numeric)) AS v (race, n, x, lower, upper)', n, lower, upper),
	'{race}', '{"n": "count", "x": {"of": "n"}, "wilson": {"kind": "interval", "of": "x", "columns": ["lower", "upper"]}}') ORDER BY what, measure;
SELECT min(x) FILTER (WHERE round(lower::numeric, 2) = 0.45), max(x) FILTER (WHERE round(lower::numeric, 2) = 0.45), min(x) FILTER (WHERE round(upper::numeric, 2) = 0.74), max(x) FILTER (WHERE round(upper::numeric, 2) = 0.74)
FROM generate_series(0, 40) AS x, LATERAL (SELECT wilson(x, 40) AS b) AS w, LATERAL (SELECT b[1] AS lower, b[2] AS upper) AS v;
SELECT measure, verdict, least_nonneg, most_nonneg, because FROM disclosure_audit($$SELECT * FROM (VALUES ('A', 20, NULL, 45.3, NULL)) AS v (race, n, score, lower, upper)$$, '{race}',
	'{"n": "count", "score": {"kind": "mean", "of": "n"}, "t": {"kind": "interval", "of": "score", "method": "t", "columns": ["lower", "upper"]}}');
SELECT cell, measure, verdict, least_nonneg, most_nonneg, because FROM disclosure_audit($$SELECT * FROM (VALUES ('white', 3903, 440.4094, NULL, 13.1430), ('black', 1858, NULL, NULL, NULL)) AS v (race, n, score, lower, upper)$$, '{race}',
	'{"n": "count", "score": {"kind": "mean", "of": "n"}, "welch": {"kind": "interval", "of": "score", "between": {"race": "black"}, "columns": ["lower", "upper"]}}') WHERE members[1] = 'black' OR verdict = 'left_out';
-- The interval of a mean, of which n is hidden, tells the sum as the mean would: 20 by 50, give or take 0.05; without a standard deviation as well.
SELECT sd, measure, verdict, least_nonneg, most_nonneg, because FROM unnest('{10.0,NULL}'::numeric[]) AS sd, disclosure_audit(format('SELECT * FROM (VALUES (''A'', NULL::integer, NULL::numeric, %L::numeric, 45.3, 54.7)) AS v (race, n, score, sd, lower, upper)', sd), '{race}',
	'{"n": "count", "score": {"kind": "mean", "of": "n"}, "t": {"kind": "interval", "of": "score", "method": "t", "sd": "sd", "columns": ["lower", "upper"]}}') ORDER BY sd, measure;
-- What is printed as a range says something that is not used, which is told.
SELECT measure, verdict, because FROM disclosure_audit($$SELECT * FROM (VALUES ('f', 40, NULL::integer, '<0.1', '<=0.4', '0.5'), ('r', 40, 20, NULL, NULL, NULL)) AS v (race, n, x, gap, lower, upper)$$, '{race}',
	'{"n": "count", "x": {"of": "n"}, "gap": {"kind": "gap", "of": "x", "between": {"race": "r"}}, "wilson": {"kind": "interval", "of": "x", "columns": ["lower", "upper"]}}') WHERE verdict = 'left_out' ORDER BY measure;
-- A whole percent with its n is a count for n up to 100, one of one decimal for n up to 1,000; then some percents are of two counts.
SELECT decimals, n, count(*) AS percents, count(*) FILTER (WHERE verdict = 'exact_whole' AND least_whole = x) AS counts,
	count(*) FILTER (WHERE least_whole < most_whole AND x BETWEEN least_whole AND most_whole) AS of_more
FROM (VALUES (0, 50), (0, 99), (0, 100), (0, 101), (1, 999), (1, 1000), (1, 1001)) AS v (decimals, n),
	disclosure_audit(format('SELECT x, %s AS n, round(100.0 * x / %1$s, %s) AS pct FROM generate_series(0, %1$s) AS x', n, decimals), '{x}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}') AS d,
	LATERAL (SELECT members[1]::int AS x) AS m
WHERE verdict <> 'all_same'
GROUP BY decimals, n ORDER BY decimals, n;
SELECT count(*) FILTER (WHERE n <= 100) AS n_up_to_100, min(n) FROM (SELECT n FROM generate_series(1, 110) AS n, generate_series(0, n) AS x GROUP BY n, round(100.0 * x / n) HAVING count(*) > 1) AS two;
-- Unless it is said, the width is half the minimum, rounded up: of w students in two hidden groups each has 0 to w.
SELECT minimum, string_agg(w || ' ' || verdict, ', ' ORDER BY w) FROM (VALUES (5, 2), (5, 3), (7, 3), (7, 4), (10, 4), (10, 5)) AS v (minimum, w),
	disclosure_audit(format('SELECT * FROM (VALUES (NULL, %s), (''A'', NULL), (''B'', NULL)) AS t (race, n)', w), '{race}', '{"n": "count"}', minimum => minimum, zeros => 'hide')
WHERE cell = 'race A' GROUP BY minimum;
-- Two children who are alone in their cells. By those of B, k1 (1) and k2 (4) are 5, and by those of k2, A (1), B and C (0) are. Everybody
-- knows that each is 0 to 5; the child of A that B and C are 4; that of B, k1 that B, k2 is 4, and so A and C 1. The worse is told, of C the first.
SELECT cell, verdict, least_nonneg, most_nonneg, insider FROM disclosure_audit($$SELECT * FROM (VALUES ('B', NULL, '5', 5), (NULL, 'k2', '5', 5), ('A', 'k2', '*', 1), ('B', 'k1', '*', 1), ('B', 'k2', '*', 4), ('C', 'k2', '*', 0)) AS v (s, r, n, truth)$$,
	'{s, r}', '{"n": {"truth": "truth"}}', zeros => 'hide', insiders => true);
-- What anybody can have does not depend on what is true.
CREATE FUNCTION of_truth(a integer) RETURNS SETOF disclosure_audit LANGUAGE sql
RETURN disclosure_audit(format('SELECT * FROM (VALUES (NULL, ''17'', 17), (''a'', ''*'', %s), (''b'', ''*'', %s)) AS v (r, n, truth)', a, 17 - a), '{r}', '{"n": {"truth": "truth"}}');
SELECT count(*) AS numbers, (SELECT count(*) FROM (SELECT * FROM of_truth(3) EXCEPT ALL SELECT * FROM of_truth(1)) AS d) AS other FROM of_truth(3);

-- Reasons that are no fact
SELECT cell, verdict, because FROM disclosure_audit($$VALUES ('A', 3, '*'), ('B', 30, '3-3')$$, '{column1}', '{"n": {"column": "column2"}, "x": {"column": "column3", "of": "n"}}');

-- Rows of Maryland's attendance file of 2018 (CC0) as published: absent on fewer than 5 and on more than 20 days, of those who
-- were there for 90. "<= 5.0" of 13 is nobody, ">= 95.0" of 13 everybody. (0.0505 * 13 = 0.66, 0.9495 * 13 = 12.3.)
CREATE TABLE maryland (lss text, school text, type text, fewer5_pct text, fewer5 text, more20_pct text, more20 text, more90 text);
INSERT INTO maryland VALUES ('30', '0371', 'Elementary', '>= 95.0', '*', '<= 5.0', '*', '13'), ('10', '0100', 'High', '>= 95.0', '*', '<= 5.0', '*', '18'),
	('01', '0301', 'Elementary', '24.6', '46', '<= 5.0', '*', '187'), ('01', '0401', 'Elementary', '20.9', '82', '14.0', '55', '393'),
	('15', '0239', 'Middle', '<= 5.0', '*', '68.8', '11', '16');
SELECT (shown(d)).* FROM disclosure_audit('maryland', '{lss, school, type}', '{"more90": "count", "more20": {"of": "more90"}, "fewer5": {"of": "more90"},
	"more20_pct": {"kind": "percent", "of": "more90", "numerator": "more20"}, "fewer5_pct": {"kind": "percent", "of": "more90", "numerator": "fewer5"}}', zeros => 'hide') AS d
ORDER BY cell, measure;

-- The order of a dimension is that of its type: month 10 comes after 9.
SELECT cell FROM disclosure_audit('VALUES (10, NULL::int), (9, NULL), (NULL, 30)', '{column1}', '{"n": {"column": "column2"}}');

-- The caller's own rights, nothing written, one statement
CREATE ROLE regress_publisher;
GRANT USAGE ON SCHEMA cells TO regress_publisher;
CREATE TABLE secret (school int, n int);
INSERT INTO secret VALUES (1, 20), (2, NULL);
CREATE FUNCTION write_secret() RETURNS integer LANGUAGE sql AS 'INSERT INTO cells.secret VALUES (3, 3); SELECT 1';
SET ROLE regress_publisher;
SELECT count(*) FROM disclosure_audit('cells.secret', '{school}', '{"n": "count"}');
CREATE TEMP TABLE mine AS SELECT 1 AS school, 20 AS n;
SELECT count(*) FROM disclosure_audit('mine', '{school}', '{"n": "count"}');
RESET ROLE;
SELECT count(*) FROM disclosure_audit('secret', '{school}', '{"n": "count"}');
SELECT count(*) FROM disclosure_audit('DELETE FROM secret RETURNING *', '{school}', '{"n": "count"}');
SELECT count(*) FROM disclosure_audit('WITH d AS (DELETE FROM secret RETURNING *) SELECT * FROM d', '{school}', '{"n": "count"}');
SELECT count(*) FROM disclosure_audit('SELECT *, write_secret() FROM secret', '{school}', '{"n": "count"}');
SELECT count(*) FROM disclosure_audit('SELECT * FROM secret FOR UPDATE', '{school}', '{"n": "count"}');
SELECT count(*) FROM disclosure_audit('secret; DROP TABLE secret', '{school}', '{"n": "count"}');
SELECT count(*) FROM disclosure_audit('SELECT 1; DROP TABLE secret', '{school}', '{"n": "count"}');
ALTER FUNCTION write_secret() OWNER TO regress_publisher;
SELECT count(*) FROM disclosure_audit('SELECT *, write_secret() FROM secret', '{school}', '{"n": "count"}');
SELECT * FROM secret;
-- settings are the caller's again
SHOW transaction_read_only;
-- nor after an error
DO $$
BEGIN
	PERFORM * FROM disclosure_audit('SELECT 1 / 0 AS n', '{g}', '{"n": "count"}');
EXCEPTION WHEN division_by_zero THEN
	RAISE NOTICE '%', current_setting('transaction_read_only');
END $$;

-- What is wrong is named.
CREATE VIEW good AS SELECT 1 AS school, 'A' AS race, 20 AS n, 30.0 AS pct;
SELECT disclosure_audit('', '{school}', '{"n": "count"}');
SELECT disclosure_audit('nowhere', '{school}', '{"n": "count"}');
SELECT disclosure_audit('good', '{}', '{"n": "count"}');
SELECT disclosure_audit('good', '{scool}', '{"n": "count"}');
SELECT disclosure_audit('good', '{school, race}', '{"n": "count"}', totals => '{"race": "All"}');
SELECT disclosure_audit('good', '{school, school}', '{"n": "count"}');
SELECT disclosure_audit('good', ARRAY(SELECT 'd' || i FROM generate_series(1, 17) AS i), '{"n": "count"}');
SELECT disclosure_audit('good', '{school}', (SELECT jsonb_object_agg('n' || i, 'count') FROM generate_series(1, 33) AS i));
SELECT disclosure_audit((SELECT format('SELECT %s, 10 AS n FROM generate_series(0, 4096) AS i', string_agg(format('CASE (i >> %s) & 1 WHEN 1 THEN 1 END AS d%s', i, i), ', ')) FROM generate_series(0, 12) AS i),
	ARRAY(SELECT 'd' || i FROM generate_series(0, 12) AS i), '{"n": "count"}');
-- 7,072 times 7,072 are 50,013,184; they are counted before any is made
SELECT disclosure_audit('SELECT i, i AS j, 10 AS n FROM generate_series(1, 7072) AS i', '{i, j}', '{"n": "count"}', absent => 'hidden');
SELECT disclosure_audit('good', '{school, NULL}', '{"n": "count"}');
SELECT disclosure_audit('good', '{school}', '{}');
SELECT disclosure_audit('good', '{school}', '["n"]');
SELECT disclosure_audit('good', '{school}', '{"n": 1}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "pct": "derived"}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "pct": {"kind": "derived", "of": "pct2"}, "pct2": {"kind": "derived", "of": "n"}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "pct": {"kind": "percent", "of": "n", "minimum": 5}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "pct": {"kind": "derived", "of": "n", "minimum": 0.5}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "pct": {"kind": "derived", "of": "n", "leaving": "school"}}');
SELECT disclosure_audit('good', '{school}', '{"m": "count"}');
SELECT disclosure_audit('good', '{school}', '{"n": "cuont"}');
SELECT disclosure_audit('good', '{school}', '{"n": {"kinds": "count"}}');
SELECT disclosure_audit('good', '{school}', '{"n": {"kind": 1}}');
SELECT disclosure_audit('good', '{school}', '{"pct": "percent"}');
SELECT disclosure_audit('good', '{school}', '{"pct": {"kind": "percent", "of": "n"}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "pct": {"kind": "percent", "of": "pct"}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "p": {"kind": "mean", "of": "n", "column": "pct"}, "pct": {"kind": "percent", "of": "p"}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "pct": {"kind": "gap", "of": "n", "between": {"race": ["A", "B"]}}}');
SELECT disclosure_audit('good', '{school, race}', '{"n": "count", "pct": {"kind": "gap", "of": "n", "between": {"race": ["A", "B"]}}}');
SELECT disclosure_audit('good', '{school, race}', '{"n": "count", "pct": {"kind": "gap", "between": {"race": ["A", "B"]}}}');
SELECT disclosure_audit('good', '{school, race}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "ratio", "of": "x"}}');
SELECT disclosure_audit('good', '{school, race}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "ratio", "of": "x", "between": {"race": ["A", "B", "C"]}}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "ci": {"kind": "interval", "of": "n"}}');
SELECT disclosure_audit('good', '{school, race}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "odds_ratio", "of": "x"}}');
SELECT disclosure_audit('good', '{school, race}', '{"n": "count", "score": {"kind": "mean", "of": "n", "column": "pct"}, "odds": {"kind": "odds_ratio", "of": "score", "column": "pct", "between": {"race": "A"}}}');
SELECT disclosure_audit('good', '{school, race}', '{"n": "count", "score": {"kind": "mean", "of": "n", "column": "pct"}, "ci": {"kind": "interval", "of": "score", "columns": ["n", "n"], "method": "katz", "between": {"race": "A"}}}');
SELECT disclosure_audit('good', '{school, race}', '{"n": "count", "x": {"of": "n"}, "ci": {"kind": "interval", "of": "x", "columns": ["n", "n"], "method": "t", "between": {"race": "A"}}}');
SELECT disclosure_audit('good', '{school, race}', '{"n": "count", "x": {"of": "n"}, "ci": {"kind": "interval", "of": "x", "columns": ["n", "n"], "method": "woolf"}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "ci": {"kind": "interval", "of": "n", "columns": ["n", "n"], "method": "wald"}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "pct": {"kind": "percent", "of": "n", "decimals": 1.5}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "pct": {"kind": "percent", "of": "n", "decimals": 99}}');
SELECT disclosure_audit('VALUES (1, 20, 30.25)', '{column1}', '{"n": {"column": "column2"}, "pct": {"kind": "percent", "of": "n", "column": "column3", "decimals": 1}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "pct": {"kind": "mean", "of": "n", "step": 0}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "pct": {"kind": "mean", "of": "n", "step": 0.5, "lowest": 0.25}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "pct": {"kind": "mean", "of": "n", "lowest": 5, "highest": 1}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "pct": {"kind": "mean", "of": "n", "lowest": -5}}');
SELECT disclosure_audit('good', '{school}', '{"n": {"cumulative": "month"}}');
SELECT disclosure_audit('good', '{school}', '{"n": {"cumulative": "school", "leaving": "school"}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}, "gap": {"kind": "gap", "of": "pct", "between": {"school": ["1", "2"]}, "leaving": "school"}}');
SELECT disclosure_audit('VALUES (NULL, 5), (1, 4)', '{column1}', '{"n": {"column": "column2", "cumulative": "column1"}}');
SELECT disclosure_audit('good', '{school}', '{"n": {"of": "n"}}');
SELECT disclosure_audit('good', '{school}', '{"n": {"of": "x"}, "x": {"of": "n"}, "d": {"kind": "derived", "of": "n"}}');
SELECT disclosure_audit('good', '{school}', '{"a": {"of": "n"}, "n": {"of": "x"}, "x": {"of": "y"}, "y": {"of": "n"}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', totals => '{"rase": "All"}');
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', totals => '{"school": ["All"]}');
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', hierarchies => '{"rase": ["school"]}');
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', hierarchies => '{"school": 1}');
SELECT disclosure_audit($$VALUES ('1', 20), ('D1', 30)$$, '{column1}', '{"n": {"column": "column2"}}', hierarchies => '{"column1": "SELECT 1"}');
SELECT disclosure_audit($$VALUES ('1', 20), ('D1', 30)$$, '{column1}', '{"n": {"column": "column2"}}', hierarchies => $${"column1": "VALUES ('1', 'D1'), ('1', 'D2')"}$$);
SELECT disclosure_audit($$VALUES ('1', 20), ('D1', 30)$$, '{column1}', '{"n": {"column": "column2"}}', hierarchies => $${"column1": "VALUES ('1', 'D1'), ('D1', 'S'), ('S', '1')"}$$);
SELECT disclosure_audit($$VALUES ('1', 20), ('D1', 30)$$, '{column1}', '{"n": {"column": "column2"}}', hierarchies => $${"column1": "VALUES ('1', '1')"}$$);
SELECT disclosure_audit($$VALUES ('1', 20), ('D1', 30)$$, '{column1}', '{"n": {"column": "column2"}}', hierarchies => $${"column1": "VALUES ('2', 'D1')"}$$);
SELECT disclosure_audit($$VALUES ('1', 20), ('D1', 30)$$, '{column1}', '{"n": {"column": "column2"}}', hierarchies => $${"column1": "VALUES (NULL, 'D1')"}$$);
SELECT disclosure_audit($$VALUES ('1', 20), ('all', 30)$$, '{column1}', '{"n": {"column": "column2"}}', totals => '{"column1": "all"}', hierarchies => $${"column1": "VALUES ('1', 'all'), ('all', 'D1')"}$$);
SELECT disclosure_audit($$VALUES ('D1', '1', 20), (NULL, '2', 20)$$, '{column1, column2}', '{"n": {"column": "column3"}}', hierarchies => '{"column2": "column1"}');
SELECT disclosure_audit($$VALUES ('1', 20)$$, '{column1}', '{"n": {"column": "column2"}}', incomplete => '{race}');
SELECT disclosure_audit($$VALUES ('1', 20)$$, '{column1}', '{"n": {"column": "column2"}}', incomplete => '{column1}', hierarchies => $${"column1": "VALUES ('1', NULL)"}$$);
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', marks => '{"*": "secret"}');
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', marks => '{"*": [1]}');
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', marks => '{"*": [5, 1]}');
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', marks => '{"*": [null, -1]}');
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', marks => '{"*": [-5, -1]}');
SELECT count(*) FROM disclosure_audit('good', '{school}', '{"n": "count"}', marks => '{"*": [-5, 1], "**": [5, null], "***": [null, 0]}');
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', marks => '{"*": {"next smallest": "rase"}}');
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', marks => '[]');
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', minimum => 0);
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', width => -1);
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', width => 'NaN');
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', zeros => 'maybe');
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', absent => 'maybe');
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', max_nodes => 0);
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', insiders => true);
SELECT disclosure_audit($$VALUES ('1', NULL, NULL), ('2', '*', 3), (NULL, '9', 9)$$, '{column1}', '{"n": {"column": "column2", "truth": "column3"}}', insiders => true);
-- NULLs
\set VERBOSITY terse
SELECT disclosure_audit(NULL, '{school}', '{"n": "count"}');
SELECT disclosure_audit('good', NULL, '{"n": "count"}');
SELECT disclosure_audit('good', '{school}', NULL);
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', totals => NULL);
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', hierarchies => NULL);
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', marks => NULL);
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', minimum => NULL);
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', zeros => NULL);
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', absent => NULL);
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', incomplete => NULL);
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', insiders => NULL);
SELECT disclosure_audit('good', '{school}', '{"n": "count"}', max_nodes => NULL);
SELECT count(*) FROM disclosure_audit('good', '{school}', '{"n": "count"}', width => NULL);
\set VERBOSITY default
-- numbers
SELECT disclosure_audit('SELECT * FROM good WHERE false', '{school}', '{"n": "count"}');
SELECT disclosure_audit('VALUES (1, 5), (1, 7)', '{column1}', '{"n": {"column": "column2"}}');
SELECT count(*) FROM disclosure_audit('VALUES (1, 5), (1, 5)', '{column1}', '{"n": {"column": "column2"}}');
SELECT count(*) FROM disclosure_audit('VALUES (1, 100, 44), (1, 100, 44.4)', '{column1}', '{"n": {"column": "column2"}, "pct": {"kind": "percent", "of": "n", "column": "column3"}}');
SELECT disclosure_audit('VALUES (1, 100, 44), (1, 100, 44.6)', '{column1}', '{"n": {"column": "column2"}, "pct": {"kind": "percent", "of": "n", "column": "column3"}}');
SELECT disclosure_audit('VALUES (1, -5)', '{column1}', '{"n": {"column": "column2"}}');
SELECT disclosure_audit('VALUES (1, 5.5)', '{column1}', '{"n": {"column": "column2"}}');
SELECT disclosure_audit('VALUES (1, 5.25)', '{column1}', '{"days": {"kind": "sum", "step": 0.5, "column": "column2"}}');
SELECT disclosure_audit($$VALUES (1, float8 'NaN')$$, '{column1}', '{"n": {"column": "column2"}}');
SELECT disclosure_audit($$VALUES (1, float8 '-Infinity')$$, '{column1}', '{"n": {"column": "column2"}}');
SELECT disclosure_audit($$VALUES (1, numeric 'NaN')$$, '{column1}', '{"n": {"column": "column2"}}');
SELECT disclosure_audit('VALUES (1, 9007199254740993)', '{column1}', '{"n": {"column": "column2"}}');
SELECT disclosure_audit('VALUES (1, 1e20)', '{column1}', '{"n": {"column": "column2"}}');
SELECT disclosure_audit('VALUES (1, 1e300::float8)', '{column1}', '{"n": {"column": "column2"}}');
SELECT disclosure_audit('SELECT i, 9007199254740992 FROM generate_series(1, 1025) AS i UNION ALL SELECT NULL, 1', '{i}', '{"n": {"column": "?column?"}}');
SELECT disclosure_audit($$VALUES (1, 'few')$$, '{column1}', '{"n": {"column": "column2"}}');
SELECT disclosure_audit($$VALUES (1, '')$$, '{column1}', '{"n": {"column": "column2"}}');
SELECT count(*) FROM disclosure_audit($$VALUES (1, 'few'), (2, '')$$, '{column1}', '{"n": {"column": "column2"}}', marks => '{"few": "primary", "": "hidden"}');
SELECT disclosure_audit('VALUES (1, 20, 120.0)', '{column1}', '{"n": {"column": "column2"}, "pct": {"kind": "percent", "of": "n", "column": "column3"}}');
SELECT disclosure_audit('VALUES (1, 20, -1.0)', '{column1}', '{"n": {"column": "column2"}, "pct": {"kind": "percent", "of": "n", "column": "column3"}}');
SELECT disclosure_audit('VALUES (1, 20, 30.0)', '{column1}', '{"n": {"column": "column2"}, "pct": {"kind": "rate", "of": "n", "column": "column3"}}');

\set VERBOSITY terse
DROP SCHEMA cells CASCADE;
DROP OWNED BY regress_publisher;
DROP ROLE regress_publisher;
