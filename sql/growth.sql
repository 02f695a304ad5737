-- Student growth percentiles. Numbers: MEASURES 7.6 (R quantreg, method br), others from test/reference/growth.R.
SET search_path = gapstats, public, pg_temp;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-9 END;
CREATE TEMP TABLE cohort AS
	SELECT i, prior, round(410 + 0.9::float8 * (prior - 400) + (53 * i % 67 - 33) + i % 3) AS current
	FROM (SELECT i, 400 + 37 * i % 101 AS prior FROM generate_series(1, 300) i) t;
CREATE TEMP TABLE model AS SELECT growth_model(prior, current, 300) AS m FROM cohort;

SELECT (m).n, (m).knots, (m).boundaries, array_dims((m).coefficients), (m).reason,
	pg_temp.agrees((m).losses[51], 2498.00280787126) AS loss_505, pg_temp.agrees((m).losses[10], 860.78578067172) AS loss_095
FROM model;
CREATE TEMP TABLE growth AS
	SELECT i, prior, current, student_growth_percentile(m, prior, current) AS sgp FROM cohort, model;
SELECT array_agg(sgp ORDER BY i) FILTER (WHERE i <= 12) = '{75,58,39,15,94,72,54,35,9,93,69,47}' AS first_twelve,
	pg_temp.agrees(avg(sgp)::float8, 48.67666666666667) AS mean, percentile_cont(0.5) WITHIN GROUP (ORDER BY sgp) = 48.5 AS median,
	ARRAY[count(*) FILTER (WHERE sgp <= 20), count(*) FILTER (WHERE sgp > 20 AND sgp <= 40), count(*) FILTER (WHERE sgp > 40 AND sgp <= 60),
		count(*) FILTER (WHERE sgp > 60 AND sgp <= 80), count(*) FILTER (WHERE sgp > 80)] = '{65,61,59,60,55}' AS counts
FROM growth;
SELECT round((percentile * 100 + 0.5)) AS k, score, score = expected AS agrees
FROM model, growth_curve(m, 437),
	LATERAL (SELECT (array[418.21808, 443.77251, 445.6975, 471.591])[array_position('{10,50,51,90}', round(percentile * 100 + 0.5)::int)] AS expected) t
WHERE expected IS NOT NULL;

-- scores with many ties; the highest score
CREATE TEMP TABLE ties AS
	SELECT i, prior, 53 * i % 29 + prior / 3 + i * i % 7 AS current
	FROM (SELECT i, 20 + 37 * i % 41 AS prior FROM generate_series(1, 1200) i) t;
CREATE TEMP TABLE ties_model AS SELECT growth_model(prior, current) AS m FROM ties;
SELECT (m).n, (m).knots, (m).boundaries, k, pg_temp.agrees((m).losses[k], expected) AS loss
FROM ties_model, (VALUES (1, 93.874758743168329), (26, 3338.996357479341896), (50, 4382.130489616406521),
	(99, 281.278728615238890), (100, 96.461663193844942)) AS t(k, expected);
SELECT sum(student_growth_percentile(m, prior, current)) = 59304 AS sum,
	sum(i * student_growth_percentile(m, prior, current)) = 35585022 AS weighted_sum,
	sum(student_growth_percentile(m, prior, current, 51)) = 59305 AS with_a_highest_score
FROM ties, ties_model;

-- what must hold for any cohort: the curve ascends, better scores never have lower percentiles,
-- and scores on a scale three times as wide, tilted against the prior, leave three times the loss
SELECT bool_and(score >= previous) AS ascending, count(*)
FROM (SELECT score, lag(score) OVER (PARTITION BY prior ORDER BY percentile) AS previous
	FROM ties_model, generate_series(16, 64, 0.5) prior, growth_curve(m, prior::float8)) t;
