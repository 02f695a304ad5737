--
-- disclosure_audit, suppress and ledgers: releases that follow one another, and those who left or joined
--
-- The numbers of the first part follow by hand: what is counted of who left is one number less the other.
-- The second part are random releases against SciPy's linprog and milp: the rows are what
-- test/reference/disclosure_releases.py prints.
--
\set SHOW_CONTEXT never
CREATE SCHEMA releases;
SET search_path = releases, gapstats;

CREATE FUNCTION told(cells text, measures jsonb DEFAULT '{"tested": {"leaving": "month"}, "proficient": {"of": "tested", "leaving": "month"}}', dimensions text[] DEFAULT '{month}')
RETURNS TABLE (cell text, measure text, verdict text, at_least float8, at_most float8, small boolean, because text) LANGUAGE sql
AS $$SELECT cell, measure, verdict, least_rule, most_rule, can_be_small, because FROM disclosure_audit(cells, dimensions, measures)$$;
CREATE FUNCTION may_and_june(text) RETURNS text LANGUAGE sql
RETURN format('SELECT month, n AS tested, x AS proficient FROM (VALUES %s) AS t (month, n, x)', $1);

-- One left, and she was proficient; or was not; nobody left; all did. 30 of whom 15 and 15 are many; all of 30 are alike.
SELECT * FROM told(may_and_june('(5, 40, 30), (6, 39, 29)'));
SELECT * FROM told(may_and_june('(5, 40, 30), (6, 39, 30)'));
SELECT * FROM told(may_and_june('(5, 40, 30), (6, 40, 30)'));
SELECT * FROM told(may_and_june('(5, 40, 30), (6, 0, 0)'));
SELECT * FROM told(may_and_june('(5, 80, 50), (6, 50, 35)'));
SELECT * FROM told(may_and_june('(5, 80, 50), (6, 50, 20)'));
-- 12 left of whom 2 are proficient, or 10: 2 are not
SELECT * FROM told(may_and_june('(5, 80, 50), (6, 68, 48)'));
SELECT * FROM told(may_and_june('(5, 80, 50), (6, 68, 40)'));
-- One joined.
SELECT * FROM told(may_and_june('(5, 39, 29), (6, 40, 30)'), '{"tested": {"cumulative": "month"}, "proficient": {"of": "tested", "cumulative": "month"}}');
-- What is said of the numerator alone says nothing of the others: 3 more are absent by now, be it that one joined or that 3 who were there before are.
SELECT * FROM told(may_and_june('(5, 39, 26), (6, 40, 29)'), '{"tested": "count", "proficient": {"of": "tested", "cumulative": "month"}}');
-- An n by itself tells nothing of who left.
SELECT * FROM told(may_and_june('(5, 40, 30), (6, 39, 29)'), '{"tested": {"leaving": "month"}}');

-- Percents, where they are counts; where they are not, she may have been or not; and as one of tested where that is said of it
SELECT * FROM told('SELECT * FROM (VALUES (5, 40, 75), (6, 39, 74)) AS t (month, tested, pct)', '{"tested": {"leaving": "month"}, "pct": {"kind": "percent", "of": "tested", "leaving": "month"}}');
SELECT * FROM told('SELECT * FROM (VALUES (5, 400, 75), (6, 399, 75)) AS t (month, tested, pct)', '{"tested": "count", "pct": {"kind": "percent", "of": "tested", "leaving": "month"}}');
SELECT * FROM told('SELECT * FROM (VALUES (5, 400, 75.0), (6, 399, 74.9)) AS t (month, tested, pct)', '{"tested": "count", "pct": {"kind": "percent", "of": "tested", "leaving": "month"}}');
SELECT * FROM told('SELECT *, NULL AS x FROM (VALUES (5, 400, 75.0), (6, 399, 74.9)) AS t (month, tested, pct)',
	'{"tested": {"leaving": "month"}, "x": {"of": "tested", "leaving": "month"}, "pct": {"kind": "percent", "of": "tested", "numerator": "x"}}');

-- The first and the third of three reveal what the second hides: 9 of 13 were proficient, and 4 were not. A hidden n: of at most 13 no more than 9, and 4 others.
SELECT * FROM told(may_and_june('(5, 60, 30), (6, NULL, NULL), (7, 47, 21)'));
-- Where the second is shown, too, the third less the first is no news.
SELECT * FROM told(may_and_june('(5, 60, 30), (6, 55, 27), (7, 47, 21)'));

-- Margins: a lost nobody; b and c are hidden, and from which of them she left is not known.
SELECT * FROM told($$SELECT * FROM (VALUES (5, NULL, 60, 30), (5, 'a', 25, 12), (5, 'b', NULL, NULL), (5, 'c', NULL, NULL),
	(6, NULL, 59, 29), (6, 'a', 25, 12), (6, 'b', NULL, NULL), (6, 'c', NULL, NULL)) AS t (month, race, tested, proficient)$$, dimensions => '{month, race}');
-- c lost nobody, either: it was b.
SELECT * FROM told($$SELECT * FROM (VALUES (5, NULL, 60, 30), (5, 'a', 25, 12), (5, 'b', 14, NULL), (5, 'c', 21, NULL),
	(6, NULL, 59, 29), (6, 'a', 25, 12), (6, 'b', 13, NULL), (6, 'c', 21, NULL)) AS t (month, race, tested, proficient)$$, dimensions => '{month, race}')
