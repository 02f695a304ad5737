-- What a gap report costs: Project STAR's whole, and one of 5 million students in 5 dimensions, 50 schools and 13 grades,
-- from their rows and from stored cells; and what DuckDB is asked for the same groups.
\echo Generating students at scale :scale
CREATE TABLE report_run (what text, seconds numeric, cpu_seconds numeric, memory_mb numeric, report_rows bigint);

-- On two cores that have nothing else to do
CREATE TABLE report_target (id int GENERATED ALWAYS AS IDENTITY, what text, seconds numeric);
INSERT INTO report_target (what, seconds) VALUES
	('Project STAR, whole', 2), ('the groups of the finest cells, counted', NULL), ('the cells, stored', NULL), ('from rows', NULL), ('from stored cells', NULL);

-- Groups as large as in a district: from 3 in 1,000 to nearly one half. 168 combinations in each of 650 schools and grades
-- are 109,200 cells, of which two thirds have students.
SET search_path = public, gapstats;
CREATE TABLE student AS
SELECT s % 50 AS school, s / 50 % 13 AS grade,
	('{American Indian,Asian,Black,Hispanic,Multiracial,Pacific Islander,White}'::text[])[width_bucket(r, '{0,10,70,220,500,550,553}')] AS race,
	CASE WHEN o % 100 < CASE WHEN r BETWEEN 70 AND 499 THEN 70 ELSE 35 END THEN 'free lunch' ELSE 'non-free lunch' END AS lunch,
	o / 100 % 100 < CASE WHEN r BETWEEN 220 AND 499 THEN 25 ELSE 5 END AS is_learner,
	o / 10000 % 100 < 14 AS is_disabled,
	CASE WHEN o / 1000000 % 100 < 48 THEN 'female' WHEN o / 1000000 % 100 < 99 THEN 'male' ELSE 'nonbinary' END AS gender,
	300 + scrambled(3 * i) % 101 + scrambled(5 * i) % 101 + scrambled(7 * i) % 101 AS score
FROM generate_series(1, (5e6 * :scale)::bigint) AS i, scrambled(i) AS s, scrambled(11 * i) AS o,
	LATERAL (SELECT scrambled(13 * i) % 1000) AS race (r);
VACUUM (FREEZE, ANALYZE) student;

CREATE FUNCTION store_cells() RETURNS bigint LANGUAGE plpgsql SET search_path = public, gapstats AS $$
BEGIN
	DROP TABLE IF EXISTS cell;
	CREATE TABLE cell AS
	SELECT school, grade, race, lunch, is_learner, is_disabled, gender, distribution(score) AS scores
	FROM student
	GROUP BY school, grade, race, lunch, is_learner, is_disabled, gender;
	RETURN (SELECT count(*) FROM cell);
END $$;
SET client_min_messages = warning;
SELECT store_cells() \g /dev/null
VACUUM (FREEZE, ANALYZE) cell;

-- As the demo has them
\cd gapstats
\i demo/load.sql
VACUUM (FREEZE, ANALYZE) star.public_use;
SET search_path = public, gapstats;

-- Each in one statement, of which nothing is sent to a client
CREATE VIEW star_report AS
SELECT * FROM gap_report('star.public_use',
	'{"reading": {"score": "read", "direction": "higher"},
	  "math": {"score": "math", "direction": "higher"}}',
	'{race,gender,freelunch}', '{schid,grade}', depth => 2);
CREATE VIEW report_of_rows AS
SELECT * FROM gap_report('public.student', '{"score": {"score": "score", "direction": "higher"}}', '{race,lunch,is_learner,is_disabled,gender}', '{school,grade}');
CREATE VIEW report_of_cells AS
SELECT * FROM gap_report('public.cell', '{"score": {"distribution": "scores", "direction": "higher"}}', '{race,lunch,is_learner,is_disabled,gender}', '{school,grade}');

-- From both the same, but that nobody knows who was missing of a distribution
CREATE VIEW difference AS
SELECT key, to_jsonb(r) - '{n_missing_focal,n_missing_reference}'::text[] AS said FROM report_of_rows AS r
EXCEPT
SELECT key, to_jsonb(r) - '{n_missing_focal,n_missing_reference}'::text[] FROM report_of_cells AS r;
DO $$ BEGIN ASSERT NOT EXISTS (TABLE difference); END $$;

