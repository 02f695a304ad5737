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
SELECT round((fraction * 100 + 0.5)) AS k, score, score = expected AS agrees
FROM model, growth_curve(m, 437),
	LATERAL (SELECT (array[418.21808, 443.77251, 445.6975, 471.591])[array_position('{10,50,51,90}', round(fraction * 100 + 0.5)::int)] AS expected) t
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
FROM (SELECT score, lag(score) OVER (PARTITION BY prior ORDER BY fraction) AS previous
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

-- scores far from any scale in use: a student's percentile does not depend on it
SELECT scale, count(*), bool_and(student_growth_percentile(m, prior * scale, current * scale, 51 * scale) = student_growth_percentile(unscaled, prior, current, 51)) AS invariant
FROM ties, (SELECT m AS unscaled FROM ties_model) u,
	(SELECT scale, growth_model(prior * scale, current * scale) AS m
	FROM ties, unnest('{1e-300,1e-160,1e-9,1e-3,1e3,1e9,1e160,1e300}'::float8[]) scale GROUP BY scale) t
GROUP BY scale ORDER BY scale;
-- 3 decimals from a range of 0.1 on; on narrower scales the point moves along, and all priors are within the boundaries
SELECT range, knots, boundaries, lowest >= boundaries[1] AND highest <= boundaries[2] AS within
FROM (SELECT range, min(prior * range) AS lowest, max(prior * range) AS highest, (growth_model(prior * range, current, 300)).*
	FROM unnest('{0.004,0.0999,0.1,0.5}'::float8[]) range, (SELECT (prior - 400) / 100.0::float8 AS prior, current FROM cohort) t GROUP BY range) t
ORDER BY range;
-- as package SGP has it where its rounding moves the knots, and on a wide scale
SELECT unit, (m).knots, (m).boundaries, pg_temp.agrees((m).losses[26], loss) AS loss, sum(sgp) = expected AS sum, sum(i * sgp) = weighted AS weighted_sum
FROM (VALUES (1 / 300.0::float8, 3339.0044514975889, 59316, 35592435), (20000, 3338.9963574793419, 59304, 35585022)) AS t(unit, loss, expected, weighted),
	LATERAL (SELECT growth_model(prior * unit, current) AS m FROM ties) f, ties, student_growth_percentile(m, prior * unit, current) sgp
GROUP BY unit, m, loss, expected, weighted ORDER BY unit;
-- scores a thousand million from zero
SELECT sum(abs(student_growth_percentile(shifted, prior + 1e9, current + 1e9) - student_growth_percentile(m, prior, current))) AS apart
FROM ties, ties_model, (SELECT growth_model(prior + 1e9, current + 1e9) AS shifted FROM ties) t;

-- what was endless, or never reached an end: each is done, or refused, at once
SET statement_timeout = '30s';
SELECT growth_model(p, c, 10) FROM (SELECT i::float8 p, CASE WHEN i % 2 = 0 THEN 1.7e308 ELSE -1.7e308 END::float8 c FROM generate_series(1, 500) i) s;
SELECT growth_model(c, p, 10) FROM (SELECT i::float8 p, CASE WHEN i % 2 = 0 THEN 1.7e308 ELSE -1.7e308 END::float8 c FROM generate_series(1, 500) i) s;
SELECT growth_model(p, c, 10) FROM (SELECT i::float8 p, CASE WHEN i % 2 = 0 THEN 8e307 ELSE -8e307 END::float8 c FROM generate_series(1, 500) i) s;
SELECT (growth_model(p, c, 10)).reason IS NULL AS fitted FROM (SELECT i::float8 p, CASE WHEN i % 2 = 0 THEN 1e305 ELSE -1e305 END::float8 c FROM generate_series(1, 500) i) s;
-- a perfect fit leaves nothing; the steps that rounding leaves to be taken come to an end
SELECT (m).reason, bool_and(loss < 1e-6) AS nothing_left, bool_and(student_growth_percentile(m, i, i) <= 2) AS at_the_curve
FROM (SELECT growth_model(i, i, 10) AS m FROM generate_series(1, 5000) i) t, unnest((m).losses) loss, generate_series(1, 5000, 500) i GROUP BY (m).reason;
-- one score that is a thousand million times the others; priors that are nearly one; neighbours in floating point
SELECT (growth_model(i, CASE WHEN i = 500 THEN 1e12 ELSE i * 7919 % 101 END, 10)).reason FROM generate_series(1, 5000) i;
SELECT (growth_model(exp(-i), i * 7919 % 211, 10)).reason FROM generate_series(1, 500) i;
SELECT (growth_model(1 + i * 2.3e-16::float8, i * 7919 % 211, 10)).reason FROM generate_series(1, 1000) i;
SELECT (growth_model(1 - i * 1.2e-16::float8, i * 7919 % 211, 5)).reason FROM generate_series(0, 7) i;
SELECT (growth_model(i * 5e-324::float8, i * 7919 % 211 * 5e-324::float8, 10)).reason FROM generate_series(1, 1000) i;
SELECT (growth_model(42, i, 10)).reason FROM generate_series(1, 1000) i;
-- while it goes on, it can be stopped
CREATE FUNCTION pg_temp.in_time(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	start timestamptz := clock_timestamp();
BEGIN
	EXECUTE query;
	RETURN clock_timestamp() - start < interval '2.5 s';
EXCEPTION WHEN query_canceled THEN
	RETURN clock_timestamp() - start < interval '2.5 s';
END $$;
SET statement_timeout = '1s';
SELECT pg_temp.in_time('SELECT growth_model(i + 0.5, sqrt(i * 7919 % 100003)) FROM generate_series(1, 100000) i');
RESET statement_timeout;

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
SELECT (growth_model(prior, current, 300)).n FROM cohort WHERE false;
SELECT growth_model('NaN', current) FROM cohort;
SELECT growth_model(prior, current, NULL) FROM cohort;
SELECT growth_model(prior, current, -5) FROM cohort;
SELECT growth_model(prior, current, CASE WHEN i = 7 THEN 10 ELSE 5000 END) FROM cohort;
SELECT student_growth_percentile(m, 450, 'Infinity') FROM model;
SELECT student_growth_percentile(m, 'NaN', 450) FROM model;
SELECT student_growth_percentile(ROW(1, '{1}', '{1,2}', '{1}', NULL, NULL)::growth_model, 450, 400);
SELECT student_growth_percentile(ROW(1, '{1,2,3,4}', '{1,9}', array_fill(NULL::float8, '{100,8}'), NULL, NULL)::growth_model, 450, 400);
-- models made up: an error, or an answer
SELECT student_growth_percentile(ROW(1, '{9,1,9,1}', '{0,9}', array_fill(5::float8, '{100,8}'), NULL, NULL)::growth_model, 5, 5);
SELECT student_growth_percentile(ROW(1, '{1,2,3,4}', '{0,9}', array_fill('NaN'::float8, '{100,8}'), NULL, NULL)::growth_model, 5, 5);
CREATE FUNCTION pg_temp.ask(knots text, boundaries text, coefficients float8[], prior float8) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	model growth_model := ROW(1, knots, boundaries, coefficients, NULL, NULL);
	curve text;
BEGIN
	curve := (SELECT format('%s rows from %s to %s', count(*), min(score), max(score)) FROM growth_curve(model, prior));
	RETURN concat_ws(', ', curve, student_growth_percentile(model, prior, 5));
EXCEPTION WHEN OTHERS THEN
	RETURN concat_ws(' ', SQLSTATE, SQLERRM);
END $$;
SELECT what, pg_temp.ask(knots, boundaries, coefficients, prior) AS answer
FROM (SELECT array_fill(5::float8, '{100,8}') AS flat, array_fill(1e308::float8, '{100,8}') AS huge,
		array_fill(1.7976931348623157e308::float8, '{100,8}') AS largest,
		(SELECT array_agg(ARRAY[1e308,-1e308,1e308,-1e308,1e308,-1e308,1e308,-1e308]) FROM generate_series(1, 100)) AS waves) c,
	LATERAL (VALUES
	(1, 'as they should be', '{1,2,3,4}', '{0,9}', flat, 5),
	(2, 'one knot four times', '{2,2,2,2}', '{0,9}', flat, 2),
	(3, 'at either boundary', '{1,2,3,4}', '{0,9}', flat, 9),
	(4, 'beyond', '{1,2,3,4}', '{0,9}', flat, 1e308),
	(5, 'unsorted knots', '{1,3,2,4}', '{0,9}', flat, 5),
	(6, 'a knot at a boundary', '{0,2,3,4}', '{0,9}', flat, 0),
	(7, 'knots outside', '{1,2,3,10}', '{0,9}', flat, 5),
	(8, 'equal boundaries', '{1,1,1,1}', '{1,1}', flat, 1),
	(9, 'boundaries the wrong way round', '{4,3,2,1}', '{9,0}', flat, 5),
	(10, 'empty arrays', '{}', '{}', '{}', 5),
	(11, 'empty coefficients', '{1,2,3,4}', '{0,9}', '{}', 5),
	(12, 'one dimension', '{1,2,3,4}', '{0,9}', array_fill(5::float8, '{800}'), 5),
	(13, 'the other way round', '{1,2,3,4}', '{0,9}', array_fill(5::float8, '{8,100}'), 5),
	(14, 'three dimensions', '{1,2,3,4}', '{0,9}', array_fill(5::float8, '{1,100,8}'), 5),
	(15, 'infinite knots', '{1,2,3,Infinity}', '{0,9}', flat, 5),
	(16, 'infinite boundaries', '{1,2,3,4}', '{-Infinity,Infinity}', flat, 5),
	(17, 'NaN', '{1,2,3,NaN}', '{0,9}', flat, 5),
	(18, 'the widest boundaries', '{-1,0,1,2}', '{-1.7976931348623157e308,1.7976931348623157e308}', flat, 5),
	(19, 'the narrowest', '{1e-323,1e-323,1e-323,1e-323}', '{0,1.5e-323}', flat, 1e-323),
	(20, 'coefficients of 1e308', '{1,2,3,4}', '{0,9}', huge, 5),
	(21, 'and of both signs', '{1,2,3,4}', '{0,9}', waves, 5),
	(22, 'the largest', '{1,2,3,4}', '{0,9}', largest, 5),
	(23, 'infinite coefficients', '{1,2,3,4}', '{0,9}', array_fill('-Infinity'::float8, '{100,8}'), 5),
	(24, 'no knots', NULL, '{0,9}', flat, 5)) AS t(k, what, knots, boundaries, coefficients, prior)
ORDER BY k;

-- Several prior scores: quantreg's losses and percentiles with the splines of each added (test/reference/growth.R)
CREATE TEMP TABLE several AS
SELECT i, last::float8, before::float8, (i * 7919 % 307) / 2.0::float8 AS reading,
	400 + 0.75::float8 * last + 0.25::float8 * before + i * 6007 % 59 + CASE WHEN last > 100 THEN i * i % 17 / 2.0::float8 ELSE 0 END AS now
FROM (SELECT i, 20 + 37 * i % 211 + i * i % 13 AS last, 300 + 2 * (37 * i % 211) + 53 * i * i % 97 AS before FROM generate_series(1, 1500) AS i) AS s;
CREATE TEMP TABLE several_model AS
SELECT growth_model(ARRAY[last, before], now) AS two, growth_model(ARRAY[last, before, reading], now) AS three, growth_model(ARRAY[last], now) AS one, growth_model(last, now) AS plain FROM several;
SELECT (two).n, (two).knots, (two).boundaries, array_dims((two).coefficients) AS two, array_dims((three).coefficients) AS three, (two).reason FROM several_model;
SELECT label, bool_and(abs(m.losses[tau] / expected - 1) < 1e-9) AS losses
FROM several_model, LATERAL (VALUES ('two', (two).losses, '{229.82523757434166,8436.6150909045809,11061.466307464649,8440.9998002904304,233.41743097242559}'::float8[]),
		('three', (three).losses, '{228.08799411695324,8429.2941514517188,11056.207168681258,8428.2919656622835,231.41333453434382}'),
		('one', (one).losses, '{300.2227778592524,9174.0379062900302,11941.697466739522,9315.6037294048419,312.95609762386181}')) AS m (label, losses, numbers),
	unnest('{1,26,50,75,100}'::int[], numbers) AS e (tau, expected)
GROUP BY label ORDER BY label;
CREATE TEMP TABLE several_growth AS
SELECT i, student_growth_percentile_of_priors(two, ARRAY[last, before], now) AS two, student_growth_percentile_of_priors(three, ARRAY[last, before, reading], now) AS three,
	student_growth_percentile_of_priors(one, ARRAY[last], now) AS one FROM several, several_model;
SELECT sum(two) AS two, sum(i * two) AS weighted_two, sum(three) AS three, sum(i * three) AS weighted_three, sum(one) AS one, sum(i * one) AS weighted_one FROM several_growth;
SELECT array_agg(two ORDER BY i) AS two, array_agg(three ORDER BY i) AS three, array_agg(one ORDER BY i) AS one FROM several_growth WHERE i <= 12;
SELECT array_agg(c.score::numeric ORDER BY c.fraction) AS curve FROM several_model, several, growth_curve_of_priors(two, ARRAY[last, before]) AS c WHERE i = 1 AND c.fraction IN (0.005, 0.245, 0.495, 0.745, 0.995);
-- of one prior it is what it was, to the last bit
SELECT one = plain AS same FROM several_model;
-- neither order nor workers change a bit, and the order of priors no percentile
SELECT growth_model(ARRAY[last, before], now ORDER BY i DESC) = two AS same_bits FROM several, several_model GROUP BY two;
CREATE TABLE several_rows AS SELECT * FROM several;
ALTER TABLE several_rows SET (parallel_workers = 2);
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT growth_model(ARRAY[last, before], now) FROM several_rows;
SELECT growth_model(ARRAY[last, before], now) = two AS same_bits FROM several_rows, several_model GROUP BY two;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
DROP TABLE several_rows;
SELECT sum(abs(student_growth_percentile_of_priors(swapped, ARRAY[before, last], now) - g.two)) AS apart
FROM several JOIN several_growth AS g USING (i), (SELECT growth_model(ARRAY[before, last], now) AS swapped FROM several) AS m;
-- and no other scale of one of them or of the current score
SELECT sum(abs(student_growth_percentile_of_priors(m, ARRAY[last * 1024, before], now * 4096) - g.two)) AS apart
FROM several JOIN several_growth AS g USING (i), (SELECT growth_model(ARRAY[last * 1024, before], now * 4096) AS m FROM several) AS m;
-- a prior that follows from another, or takes few values
SELECT (growth_model(ARRAY[last, last], now)).reason AS twice, (growth_model(ARRAY[last, 2 * last + 7], now)).reason AS linear,
	(growth_model(ARRAY[last, i % 7], now)).reason AS few, (growth_model(ARRAY[last, before], 5)).reason AS one_score, (growth_model(ARRAY[last, before], now, 2000)).reason AS small FROM several;
-- who lacks a score
SELECT (growth_model(ARRAY[last, CASE WHEN i > 100 THEN before END], now, 100)).n AS before, (growth_model(ARRAY[last, before], CASE WHEN i > 200 THEN now END)).n AS now,
	(growth_model(CASE WHEN i > 300 THEN ARRAY[last, before] END, now)).n AS both FROM several;
SELECT (m).n, (m).reason FROM (SELECT growth_model(NULL::float8[], now, 7 + 0 * i) AS m FROM several) AS s;
SELECT growth_model(CASE WHEN i > 300 THEN ARRAY[last, before] END, now) = growth_model(ARRAY[last, before], now) FILTER (WHERE i > 300) AS same FROM several;
SELECT growth_model(NULL::float8[], now, CASE WHEN i = 7 THEN 10 ELSE 20 END) FROM several;
SELECT student_growth_percentile_of_priors(two, ARRAY[100, NULL], 600) AS lacks_one, student_growth_percentile_of_priors(two, NULL, 600) AS lacks_both, student_growth_percentile_of_priors(two, ARRAY[100, 500], NULL) AS lacks_current,
	student_growth_percentile_of_priors(two, ARRAY[100, 900], 600) AS beyond, student_growth_percentile_of_priors(NULL, ARRAY[100, 500], 600) AS no_model,
	(SELECT count(*) FROM growth_curve_of_priors(two, ARRAY[100, NULL])) AS no_curve
FROM several_model;
SELECT student_growth_percentile_of_priors(two, ARRAY[100], 600) FROM several_model;
SELECT student_growth_percentile(two, 100, 600) FROM several_model;
SELECT student_growth_percentile_of_priors(plain, ARRAY[100, 500], 600) FROM several_model;
SELECT student_growth_percentile_of_priors(two, ARRAY[100, 'NaN']::float8[], 600) FROM several_model;
SELECT growth_model('{}'::float8[], 5);
SELECT growth_model('{1,2,3,4,5,6}'::float8[], 5);
SELECT growth_model('{{1,2},{3,4}}'::float8[], 5);
SELECT growth_model(CASE WHEN i = 7 THEN ARRAY[last] ELSE ARRAY[last, before] END, now) FROM several;
SELECT growth_model(ARRAY[last, 'Infinity'], now) FROM several;
SELECT growth_model(ARRAY[last, before], now, CASE WHEN i = 7 THEN 10 ELSE 20 END) FROM several;
SELECT gapstats_internal.growth_model_of_priors_final('{1000}');
SELECT gapstats_internal.growth_model_of_priors_final('{1000,13,1,2,3}');
SELECT gapstats_internal.growth_model_of_priors_final(ARRAY[0, 6]::float8[] || array_agg(i * 7919 % 101 + 0.5)) FROM generate_series(1, 7 * 100) AS i;
SELECT gapstats_internal.growth_model_of_priors_final('{1000,2,1,2,3,4}');
SELECT student_growth_percentile_of_priors(ROW(1, '{{1,2,3,4}}', '{{0,5}}', '{{1}}', NULL, NULL)::growth_model, '{3}', 400);
SELECT student_growth_percentile_of_priors(ROW(1, array_fill(1, '{9,4}'), '{{0,5}}', '{{1}}', NULL, NULL)::growth_model, '{3}', 400);
