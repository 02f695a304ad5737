--
-- watch_list: the rule sets that the field publishes, over a district's own tables
--
\set SHOW_CONTEXT never
CREATE ROLE regress_analyst;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;

-- thresholds as MEASURES.md 9.1 and 8.2, 8.3 print them, and Student Insights' app/lib/somerville_high_levels_definitions.rb
SELECT rule_set, rule, source, comparison, threshold, severity FROM rule_sets() ORDER BY rule_set, rule;
SELECT count(*) FROM rule_sets() WHERE published_in IS NULL OR reason NOT LIKE '%{value%';

-- Ed-Fi's thresholds, a student at each and one beyond; the last has no grade in English
CREATE TABLE years (student_id integer, present numeric, offenses integer, conduct integer, math numeric, english numeric, expected text);
INSERT INTO years VALUES
	(1, 0.88, 0, 2, 72, 72, 'on track'), (2, 0.8799, 0, 2, 72, 72, 'watch'), (3, 0.80, 0, 2, 72, 72, 'watch'), (4, 0.7999, 0, 2, 72, 72, 'at risk'),
	(5, 0.88, 1, 2, 72, 72, 'at risk'), (6, 0.88, 0, 3, 72, 72, 'watch'), (7, 0.88, 0, 5, 72, 72, 'watch'), (8, 0.88, 0, 6, 72, 72, 'at risk'),
	(9, 0.88, 0, 2, 71.9, 72, 'watch'), (10, 0.88, 0, 2, 65, 72, 'watch'), (11, 0.88, 0, 2, 72, 64.9, 'at risk'), (12, 0.88, 0, 2, 72, NULL, 'insufficient data');
SELECT create_watch_list('list', 'SELECT student_id, expected FROM years');
SELECT add_rule_set('list', 'ed-fi qews', '{
	"attendance_rate": "SELECT student_id, present FROM years",
	"state_offenses": "SELECT student_id, offenses FROM years",
	"infractions": "SELECT student_id, conduct FROM years",
	"math_average": "SELECT student_id, math FROM years",
	"english_average": "SELECT student_id, english FROM years"}');
SELECT status FROM refresh_watch_list('list');
SELECT count(*), count(*) FILTER (WHERE status = expected) AS as_expected FROM list;
SELECT student_id, status, reasons FROM list WHERE student_id IN (4, 8, 11) ORDER BY student_id;
SELECT student_id, reason FROM list_reasons WHERE flagged AND student_id IN (4, 8, 11) ORDER BY student_id, "position";
SELECT * FROM disagreement('list');

-- The levels of Student Insights: the examples of its own test (spec/lib/somerville_high_levels_definitions_spec.rb)
CREATE TABLE level_of (student_id integer, ds integer, failures integer, incidents integer, attendance numeric, level integer, triggers text);
INSERT INTO level_of VALUES
	(1, 0, 0, 0, 1, 0, ''), (2, 1, 0, 0, 1, 0, ''), (3, 1, 0, 0, 0.95, 0, ''), (4, 1, 0, 4, 1, 0, ''), (5, 0, 1, 0, 1, 0, ''), (6, 4, 0, 0, 1, 0, ''),
	(7, 2, 1, 0, 1, 1, 'courses'), (8, 0, 0, 0, 0.94, 1, 'attendance'), (9, 2, 1, 0, 0.90, 1, 'attendance, courses'),
	(10, 0, 2, 0, 0.90, 2, 'courses'), (11, 0, 0, 0, 0.89, 2, 'attendance'), (12, 0, 2, 0, 0.85, 2, 'attendance, courses'),
	(13, 0, 3, 0, 1, 3, 'courses'), (14, 0, 0, 0, 0.84, 3, 'attendance'), (15, 0, 0, 5, 1, 3, 'discipline'), (16, 0, 3, 5, 0.80, 3, 'attendance, courses, discipline'),
	(17, 0, 4, 0, 1, 4, 'courses'), (18, 0, 0, 0, 0.79, 4, 'attendance'), (19, 0, 0, 7, 1, 4, 'discipline'), (20, 0, 4, 7, 0.79, 4, 'attendance, courses, discipline');
SELECT create_watch_list('levels', 'SELECT student_id FROM level_of');
SELECT add_rule_set('levels', 'student insights', '{
	"attendance_rate_45_days": "SELECT student_id, attendance FROM level_of",
	"course_failures": "SELECT student_id, failures FROM level_of",
	"ds_beside_one_failure": "SELECT student_id, CASE WHEN failures = 1 THEN ds ELSE 0 END FROM level_of",
	"incidents_45_days": "SELECT student_id, incidents FROM level_of"}');
SELECT status FROM refresh_watch_list('levels');
SELECT count(*), count(*) FILTER (WHERE l.level = coalesce(r.level, 0) AND l.triggers = coalesce(r.triggers, '')) AS as_expected,
	count(*) FILTER (WHERE status = CASE WHEN l.level >= 3 THEN 'at risk' WHEN l.level >= 1 THEN 'watch' ELSE 'on track' END) AS status_as_documented
FROM level_of AS l JOIN levels USING (student_id)
LEFT JOIN (SELECT student_id, level, string_agg(what, ', ' ORDER BY what) AS triggers
	FROM (SELECT student_id, right(rule, 1)::integer AS level, split_part(rule, ',', 1) AS what, max(right(rule, 1)::integer) OVER (PARTITION BY student_id) AS highest
		FROM levels_reasons WHERE flagged) AS r
	WHERE level = highest GROUP BY student_id, level) AS r USING (student_id);
SELECT reason FROM levels_reasons WHERE flagged AND student_id IN (9, 15) ORDER BY student_id, "position";

-- every set fits a list
SELECT count(create_watch_list(set, 'SELECT student_id FROM years')) FROM (SELECT DISTINCT quote_ident(rule_set) AS set FROM rule_sets()) AS sets;
SELECT sum(add_rule_set(quote_ident(rule_set)::regclass, rule_set, sources)), (SELECT count(*) FROM rule_sets())
FROM (SELECT rule_set, jsonb_object_agg(source, 'SELECT student_id, present FROM years') AS sources FROM rule_sets() GROUP BY rule_set) AS sets;

SELECT add_rule_set('list', 'none such', '{}');
SELECT add_rule_set('list', 'michigan mtss', '{"absence_rate": "SELECT student_id, 1 - present FROM years"}');
SELECT add_rule_set('list', 'michigan mtss', '{"absence_rate": "SELECT student_id, 1 - present FROM years", "suspensions": "SELECT 1 FROM years"}');
SELECT count(*) FROM list_rules WHERE rule IN ('absence', 'suspension');

-- what is no condition, no set of sources, or given twice, is said to be so
SELECT add_rule('list', 'a condition', 'SELECT student_id, 1 FROM years', '>', 0, 'x', applies_to => 'student_id');
SELECT add_rule_set('list', 'attendance works', '[]');
SELECT add_rule_set('list', 'attendance works', 'null');
SELECT create_watch_list('twice', 'SELECT student_id, student_id FROM years');
SELECT create_watch_list('twice', 'SELECT student_id, 1 AS a, 2 AS a FROM years');
SELECT change_students('list', 'SELECT student_id, student_id FROM years');

RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst;
