--
-- watch_list: judging a list by what became of its students
--
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE regress_analyst;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;

-- MEASURES.md 9.2: (TP, FP, FN, TN) White 30, 40, 20, 410; Black 36, 84, 9, 121
CREATE TABLE students (student_id serial, race text, school text, flagged boolean, left_school boolean, seen date DEFAULT '2025-09-01');
INSERT INTO students (race, flagged, left_school)
SELECT race, flagged, left_school
FROM (VALUES ('White', true, true, 30), ('White', true, false, 40), ('White', false, true, 20), ('White', false, false, 410),
	('Black', true, true, 36), ('Black', true, false, 84), ('Black', false, true, 9), ('Black', false, false, 121)) AS v (race, flagged, left_school, n),
	generate_series(1, n);
SELECT create_watch_list('list', 'SELECT student_id, race, school FROM students');
SELECT add_rule('list', 'indicator', 'SELECT student_id, flagged::integer FROM students WHERE seen <= as_of()', '=', 1, 'flagged', 'watch');
SELECT status, students, flagged FROM refresh_watch_list('list');

-- to 1e-10 of scikit-learn's and R's values, as MEASURES.md prints them, among them 9 of 45: for the owner's own eyes
CREATE TABLE published (metric text, white double precision, black double precision);
INSERT INTO published VALUES
	('flag_rate', 0.14, 0.48), ('base_rate', 0.1, 0.18),
	('precision', 0.4285714285714286, 0.3), ('false_discovery_rate', 0.5714285714285714, 0.7),
	('recall', 0.6, 0.8), ('false_positive_rate', 0.08888888888888889, 0.4097560975609756),
	('false_omission_rate', 0.04651162790697674, 0.06923076923076923), ('negative_predictive_value', 0.9534883720930233, 0.9307692307692308),
	('accuracy', 0.88, 0.628), ('f1', 0.5, 0.4363636363636363), ('mcc', 0.4418993202399135, 0.3000937939682132);
CREATE TABLE audit AS
SELECT * FROM audit_watch_list('list', 'SELECT student_id, left_school FROM students', 'race', reference => 'White', minimum => 1);
SELECT p.metric, abs(w.estimate / p.white - 1) < 1e-10 AS white, abs(b.estimate / p.black - 1) < 1e-10 AS black
FROM published p
LEFT JOIN audit w ON w.model = 'list' AND w.group_value = 'White' AND w.metric = p.metric
LEFT JOIN audit b ON b.model = 'list' AND b.group_value = 'Black' AND b.metric = p.metric
ORDER BY p.metric;
CREATE TABLE published_difference (metric text, difference double precision, lower double precision, upper double precision);
INSERT INTO published_difference VALUES
	('false_positive_rate', 0.3208672086720867, 0.2492691453016764, 0.3929896902384300),
	('recall', 0.2, 0.01435881915290799, 0.3654790530015314),
	('false_discovery_rate', 0.1285714285714286, -0.01115693828464029, 0.2671134793858750);
SELECT p.metric, abs(a.difference / p.difference - 1) < 1e-10 AS difference, abs(difference_lower / p.lower - 1) < 1e-10 AS lower,
	abs(difference_upper / p.upper - 1) < 1e-10 AS upper
