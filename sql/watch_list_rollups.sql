-- Watch lists over roll-ups: who is flagged follows a correction of a day, a course or a referral, merged or not
\set SHOW_CONTEXT never

CREATE ROLE rolled_owner;
CREATE ROLE rolled_loader;
CREATE ROLE rolled_counsellor;
CREATE SCHEMA rolled AUTHORIZATION rolled_owner;
GRANT USAGE ON SCHEMA rolled TO rolled_loader, rolled_counsellor;
SET ROLE rolled_owner;
SET search_path = rolled, gapstats;

-- 180 school days, and a day of each student, as warehouses have attendance
CREATE TABLE students (student integer PRIMARY KEY, name text, race text);
INSERT INTO students VALUES (1, '18 of 180', 'a'), (2, '17 of 180', 'a'), (3, '18 of 179', 'b'), (4, '0 of 180', 'b'), (5, '1 of 10', 'a'), (6, 'nothing', 'b'), (7, '36 of 180', 'b');
CREATE TABLE attendance (student integer NOT NULL REFERENCES students, day date NOT NULL, status text NOT NULL, PRIMARY KEY (student, day));
INSERT INTO attendance
SELECT s.student, d.day, CASE WHEN d.number <= s.absent THEN 'absent' ELSE 'present' END
FROM (VALUES (1, 18, 180), (2, 17, 180), (3, 18, 179), (4, 0, 180), (5, 1, 10), (7, 36, 180)) AS s (student, absent, enrolled)
CROSS JOIN (SELECT day::date, row_number() OVER (ORDER BY day) AS number FROM generate_series('2025-01-06'::timestamp, '2025-09-12', '1 day') AS day WHERE extract(isodow FROM day) < 6) AS d
WHERE d.number <= s.enrolled;
CREATE TABLE courses (student integer REFERENCES students, course text, grade text, score numeric, PRIMARY KEY (student, course));
INSERT INTO courses SELECT s, 'course ' || c, CASE WHEN c <= s % 3 THEN 'F' ELSE 'B' END, 50 + 10 * c - s FROM generate_series(1, 5) AS s, generate_series(1, 4) AS c;
CREATE TABLE referrals (student integer REFERENCES students, day date);
INSERT INTO referrals VALUES (2, '2025-02-03'), (2, '2025-03-03'), (4, '2025-02-03');
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA rolled TO rolled_loader;

SELECT create_rollup('days', 'attendance', '{student,status}', '{"days": "dayset(day)"}'),
	create_rollup('days_taken', 'attendance', '{day}'),
	create_rollup('grades', 'courses', '{student,grade}', '{"scores": "distribution(score)"}'),
	create_rollup('referred', 'referrals', '{student}');

-- All of it is of roll-ups but the students: which days were taken, and what each student has
\set days 'SELECT student, rollup(days) AS enrolled, coalesce(rollup(days) FILTER (WHERE status = ''absent''), ''{}'') AS absent FROM days GROUP BY student'
SELECT create_watch_list('watched', 'SELECT student AS student_id, name FROM students', days_query => 'SELECT day FROM days_taken', time_zone => 'UTC');
SELECT set_config('rolled.absence', 'SELECT student, absence_rate(absent, enrolled, daterange(NULL, as_of(), ''[]'')), day_count(absent), day_count(enrolled) FROM (' || :'days' || ') d', false) AS absence \gset
SELECT add_rule('watched', 'absence', :'absence', '>=', 0.10, 'Absent {3} of {4} days, {value%}', 'watch'),
	add_rule('watched', 'severe', :'absence', '>=', 0.20, 'That is severe', 'at risk'),
	add_rule('watched', 'in a row', 'SELECT student, current_absence(absent, enrolled, as_of()) FROM (' || :'days' || ') d', '>=', 3, 'Absent {value} days in a row', 'watch'),
	add_rule('watched', 'courses', 'SELECT s.student, coalesce(g.n_rows, 0) FROM students s LEFT JOIN grades g ON g.student = s.student AND g.grade = ''F''', '>=', 2, 'Fails {value} courses', 'watch'),
	add_rule('watched', 'marks', 'SELECT student, percentile(rollup(scores), 0.5) FROM grades GROUP BY student', '<', 70.5, 'Half of the marks are below {value}', 'watch'),
	add_rule('watched', 'referrals', 'SELECT student, coalesce(r.n_rows, 0) FROM students LEFT JOIN referred r USING (student)', '>=', 2, 'Referred {value} times', 'watch');
