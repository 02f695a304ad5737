-- watch_list/estimate: what a list will cost, before it is made
--
-- Disk and WAL follow from the layout of the tables (tables.sql), of PostgreSQL's pages and of its
-- WAL records; PostgreSQL itself says how wide a typical row is.  How often standings change and
-- how long things take do not follow from anything: these were measured, and "make bench" prints
-- the estimate beside what it measures.

CREATE FUNCTION gapstats_internal.on_page(bytes double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 8 * ceil(bytes / 8) + 4;
COMMENT ON FUNCTION gapstats_internal.on_page(double precision) IS
'The bytes that a row, or an entry of an index, takes on its page: a multiple of 8, and its line pointer.';

CREATE FUNCTION gapstats_internal.pages_of(n_rows double precision, bytes double precision, fill double precision)
RETURNS double precision
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
	SELECT ceil(CASE WHEN n.on_page >= 1 THEN n_rows / n.on_page ELSE n_rows * bytes / (p.page - 24) END)
	FROM (SELECT current_setting('block_size')::double precision) p (page)
	CROSS JOIN LATERAL (SELECT floor((p.page * fill - 24) / gapstats_internal.on_page(bytes))) n (on_page)
);
COMMENT ON FUNCTION gapstats_internal.pages_of(double precision, double precision, double precision) IS
'The pages of a table, or of the leaves of an index, each filled up to a fraction; of rows that do not fit on one, those of the TOAST table.';

