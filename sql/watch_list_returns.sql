-- What comes back after a gap: values lost for a night, a student off the list, a calendar that
-- goes back, a student of whom a column is not known. Expected values follow by hand from the
-- comments: students 1 to 10 are flagged by both rules, "abs" watch and "score" at risk.
SET client_min_messages = warning;
CREATE ROLE returns_owner;
CREATE SCHEMA returns AUTHORIZATION returns_owner;
SET ROLE returns_owner;
SET search_path = returns, gapstats, public;
CREATE TABLE st AS SELECT i AS student_id, 9 + i % 4 AS grade FROM generate_series(1, 20) i;
CREATE TABLE a AS SELECT student_id, CASE WHEN student_id <= 10 THEN .15 ELSE .01 END::numeric AS v FROM st;
CREATE TABLE b AS SELECT student_id, CASE WHEN student_id <= 10 THEN 30 ELSE 80 END AS v FROM st;
SELECT create_watch_list('l', 'SELECT student_id, grade FROM st', time_zone => 'UTC');
SELECT add_rule('l', 'abs', 'SELECT student_id, v FROM a', '>=', 0.1, '{value%}', severity => 'watch');
SELECT add_rule('l', 'score', 'SELECT student_id, v FROM b', '<', 50, '{value}');
SELECT status, newly_flagged FROM refresh_watch_list('l');
SELECT count(check_in('l', student_id::text)) FROM l_sheet;

-- three scores are lost for a night: nobody eased, and no new alarm when they are back
CREATE TABLE b0 AS TABLE b;
DELETE FROM b WHERE student_id <= 3;
SELECT status FROM refresh_watch_list('l');
SELECT event, count(*) FROM l_history WHERE until_time IS NULL GROUP BY event ORDER BY event;
INSERT INTO b SELECT * FROM b0 WHERE student_id <= 3;
SELECT status, escalated FROM refresh_watch_list('l');
SELECT event, count(*) FROM l_history WHERE until_time IS NULL GROUP BY event ORDER BY event;
SELECT kind, count(*) FROM l_alarms GROUP BY kind;

-- lost, then known to be better, then worse: an alarm
DELETE FROM b WHERE student_id = 1;
SELECT status FROM refresh_watch_list('l');
INSERT INTO b VALUES (1, 80);
SELECT status FROM refresh_watch_list('l');
SELECT status, rules FROM l_flags WHERE student_id = 1;
UPDATE b SET v = 20 WHERE student_id = 1;
SELECT status, escalated FROM refresh_watch_list('l');
SELECT kind, count(*) FROM l_alarms GROUP BY kind ORDER BY kind;

-- off the list, back on track, and flagged later: a flag and an alarm of her own
DELETE FROM st WHERE student_id = 2;
SELECT status FROM refresh_watch_list('l');
INSERT INTO st VALUES (2, 9);
UPDATE b SET v = 80 WHERE student_id = 2;
UPDATE a SET v = 0 WHERE student_id = 2;
SELECT status FROM refresh_watch_list('l');
UPDATE b SET v = 20 WHERE student_id = 2;
SELECT status, newly_flagged FROM refresh_watch_list('l');
-- off the list, and flagged when she is back: the flag that she had
DELETE FROM st WHERE student_id = 3;
SELECT status FROM refresh_watch_list('l');
INSERT INTO st VALUES (3, 9);
SELECT status, newly_flagged FROM refresh_watch_list('l');
SELECT event FROM l_history WHERE student_id = 3 AND until_time IS NULL;
-- and with it the contact
SELECT f.since = h.from_day AS as_before, count(*) AS contacts FROM l_flags f JOIN l_check_ins USING (flag) JOIN (SELECT min(from_day) AS from_day FROM l_history WHERE student_id = 3) h ON true WHERE f.student_id = 3 AND f.cleared_at IS NULL GROUP BY 1;
SELECT last_contact_by FROM l_sheet WHERE student_id = 3;
SELECT * FROM gapstats_internal.disagreement('l');

-- a new reason in the night in which the score is lost (4), or everything that flagged her (5), is
-- an alarm; none comes again when the values do
SELECT count(check_in('l', student_id::text)) FROM l_sheet WHERE student_id IN (4, 5);
CREATE TABLE c AS SELECT student_id, CASE WHEN student_id IN (4, 5) THEN 3 ELSE 0 END AS v FROM st;
SELECT add_rule('l', 'late', 'SELECT student_id, v FROM c', '>=', 3, '{value}', severity => 'watch');
CREATE TABLE a0 AS TABLE a;
DELETE FROM b WHERE student_id IN (4, 5);
DELETE FROM a WHERE student_id = 5;
SELECT status FROM refresh_watch_list('l');
SELECT student_id, status, rules, event FROM l_history WHERE student_id IN (4, 5) AND until_time IS NULL ORDER BY student_id;
SELECT student_id, status, rules FROM l_flags WHERE student_id IN (4, 5) ORDER BY student_id;
SELECT student_id, kind FROM l_alarms WHERE student_id IN (4, 5) ORDER BY student_id, alarm;
SELECT count(check_in('l', student_id::text)) FROM l_sheet WHERE student_id IN (4, 5);
INSERT INTO b VALUES (4, 30), (5, 30);
INSERT INTO a SELECT * FROM a0 WHERE student_id = 5;
SELECT status, escalated FROM refresh_watch_list('l');
SELECT student_id, status, rules, event FROM l_history WHERE student_id IN (4, 5) AND until_time IS NULL ORDER BY student_id;
SELECT count(*) FROM l_alarms WHERE student_id IN (4, 5);
SELECT * FROM gapstats_internal.disagreement('l');

