-- Absence of each group in each month as rows, as it is drawn: what SciPy has of two schools (test/reference/group_reports.py)
CREATE SCHEMA report;
SET search_path = report, gapstats;
CREATE FUNCTION agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN abs(actual / expected - 1) < 1e-8;
CREATE TABLE student AS
SELECT i, CASE WHEN i % 3 > 0 THEN 'north' ELSE 'south' END AS school, nullif(i % 5, 0) AS grade,
	(SELECT dayset(d::date) FROM generate_series('2025-09-01'::date + CASE WHEN i % 4 = 0 THEN i * 13 % 120 ELSE 0 END, '2025-12-20', '1 day') AS d WHERE extract(isodow FROM d) < 6) AS enrolled,
	CASE WHEN i % 19 <> 0 THEN (SELECT coalesce(dayset('2025-09-01'::date + d), 'empty'::daterange::dayset) FROM generate_series(0, 119) AS d WHERE (i * 31 + d * 17) % 101 < i % 17) END AS absent
FROM generate_series(1, 200) AS i;
CREATE TABLE expected (measure, school, month, n, n_missing, rate, se, lower, upper, lower_80, upper_80) AS VALUES
	('absence', 'north', '2025-09-01', 103, 6, 0.08218138388041299, 0.008518841944022753, 0.06528430127656752, 0.09907846648425846, 0.07119287400717011, 0.09316989375365586),
	('chronic', 'north', '2025-09-01', 100, 9, 0.34, 0.04737087712930804, 0.25461520797348164, 0.43722271145275377, 0.28231411196512535, 0.40285656429929706),
	('absence', 'north', '2025-10-01', 111, 7, 0.07272489881185533, 0.00656055446857589, 0.059723419734794114, 0.08572637788891654, 0.06426640764698843, 0.08118338997672223),
	('chronic', 'north', '2025-10-01', 108, 10, 0.3611111111111111, 0.04621907139466647, 0.276735447828849, 0.45502770765630557, 0.3043679583633221, 0.4220152017969274),
	('absence', 'north', '2025-11-01', 119, 7, 0.08169267707082836, 0.0072426938721501175, 0.06735017138606378, 0.09603518275559295, 0.07235853098008899, 0.09102682316156774),
	('chronic', 'north', '2025-11-01', 115, 11, 0.48695652173913045, 0.04660937279083778, 0.39751304197444515, 0.5772432423242325, 0.4278295995190232, 0.5464507594410706),
	('absence', 'north', '2025-12-01', 124, 7, 0.07800499231950841, 0.007191713858019571, 0.06376943569701139, 0.09224054894200544, 0.06873866863712044, 0.08727131600189639),
	('chronic', 'north', '2025-12-01', 121, 10, 0.4297520661157025, 0.04500369385987059, 0.34504880353749623, 0.518778484603885, 0.3733979968192589, 0.487987596202169),
	('absence', 'south', '2025-09-01', 51, 3, 0.07382650029708852, 0.010944114113043546, 0.05184460019757216, 0.09580840039660489, 0.05961322943000798, 0.08803977116416907),
	('chronic', 'south', '2025-09-01', 49, 5, 0.3877551020408163, 0.06960545997850333, 0.2642901171173567, 0.5275400055647954, 0.30357522005743237, 0.4792153752289268),
	('absence', 'south', '2025-10-01', 56, 3, 0.08407159202353709, 0.009868298070535724, 0.0642950807699325, 0.10384810327714168, 0.07127108411562065, 0.09687209993145353),
	('chronic', 'south', '2025-10-01', 54, 5, 0.48148148148148145, 0.06799469811464325, 0.3539397274661188, 0.6114829980187293, 0.39618328560730154, 0.5678728852333256),
	('absence', 'south', '2025-11-01', 59, 3, 0.08272490221642764, 0.009644842203984106, 0.06341865295581978, 0.10203115147703551, 0.07022211107341945, 0.09522769335943583),
	('chronic', 'south', '2025-11-01', 58, 4, 0.5, 0.06565321642986127, 0.3753827301422442, 0.6246172698577558, 0.4170285600096811, 0.5829714399903189),
	('absence', 'south', '2025-12-01', 63, 3, 0.08359788359788363, 0.010002929987582211, 0.0636023114739408, 0.10359345572182646, 0.07064053060471298, 0.09655523659105428),
	('chronic', 'south', '2025-12-01', 61, 5, 0.4918032786885246, 0.06400983707183594, 0.37060395323711026, 0.6139738150890883, 0.41106850000721007, 0.5729678650039132);
