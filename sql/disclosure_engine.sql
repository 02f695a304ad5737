-- What a system of facts gives away, in words: 'a + 2 b = 11', '2185 <= 20 x < 2231'.
SET search_path = gapstats, gapstats_internal, public;
SET client_min_messages = warning;

CREATE TABLE unknown (system text, name text, is_whole boolean DEFAULT true, lower bigint DEFAULT 0, upper bigint,
	rule_lower bigint, rule_upper bigint, PRIMARY KEY (system, name));
CREATE TABLE fact (number serial, system text, words text);

CREATE VIEW bounded_fact AS
SELECT number, system, m[1]::bigint AS lower, m[2] = '<' AS lower_is_open, m[3] AS form, m[4] AS sign, m[5]::bigint AS upper
FROM fact, regexp_match(words, '^(?:(-?\d+) (<=?) )?(.*?)(?: (<=?|=) (-?\d+))?$') AS m;
CREATE VIEW term AS
SELECT number, system, t[3] AS name,
	CASE t[1] WHEN '-' THEN -1 ELSE 1 END * CASE t[2] WHEN '' THEN 1 ELSE t[2]::bigint END AS coefficient
FROM bounded_fact, regexp_matches(form, '([-+]?) ?(\d*) ?([a-zA-Z][\w.]*)', 'g') AS t;

-- An unknown of which nothing is said but facts is a count.
CREATE FUNCTION know() RETURNS void LANGUAGE sql BEGIN ATOMIC
	INSERT INTO unknown (system, name)
	SELECT DISTINCT system, name FROM term
	ON CONFLICT DO NOTHING;
END;

CREATE FUNCTION audit(which text, width double precision DEFAULT 5, max_nodes integer DEFAULT 1000)
	RETURNS TABLE (name text, verdict text, nonneg_lower numeric, nonneg_upper numeric, whole_lower numeric, whole_upper numeric,
		rule_lower numeric, rule_upper numeric, because text[], multipliers double precision[])
	LANGUAGE sql AS $$
WITH u AS (SELECT *, row_number() OVER (ORDER BY name COLLATE "C") AS place FROM unknown WHERE system = which),
	f AS (SELECT *, row_number() OVER (ORDER BY number) AS place FROM bounded_fact WHERE system = which),
	t AS (SELECT f.place AS fact, u.place AS unknown, coefficient FROM term JOIN f USING (number) JOIN u USING (name)),
	us AS (SELECT array_agg(is_whole ORDER BY place) AS is_whole, array_agg(lower ORDER BY place) AS lower, array_agg(upper ORDER BY place) AS upper,
		array_agg(rule_lower ORDER BY place) AS rule_lower, array_agg(rule_upper ORDER BY place) AS rule_upper FROM u),
	ts AS (SELECT coalesce(array_agg(fact::integer), '{}') AS fact, coalesce(array_agg(unknown::integer), '{}') AS unknown, coalesce(array_agg(coefficient), '{}') AS coefficient FROM t),
	fs AS (SELECT coalesce(array_agg(CASE sign WHEN '=' THEN upper ELSE lower END ORDER BY place), '{}') AS lower, coalesce(array_agg(upper ORDER BY place), '{}') AS upper,
		coalesce(array_agg(lower_is_open IS TRUE ORDER BY place), '{}') AS lower_is_open, coalesce(array_agg(sign IS NOT DISTINCT FROM '<' ORDER BY place), '{}') AS upper_is_open,
		coalesce(array_agg(sign IS NOT DISTINCT FROM '=' ORDER BY place), '{}') AS is_exact FROM f)
SELECT u.name, a.verdict, round(nonneg_lower::numeric, 6), round(nonneg_upper::numeric, 6), whole_lower::numeric, whole_upper::numeric,
	a.rule_lower::numeric, a.rule_upper::numeric,
	(SELECT array_agg(words ORDER BY f.place) FROM f JOIN fact USING (number) WHERE f.place = ANY (a.because)), a.multipliers
FROM us, ts, fs, audit_system(us.is_whole, us.lower, us.upper, us.rule_lower, us.rule_upper, ts.fact, ts.unknown, ts.coefficient,
		fs.lower, fs.upper, fs.lower_is_open, fs.upper_is_open, fs.is_exact, width, max_nodes) AS a
	JOIN u ON u.place = a.unknown
ORDER BY u.place;
$$;

