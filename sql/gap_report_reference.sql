-- Every column of a gap report against R's (test/reference/report.R): two years, three schools, measures of all kinds but days,
-- a group that is named, everyone and everyone else, at three confidences.
CREATE SCHEMA report;
SET search_path = report, gapstats;
CREATE TABLE student AS
SELECT i, 2024 + i % 2 AS year, (ARRAY['north', 'east', 'west'])[1 + i % 3] AS school, (ARRAY['Asian', 'Black', 'White', NULL])[1 + i / 7 % 4] AS race, i % 5 > 1 - i % 2 AS is_tested,
	CASE WHEN i % 13 <> 0 THEN 400 + i * 7919 % 101 + CASE i / 7 % 4 WHEN 1 THEN -20 * (2 - i % 2) ELSE 0 END END AS score,
	CASE WHEN i % 17 <> 0 THEN i * 31 % 10 < 3 + i / 7 % 4 END AS is_gifted, CASE WHEN i % 19 <> 0 THEN i * 17 % 11 < 5 - i / 7 % 4 END AS is_late,
	CASE WHEN i % 23 <> 0 THEN i * 13 % 4 END AS n_passed, CASE WHEN i % 29 <> 0 THEN 3 + i / 3 % 2 END AS n_taken,
	CASE WHEN i % 13 <> 0 THEN format('{%s,%s}', 300 + i * 7919 % 101, 310 + i * 31 % 59)::distribution END AS seconds
FROM generate_series(1, 1200) AS i;
\set some '"reading": {"score": "score", "scale": [300, 600], "goal": 450, "direction": "higher", "unit": "points"}, "gifted": {"outcome": "is_gifted", "cohort": "is_tested", "goal": 0.6, "gap_goal": 0.1, "direction": "higher", "unit": "of those tested"}'
\set others '"late": {"outcome": "is_late", "goal": 0.3, "gap_goal": 0.03, "direction": "lower"}, "passed": {"numerator": "n_passed", "denominator": "n_taken", "cohort": "is_tested", "goal": 0.5, "gap_goal": 0.02, "direction": "higher", "unit": "exams"}, "stored": {"distribution": "seconds", "cohort": "is_tested", "direction": "lower", "unit": "seconds"}'
\set some_measures '\'{' :some '}\''
\set measures '\'{' :some ', ' :others '}\''
-- of every estimate, so that no new one escapes
CREATE FUNCTION known_estimates() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	PERFORM gapstats.gap_report('SELECT 1', '{"s": {"score": "s", "direction": "higher"}}', '{g}', estimates => '{none}');
EXCEPTION WHEN invalid_parameter_value THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN string_to_array(substring(hint FROM 'Use (.*)\.'), ', ');
END $$;
CREATE TABLE said AS
SELECT 'named' AS report, r.* FROM gap_report('student', :some_measures, '{race}', '{school}', 'year', reference_groups => '{"race": "White"}',
	estimates => known_estimates(), min_n => 41, confidence => 0.9, digits => NULL) r
UNION ALL SELECT 'everyone', r.* FROM gap_report('student', :measures, '{race}', period => 'year', reference => 'everyone', estimates => '{gap,value,hedges_g,v,risk_ratio,odds_ratio,change,simultaneous,goal}', min_n => 90, confidence => 0.85, digits => NULL) r
UNION ALL SELECT 'others', r.* FROM gap_report('student', :measures, '{race}', period => 'year', estimates => '{gap,value,hedges_g,v,risk_ratio,odds_ratio,change,simultaneous,goal,widest}', confidence => 0.8, digits => NULL) r;

-- The header must be the columns of the type: one more of either is an error.
CREATE TABLE expected (report text, LIKE gap_report);
ALTER TABLE expected DROP COLUMN key;
\getenv srcdir PG_ABS_SRCDIR
\set fixture :srcdir '/test/fixtures/gap_report.csv'
COPY expected FROM :'fixture' (FORMAT csv, HEADER match);
-- Restricted maximum likelihood is a little flat: metafor stops some digits short. Of a gap of nothing there is rounding only.
CREATE FUNCTION is_near(of_column text, of_estimate text, actual double precision, expected double precision) RETURNS boolean
RETURN abs(actual - expected) <= CASE WHEN of_estimate IN ('shrunken', 'probability_below_zero') THEN 1e-6 ELSE 1e-10 END * abs(expected) + CASE WHEN of_column ~ '^p_' THEN 0 ELSE 1e-11 END;
CREATE TABLE compared AS
SELECT row, c.place, c.column, v.said, v.expected,
	num_nulls(s.said, e.expected) = 0 AND (v.said IS NOT DISTINCT FROM v.expected OR CASE WHEN c.type = 'float8'::regtype THEN coalesce(is_near(c.column, s.said ->> 'estimate', v.said::float8, v.expected::float8), false) ELSE false END) AS agree
FROM (SELECT concat_ws('|', report, measure, stratum, period, estimate, group_focal) AS row, to_jsonb(s) AS said FROM said s OFFSET 0) AS s
FULL JOIN (SELECT concat_ws('|', report, measure, stratum, period, estimate, group_focal) AS row, to_jsonb(e) AS expected FROM expected e OFFSET 0) AS e USING (row)
CROSS JOIN (SELECT attname AS column, attnum AS place, atttypid AS type FROM pg_attribute WHERE attrelid = 'expected'::regclass AND attnum > 0 AND NOT attisdropped) AS c
CROSS JOIN LATERAL (SELECT s.said ->> c.column AS said, e.expected ->> c.column AS expected) AS v;
SELECT c.column, count(*) AS rows, count(expected) AS values, count(*) FILTER (WHERE NOT agree) AS differ FROM compared c GROUP BY place, c.column ORDER BY place;
SELECT row, c.column, said, expected FROM compared c WHERE NOT agree ORDER BY row COLLATE "C", place LIMIT 40;
-- and the key, which is all that tells rows apart
SELECT count(*), count(DISTINCT (report, key)) AS keys, count(*) FILTER (WHERE key::jsonb = jsonb_build_array(measure, dimension, level, CASE level WHEN 'all' THEN '[]' ELSE jsonb_build_array(stratum) END, period, group_focal, estimate)) AS as_said
FROM said;
-- what can be said in words is
SELECT column_name, string_agg(value, ', ' ORDER BY value COLLATE "C") AS values
FROM (SELECT DISTINCT c.column AS column_name, said AS value FROM compared c WHERE c.column IN ('direction', 'estimate', 'rule_of_reference', 'verdict', 'reason')) AS s
GROUP BY column_name ORDER BY column_name;
-- as wide as a reader can take in, besides the key
SELECT count(*) <= 40 AS at_most_40 FROM pg_attribute WHERE attrelid = 'gap_report'::regclass AND attnum > 0 AND attname <> 'key';

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA report CASCADE;