\set measures '\'{"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}, "chronic": {"absent": "absent", "enrolled": "enrolled", "cut": 0.1, "direction": "lower"}}\''
CREATE TABLE months AS SELECT * FROM absence_report('student', :measures, '{school}', digits => NULL);
SELECT count(*), bool_and(agrees(r.absence_rate, e.rate::float8) AND agrees(r.absence_rate_se, e.se::float8) AND agrees(r.absence_rate_lower, e.lower::float8) AND agrees(r.absence_rate_upper, e.upper::float8)) AS as_scipy_has_them,
	bool_and((r.n, r.n_missing, r.reason) IS NOT DISTINCT FROM (e.n, e.n_missing, NULL::text)) AS counted, count(DISTINCT key) AS keys
FROM months r
FULL JOIN expected e ON r.measure = e.measure AND r.group_name = e.school AND r.month = e.month::date;
SELECT count(*), bool_and(r.absence_rate = m.absence_rate AND r.absence_rate_se = m.absence_rate_se AND agrees(r.absence_rate_lower, e.lower_80::float8) AND agrees(r.absence_rate_upper, e.upper_80::float8)) AS at_80_percent
FROM absence_report('student', :measures, '{school}', confidence => 0.8, digits => NULL) r
JOIN months m USING (key)
JOIN expected e ON r.measure = e.measure AND r.group_name = e.school AND r.month = e.month::date;
SELECT string_agg(format('%s %s', attname, format_type(atttypid, NULL)), ', ' ORDER BY attnum) AS columns FROM pg_attribute WHERE attrelid = 'months'::regclass AND attnum > 0;
-- the gaps between them are those of gap_report
SELECT count(*), count(*) FILTER (WHERE (g.n_focal, g.n_reference, g.value_focal, g.value_reference) IS NOT DISTINCT FROM (f.n, r.n, f.absence_rate, r.absence_rate)) AS agree
FROM gap_report($$SELECT school, absent, month::date AS month, enrolled & daterange(month::date, (month + interval '1 month')::date) AS enrolled FROM student, generate_series(timestamp '2025-09-01', '2025-12-01', '1 month') AS month
	WHERE day_count(enrolled & daterange(month::date, (month + interval '1 month')::date)) > 0$$, :measures, '{school}', period => 'month', digits => NULL) g
JOIN months f ON f.measure = g.measure AND f.month = g.period::date AND f.group_name = g.group_focal
JOIN months r ON r.measure = g.measure AND r.month = g.period::date AND r.group_name <> g.group_focal;
-- strata and pairs, everyone, and the same whatever the order of the rows
SELECT level, count(*), count(DISTINCT key) AS keys, count(DISTINCT stratum) AS strata FROM absence_report('student', :measures, '{school}', '{grade}') GROUP BY level ORDER BY level;
SELECT month, group_name, dimension, n, n_missing, absence_rate FROM absence_report('student', '{"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower", "unit": "share"}}');
SELECT count(*) AS differ FROM (SELECT * FROM months EXCEPT SELECT * FROM absence_report('SELECT * FROM student ORDER BY i DESC', :measures, '{school}', digits => NULL)) s;

SELECT count(*) AS differ FROM (SELECT n, n_missing, absence_rate FROM absence_report('SELECT *, i % 2 = 0 AS is_here FROM student', '{"a": {"absent": "absent", "enrolled": "enrolled", "cohort": "is_here", "direction": "lower"}}', '{school}')
	EXCEPT SELECT n, n_missing, absence_rate FROM absence_report('SELECT * FROM student WHERE i % 2 = 0', '{"a": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', '{school}')) s;
