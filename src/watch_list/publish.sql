-- watch_list/publish: from what a run found to what the list holds
--
-- Only rows that differ are written.  The history is the truth: events are read from it, and
-- flags and alarms follow from the standings that begin and end in it.

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

-- As the evaluation does it (AddToScore)
CREATE FUNCTION gapstats_internal.score_of(combination text, n bigint, some_at_risk boolean, points numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE combination
	WHEN 'severity' THEN CASE WHEN some_at_risk THEN 2 ELSE least(n, 1) END
	WHEN 'points' THEN coalesce(points, 0)
	ELSE n
END;
COMMENT ON FUNCTION gapstats_internal.score_of(text, bigint, boolean, numeric) IS
'What rules that flag a student come to: so many, whether the severity of one of them is at risk, and the sum of their points.';

CREATE FUNCTION gapstats_internal.asked_alike(list regclass, run bigint)
RETURNS TABLE (rule text, version integer, "position" integer, severity text, points numeric, is_cleared_alike boolean, is_as_grave boolean,
			   is_recent boolean, is_as_before boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY EXECUTE gapstats_internal.statement(list, $sql$
		SELECT o.rule, o.version, u."position", r.severity, r.points, o.clear_at IS NOT DISTINCT FROM r.clear_at, o.is_as_grave,
			coalesce(bool_or(b.is_recent) OVER (PARTITION BY o.rule), false),
			coalesce(bool_or(b.is_last AND b.is_combined_alike AND o.is_as_grave) OVER (PARTITION BY o.rule), false)
		FROM @run_rules u
		JOIN @rules r ON r.rule = u.rule AND r.version = u.version
		CROSS JOIN LATERAL (
			SELECT o.*, CASE s.combination WHEN 'severity' THEN o.severity = r.severity WHEN 'points' THEN o.points = r.points ELSE true END AS is_as_grave
			FROM @rules o
			CROSS JOIN @settings s
			WHERE o.rule = r.rule AND gapstats_internal.question(to_jsonb(o)) = gapstats_internal.question(to_jsonb(r))
		) o
		LEFT JOIN (
			SELECT n.rule, n.version, bool_or(w.ended_at > now() - s.return_within) AS is_recent, bool_or(w.is_last) AS is_last,
				bool_or((w.combination, w.at_risk_at, w.watch_at) IS NOT DISTINCT FROM (s.combination, s.at_risk_at, s.watch_at)) FILTER (WHERE w.is_last) AS is_combined_alike
			FROM @settings s
			CROSS JOIN LATERAL (SELECT w.*, w.run = (SELECT max(run) FROM @runs WHERE run < $1 AND status = 'succeeded') AS is_last FROM @runs w WHERE w.run < $1 AND w.status = 'succeeded') w
			JOIN @run_rules n ON n.run = w.run
			WHERE w.is_last OR w.ended_at > now() - s.return_within
			GROUP BY n.rule, n.version
		) b ON b.rule = o.rule AND b.version = o.version
		WHERE u.run = $1
		$sql$)
	USING run;
END
$$;
COMMENT ON FUNCTION gapstats_internal.asked_alike(regclass, bigint) IS
'The versions of a watch list''s rules that flag the same students as those of a run, with what these are beside that, whether they clear and weigh the same, whether one of a rule was asked within return_within of the settings before the run, and whether the last run asked, weighed and combined it as this one does; of a rule that the run does not ask there are none.';

CREATE FUNCTION gapstats_internal.version_that_flagged()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $sql$(
	SELECT w.rule_versions[array_position(w.rules, k.rule)]
	FROM @history w
	WHERE w.student_id @equals f.student_id AND k.rule = ANY (w.rules) AND w.status IN ('watch', 'at risk')
	ORDER BY w.standing DESC
	LIMIT 1)
	$sql$;
COMMENT ON FUNCTION gapstats_internal.version_that_flagged() IS
'The expression for the version in which a rule k of a flag f flagged the student when she last stood flagged.';

CREATE FUNCTION gapstats_internal.what_was_said()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $sql$(
	SELECT k.rule, b.status, a.is_recent, a.is_as_before,
		CASE WHEN a.is_as_grave THEN (
			SELECT max(r.ended_at)
			FROM @runs r
			JOIN @settings s ON (r.combination, r.at_risk_at, r.watch_at) IS NOT DISTINCT FROM (s.combination, s.at_risk_at, s.watch_at)
			WHERE r.run >= greatest(b.run, k.since::bigint) AND r.run < coalesce(b.until_run, $1) AND r.status = 'succeeded') END AS combined_alike_at
	FROM jsonb_each_text(f.said) AS k (rule, since)
	JOIN @history b ON b.student_id @equals f.student_id AND b.run < $1 AND coalesce(b.until_run > k.since::bigint, true)
		AND k.rule = ANY (b.rules) AND b.status IN ('watch', 'at risk')
	JOIN alike a ON a.rule = k.rule AND a.version = b.rule_versions[array_position(b.rules, k.rule)])
	$sql$;
COMMENT ON FUNCTION gapstats_internal.what_was_said() IS
'The expression for what the rules said of the student of a flag f that a run asks as they were asked then, each as of a standing in which it has flagged her without being known to flag her no more since; and when it was last weighed and combined as it is now.';

CREATE FUNCTION gapstats_internal.write_history(list regclass, run bigint, as_of date, is_new_year boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- A flag that ends because rules, or how they combine, were changed is no merit: by the change
	-- alone what is asked as it was would not have done, and without it what has not been seen to
	-- be well, asked as it was, would have
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
					SELECT gapstats_internal.score_of(s.combination, count(a.rule), bool_or(a.severity = 'at risk'), sum(a.points)) < coalesce(s.watch_at, s.at_risk_at)
						AND gapstats_internal.score_of(b.combination, count(*) FILTER (WHERE NOT w.is_well), bool_or(r.severity = 'at risk') FILTER (WHERE NOT w.is_well),
							sum(r.points) FILTER (WHERE NOT w.is_well)) >= coalesce(b.watch_at, b.at_risk_at)
					FROM @settings s
					CROSS JOIN @flags f
					-- the night on which she last stood flagged, not one on which missing data kept her flag
					CROSS JOIN LATERAL (
						SELECT r.*
						FROM @history w
						CROSS JOIN LATERAL (SELECT * FROM @runs r WHERE r.run < coalesce(w.until_run, $1) AND r.status = 'succeeded' ORDER BY r.run DESC LIMIT 1) r
						WHERE w.student_id @equals f.student_id AND w.status IN ('watch', 'at risk')
						ORDER BY w.standing DESC
						LIMIT 1) b
					CROSS JOIN jsonb_object_keys(f.said) AS k (rule)
					JOIN @rules r ON r.rule = k.rule AND r.version = %1$s
					LEFT JOIN alike a ON a.rule = r.rule AND a.version = r.version AND a.is_cleared_alike
					CROSS JOIN LATERAL (SELECT a.rule IS NOT NULL AND NOT k.rule = ANY (n.rules)) w (is_well)
					WHERE f.student_id @equals h.student_id AND f.cleared_at IS NULL
					GROUP BY s.id, b.run, b.combination, b.watch_at, b.at_risk_at) THEN 'rule changed'
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

CREATE FUNCTION gapstats_internal.raise_alarms(list regclass, run bigint, new_event text, kind text, raised_at timestamptz)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	raised bigint;
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @alarms (flag, student_id, kind, status, rules, run, raised_at, due_at, "values")
		SELECT f.flag, f.student_id, $3, h.status, h.rules, $1, $5,
			(SELECT gapstats_internal.due_time($4, $1, $5)),
			(SELECT v."values" FROM @values v WHERE v.student_id @equals h.student_id)
		FROM @history h
		JOIN @flags f ON f.student_id @equals h.student_id AND f.cleared_at IS NULL
		-- a new flag is one, whatever the standing before, which may be lost, makes of hers
		WHERE h.run = $1 AND h.until_time IS NULL AND CASE WHEN f.run = $1 THEN $3 = 'flagged' ELSE h.event = $2 END
		-- before anyone has called, the alarm that is on tells of the new reason, too
		AND ($3 <> 'new reason' OR EXISTS (
			SELECT FROM @check_ins c
			WHERE c.flag = f.flag AND c.contacted_at >= (SELECT max(a.raised_at) FROM @alarms a WHERE a.flag = f.flag)))
		ORDER BY f.student_id
		$sql$)
	USING run, new_event, kind, list, raised_at;
	GET DIAGNOSTICS raised = ROW_COUNT;
	RETURN raised;
END
$$;
COMMENT ON FUNCTION gapstats_internal.raise_alarms(regclass, bigint, text, text, timestamptz) IS
'Raises alarms of a kind for the students whose standing began with an event in a run, or, if it is flagged, whose flag is new, and returns how many.';

-- While nobody has called, the alarm that is on tells of a new reason, too.  If a call turns out
-- to have been before the reason was there, it was not of that.
CREATE FUNCTION gapstats_internal.raise_untold_reasons(list regclass, run bigint, raised_at timestamptz)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @alarms (flag, student_id, kind, status, rules, run, raised_at, due_at, "values")
		SELECT f.flag, f.student_id, 'new reason', h.status, h.rules, $1, $2,
			(SELECT gapstats_internal.due_time($3, $1, $2)),
			(SELECT v."values" FROM @values v WHERE v.student_id @equals h.student_id)
		FROM (
			SELECT c.flag, max(c.contacted_at) AS contacted_at
			FROM @check_ins c
			WHERE c.flag IN (
				SELECT m.flag FROM @check_ins m WHERE m.made_at >= (SELECT max(r.started_at) FROM @runs r WHERE r.status = 'succeeded' AND r.run < $1))
			GROUP BY c.flag
		) c
		JOIN @flags f ON f.flag = c.flag AND f.cleared_at IS NULL
		JOIN @history h ON h.student_id @equals f.student_id AND h.until_time IS NULL AND h.run < $1 AND h.status IN ('watch', 'at risk')
		CROSS JOIN LATERAL (SELECT a.run, a.raised_at, a.rules FROM @alarms a WHERE a.flag = f.flag ORDER BY a.raised_at DESC, a.alarm DESC LIMIT 1) a
		WHERE c.contacted_at >= a.raised_at AND NOT h.rules <@ a.rules
		AND c.contacted_at < (SELECT max(b.from_time) FROM @history b WHERE b.student_id @equals f.student_id AND b.run > a.run AND b.event = 'new reason')
		ORDER BY f.student_id
		$sql$)
	USING run, raised_at, list;
