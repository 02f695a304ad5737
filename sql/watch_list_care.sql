-- What schools do about a flag, what they look at before they change a rule, and a list as text.
-- Values follow from the rows below by hand: student i of 1 to 40 was absent i days, and the rule
-- flags from 36 on.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE ROLE care_owner;
CREATE ROLE care_teacher;
CREATE ROLE care_sender;
CREATE SCHEMA care AUTHORIZATION care_owner;
GRANT USAGE ON SCHEMA care TO care_teacher, care_sender;
SET ROLE care_owner;
SET search_path = care, gapstats;
SET TimeZone = 'America/Chicago';
CREATE TABLE student AS
SELECT i AS student_id, CASE WHEN i > 38 THEN 'care_teacher' ELSE 'other' END AS teacher, i % 2 = 0 AS in_north FROM generate_series(1, 40) i;
CREATE TABLE absence AS SELECT i AS student_id, i AS days FROM generate_series(1, 40) i;
SELECT create_watch_list('ews', 'SELECT student_id, teacher, in_north FROM student');
SELECT add_rule('ews', 'days', 'SELECT student_id, days FROM absence', '>=', 36, 'Absent {value} {value|day|days}');
SELECT add_rule('ews', 'many', 'SELECT student_id, sum(days) FROM absence GROUP BY student_id', '>=', 40, 'Absent {value} days in all', 'watch');
SELECT share_watch_list('ews', viewer_column => 'teacher');
SELECT grant_watch_list('ews', 'follow up', 'care_teacher');
SELECT grant_watch_list('ews', 'outbox', 'care_sender');
SELECT status, flagged FROM refresh_watch_list('ews');

-- a counsellor's work, by a teacher on her own students
SET ROLE care_teacher;
SELECT assign_student('ews', '40', 'Ms. Lee', current_date + 7);
SELECT start_intervention('ews', '40', 'Tutoring', 2, 'Mr. Ray', '2026-01-05');
SELECT check_in('ews', '40', 'Mother called back', is_restricted => true);
SELECT check_in('ews', '39', 'Letter sent');
SELECT correct_note('ews', 2, 'Letter sent twice');
SELECT snooze_student('ews', '39', current_date + 3, 'on a school trip');
SELECT student_id, status, words, last_event, assigned_to, due_on = current_date + 7 AS due, last_contact_by, due_at IS NULL AS answered, interventions, put_off_until = current_date + 3 AS put_off FROM ews_my_sheet ORDER BY student_id;
SELECT check_in, note, is_restricted, made_by, corrected_at IS NOT NULL AS corrected FROM ews_my_check_ins ORDER BY check_in;
SELECT end_intervention('ews', 1, 'Passed', '2026-02-01');
-- not hers, and not there
SELECT assign_student('ews', '36', 'Ms. Lee');
SELECT start_intervention('ews', '36', 'Tutoring');
SELECT snooze_student('ews', '40', current_date + 3, '');
SELECT start_intervention('ews', '40', 'Tutoring', 4);
SELECT end_intervention('ews', 1, 'x');
SELECT end_intervention('ews', 7);
SELECT acknowledge_alarms('ews', '{1}');
SELECT * FROM ews_outbox;
-- the owner sees whose note it is, and does not correct it
SET ROLE care_owner;
SELECT what, tier, provided_by, starts_on, ends_on, result, made_by FROM ews_interventions;
SELECT correct_note('ews', 1, 'x');
SELECT note, made_by FROM ews_check_ins ORDER BY check_in;
-- a restricted note is its author's, not of whoever else sees the student
GRANT SELECT ON ews_my_check_ins TO care_sender;
INSERT INTO ews_viewers VALUES ('care_sender', 40);
SET ROLE care_sender;
SELECT check_in, note, is_restricted FROM ews_my_check_ins;

