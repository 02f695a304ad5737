--
-- watch_list: nothing that a list reads runs a stranger's code with the rights of its owner
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
-- What Mallory wants others to run. A sequence remembers whatever is rolled back.
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
-- a stranger's function, wherever it hides
--
SELECT add_rule('list', 'bad', 'SELECT student_id, loot.harmless(mark) FROM marks', '>', 0, 'bad');
SELECT add_rule('list', 'bad', 'SELECT student_id, mark FROM marks WHERE loot.harmless(mark) > 0', '>', 0, 'bad');
SELECT add_rule('list', 'bad', 'SELECT student_id, OPERATOR(loot.@@@) mark FROM marks', '>', 0, 'bad');
SELECT add_rule('list', 'bad', 'SELECT student_id, loot.most(mark) FROM marks GROUP BY student_id', '>', 0, 'bad');
SELECT add_rule('list', 'bad', 'SELECT student_id, mark::loot.number FROM marks', '>', 0, 'bad');
SELECT add_rule('list', 'bad', 'SELECT student_id, mark FROM marks', '>', 0, 'bad', applies_to => 'loot.take(student_id) > 0');
SELECT create_watch_list('bad', 'SELECT loot.harmless(student_id) AS student_id FROM students');
SELECT create_watch_list('bad', 'SELECT student_id FROM students', days_query => 'SELECT current_date + loot.take(0)');
SELECT share_watch_list('list', 'SELECT loot.harmless(1)::text, student_id FROM students');
SELECT * FROM preview_rule('list', 'SELECT student_id, loot.take(mark) FROM marks', '>', '{0}');
SELECT * FROM audit_watch_list('list', 'SELECT student_id, loot.take(student_id) > 1 FROM students', NULL);
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
SELECT add_rule('list', 'shared', 'SELECT student_id, value FROM loot.shared', '>', 3, 'shared');
SELECT status, flagged FROM refresh_watch_list('list');

--
-- what is put under a rule after it was added: each is refused, named, and nothing of it runs
--
CREATE PROCEDURE refused() LANGUAGE plpgsql AS $$
DECLARE
	outcome record;
BEGIN
	SET LOCAL client_min_messages = error;
	outcome := refresh_watch_list('list');
	RESET client_min_messages;
	RAISE INFO '% % (%)', outcome.status, outcome.error, outcome.rule;
END $$;
SET SESSION AUTHORIZATION regress_mallory;
CREATE OR REPLACE VIEW loot.view AS SELECT student_id, loot.take(value) AS value FROM loot.shared;
SET SESSION AUTHORIZATION regress_owner;
CALL refused();
SELECT drop_rule('list', 'view');
-- a policy
SET SESSION AUTHORIZATION regress_mallory;
CREATE POLICY trap ON loot.shared USING (loot.take(1) = 1);
ALTER TABLE loot.shared ENABLE ROW LEVEL SECURITY;
SET SESSION AUTHORIZATION regress_owner;
CALL refused();
SET SESSION AUTHORIZATION regress_mallory;
DROP POLICY trap ON loot.shared;
-- one, and a view, that do with the owner's rights what PostgreSQL's and our own functions do
CREATE POLICY trap ON loot.shared USING (pg_notify('loot', (SELECT string_agg(s::text, ',') FROM district.marks s)) IS NOT NULL);
SET SESSION AUTHORIZATION regress_owner;
CALL refused();
SET SESSION AUTHORIZATION regress_mallory;
ALTER TABLE loot.shared DISABLE ROW LEVEL SECURITY;
DROP POLICY trap ON loot.shared;
CREATE OR REPLACE VIEW loot.view AS SELECT student_id, value FROM loot.shared WHERE query_to_xml('TABLE district.marks', true, true, '') IS NOT NULL;
SET SESSION AUTHORIZATION regress_owner;
SELECT add_rule('list', 'view', 'SELECT student_id, value FROM loot.view', '>', 5, 'view');
-- stable ones that read what they are told to: PostgreSQL's own, of an extension, and a part of this one
RESET SESSION AUTHORIZATION;
DO $$
DECLARE
	f record;
