--
-- disclosure_audit: what a published table gives away
--
-- Expected are the worked tables C1 to C9 of the project's list of measures (section 10.6: SciPy's
-- linprog and milp, ranks by NumPy), the example of its 10.3, and the counts of its scale generator.
-- They are written down here, and what differs from them comes out.
--
\set SHOW_CONTEXT never
CREATE SCHEMA published;
SET search_path = published, gapstats;
SET datestyle = iso;

CREATE TABLE expected (example text, measure text, cell text, verdict text, nonneg text, whole text, rule text);
CREATE TABLE found (LIKE expected);
CREATE FUNCTION between_text(low double precision, high double precision) RETURNS text LANGUAGE sql IMMUTABLE
RETURN format('[%s,%s]', trim_scale(rounded(low, 6)), trim_scale(rounded(high, 6)));
CREATE FUNCTION note(example text, audit disclosure_audit) RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
	INSERT INTO found VALUES (example, (audit).measure, (audit).cell, (audit).verdict,
		between_text((audit).least_nonneg, (audit).most_nonneg), between_text((audit).least_whole, (audit).most_whole),
		between_text((audit).least_rule, (audit).most_rule));
	SELECT 1::bigint;
END;
-- What the list does not say is NULL, and is not compared.
CREATE VIEW differs AS
SELECT example, measure, cell, e.verdict AS expected, e.nonneg, e.whole, e.rule,
	f.verdict AS found, f.nonneg AS found_nonneg, f.whole AS found_whole, f.rule AS found_rule
FROM expected AS e FULL JOIN found AS f USING (example, measure, cell)
WHERE e.example IS NULL OR f.example IS NULL
	OR (coalesce(e.verdict, f.verdict), coalesce(e.nonneg, f.nonneg), coalesce(e.whole, f.whole), coalesce(e.rule, f.rule))
		IS DISTINCT FROM (f.verdict, f.nonneg, f.whole, f.rule);

-- C1: two dimensions, one row a cell, totals with NULL
CREATE TABLE c1 (school text, race text, students text);
INSERT INTO c1 VALUES
	('a', 'p', '14'), ('a', 'q', '7'), ('a', 'r', '33'), ('a', 's', '26'), ('a', NULL, '80'),
	('b', 'p', '41'), ('b', 'q', '18'), ('b', 'r', '19'), ('b', 's', '22'), ('b', NULL, '100'),
	('c', 'p', '16'), ('c', 'q', '5'), ('c', 'r', '29'), ('c', 's', '37'), ('c', NULL, '87'),
	(NULL, 'p', '71'), (NULL, 'q', '30'), (NULL, 'r', '81'), (NULL, 's', '85'), (NULL, NULL, '267');
UPDATE c1 SET students = '*' WHERE (school, race) IN (('a', 'q'), ('c', 'q'));
SELECT cell, members, measure, verdict, least_nonneg, most_nonneg, can_be_small, because
FROM disclosure_audit('c1', '{school, race}', '{"students": "count"}');
INSERT INTO expected VALUES
	('C1 primary', 'students', 'school a, race q', 'exact_linear', '[7,7]', '[7,7]', '[7,7]'),
	('C1 primary', 'students', 'school c, race q', 'exact_linear', '[5,5]', '[5,5]', '[5,5]');
SELECT sum(note('C1 primary', d)) FROM disclosure_audit('c1', '{school, race}', '{"students": "count"}') AS d;
-- whatever the order of the rows
SELECT sum(note('C1 primary', d)) FROM disclosure_audit('SELECT * FROM c1 ORDER BY md5(c1::text)', '{school, race}', '{"students": "count"}') AS d;

UPDATE c1 SET students = '*' WHERE (school, race) IN (('a', 'p'), ('c', 'p'));
INSERT INTO expected VALUES
	('C1 one mark', 'students', 'school a, race p', 'protected', '[9,21]', '[9,21]', '[10,20]'),
	('C1 one mark', 'students', 'school a, race q', 'protected', '[0,12]', '[0,12]', '[1,11]'),
	('C1 one mark', 'students', 'school c, race p', 'protected', '[9,21]', '[9,21]', '[10,20]'),
	('C1 one mark', 'students', 'school c, race q', 'protected', '[0,12]', '[0,12]', '[1,11]');
SELECT sum(note('C1 one mark', d)) FROM disclosure_audit('published.c1', '{school, race}', '{"students": "count"}') AS d;

UPDATE c1 SET students = '<10' WHERE (school, race) IN (('a', 'q'), ('c', 'q'));
INSERT INTO expected VALUES
	('C1 two marks', 'students', 'school a, race p', 'protected', '[9,21]', '[9,21]', '[12,18]'),
	('C1 two marks', 'students', 'school a, race q', 'protected', '[0,12]', '[0,12]', '[3,9]'),
	('C1 two marks', 'students', 'school c, race p', 'protected', '[9,21]', '[9,21]', '[12,18]'),
	('C1 two marks', 'students', 'school c, race q', 'protected', '[0,12]', '[0,12]', '[3,9]');
SELECT sum(note('C1 two marks', d))
FROM disclosure_audit('c1', '{school, race}', '{"students": "count"}', marks => '{"*": "complementary"}') AS d;
-- the same as marks that say nothing by themselves, and with a name for the total
SELECT sum(note('C1 two marks', d))
FROM disclosure_audit($$SELECT coalesce(school, 'all schools') AS school, coalesce(race, 'All students') AS race,
		CASE students WHEN '<10' THEN 's' WHEN '*' THEN 'c' ELSE students END AS students FROM c1$$,
	'{school, race}', '{"students": "count"}', totals => '{"school": "all schools", "race": "All students"}',
	marks => '{"s": "primary", "c": [10, null]}') AS d;

-- C2: two or more hidden in every row and column
CREATE TABLE c2 AS
SELECT r, c, n
FROM (VALUES ('r1', ARRAY[4, 6, 21, 17, 30]), ('r2', ARRAY[25, 8, 5, 19, 28]), ('r3', ARRAY[7, 31, 9, 2, 24]), ('r4', ARRAY[18, 27, 36, 8, 6]),
	('r5', ARRAY[23, 35, 16, 6, 9])) AS v (r, ns), unnest('{c1,c2,c3,c4,c5}'::text[], ns) AS u (c, n);
