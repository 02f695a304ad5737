--
-- watch_list: until when a student is to be contacted after an alarm, and which contacts count
--
\set SHOW_CONTEXT never
CREATE ROLE regress_analyst;
CREATE ROLE regress_counsellor;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
GRANT USAGE ON SCHEMA district TO regress_counsellor;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;
SET datestyle = 'ISO';
-- the session's time zone is nobody's
SET timezone = 'Asia/Tokyo';

--
-- School days: those that are known, then Monday to Friday
--
-- 2025-11-10 is a Monday; known are that week but for Tuesday, and its Saturday
SELECT n, array_agg(to_char(day, 'Dy DD') ORDER BY day) AS school_days
FROM (VALUES (3), (7)) AS v (n), school_days_from('2025-11-10', '{2025-11-07,2025-11-10,2025-11-12..2025-11-15}', n) AS day GROUP BY n ORDER BY n;
-- nothing known; only the past; holidays of 90 days, but not a day of another year, which is mistyped
SELECT known, array_agg(day ORDER BY day) AS school_days
FROM (VALUES (NULL::dayset), ('{}'), ('{2025-11-07}'), ('{2025-11-14,2026-02-12}'), ('{2025-11-14,2026-11-12}'), ('{9999-11-12}')) AS v (known),
	school_days_from('2025-11-13', known, 3) AS day GROUP BY known ORDER BY known;

--
-- By hand, in Chicago, where the clocks go back on Sunday 2025-11-02 and forward on Sunday 2026-03-08. Holidays in the calendar
-- are 11 November, and 24 December to 2 January; it ends on Friday 30 January. The Sundays on which clocks change are school days of "every day".
--
CREATE TABLE calendar AS
SELECT 'school' AS name, dayset(d::date) AS days
FROM generate_series('2025-08-18'::timestamp, '2026-01-30', '1 day') d
WHERE extract(isodow FROM d) <= 5 AND NOT d BETWEEN '2025-12-24' AND '2026-01-02' AND d <> '2025-11-11'
UNION ALL SELECT 'every day', daterange('2025-08-18', '2026-06-01')::dayset
UNION ALL SELECT 'none', NULL;
CREATE FUNCTION in_chicago(raised timestamp, hours numeric, hours_from time, hours_until time, named text) RETURNS text LANGUAGE sql AS $$
	SELECT to_char(due_after_school_hours(raised AT TIME ZONE 'America/Chicago', hours, hours_from, hours_until, (SELECT days FROM calendar WHERE name = named), 'America/Chicago')
		AT TIME ZONE 'America/Chicago', 'Dy YYYY-MM-DD HH24:MI:SS')
$$;
SELECT what, to_char(raised, 'Dy YYYY-MM-DD HH24:MI') AS raised, hours, in_chicago(raised, hours, hours_from, hours_until, calendar) AS due, in_chicago(raised, hours, hours_from, hours_until, calendar) = expected AS right
FROM (VALUES
	('an hour of Friday, 23 of Monday', '2025-10-31 23:00'::timestamp, 24, '00:00'::time, '24:00'::time, 'none', 'Mon 2025-11-03 23:00:00'),
	('8 hours of Monday', '2025-10-31 23:00', 8, '08:00', '16:00', 'none', 'Mon 2025-11-03 16:00:00'),
	('on Saturday', '2025-11-01 12:00', 8, '08:00', '16:00', 'none', 'Mon 2025-11-03 16:00:00'),
	('six hours of Wednesday, two of Thursday', '2025-11-05 10:00', 8, '08:00', '16:00', 'none', 'Thu 2025-11-06 10:00:00'),
	('before school', '2025-11-05 05:00', 8, '08:00', '16:00', 'none', 'Wed 2025-11-05 16:00:00'),
	('as school ends', '2025-11-05 16:00', 8, '08:00', '16:00', 'none', 'Thu 2025-11-06 16:00:00'),
	('six minutes', '2025-11-05 15:59', 0.1, '08:00', '16:00', 'none', 'Thu 2025-11-06 08:05:00'),
	('over a holiday', '2025-11-10 15:00', 8, '08:00', '16:00', 'school', 'Wed 2025-11-12 15:00:00'),
	('over the holidays', '2025-12-23 15:00', 8, '08:00', '16:00', 'school', 'Mon 2026-01-05 15:00:00'),
	('in the holidays', '2025-12-29 05:00', 7.5, '08:00', '15:30', 'school', 'Mon 2026-01-05 15:30:00'),
	('past the end of the calendar', '2026-01-30 12:00', 10, '08:00', '16:00', 'school', 'Mon 2026-02-02 14:00:00'),
	('into 25 hours', '2025-11-01 12:00', 24, '00:00', '24:00', 'every day', 'Sun 2025-11-02 11:00:00'),
	('25 hours', '2025-11-02 00:00', 25, '00:00', '24:00', 'every day', 'Mon 2025-11-03 00:00:00'),
	('into 23 hours', '2026-03-07 12:00', 24, '00:00', '24:00', 'every day', 'Sun 2026-03-08 13:00:00'),
	('an hour that is not', '2026-03-07 12:00', 1, '02:00', '03:00', 'every day', 'Mon 2026-03-09 03:00:00'),
	('a year', '2024-12-31 00:00', 366, '08:00', '09:00', 'none', 'Tue 2026-05-26 09:00:00')) AS v (what, raised, hours, hours_from, hours_until, calendar, expected);
