-- Percentiles of each group as rows, as a fan is drawn of them. First MEASURES 1.4 and 7.1, dataset A.
CREATE SCHEMA report;
SET search_path = report, gapstats;
CREATE FUNCTION agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN actual IS NULL AND expected IS NULL OR abs(actual / expected - 1) < 1e-8;
CREATE TABLE a AS
SELECT 'F' AS team, unnest('{212,205,221,198,230,217,209,225,201,214}'::integer[]) AS score
UNION ALL
SELECT 'R', unnest('{224,231,219,240,228,235,222,229,243,226,233,217}'::integer[]);
SELECT group_name, fraction, value, n FROM percentile_report('a', '{"score": {"score": "score", "direction": "higher", "unit": "points"}}', '{team}', min_n => 1) WHERE group_name = 'F';
-- without dimensions everyone is one group, who is 22
SELECT * FROM percentile_report('a', '{"score": {"score": "score", "direction": "higher", "unit": "points"}}');

-- What NumPy and SciPy have of two years and three groups (test/reference/group_reports.py); who has no group is in none
CREATE TABLE student AS
SELECT i, 2024 + i % 2 AS year, CASE WHEN i % 29 = 0 THEN 'other' ELSE (ARRAY[NULL, 'free', 'paid'])[1 + least(i * 7 % 13, 2)] END AS lunch,
	CASE WHEN i % 11 <> 0 THEN 400 + i * 7919 % 101 - CASE WHEN i % 29 <> 0 AND i * 7 % 13 = 1 THEN 20 ELSE 0 END END AS score, (ARRAY['north', 'south'])[1 + i % 7 / 4] AS school, i % 3 AS grade
FROM generate_series(1, 600) AS i;
CREATE TABLE expected (year, lunch, fraction, n, n_missing, value, se, lower, upper, reason) AS VALUES
	(2024, 'free', 0.1, 21, 2, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2024, 'free', 0.25, 21, 2, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2024, 'free', 0.5, 21, 2, 426.0, 9.68316469581925, 404.0, 450.0, NULL),
	(2024, 'free', 0.75, 21, 2, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2024, 'free', 0.9, 21, 2, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2024, 'other', 0.1, 10, 0, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2024, 'other', 0.25, 10, 0, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2024, 'other', 0.5, 10, 0, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2024, 'other', 0.75, 10, 0, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2024, 'other', 0.9, 10, 0, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2024, 'paid', 0.1, 221, 23, 409.0, 1.9925057931419454, 406.0, 414.0, NULL),
	(2024, 'paid', 0.25, 221, 23, 425.0, 3.030377852877294, 418.0, 430.0, NULL),
	(2024, 'paid', 0.5, 221, 23, 450.0, 3.3981820945281025, 443.0, 458.0, NULL),
	(2024, 'paid', 0.75, 221, 23, 475.0, 3.014203692315227, 470.0, 482.0, NULL),
	(2024, 'paid', 0.9, 221, 23, 491.0, 2.2027823915958464, 486.0, 495.0, NULL),
	(2025, 'free', 0.1, 20, 2, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2025, 'free', 0.25, 20, 2, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2025, 'free', 0.5, 20, 2, 421.5, 11.27901992381979, 400.0, 445.0, NULL),
	(2025, 'free', 0.75, 20, 2, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2025, 'free', 0.9, 20, 2, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2025, 'other', 0.1, 9, 1, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2025, 'other', 0.25, 9, 1, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2025, 'other', 0.5, 9, 1, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2025, 'other', 0.75, 9, 1, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2025, 'other', 0.9, 9, 1, NULL, NULL, NULL, NULL, 'n_too_small'),
	(2025, 'paid', 0.1, 224, 22, 409.3, 2.080309452475572, 405.0, 413.0, NULL),
	(2025, 'paid', 0.25, 224, 22, 423.75, 2.785430594985672, 418.0, 430.0, NULL),
	(2025, 'paid', 0.5, 224, 22, 449.5, 3.3858439776114464, 443.0, 456.0, NULL),
	(2025, 'paid', 0.75, 224, 22, 474.0, 2.9957487546074644, 468.0, 480.0, NULL),
	(2025, 'paid', 0.9, 224, 22, 489.70000000000005, 1.7539277466102987, 485.0, 493.0, NULL);
