--
-- watch_list: did being flagged help?
--
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE regress_analyst;
CREATE ROLE regress_stranger;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
GRANT USAGE ON SCHEMA district TO regress_stranger;
SET ROLE regress_analyst;
SET search_path = district, gapstats;
CREATE FUNCTION near(a double precision, b double precision) RETURNS boolean LANGUAGE sql RETURN abs(a - b) <= 1e-10 * greatest(abs(b), 1e-300);

-- MEASURES.md 18.2, data 2: days absent, flagged from 18 on
CREATE TABLE students AS
SELECT i AS student_id, CASE i % 3 WHEN 0 THEN 'A' WHEN 1 THEN 'B' ELSE 'C' END AS school, u AS days, 300 - 2 * u + 5 * (u >= 18)::int + (29 * i) % 23 - 11 AS score,
	date '2025-09-01' + i % 20 AS seen
FROM generate_series(1, 900) AS i, LATERAL (SELECT (7 * ((i * i) % 47) + i) % 41) AS x (u);
CREATE TABLE taken AS SELECT day::date FROM generate_series(timestamp '2025-09-01', '2025-10-10', '1 day') AS day;
SELECT create_watch_list('list', 'SELECT student_id, school FROM students', days_query => 'SELECT day FROM taken');
SELECT add_rule('list', 'days', 'SELECT student_id, days FROM students WHERE seen <= as_of()', '>=', 18, 'absent {value} days');
SELECT effect_of_flag('list', 'days', 'SELECT student_id, score FROM students');
SELECT status, flagged FROM refresh_watch_list('list');

-- its values, at a given bandwidth, half and twice of it, to the last digit
CREATE TABLE published (within double precision, n_below integer, n_above integer, estimate double precision, hc2 double precision, p_density double precision);
INSERT INTO published VALUES (3, 36, 68, 9.140286770519, 4.18940701945659, 0.5974849993058732), (6, 112, 125, 6.902722660248, 2.22201635336689, 0.7082818044367236),
	(5, NULL, NULL, NULL, NULL, NULL), (10, 199, 222, 6.50005488230474, 1.54593498941196, 0.8873084768316526);
SELECT b.bandwidth, p.within, e.n_below = p.n_below AS below, e.n_above = p.n_above AS above, e.n_values_below, e.n_values_above, near(e.estimate, p.estimate) AS estimate, near(e.se, p.hc2) AS se,
	near(e.p_value_density, p.p_density) AS density, e.n_one_below, e.n_at_threshold, e.n_one_above, e.reason
FROM unnest('{6,5,10}'::float8[]) AS b (bandwidth), LATERAL effect_of_flag('list', 'days', 'SELECT student_id, score FROM students', b.bandwidth, minimum => 1) AS e JOIN published AS p USING (within)
ORDER BY 1, 2;
SELECT e.within, near(e.estimate, 6.5305130914837) AS estimate, near(e.se, 2.55994836534646) AS se, concat_ws(' ', n_below, n_above) AS n FROM effect_of_flag('list', 'days', 'SELECT student_id, score FROM students', 6, donut => 1, minimum => 1) AS e WHERE within = 6;
-- nobody says how wide: 30 students and 5 different days on either side
SELECT within, n_below, n_above, n_values_below, n_values_above, reason FROM effect_of_flag('list', 'days', 'SELECT student_id, score FROM students');

-- by group it is the same function of each group's students
SELECT count(*) AS rows, bool_and(near(e.estimate, r.estimate) AND near(e.se, r.se) AND e.n_below = r.n_below AND e.n_values_above = r.n_values_above AND near(e.upper, r.upper) AND near(e.p_value, r.p_value)
	AND near(e.p_value_density, d.p_value)) AS same
FROM effect_of_flag('list', 'days', 'SELECT student_id, score FROM students', 6, 'school', minimum => 1, confidence => 0.9) AS e,
	LATERAL (SELECT (regression_discontinuity(score, days, 18, e.within, '>=', 0, 'HC2', 0.9)).* FROM students WHERE e.is_total OR school = e.group_value) AS r,
	LATERAL (SELECT (density_check(days, 18, e.within)).* FROM students WHERE e.is_total OR school = e.group_value) AS d;
