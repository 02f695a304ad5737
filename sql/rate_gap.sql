-- Gaps between rates from students, tables of groups and distributions; their change.
-- Numbers that no published table prints: test/reference/rate.R.
SET search_path = gapstats, gapstats_internal, public, pg_temp;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-10 END;

-- Students: 56 of 70 against 48 of 80, some without an outcome, some without a group
CREATE TEMP TABLE student AS
SELECT i AS student_id, i % 3 AS school, outcome, is_focal
FROM (SELECT i, i <= 56 AS outcome, true AS is_focal FROM generate_series(1, 70) AS i
      UNION ALL SELECT 100 + i, i <= 48, false FROM generate_series(1, 80) AS i
      UNION ALL SELECT 200 + i, NULL, i <= 2 FROM generate_series(1, 5) AS i
      UNION ALL SELECT 300 + i, i <= 3, NULL FROM generate_series(1, 4) AS i
      UNION ALL SELECT 400, NULL, NULL) AS s(i, outcome, is_focal);
SELECT n_outcome_focal, n_focal, n_outcome_reference, n_reference, n_missing_focal, n_missing_reference, n_missing_group
FROM (SELECT (rate_gap(outcome, is_focal)).* FROM student) AS g;
SELECT to_jsonb(s) - '{n_missing_focal,n_missing_reference,n_missing_group}'::text[]
     = to_jsonb(c) - '{n_missing_focal,n_missing_reference,n_missing_group}'::text[] AS same_as_from_counts
FROM (SELECT (rate_gap(outcome, is_focal)).* FROM student) AS s, rate_gap(56, 70, 48, 80) AS c;
SELECT s.difference_lower = c.difference_lower AS same_as_from_counts, c.difference_lower <> rate_gap_95.difference_lower AS not_95
FROM (SELECT (rate_gap(outcome, is_focal, 0.9)).* FROM student) AS s, rate_gap(56, 70, 48, 80, 0.9) AS c,
     rate_gap(56, 70, 48, 80) AS rate_gap_95;
-- No rows, one row, all NULL
SELECT n_focal, n_reference, n_missing_group, difference, reason
FROM (SELECT (rate_gap(outcome, is_focal)).* FROM student WHERE false) AS g;
SELECT n_focal, n_reference, rate_focal, difference, reason
FROM (SELECT (rate_gap(outcome, is_focal)).* FROM student WHERE student_id = 1) AS g;
SELECT n_missing_focal, n_missing_reference, n_missing_group, rate_focal, reason
FROM (SELECT (rate_gap(outcome, is_focal)).* FROM student WHERE outcome IS NULL) AS g;
-- Confidence levels that cannot be
SELECT rate_gap(outcome, is_focal, 2) FROM student;
SELECT rate_gap(outcome, is_focal, NULL) FROM student;
SELECT rate_gap(outcome, is_focal, CASE WHEN is_focal THEN 0.9 ELSE 0.95 END) FROM student;
-- The state is nobody's secret, but must be one
SELECT rate_gap_final('{1,2}');
SELECT rate_gap_final('{2,1,0,0,0,0,0,0}');
SELECT rate_gap_final('{NaN,1,0,0,0,0,0,0}');
SELECT rate_gap_final('{0,0,0,-1,0,0,0,0}');
SELECT rate_gap_final('{0,0,0,0,0,0,0,-1}');
SELECT rate_gap_accum('{0,0,0,0,0,0,0,-1}', true, true);
SELECT rate_gap_combine('{1,2,3,4,5,6,7,0.95}', '{0,0,0,0,0,0,0,0.9}');
SELECT rate_gap_combine('{1,2,3,4,5,6,7,0}', '{1,2,3,4,5,6,7,0.9}');
-- A state that is NULL has counted nothing
SELECT rate_gap_accum(NULL, true, true), rate_gap_accum(NULL, NULL, false, 0.9), rate_gap_remove(NULL, true, false);
SELECT rate_gap_combine(NULL, '{1,2,3,4,5,6,7,0.9}'), rate_gap_combine('{1,2,3,4,5,6,7,0.9}', NULL), rate_gap_combine(NULL, NULL) IS NULL AS nothing;
SELECT (rate_gap_final(NULL)).n_focal, (rate_gap_final(NULL)).reason;

