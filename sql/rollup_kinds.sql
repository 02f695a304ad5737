-- Roll-ups: every kind of measure, whatever is done to the source
\set SHOW_CONTEXT never
CREATE ROLE kinds_owner;
CREATE SCHEMA kinds AUTHORIZATION kinds_owner;
SET ROLE kinds_owner;
SET search_path = kinds, gapstats;

CREATE DOMAIN points AS numeric CHECK (VALUE < 1e9);
CREATE TABLE students (
	student integer PRIMARY KEY,
	school text,
	"Score" points,
	is_focal boolean,
	weight real,
	class integer,
	"n, of ""poor""" smallint,
	days double precision,
	race char(3),
	n integer,
	note text
);
CREATE FUNCTION student_of(i integer) RETURNS SETOF students LANGUAGE sql IMMUTABLE
RETURN (i, 's' || i % 3, CASE WHEN i % 11 > 0 THEN 400 + i * 37 % 97 / 4.0 END, CASE WHEN i % 13 > 0 THEN i % 3 = 0 END, CASE WHEN i % 17 > 0 THEN i % 4 / 2.0 END,
	CASE WHEN i % 19 > 0 THEN i % 5 END, i % 2, CASE WHEN i % 23 > 0 THEN i * 7 % 31 / 8.0 END, CASE WHEN i % 29 > 0 THEN 'r' || i % 4 END, CASE WHEN i % 31 > 0 THEN i % 6 END, NULL)::students;
INSERT INTO students SELECT s.* FROM generate_series(1, 150) AS i, student_of(i) AS s;

-- All kinds are read by their own functions, too: what they say is what they say of the rows.
SELECT create_rollup('schools', 'students', '{school}', '{"scores": "distribution(\"Score\")", "tested": "count(\"Score\")", "sample": "weighted_sample(\"Score\", is_focal, weight)",
	"clusters": "gapstats.weighted_sample ( \"Score\" ,is_focal,weight, class)", "products": "cross_products(\"Score\", is_focal, array[\"n, of \"\"poor\"\"\", days])", "one": "cross_products(days, is_focal, ARRAY[class])",
	"classes": "composition(class, race)", "sizes": "composition(class, race, n)"}');
\d schools
CREATE VIEW counted AS
SELECT school, count(*) AS n_rows, distribution("Score")::text AS scores, count("Score") AS tested, weighted_sample("Score", is_focal, weight)::text AS sample,
	weighted_sample("Score", is_focal, weight, class)::text AS clusters, cross_products("Score", is_focal, ARRAY["n, of ""poor""", days])::text AS products, cross_products(days, is_focal, ARRAY[class])::text AS one,
	composition(class, race)::text AS classes, composition(class, race, n)::text AS sizes
FROM students GROUP BY school;
CREATE VIEW kept AS
SELECT school, n_rows, scores::text, tested, sample::text, clusters::text, products::text, one::text, classes::text, sizes::text FROM schools;
CREATE VIEW differences AS
(TABLE counted EXCEPT ALL TABLE kept) UNION ALL (TABLE kept EXCEPT ALL TABLE counted);
CREATE VIEW state AS
SELECT (SELECT count(*) FROM schools) AS n_groups, (SELECT count(*) FROM differences) AS n_differences, (SELECT count(*) FROM check_rollup('schools')) AS n_found, (SELECT count(*) FROM schools_changes) AS n_changes;
TABLE state;
SELECT school, weighted_gap(k.sample) = r.gap AS gap, weighted_gap(k.clusters) = r.clustered AS clustered, segregation(k.classes) = r.segregation AS segregation,
	(SELECT array_agg(d) FROM gap_decomposition(k.products) AS d) = (SELECT array_agg(d) FROM gap_decomposition(r.products) AS d) AS decomposition
FROM schools k JOIN (
	SELECT school, weighted_gap("Score", is_focal, weight) AS gap, weighted_gap("Score", is_focal, weight, class) AS clustered, segregation(class, race) AS segregation,
		cross_products("Score", is_focal, ARRAY["n, of ""poor""", days]) AS products
	FROM students GROUP BY school) AS r USING (school)
