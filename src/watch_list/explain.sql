-- watch_list/explain: the source rows behind a student's reasons

CREATE FUNCTION gapstats_internal.explain_student_as_owner(list regclass, student text)
RETURNS TABLE (rule text, reason text, source text, source_row jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	flagged record;
	kept gapstats_internal.kept_query;
	origin record;
	what text;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	IF gapstats_internal.names_seen(list, 'my_reasons', 'read') IS NOT NULL THEN
		RAISE EXCEPTION 'must be owner of watch list "%"', list
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'The rows behind the reasons are those of its owner''s sources.',
				  HINT = format('Why your students are flagged, with the values, is in %s.', gapstats_internal.list_part(list, 'my_reasons'));
	END IF;
	student := gapstats_internal.entered_student(list, student, NULL);
	FOR flagged IN EXECUTE gapstats_internal.statement(list, 'SELECT r.rule, r.reason FROM @reasons r WHERE r.student_id @equals $1::@student_id AND r.flagged ORDER BY r."position"')
		USING student
	LOOP
		what := format('rule "%s"', flagged.rule);
		kept := gapstats_internal.read_query(list, 'rule', flagged.rule);
		-- a rule that was dropped flags her until the next refresh
		IF kept.query IS NULL THEN
			RAISE NOTICE '% has been dropped since the last refresh: its source is not looked up', what;
		END IF;
		SELECT c.origin, c.origin_column INTO origin FROM gapstats_internal.kept_query_origins(what, kept) c WHERE kept.query IS NOT NULL LIMIT 1;
		IF origin.origin IS NULL THEN
			rule := flagged.rule;
			reason := flagged.reason;
			source := NULL;
			source_row := NULL;
			RETURN NEXT;
			CONTINUE;
		END IF;
		-- as a query that somebody wrote, for it reads what may be another's
		RETURN QUERY
		SELECT flagged.rule, flagged.reason, origin.origin::text, r.source_row
		FROM format('SELECT to_jsonb(t) FROM %s t WHERE t.%I @equals %L::@student_id LIMIT 1000',
			replace(origin.origin::text, '@', '@@'), replace(origin.origin_column, '@', '@@'), replace(student, '@', '@@')) AS q (template)
		CROSS JOIN gapstats_internal.run_kept_query(what, gapstats_internal.keep_query(what, gapstats_internal.statement(list, template), 'pg_catalog')) AS r (source_row jsonb);
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.explain_student_as_owner(regclass, text) IS
'explain_student(), done as the list''s owner.';

CREATE FUNCTION explain_student(list regclass, student_id text)
RETURNS TABLE (rule text, reason text, source text, source_row jsonb)
AS 'MODULE_PATHNAME', 'done_for_anyone_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION explain_student(regclass, text) IS
'The source rows behind each reason of a student: for each rule that flags her, the rows with her in the table from which the first column of the rule''s query comes, as JSON (at most 1,000); one row without a source where that column is no column of a table, or the rule has been dropped since the last refresh. They are the rows of now, and the rule may have used some of them only. For roles with the rights of the list''s owner; others are told where they see the reasons of their own students (42501).';
