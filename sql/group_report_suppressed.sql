-- What others may see of percentiles and of months. Which groups are hidden is suppress()'s to say, of tables counted here by GROUPING SETS; that nothing
-- of it can be had all the same is the audit's. The rest is the reports': which rows need which groups.
CREATE SCHEMA report;
SET search_path = report, gapstats;
CREATE TABLE student AS
SELECT i, 2024 + i % 2 AS year, (ARRAY['north', 'east', 'west'])[1 + i % 3] AS school,
	(ARRAY['Asian', 'Black', 'White', 'Other', NULL])[CASE WHEN h < 8 THEN 1 WHEN h < 40 THEN 2 WHEN h < 80 THEN 3 WHEN h < 90 THEN 4 ELSE 5 END] AS race,
	(ARRAY['free', 'paid'])[1 + i / 11 % 2] AS lunch, CASE WHEN i % 13 <> 0 THEN 400 + i * 7919 % 101 + h % 7 END AS score, i % 9 > 0 AS is_here
FROM (SELECT i, (i * 7817 % 1009 + i / 5) % 100 AS h FROM generate_series(1, 900) AS i) s
UNION ALL
SELECT 1000 + i, 2024 + i / 24, 'tiny', CASE WHEN i % 12 < 5 THEN 'White' ELSE 'Black' END, 'free', 440 + i, true FROM generate_series(1, 28) AS i
UNION ALL
SELECT 1100, 2024, 'tiny', 'Asian', 'free', NULL, true;
\set reading '\'{"reading": {"score": "score", "direction": "higher"}}\''

-- all that there is to publish, and what of it others may not see
CREATE VIEW truth AS
SELECT school, race, lunch, year::text AS year, count(score) AS n
FROM (SELECT school, coalesce(race, 'not recorded') AS race, lunch, year, score FROM student) s
GROUP BY GROUPING SETS ((year), (year, race), (year, lunch), (year, race, lunch), (year, school), (year, school, race), (year, school, lunch), (year, school, race, lunch));
CREATE TABLE hidden AS SELECT DISTINCT members FROM suppress('SELECT school, race, lunch, year, n FROM truth', '{school,race,lunch,year}', '{"n": "count"}') WHERE shown = '*';
-- a report's rows with their cells
CREATE FUNCTION cell_of(dimension text, level text, stratum text, group_name text, period text) RETURNS text[]
	RETURN ARRAY[CASE level WHEN 'school' THEN stratum END, CASE WHEN dimension <> 'lunch' THEN split_part(group_name, ' x ', 1) END,
		CASE dimension WHEN 'lunch' THEN group_name WHEN 'race x lunch' THEN split_part(group_name, ' x ', 2) END, period];
