--
-- watch_list: what a list will cost, beside what it costs
--
-- Sizes are compared with those of real lists. WAL and seconds depend on what else the server does: "make bench" prints
-- them beside the estimate.
--
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE regress_analyst;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
SET search_path = district, gapstats;

-- of four values of a student in 100 days two are rates; 450 students are flagged by the first rule
CREATE TABLE students AS SELECT i::bigint AS student_id, 'Student ' || i AS name, i % 20 AS school FROM generate_series(1, 3000) AS i;
CREATE TABLE days AS SELECT student_id, 100 AS enrolled, CASE WHEN student_id % 20 < 3 THEN 60 ELSE student_id % 50 END AS absent, 0 AS late FROM students;
CREATE FUNCTION rule_queries() RETURNS text[] RETURN ARRAY[
	'SELECT student_id, absent / enrolled::double precision FROM days', 'SELECT student_id, (absent + 1) / (enrolled + 1)::double precision FROM days',
	'SELECT student_id, absent FROM days', 'SELECT student_id, late FROM days'];
CREATE FUNCTION size_of(list text) RETURNS numeric
RETURN (SELECT sum(pg_total_relation_size(oid)) / 1e6 FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relname ~ ('^' || list || '(_|$)') AND relkind IN ('r', 'm'));

SELECT create_watch_list('list', 'SELECT * FROM students');
SELECT add_rule('list', 'rule ' || n, query, '>', CASE n WHEN 1 THEN 0.5 WHEN 4 THEN 0 ELSE 100 END, 'Value {value}')
FROM unnest(rule_queries()) WITH ORDINALITY AS r (query, n);
CREATE TABLE estimate AS SELECT * FROM estimate_watch_list('SELECT * FROM students', rule_queries(), flag_rate => 0.15);
CREATE TABLE measured (what text, disk_mb numeric);

INSERT INTO measured SELECT 'empty', size_of('list');
SELECT status, students, flagged FROM refresh_watch_list('list');
INSERT INTO measured SELECT 'first run', size_of('list');
SELECT status, students, flagged FROM refresh_watch_list('list');
INSERT INTO measured SELECT 'unchanged', size_of('list');
UPDATE days SET absent = absent + 1 WHERE student_id % 100 = 50;
SELECT status, students, flagged FROM refresh_watch_list('list');
INSERT INTO measured SELECT '1% changed', size_of('list');
UPDATE days SET enrolled = enrolled + 1;
SELECT status, students, flagged FROM refresh_watch_list('list');
INSERT INTO measured SELECT 'next school day', size_of('list');

