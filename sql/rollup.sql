-- Roll-ups: what is kept current, whatever is done to the source
\set SHOW_CONTEXT never

CREATE ROLE rollup_owner;
CREATE ROLE rollup_loader;
CREATE ROLE rollup_stranger;
CREATE SCHEMA rolled AUTHORIZATION rollup_owner;
GRANT USAGE ON SCHEMA rolled TO rollup_loader, rollup_stranger;
SET ROLE rollup_owner;
SET search_path = rolled, gapstats;

CREATE TABLE schools (school text PRIMARY KEY);
INSERT INTO schools VALUES ('North'), ('South'), ('West');
CREATE TABLE scores (
	student integer PRIMARY KEY,
	school text REFERENCES schools ON UPDATE CASCADE ON DELETE CASCADE,
	race text,
	score integer,
	note text
);
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON scores TO rollup_loader;
INSERT INTO scores
SELECT i, CASE WHEN i % 7 > 0 THEN (ARRAY['North', 'South', 'West'])[i % 3 + 1] END, CASE WHEN i % 5 > 0 THEN 'r' || i % 2 END, CASE WHEN i % 11 > 0 THEN 400 + i * 37 % 97 END
FROM generate_series(1, 200) AS i;

SELECT create_rollup('score_groups', 'scores', '{school,race}', '{"reading": "distribution(score)", "tested": "count(score)"}');
\d score_groups

-- What a query over the source would say, and the roll-up does not; and what it tells of itself
CREATE VIEW differences AS
WITH counted AS (
	SELECT school, race, count(*) AS n_rows, distribution(score)::text AS reading, count(score) AS tested FROM scores GROUP BY school, race
), kept AS (
	SELECT school, race, n_rows, reading::text, tested FROM score_groups
)
(TABLE counted EXCEPT ALL TABLE kept) UNION ALL (TABLE kept EXCEPT ALL TABLE counted);
CREATE VIEW state AS
SELECT (SELECT count(*) FROM score_groups) AS n_groups, (SELECT count(*) FROM differences) AS n_differences, (SELECT count(*) FROM check_rollup('score_groups')) AS n_found, (SELECT count(*) FROM score_groups_changes) AS n_changes;
TABLE state;

-- Whoever writes needs no rights on it, nor any settings of its own.
SET ROLE rollup_loader;
SET search_path = '';
INSERT INTO rolled.scores VALUES (201, 'North', 'r1', 500), (202, 'North', 'r1', NULL), (203, NULL, NULL, 501);
UPDATE rolled.scores SET score = score + 1 WHERE student <= 20;
UPDATE rolled.scores SET school = 'West' WHERE student BETWEEN 30 AND 35;
DELETE FROM rolled.scores WHERE race = 'r0' AND school = 'South';
SELECT * FROM rolled.score_groups;
SELECT * FROM rolled.score_groups_changes;
SET ROLE rollup_owner;
SET search_path = rolled, gapstats;
TABLE state;
-- What changes nothing of a group writes nothing.
UPDATE scores SET note = 'seen', score = score;
UPDATE scores SET race = race WHERE false;
DELETE FROM scores WHERE false;
TABLE state;
SELECT run, status, n_changes, n_groups, rebuilt_because, error FROM merge_rollup('score_groups');
TABLE state;
SELECT run, status, n_changes, n_groups, rebuilt_because, error FROM merge_rollup('score_groups');

-- Every way in which rows come and go
COPY scores (student, school, race, score) FROM stdin;
301	North	r9	333
302	North	r9	\N
303	West	\N	334
\.
TABLE state;
INSERT INTO scores VALUES (301, 'North', 'r9', 335), (304, 'North', 'r9', 336) ON CONFLICT (student) DO UPDATE SET score = excluded.score;
INSERT INTO scores VALUES (301, 'North', 'r9', 1), (305, 'North', 'r9', 337) ON CONFLICT DO NOTHING;
SELECT n_rows, reading::text, tested FROM score_groups WHERE race = 'r9';
MERGE INTO scores s USING (VALUES (301, 0), (304, 340), (306, 341)) AS v (student, score) ON s.student = v.student
WHEN MATCHED AND v.score = 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET score = v.score
WHEN NOT MATCHED THEN INSERT (student, school, race, score) VALUES (v.student, 'North', 'r9', v.score);
SELECT n_rows, reading::text, tested FROM score_groups WHERE race = 'r9';
WITH gone AS (DELETE FROM scores WHERE student = 306 RETURNING *) INSERT INTO scores SELECT 307, school, race, score + 1, note FROM gone;
UPDATE schools SET school = 'Far West' WHERE school = 'West';
DELETE FROM schools WHERE school = 'South';
TABLE state;

