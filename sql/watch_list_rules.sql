--
-- watch_list: rules change, each change a version; to whom they apply, their thresholds and words; previews
--
\set SHOW_CONTEXT never
CREATE ROLE regress_analyst;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;

CREATE TABLE students (student_id uuid PRIMARY KEY, number integer, school text, grade integer, free_lunch boolean, home_language text, sped boolean);
INSERT INTO students
SELECT ('00000000-0000-0000-0000-' || lpad(i::text, 12, '0'))::uuid, i, CASE WHEN i <= 4 THEN 'Lincoln' WHEN i <= 8 THEN 'Roosevelt' END, 8 + i % 3, i % 2 = 0, 'en', false
FROM generate_series(1, 10) AS i;
CREATE TABLE absences (student_id uuid, days integer);
INSERT INTO absences SELECT student_id, number FROM students WHERE number < 10;

SELECT create_watch_list('list', 'SELECT student_id, number, school, grade FROM students');
-- of no rules none can be dropped
SELECT drop_rule('list', 'presence');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 9, '{value} days');
SELECT status, flagged FROM refresh_watch_list('list');

-- what is not given stays; nothing changes before the next refresh
SELECT change_rule('list', 'absence', threshold => 8);
SELECT change_rule('list', 'absence', reason => '{value} days absent, of {threshold}', severity => 'watch');
SELECT number, status, reasons FROM list WHERE rules_flagged > 0;
SELECT number, reason FROM list JOIN list_reasons r USING (student_id) WHERE r.flagged;
SELECT status, flagged FROM refresh_watch_list('list');
SELECT number, status, reason FROM list JOIN list_reasons r USING (student_id) WHERE r.flagged AND rule_version = 3 ORDER BY number;
-- a query of other columns and another type
SELECT change_rule('list', 'absence', query => 'SELECT a.student_id, a.days / 2.0 FROM absences AS a', threshold => 4.5);
SELECT status, flagged FROM refresh_watch_list('list');
SELECT number, reason FROM list JOIN list_reasons r USING (student_id) WHERE r.flagged;
-- a change that is wrong changes nothing
SELECT change_rule('list', 'absence', query => 'SELECT student_id, nothing FROM absences');
SELECT change_rule('list', 'absence', comparison => 'about');
SELECT change_rule('list', 'presence', threshold => 1);
SELECT status, flagged FROM refresh_watch_list('list');
-- off, a rule does not even run
SELECT add_rule('list', 'other', 'SELECT student_id, 100 / days FROM absences', '>', 40, 'other');
UPDATE absences SET days = 0 WHERE days = 1;
\set VERBOSITY terse
SELECT status, rule, error FROM refresh_watch_list('list');
SELECT switch_rule('list', 'other', false);
SELECT status, rule, error FROM refresh_watch_list('list');
\set VERBOSITY default
UPDATE absences SET days = 1 WHERE days = 0;
SELECT switch_rule('list', 'other', true);
SELECT status, flagged FROM refresh_watch_list('list');
SELECT drop_rule('list', 'other');
SELECT drop_rule('list', 'other');
SELECT status, flagged FROM refresh_watch_list('list');
-- a rule of that name may come again, in its old place
SELECT add_rule('list', 'third', 'SELECT student_id, days FROM absences', '<', 0, 'third');
SELECT add_rule('list', 'other', 'SELECT student_id, days FROM absences', '<', 0, 'other');
SELECT rule, version, "position", state, comparison, threshold, severity, reason, changed_by, superseded_at IS NULL AS is_current
FROM list_rules ORDER BY rule, version;
SELECT query FROM list_rules WHERE rule = 'absence' ORDER BY version;
SELECT * FROM disagreement('list');
SELECT drop_rule('list', 'other'), drop_rule('list', 'third');

