-- watch_list/refresh: bringing a watch list up to date

CREATE FUNCTION gapstats_internal.refresh_relation(relation regclass, fill_at_once boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	beside_readers boolean := (SELECT relispopulated FROM pg_class WHERE oid = relation);
BEGIN
	IF beside_readers AND fill_at_once THEN
		EXECUTE format('SELECT EXISTS (SELECT FROM %s)', relation) INTO beside_readers;
	END IF;
	EXECUTE format('REFRESH MATERIALIZED VIEW %s %s', CASE WHEN beside_readers THEN 'CONCURRENTLY' END, relation);
END
$$;
COMMENT ON FUNCTION gapstats_internal.refresh_relation(regclass, boolean) IS
'Refreshes a materialized view, so that readers do not wait and a row that did not change is not written. If it was never filled, or is empty and fill_at_once is true, it is filled at once instead, which needs no temporary files and has readers wait.';

CREATE FUNCTION gapstats_internal.check_kept_queries(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_shared boolean := to_regclass(gapstats_internal.list_part(list, 'access')) IS NOT NULL;
	rule text;
BEGIN
	-- what was looked at must not change before it runs: this locks what is under the views, too
	EXECUTE format('LOCK TABLE %s IN ACCESS SHARE MODE', gapstats_internal.list_part(list, 'evaluation'));
	PERFORM gapstats_internal.check_routines(gapstats_internal.list_part(list, 'students')::regclass, 'students query');
	FOR rule IN EXECUTE gapstats_internal.rules_on(list) LOOP
		PERFORM gapstats_internal.check_routines(gapstats_internal.rule_view(list, rule)::regclass, format('rule "%s"', rule));
	END LOOP;
	IF is_shared THEN
		EXECUTE format('LOCK TABLE %s IN ACCESS SHARE MODE', gapstats_internal.list_part(list, 'access'));
		PERFORM gapstats_internal.check_routines(gapstats_internal.list_part(list, 'access')::regclass, 'viewers query');
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_kept_queries(regclass) IS
'Raises an error that names the query if one of a watch list''s queries has come to call an untrusted function since it was registered, and keeps that from happening until the end of the transaction.';

CREATE FUNCTION gapstats_internal.find_failure(list regclass, OUT failing text, OUT error text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	FOR failing IN EXECUTE gapstats_internal.rules_on(list) LOOP
		BEGIN
			PERFORM gapstats_internal.check_rule(list, failing, 'as registered');
		EXCEPTION WHEN OTHERS THEN
			error := SQLERRM;
			RETURN;
		END;
	END LOOP;
	failing := NULL;
	PERFORM gapstats_internal.check_students_query(gapstats_internal.list_part(list, 'students')::regclass, list::text);
EXCEPTION WHEN OTHERS THEN
	error := SQLERRM;
END
$$;
COMMENT ON FUNCTION gapstats_internal.find_failure(regclass) IS
'The first of a watch list''s rules that does not run, and why; else what is wrong with its students query; NULL if nothing is.';

CREATE FUNCTION gapstats_internal.write_flags(list regclass, OUT newly_flagged bigint, OUT cleared bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	flags text := gapstats_internal.list_part(list, 'flags');
	equals text := gapstats_internal.equality_operator(gapstats_internal.student_id_type(list));
BEGIN
	-- data that went missing clears nobody
	EXECUTE format($sql$
		UPDATE %1$s f
		SET cleared_at = now(), cleared_as = coalesce(o.status, 'left')
		FROM %1$s p
		LEFT JOIN %2$s o ON o.student_id %3$s p.student_id
		WHERE f.flag = p.flag AND f.cleared_at IS NULL
		AND (o.status = 'on track' OR o.student_id IS NULL)
		$sql$, flags, list, equals);
	GET DIAGNOSTICS cleared = ROW_COUNT;

	EXECUTE format($sql$
		INSERT INTO %1$s (student_id, status, reasons, since)
		SELECT l.student_id, l.status, l.reasons, l.since
		FROM %2$s l
		WHERE l.status IN ('watch', 'at risk')
		AND NOT EXISTS (SELECT FROM %1$s f WHERE f.student_id %3$s l.student_id AND f.cleared_at IS NULL)
		ORDER BY l.student_id
		$sql$, flags, list, equals);
	GET DIAGNOSTICS newly_flagged = ROW_COUNT;
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_flags(regclass) IS
'Raises a flag for each student of a watch list who stands at watch or at risk and has none, and clears the flags of those who are on track or left the list.';

CREATE FUNCTION refresh_watch_list(list regclass, OUT status text, OUT students bigint, OUT flagged bigint,
								   OUT newly_flagged bigint, OUT cleared bigint, OUT rule text, OUT error text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET gapstats.as_of = ''
AS $$
DECLARE
	started_at timestamptz := clock_timestamp();
	taken integer;
BEGIN
	PERFORM gapstats_internal.check_list_owner(list);

	EXECUTE format('SELECT 1 FROM %s FOR UPDATE SKIP LOCKED', gapstats_internal.list_part(list, 'settings')) INTO taken;
	IF taken IS NULL THEN
		status := 'skipped';
		error := 'another refresh or a change of the list was under way';
	ELSE
		BEGIN
			PERFORM gapstats_internal.check_kept_queries(list);
			PERFORM gapstats_internal.refresh_relation(gapstats_internal.list_part(list, 'reasons')::regclass, fill_at_once => true);
			PERFORM gapstats_internal.refresh_relation(list);
			PERFORM gapstats_internal.refresh_relation(shared)
			FROM unnest(ARRAY['viewers', 'counts']) AS part, to_regclass(gapstats_internal.list_part(list, part)) AS shared
			WHERE shared IS NOT NULL;
			SELECT w.newly_flagged, w.cleared INTO newly_flagged, cleared FROM gapstats_internal.write_flags(list) w;
			EXECUTE format($sql$ SELECT count(*), count(*) FILTER (WHERE status IN ('watch', 'at risk')) FROM %s $sql$, list)
			INTO students, flagged;
			status := 'succeeded';
		EXCEPTION
			WHEN query_canceled THEN
				status := 'canceled';
				error := SQLERRM;
			WHEN OTHERS THEN
				status := 'failed';
				error := SQLERRM;
		END;
		IF status <> 'succeeded' THEN
			-- what was counted is undone
			students := NULL;
			flagged := NULL;
			newly_flagged := NULL;
			cleared := NULL;
		END IF;
		IF status = 'failed' THEN
			SELECT f.failing, coalesce(f.error, refresh_watch_list.error) INTO rule, error FROM gapstats_internal.find_failure(list) f;
		END IF;
	END IF;

	EXECUTE format($sql$
		INSERT INTO %s (started_at, ended_at, as_of, status, students, flagged, newly_flagged, cleared, rule, error)
		VALUES ($1, clock_timestamp(), gapstats.as_of(), $2, $3, $4, $5, $6, $7, $8)
		$sql$, gapstats_internal.list_part(list, 'runs'))
	USING started_at, status, students, flagged, newly_flagged, cleared, rule, error;

	-- anybody may listen, so it says where to look and not what is there
	IF newly_flagged + cleared > 0 THEN
		PERFORM pg_notify('gapstats_watch_list', json_build_object('list', list::text, 'at', now())::text);
	END IF;

	IF status = 'skipped' THEN
		RAISE NOTICE 'refresh of watch list "%" skipped: %', list, error;
	ELSIF status <> 'succeeded' THEN
		RAISE WARNING 'refresh of watch list "%" %: %', list, status, error
			USING HINT = 'The list stays as the last successful refresh left it.';
	END IF;
END
$$;
COMMENT ON FUNCTION refresh_watch_list(regclass) IS
'Brings a watch list up to date and writes a row to its runs: when, how many students, how many flagged, newly flagged and cleared, or the rule that failed and its error. Readers never wait; a row that did not change is not written. A failure or a cancel leaves the list as it was and gives a warning, not an error, so that the run is recorded. If another refresh is under way this one steps aside. If students were newly flagged or cleared, it notifies channel gapstats_watch_list with a JSON object: list, and at, the time that the list''s events carry. Only the list''s owner may, and everything in the list runs with the owner''s rights.';
