--
-- watch_list: counts by several columns of which one tells of another
--
-- Who knows which school is in which region, and which grades it has, takes the schools that are shown from their region. The
-- numbers that two groups have in common are published by nobody; what is published tells nothing small of them, either.
--
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE regress_analyst;
CREATE ROLE regress_partner;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET ROLE regress_analyst;
SET search_path = district, gapstats, gapstats_internal;
GRANT USAGE ON SCHEMA district TO regress_partner;
CREATE TABLE students (student_id serial, region text, school text, grade integer, flagged boolean);
SELECT create_watch_list('list', 'SELECT student_id, region, school, grade FROM students');
SELECT add_rule('list', 'flagged', 'SELECT student_id, flagged::integer FROM students', '=', 1, 'flagged', severity => 'at risk');
SELECT change_settings('list', '{"max_students_change": 1, "change_floor": 1000000}');
CREATE FUNCTION refresh() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM refresh_watch_list('list');
	PERFORM refresh_watch_list('list', accept => r.run) FROM list_runs r WHERE r.status = 'held' AND r.run = (SELECT max(run) FROM list_runs);
	RETURN (SELECT status FROM list_runs ORDER BY run DESC LIMIT 1);
END
$$;
-- groups as region, school, grade, students, flagged
CREATE FUNCTION load(groups text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE students RESTART IDENTITY;
	INSERT INTO students (region, school, grade, flagged)
	SELECT g[1], g[2], g[3]::integer, i <= g[5]::integer
	FROM unnest(groups) AS u (text), LATERAL (SELECT string_to_array(text, ' ')) AS s (g), generate_series(1, g[4]::integer) AS i;
	UPDATE list_settings SET counted = '{}';	-- what is hidden then does not rest on what was before
	RETURN refresh();
END
$$;
CREATE VIEW shown AS
SELECT group_column, group_value, students, flagged, reason FROM list_counts ORDER BY group_column, is_total, group_value;
-- what is published, and of each two groups of different columns that have students in common that nothing is
CREATE VIEW published AS
SELECT CASE WHEN group_column = 'region' AND NOT is_total THEN group_value END AS region, CASE WHEN group_column = 'school' AND NOT is_total THEN group_value END AS school,
	CASE WHEN group_column = 'grade' AND NOT is_total THEN group_value END AS grade, coalesce(students::text, '*') AS students, coalesce(flagged::text, '*') AS flagged
FROM list_counts
UNION
SELECT region, school, grade::text, '?', '?'
FROM students
WHERE EXISTS (SELECT FROM list_counts WHERE group_column = 'region')
GROUP BY GROUPING SETS ((region, school), (region, grade), (school, grade));
CREATE FUNCTION leaks() RETURNS TABLE (cell text, measure text, verdict text, from_number double precision, to_number double precision) LANGUAGE sql AS $$
	SELECT a.cell, a.measure, a.verdict, a.least_rule, a.most_rule
	FROM disclosure_audit('district.published', '{region, school, grade}', '{"students": "count", "flagged": {"kind": "count", "of": "students"}}',
		marks => '{"?": [0, 1000000]}') a
	JOIN (
		SELECT ARRAY[region, school, grade::text] AS members, count(*) AS students, count(*) FILTER (WHERE flagged) AS flagged
		FROM students GROUP BY CUBE (region, school, grade)
	) t USING (members)
	WHERE a.verdict IN ('inconsistent', 'not_proven')
		OR a.verdict NOT IN ('protected', 'all_same') AND (t.students BETWEEN 1 AND 9 OR t.flagged BETWEEN 1 AND 9 OR t.students - t.flagged BETWEEN 1 AND 9) AND a.can_be_small AND a.most_rule > 0
$$;

-- a school of which few are flagged, in a region of two; what was published last is hidden
SELECT load('{R1 A 9 100 40, R1 B 9 50 7, R2 C 9 60 30, R2 D 9 80 25, R3 E 9 90 44, R3 F 9 70 30}');
SELECT publish_counts('list', 'region'), publish_counts('list', 'school');
SELECT * FROM shown;
SELECT unpublish_counts('list', forget => true), publish_counts('list', 'school'), publish_counts('list', 'region');
SELECT * FROM shown;
-- if the region were shown all the same, anybody had the school
CREATE TEMP VIEW careless AS
SELECT region, school, CASE WHEN school IS NULL AND region = 'R1' THEN '150' ELSE students END AS students, CASE WHEN school IS NULL AND region = 'R1' THEN '47' ELSE flagged END AS flagged
FROM published WHERE grade IS NULL;
SELECT cell, measure, verdict, least_rule FROM disclosure_audit('careless', '{region, school}', '{"students": "count", "flagged": {"kind": "count", "of": "students"}}', marks => '{"?": [0, 1000000]}')
WHERE cell = 'school B';
-- the rates of contacts go the same way
UPDATE list_alarms SET raised_at = raised_at - interval '30 days', due_at = due_at - interval '30 days';
SELECT grant_watch_list('list', 'counts', 'regress_partner');
SET ROLE regress_partner;
SELECT group_value, alarms, reason FROM contact_rates('list', 'region');
SELECT group_value, alarms, reason FROM contact_rates('list', 'school');
SET ROLE regress_analyst;
-- a school of two regions: the 5 of it in R1 are what A leaves of R1
SELECT load('{R1 A 9 95 40, R1 B 9 5 2, R2 B 9 80 29, R2 C 9 60 30, R3 E 9 90 44, R3 F 9 70 30}');
SELECT * FROM shown;
-- a grade of one school: the 5 of the school's other grade are what it leaves
SELECT unpublish_counts('list', forget => true), publish_counts('list', 'school'), publish_counts('list', 'grade');
SELECT load('{R1 A 9 100 40, R1 A 10 5 2, R1 B 10 60 30, R2 C 10 60 30}');
SELECT * FROM shown;
-- a region that is a school, and one that is two
SELECT unpublish_counts('list', forget => true), publish_counts('list', 'region'), publish_counts('list', 'school'), publish_counts('list', 'grade');
SELECT load('{R1 A 9 100 40, R2 B 9 15 6, R2 C 9 60 30, R3 D 10 80 31, R3 E 10 44 20}');
SELECT * FROM shown;
SELECT * FROM leaks();

-- Fifty districts of few students, by brute force: all numbers that the two sides of school B and the schools beside it can
-- have with what is shown, where none is known to be none. Of one or two students there must be three possible numbers at least.
SELECT setseed(0.25);
CREATE FUNCTION up_to(most integer) RETURNS integer LANGUAGE sql VOLATILE RETURN (random() * most)::integer;
CREATE TABLE few (district integer, a1 integer, b1 integer, b2 integer, c2 integer, region_1 bigint, region_2 bigint, school_a bigint, school_b bigint, school_c bigint, total bigint);
DO $$
BEGIN
	PERFORM unpublish_counts('list', forget => true), publish_counts('list', 'region', 3), publish_counts('list', 'school', 3);
	FOR d IN 1..50 LOOP
		TRUNCATE students RESTART IDENTITY;
		INSERT INTO few (district, a1, b1, b2, c2) SELECT d, n[up_to(7)], n[up_to(7)], n[up_to(7)], n[up_to(7)] FROM (SELECT '[0:7]={0,0,1,2,2,10,11,12}'::integer[]) AS choice (n);
		INSERT INTO students (region, school, grade, flagged)
		SELECT v.region, v.school, 9, false FROM few, LATERAL (VALUES ('R1', 'A', a1), ('R1', 'B', b1), ('R2', 'B', b2), ('R2', 'C', c2)) AS v (region, school, n), generate_series(1, v.n) WHERE district = d;
		PERFORM refresh();
		UPDATE few SET (region_1, region_2, school_a, school_b, school_c, total) = (
			SELECT max(students) FILTER (WHERE group_value = 'R1'), max(students) FILTER (WHERE group_value = 'R2'), max(students) FILTER (WHERE group_value = 'A'),
				max(students) FILTER (WHERE group_value = 'B'), max(students) FILTER (WHERE group_value = 'C'), max(students) FILTER (WHERE is_total)
			FROM list_counts)
		WHERE district = d;
	END LOOP;
END
$$;
-- whether a number can be that of a group: it is shown, or no 0
CREATE FUNCTION is_possible(n integer, truth integer, shown bigint) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN CASE WHEN shown IS NULL THEN n > 0 OR truth = 0 ELSE n = shown END;
CREATE FUNCTION had_by_brute_force(is_careless boolean) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*)
	FROM (
		SELECT
		FROM few f, generate_series(0, 16 * sign(a1)::integer) AS x (a1), generate_series(0, 16 * sign(b1)::integer) AS y (b1),
			generate_series(0, 16 * sign(b2)::integer) AS z (b2), generate_series(0, 16 * sign(c2)::integer) AS w (c2),
			LATERAL (VALUES ('A in R1', f.a1, x.a1), ('B in R1', f.b1, y.b1), ('B in R2', f.b2, z.b2), ('C in R2', f.c2, w.c2), ('B', f.b1 + f.b2, y.b1 + z.b2),
				('R1', f.a1 + f.b1, x.a1 + y.b1), ('R2', f.b2 + f.c2, z.b2 + w.c2)) AS number (name, truth, possible)
		WHERE truth BETWEEN 1 AND 2
			AND is_possible(x.a1 + y.b1, f.a1 + f.b1, CASE WHEN is_careless THEN f.a1 + f.b1 ELSE region_1 END) AND is_possible(z.b2 + w.c2, f.b2 + f.c2, region_2)
			AND is_possible(x.a1, f.a1, school_a) AND is_possible(y.b1 + z.b2, f.b1 + f.b2, school_b) AND is_possible(w.c2, f.c2, school_c)
			AND is_possible(x.a1 + y.b1 + z.b2 + w.c2, f.a1 + f.b1 + f.b2 + f.c2, total)
		GROUP BY district, name
		HAVING max(possible) - min(possible) < 2
	) AS had
