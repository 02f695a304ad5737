--
-- watch_list: what is done as a list's owner gives him nothing of the caller's, nor the caller anything of his
--
\set SHOW_CONTEXT never
CREATE ROLE regress_owner;
CREATE ROLE regress_teacher;
CREATE ROLE regress_dashboard;
CREATE ROLE regress_mallory;
CREATE SCHEMA district AUTHORIZATION regress_owner;
GRANT USAGE ON SCHEMA district TO PUBLIC;
SET SESSION AUTHORIZATION regress_owner;
SET search_path = district, gapstats;

--
-- whatever the owner's default privileges say, nothing of a list is open, nor are its numbers
--
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC, regress_mallory;
ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO PUBLIC, regress_mallory;
ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO PUBLIC, regress_mallory;
ALTER DEFAULT PRIVILEGES GRANT ALL ON TYPES TO PUBLIC, regress_mallory;
ALTER DEFAULT PRIVILEGES IN SCHEMA district GRANT ALL ON TABLES TO regress_mallory WITH GRANT OPTION;
CREATE VIEW opened AS
SELECT relname, relkind FROM pg_class c
WHERE relnamespace = 'district'::regnamespace AND relname ~ '^list' AND relkind <> 'i' AND EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee <> relowner)
UNION ALL
SELECT typname, 't' FROM pg_type
WHERE typnamespace = 'district'::regnamespace AND typname ~ '^_?list' AND EXISTS (SELECT FROM aclexplode(typacl) WHERE grantee <> typowner)
UNION ALL
SELECT proname, 'f' FROM pg_proc WHERE pronamespace = 'district'::regnamespace;
CREATE TABLE students AS SELECT i AS student_id, CASE WHEN i <= 10 THEN 'regress_teacher' ELSE 'somebody' END AS teacher FROM generate_series(1, 40) i;
CREATE TABLE marks AS SELECT student_id, student_id AS mark FROM students;
SELECT create_watch_list('list', 'SELECT student_id, teacher FROM students');
SELECT * FROM opened;
SELECT add_rule('list', 'marks', 'SELECT student_id, mark FROM marks', '>=', 5, 'Mark {value}');
SELECT share_watch_list('list', viewer_column => 'teacher');
SELECT publish_counts('list', 'teacher');
SELECT status, flagged FROM refresh_watch_list('list');
SELECT status FROM watch_list_as_of('list', current_date - 1) LIMIT 0;
SET client_min_messages = warning;
DROP TABLE list_next CASCADE;
DROP VIEW list_reasons CASCADE;
DROP MATERIALIZED VIEW list;
RESET client_min_messages;
SELECT repair_watch_list('list_current') ~ 'the list itself, next, reasons' AS repaired;
SELECT * FROM opened;
SELECT change_students('list', 'SELECT student_id, teacher FROM students');
SELECT * FROM opened;
SELECT status, flagged FROM refresh_watch_list('list');
SET SESSION AUTHORIZATION regress_mallory;
SELECT setval('district.list_flags_flag_seq', 1);
SELECT nextval('district.list_runs_run_seq');
SELECT currval('district.list_alarms_alarm_seq');
SET SESSION AUTHORIZATION regress_owner;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC, regress_mallory;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM PUBLIC, regress_mallory;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TYPES FROM regress_mallory;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM regress_mallory;
ALTER DEFAULT PRIVILEGES IN SCHEMA district REVOKE ALL ON TABLES FROM regress_mallory;
SELECT grant_watch_list('list', 'follow up', 'regress_teacher');
SELECT grant_watch_list('list', 'act for viewers', 'regress_dashboard');

--
-- every function that takes a list, called by one who has no business with it: nothing changes,
-- and what does not fail tells names only
--
CREATE FUNCTION holds() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	part text;
	found text;
	all_of_it text := '';
BEGIN
	FOR part IN SELECT relname FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relkind = 'r' AND relname ~ '^list_' ORDER BY relname COLLATE "C" LOOP
		EXECUTE format('SELECT md5(string_agg(t::text, '','' ORDER BY t::text COLLATE "C")) FROM %I t', part) INTO found;
		all_of_it := all_of_it || coalesce(found, '');
	END LOOP;
	RETURN md5(all_of_it);
