--
-- watch_list: whatever becomes of another's student, EXPLAIN shows a reader the same
--
\set SHOW_CONTEXT never
CREATE ROLE regress_owner;
CREATE ROLE regress_teacher;
CREATE SCHEMA district AUTHORIZATION regress_owner;
GRANT USAGE, CREATE ON SCHEMA district TO regress_teacher;
SET ROLE regress_owner;
SET search_path = district, gapstats;
-- Two lists of the same students, of whom the teacher has 30 of 10,000, one in every 333. Of
-- others' students, only those of list_b change.
CREATE TABLE students AS
SELECT 'list_' || list AS list, i AS student_id, 'Student ' || i AS name, CASE WHEN i % 333 = 0 THEN 'regress_teacher' ELSE 'teacher ' || i % 300 END AS teacher, i % 10 AS mark
FROM generate_series(1, 10000) i, unnest('{a,b}'::text[]) list;
CREATE PROCEDURE make(list text) LANGUAGE plpgsql AS $$
DECLARE
	part text;
BEGIN
	PERFORM create_watch_list(list, format('SELECT student_id, name, teacher FROM students WHERE list = %L', list));
	PERFORM add_rule(list::regclass, 'mark', format('SELECT student_id, mark FROM students WHERE list = %L', list), '>=', 7, 'Mark {value}');
	PERFORM add_rule(list::regclass, 'other', format('SELECT student_id, mark FROM students WHERE list = %L', list), '<', 2, 'Mark {value}', severity => 'watch');
	PERFORM share_watch_list(list::regclass, viewer_column => 'teacher');
	PERFORM grant_watch_list(list::regclass, 'follow up', 'regress_teacher');
	PERFORM setseed(0);	-- flags have the same numbers in both
	PERFORM refresh_watch_list(list::regclass);
	EXECUTE format('INSERT INTO %I (flag, student_id, note) SELECT flag, student_id, ''called'' FROM %I WHERE student_id %% 2 = 0', list || '_check_ins', list || '_flags');
	-- nothing else comes between
	FOR part IN SELECT relname FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relkind = 'r' AND relname ~ ('^' || list) LOOP
		EXECUTE format('ALTER TABLE %I SET (autovacuum_enabled = off)', part);
		EXECUTE format('ANALYZE %I', part);
	END LOOP;
END $$;
CALL make('list_a');
CALL make('list_b');
RESET ROLE;
VACUUM list_a_viewers, list_b_viewers;
SET ROLE regress_teacher;

-- compiling what is switched off takes a second each time
SET jit = off;
-- All the ways in which the teacher may ask for students of others; looked at until it is the
-- same twice, when everything is in memory.
CREATE TABLE asked (id serial, query text);
INSERT INTO asked (query)
SELECT format('SELECT * FROM %s WHERE %s', replace(v.relname, 'list_a', '@'), c)
FROM pg_class v JOIN pg_attribute a ON a.attrelid = v.oid AND a.attname = 'student_id',
	unnest(ARRAY['true', 'student_id = 77', 'student_id IN (333, 77, 78)', 'student_id = ANY (''{77,78}'')', 'student_id BETWEEN 70 AND 80', 'student_id > 9000', 'NOT student_id <> 77',
		'student_id::text LIKE ''7%''', 'student_id % 10 = 7', 'student_id IS NULL', '(student_id, 1) = (77, 1)', 'student_id = (SELECT 77)', 'student_id IN (SELECT student_id FROM @_mine)',
		'EXISTS (SELECT FROM generate_series(77, 78) g WHERE g = student_id)']) c
WHERE v.relnamespace = 'district'::regnamespace AND v.relname ^@ 'list_a' AND has_table_privilege(v.oid, 'SELECT')
UNION ALL
SELECT format('SELECT * FROM %s WHERE %s', v, c)
FROM (VALUES
	('@_mine', ARRAY['status = ''at risk''', 'student_id = 77 AND status = ''at risk''', 'status > ''at''', 'status LIKE ''at%''', 'status <> ''on track''', 'reasons IS NOT NULL AND student_id = 77',
		'name LIKE ''Student 7%''', 'score >= 2', 'since = current_date', 'length(reasons) > 3', '@_mine IS NOT NULL', 'teacher = ''teacher 77''']),
	('@_my_reasons', ARRAY['flagged', 'student_id = 77 AND flagged', 'value = 7', 'rule = ''mark'' AND reason IS NOT NULL', 'state = ''flagged''']),
	('@_my_flags', ARRAY['flag = 5', 'status = ''at risk''', 'status = ''at risk'' AND student_id = 77', 'due_at < now()', 'last_contact IS NULL', 'reasons LIKE ''%mark%''']),
	('@_my_events', ARRAY['event = ''cleared''', 'student_id = 77 AND event = ''flagged''', 'as_of >= current_date', 'status = ''left''', 'reasons LIKE ''%mark%''', 'happened_at > now()']),
	('@_my_check_ins', ARRAY['flag = 5', 'flag IN (1, 2, 3)', 'check_in = 5', 'check_in > 1000', 'note = ''secret''', 'note LIKE ''%e%''', 'made_by = current_user'])) t (v, cs), unnest(cs) c