$$;
SELECT had_by_brute_force(false) AS had, had_by_brute_force(true) > 10 AS had_if_region_1_were_shown, (SELECT count(region_1) + count(region_2) + count(school_a) + count(school_b) + count(school_c) > 50 FROM few) AS much_is_shown;

-- Twelve districts of up to four regions, of schools that are in one of them or two and have some of the grades, of whom each is flagged by
-- chance. (test/reference/watch_list_breakdowns.py, by SciPy: the same of the numbers kept here.)
CREATE TABLE joint (district integer, region text, school text, grade integer, students bigint, flagged bigint);
CREATE TABLE told (district integer, group_column text, group_value text, is_total boolean, students bigint, flagged bigint);
CREATE TABLE found (district integer, n_leaks bigint);
DO $$
BEGIN
	PERFORM unpublish_counts('list', forget => true), publish_counts('list', 'region'), publish_counts('list', 'school'), publish_counts('list', 'grade');
	FOR d IN 1..12 LOOP
		TRUNCATE students RESTART IDENTITY;
		INSERT INTO students (region, school, grade, flagged)
		SELECT 'R' || CASE WHEN is_shared AND random() < 0.3 THEN r % 4 + 1 ELSE r END, 'S' || s, g, random() < share
		FROM generate_series(1, 3 + up_to(5)) AS s, LATERAL (SELECT 1 + up_to(3) + s * 0 AS r, random() + s * 0 < 0.2 AS is_shared, 6 + up_to(4) + s * 0 AS lowest) AS school, generate_series(lowest, lowest + up_to(3)) AS g,
			LATERAL (SELECT random() * random() * 120 + s * 0 + g * 0 AS n, random() AS share) AS c, generate_series(1, c.n::integer);
		PERFORM refresh();
		INSERT INTO joint SELECT d, region, school, grade, count(*), count(*) FILTER (WHERE flagged) FROM students GROUP BY region, school, grade;
		INSERT INTO told SELECT d, group_column, group_value, is_total, students, flagged FROM list_counts;
		INSERT INTO found SELECT d, count(*) FROM leaks();
	END LOOP;
