-- How the groups of a district are divided over its units. Numbers: MEASURES 6 (R segregation), others from test/reference/segregation.py.
SET search_path = gapstats, gapstats_internal, pg_temp, public;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-10 END;

CREATE TEMP TABLE counts (example text, unit text, group_name text, n bigint);
INSERT INTO counts
SELECT example, 'S' || unit, chr(64 + group_place::integer), n
FROM (VALUES ('MEASURES', 1, '{80,20,10}'::bigint[]), ('MEASURES', 2, '{30,60,15}'), ('MEASURES', 3, '{10,90,0}'), ('MEASURES', 4, '{50,50,40}'),
		('hardly', 1, '{100000,100001,99999}'), ('hardly', 2, '{100001,99999,100000}'),
		('apart', 1, '{5,0}'), ('apart', 2, '{0,3}'), ('apart', 3, '{9,0}'),
		('one rare', 1, '{1,400}'), ('one rare', 2, '{0,300}'), ('one rare', 3, '{0,300}'),
		('singles', 1, '{1,0}'), ('singles', 2, '{0,1}'), ('singles', 3, '{1,0}'), ('singles', 4, '{0,1}'), ('singles', 5, '{0,1}')) AS v (example, unit, ns),
	unnest(ns) WITH ORDINALITY AS u (n, group_place)
UNION ALL SELECT 'small units', 'S' || i, chr(65 + g), (i * 7 + g * 5 + i * i * g) % 4 FROM generate_series(0, 11) AS i, generate_series(0, 3) AS g;

-- all groups together
CREATE TEMP VIEW composed AS SELECT example, composition(unit, group_name, n) AS c FROM counts GROUP BY example;
SELECT example, (s).n, (s).n_units AS units, (s).n_groups AS groups, pg_temp.agrees((s).entropy, v.e) AS e, pg_temp.agrees((s).mutual_information, v.m) AS m, pg_temp.agrees((s).mutual_information_expected, v.m_e) AS m_e,
	pg_temp.agrees((s).theil_h, v.h) AS h, pg_temp.agrees((s).theil_h_expected, v.h_e) AS h_e, pg_temp.agrees((s).dissimilarity, v.d) AS d, pg_temp.agrees((s).dissimilarity_expected, v.d_e) AS d_e,
	pg_temp.agrees((s).variance_ratio, v.p) AS p, pg_temp.agrees((s).variance_ratio_expected, v.p_e) AS p_e, (s).reason
FROM (SELECT example, segregation(unit, group_name, n) AS s FROM counts GROUP BY example) AS a
	LEFT JOIN (VALUES
		('MEASURES', 0.9971788100734109, 0.18513604210390230, 0.00666186119740907317, 0.18565982372837711, 0.00668070874562470486, 0.3980079681274901, 0.0710608634441810152, 0.209170590365809489, 0.0066079295154185022),
		('small units', 1.37605528526041696, 0.225177843140835565, 0.239365845478143719, 0.163640113557080596, 0.173950747504192024, 0.383561643835616438, 0.344349352709615416, 0.121004566210045662, 0.132530120481927711),
		('hardly', NULL, 2.50000000005208333e-11, NULL, 2.27559806663176293e-11, NULL, 5.00000000004166667e-6, NULL, 2.50000000002083333e-11, NULL),
		('apart', 0.46599925696104257, 0.46599925696104257, 0.0758624192453903089, 1, 0.162795150662080111, 1, 0.371428571428571429, 1, 0.125),
		('one rare', 0.00790035475764111264, 0.000914626978678626348, 0.00108863851381464273, 0.115770368133660318, 0.137796155642469951, 0.6, 0.660539460539460539, 0.00149625935162094763, 0.002),
		('singles', 0.673011667009256436, 0.673011667009256436, 0.673011667009256436, 1, 1, 1, 1, 1, 1)) AS v (example, e, m, m_e, h, h_e, d, d_e, p, p_e) USING (example)
ORDER BY example;
-- in bits
SELECT pg_temp.agrees(mutual_information / ln(2::double precision), 0.26709484983311021) AS bits FROM composed, segregation(c) WHERE example = 'MEASURES';

