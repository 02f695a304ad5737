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
-- All the ways in which the teacher may ask for students of others, under settings that leave
-- him an index; looked at until it is the same twice, when everything is in memory. The size of tables,
-- which a scan without an index would show, PostgreSQL tells everybody (pg_class).
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

-- everything is looked up by an index, whose students they are, too
SELECT bool_and(plan ~ 'Index (Only )?Scan (using|on) @_viewers_pkey') AS by_index, bool_or(plan ~ 'Seq Scan on district.@_(viewers|current|values|flags|alarms|check_ins|history)') AS by_scan
FROM plans WHERE off = 'nothing';

RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_owner, regress_teacher;