END
$$;
SELECT count(*) AS districts, sum(n_leaks) AS leaks, (SELECT 2 * count(students) > count(*) AND count(students) < count(*) FROM told) AS much_is_shown FROM found;

--
-- Nights: what is hidden with something small stays hidden while it is the same
--
-- A is small, and the smallest of the others hides it, B; also when B has grown, and C would be smaller
SELECT unpublish_counts('list', forget => true), publish_counts('list', 'school');
SELECT load('{R1 A 9 100 7, R1 B 9 50 20, R1 C 9 60 31, R1 D 9 90 30}');
SELECT group_value, flagged FROM shown;
UPDATE students SET flagged = true WHERE school = 'B';
INSERT INTO students (region, school, grade, flagged) SELECT 'R1', 'B', 9, false FROM generate_series(1, 30);
SELECT refresh();
SELECT group_value, flagged FROM shown;
-- A has grown: it can be shown, but B is what it was, and A would be its number of yesterday less it
UPDATE students SET flagged = student_id % 3 = 0 WHERE school = 'A';
SELECT refresh();
SELECT group_value, flagged FROM shown;
-- both have changed
UPDATE students SET flagged = student_id % 2 = 0 WHERE school IN ('A', 'B');
SELECT refresh();
SELECT group_value, flagged FROM shown;
-- who lowers the minimum wants to see what it hid
UPDATE students SET flagged = student_id % 20 = 0 WHERE school = 'A';
SELECT refresh();
SELECT group_value, flagged FROM shown;
SELECT publish_counts('list', 'school', 3);
SELECT group_value, flagged FROM shown;

