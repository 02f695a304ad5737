-- What else a report says of a gap: MEASURES' worked values, and what rows hold. All numbers of a whole report are compared with R's in gap_report_reference.
CREATE SCHEMA report;
SET search_path = report, gapstats;
CREATE FUNCTION agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN actual IS NULL OR expected IS NULL OR expected = 0 THEN actual IS NOT DISTINCT FROM expected ELSE abs(actual / expected - 1) < 1e-10 END;
CREATE TABLE student AS
SELECT i, 2024 + i % 2 AS year, (ARRAY['north', 'east', 'west'])[1 + i % 3] AS school,
	(ARRAY['Asian', 'Black', 'White', NULL])[1 + i / 7 % 4] AS race,
	CASE WHEN i % 13 <> 0 THEN 400 + i * 7919 % 101 + CASE i / 7 % 4 WHEN 1 THEN -20 * (2026 - 2024 - i % 2) ELSE 0 END END AS score,
	CASE WHEN i % 17 <> 0 THEN i * 31 % 10 < 3 + i / 7 % 4 END AS is_gifted, i % 5 > 0 AS is_tested
FROM generate_series(1, 1200) AS i;
\set measures '\'{"reading": {"score": "score", "scale": [300, 600], "goal": 450, "direction": "higher"}, "gifted": {"outcome": "is_gifted", "cohort": "is_tested", "goal": 0.6, "gap_goal": 0.1, "direction": "higher"}}\''
-- all that there are, so that no new one escapes
CREATE FUNCTION known_estimates() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	PERFORM gapstats.gap_report('SELECT 1', '{"s": {"score": "s", "direction": "higher"}}', '{g}', estimates => '{none}');
EXCEPTION WHEN invalid_parameter_value THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN string_to_array(substring(hint FROM 'Use (.*)\.'), ', ');
END $$;
SELECT quote_literal(known_estimates()::text) AS estimates \gset
CREATE TABLE said AS
SELECT * FROM gap_report('student', :measures, '{race}', '{school}', 'year', reference_groups => '{"race": "White"}', estimates => :estimates, digits => NULL);
-- a key is one row's
SELECT count(*), count(DISTINCT key) AS keys, count(*) FILTER (WHERE reason = 'is_reference') AS of_reference, count(*) FILTER (WHERE is_suppressed) AS suppressed FROM said WHERE period = '2024';
SELECT DISTINCT estimate, count(gap) FROM said WHERE reason = 'is_reference' GROUP BY estimate ORDER BY estimate;
-- what belongs to the gap is in its row only
SELECT estimate, count(hedges_g) AS g, count(risk_ratio) AS ratio, count(p_value_adjusted) AS p_adjusted, count(family) AS family, count(change) AS change, count(verdict) AS verdict FROM said GROUP BY estimate ORDER BY estimate;
-- each alone is as among the others
SELECT e, count(*) AS differ
FROM unnest(:estimates::text[]) e, LATERAL (SELECT * FROM gap_report('student', :measures, '{race}', '{school}', 'year', reference_groups => '{"race": "White"}', estimates => ARRAY[e], digits => NULL)
	EXCEPT SELECT * FROM said) s
GROUP BY e;
SELECT count(*) AS differ FROM (SELECT * FROM said EXCEPT SELECT * FROM gap_report('SELECT * FROM student ORDER BY i DESC', :measures, '{race}', '{school}', 'year', reference_groups => '{"race": "White"}', estimates => :estimates, digits => NULL)) s;