END
$$;
COMMENT ON FUNCTION gapstats_internal.raise_untold_reasons(regclass, bigint, timestamptz) IS
'Raises alarms for students who have a reason that the last alarm did not tell of, and whose last contact, which somebody entered since the last run, was after that alarm and before the reason.';

-- What a rule says is nothing new when it, or its student, is back after some nights.
CREATE FUNCTION gapstats_internal.forget_who_is_well(list regclass, run bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
BEGIN
	-- what cannot come back any more does not if return_within is changed, either
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @flags f SET said = NULL FROM @settings s WHERE f.said IS NOT NULL AND f.cleared_at <= now() - s.return_within
		$sql$);
	EXECUTE gapstats_internal.statement(list, $sql$
		WITH alike AS MATERIALIZED (
			SELECT * FROM gapstats_internal.asked_alike($2, $1)
		)
		UPDATE @flags u
		SET said = u.said - l.rules
		FROM (
			SELECT f.flag, w.rules
			FROM (
				SELECT f.flag, f.student_id, f.said
				FROM @flags f
				LEFT JOIN @next n ON n.student_id @equals f.student_id
				WHERE f.said <> '{}'
				-- who has not changed may be asked what she was not asked last night
				AND (n.student_id IS NOT NULL OR f.said ?| ARRAY(SELECT a.rule FROM alike a WHERE NOT a.is_as_before))
				OFFSET 0
			) f
			JOIN @values v ON v.student_id @equals f.student_id
			CROSS JOIN LATERAL (
				SELECT array_agg(k.rule) AS rules
				FROM jsonb_object_keys(f.said) AS k (rule)
				WHERE substr(v.states, ((SELECT jsonb_object_agg(u.rule, u."position") FROM @run_rules u WHERE u.run = $1) ->> k.rule)::integer, 1) IN ('o', 'n')
				-- asked as in any of the standings by which it may come back (what_was_said)
				AND EXISTS (
					SELECT
					FROM @history b
					JOIN alike a ON a.rule = k.rule AND a.version = b.rule_versions[array_position(b.rules, k.rule)]
					WHERE b.student_id @equals f.student_id AND b.run < $1 AND coalesce(b.until_run > (f.said ->> k.rule)::bigint, true)
					AND b.status IN ('watch', 'at risk'))
			) w
			WHERE w.rules IS NOT NULL
		) l
		WHERE u.flag = l.flag
		$sql$)
	USING run, list;
