--
-- watch_list: how many are flagged in each group, for those who may know no more
--
-- A group is small if its students, its flagged (unless none is) or the others are fewer than 10. It is hidden, with as many
-- others as it takes: of what is shown, the audit must find nothing that can be had, and what is small by less than 5 nowhere.
--
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE regress_analyst;
CREATE ROLE regress_partner;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;
GRANT USAGE ON SCHEMA district TO regress_partner;
CREATE TABLE students (student_id serial, school text, grade integer, flagged boolean);
SELECT create_watch_list('list', 'SELECT student_id, school, grade FROM students');
SELECT add_rule('list', 'flagged', 'SELECT student_id, flagged::integer FROM students', '=', 1, 'flagged');
SELECT change_settings('list', '{"max_students_change": 1, "change_floor": 1000000}');
-- pairs of how many students and how many flagged, for schools A, B, ...; grades take turns
CREATE FUNCTION load(VARIADIC n integer[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE students RESTART IDENTITY;
	INSERT INTO students (school, grade, flagged)
	SELECT chr(64 + g), 9 + i % 2, i <= n[2 * g]
	FROM generate_series(1, cardinality(n) / 2) AS g, generate_series(1, n[2 * g - 1]) AS i;
	UPDATE list_settings SET counted = '{}';	-- what is hidden here does not rest on what was before (watch_list_breakdowns)
	RETURN (SELECT status FROM refresh_watch_list('list'));
END
$$;
CREATE VIEW shown AS
SELECT group_column, group_value, is_total, students, flagged, round(flag_rate::numeric, 4) AS flag_rate, reason FROM list_counts ORDER BY group_column, is_total, group_value;
-- what can be had from all that is published, of combinations, too
CREATE FUNCTION leaks(minimum integer DEFAULT 10) RETURNS TABLE (cell text, measure text, verdict text, from_number double precision, to_number double precision) LANGUAGE sql AS $$
	SELECT cell, measure, verdict, least_rule, most_rule
	FROM disclosure_audit('SELECT * FROM district.published', '{school, grade}', '{"students": "count", "flagged": {"kind": "count", "of": "students"}}',
		marks => '{"?": [0, 1000000]}', minimum => $1)
	WHERE verdict IN ('inconsistent', 'not_proven') OR verdict NOT IN ('protected', 'all_same') AND can_be_small AND most_rule > 0
$$;
CREATE VIEW published AS
SELECT CASE WHEN group_column = 'school' AND NOT is_total THEN group_value END AS school, CASE WHEN group_column = 'grade' AND NOT is_total THEN group_value END AS grade,
	coalesce(students::text, '*') AS students, coalesce(flagged::text, '*') AS flagged
FROM list_counts
UNION
SELECT s.group_value, g.group_value, '?', '?'
FROM list_counts s
JOIN list_counts g ON (s.group_column, g.group_column) = ('school', 'grade') AND NOT s.is_total AND NOT g.is_total;

SELECT load(30, 10, 40, 20, 50, 0);
SELECT publish_counts('list', 'room');
SELECT publish_counts('list', 'status');
\set VERBOSITY sqlstate
SELECT publish_counts('list', 'school', 0);
\set VERBOSITY terse
SELECT publish_counts('list', 'school');
SELECT * FROM shown;
SELECT * FROM leaks();
-- nobody may read it until granted; a list need not be shared for that
SET ROLE regress_partner;
SELECT * FROM list_counts;
SET ROLE regress_analyst;
SELECT grant_watch_list('list', 'counts', 'regress_partner');
SET ROLE regress_partner;
SELECT count(*) FROM list_counts;
SELECT count(*) FROM list_mine;
SET ROLE regress_analyst;

-- one is small: all are hidden, for the total would tell
SELECT load(5, 2, 40, 20, 50, 30, 60, 30);
SELECT * FROM shown;
SELECT * FROM leaks();
-- groups of 100, 3 and 2, of whom 30, 3 and 2 are flagged: 35 of 105
SELECT load(100, 30, 3, 3, 2, 2);
SELECT * FROM shown;
SELECT * FROM leaks();
-- B and C are small with 9 flagged each, and together are not
SELECT load(30, 0, 40, 9, 60, 9, 200, 80);
SELECT * FROM shown;
SELECT * FROM leaks();
-- everybody flagged says it of each; nobody flagged says it of none
SELECT load(20, 20, 40, 20);
SELECT * FROM shown;
SELECT * FROM leaks();
SELECT load(20, 0, 40, 20);
SELECT * FROM shown;
SELECT * FROM leaks();
-- nine of ten, and ten of twenty
SELECT load(20, 11, 40, 20);
SELECT * FROM shown;
SELECT * FROM leaks();
SELECT load(20, 10, 40, 20);
SELECT * FROM shown;
SELECT * FROM leaks();
-- one group alone, and small: not even the total
SELECT load(12, 3);
SELECT * FROM shown;
SELECT * FROM leaks();
-- nobody
SELECT load(VARIADIC '{}');
SELECT status FROM refresh_watch_list('list', accept => (SELECT max(run) FROM list_runs));
SELECT * FROM shown;
SELECT * FROM leaks();
-- a minimum of one's own
SELECT publish_counts('list', 'school', 3);
SELECT load(5, 2, 40, 20);
SELECT * FROM shown;
SELECT * FROM leaks(3);
SELECT load(6, 3, 40, 20);
SELECT * FROM shown;
SELECT * FROM leaks(3);

--
-- Several breakdowns: one takes nothing from those before it, and shows what cannot tell of combinations with them
--
-- 95 of the 100 of school A, and the 60 of school B, are in grade 10: five are the others of A
SELECT load(100, 50, 60, 30);
UPDATE students SET grade = CASE WHEN student_id <= 5 THEN 9 ELSE 10 END;
SELECT status FROM refresh_watch_list('list');
SELECT publish_counts('list', 'school', 5), publish_counts('list', 'grade', 3);
SELECT * FROM shown;
SELECT * FROM leaks(5);
-- what was published last comes last, whatever comes first by name
SELECT unpublish_counts('list', 'school'), publish_counts('list', 'school', 5);
SELECT * FROM shown;
SELECT * FROM leaks(5);
SELECT unpublish_counts('list', 'grade');
SELECT * FROM shown;
SELECT * FROM leaks(5);
-- 20 students, of 40, in each combination of school and grade, ten of them flagged: both may be known
SELECT load(40, 20, 40, 20);
SELECT publish_counts('list', 'school', 10), publish_counts('list', 'grade', 10);
SELECT * FROM shown;
SELECT * FROM leaks();
-- one student less in a combination
UPDATE students SET flagged = false WHERE student_id = 1;
SELECT status FROM refresh_watch_list('list');
SELECT * FROM shown;
SELECT * FROM leaks();
SELECT publish_counts('list', 'school', 10), publish_counts('list', 'grade');
SELECT load(6, 3, 40, 20);
SELECT * FROM shown;
SELECT * FROM leaks();
-- forty districts of up to six schools and four grades, of whom each is flagged by chance: nothing can be had, and much is shown
SELECT setseed(0.5);
CREATE TABLE found (shown bigint, hidden bigint, leaks bigint);
DO $$
BEGIN
	PERFORM publish_counts('list', 'school', 10), publish_counts('list', 'grade', 10);
	FOR district IN 1..40 LOOP
		TRUNCATE students RESTART IDENTITY;
		INSERT INTO students (school, grade, flagged)
		SELECT chr(65 + s), g, random() < share
		FROM generate_series(0, (random() * 5)::integer) s, generate_series(9, 9 + (random() * 3)::integer) g,
			LATERAL (SELECT random() * random() * 60 + s * 0 + g * 0 AS n, random() AS share) d, generate_series(1, d.n::integer);
		PERFORM refresh_watch_list('list');
		PERFORM refresh_watch_list('list', accept => r.run) FROM list_runs r WHERE r.status = 'held' AND r.run = (SELECT max(run) FROM list_runs);
		INSERT INTO found SELECT count(students), count(*) - count(students), (SELECT count(*) FROM leaks()) FROM list_counts;
	END LOOP;
END
$$;
SELECT count(*) AS districts, sum(leaks) AS leaks, 2 * sum(shown) > sum(hidden) AS much_is_shown, sum(hidden) > 0 AS some_is_hidden FROM found;
SELECT load(6, 3, 40, 20);
-- a change writes what has changed only
CREATE TABLE before AS SELECT group_column, group_value, is_total, ctid AS at FROM list_counts;
SELECT status FROM refresh_watch_list('list');
SELECT count(*) AS same FROM before JOIN list_counts c USING (group_column, group_value, is_total) WHERE c.ctid = at;
UPDATE students SET flagged = NOT flagged WHERE student_id = 46;
SELECT status FROM refresh_watch_list('list');
SELECT group_column, group_value, is_total FROM list_counts c WHERE ctid <> ALL (SELECT at FROM before) ORDER BY 1, 3, 2;
-- of no school, of one that is not recorded, and of one that is called 'all'
UPDATE students SET school = CASE WHEN school = 'A' THEN 'not recorded' WHEN student_id <= 26 THEN 'all' WHEN student_id > 40 THEN NULL ELSE school END;
SELECT publish_counts('list', 'school', 1);
SELECT status FROM refresh_watch_list('list');
SELECT * FROM shown WHERE group_column = 'school';
SELECT coalesce(school, 'not recorded') AS school, count(*), count(*) FILTER (WHERE flagged) AS flagged FROM students GROUP BY 1 ORDER BY 1;
-- taken back, one and all
SELECT unpublish_counts('list', 'room'), unpublish_counts('list', 'grade'), unpublish_counts('list', 'grade');
SELECT DISTINCT group_column FROM shown;
SELECT publish_counts('list', 'grade'), unpublish_counts('list'), unpublish_counts('list');
SELECT count(*) FROM list_counts;
SELECT status FROM refresh_watch_list('list');
SELECT count(*) FROM list_counts;
SELECT * FROM disagreement('list');

--
-- A column of nearly as many groups as students is refused; if it comes to be so, the total is all that is published of it
--
SELECT load(300, 150, 300, 100);
UPDATE students SET grade = student_id % 101;
SELECT status FROM refresh_watch_list('list');
SELECT publish_counts('list', 'school');
\set VERBOSITY default
SELECT publish_counts('list', 'grade');
-- the largest minimum holds
SELECT publish_counts('list', 'grade', 5);
\set VERBOSITY terse
SELECT publish_counts('list', 'school', 5), publish_counts('list', 'grade', 5);
SELECT publish_counts('list', 'school');
SELECT status FROM refresh_watch_list('list');
SELECT * FROM shown;
SELECT problem, fix FROM watch_list_problems;
-- the same if it is the only one
SELECT unpublish_counts('list', 'school');
UPDATE students SET grade = student_id % 300;
SELECT status FROM refresh_watch_list('list');
SELECT * FROM shown;
-- a total of few is not told by itself either
UPDATE students SET flagged = student_id < 4;
SELECT status FROM refresh_watch_list('list');
SELECT * FROM shown;
-- a hundred groups are looked at one by one
UPDATE students SET grade = student_id % 100, flagged = student_id % 2 = 0;
SELECT status FROM refresh_watch_list('list');
SELECT count(*), count(students) FROM shown;
SELECT unpublish_counts('list');
-- nothing is refused of a list that has not run
SELECT create_watch_list('fresh', 'SELECT student_id FROM students');
SELECT publish_counts('fresh', 'student_id'), drop_watch_list('fresh');
-- what the decision is about must be said in its form
SELECT shown_cells(NULL, '{"n": "count"}', 10);
SELECT shown_cells('{}', '{"n": "count"}', 10);
SELECT shown_cells('[]', '{"n": "count"}', 10);
SELECT shown_cells('[1]', '{"n": "count"}', 10);
SELECT shown_cells('[{"n": 1}]', '{"n": "count"}', 10);
SELECT shown_cells('[{"groups": [], "n": 1}]', '{"n": "count"}', 10);
SELECT shown_cells('[{"groups": ["A"], "n": 1}, {"groups": ["A", null], "n": 1}]', '{"n": "count"}', 10);
SELECT hidden_groups('[{"groups": ["A"], "n": 1}]', '{}', 10);
SELECT hidden_groups('[{"groups": ["A"], "n": 1}]', '[]', 10);

--
-- Lost, they are counted again from what is left, and whoever was granted them may read them again
--
SELECT load(40, 20, 40, 20, 5, 2);
SELECT publish_counts('list', 'school'), publish_counts('list', 'grade');
CREATE TABLE counted AS SELECT group_column, group_value, is_total, students, flagged, flag_rate, reason FROM list_counts;
SET client_min_messages = warning;
DROP TABLE list_counts CASCADE;
RESET client_min_messages;
SELECT problem, fix FROM watch_list_health;
SELECT status FROM refresh_watch_list('list');
SELECT repair_watch_list('list');
SELECT count(*) AS n, count(students) AS n_shown FROM counted;
SELECT count(*) AS same FROM counted c JOIN list_counts l ON to_jsonb(c) = to_jsonb(l) - 'id';
SELECT count(*) AS n FROM list_counts;
SET ROLE regress_partner;
SELECT count(*) FROM list_counts;
SET ROLE regress_analyst;
SELECT col_description('list_counts'::regclass, 2) IS NOT NULL AS described;
SELECT status FROM refresh_watch_list('list');

-- A column by which counts are published is not taken away
SELECT change_students('list', 'SELECT student_id, school FROM students');
SELECT unpublish_counts('list', 'grade');
SELECT change_students('list', 'SELECT student_id, school FROM students');
SELECT status FROM refresh_watch_list('list');

RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst, regress_partner;
