--
-- watch_list: what people enter by hand, what they enter wrongly, and how they take it back
--
-- Student i of 1 to 40 was absent i days, and the rule flags from 36 on; S39 and S40 are the
-- counsellor's, and S5 is, who is on track.
\set SHOW_CONTEXT never
CREATE ROLE regress_owner;
CREATE ROLE regress_counsellor;
CREATE ROLE regress_colleague;
CREATE ROLE regress_sender;
CREATE ROLE regress_reader;
CREATE SCHEMA desk AUTHORIZATION regress_owner;
CREATE SCHEMA elsewhere AUTHORIZATION regress_owner;
GRANT USAGE ON SCHEMA desk TO regress_counsellor, regress_colleague, regress_sender, regress_reader;
SET ROLE regress_owner;
SET search_path = desk, gapstats;
SET TimeZone = 'America/Chicago';
SET DateStyle = 'ISO';
CREATE TABLE pupils AS
SELECT 'S' || i AS student_id, i AS days, CASE WHEN i IN (5, 39, 40) THEN 'regress_counsellor' ELSE 'nobody' END AS counsellor, 'English' AS language
FROM generate_series(1, 40) i;
SELECT create_watch_list('list', 'SELECT student_id, counsellor, language FROM pupils');
SELECT add_rule('list', 'days', 'SELECT student_id, days FROM pupils', '>=', 36, 'Absent {value} {value|day|days}');
SELECT share_watch_list('list', 'SELECT counsellor, student_id FROM pupils UNION ALL SELECT ''regress_colleague'', student_id FROM pupils WHERE days = 40');
SELECT grant_watch_list('list', 'follow up', 'regress_counsellor'), grant_watch_list('list', 'follow up', 'regress_colleague'),
	grant_watch_list('list', 'outbox', 'regress_sender');
SELECT status, flagged FROM refresh_watch_list('list');

-- How a call is refused, whichever day it is; and nothing of how it was done
CREATE FUNCTION refusal(call text) RETURNS TABLE (state text, message text, hint text) LANGUAGE plpgsql AS $$
DECLARE
	context text;
	today CONSTANT date := (now() AT TIME ZONE 'America/Chicago')::date;
BEGIN
	BEGIN
		EXECUTE 'SELECT ' || call;
		message := 'is taken';
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
	END;
	IF context ~ '(OPERATOR\(|(FROM|INTO|UPDATE) desk\.|SELECT \$1)' THEN
		RAISE WARNING '% tells of %', call, context;
	END IF;
	message := replace(replace(replace(message, today::text, '<today>'), (today + interval '1 year')::date::text, '<in a year>'),
		(today - interval '20 years')::date::text, '<20 years ago>');
	RETURN NEXT;
END $$;
CREATE FUNCTION refused(VARIADIC calls text[]) RETURNS TABLE (call text, state text, message text, hint text) LANGUAGE sql AS $$
	SELECT left(c.call, 100), r.* FROM unnest(calls) WITH ORDINALITY AS c (call, place) CROSS JOIN LATERAL refusal(c.call) r ORDER BY c.place
$$;
\pset format unaligned
\pset tuples_only on

--
-- Ids: of another type, not there, not hers, with spaces and capitals
--
CREATE TABLE numbered AS SELECT days AS student_id, days FROM pupils;
SELECT create_watch_list('numbers', 'SELECT student_id FROM numbered');
SELECT add_rule('numbers', 'days', 'SELECT student_id, days FROM numbered', '>=', 36, 'Absent {value} days');
SELECT flagged FROM refresh_watch_list('numbers');
CREATE DOMAIN local_id AS text CHECK (VALUE ~ '^[A-Z][0-9]+$');
CREATE TABLE checked AS SELECT student_id::local_id, days FROM pupils;
SELECT create_watch_list('domains', 'SELECT student_id FROM checked');
-- every function that takes a student does the same
SELECT DISTINCT state, message, hint FROM refused(
	$q$check_in('numbers', 'S40')$q$, $q$assign_student('numbers', 'S40', 'Ms. Lee')$q$, $q$snooze_student('numbers', 'S40', current_date, 'ill')$q$,
	$q$start_intervention('numbers', 'S40', 'Tutoring')$q$, $q$student_profile('numbers', 'S40')$q$, $q$explain_student('numbers', 'S40')$q$);