CREATE TABLE fan AS SELECT * FROM percentile_report('student', '{"reading": {"score": "score", "direction": "higher"}}', '{lunch}', period => 'year', digits => NULL);
SELECT count(*), bool_and(agrees(r.value, e.value::float8) AND agrees(r.value_se, e.se::float8) AND agrees(r.value_lower, e.lower::float8) AND agrees(r.value_upper, e.upper::float8)) AS as_scipy_has_them,
	bool_and((r.n, r.n_missing, r.reason) IS NOT DISTINCT FROM (e.n, e.n_missing, e.reason)) AS counted, count(DISTINCT key) AS keys
FROM fan r
FULL JOIN expected e ON r.period = e.year::text AND r.group_name = e.lunch AND r.fraction = e.fraction::float8;
SELECT string_agg(format('%s %s', attname, format_type(atttypid, NULL)), ', ' ORDER BY attnum) AS columns FROM pg_attribute WHERE attrelid = 'fan'::regclass AND attnum > 0;
-- strata, pairs of dimensions: what the statistics of one distribution have
SELECT count(*), count(DISTINCT key) AS keys, array_agg(DISTINCT level) AS levels, array_agg(DISTINCT dimension) AS dimensions,
	count(*) FILTER (WHERE (r.n, r.value, r.value_se, r.value_lower, r.value_upper) IS DISTINCT FROM (p.n::integer, p.estimate, p.se, p.lower, p.upper)) AS differ
FROM percentile_report('student', '{"reading": {"score": "score", "direction": "higher"}}', '{lunch,school}', '{year,grade}', depth => 2, fractions => '{0.2,0.5,0.85}', min_n => 1, confidence => 0.8, digits => NULL) r
CROSS JOIN LATERAL (
	SELECT (percentile_interval(distribution(score), r.fraction, 0.8)).*
	FROM student
	WHERE CASE r.dimension WHEN 'lunch' THEN lunch WHEN 'school' THEN school ELSE lunch || ' x ' || school END = r.group_name
		AND CASE r.level WHEN 'all' THEN 'all' WHEN 'year' THEN year::text WHEN 'grade' THEN grade::text ELSE year || ', ' || grade END = r.stratum
) p
WHERE r.reason IS DISTINCT FROM 'n_too_small';
-- from stored distributions the same, and the same whatever the order of the rows
CREATE TABLE stored AS SELECT year, lunch, distribution(score) AS scores FROM student GROUP BY year, lunch;
SELECT count(*) AS differ FROM fan r JOIN percentile_report('stored', '{"reading": {"distribution": "scores", "direction": "higher"}}', '{lunch}', period => 'year', digits => NULL) s USING (key)
WHERE (r.n, r.value, r.value_se, r.value_lower, r.value_upper, r.reason) IS DISTINCT FROM (s.n, s.value, s.value_se, s.value_lower, s.value_upper, s.reason);
SELECT count(*) AS differ FROM (SELECT * FROM fan EXCEPT SELECT * FROM percentile_report('SELECT * FROM student ORDER BY i DESC', '{"reading": {"score": "score", "direction": "higher"}}', '{lunch}', period => 'year', digits => NULL)) s;