-- each unit
SELECT unit, u.n, n_groups, pg_temp.agrees(share, u.n / 455.0) AS share, pg_temp.agrees(mutual_information, m) AS m, pg_temp.agrees(mutual_information_expected, m_e) AS m_e, pg_temp.agrees(contribution, m * u.n / 455) AS contribution
FROM composed, unit_segregation(c) AS u JOIN (VALUES ('S1', 0.2654745857485912, 0.00696531998008630088), ('S2', 0.01881262363761506, 0.00740587653885882467), ('S3', 0.4273698101373506, 0.00789093462104832667), ('S4', 0.07373134449461333, 0.00498750820233304242)) AS v (unit, m, m_e) USING (unit)
WHERE example = 'MEASURES' ORDER BY unit;
SELECT example, pg_temp.agrees(sum(contribution), s.mutual_information) AS adds_up, pg_temp.agrees(sum(share * u.mutual_information_expected), s.mutual_information_expected) AS expected
FROM composed, segregation(c) AS s, unit_segregation(c) AS u GROUP BY example, s.mutual_information, s.mutual_information_expected ORDER BY example;
SELECT pg_temp.agrees(entropy, -(80 * ln(80 / 110.0::double precision) + 20 * ln(20 / 110.0::double precision) + 10 * ln(10 / 110.0::double precision)) / 110) AS entropy FROM composed, unit_segregation(c) WHERE example = 'MEASURES' AND unit = 'S1';

-- each group from all others
SELECT example, group_name, g.n, n_units AS units, pg_temp.agrees(isolation, v.iso) AS isolation, pg_temp.agrees(isolation_expected, v.iso_e) AS isolation_e, pg_temp.agrees(dissimilarity, v.d) AS d, pg_temp.agrees(dissimilarity_expected, v.d_e) AS d_e,
	pg_temp.agrees(variance_ratio, v.p) AS p, pg_temp.agrees(variance_ratio_expected, v.p_e) AS p_e, pg_temp.agrees(theil_h, v.h) AS h, pg_temp.agrees(theil_h_expected, v.h_e) AS h_e, reason
FROM composed, group_segregation(c) AS g JOIN (VALUES
		('MEASURES', 'A', 0.5035905271199389, 0.377765406399767633, 0.365325077399380805, 0.0668179080025659976, 0.207486631016042781, 0.0066079295154185022, 0.165162909756106065, 0.00501934521333617693),
		('MEASURES', 'B', 0.6217237308146399, 0.486929370189282084, 0.447775628626692456, 0.0647023900977195672, 0.267592755407068753, 0.0066079295154185022, 0.214256902782181882, 0.0047867982707626487),
		('MEASURES', 'C', 0.2227772227772228, 0.148521082441787288, 0.358974358974358974, 0.0921379546930293175, 0.0932400932400932401, 0.0066079295154185022, 0.140796283422468605, 0.00815101687768166855),
		('one rare', 'A', 0.00249376558603491272, 0.002997002997002997, 0.6, 0.660539460539460539, 0.00149625935162094763, 0.002, 0.115770368133660318, 0.137796155642469951),
		('small units', 'D', 0.364583333333333333, 0.380378657487091222, 0.35, 0.328839051129881633, 0.110416666666666667, 0.132530120481927711, 0.0944766957136711339, 0.127369503332357027)) AS v (e, group_name, iso, iso_e, d, d_e, p, p_e, h, h_e) USING (group_name)
WHERE example = e ORDER BY example, group_name;

-- each two groups
SELECT example, group_focal AS focal, group_reference AS reference, n_focal, n_reference, pg_temp.agrees(exposure, v.x) AS exposure, pg_temp.agrees(dissimilarity, v.d) AS d, pg_temp.agrees(dissimilarity_expected, v.d_e) AS d_e,
	pg_temp.agrees(variance_ratio, v.p) AS p, pg_temp.agrees(variance_ratio_expected, v.p_e) AS p_e, pg_temp.agrees(theil_h, v.h) AS h, pg_temp.agrees(theil_h_expected, v.h_e) AS h_e
