-- Mastery of skills. Numbers: test/reference/mastery.py, in exact fractions; the first steps by hand there.
SET search_path = gapstats, pg_temp, public;
SET extra_float_digits = 1;
CREATE FUNCTION pg_temp.near(a double precision, b double precision) RETURNS boolean
LANGUAGE sql RETURN abs(a - b) <= 1e-14 * greatest(abs(a), abs(b));

-- After each answer
CREATE TEMP TABLE answer AS
SELECT name, i AS at, correct FROM (VALUES
	('right', '{t,t,t,t}'::boolean[]), ('wrong', '{f,f,f}'), ('mixed', '{t,f,t,t,f,t}')) AS v (name, answers),
	unnest(answers) WITH ORDINALITY AS a (correct, i);
SELECT name, at, rounded(m, 12) AS mastery, is_mastered, pg_temp.near(m, expected) AS as_expected
FROM (SELECT name, at, mastery(correct) OVER w AS m, is_mastered(correct) OVER w FROM answer WINDOW w AS (PARTITION BY name ORDER BY at)) AS a
JOIN (VALUES ('right', '{0.55,0.925,0.9919642857142857,0.9991906474820144}'::float8[]), ('wrong', '{0.11097560975609756,0.1123120865904991,0.11247680511846089}'),
	('mixed', '{0.55,0.2076086956521739,0.731985294117647,0.9648166023166023,0.7776099728833986,0.9722816290510345}')) AS v (name, numbers) USING (name),
	LATERAL (SELECT numbers[at] AS expected) AS e
ORDER BY name, at;

-- Other parameters: those at which hmm-scalable begins to fit, and some of a skill that nobody knows at first
SELECT bool_and(pg_temp.near(m, (ARRAY[0.88,0.788235294117647,0.9622377622377623,0.9941705649514214,0.9862498231715943,0.997915981761267])[at])) AS as_expected
FROM (SELECT at, mastery(correct, 0.5, 0.4, 0.2, 0.2) OVER (ORDER BY at) AS m FROM answer WHERE name = 'mixed') AS a;
SELECT bool_and(pg_temp.near(m, (ARRAY[0.3,0.7336956521739131,0.9389679715302491])[at])) AS as_expected
FROM (SELECT at, mastery(correct, 0, 0.3, 0.25, 0.05) OVER (ORDER BY at) AS m FROM (VALUES (1, false), (2, true), (3, true)) AS v (at, correct)) AS a;

-- All answers of many students at once, every eleventh missing
CREATE TEMP TABLE answers AS
SELECT s AS student, i AS at, CASE WHEN i % 11 > 0 THEN (s * 7 + i * i * 5) % 13 < 4 + s % 7 END AS correct
FROM generate_series(1, 40) AS s, generate_series(1, 12) AS i;
CREATE TEMP TABLE at_the_end AS
SELECT student, mastery(correct ORDER BY at) AS mastery, is_mastered(correct ORDER BY at), k_of_last_n(correct, 3, 4 ORDER BY at) AS three_of_four,
	k_of_last_n(correct, 5, 5 ORDER BY at) AS five_in_a_row, k_of_last_n(correct, 1, 1 ORDER BY at) AS latest
FROM answers GROUP BY student;
SELECT pg_temp.near(sum(mastery ORDER BY student), 31.085109515075438) AS sum, pg_temp.near(sum(student * mastery ORDER BY student), 655.4280801676031) AS weighted_sum,
	count(*) FILTER (WHERE is_mastered) AS mastered, count(*) FILTER (WHERE three_of_four) AS three_of_four,
	count(*) FILTER (WHERE five_in_a_row) AS five_in_a_row, count(*) FILTER (WHERE latest) AS latest
FROM at_the_end;

