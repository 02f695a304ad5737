--
-- standing: what a source holds is told to the owner, whatever fails, and to nobody else
--
\set SHOW_CONTEXT never
CREATE ROLE regress_owner;
CREATE ROLE regress_monitor IN ROLE pg_monitor;
CREATE ROLE regress_anybody;
CREATE SCHEMA district AUTHORIZATION regress_owner;
GRANT USAGE ON SCHEMA district TO PUBLIC;
SET SESSION AUTHORIZATION regress_owner;
SET search_path = district, gapstats;
SET client_min_messages = error;
CREATE TABLE students AS
SELECT i AS student_id, i::text AS name, i % 2 = 0 AS is_in, CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END AS kind FROM generate_series(1, 30) i;
CREATE FUNCTION raising(code text, name text) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
	IF name = '0canary' THEN
		RAISE EXCEPTION USING ERRCODE = code, MESSAGE = 'student ' || name, DETAIL = 'Key (student)=(' || name || ') is here.', HINT = 'See ' || name || '.';
	END IF;
	RETURN 0;
END $$;
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'student 0canary: %', NEW; END $$;
SELECT create_watch_list('list', 'SELECT student_id, name FROM students') \g /dev/null
SELECT add_rule('list', 'kind', 'SELECT student_id, 1 FROM students', '>=', 1, 'Kind') \g /dev/null
SELECT create_report('gaps', 'SELECT * FROM students', '{"in": {"outcome": "is_in", "direction": "higher"}}', '{kind}') \g /dev/null
SELECT l.status, r.status FROM refresh_watch_list('list') l, refresh_report('gaps') r;

-- With each of these, what a student is called then is told when the list and the report are refreshed. Those with a code are tried with the
-- SQLSTATEs that gapstats itself looks at, and some others.
CREATE TABLE ways (place integer GENERATED ALWAYS AS IDENTITY, what text);
INSERT INTO ways (what) VALUES
	($$SELECT change_students('list', 'SELECT student_id + 0 * name::integer AS student_id FROM students')$$),
	($$SELECT change_students('list', 'SELECT student_id FROM students UNION ALL SELECT student_id FROM students WHERE name = ''0canary''')$$),
	($$SELECT change_rule('list', 'kind', query => 'SELECT student_id, name::numeric FROM students')$$),
	($$SELECT change_rule('list', 'kind', applies_to => 'name::integer > 0')$$),
	($$SELECT change_rule('list', 'kind', thresholds_by => 'name', thresholds => '{"x": 2}')$$),
	($$SELECT change_students('list', days_query => 'SELECT CASE name WHEN ''0canary'' THEN name::date ELSE current_date END FROM students')$$),
	($$SELECT share_watch_list('list', 'SELECT name, student_id FROM students')$$),
	($$SELECT share_watch_list('list', 'SELECT kind, student_id + 0 * name::integer FROM students')$$),
	($$CREATE TRIGGER tell BEFORE INSERT OR UPDATE ON list_current FOR EACH ROW EXECUTE FUNCTION tell()$$),
	($$SELECT alter_report('gaps', rows => 'SELECT kind, is_in OR name = ''0canary'' AS is_in FROM students'); CREATE TRIGGER tell BEFORE INSERT OR UPDATE ON gaps FOR EACH ROW EXECUTE FUNCTION tell()$$),
	($$SELECT alter_report('gaps', rows => 'SELECT CASE name WHEN ''0canary'' THEN name ELSE kind END AS kind, CASE name WHEN ''0canary'' THEN 5 ELSE 1 END AS x, 2 AS n FROM students',
		measures => '{"in": {"numerator": "x", "denominator": "n", "direction": "higher"}}')$$),
	($$SELECT alter_report('gaps', rows => 'SELECT kind, is_in OR name::integer > 0 AS is_in FROM students')$$);
INSERT INTO ways (what)
SELECT replace(w, '@code', c)
FROM unnest('{23505,42501,42P01,42601,55000,55P03,57014,P0001,GS001,ZZ999}'::text[]) c,
	unnest(ARRAY[$$SELECT change_rule('list', 'kind', query => 'SELECT student_id, raising(''@code'', name) FROM students')$$,
		$$SELECT alter_report('gaps', rows => 'SELECT kind, raising(''@code'', name) = 0 AS is_in FROM students')$$]) w;
RESET SESSION AUTHORIZATION;

