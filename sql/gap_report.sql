-- One call for all gaps. Its numbers are those of functions that are tested against R by themselves (gap, rate_gap, adjusted_p_value);
-- here it is tested that each stands in its row. First MEASURES 1.4, dataset A.
CREATE SCHEMA report;
SET search_path = report, gapstats;
CREATE FUNCTION agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-10 END;
CREATE TABLE a AS
SELECT 'F' AS team, unnest('{212,205,221,198,230,217,209,225,201,214}'::integer[]) AS score
UNION ALL
SELECT 'R', unnest('{224,231,219,240,228,235,222,229,243,226,233,217}'::integer[]);
SELECT group_focal, group_reference, rule_of_reference, n_focal, n_reference, level, stratum, gap, gap_lower, gap_upper, hedges_g, v, p_value, p_value_adjusted, family, n_comparisons, reason
FROM gap_report('a', '{"score": {"score": "score", "direction": "higher", "unit": "points"}}', '{team}');
SELECT agrees(gap, -15.71666666666667) AS gap, agrees(gap_se, 4.002079636156859) AS se, agrees(gap_lower, -24.16927915828188) AS lower, agrees(gap_upper, -7.264054175051454) AS upper
FROM gap_report('a', '{"score": {"score": "score", "direction": "higher"}}', '{team}', reference_groups => '{"team": "R"}', digits => NULL)
WHERE group_focal = 'F';

-- a district: two years, three schools, two dimensions with groups that are not known, scores and outcomes that are missing
CREATE TABLE student AS
SELECT i, 2024 + i % 2 AS year, (ARRAY['north', 'east', 'west'])[1 + i % 3] AS school,
	(ARRAY['Asian', 'Black', 'White', NULL])[1 + i / 7 % 4] AS race, (ARRAY['free', 'paid'])[1 + i / 11 % 2] AS lunch,
	CASE WHEN i % 13 <> 0 THEN 400 + i * 7919 % 101 + CASE i / 7 % 4 WHEN 1 THEN -20 * (2026 - 2024 - i % 2) ELSE 0 END END AS score,
	CASE WHEN i % 17 <> 0 THEN i * 31 % 10 < 3 + i / 7 % 4 END AS is_gifted, i * 37 % 180 AS days_absent, i % 5 > 0 AS is_tested
