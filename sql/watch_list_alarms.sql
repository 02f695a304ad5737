--
-- watch_list: when somebody has to be told, until when, and who was
--
-- Rule "absence" (watch) flags from 3 days of absence, "much absence" (at risk) from 8, "failing" (watch) from 1 course:
-- alarms, escalations and clocks follow from the days below by hand.
--
\set SHOW_CONTEXT never
CREATE ROLE regress_analyst;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;
SET datestyle = 'ISO';
CREATE TABLE students (student_id integer, school text);
CREATE TABLE absences (student_id integer, days integer, failed integer);
SELECT create_watch_list('list', 'SELECT student_id, school FROM students');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 3, 'Absent {value} days', 'watch');
SELECT add_rule('list', 'much absence', 'SELECT student_id, days FROM absences', '>=', 8, 'Absent {value} days');
SELECT add_rule('list', 'failing', 'SELECT student_id, failed FROM absences', '>=', 1, 'Failing {value}', 'watch');
-- what a night brings for a student of so many days of absence and failed courses, and what is open of it then
INSERT INTO students VALUES (1, 'Lincoln');
INSERT INTO absences VALUES (1, 0, 0);
CREATE FUNCTION night(days integer, failed integer)
RETURNS TABLE (status text, event text, newly_flagged bigint, escalated bigint, cleared bigint, alarm text, flag_says text, disagreement bigint) LANGUAGE plpgsql AS $$
DECLARE
	this bigint;
BEGIN
	EXECUTE 'UPDATE absences SET (days, failed) = ($1, $2)' USING days, failed;
	SELECT r.run, r.newly_flagged, r.escalated, r.cleared INTO this, newly_flagged, escalated, cleared FROM refresh_watch_list('list') r;
	status := (SELECT l.status FROM list l);
	event := (SELECT h.event FROM list_history h WHERE h.run = this);
	alarm := (SELECT a.kind || ': ' || array_to_string(a.rules, ', ') FROM list_alarms a WHERE a.run = this);
	flag_says := (SELECT f.status || ': ' || array_to_string(f.rules, ', ') FROM list_flags f WHERE cleared_at IS NULL);
	disagreement := (SELECT count(*) FROM disagreement('list'));
	RETURN NEXT;
END
$$;
-- everything so far happened so much earlier
CREATE FUNCTION time_goes_by(interval) RETURNS void LANGUAGE sql AS $$
	UPDATE list_alarms SET raised_at = raised_at - $1, due_at = due_at - $1;
	UPDATE list_check_ins SET contacted_at = contacted_at - $1;
	UPDATE list_flags SET flagged_at = flagged_at - $1, cleared_at = cleared_at - $1;
	UPDATE list_history SET from_time = from_time - $1, until_time = until_time - $1;
$$;

--
-- A student who gets worse
--
SELECT * FROM night(3, 0);
-- more of the same is no alarm
SELECT * FROM night(5, 0);
SELECT check_in('list', '1', 'Called home');
SELECT count(*) FROM list_overdue;
SELECT * FROM night(20, 0);
SELECT time_goes_by('25 hours');
-- the call of yesterday was for the alarm before
SELECT student_id, kind, status, reasons, waiting BETWEEN interval '25 hours' AND interval '26 hours' AS since_yesterday FROM list_overdue;
SELECT check_in('list', '1', 'Met her');
SELECT count(*) FROM list_overdue;
-- better, with a reason less; and worse again, which is an alarm again
SELECT * FROM night(5, 0);
SELECT * FROM night(8, 0);
SELECT time_goes_by('1 hour');

--
-- A new reason: the alarm that is on tells of it, until someone has called
--
SELECT * FROM night(8, 1);
SELECT * FROM night(8, 0);
SELECT check_in('list', '1');
SELECT * FROM night(8, 1);
SELECT time_goes_by('1 hour');
SELECT * FROM night(8, 0);
-- nobody has called since that alarm
SELECT * FROM night(8, 1);
-- missing data clears nobody, and is compared with the standing before it when it comes back
SELECT * FROM night(NULL, NULL);
SELECT * FROM night(8, 1);
SELECT * FROM night(NULL, NULL);
SELECT check_in('list', '1');
SELECT * FROM night(3, 1);
SELECT * FROM night(NULL, NULL);
SELECT * FROM night(8, 1);
-- cleared: a contact belongs to the flag that was
SELECT * FROM night(0, 0);
SELECT count(*) FROM list_overdue;
SELECT check_in('list', '1', 'Called afterwards');
SELECT flag, note FROM list_check_ins ORDER BY check_in;
-- and a new flag has its own clock
SELECT * FROM night(3, 0);
SELECT alarm, flag, kind, status, rules FROM list_alarms ORDER BY alarm;
-- what happened, in the order of time
SELECT event, status, reasons FROM list_events ORDER BY happened_at;