FROM published_difference p
LEFT JOIN audit a ON a.model = 'list' AND a.group_value = 'Black' AND a.metric = p.metric
ORDER BY p.metric;
SELECT abs(ratio / 3.428571428571429 - 1) < 1e-10 AS flag_ratio FROM audit WHERE model = 'list' AND group_value = 'Black' AND metric = 'flag_rate';
-- the reference is compared with nobody, and neither is the total
SELECT count(*) FROM audit WHERE difference IS NOT NULL AND (group_value = 'White' OR is_total);
-- with one flag, the AUC is (recall + 1 - false positive rate) / 2: 0.7555555555555555 and 0.6951219512195121
SELECT group_value, abs(estimate / CASE group_value WHEN 'White' THEN (0.6 + 1 - 40 / 450.0) / 2 ELSE (0.8 + 1 - 84 / 205.0) / 2 END - 1) < 1e-10 AS auc
FROM audit WHERE model = 'list' AND metric = 'auc' AND NOT is_total ORDER BY 1;
-- all: 66 of 190, 124, 29, 531
SELECT metric, x, n, reason FROM audit WHERE model = 'list' AND is_total ORDER BY metric;
SELECT abs(estimate / ((66.0 / 190) / (95.0 / 750)) - 1) < 1e-10 AS lift FROM audit WHERE model = 'list' AND is_total AND metric = 'lift';
-- the only rule alone is the list
SELECT count(*) FROM (
	SELECT group_value, metric, x, n, estimate, lower, upper, difference FROM audit WHERE model = 'list'
	EXCEPT SELECT group_value, metric, x, n, estimate, lower, upper, difference FROM audit WHERE model = 'rule indicator') AS differing;

--
-- What may be shown: groups that are small, or whose margins are, are hidden, with as many others as it takes
--
-- no margin of White (70, 430; 50, 450) or Black (120, 130; 45, 205) is below 10; of the 45, 9 were not flagged, and those of White would be the rest
SELECT group_value, metric, x, n, reason FROM audit_watch_list('list', 'SELECT student_id, left_school FROM students', 'race')
WHERE metric IN ('flag_rate', 'recall', 'precision', 'f1', 'auc') AND model = 'list';
SELECT count(difference) FILTER (WHERE metric = 'flag_rate') AS rates, count(difference) FILTER (WHERE metric = 'recall') AS recalls
FROM audit_watch_list('list', 'SELECT student_id, left_school FROM students', 'race') WHERE model = 'list';
SELECT count(*) FILTER (WHERE reason = 'suppressed') AS hidden FROM audit_watch_list('list', 'SELECT student_id, left_school FROM students', 'race', minimum => 9);
-- 30 whose outcome is not known are enough to be told; 9 are not, and who knew how many there are could take those whose outcome is known from them
INSERT INTO students (race, flagged, left_school) SELECT 'White', true, NULL FROM generate_series(1, 30);
SELECT status, students, flagged FROM refresh_watch_list('list');
SELECT group_value, metric, x, n, reason FROM audit_watch_list('list', 'SELECT student_id, left_school FROM students', 'race')
WHERE metric IN ('base_rate', 'outcome_missing', 'insufficient_data') AND model = 'list';
DELETE FROM students WHERE student_id IN (SELECT student_id FROM students WHERE left_school IS NULL LIMIT 21);
SELECT status FROM refresh_watch_list('list');
SELECT group_value, metric, x, n, estimate, difference, reason FROM audit_watch_list('list', 'SELECT student_id, left_school FROM students', 'race')
WHERE metric IN ('base_rate', 'outcome_missing', 'insufficient_data') AND model = 'list';
DELETE FROM students WHERE left_school IS NULL;
-- 12 of White have no score by the rule, and 9 of these no outcome: how many are ranked would tell of the 3 others, of White or of all
INSERT INTO students (race, flagged, left_school) SELECT 'White', NULL, nullif(i > 9, false) FROM generate_series(1, 12) i;
INSERT INTO students (race, flagged, left_school) SELECT 'Black', false, true FROM generate_series(1, 30) i;
SELECT status FROM refresh_watch_list('list');
SELECT group_value, metric, x, n, reason FROM audit_watch_list('list', 'SELECT student_id, left_school FROM students', 'race')
WHERE metric IN ('flag_rate', 'insufficient_data', 'recall', 'auc') AND model = 'rule indicator';
DELETE FROM students WHERE flagged IS NULL OR student_id > (SELECT min(student_id) FROM students WHERE flagged IS NULL);
SELECT status FROM refresh_watch_list('list');
-- groups of 3 and 2 beside 100, of whom 30, 3 and 2 are flagged, must not come out of the total of 35 of 105: no row of a group says
-- anything, of any model or metric, and what the total says is not theirs
CREATE TABLE small AS
SELECT i AS student_id, CASE WHEN i <= 100 THEN 'A' WHEN i <= 103 THEN 'B' ELSE 'C' END AS race, (i <= 30 OR i > 100) AS flagged, i % 2 = 0 AS outcome
FROM generate_series(1, 105) i;
SELECT create_watch_list('small_list', 'SELECT student_id, race FROM small');
SELECT add_rule('small_list', 'indicator', 'SELECT student_id, flagged::integer FROM small', '=', 1, 'flagged');
SELECT status, students, flagged FROM refresh_watch_list('small_list');
SELECT group_value, count(*), count(x) + count(n) + count(estimate) + count(lower) + count(upper) + count(difference) + count(ratio) AS shown, array_agg(DISTINCT reason) AS reasons
FROM audit_watch_list('small_list', 'SELECT student_id, outcome FROM small', 'race', baseline_column => 'race') WHERE NOT is_total GROUP BY group_value ORDER BY 1;
SELECT metric, x, n FROM audit_watch_list('small_list', 'SELECT student_id, outcome FROM small', 'race')
WHERE is_total AND model = 'list' AND metric IN ('flag_rate', 'base_rate') ORDER BY metric;
-- and no reference is named by them, nor a difference to one
SELECT count(difference) FROM audit_watch_list('small_list', 'SELECT student_id, outcome FROM small', 'race', reference => 'B');
-- {A 30/0, B 40/9, C 60/9, D 200/80}: B and C are small
TRUNCATE small;
INSERT INTO small
SELECT 1000 * g + i, chr(64 + g), i <= flagged, i % 2 = 0
FROM (VALUES (1, 30, 0), (2, 40, 9), (3, 60, 9), (4, 200, 80)) AS v (g, n, flagged), generate_series(1, n) AS i;
SELECT change_settings('small_list', '{"school_year_from": "2000-01-01", "change_floor": 1000}');
SELECT status, students, flagged FROM refresh_watch_list('small_list');
SELECT count(*) FILTER (WHERE reason IS DISTINCT FROM 'suppressed') AS not_hidden, count(x) + count(n) + count(estimate) + count(difference) AS shown
FROM audit_watch_list('small_list', 'SELECT student_id, outcome FROM small', 'race') WHERE NOT is_total;
-- what is small cannot be had from all that is shown, by the audit
SELECT a.cell, a.measure, a.verdict, a.least_rule, a.most_rule
FROM disclosure_audit($$
	SELECT CASE WHEN NOT is_total THEN group_value END AS race, coalesce(n::text, '*') AS n, coalesce(x::text, '*') AS x
	FROM audit_watch_list('district.small_list', 'SELECT student_id, outcome FROM district.small', 'race') WHERE (model, metric) = ('list', 'flag_rate')
	$$, '{race}', '{"n": "count", "x": {"kind": "count", "of": "n"}}') a ORDER BY 1, 2;
