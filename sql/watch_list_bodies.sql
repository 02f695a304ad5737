--
-- watch_list: what is in the bodies of the owner's functions, which are text, runs nothing of a stranger's as the owner either
--
\set SHOW_CONTEXT never
CREATE ROLE regress_owner;
CREATE ROLE regress_mallory;
-- a member who has nothing of the owner's rights but what he sets his role for (WITH INHERIT FALSE, from PostgreSQL 16 on)
CREATE ROLE regress_reserved NOINHERIT IN ROLE regress_owner;
CREATE SCHEMA district AUTHORIZATION regress_owner;
CREATE SCHEMA loot AUTHORIZATION regress_mallory;
GRANT USAGE ON SCHEMA district, loot TO PUBLIC;
SET SESSION AUTHORIZATION regress_mallory;
-- What acts here is PostgreSQL's own function, which is not Mallory's to be refused. A sequence remembers whatever is rolled back.
CREATE SEQUENCE loot.taken;
GRANT USAGE ON SEQUENCE loot.taken TO PUBLIC;
CREATE DOMAIN loot.noisy AS integer CHECK (CASE WHEN current_user = 'regress_mallory' THEN true ELSE nextval('loot.taken') > 0 END);
CREATE DOMAIN loot.over AS loot.noisy;
CREATE DOMAIN loot.mild AS integer CHECK (VALUE < 1000);
CREATE TYPE loot.pair AS (a integer, b loot.noisy);
CREATE TYPE loot.span AS RANGE (SUBTYPE = loot.noisy);
CREATE TABLE loot.shared (a integer, b loot.noisy);
CREATE FUNCTION loot.take(integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
	IF current_user <> 'regress_mallory' THEN
		PERFORM nextval('loot.taken');
	END IF;
	RETURN $1;
END $$;

SET SESSION AUTHORIZATION regress_owner;
SET search_path = district, gapstats;
CREATE TABLE students AS SELECT generate_series(1, 3) AS student_id, 'regress_mallory' AS teacher;
CREATE TABLE marks AS SELECT student_id, student_id AS mark FROM students;
SELECT create_watch_list('list', 'SELECT student_id, teacher FROM students');
SELECT add_rule('list', 'marks', 'SELECT student_id, mark FROM marks', '>=', 1, 'Mark {value}');
SELECT share_watch_list('list', viewer_column => 'teacher');
SELECT grant_watch_list('list', 'follow up', 'regress_mallory');
SELECT status, flagged FROM refresh_watch_list('list');

--
-- a stranger's domain, wherever it hides in a function of the owner's
--
CREATE SEQUENCE own;
CREATE DOMAIN mine AS loot.noisy CHECK (nextval('own') > 0);
CREATE DOMAIN own_only AS integer CHECK (nextval('own') > 0);
CREATE TABLE kept (b loot.noisy);
CREATE PROCEDURE through(what text, declarations text, body text, language text DEFAULT 'plpgsql', argument text DEFAULT 'integer', result text DEFAULT 'integer') LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL client_min_messages = error;
	EXECUTE format('CREATE FUNCTION of_body(x %s) RETURNS %s LANGUAGE %s AS %L', argument, result, language,
		CASE language WHEN 'sql' THEN body ELSE format('DECLARE %s BEGIN %s END', declarations, body) END);
	-- Mallory's types are behind a call of another function's, that the rule's own types are the owner's
	CREATE FUNCTION of_rule(x integer) RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN of_body(x); END' SET search_path = district, pg_catalog;
	PERFORM change_rule('list', 'marks', query => 'SELECT student_id, of_rule(mark) FROM marks');
	RAISE INFO '%: %', what, (SELECT coalesce(error, status) FROM refresh_watch_list('list'));
	PERFORM change_rule('list', 'marks', query => 'SELECT student_id, mark FROM marks');
	DROP FUNCTION of_rule, of_body;
END $$;
CALL through('a variable', 'y loot.noisy := x;', 'RETURN y;');
CALL through('one that is empty', 'y loot.noisy;', 'RETURN x;');
CALL through('one that is assigned', 'y loot.noisy = 0;', 'y := x; RETURN y;');
CALL through('one over another', 'y loot.over := x;', 'RETURN y;');
CALL through('the owner''s over it', 'y district.mine := x;', 'RETURN y;');
CALL through('an argument', '', 'RETURN x;', argument => 'loot.noisy');
CALL through('a result', '', 'RETURN x;', result => 'loot.noisy');
CALL through('a cast', '', 'RETURN x::loot.noisy;');
CALL through('a cast in a query', '', 'RETURN (SELECT max(mark::loot.noisy) FROM district.marks);');
CALL through('an array', 'y loot.noisy[] := ARRAY[x];', 'RETURN y[1];');
CALL through('an array''s element', 'y loot.noisy[];', 'y[1] := x; RETURN y[1];');
CALL through('an array from text', 'y loot.noisy[] := format(''{%s}'', x);', 'RETURN y[1];');
CALL through('a composite', 'y loot.pair := ROW(x, x);', 'RETURN y.b;');
CALL through('a field', 'y loot.pair;', 'y.b := x; RETURN y.b;');
CALL through('a composite from text', '', 'RETURN (format(''(1,%s)'', x)::loot.pair).b;');
CALL through('a row of a table', 'y loot.shared;', 'SELECT x, x INTO y; RETURN y.b;');
CALL through('a range', 'y loot.span := format(''[%s,)'', x);', 'RETURN lower(y);');
CALL through('a query made of text', 'y integer;', 'EXECUTE ''SELECT 1::loot.noisy'' INTO y; RETURN y;');
CALL through('JSON', '', 'RETURN (jsonb_populate_record(NULL::loot.pair, ''{"b": 1}'')).b;');
CALL through('a column of the owner''s', '', 'INSERT INTO district.kept VALUES (x); RETURN x;');
CALL through('SQL', '', 'SELECT x::loot.noisy::integer', language => 'sql');
CALL through('SQL, of several statements', '', 'SELECT x::loot.noisy; SELECT x', language => 'sql');
-- one whose constraint does nothing but compute may be used, and so may the owner's own
CALL through('a mild one', 'y loot.mild := x;', 'RETURN y + nextval(''district.own'');');
CALL through('one''s own', 'y district.own_only := x;', 'RETURN y;');
-- unless that has changed
SET SESSION AUTHORIZATION regress_mallory;
ALTER DOMAIN loot.mild ADD CHECK (pg_notify('loot', current_user) IS NOT NULL) NOT VALID;
SET SESSION AUTHORIZATION regress_owner;
CALL through('a mild one', 'y loot.mild := x;', 'RETURN y;');
-- an aggregate is not looked up to be called, what it is made of is
SET SESSION AUTHORIZATION regress_mallory;
CREATE AGGREGATE loot.set(text, boolean) (SFUNC = set_config, STYPE = text, INITCOND = 'work_mem');
SET SESSION AUTHORIZATION regress_owner;
CALL through('an aggregate', '', 'PERFORM loot.set(''64'', true); RETURN x;');
-- in full, by its kept statements, and by a trigger
CREATE FUNCTION of_body(x integer) RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT x::loot.noisy::integer; END;
CREATE FUNCTION of_rule(x integer) RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN district.of_body(x); END';
SELECT change_rule('list', 'marks', query => 'SELECT student_id, of_rule(mark) FROM marks');
SELECT status, error FROM refresh_watch_list('list');
SELECT change_rule('list', 'marks', query => 'SELECT student_id, mark FROM marks');
DROP FUNCTION of_rule, of_body;
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS 'DECLARE y loot.noisy := 1; BEGIN RETURN new; END';
CREATE TRIGGER tell BEFORE INSERT ON list_check_ins FOR EACH ROW EXECUTE FUNCTION tell();
SET SESSION AUTHORIZATION regress_mallory;
SELECT gapstats.check_in('district.list', '1');
SET SESSION AUTHORIZATION regress_owner;

-- a column that gets no value gets its domain's
SET SESSION AUTHORIZATION regress_mallory;
CREATE DOMAIN loot.given AS bigint DEFAULT nextval('loot.taken');
CREATE DOMAIN loot.given_over AS loot.given;
CREATE DOMAIN loot.fixed AS bigint DEFAULT 3;
SET SESSION AUTHORIZATION regress_owner;
CREATE TABLE noted (note text, n loot.given);
CREATE TABLE noted_over (note text, n loot.given_over);
CREATE TABLE noted_fixed (note text, n loot.fixed);
CREATE OR REPLACE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('INSERT INTO district.%I (note) VALUES ($1)', new.note) USING new.note;
	RETURN new;
END $$;
SET SESSION AUTHORIZATION regress_mallory;
SELECT gapstats.check_in('district.list', '1', 'noted');
SELECT gapstats.check_in('district.list', '1', 'noted_over');
SELECT gapstats.check_in('district.list', '1', 'noted_fixed') > 0 AS made;
SET SESSION AUTHORIZATION regress_owner;
SELECT * FROM noted_fixed;

--
-- without the owner's doing: a viewer wants his own students as a domain
--
SET SESSION AUTHORIZATION regress_mallory;
CREATE DOMAIN loot.seen AS district.list_own CHECK (CASE WHEN current_user = 'regress_mallory' THEN true ELSE nextval('loot.taken') > 0 END);
CREATE DOMAIN loot.seen_mildly AS district.list_own CHECK ((VALUE).student_id > 0);
SELECT count(*) FROM gapstats_internal.own_rows('district.list_current', 'mine', NULL::loot.seen);
SELECT count(*) FROM gapstats_internal.own_rows('district.list_current', 'mine', NULL::loot.seen_mildly);
SET SESSION AUTHORIZATION regress_owner;

--
-- what Mallory has a function of the owner's prepare, as herself, is not taken up again as the owner in the same transaction
--
CREATE FUNCTION checked(x integer) RETURNS integer LANGUAGE plpgsql AS 'DECLARE y loot.noisy; BEGIN y := x; RETURN y; END';
CREATE FUNCTION cast_from_text(x integer) RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN (format(''(1,%s)'', x)::loot.pair).b; END';
CREATE FUNCTION called(x integer) RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN loot.take(x); END';
CREATE OR REPLACE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SELECT district.%I(1)', new.note);
	RETURN new;
END $$;
SET SESSION AUTHORIZATION regress_mallory;
BEGIN;
SELECT district.checked(1), district.cast_from_text(1), district.called(1);
SAVEPOINT a;
SELECT gapstats.check_in('district.list', '1', 'checked');
ROLLBACK TO a;
SELECT gapstats.check_in('district.list', '1', 'cast_from_text');
ROLLBACK TO a;
SELECT gapstats.check_in('district.list', '1', 'called');
ROLLBACK TO a;
SELECT district.checked(1), district.cast_from_text(1), district.called(1);
COMMIT;
-- nor what a superuser's function, which looks for names in her schema, prepares in the wall of a list of hers, before and within the owner's
RESET SESSION AUTHORIZATION;
CREATE FUNCTION district.looked_up(x integer) RETURNS integer LANGUAGE plpgsql SET search_path = pg_catalog, loot AS 'BEGIN RETURN take(x); END';
SET SESSION AUTHORIZATION regress_mallory;
SELECT gapstats.create_watch_list('loot.list', 'SELECT 1 AS student_id');
SELECT gapstats.add_rule('loot.list', 'one', 'SELECT 1, 1', '>=', 1, 'One');
SELECT gapstats.share_watch_list('loot.list', 'SELECT ''regress_owner'', 1');
SELECT gapstats.grant_watch_list('loot.list', 'follow up', 'regress_owner');
SELECT status FROM gapstats.refresh_watch_list('loot.list');
BEGIN;
SELECT count(*) FROM gapstats.preview_rule('loot.list', 'SELECT 1, district.looked_up(1)', '>=', '{1}');
SELECT count(*) FROM gapstats.preview_rule('loot.list', 'SELECT 1, district.looked_up(1)', '>=', '{1}');
SELECT district.looked_up(1);
SELECT gapstats.check_in('district.list', '1', 'looked_up');
ROLLBACK;
CREATE FUNCTION loot.look_up() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM district.looked_up(1); RETURN new; END';
CREATE TRIGGER look_up BEFORE INSERT ON loot.list_check_ins FOR EACH ROW EXECUTE FUNCTION loot.look_up();
SET SESSION AUTHORIZATION regress_owner;
CREATE FUNCTION told_mallory(x integer) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	PERFORM gapstats.check_in('loot.list', '1');
	RETURN district.looked_up(x);
END $$;
SET SESSION AUTHORIZATION regress_mallory;
SELECT gapstats.check_in('district.list', '1', 'told_mallory');
SET SESSION AUTHORIZATION regress_owner;
DROP FUNCTION told_mallory;
-- nor before the library is loaded
\c -
SET SESSION AUTHORIZATION regress_mallory;
BEGIN;
SELECT district.looked_up(1);
SELECT gapstats.check_in('district.list', '1', 'looked_up');
ROLLBACK;
SET SESSION AUTHORIZATION regress_owner;
SET search_path = district, gapstats;
DROP TRIGGER tell ON list_check_ins;

--
-- a stranger's operator, which calls PostgreSQL's own function
--
SET SESSION AUTHORIZATION regress_mallory;
CREATE OPERATOR loot.<<< (FUNCTION = setval, LEFTARG = regclass, RIGHTARG = bigint);
CREATE OPERATOR loot.>>> (FUNCTION = int84mul, LEFTARG = bigint, RIGHTARG = integer);
SET SESSION AUTHORIZATION regress_owner;
SELECT change_rule('list', 'marks', query => 'SELECT student_id, ''own''::regclass OPERATOR(loot.<<<) mark::bigint FROM marks');
SELECT change_rule('list', 'marks', query => 'SELECT student_id, mark::bigint OPERATOR(loot.>>>) 2 FROM marks');
SELECT status, flagged FROM refresh_watch_list('list');
-- or has one for a negator, or a commutator, or a negator's commutator, by which the planner replaces it
SET SESSION AUTHORIZATION regress_mallory;
CREATE OPERATOR loot.=== (FUNCTION = int4eq, LEFTARG = integer, RIGHTARG = integer, NEGATOR = OPERATOR(loot.!==), RESTRICT = neqsel);
CREATE OPERATOR loot.!== (FUNCTION = pg_try_advisory_lock, LEFTARG = integer, RIGHTARG = integer, NEGATOR = OPERATOR(loot.===));
CREATE OPERATOR loot.<== (FUNCTION = int4le, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = OPERATOR(loot.>==));
CREATE OPERATOR loot.>== (FUNCTION = pg_try_advisory_lock, LEFTARG = integer, RIGHTARG = integer);
CREATE OPERATOR loot.=@= (FUNCTION = int4eq, LEFTARG = integer, RIGHTARG = integer, NEGATOR = OPERATOR(loot.@=@));
CREATE OPERATOR loot.@=@ (FUNCTION = int4ne, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = OPERATOR(loot.@>@));
CREATE OPERATOR loot.@>@ (FUNCTION = pg_try_advisory_lock, LEFTARG = integer, RIGHTARG = integer);
CREATE OPERATOR loot.=?= (FUNCTION = int4eq, LEFTARG = integer, RIGHTARG = integer, NEGATOR = OPERATOR(loot.?=?), COMMUTATOR = OPERATOR(loot.=?=));
CREATE OPERATOR loot.=%= (FUNCTION = int4eq, LEFTARG = integer, RIGHTARG = integer, NEGATOR = OPERATOR(loot.%=%), COMMUTATOR = OPERATOR(loot.=%=));
CREATE OPERATOR loot.%=% (FUNCTION = int4ne, LEFTARG = integer, RIGHTARG = integer);
CREATE TABLE loot.compared (student_id integer, mark integer);
CREATE VIEW loot.comparing AS SELECT student_id, mark FROM loot.compared WHERE NOT mark OPERATOR(loot.===) 1;
GRANT SELECT ON loot.comparing TO PUBLIC;
SET SESSION AUTHORIZATION regress_owner;
SELECT change_rule('list', 'marks', query => 'SELECT student_id, (NOT mark OPERATOR(loot.===) 7)::integer FROM marks');
SELECT change_rule('list', 'marks', query => 'SELECT student_id, (NOT mark OPERATOR(loot.===) ANY (''{7}''))::integer FROM marks');
SELECT change_rule('list', 'marks', query => 'SELECT student_id, mark FROM loot.comparing');
SELECT change_rule('list', 'marks', query => 'SELECT student_id, (mark OPERATOR(loot.<==) 7)::integer FROM marks');
SELECT change_rule('list', 'marks', query => 'SELECT student_id, (mark OPERATOR(loot.=@=) 7)::integer FROM marks');
-- one that is only promised, and those that compute
SELECT change_rule('list', 'marks', query => 'SELECT student_id, (mark OPERATOR(loot.=?=) 7 OR NOT mark OPERATOR(loot.=%=) 1)::integer FROM marks');
SELECT status, flagged FROM refresh_watch_list('list');

--
-- a stranger's foreign table, which reads at the other end what the stranger says, as whom the owner is there
--
RESET SESSION AUTHORIZATION;
CREATE EXTENSION file_fdw SCHEMA public;
CREATE SERVER regress_server FOREIGN DATA WRAPPER file_fdw;
GRANT USAGE ON FOREIGN SERVER regress_server TO regress_mallory, regress_owner;
GRANT pg_read_server_files TO regress_mallory, regress_owner;
SET SESSION AUTHORIZATION regress_mallory;
CREATE FOREIGN TABLE loot.afar (student_id integer, mark integer) SERVER regress_server OPTIONS (filename '/dev/null');
CREATE VIEW loot.mine AS SELECT * FROM loot.afar;
CREATE VIEW loot.yours WITH (security_invoker) AS SELECT * FROM loot.afar;
CREATE TABLE loot.parent (student_id integer, mark integer);
GRANT SELECT ON loot.afar, loot.mine, loot.yours, loot.parent TO PUBLIC;
SET SESSION AUTHORIZATION regress_owner;
CREATE FOREIGN TABLE own_afar (student_id integer, mark integer) SERVER regress_server OPTIONS (filename '/dev/null');
SELECT change_rule('list', 'marks', query => 'SELECT student_id, mark FROM loot.afar');
SELECT change_rule('list', 'marks', query => 'SELECT student_id, mark FROM loot.yours');
CALL through('a foreign table', '', 'RETURN (SELECT count(mark) FROM loot.afar);');
CALL through('one''s own', '', 'RETURN (SELECT count(mark) FROM district.own_afar);');
CALL through('a view for oneself', '', 'RETURN (SELECT count(mark) FROM loot.mine);');
SELECT change_rule('list', 'marks', query => 'SELECT student_id, mark FROM loot.parent');
SET SESSION AUTHORIZATION regress_mallory;
ALTER FOREIGN TABLE loot.afar INHERIT loot.parent;
SET SESSION AUTHORIZATION regress_owner;
SELECT status, error FROM refresh_watch_list('list');
CALL through('a table over it', '', 'RETURN (SELECT count(mark) FROM loot.parent);');

--
-- the same in a parallel worker
--
SET SESSION AUTHORIZATION regress_mallory;
CREATE TABLE loot.plain AS SELECT 1 AS mark;
CREATE VIEW loot.computing AS SELECT mark + 1 AS mark FROM loot.plain;
CREATE VIEW loot.acting AS SELECT mark + nextval('loot.taken') AS mark FROM loot.plain;
GRANT SELECT ON loot.plain, loot.computing, loot.acting TO PUBLIC;
SET SESSION AUTHORIZATION regress_owner;
CREATE FUNCTION read_in_worker(x integer, relation text) RETURNS integer LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
	IF (SELECT backend_type FROM pg_stat_activity WHERE pid = pg_backend_pid()) <> 'parallel worker' THEN
		RAISE 'read by the leader';
	END IF;
	EXECUTE format('SELECT max(mark) FROM loot.%I', relation) INTO x;
	RETURN x;
END $$;
SELECT set_config(name, 'on', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
DO $$
DECLARE
	relation text;
	result text;
BEGIN
	SET LOCAL client_min_messages = error;
	FOREACH relation IN ARRAY '{plain, computing, acting, afar, yours, parent}'::text[] LOOP
		PERFORM change_rule('list', 'marks', query => format('SELECT student_id, read_in_worker(mark, %L) FROM marks', relation));
		-- the server may have no worker for a moment
		FOR attempt IN 1..50 LOOP
			SELECT coalesce(error, status) INTO result FROM refresh_watch_list('list');
			EXIT WHEN result !~ 'by the leader';
			PERFORM pg_sleep(0.1);
		END LOOP;
		RAISE INFO '%: %', relation, result;
	END LOOP;
END $$;
-- what the owner's trigger has workers read is read by them as by it
CREATE OR REPLACE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM max(mark) FROM loot.plain;
	PERFORM max(mark) FROM loot.computing;
	RETURN new;
END $$;
CREATE TRIGGER tell BEFORE INSERT ON list_check_ins FOR EACH ROW EXECUTE FUNCTION tell();
SET SESSION AUTHORIZATION regress_mallory;
SELECT gapstats.check_in('district.list', '1') > 0 AS made;
SET SESSION AUTHORIZATION regress_owner;
DROP TRIGGER tell ON list_check_ins;
SELECT set_config(name, 'off', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT change_rule('list', 'marks', query => 'SELECT student_id, mark FROM marks');

--
-- whoever is a member, and does not have the owner's rights by that
--
SET SESSION AUTHORIZATION regress_owner;
GRANT CREATE ON SCHEMA district TO regress_reserved;
SET SESSION AUTHORIZATION regress_reserved;
CREATE FUNCTION district.reserved(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
CREATE DOMAIN district.reserve AS integer;
CREATE VIEW district.drawn AS SELECT 1 AS student_id, nextval('loot.taken') AS mark;
SET SESSION AUTHORIZATION regress_owner;
SELECT change_rule('list', 'marks', query => 'SELECT student_id, reserved(mark) FROM marks');
SELECT change_rule('list', 'marks', query => 'SELECT student_id, mark FROM drawn');
SELECT create_watch_list('other', 'SELECT student_id, 1::reserve AS number FROM students');

--
-- conditions of triggers, which have no owners: whoever had TRIGGER made them
--
SET SESSION AUTHORIZATION regress_owner;
GRANT TRIGGER ON list_check_ins TO regress_mallory;
SET SESSION AUTHORIZATION regress_mallory;
CREATE TRIGGER acts AFTER INSERT ON district.list_check_ins FOR EACH ROW WHEN (nextval('loot.taken') > 0) EXECUTE FUNCTION suppress_redundant_updates_trigger();
SELECT gapstats.check_in('district.list', '1');
SET SESSION AUTHORIZATION regress_owner;
DROP TRIGGER acts ON list_check_ins;
REVOKE TRIGGER ON list_check_ins FROM regress_mallory;
-- one that computes is the owner's business
CREATE TABLE heard (note text);
CREATE FUNCTION hear() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO district.heard VALUES (new.note); RETURN new; END';
CREATE TRIGGER hears AFTER INSERT ON list_check_ins FOR EACH ROW WHEN (new.note LIKE 'c%') EXECUTE FUNCTION hear();
SET SESSION AUTHORIZATION regress_mallory;
SELECT gapstats.check_in('district.list', '1', 'called') IS NOT NULL AS checked_in;

--
-- a foreign key is checked as the owner of the table that it refers to: what runs for her there prepares nothing for the owner
--
CREATE TABLE loot.staff (note text PRIMARY KEY, x integer);
INSERT INTO loot.staff VALUES ('called');
GRANT REFERENCES ON loot.staff TO regress_owner;
CREATE FUNCTION loot.evil() RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('loot.enable', true) = 'on' THEN
		PERFORM district.checked(1);
	END IF;
	RETURN true;
END $$;
CREATE INDEX ON loot.staff (x) WHERE loot.evil();
SET SESSION AUTHORIZATION regress_owner;
ALTER TABLE heard ADD FOREIGN KEY (note) REFERENCES loot.staff;
CREATE OR REPLACE FUNCTION hear() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO district.heard VALUES (new.note); PERFORM district.checked(1); RETURN new; END';
SET SESSION AUTHORIZATION regress_mallory;
SET loot.enable = 'on';
SELECT gapstats.check_in('district.list', '1', 'called');
RESET loot.enable;
SELECT gapstats.check_in('district.list', '1', 'called');

--
-- a partition of the owner's table that is a stranger's, with her constraint
--
RESET SESSION AUTHORIZATION;
SET search_path = district, gapstats;
CREATE TABLE parted (note text) PARTITION BY LIST (note);
CREATE TABLE part PARTITION OF parted DEFAULT;
ALTER TABLE parted OWNER TO regress_owner;
ALTER TABLE part OWNER TO regress_mallory;
SET SESSION AUTHORIZATION regress_mallory;
ALTER TABLE district.part ADD CHECK (CASE WHEN current_user = 'regress_mallory' THEN true ELSE nextval('loot.taken') > 0 END);
SET SESSION AUTHORIZATION regress_owner;
CREATE OR REPLACE FUNCTION hear() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO district.parted VALUES (new.note); RETURN new; END';
SET SESSION AUTHORIZATION regress_mallory;
SELECT gapstats.check_in('district.list', '1', 'called');

-- nothing of Mallory's ever ran with rights that were not Mallory's
RESET SESSION AUTHORIZATION;
SELECT last_value, is_called FROM loot.taken;

SET client_min_messages = warning;
DROP SCHEMA district, loot CASCADE;
DROP EXTENSION file_fdw CASCADE;
DROP ROLE regress_owner, regress_mallory, regress_reserved;
