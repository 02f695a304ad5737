-- Did the flag help? Students just above a rule's threshold against those just below
--
-- The list keeps a value for every student whom a rule looked at, flagged or not. So those
-- whom it only just did not flag are known, and are what the flagged would have been.

CREATE FUNCTION gapstats_internal.rule_near(list regclass, of_rule text, aside text, OUT "position" integer, OUT comparison text, OUT threshold numeric,
											OUT thresholds_by text, OUT thresholds jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	known text;
BEGIN
	EXECUTE gapstats_internal.statement(list, CASE WHEN aside IS NULL THEN $sql$
		SELECT r."position", r.comparison, r.threshold, r.thresholds_by, r.thresholds
		FROM @run_rules u
		JOIN @rules r ON r.rule = u.rule AND r.version = u.version
		WHERE u.run = (SELECT max(run) FROM @runs WHERE status = 'succeeded') AND u.rule = $1
		$sql$ ELSE $sql$
		SELECT r."position", r.comparison, r.threshold, r.thresholds_by, r.thresholds FROM @rules r WHERE r.superseded_at IS NULL AND r.state = 'on' AND r.rule = $1
		$sql$ END)
	INTO "position", comparison, threshold, thresholds_by, thresholds USING of_rule;
	IF comparison IS NULL THEN
		EXECUTE gapstats_internal.statement(list, $sql$
			SELECT string_agg(quote_ident(rule), ', ' ORDER BY "position") FROM @rules WHERE superseded_at IS NULL AND state = 'on'
			$sql$)
		INTO known;
		RAISE EXCEPTION 'watch list "%" has no values of a rule "%"', list, of_rule
			USING ERRCODE = 'undefined_object',
				  HINT = coalesce('It has ' || known || ', of which there are values once it has been refreshed.', 'Add one with add_rule.');
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.rule_near(regclass, text, text) IS
'What a rule of a watch list compared in the last run that succeeded or, if aside is not NULL, compares now. Raises an error if there is none.';

-- Distances are taken as numeric, in which 0.12 - 0.10 is 0.02.
CREATE FUNCTION gapstats_internal.near_query(list regclass, outcome_definitions text, is_boolean boolean, aside text, group_column text)
RETURNS text
LANGUAGE sql STABLE
RETURN gapstats_internal.statement(list, format($sql$
	SELECT %1$s AS group_value, (k.value - t.threshold)::double precision AS distance, o.outcome%2$s::double precision AS outcome
	FROM %4$s
	CROSS JOIN LATERAL (SELECT gapstats_internal.value_at(v."values", $2)) k (value)
	CROSS JOIN LATERAL (
		SELECT CASE WHEN $4 IS NULL THEN $3
			ELSE (SELECT coalesce(($5 ->> g.name)::numeric, $3) FROM gapstats_internal.column_text(s.*, $4) AS g (name) WHERE g.name IS NOT NULL) END
	) t (threshold)
	LEFT JOIN gapstats_internal.run_kept_query('outcome query', $1) AS o (%3$s) ON o.student_id @equals s.student_id
	WHERE k.value IS NOT NULL AND t.threshold IS NOT NULL
	$sql$,
	CASE WHEN group_column IS NULL THEN 'NULL::text' ELSE replace(format('coalesce(%s, ''not recorded'')', gapstats_internal.group_expression(group_column)), '@', '@@') END,
	CASE WHEN is_boolean THEN '::integer' ELSE '' END,
	replace(outcome_definitions, '@', '@@'),
	CASE WHEN aside IS NULL THEN '@current s JOIN @values v ON v.student_id @equals s.student_id'
		ELSE format('%1$s s CROSS JOIN LATERAL (SELECT s."values") v', replace(aside, '@', '@@')) END));
COMMENT ON FUNCTION gapstats_internal.near_query(regclass, text, boolean, text, text) IS
'The query that gives, of each student of whom a rule has a value, her group, how far above the threshold it is and her outcome, as the list stands or as the table aside has it; $1 is the outcome query, $2 the rule''s position, $3 its threshold, $4 and $5 whose thresholds are others and which.';

CREATE FUNCTION gapstats_internal.told_jump(full_estimate double precision, full_se double precision, full_upper double precision, full_p_value double precision,
											OUT estimate double precision, OUT se double precision, OUT lower double precision, OUT upper double precision,
											OUT z double precision, OUT p_value double precision)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT r.estimate, r.se, gapstats.rounded(r.estimate - r.reach, r.digits), gapstats.rounded(r.estimate + r.reach, r.digits),
		gapstats.rounded(r.estimate / r.se, 1), gapstats.rounded(full_p_value, greatest(2, - floor(log(nullif(full_p_value, 0)))::integer))
	FROM (
		SELECT d.digits, t.estimate, t.se, (full_upper - full_estimate) / full_se * t.se AS reach
		FROM (SELECT 1 - floor(log(full_se))::integer) d (digits)
		CROSS JOIN LATERAL (SELECT gapstats.rounded(full_estimate, d.digits)::double precision, gapstats.rounded(full_se, d.digits)::double precision) t (estimate, se)
		WHERE full_se > 0
	) r;
END;
COMMENT ON FUNCTION gapstats_internal.told_jump(double precision, double precision, double precision, double precision) IS
'A jump as others may see it: its error to two digits, it as exactly, and bounds and z of these; p to two digits after the point, or the first that is not 0. NULLs of one without an error.';

CREATE FUNCTION gapstats_internal.effect_of_flag_as_owner(list regclass, rule text, outcome_query text, bandwidth double precision, group_column text, as_of date,
								donut double precision, minimum integer, confidence double precision, names_in text)
RETURNS TABLE (group_value text, is_total boolean, within double precision, n_below integer, n_above integer, n_values_below integer, n_values_above integer,
			   n_missing_below integer, n_missing_above integer, n_one_below integer, n_at_threshold integer, n_one_above integer, is_heaped boolean,
			   estimate double precision, se double precision, lower double precision, upper double precision, z double precision,
			   p_value double precision, p_value_density double precision, reason text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET jit = off	-- compiling takes seconds, the query milliseconds
AS $$
#variable_conflict use_variable
DECLARE
	outcome gapstats_internal.kept_query;
	is_boolean boolean;
	aside text;
	compared record;
	suppressed integer := 0;
	printed integer := 0;
	piled boolean := false;
	heaped boolean := false;
BEGIN
	PERFORM gapstats_internal.check_at_least_1('minimum', minimum);
	IF rule IS NULL OR outcome_query IS NULL OR donut IS NULL THEN
		RAISE EXCEPTION '% must not be null', CASE WHEN rule IS NULL THEN 'rule' WHEN outcome_query IS NULL THEN 'outcome_query' ELSE 'donut' END USING ERRCODE = 'null_value_not_allowed';
	ELSIF NOT coalesce(bandwidth > 0 AND bandwidth < 'Infinity', true) THEN
		RAISE EXCEPTION 'bandwidth must be above 0, not %', bandwidth USING ERRCODE = 'invalid_parameter_value';
	END IF;
	outcome := gapstats_internal.keep_query('outcome query', outcome_query, names_in);
	PERFORM gapstats_internal.check_list(list);
	PERFORM gapstats_internal.check_list_column(list, group_column);
	IF as_of IS NOT NULL THEN
		aside := gapstats_internal.evaluate_past(list, as_of);
	END IF;
	compared := gapstats_internal.rule_near(list, rule, aside);
	PERFORM gapstats_internal.check_outcome_query(list, outcome, aside, true);
	SELECT k.type = 'boolean'::regtype INTO is_boolean FROM gapstats_internal.kept_query_columns('outcome query', outcome) WITH ORDINALITY AS k WHERE k.ordinality = 2;
	FOR group_value, is_total, within, n_below, n_above, n_values_below, n_values_above, n_missing_below, n_missing_above, n_one_below, n_at_threshold, n_one_above, is_heaped,
		estimate, se, lower, upper, z, p_value, p_value_density, reason
	IN EXECUTE format($sql$
		WITH near AS MATERIALIZED (
			%s
		), sided AS MATERIALIZED (
			SELECT n.*, CASE WHEN $6 IN ('>=', '<') THEN distance >= 0 ELSE distance > 0 END AS is_above FROM near n WHERE $6 NOT IN ('=', '<>')
		), width AS (
			-- by values alone: whoever looks at outcomes first finds what she looks for
			SELECT coalesce($7, nullif(coalesce((SELECT min(abs(s.distance)) FROM sided s WHERE abs(s.distance) > e.enough), 2 * e.enough), 0), 1) AS h
			FROM (
				SELECT max(enough) AS enough
				FROM (
					SELECT coalesce(min(d) FILTER (WHERE n >= 30 AND k >= 5), max(d)) AS enough
					FROM (
						SELECT is_above, abs(distance) AS d, row_number() OVER (PARTITION BY is_above ORDER BY abs(distance)) AS n,
							dense_rank() OVER (PARTITION BY is_above ORDER BY abs(distance)) AS k
						FROM sided
						WHERE outcome IS NOT NULL AND abs(distance) * (1 + 2 ^ -50::double precision) >= $8
					) r
					GROUP BY is_above
				) o
			) e
		), widths AS (
			SELECT place, h * factor AS h FROM width, (VALUES (1, 0.5), (2, 1), (3, 2)) AS f (place, factor)
		), measured AS MATERIALIZED (
			SELECT s.group_value, grouping(s.group_value) = 1 AS is_total, w.place, w.h,
				gapstats.regression_discontinuity(s.outcome, s.distance, 0, w.h, CASE WHEN $6 IN ('=', '<>') THEN '>=' ELSE $6 END, $8, 'HC2', $10) AS r,
				gapstats.density_check(s.distance, 0, w.h, CASE WHEN $6 IN ('=', '<>') THEN '>=' ELSE $6 END) AS d
			FROM widths w
			LEFT JOIN sided s ON true
			GROUP BY GROUPING SETS ((w.place, w.h, s.group_value), (w.place, w.h))
			HAVING grouping(s.group_value) = 1 OR s.group_value IS NOT NULL
		), part AS MATERIALIZED (
			-- what differences between counts can tell: in which band a student is, and whether her outcome is known; and, by
			-- the heaps and the test of the density, whether she is where these are counted or end, which of whole numbers is
			-- the last one in the band. 2^-50 is the slack of distances
			SELECT s.group_value, s.outcome, s.is_above, b.place, b.place IS NOT NULL AND d.is_outside AS is_measured,
				concat_ws(' ', s.is_above, b.place, s.outcome IS NULL) AS part,
				concat_ws(' ', s.is_above, b.place, s.outcome IS NULL, d.is_outside, b.is_at_end, b.is_behind, CASE WHEN s.distance IN (-1, 0, 1) THEN s.distance END) AS fine_part
			FROM sided s
			CROSS JOIN LATERAL (SELECT abs(s.distance) * (1 + 2 ^ -50::double precision) >= $8) d (is_outside)
			CROSS JOIN LATERAL (
				SELECT min(w.place) FILTER (WHERE abs(s.distance) * (1 + 2 ^ -50::double precision) < w.h) AS place,
					coalesce(bool_or(abs(s.distance) * (1 + 2 ^ -50::double precision) >= w.h AND abs(s.distance) * (1 - 2 ^ -50::double precision) <= w.h), false) AS is_at_end,
					array_agg(abs(s.distance) * (1 + 2 ^ -50::double precision) >= floor(w.h) ORDER BY w.place) AS is_behind
				FROM widths w
			) b
			WHERE b.place IS NOT NULL OR b.is_at_end OR abs(s.distance) <= 1
		), shows AS MATERIALIZED (
			SELECT NOT coalesce(bool_or(small) FILTER (WHERE of = 'total'), false) AS total,
				NOT coalesce(bool_or(small) FILTER (WHERE of <> 'groups'), false) AS fine_total,
				NOT coalesce(bool_or(small), false) AS fine_groups
			FROM (
				SELECT 'total' AS of, gapstats_internal.is_small(count(*), $9) AS small FROM part WHERE is_measured GROUP BY part
				UNION ALL
				SELECT 'fine total', gapstats_internal.is_small(count(*), $9) FROM part GROUP BY fine_part
				UNION ALL
				SELECT 'groups', gapstats_internal.is_small(count(*), $9) FROM part GROUP BY group_value, fine_part
			) c
		), few_alike AS MATERIALIZED (
			-- of yes or no, or 1 and 0, who is the only one with the other answer, or whom all of a group share
			SELECT group_value, is_above
			FROM (
				SELECT p.group_value, p.is_above, w.place, count(*) FILTER (WHERE outcome = 1) AS x, count(*) AS n
				FROM part p JOIN widths w ON p.place <= w.place
				WHERE p.is_measured AND p.outcome IS NOT NULL AND (SELECT bool_and(a.outcome IN (0, 1)) FROM part a WHERE a.is_measured)
				GROUP BY GROUPING SETS ((p.group_value, p.is_above, w.place), (p.is_above, w.place))
			) c
			WHERE gapstats_internal.is_small(x, $9) OR gapstats_internal.is_small(n - x, $9) OR x = n AND group_value IS NOT NULL AND $9 > 1
		), hidden AS MATERIALIZED (
			SELECT CASE WHEN $11 IS NOT NULL AND count(*) > 0 THEN gapstats_internal.hidden_groups(jsonb_agg(jsonb_build_object('groups', c.groups, 'n', c.n,
				'keep', c.groups[1] IS NULL AND s.total, 'hide', CASE WHEN c.groups[1] IS NULL THEN NOT s.total ELSE c.groups[1] IN (SELECT f.group_value FROM few_alike f) END)), '{"n": "count"}', $9) ELSE '{}' END AS hidden
			FROM (SELECT ARRAY[group_value, part] AS groups, count(*) AS n FROM part WHERE is_measured GROUP BY CUBE (group_value, part)) c
			CROSS JOIN shows s
		), told AS (
			SELECT m.*, CASE WHEN m.is_total THEN NOT s.total OR EXISTS (SELECT FROM few_alike f WHERE f.group_value IS NULL)
				ELSE h.hidden IS NULL OR EXISTS (SELECT FROM unnest(h.hidden) t WHERE (t::text[])[1] = m.group_value) END AS is_hidden,
				m.is_total AND s.fine_total AS has_heaps, CASE WHEN m.is_total THEN s.fine_total ELSE s.fine_groups END AS has_density
			FROM measured m CROSS JOIN shows s CROSS JOIN hidden h
		)
		SELECT coalesce(t.group_value, 'all'), t.is_total, t.h, v.n_below, v.n_above, v.n_values_below, v.n_values_above, v.n_missing_below, v.n_missing_above,
			CASE WHEN t.has_heaps THEN v.n_one_below END, CASE WHEN t.has_heaps THEN v.n_at_threshold END, CASE WHEN t.has_heaps THEN v.n_one_above END, v.is_heaped,
			CASE WHEN $9 = 1 OR v.se = 0 THEN v.estimate ELSE k.estimate END, CASE WHEN $9 = 1 OR v.se = 0 THEN v.se ELSE k.se END,
			CASE WHEN $9 = 1 THEN v.lower ELSE k.lower END, CASE WHEN $9 = 1 THEN v.upper ELSE k.upper END,
			CASE WHEN $9 = 1 THEN v.z ELSE k.z END, CASE WHEN $9 = 1 THEN v.p_value ELSE k.p_value END, CASE WHEN t.has_density AND NOT t.is_hidden THEN (t.d).p_value END,
			CASE WHEN t.is_hidden THEN 'suppressed' WHEN $6 IN ('=', '<>') THEN 'no_threshold' ELSE v.reason END
		FROM told t
		LEFT JOIN LATERAL (SELECT (t.r).*) v ON NOT t.is_hidden
		-- to all digits they tell whoever knows the values of all which of them had which outcome
		LEFT JOIN LATERAL gapstats_internal.told_jump(v.estimate, v.se, v.upper, v.p_value) k ON true
		ORDER BY t.is_total DESC, t.group_value COLLATE "C", t.place
		$sql$, gapstats_internal.near_query(list, gapstats_internal.definitions_of('outcome query', outcome, '{student_id, outcome}'), is_boolean, aside, group_column))
	USING outcome, compared."position", compared.threshold, compared.thresholds_by, compared.thresholds, compared.comparison, bandwidth, donut, minimum, confidence,
		group_column
	LOOP
		RETURN NEXT;
		printed := printed + 1;
		suppressed := suppressed + (reason IS NOT DISTINCT FROM 'suppressed')::integer;
		heaped := heaped OR is_total AND coalesce(is_heaped, false);
		-- at twice the bandwidth it is the slope of the density as a rule
		piled := piled OR is_total AND printed < 3 AND coalesce(p_value_density < 0.05, false);
	END LOOP;
	IF heaped THEN
		RAISE WARNING 'rule "%": more students are at the threshold than beside it', rule
			USING HINT = 'Whoever counts may have rounded to it; donut => 2 leaves out, of whole numbers, who is at it and next to it.';
	END IF;
	IF piled THEN
		RAISE WARNING 'rule "%": students are not spread evenly around the threshold', rule
			USING HINT = 'If somebody could place them there, those above and below are not alike; p_value_density says how likely it is by chance.';
	END IF;
	PERFORM gapstats_internal.end_audit(aside, suppressed, printed, minimum);
END
$$;
COMMENT ON FUNCTION gapstats_internal.effect_of_flag_as_owner(regclass, text, text, double precision, text, date, double precision, integer, double precision, text) IS
'effect_of_flag(), done as the list''s owner.';

CREATE FUNCTION effect_of_flag(list regclass, rule text, outcome_query text, bandwidth double precision DEFAULT NULL, group_column text DEFAULT NULL, as_of date DEFAULT NULL,
							   donut double precision DEFAULT 0, minimum integer DEFAULT 10, confidence double precision DEFAULT 0.95, names_in text DEFAULT current_setting('search_path'))
RETURNS TABLE (group_value text, is_total boolean, within double precision, n_below integer, n_above integer, n_values_below integer, n_values_above integer,
			   n_missing_below integer, n_missing_above integer, n_one_below integer, n_at_threshold integer, n_one_above integer, is_heaped boolean,
			   estimate double precision, se double precision, lower double precision, upper double precision, z double precision,
			   p_value double precision, p_value_density double precision, reason text)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION effect_of_flag(regclass, text, text, double precision, text, date, double precision, integer, double precision, text) IS
'What being flagged by a rule of a watch list did: the outcomes of students whose value is just on the flagged side of the threshold against those just on the other, both at the threshold (regression_discontinuity with HC2 errors, of the values that the list keeps of all its students, flagged or not). Three rows for all (is_total), and three a group: within half the bandwidth, the bandwidth and twice of it; an effect that is there at one of them only is none. p_value_density is that of density_check within it. Other columns as in regression_discontinuity.
outcome_query gives (student_id, outcome), a boolean (the estimate is one of rates) or a number, of a time after the flag; whose is not known is counted as missing. bandwidth is in units of the value; if NULL, the smallest that has 30 students with an outcome and 5 different values on either side, a start, not a choice. group_column is one of the students query. as_of computes the values of a past day instead of taking those that the list has: take the day on which the flags were raised. donut leaves out those nearer to the threshold. Where a rule has thresholds by group, distances are from each student''s own.
Assumes that at the threshold nothing changes but the flag, and that nobody could place a student on one side of it. Do not believe it where students pile up or heap at the threshold (warnings say so), where another rule begins at the same value, or where students below were flagged as well, by another rule or a little later: then it is the effect of being flagged by this rule on that day, which is less.
So that owners can hand it out, groups are suppressed of which from 1 to minimum - 1 students are on a side in one of the bands between the bandwidths, with or without an outcome, and as many others as it takes that these cannot be told from the totals; of yes or no as well where so few of a side have either, and where all of a group have the outcome; outcomes that are all 0 or 1 are yes or no. Heaps are counted for all only, and they and p_value_density are NULL where so few could be told from them. se has two digits, estimate, lower and upper as many behind the point, p_value two there or the first that is not 0, and z one, for to all digits they tell those who know the values of all whose outcome is which; an estimate without an error is NULL. minimum 1 prints everything; a notice says how many rows are suppressed.
For roles with the rights of the list''s owner. reason says suppressed, no_threshold (the rule asks for = or <>), or what regression_discontinuity says. Errors: a rule that the list has no values of (42704), a bandwidth that is not above 0 (22023), an outcome query of other columns (42804), none of whose students is on the list (P0002) or that gives one twice (21000), and those of watch_list_as_of.';
