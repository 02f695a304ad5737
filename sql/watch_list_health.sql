--
-- watch_list: is each list fresh, and if not, what to do; when a schedule is due
--
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE regress_analyst;
CREATE ROLE regress_other;
CREATE ROLE regress_monitor IN ROLE pg_monitor;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
GRANT USAGE ON SCHEMA district TO regress_other, regress_monitor;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;
SET timezone = 'GMT';

-- cron's own rules, from a Sunday
SELECT schedule, next_run(schedule, '2026-11-22 00:48:30+00')
FROM (VALUES ('* * * * *'), ('0 5 * * *'), ('48 0 * * *'), ('0 5 * * 1-5'), ('*/15 8-16 * * mon,Wed'), ('0 0 31 * *'), ('0 0 $ * *'),
	('0 0 29 2 *'), ('0 0 30 2 *'), ('0 0 1 jan *'), ('30 4 1,15 * 5'), ('0 0 * * 0'), ('0 0 * * 7'), ('5/20 1 * * *'),
	('@hourly'), ('@weekly'), ('@monthly'), ('@reboot'), ('10 seconds')) AS v (schedule);
SELECT next_run('0 5 * * *', '2026-11-22 00:48:30+00', 'America/Chicago');
SELECT next_run('0 25 * * *', now());
SELECT next_run('0 5-1 * * *', now());
SELECT next_run('*/0 * * * *', now());
SELECT next_run('a b c d e', now());

CREATE TABLE absences AS SELECT i AS student_id, i AS days FROM generate_series(1, 30) i;
SELECT create_watch_list('list', 'SELECT student_id FROM absences');
SELECT create_watch_list('never', 'SELECT student_id FROM absences');
SELECT add_rule('list', 'absence', 'SELECT student_id, 10 / (days - 0) FROM absences', '>=', 5, '{value}');
SELECT status FROM refresh_watch_list('list');
SELECT list, owner, state, as_of = current_date AS today, last_success = last_run AS ended_well, last_status, last_error, schedule, next_run, problem, fix
FROM watch_list_health ORDER BY list::text;
-- what is wrong, and the line that puts it right
RESET ROLE;
ALTER ROLE regress_analyst LOGIN;
SET ROLE regress_analyst;
SELECT list, state, problem, fix FROM watch_list_health ORDER BY list::text;
UPDATE absences SET days = 0 WHERE student_id = 1;
SELECT status FROM refresh_watch_list('list');
SELECT state, last_status, last_error, problem, fix FROM watch_list_health WHERE list = 'list'::regclass;
UPDATE absences SET days = 1 WHERE student_id = 1;
DELETE FROM absences WHERE student_id > 5;
SELECT status FROM refresh_watch_list('list');
SELECT state, last_status, problem, fix FROM watch_list_health WHERE list = 'list'::regclass;
INSERT INTO absences SELECT i, i FROM generate_series(6, 30) i;
SELECT status FROM refresh_watch_list('list');
-- without a schedule, a list is stale that was refreshed neither yesterday nor today, whatever the last school day was
UPDATE list_runs SET as_of = as_of - 7, ended_at = ended_at - interval '1 day';
SELECT state FROM watch_list_health WHERE list = 'list'::regclass;
UPDATE list_runs SET ended_at = ended_at - interval '1 day';
SELECT state FROM watch_list_health WHERE list = 'list'::regclass;
-- These are days of the list's time zone, whatever that of who asks is. Between the two zones here are 26 hours: it is never the same day in both.
CREATE FUNCTION ended_before_yesterday(zone text, by interval) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	UPDATE list_settings SET time_zone = zone;
	UPDATE list_runs SET ended_at = ((now() AT TIME ZONE zone)::date - interval '1 day' - by) AT TIME ZONE zone;
	RETURN (SELECT state FROM watch_list_health WHERE list = 'list'::regclass);
