-- Chances of chronic absence. Numbers: MEASURES 17.1 and 17.2 (mpmath, R); others from test/reference/forecast.py.
SET search_path = gapstats, pg_temp, public;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision, tolerance double precision DEFAULT 1e-13) RETURNS boolean
	RETURN CASE WHEN expected IN (0, 1) THEN actual = expected ELSE abs(actual / expected - 1) < tolerance END;
CREATE FUNCTION pg_temp.prior(a double precision, b double precision) RETURNS chronic_absence_prior
	RETURN ROW(NULL, a, b, NULL, NULL, NULL)::chronic_absence_prior;

-- As published
SELECT k, m, n, c.days_to_miss, agrees.*, c.reason
FROM (VALUES
	(0, 0, 180, 0.194152053724157, 0.900552486187845),
	(0, 15, 176, 0.0400459704656825, 0.165668143359137),
	(1, 15, 176, 0.16342488886080, 0.497004430077412),
	(3, 15, 176, 0.625177921664066, 0.937351450711264),
	(4, 25, 181, 0.599817953879265, 0.888163320627776),
	(5, 45, 175, 0.430712747206706, 0.683696381187217),
	(12, 110, 178, 0.641542965761337, 0.749920737378741),
	(16, 174, 178, 0.0429290663593574, 0.050900266258022),
	(17, 176, 177, 0.0922768304914744, 0.101123595505618),
	(18, 150, 180, 1, 1),
	(2, 170, 180, 0, 0)) AS v (k, m, n, expected, expected_flat),
	chronic_absence_chance(k, m, n, pg_temp.prior(1.4, 22)) AS c,
	chronic_absence_chance(k, m, n, pg_temp.prior(1, 1)) AS flat,
	LATERAL (SELECT pg_temp.agrees(c.chance, expected), pg_temp.agrees(flat.chance, expected_flat)) AS agrees (as_published, with_flat_prior);

-- The prior of whole years, and chances with it
CREATE TEMP TABLE year (days_absent integer, days_enrolled integer);
INSERT INTO year VALUES (3, 180), (11, 180), (25, 176), (7, 180), (0, 180), (14, 178), (41, 180), (9, 120), (5, 180), (18, 180), (2, 90), (30, 172), (6, 180), (12, 180);
CREATE TEMP TABLE prior AS SELECT chronic_absence_prior(days_absent, days_enrolled) AS prior FROM year;
SELECT n_students, pg_temp.agrees(a, 1.3225842742499783, 1e-10) AS a, pg_temp.agrees(b, 16.046402079618949, 1e-10) AS b,
	pg_temp.agrees(mean, 0.0761463131644049, 1e-10) AS mean, pg_temp.agrees(log_likelihood, -599.75642100346072) AS log_likelihood, reason
FROM prior, LATERAL (SELECT (prior).*) AS p;
SELECT k, pg_temp.agrees((chronic_absence_chance(k, 20, 180, prior)).chance, expected, 1e-9)
FROM prior, (VALUES (0, 0.0378388133971344), (2, 0.378910494204056), (5, 0.931153518949209)) AS v (k, expected);
-- the same likelihood as shrunken_rate's
SELECT DISTINCT (s.a, s.b) = ((prior).a, (prior).b) AS as_shrunken_rate
FROM (SELECT (shrunken_rate(days_absent, days_enrolled) OVER ()).* FROM year) AS s, prior;
-- of sets; absent only where enrolled; whatever the order of rows
SELECT (chronic_absence_prior(absent, enrolled ORDER BY enrolled DESC))::text = (SELECT prior::text FROM prior) AS as_of_numbers
FROM (SELECT daterange('2025-08-01', date '2025-08-01' + days_enrolled)::dayset AS enrolled,
		daterange('2025-07-01', date '2025-08-01' + days_absent)::dayset AS absent FROM year) AS s;
-- what is left out
SELECT prior::text = (SELECT prior::text FROM prior) AS same
FROM (SELECT chronic_absence_prior(days_absent, days_enrolled) AS prior
	FROM (SELECT * FROM year UNION ALL VALUES (NULL, 180), (3, NULL), (0, 0)) AS s) AS s;
