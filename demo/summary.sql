-- What every report below is made of, computed once at the finest grain.

CREATE TABLE star.scores AS
SELECT grade, subject, school_id, race, free_lunch, distribution(score) AS scores
FROM star.score
	JOIN star.student USING (student_id)
	JOIN star.enrolment USING (student_id, grade)
GROUP BY grade, subject, school_id, race, free_lunch;

CREATE TABLE star.attendance AS
SELECT student_id, grade, enrolled, coalesce(absent, 'empty'::daterange::dayset) & enrolled AS absent
FROM star.enrolment
	JOIN (SELECT school_year, dayset(day) AS days FROM star.calendar GROUP BY school_year) AS c USING (school_year)
	LEFT JOIN (SELECT student_id, dayset(day) AS absent FROM star.absence GROUP BY student_id) AS a USING (student_id),
	LATERAL (SELECT days & daterange(entry_day, exit_day, '[]') AS enrolled) AS e
WHERE entry_day IS NOT NULL;