-- of the 100 of A 20 are flagged and 20 have the outcome, and one is both, who would follow from B, C and the total
TRUNCATE small;
INSERT INTO small
SELECT 1000 * g + row_number() OVER (), chr(64 + g), flagged, outcome
FROM (VALUES (1, true, true, 1), (1, true, false, 19), (1, false, true, 19), (1, false, false, 61), (2, true, true, 12), (2, true, false, 18), (2, false, true, 20), (2, false, false, 50),
	(3, true, true, 30), (3, true, false, 70), (3, false, true, 10), (3, false, false, 90)) AS v (g, flagged, outcome, n), generate_series(1, n) AS i;
SELECT status, students, flagged FROM refresh_watch_list('small_list');
SELECT group_value, metric, x, n, reason FROM audit_watch_list('small_list', 'SELECT student_id, outcome FROM small', 'race')
WHERE model = 'list' AND metric IN ('flag_rate', 'base_rate', 'precision', 'recall');
-- where all of A with the outcome are flagged, the 5 who are flagged without it are how many more are flagged than have it: so these are hidden, too
UPDATE small SET flagged = outcome OR student_id IN (SELECT student_id FROM small WHERE race = 'A' AND NOT outcome ORDER BY student_id LIMIT 5) WHERE race = 'A';
SELECT status, students, flagged FROM refresh_watch_list('small_list');
SELECT group_value, count(x) FROM audit_watch_list('small_list', 'SELECT student_id, outcome FROM small', 'race') WHERE model = 'list' GROUP BY group_value ORDER BY group_value;
SELECT drop_watch_list('small_list');

