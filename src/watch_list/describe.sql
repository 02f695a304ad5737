-- watch_list/describe: what people read when they look at a list's columns

CREATE FUNCTION gapstats_internal.column_words()
RETURNS TABLE (part text, name text, words text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	VALUES
		('', 'status', 'at risk, watch, insufficient data, not assessed (no rule applies to the student) or on track; missing data is never on track'),
		(NULL, 'score', 'what the flagged rules come to, in the way that the list combines its rules'),
		(NULL, 'rules_flagged', 'how many rules flag the student'),
		(NULL, 'rules_missing', 'how many rules that apply to the student have no value for her'),
		('', 'reasons', 'the rules that flag the student, in their order; the reasons beside the list say it in words'),
		('', 'since', 'the day since when the student has stood flagged; NULL if she does not'),
		('settings', 'format', 'version of the list''s own tables'),
		('settings', 'combination', 'severity, any, k of n or points'),
		('settings', 'at_risk_at', 'the score from which a student is at risk'),
		('settings', 'watch_at', 'the score from which a student is on watch; NULL if there is no such status'),
		('settings', 'time_zone', 'in which the list''s days begin and end'),
		('settings', 'lag_days', 'the list is computed for so many days ago at the latest: 1 if attendance is known a day later'),
		('settings', 'clear_after', 'a flagged student is cleared after so many school days past the threshold (1: at once)'),
		('settings', 'return_within', 'a student who left, or whose rule was changed, and who is flagged when she or the rule is back within this time has her flag back'),
		('settings', 'contact_within', 'how soon a student is to be contacted after an alarm; alarms that have been raised keep their time when this or what follows is changed'),
		('settings', 'contact_within_school_hours', 'instead of contact_within: within so many hours of school days'),
		('settings', 'contact_within_school_days', 'instead of contact_within: by the end of so many school days after the day of the alarm'),
		('settings', 'school_hours_from', 'when the hours of a school day begin, in the list''s time zone'),
		('settings', 'school_hours_until', 'when the hours of a school day end'),
		('settings', 'calendar', 'the school days in which alarms are to be answered, and to tell when attendance has stopped coming in; NULL for those that the days query gives. After the last one that is known, Monday to Friday'),
		('settings', 'language', 'of the words of a student''s page, where they are not asked for in another'),
		('settings', 'max_students_change', 'a run is held if this share of students, or more, comes or goes, or of who may see whom; 1 holds none'),
		('settings', 'max_values_change', 'a run is held if a rule loses the values of this share of its students, or more, or gains as much the other way; 1 holds none'),
		('settings', 'max_flagged_change', 'a run is held if flagged students fall by this share, or more, or rise by as much the other way; 1 holds none'),
		('settings', 'change_floor', 'changes of so many students or fewer never hold a run'),
		('settings', 'school_year_from', 'the first day of a school year: the first run for it is not held for what moves'),
		('settings', 'refreshed_within', 'how often another scheduler than pg_cron refreshes the list, at least: it is stale if it was not refreshed for so long; NULL if pg_cron does'),
		('settings', 'changes', 'how often what a run evaluates was changed'),
		('settings', 'shown', 'whether the list shows what its table of students holds; if a run was cut off between, the next one shows it'),
		('settings', 'counted', 'what was last counted by each column that is or was published, also of groups that are gone, and, if it was hidden, for which minimum and which of its numbers are known from before, by which the next run sees what is still the same'),
		('settings', 'granted', 'what others are granted on the list and the relations beside it, as of the last run: what is lost with a view is granted again from here'),
		('settings', 'job', 'the number of its pg_cron job, if it was scheduled'),
		('settings', 'owner', 'the OID of the role that the list belonged to when it was made or resumed'),
		('queries', 'owners', 'the roles that the meaning names, and their OIDs: one that is renamed is the same'),
		('rules', 'state', 'on, off or dropped'),
		('rules', 'query', 'the rule''s query as it was written'),
		('rules', 'applies_to', 'the condition for students to whom the rule applies; NULL for all'),
		('rules', 'clear_at', 'a student whom the rule flags is cleared when her value is past this'),
		('rules', 'thresholds_by', 'the column of the students query by which groups have thresholds of their own'),
		('rules', 'thresholds', 'the thresholds of such groups'),
		('rules', 'override', 'why the rule may read race, language, income or disability, if it does'),
		('rules', 'changed_at', 'when this version was made'),
		('rules', 'changed_by', 'by whom'),
		('rules', 'superseded_at', 'when the next version was made; NULL for the current one'),
		('runs', 'status', 'running, succeeded, failed, held, skipped or canceled'),
		('runs', 'as_of', 'the day that the list was computed for'),
		('runs', 'school_days', 'the school days from that day on, as far as the days query gave them'),
		('runs', 'students', 'students on the list'),
		('runs', 'flagged', 'how many of them stand at watch or at risk'),
		('runs', 'newly_flagged', 'how many flags were raised'),
		('runs', 'escalated', 'how many flagged students stand worse than before'),
		('runs', 'cleared', 'how many flags ended'),
		('runs', 'n_unusable', 'students with a value that could not be compared: given more than once, NaN or infinite'),
		('runs', 'n_without_id', 'rows of the students query whose student_id is NULL: they are nobody''s'),
		('runs', 'rule', 'the rule that failed'),
		('runs', 'error', 'why the run did not succeed: it may hold values of the sources'),
		('runs', 'moved', 'what had moved in a run that was held and then accepted; in one that was not accepted, what of who may see whom'),
		('runs', 'problem', 'what fell short in a run although it succeeded'),
		('runs', 'fix', 'what to do about that'),
		('runs', 'accepted_by', 'who published it although it was held, or in the place of who ran it'),
		('run_rules', 'n_rows', 'rows of the rule''s query that name a student'),
		('run_rules', 'n_without_id', 'rows whose student is NULL: they are nobody''s'),
		('run_rules', 'n_matched', 'of those that name a student, of students on the list'),
		('run_rules', 'n_values', 'students with a value that was compared'),
		('run_rules', 'n_unusable', 'students with several values, NaN or infinity'),
		('run_rules', 'n_not_applicable', 'students to whom the rule does not apply'),
		('run_rules', 'n_flagged', 'students whom the rule flags'),
		('run_rules', 'empty_groups', 'groups with a threshold of their own of which there is no student'),
		('run_rules', 'milliseconds', 'how long its queries took'),
		('values', 'values', 'the value of each rule that was compared, at its position, between commas, with the numbers for its reason behind it, after slashes'),
		('values', 'states', 'a letter a rule: f flagged, k flagged still (not past clear_at), w flagged still (too few school days), o not flagged, n does not apply, m missing (or not known whether it applies, or what her threshold is), d given more than once, x not finite, - off; capitals: flagged before'),
		('values', 'clearing', 'since which day a value is past the threshold, for rules that wait'),
		('history', 'event', 'what began with the standing: flagged, escalated, new reason, eased, data missing, back (as before, after missing data or some nights off the list), rule changed'),
		('history', 'run', 'the run that began it'),
		('history', 'until_day', 'the day from which it was over; NULL while it lasts'),
		('history', 'ended_as', 'on track, not assessed (no rule applies to her), left (the list), rule changed or new school year (in which a rule that flagged her has no value yet), if no other standing followed'),
		('flags', 'status', 'what its rules come to: how the student stands, or stood as far as they have no value now'),
		('flags', 'rules', 'the rules that it stands for, or stood for when it ended: those that flag her and those that flagged her when they last had a value'),
		('flags', 'said', 'the rules that have flagged her and, asked as they were, are not known to flag her no more, with the runs since which that is so; NULL if the flag has ended and does not come back'),
		('flags', 'since', 'the day that the list was computed for when the flag was raised'),
		('flags', 'cleared_as', 'on track, not assessed, left, rule changed, or new school year'),
		('alarms', 'kind', 'flagged, escalated (a worse status) or new reason (after a contact)'),
		('alarms', 'due_at', 'until when the student is to be contacted, by the settings when it was raised'),
		('check_ins', 'contacted_at', 'when the student was contacted'),
		('alarms', 'values', 'the values of the rules when it was raised, each at its position, between commas'),
		('alarms', 'acknowledged_at', 'when another system said that it has it'),
		('check_ins', 'made_by', 'who recorded it'),
		('check_ins', 'is_restricted', 'the note is for its author and the list''s owner only'),
		('check_ins', 'corrected_at', 'when its author last corrected the note'),
		('snoozes', 'until', 'the last day on which the alarms before it are not overdue'),
		('assignments', 'due_on', 'until when something is to be done'),
		('interventions', 'intervention', 'its number, by which it is ended or corrected'),
		('interventions', 'tier', '1 for all, 2 for some, 3 for few'),
		('interventions', 'ends_on', 'the last day; NULL while it goes on'),
		('interventions', 'changed_by', 'who ended it, or changed last what was written down'),
		('my_interventions', 'intervention', 'its number, by which it is ended or corrected'),
		('sheet', 'words', 'the reasons in words, with what the value was at the last alarm if it has moved'),
		('sheet', 'last_event', 'what happened to her standing last'),
		('sheet', 'last_event_on', 'and on which day: filter by it for what is new since then'),
		('sheet', 'due_at', 'until when she is to be contacted, after the earliest alarm that has neither been answered nor put off; NULL if there is none'),
		('sheet', 'is_overdue', 'whether that time is over'),
		('sheet', 'due_on', 'until when something is to be done, by whom she is assigned to'),
		('sheet', 'interventions', 'what is being done for her, and what is planned'),
		('sheet', 'put_off_until', 'to the end of which day her alarms are put off, if nothing has happened since'),
		('words', 'kind', 'status, rule, or format'),
		('words', 'name', 'of the status or the rule; date for the format of dates, as to_char takes it'),
		('words', 'words', 'what the page says; {since}, {as_of}, or the placeholders of a rule''s reason'),
		('viewers', 'viewer', 'the name of a role, or of a user of an application that acts for viewers'),
		('breakdowns', 'position', 'of two that must not be shown together the one that was published later, which is higher, is not'),
		('counts', 'reason', 'suppressed, if the numbers are hidden'),
		('reasons', 'rule_version', 'which version of the rule was applied'),
		('reasons', 'flagged', 'whether the rule flags the student; NULL if that is not known or asked'),
		('reasons', 'state', 'the same in words, and why if it is not known; missing if there is no value, or if it is not known whether the rule applies to her or what her threshold is, because the column that says so is empty'),
		('overdue', 'waiting', 'how long the student has been waiting'),
		('settings', 'id', 'always 1: there is one row'),
		('settings', 'table_oid', 'the OID of this table when the list was made or resumed: with another it has been restored, and is held'),
		('settings', 'database_oid', 'the database that the list was made or resumed in: in another it is held'),
		('settings', 'system_identifier', 'the server that it was made or resumed on: on another it is held'),
		('queries', 'part', 'students, days, viewers, rule, or applies_to'),
		('queries', 'query', 'the text as it was written'),
		('queries', 'names_in', 'the search path that its names are looked up in'),
		('queries', 'date_style', 'DateStyle when it was written'),
		('queries', 'interval_style', 'IntervalStyle when it was written'),
		('queries', 'time_zone', 'TimeZone when it was written'),
		('queries', 'extra_float_digits', 'extra_float_digits when it was written'),
		('queries', 'meaning', 'what its names stood for then: if that is something else by now, a run fails'),
		('rules', 'reason', 'what a person reads, with placeholders for the numbers'),
		('rules', 'version', '1 for a new rule, one more with each change'),
		('runs', 'started_at', 'when it began'),
		('runs', 'ended_at', 'when it ended; NULL if it has not, or was cut off'),
		('runs', 'changes', 'what that count of the settings was when it began: a run is published only if it is the same'),
		('runs', 'n_next', 'how many rows of "next" are of it'),
		('runs', 'run_by', 'who called it'),
		('runs', 'pid', 'the process that it runs in'),
		('runs', 'statement_start', 'and since when, by which one that was cut off is told'),
		('runs', 'n_without_viewer', 'rows of the viewers query that name no viewer or no student'),
		('runs', 'n_unseen', 'students whom no viewer sees; NULL if the list is not shared'),
		('runs', 'combination', 'how the rules were combined; as in the settings'),
		('runs', 'at_risk_at', 'the score from which students were at risk'),
		('runs', 'watch_at', 'the score from which students were on watch'),
		('runs', 'parts_unlike', 'history, flags, alarms: which of them did not agree with the students when it ended, since rows of them are lost; NULL if all did'),
		('runs', 'sqlstate', 'the SQLSTATE of the error; NULL if it was none'),
		('next', 'change', 'n new, c changed, r flagged by another version of a rule, v other values, g gone'),
		('next', 'rules', 'the rules that flag the student'),
		('next', 'versions', 'their versions'),
		('next', 'values', 'the value of each rule that was compared, at its position, between commas'),
		('next', 'states', 'a letter a rule, as in the values'),
		('next', 'clearing', 'since which day a value is past the threshold, for rules that wait'),
		('history', 'standing', 'its number'),
		('history', 'status', 'at risk, watch or insufficient data'),
		('history', 'rules', 'the rules that flagged the student'),
		('history', 'rule_versions', 'their versions'),
		('history', 'from_day', 'the day that the list was computed for when it began'),
		('history', 'from_time', 'when it was published'),
		('history', 'until_time', 'when that was published'),
		('history', 'until_run', 'the run that ended it'),
		('flags', 'run', 'the run that raised it'),
		('flags', 'cleared_at', 'when it ended; NULL while it is open'),
		('alarms', 'status', 'how the student stood when it was raised'),
		('alarms', 'rules', 'which rules flagged her then'),
		('alarms', 'run', 'the run that raised it'),
		('alarms', 'acknowledged_by', 'and who did'),
		('snoozes', 'snooze', 'its number'),
		('snoozes', 'reason', 'why'),
		('interventions', 'changed_at', 'when it was last changed'),
		('acting', 'note', 'what reading this allows'),
		('viewers', 'student_id', 'a student whom the viewer may see'),
		('next_viewers', 'is_gone', 'whether he is no more to see her, or to see her from then on'),
		('breakdowns', 'minimum', 'groups of fewer students are suppressed'),
		('counts', 'students', 'how many students are in the group'),
		('counts', 'flagged', 'how many of them stand at watch or at risk'),
		('counts', 'flag_rate', 'their share, from 0 to 1'),
		('counts', 'is_total', 'whether it is all groups together'),
		('unusable', 'why', 'given more than once, or not a finite number'),
		('held', 'run', 'the run that is held'),
		('held', 'status_before', 'how she stands; NULL if she is not on the list yet'),
		('events', 'happened_at', 'when it was published'),
		('events', 'event', 'flagged, escalated, new reason, eased, data missing, back, rule changed, or cleared'),
		('events', 'status', 'how she stood from then on; if she was cleared: on track, not assessed, left, rule changed or new school year'),
		('events', 'reasons', 'the rules that flag her, or, if she was cleared, flagged her until then'),
		('reasons', 'value_before', 'what the value was at the last alarm of a student who is flagged'),
		('reasons', 'change', 'by how much it has moved since'),
		('reasons', 'value', 'what the rule''s query gave and was compared; NULL if nothing was'),
		('reasons', 'reason', 'why the rule flags her, in words; NULL if it does not'),
		('overdue', 'status', 'how the student stood when it was raised'),
		('outbox', 'status', 'how the student stands by it'),
		('outbox', 'cleared_as', 'how her flag has ended since: on track, not assessed, left, rule changed, or new school year; NULL while it is open'),
		('overdue', 'due_at', 'until when she was to be contacted'),
		('sheet', 'last_contact', 'when she was last contacted for this flag'),
		('sheet', 'last_contact_by', 'who recorded that'),
		(NULL, 'student_id', 'the student'),
		(NULL, 'status', 'at risk, watch or insufficient data'),
		(NULL, 'reasons', 'the rules that flag her, in their order'),
		(NULL, 'since', 'the day since when she has stood flagged'),
		(NULL, 'id', 'its number'),
		(NULL, 'rule', 'the name of the rule'),
		(NULL, 'position', 'its place among the rules'),
		(NULL, 'version', 'the version of the rule'),
		(NULL, 'comparison', 'a value compares so with the threshold where the rule flags'),
		(NULL, 'threshold', 'what values are compared with'),
		(NULL, 'severity', 'watch or at risk'),
		(NULL, 'points', 'what the rule counts if points are summed'),
		(NULL, 'run', 'the number of the run'),
		(NULL, 'as_of', 'the day that the list was computed for'),
		(NULL, 'alarm', 'the number of the alarm'),
		(NULL, 'flag', 'the number of the flag'),
		(NULL, 'flagged_at', 'when the flag was raised'),
		(NULL, 'kind', 'flagged, escalated or new reason'),
		(NULL, 'raised_at', 'when the alarm was raised'),
		(NULL, 'due_at', 'until when the student is to be contacted'),
		(NULL, 'check_in', 'the number of the contact'),
		(NULL, 'note', 'what was noted'),
		(NULL, 'last_contact', 'when she was last contacted'),
		(NULL, 'assigned_to', 'who sees to her'),
		(NULL, 'made_by', 'who wrote it down'),
		(NULL, 'made_at', 'when it was written down'),
		(NULL, 'what', 'what is done'),
		(NULL, 'provided_by', 'who does it'),
		(NULL, 'starts_on', 'the first day'),
		(NULL, 'result', 'what came of it'),
		(NULL, 'language', 'the language, as en'),
		(NULL, 'viewer', 'who may see her'),
		(NULL, 'group_column', 'the column by which groups are told'),
		(NULL, 'group_value', 'the group');
END;
COMMENT ON FUNCTION gapstats_internal.column_words() IS
'What the columns of a watch list and of the relations beside it say; without a part, those of any relation that says nothing else.';

-- A view of one's own students says what the view of all does, and what a run would change is
-- of the list's columns.
CREATE FUNCTION gapstats_internal.described_as(part text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN part IN ('current', 'next', 'mine') THEN '' ELSE regexp_replace(part, '^my_', '') END;
COMMENT ON FUNCTION gapstats_internal.described_as(text) IS
'The relation beside a watch list in whose columns'' words those of another are described.';

CREATE FUNCTION gapstats_internal.described_columns(list regclass)
RETURNS TABLE ("column" text, words text)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT format('%s.%I', c.oid::regclass, a.attname),
		coalesce(own.words, same.words, CASE WHEN a.attnum < s.attnum THEN 'from the students query' ELSE shared.words END)
	FROM (SELECT '' AS part, $1 AS oid UNION ALL SELECT p.part, to_regclass(gapstats_internal.list_part($1, p.part)) FROM gapstats_internal.list_parts() p) c
	JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	LEFT JOIN gapstats_internal.column_words() own ON own.part = c.part AND own.name = a.attname
	LEFT JOIN gapstats_internal.column_words() same ON same.part = gapstats_internal.described_as(c.part) AND same.name = a.attname
	LEFT JOIN gapstats_internal.column_words() shared ON shared.part IS NULL AND shared.name = a.attname
	-- what is before the status in these
	LEFT JOIN pg_attribute s ON s.attrelid = c.oid AND s.attname = 'status' AND gapstats_internal.described_as(c.part) IN ('', 'sheet') AND a.attname <> 'student_id';
END;
COMMENT ON FUNCTION gapstats_internal.described_columns(regclass) IS
'The columns of a watch list and of the relations beside it, and what they say.';

CREATE FUNCTION gapstats_internal.describe_columns(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	statement text;
BEGIN
	FOR statement IN SELECT format('COMMENT ON COLUMN %s IS %L', "column", words) FROM gapstats_internal.described_columns(list) LOOP
		EXECUTE statement;
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.describe_columns(regclass) IS
'Puts comments on the columns of a watch list and of the relations beside it, as far as they are there.';

CREATE FUNCTION gapstats_internal.describe_list(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	statement text;
BEGIN
	FOR statement IN
		SELECT format('COMMENT ON %s %s IS %L', CASE kind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, gapstats_internal.list_part(list, part), words)
		FROM gapstats_internal.list_parts()
		UNION ALL
		SELECT format('COMMENT ON MATERIALIZED VIEW %s IS %L', list, 'Watch list: one row a student, as of the last successful refresh.')
	LOOP
		EXECUTE statement;
	END LOOP;
	PERFORM gapstats_internal.describe_columns(list);
END
$$;
COMMENT ON FUNCTION gapstats_internal.describe_list(regclass) IS
'Puts comments on a watch list, the relations beside it and their columns.';