END $$;
BEGIN;
SET LOCAL timezone = 'Etc/GMT+12';
SELECT ended_before_yesterday('Pacific/Kiritimati', '0') AS yesterday, ended_before_yesterday('Pacific/Kiritimati', '1 second') AS day_before;
SET LOCAL timezone = 'Pacific/Kiritimati';
SELECT ended_before_yesterday('Etc/GMT+12', '0') AS yesterday, ended_before_yesterday('Etc/GMT+12', '1 second') AS day_before;
ROLLBACK;
-- nor with another scheduler, which has so long as the setting says, and needs no pg_cron
BEGIN;
SELECT change_settings('list', '{"refreshed_within": "3 days 6 hours"}');
UPDATE list_runs SET ended_at = now() - interval '3 days 6 hours';
SELECT state, problem FROM watch_list_health WHERE list = 'list'::regclass;
UPDATE list_runs SET ended_at = now() - interval '3 days 6 hours 1 second';
SELECT state, problem FROM watch_list_health WHERE list = 'list'::regclass;
ROLLBACK;
-- a run that is skipped says nothing of the list
INSERT INTO list_runs (status, started_at) VALUES ('skipped', now());
SELECT state, last_status FROM watch_list_health WHERE list = 'list'::regclass;

-- the owner's own, all of them for monitors and superusers, and no more than that they are for nobody
SET ROLE regress_other;
SELECT list FROM watch_list_health;
SET ROLE regress_monitor;
SELECT list, owner, state FROM watch_list_health ORDER BY list::text;
SELECT count(*) FROM list;
-- who may not use the schema either
RESET ROLE;
REVOKE USAGE ON SCHEMA district FROM regress_monitor;
SET ROLE regress_monitor;
SELECT list, owner, state FROM watch_list_health ORDER BY list::text;
RESET ROLE;
GRANT USAGE ON SCHEMA district TO regress_monitor;
SELECT list, owner, state FROM watch_list_health ORDER BY list::text;
-- one that cannot be read does not keep others from being seen: a part that is another's, and a relation that only looks like a list
RESET ROLE;
ALTER TABLE district.never_runs OWNER TO regress_other;
SET ROLE regress_analyst;
CREATE TABLE fake_current (student_id integer, status text);
CREATE TABLE fake_settings (id integer);
SELECT list, state FROM watch_list_health ORDER BY list::text;
SELECT problem FROM watch_list_health WHERE list = 'never'::regclass;
RESET ROLE;
SELECT list, state FROM watch_list_health ORDER BY list::text;
ALTER TABLE district.never_runs OWNER TO regress_analyst;
SET ROLE regress_analyst;
SELECT list, state FROM watch_list_health ORDER BY list::text;
DROP TABLE fake_current, fake_settings;
SELECT * FROM disagreement('list');

-- whatever is wrong, there is a line that mends it
RESET ROLE;
CREATE FUNCTION canceled(why text) RETURNS integer LANGUAGE plpgsql AS 'BEGIN RAISE query_canceled USING MESSAGE = why; END';
-- What is provoked, and what comes of doing what health says: first what is to be done by hand, or happens meanwhile, then
-- the line or, in words, the statements that are quoted, but for those with dots to be filled in; and the next refresh.
CREATE FUNCTION provoked(what text, by_hand text) RETURNS TABLE (place bigint, state text, problem text, fix text, comes_of_it text) LANGUAGE plpgsql AS $$
DECLARE
	found jsonb;
	line text;
	of_whom CONSTANT text := '(?:is no role|may not read it|may not use its schema)$|^row security is forced|has been granted';
