-- Which cells to hide. What comes out is checked by the audit (itself checked against SciPy), and by SQL.
CREATE SCHEMA protect_test;
SET search_path = protect_test, gapstats, gapstats_internal, public;
SET client_min_messages = warning;

-- Published tables: their cells, and of each line the total and its parts
CREATE TABLE cell (system text, name text, n bigint NOT NULL, is_primary boolean, is_fixed boolean, cost double precision DEFAULT 1,
	is_hidden boolean DEFAULT false, shortcoming text, PRIMARY KEY (system, name));
CREATE TABLE line (system text, line text, total text, part text);

-- Choose the cells. Small numbers are primary, zeros stay. Cells, lines and parts are given in the order of a seed.
CREATE FUNCTION protect(which text, width integer DEFAULT 5, residual integer DEFAULT 10, lowest integer DEFAULT 0, persons text DEFAULT 'all', seed text DEFAULT '')
	RETURNS void LANGUAGE sql AS $$
WITH c AS (SELECT *, row_number() OVER (ORDER BY md5(name || seed))::integer AS place, row_number() OVER (ORDER BY name COLLATE "C") AS key FROM cell WHERE system = which),
	l AS (SELECT *, dense_rank() OVER (ORDER BY md5(line || seed))::integer AS place FROM line WHERE system = which),
	cs AS (SELECT array_agg(key ORDER BY place) AS key, array_agg(n ORDER BY place) AS n, array_agg(coalesce(is_primary, n BETWEEN 1 AND 9) ORDER BY place) AS is_primary,
		array_agg(cost ORDER BY place) AS cost, array_agg(coalesce(is_fixed, n = 0) ORDER BY place) AS is_fixed, array_agg(n = 1 ORDER BY place) AS is_alone FROM c),
	ts AS (SELECT coalesce(array_agg(c.place ORDER BY t.place), '{}') AS total FROM (SELECT DISTINCT place, total FROM l) AS t JOIN c ON c.name = t.total),
	ps AS (SELECT coalesce(array_agg(l.place ORDER BY md5(l.part || seed)), '{}') AS line, coalesce(array_agg(c.place ORDER BY md5(l.part || seed)), '{}') AS part FROM l JOIN c ON c.name = l.part),
	p AS MATERIALIZED (SELECT p.* FROM cs, ts, ps, protect_table(cs.key, cs.n, cs.is_primary, ts.total, ps.line, ps.part,
		width, residual, lowest, cs.cost, cs.is_fixed, is_alone => cs.is_alone, persons => persons) AS p)
UPDATE cell SET is_hidden = p.is_hidden, shortcoming = p.shortcoming
FROM p JOIN c ON c.place = p.cell
WHERE cell.system = which AND cell.name = c.name;
$$;

-- What the published rest gives away about the hidden cells; a person's cell (1) can be known.
CREATE FUNCTION audit(which text, width double precision DEFAULT 5, known text DEFAULT NULL, lowest bigint DEFAULT 0)
	RETURNS TABLE (name text, is_primary boolean, verdict text, nonneg_lower numeric, nonneg_upper numeric, whole_lower numeric, whole_upper numeric)
	LANGUAGE sql AS $$
WITH u AS (SELECT *, row_number() OVER (ORDER BY name COLLATE "C")::integer AS place FROM cell WHERE system = which AND is_hidden),
	h AS (SELECT line, u.place, n, 1 AS coefficient FROM line JOIN u ON u.system = line.system AND u.name = part
		UNION ALL
		SELECT DISTINCT line, u.place, n, -1 FROM line JOIN u ON u.system = line.system AND u.name = total
		UNION ALL
		SELECT 'known', place, n, 1 FROM u WHERE name = known),
	t AS (SELECT *, dense_rank() OVER (ORDER BY line)::integer AS fact FROM h),
	f AS (SELECT fact, sum(n * coefficient)::bigint AS right_side FROM t GROUP BY fact),
	us AS (SELECT array_agg(true) AS yes, array_agg(0::bigint) AS zero, array_agg(NULL::bigint) AS nothing, array_agg(lowest) AS lowest FROM u),
	ts AS (SELECT array_agg(fact) AS fact, array_agg(place) AS unknown, array_agg(coefficient::bigint) AS coefficient FROM t),
	fs AS (SELECT array_agg(right_side ORDER BY fact) AS right_side, array_agg(false) AS no, array_agg(true) AS yes FROM f)