SELECT DISTINCT state, message, hint FROM refused(
	$q$check_in('numbers', '77')$q$, $q$assign_student('numbers', '77', 'Ms. Lee')$q$, $q$snooze_student('numbers', '77', current_date, 'ill')$q$,
	$q$start_intervention('numbers', '77', 'Tutoring')$q$, $q$student_profile('numbers', '77')$q$, $q$explain_student('numbers', '77')$q$);
SELECT count(*) AS functions FROM pg_proc WHERE pronamespace = 'gapstats'::regnamespace AND 'student_id' = ANY (proargnames[:pronargs]);
SELECT * FROM refused(
	$q$check_in('numbers', NULL)$q$, $q$check_in('numbers', '')$q$, $q$check_in('numbers', '99999999999')$q$, $q$check_in('numbers', '1; DROP TABLE pupils')$q$,
	$q$check_in('numbers', repeat('x', 1000000))$q$, $q$check_in('domains', 'x')$q$, $q$check_in('domains', 'S77')$q$, $q$check_in('numbers', '1')$q$);
-- the type says what an id is; the one of a text is written as it is
SELECT check_in('numbers', ' 040 ');
SELECT student_id FROM numbers_check_ins;
SELECT * FROM refused($q$check_in('list', ' S40')$q$, $q$check_in('list', 's 40')$q$, $q$check_in('list', 'S400')$q$);
-- who is told only of whom she sees
SET ROLE regress_counsellor;
SELECT * FROM refused($q$check_in('list', 's40')$q$, $q$check_in('list', 's38')$q$, $q$check_in('list', 'S38')$q$, $q$check_in('list', 'S77')$q$, $q$check_in('list', 'S5')$q$,
	$q$student_profile('list', 'S38')$q$);
SET ROLE regress_reader;
SELECT * FROM refused($q$check_in('list', 'S40')$q$, $q$student_profile('list', 'S40')$q$, $q$acknowledge_alarms('list', '{1}')$q$, $q$end_intervention('list', 1)$q$);

--
-- Contacts
--
SET ROLE regress_counsellor;
SELECT * FROM refused($q$check_in('list', 'S40', contacted_at => NULL)$q$, $q$check_in('list', 'S40', is_restricted => NULL)$q$, $q$check_in('list', 'S40', contacted_at => '-infinity')$q$,
	$q$check_in('list', 'S40', contacted_at => '1900-01-01')$q$, $q$check_in('list', 'S40', repeat('x', 1000000))$q$, $q$check_in('list', 'S40', 'a' || chr(0))$q$);
-- a note in any language, in lines; one that is blank is none
SELECT check_in('list', 'S40', E' Llamé a su mamá:\nابنها مريض 🤒\n\t"O''Brien"; \\x00 -- {value} @check_ins\n ');
SELECT check_in('list', 'S40', E' \n ', is_restricted => true);
SELECT check_in, note, is_restricted FROM list_my_check_ins ORDER BY check_in;
SELECT * FROM refused($q$correct_note('list', 1, '')$q$, $q$correct_note('list', 1, NULL)$q$, $q$correct_note('list', 1, repeat('x', 1000000))$q$, $q$correct_note('list', 99, 'x')$q$,
	$q$correct_note('list', NULL, 'x')$q$, $q$correct_note('list', 2, 'He is ill')$q$);
-- nobody else corrects it, nor sees a restricted one
SET ROLE regress_colleague;
SELECT * FROM refused($q$correct_note('list', 1, 'x')$q$, $q$correct_note('list', 2, 'x')$q$, $q$take_back_check_in('list', 1)$q$);
SELECT check_in, note, is_restricted FROM list_my_check_ins ORDER BY check_in;
SET ROLE regress_owner;
SELECT * FROM refused($q$correct_note('list', 2, 'x')$q$);
SELECT check_in, note, is_restricted, made_by, corrected_at IS NOT NULL AS corrected FROM list_check_ins ORDER BY check_in;
-- it was another student's: S39 waits again, which only the author can say, or the owner
SET ROLE regress_counsellor;
SELECT check_in('list', 'S39', 'spoke with her aunt');
SELECT student_id, due_at IS NULL AS answered FROM list_my_sheet ORDER BY student_id;
SELECT take_back_check_in('list', 3);
SELECT student_id, due_at IS NULL AS answered FROM list_my_sheet ORDER BY student_id;
SELECT * FROM refused($q$take_back_check_in('list', 3)$q$, $q$take_back_check_in('list', NULL)$q$);
SET ROLE regress_colleague;
SELECT check_in('list', 'S40', 'a colleague''s');
SET ROLE regress_owner;
SELECT take_back_check_in('list', 4);
SELECT check_in FROM list_check_ins ORDER BY check_in;

