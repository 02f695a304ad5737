-- Disproportionate impact: percentage point gap, 80% index, proportionality index, representation index.
-- Numbers: R's DisImpact; those marked exact, and the others that it does not print: test/reference/disproportionality.py.
SET search_path = gapstats, public, pg_temp;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-10 END;

CREATE TEMP TABLE success (race text, s bigint, n bigint);
INSERT INTO success VALUES ('Asian', 52, 60), ('Black', 48, 90), ('Hispanic', 130, 200), ('White', 210, 260);

-- Percentage point gap against everybody
SELECT race, pg_temp.agrees(rate_focal, s / n::float8) AS rate, pg_temp.agrees(rate_reference, 0.7213114754098361) AS reference,
       pg_temp.agrees(difference, rate_focal - 0.7213114754098361) AS gap,
       pg_temp.agrees(margin_of_error, moe) AS moe, disproportionate, n_needed_to_clear, n_needed_for_parity
FROM (SELECT *, (percentage_point_gap(race, s, n) OVER ()).* FROM success) AS p
     JOIN (VALUES ('Black', 0.1033010702321671), ('White', 0.06077701994871214)) AS e(race, moe) USING (race);
-- PPG-1: against all but the current group
SELECT race, pg_temp.agrees(rate_reference, ref) AS reference, disproportionate, n_needed_to_clear, n_needed_for_parity
FROM (SELECT race, (percentage_point_gap(race, s, n, 'others') OVER ()).* FROM success) AS p
     JOIN (VALUES ('Black', 0.7538461538461538), ('White', 0.6571428571428571)) AS e(race, ref) USING (race);
-- with the group's own rate in the margin
SELECT race, pg_temp.agrees(margin_of_error, moe) AS moe, disproportionate, n_needed_to_clear, n_needed_for_parity
FROM (SELECT race, (percentage_point_gap(race, s, n, use_prop_in_moe => true) OVER ()).* FROM success) AS p
     JOIN (VALUES ('Black', 0.1030712566655578), ('White', 0.04790608700893828)) AS e(race, moe) USING (race);
-- against the highest-performing group, and a named one
SELECT race, rate_reference = 52 / 60::float8 AS highest FROM (SELECT race, (percentage_point_gap(race, s, n, 'highest') OVER ()).* FROM success) AS p;
SELECT race, rate_reference = 210 / 260::float8 AS white, disproportionate
FROM (SELECT race, (percentage_point_gap(race, s, n, reference_group => 'White') OVER ()).* FROM success) AS p;

-- 80% index against the highest-performing group. For parity DisImpact says 31 for Black, having computed
-- the ceiling of (52/60 - 48/90) 90 = 30 in floating point; exact: 30
SELECT race, pg_temp.agrees(index, expected) AS index, disproportionate, n_needed_to_clear, n_needed_for_parity
FROM (SELECT race, (eighty_percent_index(race, s, n) OVER ()).* FROM success) AS p
     JOIN (VALUES ('Asian', 1), ('Black', 0.6153846153846153), ('White', 0.9319526627218935)) AS e(race, expected) USING (race);
-- Proportionality index
SELECT race, pg_temp.agrees(index, expected) AS index, disproportionate, n_needed_to_clear, n_needed_for_parity
FROM (SELECT race, (proportionality_index(race, s, n) OVER ()).* FROM success) AS p
     JOIN (VALUES ('Black', 0.7393939393939394), ('White', 1.1197552447552448)) AS e(race, expected) USING (race);
-- All four groups, exact: (flag, need, parity) by PPG, PPG-1, PPG with own rate, 80% index, PI
SELECT race, ((ppg).disproportionate, (ppg).n_needed_to_clear, (ppg).n_needed_for_parity) = (e.f1, e.n1, e.p1) AS ppg,
       ((ppg_1).disproportionate, (ppg_1).n_needed_to_clear, (ppg_1).n_needed_for_parity) = (e.f1, e.n2, e.p2) AS ppg_1,
       ((own).disproportionate, (own).n_needed_to_clear, (own).n_needed_for_parity) = (e.f1, e.n3, e.p1) AS own,
       ((eighty).disproportionate, (eighty).n_needed_to_clear, (eighty).n_needed_for_parity) = (e.f4, e.n4, e.p4) AS eighty,
       ((pi).disproportionate, (pi).n_needed_to_clear, (pi).n_needed_for_parity) = (e.f5, e.n5, e.p5) AS pi
