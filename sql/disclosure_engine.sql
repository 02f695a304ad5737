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
	LANGUAGE sql STABLE AS $$
WITH u AS (SELECT *, row_number() OVER (ORDER BY name COLLATE "C") AS place FROM unknown WHERE system = which),
	f AS (SELECT *, row_number() OVER (ORDER BY number) AS place FROM bounded_fact WHERE system = which),
	t AS (SELECT f.place AS fact, u.place AS unknown, coefficient FROM term JOIN f USING (number) JOIN u USING (name)),
	us AS (SELECT array_agg(is_whole ORDER BY place) AS is_whole, array_agg(lower ORDER BY place) AS lower, array_agg(upper ORDER BY place) AS upper,
		array_agg(rule_lower ORDER BY place) AS rule_lower, array_agg(rule_upper ORDER BY place) AS rule_upper FROM u),
	ts AS (SELECT coalesce(array_agg(fact::integer), '{}') AS fact, coalesce(array_agg(unknown::integer), '{}') AS unknown, coalesce(array_agg(coefficient), '{}') AS coefficient FROM t),
	fs AS (SELECT coalesce(array_agg(CASE sign WHEN '=' THEN upper ELSE lower END ORDER BY place), '{}') AS lower, coalesce(array_agg(upper ORDER BY place), '{}') AS upper,
		coalesce(array_agg(lower_is_open IS TRUE ORDER BY place), '{}') AS lower_is_open, coalesce(array_agg(sign IS NOT DISTINCT FROM '<' ORDER BY place), '{}') AS upper_is_open,
		coalesce(array_agg(sign IS NOT DISTINCT FROM '=' ORDER BY place), '{}') AS is_exact FROM f)
SELECT u.name, a.verdict, trim_scale(round(nonneg_lower::numeric, 12)), trim_scale(round(nonneg_upper::numeric, 12)),
	trim_scale(round(whole_lower::numeric, 12)), trim_scale(round(whole_upper::numeric, 12)),
	trim_scale(round(a.rule_lower::numeric, 12)), trim_scale(round(a.rule_upper::numeric, 12)),
	(SELECT array_agg(words ORDER BY f.place) FROM f JOIN fact USING (number) WHERE f.place = ANY (a.because)), a.multipliers
FROM us, ts, fs, audit_system(us.is_whole, us.lower, us.upper, us.rule_lower, us.rule_upper, ts.fact, ts.unknown, ts.coefficient,
		fs.lower, fs.upper, fs.lower_is_open, fs.upper_is_open, fs.is_exact, width, max_nodes) AS a
	JOIN u ON u.place = a.unknown
ORDER BY u.place;
$$;