INSERT INTO expected VALUES
	('C2', 'n', 'r r3, c c4', 'exact_linear', '[2,2]', '[2,2]', '[2,2]'),
	('C2', 'n', 'r r1, c c1', 'narrow_rule', '[0,9]', '[0,9]', '[2,4]'), ('C2', 'n', 'r r1, c c2', 'narrow_rule', '[1,10]', '[1,10]', '[6,8]'),
	('C2', 'n', 'r r2, c c2', 'narrow_rule', '[4,13]', '[4,13]', '[6,8]'), ('C2', 'n', 'r r2, c c3', 'narrow_rule', '[0,9]', '[0,9]', '[5,7]'),
	('C2', 'n', 'r r3, c c1', 'narrow_rule', '[2,11]', '[2,11]', '[7,9]'), ('C2', 'n', 'r r3, c c3', 'narrow_rule', '[5,14]', '[5,14]', '[7,9]'),
	('C2', 'n', 'r r4, c c4', 'narrow_rule', '[0,14]', '[0,14]', '[5,8]'), ('C2', 'n', 'r r4, c c5', 'narrow_rule', '[0,14]', '[0,14]', '[6,9]'),
	('C2', 'n', 'r r5, c c4', 'narrow_rule', '[0,14]', '[0,14]', '[6,9]'), ('C2', 'n', 'r r5, c c5', 'narrow_rule', '[1,15]', '[1,15]', '[6,9]');
SELECT sum(note('C2', d))
FROM disclosure_audit($$SELECT r, c, CASE WHEN sum(n) < 10 THEN '<10' ELSE sum(n)::text END AS n FROM c2 GROUP BY CUBE (r, c)$$, '{r, c}', '{"n": "count"}') AS d;

-- C3: schools in districts, as columns from coarse to fine and as a query
CREATE TABLE c3 AS
SELECT d, s, g, n
FROM (VALUES ('D1', 'S1', ARRAY[6, 34, 71]), ('D1', 'S2', ARRAY[15, 22, 88]), ('D1', 'S3', ARRAY[27, 8, 53]),
	('D2', 'S4', ARRAY[5, 29, 94]), ('D2', 'S5', ARRAY[13, 41, 60]), ('D2', 'S6', ARRAY[19, 37, 72])) AS v (d, s, ns), unnest('{g1,g2,g3}'::text[], ns) AS u (g, n);
CREATE TABLE c3_totals AS SELECT d, s, g, sum(n) AS n FROM c3 GROUP BY ROLLUP (d, s), CUBE (g);
CREATE VIEW c3a AS SELECT d, s, g, CASE WHEN (s, g) NOT IN (('S1', 'g1'), ('S3', 'g2'), ('S4', 'g1')) OR s IS NULL OR g IS NULL THEN n END AS n FROM c3_totals;
CREATE VIEW c3b AS SELECT d, s, g, CASE WHEN s IN ('S1', 'S3', 'S4', 'S5') AND g IN ('g1', 'g2') THEN NULL ELSE n END AS n FROM c3_totals;
CREATE VIEW c3c AS
SELECT d, s, g, CASE WHEN (s IN ('S1', 'S3') OR (d = 'D1' AND s IS NULL)) AND g IN ('g1', 'g2') OR s IN ('S4', 'S5') AND g IN ('g1', 'g3') THEN NULL ELSE n END AS n
FROM c3_totals;
CREATE VIEW c3d AS SELECT d, s, g, CASE WHEN (s IN ('S1', 'S3', 'S4', 'S5') OR (d IS NOT NULL AND s IS NULL)) AND g IN ('g1', 'g2') THEN NULL ELSE n END AS n FROM c3_totals;
INSERT INTO expected VALUES
	('C3', 'n', 'd D1, s S1, g g1', 'exact_linear', '[6,6]', '[6,6]', '[6,6]'),
	('C3', 'n', 'd D1, s S3, g g2', 'exact_linear', '[8,8]', '[8,8]', '[8,8]'),
	('C3', 'n', 'd D2, s S4, g g1', 'exact_linear', '[5,5]', '[5,5]', '[5,5]'),
	('C3b', 'n', 'd D1, s S1, g g1', 'protected', '[0,33]', '[0,33]', NULL), ('C3b', 'n', 'd D1, s S1, g g2', 'protected', '[7,40]', '[7,40]', NULL),
	('C3b', 'n', 'd D1, s S3, g g1', 'protected', '[0,33]', '[0,33]', NULL), ('C3b', 'n', 'd D1, s S3, g g2', 'protected', '[2,35]', '[2,35]', NULL),
	('C3b', 'n', 'd D2, s S4, g g1', 'protected', '[0,18]', '[0,18]', NULL), ('C3b', 'n', 'd D2, s S4, g g2', 'protected', '[16,34]', '[16,34]', NULL),
	('C3b', 'n', 'd D2, s S5, g g1', 'protected', '[0,18]', '[0,18]', NULL), ('C3b', 'n', 'd D2, s S5, g g2', 'protected', '[36,54]', '[36,54]', NULL),
	('C3c', 'n', 'd D1, g g1', 'exact_linear', '[48,48]', '[48,48]', '[48,48]'), ('C3c', 'n', 'd D1, g g2', 'exact_linear', '[64,64]', '[64,64]', '[64,64]'),
	('C3c', 'n', 'd D1, s S1, g g1', 'protected', '[0,33]', '[0,33]', NULL), ('C3c', 'n', 'd D1, s S1, g g2', 'protected', '[7,40]', '[7,40]', NULL),
	('C3c', 'n', 'd D1, s S3, g g1', 'protected', '[0,33]', '[0,33]', NULL), ('C3c', 'n', 'd D1, s S3, g g2', 'protected', '[2,35]', '[2,35]', NULL),
	('C3c', 'n', 'd D2, s S4, g g1', 'protected', '[0,18]', '[0,18]', NULL), ('C3c', 'n', 'd D2, s S4, g g3', 'protected', '[81,99]', '[81,99]', NULL),
	('C3c', 'n', 'd D2, s S5, g g1', 'protected', '[0,18]', '[0,18]', NULL), ('C3c', 'n', 'd D2, s S5, g g3', 'protected', '[55,73]', '[55,73]', NULL),
	('C3d', 'n', 'd D1, g g1', 'protected', '[15,66]', '[15,66]', NULL), ('C3d', 'n', 'd D1, g g2', 'protected', '[46,97]', '[46,97]', NULL),
	('C3d', 'n', 'd D2, g g1', 'protected', '[19,70]', '[19,70]', NULL), ('C3d', 'n', 'd D2, g g2', 'protected', '[74,125]', '[74,125]', NULL),
	('C3d', 'n', 'd D1, s S1, g g1', 'protected', '[0,40]', '[0,40]', NULL), ('C3d', 'n', 'd D1, s S1, g g2', 'protected', '[0,40]', '[0,40]', NULL),
	('C3d', 'n', 'd D1, s S3, g g1', 'protected', '[0,35]', '[0,35]', NULL), ('C3d', 'n', 'd D1, s S3, g g2', 'protected', '[0,35]', '[0,35]', NULL),
	('C3d', 'n', 'd D2, s S4, g g1', 'protected', '[0,34]', '[0,34]', NULL), ('C3d', 'n', 'd D2, s S4, g g2', 'protected', '[0,34]', '[0,34]', NULL),
	('C3d', 'n', 'd D2, s S5, g g1', 'protected', '[0,51]', '[0,51]', NULL), ('C3d', 'n', 'd D2, s S5, g g2', 'protected', '[3,54]', '[3,54]', NULL);