-- Inside a transaction, and undone
BEGIN;
DELETE FROM scores WHERE race = 'r9';
SELECT count(*) FROM score_groups WHERE race = 'r9';
SAVEPOINT before;
INSERT INTO scores VALUES (308, 'North', 'r9', 1);
SELECT n_rows, reading::text, tested FROM score_groups WHERE race = 'r9';
ROLLBACK TO before;
TABLE state;
SELECT status, n_changes FROM merge_rollup('score_groups');
TABLE state;
ROLLBACK;
TABLE state;
-- A group without a score is a group; one without rows is none.
UPDATE scores SET score = NULL WHERE race = 'r9';
SELECT n_rows, reading, tested FROM score_groups WHERE race = 'r9';
BEGIN;
TRUNCATE scores;
TABLE state;
INSERT INTO scores VALUES (1, 'North', 'r1', 7);
TABLE state;
SELECT * FROM score_groups;
ROLLBACK;
TABLE state;
SELECT status, n_changes, n_groups FROM merge_rollup('score_groups');
TABLE state;
SELECT count(*) FROM score_groups_base WHERE n_rows_removed <> 0 OR n_rows <= 0;

-- A transaction with a snapshot of its own
BEGIN ISOLATION LEVEL REPEATABLE READ;
TABLE state;
DELETE FROM scores WHERE student < 20;
SELECT status, n_changes FROM merge_rollup('score_groups');
TABLE state;
TRUNCATE scores;
TABLE state;
ROLLBACK;

-- What is taken away that was never added names its group, and leaves all in place.
SELECT tgname FROM pg_trigger WHERE tgrelid = 'scores'::regclass AND tgname ~ '_insert$' \gset
ALTER TABLE scores DISABLE TRIGGER :"tgname";
INSERT INTO scores VALUES (401, 'North', 'r8', 1), (402, 'North', 'r7', 2);
SELECT state, problem, fix FROM rollup_health WHERE rollup = 'score_groups'::regclass;
ALTER TABLE scores ENABLE ALWAYS TRIGGER :"tgname";
SELECT * FROM check_rollup('score_groups');
DELETE FROM scores WHERE student = 401;
SELECT status, error FROM merge_rollup('score_groups');
SELECT state, n_pending, problem, fix FROM rollup_health WHERE rollup = 'score_groups'::regclass;
SELECT status, n_changes, n_groups, rebuilt_because FROM rebuild_rollup('score_groups');
TABLE state;
-- A trigger that is off is seen, and is put on by the next merge.
ALTER TABLE scores DISABLE TRIGGER USER;
UPDATE scores SET score = 1 WHERE student = 402;
SELECT status, rebuilt_because FROM merge_rollup('score_groups');
TABLE state;
SELECT tgname ~ '^gapstats_', tgenabled FROM pg_trigger WHERE tgrelid = 'scores'::regclass AND NOT tgisinternal ORDER BY tgname;
-- Whoever puts them on again otherwise than they were leaves a trace of that.
ALTER TABLE scores DISABLE TRIGGER USER;
UPDATE scores SET score = 2 WHERE student = 402;
ALTER TABLE scores ENABLE TRIGGER USER;
SELECT state, problem, fix FROM rollup_health WHERE rollup = 'score_groups'::regclass;
UPDATE scores SET score = 3 WHERE student IN (401, 402);
SELECT n_rows_removed, reading::text, reading_removed::text FROM score_groups_changes;
SELECT status, rebuilt_because FROM merge_rollup('score_groups');
TABLE state;
SELECT tgname ~ '^gapstats_', tgenabled FROM pg_trigger WHERE tgrelid = 'scores'::regclass AND NOT tgisinternal ORDER BY tgname;
-- Whoever replicates fires them, too.
RESET ROLE;
SET session_replication_role = replica;
INSERT INTO scores VALUES (411, 'North', 'r8', 1), (412, 'North', 'r7', 2), (413, NULL, NULL, NULL);
UPDATE scores SET score = score + 1, race = 'r5' WHERE student IN (402, 411, 413);
UPDATE scores SET note = 'seen';
DELETE FROM scores WHERE student = 412;
COPY scores (student, school, race, score) FROM stdin;
414	North	r8	\N
415	North	r8	7
\.
INSERT INTO scores VALUES (414, 'North', 'r8', 3) ON CONFLICT (student) DO UPDATE SET score = excluded.score;
SELECT school, race, n_rows, n_rows_removed, reading::text, reading_removed::text FROM score_groups_changes ORDER BY school, race, n_rows_removed, reading;
TABLE state;
INSERT INTO scores VALUES (416, 'North', 'r8', 3);
TABLE state;
BEGIN;
TRUNCATE scores;
TABLE state;
ROLLBACK;
RESET session_replication_role;
SET ROLE rollup_owner;
SELECT status, rebuilt_because FROM merge_rollup('score_groups');
TABLE state;

