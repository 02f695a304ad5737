-- Reports that stand of percentiles and of months: what is said of reports (report_standing) holds for them; here what is their own.
\set SHOW_CONTEXT never
CREATE ROLE regress_analyst;
CREATE ROLE regress_reader;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
GRANT USAGE ON SCHEMA district TO PUBLIC;
SET SESSION AUTHORIZATION regress_analyst;
SET search_path = district, gapstats;
SET DateStyle = 'ISO';
CREATE TABLE student AS
SELECT i, 2024 + i % 2 AS year, (3 + i / 4 % 2)::smallint AS grade, 'School ' || i / 2 % 2 AS school, CASE WHEN i % 41 = 0 THEN 'Samoan' ELSE (ARRAY['White', 'Black', 'Asian'])[i % 3 + 1] END AS race, i * 7919 % 97 AS score,
	daterange('2025-09-01', '2025-11-15')::dayset AS enrolled, (SELECT coalesce(dayset('2025-09-01'::date + d), 'empty'::daterange::dayset) FROM generate_series(0, 74) AS d WHERE (i * 31 + d * 17) % 101 < i % 17) AS absent
FROM generate_series(1, 600) AS i;
\set reading '\'{"reading": {"score": "score", "direction": "higher", "unit": "points"}}\''
\set absence '\'{"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}\''
SELECT create_report('fans', 'student', :reading, '{race}', '{grade,school}', 'year', '{"kind": "percentiles", "fractions": [0.25, 0.5], "digits": 6}');
SELECT create_report('months', 'student', :absence, '{race}', '{school}', options => '{"kind": "absence"}');
SELECT create_report('everyone', 'student', :reading, '{}', options => '{"kind": "percentiles"}');
SELECT create_report('gaps', 'student', :reading, '{race}', options => '{"kind": "gaps"}');
-- a column of its own type for each stratum, one key, and a comment on every column, which is the function's
SELECT attrelid::regclass, string_agg(format('%s %s', attname, format_type(atttypid, NULL)), ', ' ORDER BY attnum) AS columns FROM pg_attribute WHERE attrelid IN ('fans'::regclass, 'months'::regclass) AND attnum > 0 GROUP BY attrelid ORDER BY 1::text;
SELECT t.typname, bool_and(col_description(a.attrelid, a.attnum) = col_description(g.attrelid, g.attnum)) AS described, array_agg(a.attname ORDER BY a.attnum) = array_agg(a.attname ORDER BY g.attnum) AS in_order, count(*)
FROM (VALUES ('fans'::regclass, 'percentile_report'), ('months', 'absence_report'), ('everyone', 'percentile_report'), ('gaps', 'gap_report')) v (report, of_type)
JOIN pg_type t ON t.typnamespace = 'gapstats'::regnamespace AND t.typname = of_type JOIN pg_attribute g ON g.attrelid = t.typrelid JOIN pg_attribute a ON a.attrelid = report AND a.attname = g.attname AND a.attnum > 0
GROUP BY report, typname ORDER BY report::text;
SELECT attrelid::regclass, attname AS without_comment FROM pg_attribute WHERE attrelid::regclass::text ~ '^(fans|months|everyone|gaps)' AND attrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r') AND attnum > 0 AND col_description(attrelid, attnum) IS NULL;
SELECT conrelid::regclass, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid IN ('fans'::regclass, 'months'::regclass) AND contype = 'p' ORDER BY 1::text;
-- the rows are the function's
CREATE FUNCTION unlike() RETURNS TABLE (report text, in_report bigint, in_call bigint, unlike bigint) LANGUAGE sql AS $$
	SELECT 'fans', count(r.key), count(g.key), count(*) FILTER (WHERE to_jsonb(r) - '{grade,school,period}'::text[] <> to_jsonb(g) - '{stratum,period}'::text[] OR r.period::text IS DISTINCT FROM g.period
		OR CASE r.level WHEN 'all' THEN num_nonnulls(r.grade, r.school) > 0 WHEN 'grade, school' THEN concat_ws(', ', r.grade, r.school) <> g.stratum WHEN 'school' THEN r.school <> g.stratum ELSE r.grade::text <> g.stratum END)
	FROM fans r FULL JOIN percentile_report('student', '{"reading": {"score": "score", "direction": "higher", "unit": "points"}}', '{race}', '{grade,school}', 'year', fractions => '{0.25,0.5}', digits => 6) g USING (key)
	UNION ALL
	SELECT 'months', count(r.key), count(g.key), count(*) FILTER (WHERE to_jsonb(r) - 'school' <> to_jsonb(g) - 'stratum' OR coalesce(r.school, 'all') <> g.stratum)
	FROM months r FULL JOIN absence_report('student', '{"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', '{race}', '{school}') g USING (key) $$;
