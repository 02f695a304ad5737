-- watch_list/tables: the tables of a list

CREATE FUNCTION gapstats_internal.current_statement(definitions text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN format($sql$
	CREATE TABLE @current (
		%s,
		status text NOT NULL,
		score numeric NOT NULL,
		rules_flagged integer NOT NULL,
		rules_missing integer NOT NULL,
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

CREATE FUNCTION gapstats_internal.next_viewers_statement()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $sql$
	CREATE UNLOGGED TABLE @next_viewers (
		run bigint NOT NULL,
		viewer text COLLATE "C" NOT NULL,
		student_id @student_id NOT NULL,
		is_gone boolean NOT NULL
	)
	$sql$;
COMMENT ON FUNCTION gapstats_internal.next_viewers_statement() IS
'The statement that makes the table of what a run of a watch list would change of who may see whom.';

CREATE FUNCTION gapstats_internal.counts_statement()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $sql$
	CREATE TABLE @counts (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		group_column text NOT NULL,
		group_value text NOT NULL,
		is_total boolean NOT NULL,
		students integer,
		flagged integer,
		flag_rate double precision,
		reason text,
		UNIQUE (group_column, group_value, is_total)
	)
	$sql$;
COMMENT ON FUNCTION gapstats_internal.counts_statement() IS
'The statement that makes the table of the counts that a watch list publishes.';

-- What a run would change lasts for one night, and counts follow from the students; what other
-- tables hold cannot be made again.
CREATE FUNCTION gapstats_internal.tables_made_again()
RETURNS TABLE (part text, statement text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	VALUES ('next', gapstats_internal.next_statement()), ('next_viewers', gapstats_internal.next_viewers_statement()), ('counts', gapstats_internal.counts_statement());
END;
COMMENT ON FUNCTION gapstats_internal.tables_made_again() IS
'The tables of a watch list that can be made from its others, and the statements that make them.';

-- Functions say what is wrong, whoever writes there
CREATE FUNCTION gapstats_internal.checks_statement()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $sql$
	ALTER TABLE @settings
		ADD CHECK (id = 1),
		ADD CHECK ((gapstats_internal.check_combination(combination, at_risk_at, watch_at)).combination IS NOT NULL),
		ADD CHECK (gapstats_internal.check_setting('lag_days', lag_days, '0', '36525', 'By 1, attendance is known a day later.')),
		ADD CHECK (gapstats_internal.check_setting('clear_after', clear_after, '1', '366', 'It is a number of school days; by 1, a flag is cleared at once.')),
		ADD CHECK (gapstats_internal.check_setting('return_within', return_within, '0', '366 days', 'For example "14 days".')),
		ADD CHECK (gapstats_internal.check_setting('refreshed_within', refreshed_within, '1 minute', '366 days', 'For example "1 day 6 hours", for a list that is refreshed every night.')),
		ADD CHECK (gapstats_internal.check_clock(contact_within, contact_within_school_hours, contact_within_school_days, school_hours_from, school_hours_until)),
		ADD CHECK (gapstats_internal.check_setting('max_students_change', max_students_change, '0', '1', 'It is a fraction: 0.2 is 20 percent.')),
		ADD CHECK (gapstats_internal.check_setting('max_values_change', max_values_change, '0', '1', 'It is a fraction: 0.5 is 50 percent.')),
		ADD CHECK (gapstats_internal.check_setting('max_flagged_change', max_flagged_change, '0', '1', 'It is a fraction: 0.5 is 50 percent.')),
		ADD CHECK (gapstats_internal.check_setting('change_floor', change_floor, '0', '2147483647', 'It is a number of students.'));
	ALTER TABLE @words ADD CHECK (gapstats_internal.check_words(kind, name, words));
	ALTER TABLE @history ADD CHECK (ended_as IN ('on track', 'not assessed', 'left', 'rule changed', 'new school year'));
	ALTER TABLE @flags ADD CHECK (cleared_as IN ('on track', 'not assessed', 'left', 'rule changed', 'new school year'))
	$sql$;
COMMENT ON FUNCTION gapstats_internal.checks_statement() IS
'The statements that have what is written into a watch list checked: what people write into its settings and words, and how standings and flags end.';

CREATE FUNCTION gapstats_internal.tables_statement()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $sql$
	CREATE TABLE @settings (
		id integer PRIMARY KEY DEFAULT 1,
		format integer NOT NULL,
		combination text NOT NULL,
		at_risk_at numeric NOT NULL,
		watch_at numeric,
		time_zone text NOT NULL,
		lag_days integer NOT NULL DEFAULT 0,
		clear_after integer NOT NULL DEFAULT 1,
		return_within interval NOT NULL DEFAULT '14 days',
		contact_within interval DEFAULT '24 hours',
		contact_within_school_hours numeric,
		contact_within_school_days integer,
		school_hours_from time NOT NULL DEFAULT '00:00',
		school_hours_until time NOT NULL DEFAULT '24:00',
		calendar gapstats.dayset,
		language text NOT NULL DEFAULT 'en',
		max_students_change numeric NOT NULL DEFAULT 0.2,
		max_values_change numeric NOT NULL DEFAULT 0.5,
		max_flagged_change numeric NOT NULL DEFAULT 0.5,
		change_floor integer NOT NULL DEFAULT 20,
		school_year_from date,
		refreshed_within interval,
		changes bigint NOT NULL DEFAULT 0,
		shown boolean NOT NULL DEFAULT true,
		granted jsonb NOT NULL DEFAULT '[]',
		counted jsonb NOT NULL DEFAULT '{}',
		job bigint,
		owner oid NOT NULL,
		table_oid oid NOT NULL,
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
		owners jsonb NOT NULL,
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
		school_days gapstats.dayset,
		students integer,
		flagged integer,
		newly_flagged integer,
		escalated integer,
		cleared integer,
		n_unusable integer,
		n_without_id bigint,
		rule text,
		error text,
		moved text,
		problem text,
		fix text,
		changes bigint,
		n_next bigint,
		run_by name NOT NULL DEFAULT gapstats_internal.caller(),
		accepted_by name,
		pid integer,
		statement_start timestamptz,
		n_without_viewer bigint,
		n_unseen integer,
		combination text,
		at_risk_at numeric,
		watch_at numeric,
		parts_unlike text[],
		sqlstate text
	);
	CREATE TABLE @run_rules (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		run bigint NOT NULL REFERENCES @runs,
		rule text NOT NULL,
		"position" integer NOT NULL,
		version integer NOT NULL,
		n_rows bigint NOT NULL,
		n_without_id bigint NOT NULL,
		n_matched bigint NOT NULL,
		n_values integer NOT NULL,
		n_unusable integer NOT NULL,
		n_not_applicable integer NOT NULL,
		n_flagged integer NOT NULL,
		empty_groups text[] NOT NULL,
		milliseconds double precision NOT NULL,
		UNIQUE (run, rule)
	);
	CREATE TABLE @values (
		student_id @student_id PRIMARY KEY,
		"values" text NOT NULL,
		states text NOT NULL,
		clearing date[]
	) WITH (fillfactor = 45);
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
		ended_as text
	) WITH (fillfactor = 80);
	CREATE UNIQUE INDEX ON @history (student_id) WHERE until_time IS NULL;
	CREATE INDEX ON @history (student_id, from_day);
	CREATE INDEX ON @history (run);
	CREATE INDEX ON @history (until_run);
	CREATE TABLE @flags (
		flag bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		student_id @student_id NOT NULL,
		status text NOT NULL,
		rules text[] NOT NULL,
		said jsonb,
		since date NOT NULL,
		run bigint NOT NULL,
		flagged_at timestamptz NOT NULL DEFAULT now(),
		cleared_at timestamptz,
		cleared_as text
	) WITH (fillfactor = 80);
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
		"values" text,
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
		kind text NOT NULL,
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
		"position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
		minimum integer NOT NULL CHECK (minimum >= 1)
	);
	$sql$ || gapstats_internal.checks_statement();
COMMENT ON FUNCTION gapstats_internal.tables_statement() IS
'The statements that make the tables of a watch list that hold what nothing else does, but for that of its students, whose columns are the students query''s.';
