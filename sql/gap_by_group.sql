-- The gaps of all groups' means at once. A row is that of mean_gap, whose numbers sql/gap.sql holds
-- against R; what mean_gap does not give is written out here.
SET search_path = gapstats, public, pg_temp;
CREATE TEMP TABLE scores (school text, race text, scores distribution);
INSERT INTO scores VALUES
	('North', 'White', '{224,231,219,240,228,235,222,229,243,226,233,217}'), ('North', 'Black', '{212,205,221,198,230,217,209,225,201,214}'),
	('North', 'Asian', '{250,251,249}'), ('North', NULL, '{1,2,3,4}'),
	('South', 'White', '{210,220}'), ('South', 'Black', NULL), ('South', 'Asian', '{230}'),
	('East', 'Asian', '{200,210,220}');

-- Against everyone else, and against one group, with the numbers of mean_gap to the bit
SELECT school, race, g.n_focal, g.n_reference, n_missing_group, g.difference = m.difference AND g.v IS NOT DISTINCT FROM m.v
	AND g.hedges_g_lower IS NOT DISTINCT FROM m.hedges_g_lower AND g.sd_reference IS NOT DISTINCT FROM m.sd_reference AS same, g.reason
FROM (SELECT school, race, scores, rollup(scores) OVER (PARTITION BY school) AS everyone, (gap_by_group(race, scores) OVER (PARTITION BY school)).* FROM scores WHERE race IS NOT NULL OR school <> 'North') AS g,
	mean_gap(scores, everyone - scores) AS m
ORDER BY 1, 2;
SELECT school, race, g.n_focal, g.n_reference, n_missing_group, g.mean_focal, g.mean_reference, g.difference, g.difference_lower = m.difference_lower AS same, g.reason
FROM (SELECT school, race, scores, (gap_by_group(race, scores, reference_group => 'White', require_reference => false, confidence => 0.9) OVER (PARTITION BY school)).* FROM scores) AS g
	LEFT JOIN (SELECT school, scores AS white FROM scores WHERE race = 'White') AS w USING (school),
	mean_gap(scores, white, 0.9) AS m
ORDER BY 1, 2;
-- the highest of those that are large enough; the frame and the order do not matter
SELECT race, n_reference, mean_reference, reason
FROM (SELECT race, (gap_by_group(race, scores, 'highest') OVER (ORDER BY race ROWS CURRENT ROW)).* FROM scores WHERE school = 'North') AS g ORDER BY race;
SELECT race, n_reference, mean_reference, reason
FROM (SELECT race, (gap_by_group(race, scores, 'highest', min_n_reference => 1) OVER ()).* FROM scores WHERE school = 'North') AS g ORDER BY race;
SELECT race, n_reference, reason FROM (SELECT race, (gap_by_group(race, scores, 'highest') OVER ()).* FROM scores WHERE school = 'South') AS g ORDER BY race;
-- of equal means the larger group is the highest, then the first by name, whatever the order of rows
SELECT array_agg(race ORDER BY race) FILTER (WHERE reason = 'is_reference') AS highest
FROM (SELECT race, (gap_by_group(race, scores, 'highest', min_n_reference => 1) OVER ()).*
	FROM (VALUES ('C', '{5,5}'::distribution), ('B', '{4,6,5}'), ('D', '{5,5,5}'), ('A', '{1}')) AS t (race, scores)) AS g;
