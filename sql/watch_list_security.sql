--
-- watch_list: a stored query never runs with more rights than the one who wrote it has
--
\set SHOW_CONTEXT never
CREATE ROLE regress_owner;
CREATE ROLE regress_colleague IN ROLE regress_owner;
CREATE ROLE regress_mallory;
CREATE SCHEMA district AUTHORIZATION regress_owner;
CREATE SCHEMA loot AUTHORIZATION regress_mallory;
GRANT USAGE ON SCHEMA district TO regress_mallory;
GRANT USAGE ON SCHEMA loot TO PUBLIC;
SET SESSION AUTHORIZATION regress_mallory;
CREATE TABLE loot.rights (who name);
GRANT INSERT ON loot.rights TO PUBLIC;
-- what Mallory wants others to run: it writes down with whose rights
CREATE FUNCTION loot.take(integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN INSERT INTO loot.rights VALUES (current_user); RETURN $1; END $$;
CREATE FUNCTION loot.harmless(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
CREATE OPERATOR loot.@@@ (FUNCTION = loot.take, RIGHTARG = integer);
CREATE AGGREGATE loot.most(integer) (SFUNC = int4larger, STYPE = integer);
CREATE TABLE loot.shared AS SELECT 1 AS student_id, 1 AS value;
CREATE VIEW loot.view AS SELECT student_id, value FROM loot.shared;
CREATE DOMAIN loot.number AS integer CHECK (loot.take(VALUE) = VALUE);
CREATE MATERIALIZED VIEW loot.copy AS SELECT student_id, loot.harmless(value) AS value FROM loot.shared;
GRANT SELECT ON loot.shared, loot.view, loot.copy TO PUBLIC;

SET SESSION AUTHORIZATION regress_owner;
SET search_path = district, gapstats;
CREATE TABLE students AS SELECT generate_series(1, 3) AS student_id;
CREATE TABLE marks AS SELECT student_id, student_id AS mark FROM students;
SELECT create_watch_list('list', 'SELECT student_id FROM students');
SELECT add_rule('list', 'marks', 'SELECT student_id, mark FROM marks', '>=', 3, 'marks');

--
-- someone else's function, wherever it hides
--
SELECT add_rule('list', 'bad', 'SELECT student_id, loot.harmless(mark) FROM marks', '>', 0, 'bad');
SELECT add_rule('list', 'bad', 'SELECT student_id, mark FROM marks WHERE loot.harmless(mark) > 0', '>', 0, 'bad');
SELECT add_rule('list', 'bad', 'SELECT student_id, OPERATOR(loot.@@@) mark FROM marks', '>', 0, 'bad');
SELECT add_rule('list', 'bad', 'SELECT student_id, loot.most(mark) FROM marks GROUP BY student_id', '>', 0, 'bad');
SELECT add_rule('list', 'bad', 'SELECT student_id, mark::loot.number FROM marks', '>', 0, 'bad');
SELECT create_watch_list('bad', 'SELECT loot.harmless(student_id) AS student_id FROM students');
SELECT share_watch_list('list', 'SELECT loot.harmless(1), student_id FROM students');
SELECT * FROM preview_rule('list', 'SELECT student_id, loot.take(mark) FROM marks', '>', '{0}');
-- of one who has the owner's rights anyway, it may be
SET SESSION AUTHORIZATION regress_colleague;
SET ROLE regress_owner;
CREATE FUNCTION district.fine(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
RESET ROLE;
SET SESSION AUTHORIZATION regress_owner;
SELECT add_rule('list', 'fine', 'SELECT student_id, fine(mark) FROM marks', '>', 3, 'fine');
-- data of others is data
SELECT add_rule('list', 'view', 'SELECT student_id, value FROM loot.view', '>', 3, 'view');
SELECT add_rule('list', 'copy', 'SELECT student_id, value FROM loot.copy', '>', 3, 'copy');
SELECT status, flagged FROM refresh_watch_list('list');

--
-- what is replaced after it was registered
--
SET SESSION AUTHORIZATION regress_mallory;
CREATE OR REPLACE VIEW loot.view AS SELECT student_id, loot.take(value) AS value FROM loot.shared;
CREATE OR REPLACE FUNCTION district.fine(integer) RETURNS integer LANGUAGE sql AS 'SELECT loot.take($1)';
SET SESSION AUTHORIZATION regress_owner;
\set VERBOSITY terse
SELECT status, rule, error FROM refresh_watch_list('list');
\set VERBOSITY default
SET SESSION AUTHORIZATION regress_mallory;
CREATE OR REPLACE VIEW loot.view AS SELECT student_id, value FROM loot.shared;
-- a policy is code, too
CREATE POLICY trap ON loot.shared USING (loot.take(1) = 1);
ALTER TABLE loot.shared ENABLE ROW LEVEL SECURITY;
SET SESSION AUTHORIZATION regress_owner;
\set VERBOSITY terse
SELECT status, rule FROM refresh_watch_list('list');
\set VERBOSITY default
SELECT drop_rule('list', 'view');
-- a function that changes hands
RESET SESSION AUTHORIZATION;
ALTER FUNCTION district.fine(integer) OWNER TO regress_mallory;
SET SESSION AUTHORIZATION regress_owner;
\set VERBOSITY terse
SELECT status, rule, error FROM refresh_watch_list('list');
\set VERBOSITY default
SELECT drop_rule('list', 'fine');
SELECT status, flagged FROM refresh_watch_list('list');

--
-- a rule edited by another role
--
SET SESSION AUTHORIZATION regress_mallory;
SELECT change_rule('list', 'marks', query => 'SELECT 1, loot.take(1)');
SELECT drop_rule('list', 'marks');
UPDATE list_rules SET query = 'SELECT 1, loot.take(1)', threshold = 0;
CREATE OR REPLACE VIEW list_rule_marks AS SELECT 1 AS student_id, loot.take(1) AS value;
INSERT INTO list_words VALUES ('en', 'rule', 'marks', 'hacked');
-- even one who was let into the table of rules cannot have anything run
SET SESSION AUTHORIZATION regress_owner;
GRANT SELECT, UPDATE ON list_rules TO regress_mallory;
SET SESSION AUTHORIZATION regress_mallory;
UPDATE list_rules SET query = 'SELECT 1, loot.take(1)', rule = 'marks' WHERE rule = 'marks';
SET SESSION AUTHORIZATION regress_owner;
SELECT change_rule('list', 'marks', threshold => 2);
SELECT status, flagged FROM refresh_watch_list('list');
REVOKE ALL ON list_rules FROM regress_mallory;

--
-- who refreshes: the very owner, so that nobody lends rights to what the owner wrote
--
SET SESSION AUTHORIZATION regress_colleague;
SELECT refresh_watch_list('list');
RESET SESSION AUTHORIZATION;
SELECT refresh_watch_list('list');
SELECT check_in('list', '3');
SELECT student_profile('list', '3');
-- health is for everybody's eyes; it runs nothing of the owner's
CREATE SCHEMA trap AUTHORIZATION regress_mallory;
SET SESSION AUTHORIZATION regress_mallory;
SELECT create_watch_list('trap.list', 'SELECT 1 AS student_id');
ALTER TABLE trap.list_runs RENAME TO list_old_runs;
CREATE VIEW trap.list_runs AS SELECT loot.take(1)::bigint AS run, now() AS started_at, now() AS ended_at, current_date AS as_of,
	'succeeded' AS status, NULL AS rule, NULL AS error;
RESET SESSION AUTHORIZATION;
SELECT list, owner, state, problem FROM watch_list_health ORDER BY list::text;
SET SESSION AUTHORIZATION regress_mallory;
DROP VIEW trap.list_runs;
CREATE TYPE trap.said AS (words text);
CREATE FUNCTION trap.words(trap.said) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM loot.take(1); RETURN 'x'; END $$;
CREATE CAST (trap.said AS text) WITH FUNCTION trap.words AS ASSIGNMENT;
CREATE TABLE trap.list_runs AS SELECT 1::bigint AS run, now() AS started_at, now() AS ended_at, current_date AS as_of,
	'succeeded'::text AS status, NULL::text AS rule, row('x')::trap.said AS error;
RESET SESSION AUTHORIZATION;
SELECT list, owner, state, problem FROM watch_list_health ORDER BY list::text;

--
-- names: what a query means is settled when it is registered
--
SET SESSION AUTHORIZATION regress_mallory;
CREATE TABLE trap.students AS SELECT 99 AS student_id;
CREATE TABLE trap.marks AS SELECT 99 AS student_id, 99 AS mark;
CREATE FUNCTION trap.refuse(integer, integer) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM loot.take(1); RETURN false; END $$;
CREATE OPERATOR trap.= (FUNCTION = trap.refuse, LEFTARG = integer, RIGHTARG = integer);
CREATE FUNCTION trap.format(text, VARIADIC text[]) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM loot.take(1); RETURN 'SELECT 1'; END $$;
CREATE FUNCTION trap.to_regclass(text) RETURNS regclass LANGUAGE plpgsql AS $$ BEGIN PERFORM loot.take(1); RETURN NULL; END $$;
GRANT USAGE ON SCHEMA trap TO PUBLIC;
GRANT SELECT ON trap.students, trap.marks TO PUBLIC;
SET SESSION AUTHORIZATION regress_owner;
SET search_path = trap, district, gapstats, pg_catalog;
SELECT gapstats.change_rule('district.list', 'marks', threshold => 1);
SELECT status, flagged FROM gapstats.refresh_watch_list('district.list');
SELECT pg_catalog.count(*), pg_catalog.max(student_id) FROM district.list;
-- temporary objects
SET search_path = district, gapstats;
CREATE TEMPORARY TABLE marks AS SELECT 77 AS student_id, 77 AS mark;
CREATE FUNCTION pg_temp.one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
SELECT status, flagged FROM refresh_watch_list('list');
SELECT count(*), max(student_id) FROM list;
SELECT add_rule('list', 'bad', 'SELECT student_id, mark FROM marks', '>', 0, 'bad');
\set VERBOSITY sqlstate
SELECT add_rule('list', 'bad', 'SELECT student_id, pg_temp.one() FROM district.marks', '>', 0, 'bad');
\set VERBOSITY default
SELECT add_rule('list', 'kept', 'SELECT student_id, mark FROM district.marks', '>', 5, 'kept');
DROP TABLE pg_temp.marks;
DROP FUNCTION pg_temp.one();
SELECT status, flagged FROM refresh_watch_list('list');
-- the past day of another computation does not stay
SET gapstats.as_of = '2020-01-01';
SELECT as_of();
SELECT status FROM refresh_watch_list('list');
SELECT DISTINCT as_of = current_date AS today FROM list;
RESET gapstats.as_of;

-- nothing of Mallory's ever ran with rights that were not Mallory's
RESET SESSION AUTHORIZATION;
SELECT DISTINCT who FROM loot.rights;

SET client_min_messages = warning;
DROP SCHEMA trap, loot, district CASCADE;
DROP ROLE regress_colleague, regress_owner, regress_mallory;