END $$;
SELECT holds() AS before \gset
RESET SESSION AUTHORIZATION;
CREATE TABLE district.called (who name, function text, result text);
GRANT ALL ON district.called TO PUBLIC;
CREATE PROCEDURE district.call_all(who name) LANGUAGE plpgsql AS $$
DECLARE
	f record;
	result text;
BEGIN
	FOR f IN
		SELECT p.oid::regprocedure AS function, format('SELECT (%I.%I(%s))::text', n.nspname, p.proname,
			(SELECT string_agg(CASE WHEN ordinality = 1 THEN '''district.list''::regclass'
				ELSE format('%s::%s', CASE WHEN a.type = 'text'::regtype AND p.proargnames[ordinality] = 'student' THEN '''5''' WHEN a.type = 'bigint'::regtype THEN '1'
				WHEN p.proargnames[ordinality] = 'template' THEN '''@rules''' WHEN p.proargnames[ordinality] = 'part' THEN '''rules''' ELSE 'NULL' END, a.type::regtype) END, ', ' ORDER BY ordinality)
			FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a (type, ordinality))) AS call
		FROM pg_proc p
		JOIN pg_namespace n ON n.oid = p.pronamespace
		WHERE n.nspname IN ('gapstats', 'gapstats_internal') AND p.proargtypes[0] = 'regclass'::regtype AND p.prokind = 'f' AND (p.prorettype <> 'record'::regtype OR p.proargmodes IS NOT NULL)
		ORDER BY p.oid::regprocedure::text COLLATE "C"
	LOOP
		EXECUTE format('SET ROLE %I', who);
		BEGIN
			result := NULL;
			EXECUTE f.call INTO result;
		EXCEPTION
			WHEN internal_error OR assert_failure THEN
				RAISE WARNING '%: %', f.function, SQLERRM;
			WHEN OTHERS THEN
				IF SQLERRM !~ '^(permission denied|must be owner)' AND SQLSTATE !~ '^(22|42|P0002)' AND SQLERRM !~ 'has no primary key$' THEN	-- which the catalogs tell everybody
					RAISE INFO '%: %', f.function, SQLERRM;
				END IF;
		END;
		RESET ROLE;
		IF nullif(result, '') IS NOT NULL THEN
			INSERT INTO district.called VALUES (who, f.function, result);
		END IF;
		IF current_setting('gapstats.caller') <> '' THEN
			RAISE WARNING '% leaves the caller', f.function;
		END IF;
	END LOOP;
END $$;
BEGIN;
SET LOCAL client_min_messages = error;
CALL district.call_all('regress_mallory');
COMMIT;
-- but for names, OIDs, types and the text of statements, which the catalogs tell everybody
CREATE VIEW district.told AS
SELECT function, result FROM district.called
WHERE function !~ '^(gapstats_internal\.)?(list_base|list_name|list_itself|list_part|ledger_part|ledger_statement|own_parts|part_itself|belongs_with|fix_of_failure|job_name|job_command|statement|judged_query|near_query|student_id_type|grants_on_views|unschedule_watch_list_as_owner|zone_fix|described_columns|grants_on|list_job_problem|report_job|report_command|rollup_job|rollup_command|rollup_query_text|qualified|tables_of|scheduler_problem)\('
AND result !~ '^(\{\}|\(,*\))$' AND result !~ 'column r.published_at does not exist'	-- nothing, and a list that is asked as a ledger
ORDER BY function COLLATE "C";
SELECT count(*) > 5 AS some_tell FROM district.called;
SELECT * FROM district.told;
SET SESSION AUTHORIZATION regress_owner;
SELECT holds() = :'before' AS unchanged;
-- a teacher may speak of his own students, in his own name
RESET SESSION AUTHORIZATION;
TRUNCATE district.called;
BEGIN;
SET LOCAL client_min_messages = error;
CALL district.call_all('regress_teacher');
SELECT * FROM district.told;
ROLLBACK;
-- what the evaluation and the lock are called with may be anything
SET SESSION AUTHORIZATION regress_mallory;
SET search_path = gapstats_internal, gapstats, public;
CREATE FUNCTION pg_temp.evaluate(rules rule_query[], held text, held_values text DEFAULT 'SELECT 1, NULL::text[], NULL::date, NULL::text, NULL::text, NULL::date[]') RETURNS record LANGUAGE sql AS $$
	SELECT evaluate_watch_list(keep_query('s', 'SELECT 1 AS student_id', 'public'), rules, 'any', 1, NULL, '2026-01-01', NULL, 1, held,
		held_values, 'SELECT FROM changed', 'SELECT FROM evaluated') $$;
CREATE FUNCTION pg_temp.a_rule("position" integer, query kept_query, comparison text, severity text, groups text[], thresholds numeric[]) RETURNS rule_query[] LANGUAGE sql AS $$
	SELECT ARRAY[jsonb_populate_record(NULL::rule_query, jsonb_build_object('rule', 'r', 'position', "position", 'version', 1, 'is_same', false, 'query', query, 'comparison', comparison,
		'threshold', 1, 'group_column', CASE WHEN groups IS NOT NULL THEN 'student_id' END, 'groups', groups, 'group_thresholds', thresholds, 'severity', severity, 'points', 1))] $$;
SELECT evaluate_watch_list(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT pg_temp.evaluate(NULL, '');
SELECT pg_temp.evaluate(ARRAY[NULL]::rule_query[], 'SELECT 1');
SELECT pg_temp.evaluate(pg_temp.a_rule(0, keep_query('q', 'SELECT 1, 1', 'public'), '>', 'watch', NULL, NULL), 'SELECT 1');
SELECT pg_temp.evaluate(pg_temp.a_rule(NULL, keep_query('q', 'SELECT 1, 1', 'public'), '>', 'watch', NULL, NULL), 'SELECT 1');
SELECT pg_temp.evaluate(pg_temp.a_rule(1, NULL, '>', 'watch', NULL, NULL), 'SELECT 1');
SELECT pg_temp.evaluate(pg_temp.a_rule(1, keep_query('q', 'SELECT 1, 1', 'public'), NULL, 'watch', NULL, NULL), 'SELECT 1');
SELECT pg_temp.evaluate(pg_temp.a_rule(1, keep_query('q', 'SELECT 1, 1', 'public'), '>', NULL, NULL, NULL), 'SELECT 1');
SELECT pg_temp.evaluate(pg_temp.a_rule(1, keep_query('q', 'SELECT 1, 1', 'public'), '>', 'watch', '{1,2}', '{1}'), 'SELECT 1');
SELECT pg_temp.evaluate(pg_temp.a_rule(1, keep_query('q', 'SELECT 1, 1', 'public'), '>', 'watch', '{1,NULL}', '{1,2}'), 'SELECT 1');
\set VERBOSITY sqlstate
SELECT pg_temp.evaluate(pg_temp.a_rule(1, keep_query('q', 'SELECT 1, ''x''', 'public'), '>', 'watch', NULL, NULL), 'SELECT 1');
\set VERBOSITY default
SELECT pg_temp.evaluate('{}', 'SELECT 1');
SELECT pg_temp.evaluate('{}', 'SELECT 1, 2, 3, 4, 5, 6, 7');
SELECT pg_temp.evaluate('{}', 'SELECT NULL::integer, '''', 0.0, 0, 0, '''', current_date');
SELECT pg_temp.evaluate('{}', 'SELECT 1, '''', 0.0, 0, 0, '''', current_date', 'SELECT 1, 2, 3');
SELECT pg_temp.evaluate('{}', 'SELECT 1, '''', 0.0, 0, 0, '''', current_date', 'SELECT 1, 2, 3, 4, 5, 6');
SELECT pg_temp.evaluate('{}', 'SELECT 1, '''', 0.0, 0, 0, '''', current_date', 'SELECT 1, 2, NULL::date, '''', '''', ''{}''::date[]');
SELECT pg_temp.evaluate('{}', 'SELECT 1, '''', 0.0, 0, 0, '''', current_date', 'SELECT 1, NULL::text[], 3, '''', '''', ''{}''::date[]');
SELECT pg_temp.evaluate('{}', 'SELECT 1, '''', 0.0, 0, 0, '''', current_date', 'SELECT ''x''::text, NULL::text[], NULL::date, '''', '''', ''{}''::date[]');
SELECT pg_temp.evaluate('{}', 'SELECT 1, '''', 0.0, 0, 0, '''', current_date', 'SELECT NULL::integer, NULL::text[], NULL::date, '''', '''', ''{}''::date[]');
SELECT pg_temp.evaluate('{}', 'SELECT 1, '''', 0.0, 0, 0, '''', current_date', 'SELECT 1, ''{NULL}''::text[], NULL::date, '''', '''', NULL::date[]');
SELECT pg_temp.evaluate('{}', 'SELECT 1, '''', 0.0, 0, 0, '''', current_date', 'SELECT 1, ''{{a,b},{c,d}}''::text[], ''2026-01-01''::date, '''', ''ffff'', ''{2026-01-01,2026-01-01}''::date[]');
SELECT lock_alone('{NULL}', false), lock_alone('{0}', false);
SELECT lock_alone('{NULL,1259}', true);
SELECT lock_alone('{1259}', false);
SELECT lock_alone(ARRAY['district.list'::regclass], true);
SELECT column_text(NULL, 'a'), column_text(ROW(1, 2), 'f2'), column_text(ROW(1, 2), 'ctid'), column_text(ROW(1, 2), 'f3');
SELECT new_statement('a', 'b', 0::oid, '@equals');
SELECT new_statement('a', 'b', 23::oid, '@columns');
SELECT new_statement('a', 'b', 23::oid, '@ @@ @x @student_id @');
SELECT list_base('pg_class'), list_base(0::oid), list_part('pg_class', 'x'), list_base('pg_class_oid_index');

--
-- nobody says who calls but the wall itself
--
SET search_path = district, gapstats;
SET gapstats.caller = 'regress_owner';
SELECT set_config('gapstats.caller', 'regress_owner', false);
RESET gapstats.caller;
RESET SESSION AUTHORIZATION;
ALTER ROLE regress_teacher SET gapstats.caller = 'regress_owner';
-- before the library is loaded, it is a setting like any other
\c -
\set SHOW_CONTEXT never
SET gapstats.caller = 'regress_owner';
SET gapstats.watched = 10;
SET search_path = district, gapstats;
SET SESSION AUTHORIZATION regress_teacher;
SELECT check_in('list', '20', 'not mine');
SELECT gapstats_internal.caller(), current_setting('gapstats.caller');
\set VERBOSITY sqlstate
SELECT gapstats_internal.student_profile_as_owner('list', '5', 'en');
\set VERBOSITY default
SELECT check_in('list', '5', 'mine') > 0 AS made;
SELECT made_by, note FROM list_my_check_ins;
RESET SESSION AUTHORIZATION;
SET gapstats.watched = 0;

--
-- after an error, whoever catches it is himself again, with his settings
--
SET SESSION AUTHORIZATION regress_teacher;
SET search_path = public, district, gapstats;
SET row_security = off;
SET gapstats.as_of = '2026-01-01';
SET transform_null_equals = on;
CREATE TEMPORARY TABLE settings_before AS SELECT name, setting FROM pg_settings;
DO $$
DECLARE
	failing text;
	changed text;
BEGIN
	FOREACH failing IN ARRAY ARRAY[
		$q$check_in('district.list', '20')$q$, $q$check_in('district.list', 'x')$q$, $q$check_in('district.list', '5', contacted_at => 'infinity')$q$, $q$check_in('pg_class', '5')$q$,
		$q$check_in(NULL, '5')$q$, $q$check_in(1, '5')$q$, $q$check_in('district.students', '5')$q$, $q$refresh_watch_list('district.list')$q$, $q$student_profile('pg_class', '5')$q$,
		$q$check_in('district.list', '5', 'a'), 1 / 0 FROM check_in('district.list', '5', 'a')$q$]
	LOOP
		BEGIN
			EXECUTE 'SELECT ' || failing;
			RAISE WARNING '% did not fail', failing;
		EXCEPTION WHEN OTHERS THEN
			RAISE INFO '%: %', failing, regexp_replace(SQLERRM, '^role ".*" is', 'role ... is');
		END;
		SELECT string_agg(format('%s = %s', s.name, s.setting), ', ') INTO changed
		FROM pg_settings s LEFT JOIN settings_before b USING (name) WHERE s.setting IS DISTINCT FROM b.setting AND s.name NOT IN ('transaction_isolation');
		IF current_user <> 'regress_teacher' OR changed IS NOT NULL THEN
			RAISE WARNING 'is % with %', current_user, changed;
		END IF;
	END LOOP;
END $$;
-- nor do the settings of a colleague change what a list is
RESET SESSION AUTHORIZATION;
CREATE ROLE regress_colleague IN ROLE regress_owner;
SET SESSION AUTHORIZATION regress_colleague;
SET quote_all_identifiers = on;
SELECT status, flagged, error FROM refresh_watch_list('district.list');
RESET quote_all_identifiers;
SELECT status FROM refresh_watch_list('district.list');
RESET SESSION AUTHORIZATION;
DROP ROLE regress_colleague;
SET SESSION AUTHORIZATION regress_teacher;
-- the same in subtransactions of one transaction, and with a cursor that is left open
BEGIN;
DECLARE pages CURSOR FOR SELECT s, left(student_profile('district.list', s::text)::text, 14) AS page FROM generate_series(1, 10) s;
SAVEPOINT a;
SELECT check_in('district.list', '20');
ROLLBACK TO a;
FETCH 1 FROM pages;
SELECT check_in('district.list', '5', 'rolled back') > 0 AS made, current_user, current_setting('gapstats.caller') AS caller;
ROLLBACK TO a;
FETCH 1 FROM pages;
SELECT current_user, current_setting('gapstats.caller') AS caller, current_setting('search_path') AS path;
COMMIT;
RESET ALL;
SELECT note FROM district.list_my_check_ins ORDER BY 1;
RESET SESSION AUTHORIZATION;
ALTER ROLE regress_teacher RESET ALL;

--
-- acting for viewers
--
SET SESSION AUTHORIZATION regress_dashboard;
SET search_path = district, gapstats;
SELECT count(*) FROM list_mine;
SET gapstats.viewer = '';
SELECT count(*) FROM list_mine;
SET gapstats.viewer = 'regress_owner';
SELECT count(*) FROM list_mine;
SET gapstats.viewer = '{regress_teacher,somebody}';
SELECT count(*) FROM list_mine;
SET gapstats.viewer = 'regress_teacher';
SELECT count(*), max(student_id) FROM list_mine;
SELECT check_in('list', '20');
SELECT check_in('list', '6', 'for him') > 0 AS made;
SELECT made_by FROM list_my_check_ins WHERE note = 'for him';
-- for others the setting says nothing, nor does it for a superuser
SET SESSION AUTHORIZATION regress_teacher;
SET gapstats.viewer = 'somebody';
SELECT count(*), max(student_id) FROM list_mine;
SELECT check_in('list', '20');
SET SESSION AUTHORIZATION regress_mallory;
SET gapstats.viewer = 'regress_teacher';
SELECT count(*) FROM list_mine;
SELECT * FROM list_acting;
RESET SESSION AUTHORIZATION;
SET gapstats.viewer = 'nobody';
SELECT count(*) FROM district.list_mine;

--
-- the owner's own triggers read what he lets them read, but for what would act with his rights
--
RESET SESSION AUTHORIZATION;
CREATE SCHEMA records AUTHORIZATION regress_mallory;
GRANT USAGE ON SCHEMA records TO regress_owner;
SET SESSION AUTHORIZATION regress_mallory;
CREATE TABLE records.counselors AS SELECT i AS student_id, 'counselor ' || i AS counselor FROM generate_series(1, 40) i;
CREATE VIEW records.acting AS SELECT student_id, counselor || pg_notify('loot', query_to_xml('SELECT * FROM district.list_check_ins', true, true, '')::text) AS counselor FROM records.counselors;
GRANT SELECT ON records.counselors, records.acting TO regress_owner;
SET SESSION AUTHORIZATION regress_owner;
SET search_path = district, gapstats;
CREATE TABLE noted (counselor text);
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	found text := (SELECT max(counselor) FROM records.counselors c WHERE c.student_id = new.student_id);
BEGIN
	INSERT INTO district.noted VALUES (found);
	RETURN NULL;
END $$;
CREATE TRIGGER tell AFTER INSERT ON list_check_ins FOR EACH ROW EXECUTE FUNCTION tell();
SET SESSION AUTHORIZATION regress_teacher;
SELECT check_in('list', '5', 'noted') > 0 AS made;
SET SESSION AUTHORIZATION regress_owner;
SELECT * FROM noted;
CREATE OR REPLACE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO district.noted SELECT counselor FROM records.acting; RETURN NULL; END';
SET SESSION AUTHORIZATION regress_teacher;
SELECT check_in('list', '5', 'noted');
RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA records CASCADE;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_owner;
DROP TRIGGER tell ON list_check_ins;
DROP FUNCTION tell();
DROP TABLE noted;
RESET SESSION AUTHORIZATION;

--
-- a list whose owner waits for a superuser: everything that runs when one uses the list
--
CREATE SCHEMA trap AUTHORIZATION regress_mallory;
GRANT USAGE ON SCHEMA trap TO PUBLIC;
SET SESSION AUTHORIZATION regress_mallory;
SET search_path = trap, gapstats;
CREATE SEQUENCE ran_as_superuser;
GRANT ALL ON SEQUENCE ran_as_superuser TO PUBLIC;
CREATE TABLE seen (who name, caller text, what text);
-- tries all that it can to be more than it is
CREATE FUNCTION spring() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	attempt text;
BEGIN
	IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
		PERFORM nextval('trap.ran_as_superuser');
	END IF;
	FOREACH attempt IN ARRAY '{RESET ROLE, RESET SESSION AUTHORIZATION, SET ROLE NONE, RESET ALL, DISCARD ALL, SET search_path = trap, SET LOCAL search_path = trap,
		SET DateStyle = german, SET work_mem = 64, SET gapstats.caller = '''', RESET gapstats.caller, SET gapstats.watched = 0, DEALLOCATE ALL, CLOSE ALL,
		ALTER ROLE regress_mallory SUPERUSER, CREATE TEMPORARY TABLE t (a integer), DECLARE c CURSOR WITH HOLD FOR SELECT 1, UNLISTEN *}'::text[]
	LOOP
		BEGIN
			EXECUTE attempt;
		EXCEPTION WHEN OTHERS THEN
			NULL;
		END;
	END LOOP;
	IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
		PERFORM nextval('trap.ran_as_superuser');
	END IF;
	RETURN true;
