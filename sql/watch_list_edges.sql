--
-- watch_list: what is asked of nobody, known of no day, or nobody's, and what is only gone for some nights, says so
--
-- What is expected follows by hand from the comments.
--
\set SHOW_CONTEXT never
CREATE ROLE regress_counsellor;
CREATE ROLE regress_warehouse;
CREATE SCHEMA district AUTHORIZATION regress_counsellor;
CREATE SCHEMA warehouse AUTHORIZATION regress_warehouse;
GRANT USAGE ON SCHEMA warehouse TO regress_counsellor;
SET ROLE regress_counsellor;
SET search_path = district, gapstats, gapstats_internal;
SET datestyle = 'ISO';
-- students 1 to 12, three in each of grades 9 to 12, with as many days of absence as their number
CREATE TABLE students AS SELECT i AS student_id, 9 + (i - 1) / 3 AS grade, CASE WHEN i <= 6 THEN 'North' ELSE 'South' END AS school FROM generate_series(1, 12) AS i;
CREATE TABLE absences AS SELECT student_id, student_id AS days FROM students;
CREATE VIEW health AS SELECT state, problem, fix FROM watch_list_problems WHERE problem !~ '^pg_cron' ORDER BY place;

--
-- A list without rules, and a student to whom none applies: nobody is on track of whom nothing was asked
--
SELECT create_watch_list('list', 'SELECT student_id, grade, school FROM students', time_zone => 'UTC');
SELECT status, students, flagged FROM refresh_watch_list('list');
SELECT status, count(*) FROM list GROUP BY status;
SELECT * FROM health;
SELECT split_part(words, ',', 1) AS words FROM student_profile('list', '1') WHERE line = 0;
SELECT left(words, 12) AS words FROM student_profile('list', '1', 'es');
-- for grades 9 and 10 only: 5 and 6 are flagged, 1 to 4 are on track, of the others nothing is asked
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 5, '{value} days', applies_to => 'grade <= 10');
SELECT status, flagged FROM refresh_watch_list('list');
SELECT grade, status, count(*), sum(rules_missing) AS rules_missing FROM list GROUP BY grade, status ORDER BY grade, status;
-- missing data is something else
DELETE FROM absences WHERE student_id IN (1, 12);
SELECT status FROM refresh_watch_list('list');
SELECT student_id, status, rules_missing FROM list WHERE student_id IN (1, 12) ORDER BY student_id;
-- a flagged student to whom it does not apply any more is cleared, but not on track
UPDATE students SET grade = 11 WHERE student_id = 6;
SELECT status, cleared FROM refresh_watch_list('list');
SELECT student_id, status, since FROM list WHERE student_id = 6;
SELECT student_id, cleared_as FROM list_flags WHERE cleared_at IS NOT NULL;
SELECT event, status FROM list_events WHERE student_id = 6 ORDER BY happened_at;
SELECT change, status_before, status_after FROM preview_change('list', 'absence', "on" => false) WHERE status_before = 'at risk';
-- a condition that is true of nobody is told; taken back, all 12 are asked
SELECT change_rule('list', 'absence', applies_to => 'school = ''north''');
SELECT status FROM refresh_watch_list('list');
SELECT * FROM health;
-- it is one condition, whatever brackets it has
SELECT change_rule('list', 'absence', applies_to => 'false) OR (true');
SELECT change_rule('list', 'absence', applies_to => 'grade = 9 ORDER BY (1');
SELECT change_rule('list', 'absence', applies_to => 'SELECT true');
SELECT change_rule('list', 'absence', applies_to => '(grade = 9) OR (grade = 10) -- both');
SELECT change_rule('list', 'absence', applies_to => '');
SELECT status, flagged FROM refresh_watch_list('list');
SELECT applies_to FROM list_rules WHERE superseded_at IS NULL;
SELECT part, rule FROM list_queries ORDER BY part, rule;
SELECT status, count(*) FROM list GROUP BY status ORDER BY status;
SELECT * FROM disagreement('list');
SELECT drop_watch_list('list');