-- in parts, as parallel workers and other machines have them
SELECT gapstats_internal.chronic_absence_prior_final(gapstats_internal.chronic_absence_prior_combine(
		gapstats_internal.chronic_absence_prior_add(gapstats_internal.chronic_absence_prior_add('{}', 3, 180), 9, 1200),
		gapstats_internal.chronic_absence_prior_add(gapstats_internal.chronic_absence_prior_add('{}', 0, 90), 80, 180)))::text
	= (SELECT chronic_absence_prior(x, n)::text FROM (VALUES (80, 180), (3, 180), (0, 90), (9, 1200)) AS v (x, n)) AS in_parts;
CREATE TABLE parallel_years AS SELECT i * 7919 % 31 * (i % 7 % 2) AS x, 100 + i % 81 AS n, i * 7919 % 10007 / 10007.0::float8 AS p, i * 104729 % 9973 / 9973.0 < i * 7919 % 10007 / 10007.0 AS y FROM generate_series(1::bigint, 30000) AS i;
ALTER TABLE parallel_years ALTER x TYPE integer, ALTER n TYPE integer;
SELECT chronic_absence_prior(x, n)::text AS prior, calibration(p, y)::text AS calibration FROM parallel_years \gset serial_
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 3;
ALTER TABLE parallel_years SET (parallel_workers = 3);
EXPLAIN (COSTS OFF) SELECT chronic_absence_prior(x, n), calibration(p, y) FROM parallel_years;
SELECT chronic_absence_prior(x, n)::text = :'serial_prior' AS same_prior, calibration(p, y)::text = :'serial_calibration' AS same_calibration FROM parallel_years;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;
DROP TABLE parallel_years;
-- half days: twice of all
SELECT pg_temp.agrees(a, 1.4159896898800331, 1e-10) AND pg_temp.agrees(b, 16.46744006335739, 1e-10) AND pg_temp.agrees(log_likelihood, -1221.9210354941748) AS half_days, n_students
FROM (SELECT (chronic_absence_prior(2 * days_absent + 1, 2 * days_enrolled)).* FROM year) AS h;

-- No prior, and why
SELECT name, p.*
FROM (VALUES
	('nobody', '{}'::integer[], '{}'::integer[]),
	('two students', '{3,9}', '{180,180}'),
	('never absent', '{0,0,0}', '{180,170,160}'),
	('always absent', '{180,170,160}', '{180,170,160}'),
	('always or never', '{180,0,160}', '{180,170,160}'),
	('alike', '{3,4,2,3}', '{30,40,25,30}')) AS v (name, absent, enrolled),
	LATERAL (SELECT (chronic_absence_prior(x, n)).* FROM unnest(absent, enrolled) AS s (x, n)) AS p;
SELECT name, c.*
FROM (VALUES ('without overdispersion', '(4,,,,,no_overdispersion)'), ('a row of nothing', '(,,,,,)'), ('half a prior', '(4,1.4,,,,)'), ('none', NULL),
		('beyond numbers', '(,1e-300,1e300,,,)'), ('such that it never is', '(,1e-320,1e300,,,)'), ('and always', '(,1e300,1e-320,,,)')) AS v (name, prior),
	chronic_absence_chance(0, 0, 175, prior::chronic_absence_prior) AS c;

-- Random rows, and tails next to nothing
SELECT count(*) AS chances, bool_and(pg_temp.agrees(chance, expected, CASE WHEN n > 2000 THEN 1e-11 ELSE 1e-13 END)) AS agree,
	array_agg((k, m, n, chance)) FILTER (WHERE NOT pg_temp.agrees(chance, expected, CASE WHEN n > 2000 THEN 1e-11 ELSE 1e-13 END)) AS wrong