END
$$;
COMMENT ON FUNCTION gapstats_internal.forget_who_is_well(regclass, bigint) IS
'Has the flags of a watch list forget of the rules that flagged their students those that, asked as they were, do not any more.';

CREATE FUNCTION gapstats_internal.begin_school_year(list regclass, run bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @flags f
		SET status = h.status, rules = h.rules, said = (SELECT jsonb_object_agg(r.rule, $1) FROM unnest(h.rules) AS r (rule))
		FROM @history h
		WHERE f.cleared_at IS NULL AND h.student_id @equals f.student_id AND h.until_time IS NULL AND h.status IN ('watch', 'at risk')
		$sql$)
	USING run;
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @values SET states = translate(states, 'MDX', 'mdx') WHERE states ~ '[MDX]'
		$sql$);
END
$$;
COMMENT ON FUNCTION gapstats_internal.begin_school_year(regclass, bigint) IS
'Has the flags of a watch list stand for the rules that flag a student now, and forgets what those said last that have no value.';

CREATE FUNCTION gapstats_internal.write_flags(list regclass, run bigint, as_of date, is_new_year boolean, OUT newly_flagged bigint, OUT escalated bigint, OUT cleared bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- a contact earlier in this transaction is one before the alarm; none is one with a new flag
	worse_at CONSTANT timestamptz := clock_timestamp();
BEGIN
	-- data that went missing clears nobody
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @flags f
		SET cleared_at = now(), cleared_as = h.ended_as, said = CASE WHEN h.ended_as IN ('left', 'rule changed') THEN f.said END
		FROM @history h
		WHERE h.until_run = $1 AND h.ended_as IS NOT NULL AND h.student_id @equals f.student_id AND f.cleared_at IS NULL
		$sql$)
	USING run;
	GET DIAGNOSTICS cleared = ROW_COUNT;

	-- no flag comes back over the beginning of a school year, and nothing said before it counts
	IF is_new_year THEN
		EXECUTE gapstats_internal.statement(list, $sql$
			UPDATE @flags SET said = CASE WHEN cleared_at IS NULL THEN '{}'::jsonb END WHERE said IS NOT NULL
			$sql$);
	END IF;
	PERFORM gapstats_internal.forget_who_is_well(list, run);

	-- who is back, flagged or without what a flag of hers stands for, as if she had not left, or
	-- is flagged by a rule that is back, has her flag again, and with it her check-ins
	EXECUTE gapstats_internal.statement(list, format($sql$
		WITH alike AS MATERIALIZED (
			SELECT * FROM gapstats_internal.asked_alike($2, $1)
		)
		UPDATE @flags f
		SET cleared_at = NULL, cleared_as = NULL, rules = ARRAY(SELECT k.rule FROM unnest(f.rules) WITH ORDINALITY AS k (rule, place) WHERE f.said ? k.rule ORDER BY k.place)
		FROM @history h
		JOIN @next n ON n.student_id @equals h.student_id
		CROSS JOIN @settings s
		WHERE h.run = $1 AND h.until_time IS NULL
		AND f.student_id @equals h.student_id AND f.cleared_at > now() - s.return_within AND f.said IS NOT NULL
		AND (f.cleared_as = 'left' AND n.change = 'n' AND (h.status IN ('watch', 'at risk') OR EXISTS (
				SELECT FROM @run_rules u WHERE u.run = $1 AND u.rule = ANY (f.rules) AND substr(n.states, u."position", 1) ~* '[mdx]'))
			-- a rule that flagged her last night, too, and alone was not enough, is not back
			OR h.event = 'flagged' AND EXISTS (
				SELECT
				FROM %s p
				WHERE p.rule = ANY (h.rules) AND p.combined_alike_at IS NOT NULL
				AND (NOT p.is_as_before OR n.change = 'n' OR EXISTS (
					SELECT FROM @history w WHERE w.student_id @equals h.student_id AND w.until_run = $1 AND NOT p.rule = ANY (w.rules)))))
		AND NOT EXISTS (SELECT FROM @flags b WHERE b.student_id @equals h.student_id AND b.flag > f.flag)
		$sql$, gapstats_internal.what_was_said()))
	USING run, list;

	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @flags (student_id, status, rules, said, since, run)
		SELECT h.student_id, h.status, h.rules, (SELECT jsonb_object_agg(r.rule, $1) FROM unnest(h.rules) AS r (rule)), $2, $1
		FROM @history h
		WHERE h.run = $1 AND h.until_time IS NULL AND h.status IN ('watch', 'at risk')
		AND NOT EXISTS (SELECT FROM @flags f WHERE f.student_id @equals h.student_id AND f.cleared_at IS NULL)
		-- who sees the numbers of two flags must not know who is between
		ORDER BY random()
		$sql$)
	USING run, as_of;
	GET DIAGNOSTICS newly_flagged = ROW_COUNT;

	-- A flag stands for the rules that flag her, while she is flagged, and goes on standing for
	-- each that has no value until it has one again.  Its status is worse than that of her
	-- standing only as far as such rules make it so.  A standing that comes after missing data, or
	-- some nights off the list, is compared with what the flag stood for, and with what rules that
	-- are back said when they were last asked.
	EXECUTE gapstats_internal.statement(list, format($sql$
		WITH alike AS MATERIALIZED (
			SELECT * FROM gapstats_internal.asked_alike($2, $1)
		), asked AS MATERIALIZED (
			SELECT u.rule, u."position", r.severity, r.points
			FROM @run_rules u
			JOIN @rules r ON r.rule = u.rule AND r.version = u.version
			WHERE u.run = $1
		), followed AS MATERIALIZED (
			SELECT f.flag, f.student_id, f.said, f.status AS status_before, f.rules AS rules_before, coalesce(m.rules, n.rules) AS rules,
				f.said || coalesce(w.said, '{}') AS said_now,
				CASE WHEN n.status = 'at risk' OR f.status = 'at risk' AND m.score >= s.at_risk_at THEN 'at risk' ELSE 'watch' END AS status
			FROM @next n
			JOIN @flags f ON f.student_id @equals n.student_id AND f.cleared_at IS NULL AND f.run <> $1
			CROSS JOIN @settings s
			LEFT JOIN LATERAL (
				SELECT array_agg(a.rule ORDER BY a."position") AS rules,
					gapstats_internal.score_of(s.combination, count(*), bool_or(a.severity = 'at risk'), sum(a.points)) AS score
				FROM asked a
				WHERE n.states ~* '[mdx]'
				AND (a.rule = ANY (f.rules) AND (a.rule = ANY (n.rules) OR substr(n.states, a."position", 1) ~* '[mdx]')
					OR a.rule = ANY (n.rules) AND n.status IN ('watch', 'at risk'))
			) m ON true
			CROSS JOIN LATERAL (
				SELECT jsonb_object_agg(r.rule, $1) AS said FROM unnest(n.rules) AS r (rule) WHERE n.status IN ('watch', 'at risk') AND NOT f.said ? r.rule
			) w
			WHERE n.change <> 'g'
		), written AS (
			UPDATE @flags f
			SET status = m.status, rules = m.rules, said = m.said_now
			FROM followed m
			WHERE f.flag = m.flag AND (f.status, f.rules, f.said) IS DISTINCT FROM (m.status, m.rules, m.said_now)
		)
		UPDATE @history h
		SET event = (
			SELECT CASE WHEN f.status = b.status AND f.rules <@ b.rules AND f.rules @> b.rules THEN 'back'
				ELSE gapstats_internal.standing_event(b.status, b.rules, f.status, f.rules) END
			FROM (
				SELECT f.rules_before || array_agg(DISTINCT p.rule) FILTER (WHERE p.rule = ANY (h.rules) AND p.is_recent) AS rules,
					array_agg(DISTINCT p.rule) FILTER (WHERE p.status = 'at risk' AND p.combined_alike_at > now() - s.return_within) AS at_risk_by
				FROM @settings s
				CROSS JOIN %s p
			) said
			CROSS JOIN LATERAL (
				SELECT said.rules, CASE WHEN f.status_before = 'at risk' OR (
						SELECT gapstats_internal.score_of(s.combination, count(*), bool_or(a.severity = 'at risk'), sum(a.points)) >= s.at_risk_at
						FROM @settings s
						JOIN asked a ON a.rule = ANY (said.rules) AND a.rule = ANY (said.at_risk_by)
						GROUP BY s.combination, s.at_risk_at) THEN 'at risk' ELSE 'watch' END AS status
			) b)
		FROM followed f
		WHERE h.run = $1 AND h.until_time IS NULL AND h.event IN ('flagged', 'escalated', 'new reason') AND h.student_id @equals f.student_id
		$sql$, gapstats_internal.what_was_said()))
	USING run, list;
	PERFORM gapstats_internal.begin_school_year(list, run) WHERE is_new_year;
	PERFORM gapstats_internal.raise_alarms(list, run, 'flagged', 'flagged', now());
	escalated := gapstats_internal.raise_alarms(list, run, 'escalated', 'escalated', worse_at);
	PERFORM gapstats_internal.raise_alarms(list, run, 'new reason', 'new reason', worse_at);
	PERFORM gapstats_internal.raise_untold_reasons(list, run, worse_at);

	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @current c
		SET since = f.since
		FROM @history h
		JOIN @flags f ON f.student_id @equals h.student_id AND f.cleared_at IS NULL
		WHERE h.run = $1 AND h.until_time IS NULL AND c.student_id @equals h.student_id AND c.since IS DISTINCT FROM f.since
		$sql$)
	USING run;
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_flags(regclass, bigint, date, boolean) IS
'Clears the flags of those who are on track or left a watch list, raises one for each student who stands at watch or at risk and has none, has each stand for the rules that flag the student and those of its own that have no value now, and raises alarms: for new flags, for a worse status, and for a new reason after a contact. Within return_within of the settings a student has her flag back: who left, if she is flagged or without the values that the flag stands for when she is back; and who is flagged by a rule that is what it was again, or combined as it was.';

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
			SELECT array_remove(ARRAY[CASE WHEN c.standing <> h.standing THEN 'history' END, CASE WHEN c.flagged <> f.flagged THEN 'flags' END], NULL) AS parts
			FROM (SELECT count(*) FILTER (WHERE status NOT IN ('on track', 'not assessed')) AS standing, count(since) AS flagged FROM @current) c,
				(SELECT count(*) AS standing FROM @history WHERE until_time IS NULL) h,
				(SELECT count(*) AS flagged FROM @flags WHERE cleared_at IS NULL) f
		) u
		WHERE r.run = $1 AND u.parts <> '{}'
		$sql$)
	USING of_run;
END
$$;
COMMENT ON FUNCTION gapstats_internal.note_lost_rows(regclass, bigint) IS
'Writes down with a run which of a watch list''s history and flags have not as many students who stand, or are flagged, as the list itself.';

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