SELECT sum(note('C3', d)) FROM disclosure_audit('c3a', '{d, s, g}', '{"n": "count"}') AS d;
SELECT sum(note('C3b', d)) FROM disclosure_audit('c3b', '{d, s, g}', '{"n": "count"}') AS d;
SELECT sum(note('C3c', d)) FROM disclosure_audit('c3c', '{d, s, g}', '{"n": "count"}', hierarchies => '{"s": ["d", "s"]}') AS d;
SELECT sum(note('C3d', d)) FROM disclosure_audit('c3d', '{d, s, g}', '{"n": "count"}', hierarchies => '{"s": "d"}') AS d;
-- the same numbers in one column of places
INSERT INTO expected SELECT replace(example, 'C3', 'C3 places'), measure, regexp_replace(replace(cell, 's S', 'place S'), 'd D\d, (?=place)|d (?=D)', ''), verdict, nonneg, whole, rule
FROM expected WHERE example ~ '^C3[cd]';
UPDATE expected SET cell = 'place ' || cell WHERE example ~ '^C3 places' AND cell !~ '^place';
SELECT sum(note('C3 placesc', d))
FROM disclosure_audit('SELECT coalesce(s, d) AS place, g, n FROM c3c', '{place, g}', '{"n": "count"}', hierarchies => '{"place": "SELECT s, d FROM c3"}') AS d;
SELECT sum(note('C3 placesd', d))
FROM disclosure_audit($$SELECT coalesce(s, d, 'state') AS place, g, n FROM c3d$$, '{place, g}', '{"n": "count"}',
	hierarchies => $${"place": "SELECT s, d FROM c3 UNION SELECT d, 'state' FROM c3"}$$) AS d;

-- C4: three tables over the same five cells, which leak together
CREATE TABLE c4 (cell text, one int, two int, three int, n int);
INSERT INTO c4 VALUES ('a', 1, 2, 1, 4), ('b', 1, 1, 2, 7), ('c', 2, 1, 1, 3), ('e', 2, 2, 2, 6), ('f', 2, 2, 2, 8);
CREATE VIEW c4_all AS
SELECT cell, one, two, three, NULL AS n, 0 AS tab FROM c4
UNION ALL SELECT NULL, one, NULL, NULL, sum(n), 1 FROM c4 GROUP BY one
UNION ALL SELECT NULL, NULL, two, NULL, sum(n), 2 FROM c4 GROUP BY two
UNION ALL SELECT NULL, NULL, NULL, three, sum(n), 3 FROM c4 GROUP BY three;
INSERT INTO expected VALUES
	('C4 1 2', 'n', 'a', 'protected', '[1,11]', '[1,11]', NULL), ('C4 1 2', 'n', 'b', 'protected', '[0,10]', '[0,10]', NULL), ('C4 1 2', 'n', 'c', 'protected', '[0,10]', '[0,10]', NULL),
	('C4 1 2', 'n', 'e', 'protected', '[0,17]', '[0,17]', NULL), ('C4 1 2', 'n', 'f', 'protected', '[0,17]', '[0,17]', NULL),
	('C4 1 3', 'n', 'a', 'protected', '[0,7]', '[0,7]', NULL), ('C4 1 3', 'n', 'b', 'protected', '[4,11]', '[4,11]', NULL), ('C4 1 3', 'n', 'c', 'protected', '[0,7]', '[0,7]', NULL),
	('C4 1 3', 'n', 'e', 'protected', '[0,17]', '[0,17]', NULL), ('C4 1 3', 'n', 'f', 'protected', '[0,17]', '[0,17]', NULL),
	('C4 2 3', 'n', 'a', 'protected', '[0,7]', '[0,7]', NULL), ('C4 2 3', 'n', 'b', 'protected', '[3,10]', '[3,10]', NULL), ('C4 2 3', 'n', 'c', 'protected', '[0,7]', '[0,7]', NULL),
	('C4 2 3', 'n', 'e', 'protected', '[0,18]', '[0,18]', NULL), ('C4 2 3', 'n', 'f', 'protected', '[0,18]', '[0,18]', NULL),
	('C4 1 2 3', 'n', 'a', 'exact_linear', '[4,4]', '[4,4]', '[4,4]'), ('C4 1 2 3', 'n', 'b', 'exact_linear', '[7,7]', '[7,7]', '[7,7]'),
	('C4 1 2 3', 'n', 'c', 'exact_linear', '[3,3]', '[3,3]', '[3,3]'),
	('C4 1 2 3', 'n', 'e', 'protected', '[0,14]', '[0,14]', NULL), ('C4 1 2 3', 'n', 'f', 'protected', '[0,14]', '[0,14]', NULL);
CREATE FUNCTION audit_c4(tables text, dimensions text[], hierarchies jsonb, source text) RETURNS SETOF disclosure_audit LANGUAGE plpgsql AS $$
DECLARE
	audit disclosure_audit;
BEGIN
	FOR audit IN SELECT * FROM disclosure_audit(format('SELECT * FROM %s WHERE tab IN (0, %s)', source, replace(tables, ' ', ', ')), dimensions, '{"n": "count"}', hierarchies => hierarchies) LOOP
		audit.cell := audit.members[1];
		RETURN NEXT audit;
	END LOOP;
