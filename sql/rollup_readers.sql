-- Reports and statistics over roll-ups: the same to the byte as over the rows that they are of, and over cells that are
-- stored, whatever has been corrected since, merged or not
\set SHOW_CONTEXT never

CREATE ROLE rollup_owner;
CREATE ROLE rollup_reader;
CREATE SCHEMA rolled AUTHORIZATION rollup_owner;
GRANT USAGE, CREATE ON SCHEMA rolled TO rollup_reader;
SET ROLE rollup_owner;
SET search_path = rolled, gapstats;

CREATE TABLE scores (student integer PRIMARY KEY, year integer NOT NULL, school text, race text, lunch boolean, score integer, is_gifted boolean);
INSERT INTO scores
SELECT i, 2024 + i % 3, 'S' || i * i % 5, CASE WHEN i % 29 > 0 THEN (ARRAY['Asian', 'Black', 'White', 'White'])[i * 7 % 11 % 4 + 1] END, i * 13 % 31 < 14,
	CASE WHEN i % 17 > 0 THEN 400 + i * 37 % 97 + i % 3 * 4 - i * 7 % 11 % 4 * 6 END, CASE WHEN i % 37 > 0 THEN i * 5 % 13 < 3 END
FROM generate_series(1, 1500) AS i;
SELECT create_rollup('cells', 'scores', '{year,school,race,lunch}', '{"reading": "distribution(score)", "tested": "count(score)"}'),
	create_rollup('gifted', 'scores', '{school,race,is_gifted}');

CREATE TABLE students AS SELECT i AS student, 'S' || i % 4 AS school, (ARRAY['Asian', 'Black', 'White'])[i * 7 % 11 % 3 + 1] AS race FROM generate_series(1, 130) AS i;
CREATE TABLE attendance (student integer NOT NULL, day date NOT NULL, status text NOT NULL, PRIMARY KEY (student, day));
INSERT INTO attendance
SELECT s, d::date, CASE WHEN (s * 7919 + (d::date - '2025-09-01') * 31) % 97 < s % 23 THEN 'absent' WHEN s * 31 % 7 = (d::date - '2025-09-01') % 50 THEN 'late' ELSE 'present' END
FROM generate_series(1, 120) AS s, generate_series('2025-09-01'::timestamp, '2025-12-19', '1 day') AS d
WHERE extract(isodow FROM d) < 6 AND d >= '2025-09-01'::date + s % 40;
SELECT create_rollup('days', 'attendance', '{student,status}', '{"days": "dayset(day)"}');

-- The same without roll-ups: stored once, and from the rows
CREATE TABLE stored_cells AS SELECT year, school, race, lunch, n_rows, reading, tested FROM cells;
CREATE TABLE stored_days AS SELECT student, status, days FROM days;
CREATE PROCEDURE store() LANGUAGE sql AS $$
	TRUNCATE stored_cells, stored_days;
	INSERT INTO stored_cells SELECT year, school, race, lunch, count(*), distribution(score), count(score) FROM scores GROUP BY 1, 2, 3, 4;
	INSERT INTO stored_days SELECT student, status, dayset(day) FROM attendance GROUP BY 1, 2;
$$;
CREATE FUNCTION a_student(days text) RETURNS text IMMUTABLE RETURN format($$
	SELECT s.*, d.enrolled, coalesce(d.absent, '{}') AS absent
	FROM students s
	LEFT JOIN (SELECT student, rollup(days) AS enrolled, rollup(days) FILTER (WHERE status = 'absent') AS absent FROM %s GROUP BY student) d USING (student) $$, days);

-- What two calls say otherwise, as text, which is lossless; but for what stored cells do not know
CREATE FUNCTION differ(call text, rolled text, measures jsonb, other text, other_measures jsonb, unknown text[], OUT n_rows bigint, OUT n_differ bigint) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SELECT count(*), count(*) FILTER (WHERE (to_jsonb(a) - $1)::text IS DISTINCT FROM (to_jsonb(b) - $1)::text) FROM %s a FULL JOIN %s b USING (key)',
		format(call, quote_literal(rolled), quote_literal(measures)), format(call, quote_literal(other), quote_literal(other_measures)))
	INTO n_rows, n_differ USING unknown;