CREATE TABLE open AS SELECT * FROM percentile_report('student', :reading, '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL);
CREATE TABLE others AS SELECT * FROM percentile_report('student', :reading, '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL, suppress => true);
SELECT (SELECT count(*) FROM open) = count(*) AS as_many, count(DISTINCT key) = count(*) AS keys, count(*) FILTER (WHERE is_suppressed) AS suppressed, count(*) FILTER (WHERE is_suppressed <> (reason IS NOT DISTINCT FROM 'suppressed')) AS other_reasons,
	count(*) FILTER (WHERE is_suppressed AND num_nonnulls(n, value, value_se) > 0) AS tell, num_nonnulls(max(n_missing), max(value_lower), max(value_upper)) AS told_of_nobody,
	count(*) FILTER (WHERE is_suppressed <> EXISTS (SELECT FROM hidden h WHERE h.members = cell_of(dimension, level, stratum, group_name, period))) AS wrong,
	count(value) AS percentiles
FROM others;
-- they are those of gap_report
SELECT count(*), count(*) FILTER (WHERE o.n IS DISTINCT FROM g.n_focal) AS differ
FROM others o JOIN gap_report('student', :reading, '{race,lunch}', '{school}', 'year', depth => 2, suppress => true) g ON (o.dimension, o.level, o.stratum, o.period, o.group_name) = (g.dimension, g.level, g.stratum, g.period, g.group_focal);
-- what is shown is what it is
SELECT count(*), count(*) FILTER (WHERE (s.n, s.value, s.value_se, s.reason) IS DISTINCT FROM (o.n, o.value, o.value_se, o.reason)) AS differ FROM others s JOIN open o USING (key) WHERE NOT s.is_suppressed;
-- nothing small can be had of it
CREATE TABLE printed AS
SELECT t.school, t.race, t.lunch, t.year, coalesce(o.n::text, '*') AS n, t.n AS true_n
FROM truth t LEFT JOIN (SELECT DISTINCT n, cell_of(dimension, level, stratum, group_name, period) AS cell FROM others) o ON o.cell = ARRAY[t.school, t.race, t.lunch, t.year];
SELECT count(*) FILTER (WHERE n = '*') AS hidden, count(*) FILTER (WHERE n <> '*' AND n <> true_n::text) AS wrong, count(*) FILTER (WHERE n <> '*' AND true_n BETWEEN 1 AND 9) AS small FROM printed;
SELECT verdict, count(*) FILTER (WHERE can_be_small) AS small FROM disclosure_audit('SELECT school, race, lunch, year, n FROM printed', '{school,race,lunch,year}', '{"n": "count"}') WHERE members[2] IS DISTINCT FROM 'not recorded' GROUP BY verdict ORDER BY verdict;

-- of two percentiles both are scores of students: between them are min_n, too. The middle is told first.
SELECT n, array_agg(fraction ORDER BY fraction) FILTER (WHERE value IS NOT NULL) AS told, array_agg(DISTINCT reason) AS reasons, bool_or(is_suppressed) AS hidden
FROM unnest('{9,19,20,99,100,499,500,1000}'::integer[]) AS of_n,
	percentile_report(format('SELECT i AS s FROM generate_series(1, %s) i', of_n), '{"s": {"score": "s", "direction": "higher"}}', fractions => '{0,0.1,0.48,0.49,0.5,0.52,0.6,0.99,1}', suppress => true)
GROUP BY of_n, n ORDER BY of_n;
SELECT min_n, array_agg(fraction ORDER BY fraction) FILTER (WHERE value IS NOT NULL) AS told
FROM unnest('{1,5,50}'::integer[]) AS min_n, percentile_report('SELECT i AS s FROM generate_series(1, 100) i', '{"s": {"score": "s", "direction": "higher"}}', fractions => '{0.01,0.02,0.48,0.5}', min_n => min_n, suppress => true)
GROUP BY min_n ORDER BY min_n;
-- everyone, alike, strata without dimensions, nobody
SELECT level, stratum, n, value, is_suppressed, reason FROM percentile_report('student', :reading, '{}', '{school}', fractions => '{0.5}', suppress => true) ORDER BY level, stratum;
SELECT n, value, is_suppressed, reason FROM percentile_report('SELECT 7 AS s FROM generate_series(1, 40)', '{"s": {"score": "s", "direction": "higher"}}', fractions => '{0.5}', suppress => true);
SELECT n, value, is_suppressed, reason FROM percentile_report('SELECT NULL::integer AS s FROM generate_series(1, 40)', '{"s": {"score": "s", "direction": "higher"}}', fractions => '{0.5}', suppress => true);
SELECT count(*) FROM percentile_report('SELECT * FROM student WHERE false', :reading, '{race}', suppress => true);
-- what is hidden of one measure is hidden of all, and whom a cohort leaves out are a group
SELECT count(*) FILTER (WHERE (a.n IS NULL) <> (b.n IS NULL)) AS differ, count(*) FILTER (WHERE a.n - b.n BETWEEN 1 AND 9) AS small, count(a.n) AS shown
FROM percentile_report('student', '{"a": {"score": "score", "direction": "higher"}, "b": {"score": "score", "cohort": "is_here", "direction": "higher"}}', '{race,lunch}', '{school}', suppress => true, fractions => '{0.5}') a
JOIN percentile_report('student', '{"a": {"score": "score", "direction": "higher"}, "b": {"score": "score", "cohort": "is_here", "direction": "higher"}}', '{race,lunch}', '{school}', suppress => true, fractions => '{0.5}') b
	ON a.measure = 'a' AND b.measure = 'b' AND (a.dimension, a.level, a.stratum, a.group_name) = (b.dimension, b.level, b.stratum, b.group_name);
-- stored distributions
SELECT count(*) AS differ FROM (SELECT key, n, value, is_suppressed FROM others EXCEPT SELECT key, n, value, is_suppressed
	FROM percentile_report('SELECT year, school, race, lunch, distribution(score) AS d FROM student GROUP BY 1, 2, 3, 4', '{"reading": {"distribution": "d", "direction": "higher"}}', '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL, suppress => true)) s;

-- Months: a student is absent on some of 20 days, in May of the one day that there is. Few days are of few, and where there is one, shares are an outcome.
CREATE TABLE absences AS
SELECT i, g, s, m.month, m.n AS n_days, CASE WHEN g = 'g' AND m.n = 20 THEN (i = 3)::integer * 4 WHEN g = 'h' AND m.n = 20 THEN 3 * (i % 2) WHEN m.n = 1 THEN (i % 3 = 0 OR g = 'f' AND i > 6)::integer ELSE i * 7 % 5 END AS n_absent
FROM (VALUES ('a', 'p', 60), ('b', 'p', 50), ('c', 'p', 9), ('d', 'p', 70), ('e', 'p', 44), ('f', 'p', 40), ('g', 'p', 41), ('h', 'p', 45),
	('a', 'q', 61), ('b', 'q', 52), ('c', 'q', 31), ('d', 'q', 71), ('e', 'q', 45), ('f', 'q', 61), ('g', 'q', 60), ('h', 'q', 47)) v (g, s, n), generate_series(1, n) AS i,
	(VALUES (date '2025-03-01', 20), ('2025-04-01', 20), ('2025-05-01', 1)) AS m (month, n)
-- of e nine are there in April
WHERE NOT (g = 'e' AND s = 'p' AND m.month = '2025-04-01' AND i > 9);
CREATE TABLE pupil AS
SELECT i, g, s, rollup(daterange(month, month + n_days)::dayset) AS enrolled, rollup(CASE WHEN n_absent > 0 THEN daterange(month, month + n_absent) ELSE 'empty' END::dayset) AS absent FROM absences GROUP BY i, g, s;
CREATE VIEW monthly AS
SELECT s, g, to_char(month, 'YYYY-MM-DD') AS month, count(*) AS n, sum(n_absent) AS days, count(*) FILTER (WHERE n_absent < n_days) AS not_all, count(*) FILTER (WHERE 10 * n_absent >= n_days) AS x FROM absences GROUP BY GROUPING SETS ((month), (month, g), (month, s), (month, s, g));
\set shares '{"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}'
\set rates '{"chronic": {"absent": "absent", "enrolled": "enrolled", "cut": 0.1, "minimum_days": 1, "direction": "lower"}}'
CREATE TABLE months AS SELECT * FROM absence_report('pupil', :'shares', '{g}', '{s}', digits => NULL, suppress => true);
CREATE TABLE open_months AS SELECT * FROM absence_report('pupil', :'shares', '{g}', '{s}', digits => NULL);
SELECT stratum, extract(month FROM month) AS month, string_agg(group_name, ' ' ORDER BY group_name) FILTER (WHERE is_suppressed) AS hidden, string_agg(group_name, ' ' ORDER BY group_name) FILTER (WHERE NOT is_suppressed) AS shown FROM months GROUP BY stratum, month ORDER BY stratum, months.month;
-- what suppress() hides in each month
CREATE TABLE hidden_in_month AS SELECT DISTINCT members FROM suppress('monthly', '{s,g,month}', '{"n": "count", "days": "count", "not_all": "count"}', all_same => 'show') WHERE shown = '*';
SELECT count(*), count(*) FILTER (WHERE is_suppressed <> EXISTS (SELECT FROM hidden_in_month h WHERE h.members = ARRAY[CASE level WHEN 's' THEN stratum END, group_name, to_char(month, 'YYYY-MM-DD')])) AS wrong,
	count(*) FILTER (WHERE is_suppressed AND num_nonnulls(n, absence_rate, absence_rate_se, absence_rate_lower, absence_rate_upper) > 0 OR n_missing IS NOT NULL OR is_suppressed <> (reason IS NOT DISTINCT FROM 'suppressed')) AS tell,
	(SELECT count(*) FROM open_months) = count(*) AS as_many
FROM months;
SELECT count(*), count(*) FILTER (WHERE (s.n, s.absence_rate, s.absence_rate_se, s.absence_rate_lower, s.absence_rate_upper, s.reason) IS DISTINCT FROM (o.n, o.absence_rate, o.absence_rate_se, o.absence_rate_lower, o.absence_rate_upper, o.reason)) AS differ
FROM months s JOIN open_months o USING (key) WHERE NOT s.is_suppressed;
-- of a rate those with the outcome, and without; and measures together
SELECT count(*), count(a.n) AS shown, count(*) FILTER (WHERE (a.n IS NULL) <> (b.n IS NULL)) AS differ
FROM absence_report('pupil', jsonb :'shares' || :'rates', '{g}', '{s}', suppress => true) a
JOIN absence_report('pupil', jsonb :'shares' || :'rates', '{g}', '{s}', suppress => true) b ON a.measure = 'absence' AND b.measure = 'chronic' AND (a.level, a.stratum, a.month, a.group_name) = (b.level, b.stratum, b.month, b.group_name);
SELECT count(*) FILTER (WHERE n BETWEEN 1 AND 9 OR round(n * absence_rate) BETWEEN 1 AND 9 OR n - round(n * absence_rate) BETWEEN 1 AND 9) AS small, count(n) > 0 AS shows FROM absence_report('pupil', :'rates', '{g}', '{s}', digits => NULL, suppress => true);
-- between two cuts are no few, nor are those whom a cohort leaves out, or who are enrolled for too few days to be judged: of a in p four are absent on 2 of 20 days
CREATE TABLE cut AS
SELECT g, s, i > CASE WHEN g = 'd' AND s = 'p' THEN 4 ELSE 15 END AS is_here, '[2025-03-01,2025-03-21)'::daterange::dayset AS enrolled,
	daterange('2025-03-01', CASE WHEN g = 'b' AND s = 'p' AND i <= 3 THEN '2025-03-06'::date ELSE '2025-03-21' END)::dayset AS enrolled_less,
	daterange('2025-03-01', '2025-03-01'::date + CASE WHEN g = 'a' AND s = 'p' THEN CASE WHEN i <= 4 THEN 2 ELSE 5 * (i % 2) END ELSE (ARRAY[0, 2, 5])[1 + i % 3] END)::dayset AS absent
FROM pupil WHERE g IN ('a', 'b', 'd');
SELECT v.measures, a.hidden
FROM (VALUES ('one cut', '{"1": {"absent": "absent", "enrolled": "enrolled", "cut": 0.1, "direction": "lower"}}'),
	('two', '{"1": {"absent": "absent", "enrolled": "enrolled", "cut": 0.1, "direction": "lower"}, "2": {"absent": "absent", "enrolled": "enrolled", "cut": 0.15, "direction": "lower"}}'),
	('all', '{"1": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}'),
	('and some', '{"1": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}, "2": {"absent": "absent", "enrolled": "enrolled", "cohort": "is_here", "direction": "lower"}}'),
	('and of some a rate', '{"1": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}, "2": {"absent": "absent", "enrolled": "enrolled", "cut": 0.15, "cohort": "is_here", "direction": "lower"}}'),
	('three have few days', '{"1": {"absent": "absent", "enrolled": "enrolled_less", "direction": "lower"}}'),
	('a rate', '{"1": {"absent": "absent", "enrolled": "enrolled_less", "cut": 0.15, "direction": "lower"}}'),
	('both', '{"1": {"absent": "absent", "enrolled": "enrolled_less", "direction": "lower"}, "2": {"absent": "absent", "enrolled": "enrolled_less", "cut": 0.15, "direction": "lower"}}')) v (measures, m),
	LATERAL (SELECT string_agg(DISTINCT group_name, ' ') AS hidden FROM absence_report('cut', m::jsonb, '{g}', '{s}', suppress => true) WHERE level = 's' AND stratum = 'p' AND is_suppressed) a;

-- gaps of days know it, too
SELECT group_focal, n_focal IS NULL AS hidden FROM gap_report('pupil', '{"march": {"absent": "absent", "enrolled": "enrolled", "during": "[2025-03-01,2025-04-01)", "direction": "lower"}}', '{g}', '{s}', suppress => true) WHERE stratum = 'p' ORDER BY 1;
SELECT group_focal, n_focal IS NULL AS hidden FROM gap_report('pupil', '{"march": {"days": "absent", "during": "[2025-03-01,2025-04-01)", "direction": "lower"}}', '{g}', '{s}', suppress => true) WHERE stratum = 'p' ORDER BY 1;
-- everyone; nobody; whoever is missing only; whatever measures and columns are called
SELECT month, n, is_suppressed FROM absence_report('pupil', :'shares', suppress => true);
SELECT count(*) FROM absence_report('SELECT * FROM pupil WHERE false', :'shares', '{g}', suppress => true);
SELECT count(*) FROM absence_report('SELECT enrolled, NULL::dayset AS absent, g FROM pupil', :'shares', '{g}', suppress => true);
SELECT count(*) AS differ FROM (SELECT n, absence_rate FROM months EXCEPT SELECT n, absence_rate
	FROM absence_report('SELECT enrolled, absent, s AS enrolled_in_month, g AS month FROM pupil', '{"a": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}, "a_": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', '{month}', '{enrolled_in_month}', digits => NULL, suppress => true)) s;
SELECT count(*), count(*) FILTER (WHERE value_focal BETWEEN 10 AND 40) AS means_of_i FROM gap_report('pupil', '{"a": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}, "a__": {"score": "i", "direction": "higher"}}', '{g}', suppress => true) WHERE measure = 'a__' AND NOT is_suppressed;

-- a chart says that it is hidden; what is said wrongly
SELECT jsonb_array_length(c #> '{usermeta,gapstats,not_shown}') > 0 AS not_shown, c #>> '{title,subtitle}' ~ 'hidden|suppressed' AS says_so
FROM (VALUES (chart('percentiles', $$SELECT * FROM report.others WHERE dimension = 'race' AND level = 'school'$$)), (chart('absence', $$SELECT * FROM report.months WHERE level = 's'$$))) v (c);
\set SHOW_CONTEXT never
SELECT percentile_report('student', :reading, '{race}', suppress => NULL);
SELECT absence_report('pupil', :'shares', '{g}', suppress => NULL);

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA report CASCADE;