-- MEASURES 3.3, dataset A at its percentiles
CREATE TABLE a AS
SELECT 'F' AS team, unnest('{212,205,221,198,230,217,209,225,201,214}'::integer[]) AS score
UNION ALL
SELECT 'R', unnest('{224,231,219,240,228,235,222,229,243,226,233,217}'::integer[]);
SELECT estimate, value_focal, value_reference, gap, agrees(gap_se, e.se) AS se, reason
FROM gap_report('a', '{"score": {"score": "score", "direction": "higher"}}', '{team}', estimates => '{percentiles}', digits => NULL)
JOIN (VALUES ('percentile 0.1', NULL), ('percentile 0.25', 5.657016943425047), ('percentile 0.5', 5.899087740658551), ('percentile 0.75', 6.63319692392018), ('percentile 0.9', 5.303697682624811)) e (estimate, se) USING (estimate)
WHERE group_focal = 'F';
-- from everyone, and from a named group the same
SELECT e.reference, estimate, group_reference, value_focal, value_reference, gap, gap_lower, reason
FROM unnest('{everyone,highest}'::text[]) e (reference), gap_report('a', '{"score": {"score": "score", "direction": "higher"}}', '{team}', reference => e.reference, estimates => '{percentiles}')
WHERE group_focal = 'F' AND estimate ~ '5$';

-- Effect sizes, ratios and the groups' own values are what the functions of them say, which are tested against R by themselves; of everyone and others on all scales in
-- gap_report_reference. Here groups of one, all alike, without anybody, who do not overlap
CREATE TABLE few AS
SELECT s, g, v FROM (VALUES ('ok', 'a', '{1,2,3,5}'::float8[]), ('ok', 'b', '{2,4,6}'), ('one', 'a', '{3}'), ('one', 'b', '{1,4,7}'), ('alike', 'a', '{2,2}'), ('alike', 'b', '{2,2,2}'), ('apart', 'a', '{1,2}'), ('apart', 'b', '{5,6,7}'),
	('nobody', 'a', '{1,2}'), ('nobody', 'b', '{NULL}'), ('none', 'a', '{NULL}'), ('none', 'b', '{1,2}'), ('zero', 'a', '{0,0,0}'), ('zero', 'b', '{0,7}'), ('zeros', 'a', '{0,0,0}'), ('zeros', 'b', '{0,0}'), ('all', 'a', '{9,9}'), ('all', 'b', '{0,9}')) t (s, g, vs), unnest(vs) AS v;