-- What hides A is known of also when the counts were taken back for a while, or lost, or of another minimum that is not the largest
CREATE FUNCTION hidden() RETURNS text LANGUAGE sql AS $$SELECT string_agg(group_value, ' ' ORDER BY group_value) FROM list_counts WHERE group_column = 'school' AND flagged IS NULL$$;
SELECT publish_counts('list', 'school');
SELECT load('{R1 A 9 100 7, R1 B 9 50 20, R1 C 9 60 31, R1 D 9 90 30}');
SELECT hidden();
UPDATE students SET flagged = true WHERE school = 'B';
INSERT INTO students (region, school, grade, flagged) SELECT 'R1', 'B', 9, false FROM generate_series(1, 30);
SELECT refresh();
SELECT hidden();
SELECT unpublish_counts('list');
SELECT refresh();
SELECT publish_counts('list', 'school');
SELECT hidden();
SET client_min_messages = warning;
DROP TABLE list_counts CASCADE;
RESET client_min_messages;
SELECT repair_watch_list('list');
SELECT hidden();
SELECT publish_counts('list', 'region'), publish_counts('list', 'school', 3);
SELECT hidden();
-- begun anew, another hides it
UPDATE list_settings SET counted = '{}';
SELECT refresh();
SELECT hidden();
SELECT publish_counts('list', 'region', 3);
SELECT hidden();

-- What was shown by another column is known when it is taken back, as long as it is the same: B is what A leaves of its region, R1.
-- By itself C would hide B, for it is smaller than A.
CREATE FUNCTION hidden_beside_region(forget boolean) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM unpublish_counts('list', forget => true), load('{R1 A 9 100 40, R1 B 9 50 7, R2 C 9 40 20, R2 D 9 80 25, R3 E 9 90 44, R3 F 9 70 30}');
	PERFORM publish_counts('list', 'region'), unpublish_counts('list', 'region', forget), publish_counts('list', 'school');
	RETURN hidden();