-- How many it takes: min_n below it, and above; 0.1 of 100 is ten, whatever floating point makes of it. The least and the greatest are students.
SELECT n, array_agg(fraction ORDER BY fraction) FILTER (WHERE value IS NOT NULL) AS told, array_agg(DISTINCT reason) AS reasons
FROM unnest('{3,19,20,99,100,1000}'::integer[]) AS of_n, percentile_report(format('SELECT i AS s FROM generate_series(1, %s) i', of_n), '{"s": {"score": "s", "direction": "higher"}}', fractions => '{0,0.01,0.1,0.5,0.9,0.99,1}')
GROUP BY n ORDER BY n;
-- one student, ties, all NULL, no rows
SELECT n, n_missing, fraction, value, value_se, value_lower, value_upper, reason FROM percentile_report('SELECT 7 AS s', '{"s": {"score": "s", "direction": "higher"}}', fractions => '{0.5}', min_n => 1);
SELECT n, n_missing, fraction, value, value_se, value_lower, value_upper, reason FROM percentile_report('SELECT 7 AS s FROM generate_series(1, 2)', '{"s": {"score": "s", "direction": "higher"}}', fractions => '{0.5}', min_n => 1);
SELECT n, fraction, value, value_se, value_lower, value_upper, reason FROM percentile_report('SELECT 7 AS s FROM generate_series(1, 40)', '{"s": {"score": "s", "direction": "higher"}}', fractions => '{0.25,0.5}');
SELECT group_name, n, n_missing, value, reason FROM percentile_report('SELECT g, NULL::integer AS s FROM unnest(''{a,b}''::text[]) AS g', '{"s": {"score": "s", "direction": "higher"}}', '{g}', fractions => '{0.5}');
SELECT count(*) FROM percentile_report('SELECT * FROM student WHERE false', '{"s": {"score": "score", "direction": "higher"}}', '{lunch}');
SELECT count(*) FROM percentile_report('SELECT * FROM student WHERE false', '{"s": {"score": "score", "direction": "higher"}}');
-- days have percentiles, too; a cohort; a stratum that is not known; rounded for reading
SELECT level, stratum, n, value, value_lower, value_upper FROM percentile_report($$SELECT nullif(i % 2, 1) AS school, i % 3 > 0 AS is_here, daterange('2025-09-01', '2025-09-01'::date + i * 37 % 50)::dayset AS d FROM generate_series(1, 90) AS i$$,
	'{"days": {"days": "d", "cohort": "is_here", "direction": "higher"}}', strata => '{school}', fractions => '{0.5}', digits => 1);
-- more students than an integer counts
SELECT percentile_report($$SELECT '{1:3000000000}'::distribution AS d$$, '{"s": {"distribution": "d", "direction": "higher"}}');
SELECT gapstats_internal.integer_count(2147483647, 'students'), gapstats_internal.integer_count(NULL, 'students') AS unknown;
SELECT gapstats_internal.integer_count(2147483648, 'students');
-- a column that is called as what there is otherwise
SELECT DISTINCT dimension, group_name FROM percentile_report('SELECT i % 2 AS "all", i AS s FROM generate_series(1, 60) i', '{"s": {"score": "s", "direction": "higher"}}', '{all}') ORDER BY 2;

