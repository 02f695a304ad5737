-- watch_list/agreement: whether what a watch list holds fits together

-- Values and students that are lost come again with the next run; what has been cannot be found again.
CREATE FUNCTION gapstats_internal.note_lost_rows(list regclass, of_run bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @runs r
		SET parts_unlike = u.parts
		FROM (
			SELECT array_remove(ARRAY[CASE WHEN c.standing <> h.standing THEN 'history' END, CASE WHEN c.flagged <> f.flagged THEN 'flags' END,
				CASE WHEN f.flagged <> f.told THEN 'alarms' END], NULL) AS parts
			FROM (SELECT count(*) FILTER (WHERE status NOT IN ('on track', 'not assessed')) AS standing, count(since) AS flagged FROM @current) c,
				(SELECT count(*) AS standing FROM @history WHERE until_time IS NULL) h,
				(SELECT count(*) AS flagged, count(*) FILTER (WHERE f.flag IN (SELECT a.flag FROM @alarms a)) AS told FROM @flags f WHERE f.cleared_at IS NULL) f
		) u
		WHERE r.run = $1 AND u.parts <> '{}'
		$sql$)
	USING of_run;
END
$$;
COMMENT ON FUNCTION gapstats_internal.note_lost_rows(regclass, bigint) IS
'Writes down with a run which of a watch list''s history, flags and alarms have not as many students who stand, are flagged, or of whom somebody was told, as the list itself.';

-- Who has left is told by her row of the list.  If that is lost, the run notes it, and the next one
-- ends what stands of her.
CREATE FUNCTION gapstats_internal.end_what_is_of_nobody(list regclass, run bigint, as_of date)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rows_are_lost boolean;
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT r.parts_unlike IS NOT NULL FROM @runs r WHERE r.run < $1 AND r.status = 'succeeded' ORDER BY r.run DESC LIMIT 1
		$sql$)
	INTO rows_are_lost USING run;
	IF rows_are_lost IS NOT TRUE THEN
		RETURN;
	END IF;
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @history h
		SET until_day = greatest($2, h.from_day), until_time = now(), until_run = $1, ended_as = 'left'
		WHERE h.until_time IS NULL AND NOT EXISTS (SELECT FROM @current c WHERE c.student_id @equals h.student_id)
		$sql$)
	USING run, as_of;
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @flags f
		SET cleared_at = now(), cleared_as = 'left'
		WHERE f.cleared_at IS NULL AND NOT EXISTS (SELECT FROM @current c WHERE c.student_id @equals f.student_id)
		AND NOT EXISTS (SELECT FROM @history h WHERE h.student_id @equals f.student_id AND h.until_run = $1)
		$sql$)
	USING run;
	EXECUTE gapstats_internal.statement(list, 'UPDATE @settings SET shown = false');
END
$$;
COMMENT ON FUNCTION gapstats_internal.end_what_is_of_nobody(regclass, bigint, date) IS
'Ends the standings, and the flags without one, of those who are not on a watch list any more, if the last run noted that rows are lost, and has the list shown again.';

CREATE FUNCTION gapstats_internal.disagreement(list regclass)
RETURNS TABLE (student_id text, what text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY EXECUTE gapstats_internal.statement(list, format($sql$
		SELECT coalesce(c.student_id, h.student_id)::text, 'stands ' || coalesce(c.status, 'nowhere') || ', in the history ' || coalesce(h.status, 'nowhere')
		FROM @current c
		FULL JOIN (SELECT * FROM @history WHERE until_time IS NULL) h ON h.student_id @equals c.student_id
		WHERE (c.status, coalesce(c.reasons, '')) IS DISTINCT FROM (h.status, array_to_string(h.rules, '; ')) AND (h.status IS NOT NULL OR c.status NOT IN ('on track', 'not assessed'))
		UNION ALL
		SELECT coalesce(c.student_id, f.student_id)::text, 'stands ' || coalesce(c.status, 'nowhere') || CASE WHEN f.flag IS NULL THEN ' without' ELSE ' with' END || ' an open flag'
		FROM @current c
		FULL JOIN (SELECT * FROM @flags WHERE cleared_at IS NULL) f ON f.student_id @equals c.student_id
		WHERE c.status IS NULL OR (c.status IN ('watch', 'at risk') AND f.flag IS NULL) OR (c.status IN ('on track', 'not assessed') AND f.flag IS NOT NULL)
			OR c.since IS DISTINCT FROM f.since
		UNION ALL
		SELECT f.student_id::text, 'has a flag that does not stand for what flags her'
		FROM @flags f
		JOIN @history h ON h.student_id @equals f.student_id AND h.until_time IS NULL
		WHERE f.cleared_at IS NULL AND h.status IN ('watch', 'at risk') AND NOT (h.rules <@ f.rules AND (f.status = 'at risk' OR h.status = 'watch'))
		UNION ALL
		SELECT f.student_id::text, 'has a flag of which nobody was told'
		FROM @flags f
		WHERE NOT EXISTS (SELECT FROM @alarms a WHERE a.flag = f.flag)
		UNION ALL
		SELECT c.student_id::text, 'is flagged otherwise than her values say'
		FROM @current c
		JOIN @values v ON v.student_id @equals c.student_id
		CROSS JOIN LATERAL (
			SELECT string_agg(u.rule, '; ' ORDER BY u."position") FILTER (WHERE s.flagged) AS reasons, count(*) FILTER (WHERE s.flagged) AS n_flagged,
				count(*) FILTER (WHERE s.flagged IS NULL AND s.state <> 'does not apply') AS n_missing
			FROM @run_rules u
			CROSS JOIN LATERAL gapstats_internal.rule_state(substr(v.states, u."position", 1)) s
			WHERE u.run = (SELECT max(run) FROM @runs WHERE status = 'succeeded')
		) s
		WHERE (s.reasons, s.n_flagged, s.n_missing) IS DISTINCT FROM (c.reasons, c.rules_flagged::bigint, c.rules_missing::bigint)
		UNION ALL
		SELECT coalesce(c.student_id, v.student_id)::text, 'has a row, or values, but not both'
		FROM @current c
		FULL JOIN @values v ON v.student_id @equals c.student_id
		WHERE c.student_id IS NULL OR v.student_id IS NULL
		UNION ALL
		SELECT coalesce(c.student_id, l.student_id)::text, 'is shown otherwise than she stands'
		FROM @current c
		FULL JOIN %s l ON l.student_id @equals c.student_id
		WHERE (c.*)::text IS DISTINCT FROM (l.*)::text AND (SELECT s.shown FROM @settings s)
		$sql$, replace(list::text, '@', '@@')));
END
$$;
COMMENT ON FUNCTION gapstats_internal.disagreement(regclass) IS
'What in a watch list does not agree: its students, their values, the history, the flags, their alarms and, unless a run was cut off before it was shown, what it shows. No rows, whatever happened to a run.';