--
-- Contacts in time, and not
--
DELETE FROM absences;
DELETE FROM students;
SELECT drop_watch_list('list');
SELECT create_watch_list('list', 'SELECT student_id, school FROM students');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 3, 'Absent {value} days', 'watch');
SELECT add_rule('list', 'much absence', 'SELECT student_id, days FROM absences', '>=', 8, 'Absent {value} days');
INSERT INTO students SELECT i, CASE WHEN i <= 15 THEN 'Lincoln' ELSE 'Roosevelt' END FROM generate_series(1, 20) i;
INSERT INTO absences SELECT i, 3, 0 FROM generate_series(1, 20) i;
SELECT status, newly_flagged FROM refresh_watch_list('list');
SELECT time_goes_by('25 hours');
-- of Lincoln, 1 was called before her flag, 2 an hour, 3 an hour and again now, 4 a day after it, 5 only now; of Roosevelt nobody was
SELECT check_in('list', '1', contacted_at => now() - interval '26 hours'), check_in('list', '2', contacted_at => now() - interval '24 hours'),
	check_in('list', '3', contacted_at => now() - interval '24 hours'), check_in('list', '3'),
	check_in('list', '4', contacted_at => (SELECT due_at FROM list_alarms WHERE student_id = 4)), check_in('list', '5');
