--
-- Extracts: how many others each student is like, and of how many kinds these are
--
\set SHOW_CONTEXT never
SET search_path = gapstats, public;

--
-- The inpatients of Machanavajjhala, Gehrke, Kifer and Venkitasubramaniam, l-Diversity: Privacy Beyond k-Anonymity (2007), figures 1 to 3
--
CREATE TEMP TABLE patient (zip text, age integer, nationality text, condition text);
INSERT INTO patient VALUES
	('13053', 28, 'Russian', 'Heart Disease'), ('13068', 29, 'American', 'Heart Disease'), ('13068', 21, 'Japanese', 'Viral Infection'), ('13053', 23, 'American', 'Viral Infection'),
	('14853', 50, 'Indian', 'Cancer'), ('14853', 55, 'Russian', 'Heart Disease'), ('14850', 47, 'American', 'Viral Infection'), ('14850', 49, 'American', 'Viral Infection'),
	('13053', 31, 'American', 'Cancer'), ('13053', 37, 'Indian', 'Cancer'), ('13068', 36, 'Japanese', 'Cancer'), ('13068', 35, 'American', 'Cancer');
-- Figure 1: nobody is like another.
SELECT n_students, n_values, is_below, count(*) FROM anonymity('patient', '{zip,age,nationality}', '{condition}') GROUP BY 1, 2, 3;
-- Figure 2: 4-anonymous, and all in their thirties have cancer.
CREATE TEMP VIEW figure_2 AS
SELECT rpad(left(zip, CASE WHEN age >= 40 THEN 4 ELSE 3 END), 5, '*') AS zip, CASE WHEN age < 30 THEN '<30' WHEN age < 40 THEN '3*' ELSE '>=40' END AS age, '*' AS nationality, condition FROM patient;
SELECT * FROM anonymity('figure_2', '{zip,age,nationality}', '{condition}', k => 4);
-- Figure 3: 3-diverse
CREATE TEMP VIEW figure_3 AS
SELECT left(zip, 4) || '*' AS zip, CASE WHEN age > 40 THEN '>40' ELSE '<=40' END AS age, '*' AS nationality, condition FROM patient;
SELECT * FROM anonymity('figure_3', '{zip,age,nationality}', '{condition}', 4, 3);
-- Which column it is
SELECT * FROM anonymity_without('patient', '{zip,age,nationality}', '{condition}', 2, 1);
SELECT * FROM anonymity_without('figure_2', '{zip,age}', '{condition}', 4, 2);
SELECT * FROM anonymity_without('figure_3', '{zip,age}', '{condition}', 4, 3);
SELECT * FROM anonymity_without('SELECT zip, age / 10 AS tens FROM patient', '{zip,tens}', k => 3);

--
-- 5,000 made-up students, against test/reference/anonymity.py
--
CREATE TEMP TABLE pupil AS
SELECT i % 12 AS school, (i * 7919 + i / 7) % 6 AS grade, (array['A', 'A', 'A', 'B', 'B', 'C', NULL])[(i * 31 + i / 11) % 7 + 1] AS race, (i * 13 + i / 5) % 2 AS sex,
	nullif((i * 17 + i / 3) % 9, 8) AS disability, (i * i + i / 13) % 4 AS lunch
FROM generate_series(1, 5000) AS i;
SELECT count(*) AS n_classes, min(n_students), max(n_students), sum(n_students * n_students) AS squares, min(n_values), sum(n_values) AS values, sum(n_values_of[1]) AS disabilities, sum(n_values_of[2]) AS lunches,
	count(*) FILTER (WHERE is_below) AS n_below, sum(n_students) FILTER (WHERE is_below) AS n_students_below
FROM anonymity('pupil', '{school,grade,race,sex}', '{disability,lunch}', 10, 4);
SELECT column_name, n_values, n_classes, n_classes_below, n_students_below FROM anonymity_without('pupil', '{school,grade,race,sex}', '{disability,lunch}', 10, 4);

--
-- Edges
--
SELECT * FROM anonymity('SELECT 1 AS a WHERE false', '{a}');
SELECT * FROM anonymity_without('SELECT 1 AS a WHERE false', '{a}');
SELECT * FROM anonymity('SELECT 1 AS a', '{a}');
SELECT * FROM anonymity('SELECT 1 AS a FROM generate_series(1, 12)', '{}');
-- A NULL is a value of its own, and no sensitive one; texts are compared as they are.
SELECT * FROM anonymity($$VALUES (NULL, NULL), (NULL, NULL), ('', NULL), ('NULL', 'x'), ('NULL', 'y'), ('null', 'x'), (' ', 'x')$$, '{column1}', '{column2}', 1, 2);
-- What prints the same is the same.
SELECT class, n_students FROM anonymity($$SELECT unnest('{1.0,1.00,1}'::numeric[])::float8 AS a$$, '{a}');
SELECT anonymity(NULL, '{a}');
SELECT anonymity('patient', NULL);
SELECT anonymity('patient', '{zip}', NULL);
SELECT anonymity('patient', '{zip,condition}', '{age,condition}');
SELECT anonymity('patient', '{zip,age,zip}', '{condition}');
SELECT anonymity_without('patient', '{zip}', '{condition,condition}');
SELECT anonymity('patient', '{zip,NULL}');
SELECT anonymity('patient', '{zip}', '{condition,NULL}');
SELECT anonymity('patient', '{zip}', k => NULL);
SELECT anonymity('patient', '{zip}', l => NULL);
SELECT anonymity('patient', '{zip}', k => 0);
SELECT anonymity('patient', '{zip}', l => 0);
SELECT anonymity('SELECT 1 AS a WHERE false', '{a}', k => 0);
SELECT anonymity('patient', '{zap}');
SELECT anonymity('patient', '{zip}', '{sickness}');
SELECT anonymity('DELETE FROM patient', '{zip}');
SELECT anonymity_without('patient', '{zip}', k => 0);
SELECT anonymity_without('patient', NULL);