SELECT u.name, u.n BETWEEN 1 AND 9, a.verdict, round(a.nonneg_lower::numeric, 6), round(a.nonneg_upper::numeric, 6), a.whole_lower::numeric, a.whole_upper::numeric
FROM us, ts, fs, audit_system(us.yes, us.zero, us.nothing, us.lowest, us.nothing, ts.fact, ts.unknown, ts.coefficient,
		fs.right_side, fs.right_side, fs.no, fs.no, fs.yes, width) AS a
	JOIN u ON u.place = a.unknown;
$$;

-- All that a protected table must be: nothing exact, no primary cell narrower than asked in fractions or whole numbers,
-- no published total that gives less than is asked away about its hidden parts, nothing hidden that has a zero
CREATE FUNCTION check_protected(which text, width integer DEFAULT 5, residual integer DEFAULT 10, lowest bigint DEFAULT 0)
	RETURNS TABLE (n_hidden bigint, n_shown_primary bigint, n_hidden_zero bigint, n_shortcoming bigint, n_exact bigint, n_narrow bigint, n_not_proven bigint, n_small_sum bigint)
	LANGUAGE sql AS $$
SELECT (SELECT count(*) FROM cell WHERE system = which AND is_hidden),
	(SELECT count(*) FROM cell WHERE system = which AND NOT is_hidden AND n BETWEEN 1 AND 9),
	(SELECT count(*) FROM cell WHERE system = which AND is_hidden AND n = 0),
	(SELECT count(shortcoming) FROM cell WHERE system = which),
	count(*) FILTER (WHERE verdict LIKE 'exact%'),
	count(*) FILTER (WHERE is_primary AND (verdict LIKE 'narrow%' OR nonneg_upper - nonneg_lower < width OR whole_upper - whole_lower < width)),
	count(*) FILTER (WHERE verdict IN ('not_proven', 'inconsistent')),
	(SELECT count(*) FROM (
		SELECT FROM line JOIN cell AS part ON part.system = line.system AND part.name = line.part
			JOIN cell AS total ON total.system = line.system AND total.name = line.total
		WHERE line.system = which AND part.is_hidden AND NOT total.is_hidden
		GROUP BY line HAVING sum(part.n) < residual) AS small)
FROM audit(which, width, lowest => lowest);
$$;

-- A table of rows and columns with all margins
CREATE FUNCTION put_table(which text, rows text[], columns text[], counts bigint[]) RETURNS void LANGUAGE sql AS $$
WITH inner_cell AS (SELECT rows[(i - 1) / cardinality(columns) + 1] AS r, columns[(i - 1) % cardinality(columns) + 1] AS c, counts[i] AS n FROM generate_subscripts(counts, 1) AS i)
INSERT INTO cell (system, name, n)
SELECT which, coalesce(r, 'all') || '.' || coalesce(c, 'all'), sum(n) FROM inner_cell GROUP BY CUBE (r, c);
INSERT INTO line
SELECT which, 'row ' || r, r || '.all', r || '.' || c FROM unnest(rows || 'all'::text) AS r, unnest(columns) AS c
UNION ALL
SELECT which, 'column ' || c, 'all.' || c, r || '.' || c FROM unnest(columns || 'all'::text) AS c, unnest(rows) AS r;
$$;

-- The worked example of 10.3: which cells are chosen is free, what the audit says of them is not.
SELECT put_table('10.3', '{S1,S2,S3,S4}', '{AI,Asian,Black,Hisp,White}', '{3,22,40,51,90,12,4,28,44,75,25,31,19,38,66,14,17,33,29,82}');
SELECT protect('10.3');
SELECT * FROM audit('10.3') ORDER BY name;
SELECT * FROM check_protected('10.3');

-- C1 and C2 of 10.6
SELECT put_table('C1', '{a,b,c}', '{p,q,r,s}', '{14,7,33,26,41,18,19,22,16,5,29,37}');
SELECT protect('C1');
SELECT * FROM audit('C1') ORDER BY name;
SELECT * FROM check_protected('C1');
SELECT put_table('C2', '{r1,r2,r3,r4,r5}', '{c1,c2,c3,c4,c5}', '{4,6,21,17,30,25,8,5,19,28,7,31,9,2,24,18,27,36,8,6,23,35,16,6,9}');
SELECT protect('C2');
SELECT * FROM check_protected('C2');
SELECT protect('C2', lowest => 1);
SELECT * FROM check_protected('C2', lowest => 1);

