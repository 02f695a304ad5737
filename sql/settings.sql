--
-- whatever a session has set, what is told and kept is the same
--
\set SHOW_CONTEXT never
CREATE ROLE regress_owner;
CREATE SCHEMA district AUTHORIZATION regress_owner;
SET ROLE regress_owner;
SET search_path = district, gapstats;
SET client_min_messages = error;
CREATE TABLE rows AS
SELECT i AS student_id, i % 50 AS score, i % 2 = 0 AS flag, make_interval(months => i % 3, days => -(i % 2)) AS span, date '2024-05-01' + i % 2 AS day, timestamp '2024-05-01 10:00' + make_interval(hours => i % 2) AS moment,
	timestamptz '2024-05-01 23:00+00' + make_interval(hours => i % 2) AS instant, 0.1::float8 + (i % 2) / 3.0 AS portion, (0.1 + (i % 2) / 3.0)::real AS rough, decode(lpad(to_hex(i % 2), 2, '0'), 'hex') AS bytes,
	daterange(date '2024-05-01' + i % 2, '2024-06-01') AS days, ((i % 2) * 1234.5)::numeric::money AS paid, ARRAY[0.1::float8 + (i % 2) / 3.0] AS portions, time '10:00' AS at, timetz '10:00+02' AS zoned, 1.50 AS exact,
	ARRAY[make_interval(days => i % 2)] AS spans
FROM generate_series(1, 100) i;
SELECT create_report('gaps', 'rows', '{"score": {"score": "score", "direction": "higher"}}', '{flag}', '{span,day,instant,portion,days}', 'moment') \g /dev/null
SELECT create_watch_list('list', 'SELECT student_id, day, span, portion, rough, instant FROM rows') \g /dev/null
SELECT add_rule('list', 'score', 'SELECT student_id, score FROM rows', '>=', 25, 'Score {value} ({threshold})', thresholds_by => 'day', thresholds => '{"2024-05-01": 30, "2024-05-02": 20}') \g /dev/null
SELECT publish_counts('list', 'span', 1), publish_counts('list', 'instant', 1), publish_counts('list', 'rough', 1) \g /dev/null
SELECT status FROM refresh_watch_list('list');
CREATE FUNCTION error_of(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE call;
	RETURN 'none';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' ', SQLERRM, detail, hint);
END $$;
-- what of it each column of the rows names; and what else there is
CREATE VIEW told AS
SELECT 'stratum ' || c AS what, (SELECT string_agg(g.key || to_jsonb(g)::text, '' ORDER BY g.key COLLATE "C") FROM gap_report('rows', '{"m": {"score": "score", "direction": "higher"}}', '{flag}', ARRAY[c]) g) AS told
FROM unnest('{span,day,moment,instant,portion,rough,bytes,days,paid,portions,at,zoned,exact,spans}'::text[]) AS c
UNION ALL
SELECT 'period ' || c, (SELECT string_agg(g.key || g.period || coalesce(g.previous_period, ''), '' ORDER BY g.key COLLATE "C") FROM gap_report('rows', '{"m": {"score": "score", "direction": "higher"}}', '{flag}', '{}', c) g)
FROM unnest('{span,day,moment,instant,portion,rough,exact}'::text[]) AS c
UNION ALL
SELECT 'chart ' || c, chart('gaps', format('SELECT %I AS stratum, ''a'' AS group_focal, min(score) AS gap, avg(portion) AS gap_lower, 100 AS gap_upper FROM rows GROUP BY 1', c))::text
FROM unnest('{span,day,moment,instant,portion,rough,bytes,days}'::text[]) AS c
UNION ALL
SELECT 'page', report_page('Page', jsonb_build_array(chart('gaps', 'SELECT day AS stratum, ''a'' AS group_focal, avg(portion) AS gap FROM rows GROUP BY 1')))
UNION ALL
SELECT 'definition', export_watch_list('list')::text
UNION ALL
SELECT 'list', string_agg(l.student_id || l.status || l.reasons, ',' ORDER BY l.student_id) FROM list l
UNION ALL
SELECT 'reasons', string_agg(r.student_id || r.reason || r.threshold, ',' ORDER BY r.student_id) FROM list_reasons r
UNION ALL
SELECT 'counts', string_agg(concat_ws(' ', c.group_column, c.group_value, c.students, c.flagged), ',' ORDER BY c.group_column, c.group_value COLLATE "C") FROM list_counts c
UNION ALL
SELECT 'distribution', distribution(portion)::text FROM rows
UNION ALL
SELECT 'days', (daterange('2024-05-01', '2024-06-01')::dayset)::text
UNION ALL
SELECT 'profile', student_profile('list', '1')::text
UNION ALL
SELECT 'suppressed ' || c, (SELECT string_agg(s.cell || s.members::text || s.shown, ',' ORDER BY s.members::text COLLATE "C") FROM suppress(format('SELECT %1$I AS c, flag, count(*) AS n FROM rows GROUP BY CUBE (%1$I, flag)', c), '{c,flag}', '{"n": "count"}', minimum => 30) s)
FROM unnest('{span,day,moment,instant,portion,rough,bytes,days,paid,portions,at,zoned,exact,spans}'::text[]) AS c
UNION ALL
SELECT 'audited ' || c, (SELECT string_agg(to_jsonb(a)::text, ',' ORDER BY to_jsonb(a)::text COLLATE "C")
	FROM disclosure_audit(format('SELECT %1$I AS c, flag, CASE WHEN flag THEN ''*'' ELSE count(*)::text END AS n FROM rows GROUP BY CUBE (%1$I, flag)', c), '{c,flag}', '{"n": "count"}', hierarchies => jsonb_build_object('c', format('SELECT DISTINCT %I, ''all of them'' FROM rows', c))) a)