CREATE PROCEDURE measure_report(what text, statement text) LANGUAGE plpgsql AS $$
DECLARE
	memory CONSTANT numeric := address_space('VmSize');
	cpu CONSTANT numeric := cpu_seconds();
	began CONSTANT timestamptz := clock_timestamp();
	report_rows bigint;
BEGIN
	EXECUTE statement INTO report_rows;
	INSERT INTO report_run
	VALUES (what, extract(epoch FROM clock_timestamp() - began), cpu_seconds() - cpu, (address_space('VmPeak') - memory) / 1e6, report_rows);
END $$;

-- DuckDB's side: the same groups, means, deviations and gaps. It has no t distribution: its intervals are 1.96 standard errors. It is
-- not asked for the rest of a report: p values and those adjusted for their family, V, Hedges' correction, shares, the students of
-- no group, keys, rounded numbers, nor for their order. All at once from its rows, as one would write it; from cells that it makes
-- of them on the way, which is quicker, on two threads, and on one, which is what a backend of PostgreSQL has; and from cells that
-- it keeps. These are cells as well, but of three numbers, which are all that these columns need: for V and percentiles a
-- report's are whole distributions.
CREATE TABLE duckdb_query (row_id int, query text, threads int);
-- how large a part of its time our report from stored cells may take
CREATE TABLE duckdb_row (row_id int, peer text, target numeric);
INSERT INTO duckdb_row VALUES (1, 'DuckDB from its rows', 1), (2, 'DuckDB from its rows, cells first', 1), (3, 'DuckDB from its rows, cells first, on one thread', 1), (4, 'DuckDB from its cells', NULL);
INSERT INTO duckdb_query
WITH part AS (
	SELECT keys, string_agg(format('(%s%s)', level, dimension), ', ') AS sets,
		'count(score) AS n, sum(score)::DOUBLE AS s, sum(score::DOUBLE * score) AS ss' AS sums, 'sum(n)::DOUBLE AS n, sum(s) AS s, sum(ss) AS ss' AS sums_of_sums,
		'grouping(school, grade) AS level, grouping(race, lunch, is_learner, is_disabled, gender) AS dimension' AS levels
	FROM (SELECT 'school, grade, race, lunch, is_learner, is_disabled, gender') AS k (keys),
		unnest('{"","school, ","grade, ","school, grade, "}'::text[]) AS level, unnest('{race,lunch,is_learner,is_disabled,gender}'::text[]) AS dimension
	GROUP BY keys)
SELECT row_id, format(
	'WITH a AS (SELECT %s, %s, %s FROM %s GROUP BY GROUPING SETS (%s)),
	b AS (SELECT *, sum(n) OVER w - n AS n_others, sum(s) OVER w - s AS s_others, sum(ss) OVER w - ss AS ss_others FROM a WINDOW w AS (PARTITION BY level, dimension, school, grade)),
	c AS (SELECT *, s / n AS mean, s_others / n_others AS mean_others,
		CASE WHEN n > 1 THEN (ss - s * s / n) / (n - 1) END AS variance, CASE WHEN n_others > 1 THEN (ss_others - s_others * s_others / n_others) / (n_others - 1) END AS variance_others
		FROM b),
	d AS (SELECT *, mean - mean_others AS gap, sqrt(variance / n + variance_others / n_others) AS gap_se FROM c)
	SELECT level, dimension, %1$s, n, n_others, mean, mean_others, sqrt(variance) AS sd, sqrt(variance_others) AS sd_others, gap, gap_se, gap - 1.96 * gap_se AS gap_lower, gap + 1.96 * gap_se AS gap_upper,
		gap / sqrt(((n - 1) * variance + (n_others - 1) * variance_others) / (n + n_others - 2)) AS cohens_d
	FROM d', keys, levels, CASE row_id WHEN 1 THEN sums ELSE sums_of_sums END,
	CASE row_id WHEN 1 THEN 'student' WHEN 4 THEN 'cell' ELSE format('(SELECT %s, %s FROM student GROUP BY %1$s)', keys, sums) END, sets), CASE row_id WHEN 3 THEN 1 ELSE 2 END
FROM part, generate_series(1, 4) AS row_id;
SELECT :'folder' || '/duckdb.csv' AS queries, :'folder' || '/student.csv' AS rows \gset
COPY (TABLE duckdb_query ORDER BY row_id) TO :'queries' (FORMAT csv);
COPY student TO :'rows' (FORMAT csv);
