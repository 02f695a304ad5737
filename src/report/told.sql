-- report/told: what a report that stands has told others, and what it tells them now
--
-- Whoever reads it has read it before.  So what it hid stays hidden, and what it showed stays shown where it can; and
-- if its options name a ledger, it is a release there, with which what it shows gives nothing away.

CREATE TYPE gapstats_internal.report_told AS (
	cells jsonb,
	release text,
	ledger regclass,
	audience text,
	population text,
	as_of date
);
COMMENT ON TYPE gapstats_internal.report_told IS 'what a report has told others, and as which release it tells it';
COMMENT ON COLUMN gapstats_internal.report_told.cells IS 'its cells: objects of cell, the members; is_hidden; and, unless it is, the numbers';
COMMENT ON COLUMN gapstats_internal.report_told.release IS 'the release as which they were entered; NULL without a ledger';
COMMENT ON COLUMN gapstats_internal.report_told.ledger IS 'the ledger of its releases; NULL if there is none';
COMMENT ON COLUMN gapstats_internal.report_told.audience IS 'to whom they go';
COMMENT ON COLUMN gapstats_internal.report_told.population IS 'who is counted';
COMMENT ON COLUMN gapstats_internal.report_told.as_of IS 'at which moment; today, unless the options say it';

-- Of the caller's search path, when he says it
CREATE FUNCTION gapstats_internal.with_ledger_qualified(options jsonb, names_in text)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := options -> 'release' ->> 'ledger';
	ledger regclass;
BEGIN
	IF name IS NULL THEN
		RETURN options;
	END IF;
	PERFORM set_config('search_path', gapstats_internal.given('names_in', names_in), true);
	ledger := pg_catalog.to_regclass(name);
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	-- a name with its schema, which is not in this path
	RETURN CASE WHEN ledger IS NULL THEN options ELSE jsonb_set(options, '{release,ledger}', to_jsonb(ledger::text)) END;
END
$$;
COMMENT ON FUNCTION gapstats_internal.with_ledger_qualified(jsonb, text) IS
'Options of a report with the schema of the ledger, which is looked up in names_in.';