SELECT string_agg(student_id::text, ' ' ORDER BY student_id) AS overdue FROM list_overdue;
-- two more come today: pending, until they are called
INSERT INTO students VALUES (21, 'Lincoln'), (22, 'Lincoln');
INSERT INTO absences VALUES (21, 3, 0), (22, 3, 0);
SELECT status, newly_flagged FROM refresh_watch_list('list');
SELECT string_agg(student_id::text, ' ' ORDER BY student_id) AS overdue FROM list_overdue;
SELECT check_in('list', '22');
-- 4 of 16 in Lincoln (2, 3, 4 and 22; 21 is pending), 0 of 5 in Roosevelt. Wilson's intervals by hand, z = 1.959964:
-- (x + z²/2 ± z sqrt(x (n - x) / n + z²/4)) / (n + z²) is 0.1018 to 0.4950 for 4 of 16, and 0 to 0.4345 for 0 of 5
SELECT group_value, alarms, contacted_in_time, pending, rate, round(rate_lower::numeric, 4) AS lower, round(rate_upper::numeric, 4) AS upper
FROM contact_rates('list', 'school');
SELECT group_value, alarms, contacted_in_time, pending, round(rate::numeric, 4) AS rate FROM contact_rates('list');
SELECT round(rate_lower::numeric, 4) AS lower, round(rate_upper::numeric, 4) AS upper FROM contact_rates('list', 'school', 0.9) WHERE group_value = 'Lincoln';
-- those who left have no school
DELETE FROM students WHERE student_id = 20;
SELECT status, cleared FROM refresh_watch_list('list');
SELECT group_value, alarms, contacted_in_time, pending FROM contact_rates('list', 'school');
SELECT count(*) FROM list_overdue WHERE student_id = 20;
SELECT contact_rates('list', 'room');
-- who may see the counts sees how well it goes: by what is published, where there were enough alarms, and not what is pending
RESET ROLE;
CREATE ROLE regress_principal;
GRANT USAGE ON SCHEMA district TO regress_principal;
SET ROLE regress_principal;
SELECT * FROM contact_rates('list', 'school');
SET ROLE regress_analyst;
SELECT grant_watch_list('list', 'counts', 'regress_principal');
SET ROLE regress_principal;
SELECT * FROM contact_rates('list', 'school');
SET ROLE regress_analyst;
SELECT publish_counts('list', 'school', 1);
SET ROLE regress_principal;
SELECT group_value, alarms, contacted_in_time, pending, rate, reason FROM contact_rates('list', 'school');
SELECT group_value, alarms, contacted_in_time, pending, rate, reason FROM contact_rates('list');
SET ROLE regress_analyst;
-- 46 students, 25 of them flagged, 23 and 18, 43 and 1: what is hidden in the counts is not told by the rates
SELECT count(*) FROM create_watch_list('both', 'SELECT 1000 * ascii(s) + i AS student_id, s AS school FROM (VALUES (''A'', 46), (''B'', 23), (''C'', 43)) v (s, n), generate_series(1, n) i');
SELECT add_rule('both', 'flagged', 'SELECT 1000 * ascii(s) + i AS student_id, 1 FROM (VALUES (''A'', 25), (''B'', 18), (''C'', 1)) v (s, n), generate_series(1, n) i', '=', 1, 'flagged');
SELECT status, flagged FROM refresh_watch_list('both');
UPDATE both_alarms SET due_at = now() - interval '1 hour', raised_at = now() - interval '1 day';
SELECT publish_counts('both', 'school'), grant_watch_list('both', 'counts', 'regress_principal');
SET ROLE regress_principal;
SELECT c.group_value, c.flagged, r.alarms, r.reason FROM both_counts c FULL JOIN contact_rates('both', 'school') r USING (group_value) ORDER BY 1;
SET ROLE regress_analyst;
SELECT drop_watch_list('both');
-- 16 alarms in A, and they are 4 students'; 20 and 22 in B and C, of as many: 4 students are few, and what protects them is the next smallest
SELECT count(*) FROM create_watch_list('often', 'SELECT 1000 * ascii(s) + i AS student_id, s AS school FROM (VALUES (''A'', 50), (''B'', 50), (''C'', 50)) v (s, n), generate_series(1, n) i');
SELECT add_rule('often', 'flagged', 'SELECT 1000 * ascii(s) + i AS student_id, 1 FROM (VALUES (''A'', 25), (''B'', 20), (''C'', 22)) v (s, n), generate_series(1, n) i', '=', 1, 'flagged');
SELECT status, flagged FROM refresh_watch_list('often');
DELETE FROM often_alarms WHERE student_id BETWEEN 1000 * ascii('A') + 5 AND 1000 * ascii('A') + 999;
INSERT INTO often_alarms (flag, student_id, kind, status, rules, run, due_at)
SELECT flag, student_id, 'new reason', status, rules, run, due_at FROM often_alarms, generate_series(2, 4) WHERE student_id / 1000 = ascii('A');
UPDATE often_alarms SET due_at = now() - interval '1 hour', raised_at = now() - interval '1 day';
SELECT publish_counts('often', 'school'), grant_watch_list('often', 'counts', 'regress_principal');
SELECT group_value, alarms, contacted_in_time FROM contact_rates('often', 'school');
SET ROLE regress_principal;
SELECT c.group_value, c.flagged, r.alarms, r.reason FROM often_counts c FULL JOIN contact_rates('often', 'school') r USING (group_value) ORDER BY 1;
-- What she is told, put to the audit beside the counts: nothing is given away but that nobody was called in time, which she may know.
SELECT cell, measure, verdict, most_whole FROM disclosure_audit($$
	SELECT c.group_value, students, flagged, alarms, contacted_in_time FROM often_counts AS c JOIN contact_rates('often', 'school') AS r USING (group_value) WHERE NOT c.is_total
	UNION ALL SELECT NULL, students, flagged, alarms, contacted_in_time FROM often_counts AS c, contact_rates('often') WHERE c.is_total$$,
	'{group_value}', '{"students": "count", "flagged": {"of": "students"}, "alarms": "count", "contacted_in_time": {"of": "alarms"}}') ORDER BY cell, measure;