END $$;
CREATE VIEW reports AS
WITH m (scores, rows, absences, unknown, all_gaps) AS (VALUES (
	'{"reading": {"distribution": "reading", "direction": "higher"}, "proficient": {"distribution": "reading", "cut": 440, "goal": 0.6, "gap_goal": 0.1, "direction": "higher"},
		"tested": {"numerator": "tested", "denominator": "n_rows", "direction": "higher"}}'::jsonb,
	'{"reading": {"score": "score", "direction": "higher"}, "proficient": {"score": "score", "cut": 440, "goal": 0.6, "gap_goal": 0.1, "direction": "higher"},
		"tested": {"outcome": "is_tested", "direction": "higher"}}'::jsonb,
	'{"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}, "chronic": {"absent": "absent", "enrolled": "enrolled", "cut": 0.1, "direction": "lower"}}'::jsonb,
	'{n_missing_focal,n_missing_reference,n_missing_group,n_missing}'::text[],
	$$gap_report(%s, %s, '{race,lunch}', '{school}', 'year', depth => 2, digits => NULL,
		estimates => '{gap,value,hedges_g,v,risk_ratio,odds_ratio,simultaneous,shrunken,probability_below_zero,change,percentiles,goal,widest,omnibus}')$$)
)
SELECT c.what, d.*
FROM m
CROSS JOIN LATERAL (VALUES
	('gaps of stored cells', all_gaps, 'cells', scores, 'stored_cells', scores, '{}'),
	('gaps of rows', all_gaps, 'cells', scores, 'SELECT *, score IS NOT NULL AS is_tested FROM scores', rows, unknown),
	('gaps for others', $$gap_report(%s, %s, '{race,lunch}', '{school}', digits => NULL, suppress => true)$$, 'cells', scores - 'tested', 'scores', rows - 'tested', unknown),
	('rates of who is in groups', $$gap_report(%s, %s, '{race}', '{school}', digits => NULL)$$,
		'SELECT school, race, CASE WHEN is_gifted THEN n_rows ELSE 0 END AS n_gifted, n_rows FROM gifted WHERE is_gifted IS NOT NULL', '{"gifted": {"numerator": "n_gifted", "denominator": "n_rows", "direction": "higher"}}',
		'scores', '{"gifted": {"outcome": "is_gifted", "direction": "higher"}}', unknown),
	('percentiles', $$percentile_report(%s, %s, '{race}', '{school}', 'year', digits => NULL)$$, 'cells', scores - '{proficient,tested}'::text[], 'scores', rows - '{proficient,tested}'::text[], unknown),
	('percentiles for others', $$percentile_report(%s, %s, '{race}', '{school}', digits => NULL, suppress => true)$$, 'cells', scores - '{proficient,tested}'::text[], 'stored_cells', scores - '{proficient,tested}'::text[], '{}'),
	('gaps of days', $$gap_report(%s, %s, '{race}', '{school}', digits => NULL, estimates => '{gap,value,missing,percentiles}')$$, a_student('days'), absences, a_student('stored_days'), absences, '{}'),
	('days of use', $$gap_report(%s, %s, '{race}', digits => NULL)$$, a_student('days'), '{"days": {"days": "enrolled", "during": "[2025-10-01,2025-11-01)", "direction": "higher"}}', a_student('stored_days'), '{"days": {"days": "enrolled", "during": "[2025-10-01,2025-11-01)", "direction": "higher"}}', '{}'),
	('months', $$absence_report(%s, %s, '{race}', '{school}', digits => NULL)$$, a_student('days'), absences, a_student('stored_days'), absences, '{}'),
	('months for others', $$absence_report(%s, %s, '{race}', digits => NULL, suppress => true)$$, a_student('days'), absences - 'chronic', a_student('stored_days'), absences - 'chronic', '{}')
	) AS c (what, call, rolled, measures, other, other_measures, unknown)
