-- watch_list/profile: where one student stands, for herself or her parents

CREATE FUNCTION gapstats_internal.student_profile_as_owner(list regclass, student text, asked_language text)
RETURNS TABLE (line integer, words text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names text[];
	languages text[];
BEGIN
	PERFORM gapstats_internal.check_list(list);
	names := gapstats_internal.names_seen(list, 'mine', 'read');
	student := gapstats_internal.entered_student(list, student, names);
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT array_agg(l.language ORDER BY l.language COLLATE "C") FROM (SELECT w.language FROM @words w WHERE gapstats_internal.told_words(w.words) IS NOT NULL UNION SELECT s.language FROM @settings s) l
		$sql$)
	INTO languages;
	IF asked_language <> ALL (languages) AND asked_language <> '' THEN
		RAISE EXCEPTION 'watch list "%" has no words in language "%"', list, asked_language
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = format('It has words in %s.', array_to_string(languages, ', '));
	END IF;
	RETURN QUERY EXECUTE gapstats_internal.statement(list, $sql$
		WITH standing AS (
			SELECT c.student_id, c.status, c.since, coalesce(nullif($2, ''), s.language) AS language, s.language AS default_language,
				(SELECT r.as_of FROM @runs r WHERE r.status = 'succeeded' ORDER BY r.run DESC LIMIT 1) AS as_of
			FROM @current c
			CROSS JOIN @settings s
			WHERE c.student_id @equals $1::@student_id
		)
		SELECT 0, replace(replace(coalesce(gapstats_internal.told_words(w.words), gapstats_internal.told_words(d.words), s.status), '{since}', coalesce(to_char(s.since, f.words), '')), '{as_of}', coalesce(to_char(s.as_of, f.words), ''))
		FROM standing s
		LEFT JOIN @words w ON w.language = s.language AND w.kind = 'status' AND w.name = s.status
		LEFT JOIN @words d ON d.language = s.default_language AND d.kind = 'status' AND d.name = s.status
		CROSS JOIN LATERAL (
			SELECT coalesce(max(o.words) FILTER (WHERE o.language = s.language), max(o.words) FILTER (WHERE o.language = s.default_language), 'YYYY-MM-DD')
			FROM @words o WHERE o.kind = 'format' AND o.name = 'date'
		) f (words)
		UNION ALL
		SELECT row_number() OVER (ORDER BY r."position")::integer, coalesce(gapstats_internal.reason_text(coalesce(gapstats_internal.told_words(w.words), gapstats_internal.told_words(d.words)), r.value, r.threshold, split_part(v."values", ',', r."position")), r.reason)
		FROM standing s
		JOIN @reasons r ON r.student_id @equals s.student_id AND r.flagged
		JOIN @values v ON v.student_id @equals s.student_id
		LEFT JOIN @words w ON w.language = s.language AND w.kind = 'rule' AND w.name = r.rule
		LEFT JOIN @words d ON d.language = s.default_language AND d.kind = 'rule' AND d.name = r.rule
		ORDER BY 1
		$sql$)
	USING student, asked_language;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'student "%" has left watch list "%"', student, list USING ERRCODE = 'no_data_found';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.student_profile_as_owner(regclass, text, text) IS
'student_profile(), done as the list''s owner.';

CREATE FUNCTION student_profile(list regclass, student_id text, language text DEFAULT NULL)
RETURNS TABLE (line integer, words text)
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C STABLE;
COMMENT ON FUNCTION student_profile(regclass, text, text) IS
'Where a student stands in a watch list, in plain words, a line a row: as line 0 her status, then from line 1 on the reason of each rule that flags her, in the order of the rules. Words come from the list''s table of words in that language, or else in the list''s own (its settings); a rule without words there, or with nothing but punctuation, is told by its reason. For roles with the rights of the list''s owner, and those who may read it (grant_watch_list). Errors: a language in which there are no words at all (22023), what is no student_id (22P02), a student who is not on the list or not for the current user to see (P0002).';