-- C3: schools in districts in a state, by group
SELECT put_table('C3 D1', '{S1,S2,S3}', '{g1,g2,g3}', '{6,34,71,15,22,88,27,8,53}');
SELECT put_table('C3 D2', '{S4,S5,S6}', '{g1,g2,g3}', '{5,29,94,13,41,60,19,37,72}');
INSERT INTO cell (system, name, n) SELECT 'C3', replace(name, 'all.', right(system, 2) || '.'), n FROM cell WHERE system LIKE 'C3 D_';
INSERT INTO line SELECT 'C3', right(system, 2) || ' ' || line, replace(total, 'all.', right(system, 2) || '.'), replace(part, 'all.', right(system, 2) || '.') FROM line WHERE system LIKE 'C3 D_';
INSERT INTO cell (system, name, n) SELECT 'C3', 'state.' || split_part(name, '.', 2), sum(n) FROM cell WHERE system LIKE 'C3 D_' AND name LIKE 'all.%' GROUP BY name;
INSERT INTO line SELECT 'C3', 'state ' || g, 'state.' || g, d || '.' || g FROM unnest('{D1,D2}'::text[]) AS d, unnest('{g1,g2,g3,all}'::text[]) AS g
	UNION ALL SELECT 'C3', 'state', 'state.all', 'state.' || g FROM unnest('{g1,g2,g3}'::text[]) AS g;
SELECT protect('C3');
SELECT * FROM audit('C3') ORDER BY name;
SELECT * FROM check_protected('C3');

-- C4: three tables that share cells, each safe by itself
INSERT INTO cell (system, name, n) VALUES ('C4', 'a', 4), ('C4', 'b', 7), ('C4', 'c', 3), ('C4', 'e', 6), ('C4', 'f', 8), ('C4', 'g', 20), ('C4', 'h', 15),
	('C4', 'ab', 11), ('C4', 'cefgh', 52), ('C4', 'bc', 10), ('C4', 'aefgh', 53), ('C4', 'ac', 7), ('C4', 'befgh', 56);
INSERT INTO line SELECT 'C4', total, total, part FROM cell, regexp_split_to_table(name, '') AS part, LATERAL (SELECT name AS total) AS t WHERE system = 'C4' AND length(name) > 1;
SELECT protect('C4');
SELECT * FROM check_protected('C4');

-- C5, with zeros hidden: they are primary
SELECT put_table('C5', '{A,B,C}', '{w,x,y,z}', '{31,0,0,14,12,7,0,25,44,3,0,10}');
UPDATE cell SET is_primary = n < 10, is_fixed = false WHERE system = 'C5';
SELECT protect('C5');
SELECT name, verdict LIKE 'exact%' AS is_exact, nonneg_upper - nonneg_lower >= 5 AS is_wide FROM audit('C5') ORDER BY name;

-- The generator of 10.6: state, districts and schools by group and sex, and all totals
CREATE FUNCTION put_generated(which text, districts integer) RETURNS void LANGUAGE sql AS $$
WITH leaf AS (
		SELECT (s - 1) / 12 + 1 AS d, s, r, x,
			greatest(0, (130 + (s * 6007) % 850) * ('{12,40,210,240,6,420,72}'::integer[])[r] / 2000 + (s * 37 + r * 11 + x * 5) % 9 - 4) AS n
		FROM generate_series(1, 12 * districts) AS s, generate_series(1, 7) AS r, generate_series(1, 2) AS x),
	total AS (SELECT d, s, r, x, sum(n) AS n FROM leaf GROUP BY GROUPING SETS ((), (d), (d, s)), CUBE (r, x)),
	named AS (SELECT *, concat_ws(' ', 'd' || lpad(d::text, 4, '0'), 's' || lpad(s::text, 5, '0'), 'r' || r, 'x' || x) AS name FROM total),
	put AS (INSERT INTO cell (system, name, n) SELECT which, name, n FROM named)
INSERT INTO line
SELECT which, 'races ' || t.name, t.name, p.name FROM named AS t JOIN named AS p ON (coalesce(t.d, 0), coalesce(t.s, 0), coalesce(t.x, 0)) = (coalesce(p.d, 0), coalesce(p.s, 0), coalesce(p.x, 0)) AND t.r IS NULL AND p.r > 0
UNION ALL
SELECT which, 'sexes ' || t.name, t.name, p.name FROM named AS t JOIN named AS p ON (coalesce(t.d, 0), coalesce(t.s, 0), coalesce(t.r, 0)) = (coalesce(p.d, 0), coalesce(p.s, 0), coalesce(p.r, 0)) AND t.x IS NULL AND p.x > 0
UNION ALL
SELECT which, 'schools ' || t.name, t.name, p.name FROM named AS t JOIN named AS p ON (t.d, coalesce(t.r, 0), coalesce(t.x, 0)) = (p.d, coalesce(p.r, 0), coalesce(p.x, 0)) AND t.s IS NULL AND p.s > 0
UNION ALL
SELECT which, 'districts ' || t.name, t.name, p.name FROM named AS t JOIN named AS p ON (coalesce(t.r, 0), coalesce(t.x, 0)) = (coalesce(p.r, 0), coalesce(p.x, 0)) AND t.d IS NULL AND p.d > 0 AND p.s IS NULL;
$$;

