--
-- watch_list: what carries a list's name is not its part, and what looks like a list is one man's affair
--
\set SHOW_CONTEXT never
CREATE ROLE regress_owner;
CREATE ROLE regress_teacher;
CREATE ROLE regress_mallory;
CREATE ROLE regress_monitor IN ROLE pg_monitor;
CREATE SCHEMA loot AUTHORIZATION regress_mallory;
CREATE SCHEMA district AUTHORIZATION regress_owner;
CREATE SCHEMA shared AUTHORIZATION regress_mallory;
GRANT CREATE, USAGE ON SCHEMA shared, district TO PUBLIC;
GRANT USAGE ON SCHEMA loot TO PUBLIC;
SET SESSION AUTHORIZATION regress_mallory;
CREATE SEQUENCE loot.taken;
GRANT USAGE ON SEQUENCE loot.taken TO PUBLIC;
CREATE FUNCTION loot.take(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	IF current_user <> 'regress_mallory' THEN
		PERFORM nextval('loot.taken');
		RAISE WARNING 'taken with the rights of %', current_user;
	END IF;
	RETURN $1;
END $$;
CREATE FUNCTION loot.fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM loot.take(1); RETURN new; END $$;

-- a list of the owner's in a schema that is Mallory's
SET SESSION AUTHORIZATION regress_owner;
SET search_path = shared, gapstats;
CREATE TABLE district.students AS SELECT i AS student_id, 'regress_teacher'::text AS teacher FROM generate_series(1, 30) i;
CREATE TABLE district.marks AS SELECT student_id, student_id AS mark FROM district.students;
SELECT create_watch_list('list', 'SELECT student_id, teacher FROM district.students');
SELECT add_rule('list', 'marks', 'SELECT student_id, mark FROM district.marks', '>=', 20, 'Mark {value}');
SELECT share_watch_list('list', viewer_column => 'teacher');
SELECT grant_watch_list('list', 'follow up', 'regress_teacher');
SELECT status, flagged FROM refresh_watch_list('list');

-- everything that can be asked of it, by everybody who may ask; how often there was which error
RESET SESSION AUTHORIZATION;
CREATE PROCEDURE loot.try_all() LANGUAGE plpgsql AS $$
DECLARE
	who name;
	asked text;
	errors text[];
	error record;
BEGIN
	SET LOCAL client_min_messages = warning;
	FOREACH who IN ARRAY ARRAY['regress_owner', 'regress_teacher', session_user] LOOP
		EXECUTE format('SET ROLE %I', who);
		errors := '{}';
		FOREACH asked IN ARRAY ARRAY[
			$q$check_in('shared.list', '25', 'called the mother, 555 123')$q$, $q$student_profile('shared.list', '25')$q$,
			$q$refresh_watch_list('shared.list')$q$, $q$contact_rates('shared.list')$q$, $q$standings_on('shared.list', current_date)$q$,
			$q$preview_rule('shared.list', 'SELECT student_id, mark FROM district.marks', '>', '{1}')$q$,
			$q$share_watch_list('shared.list', viewer_column => 'teacher')$q$, $q$grant_watch_list('shared.list', 'read', 'regress_teacher')$q$,
			$q$publish_counts('shared.list', 'teacher')$q$, $q$change_rule('shared.list', 'marks', threshold => 20)$q$,
			$q$change_settings('shared.list', '{"lag_days": 0}')$q$, $q$resume_watch_list('shared.list')$q$, $q$repair_watch_list('shared.list')$q$]
		LOOP
			BEGIN
				EXECUTE 'SELECT count(*) FROM gapstats.' || asked;
			EXCEPTION WHEN OTHERS THEN
				errors := errors || SQLERRM;
			END;
			IF current_user <> who OR current_setting('gapstats.caller') <> '' THEN
				RAISE WARNING '% is % now', who, current_user;
			END IF;
		END LOOP;
		FOR error IN SELECT e, count(*) AS n FROM unnest(errors) e GROUP BY e ORDER BY e COLLATE "C" LOOP
			RAISE INFO '%: % (% times)', CASE who WHEN session_user THEN 'superuser' ELSE who END, error.e, error.n;
		END LOOP;
	END LOOP;
	RESET ROLE;
	RAISE INFO 'health: %', (SELECT concat_ws(', ', state, CASE WHEN state <> 'fresh' THEN problem END) FROM gapstats.watch_list_health WHERE list = to_regclass('shared.list'));
END $$;
CALL loot.try_all();

--
-- the schema's owner puts his own in the place of a part, each kind of part in turn
--
SET SESSION AUTHORIZATION regress_mallory;
CREATE PROCEDURE shared.replace(part text, trap text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('DROP %s shared.list_%s CASCADE', (SELECT CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END FROM pg_class WHERE oid = ('shared.list_' || part)::regclass), part);
	EXECUTE format(trap, 'shared.list_' || part);
	EXECUTE format('GRANT ALL ON shared.list_%s TO PUBLIC', part);
END $$;
BEGIN;
CALL shared.replace('runs', $t$CREATE TABLE %1$s (run bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, started_at timestamptz, ended_at timestamptz, as_of date, status text,
	students bigint, flagged bigint, newly_flagged bigint, escalated bigint, cleared bigint, n_unusable bigint, rule text, error text, moved text, changes bigint, n_next bigint,
	run_by name, accepted_by name, pid integer, backend_start timestamptz);
	CREATE TRIGGER trap BEFORE INSERT ON %1$s FOR EACH ROW EXECUTE FUNCTION loot.fire();
	CREATE INDEX ON %1$s (run) WHERE loot.take(1) = 1;
	CREATE STATISTICS shared.trap ON (run + loot.take(1)), (run + 2) FROM %1$s$t$);
RESET SESSION AUTHORIZATION;
CALL loot.try_all();
ROLLBACK;
SET SESSION AUTHORIZATION regress_mallory;
BEGIN;
CALL shared.replace('my_flags', 'CREATE VIEW %s AS SELECT loot.take(1)::bigint AS flag, student_id, NULL::timestamptz AS cleared_at FROM generate_series(1, 30) AS student_id');
RESET SESSION AUTHORIZATION;
CALL loot.try_all();
ROLLBACK;
SET SESSION AUTHORIZATION regress_mallory;
BEGIN;
CALL shared.replace('viewers', 'CREATE VIEW %s AS SELECT ''regress_teacher''::text AS viewer, loot.take(student_id) AS student_id FROM generate_series(1, 30) AS student_id');
RESET SESSION AUTHORIZATION;
CALL loot.try_all();
ROLLBACK;
-- an empty table of settings is not the owner's doing either
SET SESSION AUTHORIZATION regress_mallory;
BEGIN;
CALL shared.replace('settings', 'CREATE TABLE %s (id integer)');
RESET SESSION AUTHORIZATION;
CALL loot.try_all();
ROLLBACK;
-- what is gone is said to be gone; Mallory may hold its name
SET SESSION AUTHORIZATION regress_mallory;
BEGIN;
DROP MATERIALIZED VIEW shared.list;
CREATE VIEW shared.list AS SELECT loot.take(1) AS student_id;
RESET SESSION AUTHORIZATION;
SELECT l.list, l.state, l.problem FROM gapstats.watch_list_health l;
SET SESSION AUTHORIZATION regress_owner;
SAVEPOINT a;
SELECT gapstats.refresh_watch_list('shared.list');
ROLLBACK TO a;
SELECT gapstats.repair_watch_list('shared.list_current');
ROLLBACK;
-- dropping a list leaves what is not its own
SET SESSION AUTHORIZATION regress_mallory;
BEGIN;
CALL shared.replace('counts', 'CREATE VIEW %s AS SELECT loot.take(1)');
CALL shared.replace('check_ins', 'CREATE TABLE %s (a integer)');
SET SESSION AUTHORIZATION regress_owner;
SELECT gapstats.drop_watch_list('shared.list');
SELECT relname FROM pg_class WHERE relnamespace = 'shared'::regnamespace AND relname LIKE 'list%' ORDER BY 1;
ROLLBACK;

--
-- names taken beforehand, and names that a list will need
--
SET SESSION AUTHORIZATION regress_mallory;
CREATE VIEW district.next_my_flags AS SELECT loot.take(1) AS flag;
CREATE VIEW shared.list_aside AS SELECT loot.take(1) AS student_id;
CREATE TYPE shared.list_past AS ENUM ();
SET SESSION AUTHORIZATION regress_owner;
SELECT create_watch_list('district.next', 'SELECT student_id FROM district.students');
-- a type keeps a relation from having its name, but for an array's
SET SESSION AUTHORIZATION regress_mallory;
CREATE TYPE district.taken_counts AS ENUM ();
CREATE TYPE district.span AS RANGE (SUBTYPE = float8, multirange_type_name = district.spans_values);
CREATE TYPE district.list_counts AS ENUM ();
SET SESSION AUTHORIZATION regress_owner;
SELECT create_watch_list('district.taken', 'SELECT student_id FROM district.students');
SELECT create_watch_list('district.spans', 'SELECT student_id FROM district.students');
SELECT create_watch_list('district._list', 'SELECT student_id FROM district.students');
SELECT status FROM refresh_watch_list('district._list');
SELECT drop_watch_list('district._list');
-- what a list makes for a while has no name that can be taken
SET client_min_messages = error;
SELECT count(*) FROM watch_list_as_of('list', current_date - 1);
SELECT count(*) FROM preview_change('list', 'marks', threshold => 25);
SELECT count(*) > 0 AS judged FROM audit_watch_list('list', 'SELECT student_id, mark > 25 FROM district.marks', NULL, as_of => current_date - 1);
SELECT change_students('list', 'SELECT student_id, teacher FROM district.students');
RESET client_min_messages;
SELECT status, flagged FROM refresh_watch_list('list');
SELECT relname FROM pg_class WHERE relnamespace = 'shared'::regnamespace AND relname ~ '^list_(aside|past)';
SET SESSION AUTHORIZATION regress_mallory;
DROP VIEW district.next_my_flags, shared.list_aside;
DROP TYPE shared.list_past;
-- nor does one that a list will have once it has been renamed keep it from being refreshed
CREATE VIEW shared.renamed_runs AS SELECT loot.take(1) AS run;
SET SESSION AUTHORIZATION regress_owner;
ALTER MATERIALIZED VIEW list RENAME TO renamed;
SELECT status FROM refresh_watch_list('renamed');
SET SESSION AUTHORIZATION regress_mallory;
DROP VIEW shared.renamed_runs;
CREATE DOMAIN shared.renamed_sheet AS integer;
SET SESSION AUTHORIZATION regress_owner;
SELECT status FROM refresh_watch_list('renamed');
SELECT to_regclass('list_runs') IS NOT NULL AS kept;
SET SESSION AUTHORIZATION regress_mallory;
DROP DOMAIN shared.renamed_sheet;
SET SESSION AUTHORIZATION regress_owner;
SELECT status FROM refresh_watch_list('renamed');
SELECT to_regclass('list_runs') IS NOT NULL AS kept, to_regclass('renamed_runs') IS NOT NULL AS renamed;
ALTER MATERIALIZED VIEW renamed RENAME TO list;
SELECT status FROM refresh_watch_list('list');

-- what is gone and has its name taken by a type is said to be so, by health, too, until that is moved away
SET client_min_messages = error;
DROP TABLE list_next, list_counts CASCADE;
DROP MATERIALIZED VIEW list;
SET SESSION AUTHORIZATION regress_mallory;
CREATE DOMAIN shared.list_next AS integer;
CREATE TYPE shared.list_counts AS ENUM ();
CREATE TYPE shared.list AS RANGE (SUBTYPE = float8);
CREATE PROCEDURE loot.without_list() LANGUAGE plpgsql AS $$
DECLARE
	asked text;
BEGIN
	FOREACH asked IN ARRAY '{refresh_watch_list($1), publish_counts($1\, ''teacher''), repair_watch_list($1), "change_settings($1, ''{}'')"}'::text[] LOOP
		BEGIN
			EXECUTE 'SELECT gapstats.' || asked USING 'shared.list_current'::regclass;
			RAISE WARNING '%', asked;
		EXCEPTION WHEN OTHERS THEN
			RAISE INFO '%: %', split_part(asked, '(', 1), SQLERRM;
		END;
	END LOOP;
	RAISE INFO 'health: %', (SELECT concat_ws(', ', state, problem, fix) FROM gapstats.watch_list_health WHERE list = 'shared.list_current'::regclass);
END $$;
SET SESSION AUTHORIZATION regress_owner;
CALL loot.without_list();
SET SESSION AUTHORIZATION regress_mallory;
DROP DOMAIN shared.list_next;
DROP TYPE shared.list_counts, shared.list;
DROP PROCEDURE loot.without_list();
SET SESSION AUTHORIZATION regress_owner;
SELECT repair_watch_list('list_current');
SELECT status, flagged FROM refresh_watch_list('list');
RESET client_min_messages;

--
-- the schema is renamed while a list in it is refreshed, and another is there in its place. A
-- function of the superuser's, which a rule may run, stands for Mallory's other session.
--
RESET SESSION AUTHORIZATION;
CREATE FUNCTION district.meanwhile() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	ALTER SCHEMA shared RENAME TO old;
	CREATE SCHEMA shared AUTHORIZATION regress_mallory;
	CREATE VIEW shared.list_current AS
	SELECT loot.take(student_id) AS student_id, ''::text AS teacher, ''::text AS status, 0::numeric AS score, 0::bigint AS rules_flagged,
		0::bigint AS rules_missing, NULL::text AS reasons, NULL::date AS since
	FROM generate_series(1, 3) AS student_id;
	CREATE VIEW shared.list_values AS
	SELECT loot.take(student_id) AS student_id, '' AS "values", ''::text AS states, NULL::date[] AS clearing FROM generate_series(1, 3) AS student_id;
	CREATE TABLE shared.list_flags (student_id integer, rules text[], since date, cleared_at timestamptz);
	CREATE TABLE shared.list_next (student_id integer CHECK (loot.take(student_id) > 0));
	CREATE TRIGGER trap BEFORE INSERT ON shared.list_next FOR EACH ROW EXECUTE FUNCTION loot.fire();
	CREATE TABLE shared.list_run_rules (run bigint);
	ALTER VIEW shared.list_current OWNER TO regress_mallory;
	ALTER VIEW shared.list_values OWNER TO regress_mallory;
	ALTER TABLE shared.list_flags OWNER TO regress_mallory;
	ALTER TABLE shared.list_next OWNER TO regress_mallory;
	ALTER TABLE shared.list_run_rules OWNER TO regress_mallory;
	GRANT USAGE ON SCHEMA shared TO PUBLIC;
	GRANT ALL ON ALL TABLES IN SCHEMA shared TO PUBLIC;
	RETURN 0;
END $$;
SET SESSION AUTHORIZATION regress_owner;
SELECT add_rule('list', 'meanwhile', 'SELECT student_id, CASE WHEN student_id = 1 THEN district.meanwhile() ELSE 0 END FROM district.marks', '>', 1, 'meanwhile');
BEGIN;
-- whichever part is read first
SET LOCAL client_min_messages = error;
SELECT status, regexp_replace(error, 'list_(flags|values)', 'list_...') AS error FROM gapstats.refresh_watch_list('list');
ROLLBACK;
-- nor does a table say how the list works that runs nothing, be it the first to be read or the last
RESET SESSION AUTHORIZATION;
CREATE OR REPLACE FUNCTION district.meanwhile() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	bait text := current_setting('regress.bait');
BEGIN
	ALTER SCHEMA shared RENAME TO old;
	CREATE SCHEMA shared AUTHORIZATION regress_owner;
	GRANT ALL ON SCHEMA shared TO regress_owner;
	EXECUTE (SELECT string_agg(format('ALTER %s %s SET SCHEMA shared', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, oid::regclass), '; ')
		FROM pg_class c WHERE relnamespace = 'old'::regnamespace AND relkind IN ('r', 'v', 'm') AND relname ~ '^list' AND relname <> 'list_' || bait);
	EXECUTE format('CREATE TABLE shared.list_%1$s AS TABLE old.list_%1$s', bait);
	EXECUTE format('ALTER TABLE shared.list_%s OWNER TO regress_mallory', bait);
	EXECUTE format('GRANT ALL ON shared.list_%s TO PUBLIC', bait);
	RETURN 0;
END $$;
SET SESSION AUTHORIZATION regress_owner;
DO $$
DECLARE
	part text;
BEGIN
	SET LOCAL client_min_messages = error;
	FOR part IN SELECT p.part FROM gapstats_internal.list_parts() p WHERE p.kind = 'r' AND p.part NOT IN ('next', 'queries', 'next_viewers', 'breakdowns') ORDER BY p.part LOOP
		PERFORM set_config('regress.bait', part, true);
		BEGIN
			RAISE INFO '%: %', part, (SELECT CASE status WHEN 'failed' THEN error ELSE status END FROM gapstats.refresh_watch_list('shared.list'));
			RAISE EXCEPTION 'undone' USING ERRCODE = 'ZZ000';
		EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
			NULL;
		END;
	END LOOP;
END $$;
-- nothing is written to what is not the owner's, in whatever way
RESET SESSION AUTHORIZATION;
CREATE OR REPLACE FUNCTION district.meanwhile() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	CREATE TABLE shared.bait (a integer);
	CREATE TRIGGER trap BEFORE TRUNCATE ON shared.bait EXECUTE FUNCTION loot.fire();
	GRANT ALL ON shared.bait TO PUBLIC;
	ALTER TABLE shared.bait OWNER TO regress_mallory;
	RETURN 0;
END $$;
SET SESSION AUTHORIZATION regress_owner;
CREATE FUNCTION district.bite(command text) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN PERFORM district.meanwhile(); EXECUTE command; RETURN 0; END $$;
CREATE PROCEDURE district.bitten(command text) LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL client_min_messages = error;
	PERFORM gapstats.change_rule('shared.list', 'meanwhile', query => format('SELECT student_id, district.bite(%L) FROM district.marks', command));
	RAISE INFO '%: %', split_part(command, ' ', 1), (SELECT regexp_replace(error, 'must be superuser .* to COPY', 'permission denied to COPY') FROM gapstats.refresh_watch_list('shared.list'));	-- as from PostgreSQL 16 on
END $$;
CALL district.bitten('TRUNCATE shared.bait');
CALL district.bitten('COPY shared.bait FROM ''/dev/null''');
CALL district.bitten('INSERT INTO shared.bait VALUES (1)');
CALL district.bitten('UPDATE shared.bait SET a = 1');
CALL district.bitten('DELETE FROM shared.bait');
CALL district.bitten('MERGE INTO shared.bait USING (VALUES (1)) v ON true WHEN NOT MATCHED THEN INSERT VALUES (1)');
CALL district.bitten('EXPLAIN INSERT INTO shared.bait VALUES (1)');
CALL district.bitten('WITH w AS (INSERT INTO shared.bait VALUES (1) RETURNING a) SELECT a FROM w');
CALL district.bitten('SELECT a FROM shared.bait FOR UPDATE');
CALL district.bitten('SET ROLE regress_mallory');
CALL district.bitten('SET SESSION AUTHORIZATION DEFAULT');
CALL district.bitten('CREATE TEMPORARY TABLE bait (a integer)');
CALL district.bitten('SET gapstats.caller = postgres');
CALL district.bitten('LISTEN bait');
CALL district.bitten('PREPARE bait AS SELECT 1');
-- nor to what belongs to a role of which both are members: what Mallory has it do would be done as the owner
RESET SESSION AUTHORIZATION;
CREATE ROLE regress_both ROLE regress_owner, regress_mallory;
CREATE OR REPLACE FUNCTION district.meanwhile() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	CREATE TABLE shared.bait (a integer);
	CREATE RULE trap AS ON INSERT TO shared.bait DO ALSO SELECT pg_notify('loot', query_to_xml('SELECT * FROM shared.list_check_ins', true, true, '')::text);
	ALTER TABLE shared.bait OWNER TO regress_both;
	RETURN 0;
END $$;
SET SESSION AUTHORIZATION regress_owner;
CALL district.bitten('INSERT INTO shared.bait VALUES (1)');
CALL district.bitten('TRUNCATE shared.bait');
SELECT drop_rule('list', 'meanwhile');
SELECT status FROM refresh_watch_list('list');
-- without its row of settings a list does not seem to be busy
BEGIN;
DELETE FROM list_settings;
RESET SESSION AUTHORIZATION;
CALL loot.try_all();
ROLLBACK;
SET SESSION AUTHORIZATION regress_owner;

--
-- a trigger that one made who was let in, and is not any more
--
GRANT TRIGGER ON list_check_ins TO regress_mallory;
SET SESSION AUTHORIZATION regress_mallory;
CREATE TRIGGER trap BEFORE INSERT ON shared.list_check_ins FOR EACH ROW EXECUTE FUNCTION loot.fire();
SET SESSION AUTHORIZATION regress_owner;
REVOKE TRIGGER ON list_check_ins FROM regress_mallory;
SET SESSION AUTHORIZATION regress_teacher;
SELECT gapstats.check_in('shared.list', '25', 'private');
RESET SESSION AUTHORIZATION;
SELECT gapstats.check_in('shared.list', '25', 'private');
DROP TRIGGER trap ON shared.list_check_ins;
SELECT gapstats.check_in('shared.list', '25', 'private') AS n;

--
-- a list made by hand: whoever looks at the health of lists runs nothing of it, and sees the others
--
SET SESSION AUTHORIZATION regress_mallory;
SET search_path = loot, gapstats;
CREATE TABLE x_current (student_id integer);
CREATE TABLE x_settings (a integer);
CREATE TABLE x_runs (run bigint, ended_at timestamptz, as_of date, status text, error text, rule text);
CREATE STATISTICS trap ON (run + loot.take(1)), (run + 2) FROM x_runs;
CREATE INDEX ON x_runs (run) WHERE loot.take(1) = 1;
CREATE MATERIALIZED VIEW x AS SELECT * FROM x_current;
-- whole ones, with parts that are slow, of another shape or not tables
SELECT create_watch_list('slow', 'SELECT 1 AS student_id');
CREATE FUNCTION for_ever() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	LOOP
		BEGIN
			PERFORM pg_sleep(10);
		EXCEPTION WHEN query_canceled THEN
			NULL;
		END;
	END LOOP;
END $$;
ALTER TABLE slow_runs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY trap ON slow_runs USING (for_ever());
SELECT create_watch_list('sleeping', 'SELECT 1 AS student_id');
INSERT INTO sleeping_runs (status, started_at) VALUES ('succeeded', now());
ALTER TABLE sleeping_runs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY trap ON sleeping_runs USING (pg_sleep(3600) IS NOT NULL);
SELECT create_watch_list('other', 'SELECT 1 AS student_id');
ALTER TABLE other_runs RENAME COLUMN status TO state;
SELECT create_watch_list('view', 'SELECT 1 AS student_id');
ALTER TABLE view_runs RENAME TO view_old_runs;
CREATE VIEW view_runs AS SELECT loot.take(1)::bigint AS run, now() AS started_at, now() AS ended_at, current_date AS as_of, 'succeeded'::text AS status, NULL::text AS rule, NULL::text AS error;
SELECT create_watch_list('said', 'SELECT 1 AS student_id');
CREATE TYPE remark AS (words text);
CREATE FUNCTION words(remark) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM loot.take(1); RETURN 'x'; END $$;
CREATE CAST (remark AS text) WITH FUNCTION words AS ASSIGNMENT;
ALTER TABLE said_runs ALTER error TYPE remark USING NULL;
INSERT INTO said_runs (status, started_at, error) VALUES ('failed', now(), ROW('x')::remark);
CREATE TABLE "a""b; DROP TABLE x_current; --_current" (student_id integer);
CREATE TABLE "a""b; DROP TABLE x_current; --_settings" (student_id integer);
RESET SESSION AUTHORIZATION;
SET search_path = gapstats;
-- how a row of a wrong type is refused depends on which list was looked at first
SELECT list, owner, state, CASE WHEN list <> 'loot.said'::regclass THEN problem END AS problem FROM watch_list_health ORDER BY list::text COLLATE "C";
SET SESSION AUTHORIZATION regress_monitor;
SELECT count(*), count(*) FILTER (WHERE state = 'fresh' OR list = 'shared.list'::regclass) FROM watch_list_health;
SET SESSION AUTHORIZATION regress_owner;
SELECT list FROM watch_list_health;
SET SESSION AUTHORIZATION regress_teacher;
SELECT count(*) FROM watch_list_health;
-- nothing of Mallory's ever ran with rights that were not Mallory's
RESET SESSION AUTHORIZATION;
SELECT last_value, is_called FROM loot.taken;
SELECT rolname FROM pg_roles WHERE rolsuper AND rolname LIKE 'regress_%';

SET client_min_messages = warning;
DROP SCHEMA shared, loot, district CASCADE;
DROP ROLE regress_owner, regress_teacher, regress_mallory, regress_monitor, regress_both;
