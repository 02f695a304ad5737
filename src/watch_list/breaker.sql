-- watch_list/breaker: runs that would change too much

-- An export that ended half-way, or from which one of five schools is missing, often has exactly
-- the half or the four fifths; so what reaches a setting is too much.  A fall is a share of what
-- there was, a rise of what there would be: from 200 to 100 is as much as from 100 to 200.
CREATE FUNCTION gapstats_internal.is_too_much(moved numeric, whole numeric, setting numeric, change_floor numeric)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN moved > change_floor AND moved >= setting * whole AND setting < 1;
COMMENT ON FUNCTION gapstats_internal.is_too_much(numeric, numeric, numeric, numeric) IS
'Whether so many of a whole come to a setting of a watch list, and to more than its change_floor. A setting of 1 is for those who want to know of nothing.';

CREATE FUNCTION gapstats_internal.begins_school_year(list regclass, as_of date)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	begins boolean;
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT r.as_of < s.school_year_from AND $1 >= s.school_year_from
		FROM @settings s
		JOIN @runs r ON r.run = (SELECT max(run) FROM @runs WHERE status = 'succeeded')
		$sql$)
	INTO begins USING as_of;
	RETURN coalesce(begins, false);
END
$$;
COMMENT ON FUNCTION gapstats_internal.begins_school_year(regclass, date) IS
'Whether a run of a watch list that is computed for a day is the first one for a school year that was announced.';

-- Taken from too many is an outage, given to too many is a leak, and either tells of a source
-- that is broken.  A student who passes from one viewer to another counts half: a class may
-- move, but not all of them in one night.  One viewer who comes or goes altogether was hired or
-- has left, and that must not wait for somebody to accept it.  As with students, small lists, a
-- school year that was announced and what there is to begin with need no ceremony.
CREATE FUNCTION gapstats_internal.viewers_moved(list regclass, of_run bigint)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	moved text;
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		WITH changed AS (
			SELECT viewer, student_id, is_gone::integer AS gone, 1 - is_gone::integer AS new FROM @next_viewers WHERE run = $1
		), viewer AS (
			SELECT c.*, c.gone = b.before AND c.new = 0 AS goes, b.before = 0 AS comes
			FROM (SELECT viewer, sum(gone) AS gone, sum(new) AS new FROM changed GROUP BY viewer) c
			CROSS JOIN LATERAL (SELECT count(*) AS before FROM @viewers b WHERE b.viewer = c.viewer) b
		), total AS (
			SELECT sum(gone) AS gone, sum(new) AS new, count(*) FILTER (WHERE goes) AS go, count(*) FILTER (WHERE comes) AS come,
				CASE count(*) FILTER (WHERE goes) WHEN 1 THEN min(viewer) FILTER (WHERE goes) END AS only_who_goes,
				CASE count(*) FILTER (WHERE comes) WHEN 1 THEN min(viewer) FILTER (WHERE comes) END AS only_who_comes
			FROM viewer
		), weighed AS (
			SELECT sum(s.gone_of_others - 0.5 * least(s.gone_of_others, s.new)) AS gone, sum(s.new_of_others - 0.5 * least(s.new_of_others, s.gone)) AS new
			FROM (
				SELECT sum(c.gone) AS gone, sum(c.gone) FILTER (WHERE c.viewer IS DISTINCT FROM t.only_who_goes) AS gone_of_others,
					sum(c.new) AS new, sum(c.new) FILTER (WHERE c.viewer IS DISTINCT FROM t.only_who_comes) AS new_of_others
				FROM changed c
				CROSS JOIN total t
				GROUP BY c.student_id
			) s
		), before AS (
			SELECT sum(n) AS pairs, count(*) AS viewers FROM (SELECT count(*) AS n FROM @viewers GROUP BY viewer) b
		), settings AS (
			-- attendance of the year may come days after it has begun
			SELECT s.max_students_change AS share, s.change_floor AS floor,
				gapstats_internal.begins_school_year($2, gapstats_internal.today($2)) AND NOT EXISTS (
					SELECT FROM @runs r
					WHERE r.run < $1 AND r.changes = s.changes AND (r.started_at AT TIME ZONE s.time_zone)::date >= s.school_year_from
					AND r.n_without_viewer IS NOT NULL AND (r.moved IS NULL OR r.status = 'succeeded')) AS is_new_year
			FROM @settings s
		)
		SELECT concat_ws('; ', format('viewers: %s come and %s go, of %s', t.come, t.go, b.viewers), format('who may see whom: %s rows come and %s go, of %s', t.new, t.gone, b.pairs))
		FROM total t, weighed w, before b, settings s
		WHERE b.pairs > 0 AND (t.gone - t.new = b.pairs OR NOT s.is_new_year AND EXISTS (
			SELECT
			FROM (VALUES (w.gone, t.gone, t.go), (w.new, t.new, t.come)) m (weight, pairs, viewers)
			WHERE gapstats_internal.is_too_much(m.weight, b.pairs, s.share, s.floor)
			OR m.pairs > s.floor AND m.viewers > 1 AND gapstats_internal.is_too_much(m.viewers, b.viewers, s.share, 0)))
		$sql$)
	INTO moved USING of_run, list;
	RETURN moved;
