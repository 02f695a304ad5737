-- A teacher who knows SQL, and all that he may read of a watch list: made from the catalogs, so that no
-- view, column, function or setting is forgotten. Whatever becomes of others' students, he must be shown the
-- same: by EXPLAIN with all that it tells, and by what PostgreSQL counts of what he does.
--
-- Of :students students he has at most 30; under each setting he asks one in :thin of his questions. Prints
-- what differs.
CREATE ROLE regress_owner;
CREATE ROLE regress_teacher;
CREATE ROLE regress_counsellor;
CREATE SCHEMA district AUTHORIZATION regress_owner;
GRANT USAGE ON SCHEMA district TO regress_counsellor;
GRANT USAGE, CREATE ON SCHEMA district TO regress_teacher;
SET search_path = district, gapstats;
SELECT :students / least(30, :students / 30) AS one_in \gset

SET ROLE regress_owner;
CREATE TABLE students AS
SELECT i AS student_id, 'Student ' || i AS name, CASE WHEN i % :one_in = 0 THEN 'regress_teacher' ELSE 'regress_counsellor' END AS teacher, (i + i / :one_in) % 10 AS mark
FROM generate_series(1, :students) i;
SELECT create_watch_list('list', 'SELECT student_id, name, teacher FROM students') \g /dev/null
SELECT add_rule('list', 'mark', 'SELECT student_id, mark FROM students', '>=', 7, 'Mark {value}'),
	add_rule('list', 'other', 'SELECT student_id, mark FROM students', '<', 2, 'Mark {value}', severity => 'watch'),
	share_watch_list('list', viewer_column => 'teacher'),
	grant_watch_list('list', 'follow up', 'regress_teacher'), grant_watch_list('list', 'follow up', 'regress_counsellor') \g /dev/null
SELECT refresh_watch_list('list') \g /dev/null
-- which he may read, and which is of no student
VACUUM (ANALYZE) list_words;
-- nothing comes between
SELECT format('ALTER TABLE %s SET (autovacuum_enabled = off)', oid::regclass)
FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relkind = 'r' \gexec

-- All that can be done for a student
CREATE PROCEDURE care(student text) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM check_in('list', student, 'Called'), assign_student('list', student, 'me'), snooze_student('list', student, current_date + 7, 'Ill'),
		start_intervention('list', student, 'Tutoring from ' || clock_timestamp(), 2);
END $$;
GRANT EXECUTE ON PROCEDURE care TO regress_teacher, regress_counsellor;
SET ROLE regress_teacher;
SELECT min(student_id) AS own FROM list_my_flags \gset
SELECT :own + 1 AS other \gset
CALL care(:'own');
SET ROLE regress_counsellor;
SELECT format('CALL care(%L)', student_id) FROM list_my_flags ORDER BY student_id LIMIT 3 \gexec

--
-- What he asks
--
SET ROLE regress_teacher;
CREATE TABLE his WITH (autovacuum_enabled = off) AS SELECT student_id FROM list_mine;
CREATE TABLE ids WITH (autovacuum_enabled = off) AS SELECT student_id FROM his UNION SELECT student_id + 1 FROM his;
ANALYZE his, ids;
-- A cheap function that would tell him what it is called with
CREATE FUNCTION peek(student integer, what text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM district.his h WHERE h.student_id = student) THEN
		RAISE WARNING 'student %: %', student, what;
	END IF;
	RETURN true;
END $$;

-- of_other: about a student who is not his; NULL if about nobody
CREATE TABLE asked (id serial, of_other boolean DEFAULT false, query text);
CREATE VIEW readable AS
SELECT oid, relname FROM pg_class
WHERE relnamespace = 'district'::regnamespace AND relname ^@ 'list' AND relkind IN ('r', 'v', 'm') AND has_table_privilege(current_user, oid, 'SELECT');
CREATE VIEW of_students AS
SELECT * FROM readable r WHERE EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attname = 'student_id');

-- of every column, each in its turn
INSERT INTO asked (query)
SELECT replace(replace((ARRAY['SELECT * FROM @ WHERE # IS NOT NULL', 'SELECT * FROM @ WHERE #::text >= ''m''', 'SELECT * FROM @ WHERE 1 / (1 + length(#::text)) >= 0',
	'SELECT #, count(*) FROM @ GROUP BY # ORDER BY #', 'SELECT max(#::text) FROM @'])[1 + a.attnum % 5], '#', quote_ident(a.attname)), '@', r.relname)