-- a rule that is off does not keep a list from being resumed
DROP TABLE a;
SELECT switch_rule('l', 'abs', false);
ALTER TABLE b ALTER v TYPE bigint;
SELECT status, error FROM refresh_watch_list('l');
SELECT fix FROM watch_list_health WHERE list = 'l'::regclass;
SET client_min_messages = notice;
SELECT resume_watch_list('l');
SET client_min_messages = warning;
SELECT status FROM refresh_watch_list('l');
SELECT drop_watch_list('l');

-- days that go back hold the run, of however few students; accepted, no standing ends before it began
CREATE TABLE days (day date);
INSERT INTO days VALUES ('2026-11-20');
SELECT create_watch_list('h', 'SELECT student_id FROM st', days_query => 'SELECT day FROM days', time_zone => 'UTC');
SELECT add_rule('h', 'score', 'SELECT student_id, v FROM b', '<', 50, '{value}');
SELECT status, flagged FROM refresh_watch_list('h');
UPDATE days SET day = '2026-09-20';
UPDATE b SET v = 80 WHERE student_id = 5;
SELECT run, status, error FROM refresh_watch_list('h');
SELECT status, cleared FROM refresh_watch_list('h', accept => 2);
SELECT from_day, until_day FROM h_history WHERE student_id = 5;
SELECT drop_watch_list('h');

-- grade 9 has a threshold of its own, and a rule is for grade 10: who has no grade is not on track
CREATE TABLE g AS SELECT i AS student_id, (ARRAY[9, 10, NULL])[1 + i % 3] AS grade, 2 AS v FROM generate_series(1, 30) i;
SELECT create_watch_list('n', 'SELECT student_id, grade FROM g', time_zone => 'UTC');
SELECT add_rule('n', 'by grade', 'SELECT student_id, v FROM g', '>=', 3, 'x', thresholds_by => 'grade', thresholds => '{"9": 2}');
SELECT status FROM refresh_watch_list('n');
SELECT grade, status, rules_missing, count(*) FROM n GROUP BY grade, status, rules_missing ORDER BY grade;
SELECT add_rule('n', 'tenth', 'SELECT student_id, v FROM g', '>=', 2, 'x', applies_to => 'grade = 10');
SELECT status FROM refresh_watch_list('n');
SELECT grade, status, reasons, rules_missing, count(*) FROM n GROUP BY grade, status, reasons, rules_missing ORDER BY grade;
SELECT drop_watch_list('n');
-- a day that was mistyped and published, and the run accepted that takes it back: one standing a student and day
CREATE TABLE d (day date);
INSERT INTO d VALUES ('2025-11-03');
CREATE TABLE vv AS SELECT i AS student_id, 0 AS x FROM generate_series(1, 60) i;
UPDATE vv SET x = 1 WHERE student_id = 7;
SELECT create_watch_list('z', 'SELECT student_id FROM vv', days_query => 'SELECT day FROM d', time_zone => 'UTC');
SELECT add_rule('z', 'r', 'SELECT student_id, x FROM vv', '>=', 1, 'x'), add_rule('z', 'r2', 'SELECT student_id, x FROM vv', '>=', 2, 'x');
SELECT status FROM refresh_watch_list('z');
INSERT INTO d VALUES ('2025-11-20');
UPDATE vv SET x = 2 WHERE student_id IN (7, 9);
SELECT status FROM refresh_watch_list('z');
UPDATE d SET day = '2025-11-04' WHERE day = '2025-11-20';
UPDATE vv SET x = 1 WHERE student_id = 7;
SELECT run AS held, status, error FROM refresh_watch_list('z') \gset held_
SELECT status FROM refresh_watch_list('z', accept => :held_held);
INSERT INTO d VALUES ('2025-11-05');
UPDATE vv SET x = 2 WHERE student_id = 7;
SELECT status FROM refresh_watch_list('z');
SELECT student_id, reasons, since FROM z WHERE reasons <> '' ORDER BY 1;
SELECT * FROM standings_on('z', '2025-11-03');
SELECT * FROM standings_on('z', '2025-11-04');
SELECT * FROM standings_on('z', '2025-11-05');
SELECT student_id, reasons, since, source FROM watch_list_as_of('z', '2025-11-05');
SELECT * FROM gapstats_internal.disagreement('z');
-- nor is a value past its threshold since a day that has not been: with clear_after 3, and since the 6th, r2 flags 7
-- no more on the 10th
SELECT change_settings('z', '{"clear_after": 3}');
INSERT INTO d VALUES ('2025-11-25');
UPDATE vv SET x = 1 WHERE student_id = 7;
SELECT status FROM refresh_watch_list('z');
UPDATE d SET day = '2025-11-06' WHERE day = '2025-11-25';
SELECT run AS held, status FROM refresh_watch_list('z') \gset held_
SELECT status FROM refresh_watch_list('z', accept => :held_held);
SELECT clearing FROM z_values WHERE student_id = 7;
INSERT INTO d VALUES ('2025-11-07');
SELECT status FROM refresh_watch_list('z');
SELECT reasons FROM z WHERE student_id = 7;
INSERT INTO d VALUES ('2025-11-10');
SELECT status FROM refresh_watch_list('z');
SELECT reasons FROM z WHERE student_id = 7;
SELECT * FROM gapstats_internal.disagreement('z');