-- After all answers is after the last one; a missing answer changes nothing, at the end or between.
SELECT count(*) = 40 AS same FROM at_the_end JOIN (
	SELECT student, at, mastery(correct) OVER w AS mastery, is_mastered(correct) OVER w, k_of_last_n(correct, 3, 4) OVER w AS three_of_four FROM answers WINDOW w AS (PARTITION BY student ORDER BY at)
) AS a USING (student, mastery, is_mastered, three_of_four) WHERE at = 12;
-- Last year's is where this year begins.
SELECT bool_and(pg_temp.near(whole.mastery, later.mastery)) AS same
FROM at_the_end AS whole
JOIN (SELECT student, mastery(correct, earlier, 0.1, 0.1, 0.1 ORDER BY at) AS mastery
	FROM answers JOIN (SELECT student, mastery(correct ORDER BY at) AS earlier FROM answers WHERE at <= 5 GROUP BY student) AS e USING (student)
	WHERE at > 5 GROUP BY student) AS later USING (student);

-- However sure, it is never quite 1, and answers still count: after 60 right ones it takes 66 wrong ones to be less likely than not
SELECT max(m) FILTER (WHERE i <= 60) = 1 - 2.0 ^ -53 AS never_quite_1, min(i) FILTER (WHERE i > 60 AND m < 0.5) - 60 AS wrong_ones,
	pg_temp.near(round(max(m) FILTER (WHERE i = 126)::numeric, 10)::float8, 0.2076852858) AS as_expected
FROM (SELECT i, mastery(i <= 60) OVER (ORDER BY i) AS m FROM generate_series(1, 130) AS i) AS a;
SELECT mastery(i <= 100000 ORDER BY i) < 0.2 AS back_again FROM generate_series(1, 101000) AS i;
SELECT mastery(i > 100000, 0.5, 0, 0.1, 0.1 ORDER BY i) > 0.9 AS and_forth FROM generate_series(1, 101000) AS i;

-- Exactly at the threshold, whatever rounding makes of it
SELECT initial, threshold, m >= threshold AS as_numbers, is_mastered, is_below
FROM (SELECT initial, threshold, mastery(correct, initial, 0.1, 0.1, 0.1) AS m, is_mastered(correct, threshold, initial, 0.1, 0.1, 0.1),
		is_mastered(correct, threshold + 1e-7, initial, 0.1, 0.1, 0.1) AS is_below
	FROM (VALUES (0.5, false, 0.19), (0.1, true, 0.55), (0.9, false, 0.55), (0.5, true, 0.91)) AS v (initial, correct, threshold)
	GROUP BY initial, threshold) AS a ORDER BY initial, threshold;

-- No answer
SELECT mastery(correct), is_mastered(correct), k_of_last_n(correct, 1, 2) FROM (VALUES (NULL::boolean), (NULL)) AS v (correct);
SELECT mastery(correct), is_mastered(correct), k_of_last_n(correct, 1, 2) FROM answer WHERE false;

-- k of the last n
SELECT string_agg(CASE WHEN correct THEN 'r' WHEN NOT correct THEN 'w' ELSE '-' END, ' ' ORDER BY i) AS answers,
	string_agg(coalesce(left(two::text, 1), '?'), ' ' ORDER BY i) AS two_of_three, string_agg(coalesce(left(row::text, 1), '?'), ' ' ORDER BY i) AS two_in_a_row
FROM (SELECT i, correct, k_of_last_n(correct, 2, 3) OVER w AS two, k_of_last_n(correct, 2, 2) OVER w AS row
	FROM unnest('{NULL,t,NULL,t,f,NULL,f,t,t}'::boolean[]) WITH ORDINALITY AS v (correct, i) WINDOW w AS (ORDER BY i)) AS a;
SELECT bool_and(k = (SELECT count(*) FILTER (WHERE c) >= 30 FROM (SELECT (j * j) % 7 < 5 AS c FROM generate_series(greatest(1, i - 49), i) AS j) AS s)) AS as_counted
FROM (SELECT i, k_of_last_n((i * i) % 7 < 5, 30, 50) OVER (ORDER BY i) AS k FROM generate_series(1, 200) AS i) AS a;
-- a frame of its own
SELECT i, k_of_last_n(i % 3 > 0, 2, 2) OVER (ORDER BY i ROWS 1 PRECEDING) AS frame, rounded(mastery(i % 3 > 0) OVER (ORDER BY i ROWS 1 PRECEDING), 4) AS mastery FROM generate_series(1, 4) AS i;