BEGIN
	BEGIN
		EXECUTE what;
		RAISE SQLSTATE 'ZZZZZ' USING MESSAGE = (
			SELECT jsonb_agg(p ORDER BY p.place) FROM watch_list_problems AS p
			WHERE p.list = (SELECT h.list FROM watch_list_health AS h WHERE h.list::text ~ '^(list|fake)' ORDER BY h.list::text ~ 'fake' DESC LIMIT 1));
	EXCEPTION WHEN SQLSTATE 'ZZZZZ' THEN
		found := SQLERRM;
	END;
	FOR place, state, problem, fix IN SELECT * FROM jsonb_to_recordset(found) AS f (place bigint, state text, problem text, fix text) LOOP
		-- which is not to be had here: see test/t/watch_list_cron.pl
		CONTINUE WHEN problem = 'pg_cron is not loaded' AND place > 1;
		BEGIN
			EXECUTE what;
			IF by_hand IS NOT NULL THEN
				EXECUTE by_hand;
			END IF;
			FOR line IN SELECT m[1] FROM regexp_matches(fix, '((?:ALTER|CREATE|DELETE|DROP|GRANT|INSERT|REVOKE|SELECT|UPDATE) [^;]*;)', 'g') AS m WHERE m[1] !~ '\.\.\.' LOOP
				-- of the numbers of runs, those that are rolled back are gone
				EXECUTE regexp_replace(line, 'accept => \d+', (SELECT 'accept => ' || coalesce(max(run), 0) FROM list_runs));
			END LOOP;
			IF to_regclass('list') IS NOT NULL THEN
				PERFORM refresh_watch_list('list');
			END IF;
			-- nor is there the same of others
			comes_of_it := CASE WHEN EXISTS (SELECT FROM watch_list_problems p WHERE p.problem = provoked.problem OR substring(p.problem FROM of_whom) = substring(provoked.problem FROM of_whom)) THEN 'it is there still' ELSE 'mended' END;
			RAISE SQLSTATE 'ZZZZZ';
		EXCEPTION
			WHEN SQLSTATE 'ZZZZZ' THEN NULL;
			WHEN OTHERS THEN comes_of_it := SQLERRM;
		END;
		problem := regexp_replace(regexp_replace(problem, 'run \d+', 'run N'), '\d\d-\d\d-\d{4}|\d{4}-\d\d-\d\d', 'a day');
		fix := regexp_replace(fix, 'accept => \d+', 'accept => N');
		RETURN NEXT;
	END LOOP;