FROM unnest('{span,day,moment,instant,portion,rough}'::text[]) AS c
UNION ALL
SELECT 'error of ' || e, error_of(e) FROM unnest(ARRAY[$$SELECT gap_by_group(instant, d, 'others', '2020-01-01 00:00+00') OVER () FROM (SELECT instant, distribution(score) AS d FROM rows GROUP BY instant) s$$, $$SELECT gap_by_group(day, d, confidence => CASE day WHEN '2024-05-01' THEN 0.1 + 0.2::float8 ELSE 0.5 END) OVER (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM (SELECT day, distribution(score) AS d FROM rows GROUP BY day) s$$,
	$$SELECT count(*) FROM disclosure_audit('SELECT day, count(*) AS n FROM rows GROUP BY day', '{day}', '{"n": "count"}', hierarchies => '{"day": "SELECT day, day FROM rows"}')$$,
	$$SELECT change_settings('list', '{"return_within": "400 days"}')$$, $$SELECT change_settings('list', '{"contact_within": "-1 day"}')$$,
	$$UPDATE list_settings SET contact_within_school_days = 1$$]) AS e;
CREATE TABLE before AS TABLE told;
CREATE TABLE rows_before AS SELECT key, r::text AS looks, xmin AS was FROM gaps r;
SELECT count(*), count(told) FROM before;
SELECT told FROM before WHERE what ~ '^(error|counts)' ORDER BY what;
SELECT create_ledger('releases') \g /dev/null
SELECT publish_release('releases', 'by day', 'all', 'rows', '2024-05-01', 'SELECT day, instant, ''*'' AS n FROM rows GROUP BY 1, 2 UNION ALL SELECT day, NULL, count(*)::text FROM rows GROUP BY 1', '{day,instant}', '{"n": "count"}', accept => 'as a test') IS NOT NULL AS is_released;

-- each as odd as can be; a run under them changes nothing
SET IntervalStyle = 'sql_standard';
SET DateStyle = 'German, DMY';
SET TimeZone = 'Asia/Kolkata';
SET extra_float_digits = -10;
SET bytea_output = 'escape';
SET xmlbinary = 'hex';
SET default_text_search_config = 'simple';
SELECT t.what, left(t.told, 200) AS told, left(b.told, 200) AS before FROM told t JOIN before b USING (what) WHERE t.told IS DISTINCT FROM b.told ORDER BY what;
SELECT status, n_rows > 20 AS has_rows, n_written FROM refresh_report('gaps');
SELECT status, newly_flagged, escalated, cleared FROM refresh_watch_list('list');
-- the days and moments of a release are those of one before: together they tell
SELECT publish_release('releases', 'by instant', 'all', 'rows', '2024-05-01', 'SELECT day, instant, count(*)::text AS n FROM rows GROUP BY 1, 2', '{day,instant}', '{"n": "count"}') AS given_away;
SELECT l.members, string_agg(numbers[1], ' ' ORDER BY release) AS numbers FROM releases_cells l GROUP BY l.members ORDER BY 1;
SELECT count(*) AS rewritten FROM gaps r JOIN rows_before b USING (key) WHERE r.xmin <> b.was;
SET IntervalStyle = 'iso_8601';
SET DateStyle = 'SQL, MDY';
SET TimeZone = '<+14>-14';
SET extra_float_digits = 3;
SELECT t.what, left(t.told, 200) AS told, left(b.told, 200) AS before FROM told t JOIN before b USING (what) WHERE t.told IS DISTINCT FROM b.told ORDER BY what;
SELECT status, n_rows > 20 AS has_rows, n_written FROM refresh_report('gaps');
SELECT status, newly_flagged, escalated, cleared FROM refresh_watch_list('list');
SET IntervalStyle = 'postgres_verbose';
SELECT t.what, left(t.told, 200) AS told, left(b.told, 200) AS before FROM told t JOIN before b USING (what) WHERE t.told IS DISTINCT FROM b.told ORDER BY what;
RESET ROLE;
DROP SCHEMA district CASCADE;
DROP ROLE regress_owner;