CREATE TABLE of_few AS
SELECT * FROM gap_report('few', '{"s": {"score": "v", "direction": "higher"}, "r": {"score": "v", "cut": 4, "direction": "higher"}}', '{g}', '{s}', reference_groups => '{"g": "b"}', estimates => '{gap,value,hedges_g,v,risk_ratio,odds_ratio}', digits => NULL)
WHERE level = 's' AND group_focal = 'a';
SELECT estimate, stratum, rounded(gap, 4) AS estimated, rounded(gap_se, 4) AS se, rounded(gap_lower, 4) AS lower, rounded(gap_upper, 4) AS upper, value_focal, value_reference, reason
FROM of_few WHERE estimate NOT IN ('gap', 'value') ORDER BY estimate, stratum;
SELECT r.estimate, count(*), count(*) FILTER (WHERE (r.gap, r.gap_se, r.gap_lower, r.gap_upper, r.reason) IS DISTINCT FROM (e.estimate, e.se, e.lower, e.upper, e.reason)) AS differ
FROM of_few r
CROSS JOIN LATERAL (
	SELECT distribution(v) FILTER (WHERE g = 'a') AS a, distribution(v) FILTER (WHERE g = 'b') AS b, count(*) FILTER (WHERE g = 'a' AND v >= 4) AS x, count(v) FILTER (WHERE g = 'a') AS n,
		count(*) FILTER (WHERE g = 'b' AND v >= 4) AS y, count(v) FILTER (WHERE g = 'b') AS m
	FROM few WHERE s = r.stratum
) f
CROSS JOIN LATERAL (
	SELECT m.hedges_g AS estimate, m.hedges_g_se AS se, m.hedges_g_lower AS lower, m.hedges_g_upper AS upper, h.reason FROM mean_gap(f.a, f.b) m CROSS JOIN hedges_g(f.a, f.b) h WHERE r.estimate = 'hedges_g'
	UNION ALL SELECT v.v, v.v_se, v.v_lower, v.v_upper, v.reason FROM v_gap(f.a, f.b) v WHERE r.estimate = 'v'
	UNION ALL SELECT h.estimate, h.log_se, h.lower, h.upper, h.reason FROM risk_ratio(f.x, f.n, f.y, f.m) h WHERE r.estimate = 'risk_ratio'
	UNION ALL SELECT h.estimate, h.log_se, h.lower, h.upper, h.reason FROM odds_ratio(f.x, f.n, f.y, f.m) h WHERE r.estimate = 'odds_ratio'
) e
-- of nobody a report says that there is no comparison, and V with n_lt_1
WHERE r.reason IS DISTINCT FROM 'no_comparison'
GROUP BY r.estimate ORDER BY r.estimate;
-- the gap's own row has the same numbers, whether errors are asked for or not
SELECT count(*), count(*) FILTER (WHERE to_jsonb(o) IS DISTINCT FROM to_jsonb(w)) AS differ, count(*) FILTER (WHERE o.hedges_g IS DISTINCT FROM g.gap) AS g, count(*) FILTER (WHERE o.v IS DISTINCT FROM v.gap) AS v, count(*) FILTER (WHERE o.risk_ratio IS DISTINCT FROM q.gap) AS ratio
FROM gap_report('few', '{"s": {"score": "v", "direction": "higher"}, "r": {"score": "v", "cut": 4, "direction": "higher"}}', '{g}', '{s}', reference_groups => '{"g": "b"}', digits => NULL) o
JOIN of_few w USING (key)
LEFT JOIN of_few g ON g.estimate = 'hedges_g' AND (g.measure, g.stratum) = (o.measure, o.stratum)
LEFT JOIN of_few v ON v.estimate = 'v' AND (v.measure, v.stratum) = (o.measure, o.stratum)
LEFT JOIN of_few q ON q.estimate = 'risk_ratio' AND (q.measure, q.stratum) = (o.measure, o.stratum);
-- a group's own value, also of the reference and of one that is compared with nobody
SELECT measure, group_focal, group_reference, rounded(value_focal, 4) AS value, rounded(gap, 4) AS estimated, rounded(gap_se, 4) AS se, rounded(gap_lower, 4) AS lower, rounded(gap_upper, 4) AS upper, reason
FROM gap_report($$SELECT * FROM few WHERE s IN ('one', 'ok') OR s = 'none' AND g = 'a'$$, '{"s": {"score": "v", "direction": "higher"}, "r": {"score": "v", "cut": 4, "direction": "higher"}}', '{g}', '{s}', reference_groups => '{"g": "b"}', estimates => '{value}')
WHERE level = 's' ORDER BY measure, stratum, group_focal;

-- 16.1: that the true gap is below 0, of seven schools with these gaps and errors (two students of either group); drawn to where MEASURES has them
CREATE TABLE seven AS
SELECT i, y, se, shrunken FROM (VALUES (1, -.31, .14, -0.322642679247148), (2, .08, .22, -0.224265685534114), (3, -.52, .09, -0.460971569756912), (4, -.74, .31, -0.396264947241676), (5, -.22, .17, -0.291030913375254),
	(6, -.05, .25, -0.271961118539708), (7, -.40, .12, -0.370099802231456)) v (i, y, se, shrunken);
SELECT r.stratum, r.estimate, CASE r.estimate WHEN 'shrunken' THEN abs(r.gap - e.shrunken) < 1e-7 ELSE agrees(r.gap, s.below) END AS agrees, rounded(r.gap, 4) AS estimated, r.gap_se IS NULL AS is_without_error, r.n_comparisons, r.reason
FROM gap_report($$SELECT i AS school, g, CASE g WHEN 'f' THEN y ELSE 0 END + d * se / sqrt(2) AS score FROM report.seven, unnest('{f,r}'::text[]) g, unnest('{-1,1}'::integer[]) d$$, '{"s": {"score": "score", "direction": "higher"}}', '{g}', '{school}',
	reference_groups => '{"g": "r"}', estimates => '{shrunken,probability_below_zero}', digits => NULL) r