FROM readable r
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0
UNION ALL
SELECT format('SELECT * FROM %I WHERE peek(student_id, %2$I::text) AND %2$I IS NULL', v.relname, a.attname)
FROM of_students v
JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum > 0;

-- of every view of students; {own} is one of his, {other} the one beside her
INSERT INTO asked (query)
SELECT replace(replace(replace(q, '{own}', :'own'), '{other}', :'other'), '@', v.relname)
FROM of_students v
CROSS JOIN unnest(ARRAY['SELECT * FROM @', 'SELECT count(*) FROM @', 'SELECT * FROM @ WHERE student_id = {other}', 'SELECT * FROM @ WHERE student_id IN ({own}, {other})',
	'SELECT * FROM @ WHERE student_id = ANY (''{{own},{other}}'')', 'SELECT * FROM @ WHERE student_id BETWEEN {own} AND {other}', 'SELECT * FROM @ WHERE student_id > {own}',
	'SELECT * FROM @ WHERE NOT student_id <> {other}', 'SELECT * FROM @ WHERE student_id::text LIKE ''7%''', 'SELECT * FROM @ WHERE student_id % 10 = 7', 'SELECT * FROM @ WHERE 1 / (student_id - {other}) = 7',
	'SELECT * FROM @ WHERE student_id IS NULL', 'SELECT * FROM @ WHERE (student_id, 1) = ({other}, 1)', 'SELECT * FROM @ WHERE student_id = (SELECT {other})', 'SELECT * FROM @ v WHERE v IS NOT NULL',
	'SELECT * FROM @ v ORDER BY v::text LIMIT 3', 'SELECT * FROM @ ORDER BY student_id LIMIT 1', 'SELECT * FROM @ ORDER BY student_id DESC FETCH FIRST ROW WITH TIES',
	'SELECT DISTINCT ON (student_id) * FROM @ ORDER BY student_id', 'SELECT student_id, row_number() OVER (ORDER BY student_id) FROM @', 'SELECT * FROM ids JOIN @ USING (student_id)',
	'SELECT * FROM ids LEFT JOIN @ USING (student_id)', 'SELECT * FROM ids FULL JOIN @ USING (student_id)', 'SELECT * FROM ids i WHERE EXISTS (SELECT FROM @ v WHERE v.student_id = i.student_id)',
	'SELECT * FROM ids WHERE student_id NOT IN (SELECT student_id FROM @)', 'SELECT i.student_id, (SELECT count(*) FROM @ v WHERE v.student_id = i.student_id) FROM ids i',
	'SELECT * FROM ids i, LATERAL (SELECT * FROM @ v WHERE v.student_id = i.student_id LIMIT 1) v', 'SELECT * FROM generate_series({own}, {other}) s JOIN @ ON student_id = s',
	'WITH v AS MATERIALIZED (SELECT * FROM @) SELECT * FROM v a JOIN v b USING (student_id)',
	'WITH v AS NOT MATERIALIZED (SELECT * FROM @) SELECT * FROM v a JOIN v b USING (student_id) WHERE student_id = {other}', 'SELECT count(*) FROM @ a, @ b WHERE a.student_id < b.student_id',
	'WITH RECURSIVE r AS (SELECT {own} - 3 AS s UNION SELECT s + 1 FROM r LEFT JOIN @ ON student_id = s WHERE s < {own} + 3) SELECT * FROM r',
	'SELECT student_id FROM ids EXCEPT SELECT student_id FROM @', 'SELECT student_id FROM @ UNION ALL SELECT student_id FROM ids', 'SELECT student_id FROM @ GROUP BY ROLLUP (student_id)',
	'SELECT * FROM @ FOR SHARE', 'SELECT ctid FROM @', 'SELECT xmin FROM @', 'DECLARE c CURSOR FOR SELECT * FROM @', 'EXECUTE prepared_@', 'EXECUTE prepared_@_of({other})']) q;
INSERT INTO asked (query)
SELECT format('SELECT * FROM %I JOIN %I USING (student_id)', a.relname, b.relname) FROM of_students a, of_students b WHERE a.oid < b.oid;

-- of what such a view is made of, past the view
INSERT INTO asked (query)
SELECT format('SELECT * FROM gapstats_internal.own_rows(''list'', %L, NULL::list_%s)', part, own_part)
FROM gapstats_internal.list_parts(), gapstats_internal.own_part(part)
WHERE own_part <> part;