-- How many cells are hidden for each that must be
CREATE FUNCTION secondary_ratio(which text) RETURNS numeric LANGUAGE sql AS $$
SELECT (count(*) FILTER (WHERE is_hidden AND NOT coalesce(is_primary, n BETWEEN 1 AND 9)))::numeric / count(*) FILTER (WHERE coalesce(is_primary, n BETWEEN 1 AND 9))
FROM cell WHERE system = which;
$$;

SELECT put_generated('3', 3), put_generated('32', 32);
ANALYZE cell, line;
SELECT system, count(*), max(n), count(*) FILTER (WHERE n BETWEEN 1 AND 9) AS n_primary FROM cell WHERE system IN ('3', '32') GROUP BY system ORDER BY system;

-- The defaults
SELECT protect('3');
SELECT secondary_ratio('3') <= 0.36, check_protected.* FROM check_protected('3');
SELECT protect('32');
SELECT secondary_ratio('32') <= 0.36, check_protected.* FROM check_protected('32');
-- With zeros shown, nobody takes a hidden cell for a zero
SELECT protect('32', lowest => 1);
SELECT secondary_ratio('32') <= 0.36, check_protected.* FROM check_protected('32', lowest => 1);
-- The weaker residual; least of all if nothing is kept from persons, where GaussSuppression hides 0.254 and leaves 76 narrow
SELECT protect('32', residual => 5, persons => 'lines');
SELECT secondary_ratio('32') <= 0.27, check_protected.* FROM check_protected('32', residual => 5);
SELECT protect('32', residual => 5, persons => 'none');
SELECT secondary_ratio('32') <= 0.25, check_protected.* FROM check_protected('32', residual => 5);
-- The stronger width
SELECT protect('32', width => 10);
SELECT secondary_ratio('32') <= 0.39, check_protected.* FROM check_protected('32', width => 10);

-- What a person knows who makes up a cell gives no other primary cell away, but the total that is she alone.
CREATE FUNCTION count_told(which text) RETURNS TABLE (n_persons bigint, n_told bigint) LANGUAGE sql AS $$
WITH RECURSIVE herself AS (
		SELECT name AS person, name FROM cell WHERE system = which AND n = 1
		UNION
		SELECT person, next.name FROM herself
			JOIN line ON system = which AND (total = herself.name OR part = herself.name)
			JOIN cell AS next ON next.system = which AND next.n = 1
				AND ((total = herself.name AND part = next.name) OR (part = herself.name AND total = next.name)))
SELECT count(DISTINCT person.name), count(*) FILTER (WHERE verdict LIKE 'exact%' AND audit.is_primary
		AND NOT EXISTS (SELECT FROM herself WHERE herself.person = person.name AND herself.name = audit.name))
FROM cell AS person, audit(which, known => person.name)
WHERE person.system = which AND n = 1;
$$;
SELECT * FROM count_told('3');
SELECT protect('3', persons => 'none');
SELECT n_persons, n_told > 0 FROM count_told('3');

