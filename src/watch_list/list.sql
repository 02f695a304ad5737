-- watch_list/list: making and dropping a watch list

CREATE FUNCTION as_of()
RETURNS date
AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION as_of() IS
'The day that a watch list is computed for: in a run the last day for which attendance was taken, as the list was told to know it; otherwise today. Meant for the queries of a list, in the place of current_date.';

-- Read under whatever DateStyle a query was kept with
CREATE FUNCTION gapstats_internal.set_as_of(day date)
RETURNS void
LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT set_config('gapstats.as_of', to_char(day, 'YYYY-MM-DD'), true);
END;
COMMENT ON FUNCTION gapstats_internal.set_as_of(date) IS
'Sets what as_of() says, until the end of the transaction or of the function that set it.';

CREATE FUNCTION gapstats_internal.watch_list_place(name text, names_in text, OUT schema text, OUT base text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	path CONSTANT text := current_setting('search_path');
	parts text[] := parse_ident(name);
	taken text;
BEGIN
	IF name IS NULL THEN
		RAISE EXCEPTION 'name must not be null' USING ERRCODE = 'null_value_not_allowed';
	ELSIF cardinality(parts) > 2 THEN
		RAISE EXCEPTION 'improper watch list name: %', name USING ERRCODE = 'syntax_error';
	END IF;

	base := parts[cardinality(parts)];
	IF cardinality(parts) = 2 THEN
		schema := parts[1];
	ELSE
		PERFORM set_config('search_path', names_in, true);
		schema := pg_catalog.current_schema();
		PERFORM pg_catalog.set_config('search_path', path, true);
	END IF;

	PERFORM gapstats_internal.check_list_name(base);
	IF schema IS NULL THEN
		RAISE EXCEPTION 'no schema has been selected to create watch list "%" in', base
			USING ERRCODE = 'invalid_schema_name';
	ELSIF to_regclass(format('%I.%I', schema, base)) IS NOT NULL
		AND gapstats_internal.list_base(to_regclass(format('%I.%I', schema, base))) IS NOT NULL THEN
		RAISE EXCEPTION 'watch list "%" exists already', base
			USING ERRCODE = 'duplicate_table',
				  HINT = format('SELECT gapstats.drop_watch_list(%L); drops it.', format('%I.%I', schema, base));
	END IF;
	SELECT relation INTO taken
	FROM (
		SELECT format('%I.%I', schema, base) AS relation
		UNION ALL
		SELECT format('%I.%I', schema, base || '_' || part) FROM gapstats_internal.list_parts()
	) r
	WHERE to_regclass(relation) IS NOT NULL
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'watch list "%" needs the name of relation %, which exists', base, taken
			USING ERRCODE = 'duplicate_table',
				  HINT = 'Give the list another name.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.watch_list_place(text, text) IS
'Splits the name of a watch list that is to be made into schema and name; without a schema, the first one of the search path names_in is meant. Errors: a name that is too long, or that another relation has.';

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

CREATE FUNCTION gapstats_internal.student_column_definitions(kept gapstats_internal.kept_query, base text, OUT definitions text, OUT student_id regtype)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taken text;
BEGIN
	SELECT string_agg(format('%I %s', k.name, k.declaration), ', ' ORDER BY k.ordinality),
		max(k.type::oid) FILTER (WHERE k.name = 'student_id'),
		min(k.name) FILTER (WHERE k.name IN ('status', 'score', 'rules_flagged', 'rules_missing', 'reasons', 'since', 'values', 'states', 'clearing', 'change', 'rules', 'versions'))
	INTO definitions, student_id, taken
	FROM gapstats_internal.kept_query_columns(format('students query of watch list "%s"', base), kept) WITH ORDINALITY AS k;
	IF student_id IS NULL THEN
		RAISE EXCEPTION 'students query of watch list "%" has no column "student_id"', base
			USING ERRCODE = 'undefined_column';
	ELSIF taken IS NOT NULL THEN
		RAISE EXCEPTION 'students query of watch list "%" has a column "%", which the list itself has', base, taken
			USING ERRCODE = 'duplicate_column',
				  HINT = 'Give it another name in the query.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.student_column_definitions(gapstats_internal.kept_query, text) IS
'The columns of a watch list''s students query as a table has them. Errors: there is no student_id, or a column that the list has itself.';

CREATE FUNCTION gapstats_internal.current_statement(definitions text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN format($sql$
	CREATE TABLE @current (
		%s,
		status text NOT NULL,
		score numeric NOT NULL,
		rules_flagged bigint NOT NULL,
		rules_missing bigint NOT NULL,
		reasons text,
		since date,
		PRIMARY KEY (student_id)
	) WITH (fillfactor = 90)
	$sql$, replace(definitions, '@', '@@'));
COMMENT ON FUNCTION gapstats_internal.current_statement(text) IS
'The statement that makes the table of a watch list''s students, given its columns of the students query.';

CREATE FUNCTION gapstats_internal.next_statement()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $sql$
	CREATE UNLOGGED TABLE @next AS
	SELECT c.*, v."values", v.states, v.clearing, NULL::"char" AS change, NULL::text[] AS rules, NULL::integer[] AS versions
	FROM @current c, @values v
	WHERE false
	$sql$;
COMMENT ON FUNCTION gapstats_internal.next_statement() IS
'The statement that makes the table of what a run of a watch list would change.';

CREATE FUNCTION gapstats_internal.tables_statement()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $sql$
	CREATE TABLE @settings (
		id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
		format integer NOT NULL,
		combination text NOT NULL CHECK (combination IN ('severity', 'any', 'k of n', 'points')),
		at_risk_at numeric NOT NULL CHECK (at_risk_at > 0),
		watch_at numeric CHECK (watch_at > 0 AND watch_at <= at_risk_at),
		time_zone text NOT NULL,
		lag_days integer NOT NULL DEFAULT 0 CHECK (lag_days >= 0),
		clear_after integer NOT NULL DEFAULT 1 CHECK (clear_after >= 1),
		return_within interval NOT NULL DEFAULT '14 days' CHECK (return_within >= '0'),
		contact_within interval NOT NULL DEFAULT '24 hours' CHECK (contact_within > '0'),
		contact_within_school_days integer CHECK (contact_within_school_days >= 1),
		calendar gapstats.dayset,
		language text NOT NULL DEFAULT 'en',
		max_students_change numeric NOT NULL DEFAULT 0.2 CHECK (max_students_change >= 0),
		max_values_change numeric NOT NULL DEFAULT 0.5 CHECK (max_values_change >= 0),
		max_flagged_change numeric NOT NULL DEFAULT 0.5 CHECK (max_flagged_change >= 0),
		change_floor integer NOT NULL DEFAULT 20 CHECK (change_floor >= 0),
		school_year_from date,
		changes bigint NOT NULL DEFAULT 0,
		shown boolean NOT NULL DEFAULT true,
		job bigint,
		owner oid NOT NULL,
		database_oid oid NOT NULL,
		system_identifier bigint NOT NULL
	);
	CREATE TABLE @queries (
		part text NOT NULL CHECK (part IN ('students', 'days', 'viewers', 'rule', 'applies_to')),
		rule text NOT NULL DEFAULT '',
		query text NOT NULL,
		names_in text NOT NULL,
		date_style text NOT NULL,
		interval_style text NOT NULL,
		time_zone text NOT NULL,
		extra_float_digits text NOT NULL,
		meaning text[] NOT NULL,
		PRIMARY KEY (part, rule)
	);
	CREATE TABLE @rules (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		rule text NOT NULL,
		version integer NOT NULL,
		"position" integer NOT NULL,
		state text NOT NULL CHECK (state IN ('on', 'off', 'dropped')),
		query text NOT NULL,
		applies_to text,
		comparison text NOT NULL CHECK (comparison IN ('<', '<=', '=', '>=', '>', '<>')),
		threshold numeric NOT NULL CHECK (threshold NOT IN ('NaN', 'Infinity', '-Infinity')),
		thresholds_by text,
		thresholds jsonb,
		clear_at numeric CHECK (clear_at NOT IN ('NaN', 'Infinity', '-Infinity')),
		reason text NOT NULL,
		severity text NOT NULL CHECK (severity IN ('watch', 'at risk')),
		points numeric NOT NULL CHECK (points >= 0 AND points NOT IN ('NaN', 'Infinity')),
		override text,
		changed_at timestamptz NOT NULL DEFAULT now(),
		changed_by name NOT NULL DEFAULT gapstats_internal.caller(),
		superseded_at timestamptz,
		UNIQUE (rule, version)
	);
	CREATE TABLE @runs (
		run bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		status text NOT NULL CHECK (status IN ('running', 'succeeded', 'failed', 'held', 'skipped', 'canceled')),
		started_at timestamptz NOT NULL,
		ended_at timestamptz,
		as_of date,
		students bigint,
		flagged bigint,
		newly_flagged bigint,
		escalated bigint,
		cleared bigint,
		n_unusable bigint,
		rule text,
		error text,
		moved text,
		changes bigint,
		n_next bigint,
		run_by name NOT NULL DEFAULT gapstats_internal.caller(),
		accepted_by name,
		pid integer,
		statement_start timestamptz
	);
	CREATE TABLE @run_rules (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		run bigint NOT NULL REFERENCES @runs,
		rule text NOT NULL,
		"position" integer NOT NULL,
		version integer NOT NULL,
		n_rows bigint NOT NULL,
		n_matched bigint NOT NULL,
		n_values bigint NOT NULL,
		n_unusable bigint NOT NULL,
		n_not_applicable bigint NOT NULL,
		n_flagged bigint NOT NULL,
		milliseconds double precision NOT NULL,
		UNIQUE (run, rule)
	);
	CREATE TABLE @values (
		student_id @student_id PRIMARY KEY,
		"values" numeric[] NOT NULL,
		states text NOT NULL,
		clearing date[]
	) WITH (fillfactor = 50);
	CREATE TABLE @history (
		standing bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		student_id @student_id NOT NULL,
		status text NOT NULL,
		rules text[] NOT NULL,
		rule_versions integer[] NOT NULL,
		event text NOT NULL,
		run bigint NOT NULL,
		from_day date NOT NULL,
		from_time timestamptz NOT NULL DEFAULT now(),
		until_day date,
		until_time timestamptz,
		until_run bigint,
		ended_as text CHECK (ended_as IN ('on track', 'left', 'rule changed'))
	);
	CREATE UNIQUE INDEX ON @history (student_id) WHERE until_time IS NULL;
	CREATE INDEX ON @history (student_id, from_day);
	CREATE INDEX ON @history (run);
	CREATE INDEX ON @history (until_run);
	CREATE TABLE @flags (
		flag bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		student_id @student_id NOT NULL,
		status text NOT NULL,
		rules text[] NOT NULL,
		since date NOT NULL,
		run bigint NOT NULL,
		flagged_at timestamptz NOT NULL DEFAULT now(),
		cleared_at timestamptz,
		cleared_as text CHECK (cleared_as IN ('on track', 'left', 'rule changed'))
	);
	CREATE UNIQUE INDEX ON @flags (student_id) WHERE cleared_at IS NULL;
	CREATE INDEX ON @flags (student_id, flag);
	CREATE TABLE @alarms (
		alarm bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		flag bigint NOT NULL REFERENCES @flags,
		student_id @student_id NOT NULL,
		kind text NOT NULL CHECK (kind IN ('flagged', 'escalated', 'new reason')),
		status text NOT NULL,
		rules text[] NOT NULL,
		run bigint NOT NULL,
		raised_at timestamptz NOT NULL DEFAULT now(),
		due_at timestamptz NOT NULL,
		"values" numeric[],
		acknowledged_at timestamptz,
		acknowledged_by name
	);
	CREATE INDEX ON @alarms (flag);
	CREATE INDEX ON @alarms (alarm) WHERE acknowledged_at IS NULL;
	CREATE TABLE @check_ins (
		check_in bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		flag bigint NOT NULL REFERENCES @flags,
		student_id @student_id NOT NULL,
		contacted_at timestamptz NOT NULL DEFAULT now(),
		note text,
		is_restricted boolean NOT NULL DEFAULT false,
		made_by text NOT NULL DEFAULT gapstats_internal.caller(),
		made_at timestamptz NOT NULL DEFAULT now(),
		corrected_at timestamptz
	);
	CREATE INDEX ON @check_ins (flag);
	CREATE TABLE @words (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		language text NOT NULL,
		kind text NOT NULL CHECK (kind IN ('status', 'rule', 'format')),
		name text NOT NULL,
		words text NOT NULL,
		UNIQUE (language, kind, name)
	);
	CREATE TABLE @viewers (
		viewer text COLLATE "C" NOT NULL,
		student_id @student_id NOT NULL,
		PRIMARY KEY (viewer, student_id)
	);
	CREATE TABLE @breakdowns (
		group_column text PRIMARY KEY,
		minimum integer NOT NULL CHECK (minimum >= 1)
	);
	CREATE TABLE @counts (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		group_column text NOT NULL,
		group_value text NOT NULL,
		is_total boolean NOT NULL,
		students bigint,
		flagged bigint,
		flag_rate double precision,
		reason text,
		UNIQUE (group_column, group_value, is_total)
	)
	$sql$;
COMMENT ON FUNCTION gapstats_internal.tables_statement() IS
'The statements that make the tables of a watch list, but for that of its students, whose columns are the students query''s.';

CREATE FUNCTION gapstats_internal.create_watch_list_as_owner(name text, students_query text, combination text, at_risk_at numeric,
															 watch_at numeric, days_query text, time_zone text, names_in text)
RETURNS regclass
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	place record;
	students gapstats_internal.kept_query;
	of_students record;
	made regclass;
BEGIN
	place := gapstats_internal.watch_list_place(name, names_in);
	students := gapstats_internal.keep_query(format('students query of watch list "%s"', place.base), students_query, names_in);
	of_students := gapstats_internal.student_column_definitions(students, place.base);
	PERFORM gapstats_internal.check_time_zone(time_zone);

	EXECUTE gapstats_internal.new_statement(place.schema, place.base, of_students.student_id, concat_ws(';',
		gapstats_internal.current_statement(of_students.definitions), gapstats_internal.tables_statement(), gapstats_internal.care_tables(),
		gapstats_internal.next_statement()));
	EXECUTE gapstats_internal.new_statement(place.schema, place.base, of_students.student_id, $sql$
		INSERT INTO @settings (format, combination, at_risk_at, watch_at, time_zone, owner, database_oid, system_identifier)
		SELECT gapstats_internal.list_format(), c.combination, c.at_risk_at, c.watch_at, $4, quote_ident(current_user)::regrole, d.oid, s.system_identifier
		FROM gapstats_internal.check_combination($1, $2, $3) c, pg_database d, pg_control_system() s
		WHERE d.datname = current_database()
		$sql$)
	USING combination, at_risk_at, watch_at, time_zone;

	made := format('%I.%I', place.schema, place.base || '_current')::regclass;
	PERFORM gapstats_internal.write_query(made, NULL, 'students', NULL, students);
	PERFORM gapstats_internal.write_days_query(made, days_query, names_in);
	EXECUTE gapstats_internal.statement(made, 'INSERT INTO @words (language, kind, name, words) SELECT * FROM gapstats_internal.status_words()');
	PERFORM gapstats_internal.make_views(made);
	made := format('%I.%I', place.schema, place.base)::regclass;
	PERFORM gapstats_internal.describe_list(made);
	PERFORM gapstats_internal.make_private(made);
	PERFORM gapstats_internal.make_private(gapstats_internal.list_part(made, part)::regclass) FROM gapstats_internal.list_parts();
	RETURN made;
END
$$;
COMMENT ON FUNCTION gapstats_internal.create_watch_list_as_owner(text, text, text, numeric, numeric, text, text, text) IS
'create_watch_list(), done as the list''s owner.';

CREATE FUNCTION create_watch_list(name text, students_query text, combination text DEFAULT 'severity', at_risk_at numeric DEFAULT NULL,
								  watch_at numeric DEFAULT NULL, days_query text DEFAULT NULL, time_zone text DEFAULT current_setting('TimeZone'),
								  names_in text DEFAULT current_setting('search_path'))
RETURNS regclass
AS 'MODULE_PATHNAME', 'done_for_oneself' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION create_watch_list(text, text, text, numeric, numeric, text, text, text) IS
'Makes a watch list: a materialized view of that name, one row a student, with relations beside it whose names begin with its own. students_query gives student_id (any type that can be sorted and hashed) and whatever columns the readers need. combination says what a student''s score is: ''severity'' the highest severity among her flagged rules (watch 1, at risk 2), ''any'' and ''k of n'' how many rules flag her, ''points'' the sum of their points; at least at_risk_at is at risk, at least watch_at is watch. days_query gives the days for which attendance was taken, in a column of type date: as_of() is then the last of them up to today. time_zone is that in which the list''s days begin. Names in the queries are looked up in the search path names_in, anew at each run; a run in which they mean something else fails. The caller owns the list, which he may not as a superuser, and nobody else may read it until granted. Errors: a students query without student_id or with a column that the list has itself.';

CREATE FUNCTION gapstats_internal.check_time_zone(time_zone text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM now() AT TIME ZONE time_zone;
	IF time_zone IS NULL THEN
		RAISE EXCEPTION 'time_zone must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_time_zone(text) IS
'Raises an error unless PostgreSQL knows the time zone.';

CREATE FUNCTION gapstats_internal.write_days_query(list regclass, days_query text, names_in text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept gapstats_internal.kept_query;
	column_types regtype[];
BEGIN
	IF days_query IS NULL THEN
		EXECUTE gapstats_internal.statement(list, $sql$ DELETE FROM @queries WHERE part = 'days' $sql$);
		RETURN;
	END IF;
	kept := gapstats_internal.keep_query('days query', days_query, names_in);
	column_types := ARRAY(SELECT type FROM gapstats_internal.kept_query_columns('days query', kept));
	IF column_types <> '{date}' THEN
		RAISE EXCEPTION 'days query gives (%) instead of (date)', array_to_string(column_types, ', ')
			USING ERRCODE = 'datatype_mismatch';
	END IF;
	PERFORM gapstats_internal.write_query(list, 'days query', 'days', NULL, kept);
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_days_query(regclass, text, text) IS
'Keeps the query that gives the days for which attendance was taken, or takes it back if it is NULL.';

CREATE FUNCTION gapstats_internal.drop_watch_list_as_owner(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	statements text;
BEGIN
	IF gapstats_internal.list_base(list) IS NULL THEN
		PERFORM gapstats_internal.check_list(list);
	END IF;
	PERFORM gapstats_internal.lock_alone(ARRAY(
		SELECT c.oid
		FROM gapstats_internal.list_parts() p
		JOIN pg_class l ON l.oid = list
		JOIN pg_class c ON c.oid = to_regclass(gapstats_internal.list_part(list, p.part)) AND c.relowner = l.relowner
		UNION
		SELECT list));
	PERFORM gapstats_internal.unschedule_watch_list_as_owner(list);
	SELECT string_agg(format('DROP %s %s', CASE p.kind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, p.relations), '; ' ORDER BY p.kind DESC)
	INTO statements
	FROM (
		SELECT p.kind, string_agg(c.oid::regclass::text, ', ') AS relations
		FROM gapstats_internal.list_parts() p
		JOIN pg_class l ON l.oid = list
		JOIN pg_class c ON c.oid = to_regclass(gapstats_internal.list_part(list, p.part)) AND c.relowner = l.relowner AND c.relkind = p.kind
		GROUP BY p.kind
	) p;
	IF (SELECT relkind FROM pg_class WHERE oid = list) = 'm' THEN
		EXECUTE format('DROP MATERIALIZED VIEW %s', list);
	END IF;
	EXECUTE statements;
END
$$;
COMMENT ON FUNCTION gapstats_internal.drop_watch_list_as_owner(regclass) IS
'drop_watch_list(), done as the list''s owner.';

CREATE FUNCTION drop_watch_list(list regclass)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION drop_watch_list(regclass) IS
'Drops a watch list with everything beside it, its history and its pg_cron job. For roles with its owner''s rights; nothing else may still depend on it. Waits for those who use it.';

CREATE FUNCTION gapstats_internal.list_settings()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '{combination, at_risk_at, watch_at, time_zone, lag_days, clear_after, return_within, contact_within, contact_within_school_days, calendar, language, max_students_change, max_values_change, max_flagged_change, change_floor, school_year_from}'::text[];
COMMENT ON FUNCTION gapstats_internal.list_settings() IS
'The settings of a watch list that its owner may choose.';

CREATE FUNCTION gapstats_internal.change_settings_as_owner(list regclass, changes jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	settable CONSTANT text[] := gapstats_internal.list_settings();
	unknown text;
BEGIN
	PERFORM gapstats_internal.change_list(list);
	IF jsonb_typeof(changes) <> 'object' OR changes = '{}' THEN
		RAISE EXCEPTION 'changes of settings are a JSON object, not %', changes
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'For example ''{"clear_after": 3}''.';
	END IF;
	SELECT k INTO unknown FROM jsonb_object_keys(changes) k WHERE NOT k = ANY (settable) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'a watch list has no setting "%"', unknown
			USING ERRCODE = 'undefined_object',
				  HINT = format('It has %s.', array_to_string(settable, ', '));
	END IF;
	PERFORM gapstats_internal.check_time_zone(changes ->> 'time_zone') WHERE changes ? 'time_zone';
	EXECUTE gapstats_internal.statement(list, (
		SELECT format('UPDATE @settings s SET (%1$s) = (SELECT %1$s FROM jsonb_populate_record(s, $1))', string_agg(quote_ident(k), ', ') || ', id')
		FROM jsonb_object_keys(changes) k))
	USING changes;
EXCEPTION WHEN check_violation OR not_null_violation OR invalid_text_representation OR numeric_value_out_of_range THEN
	RAISE EXCEPTION 'a watch list cannot have the settings %: %', changes, SQLERRM
		USING ERRCODE = 'invalid_parameter_value',
			  HINT = format('Comments on the columns of %s say what they are.', gapstats_internal.list_part(list, 'settings'));
END
$$;
COMMENT ON FUNCTION gapstats_internal.change_settings_as_owner(regclass, jsonb) IS
'change_settings(), done as the list''s owner.';

CREATE FUNCTION change_settings(list regclass, changes jsonb)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION change_settings(regclass, jsonb) IS
'Changes settings of a watch list, from the next refresh on: ''{"clear_after": 3, "contact_within_school_days": 1}''. The table of settings beside the list has comments on what they say. For roles with the rights of the list''s owner.';