-- of all that is done as the owner for anybody, about one who is no student of his
INSERT INTO asked (of_other, query)
SELECT bool_or(p.proargnames[a.n] = 'student_id') OR NULL,
	format('SELECT * FROM %s(%s)', p.oid::regproc, string_agg(CASE
		WHEN p.proargnames[a.n] = 'student_id' THEN quote_literal(:'other')
		WHEN a.type = 'regclass'::regtype THEN quote_literal('list')
		WHEN a.type = 'text'::regtype THEN quote_literal('en')
		WHEN a.type = 'bigint'::regtype THEN '1000000'
		WHEN a.type = 'bigint[]'::regtype THEN quote_literal('{1000000}')
		ELSE 'NULL' END, ', ' ORDER BY a.n))
FROM pg_proc p
CROSS JOIN unnest(p.proargtypes) WITH ORDINALITY AS a (type, n)
WHERE p.prosrc ~ '^done_for_anyone' AND NOT 'anyelement'::regtype = ANY (p.proargtypes) AND has_function_privilege(current_user, p.oid, 'EXECUTE')
GROUP BY p.oid;

-- Under what settings: each method of the planner off, all of them, and what else makes it choose otherwise. (To compile
-- takes long, and is one of them; so is the plan of a prepared statement that it would choose after some time.)
SET jit = off;
SET plan_cache_mode = force_custom_plan;
CREATE TABLE settings (id serial, settings jsonb);
INSERT INTO settings (settings)
SELECT jsonb_build_object(name, 'off') FROM pg_settings WHERE name ^@ 'enable_' AND vartype = 'bool'
UNION ALL SELECT jsonb_object_agg(name, 'off') FROM pg_settings WHERE name ^@ 'enable_' AND vartype = 'bool'
UNION ALL SELECT jsonb_object_agg(name, 'off') FROM pg_settings WHERE name IN ('enable_indexscan', 'enable_indexonlyscan', 'enable_bitmapscan')
UNION ALL SELECT jsonb_build_object('parallel_setup_cost', '0', 'parallel_tuple_cost', '0', 'min_parallel_table_scan_size', '0', 'min_parallel_index_scan_size', '0', name, 'on')
	FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query')
UNION ALL SELECT s::jsonb FROM unnest(ARRAY['{"from_collapse_limit": "1", "join_collapse_limit": "1"}', '{"work_mem": "64kB", "hash_mem_multiplier": "1"}', '{"geqo_threshold": "2"}',
	'{"plan_cache_mode": "force_generic_plan"}', '{"cursor_tuple_fraction": "0.01"}', '{"random_page_cost": "1000"}',
	'{"seq_page_cost": "0", "random_page_cost": "0"}', '{"cpu_operator_cost": "1000"}', '{"effective_cache_size": "8kB"}', '{"jit": "on", "jit_above_cost": "0"}']) s;

--
-- What he is shown
--
CREATE TABLE shown (moment text, how text, query text, lines text);
CREATE INDEX ON shown (query, how, moment);

-- What PostgreSQL counts of what a transaction does to each table, and tells everybody
CREATE VIEW count AS
SELECT coalesce(i.indrelid, c.oid)::regclass::text AS of, sum(pg_stat_get_xact_numscans(oid)) FILTER (WHERE relkind <> 'i') AS whole,
	sum(pg_stat_get_xact_numscans(oid)) AS scans, sum(pg_stat_get_xact_tuples_returned(oid)) AS returned, sum(pg_stat_get_xact_tuples_fetched(oid)) AS fetched,
	sum(pg_stat_get_xact_blocks_fetched(oid)) AS blocks
FROM pg_class c
LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE relnamespace = 'district'::regnamespace AND relname ^@ 'list_' AND relname !~ '^list_(next|words|settings)' AND relkind IN ('r', 'i')
GROUP BY 1;
-- All of it if the query is about a student who is not his. Of his own, the planner may choose how to look them up; but
-- what is read must not be more than a few rows a student, however many rows others have.
CREATE FUNCTION counted(of_other boolean, before count[]) RETURNS text LANGUAGE sql RETURN (
	SELECT string_agg(CASE
		WHEN of_other THEN format('%s: %s scans, %s returned, %s fetched, %s blocks', n.of, n.scans - b.scans, n.returned - b.returned, n.fetched - b.fetched, n.blocks - b.blocks)
		WHEN n.whole > b.whole THEN format('%s is read as a whole', n.of)
		WHEN n.returned - b.returned > 20 * (SELECT count(*) FROM district.his) THEN format('too much of %s is read', n.of) END, E'\n' ORDER BY n.of)
	FROM count n
	JOIN unnest(before) b USING (of)
	WHERE n.* IS DISTINCT FROM b.*);

