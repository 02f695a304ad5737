-- What a report that stands tells others, refresh after refresh: what it hid stays hidden, what it showed stays shown where it can, and as a
-- release of a ledger it gives nothing away together with the others.
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE regress_analyst;
CREATE ROLE regress_board;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SELECT format('GRANT CREATE ON DATABASE %I TO regress_analyst', current_database()) \gexec
SET SESSION AUTHORIZATION regress_analyst;
SET search_path = district, gapstats;
CREATE TABLE student AS
SELECT i, (ARRAY['north', 'east', 'west', 'south'])[1 + i % 4] AS school, (ARRAY['Asian', 'Black', 'White', 'Other'])[CASE WHEN h < 8 THEN 1 WHEN h < 40 THEN 2 WHEN h < 80 THEN 3 ELSE 4 END] AS race,
	(ARRAY['free', 'paid'])[1 + i / 11 % 2] AS lunch, 400 + i * 7919 % 101 AS score
FROM (SELECT i, (i * 7817 % 1009 + i / 5) % 100 AS h FROM generate_series(1, 260) AS i) s;
CREATE FUNCTION truth(by_group text) RETURNS TABLE (school text, member text, n bigint) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT school, %1$I, count(*) FROM student GROUP BY GROUPING SETS ((), (school), (%1$I), (school, %1$I))', by_group);
END $$;
-- what readers see of a report is what was decided, to the cell, and what a ledger has of its last release; numbers are counted here
CREATE FUNCTION unlike(report regclass, by_group text) RETURNS TABLE (cells bigint, hidden bigint, false_numbers bigint, unlike_rows bigint, unlike_ledger bigint) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format($sql$
		WITH told AS (
			SELECT c.* FROM %1$s_definition d, jsonb_to_recordset(d.told -> 'cells') AS c (cell text[], is_hidden boolean, "number 1" bigint)
		), kept AS (
			SELECT k.members, k.numbers FROM district.releases_cells k JOIN %1$s_definition d ON d.told ->> 'release' = k.release
		)
		SELECT count(*), count(*) FILTER (WHERE t.is_hidden), count(*) FILTER (WHERE t."number 1" IS DISTINCT FROM CASE WHEN NOT t.is_hidden THEN c.n END),
			count(*) FILTER (WHERE t.cell[2] IS NOT NULL AND (r.key IS NULL OR r.n_focal IS DISTINCT FROM t."number 1")),
			count(*) FILTER (WHERE k.numbers[1] IS DISTINCT FROM coalesce(t."number 1"::text, '*') AND EXISTS (SELECT FROM kept))
		FROM told t
		FULL JOIN truth(%2$L) c ON ARRAY[c.school, c.member] = t.cell
		LEFT JOIN %1$s r ON r.dimension = %2$L AND ARRAY[r.school, r.group_focal] = t.cell
		LEFT JOIN kept k ON k.members = t.cell $sql$, report, by_group);
END $$;
SELECT create_ledger('releases');
\set reading '\'{"reading": {"score": "score", "direction": "higher"}}\''

-- without a ledger what was hidden stays hidden: a group that was small, and those that hid it, when it has grown; what was shown, where it can
SELECT create_report('seen', 'student', :reading, '{race}', '{school}', options => '{"suppress": true}');
SELECT * FROM unlike('seen', 'race');
CREATE TABLE seen_first AS SELECT key, n_focal IS NULL AS is_hidden FROM seen;
INSERT INTO student SELECT 1000 + i, school, race, 'free', 450 FROM (SELECT DISTINCT school, race FROM student) s, generate_series(1, 12) AS i;
SELECT status, n_written > 0 AS is_written FROM refresh_report('seen');
SELECT * FROM unlike('seen', 'race');
SELECT count(*) FILTER (WHERE f.is_hidden) AS hidden_before, count(*) FILTER (WHERE s.n_focal IS NULL) AS hidden, count(*) FILTER (WHERE f.is_hidden AND s.n_focal IS NOT NULL) AS no_more, (SELECT min(n) FROM truth('race')) AS smallest
FROM seen s JOIN seen_first f USING (key);
-- other rows are the same report; with other options it begins anew
SELECT alter_report('seen', 'SELECT * FROM student');
SELECT count(*) FILTER (WHERE n_focal IS NULL) AS hidden FROM seen;
SELECT alter_report('seen', options => '{"suppress": true, "keep_runs": "90 days"}');
SELECT count(*) FILTER (WHERE n_focal IS NULL) AS hidden FROM seen;
SELECT alter_report('seen', options => '{"suppress": true, "min_n": 9}');
SELECT count(*) FILTER (WHERE n_focal IS NULL) AS hidden FROM seen;
DELETE FROM student WHERE i > 1000;
SELECT status FROM refresh_report('seen');
CREATE TABLE seen_again AS SELECT key, n_focal IS NULL AS is_hidden FROM seen;
-- nothing is written of unchanged data, the definition neither
SELECT xmin AS before FROM seen_definition \gset
SELECT status, n_written FROM refresh_report('seen');
SELECT xmin::text = :'before' AS is_untouched FROM seen_definition;