END $$;
SELECT sum(note('C4 ' || tables, d)) FROM unnest('{1 2,1 3,2 3,1 2 3}'::text[]) AS tables, audit_c4(tables, '{cell, one, two, three}', '{}', 'c4_all') AS d;
-- the same as one column that is divided in three ways
CREATE VIEW c4_one AS
SELECT coalesce(cell, 'one ' || one, 'two ' || two, 'three ' || three) AS cell, n, tab FROM c4_all;
SELECT sum(note('C4 1 2 3', d)) FROM audit_c4('1 2 3', '{cell}', $${"cell": ["SELECT cell, 'one ' || one FROM c4", "SELECT cell, 'two ' || two FROM c4", "SELECT cell, 'three ' || three FROM c4"]}$$, 'c4_one') AS d;

-- C5: zeros are hidden, too
CREATE TABLE c5 AS
SELECT r, c, n FROM (VALUES ('A', ARRAY[31, 0, 0, 14]), ('B', ARRAY[12, 7, 0, 25]), ('C', ARRAY[44, 3, 0, 10])) AS v (r, ns), unnest('{w,x,y,z}'::text[], ns) AS u (c, n);
INSERT INTO expected VALUES
	('C5 rows', 'n', 'r A, c x', 'exact_nonneg', '[0,0]', '[0,0]', '[0,0]'), ('C5 rows', 'n', 'r A, c y', 'exact_nonneg', '[0,0]', '[0,0]', '[0,0]'),
	('C5 rows', 'n', 'r B, c x', 'protected', '[0,7]', '[0,7]', '[0,7]'), ('C5 rows', 'n', 'r B, c y', 'protected', '[0,7]', '[0,7]', '[0,7]'),
	('C5 rows', 'n', 'r C, c x', 'narrow_nonneg', '[0,3]', '[0,3]', '[0,3]'), ('C5 rows', 'n', 'r C, c y', 'narrow_nonneg', '[0,3]', '[0,3]', '[0,3]'),
	('C5 all', 'n', 'r A, c x', 'exact_nonneg', '[0,0]', '[0,0]', '[0,0]'), ('C5 all', 'n', 'r A, c y', 'exact_nonneg', '[0,0]', '[0,0]', '[0,0]'),
	('C5 all', 'n', 'r B, c x', 'exact_nonneg', '[7,7]', '[7,7]', '[7,7]'), ('C5 all', 'n', 'r B, c y', 'exact_nonneg', '[0,0]', '[0,0]', '[0,0]'),
	('C5 all', 'n', 'r C, c x', 'exact_nonneg', '[3,3]', '[3,3]', '[3,3]'), ('C5 all', 'n', 'r C, c y', 'exact_nonneg', '[0,0]', '[0,0]', '[0,0]'),
	('C5 shown', 'n', 'r B, c x', 'exact_linear', '[7,7]', '[7,7]', '[7,7]'), ('C5 shown', 'n', 'r C, c x', 'exact_linear', '[3,3]', '[3,3]', '[3,3]');
CREATE VIEW c5_hidden AS
SELECT r, c, CASE WHEN c IN ('x', 'y') AND r IS NOT NULL THEN '*' ELSE sum(n)::text END AS n, grouping(r) AS is_column FROM c5 GROUP BY CUBE (r, c);
SELECT sum(note('C5 rows', d)) FROM disclosure_audit('SELECT * FROM c5_hidden WHERE is_column = 0', '{r, c}', '{"n": "count"}', zeros => 'hide') AS d;
SELECT sum(note('C5 all', d)) FROM disclosure_audit('c5_hidden', '{r, c}', '{"n": "count"}', zeros => 'hide') AS d;
SELECT sum(note('C5 shown', d))
FROM disclosure_audit($$SELECT r, c, CASE WHEN sum(n) BETWEEN 1 AND 9 AND c IS NOT NULL THEN '*' ELSE sum(n)::text END AS n FROM c5 GROUP BY r, ROLLUP (c)$$, '{r, c}', '{"n": "count"}') AS d;

-- C6: percents, halves up
CREATE TABLE c6 (school int, n int, pct numeric);
INSERT INTO c6 VALUES (1, 23, 48), (2, 23, 47), (3, 9, 22), (4, 64, 98), (5, 64, 2), (6, 150, 33), (7, 320, 44), (9, 450, 1), (10, 900, 0);
INSERT INTO expected (example, measure, cell, verdict, whole) VALUES
	('C6', 'pct', 'school 1', 'exact_whole', '[11,11]'), ('C6', 'pct', 'school 2', 'inconsistent', '[,]'), ('C6', 'pct', 'school 3', 'exact_whole', '[2,2]'),
	('C6', 'pct', 'school 4', 'exact_whole', '[63,63]'), ('C6', 'pct', 'school 5', 'exact_whole', '[1,1]'), ('C6', 'pct', 'school 6', 'narrow_nonneg', '[49,50]'),
	('C6', 'pct', 'school 7', 'narrow_nonneg', '[140,142]'), ('C6', 'pct', 'school 9', 'narrow_nonneg', '[3,6]'), ('C6', 'pct', 'school 10', 'narrow_nonneg', '[0,4]'),
	('C6.1', 'pct', 'school 8', 'exact_whole', '[141,141]'), ('C6.1', 'pct', 'school 11', 'narrow_nonneg', '[1322,1324]');
SELECT sum(note('C6', d)) FROM disclosure_audit('c6', '{school}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}') AS d;
SELECT sum(note('C6.1', d)) FROM disclosure_audit('VALUES (8, 320, 44.1), (11, 3000, 44.1)', '{column1}',
	'{"n": {"column": "column2"}, "pct": {"kind": "percent", "of": "n", "column": "column3"}}') AS d;
