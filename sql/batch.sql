-- Aggregation a batch of rows at a time: planned where it can be, and what it gives is what the executor's own
-- nodes give, to the bit. Each query runs both ways.
SET search_path = gapstats, public;
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
CREATE SCHEMA batch;
SET search_path = batch, gapstats, public;

-- How a query is planned with the setting on, and whether it gives the same with it off. In the order in which
-- the rows came if it has one.
CREATE FUNCTION planned(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	result text := 'ordinary';
	is_parallel boolean := false;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN ' || query LOOP
		is_parallel := is_parallel OR line ~ 'Gather';
		IF line ~ 'Batch Aggregate' THEN
			result := CASE WHEN is_parallel THEN 'parallel batch' ELSE 'batch' END;
		END IF;
	END LOOP;
	RETURN result;
END $$;

CREATE FUNCTION rows_of(query text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	result text[];
BEGIN
	EXECUTE format(CASE WHEN query ~ 'ORDER BY' THEN 'SELECT array_agg(s::text) FROM (%s) AS s'
		ELSE 'SELECT array_agg(s::text ORDER BY s::text COLLATE "C") FROM (%s) AS s' END, query) INTO result;
	RETURN coalesce(result, '{}');
EXCEPTION WHEN OTHERS THEN
	RETURN ARRAY[SQLSTATE || ' ' || SQLERRM];
END $$;

CREATE FUNCTION both_ways(query text, OUT plan text, OUT same boolean, OUT n integer) LANGUAGE plpgsql AS $$
DECLARE
	batch text[];
	ordinary text[];
BEGIN
	PERFORM set_config('gapstats.enable_batch', 'on', true);
	plan := planned(format('SELECT array_agg(s::text) FROM (%s) AS s', query));
	batch := rows_of(query);
	PERFORM set_config('gapstats.enable_batch', 'off', true);
	ordinary := rows_of(query);
	same := batch = ordinary;
	n := cardinality(ordinary);
END $$;

-- Rows of all kinds: NULL keys and values; a column that was dropped, one added with a default after the first rows,
-- one that is generated; texts that are compressed or out of line
CREATE TYPE stage AS ENUM ('first', 'second', 'third');
CREATE DOMAIN level AS integer CHECK (VALUE >= 0);
CREATE TABLE score (
	school integer,
	gone text,
	student_group text,
	is_new boolean,
	day date,
	y double precision,
	small smallint,
	whole integer,
	big bigint,
	narrow real,
	exact numeric,
	place varchar(20),
	stage stage,
	level level,
	id uuid,
	note text,
	doubled double precision GENERATED ALWAYS AS (y * 2) STORED
);
ALTER TABLE score ALTER student_group SET STORAGE external;
INSERT INTO score (school, gone, student_group, is_new, day, y, small, whole, big, narrow, exact, place, stage, level, id, note)
SELECT nullif(i % 11, 5), 'gone ' || i, CASE WHEN i % 13 = 0 THEN NULL WHEN i % 7 = 0 THEN repeat('group ' || i % 3, 2000) ELSE 'g' || i % 5 END,
	CASE i % 3 WHEN 0 THEN true WHEN 1 THEN false END, date '2025-09-01' + i % 170, CASE WHEN i % 17 <> 0 THEN 200 + i * 7 % 100 + (i % 19 = 0)::int * 0.125 END,
	i % 300, -i, i * 1000000000000, i / 8.0::real, i / 7.0, 'place ' || i % 4, ('{first,second,third}'::stage[])[i % 3 + 1], i % 6,
	('00000000-0000-0000-0000-0000000000' || lpad((i % 12)::text, 2, '0'))::uuid,
	CASE WHEN i % 2 = 0 THEN repeat('note ' || i % 3 || ' ', 1000) END
FROM generate_series(1, 3000) AS i;
ALTER TABLE score DROP gone;
ALTER TABLE score ADD added text DEFAULT 'before';
ALTER TABLE score ADD added_number double precision DEFAULT 5;
INSERT INTO score (school, student_group, y, added, added_number) SELECT i % 4, NULL, i, 'after', NULL FROM generate_series(1, 40) AS i;
DELETE FROM score WHERE whole % 23 = 0;
UPDATE score SET y = y + 1 WHERE whole % 29 = 0;
CREATE TABLE empty (LIKE score);
CREATE TABLE other AS SELECT i AS school, 'School ' || i AS name FROM generate_series(0, 10) AS i;
ANALYZE score, empty, other;

CREATE TABLE query (place serial, query text);

-- What is planned so
INSERT INTO query (query) VALUES
	('SELECT school, distribution(y) FROM score GROUP BY school'),
	('SELECT distribution(y) FROM score'),
	('SELECT distribution(y), count(*) FROM empty'),
	('SELECT school, distribution(y), count(*) FROM empty GROUP BY school'),
	('SELECT distribution(y) FROM score HAVING count(*) < 0'),
	('SELECT dayset(day) FROM empty'),
	('SELECT student_group, distribution(y), count(*), count(y), count(day) FROM score GROUP BY student_group'),
	('SELECT student_group, school, distribution(y) FROM score GROUP BY school, student_group'),
	('SELECT school, school, student_group, distribution(y) FROM score GROUP BY school, student_group, school'),
	('SELECT is_new, distribution(y), dayset(day) FROM score GROUP BY is_new'),
	('SELECT day, distribution(y) FROM score GROUP BY day'),
	('SELECT place, stage, level, id, distribution(y) FROM score GROUP BY place, stage, level, id'),
	('SELECT note, distribution(y), count(*) FROM score GROUP BY note'),
	('SELECT small, whole, big, distribution(y) FROM score GROUP BY small, whole, big'),
	('SELECT added, distribution(added_number), distribution(doubled) FROM score GROUP BY added'),
	('SELECT school, distribution(small), distribution(whole), distribution(big), distribution(narrow) FROM score GROUP BY school'),
	('SELECT school, distribution(exact), distribution(y + 1), distribution(y * school) FROM score GROUP BY school'),
	('SELECT school, distribution(y), sum(y), avg(y), min(y), max(y), stddev(y), variance(y) FROM score GROUP BY school'),
	('SELECT school, distribution(y), sum(small), avg(small), sum(whole), avg(whole), sum(big), avg(big), avg(narrow), sum(narrow) FROM score GROUP BY school'),
	('SELECT school, distribution(y), sum(exact), avg(exact), min(exact), max(exact), stddev(exact) FROM score GROUP BY school'),
	('SELECT school, distribution(y), min(student_group), max(student_group), min(day), max(place), min(id::text), bool_and(is_new), bool_or(is_new), max(stage) FROM score GROUP BY school'),
	('SELECT school, distribution(y), distribution(y), n(distribution(y)) + count(*) FROM score GROUP BY school'),
	('SELECT school, distribution(y) FILTER (WHERE is_new), dayset(day) FILTER (WHERE y > 250), count(*) FILTER (WHERE NOT is_new) FROM score GROUP BY school'),
	('SELECT school, distribution(1 / (y - 201)) FILTER (WHERE y <> 201), sum(1 / (whole + 1)) FILTER (WHERE whole < -1) FROM score GROUP BY school'),
	('SELECT school, distribution(y) FILTER (WHERE student_group LIKE ''g%'') FROM score WHERE day > date ''2025-10-01'' GROUP BY school'),
	('SELECT school, distribution(y) FROM score GROUP BY school HAVING count(*) > 260 AND school > 2'),
	('SELECT distribution(y) FROM score GROUP BY school HAVING school IS NULL OR max(y) > 300'),
	('SELECT school, mean(distribution(y)) AS m FROM score GROUP BY school ORDER BY school DESC NULLS FIRST LIMIT 3'),
	('SELECT school, mean(distribution(y)) AS m FROM score GROUP BY school ORDER BY m, school OFFSET 2'),
	('SELECT school, mean(distribution(y)) AS m, rank() OVER (ORDER BY mean(distribution(y))) FROM score GROUP BY school'),
	('SELECT DISTINCT n(distribution(y)) FROM score GROUP BY school'),
	('SELECT school, distribution(y) FROM score WHERE random() >= 0 GROUP BY school'),
	('SELECT school, distribution(y) FROM score WHERE ctid > ''(1,1)'' AND tableoid = ''score''::regclass GROUP BY school'),
	('SELECT school, distribution(y) FROM score WHERE y > (SELECT avg(y) FROM score) GROUP BY school'),
	('SELECT school, (SELECT name FROM other WHERE other.school = score.school), distribution(y) FROM score GROUP BY school'),
	('SELECT school, distribution(y) FROM score WHERE (school IN (SELECT school FROM other WHERE name > ''School 2'') OR y < 220) AND y > 210 GROUP BY school'),
	('SELECT coalesce(school, -1) + 1 AS next, CASE WHEN count(*) > 3 THEN distribution(y) END FROM score GROUP BY school'),
	('SELECT o.school, s.* FROM other AS o, LATERAL (SELECT student_group, distribution(y) FROM score WHERE score.school = o.school GROUP BY student_group) AS s'),
	('SELECT o.school, (SELECT mean(distribution(y)) FROM score WHERE score.school = o.school OR o.school > 8) FROM other AS o'),
	('SELECT school, distribution(y) FROM score GROUP BY school UNION ALL SELECT whole, distribution(y) FROM score GROUP BY whole'),
	('WITH s AS MATERIALIZED (SELECT school, distribution(y) AS d FROM score GROUP BY school) SELECT a.school, b.d FROM s AS a JOIN s AS b USING (school)'),
	('SELECT school, distribution(1 / (y - 201)) FROM score GROUP BY school'),
	('SELECT school, distribution(y / 0) FROM score GROUP BY school'),
	('SELECT school, distribution(CASE WHEN y > 290 THEN ''NaN'' ELSE y END) FROM score GROUP BY school'),
	('SELECT school, dayset(CASE WHEN whole = -1700 THEN ''infinity'' ELSE day END) FROM score GROUP BY school');

SELECT place, query, b.* FROM query, both_ways(query) AS b WHERE plan <> 'batch' OR NOT same ORDER BY place;
SELECT count(*) AS queries, sum(n) > 5000 AS have_rows FROM query, both_ways(query) AS b;

-- What is not: another query than of one table, keys that are no columns or not equal by bytes, aggregates of which
-- something else is asked, and any query without an aggregate of ours
TRUNCATE query;
CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE cased (k text COLLATE any_case, y double precision, c char(3), f double precision);
INSERT INTO cased VALUES ('a', 1, 'a', 0), ('A', 2, 'a', '-0'), ('b', 3, 'b', 1);
CREATE TABLE parent (k integer, y double precision);
CREATE TABLE child () INHERITS (parent);
INSERT INTO parent VALUES (1, 1);
INSERT INTO child VALUES (1, 2);
CREATE TABLE parted (k integer, y double precision) PARTITION BY LIST (k);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES IN (2);
INSERT INTO parted VALUES (1, 1), (2, 2);
CREATE TABLE keyed (id integer PRIMARY KEY, name text, y double precision);
INSERT INTO keyed SELECT i, 'name ' || i, i FROM generate_series(1, 20) AS i;
ANALYZE cased, parent, child, parted, keyed;
INSERT INTO query (query) VALUES
	('SELECT school, avg(y), count(*) FROM score GROUP BY school'),
	('SELECT school FROM score GROUP BY school'),
	('SELECT k, distribution(y) FROM cased GROUP BY k'),
	('SELECT c, distribution(y) FROM cased GROUP BY c'),
	('SELECT f, distribution(y) FROM cased GROUP BY f'),
	('SELECT school + 1, distribution(y) FROM score GROUP BY school + 1'),
	('SELECT exact, distribution(y) FROM score GROUP BY exact'),
	('SELECT school, distribution(DISTINCT y) FROM score GROUP BY school'),
	('SELECT school, distribution(y ORDER BY y) FROM score GROUP BY school'),
	('SELECT school, distribution(y), string_agg(place, '','') FROM score GROUP BY school'),
	('SELECT school, distribution(y), percentile_cont(0.5) WITHIN GROUP (ORDER BY y) FROM score GROUP BY school'),
	('SELECT school, distribution(y + random() * 0) FROM score GROUP BY school'),
	('SELECT school, value_counts(distribution(y)) FROM score GROUP BY school'),
	('SELECT school, student_group, distribution(y) FROM score GROUP BY GROUPING SETS ((school), (student_group))'),
	('SELECT school, student_group, distribution(y) FROM score GROUP BY ROLLUP (school, student_group)'),
	('SELECT score.school, distribution(y) FROM score JOIN other USING (school) GROUP BY score.school'),
	('SELECT school, distribution(y) FROM score WHERE school IN (SELECT school FROM other WHERE name > ''School 2'') AND y > 210 GROUP BY school'),
	('SELECT school, distribution(y) FROM score WHERE (SELECT count(*) FROM other) > 1 GROUP BY school'),
	('SELECT school, distribution(y) FROM (SELECT * FROM score LIMIT 100) AS s GROUP BY school'),
	('SELECT school, distribution(y) FROM score TABLESAMPLE SYSTEM (100) GROUP BY school'),
	('SELECT school, distribution(y) FROM score WHERE current_setting(''work_mem'') <> ''1'' GROUP BY school'),
	('SELECT k, distribution(y) FROM parent GROUP BY k'),
	('SELECT k, distribution(y) FROM parted GROUP BY k'),
	('SELECT id, name, distribution(y) FROM keyed GROUP BY id'),
	('SELECT school, distribution(y) FILTER (WHERE y > (SELECT avg(y) FROM score)) FROM score GROUP BY school'),
	('SELECT ctid, distribution(y) FROM score GROUP BY ctid');
SELECT place, query, b.* FROM query, both_ways(query) AS b WHERE plan <> 'ordinary' OR NOT same ORDER BY place;

-- These are one table each.
INSERT INTO query (query) VALUES
	('SELECT k, distribution(y) FROM ONLY parent GROUP BY k'),
	('SELECT k, distribution(y) FROM parted_1 GROUP BY k');
SELECT query, b.* FROM query, both_ways(query) AS b WHERE query ~ 'ONLY|parted_1';

-- What was done, as EXPLAIN tells it
CREATE FUNCTION explained(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (ANALYZE, VERBOSE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || query LOOP
		RETURN NEXT regexp_replace(line, '(Pages|Memory Usage|Rows Put Off|Files): \d+', '\1: N');
	END LOOP;
END $$;
SET gapstats.enable_batch = on;
SELECT explained('SELECT school, mean(distribution(y)) FROM score WHERE y > 210 GROUP BY school HAVING count(*) > 260');
SELECT explained('SELECT count(*), dayset(day) FROM score');

-- Memory is bounded: groups that do not fit are aggregated later. Each is there once.
CREATE TABLE many AS SELECT i % 100000 AS k, i % 2000 AS kind, 'name ' || i % 100000 AS name, (i % 1000)::double precision AS y, date '2025-09-01' + i % 200 AS day FROM generate_series(1, 200000) AS i;
ANALYZE many;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT regexp_replace(line, '\d+', 'N') FROM explained('SELECT k, distribution(y) FROM many GROUP BY k') AS line WHERE line ~ 'Batch|Groups|Rows Put Off|Files';
CREATE FUNCTION memory_of(query text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) ' || query INTO plan;
	RETURN jsonb_path_query_first(plan::jsonb, '$.**."Memory Usage"')::integer;
END $$;
SELECT memory_of('SELECT k, distribution(y) FROM many GROUP BY k') < 500 AS is_bounded;
-- Wide keys and values too, of which a page's are all that is kept beyond it: these are 25 MB.
CREATE TABLE wide AS SELECT i AS k, repeat(md5(i::text), 2000) AS note, i::double precision AS y FROM generate_series(1, 400) AS i;
ANALYZE wide;
SELECT memory_of('SELECT note, distribution(y) FROM wide GROUP BY note') < 3000 AS keys_are_bounded,
	memory_of('SELECT k, distribution(y), max(note || 1) FROM wide GROUP BY k') < 3000 AS values_are_bounded;
SELECT b.* FROM unnest('{
	"SELECT note, distribution(y) FROM wide GROUP BY note",
	"SELECT k, distribution(y), max(note || 1) FROM wide GROUP BY k"}'::text[]) AS query, both_ways(query) AS b;
SELECT b.* FROM unnest('{
	"SELECT k, distribution(y), count(*) FROM many GROUP BY k",
	"SELECT name, dayset(day), sum(y), max(name) FROM many GROUP BY name",
	"SELECT name, k, distribution(y) FILTER (WHERE day > date ''2025-12-01'') FROM many GROUP BY k, name HAVING count(*) = 2"}'::text[]) AS query, both_ways(query) AS b;
-- With all rows in few groups nothing is put off.
SELECT count(*) FROM explained('SELECT is_new, distribution(y) FROM score GROUP BY is_new') AS line WHERE line ~ 'Put Off';
RESET work_mem;
RESET hash_mem_multiplier;

-- Several processes read their parts, and PostgreSQL combines the groups, again and again if it is asked to.
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET enable_material = off;
SET enable_memoize = off;
SELECT query, b.* FROM unnest('{
	"SELECT distribution(y), dayset(day), count(*) FROM score",
	"SELECT school, distribution(y), count(*), count(y), sum(whole), avg(exact), min(place), max(day), dayset(day) FILTER (WHERE is_new) FROM score GROUP BY school",
	"SELECT note, distribution(y) AS d FROM score WHERE y > 210 GROUP BY note HAVING count(*) > 5",
	"SELECT 1 AS one, school, distribution(y), school FROM score GROUP BY 2, 4",
	"SELECT o.school, s.n FROM other AS o, LATERAL (SELECT n(distribution(y)) AS n FROM score WHERE y > 210 OFFSET 0) AS s"}'::text[]) AS query, both_ways(query) AS b;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT b.* FROM both_ways('SELECT kind, distribution(y), dayset(day) FROM many GROUP BY kind') AS b;
RESET work_mem;
RESET hash_mem_multiplier;
SET gapstats.enable_batch = on;
EXPLAIN (COSTS OFF, VERBOSE) SELECT school, mean(distribution(y)) FROM score GROUP BY school HAVING count(*) > 5;
SET max_parallel_workers_per_gather = 0;

-- A cursor that scrolls, and one that outlives its transaction
SET gapstats.enable_batch = on;
BEGIN;
DECLARE scrolled SCROLL CURSOR FOR SELECT school, n(distribution(y)) FROM score GROUP BY school ORDER BY school;
FETCH 2 FROM scrolled;
FETCH BACKWARD 1 FROM scrolled;
FETCH ABSOLUTE -1 FROM scrolled;
DECLARE held CURSOR WITH HOLD FOR SELECT school, n(distribution(y)) FROM score GROUP BY school HAVING school < 2;
FETCH 1 FROM held;
COMMIT;
FETCH 2 FROM held;
CLOSE held;

-- Prepared, with plans of their own and one for all values
PREPARE above(double precision, integer) AS SELECT school, n(distribution(y)), count(*) FILTER (WHERE y > $1) FROM score WHERE y > $1 AND school < $2 GROUP BY school ORDER BY school;
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE above(290, 3);
EXECUTE above(290, 3);
EXECUTE above(280, 2);
SET plan_cache_mode = force_custom_plan;
EXECUTE above(290, 3);
RESET plan_cache_mode;

-- In a function, which reads what it wrote
CREATE FUNCTION n_after(value double precision) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO empty (y) VALUES (value);
	RETURN (SELECT n(distribution(y)) FROM empty);
END $$;
SELECT n_after(1), n_after(2), n_after(3);

-- Into a table that is read
INSERT INTO empty (school, y) SELECT school, n(distribution(y)) FROM empty GROUP BY school;
SELECT school, distribution(y) FROM empty GROUP BY school;

-- Privileges on columns and functions, and row security
CREATE ROLE regress_batch_reader;
GRANT USAGE ON SCHEMA batch, gapstats TO regress_batch_reader;
GRANT SELECT (school, y) ON score TO regress_batch_reader;
SET ROLE regress_batch_reader;
SELECT n(distribution(y)) FROM score WHERE school = 1 GROUP BY school;
SELECT n(distribution(doubled)) FROM score GROUP BY school;
RESET ROLE;
REVOKE EXECUTE ON FUNCTION distribution(double precision) FROM PUBLIC;
SET ROLE regress_batch_reader;
SELECT n(distribution(y)) FROM score WHERE school = 1 GROUP BY school;
RESET ROLE;
GRANT EXECUTE ON FUNCTION distribution(double precision) TO PUBLIC;
CREATE FUNCTION tell(value double precision) RETURNS double precision LANGUAGE plpgsql COST 0.0001 AS $$
BEGIN
	RAISE WARNING 'saw %', value;
	RETURN value;
END $$;
CREATE TABLE own (school integer, y double precision);
INSERT INTO own VALUES (1, 1), (1, 2), (2, 3);
ALTER TABLE own ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON own USING (school = 1);
GRANT SELECT ON own TO regress_batch_reader;
SET ROLE regress_batch_reader;
SELECT planned('SELECT school, distribution(y) FROM own WHERE tell(y) > 0 GROUP BY school');
SELECT school, distribution(y) FROM own WHERE tell(y) > 0 GROUP BY school;
RESET ROLE;

-- What looks again at rows that another transaction changed is in test/specs; locking is no part of grouping
SELECT school, distribution(y) FROM score GROUP BY school FOR UPDATE;

-- A temporary table, one of this transaction, and one of another session's snapshot
BEGIN;
CREATE TEMP TABLE passing AS SELECT 1 AS k, 1::double precision AS y FROM generate_series(1, 5);
SELECT planned('SELECT k, distribution(y) FROM passing GROUP BY k'), (SELECT distribution(y) FROM passing GROUP BY k);
DELETE FROM passing WHERE ctid = '(0,1)';
SELECT distribution(y) FROM passing GROUP BY k;
ROLLBACK;

-- It can be cancelled.
SET statement_timeout = 100;
SELECT count(*) FROM (SELECT k, distribution(y) FROM many WHERE pg_sleep(0.001) IS NOT NULL GROUP BY k) AS s;
RESET statement_timeout;

-- An aggregate of somebody's own, over our transition function, begins as it says.
CREATE AGGREGATE begun(double precision) (SFUNC = gapstats_internal.distribution_accum, STYPE = distribution, INITCOND = '{7}', FINALFUNC = gapstats_internal.distribution_final);
SELECT b.* FROM both_ways('SELECT school, begun(y), begun(y) FILTER (WHERE false), distribution(y) FROM score GROUP BY school') AS b;
SELECT begun(y) FROM parent;

DROP SCHEMA batch CASCADE;
DROP OWNED BY regress_batch_reader;
DROP ROLE regress_batch_reader;