SELECT * FROM unlike();
SELECT level, grade, school, period, group_name, fraction, n, value FROM fans WHERE level IN ('all', 'grade, school') AND group_name = 'Black' ORDER BY key COLLATE "C" LIMIT 4;
SELECT level, school, month, group_name, n, absence_rate FROM months WHERE group_name = 'Black' AND month = '2025-11-01' ORDER BY key COLLATE "C";
-- a refresh writes what differs
SELECT r, (refresh_report(r)).* FROM unnest('{fans,months,everyone}'::regclass[]) AS r;
UPDATE student SET score = score + 1, absent = absent | '[2025-11-03,2025-11-03]'::daterange::dayset WHERE race = 'Asian' AND school = 'School 1';
CREATE TABLE before AS SELECT key, r.xmin AS was FROM fans r UNION ALL SELECT key, r.xmin FROM months r;
SELECT r, (refresh_report(r)).status FROM unnest('{fans,months}'::regclass[]) AS r;
SELECT report, count(*) AS written, array_agg(DISTINCT is_of) AS is_of FROM (SELECT 'fans' AS report, concat_ws(', ', r.group_name, r.school) AS is_of FROM fans r JOIN before b USING (key) WHERE r.xmin <> b.was UNION ALL
	SELECT 'months', concat_ws(', ', r.group_name, r.school, r.month) FROM months r JOIN before b USING (key) WHERE r.xmin <> b.was) s GROUP BY report ORDER BY report;