UPDATE found SET cell = replace(cell, 'column1', 'school');
-- the same as rates, as text with a sign, and as double precision with its decimals said
SELECT sum(note('C6', d)) FROM disclosure_audit('SELECT school, n, pct / 100 AS pct FROM c6', '{school}', '{"n": "count", "pct": {"kind": "rate", "of": "n", "decimals": 2}}') AS d;
SELECT sum(note('C6', d)) FROM disclosure_audit($$SELECT school, to_char(n, 'FM9,999') AS n, pct || ' %' AS pct FROM c6$$, '{school}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}') AS d;
SELECT sum(note('C6', d)) FROM disclosure_audit('SELECT school, n::double precision, pct::double precision FROM c6', '{school}', '{"n": "count", "pct": {"kind": "percent", "of": "n", "decimals": 0}}') AS d;
-- levels of 260 students: each alone, and together
INSERT INTO expected VALUES
	('C6 alone', 'pct', 'level 1', 'narrow_nonneg', NULL, '[30,32]', NULL), ('C6 alone', 'pct', 'level 2', 'narrow_nonneg', NULL, '[2,3]', NULL),
	('C6 alone', 'pct', 'level 3', 'narrow_nonneg', NULL, '[17,19]', NULL), ('C6 alone', 'pct', 'level 4', 'narrow_nonneg', NULL, '[210,211]', NULL),
	('C6 levels', 'pct', 'level 1', 'narrow_nonneg', '[29.9,32.5]', '[30,31]', NULL), ('C6 levels', 'pct', 'level 2', 'narrow_nonneg', '[1.3,3.9]', '[2,3]', NULL),
	('C6 levels', 'pct', 'level 3', 'narrow_nonneg', '[16.9,19.5]', '[17,18]', NULL), ('C6 levels', 'pct', 'level 4', 'narrow_nonneg', '[209.3,211.9]', '[210,211]', NULL),
	('C6 levels', 'pct', 'the total', 'narrow_nonneg', NULL, NULL, NULL);
CREATE TABLE c6_levels (level int, tested int, pct int);
INSERT INTO c6_levels VALUES (1, 260, 12), (2, 260, 1), (3, 260, 7), (4, 260, 81), (NULL, 260, 100);
SELECT sum(note('C6 alone', d)) FROM disclosure_audit('SELECT * FROM c6_levels WHERE level IS NOT NULL', '{level}', '{"tested": "count", "pct": {"kind": "percent", "of": "tested"}}') AS d;
SELECT sum(note('C6 levels', d)) FROM disclosure_audit('c6_levels', '{level}', '{"tested": {"same_for": "level"}, "pct": {"kind": "percent", "of": "tested"}}') AS d;
-- a range for the girls
INSERT INTO expected VALUES
	('C6 range', 'pct', 'the total', 'exact_whole', NULL, '[21,21]', NULL), ('C6 range', 'pct', 'sex girls', 'narrow_nonneg', '[0,4.2]', '[0,4]', NULL),
	('C6 range', 'pct', 'sex boys', 'narrow_nonneg', '[16.425,21.375]', '[17,21]', NULL);
SELECT sum(note('C6 range', d)) FROM disclosure_audit($$SELECT * FROM (VALUES (NULL, 75, '28'), ('girls', 40, '<=10%'), ('boys', 35, '*')) AS v (sex, n, pct)$$,
	'{sex}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}') AS d;

-- C7: only whole numbers see it
INSERT INTO expected VALUES
	('C7', 'pct', 'the total', 'exact_whole', NULL, '[44,44]', NULL), ('C7', 'pct', 'race A', 'exact_whole', NULL, '[21,21]', NULL), ('C7', 'pct', 'race B', 'exact_whole', NULL, '[19,19]', NULL),
	('C7', 'pct', 'race C', 'exact_whole', '[3.03,5.03]', '[4,4]', '[4,4]'),
	('C7 again', 'pct', 'the total', 'exact_whole', NULL, '[51,51]', NULL), ('C7 again', 'pct', 'race A', 'exact_whole', NULL, '[33,33]', NULL), ('C7 again', 'pct', 'race B', 'exact_whole', NULL, '[15,15]', NULL),
	('C7 again', 'pct', 'race C', 'exact_whole', '[1.715,3.905]', '[3,3]', '[3,3]');
SELECT sum(note('C7', d)) FROM disclosure_audit($$SELECT * FROM (VALUES (NULL, 103, 43), ('A', 64, 33), ('B', 33, 58), ('C', 6, NULL)) AS v (race, n, pct)$$,
	'{race}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}') AS d;
SELECT sum(note('C7 again', d)) FROM disclosure_audit($$SELECT * FROM (VALUES (NULL, 114, 45), ('A', 68, 49), ('B', 37, 41), ('C', 9, NULL)) AS v (race, n, pct)$$,
	'{race}', '{"n": "count", "pct": {"kind": "percent", "of": "n"}}') AS d;
-- cells in three ways to divide them, each total hidden with its parts
CREATE TABLE c7 (cell text, part text, n int);
INSERT INTO c7 VALUES ('a', 'x', NULL), ('b', 'x', NULL), ('c', 'x', NULL), ('d', 'x', NULL), ('s1', 'y', NULL), ('s2', 'y', NULL), ('s3', 'y', NULL),
	('abcd', NULL, 17), ('one', NULL, 7), ('two', NULL, 7), ('three', NULL, 7);
INSERT INTO expected (example, measure, cell, nonneg, whole) VALUES ('C7 halves', 'n', 'cell d', '[6.5,17]', '[7,17]');
SELECT sum(note('C7 halves', d)) FROM disclosure_audit('SELECT cell, n FROM c7', '{cell}', '{"n": "count"}', zeros => 'hide', hierarchies => $${"cell": [
	"VALUES ('a', 'abcd'), ('b', 'abcd'), ('c', 'abcd'), ('d', 'abcd')", "VALUES ('a', 'one'), ('b', 'one'), ('s1', 'one')",
	"VALUES ('b', 'two'), ('c', 'two'), ('s2', 'two')", "VALUES ('a', 'three'), ('c', 'three'), ('s3', 'three')"]}$$) AS d
WHERE d.cell = 'cell d';

-- C8: releases; of a mean the sum is the number, and what those have who left is one of its own
INSERT INTO expected VALUES
	('C8 left', 'score', 'release 2025-10-01', 'exact_whole', NULL, '[4743,4743]', NULL), ('C8 left', 'score', 'release 2025-11-01', 'exact_whole', NULL, '[4289,4289]', NULL),
	('C8 left', 'score', 'release 2025-10-01, who left before release 2025-11-01', 'exact_whole', '[453.15,455.25]', '[454,454]', '[454,454]'),
	('C8 mean', 'score', 'the total', 'narrow_whole', NULL, NULL, NULL), ('C8 mean', 'score', 'race A', 'narrow_nonneg', NULL, NULL, NULL),
	('C8 mean', 'score', 'race B', 'protected', '[2739.3,2748.7]', '[2740,2748]', NULL),
	('C8 two decimals', 'score', 'the total', 'exact_whole', NULL, '[23600,23600]', NULL), ('C8 two decimals', 'score', 'race A', 'exact_whole', NULL, '[20856,20856]', NULL),
	('C8 two decimals', 'score', 'race B', 'exact_whole', NULL, '[2744,2744]', NULL),
	('C8 cumulative', 'n', 'month 2025-10-01, race a', 'protected', '[8,13]', '[8,13]', NULL), ('C8 cumulative', 'n', 'month 2025-10-01, race b', 'protected', '[7,12]', '[7,12]', NULL);