FROM composed, pair_segregation(c) AS p JOIN (VALUES
		('MEASURES', 'A', 'B', 0.3443850267379679, 0.446524064171123, 0.0707723594920686133, 0.2700534759358289, 0.00771208226221079692, 0.21700106973388947, 0.00565291378099722976),
		('MEASURES', 'A', 'C', 0.1520244461420932, 0.375565610859728507, 0.091561752384831437, 0.125691302161890397, 0.0128205128205128205, 0.120630084768090759, 0.0112903980787840945),
		('MEASURES', 'B', 'A', 0.2661157024793389, 0.446524064171123, 0.0707723594920686133, 0.2700534759358289, 0.00771208226221079692, 0.21700106973388947, 0.00565291378099722976),
		('MEASURES', 'B', 'C', 0.112160566706021251, 0.451048951048951049, 0.094783419268887493, 0.185081585081585082, 0.0105633802816901408, 0.225935419066196534, 0.00998309604167122656),
		('MEASURES', 'C', 'A', 0.3976023976023976, 0.375565610859728507, 0.091561752384831437, 0.125691302161890397, 0.0128205128205128205, 0.120630084768090759, 0.0112903980787840945),
		('MEASURES', 'C', 'B', 0.37962037962037962, 0.451048951048951049, 0.094783419268887493, 0.185081585081585082, 0.0105633802816901408, 0.225935419066196534, 0.00998309604167122656),
		('small units', 'A', 'D', 0.180555555555555556, 0.583333333333333333, 0.434910211739480032, 0.368055555555555556, 0.268292682926829268, 0.329733739563100026, 0.245064523827307532),
		('apart', 'A', 'B', 0, 1, 0.371428571428571429, 1, 0.125, 1, 0.162795150662080111)) AS v (e, group_focal, group_reference, x, d, d_e, p, p_e, h, h_e) USING (group_focal, group_reference)
WHERE example = e ORDER BY example, group_focal, group_reference;
-- of all groups a student is exposed to somebody, and of two groups all indices are the same
SELECT example, group_name, pg_temp.agrees(isolation + coalesce(sum(exposure), 0), 1) AS somebody
FROM composed, group_segregation(c) LEFT JOIN LATERAL (SELECT * FROM pair_segregation(c)) AS p ON group_focal = group_name
WHERE example IN ('MEASURES', 'small units') GROUP BY example, group_name, isolation ORDER BY example, group_name;
SELECT example, bool_and(pg_temp.agrees(g.dissimilarity, s.dissimilarity) AND pg_temp.agrees(g.dissimilarity_expected, s.dissimilarity_expected) AND pg_temp.agrees(g.variance_ratio, s.variance_ratio) AND pg_temp.agrees(g.theil_h, s.theil_h) AND pg_temp.agrees(g.theil_h_expected, s.theil_h_expected)
		AND pg_temp.agrees(p.dissimilarity, s.dissimilarity) AND pg_temp.agrees(p.theil_h, s.theil_h) AND pg_temp.agrees(p.variance_ratio_expected, s.variance_ratio_expected)) AS same
FROM composed, segregation(c) AS s, group_segregation(c) AS g, pair_segregation(c) AS p WHERE s.n_groups = 2 GROUP BY example ORDER BY example;

-- districts and their schools
CREATE TEMP TABLE district (district text, unit text, ns bigint[]);
INSERT INTO district VALUES ('north', 'a', '{40,10,5}'), ('north', 'b', '{20,30,5}'), ('south', 'a', '{5,60,2}'), ('south', 'c', '{8,41,0}'), ('south', 'd', '{0,7,0}'), ('west', 'e', '{9,0,0}');
CREATE TEMP VIEW school AS SELECT district, unit, chr(64 + place::integer) AS group_name, n FROM district, unnest(ns) WITH ORDINALITY AS u (n, place);
CREATE TEMP TABLE part AS
SELECT district, p.* FROM (SELECT district, segregation_part(composition(unit, group_name, n)) OVER () AS p FROM school GROUP BY district) AS s, LATERAL (SELECT (s.p).*) AS p;
SELECT district, p.n, n_units, n_groups, pg_temp.agrees(share, p.n / 242.0) AS share, pg_temp.agrees(entropy, e) AS e, pg_temp.agrees(mutual_information, m) AS m, pg_temp.agrees(theil_h, h) AS h,
	pg_temp.agrees(contribution_between, b) AS between_, pg_temp.agrees(contribution_within, w) AS within_, reason
FROM part AS p JOIN (VALUES
	('north', 0.916464885539471228, 0.0784587470323038893, 0.085610205333857005, 0.070008626619912093, 0.0436840207244046614),
	('south', 0.418681846937168755, 0.0249626974925859183, 0.0596221156355318411, 0.109762924371296202, 0.0155412224326991047),
	('west', 0, 0, NULL, 0.0492998962959654656, 0)) AS v (district, e, m, h, b, w) USING (district) ORDER BY district;