-- A flag lives by the rules that raised it: that another never had a value keeps it from nothing. One that
-- had a value and flagged her keeps it until it has one again.
CREATE TABLE pupils AS SELECT i AS student_id FROM generate_series(1, 50) i;
CREATE TABLE rates AS SELECT student_id, 0.11 AS rate FROM pupils;
CREATE TABLE tests AS SELECT i AS student_id, 300 AS score FROM generate_series(2, 50) i;
UPDATE tests SET score = 100 WHERE student_id = 3;
SELECT create_watch_list('lives', 'SELECT student_id FROM pupils');
SELECT change_settings('lives', '{"change_floor": 1000}');
SELECT add_rule('lives', 'rate', 'SELECT student_id, rate FROM rates', '>=', 0.10, '{value%}'), add_rule('lives', 'test', 'SELECT student_id, score FROM tests', '<', 200, '{value}');
SELECT status FROM refresh_watch_list('lives');
UPDATE rates SET rate = 0.01 WHERE student_id <= 3;
DELETE FROM tests WHERE student_id = 3;
SELECT status, cleared FROM refresh_watch_list('lives');
SELECT student_id, status, cleared_as FROM lives_flags WHERE student_id <= 3 ORDER BY 1;
SELECT student_id, status, reasons, since IS NULL AS never FROM lives WHERE student_id <= 3 ORDER BY 1;
SELECT student_id FROM lives_sheet WHERE student_id <= 3;
SELECT event, student_id, status FROM lives_events WHERE student_id <= 3 AND event <> 'flagged' ORDER BY student_id, event;
SELECT * FROM gapstats_internal.disagreement('lives');
-- her other rule has none for another night, and then has one that is well, while a third is missing
DELETE FROM rates WHERE student_id = 3;
SELECT status, cleared FROM refresh_watch_list('lives');
INSERT INTO tests VALUES (3, 300);
SELECT status, cleared FROM refresh_watch_list('lives');
SELECT student_id, status, cleared_as FROM lives_flags WHERE student_id = 3;
SELECT * FROM gapstats_internal.disagreement('lives');
-- a rule that is changed while her value is missing clears nobody
DELETE FROM rates WHERE student_id = 4;
SELECT change_rule('lives', 'rate', threshold => 0.2);
SELECT status, cleared FROM refresh_watch_list('lives');
SELECT student_id, cleared_as FROM lives_flags WHERE student_id IN (4, 5) ORDER BY 1;
SELECT * FROM gapstats_internal.disagreement('lives');

-- A list that a dump in two parts has left empty is shown by the next run
REFRESH MATERIALIZED VIEW lives WITH NO DATA;
SELECT state, problem, fix FROM watch_list_health WHERE list = 'lives'::regclass AND problem LIKE '%shown%';
SELECT status FROM refresh_watch_list('lives');
SELECT count(*) FROM lives;
UPDATE rates SET rate = 0.3 WHERE student_id = 5;
SELECT status, newly_flagged FROM refresh_watch_list('lives');
SELECT status FROM lives WHERE student_id = 5;
SELECT * FROM gapstats_internal.disagreement('lives');

-- A flag stands for the rules that raised it or came to it, and follows each by itself. One student, whose marks of
-- the rules A, B and C are given night by night (NULL: no value), beside one who is always well; 1 flags. What is expected is said before each night.
CREATE TABLE one AS SELECT i AS student_id FROM generate_series(1, 2) AS i;
CREATE TABLE marks (rule text, value integer);
CREATE FUNCTION night(VARIADIC marks integer[]) RETURNS TABLE (status text, event text, flags bigint, cleared_as text, alarms text, disagreement bigint)
LANGUAGE plpgsql AS $$
DECLARE
	this bigint;
BEGIN
	DELETE FROM returns.marks;
	INSERT INTO returns.marks SELECT (ARRAY['A', 'B', 'C'])[m.n], m.value FROM unnest(marks) WITH ORDINALITY AS m (value, n) WHERE m.value IS NOT NULL;
	SELECT r.run INTO this FROM refresh_watch_list('f') r;
	RETURN QUERY SELECT (SELECT l.status FROM f l WHERE l.student_id = 1), (SELECT h.event FROM f_history h WHERE h.until_time IS NULL), (SELECT count(*) FROM f_flags),
		(SELECT l.cleared_as FROM f_flags l ORDER BY l.flag DESC LIMIT 1), (SELECT string_agg(a.kind || ': ' || a.status, ', ') FROM f_alarms a WHERE a.run = this),
		(SELECT count(*) FROM gapstats_internal.disagreement('f'));
END
$$;
CREATE FUNCTION begin_list(combination text, at_risk_at numeric, watch_at numeric, VARIADIC severities text[]) RETURNS SETOF integer LANGUAGE plpgsql AS $$
BEGIN
	IF to_regclass('f') IS NOT NULL THEN
		PERFORM drop_watch_list('f');
	END IF;
	PERFORM create_watch_list('f', 'SELECT student_id FROM one', combination, at_risk_at, watch_at, time_zone => 'UTC');
	RETURN QUERY SELECT add_rule('f', r.rule, format('SELECT 1, value FROM marks WHERE rule = %L UNION ALL SELECT 2, 0', r.rule), '>=', 1, r.rule, severity => r.severity)
	FROM unnest('{A,B,C}'::text[], severities) AS r (rule, severity) WHERE r.severity IS NOT NULL;
END
$$;