ORDER BY school;

INSERT INTO students SELECT s.* FROM generate_series(151, 180) AS i, student_of(i) AS s;
TABLE state;
UPDATE students SET "Score" = "Score" + 0.125 WHERE student % 7 = 0;
UPDATE students SET weight = weight * 2 WHERE student % 5 = 0;
UPDATE students SET is_focal = NOT is_focal, class = class + 1, n = n + 1 WHERE student % 9 = 0;
UPDATE students SET school = 's0' WHERE student % 10 = 1;
UPDATE students SET days = NULL, race = NULL WHERE student % 8 = 1;
DELETE FROM students WHERE student % 6 = 1;
TABLE state;
-- What changes nothing of a group writes nothing.
UPDATE students SET note = 'seen';
UPDATE students SET student = student + 1000;
UPDATE students SET student = student - 1000;
TABLE state;
SELECT status, n_changes, n_groups FROM merge_rollup('schools');
TABLE state;
COPY students (student, school, "Score", is_focal, weight, class, "n, of ""poor""", days, race, n) FROM stdin;
201	s1	401.5	t	0	1	1	0.1	r9	0
202	s9	\N	\N	\N	\N	\N	\N	\N	\N
203	s8	402	f	1e-30	7	0	1e-300	r1	7
\.
TABLE state;
INSERT INTO students SELECT s.* FROM generate_series(140, 190) AS i, student_of(i) AS s ON CONFLICT (student) DO UPDATE SET "Score" = excluded."Score", days = excluded.days, race = excluded.race;
TABLE state;
-- Of a weight of 0 a row is not in the sample, which yet is there; of no students all is empty.
SELECT sample::text, clusters::text, products::text, classes::text FROM schools WHERE school = 's9';
UPDATE students SET weight = 0, is_focal = true WHERE school = 's9';
SELECT sample::text = (SELECT weighted_sample(1, true, 0)::text) AS is_empty FROM schools WHERE school = 's9';
TABLE state;

-- What widened a sum and is gone again leaves no trace, before a merge and after.
BEGIN;
INSERT INTO students VALUES (301, 's1', 1e-300, true, 1, 1, 1, 1e300, 'r1', 1), (302, 's1', 5e8, false, 1e30, 1, 1, 5e-324, 'r1', 1);
TABLE state;
DELETE FROM students WHERE student = 301;
TABLE state;
SELECT status, n_changes FROM merge_rollup('schools');
DELETE FROM students WHERE student = 302;
TABLE state;
SELECT status, n_changes FROM merge_rollup('schools');
TABLE state;
-- A covariate that was no dummy for a while
INSERT INTO students VALUES (303, 's2', 400, true, 1, 1, 2, 1, 'r1', 1);
SELECT gap_decomposition(products, '{poor,days}', '{rich,""}') FROM schools WHERE school = 's2';
ROLLBACK;
BEGIN;
INSERT INTO students VALUES (303, 's2', 400, true, 1, 1, 2, 1, 'r1', 1);
DELETE FROM students WHERE student = 303;
SELECT count(*) > 0 AS is_dummy FROM schools, gap_decomposition(products, '{poor,days}', '{rich,""}') WHERE school = 's2';
ROLLBACK;
BEGIN;
TRUNCATE students;
TABLE state;
INSERT INTO students SELECT s.* FROM generate_series(1, 30) AS i, student_of(i) AS s;
TABLE state;
ROLLBACK;
TABLE state;

-- A random mix, merged now and then
SELECT setseed(0.7);
CREATE TABLE found (at integer, n bigint);
DO $$
BEGIN
	FOR i IN 1 .. 150 LOOP
		CASE floor(random() * 4)
			WHEN 0 THEN INSERT INTO students SELECT s.* FROM generate_series(1000 + i, 1000 + i + floor(random() * 5)::integer) AS j, student_of(j) AS s ON CONFLICT DO NOTHING;
			WHEN 1 THEN DELETE FROM students WHERE student % 50 = floor(random() * 50);
			WHEN 2 THEN UPDATE students SET "Score" = "Score" * (1 + random()), weight = floor(random() * 4) / 2, days = random() WHERE student % 20 = floor(random() * 20);
			ELSE UPDATE students SET school = 's' || floor(random() * 5), is_focal = random() < 0.5, class = random() * 3, race = 'r' || floor(random() * 3) WHERE student % 30 = floor(random() * 30);
		END CASE;
		IF i % 10 = 0 THEN
			INSERT INTO found SELECT i, count(*) FROM differences;
		END IF;
		IF i % 25 = 0 THEN
			PERFORM merge_rollup('schools');
		END IF;
	END LOOP;
