-- The year of :students students of :days school days: a school has 500, a district 20 schools; by number, each school's
-- students are on all workers, by district on one. Rows are made where they stay.
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS state CASCADE;
CREATE SCHEMA state AUTHORIZATION scale_analyst;
SET SESSION AUTHORIZATION scale_analyst;
SET search_path = state, public, gapstats;
SET client_min_messages = notice;

CREATE TABLE school_day (day date);
CREATE TABLE student (student_id int, district int, school int, grade int, race text, is_poor boolean, score float8, absences_in_1000 int);
CREATE TABLE student_of_district (LIKE student);
CREATE TABLE attendance (student_id int, day date, absent boolean);
CREATE TABLE student_year (student_id int, district int, school int, grade int, race text, is_poor boolean, enrolled dayset, absent dayset);
CREATE TABLE school_cell (district int, school int, grade int, race text, is_poor boolean, scores distribution);
CREATE TABLE school_cell_of_district (LIKE school_cell);
CREATE TABLE district_cell (district int, grade int, race text, scores distribution);
CALL distribute('school_day', NULL);
CALL distribute('student', 'student_id');
CALL distribute('student_of_district', 'district', 'none');
CALL distribute('school_cell_of_district', 'district', 'student_of_district');
CALL distribute('attendance', 'student_id', 'student');
CALL distribute('student_year', 'student_id', 'student');
SET citus.coordinator_aggregation_strategy = 'disabled';

INSERT INTO school_day SELECT date '2025-09-01' + n / 5 * 7 + n % 5 FROM generate_series(0, :days - 1) AS n;
INSERT INTO student
SELECT i, i / 10000, i / 500, scrambled(3 * i) % 6, ('{American Indian,Asian,Black,Hispanic,Multiracial,Pacific Islander,White}'::text[])[width_bucket(scrambled(13 * i) % 1000, '{0,10,70,220,500,550,553}')],
	scrambled(11 * i) % 100 < 50, 300 + scrambled(5 * i) % 101 + scrambled(7 * i) % 101 + scrambled(17 * i) % 101, 10 + (scrambled(19 * i) % 100) * (scrambled(23 * i) % 100) / 40
FROM generate_series(1, :students) AS i;
INSERT INTO student_of_district TABLE student;
ANALYZE student, student_of_district, school_day;

CALL measure('student-days, loaded', :students, :students * :days::bigint, $$
	INSERT INTO attendance SELECT student_id, day, scrambled(512 * student_id::bigint + (day - '2025-09-01')) % 1000 < absences_in_1000 FROM student CROSS JOIN school_day $$, 'attendance');
CALL measure('absent 10%, from student-days', :students, :students * :days::bigint, $$
	SELECT count(*) FROM (SELECT student_id FROM attendance GROUP BY student_id HAVING absence_rate(absent) >= 0.1) AS s $$);
CALL measure('sets of days, from student-days', :students, :students * :days::bigint, $$
	INSERT INTO student_year
	SELECT student_id, district, school, grade, race, is_poor, enrolled, absent
	FROM student JOIN (SELECT student_id, dayset(day) AS enrolled, coalesce(dayset(day) FILTER (WHERE absent), '{}') AS absent FROM attendance GROUP BY student_id) AS a USING (student_id) $$, 'student_year');
CALL measure('absent 10%, from sets of days', :students, :students::bigint, $$
	SELECT count(*) FROM student_year WHERE absence_rate(absent, enrolled) >= 0.1 $$);
CALL measure('5 of the last 20 days, from sets of days', :students, :students::bigint, $$
	SELECT count(*) FROM student_year WHERE day_count(absent & last_days(enrolled, 20)) >= 5 $$);
CALL measure('chronic absence by school, race and grade', :students, :students::bigint, $$
	SELECT count(*) FROM (SELECT school, race, grade, chronic_absence_rate(absent, enrolled) FROM student_year GROUP BY school, race, grade) AS g $$, is_divided => false);

SET client_min_messages = error;
SELECT create_watch_list('list', 'SELECT student_id, school, grade FROM student') \g /dev/null
SELECT add_rule('list', 'absent 10%', 'SELECT student_id, absence_rate(absent, enrolled) FROM student_year', '>=', 0.1, 'Missed {value%} of days') \g /dev/null
SET client_min_messages = notice;
CALL measure('watch list, first run', :students, :students::bigint, 'SELECT refresh_watch_list(''list'')', is_divided => false);
CALL measure('watch list, run again', :students, :students::bigint, 'SELECT refresh_watch_list(''list'')', is_divided => false);

-- by grade, race and income; those of districts by grade and race
CALL measure('cells of schools, students by number', :students, :students::bigint, $$
	INSERT INTO school_cell SELECT district, school, grade, race, is_poor, distribution(score) FROM student GROUP BY district, school, grade, race, is_poor $$, 'school_cell', false);
CALL measure('cells of schools, students by district', :students, :students::bigint, $$
	INSERT INTO school_cell_of_district SELECT district, school, grade, race, is_poor, distribution(score) FROM student_of_district GROUP BY district, school, grade, race, is_poor $$, 'school_cell_of_district');
CALL measure('cells of districts, students by number', :students, :students::bigint, $$
	INSERT INTO district_cell SELECT district, grade, race, distribution(score) FROM student GROUP BY district, grade, race $$, 'district_cell', false);
VACUUM ANALYZE school_cell, district_cell;
CALL measure('gap report, from rows', :students, :students::bigint, $$
	SELECT count(*) FROM gap_report('student', '{"score": {"score": "score", "direction": "higher"}}', '{race,is_poor}', '{district,grade}') $$, is_divided => false);
CALL measure('gap report, from cells of schools', :students, :students::bigint, $$
	SELECT count(*) FROM gap_report('school_cell', '{"score": {"distribution": "scores", "direction": "higher"}}', '{race,is_poor}', '{district,grade}') $$, is_divided => false);

INSERT INTO scale_cell
SELECT :students, what, n_cells, (table_bytes(made) / n_cells)::float8, :students / n_cells::float8, table_bytes('student') / :students::float8
FROM (VALUES ('a school''s, by grade, race and income', 'school_cell'::regclass, (SELECT count(*) FROM school_cell)), ('a district''s, by grade and race', 'district_cell', (SELECT count(*) FROM district_cell))) AS c (what, made, n_cells);