-- Its rows are those of a chart, as they are: a fan over the years, bars of one year, several dimensions and levels
CREATE FUNCTION shown(spec jsonb) RETURNS TABLE (pictures text, shown integer, not_shown integer, description text)
BEGIN ATOMIC
	SELECT coalesce((SELECT string_agg(p #>> '{title,text}', '; ' ORDER BY i) FROM jsonb_array_elements(spec -> 'vconcat') WITH ORDINALITY AS v (p, i)), spec #>> '{facet,field}', 'one'),
		jsonb_array_length(spec #> '{data,values}'), jsonb_array_length(spec #> '{usermeta,gapstats,not_shown}'), spec ->> 'description';
END;
SELECT * FROM shown(chart('percentiles', 'fan'));
SELECT s #> '{title,subtitle}' AS notes FROM chart('percentiles', $$SELECT * FROM fan WHERE period = '2024'$$) AS s;
SELECT pictures, shown, not_shown FROM shown(chart('percentiles', $$SELECT * FROM percentile_report('student', '{"reading": {"score": "score", "direction": "higher", "unit": "points"}}', '{lunch,school}', '{grade}')$$));
SELECT * FROM shown(chart('percentiles', $$SELECT * FROM percentile_report('student', '{"reading": {"score": "score", "direction": "higher", "unit": "points"}}', period => 'year')$$));
SELECT * FROM shown(chart('percentiles', $$SELECT fraction, value FROM fan WHERE period = '2024' AND group_name = 'paid'$$));

-- Ranks in norms and growth are scores as any other: PostgreSQL's own percentiles of each student's
CREATE TABLE pupil AS
SELECT i AS id, 'g' || i % 3 AS race, 400 + i * 37 % 97 AS earlier, 420 + (i * 37 % 97) * 2 / 3 + i * 53 % 41 AS later FROM generate_series(1, 300) AS i;
CREATE TABLE ranked AS
SELECT p.race, norm_percentile(n.scores, p.later) AS rank, student_growth_percentile(growth_model(p.earlier, p.later) OVER (), p.earlier, p.later) AS growth
FROM pupil p, (SELECT distribution(later) AS scores FROM pupil) n;
SELECT count(*) AS n_rows, count(*) FILTER (WHERE r.value IS DISTINCT FROM p.value OR r.n <> p.n) AS n_different
FROM percentile_report('ranked', '{"rank": {"score": "rank", "direction": "higher"}, "growth": {"score": "growth", "direction": "higher"}}', '{race}', fractions => '{0.25,0.5,0.75}', digits => NULL) r
JOIN (SELECT race, m.measure, f.fraction, percentile_cont(f.fraction) WITHIN GROUP (ORDER BY m.score) AS value, count(m.score) AS n
	FROM ranked, LATERAL (VALUES ('rank', rank::float8), ('growth', growth::float8)) AS m (measure, score), unnest('{0.25,0.5,0.75}'::float8[]) AS f (fraction)
	GROUP BY race, m.measure, f.fraction) p ON p.race = r.group_name AND p.measure = r.measure AND p.fraction = r.fraction;

-- What is wrong is named, with what there is
CREATE FUNCTION failure(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'none';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', SQLSTATE || ' ' || SQLERRM, nullif(detail, ''), nullif(hint, ''));
END $$;
\pset format unaligned
SELECT failure(format('SELECT percentile_report(%s)', arguments)) AS failure
FROM (VALUES
	($a$NULL, '{"r": {"score": "score", "direction": "higher"}}', '{lunch}'$a$), ($a$'nowhere', '{"r": {"score": "score", "direction": "higher"}}'$a$), ($a$'SELEC', '{"r": {"score": "score", "direction": "higher"}}'$a$),
	($a$'student', NULL$a$), ($a$'student', '{}'$a$), ($a$'student', '{"r": {"score": "score"}}'$a$), ($a$'student', '{"r": {"score": "reading", "direction": "higher"}}'$a$),
	($a$'student', '{"r": {"score": "lunch", "direction": "higher"}}'$a$), ($a$'student', '{"r": {"score": "score", "cut": 430, "direction": "higher"}}'$a$), ($a$'student', '{"r": {"outcome": "score", "direction": "higher"}}'$a$),
	($a$'student', '{"r": {"score": "score", "direction": "higher"}}', '{race}'$a$), ($a$'student', '{"r": {"score": "score", "direction": "higher"}}', '{lunch,lunch}'$a$),
	($a$'student', '{"r": {"score": "score", "direction": "higher"}}', NULL$a$), ($a$'student', '{"r": {"score": "score", "direction": "higher"}}', '{NULL}'$a$), ($a$'student', '{"r": {"score": "score", "direction": "higher"}}', '{lunch}', '{class}'$a$),
	($a$'student', '{"r": {"score": "score", "direction": "higher"}}', '{lunch}', period => 'lunch'$a$), ($a$'student', '{"r": {"score": "score", "direction": "higher"}}', period => 'month'$a$),
	($a$'SELECT *, NULL::text AS race FROM student', '{"r": {"score": "score", "direction": "higher"}}', '{race}'$a$),
	($a$'student', '{"r": {"score": "score", "direction": "higher"}}', depth => 3$a$), ($a$'student', '{"r": {"score": "score", "direction": "higher"}}', fractions => NULL$a$), ($a$'student', '{"r": {"score": "score", "direction": "higher"}}', fractions => '{}'$a$),
	($a$'student', '{"r": {"score": "score", "direction": "higher"}}', fractions => '{0.5,NULL}'$a$), ($a$'student', '{"r": {"score": "score", "direction": "higher"}}', fractions => '{{0.25,0.5}}'$a$), ($a$'student', '{"r": {"score": "score", "direction": "higher"}}', fractions => '{50}'$a$), ($a$'student', '{"r": {"score": "score", "direction": "higher"}}', fractions => '{-0.1}'$a$),
	($a$'student', '{"r": {"score": "score", "direction": "higher"}}', fractions => '{NaN}'$a$), ($a$'student', '{"r": {"score": "score", "direction": "higher"}}', fractions => '{0.5,0.5}'$a$),
	($a$'student', '{"r": {"score": "score", "direction": "higher"}}', min_n => 0$a$), ($a$'student', '{"r": {"score": "score", "direction": "higher"}}', min_n => NULL$a$), ($a$'student', '{"r": {"score": "score", "direction": "higher"}}', confidence => 95$a$),
	($a$'student', '{"r": {"score": "score", "direction": "higher"}}', digits => 0$a$)) AS v (arguments);
\pset format aligned

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA report CASCADE;
