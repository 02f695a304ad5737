-- watch_list/profile: where one student stands, for herself or her parents

CREATE FUNCTION gapstats_internal.status_words()
RETURNS TABLE (language text, kind text, name text, words text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	VALUES
		('en', 'status', 'on track', 'On track. Nothing needs attention as of {as_of}.'),
		('en', 'status', 'watch', 'Worth watching since {since}:'),
		('en', 'status', 'at risk', 'Needs support since {since}:'),
		('en', 'status', 'insufficient data', 'Not enough is recorded to say, as of {as_of}.'),
		('es', 'status', 'on track', 'Va bien. Nada requiere atención al {as_of}.'),
		('es', 'status', 'watch', 'Conviene prestar atención desde el {since}:'),
		('es', 'status', 'at risk', 'Necesita apoyo desde el {since}:'),
		('es', 'status', 'insufficient data', 'No hay datos suficientes para decirlo al {as_of}.');
END;
COMMENT ON FUNCTION gapstats_internal.status_words() IS
'What a student''s page says of each status to begin with, in English and Spanish; {since} and {as_of} stand for days. Each list has its own copy, to change and to add to.';

CREATE FUNCTION student_profile(list regclass, student_id text, language text DEFAULT 'en')
RETURNS TABLE (line integer, words text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	type regtype := gapstats_internal.student_id_type(list);
BEGIN
	RETURN QUERY EXECUTE format($sql$
		WITH standing AS (
			SELECT * FROM %1$s WHERE student_id %4$s $1::%5$s
		)
		SELECT 0, replace(replace(coalesce(w.words, s.status), '{since}', coalesce(to_char(s.since, 'YYYY-MM-DD'), '')), '{as_of}', to_char(s.as_of, 'YYYY-MM-DD'))
		FROM standing s
		LEFT JOIN %3$s w ON w.language = $2 AND w.kind = 'status' AND w.name = s.status
		UNION ALL
		SELECT r."position", coalesce(gapstats_internal.reason_text(w.words, r.value, r.threshold), r.reason)
		FROM standing s
		JOIN %2$s r ON r.student_id %4$s s.student_id AND r.flagged
		LEFT JOIN %3$s w ON w.language = $2 AND w.kind = 'rule' AND w.name = r.rule
		ORDER BY 1
		$sql$, gapstats_internal.seen_part(list, 'list', 'mine'),
		gapstats_internal.seen_part(list, 'reasons', 'my_reasons'), gapstats_internal.list_part(list, 'words'),
		gapstats_internal.equality_operator(type), format_type(type, -1))
	USING student_id, language;
END
$$;
COMMENT ON FUNCTION student_profile(regclass, text, text) IS
'Where a student stands in a watch list, in plain words, a line a row: her status, then the reason of each rule that flags her. Words come from the list''s table of words in that language; a rule without words there is told by its reason. No row if the student is not on the list, or not for the current user to see.';