BEGIN
	FOR f IN
		SELECT p.oid::regprocedure AS name, format('CREATE OR REPLACE VIEW loot.view AS SELECT student_id, value FROM loot.shared WHERE (%s.%I(%s)) IS NOT NULL', p.pronamespace::regnamespace, proname,
			(SELECT string_agg(format('NULL::%s', format_type(t, -1)), ', ' ORDER BY i) FROM unnest(proargtypes::oid[]) WITH ORDINALITY AS a (t, i))) AS made
		FROM pg_proc p
		WHERE provolatile = 's' AND prokind = 'f' AND NOT proretset AND pronamespace IN ('pg_catalog'::regnamespace, 'gapstats'::regnamespace, 'gapstats_internal'::regnamespace)
		AND (pronamespace <> 'pg_catalog'::regnamespace OR proname ~ '(table|schema|database)_to_xml')
		ORDER BY 1
	LOOP
		SET SESSION AUTHORIZATION regress_mallory;
		BEGIN
			EXECUTE f.made;
			SET SESSION AUTHORIZATION regress_owner;
			PERFORM gapstats.add_rule('district.list', 'view', 'SELECT student_id, value FROM loot.view', '>', 5, 'view');
			RAISE INFO '% may be in a view', f.name;
			PERFORM gapstats.drop_rule('district.list', 'view');
		EXCEPTION WHEN insufficient_privilege THEN
			NULL;
		END;
		RESET SESSION AUTHORIZATION;
	END LOOP;
END $$;
SET SESSION AUTHORIZATION regress_mallory;
CREATE OR REPLACE VIEW loot.view AS SELECT student_id, value FROM loot.shared
WHERE gapstats.grant_watch_list('district.list', 'outbox', (SELECT oid FROM pg_roles WHERE rolname = 'regress_mallory')::regrole)::text IS NOT NULL;
SET SESSION AUTHORIZATION regress_owner;
SELECT add_rule('list', 'view', 'SELECT student_id, value FROM loot.view', '>', 5, 'view');
SET SESSION AUTHORIZATION regress_mallory;
CREATE OR REPLACE VIEW loot.view AS SELECT student_id, value FROM loot.shared;
-- statistics, which planning folds
CREATE STATISTICS loot.trap ON (value + loot.take(1)), (value + 2) FROM loot.shared;
SET SESSION AUTHORIZATION regress_owner;
CALL refused();
SET SESSION AUTHORIZATION regress_mallory;
DROP STATISTICS loot.trap;
-- the predicate of an index, and its expression
CREATE INDEX trap ON loot.shared (value) WHERE loot.take(1) = 1;
SET SESSION AUTHORIZATION regress_owner;
CALL refused();
SET SESSION AUTHORIZATION regress_mallory;
DROP INDEX loot.trap;
CREATE INDEX trap ON loot.shared ((value + loot.take(1)));
SET SESSION AUTHORIZATION regress_owner;
CALL refused();
SET SESSION AUTHORIZATION regress_mallory;
DROP INDEX loot.trap;
-- a constraint, of the table and of a child of it
ALTER TABLE loot.shared ADD CONSTRAINT trap CHECK (value + loot.take(1) > 0) NOT VALID;
SET SESSION AUTHORIZATION regress_owner;
SET constraint_exclusion = on;
CALL refused();
SET SESSION AUTHORIZATION regress_mallory;
ALTER TABLE loot.shared DROP CONSTRAINT trap;
CREATE TABLE loot.child (CHECK (value + loot.take(1) > 0)) INHERITS (loot.shared);
SET SESSION AUTHORIZATION regress_owner;
CALL refused();
RESET constraint_exclusion;
SET SESSION AUTHORIZATION regress_mallory;
DROP TABLE loot.child;
-- a view in the place of a table
ALTER TABLE loot.shared RENAME TO put_away;
CREATE VIEW loot.shared AS SELECT student_id, loot.take(value) AS value FROM loot.put_away;
GRANT SELECT ON loot.shared TO PUBLIC;
SET SESSION AUTHORIZATION regress_owner;
CALL refused();
SET SESSION AUTHORIZATION regress_mallory;
DROP VIEW loot.shared;
ALTER TABLE loot.put_away RENAME TO shared;
-- nothing is written there, so what rules and triggers say of writing does not matter
CREATE RULE trap AS ON INSERT TO loot.shared DO ALSO SELECT loot.take(1);
CREATE FUNCTION loot.fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM loot.take(1); RETURN NULL; END $$;
CREATE TRIGGER trap AFTER INSERT ON loot.shared EXECUTE FUNCTION loot.fire();
SET SESSION AUTHORIZATION regress_owner;
CALL refused();
-- a function that changes hands
RESET SESSION AUTHORIZATION;
ALTER FUNCTION district.fine(integer) OWNER TO regress_mallory;
SET SESSION AUTHORIZATION regress_owner;
CALL refused();
SELECT drop_rule('list', 'fine');
SELECT drop_rule('list', 'shared');