SET ROLE regress_analyst;
SELECT drop_watch_list('often');
-- 44 alarms each in A and B, 20 and 24 of them followed by a call: but in A 4 of 24 students were called, each after 5 of 6 alarms; and in B all
-- were, but 4 after one of 6. So these two are hidden, and of C and D, which have fewer alarms, neither need be.
CREATE TABLE few AS
SELECT 1000 * ascii(s) + i AS student_id, s AS school, (i <= n)::integer AS flagged, i <= called AS is_called, CASE WHEN s < 'C' AND i <= 4 THEN 6 ELSE 1 END AS n_alarms
FROM (VALUES ('A', 24, 4), ('B', 24, 24), ('C', 22, 11), ('D', 30, 15)) v (s, n, called), generate_series(1, 60) i;
SELECT count(*) FROM create_watch_list('few_list', 'SELECT student_id, school FROM few');
SELECT add_rule('few_list', 'flagged', 'SELECT student_id, flagged FROM few', '=', 1, 'flagged');
SELECT status, flagged FROM refresh_watch_list('few_list');
INSERT INTO few_list_alarms (flag, student_id, kind, status, rules, run, due_at)
SELECT flag, student_id, 'new reason', status, rules, run, due_at FROM few_list_alarms JOIN few USING (student_id), generate_series(2, n_alarms);
UPDATE few_list_alarms SET due_at = now() - interval '1 hour' - earlier, raised_at = now() - interval '1 day' - earlier
FROM (SELECT alarm, CASE WHEN school = 'A' AND i = 6 OR school = 'B' AND i > 1 THEN interval '2 days' ELSE '0' END AS earlier
	FROM (SELECT alarm, school, row_number() OVER (PARTITION BY student_id ORDER BY alarm) AS i FROM few_list_alarms JOIN few USING (student_id)) AS n) AS e WHERE few_list_alarms.alarm = e.alarm;
SELECT count(check_in('few_list', student_id::text, contacted_at => now() - interval '2 hours')) FROM few WHERE flagged = 1 AND is_called;
SELECT publish_counts('few_list', 'school'), grant_watch_list('few_list', 'counts', 'regress_principal');
SELECT group_value, alarms, contacted_in_time FROM contact_rates('few_list', 'school');
SET ROLE regress_principal;
SELECT c.group_value, c.flagged, r.alarms, r.contacted_in_time, r.reason FROM few_list_counts c FULL JOIN contact_rates('few_list', 'school') r USING (group_value) ORDER BY 1;
SET ROLE regress_analyst;
SELECT drop_watch_list('few_list');
-- 1 of 30 contacted in time, 20 of 40, 12 of 40, 50 of 50: what is small is not told, nor can it be had from the total; all, and nobody, are
CREATE TABLE called (student_id integer, school text, flagged integer, is_called boolean);
INSERT INTO called
SELECT 1000 * ascii(s) + i, s, (i <= n)::integer, i <= x FROM (VALUES ('A', 30, 1), ('B', 40, 20), ('C', 40, 12), ('D', 50, 50)) v (s, n, x), generate_series(1, 2 * n) i;
SELECT count(*) FROM create_watch_list('called_list', 'SELECT student_id, school FROM called');
SELECT add_rule('called_list', 'flagged', 'SELECT student_id, flagged FROM called', '=', 1, 'flagged');
SELECT status, flagged FROM refresh_watch_list('called_list');
UPDATE called_list_alarms SET due_at = now() - interval '1 hour', raised_at = now() - interval '1 day';
SELECT count(check_in('called_list', student_id::text, contacted_at => now() - interval '2 hours')) FROM called WHERE is_called;
SELECT publish_counts('called_list', 'school'), grant_watch_list('called_list', 'counts', 'regress_principal');
SELECT group_value, alarms, contacted_in_time FROM contact_rates('called_list', 'school');
SET ROLE regress_principal;
SELECT group_value, alarms, contacted_in_time, rate, reason FROM contact_rates('called_list', 'school')
UNION ALL SELECT 'total', alarms, contacted_in_time, rate, reason FROM contact_rates('called_list') ORDER BY 1;
-- beside the counts, too, nothing that is hidden
SELECT cell, measure, verdict, most_whole FROM disclosure_audit($$
	SELECT c.group_value, students, flagged, alarms, contacted_in_time FROM called_list_counts AS c JOIN contact_rates('called_list', 'school') AS r USING (group_value) WHERE NOT c.is_total
	UNION ALL SELECT NULL, students, flagged, alarms, contacted_in_time FROM called_list_counts AS c, contact_rates('called_list') WHERE c.is_total$$,
	'{group_value}', '{"students": "count", "flagged": {"of": "students"}, "alarms": "count", "contacted_in_time": {"of": "alarms"}}') ORDER BY cell, measure;