CREATE FUNCTION gapstats_internal.check_report_release(options jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	release CONSTANT jsonb := options -> 'release';
	known CONSTANT text[] := '{ledger,audience,population,as_of}';
	wrong text;
	is_day boolean;
BEGIN
	IF release IS NULL THEN
		RETURN;
	END IF;
	IF jsonb_typeof(release) <> 'object' THEN
		RAISE EXCEPTION 'options: "release" must be an object, not %', left(release::text, 80)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as {"ledger": "releases", "audience": "the board", "population": "third grade"}.';
	END IF;
	SELECT k INTO wrong FROM jsonb_object_keys(release) AS k WHERE NOT k = ANY (known) ORDER BY k LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'options: a release has no "%"', wrong USING ERRCODE = 'invalid_parameter_value', HINT = format('It has %s.', array_to_string(known, ', '));
	END IF;
	SELECT k INTO wrong FROM unnest(known) AS k WHERE CASE WHEN release ? k THEN jsonb_typeof(release -> k) <> 'string' ELSE k <> 'as_of' END LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'options: the % of the release %', wrong, CASE WHEN release ? wrong THEN format('must be a text, not %s', left((release -> wrong)::text, 80)) ELSE 'must be said' END
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM gapstats_internal.entered_text(k, release ->> k, 200, true) FROM unnest('{audience,population}'::text[]) AS k;
	BEGIN
		-- the same under every DateStyle
		is_day := (release ->> 'as_of')::date > '-infinity' AND release ->> 'as_of' ~ '^\d{4}-\d\d-\d\d$';
	EXCEPTION WHEN data_exception THEN
		is_day := false;
	END;
	IF NOT is_day THEN
		RAISE EXCEPTION 'options: the as_of of the release must be a day, not %', release -> 'as_of' USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as "2026-10-01".';
	END IF;
	IF options -> 'suppress' IS DISTINCT FROM 'true' THEN
		RAISE EXCEPTION 'options: what is released must be suppressed' USING ERRCODE = 'invalid_parameter_value', HINT = 'Add "suppress": true.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_report_release(jsonb) IS
'Raises 22023 for a release in the options of a report that is not described as one; whether there is such a ledger is said when it is used.';

CREATE FUNCTION gapstats_internal.told_before(report regclass)
RETURNS gapstats_internal.report_told
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	before gapstats_internal.report_told;
	d record;
BEGIN
	IF report IS NULL THEN
		RETURN NULL;
	END IF;
	EXECUTE gapstats_internal.thing_sql(report, 'SELECT d.told -> ''cells'' AS cells, d.told ->> ''release'' AS release, d.options -> ''release'' AS goes, d.time_zone FROM @definition d') INTO d;
	before.cells := d.cells;
	IF d.goes IS NOT NULL THEN
		before.release := d.release;
		before.ledger := to_regclass(d.goes ->> 'ledger');
		IF before.ledger IS NULL THEN
			RAISE EXCEPTION 'there is no ledger "%"', d.goes ->> 'ledger'
				USING ERRCODE = 'undefined_table', HINT = 'Make one with create_ledger; or, if it has another name by now, give the report its options anew with alter_report.';
		END IF;
		before.audience := d.goes ->> 'audience';
		before.population := d.goes ->> 'population';
		before.as_of := coalesce((d.goes ->> 'as_of')::date, (now() AT TIME ZONE d.time_zone)::date);
	END IF;
	RETURN before;
END
$$;
COMMENT ON FUNCTION gapstats_internal.told_before(regclass) IS
'What a report has told others, and where it releases it; of NULL nothing. Raises 42P01 if its ledger is gone.';

CREATE FUNCTION gapstats_internal.printed_cells(cells jsonb, hidden jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT jsonb_agg(jsonb_build_object('cell', c.cell, 'is_hidden', h.cell IS NOT NULL) || CASE WHEN h.cell IS NULL THEN c.numbers ELSE '{}' END ORDER BY c.cell::text COLLATE "C")
	FROM (
		SELECT a.cell -> 'cell' AS cell, jsonb_object_agg(n.key, n.value) AS numbers
		FROM jsonb_array_elements(cells) AS a (cell)
		CROSS JOIN LATERAL jsonb_each(a.cell) AS n
		WHERE n.key <> 'cell'
		GROUP BY a.cell -> 'cell'
	) c
	LEFT JOIN (SELECT DISTINCT h.cell FROM jsonb_array_elements(hidden) AS h (cell)) h USING (cell);
END;
COMMENT ON FUNCTION gapstats_internal.printed_cells(jsonb, jsonb) IS
'Cells with all their numbers, each once, as report_told has them: of those that are hidden none.';

CREATE FUNCTION gapstats_internal.is_released(ledger regclass, release text, as_of date)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_out boolean;
BEGIN
	PERFORM gapstats_internal.check_ledger(ledger);
	EXECUTE gapstats_internal.ledger_statement(ledger, 'SELECT EXISTS (SELECT FROM @ledger r WHERE r.release = $1 AND r.as_of = $2 AND r.withdrawn_at IS NULL)') INTO is_out USING release, as_of;
	RETURN is_out;
END
$$;
COMMENT ON FUNCTION gapstats_internal.is_released(regclass, text, date) IS
'Whether a ledger has a release of a moment that was not withdrawn.';

CREATE FUNCTION gapstats_internal.tell_others(report regclass, before gapstats_internal.report_told, dimensions text[], measures jsonb, minimum integer, cells jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
-- that other moments are not compared goes without saying of what is released again and again
SET client_min_messages = 'warning'
AS $$
DECLARE
	release text := before.release;
BEGIN
	IF before.ledger IS NOT NULL AND (cells IS DISTINCT FROM before.cells OR NOT gapstats_internal.is_released(before.ledger, release, before.as_of)) THEN
		release := format('%s, %s', gapstats_internal.thing_sql(report, '@report'), to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'));
		PERFORM gapstats.publish_release(before.ledger, release, before.audience, before.population, before.as_of,
			gapstats_internal.report_cells_query(cells, dimensions, ARRAY(SELECT m.value ->> 'column' FROM jsonb_each(measures) AS m), true), coalesce(nullif(dimensions, '{}'), '{everyone}'), measures, minimum => minimum);
	END IF;
	EXECUTE gapstats_internal.thing_sql(report, 'UPDATE @definition SET told = $1 WHERE told IS DISTINCT FROM $1') USING jsonb_build_object('cells', cells, 'release', release);
END
$$;
COMMENT ON FUNCTION gapstats_internal.tell_others(regclass, gapstats_internal.report_told, text[], jsonb, integer, jsonb) IS
'Keeps what a report tells others, cells as report_told has them; and enters it into its ledger, unless it is there already: on another day it is of that day, also if nothing is changed, for others are compared with those of theirs. Raises what publish_release() raises.';
