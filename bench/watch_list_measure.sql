-- What the runs of a watch list cost, what they may cost, and how that is measured
CREATE ROLE bench_analyst;
CREATE ROLE bench_teacher_7;
SET search_path = public, gapstats;

CREATE TABLE watch_list_run (
	id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	students int, what text, seconds numeric, cpu_seconds numeric, wal_mb numeric, memory_mb numeric, rows_written bigint, size_mb numeric, flag_rate double precision);

-- On two cores that have nothing else to do
CREATE TABLE watch_list_target (students int, what text, seconds numeric, wal_mb numeric, memory_mb numeric);
INSERT INTO watch_list_target VALUES
	(6325, 'restore', 5, NULL, NULL),
	(30000, 'first run', 3, NULL, NULL), (30000, 'unchanged', 1.5, NULL, NULL), (30000, '1% changed', 2.5, NULL, NULL), (30000, 'next school day', 4, NULL, NULL),
	(100000, 'first run', 7, NULL, NULL), (100000, 'unchanged', 4, NULL, NULL), (100000, '1% changed', 7, NULL, NULL), (100000, 'next school day', 12, NULL, NULL),
	(1000000, 'first run', 60, NULL, 1200), (1000000, 'unchanged', 40, NULL, 1200), (1000000, '1% changed', 60, 100, 1200), (1000000, 'next school day', 100, 600, 1200),
	(1000000, 'own 30 students', 0.02, NULL, NULL);

-- Into the materialized view
CREATE FUNCTION rows_written() RETURNS bigint LANGUAGE sql
RETURN (SELECT n_tup_ins + n_tup_upd FROM pg_stat_all_tables WHERE schemaname = 'district' AND relname = 'list');

-- Without the viewers, who are as many as the district says
CREATE FUNCTION list_size() RETURNS numeric LANGUAGE sql
RETURN (
	SELECT sum(pg_total_relation_size(oid)) / 1e6
	FROM pg_class
	WHERE relnamespace = to_regnamespace('district') AND relname ~ '^list(_|$)' AND relname <> 'list_viewers' AND relkind IN ('r', 'm'));

CREATE PROCEDURE measure_own_students(students int) LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	SET LOCAL ROLE bench_teacher_7;
	EXECUTE 'EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT * FROM district.list_mine' INTO plan;
	RESET ROLE;
	ASSERT (plan #>> '{0,Plan,Actual Rows}')::int = 30;
	INSERT INTO watch_list_run (students, what, seconds)
	VALUES (students, 'own 30 students', ((plan #>> '{0,Planning Time}')::numeric + (plan #>> '{0,Execution Time}')::numeric) / 1000);
END $$;
