-- A district of :students students in the middle of a school year, the same in every run,
-- and its watch list of 10 rules: 5 of sets of days, 4 of scores, 1 aggregate. Everybody's
-- teacher has 30 students.
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS district CASCADE;
CREATE SCHEMA district AUTHORIZATION bench_analyst;
GRANT USAGE ON SCHEMA district TO bench_teacher_7;
SET ROLE bench_analyst;
SET search_path = district, public, gapstats;

CREATE TABLE school_day AS
SELECT date '2025-09-01' + day / 5 * 7 + day % 5 AS day FROM generate_series(0, 94) AS day;

CREATE TABLE student AS
SELECT student_id, 'Student ' || student_id AS name, student_id % 200 AS school, 9 + student_id % 4 AS grade
FROM generate_series(1, :students) AS student_id;

-- Most miss few days, and at most 12; one student in 30 in a row
CREATE TABLE attendance AS
SELECT student_id, enrolled, coalesce(absent, '{}') AS absent
FROM student
CROSS JOIN (SELECT dayset(day) AS enrolled, array_agg(day ORDER BY day) AS days FROM school_day) AS s
CROSS JOIN LATERAL (
	SELECT dayset(days[1 + CASE WHEN student_id % 30 = 0 THEN scrambled(student_id) + n ELSE scrambled(64 * student_id + n) END % 95]) AS absent
	FROM generate_series(0, (scrambled(student_id) % 100) * (scrambled(student_id) % 100) / 900) AS n) AS a;
ALTER TABLE attendance ADD PRIMARY KEY (student_id);

CREATE TABLE score AS
SELECT subject, student_id,
	(300 + scrambled(3 * student_id + n) % 101 + scrambled(5 * student_id + n) % 101 + scrambled(7 * student_id + n) % 101)::double precision AS score
FROM unnest('{reading,mathematics,science,writing}'::text[]) WITH ORDINALITY AS s (subject, n), student;

-- Last year's scores, among which this year's have their percentiles
CREATE TABLE norm AS SELECT distribution(score) AS scores FROM score WHERE subject = 'reading';

-- Most students have none
CREATE TABLE incident AS
SELECT student_id, date '2025-09-01' + scrambled(11 * student_id + n) % 140 AS day
FROM student, generate_series(1, scrambled(13 * student_id) % 40 - 34) AS n;

CREATE TABLE teacher AS
SELECT 'bench_teacher_' || student_id / 30 AS teacher, student_id FROM student;

VACUUM (FREEZE, ANALYZE) student, attendance, score, norm, incident, teacher, school_day;

-- The next school day: every day set of days enrolled grows by one, as a new table in the
-- place of yesterday's
CREATE PROCEDURE next_day() LANGUAGE plpgsql AS $$
DECLARE
	today date;
BEGIN
	INSERT INTO school_day
	SELECT max(day) + CASE WHEN extract(isodow FROM max(day)) = 5 THEN 3 ELSE 1 END FROM school_day
	RETURNING day INTO today;
	CREATE TABLE tomorrow AS
	SELECT student_id, enrolled | today::dayset AS enrolled,
		CASE WHEN scrambled(student_id + (today - date '2025-01-01') * 1000003::bigint) % 100 < 6 THEN absent | today::dayset ELSE absent END AS absent
	FROM attendance;
	ALTER TABLE tomorrow ADD PRIMARY KEY (student_id);
	DROP TABLE attendance;
	ALTER TABLE tomorrow RENAME TO attendance;
	ANALYZE attendance;
END $$;

-- A hundredth of the students have something new in everything that is known of them
CREATE PROCEDURE one_percent(chosen int) LANGUAGE plpgsql AS $$
BEGIN
	UPDATE attendance SET absent = absent # (SELECT max(day)::dayset FROM school_day) WHERE student_id % 100 = chosen;
	UPDATE score SET score = score + 1 WHERE student_id % 100 = chosen;
	INSERT INTO incident SELECT student_id, max(day) FROM student, school_day WHERE student_id % 100 = chosen GROUP BY student_id;
END $$;

SELECT create_watch_list('list', 'SELECT student_id, name, school, grade FROM student', days_query => 'SELECT day FROM school_day') \g /dev/null
SELECT add_rule('list', rule, query, comparison, threshold, rule || ' {value}', severity)
FROM (VALUES
	('absence', 'SELECT student_id, absence_rate(absent, enrolled, daterange(NULL, as_of(), ''[]'')) FROM attendance', '>=', 0.1, 'at risk'),
	('last 20 days', 'SELECT student_id, day_count(absent & last_days(enrolled, 20)) FROM attendance', '>=', 5, 'watch'),
	('days in a row', 'SELECT student_id, longest_absence(absent, enrolled) FROM attendance', '>=', 6, 'watch'),
	('absent now', 'SELECT student_id, current_absence(absent, enrolled, as_of()) FROM attendance', '>=', 3, 'at risk'),
	('this term', 'SELECT student_id, absence_rate(absent, enrolled, ''[2025-11-03,2026-02-01)'') FROM attendance', '>=', 0.15, 'watch'),
	('reading', 'SELECT student_id, percentile_rank(scores, score)
		FROM score, (SELECT rollup(scores) AS scores FROM norm) AS n WHERE subject = ''reading''', '<', 3, 'watch'),
	('mathematics', 'SELECT student_id, score FROM score WHERE subject = ''mathematics''', '<', 350, 'at risk'),
	('science', 'SELECT student_id, score FROM score WHERE subject = ''science''', '<', 350, 'watch'),
	('writing', 'SELECT student_id, score FROM score WHERE subject = ''writing''', '<', 350, 'watch'),
	('incidents', 'SELECT student_id, count(day) FROM student LEFT JOIN incident USING (student_id) GROUP BY student_id', '>=', 4, 'watch')
) AS r (rule, query, comparison, threshold, severity) \g /dev/null
SELECT share_watch_list('list', 'SELECT teacher, student_id FROM teacher'), grant_watch_list('list', 'read', 'bench_teacher_7') \g /dev/null
