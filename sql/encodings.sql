--
-- a database of another encoding: names are those of every other, and what people read has no letters of two bytes
--
\set QUIET on
\set SHOW_CONTEXT never
SELECT current_database() AS home \gset
CREATE DATABASE regress_latin1 ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0;
CREATE DATABASE regress_ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0;
CREATE DATABASE regress_euc ENCODING 'EUC_KR' LOCALE 'C' TEMPLATE template0;
\set ask 'SET client_encoding = \'UTF8\'; SET search_path = gapstats, public; CREATE TEMP TABLE s AS SELECT CASE i % 2 WHEN 0 THEN \'a\' ELSE \'b\' END AS race, CASE i % 3 WHEN 0 THEN \'x x y\' ELSE \'z\' END AS income, i % 7 AS score FROM generate_series(1, 60) i; SELECT getdatabaseencoding() AS encoding, md5(string_agg(to_jsonb(r)::text, \'\' ORDER BY key)) AS report, string_agg(DISTINCT r.dimension || \': \' || r.group_focal, \', \') FILTER (WHERE r.dimension ~ \' x \') AS names FROM gap_report(\'s\', \'{"m": {"score": "score", "direction": "higher"}}\', \'{race,income}\', depth => 2) r; SELECT jsonb_path_query_array(chart(\'gaps\', $$SELECT * FROM gap_report(\'s\', \'{"m": {"score": "score", "direction": "higher"}}\', \'{race,income}\') WHERE reason IS NULL$$), \'$.data.values[*].label\') AS labels, (SELECT words FROM gapstats_internal.status_words() WHERE language = \'es\' AND name = \'watch\') AS words, gapstats_internal.told_words(\'...\') IS NULL AS says_nothing, gapstats_internal.told_words(\'a\') AS says, gapstats_internal.plain_number(\'{"marks": {}, "zeros": "hide", "minimum": 5}\'::jsonb, \'count\', 1) ~ \'<=\' AS at_most;'
:ask
\c regress_latin1
CREATE EXTENSION gapstats;
:ask
\c regress_ascii
CREATE EXTENSION gapstats;
:ask
\c regress_euc
CREATE EXTENSION gapstats;
:ask
\c :home
DROP DATABASE regress_latin1;
DROP DATABASE regress_ascii;
DROP DATABASE regress_euc;
