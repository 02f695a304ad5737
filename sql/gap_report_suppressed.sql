-- What others may see of a report. Which groups are hidden is suppress()'s to say, of the same table counted here by GROUPING SETS; that nothing
-- of it can be had all the same is the audit's, of the numbers that the report shows. The rest is the report's: which rows need which groups.
CREATE SCHEMA report;
SET search_path = report, gapstats;
CREATE TABLE student AS
SELECT i, 2024 + i % 2 AS year, (ARRAY['north', 'east', 'west'])[1 + i % 3] AS school,
	(ARRAY['Asian', 'Black', 'White', 'Other', NULL])[CASE WHEN h < 8 THEN 1 WHEN h < 40 THEN 2 WHEN h < 80 THEN 3 WHEN h < 90 THEN 4 ELSE 5 END] AS race,
	(ARRAY['free', 'paid'])[1 + i / 11 % 2] AS lunch,
	CASE WHEN i % 13 <> 0 THEN 400 + i * 7919 % 101 + h % 7 END AS score, CASE WHEN i % 17 <> 0 THEN i * 31 % 10 < 5 END AS is_gifted
FROM (SELECT i, (i * 7817 % 1009 + i / 5) % 100 AS h FROM generate_series(1, 900) AS i) s
UNION ALL
-- a school of few, of whom one group would be large enough, another is small, and of a third nobody has a score
SELECT 1000 + i, 2024 + i / 24, 'tiny', CASE WHEN i % 12 < 5 THEN 'White' ELSE 'Black' END, 'free', 440 + i, false FROM generate_series(1, 28) AS i
UNION ALL
SELECT 1100, 2024, 'tiny', 'Asian', 'free', NULL, NULL;

-- all that there is to publish: totals, groups and pairs, in all schools together and in each, by year; those whose race is not recorded are a group
CREATE VIEW truth AS
SELECT school, race, lunch, year::text AS year, count(score) AS n, count(*) FILTER (WHERE score >= 450) AS x, sum(score) AS sum
FROM (SELECT school, coalesce(race, 'not recorded') AS race, lunch, year, score FROM student) s
GROUP BY GROUPING SETS ((year), (year, race), (year, lunch), (year, race, lunch), (year, school), (year, school, race), (year, school, lunch), (year, school, race, lunch));
CREATE TABLE hidden AS SELECT DISTINCT members FROM suppress('SELECT school, race, lunch, year, n FROM truth', '{school,race,lunch,year}', '{"n": "count"}') WHERE shown = '*';
SELECT count(*) AS hidden, (SELECT count(*) FROM truth) AS cells, (SELECT count(*) FROM truth WHERE n BETWEEN 1 AND 9) AS small FROM hidden;

-- a report's rows with their cells: their own, and the total of their stratum
CREATE FUNCTION with_cells(report regclass) RETURNS TABLE (key text, cell text[], total text[], dimension text)
LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format($sql$
		SELECT r.key, ARRAY[s.school, CASE r.dimension WHEN 'race' THEN g[1] WHEN 'race x lunch' THEN g[1] END, CASE r.dimension WHEN 'lunch' THEN g[1] WHEN 'race x lunch' THEN g[2] END, r.period],
			ARRAY[s.school, NULL, NULL, r.period], r.dimension
		FROM %s r, string_to_array(r.group_focal, ' x ') AS g, LATERAL (SELECT CASE r.level WHEN 'school' THEN r.stratum END AS school) s
		WHERE r.estimate = 'gap' $sql$, report);