-- an interval: 24 hours, or a day, over the same changes
SELECT raised AT TIME ZONE 'America/Chicago' AS raised, span, due_after(raised, span, 'America/Chicago') AT TIME ZONE 'America/Chicago' AS due
FROM (VALUES ('2025-11-01 12:00'), ('2026-03-07 12:00')) AS v (local),
	LATERAL (SELECT local::timestamp AT TIME ZONE 'America/Chicago' AS raised) r, (VALUES ('24 hours'::interval), ('1 day'), ('1 mon -1 day 30 min')) AS s (span);
SHOW timezone;

--
-- By brute force: for every five minutes of the time that passes, whether the clock on the wall stands within the hours of a school day.
-- Clocks change at midnight of weekdays in Tehran, by half an hour on Lord Howe, and within a Friday in Jerusalem.
--
CREATE FUNCTION slow_due(raised_at timestamptz, hours numeric, hours_from time, hours_until time, known dayset, time_zone text) RETURNS timestamptz LANGUAGE sql AS $$
	SELECT minute + interval '5 minutes'
	FROM (
		SELECT minute, minute AT TIME ZONE time_zone AS local
		FROM generate_series(raised_at, raised_at + interval '20 days', interval '5 minutes') AS minute
	) m
	WHERE local - local::date >= hours_from::interval AND local - local::date < hours_until::interval
	AND CASE WHEN local::date <= last_day(known) THEN known @> local::date ELSE extract(isodow FROM local) <= 5 END
	ORDER BY minute
	OFFSET hours * 12 - 1 LIMIT 1
$$;
CREATE TABLE tried AS
SELECT p.*, raised_at AT TIME ZONE time_zone AS raised, hours_from, hours_until, hours, known,
	slow_due(raised_at, hours, hours_from, hours_until, known, time_zone) AS expected,
	due_after_school_hours(raised_at, hours, hours_from, hours_until, known, time_zone) AS due
FROM (VALUES ('America/Chicago', '2025-10-31'::date), ('America/Chicago', '2026-03-06'), ('Asia/Tehran', '2021-03-19'), ('Asia/Tehran', '2021-09-20'), ('Australia/Lord_Howe', '2025-10-03'),
		('Australia/Lord_Howe', '2026-04-03'), ('Asia/Jerusalem', '2025-03-26'), ('America/Sao_Paulo', '2018-11-03'), ('Asia/Kathmandu', '2025-11-01')) AS p (time_zone, day),
	(VALUES (0, '05:00'::interval, '00:00'::time, '24:00'::time, 24), (1, '23:40', '00:00', '24:00', 31.5), (2, '12:05', '08:00', '16:00', 8), (1, '15:55', '07:30', '14:45', 22), (3, '00:30', '09:00', '09:30', 3)) AS h (later, at, hours_from, hours_until, hours),
	LATERAL (SELECT (day + later + at) AT TIME ZONE time_zone AS raised_at) r,
	LATERAL (SELECT NULL::dayset AS known UNION ALL SELECT daterange(day, day + 40)::dayset UNION ALL SELECT daterange(day - 9, day + 3)::dayset - (day + 2)::dayset) k;