-- All that a role can ask of a list and a report, with arguments that would have it told, if they were heeded; and what of the answers holds a value
CREATE FUNCTION questions() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('SELECT string_agg(v::text, '' '') FROM %s v', c.oid::regclass)
	FROM pg_class c
	WHERE c.relnamespace IN ('gapstats'::regnamespace, 'district'::regnamespace) AND c.relkind IN ('r', 'v', 'm') AND c.relname NOT IN ('students', 'ways', 'told', 'question')
	UNION ALL
	SELECT format('SELECT string_agg(f::text, '' '') FROM %s(%s) f', p.oid::regproc, (
		SELECT string_agg(format('%s::%s', CASE
			WHEN n = 1 THEN quote_literal(t.relation)
			WHEN p.proargtypes[n - 1] = 'boolean'::regtype THEN 'true'
			WHEN p.proargtypes[n - 1] = 'bigint'::regtype THEN '(SELECT 9)'
			WHEN p.proargnames[n] = 'student_id' THEN quote_literal(987654)
			ELSE 'NULL' END, p.proargtypes[n - 1]::regtype), ', ') FROM generate_series(1, p.pronargs) n))
	FROM pg_proc p
	CROSS JOIN unnest('{list,gaps,list_runs,gaps_runs,list_current}'::regclass[]) AS t (relation)
	WHERE p.pronamespace IN ('gapstats'::regnamespace, 'gapstats_internal'::regnamespace) AND p.prokind = 'f' AND p.proargtypes[0] = 'regclass'::regtype AND NOT 'anyelement'::regtype = ANY (p.proargtypes::oid[])
$$;
CREATE FUNCTION answer_to(role name, asks text, OUT code text, OUT answer text) LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role);
	EXECUTE asks INTO answer;
	RESET ROLE;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	code := SQLSTATE;
	answer := concat_ws(' ', SQLERRM, detail, hint);
END $$;
CREATE PROCEDURE provoke(what text) LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL ROLE regress_owner;
	EXECUTE what;
	UPDATE district.students SET student_id = 987654, name = '0canary' WHERE student_id = 7;
	PERFORM gapstats.refresh_watch_list('list'), gapstats.refresh_report('gaps');
	RESET ROLE;
END $$;
SET client_min_messages = error;
-- what they are refused, or cannot be asked so, is not asked each time
CREATE TABLE question AS
SELECT r.role, q.asks
FROM unnest('{regress_monitor,regress_anybody}'::name[]) AS r (role), questions() AS q (asks), answer_to(r.role, q.asks) a
WHERE a.code IS NULL OR a.code NOT IN ('42501', '42883', '42809', '22004');
INSERT INTO question SELECT 'regress_owner', asks FROM questions() AS q (asks) WHERE asks ~ '_(health|problems|runs) v$';
CREATE TABLE told (place integer, role name, asks text);
CREATE PROCEDURE try_all() LANGUAGE plpgsql AS $$
DECLARE
	way record;
	found jsonb;
BEGIN
	FOR way IN SELECT * FROM district.ways ORDER BY place LOOP
		BEGIN
			CALL district.provoke(way.what);
			RAISE SQLSTATE 'ZZZZZ' USING MESSAGE = (
				SELECT coalesce(jsonb_agg(q), '[]') FROM district.question q CROSS JOIN LATERAL district.answer_to(q.role, q.asks) a WHERE (way.what !~ 'raising' OR q.asks ~ ' v$') AND a.answer ~ 'canary|987654');
		EXCEPTION WHEN SQLSTATE 'ZZZZZ' THEN
			found := SQLERRM;
		END;
		INSERT INTO told SELECT way.place, f.* FROM jsonb_to_recordset(found) AS f (role name, asks text);
	END LOOP;
END $$;
CALL try_all();
SELECT role, count(*) > 20 AS asks_much FROM question GROUP BY role ORDER BY role;
-- nobody else is told of any; the owner is told of each
SELECT role, asks, array_agg(place ORDER BY place) FROM told WHERE role <> 'regress_owner' GROUP BY role, asks ORDER BY role, asks;
SELECT * FROM ways w WHERE NOT EXISTS (SELECT FROM told t WHERE t.place = w.place AND t.role = 'regress_owner');
DROP SCHEMA district CASCADE;
DROP ROLE regress_owner, regress_monitor, regress_anybody;