-- The same in short, nothing said twice
CREATE FUNCTION in_short(lower numeric, upper numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$
SELECT '[' || lower || ',' || upper || ']' $$;
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

-- Random systems; test/reference/disclosure_engine.py says from where these intervals are.
CREATE TABLE reference (system text, facts text[], names text[], upper bigint[], rule_lower bigint[], rule_upper bigint[],
	nonneg_lower numeric[], nonneg_upper numeric[], whole_lower numeric[], whole_upper numeric[], least numeric[], most numeric[]);
INSERT INTO reference VALUES
	('r01', '{"b = 7","a + b = 12"}', '{a,b}', '{NULL,13}', '{1,1}', '{9,9}', '{5.0,7.0}', '{5.0,7.0}', '{5,7}', '{5,7}', '{5,7}', '{5,7}'),
	('r02', '{"-1925 <= - 400 a + 600 b < -1155","2743 <= 1000 b < 3165","-6027 <= - 600 a - 200 b < -5733"}', '{a,b}', '{NULL,9}', '{0,0}', '{9,9}', '{8.5,2.743}', '{9.093636,3.165}', '{9,3}', '{9,3}', '{9,3}', '{9,3}'),
	('r03', '{"49 <= 3 d + 5 e <= 55","-31 <= 2 a - 2 c - 3 e <= -26","3 <= - d + 3 e <= 9","-4 <= b - e <= -1","48 <= 5 b + 3 d + 2 e <= 54","-18 <= 5 a - 3 c <= -12"}', '{a,b,c,d,e}', '{6,6,NULL,NULL,NULL}', '{0,NULL,0,0,1}', '{9,NULL,9,9,9}', '{0.0,1.342857,4.214286,7.285714,4.142857}', '{6.0,4.257143,15.285714,10.714286,5.857143}', '{0,2,6,8,5}', '{6,4,14,10,5}', '{0,3,6,8,5}', '{3,4,9,9,5}'),
	('r04', '{"b - 2 c - 3 d = -34","a + b + c = 21","- c = -9","a + 3 c + 5 e = 59","- 3 a = -21","3 b - c = 6","e = 5"}', '{a,b,c,d,e}', '{10,NULL,14,NULL,5}', '{0,1,0,1,NULL}', '{9,9,9,NULL,NULL}', '{7.0,5.0,9.0,7.0,5.0}', '{7.0,5.0,9.0,7.0,5.0}', '{7,5,9,7,5}', '{7,5,9,7,5}', '{7,5,9,7,5}', '{7,5,9,7,5}'),
	('r05', '{"a = 0","a = 0","b + c = 5","a + b + c = 4"}', '{a,b,c}', '{NULL,5,NULL}', '{1,NULL,1}', '{9,NULL,9}', '{NULL,NULL,NULL}', '{NULL,NULL,NULL}', '{NULL,NULL,NULL}', '{NULL,NULL,NULL}', '{NULL,NULL,NULL}', '{NULL,NULL,NULL}'),
	('r06', '{"2009 <= 200 a + 1000 d < 2583","-4046 <= 200 b - 600 c < -3570","3402 <= 600 a < 4158","9940 <= 200 a + 1000 b + 1000 e < 10508","295 <= - 200 c + 200 e < 885"}', '{a,b,c,d,e}', '{NULL,1,12,7,NULL}', '{1,NULL,1,NULL,0}', '{9,NULL,NULL,NULL,9}', '{5.67,0.0,5.95,0.623,7.70725}', '{6.93,1.0,7.03225,1.449,9.374}', '{6,0,6,1,9}', '{6,0,6,1,9}', '{6,0,6,1,9}', '{6,0,6,1,9}'),
	('r07', '{"5 <= a <= 9","- a + b = 3","6 <= 2 a <= 12"}', '{a,b}', '{NULL,NULL}', '{NULL,0}', '{NULL,9}', '{5.0,8.0}', '{6.0,9.0}', '{5,8}', '{6,9}', '{5,8}', '{6,9}'),
	('r08', '{"- a + b = -9"}', '{a,b}', '{15,NULL}', '{NULL,1}', '{NULL,9}', '{9.0,0.0}', '{15.0,6.0}', '{9,0}', '{15,6}', '{10,1}', '{15,6}'),
	('r09', '{"a + b = 7","b = 1","a + b = 7","b = 1"}', '{a,b}', '{NULL,7}', '{NULL,1}', '{NULL,9}', '{6.0,1.0}', '{6.0,1.0}', '{6,1}', '{6,1}', '{6,1}', '{6,1}'),
	('r10', '{"-211 <= - 200 a + 600 b < 211","-729 <= - 200 a + 200 c < -243","1969 <= 1000 b - 400 c + 200 d < 2327","1895 <= 200 a + 400 d < 2653"}', '{a,b,c,d}', '{9,NULL,3,NULL}', '{1,1,1,1}', '{9,NULL,9,NULL}', '{1.246429,0.767143,0.0,2.373}', '{6.645,2.566667,3.0,6.009286}', '{2,1,0,4}', '{5,2,2,5}', '{5,2,2,4}', '{5,2,2,4}'),
	('r11', '{"17 <= a + 5 b <= 19","2 a + 3 b = 20","-17 <= - 3 a + 3 b <= -13"}', '{a,b}', '{NULL,7}', '{NULL,0}', '{NULL,9}', '{6.6,2.0}', '{7.0,2.266667}', '{7,2}', '{7,2}', '{7,2}', '{7,2}'),
	('r12', '{"a = 7","2 a = 14","- 3 a + 5 b = -16"}', '{a,b}', '{10,NULL}', '{1,1}', '{9,NULL}', '{7.0,1.0}', '{7.0,1.0}', '{7,1}', '{7,1}', '{7,1}', '{7,1}'),
	('r13', '{"a + c + d = 14","c + e = 10","a + c + e = 15","a + b = 13","a = 6","c + d + e = 12"}', '{a,b,c,d,e}', '{9,NULL,NULL,8,7}', '{0,1,1,1,NULL}', '{9,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}'),
	('r14', '{"-915 <= - 400 a + 200 b < -305","3325 <= 200 a + 1000 c < 3675","-1805 <= - 200 b - 200 e < -1083","5343 <= 1000 a + 200 b + 400 e < 5617","-8378 <= - 400 c - 200 d - 600 e < -8094","2873 <= 400 d < 3315","-1360 <= 600 b + 200 c - 200 e < -816"}', '{a,b,c,d,e}', '{7,3,NULL,10,10}', '{1,1,1,NULL,1}', '{NULL,NULL,NULL,NULL,9}', '{1.733,0.0,2.904873,7.1825,8.525083}', '{2.189241,0.434773,3.3284,8.2875,9.025}', '{2,0,3,8,9}', '{2,0,3,8,9}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}'),
	('r15', '{"-22 <= - 3 a <= -17","5 a - b = 29"}', '{a,b}', '{10,7}', '{0,NULL}', '{9,NULL}', '{5.8,0.0}', '{7.2,7.0}', '{6,1}', '{7,6}', '{6,1}', '{7,6}'),
	('r16', '{"a - 2 c = -5","2 a + 2 b + c = 11","c = 3","3 c = 10"}', '{a,b,c}', '{NULL,NULL,8}', '{1,1,0}', '{NULL,9,9}', '{NULL,NULL,NULL}', '{NULL,NULL,NULL}', '{NULL,NULL,NULL}', '{NULL,NULL,NULL}', '{NULL,NULL,NULL}', '{NULL,NULL,NULL}'),
	('r17', '{"b + c = 8","c = 5","a + b + c = 12","b = 3"}', '{a,b,c}', '{NULL,4,5}', '{1,NULL,NULL}', '{NULL,NULL,NULL}', '{4.0,3.0,5.0}', '{4.0,3.0,5.0}', '{4,3,5}', '{4,3,5}', '{4,3,5}', '{4,3,5}'),
	('r18', '{"220 <= 200 a < 660","-1494 <= - 400 a - 200 b < -1162","534 <= 400 a - 600 b < 890","-1041 <= - 400 a + 200 b < -347"}', '{a,b}', '{4,NULL}', '{0,1}', '{9,NULL}', '{2.5125,0.34}', '{3.16875,1.2}', '{3,1}', '{3,1}', '{3,1}', '{3,1}'),
	('r19', '{"16 <= a + 5 b <= 19","2 a = 12","-15 <= - 2 a <= -10","-22 <= - 3 a - b <= -19"}', '{a,b}', '{NULL,4}', '{NULL,1}', '{NULL,NULL}', '{6.0,2.0}', '{6.0,2.6}', '{6,2}', '{6,2}', '{6,2}', '{6,2}'),
	('r20', '{"5 c = 45","a + 2 b + 3 c = 33","5 b - c = 1","3 b - 2 c = -12","- 2 b + 2 c = 14"}', '{a,b,c}', '{4,NULL,NULL}', '{1,0,NULL}', '{9,9,NULL}', '{2.0,2.0,9.0}', '{2.0,2.0,9.0}', '{2,2,9}', '{2,2,9}', '{2,2,9}', '{2,2,9}'),
	('r21', '{"a + b = 13"}', '{a,b}', '{NULL,7}', '{1,0}', '{NULL,9}', '{6.0,0.0}', '{13.0,7.0}', '{6,0}', '{13,7}', '{6,0}', '{13,7}'),
	('r22', '{"3186 <= 600 b + 200 c < 3894","-1089 <= 200 a + 200 b - 600 d < -363","3667 <= - 600 a + 1000 c < 4053"}', '{a,b,c,d}', '{7,9,NULL,9}', '{1,NULL,1,1}', '{NULL,NULL,NULL,NULL}', '{0.0,2.559,3.667,1.924667}', '{7.0,5.267667,8.253,5.437556}', '{0,3,4,2}', '{7,5,8,5}', '{2,3,5,3}', '{7,4,8,5}'),
	('r23', '{"-2 <= b - c + d <= 1","-16 <= - 2 a + 2 c - 3 e <= -13","-21 <= - 3 d <= -17","-28 <= - 2 d - 3 e <= -23","-15 <= - a - 2 b <= -9","-32 <= - 3 a - 3 b <= -28"}', '{a,b,c,d,e}', '{13,NULL,NULL,NULL,5}', '{1,0,1,NULL,1}', '{9,9,9,NULL,9}', '{6.5,0.0,5.916667,5.666667,3.0}', '{10.666667,3.5,10.083333,7.0,5.0}', '{7,0,7,6,3}', '{10,3,9,7,5}', '{7,1,7,6,3}', '{9,3,9,7,5}'),
	('r24', '{"- 2 b + c = -9","- 2 b = -18","- a - 2 b - c = -32","2 b + c = 27","2 a + b = 19"}', '{a,b,c}', '{NULL,13,12}', '{0,0,1}', '{9,9,9}', '{5.0,9.0,9.0}', '{5.0,9.0,9.0}', '{5,9,9}', '{5,9,9}', '{5,9,9}', '{5,9,9}'),
	('r25', '{"a + b + d = 17","c + d = 9","a + b + c = 10"}', '{a,b,c,d}', '{1,10,5,NULL}', '{1,1,0,NULL}', '{NULL,9,9,NULL}', '{0.0,8.0,1.0,8.0}', '{1.0,9.0,1.0,8.0}', '{0,8,1,8}', '{1,9,1,8}', '{1,8,1,8}', '{1,8,1,8}'),
	('r26', '{"-1043 <= - 200 a - 400 b < -745"}', '{a,b}', '{6,4}', '{1,1}', '{9,9}', '{0.0,0.0}', '{5.215,2.6075}', '{0,0}', '{5,2}', '{1,1}', '{3,2}'),
	('r27', '{"2 b = 14","-29 <= - 2 a - 3 b <= -27","4 <= a <= 8","- 2 a = -8"}', '{a,b}', '{NULL,11}', '{1,0}', '{9,9}', '{4.0,7.0}', '{4.0,7.0}', '{4,7}', '{4,7}', '{4,7}', '{4,7}'),
	('r28', '{"5 a + b + 5 c = 22","- 3 b + 5 c = 10","- a + 3 c = 8","b + c = 5","- 3 a - b = -5"}', '{a,b,c}', '{5,NULL,NULL}', '{0,1,NULL}', '{9,9,NULL}', '{NULL,NULL,NULL}', '{NULL,NULL,NULL}', '{NULL,NULL,NULL}', '{NULL,NULL,NULL}', '{NULL,NULL,NULL}', '{NULL,NULL,NULL}'),
	('r29', '{"a + b + c = 21","d = 3","b + c + d = 16","b + c = 13"}', '{a,b,c,d}', '{NULL,NULL,14,NULL}', '{NULL,0,0,NULL}', '{NULL,9,9,NULL}', '{8.0,0.0,0.0,3.0}', '{8.0,13.0,13.0,3.0}', '{8,0,0,3}', '{8,13,13,3}', '{8,4,4,3}', '{8,9,9,3}'),
	('r30', '{"-5135 <= - 400 a - 400 b < -4345","-3629 <= - 200 a - 400 b < -3247"}', '{a,b}', '{8,9}', '{1,1}', '{9,9}', '{3.58,4.1175}', '{8.0,7.2825}', '{4,5}', '{7,7}', '{4,5}', '{7,7}'),
	('r31', '{"0 <= c + 2 d <= 5","- a + b + c = -2"}', '{a,b,c,d}', '{NULL,3,NULL,NULL}', '{1,0,0,0}', '{NULL,9,9,9}', '{2.0,0.0,0.0,0.0}', '{10.0,3.0,5.0,2.5}', '{2,0,0,0}', '{10,3,5,2}', '{2,0,0,0}', '{10,3,5,2}'),
	('r32', '{"- 2 a + 3 d + 5 e = 48","d = 4","5 b + 2 e = 63","- c + 2 d + 5 e = 47"}', '{a,b,c,d,e}', '{NULL,NULL,NULL,NULL,10}', '{NULL,NULL,1,0,NULL}', '{NULL,NULL,9,9,NULL}', '{1.5,8.6,0.0,4.0,7.8}', '{7.0,9.48,11.0,4.0,10.0}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}'),
	('r33', '{"a + b + c = 14","a + c = 11"}', '{a,b,c}', '{2,NULL,NULL}', '{1,0,0}', '{9,9,9}', '{0.0,3.0,9.0}', '{2.0,3.0,11.0}', '{0,3,9}', '{2,3,11}', '{2,3,9}', '{2,3,9}'),
	('r34', '{"13908 <= 400 a + 400 b + 1000 c < 14364","-3990 <= - 400 b < -3458"}', '{a,b,c}', '{NULL,NULL,8}', '{1,1,NULL}', '{9,9,NULL}', '{4.795,8.645,0.0}', '{27.265,9.975,8.0}', '{6,9,0}', '{26,9,8}', '{6,9,7}', '{9,9,8}'),
	('r35', '{"35 <= 5 a + 2 b <= 39","31 <= 5 a + b <= 34"}', '{a,b}', '{NULL,NULL}', '{1,1}', '{NULL,9}', '{4.6,1.0}', '{6.6,8.0}', '{5,3}', '{6,7}', '{5,3}', '{6,7}'),
	('r36', '{"a + 5 b + 3 e = 28","3 a + 5 e = 27","3 b - 3 c - 3 d = -6","e = 3","- 3 d = -6","2 a + d + e = 13","- b = -3"}', '{a,b,c,d,e}', '{5,7,3,NULL,NULL}', '{NULL,NULL,0,NULL,1}', '{NULL,NULL,9,NULL,9}', '{4.0,3.0,3.0,2.0,3.0}', '{4.0,3.0,3.0,2.0,3.0}', '{4,3,3,2,3}', '{4,3,3,2,3}', '{4,3,3,2,3}', '{4,3,3,2,3}'),
	('r37', '{"a = 7","b = 8","b = 8","b = 8","a + b + c = 17"}', '{a,b,c}', '{NULL,NULL,NULL}', '{0,1,1}', '{9,9,9}', '{7.0,8.0,2.0}', '{7.0,8.0,2.0}', '{7,8,2}', '{7,8,2}', '{7,8,2}', '{7,8,2}'),
	('r38', '{"-1596 <= - 200 a < -1140","4200 <= 200 a + 400 b + 600 c < 4536","4066 <= 600 a < 4494","959 <= 200 b + 200 c < 1233","372 <= 400 a - 600 b < 1116"}', '{a,b,c}', '{8,NULL,5}', '{1,NULL,1}', '{9,NULL,9}', '{6.776667,2.657778,1.587778}', '{7.49,4.373333,3.507222}', '{7,3,2}', '{7,4,3}', '{7,3,2}', '{7,4,3}'),
	('r39', '{"a + 5 c + d = 51","-18 <= a - 3 b + e <= -14","5 b + c + 2 d = 68","3 a + 2 b - 3 c = 21","5 <= 2 d - 3 e <= 9","-8 <= - 2 e <= -5","2 a + 5 e = 31"}', '{a,b,c,d,e}', '{NULL,NULL,8,9,4}', '{NULL,0,1,1,NULL}', '{NULL,9,NULL,NULL,NULL}', '{7.968017,8.648188,6.797441,7.01919,2.987207}', '{8.031983,9.351812,7.202559,8.98081,3.012793}', '{8,9,7,8,3}', '{8,9,7,8,3}', '{8,9,7,8,3}', '{8,9,7,8,3}'),
	('r40', '{"3 b + 5 c = 14","- a + 3 b + 5 d = 51","- b + 5 c + d = 11","5 c = 5","- 3 c = -3"}', '{a,b,c,d}', '{9,NULL,NULL,13}', '{0,NULL,0,1}', '{9,NULL,9,NULL}', '{3.0,3.0,1.0,9.0}', '{3.0,3.0,1.0,9.0}', '{3,3,1,9}', '{3,3,1,9}', '{3,3,1,9}', '{3,3,1,9}'),
	('r41', '{"c = 7","b + d + e = 20","d + e = 11","e = 2","a + e = 5","c + d + e = 18"}', '{a,b,c,d,e}', '{NULL,10,13,11,3}', '{NULL,0,0,NULL,1}', '{NULL,9,9,NULL,NULL}', '{3.0,9.0,7.0,9.0,2.0}', '{3.0,9.0,7.0,9.0,2.0}', '{3,9,7,9,2}', '{3,9,7,9,2}', '{3,9,7,9,2}', '{3,9,7,9,2}'),
	('r42', '{"3848 <= 1000 a + 400 b - 400 c < 4440","1065 <= 200 b < 1491","777 <= 200 b < 1295"}', '{a,b,c}', '{3,9,NULL}', '{NULL,NULL,1}', '{NULL,NULL,9}', '{1.258,5.325,0.0}', '{3.0,6.475,4.355}', '{2,6,0}', '{3,6,3}', '{2,6,1}', '{3,6,3}'),
	('r43', '{"1 <= - 2 a + b - c <= 5"}', '{a,b,c}', '{NULL,7,NULL}', '{1,1,NULL}', '{NULL,9,NULL}', '{0.0,1.0,0.0}', '{3.0,7.0,6.0}', '{0,1,0}', '{3,7,6}', '{1,3,0}', '{3,7,4}'),
	('r44', '{"3 a + 3 b = 15","- 2 b = -8","3 a + b = 7","2 a = 2"}', '{a,b}', '{3,NULL}', '{0,1}', '{9,NULL}', '{1.0,4.0}', '{1.0,4.0}', '{1,4}', '{1,4}', '{1,4}', '{1,4}'),
	('r45', '{"a + b = 9","a + b = 9","a + b = 9"}', '{a,b}', '{NULL,5}', '{1,1}', '{NULL,9}', '{4.0,0.0}', '{9.0,5.0}', '{4,0}', '{9,5}', '{4,1}', '{8,5}'),
	('r46', '{"9375 <= 1000 b + 200 c + 200 d < 10125","1060 <= 200 a + 200 c + 200 d < 1484","2925 <= 400 a + 400 b + 1000 d < 3375","1449 <= 200 b < 1863"}', '{a,b,c,d}', '{5,14,8,NULL}', '{0,1,0,1}', '{9,NULL,9,NULL}', '{0.0,7.891,5.197917,0.0}', '{0.455417,8.4375,7.42,0.2186}', '{0,8,7,0}', '{0,8,7,0}', '{NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL}'),
	('r47', '{"41 <= 5 a <= 48","-18 <= - 3 b <= -16","0 <= a - b <= 4","- 2 b = -12"}', '{a,b}', '{NULL,NULL}', '{1,1}', '{NULL,NULL}', '{8.2,6.0}', '{9.6,6.0}', '{9,6}', '{9,6}', '{9,6}', '{9,6}'),
	('r48', '{"5 a + c + 3 e = 8","a + 2 d + e = 15","b - 2 d = -6","5 a - 2 c - 2 e = -12","- 2 d + 3 e = -11","2 d = 14"}', '{a,b,c,d,e}', '{NULL,8,NULL,NULL,NULL}', '{0,1,1,1,1}', '{9,NULL,9,NULL,9}', '{0.0,8.0,5.0,7.0,1.0}', '{0.0,8.0,5.0,7.0,1.0}', '{0,8,5,7,1}', '{0,8,5,7,1}', '{0,8,5,7,1}', '{0,8,5,7,1}'),
	('r49', '{"a + c = 13","a + b + c = 19","b = 6"}', '{a,b,c}', '{5,9,NULL}', '{NULL,0,0}', '{NULL,9,9}', '{0.0,6.0,8.0}', '{5.0,6.0,13.0}', '{0,6,8}', '{5,6,13}', '{4,6,8}', '{5,6,9}'),
	('r50', '{"-2346 <= 1000 a + 400 b - 600 c < -2070","7980 <= 200 a + 1000 b < 8260"}', '{a,b,c}', '{2,9,NULL}', '{0,NULL,1}', '{9,NULL,NULL}', '{0.0,7.58,8.77}', '{2.0,8.26,12.483333}', '{0,8,9}', '{0,8,9}', '{0,8,9}', '{0,8,9}'),
	('r51', '{"2 a - b + 2 e = 15","b = 2","-14 <= - 3 a + 2 c + 2 e <= -8","-19 <= - 2 a - 2 b <= -13","7 <= 2 c + 3 d + e <= 9","c = 2","7 <= b + 5 c + d <= 11"}', '{a,b,c,d,e}', '{8,2,NULL,NULL,NULL}', '{1,0,0,NULL,1}', '{NULL,9,9,NULL,9}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}'),
	('r52', '{"2 a - b = 4","5 b = 20","- a + 2 b = 4"}', '{a,b}', '{NULL,NULL}', '{NULL,NULL}', '{NULL,NULL}', '{4.0,4.0}', '{4.0,4.0}', '{4,4}', '{4,4}', '{4,4}', '{4,4}'),
	('r53', '{"d + e = 14","a + c = 5","b + d + e = 13","a + c = 5","a + b + c = 5","a + b = 2","b + d = 8"}', '{a,b,c,d,e}', '{8,4,NULL,12,NULL}', '{NULL,1,1,1,1}', '{NULL,NULL,9,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL}'),
	('r54', '{"300 <= 600 a < 900","4579 <= 600 a + 600 c < 5061","2853 <= 400 a + 400 c < 3487","-1880 <= 1000 b - 200 c < -1128","7130 <= 600 a - 400 b + 1000 c < 7750"}', '{a,b,c}', '{6,NULL,12}', '{NULL,0,1}', '{NULL,9,9}', '{0.5,0.0,6.23}', '{1.5,0.393478,7.607391}', '{1,0,7}', '{1,0,7}', '{1,0,7}', '{1,0,7}'),
	('r55', '{"-25 <= - 3 c <= -22","-28 <= - 3 a + 2 b - c <= -23","-22 <= - 2 a - 2 b + 3 d <= -17","-26 <= - 3 c <= -20","-10 <= - 2 d <= -4"}', '{a,b,c,d}', '{NULL,NULL,10,4}', '{NULL,1,1,1}', '{NULL,9,9,9}', '{7.533333,2.766667,7.333333,2.0}', '{10.933333,7.266667,8.333333,4.0}', '{8,4,8,2}', '{10,7,8,4}', '{8,4,8,2}', '{10,7,8,4}'),
	('r56', '{"3 b = 3","3 a + 5 b = 29"}', '{a,b}', '{14,NULL}', '{1,NULL}', '{NULL,NULL}', '{8.0,1.0}', '{8.0,1.0}', '{8,1}', '{8,1}', '{8,1}', '{8,1}'),
	('r57', '{"b + c = 16","a + c = 15"}', '{a,b,c}', '{NULL,NULL,NULL}', '{NULL,1,1}', '{NULL,9,9}', '{0.0,1.0,0.0}', '{15.0,16.0,15.0}', '{0,1,0}', '{15,16,15}', '{6,7,7}', '{8,9,9}'),
	('r58', '{"1395 <= 200 c + 200 d < 1705","2149 <= 400 d < 2763","388 <= - 400 a - 200 b + 400 c < 1164","400 <= 200 b - 200 c + 200 d < 1200"}', '{a,b,c,d}', '{3,NULL,NULL,6}', '{NULL,0,NULL,1}', '{NULL,9,NULL,9}', '{0.0,0.0,0.975,5.3725}', '{2.1825,3.78,3.1525,6.0}', '{0,0,1,6}', '{1,1,2,6}', '{0,0,1,6}', '{1,1,2,6}'),
	('r59', '{"8 <= 3 b + c <= 14","0 <= - 3 a - 2 b + 2 c <= 2","11 <= - 2 a + 3 c <= 14","3 a + 3 b = 15","4 <= 2 a <= 11"}', '{a,b,c}', '{7,7,NULL}', '{1,NULL,1}', '{NULL,NULL,NULL}', '{2.4,0.0,6.2}', '{5.0,2.6,8.0}', '{4,0,7}', '{5,1,8}', '{4,0,7}', '{5,1,8}'),
	('r60', '{"a + b + 5 c = 31","5 a - c + 2 d = 42","5 a - b + c = 29"}', '{a,b,c,d}', '{NULL,14,4,8}', '{1,NULL,1,1}', '{NULL,NULL,9,NULL}', '{6.0,5.0,1.75,1.25}', '{8.25,14.0,4.0,8.0}', '{6,5,2,2}', '{8,13,4,8}', '{6,5,2,2}', '{8,13,4,8}');
INSERT INTO unknown (system, name, upper, rule_lower, rule_upper)
SELECT system, u.* FROM reference, unnest(names, reference.upper, reference.rule_lower, reference.rule_upper) AS u;
INSERT INTO fact (system, words) SELECT system, words FROM reference, unnest(facts) WITH ORDINALITY AS f (words, i) ORDER BY system, i;
CREATE TABLE found AS SELECT system, a.* FROM reference, audit(system) AS a;
SELECT verdict, count(*) FROM found GROUP BY verdict ORDER BY verdict;
SELECT system, found.name, found.verdict, found.nonneg_lower, found.nonneg_upper, found.whole_lower, found.whole_upper, found.rule_lower, found.rule_upper, r.*
FROM reference JOIN found USING (system), unnest(names, reference.nonneg_lower, reference.nonneg_upper, reference.whole_lower, reference.whole_upper, least, most)
	AS r (name, nonneg_lower, nonneg_upper, whole_lower, whole_upper, rule_lower, rule_upper)
WHERE r.name = found.name AND (abs(found.nonneg_lower - r.nonneg_lower) > 1e-6 OR abs(found.nonneg_upper - r.nonneg_upper) > 1e-6
	OR (found.nonneg_lower IS NULL) <> (r.nonneg_lower IS NULL) OR (found.whole_lower, found.whole_upper, found.rule_lower, found.rule_upper) IS DISTINCT FROM (r.whole_lower, r.whole_upper, r.rule_lower, r.rule_upper));

-- The first verdict that holds is given, and every interval lies within the one before.
SELECT system, name, verdict, nonneg_lower, nonneg_upper, whole_lower, whole_upper, rule_lower, rule_upper
FROM found
WHERE verdict <> 'exact_linear' AND verdict <> CASE
	WHEN nonneg_lower IS NULL OR whole_lower IS NULL THEN 'inconsistent'
	WHEN nonneg_lower = nonneg_upper THEN 'exact_nonneg'
	WHEN whole_lower = whole_upper THEN 'exact_whole'
	WHEN rule_lower IS NULL THEN 'inconsistent'
	WHEN rule_lower = rule_upper THEN 'exact_rule'
	WHEN nonneg_upper - nonneg_lower < 5 THEN 'narrow_nonneg'
	WHEN whole_upper - whole_lower < 5 THEN 'narrow_whole'
	WHEN rule_upper - rule_lower < 5 THEN 'narrow_rule'
	ELSE 'protected' END
	OR whole_lower < nonneg_lower OR whole_upper > nonneg_upper OR rule_lower < whole_lower OR rule_upper > whole_upper;

-- The order of unknowns and facts does not matter.
INSERT INTO unknown (system, name, upper, rule_lower, rule_upper)
SELECT system || ' turned', translate(name, 'abcdef', 'fedcba'), upper, rule_lower, rule_upper FROM unknown WHERE system ~ '^r';
INSERT INTO fact (system, words)
SELECT system || ' turned', translate(words, 'abcdef', 'fedcba') FROM fact WHERE system ~ '^r' ORDER BY number DESC;
SELECT system, found.name, found.verdict, a.verdict
FROM found, audit(system || ' turned') AS a
WHERE a.name = translate(found.name, 'abcdef', 'fedcba')
	AND (a.verdict, a.nonneg_lower, a.nonneg_upper, a.whole_lower, a.whole_upper, a.rule_lower, a.rule_upper)
		IS DISTINCT FROM (found.verdict, found.nonneg_lower, found.nonneg_upper, found.whole_lower, found.whole_upper, found.rule_lower, found.rule_upper);

-- Equations, multiplied as told, sum to the unknown.
SELECT found.system, found.name, term.name, sum(multiplier * coefficient) AS coefficient
FROM found, unnest(because, multipliers) AS b (equation, multiplier),
	LATERAL (SELECT min(number) AS number FROM fact WHERE system = found.system AND words = equation) AS f, term
WHERE verdict = 'exact_linear' AND term.number = f.number
GROUP BY found.system, found.name, term.name
HAVING abs(sum(multiplier * coefficient) - (found.name = term.name)::integer) > 1e-12;

-- The facts told suffice for the interval that is told; of those that contradict one another, none can be spared.
CREATE FUNCTION with_facts(which text, facts text[])
	RETURNS TABLE (name text, verdict text, nonneg text, whole text, rule text) LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM fact WHERE system = 'some';
	DELETE FROM unknown WHERE system = 'some';
	INSERT INTO unknown SELECT 'some', u.name, is_whole, lower, upper, rule_lower, rule_upper FROM unknown AS u WHERE system = which;
	INSERT INTO fact (system, words) SELECT 'some', unnest(facts);
	RETURN QUERY SELECT a.name, a.verdict, in_short(nonneg_lower, nonneg_upper), in_short(whole_lower, whole_upper), in_short(rule_lower, rule_upper) FROM audit('some') AS a;
END;
$$;
SELECT system, found.name, found.verdict, because, w.*
FROM found, LATERAL with_facts(system, because) AS w
WHERE w.name = found.name AND CASE
	WHEN found.verdict ~ 'linear|nonneg' THEN w.nonneg <> in_short(nonneg_lower, nonneg_upper)
	WHEN found.verdict ~ 'whole' THEN w.whole <> in_short(whole_lower, whole_upper)
	WHEN found.verdict ~ 'rule' THEN w.rule <> in_short(rule_lower, rule_upper) END;
SELECT system, because, spared
FROM (SELECT DISTINCT system, because, nonneg_lower IS NULL AS by_bounds, whole_lower IS NULL AS by_facts FROM found WHERE verdict = 'inconsistent') AS f,
	LATERAL (SELECT spared FROM unnest(because) AS spared UNION ALL SELECT NULL) AS s,
	LATERAL (SELECT bool_or(CASE WHEN by_bounds THEN nonneg IS NULL WHEN by_facts THEN whole IS NULL ELSE rule IS NULL END) AS is_inconsistent FROM with_facts(system, array_remove(because, spared))) AS w
WHERE is_inconsistent <> (spared IS NULL);
SELECT words, because
FROM (SELECT DISTINCT system, because FROM found WHERE verdict = 'inconsistent') AS f, LATERAL (SELECT array_agg(words ORDER BY number) AS words FROM fact WHERE system = f.system) AS w
ORDER BY words LIMIT 5;

-- In a table with all its margins a cell is linear if, and only if, it is a bridge between rows and columns
-- (rows and columns are the graph's nodes, hidden cells its edges).
CREATE TABLE edge AS
SELECT t AS number, 'T' || t AS system, 'r' || r AS r, 'c' || c AS c
FROM generate_series(1, 30) AS t, generate_series(1, 5) AS r, generate_series(1, 5) AS c
WHERE hashint4(t * 100 + r * 10 + c) & 1023 < 250 + 10 * t;
INSERT INTO fact (system, words)
SELECT system, string_agg(r || '.' || c, ' + ') || ' = ' || count(*) * 7
FROM edge
GROUP BY GROUPING SETS ((system, r), (system, c));
SELECT know();
CREATE FUNCTION is_bridge(which text, r text, c text) RETURNS boolean LANGUAGE sql AS $$
WITH RECURSIVE reached AS (
	SELECT $2 AS node
	UNION
	SELECT CASE node WHEN edge.r THEN edge.c ELSE edge.r END
	FROM reached JOIN edge ON node IN (edge.r, edge.c)
	WHERE system = which AND (edge.r, edge.c) <> ($2, $3))
SELECT NOT EXISTS (SELECT FROM reached WHERE node = $3) $$;
SELECT is_bridge, verdict = 'exact_linear' AS is_linear, count(*)
FROM (SELECT DISTINCT system FROM edge) AS t, audit(system) AS a, LATERAL is_bridge(system, split_part(a.name, '.', 1), split_part(a.name, '.', 2))
GROUP BY 1, 2 ORDER BY 1, 2;

-- The scale generator: districts of 12 schools, seven races, two sexes, with all totals; hidden: 1 to 9, or 0 to 9.
CREATE FUNCTION put_districts(districts integer, zeros boolean, also_hide integer[] DEFAULT '{}') RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	DROP TABLE IF EXISTS published, member, line;
	CREATE TEMP TABLE published AS
	WITH cell AS (
		SELECT (s - 1) / 12 + 1 AS d, s, r, x, greatest(0, (130 + (s * 6007) % 850) * (ARRAY[12, 40, 210, 240, 6, 420, 72])[r] / 2000 + (s * 37 + r * 11 + x * 5) % 9 - 4) AS n
		FROM generate_series(1, 12 * districts) AS s, generate_series(1, 7) AS r, generate_series(1, 2) AS x)
	SELECT coalesce(d, 0) AS d, coalesce(s, 0) AS s, coalesce(r, 0) AS r, coalesce(x, 0) AS x, sum(n) AS n, NULL::integer AS unknown
	FROM cell
	GROUP BY GROUPING SETS ((d, s, r, x), (d, s, r), (d, s, x), (d, s), (d, r, x), (d, r), (d, x), (d), (r, x), (r), (x), ());
	UPDATE published AS p SET unknown = u.unknown
	FROM (SELECT d, s, r, x, row_number() OVER (ORDER BY d, s, r, x) AS unknown FROM published
		WHERE CASE WHEN zeros THEN n < 10 ELSE n BETWEEN 1 AND 9 END OR (s = 0 AND d > 0 AND x > 0 AND r = ANY (also_hide))) AS u
	WHERE (p.d, p.s, p.r, p.x) = (u.d, u.s, u.r, u.x);

	-- A line is a total (-1) and its parts (1): of sexes, of races, of schools, of districts.
	CREATE TEMP TABLE member AS
	SELECT line, CASE WHEN is_total THEN -1 ELSE 1 END AS coefficient, n, unknown
	FROM published, LATERAL (VALUES (format('sexes %s %s %s', d, s, r), x = 0, true), (format('races %s %s %s', d, s, x), r = 0, true),
		(format('schools %s %s %s', d, r, x), s = 0, d > 0), (format('districts %s %s', r, x), d = 0, s = 0)) AS l (line, is_total, is_part)
	WHERE is_part;
	CREATE TEMP TABLE line AS
	SELECT line, row_number() OVER (ORDER BY line)::integer AS fact, -coalesce(sum(coefficient * n) FILTER (WHERE unknown IS NULL), 0)::bigint AS value
	FROM member GROUP BY line HAVING count(unknown) > 0;
	RETURN count(*) FROM published;
END;
$$;
CREATE FUNCTION audit_districts(rule_lower bigint, rule_upper bigint) RETURNS SETOF audit_system LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY
SELECT a.*
FROM (SELECT count(*)::integer AS n FROM published WHERE unknown IS NOT NULL) AS u,
	(SELECT array_agg(value ORDER BY fact) AS value, array_agg(false) AS no, array_agg(true) AS yes FROM line) AS l,
	(SELECT array_agg(fact) AS fact, array_agg(unknown) AS unknown, array_agg(coefficient::bigint) AS coefficient FROM member JOIN line USING (line) WHERE unknown IS NOT NULL) AS t,
	audit_system(array_fill(true, ARRAY[n]), array_fill(0::bigint, ARRAY[n]), array_fill(NULL::bigint, ARRAY[n]), array_fill(rule_lower, ARRAY[n]), array_fill(rule_upper, ARRAY[n]),
		t.fact, t.unknown, t.coefficient, value, value, no, no, yes) AS a;
END;
$$;
CREATE FUNCTION count_districts(rule_lower bigint, rule_upper bigint, OUT hidden bigint, OUT linear bigint, OUT lp bigint, OUT rule bigint, OUT narrow bigint,
	OUT widths double precision, OUT widest double precision, OUT not_whole bigint, OUT true_within boolean) LANGUAGE plpgsql AS $$
BEGIN
	SELECT count(*), count(*) FILTER (WHERE verdict = 'exact_linear'), count(*) FILTER (WHERE nonneg_lower = nonneg_upper),
		count(*) FILTER (WHERE a.rule_lower = a.rule_upper), count(*) FILTER (WHERE nonneg_upper - nonneg_lower BETWEEN 1 AND 4),
		sum(nonneg_upper - nonneg_lower), max(nonneg_upper - nonneg_lower),
		count(*) FILTER (WHERE (nonneg_lower, nonneg_upper) <> (whole_lower, whole_upper)), bool_and(n BETWEEN a.rule_lower AND a.rule_upper)
	INTO hidden, linear, lp, rule, narrow, widths, widest, not_whole, true_within
	FROM audit_districts(rule_lower, rule_upper) AS a JOIN published USING (unknown);
END;
$$;
-- The specification's counts (SciPy, NumPy)
SELECT put_districts(3, false) AS cells;
SELECT * FROM count_districts(1, 9);
SELECT put_districts(3, true) AS cells;
SELECT * FROM count_districts(0, 9);
SELECT put_districts(32, false) AS cells;
SELECT * FROM count_districts(1, 9);
SELECT put_districts(32, true) AS cells;
SELECT * FROM count_districts(0, 9);

-- Two large components: American Indian and Asian students by sex are hidden in every district, too, which the State's
-- totals connect. Ranks and sums of widths are NumPy's and SciPy's (test/reference/disclosure_engine.py).
SELECT put_districts(14, false, '{2,5}') AS cells;
SELECT hidden, linear, lp, narrow, widths, widest, true_within FROM count_districts(1, NULL);

-- A chain of 3,000 that its last link gives away, and one that closes
INSERT INTO fact (system, words) SELECT 'chain', format('x%s + x%s = 10', i, i + 1) FROM generate_series(1, 2999) AS i;
INSERT INTO fact (system, words) VALUES ('chain', 'x3000 = 4');
INSERT INTO fact (system, words) SELECT 'ring', format('x%s + x%s = 10', i, i % 1500 + 1) FROM generate_series(1, 1500) AS i;
SELECT know();
SELECT verdict, nonneg_lower, nonneg_upper, count(*) FROM audit('chain') GROUP BY 1, 2, 3 ORDER BY 2;
SELECT verdict, nonneg_lower, nonneg_upper, count(*) FROM audit('ring') GROUP BY 1, 2, 3;

-- Degenerate: of the 8 x 8 assignments, any cell can be 0 or 1.
INSERT INTO fact (system, words)
SELECT 'assignment', string_agg(format('x%s.%s', r, c), ' + ') || ' = 1' FROM generate_series(1, 8) AS r, generate_series(1, 8) AS c GROUP BY GROUPING SETS ((r), (c));
SELECT know();
SELECT verdict, nonneg_lower, nonneg_upper, rule_lower, rule_upper, count(*) FROM audit('assignment', 1) GROUP BY 1, 2, 3, 4, 5;

-- Numbers that no 64 bits hold on the way, though all that is given and asked is small: by construction a, b, c, d are 3, 1, 4, 1.
INSERT INTO fact (system, words)
SELECT 'wide', format('%s a + %s b + %s c + %s d = %s', a, b, c, d, 3 * a + b + 4 * c + d)
FROM (VALUES (999999999999989, 999999999999923, 999999999999839, 999999999999809), (999999999999671, 999999999999659, 999999999999631, 999999999999473),
	(999999999999413, 999999999999361, 999999999999307, 999999999999199), (999999999999163, 999999999999049, 999999999999047, 999999999998957)) AS v (a, b, c, d);
-- Vertices whose coordinates have large denominators, and one that a whole number is near to
INSERT INTO fact (system, words) VALUES
	('vertex', '3000000000001 x + 2000000000003 y = 14000000000013'), ('vertex', '-1 <= 999999999989 x - 999999999961 y <= 1'),
	('near', '1000000000 x + 999999999 y = 5999999997'), ('near', 'x + y <= 6');
SELECT know();
SELECT name, verdict, nonneg_lower, nonneg_upper FROM audit('wide');
UPDATE unknown SET is_whole = false WHERE system = 'vertex';
SELECT * FROM short('vertex', 1e-9);
SELECT round((14000000000013 * 999999999961.0 + side * 2000000000003) / (3000000000001 * 999999999961.0 + 2000000000003 * 999999999989.0), 12) AS x,
	round((14000000000013 * 999999999989.0 - side * 3000000000001) / (3000000000001 * 999999999961.0 + 2000000000003 * 999999999989.0), 12) AS y
FROM unnest('{-1,1}'::numeric[]) AS side;
SELECT * FROM short('near');

-- Within 1e-7 of one another, but not the same: decided without rounding
INSERT INTO fact (system, words) VALUES ('close', '30000000 <= 10000000 x <= 30000001'), ('equal', '30000000 <= 10000000 x <= 30000000'),
	('close', '0 <= 10000000 x - 10000000 y <= 0'), ('equal', '0 <= 10000000 x - 10000000 y <= 0');
SELECT know();
UPDATE unknown SET is_whole = false WHERE system IN ('close', 'equal');
SELECT system, s.name, s.verdict, nonneg_lower, nonneg_upper FROM (VALUES ('close'), ('equal')) AS v (system), audit(system, 0) AS s;
-- So are widths.
SELECT width, s.name, s.verdict FROM (VALUES (1e-7), (1.0000001e-7)) AS v (width), audit('close', width) AS s WHERE s.name = 'x';

-- An open bound that nothing but itself meets, of numbers that are not whole
INSERT INTO fact (system, words) VALUES ('open', '10 <= s < 20'), ('open', '20 <= s + t <= 20'), ('open', 't <= 0'), ('closed', '10 <= s <= 20'), ('closed', '20 <= s + t <= 20'), ('closed', 't <= 0');
SELECT know();
UPDATE unknown SET is_whole = false WHERE system IN ('open', 'closed');
SELECT name, verdict, because FROM audit('open');
SELECT * FROM short('closed');

-- Whole and other numbers together: by hand, y = 2 x + z with z at most 0.5
INSERT INTO fact (system, words) VALUES ('mixed', 'y - 2 x - z = 0'), ('mixed', '10 z <= 5'), ('mixed', '7 <= 2 y <= 13');
SELECT know();
UPDATE unknown SET is_whole = false WHERE system = 'mixed' AND name <> 'x';
SELECT * FROM short('mixed');

-- Without bounds, without facts, without anything
INSERT INTO unknown (system, name, lower) VALUES ('free', 'x', NULL), ('free', 'y', 0), ('free', 'z', NULL), ('free', 'u', NULL), ('free', 'v', 0);
INSERT INTO fact (system, words) VALUES ('free', 'x - y = 3'), ('free', '2 u - 4 v = 6');
SELECT * FROM short('free');
SELECT count(*) FROM audit('nothing');

-- Marks that the facts contradict: what the facts give away is told still.
INSERT INTO fact (system, words) VALUES ('marks', 'a = 12'), ('marks', 'b + c = 0'), ('marks', 'a + b + d + e = 40');
SELECT know();
UPDATE unknown SET rule_lower = 0, rule_upper = 9 WHERE system = 'marks' AND name <= 'b';
SELECT name, verdict, nonneg_lower, nonneg_upper, rule_lower, rule_upper, because FROM audit('marks');

-- Where the limit of nodes is reached, nothing is claimed: intervals are those that the numbers are not beyond.
INSERT INTO fact (system, words) VALUES ('split', '1217 a + 1613 b + 2311 c + 3119 d = 30908'), ('split', '2003 a - 1409 b + 1801 c - 907 d = 8568'),
	('no split', '1217 a + 1613 b + 2311 c + 3119 d = 30003'), ('no split', '2003 a - 1409 b + 1801 c - 907 d = 2500');
SELECT know();
SELECT sum, a, b, c, d
FROM generate_series(0, 25) AS a, generate_series(0, 19) AS b, generate_series(0, 13) AS c, generate_series(0, 9) AS d, LATERAL (SELECT 1217 * a + 1613 * b + 2311 * c + 3119 * d AS sum) AS s
WHERE (sum, 2003 * a - 1409 * b + 1801 * c - 907 * d) IN ((30908, 8568), (30003, 2500));
SELECT max_nodes, a.* FROM (VALUES (0), (1), (1000)) AS v (max_nodes), audit('split', 5, max_nodes) AS a;
SELECT max_nodes, a.name, a.verdict, a.because FROM (VALUES (0), (1000)) AS v (max_nodes), audit('no split', 5, max_nodes) AS a WHERE a.name = 'a';

-- Forged input
CREATE FUNCTION forged(is_whole boolean[] DEFAULT '{t,t}', lower bigint[] DEFAULT '{0,0}', upper bigint[] DEFAULT '{NULL,NULL}', rule_lower bigint[] DEFAULT '{1,1}', rule_upper bigint[] DEFAULT '{9,9}',
		fact integer[] DEFAULT '{1,1}', unknown integer[] DEFAULT '{1,2}', coefficient bigint[] DEFAULT '{1,1}',
		fact_lower bigint[] DEFAULT '{7}', fact_upper bigint[] DEFAULT '{7}', lower_is_open boolean[] DEFAULT '{f}', upper_is_open boolean[] DEFAULT '{f}', is_exact boolean[] DEFAULT '{t}',
		width double precision DEFAULT 5, max_nodes integer DEFAULT 1000)
	RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT string_agg(a.verdict, ' ') FROM audit_system(is_whole, lower, upper, rule_lower, rule_upper, fact, unknown, coefficient, fact_lower, fact_upper, lower_is_open, upper_is_open, is_exact, width, max_nodes) AS a);
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate || ' ' || sqlerrm;
END;
$$;
SELECT forged();
SELECT forged(lower => '{0}');
SELECT forged(is_whole => NULL);
SELECT forged(is_whole => '{t,NULL}');
SELECT forged(is_whole => '{}');
SELECT forged(fact => '{1,2}');
SELECT forged(fact => '{0,1}');
SELECT forged(unknown => '{1,3}');
SELECT forged(unknown => '{1,-2147483648}');
SELECT forged(unknown => '{1,1}');
SELECT forged(fact => '{1,NULL}');
SELECT forged(coefficient => '{1,0}');
SELECT forged(coefficient => '{1}');
SELECT forged(coefficient => '{1,9007199254740993}');
SELECT forged(coefficient => '{1,-9223372036854775808}');
SELECT forged(fact_lower => '{-9007199254740993}', is_exact => '{f}');
SELECT forged(fact_lower => '{6}');
SELECT forged(fact_lower => '{8}', is_exact => '{f}');
SELECT forged(upper_is_open => '{t}');
SELECT forged(upper_is_open => '{t}', is_exact => '{f}');
SELECT forged(lower => '{9,0}', upper => '{3,0}');
SELECT forged(rule_lower => '{9,0}', rule_upper => '{3,9}');
SELECT forged(lower => '{-9223372036854775808,9223372036854775807}');
SELECT forged(fact => '{}', unknown => '{}', coefficient => '{}');
SELECT forged(fact => '{}', unknown => '{}', coefficient => '{}', fact_lower => '{}', fact_upper => '{}', lower_is_open => '{}', upper_is_open => '{}', is_exact => '{}');
SELECT forged(width => 'NaN');
SELECT forged(width => -1);
SELECT forged(width => 1e300);
SELECT forged(width => 5e-324);
SELECT forged(max_nodes => -1);
SELECT forged(max_nodes => NULL);