END
$$;
COMMENT ON FUNCTION gapstats_internal.viewers_moved(regclass, bigint) IS
'What makes who may see whom, as a run of a watch list found it, too different from what is published to be published without being asked; NULL if nothing does.';

-- What a run would change that is too much to be true
CREATE FUNCTION gapstats_internal.what_moved(list regclass, run bigint)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	moved text;
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		WITH this AS (
			SELECT * FROM @runs WHERE run = $1
		), last AS (
			-- an empty list has nothing to be compared with
			SELECT * FROM @runs WHERE run = (SELECT max(run) FROM @runs WHERE status = 'succeeded') AND students > 0
		), same_rules AS (
			-- in other words, or with other points, a rule still asks the same
			SELECT b.*, (r_b.severity, r_b.points) = (r_t.severity, r_t.points) AS is_as_grave
			FROM last l
			JOIN @run_rules b ON b.run = l.run
			JOIN @run_rules t ON t.run = $1 AND t.rule = b.rule
			JOIN @rules r_b ON r_b.rule = b.rule AND r_b.version = b.version
			JOIN @rules r_t ON r_t.rule = t.rule AND r_t.version = t.version
			WHERE gapstats_internal.question(to_jsonb(r_b)) = gapstats_internal.question(to_jsonb(r_t))
		), changed AS (
			SELECT count(*) FILTER (WHERE change = 'n') AS new, count(*) FILTER (WHERE change = 'g') AS gone FROM @next
		), found AS (
			SELECT n."values" FROM @next n WHERE n.change <> 'g'
			UNION ALL
			SELECT v."values" FROM @values v WHERE NOT EXISTS (SELECT FROM @next n WHERE n.student_id @equals v.student_id)
		), at_risk AS (
			SELECT b.before, b.before + count(*) FILTER (WHERE n.change <> 'g' AND n.status = 'at risk') - count(*) FILTER (WHERE c.status = 'at risk') AS now,
				-- other rules, be it one more or one less, another weight of theirs and another way to combine them are to be another number
				(SELECT (l.combination, l.at_risk_at, l.watch_at) IS NOT DISTINCT FROM (t.combination, t.at_risk_at, t.watch_at) FROM last l, this t)
				AND (SELECT count(*) FILTER (WHERE s.is_as_grave) FROM same_rules s) = ALL (SELECT count(u.run) FROM (SELECT run FROM last UNION ALL SELECT $1) r LEFT JOIN @run_rules u ON u.run = r.run GROUP BY r.run) AS is_same
			FROM (SELECT count(*) AS before FROM @current WHERE status = 'at risk') b
			LEFT JOIN @next n ON n.change NOT IN ('v', 'r')
			LEFT JOIN @current c ON c.student_id @equals n.student_id
			GROUP BY b.before
		), settings AS (
			-- a school year that begins is a change that was announced
			SELECT s.*, gapstats_internal.begins_school_year($2, t.as_of) AS is_new_year
			FROM @settings s CROSS JOIN this t
		)
		SELECT string_agg(m.what, '; ' ORDER BY m.place)
		FROM (
			SELECT -1 AS place, t.moved AS what
			FROM this t
			UNION ALL
			SELECT 0, format('days: up to %s, where the last run had them up to %s', to_char(t.as_of, 'YYYY-MM-DD'), to_char(l.as_of, 'YYYY-MM-DD'))
			FROM this t, last l
			WHERE t.as_of < l.as_of
			UNION ALL
			SELECT 1, format('students: %s come and %s go, of %s', c.new, c.gone, l.students)
			FROM changed c, this t, last l, settings s
			WHERE t.students = 0
			OR NOT s.is_new_year AND gapstats_internal.is_too_much(greatest(c.new, c.gone), l.students, s.max_students_change, s.change_floor)
			UNION ALL
			SELECT 2, format('rule "%s": none of its %s students is on the list', t.rule, t.n_rows)
			FROM @run_rules t, this
			WHERE t.run = $1 AND t.n_rows > 0 AND t.n_matched = 0 AND this.students > 0
			UNION ALL
			SELECT 3, format('rule "%s": values of %s students instead of %s', t.rule, t.n_values, b.n_values)
			FROM @run_rules t
			JOIN last l ON true
			JOIN same_rules b ON b.rule = t.rule
			CROSS JOIN settings s
			-- scores that begin to come in are no change
			WHERE t.run = $1 AND NOT s.is_new_year AND b.n_values > s.change_floor
			AND gapstats_internal.is_too_much(abs(t.n_values - b.n_values), greatest(t.n_values, b.n_values), s.max_values_change, s.change_floor)
			AND NOT (t.n_rows > 0 AND t.n_matched = 0)
			UNION ALL
			SELECT 4, format('rule "%s": %s of its %s rows are of students on the list, instead of %s of %s', t.rule, t.n_matched, t.n_rows, b.n_matched, b.n_rows)
			FROM @run_rules t
			JOIN same_rules b ON b.rule = t.rule
			CROSS JOIN settings s
			WHERE t.run = $1 AND NOT s.is_new_year AND t.n_matched > 0 AND t.n_rows - t.n_matched > s.change_floor
			AND gapstats_internal.is_too_much(b.n_matched::numeric * t.n_rows - t.n_matched::numeric * b.n_rows, b.n_matched::numeric * t.n_rows, s.max_values_change, 0)
			UNION ALL
			SELECT 5, format('flagged: %s students instead of %s', t.flagged, l.flagged)
			FROM this t, last l, settings s
			WHERE NOT s.is_new_year
			AND gapstats_internal.is_too_much(abs(t.flagged - l.flagged), greatest(t.flagged, l.flagged), s.max_flagged_change, s.change_floor)
			UNION ALL
			-- a rule whose values changed their unit takes students from one status to another
			SELECT 6, format('at risk: %s students instead of %s', k.now, k.before)
			FROM at_risk k, this t, last l, settings s
			WHERE k.is_same AND (k.before, k.now) <> (l.flagged, t.flagged) AND NOT s.is_new_year
			AND gapstats_internal.is_too_much(abs(k.now - k.before), greatest(k.now, k.before), s.max_flagged_change, s.change_floor)
			UNION ALL
			-- where what did not happen counts as 0, an export that came empty clears everybody of it:
			-- then nobody is unlike the others, as somebody is on the first day of a term
			SELECT 7, format('rule "%s": flags nobody instead of %s students, and has one value for all', t.rule, b.n_flagged)
			FROM @run_rules t
			JOIN same_rules b ON b.rule = t.rule
			CROSS JOIN settings s
			WHERE t.run = $1 AND NOT s.is_new_year AND t.n_values > 0 AND t.n_flagged = 0
			AND gapstats_internal.is_too_much(b.n_flagged, b.n_flagged, s.max_flagged_change, s.change_floor)
			AND (SELECT min(v.value) = max(v.value) FROM found f CROSS JOIN LATERAL (SELECT gapstats_internal.value_at(f."values", t."position")) v (value))
		) m
		$sql$)
	INTO moved USING run, list;
	RETURN moved;
END
$$;
COMMENT ON FUNCTION gapstats_internal.what_moved(regclass, bigint) IS
'What makes a run of a watch list too different from the last one to be published without being asked, by the list''s settings, after what was found so of who may see whom; NULL if nothing does. The first run has nothing to be compared with. A run without any students, where there were some, and one with a rule whose students are none of the list''s, are always held; so is one for an earlier day than the last.';
