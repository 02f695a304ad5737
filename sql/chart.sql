-- Charts: what is drawn and what is not, and pages that hold only what they show. How they look in a browser is in test/t/chart.pl.
CREATE SCHEMA charts;
SET search_path = charts, gapstats;

-- what the rows of a chart become, and what it says of them
CREATE FUNCTION drawn(spec jsonb) RETURNS TABLE (panel text, label text, at text, value float8, lower float8, upper float8, clear boolean, told jsonb)
LANGUAGE sql BEGIN ATOMIC
	SELECT v ->> 'panel', v ->> 'label', v ->> 'at', (v ->> 'value')::float8, (v ->> 'lower')::float8, (v ->> 'upper')::float8, (v ->> 'is_clear')::boolean,
		v - '{panel,label,at,value,lower,upper,is_clear,place,said,value_text,interval_text}'::text[]
	FROM jsonb_array_elements(spec #> '{data,values}') WITH ORDINALITY AS a (v, i) ORDER BY i;
END;
CREATE FUNCTION said(spec jsonb) RETURNS TABLE (said text)
LANGUAGE sql BEGIN ATOMIC
	SELECT spec #>> '{title,text}' UNION ALL SELECT spec ->> 'description' UNION ALL SELECT jsonb_array_elements_text(spec #> '{title,subtitle}');
END;

-- Gaps, as gap_report has them: a group of a size, one too small for an interval, one that is suppressed, the reference, and what is not a number
CREATE TABLE gaps AS
SELECT *, 'lower'::text AS direction FROM (VALUES
	('reading', 'all', 'all', 'Black', 'White', 40::bigint, 90::bigint, -11.5::float8, -13.25::float8, -9.75::float8, 'narrower', NULL::text),
	('reading', 'all', 'all', 'Asian', 'White', 12, 90, 2, -3.5, 7.5, 'not clear', NULL),
	('reading', 'all', 'all', 'Other', 'White', 1, 90, -4, NULL, NULL, 'too few', 'n_lt_2'),
	('reading', 'all', 'all', 'Native', 'White', NULL, NULL, NULL, NULL, NULL, NULL, 'suppressed'),
	('reading', 'all', 'all', 'White', 'White', 90, NULL, NULL, NULL, NULL, NULL, 'is_reference'),
	('reading', 'all', 'all', 'Two or more', 'White', 5, 90, 'NaN', 'NaN', 'NaN', NULL, NULL)
) AS t (measure, level, stratum, group_focal, group_reference, n_focal, n_reference, gap, gap_lower, gap_upper, verdict, reason);
CREATE TABLE chart_of_gaps AS SELECT chart('gaps', 'gaps') AS spec;
SELECT drawn.* FROM chart_of_gaps, drawn(spec);
SELECT said.* FROM chart_of_gaps, said(spec);
\pset format unaligned
SELECT jsonb_pretty(spec #- '{data}') FROM chart_of_gaps;
\pset format aligned
-- a table, a query, and rows in any order under any settings give the same, to the byte
SELECT spec::text = chart('gaps', 'SELECT * FROM gaps ORDER BY gap DESC; -- with a comment')::text AS same FROM chart_of_gaps;
SET extra_float_digits = 0;
SET DateStyle = 'German';
SELECT spec::text = chart('gaps', 'charts.gaps')::text AS same FROM chart_of_gaps;
RESET extra_float_digits;
RESET DateStyle;
-- other names, another title, another confidence
SELECT said.* FROM said(chart('gaps', 'SELECT group_focal AS race, gap AS difference, gap_lower AS low, gap_upper AS high FROM gaps WHERE group_focal = ''Black''', 'How far apart',
	'{"group_focal": "race", "gap": "difference", "gap_lower": "low", "gap_upper": "high"}', 0.9));
-- of several estimates only the gaps
SELECT said.* FROM said(chart('gaps', $$SELECT *, 'gap' AS estimate FROM gaps UNION ALL SELECT *, 'shrunken' FROM gaps$$));
-- names tell what differs: strata of several levels, measures beside one another with their units, kindergarten before grade 1
CREATE TABLE many_gaps AS
SELECT measure, CASE measure WHEN 'reading' THEN 'points' END AS unit, CASE stratum WHEN 'all' THEN 'all' ELSE level END AS level, stratum, 'Black'::text AS group_focal, 'White'::text AS group_reference, -1.5::real AS gap
FROM unnest('{reading,gifted}'::text[]) AS measure, (VALUES ('grade', 'K'), ('grade', '10'), ('grade', '2'), ('school', '7'), ('all', 'all')) AS s (level, stratum);
SELECT panel, label, value FROM drawn(chart('gaps', 'many_gaps'));
SELECT p #>> '{title,text}' AS picture, p #>> '{layer,1,encoding,x,title}' AS axis FROM chart('gaps', 'many_gaps') AS s, jsonb_array_elements(s -> 'vconcat') AS p;

-- Over periods a line is broken where one is not known
CREATE TABLE trend AS
SELECT 'Black'::text AS group_focal, 'White'::text AS group_reference, period, gap, gap - 1 AS gap_lower, gap + 1 AS gap_upper, CASE WHEN gap IS NULL THEN 'suppressed' END AS reason
FROM (VALUES (9, -5.0), (10, -4.5), (11, NULL), (12, -3), (13, -2.5)) AS t (period, gap);
SELECT label, at, value, told ->> 'stretch' AS stretch FROM drawn(chart('trend', 'trend'));
SELECT s #> '{layer,1,encoding,x,scale,domain}' AS periods, said.said FROM chart('trend', 'trend') AS s, said(s);
-- six lines have a colour and a shape each, of more each has its own picture
SELECT n, s #> '{layer,1,encoding,color,scale,range}' AS colours, s #> '{layer,3,encoding,shape,scale,range}' AS shapes, s #> '{facet,field}' AS pictures
FROM unnest('{6,7}'::integer[]) AS n, chart('trend', format('SELECT ''g'' || g AS group_focal, p AS period, g AS gap FROM generate_series(1, %s) AS g, generate_series(1, 2) AS p', n)) AS s;

-- Percentiles
CREATE TABLE fan AS SELECT school, fraction, 400 + 100 * fraction + length(school) AS score FROM unnest('{east,northwest}'::text[]) AS school, unnest('{0.1,0.25,0.5,0.75,0.9,0.95}'::float8[]) AS fraction;
SELECT label, value, told FROM drawn(chart('percentiles', 'fan', columns => '{"group_name": "school", "value": "score"}')) WHERE label = 'east';
SELECT said.* FROM said(chart('percentiles', 'fan', columns => '{"group_name": "school", "value": "score"}'));
SELECT s #> '{facet,field}' AS pictures, s #> '{spec,layer,0,mark,type}' AS mark
FROM chart('percentiles', 'SELECT f.*, year FROM fan AS f, generate_series(2024, 2025) AS year', columns => '{"group_name": "school", "value": "score", "period": "year"}') AS s;
-- with their intervals, which may overlap, so that they stand beside one another in the order of the percentiles
CREATE TABLE bounded AS SELECT school, fraction, score AS value, score - 20 AS value_lower, CASE WHEN school = 'east' OR fraction < 0.9 THEN score + 30 END AS value_upper FROM fan;
SELECT label, told ->> 'percentile' AS percentile, value, lower, upper FROM drawn(chart('percentiles', 'bounded', columns => '{"group_name": "school"}')) WHERE told ->> 'percentile' ~ '10|90';
SELECT said.* FROM said(chart('percentiles', 'bounded', columns => '{"group_name": "school"}', confidence => 0.9));
SELECT s #> '{usermeta,gapstats,columns}' AS told, s #> '{layer,3,encoding,yOffset,scale,domain}' AS side_by_side FROM chart('percentiles', 'bounded', columns => '{"group_name": "school"}', confidence => 0.9) AS s;

-- Absence: the months of a school year in their order, rates from 0
CREATE TABLE absence AS
SELECT lunch, (date '2025-10-01' + m * interval '1 month')::date AS month, CASE WHEN m <> 1 THEN 0.04 + 0.01 * m END AS absence_rate, 100 * m AS n, CASE WHEN m = 1 THEN 'suppressed' END AS reason
FROM unnest('{free,paid}'::text[]) AS lunch, generate_series(0, 4) AS m;
SELECT label, at, value, told ->> 'stretch' AS stretch FROM drawn(chart('absence', 'absence', columns => '{"group_name": "lunch"}')) WHERE label = 'free';
SELECT s #> '{layer,0,encoding,x,scale,domain}' AS months, s #> '{layer,0,encoding,y,scale}' AS scale FROM chart('absence', 'absence', columns => '{"group_name": "lunch"}') AS s;
SELECT said.* FROM said(chart('absence', 'SELECT month, absence_rate FROM absence WHERE lunch = ''free'''));

-- Flags: shares with Wilson's interval (Newcombe 1998, table I: 81 of 263, 15 of 148), and those of all as a line
CREATE TABLE flags AS
SELECT * FROM (VALUES ('school', 'north', false, 263::bigint, 81::bigint, 81 / 263.0::float8, NULL), ('school', 'south', false, 148, 15, 15 / 148.0, NULL), ('school', 'east', false, NULL, NULL, NULL, 'suppressed'),
	('school', 'all', true, 431, 96, 96 / 431.0, NULL)) AS t (group_column, group_value, is_total, students, flagged, flag_rate, reason);
SELECT label, rounded(value, 4) AS value, rounded(lower, 4) AS lower, rounded(upper, 4) AS upper, told FROM drawn(chart('flags', 'flags'));
SELECT s #> '{usermeta,gapstats,totals}' AS totals, s #> '{layer,0,data,values}' = s #> '{usermeta,gapstats,totals}' AS drawn FROM chart('flags', 'flags') AS s;
SELECT said.* FROM said(chart('flags', 'flags'));
-- what is suppressed is not in the chart, whatever else the row holds
SELECT chart('flags', $$SELECT 'a' AS group_value, 987654::bigint AS students, 54321::bigint AS flagged, 'suppressed' AS reason UNION ALL SELECT 'b', 10, 5, NULL$$)::text ~ '987654|54321' AS tells;
SELECT chart('gaps', $$SELECT 'a' AS group_focal, 987654 AS n_focal, 54321.5 AS gap, 'suppressed' AS reason UNION ALL SELECT 'b', 10, 5, NULL$$)::text ~ '987654|54321' AS tells;

-- Ratios: 1 is in the middle; 0 has no place
SELECT label, value, lower, upper, clear, told FROM drawn(chart('disproportionality', $$SELECT * FROM (VALUES ('a', 4.0, 2.0, 8.0), ('b', 0.8, 0.5, 1.28), ('c', 0, NULL, NULL), ('d', 'Infinity'::float8, NULL, NULL), ('e', 1.1, 0, 2)) AS t (group_name, risk_ratio, risk_ratio_lower, risk_ratio_upper)$$));
SELECT said.* FROM said(chart('disproportionality', $$SELECT * FROM (VALUES ('a', 4.0, 2.0, 8.0), ('b', 0.8, 0.5, 1.28), ('c', 0, NULL, NULL), ('d', 'Infinity'::float8, NULL, NULL), ('e', 1.1, 0, 2)) AS t (group_name, risk_ratio, risk_ratio_lower, risk_ratio_upper)$$));
SELECT rounded((d ->> 0)::float8 * (d ->> 1)::float8, 12) AS product, s #>> '{layer,0,encoding,x,datum}' AS line FROM chart('disproportionality', $$SELECT 'a' AS group_name, 4 AS risk_ratio$$) AS s, LATERAL (SELECT s #> '{layer,2,encoding,x,scale,domain}') AS d (d);

-- What goes with a gap: the gap, then each component, the whole before its parts; a method, or a measure, is a picture
CREATE TABLE products AS SELECT cross_products(i * i % 17 + 4 * (i % 3), i % 3 = 0, ARRAY[i % 7, i % 5, i % 3 * 2 + i % 2]) AS p FROM generate_series(1, 90) AS i;
SELECT label, rounded(value, 3) AS value, lower < upper AS interval, clear, told FROM drawn(chart('decomposition', 'SELECT d.* FROM products, gap_decomposition(p, ''{b,a,c}'') AS d'));
SELECT s #> '{title}' AS title, s #> '{layer,0,encoding,x,datum}' AS line, s #> '{layer,2,encoding,x,title}' AS axis, s #> '{usermeta,gapstats,columns}' AS told FROM chart('decomposition', 'SELECT d.*, ''points'' AS unit FROM products, gap_decomposition(p, ''{b,a,c}'') AS d') AS s;
SELECT said.* FROM said(chart('decomposition', 'SELECT d.* FROM products, gap_decomposition(p, ''{b,a,c}'') AS d WHERE covariate IS NULL'));
SELECT jsonb_path_query_array(s, '$.vconcat[*].title.text') AS pictures, jsonb_path_query_array(s, '$.data.values[*] ? (@.picture == 1).label') AS labels
FROM chart('decomposition', 'SELECT d.* FROM products, unnest(''{focal,threefold}''::text[]) AS m, gap_decomposition(p, method => m) AS d WHERE covariate IS NULL') AS s;
-- what is not known, with its covariate
SELECT said.* FROM said(chart('decomposition', 'SELECT d.* FROM (SELECT cross_products(i % 17, i % 3 = 0, ARRAY[i % 7, 1]) AS p FROM generate_series(1, 90) AS i) AS s, gap_decomposition(p, ''{age,"one: all"}'') AS d'));

-- Segregation over the years, beside what chance would have made it
CREATE TABLE segregated AS SELECT year, (segregation(i % 8, CASE WHEN year < 2027 THEN i * year % 3 + i % 8 / 6 ELSE 0 END)).* FROM generate_series(1, 200) AS i, generate_series(2024, 2027) AS year GROUP BY year;
SELECT label, at, rounded(value, 4) AS value, told ->> 'n_units' AS units FROM drawn(chart('segregation', 'segregated', columns => '{"period": "year"}'));
SELECT s #> '{title}' AS title, s #> '{layer,0,encoding,y,scale}' AS scale, s #> '{layer,0,encoding,y,title}' AS axis FROM chart('segregation', 'segregated', columns => '{"period": "year"}') AS s;
SELECT said.* FROM said(chart('segregation', 'segregated', columns => '{"period": "year"}'));
SELECT label, at, value FROM drawn(chart('segregation', 'SELECT ''north'' AS group_name, year AS period, theil_h FROM segregated WHERE year < 2026'));
SELECT c.name, s #> '{layer,0,encoding,y,title}' AS axis, s ->> 'description' AS description
FROM unnest('{dissimilarity,mutual_information}'::text[]) AS c (name), chart('segregation', 'segregated', columns => jsonb_build_object('period', 'year', 'theil_h', c.name, 'theil_h_expected', c.name || '_expected')) AS s;

-- Nothing to show says so
SELECT said.* FROM said(chart('gaps', 'SELECT * FROM gaps WHERE false'));
SELECT said.* FROM said(chart('gaps', 'SELECT * FROM gaps WHERE gap IS NULL'));

-- Every kind: intervals where there are any, rates and gaps from 0, the colours of Okabe and Ito and grey, Vega-Lite 5
CREATE TABLE spec AS
SELECT 'gaps' AS kind, chart('gaps', 'gaps') AS spec UNION ALL SELECT 'trend', chart('trend', 'trend') UNION ALL SELECT 'percentiles', chart('percentiles', 'fan', columns => '{"group_name": "school", "value": "score"}')
UNION ALL SELECT 'absence', chart('absence', 'SELECT *, absence_rate - 0.01 AS absence_rate_lower, absence_rate + 0.01 AS absence_rate_upper FROM absence', columns => '{"group_name": "lunch"}') UNION ALL SELECT 'flags', chart('flags', 'flags')
UNION ALL SELECT 'decomposition', chart('decomposition', 'SELECT d.* FROM products, gap_decomposition(p) AS d') UNION ALL SELECT 'segregation', chart('segregation', 'segregated', columns => '{"period": "year"}')
UNION ALL SELECT 'disproportionality', chart('disproportionality', $$SELECT * FROM (VALUES ('a', 4.0, 2.0, 8.0, 3), ('b', 0.8, 0.5, 1.28, 3)) AS t (group_name, risk_ratio, risk_ratio_lower, risk_ratio_upper, threshold)$$);
SELECT kind, spec ->> '$schema' AS schema, jsonb_path_query_array(spec, '$.layer[*].mark.type') AS marks, jsonb_path_query_array(spec, '$.layer[*].encoding.*.scale ? (exists (@.zero))') AS zero,
	jsonb_path_exists(spec, '$.layer[*] ? (@.mark.type == "rule").encoding.* ? (@.field == "upper")') AS intervals
FROM spec ORDER BY kind;
SELECT DISTINCT c #>> '{}' AS colour FROM spec, jsonb_path_query(spec, 'strict $.layer.** ? (@.type() == "string" && @ starts with "#")') AS c ORDER BY 1;

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
SELECT failure(format('SELECT chart(%s)', arguments))
FROM unnest(ARRAY[
	$$'pie', 'gaps'$$, $$NULL, 'gaps'$$, $$'gaps', NULL$$, $$'gaps', 'gaps', columns => NULL$$, $$'gaps', 'gaps', columns => '[]'$$, $$'gaps', 'gaps', columns => '{"colour": "race"}'$$,
	$$'gaps', 'gaps', columns => '{"gap": 1}'$$, $$'gaps', 'gaps', columns => '{"gap": "differense"}'$$, $$'gaps', 'SELECT 1 AS gap'$$, $$'gaps', 'gaps', columns => '{"gap": "verdict"}'$$,
	$$'flags', 'SELECT ''a'' AS group_value, 1.5 AS students, 1 AS flagged'$$, $$'flags', 'SELECT ''a'' AS group_value, 1 AS students, 2 AS flagged'$$,
	$$'gaps', 'gaps', confidence => 95$$, $$'gaps', 'gaps', confidence => 'NaN'$$, $$'gaps', 'gaps', confidence => NULL$$, $$'gaps', 'SELECT 1; SELECT 2'$$, $$'gaps', 'DELETE FROM gaps'$$, $$'gaps', 'nowhere'$$,
	$$'gaps', 'SELECT'$$, $$'gaps', 'SELECT i::text AS group_focal, 1 AS gap FROM generate_series(1, 5001) AS i'$$, $$'gaps', 'TABLE gaps UNION ALL TABLE gaps'$$,
	$$'absence', 'SELECT ''g'' || g AS stratum, ''2025-09-01'' AS month, 0.1 AS absence_rate FROM generate_series(1, 101) AS g'$$]) AS arguments;
\pset format aligned
-- as many as there may be
SELECT jsonb_array_length(chart('gaps', 'SELECT i::text AS group_focal, 1 AS gap FROM generate_series(1, 5000) AS i') #> '{data,values}') AS drawn;

-- Hostile text is a value, and nothing else
CREATE TABLE hostile AS
SELECT t AS group_focal, i::float8 AS gap, t AS group_reference, t AS measure, t AS unit, t AS verdict, t AS reason
FROM unnest(ARRAY['"quoted" ''twice'' \back\u2028slash', '</script><script>alert(1)</script>', '<!-- <img src=x onerror=alert(1)> & &amp;', U&'line\2028and\2029 paragraph', U&'\202Eright to left \05D0\05D1', E'new\nline\ttab\x01', 'datum.x + alert(1)', '${x}', ']]>', U&'\+01F600']) WITH ORDINALITY AS a (t, i);
SELECT count(*) = count(*) FILTER (WHERE v ->> 'label' = h.group_focal || ' − ' || h.group_reference OR v ->> 'label' = h.group_focal) AS unchanged
FROM jsonb_array_elements(chart('gaps', 'hostile') #> '{data,values}') AS v JOIN hostile AS h ON h.gap = (v ->> 'value')::float8;
-- no expression in a specification holds any of it
SELECT DISTINCT e #>> '{}' AS expression FROM (SELECT spec FROM spec UNION ALL SELECT chart('gaps', 'hostile')) AS s, jsonb_path_query(spec, 'lax $.**.filter') AS e
UNION SELECT e #>> '{}' FROM (SELECT spec FROM spec UNION ALL SELECT chart('gaps', 'hostile')) AS s, jsonb_path_query(spec, 'lax $.**.test') AS e
ORDER BY 1;
CREATE TABLE page AS
SELECT t, gapstats_internal.page_chart(chart('gaps', 'hostile', t), 1, true) || gapstats_internal.page_chart(chart('flags', 'flags'), 2, true) AS page
FROM (SELECT string_agg(group_focal, ' ') AS t FROM hostile) AS t;
SELECT split_part(split_part(report_page(t, '[]', t), '<title>', 2), '</title>', 1) = gapstats_internal.html(t) AS title, report_page(t, '[]', t) ~ '<script>alert|<img' AS script FROM page;
-- no tag of theirs
SELECT DISTINCT tag[1] AS tag FROM page, regexp_matches(page, '<(/?[a-z!][a-z0-9]*)', 'gi') AS tag ORDER BY 1;
SELECT DISTINCT attribute[1] AS attribute FROM page, regexp_matches(page, '<[a-z]+((?: [a-z-]+="[^"<]*")*)>', 'gi') AS tag, regexp_matches(tag[1], ' ([a-z-]+)=', 'g') AS attribute ORDER BY 1;
-- a chart in a script holds no <, and is what it was
SELECT position('<' IN body[1]) AS less_than, body[1]::jsonb = chart('gaps', 'hostile') AS same
FROM regexp_matches(gapstats_internal.page_chart(chart('gaps', 'hostile'), 1, true), '<script type="application/json" class="chart">(.*)</script>') AS body;

\pset format unaligned
-- A page: heading, sentence and table of each chart, with what is not shown
SELECT gapstats_internal.page_chart(chart('flags', 'flags', 'Who is flagged'), 7, true);
SELECT gapstats_internal.page_chart(chart('flags', 'SELECT * FROM flags WHERE false'), 8, true);
-- of which charts, if any, it tells that they are of few: whatever the number is called, drawn or not; not of what was suppressed, nor of nobody
SELECT what, gapstats_internal.page_small_groups(jsonb_build_array(spec, chart('flags', 'flags', 'flags'))) AS told
FROM (VALUES ('suppressed', (SELECT spec FROM chart_of_gaps)),
	('focal, drawn', chart('gaps', $$SELECT * FROM gaps WHERE group_focal IN ('Asian', 'Other')$$, '<focal>')),
	('focal, not drawn', chart('gaps', $$SELECT * FROM gaps WHERE group_focal IN ('Asian', 'Two or more')$$, 'focal')),
	('reference', chart('gaps', $$SELECT 'A' AS group_focal, 1 AS gap, 10 AS n_focal, 9 AS n_reference$$, 'reference')),
	('n', chart('percentiles', $$SELECT 'A' AS group_name, 0.5 AS fraction, 1 AS value, 9 AS n$$, 'n')),
	('enough, and nobody', chart('percentiles', $$SELECT chr(65 + n / 10) AS group_name, 0.5 AS fraction, 1 AS value, n FROM unnest('{0,10}'::int[]) AS n$$, 'enough')),
	('not a number', jsonb_set(chart('gaps', $$SELECT * FROM gaps WHERE group_focal = 'Black'$$), '{data,values}', '[{"n": "5", "n_focal": [true], "n_reference": {"n": null}}]'))) AS c (what, spec);
SELECT split_part(report_page('Few', jsonb_build_array(chart('gaps', $$SELECT 'A' AS group_focal, 1 AS gap, 9 AS n_focal$$, 'One')), 'said first'), '<h1>', 2) ~ '^[^\n]*\n<p>[^\n]*said first</bdi></p>\n<p class="note">This page shows groups of fewer than 10' AS at_its_top;
-- (with Vega or without)
SELECT regexp_replace(regexp_replace(report_page('Nothing', '[]', 'at all'), '<style>.*</style>', ''), '<script>.*</script>\n|<p class="note">This page has no charts[^\n]*\n|; script-src [^"]*', '', 'g');
\pset format aligned
SELECT report_page('p', c) = report_page('p', c) AS same FROM (SELECT jsonb_build_array(spec) AS c FROM chart_of_gaps) AS c;
SELECT failure(format('SELECT report_page(%s)', arguments))
FROM unnest(ARRAY[$$NULL, '[]'$$, $$'p', NULL$$, $$'p', '{}'$$, $$'p', '"x"'$$, $$'p', '[1]'$$, $$'p', jsonb_build_array(chart('gaps', 'gaps'), '{"mark": "point"}'::jsonb)$$,
	$$'p', jsonb_build_array(chart('gaps', 'gaps') #- '{usermeta}')$$, $$'p', jsonb_build_array(jsonb_set(chart('gaps', 'gaps'), '{usermeta,gapstats,columns,0,title}', '{}'))$$]) AS arguments;
-- nor one whose rows or columns are no objects, or that has a column without a name or a title
SELECT path, element, failure(format('SELECT report_page(''p'', %L)', jsonb_build_array(jsonb_set(spec, path, jsonb_build_array(element)))))
FROM chart_of_gaps, unnest('{"{data,values}","{usermeta,gapstats,columns}","{usermeta,gapstats,totals}","{usermeta,gapstats,not_shown}"}'::text[]) AS p (written), LATERAL (SELECT written::text[]) AS w (path),
	unnest(ARRAY['1', 'null', '[{"field": "a", "title": "b"}]', '{"field": "a"}']::jsonb[]) AS e (element)
WHERE jsonb_typeof(element) <> 'object' OR path[3] = 'columns';

-- Rows are read with the rights of who asks, and nothing else is
CREATE ROLE regress_curious;
CREATE TABLE secret AS TABLE gaps;
CREATE TABLE written (n integer);
CREATE SEQUENCE number;
GRANT USAGE, CREATE ON SCHEMA charts TO regress_curious;
GRANT SELECT ON gaps, flags TO regress_curious;
GRANT USAGE ON number TO regress_curious;
SET ROLE regress_curious;
SELECT length(report_page('page', jsonb_build_array(chart('gaps', 'gaps'), chart('flags', 'flags')))) > 1000 AS has_a_page;
SELECT failure($$SELECT chart('gaps', 'secret')$$);
SELECT failure($$SELECT chart('gaps', 'SELECT pg_read_file(''/etc/passwd'') AS group_focal, 1 AS gap')$$);
SELECT failure($$SELECT chart('gaps', 'SELECT ''a'' AS group_focal, nextval(''number'') AS gap')$$);
CREATE FUNCTION become_owner() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE VIEW trap AS SELECT 'a'::text AS group_focal, become_owner() AS gap;
GRANT SELECT ON trap TO PUBLIC;
RESET ROLE;
-- a superuser does not run it
SELECT failure($$SELECT chart('gaps', 'trap')$$);
-- the script is of one place: there is nothing to say
SELECT proname, pronargs, prosecdef FROM pg_proc WHERE pronamespace = 'gapstats_internal'::regnamespace AND prosrc = 'chart_script';
SET client_min_messages = warning;
DROP SCHEMA charts CASCADE;
DROP ROLE regress_curious;
-- reasons are told in words, all of them
\set reasons `sed -n 's/^#define REASON_[A-Z0-9_]*[^"]*"\(.*\)"$/\1/p' "$PG_ABS_SRCDIR/src/base/reason.h" | tr '\n' ','`
SELECT count(*) > 40 AS known, array_agg(r) FILTER (WHERE gapstats_internal.chart_reason(r) = r) AS without_words FROM string_to_table(rtrim(:'reasons', ','), ',') r;
SELECT DISTINCT m[1] AS decision_without_words
FROM pg_attribute a CROSS JOIN regexp_matches(col_description(a.attrelid, a.attnum), '\m[a-z]+_[a-z_]+\M', 'g') m
WHERE a.attrelid = (SELECT typrelid FROM pg_type WHERE oid = 'significant_disproportionality'::regtype) AND a.attname = 'decision' AND gapstats_internal.chart_reason(m[1]) = m[1];
-- that scores are not known does not say that there are no students; nor is a gap without an interval one that is known to be 0
CREATE TABLE unknown AS
SELECT i AS student_id, CASE WHEN i <= 30 THEN 'a' WHEN i <= 60 THEN 'b' WHEN i = 61 THEN 'alone' ELSE 'unknown' END AS kind, CASE WHEN i <= 61 THEN i % 30 + i / 31 * 20 END AS score
FROM generate_series(1, 90) i;
SELECT c ->> 'description' AS sentence, jsonb_path_query_array(c, '$.title.subtitle') AS notes, jsonb_path_query_array(c, '$.data.values[*].reason') AS notes_of_rows,
	jsonb_path_query_array(c, '$.usermeta.gapstats.not_shown[*].not_shown') AS not_shown
FROM chart('gaps', $$SELECT * FROM gap_report('unknown', '{"score": {"score": "score", "direction": "higher"}}', '{kind}', reference_groups => '{"kind": "a"}')$$) c;
SELECT c ->> 'description' AS sentence, c #> '{title,subtitle}' AS notes
FROM chart('disproportionality', $$VALUES ('a', 2.5), ('b', 0.5)$$, columns => '{"group_name": "column1", "risk_ratio": "column2"}') c;
SELECT jsonb_path_query_array(c, '$.data.values[*].decision') AS decisions
FROM chart('disproportionality', $$VALUES ('a', 2.5, 'exceeds_threshold'), ('b', 0.5, 'within_threshold')$$, columns => '{"group_name": "column1", "risk_ratio": "column2", "decision": "column3"}') c;
-- an error says what is wrong with which group, and not how charts are made
SELECT jsonb_path_query_array(chart('flags', $$VALUES ('a', 0, 0), ('b', 5, 2)$$, columns => '{"group_value": "column1", "students": "column2", "flagged": "column3"}'), '$.usermeta.gapstats.not_shown[*].not_shown');
\set SHOW_CONTEXT always
SELECT chart('flags', $$VALUES ('a', 5, 9)$$, columns => '{"group_value": "column1", "students": "column2", "flagged": "column3"}');
SELECT chart('flags', $$VALUES ('a', -5, -9)$$, columns => '{"group_value": "column1", "students": "column2", "flagged": "column3"}');
\set SHOW_CONTEXT errors
DROP TABLE unknown;
