\echo A roll-up: the days on which each student was absent, right after every change of a record
GRANT TRIGGER ON star.absence TO analyst;
SET ROLE analyst;
SET search_path = star, gapstats;
SELECT create_rollup('days_absent', 'absence', '{student_id}', '{"days": "dayset(day)"}')
\g /dev/null

-- Whatever reads it is as current; of whom nothing is recorded there is no row.
CREATE VIEW kindergarten_now AS
SELECT student_id, school_id, day_count(a.absent & enrolled) AS absent, day_count(enrolled) AS enrolled,
	absence_rate(a.absent, enrolled) AS rate, chronic_absence(a.absent, enrolled) AS flagged
FROM attendance
	JOIN enrolment USING (student_id, grade)
	LEFT JOIN days_absent USING (student_id),
	LATERAL (SELECT coalesce(days, '{}') AS absent) AS a
WHERE grade = 'K';

\echo Two children of one school: one was absent on exactly 10% of the days enrolled, the other on a day less
SELECT student_id, absent, enrolled, rounded(rate, 4) AS rate, flagged FROM kindergarten_now WHERE student_id IN (10961, 15328) ORDER BY student_id;
SELECT count(*) AS "of their school", count(*) FILTER (WHERE flagged) AS flagged FROM kindergarten_now WHERE school_id = (SELECT school_id FROM kindergarten_now WHERE student_id = 10961);

\echo The record is corrected: on 23 September it was the other who was absent
RESET ROLE;
UPDATE star.absence SET student_id = 15328 WHERE student_id = 10961 AND day = '1985-09-23';
SELECT student_id, absent, enrolled, rounded(rate, 4) AS rate, flagged FROM kindergarten_now WHERE student_id IN (10961, 15328) ORDER BY student_id;

\echo And again: that was an excursion. Nothing has been refreshed
DELETE FROM star.absence WHERE student_id = 15328 AND day = '1985-09-23';
SELECT student_id, absent, enrolled, rounded(rate, 4) AS rate, flagged FROM kindergarten_now WHERE student_id IN (10961, 15328) ORDER BY student_id;
SELECT count(*) AS "of their school", count(*) FILTER (WHERE flagged) AS flagged FROM kindergarten_now WHERE school_id = (SELECT school_id FROM kindergarten_now WHERE student_id = 10961);

\echo The days of all, counted anew from all absences and compared to the byte
SELECT count(*) AS differences FROM check_rollup('days_absent');
SELECT state, n_pending AS "changes to merge" FROM rollup_health WHERE rollup = 'days_absent'::regclass;