SELECT status, students, flagged FROM refresh_watch_list('watched');
SELECT student_id, name, status, rules_flagged, rules_missing, reasons FROM watched ORDER BY student_id;
SELECT student_id, rule, state, value, reason FROM watched_reasons WHERE rule IN ('absence', 'severe') ORDER BY rule, student_id;
SELECT max(as_of) AS as_of FROM watched_runs;

-- The same from the rows
CREATE VIEW differences AS
SELECT r.student_id, r.rule, r.value, c.value AS counted
FROM watched_reasons r
LEFT JOIN (
	SELECT student, 'absence' AS rule, count(*) FILTER (WHERE status = 'absent') / count(*)::double precision AS value FROM attendance GROUP BY student
	UNION ALL
	SELECT student, 'severe', count(*) FILTER (WHERE status = 'absent') / count(*)::double precision FROM attendance GROUP BY student
	UNION ALL
	SELECT s.student, 'courses', count(c.grade) FROM students s LEFT JOIN courses c ON c.student = s.student AND c.grade = 'F' GROUP BY s.student
	UNION ALL
	SELECT student, 'marks', percentile_cont(0.5) WITHIN GROUP (ORDER BY score) FROM courses GROUP BY student
	UNION ALL
	SELECT s.student, 'referrals', count(r.day) FROM students s LEFT JOIN referrals r USING (student) GROUP BY s.student
) AS c ON c.student = r.student_id AND c.rule = r.rule
WHERE r.rule <> 'in a row' AND r.value IS DISTINCT FROM c.value::numeric;
TABLE differences;

-- A loader corrects a day of 1, who was there, and of 2, who was not: before any refresh a preview says so.
SET ROLE rolled_loader;
UPDATE rolled.attendance SET status = 'present' WHERE student = 1 AND day = '2025-01-06';
UPDATE rolled.attendance SET status = 'absent' WHERE student = 2 AND day = '2025-09-11';
SET ROLE rolled_owner;
SELECT flagged, insufficient_data FROM preview_rule('watched', :'absence', '>=', '{0.10}');
SELECT student_id, change, status_before, status_after FROM preview_change('watched', 'absence', threshold => 0.10) ORDER BY student_id;
SELECT status, flagged, newly_flagged, cleared FROM refresh_watch_list('watched');
SELECT student_id, name, status, reasons, since FROM watched WHERE student_id < 3 ORDER BY student_id;
SELECT student_id, state, value, reason FROM watched_reasons WHERE rule = 'absence' AND student_id < 3 ORDER BY student_id;
TABLE differences;
-- and merged: what a list says is the same
SELECT n_pending FROM rollup_health WHERE rollup = 'days'::regclass;
SELECT status, n_changes FROM merge_rollup('days');
SELECT status, flagged, newly_flagged, cleared FROM refresh_watch_list('watched');
TABLE differences;
-- a day is added: the feed has reached it, and 1 is seen to be well
INSERT INTO attendance SELECT student, '2025-09-15', CASE student WHEN 7 THEN 'absent' ELSE 'present' END FROM students WHERE student IN (1, 2, 3, 4, 7);
SELECT status, flagged, newly_flagged, cleared FROM refresh_watch_list('watched');
SELECT max(as_of) AS as_of FROM watched_runs;
SELECT student_id, status, reasons FROM watched WHERE rules_flagged > 0 OR student_id = 1 ORDER BY student_id;
-- days are taken away, and with them rows of students: what is not known is not said
DELETE FROM attendance WHERE student = 5;
DELETE FROM referrals WHERE student = 2 AND day > '2025-03-01';
UPDATE courses SET grade = 'F' WHERE student = 4 AND course = 'course 4';
UPDATE courses SET score = score - 30 WHERE student = 3;
SELECT status, flagged, newly_flagged, cleared FROM refresh_watch_list('watched');
SELECT student_id, status, rules_flagged, rules_missing, reasons FROM watched ORDER BY student_id;
TABLE differences;
-- days that came too early are taken back: that is not to be published unseen
DELETE FROM attendance WHERE day > '2025-09-01';
SELECT status, error FROM refresh_watch_list('watched');
SELECT state, problem FROM watch_list_health WHERE list = 'watched'::regclass;
SELECT status, students FROM refresh_watch_list('watched', accept => (SELECT max(run) FROM watched_runs WHERE status = 'held'));