--
-- last year's list judged by this year's outcomes
--
UPDATE students SET seen = '2026-09-01' WHERE flagged AND left_school AND race = 'Black';
SELECT status, students, flagged FROM refresh_watch_list('list');
SELECT count(*), count(*) FILTER (WHERE status = 'watch') AS flagged, count(*) FILTER (WHERE status = 'insufficient data') AS insufficient
FROM watch_list_as_of('list', '2025-10-01');
SELECT group_value, metric, x, n
FROM audit_watch_list('list', 'SELECT student_id, left_school FROM students', 'race', as_of => '2025-10-01')
WHERE model = 'list' AND metric IN ('recall', 'insufficient_data');
-- and the list itself stays today's
SELECT as_of() = current_date AS today;
SELECT count(*) FILTER (WHERE status = 'watch') AS flagged FROM list;
SELECT relname FROM pg_class WHERE relname LIKE 'list%past%';

--
-- against the mean outcome of the school: two schools; the worse one has 190 students, as many as the list flags
--
UPDATE students SET school = CASE WHEN left_school OR student_id % 7 = 0 THEN 'Lincoln' ELSE 'Roosevelt' END, seen = '2025-09-01';
SELECT status, students, flagged FROM refresh_watch_list('list');
SELECT school, count(*), count(*) FILTER (WHERE left_school) AS left_school FROM students GROUP BY school ORDER BY school;
SELECT model, metric, x, n
FROM audit_watch_list('list', 'SELECT student_id, left_school FROM students', 'race', baseline_column => 'school')
WHERE is_total AND metric IN ('flag_rate', 'precision', 'recall') ORDER BY model, metric;

--
-- does a score mean the same in every group? of those who score 0, 20 of 430 and 9 of 130; of those who score 1, 30 of 70 and 36 of 120
--
SELECT group_value, bin, lowest_score, highest_score, x, n, estimate = x::double precision / n AS rate, lower < estimate AND estimate < upper AS within, reason
FROM calibrate_watch_list('list', 'SELECT student_id, left_school FROM students', 'race', minimum => 9);
-- students 1 to 100 score their tens; of each ten that ends on a round number, the outcome befalls the first
-- 1, 2, ... 10: by hand 1 + 2 of 1 to 19, then 3 of 20 to 29, 4 of 30 to 39, ... 9 of 80 to 89, 9 of 90 to 99
CREATE TABLE hundred AS SELECT i AS student_id, i AS score, (i - 1) % 10 < ceil(i / 10.0) AS outcome FROM generate_series(1, 100) AS i;
SELECT create_watch_list('hundred_list', 'SELECT student_id, ''all'' AS all FROM hundred', 'points', 1);
SELECT count(add_rule('hundred_list', 'from ' || i, 'SELECT student_id, score FROM hundred', '>=', i, 'x')) FROM generate_series(10, 100, 10) AS i;
SELECT status, flagged FROM refresh_watch_list('hundred_list');
SELECT bin, lowest_score, highest_score, x, n, reason FROM calibrate_watch_list('hundred_list', 'SELECT student_id, outcome FROM hundred WHERE student_id < 100', 'all', minimum => 1);
-- with 100, who is alone in her bin, none is shown
SELECT count(*), count(x) AS shown FROM calibrate_watch_list('hundred_list', 'SELECT student_id, outcome FROM hundred', 'all');
SELECT bin, x, n, reason FROM calibrate_watch_list('hundred_list', 'SELECT student_id, outcome FROM hundred', 'all', bins => 2, minimum => 50);
-- thirty students of three scores: ten have none below, ten have exactly a third below, ten two thirds
SELECT bin, lowest_score, x, n FROM calibrate_watch_list('hundred_list', 'SELECT student_id, outcome FROM hundred WHERE student_id BETWEEN 10 AND 39', 'all', bins => 3, minimum => 1);
SELECT calibrate_watch_list('hundred_list', 'SELECT student_id, outcome FROM hundred', 'all', bins => 0);
SELECT calibrate_watch_list('hundred_list', 'SELECT student_id, outcome FROM hundred', 'all', bins => NULL);
SELECT calibrate_watch_list('hundred_list', 'SELECT student_id, outcome FROM hundred', 'all', minimum => NULL);
SELECT audit_watch_list('hundred_list', 'SELECT student_id, outcome FROM hundred', 'all', minimum => NULL);
SELECT audit_watch_list('hundred_list', 'SELECT student_id, outcome FROM hundred', 'all', minimum => -3);
SELECT drop_watch_list('hundred_list');