-- The same in short, nothing said twice
CREATE FUNCTION in_short(lower numeric, upper numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$
SELECT '[' || trim_scale(lower) || ',' || trim_scale(upper) || ']' $$;
CREATE FUNCTION short(which text, width double precision DEFAULT 5)
	RETURNS TABLE (name text, verdict text, nonneg text, whole text, rule text) LANGUAGE sql AS $$
SELECT name, verdict, in_short(nonneg_lower, nonneg_upper),
	nullif(in_short(whole_lower, whole_upper), in_short(nonneg_lower, nonneg_upper)),
	nullif(in_short(rule_lower, rule_upper), in_short(whole_lower, whole_upper))
FROM audit(which, width) $$;

-- Facts of published tables: what each line's total leaves for its hidden cells
CREATE TABLE cell (system text, r text, c text, n bigint, hidden boolean DEFAULT false, PRIMARY KEY (system, r, c));
CREATE FUNCTION put_table(which text, rows text[], columns text[], counts bigint[], hide text[]) RETURNS void LANGUAGE sql AS $$
INSERT INTO cell
SELECT which, rows[(i - 1) / cardinality(columns) + 1], columns[(i - 1) % cardinality(columns) + 1], counts[i],
	rows[(i - 1) / cardinality(columns) + 1] || '.' || columns[(i - 1) % cardinality(columns) + 1] = ANY (hide)
FROM generate_subscripts(counts, 1) AS i;
INSERT INTO fact (system, words)
SELECT which, string_agg(r || '.' || c, ' + ' ORDER BY r, c) || ' = ' || sum(n)
FROM cell WHERE system = which AND hidden
GROUP BY GROUPING SETS ((r), (c))
ORDER BY grouping(r), r, c;
SELECT know();
$$;

-- The worked tables of the specification. Their intervals are SciPy's (linprog, milp, HiGHS), the ranks NumPy's.
-- C1: the primary cells only; with complementary ones; what the marks say
SELECT put_table('C1', '{a,b,c}', '{p,q,r,s}', '{14,7,33,26,41,18,19,22,16,5,29,37}', '{a.q,c.q}');
SELECT * FROM short('C1');
SELECT put_table('C1 complementary', '{a,b,c}', '{p,q,r,s}', '{14,7,33,26,41,18,19,22,16,5,29,37}', '{a.p,a.q,c.p,c.q}');
UPDATE unknown SET rule_lower = 1 WHERE system = 'C1 complementary';
SELECT * FROM short('C1 complementary');
UPDATE unknown SET rule_lower = CASE WHEN name ~ 'q' THEN 1 ELSE 10 END, rule_upper = CASE WHEN name ~ 'q' THEN 9 END WHERE system = 'C1 complementary';
SELECT * FROM short('C1 complementary');

-- C2: two or more hidden in every line, yet one is linear: rows 1 to 3 minus columns 1 to 3
SELECT put_table('C2', '{r1,r2,r3,r4,r5}', '{c1,c2,c3,c4,c5}', '{4,6,21,17,30,25,8,5,19,28,7,31,9,2,24,18,27,36,8,6,23,35,16,6,9}',
	'{r1.c1,r1.c2,r2.c2,r2.c3,r3.c1,r3.c3,r3.c4,r4.c4,r4.c5,r5.c4,r5.c5}');
UPDATE unknown SET rule_lower = 1, rule_upper = 9 WHERE system = 'C2';
SELECT * FROM short('C2');
SELECT name, because, multipliers FROM audit('C2') WHERE verdict = 'exact_linear';

-- C3: a hierarchy
INSERT INTO fact (system, words) VALUES
	('C3 a', 'S1.g1 = 6'), ('C3 a', 'S3.g2 = 8'), ('C3 a', 'S4.g1 = 5'),
	('C3 b', 'S1.g1 + S1.g2 = 40'), ('C3 b', 'S3.g1 + S3.g2 = 35'), ('C3 b', 'S4.g1 + S4.g2 = 34'), ('C3 b', 'S5.g1 + S5.g2 = 54'),
	('C3 b', 'S1.g1 + S3.g1 = 33'), ('C3 b', 'S1.g2 + S3.g2 = 42'), ('C3 b', 'S4.g1 + S5.g1 = 18'), ('C3 b', 'S4.g2 + S5.g2 = 70'),
	('C3 c', 'S1.g1 + S1.g2 = 40'), ('C3 c', 'S3.g1 + S3.g2 = 35'), ('C3 c', 'S4.g1 + S4.g3 = 99'), ('C3 c', 'S5.g1 + S5.g3 = 73'),
	('C3 c', 'S4.g1 + S5.g1 = 18'), ('C3 c', 'S4.g3 + S5.g3 = 154'), ('C3 c', 'D1.g1 + D1.g2 = 112'),
	('C3 c', 'D1.g1 - S1.g1 - S3.g1 = 15'), ('C3 c', 'D1.g2 - S1.g2 - S3.g2 = 22'), ('C3 c', 'D1.g1 = 48'), ('C3 c', 'D1.g2 = 64'),
	('C3 d', 'S1.g1 + S1.g2 = 40'), ('C3 d', 'S3.g1 + S3.g2 = 35'), ('C3 d', 'S4.g1 + S4.g2 = 34'), ('C3 d', 'S5.g1 + S5.g2 = 54'),
	('C3 d', 'D1.g1 - S1.g1 - S3.g1 = 15'), ('C3 d', 'D1.g2 - S1.g2 - S3.g2 = 22'),
	('C3 d', 'D2.g1 - S4.g1 - S5.g1 = 19'), ('C3 d', 'D2.g2 - S4.g2 - S5.g2 = 37'),
	('C3 d', 'D1.g1 + D1.g2 = 112'), ('C3 d', 'D2.g1 + D2.g2 = 144'), ('C3 d', 'D1.g1 + D2.g1 = 85'), ('C3 d', 'D1.g2 + D2.g2 = 171');
SELECT know();
SELECT * FROM short('C3 a');
SELECT * FROM short('C3 b');
SELECT * FROM short('C3 c');
SELECT * FROM short('C3 d');

-- C4: three tables, safe in pairs
INSERT INTO fact (system, words)
SELECT system, words
FROM (VALUES (1, 'a + b = 11'), (1, 'c + e + f = 17'), (2, 'b + c = 10'), (2, 'a + e + f = 18'), (3, 'a + c = 7'), (3, 'b + e + f = 21')) AS t (number, words),
	(VALUES ('C4 12', '{1,2}'::integer[]), ('C4 13', '{1,3}'), ('C4 23', '{2,3}'), ('C4 123', '{1,2,3}')) AS s (system, numbers)
WHERE number = ANY (numbers);
SELECT know();
SELECT * FROM short('C4 12');
SELECT * FROM short('C4 13');
SELECT * FROM short('C4 23');
SELECT * FROM short('C4 123');

-- C5: zeros hidden, row totals only, and columns too; zeros shown
INSERT INTO fact (system, words) VALUES ('C5 rows', 'A.x + A.y = 0'), ('C5 rows', 'B.x + B.y = 7'), ('C5 rows', 'C.x + C.y = 3');
SELECT know();
SELECT * FROM short('C5 rows');
SELECT put_table('C5', '{A,B,C}', '{w,x,y,z}', '{31,0,0,14,12,7,0,25,44,3,0,10}', '{A.x,A.y,B.x,B.y,C.x,C.y}');
SELECT * FROM short('C5');
SELECT name, because FROM audit('C5');
SELECT put_table('C5 shown', '{A,B,C}', '{w,x,y,z}', '{31,0,0,14,12,7,0,25,44,3,0,10}', '{B.x,C.x}');
SELECT * FROM short('C5 shown');

-- C6: percents with their n, half up: n (p - h) / 100 <= x < n (p + h) / 100
CREATE FUNCTION percent(name text, n bigint, p numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$
SELECT format('%s <= %s %s < %s', n * (2 * p * 10 ^ scale(p) - 1)::bigint, (200 * 10 ^ scale(p))::bigint, name, n * (2 * p * 10 ^ scale(p) + 1)::bigint) $$;
INSERT INTO fact (system, words)
SELECT 'C6', percent(format('p%s.n%s', to_char(p * 10, 'FM000'), n), n, p)
FROM (VALUES (23, 48), (23, 47), (9, 22), (64, 98), (64, 2), (150, 33), (320, 44), (320, 44.1), (450, 1), (900, 0), (3000, 44.1)) AS v (n, p);
SELECT know();
SELECT * FROM short('C6');
SELECT name, because FROM audit('C6') WHERE verdict = 'inconsistent';

-- levels of n = 260, alone and jointly
INSERT INTO fact (system, words)
SELECT 'C6 alone', percent(name, 260, p) FROM (VALUES ('l1', 12), ('l2', 1), ('l3', 7), ('l4', 81)) AS v (name, p)
UNION ALL SELECT 'C6 levels', percent(name, 260, p) FROM (VALUES ('l1', 12), ('l2', 1), ('l3', 7), ('l4', 81)) AS v (name, p)
UNION ALL VALUES ('C6 levels', 'l1 + l2 + l3 + l4 = 260');
SELECT know();
SELECT name, verdict, whole FROM short('C6 alone');
SELECT * FROM short('C6 levels');

-- a reporting range: at most 10 % of 40 girls
INSERT INTO fact (system, words) VALUES ('C6 range', percent('girls + 200 boys', 75, 28)), ('C6 range', '200 girls < 840');
SELECT know();
SELECT * FROM short('C6 range');

-- C7: only whole numbers see it
INSERT INTO fact (system, words)
SELECT 'C7 103', format('%s <= %s < %s', n * (2 * p - 1), form, n * (2 * p + 1))
FROM (VALUES (103, 43, '200 a + 200 b + 200 c'), (64, 33, '200 a'), (33, 58, '200 b')) AS v (n, p, form)
UNION ALL
SELECT 'C7 114', format('%s <= %s < %s', n * (2 * p - 1), form, n * (2 * p + 1))
FROM (VALUES (114, 45, '200 a + 200 b + 200 c'), (68, 49, '200 a'), (37, 41, '200 b')) AS v (n, p, form)
UNION ALL VALUES ('C7 counts', 'a + b + c + d = 17'), ('C7 counts', 'a + b + s1 = 7'), ('C7 counts', 'b + c + s2 = 7'), ('C7 counts', 'a + c + s3 = 7');
SELECT know();
UPDATE unknown SET upper = CASE system WHEN 'C7 103' THEN 6 ELSE 9 END WHERE system IN ('C7 103', 'C7 114') AND name = 'c';
SELECT * FROM short('C7 103') WHERE name = 'c';
SELECT * FROM short('C7 114') WHERE name = 'c';
SELECT * FROM short('C7 counts') WHERE name = 'd';
SELECT name, because FROM audit('C7 103') WHERE name = 'c';

-- C8: releases. A mean before and after one child left, scores real and whole
INSERT INTO fact (system, words)
SELECT system, words
FROM (VALUES ('C8 real'), ('C8 whole')) AS s (system),
	(VALUES ('94853 <= 20 before < 94875'), ('85770 <= 20 after < 85790'), ('before - after - left = 0')) AS v (words)
UNION ALL
SELECT system, words
FROM (VALUES ('C8 one decimal', 10), ('C8 two decimals', 100)) AS s (system, one),
	LATERAL (VALUES (format('%s <= %s all < %s', 50 * (2 * 472 * one - 1), 2 * one, 50 * (2 * 472 * one + 1))),
		(format('%s <= %s a < %s', 44 * (2 * 474 * one - 1), 2 * one, 44 * (2 * 474 * one + 1))), ('all - a - b = 0')) AS v (words)
UNION ALL VALUES ('C8 cumulative', 'x + y = 20'), ('C8 cumulative', 'x <= 13'), ('C8 cumulative', 'y <= 12');
SELECT know();
UPDATE unknown SET is_whole = false WHERE system = 'C8 real';
SELECT * FROM short('C8 real');
SELECT * FROM short('C8 whole');
SELECT * FROM short('C8 one decimal') WHERE name = 'b';
SELECT nonneg_lower / 6 AS mean_lower, nonneg_upper / 6 AS mean_upper FROM audit('C8 one decimal') WHERE name = 'b';
SELECT * FROM short('C8 two decimals') WHERE name = 'b';
SELECT * FROM short('C8 cumulative');

-- C9: what the marks say
INSERT INTO fact (system, words) VALUES
	('C9 <5 8', 'a + b = 8'), ('C9 <5 7', 'a + b = 7'), ('C9 <10 16', 'a + b = 16'), ('C9 <10 13', 'a + b = 13'), ('C9 <10 5', 'a + b = 5'),
	('C9 <10 27', 'a + b + c = 27'), ('C9 <10 4', 'a + b + c = 4'), ('C9 two marks', 'a + b = 14'), ('C9 one mark', 'a + b = 14'),
	('C9 outsider', 'a + b = 7'), ('C9 insider', 'a + b = 7'), ('C9 insider', 'a = 1'),
	('C9 ratio', '6980 <= 1000 x <= 7020'), ('C9 ratio', '9625 <= 1000 y <= 10175');
SELECT know();
UPDATE unknown SET rule_lower = 1, rule_upper = CASE WHEN system ~ '<5' THEN 4 ELSE 9 END WHERE system ~ '^C9 <';
UPDATE unknown SET rule_lower = CASE name WHEN 'a' THEN 1 ELSE 10 END, rule_upper = CASE name WHEN 'a' THEN 9 END WHERE system = 'C9 two marks';
UPDATE unknown SET rule_lower = 1 WHERE system = 'C9 one mark';
SELECT system, s.* FROM (SELECT DISTINCT system FROM fact WHERE system ~ '^C9') AS u, short(system) AS s ORDER BY system COLLATE "C", name;