CREATE FUNCTION gapstats_internal.pages_touched(pages double precision, n_written double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN pages > 0 THEN pages * (1 - exp(-least(n_written / pages, 100))) ELSE 0 END;
COMMENT ON FUNCTION gapstats_internal.pages_touched(double precision, double precision) IS
'On how many of so many pages there are rows of those that are written, here and there.';

CREATE TYPE gapstats_internal.list_shape AS (
	students double precision,
	rules integer,
	row_bytes double precision,
	id_bytes double precision,
	value_bytes double precision,
	flag_rate double precision
);
COMMENT ON TYPE gapstats_internal.list_shape IS 'what the size of a watch list depends on';
COMMENT ON COLUMN gapstats_internal.list_shape.students IS 'how many students';
COMMENT ON COLUMN gapstats_internal.list_shape.rules IS 'how many rules';
COMMENT ON COLUMN gapstats_internal.list_shape.row_bytes IS 'mean width of a row of the students query';
COMMENT ON COLUMN gapstats_internal.list_shape.id_bytes IS 'width of student_id';
COMMENT ON COLUMN gapstats_internal.list_shape.value_bytes IS 'mean width of a rule''s value, with the comma after it';
COMMENT ON COLUMN gapstats_internal.list_shape.flag_rate IS 'share of the students who are flagged, 0..1';

-- Of five standings that begin after the first run one or two raise a flag (0.3) or an alarm
-- (0.4), as they did of Project STAR's kindergartners with three rules of absence.
CREATE FUNCTION gapstats_internal.list_part_rows(shape gapstats_internal.list_shape, n_next double precision, standings double precision, runs double precision)
RETURNS TABLE (part text, n_rows double precision, bytes double precision, fill double precision, student_keys double precision[], other_keys double precision[])
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH student AS (
		-- the columns of the students query as if of four
		SELECT repeat('x', shape.id_bytes::integer - 1) AS id, repeat('x', greatest(shape.row_bytes - shape.id_bytes - 3, 0)::integer) AS name,
			repeat('x', greatest(shape.rules * shape.value_bytes - 1, 0)::integer) AS "values", repeat('o', shape.rules) AS states,
			'absence, 20 days' AS reason, 8 + shape.id_bytes AS by_id, 16 + shape.id_bytes AS by_id_and_more,
			-- autovacuum comes when a fifth of the rows are dead
			CASE WHEN runs > 1 THEN 1.2 ELSE 1 END AS alive_and_dead
	), student_row AS (
		SELECT pg_column_size(ROW(id, name, '', '', 'on track', 0::numeric, 0, 0, NULL::text, NULL::date)) AS on_track,
			pg_column_size(ROW(id, name, '', '', 'at risk', 2::numeric, 1, 0, reason, current_date)) AS flagged,
			pg_column_size(ROW("values", states, NULL::date[], ''::"char", '{}'::text[], '{}'::integer[])) AS rest
		FROM student
	)
	SELECT p.*
	FROM student s
	CROSS JOIN (SELECT r.on_track + shape.flag_rate * (r.flagged - r.on_track) AS bytes, r.rest FROM student_row r) r
	CROSS JOIN LATERAL (VALUES
		('current', s.alive_and_dead * shape.students, r.bytes, 0.9, ARRAY[s.by_id], '{}'::double precision[]),
		('list', s.alive_and_dead * shape.students, r.bytes, 1, ARRAY[s.by_id], '{}'),
		('values', shape.students, pg_column_size(ROW(s.id, s."values", s.states, NULL::date[])), 0.45, ARRAY[s.by_id], '{}'),
		('next', n_next, r.bytes + r.rest - 24, 1, '{}', '{}'),
		('history', s.alive_and_dead * (shape.students * shape.flag_rate + standings),
			pg_column_size(ROW(1::bigint, s.id, 'at risk', ARRAY[s.reason], '{1}'::integer[], 'flagged', 1::bigint, current_date, now(), NULL::date, NULL::timestamptz, NULL::bigint, NULL::text)),
			0.8, ARRAY[s.by_id, s.by_id_and_more], '{16, 8, 8}'),  -- equal keys share entries
		('flags', s.alive_and_dead * (shape.students * shape.flag_rate + 0.3 * standings),
			pg_column_size(ROW(1::bigint, s.id, 'at risk', ARRAY[s.reason], current_date, 1::bigint, now(), NULL::timestamptz, NULL::text)),
			0.8, ARRAY[s.by_id, s.by_id_and_more], '{16}'),
		('alarms', shape.students * shape.flag_rate + 0.4 * standings,
			pg_column_size(ROW(1::bigint, 1::bigint, s.id, 'flagged', 'at risk', ARRAY[s.reason], 1::bigint, now(), now(), s."values", NULL::timestamptz, NULL::name)),
			1, '{}', '{16, 16, 16}'),
		('run_rules', runs * shape.rules, 120, 1, '{}', '{16, 32}')
	) p (part, n_rows, bytes, fill, student_keys, other_keys);
END;
COMMENT ON FUNCTION gapstats_internal.list_part_rows(gapstats_internal.list_shape, double precision, double precision, double precision) IS
'The tables of a watch list that grow with it: their rows, how wide they are and how full their pages get, and how wide the entries of their indexes are, those that begin with the student apart. That is after the first run and so many others, in which so many standings began, the last of which found so many students changed.';

CREATE FUNCTION gapstats_internal.list_bytes(shape gapstats_internal.list_shape, n_next double precision, standings double precision, runs double precision)
RETURNS double precision
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
	-- 66 pages are there when a list is made; a table of more than 4 has a map of its free space
	SELECT current_setting('block_size')::double precision * (66 + sum(h.pages + CASE WHEN h.pages > 4 THEN 3 ELSE 0 END + (
		SELECT coalesce(sum(gapstats_internal.pages_of(p.n_rows, k, 0.9)), 0) FROM unnest(p.student_keys || p.other_keys) k)))
	FROM gapstats_internal.list_part_rows(shape, n_next, standings, runs) p
	CROSS JOIN LATERAL (SELECT gapstats_internal.pages_of(p.n_rows, p.bytes, p.fill)) h (pages)
);
COMMENT ON FUNCTION gapstats_internal.list_bytes(gapstats_internal.list_shape, double precision, double precision, double precision) IS
'The size of a watch list and all beside it; arguments as list_part_rows.';