SELECT sum(note('C8 left', d)) FROM disclosure_audit($$SELECT * FROM (VALUES (date '2025-11-01', 10, 428.9), ('2025-10-01', 11, 431.2)) AS v (release, n, score)$$,
	'{release}', '{"n": "count", "score": {"kind": "mean", "of": "n", "leaving": "release"}}') AS d;
-- 11 and 10 are no small groups, but the one who left is
SELECT cell, can_be_small FROM disclosure_audit($$SELECT * FROM (VALUES (date '2025-11-01', 10, 428.9), ('2025-10-01', 11, 431.2)) AS v (release, n, score)$$,
	'{release}', '{"n": "count", "score": {"kind": "mean", "of": "n", "leaving": "release"}}');
CREATE TABLE c8 (race text, n int, score numeric);
INSERT INTO c8 VALUES (NULL, 50, 472.0), ('A', 44, 474.0), ('B', 6, NULL);
SELECT sum(note('C8 mean', d)) FROM disclosure_audit('c8', '{race}', '{"n": "count", "score": {"kind": "mean", "of": "n", "decimals": 1}}') AS d;
-- the mean of B: 456.55 to 458.116666666667
SELECT rounded(least_nonneg / 6, 6) AS least, rounded(most_nonneg / 6, 6) AS most
FROM disclosure_audit('c8', '{race}', '{"n": "count", "score": {"kind": "mean", "of": "n", "decimals": 1}}') WHERE members = '{B}';
SELECT sum(note('C8 two decimals', d)) FROM disclosure_audit('c8', '{race}', '{"n": "count", "score": {"kind": "mean", "of": "n", "decimals": 2}}') AS d;
SELECT sum(note('C8 cumulative', d)) FROM disclosure_audit($$SELECT * FROM (VALUES (date '2025-10-01', NULL, 20), ('2025-10-01', 'a', NULL), ('2025-10-01', 'b', NULL),
	('2025-11-01', 'a', 13), ('2025-11-01', 'b', 12)) AS v (month, race, n)$$, '{month, race}', '{"n": {"cumulative": "month"}}') AS d;

-- C9: what the marks say
CREATE FUNCTION list(shown text[]) RETURNS text LANGUAGE sql
RETURN format('SELECT nullif(i, 1) AS i, n FROM unnest(%L::text[]) WITH ORDINALITY AS u (n, i)', shown);
INSERT INTO expected VALUES
	('C9 8', 'n', 'i 2', 'exact_rule', '[0,8]', '[0,8]', '[4,4]'), ('C9 8', 'n', 'i 3', 'exact_rule', '[0,8]', '[0,8]', '[4,4]'),
	('C9 7', 'n', 'i 2', 'narrow_rule', '[0,7]', '[0,7]', '[3,4]'), ('C9 7', 'n', 'i 3', 'narrow_rule', '[0,7]', '[0,7]', '[3,4]'),
	('C9 16', 'n', 'i 2', 'narrow_rule', '[0,16]', '[0,16]', '[7,9]'), ('C9 16', 'n', 'i 3', 'narrow_rule', '[0,16]', '[0,16]', '[7,9]'),
	('C9 13', 'n', 'i 2', 'protected', '[0,13]', '[0,13]', '[4,9]'), ('C9 13', 'n', 'i 3', 'protected', '[0,13]', '[0,13]', '[4,9]'),
	('C9 5', 'n', 'i 2', 'narrow_rule', '[0,5]', '[0,5]', '[1,4]'), ('C9 5', 'n', 'i 3', 'narrow_rule', '[0,5]', '[0,5]', '[1,4]'),
	('C9 27', 'n', 'i 2', 'exact_rule', '[0,27]', '[0,27]', '[9,9]'), ('C9 27', 'n', 'i 3', 'exact_rule', '[0,27]', '[0,27]', '[9,9]'), ('C9 27', 'n', 'i 4', 'exact_rule', '[0,27]', '[0,27]', '[9,9]'),
	('C9 4', 'n', 'i 2', 'narrow_nonneg', '[0,4]', '[0,4]', '[1,2]'), ('C9 4', 'n', 'i 3', 'narrow_nonneg', '[0,4]', '[0,4]', '[1,2]'), ('C9 4', 'n', 'i 4', 'narrow_nonneg', '[0,4]', '[0,4]', '[1,2]'),
	('C9 14', 'n', 'i 2', 'narrow_rule', '[0,14]', '[0,14]', '[1,4]'), ('C9 14', 'n', 'i 3', 'narrow_rule', '[0,14]', '[0,14]', '[10,13]'),
	('C9 one mark', 'n', 'i 2', 'protected', '[0,14]', '[0,14]', '[1,13]'), ('C9 one mark', 'n', 'i 3', 'protected', '[0,14]', '[0,14]', '[1,13]'),
	('C9 insider', 'n', 'i 2', 'protected', '[0,7]', '[0,7]', NULL), ('C9 insider', 'n', 'i 3', 'exact_linear', '[6,6]', '[6,6]', '[6,6]');
SELECT sum(note('C9 ' || shown[1], d)) FROM (VALUES ('{8,<5,<5}'::text[]), ('{7,<5,<5}'), ('{16,<10,<10}'), ('{13,<10,<10}'), ('{5,<10,<10}'),
	('{27,<10,<10,<10}'), ('{4,<10,<10,<10}')) AS v (shown), disclosure_audit(list(shown), '{i}', '{"n": "count"}') AS d;
SELECT sum(note('C9 14', d)) FROM disclosure_audit(list('{14,<10,**}'), '{i}', '{"n": "count"}', marks => '{"**": "complementary"}') AS d;
SELECT sum(note('C9 one mark', d)) FROM disclosure_audit(list('{14,*,*}'), '{i}', '{"n": "count"}') AS d;
SELECT sum(note('C9 insider', d)) FROM disclosure_audit($$SELECT * FROM (VALUES (NULL, '7', 7), (2, '*', 1), (3, '*', 6)) AS v (i, n, truth)$$,
	'{i}', '{"n": {"truth": "truth"}}', insiders => true) AS d;