FROM generate_series(1, 1200) AS i;
\set measures '\'{"reading": {"score": "score", "direction": "higher", "unit": "points"}, "proficient": {"score": "score", "cut": 450, "direction": "higher"}, "gifted": {"outcome": "is_gifted", "direction": "higher", "cohort": "is_tested"}}\''
CREATE TABLE all_gaps AS
SELECT * FROM gap_report('student', :measures, '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL);
SELECT count(*), count(DISTINCT key) AS keys, array_agg(DISTINCT level) AS levels, array_agg(DISTINCT dimension) AS dimensions, min(n_comparisons), max(n_comparisons) FROM all_gaps;
-- each as the functions of one gap have it
SELECT measure, count(*), count(*) FILTER (WHERE (r.n_focal, r.n_reference, r.value_focal, r.value_reference, r.gap, r.gap_se, r.gap_lower, r.gap_upper, r.p_value)
	IS NOT DISTINCT FROM (g.n_focal, g.n_reference, g.value_focal, g.value_reference, g.difference, g.difference_se, g.difference_lower, g.difference_upper, g.p_value)) AS agree,
	count(*) FILTER (WHERE (r.n_missing_focal, r.n_missing_reference) = (g.n_missing_focal, g.n_missing_reference)) AS missing_agree
FROM all_gaps r
CROSS JOIN LATERAL (
	SELECT b.n_focal, b.n_reference, b.mean_focal AS value_focal, b.mean_reference AS value_reference, b.difference, b.difference_se, b.difference_lower, b.difference_upper, b.p_value, b.n_missing_focal, b.n_missing_reference
	FROM (
		SELECT (gap(s.score, s.grp = r.group_focal) FILTER (WHERE s.grp IS NOT NULL)).*
		FROM (SELECT s.*, CASE r.dimension WHEN 'race' THEN race WHEN 'lunch' THEN lunch ELSE race || ' x ' || lunch END AS grp FROM student s) s
		WHERE s.year::text = r.period AND (r.level = 'all' OR s.school = r.stratum)
	) b
	WHERE r.measure = 'reading'
	UNION ALL
	SELECT b.n_focal, b.n_reference, b.rate_focal, b.rate_reference, b.difference, b.difference_se, b.difference_lower, b.difference_upper, b.p_value, m.n_missing_focal, m.n_missing_reference
	FROM (
		SELECT count(*) FILTER (WHERE s.outcome AND s.grp = r.group_focal) AS x_focal, count(s.outcome) FILTER (WHERE s.grp = r.group_focal) AS n_focal,
			count(*) FILTER (WHERE s.outcome AND s.grp <> r.group_focal) AS x_reference, count(s.outcome) FILTER (WHERE s.grp <> r.group_focal) AS n_reference,
			count(*) FILTER (WHERE s.outcome IS NULL AND s.grp = r.group_focal) AS n_missing_focal, count(*) FILTER (WHERE s.outcome IS NULL AND s.grp <> r.group_focal) AS n_missing_reference
		FROM (SELECT s.*, CASE r.dimension WHEN 'race' THEN race WHEN 'lunch' THEN lunch ELSE race || ' x ' || lunch END AS grp, CASE r.measure WHEN 'gifted' THEN is_gifted ELSE score >= 450 END AS outcome FROM student s) s
		WHERE s.year::text = r.period AND (r.level = 'all' OR s.school = r.stratum) AND (r.measure <> 'gifted' OR s.is_tested)
	) m
	CROSS JOIN LATERAL rate_gap(m.x_focal, m.n_focal, m.x_reference, m.n_reference) b
	WHERE r.measure <> 'reading'
) g
GROUP BY measure
ORDER BY measure;
-- adjusted in families of one measure, dimension, level and year
SELECT count(*) FILTER (WHERE p_value_adjusted IS DISTINCT FROM adjusted) AS differ, count(DISTINCT family) AS families
FROM (SELECT *, adjusted_p_value(p_value) OVER (PARTITION BY measure, dimension, level, period) AS adjusted FROM all_gaps) s;
-- the change, and what it says
SELECT group_focal, period, previous_period, rounded(gap, 1) AS gap, rounded(previous_gap, 1) AS previous, rounded(change, 1) AS change, rounded(change_lower, 1) AS lower, rounded(change_upper, 1) AS upper, verdict
FROM all_gaps WHERE measure = 'reading' AND dimension = 'race' AND level = 'all' ORDER BY group_focal, period;
SELECT verdict, count(*) FROM all_gaps GROUP BY verdict ORDER BY verdict;
SELECT verdict, count(*) FROM gap_report('student', :measures, '{race,lunch}', '{school}', 'year', depth => 2, min_n => 40) GROUP BY verdict ORDER BY verdict;
-- In 201 schools nothing has changed but what chance changes among 30 of either group: by their own intervals some have, and in their family none has; one that
-- has is found
CREATE TABLE unchanged AS
SELECT s AS school, y AS year, g, ('x' || substr(md5(concat_ws(' ', s, y, g, i)), 1, 6))::bit(24)::integer % 1000 + CASE WHEN s = 202 AND g = 'a' AND y = 1 THEN 400 ELSE 0 END AS score
FROM generate_series(1, 202) s, generate_series(0, 1) y, unnest('{a,b}'::text[]) g, generate_series(1, 30) i;
SELECT stratum = '202' AS has_changed, count(*) AS schools, count(*) FILTER (WHERE change_lower > 0 OR change_upper < 0) AS without_0, count(*) FILTER (WHERE verdict <> 'not clear') AS clear, max(verdict) FILTER (WHERE verdict <> 'not clear') AS verdict
FROM gap_report('unchanged', '{"s": {"score": "score", "direction": "higher"}}', '{g}', '{school}', 'year', reference_groups => '{"g": "b"}')
WHERE level = 'school' AND group_focal = 'a' AND period = '1'
GROUP BY 1 ORDER BY 1;
-- adjusted in a family of their own, which rows of estimate change name; a verdict is by that
SELECT c.family, count(*), count(*) FILTER (WHERE c.p_value_adjusted IS DISTINCT FROM c.adjusted) AS wrong_p, count(*) FILTER (WHERE c.n_comparisons <> c.n) AS wrong_n,
	count(*) FILTER (WHERE (c.gap, c.gap_se, c.gap_lower, c.gap_upper, c.value_focal, c.value_reference, c.previous_period) IS DISTINCT FROM (g.change, g.change_se, g.change_lower, g.change_upper, g.gap, g.previous_gap, g.previous_period)) AS wrong_changes,
	count(*) FILTER (WHERE g.verdict <> 'too few' AND (g.verdict <> 'not clear') <> (c.p_value_adjusted <= 0.05)) AS wrong_verdicts
FROM (SELECT *, adjusted_p_value(p_value) OVER f AS adjusted, count(p_value) OVER f AS n
	FROM gap_report('student', :measures, '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL, estimates => '{change}') WINDOW f AS (PARTITION BY measure, dimension, level, period)) c
JOIN all_gaps g USING (measure, dimension, level, stratum, period, group_focal)
GROUP BY c.family ORDER BY c.family COLLATE "C";
SELECT count(*) AS without_change FROM all_gaps WHERE verdict IS NOT NULL AND NOT EXISTS (SELECT FROM gap_report('student', :measures, '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL, estimates => '{change}') c
	WHERE (c.measure, c.dimension, c.level, c.stratum, c.period, c.group_focal) = (all_gaps.measure, all_gaps.dimension, all_gaps.level, all_gaps.stratum, all_gaps.period, all_gaps.group_focal));
-- groups that are not known are in no gap, and counted
SELECT DISTINCT n_missing_group = (SELECT count(score) FROM student WHERE race IS NULL AND year = 2024) AS counted FROM all_gaps WHERE measure = 'reading' AND dimension = 'race' AND level = 'all' AND period = '2024';
-- the group's share of the district: of all whose outcome and group are known, in that year; so at every level shares add up to 1
SELECT bool_and(agrees(share, n_focal / total)) AS share
FROM (SELECT *, sum(n_focal) FILTER (WHERE level = 'all') OVER (PARTITION BY measure, dimension, period)::double precision AS total FROM all_gaps) s;
SELECT level, count(*) AS families, bool_and(abs(whole - 1) < 1e-12) AS add_up FROM (SELECT level, sum(share) AS whole FROM all_gaps GROUP BY measure, dimension, level, period) s GROUP BY level ORDER BY level;
-- references
SELECT rule_of_reference, group_reference, group_focal, rounded(gap, 2) AS gap, reason
FROM (
	SELECT * FROM gap_report('student', '{"reading": {"score": "score", "direction": "higher"}}', '{race}', reference => 'highest')
	UNION ALL SELECT * FROM gap_report('student', '{"reading": {"score": "score", "direction": "higher"}}', '{race}', reference => 'everyone')
	UNION ALL SELECT * FROM gap_report('student', '{"reading": {"score": "score", "direction": "higher"}}', '{race}', reference_groups => '{"race": "White"}')
) r;
-- the reference's missing, whoever it is: everyone, of whom the group is one, everybody else, a group, or nobody, which is no reference of anybody's
SELECT r.rule_of_reference, r.group_focal, r.group_reference, r.n_missing_focal, r.n_missing_reference
FROM (VALUES ('others', 10), ('everyone', 10), ('highest', 10), ('highest', 1000)) a (rule, min_n),
	gap_report('student', '{"reading": {"score": "score", "direction": "higher"}}', '{race}', reference => a.rule, min_n => a.min_n) r
ORDER BY a.rule, a.min_n, r.group_focal;
SELECT race, count(*) - count(score) AS missing FROM student GROUP BY race ORDER BY race;
SELECT r.estimate, r.group_focal, r.reason, r.gap_lower
FROM gap_report('student', '{"reading": {"score": "score", "direction": "higher", "scale": [0, 1000]}, "gifted": {"outcome": "is_gifted", "direction": "higher"}}', '{race}', reference => 'highest', min_n => 1000, estimates => '{missing}') r;
-- from stored distributions and counts the same as from rows
CREATE TABLE stored AS SELECT year, school, race, lunch, distribution(score) AS scores, count(*) FILTER (WHERE is_gifted) AS gifted, count(is_gifted) AS n FROM student GROUP BY 1, 2, 3, 4;
SELECT count(*), count(*) FILTER (WHERE (a.n_focal, a.gap, a.gap_lower, a.p_value_adjusted, a.change) IS NOT DISTINCT FROM (b.n_focal, b.gap, b.gap_lower, b.p_value_adjusted, b.change)) AS same
FROM gap_report('student', '{"reading": {"score": "score", "direction": "higher"}, "gifted": {"outcome": "is_gifted", "direction": "higher"}}', '{race,lunch}', '{school}', 'year', digits => NULL) a
JOIN gap_report('stored', '{"reading": {"distribution": "scores", "direction": "higher"}, "gifted": {"numerator": "gifted", "denominator": "n", "direction": "higher"}}', '{race,lunch}', '{school}', 'year', digits => NULL) b USING (key);
-- and the same bits whatever the order of rows and the plan
SELECT count(*) AS differ FROM ((SELECT * FROM all_gaps) EXCEPT (SELECT * FROM gap_report('SELECT * FROM student ORDER BY i DESC', :measures, '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL))) s;
SELECT gap, p_value FROM gap_report('a', '{"score": {"score": "score", "direction": "higher"}}', '{team}', digits => 2) LIMIT 1;
-- a query with a semicolon and a comment; a temporary table; no rows; names that need quotes
SELECT count(*) FROM gap_report(E'SELECT * FROM a -- all\n;\n', '{"score": {"score": "score", "direction": "higher"}}', '{team}');
CREATE TEMP TABLE "odd %" AS SELECT team AS "the ""team"" %s", score AS "sc'ore" FROM a;
SELECT group_focal, gap FROM gap_report('"odd %"', '{"it''s": {"score": "sc''ore", "direction": "higher"}}', ARRAY['the "team" %s']);
SELECT count(*) FROM gap_report('SELECT * FROM a WHERE false', '{"score": {"score": "score", "direction": "higher"}}', '{team}');
-- strata within one another
SELECT level, count(DISTINCT stratum) AS strata FROM gap_report('student', '{"reading": {"score": "score", "direction": "higher"}}', '{race}', '{year,school,lunch}') GROUP BY level ORDER BY level COLLATE "C";

-- groups, strata and periods are what their texts are, whatever equals what, and sort as the column does
CREATE EXTENSION IF NOT EXISTS citext;
CREATE TABLE alike AS SELECT i, (CASE WHEN i % 3 = 0 THEN 'White' WHEN i % 3 = 1 THEN 'white' ELSE 'Black' END)::citext AS race, (i % 2 + 9)::numeric AS year, i * 7 % 31 AS score FROM generate_series(1, 90) AS i;
SELECT group_focal, period, previous_period, n_focal FROM gap_report('alike', '{"r": {"score": "score", "direction": "higher"}}', '{race}', period => 'year');
SELECT count(*) AS differ FROM (SELECT * FROM gap_report('SELECT * FROM alike ORDER BY i', '{"r": {"score": "score", "direction": "higher"}}', '{race}', period => 'year')
	EXCEPT SELECT * FROM gap_report('SELECT * FROM alike ORDER BY i DESC', '{"r": {"score": "score", "direction": "higher"}}', '{race}', period => 'year')) s;
-- names that could be taken for others: groups and columns are told apart
SELECT group_focal FROM gap_report($$SELECT * FROM (VALUES ('p x q', 'r', 1), ('p', 'q x r', 2), ('x', 'y', 3), ('s x', 't', 4), ('s', 'x t', 5)) v (a, b, s)$$, '{"s": {"score": "s", "direction": "higher"}}', '{a,b}', depth => 2);
SELECT DISTINCT level, dimension FROM gap_report($$SELECT 'g' || i AS "a x b", i % 2 AS "all", i AS "x, y", i AS s FROM generate_series(1, 4) i$$,
	'{"s": {"score": "s", "direction": "higher"}}', '{"a x b"}', '{all,"x, y"}') ORDER BY 1;
-- what is not known comes after no period, nor does a gap to another group
SELECT period, previous_period, gap, change FROM gap_report($$SELECT nullif(2023 + i % 3, 2025) AS year, i % 2 AS g, i AS s FROM generate_series(1, 36) i$$,
	'{"s": {"score": "s", "direction": "higher"}}', '{g}', period => 'year', reference_groups => '{"g": "0"}') WHERE group_focal = '1';
SELECT period, group_reference, previous_period, gap FROM gap_report($$SELECT y, g, CASE WHEN g = 'a' THEN 0 WHEN (g = 'b') = (y = 1) THEN 30 ELSE 20 END + i AS s FROM generate_series(1, 3) y, unnest('{a,b,c}'::text[]) g, generate_series(1, 12) i$$,
	'{"s": {"score": "s", "direction": "higher"}}', '{g}', period => 'y', reference => 'highest') WHERE group_focal = 'a';
-- nor does one to a year in which nobody was tested, loaded or not
SELECT group_focal, period, previous_period, gap, change FROM gap_report($$SELECT y, g, CASE WHEN y <> 2 THEN (g = 'a')::int * y + i END AS s FROM generate_series(1, 3) y, unnest('{a,b}'::text[]) g, generate_series(1, 12) i$$,
	'{"s": {"score": "s", "direction": "higher"}}', '{g}', period => 'y', reference_groups => '{"g": "b"}') WHERE group_focal = 'a';
-- the highest-performing is the lowest where lower is better; nothing is reversed that is not clear
SELECT direction, group_focal, group_reference, gap FROM (
	SELECT * FROM gap_report('student', '{"gifted": {"outcome": "is_gifted", "direction": "higher"}}', '{race}', reference => 'highest')
	UNION ALL SELECT * FROM gap_report('student', '{"gifted": {"outcome": "is_gifted", "direction": "lower"}}', '{race}', reference => 'highest')) r;
SELECT now, verdict, sign(gap) AS gap, sign(previous_gap) AS previous FROM unnest('{-32,-3,1,9,50}'::integer[]) AS now,
	gap_report(format('SELECT (ARRAY[''a'',''b''])[1 + i %% 2] AS g, 100 + i * 7919 %% 31 + CASE i %% 2 WHEN 0 THEN CASE p WHEN 0 THEN -15 ELSE %s END ELSE 0 END AS s, p FROM generate_series(1, 302) i, generate_series(0, 1) p', now),
		'{"s": {"score": "s", "direction": "higher"}}', '{g}', period => 'p', reference_groups => '{"g": "b"}') WHERE group_focal = 'a' AND period = '1';
-- texts do not depend on the session, a single-precision number is what it is written as, and no name is looked up on the caller's path
SET datestyle = 'German';
SELECT group_focal, stratum, value_focal, gap FROM gap_report($$SELECT date '2025-09-01' + i % 2 AS d, timestamp '2025-09-01 10:00' AS t, 0.7::real AS x, i % 2 AS g FROM generate_series(1, 30) i$$,
	'{"r": {"score": "x", "cut": 0.7, "direction": "higher"}}', '{d}', '{t}', reference => 'everyone') WHERE level = 't';
RESET datestyle;
CREATE SCHEMA own;
CREATE DOMAIN own.text AS integer;
CREATE FUNCTION own.seven(bigint, anyelement) RETURNS bigint LANGUAGE sql AS 'SELECT 7::bigint';
CREATE AGGREGATE own.count(boolean) (SFUNC = own.seven, STYPE = bigint, INITCOND = 7);
CREATE AGGREGATE own.sum(integer) (SFUNC = own.seven, STYPE = bigint, INITCOND = 7);
CREATE AGGREGATE own.min(numeric) (SFUNC = own.seven, STYPE = bigint, INITCOND = 7);
CREATE FUNCTION own.to_jsonb(date) RETURNS jsonb LANGUAGE sql RETURN '7'::jsonb;
CREATE FUNCTION own.day_count(dayset) RETURNS integer LANGUAGE sql RETURN 7;
CREATE FUNCTION own.absence_rate(dayset, dayset) RETURNS double precision LANGUAGE sql RETURN 7;
CREATE FUNCTION own.absent_at_least(dayset, dayset, numeric) RETURNS boolean LANGUAGE sql RETURN NULL::boolean;
CREATE FUNCTION own.nobody(dayset, daterange) RETURNS dayset LANGUAGE sql RETURN NULL::dayset;
CREATE FUNCTION own.never(integer, integer) RETURNS boolean LANGUAGE sql RETURN false;
CREATE FUNCTION own.seven(bigint, bigint) RETURNS bigint LANGUAGE sql RETURN 7::bigint;
CREATE OPERATOR own.& (LEFTARG = dayset, RIGHTARG = daterange, FUNCTION = own.nobody);
CREATE OPERATOR own.>= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = own.never);
CREATE OPERATOR own.- (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = own.seven);
SET search_path = own, report, gapstats, pg_catalog;
SELECT measure, group_focal, period, previous_period, n_focal, value_focal
FROM gap_report($$SELECT team, score, score > 220 AS o, 1 AS x, 2 AS n, 10.0 - score % 2 AS p, date '2025-09-01' AS d FROM report.a$$,
	'{"r": {"score": "score", "direction": "higher"}, "o": {"outcome": "o", "direction": "higher"}, "x": {"numerator": "x", "denominator": "n", "direction": "higher"}}', '{team}', '{d}', 'p')
WHERE level = 'd' AND stratum = '2025-09-01';
SELECT measure, estimate, n_focal, n_missing_focal, value_focal
FROM gap_report($$SELECT team, '2025-09-01'::date::gapstats.dayset AS absent, '[2025-09-01,2025-09-20]'::daterange::gapstats.dayset AS enrolled FROM report.a$$,
	'{"rate": {"absent": "absent", "enrolled": "enrolled", "during": "[2025-09-01,2025-09-10]", "direction": "lower"}, "chronic": {"absent": "absent", "enrolled": "enrolled", "during": "[2025-09-01,2025-09-10]", "cut": 0.1, "direction": "lower", "goal": 0.5},
	"days": {"days": "enrolled", "during": "[2025-09-01,2025-09-10]", "direction": "lower"}}', '{team}', estimates => '{gap,missing,percentiles,goal,simultaneous}')
WHERE group_focal = 'F' AND estimate IN ('gap', 'goal', 'percentile 0.5');
SET search_path = report, gapstats;
SET client_min_messages = warning;
DROP SCHEMA own CASCADE;
RESET client_min_messages;
-- a stratum with one group; a group without outcomes, whose strata have students without a group; and a change without an error
SELECT measure, stratum, n_focal, n_reference, n_missing_focal, n_missing_group, gap, gap_lower, reason
FROM gap_report($$SELECT * FROM (VALUES ('s', 'A', 1), ('s', 'A', 2), ('t', 'A', 1), ('t', 'A', 4), ('t', 'B', NULL), ('t', NULL, 3), ('t', NULL, 2)) v (school, g, s)$$,
	'{"score": {"score": "s", "direction": "higher"}, "rate": {"score": "s", "cut": 2, "direction": "higher"}}', '{g}', '{school}', reference => 'everyone');
SELECT measure, n_focal, n_reference, n_missing_focal, n_missing_group, reason
FROM gap_report($$SELECT g, s, s > 1 AS o FROM (VALUES ('A', NULL), ('A', NULL), ('B', NULL), (NULL, 3)) v (g, s)$$, '{"score": {"score": "s", "direction": "higher"}, "rate": {"outcome": "o", "direction": "higher"}}', '{g}');
SELECT group_focal, period, gap, previous_gap, change, change_se, verdict
FROM gap_report($$SELECT (ARRAY['a', 'b'])[1 + i % 2] AS g, i % 2 = y AS o, y FROM generate_series(1, 200) i, generate_series(0, 1) y$$, '{"o": {"outcome": "o", "direction": "higher"}}', '{g}', period => 'y', reference_groups => '{"g": "b"}');
-- domains are what they are over; any type has a text
CREATE DOMAIN tested AS integer CHECK (VALUE >= 0);
SELECT group_focal, gap FROM gap_report($$SELECT json_build_object('g', i % 2) AS g, (i % 3)::tested AS x, 3::tested AS n FROM generate_series(1, 30) i$$, '{"r": {"numerator": "x", "denominator": "n", "direction": "higher"}}', '{g}');

-- a pair that nobody has both of
SELECT dimension, group_focal, gap FROM gap_report($$SELECT CASE WHEN i % 2 = 0 THEN 'p' || i % 4 END AS a, CASE WHEN i % 2 = 1 THEN 'q' || i % 4 END AS b, i AS s FROM generate_series(1, 40) i$$,
	'{"s": {"score": "s", "direction": "higher"}}', '{a,b}', depth => 2);

\set SHOW_CONTEXT never
-- on every scale, in small strata and in large ones: as each group's distribution by itself has it
CREATE TABLE scale AS
SELECT i, 'room ' || (CASE WHEN i < 400 THEN i % 150 ELSE 150 + i % 3 END) AS room, (ARRAY['a', 'b', 'c', NULL])[1 + i * 31 % 17 % 4] AS team, i * 7919 % 311 AS short, i * 7919 % 1300 - 700 AS long,
	CASE WHEN i % 50 = 0 THEN 32767 WHEN i % 50 = 1 THEN -32768 ELSE i % 9 END AS far, 1e6 + i % 7 AS beyond, i % 97 / 8.0::double precision AS fractions, i % 100 + (i > 2000)::integer / 4.0 AS fractions_at_last,
	nullif(i % 5, 0) AS missing
FROM generate_series(1, 3000) AS i;
CREATE TABLE stored_scale AS
SELECT i % 700 AS part, room, team, distribution(short) AS short, distribution(long) AS long, distribution(far) AS far, distribution(beyond) AS beyond, distribution(fractions) AS fractions,
	distribution(fractions_at_last) AS fractions_at_last, distribution(missing) AS missing
FROM scale GROUP BY 1, 2, 3;
CREATE VIEW by_itself AS
SELECT m.measure, r.stratum, r.grp, gap(m.value, r.team = r.grp) FILTER (WHERE r.team IS NOT NULL) AS g
FROM (SELECT s.*, l.stratum, g.grp FROM scale s, LATERAL (VALUES ('all'), (room)) AS l (stratum), unnest('{a,b,c}'::text[]) AS g (grp)) r,
	LATERAL (VALUES ('short', short), ('long', long), ('far', far), ('beyond', beyond), ('fractions', fractions), ('fractions_at_last', fractions_at_last), ('missing', missing)) AS m (measure, value)
GROUP BY 1, 2, 3;
SELECT k.kind, r.measure, count(*), count(*) FILTER (WHERE (r.n_focal, r.n_reference, r.value_focal, r.value_reference, r.gap, r.gap_se, r.gap_lower, r.hedges_g, r.v, r.p_value)
	IS DISTINCT FROM ((b.g).n_focal, (b.g).n_reference, (b.g).mean_focal, (b.g).mean_reference, (b.g).difference, (b.g).difference_se, (b.g).difference_lower, (b.g).hedges_g, (b.g).v, (b.g).p_value)) AS different
FROM (VALUES ('score', 'scale'), ('distribution', 'stored_scale')) AS k (kind, rows)
CROSS JOIN LATERAL gap_report(rows, (SELECT jsonb_object_agg(m, jsonb_build_object(kind, m, 'direction', 'higher')) FROM unnest('{short,long,far,beyond,fractions,fractions_at_last,missing}'::text[]) AS m), '{team}', '{room}', digits => NULL) r
JOIN by_itself b ON (b.measure, b.stratum, b.grp) = (r.measure, r.stratum, r.group_focal)
GROUP BY 1, 2 ORDER BY 1, 2;

-- the rows are grouped by columns alone, once: what Citus can have its workers do
SELECT regexp_count(s.text, 'GROUP BY') AS groupings, substring(s.text FROM 'GROUP BY [^)]*') AS by, s.text ~* 'grouping sets|cube|over|distinct|within group|order by' AS has_more
FROM gapstats_internal.report_cells('student', '{school,year}', '{race,lunch}', NULL, :measures, false) AS s (text);
-- and rolled up from whatever cells there are
CREATE FUNCTION rolled(cells text, VARIADIC places integer[] DEFAULT '{1,0,1,1,1,0}') RETURNS SETOF text LANGUAGE sql AS $$
SELECT concat_ws('|', r.level, r.stratum, r.period, r.period_place, r.dimension, r.members, r.group_name, r.measure, r.scores, r.n_outcome, r.n, r.n_missing)
FROM gapstats_internal.report_rollup(cells, '{all,s}', ARRAY[places[1:2], places[3:4]], '{d}', ARRAY[places[5:6]]) r
$$;
SELECT rolled($$VALUES ('x'::text, 'g'::text, NULL::text, 1::bigint, 'm', '{1}'::distribution, 1::bigint, 2::bigint, NULL::bigint), (NULL, 'g', NULL, 1, 'm', '{}', NULL, 3, NULL), ('x', NULL, NULL, 1, 'm', NULL, 4, NULL, NULL)$$);
SELECT rolled($$VALUES ('x'::text, 'p'::text, 9223372036854775807::bigint, 'm', NULL::distribution, 1::bigint, 1::bigint, 1::bigint)$$, 1, 0, 1, 1, 0, 0);
SELECT rolled($$VALUES ('x'::text, 'g'::text, 'h'::text, 'p'::text, 1::bigint, 'm', NULL::distribution, 1::bigint, 1::bigint, 1::bigint)$$);
SELECT rolled($$VALUES ('x'::text, 'g'::text, 'p'::text, NULL::bigint, 'm', NULL::distribution, 1::bigint, 1::bigint, 1::bigint)$$);
SELECT rolled($$VALUES ('x'::text, 'g'::text, 'p'::text, 1::bigint, NULL::text, NULL::distribution, 1::bigint, 1::bigint, 1::bigint)$$);
SELECT rolled($$SELECT 'x'::text, 'g'::text, 'p'::text, 1::bigint, 'm', NULL::distribution, 9223372036854775807, 1::bigint, 1::bigint FROM generate_series(1, 2)$$);
-- more cells than wait for others of their stratum
CREATE TABLE many AS
SELECT (i % 7)::text AS s, (i % 3)::text AS d, t.scores FROM (SELECT distribution(x) AS scores FROM generate_series(1, 1000) AS x) AS t, generate_series(1, 2500) AS i;
SELECT pg_size_pretty(sum(pg_column_size(scores + NULL))) AS cells FROM many;
SELECT r.level, count(*) AS groups, count(*) FILTER (WHERE r.scores IS DISTINCT FROM e.scores OR r.n IS DISTINCT FROM e.n) AS different
FROM gapstats_internal.report_rollup('SELECT s, d, NULL::text, 1::bigint, ''m''::text, scores, NULL::bigint, 1::bigint, NULL::bigint FROM many', '{all,s}', '{{1,0},{1,1}}', '{d}', '{{1,0}}') AS r
LEFT JOIN (SELECT s, d, rollup(scores) AS scores, count(*) AS n FROM many GROUP BY GROUPING SETS ((s, d), (d))) AS e ON (e.d, e.s) IS NOT DISTINCT FROM (r.group_name, r.stratum[1])
GROUP BY r.level ORDER BY r.level;
DROP TABLE many;
SELECT rolled('SELECT 1'), rolled('SELECT 1::bigint, 2');
SELECT rolled('SELECT 1', 1, 0, 2, 1, 1, 0);
SELECT rolled('SELECT 1', 1, 0, 2, 2, 1, 0);
SELECT rolled('SELECT 1', 1, 0, 1, 1601, 1, 0);
SELECT rolled('SELECT 1', 1, 0, 1, 1, -1, 0);
SELECT rolled('SELECT 1', 1, 0, 1, 1, NULL, 0);
SELECT rolled(NULL);
SELECT gapstats_internal.report_rollup('SELECT 1', '{all}', '{1,0}', '{}', '{}'), gapstats_internal.report_rollup('SELECT 1', '{}', '{}', '{}', '{}');
SELECT gapstats_internal.report_rollup('SELECT 1', '{all}', '{{1,0}}', '{}', '{}');
SELECT gapstats_internal.report_rollup('SELECT 1', NULL, '{{1,0}}', '{d}', '{{1,0}}');

-- strata have the places that their dimensions, levels and values have, in every measure and period
SELECT count(*), count(DISTINCT place), count(*) FILTER (WHERE place <> by_values) AS different
FROM (SELECT dense_rank() OVER (ORDER BY g.stratum_place) AS place, dense_rank() OVER (ORDER BY g.dimension, g.n_strata, g.level, g.stratum) AS by_values
	FROM gapstats_internal.report_groups($$SELECT * FROM unnest('{b,A,NULL,a,"x, y",10,9,""}'::text[]) AS s, unnest('{2,NULL,10,1}'::integer[]) AS t, unnest('{f,m}'::text[]) AS d, unnest('{true,false}'::boolean[]) AS b, generate_series(1, 2) AS y$$,
		'{"m": {"score": "y", "direction": "higher"}, "k": {"outcome": "b", "direction": "higher"}}', '{d,b}', '{t,s}', 'y', 2, '{}', false) AS g) AS r;

-- significant digits: what numeric rounds to, where it is not a tie
SELECT count(*) > 6000 AS many, count(*) FILTER (WHERE gapstats_internal.significant(exact::double precision, d) <> round(exact, place)::double precision) AS different,
	count(*) FILTER (WHERE gapstats_internal.significant(-exact::double precision, d) <> -round(exact, place)::double precision) AS negative
FROM (SELECT *, d - 1 - floor(log(exact))::integer AS place
	FROM (SELECT (1 + i * 7919 % 1000003) * unit AS exact, d
		FROM generate_series(1, 80) AS i, unnest('{9.31322574615478515625e-10,0.0009765625,1,1048576,1125899906842624}'::numeric[]) AS unit, generate_series(1, 17) AS d) v) w
WHERE abs(exact - round(exact, place)) * 10.0::numeric ^ place <> 0.5;
SELECT gapstats_internal.significant(x, 4), gapstats_internal.significant(x, 1)
FROM unnest('{0,9999.5,9999.4,0.00012345,2.5,3.5,1e-300,1.7976931348623157e308,1e22,-1e22,5e-324,1000,999.95}'::double precision[]) AS x;

-- what is said wrongly
SELECT gap_report('a', '{"r": {"score": "scores", "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "team", "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"outcome": "score", "direction": "higher"}}', '{team}');
SELECT gap_report('SELECT *, 1.5 AS n FROM a', '{"r": {"numerator": "score", "denominator": "n", "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score"}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "up"}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "outcome": "score", "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"scored": "score", "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"numerator": "score", "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"outcome": "score", "cut": 3, "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "cut": "3", "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "cut": 1e309, "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"score": 5, "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"score": null, "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"absent": "score", "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "scale": 5, "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "scale": [5, "9"], "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "denominator": "score", "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', period => 'team');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', period => '');
-- more students than there are people: of one column in one cell, and of all together
SELECT gap_report($$SELECT 'a' AS team, 3::bigint AS x, 3000000000 AS n$$, '{"r": {"numerator": "x", "denominator": "n", "direction": "higher"}}', '{team}');
SELECT gap_report($$SELECT 'a' AS team, 9223372036854775807 AS x, 9223372036854775807 AS n FROM generate_series(1, 2)$$, '{"r": {"numerator": "x", "denominator": "n", "direction": "higher"}}', '{team}');
SELECT gap_report($$SELECT chr(97 + i % 3) AS team, 1::bigint AS x, 2000000000 AS n, i AS school FROM generate_series(1, 3) i$$, '{"r": {"numerator": "x", "denominator": "n", "direction": "higher"}}', '{team}', '{school}');
SELECT gap_report('a', '{"r": "score"}', '{team}');
SELECT gap_report('a', '{}', '{team}');
SELECT gap_report('a', '[]', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{}');
SELECT gap_report('SELECT *, NULL::text AS tribe FROM a', '{"r": {"score": "score", "direction": "higher"}}', '{tribe}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '[2:2]={team}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{{team}}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{teams}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', '{school}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', period => 'year');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team,team}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', reference => 'white');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', reference_groups => '{"team": "X"}');
SELECT gap_report('student', '{"r": {"score": "score", "direction": "higher"}}', '{race}', reference_groups => '{"race": "X"}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', reference_groups => '{"race": "X"}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', reference_groups => '{"team": null}');
SELECT gap_report('SELECT * FROM a WHERE false', '{"r": {"score": "score", "direction": "higher"}}', '{team}', confidence => 2);
SELECT gap_report('SELECT *, score FROM a', '{"r": {"score": "score", "direction": "higher"}}', '{team}');
SELECT gap_report('SELECT *, score::text::money AS m FROM a', '{"r": {"score": "m", "direction": "higher"}}', '{team}');
SELECT gap_report('SELECT *, 3 AS n FROM a', '{"r": {"numerator": "score", "denominator": "n", "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "cut": 1e400, "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', depth => 3);
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', min_n => 0);
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', confidence => 95);
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', digits => 0);
SELECT gap_report('a', NULL, '{team}');
SELECT gap_report(NULL, '{"r": {"score": "score", "direction": "higher"}}', '{team}');
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', NULL);
SELECT gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}', strata => NULL);
SELECT gap_report('SELECT i AS team, i AS score FROM generate_series(1, 10001) AS i', '{"r": {"score": "score", "direction": "higher"}}', '{team}');
SELECT gap_report('nowhere', '{"r": {"score": "score", "direction": "higher"}}', '{team}');
SELECT gap_report('SELECT 1; SELECT 2', '{"r": {"score": "score", "direction": "higher"}}', '{team}');
SELECT gap_report('SELECT 1) AS x, (SELECT 2', '{"r": {"score": "score", "direction": "higher"}}', '{team}');
SELECT gap_report('DELETE FROM a', '{"r": {"score": "score", "direction": "higher"}}', '{team}');
SELECT gap_report($$SELECT 'NaN'::float8 AS score, team FROM a$$, '{"r": {"score": "score", "direction": "higher"}}', '{team}');
-- it writes nothing, and runs no function of a stranger's
CREATE FUNCTION writes() RETURNS integer LANGUAGE sql AS $$INSERT INTO report.a VALUES ('X', 0) RETURNING 1$$;
SELECT gap_report('SELECT *, writes() FROM a', '{"r": {"score": "score", "direction": "higher"}}', '{team}');

-- who may call it is anybody, for what he may read
CREATE ROLE regress_analyst;
GRANT USAGE ON SCHEMA report TO regress_analyst;
GRANT SELECT ON a TO regress_analyst;
SET ROLE regress_analyst;
SELECT group_focal, gap FROM gap_report('a', '{"r": {"score": "score", "direction": "higher"}}', '{team}');
SELECT gap_report('student', '{"r": {"score": "score", "direction": "higher"}}', '{race}');
RESET ROLE;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA report CASCADE;
DROP ROLE regress_analyst;
