--
-- A query is kept as written, together with what it meant
--
\set SHOW_CONTEXT never
CREATE EXTENSION citext;
CREATE ROLE regress_owner;
CREATE ROLE regress_colleague IN ROLE regress_owner;
CREATE ROLE regress_mallory;
GRANT CREATE ON SCHEMA public TO regress_owner;
CREATE SCHEMA school AUTHORIZATION regress_owner;
CREATE SCHEMA front AUTHORIZATION regress_owner;
CREATE SCHEMA loot AUTHORIZATION regress_mallory;
GRANT USAGE ON SCHEMA loot TO PUBLIC;

SET SESSION AUTHORIZATION regress_owner;
SET search_path = school, public;
CREATE TABLE kept (name text PRIMARY KEY, query gapstats_internal.kept_query);
-- keep('a', query) registers it, meaning('a') shows what it means
CREATE FUNCTION keep(name text, query text, names_in text = 'front, school, public') RETURNS text LANGUAGE sql AS
$$ INSERT INTO school.kept VALUES (name, gapstats_internal.keep_query(format('query "%s"', name), query, names_in))
	ON CONFLICT (name) DO UPDATE SET query = excluded.query RETURNING 'kept' $$;
CREATE FUNCTION meaning(text) RETURNS SETOF text LANGUAGE sql AS
$$ SELECT unnest((query).meaning) FROM school.kept WHERE name = $1 $$;
-- what a query answers, as text, if it has one column or two
CREATE FUNCTION run(text) RETURNS SETOF text LANGUAGE sql AS
$$ SELECT r FROM school.kept, gapstats_internal.run_kept_query(format('query "%s"', name), query) AS t (r text) WHERE name = $1 ORDER BY 1 $$;
CREATE FUNCTION pairs(text) RETURNS TABLE (student_id integer, n integer) LANGUAGE sql AS
$$ SELECT t.* FROM school.kept, gapstats_internal.run_kept_query(format('query "%s"', name), query) AS t (student_id integer, n integer) WHERE name = $1 ORDER BY 1 $$;

CREATE TABLE att (student_id integer PRIMARY KEY, n integer, day date);
INSERT INTO att SELECT i, i % 5, '2026-01-01'::date + 30 * i FROM generate_series(1, 9) AS i;

--
-- What is one plain SELECT, and what is not
--
SELECT keep('plain', 'SELECT student_id, n FROM att WHERE n > 2 ; ; -- more than two');
SELECT * FROM pairs('plain');
SELECT meaning('plain');
SELECT keep('plain', E'/* VALUES is one too */ VALUES (1, 2) --;');
SELECT * FROM pairs('plain');
SELECT keep('plain', 'TABLE att ORDER BY n LIMIT 1');
SELECT keep('bad', '');
SELECT keep('bad', ' ; -- nothing');
SELECT keep('bad', 'SELECT 1; SELECT 2');
SELECT keep('bad', 'SELECT 1 FROM');
SELECT keep('bad', 'DELETE FROM att');
SELECT keep('bad', 'DROP TABLE att');
SELECT keep('bad', 'SELECT 1 INTO taken');
SELECT keep('bad', 'WITH gone AS (DELETE FROM att RETURNING n) SELECT * FROM gone');
SELECT keep('bad', 'SELECT n FROM att FOR UPDATE');
SELECT keep('bad', 'SELECT * FROM (SELECT n FROM att FOR KEY SHARE) AS s');
SELECT keep('bad', 'SELECT $1');
SELECT keep('bad', 'SELECT nobody FROM att');
SELECT keep('bad', 'SELECT 1 FROM nowhere');
SELECT keep('bad', NULL);
SELECT keep('bad', 'SELECT 1', NULL);
SELECT gapstats_internal.run_kept_query('query "bad"', NULL);
SELECT * FROM gapstats_internal.run_kept_query('query "bad"', ROW ('SELECT 1', 'school', 'ISO', 'postgres', NULL, '1', '{}')) AS t (n integer);
SELECT count(*) FROM att;