SELECT DISTINCT pg_temp.agrees(mutual_information_total, 0.235361671579471999) AS m, pg_temp.agrees(mutual_information_between, 0.187010952715250942) AS m_between, pg_temp.agrees(mutual_information_within, 0.0483507188642210569) AS m_within,
	pg_temp.agrees(theil_h_total, 0.288296690444277527) AS h, pg_temp.agrees(theil_h_between, 0.229071447287173761) AS h_between, pg_temp.agrees(theil_h_within, 0.0592252431571037661) AS h_within FROM part;
SELECT pg_temp.agrees(theil_h_total, (all_).theil_h) AS all_schools, pg_temp.agrees(theil_h_between, (districts).theil_h) AS districts_as_units,
	pg_temp.agrees(theil_h_between, (SELECT sum(contribution_between) FROM part)) AS between_adds_up, pg_temp.agrees(theil_h_within, (SELECT sum(contribution_within) FROM part)) AS within_adds_up
FROM part, (SELECT segregation(district || unit, group_name, n) AS all_, segregation(district, group_name, n) AS districts FROM school) AS s WHERE district = 'north';
-- any order, with whoever is not there, and by partitions
SELECT count(DISTINCT theil_h_between) AS between_, count(DISTINCT theil_h_within) AS within_
FROM (SELECT place, (segregation_part(c) OVER (PARTITION BY place ORDER BY district COLLATE "C", md5(place || district))).*
	FROM (SELECT place, district, composition(unit, group_name, n) AS c FROM school, generate_series(1, 40) AS place GROUP BY place, district) AS s) AS p;
SELECT count(DISTINCT theil_h_total) AS h FROM (SELECT (segregation_part(c) OVER (ORDER BY place)).* FROM (SELECT md5(i::text || seed) || i AS place, composition(s % 7, s * i % 5, s % 11) AS c FROM generate_series(1, 50) AS i, generate_series(1, 100) AS s, (VALUES (1)) AS v (seed) GROUP BY i, seed) AS s
	UNION ALL SELECT (segregation_part(c) OVER (ORDER BY place)).* FROM (SELECT md5(i::text || seed) || i AS place, composition(s % 7, s * i % 5, s % 11) AS c FROM generate_series(1, 50) AS i, generate_series(1, 100) AS s, (VALUES (2)) AS v (seed) GROUP BY i, seed) AS s) AS p;
\x on
SELECT name, (segregation_part(c) OVER (ORDER BY name)).* FROM (VALUES (1, NULL::composition), (2, (SELECT composition('a'::text, 'x'::text, 0))), (3, (SELECT composition('a'::text, 'x'::text, 5)))) AS v (name, c) ORDER BY name;
SELECT (segregation_part(NULL) OVER ()).*;
\x off

-- rows of students are counts of 1
SELECT (a).n, a = b AS same FROM (SELECT segregation(unit, group_name, n) AS a FROM counts WHERE example = 'MEASURES') AS a,
	(SELECT segregation(unit, group_name) AS b FROM counts, generate_series(1, n) WHERE example = 'MEASURES') AS b;