SELECT group_value, is_total, within, n_below, n_above, n_one_below, n_at_threshold, round(estimate::numeric, 4) AS estimate, round(p_value_density::numeric, 4) AS density, reason
FROM effect_of_flag('list', 'days', 'SELECT student_id, score FROM students', 20, 'school');

-- yes or no: the jump of a rate. Whose outcome is not known is counted
SELECT within, n_below, n_above, n_missing_below, n_missing_above, near(e.estimate, r.estimate) AS estimate
FROM effect_of_flag('list', 'days', 'SELECT student_id, score > 270 FROM students WHERE student_id % 10 <> 3', 12, minimum => 1) AS e,
	LATERAL (SELECT (regression_discontinuity((score > 270)::int, days, 18, e.within)).estimate FROM students WHERE student_id % 10 <> 3) AS r;
-- a past day: who had been seen by then
SELECT within, e.n_below = r.n_below AND e.n_above = r.n_above AND near(e.estimate, r.estimate) AS same
FROM effect_of_flag('list', 'days', 'SELECT student_id, score FROM students', 6, as_of => '2025-09-10', minimum => 1) AS e,
	LATERAL (SELECT (regression_discontinuity(score, days, 18, e.within)).* FROM students WHERE seen <= '2025-09-10') AS r;

-- rules of other directions, of groups with thresholds of their own, and of rates
SELECT add_rule('list', 'few', 'SELECT student_id, 40 - days FROM students', '<=', 22, 'present {value} days');
SELECT add_rule('list', 'present', 'SELECT student_id, (100 - days) / 100.0 FROM students', '<', 0.83, 'present {value%}');
SELECT add_rule('list', 'own', 'SELECT student_id, days FROM students', '>', 17, 'absent {value} days', thresholds_by => 'school', thresholds => '{"A": 20, "B": 10}');
SELECT add_rule('list', 'exactly', 'SELECT student_id, days FROM students', '=', 18, 'absent {value} days');
SELECT effect_of_flag('list', 'few', 'SELECT student_id, score FROM students');
SELECT status FROM refresh_watch_list('list');
SELECT e.within, e.n_below = p.n_above AND e.n_above = p.n_below AS mirrored, near(e.estimate, p.estimate) AND near(e.se, p.hc2) AS same, near(e.p_value_density, p.p_density) AS density
FROM effect_of_flag('list', 'few', 'SELECT student_id, score FROM students', 6, minimum => 1) AS e JOIN published AS p USING (within) ORDER BY 1;
-- at 0.83 nobody is flagged: 0.03 from it are three values below, and 0.83, 0.84 and 0.85
SELECT within, n_below, n_above, n_values_below, n_values_above, near(e.estimate, r.estimate) AS estimate
FROM effect_of_flag('list', 'present', 'SELECT student_id, score FROM students', 0.03, minimum => 1) AS e, LATERAL (SELECT (regression_discontinuity(score, -days, -17, e.within * 100, '<')).estimate FROM students) AS r;
SELECT e.within, near(e.estimate, r.estimate) AND near(e.se, r.se) AND e.n_above = r.n_above AS same
FROM effect_of_flag('list', 'own', 'SELECT student_id, score FROM students', 6, minimum => 1) AS e,
	LATERAL (SELECT (regression_discontinuity(score, days - CASE school WHEN 'A' THEN 20 WHEN 'B' THEN 10 ELSE 17 END, 0, e.within, '>')).* FROM students) AS r;
SELECT within, n_below, n_above, estimate, reason FROM effect_of_flag('list', 'exactly', 'SELECT student_id, score FROM students');