SELECT count(*), count(expected) AS counted, count(*) FILTER (WHERE due = expected) AS equal, count(DISTINCT due - raised AT TIME ZONE time_zone) AS different_lengths FROM tried;
SELECT * FROM tried WHERE due IS DISTINCT FROM expected;

--
-- Far away: at once, or cancelled
--
SET statement_timeout = '5s';
-- 10,000 school days are 2,000 weeks
SELECT due_after_school_days('2025-10-31 12:00-05', 10000, NULL, 'America/Chicago') AT TIME ZONE 'America/Chicago' - '2025-10-31' AS days,
	due_after_school_hours('2025-10-31 12:00-05', 30000, '09:00', '12:00', NULL, 'America/Chicago') AT TIME ZONE 'America/Chicago' - '2025-10-31' AS hours;
SET statement_timeout = '200ms';
SELECT due_after_school_days('2025-10-31 12:00-05', 100000000, NULL, 'America/Chicago');
RESET statement_timeout;

--
-- The settings: one way to count at a time, which takes the place of another, within reason
--
CREATE TABLE students (student_id integer PRIMARY KEY, counsellor text DEFAULT 'regress_counsellor');
CREATE TABLE absences (student_id integer, days integer);
SELECT create_watch_list('list', 'SELECT * FROM students', time_zone => 'America/Chicago');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 3, 'Absent {value} days', 'watch');
SELECT add_rule('list', 'much absence', 'SELECT student_id, days FROM absences', '>=', 8, 'Absent {value} days');
PREPARE clock AS SELECT contact_within, contact_within_school_hours, contact_within_school_days, school_hours_from, school_hours_until, calendar FROM list_settings;
EXECUTE clock;
SELECT change_settings('list', '{"contact_within_school_hours": 8, "school_hours_from": "08:00", "school_hours_until": "16:00"}');
EXECUTE clock;
SELECT change_settings('list', '{"contact_within_school_days": 2, "calendar": "{2025-11-03..2025-11-07}"}');
EXECUTE clock;
SELECT change_settings('list', '{"contact_within": "36 hours", "contact_within_school_days": null}');
EXECUTE clock;
SELECT change_settings('list', '{"contact_within_school_hours": 8, "contact_within_school_days": 1}');
SELECT change_settings('list', '{"contact_within": "24 hours", "contact_within_school_hours": 8, "contact_within_school_days": 1}');
SELECT change_settings('list', '{"contact_within": null}');
SELECT change_settings('list', '{"contact_within": "0"}');
SELECT change_settings('list', '{"contact_within": "-1 hour"}');
SELECT change_settings('list', '{"contact_within": "1000 years"}');
SELECT change_settings('list', '{"contact_within": "soon"}');
SELECT change_settings('list', '{"contact_within_school_hours": 0}');
SELECT change_settings('list', '{"contact_within_school_hours": -8}');
SELECT change_settings('list', '{"contact_within_school_hours": "NaN"}');
SELECT change_settings('list', '{"contact_within_school_hours": "Infinity"}');
SELECT change_settings('list', '{"contact_within_school_hours": 2929}');
SELECT change_settings('list', '{"contact_within_school_hours": 1e100}');
SELECT change_settings('list', '{"contact_within_school_days": 0}');
SELECT change_settings('list', '{"contact_within_school_days": -1}');
SELECT change_settings('list', '{"contact_within_school_days": 10000}');
SELECT change_settings('list', '{"contact_within_school_days": 99999999999}');
SELECT change_settings('list', '{"contact_within_school_days": 1.5}');
SELECT change_settings('list', '{"school_hours_from": "16:00"}');
SELECT change_settings('list', '{"school_hours_until": "07:00"}');
SELECT change_settings('list', '{"school_hours_until": "25:00"}');
SELECT change_settings('list', '{"school_hours_from": null}');
SELECT change_settings('list', '{"calendar": "Monday to Friday"}');
SELECT change_settings('list', '{"calendar": "{2025-02-30}"}');
-- what is longer than the hours that are left in a year
SELECT change_settings('list', '{"contact_within_school_hours": 2928}');
SELECT change_settings('list', '{"school_hours_until": "08:15"}');
-- the owner's own statement is told the same, and nothing of all that has been changed
UPDATE list_settings SET contact_within = '1 day';
UPDATE list_settings SET contact_within_school_hours = 'NaN';
EXECUTE clock;
-- out and in as text
SELECT change_settings('list', '{"contact_within_school_hours": 7.25, "school_hours_until": "24:00"}');
SELECT import_watch_list('copy', export_watch_list('list'));
SELECT export_watch_list('copy') = export_watch_list('list') AS equal, export_watch_list('copy') -> 'settings' @> '{"contact_within": null, "contact_within_school_hours": 7.25, "school_hours_until": "24:00:00"}' AS has_them;
SELECT drop_watch_list('copy'), drop_watch_list('list');