--
-- What identifies a student can be sorted and hashed; a type whose parts cannot, cannot
--
CREATE DOMAIN code AS bit(8);
SELECT create_watch_list('list', 'SELECT i::money AS student_id FROM generate_series(1, 4) AS i');
SELECT create_watch_list('list', 'SELECT i::bit(8) AS student_id FROM generate_series(1, 4) AS i');
SELECT create_watch_list('list', 'SELECT i::bit(8)::district.code AS student_id FROM generate_series(1, 4) AS i');
SELECT create_watch_list('list', 'SELECT ARRAY[i::bit(8)] AS student_id FROM generate_series(1, 4) AS i');
SELECT create_watch_list('list', 'SELECT to_json(i) AS student_id FROM generate_series(1, 4) AS i');
SELECT type, is_sorted_and_hashed(type) FROM unnest('{bigint,text,uuid,numeric,date,jsonb,int4range,integer[],inet}'::regtype[]) AS type;
DROP DOMAIN code;

--
-- Of what collation a text comes with, none is asked: here one by which capitals are the same
--
CREATE COLLATION no_capitals (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE pupils (student_id text COLLATE no_capitals, days integer);
INSERT INTO pupils VALUES ('Ann', 9), ('Bob', 1);
SELECT create_watch_list('list', 'SELECT student_id FROM pupils', time_zone => 'UTC');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM pupils', '>=', 5, '{value} days');
SELECT status, flagged FROM refresh_watch_list('list');
SELECT assign_student('list', student_id, 'Ms. Rivera'), check_in('list', student_id, 'called'), snooze_student('list', student_id, current_date + 1, 'ill') FROM pupils WHERE days = 9;
SELECT assigned_to, last_contact IS NOT NULL AS was_called FROM list_sheet;
SELECT e.rule, e.source, e.source_row FROM pupils, explain_student('list', student_id) AS e WHERE days = 9;
SELECT group_value FROM contact_rates('list', 'STUDENT_ID' COLLATE no_capitals);
SELECT drop_watch_list('list');
DROP TABLE pupils;

--
-- Thresholds of groups that there are not
--
INSERT INTO absences VALUES (1, 1), (12, 12);
UPDATE students SET grade = 10 WHERE student_id = 6;
SELECT create_watch_list('list', 'SELECT student_id, grade, school FROM students', time_zone => 'UTC');
-- of a list that was never refreshed it is known from its students query, unless that fails, which the refresh says
SELECT create_watch_list('fails', 'SELECT student_id, 1 / (grade - 9) AS grade FROM students', time_zone => 'UTC');
SELECT add_rule('fails', 'absence', 'SELECT student_id, days FROM absences', '>=', 100, '{value} days', thresholds_by => 'grade', thresholds => '{"7": 1}');
SELECT drop_watch_list('fails');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 100, '{value} days', thresholds_by => 'grade', thresholds => '{"Grade 9": 1, "12": 11}');
SELECT status, flagged FROM refresh_watch_list('list');
SELECT rule, empty_groups FROM list_run_rules;
SELECT * FROM health;
-- in the table of runs, too
SELECT problem IS NOT NULL AS says_so FROM list_runs;
-- those first that differ in case and blanks
SELECT change_rule('list', 'absence', thresholds_by => 'school', thresholds => '{" south": 1}');
SELECT status FROM refresh_watch_list('list');
SELECT problem FROM health;
-- whoever has none: students of both schools are there, of whom one has no absences; nothing is wrong, and all are asked
SELECT change_rule('list', 'absence', thresholds => '{"South": 11, "North": 6}');
DELETE FROM absences WHERE student_id <= 6;
SELECT status, flagged FROM refresh_watch_list('list');
SELECT empty_groups FROM list_run_rules ORDER BY id DESC LIMIT 1;
SELECT * FROM health;
-- at most 20 groups are named
INSERT INTO students SELECT i, 9, 'School ' || i FROM generate_series(13, 40) AS i;
SELECT change_settings('list', '{"change_floor": 30}');
SELECT status FROM refresh_watch_list('list');
SELECT change_rule('list', 'absence', thresholds => '{"school40": 11}');
-- taken back, with the column
SELECT change_rule('list', 'absence', thresholds => '{}');
SELECT thresholds_by, thresholds FROM list_rules WHERE superseded_at IS NULL;
DELETE FROM students WHERE student_id > 12;
SELECT drop_watch_list('list');