JOIN seven e ON e.i::text = r.stratum
JOIN (SELECT i, (shrunken_estimate(y, se) OVER ()).probability_below_zero AS below FROM seven) s USING (i)
WHERE r.level = 'school' AND r.group_focal = 'f' ORDER BY r.estimate DESC, r.stratum;

-- 17.5: bounds for the missing
CREATE TABLE seen AS
SELECT g, CASE WHEN k <= n THEN k <= x END AS o FROM (VALUES ('f', 45, 60, 12), ('r', 150, 190, 10)) v (g, x, n, m), generate_series(1, n + m) k;
CREATE TABLE scored AS
SELECT g, CASE WHEN k <= n THEN s + (k <= more)::integer END AS s FROM (VALUES ('f', 497, 20, 50, 6), ('r', 518, 0, 180, 9)) v (g, s, more, n, m), generate_series(1, n + m) k;
SELECT agrees(gap, -0.0394736842105263) OR abs(gap + 0.0394736842105263) < 1e-15 AS gap, agrees(gap_lower, -0.175) AS lower, agrees(gap_upper, 1 / 24.0) AS upper, reason
FROM gap_report('seen', '{"o": {"outcome": "o", "direction": "higher"}}', '{g}', estimates => '{missing}', digits => NULL) WHERE group_focal = 'f';
SELECT abs(gap + 20.6) < 1e-12 AS gap, abs(gap_lower + 50.4166666666667) < 1e-12 AS lower, abs(gap_upper - 11.4880952380952) < 1e-12 AS upper, reason
FROM gap_report('scored', '{"s": {"score": "s", "direction": "higher", "scale": [300, 700]}}', '{g}', estimates => '{missing}', digits => NULL) WHERE group_focal = 'f';
-- from everyone, by the groups' rates and means at the ends: (45 + 0..12) / 72, (195 + 0..22) / 272, the group's own missing alike in both
SELECT group_reference, agrees(gap_lower, 45 / 72.0 - (45 + 160) / 272.0) AS lower, agrees(gap_upper, 57 / 72.0 - (57 + 150) / 272.0) AS upper
FROM gap_report('seen', '{"o": {"outcome": "o", "direction": "higher"}}', '{g}', reference => 'everyone', estimates => '{missing}', digits => NULL) WHERE group_focal = 'f';
SELECT group_reference, agrees(gap_lower, (24870 + 1800) / 56.0 - (24870 + 1800 + 93240 + 6300) / 245.0) AS lower, agrees(gap_upper, (24870 + 4200) / 56.0 - (24870 + 4200 + 93240 + 2700) / 245.0) AS upper
FROM gap_report('scored', '{"s": {"score": "s", "direction": "higher", "scale": [300, 700]}}', '{g}', reference => 'everyone', estimates => '{missing}', digits => NULL) WHERE group_focal = 'f';
-- of a scale that nobody said, of counts that are stored, of nobody seen
SELECT measure, group_focal, gap, gap_lower, gap_upper, reason
FROM gap_report($$SELECT g, s, 1 AS x, 2 AS n FROM scored UNION ALL SELECT 'z', NULL, NULL, NULL$$, '{"s": {"score": "s", "direction": "higher"}, "t": {"score": "s", "direction": "higher", "scale": [0, 999]}, "c": {"numerator": "x", "denominator": "n", "direction": "higher"}}', '{g}',
	reference_groups => '{"g": "r"}', estimates => '{missing}');
SELECT gap_report('scored', '{"s": {"score": "s", "direction": "higher", "scale": [500, 700]}}', '{g}', estimates => '{missing}');

