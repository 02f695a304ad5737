--
-- A table of which very much hangs together: the groups by race and sex of 4 districts and their 48 schools, counts and numerators, are
-- hidden; all else is shown, the groups of the state as well. The expected sums are those of test/reference/disclosure_large.py.
--
CREATE SCHEMA large;
SET search_path = large, gapstats;
CREATE TABLE page AS
WITH leaf AS (
		SELECT (s - 1) / 12 + 1 AS d, s, r, sex, 3 + (s * 37 + r * 11 + sex * 5 + s * r * sex) % 23 AS n, (s * 13 + r * 29 + sex * 7 + s * r) % 10 AS tenths
		FROM generate_series(1, 48) AS s, generate_series(1, 7) AS r, generate_series(1, 2) AS sex),
	cell AS (SELECT d, s, r, sex, sum(n) AS n, sum(n * tenths / 10) AS x FROM leaf GROUP BY GROUPING SETS ((), (d), (d, s)), CUBE (r, sex))
SELECT d, s, r, sex, CASE WHEN is_hidden THEN '*' ELSE n::text END AS n, CASE WHEN is_hidden THEN '*' ELSE x::text END AS x
FROM cell, LATERAL (SELECT d IS NOT NULL AND r IS NOT NULL AND sex IS NOT NULL AS is_hidden) AS hidden;
CREATE TABLE audited AS
SELECT * FROM disclosure_audit('page', '{d, s, r, sex}', '{"n": "count", "x": {"of": "n"}}') WHERE verdict <> 'all_same';
SELECT count(*) AS n, sum(least_nonneg) AS least_nonneg, sum(most_nonneg) AS most_nonneg, sum(least_whole) AS least_whole, sum(most_whole) AS most_whole,
	sum(least_rule) AS least_rule, sum(most_rule) AS most_rule FROM audited WHERE measure IN ('n', 'x');
-- Each times a number of its own: one that is too low is not made up for by one that is too high.
SELECT sum(own * least_nonneg) AS least_nonneg, sum(own * most_nonneg) AS most_nonneg, sum(own * least_rule) AS least_rule, sum(own * most_rule) AS most_rule
FROM audited, LATERAL (SELECT (coalesce(members[2]::int, 0) * 31 + members[3]::int * 7 + members[4]::int * 3 + members[1]::int * 17 + (measure = 'x')::int * 5) % 101 AS own) AS v WHERE measure IN ('n', 'x');
SELECT count(*) FILTER (WHERE most_nonneg = least_nonneg) AS exact, count(*) FILTER (WHERE most_nonneg > least_nonneg AND most_nonneg < least_nonneg + 5) AS narrow
FROM audited WHERE measure IN ('n', 'x');
-- The same is given away where intervals are not asked for.
SELECT count(*) AS n FROM (
	SELECT members, measure, verdict, least_rule, most_rule FROM audited WHERE verdict <> 'protected'
	EXCEPT SELECT members, measure, verdict, least_rule, most_rule
	FROM gapstats_internal.disclosure_leaks('page', '{d, s, r, sex}', '{"n": "count", "x": {"of": "n"}}', '{}', '{}', '{}', 10, NULL, 'show', 'zero', '{}', 1000, false)) AS v;
SET client_min_messages = warning;
DROP SCHEMA large CASCADE;
