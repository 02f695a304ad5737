-- What a report is of: any relation by its name, with the same rows whatever kind it is, and read once.
CREATE ROLE regress_analyst;
CREATE SCHEMA report AUTHORIZATION regress_analyst;
SET search_path = report, gapstats;
CREATE EXTENSION file_fdw SCHEMA public;
CREATE SERVER regress_files FOREIGN DATA WRAPPER file_fdw;
\getenv srcdir PG_ABS_SRCDIR
\set data :srcdir '/test/fixtures/disclosure_star.csv'
CREATE FOREIGN TABLE of_foreign_table (below integer, school text, race text, verdict text, least_nonneg numeric, most_nonneg numeric, least_whole numeric, most_whole numeric, least_rule numeric, most_rule numeric)
	SERVER regress_files OPTIONS (filename :'data', format 'csv', header 'true');
CREATE TABLE of_table AS TABLE of_foreign_table;
CREATE VIEW of_view AS TABLE of_foreign_table;
CREATE VIEW of_invoker WITH (security_invoker) AS TABLE of_view;
CREATE MATERIALIZED VIEW of_materialized_view AS TABLE of_table;
CREATE TABLE of_partitioned_table (LIKE of_table) PARTITION BY LIST (race);
CREATE TABLE asian PARTITION OF of_partitioned_table FOR VALUES IN ('asian');
CREATE TABLE others PARTITION OF of_partitioned_table DEFAULT PARTITION BY HASH (school);
CREATE TABLE even PARTITION OF others FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE odd PARTITION OF others FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO of_partitioned_table TABLE of_table;
CREATE TABLE of_parent (LIKE of_table);
CREATE TABLE child () INHERITS (of_parent);
INSERT INTO of_parent SELECT * FROM of_table WHERE below = 10;
INSERT INTO child SELECT * FROM of_table WHERE below <> 10;
CREATE UNLOGGED TABLE of_unlogged_table AS TABLE of_table;
CREATE FUNCTION gaps(relation text) RETURNS SETOF gap_report
RETURN gap_report(relation, '{"least": {"score": "least_nonneg", "direction": "lower"}, "exact": {"score": "most_whole", "cut": 2, "direction": "higher"}}', '{race,verdict}', '{school}', 'below', 2, digits => NULL);
CREATE FUNCTION fans(relation text) RETURNS SETOF percentile_report
RETURN percentile_report(relation, '{"least": {"score": "least_nonneg", "direction": "lower"}}', '{race}', '{below}', min_n => 1, digits => NULL);
SELECT count(*) > 500 AS many FROM gaps('of_table');
SELECT relname, relkind, relpersistence,
	(SELECT count(*) FROM (SELECT * FROM gaps('of_table') EXCEPT ALL SELECT * FROM gaps(relname)) AS s) + (SELECT count(*) FROM (SELECT * FROM gaps(relname) EXCEPT ALL SELECT * FROM gaps('of_table')) AS s) AS gaps_differ,
	(SELECT count(*) FROM (SELECT * FROM fans('of_table') EXCEPT ALL SELECT * FROM fans(relname)) AS s) + (SELECT count(*) FROM (SELECT * FROM fans(relname) EXCEPT ALL SELECT * FROM fans('of_table')) AS s) AS fans_differ
FROM pg_class WHERE relnamespace = 'report'::regnamespace AND relname ~ '^of_' AND relname <> 'of_table'
ORDER BY relname;

-- once, whatever is asked of it
SET SESSION AUTHORIZATION regress_analyst;
CREATE TABLE student AS
SELECT i, 2024 + i % 2 AS year, 'School ' || i % 3 AS school, (ARRAY['Asian', 'Black', 'White', NULL])[1 + i / 7 % 4] AS race, (ARRAY['free', 'paid'])[1 + i / 11 % 2] AS lunch,
	i * 7919 % 101 AS score, i % 9 < 3 AS is_gifted, '[2025-09-01,2025-10-31]'::daterange::dayset AS enrolled, daterange('2025-09-15', '2025-09-15'::date + i % 30)::dayset AS absent
FROM generate_series(1, 600) AS i;
CREATE FUNCTION scans(call text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	before CONSTANT bigint := pg_stat_get_xact_numscans('student'::regclass);
BEGIN
	EXECUTE 'SELECT count(*) FROM ' || call;
	RETURN pg_stat_get_xact_numscans('student'::regclass) - before;
END
$$;
\set measures '{"reading": {"score": "score", "goal": 50, "scale": [0, 100], "direction": "higher"}, "gifted": {"outcome": "is_gifted", "goal": 0.5, "gap_goal": 0.1, "direction": "higher"}}'
SELECT call, scans(format(call, :'measures', '{"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}, "chronic": {"absent": "absent", "enrolled": "enrolled", "cut": 0.1, "direction": "lower"}}')) AS scans
FROM unnest(ARRAY['student',
	'gap_report(''student'', %1$L, ''{race}'')',
	'gap_report(''student'', %1$L, ''{race,lunch}'', ''{school,year}'', depth => 2, estimates => ''{gap,simultaneous,shrunken,missing,percentiles,goal,widest,omnibus}'')',
	'gap_report(''student'', %1$L, ''{race,lunch}'', ''{school}'', ''year'', depth => 2, reference => ''highest'', estimates => ''{gap,simultaneous,shrunken,missing,percentiles,goal,widest,omnibus}'')',
	'gap_report(''student'', %1$L, ''{race}'', ''{school}'', ''year'', reference => ''everyone'', suppress => true)',
	'percentile_report(''student'', (%1$L::jsonb - ''gifted''), ''{race,lunch}'', ''{school}'', ''year'', 2)',
	'percentile_report(''student'', (%1$L::jsonb - ''gifted''), ''{race}'', suppress => true)',
	'absence_report(''student'', %2$L, ''{race,lunch}'', ''{school}'', 2)',
	'absence_report(''student'', %2$L, ''{race}'', suppress => true)',
	'create_report(''stands'', ''student'', %1$L, ''{race}'', ''{school}'', ''year'')',
	'refresh_report(''stands'')']) AS call;

RESET SESSION AUTHORIZATION;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA report CASCADE;
DROP EXTENSION file_fdw CASCADE;
DROP ROLE regress_analyst;