--
-- Who sees to her, and until when it is put off
--
SET ROLE regress_counsellor;
SELECT * FROM refused($q$assign_student('list', 'S40', '')$q$, $q$assign_student('list', 'S40', '  ')$q$, $q$assign_student('list', 'S40', NULL, current_date)$q$,
	$q$assign_student('list', 'S40', repeat('x', 201))$q$, $q$assign_student('list', 'S40', 'Ms. Lee', '1900-01-01')$q$, $q$assign_student('list', 'S40', 'Ms. Lee', 'infinity')$q$,
	$q$assign_student('list', 'S40', 'Ms. Lee', '2900-01-01')$q$, $q$assign_student('list', 'S5', 'Ms. Lee')$q$);
SELECT state FROM refused($q$assign_student('list', 'S40', 'Ms. Lee', current_date - 1)$q$, $q$assign_student('list', 'S40', 'Ms. Lee', current_date + 367)$q$);
SELECT assign_student('list', 'S40', ' Ms. Lee ', current_date);
SELECT assigned_to, due_on = current_date AS due FROM list_my_sheet WHERE student_id = 'S40';
SELECT assign_student('list', 'S40', NULL);
SELECT assigned_to, due_on FROM list_my_sheet WHERE student_id = 'S40';
SELECT * FROM refused($q$snooze_student('list', 'S39', '2020-01-01', 'ill')$q$, $q$snooze_student('list', 'S39', 'infinity', 'ill')$q$, $q$snooze_student('list', 'S39', '-infinity', 'ill')$q$,
	$q$snooze_student('list', 'S39', NULL, 'ill')$q$, $q$snooze_student('list', 'S39', '2900-01-01', 'ill')$q$, $q$snooze_student('list', 'S39', current_date, ' ')$q$,
	$q$snooze_student('list', 'S39', current_date, NULL)$q$, $q$snooze_student('list', 'S5', current_date, 'ill')$q$);
SELECT state FROM refused($q$snooze_student('list', 'S39', current_date - 1, 'ill')$q$, $q$snooze_student('list', 'S39', current_date + 3 * 365, 'ill')$q$);
-- the last word counts: the long one was a mistake, and a day later her alarm is overdue
SET ROLE regress_owner;
UPDATE list_alarms SET raised_at = raised_at - interval '8 days', due_at = due_at - interval '8 days';
UPDATE list_check_ins SET contacted_at = contacted_at - interval '9 days';
SET ROLE regress_counsellor;
SELECT snooze_student('list', 'S39', current_date + 200, 'on a trip'), snooze_student('list', 'S40', current_date + 200, 'on a trip');
SELECT student_id, put_off_until = current_date + 200 AS put_off, is_overdue FROM list_my_sheet ORDER BY student_id;
SELECT snooze_student('list', 'S39', current_date, 'back already');
SET ROLE regress_owner;
SELECT student_id FROM list_overdue WHERE student_id > 'S38';
UPDATE list_snoozes SET until = until - 1 WHERE reason = 'back already';
SELECT student_id FROM list_overdue WHERE student_id > 'S38';
SELECT student_id, put_off_until IS NOT NULL AS put_off, is_overdue FROM list_sheet WHERE student_id > 'S38' ORDER BY student_id;
-- one condition in both views
SELECT count(*) FROM list_overdue o FULL JOIN (SELECT * FROM list_sheet WHERE is_overdue) s USING (student_id) WHERE o.flag IS NULL OR s.flag IS NULL;

--
-- What is done
--
SET ROLE regress_counsellor;
SELECT * FROM refused($q$start_intervention('list', 'S40', '')$q$, $q$start_intervention('list', 'S40', NULL)$q$, $q$start_intervention('list', 'S40', repeat('x', 201))$q$,
	$q$start_intervention('list', 'S40', 'Tutoring', 0)$q$, $q$start_intervention('list', 'S40', 'Tutoring', 99)$q$, $q$start_intervention('list', 'S40', 'Tutoring', starts_on => '1900-01-01')$q$,
	$q$start_intervention('list', 'S40', 'Tutoring', starts_on => '2900-01-01')$q$, $q$start_intervention('list', 'S40', 'Tutoring', starts_on => 'infinity')$q$);
