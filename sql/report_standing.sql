--
-- report: reports that stand
--
\set SHOW_CONTEXT never
CREATE ROLE regress_analyst;
CREATE ROLE regress_reader;
CREATE ROLE regress_mallory;
CREATE ROLE regress_successor;
CREATE SCHEMA sis AUTHORIZATION regress_analyst;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
CREATE SCHEMA aside AUTHORIZATION regress_analyst;
GRANT USAGE ON SCHEMA district, sis TO PUBLIC;
SET SESSION AUTHORIZATION regress_analyst;
SET search_path = district, sis, gapstats;
SET DateStyle = 'ISO';
CREATE TYPE sis.kind AS ENUM ('public', 'charter');
CREATE DOMAIN sis.grade AS smallint CHECK (VALUE BETWEEN 0 AND 12);
CREATE TABLE sis.scores AS
SELECT i AS student_id, (ARRAY['White', 'Black', 'Asian'])[i % 3 + 1] AS race, i % 2 = 0 AS is_free_lunch, (3 + i % 2)::grade AS grade, 'School ' || i % 4 AS school,
	(ARRAY['public', 'charter'])[i % 2 + 1]::kind AS kind, 2023 + i % 2 AS year, date '2023-05-01' + 366 * (i % 2) AS tested_on, i * 7919 % 97 + CASE WHEN i % 3 = 0 THEN 10 ELSE 0 END AS score, i % 5 = 0 AS is_gifted
FROM generate_series(1, 600) AS i;

--
-- a report is a table of its own, whatever the owner's default privileges say
--
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO PUBLIC;
SELECT create_report('gaps', 'scores', '{"reading": {"score": "score", "direction": "higher"}, "gifted": {"outcome": "is_gifted", "direction": "higher"}}', '{race,is_free_lunch}',
	'{grade,school,kind}', 'tested_on', '{"reference_groups": {"race": "White"}, "digits": 6, "suppress": false}');
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM PUBLIC;
SELECT relname, relkind, ARRAY(SELECT DISTINCT grantee::regrole FROM aclexplode(relacl)) AS granted_to FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relkind IN ('r', 'S', 'v', 'm') ORDER BY relname COLLATE "C";
-- strata and the period are columns of their own types; what is not PostgreSQL's is a text, so that nothing depends on it
SELECT attname, atttypid::regtype FROM pg_attribute WHERE attrelid = 'gaps'::regclass AND attname IN ('grade', 'school', 'kind', 'period', 'previous_period', 'stratum', 'gap') ORDER BY attnum;
-- every other column is gap_report's, in its order, with its comment
SELECT array_agg(a.attname ORDER BY a.attnum) = array_agg(a.attname ORDER BY g.attnum) AS in_order, bool_and(col_description(a.attrelid, a.attnum) = col_description(g.attrelid, g.attnum)) AS described
FROM pg_attribute g JOIN pg_attribute a ON a.attrelid = 'gaps'::regclass AND a.attname = g.attname
WHERE g.attrelid = (SELECT typrelid FROM pg_type WHERE oid = 'gap_report'::regtype) AND g.attnum > 0;
SELECT c.relname, a.attname AS without_comment
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'district'::regnamespace AND c.relkind = 'r' AND c.relname ~ '^gaps' AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL);
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'gaps'::regclass AND contype <> 'n';
SELECT level, grade, school, kind, period, measure, group_focal, n_focal, value_focal, gap, previous_period, verdict
FROM gaps WHERE dimension = 'race' AND group_focal = 'Black' AND level IN ('all', 'grade, school', 'kind') ORDER BY measure, level, school, period LIMIT 8;
-- the rows are gap_report's
CREATE FUNCTION unlike(measures jsonb, dimensions text[], strata text[], period text) RETURNS TABLE (in_report bigint, in_call bigint, unlike bigint) LANGUAGE sql AS $$
	SELECT count(r.key), count(g.key), count(*) FILTER (WHERE to_jsonb(r) - $3 - '{period,previous_period}'::text[] <> to_jsonb(g) - '{stratum,period,previous_period}'::text[]
		OR r.period::text IS DISTINCT FROM g.period OR r.previous_period::text IS DISTINCT FROM g.previous_period
		OR CASE r.level WHEN 'all' THEN r.grade IS NOT NULL OR r.school IS NOT NULL
			WHEN 'grade, school, kind' THEN concat_ws(', ', r.grade, r.school, r.kind) <> g.stratum WHEN 'school' THEN r.school <> g.stratum ELSE false END)
	FROM gaps r FULL JOIN (SELECT * FROM gap_report('scores', $1, $2, $3, $4, reference_groups => '{"race": "White"}', digits => 6)) g USING (key) $$;
SELECT * FROM unlike('{"reading": {"score": "score", "direction": "higher"}, "gifted": {"outcome": "is_gifted", "direction": "higher"}}', '{race,is_free_lunch}', '{grade,school,kind}', 'tested_on');