UNION ALL
VALUES ('SELECT max(student_id) FROM @_mine'), ('SELECT * FROM @_mine ORDER BY status, student_id LIMIT 3'), ('SELECT DISTINCT status FROM @_mine'),
	('SELECT status, count(*) FROM @_mine GROUP BY status'), ('SELECT * FROM @_my_flags ORDER BY flag DESC LIMIT 1'), ('SELECT max(flag), min(flagged_at) FROM @_my_flags'),
	('SELECT max(check_in) FROM @_my_check_ins'), ('SELECT rule, count(*) FROM @_my_reasons WHERE flagged GROUP BY rule'),
	('SELECT * FROM @_mine JOIN (VALUES (77), (333)) v (s) ON s = student_id WHERE status = ''at risk'''), ('SELECT * FROM @_mine JOIN @_my_flags USING (student_id)'),
	('SELECT * FROM (VALUES (77), (333)) v (s) LEFT JOIN @_mine ON student_id = s AND status = ''at risk'''), ('SELECT * FROM generate_series(70, 80) s JOIN LATERAL (SELECT * FROM @_mine WHERE student_id = s) m ON true'),
	('SELECT * FROM @_my_flags f JOIN @_my_check_ins c ON c.flag = f.flag + 1'), ('SELECT * FROM @_mine m JOIN @_my_reasons r USING (student_id) WHERE r.flagged AND m.status = ''watch''');
CREATE TABLE plans (moment text, list text, off text, query text, plan text);
CREATE PROCEDURE look(moment text, list text, settings text[]) LANGUAGE plpgsql AS $$
DECLARE
	off text;
	query text;
	line text;
	plan text;
	before text;
BEGIN
	FOREACH off IN ARRAY settings LOOP
		PERFORM set_config(off, 'off', true) WHERE off <> 'nothing';
		FOR query IN SELECT a.query FROM asked a ORDER BY id LOOP
			plan := '';
			FOR i IN 1..6 LOOP
				before := plan;
				plan := '';
				FOR line IN EXECUTE 'EXPLAIN (ANALYZE, VERBOSE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || replace(query, '@', list) LOOP
					EXIT WHEN line = 'Planning:';
					plan := plan || line || E'\n';
				END LOOP;
				EXIT WHEN plan = before;
			END LOOP;
			INSERT INTO plans VALUES (moment, list, off, query, replace(plan, list, '@'));
		END LOOP;
		PERFORM set_config(off, 'on', true) WHERE off <> 'nothing';
	END LOOP;
END $$;
CREATE VIEW difference AS
SELECT a.moment, off, query, trim(l.a) AS a, trim(l.b) AS b
FROM plans a
JOIN plans b USING (moment, off, query)
CROSS JOIN LATERAL (
	SELECT x.line AS a, y.line AS b
	FROM string_to_table(a.plan, E'\n') WITH ORDINALITY AS x (line, n)
	FULL JOIN string_to_table(b.plan, E'\n') WITH ORDINALITY AS y (line, n) USING (n)
	WHERE x.line IS DISTINCT FROM y.line
) l
WHERE a.list = 'list_a' AND b.list = 'list_b' AND a.plan <> b.plan;

