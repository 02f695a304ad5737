-- The third grade as a district would know it, one row a student: her scores and days absent are
-- Project STAR's. The file knows nothing of the rest, which is made up here, the same each time, from
-- a hash of her number: teacher, language, gifted programme, adults whom she trusts, the days in the
-- weeks from January to March on which she used a learning app, and those on which the school and her
-- family were in contact. It is such that there is something to find.
CREATE TABLE star.third_grade AS
WITH student AS (
	SELECT p.stdntid AS student_id, schid AS school_id, lower(p.gender) AS gender, lower(p.race) AS race, lower(freelunch) AS lunch, read AS reading, math, absent, enrolled,
		coalesce(freelunch = 'FREE LUNCH', false) AS is_poor, hashint4extended(stdntid, 1) & 1023 AS one, hashint4extended(stdntid, 2) & 1023 AS two, hashint4extended(stdntid, 3) & 1023 AS three
	FROM star.public_use AS p
		LEFT JOIN star.attendance AS a ON a.student_id = stdntid AND a.grade = p.grade
	WHERE p.grade = '3'
), days AS (
	SELECT student_id,
		dayset(day) FILTER (WHERE hashint4extended(student_id, day_number) & 1023 < CASE WHEN is_poor THEN 330 ELSE 410 END + school_id % 7 * 25) AS app_days,
		dayset(day) FILTER (WHERE hashint4extended(student_id, 1000 + day_number) & 1023 < CASE WHEN two < 90 THEN 9 WHEN is_poor THEN 18 ELSE 24 END) AS contact_days
	FROM student
		JOIN star.calendar ON school_year = '1988-89' AND day BETWEEN '1989-01-09' AND '1989-03-31'
	GROUP BY student_id
)
SELECT student_id, school_id, school_id || '/' || 1 + one % 3 AS teacher, gender, race, lunch, CASE WHEN two < 90 THEN 'english learner' ELSE 'english speaker' END AS language,
	reading, math, absent, enrolled, enrolled & '[1989-01-09,1989-03-31]'::daterange AS term,
	reading >= 640 AND three < CASE WHEN is_poor THEN 500 ELSE 700 END AS is_gifted,
	(three % 5 + CASE WHEN two < 90 THEN 0 ELSE one % 2 END)::int AS trusted_adults,
	coalesce(app_days, 'empty'::daterange::dayset) AS app_days, coalesce(contact_days, 'empty'::daterange::dayset) AS contact_days
FROM student
	JOIN days USING (student_id);