-- a report as a release: two of the same children, each safe by itself, say together what neither does
SELECT create_report('by_race', 'student', :reading, '{race}', '{school}', options => '{"suppress": true, "release": {"ledger": "releases", "audience": "the board", "population": "students", "as_of": "2026-10-01"}}');
SELECT create_report('by_lunch', 'student', :reading, '{lunch,race}', '{school}', options => '{"suppress": true, "depth": 2, "release": {"ledger": "releases", "audience": "the board", "population": "students", "as_of": "2026-10-01"}}');
SELECT d.options -> 'release' ->> 'ledger' AS ledger, r.release LIKE 'district.by_race, %' AS is_named, r.audience, r.population, r.as_of, r.dimensions, r.measures, r.minimum, r.accepted
FROM by_race_definition d JOIN releases r ON r.release = d.told ->> 'release';
SELECT * FROM unlike('by_race', 'race');
SELECT count(*) AS releases, (SELECT count(*) FROM release_health('releases')) AS leaks FROM releases;
-- by itself the second would show what the first hides
SELECT count(*) > 0 AS leaks_by_itself
FROM by_race_definition d, jsonb_to_recordset(d.told -> 'cells') AS c (cell text[], is_hidden boolean)
JOIN (SELECT s.members, s.shown FROM suppress('SELECT school, race, lunch, count(*) AS n FROM student GROUP BY CUBE (school, race, lunch)', '{school,race,lunch}', '{"n": "count"}') s) s
	ON s.members = ARRAY[c.cell[1], c.cell[2], NULL]