SELECT cell, verdict, because, insider FROM disclosure_audit($$SELECT * FROM (VALUES (NULL, '7', 7), (2, '*', 1), (3, '*', 6)) AS v (i, n, truth)$$,
	'{i}', '{"n": {"truth": "truth"}}', insiders => true);
-- ratios, and printed intervals
INSERT INTO expected (example, measure, cell, whole) VALUES
	('C9 ratio', 'x', 'race f', '[7,7]'), ('C9 ratio again', 'x', 'race f', '[10,10]'),
	('C9 wilson', 'x', 'school a', '[2,2]'), ('C9 wilson', 'n', 'school a', '[9,9]'), ('C9 wilson', 'x', 'school b', '[5,5]'), ('C9 wilson', 'n', 'school b', '[12,12]'),
	('C9 wilson', 'x', 'school c', '[7,7]'), ('C9 wilson', 'n', 'school c', '[7,7]');
SELECT sum(note('C9 ratio', d)) FROM disclosure_audit($$SELECT * FROM (VALUES ('f', NULL::int, 16, 1.75), ('r', 24, 96, NULL)) AS v (race, x, n, ratio)$$, '{race}',
	'{"n": "count", "x": {"of": "n"}, "ratio": {"kind": "ratio", "of": "x", "between": {"race": "r"}}}') AS d;
SELECT sum(note('C9 ratio again', d)) FROM disclosure_audit($$SELECT * FROM (VALUES ('s', 'f', NULL::int, 22, NULL), ('s', 'r', 30, 120, NULL), ('s', NULL, NULL, 142, 1.8)) AS v (school, race, x, n, ratio)$$, '{school, race}',
	'{"n": "count", "x": {"of": "n"}, "ratio": {"kind": "ratio", "of": "x", "between": {"race": ["f", "r"]}}}') AS d WHERE members[2] = 'f';
UPDATE found SET cell = 'race f' WHERE example = 'C9 ratio again';
SELECT sum(note('C9 wilson', d)) FROM disclosure_audit($$SELECT * FROM (VALUES ('a', NULL::int, NULL::int, 0.06, 0.55), ('b', NULL, NULL, 0.19, 0.68), ('c', NULL, NULL, 0.65, 1.00))
	AS v (school, x, n, lower, upper)$$, '{school}', '{"n": "count", "x": {"of": "n"}, "wilson": {"kind": "interval", "of": "x", "columns": ["lower", "upper"]}}') AS d;

-- The example of 10.3: schools by race, all margins published
CREATE TABLE schools AS
SELECT school, race, n FROM (VALUES ('S1', ARRAY[3, 22, 40, 51, 90]), ('S2', ARRAY[12, 4, 28, 44, 75]), ('S3', ARRAY[25, 31, 19, 38, 66]), ('S4', ARRAY[14, 17, 33, 29, 82])) AS v (school, ns),
	unnest('{AI,Asian,Black,Hispanic,White}'::text[], ns) AS u (race, n);
CREATE VIEW schools_totals AS SELECT school, race, sum(n) AS n FROM schools GROUP BY CUBE (school, race);
INSERT INTO expected VALUES
	('10.3 primary', 'n', 'school S1, race AI', 'exact_linear', '[3,3]', '[3,3]', '[3,3]'), ('10.3 primary', 'n', 'school S2, race Asian', 'exact_linear', '[4,4]', '[4,4]', '[4,4]'),
	('10.3', 'n', 'school S1, race AI', 'protected', '[0,15]', '[0,15]', NULL), ('10.3', 'n', 'school S1, race Asian', 'protected', '[10,25]', '[10,25]', NULL),
	('10.3', 'n', 'school S2, race Asian', 'protected', '[1,16]', '[1,16]', NULL), ('10.3', 'n', 'school S2, race AI', 'protected', '[0,15]', '[0,15]', NULL);
SELECT sum(note('10.3 primary', d)) FROM disclosure_audit('SELECT school, race, CASE WHEN n >= 10 THEN n END AS n FROM schools_totals', '{school, race}', '{"n": "count"}') AS d;
SELECT sum(note('10.3', d)) FROM disclosure_audit($$SELECT school, race, CASE WHEN school IN ('S1', 'S2') AND race IN ('AI', 'Asian') THEN '*' ELSE n::text END AS n FROM schools_totals$$,
	'{school, race}', '{"n": "count"}') AS d;

SELECT count(DISTINCT example) AS examples, count(*) AS numbers FROM expected;
SELECT * FROM differs;

-- The scale generator
CREATE FUNCTION generated(districts integer) RETURNS TABLE (district integer, school integer, race integer, sex integer, n bigint) LANGUAGE sql
BEGIN ATOMIC
	SELECT (s - 1) / 12 + 1, s, r, x, sum(greatest(0, (130 + (s * 6007) % 850) * (ARRAY[12, 40, 210, 240, 6, 420, 72])[r] / 2000 + (s * 37 + r * 11 + x * 5) % 9 - 4))
	FROM generate_series(1, 12 * districts) AS s, generate_series(1, 7) AS r, generate_series(1, 2) AS x
	GROUP BY ROLLUP ((s - 1) / 12 + 1, s), CUBE (r, x);
END;
CREATE TABLE scale AS
SELECT districts, zeros, g.*, n < 10 AND (n > 0 OR zeros = 'hide') AS is_hidden, row_number() OVER () AS number
FROM (VALUES (3, 'show'), (3, 'hide'), (32, 'show'), (32, 'hide'), (321, 'show')) AS v (districts, zeros), generated(districts) AS g;

-- What is seen of it without an audit: which hidden cells each total is of, how many are the only one that is not known in such a line,
-- again and again, and which lines connect
CREATE TABLE hidden AS SELECT number, false AS is_propagated, number AS component FROM scale WHERE is_hidden;
CREATE TABLE line AS
SELECT dense_rank() OVER (ORDER BY districts, zeros, line_of) AS line, number
FROM scale, LATERAL (VALUES (jsonb_build_array('races', district, school, sex)), (jsonb_build_array('sexes', district, school, race)),
	(CASE WHEN district IS NOT NULL THEN jsonb_build_array('schools', district, race, sex) END), (CASE WHEN school IS NULL THEN jsonb_build_array('districts', race, sex) END)) AS l (line_of)