SELECT bool_and(sgp >= previous AND sgp BETWEEN 1 AND 99) AS monotone, min(sgp), max(sgp)
FROM (SELECT sgp, lag(sgp, 1, 0) OVER (PARTITION BY prior ORDER BY current) AS previous
	FROM ties_model, generate_series(20, 60, 5) prior, generate_series(-20, 90) current,
		student_growth_percentile(m, prior, current) sgp) t;
SELECT bool_and((stretched).losses[k] / (m).losses[k] BETWEEN 3 - 1e-9 AND 3 + 1e-9) AS equivariant
FROM ties_model, generate_series(1, 100) k,
	(SELECT growth_model(prior + 1000, 3 * current - 2 * prior) AS stretched FROM ties) t;
-- one row a student, fitted once to each cohort
SELECT half, bool_and(sgp = student_growth_percentile(m, prior, current)) AS as_grouped, count(*)
FROM (SELECT i % 2 AS half, prior, current,
		student_growth_percentile(growth_model(prior, current, 100) OVER (PARTITION BY i % 2), prior, current) AS sgp FROM ties) w
JOIN (SELECT i % 2 AS half, growth_model(prior, current, 100) AS m FROM ties GROUP BY i % 2) g USING (half)
GROUP BY half ORDER BY half;
-- any order of rows, one worker or four: the same bits
SELECT growth_model(prior, current ORDER BY i DESC) = m AS same_bits FROM ties, ties_model GROUP BY m;
CREATE TABLE growth_cohort AS SELECT prior, current FROM ties, generate_series(1, 10);
ALTER TABLE growth_cohort SET (parallel_workers = 4);
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE serial AS SELECT growth_model(prior, current) AS m FROM growth_cohort;
SET max_parallel_workers_per_gather = 4;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT growth_model(prior, current) FROM growth_cohort;
SELECT growth_model(prior, current) = m AS same_bits FROM growth_cohort, serial GROUP BY m;
DROP TABLE growth_cohort;

-- undefined, and why
SELECT (growth_model(prior, current)).* FROM cohort;
SELECT (growth_model(prior, current)).reason FROM cohort WHERE false;
SELECT (growth_model(prior, NULLIF(current, 410), 300)).n FROM cohort;
SELECT (growth_model(prior, 400, 300)).reason FROM cohort;
SELECT (growth_model(prior / 20, current, 300)).reason FROM cohort;
SELECT student_growth_percentile(m, NULL, 400) AS no_prior, student_growth_percentile(m, 450, NULL) AS no_current,
	student_growth_percentile(m, 389.9, 400) AS beyond, student_growth_percentile(m, 390, 0) AS lowest,
	student_growth_percentile(m, 510, 999) AS highest, student_growth_percentile(NULL, 450, 400) AS no_model
FROM model;
SELECT student_growth_percentile(small, 450, 400) AS not_fitted, (SELECT count(*) FROM growth_curve(small, 450)) AS rows
FROM (SELECT growth_model(prior, current) AS small FROM cohort) t;
SELECT count(*) FROM model, growth_curve(m, 600);
SELECT growth_model('NaN', current) FROM cohort;
SELECT student_growth_percentile(m, 450, 'Infinity') FROM model;
SELECT student_growth_percentile(m, 'NaN', 450) FROM model;
SELECT student_growth_percentile(ROW(1, '{1}', '{1,2}', '{1}', NULL, NULL)::growth_model, 450, 400);
SELECT student_growth_percentile(ROW(1, '{1,2,3,4}', '{1,9}', array_fill(NULL::float8, '{100,8}'), NULL, NULL)::growth_model, 450, 400);
-- models made up
SELECT student_growth_percentile(ROW(1, '{9,1,9,1}', '{0,9}', array_fill(5::float8, '{100,8}'), NULL, NULL)::growth_model, 5, 5);
SELECT student_growth_percentile(ROW(1, '{1,2,3,4}', '{0,9}', array_fill('NaN'::float8, '{100,8}'), NULL, NULL)::growth_model, 5, 5);
