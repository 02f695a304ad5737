-- watch_list/publish: from what a run found to what the list holds
--
-- Only rows that differ are written.  The history is the truth: events are read from it, and
-- flags and alarms (flags.sql) follow from the standings that begin and end in it.

CREATE FUNCTION gapstats_internal.write_current(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		DELETE FROM @current c USING @next n WHERE n.change = 'g' AND c.student_id @equals n.student_id;
		DELETE FROM @values v USING @next n WHERE n.change = 'g' AND v.student_id @equals n.student_id;

		UPDATE @current c
		SET (@columns, status, score, rules_flagged, rules_missing, reasons, since) =
			ROW(@new_columns, n.status, n.score, n.rules_flagged, n.rules_missing, n.reasons, n.since)
		FROM @next n
		WHERE n.change = 'c' AND c.student_id @equals n.student_id;
		INSERT INTO @current (@columns, status, score, rules_flagged, rules_missing, reasons, since)
		SELECT @columns, status, score, rules_flagged, rules_missing, reasons, since FROM @next WHERE change = 'n';
		-- rows of one of the two tables, or of the other, may be lost
		UPDATE @values v
		SET "values" = n."values", states = n.states, clearing = n.clearing
		FROM @next n
		WHERE n.change <> 'g' AND v.student_id @equals n.student_id;
		INSERT INTO @values (student_id, "values", states, clearing)
		SELECT n.student_id, n."values", n.states, n.clearing
		FROM @next n
		WHERE n.change <> 'g' AND NOT EXISTS (SELECT FROM @values v WHERE v.student_id @equals n.student_id);
		DELETE FROM @values v
		WHERE (SELECT count(*) FROM @values) > (SELECT count(*) FROM @current) AND NOT EXISTS (SELECT FROM @current c WHERE c.student_id @equals v.student_id);
		$sql$);
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_current(regclass) IS
'Writes what a run found to a watch list''s students and values.';

-- What is new of a standing, beside the one that was.  Both are of a student who is flagged,
-- or has insufficient data, or NULL.
CREATE FUNCTION gapstats_internal.standing_event(status_before text, rules_before text[], status_now text, rules_now text[])
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
	WHEN status_now = 'insufficient data' THEN 'data missing'
	WHEN status_before IS NULL OR status_before = 'insufficient data' THEN 'flagged'
	WHEN status_before = 'watch' AND status_now = 'at risk' THEN 'escalated'
	WHEN NOT rules_now <@ rules_before THEN 'new reason'
	WHEN status_before = 'at risk' AND status_now = 'watch' OR NOT rules_before <@ rules_now THEN 'eased'
	ELSE 'rule changed'
END;
COMMENT ON FUNCTION gapstats_internal.standing_event(text, text[], text, text[]) IS
'What a new standing of a student is, given the one before, if there was one: flagged, escalated, new reason, eased, data missing, or rule changed (the same rules flag her in other versions).';