WHERE c.is_hidden AND s.shown <> '*';
SELECT count(*) FILTER (WHERE c.is_hidden AND NOT o.is_hidden) AS shown_by_the_other
FROM by_race_definition d, by_lunch_definition e, jsonb_to_recordset(d.told -> 'cells') AS c (cell text[], is_hidden boolean), jsonb_to_recordset(e.told -> 'cells') AS o (cell text[], is_hidden boolean)
WHERE o.cell = ARRAY[c.cell[1], NULL, c.cell[2]];
-- what is the same is no release of its own; one that was withdrawn is one again
SELECT status, n_written FROM refresh_report('by_race');
SELECT count(*) AS releases FROM releases;
SELECT withdraw_release('releases', told ->> 'release', 'of the wrong day') FROM by_race_definition;
SELECT status, n_written FROM refresh_report('by_race');
SELECT count(*) AS releases, count(withdrawn_at) AS withdrawn FROM releases;
-- other numbers of the same children are refused, and the report stays as it was
UPDATE student SET race = 'White' WHERE i = (SELECT min(i) FROM student WHERE school = 'north' AND race = 'Black');
CREATE TABLE before AS SELECT * FROM by_race;
SET client_min_messages = 'error';
SELECT status, regexp_replace(error, '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+', '...') AS error FROM refresh_report('by_race');
RESET client_min_messages;
SELECT count(*) AS unlike FROM (TABLE before EXCEPT TABLE by_race) AS r;
SELECT state, regexp_replace(problem, '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+', '...') AS problem, fix FROM report_health WHERE report = 'by_race'::regclass;
SELECT count(*) AS releases FROM releases;
-- of another day they are others
SELECT alter_report('by_race', options => '{"suppress": true, "release": {"ledger": "releases", "audience": "the board", "population": "students", "as_of": "2026-11-01"}}');
SELECT * FROM unlike('by_race', 'race');
SELECT count(*) AS releases, (SELECT count(*) FROM release_health('releases')) AS leaks FROM releases;
-- of another day, but half loaded, they are none
BEGIN;
DELETE FROM student WHERE i > 100;
SAVEPOINT half_loaded;
SELECT alter_report('by_race', options => jsonb_set(options, '{release,as_of}', '"2026-11-02"')) FROM by_race_definition;
ROLLBACK TO half_loaded;
SELECT max(as_of) FROM releases WHERE release LIKE '%by_race%';
ROLLBACK;
-- without a day it is that of the refresh, where the report was written
SET TimeZone = 'Pacific/Kiritimati';
SELECT create_report('today', 'student', :reading, '{race}', options => '{"suppress": true, "release": {"ledger": "district.releases", "audience": "the board", "population": "students of today"}}');
RESET TimeZone;
SELECT r.as_of = (r.published_at AT TIME ZONE 'Pacific/Kiritimati')::date AS is_today FROM releases r WHERE r.population = 'students of today';
-- on the next day, which it is elsewhere already, what is the same is a release of that day: others of it are compared with it
SET TimeZone = 'Etc/GMT+12';
SELECT create_report('since', 'student', :reading, '{race}', '{school}', options => '{"suppress": true, "release": {"ledger": "district.releases", "audience": "the board", "population": "students since"}}');
UPDATE since_definition SET time_zone = 'Etc/GMT-14';
RESET TimeZone;
SELECT status, n_written FROM refresh_report('since');
SELECT status, n_written FROM refresh_report('since');
SELECT count(*) AS releases, max(as_of) > min(as_of) AS is_later, bool_or(cells_of IS NOT NULL) AS is_the_same, (SELECT count(DISTINCT release) FROM releases_cells JOIN releases USING (release) WHERE population = 'students since') AS tables
FROM releases WHERE population = 'students since';
-- its cells are those of the first day, which are kept once, and are what others of the later day are looked at with
SELECT l.as_of > f.as_of AS is_later, l.cells_of = f.release AS is_the_same FROM releases l, releases f WHERE l.population = 'students since' AND f.population = l.population AND l.cells_of IS NOT NULL AND f.cells_of IS NULL;
SET TimeZone = 'Etc/GMT-14';
SELECT create_report('since_by_lunch', 'student', :reading, '{lunch,race}', '{school}', options => '{"suppress": true, "depth": 2, "release": {"ledger": "releases", "audience": "the board", "population": "students since"}}');
RESET TimeZone;
SELECT count(*) FILTER (WHERE c.is_hidden) > 0 AS hides, count(*) FILTER (WHERE c.is_hidden AND NOT o.is_hidden) AS shown_by_the_other
FROM since_definition d, since_by_lunch_definition e, jsonb_to_recordset(d.told -> 'cells') AS c (cell text[], is_hidden boolean), jsonb_to_recordset(e.told -> 'cells') AS o (cell text[], is_hidden boolean)
WHERE o.cell = ARRAY[c.cell[1], NULL, c.cell[2]];
SELECT count(*) AS leaks FROM release_health('releases') WHERE population = 'students since';
-- to others, of another moment before, or with one cell otherwise it is a table of its own; a third time it is that of the first
CREATE FUNCTION twice(name text, day date, x text, audience text DEFAULT 'all') RETURNS bigint LANGUAGE sql AS $$
	SELECT publish_release('releases', name, audience, 'same', day, format('SELECT * FROM (VALUES (NULL, ''40'', ''20''), (''a'', ''20'', %L), (''b'', ''20'', ''10'')) AS v (g, n, x)', x), '{g}', '{"n": "count", "x": {"of": "n"}}') $$;
SET client_min_messages = 'warning';
SELECT sum(twice(name, day::date, x, coalesce(audience, 'all'))) AS accepted
FROM (VALUES (1, 'monday', '2026-10-05', '10', NULL), (2, 'tuesday', '2026-10-06', '10', NULL), (3, 'sunday', '2026-10-04', '10', NULL), (4, 'thursday', '2026-10-08', '*', NULL), (5, 'for others', '2026-10-09', '*', 'others'), (6, 'friday', '2026-10-09', '*', NULL), (7, 'saturday', '2026-10-10', '*', NULL), (8, 'monday again', '2026-10-12', '10', NULL)) AS v (i, name, day, x, audience);
RESET client_min_messages;
SELECT as_of, release, cells_of, (SELECT count(*) FROM releases_cells c WHERE c.release = r.release) AS cells FROM releases r WHERE population = 'same' ORDER BY as_of, release;
SELECT publish_release('releases', 'saturday too', 'some', 'same', '2026-10-10', 'SELECT ''b'' AS g, 20 AS n, 11 AS x', '{g}', '{"n": "count", "x": {"of": "n"}}');

-- several measures, of other students and with outcomes, are one release
SELECT create_report('many', 'SELECT *, i % 3 > 0 AS is_older FROM student', '{"reading": {"score": "score", "direction": "higher"}, "proficient": {"score": "score", "cut": 450, "direction": "higher"}, "older": {"score": "score", "direction": "higher", "cohort": "is_older"}}', '{race}', '{school}',
	options => '{"suppress": true, "release": {"ledger": "releases", "audience": "the board", "population": "many", "as_of": "2026-10-01"}}');
