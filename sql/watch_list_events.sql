--
-- watch_list: what a counsellor asks on a Monday of her own students: what has happened to them since, and how the numbers
-- have moved
--
\set SHOW_CONTEXT never
CREATE ROLE regress_owner;
CREATE ROLE regress_teacher;
CREATE SCHEMA district AUTHORIZATION regress_owner;
GRANT USAGE ON SCHEMA district TO regress_teacher;
SET ROLE regress_owner;
SET search_path = district, gapstats;
SET datestyle = 'ISO';
CREATE TABLE school_days (day date);
-- of these, the teacher has 1 to 6
CREATE TABLE students AS SELECT i AS student_id, CASE WHEN i <= 6 THEN 'regress_teacher' ELSE 'somebody' END AS teacher FROM generate_series(1, 8) i;
CREATE TABLE viewers AS SELECT teacher, student_id FROM students;
CREATE TABLE marks (student_id integer PRIMARY KEY, mark numeric);
SELECT create_watch_list('list', 'SELECT student_id, teacher FROM students', days_query => 'SELECT day FROM school_days');
SELECT add_rule('list', 'mark', 'SELECT student_id, mark FROM marks', '>=', 7, 'Mark {value}'),
	add_rule('list', 'share', 'SELECT student_id, mark / 16 FROM marks', '>=', 0.3, 'That is {value%} of 16', 'watch'),
	add_rule('list', 'high', 'SELECT student_id, mark FROM marks', '>=', 6, 'Rather high', 'watch');
SELECT share_watch_list('list', 'SELECT teacher, student_id FROM viewers');
SELECT grant_watch_list('list', 'follow up', 'regress_teacher');
CREATE FUNCTION night(day date, VARIADIC marks numeric[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO school_days VALUES (day);
	INSERT INTO marks SELECT i, m FROM unnest(marks) WITH ORDINALITY AS v (m, i) ON CONFLICT (student_id) DO UPDATE SET mark = excluded.mark;
	PERFORM refresh_watch_list('list');
END $$;
-- a Friday
SELECT night('2025-10-03', 1, 5, 10, 9, 10, 1, 8, 1);

--
-- An alarm that comes after a snooze is overdue in its time, the one that was put off is not
--
SET ROLE regress_teacher;
SELECT snooze_student('list', '2', current_date + 100, 'on a school trip');
SET ROLE regress_owner;
-- a Monday: 2 is worse, 3 better, 4 well
SELECT night('2025-10-06', 1, 8, 6, 1, 10, 1, 8, 1);
UPDATE list_alarms SET raised_at = raised_at - interval '2 days', due_at = due_at - interval '2 days';
UPDATE list_snoozes SET made_at = made_at - interval '2 days';
SELECT student_id, kind FROM list_overdue WHERE student_id = 2;
SELECT is_overdue, put_off_until FROM list_sheet WHERE student_id = 2;

--
-- What has happened since that Monday, also to those who are no longer flagged. 1 is flagged and well again, 5 leaves; what
-- happens to 7 and 8 is others'
--
DELETE FROM students WHERE student_id = 5;
SELECT night('2025-10-07', 8, 8, 6, 1, 10, 1, 1, 8);
SELECT night('2025-10-08', 1, 10, 6, 1, 10, 1, 1, 8);
SET ROLE regress_teacher;
SELECT as_of, student_id, event, status, reasons FROM list_my_events WHERE as_of >= '2025-10-06' ORDER BY as_of, student_id;
SELECT count(*) FROM list_my_events WHERE student_id > 6;
SELECT * FROM list_events;
SET ROLE regress_owner;
SELECT as_of, student_id, event FROM list_events WHERE as_of >= '2025-10-06' AND student_id > 6 ORDER BY student_id;
-- by a column of the students query, whoever left is nobody's
SELECT share_watch_list('list', viewer_column => 'teacher');
SET ROLE regress_teacher;
SELECT DISTINCT student_id FROM list_my_events ORDER BY student_id;

--
-- Values, and what they were at the last alarm. By hand: 2 had 8, half of 16, when she got worse, and has 10 now, five eighths;
-- 3 had 10 and has 6, three eighths. What has no number in its reason has none of before
--
SELECT student_id, rule, value, threshold, value_before, change, reason FROM list_my_reasons WHERE flagged ORDER BY student_id, rule;
SELECT student_id, words FROM list_my_sheet ORDER BY student_id;
-- who is not flagged had no alarm that is still on
SELECT count(*), count(value_before) FROM list_my_reasons WHERE student_id IN (1, 4, 6);

RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_owner, regress_teacher;