-- Parallel plans do not divide a student's answers.
CREATE TABLE mastery_many AS SELECT i % 50 AS student, i AS at, i * 7919 % 13 < 7 AS correct FROM generate_series(1, 20000) AS i;
ALTER TABLE mastery_many SET (parallel_workers = 2);
CREATE TEMP TABLE serial AS SELECT student, mastery(correct ORDER BY at) AS m FROM mastery_many GROUP BY student;
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query;
END $$;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT bool_or(line ~ 'Partial') AS divided
FROM pg_temp.plan('SELECT student, mastery(correct ORDER BY at) FROM mastery_many GROUP BY student') AS line;
SELECT count(*) FROM (SELECT student, mastery(correct ORDER BY at) AS m FROM mastery_many GROUP BY student) AS p JOIN serial USING (student, m);
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
DROP TABLE mastery_many;

-- Misuse
SELECT mastery(true, -0.1, 0.1, 0.1, 0.1);
SELECT mastery(true, 1, 0.1, 0.1, 0.1);
SELECT mastery(true, 0.1, 1, 0.1, 0.1);
SELECT mastery(true, 0.1, 0.1, 0, 0.1);
SELECT mastery(true, 0.1, 0.1, 0.1, 0);
SELECT mastery(true, 0.1, 0.1, 0.1, 10);
SELECT mastery(true, 0.1, 0.1, 0.5, 0.5);
SELECT mastery(true, 0.1, 0.1, 'NaN', 0.5);
SELECT mastery(NULL, 0.1, NULL, 0.1, 0.1);
SELECT mastery(true, i / 10.0, 0.1, 0.1, 0.1) FROM generate_series(1, 2) AS i;
SELECT is_mastered(true, 95);
SELECT is_mastered(true, 0);
SELECT is_mastered(NULL, NULL);
SELECT is_mastered(true, 1 - i / 20.0) FROM generate_series(1, 2) AS i;
SELECT k_of_last_n(true, 0, 3);
SELECT k_of_last_n(true, 4, 3);
SELECT k_of_last_n(true, 4, 51);
SELECT k_of_last_n(true, NULL, 3);
SELECT k_of_last_n(true, 1, 1 + i) FROM generate_series(1, 2) AS i;
SELECT gapstats_internal.mastery_accum('{1,2}', true);
SELECT gapstats_internal.mastery_accum('{1,1,NaN,0,0.1,0.1,0.1,0.1,0.9}', true);
SELECT gapstats_internal.k_of_last_n_accum('{1,2,3}', true, 1, 2);

-- What a skill rests on
CREATE TABLE skill_map (skill text, prerequisite text);
INSERT INTO skill_map VALUES ('fractions', 'division'), ('division', 'multiplication'), ('multiplication', 'addition'), ('division', 'subtraction'),
	('subtraction', 'addition'), ('addition', 'counting'), ('percentages', 'fractions'), ('percentages', 'multiplication'), ('percentages', 'fractions'), ('counting', NULL);
