--
-- watch_list: how students stand from night to night, and what is kept of it
--
-- The standings, events and flags below follow by hand from the days of absence before each night.
--
\set SHOW_CONTEXT never
CREATE ROLE regress_analyst;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;
SET datestyle = 'ISO';
CREATE TABLE students AS SELECT generate_series(1, 8) AS student_id;
CREATE TABLE absences (student_id integer PRIMARY KEY, days integer);
CREATE TABLE school_days (day date);
INSERT INTO absences VALUES (1, 0), (2, 6), (3, 12), (5, 6), (6, 6), (7, 6), (8, 6);
SELECT create_watch_list('list', 'SELECT student_id FROM students', days_query => 'SELECT day FROM school_days');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 5, '{value} days', 'watch');
SELECT add_rule('list', 'much absence', 'SELECT student_id, days FROM absences', '>=', 10, '{value} days');
-- a night, and beside it what the list said then
CREATE TABLE said AS SELECT NULL::date AS day, * FROM list WHERE false;
CREATE FUNCTION night(on_day date) RETURNS TABLE (status text, flagged bigint, newly_flagged bigint, escalated bigint, cleared bigint, disagreement bigint)
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO school_days SELECT on_day WHERE on_day NOT IN (SELECT day FROM school_days);
	SELECT r.status, r.flagged, r.newly_flagged, r.escalated, r.cleared INTO status, flagged, newly_flagged, escalated, cleared FROM refresh_watch_list('list') r;
	DELETE FROM said WHERE said.day = on_day;
	INSERT INTO said SELECT on_day, * FROM list;
	disagreement := (SELECT count(*) FROM disagreement('list'));
	RETURN NEXT;
END
$$;

SELECT * FROM night('2025-10-01');
SELECT student_id, status, reasons, since FROM list ORDER BY student_id;
SELECT standing, student_id, status, rules, rule_versions, event, from_day, until_day, ended_as FROM list_history ORDER BY standing;
SELECT student_id, status, rules, since, cleared_as FROM list_flags ORDER BY student_id, flag;

-- 2 gets worse and 3 better; the data of 4 comes in, that of 5 goes missing; 6 and 7 leave
UPDATE absences SET days = 12 WHERE student_id = 2;
UPDATE absences SET days = 6 WHERE student_id = 3;
INSERT INTO absences VALUES (4, 0);
DELETE FROM absences WHERE student_id = 5;
DELETE FROM students WHERE student_id IN (6, 7);
SELECT * FROM night('2025-10-02');
SELECT student_id, status, reasons, since FROM list ORDER BY student_id;
SELECT event, student_id, status, reasons FROM list_events WHERE as_of = '2025-10-02' ORDER BY student_id;
SELECT student_id, status, rules, since, cleared_as FROM list_flags ORDER BY student_id, flag;

-- 2 is on track; 4 is flagged; 5 is known again, as before; 6 is back, as before, and 7 worse. Both have their flags back
UPDATE absences SET days = 0 WHERE student_id = 2;
UPDATE absences SET days = 6 WHERE student_id = 4;
INSERT INTO absences VALUES (5, 6);
INSERT INTO students VALUES (6), (7);
UPDATE absences SET days = 12 WHERE student_id = 7;
SELECT * FROM night('2025-10-03');
SELECT student_id, status, reasons, since FROM list ORDER BY student_id;
SELECT event, student_id, status, reasons FROM list_events WHERE as_of = '2025-10-03' ORDER BY student_id;
SELECT student_id, status, rules, since, cleared_as FROM list_flags ORDER BY student_id, flag;

-- who is away for longer than return_within (14 days) gets a new flag; so does who was on track
DELETE FROM students WHERE student_id = 6;
SELECT * FROM night('2025-10-06');
UPDATE list_flags SET cleared_at = cleared_at - interval '14 days' WHERE cleared_as = 'left';
INSERT INTO students VALUES (6);
UPDATE absences SET days = 6 WHERE student_id = 2;
SELECT * FROM night('2025-10-07');
SELECT event, student_id, status, reasons FROM list_events WHERE as_of = '2025-10-07' ORDER BY student_id;
SELECT student_id, since, cleared_as FROM list_flags WHERE student_id IN (2, 6) ORDER BY student_id, flag;
-- who comes back without data has her flag back when data comes
DELETE FROM students WHERE student_id = 6;
SELECT * FROM night('2025-10-08');
DELETE FROM absences WHERE student_id = 6;
INSERT INTO students VALUES (6);
SELECT * FROM night('2025-10-09');
INSERT INTO absences VALUES (6, 6);
SELECT * FROM night('2025-10-10');
SELECT event, student_id, status, as_of FROM list_events WHERE student_id = 6 ORDER BY as_of, event;
SELECT student_id, since, cleared_as FROM list_flags WHERE student_id = 6 ORDER BY student_id, flag;

