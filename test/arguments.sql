-- Calls of any function of gapstats, made from the catalogs, for the tests that no function may
-- escape: which functions there are, an ordinary value for each argument, and the statement.
-- All of it is made in the first schema of the search path. Aggregates and window functions are
-- called over the rows i of a table that the caller makes.

-- The functions that compute. Those of the watch list act on what a user owns: most are
-- PL/pgSQL, or take a relation; others run the text of a query.
CREATE TABLE computing AS
SELECT p.oid AS function, p.oid::regprocedure::text AS name, format('%I.%I', nspname, proname) AS called,
	pronamespace, proname, prokind, proretset, prorettype, pronargs, pronargdefaults, procost,
	proargtypes::regtype[] AS argtypes, coalesce(proargnames, '{}') AS argnames
FROM pg_depend AS d
	JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
	JOIN pg_namespace AS n ON n.oid = p.pronamespace
	JOIN pg_language AS l ON l.oid = p.prolang
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
	AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'gapstats')
	AND l.lanname <> 'plpgsql' AND p.prosrc !~ '^done_for_'
	AND (l.lanname <> 'internal' OR p.prokind <> 'f')  -- is PostgreSQL's own
	AND NOT p.proargtypes::regtype[] && '{internal,record,regclass,regtype,gapstats_internal.kept_query}'::regtype[]
	AND p.prorettype <> 'gapstats_internal.kept_query'::regtype
	AND p.proname NOT IN ('disclosure_audit', 'suppress', 'anonymity', 'anonymity_without', 'extract_rows', 'weakest_prerequisite', 'resolved_hierarchies', 'describe_draft', 'query_texts', 'query_columns', 'as_query', 'run_query_once', 'report_cells', 'report_rollup', 'report_groups', 'report_groups_for_others', 'report_gaps', 'gap_report', 'percentile_report', 'absence_report', 'chart')  -- run the text of a query
	AND p.proname <> 'known_relation'  -- takes names only
	AND p.proname <> 'standing_event';  -- is PostgreSQL's own <@ of text[], which nothing stops

-- Their arguments; a polymorphic one is called with text. Options have a default, or
-- a name by which they are known: an aggregate's argument cannot have a default.
CREATE TABLE argument AS
SELECT c.*, argno::integer, coalesce(argnames[argno], '') AS argname,
	CASE WHEN type IN ('anyelement'::regtype, 'anycompatible'::regtype) THEN 'text'::regtype ELSE type END AS type,
	default_value, default_value IS NOT NULL OR argnames[argno] ~ '^(confidence|min_.*|minimum_.*|quantile_type|cuts|threshold|bandwidth|comparison|donut|standard_errors|window_days|initial|learn|guess|slip|k)$'
		OR proname = 'k_of_last_n' AND argnames[argno] = 'n' AS is_option
FROM computing AS c, unnest(argtypes) WITH ORDINALITY AS a (type, argno),
	pg_get_function_arg_default(function, argno::integer) AS default_value;