WHERE cell LIKE '%who%';

-- Scores of those who left, on a scale from 300 to 700: of one, of 11, and of as many as nobody knows
SELECT * FROM told('SELECT * FROM (VALUES (5, 11, 431.2), (6, 10, 428.9)) AS t (month, tested, score)',
	'{"tested": {"leaving": "month"}, "score": {"kind": "mean", "of": "tested", "leaving": "month", "lowest": 300, "highest": 700}}') WHERE cell LIKE '%who%';
SELECT * FROM told('SELECT * FROM (VALUES (5, 31, 431.2), (6, 20, 428.9)) AS t (month, tested, score)',
	'{"tested": "count", "score": {"kind": "mean", "of": "tested", "leaving": "month"}}') WHERE cell LIKE '%who%';
SELECT * FROM told('SELECT * FROM (VALUES (5, 12, NULL), (6, NULL, NULL), (7, 11, NULL)) AS t (month, tested, score)',
	'{"tested": {"leaving": "month"}, "score": {"kind": "mean", "of": "tested", "leaving": "month", "lowest": 300, "highest": 700}}') WHERE cell LIKE '%who%';
-- Days: of how many students these are nobody knows; those of who stay can become more.
SELECT * FROM told('SELECT * FROM (VALUES (5, 7200, 300), (6, 7020, 283)) AS t (month, enrolled, absent)',
	'{"enrolled": {"kind": "sum", "leaving": "month"}, "absent": {"kind": "sum", "of": "enrolled", "leaving": "month"}}');
SELECT * FROM told('SELECT * FROM (VALUES (5, 7200, 300), (6, 8000, 310)) AS t (month, enrolled, absent)',
	'{"enrolled": {"kind": "sum"}, "absent": {"kind": "sum", "of": "enrolled", "cumulative": "month"}}');

-- Contradictions
SELECT * FROM told(may_and_june('(5, 40, 30), (6, 39, 28)'));
SELECT * FROM told(may_and_june('(5, 40, 30), (6, 40, 29)'));
SELECT * FROM told(may_and_june('(5, 40, 30), (6, 39, 31)'));
SELECT * FROM told(may_and_june('(5, 40, 30), (6, 41, 30)'));
SELECT * FROM told(may_and_june('(5, 40, 30), (6, NULL, NULL), (7, 39, 28)')) WHERE cell = 'month 5';
SELECT * FROM told('SELECT * FROM (VALUES (5, 40, 75), (6, 39, 72)) AS t (month, tested, pct)', '{"tested": {"leaving": "month"}, "pct": {"kind": "percent", "of": "tested", "leaving": "month"}}') WHERE cell = 'month 5';
SELECT * FROM told('SELECT * FROM (VALUES (5, 40, 30, 75), (6, 39, 29, 74)) AS t (month, n, x, pct)',
	'{"n": "count", "x": {"of": "n", "cumulative": "month"}, "pct": {"kind": "percent", "of": "n", "numerator": "x", "leaving": "month"}}');

-- suppress hides one of the two numbers, and what it takes to; of June only, where May is out.
CREATE TABLE months AS
SELECT month, race, sum(n) AS tested, sum(x) AS proficient
FROM (VALUES (5, 'a', 40, 27), (5, 'b', 50, 30), (5, 'c', 45, 25), (6, 'a', 39, 26), (6, 'b', 50, 30), (6, 'c', 45, 25)) AS t (month, race, n, x)
GROUP BY month, ROLLUP (race);
CREATE TABLE safe AS
SELECT members[1] AS month, members[2] AS race, max(shown) FILTER (WHERE measure = 'tested') AS tested, max(shown) FILTER (WHERE measure = 'proficient') AS proficient
FROM suppress('months', '{month, race}', '{"tested": {"leaving": "month"}, "proficient": {"of": "tested", "leaving": "month"}}',
	published => 'SELECT * FROM months WHERE month = 5', published_is => 'out') GROUP BY members;
SELECT * FROM safe ORDER BY month, race;
SELECT * FROM told('safe', dimensions => '{month, race}');
-- Both are out: nothing helps.
SELECT count(*) FROM suppress('months', '{month, race}', '{"tested": {"leaving": "month"}, "proficient": {"of": "tested", "leaving": "month"}}', published => 'months', published_is => 'out');

-- A ledger refuses the second of two such releases, says which, and lists what was accepted.
CREATE ROLE regress_publisher;
CREATE SCHEMA grade_3 AUTHORIZATION regress_publisher;
SET SESSION AUTHORIZATION regress_publisher;
SET search_path = grade_3, gapstats;
SELECT create_ledger('ledger');
CREATE FUNCTION publish(release text, as_of date, n integer, x integer, accept text DEFAULT NULL) RETURNS bigint LANGUAGE sql
RETURN publish_release('ledger', release, 'the board', 'grade 3', as_of, format('SELECT %s AS tested, %s AS proficient', n, x), '{}',
	'{"tested": {"leaving": "as_of"}, "proficient": {"of": "tested", "leaving": "as_of"}}', accept => accept);