--
-- types: a constraint of a domain deep in them, and a cast that comes later
--
SET SESSION AUTHORIZATION regress_mallory;
CREATE DOMAIN loot.quiet AS integer;
CREATE DOMAIN loot.other AS integer;
CREATE TYPE loot.pair AS (a loot.quiet);
CREATE TYPE loot.span AS RANGE (SUBTYPE = loot.other);
CREATE TYPE loot.race AS ENUM ('asian', 'black', 'white');
CREATE TABLE loot.demographics AS SELECT i AS student_id, 'black'::loot.race AS race FROM generate_series(1, 3) i;
GRANT SELECT ON loot.demographics TO PUBLIC;
SET SESSION AUTHORIZATION regress_owner;
SELECT add_rule('list', 'composite', $$SELECT student_id, (('(' || mark || ')')::loot.pair).a::integer FROM marks$$, '>', 5, 'composite');
SELECT add_rule('list', 'array', $$SELECT student_id, (('{' || mark || '}')::loot.quiet[])[1]::integer FROM marks$$, '>', 5, 'array');
SELECT add_rule('list', 'range', $$SELECT student_id, lower(('[' || mark || ',)')::loot.span)::integer FROM marks$$, '>', 5, 'range');
SELECT create_watch_list('by_race', 'SELECT student_id, race FROM loot.demographics');
SELECT add_rule('by_race', 'marks', 'SELECT student_id, mark FROM marks', '>=', 3, 'marks', thresholds_by => 'race', thresholds => '{"black": 1}', override => 'to see what its type does');
SELECT status, flagged FROM refresh_watch_list('by_race');
SELECT share_watch_list('by_race', $$SELECT 'regress_colleague', student_id FROM students$$);
SELECT publish_counts('by_race', 'race', 1);
SET SESSION AUTHORIZATION regress_mallory;
ALTER DOMAIN loot.quiet ADD CHECK (loot.take(VALUE) = VALUE);
ALTER DOMAIN loot.other ADD CHECK (loot.take(VALUE) = VALUE);
SET SESSION AUTHORIZATION regress_owner;
CALL refused();
SELECT drop_rule('list', 'composite');
CALL refused();
SELECT drop_rule('list', 'array');
CALL refused();
SELECT drop_rule('list', 'range');
CALL refused();
-- casts to text, for whoever counts by a column, and to json, for whoever reads a reason: neither is used
SET SESSION AUTHORIZATION regress_mallory;
CREATE FUNCTION loot.race_text(loot.race) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM loot.take(1); RETURN 'x'; END $$;
CREATE FUNCTION loot.race_json(loot.race) RETURNS json LANGUAGE plpgsql AS $$ BEGIN PERFORM loot.take(1); RETURN '"x"'; END $$;
CREATE CAST (loot.race AS text) WITH FUNCTION loot.race_text(loot.race);
CREATE CAST (loot.race AS json) WITH FUNCTION loot.race_json(loot.race);
SET SESSION AUTHORIZATION regress_owner;
SELECT group_value FROM preview_rule('by_race', 'SELECT student_id, mark FROM marks', '>=', '{2}', 'race');
SELECT group_value FROM contact_rates('by_race', 'race');
SELECT student_id, threshold, flagged FROM by_race_reasons ORDER BY student_id;
SELECT student_id, threshold FROM by_race_my_reasons ORDER BY student_id;
SELECT words FROM student_profile('by_race', '1') WHERE line > 0;
SELECT * FROM gapstats_internal.disagreement('by_race');
INSERT INTO marks VALUES (4, 4);
UPDATE marks SET mark = mark + 10;
\set VERBOSITY terse
SELECT status, error FROM refresh_watch_list('by_race');
\set VERBOSITY default
RESET SESSION AUTHORIZATION;
SELECT count(*) FROM district.by_race_reasons;
SELECT * FROM gapstats_internal.disagreement('district.by_race');