SELECT m.key, m.value FROM releases r, jsonb_each(r.measures) m WHERE r.population = 'many' ORDER BY m.key COLLATE "C";
SELECT count(*) AS cells, count(*) FILTER (WHERE c.numbers[1] = '*') AS hidden, count(*) FILTER (WHERE 0 < (SELECT count(*) FROM unnest(c.numbers) AS n WHERE n = '*' AND c.numbers[1] <> '*')) AS half_hidden,
	count(*) FILTER (WHERE c.numbers[1] <> '*' AND c.numbers[1]::integer > c.numbers[2]::integer) AS wrong
FROM releases r JOIN releases_cells c USING (release) WHERE r.population = 'many';
SELECT count(*) AS leaks FROM release_health('releases');

-- percentiles and absence by month are released as gaps are: one population's reports hide the same
SELECT create_report('fans', 'student', :reading, '{race}', '{school}', options => '{"kind": "percentiles", "suppress": true, "release": {"ledger": "releases", "audience": "the board", "population": "fans", "as_of": "2026-10-01"}}');
SELECT create_report('fans_by_lunch', 'student', :reading, '{race,lunch}', '{school}', options => '{"kind": "percentiles", "depth": 2, "suppress": true, "release": {"ledger": "releases", "audience": "the board", "population": "fans", "as_of": "2026-10-01"}}');
SELECT count(*) AS groups, count(*) FILTER (WHERE f.is_suppressed) AS hidden, count(*) FILTER (WHERE f.n IS DISTINCT FROM CASE WHEN NOT f.is_suppressed THEN c.n END) AS false_numbers,
	(SELECT count(*) FROM fans_by_lunch l WHERE l.dimension = 'race' AND l.fraction = 0.5 AND (l.school, l.group_name) IN (SELECT o.school, o.group_name FROM fans o WHERE o.is_suppressed) AND NOT l.is_suppressed) AS shown_by_the_other
FROM fans f JOIN truth('race') c ON (c.school, c.member) IS NOT DISTINCT FROM (f.school, f.group_name) WHERE f.fraction = 0.5;
CREATE TABLE days AS SELECT i, school, race, dayset(d::date) AS enrolled, dayset(d::date) FILTER (WHERE (i * 31 + extract(doy FROM d)::integer * 7) % 11 = 0) AS absent
FROM student, generate_series(date '2026-09-01', date '2026-11-30', interval '1 day') d GROUP BY i, school, race;
SELECT create_report('months', 'days', '{"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', '{race}', '{school}', options => '{"kind": "absence", "suppress": true, "release": {"ledger": "releases", "audience": "the board", "population": "days", "as_of": "2026-12-01"}}');
SELECT count(*) AS months, count(*) FILTER (WHERE is_suppressed) AS hidden, count(*) FILTER (WHERE is_suppressed AND (n IS NOT NULL OR absence_rate IS NOT NULL)) AS half_hidden FROM months;
SELECT status, n_written FROM refresh_report('months');
SELECT r.population, count(*) AS releases, (SELECT array_agg(k ORDER BY k COLLATE "C") FROM jsonb_object_keys((array_agg(r.measures))[1]) AS k) AS measures FROM releases r WHERE r.population IN ('fans', 'days') GROUP BY r.population ORDER BY r.population;
SELECT count(*) AS leaks FROM release_health('releases');

-- those whose group is not known are one cell, whether rows have NULL or the name for it; of both nobody could tell which are meant
SELECT create_report(r.name, format('SELECT school, score, %s AS race FROM student', r.race), :reading, '{race}', '{school}',
	options => '{"suppress": true, "release": {"ledger": "releases", "audience": "the board", "population": "not all recorded", "as_of": "2026-10-01"}}')
FROM (VALUES ('by_null', 'nullif(race, ''Other'')'), ('by_name', 'CASE race WHEN ''Other'' THEN ''not recorded'' ELSE race END')) AS r (name, race);
WITH cell AS (
	SELECT c.members, c.numbers, r.release ~ 'by_name' AS is_by_name FROM releases r JOIN releases_cells c USING (release) WHERE r.population = 'not all recorded'
)
SELECT count(*) AS cells, count(*) FILTER (WHERE n.numbers IS DISTINCT FROM c.numbers) AS unlike, array_agg(DISTINCT c.members[2]) AS races,
	count(*) FILTER (WHERE n.numbers = '{*}') AS hidden, count(*) FILTER (WHERE n.members[2] IS NOT NULL AND (n.numbers = '{*}') <> (r.n_focal IS NULL)) AS unlike_rows
