\echo Students by grade
SELECT grade, count(*) AS students
FROM star.enrolment
GROUP BY grade
ORDER BY translate(grade, 'K', '0');

\echo Kindergarten, school by race: groups that a published table must not show
SELECT count(*) AS cells, count(*) FILTER (WHERE n < 10) AS below_10, count(*) FILTER (WHERE n < 5) AS below_5
FROM (
	SELECT count(*) AS n
	FROM star.enrolment JOIN star.student USING (student_id)
	WHERE grade = 'K' AND race IS NOT NULL
	GROUP BY school_id, race) AS cell;