-- 15.2: whether they differ at all
SELECT agrees(p_value, 0.004585273930220573) AS p, n_comparisons, group_focal, n_focal, p_value_adjusted, reason
FROM gap_report('SELECT * FROM (VALUES (''a'', 31, 90), (''b'', 54, 120), (''c'', 12, 25), (''d'', 88, 310)) v (g, x, n)', '{"r": {"numerator": "x", "denominator": "n", "direction": "higher"}}', '{g}', estimates => '{omnibus}', digits => NULL);
SELECT agrees(p_value, 5.579290638552863e-07) AS p, n_comparisons, reason
FROM gap_report($$SELECT CASE WHEN i % 9 < 2 THEN 'a' WHEN i % 9 < 5 THEN 'b' WHEN i % 9 < 8 THEN 'c' ELSE 'd' END AS g,
		300 + 47 * i % 37 + CASE WHEN i % 9 < 2 THEN -8 WHEN i % 9 < 5 THEN 0 WHEN i % 9 < 8 THEN 5 + 13 * i % 23 ELSE 2 END AS y FROM generate_series(1, 90) i$$,
	'{"r": {"score": "y", "direction": "higher"}}', '{g}', estimates => '{omnibus}', digits => NULL);
SELECT p_value, n_comparisons, reason
FROM unnest('{5,0}'::integer[]) x, gap_report(format('SELECT * FROM (VALUES (''a'', %s, 9), (''b'', 0, 7), (NULL, 1, 1)) v (g, x, n)', x), '{"r": {"numerator": "x", "denominator": "n", "direction": "higher"}}', '{g}', estimates => '{omnibus}');

-- the widest is between two, also if all are alike, and of those that are large enough
SELECT direction, group_focal, group_reference, n_focal, value_focal, value_reference, gap, gap_lower, gap_upper, n_comparisons, reason
FROM unnest('{higher,lower}'::text[]) d, gap_report('SELECT * FROM (VALUES (''a'', 5, 10), (''b'', 20, 40), (''c'', 5, 10), (''d'', 1, 1), (''e'', 8, 20)) v (g, x, n)', format('{"r": {"numerator": "x", "denominator": "n", "direction": "%s"}}', d)::jsonb, '{g}', estimates => '{widest}');
SELECT group_focal, group_reference, gap, reason FROM gap_report('SELECT i % 3 AS g, i / 3 AS s FROM generate_series(0, 59) i', '{"r": {"score": "s", "direction": "higher"}}', '{g}', estimates => '{widest}');
SELECT stratum, group_focal, group_reference, n_comparisons, gap, reason FROM gap_report('SELECT i % 3 AS g, i / 30 AS school, i AS s FROM generate_series(0, 70) i', '{"r": {"score": "s", "direction": "higher"}}', '{g}', '{school}', estimates => '{widest}');

-- 17.3: the fewest students for a gap, also where double precision is wrong; and by trying
SELECT label, gapstats_internal.students_to_gap(x1, n1, x2, n2, goal, direction, label ~ 'everyone') AS needed, expected
FROM (VALUES
		('', 38, 95, 171, 285, 0.12, 'higher', 8), ('exactly', 12, 50, 8, 20, 0.10, 'higher', 3), ('exactly', 36, 90, 132, 220, 0.10, 'higher', 9), ('', 29, 80, 45, 250, 0.08, 'lower', 9),
		('', 50, 60, 70, 100, 0.10, 'higher', 0), ('of everyone', 38, 95, 209, 380, 0.08, 'higher', 9), ('', 12, 40, 66, 110, 0.10, 'higher', 8), ('', 20, 35, 70, 125, 0.10, 'higher', 0),
		('', 3, 18, 24, 60, 0.10, 'higher', 3), ('pooled', 35, 93, 160, 295, 0.10, 'higher', 7), ('everyone is one group', 3, 9, 3, 9, 0.1, 'higher', NULL), ('nobody', 0, 0, 3, 9, 0.1, 'higher', NULL))
	v (label, x1, n1, x2, n2, goal, direction, expected);
SELECT direction, is_of_reference, count(*), count(*) FILTER (WHERE needed = tried) AS agree, max(needed)
FROM unnest('{higher,lower}'::text[]) direction, unnest('{t,f}'::boolean[]) is_of_reference, generate_series(1, 9) n1, generate_series(0, n1) x1, generate_series(1, 8) n2, generate_series(0, n2, 2) x2, unnest('{0,0.1,0.25,0.5}'::numeric[]) goal,
	LATERAL (SELECT is_of_reference::integer * x1 AS x, is_of_reference::integer * n1 AS n) inside,
	LATERAL (SELECT gapstats_internal.students_to_gap(x1, n1, x2 + x, n2 + n, goal, direction, is_of_reference) AS needed) a,
	LATERAL (SELECT min(j) AS tried FROM generate_series(0, n1) j, LATERAL (SELECT CASE direction WHEN 'higher' THEN j ELSE -j END AS s) s
		WHERE CASE direction WHEN 'higher' THEN 1 ELSE -1 END * ((x2 + x + s * is_of_reference::integer) * n1 - (x1 + s) * (n2 + n)) <= goal * n1 * (n2 + n)) b