FROM (VALUES
	(11, 155, 360, 1.19, 46.0, 0.2, 4.3341531266472427e-11),
	(10, 128, 180, 2.58, 41.2, 0.075, 0.51397266011668692),
	(1, 141, 175, 0.6, 47.6, 0.05, 5.3937337383470757e-7),
	(17, 136, 175, 3.22, 41.2, 0.2, 1.6020783222368393e-6),
	(1, 6, 12, 2.31, 53.8, 0.2, 0.043774126174226425),
	(1, 7, 12, 2.34, 0.6, 0.075, 1.0),
	(4, 29, 178, 0.89, 15.1, 0.2, 0.041468101130903256),
	(0, 4, 12, 3.16, 11.8, 0.05, 0.70715781713237775),
	(0, 11, 12, 1.27, 4.8, 0.075, 0.074399531341534858),
	(6, 93, 360, 3.98, 57.7, 0.10, 0.045253756528388184),
	(2, 12, 178, 3.23, 55.2, 0.2, 0.0035902375462939013),
	(1, 2, 12, 0.42, 46.3, 0.2, 0.04527958475073791),
	(4, 245, 360, 2.19, 32.7, 0.05, 6.0629973469028647e-5),
	(8, 136, 178, 2.33, 48.1, 0.10, 0.00052988048427118486),
	(14, 158, 1260, 3.02, 14.0, 0.2, 3.6658534269241504e-5),
	(0, 93, 178, 3.85, 34.8, 0.075, 0.00018500411377703038),
	(0, 5, 12, 3.72, 33.5, 0.2, 0.027652878900354834),
	(3, 44, 181, 1.25, 21.5, 0.10, 0.097398974223975731),
	(0, 33, 60, 0.81, 34.7, 0.05, 0.015368488309250486),
	(2, 24, 1260, 1.09, 59.3, 0.075, 0.055161646538678212),
	(6, 84, 181, 0.25, 6.2, 0.10, 0.067783807823507565),
	(0, 49, 60, 1.85, 49.3, 0.05, 0.0024527870534655221),
	(0, 6, 12, 1.74, 3.8, 0.10, 0.23960840237460474),
	(8, 137, 178, 1.11, 21.0, 0.075, 0.045346563335429177),
	(1, 3, 360, 0.37, 45.0, 0.10, 0.021803648710216053),
	(5, 83, 180, 0.51, 7.9, 0.05, 0.73670768681596794),
	(56, 580, 1260, 0.54, 15.2, 0.075, 0.99470343775776069),
	(6, 175, 180, 1.96, 8.0, 0.05, 0.0010104999603485764),
	(3, 21, 180, 1.78, 53.9, 0.05, 0.78819660515545346),
	(8, 42, 175, 3.75, 29.7, 0.2, 0.19527328167538772),
	(0, 170, 180, 1.4, 2200, 0.05, 4.1989813242571486e-24),
	(0, 100, 180, 0.001, 22, 0.10, 1.4231711306689956e-12),
	(17, 20, 180, 30, 3, 0.10, 1.0),
	(10, 100, 180, 1000000.0, 9000000.0, 0.10, 0.55444306793699811),
	(0, 0, 180, 0.01, 0.02, 0.10, 0.3478335750100926),
	(900, 10000, 20000, 1.4, 22, 0.10, 1.087909188824811e-6),
	(0, 0, 180, 1e-100, 1e-90, 0.5, 9.9999999990000003e-11)) AS v (k, m, n, a, b, threshold, expected),
	chronic_absence_chance(k, m, n, pg_temp.prior(a, b), threshold);
-- 10 percent of 180 days is 18, whatever floating point makes of it, and any threshold is as exact
SELECT threshold, n, min(k) FILTER (WHERE chance = 1) AS chronic_from
FROM (VALUES (0.10, 180), (0.10, 181), (0.1, 10), (0.07, 100), (0.035, 200), (0.333, 1000), (1, 30)) AS v (threshold, n),
	generate_series(0, n) AS k, chronic_absence_chance(k, n, n, pg_temp.prior(1.4, 22), threshold)
GROUP BY threshold, n ORDER BY n, threshold;
-- the chance of every end of a year sums to 1: that of k or more falls by the term of k
SELECT pg_temp.agrees(sum(chance), 100 * 1.4 / 23.4, 1e-13) AS mean_days_absent
FROM generate_series(1, 100) AS k, chronic_absence_chance(0, 0, 100, pg_temp.prior(1.4, 22), k / 100.0);

