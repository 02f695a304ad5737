-- watch_list/profile: where one student stands, for herself or her parents

CREATE FUNCTION gapstats_internal.student_profile_as_owner(list regclass, student text, asked_language text)
RETURNS TABLE (line integer, words text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	caller CONSTANT name := gapstats_internal.caller();
	seen boolean := true;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	IF NOT pg_has_role(caller, (SELECT relowner FROM pg_class WHERE oid = list), 'USAGE') THEN
		IF NOT has_table_privilege(caller, gapstats_internal.list_part(list, 'mine'), 'SELECT') THEN
			RAISE EXCEPTION 'permission denied for watch list "%"', list USING ERRCODE = 'insufficient_privilege';
		END IF;
		-- before anything of her is looked at: what a query counts, PostgreSQL tells who sent it
		EXECUTE gapstats_internal.statement(list, 'SELECT EXISTS (SELECT FROM @viewers v WHERE v.viewer = ANY ($1) AND v.student_id @equals $2::@student_id)')
		INTO seen USING gapstats_internal.viewer_names(gapstats_internal.list_part(list, 'acting')::regclass, caller), student;
	END IF;
	IF NOT seen THEN
		RETURN;
	END IF;
	RETURN QUERY EXECUTE gapstats_internal.statement(list, $sql$
		WITH standing AS (
			SELECT c.*, coalesce($2, s.language) AS language, (SELECT max(r.as_of) FROM @runs r WHERE r.status = 'succeeded') AS as_of, s.language AS default_language
			FROM @current c
			CROSS JOIN @settings s
			WHERE c.student_id @equals $1::@student_id
		)
		SELECT 0, replace(replace(coalesce(w.words, d.words, s.status), '{since}', coalesce(to_char(s.since, f.words), '')), '{as_of}', to_char(s.as_of, f.words))
		FROM standing s
		LEFT JOIN @words w ON w.language = s.language AND w.kind = 'status' AND w.name = s.status
		LEFT JOIN @words d ON d.language = s.default_language AND d.kind = 'status' AND d.name = s.status
		CROSS JOIN LATERAL (
			SELECT coalesce(max(o.words) FILTER (WHERE o.language = s.language), max(o.words) FILTER (WHERE o.language = s.default_language), 'YYYY-MM-DD')
			FROM @words o WHERE o.kind = 'format' AND o.name = 'date'
		) f (words)
		UNION ALL
		SELECT r."position", coalesce(gapstats_internal.reason_text(coalesce(w.words, d.words), r.value, r.threshold), r.reason)
		FROM standing s
		JOIN @reasons r ON r.student_id @equals s.student_id AND r.flagged
		LEFT JOIN @words w ON w.language = s.language AND w.kind = 'rule' AND w.name = r.rule
		LEFT JOIN @words d ON d.language = s.default_language AND d.kind = 'rule' AND d.name = r.rule
		ORDER BY 1
		$sql$)
	USING student, asked_language;
END
$$;
COMMENT ON FUNCTION gapstats_internal.student_profile_as_owner(regclass, text, text) IS
'student_profile(), done as the list''s owner.';

CREATE FUNCTION student_profile(list regclass, student_id text, language text DEFAULT NULL)
RETURNS TABLE (line integer, words text)
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C STABLE;
COMMENT ON FUNCTION student_profile(regclass, text, text) IS
'Where a student stands in a watch list, in plain words, a line a row: her status, then the reason of each rule that flags her. Words come from the list''s table of words in that language, or else in the list''s own (its settings); a rule without words there is told by its reason. No row if the student is not on the list, or not for the current user to see. For roles with the rights of the list''s owner, and those who may read it (grant_watch_list).';