CROSS JOIN LATERAL differ(c.call, c.rolled, c.measures, c.other, c.other_measures, c.unknown::text[]) AS d;

-- Functions of groups, of one roll-up and of the rows
CREATE VIEW functions_of_groups AS
SELECT f.what, f.rolled::text = f.counted::text AS same, f.rolled IS NOT NULL AS is_any
FROM (VALUES
	('gap_by_group', (SELECT array_agg(g ORDER BY race) FROM (SELECT race, gap_by_group(race, rollup(reading)) OVER () AS g FROM cells WHERE race IS NOT NULL GROUP BY race) s)::text,
		(SELECT array_agg(g ORDER BY race) FROM (SELECT race, gap_by_group(race, distribution(score)) OVER () AS g FROM scores WHERE race IS NOT NULL GROUP BY race) s)::text),
	('rate_gap_by_group', (SELECT array_agg(g ORDER BY race) FROM (SELECT race, rate_gap_by_group(race, sum(tested)::bigint, sum(n_rows)::bigint) OVER () AS g FROM cells WHERE race IS NOT NULL GROUP BY race) s)::text,
		(SELECT array_agg(g ORDER BY race) FROM (SELECT race, rate_gap_by_group(race, count(score), count(*)) OVER () AS g FROM scores WHERE race IS NOT NULL GROUP BY race) s)::text),
	('representation_index', (SELECT array_agg(g ORDER BY race) FROM (SELECT race, representation_index(race, sum(n_rows) FILTER (WHERE is_gifted)::bigint, sum(n_rows)::bigint) OVER () AS g FROM gifted WHERE race IS NOT NULL GROUP BY race) s)::text,
		(SELECT array_agg(g ORDER BY race) FROM (SELECT race, representation_index(race, count(*) FILTER (WHERE is_gifted), count(*)) OVER () AS g FROM scores WHERE race IS NOT NULL GROUP BY race) s)::text),
	('anova', (SELECT anova(d) FROM (SELECT rollup(reading) AS d FROM cells GROUP BY school) s)::text, (SELECT anova(d) FROM (SELECT distribution(score) AS d FROM scores GROUP BY school) s)::text),
	('gap_within', (SELECT gap_within(f, r) FROM (SELECT rollup(reading) FILTER (WHERE lunch) AS f, rollup(reading) FILTER (WHERE NOT lunch) AS r FROM cells GROUP BY school) s)::text,
		(SELECT gap_within(f, r) FROM (SELECT distribution(score) FILTER (WHERE lunch) AS f, distribution(score) FILTER (WHERE NOT lunch) AS r FROM scores GROUP BY school) s)::text),
	('segregation', (SELECT segregation(school, race, n_rows) FROM cells WHERE race IS NOT NULL)::text, (SELECT segregation(school, race) FROM scores WHERE race IS NOT NULL)::text),
	('percentile_bands', (SELECT array_agg(b) FROM percentile_bands((SELECT rollup(reading) FROM cells)) b)::text, (SELECT array_agg(b) FROM percentile_bands((SELECT distribution(score) FROM scores)) b)::text),
	('chronic_absence_rate', (SELECT chronic_absence_rate(absent, enrolled) FROM (SELECT rollup(days) AS enrolled, coalesce(rollup(days) FILTER (WHERE status = 'absent'), '{}') AS absent FROM days GROUP BY student) s)::text,
		(SELECT chronic_absence_rate(count(*) FILTER (WHERE status = 'absent'), count(*)) OVER () FROM attendance GROUP BY student LIMIT 1)::text),
	('suppress', (SELECT array_agg(s ORDER BY cell) FROM suppress('SELECT school, race, sum(n_rows) AS n, sum(n_rows) FILTER (WHERE is_gifted) AS x FROM gifted WHERE race IS NOT NULL GROUP BY GROUPING SETS ((1, 2), (1), (2), ())', '{school,race}', '{"n": "count", "x": "count"}') s)::text,
		(SELECT array_agg(s ORDER BY cell) FROM suppress('SELECT school, race, count(*) AS n, count(*) FILTER (WHERE is_gifted) AS x FROM scores WHERE race IS NOT NULL GROUP BY GROUPING SETS ((1, 2), (1), (2), ())', '{school,race}', '{"n": "count", "x": "count"}') s)::text)
) AS f (what, rolled, counted);
CREATE VIEW pending AS SELECT (SELECT count(*) FROM cells_changes) > 0 AS cells, (SELECT count(*) FROM gifted_changes) > 0 AS gifted, (SELECT count(*) FROM days_changes) > 0 AS days;

