-- watch_list/rule_sets: the rules that the field publishes

CREATE FUNCTION rule_sets()
RETURNS TABLE (rule_set text, rule text, source text, comparison text, threshold numeric, severity text, reason text, published_in text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	VALUES
		('balfanz grade 6', 'attendance', 'attendance_rate', '<', 0.80, 'at risk', 'Present {value%} of the days enrolled (below {threshold%})', 'Balfanz, Herzog & Mac Iver 2007, Philadelphia; any of them'),
		('balfanz grade 6', 'suspension', 'suspensions', '>=', 1, 'at risk', 'Suspensions out of school: {value}', 'Balfanz, Herzog & Mac Iver 2007, Philadelphia; any of them'),
		('balfanz grade 6', 'mathematics', 'math_failures', '>=', 1, 'at risk', 'Failing mathematics ({value})', 'Balfanz, Herzog & Mac Iver 2007, Philadelphia; any of them'),
		('balfanz grade 6', 'english', 'english_failures', '>=', 1, 'at risk', 'Failing English ({value})', 'Balfanz, Herzog & Mac Iver 2007, Philadelphia; any of them'),
		('everyone graduates', 'attendance', 'attendance_rate', '<', 0.90, 'at risk', 'Present {value%} of the days enrolled (below {threshold%})', 'Everyone Graduates Center, Diplomas Now practice; any of them'),
		('everyone graduates', 'behavior', 'infractions', '>=', 2, 'at risk', '{value} {value|infraction|infractions}', 'Everyone Graduates Center, Diplomas Now practice; any of them'),
		('everyone graduates', 'mathematics', 'math_failures', '>=', 1, 'at risk', 'Failing mathematics ({value})', 'Everyone Graduates Center, Diplomas Now practice; any of them'),
		('everyone graduates', 'english', 'english_failures', '>=', 1, 'at risk', 'Failing English ({value})', 'Everyone Graduates Center, Diplomas Now practice; any of them'),
		('chicago off track grade 9', 'credits', 'credits', '<', 5, 'at risk', '{value} {value|credit|credits} earned (of {threshold})', 'University of Chicago Consortium on School Research; off track by either'),
		('chicago off track grade 9', 'core courses', 'core_semester_failures', '>', 1, 'at risk', '{value} {value|semester|semesters} failed in core courses', 'University of Chicago Consortium on School Research; off track by either'),
		('air high school', 'absence', 'absence_rate', '>=', 0.10, 'at risk', 'Absent {value%} of the days enrolled (from {threshold%})', 'Heppen & Therriault 2008, National High School Center; any of them'),
		('air high school', 'failures', 'course_failures', '>=', 1, 'at risk', '{value} {value|course|courses} failed', 'Heppen & Therriault 2008, National High School Center; any of them'),
		('air high school', 'gpa', 'gpa', '<=', 2.0, 'at risk', 'Grade point average {value}', 'Heppen & Therriault 2008, National High School Center; any of them'),
		('air middle grades', 'absence', 'absence_rate', '>=', 0.20, 'at risk', 'Absent {value%} of the days enrolled (from {threshold%})', 'American Institutes for Research, EWIMS middle grades; any of them'),
		('air middle grades', 'mathematics', 'math_failures', '>=', 1, 'at risk', 'Failing mathematics ({value})', 'American Institutes for Research, EWIMS middle grades; any of them'),
		('air middle grades', 'english', 'english_failures', '>=', 1, 'at risk', 'Failing English ({value})', 'American Institutes for Research, EWIMS middle grades; any of them'),
		('michigan mtss', 'absence', 'absence_rate', '>=', 0.10, 'at risk', 'Absent {value%} of the days enrolled (from {threshold%})', 'Michigan MTSS; each by itself'),
		('michigan mtss', 'suspension', 'suspensions', '>=', 1, 'at risk', 'Suspensions out of school: {value}', 'Michigan MTSS; each by itself'),
		('ed-fi qews', 'attendance', 'attendance_rate', '<', 0.88, 'watch', 'Present {value%} of the days enrolled (below {threshold%})', 'Ed-Fi Analytics Middle Tier, QEWS; the worst counts'),
		('ed-fi qews', 'attendance, at risk', 'attendance_rate', '<', 0.80, 'at risk', 'Present {value%} of the days enrolled (below {threshold%})', 'Ed-Fi Analytics Middle Tier, QEWS; the worst counts'),
		('ed-fi qews', 'state offenses', 'state_offenses', '>=', 1, 'at risk', '{value} {value|offense|offenses} reported to the state', 'Ed-Fi Analytics Middle Tier, QEWS; the worst counts'),
		('ed-fi qews', 'conduct', 'infractions', '>', 2, 'watch', '{value} {value|infraction|infractions} (more than {threshold})', 'Ed-Fi Analytics Middle Tier, QEWS; the worst counts'),
		('ed-fi qews', 'conduct, at risk', 'infractions', '>', 5, 'at risk', '{value} {value|infraction|infractions} (more than {threshold})', 'Ed-Fi Analytics Middle Tier, QEWS; the worst counts'),
		('ed-fi qews', 'mathematics', 'math_average', '<', 72, 'watch', 'Average {value} in mathematics (below {threshold})', 'Ed-Fi Analytics Middle Tier, QEWS; the worst counts'),
		('ed-fi qews', 'mathematics, at risk', 'math_average', '<', 65, 'at risk', 'Average {value} in mathematics (below {threshold})', 'Ed-Fi Analytics Middle Tier, QEWS; the worst counts'),
		('ed-fi qews', 'english', 'english_average', '<', 72, 'watch', 'Average {value} in English (below {threshold})', 'Ed-Fi Analytics Middle Tier, QEWS; the worst counts'),
		('ed-fi qews', 'english, at risk', 'english_average', '<', 65, 'at risk', 'Average {value} in English (below {threshold})', 'Ed-Fi Analytics Middle Tier, QEWS; the worst counts'),
		('student insights', 'attendance, level 1', 'attendance_rate_45_days', '<', 0.95, 'watch', 'Present {value%} of the last 45 days (below {threshold%}): level 1', 'Student Insights, levels of support at Somerville High School; the highest counts'),
		('student insights', 'attendance, level 2', 'attendance_rate_45_days', '<', 0.90, 'watch', 'Present {value%} of the last 45 days (below {threshold%}): level 2', 'Student Insights, levels of support at Somerville High School; the highest counts'),
		('student insights', 'attendance, level 3', 'attendance_rate_45_days', '<', 0.85, 'at risk', 'Present {value%} of the last 45 days (below {threshold%}): level 3', 'Student Insights, levels of support at Somerville High School; the highest counts'),
		('student insights', 'attendance, level 4', 'attendance_rate_45_days', '<', 0.80, 'at risk', 'Present {value%} of the last 45 days (below {threshold%}): level 4', 'Student Insights, levels of support at Somerville High School; the highest counts'),
		('student insights', 'courses, level 1', 'ds_beside_one_failure', '>=', 2, 'watch', 'One course failed, and {value} {value|D|Ds}: level 1', 'Student Insights, levels of support at Somerville High School; the highest counts'),
		('student insights', 'courses, level 2', 'course_failures', '>=', 2, 'watch', '{value} {value|course|courses} failed: level 2', 'Student Insights, levels of support at Somerville High School; the highest counts'),
		('student insights', 'courses, level 3', 'course_failures', '>=', 3, 'at risk', '{value} {value|course|courses} failed: level 3', 'Student Insights, levels of support at Somerville High School; the highest counts'),
		('student insights', 'courses, level 4', 'course_failures', '>=', 4, 'at risk', '{value} {value|course|courses} failed: level 4', 'Student Insights, levels of support at Somerville High School; the highest counts'),
		('student insights', 'discipline, level 3', 'incidents_45_days', '>=', 5, 'at risk', '{value} {value|incident|incidents} in the last 45 days: level 3', 'Student Insights, levels of support at Somerville High School; the highest counts'),
		('student insights', 'discipline, level 4', 'incidents_45_days', '>=', 7, 'at risk', '{value} {value|incident|incidents} in the last 45 days: level 4', 'Student Insights, levels of support at Somerville High School; the highest counts'),
		('attendance works', 'tier 2', 'absence_rate', '>=', 0.10, 'watch', 'Absent {value%} of the days enrolled (from {threshold%})', 'Attendance Works, tiers 2 and 3'),
		('attendance works', 'tier 3', 'absence_rate', '>=', 0.20, 'at risk', 'Absent {value%} of the days enrolled (from {threshold%})', 'Attendance Works, tiers 2 and 3'),
		('baltimore september', 'september', 'september_absences', '>=', 2, 'watch', 'Absent {value} {value|day|days} in September (from {threshold})', 'Olson 2014, Baltimore Education Research Consortium'),
		('baltimore september', 'september, at risk', 'september_absences', '>', 4, 'at risk', 'Absent {value} {value|day|days} in September (more than {threshold})', 'Olson 2014, Baltimore Education Research Consortium');
END;
COMMENT ON FUNCTION rule_sets() IS
'Published sets of early-warning rules, one row a rule: the source whose value is compared, the threshold, the reason that readers see and where it was published. Rates are 0..1; the other sources are counts, credits or averages on the scale that the publication used.';

CREATE FUNCTION gapstats_internal.add_rule_set_as_owner(list regclass, rule_set text, sources jsonb, names_in text)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	needed text[] := ARRAY(SELECT DISTINCT s.source FROM gapstats.rule_sets() s WHERE s.rule_set = add_rule_set_as_owner.rule_set ORDER BY 1);
	given text[] := ARRAY(SELECT k FROM jsonb_object_keys(CASE jsonb_typeof(sources) WHEN 'object' THEN sources ELSE '{}' END) k ORDER BY k);
	r record;
	added integer := 0;
BEGIN
	IF needed = '{}' THEN
		RAISE EXCEPTION 'unknown rule set: %', rule_set
			USING ERRCODE = 'undefined_object',
				  HINT = 'rule_sets() shows those that there are.';
	ELSIF jsonb_typeof(sources) <> 'object' THEN
		RAISE EXCEPTION 'sources are a JSON object, not %', sources
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = format('It gives each source a query of (student_id, value), here %s.', array_to_string(needed, ', '));
	ELSIF given <> needed THEN
		RAISE EXCEPTION 'rule set "%" needs other sources', rule_set
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = format('It needs %s, and was given %s.', array_to_string(needed, ', '), coalesce(nullif(array_to_string(given, ', '), ''), 'none')),
				  HINT = 'Give each source a query of (student_id, value).';
	END IF;

	FOR r IN SELECT * FROM gapstats.rule_sets() s WHERE s.rule_set = add_rule_set_as_owner.rule_set LOOP
		PERFORM gapstats_internal.add_rule_as_owner(list, r.rule, sources ->> r.source, r.comparison, r.threshold, r.reason, r.severity,
			1, NULL, NULL, NULL, NULL, NULL, names_in);
		added := added + 1;
	END LOOP;
	RETURN added;
END
$$;
COMMENT ON FUNCTION gapstats_internal.add_rule_set_as_owner(regclass, text, jsonb, text) IS
'add_rule_set(), done as the list''s owner.';

CREATE FUNCTION add_rule_set(list regclass, rule_set text, sources jsonb, names_in text DEFAULT current_setting('search_path'))
RETURNS integer
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION add_rule_set(regclass, text, jsonb, text) IS
'Adds the rules of a published set (rule_sets()) to a watch list and returns how many they are. sources is a JSON object that gives each source of the set a query of (student_id, value). For roles with the rights of the list''s owner. Errors: an unknown set, a source too many or too few, and those of add_rule.';