-- A WAL record takes 28 bytes more than a row has on its page, 48 more than an entry of an index
-- has there, and 60 for a row that is taken away; an update that stays on its page logs about half
-- of the row.  Nights begin long after a checkpoint, so whatever page is written is logged as
-- well, as far as it is full.
CREATE FUNCTION gapstats_internal.list_wal_bytes(shape gapstats_internal.list_shape, is_first boolean, moved double precision, standings double precision)
RETURNS double precision
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
	SELECT sum(
		w.in_place * (60 + p.on_page / 2) + w.replaced * (88 + p.on_page) + w.added * (28 + p.on_page)
		+ (w.replaced + w.added) * (SELECT coalesce(sum(48 + gapstats_internal.on_page(k)), 0) FROM unnest(p.student_keys || p.other_keys) k)
		+ CASE WHEN is_first THEN 0 ELSE p.page * (
			p.fill * gapstats_internal.pages_touched(gapstats_internal.pages_of(p.n_rows, p.bytes, p.fill), w.in_place + w.replaced)
			+ (SELECT coalesce(sum(0.9 * gapstats_internal.pages_touched(gapstats_internal.pages_of(p.n_rows, k, 0.9), w.replaced + w.added)), 0) FROM unnest(p.student_keys) k)) END)
	FROM (
		SELECT *, gapstats_internal.on_page(bytes) AS on_page, current_setting('block_size')::double precision AS page
		FROM gapstats_internal.list_part_rows(shape, 0, 0, 1)
	) p
	CROSS JOIN LATERAL (
		SELECT CASE p.part WHEN 'current' THEN standings WHEN 'values' THEN moved ELSE 0 END AS in_place,
			CASE p.part WHEN 'list' THEN standings WHEN 'history' THEN standings WHEN 'flags' THEN 0.5 * standings ELSE 0 END AS replaced,
			CASE WHEN is_first THEN p.n_rows
				ELSE CASE p.part WHEN 'history' THEN standings WHEN 'flags' THEN 0.3 * standings WHEN 'alarms' THEN 0.4 * standings ELSE 0 END END AS added
	) w
);
COMMENT ON FUNCTION gapstats_internal.list_wal_bytes(gapstats_internal.list_shape, boolean, double precision, double precision) IS
'The WAL of a first run of a watch list; or of another one, which found that the values of so many students moved and so many standings changed.';

-- A flagged student's standing changes 8 times a year, as in Project STAR; if the values of 1% of
-- the students change, a tenth of these stand otherwise.  A run takes 0.08 s, and 2 microseconds a
-- student to compare; 7 a row written, 5 a student to refresh the view if any standing changed.
-- It writes 40 kB of WAL in its own rows, the first 250 kB with statistics.  It keeps 176 bytes a
-- student, her row, and 17 a rule (evaluate.c), then what changed as far as work_mem goes; memory
-- is given out in larger pieces, hence 1.4.
CREATE FUNCTION gapstats_internal.list_costs(shape gapstats_internal.list_shape, source_seconds double precision)
RETURNS TABLE (what text, disk_mb numeric, wal_mb numeric, seconds numeric, memory_mb numeric)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH year AS (
		SELECT 8 * shape.flag_rate * shape.students AS standings
	), run AS (
		SELECT r.place, r.what, r.n_next,
			gapstats_internal.list_bytes(shape, r.n_next, r.standings, 1) AS disk,
			CASE WHEN r.is_first THEN 250000 ELSE 40000 END + gapstats_internal.list_wal_bytes(shape, r.is_first, r.n_next, r.standings) AS wal,
			0.08 + source_seconds + 2e-6 * shape.students
				+ 7e-6 * CASE WHEN r.is_first THEN (4 + 3 * shape.flag_rate) * shape.students ELSE 2 * r.n_next + 5 * r.standings END
				+ CASE WHEN r.standings > 0 THEN 5e-6 * shape.students ELSE 0 END AS seconds
		FROM year y
		CROSS JOIN LATERAL (VALUES
			(1, 'first run', true, shape.students, 0),
			(2, 'unchanged', false, 0, 0),
			(3, '1% changed', false, 0.01 * shape.students, 0.001 * shape.students),
			(4, 'next school day', false, shape.students, y.standings / 180)
		) r (place, what, is_first, n_next, standings)
	)
	SELECT r.what, round((r.disk / 1e6)::numeric, 1), round((r.wal / 1e6)::numeric, 1), round(r.seconds::numeric, 1),
		round((8 + 1.4e-6 * (shape.students * (176 + 17 * shape.rules + shape.row_bytes)
			+ least(pg_size_bytes(current_setting('work_mem')), r.n_next * n.bytes)))::numeric, 0)
	FROM (
		SELECT * FROM run
		UNION ALL
		SELECT 5, 'a year', shape.students, gapstats_internal.list_bytes(shape, shape.students, y.standings, 366),
			180 * d.wal + 185 * u.wal, 180 * d.seconds + 185 * u.seconds
		FROM year y
		JOIN run d ON d.what = 'next school day'
		JOIN run u ON u.what = 'unchanged'
	) r
	JOIN gapstats_internal.list_part_rows(shape, 0, 0, 1) n ON n.part = 'next'
	ORDER BY r.place;
