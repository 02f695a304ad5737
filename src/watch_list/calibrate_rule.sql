-- watch_list/calibrate_rule: does a rule's chance come true, in every group?

CREATE FUNCTION gapstats_internal.calibrate_rule_as_owner(list regclass, rule text, outcome_query text, group_column text, as_of date,
														  minimum integer, confidence double precision, names_in text)
RETURNS TABLE (group_value text, is_total boolean, tenth integer, n integer, n_observed integer, mean_predicted double precision,
			   estimate double precision, lower double precision, upper double precision, in_the_large double precision, brier double precision, reason text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET jit = off	-- compiling takes seconds, the query milliseconds
AS $$
DECLARE
	outcome CONSTANT gapstats_internal.kept_query := gapstats_internal.keep_query('outcome query', outcome_query, names_in);
	prepared CONSTANT record := gapstats_internal.prepare_audit(list, outcome, group_column, NULL, as_of);
	settled CONSTANT record := gapstats_internal.current_rule(list, rule);
	printed integer := 0;
	suppressed integer := 0;
BEGIN
	PERFORM gapstats_internal.check_at_least_1('minimum', minimum);
	IF settled.current_state <> 'on' THEN
		RAISE EXCEPTION 'rule "%" of watch list "%" is switched off', rule, list
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'Switch it on with switch_rule, and refresh the list.';
	END IF;
	FOR group_value, is_total, tenth, n, n_observed, mean_predicted, estimate, lower, upper, in_the_large, brier, reason
	IN EXECUTE format($sql$
		WITH judged AS (
			%s
		), told AS MATERIALIZED (
			SELECT j.group_value, j.outcome, v.chance::double precision AS predicted, least(9, floor(10 * v.chance))::integer AS tenth
			FROM judged j
			CROSS JOIN LATERAL (SELECT CASE WHEN $5 LIKE '<%%' THEN -j.score ELSE j.score END) v (chance)	-- which ranks by a low value by its negative
			WHERE j.model = 'rule ' || $1 AND j.outcome IS NOT NULL AND j.score IS NOT NULL
		), counted AS (
			SELECT c.*, c.outcome IS NULL AND (c.group_value IS NULL OR c.tenth IS NULL) AND NOT gapstats_internal.is_small(c.n, $2) AS is_margin,
				c.tenth IS NULL AND NOT bool_or(gapstats_internal.is_small(c.n, $2)) OVER (PARTITION BY c.group_value, c.tenth) AS is_rate
			FROM (SELECT group_value, tenth, outcome, count(*) AS n FROM told GROUP BY CUBE (group_value, tenth, outcome)) c
		), hidden AS MATERIALIZED (
			SELECT coalesce(gapstats_internal.hidden_groups(rather, '{"n": "count"}', $2, 'out'), gapstats_internal.hidden_groups(c.cells, '{"n": "count"}', $2, 'out'),
				gapstats_internal.hidden_groups(c.cells, '{"n": "count"}', $2)) AS hidden
			FROM (
				-- how many are in each tenth, and of each group, follows from how many there are; of a group
				-- its rate says more than those of its tenths
				SELECT jsonb_agg(jsonb_build_object('groups', g.groups, 'n', n, 'keep', is_margin)),
					jsonb_agg(jsonb_build_object('groups', g.groups, 'n', n, 'keep', is_margin OR is_rate))
				FROM counted
				CROSS JOIN LATERAL (SELECT ARRAY[group_value, tenth::text, outcome::text]) g (groups)
				HAVING count(*) > 0
			) c (cells, rather)
		)
		SELECT coalesce(c.group_value, 'all'), c.is_total, c.tenth, CASE WHEN NOT h.is_hidden THEN (c.k).n END, CASE WHEN NOT h.is_hidden THEN (c.k).n_observed END,
			CASE WHEN NOT h.is_hidden THEN (c.k).mean_predicted END, CASE WHEN NOT h.is_hidden THEN (c.k).estimate END,
			CASE WHEN NOT h.is_hidden THEN (c.k).lower END, CASE WHEN NOT h.is_hidden THEN (c.k).upper END, CASE WHEN NOT h.is_hidden THEN (c.k).in_the_large END,
			-- to all digits it tells whoever knows the chances of all which of them had the outcome
			CASE WHEN NOT h.is_hidden AND $2 = 1 THEN (c.k).brier WHEN NOT h.is_hidden AND c.tenth IS NULL THEN gapstats.rounded((c.k).brier, 2)::double precision END,
			CASE WHEN h.is_hidden THEN 'suppressed' END
		FROM (
			SELECT group_value, grouping(group_value) = 1 AS is_total, tenth, gapstats.calibration(predicted, outcome, $3) AS k
			FROM told
			GROUP BY CUBE (group_value, tenth)
			HAVING count(*) > 0
		) c
		CROSS JOIN LATERAL (
			SELECT p.hidden IS NULL OR EXISTS (SELECT FROM unnest(p.hidden) t WHERE (t::text[])[1:2] = ARRAY[c.group_value, c.tenth::text])
			FROM hidden p
		) h (is_hidden)
		ORDER BY 2, 1, 3 NULLS FIRST
		$sql$, prepared.judged)
	USING rule, minimum, confidence, outcome, (settled.settings).comparison
	LOOP
		RETURN NEXT;
		printed := printed + 1;
		suppressed := suppressed + (reason IS NOT DISTINCT FROM 'suppressed')::integer;
	END LOOP;
	PERFORM gapstats_internal.end_audit(prepared.aside, suppressed, printed, minimum);
END
$$;
COMMENT ON FUNCTION gapstats_internal.calibrate_rule_as_owner(regclass, text, text, text, date, integer, double precision, text) IS
'calibrate_rule(), done as the list''s owner.';

CREATE FUNCTION calibrate_rule(list regclass, rule text, outcome_query text, group_column text, as_of date DEFAULT NULL,
							   minimum integer DEFAULT 10, confidence double precision DEFAULT 0.95,
							   names_in text DEFAULT current_setting('search_path'))
RETURNS TABLE (group_value text, is_total boolean, tenth integer, n integer, n_observed integer, mean_predicted double precision,
			   estimate double precision, lower double precision, upper double precision, in_the_large double precision, brier double precision, reason text)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION calibrate_rule(regclass, text, text, text, date, integer, double precision, text) IS
'Whether the chances that a rule''s value is, 0 to 1, came true, in all and in every group of a column of the students query: a row for the whole group (tenth is NULL) and for each tenth of the chance in which there is somebody, with n students, n_observed of whom had the outcome, the mean of their chances, the share that had it (estimate) with Wilson''s interval, in_the_large (mean less share) and the Brier score, as calibration() has them. Only students with a value and a known outcome count. Where from 1 to minimum - 1 students of a group and tenth are, or have the outcome, or have it not, the row is suppressed, and as many others as it takes that none of these numbers can be told from what is shown. The Brier score is that of whole groups, rounded to two digits, for to all digits it tells those who know the chances whose outcome is which; minimum 1 prints everything. reason says suppressed; a notice says how many rows are. A value outside 0 to 1 is an error (22023), and so is a rule that there is not (42704) or that is off (55000). Arguments otherwise as audit_watch_list. For roles with the rights of the list''s owner.';
