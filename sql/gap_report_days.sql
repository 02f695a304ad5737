-- Measures of sets of days, whose numbers are those of absence_rate, absent_at_least and day_count (sql/absence.sql); here it is
-- tested that each stands in its row. Exactly 10 percent are chronic (MEASURES 8.5).
CREATE SCHEMA report;
SET search_path = report, gapstats;
CREATE TABLE student AS
SELECT label, g, CASE WHEN absent IS NOT NULL THEN daterange('2025-09-01', '2025-09-01'::date + absent)::dayset END AS absent, daterange('2025-09-01', '2025-09-01'::date + enrolled)::dayset AS enrolled
FROM (VALUES ('18/180', 'a', 18, 180), ('17/180', 'a', 17, 180), ('18/181', 'a', 18, 181), ('1/10', 'a', 1, 10), ('36/180', 'a', 36, 180), ('1/9: too few days', 'a', 1, 9), ('never enrolled', 'a', 0, 0), ('unknown', 'a', NULL, 180),
	('40/180', 'b', 40, 180), ('0/180', 'b', 0, 180), ('9/30', 'b', 9, 30)) v (label, g, absent, enrolled);
SELECT measure, group_focal, n_focal, n_missing_focal, value_focal, hedges_g IS NULL AS is_rate
FROM gap_report('student', '{"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}, "chronic": {"absent": "absent", "enrolled": "enrolled", "cut": 0.1, "direction": "lower"},
	"severe": {"absent": "absent", "enrolled": "enrolled", "cut": 0.2, "direction": "lower"}, "of few days": {"absent": "absent", "enrolled": "enrolled", "cut": 0.1, "minimum_days": 1, "direction": "lower"},
	"of many": {"absent": "absent", "enrolled": "enrolled", "minimum_days": 31, "direction": "lower"},
	"September": {"absent": "absent", "enrolled": "enrolled", "cut": 0.9, "during": "[2025-09-01,2025-10-01)", "direction": "lower"},
	"days": {"days": "absent", "direction": "lower"}, "days of September": {"days": "absent", "during": "[2025-09-01,2025-09-30]", "direction": "lower"},
	"days of those enrolled": {"days": "absent", "enrolled": "enrolled", "during": "[2025-09-11,)", "direction": "lower"}, "17 days": {"days": "absent", "cut": 17, "direction": "lower"}}', '{g}', digits => 6);
-- by hand, students of the two groups
SELECT rounded((18 / 180.0 + 17 / 180.0 + 18 / 181.0 + 1 / 10.0 + 36 / 180.0 + 1 / 9.0) / 6, 6) AS absence, 3 / 5.0 AS chronic, 1 / 5.0 AS severe, rounded(4 / 6.0, 6) AS of_few_days,
	rounded((18 / 180.0 + 17 / 180.0 + 18 / 181.0 + 36 / 180.0) / 4, 6) AS of_many, 1 / 5.0 AS september, rounded((18 + 17 + 18 + 1 + 36 + 1 + 0) / 7.0, 5) AS days,
	rounded((18 + 17 + 18 + 1 + 30 + 1 + 0) / 7.0, 5) AS days_of_september, (8 + 7 + 8 + 26) / 4.0 AS of_those_enrolled, rounded(4 / 7.0, 6) AS seventeen;
-- and by the functions of one student, of many
CREATE TABLE many AS
SELECT i, i % 3 AS g, i % 5 <> 0 AS is_here, (SELECT dayset(d::date) FROM generate_series('2025-09-01'::date, '2026-05-29', '1 day') d WHERE extract(isodow FROM d) < 6 AND (i * 7919 + (d::date - '2025-09-01') * 31) % 97 < i % 23) AS absent,
	CASE WHEN i % 41 <> 0 THEN (SELECT dayset(d::date) FROM generate_series('2025-09-01'::date + i % 200, '2026-05-29', '1 day') d WHERE extract(isodow FROM d) < 6) END AS enrolled
FROM generate_series(1, 300) AS i;
\set measures '\'{"m": {"absent": "absent", "enrolled": "enrolled", "during": "[2025-11-01,2025-12-01)", "cohort": "is_here", "direction": "lower"}, "c": {"absent": "absent", "enrolled": "enrolled", "cut": 0.1, "direction": "lower"}, "d": {"days": "absent", "enrolled": "enrolled", "cut": 12.5, "direction": "lower"}}\''
SELECT r.group_focal, count(*) = 1 AS one, bool_and((r.n_focal, r.n_missing_focal, r.value_focal) IS NOT DISTINCT FROM (m.n, m.n_missing, m.value)) AS m, bool_and((c.n_focal, c.n_missing_focal, c.value_focal) IS NOT DISTINCT FROM (o.n, o.n_missing, o.value)) AS c,
	bool_and((d.n_focal, d.n_missing_focal, d.value_focal) IS NOT DISTINCT FROM (p.n, p.n_missing, p.value)) AS d
FROM gap_report('many', :measures, '{g}', digits => NULL) r
JOIN gap_report('many', :measures, '{g}', digits => NULL) c ON c.group_focal = r.group_focal AND c.measure = 'c'
JOIN gap_report('many', :measures, '{g}', digits => NULL) d ON d.group_focal = r.group_focal AND d.measure = 'd'
CROSS JOIN LATERAL (SELECT count(v)::integer AS n, count(*) FILTER (WHERE v IS NULL)::integer AS n_missing, mean(distribution(v)) AS value
	FROM (SELECT absence_rate(absent, enrolled, daterange('2025-11-01', '2025-12-01')) AS v FROM many WHERE g::text = r.group_focal AND is_here) s) m
