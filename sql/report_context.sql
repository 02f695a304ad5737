-- Context and opportunity (MEASURES 11) as reports: the worked example, and by hand what is said of adults and of use.
CREATE SCHEMA report;
SET search_path = report, gapstats;
CREATE FUNCTION agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN abs(actual - expected) <= 1e-13 * abs(expected);

-- Families who trust their school: 132 of 210, and 241 of 310, as R's prop.test and Newcombe's method have them; and who did not answer
CREATE TABLE family AS
SELECT g, CASE WHEN k <= n THEN k <= x END AS trusts FROM (VALUES ('F', 132, 210, 40), ('R', 241, 310, 25)) v (g, x, n, m), generate_series(1, n + m) k;
SELECT n_focal, n_reference, n_missing_focal, agrees(value_focal, 0.6285714285714286) AS focal, agrees(value_reference, 0.7774193548387097) AS reference, agrees(gap, -0.1488479262672812) AS gap,
	agrees(gap_lower, -0.2284201952603470) AS lower, agrees(gap_upper, -0.0690992480556966) AS upper
FROM gap_report('family', '{"trust": {"outcome": "trusts", "direction": "higher"}}', '{g}', digits => NULL) WHERE group_focal = 'F';
-- each group's own, Wilson's interval
SELECT group_focal, agrees(gap, value) AS rate, agrees(gap_lower, lower) AS lower, agrees(gap_upper, upper) AS upper
FROM gap_report('family', '{"trust": {"outcome": "trusts", "goal": 0, "direction": "higher"}}', '{g}', estimates => '{goal}', digits => NULL)
JOIN (VALUES ('F', 0.6285714285714286, 0.5614590606483456, 0.6910644691564101), ('R', 0.7774193548387097, 0.7278767312208722, 0.8201706830573929)) e (group_focal, value, lower, upper) USING (group_focal);

-- Students with no adult whom they trust, with one at least, with two at least: of ten of each group who were listed, by hand; the others are counted
CREATE TABLE student AS
SELECT g, adult, adult = 0 AS has_none
FROM (VALUES ('a', '{0,0,0,1,1,2,2,3,5,9,NULL,NULL,NULL}'::integer[]), ('b', '{0,1,2,2,2,2,3,3,4,4,NULL}')) v (g, adults), unnest(adults) AS adult;
SELECT measure, direction, group_focal, n_focal, n_missing_focal, value_focal, value_reference, gap, risk_ratio
FROM gap_report('student', '{"none": {"outcome": "has_none", "direction": "lower"}, "one or more": {"score": "adult", "cut": 1, "direction": "higher"}, "two or more": {"score": "adult", "cut": 2, "direction": "higher"}}', '{g}')
ORDER BY measure, group_focal;

-- Days on which an app was used: median and ninetieth percentile of those who are enrolled, and of those who ever used it. Of a they are 0 (five times), 1, 1, 2, 2, 3, 4, 6, 10, 20
-- and 60: place 7 from the least, of 0 to 14, and 12.6, between 10 and 20; of the ten who are active place 4.5 and 8.1, between 3 and 4, and 20 and 60. Of b 0 and 5 to 14: places 5
-- and 9; of the active 4.5 and 8.1.
CREATE TABLE used AS
SELECT g, n > 0 AS is_active, daterange('2025-09-01', '2025-09-01'::date + n)::dayset AS days
FROM (VALUES ('a', '{0,0,0,0,0,1,1,2,2,3,4,6,10,20,60}'::integer[]), ('b', '{0,5,6,7,8,9,10,11,12,13,14}')) v (g, ns), unnest(ns) AS n;
SELECT measure, group_name, n, array_agg(rounded(value, 12) ORDER BY fraction)::float8[] = CASE measure || group_name WHEN 'per enrolleda' THEN '{2,16}'::float8[] WHEN 'per activea' THEN '{3.5,24}' WHEN 'per enrolledb' THEN '{9,13}' ELSE '{9.5,13.1}' END AS by_hand
FROM percentile_report('used', '{"per enrolled": {"days": "days", "direction": "higher"}, "per active": {"days": "days", "cohort": "is_active", "direction": "higher"}}', '{g}', fractions => '{0.5,0.9}', min_n => 1, digits => NULL)
GROUP BY measure, group_name, n ORDER BY measure, group_name;
-- and their means, and the share who are active: 10 of 15, and 10 of 11
SELECT measure, group_focal, n_focal, value_focal, agrees(value_focal, expected) AS by_hand
FROM gap_report('used', '{"per enrolled": {"days": "days", "direction": "higher"}, "per active": {"days": "days", "cohort": "is_active", "direction": "higher"}, "active": {"days": "days", "cut": 1, "direction": "higher"}}', '{g}', digits => NULL)
JOIN (VALUES ('per enrolled', 'a', 109 / 15.0), ('per enrolled', 'b', 95 / 11.0), ('per active', 'a', 10.9), ('per active', 'b', 9.5), ('active', 'a', 10 / 15.0), ('active', 'b', 10 / 11.0)) e (measure, group_focal, expected) USING (measure, group_focal)
ORDER BY measure, group_focal;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA report CASCADE;