FROM (SELECT * FROM cell WHERE NOT is_by_name) c
FULL JOIN (SELECT * FROM cell WHERE is_by_name) n USING (members)
LEFT JOIN by_name r ON ARRAY[r.school, r.group_focal] = n.members;
SELECT status, n_written FROM refresh_report('by_name');
SELECT alter_report('by_name', 'SELECT school, score, CASE race WHEN ''Other'' THEN ''not recorded'' WHEN ''Black'' THEN NULL ELSE race END AS race FROM student');
-- what is counted is known again, whatever a report calls its measure, and whichever others it has
SELECT create_report(r.name, 'SELECT *, i AS "number in the order of coming, which everybody has" FROM student', r.measures, r.dimensions, '{school}',
	options => '{"suppress": true, "depth": 2, "release": {"ledger": "releases", "audience": "the board", "population": "counted again", "as_of": "2026-10-01"}}')
FROM (VALUES ('again_1', '{"reading": {"score": "score", "direction": "higher"}}'::jsonb, '{race}'::text[]), ('again_2', '{"marks": {"score": "score", "direction": "higher"}, "number": {"score": "number in the order of coming, which everybody has", "direction": "higher"}}', '{lunch,race}'),
	('again_3', '{"some": {"score": "score", "direction": "lower", "cut": 450}}', '{race,lunch}')) AS r (name, measures, dimensions);
SELECT r.release ~ 'again_1' AS is_first, m.key, m.value FROM releases r, jsonb_each(r.measures) m WHERE r.population = 'counted again' ORDER BY r.release, m.key COLLATE "C";
CREATE VIEW counted_again AS
SELECT cell ->> 'school' AS school, cell ->> 'race' AS race, cell ->> 'lunch' AS lunch, coalesce(min(n) FILTER (WHERE n <> '*'), '*') AS n, count(*) AS n_times
FROM (
	SELECT (SELECT jsonb_object_agg(d.name, c.members[d.place]) FROM unnest(r.dimensions) WITH ORDINALITY AS d (name, place)) AS cell,
		c.numbers[cardinality(c.numbers)] AS n
	FROM releases r JOIN releases_cells c USING (release)
	WHERE r.population = 'counted again'
) c
GROUP BY 1, 2, 3;
SELECT count(*) FILTER (WHERE n_times = 3) AS cells, count(*) FILTER (WHERE n_times = 3 AND n = '*') AS hidden FROM counted_again;
SELECT verdict, count(*) FILTER (WHERE can_be_small) AS small FROM disclosure_audit('SELECT school, race, lunch, n FROM counted_again', '{school,race,lunch}', '{"n": "count"}') GROUP BY verdict ORDER BY verdict;
SELECT count(*) AS leaks FROM release_health('releases');
-- of another day what it hid stays hidden, and it is a release also if its numbers are the same
SELECT alter_report('again_1', options => jsonb_set(options, '{release,as_of}', '"2026-10-02"')) FROM again_1_definition;
CREATE TABLE again_first AS SELECT key, n_focal IS NULL AS is_hidden FROM again_1;
INSERT INTO student SELECT 1000 + i, school, race, 'free', 450 FROM (SELECT DISTINCT school, race FROM student) s, generate_series(1, 12) AS i;
SELECT alter_report('again_1', options => jsonb_set(options, '{release,as_of}', '"2026-10-03"')) FROM again_1_definition;
SELECT count(*) FILTER (WHERE f.is_hidden) AS hidden_before, count(*) FILTER (WHERE f.is_hidden AND a.n_focal IS NOT NULL) AS no_more, (SELECT array_agg(r.as_of - date '2026-10-01' ORDER BY r.as_of) FROM releases r WHERE r.release ~ 'again_1') AS days
FROM again_1 a JOIN again_first f USING (key);
DELETE FROM student WHERE i > 1000;

-- Two reports of other cuts: of c in p 30 reach 200 and 27 reach 210, and nobody is told both.
CREATE TABLE tested AS
SELECT g, b, CASE WHEN s.i <= y THEN 215 WHEN s.i <= x THEN 205 ELSE 100 + 50 * (s.i % 2) END AS score, s.i > 4 OR g <> 'a' AS is_here
FROM (VALUES ('a', 'p', 60, 30, 15), ('b', 'p', 50, 35, 20), ('c', 'p', 70, 30, 27), ('d', 'p', 41, 21, 10), ('e', 'p', 44, 22, 11), ('f', 'p', 47, 24, 12),
	('a', 'q', 61, 31, 15), ('b', 'q', 52, 30, 14), ('c', 'q', 71, 31, 18), ('d', 'q', 41, 22, 12), ('e', 'q', 45, 22, 11), ('f', 'q', 48, 24, 12)) v (g, b, n, x, y), generate_series(1, n) AS s (i);