GROUP BY 1, 2 ORDER BY 1, 2;
SELECT goal, x, n, direction, gapstats_internal.students_to_rate(x, n, goal, direction) AS needed
FROM (VALUES (0.1, 1, 10, 'higher'), (0.1, 0, 10, 'higher'), (0.7, 6, 10, 'higher'), (0.7, 7, 10, 'higher'), (0.29, 28, 100, 'higher'), (0.1, 2, 10, 'lower'), (0.3, 3, 10, 'lower'), (0.3, 4, 10, 'lower'), (0, 3, 9, 'lower'), (0.5, 0, 0, 'higher'), (0.123456789012345678901, 0, 1000000000000, 'higher')) v (goal, x, n, direction);
-- Each worked row of MEASURES as two of a report: the gap, its goal and how far it is from it; and what the gap is then, as worked
-- and in whole numbers: at most the goal, and with one student fewer above it
CREATE TABLE worked (label text, reference text, direction text, goal numeric, x1 integer, n1 integer, x2 integer, n2 integer, needed integer, gap_then integer, out_of integer);
INSERT INTO worked VALUES
	('1', 'others', 'higher', 0.12, 38, 95, 171, 285, 8, 11, 95), ('2', 'others', 'higher', 0.10, 12, 50, 8, 20, 3, 1, 10), ('3', 'others', 'higher', 0.10, 36, 90, 132, 220, 9, 1, 10),
	('4', 'others', 'lower', 0.08, 29, 80, 45, 250, 9, 7, 100), ('5', 'others', 'higher', 0.10, 50, 60, 70, 100, 0, -2, 15), ('6', 'everyone', 'higher', 0.08, 38, 95, 171, 285, 9, 3, 38),
	('7, pooled', 'others', 'higher', 0.10, 35, 93, 160, 295, 7, 166, 1829);
CREATE FUNCTION gap_with(w worked, students integer, OUT gap integer, OUT out_of integer)
BEGIN ATOMIC
	SELECT s.sign * ((w.x2 + s.within * (w.x1 + s.sign * students)) * w.n1 - (w.x1 + s.sign * students) * s.n), w.n1 * s.n
	FROM (SELECT CASE w.direction WHEN 'higher' THEN 1 ELSE -1 END AS sign, (w.reference = 'everyone')::integer AS within, w.n2 + (w.reference = 'everyone')::integer * w.n1 AS n) AS s;
END;
CREATE TABLE of_goals AS
SELECT w, r
FROM worked w
CROSS JOIN LATERAL gap_report(format('SELECT * FROM (VALUES (''f'', %s, %s), (''r'', %s, %s)) v (g, x, n)', w.x1, w.n1, w.x2, w.n2),
	format('{"c": {"numerator": "x", "denominator": "n", "direction": "%s", "gap_goal": %s}}', w.direction, w.goal)::jsonb, '{g}', reference => w.reference, estimates => '{goal}', digits => NULL) r
WHERE r.group_focal = 'f';
SELECT (w).label, (w).direction, (r).group_reference, rounded((r).value_focal, 4) AS value, (r).value_reference AS goal, rounded((r).gap, 4) AS difference, (r).n_needed, (r).n_needed = (w).needed AS as_worked, (r).reason
FROM of_goals WHERE (r).estimate = 'gap goal' ORDER BY (w).label;
SELECT (w).label, (r).group_reference, rounded((r).value_focal, 4) AS value, rounded((r).value_reference, 4) AS reference, agrees(CASE (w).direction WHEN 'higher' THEN -(r).gap ELSE (r).gap END, (w).gap_then / (w).out_of::double precision) AS gap_then,
	t.gap * (w).out_of = (w).gap_then * t.out_of AS in_whole_numbers, t.gap <= (w).goal * t.out_of AS at_goal, (r).n_needed = 0 OR f.gap > (w).goal * f.out_of AS not_with_fewer, (r).reason