-- heaps and piles are warned of
CREATE TABLE rounded AS SELECT student_id, CASE WHEN days IN (17, 18, 19) THEN 18 ELSE days END AS days FROM students;
SELECT add_rule('list', 'rounded', 'SELECT student_id, days FROM rounded', '>=', 18, 'absent {value} days');
SELECT status FROM refresh_watch_list('list');
SELECT within, n_one_below, n_at_threshold, n_one_above, is_heaped, p_value_density < 0.05 AS piled FROM effect_of_flag('list', 'rounded', 'SELECT student_id, score FROM students', 6, minimum => 1);

-- what is not shown: of each school from 1 to 9 in a band, and what the totals would tell of it
SELECT group_value, within, n_below, n_above, estimate IS NOT NULL AS has_estimate, reason FROM effect_of_flag('list', 'days', 'SELECT student_id, score FROM students', 6, 'school');
SELECT group_value, count(*) FILTER (WHERE reason = 'suppressed') AS suppressed, count(n_below) AS shown FROM effect_of_flag('list', 'days', 'SELECT student_id, score FROM students', 20, 'school', minimum => 40) GROUP BY 1 ORDER BY 1;
-- five students a day are hidden, and another school with them, for the totals would tell of them
CREATE TABLE larger AS
SELECT 1000 * s + 100 * d + i AS student_id, 'school ' || s AS school, d AS days, (d * 7 + i * 5) % 13 AS score, i % 4 = 0 AS passed FROM generate_series(1, 4) AS s, generate_series(0, 7) AS d, generate_series(1, CASE s WHEN 4 THEN 5 ELSE 20 + s END) AS i;
SELECT create_watch_list('second', 'SELECT student_id, school FROM larger');
SELECT add_rule('second', 'days', 'SELECT student_id, days FROM larger', '>=', 4, 'absent {value} days');
SELECT status FROM refresh_watch_list('second');
SELECT group_value, within, n_below, n_above, n_one_below, n_at_threshold, p_value_density IS NOT NULL AS has_density, reason FROM effect_of_flag('second', 'days', 'SELECT student_id, score FROM larger', 2, 'school');
SELECT group_value, within, n_below, n_above, n_one_below, n_at_threshold, p_value_density IS NOT NULL AS has_density, reason FROM effect_of_flag('second', 'days', 'SELECT student_id, score FROM larger WHERE school <> ''school 4''', 2, 'school', minimum => 5);
-- of yes or no, few of one answer, or all of one
SELECT group_value, within, n_below, reason FROM effect_of_flag('second', 'days', 'SELECT student_id, CASE school WHEN ''school 1'' THEN passed WHEN ''school 2'' THEN true ELSE student_id % 100 > 10 END FROM larger', 4, 'school', minimum => 5);

-- so is it of outcomes that are 0 and 1
SELECT count(*) AS rows, count(*) FILTER (WHERE b.reason = 'suppressed') AS suppressed, count(*) FILTER (WHERE b.reason IS DISTINCT FROM i.reason) AS differ
FROM (VALUES ('SELECT student_id, CASE school WHEN ''school 1'' THEN passed WHEN ''school 2'' THEN true ELSE student_id % 100 > 10 END FROM larger')) AS q (query),
	LATERAL effect_of_flag('second', 'days', q.query, 4, 'school', minimum => 5) AS b,
	LATERAL effect_of_flag('second', 'days', format('SELECT student_id, outcome::integer FROM (%s) AS q (student_id, outcome)', q.query), 4, 'school', minimum => 5) AS i