END $$;
SET client_min_messages = error;
UPDATE list_runs SET ended_at = now() WHERE run = (SELECT max(run) FROM list_runs WHERE status = 'succeeded');
DELETE FROM list_runs WHERE status = 'skipped';
SELECT state, problem FROM watch_list_health WHERE list = 'list'::regclass;
CREATE TABLE provoked_health AS
SELECT n, what, p.*
FROM (VALUES
	(1, $$UPDATE absences SET days = 0 WHERE student_id = 1; SELECT refresh_watch_list('list')$$, NULL),
	(2, $$INSERT INTO absences VALUES (1, 1); SELECT refresh_watch_list('list')$$, 'DELETE FROM absences WHERE ctid = (SELECT max(ctid) FROM absences)'),
	(3, $$SELECT change_students('list', days_query => 'SELECT CURRENT_DATE + 1'); SELECT refresh_watch_list('list')$$, $$SELECT change_students('list', days_query => 'SELECT CURRENT_DATE')$$),
	(4, $$SELECT change_students('list', 'SELECT student_id + 0 * canceled(''canceling statement due to statement timeout'') AS student_id FROM absences'); SELECT refresh_watch_list('list')$$, $$SELECT change_students('list', 'SELECT student_id FROM absences')$$),
	(5, $$SELECT change_students('list', 'SELECT student_id + 0 * canceled(''canceling statement due to user request'') AS student_id FROM absences'); SELECT refresh_watch_list('list')$$, $$SELECT change_students('list', 'SELECT student_id FROM absences')$$),
	(6, $$SELECT change_students('list', 'SELECT student_id / 0 AS student_id FROM absences'); SELECT refresh_watch_list('list')$$, $$SELECT change_students('list', 'SELECT student_id FROM absences')$$),
	(7, $$INSERT INTO list_runs (status, started_at, pid, statement_start) VALUES ('running', now(), 0, now())$$, NULL),
	(8, $$SELECT share_watch_list('list', 'SELECT ''a'' || 1 / days, student_id FROM absences'); UPDATE absences SET days = 0; SELECT refresh_watch_list('list')$$, 'CREATE ROLE a0; CREATE ROLE a1'),
	(9, $$DELETE FROM absences WHERE student_id > 5; SELECT refresh_watch_list('list')$$, NULL),
	(10, $$ALTER TABLE absences ALTER days TYPE numeric; SELECT refresh_watch_list('list')$$, NULL),
	(11, $$SELECT switch_rule('list', 'absence', false), refresh_watch_list('list')$$, $$SELECT switch_rule('list', 'absence', true)$$),
	(12, $$SELECT change_settings('list', '{"max_values_change": 1, "max_flagged_change": 1}'), change_rule('list', 'absence', applies_to => 'student_id > 99'); SELECT refresh_watch_list('list')$$,
		$$SELECT change_rule('list', 'absence', applies_to => '')$$),
	(13, $$INSERT INTO absences VALUES (NULL, 1); SELECT refresh_watch_list('list')$$, 'DELETE FROM absences WHERE student_id IS NULL'),
	(14, $$UPDATE list_settings SET database_oid = 0$$, NULL),
	(15, $$DROP VIEW list_held$$, NULL),
	(16, $$DROP TABLE list_alarms CASCADE$$, NULL),
	(17, $$UPDATE list_settings SET format = 99$$, $$UPDATE list_settings SET format = list_format()$$),
	(18, $$ALTER TABLE list_settings DROP COLUMN shown, DROP COLUMN granted, DROP COLUMN counted, DROP COLUMN table_oid, DROP COLUMN refreshed_within; ALTER TABLE list_runs DROP COLUMN n_without_viewer, DROP COLUMN n_unseen, DROP COLUMN combination, DROP COLUMN at_risk_at, DROP COLUMN watch_at, DROP COLUMN parts_unlike, DROP COLUMN sqlstate; ALTER TABLE list_flags DROP COLUMN said; UPDATE list_settings SET format = 0$$, NULL),
	(19, $$DELETE FROM list_settings$$, NULL),
	(20, $$ALTER TABLE list_runs OWNER TO regress_other$$, NULL),
	(21, $$UPDATE list_settings SET shown = false; UPDATE list_runs SET pid = 0$$, NULL),
	(22, $$UPDATE list_runs SET ended_at = ended_at - interval '5 days'$$, NULL),
	(23, $$DELETE FROM list_run_rules; DELETE FROM list_runs$$, NULL),
	(24, $$SELECT share_watch_list('list', 'SELECT ''regress_nobody'', student_id FROM absences')$$, NULL),
	(25, $$ALTER MATERIALIZED VIEW list OWNER TO regress_other; ALTER VIEW list_mine OWNER TO regress_other$$, NULL),
	(26, $$CREATE TABLE fake_current (student_id integer, status text); CREATE TABLE fake_settings (id integer)$$, 'ALTER TABLE fake_settings RENAME TO fake'),
	(27, $$DROP MATERIALIZED VIEW list$$, NULL),
	(28, $$ALTER ROLE regress_analyst NOLOGIN$$, NULL),
	(29, $$REVOKE CONNECT ON DATABASE contrib_regression FROM PUBLIC$$, NULL),
	(30, $$SELECT share_watch_list('list', 'SELECT ''regress_other'', student_id FROM absences')$$, NULL),
	(31, $$REVOKE USAGE ON SCHEMA district FROM regress_other; GRANT SELECT ON list_mine TO regress_other; SELECT share_watch_list('list', 'SELECT ''regress_other'', student_id FROM absences')$$, NULL),
	(32, $$SELECT change_settings('list', '{"language": "es"}')$$, $$INSERT INTO list_words (language, kind, name, words) VALUES ('es', 'rule', 'absence', 'Faltó {value}')$$),
	(33, $$GRANT INSERT ON list_queries TO regress_other; SELECT refresh_watch_list('list')$$, NULL),
	(34, $$SELECT change_rule('list', 'absence', thresholds_by => 'student_id', thresholds => '{" 7": 4}'), refresh_watch_list('list')$$, NULL),
	(35, $$SELECT change_rule('list', 'absence', thresholds_by => 'student_id', thresholds => '{"99": 4}'), refresh_watch_list('list')$$,
		$$SELECT change_rule('list', 'absence', thresholds => '{}')$$),
	(36, $$DELETE FROM absences WHERE student_id > 5; SELECT refresh_watch_list('list'); SELECT change_settings('list', '{"change_floor": 30}')$$, NULL),
	(37, $$ALTER TABLE list_settings DROP CONSTRAINT list_settings_pkey CASCADE; UPDATE list_settings SET owner = 0$$, NULL),
	(38, $$UPDATE list_runs SET as_of = as_of - 30$$, NULL),
	(39, $$UPDATE absences SET days = 0 WHERE student_id = 1; DELETE FROM list_run_rules; DELETE FROM list_runs; SELECT refresh_watch_list('list')$$, NULL),
	(40, $$GRANT SELECT ON list_mine TO regress_other; SELECT share_watch_list('list', 'SELECT ''regress_other'', nullif(student_id, 7) FROM absences'); SELECT refresh_watch_list('list')$$,
		$$SELECT share_watch_list('list', 'SELECT ''regress_other'', student_id FROM absences')$$),
	-- row security that is forced, with a policy that takes its time; what is not forced is nobody's business but of those who were granted the table
	(41, $$CREATE POLICY slow ON list_runs USING (pg_sleep(60) IS NOT NULL); ALTER TABLE list_runs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY$$, NULL),
	(42, $$CREATE POLICY none ON list_settings USING (false); ALTER TABLE list_settings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY$$, NULL),
	(43, $$CREATE POLICY slow ON list_runs USING (pg_sleep(60) IS NOT NULL); ALTER TABLE list_runs ENABLE ROW LEVEL SECURITY$$, NULL),
	-- a list is none without these two tables, but what is left says so
	(44, $$DROP TABLE list_current CASCADE$$, NULL),
	(45, $$DROP TABLE list_settings CASCADE$$, NULL),
	(46, $$DROP TABLE list_settings, list_rules, list_words CASCADE$$, NULL),
	(47, $$ALTER MATERIALIZED VIEW list RENAME TO list_of_the_students_who_need_someone_or_other$$, NULL),
	-- of several
	(48, $$SELECT share_watch_list('list', 'SELECT unnest(''{regress_nobody,"regress no one"}''::text[]), student_id FROM absences')$$, 'CREATE ROLE regress_nobody; CREATE ROLE "regress no one"'),
	(49, $$CREATE ROLE "regress third"; GRANT USAGE ON SCHEMA district TO "regress third";
		SELECT share_watch_list('list', 'SELECT unnest(''{regress_other,regress_monitor,"regress third"}''::text[]), student_id FROM absences')$$, NULL),
	(50, $$REVOKE USAGE ON SCHEMA district FROM regress_other, regress_monitor; GRANT SELECT ON list_mine TO regress_other, regress_monitor;
		SELECT share_watch_list('list', 'SELECT unnest(''{regress_other,regress_monitor}''::text[]), student_id FROM absences')$$, NULL),
	(51, $$ALTER TABLE list_runs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; ALTER TABLE list_flags ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY$$, NULL),
	(52, $$GRANT INSERT ON list_queries TO regress_other; GRANT UPDATE (query) ON list_queries TO regress_monitor; SELECT refresh_watch_list('list')$$, NULL),
	-- without these it is not known to be a list, but they are not lost
	(53, $$ALTER TABLE list_current OWNER TO regress_other$$, NULL),
	(54, $$ALTER TABLE list_settings OWNER TO regress_other; ALTER TABLE list_words OWNER TO regress_other$$, NULL),
	-- a column that is new, or of another type, behind a *
	(55, $$SELECT change_students('list', 'SELECT * FROM absences'); ALTER TABLE absences ADD note text, ADD secret text; SELECT refresh_watch_list('list')$$, NULL),
	(56, $$ALTER TABLE absences ADD teacher text; SELECT change_students('list', 'SELECT * FROM absences'); SELECT share_watch_list('list', viewer_column => 'teacher');
		ALTER TABLE absences ALTER days TYPE numeric; SELECT refresh_watch_list('list')$$, NULL),
	-- what the owner may not read
	(57, $$REVOKE SELECT ON absences FROM regress_analyst; SELECT refresh_watch_list('list')$$, NULL),
	(58, $$REVOKE ALL ON absences FROM regress_analyst; GRANT SELECT (student_id) ON absences TO regress_analyst; SELECT refresh_watch_list('list')$$, NULL),
	(59, $$CREATE SCHEMA "built by dbt"; CREATE TABLE "built by dbt"."Absences" AS TABLE absences; GRANT USAGE ON SCHEMA "built by dbt" TO regress_analyst; GRANT SELECT ON "built by dbt"."Absences" TO regress_analyst;
		SELECT change_students('list', 'SELECT * FROM "built by dbt"."Absences"'); SELECT refresh_watch_list('list');
		DROP TABLE "built by dbt"."Absences"; CREATE TABLE "built by dbt"."Absences" AS TABLE absences; SELECT refresh_watch_list('list')$$, NULL),
	(60, $$CREATE SCHEMA source; CREATE TABLE source.absences AS TABLE absences; GRANT USAGE ON SCHEMA source TO regress_analyst; GRANT SELECT ON source.absences TO regress_analyst;
		SELECT change_students('list', 'SELECT student_id FROM source.absences'); SELECT change_rule('list', 'absence', query => 'SELECT student_id, days FROM source.absences');
		SELECT drop_watch_list('never'); REASSIGN OWNED BY regress_analyst TO regress_other$$, NULL),
	-- values that are none, of 6 of 30, a fifth of the students; of 5, or of 20, it is not said; of 21 it is, however many there are
	(61, $$SELECT change_rule('list', 'absence', query => 'SELECT student_id, CASE WHEN student_id <= 6 THEN ''NaN'' ELSE 10 / days::numeric END FROM absences'); SELECT refresh_watch_list('list')$$,
		$$SELECT change_rule('list', 'absence', query => 'SELECT student_id, 10 / days FROM absences')$$),
	(62, $$SELECT change_settings('list', '{"change_floor": 30}'), change_rule('list', 'absence', query => 'SELECT student_id, days FROM absences UNION ALL SELECT student_id, 0 FROM absences WHERE student_id <= 5'); SELECT refresh_watch_list('list')$$, NULL),
	(63, $$INSERT INTO absences SELECT i, i FROM generate_series(31, 200) i; SELECT change_settings('list', '{"change_floor": 200}'), change_rule('list', 'absence',
		query => 'SELECT student_id, days FROM absences UNION ALL SELECT student_id, 0 FROM absences WHERE student_id <= 20'); SELECT refresh_watch_list('list'); SELECT change_settings('list', '{"change_floor": 20}')$$, NULL),
	(64, $$INSERT INTO absences SELECT i, i FROM generate_series(31, 200) i; SELECT change_settings('list', '{"change_floor": 200}'), change_rule('list', 'absence',
		query => 'SELECT student_id, days FROM absences UNION ALL SELECT student_id, 0 FROM absences WHERE student_id <= 21'); SELECT refresh_watch_list('list'); SELECT change_settings('list', '{"change_floor": 20}')$$,
		$$SELECT change_rule('list', 'absence', query => 'SELECT student_id, days FROM absences')$$),
	-- students whose numbers got wider, in all that the list reads, or in what says who may see whom alone
	(65, $$SELECT change_rule('list', 'absence', applies_to => 'student_id > 2'), share_watch_list('list', 'SELECT ''regress_other'', student_id FROM absences'); GRANT SELECT ON list_mine TO regress_other;
		ALTER TABLE absences ALTER student_id TYPE bigint; SELECT refresh_watch_list('list')$$, NULL),
	(66, $$CREATE TABLE viewers AS SELECT 'regress_other' AS viewer, student_id FROM absences; ALTER TABLE viewers OWNER TO regress_analyst;
		GRANT SELECT ON list_mine TO regress_other; SELECT share_watch_list('list', 'SELECT * FROM viewers'); ALTER TABLE viewers ALTER student_id TYPE bigint; SELECT refresh_watch_list('list')$$, NULL),
	(67, $$UPDATE list_settings SET time_zone = 'Mars/Olympus'; SELECT refresh_watch_list('list')$$, NULL),
	(68, $$ALTER SCHEMA district OWNER TO CURRENT_USER; REVOKE ALL ON SCHEMA district FROM regress_analyst$$, NULL),
	-- what another scheduler than pg_cron is to do
	(69, $$SELECT change_settings('list', '{"refreshed_within": "1 day"}'); UPDATE list_runs SET ended_at = now() - interval '25 hours'$$, NULL),
	(70, $$SELECT change_settings('list', '{"refreshed_within": "1 day"}'); DELETE FROM list_run_rules; DELETE FROM list_runs$$, NULL),
	-- columns of somebody's in the table of the list's students
	(71, $$ALTER TABLE list_current ADD note text, ADD "other note" text; SELECT refresh_watch_list('list')$$, NULL),
	-- a value that is no number any more
	(72, $$SELECT change_rule('list', 'absence', query => 'SELECT student_id, days FROM absences'); ALTER TABLE absences ALTER days TYPE text; SELECT refresh_watch_list('list')$$,
		'ALTER TABLE absences ALTER days TYPE integer USING days::integer')
) AS v (n, what, by_hand), provoked(what, by_hand) AS p;
RESET client_min_messages;
SELECT n, state, problem, CASE WHEN n BETWEEN 44 AND 46 THEN regexp_replace(fix, 'DROP .*', 'DROP ...') ELSE fix END AS fix FROM provoked_health ORDER BY n, place;
-- nothing that gives somebody rights is to be executed unread
SELECT n, fix FROM provoked_health WHERE fix !~ '^by hand: ' AND fix ~* 'grant|role|owner|create';
SELECT fix_text(fix) FROM unnest(ARRAY['GRANT SELECT ON t TO a;', 'ALTER ROLE a LOGIN;', 'ALTER TABLE t OWNER TO a;', 'SELECT gapstats.grant_watch_list(''l'', ''read'', ''a'');', 'CREATE ROLE a;',
	'SELECT gapstats.refresh_watch_list(''l''); GRANT SELECT ON t TO a;', 'ALTER TABLE t NO FORCE ROW LEVEL SECURITY;']) AS fix;
