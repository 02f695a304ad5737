-- The rate gaps of all groups of all strata in one query, and what they are compared with.
-- Numbers that no published table prints: test/reference/rate.R.
SET search_path = gapstats, public, pg_temp;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-10 END;

-- Names are hostile, a group is missing in a stratum, some rows have no group or no count.
CREATE TEMP TABLE "group counts; DROP TABLE x" (school text, "the ""group""" text, x bigint, n bigint);
INSERT INTO "group counts; DROP TABLE x" VALUES
	('North', 'White', 48, 80), ('North', 'Black''; DROP TABLE x; --', 56, 70), ('North', NULL, 3, 7), ('North', 'Asian', NULL, 5),
	('South', 'White', 10, 20), ('South', 'Black''; DROP TABLE x; --', 0, 12), ('South', '', 4, 4),
	('East', 'Asian', 3, 9), ('East', 'Black''; DROP TABLE x; --', 0, 0), ('East', 'Other', NULL, NULL),
	(NULL, 'White', 1, 2), (NULL, 'Asian', 2, 2);
SELECT school, "the ""group""", n_outcome_focal, n_focal, n_outcome_reference, n_reference, n_missing_group, difference, risk_ratio_lower > 0 AS interval, reason
FROM (SELECT school, "the ""group""", (rate_gap_by_group("the ""group""", x, n, reference_group => 'White', require_reference => false) OVER (PARTITION BY school)).*
      FROM "group counts; DROP TABLE x") AS g
ORDER BY school, "the ""group""";
-- against all other groups
SELECT school, "the ""group""", n_outcome_reference, n_reference, difference, reason
FROM (SELECT school, "the ""group""", (rate_gap_by_group("the ""group""", x, n) OVER (PARTITION BY school)).*
      FROM "group counts; DROP TABLE x") AS g