-- A moving window, whose rows are counted in and out again, against counting each window anew
CREATE TEMP TABLE moving AS
SELECT i, hashint4(i) % 3 = 0 AS outcome, CASE hashint4(-i) % 5 WHEN 0 THEN NULL WHEN 1 THEN true ELSE false END AS is_focal
FROM generate_series(1, 500) AS i;
SELECT count(*) AS windows, count(*) FILTER (WHERE moved IS DISTINCT FROM anew) AS different
FROM (SELECT i, rate_gap(outcome, is_focal) OVER (ORDER BY i ROWS 39 PRECEDING) AS moved FROM moving) AS m,
     LATERAL (SELECT rate_gap(outcome, is_focal) AS anew FROM moving WHERE i BETWEEN m.i - 39 AND m.i) AS a;

-- Parallel workers give the same bytes
CREATE TABLE rate_gap_rows AS
SELECT i % 50 AS school, hashint4(i) % 3 = 0 AS outcome, CASE hashint4(-i) % 7 WHEN 0 THEN NULL WHEN 1 THEN true ELSE false END AS is_focal
FROM generate_series(1, 60000) AS i;
CREATE TEMP TABLE rate_gap_serial AS
SELECT school, rate_gap(outcome, is_focal) AS gap, rate_gap(outcome, is_focal, 0.9) AS gap_90 FROM rate_gap_rows GROUP BY school;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
CREATE FUNCTION pg_temp.is_parallel(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text; found boolean := false;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN ' || query LOOP
		found := found OR line ~ 'Partial .*Aggregate';
	END LOOP;
	RETURN found;
END $$;
SELECT pg_temp.is_parallel('SELECT school, rate_gap(outcome, is_focal) FROM rate_gap_rows GROUP BY school');
SELECT count(*) AS schools, count(*) FILTER (WHERE record_send(s.gap) <> record_send(p.gap) OR record_send(s.gap_90) <> record_send(p.gap_90)) AS different
FROM rate_gap_serial AS s JOIN
     (SELECT school, rate_gap(outcome, is_focal) AS gap, rate_gap(outcome, is_focal, 0.9) AS gap_90 FROM rate_gap_rows GROUP BY school) AS p USING (school);
-- Workers that see no row of a group
SELECT count(*) AS schools, bool_and((gap).n_focal > 0) AS counted
FROM (SELECT school, rate_gap(outcome, is_focal) FILTER (WHERE school = 7) AS gap FROM rate_gap_rows GROUP BY school) AS g
WHERE (gap).reason IS DISTINCT FROM 'n_lt_1';
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

-- From distributions, with a cut score (prop.test)
SELECT n_outcome_focal, n_focal, n_outcome_reference, n_reference, pg_temp.agrees(difference, -0.6),
       pg_temp.agrees(difference_lower, -0.83181967029376380), pg_temp.agrees(difference_upper, -0.22402166836002535)
FROM (SELECT distribution(score) AS d FROM unnest('{212,205,221,198,230,217,209,225,201,214}'::float8[]) AS score) AS f,
     (SELECT distribution(score) AS d FROM unnest('{224,231,219,240,228,235,222,229,243,226,233,217}'::float8[]) AS score) AS r,
     proficiency_gap(f.d, r.d, 217);
SELECT proficient_count(distribution(score) - distribution(score), 1) AS empty, proficient_count(NULL, 1) FROM unnest('{1,2}'::float8[]) AS score;
SELECT n_focal, n_reference, difference, reason
FROM (SELECT distribution(score) - distribution(score) AS d FROM unnest('{1,2}'::float8[]) AS score) AS f,
     (SELECT distribution(score) AS d FROM unnest('{1,2}'::float8[]) AS score) AS r,
     proficiency_gap(f.d, r.d, 1);
SELECT g.n_focal, g.n_reference, g.rate_focal, g.reason
FROM (SELECT (proficiency_gap(distribution(score), distribution(score) FILTER (WHERE score > 2), 2)).* FROM unnest('{1,2}'::float8[]) AS score) AS g;
SELECT proficiency_gap(distribution(score), distribution(score), NULL) FROM unnest('{1,2}'::float8[]) AS score;
SELECT (proficiency_gap(NULL, distribution(score), 2)).reason, (proficiency_gap(NULL, NULL, 2)).n_reference FROM unnest('{1,2}'::float8[]) AS score;
SELECT proficiency_gap('{1}', '{2}', 1, NULL);
SELECT proficiency_gap('{1}', '{2}', NULL, haldane => NULL);
SELECT proficiency_gap('{1}', '{2}', 1, 95);
-- Of 200,000 different scores a distribution keeps buckets: a cut within one gives estimates and says so, one at its
-- end exact counts; and only if nothing else is the matter
CREATE TEMP TABLE many AS SELECT i % 2 = 0 AS is_focal, 500 + 80 * sin(i) + CASE WHEN i % 2 = 0 THEN 5 ELSE 0 END AS score FROM generate_series(1, 200000) AS i;
SELECT cut, (g.n_outcome_focal, g.n_outcome_reference) = (e.n_outcome_focal, e.n_outcome_reference) AS exact,
       abs(g.n_outcome_focal - e.n_outcome_focal) <= cut_error(f, cut) AND abs(g.n_outcome_reference - e.n_outcome_reference) <= cut_error(r, cut) AS within_bound, g.reason
FROM (SELECT distribution(score) FILTER (WHERE is_focal) AS f, distribution(score) FILTER (WHERE NOT is_focal) AS r FROM many) AS d,
     (SELECT cut, (rate_gap(score >= cut, is_focal)).* FROM many, unnest('{512, 512.007, 9999}'::float8[]) AS cut GROUP BY cut) AS e,
     proficiency_gap(f, r, cut) AS g
ORDER BY cut;
SELECT proficiency_gap(distribution(score), distribution(score), 'NaN') FROM unnest('{1,2}'::float8[]) AS score;

-- The change of a gap: 56/70 against 48/80, then 61/75 against 66/90 (metafor, glm)
SELECT label, pg_temp.agrees(actual, expected)
FROM rate_gap_change(rate_gap(56, 70, 48, 80), rate_gap(61, 75, 66, 90)) AS c,
     LATERAL (VALUES ('change', c.estimate, -0.12), ('se', c.se, 0.097379926515598791),
                     ('lower', c.lower, -0.310861148787730635), ('upper', c.upper, 0.070861148787730643),
                     ('z', c.z, -1.232286820228579716), ('p', c.p_value, 0.217841961346564555)) AS t(label, actual, expected);
SELECT label, pg_temp.agrees(actual, expected)
FROM ratio_of_risk_ratios(rate_gap(56, 70, 48, 80), rate_gap(61, 75, 66, 90)) AS c,
     LATERAL (VALUES ('ratio', c.estimate, 0.83181818181818190), ('log se', c.log_se, 0.13785962148063308),
                     ('lower', c.lower, 0.63486602504216560), ('upper', c.upper, 1.08987008330986179),
                     ('z', c.z, -1.33571666259659128), ('p', c.p_value, 0.18164190101394875)) AS t(label, actual, expected);
-- Year by year in one query
SELECT year, difference, change, reason
FROM (SELECT year, (gap).difference, (rate_gap_change(lag(gap) OVER w, gap)).estimate AS change,
             (ratio_of_risk_ratios(lag(gap) OVER w, gap)).reason
      FROM (VALUES (2021, 3, 4, 1, 4), (2022, 2, 4, 1, 4), (2023, 2, 4, 0, 4)) AS t(year, a, m, c, n), rate_gap(a, m, c, n) AS gap
      WINDOW w AS (ORDER BY year)) AS y;
SELECT a1, c1, a2, c2, d.estimate AS change, d.p_value IS NULL AS no_p, d.reason, r.estimate AS ratio, r.lower IS NULL AS no_interval, r.p_value IS NULL AS no_p, r.reason
FROM (VALUES (0, 0, 0, 0), (4, 4, 4, 4), (4, 2, 4, 4), (0, 2, 1, 2), (1, 2, 0, 2), (1, 0, 1, 2), (1, 2, 1, 0)) AS t(a1, c1, a2, c2),
     rate_gap_change(rate_gap(a1, 4, c1, 4), rate_gap(a2, 4, c2, 4)) AS d,
     ratio_of_risk_ratios(rate_gap(a1, 4, c1, 4), rate_gap(a2, 4, c2, 4)) AS r;
SELECT reason, estimate > 0 AS estimate FROM ratio_of_risk_ratios(rate_gap(1, 4, 0, 4), rate_gap(1, 4, 2, 4), haldane => true);
SELECT (rate_gap_change(rate_gap(1, 4, 0, 0), rate_gap(1, 4, 2, 4))).reason, (ratio_of_risk_ratios(rate_gap(1, 4, 2, 4), rate_gap(0, 0, 2, 4))).reason;
SELECT (rate_gap_change(NULL, rate_gap(1, 4, 2, 4))).*;
SELECT (rate_gap_change(rate_gap(1, 4, 2, 4), rate_gap(NULL, 20, 30, 40))).reason AS earlier_counts, (ratio_of_risk_ratios(rate_gap(1, NULL, 2, 4), NULL)).reason AS first,
	(rate_gap_change(rate_gap(NULL, NULL, 30, 40), rate_gap(1, 4, 2, 4))).reason AS empty;
SELECT (ratio_of_risk_ratios(rate_gap(1, 4, 2, 4), NULL)).reason AS no_gap, (rate_gap_change(rate_gap(1, NULL, 2, 4), rate_gap(1, 4, 2, 4))).reason AS no_counts;
SELECT rate_gap_change(rate_gap(1, 4, 2, 4), rate_gap(1, 4, 2, 4), NULL);
SELECT ratio_of_risk_ratios(rate_gap(1, 4, 2, 4), rate_gap(1, 4, 2, 4), haldane => NULL);
SELECT (rate_gap_change((x_focal, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, '')::rate_gap, rate_gap(1, 4, 2, 4))).* FROM (VALUES (5)) AS t(x_focal);

-- The slope over several years is gap_trend's, from difference and difference_se (metafor)
SELECT pg_temp.agrees((t).slope, -0.042892222712545197), pg_temp.agrees((t).slope_se, 0.051954100953170705), pg_temp.agrees((t).q_e, 0.876465370849164538)
FROM (SELECT gap_trend(year, difference, difference_se) AS t
      FROM (VALUES (2021, 56, 70, 48, 80), (2022, 61, 75, 66, 90), (2023, 50, 72, 55, 95)) AS y(year, a, m, c, n), rate_gap(a, m, c, n)) AS s;

-- What holds for all rates: 20,000 random tables
CREATE FUNCTION pg_temp.opposite_logs(a double precision, b double precision) RETURNS boolean
	RETURN CASE WHEN a > 0 AND b > 0 THEN abs(ln(a) + ln(b)) < 1e-12 * (1 + abs(ln(a))) END;
SELECT setseed(0.42);
CREATE TEMP TABLE random_table AS
SELECT floor(random() * (m + 1))::bigint AS a, m, floor(random() * (n + 1))::bigint AS c, n
FROM (SELECT 1 + floor(exp(random() * 12))::bigint AS m, 1 + floor(exp(random() * 12))::bigint AS n
      FROM generate_series(1, 20000)) AS sizes;
SELECT count(*) FILTER (WHERE NOT (w.lower >= 0 AND w.upper <= 1 AND w.estimate BETWEEN w.lower AND w.upper)) AS wilson_outside,
       count(*) FILTER (WHERE NOT (p.lower >= 0 AND p.upper <= 1 AND p.estimate BETWEEN p.lower AND p.upper)) AS clopper_pearson_outside,
       count(*) FILTER (WHERE NOT (g.difference_lower >= -1 AND g.difference_upper <= 1
                                   AND g.difference BETWEEN g.difference_lower AND g.difference_upper)) AS newcombe_outside,
       count(*) FILTER (WHERE g.difference <> -s.difference OR g.difference_lower <> -s.difference_upper) AS difference_not_antisymmetric,
       count(*) FILTER (WHERE NOT pg_temp.opposite_logs(g.risk_ratio, s.risk_ratio)) AS risk_ratio_not_antisymmetric,
       count(*) FILTER (WHERE NOT pg_temp.opposite_logs(g.odds_ratio, s.odds_ratio)) AS odds_ratio_not_antisymmetric,
       count(*) FILTER (WHERE abs(g.risk_ratio * g.rate_reference - g.rate_focal) > 1e-12) AS risk_ratio_off,
       count(*) FILTER (WHERE g.reason IS NULL) > 10000 AS enough
FROM random_table,
     wilson_interval(a, m) AS w, clopper_pearson_interval(a, m) AS p,
     LATERAL (SELECT (rate_gap(a, m, c, n)).* OFFSET 0) AS g, LATERAL (SELECT (rate_gap(c, n, a, m)).* OFFSET 0) AS s;
DROP TABLE rate_gap_rows;

-- The change of a gap between two years of the same students (test/reference/paired_rate_gap_change.R)
CREATE TEMP TABLE paired AS
SELECT i, i % 3 = 0 AS is_focal, i * 37 % 101 < CASE WHEN i % 3 = 0 THEN 45 ELSE 60 END AS earlier,
	CASE WHEN i * 53 % 89 < 40 THEN i * 29 % 97 < CASE WHEN i % 3 = 0 THEN 60 ELSE 62 END ELSE i * 37 % 101 < CASE WHEN i % 3 = 0 THEN 45 ELSE 60 END END AS later
FROM generate_series(0, 499) AS i;
SELECT n_focal, n_gained_focal, n_lost_focal, n_reference, n_gained_reference, n_lost_reference, reason FROM (SELECT (paired_rate_gap_change(earlier, later, is_focal)).* FROM paired) AS c;
SELECT label, pg_temp.agrees(actual, expected)
FROM (SELECT paired_rate_gap_change(earlier, later, is_focal) AS c, paired_rate_gap_change(earlier, later, is_focal, 0.9) AS d FROM paired) AS c,
     LATERAL (VALUES ('gap earlier', (c).gap_earlier, -0.13948679218140292), ('gap later', (c).gap_later, -0.088669507831184435),
                     ('change', (c).estimate, 0.050817284350218477), ('se', (c).se, 0.042674756267070374),
                     ('lower', (c).lower, -0.032823700982264399), ('upper', (c).upper, 0.13445826968270136),
                     ('z', (c).z, 1.1908043254468736), ('p', (c).p_value, 0.23373041044874843),
                     ('lower, 90%', (d).lower, -0.019376443274942264), ('upper, 90%', (d).upper, 0.12101101197537922)) AS t(label, actual, expected);
-- by hand: gained 2 and lost 1 of 4 against 1 and 1 of 4: 1/4 - 0; variances (1/2 + 3/16) / 4 and (1/4 + 1/4) / 4
SELECT estimate, pg_temp.agrees(se, sqrt(0.171875 + 0.125)) AS se
FROM (SELECT (paired_rate_gap_change(earlier, later, is_focal)).* FROM (VALUES (true, true, true), (true, false, true), (false, true, true), (false, true, true),
	(false, true, false), (true, true, false), (false, false, false), (true, false, false)) AS v (earlier, later, is_focal)) AS c;
-- of differences it is what gap() says, but for its n - 1
SELECT pg_temp.agrees(c.estimate, g.difference) AS estimate, pg_temp.agrees(c.se ^ 2, sd_focal ^ 2 * (g.n_focal - 1) / g.n_focal ^ 2 + sd_reference ^ 2 * (g.n_reference - 1) / g.n_reference ^ 2) AS se
FROM (SELECT (paired_rate_gap_change(earlier, later, is_focal)).* FROM paired) AS c, (SELECT (gap(later::int - earlier::int, is_focal)).* FROM paired) AS g;
-- taken for others in the second year they would be known less well
SELECT c.se < w.se AS known_better
FROM (SELECT (paired_rate_gap_change(earlier, later, is_focal)).se FROM paired) AS c, (SELECT (rate_gap_change(rate_gap(earlier, is_focal), rate_gap(later, is_focal))).se FROM paired) AS w;
-- Missing, empty, and all alike
SELECT (paired_rate_gap_change(earlier, later, is_focal)).* FROM (VALUES (NULL, true, true), (true, NULL, false), (NULL, NULL, true), (true, true, NULL), (true, false, true)) AS v (earlier, later, is_focal);
SELECT estimate, se, lower, p_value, reason FROM (SELECT (paired_rate_gap_change(earlier, later, is_focal)).* FROM (VALUES (true, false, true), (true, false, true), (false, false, false)) AS v (earlier, later, is_focal)) AS c;
SELECT (paired_rate_gap_change(earlier, later, is_focal)).* FROM paired WHERE false;
-- Moving frames, and parts put together
SELECT bool_and(w = (SELECT paired_rate_gap_change(earlier, later, is_focal) FROM paired AS q WHERE q.i BETWEEN p.i - 30 AND p.i)) AS same
FROM (SELECT i, paired_rate_gap_change(earlier, later, is_focal) OVER (ORDER BY i ROWS 30 PRECEDING) AS w FROM paired) AS p WHERE i % 50 = 7;
CREATE TABLE paired_large AS SELECT p.* FROM paired AS p, generate_series(1, 20);
ALTER TABLE paired_large SET (parallel_workers = 2);
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT paired_rate_gap_change(earlier, later, is_focal) FROM paired_large;
SELECT n_focal, n_gained_focal, n_lost_reference FROM (SELECT (paired_rate_gap_change(earlier, later, is_focal)).* FROM paired_large) AS c;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
DROP TABLE paired_large;
SELECT paired_rate_gap_change(true, false, true, NULL);
SELECT paired_rate_gap_change(true, false, true, 95);
SELECT gapstats_internal.paired_rate_gap_change_final('{1,2}');
SELECT gapstats_internal.paired_rate_gap_change_final('{1,2,0,0,0,1,0,0,0,0,0,0}');
SELECT gapstats_internal.paired_rate_gap_change_final('{1,-1,0,0,0,1,0,0,0,0,0,0}');