END;
COMMENT ON FUNCTION gapstats_internal.list_costs(gapstats_internal.list_shape, double precision) IS
'estimate_watch_list(), for a list whose queries take so many seconds to run.';

CREATE FUNCTION gapstats_internal.check_from_to(name text, value double precision, lowest double precision, highest double precision)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF value IS NULL THEN
		RAISE EXCEPTION '% must not be null', name USING ERRCODE = 'null_value_not_allowed';
	ELSIF value NOT BETWEEN lowest AND highest THEN
		RAISE EXCEPTION '% must be from % to %, not %', name, lowest, highest, value
			USING ERRCODE = CASE WHEN value IN ('NaN', 'Infinity', '-Infinity') THEN 'numeric_value_out_of_range' ELSE 'invalid_parameter_value' END;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_from_to(text, double precision, double precision, double precision) IS
'Raises 22004 if an option is NULL, 22003 if it is not finite, 22023 if it lies outside a range.';

CREATE FUNCTION estimate_watch_list(students bigint, rules integer, row_bytes integer DEFAULT 40, id_bytes integer DEFAULT 8, flag_rate double precision DEFAULT 0.15)
RETURNS TABLE (what text, disk_mb numeric, wal_mb numeric, seconds numeric, memory_mb numeric)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.check_from_to('students', students, 0, 1e10);
	PERFORM gapstats_internal.check_from_to('rules', rules, 1, 1000);
	PERFORM gapstats_internal.check_from_to('row_bytes', row_bytes, 1, 1e6);
	PERFORM gapstats_internal.check_from_to('id_bytes', id_bytes, 1, 2000);
	PERFORM gapstats_internal.check_from_to('flag_rate', flag_rate, 0, 1);
	-- a rate takes 19 bytes, a small whole number 2
	RETURN QUERY SELECT * FROM gapstats_internal.list_costs(ROW(students, rules, row_bytes, id_bytes, 8, flag_rate), 1e-6 * students * rules);
END
$$;
COMMENT ON FUNCTION estimate_watch_list(bigint, integer, integer, integer, double precision) IS
'What a watch list of so many students and rules would cost, before it is made. row_bytes is the mean width of a row of the students query, as EXPLAIN shows it; id_bytes that of student_id (bigint 8, uuid 16, text its length and 1); flag_rate the share of the students who are flagged (0..1); one with insufficient data costs half as much. A row each for the first run; a night on which nothing is new (unchanged); one on which the values of 1% of the students are (1% changed); one on which nearly every rate moves (next school day); and a year of 180 such school days and 185 nights on which nothing is new. disk_mb is the size of the list and all beside it afterwards, wal_mb its WAL and seconds its time (of a year: of all its nights), memory_mb what the session takes at its peak; MB are 1,000,000 bytes. Disk and WAL follow from the layout of the tables; WAL with full_page_writes, without wal_compression, each run long after a checkpoint. Of lists whose flag_rate was known, disk was at most 15% off, WAL of a first run 20%, of a night mostly 40%. Rows above 2 kB (of some 120 rules), which PostgreSQL compresses, count in full. Seconds and memory are those of 2 idle cores that had the sources in memory, with 1 microsecond a student and rule for the queries: it may be half or twice as much, and more on slow disks. What a year adds depends on how often standings change: a flagged student''s 8 times, as with three rules of absence in Project STAR; in other data it was a sixth of that. Not counted are viewers, contacts, published counts (with many breakdowns their suppression takes longer than all else of a run), what the queries take by work_mem, JIT, and temporary files. Errors: 22004 for a NULL, 22003 for a flag_rate of NaN or infinity, 22023 for a number that cannot be.';

CREATE FUNCTION gapstats_internal.rule_query_bytes(what text, query text, student_id regtype, names_in text)
RETURNS double precision
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept CONSTANT gapstats_internal.kept_query := gapstats_internal.keep_query(what, query, names_in);
	types CONSTANT regtype[] := ARRAY(SELECT c.type FROM gapstats_internal.kept_query_columns(what, kept) c);
	bytes double precision;
