--
-- watch_list: every public function that takes a list meets what strangers have put under it
--
\set SHOW_CONTEXT never
CREATE ROLE regress_owner;
CREATE ROLE regress_mallory;
CREATE SCHEMA district AUTHORIZATION regress_owner;
CREATE SCHEMA loot AUTHORIZATION regress_mallory;
GRANT USAGE ON SCHEMA loot TO PUBLIC;
SET search_path = gapstats;

-- With what each is called. @schema is where the tables are, #name the number that the function of that name gave.
CREATE TABLE district.calls (place integer GENERATED ALWAYS AS IDENTITY, function name UNIQUE, arguments text);
INSERT INTO district.calls (function, arguments) VALUES
	('refresh_watch_list', ''),
	('check_in', $$, '1', 'a note'$$),
	('correct_note', $$, #check_in, 'another note'$$),
	('take_back_check_in', ', #check_in'),
	('assign_student', $$, '1', 'somebody', current_date + 7$$),
	('snooze_student', $$, '1', current_date + 7, 'on a trip'$$),
	('start_intervention', $$, '1', 'tutoring'$$),
	('correct_intervention', $$, #start_intervention, 'reading'$$),
	('end_intervention', ', #start_intervention'),
	('acknowledge_alarms', $$, '{1}'$$),
	('forget_student', $$, '77'$$),
	('forget_before', ', current_date - 20'),
	('student_profile', $$, '1'$$),
	('explain_student', $$, '1'$$),
	('contact_rates', $$, 'kind'$$),
	('standings_on', ', current_date'),
	('watch_list_as_of', ', current_date'),
	('capacity_plan', $$, 1, 'kind'$$),
	('preview_rule', $$, 'SELECT student_id, mark FROM @schema.marks', '>', '{0}', 'kind'$$),
	('preview_change', $$, 'rule', threshold => 2, applies_to => 'teacher <> '''''$$),
	('audit_watch_list', $$, 'SELECT student_id, mark > 1 FROM @schema.marks', 'kind', as_of => current_date$$),
	('calibrate_watch_list', $$, 'SELECT student_id, mark > 1 FROM @schema.marks', 'kind'$$),
	('calibrate_rule', $$, 'rule', 'SELECT student_id, nullif(true, mark > 0) FROM @schema.marks', 'kind', as_of => current_date$$),
	('effect_of_flag', $$, 'rule', 'SELECT student_id, mark > 1 FROM @schema.marks', 1, 'kind', as_of => current_date$$),
	('add_rule', $$, 'more', 'SELECT student_id, mark FROM @schema.marks', '>', 1, 'more', applies_to => 'teacher <> ''''', thresholds_by => 'kind', thresholds => '{"a": 1}'$$),
	('add_rule_set', $$, 'attendance works', '{"absence_rate": "SELECT student_id, mark FROM @schema.marks"}'$$),
	('change_rule', $$, 'rule', query => 'SELECT student_id, mark + 1 FROM @schema.marks'$$),
	('switch_rule', $$, 'rule', false$$),
	('drop_rule', $$, 'rule'$$),
	('change_settings', $$, '{"lag_days": 1}'$$),
	('change_students', $$, 'SELECT student_id, teacher, kind FROM @schema.students', 'SELECT day FROM @schema.days'$$),
	('publish_counts', $$, 'kind'$$),
	('unpublish_counts', ''),
	('share_watch_list', $$, viewer_column => 'teacher'$$),
	('grant_watch_list', $$, 'read', 'regress_owner'$$),
	('revoke_watch_list', $$, 'read', 'pg_monitor'$$),
	('unshare_watch_list', ''),
	('export_watch_list', ''),
	('resume_watch_list', ''),
	('repair_watch_list', ''),
	('schedule_watch_list', $$, '0 5 * * *'$$),
	('unschedule_watch_list', ''),
	('drop_watch_list', '');
-- none is left out
SELECT coalesce(c.function, p.proname) AS function, p.proname IS NULL AS is_gone
FROM district.calls c
FULL JOIN (SELECT proname FROM pg_proc WHERE pronamespace = 'gapstats'::regnamespace AND proargtypes[0] = 'regclass'::regtype AND proargnames[1] NOT IN ('ledger', 'report', 'rollup') AND prokind = 'f') p ON p.proname = c.function
WHERE c.function IS NULL OR p.proname IS NULL;

-- says which are not done, and why
CREATE PROCEDURE district.call_every(list text, schema text) LANGUAGE plpgsql AS $$
DECLARE
	caller CONSTANT name := current_user;
	call record;
	result text;
	numbers jsonb := '{}';
	done integer := 0;
	arguments text;
BEGIN
	FOR call IN SELECT * FROM district.calls ORDER BY place LOOP
		arguments := regexp_replace(replace(call.arguments, '@schema', schema), '#\w+', coalesce(numbers ->> substring(call.arguments FROM '#(\w+)'), '1'));
		BEGIN
			EXECUTE format('SELECT f::text FROM gapstats.%I(%L::regclass%s) AS f LIMIT 1', call.function, list, arguments) INTO result;
			numbers := numbers || jsonb_build_object(call.function, result);
			done := done + 1;
			IF call.function = 'refresh_watch_list' AND result !~ 'succeeded' THEN
				RAISE INFO '%: %', call.function, regexp_replace(result, '^\(\d+', '(run');
			END IF;
		EXCEPTION WHEN OTHERS THEN
			RAISE INFO '%: % %', call.function, SQLSTATE, SQLERRM;
		END;
		IF current_user <> caller THEN
			RAISE WARNING '% leaves another role', call.function;
		END IF;
	END LOOP;
	RAISE INFO '% done', done;
END $$;
GRANT USAGE ON SCHEMA district TO PUBLIC;
GRANT SELECT ON district.calls TO PUBLIC;

--
-- Mallory's functions run with Mallory's rights and nobody else's. A sequence remembers whatever is rolled back.
--
SET SESSION AUTHORIZATION regress_mallory;
CREATE SEQUENCE loot.taken;
CREATE SEQUENCE loot.ran;
GRANT USAGE ON SEQUENCE loot.taken TO PUBLIC;
CREATE FUNCTION loot.take() RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	attempt text;
BEGIN
	FOREACH attempt IN ARRAY '{SELECT, RESET ROLE, RESET SESSION AUTHORIZATION, SET ROLE NONE, RESET ALL}'::text[] LOOP
		BEGIN
			EXECUTE attempt;
		EXCEPTION WHEN OTHERS THEN
			NULL;
		END;
		IF current_user <> 'regress_mallory' THEN
			PERFORM nextval('loot.taken');
		ELSE
			PERFORM nextval('loot.ran');
		END IF;
	END LOOP;
	RETURN true;
END $$;
CREATE FUNCTION loot.fire() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM loot.take();
	IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RETURN old; END IF;
	RETURN new;
END $$;
CREATE TYPE loot.kind AS ENUM ('a', 'b');
CREATE TABLE loot.students AS SELECT i AS student_id, 'a'::loot.kind AS kind, 'regress_owner'::text AS teacher FROM generate_series(1, 3) i;
CREATE TABLE loot.marks AS SELECT student_id, student_id AS mark, kind FROM loot.students;
CREATE TABLE loot.days AS SELECT current_date - i AS day FROM generate_series(0, 3) i;
GRANT SELECT ON ALL TABLES IN SCHEMA loot TO PUBLIC;
CREATE FUNCTION loot.kind_text(loot.kind) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM loot.take(); RETURN 'x'; END $$;
CREATE FUNCTION loot.kind_json(loot.kind) RETURNS json LANGUAGE plpgsql AS $$ BEGIN PERFORM loot.take(); RETURN '"x"'; END $$;

-- the district's list of them
SET SESSION AUTHORIZATION regress_owner;
SELECT create_watch_list('district.list', 'SELECT student_id, kind, teacher FROM loot.students', days_query => 'SELECT day FROM loot.days');
SELECT add_rule('district.list', 'rule', 'SELECT student_id, mark FROM loot.marks', '>', 0, 'rule', applies_to => 'teacher IS NOT NULL');
SELECT share_watch_list('district.list', viewer_column => 'teacher');
SELECT status, flagged FROM refresh_watch_list('district.list');
-- what has no default must not be NULL, else that is an error; these say it otherwise, and assigned_to takes an assignment back
CREATE FUNCTION district.takes_null() RETURNS TABLE (function name, argument text, outcome text) LANGUAGE plpgsql AS $$
DECLARE
	arguments text;
BEGIN
	FOR function, argument, arguments IN
		SELECT p.proname, p.proargnames[n.place], string_agg(CASE
			WHEN a.place = n.place THEN 'NULL::' || a.type::regtype
			WHEN a.place = 1 THEN '''district.list''::regclass'
			ELSE CASE a.type::regtype::text WHEN 'regrole' THEN '''regress_mallory''::regrole' WHEN 'date' THEN 'current_date' WHEN 'boolean' THEN 'true' WHEN 'jsonb' THEN '''{}''::jsonb'
				WHEN 'text' THEN CASE p.proargnames[a.place] WHEN 'what' THEN '''read''' WHEN 'rule' THEN '''rule''' WHEN 'group_column' THEN '''kind''' WHEN 'comparison' THEN '''>'''
					WHEN 'rule_set' THEN '''attendance works''' WHEN 'query' THEN '''SELECT student_id, mark FROM loot.marks''' ELSE '''1''' END
				WHEN 'numeric[]' THEN '''{0}''::numeric[]' WHEN 'bigint[]' THEN '''{1}''::bigint[]' ELSE '1::' || a.type::regtype END END, ', ' ORDER BY a.place)
		FROM pg_proc p
		CROSS JOIN LATERAL generate_series(1, p.pronargs - p.pronargdefaults) AS n (place)
		CROSS JOIN LATERAL unnest(p.proargtypes[0:p.pronargs - p.pronargdefaults - 1]) WITH ORDINALITY AS a (type, place)
		JOIN district.calls c ON c.function = p.proname
		WHERE p.pronamespace = 'gapstats'::regnamespace AND p.proargtypes[0] = 'regclass'::regtype AND p.proargnames[1] NOT IN ('ledger', 'report', 'rollup') AND p.prokind = 'f'
		GROUP BY p.oid, n.place ORDER BY p.proname COLLATE "C", n.place
	LOOP
		BEGIN
			EXECUTE format('SELECT f::text FROM gapstats.%I(%s) AS f LIMIT 1', function, arguments);
			RAISE SQLSTATE 'ZZZZZ' USING MESSAGE = 'done';
		EXCEPTION
			WHEN null_value_not_allowed THEN
				CONTINUE WHEN SQLERRM ~ (argument || ' must not be null$');
				outcome := SQLERRM;
			WHEN OTHERS THEN
				outcome := SQLERRM;
		END;
		RETURN NEXT;
	END LOOP;
END $$;
SELECT * FROM district.takes_null();
-- as long as there is nothing of Mallory's but data, all is done; there is no pg_cron here
BEGIN;
CALL district.call_every('district.list', 'loot');
ROLLBACK;
RESET SESSION AUTHORIZATION;
BEGIN;
CALL district.call_every('district.list', 'loot');
ROLLBACK;
-- casts, which only what writes a value as JSON or text would use
CREATE CAST (loot.kind AS text) WITH FUNCTION loot.kind_text(loot.kind);
CREATE CAST (loot.kind AS json) WITH FUNCTION loot.kind_json(loot.kind);
BEGIN;
CALL district.call_every('district.list', 'loot');
ROLLBACK;
SET SESSION AUTHORIZATION regress_owner;
BEGIN;
CALL district.call_every('district.list', 'loot');
ROLLBACK;
-- and a policy, the predicate of an index and a view in the place of a table
SET SESSION AUTHORIZATION regress_mallory;
CREATE POLICY trap ON loot.students USING (loot.take());
ALTER TABLE loot.students ENABLE ROW LEVEL SECURITY;
CREATE INDEX trap ON loot.days (day) WHERE loot.take();
ALTER TABLE loot.marks RENAME TO put_away;
CREATE VIEW loot.marks AS SELECT student_id, mark, kind FROM loot.put_away WHERE loot.take();
GRANT SELECT ON loot.marks TO PUBLIC;
SET SESSION AUTHORIZATION regress_owner;
BEGIN;
CALL district.call_every('district.list', 'loot');
ROLLBACK;
RESET SESSION AUTHORIZATION;
BEGIN;
CALL district.call_every('district.list', 'loot');
ROLLBACK;
SELECT state FROM watch_list_health WHERE list = 'district.list'::regclass;
\set VERBOSITY sqlstate
CALL run_watch_list('district.list');
\set VERBOSITY default
SELECT t.is_called AS taken, r.is_called AS ran FROM loot.taken t, loot.ran r;

--
-- Mallory's own list, which waits for a superuser and for the district
--
SET SESSION AUTHORIZATION regress_mallory;
SELECT create_watch_list('loot.list', 'SELECT student_id, kind, teacher FROM loot.students WHERE loot.take()', days_query => 'SELECT day FROM loot.days WHERE loot.take()');
SELECT add_rule('loot.list', 'rule', 'SELECT student_id, mark FROM loot.marks WHERE loot.take()', '>', 0, 'rule', applies_to => 'loot.take()');
SELECT share_watch_list('loot.list', 'SELECT teacher, student_id FROM loot.students WHERE loot.take()');
DO $$
DECLARE
	part text;
BEGIN
	FOR part IN SELECT relname FROM pg_class WHERE relnamespace = 'loot'::regnamespace AND relkind = 'r' AND relname ~ '^list_' LOOP
		EXECUTE format('CREATE TRIGGER trap BEFORE INSERT OR UPDATE OR DELETE ON loot.%I FOR EACH ROW EXECUTE FUNCTION loot.fire()', part);
		EXECUTE format('CREATE TRIGGER emptied BEFORE TRUNCATE ON loot.%I EXECUTE FUNCTION loot.fire()', part);
		EXECUTE format('ALTER TABLE loot.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
		EXECUTE format('CREATE POLICY trap ON loot.%I USING (loot.take())', part);
	END LOOP;
END $$;
SELECT status, flagged FROM refresh_watch_list('loot.list');
SELECT export_watch_list('loot.list') AS definition \gset
RESET SESSION AUTHORIZATION;
SELECT setval('loot.ran', 1, false);
BEGIN;
CALL district.call_every('loot.list', 'loot');
ROLLBACK;
SELECT state FROM watch_list_health WHERE list = 'loot.list'::regclass;
CALL run_watch_list('loot.list');
-- a role that has nothing to do with it, and one that is given its definition
SET SESSION AUTHORIZATION regress_owner;
BEGIN;
CALL district.call_every('loot.list', 'loot');
ROLLBACK;
SELECT import_watch_list('district.copied', :'definition');
RESET SESSION AUTHORIZATION;
\set VERBOSITY sqlstate
SELECT import_watch_list('district.copied', :'definition');
\set VERBOSITY default
SELECT t.is_called AS taken, r.is_called AS ran FROM loot.taken t, loot.ran r;

SET client_min_messages = warning;
DROP SCHEMA district, loot CASCADE;
DROP OWNED BY regress_owner, regress_mallory;
DROP ROLE regress_owner, regress_mallory;