--
-- clear_at lies on the safe side of every threshold
--
\set VERBOSITY terse
SELECT create_watch_list('list', 'SELECT student_id, grade, school FROM students', time_zone => 'UTC');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 10, '{value}', clear_at => 8, thresholds_by => 'grade', thresholds => '{"9": 8, "10": 7.5}');
SELECT add_rule('list', 'presence', 'SELECT student_id, days FROM absences', '<', 0.9, '{value}', clear_at => 0.92, thresholds_by => 'grade', thresholds => '{"12": 0.95}');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 10, '{value}', clear_at => 8, thresholds_by => 'grade', thresholds => '{"9": 8, "10": 12}');
SELECT change_rule('list', 'absence', thresholds => '{"11": 7}');
SELECT change_rule('list', 'absence', clear_at => 8.5);
SELECT change_rule('list', 'absence', clear_at => 11);
SELECT version, clear_at, thresholds FROM list_rules ORDER BY id;
SELECT drop_watch_list('list');
\set VERBOSITY default

--
-- Days of which nothing is known
--
CREATE TABLE school_days AS SELECT day::date FROM unnest('{2025-10-01, 2025-10-02, 2025-10-03}'::date[]) AS day;
INSERT INTO absences SELECT i, i FROM generate_series(1, 6) AS i;
CREATE TABLE later_days AS SELECT '2025-10-06'::date AS day;
-- times are of no day
SELECT create_watch_list('list', 'SELECT student_id FROM students', days_query => 'SELECT now()');
SELECT create_watch_list('list', 'SELECT student_id FROM students', time_zone => 'UTC', days_query => 'SELECT day FROM school_days');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences WHERE as_of() IS NOT NULL', '>=', 11, '{value} days');
SELECT * FROM standings_on('list', '2025-10-03');
SELECT status FROM refresh_watch_list('list');
-- the first day that it was computed for, the weekend after it, and the day before
SELECT * FROM standings_on('list', '2025-10-03');
SELECT * FROM standings_on('list', '2025-10-05');
SELECT * FROM standings_on('list', '2025-10-02');
-- a run that failed leaves a day of which the one before is told
INSERT INTO school_days TABLE later_days;
ALTER TABLE absences RENAME days TO units;
SET client_min_messages = error;
SELECT status FROM refresh_watch_list('list');
RESET client_min_messages;
ALTER TABLE absences RENAME units TO days;
SELECT DISTINCT as_of FROM standings_on('list', '2025-10-06');
UPDATE absences SET days = 0;
SELECT status FROM refresh_watch_list('list');
-- nobody was flagged on that day: no row
SELECT * FROM standings_on('list', '2025-10-06');
SELECT count(*) FROM standings_on('list', today('list'));
\set VERBOSITY sqlstate
SELECT * FROM standings_on('list', today('list') + 1);
SELECT count(*) FROM watch_list_as_of('list', today('list') + 1);
\set VERBOSITY terse
SELECT * FROM standings_on('list', 'infinity');
-- by today's rules, a day before the list is known, but not one before all days, nor one to come
SELECT count(*) FROM watch_list_as_of('list', '2025-10-01');
SELECT count(*) FROM watch_list_as_of('list', '2025-09-30');
SELECT count(*) FROM audit_watch_list('list', 'SELECT student_id, true FROM students', NULL, as_of => '2025-09-30');
\set VERBOSITY default