-- A has no value when B flags her, and still none when B is well: her flag stands for A alone. B again: worse
SELECT begin_list('severity', 2, 1, 'watch', 'at risk');
SELECT * FROM night(1, 0);
SELECT * FROM night(NULL, 1);
SELECT check_in('f', '1');
SELECT * FROM night(NULL, 0);
SELECT status, rules FROM f_flags;
SELECT * FROM night(NULL, 1);
-- A is as it was known: nothing new; nobody has called since, and B again is worse all the same
SELECT * FROM night(NULL, 0);
SELECT * FROM night(1, 0);
SELECT * FROM night(1, 1);
-- B is not known: nothing eased, and nothing is new when it is. B is well, A not known: eased. A again: a new reason
-- after a call
SELECT * FROM night(1, NULL);
SELECT status, rules FROM f_flags;
SELECT * FROM night(1, 1);
SELECT * FROM night(1, NULL);
SELECT * FROM night(0, NULL);
SELECT status, rules FROM f_flags;
SELECT check_in('f', '1');
SELECT * FROM night(1, NULL);

-- She left, and is well when she is back: her flag is over, and what comes later is a flag of its own
SELECT begin_list('severity', 2, 1, 'watch', 'at risk');
SELECT * FROM night(1, 0);
DELETE FROM one WHERE student_id = 1;
SELECT * FROM night(1, 0);
INSERT INTO one VALUES (1);
SELECT * FROM night(0, 0);
SELECT * FROM night(NULL, 0);
SELECT * FROM night(1, 0);
-- so it is if she left once more meanwhile, and B, or nothing known, is what she is back with; or her row is lost
DELETE FROM one WHERE student_id = 1;
SELECT * FROM night(1, 0);
INSERT INTO one VALUES (1);
SELECT * FROM night(0, 0);
DELETE FROM one WHERE student_id = 1;
SELECT * FROM night(0, 0);
INSERT INTO one VALUES (1);
SELECT * FROM night(NULL, 0);
DELETE FROM f_current WHERE student_id = 1;
SELECT * FROM night(0, 1);
DELETE FROM one WHERE student_id = 1;
SELECT * FROM night(0, 1);
INSERT INTO one VALUES (1);
SELECT * FROM night(0, 0);
DELETE FROM one WHERE student_id = 1;
SELECT * FROM night(0, 0);
INSERT INTO one VALUES (1);
SELECT * FROM night(1, 0);
-- so it is if B is not known, which never flagged her
DELETE FROM one WHERE student_id = 1;
SELECT * FROM night(1, 0);
INSERT INTO one VALUES (1);
SELECT * FROM night(0, NULL);
SELECT * FROM night(1, NULL);
-- but if A is not, she has her flag back, and no alarm when A flags her as before
DELETE FROM one WHERE student_id = 1;
SELECT * FROM night(1, 0);
INSERT INTO one VALUES (1);
SELECT * FROM night(NULL, 0);
SELECT since IS NOT NULL AS is_flagged_since FROM f WHERE student_id = 1;
SELECT * FROM night(1, 0);
-- nor if she is well then, but then it ends
DELETE FROM one WHERE student_id = 1;
SELECT * FROM night(1, 0);
INSERT INTO one VALUES (1);
SELECT * FROM night(NULL, 0);
SELECT * FROM night(0, 0);

-- Two of three raise a flag. It ends when both are well, though the third, which flagged her once, but never with
-- another, has no value
SELECT begin_list('k of n', 3, 2, 'at risk', 'at risk', 'at risk');
SELECT * FROM night(0, 0, 1);
SELECT * FROM night(0, 0, NULL);
SELECT * FROM night(1, 1, NULL);
SELECT * FROM night(0, 0, NULL);
-- if one of the two has none, it does not; nor is it worse when that one is known, unless one came that had been well
SELECT * FROM night(1, 1, 1);
SELECT * FROM night(1, NULL, 0);
SELECT status, rules FROM f_flags WHERE cleared_at IS NULL;
SELECT * FROM night(1, 1, 0);
SELECT * FROM night(1, NULL, 0);
SELECT * FROM night(1, NULL, 1);
SELECT * FROM night(1, 1, 1);

-- One of two is switched off: the other flags her as before, so it was the change that cleared her. On again: her flag,
-- no alarm
SELECT begin_list('k of n', 3, 2, 'at risk', 'at risk', 'at risk');
SELECT * FROM night(1, 1, 0);
SELECT check_in('f', '1');
SELECT switch_rule('f', 'A', false);
SELECT * FROM night(1, 1, 0);
SELECT switch_rule('f', 'A', true);
SELECT * FROM night(1, 1, 0);
SELECT last_contact IS NOT NULL AS was_called FROM f_sheet;
-- the other is well that night: that is hers, and what comes later is a flag of its own
SELECT switch_rule('f', 'A', false);
SELECT * FROM night(1, 0, 0);
SELECT switch_rule('f', 'A', true);
SELECT * FROM night(1, 1, 0);
-- three of three are asked for, and two again; and then the third flags her: a flag by her own change
SELECT change_settings('f', '{"watch_at": 3}');
SELECT * FROM night(1, 1, 0);
SELECT change_settings('f', '{"watch_at": 2}');
SELECT * FROM night(1, 1, 0);
SELECT change_settings('f', '{"watch_at": 3}');
SELECT * FROM night(1, 1, 0);
SELECT * FROM night(1, 1, 1);
-- but two that were well meanwhile are no more the flag that they raised
SELECT * FROM night(0, 0, 0);
SELECT change_settings('f', '{"watch_at": 2}');
SELECT * FROM night(1, 1, 0);
SELECT change_settings('f', '{"watch_at": 3}');
SELECT * FROM night(1, 1, 0);
SELECT * FROM night(0, 0, 0);
SELECT said FROM f_flags ORDER BY flag DESC LIMIT 1;
SELECT change_settings('f', '{"watch_at": 2}');
SELECT * FROM night(1, 1, 0);