--
-- Alarms of runs, at about noon in the list's time zone, by each way to count
--
SELECT 'Etc/GMT' || CASE WHEN hour < 12 THEN '-' ELSE '+' END || abs(hour - 12) AS noon FROM CAST(extract(hour FROM now() AT TIME ZONE 'GMT') AS integer) AS hour \gset
CREATE TABLE taken (day date);
SELECT create_watch_list('list', 'SELECT * FROM students', days_query => 'SELECT day FROM taken', time_zone => :'noon');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 3, 'Absent {value} days', 'watch');
SELECT add_rule('list', 'much absence', 'SELECT student_id, days FROM absences', '>=', 8, 'Absent {value} days');
-- a student of her own is flagged: on which day from today, and when on it, is she to be contacted; what did the run know of school days from today on
CREATE FUNCTION alarm(settings jsonb) RETURNS TABLE (on_day integer, at text, known integer[]) LANGUAGE plpgsql AS $$
DECLARE
	student integer := (SELECT count(*) + 1 FROM students);
BEGIN
	SET LOCAL client_min_messages = error;
	PERFORM change_settings('list', settings);
	EXECUTE 'INSERT INTO students VALUES ($1)' USING student;
	EXECUTE 'INSERT INTO absences VALUES ($1, 3)' USING student;
	-- days that go back are as they should be
	PERFORM refresh_watch_list('list', accept => r.run) FROM refresh_watch_list('list') r WHERE r.status = 'held';
	RETURN QUERY
	SELECT l.due::date - today('list'), CASE WHEN l.due::time = (raised_at AT TIME ZONE time_zone)::time THEN 'as raised' ELSE to_char(l.due, 'HH24:MI') END,
		ARRAY(SELECT day - today('list') FROM days((SELECT school_days FROM list_runs ORDER BY run DESC LIMIT 1)) AS day)
	FROM list_alarms CROSS JOIN list_settings CROSS JOIN LATERAL (SELECT due_at AT TIME ZONE time_zone) l (due)
	WHERE student_id = student;
END
$$;
-- the days query knows planned days: today, tomorrow, and from the fifth on, for a while
INSERT INTO taken SELECT today('list') + i FROM generate_series(-30, 40) AS i WHERE i NOT BETWEEN 2 AND 4;
SELECT on_day, at FROM alarm('{"contact_within": "24 hours"}');
SELECT on_day, at FROM alarm('{"contact_within_school_days": 1}');
SELECT on_day, at FROM alarm('{"contact_within_school_days": 2}');
SELECT on_day, at, known[1:5] FROM alarm('{"contact_within_school_days": 3}');
-- 12 hours are left of today, less the minutes since noon, then the 24 of tomorrow, and the fifth day has the rest
SELECT on_day, at FROM alarm('{"contact_within_school_hours": 24}');
SELECT on_day, at FROM alarm('{"contact_within_school_hours": 48}');
SELECT on_day, at FROM alarm('{"contact_within_school_hours": 10, "school_hours_from": "00:00", "school_hours_until": "10:00"}');
SELECT on_day, at FROM alarm('{"contact_within_school_hours": 15}');
-- a calendar says otherwise: the third day, and the days after that
SELECT on_day, at FROM alarm(jsonb_build_object('contact_within_school_hours', 15, 'calendar', daterange(today('list') + 3, today('list') + 40)::dayset));
SELECT on_day, at FROM alarm('{"contact_within_school_days": 2}');
-- the days query knows days only up to yesterday, the day that the list is computed for: Monday to Friday, whichever day today is
SELECT change_settings('list', '{"calendar": null}');
DELETE FROM taken WHERE day >= today('list');
WITH weekday AS (SELECT i, row_number() OVER (ORDER BY i) AS n FROM generate_series(1, 20) AS i WHERE extract(isodow FROM today('list') + i) <= 5)
SELECT a.on_day - 1 = w.i AS the_fourth_weekday, a.at, a.known FROM alarm('{"contact_within_school_days": 4}') AS a, weekday AS w WHERE w.n = 4;
-- a year that was mistyped plans nothing
INSERT INTO taken VALUES (today('list') + 365), (today('list') + 36500);
WITH weekday AS (SELECT i, row_number() OVER (ORDER BY i) AS n FROM generate_series(1, 20) AS i WHERE extract(isodow FROM today('list') + i) <= 5)
SELECT a.on_day - 1 = w.i AS the_fourth_weekday, a.at, a.known FROM alarm('{"contact_within_school_days": 4}') AS a, weekday AS w WHERE w.n = 4;
SELECT count(*) FROM disagreement('list');