-- whatever takes a report is for its owner, and none of it takes NULL for one; what shows it is granted on the table
CREATE FUNCTION called(role name, report text) RETURNS TABLE (function name, outcome text) LANGUAGE plpgsql AS $$
DECLARE
	f record;
BEGIN
	FOR f IN
		SELECT p.proname, format('%s gapstats.%I(%s%s)', CASE p.prokind WHEN 'p' THEN 'CALL' ELSE 'SELECT' END, p.proname, coalesce(quote_literal(report), 'NULL'),
			(SELECT string_agg(format(', %I => ''''', p.proargnames[n]), '') FROM generate_series(2, p.pronargs - p.pronargdefaults) n)) AS call
		FROM pg_proc p
		WHERE p.pronamespace = 'gapstats'::regnamespace AND p.proargtypes[0] = 'regclass'::regtype AND p.proargnames[1] = 'report'
		ORDER BY 1
	LOOP
		function := f.proname;
		outcome := 'done';
		BEGIN
			EXECUTE format('SET LOCAL ROLE %I', role);
			EXECUTE f.call;
		EXCEPTION WHEN OTHERS THEN
			outcome := SQLSTATE || ' ' || SQLERRM;
		END;
		RESET ROLE;
		RETURN NEXT;
	END LOOP;
END $$;
CREATE FUNCTION told(role name, report text) RETURNS TABLE (function regprocedure, result text) LANGUAGE plpgsql AS $$
DECLARE
	call text;
BEGIN
	FOR function, call IN
		SELECT p.oid, format('SELECT (gapstats_internal.%I(%s))::text', p.proname, (SELECT string_agg(CASE n WHEN 1 THEN quote_literal(report) ELSE 'NULL::' || p.proargtypes[n - 1]::regtype END, ', ') FROM generate_series(1, p.pronargs) n))
		FROM pg_proc p
		WHERE p.pronamespace = 'gapstats_internal'::regnamespace AND p.proargtypes[0] = 'regclass'::regtype AND p.proargnames[1] IN ('report', 'thing', 'runs', 'queries')
	LOOP
		BEGIN
			result := NULL;
			EXECUTE format('SET LOCAL ROLE %I', role);
			EXECUTE call INTO result;
		EXCEPTION WHEN OTHERS THEN
			IF SQLSTATE !~ '^(42501|22004|22002|42703|55000)' THEN
				result := SQLSTATE || ' ' || SQLERRM;
			END IF;
		END;
		RESET ROLE;
		IF result !~ '^(\{\}|\(,*\)|)$' THEN
			result := regexp_replace(result, '\d{4,}', 'N', 'g');
			RETURN NEXT;
		END IF;
	END LOOP;
END $$;
RESET SESSION AUTHORIZATION;
SELECT * FROM district.called('regress_reader', 'district.gaps');
-- nor do the functions behind them tell anything but names
SELECT * FROM district.told('regress_reader', 'district.gaps') ORDER BY function::text COLLATE "C";
SELECT * FROM district.called('regress_analyst', NULL);
SELECT * FROM district.called('regress_analyst', 'sis.scores');
SET SESSION AUTHORIZATION regress_analyst;
-- read when it is granted, and not before
SET SESSION AUTHORIZATION regress_reader;
SELECT count(*) FROM district.gaps;
SELECT * FROM report_health;
SET SESSION AUTHORIZATION regress_analyst;
GRANT SELECT ON gaps TO regress_reader;
SET SESSION AUTHORIZATION regress_reader;
SELECT count(*) > 100 AS has_rows FROM district.gaps;
SET SESSION AUTHORIZATION regress_analyst;

--
-- a refresh writes what differs
--
CREATE TABLE before AS SELECT key, r.xmin AS was, r.ctid AS at FROM gaps r;
SELECT status, n_rows > 100 AS has_rows, n_written, error FROM refresh_report('gaps');
CALL run_report('gaps');
SELECT count(*) FILTER (WHERE r.xmin <> b.was OR r.ctid <> b.at OR r.key IS NULL OR b.key IS NULL) AS rewritten FROM before b FULL JOIN gaps r USING (key);
UPDATE scores SET score = score + 1 WHERE school = 'School 1' AND race = 'Asian';
SELECT n_written AS written FROM refresh_report('gaps') \gset
SELECT count(*) FILTER (WHERE r.xmin <> b.was) = :written AS as_many, bool_and(r.measure = 'reading' AND r.period = '2024-05-01') FILTER (WHERE r.xmin <> b.was) AS of_what_changed FROM before b JOIN gaps r USING (key);
INSERT INTO scores SELECT 1000 + i, 'Samoan', true, 5, 'School 9', 'public', 2023, '2023-05-01', 50, false FROM generate_series(1, 3) i;
UPDATE gaps SET n_focal = -1 WHERE key IN (SELECT key FROM gaps ORDER BY key LIMIT 1);
SELECT run, status, n_written > 0 AS wrote FROM refresh_report('gaps');
SELECT status, n_added > 0 AS added, n_changed > 0 AS changed, n_removed, error, run_by FROM gaps_runs ORDER BY run DESC LIMIT 1;
DELETE FROM scores WHERE race = 'Samoan';
SELECT n_written > 0 AS wrote FROM refresh_report('gaps');
SELECT status, n_added, n_removed > 0 AS removed FROM gaps_runs ORDER BY run DESC LIMIT 1;
SELECT count(*) FROM gaps WHERE n_focal < 0 OR group_focal = 'Samoan';
-- a column that somebody adds is his
ALTER TABLE gaps ADD COLUMN note text, DROP COLUMN verdict;
UPDATE gaps SET note = 'look here' WHERE level = 'all';
SELECT status, error FROM refresh_report('gaps');
SELECT count(*) FILTER (WHERE note = 'look here') > 0 AS noted, count(verdict) > 0 AS has_verdicts, count(*) FILTER (WHERE note IS NOT NULL AND level <> 'all') AS others FROM gaps;
ALTER TABLE gaps DROP COLUMN verdict, ADD COLUMN verdict integer;
SELECT status, error FROM refresh_report('gaps');
UPDATE gaps_definition SET columns = array_remove(columns, 'verdict');
SELECT status, error FROM refresh_report('gaps');
SELECT problem, fix FROM report_health;
SELECT fix FROM report_health \gexec
SELECT status, error FROM refresh_report('gaps');
ALTER TABLE gaps DROP COLUMN own_verdict, DROP COLUMN note;

--
-- what is wrong is said when it is said, and nothing is made
--
SELECT create_report(NULL, 'scores', '{}', '{race}');
SELECT create_report('bad', NULL, '{}', '{race}');
SELECT create_report('bad', 'scores', NULL, '{race}');
SELECT create_report('bad', 'scores', '{}', NULL);
SELECT create_report('bad', 'scores', '{}', '{race}', NULL);
SELECT create_report('bad', 'scores', '{}', '{race}', options => NULL);
SELECT create_report('bad', 'scores', '{}', '{race}', names_in => NULL);
\set m '\'{"reading": {"score": "score", "direction": "higher"}}\''
SELECT create_report('bad', 'nowhere', :m, '{race}');
SELECT create_report('bad', 'SELECT 1; SELECT 2', :m, '{race}');
SELECT create_report('bad', 'DELETE FROM scores', :m, '{race}');
SELECT create_report('bad', 'SELECT * FROM scores FOR UPDATE', :m, '{race}');
SELECT create_report('bad', 'scores', '{"reading": {"score": "scor", "direction": "higher"}}', '{race}');
SELECT create_report('bad', 'scores', '{"reading": {"score": "school", "direction": "higher"}}', '{race}');
SELECT create_report('bad', 'scores', '{"reading": {"score": "score"}}', '{race}');
SELECT create_report('bad', 'scores', :m, '{rac}');
SELECT create_report('bad', 'scores', :m, '{}');
SELECT create_report('bad', 'scores', :m, '{race}', '{grad}');
SELECT create_report('bad', 'scores', :m, '{race}', '{grade,grade}');
SELECT create_report('bad', 'scores', :m, '{race}', '{grade,NULL}');
SELECT create_report('bad', 'scores', :m, '{race}', '{}', 'yaer');
SELECT create_report('bad', 'SELECT *, score AS gap FROM scores', :m, '{race}', '{gap}');
SELECT create_report('bad', 'SELECT s.*, s.* FROM scores s', :m, '{race}');
SELECT create_report('"50% of @report"', 'SELECT race, score, grade AS "% @x"" %s" FROM scores', :m, '{race}', '{"% @x\" %s"}');
SELECT status, n_written FROM refresh_report('"50% of @report"');
SELECT drop_report('"50% of @report"');
SELECT create_report('bad', 'scores', :m, '{race}', options => '[]');
\set VERBOSITY terse
SELECT create_report('bad', 'scores', :m, '{race}', options => '{"depht": 2}');
SELECT create_report('bad', 'scores', :m, '{race}', options => '{"strata": ["grade"]}');
\set VERBOSITY default
SELECT create_report('bad', 'scores', :m, '{race}', options => '{"depth": "two"}');
SELECT create_report('bad', 'scores', :m, '{race}', options => '{"depth": 3}');
SELECT create_report('bad', 'scores', :m, '{race}', options => '{"confidence": null}');
SELECT create_report('bad', 'scores', :m, '{race}', options => '{"reference_groups": {"race": "white"}}');
SELECT create_report('gaps', 'scores', :m, '{race}');
SELECT create_report('sis.scores', 'scores', :m, '{race}');
SELECT create_report('a.b.c', 'scores', :m, '{race}');
SELECT create_report('pg_temp.bad', 'scores', :m, '{race}');
SELECT create_report('nowhere.bad', 'scores', :m, '{race}');
SELECT create_report('gapstats.bad', 'scores', :m, '{race}');
SELECT create_report(repeat('x', 53), 'scores', :m, '{race}');
SELECT refresh_report('gaps_definition');
SELECT schedule_report('gaps', NULL);
CREATE TYPE bad_runs AS ENUM ();
SELECT create_report('bad', 'scores', :m, '{race}');
DROP TYPE bad_runs;
SELECT relname FROM pg_class WHERE relname ~ '^bad';
RESET SESSION AUTHORIZATION;
SELECT create_report('district.bad', 'sis.scores', :m, '{race}');
SET SESSION AUTHORIZATION regress_analyst;

--
-- a failing source leaves the last good rows, and a row that says why
--
CREATE TABLE before_failures AS TABLE gaps;
ALTER TABLE scores RENAME COLUMN race TO ethnicity;
SELECT status, error FROM refresh_report('gaps');
SELECT report, state, last_status, problem, fix FROM report_health;
\set VERBOSITY terse
CALL run_report('gaps');
\set VERBOSITY default
ALTER TABLE scores RENAME COLUMN ethnicity TO race;
-- what is of no concern is no difference
ALTER TABLE scores ADD COLUMN another integer, ALTER COLUMN student_id TYPE bigint;
SELECT status FROM refresh_report('gaps');
-- another type, another relation and other settings are
ALTER TABLE scores ALTER COLUMN grade TYPE integer;
SELECT status, error FROM refresh_report('gaps');
SELECT problem, fix FROM report_health;
ALTER TABLE scores ALTER COLUMN grade TYPE grade;
SELECT status FROM refresh_report('gaps');
CREATE TABLE district.scores AS SELECT * FROM sis.scores LIMIT 10;
SELECT status, error FROM refresh_report('gaps');
DROP TABLE district.scores;
-- a table that is made anew under the same name is the same
CREATE TABLE sis.scores_new AS TABLE sis.scores;
DROP TABLE sis.scores;
ALTER TABLE sis.scores_new RENAME TO scores;
SELECT status, n_written FROM refresh_report('gaps');
-- an error in a row, of which nothing is shown but the message, and a source that is empty
SELECT create_report('ratio', 'SELECT race, 100 / (score + 1) AS score FROM scores', :m, '{race}');
UPDATE scores SET score = -1 WHERE student_id = 7;
SELECT status, error FROM refresh_report('ratio');
UPDATE scores SET score = 4 WHERE student_id = 7;
BEGIN;
DELETE FROM scores WHERE student_id > 150;
SELECT status, error FROM refresh_report('ratio');
SELECT state, problem, fix FROM report_health WHERE report = 'ratio'::regclass;
DELETE FROM scores;
SELECT status, error FROM refresh_report('ratio');
SELECT count(*) > 0 AS has_rows FROM ratio;
SELECT status, n_rows, n_written FROM refresh_report('ratio', accept => true);
SELECT refresh_report('ratio', accept => NULL);
ROLLBACK;
-- nor is what is half loaded all that there is when the report is changed, or goes on
CREATE TABLE half AS TABLE scores;
SELECT create_report('loaded', 'half', :m, '{race}', '{school}');
UPDATE half SET school = 'School 0', race = 'White';
\set VERBOSITY terse
SELECT alter_report('loaded', options => '{"digits": 5}');
\set VERBOSITY default
SELECT alter_report('loaded', strata => '{kind}');
SELECT alter_report('loaded', strata => '{school}');
DELETE FROM half WHERE student_id > 150;
SELECT alter_report('loaded', 'SELECT * FROM half');
\set VERBOSITY terse
SELECT alter_report('loaded', options => '{"reference": "everyone"}');
SELECT alter_report('loaded', strata => '{}');
SELECT resume_report('loaded');
SELECT alter_report('loaded', strata => '{}', accept => NULL);
\set VERBOSITY default
SELECT r.n_focal, d.strata, d.options, d.rows FROM loaded_definition d, loaded r WHERE r.level = 'all';
SELECT count(*) AS runs FROM loaded_runs;
SELECT alter_report('loaded', strata => '{}', accept => true);
SELECT n_focal, level FROM loaded;
DELETE FROM half WHERE student_id > 50;
SELECT resume_report('loaded', accept => true);
SELECT n_focal, level FROM loaded;
-- of other measures, groups or periods there is nothing that it could be less than
DELETE FROM half WHERE student_id > 20;
SELECT alter_report('loaded', dimensions => '{is_free_lunch}');
SELECT n_focal, level FROM loaded;
SELECT drop_report('loaded');
DROP TABLE half;
-- too long
SELECT create_report('slowly', 'SELECT race, score FROM scores', :m, '{race}');
SELECT alter_report('slowly', 'SELECT race, score FROM (SELECT race, score, pg_sleep(0.00001) IS NULL AS is_slow FROM scores OFFSET 0) s WHERE NOT is_slow');
SELECT * INTO slowly_before FROM slowly;
UPDATE slowly_definition SET query = replace(query, '0.00001', '100.5');
SET statement_timeout = '500ms';
SELECT status, error FROM refresh_report('slowly');
RESET statement_timeout;
SELECT state, problem, fix FROM report_health WHERE report = 'slowly'::regclass;
SELECT count(*) AS differ FROM slowly r FULL JOIN slowly_before b USING (key) WHERE to_jsonb(r) IS DISTINCT FROM to_jsonb(b);
SELECT drop_report('slowly');
SELECT count(*) AS differ FROM gaps r FULL JOIN before_failures b USING (key) WHERE to_jsonb(r) IS DISTINCT FROM to_jsonb(b);
-- runs are kept for a year, or as long as is said; of older ones the last that succeeded, and the last that did not
SELECT create_report('kept', 'scores', :m, '{race}');
CREATE PROCEDURE add_old_runs() LANGUAGE sql AS $$
	INSERT INTO kept_runs (status, started_at, error)
	SELECT status, now() - months * interval '1 month', months FROM (VALUES ('succeeded', 50), ('failed', 40), ('canceled', 39), ('held', 38), ('succeeded', 37), ('skipped', 36), ('failed', 6)) AS v (status, months) $$;
CALL add_old_runs();
SELECT status, error FROM refresh_report('kept');
SELECT status, error AS months_ago FROM kept_runs ORDER BY run;
DELETE FROM kept_runs WHERE error = '6';
CALL add_old_runs();
DELETE FROM kept_runs WHERE error = '6';
CALL run_report('kept');
SELECT status, error AS months_ago FROM kept_runs ORDER BY run;
CALL run_report('kept');
SELECT status, error AS months_ago FROM kept_runs ORDER BY run;
SELECT alter_report('kept', options => '{"keep_runs": "10 years"}');
CALL add_old_runs();
SELECT status, error FROM refresh_report('kept');
SELECT count(*) FILTER (WHERE error <> '') AS old FROM kept_runs;
SELECT alter_report('kept', options => '{"keep_runs": "1 month"}');
SELECT status, error FROM refresh_report('kept');
SELECT status, error AS months_ago FROM kept_runs WHERE error <> '' ORDER BY run;
-- whatever of its owner's keeps them does not keep it from being refreshed
CREATE TABLE remarks (run bigint REFERENCES kept_runs);
CALL add_old_runs();
INSERT INTO remarks SELECT run FROM kept_runs WHERE error = '50';
SELECT status, error FROM refresh_report('kept');
DROP TABLE remarks;
\set VERBOSITY terse
SELECT alter_report('kept', options => '{"keep_runs": "soon"}');
SELECT alter_report('kept', options => '{"keep_runs": 90}');
SELECT alter_report('kept', options => '{"keep_runs": null}');
SELECT alter_report('kept', options => '{"keep_runs": "-1 day"}');
SELECT alter_report('kept', options => '{"keep_runs": "100000 years"}');
\set VERBOSITY default
SELECT drop_report('kept');
-- run by a query of a report, which only reads
CREATE FUNCTION again() RETURNS text LANGUAGE sql AS 'SELECT status FROM gapstats.refresh_report(''district.ratio'')';
SELECT create_report('again', 'SELECT race, score FROM scores WHERE again() IS NULL', :m, '{race}');

--
-- changed without breaking what depends on it
--
CREATE VIEW chart AS SELECT grade, school, period, gap FROM gaps;
SELECT alter_report('gaps', strata => '{school,is_free_lunch}', dimensions => '{race}', options => '{"reference": "everyone"}');
SELECT count(*) FILTER (WHERE grade IS NOT NULL) AS graded, count(school) > 0 AS has_schools FROM chart;
SELECT attname, atttypid::regtype, col_description(attrelid, attnum) FROM pg_attribute WHERE attrelid = 'gaps'::regclass AND attname IN ('grade', 'kind', 'is_free_lunch') ORDER BY 1;
SELECT DISTINCT dimension, level, group_reference FROM gaps ORDER BY 2;
SELECT dimensions, strata, period, options FROM gaps_definition;
-- back again, in the column that is there
SELECT alter_report('gaps', strata => '{grade}');
SELECT count(grade) > 0 AS graded, count(school) AS schools FROM gaps;
-- a type that a view reads is not changed, and nothing is
SELECT alter_report('gaps', period => 'year');
SELECT alter_report('gaps', period => '');
SELECT alter_report('gaps', measures => '{"reading": {"score": "scor", "direction": "higher"}}');
\set VERBOSITY terse
SELECT alter_report('gaps', options => '{"depht": 1}');
SELECT alter_report('gaps', period => NULL);
\set VERBOSITY default
SELECT dimensions, strata, period, measures -> 'reading' ->> 'score' AS score FROM gaps_definition;
DROP VIEW chart;
SELECT alter_report('gaps', period => 'year');
SELECT atttypid::regtype FROM pg_attribute WHERE attrelid = 'gaps'::regclass AND attname IN ('period', 'previous_period');
SELECT DISTINCT period FROM gaps ORDER BY 1;
SELECT alter_report('gaps', period => '');
SELECT DISTINCT period FROM gaps;
-- the rows themselves, in a search path of their own
SET search_path = gapstats, sis;
SELECT alter_report('district.gaps', 'SELECT race, grade, score, is_gifted FROM scores WHERE grade = 3', accept => true);
SET search_path = district, sis, gapstats;
SELECT rows, query, names_in FROM gaps_definition;
SELECT count(DISTINCT grade) FROM gaps;
SELECT status, n_written FROM refresh_report('gaps');
-- whoever changes something else does not say that the rows may be others
ALTER TABLE scores ALTER COLUMN grade TYPE integer;
SELECT alter_report('gaps', strata => '{}');
SELECT resume_report('gaps');
SELECT atttypid::regtype FROM pg_attribute WHERE attrelid = 'gaps'::regclass AND attname = 'grade';
SELECT status, n_written FROM refresh_report('gaps');

--
-- whatever the session is like
--
SET search_path = pg_temp;
SET DateStyle = 'German';
SET extra_float_digits = -10;
SET bytea_output = escape;
SET quote_all_identifiers = on;
SET TimeZone = 'Asia/Tokyo';
CREATE FUNCTION pg_temp.eq(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'hijacked'; END $$;
CREATE OPERATOR pg_temp.= (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_temp.eq);
CREATE FUNCTION pg_temp.format(text, VARIADIC text[]) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'hijacked'; END $$;
CREATE FUNCTION pg_temp.count(text) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE 'hijacked'; END $$;
SET search_path = pg_temp, pg_catalog;
SELECT gapstats.create_report('district.other', 'SELECT race, score, tested_on, timestamptz ''2026-01-01 00:00+00'' AS seen_at FROM sis.scores', '{"reading": {"score": "score", "direction": "higher"}}', '{race}', '{seen_at}', 'tested_on');
CALL gapstats.run_report('district.other');
SELECT r.status, r.n_written FROM gapstats.refresh_report('district.other') r;
RESET ALL;
SET search_path = district, sis, gapstats;
SET TimeZone = 'UTC';
SELECT status, n_written FROM refresh_report('other');
SELECT DISTINCT seen_at, period FROM other WHERE level = 'seen_at' ORDER BY 2;
SELECT drop_report('other'), drop_report('ratio');

--
-- what strangers put under it runs with nobody's rights but theirs
--
SET SESSION AUTHORIZATION regress_mallory;
SELECT count(*) FROM district.gaps_definition;
RESET SESSION AUTHORIZATION;
GRANT CREATE ON SCHEMA sis TO regress_mallory;
SET SESSION AUTHORIZATION regress_mallory;
CREATE FUNCTION sis.take() RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE WARNING 'mallory''s function runs as %', current_user; RETURN true; END $$;
CREATE FUNCTION sis.fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'mallory''s trigger runs as %', current_user; RETURN new; END $$;
CREATE TABLE sis.marks AS SELECT race, score FROM (VALUES ('a', 1), ('a', 2), ('b', 3), ('b', 5)) v (race, score);
CREATE VIEW sis.marks_view AS SELECT race, score FROM sis.marks WHERE sis.take();
GRANT SELECT ON sis.marks, sis.marks_view TO PUBLIC;
SET SESSION AUTHORIZATION regress_analyst;
SELECT create_report('theirs', 'SELECT race, score FROM marks WHERE take()', :m, '{race}');
SELECT create_report('theirs', 'marks_view', :m, '{race}');
SELECT create_report('theirs', 'marks', :m, '{race}');
SET SESSION AUTHORIZATION regress_mallory;
SET client_min_messages = error;
CREATE INDEX ON sis.marks (score) WHERE sis.take();
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_analyst;
SELECT status, error FROM refresh_report('theirs');
RESET SESSION AUTHORIZATION;
SELECT status, error FROM gapstats.refresh_report('district.theirs');
SELECT count(*) FROM report_health WHERE report = 'district.theirs'::regclass;
SET SESSION AUTHORIZATION regress_analyst;
-- nobody writes what a report runs
GRANT UPDATE ON gaps_definition TO regress_mallory;
SELECT refresh_report('gaps');
SELECT state, problem, fix FROM report_health WHERE report = 'gaps'::regclass;
REVOKE ALL ON gaps_definition FROM regress_mallory;
-- who may put a trigger on the table does not act as its owner
GRANT TRIGGER ON gaps TO regress_mallory;
SET SESSION AUTHORIZATION regress_mallory;
CREATE TRIGGER mallory BEFORE INSERT OR UPDATE OR DELETE ON district.gaps FOR EACH ROW EXECUTE FUNCTION sis.fire();
SET SESSION AUTHORIZATION regress_analyst;
UPDATE scores SET score = score + 1 WHERE student_id < 100;
SELECT status, error FROM refresh_report('gaps');
DROP TRIGGER mallory ON gaps;
REVOKE TRIGGER ON gaps FROM regress_mallory;
SELECT status, n_written > 0 AS wrote FROM refresh_report('gaps');
-- a table of hers that says it defines the report
SET SESSION AUTHORIZATION regress_mallory;
CREATE TABLE sis.gaps_definition (id integer, measures jsonb, report regclass DEFAULT 'district.gaps'::regclass);
CREATE TABLE sis.scores_definition (id integer, measures jsonb, report regclass DEFAULT 'sis.scores'::regclass);
SET SESSION AUTHORIZATION regress_analyst;
SELECT status, n_written FROM refresh_report('gaps');
SELECT state, problem FROM report_health WHERE report = 'gaps'::regclass;
SELECT refresh_report('scores');
SELECT state, problem, fix FROM report_health WHERE report = 'scores'::regclass;
RESET SESSION AUTHORIZATION;
REVOKE CREATE ON SCHEMA sis FROM regress_mallory;
DROP TABLE sis.gaps_definition, sis.scores_definition;
SET SESSION AUTHORIZATION regress_analyst;
SELECT drop_report('theirs');

--
-- renamed, moved, given away, and not whole
--
ALTER TABLE gaps RENAME TO "Gaps of 2026";
SELECT status, n_written FROM refresh_report('"Gaps of 2026"');
SELECT relname FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relkind = 'r' AND relname ~ 'Gaps' ORDER BY 1;
ALTER TABLE "Gaps of 2026" RENAME TO gaps;
CREATE TABLE gaps_runs ();
SELECT status, n_written FROM refresh_report('gaps');
DROP TABLE gaps_runs;
SELECT status, n_written FROM refresh_report('gaps');
ALTER TABLE gaps SET SCHEMA aside;
SELECT refresh_report('aside.gaps');
SELECT report, state, problem, fix FROM report_health;
SELECT string_agg(s, '') FROM (SELECT substring(fix FROM 'ALTER .*;') FROM report_health) AS f (s);
ALTER TABLE aside.gaps SET SCHEMA district;
ALTER TABLE gaps_runs RENAME TO runs_of_gaps;
SELECT refresh_report('gaps');
SELECT state, problem, fix FROM report_health;
ALTER TABLE runs_of_gaps RENAME TO gaps_runs;
ALTER TABLE gaps ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SELECT state, problem, fix FROM report_health;
SELECT fix FROM report_health \gexec
ALTER TABLE gaps DISABLE ROW LEVEL SECURITY;
UPDATE gaps_definition SET format = 2;
SELECT refresh_report('gaps');
UPDATE gaps_definition SET format = 1;
SELECT state, problem FROM report_health;
-- Whatever its owner writes into a definition, of each column: the report is refreshed, or an error names the definition, or what of it, and the way to mend it;
-- which is gone, to be seen at the next refresh.
CREATE FUNCTION forged(what text, OUT outcome text, OUT mended text) LANGUAGE plpgsql AS $$
DECLARE
	hint text;
	line text;
	done record;
BEGIN
	EXECUTE 'UPDATE gaps_definition SET ' || what;
	BEGIN
		SELECT * INTO done FROM refresh_report('gaps');
		outcome := concat_ws(': ', done.status, done.error);
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
		outcome := SQLERRM;
		FOR line IN SELECT m[1] FROM regexp_matches(hint, '((?:SELECT|UPDATE) [^;]*;)', 'g') m LOOP
			line := replace(line, '''...''', CASE WHEN line ~ 'measures =>' THEN '''{"reading": {"score": "score", "direction": "higher"}}''' WHEN line ~ 'strata =>' THEN '''{grade}''' ELSE '''{}''' END);
			CONTINUE WHEN line ~ 'schedule_report';
			EXECUTE line;
		END LOOP;
		IF line IS NOT NULL THEN
			SELECT * INTO done FROM refresh_report('gaps');
			mended := done.status;
		END IF;
	END;
	RAISE SQLSTATE 'ZZZZZ';
EXCEPTION
	WHEN SQLSTATE 'ZZZZZ' THEN NULL;
	WHEN OTHERS THEN
		mended := SQLERRM;
END $$;
SET client_min_messages = error;
SELECT f.what, r.*
FROM pg_attribute a
JOIN (VALUES ('text', 'nope'), ('text', '"'), ('jsonb', '5'), ('jsonb', '{"depth": "x"}'), ('jsonb', '{"a": [5]}'), ('jsonb', '{"reading": {"score": null}}'),
	('text[]', '{NULL}'), ('text[]', '{}'), ('text[]', '{{grade,race}}'), ('text[]', '[2:2]={grade}'), ('text[]', '{gap}'), ('oid', '0'), ('bigint', '-1'), ('integer', '-7'), ('regclass', '0')) v (type, value)
	ON v.type = format_type(a.atttypid, -1)
CROSS JOIN LATERAL format('%I = %L', a.attname, v.value) f (what)
CROSS JOIN LATERAL forged(f.what) r
WHERE a.attrelid = 'gaps_definition'::regclass AND a.attnum > 0 AND a.attname <> 'id' AND r.outcome <> 'succeeded' AND r.mended IS DISTINCT FROM 'succeeded'
ORDER BY a.attnum, v.value COLLATE "C";
SELECT w.what, r.*
FROM (VALUES ($$measures = '5'$$), ($$options = '[]'$$), ($$strata = '{gap}'$$), ($$date_style = 'nope'$$), ($$names_in = '"'$$), ($$schedule = '* * * * 99'$$), ($$columns = '{}'$$), ($$owners = '5'$$)) AS w (what)
CROSS JOIN LATERAL forged(w.what) r;
SELECT setval(pg_get_serial_sequence('gaps_runs', 'run'), (SELECT max(run) FROM gaps_runs)) \g /dev/null
UPDATE gaps_definition SET options = '[]';
SELECT state, problem, fix FROM report_health;
SELECT alter_report('gaps', options => '{}');
SELECT state, problem, fix FROM report_health;
RESET client_min_messages;
RESET SESSION AUTHORIZATION;
GRANT CREATE ON SCHEMA district TO regress_successor;
ALTER TABLE district.gaps OWNER TO regress_successor;
SELECT state, problem, fix FROM report_health WHERE report = 'district.gaps'::regclass;
ALTER TABLE district.gaps_definition OWNER TO regress_successor;
ALTER TABLE district.gaps_runs OWNER TO regress_successor;
SET SESSION AUTHORIZATION regress_successor;
SELECT status, error FROM refresh_report('district.gaps');
SELECT state, problem, fix FROM report_health;
SELECT alter_report('district.gaps', strata => '{}');
SELECT resume_report('district.gaps');
RESET SESSION AUTHORIZATION;
GRANT SELECT ON sis.scores TO regress_successor;
SET SESSION AUTHORIZATION regress_successor;
SELECT resume_report('district.gaps');
SELECT status, n_written FROM refresh_report('district.gaps');
SELECT state, problem FROM report_health;
-- a role that is renamed is the same
RESET SESSION AUTHORIZATION;
ALTER ROLE regress_analyst RENAME TO regress_analyst_2;
SELECT status, error FROM refresh_report('district.gaps');
ALTER ROLE regress_analyst_2 RENAME TO regress_analyst;
-- monitors see all, also who may not use the schema, and also of one that is not whole
REVOKE USAGE ON SCHEMA district FROM PUBLIC;
GRANT USAGE ON SCHEMA district TO regress_successor;
SET ROLE pg_monitor;
SELECT report, owner, state FROM report_health;
RESET ROLE;
ALTER TABLE district.gaps_runs RENAME TO runs_of_gaps;
SET ROLE pg_monitor;
SELECT report, owner, state, problem FROM report_health;
RESET ROLE;
ALTER TABLE district.runs_of_gaps RENAME TO gaps_runs;
GRANT USAGE ON SCHEMA district TO PUBLIC;
REVOKE USAGE ON SCHEMA district FROM regress_successor;

-- what is not the report's own is left alone, and what hides or doubles its rows is told
SET SESSION AUTHORIZATION regress_successor;
CREATE TABLE district.kid () INHERITS (district.gaps);
INSERT INTO district.kid (key) VALUES ('hers');
SELECT status, n_written FROM refresh_report('district.gaps');
SELECT key FROM district.kid;
DROP TABLE district.kid;
ALTER TABLE district.gaps ENABLE ROW LEVEL SECURITY;
ALTER TABLE district.gaps FORCE ROW LEVEL SECURITY;
SELECT status, error FROM refresh_report('district.gaps');
SELECT problem, fix FROM report_health;
ALTER TABLE district.gaps NO FORCE ROW LEVEL SECURITY;
ALTER TABLE district.gaps DISABLE ROW LEVEL SECURITY;
ALTER TABLE district.gaps DROP CONSTRAINT gaps_pkey;
SELECT status, error FROM refresh_report('district.gaps');
SELECT problem, fix FROM report_health;
ALTER TABLE district.gaps ADD PRIMARY KEY (key);
SELECT status, n_written FROM refresh_report('district.gaps');
RESET SESSION AUTHORIZATION;

-- dropped with all that is its own
SET SESSION AUTHORIZATION regress_successor;
CREATE VIEW district.chart AS SELECT gap FROM district.gaps;
SELECT drop_report('district.gaps');
DROP TABLE district.gaps;
DROP TABLE district.gaps CASCADE;
SELECT create_report('district.gaps', 'sis.scores', :m, '{race}');
DROP TABLE district.gaps_definition, district.gaps_runs;
SELECT create_report('district.gaps', 'sis.scores', :m, '{race}');
SELECT drop_report('district.gaps');
SELECT relname FROM pg_class WHERE relname ~ '^gaps';
SELECT * FROM report_health;
RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA sis, district, aside CASCADE;
DROP OWNED BY regress_analyst, regress_reader, regress_mallory, regress_successor;
DROP ROLE regress_analyst, regress_reader, regress_mallory, regress_successor;