--
-- what is wrong is said
--
SELECT audit_watch_list('list', 'SELECT student_id FROM students', 'race');
SELECT audit_watch_list('list', 'SELECT student_id, 1 FROM students', 'race');
SELECT audit_watch_list('list', 'SELECT student_id::text, true FROM students', 'race');
SELECT audit_watch_list('list', 'SELECT 1, true FROM students', 'race');
SELECT audit_watch_list('list', 'SELECT student_id, left_school FROM students', 'gender');
\set VERBOSITY default
SELECT audit_watch_list('list', 'SELECT student_id + 1000000, left_school FROM students', 'race');
SELECT calibrate_watch_list('list', 'SELECT student_id + 1000000, left_school FROM students', 'race');
SELECT audit_watch_list('list', 'SELECT student_id, left_school FROM students WHERE false', 'race');
\set VERBOSITY terse
\set VERBOSITY sqlstate
SELECT audit_watch_list('list', 'SELECT student_id, left_school FROM students', 'race', confidence => 2);
\set VERBOSITY terse
SELECT count(*) FROM pg_class WHERE relname = 'list_outcome';

SELECT * FROM disagreement('list');

--
-- What is hidden cannot be had from all that is printed: twelve districts by chance, with numbers that are few or none
--
SELECT change_settings('list', '{"max_students_change": 1, "change_floor": 1000000}');
CREATE FUNCTION load() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM refresh_watch_list('list');
	PERFORM refresh_watch_list('list', accept => r.run) FROM list_runs r WHERE r.status = 'held' AND r.run = (SELECT max(run) FROM list_runs);
	RETURN (SELECT status FROM list_runs ORDER BY run DESC LIMIT 1);
END
$$;
-- an audit as counts of the flagged and the others, with the outcome and without it
CREATE VIEW printed AS
SELECT CASE WHEN NOT a.is_total THEN a.group_value END AS race, v.flagged::text, v.outcome::text, coalesce(max(v.value)::text, '?') AS n
FROM audit_watch_list('district.list', 'SELECT student_id, left_school FROM district.students', 'race') a
CROSS JOIN LATERAL (VALUES
	('flag_rate', true, NULL::boolean, a.x), ('flag_rate', false, NULL, a.n - a.x), ('flag_rate', NULL, NULL, a.n),
	('base_rate', NULL, true, a.x), ('base_rate', NULL, false, a.n - a.x), ('base_rate', NULL, NULL, a.n),
	('precision', true, true, a.x), ('precision', true, false, a.n - a.x), ('precision', true, NULL, a.n),
	('false_omission_rate', false, true, a.x), ('false_omission_rate', false, false, a.n - a.x), ('false_omission_rate', false, NULL, a.n)) v (metric, flagged, outcome, value)