--
-- A run that is accepted later: by the days that it found, their source gone
--
INSERT INTO taken SELECT today('list') + i FROM generate_series(0, 40) AS i WHERE i NOT BETWEEN 2 AND 4;
SELECT change_settings('list', '{"contact_within_school_days": 2, "change_floor": 0, "max_flagged_change": 0.01}');
UPDATE absences SET days = 0 WHERE student_id <= 5;
UPDATE absences SET days = 8 WHERE student_id = 6;
SELECT status FROM refresh_watch_list('list');
DROP TABLE taken;
SELECT status, escalated, cleared FROM refresh_watch_list('list', accept => (SELECT max(run) FROM list_runs));
SELECT student_id, kind, (due_at AT TIME ZONE :'noon')::date - today('list') AS on_day, (due_at AT TIME ZONE :'noon')::time AS at FROM list_alarms ORDER BY alarm DESC LIMIT 1;
SELECT count(*) FROM disagreement('list');

--
-- Alarms that are on keep the time until which they are due, whatever is changed; new ones have the new
--
SELECT change_students('list', days_query => 'SELECT max(as_of) FROM list_runs');
CREATE TABLE promised AS SELECT alarm, due_at FROM list_alarms;
SELECT change_settings('list', '{"clear_after": 2}');
SELECT change_settings('list', '{"contact_within": "1 hour"}');
SELECT change_settings('list', '{"contact_within_school_hours": 1, "calendar": "{}", "time_zone": "Pacific/Auckland"}');
UPDATE list_settings SET contact_within = '2 hours', contact_within_school_hours = NULL, change_floor = 20;
UPDATE absences SET days = 8 WHERE student_id = 7;
SELECT status FROM refresh_watch_list('list');
SELECT count(*) AS changed FROM promised JOIN list_alarms USING (alarm) WHERE promised.due_at <> list_alarms.due_at;
SELECT count(*), min(due_at - raised_at) AS due FROM list_alarms WHERE alarm NOT IN (SELECT alarm FROM promised);
SELECT drop_watch_list('list');
DROP TABLE promised;

--
-- Contacts before the flag are no contacts for it
--
DELETE FROM students;
DELETE FROM absences;
SELECT create_watch_list('list', 'SELECT * FROM students', time_zone => 'America/Chicago');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 3, 'Absent {value} days', 'watch');
SELECT add_rule('list', 'other', 'SELECT student_id, days FROM absences', '=', 5, 'Five days', 'watch');
SELECT share_watch_list('list', viewer_column => 'counsellor');
SELECT grant_watch_list('list', 'follow up', 'regress_counsellor');
INSERT INTO students VALUES (1), (2);
INSERT INTO absences VALUES (1, 3), (2, 3);
SELECT status, newly_flagged FROM refresh_watch_list('list');
-- all that was so far was two days earlier
CREATE PROCEDURE two_days_later() LANGUAGE sql AS $$
	UPDATE list_flags SET flagged_at = flagged_at - interval '2 days', cleared_at = cleared_at - interval '2 days';
	UPDATE list_alarms SET raised_at = raised_at - interval '2 days', due_at = due_at - interval '2 days';
	UPDATE list_history SET from_time = from_time - interval '2 days', until_time = until_time - interval '2 days';
	UPDATE list_check_ins SET contacted_at = contacted_at - interval '2 days';