-- of others' students, one is cleared and one is flagged; both are contacted
SET ROLE regress_owner;
UPDATE students SET mark = CASE student_id WHEN 77 THEN 5 ELSE 8 END WHERE student_id IN (75, 77) AND list = 'list_b';
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list_a');
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list_b');
SELECT check_in('list_b', '77', 'secret') > 0 AS made, check_in('list_b', '75', 'secret') > 0 AS made;
SELECT a.student_id, a.status, b.status FROM list_a a JOIN list_b b USING (student_id) WHERE student_id IN (75, 77) ORDER BY 1;
-- one leaves, one gets worse
DELETE FROM students WHERE student_id = 75 AND list = 'list_b';
UPDATE students SET mark = 9 WHERE student_id = 71 AND list = 'list_b';
SELECT status, escalated, cleared FROM refresh_watch_list('list_a');
SELECT status, escalated, cleared FROM refresh_watch_list('list_b');
SET ROLE regress_teacher;
\set settings '''{nothing,enable_seqscan,enable_indexscan,enable_bitmapscan,enable_nestloop,enable_hashjoin,enable_hashagg}'''
CALL look('others', 'list_a', :settings);
CALL look('others', 'list_b', :settings);
SELECT count(*), count(DISTINCT query) AS queries, count(DISTINCT plan) > 100 AS various FROM plans;
SELECT * FROM difference ORDER BY moment, off, query LIMIT 5;
-- it would be seen: one of his own is flagged
SET ROLE regress_owner;
UPDATE students SET mark = 8 WHERE student_id = 333 AND list = 'list_b';
SELECT newly_flagged FROM refresh_watch_list('list_a');
SELECT newly_flagged FROM refresh_watch_list('list_b');
SET ROLE regress_teacher;
CALL look('own', 'list_a', '{nothing}');
CALL look('own', 'list_b', '{nothing}');
SELECT count(DISTINCT query) > 30 AS seen FROM difference WHERE moment = 'own';

-- of what is behind the views, a plan shows nothing
SELECT bool_and(plan ~ 'Function Scan on gapstats_internal.own_rows') AS by_function, bool_or(plan ~ 'district\.@_(own|viewers|current|values|flags|alarms|check_ins|history)|Buffers') AS behind
FROM plans WHERE off = 'nothing';

RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_owner, regress_teacher;
RESET client_min_messages;

-- The same at sizes where scans of whole tables and hash joins are cheaper, and where they are not (100,000 are in a TAP test)
\getenv srcdir PG_ABS_SRCDIR
\set teacher :srcdir '/test/teacher.sql'
\set thin 100
\set students 300
\set ECHO none
\i :teacher
\set ECHO all