CREATE FUNCTION of_cuts(name text, cuts integer[], cohort text, population text) RETURNS regclass LANGUAGE sql AS $$
	SELECT create_report(name, 'tested', (SELECT jsonb_object_agg('from ' || c, jsonb_strip_nulls(jsonb_build_object('score', 'score', 'cut', c, 'cohort', cohort, 'direction', 'higher'))) FROM unnest(cuts) AS c), '{g}', '{b}',
		options => jsonb_build_object('suppress', true, 'release', jsonb_build_object('ledger', 'releases', 'audience', 'the board', 'population', population, 'as_of', '2026-10-01')), names_in => 'district') $$;
SELECT of_cuts('cut_210', '{210}', NULL, 'cuts');
SELECT of_cuts('cut_200', '{200}', NULL, 'cuts');
SELECT r.release ~ 'cut_200' AS is_second, m.key, m.value FROM releases r, jsonb_each(r.measures) m WHERE r.population = 'cuts' ORDER BY 1, m.key COLLATE "C";
SELECT DISTINCT measure FROM cut_200;
SELECT s.b, s.group_focal, f.n_focal, round(f.n_focal * f.value_focal) AS from_210, round(s.n_focal * s.value_focal) AS from_200
FROM cut_210 f JOIN cut_200 s USING (level, b, group_focal) WHERE level = 'b' AND group_focal IN ('c', 'd', 'e') ORDER BY 1, 2;
-- what a report of both would hide; and a third, of a cut below them
SELECT of_cuts('cuts', '{200,210}', NULL, 'both cuts');
SELECT count(*) AS unlike FROM cuts b JOIN cut_200 s USING (level, b, group_focal, measure) WHERE b.n_focal IS DISTINCT FROM s.n_focal;
SELECT of_cuts('cut_150', '{150}', NULL, 'cuts');
-- of all that they show nothing small can be had; each says what it is part of, and all of them what is nearest
CREATE VIEW shown_of_cuts AS
SELECT t.b, t.g, coalesce(max(r.n_focal)::text, '*') AS n, coalesce(max(CASE r.cut WHEN 200 THEN r.x END)::text, '*') AS from_200, coalesce(max(CASE r.cut WHEN 150 THEN r.x END)::text, '*') AS from_150, coalesce(max(CASE r.cut WHEN 210 THEN r.x END)::text, '*') AS from_210
FROM (SELECT b, g FROM tested GROUP BY GROUPING SETS ((b, g), (b), (g), ())) t
LEFT JOIN (
	SELECT c.cut, s.b, s.g, s.n AS n_focal, s.x
	FROM (SELECT 200 AS cut, * FROM cut_200 UNION ALL SELECT 150, * FROM cut_150 UNION ALL SELECT 210, * FROM cut_210) c
	CROSS JOIN LATERAL (VALUES (c.b, c.group_focal, c.n_focal, round(c.n_focal * c.value_focal)), (c.b, NULL, c.n_focal + c.n_reference, round(c.n_focal * c.value_focal) + round(c.n_reference * c.value_reference))) AS s (b, g, n, x)) r
	ON (r.b, r.g) IS NOT DISTINCT FROM (t.b, t.g)
GROUP BY t.b, t.g;
SELECT count(*) AS cells, count(*) FILTER (WHERE n = '*') AS no_n, count(*) FILTER (WHERE from_200 = '*') AS no_200, count(*) FILTER (WHERE from_150 = '*') AS no_150, count(*) FILTER (WHERE from_210 = '*') AS no_210,
	count(*) FILTER (WHERE b = 'p' AND g = 'c' AND from_200 <> '*') AS told,
	(SELECT count(*) FROM disclosure_audit('shown_of_cuts', '{b,g}', '{"n": "count", "from_150": {"of": "n"}, "from_200": {"of": "from_150"}, "from_210": {"of": "from_200"}}') WHERE verdict <> 'protected' AND can_be_small) AS small
