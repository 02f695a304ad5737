--
-- watch_list: a chance as a rule, with its reason in words, and whether it comes true
--
\set SHOW_CONTEXT never
CREATE ROLE regress_forecaster;
CREATE SCHEMA district AUTHORIZATION regress_forecaster;
SET ROLE regress_forecaster;
SET search_path = district, gapstats, gapstats_internal;

CREATE TABLE prior AS SELECT '(14,1.4,22,,,)'::chronic_absence_prior AS prior;
CREATE TABLE days (student_id integer, race text, absent integer, enrolled integer, in_year integer);
INSERT INTO days VALUES (1, 'a', 12, 110, 178), (2, 'a', 3, 110, 178), (3, 'b', 18, 110, 178), (4, 'b', 0, 0, 178), (5, 'b', NULL, 110, 178), (6, 'b', 1, 1, 5), (7, 'b', 17, 112, 178), (8, 'b', 16, 174, 178);
SELECT create_watch_list('list', 'SELECT student_id, race FROM days');
SELECT add_rule('list', 'chronic by June',
	'SELECT student_id, c.chance, c.days_absent, c.days_enrolled, coalesce(c.days_to_miss, 0) FROM prior, days, chronic_absence_chance(absent, enrolled, in_year, prior) AS c',
	'>=', 0.5, '{value%} chance to be chronically absent by June: missed {3} {3|day|days} of {4} so far; can still miss {5}', severity => 'watch');
SELECT status, students, flagged FROM refresh_watch_list('list');
SELECT student_id, value, flagged, state, reason FROM list_reasons ORDER BY student_id;
SELECT student_id, words FROM list_sheet ORDER BY student_id;
SELECT student_id, "values" FROM list_values ORDER BY student_id;

-- A day later the numbers have moved, and the chance hardly
UPDATE days SET absent = 13, enrolled = 111 WHERE student_id = 1;
SELECT status FROM refresh_watch_list('list');
SELECT words FROM list_sheet WHERE student_id = 1;

-- In another language; one, no number, and a percentage
INSERT INTO list_words (language, kind, name, words) VALUES ('es', 'rule', 'chronic by June', 'Probabilidad {value%}: {3} {3|falta|faltas} en {4}');
SELECT words FROM student_profile('list', '1', 'es') WHERE line > 0;
SELECT reason_text('{value} {3} {3%} {3|day|days} {4|day|days} {5} {9} {threshold}', 0.5, 0.25, '0.5/1/2.5/'), reason_text('{value} of {value}', 0.5, 0.25, '0.5/1');
SELECT reason_text('{3} {3%} {4}', 0.5, 0.25, '0.5/0.12345/-7.005');

-- What is refused
\set VERBOSITY terse
SELECT add_rule('list', 'bad', 'SELECT student_id, absent FROM days', '>', 1, 'missed {3}');
SELECT add_rule('list', 'bad', 'SELECT student_id, absent, enrolled FROM days', '>', 1, 'missed {value} of {4}');
SELECT add_rule('list', 'bad', 'SELECT student_id, absent, race FROM days', '>', 1, 'missed {value}', override => 'test');
SELECT add_rule('list', 'bad', 'SELECT student_id, absent, enrolled FROM days', '>', 1, 'missed {value} of {2}');
SELECT change_rule('list', 'chronic by June', reason => '{6}');
SELECT change_rule('list', 'chronic by June', query => 'SELECT student_id, absent / 100.0 FROM days');
\set VERBOSITY default
-- a preview, which needs no reason, and the estimate take such a query
SELECT threshold, flagged, insufficient_data FROM preview_rule('list', 'SELECT student_id, absent, enrolled, in_year FROM days', '>', '{2, 12}');
SELECT a.disk_mb >= b.disk_mb AS is_more FROM estimate_watch_list('SELECT student_id FROM days', ARRAY['SELECT student_id, absent, enrolled, in_year FROM days']) a,
	estimate_watch_list('SELECT student_id FROM days', ARRAY['SELECT student_id, absent FROM days']) b WHERE a.what = 'a year' AND b.what = a.what;