SELECT n, problem, fix, comes_of_it FROM provoked_health WHERE comes_of_it <> 'mended' AND problem <> 'pg_cron is not loaded' ORDER BY n, place;
DROP TABLE provoked_health;
SET ROLE regress_analyst;

-- who calls by what is left of a list is told the same
\set VERBOSITY default
BEGIN;
SET LOCAL client_min_messages = error;
DROP TABLE list_current CASCADE;
SAVEPOINT lost;
SELECT repair_watch_list('list_settings');
ROLLBACK TO lost;
\set VERBOSITY terse
SELECT export_watch_list('list_rules');
ROLLBACK TO lost;
SELECT drop_watch_list('list_next_viewers');
ROLLBACK TO lost;
-- which of it is somebody else's nobody sees
SET LOCAL ROLE regress_other;
SELECT list FROM watch_list_health;
SET LOCAL ROLE regress_monitor;
SELECT list, state FROM watch_list_health ORDER BY list::text;
ROLLBACK;

-- one problem hides no other; the gravest comes first, and that is the one beside the list
INSERT INTO absences VALUES (NULL, 1);
SELECT add_rule('list', 'nobody', 'SELECT student_id, days FROM absences WHERE student_id IS NOT NULL', '>=', 5, '{value}', applies_to => 'student_id > 99');
SELECT change_settings('list', '{"language": "de"}');
RESET ROLE;
REVOKE USAGE ON SCHEMA district FROM regress_other;
SET ROLE regress_analyst;
SELECT share_watch_list('list', $$SELECT unnest('{regress_nobody, regress_other}'::text[]), student_id FROM absences$$);
SET client_min_messages = error;
SELECT status FROM refresh_watch_list('list');
SELECT state, place, problem, fix FROM watch_list_problems WHERE list = 'list'::regclass ORDER BY place;
SELECT h.problem = p.problem AND h.fix = p.fix AS same FROM watch_list_health h JOIN watch_list_problems p USING (list) WHERE list = 'list'::regclass AND place = 1;
DELETE FROM absences WHERE student_id > 5;
SELECT status FROM refresh_watch_list('list');
RESET client_min_messages;
SELECT state, place, problem FROM watch_list_problems WHERE list = 'list'::regclass ORDER BY place LIMIT 2;
SET ROLE regress_other;
SELECT list FROM watch_list_problems;
SET ROLE regress_monitor;
SELECT count(*) > 1 AS all_of_them FROM watch_list_problems WHERE list::text ~ 'list$';
SET ROLE regress_analyst;
DELETE FROM absences WHERE student_id IS NULL;