--
-- Columns
--
SELECT keep('columns', 'SELECT student_id, 1.5::numeric(5, 2) AS mark, ''x'' COLLATE "C" AS letter, day::varchar(12), ARRAY[n], NULL FROM att');
SELECT c.* FROM kept, gapstats_internal.kept_query_columns(kept.name, query) AS c WHERE kept.name = 'columns';
SELECT * FROM run('columns');
SELECT * FROM kept, gapstats_internal.run_kept_query('query "columns"', query) AS t (a integer, b numeric, c text, d varchar(10), e integer[], f text) WHERE name = 'columns';
SELECT t.* FROM kept, gapstats_internal.run_kept_query('query "columns"', query) AS t (a integer, b numeric(5, 2), c text, d varchar, e integer[], f text) WHERE name = 'columns' AND a = 3;

-- PostgreSQL's own views are queries of all kinds; their columns are known.
RESET SESSION AUTHORIZATION;
WITH kept AS MATERIALIZED (
	SELECT oid, oid::regclass::text AS what, gapstats_internal.keep_query(oid::regclass::text, pg_get_viewdef(oid), 'pg_catalog') AS query
	FROM pg_class WHERE relkind = 'v' AND relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace))
SELECT count(*) > 100 AS many, count(*) FILTER (WHERE columns IS DISTINCT FROM attributes) AS other_columns
FROM kept,
	LATERAL (SELECT array_agg(format('%s %s %s', name, type, type_mod)) AS columns FROM gapstats_internal.kept_query_columns(what, query)) AS c,
	LATERAL (SELECT array_agg(format('%s %s %s', attname, atttypid::regtype, atttypmod) ORDER BY attnum) AS attributes
		FROM pg_attribute WHERE attrelid = oid AND attnum > 0) AS a;
SET SESSION AUTHORIZATION regress_owner;

