-- report/create: making, changing and dropping a report that stands

CREATE FUNCTION gapstats_internal.room_for_report()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 63 - length('_definition');
COMMENT ON FUNCTION gapstats_internal.room_for_report() IS
'How many bytes the name of a report may have.';

CREATE FUNCTION gapstats_internal.write_report_query(report regclass, rows text, kept gapstats_internal.kept_query)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.thing_sql(report, $sql$
		UPDATE @definition
		SET rows = $1, query = ($2).query, names_in = ($2).names_in, date_style = ($2).date_style, interval_style = ($2).interval_style, time_zone = ($2).time_zone,
			extra_float_digits = ($2).extra_float_digits, meaning = ($2).meaning, owners = gapstats_internal.owners_in(($2).meaning)
		$sql$)
	USING rows, kept;
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_report_query(regclass, text, gapstats_internal.kept_query) IS
'Writes the rows of a report, as they were written and as they are kept.';

-- Who makes a report for others sees groups without gaps, and not why
CREATE FUNCTION gapstats_internal.tell_unrecorded(report regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	d record;
	is_any boolean;
	hidden text;
BEGIN
	EXECUTE gapstats_internal.thing_sql(report, 'SELECT d.dimensions, d.strata, d.options, d.told FROM @definition d') INTO d;
	IF (gapstats_internal.report_kind(d.options)).kind <> 'gaps' OR d.options -> 'suppress' IS DISTINCT FROM 'true' THEN
		RETURN;
	END IF;
	EXECUTE gapstats_internal.thing_sql(report, $sql$ SELECT EXISTS (SELECT FROM @report r WHERE r.is_suppressed AND r.n_focal IS NOT NULL AND r.rule_of_reference IN ('others', 'everyone')) $sql$) INTO is_any;
	SELECT string_agg(quote_ident(n.name), ', ' ORDER BY n.place) INTO hidden
	FROM unnest(d.dimensions) WITH ORDINALITY AS n (name, place)
	WHERE is_any AND EXISTS (
		SELECT FROM jsonb_to_recordset(d.told -> 'cells') AS c (cell text[], is_hidden boolean)
		WHERE c.is_hidden AND c.cell[cardinality(d.strata) + n.place] = gapstats_internal.report_member(NULL));
	IF hidden IS NOT NULL AND d.options -> 'unrecorded_as_group' IS DISTINCT FROM 'true' THEN
		RAISE NOTICE 'report "%" hides gaps of groups that it shows, as those whose group is not recorded are hidden: %', report, hidden
			USING HINT = 'With the option "unrecorded_as_group": true they are a group like others, and hide nothing but what a small group does; or name whom groups are compared with: "reference_groups".';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.tell_unrecorded(regclass) IS
'A notice for a report in which groups are shown, and not how they differ from others, since those whose group is not recorded are hidden; and what to do about it.';

-- Once, when it is made or changed: nobody else may read it then, and once others may, health says so. Who says "suppress", true or false, has thought of it.
CREATE FUNCTION gapstats_internal.tell_small_groups(report regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	options jsonb;
	fewest bigint;
	n_rows bigint;
BEGIN
	EXECUTE gapstats_internal.thing_sql(report, 'SELECT d.options, coalesce((d.options ->> ''min_n'')::bigint, 10) FROM @definition d') INTO options, fewest;
	IF options ? 'suppress' THEN
		RETURN;
	END IF;
	EXECUTE gapstats_internal.thing_sql(report, format('SELECT count(*) FROM @report r WHERE r.%1$I > 0 AND r.%1$I < $1', (gapstats_internal.report_kind(options)).n)) INTO n_rows USING fewest;
	IF n_rows > 0 THEN
		RAISE NOTICE 'report "%" shows groups of fewer than % students, in % of its rows', report, fewest, n_rows
			USING HINT = 'Nobody but its owner may read it until it is granted. If it is for others, say "suppress": true in its options; if they may see small groups, "suppress": false.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.tell_small_groups(regclass) IS
'A notice for a report that shows small groups and whose options say nothing of suppress; and what to do about it.';

-- At once, so that what is wrong is said to whoever said it, and nothing is changed then
CREATE FUNCTION gapstats_internal.fill_report(report regclass, compares_students boolean, compares_rows boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
DECLARE
	d record;
	asked jsonb;
	kept gapstats_internal.kept_query;
	written record;
	lost text;
	detail text;
	hint text;
BEGIN
	BEGIN
		PERFORM gapstats_internal.fit_report(report, true);
	EXCEPTION WHEN feature_not_supported THEN
		RAISE EXCEPTION 'report "%" cannot be changed: %', report, SQLERRM
			USING ERRCODE = 'dependent_objects_still_exist',
				  DETAIL = 'A column of it would be of another type.',
				  HINT = 'Drop what reads that column first, or make another report.';
	END;
	SELECT * INTO written FROM gapstats_internal.write_report_rows(report);
	lost := gapstats_internal.what_is_lost(CASE WHEN compares_rows THEN written.n_before END, written.n_removed, CASE WHEN compares_students THEN written.students_before END, written.students);
	IF lost IS NOT NULL THEN
		RAISE EXCEPTION 'report "%" stays as it was: %', report, lost
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'If what it reads is half loaded, load it first; if that is as it should be, say accept => true.';
	END IF;
	EXECUTE gapstats_internal.thing_sql(report, $sql$
		INSERT INTO @runs (status, started_at, ended_at, n_rows, n_added, n_changed, n_removed)
		VALUES ('succeeded', statement_timestamp(), clock_timestamp(), $1, $2, $3, $4)
		$sql$)
	USING written.n_rows, written.n_added, written.n_changed, written.n_removed;
	PERFORM gapstats_internal.tell_unrecorded(report), gapstats_internal.tell_small_groups(report);
EXCEPTION
	WHEN undefined_column OR ambiguous_column THEN
		-- of all that there are, and not of those that are used
		EXECUTE gapstats_internal.thing_sql(report, 'SELECT * FROM @definition') INTO d;
		asked := gapstats_internal.report_asked(d.measures, d.dimensions, d.strata, d.period, d.options);
		kept := gapstats_internal.thing_query(report);
		kept := gapstats_internal.keep_query_as('rows', gapstats_internal.as_query('rows', d.rows), kept);
		EXECUTE format('SELECT count(*) FROM %s', gapstats_internal.report_call(asked)) USING asked, gapstats_internal.report_source(kept), NULL::regclass;
		RAISE;
	WHEN OTHERS THEN
		-- without the statement that it comes with, which is as long as the report has columns
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
		PERFORM gapstats_internal.raise_again(SQLSTATE, SQLERRM, detail, hint);
END
$$;
COMMENT ON FUNCTION gapstats_internal.fill_report(regclass, boolean, boolean) IS
'Computes a report that has been made or changed, with the columns that it is to have; an error is one of whoever made or changed it. Raises 55000 for one that would lose what a refresh is held for: of its students, or of its rows, where these can be compared with those before.';

CREATE FUNCTION gapstats_internal.create_report_as_owner(name text, rows text, measures jsonb, dimensions text[], strata text[], period text, options jsonb,
														 schedule text, names_in text)
RETURNS regclass
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	asked jsonb;
	place record;
	names text[];
	taken text;
	kept gapstats_internal.kept_query;
	made regclass;
BEGIN
	place := gapstats_internal.new_name('report', name, gapstats_internal.room_for_report());
	PERFORM gapstats_internal.given('rows', rows), gapstats_internal.given('measures', measures), gapstats_internal.given('dimensions', dimensions),
		gapstats_internal.given('strata', strata), gapstats_internal.given('options', options), gapstats_internal.given('names_in', names_in);
	SELECT array_agg(gapstats_internal.new_thing_sql('report', place.schema, place.base, t)) INTO names FROM unnest('{@report, @definition, @runs}'::text[]) AS t;
	IF gapstats_internal.thing_definition(to_regclass(names[1]), 'report') IS NOT NULL THEN
		RAISE EXCEPTION 'report "%" exists already', place.base
			USING ERRCODE = 'duplicate_table', HINT = 'alter_report changes it; or give the new one another name.';
	END IF;
	taken := gapstats_internal.taken_name(names);
	IF taken IS NOT NULL THEN
		RAISE EXCEPTION 'report "%" needs the name of %, which exists', place.base, taken
			USING ERRCODE = 'duplicate_table', HINT = 'Give the report another name; or, if that is what DROP ... CASCADE has left of one, drop it first.';
	END IF;
	PERFORM gapstats_internal.check_report_options(options);
	options := gapstats_internal.with_ledger_qualified(options, names_in);
	PERFORM gapstats_internal.check_report_columns(strata, period, options);
	asked := gapstats_internal.report_asked(measures, dimensions, strata, period, options);
	kept := gapstats_internal.keep_report_rows(rows, asked, names_in, NULL);

	EXECUTE gapstats_internal.new_thing_sql('report', place.schema, place.base, gapstats_internal.report_tables_statement());
	EXECUTE gapstats_internal.new_thing_sql('report', place.schema, place.base, $sql$
		INSERT INTO @definition (format, rows, query, names_in, date_style, interval_style, time_zone, extra_float_digits, meaning, owners,
			measures, dimensions, strata, period, options, owner, table_oid, database_oid, system_identifier)
		SELECT gapstats_internal.report_format(), $1, ($2).*, '{}', $3, $4, $5, $6, $7, 0, 0, 0, 0
		$sql$)
	USING rows, kept, measures, dimensions, strata, period, options;
	made := names[1]::regclass;
	PERFORM gapstats_internal.make_private(p::regclass) FROM unnest(names) AS p;
	PERFORM gapstats_internal.write_report_query(made, rows, kept), gapstats_internal.thing_is_at_home(made), gapstats_internal.fill_report(made, false, false);
	IF schedule IS NOT NULL THEN
		PERFORM gapstats_internal.schedule_report_as_owner(made, schedule);
	END IF;
	RETURN made;
END
$$;
COMMENT ON FUNCTION gapstats_internal.create_report_as_owner(text, text, jsonb, text[], text[], text, jsonb, text, text) IS
'create_report(), done as the report''s owner.';

CREATE FUNCTION create_report(name text, rows text, measures jsonb, dimensions text[], strata text[] DEFAULT '{}', period text DEFAULT NULL, options jsonb DEFAULT '{}',
							  schedule text DEFAULT NULL, names_in text DEFAULT current_setting('search_path'))
RETURNS regclass
AS 'MODULE_PATHNAME', 'done_for_maker' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION create_report(text, text, jsonb, text[], text[], text, jsonb, text, text) IS
'Makes a report that stays: a table of that name, with the rows of gap_report, percentile_report or absence_report, a primary key "key" and a comment on every column, which refresh_report brings up to date. Beside it are tables of its definition (_definition) and runs (_runs). Without a schema before its name it is made where CREATE TABLE would make a table, by the caller''s search_path.
rows, measures, dimensions, strata, period: as these take them, but that dimensions are said ({}: everyone is one group; not of gaps). Each stratum is a column of its own, of its type (of a type of yours its text), and so is the period, in the column "period". options: "kind", which is "gaps" unless it is "percentiles" or "absence" (without a period), and the other options of that function by name, such as {"depth": 2, "reference_groups": {"race": "White"}} or {"kind": "percentiles", "fractions": [0.25, 0.5, 0.75]}; and "keep_runs", how long a row of its runs is kept, "1 year" unless it is said (the last that succeeded, and the last that did not, always are). schedule: when pg_cron refreshes it, as schedule_report takes it. names_in: the search path in which names in rows are looked up, anew at each run; a run in which they mean something else fails. A column that its table is given and that the report does not use is no difference.
It is filled at once; what the function refuses is an error, and nothing is made then. The caller owns it, which he may not as a superuser; everything in it runs with his rights, and nobody else may read it until granted. It hides nothing, unless options say {"suppress": true}, and a notice says so if it shows groups of fewer than min_n students (not if they say {"suppress": false}): with true what it hid stays hidden at the next refresh, and what it showed stays shown where it can. With {"release": {"ledger": "releases", "audience": "the board", "population": "who is counted", "as_of": "2026-10-01"}} beside it each refresh whose numbers are others, or which is of another day, is entered into that ledger, whose owner one must be, as publish_release does (as_of: without it the day of the refresh), and hides what together with the releases there would give something away; one that the ledger refuses fails, and others keep what they had.
Errors: those of the function; an option that it does not have (22023), a stratum of the name of a column of its rows (42701), a name that is taken (42P07) or has more than 52 bytes (42622), no such schema, or none in the search path (3F000), one in which the caller may make nothing (42501), 22004 for a NULL other than of period and schedule; with a release those of publish_release, and 42P01 for no such ledger.';

CREATE FUNCTION gapstats_internal.alter_report_as_owner(report regclass, rows text, measures jsonb, dimensions text[], strata text[], period text, options jsonb, names_in text, accept boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	held text;
	detail text;
	was record;
	d record;
	counts_alike boolean;
	asked jsonb;
	kept gapstats_internal.kept_query;
BEGIN
	PERFORM gapstats_internal.given('accept', accept), gapstats_internal.hold_thing(report, 'report');
	held := gapstats_internal.thing_held_because(report);
	IF held IS NOT NULL THEN
		RAISE EXCEPTION 'report "%" is held: %', report, held
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = gapstats_internal.report_resume_fix(report, 'To let it go on');
	END IF;
	IF num_nonnulls(rows, measures, dimensions, strata, period, options) = 0 THEN
		RAISE EXCEPTION 'nothing of report "%" is to be changed', report
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'What is NULL stays as it is: period => '''' takes the period away, strata => ''{}'' the strata. refresh_report computes it anew.';
	END IF;
	PERFORM gapstats_internal.check_report_options(options) WHERE options IS NOT NULL;
	EXECUTE gapstats_internal.thing_sql(report, 'SELECT d.measures, d.dimensions, d.strata, d.period, d.options FROM @definition d') INTO was;
	PERFORM gapstats_internal.check_report_columns(coalesce(strata, was.strata), CASE WHEN period IS NULL THEN was.period ELSE nullif(period, '') END, coalesce(options, was.options))
	WHERE num_nonnulls(strata, period, options) > 0;
	EXECUTE gapstats_internal.thing_sql(report, $sql$
		UPDATE @definition
		SET measures = coalesce($1, measures), dimensions = coalesce($2, dimensions), strata = coalesce($3, strata), period = CASE WHEN $4 IS NULL THEN period ELSE nullif($4, '') END,
			options = coalesce($5, options),
			-- of another day it is another release of the same cells
			told = CASE WHEN num_nonnulls($1, $2, $3, $4) > 0 THEN NULL WHEN gapstats_internal.options_of_rows(coalesce($5, options)) = gapstats_internal.options_of_rows(options) THEN told
				WHEN (jsonb_typeof(told), jsonb_typeof(options -> 'release')) IS NOT DISTINCT FROM ('object', 'object')
					AND gapstats_internal.options_of_rows($5) #- '{release,as_of}' = gapstats_internal.options_of_rows(options) #- '{release,as_of}' THEN told - 'release' END
		RETURNING *
		$sql$)
	INTO d USING measures, dimensions, strata, period, gapstats_internal.with_ledger_qualified(options, names_in);
	PERFORM gapstats_internal.check_definition(report, rows IS NULL);
	asked := gapstats_internal.report_asked(d.measures, d.dimensions, d.strata, d.period, d.options);
	IF rows IS NOT NULL THEN
		kept := gapstats_internal.keep_report_rows(rows, asked, gapstats_internal.given('names_in', names_in), NULL);
	ELSE
		-- whoever changes something else does not say that the rows may be others
		kept := gapstats_internal.thing_query(report);
		BEGIN
			PERFORM gapstats_internal.kept_query_columns('rows', kept);
		EXCEPTION WHEN object_not_in_prerequisite_state THEN
			GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
			PERFORM gapstats_internal.raise_again(SQLSTATE, SQLERRM, detail, gapstats_internal.report_resume_fix(report, 'If that is as it should be'));
		END;
		kept := gapstats_internal.keep_report_rows(d.rows, asked, NULL, kept);
	END IF;
	counts_alike := (was.measures, was.dimensions, was.period, gapstats_internal.options_of_counts(was.options)) IS NOT DISTINCT FROM (d.measures, d.dimensions, d.period, gapstats_internal.options_of_counts(d.options));
	PERFORM gapstats_internal.write_report_query(report, coalesce(rows, d.rows), kept),
		gapstats_internal.fill_report(report, counts_alike AND NOT accept, counts_alike AND was.strata = d.strata AND NOT accept);
END
$$;
COMMENT ON FUNCTION gapstats_internal.alter_report_as_owner(regclass, text, jsonb, text[], text[], text, jsonb, text, boolean) IS
'alter_report(), done as the report''s owner.';

CREATE FUNCTION alter_report(report regclass, rows text DEFAULT NULL, measures jsonb DEFAULT NULL, dimensions text[] DEFAULT NULL, strata text[] DEFAULT NULL, period text DEFAULT NULL,
							 options jsonb DEFAULT NULL, names_in text DEFAULT current_setting('search_path'), accept boolean DEFAULT false)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION alter_report(regclass, text, jsonb, text[], text[], text, jsonb, text, boolean) IS
'Changes what a report is of, and computes it at once. What is NULL stays as it is, and something must not be; period => '''' is none; options take the place of all options, and what was told to others is forgotten where anything but the rows is changed, the day of its release, or how long runs are kept. Its table stays, and with it what depends on it: columns are added, and one of a stratum that the report no longer has stays and is NULL, until its owner drops it. If a stratum or the period is of another type by now, the column becomes of that type, unless a view reads it (2BP01). One that would take away what a refresh is held for is refused, unless accept is true: more than half of the rows, or of the students that they count; of students it is known where measures, dimensions, the period and the options by which they are counted stay, of rows where the strata do, too. For roles with the rights of the report''s owner. Errors are those of create_report; 22023 if nothing is given; 55000 if its rows mean something else by now, too much would go, or it is held: resume_report.';

CREATE FUNCTION gapstats_internal.resume_report_as_owner(report regclass, accept boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	d record;
	kept gapstats_internal.kept_query;
	difference text;
BEGIN
	PERFORM gapstats_internal.hold_thing(report, 'report'), gapstats_internal.check_definition(report, true);
	EXECUTE gapstats_internal.thing_sql(report, 'SELECT * FROM @definition') INTO d;
	kept := gapstats_internal.thing_query(report);
	BEGIN
		PERFORM gapstats_internal.kept_query_columns('rows', kept);
	EXCEPTION WHEN object_not_in_prerequisite_state THEN
		GET STACKED DIAGNOSTICS difference = PG_EXCEPTION_DETAIL;
		RAISE NOTICE 'rows are kept anew: %', difference;
	END;
	kept := gapstats_internal.keep_report_rows(d.rows, gapstats_internal.report_asked(d.measures, d.dimensions, d.strata, d.period, d.options), NULL, kept);
	PERFORM gapstats_internal.write_report_query(report, d.rows, kept), gapstats_internal.thing_is_at_home(report), gapstats_internal.fill_report(report, NOT accept, NOT accept);
	EXECUTE gapstats_internal.thing_sql(report, 'UPDATE @definition SET job = $1') USING (gapstats_internal.scheduled_job(report, gapstats_internal.thing_job(report))).job;
END
$$;
COMMENT ON FUNCTION gapstats_internal.resume_report_as_owner(regclass, boolean) IS
'resume_report(), done as the report''s owner.';

CREATE FUNCTION resume_report(report regclass, accept boolean DEFAULT false)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION resume_report(regclass, boolean) IS
'Lets a report go on that is held since its database was restored or copied, or since it has another owner, or whose rows mean something else by now; and computes it. For roles with its owner''s rights, who thereby say that they know its definition, which means from now on what it means to them. It is scheduled anew with schedule_report. What would take away more than half of its rows, or of the students that they count, is refused, unless accept is true. Errors are those of alter_report.';

CREATE FUNCTION gapstats_internal.drop_report_as_owner(report regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := report;
	tables oid[];
	left_behind text;
BEGIN
	IF gapstats_internal.thing_definition(report, 'report') IS NOT NULL THEN
		PERFORM gapstats_internal.lock_alone(gapstats_internal.own_tables_beside(report), wait => true);
	END IF;
	-- or it has been dropped by somebody who was waited for
	IF gapstats_internal.thing_definition(report, 'report') IS NULL THEN
		PERFORM gapstats_internal.raise_no_thing(report, 'report');
	END IF;
	tables := gapstats_internal.own_tables_beside(report);
	left_behind := CASE WHEN cardinality(tables) < 3 THEN gapstats_internal.thing_sql(report, '@runs') END;
	PERFORM gapstats_internal.check_alone(tables, format('report "%s" cannot be dropped', name), 'Drop that first, or have it read something else.');
	PERFORM gapstats_internal.unschedule_report_as_owner(report);
	EXECUTE gapstats_internal.drop_statement(tables);
	IF left_behind IS NOT NULL THEN
		RAISE WARNING 'report "%" had no table % of its own', name, left_behind
			USING HINT = 'If you have renamed it, or given it away, it is still there: it is yours to drop.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.drop_report_as_owner(regclass) IS
'drop_report(), done as the report''s owner.';

CREATE FUNCTION drop_report(report regclass)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION drop_report(regclass) IS
'Drops a report with its definition, its runs and its pg_cron job. For roles with its owner''s rights. Waits for those who use it. If anything else depends on it, such as a view of somebody''s, that is error 2BP01, which names it.';