-- How a question is answered: as it was before, or else when everything that it needs is in memory, the same twice
CREATE PROCEDURE ask(moment text, how text, question asked, options text) LANGUAGE plpgsql AS $$
DECLARE
	earlier CONSTANT text := (SELECT s.lines FROM shown s WHERE s.moment = 'before' AND s.how = $2 AND s.query = question.query);
	line text;
	now text;
	last text;
	count_before count[];
BEGIN
	FOR i IN 1..6 LOOP
		last := now;
		now := '';
		BEGIN
			IF options IS NULL THEN
				count_before := ARRAY(SELECT c FROM count c);
				EXECUTE question.query;
				now := concat(counted(question.of_other, count_before));
			ELSE
				FOR line IN EXECUTE format('EXPLAIN (%s) %s', options, question.query) LOOP
					now := now || line || E'\n';
				END LOOP;
			END IF;
		EXCEPTION WHEN OTHERS THEN
			now := concat_ws(E'\n', SQLSTATE || ' ' || SQLERRM, CASE WHEN options IS NULL THEN counted(question.of_other, count_before) END);
		END;
		EXIT WHEN now = last OR now = earlier;
	END LOOP;
	INSERT INTO shown VALUES (moment, how, question.query, now);
END $$;

CREATE PROCEDURE look(moment text, thin integer, questions text DEFAULT '') LANGUAGE plpgsql AS $$
DECLARE
	everything CONSTANT text := 'ANALYZE, VERBOSE, BUFFERS, WAL, SETTINGS, TIMING OFF, SUMMARY OFF';
	v of_students;
	s settings;
	settings_before jsonb;
	q asked;
BEGIN
	DEALLOCATE ALL;
	FOR v IN SELECT * FROM of_students LOOP
		EXECUTE format('PREPARE prepared_%1$s AS SELECT * FROM %1$s', v.relname);
		EXECUTE format('PREPARE prepared_%1$s_of(int) AS SELECT * FROM %1$s WHERE student_id = $1', v.relname);
	END LOOP;
	FOR q IN SELECT * FROM asked WHERE query ~ questions ORDER BY id LOOP
		CALL ask(moment, 'EXPLAIN', q, everything);
		CONTINUE WHEN q.id % 5 <> 0 AND q.query !~ '^SELECT \* FROM \w+(\(.*\))?$';
		CALL ask(moment, 'EXPLAIN as JSON', q, everything || ', FORMAT JSON');
		IF q.of_other IS NOT NULL THEN
			CALL ask(moment, 'counts', q, NULL);
		END IF;
	END LOOP;
	FOR s IN SELECT * FROM settings ORDER BY id LOOP
		SELECT jsonb_object_agg(key, current_setting(key)) INTO settings_before FROM jsonb_each_text(s.settings);
		PERFORM set_config(key, value, true) FROM jsonb_each_text(s.settings);
		FOR q IN SELECT * FROM asked WHERE ((id + s.id) % thin = 0 OR query = 'SELECT * FROM list_my_sheet') AND query ~ questions ORDER BY id LOOP
			CALL ask(moment, s.settings::text, q, everything);
			IF NOT q.of_other THEN
				CALL ask(moment, 'counts under ' || s.settings::text, q, NULL);
			END IF;
		END LOOP;
		PERFORM set_config(key, value, true) FROM jsonb_each_text(settings_before);
	END LOOP;
END $$;
CREATE VIEW difference AS
SELECT n.moment, n.how, n.query, trim(l.was) AS was, trim(l.is) AS is
FROM shown b
JOIN shown n USING (how, query)
CROSS JOIN LATERAL (
	SELECT x.line AS was, y.line AS is
	FROM string_to_table(b.lines, E'\n') WITH ORDINALITY AS x (line, n)
	FULL JOIN string_to_table(n.lines, E'\n') WITH ORDINALITY AS y (line, n) USING (n)
	WHERE x.line IS DISTINCT FROM y.line
	ORDER BY n
	LIMIT 1
) l
WHERE b.moment = 'before' AND n.moment <> 'before' AND b.lines IS DISTINCT FROM n.lines;