TABLE pending;
TABLE reports;
TABLE functions_of_groups;

-- Corrected, and not merged
UPDATE scores SET score = score + 3 WHERE student % 7 = 0;
UPDATE scores SET race = 'Asian', is_gifted = NOT is_gifted WHERE student % 41 = 0;
UPDATE scores SET score = NULL WHERE school = 'S1' AND race = 'Asian' AND year = 2025;
DELETE FROM scores WHERE student BETWEEN 300 AND 340 OR race = 'Black' AND school = 'S4' AND lunch;
INSERT INTO scores SELECT i, 2026, 'S9', 'Black', i % 2 = 0, 430 + i % 20, true FROM generate_series(2001, 2030) AS i;
UPDATE attendance SET status = 'absent' WHERE student % 5 = 0 AND day BETWEEN '2025-10-06' AND '2025-10-15';
UPDATE attendance SET status = 'present' WHERE student % 6 = 0 AND status = 'absent' AND day < '2025-10-20';
DELETE FROM attendance WHERE student = 17 OR student % 11 = 0 AND day > '2025-12-01';
CALL store();
TABLE pending;
SELECT what, n_rows > 0 AS is_any, n_differ FROM reports;
TABLE functions_of_groups;
-- merged, and corrected again in a transaction that sees both
SELECT (merge_rollup('cells')).status, (merge_rollup('gifted')).status, (merge_rollup('days')).status;
TABLE pending;
SELECT what, n_rows > 0 AS is_any, n_differ FROM reports WHERE n_differ > 0 OR what ~ '^gaps';
SELECT count(*) FILTER (WHERE NOT same) FROM functions_of_groups;
BEGIN;
DELETE FROM scores WHERE student % 3 = 0;
UPDATE attendance SET day = day + 70 WHERE day BETWEEN '2025-11-03' AND '2025-11-07';
CALL store();
SELECT what, n_rows > 0 AS is_any, n_differ FROM reports WHERE n_differ > 0 OR what ~ '^gaps';
SELECT count(*) FILTER (WHERE NOT same) FROM functions_of_groups;
ROLLBACK;
SELECT what, n_differ FROM reports WHERE n_differ > 0;

--
-- A report that stands merges what it has read, where that is its owner's
--
CREATE VIEW kept AS SELECT rollup, state, n_pending > 0 AS is_pending FROM rollup_health ORDER BY rollup::text;
CREATE VIEW tested AS SELECT school, race, tested, n_rows FROM cells WHERE year = 2025;
SELECT create_report('reading', 'cells', '{"reading": {"distribution": "reading", "direction": "higher"}}', '{race}', '{school}', 'year', '{"suppress": false}'),
	create_report('taken', 'tested', '{"tested": {"numerator": "tested", "denominator": "n_rows", "direction": "higher"}}', '{race}', options => '{"suppress": false}'),
	create_report('chronic', a_student('days'), '{"chronic": {"absent": "absent", "enrolled": "enrolled", "cut": 0.1, "direction": "lower"}}', '{race}', options => '{"suppress": false}');