-- several nights of one day: the last one counts
UPDATE absences SET days = 12 WHERE student_id = 8;
SELECT * FROM night('2025-10-10');
UPDATE absences SET days = 6 WHERE student_id = 8;
SELECT * FROM night('2025-10-10');

--
-- A change of rules is nobody's merit
--
-- from 7 days: those with 6 are cleared by the change, whether their data is there or (5) went missing before
DELETE FROM absences WHERE student_id = 5;
SELECT * FROM night('2025-10-13');
SELECT change_rule('list', 'absence', threshold => 7);
UPDATE absences SET days = 0 WHERE student_id = 7;
INSERT INTO absences VALUES (5, 6);
SELECT * FROM night('2025-10-14');
SELECT event, student_id, status, reasons FROM list_events WHERE as_of = '2025-10-14' ORDER BY student_id;
SELECT student_id, cleared_as FROM list_flags WHERE cleared_at = (SELECT max(cleared_at) FROM list_flags) ORDER BY student_id;
-- another version that flags the same students is in the history, and is no alarm
UPDATE absences SET days = 12 WHERE student_id IN (1, 2);
SELECT * FROM night('2025-10-15');
SELECT change_rule('list', 'much absence', threshold => 11);
SELECT * FROM night('2025-10-16');
SELECT student_id, event, status, rules, rule_versions FROM list_history WHERE from_day = '2025-10-16' ORDER BY student_id;
SELECT count(*) FROM list_alarms a JOIN list_runs r USING (run) WHERE r.as_of = '2025-10-16';
-- and who is cleared later was not cleared by that change
UPDATE absences SET days = 0 WHERE student_id = 2;
SELECT * FROM night('2025-10-16');
SELECT event, student_id, status FROM list_events WHERE as_of = '2025-10-16' ORDER BY student_id, event DESC;
UPDATE absences SET days = 12 WHERE student_id = 2;
SELECT * FROM night('2025-10-16');
-- nobody is flagged by rules that are off or dropped
SELECT switch_rule('list', 'much absence', false);
UPDATE absences SET days = 6 WHERE student_id = 2;
SELECT * FROM night('2025-10-17');
SELECT student_id, status, reasons FROM list WHERE student_id <= 2 ORDER BY student_id;
SELECT drop_rule('list', 'absence');
SELECT * FROM night('2025-10-20');
SELECT event, student_id, status FROM list_events WHERE as_of >= '2025-10-17' ORDER BY as_of, student_id;

--
-- Who stood where on a day, and why: as the list said on each of these nights
--
SELECT count(*) FROM said WHERE status NOT IN ('on track', 'not assessed');
(SELECT s.day, student_id::text, status, coalesce(reasons, '') FROM said s WHERE status NOT IN ('on track', 'not assessed'))
EXCEPT
(SELECT s.day, t.student_id, t.status, t.reasons FROM (SELECT DISTINCT day FROM said) s, standings_on('list', s.day) t);
SELECT count(*) FROM (SELECT DISTINCT day FROM said) s, standings_on('list', s.day);
SELECT * FROM standings_on('list', '2025-10-05');
-- each history is without gaps or overlaps while a student is not on track, and every flag is somebody's standing
SELECT a.student_id, a.standing, b.standing
FROM list_history a JOIN list_history b ON b.student_id = a.student_id AND b.standing > a.standing AND b.from_time < coalesce(a.until_time, 'infinity');
SELECT flag FROM list_flags f
WHERE NOT EXISTS (SELECT FROM list_history h WHERE h.student_id = f.student_id AND h.run = f.run AND h.status IN ('watch', 'at risk'));
-- the runs and the events count the same
SELECT sum(newly_flagged) AS newly_flagged, sum(escalated) AS escalated, sum(cleared) AS cleared FROM list_runs;
SELECT count(*) FILTER (WHERE event = 'flagged') AS newly_flagged, count(*) FILTER (WHERE event = 'escalated') AS escalated,
	count(*) FILTER (WHERE event = 'cleared') AS cleared FROM list_events;

SELECT drop_watch_list('list');
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst;