--
-- What is nobody's, and what is wrong with the students and the days
--
INSERT INTO students VALUES (NULL, 9, 'North'), (NULL, 9, 'South');
INSERT INTO absences VALUES (NULL, 20);
SELECT status, students FROM refresh_watch_list('list');
SELECT * FROM health;
SELECT students, n_without_id, problem FROM list_runs ORDER BY run DESC LIMIT 1;
SELECT rule, n_rows, n_without_id, n_matched FROM list_run_rules ORDER BY run DESC LIMIT 1;
DELETE FROM students WHERE student_id IS NULL;
SELECT status, students FROM refresh_watch_list('list');
SELECT * FROM health;
DELETE FROM absences WHERE student_id IS NULL;
SELECT status, students FROM refresh_watch_list('list');
SELECT problem FROM list_runs ORDER BY run DESC LIMIT 1;
-- a student who is there twice
INSERT INTO students VALUES (3, 9, 'South');
SELECT change_students('list', E'SELECT student_id, grade FROM students -- all;\n;');
SET client_min_messages = error;
SELECT status FROM refresh_watch_list('list');
RESET client_min_messages;
SELECT state, problem, fix FROM health;
SET search_path = district, gapstats, gapstats_internal;
DELETE FROM students WHERE student_id = 3 AND school = 'South';
-- no days
DELETE FROM school_days;
SET client_min_messages = error;
SELECT status FROM refresh_watch_list('list');
RESET client_min_messages;
SELECT state, regexp_replace(problem, '\d{4}-\d\d-\d\d', 'today') AS problem, fix FROM health;
INSERT INTO school_days TABLE later_days;
SELECT status FROM refresh_watch_list('list');
-- a table that is lost: what there is is kept, but for what the table held
DROP TABLE list_assignments CASCADE;
SELECT * FROM health;
\set VERBOSITY terse
SELECT repair_watch_list('list');
\set VERBOSITY default
SELECT export_watch_list('list') AS definition \gset
SELECT drop_watch_list('list');
SELECT import_watch_list('list', :'definition');
SELECT status, flagged FROM refresh_watch_list('list');
-- without a table that says what the list is, there is nothing to export
DROP TABLE list_rules CASCADE;
SELECT problem, fix FROM health;
SELECT export_watch_list('list');
SELECT drop_watch_list('list');

