--
-- watch_list: the rule sets that the field publishes, over a district's own tables
--
\set SHOW_CONTEXT never
CREATE ROLE regress_analyst;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;

-- thresholds as MEASURES.md 9.1 and 8.2, 8.3 print them
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