-- The table that bears the name of the source is the source; so is one that has been renamed.
ALTER TABLE scores RENAME TO marks;
INSERT INTO marks VALUES (501, 'North', 'r6', 9);
SELECT status, n_changes, rebuilt_because FROM merge_rollup('score_groups');
SELECT n_rows FROM score_groups WHERE race = 'r6';
SELECT status, rebuilt_because FROM rebuild_rollup('score_groups');
SELECT source FROM score_groups_definition;
CREATE TABLE new_marks (LIKE marks);
INSERT INTO new_marks VALUES (1, 'North', 'r1', 3);
BEGIN;
ALTER TABLE marks RENAME TO old_marks;
ALTER TABLE new_marks RENAME TO marks;
COMMIT;
SELECT state, problem, fix FROM rollup_health WHERE rollup = 'score_groups'::regclass;
SELECT status, rebuilt_because FROM merge_rollup('score_groups');
SELECT school, race, n_rows, reading::text, tested FROM score_groups;
DELETE FROM old_marks;
SELECT count(*) FROM score_groups_changes;
-- A column that is called otherwise is an error that says so.
ALTER TABLE marks RENAME COLUMN score TO points;
INSERT INTO marks VALUES (2, 'North', 'r1', 4);
ALTER TABLE marks RENAME COLUMN points TO score;
INSERT INTO marks VALUES (2, 'North', 'r1', 4);
-- Parts may be called otherwise, the view too.
ALTER VIEW score_groups RENAME TO groups_of_scores;
INSERT INTO marks VALUES (3, 'North', 'r1', 4);
SELECT status, n_changes FROM merge_rollup('groups_of_scores');
SELECT n_rows, reading::text FROM groups_of_scores;
SELECT drop_rollup('groups_of_scores');
DROP VIEW state, differences;
SELECT drop_rollup('groups_of_scores');
SELECT count(*) FROM pg_trigger WHERE tgrelid IN ('marks'::regclass, 'old_marks'::regclass) AND NOT tgisinternal;
SELECT relname FROM pg_class WHERE relnamespace = 'rolled'::regnamespace AND relname ~ 'groups' ORDER BY relname;