--
-- A rule that is off for some nights gives nobody a new flag or a new alarm. 10 is at risk by both rules, 9 on watch by one;
-- 8 gets there while it is off, 7 after it is on again
--
UPDATE absences SET days = student_id;
CREATE TABLE marks AS SELECT student_id, CASE student_id WHEN 10 THEN 1 ELSE 0 END AS mark FROM students;
SELECT create_watch_list('list', 'SELECT student_id FROM students WHERE student_id <= 10', time_zone => 'UTC');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 9, '{value} days');
SELECT add_rule('list', 'mark', 'SELECT student_id, mark FROM marks', '=', 1, 'a mark', 'watch');
SELECT status, newly_flagged FROM refresh_watch_list('list');
SELECT count(check_in('list', student_id::text)) FROM list_sheet;
SELECT switch_rule('list', 'absence', false);
UPDATE absences SET days = 9 WHERE student_id = 8;
SELECT status, flagged, newly_flagged, escalated, cleared FROM refresh_watch_list('list');
SELECT student_id, status, reasons FROM list WHERE student_id IN (9, 10) ORDER BY student_id;
SELECT student_id, event, status FROM list_events WHERE happened_at = (SELECT max(happened_at) FROM list_events) ORDER BY student_id;
-- another night
SELECT status, flagged, newly_flagged, escalated, cleared FROM refresh_watch_list('list');
SELECT switch_rule('list', 'absence', true);
SELECT status, flagged, newly_flagged, escalated, cleared FROM refresh_watch_list('list');
SELECT student_id, event, status FROM list_events WHERE happened_at = (SELECT max(happened_at) FROM list_events) ORDER BY student_id;
SELECT f.student_id, f.status, f.rules, count(DISTINCT alarm) AS alarms, count(DISTINCT check_in) AS check_ins
FROM list_flags f LEFT JOIN list_alarms a USING (flag) LEFT JOIN list_check_ins c USING (flag) GROUP BY f.flag ORDER BY f.student_id;
SELECT * FROM disagreement('list');
UPDATE absences SET days = 9 WHERE student_id = 7;
SELECT status, newly_flagged, escalated FROM refresh_watch_list('list');
-- the same of a rule that was another for a night, with a threshold of 10, and is what it was: 7 to 9 have their flags back
SELECT change_rule('list', 'absence', threshold => 10);
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list');
SELECT change_rule('list', 'absence', threshold => 9, reason => 'Absent {value} days');
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list');
SELECT student_id, cleared_as FROM list_flags ORDER BY student_id;
-- but a threshold of 10 that somebody reaches two nights later is news, and one of 9 that came back before
SELECT change_rule('list', 'absence', threshold => 10);
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list');
UPDATE absences SET days = 10 WHERE student_id = 9;
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list');
SELECT student_id, cleared_as FROM list_flags WHERE student_id = 9 ORDER BY flag;
UPDATE absences SET days = 8 WHERE student_id = 8;
SELECT change_rule('list', 'absence', threshold => 9);
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list');
UPDATE absences SET days = 9 WHERE student_id = 8;
SELECT status, newly_flagged, cleared FROM refresh_watch_list('list');
SELECT student_id, cleared_as FROM list_flags WHERE student_id = 8 ORDER BY flag;
-- nor is it the old flag after more than return_within
SELECT switch_rule('list', 'absence', false);
SELECT status, cleared FROM refresh_watch_list('list');
UPDATE list_runs SET ended_at = ended_at - interval '14 days';
UPDATE list_flags SET cleared_at = cleared_at - interval '14 days';
SELECT switch_rule('list', 'absence', true);
SELECT status, newly_flagged FROM refresh_watch_list('list');
SELECT * FROM disagreement('list');
-- while it was off she was found to be fine by the other rule, and her flag closed: the one that she has since never told of it
SELECT create_watch_list('two', 'SELECT student_id FROM students WHERE student_id = 10', time_zone => 'UTC');
SELECT add_rule('two', 'absence', 'SELECT student_id, days FROM absences', '>=', 9, '{value} days');
SELECT add_rule('two', 'mark', 'SELECT student_id, mark FROM marks', '=', 1, 'a mark', 'watch');
SELECT status, newly_flagged FROM refresh_watch_list('two');
SELECT switch_rule('two', 'absence', false);
SELECT status FROM refresh_watch_list('two');
UPDATE marks SET mark = 0;
SELECT status, cleared FROM refresh_watch_list('two');
UPDATE marks SET mark = 1;
SELECT status, newly_flagged FROM refresh_watch_list('two');
SELECT switch_rule('two', 'absence', true);
SELECT status, newly_flagged, escalated FROM refresh_watch_list('two');
SELECT flag, status, cleared_as FROM two_flags ORDER BY flag;
SELECT flag, kind FROM two_alarms ORDER BY alarm;
-- off, and worse by another rule than it was: that is an alarm
UPDATE marks SET mark = 0;
SELECT status FROM refresh_watch_list('two');
SELECT change_rule('two', 'absence', severity => 'watch');
SELECT status FROM refresh_watch_list('two');
SELECT switch_rule('two', 'absence', false), change_rule('two', 'mark', severity => 'at risk');
SELECT status FROM refresh_watch_list('two');
SELECT switch_rule('two', 'absence', true);
UPDATE marks SET mark = 1;
SELECT status, newly_flagged, escalated FROM refresh_watch_list('two');
SELECT event, status, rules FROM two_history ORDER BY standing DESC LIMIT 1;
SELECT * FROM disagreement('two');
SELECT drop_watch_list('two'), drop_watch_list('list');