-- The combination is changed, and changed back; so are points, and a severity
SELECT begin_list('severity', 2, 1, 'watch', 'watch');
SELECT * FROM night(1, 0);
SELECT change_settings('f', '{"combination": "k of n", "at_risk_at": 2, "watch_at": 2}');
SELECT * FROM night(1, 0);
SELECT change_settings('f', '{"combination": "severity"}');
SELECT * FROM night(1, 0);
SELECT change_settings('f', '{"combination": "points", "at_risk_at": 2, "watch_at": 1}');
SELECT * FROM night(1, 0);
SELECT change_rule('f', 'A', points => 0.5);
SELECT * FROM night(1, 0);
SELECT change_rule('f', 'A', points => 1);
SELECT * FROM night(1, 0);
SELECT begin_list('severity', 2, 1, 'at risk', 'watch');
SELECT * FROM night(1, 0);
SELECT change_rule('f', 'A', severity => 'watch');
SELECT * FROM night(1, 0);
SELECT change_rule('f', 'A', severity => 'at risk');
SELECT * FROM night(1, 0);
-- all three flag her before and after: points are changed, or their combination, on a night on which one has no value
SELECT begin_list('points', 3, NULL, 'at risk', 'at risk', 'at risk');
SELECT * FROM night(1, 1, 1);
SELECT change_rule('f', 'B', points => 0);
SELECT * FROM night(1, 1, NULL);
SELECT * FROM night(1, 1, 1);
SELECT change_rule('f', 'B', points => 1);
SELECT * FROM night(1, 1, 1);
SELECT change_settings('f', '{"at_risk_at": 4}');
SELECT * FROM night(1, 1, NULL);
SELECT * FROM night(1, 1, 1);
SELECT change_settings('f', '{"at_risk_at": 3}');
SELECT * FROM night(1, 1, 1);
-- a severity is changed, and changed back, but the rule was well meanwhile: then she is worse
SELECT begin_list('severity', 2, 1, 'at risk', 'watch');
SELECT * FROM night(1, 0);
SELECT change_rule('f', 'A', severity => 'watch');
SELECT * FROM night(1, 1);
SELECT * FROM night(0, 1);
SELECT * FROM night(1, 1);
SELECT change_rule('f', 'A', severity => 'at risk');
SELECT * FROM night(1, 1);
-- one of two that flag her is switched off, and the other is well: that is hers
SELECT switch_rule('f', 'A', false);
SELECT * FROM night(1, 0);
SELECT switch_rule('f', 'A', true);
SELECT * FROM night(1, 0);

-- a rule that is on again says nothing of her while it has no value: a change of the other is no merit of hers
SELECT begin_list('severity', 2, 1, 'watch', 'watch');
SELECT * FROM night(1, 1);
SELECT switch_rule('f', 'A', false);
SELECT * FROM night(1, 1);
SELECT switch_rule('f', 'A', true);
SELECT * FROM night(NULL, 1);
SELECT change_rule('f', 'B', threshold => 5);
SELECT * FROM night(NULL, 1);
SELECT change_rule('f', 'B', threshold => 1);
SELECT * FROM night(NULL, 1);
-- nor is it one that B, which was off, says on the night on which it is on again that she is well, and A is switched off
SELECT begin_list('severity', 2, 1, 'watch', 'watch');
SELECT * FROM night(1, 1);
SELECT switch_rule('f', 'B', false);
SELECT * FROM night(1, 1);
SELECT switch_rule('f', 'A', false), switch_rule('f', 'B', true);
SELECT * FROM night(1, 0);
SELECT switch_rule('f', 'A', true);
SELECT * FROM night(1, 0);
-- nor if the run in which it flagged her was forgotten
SELECT begin_list('severity', 2, 1, 'watch');
SELECT * FROM night(1);
UPDATE f_runs SET as_of = as_of - 30, started_at = started_at - interval '30 days', ended_at = ended_at - interval '30 days';
UPDATE f_history SET from_day = from_day - 30;
UPDATE f_flags SET since = since - 30;
UPDATE f_current SET since = since - 30;
SELECT * FROM night(NULL);
SELECT forget_before('f', current_date - 15);
SELECT switch_rule('f', 'A', false);
SELECT * FROM night(NULL);

