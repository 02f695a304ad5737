-- watch_list/audit: does it flag the right students, in every group?

CREATE FUNCTION gapstats_internal.evaluate_aside(list regclass, rules gapstats_internal.rule_query[], as_of date, from_held boolean DEFAULT false,
												  school_days date[] DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	settings record;
	aside CONSTANT text := gapstats_internal.list_part(list, gapstats_internal.passing_part('aside'));
BEGIN
	EXECUTE gapstats_internal.statement(list, 'SELECT * FROM @settings') INTO settings;
	PERFORM gapstats_internal.evaluate_watch_list(
		gapstats_internal.read_query(list, 'students'), rules,
		settings.combination, settings.at_risk_at, settings.watch_at, as_of, school_days, CASE WHEN from_held THEN settings.clear_after ELSE 1 END,
		gapstats_internal.statement(list, format('SELECT * FROM @current WHERE %L', from_held)),
		gapstats_internal.statement(list, format('SELECT * FROM (%s) AS h WHERE %L', gapstats_internal.held_values(is_new_year => false), from_held)),
		format('CREATE UNLOGGED TABLE %s AS SELECT * FROM changed', aside),
		'SELECT FROM evaluated');
	PERFORM gapstats_internal.make_private(aside::regclass);
	RETURN aside;
END
$$;
COMMENT ON FUNCTION gapstats_internal.evaluate_aside(regclass, gapstats_internal.rule_query[], date, boolean, date[]) IS
'Evaluates a watch list for somebody who asks, beside the runs and without keeping them from their work: what differs from what the list holds, or from nothing unless from_held, is in a table then whose name it returns, and which whoever calls drops again.';

CREATE FUNCTION gapstats_internal.kept_query_objects(what text, kept gapstats_internal.kept_query)
RETURNS TABLE (class regclass, object oid)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT 'pg_class'::regclass, r.relation::oid FROM gapstats_internal.kept_query_relations($1, $2) r
	UNION
	SELECT 'pg_proc'::regclass, to_regprocedure(substring(m.word FROM '^function (.*\)) returns '))::oid
	FROM unnest(($2).meaning) AS m (word)
	WHERE m.word ~ '^function .*\) returns ';
END;
COMMENT ON FUNCTION gapstats_internal.kept_query_objects(text, gapstats_internal.kept_query) IS
'The relations and functions, but for PostgreSQL''s own, that the text of a kept query names.';

-- A view is as good as what it reads, a materialized one is of the night that it was refreshed
-- in.  What a function does whose body is text, only its readers know: it counts if it mentions
-- as_of(), or cannot depend on the day, being IMMUTABLE.
CREATE FUNCTION gapstats_internal.sees_today(what text, kept gapstats_internal.kept_query, beside gapstats_internal.kept_query DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		WITH RECURSIVE reached (class, object) AS (
			(
				SELECT class, object FROM gapstats_internal.kept_query_objects(what, kept)
				EXCEPT
				SELECT class, object FROM gapstats_internal.kept_query_objects(what, coalesce(beside, kept)) WHERE beside IS NOT NULL
			)
			UNION
			SELECT d.refclassid::regclass, d.refobjid
			FROM reached r
			LEFT JOIN pg_class v ON r.class = 'pg_class'::regclass AND v.oid = r.object AND v.relkind = 'v'
			LEFT JOIN pg_rewrite w ON w.ev_class = v.oid
			JOIN pg_depend d ON d.classid = CASE WHEN w.oid IS NULL THEN r.class ELSE 'pg_rewrite'::regclass END AND d.objid = coalesce(w.oid, r.object)
			WHERE (w.oid IS NOT NULL OR r.class = 'pg_proc'::regclass) AND d.refclassid IN ('pg_class'::regclass, 'pg_proc'::regclass)
		)
		SELECT CASE
			WHEN bool_or(p.oid = 'gapstats.as_of()'::regprocedure OR p.prosrc ~ '\mas_of\s*\(') THEN NULL
			WHEN bool_or(p.provolatile <> 'i' AND p.prosqlbody IS NULL AND p.prokind <> 'a' AND NOT EXISTS (
				SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))
				THEN what || ' may not use as_of(): functions that it calls may see the data of today'
			WHEN bool_or(r.class = 'pg_class'::regclass) THEN what || ' does not use as_of(): it sees the data of today' END
		FROM reached r
		LEFT JOIN pg_proc p ON r.class = 'pg_proc'::regclass AND p.oid = r.object
	);
END
$$;
COMMENT ON FUNCTION gapstats_internal.sees_today(text, gapstats_internal.kept_query, gapstats_internal.kept_query) IS
'What to say of a query that sees, or may see, the data of today whatever day as_of() is, but for what another reads beside it; NULL if it does not.';

CREATE FUNCTION gapstats_internal.warn_of_today(list regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	students CONSTANT gapstats_internal.kept_query := gapstats_internal.read_query(list, 'students');
	warning text;
BEGIN
	FOR warning IN EXECUTE gapstats_internal.statement(list, $sql$
		SELECT w.warning
		FROM (
			SELECT 0 AS place, gapstats_internal.sees_today('students query', $2) AS warning
			UNION ALL
			SELECT r."position", gapstats_internal.sees_today(format('rule "%s"', r.rule), gapstats_internal.read_query($1, 'rule', r.rule))
			FROM @rules r
			WHERE r.superseded_at IS NULL AND r.state = 'on'
			UNION ALL
			-- a condition is kept with the students query, whose columns it is about
			SELECT r."position", gapstats_internal.sees_today(format('applies_to of rule "%s"', r.rule), gapstats_internal.read_condition($1, r.rule), $2)
			FROM @rules r
			WHERE r.superseded_at IS NULL AND r.state = 'on' AND (gapstats_internal.read_query($1, 'applies_to', r.rule)).query !~ '\mas_of\s*\('
		) w
		WHERE w.warning IS NOT NULL
		ORDER BY w.place, w.warning DESC
		$sql$)
	USING list, students
	LOOP
		RAISE WARNING '%', warning;
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.warn_of_today(regclass) IS
'Warns of each query of a watch list that sees, or may see, the data of today when it is evaluated for a past day.';

CREATE FUNCTION gapstats_internal.evaluate_past(list regclass, as_of date)
RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	first_day date;
BEGIN
	PERFORM gapstats_internal.check_not_to_come(list, as_of);
	SELECT min(day) INTO first_day FROM unnest(gapstats_internal.school_days(list)) AS d (day);
	IF as_of < first_day THEN
		RAISE EXCEPTION 'watch list "%" knows of no attendance up to %', list, as_of
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = format('Its days query gives %s first.', first_day);
	END IF;
	PERFORM gapstats_internal.set_as_of(as_of);
	PERFORM gapstats_internal.warn_of_today(list);
	RETURN gapstats_internal.evaluate_aside(list, gapstats_internal.rules_to_run(list), as_of);
END
$$;
COMMENT ON FUNCTION gapstats_internal.evaluate_past(regclass, date) IS
'Evaluates a watch list for a past day, without what it held before: into a table whose name it returns, and which whoever calls drops again. Warnings name the queries that see, or may see, the data of today. Errors: a day to come, or before all that the days query gives (22023).';

-- Who was on track then, the history does not tell from who was not on the list.
CREATE FUNCTION gapstats_internal.past_statement(aside text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN aside IS NULL THEN $sql$
	SELECT h.student_id::text, h.status, NULL::numeric, cardinality(h.rules), NULL::integer, nullif(array_to_string(h.rules, '; '), ''), f.since, 'history'
	FROM @history h
	LEFT JOIN @flags f ON f.student_id @equals h.student_id AND f.flagged_at <= h.from_time AND coalesce(f.cleared_at > h.from_time, true)
	WHERE h.from_day <= $1 AND coalesce(h.until_day > $1, true)
	ORDER BY h.student_id
	$sql$ ELSE format($sql$
	SELECT p.student_id::text, p.status, p.score, p.rules_flagged, p.rules_missing, p.reasons, NULL::date, 'computed' FROM %s p ORDER BY p.student_id
	$sql$, replace(aside, '@', '@@')) END;
COMMENT ON FUNCTION gapstats_internal.past_statement(text) IS
'The statement that gives a watch list as it stood on the day $1, by the table that evaluate_past made, or by its history if that is NULL.';

CREATE FUNCTION gapstats_internal.watch_list_as_of_as_owner(list regclass, as_of date)
RETURNS TABLE (student_id text, status text, score numeric, rules_flagged integer, rules_missing integer, reasons text, since date, source text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_kept boolean;
	aside text;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT coalesce($1 BETWEEN min(r.as_of) AND max(r.as_of), false) FROM @runs r WHERE r.status = 'succeeded'
		$sql$)
	INTO is_kept USING as_of;
	IF is_kept THEN
		RETURN QUERY EXECUTE gapstats_internal.statement(list, gapstats_internal.past_statement(NULL)) USING as_of;
		RETURN;
	END IF;
	aside := gapstats_internal.evaluate_past(list, as_of);
	RETURN QUERY EXECUTE gapstats_internal.statement(list, gapstats_internal.past_statement(aside));
	EXECUTE format('DROP TABLE %s', aside);
END
$$;
COMMENT ON FUNCTION gapstats_internal.watch_list_as_of_as_owner(regclass, date) IS
'watch_list_as_of(), done as the list''s owner.';

CREATE FUNCTION watch_list_as_of(list regclass, as_of date)
RETURNS TABLE (student_id text, status text, score numeric, rules_flagged integer, rules_missing integer, reasons text, since date, source text)
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION watch_list_as_of(regclass, date) IS
'A watch list on a past day, from its history if that has the day, which is between the first and the last that the list was computed for; otherwise as today''s rules make it. source says which. ''history'': what the list then said, whatever the rules are now; who is not there was on track, not assessed or not on the list; score and rules_missing are not kept and NULL. ''computed'': one row a student; the queries see the data of that day as far as they use as_of(), and warnings name the students query, the rules and the applies_to conditions that do not or, calling functions whose body is text, may not; since is NULL. Nothing of it is kept. standings_on() answers from the history only. For roles with the rights of the list''s owner. Errors: a day to come, or one before the first of the days query (22023).';

CREATE FUNCTION gapstats_internal.check_outcome_query(list regclass, kept gapstats_internal.kept_query, aside text, or_number boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	types regtype[] := ARRAY(SELECT type FROM gapstats_internal.kept_query_columns('outcome query', kept));
	given record;
BEGIN
	IF types <> ARRAY[gapstats_internal.student_id_type(list), 'boolean'::regtype]
		AND NOT (or_number AND cardinality(types) = 2 AND types[1] = gapstats_internal.student_id_type(list)
			AND types[2] = ANY ('{smallint,integer,bigint,numeric,real,double precision}'::regtype[])) THEN
		RAISE EXCEPTION 'outcome query gives (%) instead of (%, boolean%)', array_to_string(types, ', '), gapstats_internal.student_id_type(list), CASE WHEN or_number THEN ' or a number' ELSE '' END
			USING ERRCODE = 'datatype_mismatch';
	END IF;
	EXECUTE gapstats_internal.statement(list, format($sql$
		SELECT count(q.student_id) AS students, max(q.student_id::text) FILTER (WHERE q.n > 1) AS repeated, min(q.student_id::text) AS one, count(s.student_id) AS on_list,
			(SELECT min(o.student_id::text) FROM %2$s o) AS one_on_list
		FROM (
			SELECT o.student_id, count(*) AS n FROM gapstats_internal.run_kept_query('outcome query', $1) AS o (%1$s) GROUP BY o.student_id
		) q
		LEFT JOIN %2$s s ON s.student_id @equals q.student_id
		$sql$, replace(gapstats_internal.definitions_of('outcome query', kept, '{student_id, outcome}'), '@', '@@'), coalesce(replace(aside, '@', '@@'), '@current')))
	INTO given USING kept;
	IF given.repeated IS NOT NULL THEN
		RAISE EXCEPTION 'outcome query gives student "%" more than once', given.repeated USING ERRCODE = 'cardinality_violation';
	ELSIF given.on_list = 0 AND given.one_on_list IS NOT NULL THEN
		RAISE EXCEPTION 'outcome query: none of its % students is on watch list "%"', given.students, list
			USING ERRCODE = 'no_data_found',
				  DETAIL = CASE WHEN given.one IS NULL THEN 'It gives no student.' ELSE format('It gives "%s", and the list has "%s".', given.one, given.one_on_list) END;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_outcome_query(regclass, gapstats_internal.kept_query, text, boolean) IS
'Raises an error unless an outcome query gives students of the list''s type, each once, and a boolean (or a number, if that is said), and one of them at least is in the table aside, or on the list if that is NULL.';

-- One row a model, group and student: whether the model flags her, how high it ranks
-- her, and what became of her.  The models are the list, each of its rules alone, and
-- the mean outcome of her school (or whatever the baseline column holds), which flags
-- the worst schools until as many students are flagged as by the list.
CREATE FUNCTION gapstats_internal.judged_query(list regclass, outcome_definitions text, aside text, group_column text, baseline_column text)
RETURNS text
LANGUAGE sql STABLE
RETURN gapstats_internal.statement(list, format($sql$
	WITH standing AS MATERIALIZED (
		SELECT s.*%4$s
	), rule AS (
		SELECT r.rule, r."position", r.comparison FROM @rules r WHERE r.superseded_at IS NULL AND r.state = 'on'
	), student AS MATERIALIZED (
		SELECT s.student_id, coalesce(%1$s, 'not recorded') AS group_value, %2$s AS baseline, o.outcome,
			s.status IN ('watch', 'at risk') AS flagged, s.score, s.status = 'insufficient data' AS insufficient
		FROM standing s
		LEFT JOIN gapstats_internal.run_kept_query('outcome query', $4) AS o (%3$s) ON o.student_id @equals s.student_id
	), baseline AS (
		SELECT baseline, avg(outcome::integer) AS mean, count(*) AS students
		FROM student
		WHERE outcome IS NOT NULL AND baseline IS NOT NULL
		GROUP BY baseline
	), ranked AS (
		SELECT baseline, mean, coalesce(sum(students) OVER (ORDER BY mean DESC, baseline COLLATE "C" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
		FROM baseline
	)
	SELECT 'list' AS model, group_value, outcome, flagged, score, insufficient FROM student
	UNION ALL
	SELECT 'rule ' || r.rule, s.group_value, s.outcome, coalesce(w.flagged, false),
		CASE WHEN r.comparison LIKE '<%%' THEN -1 ELSE 1 END * gapstats_internal.value_at(v."values", r."position"), w.flagged IS NULL
	FROM standing v
	CROSS JOIN rule r
	CROSS JOIN LATERAL gapstats_internal.rule_state(substr(v.states, r."position", 1)) w
	JOIN student s ON s.student_id @equals v.student_id
	WHERE w.state <> 'does not apply'
	UNION ALL
	SELECT 'mean outcome of ' || %5$L, s.group_value, s.outcome,
		coalesce(r.before < (SELECT count(*) FROM student WHERE flagged AND outcome IS NOT NULL), false), r.mean, r.mean IS NULL
	FROM student s
	LEFT JOIN ranked r ON r.baseline = s.baseline
	WHERE %5$L IS NOT NULL
	$sql$, replace(gapstats_internal.group_expression(group_column), '@', '@@'), replace(gapstats_internal.group_expression(baseline_column), '@', '@@'),
	replace(outcome_definitions, '@', '@@'),
	CASE WHEN aside IS NOT NULL THEN format(' FROM %s s', replace(aside, '@', '@@')) ELSE ', v."values", v.states FROM @current s JOIN @values v ON v.student_id @equals s.student_id' END,
	replace(baseline_column, '@', '@@')));
COMMENT ON FUNCTION gapstats_internal.judged_query(regclass, text, text, text, text) IS
'The query that gives each student''s outcome beside whether and how high the list, each of its rules and the mean outcome of her baseline group rank her, as the list stands or as the table aside has it; $4 is the outcome query.';

CREATE FUNCTION gapstats_internal.check_reference(list regclass, group_column text, reference text, aside text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	groups text[];
BEGIN
	EXECUTE gapstats_internal.statement(list, format('SELECT array_agg(DISTINCT coalesce(%s, ''not recorded'')) FROM %s s',
		replace(gapstats_internal.group_expression(group_column), '@', '@@'), coalesce(replace(aside, '@', '@@'), '@current')))
	INTO groups;
	IF NOT reference = ANY (groups) THEN
		RAISE EXCEPTION 'no student of watch list "%" is of the reference group "%"', list, reference
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = format('The groups are %s.', array_to_string(groups[1:20], ', '));
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_reference(regclass, text, text, text) IS
'Raises an error unless the reference group is NULL or one of those of a column.';

CREATE FUNCTION gapstats_internal.prepare_audit(list regclass, outcome gapstats_internal.kept_query, group_column text, baseline_column text, as_of date,
												OUT judged text, OUT aside text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.check_list(list);
	PERFORM gapstats_internal.check_list_column(list, group_column);
	PERFORM gapstats_internal.check_list_column(list, baseline_column);
	IF as_of IS NOT NULL THEN
		aside := gapstats_internal.evaluate_past(list, as_of);
	END IF;
	PERFORM gapstats_internal.check_outcome_query(list, outcome, aside);
	judged := gapstats_internal.judged_query(list, gapstats_internal.definitions_of('outcome query', outcome, '{student_id, outcome}'), aside,
		group_column, baseline_column);
END
$$;
COMMENT ON FUNCTION gapstats_internal.prepare_audit(regclass, gapstats_internal.kept_query, text, text, date) IS
'The query that judges a list by an outcome query: as the list stands, or if as_of is not NULL as it would have stood then, in a table of its own, which whoever calls drops again.';

CREATE FUNCTION gapstats_internal.audit_rates(tp bigint, fp bigint, fn bigint, tn bigint, students bigint, insufficient bigint, missing bigint)
RETURNS TABLE (metric text, x bigint, n bigint, is_margin boolean)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	VALUES
		('flag_rate', tp + fp, tp + fp + fn + tn, true),
		('base_rate', tp + fn, tp + fp + fn + tn, true),
		('precision', tp, tp + fp, false),
		('false_discovery_rate', fp, tp + fp, false),
		('recall', tp, tp + fn, false),
		('false_positive_rate', fp, fp + tn, false),
		('false_negative_rate', fn, tp + fn, false),
		('false_omission_rate', fn, fn + tn, false),
		('negative_predictive_value', tn, fn + tn, false),
		('accuracy', tp + tn, tp + fp + fn + tn, false),
		('insufficient_data', insufficient, students, true),
		('outcome_missing', missing, students, true);
END;
COMMENT ON FUNCTION gapstats_internal.audit_rates(bigint, bigint, bigint, bigint, bigint, bigint, bigint) IS
'The rates of a confusion table (true and false positives, false and true negatives; positive is the outcome, flagged the prediction), each as x of n, and whether it can be had without telling any of these four. The false-alarm rate of press reports is false_discovery_rate.';

CREATE FUNCTION gapstats_internal.audit_summaries(tp bigint, fp bigint, fn bigint, tn bigint)
RETURNS TABLE (metric text, estimate double precision)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	VALUES
		('lift', tp::double precision * (tp + fp + fn + tn) / nullif((tp + fp)::double precision * (tp + fn), 0)),
		('f1', 2.0::double precision * tp / nullif(2 * tp + fp + fn, 0)),
		('mcc', (tp::double precision * tn - fp::double precision * fn)
			/ nullif(sqrt((tp + fp)::double precision * (tp + fn) * (tn + fp) * (tn + fn)), 0));
END;
COMMENT ON FUNCTION gapstats_internal.audit_summaries(bigint, bigint, bigint, bigint) IS
'Of a confusion table: lift (precision by base rate), F1 (harmonic mean of precision and recall) and MCC (Matthews'' correlation coefficient, -1..1). NULL where a denominator is 0.';

CREATE FUNCTION gapstats_internal.end_audit(aside text, suppressed integer, printed integer, minimum integer)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF suppressed > 0 THEN
		RAISE NOTICE 'rows suppressed: % of %; a number of students from 1 to % could be had from them', suppressed, printed, minimum - 1
			USING HINT = 'Put small groups together in the students query; for your own eyes only, minimum => 1 prints everything.';
	END IF;
	IF aside IS NOT NULL THEN
		EXECUTE format('DROP TABLE %s', aside);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.end_audit(text, integer, integer, integer) IS
'Says by what rule rows of an audit are suppressed, if any is, and drops the table that it was made from, if that is not NULL.';

CREATE FUNCTION gapstats_internal.audit_watch_list_as_owner(list regclass, outcome_query text, group_column text, reference text, as_of date,
								 baseline_column text, minimum integer, confidence double precision,
								 names_in text)
RETURNS TABLE (model text, group_value text, is_total boolean, metric text, x integer, n integer,
			   estimate double precision, lower double precision, upper double precision,
			   difference double precision, difference_lower double precision, difference_upper double precision,
			   ratio double precision, reason text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET jit = off	-- compiling takes seconds, the query milliseconds
AS $$
DECLARE
	outcome CONSTANT gapstats_internal.kept_query := gapstats_internal.keep_query('outcome query', outcome_query, names_in);
	prepared CONSTANT record := gapstats_internal.prepare_audit(list, outcome, group_column, baseline_column, as_of);
	printed integer := 0;
	suppressed integer := 0;
BEGIN
	PERFORM gapstats_internal.check_at_least_1('minimum', minimum);
	PERFORM gapstats_internal.check_reference(list, group_column, reference, prepared.aside);
	FOR model, group_value, is_total, metric, x, n, estimate, lower, upper, difference, difference_lower, difference_upper, ratio, reason
	IN EXECUTE format($sql$
		WITH judged AS MATERIALIZED (
			%s
		), counted AS MATERIALIZED (
			SELECT c.*, least(tp, fp, fn, tn) AS fewest, (SELECT bool_or(gapstats_internal.is_small(t.n, $2)) FROM unnest(ARRAY[tp, fp, fn, tn]) t (n)) AS few_in_table
			FROM (
				SELECT model, coalesce(group_value, 'all') AS group_value, grouping(group_value) = 1 AS is_total, ARRAY[group_value] AS groups,
					count(*) FILTER (WHERE flagged AND outcome) AS tp, count(*) FILTER (WHERE flagged AND NOT outcome) AS fp,
					count(*) FILTER (WHERE NOT flagged AND outcome) AS fn, count(*) FILTER (WHERE NOT flagged AND NOT outcome) AS tn,
					count(outcome) AS n, count(*) AS students, count(*) FILTER (WHERE insufficient) AS insufficient,
					count(*) FILTER (WHERE outcome IS NULL) AS missing
				FROM judged
				GROUP BY GROUPING SETS ((model, group_value), (model))
			) c
		), sized AS MATERIALIZED (
			-- the same for all models of the same students, for each tells how many there are of a group
			SELECT model, gapstats_internal.hidden_groups(jsonb_agg(jsonb_build_object('groups', groups, 'n', n, 'keep', is_total)), '{"n": "count"}', $2, 'out')
				|| gapstats_internal.hidden_groups(jsonb_agg(jsonb_build_object('groups', groups, 'n', students, 'keep', is_total)), '{"n": "count"}', $2, 'out') AS hidden
			FROM counted
			GROUP BY model
		), margin AS (
			SELECT c.model, c.is_total, c.groups, m.*, max(least(m.x, m.n - m.x)) FILTER (WHERE c.is_total) OVER (PARTITION BY c.model, m.metric) AS total_few,
				-- what is so of all of a group is told of each; of a school that is flagged as a whole it is not hers.
				-- Where some combination is of nobody, a small one can be had from the margins
				NOT c.is_total AND (c.groups::text = ANY (s.hidden) OR c.few_in_table AND c.fewest = 0
					OR m.x > 0 AND m.x = m.n AND (m.metric = 'base_rate' OR m.metric = 'flag_rate' AND c.model NOT LIKE 'mean outcome of %%')) AS hide
			FROM counted c
			JOIN sized s USING (model)
			CROSS JOIN LATERAL gapstats_internal.audit_rates(c.tp, c.fp, c.fn, c.tn, c.students, c.insufficient, c.missing) m
			WHERE m.is_margin
		), hidden AS MATERIALIZED (
			SELECT model, hidden FROM sized
			UNION ALL
			SELECT model, CASE
				-- among so few in all there is nothing to hide in
				WHEN total_few BETWEEN 1 AND $2 - 1 THEN coalesce(array_agg(groups::text) FILTER (WHERE NOT is_total AND metric IN ('flag_rate', 'base_rate')), '{}')
				ELSE gapstats_internal.hidden_groups(jsonb_agg(jsonb_build_object('groups', groups, 'n', n, 'x', x, 'keep', is_total, 'hide', hide)),
					CASE total_few WHEN 0 THEN '{"n": "count"}' ELSE '{"n": "count", "x": {"kind": "count", "of": "n"}}' END::jsonb, $2, 'out') END
			FROM margin
			GROUP BY model, metric, total_few
		), beside AS MATERIALIZED (
			-- whom the list flags and a rule does not, its other rules alone do
			SELECT model, of_table, CASE WHEN bool_or(is_total AND gapstats_internal.is_small(n, $2)) THEN NULL
				ELSE gapstats_internal.hidden_groups(jsonb_agg(jsonb_build_object('groups', groups, 'n', n, 'keep', is_total)), '{"n": "count"}', $2, 'out') END AS hidden
			FROM (
				SELECT r.model, r.groups, r.is_total, b.*
				FROM counted r
				JOIN counted l ON l.model = 'list' AND l.groups = r.groups
				CROSS JOIN LATERAL (VALUES ('flagged', false, l.tp + l.fp - r.tp - r.fp), ('tp', true, l.tp - r.tp), ('fp', true, l.fp - r.fp)) b (what, of_table, n)
				WHERE r.model LIKE 'rule %%'
			) b
			GROUP BY model, what, of_table
			HAVING min(n) >= 0
		), sighted AS MATERIALIZED (
			SELECT c.*, EXISTS (
				SELECT FROM (SELECT model, hidden FROM hidden UNION ALL SELECT model, hidden FROM beside WHERE NOT of_table) h
				WHERE h.model = c.model AND (h.hidden IS NULL OR NOT c.is_total AND c.groups::text = ANY (h.hidden))) AS suppressed
			FROM counted c
		), split AS MATERIALIZED (
			-- of the flagged and the others, how many have the outcome, where it is known how many there are of each
			SELECT t.model, gapstats_internal.hidden_groups(jsonb_agg(jsonb_build_object('groups', t.groups, 'n', t.n, 'hide', h.hide, 'keep', NOT h.hide AND (s.is_total OR m.is_margin))), '{"n": "count"}', $2, 'out') AS hidden
			FROM (
				SELECT model, ARRAY[group_value, flagged::text, outcome::text] AS groups, count(*) AS n
				FROM judged
				WHERE outcome IS NOT NULL
				GROUP BY model, CUBE (group_value, flagged, outcome)
			) t
			JOIN sighted s ON s.model = t.model AND s.groups = t.groups[1:1]
			CROSS JOIN LATERAL (SELECT t.groups[2] IS NULL OR t.groups[3] IS NULL) m (is_margin)
			CROSS JOIN LATERAL (SELECT CASE
				WHEN NOT s.is_total THEN s.suppressed
				WHEN m.is_margin THEN gapstats_internal.is_small(t.n, $2) OR gapstats_internal.is_small(s.n - t.n, $2)
				ELSE s.few_in_table END) h (hide)
			GROUP BY t.model
		), cell AS MATERIALIZED (
			SELECT s.*, s.suppressed OR EXISTS (
				SELECT FROM (SELECT model, hidden FROM split UNION ALL SELECT model, hidden FROM beside WHERE of_table) p
				WHERE p.model = s.model AND (p.hidden IS NULL OR EXISTS (
					SELECT FROM unnest(p.hidden) h WHERE (h::text[])[1] IS NOT DISTINCT FROM s.groups[1]))) AS table_suppressed
			FROM sighted s
		), rate AS MATERIALIZED (
			SELECT c.model, c.group_value, c.is_total, m.metric, m.x, m.n, CASE
				WHEN NOT m.is_margin THEN c.table_suppressed
				-- who knows how many students there are takes from them those whose outcome is known
				ELSE c.suppressed OR gapstats_internal.is_small(m.n, $2)
					OR gapstats_internal.is_small(max(least(m.x, m.n - m.x)) FILTER (WHERE c.is_total) OVER w, $2)
					OR m.metric = 'insufficient_data' AND gapstats_internal.is_small(max(least(c.missing, c.n)) FILTER (WHERE c.is_total) OVER w, $2) END AS suppressed
			FROM cell c
			CROSS JOIN LATERAL gapstats_internal.audit_rates(c.tp, c.fp, c.fn, c.tn, c.students, c.insufficient, c.missing) m
			WINDOW w AS (PARTITION BY c.model, m.metric)
		), reference AS (
			SELECT DISTINCT ON (model) model, group_value
			FROM cell
			WHERE NOT is_total AND (group_value = $1 OR $1 IS NULL)
			ORDER BY model, n DESC, group_value COLLATE "C"
		), measured AS (
			SELECT m.*, r.x AS reference_x, r.n AS reference_n
			FROM rate m
			LEFT JOIN reference USING (model)
			LEFT JOIN rate r ON r.model = m.model AND r.metric = m.metric AND r.group_value = reference.group_value AND NOT r.is_total AND NOT r.suppressed AND r.n > 0
				AND NOT m.is_total AND m.group_value <> r.group_value
		), ranking AS (
			SELECT model, coalesce(group_value, 'all') AS group_value, grouping(group_value) = 1 AS is_total,
				gapstats.distribution(score::double precision) FILTER (WHERE outcome) AS positive,
				gapstats.distribution(score::double precision) FILTER (WHERE NOT outcome) AS negative
			FROM judged
			WHERE score IS NOT NULL AND outcome IS NOT NULL
			GROUP BY GROUPING SETS ((model, group_value), (model))
		), area AS (
			SELECT c.model, c.group_value, c.is_total, c.n, g.auc, g.auc_lower, g.auc_upper, n.not_ranked,
				c.table_suppressed OR (SELECT bool_or(gapstats_internal.is_small(f.n, $2)) FROM unnest(ARRAY[g.n_focal, g.n_reference, n.not_ranked]) f (n)) AS suppressed
			FROM ranking r
			JOIN cell c USING (model, group_value, is_total)
			CROSS JOIN LATERAL gapstats.v_gap(r.positive, r.negative, $3) g
			CROSS JOIN LATERAL (SELECT c.n - g.n_focal - g.n_reference) n (not_ranked)
		)
		SELECT m.model, m.group_value, m.is_total, m.metric, gapstats_internal.integer_count(v.x, 'x'), gapstats_internal.integer_count(v.n, 'n'), (v.i).estimate, (v.i).lower, (v.i).upper,
			(v.d).estimate, (v.d).lower, (v.d).upper,
			CASE WHEN (v.d).estimate IS NOT NULL THEN (v.i).estimate / nullif(m.reference_x::double precision / m.reference_n, 0) END,
			CASE WHEN m.suppressed THEN 'suppressed' ELSE (v.i).reason END
		FROM measured m
		CROSS JOIN LATERAL (SELECT
			CASE WHEN NOT m.suppressed THEN m.x END AS x, CASE WHEN NOT m.suppressed THEN m.n END AS n,
			CASE WHEN NOT m.suppressed THEN gapstats.wilson_interval(m.x, m.n, $3) END AS i,
			CASE WHEN NOT m.suppressed AND m.reference_x IS NOT NULL AND m.n > 0
				THEN gapstats.risk_difference(m.x, m.n, m.reference_x, m.reference_n, $3) END AS d) v
		UNION ALL
		SELECT c.model, c.group_value, c.is_total, m.metric, NULL, NULL, CASE WHEN NOT c.table_suppressed THEN m.estimate END, NULL, NULL, NULL, NULL, NULL, NULL,
			CASE WHEN c.table_suppressed THEN 'suppressed' WHEN m.estimate IS NULL THEN 'zero_denominator' END
		FROM cell c
		CROSS JOIN LATERAL gapstats_internal.audit_summaries(c.tp, c.fp, c.fn, c.tn) m
		UNION ALL
		SELECT a.model, a.group_value, a.is_total, 'auc', NULL, CASE WHEN NOT h.hidden THEN gapstats_internal.integer_count(a.n - a.not_ranked, 'n') END,
			CASE WHEN NOT h.hidden THEN a.auc END, CASE WHEN NOT h.hidden THEN a.auc_lower END, CASE WHEN NOT h.hidden THEN a.auc_upper END,
			NULL, NULL, NULL, NULL, CASE WHEN h.hidden THEN 'suppressed' WHEN a.auc IS NULL THEN 'n_lt_1' END
		FROM (
			SELECT *, sum(not_ranked) FILTER (WHERE NOT is_total AND NOT suppressed) OVER (PARTITION BY model) AS told_not_ranked
			FROM area
		) a
		-- who has no score is not ranked, and how many these are where it is not told is what others leave of all
		CROSS JOIN LATERAL (SELECT a.suppressed OR a.is_total AND gapstats_internal.is_small(a.not_ranked - coalesce(a.told_not_ranked, 0)::bigint, $2)) h (hidden)
		ORDER BY 1, 3, 2, 4
		$sql$, prepared.judged)
	USING reference, minimum, confidence, outcome
	LOOP
		RETURN NEXT;
		printed := printed + 1;
		suppressed := suppressed + (reason IS NOT DISTINCT FROM 'suppressed')::integer;
	END LOOP;
	PERFORM gapstats_internal.end_audit(prepared.aside, suppressed, printed, minimum);
END
$$;
COMMENT ON FUNCTION gapstats_internal.audit_watch_list_as_owner(regclass, text, text, text, date, text, integer, double precision, text) IS
'audit_watch_list(), done as the list''s owner.';

CREATE FUNCTION audit_watch_list(list regclass, outcome_query text, group_column text, reference text DEFAULT NULL, as_of date DEFAULT NULL,
								 baseline_column text DEFAULT NULL, minimum integer DEFAULT 10, confidence double precision DEFAULT 0.95,
								 names_in text DEFAULT current_setting('search_path'))
RETURNS TABLE (model text, group_value text, is_total boolean, metric text, x integer, n integer,
			   estimate double precision, lower double precision, upper double precision,
			   difference double precision, difference_lower double precision, difference_upper double precision,
			   ratio double precision, reason text)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION audit_watch_list(regclass, text, text, text, date, text, integer, double precision, text) IS
'Judges a watch list by what became of its students: one row a model, group and metric, with x of n, the estimate and Wilson''s interval, the difference from the reference group (focal minus reference) with Newcombe''s interval, and the ratio to it. outcome_query gives (student_id, outcome), true for what the list is there to prevent; students whose outcome is not known count in no metric but outcome_missing. Those to whom no rule applies are not flagged. Groups are those of a column of the students query; the reference is the largest unless named. as_of computes the list for a past day instead of taking it as it stands. The models are the list, each rule alone ("rule" and its name), and, with a baseline_column such as the school, the mean outcome of the students there (the same outcomes: an easy baseline to be beaten by), flagging the worst schools until as many are flagged as by the list. Metrics: flag_rate, base_rate, precision, false_discovery_rate, recall, false_positive_rate, false_negative_rate, false_omission_rate, negative_predictive_value, accuracy; insufficient_data and outcome_missing (of all students); lift, f1 and mcc; auc of the score (DeLong''s interval), of a rule among those who have a value that it compared, of the list among all. For roles with the rights of the list''s owner, who see the list. So that they can hand it out, no number of students from 1 to minimum - 1 can be had from what is printed of one model, 0 can. Groups of which so few are students, flagged, not flagged, with the outcome, without it, with insufficient data or of unknown outcome are suppressed, and those of whom all are flagged or have the outcome. Where so few are flagged or not with or without the outcome, all metrics of the group are but flag_rate, base_rate, insufficient_data and outcome_missing (these, too, where another of the four numbers is 0). So are as many others as it takes that these numbers cannot be told from what is shown, as by suppress(). What so few of all students are is suppressed of all groups, and so are all groups where so few of all are flagged or not, or have the outcome or not. Nor can, from a rule and the list, the number of those whom the rule does not flag and the others do, with the outcome or without it; what else models tell of one another is not looked at. minimum 1 prints everything. reason says suppressed, n_lt_1 or zero_denominator; a notice says how many rows are suppressed, and by what minimum. minimum is at least 1, and reference a group that there is (22023); a NULL minimum or confidence is an error (22004), and so is an outcome query none of whose students is on the list (P0002).';

CREATE FUNCTION gapstats_internal.calibrate_watch_list_as_owner(list regclass, outcome_query text, group_column text, bins integer, as_of date,
									 minimum integer, confidence double precision,
									 names_in text)
RETURNS TABLE (group_value text, bin integer, lowest_score numeric, highest_score numeric, x integer, n integer,
			   estimate double precision, lower double precision, upper double precision, reason text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET jit = off	-- as above
AS $$
DECLARE
	outcome CONSTANT gapstats_internal.kept_query := gapstats_internal.keep_query('outcome query', outcome_query, names_in);
	prepared CONSTANT record := gapstats_internal.prepare_audit(list, outcome, group_column, NULL, as_of);
	printed integer := 0;
	suppressed integer := 0;
BEGIN
	PERFORM gapstats_internal.check_at_least_1('bins', bins), gapstats_internal.check_at_least_1('minimum', minimum);
	FOR group_value, bin, lowest_score, highest_score, x, n, estimate, lower, upper, reason
	IN EXECUTE format($sql$
		WITH judged AS (
			%s
		), binned AS (
			-- the share of students with a lower score says which bin, in integers; equal scores stay together
			SELECT group_value, outcome, score,
				($1 * (rank() OVER (ORDER BY score) - 1) / count(*) OVER () + 1)::integer AS bin
			FROM judged
			WHERE model = 'list' AND outcome IS NOT NULL AND score IS NOT NULL
		), hidden AS MATERIALIZED (
			SELECT coalesce(gapstats_internal.hidden_groups(c.cells, '{"n": "count"}', $2, 'out'), gapstats_internal.hidden_groups(c.cells, '{"n": "count"}', $2)) AS hidden
			FROM (
				-- how many are in each bin follows from how many there are
				SELECT jsonb_agg(jsonb_build_object('groups', ARRAY[group_value, bin::text, outcome::text], 'n', n,
					'keep', outcome IS NULL AND (group_value IS NULL OR bin IS NULL) AND NOT gapstats_internal.is_small(n, $2)))
				FROM (SELECT group_value, bin, outcome, count(*) AS n FROM binned GROUP BY CUBE (group_value, bin, outcome)) c
			) c (cells)
		)
		SELECT b.group_value, b.bin, s.lowest, s.highest, CASE WHEN NOT b.hidden THEN gapstats_internal.integer_count(b.x, 'x') END, CASE WHEN NOT b.hidden THEN gapstats_internal.integer_count(b.n, 'n') END,
			CASE WHEN NOT b.hidden THEN (b.i).estimate END, CASE WHEN NOT b.hidden THEN (b.i).lower END, CASE WHEN NOT b.hidden THEN (b.i).upper END,
			CASE WHEN b.hidden THEN 'suppressed' ELSE (b.i).reason END
		FROM (
			SELECT c.*, gapstats.wilson_interval(c.x, c.n, $3) AS i,
				h.hidden IS NULL OR EXISTS (SELECT FROM unnest(h.hidden) t WHERE (t::text[])[1:2] = ARRAY[c.group_value, c.bin::text]) AS hidden
			FROM (SELECT group_value, bin, count(*) FILTER (WHERE outcome) AS x, count(*) AS n FROM binned GROUP BY group_value, bin) c
			CROSS JOIN hidden h
		) b
		JOIN (SELECT bin, min(score) AS lowest, max(score) AS highest FROM binned GROUP BY bin) s USING (bin)
		ORDER BY 1, 2
		$sql$, prepared.judged)
	USING bins, minimum, confidence, outcome
	LOOP
		RETURN NEXT;
		printed := printed + 1;
		suppressed := suppressed + (reason IS NOT DISTINCT FROM 'suppressed')::integer;
	END LOOP;
	PERFORM gapstats_internal.end_audit(prepared.aside, suppressed, printed, minimum);
END
$$;
COMMENT ON FUNCTION gapstats_internal.calibrate_watch_list_as_owner(regclass, text, text, integer, date, integer, double precision, text) IS
'calibrate_watch_list(), done as the list''s owner.';

CREATE FUNCTION calibrate_watch_list(list regclass, outcome_query text, group_column text, bins integer DEFAULT 10, as_of date DEFAULT NULL,
									 minimum integer DEFAULT 10, confidence double precision DEFAULT 0.95,
									 names_in text DEFAULT current_setting('search_path'))
RETURNS TABLE (group_value text, bin integer, lowest_score numeric, highest_score numeric, x integer, n integer,
			   estimate double precision, lower double precision, upper double precision, reason text)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION calibrate_watch_list(regclass, text, text, integer, date, integer, double precision, text) IS
'Whether a score of a watch list means the same in every group: one row a group and bin of the score, with the share of students (x of n) whom the outcome befell and Wilson''s interval. Bins hold equal shares of all students, as far as equal scores, which stay together, allow: of a list with three different scores there are at most three. Where from 1 to minimum - 1 of a group and bin are students, or have the outcome, or have it not, they are suppressed, and as many others as it takes that none of these numbers can be told from what is shown and from how many each bin and each group has: take fewer bins, or wider groups. bins is at least 1 (22023), and not NULL (22004). Arguments otherwise as audit_watch_list. For roles with the rights of the list''s owner.';