CALL look('before', :thin);
-- others' standings change, others come and go, and are cared for: some as their counsellor does it, and half of them at
-- once
SET ROLE regress_owner;
SELECT change_settings('list', '{"max_students_change": 1, "max_values_change": 1, "max_flagged_change": 1}') \g /dev/null
UPDATE students SET mark = 9 - mark WHERE teacher <> 'regress_teacher' AND (student_id % :one_in IN (1, :one_in - 1) OR student_id % 5 = 0);
DELETE FROM students WHERE teacher <> 'regress_teacher' AND student_id % 97 = 1;
INSERT INTO students SELECT i, 'Student ' || i, 'regress_counsellor', 8 FROM generate_series(:students + 1, :students + :students / 30) i;
SELECT status, newly_flagged > 0 AS flagged, escalated > 0 AS escalated, cleared > 0 AS cleared FROM refresh_watch_list('list');
SET ROLE regress_counsellor;
SELECT format('CALL care(%L)', student_id) FROM list_my_flags WHERE student_id = :other OR student_id % 7 = 0 ORDER BY student_id LIMIT 20 \gexec
SELECT correct_note('list', min(check_in), 'Called again') FROM list_my_check_ins \g /dev/null
SET ROLE regress_owner;
CREATE TABLE cared_for AS SELECT * FROM list_flags f JOIN students USING (student_id) WHERE teacher <> 'regress_teacher' AND student_id % 2 = 0;
INSERT INTO list_check_ins (flag, student_id, note, is_restricted) SELECT flag, student_id, repeat('secret ', student_id % 100), student_id % 4 = 0 FROM cared_for;
INSERT INTO list_assignments (flag, student_id, assigned_to, made_by) SELECT flag, student_id, 'somebody', 'somebody' FROM cared_for ON CONFLICT DO NOTHING;
INSERT INTO list_snoozes (flag, student_id, until, reason, made_by) SELECT flag, student_id, current_date + 7, 'ill', 'somebody' FROM cared_for;
INSERT INTO list_interventions (student_id, what, starts_on, made_by) SELECT student_id, 'reading', current_date, 'somebody' FROM cared_for;
SET ROLE regress_teacher;
CALL look('others', :thin);
-- and it is counted, and goes on
RESET ROLE;
SELECT format('VACUUM (ANALYZE) %s', oid::regclass) FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relname ^@ 'list' AND relkind IN ('r', 'm') \gexec
SET ROLE regress_owner;
UPDATE students SET mark = 9 - mark WHERE teacher <> 'regress_teacher' AND (student_id % :one_in IN (1, :one_in - 1) OR student_id % 3 = 0);
SELECT status, newly_flagged > 0 AS flagged, escalated > 0 AS escalated, cleared > 0 AS cleared FROM refresh_watch_list('list');
SET ROLE regress_teacher;
CALL look('others, after VACUUM and ANALYZE', :thin);

-- He has asked, and was shown,
SELECT count(DISTINCT query) > 300 AS many, count(DISTINCT how) > 60 AS ways, count(DISTINCT lines) > 300 AS various,
	count(DISTINCT query) FILTER (WHERE how = 'counts' AND lines ~ 'list_viewers: 1 scans') > 4 AS of_others
FROM shown WHERE moment = 'before';
-- and nothing of others:
SELECT moment, how, query, was, "is" FROM difference ORDER BY moment, how, query LIMIT 20;
SELECT DISTINCT how, query, line FROM shown, string_to_table(lines, E'\n') AS line WHERE line ~ 'as a whole|too much|^22012' ORDER BY 1, 2 LIMIT 20;
-- It would be seen: one of his own is flagged.
SET ROLE regress_owner;
UPDATE students SET mark = 8 WHERE student_id = (SELECT min(student_id) FROM list_current WHERE teacher = 'regress_teacher' AND status = 'on track');
SELECT newly_flagged FROM refresh_watch_list('list');
SET ROLE regress_teacher;
CALL look('own', 1000, '^SELECT count');
SELECT count(DISTINCT query) > 3 AS seen FROM difference WHERE moment = 'own';
RESET ROLE;
RESET jit;
RESET plan_cache_mode;