-- What A said last stands, though it had no value on the night before it was switched off, however long
SELECT begin_list('severity', 2, 1, 'at risk', 'watch');
SELECT * FROM night(1, 0);
UPDATE f_runs SET ended_at = ended_at - interval '20 days';
SELECT * FROM night(NULL, 0);
SELECT switch_rule('f', 'A', false);
SELECT * FROM night(NULL, 0);
SELECT switch_rule('f', 'A', true);
SELECT * FROM night(1, 0);
-- or has none on the night on which it is on again
SELECT switch_rule('f', 'A', false);
SELECT * FROM night(1, 0);
SELECT switch_rule('f', 'A', true);
SELECT * FROM night(NULL, 0);
SELECT * FROM night(1, 0);
-- or she left before it was off, and is back before it is on
DELETE FROM one WHERE student_id = 1;
SELECT * FROM night(1, 0);
INSERT INTO one VALUES (1);
SELECT switch_rule('f', 'A', false);
SELECT * FROM night(1, 0);
SELECT switch_rule('f', 'A', true);
SELECT * FROM night(1, 0);
-- so does what it said of one whom another rule flags meanwhile
SELECT * FROM night(1, 1);
SELECT check_in('f', '1') IS NOT NULL AS called;
DELETE FROM one WHERE student_id = 1;
SELECT * FROM night(1, 1);
INSERT INTO one VALUES (1);
SELECT switch_rule('f', 'A', false);
SELECT * FROM night(1, 1);
SELECT switch_rule('f', 'A', true);
SELECT * FROM night(1, 1);
-- but not if the night on which she was well, asked as it was, had nothing else that was new of her
SELECT * FROM night(1, 0);
SELECT change_rule('f', 'A', threshold => 2);
SELECT * FROM night(1, 0);
SELECT * FROM night(0, 0);
SELECT change_rule('f', 'A', threshold => 1);
SELECT * FROM night(0, 0);
SELECT * FROM night(1, 0);
-- nor once return_within is over
SELECT switch_rule('f', 'A', false);
SELECT * FROM night(1, 0);
UPDATE f_flags SET cleared_at = cleared_at - interval '14 days';
SELECT switch_rule('f', 'A', true);
SELECT * FROM night(1, 0);
-- a question that was never asked before does not make it forget
SELECT begin_list('severity', 2, 1, 'watch', 'watch');
SELECT * FROM night(1, 1);
SELECT change_rule('f', 'A', threshold => 2);
SELECT * FROM night(1, 1);
SELECT change_rule('f', 'A', threshold => 1);
SELECT * FROM night(1, 1);
-- nor does one that was asked long ago, of a rule that her flag stands for: it is hers, be she away for a night
CREATE FUNCTION pass(days integer) RETURNS void LANGUAGE sql AS $$
	UPDATE f_runs SET as_of = as_of - days, started_at = started_at - make_interval(days => days), ended_at = ended_at - make_interval(days => days);
	UPDATE f_history SET from_day = from_day - days, until_day = until_day - days, from_time = from_time - make_interval(days => days), until_time = until_time - make_interval(days => days);
	UPDATE f_flags SET since = since - days, flagged_at = flagged_at - make_interval(days => days), cleared_at = cleared_at - make_interval(days => days);
	UPDATE f_current SET since = since - days;
	UPDATE f_settings SET shown = false
$$;
SELECT begin_list('severity', 2, 1, 'watch');
SELECT * FROM night(2);
SELECT change_rule('f', 'A', threshold => 2), pass(20);
SELECT * FROM night(NULL);
SELECT change_rule('f', 'A', threshold => 1), pass(1);
SELECT * FROM night(NULL);
DELETE FROM one WHERE student_id = 1;
SELECT * FROM night(2);
INSERT INTO one VALUES (1);
SELECT * FROM night(2);
SELECT begin_list('severity', 2, 1, 'watch');
SELECT * FROM night(2);
SELECT change_rule('f', 'A', threshold => 2), pass(20);
SELECT * FROM night(NULL);
SELECT change_rule('f', 'A', threshold => 1), pass(1);
SELECT * FROM night(NULL);
SELECT switch_rule('f', 'A', false);
SELECT * FROM night(NULL);
-- A switched off on the night on which B is known again is no ease
SELECT begin_list('severity', 2, 1, 'watch', 'watch');
SELECT * FROM night(1, 1);
SELECT * FROM night(1, NULL);
SELECT switch_rule('f', 'A', false);
SELECT * FROM night(1, 1);
-- what led to a flag that may come back is not forgotten
SELECT begin_list('severity', 2, 1, 'watch', 'watch');
SELECT * FROM night(1, 1);
SELECT pass(1);
SELECT * FROM night(1, NULL);
SELECT pass(30);
SELECT * FROM night(1, NULL);
DELETE FROM one WHERE student_id = 1;
SELECT * FROM night(1, NULL);
SELECT forget_before('f', current_date - 16) > 0 AS forgotten;
INSERT INTO one VALUES (1);
SELECT * FROM night(NULL, NULL);
SELECT switch_rule('f', 'B', false), switch_rule('f', 'A', false);
SELECT * FROM night(NULL, NULL);
-- nor if A was off for so long that it is news, be it that it has no value on the night on which it is on again
SELECT begin_list('severity', 2, 1, 'watch', 'watch');
SELECT * FROM night(1, 1);
SELECT check_in('f', '1') IS NOT NULL AS called;
SELECT switch_rule('f', 'A', false);
UPDATE f_runs SET ended_at = ended_at - interval '14 days';
SELECT * FROM night(0, 1);
SELECT switch_rule('f', 'A', true);
SELECT * FROM night(NULL, 1);
SELECT * FROM night(1, 1);
-- nor if what flags her was so all the time, and another rule comes to it
SELECT begin_list('k of n', 3, 2, 'at risk', 'at risk', 'at risk');
SELECT * FROM night(1, 1, 0);
SELECT switch_rule('f', 'B', false);
SELECT * FROM night(1, 1, 0);
SELECT * FROM night(1, 1, 1);

-- a severity that counts for nothing may be another one
SELECT begin_list('k of n', 2, 1, 'at risk', 'at risk');
SELECT * FROM night(1, 1);
SELECT switch_rule('f', 'A', false), change_rule('f', 'B', severity => 'watch');
SELECT * FROM night(1, 1);
SELECT switch_rule('f', 'A', true);
SELECT * FROM night(1, 1);

-- Other words, and another threshold, on the night on which she is well
SELECT begin_list('severity', 2, 1, 'at risk', 'watch');
SELECT * FROM night(1, 0);
SELECT change_rule('f', 'A', reason => 'in other words');
SELECT * FROM night(0, 0);
SELECT * FROM night(1, 0);
SELECT change_rule('f', 'A', threshold => 2);
SELECT * FROM night(0, 0);