END
$$;
SELECT count(*) AS n_looks, sum(n) AS n_differences FROM found;
SELECT status FROM merge_rollup('schools');
SELECT n_differences, n_found, n_changes FROM state;
SELECT status, rebuilt_because FROM rebuild_rollup('schools');
SELECT n_differences, n_found, n_changes FROM state;

-- What an aggregate refuses, the load is told.
INSERT INTO students (student, "Score", is_focal, weight) VALUES (1, 'NaN', true, 1);
INSERT INTO students (student, "Score", is_focal, weight) VALUES (2000, 1, true, -1);
INSERT INTO students (student, "Score", is_focal, weight) VALUES (2000, 1, true, 'Infinity');
INSERT INTO students (student, days, is_focal, class) VALUES (2000, 'NaN', true, 1);
INSERT INTO students (student, class, race, n) VALUES (2000, 1, 'r1', -1);
TABLE state;
-- Rows that were never added: each kind names the group.
DROP VIEW counted, kept CASCADE;
SELECT drop_rollup('schools');
ALTER TABLE students ALTER school SET NOT NULL;
SELECT status FROM (SELECT create_rollup(k.name, 'students', '{school}', jsonb_build_object('kept', k.call)) FROM (VALUES ('samples', 'weighted_sample(days, is_focal, days)'), ('clustered', 'weighted_sample(days, is_focal, days, n)'),
	('regressions', 'cross_products(days, is_focal, ARRAY[n])'), ('compositions', 'composition(class, race)'), ('students_of', 'composition(class, race, n)')) AS k (name, call)) AS c, LATERAL (SELECT 'made' AS status) AS m;
INSERT INTO students (student, school, days, is_focal, n, class, race) VALUES (3000, 'lone', 3, true, 1, 1, 'r1'), (3001, 'lone', 4, true, 1, 1, 'r2');
ALTER TABLE students DISABLE TRIGGER USER;
UPDATE students SET days = 5, race = 'r3' WHERE student = 3000;
SELECT string_agg(format('ENABLE ALWAYS TRIGGER %I', tgname), ', ') AS all_on FROM pg_trigger WHERE tgrelid = 'students'::regclass AND NOT tgisinternal \gset
ALTER TABLE students :all_on;
DELETE FROM students WHERE student = 3000;
SELECT r, m.status, m.error FROM unnest('{samples,clustered,regressions,compositions,students_of}'::regclass[]) AS r, merge_rollup(r) AS m;
SELECT rollup, state, problem, fix FROM rollup_health ORDER BY rollup::text COLLATE "C";
SELECT r, m.status FROM unnest('{samples,clustered,regressions,compositions,students_of}'::regclass[]) AS r, rebuild_rollup(r) AS m;
SELECT r, c.* FROM unnest('{samples,clustered,regressions,compositions,students_of}'::regclass[]) AS r, check_rollup(r) AS c;

