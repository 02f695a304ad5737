-- Significant disproportionality in special education: 34 CFR 300.647.
-- Numbers that no published table prints: test/reference/disproportionality.py.
SET search_path = gapstats, public, pg_temp;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected IS NULL OR expected = 0 THEN actual IS NOT DISTINCT FROM expected ELSE abs(actual / expected - 1) < 1e-10 END;

-- An LEA and its State's published counts
CREATE TEMP TABLE identification (lea text, race text, x bigint, n bigint);
INSERT INTO identification VALUES
	('Springfield', 'HI', 60, 500), ('Springfield', 'AM', 4, 25), ('Springfield', 'AS', 6, 120), ('Springfield', 'BL', 45, 210),
	('Springfield', 'PI', 1, 12), ('Springfield', 'WH', 90, 1100), ('Springfield', 'MU', 10, 80),
	('State', 'HI', 41000, 420000), ('State', 'AM', 1300, 9500), ('State', 'AS', 3900, 61000), ('State', 'BL', 26500, 170000),
	('State', 'PI', 420, 5200), ('State', 'WH', 61000, 640000), ('State', 'MU', 6800, 58000);
-- the regulation's arithmetic: values to 15 digits
SELECT race, pg_temp.agrees(d.risk_focal, e.risk) AS risk, pg_temp.agrees(risk_ratio, rr) AS rr, pg_temp.agrees(alternate_risk_ratio, arr) AS arr,
       pg_temp.agrees(weighted_risk_ratio, wrr) AS wrr, pg_temp.agrees(composition_index, ci) AS ci,
       pg_temp.agrees(relative_difference_percent, rdc) AS rdc, method, ratio = risk_ratio AS ratio, exceeds, decision, reason
FROM (SELECT lea, race, (significant_disproportionality(lea, race, x, n, 2.0, state => 'State') OVER ()).* FROM identification) AS d
     JOIN (VALUES ('HI', 0.12, 1.19, 1.13334667734187, 1.12072238654552, 1.13722222222222, 13.7222222222222),
                  ('AM', 0.16, 1.52603773584906, 1.55186935969059, 1.44519738513779, 1.51629629629630, 51.6296296296296),
                  ('BL', 0.214285714285714, 2.30200501253133, 2.23556071615851, 2.22395754136788, 2.03075396825397, 103.075396825397))
          AS e(race, risk, rr, arr, wrr, ci, rdc) USING (race)
WHERE lea = 'Springfield';
-- every group's decision, and who is too few
SELECT race, method, exceeds, decision
FROM (SELECT lea, race, (significant_disproportionality(lea, race, x, n, 2.0, state => 'State') OVER ()).* FROM identification) AS d
WHERE lea = 'Springfield';
-- without the State there is no alternate and no weighted ratio
SELECT race, pg_temp.agrees(risk_ratio, 1.19) AS rr, alternate_risk_ratio, weighted_risk_ratio, method, reason
FROM (SELECT race, (significant_disproportionality(lea, race, x, n, 3) OVER ()).* FROM identification WHERE lea = 'Springfield') AS d
WHERE race = 'HI';
SELECT significant_disproportionality(lea, race, x, n, 3, state => 'Atlantis') OVER () FROM identification;
SELECT race, alternate_risk_ratio, reason
FROM (SELECT lea, race, (significant_disproportionality(lea, race, x, n, 3, state => 'Atlantis', require_state => false) OVER ()).* FROM identification WHERE lea <> 'State') AS d
WHERE lea = 'Springfield' AND race = 'HI';