-- as many standings as in a year, in few nights: 450 students are flagged, then by a second rule, then by the first alone, then others
CREATE FUNCTION night(flagged integer, late integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	UPDATE days SET enrolled = enrolled + 1, absent = CASE WHEN student_id % 20 BETWEEN flagged AND flagged + 2 THEN 90 ELSE student_id % 50 END,
		late = CASE WHEN student_id % 20 BETWEEN flagged AND flagged + 2 THEN night.late ELSE 0 END;
	RETURN (SELECT status FROM refresh_watch_list('list'));
END
$$;
\set then_vacuum '; VACUUM list, list_current, list_values, list_history, list_flags;'
-- each rule flags everybody in some nights, and nobody in others
SELECT change_settings('list', '{"max_flagged_change": 1}');
SELECT night(0, 1) :then_vacuum
SELECT night(0, 0) :then_vacuum
SELECT night(3, 0) :then_vacuum
SELECT night(3, 1) :then_vacuum
SELECT night(3, 0) :then_vacuum
SELECT night(6, 0) :then_vacuum
SELECT night(6, 1) :then_vacuum
SELECT night(6, 0) :then_vacuum
SELECT count(*) = 450 * (1 + 8) AS standings_of_a_year, (SELECT count(*) FROM list_flags) AS flags FROM list_history;
INSERT INTO measured SELECT 'a year', size_of('list');
SELECT * FROM gapstats_internal.disagreement('list');

SELECT m.what, e.disk_mb / m.disk_mb BETWEEN 0.75 AND 1.25 AS within_a_quarter
FROM measured AS m JOIN (TABLE estimate UNION ALL SELECT 'empty', disk_mb, 0, 0, 0 FROM estimate_watch_list(0, 1) WHERE what = 'first run') AS e USING (what);

-- The same from numbers: a row is 8 bytes, a text of 12 and the byte before it, 3 to align and 4
SELECT what, e.disk_mb / n.disk_mb BETWEEN 0.95 AND 1.05 AS same_disk, (e.wal_mb + 1) / (n.wal_mb + 1) BETWEEN 0.95 AND 1.05 AS same_wal,
	e.memory_mb / n.memory_mb BETWEEN 0.9 AND 1.1 AS same_memory
FROM estimate AS e JOIN estimate_watch_list(3000, 4, row_bytes => 28) AS n USING (what);

-- Other students: ids of 16 bytes in no order, wide rows, 12 rules of small numbers, one of which has no value for a student
CREATE TABLE others AS SELECT md5(i::text)::uuid AS student_id, repeat(i::text, 30) AS address, NULL::text AS note, i FROM generate_series(1, 2000) AS i;
CREATE FUNCTION queries_of_others() RETURNS text[]
RETURN (SELECT array_agg(format('SELECT student_id, (i + %s) %% 10 FROM others WHERE i %% 12 <> %1$s', n)) FROM generate_series(1, 12) AS n);
SELECT create_watch_list('other', 'SELECT * FROM others');
SELECT count(add_rule('other', 'rule ' || n, query, '>', CASE n WHEN 1 THEN 6 ELSE 9 END, 'Value {value}'))
FROM unnest(queries_of_others()) WITH ORDINALITY AS r (query, n);
SELECT status, students, flagged FROM refresh_watch_list('other');
SELECT disk_mb / size_of('other') BETWEEN 0.75 AND 1.25 AS within_a_quarter
FROM estimate_watch_list('SELECT * FROM others', queries_of_others(), flag_rate => 0.2835) WHERE what = 'first run';
-- nothing of it is kept
SELECT count(*) FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relname ~ 'estimate_';

-- more students, rules and flags cost more
SELECT what, bool_and(disk_mb >= less_disk AND wal_mb >= less_wal AND seconds >= less_seconds AND memory_mb >= less_memory) AS grows
FROM (
	SELECT e.*, lag(disk_mb) OVER w AS less_disk, lag(wal_mb) OVER w AS less_wal, lag(seconds) OVER w AS less_seconds, lag(memory_mb) OVER w AS less_memory
	FROM unnest('{0,1,30,1000,1000000,1000000000}'::bigint[], '{1,1,4,10,100,1000}'::integer[], '{0,1,0.1,0.1,0.2,1}'::double precision[]) AS s (students, rules, flag_rate)
	CROSS JOIN estimate_watch_list(students, rules, flag_rate => s.flag_rate) AS e
	WINDOW w AS (PARTITION BY what ORDER BY students)
) AS e
WHERE less_disk IS NOT NULL
GROUP BY what
ORDER BY what;

-- Errors
SELECT estimate_watch_list(NULL, 10);
SELECT estimate_watch_list(-1, 10);
SELECT estimate_watch_list(30000, NULL);
SELECT estimate_watch_list(30000, 0);
SELECT estimate_watch_list(30000, 1001);
SELECT estimate_watch_list(30000, 10, row_bytes => 0);
SELECT estimate_watch_list(30000, 10, id_bytes => NULL);
SELECT estimate_watch_list(30000, 10, flag_rate => 1.5);
SELECT estimate_watch_list(30000, 10, flag_rate => NULL);
SELECT estimate_watch_list(NULL, rule_queries());
SELECT estimate_watch_list('SELECT * FROM students', rule_queries => NULL);
SELECT estimate_watch_list('SELECT * FROM students', rule_queries => '{}');
SELECT estimate_watch_list('SELECT * FROM students', ARRAY[NULL]::text[]);
SELECT estimate_watch_list('SELECT * FROM students', rule_queries(), flag_rate => -0.1);
SELECT estimate_watch_list('SELECT school FROM students', rule_queries());
SELECT estimate_watch_list('SELECT student_id, ''new'' AS status FROM students', rule_queries());
SELECT estimate_watch_list('DELETE FROM students RETURNING *', rule_queries());
SELECT estimate_watch_list('SELECT * FROM students', ARRAY['SELECT student_id FROM students']);
SELECT estimate_watch_list('SELECT * FROM students', ARRAY['SELECT student_id, name FROM students']);
SELECT estimate_watch_list('SELECT * FROM students', ARRAY['SELECT school, 1 FROM students']);
SELECT estimate_watch_list('SELECT * FROM students', ARRAY['SELECT student_id, 1 / (absent - absent) FROM days']);
\set VERBOSITY sqlstate
SELECT estimate_watch_list(30000, 10, flag_rate => 'NaN');
SELECT estimate_watch_list(30000, 10, flag_rate => 2);
SELECT estimate_watch_list(30000, 10, flag_rate => NULL);
\set VERBOSITY terse
-- what a superuser may run is not run as one
RESET ROLE;
SELECT estimate_watch_list('SELECT * FROM students', rule_queries());

SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst;