FROM shown_of_cuts;
SELECT count(*) AS leaks FROM release_health('releases') WHERE population ~ 'cuts';
-- what came later was looked at together with what was there, which stays as it is
SELECT r.status, r.n_written FROM (VALUES ('cut_210'::regclass), ('cut_200'), ('cut_150'), ('cuts')) AS c (report), refresh_report(c.report) r;
SELECT count(*) AS releases FROM releases WHERE population ~ 'cuts';
-- a part of two that are no parts of one another is refused, and so is a rate of another n
SELECT publish_release('releases', 'one', 'all', 'parts', '2026-10-01', 'SELECT g, 100 AS n, 50 AS x, 30 AS y FROM (VALUES (''a''), (''b'')) AS v (g)', '{g}', '{"n": "count", "x": {"of": "n"}, "y": {"of": "n"}}');
SELECT publish_release('releases', 'two', 'all', 'parts', '2026-10-01', 'SELECT g, 100 AS n, 50 AS x, 30 AS y FROM (VALUES (''a''), (''b'')) AS v (g)', '{g}', '{"n": "count", "x": {"of": "n"}, "y": {"of": "x"}}');
SELECT publish_release('releases', 'three', 'all', 'parts', '2026-10-01', 'SELECT g, 40 AS z, 30 AS y FROM (VALUES (''a''), (''b'')) AS v (g)', '{g}', '{"z": "count", "y": {"of": "z"}}');
SELECT publish_release('releases', 'four', 'all', 'parts', '2026-10-01', 'SELECT g, 50 AS x, 30 AS y FROM (VALUES (''a''), (''b'')) AS v (g)', '{g}', '{"y": "count", "x": {"of": "y"}}');
SELECT publish_release('releases', 'five', 'all', 'rates', '2026-10-01', 'SELECT g, 100 AS n, 50 AS x, 30 AS r FROM (VALUES (''a''), (''b'')) AS v (g)', '{g}', '{"n": "count", "x": {"of": "n"}, "r": {"kind": "percent", "of": "n"}}');
SELECT publish_release('releases', 'six', 'all', 'rates', '2026-10-01', 'SELECT g, 100 AS n, 50 AS x, 30 AS r FROM (VALUES (''a''), (''b'')) AS v (g)', '{g}', '{"n": "count", "x": {"of": "n"}, "r": {"kind": "percent", "of": "x"}}');
-- of those who are enrolled for too few days to be judged there are 4 in a, whom a mean counts and a rate does not
CREATE TABLE enrolled AS
SELECT g, b, '[2026-09-01,2026-10-01)'::daterange::dayset - CASE WHEN g = 'a' AND b = 'p' AND i <= 4 THEN '[2026-09-05,2026-10-01)' ELSE 'empty' END::daterange::dayset AS enrolled,
	daterange('2026-09-01', '2026-09-01'::date + (i * 7 + ascii(g)) % 3 * 3)::dayset AS absent
FROM unnest('{a,b,c,d}'::text[]) AS g, unnest('{p,q}'::text[]) AS b, generate_series(1, 60 + ascii(g) % 7) AS i;
SELECT create_report(r.name, 'enrolled', r.measures, '{g}', '{b}', options => '{"suppress": true, "release": {"ledger": "releases", "audience": "the board", "population": "enrolled", "as_of": "2026-10-01"}}')
FROM (VALUES ('chronic', '{"chronic": {"absent": "absent", "enrolled": "enrolled", "cut": 0.1, "direction": "lower"}}'::jsonb), ('absence', '{"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}')) AS r (name, measures);
SELECT a.b, a.group_focal, c.n_focal AS chronic, a.n_focal AS absence FROM chronic c JOIN absence a USING (level, b, group_focal) WHERE level = 'b' AND b = 'p' ORDER BY 2;
-- of a cohort that its rows need not have a report cannot tell
SELECT of_cuts('here', '{200}', 'is_here', 'cohorts');
\set VERBOSITY default
SELECT of_cuts('all_of_them', '{200}', NULL, 'cohorts');
\set VERBOSITY terse
SELECT create_report('all_and_here', 'tested', '{"all": {"score": "score", "cut": 200, "direction": "higher"}, "here": {"score": "score", "cut": 200, "cohort": "is_here", "direction": "higher"}}', '{g}', '{b}',
	options => '{"suppress": true, "release": {"ledger": "releases", "audience": "the board", "population": "cohorts", "as_of": "2026-10-01"}}');
SELECT status, n_written FROM refresh_report('here');
SELECT a.group_focal, a.n_focal IS NOT NULL AS here, b.n_focal IS NOT NULL AS all FROM here a JOIN all_and_here b USING (level, b, group_focal) WHERE level = 'b' AND b = 'p' AND b.measure = 'all' ORDER BY 1;

-- misuse
CREATE FUNCTION said(options jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	PERFORM create_report('wrong', 'student', '{"reading": {"score": "score", "direction": "higher"}}', '{race}', options => options, names_in => 'district');
	DROP TABLE wrong, wrong_definition, wrong_runs;
	RETURN 'made';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' ', SQLSTATE, SQLERRM, '|', hint);
