-- How unequally a resource is shared. Numbers: MEASURES 6 (R ineq), others from test/reference/segregation.py.
SET search_path = gapstats, gapstats_internal, pg_temp, public;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < 1e-10 END;

CREATE TEMP TABLE resource (example text, x double precision);
INSERT INTO resource SELECT example, x FROM (VALUES ('ineq', '{4,8,15,16,23,42}'::double precision[]), ('zeros', '{0,0,1,2,7}'), ('one has all', '{0,0,0,0,9}'), ('near', '{1000000000,1000000001,1000000002,1000000003,1000000004}')) AS v (example, xs), unnest(xs) AS x
UNION ALL SELECT 'many', i * i * 7919 % 1009 + 1 FROM generate_series(1, 500) AS i;
SELECT example, i.n, n_zero, pg_temp.agrees(gini, v.g) AS gini, pg_temp.agrees(gini_corrected, v.gc) AS corrected, pg_temp.agrees(theil_t, v.t) AS theil_t, pg_temp.agrees(theil_l, v.l) AS theil_l, reason
FROM (SELECT example, distribution(x) AS d FROM resource GROUP BY example) AS s, inequality(d) AS i JOIN (VALUES
		('ineq', 0.3641975308641975, 0.437037037037037, 0.2231594762201299, 0.253781981170459),
		('zeros', 0.64, 0.8, 0.807619359890763066, NULL),
		('one has all', 0.8, 1, 1.60943791243410037, NULL),
		('near', 7.99999998400000003e-10, 9.99999998000000004e-10, 9.99999996000000013e-19, 9.99999996000000014e-19),
		('many', 0.322040753392162444, 0.322686125643449343, 0.177722103418804028, 0.255826197261339331)) AS v (e, g, gc, t, l) ON true
WHERE example = e ORDER BY example;
-- n, and all the same
\x on
SELECT (inequality(distribution(x))).* FROM unnest('{7}'::double precision[]) AS x;
SELECT (inequality(distribution(x))).* FROM unnest('{7,7,7}'::double precision[]) AS x;
SELECT (inequality(distribution(x))).* FROM unnest('{0}'::double precision[]) AS x;
SELECT (inequality(distribution(x))).* FROM unnest('{0,0}'::double precision[]) AS x;
SELECT (inequality(distribution(x))).* FROM unnest('{0,5}'::double precision[]) AS x;
SELECT * FROM inequality(NULL);
SELECT (inequality(distribution(x))).* FROM unnest('{}'::double precision[]) AS x;
\x off
SELECT inequality(distribution(x)) FROM unnest('{3,-1.5,2}'::double precision[]) AS x;
SELECT inequality(distribution(x)) FROM unnest('{3,NaN}'::double precision[]) AS x;
SELECT inequality(distribution(-0.0::double precision));
-- any scale, and counts
SELECT scale, pg_temp.agrees((i).gini, 0.3641975308641975) AS gini, pg_temp.agrees((i).theil_t, 0.2231594762201299) AS theil_t
FROM (SELECT scale, inequality(distribution(x * scale)) AS i FROM resource, unnest('{1,5e-324,4e-308,4e306}'::double precision[]) AS scale WHERE example = 'ineq' GROUP BY scale) AS s ORDER BY scale;
SELECT pg_temp.agrees((inequality('{4:3,8:3,15:3}')).gini, (inequality('{4,8,15}')).gini) AS gini, pg_temp.agrees((inequality('{4:3000000000,8:3000000000,15:3000000000}'::distribution - '{4:2999999997,8:2999999997,15:2999999997}'::distribution)).theil_l, (inequality('{4,8,15}')).theil_l) AS theil_l;
SELECT inequality('{4:3000000000}');
-- a coarse distribution says so
SELECT (i).n, abs((i).gini * 3 - 1) < 1e-3 AS gini, abs((i).theil_t - (ln(2) - 0.5)) < 1e-3 AS theil_t, (i).reason FROM (SELECT inequality(distribution(i / 40000.0 + 1e-9)) AS i FROM generate_series(1, 40000) AS i) AS s;