-- the outbox gives each alarm until it has been acknowledged
SELECT alarm, student_id, kind, status, reasons, assigned_to FROM ews_outbox ORDER BY alarm;
SELECT acknowledge_alarms('ews', '{1, 2, 3}'), acknowledge_alarms('ews', '{1}');
SELECT alarm FROM ews_outbox ORDER BY alarm;
SET ROLE care_owner;
-- an alarm that nobody has taken yet stays when its student has left, or is better, and says so
INSERT INTO student VALUES (41, 'other', false), (42, 'other', false), (43, 'other', false);
INSERT INTO absence VALUES (41, 36), (42, 36), (43, 36);
SELECT status, newly_flagged FROM refresh_watch_list('ews');
DELETE FROM student WHERE student_id = 41;
UPDATE absence SET days = 0 WHERE student_id = 42;
SELECT status, cleared FROM refresh_watch_list('ews');
SELECT student_id, cleared_as FROM ews_outbox WHERE student_id > 40 ORDER BY student_id;
-- whoever is back has her flag back, and the alarm stands
INSERT INTO student VALUES (41, 'other', false);
SELECT status FROM refresh_watch_list('ews');
SELECT student_id, kind, cleared_as FROM ews_outbox WHERE student_id = 41;
DELETE FROM student WHERE student_id > 40;
DELETE FROM absence WHERE student_id > 40;
SELECT status FROM refresh_watch_list('ews');
SELECT acknowledge_alarms('ews', array_agg(alarm)) FROM ews_outbox WHERE student_id > 40;

-- put off: not overdue, until she gets worse
SET ROLE care_owner;
UPDATE ews_alarms SET raised_at = raised_at - interval '2 days', due_at = due_at - interval '2 days';
SELECT student_id, kind FROM ews_overdue ORDER BY 1;
UPDATE ews_check_ins SET contacted_at = contacted_at - interval '3 days';
SELECT student_id, kind FROM ews_overdue ORDER BY 1;

-- before a rule is changed: who would enter, leave and move; nothing of it is kept
SELECT * FROM preview_change('ews', 'days', threshold => 39);
SELECT * FROM preview_change('ews', 'days', severity => 'watch', "on" => true);
SELECT * FROM preview_change('ews', 'days', "on" => false);
SELECT * FROM preview_change('ews', 'dayz', threshold => 1);
SELECT count(*) FROM ews_runs;
SELECT rule, version, threshold, state FROM ews_rules ORDER BY id;
SELECT * FROM gapstats_internal.disagreement('ews');

-- places for three: 40 by her score of 2 and two rules, then the others by their ids
SELECT place, student_id, group_value, rules_flagged.n, within
FROM capacity_plan('ews', 3, 'in_north') JOIN LATERAL (SELECT rules_flagged FROM ews WHERE ews.student_id::text = capacity_plan.student_id) AS rules_flagged (n) ON true;
SELECT group_value, count(*) FILTER (WHERE within) AS reached, count(*) FILTER (WHERE NOT within) AS displaced
FROM capacity_plan('ews', 3, 'in_north') GROUP BY group_value ORDER BY group_value;
-- of points, the most: all are at risk
SELECT create_watch_list('points', 'SELECT student_id, in_north FROM student WHERE student_id <= 3', combination => 'points', at_risk_at => 1);
SELECT add_rule('points', 'even', 'SELECT student_id, student_id % 2 FROM student', '=', 0, 'even', points => 5);
SELECT add_rule('points', 'any', 'SELECT student_id, student_id FROM student', '>', 0, 'any', points => 1);
SELECT add_rule('points', 'three', 'SELECT student_id, student_id FROM student', '=', 3, 'three', points => 2);
SELECT status FROM refresh_watch_list('points');
SELECT place, student_id, score, within FROM capacity_plan('points', 2) ORDER BY place;
SELECT drop_watch_list('points');
SELECT * FROM capacity_plan('ews', -1);
SELECT * FROM capacity_plan('ews', 3, 'school');