-- Days left: as days_left has them
SELECT k, m, n, d.days_to_miss, d.days_to_attend, d.reason, c.days_to_miss IS NOT DISTINCT FROM d.days_to_miss AS same
FROM (VALUES (7, 60, 178), (0, 0, 180), (5, 38, 175), (17, 120, 180), (18, 120, 181), (18, 120, 180), (3, 170, 180)) AS v (k, m, n),
	days_left(k, m, n) AS d, chronic_absence_chance(k, m, n, pg_temp.prior(1.4, 22)) AS c;

-- From sets
SELECT c.*, c.chance = (chronic_absence_chance(4, 25, 181, pg_temp.prior(1.4, 22))).chance AS same
FROM (SELECT '[2025-08-28,2025-09-06)'::daterange::dayset AS absent, daterange('2025-09-01', '2025-09-26')::dayset - dayset '{2025-09-05}' | dayset '{2025-10-01}' AS enrolled) AS s,
	LATERAL (SELECT * FROM chronic_absence_chance(absent, enrolled, 181, pg_temp.prior(1.4, 22))
		UNION ALL SELECT * FROM chronic_absence_chance(absent, enrolled, '[2025-09-20,2026-03-07)'::daterange::dayset, pg_temp.prior(1.4, 22))) AS c;
SELECT * FROM chronic_absence_chance(dayset '{}', dayset '{}', '[2025-09-01,2026-02-28)'::daterange::dayset, pg_temp.prior(1.4, 22));

-- A year of too few days
SELECT n, minimum, c.chance IS NULL AS none, c.days_to_miss, c.reason
FROM (VALUES (9, 10), (10, 10), (0, 0), (1, 0), (30, 31)) AS v (n, minimum), chronic_absence_chance(0, 0, n, pg_temp.prior(1.4, 22), minimum_days => minimum) AS c;

-- NULLs and errors
SELECT * FROM chronic_absence_chance(NULL, 3, 180, pg_temp.prior(1.4, 22));
CREATE FUNCTION pg_temp.outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'SELECT ' || statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT call, pg_temp.outcome(call)
FROM unnest(ARRAY[
	'chronic_absence_chance(4, 3, 180, pg_temp.prior(1, 1))',
	'chronic_absence_chance(4, 181, 180, pg_temp.prior(1, 1))',
	'chronic_absence_chance(-1, 3, 180, pg_temp.prior(1, 1))',
	'chronic_absence_chance(0, 3, -180, pg_temp.prior(1, 1))',
	'chronic_absence_chance(0, 3, 100001, pg_temp.prior(1, 1))',
	'chronic_absence_chance(dayset ''{}'', dayset ''{2025-09-01,2025-09-02}'', 1, pg_temp.prior(1, 1))',
	'chronic_absence_chance(0, 3, 180, pg_temp.prior(0, 1))',
	'chronic_absence_chance(0, 3, 180, pg_temp.prior(1, -1))',
	'chronic_absence_chance(0, 3, 180, pg_temp.prior(1, ''NaN''))',
	'chronic_absence_chance(0, 3, 180, pg_temp.prior(''Infinity'', 1))',
	'chronic_absence_chance(0, 3, 180, pg_temp.prior(1, 1), 0)',
	'chronic_absence_chance(0, 3, 180, pg_temp.prior(1, 1), 10)',
	'chronic_absence_chance(0, 3, 180, pg_temp.prior(1, 1), NULL)',
	'chronic_absence_chance(0, 3, 180, pg_temp.prior(1, 1), 0.1, NULL)',
	'chronic_absence_chance(NULL, 3, 180, pg_temp.prior(1, 1), 0.1, -1)',
	'chronic_absence_prior(5, 4)', 'chronic_absence_prior(-5, 4)', 'chronic_absence_prior(5, 100001)',
	'gapstats_internal.chronic_absence_prior_final(''{1,0,0}'')', 'gapstats_internal.chronic_absence_prior_final(''{1,0}'')',
	'gapstats_internal.chronic_absence_prior_final(''{-1,-1,-1}'')', 'gapstats_internal.chronic_absence_prior_add(NULL, 1, 2)', 'gapstats_internal.chronic_absence_prior_add(NULL, NULL, 2) || ARRAY[1]',
	'gapstats_internal.chronic_absence_prior_add(''{9223372036854775807,0,0,0,9223372036854775807,0,0,0,9223372036854775807}'', 0, 2)',
	'calibration(1.5, true)', 'calibration(''NaN'', true)', 'calibration(0.5, true, 1)', 'chance_tenth(-0.1)']) AS call;

