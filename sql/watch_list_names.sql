--
-- watch_list: names with quotes, spaces and percent signs, everywhere
--
\set SHOW_CONTEXT never
\set list '\'"It\'\'s 100% %s ""q"""\''
CREATE ROLE "regress_odd %s 'role""";
CREATE SCHEMA "odd %s schema";
SET search_path = "odd %s schema", gapstats;
CREATE TABLE "pu%pils" AS SELECT i AS student_id, i % 2 AS "sch%s 'ool""", current_user AS "vie'wer %I" FROM generate_series(1, 60) AS i;
SELECT create_watch_list(:list, 'SELECT * FROM "pu%pils" -- the end');
SELECT add_rule(:list, 'r''%s"x %', 'SELECT student_id, student_id FROM "pu%pils"; ', '>', 30, '100% of {value%}, {value} %s');
SELECT change_rule(:list, 'r''%s"x %', threshold => 31, query => 'SELECT student_id, student_id + 1 FROM "pu%pils" -- the end');
SELECT switch_rule(:list, 'r''%s"x %', false), switch_rule(:list, 'r''%s"x %', true);
SELECT share_watch_list(:list, viewer_column => 'vie''wer %I');
SELECT publish_counts(:list, 'sch%s ''ool"');
SELECT grant_watch_list(:list, 'follow up', '"regress_odd %s ''role"""'), grant_watch_list(:list, 'counts', '"regress_odd %s ''role"""');
SELECT * FROM refresh_watch_list(:list);
SELECT student_id, status, reasons FROM "It's 100% %s ""q""" WHERE student_id IN (30, 31) ORDER BY 1;
SELECT student_id, reasons FROM "It's 100% %s ""q""_mine" WHERE student_id = 31;
SELECT * FROM preview_rule(:list, 'SELECT student_id, 1 FROM "pu%pils"', '=', '{1}', 'sch%s ''ool"');
SELECT model, group_value, metric, x, n FROM audit_watch_list(:list, 'SELECT student_id, student_id > 20 FROM "pu%pils"', 'sch%s ''ool"',
	baseline_column => 'sch%s ''ool"', as_of => '2020-01-01') WHERE metric = 'recall';
SELECT group_value, x, n FROM calibrate_watch_list(:list, 'SELECT student_id, student_id > 20 FROM "pu%pils"', 'sch%s ''ool"');
SELECT count(*) FROM watch_list_as_of(:list, '2020-01-01');
SELECT check_in(:list, '40');
SELECT group_value, flags, contacted_in_time, pending FROM contact_rates(:list, 'sch%s ''ool"');
SELECT words FROM student_profile(:list, '40') WHERE line > 0;
SELECT list, state FROM watch_list_health;
SELECT drop_rule(:list, 'r''%s"x %');
SELECT drop_watch_list(:list);
SELECT relname FROM pg_class WHERE relnamespace = '"odd %s schema"'::regnamespace;
SET client_min_messages = warning;
DROP SCHEMA "odd %s schema" CASCADE;
DROP ROLE "regress_odd %s 'role""";
