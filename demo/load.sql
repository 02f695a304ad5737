-- Project STAR as a district's warehouse would hold it, in schema star.
-- Run it in the project's folder: psql -f demo/load.sql
CREATE SCHEMA star;

-- the file as it is
CREATE TABLE star.public_use (
	stdntid int, grade text, school_year text, schid int, urban text, gender text, race text,
	freelunch text, speced text, days_present int, days_absent int, read int, math int,
	days_enrolled int GENERATED ALWAYS AS (days_present + days_absent) STORED);
\copy star.public_use (stdntid, grade, school_year, schid, urban, gender, race, freelunch, speced, days_present, days_absent, read, math) FROM PROGRAM 'gzip -dc demo/data/star.csv.gz' CSV HEADER

CREATE TABLE star.student (
	student_id int PRIMARY KEY,
	gender text,
	race text);
INSERT INTO star.student
SELECT DISTINCT stdntid, lower(gender), lower(race)
FROM star.public_use;

CREATE TABLE star.score (
	student_id int REFERENCES star.student,
	grade text,
	subject text,
	score int NOT NULL,
	PRIMARY KEY (student_id, grade, subject));
INSERT INTO star.score
SELECT stdntid, grade, subject, score
FROM star.public_use,
	LATERAL (VALUES ('reading', read), ('mathematics', math)) AS s (subject, score)
WHERE score IS NOT NULL;

-- The file says how many days a student was present and absent, not which. From here on
-- days are generated. A school year is 180 weekdays from the last days of August, without
-- two weeks in winter; it goes on to 216 for the 31 student-years recorded as longer.
CREATE TABLE star.calendar (
	school_year text,
	day date,
	day_number int NOT NULL,
	PRIMARY KEY (school_year, day));
INSERT INTO star.calendar
SELECT school_year, day, day_number
FROM (SELECT DISTINCT school_year, left(school_year, 4)::int AS year FROM star.public_use) AS y,
	LATERAL (
		SELECT day::date, row_number() OVER (ORDER BY day) AS day_number
		FROM generate_series(make_date(year, 8, 26), make_date(year + 1, 8, 25), interval '1 day') AS day
		WHERE extract(isodow FROM day) < 6
			AND day NOT BETWEEN make_date(year, 12, 21) AND make_date(year + 1, 1, 4)) AS weekday
WHERE day_number <= 216;

-- A student is enrolled for as many days as she was present or absent, the last ones of the
-- 180. Where the file does not say how many, the span is unknown.
CREATE TABLE star.enrolment (
	student_id int REFERENCES star.student,
	grade text,
	school_year text NOT NULL,
	school_id int NOT NULL,
	free_lunch boolean,
	special_education boolean,
	entry_day date,
	exit_day date,
	PRIMARY KEY (student_id, grade));
INSERT INTO star.enrolment
SELECT stdntid, grade, p.school_year, schid, freelunch = 'FREE LUNCH', speced = 'YES', entry.day, exit.day
FROM star.public_use AS p
	LEFT JOIN star.calendar AS entry ON entry.school_year = p.school_year
		AND entry.day_number = greatest(181 - days_enrolled, 1)
		AND days_enrolled IS NOT NULL
	LEFT JOIN star.calendar AS exit ON exit.school_year = p.school_year
		AND exit.day_number = greatest(days_enrolled, 180)
		AND days_enrolled IS NOT NULL;

-- She misses her enrolled days three at a time, as an illness goes, in the order of a hash
-- of her number and the three days', until she has missed as many as the file says.
CREATE TABLE star.absence (
	student_id int REFERENCES star.student,
	day date,
	PRIMARY KEY (student_id, day));
INSERT INTO star.absence
SELECT stdntid, day
FROM star.public_use AS p
	JOIN star.enrolment AS e ON e.student_id = stdntid AND e.grade = p.grade,
	LATERAL (
		SELECT day
		FROM star.calendar AS c
		WHERE c.school_year = p.school_year AND day BETWEEN entry_day AND exit_day
		ORDER BY md5(stdntid || ' ' || day_number / 3) COLLATE "C", day_number
		LIMIT days_absent) AS missed;

ANALYZE star.student, star.score, star.calendar, star.enrolment, star.absence;
