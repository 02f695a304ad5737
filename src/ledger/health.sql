-- ledger/health: what the releases of a ledger give away today

CREATE FUNCTION gapstats_internal.leaks_without(ledger regclass, names text[], leaks jsonb)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name text;
	needed jsonb := '{}';
BEGIN
	FOREACH name IN ARRAY CASE WHEN leaks = '[]' THEN '{}' ELSE names END LOOP
		SELECT needed || coalesce(jsonb_object_agg(k.key, coalesce(needed -> k.key, '[]') || to_jsonb(name)), '{}') INTO needed
		FROM (
			SELECT jsonb_build_array(l -> 'cell', l -> 'measure')::text AS key
			FROM jsonb_array_elements(leaks) AS l
			EXCEPT
			SELECT jsonb_build_array(a.cell, a.measure)::text
			FROM gapstats_internal.ledger_leaks(ledger, array_remove(names, name), 1000) AS a
		) AS k;
	END LOOP;
	RETURN needed;
END
$$;
COMMENT ON FUNCTION gapstats_internal.leaks_without(regclass, text[], jsonb) IS
'For each number that releases of a ledger give away together, by cell and measure, those releases without which they would not.';

CREATE FUNCTION gapstats_internal.group_health(ledger regclass, names text[])
RETURNS TABLE (releases text[], cell text, measure text, verdict text, at_least double precision, at_most double precision, because text, accepted text, fix text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	leaks jsonb;
	needed jsonb;
	detail text;
BEGIN
	SELECT coalesce(jsonb_agg(to_jsonb(a)), '[]') INTO leaks FROM gapstats_internal.ledger_leaks(ledger, names, 1000) AS a;
	needed := gapstats_internal.leaks_without(ledger, names, jsonb_path_query_array(leaks, '$[*] ? (@.accepted == null)'));
	RETURN QUERY
	SELECT r.releases, l.cell, l.measure, l.verdict, l.at_least, l.at_most, l.because, l.accepted,
		CASE WHEN l.accepted IS NULL THEN
			gapstats_internal.fix_text(format('if one of them never went out: SELECT gapstats.withdraw_release(%L, %L, ''why''); else say so with the next release: accept => ''why''', ledger, r.releases[cardinality(r.releases)])) END
	FROM jsonb_to_recordset(leaks) AS l (cell text, measure text, verdict text, at_least double precision, at_most double precision, because text, accepted text)
	CROSS JOIN LATERAL (
		SELECT coalesce(ARRAY(SELECT jsonb_array_elements_text(needed -> jsonb_build_array(l.cell, l.measure)::text)), '{}') AS names
	) AS n
	CROSS JOIN LATERAL (SELECT CASE WHEN n.names = '{}' THEN group_health.names ELSE n.names END AS releases) AS r;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN QUERY SELECT names, NULL::text, NULL::text, 'not audited', NULL::double precision, NULL::double precision, concat_ws('. ', SQLERRM, nullif(detail, '')), NULL::text,
		gapstats_internal.fix_text(format('look at what was changed by hand in %s and beside it, or at these releases: SELECT * FROM %1$s WHERE release = ANY (%2$L);', ledger, names));
END
$$;
COMMENT ON FUNCTION gapstats_internal.group_health(regclass, text[]) IS
'What some releases of a ledger give away together, or why they cannot be audited.';

CREATE FUNCTION gapstats_internal.release_health_as_owner(ledger regclass)
RETURNS TABLE (population text, as_of date, releases text[], cell text, measure text, verdict text, at_least double precision, at_most double precision,
	because text, accepted text, fix text)
LANGUAGE plpgsql VOLATILE
SET jit = off
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM gapstats_internal.check_ledger(ledger);
	RETURN QUERY EXECUTE gapstats_internal.ledger_statement(ledger, $sql$
		SELECT g.population, g.as_of, h.*
		FROM (
			SELECT r.population, max(r.as_of) AS as_of, t.names
			FROM @ledger r
			CROSS JOIN LATERAL gapstats_internal.releases_together($1, r.population, r.as_of) AS t (names)
			WHERE t.names <> '{}'
			GROUP BY r.population, t.names
		) g
		CROSS JOIN LATERAL gapstats_internal.group_health($1, g.names) h
		ORDER BY h.accepted IS NOT NULL, g.population, g.as_of, h.cell, h.measure
		$sql$)
	USING ledger;
END
$$;
COMMENT ON FUNCTION gapstats_internal.release_health_as_owner(regclass) IS
'release_health(), done as the ledger''s owner.';

CREATE FUNCTION release_health(ledger regclass)
RETURNS TABLE (population text, as_of date, releases text[], cell text, measure text, verdict text, at_least double precision, at_most double precision,
	because text, accepted text, fix text)
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE COST 100000 ROWS 10;
COMMENT ON FUNCTION release_health(regclass) IS
'What the releases of a ledger give away together: one row for each hidden number that is or can be about few; no rows if all is well. Those that nobody has accepted come first: of a ledger whose memory was made longer, that was changed by hand, or that an older version of gapstats audited.
ledger: whose owner one must be; superusers may, too. population, as_of: the children, and the latest moment of the releases. releases: those without any one of which it would not be given away, by the time at which they were published; all that are audited together, if each could be done without, or if it was accepted. cell, measure, verdict, because: as disclosure_audit says it; verdict is "not audited" for releases that cannot be audited, and because says why. at_least, at_most: between what it must be; NULL if it is not bounded. accepted: why it went out all the same, and with which release. fix: the line that mends it, or, after "by hand: ", what is to be seen to; NULL if it was accepted.
Withdrawn releases, and those that are older than the memory of the ledger, are not looked at. Raises 42501 for anybody but the owner, 42809 for what is no ledger, 22004 for NULL.';