-- In one transaction: a call before an alarm does not answer it, nor does a snooze put it off; those after it do
SELECT begin_list('severity', 2, 1, 'watch', 'at risk');
SELECT * FROM night(1, 0);
BEGIN;
SELECT check_in('f', '1'), snooze_student('f', '1', current_date + 1, 'ill');
SELECT * FROM night(1, 1);
SELECT due_at IS NOT NULL AS is_due, put_off_until FROM f_sheet;
SELECT snooze_student('f', '1', current_date + 1, 'ill');
SELECT put_off_until - current_date AS put_off_days FROM f_sheet;
SELECT check_in('f', '1');
SELECT due_at IS NOT NULL AS is_due FROM f_sheet;
COMMIT;

-- A school year that was announced: a flag whose rule has no value yet ends, and in autumn she is flagged anew
CREATE FUNCTION new_year() RETURNS void LANGUAGE sql AS $$SELECT change_settings('f', jsonb_build_object('lag_days', 0, 'school_year_from', (now() AT TIME ZONE 'UTC')::date))$$;
SELECT begin_list('severity', 2, 1, 'watch', 'at risk');
SELECT change_settings('f', '{"lag_days": 1}');
SELECT * FROM night(1, 0);
SELECT check_in('f', '1') IS NOT NULL AS called;
SELECT * FROM night(NULL, 0);
SELECT new_year();
SELECT * FROM night(NULL, 0);
SELECT * FROM night(NULL, 0);
SELECT * FROM night(1, 0);
SELECT status, rules, cleared_as FROM f_flags ORDER BY flag;
SELECT event, status FROM f_events;
-- so does one whose rule had a value in the last run of the old year, whatever of it is changed that night
SELECT begin_list('severity', 2, 1, 'watch', 'at risk');
SELECT change_settings('f', '{"lag_days": 1}');
SELECT * FROM night(1, 0);
SELECT new_year(), change_rule('f', 'A', threshold => 2), change_rule('f', 'B', severity => 'watch');
SELECT * FROM night(NULL, 0);
SELECT change_rule('f', 'A', threshold => 1);
SELECT * FROM night(1, 0);
SELECT event, status FROM f_events;
-- one that stands for a rule that flags her goes on without an alarm, and the other is news when it flags her again
SELECT begin_list('severity', 2, 1, 'watch', 'at risk');
SELECT change_settings('f', '{"lag_days": 1}');
SELECT * FROM night(1, 1);
SELECT check_in('f', '1') IS NOT NULL AS called;
SELECT * FROM night(1, NULL);
SELECT new_year();
SELECT * FROM night(1, NULL);
SELECT * FROM night(1, 1);
SELECT status, rules, cleared_as FROM f_flags ORDER BY flag;
-- no flag comes back over the beginning of the year: of who left before it
SELECT begin_list('severity', 2, 1, 'watch', 'at risk');
SELECT change_settings('f', '{"lag_days": 1}');
SELECT * FROM night(1, 0);
DELETE FROM one WHERE student_id = 1;
SELECT * FROM night(1, 0);
INSERT INTO one VALUES (1);
SELECT new_year();
SELECT * FROM night(NULL, 0);
SELECT * FROM night(1, 0);
-- or that ended with a change for it
SELECT begin_list('severity', 2, 1, 'watch', 'at risk');
SELECT change_settings('f', '{"lag_days": 1}');
SELECT * FROM night(1, 0);
SELECT new_year(), change_rule('f', 'A', threshold => 2);
SELECT * FROM night(1, 0);
SELECT change_rule('f', 'A', threshold => 1);
SELECT * FROM night(1, 0);
-- and what a rule said before it is news when it is on again
SELECT begin_list('severity', 2, 1, 'watch', 'watch');
SELECT change_settings('f', '{"lag_days": 1}');
SELECT * FROM night(1, 1);
SELECT check_in('f', '1') IS NOT NULL AS called;
SELECT switch_rule('f', 'B', false);
SELECT * FROM night(1, 1);
SELECT new_year();
SELECT * FROM night(1, 1);
SELECT switch_rule('f', 'B', true);
SELECT * FROM night(1, 1);
-- what it says in it is not
SELECT check_in('f', '1') IS NOT NULL AS called;
SELECT switch_rule('f', 'A', false);
SELECT * FROM night(1, 1);
SELECT switch_rule('f', 'A', true);
SELECT * FROM night(1, 1);
-- what is seen to be well is on track, be it that another rule has no value yet
SELECT begin_list('severity', 2, 1, 'watch', 'at risk');
SELECT change_settings('f', '{"lag_days": 1}');
SELECT * FROM night(1, 0);
SELECT new_year();
SELECT * FROM night(0, NULL);
SELECT status, rules, cleared_as FROM f_flags ORDER BY flag;
-- A rule that is changed and changed back is known to flag her no more if any of its versions that asked so has flagged her: 1 with an
-- open flag by B, 2 with one that missing data keeps, and with a version of which she was not asked anything else
SELECT begin_list('severity', 2, 1, 'at risk', 'watch');
SELECT * FROM night(3, 1);
SELECT change_rule('f', 'A', threshold => 2);
SELECT * FROM night(3, 1);
SELECT change_rule('f', 'A', threshold => 1);
SELECT * FROM night(0, 1);
SELECT check_in('f', '1') IS NOT NULL AS called;
SELECT * FROM night(1, 1);
SELECT begin_list('severity', 2, 1, 'at risk', 'watch');
SELECT * FROM night(3, NULL);
SELECT change_rule('f', 'A', threshold => 2);
SELECT * FROM night(3, NULL);
SELECT change_rule('f', 'A', threshold => 1);
SELECT * FROM night(NULL, NULL);
SELECT * FROM night(0, NULL);
SELECT check_in('f', '1') IS NOT NULL AS called;
SELECT * FROM night(1, NULL);
-- what can come back no more does not when return_within is raised
SELECT begin_list('severity', 2, 1, 'at risk', 'watch');
SELECT change_settings('f', '{"return_within": "1 day"}');
SELECT * FROM night(1, 0);
SELECT switch_rule('f', 'A', false);
SELECT * FROM night(1, 0);
UPDATE f_flags SET cleared_at = cleared_at - interval '2 days';
SELECT switch_rule('f', 'A', true);
SELECT * FROM night(0, 0);
SELECT change_settings('f', '{"return_within": "14 days"}');
SELECT * FROM night(1, 0);
-- A call that is entered later, and was before B flagged her, answers the alarm of A; the next night tells of B, once. One after
-- it answers both
SELECT begin_list('severity', 2, 1, 'watch', 'watch');
SELECT * FROM night(1, 0);
UPDATE f_alarms SET raised_at = raised_at - interval '2 days', due_at = due_at - interval '2 days';
UPDATE f_flags SET flagged_at = flagged_at - interval '2 days';
SELECT * FROM night(1, 1);
SELECT check_in('f', '1', contacted_at => now() - interval '1 day') IS NOT NULL AS called;
SELECT * FROM night(1, 1);
SELECT array_to_string(rules, ' ') AS rules, kind, due_at > now() AS has_clock FROM f_alarms ORDER BY alarm;
SELECT * FROM night(1, 1);
SELECT begin_list('severity', 2, 1, 'watch', 'watch');
SELECT * FROM night(1, 0);
SELECT * FROM night(1, 1);
SELECT check_in('f', '1') IS NOT NULL AS called;
SELECT * FROM night(1, 1);
-- so does the next night if B was told of before, and was well meanwhile; if A eases on it, or the words of a rule change;
-- on the night after it if B has no value on it; and if a call that answered both is taken back
CREATE FUNCTION late_call() RETURNS bigint LANGUAGE sql AS $$
	UPDATE f_alarms SET raised_at = raised_at - interval '2 days', due_at = due_at - interval '2 days';
	UPDATE f_flags SET flagged_at = flagged_at - interval '2 days';
	SELECT check_in('f', '1', contacted_at => now() - interval '1 day')