SELECT start_intervention('list', 'S40', 'Tutoring ', 2, 'Mr. Ray', current_date - 10);
-- the same again is a mistake; by another, or another thing, it is not
SELECT state, replace(message, (current_date - 10)::text, '<then>'), hint FROM refused($q$start_intervention('list', 'S40', 'tutoring', 3, ' mr. ray')$q$);
SELECT start_intervention('list', 'S40', 'Tutoring', 2, 'Ms. Ott'), start_intervention('list', 'S39', 'Tutoring', 2, 'Mr. Ray'), start_intervention('list', 'S40', 'Choir', provided_by => ' ', starts_on => current_date + 10);
SELECT interventions = 'Tutoring (tier 2); Tutoring (tier 2); Choir (from ' || current_date + 10 || ')' AS as_planned FROM list_my_sheet WHERE student_id = 'S40';
SELECT state, replace(message, (current_date - 10)::text, '<then>'), hint FROM refused($q$end_intervention('list', 99)$q$, $q$end_intervention('list', NULL)$q$, $q$end_intervention('list', 1, ends_on => '2900-01-01')$q$,
	$q$end_intervention('list', 1, ends_on => 'infinity')$q$, $q$end_intervention('list', 1, ends_on => '1900-01-01')$q$, $q$correct_intervention('list', 1, ends_on => current_date)$q$, $q$correct_intervention('list', 1, result => 'good')$q$);
SELECT state FROM refused($q$end_intervention('list', 1, ends_on => current_date + 1)$q$, $q$end_intervention('list', 1, ends_on => current_date - 11)$q$);
-- an end is written once, and corrected if that is what is meant
SELECT end_intervention('list', 1, 'Passed', current_date - 1);
SELECT state, replace(message, (current_date - 1)::text, '<yesterday>'), hint FROM refused($q$end_intervention('list', 1)$q$, $q$end_intervention('list', 1, 'Failed')$q$);
SELECT correct_intervention('list', 1, tier => 3, result => 'Passed with B', ends_on => current_date);
SELECT what, tier, provided_by, ends_on = current_date AS ends_today, result, made_by, changed_by FROM list_my_interventions WHERE intervention = 1;
SELECT call, state, replace(message, (current_date - 10)::text, '<then>'), hint FROM refused($q$correct_intervention('list', 1, ends_on => '1900-01-01')$q$, $q$correct_intervention('list', 1, tier => 4)$q$,
	$q$correct_intervention('list', 1, starts_on => '2900-01-01')$q$, $q$correct_intervention('list', 1, what => repeat('x', 201))$q$, $q$correct_intervention('list', 99)$q$,
	$q$correct_intervention('list', 1, reopen => NULL)$q$, $q$correct_intervention('list', 1, result => 'x', reopen => true)$q$);
SELECT correct_intervention('list', 1, what => '', reopen => true);
SELECT what, tier, provided_by, ends_on, result FROM list_my_interventions WHERE intervention = 1;
SELECT state, replace(message, (current_date - 10)::text, '<then>'), hint FROM refused($q$correct_intervention('list', 2, provided_by => 'Mr. Ray')$q$);
-- called off before it began, by a colleague who sees her, too, but not S39
SET ROLE regress_colleague;
SELECT end_intervention('list', 4, ' ');
SELECT what, starts_on = ends_on AS never_began, result, made_by, changed_by FROM list_my_interventions WHERE intervention = 4;
SELECT * FROM refused($q$end_intervention('list', 3)$q$, $q$correct_intervention('list', 3, what => 'x')$q$);
SELECT DISTINCT student_id FROM list_my_interventions;
-- whatever is done for others, a plan tells her the same
RESET ROLE;
CREATE FUNCTION plans() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	condition text;
	line text;
	plans text := '';
	before text;
BEGIN
	FOR i IN 1..6 LOOP
		before := plans;
		plans := '';
		FOREACH condition IN ARRAY '{true,what = ''Tutoring'',student_id = ''S39'',intervention = 3,intervention > 3,ends_on IS NULL,result LIKE ''%e%''}'::text[] LOOP
			FOR line IN EXECUTE 'EXPLAIN (ANALYZE, VERBOSE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT * FROM list_my_interventions WHERE ' || condition LOOP
				EXIT WHEN line = 'Planning:';
				plans := plans || line || E'\n';
			END LOOP;
		END LOOP;
		EXIT WHEN plans = before;
	END LOOP;
	RETURN plans;