WHERE a.model = 'list' AND a.metric = v.metric
GROUP BY 1, 2, 3;
-- and how many there are, of known outcome and of unknown
CREATE VIEW printed_missing AS
SELECT CASE WHEN NOT a.is_total THEN a.group_value END AS race, v.known::text, coalesce(max(v.value)::text, '?') AS n
FROM audit_watch_list('district.list', 'SELECT student_id, left_school FROM district.students', 'race') a
CROSS JOIN LATERAL (VALUES ('base_rate', true, a.n), ('insufficient_data', NULL, a.n), ('outcome_missing', NULL, a.n), ('outcome_missing', false, a.x)) v (metric, known, value)
WHERE a.model = 'list' AND a.metric = v.metric
GROUP BY 1, 2;
-- a calibration, whose only scores are 0 and 1, beside how many there are of each group and of each score
CREATE VIEW printed_bins AS
SELECT c.group_value AS race, c.lowest_score::text AS score, v.outcome::text, coalesce(v.value::text, '?') AS n
FROM calibrate_watch_list('district.list', 'SELECT student_id, left_school FROM district.students', 'race') c
CROSS JOIN LATERAL (VALUES (true, c.x), (false, c.n - c.x), (NULL, c.n)) v (outcome, value)
UNION ALL
SELECT m.race, m.score, v.outcome, CASE WHEN v.outcome IS NOT NULL OR m.n < 10 THEN '?' ELSE m.n::text END
FROM (SELECT race, flagged::integer::text AS score, count(*) AS n FROM students WHERE left_school IS NOT NULL GROUP BY GROUPING SETS ((), race, flagged)) m
CROSS JOIN (VALUES ('true'), ('false'), (NULL)) v (outcome);
CREATE FUNCTION up_to(most integer) RETURNS integer LANGUAGE sql VOLATILE RETURN (random() * most)::integer;
SET client_min_messages = warning;
CREATE TABLE found (district integer, what text, cell text, verdict text, from_number double precision, to_number double precision);
CREATE TABLE shown (district integer, what text, n bigint, of bigint);
SELECT setseed(0.5);
DO $$
BEGIN
	FOR d IN 1..12 LOOP
		TRUNCATE students RESTART IDENTITY;
		INSERT INTO students (race, flagged, left_school)
		SELECT 'R' || r, f, o
		FROM generate_series(1, 3 + up_to(3)) AS r, (VALUES (true), (false)) AS f (f), (VALUES (true), (false), (NULL)) AS o (o),
			LATERAL (SELECT CASE WHEN o IS NULL THEN ('{0,0,0,2,12}'::integer[])[1 + up_to(4) + 0 * r * f::integer] ELSE ('{0,3,12,14,20,30,45,60,90,120}'::integer[])[1 + up_to(9) + 0 * r * f::integer] END) AS c (n), generate_series(1, c.n);
		PERFORM load();
		INSERT INTO found
		SELECT d, 'table', cell, verdict, least_rule, most_rule FROM disclosure_audit('district.printed', '{race, flagged, outcome}', '{"n": "count"}', marks => '{"?": [0, 1000000]}')
		UNION ALL
		SELECT d, 'missing', cell, verdict, least_rule, most_rule FROM disclosure_audit('district.printed_missing', '{race, known}', '{"n": "count"}', marks => '{"?": [0, 1000000]}')
		UNION ALL
		SELECT d, 'bins', cell, verdict, least_rule, most_rule FROM disclosure_audit('district.printed_bins', '{race, score, outcome}', '{"n": "count"}', marks => '{"?": [0, 1000000]}')
		WHERE members[1] IS NOT NULL AND members[2] IS NOT NULL
		UNION ALL
		SELECT d, 'table', concat_ws(' ', race, flagged, outcome), 'printed', n::integer, n::integer FROM printed WHERE n <> '?' AND n::integer BETWEEN 1 AND 9
		UNION ALL
		SELECT d, 'missing', concat_ws(' ', race, known), 'printed', n::integer, n::integer FROM printed_missing WHERE n <> '?' AND n::integer BETWEEN 1 AND 9
		UNION ALL
		SELECT d, 'bins', concat_ws(' ', race, score, outcome), 'printed', n::integer, n::integer FROM printed_bins WHERE n <> '?' AND n::integer BETWEEN 1 AND 9;
		INSERT INTO shown
		SELECT d, CASE WHEN flagged IS NULL OR outcome IS NULL THEN 'margins' ELSE 'table' END, count(*) FILTER (WHERE n <> '?'), count(*) FROM printed WHERE race IS NOT NULL GROUP BY 2
		UNION ALL
		SELECT d, 'bins', count(*) FILTER (WHERE n <> '?'), count(*) FROM printed_bins WHERE race IS NOT NULL AND score IS NOT NULL;
	END LOOP;