CROSS JOIN LATERAL (SELECT count(v)::integer AS n, count(*) FILTER (WHERE v IS NULL)::integer AS n_missing, count(*) FILTER (WHERE v) / count(v)::double precision AS value
	FROM (SELECT chronic_absence(absent, enrolled) AS v FROM many WHERE g::text = r.group_focal) s) o
CROSS JOIN LATERAL (SELECT count(v)::integer AS n, count(*) FILTER (WHERE v IS NULL)::integer AS n_missing, count(*) FILTER (WHERE v > 12) / count(v)::double precision AS value
	FROM (SELECT day_count(absent & enrolled) AS v FROM many WHERE g::text = r.group_focal) s) p
WHERE r.measure = 'm'
GROUP BY r.group_focal ORDER BY r.group_focal;
-- its scale is known
SELECT group_focal, gap_lower IS NOT NULL AS bounded, reason FROM gap_report('student', '{"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', '{g}', estimates => '{missing}');

-- what is said wrongly; a day is a day whatever the DateStyle
\set SHOW_CONTEXT never
SELECT gap_report('student', '{"r": {"absent": "absent", "direction": "lower"}}', '{g}');
SELECT gap_report('student', '{"r": {"absent": "label", "enrolled": "enrolled", "direction": "lower"}}', '{g}');
SELECT gap_report('student', '{"r": {"absent": "absent", "enrolled": "label", "direction": "lower"}}', '{g}');
SELECT gap_report('student', '{"r": {"absent": "absent", "enrolled": "enrolment", "direction": "lower"}}', '{g}');
SELECT gap_report('student', '{"r": {"absent": "absent", "enrolled": "enrolled", "cut": 10, "direction": "lower"}}', '{g}');
SELECT gap_report('student', '{"r": {"absent": "absent", "enrolled": "enrolled", "cut": 0, "direction": "lower"}}', '{g}');
SELECT gap_report('student', '{"r": {"absent": "absent", "enrolled": "enrolled", "scale": [0, 1], "direction": "lower"}}', '{g}');
SELECT gap_report('student', '{"r": {"absent": "absent", "enrolled": "enrolled", "during": "October", "direction": "lower"}}', '{g}');
SELECT gap_report('student', '{"r": {"days": "absent", "minimum_days": 5, "direction": "lower"}}', '{g}');
SELECT gap_report('student', '{"r": {"days": "absent", "enrolled": "enrolled", "minimum_days": 0, "direction": "lower"}}', '{g}');
SELECT gap_report('student', '{"r": {"days": "absent", "enrolled": "enrolled", "minimum_days": 1.5, "direction": "lower"}}', '{g}');
SET datestyle = 'German';
SELECT measure, value_focal FROM gap_report('student', '{"r": {"days": "absent", "during": "[2025-09-01,2025-09-05)", "direction": "lower"}, "s": {"days": "absent", "during": "[2025-09-01,2025-09-05)", "cut": 3, "direction": "lower"}}', '{g}') WHERE group_focal = 'b';
RESET datestyle;

-- periods are one if they are equal, and any type that sorts is one
SELECT period, previous_period, n_focal FROM gap_report($$SELECT i % 2 AS g, i AS s, CASE WHEN i % 3 = 0 THEN 1.00 WHEN i % 3 = 1 THEN 1.0 ELSE 2.0 END AS p FROM generate_series(1, 60) i$$, '{"s": {"score": "s", "direction": "higher"}}', '{g}', period => 'p') WHERE group_focal = '1';
SELECT period, previous_period, n_focal FROM gap_report($$SELECT i % 2 AS g, i AS s, CASE WHEN i % 3 = 0 THEN interval '24 hours' WHEN i % 3 = 1 THEN '1 day' ELSE '1 hour' END AS p FROM generate_series(1, 60) i$$, '{"s": {"score": "s", "direction": "higher"}}', '{g}', period => 'p') WHERE group_focal = '1';
SELECT t, r.period, r.previous_period, r.n_focal
FROM (VALUES ('jsonb', '1', '2'), ('boolean', 'f', 't'), ('bytea', '\x01', '\x02'), ('integer[]', '{1}', '{2}'), ('int4range', '[1,2)', '[1,3)'), ('inet', '10.0.0.1', '10.0.0.2')) v (t, a, b),
	gap_report(format('SELECT i %% 2 AS g, i AS s, CASE WHEN i %% 3 = 0 THEN %L ELSE %L END::%s AS p FROM generate_series(1, 60) i', a, b, t), '{"s": {"score": "s", "direction": "higher"}}', '{g}', period => 'p') r WHERE group_focal = '1';
SELECT gap_report($$SELECT 1 AS g, 1 AS s, '{}'::json AS p$$, '{"s": {"score": "s", "direction": "higher"}}', '{g}', period => 'p');
-- many groups, on disk, to a named one: the time of one is not that of all
SET work_mem = '64kB';
SET statement_timeout = '20s';
SELECT count(*), count(gap) FROM gap_report('SELECT i % 9001 AS g, i % 977 AS s FROM generate_series(1, 40000) i', '{"s": {"score": "s", "direction": "higher"}}', '{g}', reference_groups => '{"g": "17"}');
RESET statement_timeout;
RESET work_mem;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA report CASCADE;