END $$;
SET ROLE regress_colleague;
SELECT plans() AS plans \gset
SELECT :'plans' ~ 'Index Scan (using|on) list_interventions' AS by_index, :'plans' ~ 'Seq Scan on desk.list_(interventions|viewers)' AS by_scan;
SET ROLE regress_counsellor;
SELECT end_intervention('list', 3, 'better'), start_intervention('list', 'S39', 'Choir'), start_intervention('list', 'S39', 'Swimming');
SET ROLE regress_colleague;
SELECT plans() = :'plans' AS same;
-- which it would not if it were one of hers
SELECT start_intervention('list', 'S40', 'Reading');
SELECT plans() = :'plans' AS same;

--
-- A student's page
--
SET ROLE regress_owner;
SELECT add_rule('list', 'more', 'SELECT student_id, days FROM pupils', '>', 39, 'More than {threshold} {threshold|day|days}', 'watch');
SELECT add_rule('list', 'off', 'SELECT student_id, days FROM pupils', '>', 39, 'Not asked', 'watch');
SELECT add_rule('list', 'few', 'SELECT student_id, days / 39.9 FROM pupils', '>=', 0.5, 'That is {value} {value|year|years}', 'watch');
SELECT switch_rule('list', 'off', false);
SELECT status FROM refresh_watch_list('list');
SELECT line, replace(words, to_char(current_date, 'Mon FMDD, YYYY'), '<today>') FROM student_profile('list', 'S40');
SELECT line, replace(words, to_char(current_date, 'FMDD/FMMM/YYYY'), '<today>') FROM student_profile('list', 'S40', 'es');
SELECT line, replace(words, to_char(current_date, 'Mon FMDD, YYYY'), '<today>') FROM student_profile('list', 'S5', '');
SELECT * FROM refused($q$student_profile('list', 'S40', 'fr')$q$, $q$student_profile('list', 'S40', 'ES')$q$);
-- words that nothing shows, with placeholders that there are not, and for a rule that there never was
CREATE FUNCTION writes(kind text, name text, words text) RETURNS void LANGUAGE sql AS $$ INSERT INTO list_words (language, kind, name, words) VALUES ('fr', kind, name, words) $$;
SELECT state, message, hint FROM refused($q$writes('rule', 'days', 'Absent {valeu} jours')$q$, $q$writes('rule', 'days', 'Absent {value')$q$, $q$writes('rule', 'days', 'Absent {since}')$q$,
	$q$writes('status', 'at risk', 'Depuis {value}')$q$, $q$writes('status', 'on watch', 'Depuis {since}')$q$, $q$writes('format', 'time', 'HH24:MI')$q$, $q$writes('joke', 'at risk', 'Ha')$q$,
	$q$writes('rule', 'days', 'Absent {value} {value|jour|jours}, {value%} de {threshold}')$q$, $q$writes('rule', 'dayz', 'Absent')$q$);
SELECT problem, fix FROM watch_list_problems WHERE list = 'list'::regclass AND problem ~ 'dayz';
UPDATE list_words SET name = 'more' WHERE (language, kind, name) = ('fr', 'rule', 'dayz');
SELECT drop_rule('list', 'more');
SELECT problem FROM watch_list_problems WHERE list = 'list'::regclass AND problem ~ 'never was';
SELECT add_rule('list', 'more', 'SELECT student_id, days FROM pupils', '>', 39, 'More than {threshold} {threshold|day|days}', 'watch');
DELETE FROM list_words WHERE language = 'fr';