--
-- A role that is renamed is the same role; another one of its name is not
--
RESET ROLE;
SET ROLE regress_warehouse;
CREATE TABLE warehouse.pupils AS SELECT i AS student_id, i AS days FROM generate_series(1, 5) AS i;
GRANT SELECT ON warehouse.pupils TO PUBLIC;
RESET ROLE;
SET ROLE regress_counsellor;
SELECT create_watch_list('list', 'SELECT student_id FROM warehouse.pupils', time_zone => 'UTC');
SELECT add_rule('list', 'absence', 'SELECT p.student_id, a.days FROM warehouse.pupils p JOIN district.absences a USING (student_id)', '>=', 5, '{value} days', applies_to => 'student_id > 1');
SELECT status FROM refresh_watch_list('list');
RESET ROLE;
ALTER ROLE regress_warehouse RENAME TO "regress of ""that"" house";
ALTER ROLE regress_counsellor RENAME TO regress_adviser;
SET ROLE regress_adviser;
SELECT status, error FROM refresh_watch_list('list');
SELECT word FROM list_queries, unnest(meaning) AS word WHERE word LIKE 'relation %' GROUP BY word ORDER BY word COLLATE "C";
RESET ROLE;
ALTER ROLE "regress of ""that"" house" RENAME TO regress_house;
CREATE ROLE regress_warehouse;
SET ROLE regress_adviser;
CALL run_watch_list('list');
SELECT DISTINCT o.key FROM list_queries, jsonb_each(owners) AS o ORDER BY o.key;
-- it has another owner, who has the old one's old name
RESET ROLE;
ALTER ROLE regress_house RENAME TO regress_elsewhere;
ALTER ROLE regress_warehouse RENAME TO regress_house;
GRANT CREATE ON SCHEMA warehouse TO regress_house;
ALTER TABLE warehouse.pupils OWNER TO regress_house;
SET ROLE regress_adviser;
SET client_min_messages = error;
SELECT status, error FROM refresh_watch_list('list');
SET client_min_messages = notice;
SELECT resume_watch_list('list');
SELECT status FROM refresh_watch_list('list');
-- in another database OIDs are those of other roles
UPDATE list_settings SET database_oid = 1;
UPDATE list_queries SET owners = jsonb_build_object('regress_house', 'regress_adviser'::regrole::oid);
SET client_min_messages = error;
SELECT status FROM refresh_watch_list('list');
RESET client_min_messages;
SELECT resume_watch_list('list');
SELECT status FROM refresh_watch_list('list');
SELECT DISTINCT o.key, o.value::oid::regrole::text AS role FROM list_queries, jsonb_each_text(owners) AS o ORDER BY o.key;
SELECT drop_watch_list('list');

--
-- A student who has left can be deleted from all that is kept of her, as the manual says, and from nothing else
--
RESET client_min_messages;
CREATE TABLE pupils AS SELECT i AS student_id, 'north' AS school, 'regress_adviser' AS adviser, i AS days FROM generate_series(1, 30) AS i;
SELECT create_watch_list('purged', 'SELECT student_id, school, adviser FROM pupils', time_zone => 'UTC');
SELECT add_rule('purged', 'absence', 'SELECT student_id, days FROM pupils', '>=', 10, '{value} days');
SELECT share_watch_list('purged', viewer_column => 'adviser'), publish_counts('purged', 'school', 1);
SELECT status, flagged FROM refresh_watch_list('purged');
SELECT count(check_in('purged', n)), count(assign_student('purged', n, 'Ms. Rivera')), count(snooze_student('purged', n, current_date + 3, 'ill')), count(start_intervention('purged', n, 'Tutoring'))
FROM unnest('{20,21}'::text[]) AS n;
DELETE FROM pupils WHERE student_id = 20;
SELECT status, cleared FROM refresh_watch_list('purged');
CREATE FUNCTION rows_of(student integer) RETURNS TABLE (relation text, n bigint) LANGUAGE plpgsql AS $$
BEGIN
	FOR relation IN
		SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'student_id' WHERE c.relname ~ '^purged' AND c.relkind IN ('r', 'm', 'v') AND c.relnamespace = 'district'::regnamespace ORDER BY 1
	LOOP
		EXECUTE format('SELECT count(*) FROM %I WHERE student_id = $1', relation) INTO n USING student;
		RETURN NEXT;
	END LOOP;
END
$$;
CREATE TABLE before AS SELECT * FROM rows_of(21);
DO $$
DECLARE
	part text;
BEGIN
	FOREACH part IN ARRAY '{alarms, check_ins, assignments, snoozes, flags, interventions, history}'::text[] LOOP
		EXECUTE format('DELETE FROM purged_%s WHERE student_id = 20', part);
	END LOOP;
END
$$;
SELECT * FROM rows_of(20) WHERE n > 0;
SELECT status FROM refresh_watch_list('purged');
SELECT * FROM rows_of(20) WHERE n > 0;
SELECT * FROM rows_of(21) JOIN before USING (relation) WHERE rows_of.n <> before.n;
SELECT * FROM disagreement('purged');
SELECT drop_watch_list('purged');

RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district, warehouse CASCADE;
DROP ROLE regress_adviser, regress_elsewhere, regress_house;