BEGIN
	IF NOT (cardinality(types) BETWEEN 2 AND 9 AND types[1] = student_id AND (SELECT bool_and(t.typcategory = 'N') FROM pg_type t WHERE t.oid = ANY (types[2:]))) THEN
		RAISE EXCEPTION '%: query gives (%) instead of (%, a number)', what, array_to_string(types, ', '), student_id
			USING ERRCODE = 'datatype_mismatch';
	END IF;
	EXECUTE format($sql$
		SELECT coalesce(sum(length(q.value::numeric::text) + 1%s), 0)
		FROM gapstats_internal.run_kept_query($1, $2) AS q (%s)
		$sql$, (SELECT string_agg(format(' + coalesce(length(q.number_%s::numeric::text), 0) + 1', i), '') FROM generate_series(3, cardinality(types)) i),
			gapstats_internal.definitions_of(what, kept, '{student_id, value}'))
	INTO bytes USING what, kept;
	RETURN bytes;
END
$$;
COMMENT ON FUNCTION gapstats_internal.rule_query_bytes(text, text, regtype, text) IS
'Runs a rule''s query and returns how many bytes its values take, each with a comma. An error unless it gives students of that type and numbers.';

CREATE FUNCTION gapstats_internal.estimate_watch_list_as_owner(students_query text, rule_queries text[], flag_rate double precision, names_in text)
RETURNS TABLE (what text, disk_mb numeric, wal_mb numeric, seconds numeric, memory_mb numeric)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n_rules CONSTANT integer := cardinality(rule_queries);
	students gapstats_internal.kept_query;
	of_students record;
	shape gapstats_internal.list_shape;
	began timestamptz;
BEGIN
	IF rule_queries IS NULL THEN
		RAISE EXCEPTION 'rule_queries must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	PERFORM gapstats_internal.check_from_to('number of rule_queries', n_rules, 1, 1000);
	PERFORM gapstats_internal.check_from_to('flag_rate', flag_rate, 0, 1);
	students := gapstats_internal.keep_query('students query', students_query, names_in);
	of_students := gapstats_internal.student_column_definitions(students, 'estimate');
	began := clock_timestamp();
	EXECUTE format($sql$
		SELECT count(*), $2, coalesce(avg(pg_column_size(q.*) - 24), 1), coalesce(avg(pg_column_size(q.student_id)), 1), 0, $3
		FROM gapstats_internal.run_kept_query('students query', $1) AS q (%s)
		$sql$, of_students.definitions)
	INTO shape USING students, n_rules, flag_rate;
	SELECT sum(gapstats_internal.rule_query_bytes('rule query ' || r.place, r.query, of_students.student_id, names_in))
		/ (greatest(shape.students, 1) * n_rules)
	INTO shape.value_bytes
	FROM unnest(rule_queries) WITH ORDINALITY AS r (query, place);
	RETURN QUERY SELECT * FROM gapstats_internal.list_costs(shape, extract(epoch FROM clock_timestamp() - began)::double precision);
END
$$;
COMMENT ON FUNCTION gapstats_internal.estimate_watch_list_as_owner(text, text[], double precision, text) IS
'estimate_watch_list(), done as the caller, walled in.';

CREATE FUNCTION estimate_watch_list(students_query text, rule_queries text[], flag_rate double precision DEFAULT 0.15, names_in text DEFAULT current_setting('search_path'))
RETURNS TABLE (what text, disk_mb numeric, wal_mb numeric, seconds numeric, memory_mb numeric)
AS 'MODULE_PATHNAME', 'done_for_oneself' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION estimate_watch_list(text, text[], double precision, text) IS
'What a watch list of that students query and those rules'' queries (as add_rule takes them) would cost, before it is made: runs each of them once, with the caller''s rights and the caller, as in create_watch_list, no superuser. Students, the widths of their rows, ids and values are those that the queries give, and their time is the one that they took just now; all else, the rows and the limits of the estimate as in estimate_watch_list(students, rules). Nothing of it is kept. The array is written as ARRAY[...], or by name, rule_queries => ..., for of two strings it is not known which function they are for. Names in the queries are looked up in the search path names_in. Errors: 22004 for a NULL, 22023 for no rule query, 42804 for one that does not give the student and a number, and those of create_watch_list.';