--
-- What else tells of a list: of statistics, sequences and relations behind the views, nothing is his to read
--
SET ROLE regress_teacher;
SELECT count(*) FROM pg_stats WHERE schemaname = 'district' AND tablename ^@ 'list' AND tablename NOT IN (SELECT relname FROM readable);
SELECT count(*) FROM pg_stats_ext WHERE schemaname = 'district' AND tablename ^@ 'list';
SELECT count(*) > 5 AS sequences, count(last_value) AS known FROM pg_sequences WHERE schemaname = 'district' AND sequencename ^@ 'list';
CREATE FUNCTION succeeds(statement text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN true;
EXCEPTION WHEN insufficient_privilege THEN
	RETURN false;
END $$;
SELECT format(s, oid::regclass) AS readable
FROM pg_class, unnest('{SELECT last_value FROM %s,SELECT nextval(%L),SELECT currval(%L),"SELECT setval(%L, 1)"}'::text[]) s
WHERE relnamespace = 'district'::regnamespace AND relname ^@ 'list' AND relkind = 'S' AND succeeds(format(s, oid::regclass));
SELECT oid::regclass AS readable
FROM pg_class
WHERE relnamespace = 'district'::regnamespace AND relname ^@ 'list' AND relkind IN ('r', 'v', 'm') AND succeeds(format('SELECT FROM %s', oid::regclass))
ORDER BY relname;

-- Of sizes and of what is done to tables, PostgreSQL tells everybody; a DBA can take that back (doc/watch_list.md).
RESET ROLE;
BEGIN;
DO $$
DECLARE
	f regprocedure;
BEGIN
	FOR f IN
		SELECT oid FROM pg_proc
		WHERE pronamespace = 'pg_catalog'::regnamespace AND (proname ~ '^pg_(relation|table|indexes|total_relation)_size$'
			OR proname ~ '^pg_stat_get_(?!db_)' AND proargtypes = '26')
	LOOP
		EXECUTE format('REVOKE EXECUTE ON FUNCTION %1$s FROM PUBLIC; GRANT EXECUTE ON FUNCTION %1$s TO pg_monitor', f);
	END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION pg_lock_status(), pg_current_wal_lsn() FROM PUBLIC;
SET ROLE regress_teacher;
SELECT asked AS told
FROM unnest('{pg_stat_all_tables,pg_stat_xact_all_tables,pg_stat_all_indexes,pg_statio_all_tables,pg_statio_all_indexes,pg_locks,pg_relation_size(''list_flags''),pg_table_size(''list_flags''),pg_indexes_size(''list_flags''),pg_total_relation_size(''list_flags''),pg_current_wal_lsn()}'::text[]) AS asked
WHERE succeeds('SELECT * FROM ' || asked);
SELECT (SELECT count(*) FROM list_mine) = (SELECT count(*) FROM his) AS reads, check_in('list', :'own') > 0 AS checks_in;
ROLLBACK;

--
-- The views are made of a function that everybody may call. It asks what the caller may read of the view.
--
RESET ROLE;
CREATE ROLE regress_clerk IN ROLE regress_teacher NOINHERIT;
CREATE ROLE regress_aide;
SET ROLE regress_owner;
SELECT share_watch_list('list', 'SELECT teacher, student_id FROM students UNION ALL SELECT ''regress_aide'', student_id FROM students WHERE teacher = ''regress_teacher''');
SELECT grant_watch_list('list', 'read', 'regress_aide');
GRANT USAGE ON SCHEMA district TO regress_aide, regress_clerk;
GRANT SELECT (student_id, flag) ON list_my_flags TO regress_aide;
CREATE VIEW over AS SELECT student_id, status FROM list_my_sheet;
GRANT SELECT ON over TO regress_aide;
SET ROLE regress_aide;
SELECT count(*), count(status) FROM list_mine;
SELECT count(*), count(status) FROM gapstats_internal.own_rows('list', 'mine', NULL::list_own);
SELECT count(student_id), count(flag) > 0 AS flags FROM list_my_flags;
SELECT status FROM list_my_flags;
SELECT count(student_id), count(flag) > 0 AS flags, count(status) AS statuses, count(due_at) AS times FROM gapstats_internal.own_rows('list', 'my_flags', NULL::list_own_flags);
SELECT * FROM list_my_sheet;
SELECT * FROM gapstats_internal.own_rows('list', 'my_sheet', NULL::list_own_sheet);
SELECT * FROM gapstats_internal.own_rows('list', 'mine', NULL::list_own_sheet);
SELECT * FROM gapstats_internal.own_rows('list', 'flags', NULL::list_flags);
SELECT * FROM gapstats_internal.own_rows('students', 'mine', NULL::list_own);
SELECT * FROM gapstats_internal.own_rows(NULL, 'mine', NULL::list_own);
-- nor does it give what is no view of one's own students, past row security, to one who may read it
SET ROLE regress_owner;
BEGIN;
GRANT SELECT ON list_flags TO regress_aide;
ALTER TABLE list_flags ENABLE ROW LEVEL SECURITY;
CREATE POLICY none ON list_flags TO regress_aide USING (false);
SET ROLE regress_aide;
SELECT count(*) FROM list_flags;
SELECT count(*) FROM gapstats_internal.own_rows('list', 'flags', NULL::list_flags);
ROLLBACK;
SET ROLE regress_aide;
-- nor does a view over it lend what its owner may read
SELECT * FROM over;
SET ROLE regress_clerk;
SELECT * FROM gapstats_internal.own_rows('list', 'mine', NULL::list_own);
-- whoever owns the schema gains nothing by a view of that name
RESET ROLE;
CREATE ROLE regress_mallory;
ALTER SCHEMA district OWNER TO regress_mallory;
GRANT ALL ON SCHEMA district TO regress_owner;
SET ROLE regress_mallory;
BEGIN;
DROP VIEW over, list_my_sheet;
CREATE VIEW list_my_sheet AS SELECT 1 AS one;
GRANT SELECT ON list_my_sheet TO regress_aide;
SET ROLE regress_aide;
SAVEPOINT a;
SELECT * FROM gapstats_internal.own_rows('list', 'my_sheet', NULL::list_own_sheet);
ROLLBACK TO a;
SET ROLE regress_mallory;
DROP VIEW list_own, list_mine;
CREATE VIEW list_own AS SELECT 1 AS one;
CREATE VIEW list_mine AS SELECT 1 AS one;
SELECT * FROM gapstats_internal.own_rows('list', 'mine', NULL::list_own);
ROLLBACK;

-- Flags are raised in no order that tells who is between two students
RESET ROLE;
SELECT count(*) > 50 AS flags, abs(corr(flag, student_id)) < 0.5 AS in_no_order FROM list_flags WHERE run = 1;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_clerk, regress_owner, regress_teacher, regress_counsellor, regress_aide, regress_mallory;
RESET client_min_messages;

\set students 10000
\set ECHO none
\i :teacher
\set ECHO all
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_owner, regress_teacher, regress_counsellor;
