-- watch_list/audit: does it flag the right students, in every group?

CREATE FUNCTION watch_list_as_of(list regclass, as_of date)
RETURNS TABLE (student_id text, status text, score numeric, rules_flagged bigint, rules_missing bigint, reasons text)
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
SET gapstats.as_of = ''
AS $$
BEGIN
	PERFORM gapstats_internal.check_list_owner(list);
	PERFORM gapstats_internal.check_kept_queries(list);
	PERFORM set_config('gapstats.as_of', as_of::text, true);
	RETURN QUERY EXECUTE format($sql$
		WITH evaluation AS MATERIALIZED (SELECT * FROM %s)
		SELECT student_id::text, status, score, rules_flagged, rules_missing, reasons FROM (%s) s ORDER BY s.student_id
		$sql$, gapstats_internal.list_part(list, 'evaluation'), gapstats_internal.standing_query(gapstats_internal.list_part(list, 'settings'), 'evaluation',
			gapstats_internal.equality_operator(gapstats_internal.student_id_type(list))));
END
$$;
COMMENT ON FUNCTION watch_list_as_of(regclass, date) IS
'A watch list as it would have stood on a past day, one row a student. The rules are today''s; their queries see the data of that day as far as they use as_of(). Nothing of it is kept.';

CREATE FUNCTION gapstats_internal.check_outcome_query(list regclass, outcome regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	type regtype;
	repeated boolean;
BEGIN
	SELECT atttypid INTO type FROM pg_attribute WHERE attrelid = outcome AND attname = 'outcome';
	IF gapstats_internal.student_id_type(outcome) <> gapstats_internal.student_id_type(list) OR type <> 'boolean'::regtype THEN
		RAISE EXCEPTION 'outcome query gives (%, %) instead of (%, boolean)', gapstats_internal.student_id_type(outcome), type, gapstats_internal.student_id_type(list)
			USING ERRCODE = 'datatype_mismatch';
	END IF;
	PERFORM gapstats_internal.check_routines(outcome, 'outcome query');
	EXECUTE format('SELECT EXISTS (SELECT FROM %s GROUP BY student_id HAVING count(*) > 1)', outcome) INTO repeated;
	IF repeated THEN
		RAISE EXCEPTION 'outcome query gives a student more than once' USING ERRCODE = 'cardinality_violation';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_outcome_query(regclass, regclass) IS
'Raises an error unless the view that keeps an outcome query gives students of the list''s type, each once, and a boolean, and calls no untrusted function.';

-- One row a model, group and student: whether the model flags her, how high it ranks
-- her, and what became of her.  The models are the list, each of its rules alone, and
-- the mean outcome of her school (or whatever the baseline column holds), which flags
-- the worst schools until as many students are flagged as by the list.
CREATE FUNCTION gapstats_internal.judged_query(list regclass, outcome regclass, evaluation text, group_column text, baseline_column text)
RETURNS text
LANGUAGE sql STABLE
RETURN format($sql$
	WITH evaluation AS MATERIALIZED (
		SELECT * FROM %1$s
	), student AS MATERIALIZED (
		SELECT s.student_id, coalesce(%2$s, 'not recorded') AS group_value, %3$s AS baseline, o.outcome,
			coalesce(t.status IN ('watch', 'at risk'), false) AS flagged, t.score, coalesce(t.status = 'insufficient data', true) AS insufficient
		FROM %4$s s
		LEFT JOIN %5$s o ON o.student_id %6$s s.student_id
		LEFT JOIN (%7$s) t ON t.student_id %6$s s.student_id
		WHERE s.student_id IS NOT NULL
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
	SELECT 'rule ' || e.rule, s.group_value, s.outcome, coalesce(e.flagged, false),
		CASE WHEN e.comparison LIKE '<%%' THEN -e.value ELSE e.value END, e.flagged IS NULL
	FROM evaluation e
	JOIN student s ON s.student_id %6$s e.student_id
	UNION ALL
	SELECT 'mean outcome of ' || %8$L, s.group_value, s.outcome,
		coalesce(r.before < (SELECT count(*) FROM student WHERE flagged AND outcome IS NOT NULL), false), r.mean, r.mean IS NULL
	FROM student s
	LEFT JOIN ranked r ON r.baseline = s.baseline
	WHERE %8$L IS NOT NULL
	$sql$, evaluation, gapstats_internal.group_expression(group_column), gapstats_internal.group_expression(baseline_column), gapstats_internal.list_part(list, 'students'), outcome,
	gapstats_internal.equality_operator(gapstats_internal.student_id_type(list)), gapstats_internal.standing_query(gapstats_internal.list_part(list, 'settings'), 'evaluation', gapstats_internal.equality_operator(gapstats_internal.student_id_type(list))), baseline_column);
COMMENT ON FUNCTION gapstats_internal.judged_query(regclass, regclass, text, text, text) IS
'The query that gives each student''s outcome beside whether and how high the list, each of its rules and the mean outcome of her baseline group rank her.';

CREATE FUNCTION gapstats_internal.prepare_audit(list regclass, outcome_query text, group_column text, baseline_column text, as_of date, names_in text)
RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept text := gapstats_internal.list_part(list, 'outcome');
BEGIN
	PERFORM gapstats_internal.check_list_owner(list);
	PERFORM gapstats_internal.check_list_column(list, group_column);
	PERFORM gapstats_internal.check_list_column(list, baseline_column);
	PERFORM gapstats_internal.keep_query('outcome query', kept, '(student_id, outcome)', outcome_query, names_in);
	PERFORM gapstats_internal.check_outcome_query(list, kept::regclass);
	IF as_of IS NULL THEN
		RETURN gapstats_internal.judged_query(list, kept::regclass, gapstats_internal.list_part(list, 'reasons'), group_column, baseline_column);
	END IF;
	PERFORM gapstats_internal.check_kept_queries(list);
	RETURN gapstats_internal.judged_query(list, kept::regclass, gapstats_internal.list_part(list, 'evaluation'), group_column, baseline_column);
END
$$;
COMMENT ON FUNCTION gapstats_internal.prepare_audit(regclass, text, text, text, date, text) IS
'Keeps an outcome query as the view "outcome" of a watch list, and returns the query that judges the list by it: as it stands, or if as_of is not NULL as gapstats.as_of says.';

CREATE FUNCTION gapstats_internal.audit_rates(tp bigint, fp bigint, fn bigint, tn bigint, students bigint, insufficient bigint, missing bigint)
RETURNS TABLE (metric text, x bigint, n bigint)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	VALUES
		('flag_rate', tp + fp, tp + fp + fn + tn),
		('base_rate', tp + fn, tp + fp + fn + tn),
		('precision', tp, tp + fp),
		('false_discovery_rate', fp, tp + fp),
		('recall', tp, tp + fn),
		('false_positive_rate', fp, fp + tn),
		('false_negative_rate', fn, tp + fn),
		('false_omission_rate', fn, fn + tn),
		('negative_predictive_value', tn, fn + tn),
		('accuracy', tp + tn, tp + fp + fn + tn),
		('insufficient_data', insufficient, students),
		('outcome_missing', missing, students);
END;
COMMENT ON FUNCTION gapstats_internal.audit_rates(bigint, bigint, bigint, bigint, bigint, bigint, bigint) IS
'The rates of a confusion table (true and false positives, false and true negatives; positive is the outcome, flagged the prediction), each as x of n. The false-alarm rate of press reports is false_discovery_rate.';

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

CREATE FUNCTION audit_watch_list(list regclass, outcome_query text, group_column text, reference text DEFAULT NULL, as_of date DEFAULT NULL,
								 baseline_column text DEFAULT NULL, minimum integer DEFAULT 10, confidence double precision DEFAULT 0.95,
								 names_in text DEFAULT current_setting('search_path'))
RETURNS TABLE (model text, group_value text, is_total boolean, metric text, x bigint, n bigint,
			   estimate double precision, lower double precision, upper double precision,
			   difference double precision, difference_lower double precision, difference_upper double precision,
			   ratio double precision, reason text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET gapstats.as_of = ''
SET jit = off	-- compiling takes seconds, the query milliseconds
AS $$
DECLARE
	judged text := gapstats_internal.prepare_audit(list, outcome_query, group_column, baseline_column, as_of, names_in);
BEGIN
	PERFORM gapstats_internal.check_at_least_1('minimum', minimum);
	PERFORM set_config('gapstats.as_of', coalesce(as_of::text, ''), true);
	RETURN QUERY EXECUTE format($sql$
		WITH judged AS MATERIALIZED (
			%s
		), cell AS (
			-- a group is hidden if it is small, and the next smallest with it if it is the only one
			SELECT *, NOT is_total AND (n < $2 OR (smalls = 1 AND place = 2)) AS suppressed
			FROM (
				SELECT *, count(*) FILTER (WHERE n < $2 AND NOT is_total) OVER (PARTITION BY model) AS smalls,
					row_number() OVER (PARTITION BY model, is_total ORDER BY n, group_value COLLATE "C") AS place
				FROM (
					SELECT model, coalesce(group_value, 'all') AS group_value, grouping(group_value) = 1 AS is_total,
						count(*) FILTER (WHERE flagged AND outcome) AS tp, count(*) FILTER (WHERE flagged AND NOT outcome) AS fp,
						count(*) FILTER (WHERE NOT flagged AND outcome) AS fn, count(*) FILTER (WHERE NOT flagged AND NOT outcome) AS tn,
						count(outcome) AS n, count(*) AS students, count(*) FILTER (WHERE insufficient) AS insufficient,
						count(*) FILTER (WHERE outcome IS NULL) AS missing
					FROM judged
					GROUP BY GROUPING SETS ((model, group_value), (model))
				) counted
			) placed
		), reference AS (
			SELECT DISTINCT ON (model) *
			FROM cell
			WHERE NOT is_total AND (group_value = $1 OR $1 IS NULL)
			ORDER BY model, n DESC, group_value COLLATE "C"
		), measured AS (
			SELECT c.model, c.group_value, c.is_total, m.*, c.suppressed OR m.n BETWEEN 1 AND $2 - 1 AS suppressed,
				CASE WHEN NOT c.is_total AND c.group_value <> r.group_value AND NOT r.suppressed AND r_m.n >= $2 THEN r_m.x END AS reference_x, r_m.n AS reference_n
			FROM cell c
			LEFT JOIN reference r ON r.model = c.model
			CROSS JOIN LATERAL gapstats_internal.audit_rates(c.tp, c.fp, c.fn, c.tn, c.students, c.insufficient, c.missing) m
			LEFT JOIN LATERAL gapstats_internal.audit_rates(r.tp, r.fp, r.fn, r.tn, r.students, r.insufficient, r.missing) r_m ON r_m.metric = m.metric
		), ranking AS (
			SELECT model, coalesce(group_value, 'all') AS group_value, grouping(group_value) = 1 AS is_total,
				gapstats.distribution(score::double precision) FILTER (WHERE outcome) AS positive,
				gapstats.distribution(score::double precision) FILTER (WHERE NOT outcome) AS negative
			FROM judged
			WHERE score IS NOT NULL AND outcome IS NOT NULL
			GROUP BY GROUPING SETS ((model, group_value), (model))
		)
		SELECT m.model, m.group_value, m.is_total, m.metric, v.x, v.n, (v.i).estimate, (v.i).lower, (v.i).upper,
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
		SELECT c.model, c.group_value, c.is_total, m.metric, NULL, NULL, CASE WHEN NOT h.hidden THEN m.estimate END, NULL, NULL, NULL, NULL, NULL, NULL,
			CASE WHEN h.hidden THEN 'suppressed' WHEN m.estimate IS NULL THEN 'zero_denominator' END
		FROM cell c
		CROSS JOIN LATERAL gapstats_internal.audit_summaries(c.tp, c.fp, c.fn, c.tn) m
		CROSS JOIN LATERAL (SELECT c.suppressed OR c.tp + c.fp BETWEEN 1 AND $2 - 1 OR c.tp + c.fn BETWEEN 1 AND $2 - 1) h (hidden)
		UNION ALL
		SELECT r.model, r.group_value, r.is_total, 'auc', NULL, CASE WHEN NOT h.hidden THEN g.n_focal + g.n_reference END,
			CASE WHEN NOT h.hidden THEN g.auc END, CASE WHEN NOT h.hidden THEN g.auc_lower END, CASE WHEN NOT h.hidden THEN g.auc_upper END,
			NULL, NULL, NULL, NULL, CASE WHEN h.hidden THEN 'suppressed' WHEN g.auc IS NULL THEN 'n_lt_1' END
		FROM ranking r
		JOIN cell c USING (model, group_value, is_total)
		CROSS JOIN LATERAL gapstats.v_gap(r.positive, r.negative, $3) g
		CROSS JOIN LATERAL (SELECT c.suppressed OR g.n_focal BETWEEN 1 AND $2 - 1 OR g.n_reference BETWEEN 1 AND $2 - 1) h (hidden)
		ORDER BY 1, 3, 2, 4
		$sql$, judged)
	USING reference, minimum, confidence;
	EXECUTE format('DROP VIEW %s', gapstats_internal.list_part(list, 'outcome'));
END
$$;
COMMENT ON FUNCTION audit_watch_list(regclass, text, text, text, date, text, integer, double precision, text) IS
'Judges a watch list by what became of its students: one row a model, group and metric, with x of n, the estimate and Wilson''s interval, the difference from the reference group (focal minus reference) with Newcombe''s interval, and the ratio to it. outcome_query gives (student_id, outcome), true for what the list is there to prevent; students whose outcome is not known count in no metric but outcome_missing. Groups are those of a column of the students query; the reference is the largest unless named. as_of computes the list for a past day instead of taking it as it stands. The models are the list, each rule alone ("rule" and its name), and, with a baseline_column such as the school, the mean outcome of the students there (the same outcomes: an easy baseline to be beaten by), flagging the worst schools until as many are flagged as by the list. Metrics: flag_rate, base_rate, precision, false_discovery_rate, recall, false_positive_rate, false_negative_rate, false_omission_rate, negative_predictive_value, accuracy; insufficient_data and outcome_missing (of all students); lift, f1 and mcc; auc of the score (DeLong''s interval). Groups and denominators under minimum are suppressed, and the next smallest group with a single one; reason says so, n_lt_1 or zero_denominator. minimum is at least 1 (22023); a NULL minimum or confidence is an error (22004).';

CREATE FUNCTION calibrate_watch_list(list regclass, outcome_query text, group_column text, bins integer DEFAULT 10, as_of date DEFAULT NULL,
									 minimum integer DEFAULT 10, confidence double precision DEFAULT 0.95,
									 names_in text DEFAULT current_setting('search_path'))
RETURNS TABLE (group_value text, bin integer, lowest_score numeric, highest_score numeric, x bigint, n bigint,
			   estimate double precision, lower double precision, upper double precision, reason text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET gapstats.as_of = ''
SET jit = off	-- as above
AS $$
DECLARE
	judged text := gapstats_internal.prepare_audit(list, outcome_query, group_column, NULL, as_of, names_in);
BEGIN
	PERFORM gapstats_internal.check_at_least_1('bins', bins), gapstats_internal.check_at_least_1('minimum', minimum);
	PERFORM set_config('gapstats.as_of', coalesce(as_of::text, ''), true);
	RETURN QUERY EXECUTE format($sql$
		WITH judged AS (
			%s
		), binned AS (
			-- the share of students with a lower score says which bin, in integers; equal scores stay together
			SELECT group_value, outcome, score,
				($1 * (rank() OVER (ORDER BY score) - 1) / count(*) OVER () + 1)::integer AS bin
			FROM judged
			WHERE model = 'list' AND outcome IS NOT NULL AND score IS NOT NULL
		)
		SELECT b.group_value, b.bin, s.lowest, s.highest, CASE WHEN b.n >= $2 THEN b.x END, CASE WHEN b.n >= $2 THEN b.n END,
			CASE WHEN b.n >= $2 THEN (b.i).estimate END, CASE WHEN b.n >= $2 THEN (b.i).lower END, CASE WHEN b.n >= $2 THEN (b.i).upper END,
			CASE WHEN b.n < $2 THEN 'suppressed' ELSE (b.i).reason END
		FROM (
			SELECT group_value, bin, count(*) FILTER (WHERE outcome) AS x, count(*) AS n,
				gapstats.wilson_interval(count(*) FILTER (WHERE outcome), count(*), $3) AS i
			FROM binned
			GROUP BY group_value, bin
		) b
		JOIN (SELECT bin, min(score) AS lowest, max(score) AS highest FROM binned GROUP BY bin) s USING (bin)
		ORDER BY 1, 2
		$sql$, judged)
	USING bins, minimum, confidence;
	EXECUTE format('DROP VIEW %s', gapstats_internal.list_part(list, 'outcome'));
END
$$;
COMMENT ON FUNCTION calibrate_watch_list(regclass, text, text, integer, date, integer, double precision, text) IS
'Whether a score of a watch list means the same in every group: one row a group and bin of the score, with the share of students (x of n) whom the outcome befell and Wilson''s interval. Bins hold equal shares of all students, as far as equal scores, which stay together, allow: of a list with three different scores there are at most three. Bins with fewer than minimum students of a group are suppressed. bins is at least 1 (22023), and not NULL (22004). Arguments otherwise as audit_watch_list.';