ORDER BY school, "the ""group""";
-- The row is that of rate_gap, at other levels and with half a student too; the frame and the order do not matter
SELECT count(*) AS rows, count(*) FILTER (WHERE (g).difference_lower = c.difference_lower AND (g).risk_ratio_upper = c.risk_ratio_upper) AS same
FROM (SELECT school, rate_gap_by_group("the ""group""", x, n, reference_group => 'White', require_reference => false, confidence => 0.9, haldane => true)
             OVER (PARTITION BY school ORDER BY x ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS g
      FROM "group counts; DROP TABLE x") AS w,
     rate_gap((g).n_outcome_focal, (g).n_focal, (g).n_outcome_reference, (g).n_reference, 0.9, true) AS c
WHERE (g).reason IS NULL;
-- From students to groups to gaps; group names of any type that sorts
SELECT is_focal, (rate_gap_by_group(is_focal, count(*) FILTER (WHERE outcome), count(outcome), reference_group => false) OVER ()).difference
FROM (VALUES (true, true), (true, false), (true, NULL), (false, true), (false, false), (false, false), (false, false)) AS t(is_focal, outcome) GROUP BY is_focal ORDER BY is_focal;
SELECT race, (rate_gap_by_group(race, x, n, reference_group => 2) OVER ()).difference FROM (VALUES (1, 3, 4), (2, 1, 4)) AS t(race, x, n);
SELECT rate_gap_by_group(race, x, n) OVER () FROM (VALUES ('{}'::json, 3, 4)) AS t(race, x, n);
-- From distributions, with a cut score (prop.test)
SELECT grp, n_outcome_focal, n_focal, pg_temp.agrees(difference_lower, -0.83181967029376380) AS lower, reason
FROM (SELECT grp, (rate_gap_by_group(grp, proficient_count(d, 217), n(d), reference_group => 'R') OVER ()).*
      FROM (SELECT grp, distribution(score) AS d
            FROM (VALUES ('F', '{212,205,221,198,230,217,209,225,201,214}'::float8[]),
                         ('R', '{224,231,219,240,228,235,222,229,243,226,233,217}')) AS a(grp, scores), unnest(scores) AS score
            GROUP BY grp) AS d) AS g
ORDER BY grp;

-- The three references. Against everyone, of whom the group itself is a part, the difference is that from the others times the
-- others' share: 3/20, 10/20 and 30/60 (prop.test)
CREATE TEMP TABLE three (race text, x bigint, n bigint);
INSERT INTO three VALUES ('A', 3, 20), ('B', 10, 20), ('C', 30, 60);
SELECT race, n_outcome_reference, n_reference, pg_temp.agrees(difference, d) AS difference, pg_temp.agrees(difference_se, se) AS se,
       pg_temp.agrees(difference_lower, l) AS lower, pg_temp.agrees(difference_upper, u) AS upper, pg_temp.agrees(g.z, e.z) AS z,
       pg_temp.agrees(risk_ratio, rr) AS risk_ratio, pg_temp.agrees(odds_ratio, o) AS odds_ratio, risk_ratio_log_se, risk_ratio_lower, odds_ratio_log_se, odds_ratio_upper, reason
FROM (SELECT race, (rate_gap_by_group(race, x, n, 'everyone') OVER ()).* FROM three) AS g
     JOIN (VALUES ('A', -0.28, 0.077974354758471726, -0.395893452202986607, -0.091141312472766384, -2.827850071363719131, 0.348837209302325590, 0.233926128590971283),
                  ('B', 0.07, 0.099693279613021060, -0.112888281156592205, 0.249905134095431081, 0.706962517840929783, 1.162790697674418672, 1.325581395348837122),
                  ('C', 0.07, 0.0392958861290423969, -0.0090068162523990747, 0.1398082190218697396, 1.7316974359835266561, 1.1627906976744186718, 1.3255813953488371215))
          AS e(race, d, se, l, u, z, rr, o) USING (race);
-- a part that has everybody, nobody, or all that succeed
SELECT stratum, race, n_reference, difference, difference_lower IS NULL AS no_interval, z IS NULL AS no_z, risk_ratio, odds_ratio, reason
FROM (SELECT stratum, race, (rate_gap_by_group(race, x, n, 'everyone') OVER (PARTITION BY stratum)).*
      FROM (VALUES (1, 'A', 3, 4), (2, 'A', 0, 4), (2, 'B', 0, 4), (3, 'A', 4, 4), (3, 'B', 2, 2), (4, 'A', 2, 4), (4, 'B', 0, 4), (5, 'A', 2, 4), (5, 'B', 0, 0), (6, 'A', 4, 4), (6, 'B', 2, 4))
           AS t(stratum, race, x, n)) AS g
ORDER BY stratum, race;
-- The highest: of equal rates the larger group, of those the first by name, whatever the order of rows; a group too small is not it
SELECT stratum, race, n_outcome_reference, n_reference, reason
FROM (SELECT stratum, race, (rate_gap_by_group(race, x, n, 'highest') OVER (PARTITION BY stratum)).*
      FROM (VALUES (1, 'A', 10, 20), (1, 'B', 30, 60), (1, 'C', 30, 60), (1, 'D', 9, 9), (1, NULL, 50, 50), (1, 'E', 70, NULL), (2, 'A', 5, 9)) AS t(stratum, race, x, n)) AS g
ORDER BY stratum, race;
SELECT count(DISTINCT record_send(g)) AS answers, count(*)
FROM (SELECT seed, race, rate_gap_by_group(race, x, n, 'highest') OVER (PARTITION BY seed ORDER BY hashint4extended(ascii(race), seed)) AS g
      FROM (VALUES ('A', 10, 20), ('B', 30, 60), ('C', 30, 60)) AS t(race, x, n), generate_series(1, 30) AS seed) AS s
WHERE race = 'A';
SELECT race, n_reference, reason
FROM (SELECT race, (rate_gap_by_group(race, x, n, 'highest', min_n_reference => 1) OVER ()).* FROM (VALUES ('A', 10, 20), ('D', 2, 2), ('E', 0, 0)) AS t(race, x, n)) AS g;

-- A reference that is not there, or is no reference
SELECT rate_gap_by_group(race, x, n, reference_group => 'a') OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, reference_group => 99) OVER () FROM (SELECT i, 1, 2 FROM generate_series(1, 22) AS i) AS t(race, x, n);
SELECT rate_gap_by_group(race, x, n, reference_group => 'A') OVER () FROM (VALUES (NULL, 1, 2)) AS t(race, x, n);
SELECT rate_gap_by_group(race, x, n, reference_group => 'a', require_reference => false) OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, 'A') OVER () FROM three;
-- One reference at a time; the default gives way
SELECT rate_gap_by_group(race, x, n, 'highest', 'A') OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, 'everyone', 'a', false) OVER () FROM three;
SELECT race, n_reference FROM (SELECT race, (rate_gap_by_group(race, x, n, 'others', 'A') OVER ()).* FROM three) AS g;
-- A group of all groups would count everybody twice, whatever its type and case
SELECT rate_gap_by_group(race, x, n) OVER () FROM (TABLE three UNION ALL VALUES ('All', 43, 100)) AS t;
SELECT rate_gap_by_group(race, x, n, reference_group => 'All students') OVER () FROM (TABLE three UNION ALL VALUES ('All students', 43, 100)) AS t;
CREATE TYPE pg_temp.race AS ENUM ('A', 'B', 'C', 'TOTAL');
SELECT rate_gap_by_group(race::pg_temp.race, x, n) OVER () FROM (TABLE three UNION ALL VALUES ('TOTAL', 43, NULL::bigint)) AS t;
CREATE FUNCTION pg_temp.is_refused(name text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	PERFORM rate_gap_by_group(race, x, n) OVER () FROM (TABLE three UNION ALL VALUES (name, 1, 2)) AS t;
	RETURN false;
EXCEPTION WHEN invalid_parameter_value THEN
	RETURN true;
END $$;
SELECT name, pg_temp.is_refused(name) FROM unnest('{Overall,EVERYONE,total,"all students",All,All_Students,all-students,"  Total ",_all_,Allen,Totals,"all students of Asia","",-,NULL}'::text[]) AS name;
SELECT rate_gap_by_group(race, x, n) OVER () FROM (SELECT race::char(20), x, n FROM three UNION ALL VALUES ('All students'::char(20), 43, 100)) AS t;
SELECT rate_gap_by_group(race, x, n) OVER () FROM (SELECT race::varchar, x, n FROM three UNION ALL VALUES ('Total', 43, 100)) AS t;
-- Options are the same in all rows, and given
SELECT rate_gap_by_group(race, x, n, CASE race WHEN 'C' THEN 'highest' ELSE 'others' END) OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, reference_group => CASE race WHEN 'A' THEN 'B' ELSE 'A' END) OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, reference_group => CASE race WHEN 'C' THEN 'B' END) OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, require_reference => race > 'B') OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, min_n_reference => n) OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, confidence => n / 100.0) OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, haldane => x > 10) OVER () FROM three;
SELECT count(*) AS by_column_and_the_same
FROM (SELECT (rate_gap_by_group(race, x, n, kind, confidence => level) OVER (PARTITION BY kind)).*
      FROM three, (VALUES ('others', 0.9), ('everyone', 0.99)) AS o(kind, level)) AS g;