-- groups of it
CREATE TEMP TABLE divided (example text, part integer, xs double precision[]);
INSERT INTO divided VALUES ('MEASURES', 1, '{4,8,15}'), ('MEASURES', 2, '{16,23,42}'), ('zeros', 1, '{0,3,5}'), ('zeros', 2, '{2,2,9,30}'), ('zeros', 3, '{1}');
INSERT INTO divided SELECT 'many', i % 3, array_agg(i * i * 7919 % 1009 + 1) FROM generate_series(1, 500) AS i GROUP BY i % 3;
CREATE TEMP VIEW part AS SELECT example, part, (inequality_part(d) OVER (PARTITION BY example)).* FROM (SELECT example, part, distribution(x) AS d FROM divided, unnest(xs) AS x GROUP BY example, part) AS s;
SELECT DISTINCT example, pg_temp.agrees(theil_t_total, v.t) AS t, pg_temp.agrees(theil_t_between, v.tb) AS t_between, pg_temp.agrees(theil_t_within, v.tw) AS t_within, pg_temp.agrees(theil_l_total, v.l) AS l, pg_temp.agrees(theil_l_between, v.lb) AS l_between, pg_temp.agrees(theil_l_within, v.lw) AS l_within, reason
FROM part JOIN (VALUES
	('MEASURES', 0.2231594762201299, 0.1308120359411370, 0.0923474402789930, 0.253781981170458718, 0.143841036225890464, 0.109940944944568254),
	('zeros', 0.742170088411971033, 0.242959005228441217, 0.499211083183529815, NULL, NULL, NULL),
	('many', 0.177722103418804028, 0.000908838288884924258, 0.176813265129919104, 0.255826197261339331, 0.000916945419716454799, 0.254909251841622876)) AS v (example, t, tb, tw, l, lb, lw) USING (example) ORDER BY example;
SELECT example, part, p.n, n_zero, pg_temp.agrees(share_students, p.n / (sum(p.n) OVER w)::double precision) AS students, pg_temp.agrees(share_resource, p.n * mean / (sum(p.n * mean) OVER w)) AS resource, rounded(mean, 3) AS mean, rounded(gini, 3) AS gini,
	pg_temp.agrees(theil_t_within, sum(share_resource * theil_t) OVER w) AS t_within, pg_temp.agrees(theil_l_within, sum(share_students * theil_l) OVER w) AS l_within,
	abs(theil_t_between - sum(share_resource * ln(share_resource / share_students)) OVER w) < 1e-14 AS t_between, reason
FROM part AS p WINDOW w AS (PARTITION BY example) ORDER BY example, part;
-- those without anything, and nobody
\x on
SELECT part, (inequality_part(d) OVER (ORDER BY part)).* FROM (VALUES (1, '{0:4}'::distribution), (2, '{}'), (3, NULL), (4, '{5}'), (5, '{1,2}')) AS v (part, d);
SELECT (inequality_part('{0:3}') OVER ()).*;
SELECT (inequality_part(NULL) OVER ()).*;
\x off
SELECT inequality_part(d) OVER () FROM (VALUES ('{1}'::distribution), ('{-1}')) AS v (d);
SELECT (inequality_part(d) OVER ()).reason FROM (SELECT distribution(i / 40000.0 + 1e-9) AS d FROM generate_series(1, 40000) AS i GROUP BY i > 39990) AS s;
-- any order
SELECT count(DISTINCT (i).theil_t_total) AS t, count(DISTINCT (i).theil_l_between) AS l_between
FROM (SELECT inequality_part(d) OVER (PARTITION BY seed ORDER BY md5(seed || '/' || g)) AS i FROM (SELECT seed, g, distribution(1 + x * x * 7919 % (100 + g)) AS d FROM generate_series(1, 30) AS seed, generate_series(1, 25) AS g, generate_series(1, 40) AS x GROUP BY seed, g) AS s) AS s;