-- who is left out; empty units and groups are skipped
SELECT (s).n, (s).n_units, (s).n_groups, (s).n_missing_unit, (s).n_missing_group, (s).n_left_out, pg_temp.agrees((s).theil_h, 0.18565982372837711) AS h
FROM (SELECT segregation(unit, group_name, n) AS s FROM (TABLE counts UNION ALL VALUES ('MEASURES', NULL, 'A', 7), ('MEASURES', NULL, NULL, 2), ('MEASURES', 'S1', NULL, 5), ('MEASURES', 'S2', 'C', NULL), ('MEASURES', NULL, NULL, NULL), ('MEASURES', 'S9', 'A', 0), ('MEASURES', 'S1', 'Z', 0)) AS c WHERE example = 'MEASURES') AS s;
SELECT (segregation(unit, nullif(group_name, 'C'))).* FROM (VALUES ('a', 'A'), ('a', 'C'), ('b', 'B'), (NULL, 'B')) AS v (unit, group_name) \gx
-- one unit, one group, nobody
\x on
SELECT (segregation('only'::text, group_name, n)).* FROM counts WHERE example = 'MEASURES';
SELECT (segregation(unit, 'only'::text, n)).* FROM counts WHERE example = 'MEASURES';
SELECT (segregation(unit, group_name, n)).* FROM counts WHERE false;
SELECT * FROM segregation(NULL);
SELECT g.* FROM (SELECT composition(unit, 'only'::text, n) AS c FROM counts WHERE example = 'MEASURES') AS s, group_segregation(c) AS g;
SELECT g.* FROM (SELECT composition('only'::text, group_name, n) AS c FROM counts WHERE example = 'apart') AS s, group_segregation(c) AS g;
\x off
SELECT count(*) FROM unit_segregation(NULL);
SELECT count(*) FROM group_segregation(NULL);
SELECT count(*) FROM pair_segregation(NULL);
SELECT count(*) FROM (SELECT composition(unit, 'only'::text, n) AS c FROM counts) AS s, pair_segregation(c);
-- names of any type, apart by their text; the order is that of bytes
SELECT u.unit, u.n FROM (SELECT composition(unit, day, n) AS c FROM (VALUES (1.50, date '2026-01-02', 3), (1.5, '2026-01-02', 4), (10, '2026-02-01', 1)) AS v (unit, day, n)) AS s, unit_segregation(c) AS u;
SELECT group_name FROM (SELECT composition(i, i % 2 = 0) AS c FROM generate_series(1, 4) AS i) AS s, group_segregation(c);
SET datestyle = 'German';
SELECT group_name FROM (SELECT composition(i, date '2026-01-02' + i % 2) AS c FROM generate_series(1, 4) AS i) AS s, group_segregation(c);
RESET datestyle;
SELECT unit FROM (SELECT composition(unit, 'x'::text) AS c FROM unnest('{b,B,a,"",ab,"a b"}'::text[]) AS unit) AS s, unit_segregation(c);

-- huge counts: within bounds of a bigint inside, and integers in results
SELECT n FROM (SELECT composition(i, i % 2, 2147483647 / 2) AS c FROM generate_series(1, 2) AS i) AS s, segregation(c);
SELECT segregation(i, i % 2, 2147483647) FROM generate_series(1, 2) AS i;
SELECT composition(i, i % 2, 4611686018427387904) FROM generate_series(1, 2) AS i;
SELECT composition(1, 1, n) FROM unnest('{9223372036854775807,1}'::bigint[]) AS n;
SELECT segregation(NULL::text, 1, n) FROM unnest('{9223372036854775807,1}'::bigint[]) AS n;
SELECT segregation(1, 1, -1::bigint);
-- what large tables are expected to have: by the sum, and by the series beyond it
SELECT unit, "group", t.n, pg_temp.agrees(mutual_information_expected, v.m) AS m, pg_temp.agrees(dissimilarity_expected, v.d) AS d
FROM (VALUES (40000, 30000, 100000, 5.00009927588576047e-6, 0.00269731534832581258), (1000, 999000, 1000000, 5.73618739673632932e-7, 0.000735758759593616114),
		(1000000000, 1000000000, 2100000000, 2.380952382663384e-10, 0.0000174112685550452995)) AS t (unit, "group", n, m, d),
	LATERAL (SELECT composition(u, g, CASE WHEN u = 1 AND g = 1 THEN x WHEN u = 1 THEN unit - x WHEN g = 1 THEN "group" - x ELSE t.n - unit - "group" + x END) AS c
		FROM generate_series(1, 2) AS u, generate_series(1, 2) AS g, greatest(0, unit + "group" - t.n) AS x) AS s, segregation(c), LATERAL (SELECT t.m, t.d) AS v;