-- 1,000 random districts: tables of two dimensions, of three, of schools in groups of schools, and three linked tables
CREATE FUNCTION pick(what text, choices integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN ('x' || left(md5(what), 7))::bit(28)::integer % choices;

CREATE FUNCTION put_random(which text, districts integer) RETURNS void LANGUAGE sql AS $$
WITH shape AS (
		SELECT d, d % 4 AS kind, 2 + pick(d || 'i', 5) AS i, 2 + pick(d || 'j', 4) AS j, CASE WHEN d % 2 = 0 THEN 1 ELSE 2 + pick(d || 'k', 2) END AS k
		FROM generate_series(1, districts) AS d),
	leaf AS (
		SELECT d, kind, ii::text AS i, CASE kind WHEN 2 THEN 'g' || (ii + 2) / 3 END AS g, jj::text AS j, kk::text AS k,
			pick(concat_ws(' ', d, ii, jj, kk), CASE WHEN pick(concat_ws(' ', d, ii, jj, kk, 'small'), 10) < 4 THEN 12 ELSE 70 END) AS n
		FROM shape, generate_series(1, i) AS ii, generate_series(1, j) AS jj, generate_series(1, k) AS kk),
	-- with what each is part of, on each dimension
	wide AS (
		SELECT d, e.i, e.of_i, f.j, f.of_j, h.k, h.of_k, sum(n) AS n
		FROM leaf, LATERAL (VALUES (leaf.i, coalesce(g, '*')), (g, '*'), ('*', NULL)) AS e (i, of_i),
			LATERAL (VALUES (leaf.j, '*'), ('*', NULL)) AS f (j, of_j), LATERAL (VALUES (CASE kind % 2 WHEN 1 THEN leaf.k END, '*'), ('*', NULL)) AS h (k, of_k)
		WHERE e.i IS NOT NULL AND h.k IS NOT NULL AND (kind <> 3 OR '*' IN (e.i, f.j, h.k))
		GROUP BY d, e.i, e.of_i, f.j, f.of_j, h.k, h.of_k),
	named AS (SELECT *, concat_ws(' ', lpad(d::text, 4, '0'), i, j, k) AS name FROM wide),
	put AS (INSERT INTO cell (system, name, n) SELECT which, name, n FROM named)
INSERT INTO line
SELECT which, 'i ' || t.name, t.name, p.name FROM named AS t JOIN named AS p ON (t.d, t.i, t.j, t.k) = (p.d, p.of_i, p.j, p.k)
UNION ALL
SELECT which, 'j ' || t.name, t.name, p.name FROM named AS t JOIN named AS p ON (t.d, t.i, t.j, t.k) = (p.d, p.i, p.of_j, p.k)
UNION ALL
SELECT which, 'k ' || t.name, t.name, p.name FROM named AS t JOIN named AS p ON (t.d, t.i, t.j, t.k) = (p.d, p.i, p.j, p.of_k);
$$;
SELECT put_random('random', 1000);
ANALYZE cell, line;
SELECT protect('random');
SELECT * FROM check_protected('random');
SELECT protect('random', residual => 5);
SELECT * FROM check_protected('random', residual => 5);
SELECT protect('random', width => 10, lowest => 1);
SELECT * FROM check_protected('random', width => 10, lowest => 1);

-- The same cells in whatever order all is given
CREATE TABLE earlier AS SELECT system, name, n, is_hidden FROM cell WHERE system = 'random';
SELECT protect('random', width => 10, lowest => 1, seed => 'other');
SELECT count(*) FILTER (WHERE cell.is_hidden <> earlier.is_hidden) AS n_other FROM cell JOIN earlier USING (system, name);

-- Next month a few numbers are others. What is hidden already is cheaper, so that nearly all stays as it was.
SELECT protect('32');
TRUNCATE earlier;
INSERT INTO earlier SELECT system, name, n, is_hidden FROM cell WHERE system = '32';
UPDATE cell SET n = changed.n
FROM (WITH leaf AS (SELECT name, string_to_array(name, ' ') AS p, n + CASE WHEN pick(name, 50) = 0 THEN 1 ELSE 0 END AS n FROM cell WHERE system = '32' AND name ~ 's.*r.*x')
	SELECT concat_ws(' ', d, s, r, x) AS name, sum(n) AS n FROM leaf, LATERAL (SELECT p[1], p[2], p[3], p[4]) AS c (d, s, r, x) GROUP BY GROUPING SETS ((), (d), (d, s)), CUBE (r, x)) AS changed
WHERE system = '32' AND cell.name = changed.name;
SELECT protect('32');
SELECT count(*) AS n_more FROM cell JOIN earlier USING (system, name) WHERE cell.is_hidden AND cell.n > 9 AND NOT earlier.is_hidden;
UPDATE cell SET cost = CASE WHEN earlier.is_hidden THEN 1 ELSE 3 END FROM earlier WHERE (cell.system, cell.name) = (earlier.system, earlier.name);
SELECT protect('32');
SELECT count(*) AS n_more, secondary_ratio('32') <= 0.36 AS is_thrifty FROM cell JOIN earlier USING (system, name) WHERE cell.is_hidden AND cell.n > 9 AND NOT earlier.is_hidden;
SELECT * FROM check_protected('32');

-- Counts, numerators and what they leave: n, x and n - x are hidden together. Small x and small n - x are primary, and with
-- them every small n. The audit reads n and x of all hidden cells with x <= n, and knows no small number better than asked.
CREATE TABLE rate (name text PRIMARY KEY, r text, c text, n bigint, x bigint, is_hidden boolean);
INSERT INTO rate (name, r, c, n, x)
WITH leaf AS (SELECT 'r' || r AS r, 'c' || c AS c, 6 + pick(r || ' ' || c, 60) AS n, pick(c || ' ' || r, 100) AS percent FROM generate_series(1, 12) AS r, generate_series(1, 5) AS c)
SELECT concat_ws(' ', coalesce(r, '*'), coalesce(c, '*')), r, c, sum(n), sum(n * percent / 100) FROM leaf GROUP BY CUBE (r, c);
CREATE TABLE rate_line AS
SELECT dense_rank() OVER (ORDER BY kind, t.name)::integer AS line, t.name AS total, p.name AS part
FROM (VALUES (1), (2)) AS v (kind), rate AS t, rate AS p
WHERE CASE kind WHEN 1 THEN t.r IS NULL AND p.r IS NOT NULL AND t.c IS NOT DISTINCT FROM p.c ELSE t.c IS NULL AND p.c IS NOT NULL AND t.r IS NOT DISTINCT FROM p.r END;

CREATE FUNCTION protect_rates(is_n_shown boolean) RETURNS TABLE (n_hidden bigint, n_primary bigint, n_shortcoming bigint) LANGUAGE sql AS $$
WITH c AS (SELECT *, row_number() OVER (ORDER BY name COLLATE "C")::integer AS place, x BETWEEN 1 AND 9 OR n - x BETWEEN 1 AND 9 AS is_primary FROM rate),
	cs AS (SELECT array_agg(place::bigint ORDER BY place) AS key, array_agg(x ORDER BY place) AS x, array_agg(n - x ORDER BY place) AS rest, array_agg(n ORDER BY place) AS n,
		array_agg(is_primary ORDER BY place) AS is_primary, array_agg(x BETWEEN 1 AND 9 ORDER BY place) AS x_is_primary, array_agg(n - x BETWEEN 1 AND 9 ORDER BY place) AS rest_is_primary FROM c),
	ts AS (SELECT array_agg(place ORDER BY line) AS total FROM (SELECT DISTINCT line, place FROM rate_line JOIN c ON name = total) AS t),
	ps AS (SELECT array_agg(line) AS line, array_agg(place) AS part FROM rate_line JOIN c ON name = part),
	p AS MATERIALIZED (SELECT p.* FROM cs, ts, ps, protect_table(key, CASE WHEN is_n_shown THEN x ELSE x || rest END, CASE WHEN is_n_shown THEN is_primary ELSE x_is_primary || rest_is_primary END,
		total, line, part, upper => CASE WHEN is_n_shown THEN n END) AS p),
	put AS (UPDATE rate SET is_hidden = p.is_hidden FROM p JOIN c ON c.place = p.cell WHERE rate.name = c.name)
SELECT count(*) FILTER (WHERE p.is_hidden), count(*) FILTER (WHERE is_primary), count(shortcoming) FROM p JOIN c ON c.place = p.cell;
$$;

-- Of each hidden cell: x, and if it is not shown n
CREATE FUNCTION audit_rates(is_n_shown boolean) RETURNS TABLE (name text, what text, value bigint, verdict text, lower double precision, upper double precision) LANGUAGE sql AS $$
WITH u AS (SELECT name, what, value, CASE WHEN is_n_shown THEN n END AS upper, row_number() OVER (ORDER BY name, what)::integer AS place
		FROM rate, LATERAL (VALUES ('n', n), ('x', x)) AS v (what, value) WHERE is_hidden AND (what = 'x' OR NOT is_n_shown)),
	h AS (SELECT what || line AS fact, place, value, 1 AS coefficient FROM rate_line JOIN u ON name = part
		UNION ALL SELECT DISTINCT what || line, place, value, -1 FROM rate_line JOIN u ON name = total
		UNION ALL SELECT 'rest ' || name, place, NULL, CASE what WHEN 'n' THEN 1 ELSE -1 END FROM u WHERE NOT is_n_shown),
	t AS (SELECT *, dense_rank() OVER (ORDER BY fact)::integer AS number FROM h),
	f AS (SELECT number, coalesce(sum(value * coefficient), 0)::bigint AS lower, sum(value * coefficient)::bigint AS upper, bool_and(value IS NOT NULL) AS is_exact FROM t GROUP BY number),
	us AS (SELECT array_agg(true) AS yes, array_agg(0::bigint) AS zero, array_agg(NULL::bigint) AS nothing, array_agg(upper ORDER BY place) AS upper FROM u),
	ts AS (SELECT array_agg(number) AS fact, array_agg(place) AS unknown, array_agg(coefficient::bigint) AS coefficient FROM t),
	fs AS (SELECT array_agg(lower ORDER BY number) AS lower, array_agg(upper ORDER BY number) AS upper, array_agg(false) AS no, array_agg(is_exact ORDER BY number) AS is_exact FROM f)
SELECT u.name, u.what, u.value, a.verdict, a.whole_lower, a.whole_upper
FROM us, ts, fs, audit_system(us.yes, us.zero, us.upper, us.nothing, us.nothing, ts.fact, ts.unknown, ts.coefficient, fs.lower, fs.upper, fs.no, fs.no, fs.is_exact) AS a JOIN u ON u.place = a.unknown;
$$;

CREATE FUNCTION check_rates(is_n_shown boolean) RETURNS TABLE (n_numbers bigint, n_exact bigint, n_narrow bigint, n_shown_primary bigint, n_small_sum bigint) LANGUAGE sql AS $$
SELECT count(*), count(*) FILTER (WHERE verdict LIKE 'exact%'),
	count(*) FILTER (WHERE (value BETWEEN 1 AND 9 OR (what = 'x' AND n - x BETWEEN 1 AND 9)) AND upper - lower < 5),
	(SELECT count(*) FROM rate WHERE NOT is_hidden AND (n < 10 OR x BETWEEN 1 AND 9 OR n - x BETWEEN 1 AND 9)),
	(SELECT count(*) FROM (SELECT FROM rate_line JOIN rate AS t ON t.name = total JOIN rate AS p ON p.name = part WHERE p.is_hidden AND NOT t.is_hidden
		GROUP BY line HAVING least(sum(p.x), sum(p.n - p.x)) < 10) AS small)
FROM audit_rates(is_n_shown) JOIN rate USING (name);
$$;
SELECT * FROM protect_rates(false);
SELECT * FROM check_rates(false);
-- The same where n is published whatever it is
SELECT * FROM protect_rates(true);
SELECT * FROM check_rates(true);

-- What cannot be protected is said. All parts are small, and so is their total, which is to stay: nothing helps.
INSERT INTO cell (system, name, n, is_fixed) VALUES ('small', 'all', 8, true), ('small', 'a', 3, false), ('small', 'b', 5, false);
UPDATE cell SET is_primary = name <> 'all' WHERE system = 'small';
INSERT INTO line VALUES ('small', 'all', 'all', 'a'), ('small', 'all', 'all', 'b');
SELECT protect('small');
SELECT name, is_hidden, shortcoming FROM cell WHERE system = 'small' ORDER BY name;
-- With less asked it is enough
SELECT protect('small', residual => 5);
SELECT name, is_hidden, shortcoming FROM cell WHERE system = 'small' ORDER BY name;
-- If it may be hidden, it is.
UPDATE cell SET is_fixed = false WHERE system = 'small';
SELECT protect('small');
SELECT name, is_hidden, shortcoming FROM cell WHERE system = 'small' ORDER BY name;
-- A small cell alone under a total that stays; one that nothing is said about
INSERT INTO cell (system, name, n, is_fixed) VALUES ('alone', 'all', 30, true), ('alone', 'a', 3, true), ('alone', 'b', 27, true), ('alone', 'other', 4, true);
INSERT INTO line VALUES ('alone', 'all', 'all', 'a'), ('alone', 'all', 'all', 'b');
SELECT protect('alone');
SELECT name, is_hidden, shortcoming FROM cell WHERE system = 'alone' ORDER BY name;
-- Two lines are long enough, and the two together say what a is: a + b = 20, a + b + c = 24, b + c = 20
INSERT INTO cell (system, name, n, is_fixed) VALUES ('two', 'a', 4, true), ('two', 'b', 16, false), ('two', 'c', 4, true), ('two', 'ab', 20, true), ('two', 'abc', 24, true), ('two', 'bc', 20, true);
INSERT INTO line SELECT 'two', total, total, part FROM cell, regexp_split_to_table(name, '') AS part, LATERAL (SELECT name AS total) AS t WHERE system = 'two' AND length(name) > 1;
SELECT protect('two');
SELECT name, is_hidden, shortcoming FROM cell WHERE system = 'two' ORDER BY name;
SELECT name, verdict FROM audit('two') ORDER BY name;
-- A person knows the other cell, whatever the lines say together
INSERT INTO cell (system, name, n, is_fixed) VALUES ('person', 'all', 10, true), ('person', 'a', 1, true), ('person', 'b', 9, true);
INSERT INTO line VALUES ('person', 'all', 'all', 'a'), ('person', 'all', 'all', 'b');
SELECT protect('person');
SELECT name, is_hidden, shortcoming FROM cell WHERE system = 'person' ORDER BY name;
SELECT protect('person', persons => 'none');
SELECT name, is_hidden, shortcoming FROM cell WHERE system = 'person' ORDER BY name;

-- Large numbers
SELECT put_table('large', '{a,b,c}', '{p,q,r}', '{1,1125899906842624,900719925474099,1125899906842623,7,5,900719925474098,1125899906842621,12}');
SELECT protect('large');
SELECT * FROM check_protected('large');
-- More is asked than there is, of totals that stay and of some that need not
SELECT protect('10.3', width => 1000000, residual => 2147483647);
SELECT count(*) FILTER (WHERE is_hidden) AS n_hidden, count(shortcoming) AS n_shortcoming FROM cell WHERE system = '10.3';
UPDATE cell SET is_fixed = name ~ 'all' OR n = 0 WHERE system = '10.3';
SELECT protect('10.3', width => 1000000, residual => 2147483647);
SELECT name, is_hidden, shortcoming FROM cell WHERE system = '10.3' AND name ~ 'all' ORDER BY name;

-- It can be cancelled, and leaves nothing behind.
SET statement_timeout = '50ms';
SELECT protect('random');
RESET statement_timeout;
SELECT protect('C1');
SELECT * FROM check_protected('C1');

-- Nothing, and one cell
SELECT * FROM protect_table('{}', '{}', '{}', '{}', '{}', '{}');
SELECT * FROM protect_table('{1}', '{3}', '{t}', '{}', '{}', '{}');

-- Misuse
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t,f}', NULL, '{1,1}', '{2,3}');
SELECT protect_table('{1,2,3}', '{10,4,NULL}', '{f,t,f}', '{1}', '{1,1}', '{2,3}');
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t,f}', '{{1}}', '{1,1}', '{2,3}');
SELECT protect_table('{1,2,3}', '{10,4,6}', '{{f,t,f}}', '{1}', '{1,1}', '{2,3}');
SELECT protect_table('{1,2,1}', '{10,4,6}', '{f,t,f}', '{1}', '{1,1}', '{2,3}');
SELECT protect_table('{1,2,3}', '{10,4,6,1}', '{f,t,f,f}', '{1}', '{1,1}', '{2,3}');
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t}', '{1}', '{1,1}', '{2,3}');
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t,f}', '{4}', '{1,1}', '{2,3}');
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t,f}', '{1}', '{1,0}', '{2,3}');
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t,f}', '{1}', '{1,1}', '{2,-2147483648}');
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t,f}', '{1}', '{1}', '{2,3}');
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t,f}', '{1,2}', '{1,1}', '{2,3}');
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t,f}', '{1}', '{1,1}', '{2,2}');
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t,f}', '{1}', '{1,1}', '{1,2}');
SELECT protect_table('{1,2,3}', '{11,4,6}', '{f,t,f}', '{1}', '{1,1}', '{2,3}');
SELECT protect_table('{1,2,3}', '{2,-4,6}', '{f,t,f}', '{1}', '{1,1}', '{2,3}');
SELECT protect_table('{1,2,3}', '{9223372036854775807,4,9223372036854775803}', '{f,t,f}', '{1}', '{1,1}', '{2,3}');
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t,f}', '{1}', '{1,1}', '{2,3}', lowest => 5);
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t,f}', '{1}', '{1,1}', '{2,3}', upper => '{10,3,6}');
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t,f}', '{1}', '{1,1}', '{2,3}', width => -1);
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t,f}', '{1}', '{1,1}', '{2,3}', cost => '{1,1,0}');
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t,f}', '{1}', '{1,1}', '{2,3}', cost => '{1,1,NaN}');
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t,f}', '{1}', '{1,1}', '{2,3}', cost => '{1,1e-300,1e300}');
SELECT protect_table('{1,2,3}', '{10,4,6}', '{f,t,f}', '{1}', '{1,1}', '{2,3}', persons => 'some');

DROP SCHEMA protect_test CASCADE;