-- Why: the rows of the roll-up
SELECT rule, source, source_row -> 'status' AS status, source_row -> 'n_rows' AS n_rows, source_row -> 'grade' AS grade FROM explain_student('watched', '4');
SELECT rule, source, source_row ->> 'status' AS status, source_row -> 'n_rows' AS n_rows, left(source_row ->> 'days', 23) AS days FROM explain_student('watched', '7') ORDER BY rule, status;

-- What may be unfair is asked of the columns of a roll-up, too.
SELECT create_rollup('by_race', 'students', '{student,race}');
SELECT add_rule('watched', 'race', 'SELECT student, CASE race WHEN ''a'' THEN 1 ELSE 0 END FROM by_race', '>=', 1, 'Of group a');
-- Students, and who may see whom, of roll-ups
DROP VIEW differences;
CREATE TABLE teaching (teacher text NOT NULL, student integer NOT NULL, period integer);
INSERT INTO teaching SELECT 'rolled_counsellor', s, p FROM generate_series(1, 4) AS s, generate_series(1, 2) AS p;
SELECT create_rollup('taught', 'teaching', '{teacher,student}'), create_rollup('on_roll', 'students', '{student,name}');
SELECT change_students('watched', 'SELECT student AS student_id, name FROM on_roll', 'SELECT day FROM days_taken');
SELECT share_watch_list('watched', 'SELECT teacher, student FROM taught'), grant_watch_list('watched', 'read', 'rolled_counsellor');
INSERT INTO students VALUES (8, 'new', 'a');
INSERT INTO attendance SELECT 8, day, 'absent' FROM attendance WHERE student = 4;
DELETE FROM teaching WHERE student = 4;
SELECT status, students, newly_flagged FROM refresh_watch_list('watched');
SELECT student_id, name, status FROM watched WHERE student_id = 8;
SET ROLE rolled_counsellor;
SELECT student_id, name FROM watched_mine ORDER BY student_id;
-- A list of somebody else's over the same roll-ups
RESET ROLE;
CREATE SCHEMA lists AUTHORIZATION rolled_counsellor;
GRANT SELECT ON rolled.days, rolled.students TO rolled_counsellor;
SET ROLE rolled_counsellor;
SET search_path = lists, rolled, gapstats;
SELECT create_watch_list('theirs', 'SELECT student AS student_id FROM students');
SELECT add_rule('theirs', 'absence', :'absence', '>=', 0.10, 'Absent {value%}');
SELECT status, students, flagged FROM refresh_watch_list('theirs');
-- A roll-up that is made anew is the same; without it the list stands.
SET ROLE rolled_owner;
SET search_path = rolled, gapstats;
SELECT count(*) > 0 AS is_pending FROM days_changes;
SELECT drop_rollup('days');
SELECT status, error FROM refresh_watch_list('watched');
SELECT create_rollup('days', 'attendance', '{student,status}', '{"days": "dayset(day)"}');
SELECT status, flagged FROM refresh_watch_list('watched');
RESET ROLE;

\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA lists CASCADE;
DROP SCHEMA rolled CASCADE;
DROP ROLE rolled_owner, rolled_loader, rolled_counsellor;