-- Ordinary values: the first row whose type and name fit. "many" is one for each row i.
CREATE TABLE ordinary (
	place serial,
	type regtype,
	argname text,  -- a regular expression
	value text,
	many text
);
INSERT INTO ordinary (type, argname, value, many) VALUES
	('int8', '^x$', '30', 'i % 31'),
	('float8', '^se$', '2', '1 + i % 3'),
	('float8', '^confidence$', '0.9', NULL),
	('float8', '^(initial|learn|guess|slip|threshold)$', '0.2', NULL),
	('float8', '^fraction$', '0.4', NULL),
	('float8', '^goal$', '0.4', NULL),
	('float8', '^weight$', '2', '1 + i % 3'),
	('float8', '^predicted$', '0.3', 'i::bigint * 7919 % 300 / 300.0'),
	('float8', '^p_value$', '0.02', 'i::bigint * 7919 % 300 / 300.0'),
	('float8', '_se$', '2', '1 + i % 3'),
	('float8', '^scale_lower$', '-50', NULL),
	('float8', '^threshold$', '75', NULL),
	('float8', '^bandwidth$', '60', NULL),
	('float8', '^donut$', '2', NULL),
	('float8', '^scale_upper$', '50', NULL),
	('float8', '', '12.5', '(i::bigint * 7919 % 300 + 1) / 2.0'),
	('float8[]', '^priors$', $$'{12.5}'$$, 'ARRAY[(i::bigint * 7919 % 300 + 1) / 2.0]'),
	('float8[]', '', $$'{0.2,0.8}'$$, NULL),
	('bool', '', 'true', 'i % 2 = 0'),
	('bool[]', '', $$'{t,t,t,t}'$$, NULL),
	('int8', '^(x|n_chronic|in_programme|successes)|missed$', '30', NULL),
	('int8', '^n_selected$', '4', NULL),
	('int8', '^cluster$', '3', 'i % 50'),
	('int8', '', '100', NULL),
	('int8[]', '', $$'{10,20,30,5}'$$, NULL),
	('int4', '^days_in_', '300', NULL),
	('int4', '^min_n', '2', NULL),
	('int4', '^year$', '2026', 'i'),
	('int4', '^k$', '3', NULL),
	('int4', '', '5', NULL),
	('int4[]', '', $$'{1,2,3,4}'$$, NULL),
	('numeric', '^days_enrolled$', '180', NULL),
	('numeric', '^days_in_', '200', NULL),
	('numeric', '', '0.5', NULL),
	('text', '^(group_name|lea)$', $$'group'$$, $$'group ' || i$$),
	('text', '^time_zone$', $$'America/Chicago'$$, NULL),
	('text', '^kind$', $$'gaps'$$, NULL),
	('text', '^comparison$', $$'>='$$, NULL),
	('text', '^standard_errors$', $$'HC1'$$, NULL),
	('text', '', $$'group'$$, NULL),
	('text[]', '^prerequisite$', $$'{count,add,add}'$$, NULL),
	('text[]', '', $$'{low,middle,high}'$$, NULL),
	('cstring', '', $$'{}'$$, NULL),
	('bool[]', '', $$'{true,false}'$$, NULL),
	('int4[]', '', $$'{1,2}'$$, NULL),
	('bytea', '', $$'\x000102030405060708090a0b0c0d0e0f'$$, NULL),
	('jsonb', '^charts$', $$'[]'$$, NULL),
	('jsonb', '', $$'{"query": "SELECT"}'$$, NULL),
	('date', '', $$'2025-10-01'$$, $$date '2020-01-01' + i % 1000$$),
	('date[]', '', $$'{2025-10-01,2025-10-02}'$$, NULL),
	('daterange', '', $$'[2025-09-01,2025-11-01)'$$, NULL),
	('daterange[]', '', $$'{"[2025-09-01,2025-11-01)","[2025-11-01,2026-01-01)"}'$$, NULL),
	('datemultirange', '', $$'{[2025-09-01,2025-11-01)}'$$, NULL),
	('interval', '', $$'1 month'$$, NULL),
	('timestamptz', '', $$'2025-10-01 12:00+00'$$, NULL),
	('time', '_until$', $$'16:00'$$, NULL),
	('time', '', $$'08:00'$$, NULL),
	('oid', '', '2200', NULL),
	('oid[]', '', $$'{}'$$, NULL),
	('gapstats.chronic_absence_prior', '', $$'(300,1.4,22,0.06,-9000,)'$$, NULL),
	('gapstats.stratum[]', '', $$ARRAY(SELECT ROW(ARRAY['level ' || i % 3, 'level ' || i / 3], 10 + i, i * 7919 % 101 / 8.0, 1 + i % 4)::gapstats.stratum FROM generate_series(0, 11) AS i)$$, NULL),
	('gapstats_internal.list_shape', '', $$'(30000,10,40,8,12,0.15)'$$, NULL),
	('gapstats.gap_by_group', '', 'NULL', NULL),
	('gapstats.rate_gap_by_group', '', 'NULL', NULL),
	('gapstats_internal.report_comparison', '', $$'(100,90,3,0.3,0.44,-0.14,0.07,-0.27,-0.01,,0.04,,,,,,,,,30,40,0.68,)'$$, NULL),
	('gapstats_internal.report_measure', '', $$'(reading,score,t,score,,,,10,450,higher,points,is_here,0,800,0.7,0.1)'$$, NULL),
	('gapstats_internal.chart_mark', '', $$'(1,reading,"grade 1",2025,f,0.5,-3,-4,-2,,,"{""group_focal"": ""a""}")'$$, NULL),
	('gapstats_internal.chart_mark[]', '', $$ARRAY['(1,reading,"grade 1",2025,f,0.5,-3,-4,-2,,,"{""group_focal"": ""a""}")', '(2,reading,"grade 2",2025,f,0.5,,,,,suppressed,"{}")']$$, NULL);