-- invariants: units of the same shares may be merged; what stands on 0 and 1 does
SELECT max(abs((a).theil_h - (b).theil_h)) < 1e-14 AS h, max(abs((a).dissimilarity - (b).dissimilarity)) < 1e-14 AS d, max(abs((a).variance_ratio - (b).variance_ratio)) < 1e-14 AS p
FROM (SELECT segregation(unit || '/' || part, group_name, n * part) AS a, segregation(unit, group_name, n * part) AS b FROM counts, generate_series(1, 3) AS part GROUP BY example) AS s;
SELECT bool_and((s).theil_h = 0 AND (s).dissimilarity = 0 AND (s).variance_ratio = 0 AND (s).mutual_information = 0) AS even
FROM (SELECT segregation(unit, g, size * unit) AS s FROM generate_series(1, 9) AS unit, generate_series(1, 4) AS g, LATERAL (SELECT i * g % 7 + i FROM generate_series(1, 20) AS i) AS v (size) GROUP BY size % 3) AS s;
SELECT count(*) AS tables, bool_and((s).theil_h BETWEEN 0 AND 1 AND (s).theil_h_expected BETWEEN 0 AND 1 AND (s).dissimilarity BETWEEN 0 AND 1 AND (s).dissimilarity_expected BETWEEN 0 AND 1 AND (s).variance_ratio BETWEEN 0 AND 1) AS within_bounds
FROM (SELECT segregation(unit, g, (seed * unit * 7919 + g * g * seed) % (1 + seed % 5)) AS s FROM generate_series(1, 200) AS seed, generate_series(1, 9) AS unit, generate_series(1, 4) AS g GROUP BY seed) AS s WHERE (s).reason IS NULL;

-- any order of rows gives the same bits, and so do stored parts, rolled up
CREATE TABLE segregation_students AS SELECT i, i * 7919 % 61 AS school, nullif(i * i % 7 + i * 7919 % 61 / 20, 3) AS race, i % 4 AS grade FROM generate_series(1, 20000) AS i;
SELECT a = b AS segregation, c1::text = c2::text AS composition
FROM (SELECT segregation(school, race ORDER BY i) AS a, segregation(school, race ORDER BY md5(i::text)) AS b, composition(school, race ORDER BY i) AS c1, composition(school, race ORDER BY md5(i::text)) AS c2 FROM segregation_students) AS s;
CREATE TABLE segregation_grades AS SELECT grade, composition(school, race) AS c FROM segregation_students GROUP BY grade;
SELECT rollup(c)::text = (SELECT composition(school, race)::text FROM segregation_students) AS rolled_up, segregation(rollup(c)) = (SELECT segregation(school, race) FROM segregation_students) AS same_bits FROM segregation_grades;
SELECT rollup(c) IS NULL AS of_none FROM segregation_grades WHERE false;
-- As Citus does it: each node's state is written as text, which the coordinator combines. That is for texts, whatever else may be told apart by its text.
SELECT segregation_final(composition_combine(composition_combine(NULL, a::text::composition), b::text::composition)) = (SELECT segregation(school, race) FROM segregation_students) AS same
FROM (SELECT composition(school::text, race::text) FILTER (WHERE i % 3 = 0) AS a, composition(school::text, race::text) FILTER (WHERE i % 3 > 0) AS b FROM segregation_students) AS s;
CREATE VIEW chosen AS
SELECT segregation('a', 'b'), segregation('a'::varchar, 'b'::name) AS names, segregation('a'::char(3), 'b'::text, 1) AS counted FROM (SELECT 1) AS s;
CREATE VIEW chosen_any AS
SELECT segregation(1, 'b'::text), segregation('a'::text, 2) AS mixed, segregation(date '2026-01-01', true, 1) AS counted FROM (SELECT 1) AS s;
SELECT r.ev_class::regclass AS view, d.refobjid::regprocedure AS aggregate
FROM pg_depend AS d JOIN pg_rewrite AS r ON r.oid = d.objid
WHERE d.refclassid = 'pg_proc'::regclass AND r.ev_class IN ('chosen'::regclass, 'chosen_any'::regclass)
ORDER BY 1, 2::text COLLATE "C";
DROP VIEW chosen, chosen_any;
SELECT rollup(c)::text = min(c::text) AS of_one FROM segregation_grades WHERE grade = 1;
SELECT (segregation(rollup(c))).n FROM (SELECT c FROM segregation_grades UNION ALL SELECT NULL) AS s;
SELECT count(*) AS frames, count(DISTINCT n) AS sizes FROM (SELECT (segregation(school, race) OVER (ORDER BY i ROWS 20 PRECEDING)).n FROM segregation_students WHERE i <= 100) AS s;
-- in parallel
ALTER TABLE segregation_students SET (parallel_workers = 4);
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE serial AS SELECT segregation(school, race) AS s, composition(school, race, 1) AS c FROM segregation_students;
SET max_parallel_workers_per_gather = 4;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT segregation(school, race), composition(school, race, 1) FROM segregation_students;
SELECT segregation(school, race) = (SELECT s FROM serial) AS segregation, composition(school, race, 1)::text = (SELECT c::text FROM serial) AS composition FROM segregation_students;
RESET max_parallel_workers_per_gather;
DROP TABLE segregation_students, segregation_grades;