SELECT rate_gap_by_group(race, x, n, NULL) OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, require_reference => NULL) OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, min_n_reference => NULL) OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, min_n_reference => -1) OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, confidence => NULL) OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, confidence => 95) OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, haldane => NULL) OVER () FROM three;
-- Two rows of a group would count as each other's comparison
SELECT rate_gap_by_group("the ""group""", x, n) OVER () FROM "group counts; DROP TABLE x";
-- Counts that no group can have, and no argument either
SELECT rate_gap_by_group(g, x, n) OVER () FROM (VALUES ('A', 3, 2)) AS t(g, x, n);
SELECT rate_gap_by_group(g, x, n) OVER () FROM (VALUES ('A', -3, 2)) AS t(g, x, n);
SELECT rate_gap_by_group(g, x, n) OVER () FROM (VALUES ('A', 9223372036854775807, 9223372036854775807), ('B', 1, 1)) AS t(g, x, n);
SELECT rate_gap_by_group('A', 1, 2);
\set VERBOSITY sqlstate
SELECT rate_gap_by_group(race, x, n, reference_group => 'a') OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, 'A') OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, min_n_reference => n) OVER () FROM three;
SELECT rate_gap_by_group(race, x, n, min_n_reference => NULL) OVER () FROM three;
SELECT rate_gap_by_group(race, x, n) OVER () FROM (TABLE three UNION ALL VALUES ('ALL', 43, 100)) AS t;

-- Names that are long enough to be stored out of line, in one partition of many rows
CREATE TEMP TABLE wide AS
SELECT i, (SELECT string_agg(md5(i::text || j), '') FROM generate_series(1, 100) AS j) AS name, i % 7 AS x, 10 AS n FROM generate_series(1, 2000) AS i;
SELECT count(*) AS rows, count(*) FILTER (WHERE n_reference = 10 * 1999 AND n_outcome_reference = (SELECT sum(x) FROM wide) - n_outcome_focal) AS right
FROM (SELECT (rate_gap_by_group(name, x, n) OVER ()).* FROM wide) AS g;