--
-- Publishing
--
CREATE ROLE regress_owner;
CREATE SCHEMA district AUTHORIZATION regress_owner;
GRANT SELECT ON patient, figure_2, figure_3 TO regress_owner;
SET SESSION AUTHORIZATION regress_owner;
SET search_path = district, gapstats;
SELECT create_ledger('ledger');
SELECT publish_extract('ledger', 'all', 'the university', 'patients', '2007-03-01', 'patient', '{zip,age,nationality}', '{condition}');
SELECT publish_extract('ledger', 'figure 2', 'the university', 'patients', '2007-03-01', 'figure_2', '{zip,age}', '{condition}', k => 4);
SELECT publish_extract('ledger', 'figure 2', 'the university', 'patients', '2007-03-01', 'figure_2', '{zip,age}', '{condition}', k => 4, accept => 'they are dead');
SELECT publish_extract('ledger', 'figure 3', 'the university', 'patients', '2007-03-01', 'figure_3', '{zip,age}', '{condition}', k => 4, l => 3);
SELECT release, kind, audience, dimensions, measures, sensitive, k, l, minimum FROM ledger;
SELECT members, numbers FROM ledger_cells ORDER BY place;
-- What an extract counts is known of tables of the same children, and that it contradicts them as well.
SELECT publish_release('ledger', 'table', 'all', 'patients', '2007-03-01', $$VALUES (NULL, NULL, 14), ('<=40', NULL, NULL), ('>40', NULL, NULL)$$, '{column1,column2}', '{"students": {"column": "column3"}}');
SELECT publish_release('ledger', 'by age', 'all', 'patients', '2007-03-01', $$SELECT * FROM (VALUES (NULL, 12), ('<=40', NULL), ('>40', NULL)) AS t (age, patients)$$, '{age}', '{"students": {"column": "patients"}}');
SELECT publish_release('ledger', 'by age', 'all', 'patients', '2007-04-01', $$SELECT * FROM (VALUES (NULL, 12), ('<=40', NULL), ('>40', NULL)) AS t (age, patients)$$, '{age}', '{"students": {"column": "patients"}}');
SELECT publish_extract('ledger', 'April', 'the university', 'patients', '2007-04-01', 'figure_3', '{zip,age}', '{condition}', k => 4, l => 3);
SELECT publish_extract('ledger', 'April', 'the university', 'patients', '2007-04-01', 'figure_3', '{zip,age}', '{condition}', k => 4, l => 3, accept => 'they have signed');
SELECT releases, cell, at_least, at_most, accepted FROM release_health('ledger');
SELECT publish_extract('ledger', 'x', 'the university', 'patients', '2007-03-01', 'figure_3', '{zip,age}', '{condition}', k => NULL);
SELECT publish_extract('ledger', 'x', 'the university', 'patients', '2007-03-01', 'figure_3', NULL);
SELECT publish_extract('ledger', 'x', 'the university', 'patients', '2007-03-01', 'figure_3', '{zip}', k => 4, measure => NULL);
SELECT publish_extract('ledger', 'x', 'the university', 'patients', '2007-03-01', 'figure_3', '{zip}', k => 4, measure => 'zip');
SELECT publish_extract('ledger', 'x', 'the university', 'patients', '2007-03-01', 'SELECT * FROM figure_3 WHERE false', '{zip}');
SELECT publish_extract(NULL, 'x', 'the university', 'patients', '2007-03-01', 'figure_3', '{zip}', k => 4);
-- A NULL is not taken for a total.
SELECT publish_extract('ledger', 'nulls', 'the university', 'others', '2007-03-01', 'SELECT NULL AS race FROM generate_series(1, 10)', '{race}');
SELECT members, numbers FROM ledger_cells WHERE release = 'nulls';
-- No student is in a ledger, by whatever query she was counted.
CREATE TEMP TABLE student AS SELECT 'student-' || i AS id, 'A' AS race, i % 3 AS lunch FROM generate_series(1, 30) AS i;
SELECT publish_extract('ledger', 'rows', 'the university', 'students', '2025-10-01', $$SELECT * FROM student WHERE id <> 'student-7'$$, '{race}', '{lunch}', k => 20, l => 3);
SELECT publish_release('ledger', 'counts', 'all', 'students', '2025-10-01', $$SELECT race, count(*) AS students FROM student WHERE id <> 'student-7' GROUP BY race$$, '{race}', '{"students": "count"}',
	hierarchies => $${"race": "SELECT DISTINCT race, 'All' FROM student WHERE id <> 'student-7'"}$$);
SELECT count(*) AS n_rows, count(*) FILTER (WHERE kept ~ 'student-') AS n_with_ids
FROM (SELECT ledger::text FROM ledger UNION ALL SELECT ledger_cells::text FROM ledger_cells UNION ALL SELECT ledger_settings::text FROM ledger_settings) AS t (kept) WHERE kept ~ 'rows|counts';

RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP OWNED BY regress_owner CASCADE;
DROP ROLE regress_owner;