-- text and binary
SELECT composition(unit, group_name, n) FROM (VALUES ('a'::text, 'x'::text, 3), ('a', 'y', 258), (NULL, NULL, 2), ('b', NULL, 1)) AS v (unit, group_name, n);
SELECT c::text::composition::text = c::text AS lossless, segregation(c::text::composition) = segregation(c) AS same FROM composed ORDER BY example;
-- cells in any order, and twice, are brought into order
SELECT '01000000000000000000000000000000000000000000000000000000000000000300000001000000016278000000000000000100000001000000016178000000000000000400000001000000016278'::composition;
SELECT '010000000000000000000000000000000000000000000000000000000000000003000000010000000162780000000000000001000000010000000161780000000000000004000000010000000162'::composition;
SELECT 'xyz'::composition;
SELECT ''::composition;
SELECT '02000000000000000000000000000000000000000000000000'::composition;
SELECT '01ffffffffffffffff00000000000000000000000000000000'::composition;
SELECT '010000000000000000000000000000000000000000000000000000000000000000000000010000000161'::composition;
SELECT '0100000000000000000000000000000000000000000000000000000000000000010000000100000001ff78'::composition;
SELECT '01000000000000000000000000000000000000000000000000000000000000000100000001000000010078'::composition;
SELECT '0100000000000000000000000000000000000000000000000000000000000000017fffffff7fffffff6178'::composition;
SELECT '01000000000000000000000000000000000000000000000000800000000000000100000001000000016178'::composition;
SELECT '010000000000000000000000000000000000000000000000007fffffffffffffff000000010000000161787fffffffffffffff00000001000000016179'::composition;
-- functions of the aggregates, called by anybody
SELECT composition_accum(NULL, 'a'::text, 'x'::text, 3)::text = composition_accum('01000000000000000000000000000000000000000000000000'::composition, 'a'::text, 'x'::text, 3)::text AS same;
SELECT composition_combine(NULL, NULL) IS NULL AS none, composition_combine(c, NULL)::text = c::text AS one, composition_combine(NULL, c)::text = c::text AS other, segregation(composition_combine(c, c)) FROM composed WHERE example = 'apart';
-- what is taken away again leaves the bits that the other rows give
SELECT count(*), count(a) AS n_a, count(b) AS n_b, bool_and((all_ - b)::text = coalesce(a, all_ - all_)::text) AS first, bool_and((all_ - a)::text = coalesce(b, all_ - all_)::text) AS second,
	bool_and((a + b)::text = all_::text) AS added, bool_and((b + a - a - b)::text = (all_ - all_)::text) AS nothing
FROM (
	SELECT k, composition(unit, group_name, n) FILTER (WHERE part) AS a, composition(unit, group_name, n) FILTER (WHERE NOT part) AS b, composition(unit, group_name, n) AS all_
	FROM generate_series(1, 24) AS k, LATERAL (
		SELECT hashint4(i * 1000 + k) & 7 < k % 8 AS part, CASE WHEN i % 11 > 0 THEN left('school', i % 7) END AS unit, CASE WHEN i % 13 > 0 THEN i % 3 END AS group_name, CASE WHEN i % 17 > 0 THEN (i % 4)::bigint END AS n
		FROM generate_series(1, 100) AS i) AS r
	GROUP BY k) AS p;
SELECT (c + NULL)::text = c::text AS plus_null, (NULL + c)::text = c::text AS null_plus, (c - NULL)::text = c::text AS minus_null, (NULL::composition - NULL) IS NULL AS null_minus_null, c - c AS nothing FROM composed WHERE example = 'apart';
SELECT composition('a'::text, 'x'::text, 3) - composition('a'::text, 'x'::text, 4);
SELECT composition('a'::text, 'x'::text, 3) - composition('a'::text, 'y'::text, 1);
SELECT composition('b'::text, 'x'::text, 3) - composition('a'::text, 'x'::text, 1);
SELECT NULL - composition('b'::text, 'x'::text, 3);
SELECT composition('a'::text, NULL::text, 3) - composition('a'::text, NULL::text, 4);
SELECT composition('a'::text, NULL::text, 3) - composition(NULL::text, 'x'::text, 3);