--
-- Attendance that does not come in any more: runs succeed night after night, and the list stands still
--
CREATE TABLE taken AS SELECT current_date - 10 AS day;
SELECT create_watch_list('still', 'SELECT student_id FROM absences', days_query => 'SELECT day FROM taken', time_zone => 'GMT');
SELECT add_rule('still', 'absence', 'SELECT student_id, days FROM absences', '>=', 99, '{value}');
-- school on every day, so that it does not matter on which this runs, but for 9 days
SELECT change_settings('still', jsonb_build_object('calendar', array_agg(current_date + i)::dayset::text)) FROM generate_series(-10, 10) AS i WHERE i NOT BETWEEN -9 AND -1;
SELECT status FROM refresh_watch_list('still');
SELECT state FROM watch_list_health WHERE list = 'still'::regclass;
-- and now without holidays: 3 days have passed, and nothing has come
SELECT change_settings('still', jsonb_build_object('calendar', array_agg(current_date + i)::dayset::text)) FROM generate_series(-10, 10) AS i;
INSERT INTO taken VALUES (current_date - 4);
SELECT status FROM refresh_watch_list('still');
SELECT state, replace(problem, to_char(current_date - 4, 'YYYY-MM-DD'), 'that day') AS problem, fix FROM watch_list_health WHERE list = 'still'::regclass;
-- 2 days
INSERT INTO taken VALUES (current_date - 3);
SELECT status FROM refresh_watch_list('still');
SELECT state FROM watch_list_health WHERE list = 'still'::regclass;