CREATE FUNCTION gapstats_internal.write_history(list regclass, run bigint, as_of date, is_new_year boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- A flag that ends because rules, or how they combine, were changed is no merit: by the change
	-- alone what it stood for and is asked as it was would not have done, and without it what has
	-- not been seen to be well, asked as it was, would have
	EXECUTE gapstats_internal.statement(list, format($sql$
		WITH alike AS MATERIALIZED (
			SELECT * FROM gapstats_internal.asked_alike($3, $1)
		)
		UPDATE @history h
		SET until_day = greatest($2, h.from_day), until_time = now(), until_run = $1,
			ended_as = CASE
				WHEN n.change = 'g' THEN 'left'
				WHEN n.since IS NOT NULL THEN NULL
				WHEN $4 AND EXISTS (
					SELECT
					FROM @flags f
					JOIN @run_rules u ON u.run = $1 AND u.rule = ANY (f.rules)
					WHERE f.student_id @equals h.student_id AND f.cleared_at IS NULL AND substr(n.states, u."position", 1) ~* '[mdx]') THEN 'new school year'
				WHEN (
					SELECT gapstats_internal.score_of(s.combination, count(a.rule) FILTER (WHERE w.is_stood_for), bool_or(a.severity = 'at risk') FILTER (WHERE w.is_stood_for),
							sum(a.points) FILTER (WHERE w.is_stood_for)) < coalesce(s.watch_at, s.at_risk_at)
						AND gapstats_internal.score_of(b.combination, count(*) FILTER (WHERE NOT w.is_well), bool_or(r.severity = 'at risk') FILTER (WHERE NOT w.is_well),
							sum(r.points) FILTER (WHERE NOT w.is_well)) >= coalesce(b.watch_at, b.at_risk_at)
					FROM @settings s
					CROSS JOIN @flags f
					-- the night on which she last stood flagged, not one on which missing data kept her flag;
					-- if it was forgotten, rules combined as they do
					CROSS JOIN LATERAL (
						SELECT combination, at_risk_at, watch_at
						FROM (
							SELECT w.standing, r.combination, r.at_risk_at, r.watch_at
							FROM @history w
							CROSS JOIN LATERAL (SELECT * FROM @runs r WHERE r.run < coalesce(w.until_run, $1) AND r.status = 'succeeded' ORDER BY r.run DESC LIMIT 1) r
							WHERE w.student_id @equals f.student_id AND w.status IN ('watch', 'at risk')
							UNION ALL
							VALUES (0, s.combination, s.at_risk_at, s.watch_at)
						) last
						ORDER BY last.standing DESC
						LIMIT 1) b
					CROSS JOIN jsonb_object_keys(f.said) AS k (rule)
					JOIN @rules r ON r.rule = k.rule AND r.version = %1$s
					LEFT JOIN alike a ON a.rule = r.rule AND a.version = r.version AND a.is_cleared_alike AND substr(n.states, a."position", 1) !~* '[mdx]'
					CROSS JOIN LATERAL (SELECT k.rule = ANY (f.rules), a.rule IS NOT NULL AND NOT k.rule = ANY (n.rules)) w (is_stood_for, is_well)
					WHERE f.student_id @equals h.student_id AND f.cleared_at IS NULL
					GROUP BY s.id, b.combination, b.watch_at, b.at_risk_at) THEN 'rule changed'
				-- what flagged her does no more; that another rule has no value keeps no flag
				WHEN n.status = 'insufficient data' THEN 'on track'
				ELSE n.status END
		FROM @next n
		WHERE n.change <> 'v' AND h.student_id @equals n.student_id AND h.until_time IS NULL
		AND (n.change = 'g' OR (h.status, h.rules, h.rule_versions) IS DISTINCT FROM (n.status, n.rules, n.versions)
			OR n.since IS NULL AND EXISTS (SELECT FROM @flags f WHERE f.student_id @equals n.student_id AND f.cleared_at IS NULL))
		$sql$, gapstats_internal.version_that_flagged()))
	USING run, as_of, list, is_new_year;
	EXECUTE gapstats_internal.statement(list, $sql$
		WITH alike AS MATERIALIZED (
			SELECT * FROM gapstats_internal.asked_alike($3, $1)
		)
		INSERT INTO @history (student_id, status, rules, rule_versions, event, run, from_day)
		SELECT n.student_id, n.status, n.rules, n.versions,
			CASE
				-- a rule that flagged her and has no value now, which a capital letter tells, is no ease
				WHEN e.event = 'eased' AND EXISTS (
					SELECT FROM @run_rules u WHERE u.run = $1 AND u.rule = ANY (b.rules) AND substr(n.states, u."position", 1) ~ '[MDX]') THEN 'data missing'
				-- nor is it one if all that flagged her, and is as it was, still does
				WHEN e.event = 'eased' AND NOT EXISTS (
					SELECT
					FROM unnest(b.rules, b.rule_versions) AS was (rule, version)
					JOIN alike a ON a.rule = was.rule AND a.version = was.version AND a.is_cleared_alike
					WHERE NOT was.rule = ANY (n.rules)) THEN 'rule changed'
				ELSE e.event END, $1, $2
		FROM @next n
		LEFT JOIN @history b ON b.student_id @equals n.student_id AND b.until_run = $1 AND b.ended_as IS NULL
		CROSS JOIN LATERAL (SELECT gapstats_internal.standing_event(b.status, b.rules, n.status, n.rules)) e (event)
		WHERE n.change IN ('n', 'c', 'r') AND n.status NOT IN ('on track', 'not assessed')
		AND NOT EXISTS (SELECT FROM @history h WHERE h.student_id @equals n.student_id AND h.until_time IS NULL)
		ORDER BY n.student_id
		$sql$)
	USING run, as_of, list;
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_history(regclass, bigint, date, boolean) IS
'Ends the standings that a run of a watch list has found to be over, and begins the new ones. Those who are on track or not assessed have none.';

-- Who accepts a run for an earlier day says that the days after it were mistyped.
CREATE FUNCTION gapstats_internal.take_back_days(list regclass, as_of date)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	dated_back bigint;
BEGIN
	EXECUTE gapstats_internal.statement(list, 'UPDATE @runs SET as_of = $1 WHERE as_of > $1') USING as_of;
	GET DIAGNOSTICS dated_back = ROW_COUNT;
	IF dated_back = 0 THEN
		RETURN;
	END IF;
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @history
		SET from_day = least(from_day, $1), until_day = CASE WHEN until_day IS NOT NULL THEN least(until_day, $1) END
		WHERE from_day > $1 OR until_day > $1
		$sql$)
	USING as_of;
	EXECUTE gapstats_internal.statement(list, 'UPDATE @flags SET since = $1 WHERE since > $1') USING as_of;
	EXECUTE gapstats_internal.statement(list, 'UPDATE @current SET since = $1 WHERE since > $1') USING as_of;
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @values
		SET clearing = ARRAY(SELECT CASE WHEN c.day > $1 THEN $1 ELSE c.day END FROM unnest(clearing) WITH ORDINALITY AS c (day, place) ORDER BY c.place)
		WHERE $1 < ANY (clearing)
		$sql$)
	USING as_of;
	EXECUTE gapstats_internal.statement(list, 'UPDATE @settings SET shown = false');
END
$$;
COMMENT ON FUNCTION gapstats_internal.take_back_days(regclass, date) IS
'Dates what a watch list was computed for later days than this one back to it, so that nothing stands or ended on days that have not been. The run that was accepted says in "moved" which days they were.';

-- From then on autovacuum sees to it.  Of arrays, statistics cost much and serve nothing here.
CREATE FUNCTION gapstats_internal.analyze_list(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		ANALYZE @current, @values (student_id), @history (student_id, until_time, run, until_run), @flags (flag, student_id, cleared_at, cleared_as)
		$sql$);
END
$$;
COMMENT ON FUNCTION gapstats_internal.analyze_list(regclass) IS
'Counts what the first run of a watch list has written, on which the planner would not know anything otherwise until the next night.';