END $$;
SELECT said(jsonb_build_object('suppress', true, 'release', o.release))
FROM (VALUES (1, '"releases"'::jsonb), (2, '{}'), (3, '{"ledger": "releases", "audience": "all"}'), (4, '{"ledger": "releases", "audience": "all", "population": "all", "to": "all"}'), (5, '{"ledger": "releases", "audience": " ", "population": "all"}'),
	(6, '{"ledger": "releases", "audience": "all", "population": 1}'), (7, '{"ledger": "releases", "audience": "all", "population": "all", "as_of": "yesteryear"}'), (8, '{"ledger": "elsewhere", "audience": "all", "population": "all"}'),
	(9, '{"ledger": "student", "audience": "all", "population": "all"}'), (10, '{"ledger": "gapstats.elsewhere", "audience": "all", "population": "all"}'), (11, '{"ledger": "releases", "audience": "all", "population": "all", "as_of": "10/01/2026"}'),
	(12, '{"ledger": "releases", "audience": "all", "population": "others", "as_of": "2026-10-01"}')) AS o (i, release)
ORDER BY o.i;
SELECT said('{"release": {"ledger": "releases", "audience": "all", "population": "all"}}');
SELECT said('{"suppress": false, "release": {"ledger": "releases", "audience": "all", "population": "all"}}');
-- the ledger is looked up where the caller says, and nothing else there
CREATE SCHEMA aside;
CREATE FUNCTION aside.to_regclass(text) RETURNS regclass LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'called'; END $$;
CREATE FUNCTION aside.set_config(text, text, boolean) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'called'; END $$;
CREATE FUNCTION aside.jsonb_set(jsonb, text[], jsonb, boolean DEFAULT true) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'called'; END $$;
CREATE FUNCTION aside.to_jsonb(text) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'called'; END $$;
SELECT alter_report('many', options => '{"suppress": true, "min_n": 11, "release": {"ledger": "releases", "audience": "the board", "population": "many", "as_of": "2026-10-02"}}', names_in => 'aside, district, gapstats, pg_catalog');
SELECT options -> 'release' ->> 'ledger' AS ledger FROM many_definition;
SELECT alter_report('many', options => '{"suppress": true, "release": {"ledger": "releases", "audience": "the board", "population": "many", "as_of": "2026-10-02"}}', names_in => NULL);
DROP SCHEMA aside CASCADE;
-- what somebody wrote there
UPDATE seen_definition SET told = '[]';
SELECT refresh_report('seen');
UPDATE seen_definition SET told = '{"cells": [{"cell": 1}]}';
SELECT refresh_report('seen');
UPDATE seen_definition SET told = '{"cells": [{"cell": ["nowhere", null], "is_hidden": null}, {"cell": null}, {}]}';
SELECT status FROM refresh_report('seen');
SELECT count(*) > 9 AS is_told FROM seen_definition, jsonb_array_elements(told -> 'cells');
-- a ledger that is gone, or renamed, is missed
ALTER TABLE releases RENAME TO other_releases;
SET client_min_messages = 'error';
SELECT status, error FROM refresh_report('many');
RESET client_min_messages;
SELECT fix FROM report_health WHERE report = 'many'::regclass;
ALTER TABLE other_releases RENAME TO releases;
-- the ledger of somebody else is not for him; and nobody else sees what was told
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA district TO regress_board;
GRANT SELECT ON district.seen TO regress_board;
SET SESSION AUTHORIZATION regress_board;
SELECT count(*) > 0 AS is_read FROM district.seen;
SELECT told FROM district.seen_definition;
SELECT * FROM gapstats_internal.told_before('district.seen');
SELECT gapstats_internal.tell_others('district.seen', NULL, '{}', '{}', 1, '[]');
RESET SESSION AUTHORIZATION;
CREATE SCHEMA board AUTHORIZATION regress_board;
GRANT SELECT ON district.student TO regress_board;
SET SESSION AUTHORIZATION regress_board;
SELECT gapstats.create_report('board.mine', 'district.student', '{"reading": {"score": "score", "direction": "higher"}}', '{race}', options => '{"suppress": true, "release": {"ledger": "district.releases", "audience": "all", "population": "all"}}');
RESET SESSION AUTHORIZATION;
-- the functions that reports are computed by have the same arguments as those that are called
SELECT p.proname, replace(pg_get_function_arguments(o.oid), 'report regclass, ', '') = pg_get_function_arguments(p.oid) AS alike
FROM pg_proc p JOIN pg_proc o ON o.pronamespace = 'gapstats_internal'::regnamespace AND o.proname = p.proname || '_for'
WHERE p.pronamespace = 'gapstats'::regnamespace AND p.proname ~ '_report$' ORDER BY p.proname;
SET client_min_messages = 'error';
DROP SCHEMA district, board CASCADE;
DROP OWNED BY regress_analyst, regress_board;
DROP ROLE regress_analyst, regress_board;