SELECT publish('May', '2025-05-31', 40, 30);
SELECT publish('June', '2025-06-30', 39, 29);
SELECT publish('June', '2025-06-30', 40, 30);
SELECT publish('July', '2025-07-31', 39, 30, accept => 'it is out');
SELECT publish('August', '2025-08-31', 39, 30);
SELECT publish('September', '2025-09-30', 38, 28);
SELECT releases, cell, measure, verdict, at_least, at_most, accepted FROM release_health('ledger');
RESET SESSION AUTHORIZATION;
DROP OWNED BY regress_publisher CASCADE;
DROP ROLE regress_publisher;
SET search_path = releases, gapstats;

-- Random releases. shown: release, group (- for the total), n, and numerator or percent with so many decimals; expected: of any
-- two releases and a group between what the numerator of those lies who left or joined, by the marks, and whether it can be about few
CREATE TEMP TABLE made (number integer, goes text, decimals integer, shown text, expected text);
INSERT INTO made VALUES
(0, 'leaving', NULL, '0 - 40 14;1 - 39 14;2 - 36 *;',
'0 1 - exact_linear 0 0 small;0 2 - narrow_nonneg 0 3 small;1 2 - protected 0 3 small;'),
(1, 'cumulative', NULL, '0 a 157 25;0 b 10 4;0 c 160 154;0 - 327 183;1 a 160 27;1 b 12 5;1 c 160 154;1 - 332 186;',
'0 1 - exact_linear 3 3 small;0 1 a exact_linear 2 2 small;0 1 b exact_linear 1 1 small;'),
(2, 'cumulative', 1, '0 a 159 *;0 b 85 17.6;0 c 0 *;0 - 244 57.8;1 a 160 78.8;1 b 88 *;1 c 0 *;1 - 248 57.7;',
'0 1 - exact_whole 2 2 small;0 1 a exact_whole 0 0 small;0 1 b exact_whole 2 2 small;'),
(3, 'leaving', NULL, '0 a * *;0 b 3 3;0 c 15 *;0 - 33 *;1 a 14 11;1 b 3 *;1 c * *;1 - 32 27;2 a 14 11;2 b 3 3;2 c 14 *;2 - * *;',
'0 1 - protected 0 1 small;0 1 a protected 0 1 small;0 2 - protected 0 2 small;0 2 a protected 0 1 small;0 2 c protected 0 1 small;
1 2 - protected 0 1 small;1 2 c protected 0 1 small;'),
(4, 'cumulative', 0, '0 - 0 *;1 - 0 *;2 - 8 75;',
''),
(5, 'leaving', NULL, '0 - 0 0;1 - 0 0;2 - 0 0;',
''),
(6, 'leaving', NULL, '0 a 40 17;0 b 15 6;0 - 55 23;1 a * *;1 b 15 6;1 - 53 21;2 a 37 *;2 b 15 6;2 - 52 20;',
'0 1 - exact_linear 2 2 small;0 1 a exact_linear 2 2 small;0 2 - exact_linear 3 3 small;0 2 a exact_linear 3 3 small;1 2 - exact_linear 1 1 small;
1 2 a exact_linear 1 1 small;'),
(7, 'cumulative', NULL, '0 a 148 110;0 b 85 7;0 c 0 0;0 - 233 117;1 a 160 116;1 b 88 8;1 c 0 0;1 - 248 124;',
'0 1 - exact_linear 7 7 small;0 1 a exact_linear 6 6 small;0 1 b exact_linear 1 1 small;'),
(8, 'cumulative', NULL, '0 a * *;0 b 88 79;0 c 59 *;0 - 304 232;1 a 158 111;1 b 88 *;1 c 59 *;1 - * *;2 a 160 *;2 b 88 79;2 c 60 43;2 - 308 234;',
'0 1 - protected 0 1 small;0 1 a protected 0 1 small;0 2 - exact_linear 2 2 small;0 2 a narrow_nonneg 1 2 small;0 2 c protected 0 1 small;
1 2 - narrow_nonneg 1 2 small;1 2 a exact_linear 1 1 small;1 2 c protected 0 1 small;'),
(9, 'leaving', NULL, '0 a 15 2;0 b 3 0;0 - * *;1 a 15 2;1 b 0 0;1 - 15 *;',
'0 1 - exact_linear 0 0 small;'),
(10, 'leaving', NULL, '0 - * *;1 - 76 75;',
'0 1 - protected 0 - small;'),
(11, 'cumulative', 1, '0 a 19 5.3;0 b 0 *;0 - 19 5.3;1 a * *;1 b 0 *;1 - 20 5.0;2 a * *;2 b 0 *;2 - 32 15.6;',
'0 1 - exact_whole 0 0 small;0 1 a exact_whole 0 0 small;0 2 - exact_whole 4 4 small;0 2 a exact_whole 4 4 small;1 2 - exact_whole 4 4 small;
1 2 a exact_whole 4 4 small;'),
(12, 'cumulative', NULL, '0 a 8 8;0 b 1 1;0 c 3 3;0 - 12 12;1 a 8 8;1 b 3 3;1 c 15 10;1 - 26 21;',
'0 1 - exact_linear 9 9 small;0 1 b exact_linear 2 2 small;0 1 c exact_linear 7 7 small;'),
(13, 'cumulative', 1, '0 - 259 100.0;1 - 262 100.0;2 - 262 100.0;3 - 264 100.0;',
'0 1 - exact_whole 3 3 small;0 2 - exact_whole 3 3 small;0 3 - exact_whole 5 5 small;1 3 - exact_whole 2 2 small;2 3 - exact_whole 2 2 small;'),
(14, 'cumulative', 1, '0 a 477 *;0 b * *;0 - 740 19.7;1 a 477 *;1 b 264 44.7;1 - 741 19.8;2 a 480 6.5;2 b * *;2 - 744 20.0;',
'0 1 - exact_whole 1 1 small;0 1 b exact_whole 1 1 small;0 2 - exact_whole 3 3 small;0 2 a exact_whole 2 2 small;0 2 b exact_whole 1 1 small;
1 2 - exact_whole 2 2 small;1 2 a exact_whole 2 2 small;'),
(15, 'cumulative', NULL, '0 - 0 0;1 - 0 0;',
''),
(16, 'cumulative', NULL, '0 a 31 11;0 b * *;0 - 60 18;1 a 32 12;1 b 30 8;1 - 62 20;2 a 32 *;2 b 32 10;2 - * *;',
'0 1 - exact_linear 2 2 small;0 1 a exact_linear 1 1 small;0 1 b exact_linear 1 1 small;0 2 - exact_linear 4 4 small;0 2 a exact_linear 1 1 small;
0 2 b exact_linear 3 3 small;1 2 - exact_linear 2 2 small;1 2 b exact_linear 2 2 small;'),
(17, 'cumulative', 0, '0 - 34 41;1 - 34 41;2 - 35 40;3 - 36 39;',
'0 2 - exact_whole 0 0 small;0 3 - exact_whole 0 0 small;1 2 - exact_whole 0 0 small;1 3 - exact_whole 0 0 small;2 3 - exact_whole 0 0 small;'),
(18, 'cumulative', 1, '0 a 85 60.0;0 b 9 0.0;0 - 94 54.3;1 a 86 60.5;1 b 10 0.0;1 - 96 54.2;2 a 88 61.4;2 b 12 8.3;2 - 100 55.0;',
'0 1 - exact_whole 1 1 small;0 1 a exact_whole 1 1 small;0 1 b exact_whole 0 0 small;0 2 - exact_whole 4 4 small;0 2 a exact_whole 3 3 small;
0 2 b exact_whole 1 1 small;1 2 - exact_whole 3 3 small;1 2 a exact_whole 2 2 small;1 2 b exact_whole 1 1 small;'),
(19, 'cumulative', NULL, '0 a 0 0;0 b 0 0;0 - 0 0;1 a 0 0;1 b 0 0;1 - 0 0;2 a 0 0;2 b 0 0;2 - 0 0;',
''),
(20, 'leaving', NULL, '0 a 88 12;0 b 88 61;0 c 88 53;0 - 264 126;1 a 87 11;1 b 88 61;1 c 86 53;1 - 261 125;2 a 86 11;2 b 85 61;2 c 86 53;2 - 257 125;3 a 86 11;3 b 73 57;
3 c 74 42;3 - 233 110;',
'0 1 - exact_linear 1 1 small;0 1 a exact_linear 1 1 small;0 1 c exact_linear 0 0 small;0 2 - exact_linear 1 1 small;0 2 a exact_linear 1 1 small;
0 2 b exact_linear 0 0 small;0 2 c exact_linear 0 0 small;0 3 - exact_linear 16 16 many;0 3 a exact_linear 1 1 small;0 3 b exact_linear 4 4 small;
0 3 c exact_linear 11 11 small;1 2 - exact_linear 0 0 small;1 2 a exact_linear 0 0 small;1 2 b exact_linear 0 0 small;1 3 - exact_linear 15 15 many;
1 3 a exact_linear 0 0 small;1 3 b exact_linear 4 4 small;1 3 c exact_linear 11 11 small;2 3 - exact_linear 15 15 small;2 3 b exact_linear 4 4 small;
2 3 c exact_linear 11 11 small;'),
(21, 'cumulative', 1, '0 a 0 *;0 b * *;0 c 0 *;0 - 3 33.3;1 a 0 *;1 b 3 *;1 c 0 *;1 - * *;',
''),
(22, 'cumulative', NULL, '0 a 57 20;0 b 0 0;0 - 57 *;1 a 60 *;1 b 0 0;1 - * *;',
'0 1 - protected 0 3 small;0 1 a protected 0 3 small;'),
(23, 'leaving', 1, '0 a 36 30.6;0 b 180 62.8;0 - 216 57.4;1 a 33 24.2;1 b 178 63.5;1 - 211 57.3;2 a 21 38.1;2 b 178 63.5;2 - 199 60.8;',
'0 1 - exact_whole 3 3 small;0 1 a exact_whole 3 3 small;0 1 b exact_whole 0 0 small;0 2 - exact_whole 3 3 small;0 2 a exact_whole 3 3 small;
0 2 b exact_whole 0 0 small;1 2 - exact_whole 0 0 many;1 2 a exact_whole 0 0 many;'),
(24, 'cumulative', NULL, '0 - 87 44;1 - 88 45;',
'0 1 - exact_linear 1 1 small;'),
(25, 'leaving', 0, '0 a 160 17;0 b 12 17;0 - 172 17;1 a 157 17;1 b 12 17;1 - 169 17;',
'0 1 - narrow_nonneg 0 1 small;0 1 a narrow_nonneg 0 1 small;'),
(26, 'cumulative', 0, '0 a 82 60;0 b 262 57;0 c 252 28;0 - 596 45;1 a 94 63;1 b 263 57;1 c 252 28;1 - 609 46;2 a 96 61;2 b 264 58;2 c 264 30;2 - 624 47;',
'0 1 - exact_whole 11 11 small;0 1 a exact_whole 10 10 small;0 1 b exact_whole 1 1 small;0 2 - narrow_nonneg 21 22 small;0 2 a exact_whole 10 10 small;
0 2 b exact_whole 2 2 small;0 2 c narrow_nonneg 9 10 small;1 2 - narrow_nonneg 10 11 small;1 2 a exact_whole 0 0 small;1 2 b exact_whole 1 1 small;
1 2 c narrow_nonneg 9 10 small;'),
(27, 'leaving', 1, '0 a 12 8.3;0 b 0 *;0 - 12 8.3;1 a * *;1 b 0 *;1 - 12 8.3;2 a 11 *;2 b 0 *;2 - 11 9.1;3 a 11 9.1;3 b 0 *;3 - 11 9.1;',
'0 2 - exact_whole 0 0 small;0 2 a exact_whole 0 0 small;0 3 - exact_whole 0 0 small;0 3 a exact_whole 0 0 small;1 2 - exact_whole 0 0 small;
1 2 a exact_whole 0 0 small;1 3 - exact_whole 0 0 small;1 3 a exact_whole 0 0 small;'),
(28, 'cumulative', NULL, '0 a 24 3;0 b 24 24;0 - 48 27;1 a 27 6;1 b 27 27;1 - 54 33;2 a 39 11;2 b 28 27;2 - 67 38;3 a 40 11;3 b 40 35;3 - 80 46;',
'0 1 - exact_linear 6 6 small;0 1 a exact_linear 3 3 small;0 1 b exact_linear 3 3 small;0 2 - exact_linear 11 11 small;0 2 a exact_linear 8 8 small;
0 2 b exact_linear 3 3 small;0 3 - exact_linear 19 19 many;0 3 a exact_linear 8 8 small;0 3 b exact_linear 11 11 small;1 2 - exact_linear 5 5 small;
1 2 a exact_linear 5 5 small;1 2 b exact_linear 0 0 small;1 3 - exact_linear 13 13 many;1 3 a exact_linear 5 5 small;1 3 b exact_linear 8 8 small;
2 3 - exact_linear 8 8 small;2 3 a exact_linear 0 0 small;2 3 b exact_linear 8 8 small;'),
(29, 'leaving', NULL, '0 a 3 2;0 b 0 0;0 - 3 2;1 a 3 2;1 b 0 0;1 - 3 2;2 a 3 2;2 b 0 0;2 - 3 2;',
''),
(30, 'leaving', NULL, '0 a 40 13;0 b 40 0;0 - 80 *;1 a * *;1 b 40 0;1 - 78 11;',
'0 1 - exact_linear 2 2 small;0 1 a exact_linear 2 2 small;'),
(31, 'cumulative', 0, '0 - 60 78;1 - 60 78;',
''),
(32, 'cumulative', 1, '0 a 168 32.7;0 b 0 *;0 - 168 32.7;1 a 168 32.7;1 b 0 *;1 - 168 32.7;2 a 180 36.1;2 b 0 *;2 - 180 36.1;',
'0 2 - exact_whole 10 10 small;0 2 a exact_whole 10 10 small;1 2 - exact_whole 10 10 small;1 2 a exact_whole 10 10 small;'),
(33, 'cumulative', NULL, '0 a 31 21;0 b 85 27;0 - 116 48;1 a 31 21;1 b 85 27;1 - 116 48;2 a 32 21;2 b 88 28;2 - 120 49;',
'0 2 - exact_linear 1 1 small;0 2 a exact_linear 0 0 small;0 2 b exact_linear 1 1 small;1 2 - exact_linear 1 1 small;1 2 a exact_linear 0 0 small;
1 2 b exact_linear 1 1 small;'),
(34, 'cumulative', NULL, '0 a 38 14;0 b * *;0 c 21 2;0 - 81 23;1 a 40 16;1 b 22 7;1 c 22 3;1 - * *;',
'0 1 - exact_linear 3 3 small;0 1 a exact_linear 2 2 small;0 1 c exact_linear 1 1 small;'),
(35, 'cumulative', 1, '0 a 60 5.0;0 b 0 *;0 - 60 *;1 a 60 5.0;1 b 0 *;1 - 60 5.0;',
''),
(36, 'cumulative', 0, '0 a 23 *;0 b * *;0 - * *;1 a 24 79;1 b 480 *;1 - 504 10;2 a 36 *;2 b 480 *;2 - 516 10;',
'0 1 - protected 0 34 small;0 1 a protected 0 1 small;0 1 b protected 0 33 small;0 2 - protected 0 36 small;0 2 a protected 0 7 small;
0 2 b protected 0 33 small;1 2 - protected 0 6 small;1 2 a protected 0 6 small;'),
(37, 'cumulative', 0, '0 a 13 31;0 b 15 60;0 - 28 46;1 a 15 40;1 b 15 60;1 - 30 50;',
'0 1 - exact_whole 2 2 small;0 1 a exact_whole 2 2 small;'),
(38, 'leaving', NULL, '0 a 12 2;0 b 88 *;0 - 100 *;1 a 0 0;1 b 85 21;1 - 85 *;2 a 0 0;2 b 82 21;2 - 82 21;',
'0 1 - narrow_nonneg 2 5 small;0 1 b protected 0 3 small;0 2 - narrow_nonneg 2 5 small;0 2 b narrow_nonneg 0 3 small;1 2 - exact_linear 0 0 small;
1 2 b exact_linear 0 0 small;'),
(39, 'cumulative', 0, '0 a 2 0;0 b 28 96;0 - 30 90;1 a 3 33;1 b 28 96;1 - 31 90;2 a 15 20;2 b 40 78;2 - 55 62;',
'0 1 - exact_whole 1 1 small;0 1 a exact_whole 1 1 small;0 2 - exact_whole 7 7 small;0 2 a exact_whole 3 3 small;0 2 b exact_whole 4 4 small;
1 2 - exact_whole 6 6 small;1 2 a exact_whole 2 2 small;1 2 b exact_whole 4 4 small;'),
(40, 'leaving', 1, '0 - 264 71.2;1 - 262 71.8;',
'0 1 - exact_whole 0 0 small;'),
(41, 'leaving', NULL, '0 - 0 0;1 - 0 0;2 - 0 0;3 - 0 0;',
''),
(42, 'cumulative', NULL, '0 a 2 1;0 b 0 0;0 c 40 6;0 - 42 7;1 a 3 1;1 b 0 0;1 c 40 6;1 - 43 7;',
'0 1 - exact_linear 0 0 small;0 1 a exact_linear 0 0 small;'),
(43, 'cumulative', 0, '0 a 22 59;0 b 39 5;0 - 61 25;1 a 22 59;1 b 40 8;1 - 62 26;',
'0 1 - exact_whole 1 1 small;0 1 b exact_whole 1 1 small;'),
(44, 'cumulative', NULL, '0 - 46 17;1 - 48 17;2 - 60 22;',
'0 1 - exact_linear 0 0 small;0 2 - exact_linear 5 5 small;1 2 - exact_linear 5 5 small;'),
(45, 'cumulative', NULL, '0 a * *;0 b * *;0 - 115 *;1 a * *;1 b 32 *;1 - 119 70;2 a 88 64;2 b 32 7;2 - 120 71;',
'0 1 - protected 0 4 small;0 1 a protected 0 4 small;0 1 b protected 0 4 small;0 2 - narrow_nonneg 1 5 small;0 2 a narrow_nonneg 1 5 small;
0 2 b protected 0 4 small;1 2 - exact_linear 1 1 small;1 2 a exact_linear 1 1 small;'),
(46, 'cumulative', NULL, '0 - 11 6;1 - 12 6;',
'0 1 - exact_linear 0 0 small;'),
(47, 'cumulative', NULL, '0 a 0 0;0 b 6 0;0 - 6 0;1 a 0 0;1 b 8 0;1 - 8 0;2 a 0 0;2 b 8 0;2 - 8 0;',
'0 1 - exact_linear 0 0 small;0 1 b exact_linear 0 0 small;0 2 - exact_linear 0 0 small;0 2 b exact_linear 0 0 small;'),
(48, 'leaving', 0, '0 - 0 *;1 - 0 *;2 - 0 *;',
''),
(49, 'cumulative', 0, '0 a 96 1;0 b 179 94;0 - 275 61;1 a 96 1;1 b 180 93;1 - 276 61;',
'0 1 - exact_whole 0 0 small;0 1 b exact_whole 0 0 small;'),
(50, 'cumulative', NULL, '0 a 39 0;0 b 22 9;0 - 61 9;1 a 40 1;1 b 22 9;1 - 62 10;',
'0 1 - exact_linear 1 1 small;0 1 a exact_linear 1 1 small;'),
(51, 'leaving', NULL, '0 - 40 29;1 - 28 24;',
'0 1 - exact_linear 5 5 small;'),
(52, 'leaving', 0, '0 a 0 *;0 b 36 78;0 - 36 78;1 a 0 *;1 b 34 82;1 - * *;',
'0 1 - exact_whole 0 0 small;0 1 b exact_whole 0 0 small;'),
(53, 'leaving', NULL, '0 a 15 6;0 b * *;0 - 37 *;1 a 15 6;1 b * *;1 - 36 18;',
'0 1 - protected 0 1 small;0 1 b protected 0 1 small;'),
(54, 'cumulative', NULL, '0 a 8 1;0 b 5 0;0 - 13 1;1 a 8 1;1 b 6 0;1 - 14 1;2 a 8 1;2 b 8 1;2 - 16 2;',
'0 1 - exact_linear 0 0 small;0 1 b exact_linear 0 0 small;0 2 - exact_linear 1 1 small;0 2 b exact_linear 1 1 small;1 2 - exact_linear 1 1 small;
1 2 b exact_linear 1 1 small;'),
(55, 'leaving', 1, '0 a 180 82.8;0 b 180 71.7;0 c 264 96.6;0 - 624 85.4;1 a 178 83.7;1 b 180 71.7;1 c 261 96.6;1 - 619 85.6;2 a 166 87.3;2 b 179 72.1;2 c 249 100.0;
2 - 594 88.0;',
'0 1 - exact_whole 3 3 small;0 1 a exact_whole 0 0 small;0 1 c exact_whole 3 3 small;0 2 - exact_whole 10 10 many;0 2 a exact_whole 4 4 small;
0 2 b exact_whole 0 0 small;0 2 c exact_whole 6 6 small;1 2 - exact_whole 7 7 small;1 2 a exact_whole 4 4 small;1 2 b exact_whole 0 0 small;
1 2 c exact_whole 3 3 small;'),
(56, 'cumulative', NULL, '0 a 9 5;0 b 159 48;0 c 48 12;0 - 216 65;1 a 10 6;1 b 159 48;1 c 48 12;1 - 217 *;2 a 12 7;2 b 160 48;2 c 60 *;2 - 232 73;',
'0 1 - exact_linear 1 1 small;0 1 a exact_linear 1 1 small;0 2 - exact_linear 8 8 small;0 2 a exact_linear 2 2 small;0 2 b exact_linear 0 0 small;
0 2 c exact_linear 6 6 small;1 2 - exact_linear 7 7 small;1 2 a exact_linear 1 1 small;1 2 b exact_linear 0 0 small;1 2 c exact_linear 6 6 small;'),
(57, 'cumulative', 1, '0 a 76 *;0 b * *;0 c 76 *;0 - 309 *;1 a * *;1 b 159 *;1 c 88 8.0;1 - 335 35.8;2 a 88 *;2 b 160 25.6;2 c 88 8.0;2 - * *;',
'0 1 - protected 0 21 small;0 1 a protected 0 12 small;0 1 b protected 0 2 small;0 1 c protected 0 7 small;0 2 - protected 0 22 small;
0 2 a protected 0 12 small;0 2 b protected 0 3 small;0 2 c protected 0 7 small;1 2 - protected 0 1 small;1 2 b protected 0 1 small;'),
(58, 'leaving', 0, '0 a 480 *;0 b 264 46;0 - 744 19;1 a 478 5;1 b 263 *;1 - * *;2 a 466 *;2 b * *;2 - * *;3 a 465 3;3 b 261 *;3 - 726 19;',
'0 1 - protected 0 3 small;0 1 a protected 0 2 small;0 1 b protected 0 1 small;0 2 - protected 5 10 small;0 2 a protected 5 10 small;
0 2 b protected 0 3 small;0 3 - narrow_whole 6 10 small;0 3 a narrow_whole 6 10 small;0 3 b protected 0 3 small;1 2 - protected 5 10 small;
1 2 a protected 5 10 small;1 2 b protected 0 2 small;1 3 - narrow_whole 6 10 small;1 3 a narrow_whole 6 10 small;1 3 b protected 0 2 small;
2 3 - protected 0 3 small;2 3 a protected 0 1 small;2 3 b protected 0 2 small;'),
(59, 'cumulative', NULL, '0 a 31 26;0 b 10 9;0 c 160 74;0 - 201 109;1 a 32 *;1 b 12 9;1 c 160 74;1 - 204 110;',
'0 1 - exact_linear 1 1 small;0 1 a exact_linear 1 1 small;0 1 b exact_linear 0 0 small;');
CREATE TEMP TABLE expected AS
SELECT number, a[1] AS earlier, a[2] AS later, a[3] AS race, a[4] AS verdict, a[5]::float8 AS least, nullif(a[6], '-')::float8 AS most, a[7] = 'small' AS is_small
FROM made, regexp_split_to_table(btrim(expected, E';\n'), ';\n?') AS e, regexp_split_to_array(e, ' ') AS a WHERE e <> '';
CREATE FUNCTION measures(goes text, decimals integer) RETURNS jsonb LANGUAGE sql
RETURN jsonb_build_object('n', jsonb_build_object(goes, 'release'), 'x', jsonb_build_object('of', 'n', goes, 'release') ||
	CASE WHEN decimals IS NULL THEN '{}' ELSE jsonb_build_object('kind', 'percent', 'decimals', decimals) END);
CREATE TEMP TABLE found AS
SELECT number, members[1] AS earlier, right(cell, 1) AS later, coalesce(members[2], '-') AS race, verdict, least_rule AS least, most_rule AS most, can_be_small AS is_small
FROM made, disclosure_audit(format('SELECT a[1] AS release, nullif(a[2], ''-'') AS race, a[3] AS n, nullif(a[4], ''*'') AS x FROM regexp_split_to_table(%L, '';\n?'') AS r, regexp_split_to_array(r, '' '') AS a',
	btrim(shown, E';\n')), '{release, race}', measures(goes, decimals)) WHERE cell LIKE '%, who %' AND measure = 'x';

-- What is told is right: no row.
SELECT f.*, e.verdict, e.least, e.most, e.is_small FROM found AS f LEFT JOIN expected AS e USING (number, earlier, later, race)
WHERE f.verdict <> 'all_same' AND (e.verdict, e.least, e.most, e.is_small) IS DISTINCT FROM (f.verdict, f.least, f.most, f.is_small);
-- Nothing is missing: what is given away between two releases is told, or between two that lie between them: no row.
SELECT e.* FROM expected AS e
WHERE e.verdict <> 'protected' AND e.is_small AND NOT EXISTS (
	SELECT FROM found AS f
	WHERE (f.number, f.race) = (e.number, e.race) AND f.earlier >= e.earlier AND f.later <= e.later AND f.verdict NOT IN ('protected', 'all_same') AND f.is_small);
-- Of two that follow one another it is told whatever it is, unless both numbers are shown and nothing of it is small.
SELECT e.* FROM expected AS e
WHERE e.later::integer = e.earlier::integer + 1 AND NOT (e.verdict = 'exact_linear' AND NOT e.is_small)
	AND NOT EXISTS (SELECT FROM found AS f WHERE (f.number, f.race, f.earlier, f.later) = (e.number, e.race, e.earlier, e.later));
SELECT verdict, is_small, count(*) FILTER (WHERE later::integer = earlier::integer + 1) AS next, count(*) FILTER (WHERE later::integer > earlier::integer + 1) AS far
FROM found GROUP BY verdict, is_small ORDER BY verdict, is_small;

-- A ledger asks only for what is given away, and finds the same as the audit: in these, and in three months of 8 schools by 5 groups
CREATE FUNCTION given_away(is_brief boolean, cells text, dimensions text[], measures jsonb) RETURNS SETOF disclosure_audit LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY SELECT cell, members, measure, verdict, least_nonneg, most_nonneg, least_whole, most_whole, least_rule, most_rule, can_be_small, because, insider
		FROM gapstats_internal.disclosure_leaks(cells, dimensions, measures, '{}', '{}', '{}', 10, NULL, 'show', 'zero', '{}', 1000, false) AS a
		WHERE is_brief AND a.verdict <> 'protected'
		UNION ALL SELECT a.* FROM disclosure_audit(cells, dimensions, measures) AS a WHERE NOT is_brief AND a.verdict <> 'protected';
END
$$;
CREATE TEMP TABLE query AS
SELECT number, format('SELECT a[1] AS release, nullif(a[2], ''-'') AS race, a[3] AS n, nullif(a[4], ''*'') AS x FROM regexp_split_to_table(%L, '';\n?'') AS r, regexp_split_to_array(r, '' '') AS a',
	btrim(shown, E';\n')) AS cells, '{release, race}'::text[] AS dimensions, measures(goes, decimals) AS measures
FROM made;
CREATE TABLE finest AS
SELECT release, school, race, 4 + (school * 37 + race * 53) % 60 * (race < 4)::integer + (school * 13 + race * 29) % 20 + release * (30 * ((school + race) % 3) + school % 4) AS n
FROM generate_series(0, 2) AS release, generate_series(1, 8) AS school, generate_series(1, 5) AS race;
CREATE TABLE large AS SELECT release, school, race, sum(n) AS n, sum(n * 2 / 5) AS x FROM finest GROUP BY release, CUBE (school, race);
CREATE TABLE pattern AS
SELECT members, max(shown) AS shown FROM suppress('SELECT school, race, n, x FROM large WHERE release = 0', '{school, race}', '{"n": "count", "x": {"of": "n"}}') GROUP BY members;
INSERT INTO query VALUES (-1, $$SELECT release, school, race, CASE WHEN shown <> '*' THEN n END AS n, CASE WHEN shown <> '*' THEN x END AS x
	FROM releases.large JOIN releases.pattern ON members = ARRAY[school, race]::text[]$$, '{release, school, race}', measures('cumulative', NULL));
CREATE TEMP TABLE both_ways AS SELECT number, is_brief, a.* FROM query, unnest('{true,false}'::boolean[]) AS is_brief, given_away(is_brief, cells, dimensions, measures) AS a;
SELECT number = -1 AS is_large, count(*) > 10 AS are_some, count(*) FILTER (WHERE is_brief) - count(*) FILTER (WHERE NOT is_brief) AS differ FROM both_ways GROUP BY 1 ORDER BY 1;
SELECT number, cell, measure, verdict, least_rule, most_rule, can_be_small FROM both_ways GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING count(*) <> 2;

-- Months of 24 schools by two races, all hidden, of which the totals are shown. Two at school 1 are one of each, as long as they are two; of the others much is possible.
CREATE TABLE by_month AS
SELECT month, school, race, CASE WHEN grouping(school, race) > 0 THEN sum(n) END AS n
FROM generate_series(11, 22) AS month, generate_series(1, 24) AS school, unnest('{a,b}'::text[]) AS race,
	LATERAL (SELECT CASE WHEN school > 1 THEN 20 + month + school % 4 WHEN month < 13 THEN 1 ELSE 6 END AS n) AS t
GROUP BY month, CUBE (school, race);
SELECT cell, verdict, least_rule, most_rule, because LIKE '%by race%its mark%' AS is_told
FROM disclosure_audit('releases.by_month', '{month, school, race}', '{"n": {"cumulative": "month"}}') WHERE verdict <> 'protected' ORDER BY cell;

SET client_min_messages = warning;
DROP SCHEMA releases CASCADE;