$$;
SELECT begin_list('severity', 2, 1, 'watch', 'watch');
SELECT * FROM night(1, 1);
SELECT * FROM night(1, 0);
SELECT * FROM night(1, 1);
SELECT late_call() IS NOT NULL AS called;
SELECT * FROM night(0, 1);
SELECT * FROM night(0, 1);
SELECT begin_list('severity', 2, 1, 'watch', 'watch');
SELECT * FROM night(1, 0);
SELECT * FROM night(1, 1);
SELECT late_call() IS NOT NULL AS called;
SELECT change_rule('f', 'B', reason => 'other words');
SELECT * FROM night(1, NULL);
SELECT * FROM night(1, 1);
SELECT * FROM night(1, 1);
SELECT begin_list('severity', 2, 1, 'watch', 'watch');
SELECT * FROM night(1, 0);
SELECT * FROM night(1, 1);
SELECT late_call() IS NOT NULL AS called;
SELECT check_in('f', '1', 'of another student') AS mistaken \gset
SELECT * FROM night(1, 1);
SELECT take_back_check_in('f', :mistaken);
SELECT * FROM night(1, 1);
-- what was told of is not told of again, be it that it came back, and another was there when nobody called
SELECT begin_list('severity', 2, 1, 'watch', 'watch', 'watch');
SELECT * FROM night(1, 0, 0);
SELECT check_in('f', '1') IS NOT NULL AS called;
SELECT * FROM night(NULL, 1, 0);
SELECT * FROM night(1, 1, 0);
SELECT * FROM night(1, 1, 1);
SELECT * FROM night(1, 1, 0);
SELECT late_call() IS NOT NULL AS called;
SELECT * FROM night(1, 1, 0);
-- A is switched off on a night on which B has no value, whose value is no merit either when it is back: 3 and 2 of n
SELECT begin_list('k of n', 3, 2, 'at risk', 'at risk', 'at risk');
SELECT * FROM night(1, 1, 0);
SELECT check_in('f', '1') IS NOT NULL AS called;
SELECT switch_rule('f', 'A', false);
SELECT * FROM night(1, NULL, 0);
SELECT * FROM night(1, 1, 0);
SELECT switch_rule('f', 'A', true);
SELECT * FROM night(1, 1, 0);
SELECT last_contact IS NOT NULL AS was_called FROM f_sheet;
-- but where B alone was enough, and is well, that is one
SELECT begin_list('severity', 2, 1, 'watch', 'watch');
SELECT * FROM night(1, 1);
SELECT switch_rule('f', 'A', false);
SELECT * FROM night(1, NULL);
SELECT * FROM night(1, 0);
SELECT switch_rule('f', 'A', true);
SELECT * FROM night(1, 0);
SELECT drop_watch_list('f');

RESET ROLE;
RESET search_path;
DROP SCHEMA returns CASCADE;
DROP ROLE returns_owner;