END
$$;
SELECT hidden_beside_region(forget => false) AS hidden, hidden_beside_region(forget => true) AS if_nobody_has_seen_the_region;
SELECT hidden_beside_region(forget => false);
SELECT DISTINCT group_column FROM list_counts;
-- a region that has only as many students as then tells of these; of other numbers it tells nothing, so that A hides B. Not C: R2 is
-- what it was, and tells of C what D leaves of it
SELECT unpublish_counts('list', 'school', forget => true);
UPDATE students SET flagged = true WHERE school = 'A' AND student_id % 3 = 0;
SELECT refresh();
SELECT publish_counts('list', 'school');
SELECT hidden();
SELECT unpublish_counts('list', 'school', forget => true);
INSERT INTO students (region, school, grade, flagged) SELECT 'R1', 'A', 9, true FROM generate_series(1, 3);
INSERT INTO students (region, school, grade, flagged) SELECT 'R1', 'A', 9, false FROM generate_series(1, 2);
SELECT refresh();
SELECT publish_counts('list', 'school');
SELECT hidden();
SELECT unpublish_counts('list', forget => NULL);

-- C hides the 5 of A now, but B is of the same size as when it hid them, and they are A and B of that night less B: also if others are flagged there
SELECT unpublish_counts('list', forget => true);
SELECT load('{R1 A 9 5 2, R1 B 9 60 12, R1 C 9 60 16, R1 D 9 90 30}');
SELECT publish_counts('list', 'school');
SELECT hidden();
UPDATE students SET flagged = student_id % 2 = 0 WHERE school = 'B';
UPDATE students SET flagged = false WHERE school = 'C' AND student_id % 2 = 0;
SELECT refresh();
SELECT hidden();
-- of another size, and of others who are flagged and who are not, it would tell nothing of the 5; but that C has 60 was shown
INSERT INTO students (region, school, grade, flagged) VALUES ('R1', 'B', 9, true), ('R1', 'B', 9, false);
SELECT refresh();
SELECT hidden();
-- if C gets one more on that night, it hides A
SELECT unpublish_counts('list', forget => true);
SELECT load('{R1 A 9 5 2, R1 B 9 60 12, R1 C 9 60 16, R1 D 9 90 30}');
SELECT publish_counts('list', 'school');
UPDATE students SET flagged = student_id % 2 = 0 WHERE school = 'B';
UPDATE students SET flagged = false WHERE school = 'C' AND student_id % 2 = 0;
INSERT INTO students (region, school, grade, flagged) VALUES ('R1', 'C', 9, false);
SELECT refresh();
SELECT hidden();
INSERT INTO students (region, school, grade, flagged) VALUES ('R1', 'B', 9, true), ('R1', 'B', 9, false);
SELECT refresh();
SELECT hidden();

-- What a smaller minimum showed is known, although it is hidden now: R2 would be told with E, F and G, which were, and the 3 of D are what
-- they leave of its 22. C and D hide one another. That lasts, also when R2 is not what it was.
SELECT unpublish_counts('list', forget => true);
SELECT load('{R1 A 9 40 25, R1 B 9 34 11, R1 C 9 8 3, R2 D 9 33 3, R2 E 9 15 5, R2 F 9 18 9, R2 G 9 10 5, R3 H 9 29 22, R3 I 9 11 6}');
SELECT publish_counts('list', 'school', 4);
SELECT hidden();
SELECT publish_counts('list', 'region', 7);
SELECT hidden();
CREATE VIEW regions AS SELECT string_agg(group_value || ' ' || coalesce(students || '/' || flagged, '*'), ', ' ORDER BY group_value) AS regions FROM list_counts WHERE group_column = 'region';
SELECT * FROM regions;
UPDATE students SET flagged = true WHERE student_id = (SELECT max(student_id) FROM students WHERE school = 'F');
SELECT refresh();
SELECT * FROM regions;
-- as if it had been so at first
SELECT unpublish_counts('list', forget => true), publish_counts('list', 'school', 7), publish_counts('list', 'region', 7);
SELECT hidden();
SELECT * FROM regions;
-- the same of a column that was taken back
SELECT unpublish_counts('list', forget => true), publish_counts('list', 'school', 4), unpublish_counts('list'), publish_counts('list', 'region', 7);
SELECT * FROM regions;

