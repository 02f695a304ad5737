-- watch_list/describe: what people read when they look at a list's columns

CREATE FUNCTION gapstats_internal.describe_watch_list(schema text, list text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	what record;
BEGIN
	FOR what IN
		SELECT CASE part WHEN '' THEN format('%I.%I', schema, list) ELSE gapstats_internal.list_part(schema, list, part) END AS relation, name, words
		FROM (VALUES
			('', NULL, 'Watch list: one row a student, as of the last successful refresh.'),
			('', 'status', 'at risk, watch, insufficient data or on track; missing data is never on track'),
			('', 'score', 'what the flagged rules come to, in the way that the list combines its rules'),
			('', 'rules_flagged', 'how many rules flag the student'),
			('', 'rules_missing', 'how many rules have no value for the student'),
			('', 'reasons', 'the reasons of the rules that flag the student, in words'),
			('', 'since', 'the day since when the student has stood flagged; NULL if she does not'),
			('', 'as_of', 'the day that the list was computed for'),
			('reasons', NULL, 'One row a student and rule, behind the watch list.'),
			('reasons', 'rule', 'the rule'),
			('reasons', 'rule_version', 'which version of the rule was applied'),
			('reasons', 'position', 'where the rule stands in the order of the rules'),
			('reasons', 'value', 'the student''s value; NULL if there is none'),
			('reasons', 'comparison', 'how the value is compared with the threshold'),
			('reasons', 'threshold', 'what the value is compared with'),
			('reasons', 'flagged', 'whether the rule flags the student; NULL if there is no value'),
			('reasons', 'reason', 'why, in words, if it does'),
			('reasons', 'severity', 'how severe that is: watch or at risk'),
			('reasons', 'points', 'how many points it counts'),
			('rules', NULL, 'Every version of every rule of the watch list.'),
			('rules', 'state', 'on, off or dropped'),
			('rules', 'query', 'the rule''s query as PostgreSQL understood it; the view of the rule is what runs'),
			('rules', 'override', 'why the rule may read race, language or income, if it does'),
			('rules', 'changed_at', 'when this version was made'),
			('rules', 'changed_by', 'by whom'),
			('rules', 'superseded_at', 'when the next version was made; NULL for the current one'),
			('runs', NULL, 'Every refresh of the watch list, successful or not.'),
			('runs', 'status', 'succeeded, failed, canceled or skipped'),
			('runs', 'as_of', 'the day that the list was computed for'),
			('runs', 'students', 'students on the list'),
			('runs', 'flagged', 'how many of them stand at watch or at risk'),
			('runs', 'newly_flagged', 'how many were not flagged before'),
			('runs', 'cleared', 'how many flags ended'),
			('runs', 'rule', 'the rule that failed'),
			('runs', 'error', 'why the run did not succeed'),
			('flags', NULL, 'Every flag, from the day it was raised to the day it was cleared.'),
			('flags', 'status', 'how the student stood when the flag was raised'),
			('flags', 'reasons', 'why the flag was raised'),
			('flags', 'since', 'the day that the list was computed for when the flag was raised'),
			('flags', 'cleared_as', 'on track, or left: the student was on the list no more'),
			('check_ins', NULL, 'Every contact with a flagged student.'),
			('check_ins', 'contacted_at', 'when the student was contacted'),
			('check_ins', 'made_by', 'who recorded it'),
			('settings', NULL, 'How the watch list combines its rules; one row.'),
			('settings', 'combination', 'severity, any, k of n or points'),
			('settings', 'at_risk_at', 'the score from which a student is at risk'),
			('settings', 'watch_at', 'the score from which a student is on watch; NULL if there is no such status'),
			('settings', 'contact_within', 'how soon a flagged student is to be contacted; may be updated'),
			('words', NULL, 'The words of a student''s page, by language; may be added to.'),
			('words', 'kind', 'status, or rule'),
			('words', 'name', 'of the status or the rule'),
			('words', 'words', 'what the page says; {since}, {as_of}, or the placeholders of a rule''s reason'),
			('events', NULL, 'Students flagged and cleared, in the order of time.'),
			('overdue', NULL, 'Flags that are open, without a check-in, and older than contact_within in the settings.'),
			('overdue', 'waiting', 'how long the student has been waiting'),
			('students', NULL, 'The students query of the watch list.'),
			('evaluation', NULL, 'The rules that are on, as they would be evaluated now.')
		) AS v (part, name, words)
	LOOP
		EXECUTE format('COMMENT ON %s %s IS %L',
			CASE WHEN what.name IS NOT NULL THEN 'COLUMN' ELSE
				(SELECT CASE relkind WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END
				 FROM pg_class WHERE oid = what.relation::regclass) END,
			what.relation || coalesce('.' || quote_ident(what.name), ''), what.words);
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.describe_watch_list(text, text) IS
'Puts comments on the relations of a new watch list and on their columns.';