SET ROLE regress_analyst;
SELECT drop_watch_list('called_list');
-- a group has one name, whoever asks: of 40 in A and B each and 40 whose school is empty every second is flagged and every fourth
-- called in time; then the flagged of A leave
CREATE TABLE pupils AS SELECT i AS student_id, CASE WHEN i <= 40 THEN 'A' WHEN i <= 80 THEN 'B' END AS school FROM generate_series(1, 120) i;
SELECT count(*) FROM create_watch_list('named', 'SELECT student_id, school FROM pupils');
SELECT add_rule('named', 'even', 'SELECT student_id, student_id % 2 FROM pupils', '=', 0, 'flagged');
SELECT status, flagged FROM refresh_watch_list('named');
UPDATE named_alarms SET due_at = now() - interval '1 hour', raised_at = now() - interval '1 day';
SELECT count(check_in('named', student_id::text, contacted_at => now() - interval '2 hours')) FROM pupils WHERE student_id % 4 = 0;
SELECT publish_counts('named', 'school'), grant_watch_list('named', 'counts', 'regress_principal');
DELETE FROM pupils WHERE school = 'A' AND student_id % 2 = 0;
SELECT status, cleared FROM refresh_watch_list('named');
CREATE VIEW asked AS
SELECT 'contact_rates' AS of, group_value, is_total, alarms AS n, contacted_in_time AS x FROM contact_rates('named', 'school')
UNION ALL SELECT 'contact_rates', group_value, is_total, alarms, contacted_in_time FROM contact_rates('named')
UNION ALL SELECT 'counts', group_value, is_total, students, flagged FROM named_counts;
SELECT * FROM asked ORDER BY of, is_total, group_value COLLATE "C";
CREATE TABLE owner_asked AS TABLE asked;
GRANT SELECT ON owner_asked TO regress_principal;
SET ROLE regress_principal;
SELECT 'contact_rates' AS of, group_value, is_total, alarms AS n, contacted_in_time AS x FROM contact_rates('named', 'school')
UNION SELECT 'contact_rates', group_value, is_total, alarms, contacted_in_time FROM contact_rates('named')
EXCEPT SELECT * FROM owner_asked;
SELECT string_agg(group_value, ', ' ORDER BY group_value) AS groups FROM contact_rates('named', 'school') WHERE reason IS NULL;
SET ROLE regress_analyst;
SELECT group_value, is_total, students, flagged
FROM (
	SELECT * FROM preview_rule('named', 'SELECT student_id, student_id % 2 FROM pupils', '=', '{0}', 'school')
	UNION ALL SELECT * FROM preview_rule('named', 'SELECT student_id, student_id % 2 FROM pupils', '=', '{0}')
) p ORDER BY is_total, group_value COLLATE "C";
SELECT preview_rule('named', 'SELECT student_id, student_id % 2 FROM pupils', '=', NULL);
SELECT group_value, count(*) FROM (SELECT * FROM capacity_plan('named', 3, 'school') UNION ALL SELECT * FROM capacity_plan('named', 3)) c GROUP BY group_value ORDER BY group_value COLLATE "C";
SELECT group_value, is_total FROM audit_watch_list('named', 'SELECT student_id, student_id % 3 = 0 FROM pupils', 'school') GROUP BY group_value, is_total ORDER BY is_total, group_value COLLATE "C";
DROP VIEW asked;
SELECT drop_watch_list('named');
-- of Roosevelt there are few, and those of Lincoln would be the rest
SELECT publish_counts('list', 'school', 6);
SET ROLE regress_principal;
SELECT group_value, alarms, contacted_in_time, pending, rate, reason FROM contact_rates('list', 'school');
SELECT group_value, alarms, contacted_in_time, pending, rate, reason FROM contact_rates('list');
SET ROLE regress_analyst;
\set VERBOSITY sqlstate
SELECT contact_rates('list', 'school', 1);
SELECT check_in('list', '1', contacted_at => now() + interval '1 hour');
\set VERBOSITY default
SELECT check_in('list', '99');
SELECT check_in('list', 'nobody');
SELECT * FROM disagreement('list');