WHERE is_hidden AND line_of IS NOT NULL;
ANALYZE hidden, line;
DO $$
BEGIN
	LOOP
		UPDATE hidden SET is_propagated = true
		FROM (SELECT min(number) AS number FROM line JOIN hidden USING (number) WHERE NOT is_propagated GROUP BY line HAVING count(*) = 1) AS alone
		WHERE hidden.number = alone.number;
		EXIT WHEN NOT FOUND;
	END LOOP;
	LOOP
		UPDATE hidden SET component = least
		FROM (SELECT number, min(least) AS least
			FROM line JOIN (SELECT line, min(component) AS least FROM line JOIN hidden USING (number) GROUP BY line) AS l USING (line) GROUP BY number) AS connected
		WHERE hidden.number = connected.number AND least < component;
		EXIT WHEN NOT FOUND;
	END LOOP;
END $$;

-- The audit of it, and of only some that are hidden
CREATE FUNCTION audit_scale(districts integer, zeros text, hides text) RETURNS SETOF disclosure_audit LANGUAGE sql
RETURN disclosure_audit(format('SELECT district, school, race, sex, CASE WHEN NOT (is_hidden AND %s) THEN n END AS n FROM scale WHERE districts = %s AND zeros = %L', hides, districts, zeros),
	'{district, school, race, sex}', '{"n": "count"}', zeros => zeros, marks => '{"NULL": "primary"}');
CREATE TABLE audited AS
SELECT districts, zeros, d.* FROM (SELECT DISTINCT districts, zeros FROM scale) AS s, audit_scale(districts, zeros, 'true') AS d;
ANALYZE scale, audited;
CREATE TABLE audited_cell AS
SELECT s.*, is_propagated, component, verdict, least_nonneg, most_nonneg
FROM scale AS s LEFT JOIN hidden USING (number)
	LEFT JOIN audited AS d ON d.districts = s.districts AND d.zeros = s.zeros AND members = ARRAY[district, school, race, sex]::text[];
SELECT districts, zeros, cells, students, hidden, finest, propagation, linear, components, largest
FROM (SELECT districts, zeros, count(*) AS cells, max(n) AS students, count(verdict) AS hidden, count(verdict) FILTER (WHERE num_nulls(district, school, race, sex) = 0) AS finest,
		count(*) FILTER (WHERE is_propagated) AS propagation, count(*) FILTER (WHERE verdict = 'exact_linear') AS linear FROM audited_cell GROUP BY districts, zeros) AS a
	JOIN (SELECT districts, zeros, count(*) AS components, max(cells) AS largest
		FROM (SELECT districts, zeros, count(*) AS cells FROM audited_cell WHERE is_hidden GROUP BY districts, zeros, component) AS c GROUP BY districts, zeros) AS c USING (districts, zeros)
ORDER BY districts, zeros DESC;
-- exact at 0 or more as well, and with marks of 1 (or 0) to 9; narrower than 5; widths
SELECT districts, zeros, count(*) FILTER (WHERE verdict IN ('exact_linear', 'exact_nonneg')) AS nonneg,
	count(*) FILTER (WHERE verdict ~ '^exact') AS rule, count(*) FILTER (WHERE most_nonneg - least_nonneg BETWEEN 1 AND 4) AS narrow,
	sum(most_nonneg - least_nonneg) AS width, max(most_nonneg - least_nonneg) AS widest,
	count(*) FILTER (WHERE (least_whole, most_whole) IS DISTINCT FROM (least_nonneg, most_nonneg)) AS not_whole
FROM audited WHERE districts < 100 GROUP BY districts, zeros
ORDER BY districts, zeros DESC;
-- What follows by propagation is exact by algebra, as what it is; and each component audited by itself tells of it what all together do.
SELECT count(*) FROM audited_cell WHERE is_propagated AND (verdict, least_nonneg, most_nonneg) IS DISTINCT FROM ('exact_linear', n, n);
SELECT count(*) FROM audited_cell WHERE (verdict IS NOT NULL) <> is_hidden;
CREATE TABLE alone AS
SELECT districts, zeros, d.*
FROM (SELECT DISTINCT districts, zeros, component FROM audited_cell WHERE districts = 3 AND is_hidden) AS c,
	audit_scale(districts, zeros, format('number IN (SELECT number FROM hidden WHERE component = %s)', component)) AS d;
SELECT count(*) AS cells, count(*) FILTER (WHERE alone IS DISTINCT FROM audited) AS not_the_same FROM alone JOIN audited USING (districts, zeros, members);

--
-- A part of a part: those below y are 10 in A and none in B, so of the 7 of p (55 less 48), and the 3 of q, all are in A; how
-- many of them are below x nobody knows.  A known part or whole is no other case.
--
CREATE TABLE nested (r text, c text, n text, x text, y text);
INSERT INTO nested VALUES (NULL, NULL, '110', '*', '100'), ('A', NULL, '60', '*', '50'), ('B', NULL, '50', '*', '50'), (NULL, 'p', '55', '*', '48'), (NULL, 'q', '55', '*', '52'),
	('A', 'p', '*', '*', '*'), ('A', 'q', '*', '*', '*'), ('B', 'p', '*', '*', '*'), ('B', 'q', '*', '*', '*');
SELECT members, measure, verdict, can_be_small, least_whole, most_whole
FROM disclosure_audit('nested', '{r,c}', '{"n": "count", "x": {"of": "n"}, "y": {"of": "x"}}')
WHERE members = '{A,p}' AND verdict <> 'protected';
UPDATE nested SET y = CASE c WHEN 'p' THEN '25' WHEN 'q' THEN '25' END WHERE r = 'A' AND c IS NOT NULL;
SELECT members, measure, verdict, can_be_small, least_whole, most_whole
FROM disclosure_audit('nested', '{r,c}', '{"n": "count", "x": {"of": "n"}, "y": {"of": "x"}}')
WHERE members = '{A,p}' AND verdict <> 'protected';
UPDATE nested SET n = '32', y = '*' WHERE r = 'A' AND c = 'p';
SELECT members, measure, verdict, can_be_small, least_whole, most_whole
FROM disclosure_audit('nested', '{r,c}', '{"n": "count", "x": {"of": "n"}, "y": {"of": "x"}}')
WHERE members = '{A,p}' AND verdict <> 'protected';