FROM of_goals
CROSS JOIN LATERAL gap_with(w, (r).n_needed) t
CROSS JOIN LATERAL gap_with(w, (r).n_needed - 1) f
WHERE (r).estimate = 'gap then' ORDER BY (w).label;
-- a goal of a gap needs one: the reference's own row has none, nor has a group that nobody is beside
SELECT estimate, group_focal, value_focal, value_reference, gap, n_needed, reason
FROM gap_report('SELECT * FROM (VALUES (''f'', 29, 80), (''r'', 45, 250), (''z'', NULL, NULL)) v (g, x, n)', '{"c": {"numerator": "x", "denominator": "n", "direction": "higher", "gap_goal": 0}}', '{g}', reference_groups => '{"g": "r"}', estimates => '{goal}');
-- a rate that is to go down to 0.3: from 29 of 80 to 24
SELECT group_focal, n_focal, value_focal, value_reference, gap, n_needed
FROM gap_report('SELECT * FROM (VALUES (''f'', 29, 80), (''r'', 45, 250)) v (g, x, n)', '{"c": {"numerator": "x", "denominator": "n", "direction": "lower", "goal": 0.3}}', '{g}', estimates => '{goal}');
-- several schools: together 7, in every school 8 + 0 + 3, and both are the greater; each within those who have not succeeded yet, 28 + 15 + 15
CREATE TABLE of_schools AS
SELECT level, stratum, n_needed, n_focal - (SELECT sum(x) FROM (VALUES ('a', 12), ('b', 20), ('c', 3)) v (school, x) WHERE stratum IN ('all', school)) AS n_left
FROM gap_report($$SELECT * FROM (VALUES ('a', 'f', 12, 40), ('a', 'r', 66, 110), ('b', 'f', 20, 35), ('b', 'r', 70, 125), ('c', 'f', 3, 18), ('c', 'r', 24, 60)) v (school, g, x, n)$$,
	'{"c": {"numerator": "x", "denominator": "n", "direction": "higher", "gap_goal": 0.1}}', '{g}', '{school}', estimates => '{goal}', digits => NULL)
WHERE group_focal = 'f' AND estimate = 'gap goal';
TABLE of_schools ORDER BY level, stratum;
SELECT sum(n_needed) FILTER (WHERE level = 'all') AS together, sum(n_needed) FILTER (WHERE level = 'school') AS in_every_school, bool_and(n_needed <= n_left) AS within_reach FROM of_schools;
-- a goal for groups too small, all alike, without anybody
SELECT group_focal, n_focal, value_focal, value_reference, gap, gap_se, gap_lower, n_needed, reason
FROM gap_report($$SELECT * FROM (VALUES ('one', 3), ('two', 3), ('two', 3), ('none', NULL), ('four', 1), ('four', 5)) v (g, s)$$, '{"s": {"score": "s", "direction": "higher", "goal": 4}}', '{g}', estimates => '{goal}');

-- where nobody of a group was seen, the missing may be anything: from the worst to the best, by hand
CREATE TABLE unseen AS SELECT * FROM (VALUES ('S1', 'a', NULL::float8, NULL::boolean), ('S1', 'b', NULL, NULL), ('S2', 'a', 1, true), ('S2', 'b', 0, false), ('S3', 'a', NULL, NULL), ('S3', 'b', 1, true),
	('S4', 'a', 1, true), ('S4', 'b', NULL, NULL), ('S5', 'a', 1, true)) v (s, g, x, o);