SELECT p.* FROM (SELECT array_agg(skill) AS s, array_agg(prerequisite) AS p FROM skill_map WHERE prerequisite IS NOT NULL) AS m, prerequisites(m.s, m.p) AS p;
-- the same by a recursive query
WITH RECURSIVE walk AS (
	SELECT skill, prerequisite, 1 AS n_steps FROM skill_map WHERE prerequisite IS NOT NULL
	UNION SELECT w.skill, m.prerequisite, n_steps + 1 FROM walk AS w JOIN skill_map AS m ON m.skill = w.prerequisite WHERE m.prerequisite IS NOT NULL
), shortest AS (SELECT skill, prerequisite, min(n_steps) AS n_steps FROM walk GROUP BY skill, prerequisite), closed AS (
	SELECT p.* FROM (SELECT array_agg(skill) AS s, array_agg(prerequisite) AS p FROM skill_map WHERE prerequisite IS NOT NULL) AS m, prerequisites(m.s, m.p) AS p
) SELECT count(*), count(*) FILTER (WHERE c.skill IS NULL OR s.skill IS NULL) AS differ FROM closed AS c FULL JOIN shortest AS s USING (skill, prerequisite, n_steps);
SELECT * FROM prerequisites('{a,b,c,d}', '{b,c,a,a}');
SELECT * FROM prerequisites('{a}', '{a}');
SELECT * FROM prerequisites((SELECT array_agg('s' || i ORDER BY i) FROM generate_series(1, 50) AS i), (SELECT array_agg('s' || i % 50 + 1 ORDER BY i) FROM generate_series(1, 50) AS i));
SELECT * FROM prerequisites('{a,b}', '{c}');
SELECT * FROM prerequisites('{a,NULL}', '{c,d}');
SELECT count(*) FROM prerequisites(NULL, '{c}');
SELECT count(*) FROM prerequisites('{}', '{}');
-- a thousand skills in a row, and ways that double at each step
SELECT count(*), max(n_steps) FROM prerequisites((SELECT array_agg(i::text) FROM generate_series(1, 1000) AS i), (SELECT array_agg((i + 1)::text) FROM generate_series(1, 1000) AS i));
SELECT count(*), max(n_steps) FROM (SELECT array_agg(i || s) AS a, array_agg(i + 1 || t) AS b FROM generate_series(1, 60) AS i, unnest('{a,b}'::text[]) AS s, unnest('{a,b}'::text[]) AS t) AS m, prerequisites(a, b);

-- What to go back to
CREATE TABLE mastery_now (student_id integer, skill text, mastery double precision);
INSERT INTO mastery_now VALUES (1, 'fractions', 0.3), (1, 'division', 0.6), (1, 'multiplication', 0.4), (1, 'addition', 0.99), (1, 'counting', 0.4),
	(2, 'division', 0.97), (2, 'fractions', 0.9), (3, 'percentages', 0.2), (4, 'fractions', NULL), (4, 'multiplication', NULL), (4, 'subtraction', 0.5);
SELECT * FROM weakest_prerequisite('mastery_now', 'skill_map', skill => 'fractions');
SELECT student, skill, prerequisite, n_steps, prerequisite_mastery AS mastery FROM weakest_prerequisite('SELECT student_id AS student, skill, mastery FROM mastery_now WHERE student_id = 1', 'skill_map', student_column => 'student');
-- however few digits the session prints
SET extra_float_digits = -15;
SELECT prerequisite_mastery = 0.123456789 AS all_digits FROM weakest_prerequisite($$SELECT 1 AS student_id, 'percentages' AS skill, 0.123456789::float8 AS mastery$$, $$SELECT 'rates' AS skill, 'percentages' AS prerequisite$$);
RESET extra_float_digits;
SELECT count(*) FROM weakest_prerequisite('SELECT student_id, skill, mastery FROM mastery_now WHERE false', 'skill_map');
SELECT count(*) FROM weakest_prerequisite('mastery_now', 'SELECT * FROM skill_map WHERE false');
SELECT count(*) FROM weakest_prerequisite('mastery_now', 'skill_map', skill => 'counting');
SELECT * FROM weakest_prerequisite('mastery_now', 'SELECT skill FROM skill_map');
SELECT * FROM weakest_prerequisite('SELECT skill, mastery FROM mastery_now', 'skill_map');
SELECT * FROM weakest_prerequisite('SELECT * FROM mastery_now UNION ALL SELECT * FROM mastery_now', 'skill_map');
SELECT * FROM weakest_prerequisite($$SELECT 1 AS student_id, 'fractions' AS skill, 'NaN'::float8 AS mastery$$, 'skill_map');
SELECT * FROM weakest_prerequisite('mastery_now', $$SELECT * FROM skill_map UNION ALL SELECT 'counting', 'percentages'$$);
SELECT * FROM weakest_prerequisite('DELETE FROM mastery_now RETURNING *', 'skill_map');
SELECT * FROM weakest_prerequisite(NULL, 'skill_map');
SELECT * FROM weakest_prerequisite('mastery_now', NULL);
SELECT * FROM weakest_prerequisite('mastery_now', 'skill_map', student_column => NULL);
DROP TABLE skill_map, mastery_now;