$$;
CALL two_days_later();
-- the first was called weeks before her flag and just before it, the second an hour after her alarm
SELECT check_in('list', '1', 'Weeks ago', now() - interval '30 days'), check_in('list', '1', 'Just before', (SELECT flagged_at - interval '1 second' FROM list_flags WHERE student_id = 1)),
	check_in('list', '2', 'In time', (SELECT flagged_at + interval '1 hour' FROM list_flags WHERE student_id = 2));
CREATE VIEW what_readers_see AS
SELECT c.student_id, c.note, EXISTS (SELECT FROM list_overdue o WHERE o.student_id = c.student_id) AS overdue, s.due_at IS NOT NULL AS due, s.is_overdue, s.last_contact IS NOT NULL AS in_sheet,
	s.last_contact_by IS NOT NULL AS by_whom
FROM list_sheet AS s JOIN (SELECT student_id, string_agg(note, ', ' ORDER BY check_in) AS note FROM list_check_ins GROUP BY student_id) AS c USING (student_id);
SELECT * FROM what_readers_see ORDER BY student_id;
SELECT alarms, contacted_in_time, pending FROM contact_rates('list');
SET ROLE regress_counsellor;
SELECT student_id, last_contact IS NOT NULL AS in_flags FROM list_my_flags ORDER BY student_id;
SELECT student_id, is_overdue, last_contact IS NOT NULL AS in_sheet FROM list_my_sheet ORDER BY student_id;
-- they are on record
SELECT student_id, note FROM list_my_check_ins ORDER BY check_in;
-- a new reason is an alarm for the one who has been called since her last alarm
SET ROLE regress_analyst;
UPDATE absences SET days = 5;
SELECT status FROM refresh_watch_list('list');
SELECT student_id, kind FROM list_alarms ORDER BY alarm;
-- a contact as the flag is raised, and one after it, are
SELECT check_in('list', '1', 'As it was raised', (SELECT flagged_at FROM list_flags WHERE student_id = 1));
SELECT check_in('list', '2', 'Again');
SELECT * FROM what_readers_see ORDER BY student_id;
SELECT alarms, contacted_in_time, pending FROM contact_rates('list');

-- a contact that is told late belongs to the flag that it followed, be it closed, and counts for it; it does not for the next
UPDATE absences SET days = 0 WHERE student_id = 1;
SELECT status, cleared FROM refresh_watch_list('list');
CALL two_days_later();
UPDATE absences SET days = 3 WHERE student_id = 1;
SELECT status, newly_flagged FROM refresh_watch_list('list');
DELETE FROM list_check_ins WHERE student_id = 1;
SELECT check_in('list', '1', 'Told late', (SELECT due_at - interval '1 minute' FROM list_alarms WHERE alarm = 1)) IS NOT NULL AS told;
SELECT flag = (SELECT min(flag) FROM list_flags WHERE student_id = 1) AS of_the_first FROM list_check_ins WHERE note = 'Told late';
CALL two_days_later();
SELECT student_id, kind, flag = (SELECT max(flag) FROM list_flags WHERE student_id = 1) AS of_the_second FROM list_overdue;
SELECT due_at IS NOT NULL AS due, last_contact FROM list_sheet WHERE student_id = 1;
-- in time were both for the second student, and that one
SELECT alarms, contacted_in_time, pending FROM contact_rates('list');
-- between both
SELECT check_in('list', '1', 'Between', (SELECT cleared_at + interval '1 hour' FROM list_flags WHERE student_id = 1 AND cleared_at IS NOT NULL)) IS NOT NULL AS told;
SELECT student_id, kind FROM list_overdue;
SELECT check_in('list', '1', 'Now') IS NOT NULL AS told;
SELECT count(*) FROM list_overdue;

-- nobody has been called in the future, or at no time
\set VERBOSITY sqlstate
SELECT check_in('list', '1', contacted_at => now() + interval '1 minute');
SELECT check_in('list', '1', contacted_at => 'infinity');
\set VERBOSITY default
SELECT check_in('list', '1', contacted_at => '2999-12-31 12:00+09');
SELECT check_in('list', '1', contacted_at => NULL);
-- but within a transaction that has taken its time
BEGIN;
SELECT check_in('list', '1', 'Just now', clock_timestamp()) IS NOT NULL AS told;
ROLLBACK;
SELECT count(*) FROM disagreement('list');

RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst, regress_counsellor;
