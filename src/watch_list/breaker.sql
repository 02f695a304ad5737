-- watch_list/breaker: runs that would change too much

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
			SELECT b.*
			FROM last l
			JOIN @run_rules b ON b.run = l.run
			JOIN @run_rules t ON t.run = $1 AND t.rule = b.rule
			JOIN @rules r_b ON r_b.rule = b.rule AND r_b.version = b.version
			JOIN @rules r_t ON r_t.rule = t.rule AND r_t.version = t.version
			WHERE gapstats_internal.question(to_jsonb(r_b)) = gapstats_internal.question(to_jsonb(r_t))
		), changed AS (
			SELECT count(*) FILTER (WHERE change = 'n') AS new, count(*) FILTER (WHERE change = 'g') AS gone FROM @next
		), settings AS (
			-- a school year that begins is a change that was announced
			SELECT s.*, coalesce(t.as_of >= s.school_year_from AND l.as_of < s.school_year_from, false) AS is_new_year
			FROM @settings s CROSS JOIN this t LEFT JOIN last l ON true
		)
		SELECT string_agg(m.what, '; ' ORDER BY m.place)
		FROM (
			SELECT 0 AS place, format('days: up to %s, where the last run had them up to %s', t.as_of, l.as_of) AS what
			FROM this t, last l, settings s
			WHERE t.as_of < l.as_of AND l.students > s.change_floor
			UNION ALL
			SELECT 1, format('students: %s come and %s go, of %s', c.new, c.gone, l.students)
			FROM changed c, this t, last l, settings s
			WHERE t.students = 0
			OR NOT s.is_new_year AND greatest(c.new, c.gone) > s.max_students_change * l.students AND greatest(c.new, c.gone) > s.change_floor
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
			WHERE t.run = $1 AND NOT s.is_new_year AND abs(t.n_values - b.n_values) > s.change_floor AND b.n_values > s.change_floor
			AND (t.n_values < b.n_values * (1 - s.max_values_change) OR t.n_values * (1 - s.max_values_change) > b.n_values)
			AND NOT (t.n_rows > 0 AND t.n_matched = 0)
			UNION ALL
			SELECT 4, format('rule "%s": %s of its %s rows are of students on the list, instead of %s of %s', t.rule, t.n_matched, t.n_rows, b.n_matched, b.n_rows)
			FROM @run_rules t
			JOIN same_rules b ON b.rule = t.rule
			CROSS JOIN settings s
			WHERE t.run = $1 AND NOT s.is_new_year AND t.n_matched > 0 AND t.n_rows - t.n_matched > s.change_floor
			AND t.n_matched * b.n_rows::numeric < b.n_matched * (1 - s.max_values_change) * t.n_rows
			UNION ALL
			SELECT 5, format('flagged: %s students instead of %s', t.flagged, l.flagged)
			FROM this t, last l, settings s
			WHERE NOT s.is_new_year AND abs(t.flagged - l.flagged) > s.change_floor
			AND (t.flagged < l.flagged * (1 - s.max_flagged_change) OR t.flagged * (1 - s.max_flagged_change) > l.flagged)
		) m
		$sql$)
	INTO moved USING run;
	RETURN moved;
END
$$;
COMMENT ON FUNCTION gapstats_internal.what_moved(regclass, bigint) IS
'What makes a run of a watch list too different from the last one to be published without being asked, by the list''s settings; NULL if nothing does. The first run has nothing to be compared with. A run without any students, where there were some, and one with a rule whose students are none of the list''s, are always held; so is one for an earlier day than the last, unless the list is small.';