END
$$;
RESET client_min_messages;
SELECT what, count(*) > 0 AS looked_at, count(*) FILTER (WHERE verdict IN ('printed', 'inconsistent', 'not_proven') OR verdict NOT IN ('protected', 'all_same') AND to_number BETWEEN 1 AND 9) AS had
FROM found GROUP BY what ORDER BY what;
SELECT what, sum(n) > sum(of) / 8 AS much_is_shown, sum(n) < sum(of) AS not_all_is FROM shown GROUP BY what ORDER BY what;
DROP VIEW printed, printed_missing, printed_bins;
SELECT drop_watch_list('list');

-- What a rule leaves of the list's flagged, the other flags alone: in X 4 of 40 (a flags 36), in Y 20 of 50, in Z 30 of 60. Rule b leaves
-- 20, 15 and 15. With the outcome, of whom there are half of each, it is 2, 10 and 15; and 10, 7 and 8
CREATE TABLE marked AS
SELECT row_number() OVER () AS student_id, school, a, b, i % 2 = 0 AS outcome
FROM (VALUES ('X', true, true, 16), ('X', true, false, 20), ('X', false, true, 4), ('X', false, false, 60),
	('Y', true, true, 15), ('Y', true, false, 15), ('Y', false, true, 20), ('Y', false, false, 50),
	('Z', true, true, 15), ('Z', true, false, 15), ('Z', false, true, 30), ('Z', false, false, 40)) v (school, a, b, n), generate_series(1, n) i;
SELECT create_watch_list('two', 'SELECT student_id, school FROM marked');
SELECT add_rule('two', 'a', 'SELECT student_id, a::integer FROM marked', '=', 1, 'a', 'watch'), add_rule('two', 'b', 'SELECT student_id, b::integer FROM marked', '=', 1, 'b', 'watch');
SELECT status, flagged FROM refresh_watch_list('two');
CREATE TEMP TABLE audited AS SELECT * FROM audit_watch_list('two', 'SELECT student_id, outcome FROM marked', 'school');
SELECT model, group_value, metric, x, n, reason FROM audited WHERE metric IN ('flag_rate', 'recall') ORDER BY metric, model, group_value;
SELECT count(*) FILTER (WHERE l.x - r.x BETWEEN 1 AND 9) AS small, count(*) FILTER (WHERE l.x - r.x > 9) > 4 AS others
FROM audited l JOIN audited r USING (group_value, metric) WHERE l.model = 'list' AND r.model LIKE 'rule%' AND metric IN ('flag_rate', 'recall', 'precision');
-- in all only 9 more: nothing of rule a can be told
DELETE FROM marked WHERE NOT a AND b AND school <> 'X';
INSERT INTO marked SELECT 10000 + i, 'Y', false, true, i % 2 = 0 FROM generate_series(1, 5) i;
SELECT status FROM refresh_watch_list('two');
SELECT model, count(x) AS told FROM audit_watch_list('two', 'SELECT student_id, outcome FROM marked', 'school') WHERE metric = 'flag_rate' GROUP BY model ORDER BY model;
SELECT drop_watch_list('two');
DROP TABLE audited;
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst;