FROM (SELECT race, percentage_point_gap(race, s, n) OVER () AS ppg, percentage_point_gap(race, s, n, 'others') OVER () AS ppg_1,
             percentage_point_gap(race, s, n, use_prop_in_moe => true) OVER () AS own,
             eighty_percent_index(race, s, n) OVER () AS eighty, proportionality_index(race, s, n) OVER () AS pi
      FROM success) AS a
     JOIN (VALUES ('Asian', false, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0),
                  ('Black', true, 8, 17, 11, 20, 8, true, 15, 30, true, 5, 20),
                  ('Hispanic', true, 1, 15, 8, 22, 2, true, 9, 44, false, 0, 22),
                  ('White', false, 0, 0, 0, 0, 0, false, 0, 16, false, 0, 0))
          AS e(race, f1, n1, p1, n2, p2, n3, f4, n4, p4, f5, n5, p5) USING (race);

-- Exactly at the margin is flagged, and needs none, though in floating point it is beside it: by the least margin, by 0.98 / sqrt(n)
SELECT s, n, s / n::float8 + greatest(1.96 * sqrt(0.25 / n), 0.03) <= x / m::float8 AS floating, disproportionate, n_needed_to_clear, n_needed_for_parity
FROM (VALUES (297, 1100, 3, 10), (297, 1100, 299, 1000), (7, 25, 119, 250), (7, 25, 118, 250)) AS t(s, n, x, m),
     LATERAL (SELECT race, (percentage_point_gap(race, a, b, reference_group => 'reference') OVER ()).*
              FROM (VALUES ('group', s, n), ('reference', x, m)) AS g(race, a, b) OFFSET 0) AS p
WHERE race = 'group';
-- Exactly at 80% is not flagged: 4/25 of 1/5, which is less in floating point
SELECT race, (s / n::float8) / (1 / 5::float8) < 0.80 AS floating, index, disproportionate, n_needed_to_clear, n_needed_for_parity
FROM (SELECT *, (eighty_percent_index(race, s, n, min_n_reference => 1) OVER ()).* FROM (VALUES ('A', 4, 25), ('B', 1, 5)) AS t(race, s, n)) AS p;
-- A least margin of 0 and one of more than the gap; a group all of whom succeed, or none, has no own margin
SELECT race, (percentage_point_gap(race, s, n, min_moe => 0) OVER ()).margin_of_error < 0.03 AS less,
       (percentage_point_gap(race, s, n, min_moe => 0.5) OVER ()).disproportionate,
       (percentage_point_gap(race, s, n, use_prop_in_moe => true) OVER ()).margin_of_error = 0.98 / sqrt(n) AS half
FROM (VALUES ('A', 1200, 1200), ('B', 0, 30), ('C', 300, 3000)) AS t(race, s, n);
-- The largest counts
SELECT race, rate_focal, disproportionate, n_needed_to_clear, n_needed_for_parity
FROM (SELECT race, (percentage_point_gap(race, s, n, 'highest') OVER ()).*
      FROM (VALUES ('A', 1000000000000000000, 4000000000000000000), ('B', 4000000000000000000, 5000000000000000000)) AS t(race, s, n)) AS p;
SELECT race, disproportionate, n_needed_to_clear, n_needed_for_parity
FROM (SELECT race, (eighty_percent_index(race, s, n) OVER ()).*
      FROM (VALUES ('A', 2559999999999999999, 4000000000000000000), ('B', 4000000000000000000, 5000000000000000000)) AS t(race, s, n)) AS p;

-- Who is missing from the gifted programme
SELECT race, index = ri AS ri, pg_temp.agrees(relative_difference_percent, rdci) AS rdci, share_outcome, share_enrollment,
       disproportionate AS below_allowance, n_needed_to_clear, n_needed_for_parity
FROM (SELECT race, (representation_index(race, gifted, enrolled) OVER ()).*
      FROM (VALUES ('A', 10, 400), ('B', 90, 600)) AS t(race, gifted, enrolled)) AS r
     JOIN (VALUES ('A', 0.25, -75), ('B', 1.5, 50)) AS e(race, ri, rdci) USING (race);
-- at the allowance is equitable; a cutoff of 1 asks for parity
SELECT race, index, disproportionate FROM (SELECT race, (representation_index(race, gifted, enrolled) OVER ()).* FROM (VALUES ('A', 20, 250), ('B', 80, 750)) AS t(race, gifted, enrolled)) AS r;
SELECT race, disproportionate, n_needed_to_clear, n_needed_for_parity
FROM (SELECT race, (representation_index(race, gifted, enrolled, 1) OVER ()).* FROM (VALUES ('A', 20, 250), ('B', 80, 750)) AS t(race, gifted, enrolled)) AS r;

