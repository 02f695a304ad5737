-- The fewest students to a goal. Numbers: MEASURES 17.3, and what trying gives.
SET search_path = gapstats, pg_temp, public;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-12 END;

-- as MEASURES has them, one by one
SELECT x1, n1, x2, n2, g, direction, reference, (w).n_needed, (w).n_capacity, (w).is_reachable, pg_temp.agrees((w).behind_reached, behind) AS reached, (w).reason,
	((w).n_needed_whole, (w).n_needed_each, (w).n_needed_both) = ((w).n_needed, (w).n_needed, (w).n_needed) AND (w).behind_whole_reached = (w).behind_reached AS is_whole
FROM (SELECT *, what_if(x1, n1, x2, n2, g, direction => direction, reference => reference) OVER (PARTITION BY i) AS w
	FROM (VALUES (1, 38, 95, 171, 285, 0.12, 'higher', 'others', 0.115789473684211), (2, 12, 50, 8, 20, 0.10, 'higher', 'others', 0.1), (3, 36, 90, 132, 220, 0.10, 'higher', 'others', 0.1),
		(4, 29, 80, 45, 250, 0.08, 'lower', 'others', 0.07), (5, 50, 60, 70, 100, 0.10, 'higher', 'others', -0.133333333333333), (6, 38, 95, 209, 380, 0.08, 'higher', 'everyone', 0.0789473684210526))
		AS v (i, x1, n1, x2, n2, g, direction, reference, behind)) AS s
ORDER BY i;
-- and with one less
SELECT pg_temp.agrees((a).behind_reached, 0.126315789473684) AS seven, pg_temp.agrees((b).behind_reached, 0.0825) AS eight
FROM (SELECT what_if(38, 95, 171, 285, 0.12, 7) OVER () AS a, what_if(29, 80, 45, 250, 0.08, 8, 'lower') OVER () AS b) AS s;
-- three schools: each, the whole and both
CREATE TEMP TABLE school (school text, x1 bigint, n1 bigint, x2 bigint, n2 bigint);
INSERT INTO school VALUES ('a', 12, 40, 66, 110), ('b', 20, 35, 70, 125), ('c', 3, 18, 24, 60);
\x on
SELECT school, (what_if(x1, n1, x2, n2, 0.10) OVER ()).* FROM school ORDER BY school;
\x off
SELECT DISTINCT n_needed_whole, n_needed_each, n_needed_both, pg_temp.agrees(behind_whole, 160.0 / 295 - 35.0 / 93) AS behind, pg_temp.agrees(behind_whole_reached, 166.0 / 1829) AS reached
FROM (SELECT (what_if(x1, n1, x2, n2, 0.10) OVER (ORDER BY school DESC ROWS 1 PRECEDING)).* FROM school) AS s;
-- the whole may need more than each
SELECT DISTINCT n_needed_whole, n_needed_each, n_needed_both FROM (SELECT (what_if(x1, n1, x2, n2, 0) OVER ()).* FROM (VALUES (1, 10, 1, 10), (0, 100, 0, 5), (5, 5, 95, 95)) AS v (x1, n1, x2, n2)) AS s;
-- who can be reached
SELECT school, n_needed, n_capacity, is_reachable, rounded(behind_reached, 4) AS reached, n_capacity_whole, is_whole_reachable, is_each_reachable, is_both_reachable
FROM (SELECT school, (what_if(x1, n1, x2, n2, 0.10, capacity) OVER ()).* FROM school JOIN (VALUES ('a', 7), ('b', 100), ('c', NULL)) AS v (school, capacity) USING (school)) AS s ORDER BY school;
SELECT school, n_capacity, is_reachable, is_whole_reachable, is_each_reachable, is_both_reachable FROM (SELECT school, (what_if(x1, n1, x2, n2, 0.10, CASE school WHEN 'b' THEN 0 WHEN 'a' THEN 8 ELSE 2 END) OVER ()).* FROM school) AS s ORDER BY school;
SELECT school, is_reachable, is_whole_reachable, is_each_reachable, is_both_reachable FROM (SELECT school, (what_if(x1, n1, x2, n2, 0.10, CASE school WHEN 'b' THEN 0 WHEN 'a' THEN 3 ELSE 3 END) OVER ()).* FROM school) AS s ORDER BY school;
-- whatever the counts: so many are enough, one less is not
CREATE FUNCTION pg_temp.is_met(x1 bigint, n1 bigint, x2 bigint, n2 bigint, g numeric, direction text, reference text, j bigint) RETURNS boolean
	RETURN (SELECT s * ((x2 + CASE reference WHEN 'everyone' THEN s * j ELSE 0 END) * n1 - (x1 + s * j) * n2) <= g * n1 * n2 FROM (SELECT CASE direction WHEN 'higher' THEN 1 ELSE -1 END) AS d (s));