-- From everyone, of whom the group is a part: of A among 25 students the others are 15, so all is 3/5 of the gap to them
SELECT bool_and(abs(g.difference - (mean(g.scores) - mean(everyone))) < 1e-12) AS difference,
	bool_and(abs(g.difference_se / (share * m.difference_se) - 1) < 1e-14 AND abs(g.difference_lower / (share * m.difference_lower) - 1) < 1e-14
		AND abs(g.hedges_g_upper / (share * m.hedges_g_upper) - 1) < 1e-14 AND abs(g.cohens_d / (share * m.cohens_d) - 1) < 1e-14) AS scaled,
	bool_and(g.p_value = m.p_value AND g.n_reference = 25 AND abs(g.mean_reference - mean(everyone)) < 1e-12 AND abs(g.sd_reference / stddev(everyone) - 1) < 1e-14) AS whole,
	-- A from everyone counts her own group's half of the pairs: A' = own / 2 + others A
	bool_and(abs(a.auc - ((1 - share) / 2 + share * o.auc)) < 1e-14 AND abs(g.v / a.v - 1) < 1e-12 AND abs(g.v_se / (share * o.auc_se * sqrt(2) * sqrt(2 * pi()) * exp(a.v * a.v / 4)) - 1) < 1e-12) AS v
FROM (SELECT race, scores, rollup(scores) OVER () AS everyone, (gap_by_group(race, scores, 'everyone') OVER ()).* FROM scores WHERE school = 'North' AND race IS NOT NULL) AS g,
	LATERAL (SELECT 1 - n(scores) / 25.0 AS share) AS s, mean_gap(scores, everyone - scores) AS m, v_gap(scores, everyone) AS a, v_gap(scores, everyone - scores) AS o
WHERE race <> 'Asian';
-- V from everyone is finite where a group is apart from the others: A is not 0 or 1 (v_gap, for which the two are independent)
SELECT name, abs(g.v - a.v) < 1e-12 AS v, g.v_se, g.v_lower, g.reason
FROM (SELECT name, d, rollup(d) OVER () AS everyone, (gap_by_group(name, d, 'everyone') OVER ()).* FROM (VALUES ('a', '{1,2,3}'::distribution), ('b', '{4,5,6}'), ('c', '{7,8,9:2}')) AS v(name, d)) AS g,
	v_gap(d, everyone) AS a
WHERE name <> 'b' ORDER BY name;
SELECT school, race, n_reference, difference, rounded(v, 6) AS v, reason FROM (SELECT school, race, (gap_by_group(race, scores, 'everyone') OVER (PARTITION BY school)).* FROM scores) AS g WHERE school <> 'North' ORDER BY 1, 2;

-- Misuse
SELECT gap_by_group(race, scores, reference_group => 'white') OVER () FROM scores WHERE school = 'North';
SELECT gap_by_group(race, scores, 'best') OVER () FROM scores WHERE school = 'North';
SELECT gap_by_group(race, scores, 'highest', 'White') OVER () FROM scores WHERE school = 'North';
SELECT gap_by_group(race, scores) OVER () FROM scores;
SELECT gap_by_group(race, scores) OVER () FROM (VALUES ('All', '{1,2}'::distribution), ('Black', '{1}')) AS t (race, scores);
SELECT gap_by_group(race, scores, confidence => NULL) OVER () FROM scores WHERE school = 'North';
SELECT gap_by_group(race, scores, confidence => 95) OVER () FROM scores WHERE school = 'North';
SELECT gap_by_group(race, scores, confidence => CASE race WHEN 'White' THEN 0.9 ELSE 0.95 END) OVER () FROM scores WHERE school = 'North';
SELECT gap_by_group(race, scores) OVER () FROM scores WHERE false;

-- Many groups in one partition, and coarse ones
SELECT count(*), count(difference), bool_and(abs(difference - (mean(scores) - mean(everyone - scores))) < 1e-9) AS right
FROM (SELECT scores, rollup(scores) OVER () AS everyone, (gap_by_group(i, scores) OVER ()).*
	FROM (SELECT i % 2000 AS i, distribution(i % 701) AS scores FROM generate_series(1, 20000) AS i GROUP BY 1) AS s) AS g;
SELECT g, n_focal, n_reference, reason
FROM (SELECT g, (gap_by_group(g, scores) OVER ()).* FROM (SELECT i % 3 AS g, distribution(ln(i)) AS scores FROM generate_series(1, 60000) AS i GROUP BY 1) AS s) AS t ORDER BY g;