-- Strata, NULLs, empty and missing groups, hostile names
CREATE TEMP TABLE "courses; --" (course text, year int, "gr""oup" text, s bigint, n bigint);
INSERT INTO "courses; --" VALUES ('Math', 2022, 'others', 10, 20), ('Math', 2022, 'highest', 18, 20), ('Math', 2022, NULL, 1, 5), ('Math', 2022, 'empty', 0, 0), ('Math', 2022, 'unknown', 3, NULL),
	('Math', 2023, 'others', 15, 20), ('Art', 2022, 'others', 0, 19), ('Art', 2022, 'highest', 0, 4), ('PE', 2022, 'empty', 0, 0);
SELECT course, year, "gr""oup", (p).rate_reference AS overall, (p1).rate_reference AS others, (e).index AS eighty, (i).index AS pi, (h).rate_reference AS named,
       (p).n_missing_group AS missing, (p).reason AS p, (p1).reason AS p1, (e).reason AS e, (i).reason AS i, (h).reason AS h
FROM (SELECT course, year, "gr""oup", percentage_point_gap("gr""oup", s, n) OVER w AS p, percentage_point_gap("gr""oup", s, n, 'others') OVER w AS p1,
             eighty_percent_index("gr""oup", s, n) OVER w AS e, proportionality_index("gr""oup", s, n) OVER w AS i,
             percentage_point_gap("gr""oup", s, n, reference_group => 'highest', require_reference => false) OVER w AS h
      FROM "courses; --" WINDOW w AS (PARTITION BY course, year)) AS a
ORDER BY course, year, "gr""oup";

-- What cannot be
SELECT percentage_point_gap(race, s, n, 'nobody') OVER () FROM success;
SELECT percentage_point_gap(race, s, n, NULL) OVER () FROM success;
SELECT percentage_point_gap(race, s, n, reference_group => 'white') OVER () FROM success;
SELECT eighty_percent_index(race, s, n, min_n_reference => s) OVER () FROM success;
SELECT eighty_percent_index(race, s, n, cutoff => s / 100.0) OVER () FROM success;
SELECT eighty_percent_index(race, s, n, min_n_reference => NULL) OVER () FROM success;
SELECT proportionality_index(race, s, n, NULL) OVER () FROM success;
SELECT representation_index(race, s, n, CASE race WHEN 'White' THEN 0.9 ELSE 0.8 END) OVER () FROM success;
SELECT proportionality_index(race, s, n) OVER () FROM (TABLE success UNION ALL VALUES ('OVERALL', 440, 610)) AS t;
SELECT percentage_point_gap(race, s, n, 'others', 'White') OVER () FROM success;
SELECT eighty_percent_index(race, s, n, 'everyone', 'White') OVER () FROM success;
SELECT percentage_point_gap(race, s, n, min_moe => -0.01) OVER () FROM success;
SELECT percentage_point_gap(race, s, n, min_moe => NULL) OVER () FROM success;
SELECT eighty_percent_index(race, s, n, cutoff => 'NaN') OVER () FROM success;
SELECT proportionality_index(race, s, n, 'Infinity') OVER () FROM success;
-- fractions that were meant as percentages
SELECT percentage_point_gap(race, s, n, min_moe => 3) OVER () FROM success;
SELECT eighty_percent_index(race, s, n, cutoff => 80) OVER () FROM success;
SELECT proportionality_index(race, s, n, 80) OVER () FROM success;
SELECT representation_index(race, s, n, 1.0001) OVER () FROM success;
SELECT proportionality_index(race, n, s) OVER () FROM success;
SELECT proportionality_index('same'::text, s, n) OVER () FROM success;
SELECT representation_index(race, s, n) OVER () FROM success WHERE false;

-- A cutoff that is the same number in all rows, though written differently; the highest of enough students only
SELECT race, index = 1 AS is_highest, disproportionate
FROM (SELECT race, (eighty_percent_index(race, s, n, min_n_reference => 100, cutoff => CASE race WHEN 'White' THEN 0.9 ELSE 0.900 END) OVER ()).* FROM success) AS p;
SELECT (eighty_percent_index(race, s, n, min_n_reference => 261) OVER ()).reason FROM success;