WHERE (b.group_value, b.within) = (i.group_value, i.within);
-- not all digits, by which whoever knows all values has the outcomes: 6.9027, error 2.2220, z 3.1065 and p 0.0019 to two digits of the error
SELECT estimate, se, lower, upper, z, p_value FROM effect_of_flag('list', 'days', 'SELECT student_id, score FROM students', 6) WHERE within = 6;
-- the density counts whole numbers up to the last one in the bandwidth: nobody has how few are at that by taking one count from the other
CREATE TABLE few_at AS
SELECT row_number() OVER ()::integer AS student_id, k, d AS days FROM generate_series(1, 6) AS k, generate_series(-14, 14) AS d, generate_series(1, CASE WHEN d = k THEN 2 WHEN d = -k THEN 3 ELSE 10 + (d * d * k) % 7 END);
SELECT create_watch_list('third', 'SELECT student_id FROM few_at');
SELECT add_rule('third', 'days ' || k, format('SELECT student_id, days FROM few_at WHERE k = %s', k), '>=', 0, 'absent {value} days') FROM generate_series(1, 6) AS k;
SELECT status FROM refresh_watch_list('third');
SET client_min_messages = error;
SELECT count(*) AS rows, count(p_value_density) > 0 AS some_shown, count(*) FILTER (WHERE p_value_density IS NOT NULL AND (e.n_above + e.n_missing_above - d.n_above BETWEEN 1 AND 9 OR e.n_below + e.n_missing_below - d.n_below BETWEEN 1 AND 9)) AS told
FROM generate_series(1, 6) AS k, generate_series(2, 14) AS h2, LATERAL effect_of_flag('third', 'days ' || k, 'SELECT student_id, student_id % 11 FROM few_at', h2 / 2.0) AS e,
	LATERAL (SELECT (density_check(days, 0, e.within)).* FROM few_at WHERE few_at.k = k.k) AS d;
RESET client_min_messages;
-- who is at the end of the donut but for rounding is counted, and few
SELECT add_rule('third', 'tenths', 'SELECT student_id, days / 10.0 FROM few_at WHERE k = 3 AND abs(days) >= 3', '>=', 0, '{value}');
SELECT status FROM refresh_watch_list('third');
SELECT within, n_below, n_above, reason FROM effect_of_flag('third', 'tenths', 'SELECT student_id, student_id % 11 FROM few_at', 0.35, donut => 0.1::double precision + 0.2::double precision);

-- nobody's outcome, and what else is wrong
SELECT effect_of_flag('list', 'days', 'SELECT student_id + 10000, 1 FROM students');
SELECT within, n_below, n_missing_below > 0 AS missing, estimate, reason FROM effect_of_flag('list', 'days', 'SELECT student_id, score FROM students WHERE student_id = 1', minimum => 1);
SELECT effect_of_flag('list', 'none', 'SELECT student_id, score FROM students');
SELECT effect_of_flag('list', 'days', 'SELECT student_id, school FROM students');
SELECT effect_of_flag('list', 'days', 'SELECT student_id, score, 1 FROM students');
SELECT effect_of_flag('list', 'days', 'SELECT student_id, score FROM students UNION ALL SELECT 1, 2');
SELECT effect_of_flag('list', 'days', 'SELECT student_id, score FROM students', 0);
SELECT effect_of_flag('list', 'days', 'SELECT student_id, score FROM students', 'NaN');
SELECT effect_of_flag('list', 'days', 'SELECT student_id, score FROM students', minimum => 0);
SELECT effect_of_flag('list', 'days', 'SELECT student_id, score FROM students', donut => NULL);
SELECT effect_of_flag('list', 'days', 'SELECT student_id, score FROM students', donut => -1);
SELECT effect_of_flag('list', 'days', 'SELECT student_id, score FROM students', confidence => NULL);
SELECT effect_of_flag('list', NULL, 'SELECT student_id, score FROM students');
SELECT effect_of_flag('list', 'days', NULL);
SELECT effect_of_flag('list', 'days', 'SELECT student_id, score FROM students', group_column => 'race');
SELECT effect_of_flag('list', 'days', 'SELECT student_id, score FROM students', as_of => '2020-01-01');
SELECT effect_of_flag('list', 'days', 'DELETE FROM students');
SELECT effect_of_flag(NULL, 'days', 'SELECT student_id, score FROM students');
-- nothing is left of a past day's table, and nobody else may ask
SELECT count(*) AS left_behind FROM pg_class WHERE relname LIKE '%aside%';
RESET ROLE;
SET ROLE regress_stranger;
SELECT effect_of_flag('district.list', 'days', 'SELECT 1, 2');
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst, regress_stranger;