-- A group that is away for a night is remembered: E hides the 3 of B before and after. While it is away, A and C are what they were, and the total would tell.
SELECT unpublish_counts('list', forget => true);
SELECT load('{R1 A 9 40 15, R1 B 9 30 3, R1 E 9 30 14, R1 C 9 70 31}');
SELECT publish_counts('list', 'school');
SELECT hidden();
CREATE TABLE away AS SELECT * FROM students WHERE school = 'E';
DELETE FROM students WHERE school = 'E';
SELECT refresh();
SELECT hidden();
SELECT refresh();
INSERT INTO students SELECT * FROM away;
SELECT refresh();
SELECT hidden();
-- of those that are away the last 1,000 are remembered
SELECT jsonb_array_length(k) AS n, k -> 0 ->> 'group_value' AS first, k -> -1 ->> 'group_value' AS last
FROM counted_before((SELECT jsonb_agg(jsonb_build_object('group_value', n, 'is_total', false) ORDER BY n) FROM generate_series(1, 1500) n), '[{"group_value": 2, "is_total": false}]') k;

-- Twenty nights of nine schools in three regions, each of which changes by one student now and then
CREATE TABLE night (night integer, cell text, part_of text, students bigint, flagged bigint, is_shown boolean);
CREATE FUNCTION keep_night(night integer) RETURNS void LANGUAGE sql AS $$
	INSERT INTO night
	SELECT night, c.cell, c.part_of, c.students, c.flagged, l.students IS NOT NULL
	FROM (
		SELECT coalesce(school, region, 'all') AS cell, CASE WHEN school IS NOT NULL THEN region WHEN region IS NOT NULL THEN 'all' END AS part_of, count(*) AS students,
			count(*) FILTER (WHERE flagged) AS flagged
		FROM students GROUP BY ROLLUP (region, school)
	) c
	JOIN list_counts l ON l.group_value = c.cell AND (l.group_column = 'region' OR NOT l.is_total)