-- infinite and missing numbers leave the value as it is
SELECT change_rule('list', 'chronic by June', threshold => 2, reason => '{value}: {3}, {4}, {5}', query => $$SELECT student_id, student_id,
	CASE student_id WHEN 3 THEN NULL ELSE 1.50::numeric END, CASE student_id WHEN 3 THEN 'NaN' WHEN 4 THEN 'Infinity' ELSE 1e20::float8 END, student_id - 7::bigint FROM days$$);
SELECT status FROM refresh_watch_list('list');
SELECT reason FROM list_reasons WHERE flagged ORDER BY student_id;
SELECT drop_watch_list('list');

-- Do chances come true? 600 students of three groups, whose outcomes are as likely as they were told to be
CREATE TABLE told AS
SELECT i AS student_id, CASE WHEN i % 20 = 0 THEN 'small' WHEN i % 3 = 0 THEN 'b' ELSE 'a' END AS race, i * 37 % 101 / 101.0 AS chance, i * 53 % 97 / 97.0 < i * 37 % 101 / 101.0 AS outcome
FROM generate_series(1, 600) AS i;
UPDATE told SET outcome = NULL WHERE student_id = 3;
UPDATE told SET chance = NULL WHERE student_id = 6;
SELECT create_watch_list('list', 'SELECT student_id, race FROM told');
SELECT add_rule('list', 'chance', 'SELECT student_id, chance FROM told', '>=', 0.5, '{value%}');
SELECT add_rule('list', 'another', 'SELECT student_id, 2 FROM told', '>=', 5, '{value}');
SELECT status FROM refresh_watch_list('list');
-- for the owner's eyes: as calibration() has it, by group and tenth
CREATE TABLE openly AS SELECT * FROM calibrate_rule('list', 'chance', 'SELECT student_id, outcome FROM told', 'race', minimum => 1);
CREATE TABLE expected AS
SELECT coalesce(race, 'all') AS group_value, grouping(race) = 1 AS is_total, tenth, (calibration(chance, outcome)).*
FROM (SELECT race, least(9, floor(10 * chance))::integer AS tenth, chance::float8, outcome FROM told WHERE chance IS NOT NULL AND outcome IS NOT NULL) AS t
GROUP BY CUBE (race, tenth);
SELECT count(*) AS n_rows, count(*) = (SELECT count(*) FROM openly) AS all_rows, count(*) FILTER (WHERE (o.n, o.n_observed, o.mean_predicted, o.estimate, o.lower, o.upper, o.in_the_large, o.brier) = (e.n, e.n_observed, e.mean_predicted, e.estimate, e.lower, e.upper, e.in_the_large, e.brier)) AS same
FROM expected e LEFT JOIN openly o ON (o.group_value, o.is_total) = (e.group_value, e.is_total) AND o.tenth IS NOT DISTINCT FROM e.tenth;
-- for others: nothing small, and not the outcomes by the digits of the score
CREATE TABLE shown AS SELECT * FROM calibrate_rule('list', 'chance', 'SELECT student_id, outcome FROM told', 'race');
SELECT group_value, is_total, n, n_observed, round(mean_predicted::numeric, 4) AS mean, round(in_the_large::numeric, 4) AS in_the_large, brier, reason FROM shown WHERE tenth IS NULL;
SELECT count(*) FILTER (WHERE reason IS NULL) > 10 AS much_is_shown, count(*) FILTER (WHERE reason = 'suppressed') > 10 AS much_is_not,
	count(*) FILTER (WHERE n BETWEEN 1 AND 9 OR n_observed BETWEEN 1 AND 9 OR n - n_observed BETWEEN 1 AND 9) AS small, count(brier) FILTER (WHERE tenth IS NOT NULL) AS by_tenth,
	count(*) FILTER (WHERE reason IS NOT NULL AND coalesce(n, n_observed, mean_predicted, estimate, lower, upper, in_the_large, brier) IS NOT NULL) AS told_all_the_same