--
-- A query means what it meant: settings
--
SET DateStyle = 'ISO, DMY';
SELECT keep('dmy', $$SELECT max(day)::text FROM att WHERE day < '03/04/2026'$$);
SET DateStyle = 'SQL, MDY';
SELECT keep('mdy', $$SELECT max(day)::text FROM att WHERE day < '03/04/2026'$$);
SET DateStyle = 'German';
SELECT name, word FROM kept, meaning(name) AS word WHERE name IN ('dmy', 'mdy') AND word LIKE 'date%';
-- 2026-01-31 + 30 days is 2026-03-02, the first before 3 April is 2026-04-01
SELECT run('dmy');
SELECT run('mdy');
SHOW DateStyle;
SET IntervalStyle = 'sql_standard';
-- the sign counts for the hours too
SELECT keep('interval', $$SELECT extract(epoch FROM '-1 23:00:00'::interval)::text || ' is ' || '1 day'::interval$$);
SELECT run('interval');
SET IntervalStyle = 'postgres';
SELECT run('interval');
SELECT extract(epoch FROM '-1 23:00:00'::interval)::text || ' is ' || '1 day'::interval;
SET TimeZone = 'America/Chicago';
SELECT keep('zone', $$SELECT extract(epoch FROM '2026-03-08 12:00'::timestamptz)::integer || ' ' || '2026-01-01 00:00+00'::timestamptz$$);
SET TimeZone = 'UTC';
SELECT run('zone');
SELECT word FROM meaning('zone') AS word WHERE word LIKE 'timestamp%';
SET extra_float_digits = 0;
SELECT keep('digits', 'SELECT 0.1::float8 + 0.2::float8 || ''''');
SET extra_float_digits = 1;
SELECT run('digits'), 0.1::float8 + 0.2::float8;
RESET DateStyle;
-- read on the day, not on the day it was kept
SELECT keep('today', $$SELECT ('today'::date = current_date)::text$$);
SELECT run('today');
SELECT word FROM meaning('today') AS word WHERE word LIKE 'date%';
SELECT keep('today', $$SELECT date 'tomorrow', cast('NOW' AS timestamptz), E'yesterday'::timestamp(0), '{today,2026-01-01}'::date[], '[2026-01-01,]'::daterange,
	current_date IN ('today', '2026-01-01'), time '12:00', interval '1' day, (SELECT max(day) FROM (VALUES (date '2026-01-02'), ('epoch')) AS v (day))$$);
SELECT word FROM meaning('today') AS word WHERE word !~ '^(result|operator)';
SET standard_conforming_strings = off;
SET escape_string_warning = off;
SELECT keep('backslash', 'SELECT ''a\\nb''::text');
RESET standard_conforming_strings;
RESET escape_string_warning;
SELECT run('backslash');

--
-- Types whose operators are not those of pg_catalog
--
CREATE TABLE names (name citext, code citext, student_id integer);
CREATE TABLE codes (code citext, n integer);
INSERT INTO names VALUES ('Ada', 'A', 1), ('BOB', 'b', 2);
INSERT INTO codes VALUES ('a', 10), ('B', 20);
SELECT keep('citext', 'SELECT student_id, n FROM names JOIN codes USING (code) WHERE name = ''bob'' OR name IN (''ada'')');
SELECT * FROM pairs('citext');
SELECT meaning('citext');
CREATE TABLE sets (student_id integer, days gapstats.dayset, marks gapstats.distribution);
INSERT INTO sets VALUES (1, '{2026-01-05,2026-01-09}', '{1,2}'), (2, '{}', NULL), (3, NULL, '{3}');
SELECT keep('ours', $$SELECT student_id, (NULLIF(marks, '{3}') IS DISTINCT FROM NULL)::integer FROM sets
	WHERE days IS DISTINCT FROM '{}' AND NULLIF(days, '{2026-01-05}') IS NOT DISTINCT FROM days$$, 'school, gapstats');
SELECT * FROM pairs('ours');
SELECT word FROM meaning('ours') AS word WHERE word !~ '^(column|result)';

-- Columns are found through joins, groups, lateral and recursive queries.
SELECT keep('joins', $$WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) CYCLE n SET is_cycle TO 'Y' DEFAULT 'N' USING path,
	j AS (SELECT code, j.name, j, (SELECT max(o.n) FROM codes AS o WHERE o.n = j.n + j.student_id) FROM (names FULL JOIN codes USING (code)) AS j)
	SELECT t.n, j.code, j.max, l.z, r.e, count(*) FILTER (WHERE j.max > 1.5) OVER (ORDER BY t.n)
	FROM t, j CROSS JOIN LATERAL (SELECT j.max * t.n AS z) AS l, xmltable('/a' PASSING '<a/>' COLUMNS e integer PATH '.' DEFAULT 3) AS r
	GROUP BY GROUPING SETS ((t.n, j.code, j.max), (l.z, r.e, t.n)) HAVING min(l.z) > 0
	EXCEPT ALL SELECT 1, 'x', 1, 1, 1, 1$$);
SELECT meaning('joins');

--
-- An object put in front on the search path is named
--
SELECT keep('front', 'SELECT student_id, n FROM att WHERE NOT lower(day::text) = ''x'' AND n @> 2', 'front, school, public');
CREATE FUNCTION at_least(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 >= $2';
CREATE OPERATOR @> (FUNCTION = at_least, LEFTARG = integer, RIGHTARG = integer);
SELECT keep('front', 'SELECT student_id, n FROM att WHERE NOT lower(day::text) = ''x'' AND n @> 2', 'front, school, pg_catalog');
SELECT meaning('front');
SELECT count(*) FROM pairs('front');
CREATE TABLE front.att (LIKE att);
SELECT * FROM pairs('front');
\echo :SQLSTATE
DROP TABLE front.att;
CREATE FUNCTION front.lower(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
SELECT * FROM pairs('front');
DROP FUNCTION front.lower;
CREATE OPERATOR front.@> (FUNCTION = at_least, LEFTARG = integer, RIGHTARG = integer);
SELECT * FROM pairs('front');
DROP OPERATOR front.@> (integer, integer);
CREATE DOMAIN front.text AS pg_catalog.text;
SELECT * FROM pairs('front');
DROP DOMAIN front.text;
SELECT count(*) FROM pairs('front');
-- so are all the other ways to refer to something
CREATE SEQUENCE counted;
SELECT keep('names', $$SELECT nextval('counted')::integer, count(*)::integer FROM pg_attribute
	WHERE attrelid = 'att'::regclass AND atttypid <> 'citext'::regtype AND 'at_least'::regproc > 0 AND '@>(integer,integer)'::regoperator > 0
	AND 'school'::regnamespace > 0 AND 'regress_owner'::regrole > 0 AND 'simple'::regconfig > 0 AND '"C"'::regcollation > 0 AND 4711::regclass > 0$$);
SELECT meaning('names');
CREATE SEQUENCE front.counted;
SELECT * FROM pairs('names');
DROP SEQUENCE front.counted;
-- a column that now comes from elsewhere
SELECT keep('inner', 'SELECT student_id, (SELECT day - day FROM codes WHERE codes.n = 20) FROM att');
SELECT meaning('inner');
ALTER TABLE codes ADD day date;
SELECT * FROM pairs('inner');
ALTER TABLE codes DROP day;
SELECT count(*) FROM pairs('inner');

--
-- A relation made anew
--
SELECT keep('new', 'SELECT student_id, n FROM att WHERE student_id < 3');
SELECT * FROM pairs('new');
-- as dbt does: another table takes the name
CREATE TABLE att_new AS SELECT student_id, n + 100 AS n, day, 'more' AS comment FROM att;
ALTER TABLE att RENAME TO att_old;
ALTER TABLE att_new RENAME TO att;
SELECT * FROM pairs('new');
-- nothing depends on it, and a view will do
DROP TABLE att;
CREATE VIEW att AS SELECT day, n, student_id FROM att_old;
SELECT * FROM pairs('new');
DROP VIEW att;
SELECT * FROM pairs('new');
\echo :SQLSTATE
-- columns of another type
CREATE TABLE att AS SELECT student_id, n::bigint, day FROM att_old;
SELECT * FROM pairs('new');
DROP TABLE att;
CREATE TABLE att AS SELECT student_id, n, day FROM att_old;
RESET SESSION AUTHORIZATION;
ALTER TABLE school.att OWNER TO regress_colleague;
GRANT SELECT ON school.att TO regress_owner;
SET SESSION AUTHORIZATION regress_owner;
SELECT * FROM pairs('new');
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
DROP TABLE school.att;
SET SESSION AUTHORIZATION regress_owner;
ALTER TABLE att_old RENAME TO att;
SELECT count(*) FROM pairs('new');
-- a star takes all that there is
SELECT keep('star', 'SELECT * FROM codes');
SELECT keep('whole', 'SELECT codes::text FROM codes');
SELECT meaning('whole');
ALTER TABLE codes ADD more text;
SELECT * FROM run('star');
SELECT * FROM run('whole');
ALTER TABLE codes DROP more;
-- a message quotes any name
CREATE TABLE "Odd "" name" ("a b" integer);
SELECT keep('quoted "%s"', 'SELECT "a b", 1 FROM "Odd "" name"');
SELECT meaning('quoted "%s"');
SELECT * FROM pairs('quoted "%s"');
ALTER TABLE "Odd "" name" ALTER "a b" TYPE text;
SELECT * FROM pairs('quoted "%s"');

--
-- What goes with the session
--
RESET SESSION AUTHORIZATION;
SELECT format('GRANT TEMPORARY ON DATABASE %I TO regress_owner', current_database()) \gexec
SET SESSION AUTHORIZATION regress_owner;
CREATE TEMP TABLE att (LIKE school.att);
CREATE FUNCTION pg_temp.one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE DOMAIN pg_temp.whole AS integer;
SELECT keep('bad', 'SELECT student_id FROM att');
SELECT keep('bad', 'SELECT pg_temp.one()');
SELECT keep('bad', 'SELECT 1::pg_temp.whole');
SELECT * FROM pairs('new');
SELECT keep('new', 'SELECT student_id, n FROM att WHERE student_id < 3', 'school, public, pg_temp');
SELECT * FROM pairs('new');
DROP TABLE pg_temp.att;
DROP FUNCTION pg_temp.one();
DROP DOMAIN pg_temp.whole;

--
-- What it reads
--
CREATE VIEW seen AS SELECT s.student_id, marks, code FROM sets AS s JOIN names USING (student_id);
SELECT keep('reads', 'SELECT v.student_id, (SELECT count(*) FROM att) FROM seen AS v WHERE EXISTS (SELECT FROM codes AS c WHERE c.code = v.code)');
SELECT DISTINCT relation::text, column_name FROM kept, gapstats_internal.kept_query_relations(name, query) WHERE name = 'reads' ORDER BY 1, 2;
SELECT keep('reads', 'SELECT c FROM codes AS c');
SELECT DISTINCT relation::text, column_name FROM kept, gapstats_internal.kept_query_relations(name, query) WHERE name = 'reads' ORDER BY 1, 2;
SELECT keep('reads', 'SELECT 1');
SELECT DISTINCT relation::text, column_name FROM kept, gapstats_internal.kept_query_relations(name, query) WHERE name = 'reads' ORDER BY 1, 2;

--
-- Errors while it runs
--
SELECT keep('zero', 'SELECT student_id, n / (n - n) FROM att');
SELECT * FROM pairs('zero');
\echo :SQLSTATE
CREATE FUNCTION fail() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'failed' USING ERRCODE = 'UT123', DETAIL = 'in detail', HINT = 'Try.'; END $$;
SELECT keep('fails', 'SELECT 1, fail()');
SELECT * FROM pairs('fails');
\echo :SQLSTATE
SELECT keep('slow', 'SELECT 1, 2 FROM pg_sleep(60)');
SET statement_timeout = '50ms';
SELECT * FROM pairs('slow');
\echo :SQLSTATE
RESET statement_timeout;
-- after an error that is caught, settings are the session's
DO $$ BEGIN PERFORM school.run('zero'); EXCEPTION WHEN OTHERS THEN RAISE NOTICE '% % %', SQLSTATE, SQLERRM, current_setting('search_path'); END $$;
DO $$ BEGIN PERFORM school.pairs('zero'); EXCEPTION WHEN OTHERS THEN RAISE NOTICE '% % %', SQLSTATE, SQLERRM, current_setting('search_path'); END $$;

--
-- It sees what the transaction did
--
BEGIN;
INSERT INTO codes VALUES ('new', 30);
SELECT keep('own', 'SELECT count(*)::integer, max(n) FROM codes');
SELECT * FROM pairs('own');
DO $$ BEGIN INSERT INTO school.codes VALUES ('newer', 40); RAISE NOTICE '%', school.pairs('own'); END $$;
ROLLBACK;
SELECT keep('own', 'SELECT count(*)::integer, max(n) FROM codes');
SELECT * FROM pairs('own');

--
-- Inside operations that are walled in
--
CREATE MATERIALIZED VIEW walled AS SELECT * FROM pairs('own');
TABLE walled;
REFRESH MATERIALIZED VIEW walled;
TABLE walled;
CREATE FUNCTION greatest_code(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT n FROM school.pairs('own') $$;
CREATE INDEX ON codes (greatest_code(n));
DROP INDEX codes_greatest_code_idx;

--
-- Parallel plans: all rows come from workers
--
CREATE TABLE many AS SELECT i AS student_id, i % 7 AS n FROM generate_series(1, 20000) AS i;
ANALYZE many;
CREATE FUNCTION is_worker() RETURNS boolean PARALLEL SAFE VOLATILE LANGUAGE plpgsql AS
$$ BEGIN RETURN (SELECT backend_type = 'parallel worker' FROM pg_stat_activity WHERE pid = pg_backend_pid()); END $$;
SELECT keep('many', 'SELECT sum(student_id)::integer, sum(is_worker()::integer)::integer FROM many WHERE n = 3');
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
-- the server may have no worker for a moment
DO $$
DECLARE
	found record;
BEGIN
	FOR attempt IN 1..50 LOOP
		SELECT p.student_id = (SELECT sum(student_id) FROM school.many WHERE n = 3) AS sum, p.n = (SELECT count(*) FROM school.many WHERE n = 3) AS by_workers
		INTO found FROM school.pairs('many') AS p;
		EXIT WHEN found.by_workers OR NOT found.sum;
		PERFORM pg_sleep(0.1);
	END LOOP;
	RAISE INFO '%', found;
END
$$;
RESET ALL;
SET search_path = school, public;

--
-- Rights: it reads what the one who runs it may read, and runs nobody else's functions
--
SET SESSION AUTHORIZATION regress_mallory;
CREATE TABLE loot.rights (who name);
GRANT INSERT, SELECT ON loot.rights TO PUBLIC;
CREATE FUNCTION loot.note() RETURNS void LANGUAGE sql AS 'INSERT INTO loot.rights VALUES (current_user)';
-- what Mallory wants others to run: it writes down with whose rights
CREATE FUNCTION loot.take(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM loot.note(); RETURN $1; END $$;
CREATE FUNCTION loot.yes(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM loot.note(); RETURN true; END $$;
CREATE FUNCTION loot.plain(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE OPERATOR loot.@@@ (FUNCTION = loot.take, RIGHTARG = integer);
CREATE FUNCTION loot.larger(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT greatest($1, $2)';
CREATE AGGREGATE loot.most(integer) (SFUNC = loot.larger, STYPE = integer);
CREATE TABLE loot.private AS SELECT 1 AS student_id, 1 AS n;
CREATE TABLE loot.att AS SELECT i AS student_id, i AS n FROM generate_series(1, 100) AS i;
CREATE TABLE loot.child () INHERITS (loot.att);
CREATE VIEW loot.view AS SELECT student_id, n FROM loot.att;
CREATE MATERIALIZED VIEW loot.copy AS SELECT student_id, loot.plain(n) AS n FROM loot.att;
CREATE TYPE loot.race AS ENUM ('asian', 'black', 'white');
CREATE DOMAIN loot.number AS integer;
CREATE TYPE loot.pair AS (first loot.number, second integer);
CREATE TYPE loot.numbers AS RANGE (SUBTYPE = loot.number);
GRANT SELECT ON loot.att, loot.child, loot.view, loot.copy TO PUBLIC;

SET SESSION AUTHORIZATION regress_owner;
SELECT keep('bad', 'SELECT student_id, n FROM loot.private');
SELECT * FROM pairs('bad');
\echo :SQLSTATE
SELECT keep('bad', 'SELECT student_id, loot.plain(n) FROM att');
\echo :SQLSTATE
SELECT keep('bad', 'SELECT student_id FROM att WHERE OPERATOR(loot.@@@) n > 0');
SELECT keep('bad', 'SELECT loot.most(n) FROM att');
SELECT keep('bad', 'SELECT student_id FROM att ORDER BY loot.plain(n)');
SELECT keep('bad', 'SELECT student_id FROM att GROUP BY GROUPING SETS ((student_id, loot.plain(n)), (student_id))');
SELECT keep('bad', 'SELECT * FROM loot.plain(2)');
SELECT keep('bad', 'SELECT max(n) OVER (ORDER BY loot.plain(n)) FROM att');
SELECT keep('bad', 'SELECT 1 WHERE EXISTS (SELECT FROM att WHERE n IN (SELECT loot.plain(n)))');
SELECT keep('bad', 'WITH a AS (SELECT loot.plain(n) FROM att) SELECT 1 FROM a LIMIT 1');
SELECT keep('matview', 'SELECT student_id, n FROM loot.copy WHERE n < 3');
SELECT * FROM pairs('matview');

-- while all is well
SELECT keep('att', 'SELECT student_id, n FROM loot.att WHERE n + 0 < 3 AND n + 1 > 0');
SELECT keep('only', 'SELECT student_id, n FROM ONLY loot.att WHERE n + 0 < 3 AND n + 1 > 0');
SELECT keep('view', 'SELECT student_id, n FROM loot.view WHERE n < 3');
SELECT keep('race', 'SELECT race::text FROM unnest(''{asian}''::loot.race[]) AS race');
SELECT keep('domain', 'SELECT 1, 7::loot.number::integer');
SELECT keep('in row', $$SELECT 1, (('(' || 7 || ',)')::loot.pair).first::integer$$);
SELECT keep('in array', $$SELECT 1, (('{' || 7 || '}')::loot.number[])[1]::integer$$);
SELECT keep('in range', $$SELECT 1, lower(('[' || 7 || ',)')::loot.numbers)::integer$$);
SELECT keep('in literal', $$SELECT 1, ('{7}'::loot.number[])[1]::integer$$);
SELECT keep('in function', 'SELECT 1, x::integer FROM jsonb_to_record(''{"x": 7}'') AS t (x loot.number)');
SELECT run('race');
SELECT * FROM pairs('in row') UNION ALL SELECT * FROM pairs('in array') UNION ALL SELECT * FROM pairs('in range')
UNION ALL SELECT * FROM pairs('in literal') UNION ALL SELECT * FROM pairs('in function') UNION ALL SELECT * FROM pairs('domain');
SELECT * FROM pairs('att');
SELECT * FROM pairs('only');
SELECT * FROM pairs('view');

-- then Mallory adds to what is his: each is found before it runs, in planning too
SET SESSION AUTHORIZATION regress_mallory;
CREATE STATISTICS loot.statistics ON (n + loot.take(1)), (n + 2) FROM loot.att;
SET SESSION AUTHORIZATION regress_owner;
BEGIN;
SELECT student_id FROM loot.att WHERE n + 0 < 2 AND n + 1 > 0;
SELECT who AS would_have_run_as FROM loot.rights GROUP BY 1;
ROLLBACK;
SELECT * FROM pairs('att');
\echo :SQLSTATE
SET SESSION AUTHORIZATION regress_mallory;
DROP STATISTICS loot.statistics;
CREATE INDEX bait ON loot.att (n) WHERE loot.take(1) = 1;
SET SESSION AUTHORIZATION regress_owner;
SELECT * FROM pairs('att');
SELECT * FROM pairs('view');
SET SESSION AUTHORIZATION regress_mallory;
DROP INDEX loot.bait;
CREATE INDEX bait ON loot.att ((n + loot.take(1)));
SET SESSION AUTHORIZATION regress_owner;
SELECT * FROM pairs('att');
SET SESSION AUTHORIZATION regress_mallory;
DROP INDEX loot.bait;
ALTER TABLE loot.child ADD CHECK (n + loot.take(1) > 0) NOT VALID;
SET SESSION AUTHORIZATION regress_owner;
SELECT * FROM pairs('att');
SELECT * FROM pairs('only');
SET SESSION AUTHORIZATION regress_mallory;
DROP TABLE loot.child;
CREATE POLICY policy ON loot.att USING (loot.yes(n));
SET SESSION AUTHORIZATION regress_owner;
SELECT * FROM pairs('att');		-- not enabled yet
SET SESSION AUTHORIZATION regress_mallory;
ALTER TABLE loot.att ENABLE ROW LEVEL SECURITY;
SET SESSION AUTHORIZATION regress_owner;
SELECT * FROM pairs('att');
SELECT * FROM pairs('view');
SET SESSION AUTHORIZATION regress_mallory;
DROP POLICY policy ON loot.att;
ALTER TABLE loot.att DISABLE ROW LEVEL SECURITY;
CREATE OR REPLACE VIEW loot.view AS SELECT student_id, loot.take(n) AS n FROM loot.att;
SET SESSION AUTHORIZATION regress_owner;
SELECT * FROM pairs('view');
SET SESSION AUTHORIZATION regress_mallory;
CREATE OR REPLACE VIEW loot.view AS SELECT student_id, n FROM loot.att;
CREATE TABLE loot.parted (student_id integer, n integer) PARTITION BY LIST ((n + loot.take(0)));
GRANT SELECT ON loot.parted TO PUBLIC;
CREATE TABLE loot.with_sum (student_id integer, n integer, one integer GENERATED ALWAYS AS (loot.take(n)) STORED);
GRANT SELECT ON loot.with_sum TO PUBLIC;
CREATE FUNCTION loot.race_text(loot.race) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM loot.note(); RETURN 'x'; END $$;
CREATE CAST (loot.race AS text) WITH FUNCTION loot.race_text(loot.race);
ALTER DOMAIN loot.number ADD CHECK (loot.yes(VALUE));
SET SESSION AUTHORIZATION regress_owner;
SELECT * FROM pairs('view');
SELECT keep('bad', 'SELECT student_id, n FROM loot.parted');
SELECT keep('bad', 'SELECT student_id, n FROM loot.with_sum');
SELECT run('race');
SELECT keep('race', 'SELECT race::text FROM unnest(''{asian}''::loot.race[]) AS race');
SELECT * FROM pairs('domain');
SELECT * FROM pairs('in row');
SELECT * FROM pairs('in array');
SELECT * FROM pairs('in range');
SELECT * FROM pairs('in literal');
SELECT * FROM pairs('in function');

-- in the body of a function of one's own it is found when it is called
CREATE FUNCTION body(integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN loot.take($1); END $$;
SELECT keep('body', 'SELECT 1, body(2)');
SELECT * FROM pairs('body');
-- outside of kept queries everybody does as he likes
SELECT loot.plain(3);
-- a colleague could do as the owner anyway
SET SESSION AUTHORIZATION regress_colleague;
CREATE FUNCTION public.twice(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 * 2';
SET SESSION AUTHORIZATION regress_owner;
SELECT keep('twice', 'SELECT 1, twice(2)');
SELECT * FROM pairs('twice');
-- a superuser trusts superusers only
RESET SESSION AUTHORIZATION;
SELECT t.* FROM school.kept, gapstats_internal.run_kept_query('query "twice"', query) AS t (a integer, b integer) WHERE name = 'twice';
-- nothing of Mallory's ever ran with rights that were not Mallory's
SELECT DISTINCT who FROM loot.rights;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA loot, front, school CASCADE;
DROP EXTENSION citext;
DROP FUNCTION public.twice;
SELECT format('REVOKE TEMPORARY ON DATABASE %I FROM regress_owner', current_database()) \gexec
REVOKE CREATE ON SCHEMA public FROM regress_owner;
DROP ROLE regress_colleague, regress_owner, regress_mallory;