--
-- Settings out of range: the function and the owner's own UPDATE say the same
--
CREATE FUNCTION sets(name text, value jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	said text[] := '{}';
	hint text;
	call text;
BEGIN
	FOREACH call IN ARRAY ARRAY[format('SELECT change_settings(%L, %L)', 'list', jsonb_build_object(name, value)), format('UPDATE list_settings SET %I = %L', name, value #>> '{}')] LOOP
		BEGIN
			EXECUTE call;
			RAISE SQLSTATE 'ZZZZZ' USING MESSAGE = 'is taken';
		EXCEPTION WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
			said := said || concat_ws('|', nullif(SQLSTATE, 'ZZZZZ'), SQLERRM, nullif(hint, ''));
		END;
	END LOOP;
	RETURN said[1] || CASE WHEN said[1] <> said[2] THEN E'\n    ' || said[2] ELSE '' END;
END $$;
SELECT name, value, sets(name, value)
FROM (VALUES ('max_students_change', '20'::jsonb), ('max_students_change', '1'), ('max_students_change', '1.01'), ('max_students_change', '-0.01'), ('max_students_change', '"NaN"'),
	('max_values_change', '50'), ('max_flagged_change', '-1'), ('max_flagged_change', '0'), ('change_floor', '-1'), ('change_floor', '2147483647'), ('lag_days', '-1'), ('lag_days', '36525'), ('lag_days', '36526'),
	('clear_after', '0'), ('clear_after', '366'), ('clear_after', '367'), ('return_within', '"-1 day"'), ('return_within', '"366 days"'), ('return_within', '"367 days"'),
	('refreshed_within', '"59 seconds"'), ('refreshed_within', '"366 days"'), ('refreshed_within', '"367 days"'),
	('at_risk_at', '-1'), ('watch_at', '3'), ('combination', '"all"')) AS v (name, value);
-- what is of no such type, and NULL
SELECT * FROM refused($q$change_settings('list', '{"lag_days": 1, "clear_after": "often"}')$q$, $q$change_settings('list', '{"lag_days": 1.5}')$q$, $q$change_settings('list', '{"school_year_from": "2026-02-30"}')$q$,
	$q$change_settings('list', '{"lag_days": null}')$q$, $q$change_settings('list', '{"max_students_change": 20, "lag_days": 1}')$q$);
-- an accepted run for an earlier day is the last one
SELECT change_settings('list', '{"lag_days": 3}');
SET client_min_messages = error;
SELECT run AS held FROM refresh_watch_list('list') \gset
SELECT status FROM refresh_watch_list('list', accept => :held);
RESET client_min_messages;
SELECT line, replace(words, to_char(current_date - 3, 'Mon FMDD, YYYY'), '<then>') FROM student_profile('list', 'S5');
-- a student who left has none, and a contact with her can still be written down
DELETE FROM pupils WHERE student_id = 'S40';
SELECT status FROM refresh_watch_list('list');
SELECT * FROM refused($q$student_profile('list', 'S40')$q$, $q$explain_student('list', 'S40')$q$, $q$assign_student('list', 'S40', 'Ms. Lee')$q$);
SELECT check_in('list', 'S40', 'moved away') > 0 AS made;

--
-- The outbox
--
SET ROLE regress_sender;
SELECT array_agg(alarm ORDER BY alarm) FROM list_outbox;
SELECT * FROM refused($q$acknowledge_alarms('list', '{1, 99, 77, 99}')$q$, $q$acknowledge_alarms('list', '{1, NULL}')$q$, $q$acknowledge_alarms('list', NULL)$q$, $q$acknowledge_alarms('numbers', '{1}')$q$);
SELECT array_agg(alarm ORDER BY alarm) FROM list_outbox;
SELECT acknowledge_alarms('list', '{1, 2, 2}'), acknowledge_alarms('list', '{2, 3}'), acknowledge_alarms('list', '{1, 2, 3}'), acknowledge_alarms('list', '{}'), acknowledge_alarms('list', '{{4, 5}}');
SELECT array_agg(alarm ORDER BY alarm) FROM list_outbox;

--
-- What depends on a list keeps it, and is not taken along
--
SET ROLE regress_owner;
CREATE VIEW page AS SELECT m.student_id, c.note FROM list_current m JOIN list_check_ins c USING (student_id);
CREATE VIEW upon_page AS SELECT * FROM page;
CREATE TABLE letters (letter integer, flag bigint REFERENCES list_flags, standing list_history);
CREATE FUNCTION letter(c list_current) RETURNS text LANGUAGE sql RETURN c.student_id;
\pset tuples_only off
\set VERBOSITY default
SELECT drop_watch_list('list');
SELECT change_students('list', 'SELECT student_id, days FROM pupils');
SELECT count(*) FROM page;
DROP VIEW upon_page, page;
DROP TABLE letters;
DROP FUNCTION letter;
-- a policy, an index, a rule and statistics of the owner's own are the table's, and go with it
ALTER TABLE list_flags ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON list_flags USING (student_id IN (SELECT student_id FROM list_viewers));
CREATE INDEX ON list_current (counsellor);
CREATE STATISTICS apart ON status, counsellor FROM list_current;
CREATE RULE none AS ON DELETE TO list_counts DO INSTEAD NOTHING;
SELECT change_students('list', 'SELECT student_id, days FROM pupils');
-- a view of the list's that was renamed is named, a table that was renamed is said to be missing
ALTER VIEW list_mine RENAME TO own_students;
ALTER TABLE list_words RENAME TO dictionary;
SELECT drop_watch_list('list');
DROP VIEW own_students;
SELECT drop_watch_list('list');
SELECT relname FROM pg_class WHERE relnamespace = 'desk'::regnamespace AND relkind IN ('r', 'v', 'm') AND (relname ~ '^list' OR relname = 'dictionary');
-- columns that the sheet has itself
SELECT create_watch_list('list', 'SELECT student_id, days AS flag FROM pupils');
SELECT create_watch_list('list', 'SELECT student_id, counsellor AS assigned_to FROM pupils');
\set VERBOSITY terse

--
-- A list as text: everything that makes it, made again elsewhere is the same
--
\pset tuples_only on
CREATE TABLE grades AS SELECT student_id, days % 4 + 9 AS grade, days, 'regress_counsellor' AS "who ""sees"" him", date '2026-01-05' + days AS day FROM pupils;
CREATE FUNCTION elsewhere.high(integer) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN $1 >= 10;
SET DateStyle = 'SQL, DMY';
SET IntervalStyle = 'sql_standard';
SET extra_float_digits = 0;
SELECT create_watch_list('"first"', 'SELECT student_id, grade, "who ""sees"" him" FROM grades WHERE day > ''01/02/2026''', 'points', 3, 1, 'SELECT DISTINCT day FROM grades WHERE day < ''01/03/2026''', 'Asia/Kathmandu');
SELECT add_rule('first', 'r"; DROP TABLE grades; -- @rules', 'SELECT student_id, days FROM grades', '>=', 30, 'Ünï {value} ''"\', 'watch', 2.5, clear_at => 28, thresholds_by => 'grade', thresholds => '{"9": 31, "10": 32.5}');
SELECT add_rule('first', 'high', 'SELECT student_id, days FROM grades', '<', 35, '{value%}', applies_to => 'high(grade)', names_in => 'desk, elsewhere');
SELECT add_rule('first', 'odd', 'SELECT student_id, days FROM grades', '<>', 4, '{threshold}', override => 'as agreed');
SELECT add_rule('first', 'gone', 'SELECT student_id, days FROM grades', '<>', 4, '{threshold}');
SET DateStyle = 'SQL, MDY';
SELECT change_rule('first', 'odd', applies_to => 'grade < 12 AND ''01/02/2026''::date < ''2026-01-15''');
SELECT switch_rule('first', 'odd', false), drop_rule('first', 'gone');
SELECT change_settings('first', '{"calendar": "{2026-01-05,2026-01-06}", "return_within": "1 mon 2 days", "contact_within_school_hours": 12.5, "school_hours_from": "08:15", "school_hours_until": "15:30", "clear_after": 4, "lag_days": 1, "language": "es",
	"max_students_change": 0.11, "max_values_change": 0.12, "max_flagged_change": 0.13, "change_floor": 14, "school_year_from": "2025-08-01", "refreshed_within": "1 day 6 hours"}');
SELECT share_watch_list('first', viewer_column => 'who "sees" him');
SELECT publish_counts('first', 'grade', 5), publish_counts('first', 'who "sees" him', 7);
INSERT INTO first_words (language, kind, name, words) VALUES ('fr', 'status', 'at risk', 'À suivre depuis {since}'), ('es', 'rule', 'high', '«{value}»');
DELETE FROM first_words WHERE language = 'en';
SELECT export_watch_list('first') AS definition \gset
-- in a session that reads dates otherwise
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET search_path = gapstats;
SELECT import_watch_list('desk.second', :'definition');
SHOW DateStyle;
SET search_path = desk, gapstats;
SELECT export_watch_list('second') = export_watch_list('first') AS same, jsonb_array_length(:'definition'::jsonb -> 'rules') AS rules;
-- so is every row of what makes it, but for the numbers and times of rules' versions, and whom it flags
SELECT count(*) FROM first_queries;
SELECT part, rule FROM (SELECT to_jsonb(q), part, rule FROM first_queries q EXCEPT SELECT to_jsonb(q), part, rule FROM second_queries q) d;
SELECT rule FROM (SELECT to_jsonb(r) - '{id, version, changed_at}'::text[], rule FROM first_rules r WHERE superseded_at IS NULL AND state <> 'dropped' EXCEPT SELECT to_jsonb(r) - '{id, version, changed_at}'::text[], rule FROM second_rules r) d;
SELECT key FROM (SELECT e.* FROM first_settings s, jsonb_each(to_jsonb(s)) e EXCEPT SELECT e.* FROM second_settings s, jsonb_each(to_jsonb(s)) e) d ORDER BY key;
SELECT count(*) FROM (SELECT language, kind, name, words FROM first_words EXCEPT SELECT language, kind, name, words FROM second_words) d;
SELECT rule, version, state FROM second_rules ORDER BY id;
SELECT status, students, flagged FROM refresh_watch_list('first');
SELECT status, students, flagged FROM refresh_watch_list('second');
SELECT count(*) FROM first f FULL JOIN second s USING (student_id) WHERE (f.status, f.score, f.reasons) IS DISTINCT FROM (s.status, s.score, s.reasons);
SELECT count(*) FROM (SELECT viewer, student_id FROM first_viewers EXCEPT SELECT viewer, student_id FROM second_viewers) d;
-- broken in every place
CREATE FUNCTION broken(path text[], value jsonb) RETURNS text LANGUAGE sql RETURN format('import_watch_list(''third'', %L)', jsonb_set(export_watch_list('first'), path, value));
CREATE FUNCTION without(path text[]) RETURNS text LANGUAGE sql RETURN format('import_watch_list(''third'', %L)', export_watch_list('first') #- path);
SELECT state, message, hint FROM refused($q$import_watch_list('second', export_watch_list('first'))$q$, $q$import_watch_list(NULL, export_watch_list('first'))$q$, $q$import_watch_list('a.b.c', export_watch_list('first'))$q$,
	$q$import_watch_list('x"; DROP TABLE grades', export_watch_list('first'))$q$, $q$import_watch_list('third', NULL)$q$, $q$import_watch_list('third', '[]')$q$, $q$import_watch_list('third', '7')$q$, $q$import_watch_list('third', '{"format": 2}')$q$,
	$q$import_watch_list('third', '{"format": 1,')$q$, $q$import_watch_list('third', '{"format": 1, "rulez": []}')$q$);
SELECT state, message, hint FROM refused(
	broken('{rulez}', '[]'), broken('{settings,clear_afer}', '3'), broken('{settings,clear_after}', '"often"'), broken('{settings,at_risk_at}', '-1'), broken('{settings,time_zone}', '"Mars"'), broken('{settings}', '[]'), broken('{queries}', '[]'),
	broken('{queries,student}', '{}'), broken('{queries,days,zone}', '"UTC"'), broken('{queries,days,date_style}', '"x"'), broken('{queries,students,query}', '"SELECT 1; DROP TABLE grades"'), broken('{queries,students,query}', 'null'),
	broken('{rules}', '{}'), broken('{rules,0}', '7'), broken('{rules,0,thresholdd}', '1'), broken('{rules,0,threshold}', '"high"'), broken('{rules,0,threshold}', 'null'), broken('{rules,0,query}', '"SELECT 1, 2"'), broken('{rules,0,state}', '"maybe"'),
	broken('{rules,0,thresholds}', '[1]'), broken('{rules,1,rule}', '"odd"'), broken('{rules,1,applies_to,query}', '"grade > 9; DROP TABLE grades"'), broken('{words,0,kind}', '"joke"'), broken('{words,0,word}', '"x"'), broken('{words,0}', '{"language": null, "kind": "status", "name": "x", "words": "y"}'),
	broken('{breakdowns,0,minimum}', '"x"'), broken('{breakdowns,0,minimum}', '0'), broken('{breakdowns,0,group_column}', '"school"'));
SELECT state, message FROM refused(without('{words}'), without('{settings,combination}'), without('{queries,students}'), without('{queries,students,time_zone}'), without('{rules,0,points}'), without('{words,0,words}'));
SELECT count(*) FROM pg_class WHERE relnamespace = 'desk'::regnamespace AND relname ~ '^third';
SELECT count(*) FROM grades;

\pset tuples_only off
RESET ROLE;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA desk, elsewhere CASCADE;
DROP ROLE regress_owner, regress_counsellor, regress_colleague, regress_sender, regress_reader;