FROM shown;
CREATE VIEW printed AS
SELECT CASE WHEN NOT is_total THEN group_value END AS race, tenth::text, v.outcome, coalesce(v.value::text, '?') AS n
FROM shown CROSS JOIN LATERAL (VALUES ('true', n_observed), ('false', n - n_observed), (NULL, n)) v (outcome, value);
SELECT count(*) > 0 AS looked_at, count(*) FILTER (WHERE verdict IN ('inconsistent', 'not_proven') OR verdict NOT IN ('protected', 'all_same') AND most_rule BETWEEN 1 AND 9) AS had
FROM disclosure_audit('district.printed', '{race, tenth, outcome}', '{"n": "count"}', marks => '{"?": [0, 1000000]}');
-- a rule that flags small chances is looked at as one that flags large ones; a value below 0 is no chance
SELECT add_rule('list', 'safe', 'SELECT student_id, 1 - chance FROM told', '<', 0.5, '{value%}'), add_rule('list', 'below', 'SELECT student_id, -chance FROM told', '>=', 0.5, '{value}');
SELECT status FROM refresh_watch_list('list');
SELECT count(*), bool_and(abs(s.mean_predicted + o.mean_predicted - 1) < 1e-12) AS mean, bool_and(abs(s.brier - o.brier) < 1e-12) AS brier
FROM calibrate_rule('list', 'safe', 'SELECT student_id, NOT outcome FROM told', 'race', minimum => 1) s JOIN openly o USING (group_value, is_total)
WHERE s.tenth IS NULL AND o.tenth IS NULL;
-- what it needs
\set VERBOSITY terse
SELECT count(*) FROM calibrate_rule('list', 'below', 'SELECT student_id, outcome FROM told', 'race');
SELECT count(*) FROM calibrate_rule('list', 'none', 'SELECT student_id, outcome FROM told', 'race');
SELECT count(*) FROM calibrate_rule('list', 'another', 'SELECT student_id, outcome FROM told', 'race');
SELECT count(*) FROM calibrate_rule('list', 'chance', 'SELECT student_id, chance FROM told', 'race');
-- below 0 there is no chance, and whomever a rule flags, a chance is the same
SELECT create_watch_list('signs', 'SELECT student_id, race FROM told');
SELECT add_rule('signs', 'less than none', 'SELECT student_id, chance - 0.5 FROM told', '>=', 0.5, '{value%}');
SELECT add_rule('signs', 'low', 'SELECT student_id, chance FROM told', '<', 0.5, '{value%}');
SELECT status FROM refresh_watch_list('signs');
SELECT count(*) FROM calibrate_rule('signs', 'less than none', 'SELECT student_id, outcome FROM told', 'race');
SELECT count(*) AS rows, (SELECT count(*) FROM openly) AS all_rows FROM (SELECT * FROM calibrate_rule('signs', 'low', 'SELECT student_id, outcome FROM told', 'race', minimum => 1) INTERSECT SELECT * FROM openly) AS c;
SELECT drop_watch_list('signs');
SELECT count(*) FROM calibrate_rule('list', 'chance', 'SELECT student_id, outcome FROM told', 'race', minimum => 0);
SELECT count(*) FROM calibrate_rule('list', NULL, 'SELECT student_id, outcome FROM told', 'race');
SELECT switch_rule('list', 'chance', false);
SELECT count(*) FROM calibrate_rule('list', 'chance', 'SELECT student_id, outcome FROM told', 'race');
-- nobody's outcome is known
SELECT switch_rule('list', 'chance', true);
SELECT count(*) FROM calibrate_rule('list', 'chance', 'SELECT student_id, NULL::boolean FROM told', 'race');
SELECT drop_watch_list('list');
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_forecaster;