SELECT * FROM unlike();
-- a source that is half empty is not taken for what it is
CREATE TABLE kept AS SELECT * FROM student;
DELETE FROM student WHERE i > 250;
\set VERBOSITY terse
SELECT r, (refresh_report(r)).status FROM unnest('{fans,months}'::regclass[]) AS r;
\set VERBOSITY default
SELECT report, state, problem, fix FROM report_health ORDER BY report::text;
INSERT INTO student SELECT * FROM kept WHERE i > 250;
SELECT r, (refresh_report(r)).status FROM unnest('{fans,months}'::regclass[]) AS r;
-- charts take them
SELECT jsonb_array_length(chart('percentiles', 'SELECT * FROM fans WHERE level = ''all''') #> '{data,values}') AS fans, jsonb_array_length(chart('absence', 'months') #> '{data,values}') AS months;
-- ... as they are, as they take the function's rows: each stratum is in a column of its own type, whatever it is called, also where it is not recorded
\set strata '\'SELECT *, grade::numeric AS "of a, ""grade""", nullif(school, \'\'School 1\'\') AS "all" FROM student\''
SELECT create_report('gaps_of', :strata, :reading, '{race}', ARRAY['of a, "grade"', 'all'], 'year');
SELECT create_report('fans_of', :strata, :reading, '{race}', ARRAY['of a, "grade"', 'all'], options => '{"kind": "percentiles", "fractions": [0.25, 0.5]}');
SELECT create_report('months_of', :strata, :absence, '{race}', ARRAY['of a, "grade"', 'all'], options => '{"kind": "absence"}');
CREATE VIEW of_gaps AS SELECT * FROM gap_report(:strata, :reading, '{race}', ARRAY['of a, "grade"', 'all'], 'year');
CREATE VIEW of_fans AS SELECT * FROM percentile_report(:strata, :reading, '{race}', ARRAY['of a, "grade"', 'all'], fractions => '{0.25,0.5}');
CREATE VIEW of_months AS SELECT * FROM absence_report(:strata, :absence, '{race}', ARRAY['of a, "grade"', 'all']);
SELECT kind, of_report = of_function AS same, jsonb_array_length(of_report #> '{data,values}') AS drawn
FROM (VALUES ('gaps', 'gaps_of', 'of_gaps'), ('trend', 'gaps_of', 'of_gaps'), ('percentiles', 'fans_of', 'of_fans'), ('absence', 'months_of', 'of_months')) v (kind, report, function)
CROSS JOIN LATERAL (SELECT chart(kind, report, 'title') AS of_report, chart(kind, function, 'title') AS of_function) c;
SELECT DISTINCT v ->> 'label' AS label FROM jsonb_array_elements(chart('gaps', 'SELECT * FROM gaps_of WHERE period = 2024 AND group_focal = ''Black''') #> '{data,values}') v ORDER BY 1;
-- without the column that a level names there is nothing to tell rows apart by
SELECT chart('gaps', 'SELECT level, group_focal, group_reference, gap FROM gaps_of WHERE period = 2024 AND level = ''"all"''');
DROP VIEW of_gaps, of_fans, of_months;
SELECT drop_report(r) FROM unnest('{gaps_of,fans_of,months_of}'::regclass[]) AS r;
-- others may see them
SELECT alter_report('fans', options => '{"kind": "percentiles", "fractions": [0.25, 0.5], "digits": 6, "suppress": true}');
SELECT count(*) FILTER (WHERE is_suppressed) > 0 AS hides, count(*) FILTER (WHERE is_suppressed AND n IS NOT NULL OR n < 10 OR n_missing IS NOT NULL) AS tell, count(n) > 0 AS shows FROM fans;
-- options take the place of all, so that without a kind it is of gaps: what read its columns still does
CREATE VIEW medians AS SELECT group_name, value FROM everyone WHERE fraction = 0.5;
SELECT alter_report('everyone', dimensions => '{race}', options => '{}');
SELECT count(*), count(gap), count(value) AS percentiles FROM everyone;
SELECT col_description('everyone'::regclass, attnum) FROM pg_attribute WHERE attrelid = 'everyone'::regclass AND attname = 'fraction';
SELECT alter_report('everyone', options => '{"kind": "percentiles"}');
SELECT count(*), count(gap), count(value) > 0 AS has_percentiles FROM everyone;
SELECT status, n_written FROM refresh_report('everyone');
-- every estimate stands, too
\set all '\'{"reading": {"score": "score", "scale": [0, 200], "goal": 50, "direction": "higher"}, "proficient": {"score": "score", "cut": 50, "goal": 0.6, "gap_goal": 0.01, "direction": "higher"}}\''
SELECT create_report('estimates', 'student', :all, '{race}', '{school}', 'year', '{"estimates": ["gap", "value", "hedges_g", "v", "risk_ratio", "odds_ratio", "change", "simultaneous", "shrunken", "probability_below_zero", "missing", "percentiles", "goal", "widest", "omnibus"], "confidence": 0.9}');
SELECT count(r.key) = count(*) AND count(g.key) = count(*) AS same_keys, count(*) > 400 AS many, count(DISTINCT r.estimate) AS estimates,
	count(*) FILTER (WHERE to_jsonb(r) - '{school,period,previous_period}'::text[] <> to_jsonb(g) - '{stratum,period,previous_period}'::text[] OR (r.period::text, r.previous_period::text, coalesce(r.school, 'all')) IS DISTINCT FROM (g.period, g.previous_period, g.stratum)) AS unlike
FROM estimates r
FULL JOIN gap_report('student', :all, '{race}', '{school}', 'year', estimates => '{gap,value,hedges_g,v,risk_ratio,odds_ratio,change,simultaneous,shrunken,probability_below_zero,missing,percentiles,goal,widest,omnibus}', confidence => 0.9) g USING (key);
SELECT status, n_written FROM refresh_report('estimates');
-- Norms are scores, too, and growth: the norm group of MEASURES 7.2, whose ranks are 9, 9, 23, 36, 36, 50, 68, 68, 68, 86 and 95, and the cohort of 7.6, as R's quantreg has it
CREATE TABLE norms AS SELECT x, distribution(x) OVER () AS scores FROM unnest('{3,1,4,1,5,9,2,6,5,3,5}'::integer[]) AS x;
CREATE TABLE cohort AS SELECT i, prior, round(410 + 0.9::float8 * (prior - 400) + (53 * i % 67 - 33) + i % 3) AS current FROM (SELECT i, 400 + 37 * i % 101 AS prior FROM generate_series(1, 300) i) t;
SELECT create_report('norm_ranks', 'SELECT norm_percentile(scores, x) AS rank FROM norms', '{"rank": {"score": "rank", "direction": "higher"}}', '{}', options => '{"kind": "percentiles", "fractions": [0.25, 0.5, 0.75], "min_n": 1, "digits": 17}'),
	create_report('norm_scores', 'SELECT DISTINCT scores FROM norms', '{"score": {"distribution": "scores", "direction": "higher"}}', '{}', options => '{"kind": "percentiles", "fractions": [0.25, 0.5, 0.75], "min_n": 1, "digits": 17}'),
	create_report('growth', 'SELECT student_growth_percentile(growth_model(prior, current, 300) OVER (), prior, current) AS sgp, i <= 12 AS is_shown FROM cohort',
		'{"growth": {"score": "sgp", "direction": "higher"}, "of the first twelve": {"score": "sgp", "cohort": "is_shown", "direction": "higher"}}', '{}', options => '{"kind": "percentiles", "fractions": [0.25, 0.5, 0.75], "min_n": 1, "digits": 17}');
SELECT array_agg(value ORDER BY fraction) = '{29.5,50,68}' AS ranks FROM norm_ranks;
SELECT array_agg(value ORDER BY fraction) = '{2.5,4,5}' AS scores FROM norm_scores;
SELECT measure, n, array_agg(value ORDER BY fraction) = CASE measure WHEN 'growth' THEN '{48.5}' ELSE '{38,56,72.75}'::float8[] END AS as_quantreg FROM growth WHERE fraction = 0.5 OR measure <> 'growth' GROUP BY measure, n ORDER BY measure;
SELECT r, (refresh_report(r)).n_written FROM unnest('{norm_ranks,norm_scores,growth}'::regclass[]) AS r;
-- and a mean of them: 48.67666666666667
SELECT abs(value_reference / 48.67666666666667 - 1) < 1e-15 AS mean_growth
FROM gap_report('SELECT student_growth_percentile(growth_model(prior, current, 300) OVER (), prior, current) AS sgp, i % 2 AS g FROM cohort', '{"growth": {"score": "sgp", "direction": "higher"}}', '{g}', reference => 'everyone', digits => NULL) LIMIT 1;
-- each is ready for a chart; so are the percentiles of those who had 437 before, which quantreg has, too
SELECT r, jsonb_path_query_array(chart('percentiles', r), '$.data.values[*].value') AS values FROM unnest('{norm_ranks,norm_scores}'::text[]) AS r
UNION ALL SELECT 'growth', jsonb_path_query_array(chart('percentiles', 'SELECT * FROM growth WHERE measure = ''of the first twelve'''), '$.data.values[*].value');
SELECT jsonb_path_query_array(chart('percentiles', 'SELECT prior AS period, c.fraction, c.score AS value FROM (SELECT growth_model(prior, current, 300) AS m FROM cohort) AS f, unnest(''{437}''::float8[]) AS prior, growth_curve(m, prior) AS c WHERE c.fraction IN (0.095, 0.495, 0.505, 0.895)'),
	'$.data.values[*].value') AS values;
-- what is said wrongly
SELECT create_report('bad', 'student', :reading, '{race}', options => '{"kind": "norms"}');
SELECT create_report('bad', 'student', :reading, '{race}', options => '{"kind": null}');
SELECT create_report('bad', 'student', :reading, '{race}', options => '{"kind": "percentiles", "reference": "others"}');
SELECT create_report('bad', 'student', :reading, '{race}', options => '{"fractions": [0.5]}');
SELECT create_report('bad', 'student', :absence, '{race}', '{}', 'year', '{"kind": "absence"}');
SELECT alter_report('months', period => 'year');
SELECT alter_report('gaps', options => '{"kind": "absence"}');
SELECT create_report('bad', 'SELECT *, 1 AS fraction FROM student', :reading, '{race}', '{fraction}', options => '{"kind": "percentiles"}');
SELECT create_report('bad', 'student', :reading, '{}');
SELECT alter_report('months', dimensions => '{}');
SELECT count(DISTINCT group_name) AS groups FROM months;
UPDATE months_definition SET options = '{"kind": "norms"}';
SELECT status, error FROM refresh_report('months');
SELECT problem, fix FROM report_health WHERE report = 'months'::regclass;
SELECT alter_report('months', options => '{"kind": "absence"}');
-- as any other it is its owner's
SET SESSION AUTHORIZATION regress_reader;
SELECT count(*) FROM district.fans;
SELECT alter_report('district.fans', options => '{}');
SET SESSION AUTHORIZATION regress_analyst;
DROP VIEW medians;
SELECT drop_report(r) FROM unnest('{fans,months,everyone,gaps,estimates,norm_ranks,norm_scores,growth}'::regclass[]) AS r;
RESET SESSION AUTHORIZATION;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst, regress_reader;
