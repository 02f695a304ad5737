-- watch_list/list: making and dropping a watch list

CREATE FUNCTION as_of()
RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('gapstats.as_of', true), '')::date, current_date);
COMMENT ON FUNCTION as_of() IS
'The day that a watch list is computed for: today, unless the list is being computed for a past day. Meant for the queries of a list, in the place of current_date.';

CREATE FUNCTION gapstats_internal.watch_list_place(name text, names_in text, OUT schema text, OUT list text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	path CONSTANT text := current_setting('search_path');
	longest_part CONSTANT text := '_evaluation';
	parts text[] := parse_ident(name);
BEGIN
	IF cardinality(parts) > 2 THEN
		RAISE EXCEPTION 'improper watch list name: %', name USING ERRCODE = 'syntax_error';
	END IF;

	list := parts[cardinality(parts)];
	IF cardinality(parts) = 2 THEN
		schema := parts[1];
	ELSE
		PERFORM set_config('search_path', names_in, true);
		schema := pg_catalog.current_schema();
		PERFORM pg_catalog.set_config('search_path', path, true);
	END IF;

	IF schema IS NULL THEN
		RAISE EXCEPTION 'no schema has been selected to create watch list "%" in', list
			USING ERRCODE = 'invalid_schema_name';
	END IF;
	IF octet_length(list || longest_part) > 63 THEN
		RAISE EXCEPTION 'watch list name "%" is too long', list
			USING ERRCODE = 'name_too_long',
				  DETAIL = format('It may have %s bytes.', 63 - octet_length(longest_part));
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.watch_list_place(text, text) IS
'Splits the name of a watch list that is to be made into schema and name; without a schema, the first one of the search path names_in is meant.';

CREATE FUNCTION gapstats_internal.check_students_query(students regclass, list text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taken name;
	repeated boolean;
BEGIN
	IF gapstats_internal.student_id_type(students) IS NULL THEN
		RAISE EXCEPTION 'students query of watch list "%" has no column "student_id"', list
			USING ERRCODE = 'undefined_column';
	END IF;

	SELECT attname INTO taken
	FROM pg_attribute
	WHERE attrelid = students
	AND attname IN ('status', 'score', 'rules_flagged', 'rules_missing', 'reasons', 'since', 'as_of');
	IF FOUND THEN
		RAISE EXCEPTION 'students query of watch list "%" has a column "%", which the list itself has', list, taken
			USING ERRCODE = 'duplicate_column',
				  HINT = 'Give it another name in the query.';
	END IF;

	PERFORM gapstats_internal.check_routines(students, format('students query of watch list "%s"', list));

	EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE student_id IS NOT NULL GROUP BY student_id HAVING count(*) > 1)', students)
	INTO repeated;
	IF repeated THEN
		RAISE EXCEPTION 'students query of watch list "%" gives a student more than once', list
			USING ERRCODE = 'cardinality_violation';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_students_query(regclass, text) IS
'Raises an error, naming the list, unless the view that keeps a list''s students query has student_id, no column that the list adds, no untrusted function, and each student once.';

CREATE FUNCTION gapstats_internal.create_watch_list_tables(schema text, list text, student_id regtype)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format($sql$
		CREATE TABLE %s (
			combination text NOT NULL CHECK (combination IN ('severity', 'any', 'k of n', 'points')),
			at_risk_at numeric NOT NULL,
			watch_at numeric,
			contact_within interval NOT NULL DEFAULT '24 hours'
		)$sql$, gapstats_internal.list_part(schema, list, 'settings'));

	EXECUTE format($sql$
		CREATE TABLE %s (
			rule text NOT NULL,
			version integer NOT NULL,
			"position" integer NOT NULL,
			state text NOT NULL CHECK (state IN ('on', 'off', 'dropped')),
			query text NOT NULL,
			comparison text NOT NULL CHECK (comparison IN ('<', '<=', '=', '>=', '>', '<>')),
			threshold numeric NOT NULL CHECK (threshold NOT IN ('NaN', 'Infinity', '-Infinity')),
			reason text NOT NULL,
			severity text NOT NULL CHECK (severity IN ('watch', 'at risk')),
			points numeric NOT NULL CHECK (points >= 0 AND points NOT IN ('NaN', 'Infinity')),
			override text,
			changed_at timestamptz NOT NULL DEFAULT now(),
			changed_by name NOT NULL DEFAULT current_user,
			superseded_at timestamptz,
			PRIMARY KEY (rule, version)
		)$sql$, gapstats_internal.list_part(schema, list, 'rules'));

	EXECUTE format($sql$
		CREATE TABLE %s (
			run bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
			started_at timestamptz NOT NULL,
			ended_at timestamptz NOT NULL,
			as_of date NOT NULL,
			status text NOT NULL CHECK (status IN ('succeeded', 'failed', 'canceled', 'skipped')),
			students bigint,
			flagged bigint,
			newly_flagged bigint,
			cleared bigint,
			rule text,
			error text,
			run_by name NOT NULL DEFAULT current_user
		)$sql$, gapstats_internal.list_part(schema, list, 'runs'));

	EXECUTE format($sql$
		CREATE TABLE %1$s (
			flag bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
			student_id %2$s NOT NULL,
			status text NOT NULL,
			reasons text NOT NULL,
			since date NOT NULL,
			flagged_at timestamptz NOT NULL DEFAULT now(),
			cleared_at timestamptz,
			cleared_as text CHECK (cleared_as IN ('on track', 'left'))
		);
		CREATE UNIQUE INDEX ON %1$s (student_id) WHERE cleared_at IS NULL;

		CREATE TABLE %3$s (
			check_in bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
			flag bigint NOT NULL REFERENCES %1$s,
			contacted_at timestamptz NOT NULL DEFAULT now(),
			note text,
			made_by name NOT NULL DEFAULT current_user,
			made_at timestamptz NOT NULL DEFAULT now()
		);
		CREATE INDEX ON %3$s (flag)
		$sql$, gapstats_internal.list_part(schema, list, 'flags'), format_type(student_id, -1), gapstats_internal.list_part(schema, list, 'check_ins'));

	EXECUTE format($sql$
		CREATE TABLE %s (
			language text NOT NULL,
			kind text NOT NULL CHECK (kind IN ('status', 'rule')),
			name text NOT NULL,
			words text NOT NULL,
			PRIMARY KEY (language, kind, name)
		)$sql$, gapstats_internal.list_part(schema, list, 'words'));
END
$$;
COMMENT ON FUNCTION gapstats_internal.create_watch_list_tables(text, text, regtype) IS
'Creates the tables of a watch list: its settings, its rules with all their versions, its runs, and its flags, each from the day it was raised to the day it was cleared, the check-ins on them, and the words of a student''s page.';

CREATE FUNCTION gapstats_internal.check_combination(INOUT combination text, INOUT at_risk_at numeric, INOUT watch_at numeric)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	CASE combination
		WHEN 'severity' THEN
			at_risk_at := coalesce(at_risk_at, 2);
			watch_at := coalesce(watch_at, 1);
		WHEN 'any' THEN
			at_risk_at := coalesce(at_risk_at, 1);
		WHEN 'k of n', 'points' THEN
			IF at_risk_at IS NULL THEN
				RAISE EXCEPTION 'combination "%" needs at_risk_at, the score from which a student is at risk', combination
					USING ERRCODE = 'null_value_not_allowed';
			END IF;
		ELSE
			RAISE EXCEPTION 'unknown combination: %', quote_nullable(combination)
				USING ERRCODE = 'invalid_parameter_value',
					  HINT = 'It is one of severity, any, k of n, points.';
	END CASE;

	-- a score of 0 is that of a student whom no rule flags
	IF NOT (at_risk_at > 0 AND at_risk_at < 'Infinity' AND coalesce(watch_at > 0 AND watch_at <= at_risk_at, true)) THEN
		RAISE EXCEPTION 'at_risk_at % and watch_at % do not divide scores', at_risk_at, coalesce(watch_at::text, 'null')
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Both are above 0, and watch_at is not above at_risk_at.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_combination(text, numeric, numeric) IS
'The scores from which a student is at risk and on watch, with the defaults of the way in which rules are combined filled in. Errors: an unknown combination, k of n or points without at_risk_at, scores that are not above 0 or in the wrong order.';

CREATE FUNCTION create_watch_list(name text, students_query text, combination text DEFAULT 'severity', at_risk_at numeric DEFAULT NULL,
								  watch_at numeric DEFAULT NULL, names_in text DEFAULT current_setting('search_path'))
RETURNS regclass
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	place record := gapstats_internal.watch_list_place(name, names_in);
	whole text := format('%I.%I', place.schema, place.list);
	students text := gapstats_internal.list_part(place.schema, place.list, 'students');
	reasons text := gapstats_internal.list_part(place.schema, place.list, 'reasons');
	student_id regtype;
	equals text;
	part text;
BEGIN
	PERFORM gapstats_internal.keep_query(format('students query of watch list "%s"', place.list), students, '', students_query, names_in);
	PERFORM gapstats_internal.check_students_query(students::regclass, place.list);
	student_id := gapstats_internal.student_id_type(students::regclass);
	equals := gapstats_internal.equality_operator(student_id);

	PERFORM gapstats_internal.create_watch_list_tables(place.schema, place.list, student_id);
	EXECUTE format('INSERT INTO %s (combination, at_risk_at, watch_at) SELECT * FROM gapstats_internal.check_combination($1, $2, $3)',
				   gapstats_internal.list_part(place.schema, place.list, 'settings'))
	USING combination, at_risk_at, watch_at;
	EXECUTE format('INSERT INTO %s SELECT * FROM gapstats_internal.status_words()', gapstats_internal.list_part(place.schema, place.list, 'words'));

	EXECUTE gapstats_internal.evaluation_statement(place.schema, place.list);
	EXECUTE format($sql$
		CREATE MATERIALIZED VIEW %1$s AS SELECT * FROM %2$s;
		CREATE UNIQUE INDEX ON %1$s (student_id, rule);
		ALTER MATERIALIZED VIEW %1$s DEPENDS ON EXTENSION gapstats
		$sql$, reasons, gapstats_internal.list_part(place.schema, place.list, 'evaluation'));
	EXECUTE format($sql$
		CREATE MATERIALIZED VIEW %1$s AS
		SELECT s.*,
			coalesce(t.status, 'insufficient data') AS status, coalesce(t.score, 0) AS score,
			coalesce(t.rules_flagged, 0) AS rules_flagged, coalesce(t.rules_missing, 0) AS rules_missing, t.reasons,
			CASE WHEN t.status IN ('watch', 'at risk') THEN coalesce(f.since, gapstats.as_of()) END AS since,
			gapstats.as_of() AS as_of
		FROM %2$s s
		LEFT JOIN (%3$s) t ON t.student_id %4$s s.student_id
		LEFT JOIN %5$s f ON f.student_id %4$s s.student_id AND f.cleared_at IS NULL
		WHERE s.student_id IS NOT NULL;
		CREATE UNIQUE INDEX ON %1$s (student_id);
		ALTER MATERIALIZED VIEW %1$s DEPENDS ON EXTENSION gapstats
		$sql$, whole, students, gapstats_internal.standing_query(gapstats_internal.list_part(place.schema, place.list, 'settings'), reasons, equals),
		equals, gapstats_internal.list_part(place.schema, place.list, 'flags'));

	PERFORM gapstats_internal.create_follow_up(place.schema, place.list);
	PERFORM gapstats_internal.describe_watch_list(place.schema, place.list);

	FOREACH part IN ARRAY '{reasons, evaluation, students, settings, rules, runs, flags, check_ins, words, events, overdue}'::text[] LOOP
		PERFORM gapstats_internal.make_private(gapstats_internal.list_part(place.schema, place.list, part)::regclass);
	END LOOP;
	PERFORM gapstats_internal.make_private(whole::regclass);
	RETURN whole::regclass;
END
$$;
COMMENT ON FUNCTION create_watch_list(text, text, text, numeric, numeric, text) IS
'Makes a watch list: a materialized view of that name, one row a student, with relations beside it whose names begin with its own. students_query gives student_id (any type that can be sorted) and whatever columns the readers need. combination says what a student''s score is: ''severity'' the highest severity among her flagged rules (watch 1, at risk 2), ''any'' and ''k of n'' how many rules flag her, ''points'' the sum of their points; at least at_risk_at is at risk, at least watch_at is watch. Names in the query are looked up in the search path names_in, once. The caller owns the list, and nobody else may read it until granted. Errors: a students query without student_id, with a column that the list has itself, or with a student twice.';

CREATE FUNCTION drop_watch_list(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	statement text;
BEGIN
	PERFORM gapstats_internal.lock_watch_list(list);
	PERFORM gapstats.unschedule_watch_list(list);
	PERFORM gapstats.unshare_watch_list(list);
	PERFORM gapstats.unpublish_counts(list);

	EXECUTE format('SELECT string_agg(format($1, gapstats_internal.rule_view($2, rule)), $3) FROM %s WHERE superseded_at IS NULL AND state <> $4',
				   gapstats_internal.list_part(list, 'rules'))
	INTO statement USING 'DROP VIEW %s', list, '; ', 'dropped';
	EXECUTE format(
		'DROP VIEW %s, %s; DROP MATERIALIZED VIEW %s, %s; DROP VIEW %s; %s; DROP VIEW %s; DROP TABLE %s, %s, %s, %s, %s, %s',
		gapstats_internal.list_part(list, 'events'), gapstats_internal.list_part(list, 'overdue'),
		list, gapstats_internal.list_part(list, 'reasons'), gapstats_internal.list_part(list, 'evaluation'), statement, gapstats_internal.list_part(list, 'students'),
		gapstats_internal.list_part(list, 'settings'), gapstats_internal.list_part(list, 'rules'), gapstats_internal.list_part(list, 'runs'),
		gapstats_internal.list_part(list, 'flags'), gapstats_internal.list_part(list, 'check_ins'), gapstats_internal.list_part(list, 'words'));
END
$$;
COMMENT ON FUNCTION drop_watch_list(regclass) IS
'Drops a watch list with everything beside it, its history and its pg_cron job. Only its owner may, and nothing of his own may still depend on it.';