-- the rows behind a reason, also where the query sums them up
SELECT * FROM explain_student('ews', '40');
SELECT change_rule('ews', 'many', query => 'SELECT student_id + 0, days FROM absence');
SELECT status FROM refresh_watch_list('ews');
SELECT rule, reason, source FROM explain_student('ews', '40');
SELECT * FROM explain_student('ews', '1');
-- of a rule that has been dropped since the last refresh, of which she still tells
SELECT add_rule('ews', 'gone', 'SELECT student_id, days FROM absence', '>=', 40, 'Gone {value} days', 'watch');
SELECT status FROM refresh_watch_list('ews');
SELECT drop_rule('ews', 'gone');
SET client_min_messages = notice;
SELECT rule, reason, source FROM explain_student('ews', '40');
SET client_min_messages = warning;
SELECT status FROM refresh_watch_list('ews');
SELECT rule FROM explain_student('ews', '40');

-- one day, two days, and a placeholder that there is not
SELECT gapstats_internal.reason_text('Absent {value} {value|day|days}', 1, 1), gapstats_internal.reason_text('Absent {value} {value|day|days}', 2, 1);
SELECT add_rule('ews', 'typo', 'SELECT student_id, days FROM absence', '>=', 36, 'Absent {values}');

-- a list as text makes the same list
SELECT change_settings('ews', '{"clear_after": 3, "contact_within_school_days": 1, "language": "es"}');
SELECT change_settings('ews', '{"clear_afer": 3}');
SELECT change_settings('ews', '{"clear_after": 0}');
SELECT switch_rule('ews', 'many', false);
SELECT publish_counts('ews', 'in_north');
SELECT import_watch_list('again', export_watch_list('ews'));
SELECT export_watch_list('again') = export_watch_list('ews') AS same;
SELECT status, flagged FROM refresh_watch_list('again');
SELECT status FROM refresh_watch_list('ews');
SELECT (SELECT jsonb_agg(to_jsonb(a) - 'since' ORDER BY student_id) FROM again a) = (SELECT jsonb_agg(to_jsonb(e) - 'since' ORDER BY student_id) FROM ews e) AS same_standing;
SELECT import_watch_list('never', '{}');

-- another students query: students stand as they stood, grants and history stay, and so do its owner's indexes,
-- but for those on what is gone, which he is told
CREATE INDEX ews_by_teacher ON ews (teacher) WHERE status = 'at risk';
CREATE INDEX ews_current_by_place ON ews_current (in_north DESC, lower(teacher));
CREATE UNIQUE INDEX ews_current_since ON ews_current (since, student_id);
SELECT change_students('ews', 'SELECT student_id, teacher, in_north, student_id % 10 AS grade FROM student');
SELECT student_id, grade, status FROM ews ORDER BY student_id DESC LIMIT 2;
SELECT status, students, flagged, newly_flagged, cleared FROM refresh_watch_list('ews');
SELECT student_id, grade, status FROM ews ORDER BY student_id DESC LIMIT 2;
SELECT * FROM gapstats_internal.disagreement('ews');
SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('ews', 'ews_current') ORDER BY indexname;
SELECT unpublish_counts('ews', 'in_north');
SELECT change_students('ews', 'SELECT student_id, teacher, student_id % 10 AS grade FROM student');
SELECT indexname FROM pg_indexes WHERE tablename IN ('ews', 'ews_current') ORDER BY indexname;
SELECT has_table_privilege('care_teacher', 'ews_my_sheet', 'SELECT') AS still_granted, has_table_privilege('care_teacher', 'ews', 'SELECT') AS not_granted;
SELECT change_students('ews', 'SELECT student_id::text, teacher FROM student');
SELECT change_students('ews', 'SELECT student_id, teacher, 1 AS status FROM student');
SELECT change_students('ews', days_query => 'SELECT date ''2026-01-05''');
SELECT part, query FROM ews_queries ORDER BY part, rule;

SELECT drop_watch_list('ews'), drop_watch_list('again');
RESET ROLE;
RESET search_path;
DROP SCHEMA care CASCADE;
DROP ROLE care_owner, care_teacher, care_sender;