--
-- What is wrong is said, and names the rule
--
\set VERBOSITY terse
CREATE FUNCTION add_bad(rule text, query text, VARIADIC other text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SELECT add_rule(%L, %L, %L, %s)', 'list', rule, query, coalesce(nullif(array_to_string(other, ', '), ''), '''>'', 0, ''reason'''));
	RETURN 'added';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT add_bad('bad', q, '''>'', 0, ''reason''') FROM unnest(ARRAY['SELECT student_id FROM absences', 'SELECT student_id, days, 1, true FROM absences', 'SELECT student_id, days, 1, 2, 3, 4, 5, 6, 7, 8 FROM absences', 'SELECT student_id, day FROM absences',
	'SELECT student_id, days > 1 FROM absences', 'SELECT student_id, days::text FROM absences', 'SELECT student_id, days::money FROM absences', 'SELECT student_id, days::bit(8) FROM absences',
	'SELECT student_id::text, days FROM absences', 'SELECT 1, days FROM absences', 'DELETE FROM absences RETURNING student_id, 1', 'SELECT 1; SELECT 2', '', NULL]) q;
SELECT add_bad('bad', 'SELECT student_id, days FROM absences', o) FROM unnest(ARRAY['''!='', 0, ''reason''', 'NULL, 0, ''reason''', '''>'', ''NaN'', ''reason''', '''>'', ''-Infinity'', ''reason''',
	'''>'', NULL, ''reason''', '''>'', 0, ''''', '''>'', 0, NULL', '''>'', 0, ''{days}''', '''>'', 0, ''{value''', '''>'', 0, ''{}''',
	'''>'', 0, ''reason'', severity => ''high''', '''>'', 0, ''reason'', severity => NULL', '''>'', 0, ''reason'', points => -1', '''>'', 0, ''reason'', points => ''NaN''', '''>'', 0, ''reason'', points => ''Infinity''',
	'''>'', 0, ''reason'', clear_at => 1', '''<'', 0, ''reason'', clear_at => -1', '''='', 0, ''reason'', clear_at => 0', '''>'', 0, ''reason'', clear_at => ''NaN''',
	'''>'', 0, ''reason'', thresholds_by => ''grade''', '''>'', 0, ''reason'', thresholds => ''{"9": 1}''', '''>'', 0, ''reason'', thresholds_by => ''room'', thresholds => ''{"9": 1}''',
	'''>'', 0, ''reason'', thresholds_by => ''grade'', thresholds => ''{"9": "1"}''', '''>'', 0, ''reason'', thresholds_by => ''grade'', thresholds => ''[1]''', '''>'', 0, ''reason'', thresholds_by => ''status'', thresholds => ''{}''',
	'''>'', 0, ''reason'', applies_to => ''room = 1''', '''>'', 0, ''reason'', applies_to => ''grade''', '''>'', 0, ''reason'', names_in => NULL']) o;
SELECT add_bad(r, 'SELECT student_id, days FROM absences', '''>'', 0, ''reason''') FROM unnest(ARRAY['absence', '', NULL]) r;
SELECT rule, state FROM list_rules WHERE superseded_at IS NULL ORDER BY id;
SELECT count(*) FROM list_queries;
\set VERBOSITY default

--
-- Race, language, income and disability are no indicators of need; a board may decide otherwise
--
SELECT add_rule('list', 'lunch', 'SELECT student_id, 1 FROM students WHERE free_lunch', '=', 1, 'lunch');
SELECT add_bad('language', 'SELECT student_id, (home_language = ''es'')::integer FROM students', '''='', 1, ''language''' || o)
FROM unnest(ARRAY['', ', override => ''''', ', override => NULL']) o;
CREATE VIEW lunches AS SELECT student_id, free_lunch FROM students;
SELECT add_bad('of a view', 'SELECT student_id, free_lunch::integer FROM lunches', '''='', 1, ''x''') LIKE '23514%' AS refused;
SELECT add_bad('disability', 'SELECT student_id, sped::integer FROM students', '''='', 1, ''x''');
SELECT add_rule('list', 'language', 'SELECT student_id, (home_language = ''es'')::integer FROM students', '=', 1, 'language',
	override => 'Decision 12 of the board');
SELECT change_rule('list', 'absence', query => 'SELECT student_id, days FROM absences JOIN students USING (student_id) WHERE free_lunch');
SELECT rule, version, override, changed_by FROM list_rules WHERE override IS NOT NULL;
-- columns whose names only look like it
CREATE TABLE grades (student_id uuid, trace integer, outcome integer, session integer, well integer, language_arts_average integer);
SELECT add_rule('list', 'grades', 'SELECT student_id, trace + outcome + session + well + language_arts_average FROM grades', '>', 0, 'grades');
SELECT drop_watch_list('list');

--
-- To whom a rule applies, and thresholds of groups. Students 1 to 10 are in grade 8 + i % 3 and absent i days, 10 unknown:
-- the rule is for grades 9 and 10, and flags from 5 days, in grade 10 from 8
--
SELECT create_watch_list('list', 'SELECT student_id, number, school, grade FROM students');
SELECT add_rule('list', 'absence', 'SELECT student_id, days FROM absences', '>=', 5, 'Absent {value} days (from {threshold})',
	applies_to => 'grade >= 9 -- not 8', thresholds_by => 'grade', thresholds => '{"10": 8, "11": 1}');
SELECT status, students, flagged FROM refresh_watch_list('list');
SELECT number, grade, status, rules_missing, value, threshold, flagged, state, reason FROM list JOIN list_reasons USING (student_id) ORDER BY number;
SELECT n_rows, n_matched, n_values, n_unusable, n_not_applicable, n_flagged FROM list_run_rules;
-- an independent count
SELECT count(*) FILTER (WHERE grade >= 9 AND days >= CASE grade WHEN 10 THEN 8 ELSE 5 END) AS flagged, count(*) FILTER (WHERE grade < 9) AS not_applicable
FROM students LEFT JOIN absences USING (student_id);
-- a group that is written otherwise has the threshold; who has none has no value that can be judged
UPDATE students SET grade = NULL WHERE number = 7;
SELECT change_rule('list', 'absence', applies_to => 'true', thresholds_by => 'school', thresholds => '{"Lincoln": 1.5, "roosevelt": 100}');
SELECT status, flagged FROM refresh_watch_list('list');
SELECT number, school, status, threshold FROM list JOIN list_reasons USING (student_id) ORDER BY number;
-- who does not come under it any more is not flagged by it, which is no data that is missing; of those without a school it is not known
SELECT change_rule('list', 'absence', applies_to => 'school = ''Lincoln''');
SELECT status, flagged, cleared FROM refresh_watch_list('list');
SELECT status, count(*) FROM list GROUP BY status ORDER BY status;
UPDATE students SET school = 'Roosevelt' WHERE number = 4;
SELECT status, flagged, cleared FROM refresh_watch_list('list');
SELECT event, status FROM list_events ORDER BY happened_at DESC LIMIT 1;
SELECT * FROM disagreement('list');

--
-- Words: numbers rounded, but on their own side of the threshold; by hand
--
SELECT value, threshold, reason_text('{value} {value%} {threshold} {threshold%}', value, threshold)
FROM (VALUES (0.1, 0.1), (0.10, 0.100), (0.0999, 0.1), (0.09999, 0.1), (0.1004, 0.1), (1.0 / 3, 0.1), (12, 10), (12.000, 10), (12.345, 10), (9.999, 10), (10.001, 10), (-0.5, 0), (0, 0), (1e10, 1)) AS v (value, threshold);
SELECT reason_text('value {value}, {value} of 100% {threshold}', 3, 4);
SELECT reason_text('no value: {value}', NULL, 4) IS NULL AS none;

--
-- Where it is not known whether a rule applies to a student, or what her threshold is, she is neither flagged nor left out:
-- nothing was compared, and so nothing ranks her. Of 12 students 1 to 4 have no grade, 5 to 8 are in grade 9; even ones have 5
--
CREATE TABLE pupils AS SELECT i AS student_id, CASE WHEN i > 8 THEN 10 WHEN i > 4 THEN 9 END AS grade, CASE WHEN i % 2 = 0 THEN 5 ELSE 0 END AS number FROM generate_series(1, 12) i;
SELECT create_watch_list('unknown', 'SELECT student_id, grade FROM pupils');
SELECT add_rule('unknown', 'only', 'SELECT student_id, number FROM pupils', '>=', 1, 'Grade 9: {value}', applies_to => 'grade = 9');
SELECT add_rule('unknown', 'either', 'SELECT student_id, number FROM pupils', '>=', 1, '{value}', applies_to => 'grade = 9 OR student_id < 3');
SELECT add_rule('unknown', 'by', 'SELECT student_id, number FROM pupils', '>=', 6, '{value} of {threshold}', thresholds_by => 'grade', thresholds => '{"9": 2}');
SELECT status, students, flagged FROM refresh_watch_list('unknown');
SELECT rule, state, value, threshold, string_agg(student_id::text, ' ' ORDER BY student_id) AS students
FROM unknown_reasons GROUP BY rule, "position", state, value, threshold ORDER BY "position", state, value, threshold;
SELECT status, string_agg(student_id::text, ' ' ORDER BY student_id) AS students FROM unknown GROUP BY status ORDER BY status;
SELECT rule, n_values, n_not_applicable, n_flagged FROM unknown_run_rules ORDER BY "position";
-- who is ranked by a rule is who has a value of it
SELECT a.model, a.n, r.with_value
FROM audit_watch_list('unknown', 'SELECT student_id, student_id % 3 = 0 FROM pupils', NULL, minimum => 1) a
JOIN (SELECT 'rule ' || rule, count(value) FROM unknown_reasons GROUP BY rule) r (model, with_value) USING (model)
WHERE a.metric = 'auc' AND a.is_total ORDER BY a.model;
-- a flag that was raised stays while it is not known whether the rule still applies
UPDATE pupils SET grade = NULL WHERE student_id = 6;
SELECT status, cleared FROM refresh_watch_list('unknown');
SELECT u.status, f.cleared_at IS NULL AS is_open FROM unknown u JOIN unknown_flags f USING (student_id) WHERE student_id = 6;
SELECT * FROM disagreement('unknown');
SELECT drop_watch_list('unknown');

--
-- Whom would a rule flag?
--
SELECT * FROM preview_rule('list', 'SELECT student_id, days FROM absences', '>=', '{8, 3}');
SELECT * FROM preview_rule('list', 'SELECT student_id, days FROM absences', '>=', '{8, 3}', 'school');
-- as a rule would: a tenth is a tenth; given twice, NaN and infinity are no values
SELECT * FROM preview_rule('list', 'SELECT student_id, 1 - (10 - days)::double precision / 10 FROM absences', '>', '{0.1}');
SELECT * FROM preview_rule('list', 'SELECT student_id, CASE days WHEN 1 THEN ''NaN'' WHEN 2 THEN ''Infinity'' ELSE days::double precision END FROM absences UNION ALL SELECT student_id, 3 FROM absences WHERE days = 3', '>=', '{1}');
SELECT * FROM preview_rule('list', 'SELECT student_id, days FROM absences', '>=', '{}');
SELECT * FROM preview_rule('list', 'SELECT student_id, days FROM absences', '>=', '{8, NULL}');
SELECT * FROM preview_rule('list', 'SELECT student_id, days FROM absences', '>=', '{8}', 'district');
SELECT * FROM preview_rule('list', 'SELECT student_id FROM absences', '>=', '{8}');
SELECT * FROM preview_rule('list', 'SELECT student_id, 1 FROM students WHERE free_lunch', '>=', '{8}');
SELECT * FROM preview_rule('list', 'SELECT student_id, 1 FROM students WHERE free_lunch', '>=', '{1}', override => 'to see');
-- nothing of it is kept, and a rule may be called so
SELECT add_rule('list', 'preview', 'SELECT student_id, days FROM absences', '>=', 9, 'x');
SELECT flagged FROM preview_rule('list', 'SELECT student_id, days FROM absences', '>=', '{8}');
SELECT status FROM refresh_watch_list('list');
SELECT relname FROM pg_class WHERE relname LIKE 'list%preview%';
SELECT * FROM disagreement('list');

SELECT drop_watch_list('list');
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst;