-- Months are those of each measure: its own days enrolled, during its own range. A column that is called as those that are made here is another one.
CREATE TABLE two AS
SELECT i, i % 2 AS g, '[2025-09-01,2025-11-01)'::daterange::dayset AS enrolled, '[2025-10-01,2025-12-01)'::daterange::dayset AS in_club, daterange('2025-09-25', '2025-09-25'::date + i)::dayset AS absent, i AS enrolled_in_month, i AS "_enrolled_in_month1"
FROM generate_series(1, 20) AS i;
SELECT measure, month, n, n_missing, absence_rate, reason
FROM absence_report('two', '{"school": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}, "club": {"absent": "absent", "enrolled": "in_club", "direction": "lower"},
	"early": {"absent": "absent", "enrolled": "enrolled", "during": "(,2025-09-26]", "direction": "lower"}}');
-- by hand: of the 30 days of September student i missed i, from 6 on six; of the first 26 one or two
SELECT rounded((1 + 2 + 3 + 4 + 5 + 6 * 15) / 20.0 / 30, 6) AS september, rounded((1 + 2 * 19) / 20.0 / 26, 6) AS early;

-- Few; nobody absent, everybody, one of twelve (the interval ends at 0), one alone; nobody; days that are not known
SELECT g, n, n_missing, absence_rate, absence_rate_se, absence_rate_lower, absence_rate_upper, reason
FROM (VALUES ('nine', 9, 'empty', 1, 10), ('ten, never', 10, 'empty', 1, 10), ('ten, always', 10, '[2025-09-01,2025-09-30]', 1, 10), ('one of them', 12, '[2025-09-01,2025-09-30]', 12, 10), ('one alone', 1, '[2025-09-01,2025-09-03]', 1, 1)) AS v (g, size, days, every, min_n),
	absence_report(format($$SELECT '[2025-09-01,2025-10-01)'::daterange::dayset AS enrolled, CASE WHEN i %% %s = 0 THEN %L ELSE 'empty' END::daterange::dayset AS absent FROM generate_series(1, %s) i$$, every, days, size),
		'{"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', min_n => v.min_n);
SELECT count(*) FROM absence_report('SELECT * FROM student WHERE false', :measures, '{school}');
SELECT count(*) FROM absence_report('SELECT * FROM student WHERE false', :measures);
SELECT count(*) FROM absence_report('SELECT i, school, NULL::dayset AS enrolled, absent FROM student', :measures, '{school}');
SELECT month, n, n_missing, absence_rate, reason FROM absence_report('SELECT school, enrolled, NULL::dayset AS absent FROM student', '{"absence": {"absent": "absent", "enrolled": "enrolled", "during": "[2025-09-01,2025-09-30]", "direction": "lower"}}', '{school}');
-- a date of birth for a day of school
SELECT month, n, reason FROM absence_report($$SELECT ('[0202-09-01,0202-09-03)'::daterange::dayset | '[9999-12-30,9999-12-31]'::daterange::dayset) AS e$$, '{"a": {"absent": "e", "enrolled": "e", "direction": "lower"}}');
-- no name is looked up on the caller's path, and a day is a day whatever the DateStyle
CREATE SCHEMA own;
CREATE DOMAIN own.date AS integer;
CREATE DOMAIN own.interval AS integer;
CREATE DOMAIN own.dayset AS integer;
CREATE FUNCTION own.absence_by_month(gapstats.dayset, gapstats.dayset) RETURNS TABLE (month integer, days_enrolled integer) LANGUAGE sql AS 'SELECT 7, 7';
CREATE FUNCTION own.daterange(pg_catalog.date, pg_catalog.date) RETURNS daterange LANGUAGE sql RETURN 'empty'::daterange;
CREATE FUNCTION own.nobody(gapstats.dayset, daterange) RETURNS gapstats.dayset LANGUAGE sql RETURN NULL::gapstats.dayset;
CREATE FUNCTION own.never(integer, integer) RETURNS boolean LANGUAGE sql RETURN false;
CREATE FUNCTION own.same(pg_catalog.date, pg_catalog.interval) RETURNS timestamp LANGUAGE sql RETURN $1::timestamp;
CREATE FUNCTION own.first(gapstats.dayset, gapstats.dayset) RETURNS gapstats.dayset LANGUAGE sql RETURN $1;
CREATE OPERATOR own.& (LEFTARG = gapstats.dayset, RIGHTARG = daterange, FUNCTION = own.nobody);
CREATE OPERATOR own.> (LEFTARG = integer, RIGHTARG = integer, FUNCTION = own.never);
CREATE OPERATOR own.+ (LEFTARG = pg_catalog.date, RIGHTARG = pg_catalog.interval, FUNCTION = own.same);
CREATE OPERATOR own.| (LEFTARG = gapstats.dayset, RIGHTARG = gapstats.dayset, FUNCTION = own.first);
SET search_path = own, report, gapstats, pg_catalog;
SET DateStyle = 'German';
SELECT count(*) AS differ FROM (SELECT * FROM months EXCEPT SELECT * FROM absence_report('report.student', :measures, '{school}', digits => NULL)) s;
RESET DateStyle;
SET search_path = report, gapstats;

