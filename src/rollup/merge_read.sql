-- rollup/merge_read: merging the roll-ups that a refresh has read
--
-- Whoever only reads may not: a standby has nothing to write to, and a reader who stays in his transaction would keep
-- others from merging.

CREATE FUNCTION gapstats_internal.rollups_read(what text, kept gapstats_internal.kept_query)
RETURNS SETOF regclass
LANGUAGE sql VOLATILE STRICT
BEGIN ATOMIC
	WITH RECURSIVE read AS (
		SELECT k.relation::oid AS oid FROM gapstats_internal.kept_query_relations(what, kept) k
		UNION
		SELECT d.refobjid
		FROM read r
		JOIN pg_class v ON v.oid = r.oid AND v.relkind = 'v'
		JOIN pg_rewrite w ON w.ev_class = v.oid
		JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
	)
	SELECT v.oid::regclass
	FROM read r
	JOIN pg_class v ON v.oid = r.oid AND v.relkind = 'v' AND v.relowner = quote_ident(current_user)::regrole
	WHERE gapstats_internal.thing_definition(v.oid, 'rollup') IS NOT NULL
	ORDER BY v.oid;
END;
COMMENT ON FUNCTION gapstats_internal.rollups_read(text, gapstats_internal.kept_query) IS
'The roll-ups of the current user that a kept query reads, by itself or through views. Errors begin with what, and are those of run_kept_query.';

CREATE FUNCTION gapstats_internal.merge_if_free(rollup regclass)
RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_changed boolean;
	this bigint;
	status text;
BEGIN
	EXECUTE gapstats_internal.thing_sql(rollup, 'LOCK TABLE ONLY @base, ONLY @changes, ONLY @definition, ONLY @runs IN ROW EXCLUSIVE MODE NOWAIT');
	EXECUTE gapstats_internal.thing_sql(rollup, 'SELECT EXISTS (SELECT FROM ONLY @changes)') INTO is_changed;
	-- to count the source anew is to wait for those who write to it
	IF is_changed AND gapstats_internal.lock_thing(rollup, 'rollup', false)
		AND num_nonnulls(gapstats_internal.thing_held_because(rollup), gapstats_internal.rollup_recount_because(rollup)) = 0 THEN
		this := gapstats_internal.begin_merge_as_owner(rollup, false);
		PERFORM gapstats_internal.compute_merge_as_owner(rollup, this, false);
		EXECUTE gapstats_internal.thing_sql(rollup, 'SELECT r.status FROM @runs r WHERE r.run = $1') INTO status USING this;
	END IF;
	RETURN status;
EXCEPTION
	WHEN query_canceled THEN
		RETURN 'canceled';
	WHEN OTHERS THEN
		-- whoever is in the way; what is wrong with it its own health says
		RETURN NULL;
END
$$;
COMMENT ON FUNCTION gapstats_internal.merge_if_free(regclass) IS
'Merges a roll-up of the current user if nobody has to be waited for, and raises no error whatever comes of it: how that run of the roll-up ended; NULL if there was none.';

CREATE FUNCTION gapstats_internal.merge_rollups_read(what text, kept gapstats_internal.kept_query)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rollup regclass;
BEGIN
	IF current_setting('transaction_isolation') NOT IN ('repeatable read', 'serializable') THEN
		FOR rollup IN SELECT r FROM gapstats_internal.rollups_read(what, kept) AS r LOOP
			-- what was computed is not to be lost of it, but no more is to be done
			EXIT WHEN gapstats_internal.merge_if_free(rollup) = 'canceled';
		END LOOP;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.merge_rollups_read(text, gapstats_internal.kept_query) IS
'Merges those roll-ups that a kept query has read, that are the current user''s and that nobody else merges now; none in a transaction that has a snapshot of its own, which would be in the way of others.';