--
-- Until when: 24 hours, or the end of so many school days in the list's time zone
--
SET timezone = 'Asia/Tokyo';
-- 2025-11-01 is a Saturday, and clocks go back in Chicago on the Sunday; 2025-12-24 to 2026-01-02 are holidays, and so is 11 November
CREATE TABLE calendar AS SELECT dayset(d::date) AS days
FROM generate_series('2025-08-18'::timestamp, '2026-01-31', '1 day') d
WHERE extract(isodow FROM d) <= 5 AND NOT d BETWEEN '2025-12-24' AND '2026-01-02' AND d <> '2025-11-11';
SELECT raised AS raised_in_chicago, n,
	due_after(raised AT TIME ZONE 'America/Chicago', '24 hours', 'America/Chicago') AT TIME ZONE 'America/Chicago' AS after_24_hours,
	due_after_school_days(raised AT TIME ZONE 'America/Chicago', n, NULL, 'America/Chicago') AT TIME ZONE 'America/Chicago' AS weekdays,
	due_after_school_days(raised AT TIME ZONE 'America/Chicago', n, days, 'America/Chicago') AT TIME ZONE 'America/Chicago' AS school_days
FROM calendar, (VALUES
	('2025-10-31 05:00'::timestamp, 1), ('2025-10-31 23:30', 1), ('2025-11-01 12:00', 1), ('2025-11-03 05:00', 1), ('2025-11-10 05:00', 1),
	('2025-11-10 05:00', 2), ('2025-12-23 05:00', 1), ('2025-12-22 05:00', 5), ('2026-01-29 05:00', 1), ('2026-01-30 05:00', 1)) AS v (raised, n);
-- the next alarm of a list has it
SELECT change_settings('list', jsonb_build_object('time_zone', 'America/Chicago', 'contact_within_school_days', 2));
INSERT INTO students VALUES (23, 'Lincoln');
INSERT INTO absences VALUES (23, 3, 0);
SELECT status, newly_flagged FROM refresh_watch_list('list');
SELECT due_at = due_after_school_days(raised_at, 2, NULL, 'America/Chicago') AS in_two_weekdays FROM list_alarms ORDER BY alarm DESC LIMIT 1;
SELECT change_settings('list', jsonb_build_object('calendar', daterange(current_date - 5, current_date + 50)::dayset));
UPDATE absences SET days = 8 WHERE student_id = 23;
SELECT status, escalated FROM refresh_watch_list('list');
SELECT due_at AT TIME ZONE 'America/Chicago' - date_trunc('day', raised_at AT TIME ZONE 'America/Chicago') AS until_the_end_of_the_second_day FROM list_alarms ORDER BY alarm DESC LIMIT 1;

-- Of two alarms that wait (24), what is due first is on the sheet, and of two contacts (25) the last; of what is done, what is on
SELECT change_settings('list', '{"time_zone": "UTC", "contact_within": "24 hours"}');
SELECT share_watch_list('list', $$SELECT 'regress_analyst', student_id FROM students$$);
INSERT INTO students VALUES (24, 'Lincoln'), (25, 'Lincoln');
INSERT INTO absences VALUES (24, 3, 0), (25, 3, 0);
SELECT status, newly_flagged FROM refresh_watch_list('list');
SELECT time_goes_by('2 hours');
UPDATE absences SET days = 8 WHERE student_id = 24;
SELECT status, escalated FROM refresh_watch_list('list');
SELECT check_in('list', '25', 'later', contacted_at => now() - interval '30 minutes') < check_in('list', '25', 'earlier', contacted_at => now() - interval '1 hour') AS made;
SELECT start_intervention('list', '25', what, starts_on => '2026-01-05') > 0 AS made FROM unnest('{tutoring, letters}'::text[]) AS what;
SELECT end_intervention('list', intervention, 'sent') FROM list_interventions WHERE what = 'letters';
SELECT s.student_id, a.n AS alarms, s.due_at = a.first_due AS first_due, f.due_at = a.last_due AS of_the_last_alarm, now() - s.last_contact BETWEEN interval '30 minutes' AND interval '45 minutes' AS last_contact, s.interventions
FROM list_sheet s
JOIN list_my_flags f USING (student_id)
CROSS JOIN LATERAL (SELECT min(due_at) AS first_due, max(due_at) AS last_due, count(*) AS n FROM list_alarms a WHERE a.student_id = s.student_id) a
WHERE s.student_id IN (24, 25)
ORDER BY s.student_id;

SELECT * FROM disagreement('list');
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst, regress_principal;