-- Names told apart by their text are so whatever their type is.
CREATE TYPE mood AS ENUM ('low', 'high');
CREATE TABLE of_all_types (g integer, d date, t timestamptz, m mood, b boolean, f double precision, i interval, v varchar(5), n numeric);
SELECT create_rollup('by_type', 'of_all_types', '{g}', '{"a": "composition(d, t)", "b": "composition(m, b)", "c": "composition(f, i)", "d": "composition(v, m)", "e": "cross_products(f, b, ARRAY[g, n])"}');
SET TimeZone = 'Asia/Tokyo';
SET DateStyle = 'German';
SET IntervalStyle = 'iso_8601';
INSERT INTO of_all_types VALUES (1, '2026-01-02', '2026-01-02 03:04:05+00', 'low', true, 0.1, '1 day 02:00', 'abc', 1.5), (1, '2026-01-02', '2026-07-02 03:04:05.5+00', 'high', false, 1e300, '-1 mon', 'ABC', NULL), (1, NULL, NULL, NULL, true, 2, NULL, NULL, 1e-20), (1, NULL, NULL, NULL, NULL, 2, NULL, NULL, 0);
RESET TimeZone;
RESET DateStyle;
RESET IntervalStyle;
SELECT * FROM check_rollup('by_type');
DELETE FROM of_all_types WHERE b;
SELECT * FROM check_rollup('by_type');
UPDATE of_all_types SET n = 2, t = t + interval '1 day', m = 'low' WHERE f > 2;
SELECT status FROM merge_rollup('by_type');
SELECT * FROM check_rollup('by_type');

-- What there is to refuse
SELECT create_rollup('wrong', 'students', '{school}', '{"n": "weighted_sample(\"Score\", is_focal)"}');
SELECT create_rollup('wrong', 'students', '{school}', '{"n": "weighted_sample(\"Score\", is_focal, ARRAY[weight])"}');
SELECT create_rollup('wrong', 'students', '{school}', '{"n": "weighted_sample(\"Score\", race, weight)"}');
SELECT create_rollup('wrong', 'students', '{school}', '{"n": "cross_products(\"Score\", is_focal, days)"}');
SELECT create_rollup('wrong', 'students', '{school}', '{"n": "cross_products(\"Score\", is_focal)"}');
SELECT create_rollup('wrong', 'students', '{school}', '{"n": "cross_products(\"Score\", is_focal, ARRAY[days, race])"}');
SELECT create_rollup('wrong', 'students', '{school}', '{"n": "cross_products(\"Score\", is_focal, ARRAY[days, day])"}');
SELECT create_rollup('wrong', 'students', '{school}', '{"n": "cross_products(\"Score\", is_focal, ARRAY[])"}');
SELECT create_rollup('wrong', 'students', '{school}', jsonb_build_object('n', format('cross_products(days, is_focal, ARRAY[%s])', (SELECT string_agg('n', ',') FROM generate_series(1, 65)))));
SELECT create_rollup('wrong', 'students', '{school}', '{"n": "composition(class, race, n, n)"}');
SELECT create_rollup('wrong', 'students', '{school}', '{"n": "composition(class, race, days)"}');
SELECT create_rollup('wrong', 'students', '{school}', '{"n": "count(class, race)"}');
SELECT create_rollup('wrong', 'students', '{school}', '{"n": "gap(\"Score\", is_focal)"}');

-- What is computed first is a generated column, of partitions whose columns stand otherwise, too.
CREATE TABLE generated (gone integer, school text, score integer, language text, is_learner boolean GENERATED ALWAYS AS (language = 'learner') STORED) PARTITION BY LIST (school);
ALTER TABLE generated DROP COLUMN gone;
CREATE TABLE generated_north (language text, gone integer, score integer, school text, is_learner boolean GENERATED ALWAYS AS (language = 'learner') STORED);
ALTER TABLE generated_north DROP COLUMN gone;
ALTER TABLE generated ATTACH PARTITION generated_north FOR VALUES IN ('North');
CREATE TABLE generated_south PARTITION OF generated FOR VALUES IN ('South');
SELECT create_rollup('of_generated', 'generated', '{school,is_learner}', '{"sample": "weighted_sample(score, is_learner, score)"}');
INSERT INTO generated VALUES ('North', 400, 'learner'), ('North', 410, 'fluent'), ('South', 420, 'learner');
UPDATE generated SET language = 'fluent' WHERE score = 400;
UPDATE generated SET school = 'South', language = 'learner' WHERE score = 410;
UPDATE generated SET school = 'North' WHERE score = 420;
SELECT school, is_learner, n_rows FROM of_generated ORDER BY school, is_learner;
SELECT count(*) FROM check_rollup('of_generated');

\set VERBOSITY terse
RESET ROLE;
RESET search_path;
DROP SCHEMA kinds CASCADE;
DROP ROLE kinds_owner;