-- What holds for all counts, 2,000 random strata of up to 6 groups. Needed students are the fewest that do:
-- checked in numeric with 60 digits of square root. RI = PI = risk of the group / risk of all.
SELECT setseed(0.27);
CREATE TEMP TABLE random_success AS
SELECT stratum, race, floor(random() * (n + 1))::bigint AS s, n
FROM (SELECT stratum, race, 1 + floor(exp(random() * 9))::bigint AS n
      FROM generate_series(1, 2000) AS stratum, generate_series(1, 6) AS race WHERE random() < 0.8) AS r;
WITH answers AS (
	SELECT *, sum(s) OVER w AS s_all, sum(n) OVER w AS n_all,
	       percentage_point_gap(race, s, n) OVER w AS p, percentage_point_gap(race, s, n, use_prop_in_moe => true) OVER w AS own,
	       eighty_percent_index(race, s, n) OVER w AS e, proportionality_index(race, s, n) OVER w AS i, representation_index(race, s, n) OVER w AS r
	FROM random_success WINDOW w AS (PARTITION BY stratum)
), margins AS (
	SELECT *, greatest(1.96 * sqrt(0.25 / n::numeric(80, 60)), 0.03) AS moe,
	       greatest(1.96 * sqrt(CASE WHEN s IN (0, n) THEN 0.25 ELSE s * (n - s) / (n::numeric(80, 60) * n) END / n), 0.03) AS moe_own,
	       s_all / n_all::numeric(80, 60) AS overall
	FROM answers
), reached AS (
	SELECT *, (s + (p).n_needed_to_clear) / n::numeric(80, 60) + moe >= overall - 1e-50 AS p_reached,
	       (p).n_needed_to_clear = 0 OR (s + (p).n_needed_to_clear - 1) / n::numeric(80, 60) + moe < overall AS p_fewest,
	       (s + (own).n_needed_to_clear) / n::numeric(80, 60) + moe_own >= overall - 1e-50 AS own_reached,
	       (own).n_needed_to_clear = 0 OR (s + (own).n_needed_to_clear - 1) / n::numeric(80, 60) + moe_own < overall AS own_fewest,
	       (s + (i).n_needed_to_clear) * n_all >= 0.8 * n * (s_all + (i).n_needed_to_clear) AS i_reached,
	       (i).n_needed_to_clear = 0 OR (s + (i).n_needed_to_clear - 1) * n_all < 0.8 * n * (s_all + (i).n_needed_to_clear - 1) AS i_fewest,
	       (s + (i).n_needed_for_parity) * n_all >= n * (s_all + (i).n_needed_for_parity) AS parity_reached,
	       (i).n_needed_for_parity = 0 OR (s + (i).n_needed_for_parity - 1) * n_all < n * (s_all + (i).n_needed_for_parity - 1) AS parity_fewest
	FROM margins
)
SELECT count(*) FILTER (WHERE NOT (p_reached AND p_fewest)) AS ppg_wrong, count(*) FILTER (WHERE NOT (own_reached AND own_fewest)) AS own_wrong,
       count(*) FILTER (WHERE (p).disproportionate <> (s / n::numeric(80, 60) + moe <= overall)) AS flag_wrong,
       count(*) FILTER (WHERE NOT (i_reached AND i_fewest AND parity_reached AND parity_fewest)) AS pi_wrong,
       count(*) FILTER (WHERE (i).index IS DISTINCT FROM (r).index OR abs((i).index - s / n::float8 / NULLIF(s_all / n_all, 0)::float8) > 1e-12 * (i).index) AS ri_is_not_pi,
       count(*) FILTER (WHERE (p).disproportionate) > 1000 AS some_flagged, count(*) FILTER (WHERE (i).disproportionate) > 1000 AS some_below
FROM reached;
-- the order of rows, the frame and raw students make no difference
SELECT count(*) AS rows, count(*) FILTER (WHERE record_send(a.p) <> record_send(b.p) OR record_send(a.e) <> record_send(b.e)) AS different
FROM (SELECT stratum, race, percentage_point_gap(race, s, n) OVER w AS p, eighty_percent_index(race, s, n) OVER w AS e
      FROM random_success WHERE stratum <= 100 WINDOW w AS (PARTITION BY stratum ORDER BY race)) AS a
     JOIN (SELECT stratum, race, percentage_point_gap(race, count(*) FILTER (WHERE i <= s), count(*)) OVER w AS p,
                  eighty_percent_index(race, count(*) FILTER (WHERE i <= s), count(*)) OVER w AS e
           FROM random_success, generate_series(1, n) AS i WHERE stratum <= 100 GROUP BY stratum, race
           WINDOW w AS (PARTITION BY stratum ORDER BY count(*) DESC, race ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING)) AS b USING (stratum, race);