-- concentration
CREATE TEMP TABLE need (example text, opportunity double precision, need double precision);
INSERT INTO need VALUES ('ties', 0, 1), ('ties', 3, 2), ('ties', 3, 2), ('ties', 8, 3), ('ties', 1, 5), ('ties', 0, 5), ('ties', 4, 9), ('two', 9, 3), ('two', 0, 1), ('even', 2, 3), ('even', 2, 3), ('even', 2, 1);
INSERT INTO need SELECT 'many', i * 7919 % 13, i * 31 % 17 FROM generate_series(1, 200) AS i;
INSERT INTO need SELECT 'yes or no', (i * 7919 % 13 < 5)::integer, i * 31 % 17 FROM generate_series(1, 200) AS i;
SELECT example, (c).n, abs((c).estimate - v.e) < 1e-14 AS estimate, abs((c).se - v.se) < 1e-14 AS se, abs((c).upper - (c).estimate - 1.959963984540054 * v.se) < 1e-14 AS upper, abs((c).estimate - (c).lower - 1.959963984540054 * v.se) < 1e-14 AS lower, (c).reason
FROM (SELECT example, concentration_index(opportunity, need) AS c FROM need GROUP BY example) AS s JOIN (VALUES
	('ties', 0.0676691729323308271, 0.182941816206449045),
	('many', -0.00809166666666666667, 0.0254533086595678608),
	('yes or no', 0.0159090909090909091, 0.0509775550745195383),
	('two', 0.5, 0.353553390593273762),
	('even', 0, 0)) AS v (example, e, se) USING (example) ORDER BY example;
SELECT pg_temp.agrees((c).upper - (c).estimate, 1.6448536269514722 * 0.182941816206449045) AS upper FROM (SELECT concentration_index(opportunity, need, 0.9) AS c FROM need WHERE example = 'ties') AS s;
-- only the order of need counts; and of what is ranked by itself it is the Gini
SELECT concentration_index(opportunity, need) = concentration_index(opportunity * 4, exp(need)) AS same, (concentration_index(opportunity, -need)).estimate = -(concentration_index(opportunity, need)).estimate AS mirrored FROM need WHERE example = 'many';
SELECT pg_temp.agrees((concentration_index(opportunity, opportunity)).estimate, (inequality(distribution(opportunity))).gini) AS gini FROM need WHERE example = 'many';
SELECT (concentration_index(opportunity, need ORDER BY need, opportunity)) = (concentration_index(opportunity, need ORDER BY opportunity DESC, need)) AS same_bits FROM need;
SELECT pg_temp.agrees((concentration_index(opportunity * scale, need)).estimate, -0.00809166666666666667) AS c FROM need, unnest('{5e-324,1e306}'::double precision[]) AS scale WHERE example = 'many' GROUP BY scale;
-- edges
SELECT (concentration_index(x, y)).* FROM (VALUES (3.0, 1.0)) AS v (x, y);
SELECT (concentration_index(x, y)).* FROM (VALUES (0.0, 1.0), (0.0, 2.0)) AS v (x, y);
SELECT (concentration_index(x, y)).* FROM (VALUES (1.0, NULL), (NULL, 2.0)) AS v (x, y);
SELECT (concentration_index(x, y)).* FROM (VALUES (1.0, 1.0)) AS v (x, y) WHERE false;
SELECT concentration_index(-1, 2);
SELECT concentration_index('NaN', 2);
SELECT concentration_index(NULL, 'Infinity');
SELECT concentration_index(1, 2, c) FROM unnest('{0.9,0.95}'::double precision[]) AS c;
SELECT concentration_index_final('{0.95,1,2,3,1}'), concentration_index_final('{}'), concentration_index_final(NULL);
SELECT concentration_index_final('{0.95,1,2,-3,1}');
SELECT concentration_index_final('{1.5,1,2,3,1}');
SELECT concentration_index_final('{0.95,1,2,3}');

-- in parallel
CREATE TABLE inequality_students AS SELECT i, i * 7919 % 997 / 7.0::double precision AS x, i * 31 % 101 AS y FROM generate_series(1, 5000) AS i;
ALTER TABLE inequality_students SET (parallel_workers = 4);
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE serial AS SELECT concentration_index(x, y) AS c, inequality(distribution(x)) AS i FROM inequality_students;
SET max_parallel_workers_per_gather = 4;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT concentration_index(x, y), inequality(distribution(x)) FROM inequality_students;
SELECT concentration_index(x, y) = (SELECT c FROM serial) AS concentration, inequality(distribution(x)) = (SELECT i FROM serial) AS inequality FROM inequality_students;
DROP TABLE inequality_students;