--
-- a rule edited by another role
--
SET SESSION AUTHORIZATION regress_mallory;
SET search_path = district, gapstats;
SELECT change_rule('list', 'marks', query => 'SELECT 1, loot.take(1)');
SELECT drop_rule('list', 'marks');
UPDATE list_rules SET query = 'SELECT 1, loot.take(1)', threshold = 0;
UPDATE list_queries SET query = 'SELECT 1, loot.take(1)';
INSERT INTO list_words (language, kind, name, words) VALUES ('en', 'rule', 'marks', 'hacked');
-- even one who was let into the table of rules cannot have anything run
SET SESSION AUTHORIZATION regress_owner;
GRANT SELECT, UPDATE ON list_rules TO regress_mallory;
SET SESSION AUTHORIZATION regress_mallory;
UPDATE list_rules SET query = 'SELECT 1, loot.take(1)', applies_to = 'EXISTS (SELECT FROM salaries)' WHERE rule = 'marks';
UPDATE list_rules SET applies_to = 'loot.take(1) = 1' WHERE rule = 'copy';
SET SESSION AUTHORIZATION regress_owner;
CREATE TABLE salaries AS SELECT 1 AS salary;
SELECT change_rule('list', 'marks', threshold => 2);
SELECT status FROM refresh_watch_list('list');
SELECT change_students('list', 'SELECT student_id, student_id AS number FROM students');
SELECT status FROM refresh_watch_list('list');
SELECT part, rule, query FROM list_queries ORDER BY part, rule;
SELECT r ->> 'rule' AS rule, r #>> '{query, query}' AS query, r -> 'applies_to' AS applies_to FROM jsonb_array_elements(export_watch_list('list') -> 'rules') AS r;
REVOKE ALL ON list_rules FROM regress_mallory;
UPDATE list_rules SET applies_to = NULL;
SELECT status FROM refresh_watch_list('list');
-- nor is the condition that is run the one that is shown
SELECT change_rule('list', 'marks', applies_to => 'number > 0');
UPDATE list_rules SET applies_to = 'EXISTS (SELECT FROM salaries)' WHERE superseded_at IS NULL AND rule = 'marks';
SELECT change_students('list', 'SELECT student_id, student_id AS number FROM students');
SELECT query FROM list_queries WHERE part = 'applies_to';
SELECT r -> 'applies_to' -> 'query' AS applies_to FROM jsonb_array_elements(export_watch_list('list') -> 'rules') AS r WHERE r ->> 'rule' = 'marks';
-- so not what is said of it either: it reads salaries, and does not use as_of()
SELECT change_rule('list', 'marks', applies_to => 'number IN (SELECT salary FROM salaries)');
GRANT UPDATE (applies_to), SELECT ON list_rules TO regress_mallory;
SET SESSION AUTHORIZATION regress_mallory;
UPDATE list_rules SET applies_to = 'as_of() IS NOT NULL' WHERE superseded_at IS NULL AND rule = 'marks';
SET SESSION AUTHORIZATION regress_owner;
REVOKE ALL ON list_rules FROM regress_mallory;
SELECT count(*) FROM watch_list_as_of('list', '2020-01-01');
SELECT change_rule('list', 'marks', applies_to => '');
-- and one who was let into the table of queries keeps the list from running
GRANT SELECT, UPDATE ON list_queries TO regress_mallory;
SET SESSION AUTHORIZATION regress_mallory;
UPDATE list_queries SET query = replace(query, 'mark ', 'mark + 100 ') WHERE rule = 'marks';
SET SESSION AUTHORIZATION regress_owner;
CALL refused();
SELECT state, last_error, fix FROM watch_list_health WHERE list = 'list'::regclass;
REVOKE ALL ON list_queries FROM regress_mallory;
UPDATE list_queries SET query = 'SELECT student_id, mark FROM marks' WHERE rule = 'marks';
SELECT status FROM refresh_watch_list('list');
-- whatever runs a kept text, keeps one anew or hands it on: (the function, ! if it went through) for each privilege
CREATE FUNCTION attempt(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE 'SELECT ' || call INTO answer;
	RETURN CASE WHEN answer ~ 'has been granted' THEN '' ELSE '!' END;
EXCEPTION WHEN insufficient_privilege THEN
	RETURN CASE WHEN SQLERRM ~ 'has been granted' THEN '' ELSE '! ' || SQLERRM END;
END $$;
CREATE PROCEDURE try_all(granted text) LANGUAGE plpgsql AS $$
DECLARE
	got_through text;
BEGIN
	EXECUTE format('GRANT %s ON list_queries TO regress_mallory', granted);
	SET LOCAL client_min_messages = error;
	SELECT string_agg(split_part(c, '(', 1) || attempt(c), ', ' ORDER BY ordinality) INTO got_through
	FROM unnest(ARRAY[
		$c$refresh_watch_list('list')$c$,
		$c$share_watch_list('list', viewer_column => 'number')$c$,
		$c$share_watch_list('list', 'SELECT ''regress_colleague'', student_id FROM students')$c$,
		$c$preview_rule('list', 'SELECT student_id, mark FROM marks', '>', '{1}')$c$,
		$c$preview_change('list', 'marks', threshold => 1)$c$,
		$c$watch_list_as_of('list', '2020-01-01')$c$,
		$c$add_rule('list', 'more', 'SELECT student_id, mark FROM marks', '>', 9, 'more')$c$,
		$c$change_rule('list', 'marks', applies_to => 'number = 1')$c$,
		$c$change_rule('list', 'marks', query => 'SELECT student_id, mark FROM marks')$c$,
		$c$change_students('list', 'SELECT student_id, student_id AS number FROM students')$c$,
		$c$change_students('list', days_query => 'SELECT current_date')$c$,
		$c$export_watch_list('list')$c$,
		$c$explain_student('list', '3')$c$,
		$c$audit_watch_list('list', 'SELECT student_id, true FROM students', NULL, as_of => current_date)$c$,
		$c$calibrate_rule('list', 'marks', 'SELECT student_id, NULL::boolean FROM students', NULL, as_of => current_date)$c$,
		$c$resume_watch_list('list')$c$]) WITH ORDINALITY AS a (c);
	RESET client_min_messages;
	EXECUTE format('REVOKE %s ON list_queries FROM regress_mallory', granted);
	RAISE INFO '%: %', granted, got_through;
END $$;
CALL try_all('UPDATE');
CALL try_all('UPDATE (query)');
CALL try_all('INSERT');
CALL try_all('DELETE');
CALL try_all('TRUNCATE');
CALL try_all('TRIGGER');
CALL try_all('REFERENCES');
CALL try_all('REFERENCES (part, rule)');
-- not so one who may read only
BEGIN;
CALL try_all('SELECT');
ROLLBACK;
REVOKE ALL ON list_queries FROM regress_mallory;

--
-- two texts in one query: each is read as it was written
--
CREATE TABLE enrolled AS
SELECT student_id, day, 'regress_colleague' AS teacher FROM (VALUES (1, date '2026-01-15'), (2, '2026-02-05'), (3, '2026-03-01')) AS e (student_id, day);
SET DateStyle = 'ISO, DMY';
SELECT create_watch_list('dates', $$SELECT student_id, day, teacher FROM enrolled WHERE day >= '01/02/2026'$$);	-- in February
SET DateStyle = 'ISO, MDY';
SELECT add_rule('dates', 'all', 'SELECT student_id, 1 FROM enrolled', '>', 0, 'all', applies_to => $$day >= '02/07/2026'$$);	-- in February, too
SELECT share_watch_list('dates', viewer_column => 'teacher');
SELECT status FROM refresh_watch_list('dates');
SELECT student_id, status FROM dates ORDER BY student_id;
SELECT viewer, student_id FROM dates_viewers ORDER BY student_id;
SELECT import_watch_list('dates_again', export_watch_list('dates'));
SELECT status FROM refresh_watch_list('dates_again');
SELECT student_id, status FROM dates_again ORDER BY student_id;
-- another students query, which is read in a third way; the days query as the session reads it
SET DateStyle = 'ISO, YMD';
SELECT change_students('dates', $$SELECT student_id, day, teacher FROM enrolled WHERE day >= '26/01/02'$$, $$SELECT date '26/03/04'$$);
SET client_min_messages = error;
SELECT run FROM refresh_watch_list('dates') \gset held_
RESET client_min_messages;
SELECT status FROM refresh_watch_list('dates', accept => :held_run);
SELECT student_id, status FROM dates ORDER BY student_id;
SELECT as_of FROM dates_runs ORDER BY run DESC LIMIT 1;
-- in the settings of both, it is one query
SET DateStyle = 'ISO, MDY';
SELECT change_students('dates', $$SELECT student_id, day, teacher FROM enrolled WHERE day >= '02/01/2026'$$);
SELECT status FROM refresh_watch_list('dates');
SELECT student_id, status FROM dates ORDER BY student_id;
RESET DateStyle;

--
-- names: what a query means is settled when it is added, whatever comes in front of it
--
RESET SESSION AUTHORIZATION;
CREATE SCHEMA trap AUTHORIZATION regress_mallory;
GRANT USAGE ON SCHEMA trap TO PUBLIC;
SET SESSION AUTHORIZATION regress_mallory;
CREATE TABLE trap.students AS SELECT 99 AS student_id;
CREATE TABLE trap.marks AS SELECT 99 AS student_id, 99 AS mark;
CREATE FUNCTION trap.refuse(integer, integer) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM loot.take(1); RETURN false; END $$;
CREATE OPERATOR trap.= (FUNCTION = trap.refuse, LEFTARG = integer, RIGHTARG = integer);
CREATE FUNCTION trap.format(text, VARIADIC text[]) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM loot.take(1); RETURN 'SELECT 1'; END $$;
CREATE FUNCTION trap.to_regclass(text) RETURNS regclass LANGUAGE plpgsql AS $$ BEGIN PERFORM loot.take(1); RETURN NULL; END $$;
GRANT SELECT ON trap.students, trap.marks TO PUBLIC;
SET SESSION AUTHORIZATION regress_owner;
SET search_path = trap, district, gapstats, pg_catalog;
SELECT gapstats.change_rule('district.list', 'marks', threshold => 1, query => 'SELECT student_id, mark FROM marks WHERE student_id = 1');
SELECT gapstats.change_rule('district.list', 'marks', threshold => 1);
SELECT status FROM gapstats.refresh_watch_list('district.list');
SELECT pg_catalog.count(*), pg_catalog.max(student_id) FROM district.list;
-- a procedure cannot commit under a search path of its own, so it runs under the caller's
RESET SESSION AUTHORIZATION;
CREATE DOMAIN trap.text AS pg_catalog.text CHECK (loot.take(1) = 1);
CREATE DOMAIN trap.regclass AS pg_catalog.regclass CHECK (loot.take(1) = 1);
CREATE DOMAIN trap.int8 AS pg_catalog.int8 CHECK (loot.take(1) = 1);
ALTER DOMAIN trap.text OWNER TO regress_mallory;
\c -
\set SHOW_CONTEXT never
SET search_path = trap, district, gapstats, pg_catalog;
CALL gapstats.run_watch_list('district.list');
-- temporary objects
SET SESSION AUTHORIZATION regress_owner;
SET search_path = district, gapstats;
CREATE TEMPORARY TABLE marks AS SELECT 77 AS student_id, 77 AS mark;
CREATE FUNCTION pg_temp.one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
SELECT status FROM refresh_watch_list('list');
SELECT count(*), max(student_id) FROM list;
SELECT add_rule('list', 'bad', 'SELECT student_id, mark FROM marks', '>', 0, 'bad');
\set VERBOSITY sqlstate
SELECT add_rule('list', 'bad', 'SELECT student_id, pg_temp.one() FROM district.marks', '>', 0, 'bad');
\set VERBOSITY default
SELECT add_rule('list', 'kept', 'SELECT student_id, mark FROM district.marks', '>', 5, 'kept');
SELECT create_watch_list('pg_temp.list', 'SELECT student_id FROM district.students');
DROP TABLE pg_temp.marks;
DROP FUNCTION pg_temp.one();
SELECT status FROM refresh_watch_list('list');
--
-- what acts, or reads, with the rights of who reads: by a type, a policy, a domain, through functions of the owner's
--
SET SESSION AUTHORIZATION regress_mallory;
CREATE TABLE loot.rated AS SELECT student_id, 9 AS value FROM generate_series(1, 3) AS student_id;
CREATE VIEW loot.calm AS SELECT student_id, value FROM loot.rated;
CREATE DOMAIN loot.noisy AS integer CHECK (pg_notify('loot', current_user) IS NOT NULL);
CREATE DOMAIN loot.mild AS integer;
CREATE DOMAIN loot.gentle AS integer;
GRANT SELECT ON loot.rated, loot.calm TO PUBLIC;
ALTER TABLE loot.rated ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_rows ON loot.rated USING (array_in('{1}', 'loot.noisy'::regtype, -1) IS NOT NULL);
SET SESSION AUTHORIZATION regress_owner;
SELECT add_rule('list', 'bad', 'SELECT student_id, value FROM loot.rated', '>', 0, 'bad');
SET SESSION AUTHORIZATION regress_mallory;
ALTER POLICY all_rows ON loot.rated USING ('2025-10-01'::text::date < current_date);
SET SESSION AUTHORIZATION regress_owner;
-- a cast from text is no more than that
SELECT add_rule('list', 'rated', 'SELECT student_id, value FROM loot.rated', '>', 10, 'rated');
RESET SESSION AUTHORIZATION;
ALTER POLICY all_rows ON loot.rated USING (EXISTS (SELECT FROM district.marks WHERE mark = 3));
SET SESSION AUTHORIZATION regress_owner;
SELECT status, error FROM refresh_watch_list('list');
RESET SESSION AUTHORIZATION;
ALTER TABLE loot.rated DISABLE ROW LEVEL SECURITY;
CREATE VIEW loot.borrower WITH (security_invoker) AS SELECT student_id, (SELECT mark FROM district.marks WHERE mark = 3) AS value FROM loot.rated;
ALTER VIEW loot.borrower OWNER TO regress_mallory;
GRANT SELECT ON loot.borrower TO PUBLIC;
SET SESSION AUTHORIZATION regress_owner;
SELECT add_rule('list', 'bad', 'SELECT student_id, value FROM loot.borrower', '>', 0, 'bad');
-- what he may read himself he may read for others
GRANT USAGE ON SCHEMA district TO regress_mallory;
GRANT SELECT ON marks TO regress_mallory;
SELECT change_rule('list', 'rated', query => 'SELECT student_id, value FROM loot.borrower');
REVOKE SELECT ON marks FROM regress_mallory;
SELECT status, error FROM refresh_watch_list('list');
SELECT change_rule('list', 'rated', query => 'SELECT student_id, (mark::loot.mild)::integer FROM marks');
SELECT status FROM refresh_watch_list('list');
SET SESSION AUTHORIZATION regress_mallory;
ALTER DOMAIN loot.mild ADD CHECK (pg_notify('loot', current_user) IS NOT NULL) NOT VALID;
SET SESSION AUTHORIZATION regress_owner;
SELECT status, error FROM refresh_watch_list('list');
SELECT create_watch_list('bad', 'SELECT student_id::loot.gentle AS student_id FROM students');
SELECT create_watch_list('bad', 'SELECT student_id, NULL::loot.gentle[] AS marks FROM students');
CREATE FUNCTION through(of_student integer) RETURNS integer LANGUAGE plpgsql STABLE AS 'BEGIN RETURN (SELECT value FROM loot.calm WHERE student_id = of_student); END';
SELECT change_rule('list', 'rated', query => 'SELECT student_id, through(student_id) FROM students');
SELECT status FROM refresh_watch_list('list');
SET SESSION AUTHORIZATION regress_mallory;
CREATE OR REPLACE VIEW loot.calm AS SELECT student_id, CASE WHEN pg_notify('loot', current_user) IS NOT NULL THEN value END AS value FROM loot.rated;
SET SESSION AUTHORIZATION regress_owner;
SELECT status, error FROM refresh_watch_list('list');
-- nor by one who has the owner's rights and runs as himself
RESET SESSION AUTHORIZATION;
CREATE OR REPLACE VIEW loot.calm AS SELECT student_id, loot.take(value) AS value FROM loot.rated;
GRANT CREATE ON SCHEMA district TO regress_colleague;
ALTER FUNCTION district.through(integer) SECURITY DEFINER;
ALTER FUNCTION district.through(integer) OWNER TO regress_colleague;
SET SESSION AUTHORIZATION regress_owner;
SELECT resume_watch_list('list');
SELECT status, error FROM refresh_watch_list('list');
SELECT drop_rule('list', 'rated');

--
-- a stranger's view reads with no eyes but her own: not with those that PostgreSQL, a superuser or somebody else has made for whoever reads
--
RESET SESSION AUTHORIZATION;
CREATE ROLE regress_school;
CREATE SCHEMA school AUTHORIZATION regress_school;
GRANT USAGE ON SCHEMA school TO PUBLIC;
CREATE VIEW school.for_reader AS SELECT 1 AS student_id WHERE current_user = 'regress_owner';
CREATE VIEW school.for_session AS SELECT 1 AS student_id WHERE session_user <> 'x';
CREATE VIEW school.for_all AS SELECT 1 AS student_id, now() AS read_at;
CREATE VIEW school.over_reader AS SELECT * FROM school.for_reader;
CREATE VIEW school.as_reader WITH (security_invoker) AS SELECT mark FROM district.marks;
CREATE VIEW school.drawn AS SELECT 1 AS student_id, random() AS mark;
GRANT SELECT ON ALL TABLES IN SCHEMA school TO PUBLIC;
SET SESSION AUTHORIZATION regress_school;
CREATE TABLE school.rooms AS SELECT 1 AS student_id, 'regress_owner'::name AS teacher;
CREATE TABLE school.halls AS SELECT 1 AS student_id;
CREATE TABLE school.closed AS SELECT 1 AS student_id;
ALTER TABLE school.rooms ENABLE ROW LEVEL SECURITY;
ALTER TABLE school.halls ENABLE ROW LEVEL SECURITY;
ALTER TABLE school.closed ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON school.rooms USING (teacher = current_user);
CREATE POLICY open ON school.halls USING (student_id > 0);
CREATE POLICY open ON school.closed TO regress_owner USING (true);
GRANT SELECT ON school.rooms, school.halls, school.closed TO PUBLIC;
SET SESSION AUTHORIZATION regress_mallory;
CREATE TABLE loot.ours AS SELECT 1 AS student_id, 'regress_owner'::name AS teacher;
ALTER TABLE loot.ours ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON loot.ours USING (pg_has_role(teacher, 'USAGE'));
GRANT SELECT ON loot.ours TO PUBLIC;
SET SESSION AUTHORIZATION regress_owner;
CREATE TABLE pins AS SELECT 4711 AS pin FROM generate_series(1, 100);
ANALYZE pins;
GRANT SELECT ON students TO regress_mallory;
CREATE FUNCTION kept_by_owner() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM gapstats_internal.keep_query('q', 'SELECT * FROM loot.seen', 'pg_catalog');
	RETURN 'kept';
EXCEPTION WHEN insufficient_privilege THEN
	RETURN SQLERRM;
END $$;
RESET SESSION AUTHORIZATION;
CREATE PROCEDURE district.through_view(seen text, options text DEFAULT '', INOUT result text DEFAULT NULL) LANGUAGE plpgsql AS $$
BEGIN
	SET ROLE regress_mallory;
	DROP VIEW IF EXISTS loot.seen;
	EXECUTE format('CREATE VIEW loot.seen %s AS %s', options, seen);
	GRANT SELECT ON loot.seen TO PUBLIC;
	SET ROLE regress_owner;
	result := district.kept_by_owner();
	RESET ROLE;
END $$;
CREATE PROCEDURE district.through_views(VARIADIC views text[]) LANGUAGE plpgsql AS $$
DECLARE
	seen text;
	result text;
BEGIN
	SET LOCAL client_min_messages = warning;
	FOREACH seen IN ARRAY views LOOP
		CALL district.through_view(seen, '', result);
		RAISE INFO '%: %', seen, result;
		CALL district.through_view(seen, 'WITH (security_invoker)', result);
		RAISE INFO '  by the reader: %', result;
	END LOOP;
END $$;
CALL district.through_views('SELECT attname FROM pg_stats', 'TABLE pg_user_mappings', 'SELECT query FROM pg_stat_activity', 'TABLE pg_settings', 'TABLE pg_prepared_statements', 'TABLE pg_cursors', 'TABLE pg_policies',
	'TABLE information_schema.columns', 'TABLE pg_locks', 'SELECT * FROM pg_stat_get_activity(NULL)', 'SELECT current_setting(''gapstats.caller'')',
	'TABLE school.for_reader', 'TABLE school.for_session', 'TABLE school.over_reader', 'TABLE school.as_reader', 'TABLE school.drawn', 'TABLE school.rooms', 'TABLE school.halls', 'TABLE school.closed',
	'TABLE district.list_mine');
-- what is hers she may show to whom she wants, and what is the same for everybody is nobody's eyes
CALL district.through_views('TABLE school.for_all', 'TABLE loot.ours', 'SELECT student_id FROM loot.ours WHERE teacher = current_user', 'SELECT pg_typeof(student_id) FROM district.students', 'SELECT relname FROM pg_class',
	'SELECT rolname FROM pg_roles');
-- the reader himself reads them all
SET SESSION AUTHORIZATION regress_owner;
SELECT length((gapstats_internal.keep_query('q', 'SELECT 1 FROM pg_stats, school.for_reader, school.as_reader, school.rooms, pg_settings', 'pg_catalog')).query) > 0 AS kept;
-- what he reads himself in the same query she does not read by that
SELECT gapstats_internal.keep_query('q', 'SELECT 1 FROM pg_stats, loot.seen', 'pg_catalog') IS NOT NULL AS kept;
SET SESSION AUTHORIZATION regress_mallory;
CREATE OR REPLACE VIEW loot.seen AS SELECT (SELECT most_common_vals::text::name COLLATE "C" FROM pg_stats WHERE tablename = 'pins') AS rolname;
SET SESSION AUTHORIZATION regress_owner;
SELECT gapstats_internal.keep_query('q', 'SELECT 1 FROM pg_stats, loot.seen', 'pg_catalog');
-- of all views of PostgreSQL's own, none that shows the owner more than Mallory
RESET SESSION AUTHORIZATION;
DO $$
DECLARE
	seen regclass;
	result text;
	rows_of text;
	of_mallory text;
	of_owner text;
	n_kept integer := 0;
	n_refused integer := 0;
BEGIN
	SET LOCAL client_min_messages = warning;
	FOR seen IN SELECT oid FROM pg_class WHERE relkind = 'v' AND relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) LOOP
		CALL district.through_view(format('SELECT count(*) FROM %s', seen), '', result);
		IF result <> 'kept' THEN
			n_refused := n_refused + 1;
			CONTINUE;
		END IF;
		n_kept := n_kept + 1;
		rows_of := format('SELECT string_agg(v::text, '';'' ORDER BY v::text) FROM %s v', seen);
		BEGIN
			SET ROLE regress_mallory;
			EXECUTE rows_of INTO of_mallory;
			SET ROLE regress_owner;
			EXECUTE rows_of INTO of_owner;
			IF of_owner IS DISTINCT FROM of_mallory OR pg_get_viewdef(seen) ~* '\m(current_user|session_user|has_\w+_privilege|pg_has_role|row_security_active|pg_stat_get_\w+|pg_show_all_settings)\M' THEN
				RAISE WARNING '% depends on who reads it', seen;
			END IF;
		EXCEPTION WHEN insufficient_privilege THEN
			NULL;
		END;
		RESET ROLE;
	END LOOP;
	RAISE INFO 'kept: %, refused: %', n_kept > 3, n_refused > 50;
END $$;
SET SESSION AUTHORIZATION regress_owner;

-- the past day of another computation does not stay
SET gapstats.as_of = '2020-01-01';
SELECT as_of();
SELECT status FROM refresh_watch_list('list');
SELECT as_of = current_date AS today FROM list_runs ORDER BY run DESC LIMIT 1;
RESET gapstats.as_of;

-- nothing of Mallory's ever ran with rights that were not Mallory's
RESET SESSION AUTHORIZATION;
SELECT last_value, is_called FROM loot.taken;

SET client_min_messages = warning;
DROP SCHEMA trap, loot, district, school CASCADE;
DROP ROLE regress_colleague, regress_owner, regress_mallory, regress_school;
