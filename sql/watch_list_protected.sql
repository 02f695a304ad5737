--
-- watch_list: what is no indicator of need, by the names of columns
--
\set SHOW_CONTEXT never
CREATE ROLE regress_owner;
CREATE SCHEMA district AUTHORIZATION regress_owner;
SET ROLE regress_owner;
SET search_path = district, gapstats;

--
-- Whole words, however they are set apart; refused in doubt, as sprint_race_time
--
SELECT gapstats_internal.is_protected(name) AS refused, string_agg(name, ', ' ORDER BY ordinality)
FROM regexp_split_to_table('hispanic_latino_ethnicity, student_ethnicity, ethnicity_code, disability_code, primary_disability, sped_status, lep_flag, iep_flag, home_language_code,
	free_reduced_lunch, frl_code, student_race_code, StudentRace, studentRaceCode, RACE, Race2, race/ethnicity, "Race (federal)", sprint_race_time, human_race, isELL, ELLStatus, el, is_el, EL2024,
	section_504, has504plan, plan_504, IEPFlag, low_income, family income, LunchStatus, free_or_reduced_price, free_meals, meal_status, poverty_rate, ses, ses_quartile, gender, sex_at_birth,
	religion, language, language_code, primary_language, languages, studentrace, racedescriptorid, hispaniclatinoethnicity, disabilities, english_learner, english_proficiency, language_arts_language,
	economically_disadvantaged, latina, tribal_affiliation, income_, sped_up,
	trace, traced, outcome, session, sessions, well, selling, delta, model, element, language_arts, language_arts_average, EnglishLanguageArtsGrade, world_language_credits, foreign_languages,
	embrace, bracelet, terrace, ethics, genderless, unisex, sexton, religiosity, tribune, lunchroom, speed, isle, level, excel, grade_8, absences, days, gpa, room_5040, slep, helpers,
	elementary, process, processes, mass, disable, eligible', ',\s*') WITH ORDINALITY AS n (name)
GROUP BY 1 ORDER BY 1 DESC;
SELECT gapstats_internal.is_protected(NULL), gapstats_internal.is_protected(''), gapstats_internal.words_of('aXMLFile2go'), gapstats_internal.words_of('__a--B');

--
-- The same door for the condition and the thresholds, wherever they are given
--
CREATE TABLE enrolled AS SELECT i AS student_id, 'b' AS race, 'x' AS code, 9 AS grade FROM generate_series(1, 3) i;
CREATE TABLE demographics AS SELECT student_id, race FROM enrolled;
CREATE FUNCTION attempt(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'SELECT ' || call;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT create_watch_list('list', 'SELECT student_id, race, race AS code, upper(race) AS letter, grade FROM enrolled');
SELECT add_rule('list', 'plain', 'SELECT student_id, 1 FROM enrolled', '>', 0, 'plain', applies_to => 'grade = 9');
SELECT format('add_rule(''list'', ''r'', ''SELECT student_id, 1 FROM enrolled'', ''>'', 0, ''r'', %s)', o) AS call, attempt(format('add_rule(''list'', ''r'', ''SELECT student_id, 1 FROM enrolled'', ''>'', 0, ''r'', %s)', o)) AS answer
FROM unnest(ARRAY['applies_to => ''race = ''''b''''''', 'applies_to => ''code = ''''b''''''', 'applies_to => ''s::text ~ ''''b''''''', 'applies_to => ''student_id IN (SELECT d.student_id FROM demographics d WHERE d.race = ''''b'''')''',
	'thresholds_by => ''race'', thresholds => ''{"b": 1}''', 'thresholds_by => ''code'', thresholds => ''{"b": 1}''', 'applies_to => ''race = ''''b'''''', override => ''''',
	'applies_to => ''race = ''''b'''''', override => ''Decision 12''']) o;
SELECT add_rule('list', 'other', 'SELECT student_id, 1 FROM enrolled', '>', 0, 'other', applies_to => 'grade IN (SELECT e.grade FROM enrolled e)');
SELECT attempt(c) FROM unnest(ARRAY[
	$c$change_rule('list', 'plain', applies_to => 'race = ''b''')$c$, $c$change_rule('list', 'plain', thresholds_by => 'race', thresholds => '{"b": 1}')$c$,
	$c$count(*) FROM preview_change('list', 'plain', applies_to => 'race = ''b''')$c$, $c$count(*) FROM preview_change('list', 'plain', thresholds_by => 'race', thresholds => '{"b": 1}')$c$,
	$c$add_rule_set('list', 'attendance works', '{"absence_rate": "SELECT student_id, 0.5 FROM enrolled WHERE race = ''b''"}')$c$]) c;
SELECT rule, applies_to, thresholds_by, override FROM list_rules WHERE superseded_at IS NULL ORDER BY id;
-- so also in an import; rule 1 is the first that was added after the plain one
CREATE TEMPORARY TABLE definition AS SELECT export_watch_list('list') AS d;
SELECT import_watch_list('with_overrides', d) FROM definition;
SELECT attempt(format('import_watch_list(''without'', %L)', jsonb_set(d, '{rules,1,override}', o))) FROM definition, unnest('{"null","\"\""}'::jsonb[]) o;
SELECT attempt(format('import_watch_list(''without'', %L)', jsonb_set(jsonb_set(d, '{rules,0,thresholds_by}', '"race"'), '{rules,0,thresholds}', '{"b": 1}'))) FROM definition;
-- a reason can be replaced, not taken back
SELECT change_rule('list', 'r', override => '');
SELECT change_rule('list', 'r', override => 'Decision 13');
SELECT version, override FROM list_rules WHERE rule = 'r' ORDER BY version;

--
-- The words that the DBA adds: nobody else sets them, nor takes them away
--
SELECT attempt('add_rule(''list'', ''s'', ''SELECT student_id, 1 FROM enrolled'', ''>'', 0, ''s'', applies_to => ''grade = 9'')');
SELECT drop_rule('list', 's');
SET gapstats.protected_columns = 'none';
RESET ROLE;
SET gapstats.protected_columns = 'Foster Care,, grade ,-';
SELECT name, gapstats_internal.is_protected(name) FROM unnest('{grade,StudentGrade9,upgrade,is_in_foster_care,foster,care,race,grades}'::text[]) name;
SET ROLE regress_owner;
SELECT attempt('add_rule(''list'', ''s'', ''SELECT student_id, 1 FROM enrolled'', ''>'', 0, ''s'', applies_to => ''grade = 9'')');
SELECT attempt('add_rule(''list'', ''s'', ''SELECT student_id, grade FROM enrolled'', ''>'', 0, ''s'')');
RESET gapstats.protected_columns;
RESET ROLE;
RESET gapstats.protected_columns;
GRANT SET ON PARAMETER gapstats.protected_columns TO regress_owner;
SET ROLE regress_owner;
SET gapstats.protected_columns = 'grade';
RESET gapstats.protected_columns;
RESET ROLE;
REVOKE SET ON PARAMETER gapstats.protected_columns FROM regress_owner;
-- what the database has is not taken away by naming the setting when one connects
SELECT current_database() AS database \gset
ALTER DATABASE :"database" SET gapstats.protected_columns = 'grade';
\c -reuse-previous=on "options='-c gapstats.protected_columns='"
\set SHOW_CONTEXT never
SET search_path = district, gapstats;
SET ROLE regress_owner;
SELECT attempt('add_rule(''list'', ''s'', ''SELECT student_id, grade FROM enrolled'', ''>'', 0, ''s'')');
SELECT current_setting('gapstats.protected_columns');
RESET ROLE;
ALTER DATABASE :"database" RESET gapstats.protected_columns;

SET ROLE regress_owner;
SELECT attempt('add_rule(''list'', ''s'', ''SELECT student_id, grade FROM enrolled'', ''>'', 0, ''s'')');
RESET ROLE;

SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_owner;