-- By the calendar of 2026: Thanksgiving is on Thursday, 26 November, and Friday is free as well; the holidays are from
-- 19 December to 3 January, and after 8 January no days are known.  On which day a run is for which it says so is counted by hand.
CREATE FUNCTION behind(as_of date, run_on date, lag_days integer, calendar dayset, planned dayset) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	UPDATE still_settings SET lag_days = behind.lag_days, calendar = behind.calendar;
	-- of the planned days, the query gives those to come
	UPDATE still_runs SET as_of = behind.as_of, started_at = CASE run WHEN 1 THEN behind.as_of + 1 ELSE run_on END + time '05:00',
		school_days = behind.as_of::dayset | (planned & daterange(CASE run WHEN 1 THEN behind.as_of ELSE run_on END, NULL, '()')) WHERE run <= 2;
	RETURN (SELECT problem IS NOT NULL FROM days_problem('still', 2));
END $$;
WITH known (days) AS (
	SELECT array_agg(d::date)::dayset
	FROM generate_series(date '2026-11-02', date '2027-01-08', interval '1 day') AS d
	WHERE extract(isodow FROM d) <= 5 AND d NOT BETWEEN '2026-11-26' AND '2026-11-27' AND d NOT BETWEEN '2026-12-19' AND '2027-01-03'
)
SELECT why, as_of, lag_days, first_said, behind(as_of, first_said - 1, lag_days, calendar, planned) AS before, behind(as_of, first_said, lag_days, calendar, planned) AS said
FROM known, LATERAL (VALUES
	('Wednesday, Monday and Tuesday after Thanksgiving have passed', date '2026-11-24', 0, days, NULL::dayset, date '2026-12-02'),
	('the same, by days that were planned', '2026-11-24', 0, NULL, days, '2026-12-02'),
	('and a day later, where attendance is known a day later', '2026-11-24', 1, days, NULL, '2026-12-03'),
	('the first three days after the holidays', '2026-12-18', 0, days, NULL, '2027-01-07'),
	('the same, by days that were planned', '2026-12-18', 0, NULL, days, '2027-01-07'),
	('two weeks of holidays of which nothing is known, and a day', '2026-12-18', 0, NULL, NULL, '2027-01-05'),
	('two weeks and a day after the last that is known', '2027-01-08', 0, days, NULL, '2027-01-26'),
	('after it, a mistyped year tells of nothing', '2027-01-08', 0, days | '{2127-01-11}', NULL, '2027-01-26')
) AS v (why, as_of, lag_days, calendar, planned, first_said);
-- On which day a run began its time zone says: of school on every day, the third that was missed is over at midnight there.
CREATE FUNCTION began(zone text, at timestamp) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	UPDATE still_settings SET time_zone = zone, lag_days = 0, calendar = (SELECT array_agg(day::date)::dayset FROM generate_series(date '2026-09-01', '2026-09-30', '1 day') AS day);
	UPDATE still_runs SET as_of = '2026-09-01', started_at = at AT TIME ZONE zone;
	RETURN (SELECT problem IS NOT NULL FROM days_problem('still', 2));
END $$;
SET timezone = 'Etc/GMT+12';
SELECT began('Pacific/Kiritimati', '2026-09-04 23:59:59') AS before, began('Pacific/Kiritimati', '2026-09-05') AS said;
SET timezone = 'Pacific/Kiritimati';
SELECT began('Etc/GMT+12', '2026-09-04 23:59:59') AS before, began('Etc/GMT+12', '2026-09-05') AS said;
SET timezone = 'GMT';
SELECT drop_watch_list('still');
DROP TABLE taken;

SELECT drop_watch_list('list'), drop_watch_list('never');
SELECT relname FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relkind <> 'i' ORDER BY 1;
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst, regress_other, regress_monitor;