-- Our own types have values that functions made.
CREATE TABLE ordinary_distribution AS SELECT distribution(i * i % 37) AS v FROM generate_series(1, 100) AS i;
CREATE TABLE ordinary_dayset AS SELECT '[2025-09-01,2026-06-01)'::daterange::dayset AS v;
CREATE TABLE ordinary_sample AS
	SELECT weighted_sample(i * i % 37, i % 3 = 0, 1 + i % 2) AS v FROM generate_series(1, 100) AS i;
CREATE TABLE ordinary_composition AS SELECT composition(i % 9, i * i % 4) AS v FROM generate_series(1, 100) AS i;
CREATE TABLE ordinary_products AS
	SELECT cross_products(i * i % 37, i % 3 = 0, ARRAY[i, i * 7 % 11]) AS v FROM generate_series(1, 100) AS i;
CREATE TABLE ordinary_rate_gap AS SELECT rate_gap(30, 100, 20, 100) AS v;
CREATE TABLE ordinary_model AS SELECT growth_model(i, i + i * 7919 % 100) AS v FROM generate_series(1, 1200) AS i;
INSERT INTO ordinary (type, argname, value) VALUES
	('distribution', '', '(SELECT v FROM ordinary_distribution)'),
	('dayset', '', '(SELECT v FROM ordinary_dayset)'),
	('weighted_sample', '', '(SELECT v FROM ordinary_sample)'),
	('composition', '', '(SELECT v FROM ordinary_composition)'),
	('cross_products', '', '(SELECT v FROM ordinary_products)'),
	('gapstats_internal.outcome_cells', '', 'gapstats_internal.difference_in_differences_accum(NULL, 1::double precision, true, false)'),
	('rate_gap', '', '(SELECT v FROM ordinary_rate_gap)'),
	('growth_model', '', '(SELECT v FROM ordinary_model)');

-- An argument that has a default is ordinary as that.
CREATE VIEW ordinary_argument AS
SELECT a.*, coalesce(default_value, CASE WHEN prokind <> 'f' THEN o.many END, o.value) AS value
FROM argument AS a
	LEFT JOIN LATERAL (SELECT * FROM ordinary AS o WHERE o.type = a.type AND a.argname ~ o.argname
		ORDER BY place LIMIT 1) AS o ON true;

-- A statement that calls a function with expressions for its arguments; an aggregate or window
-- function with an OVER clause, over a table
CREATE FUNCTION call(function oid, arguments text[], over_clause text, rows text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT format('SELECT count(r) FROM (SELECT %s(%s) %s AS r%s) AS s', called,
			(SELECT string_agg(format(CASE type WHEN 'cstring'::regtype THEN 'textout(%s)' ELSE '(%s)::%s' END,
					arguments[argno], type), ', ' ORDER BY argno)
				FROM argument AS a WHERE a.function = $1),
			over_clause, CASE WHEN prokind <> 'f' THEN ' FROM ' || rows END)
	FROM computing AS c
	WHERE c.function = $1;
$$;
