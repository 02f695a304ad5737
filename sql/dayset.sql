-- dayset: a set of calendar days
SET search_path = gapstats, gapstats_internal, public;
SET datestyle = ISO;

--
-- Text
--

SELECT '{}'::dayset, ' { 2025-09-01 } '::dayset,
	'{2025-09-05, 2025-09-01..2025-09-03,2025-09-02 .. 2025-09-04, 2025-12-01}'::dayset;

-- The whole calendar of type date, and nothing else.
SELECT '{4714-11-24 BC,0001-12-31 BC..0001-01-01,5874897-12-31}'::dayset;

-- DateStyle changes nothing.
SET datestyle = 'SQL, DMY';
SELECT '{2025-09-01,2025-09-03}'::dayset;
SET datestyle = ISO;

-- Runs across the borders of words, months and years
SELECT '{2024-02-27..2024-03-01,2024-12-30..2025-03-10}'::dayset;

SELECT ''::dayset;
SELECT '2025-09-01'::dayset;
SELECT dayset('2025-09-01'::text);
SELECT '{2025-09-01'::dayset;
SELECT '{2025-09-01,}'::dayset;
SELECT '{2025-09-01}x'::dayset;
SELECT '{2025-09-01 2025-09-02}'::dayset;
SELECT '{09/01/2025}'::dayset;
SELECT '{infinity}'::dayset;
SELECT '{2025-09-05..2025-09-01}'::dayset;
SELECT '{2025-02-29}'::dayset;
SELECT '{2025-13-01}'::dayset;
SELECT '{0000-01-01}'::dayset;
SELECT '{0000-01-01 BC}'::dayset;
SELECT '{4714-11-23 BC}'::dayset;
SELECT '{5874898-01-01}'::dayset;
SELECT '{99999999-01-01}'::dayset;
SELECT '{0001-01-01..5874897-01-01}'::dayset;
-- What a message quotes of a long literal is short, in whole characters.
SELECT ('{' || repeat('2025-09-01,', 10000) || repeat('é', 100) || '}')::dayset;
-- A literal that goes over the calendar again and again can be stopped.
SET statement_timeout = '200ms';
SELECT ('{' || repeat('0001-01-01..9999-12-31,', 50000) || '}')::dayset;
RESET statement_timeout;

--
-- Casts
--

SELECT date '2025-09-01'::dayset,
	array[date '2025-09-03', NULL, '2025-09-01', '2025-09-01']::dayset,
	daterange '[2025-09-01,2025-09-04)'::dayset,
	datemultirange '{[2025-09-01,2025-09-04),[2025-09-10,2025-09-11)}'::dayset;
SELECT '{{NULL,2025-09-01},{2025-09-02,NULL}}'::date[]::dayset, array[NULL, NULL]::date[]::dayset;
-- 200,000 days far and near, in any order
SELECT s::date[] = days AS to_array, days::dayset = s AS from_array, ARRAY(SELECT unnest(days) ORDER BY 1 DESC)::dayset = s AS reversed, s::datemultirange::dayset = s AS multirange, s::text::dayset = s AS text
	FROM (SELECT array_agg(day ORDER BY day) AS days, dayset(day) AS s FROM (SELECT date '0001-01-01' + 7 * n AS day FROM generate_series(1, 200000) AS n ORDER BY hashint4(n)) AS d) AS d;
BEGIN;
SET LOCAL datestyle = 'German';
SELECT '{2025-09-02,2025-09-01,0044-03-15 BC}'::date[]::dayset::jsonb, '{}'::date[]::dayset::jsonb AS empty, NULL::dayset::jsonb AS unknown;
COMMIT;
SELECT '{}'::date[]::dayset, daterange 'empty'::dayset, datemultirange '{}'::dayset;

SELECT s::date[], s::daterange, s::datemultirange
	FROM (VALUES (dayset '{2025-09-01..2025-09-03,2025-09-10}'), ('{}')) AS v(s);
SELECT days('{2025-09-01,2025-09-30..2025-10-01}');

SELECT date 'infinity'::dayset;
SELECT array[date '-infinity']::dayset;
SELECT daterange '[2025-09-01,)'::dayset;
SELECT daterange '[2025-09-01,infinity]'::dayset;
-- A mistyped year is an error, a hundred years are not.
SELECT daterange '[0202-09-01,2025-06-01)'::dayset;
SELECT day_count(daterange '[1925-01-01,2025-01-01)'::dayset) = 36525 AS hundred_years;
SELECT daterange '[1925-01-01,2025-01-02)'::dayset;