SELECT r.rule_of_reference, r.measure, r.stratum, r.gap_lower, r.gap_upper, r.reason
FROM (VALUES ('others', '{"g": "b"}'::jsonb), ('others', '{}'), ('everyone', '{}')) a (rule, named),
	gap_report('unseen', '{"rate": {"outcome": "o", "direction": "higher"}, "mean": {"score": "x", "direction": "higher", "scale": [0, 1]}}', '{g}', '{s}',
		reference => a.rule, reference_groups => a.named, estimates => '{missing}') r
WHERE r.level = 's' AND r.group_focal = 'a'
ORDER BY r.rule_of_reference COLLATE "C", r.measure, r.stratum;

-- a gap to another group is another gap, and nothing is drawn towards it: in five schools b is the highest, in five c, in one a itself
CREATE TABLE best AS
SELECT s, g, 200 + i + 7 * (g = 'a')::integer * (s % 3) + CASE WHEN g = CASE WHEN s > 6 THEN 'c' ELSE 'b' END THEN 12 + s ELSE 0 END AS score
FROM generate_series(1, 11) s, unnest('{a,b,c}'::text[]) g, generate_series(1, 12) i;
SELECT r.group_reference, count(*), count(DISTINCT r.n_comparisons), min(r.n_comparisons), bool_and((r.gap, r.gap_se) = ((e.s).shrunken, (e.s).shrunken_se)) AS drawn_to_these
FROM gap_report('best', '{"score": {"score": "score", "direction": "higher"}}', '{g}', '{s}', reference => 'highest', estimates => '{shrunken}', digits => NULL) r
JOIN (
	SELECT stratum, shrunken_estimate(gap, gap_se) OVER (PARTITION BY group_reference) AS s
	FROM gap_report('best', '{"score": {"score": "score", "direction": "higher"}}', '{g}', '{s}', reference => 'highest', digits => NULL)
	WHERE level = 's' AND group_focal = 'a'
) e USING (stratum)
WHERE r.level = 's' AND r.group_focal = 'a'
GROUP BY r.group_reference
ORDER BY r.group_reference;

-- a row has a reason only for what it does not say, and a change only if it is the gap's own
SELECT estimate, count(*) FILTER (WHERE gap_lower IS NOT NULL AND reason IS NOT NULL) AS with_both, count(*) FILTER (WHERE change_se IS NOT NULL AND change IS NULL) AS with_se_only
FROM gap_report('SELECT a.*, y.year FROM a, generate_series(1, 2) AS y (year)', '{"r": {"score": "score", "direction": "higher", "scale": [0, 1000]}, "c": {"score": "score", "cut": 220, "direction": "higher", "goal": 0.5}}', '{team}', period => 'year',
	estimates => :estimates)
WHERE reason IS DISTINCT FROM 'overlap' AND reason IS DISTINCT FROM 'small_expected'
GROUP BY estimate
HAVING count(*) FILTER (WHERE gap_lower IS NOT NULL AND reason IS NOT NULL) > 0 OR count(*) FILTER (WHERE change_se IS NOT NULL AND change IS NULL) > 0;

-- what is said wrongly
\set SHOW_CONTEXT never
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', estimates => '{gap,bayes}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', estimates => '{}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', estimates => NULL);
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', estimates => '{gap,NULL}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', estimates => '{goal}');
SELECT gap_report('a', '{"r": {"score": "score", "cut": 3, "direction": "higher"}}', '{team}', estimates => '{percentiles}');
SELECT gap_report('a', '{"r": {"score": "score", "cut": 3, "direction": "higher"}}', '{team}', estimates => '{gap,v}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', estimates => '{odds_ratio}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', estimates => '{gap,change}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher", "scale": [3]}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher", "scale": [7, 3]}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher", "scale": ["3", 7]}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher", "cut": 220, "goal": 70}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher", "gap_goal": 0.1}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher", "cut": 220, "gap_goal": -0.1}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher", "denominator": "n"}}', '{team}');
-- more students than an integer counts
SELECT gap_report('SELECT * FROM (VALUES (''f'', 1, 3000000000), (''r'', 1, 5)) v (g, x, n)', '{"c": {"numerator": "x", "denominator": "n", "direction": "higher"}}', '{g}');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA report CASCADE;