END $$;
\set reading '\'{"reading": {"score": "score", "direction": "higher", "goal": 440}}\''
CREATE TABLE open AS SELECT * FROM gap_report('student', :reading, '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL);
CREATE TABLE others AS SELECT * FROM gap_report('student', :reading, '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL, suppress => true);
CREATE TABLE everyone AS SELECT * FROM gap_report('student', :reading, '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL, suppress => true, reference => 'everyone');
CREATE TABLE named AS SELECT * FROM gap_report('student', :reading, '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL, suppress => true, reference_groups => '{"race": "White", "lunch": "paid", "race x lunch": "Black x free"}');
CREATE TABLE few AS SELECT * FROM gap_report('student', :reading, '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL, suppress => true, reference_groups => '{"race": "Asian", "race x lunch": "Other x free"}');
CREATE TABLE highest AS SELECT * FROM gap_report('student', :reading, '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL, suppress => true, reference => 'highest');
-- the same rows, one reason, and nothing but names of what is hidden
SELECT (SELECT count(*) FROM open) = count(*) AS as_many, count(*) FILTER (WHERE is_suppressed) AS suppressed, count(*) FILTER (WHERE is_suppressed <> (reason IS NOT DISTINCT FROM 'suppressed')) AS other_reasons,
	count(*) FILTER (WHERE is_suppressed AND num_nonnulls(n_reference, value_reference, gap, gap_se, gap_lower, gap_upper, hedges_g, v, risk_ratio, p_value, p_value_adjusted, n_comparisons,
		previous_period, previous_gap, change, change_se, change_lower, change_upper, verdict, n_needed) > 0) AS tell, count(n_missing_focal) + count(n_missing_reference) AS missing
FROM others;
-- a group's own numbers are there if its cell is shown; its gap, if with all others or everyone the total and those not recorded are too, and else the group that it is compared with
CREATE FUNCTION is_told(cell text[]) RETURNS boolean STABLE RETURN NOT EXISTS (SELECT FROM hidden h WHERE h.members = cell);
CREATE FUNCTION tells_rest(total text[], dimension text) RETURNS boolean STABLE RETURN is_told(total) AND NOT EXISTS (
	SELECT FROM hidden h WHERE (h.members[1], h.members[4]) IS NOT DISTINCT FROM (total[1], total[4]) AND h.members[2] = 'not recorded' AND dimension <> 'lunch' AND (dimension = 'race') = (h.members[3] IS NULL));
CREATE FUNCTION of_group(cell text[], dimension text, name text) RETURNS text[] STABLE RETURN ARRAY[cell[1], CASE WHEN dimension <> 'lunch' THEN split_part(name, ' x ', 1) END,
	CASE dimension WHEN 'lunch' THEN name WHEN 'race x lunch' THEN split_part(name, ' x ', 2) END, cell[4]];
SELECT r.rule, count(*), count(*) FILTER (WHERE (r.n_focal IS NOT NULL) <> is_told(c.cell) OR (r.value_focal IS NOT NULL) <> coalesce(r.n_focal > 0, false)) AS wrong_groups,
	count(*) FILTER (WHERE NOT r.is_suppressed <> (is_told(c.cell) AND CASE WHEN r.rule_of_reference <> 'named' THEN tells_rest(c.total, c.dimension) ELSE is_told(of_group(c.cell, c.dimension, r.group_reference)) END)) AS wrong_gaps,
	count(*) FILTER (WHERE (r.share IS NOT NULL) <> (is_told(c.cell) AND tells_rest(ARRAY[NULL, NULL, NULL, r.period], c.dimension)) OR (r.n_missing_group IS NOT NULL) <> tells_rest(c.total, c.dimension)) AS wrong_rests,
	count(*) FILTER (WHERE NOT r.is_suppressed) AS shown
FROM (SELECT 'others' AS rule, * FROM others UNION ALL SELECT 'everyone', * FROM everyone UNION ALL SELECT 'named', * FROM named UNION ALL SELECT 'few', * FROM few) r
CROSS JOIN LATERAL (SELECT * FROM with_cells(r.rule::regclass) c WHERE c.key = r.key) c
GROUP BY r.rule ORDER BY r.rule;
-- what is shown of a gap is what it is
SELECT count(*), count(*) FILTER (WHERE (s.n_focal, s.n_reference, s.share, s.value_focal, s.value_reference, s.gap, s.gap_se, s.gap_lower, s.gap_upper, s.hedges_g, s.v, s.p_value)
	IS DISTINCT FROM (o.n_focal, o.n_reference, o.share, o.value_focal, o.value_reference, o.gap, o.gap_se, o.gap_lower, o.gap_upper, o.hedges_g, o.v, o.p_value)) AS differ
FROM others s JOIN open o USING (key) WHERE NOT s.is_suppressed;
-- a p that is hidden leaves its family, and a gap comes after one that is shown
SELECT count(DISTINCT family) AS families, count(*) FILTER (WHERE n_comparisons IS DISTINCT FROM n) AS wrong_n, count(*) FILTER (WHERE p_value_adjusted IS DISTINCT FROM adjusted) AS wrong_p,
	count(*) FILTER (WHERE (previous_gap, change) IS DISTINCT FROM (before, gap - before)) AS wrong_changes, count(change) AS changes
FROM (SELECT *, adjusted_p_value(p_value) OVER f AS adjusted, count(p_value) OVER f AS n, lag(gap) OVER (PARTITION BY measure, dimension, level, stratum, group_focal, is_suppressed ORDER BY period) AS before
	FROM others WINDOW f AS (PARTITION BY measure, dimension, level, period)) s
WHERE NOT is_suppressed;
-- the highest-performing of those that are shown
SELECT count(*), count(*) FILTER (WHERE r.group_reference IS NULL) AS none, count(*) FILTER (WHERE r.group_reference IS NULL AND num_nonnulls(r.n_reference, r.value_reference) > 0) AS tell, count(*) FILTER (WHERE r.group_reference IS NOT NULL AND NOT is_told(of_group(c.cell, c.dimension, r.group_reference))) AS hidden_references,
	count(*) FILTER (WHERE r.group_reference IS DISTINCT FROM best.group_focal AND is_told(c.cell)) AS wrong, count(*) FILTER (WHERE o.group_reference <> r.group_reference) AS otherwise_others
FROM highest r
JOIN with_cells('highest') c USING (key)
JOIN gap_report('student', :reading, '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL, reference => 'highest') o USING (key)
LEFT JOIN LATERAL (SELECT h.group_focal FROM highest h WHERE (h.measure, h.dimension, h.level, h.stratum, h.period) = (r.measure, r.dimension, r.level, r.stratum, r.period) AND h.n_focal >= 10
	ORDER BY h.value_focal DESC LIMIT 1) best ON true;

-- what the report shows, as a table: the total and those not recorded are what its rows add up to
CREATE FUNCTION told(report regclass) RETURNS TABLE (cell text[], n text, x text)
LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format($sql$
		WITH row AS (SELECT c.cell, c.total, r.* FROM %s r JOIN with_cells(%L) c USING (key))
		SELECT cell, n_focal::text, round(n_focal * value_focal)::text FROM row WHERE n_focal IS NOT NULL
		UNION
		SELECT total, (n_focal + n_reference + n_missing_group)::text, NULL FROM row WHERE rule_of_reference = 'others' AND n_reference IS NOT NULL AND n_missing_group IS NOT NULL
		UNION
		SELECT total[:1] || ARRAY['not recorded', NULL] || total[4:], n_missing_group::text, NULL FROM row WHERE dimension = 'race' AND n_missing_group IS NOT NULL $sql$, report, report);
END $$;
CREATE TABLE printed AS
SELECT t.school, t.race, t.lunch, t.year, coalesce(o.n, '*') AS n, t.n AS true_n FROM truth t LEFT JOIN told('others') o ON o.cell = ARRAY[t.school, t.race, t.lunch, t.year];
SELECT count(*) AS cells, count(*) FILTER (WHERE n = '*') AS hidden, count(*) FILTER (WHERE n <> '*' AND n <> true_n::text) AS wrong, count(*) FILTER (WHERE n <> '*' AND true_n BETWEEN 1 AND 9) AS small FROM printed;
-- nothing small can be had; what can is of pairs whose race is not recorded, of which the report has no rows
SELECT verdict, can_be_small, count(*), min(least_whole) AS least, array_agg(DISTINCT members[2]) FILTER (WHERE verdict <> 'protected') AS groups
FROM disclosure_audit('SELECT school, race, lunch, year, n FROM printed', '{school,race,lunch,year}', '{"n": "count"}') GROUP BY verdict, can_be_small;
-- nor has any total one small part only that is hidden
SELECT count(*) AS lines, count(*) FILTER (WHERE hidden = 1 AND small = 1) AS given_away
FROM (
	SELECT count(*) FILTER (WHERE n = '*') AS hidden, count(*) FILTER (WHERE n = '*' AND true_n < 10) AS small FROM printed
	CROSS JOIN LATERAL (VALUES (1, ARRAY[race, lunch, year]), (2, ARRAY[school, lunch, year]), (3, ARRAY[school, race, year])) l (along, line)
	GROUP BY l.along, l.line) s;
-- sums of scores add up as students do, along the same totals: none can be had where the number of students cannot
CREATE TABLE printed_sums AS SELECT p.school, p.race, p.lunch, p.year, p.n, CASE WHEN p.n = '*' THEN '*' ELSE t.sum::text END AS sum FROM printed p JOIN truth t ON (t.school, t.race, t.lunch, t.year) IS NOT DISTINCT FROM (p.school, p.race, p.lunch, p.year);
SELECT n.verdict AS n, s.verdict AS sum, count(*)
FROM disclosure_audit('printed_sums', '{school,race,lunch,year}', '{"n": "count", "sum": {"kind": "sum"}}') n
JOIN disclosure_audit('printed_sums', '{school,race,lunch,year}', '{"n": "count", "sum": {"kind": "sum"}}') s USING (members)
WHERE n.measure = 'n' AND s.measure = 'sum'
GROUP BY n.verdict, s.verdict;

-- other estimates are of what is shown: bounds, shrunken gaps, percentiles with ten on either side, goals, the widest gap and an omnibus test
CREATE TABLE said AS
SELECT * FROM gap_report('student', :reading, '{race}', '{school}', 'year', digits => NULL, suppress => true, reference_groups => '{"race": "White"}', estimates => '{gap,value,hedges_g,v,change,simultaneous,shrunken,probability_below_zero,percentiles,goal,widest,omnibus}');
SELECT estimate, count(*), count(gap) AS gaps, count(p_value) AS p, count(*) FILTER (WHERE is_suppressed) AS suppressed, count(*) FILTER (WHERE is_suppressed AND num_nonnulls(gap, gap_se, gap_lower, gap_upper, p_value, n_needed) > 0) AS tell
FROM said GROUP BY estimate ORDER BY estimate;
SELECT count(*) FILTER (WHERE p.n_focal IS NULL AND p.value_focal IS NOT NULL) AS of_hidden, min(p.n_focal) FILTER (WHERE p.value_focal IS NOT NULL) AS focal, min(p.n_reference) FILTER (WHERE p.gap IS NOT NULL) AS reference, p.estimate
FROM said p WHERE p.estimate ~ 'percentile' GROUP BY p.estimate ORDER BY p.estimate;
CREATE TABLE of_percentiles AS
SELECT * FROM gap_report('student', :reading, '{race,lunch}', '{school}', 'year', depth => 2, min_n => 5, suppress => true, estimates => '{gap,percentiles}')
UNION ALL
SELECT * FROM gap_report('student', :reading, '{race,lunch}', '{school}', 'year', depth => 2, min_n => 5, suppress => true, estimates => '{gap,percentiles}', reference => 'everyone')
UNION ALL
SELECT * FROM gap_report('student', :reading, '{race}', '{school}', 'year', min_n => 5, suppress => true, estimates => '{gap,percentiles}', reference_groups => '{"race": "Asian"}');
SELECT p.rule_of_reference, count(p.value_focal) AS shown, count(p.gap) AS gaps,
	count(*) FILTER (WHERE p.value_focal IS NOT NULL AND g.n_focal IS NULL OR (p.gap IS NOT NULL OR p.value_reference IS NOT NULL) AND g.n_reference IS NULL) AS tell
FROM of_percentiles p
JOIN of_percentiles g ON g.estimate = 'gap' AND (g.rule_of_reference, g.dimension, g.level, g.stratum, g.period, g.group_focal) = (p.rule_of_reference, p.dimension, p.level, p.stratum, p.period, p.group_focal)
WHERE p.estimate ~ 'percentile'
GROUP BY p.rule_of_reference ORDER BY p.rule_of_reference;
SELECT s.estimate, count(*) AS differ
FROM (
	SELECT s.key, s.estimate FROM said s JOIN said g ON (g.measure, g.level, g.stratum, g.period, g.group_focal, g.estimate) = (s.measure, s.level, s.stratum, s.period, s.group_focal, 'gap')
	WHERE s.estimate IN ('simultaneous', 'shrunken', 'probability_below_zero', 'hedges_g', 'v', 'change') AND s.is_suppressed <> g.is_suppressed
		OR s.estimate = 'value' AND s.is_suppressed <> (g.n_focal IS NULL)
	UNION ALL
	SELECT s.key, s.estimate
	FROM (SELECT s.*, shrunken_estimate(g.gap, g.gap_se, 'reml', 0.95) OVER (PARTITION BY g.level, g.period, g.group_focal) AS expected
		FROM said s JOIN said g ON (g.measure, g.level, g.stratum, g.period, g.group_focal, g.estimate) = (s.measure, s.level, s.stratum, s.period, s.group_focal, 'gap') WHERE s.estimate = 'shrunken') s
	WHERE NOT s.is_suppressed AND s.gap IS DISTINCT FROM (s.expected).shrunken
	UNION ALL
	SELECT s.key, s.estimate
	FROM said s
	CROSS JOIN LATERAL (SELECT welch_anova(t.d) AS expected FROM (SELECT distribution(st.score) AS d FROM student st JOIN said g ON g.group_focal = st.race AND g.estimate = 'gap' AND g.period = st.year::text AND g.level = s.level AND g.stratum = s.stratum
			AND g.n_focal IS NOT NULL WHERE g.period = s.period AND (s.level = 'all' OR st.school = s.stratum) GROUP BY st.race) t) e
	WHERE s.estimate = 'omnibus' AND (s.p_value, s.n_comparisons) IS DISTINCT FROM ((e.expected).p_value, (e.expected).n_groups)
	UNION ALL
	SELECT s.key, s.estimate
	FROM said s
	CROSS JOIN LATERAL (SELECT max(g.value_focal) - min(g.value_focal) AS widest FROM said g WHERE g.estimate = 'gap' AND (g.level, g.stratum, g.period) = (s.level, s.stratum, s.period) AND g.n_focal >= 10) e
	WHERE s.estimate = 'widest' AND NOT s.is_suppressed AND abs(s.gap + e.widest) > 1e-9
) s GROUP BY s.estimate;

-- of a rate those with the outcome, and those without, are groups too; of whom nobody or everybody has it, nothing is shown; what is hidden of one measure is hidden of all
CREATE TABLE tested AS
SELECT g, b, s.i <= x AS passed, s.i <= least(x, y) AS excelled, s.i AS score, CASE WHEN g = 'e' THEN 7 ELSE s.i END AS days
FROM (VALUES ('a', 'p', 60, 30, 15), ('b', 'p', 50, 45, 20), ('c', 'p', 70, 30, 18), ('d', 'p', 40, 20, 12), ('e', 'p', 44, 22, 11), ('f', 'p', 47, 23, 12),
	('a', 'q', 61, 31, 15), ('b', 'q', 52, 30, 14), ('c', 'q', 71, 31, 18), ('d', 'q', 41, 21, 12), ('e', 'q', 45, 22, 11), ('f', 'q', 48, 24, 12)) v (g, b, n, x, y), generate_series(1, n) AS s (i);
\set hides 'array_to_string(array_agg(DISTINCT measure || \':\' || group_focal ORDER BY measure || \':\' || group_focal) FILTER (WHERE level = \'b\' AND stratum = \'p\' AND n_focal IS NULL), \' \') AS hidden'
SELECT 'n' AS by, :hides FROM gap_report('tested', '{"s": {"score": "score", "direction": "higher"}}', '{g}', '{b}', suppress => true)
UNION ALL
SELECT 'b has 5 of 50 without it', :hides FROM gap_report('tested', '{"s": {"score": "score", "direction": "higher"}, "o": {"outcome": "passed", "direction": "higher"}}', '{g}', '{b}', suppress => true)
UNION ALL
SELECT 'all of e score the same', :hides FROM gap_report('tested', '{"d": {"score": "days", "direction": "higher"}}', '{g}', '{b}', suppress => true)
UNION ALL
SELECT 'nobody of a passes', :hides FROM gap_report('SELECT *, passed AND (g <> ''a'' OR b <> ''p'') AS p FROM tested WHERE g <> ''b''', '{"o": {"outcome": "p", "direction": "higher"}}', '{g}', '{b}', suppress => true)
UNION ALL
-- between two cuts are 3 of c
SELECT 'cuts', :hides FROM gap_report('SELECT *, CASE WHEN g = ''c'' AND b = ''p'' AND NOT excelled AND passed THEN CASE WHEN score <= 21 THEN 10 ELSE 20 END ELSE 10 * passed::int + 10 * excelled::int END AS level FROM tested WHERE g <> ''b''',
	'{"1": {"score": "level", "cut": 10, "direction": "higher"}, "2": {"score": "level", "cut": 20, "direction": "higher"}}', '{g}', '{b}', suppress => true)
UNION ALL
SELECT 'one cut', :hides FROM gap_report('SELECT *, CASE WHEN g = ''c'' AND b = ''p'' AND NOT excelled AND passed THEN CASE WHEN score <= 21 THEN 10 ELSE 20 END ELSE 10 * passed::int + 10 * excelled::int END AS level FROM tested WHERE g <> ''b''',
	'{"2": {"score": "level", "cut": 20, "direction": "higher"}}', '{g}', '{b}', suppress => true)
UNION ALL
-- d, all and without 4
SELECT 'cohort', :hides FROM gap_report('SELECT *, g <> ''d'' OR b <> ''p'' OR score > 4 AS c FROM tested', '{"s": {"score": "score", "direction": "higher"}, "t": {"score": "score", "cohort": "c", "direction": "higher"}}', '{g}', '{b}', suppress => true)
UNION ALL
-- whatever measures are called
SELECT 'names', :hides FROM gap_report('SELECT *, g <> ''c'' OR b <> ''p'' OR score > 4 AS c, CASE WHEN g <> ''f'' OR b <> ''p'' OR score <= 5 THEN score END AS other FROM tested', '{"s": {"score": "score", "direction": "higher"}, "t": {"score": "score", "cohort": "c", "direction": "higher"},
	"s who are not among those of t": {"score": "other", "direction": "higher"}}', '{g}', '{b}', suppress => true)
UNION ALL
-- of the 15 of a who are not, nobody passed
SELECT 'alike in no cohort', :hides FROM gap_report('SELECT *, g <> ''a'' OR b <> ''p'' OR score <= 45 AS c FROM tested WHERE g <> ''b''', '{"o": {"outcome": "passed", "direction": "higher"}, "p": {"outcome": "passed", "cohort": "c", "direction": "higher"}}', '{g}', '{b}', suppress => true)
UNION ALL
SELECT 'alone', :hides FROM gap_report('SELECT *, g <> ''d'' OR b <> ''p'' OR score > 4 AS c FROM tested', '{"t": {"score": "score", "cohort": "c", "direction": "higher"}}', '{g}', '{b}', suppress => true);
-- Every estimate that there is, of means and rates, by every rule: where the gap is hidden it tells nothing, but for the group's own where that is shown, and a goal,
-- which anybody may know; and what it tells is what it is. Widest gaps are between groups that are shown, whatever these are compared with (above)
CREATE FUNCTION known_estimates() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	PERFORM gapstats.gap_report('SELECT 1', '{"s": {"score": "s", "direction": "higher"}}', '{g}', estimates => '{none}');
EXCEPTION WHEN invalid_parameter_value THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN string_to_array(substring(hint FROM 'Use (.*)\.'), ', ');
END $$;
CREATE FUNCTION all_estimates(rule text, named jsonb, is_for_others boolean) RETURNS SETOF gap_report LANGUAGE sql AS $$
	SELECT * FROM gapstats.gap_report('report.student', '{"reading": {"score": "score", "direction": "higher", "goal": 440}, "gifted": {"outcome": "is_gifted", "direction": "higher", "goal": 0.6, "gap_goal": 0.01}}', '{race,lunch}', '{school}', 'year', digits => NULL,
		reference => rule, reference_groups => named, suppress => is_for_others, estimates => array_remove(report.known_estimates(), 'missing'))
$$;
SELECT s.estimate, count(*), count(*) FILTER (WHERE s.is_suppressed) AS suppressed, count(s.gap) AS told,
	count(*) FILTER (WHERE g.is_suppressed AND CASE WHEN s.estimate IN ('value', 'goal') THEN g.n_focal IS NULL AND num_nonnulls(s.n_focal, s.n_missing_focal, s.share, s.value_focal, s.gap, s.gap_se, s.gap_lower, s.gap_upper, s.n_needed) > 0
		ELSE NOT s.is_suppressed OR num_nonnulls(s.n_reference, s.n_missing_reference, s.value_reference, s.gap, s.gap_se, s.gap_lower, s.gap_upper, s.p_value, s.p_value_adjusted, s.n_comparisons, s.previous_period, s.n_needed) > 0 END) AS tell,
	count(*) FILTER (WHERE num_nonnulls(s.n_missing_focal, s.n_missing_reference) > 0) AS missing,
	-- of a family, a change and what is drawn those that are shown are fewer
	count(*) FILTER (WHERE NOT s.is_suppressed AND s.estimate NOT IN ('change', 'simultaneous', 'shrunken', 'probability_below_zero')
		AND (s.value_focal, s.value_reference, s.gap, s.gap_se, s.gap_lower, s.gap_upper, s.n_needed) IS DISTINCT FROM (o.value_focal, o.value_reference, o.gap, o.gap_se, o.gap_lower, o.gap_upper, o.n_needed)) AS differ
FROM (VALUES ('others', '{}'::jsonb), ('everyone', '{}'), ('others', '{"race": "White", "lunch": "paid"}'), ('others', '{"race": "Asian"}'), ('highest', '{}')) a (rule, named)
CROSS JOIN LATERAL (
	WITH s AS MATERIALIZED (SELECT * FROM all_estimates(a.rule, a.named, true))
	SELECT s, g FROM s JOIN s AS g ON g.estimate = 'gap' AND (g.measure, g.dimension, g.level, g.stratum, g.period, g.group_focal) = (s.measure, s.dimension, s.level, s.stratum, s.period, s.group_focal)
) r
LEFT JOIN LATERAL (SELECT * FROM all_estimates(a.rule, a.named, false)) o ON o.key = (r.s).key AND o.group_reference IS NOT DISTINCT FROM (r.s).group_reference
CROSS JOIN LATERAL (SELECT (r.s).*) s
CROSS JOIN LATERAL (SELECT (r.g).*) g
WHERE (o.key IS NOT NULL OR a.rule <> 'highest') AND s.estimate <> 'widest'
GROUP BY s.estimate ORDER BY s.estimate;
-- of rates: the audit of n and x as they are shown
CREATE TABLE rates AS
SELECT * FROM gap_report('student', '{"gifted": {"outcome": "is_gifted", "direction": "higher"}}', '{race,lunch}', '{school}', 'year', digits => NULL, suppress => true);
CREATE VIEW rate_truth AS
SELECT school, race, lunch, year::text AS year, count(is_gifted) AS n, count(*) FILTER (WHERE is_gifted) AS x
FROM (SELECT school, coalesce(race, 'not recorded') AS race, lunch, year, is_gifted FROM student) s
GROUP BY GROUPING SETS ((year), (year, race), (year, lunch), (year, school), (year, school, race), (year, school, lunch));
CREATE TABLE printed_rates AS
SELECT t.school, t.race, t.lunch, t.year, coalesce(o.n, '*') AS n, CASE WHEN o.n IS NULL THEN '*' ELSE coalesce(o.x, t.x::text) END AS x, o.x::bigint <> t.x AS is_wrong FROM rate_truth t LEFT JOIN told('rates') o ON o.cell = ARRAY[t.school, t.race, t.lunch, t.year];
SELECT count(*) AS cells, count(*) FILTER (WHERE n = '*') AS hidden, count(*) FILTER (WHERE x <> '*' AND (x::bigint BETWEEN 0 AND 9 OR n::bigint - x::bigint BETWEEN 0 AND 9) AND n <> '0') AS small, count(*) FILTER (WHERE is_wrong) AS wrong FROM printed_rates;
SELECT measure, verdict, can_be_small, count(*) FROM disclosure_audit('SELECT school, race, lunch, year, n, x FROM printed_rates', '{school,race,lunch,year}', '{"n": "count", "x": {"of": "n"}}') GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- the same from stored distributions and counts, whatever the order of rows and the plan
CREATE TABLE stored AS SELECT year, school, race, lunch, distribution(score) AS scores, count(*) FILTER (WHERE is_gifted) AS gifted, count(is_gifted) AS n FROM student GROUP BY 1, 2, 3, 4;
\set both '\'{"reading": {"score": "score", "direction": "higher"}, "gifted": {"outcome": "is_gifted", "direction": "higher"}}\''
CREATE TABLE both_measures AS SELECT * FROM gap_report('student', :both, '{race,lunch}', '{school}', 'year', digits => NULL, suppress => true);
SELECT count(*) AS differ FROM (SELECT * FROM both_measures EXCEPT SELECT * FROM gap_report('stored', '{"reading": {"distribution": "scores", "direction": "higher"}, "gifted": {"numerator": "gifted", "denominator": "n", "direction": "higher"}}', '{race,lunch}', '{school}', 'year', digits => NULL, suppress => true)) s;
SET enable_hashagg = off;
SET enable_hashjoin = off;
SELECT count(*) AS differ, (SELECT count(*) FROM both_measures WHERE is_suppressed) AS suppressed
FROM (SELECT * FROM both_measures EXCEPT SELECT * FROM gap_report('SELECT * FROM student ORDER BY i DESC', :both, '{race,lunch}', '{school}', 'year', digits => NULL, suppress => true)) s;
RESET enable_hashagg;
RESET enable_hashjoin;
-- a group that is hidden for one measure is for the other
SELECT count(*) FILTER (WHERE (a.n_focal IS NULL) <> (b.n_focal IS NULL)) AS differ FROM both_measures a JOIN both_measures b ON a.measure = 'reading' AND b.measure = 'gifted' AND (a.dimension, a.level, a.stratum, a.period, a.group_focal) = (b.dimension, b.level, b.stratum, b.period, b.group_focal);

-- those who are not recorded are a group like others: name them, and nothing else needs them
SELECT race, count(*) FILTER (WHERE is_suppressed) AS suppressed FROM (VALUES ('race'), ('coalesce(race, ''not recorded'')')) r (race),
	gap_report(format('SELECT school, score, %s AS race FROM student WHERE race <> ''Asian'' OR race IS NULL AND i %% 9 = 0', race), :reading, '{race}', '{school}', suppress => true) GROUP BY race ORDER BY race;
-- which an option does for each dimension: the rows are those of rows that name them, in whatever is asked
SELECT count(*) AS rows, count(*) FILTER (WHERE u.group_focal ~ 'not recorded') AS not_recorded, count(*) FILTER (WHERE to_jsonb(u) IS DISTINCT FROM to_jsonb(named)) AS differ, sum(u.n_missing_group) AS missing
FROM gap_report('student', :reading, '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL, estimates => '{gap,widest,omnibus,shrunken}', unrecorded_as_group => true) u
FULL JOIN gap_report('SELECT score, school, year, lunch, coalesce(race, ''not recorded'') AS race FROM student', :reading, '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL, estimates => '{gap,widest,omnibus,shrunken}') named USING (key);
SELECT count(*) AS rows, count(*) FILTER (WHERE p.group_name = 'not recorded') AS not_recorded, count(*) FILTER (WHERE to_jsonb(p) IS DISTINCT FROM to_jsonb(named)) AS differ
FROM percentile_report('student', :reading, '{race}', fractions => '{0.5}', suppress => true, unrecorded_as_group => true) p
FULL JOIN percentile_report('SELECT score, coalesce(race, ''not recorded'') AS race FROM student', :reading, '{race}', fractions => '{0.5}', suppress => true) named USING (key);
-- Three whose race is not recorded hide all gaps of race, or as many as any three do, and of all that is told the audit finds nothing
CREATE TABLE recorded AS
SELECT i, (ARRAY['north', 'east'])[1 + i % 2] AS school, CASE WHEN i > 3 THEN (ARRAY['Asian', 'Black', 'White'])[1 + i / 2 % 3] END AS race, 400 + i * 7919 % 101 AS score FROM generate_series(1, 300) AS i;
CREATE TABLE left_out AS SELECT * FROM gap_report('recorded', :reading, '{race}', '{school}', digits => NULL, suppress => true);
CREATE TABLE as_group AS SELECT * FROM gap_report('recorded', :reading, '{race}', '{school}', digits => NULL, suppress => true, unrecorded_as_group => true);
SELECT count(*) AS groups, count(n_focal) AS shown, count(gap) AS gaps FROM left_out WHERE level = 'all'
UNION ALL
SELECT count(*), count(n_focal), count(gap) FROM as_group WHERE level = 'all';
-- a share of the district would tell how many of it are recorded, in every school, and so how many are not
SELECT 'left out' AS report, level, count(n_focal) AS shown, count(share) AS shares FROM left_out GROUP BY level
UNION ALL
SELECT 'as group', level, count(n_focal), count(share) FROM as_group GROUP BY level ORDER BY report, level;
SELECT verdict, can_be_small, count(*)
FROM disclosure_audit($$
	SELECT t.school, t.race, coalesce(min(g.n)::text, '*') AS n
	FROM (SELECT school, coalesce(race, 'not recorded') AS race FROM recorded GROUP BY GROUPING SETS ((school, coalesce(race, 'not recorded')), (coalesce(race, 'not recorded')), (school), ())) t
	LEFT JOIN (
		SELECT CASE level WHEN 'school' THEN stratum END AS school, s.race, s.n
		FROM as_group a CROSS JOIN LATERAL (VALUES (a.group_focal, a.n_focal), (NULL, a.n_focal + a.n_reference)) AS s (race, n) WHERE s.n IS NOT NULL) g
		ON (g.school, g.race) IS NOT DISTINCT FROM (t.school, t.race)
	GROUP BY t.school, t.race $$, '{school,race}', '{"n": "count"}')
GROUP BY verdict, can_be_small;
-- names are the caller's, whatever they are
SELECT count(*), count(*) FILTER (WHERE is_suppressed) AS suppressed
FROM gap_report('SELECT score AS "number 1", coalesce(race, ''not recorded'') AS "number 2", CASE WHEN lunch = ''paid'' THEN ''"not recorded"'' END AS "c.cell[1]", school AS "number x" FROM student',
	'{"students of a": {"score": "number 1", "direction": "higher"}, "a": {"score": "number 1", "cut": 450, "direction": "higher"}}', '{"number 2","c.cell[1]"}', '{"number x"}', suppress => true);
-- no rows; a minimum; what is said wrongly
SELECT count(*) FROM gap_report('SELECT * FROM student WHERE false', :reading, '{race}', suppress => true);
SELECT min_n, count(*) FILTER (WHERE is_suppressed) AS suppressed, min(nullif(n_focal, 0)) AS least FROM unnest('{1,3,10,40}'::integer[]) AS min_n, gap_report('student', :reading, '{race,lunch}', '{school}', 'year', depth => 2, min_n => min_n, reference_groups => '{"race": "White"}', suppress => true) GROUP BY min_n ORDER BY min_n;
\set SHOW_CONTEXT never
SELECT gap_report('student', :reading, '{race}', suppress => NULL);
SELECT gap_report('student', :reading, '{race}', estimates => '{gap,missing}', suppress => true);
-- more than is worth waiting for: how many they are, and what makes them many
SET gapstats.max_small_together = 3;
SELECT gap_report('student', :reading, '{race,lunch}', '{school}', 'year', depth => 2, suppress => true);
SELECT count(*) > 0 AS ends FROM gap_report('student', :reading, '{lunch}', '{school}', suppress => true);
RESET gapstats.max_small_together;

-- a chart says that it is hidden
SELECT line FROM regexp_split_to_table((SELECT concat(c ->> 'description', E'\n', c #>> '{title,subtitle}') FROM chart('gaps', $$SELECT * FROM report.named WHERE dimension <> 'lunch' AND level = 'school' AND stratum = 'west' AND period = '2024'$$) c), E'\n') AS line;

-- a report that stands keeps it
CREATE ROLE regress_analyst;
CREATE ROLE regress_watcher IN ROLE pg_monitor;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
GRANT USAGE ON SCHEMA report TO regress_analyst;
GRANT SELECT ON student TO regress_analyst;
SET SESSION AUTHORIZATION regress_analyst;
SET search_path = district, report, gapstats;
SELECT create_report('gaps', 'student', :reading, '{race}', '{school}', 'year', '{"suppress": true, "reference_groups": {"race": "White"}}');
SELECT count(*), count(*) FILTER (WHERE is_suppressed) AS suppressed, count(gap) AS gaps, count(n_missing_focal) AS missing FROM gaps;
SELECT status, n_written FROM refresh_report('gaps');
SELECT alter_report('gaps', options => '{"reference_groups": {"race": "White"}}');
SELECT count(*) FILTER (WHERE is_suppressed) AS suppressed, count(gap) AS gaps, count(n_missing_focal) AS missing FROM gaps;
SELECT alter_report('gaps', options => '{"suppress": "perhaps"}');
-- who may read it although it is not suppressed, health tells with what mends it, to others than the owner without what the options name; unless they say that it is not to be
SELECT state, problem FROM report_health;
GRANT SELECT ON gaps TO PUBLIC;
GRANT SELECT (gap) ON gaps TO pg_monitor;
SELECT state, problem, fix FROM report_health;
SET SESSION AUTHORIZATION regress_watcher;
SELECT state, problem, fix FROM gapstats.report_health;
SET SESSION AUTHORIZATION regress_analyst;
SELECT fix FROM report_health \gexec
SELECT state, problem, count(*) FILTER (WHERE is_suppressed) > 0 AS is_suppressed FROM report_health, gaps GROUP BY state, problem;
SELECT alter_report('gaps', options => '{"suppress": false}');
SELECT state, problem FROM report_health;
-- the missing cannot be told with suppress
SELECT alter_report('gaps', options => '{"estimates": ["gap", "missing"]}', measures => '{"reading": {"score": "score", "direction": "higher", "scale": [0, 1000]}}');
SELECT fix FROM report_health;
-- who makes one is told what hides its gaps, and what to do
RESET SESSION AUTHORIZATION;
GRANT SELECT ON report.recorded TO regress_analyst;
SET SESSION AUTHORIZATION regress_analyst;
SELECT create_report('recorded_gaps', 'recorded', :reading, '{race}', '{school}', options => '{"suppress": true}');
SELECT alter_report('recorded_gaps', options => '{"suppress": true, "unrecorded_as_group": true}');
SELECT count(n_focal) AS shown, count(gap) AS gaps FROM recorded_gaps WHERE level = 'all';
SELECT alter_report('recorded_gaps', options => '{"suppress": true, "reference_groups": {"race": "White"}}');
SELECT alter_report('recorded_gaps', options => '{"suppress": true, "unrecorded_as_group": null}');
SELECT drop_report('recorded_gaps');
SELECT drop_report('gaps');
RESET SESSION AUTHORIZATION;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA report, district CASCADE;
DROP ROLE regress_analyst, regress_watcher;