-- Its rows are those of a chart, as they are
CREATE FUNCTION shown(spec jsonb) RETURNS TABLE (pictures text, shown integer, not_shown integer, description text)
BEGIN ATOMIC
	SELECT coalesce((SELECT string_agg(p #>> '{title,text}', '; ' ORDER BY i) FROM jsonb_array_elements(spec -> 'vconcat') WITH ORDINALITY AS v (p, i)), spec #>> '{facet,field}', 'one'),
		jsonb_array_length(spec #> '{data,values}'), jsonb_array_length(spec #> '{usermeta,gapstats,not_shown}'), spec ->> 'description';
END;
SELECT pictures, shown, not_shown FROM shown(chart('absence', 'months'));
SELECT shown.*, s #>> '{layer,0,encoding,y,title}' AS axis FROM chart('absence', $$SELECT * FROM months WHERE measure = 'chronic'$$) AS s, shown(s);
SELECT pictures, shown, not_shown FROM shown(chart('absence', $$SELECT * FROM absence_report('student', '{"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', '{school}', '{grade}')$$));

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
SELECT failure(format('SELECT absence_report(%s)', arguments)) AS failure
FROM (VALUES
	($a$NULL, '{"a": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}'$a$), ($a$'nowhere', '{"a": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}'$a$),
	($a$'student', NULL$a$), ($a$'student', '{"a": {"absent": "absent", "direction": "lower"}}'$a$), ($a$'student', '{"a": {"absent": "absent", "enrolled": "enrolled"}}'$a$),
	($a$'student', '{"a": {"score": "i", "direction": "lower"}}'$a$), ($a$'student', '{"a": {"days": "absent", "enrolled": "enrolled", "direction": "lower"}}'$a$),
	($a$'student', '{"a": {"absent": "absences", "enrolled": "enrolled", "direction": "lower"}}'$a$), ($a$'student', '{"a": {"absent": "absent", "enrolled": "school", "direction": "lower"}}'$a$),
	($a$'student', '{"a": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', '{race}'$a$), ($a$'student', '{"a": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', '{school}', '{school}'$a$),
	($a$'student', '{"a": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', NULL$a$), ($a$'student', '{"a": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', '{school}', NULL$a$),
	($a$'SELECT *, NULL::text AS race FROM student', '{"a": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', '{race}'$a$),
	($a$'student', '{"a": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', depth => NULL$a$), ($a$'student', '{"a": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', min_n => -1$a$),
	($a$'student', '{"a": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', confidence => NULL$a$), ($a$'student', '{"a": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', digits => 18$a$)) AS v (arguments);
\pset format aligned

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA report, own CASCADE;