SELECT direction, reference, count(*), bool_and(pg_temp.is_met(x1, n1, x2, n2, g, direction, reference, n_needed) AND (n_needed = 0 OR NOT pg_temp.is_met(x1, n1, x2, n2, g, direction, reference, n_needed - 1))) AS fewest
FROM (SELECT *, (what_if(x1, n1, x2, n2, g, direction => direction, reference => reference) OVER (PARTITION BY direction, reference, x1, n1, x2, n2, g)).n_needed
	FROM generate_series(1, 9, 2) AS n1, generate_series(0, n1) AS x1, generate_series(1, 10, 3) AS m, generate_series(0, m) AS y, unnest('{0,0.1,0.25,0.3}'::numeric[]) AS g,
		(VALUES ('higher', 'others'), ('lower', 'others'), ('higher', 'everyone'), ('lower', 'everyone')) AS o (direction, reference),
		LATERAL (SELECT CASE reference WHEN 'everyone' THEN x1 ELSE 0 END + y, CASE reference WHEN 'everyone' THEN n1 ELSE 0 END + m) AS r (x2, n2)) AS s
GROUP BY direction, reference ORDER BY direction, reference;
-- the largest counts that there are
SELECT n_needed, behind, behind_reached FROM (SELECT (what_if(0, 9223372036854775807, 9223372036854775807, 9223372036854775807, 0.3) OVER ()).*) AS s;
SELECT n_needed FROM (SELECT (what_if(0, 4000000000000000000, 4000000000000000001, 8000000000000000001, 0, reference => 'everyone') OVER ()).*) AS s;
-- a goal of many decimals, met exactly
SELECT (what_if(1, 3, 2, 3, 0.33333333333333333333333333333333333333) OVER ()).n_needed AS one, (what_if(1, 3, 2, 3, 0.33333333333333333333333333333333333334) OVER ()).n_needed AS none;
-- groups without students, a missing count, everyone of one group
SELECT x1, n1, x2, n2, n_needed, n_capacity, behind, n_units, n_units_left_out, n_needed_whole, n_needed_each, n_needed_both, reason
FROM (SELECT x1, n1, x2, n2, (what_if(x1, n1, x2, n2, 0.1) OVER ()).* FROM (VALUES (12, 40, 66, 110), (0, 0, 5, 9), (NULL, NULL, 5, 9), (4, 9, 0, 0), (NULL, 9, 5, 9), (4, 9, 5, NULL)) AS v (x1, n1, x2, n2)) AS s;
SELECT n_needed, n_units, n_needed_whole, is_whole_reachable, n_needed_each, is_each_reachable, n_needed_both, is_both_reachable, reason FROM (SELECT (what_if(4, 9, 4, 9, 0.1, reference => 'everyone') OVER ()).*) AS s;
SELECT n_needed, n_needed_whole, n_needed_each, n_needed_both, reason FROM (SELECT (what_if(x1, n1, x2, n2, 0.1) OVER ()).* FROM (VALUES (1, 10, 0, 0), (0, 0, 9, 10)) AS v (x1, n1, x2, n2)) AS s;
-- Errors
SELECT what_if(5, 4, 5, 9, 0.1) OVER ();
SELECT what_if(1, 4, 5, 9, -0.1) OVER ();
SELECT what_if(1, 4, 5, 9, 10) OVER ();
SELECT what_if(1, 4, 5, 9, 'NaN') OVER ();
SELECT what_if(1, 4, 5, 9, NULL) OVER ();
SELECT what_if(1, 4, 5, 9, 0.1, -1) OVER ();
SELECT what_if(1, 4, 5, 9, 0.1, direction => 'up') OVER ();
SELECT what_if(1, 4, 5, 9, 0.1, reference => NULL) OVER ();
SELECT what_if(4, 4, 3, 9, 0.1, reference => 'everyone') OVER ();
SELECT what_if(1, 4, 5, 9, g) OVER () FROM (VALUES (0.1), (0.2)) AS v (g);
SELECT what_if(1, 4, 5, 9, 0.1, direction => d) OVER () FROM (VALUES ('higher'), ('lower')) AS v (d);
RESET search_path;
