-- watch_list/rules: the rules of a watch list, each change a new version

-- The words by which a column shows that it holds race, language or income
CREATE FUNCTION gapstats_internal.protected_column(view regclass)
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN (
	SELECT format('%s.%I', d.refobjid::regclass, a.attname)
	FROM pg_rewrite w
	JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
		AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> view
	JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND a.attnum > 0
	WHERE w.ev_class = view
	AND lower(a.attname) ~ '(^|_)(race|racial|ethnic|ethnicity|hispanic|languages?|lep|ell?|el_status|esl|english_learner|incomes?|lunch|frl|frpl|poverty|ses|economic|economically|disadvantaged)($|_)'
	ORDER BY 1
	LIMIT 1
);
COMMENT ON FUNCTION gapstats_internal.protected_column(regclass) IS
'A column that a view reads and whose name says that it holds race, language or income; NULL if there is none. Guards against oversight, not against intent: a column under another name is not seen.';

CREATE FUNCTION gapstats_internal.check_rule(list regclass, rule text, override text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	what text := format('rule "%s"', rule);
	kept regclass := gapstats_internal.rule_view(list, rule)::regclass;
	student_id regtype := gapstats_internal.student_id_type(gapstats_internal.list_part(list, 'students')::regclass);
	value_type record;
	repeated boolean;
	message text;
	code text;
	detail text;
	hint text;
BEGIN
	IF gapstats_internal.student_id_type(kept) <> student_id THEN
		RAISE EXCEPTION '%: first column is of type %, but student_id of "%" is of type %',
			what, gapstats_internal.student_id_type(kept), list, student_id
			USING ERRCODE = 'datatype_mismatch',
				  HINT = format('Cast it in the query, to %s.', student_id);
	END IF;
	SELECT format_type(a.atttypid, a.atttypmod) AS name, t.typcategory AS category INTO value_type
	FROM pg_attribute a
	JOIN pg_type t ON t.oid = a.atttypid
	WHERE a.attrelid = kept AND a.attname = 'value';
	IF value_type.category <> 'N' THEN
		RAISE EXCEPTION '%: second column, the value, is of type %, which is not a number', what, value_type.name
			USING ERRCODE = 'datatype_mismatch';
	END IF;

	IF coalesce(override, '') = '' AND gapstats_internal.protected_column(kept) IS NOT NULL THEN
		RAISE EXCEPTION '%: query reads %, which is no indicator of need', what, gapstats_internal.protected_column(kept)
			USING ERRCODE = 'check_violation',
				  DETAIL = 'Lists that flagged students by race, language or income flagged the wrong ones more often in those groups.',
				  HINT = 'If it must be, say why in override; that is kept with the rule.';
	END IF;
	PERFORM gapstats_internal.check_routines(kept, what);

	BEGIN
		EXECUTE format($sql$
			SELECT coalesce(max(n) > 1, false), sum(finite)
			FROM (
				SELECT count(*) AS n, count(gapstats_internal.finite(value::numeric)) AS finite
				FROM %s
				WHERE student_id IS NOT NULL
				GROUP BY student_id
			) AS student
			$sql$, kept)
		INTO repeated;	-- the sum is only there to have every value looked at
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, code = RETURNED_SQLSTATE,
			detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
		PERFORM gapstats_internal.raise_again(what, message, code, detail, hint);
	END;
	IF repeated THEN
		RAISE EXCEPTION '%: query gives a student more than once', what
			USING ERRCODE = 'cardinality_violation',
				  HINT = 'Let it give one row a student, with GROUP BY.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_rule(regclass, text, text) IS
'Raises an error that begins with the rule unless its query gives students of the list''s type and numbers, reads neither race, language nor income (or override says why), calls no untrusted function, runs, and gives each student once.';

CREATE FUNCTION gapstats_internal.check_rule_settings(list regclass, rule text, comparison text, threshold numeric, reason text,
									severity text, points numeric)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF coalesce(rule, '') = '' THEN
		RAISE EXCEPTION 'a rule needs a name' USING ERRCODE = 'invalid_parameter_value';
	ELSIF octet_length((parse_ident(gapstats_internal.rule_view(list, rule)))[2]) > 63 THEN
		RAISE EXCEPTION 'rule "%": name is too long', rule USING ERRCODE = 'name_too_long';
	ELSIF (comparison IN ('<', '<=', '=', '>=', '>', '<>')) IS NOT TRUE THEN
		RAISE EXCEPTION 'rule "%": unknown comparison: %', rule, quote_nullable(comparison)
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'It is one of <, <=, =, >=, >, <>.';
	ELSIF (threshold NOT IN ('NaN', 'Infinity', '-Infinity')) IS NOT TRUE THEN
		RAISE EXCEPTION 'rule "%": threshold % is not a number that values can be compared with', rule, coalesce(threshold::text, 'null')
			USING ERRCODE = 'invalid_parameter_value';
	ELSIF coalesce(reason, '') = '' THEN
		RAISE EXCEPTION 'rule "%": a reason is needed, for the people who read the list', rule
			USING ERRCODE = 'invalid_parameter_value';
	ELSIF (severity IN ('watch', 'at risk')) IS NOT TRUE THEN
		RAISE EXCEPTION 'rule "%": unknown severity: %', rule, quote_nullable(severity)
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'It is watch or at risk.';
	ELSIF (points >= 0 AND points < 'Infinity') IS NOT TRUE THEN
		RAISE EXCEPTION 'rule "%": points % are not a number from 0', rule, coalesce(points::text, 'null')
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_rule_settings(regclass, text, text, numeric, text, text, numeric) IS
'Raises an error that names the rule unless it can be kept with this comparison, threshold, reason, severity and points.';

CREATE FUNCTION gapstats_internal.keep_rule_query(list regclass, rule text, query text, names_in text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	what text := format('rule "%s"', rule);
	kept text := gapstats_internal.rule_view(list, rule);
	columns bigint;
BEGIN
	PERFORM gapstats_internal.keep_query(what, kept, '(student_id, value)', query, names_in);
	SELECT count(*) INTO columns FROM pg_attribute WHERE attrelid = kept::regclass AND attnum > 0;
	IF columns <> 2 THEN
		RAISE EXCEPTION '%: query gives % columns', what, columns
			USING ERRCODE = 'invalid_column_definition',
				  HINT = 'It should give two: the student, then the value.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.keep_rule_query(regclass, text, text, text) IS
'Creates the view that keeps a rule''s query, which must give two columns, the student and the value.';

CREATE FUNCTION gapstats_internal.compose_rules(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	statement text;
BEGIN
	SELECT gapstats_internal.evaluation_statement(n.nspname, c.relname) INTO statement
	FROM pg_class c
	JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.oid = list;
	EXECUTE statement;
END
$$;
COMMENT ON FUNCTION gapstats_internal.compose_rules(regclass) IS
'Puts the rules that are on into the view that evaluates them.';

CREATE FUNCTION gapstats_internal.write_rule(list regclass, rule text, state text, comparison text, threshold numeric, reason text,
						   severity text, points numeric, override text)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	query text := pg_get_viewdef(gapstats_internal.rule_view(list, rule)::regclass);
	version integer;
BEGIN
	EXECUTE format($sql$
		WITH latest AS (
			SELECT max(version) AS version, min("position") AS "position" FROM %1$s WHERE rule = $1
		), superseded AS (
			UPDATE %1$s SET superseded_at = now() WHERE rule = $1 AND superseded_at IS NULL
		)
		INSERT INTO %1$s (rule, version, "position", state, query, comparison, threshold, reason, severity, points, override)
		SELECT $1, coalesce(l.version, 0) + 1,
			coalesce(l."position", (SELECT coalesce(max(r."position"), 0) + 1 FROM %1$s r)),
			$2, $3, $4, $5, $6, $7, $8, $9
		FROM latest l
		RETURNING version
		$sql$, gapstats_internal.list_part(list, 'rules'))
	INTO version
	USING rule, state, query, comparison, threshold, reason, severity, points, override;
	PERFORM gapstats_internal.compose_rules(list);
	RETURN version;
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_rule(regclass, text, text, text, numeric, text, text, numeric, text) IS
'Adds a version to a rule, which supersedes the one before, and returns its number. The query is written down as PostgreSQL understood it, with every name qualified.';

CREATE FUNCTION gapstats_internal.current_rule(list regclass, rule text, OUT state text, OUT comparison text, OUT threshold numeric, OUT reason text,
							 OUT severity text, OUT points numeric, OUT override text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format($sql$
		SELECT state, comparison, threshold, reason, severity, points, override
		FROM %s
		WHERE rule = $1 AND superseded_at IS NULL AND state <> 'dropped'
		$sql$, gapstats_internal.list_part(list, 'rules'))
	INTO state, comparison, threshold, reason, severity, points, override
	USING rule;
	IF state IS NULL THEN
		RAISE EXCEPTION 'watch list "%" has no rule "%"', list, rule USING ERRCODE = 'undefined_object';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.current_rule(regclass, text) IS
'The current version of a rule. An error if the list has no such rule.';

CREATE FUNCTION add_rule(list regclass, rule text, query text, comparison text, threshold numeric, reason text,
						 severity text DEFAULT 'at risk', points numeric DEFAULT 1, override text DEFAULT NULL,
						 names_in text DEFAULT current_setting('search_path'))
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.lock_watch_list(list);
	PERFORM gapstats_internal.check_rule_settings(list, rule, comparison, threshold, reason, severity, points);
	IF to_regclass(gapstats_internal.rule_view(list, rule)) IS NOT NULL THEN
		RAISE EXCEPTION 'rule "%" exists already', rule
			USING ERRCODE = 'duplicate_object',
				  HINT = 'Change it with change_rule.';
	END IF;
	PERFORM gapstats_internal.keep_rule_query(list, rule, query, names_in);
	PERFORM gapstats_internal.check_rule(list, rule, override);
	RETURN gapstats_internal.write_rule(list, rule, 'on', comparison, threshold, reason, severity, points, override);
END
$$;
COMMENT ON FUNCTION add_rule(regclass, text, text, text, numeric, text, text, numeric, text, text) IS
'Adds a rule to a watch list: whoever has value comparison threshold is flagged, from the next refresh on. query gives two columns, the student (of the list''s type) and the value (any number), with at most one row a student; a student without a row or with NULL has insufficient data. Values are compared as numeric: integers and numeric exactly, double precision as its 15 significant digits, so that a tenth is a tenth. comparison is one of <, <=, =, >=, >, <>. reason is what a person reads; {value}, {threshold} and, for rates as percentages, {value%} and {threshold%} are put in. severity is ''watch'' or ''at risk''. points count if the list combines its rules by points. A query that reads race, language or income is refused unless override says why; it is kept with the rule. Names in the query are looked up in the search path names_in, once. Returns the version, 1 for a new rule. Errors name the rule.';

CREATE FUNCTION change_rule(list regclass, rule text, comparison text DEFAULT NULL, threshold numeric DEFAULT NULL, reason text DEFAULT NULL,
							severity text DEFAULT NULL, points numeric DEFAULT NULL, query text DEFAULT NULL, override text DEFAULT NULL,
							names_in text DEFAULT current_setting('search_path'))
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	was record;
BEGIN
	PERFORM gapstats_internal.lock_watch_list(list);
	was := gapstats_internal.current_rule(list, rule);
	comparison := coalesce(comparison, was.comparison);
	threshold := coalesce(threshold, was.threshold);
	reason := coalesce(reason, was.reason);
	severity := coalesce(severity, was.severity);
	points := coalesce(points, was.points);
	override := coalesce(override, was.override);
	PERFORM gapstats_internal.check_rule_settings(list, rule, comparison, threshold, reason, severity, points);

	IF query IS NOT NULL THEN
		EXECUTE format('UPDATE %s SET superseded_at = now() WHERE rule = $1 AND superseded_at IS NULL', gapstats_internal.list_part(list, 'rules'))
		USING rule;
		PERFORM gapstats_internal.compose_rules(list);
		EXECUTE format('DROP VIEW %s', gapstats_internal.rule_view(list, rule));
		PERFORM gapstats_internal.keep_rule_query(list, rule, query, names_in);
		PERFORM gapstats_internal.check_rule(list, rule, override);
	END IF;
	RETURN gapstats_internal.write_rule(list, rule, was.state, comparison, threshold, reason, severity, points, override);
END
$$;
COMMENT ON FUNCTION change_rule(regclass, text, text, numeric, text, text, numeric, text, text, text) IS
'Changes a rule from the next refresh on, in what is given and not NULL, and returns the number of the new version. The versions before stay in the list''s rules, with who made them and when. Arguments and errors as add_rule.';

CREATE FUNCTION switch_rule(list regclass, rule text, "on" boolean)
RETURNS integer
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	was record;
BEGIN
	PERFORM gapstats_internal.lock_watch_list(list);
	was := gapstats_internal.current_rule(list, rule);
	IF "on" THEN
		PERFORM gapstats_internal.check_rule(list, rule, was.override);
	END IF;
	RETURN gapstats_internal.write_rule(list, rule, CASE WHEN "on" THEN 'on' ELSE 'off' END, was.comparison, was.threshold, was.reason,
							   was.severity, was.points, was.override);
END
$$;
COMMENT ON FUNCTION switch_rule(regclass, text, boolean) IS
'Switches a rule off, or on again, from the next refresh on, and returns the number of the new version. A rule that is off is not run.';

CREATE FUNCTION drop_rule(list regclass, rule text)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	was record;
BEGIN
	PERFORM gapstats_internal.lock_watch_list(list);
	was := gapstats_internal.current_rule(list, rule);
	PERFORM gapstats_internal.write_rule(list, rule, 'dropped', was.comparison, was.threshold, was.reason, was.severity, was.points, was.override);
	EXECUTE format('DROP VIEW %s', gapstats_internal.rule_view(list, rule));
END
$$;
COMMENT ON FUNCTION drop_rule(regclass, text) IS
'Takes a rule off a watch list from the next refresh on. Its versions stay in the list''s rules; the last one says that it was dropped, when and by whom.';