-- An LEA of all LEAs would count everybody twice, unless it is the State
SELECT significant_disproportionality(lea, race, x, n, 3) OVER () FROM identification;
SELECT significant_disproportionality(lea, race, x, n, 3, state => 'Atlantis', require_state => false) OVER () FROM identification;
CREATE FUNCTION pg_temp.refusal(name text, state text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM significant_disproportionality(lea, race, x, n, 3, state => state) OVER ()
	FROM (TABLE identification UNION ALL VALUES (name, 'HI', 1, 2)) AS t;
	RETURN NULL;
EXCEPTION WHEN invalid_parameter_value THEN
	RETURN SQLERRM;
END $$;
SELECT name, pg_temp.refusal(name, 'State') AS refusal FROM unnest('{All,total,"STATEWIDE ","_state_",Stateville,Allentown}'::text[]) AS name;
SELECT count(*) AS rows FROM (SELECT significant_disproportionality(lea, race, x, n, 3, state => 'Total') OVER ()
	FROM (SELECT CASE lea WHEN 'State' THEN 'Total' ELSE lea END AS lea, race, x, n FROM identification) AS t) AS s;

-- A State that is the sum of its LEAs; group C is not in East
CREATE TEMP TABLE counts (lea text, race text, x bigint, n bigint);
INSERT INTO counts VALUES ('North', 'A', 30, 200), ('North', 'B', 20, 60), ('North', 'C', 15, 100),
	('South', 'A', 50, 900), ('South', 'B', 12, 40), ('South', 'C', 9, 80),
	('East', 'A', 4, 20), ('East', 'B', 40, 300);
SELECT lea, race, pg_temp.agrees(risk_ratio, rr) AS rr, pg_temp.agrees(alternate_risk_ratio, arr) AS arr,
       pg_temp.agrees(weighted_risk_ratio, wrr) AS wrr, method, decision, reason
FROM (SELECT lea, race, (significant_disproportionality(lea, race, x, n, 2.0) OVER ()).* FROM counts) AS d
     JOIN (VALUES ('North', 'A', 0.6857142857142857, 0.90625, 0.5426195426195426),
                  ('North', 'B', 2.2222222222222223, 4.012345679012346, 2.2222222222222223),
                  ('North', 'C', 0.78, 1.4615384615384615, 0.7566371681415929),
                  ('South', 'A', 0.31746031746031744, 0.33564814814814814, 0.2297484650425827),
                  ('South', 'B', 4.983050847457627, 3.611111111111111, 4.728864937689457),
                  ('South', 'C', 1.7056451612903225, 1.0961538461538463, 0.9384146341463414),
                  ('East', 'A', 1.5, 1.2083333333333333, NULL),
                  ('East', 'B', 0.6666666666666666, 1.6049382716049383, NULL)) AS e(lea, race, rr, arr, wrr) USING (lea, race)
ORDER BY lea, race;

-- The decision, step by step: each minimum at its edge, in the group, the LEA's others, the State's others
CREATE FUNCTION pg_temp.decide(x bigint, n bigint, x_others bigint, n_others bigint, x_elsewhere bigint, n_elsewhere bigint,
	threshold numeric, min_cell bigint, min_n bigint, OUT method text, OUT ratio double precision, OUT exceeds boolean, OUT decision text)
BEGIN ATOMIC
	SELECT (d).method, (d).ratio, (d).exceeds, (d).decision
	FROM (SELECT lea, race, significant_disproportionality(lea, race, t.x, t.n, threshold, min_cell, min_n) OVER () AS d
	      FROM (VALUES (1, 'A', decide.x, decide.n), (1, 'B', x_others, n_others), (2, 'B', x_elsewhere, n_elsewhere)) AS t(lea, race, x, n)) AS s
	WHERE lea = 1 AND race = 'A';
END;
SELECT t.*, d.*
FROM (VALUES ('all large', 10, 30, 10, 30, 100, 900),
             ('cell 9', 9, 30, 10, 30, 100, 900),
             ('n 29', 10, 29, 10, 30, 100, 900),
             ('others: cell 9', 10, 30, 9, 30, 100, 900),
             ('others: n 29', 10, 30, 10, 29, 100, 900),
             ('others: nobody', 10, 30, 0, 0, 100, 900),
             ('nobody anywhere', 10, 30, 0, 0, 0, 0),
             ('State: cell 9', 10, 30, 4, 30, 5, 900),
             ('State: n 29', 10, 30, 10, 14, 10, 15),
             ('State: just', 10, 30, 4, 14, 6, 16)) AS t(label, x, n, x_o, n_o, x_e, n_e),
     pg_temp.decide(x, n, x_o, n_o, x_e, n_e, 2.5, 10, 30) AS d;
-- minimum sizes of 0 still leave something to divide by
SELECT d.* FROM (VALUES (0, 5, 1, 5, 1, 5), (1, 5, 0, 5, 1, 5), (1, 5, 0, 5, 0, 5), (0, 0, 1, 5, 1, 5)) AS t(x, n, x_o, n_o, x_e, n_e),
     pg_temp.decide(x, n, x_o, n_o, x_e, n_e, 2.5, 0, 0) AS d;
-- A ratio at the threshold does not exceed it, though in floating point it would
SELECT (26 / 30::float8) / (13 / 45::float8) > 3 AS floating, at.exceeds AS at, above.exceeds AS above
FROM pg_temp.decide(26, 30, 13, 45, 0, 0, 3.0, 10, 30) AS at, pg_temp.decide(26 + 1, 30, 13, 45, 0, 0, 3.0, 10, 30) AS above;
-- nor do counts near 2^63 that differ in the last digit
SELECT at.exceeds AS at, above.exceeds AS above
FROM pg_temp.decide(3000000000000000000, 4000000000000000000, 1000000000000000000, 4000000000000000000, 0, 0, 3, 10, 30) AS at,
     pg_temp.decide(3000000000000000001, 4000000000000000000, 1000000000000000000, 4000000000000000000, 0, 0, 3, 10, 30) AS above;
-- no threshold, no decision; an exact threshold of many digits; one of none
SELECT DISTINCT exceeds, decision FROM (SELECT (significant_disproportionality(lea, race, x, n, min_cell => 1, min_n => 1) OVER ()).* FROM counts) AS d;
SELECT threshold, d.* FROM (VALUES (NULL), (2.0000000000000000000000000001), (1.9999999999999999999999999999), (0)) AS t(threshold),
     pg_temp.decide(20, 100, 10, 100, 0, 0, threshold, 10, 30) AS d;

-- Strata, NULLs, missing groups and hostile names
CREATE TEMP TABLE "State's ""counts""" (lea int, year int, category text, "race'; --" text, x bigint, n bigint);
INSERT INTO "State's ""counts"""
SELECT lea, year, category, race, CASE WHEN category = 'removals' THEN 3 * n ELSE x END, n
FROM (VALUES (1, 'A', 20, 100), (1, 'B', 10, 100), (1, NULL, 5, 50), (2, 'A', 15, 150), (2, '"; DROP', 30, 400), (NULL, 'A', 1, 2), (2, 'B', NULL, 9))
     AS t(lea, race, x, n), generate_series(2021, 2023) AS year, unnest('{"autism","removals"}'::text[]) AS category;
SELECT * FROM (
	SELECT lea, category, "race'; --", rounded(risk_focal, 4) AS risk, risk_ratio, share_outcome, method, exceeds, n_missing_group, reason
	FROM (SELECT lea, year, category, "race'; --", (significant_disproportionality(lea, "race'; --", x, n, 1.5) OVER (PARTITION BY year, category)).*
	      FROM "State's ""counts""") AS d
	WHERE year = 2022) AS d
ORDER BY lea, category, "race'; --";

-- no counts at all are an empty group
SELECT race, share_enrollment, decision, reason FROM (SELECT race, (significant_disproportionality(1, race, x, n, 2) OVER ()).* FROM (VALUES ('A', 20, 100), ('B', 10, 80), ('C', NULL, NULL)) AS t(race, x, n)) AS d ORDER BY race;

-- names in columns of different collations
CREATE TEMP TABLE differently (lea varchar COLLATE "C", race text COLLATE "POSIX", x int, n int);
INSERT INTO differently SELECT * FROM counts;
SELECT count(risk_ratio) FROM (SELECT (significant_disproportionality(lea, race, x, n, 2) OVER ()).* FROM differently) AS d;

-- Several years: flagged in each of the latest three
WITH yearly (lea, year, race, x, n) AS (
	SELECT 'North', year, race, x, 100
	FROM (VALUES (2019, 40), (2020, 40), (2021, 20), (2022, 31), (2023, 40), (2024, 50), (2026, 60)) AS t(year, a),
	     LATERAL (VALUES ('A', a), ('B', 10)) AS g(race, x)
), ratios AS (
	SELECT lea, year, race, (significant_disproportionality(lea, race, x, n, 3.0) OVER (PARTITION BY year)).*
	FROM yearly
)
SELECT year, ratio, exceeds, years, years >= 3 AS significant
FROM (SELECT *, consecutive_years(exceeds, year) OVER (PARTITION BY lea, race ORDER BY year) AS years FROM ratios) AS y
WHERE race = 'A' ORDER BY year;
SELECT holds, year, consecutive_years(holds, year) OVER (ORDER BY year) FROM (VALUES (true, 1), (NULL, 2), (true, 3), (true, 4), (true, NULL)) AS t(holds, year);
SELECT consecutive_years(holds, year) OVER () FROM (VALUES (true, 2), (true, 1)) AS t(holds, year);
SELECT consecutive_years(holds, year) OVER (ORDER BY year) FROM (VALUES (true, 2), (true, 2)) AS t(holds, year);

-- What cannot be
SELECT significant_disproportionality(lea, race, x, n, 2) OVER () FROM (VALUES (1, 'A', 1, 2), (1, 'A', 1, 2)) AS t(lea, race, x, n);
SELECT significant_disproportionality(lea, race, x, n, -2) OVER () FROM counts;
SELECT significant_disproportionality(lea, race, x, n, 'NaN') OVER () FROM counts;
SELECT significant_disproportionality(lea, race, x, n, 'Infinity') OVER () FROM counts;
SELECT significant_disproportionality(lea, race, x, n, 2, -1) OVER () FROM counts;
SELECT significant_disproportionality(lea, race, x, n, 2, min_n => NULL) OVER () FROM counts;
SELECT significant_disproportionality(lea, race, x, n, 2, min_cell => NULL) OVER () FROM counts;
SELECT significant_disproportionality(lea, race, x, n, 2, min_n => n) OVER () FROM counts;
SELECT significant_disproportionality(lea, race, x, n, 2, require_state => NULL) OVER () FROM counts;
SELECT significant_disproportionality(lea, race, x, n, 2) OVER () FROM (TABLE counts UNION ALL VALUES ('East', 'All', 44, 320)) AS t;
SELECT significant_disproportionality(lea, race, -x, n, 2) OVER () FROM counts;
SELECT significant_disproportionality(lea, race, x, -n, 2) OVER () FROM counts;
SELECT significant_disproportionality(lea, race, 9223372036854775807, n, 2) OVER () FROM counts;
SELECT significant_disproportionality(lea, race, x, n, 2, state => CASE race WHEN 'A' THEN 'North' END) OVER () FROM counts;
SELECT significant_disproportionality(lea, race, x, n, 2) OVER () FROM counts WHERE false;

-- The weighted ratios of an LEA of very many groups, against the sum of all less the group's own
CREATE TEMP TABLE large_lea AS SELECT lea, race, hashint8(race * lea) % 90 + 95 AS x, 200 + race % 100 AS n FROM generate_series(1, 2) AS lea, generate_series(1, 50000::bigint) AS race;
SELECT count(*) AS rows, count(*) FILTER (WHERE pg_temp.agrees(weighted_risk_ratio, (n_state - n_race) * x / n / (weighted - n_race * x / n))) AS right
FROM (SELECT lea, race, x, n::float8, n_race::float8, sum(n) OVER ()::float8 AS n_state, sum(n_race * x / n::float8) OVER (PARTITION BY lea) AS weighted,
             (significant_disproportionality(lea, race, x, n, 2) OVER ()).weighted_risk_ratio
      FROM (SELECT *, sum(n) OVER (PARTITION BY race) AS n_race FROM large_lea) AS l) AS d;

-- What holds for all counts, 3,000 random LEAs of 6 groups: the composition index is risk over everybody's risk,
-- the decision is that of exact arithmetic, and the order of rows does not matter
SELECT setseed(0.647);
CREATE TEMP TABLE random_counts AS
SELECT lea, race, floor(random() * n / 3)::bigint AS x, n
FROM (SELECT lea, race, 1 + floor(exp(random() * 7))::bigint AS n
      FROM generate_series(1, 3000) AS lea, generate_series(1, 6) AS race WHERE random() < 0.9) AS s;
CREATE TEMP TABLE forwards AS
SELECT lea, race, x, n, significant_disproportionality(lea, race, x, n, 2.5) OVER (ORDER BY lea, race) AS d FROM random_counts;
SELECT count(*) FILTER (WHERE record_send(f.d) IS DISTINCT FROM record_send(b.d)) AS order_matters
FROM forwards AS f JOIN (SELECT lea, race, significant_disproportionality(lea, race, x, n, 2.5) OVER (ORDER BY n, x DESC, lea DESC, race) AS d FROM random_counts) AS b USING (lea, race);
WITH expected AS (
	SELECT *, sum(x) OVER l - x AS x_o, sum(n) OVER l - n AS n_o, sum(x) OVER () - sum(x) OVER g AS x_s, sum(n) OVER () - sum(n) OVER g AS n_s,
	       sum(x) OVER l / NULLIF(sum(n) OVER l, 0)::float8 AS everybody
	FROM forwards WINDOW l AS (PARTITION BY lea), g AS (PARTITION BY race)
), decided AS (
	SELECT *, CASE WHEN x < 10 OR n < 30 THEN 'not_calculated' WHEN x_o >= 10 AND n_o >= 30 THEN 'risk_ratio' ELSE 'alternate_risk_ratio' END AS method
	FROM expected
)
SELECT count(*) FILTER (WHERE (d).method <> method) AS other_method,
       count(*) FILTER (WHERE (d).exceeds IS DISTINCT FROM CASE method WHEN 'risk_ratio' THEN x * n_o > 2.5 * x_o * n WHEN 'alternate_risk_ratio' THEN x * n_s > 2.5 * x_s * n END) AS other_decision,
       count(*) FILTER (WHERE abs((d).composition_index * everybody - (d).risk_focal) > 1e-12) AS not_risk_over_everybody,
       count(*) FILTER (WHERE (d).exceeds) > 100 AS some_exceed, count(*) FILTER (WHERE method = 'alternate_risk_ratio') > 50 AS some_alternate,
       count(*) FILTER (WHERE (d).weighted_risk_ratio IS NOT NULL) > 1000 AS some_weighted
FROM decided;