END $$;
CREATE FUNCTION spring_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM trap.spring();
	IF TG_OP = 'DELETE' OR TG_OP = 'TRUNCATE' THEN RETURN old; END IF;
	RETURN new;
END $$;
CREATE FUNCTION note_down() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO trap.seen VALUES (current_user, gapstats_internal.caller(), TG_TABLE_NAME); RETURN new; END $$;
CREATE TABLE students AS SELECT i AS student_id FROM generate_series(1, 3) i;
SELECT create_watch_list('list', 'SELECT student_id FROM students WHERE trap.spring()');
SELECT add_rule('list', 'rule', 'SELECT student_id, student_id FROM students WHERE trap.spring()', '>', 0, 'rule', applies_to => 'trap.spring()');
SELECT share_watch_list('list', 'SELECT ''nobody'', student_id FROM students WHERE trap.spring()');
DO $$
DECLARE
	part text;
BEGIN
	FOR part IN SELECT relname FROM pg_class WHERE relnamespace = 'trap'::regnamespace AND relkind = 'r' AND relname ~ '^list_' LOOP
		EXECUTE format('CREATE TRIGGER trap BEFORE INSERT OR UPDATE OR DELETE ON trap.%I FOR EACH ROW EXECUTE FUNCTION trap.spring_once()', part);
		EXECUTE format('CREATE TRIGGER seen AFTER INSERT OR UPDATE ON trap.%I FOR EACH ROW EXECUTE FUNCTION trap.note_down()', part);
		EXECUTE format('ALTER TABLE trap.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
		EXECUTE format('CREATE POLICY trap ON trap.%I USING (trap.spring())', part);
	END LOOP;
END $$;
CREATE TRIGGER empty BEFORE TRUNCATE ON list_next EXECUTE FUNCTION spring_once();
RESET SESSION AUTHORIZATION;
SET search_path = district, gapstats;
SET client_min_messages = error;
DROP TABLE settings_before;
CREATE TEMPORARY TABLE settings_before AS SELECT name, setting FROM pg_settings;
PREPARE mine AS SELECT 1 AS prepared;
BEGIN;
DECLARE mine CURSOR FOR SELECT 1 AS open;
SELECT status, flagged FROM refresh_watch_list('trap.list');
SELECT check_in('trap.list', '1') > 0 AS made;
SELECT words FROM student_profile('trap.list', '1') WHERE line > 0;
SELECT count(*) FROM contact_rates('trap.list');
SELECT count(*) FROM standings_on('trap.list', current_date);
SELECT count(*) FROM watch_list_as_of('trap.list', current_date) kept, watch_list_as_of('trap.list', current_date - 1) computed;
SELECT count(*) FROM preview_rule('trap.list', 'SELECT student_id, 1 FROM trap.students WHERE trap.spring()', '>', '{0}');
SELECT count(*) > 0 AS judged FROM audit_watch_list('trap.list', 'SELECT student_id, trap.spring() FROM trap.students', NULL);
SELECT count(*) > 0 AS compared FROM effect_of_flag('trap.list', 'rule', 'SELECT student_id, CASE WHEN trap.spring() THEN 1 END FROM trap.students', minimum => 1);
SELECT change_rule('trap.list', 'rule', threshold => 1);
SELECT change_settings('trap.list', '{"lag_days": 0}');
SELECT publish_counts('trap.list', 'student_id');
SELECT resume_watch_list('trap.list');
SELECT count(*) FROM watch_list_health;
FETCH mine;
COMMIT;
EXECUTE mine;
CALL run_watch_list('trap.list');
SELECT current_user = session_user AS myself, current_setting('is_superuser') AS superuser;
SELECT s.name, s.setting, b.setting AS before FROM pg_settings s LEFT JOIN settings_before b USING (name) WHERE s.setting IS DISTINCT FROM b.setting;
-- as the owner, and he knew who called
SELECT DISTINCT who, caller = session_user AS by_superuser FROM trap.seen ORDER BY 2;
-- a trigger that waits for the end of the transaction would run as whoever ends it
SET SESSION AUTHORIZATION regress_mallory;
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON trap.list_check_ins DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION trap.spring_once();
RESET SESSION AUTHORIZATION;
SELECT check_in('trap.list', '1');
SELECT drop_watch_list('trap.list');
SELECT is_called AS ran_as_superuser FROM trap.ran_as_superuser;
SELECT count(*) FROM pg_roles WHERE rolsuper AND rolname ~ '^regress_';
RESET client_min_messages;

--
-- no list is a superuser's, in whichever way it came to be
--
SET search_path = district, gapstats;
\set VERBOSITY sqlstate
SELECT create_watch_list('supers', 'SELECT student_id FROM students');
\set VERBOSITY default
SET SESSION AUTHORIZATION regress_mallory;
SELECT create_watch_list('trap.supers', 'SELECT student_id FROM trap.students');
RESET SESSION AUTHORIZATION;
ALTER ROLE regress_mallory SUPERUSER;
SELECT refresh_watch_list('trap.supers');
SELECT check_in('trap.supers', '1');
SELECT state, problem FROM watch_list_health WHERE list = 'trap.supers'::regclass;
ALTER ROLE regress_mallory NOSUPERUSER;
-- nor does one run for a new owner who does not know what is in it
REASSIGN OWNED BY regress_mallory TO regress_owner;
SET SESSION AUTHORIZATION regress_owner;
\set VERBOSITY terse
SELECT status FROM refresh_watch_list('trap.supers');
\set VERBOSITY default
RESET SESSION AUTHORIZATION;

SET client_min_messages = warning;
DROP SCHEMA district, trap CASCADE;
DROP OWNED BY regress_owner, regress_teacher, regress_dashboard, regress_mallory;
DROP ROLE regress_owner, regress_teacher, regress_dashboard, regress_mallory;
