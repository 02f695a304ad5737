--
-- watch_list: lists of an earlier format are brought forward, those of a later one refused
--
CREATE ROLE regress_analyst;
CREATE SCHEMA district AUTHORIZATION regress_analyst;
SET search_path = district, gapstats, gapstats_internal;
SET ROLE regress_analyst;
\set SHOW_CONTEXT never
CREATE TABLE students AS SELECT i AS student_id, i % 3 AS mark FROM generate_series(1, 9) AS i;
SELECT create_watch_list('list', 'SELECT student_id FROM students');
SELECT add_rule('list', 'mark', 'SELECT * FROM students', '=', 1, 'Mark {value}');
SELECT status, newly_flagged FROM refresh_watch_list('list');
SELECT format = list_format() AS of_this_version FROM list_settings;

-- what a list of format 0 did not have
CREATE FUNCTION take_back(list regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement(list, 'ALTER TABLE @settings DROP COLUMN shown, DROP COLUMN granted, DROP COLUMN counted, DROP COLUMN table_oid, DROP COLUMN refreshed_within');
	EXECUTE statement(list, 'ALTER TABLE @runs DROP COLUMN n_without_viewer, DROP COLUMN n_unseen, DROP COLUMN combination, DROP COLUMN at_risk_at, DROP COLUMN watch_at, DROP COLUMN parts_unlike, DROP COLUMN sqlstate');
	EXECUTE statement(list, 'ALTER TABLE @flags DROP COLUMN said');
	EXECUTE statement(list, 'UPDATE @settings SET format = 0');
END
$$;
SELECT take_back('list');

-- such a list can be read, and health says what it is
SELECT status, count(*) FROM list GROUP BY status ORDER BY status;
SELECT list, state, problem, fix FROM watch_list_health;
SELECT check_in('list', '1');
-- the next refresh brings it forward, and flags nobody again
SELECT status, flagged, newly_flagged, cleared FROM refresh_watch_list('list');
SELECT format = list_format() AS of_this_version, shown FROM list_settings;
SELECT col_description('list_settings'::regclass, attnum) IS NOT NULL AS has_comment FROM pg_attribute WHERE attrelid = 'list_settings'::regclass AND attname = 'shown';
SELECT * FROM disagreement('list');
SELECT check_in('list', '1') IS NOT NULL AS goes_on;

-- so does pg_cron's call, a change, and a repair, even of a list that has lost its view
SELECT take_back('list');
CALL run_watch_list('list');
SELECT format = list_format() AS of_this_version FROM list_settings;
SELECT take_back('list');
SELECT change_settings('list', '{"clear_after": 2}');
SELECT format = list_format() AS of_this_version FROM list_settings;
SELECT take_back('list');
DROP MATERIALIZED VIEW list CASCADE;
SELECT repair_watch_list('list_current');
SELECT format = list_format() AS of_this_version FROM list_settings;
SELECT count(*) FROM list;

-- and one that has been renamed
SELECT take_back('list');
ALTER MATERIALIZED VIEW list RENAME TO renamed;
SELECT status FROM refresh_watch_list('renamed');
SELECT relname FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relkind = 'm';
ALTER MATERIALIZED VIEW renamed RENAME TO list;
SELECT change_settings('list', '{"clear_after": 1}');
SELECT format = list_format() AS of_this_version FROM list_settings;

-- and an upgrade of the extension, for the lists of all owners
SELECT take_back('list');
RESET ROLE;
SELECT bring_forward(l) FROM watch_lists() AS l;
SELECT format = list_format() AS of_this_version FROM list_settings;
SELECT bring_forward('students');
-- which is not for everybody
CREATE ROLE regress_other;
GRANT USAGE ON SCHEMA district TO regress_other;
SET ROLE regress_other;
SELECT bring_forward('list');
SET ROLE regress_analyst;

-- its views keep what was granted on them (what else it then has is what a new list has: test/t/watch_list_format.pl)
SELECT share_watch_list('list', $$ SELECT 'regress_other', student_id FROM students $$);
SELECT grant_watch_list('list', 'follow up', 'regress_other');
SELECT take_back('list');
CREATE OR REPLACE VIEW list_my_flags WITH (security_barrier) AS
SELECT flag, student_id, status, '' AS reasons, since, flagged_at, flagged_at AS due_at, flagged_at AS last_contact FROM list_flags;
SELECT status FROM refresh_watch_list('list');
SELECT format = list_format() AS of_this_version FROM list_settings;
SELECT has_table_privilege('regress_other', 'list_my_flags', 'SELECT') AS still_granted;

-- a later format is another version's
UPDATE list_settings SET format = list_format() + 1;
\set VERBOSITY terse
SELECT status FROM refresh_watch_list('list');
CALL run_watch_list('list');
SELECT change_rule('list', 'mark', threshold => 2);
SELECT repair_watch_list('list');
SELECT check_in('list', '1');
\set VERBOSITY default
SELECT status FROM refresh_watch_list('list');
SELECT list, state, problem, fix FROM watch_list_health;
SELECT status, count(*) FROM list GROUP BY status ORDER BY status;
SELECT count(*) FROM list_runs;

-- and a list without settings is none's
DELETE FROM list_settings;
SELECT status FROM refresh_watch_list('list');
SELECT drop_watch_list('list');

RESET ROLE;
\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA district CASCADE;
DROP ROLE regress_analyst, regress_other;
