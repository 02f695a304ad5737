-- watch_list/flags: from the standings that begin and end in a run to flags and alarms
--
-- A flag is one story of a student, with its contacts, from the night that raised it to the one
-- that ended it; it may go on within return_within.  An alarm says that somebody is to be told.

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
			bool_or(b.rule IS NOT NULL) OVER (PARTITION BY o.rule),
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
			SELECT n.rule, n.version, bool_or(w.is_last) AS is_last,
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
'The versions of a watch list''s rules that flag the same students as those of a run, with what these are beside that, whether they clear and weigh the same, whether one of a rule was asked by the last run or within return_within of the settings, and whether the last run asked, weighed and combined it as this one does; of a rule that the run does not ask there are none.';

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
	SELECT k.rule, b.status, a.is_as_before,
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

CREATE FUNCTION gapstats_internal.raise_alarms(list regclass, run bigint, kind text, raised_at timestamptz, whose text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	raised bigint;
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @alarms (flag, student_id, kind, status, rules, run, raised_at, due_at, "values")
		SELECT f.flag, f.student_id, $2, h.status, h.rules, $1, $3,
			(SELECT gapstats_internal.due_time($4, $1, $3)),
			(SELECT v."values" FROM @values v WHERE v.student_id @equals h.student_id)
		FROM @history h
		JOIN @flags f ON f.student_id @equals h.student_id AND f.cleared_at IS NULL
		CROSS JOIN LATERAL (SELECT h.run = $1 AND f.run <> $1 AND h.event = $2 AS is_worse) w
		WHERE h.until_time IS NULL AND $sql$ || whose || $sql$
		ORDER BY f.student_id
		$sql$)
	USING run, kind, raised_at, list;
	GET DIAGNOSTICS raised = ROW_COUNT;
	RETURN raised;
END
$$;
COMMENT ON FUNCTION gapstats_internal.raise_alarms(regclass, bigint, text, timestamptz, text) IS
'Raises alarms of a kind, and returns how many. whose says whose: a condition on the student''s standing h, her open flag f and whether her standing is one of the kind since this run ($1), with a flag of before (is_worse).';

CREATE FUNCTION gapstats_internal.is_answered()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $sql$
	EXISTS (SELECT FROM @check_ins c WHERE c.flag = f.flag AND c.contacted_at >= coalesce((SELECT max(a.raised_at) FROM @alarms a WHERE a.flag = f.flag), f.flagged_at))
	$sql$;
COMMENT ON FUNCTION gapstats_internal.is_answered() IS
'The condition that somebody has called since the last alarm of a flag f.';

-- While nobody has called, the alarm that is on tells of a new reason, too; a call that turns out
-- to have been before the reason was there was not of that.
CREATE FUNCTION gapstats_internal.is_untold()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $sql$
	h.status IN ('watch', 'at risk')
	AND EXISTS (
		SELECT
		FROM unnest(h.rules) AS k (rule)
		JOIN @history b ON b.student_id @equals f.student_id AND b.run = (f.said ->> k.rule)::bigint AND b.event IN ('flagged', 'escalated', 'new reason')
		WHERE b.run > coalesce((SELECT max(a.run) FROM @alarms a WHERE a.flag = f.flag), f.run)
		-- nobody sees it before the run has ended
		AND coalesce((SELECT r.ended_at FROM @runs r WHERE r.run = b.run), b.from_time) > (SELECT max(c.contacted_at) FROM @check_ins c WHERE c.flag = f.flag))
	$sql$;
COMMENT ON FUNCTION gapstats_internal.is_untold() IS
'The condition that a reason of a standing h came after the last alarm of a flag f and after the last contact, so that neither was of it.';

-- What a rule says is nothing new when it, or its student, is back after some nights.
CREATE FUNCTION gapstats_internal.forget_who_is_well(list regclass, run bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- what cannot come back any more does not if return_within is changed, either, nor if who was
	-- seen to be well leaves once more
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @flags f SET said = NULL FROM @settings s WHERE f.said IS NOT NULL AND (f.cleared_at <= now() - s.return_within OR f.cleared_at < now() AND f.said = '{}')
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
				SELECT f.flag, f.student_id, f.rules, f.said
				FROM @flags f
				LEFT JOIN @next n ON n.student_id @equals f.student_id
				WHERE f.said <> '{}'
				-- who has not changed may be asked what she was not asked last night
				AND (n.student_id IS NOT NULL OR f.said ?| ARRAY(SELECT a.rule FROM alike a WHERE NOT a.is_as_before))
				OFFSET 0
			) f
			LEFT JOIN @values v ON v.student_id @equals f.student_id
			CROSS JOIN LATERAL (
				SELECT array_agg(k.rule) AS rules
				FROM jsonb_object_keys(f.said) AS k (rule)
				WHERE (k.rule IN (SELECT a.rule FROM alike a WHERE NOT a.is_recent) AND NOT k.rule = ANY (f.rules)
					OR substr(v.states, ((SELECT jsonb_object_agg(u.rule, u."position") FROM @run_rules u WHERE u.run = $1) ->> k.rule)::integer, 1) IN ('o', 'n'))
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
'Has the flags of a watch list forget of the rules that flagged their students those that, asked as they were, do not any more, and those that they do not stand for and nobody has asked for longer than return_within of the settings.';

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
				SELECT FROM @run_rules u WHERE u.run = $1 AND u.rule = ANY (f.rules) AND f.said ? u.rule AND substr(n.states, u."position", 1) ~* '[mdx]'))
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
			SELECT CASE
				WHEN f.status = b.status AND f.rules <@ b.rules AND f.rules @> b.rules THEN 'back'
				-- nobody is better by rules that are not known to flag her no more
				WHEN e.event = 'eased' AND NOT EXISTS (
					SELECT FROM unnest(b.rules) AS k (rule) WHERE NOT k.rule = ANY (f.rules) AND NOT f.said ? k.rule) THEN 'rule changed'
				ELSE e.event END
			FROM (
				SELECT f.rules_before || array_agg(DISTINCT p.rule) FILTER (WHERE p.rule = ANY (h.rules)) AS rules,
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
			) b
			CROSS JOIN LATERAL (SELECT gapstats_internal.standing_event(b.status, b.rules, f.status, f.rules)) e (event))
		FROM followed f
		WHERE h.run = $1 AND h.until_time IS NULL AND h.event IN ('flagged', 'escalated', 'new reason') AND h.student_id @equals f.student_id
		$sql$, gapstats_internal.what_was_said()))
	USING run, list;
	PERFORM gapstats_internal.begin_school_year(list, run) WHERE is_new_year;
	-- a new flag is one, whatever the standing before, which may be lost, makes of hers
	PERFORM gapstats_internal.raise_alarms(list, run, 'flagged', now(), 'h.run = $1 AND f.run = $1');
	escalated := gapstats_internal.raise_alarms(list, run, 'escalated', worse_at, 'is_worse');
	PERFORM gapstats_internal.raise_alarms(list, run, 'new reason', worse_at, 'is_worse AND ' || gapstats_internal.is_answered());
	PERFORM gapstats_internal.raise_alarms(list, run, 'new reason', worse_at, gapstats_internal.is_untold() || ' AND ' || gapstats_internal.is_answered());

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