-- Sets of days, over partitions
CREATE TABLE attendance (student integer NOT NULL, day date NOT NULL, status text NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE attendance_fall PARTITION OF attendance FOR VALUES FROM ('2025-08-01') TO ('2026-01-01');
CREATE TABLE attendance_spring PARTITION OF attendance FOR VALUES FROM ('2026-01-01') TO ('2026-08-01') PARTITION BY RANGE (day);
CREATE TABLE attendance_winter PARTITION OF attendance_spring FOR VALUES FROM ('2026-01-01') TO ('2026-03-01');
CREATE TABLE attendance_may PARTITION OF attendance_spring FOR VALUES FROM ('2026-03-01') TO ('2026-08-01');
INSERT INTO attendance
SELECT s, d::date, CASE WHEN (s + d::date - DATE '2025-08-01') % 9 = 0 THEN 'absent' ELSE 'present' END
FROM generate_series(1, 6) AS s, generate_series('2025-12-01'::timestamp, '2026-03-31', '1 day') AS d;
SELECT create_rollup('student_days', 'attendance', '{student,status}', '{"days": "dayset(day)"}');
CREATE UNIQUE INDEX ON attendance (student, day);
SELECT create_rollup('student_days', 'attendance', '{student,status}', '{"days": "dayset(day)"}');
CREATE VIEW day_differences AS
WITH counted AS (
	SELECT student, status, count(*) AS n_rows, dayset(day) AS days FROM attendance GROUP BY student, status
), kept AS (
	SELECT student, status, n_rows, days FROM student_days
)
(TABLE counted EXCEPT ALL TABLE kept) UNION ALL (TABLE kept EXCEPT ALL TABLE counted);
UPDATE attendance SET status = 'absent' WHERE student = 3 AND day BETWEEN '2026-02-20' AND '2026-03-10';
UPDATE attendance_winter SET status = 'present' WHERE student = 3 AND day = '2026-02-21';
DELETE FROM attendance_may WHERE student = 5;
DELETE FROM attendance WHERE student = 6 AND day = '2025-12-31';
UPDATE attendance SET day = '2025-12-31' WHERE student = 6 AND day = '2026-01-01';
SELECT count(*) AS n_changes, (SELECT count(*) FROM day_differences) AS n_differences FROM student_days_changes;
-- A day that goes and comes again, over several statements that have not been merged
DELETE FROM attendance WHERE student = 1 AND day = '2026-01-07';
INSERT INTO attendance VALUES (1, '2026-01-07', 'absent');
UPDATE attendance SET status = 'present' WHERE student = 1 AND day = '2026-01-07';
TABLE day_differences;
TRUNCATE attendance_spring;
TABLE day_differences;
SELECT status, n_changes, n_groups FROM merge_rollup('student_days');
TABLE day_differences;
SELECT student, n_rows, days FROM student_days WHERE status = 'absent' AND student < 3 ORDER BY student;
-- Partitions that come and go
CREATE TABLE attendance_next PARTITION OF attendance FOR VALUES FROM ('2026-08-01') TO ('2027-01-01');
INSERT INTO attendance VALUES (1, '2026-09-01', 'present');
INSERT INTO attendance_next VALUES (1, '2026-09-02', 'present');
SELECT state, problem, fix FROM rollup_health WHERE rollup = 'student_days'::regclass;
SELECT status, rebuilt_because FROM merge_rollup('student_days');
TABLE day_differences;
INSERT INTO attendance_next VALUES (1, '2026-09-03', 'present');
TABLE day_differences;
ALTER TABLE attendance DETACH PARTITION attendance_fall;
SELECT status, rebuilt_because FROM merge_rollup('student_days');
DELETE FROM attendance_fall WHERE student = 2;
TABLE day_differences;
ALTER TABLE attendance ATTACH PARTITION attendance_fall FOR VALUES FROM ('2025-08-01') TO ('2026-01-01');
SELECT status, rebuilt_because FROM merge_rollup('student_days');
TABLE day_differences;
-- and between two merges
CREATE TABLE attendance_later PARTITION OF attendance FOR VALUES FROM ('2027-01-01') TO ('2027-08-01');
INSERT INTO attendance VALUES (1, '2027-01-04', 'present');
DROP TABLE attendance_later;
ALTER TABLE attendance DETACH PARTITION attendance_fall;
DELETE FROM attendance_fall WHERE student = 3 AND day = '2025-12-02';
ALTER TABLE attendance ATTACH PARTITION attendance_fall FOR VALUES FROM ('2025-08-01') TO ('2026-01-01');
SELECT state, n_pending > 0 AS is_pending FROM rollup_health WHERE rollup = 'student_days'::regclass;
TABLE day_differences;
COPY attendance FROM stdin;
7	2025-12-01	absent
7	2026-09-01	absent
\.
COPY attendance_next FROM stdin;
8	2026-09-01	absent
\.
UPDATE attendance SET day = '2026-09-03' WHERE student = 7 AND day = '2025-12-01';
INSERT INTO attendance VALUES (7, '2026-09-03', 'absent'), (7, '2025-12-03', 'absent') ON CONFLICT (student, day) DO UPDATE SET status = 'present';
TABLE day_differences;
SELECT student, status, n_rows, days FROM student_days WHERE student > 6 ORDER BY student, status;
TRUNCATE attendance;
SELECT count(*) FROM student_days;
DROP VIEW day_differences;
SELECT drop_rollup('student_days');

-- Names of all kinds, groups of all kinds
CREATE TYPE mood AS ENUM ('low', 'high');
CREATE DOMAIN points AS numeric(5, 1) CHECK (VALUE > 0);
CREATE TABLE "Odd @Table" ("the group" mood, "@base" integer[], "n ""q" points, at timestamptz);
INSERT INTO "Odd @Table" VALUES ('low', '{1,2}', 1.5, '2026-01-01'), ('low', '{1,2}', 2, NULL), (NULL, NULL, 2.5, NULL);
SELECT create_rollup('"Odd @Rollup"', '"Odd @Table"', ARRAY['the group', '@base'], '{"@changes": "distribution(\"n \"\"q\")", "when": "count(at)"}');
UPDATE "Odd @Table" SET "n ""q" = "n ""q" + 1 WHERE "the group" = 'low';
DELETE FROM "Odd @Table" WHERE "the group" IS NULL;
SELECT "the group", "@base", n_rows, "@changes"::text, "when" FROM "Odd @Rollup";
SELECT * FROM check_rollup('"Odd @Rollup"');
SELECT status, n_changes, n_groups FROM merge_rollup('"Odd @Rollup"');
SELECT "the group", "@base", n_rows, "@changes"::text, "when" FROM "Odd @Rollup";
SELECT drop_rollup('"Odd @Rollup"');
-- Rows alone
SELECT create_rollup('counts', 'marks', '{school}');
SELECT * FROM counts;
-- What a measure refuses, the load is told.
CREATE TABLE minutes (student integer, minutes double precision);
SELECT create_rollup('use', 'minutes', '{student}', '{"minutes": "distribution(minutes)"}');
INSERT INTO minutes VALUES (1, 'NaN');
SELECT * FROM use;

-- Written otherwise, and yet the same group
CREATE TABLE waits (wait interval, minutes numeric);
SELECT create_rollup('by_wait', 'waits', '{wait}', '{"minutes": "distribution(minutes)"}');
INSERT INTO waits VALUES ('1 day', 1), ('24:00', 2.0);
DELETE FROM waits WHERE minutes = 1;
SELECT * FROM by_wait;
SELECT * FROM check_rollup('by_wait');
SELECT status, n_groups FROM merge_rollup('by_wait');
-- A group column of another type is an error that says so; of one whose values are the same, none.
ALTER TABLE waits ALTER wait TYPE text;
INSERT INTO waits VALUES ('1 day', 3);
DELETE FROM waits;
ALTER TABLE waits ALTER wait TYPE integer USING 1;
INSERT INTO waits VALUES (1, 3);
DROP TABLE waits;
CREATE TABLE kinds (kind varchar(10));
SELECT create_rollup('by_kind', 'kinds', '{kind}');
ALTER TABLE kinds ALTER kind TYPE text;
INSERT INTO kinds VALUES ('any');
SELECT * FROM by_kind;
-- More groups than there is room for are written in parts.
CREATE TABLE many (i integer, wide text, note text);
SELECT create_rollup('each', 'many', '{wide}', '{"numbers": "distribution(i)"}');
INSERT INTO many SELECT i, rpad((i % 70000)::text, 1000) FROM generate_series(1, 140000) AS i;
SELECT count(*) > 70000 AS are_parts, sum(n_rows) AS n_rows, count(*) AS n_parts FROM each_changes \gset
SELECT :'are_parts' AS are_parts, :n_rows AS n_rows;
-- A row that is updated is counted at once, as it was and as it is.
UPDATE many SET note = 'seen';
SELECT count(*) - :n_parts AS n_new FROM each_changes;
DROP TABLE many;
SELECT drop_rollup('each');

-- Statements within statements: what one of them changes is there when it is through, and what is undone is not.
CREATE TABLE nested (id integer PRIMARY KEY, school text, score integer, twice integer GENERATED ALWAYS AS (score * 2) STORED);
SELECT create_rollup('by_nested', 'nested', '{school}', '{"scores": "distribution(twice)"}');
CREATE VIEW nested_differences AS
WITH counted AS (
	SELECT school, count(*) AS n_rows, distribution(twice)::text AS scores FROM nested GROUP BY school
), kept AS (
	SELECT school, n_rows, scores::text FROM by_nested
)
(TABLE counted EXCEPT ALL TABLE kept) UNION ALL (TABLE kept EXCEPT ALL TABLE counted);
CREATE FUNCTION insert_within(i integer, fails boolean) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO nested VALUES (i + 100, 'Beside', i);
	BEGIN
		INSERT INTO nested VALUES (i + 200, 'Within', i), (i + 300, 'Within', i);
		RAISE NOTICE 'within: %', (SELECT n_rows FROM by_nested WHERE school = 'Within');
		IF fails THEN
			RAISE division_by_zero;
		END IF;
	EXCEPTION WHEN division_by_zero THEN
		RAISE NOTICE 'undone: %', (SELECT n_rows FROM by_nested WHERE school = 'Within');
	END;
	RETURN i;
END $$;
INSERT INTO nested SELECT insert_within(i, i > 1), 'Outside', i FROM generate_series(1, 3) AS i;
SELECT * FROM by_nested ORDER BY school;
TABLE nested_differences;
SELECT DISTINCT n_rows, n_rows_removed FROM by_nested_changes ORDER BY n_rows;
-- Triggers that make something else of a row, or none, and others that write and read after it
CREATE FUNCTION change_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.school := new.school || '!'; RETURN CASE WHEN new.score < 90 THEN new END; END $$;
CREATE TRIGGER z_last BEFORE INSERT OR UPDATE ON nested FOR EACH ROW EXECUTE FUNCTION change_row();
CREATE FUNCTION follow_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF new.id < 1000 THEN
		INSERT INTO nested VALUES (new.id + 1000, 'After', new.score);
		DELETE FROM nested WHERE id = new.id + 1000 AND new.score = 12;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER a_first AFTER INSERT ON nested FOR EACH ROW EXECUTE FUNCTION follow_row();
CREATE TRIGGER z_after AFTER INSERT ON nested FOR EACH ROW EXECUTE FUNCTION follow_row();
ALTER TABLE nested DISABLE TRIGGER z_after;
INSERT INTO nested VALUES (11, 'Other', 11), (12, 'Other', 12), (13, 'None', 99);
UPDATE nested SET score = score + 1 WHERE school ~ 'side';
ALTER TABLE nested DISABLE TRIGGER a_first;
ALTER TABLE nested ENABLE TRIGGER z_after;
COPY nested (id, school, score) FROM stdin;
14	Other	14
15	\N	12
\.
WITH one AS (INSERT INTO nested VALUES (16, 'Other', 1) RETURNING id), two AS (DELETE FROM nested WHERE school ~ 'Within' RETURNING id), three AS (UPDATE nested SET score = 0 WHERE id = 11 RETURNING id)
SELECT count(*) FROM (TABLE one UNION ALL TABLE two UNION ALL TABLE three) AS all_of_them;
SELECT * FROM by_nested ORDER BY school;
TABLE nested_differences;
-- A merge within a statement takes what is written.
CREATE FUNCTION merge_within() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (merge_rollup('by_nested')).status; END $$;
UPDATE nested SET score = score + 2, school = merge_within() WHERE id IN (11, 14);
TABLE nested_differences;
SELECT status FROM merge_rollup('by_nested');
TABLE nested_differences;
-- To count the source anew there would count twice what is not written yet.
CREATE FUNCTION rebuild_within() RETURNS text LANGUAGE plpgsql AS $$ DECLARE ended record := rebuild_rollup('by_nested'); BEGIN RETURN ended.status || ': ' || ended.error; END $$;
UPDATE nested SET score = score - 2 WHERE id IN (11, 14) RETURNING rebuild_within();
TABLE nested_differences;
-- A foreign key cascades by a statement for each row: what they change is written once.
CREATE TABLE nests (nest integer PRIMARY KEY);
CREATE TABLE eggs (nest integer REFERENCES nests ON DELETE CASCADE, kind text);
INSERT INTO nests SELECT generate_series(1, 100);
INSERT INTO eggs SELECT i, 'k' || i % 2 FROM generate_series(1, 100) AS i;
SELECT create_rollup('by_egg', 'eggs', '{kind}');
DELETE FROM nests WHERE nest <= 90;
SELECT n_rows, n_rows_removed FROM by_egg_changes;
SELECT * FROM check_rollup('by_egg');
-- Many groups are written before the statement is through, and what that fires may write as well.
CREATE FUNCTION write_beside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO rolled.nested SELECT max(n.id) + 1, 'Fired', 1 FROM rolled.nested n;
	RETURN new;
END $$;
CREATE TRIGGER beside BEFORE INSERT ON by_egg_changes FOR EACH ROW WHEN (new.kind ~ '^\d*00y') EXECUTE FUNCTION write_beside();
INSERT INTO eggs SELECT NULL, i || repeat('y', 40000) FROM generate_series(1, 2500) AS i;
SELECT n_rows FROM by_nested WHERE school ~ 'Fired';
TABLE nested_differences;
SELECT count(*) FROM by_egg_changes;
SELECT * FROM check_rollup('by_egg');
SELECT drop_rollup('by_egg');
DROP TABLE eggs, nests;
DROP FUNCTION rebuild_within, write_beside;
-- Types that somebody made are compared as the roll-up's owner, whoever writes, when the statement is through.
CREATE TYPE place AS (city text);
CREATE TABLE visits (at_place place, school text, score integer);
SELECT create_rollup('by_place', 'visits', '{at_place,school}', '{"scores": "distribution(score)"}');
INSERT INTO visits SELECT ROW('c' || i % 2)::place, 's', i FROM generate_series(1, 5) AS i;
UPDATE visits SET school = 't' WHERE score = 5;
DELETE FROM visits WHERE score = 1;
SELECT * FROM by_place ORDER BY at_place, school;
SELECT * FROM check_rollup('by_place');
SELECT n_rows, n_rows_removed FROM by_place_changes;
DROP VIEW nested_differences;
SELECT drop_rollup('by_place'), drop_rollup('by_nested');
DROP TABLE visits, nested;
DROP TYPE place;
DROP FUNCTION insert_within, change_row, follow_row, merge_within;
-- What changes in a foreign table is not seen here.
RESET ROLE;
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER nothing;
GRANT USAGE ON FOREIGN SERVER elsewhere TO rollup_owner;
SET ROLE rollup_owner;
CREATE TABLE years (year integer) PARTITION BY LIST (year);
CREATE FOREIGN TABLE year_elsewhere PARTITION OF years FOR VALUES IN (2020) SERVER elsewhere;
SELECT create_rollup('by_year', 'years', '{year}');
DROP TABLE years;
RESET ROLE;
DROP FOREIGN DATA WRAPPER nothing CASCADE;
SET ROLE rollup_owner;

-- A day that may be there twice is said by health and merge; once it is not, all is well.
CREATE TABLE seen (student integer NOT NULL, day date NOT NULL);
CREATE UNIQUE INDEX seen_once ON seen (student, day);
SELECT create_rollup('days_seen', 'seen', '{student}', '{"days": "dayset(day)"}');
DROP INDEX seen_once;
INSERT INTO seen VALUES (1, '2026-01-05'), (1, '2026-01-05');
SELECT status, error FROM merge_rollup('days_seen');
SELECT state, problem FROM rollup_health WHERE rollup = 'days_seen'::regclass;
DELETE FROM seen WHERE ctid = (SELECT min(ctid) FROM seen);
CREATE UNIQUE INDEX seen_once ON seen (student, day);
SELECT status, error FROM merge_rollup('days_seen');
SELECT * FROM days_seen;
DROP TABLE seen;

-- What there is to refuse
CREATE VIEW a_view AS TABLE marks;
CREATE TEMPORARY TABLE passing (x integer);
CREATE UNLOGGED TABLE unlogged (x integer);
CREATE TABLE child () INHERITS (old_marks);
SELECT create_rollup('wrong', 'a_view', '{school}');
SELECT create_rollup('wrong', 'passing', '{x}');
SELECT create_rollup('wrong', 'unlogged', '{x}');
SELECT create_rollup('wrong', 'old_marks', '{school}');
SELECT create_rollup('wrong', 'marks', '{}');
SELECT create_rollup('wrong', 'marks', '{school,NULL}');
SELECT create_rollup('wrong', 'marks', '{schol}');
SELECT create_rollup('wrong', 'marks', '{school,school}');
SELECT create_rollup('wrong', 'marks', '{school}', '{"n": "avg(score)"}');
SELECT create_rollup('wrong', 'marks', '{school}', '{"n": "distribution(score + 1)"}');
SELECT create_rollup('wrong', 'marks', '{school}', '{"n": "distribution(score); DROP TABLE marks"}');
SELECT create_rollup('wrong', 'marks', '{school}', '{"n": "distribution(points)"}');
SELECT create_rollup('wrong', 'marks', '{school}', '{"n": "distribution(race)"}');
SELECT create_rollup('wrong', 'marks', '{school}', '{"n": 1}');
SELECT create_rollup('wrong', 'marks', '{school}', '["count(score)"]');
SELECT create_rollup('wrong', 'marks', '{school}', '{"n_rows": "count(score)"}');
SELECT create_rollup('wrong', 'marks', '{school}', '{"school": "count(score)"}');
SELECT create_rollup('wrong', 'marks', NULL);
SELECT create_rollup(NULL, 'marks', '{school}');
SELECT create_rollup('wrong', NULL, '{school}');
SELECT create_rollup('counts', 'marks', '{school}');
SELECT create_rollup('marks', 'marks', '{school}');
SELECT merge_rollup('marks');
SELECT check_rollup('a_view');
SELECT drop_rollup(NULL);

-- Whose it is
SET ROLE rollup_stranger;
SELECT create_rollup('mine', 'rolled.marks', '{school}');
SELECT merge_rollup('counts');
SELECT rebuild_rollup('counts');
SELECT check_rollup('counts');
SELECT drop_rollup('counts');
SELECT count(*) FROM rollup_health;
-- A trigger of somebody else's writes nothing into it.
RESET ROLE;
CREATE SCHEMA forged AUTHORIZATION rollup_stranger;
SET ROLE rollup_stranger;
CREATE TABLE forged.marks (school text, student integer);
CREATE TRIGGER forged AFTER INSERT ON forged.marks FOR EACH ROW WHEN (('first'::gapstats_internal.row_capture)[NEW.tableoid]) EXECUTE FUNCTION gapstats_internal.capture_change('rolled.counts_changes');
INSERT INTO forged.marks VALUES ('Forged', 1);
CREATE TRIGGER statement AFTER INSERT ON forged.marks REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION gapstats_internal.capture_change('rolled.counts_changes');
INSERT INTO forged.marks VALUES ('Forged', 1);
DROP TRIGGER statement ON forged.marks;
CREATE TRIGGER other BEFORE INSERT ON forged.marks FOR EACH ROW EXECUTE FUNCTION gapstats_internal.capture_change('rolled.counts_changes');
INSERT INTO forged.marks VALUES ('Forged', 1);
DO $$ BEGIN PERFORM gapstats_internal.bind_capture(oid, 'rolled.counts_changes') FROM pg_trigger WHERE tgname = 'forged'; EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE '%', regexp_replace(SQLERRM, '\d+', 'OID'); END $$;
SELECT gapstats_internal.forget_captures('rolled.counts_changes');
-- Rows are counted in conditions of its triggers, and nowhere else, nor in part of one.
SELECT ('first'::gapstats_internal.row_capture)[tableoid] FROM forged.marks;
INSERT INTO forged.marks SELECT school, student FROM forged.marks m WHERE ('first'::gapstats_internal.row_capture)[m.tableoid];
SELECT ('first'::gapstats_internal.row_capture)[1:2] FROM forged.marks;
SELECT ('first'::gapstats_internal.row_capture)['x'] FROM forged.marks;
UPDATE forged.marks SET school = 'Forged' WHERE ('first'::gapstats_internal.row_capture)[tableoid][tableoid];
DROP TRIGGER other ON forged.marks;
CREATE TRIGGER part BEFORE INSERT ON forged.marks FOR EACH ROW WHEN (('first'::gapstats_internal.row_capture)['forged.marks'::regclass::oid] AND NEW.student > 0) EXECUTE FUNCTION suppress_redundant_updates_trigger();
INSERT INTO forged.marks VALUES ('Forged', 1);
DROP TRIGGER part ON forged.marks;
CREATE TRIGGER inside AFTER INSERT ON forged.marks FOR EACH ROW WHEN ((ARRAY[false, false])[('first'::gapstats_internal.row_capture)[NEW.tableoid]::integer + 1]) EXECUTE FUNCTION gapstats_internal.capture_change('rolled.counts_changes');
INSERT INTO forged.marks VALUES ('Forged', 1);
DROP TRIGGER inside ON forged.marks;
SET ROLE rollup_owner;
TABLE counts_changes;
-- Nobody else writes there.
GRANT INSERT ON counts_changes TO rollup_stranger;
SELECT state, problem, fix FROM rollup_health WHERE rollup = 'counts'::regclass;
REVOKE INSERT ON counts_changes FROM rollup_stranger;
-- What its owner puts on the changes runs as he, and not later as whoever writes.
CREATE FUNCTION who() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '% %', TG_WHEN, current_user; RETURN new; END $$;
CREATE TRIGGER another AFTER INSERT ON marks FOR EACH ROW EXECUTE FUNCTION who('rolled.counts_changes');
ALTER TABLE marks DISABLE TRIGGER another;
DO $$ BEGIN PERFORM gapstats_internal.bind_capture(oid, 'rolled.counts_changes') FROM pg_trigger WHERE tgname = 'another'; EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE '%', regexp_replace(SQLERRM, '\d+', 'OID'); END $$;
SELECT tgenabled FROM pg_trigger WHERE tgname = 'another';
DROP TRIGGER another ON marks;
CREATE TRIGGER one BEFORE INSERT ON counts_changes FOR EACH ROW EXECUTE FUNCTION who();
CREATE TRIGGER two AFTER INSERT ON counts_changes FOR EACH ROW EXECUTE FUNCTION who();
RESET ROLE;
INSERT INTO marks VALUES (6, 'North', 'r1', 4);
SET ROLE rollup_owner;
CREATE CONSTRAINT TRIGGER three AFTER INSERT ON counts_changes DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION who();
INSERT INTO marks VALUES (6, 'North', 'r1', 4);
DROP FUNCTION who CASCADE;
ALTER TABLE counts_changes ADD CONSTRAINT known CHECK (school <> 'Nowhere');
INSERT INTO marks VALUES (6, 'Nowhere', 'r1', 4);
ALTER TABLE counts_changes DROP CONSTRAINT known;
-- What goes with a TRUNCATE is taken away, whether or not its owner may read it.
RESET ROLE;
CREATE TABLE forged.given (school text);
INSERT INTO forged.given VALUES ('North');
GRANT USAGE ON SCHEMA forged TO rollup_owner;
GRANT SELECT, TRIGGER ON forged.given TO rollup_owner;
SET ROLE rollup_owner;
SELECT create_rollup('of_given', 'forged.given', '{school}');
RESET ROLE;
REVOKE SELECT ON forged.given FROM rollup_owner;
TRUNCATE forged.given;
SELECT * FROM of_given;
-- No load fails of one that is a superuser's.
DO $$ DECLARE r regclass; BEGIN FOR r IN SELECT oid FROM pg_class WHERE relnamespace = 'rolled'::regnamespace AND relname ~ '^of_given' AND relkind IN ('r', 'v') LOOP EXECUTE format('ALTER TABLE %s OWNER TO CURRENT_USER', r); END LOOP; END $$;
INSERT INTO forged.given VALUES ('South');
SELECT * FROM of_given;
DO $$ DECLARE r regclass; BEGIN FOR r IN SELECT oid FROM pg_class WHERE relnamespace = 'rolled'::regnamespace AND relname ~ '^of_given' AND relkind IN ('r', 'v') LOOP EXECUTE format('ALTER TABLE %s OWNER TO rollup_owner', r); END LOOP; END $$;
SELECT drop_rollup('of_given');
-- Rows that its owner may not see
RESET ROLE;
CREATE TABLE forged.secret (x integer);
ALTER TABLE forged.secret ENABLE ROW LEVEL SECURITY;
GRANT USAGE ON SCHEMA forged TO rollup_owner;
GRANT SELECT, TRIGGER ON forged.secret TO rollup_owner;
SET ROLE rollup_owner;
SELECT create_rollup('wrong', 'forged.secret', '{x}');
RESET ROLE;
SELECT create_rollup('rolled.wrong', 'rolled.marks', '{school}');
-- One that has been taken apart: loads go on.
ALTER TABLE counts_definition OWNER TO rollup_stranger;
SET ROLE rollup_owner;
INSERT INTO marks VALUES (7, 'North', 'r1', 4);
SELECT merge_rollup('counts');
RESET ROLE;
ALTER TABLE counts_definition OWNER TO rollup_owner;
SET ROLE rollup_owner;
SELECT status, n_changes FROM rebuild_rollup('counts');
SELECT * FROM counts;
-- Changes that are otherwise than they were made
BEGIN;
DROP VIEW counts CASCADE;
ALTER TABLE counts_changes ALTER n_rows TYPE text;
CREATE VIEW counts AS SELECT b.school, c.n_rows FROM counts_base b, counts_changes c;
ALTER TABLE counts_definition ALTER rollup SET DEFAULT 'rolled.counts';
INSERT INTO marks VALUES (7, 'North', 'r1', 4);
ROLLBACK;
-- What somebody makes who may make triggers on the source counts nothing beside what is bound to the changes.
GRANT INSERT, TRIGGER ON marks TO rollup_stranger;
SET ROLE rollup_stranger;
CREATE TRIGGER again AFTER INSERT ON marks FOR EACH ROW WHEN (('first'::gapstats_internal.row_capture)[NEW.tableoid]) EXECUTE FUNCTION gapstats_internal.capture_change('rolled.counts_changes');
CREATE TRIGGER afresh BEFORE TRUNCATE ON marks EXECUTE FUNCTION gapstats_internal.capture_change('rolled.counts_changes');
INSERT INTO marks VALUES (9, 'North', 'r1', 4);
SET ROLE rollup_owner;
SELECT * FROM check_rollup('counts');
SELECT status, rebuilt_because FROM merge_rollup('counts');
INSERT INTO marks VALUES (10, 'North', 'r1', 4);
SELECT * FROM check_rollup('counts');
BEGIN;
TRUNCATE marks;
SELECT * FROM check_rollup('counts');
ROLLBACK;
SELECT state, problem FROM rollup_health WHERE rollup = 'counts'::regclass;
DROP TRIGGER again ON marks;
DROP TRIGGER afresh ON marks;
REVOKE INSERT, TRIGGER ON marks FROM rollup_stranger;
-- Whoever drops the changes drops the triggers with them.
DROP TABLE counts_changes CASCADE;
INSERT INTO marks VALUES (8, 'North', 'r1', 4);
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'marks'::regclass AND NOT tgisinternal;
RESET ROLE;

\set VERBOSITY terse
DROP TABLE passing;
DROP SCHEMA rolled CASCADE;
DROP SCHEMA forged CASCADE;
DROP ROLE rollup_owner, rollup_loader, rollup_stranger;