-- A stray day costs 12 bytes, a school year less than 100 in all.
SELECT pg_column_size('{2025-09-01}'::dayset) AS one_day,
	pg_column_size('{0202-09-01,2025-09-01,9999-01-01}'::dayset) AS with_typos,
	pg_column_size(daterange '[2025-08-01,2026-07-31]'::dayset) < 100 AS year_below_100_bytes;

--
-- Algebra, held against PostgreSQL's own arrays: random sets, some with
-- neighbouring days, some with days far apart.
--

SELECT setseed(0.5);
CREATE TABLE random_set AS
	SELECT id, a.days AS a, b.days AS b, a.days::dayset AS sa, b.days::dayset AS sb
	FROM generate_series(1, 300) AS id,
		LATERAL (SELECT ARRAY(SELECT DISTINCT date '2025-01-01' + (random() * 10 ^ (id % 5))::int AS day
				 FROM generate_series(1, id % 40 + 1) ORDER BY day) AS days) AS a,
		LATERAL (SELECT ARRAY(SELECT DISTINCT date '2025-01-01' + (random() * 10 ^ (id % 5))::int AS day
				 FROM generate_series(1, id % 17 + 1) ORDER BY day) AS days) AS b;

SELECT count(*) AS pairs,
	count(*) FILTER (WHERE (sa | sb)::date[] = ARRAY(SELECT unnest(a) UNION SELECT unnest(b) ORDER BY 1)) AS "union",
	count(*) FILTER (WHERE (sa & sb)::date[] = ARRAY(SELECT unnest(a) INTERSECT SELECT unnest(b) ORDER BY 1)) AS intersection,
	count(*) FILTER (WHERE (sa - sb)::date[] = ARRAY(SELECT unnest(a) EXCEPT SELECT unnest(b) ORDER BY 1)) AS difference,
	count(*) FILTER (WHERE sa # sb = (sa - sb) | (sb - sa)) AS symmetric_difference,
	count(*) FILTER (WHERE sa @> sb = a @> b) AS contains,
	count(*) FILTER (WHERE sb <@ sa = b <@ a) AS contained,
	count(*) FILTER (WHERE sa && sb = (a && b)) AS overlaps,
	count(*) FILTER (WHERE (sa = sb) = (a = b)) AS equal,
	count(*) FILTER (WHERE sign(dayset_cmp(sa, sb)) = sign(btarraycmp(a, b))) AS compared,
	count(*) FILTER (WHERE day_count(sa) = cardinality(a)) AS counted,
	count(*) FILTER (WHERE first_day(sa) = a[1] AND last_day(sa) = a[cardinality(a)]) AS ends,
	count(*) FILTER (WHERE first_days(sa, 5)::date[] = a[:5]) AS first_days,
	count(*) FILTER (WHERE last_days(sa, 5)::date[] = a[greatest(cardinality(a) - 4, 1):]) AS last_days,
	count(*) FILTER (WHERE last_days(sa, 3, date '2025-01-20')::date[] =
		ARRAY(SELECT d FROM unnest(a) d WHERE d <= '2025-01-20' ORDER BY d DESC LIMIT 3) ::dayset::date[]) AS last_days_as_of,
	count(*) FILTER (WHERE (sa & daterange(b[1], b[1] + 30))::date[] =
		ARRAY(SELECT d FROM unnest(a) d WHERE d >= b[1] AND d < b[1] + 30)) AS during,
	count(*) FILTER (WHERE shift(sa, id * 7 - 1000)::date[] =
		ARRAY(SELECT d + (id * 7 - 1000) FROM unnest(a) d)) AS shifted,
	count(*) FILTER (WHERE sa::datemultirange = (SELECT range_agg(daterange(d, d + 1)) FROM unnest(a) d)) AS multirange,
	count(*) FILTER (WHERE sa::datemultirange::dayset = sa) AS back_from_multirange,
	count(*) FILTER (WHERE sa::text::dayset = sa) AS back_from_text,
	count(*) FILTER (WHERE ARRAY(SELECT days(sa)) = a) AS rows
FROM random_set;

-- Equal sets have equal bytes, however they were made.
SELECT count(*) FILTER (WHERE dayset_send((sa | sb) - (sb - sa)) = dayset_send(sa)) AS same_bytes,
	count(*) FILTER (WHERE dayset_hash((sa | sb) - (sb - sa)) = dayset_hash(sa)) AS same_hash
FROM random_set;

SELECT '{2025-09-01,2025-09-03}'::dayset @> date '2025-09-03' AS yes,
	date '2025-09-02' <@ '{2025-09-01,2025-09-03}'::dayset AS no,
	'{2025-09-01}'::dayset @> date 'infinity' AS never;

-- A range without bounds is no limit; an empty one leaves nothing.
SELECT s & daterange '(,2025-09-02]' AS until, s & daterange '[2025-09-02,)' AS since,
	s & daterange '(,)' AS always, s & daterange 'empty' AS never,
	s & daterange '[-infinity,infinity]' AS infinite
	FROM (VALUES (dayset '{0202-09-01,2025-09-02,9999-01-01}')) AS v(s);

SELECT first_days('{2025-09-01..2025-09-30}', 0), first_days('{2025-09-01}', 2000000000),
	last_days('{2025-09-01..2025-09-30}', 2), last_days('{2025-09-01..2025-09-30}', 2, '-infinity');
SELECT first_days('{2025-09-01}', -1);
SELECT last_days('{2025-09-01}', -1);
SELECT last_days('{2025-09-01}', 1, NULL);
SELECT last_days(NULL, 1) AS unknown, last_days('{2025-09-01}', NULL) AS unknown;

-- To the ends of the calendar and back
SELECT shift('{5874897-12-31}', -2147483493), shift('{4714-11-24 BC}', 2147483493);
SELECT shift('{4714-11-24 BC}', -1);
SELECT shift('{5874897-12-31}', 1);
SELECT '{5874897-12-31}'::dayset::datemultirange;

SELECT first_day('{}') IS NULL, last_day('{}') IS NULL, day_count('{}'), '{}'::dayset @> '{}'::dayset,
	'{}'::dayset && '{}'::dayset, NULL | '{2025-09-01}'::dayset IS NULL;

--
-- Order and hash
--

SELECT s FROM (VALUES (dayset '{2025-09-02}'), ('{2025-09-01..2025-09-02}'), ('{2025-09-01}'), ('{}'),
	('{2025-09-01,2026-09-01}'), ('{0044-03-15 BC}')) AS v(s) ORDER BY s;
SET enable_hashagg = off;
SELECT count(*) FROM (SELECT sa FROM random_set GROUP BY sa) AS sorted;
SET enable_hashagg = on;
SET enable_sort = off;
SELECT count(*) = (SELECT count(DISTINCT a) FROM random_set) AS hashed FROM (SELECT sa FROM random_set GROUP BY sa) AS hashed;
RESET enable_sort;
RESET enable_hashagg;
CREATE INDEX ON random_set (sa);
SET enable_seqscan = off;
SELECT count(*) = (SELECT count(*) FROM random_set WHERE a = '{2025-01-01}') AS by_index FROM random_set WHERE sa = '{2025-01-01}';
RESET enable_seqscan;

--
-- Aggregates
--

SELECT dayset(day), rollup(day::dayset), intersection(day::dayset)
	FROM (VALUES (date '2025-09-03'), ('2025-09-01'), (NULL), ('2025-09-03')) AS v(day);
-- No days are a set, the empty one: who was never absent has rate 0.  No sets have no intersection.
SELECT dayset(day), rollup(day::dayset), intersection(day::dayset) FROM (SELECT current_date WHERE false) AS v(day);
SELECT dayset(day), rollup(day::dayset), intersection(day::dayset) FROM (VALUES (NULL::date)) AS v(day);
SELECT intersection(s) FROM (VALUES (dayset '{2025-09-01..2025-09-05}'), ('{2025-09-04..2025-09-09}'), (NULL)) AS v(s);
SELECT dayset(day) FROM (VALUES (date 'infinity')) AS v(day);

-- Any order of rows, any plan, moving windows: the same set, the same bytes.
CREATE TABLE attendance AS
	SELECT student, date '2025-08-18' + day AS day, (student * 7 + day * 13) % 11 = 0 AS absent
	FROM generate_series(1, 3000) AS student, generate_series(0, 299) AS day
	WHERE extract(isodow FROM date '2025-08-18' + day) < 6
	ORDER BY student * 31 % 97, day * 17 % 101;
ANALYZE attendance;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS
	SELECT student, dayset(day) AS enrolled, dayset(day) FILTER (WHERE absent) AS absent FROM attendance GROUP BY student;
SET max_parallel_workers_per_gather = 2;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
CREATE FUNCTION plan_nodes(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
		RETURN NEXT substring(line FROM '(Partial \w*Aggregate|Gather)');
	END LOOP;
END $$;
SELECT DISTINCT plan_nodes AS node FROM plan_nodes('SELECT student, dayset(day) FROM attendance GROUP BY student')
	WHERE plan_nodes LIKE 'Partial%';
CREATE TABLE parallel AS
	SELECT student, dayset(day) AS enrolled, dayset(day) FILTER (WHERE absent) AS absent FROM attendance GROUP BY student;
SELECT count(*) AS students,
	count(*) FILTER (WHERE dayset_send(s.enrolled) = dayset_send(p.enrolled)
		AND dayset_send(s.absent) = dayset_send(p.absent)
		AND pg_column_size(s.enrolled) = pg_column_size(p.enrolled)) AS same
	FROM serial s JOIN parallel p USING (student);
SELECT rollup(enrolled) = (SELECT dayset(day) FROM attendance) AS "union", intersection(enrolled) = rollup(enrolled) AS "intersection"
	FROM parallel;
-- so refreshing unchanged data rewrites no row
CREATE MATERIALIZED VIEW refreshed AS SELECT student, dayset(day) FILTER (WHERE absent) AS absent FROM attendance GROUP BY student;
CREATE UNIQUE INDEX ON refreshed (student);
CREATE TABLE before AS SELECT ctid AS place, xmin::text AS writer FROM refreshed;
REFRESH MATERIALIZED VIEW CONCURRENTLY refreshed;
SELECT count(*) AS rows, count(*) FILTER (WHERE writer = r.xmin::text) AS untouched
	FROM refreshed AS r LEFT JOIN before ON place = r.ctid;
DROP MATERIALIZED VIEW refreshed;
DROP TABLE before;
RESET max_parallel_workers_per_gather;
RESET min_parallel_table_scan_size;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
SELECT bool_and(running = first_days(whole, n)) AS running,
	bool_and(day_count(last_ten) = least(n, 10) AND last_ten = last_days(whole, 10, day)) AS moving
	FROM (SELECT day, dayset(day) OVER (ORDER BY day) AS running,
				dayset(day) OVER (ORDER BY day ROWS 9 PRECEDING) AS last_ten,
				dayset(day) OVER () AS whole, row_number() OVER (ORDER BY day)::int AS n
			FROM attendance WHERE student = 1) AS window_frames;

-- A transition function called by hand returns a finished set, and changes no argument.
SELECT dayset_add(s, '2025-09-02'), dayset_merge(s, '{2025-10-01}'), dayset_intersect(s, '{2025-10-01}'), s
	FROM (VALUES (dayset '{2025-09-01}')) AS v(s);
SELECT dayset_add(NULL, NULL), dayset_add(NULL, '2025-09-01'), dayset_add('{2025-09-01}', NULL);

-- An aggregate without a final function lets states out: they read as the sets that they are.
CREATE AGGREGATE dayset_state(date) (SFUNC = dayset_add, STYPE = dayset);
CREATE TABLE state AS SELECT student, dayset_state(day) AS enrolled FROM attendance GROUP BY student;
SELECT count(*) FILTER (WHERE pg_column_size(s.enrolled) > pg_column_size(p.enrolled)) AS working_forms,
	count(*) FILTER (WHERE s.enrolled = p.enrolled AND s.enrolled::text = p.enrolled::text
		AND dayset_send(s.enrolled) = dayset_send(p.enrolled) AND dayset_hash(s.enrolled) = dayset_hash(p.enrolled)
		AND pg_column_size(s.enrolled | '{}') = pg_column_size(p.enrolled | '{}')) AS read_as_finished
	FROM state s JOIN parallel p USING (student);
SELECT pg_column_size(rollup(enrolled)) = pg_column_size(rollup(enrolled) | '{}') AS finished FROM state;

-- Stored values, in line and out of it, compressed or not
CREATE TABLE stored (id int, s dayset);
INSERT INTO stored SELECT 1, dayset '{2025-09-01}' UNION ALL SELECT 2, '{1000-01-01..2999-12-31}'
	UNION ALL SELECT 3, dayset(date '2025-01-01' + 64 * i) FROM generate_series(1, 5000) AS i;
ALTER TABLE stored ALTER s SET STORAGE external;
INSERT INTO stored SELECT 4, dayset(date '2025-01-01' + 64 * i) FROM generate_series(1, 5000) AS i;
SELECT id, day_count(s), day_count(s | '{0001-01-01}') FROM stored ORDER BY id;

-- Too many words is an error, and 65,535 are not.
SELECT day_count(dayset(date '0001-01-01' + 64 * i)) FROM generate_series(1, 65535) AS i;
SELECT dayset(date '0001-01-01' + 64 * i) FROM generate_series(1, 65536) AS i;
-- against their order
SELECT day_count(dayset(date '0001-01-01' + 64 * i)) FROM generate_series(65535, 1, -1) AS i;

-- Sorts, groups and joins of 400 stored sets of 12 kB leave no more memory behind than those of text do.
CREATE TABLE heavy AS SELECT i, shift(s, hashint4(i / 2) % 100000) AS s FROM generate_series(1, 400) AS i, (SELECT dayset(date '1001-01-01' + 64 * n) AS s FROM generate_series(1, 1000) AS n) AS d;
ALTER TABLE heavy ADD t text;
ALTER TABLE heavy ALTER s SET STORAGE external, ALTER t SET STORAGE external;
UPDATE heavy SET s = s | '{5000-01-01}', t = repeat(i / 2 || ' ', 3000);
ANALYZE heavy;
CREATE FUNCTION memory_of(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	rows refcursor;
	first_row record;
	bytes bigint;
BEGIN
	OPEN rows FOR EXECUTE query;
	FETCH rows INTO first_row;
	SELECT sum(total_bytes) INTO bytes FROM pg_backend_memory_contexts;
	CLOSE rows;
	RETURN bytes;
END $$;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '64MB';
CREATE FUNCTION leaks(query text, setting text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	excess bigint;
BEGIN
	PERFORM set_config(setting, 'off', true);
	excess := memory_of(replace(query, 'X', 's')) - memory_of(replace(query, 'X', 't'));
	PERFORM set_config(setting, 'on', true);
	RETURN excess > 1000000;
END $$;
SELECT what, leaks(query, setting) FROM (VALUES
	('sort', 'SELECT 1 FROM (SELECT X FROM heavy ORDER BY X OFFSET 0) AS h', 'enable_hashagg'),
	('sorted groups', 'SELECT count(*) FROM heavy GROUP BY X', 'enable_hashagg'),
	('merge join', 'SELECT count(*) FROM heavy AS a JOIN heavy AS b USING (X)', 'enable_hashjoin')) AS v(what, query, setting);
RESET work_mem;
RESET max_parallel_workers_per_gather;
DROP TABLE heavy;
DROP FUNCTION memory_of, leaks;

--
-- What is not a dayset
--

SET client_min_messages = warning;
CREATE TYPE forged;
CREATE FUNCTION forged_in(cstring) RETURNS forged LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION forged_out(forged) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE forged (INPUT = forged_in, OUTPUT = forged_out, LIKE = dayset);
CREATE CAST (forged AS dayset) WITHOUT FUNCTION;
RESET client_min_messages;
SELECT '\x'::forged::dayset;	-- nothing
SELECT '\x01000000'::forged::dayset;	-- the empty set
SELECT '\x02000000'::forged::dayset;	-- a format to come
SELECT '\x01020000'::forged::dayset;	-- unknown flags
SELECT '\x0100000000'::forged::dayset;	-- a piece of a word
SELECT '\x01000200339600000100000000000000'::forged::dayset;	-- fewer words than counted
SELECT '\x01000100339600000100000000000000'::forged::dayset;	-- one word
SELECT '\x01000100339600000000000000000000'::forged::dayset;	-- an empty word
SELECT '\x01000100ffffffff0100000000000000'::forged::dayset;	-- before the calendar
SELECT '\x01000100000000020100000000000000'::forged::dayset;	-- after the calendar
SELECT '\x01000100fdffff010000000000000080'::forged::dayset;	-- after its last day
SELECT '\x01000200339600000100000000000000339600000100000000000000'::forged::dayset;	-- the same word twice
SELECT '\x01000200349600000100000000000000339600000100000000000000'::forged::dayset;	-- words out of order
SELECT '\x01010200339600000100000000000000'::forged::dayset;	-- a state with more words than room
SELECT '\x01010100339600000100000000000000ffffffffffffffffffffffff'::forged::dayset;	-- a state with room to spare

-- The first format, as 1.0 wrote it: readable for ever
SELECT '\x01000300339600000000000000000005359600000000000020000000f34701000100000000000000'::forged::dayset;
DROP TYPE forged CASCADE;

-- The wire format: version, number of words, index and bits of each
SELECT dayset_send('{2025-09-01}');

DROP TABLE random_set, attendance, serial, parallel, state, stored;
DROP AGGREGATE dayset_state(date);
DROP FUNCTION plan_nodes;