-- Calibration
SELECT n, n_observed, n_missing, pg_temp.agrees(mean_predicted, 0.39) AS mean_predicted, pg_temp.agrees(brier, 0.15834) AS brier, pg_temp.agrees(in_the_large, -0.01) AS in_the_large, estimate, reason
FROM (SELECT (calibration(p, y = 1)).*
	FROM unnest('{.02,.05,.11,.18,.34,.35,.52,.61,.77,.95,NULL,.5}'::float8[], '{0,0,0,1,0,0,1,0,1,1,1,NULL}'::integer[]) AS s (p, y)) AS c;
CREATE TEMP TABLE told AS
SELECT i, (i * 37 % 101) / 101.0::float8 AS p, i * 53 % 97 / 97.0 < i * 37 % 101 / 101.0 AS y FROM generate_series(1, 400) AS i;
SELECT v.tenth, c.n, c.n_observed, (c.n, c.n_observed) = (v.n, v.x) AND pg_temp.agrees(mean_predicted, v.mean) AND pg_temp.agrees(c.lower, v.lower)
		AND pg_temp.agrees(c.upper, v.upper) AND pg_temp.agrees(c.brier, v.brier) AND in_the_large = mean_predicted - estimate AS agrees
FROM (SELECT tenth, (calibration(p, y)).* FROM (SELECT *, chance_tenth(p) AS tenth FROM told) AS t GROUP BY ROLLUP (tenth)) AS c
JOIN (VALUES
	(NULL, 400, 201, 0.4954950495049505, 0.453711327207912, 0.55124111132041651, 0.17443657484560337),
	(0, 43, 5, 0.050656228413539028, 0.050704277398041681, 0.24479161810082131, 0.10367200662041797),
	(1, 40, 8, 0.15346534653465347, 0.10499989725437702, 0.34757306346399496, 0.1629742182139006),
	(2, 39, 10, 0.25209444021325209, 0.14568780540992585, 0.41081655921683971, 0.18877234258079273),
	(3, 40, 14, 0.35148514851485149, 0.22134528873176291, 0.50494119162742308, 0.22880599941182237),
	(4, 40, 15, 0.4504950495049505, 0.24222979167233271, 0.52967560862698895, 0.23865552396823841),
	(5, 40, 20, 0.5495049504950495, 0.35199526933465384, 0.64800473066534616, 0.25028918733457504),
	(6, 39, 27, 0.6488956587966489, 0.53578745625850697, 0.81434067693088864, 0.21244523538416294),
	(7, 40, 33, 0.74752475247524752, 0.68050009668212288, 0.91254586253964081, 0.14895843544750515),
	(8, 40, 33, 0.84653465346534653, 0.68050009668212288, 0.91254586253964081, 0.14490491128320753),
	(9, 39, 36, 0.94668697638994669, 0.79678928832045008, 0.97349260469622026, 0.068864540681029261)) AS v (tenth, n, x, mean, lower, upper, brier) ON v.tenth IS NOT DISTINCT FROM c.tenth
ORDER BY v.tenth;
SELECT chance_tenth(p) AS tenth, count(*) FROM unnest('{0,0.09,0.1,0.3,0.7,0.99,1}'::float8[]) AS p GROUP BY tenth ORDER BY tenth;
SELECT * FROM (SELECT (calibration(p, y, 0.9)).* FROM told WHERE p > 2) AS none;
SELECT DISTINCT calibration(p, y ORDER BY i * 7919 % o)::text = (SELECT calibration(p, y)::text FROM told) AS same FROM told, unnest('{101,211,307}'::integer[]) AS o GROUP BY o;