$$;
CREATE FUNCTION pick(what text, choices integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN ('x' || left(md5(what), 7))::bit(28)::integer % choices;
SELECT unpublish_counts('list', forget => true);
SELECT load('{R1 A 9 120 7, R1 B 9 140 12, R1 C 9 160 30, R2 D 9 130 14, R2 E 9 150 9, R2 F 9 170 10, R3 G 9 120 25, R3 H 9 140 11, R3 I 9 150 10}');
SELECT publish_counts('list', 'region'), publish_counts('list', 'school');
DO $$
BEGIN
	PERFORM keep_night(1);
	FOR n IN 2..20 LOOP
		UPDATE students SET flagged = NOT flagged
		WHERE student_id IN (
			SELECT DISTINCT ON (s.school) s.student_id
			FROM students s
			WHERE pick('changes a' || n || s.school, 10) < 4 AND s.flagged = (pick('falls ' || n || s.school, 2) = 1)
			ORDER BY s.school, s.student_id);
		PERFORM refresh(), keep_night(n);
	END LOOP;
END
$$;
RESET ROLE;
-- Which numbers are the same from one night to the next
CREATE VIEW lasting AS
SELECT *, sum(is_new::integer) OVER (PARTITION BY cell ORDER BY night) AS number
FROM (SELECT *, (students, flagged) IS DISTINCT FROM (lag(students) OVER w, lag(flagged) OVER w) AS is_new FROM night WINDOW w AS (PARTITION BY cell ORDER BY night)) n;
-- A small number is hidden for some nights. Whoever has all that was shown in these, and knows what did not change from one to the next, knows of each number
-- that was shown in one of them; the others are unknowns, and each night's totals are facts about them. What can then be had of the small one?
CREATE FUNCTION least_and_most(of_cell text, of_number bigint, measure text, OUT lowest double precision, OUT highest double precision) LANGUAGE sql AS $$
	WITH seen AS MATERIALIZED (
		SELECT night, cell, part_of, l.number, CASE measure WHEN 'flagged' THEN flagged ELSE students - flagged END AS value, bool_or(is_shown) OVER (PARTITION BY cell, l.number) AS is_known
		FROM lasting l
		WHERE night IN (SELECT night FROM lasting WHERE (cell, number) = (of_cell, of_number))
	), unknown AS (
		SELECT cell, number, row_number() OVER (ORDER BY cell, number)::integer AS place FROM seen WHERE NOT is_known GROUP BY cell, number
	), term AS (
		SELECT s.night || ' ' || t.total AS fact, t.factor, s.value, u.place
		FROM seen s
		CROSS JOIN LATERAL (VALUES (s.part_of, 1), (s.cell, -1)) AS t (total, factor)
		LEFT JOIN unknown u USING (cell, number)
		WHERE t.total IN (SELECT part_of FROM seen)
	), fact AS (
		SELECT fact, row_number() OVER (ORDER BY fact)::integer AS number, -coalesce(sum(factor * value) FILTER (WHERE place IS NULL), 0)::bigint AS known
		FROM term GROUP BY fact HAVING count(place) > 0
	)
	SELECT a.whole_lower, a.whole_upper
	FROM (SELECT array_agg(true) AS yes, array_agg(0::bigint) AS zero, array_agg(NULL::bigint) AS nothing FROM unknown) AS u,
		(SELECT array_agg(f.number) AS fact, array_agg(t.place) AS unknown, array_agg(t.factor::bigint) AS factor FROM term t JOIN fact f USING (fact) WHERE t.place IS NOT NULL) AS t,
		(SELECT array_agg(known ORDER BY number) AS known, array_agg(false) AS no, array_agg(true) AS yes FROM fact) AS f,
		audit_system(u.yes, u.zero, u.nothing, u.nothing, u.nothing, t.fact, t.unknown, t.factor, f.known, f.known, f.no, f.no, f.yes) AS a
	WHERE a.unknown = (SELECT place FROM unknown WHERE (cell, number) = (of_cell, of_number))
$$;
CREATE VIEW small AS
SELECT s.*, EXISTS (
	SELECT FROM night n JOIN night after ON after.cell = n.cell AND after.night = n.night + 1 WHERE n.night >= first AND after.night <= last AND n.is_shown AND NOT after.is_shown) AS is_joined
FROM (
	SELECT cell, number, v.measure, v.value, min(night) AS first, max(night) AS last
	FROM lasting
	CROSS JOIN LATERAL (VALUES ('flagged', flagged), ('others', students - flagged)) AS v (measure, value)
	WHERE v.value BETWEEN 1 AND 9
	GROUP BY cell, number, v.measure, v.value
) s;
-- Of one that another joins, which the night before still told of, nothing is said: where nothing else of their total has changed, the other can be had.
SELECT count(*) > 10 AS many_small_numbers, count(*) FILTER (WHERE last > first AND NOT is_joined) > 5 AS many_last, count(*) FILTER (WHERE NOT is_joined AND highest - lowest < 5) AS had,
	count(*) FILTER (WHERE lowest IS NULL OR value NOT BETWEEN lowest AND highest) AS wrong
FROM small, least_and_most(cell, number, measure);
SELECT count(*) FILTER (WHERE is_shown) > count(*) FILTER (WHERE NOT is_shown) AS much_is_shown FROM night;
-- if what hides others, and is not small itself, were shown every third night
UPDATE night SET is_shown = true WHERE night % 3 = 0 AND flagged > 9;
SELECT count(*) FILTER (WHERE lowest IS NULL OR highest - lowest < 5) > 0 AS had FROM small, least_and_most(cell, number, measure);

SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst, regress_partner;
