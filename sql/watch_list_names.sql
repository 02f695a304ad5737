--
-- watch_list: names with quotes, spaces, percent and at signs, everywhere
--
\set SHOW_CONTEXT never
\set list '\'"It\'\'s 100% %s ""q"""\''
CREATE ROLE "regress_odd @list %s 'owner""";
CREATE ROLE "regress_odd %s 'role""";
CREATE SCHEMA "odd %s schema" AUTHORIZATION "regress_odd @list %s 'owner""";
GRANT USAGE ON SCHEMA "odd %s schema" TO "regress_odd %s 'role""";
SET ROLE "regress_odd @list %s 'owner""";
SET search_path = "odd %s schema", gapstats, gapstats_internal;
CREATE TABLE "pu%pils" AS
SELECT i AS student_id, i % 2 AS "sch%s 'ool""", 'regress_odd %s ''role"' AS "vie'wer %I", i AS "@current @@ @", 1 AS c, 2 AS t, 3 AS o, 4 AS s, 5 AS r, 6 AS v FROM generate_series(1, 60) AS i;
SELECT create_watch_list(:list, 'SELECT * FROM "pu%pils" -- the end');
SELECT add_rule(:list, 'r''%s"x %@rules', 'SELECT student_id, student_id FROM "pu%pils"; ', '>', 30, '100% of {value%}, {value} %s @list');
SELECT change_rule(:list, 'r''%s"x %@rules', threshold => 31, query => 'SELECT student_id, student_id + 1 FROM "pu%pils" -- the end',
	applies_to => '"@current @@ @" > 5 -- the end', thresholds_by => 'sch%s ''ool"', thresholds => '{"1": 32}', clear_at => 30);
SELECT switch_rule(:list, 'r''%s"x %@rules', false), switch_rule(:list, 'r''%s"x %@rules', true);
SELECT share_watch_list(:list, viewer_column => 'vie''wer %I');
SELECT publish_counts(:list, 'sch%s ''ool"'), publish_counts(:list, '@current @@ @');
SELECT grant_watch_list(:list, 'follow up', '"regress_odd %s ''role"""'), grant_watch_list(:list, 'counts', '"regress_odd %s ''role"""');
SELECT * FROM refresh_watch_list(:list);
-- by hand: of even i from 30, for i + 1 > 31 flags; of odd i, i + 1 > 32; 1 to 5 are not asked
SELECT student_id, status, reasons, "@current @@ @" FROM "It's 100% %s ""q""" WHERE student_id IN (5, 30, 31, 32, 33) ORDER BY 1;
SELECT count(*) FILTER (WHERE status = 'at risk') AS at_risk, (SELECT count(*) FROM "pu%pils" WHERE student_id + 1 > CASE student_id % 2 WHEN 1 THEN 32 ELSE 31 END) AS by_hand FROM "It's 100% %s ""q""";
SELECT reason FROM "It's 100% %s ""q""_reasons" WHERE student_id = 32;
SELECT student_id, reasons FROM "It's 100% %s ""q""_mine" WHERE student_id = 31;
SELECT * FROM preview_rule(:list, 'SELECT student_id, 1 FROM "pu%pils"', '=', '{1}', 'sch%s ''ool"');
SELECT g.name, p.* FROM unnest('{c,t,o,s,r,v}'::text[]) AS g (name), preview_rule(:list, 'SELECT student_id, 1 FROM "pu%pils"', '=', '{1}', g.name) AS p;
SET client_min_messages = error;
SELECT model, group_value, metric, x, n FROM audit_watch_list(:list, 'SELECT student_id, student_id > 20 FROM "pu%pils"', 'sch%s ''ool"',
	baseline_column => 'sch%s ''ool"', as_of => '2020-01-01', minimum => 5) WHERE metric = 'recall';
SELECT group_value, x, n FROM calibrate_watch_list(:list, 'SELECT student_id, student_id > 20 FROM "pu%pils"', 'sch%s ''ool"', minimum => 5);
SELECT count(*) FROM watch_list_as_of(:list, '2020-01-01');
RESET client_min_messages;
SELECT check_in(:list, '40', '%s @list');
SELECT group_value, alarms, contacted_in_time, pending FROM contact_rates(:list, 'sch%s ''ool"');
SELECT words FROM student_profile(:list, '40') WHERE line > 0;
SELECT group_column, group_value, is_total, students, flagged FROM "It's 100% %s ""q""_counts" WHERE group_column LIKE 'sch%' OR is_total ORDER BY 1, 3, 2;
SET ROLE "regress_odd %s 'role""";
SELECT count(*) FROM "It's 100% %s ""q""_mine";
SELECT check_in(:list, '41');
SET ROLE "regress_odd @list %s 'owner""";
SELECT made_by, note FROM "It's 100% %s ""q""_check_ins" ORDER BY check_in;
SELECT list, state FROM watch_list_health;
CALL run_watch_list(:list);
SELECT job_command(:list);
SELECT * FROM disagreement(:list);
-- in another's place
ALTER MATERIALIZED VIEW "It's 100% %s ""q""" RENAME TO "@@""' %1$s";
SELECT status, newly_flagged, cleared FROM refresh_watch_list('"@@""'' %1$s"');
SELECT * FROM disagreement('"@@""'' %1$s"');
DROP MATERIALIZED VIEW "@@""' %1$s";
SELECT list, state, fix FROM watch_list_health;
SELECT repair_watch_list('"odd %s schema"."@@""'' %1$s_current"');
SELECT * FROM disagreement('"@@""'' %1$s"');
SELECT drop_rule('"@@""'' %1$s"', 'r''%s"x %@rules');
SELECT drop_watch_list('"@@""'' %1$s"');
SELECT relname FROM pg_class WHERE relnamespace = '"odd %s schema"'::regnamespace;
-- Nor do a newline and a tab in a name become anything else
SELECT quote_ident(E'a\nlist\t''q') AS lines, E'a\nlist\t''q_current' AS "table" \gset
SELECT create_watch_list(:'lines', 'SELECT student_id FROM "pu%pils"');
SELECT add_rule(:'lines', E'a\nrule\t', E'SELECT student_id, student_id\nFROM "pu%pils"', '>', 58, E'{value}\nis much\t');
SELECT status, newly_flagged FROM refresh_watch_list(:'lines');
SELECT student_id, to_json(reasons) AS reasons FROM :lines ORDER BY rules_flagged DESC, student_id LIMIT 2;
CALL run_watch_list(:'lines');
SELECT to_json(list::text) AS list, state FROM watch_list_health;
SELECT * FROM disagreement(:'lines');
-- A column more in a part keeps the list what it is
ALTER TABLE :"table" ADD COLUMN more integer;
SELECT to_json(list::text) AS list, state, problem FROM watch_list_health;
SELECT status FROM refresh_watch_list(:'lines');
SELECT repair_watch_list(:'lines');
SELECT count(*) FROM :lines;
SELECT drop_watch_list(:'lines');
SELECT count(*) FROM pg_class WHERE relnamespace = '"odd %s schema"'::regnamespace AND relname LIKE E'a\nlist%';
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA "odd %s schema" CASCADE;
DROP ROLE "regress_odd %s 'role""", "regress_odd @list %s 'owner""";
