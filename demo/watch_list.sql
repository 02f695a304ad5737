\echo A watch list belongs to a role that is no superuser
CREATE ROLE analyst LOGIN;
GRANT USAGE, CREATE ON SCHEMA star TO analyst;
GRANT SELECT ON ALL TABLES IN SCHEMA star TO analyst;
GRANT USAGE ON SCHEMA cron TO analyst;
SET ROLE analyst;
SET search_path = star, gapstats;

-- The autumn of 1985: days come one at a time, and schools may leave the district.
CREATE TABLE attendance_taken AS SELECT day FROM calendar WHERE day <= '1985-10-31';
CREATE TABLE school AS SELECT DISTINCT school_id FROM enrolment WHERE grade = 'K';

\echo Kindergarten on Friday, 1 November 1985, with attendance up to Thursday: three rules, each a query over the district
SELECT create_watch_list('kindergarten_watch',
	$$ SELECT student_id, school_id FROM enrolment JOIN school USING (school_id) WHERE grade = 'K' $$,
	days_query => 'SELECT day FROM attendance_taken') AS list \gset

SELECT add_rule(:'list', 'attendance',
	$$ SELECT student_id, absence_rate(absent, enrolled, daterange(NULL, as_of(), '[]')) FROM attendance WHERE grade = 'K' $$,
	'>=', 0.10, 'absent on {value%} of the days enrolled', 'watch', clear_at => 0.08),
	add_rule(:'list', 'severe',
	$$ SELECT student_id, absence_rate(absent, enrolled, daterange(NULL, as_of(), '[]')) FROM attendance WHERE grade = 'K' $$,
	'>=', 0.20, 'that is severe (from {threshold%})', clear_at => 0.18),
	add_rule(:'list', 'last_20_days',
	$$ SELECT student_id, day_count(absent & last_days(enrolled, 20, as_of())) FROM attendance WHERE grade = 'K' $$,
	'>=', 5, 'absent on {value} of the last 20 school days', 'watch')
\g /dev/null

SELECT status, students, flagged FROM refresh_watch_list(:'list');
SELECT status, count(*) AS students FROM kindergarten_watch GROUP BY status ORDER BY students DESC;

\echo Attendance of Friday comes: who is new or worse on Monday morning, in two of the schools
INSERT INTO attendance_taken VALUES ('1985-11-01');
SELECT status, flagged, newly_flagged, escalated, cleared FROM refresh_watch_list(:'list');
SELECT student_id, school_id, status, last_event, words
FROM kindergarten_watch_sheet
WHERE last_event_on >= '1985-11-01' AND last_event IN ('flagged', 'escalated', 'new reason') AND school_id IN (169229, 244806)
ORDER BY school_id, student_id;

\echo A counsellor calls the family of 13779, who is on watch; she gets worse all the same, and each time is a new alarm
SELECT check_in(:'list', '13779', 'Her mother says that she has been ill') AS check_in;
INSERT INTO attendance_taken VALUES ('1985-11-04'), ('1985-11-05');
SELECT status, flagged, newly_flagged, escalated, cleared FROM refresh_watch_list(:'list');
INSERT INTO attendance_taken VALUES ('1985-11-06'), ('1985-11-07');
SELECT status, flagged, newly_flagged, escalated, cleared FROM refresh_watch_list(:'list');
SELECT kind, status, array_to_string(rules, ', ') AS rules FROM kindergarten_watch_alarms WHERE student_id = 13779 ORDER BY alarm;

\echo A third of the schools is gone from the export: too much to be true, so the run is held and the list stands
DELETE FROM school WHERE school_id % 3 = 0;
SET client_min_messages = error;
SELECT run, status, error FROM refresh_watch_list(:'list') \gset held_
SELECT state, problem, fix FROM watch_list_health WHERE list = :'list'::regclass;
SELECT count(*) AS students FROM kindergarten_watch;
RESET client_min_messages;

\echo It is true: they have joined another district. What that run found is published, and nothing else
SELECT run, status, students, flagged, cleared FROM refresh_watch_list(:'list', accept => :held_run);

SELECT schedule_watch_list(:'list', '* * * * *') AS "job, every minute";
INSERT INTO attendance_taken VALUES ('1985-11-08');