UPDATE scores SET score = score - 2 WHERE student % 8 = 0;
UPDATE attendance SET status = 'absent' WHERE student % 9 = 0 AND day < '2025-10-20';
TABLE kept;
SELECT status, n_written > 0 AS is_written, error FROM refresh_report('reading');
TABLE kept;
SELECT status, n_changes > 0 AS is_any, run_by FROM cells_runs ORDER BY run DESC LIMIT 1;
SELECT status, n_written, error FROM refresh_report('reading');
SELECT count(*) AS n_differ FROM reading r FULL JOIN gap_report('scores', '{"reading": {"score": "score", "direction": "higher"}}', '{race}', '{school}', 'year') g USING (key) WHERE (r.n_focal, r.value_focal, r.gap, r.gap_se, r.verdict) IS DISTINCT FROM (g.n_focal, g.value_focal, g.gap, g.gap_se, g.verdict);
SELECT status, n_written > 0 AS is_written FROM refresh_report('chronic');
TABLE kept;
-- through a view of one's own; and as a scheduler does
UPDATE scores SET score = NULL WHERE student % 50 = 0;
SELECT status, n_written > 0 AS is_written FROM refresh_report('taken');
TABLE kept;
UPDATE scores SET score = 500 WHERE student % 50 = 0;
CALL run_report('taken');
TABLE kept;
-- not in a transaction that has a snapshot of its own, nor of a report of somebody else's
UPDATE scores SET score = 501 WHERE student % 50 = 0;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT status, n_written > 0 AS is_written FROM refresh_report('reading');
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT status FROM refresh_report('reading');
COMMIT;
BEGIN READ ONLY;
SELECT max(n_focal) > 0 AS is_read FROM reading;
SELECT sum(n_rows) > 0 AS is_read FROM cells;
SELECT status FROM refresh_report('reading');
ROLLBACK;
TABLE kept;
GRANT SELECT ON cells TO rollup_reader;
SET ROLE rollup_reader;
SELECT create_report('read', 'cells', '{"reading": {"distribution": "reading", "direction": "higher"}}', '{race}', '{school}', 'year', '{"suppress": false}');
SELECT status, n_written, error FROM refresh_report('read');
SET ROLE rollup_owner;
SELECT count(*) FROM cells_runs WHERE run_by = 'rollup_reader';
TABLE kept;
-- whoever has the owner's rights refreshes it as he
RESET ROLE;
SELECT status, n_written, error FROM refresh_report('reading');
SET ROLE rollup_owner;
SELECT status, run_by = session_user AS by_caller FROM cells_runs ORDER BY run DESC LIMIT 1;
-- what keeps a roll-up from being merged keeps no report from being refreshed
ALTER TABLE cells_base ADD CONSTRAINT none_more CHECK (n_rows < 0) NOT VALID;
UPDATE scores SET score = 502 WHERE student % 50 = 0;
SELECT status, n_written > 0 AS is_written, error FROM refresh_report('reading');
SELECT rollup, state, n_pending > 0 AS is_pending, problem FROM rollup_health WHERE rollup = 'cells'::regclass;
ALTER TABLE cells_base DROP CONSTRAINT none_more;
-- nor is a source counted anew of it
ALTER TABLE scores DISABLE TRIGGER USER;
SELECT status, n_written, error FROM refresh_report('reading');
SELECT state, count(*) AS n_problems FROM rollup_health WHERE rollup = 'cells'::regclass GROUP BY state;
SELECT status, rebuilt_because IS NOT NULL AS is_counted_anew FROM merge_rollup('cells');
-- one that is held merges nothing
UPDATE scores SET school = NULL, race = CASE WHEN student % 2 = 0 THEN 'Asian' ELSE 'White' END;
SELECT status FROM refresh_report('reading');
SELECT state, n_pending > 0 AS is_pending FROM rollup_health WHERE rollup = 'cells'::regclass;
RESET ROLE;

\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA rolled CASCADE;
DROP ROLE rollup_owner, rollup_reader;
