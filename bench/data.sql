-- Generated data, the same in every run: 5 million scores of a scale of 300 points, in no
-- order of groups; and 20 million rows of a school year's attendance, as it came day by day.
\echo Generating data at scale :scale
CREATE EXTENSION tdigest;
SET search_path = public, gapstats;

CREATE TABLE score AS
SELECT scrambled(i) % 400 AS group_of_400,
	scrambled(i) % 10000 AS group_of_10000,
	scrambled(i) % 100000 AS group_of_100000,
	(300 + scrambled(3 * i) % 101 + scrambled(5 * i) % 101 + scrambled(7 * i) % 101)::double precision AS score,
	-- The 400 groups as a report names them
	'School ' || scrambled(i) % 400 / 8 + 1 AS school,
	('{American Indian,Asian,Black,Hispanic,Multiracial,Pacific Islander,White,Unknown}'::text[])[scrambled(i) % 8 + 1] AS student_group
FROM generate_series(1, (5e6 * :scale)::bigint) AS i;

-- 10,000 groups of 40 students
CREATE TABLE classroom_score AS
SELECT i % 10000 AS classroom, scrambled(i) % 3 = 0 AS is_focal,
	(300 + scrambled(3 * i) % 101 + scrambled(5 * i) % 101 + scrambled(7 * i) % 101)::double precision AS score
FROM generate_series(1, (4e5 * :scale)::bigint) AS i;

-- A million scores and 10 covariates, of which half have 53 bits
CREATE TABLE covariate_score AS
SELECT scrambled(i) % 3 = 0 AS is_focal, (300 + scrambled(3 * i) % 101 + scrambled(5 * i) % 101)::double precision AS score,
	scrambled(7 * i) % 1000003 / 1000003.0::double precision AS x1, scrambled(11 * i) % 1000003 / 7.0::double precision AS x2,
	ln(1 + scrambled(13 * i) % 1000003) AS x3, sqrt(scrambled(17 * i) % 1000003) AS x4, 1e6 + scrambled(19 * i) % 1000003 / 1000003.0::double precision AS x5,
	(scrambled(23 * i) % 2)::double precision AS x6, (scrambled(29 * i) % 2)::double precision AS x7, (scrambled(31 * i) % 181)::double precision AS x8,
	(scrambled(37 * i) % 13)::double precision AS x9, (scrambled(41 * i) % 40)::double precision AS x10
FROM generate_series(1, (1e6 * :scale)::bigint) AS i;

-- A million p values. A sort by several workers is not what a window function can do.
CREATE TABLE test WITH (parallel_workers = 0) AS
SELECT scrambled(43 * i) % 1000003 / 1000003.0::double precision AS p_value
FROM generate_series(1, (1e6 * :scale)::bigint) AS i;

CREATE TABLE attendance AS
SELECT student_id, date '2025-09-01' + day / 5 * 7 + day % 5 AS day,
	scrambled(student_id::bigint * 180 + day) % 1000 < scrambled(student_id) % 150 AS absent
FROM generate_series(0, 179) AS day, generate_series(1, (111112 * :scale)::int) AS student_id;

-- What a district that looks at windows has: the order of a window without a sort
CREATE UNIQUE INDEX ON attendance (student_id, day) INCLUDE (absent);

-- The same year as sets of days
CREATE TABLE student_days AS
SELECT student_id, dayset(day) AS enrolled, dayset(day) FILTER (WHERE absent) AS absent
FROM attendance
GROUP BY student_id;

VACUUM (FREEZE, ANALYZE) score;
VACUUM (FREEZE, ANALYZE) classroom_score;
VACUUM (FREEZE, ANALYZE) covariate_score;
VACUUM (FREEZE, ANALYZE) test;
VACUUM (FREEZE, ANALYZE) attendance;
VACUUM (FREEZE, ANALYZE) student_days;
