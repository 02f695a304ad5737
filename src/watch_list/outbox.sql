-- watch_list/outbox: alarms for other systems, until they say that they have them

CREATE FUNCTION gapstats_internal.acknowledge_alarms_as_owner(list regclass, acknowledged bigint[])
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	unknown text;
	n bigint;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	PERFORM gapstats_internal.names_seen(list, 'outbox', 'outbox');
	IF acknowledged IS NULL OR (SELECT bool_or(number IS NULL) FROM unnest(acknowledged) AS a (number)) THEN
		RAISE EXCEPTION '%', CASE WHEN acknowledged IS NULL THEN 'alarms must not be null' ELSE 'alarms must not contain null' END
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT string_agg(u.number::text, ', ' ORDER BY u.number)
		FROM (SELECT number FROM unnest($1) AS a (number) EXCEPT SELECT a.alarm FROM @alarms a WHERE a.alarm = ANY ($1) ORDER BY number LIMIT 10) u
		$sql$)
	INTO unknown USING acknowledged;
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION 'no alarm % in watch list "%"', unknown, list
			USING ERRCODE = 'no_data_found',
				  HINT = 'Alarms have numbers of their own in each list. None of those given has been acknowledged.';
	END IF;
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @alarms SET acknowledged_at = now(), acknowledged_by = $2 WHERE alarm = ANY ($1) AND acknowledged_at IS NULL
		$sql$)
	USING acknowledged, gapstats_internal.caller();
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END
$$;
COMMENT ON FUNCTION gapstats_internal.acknowledge_alarms_as_owner(regclass, bigint[]) IS
'acknowledge_alarms(), done as the list''s owner.';

CREATE FUNCTION acknowledge_alarms(list regclass, alarms bigint[])
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION acknowledge_alarms(regclass, bigint[]) IS
'Says that alarms of a watch list have been taken, so that its outbox no longer has them, and returns how many of them it had: saying so again is no error, and counts none. A notification on channel gapstats_watch_list is lost when nobody listens; the outbox is not. For those who may read the outbox (grant_watch_list ... ''outbox'') and roles with the rights of the list''s owner. Errors, after which none is acknowledged: a number that is no alarm of the list''s (P0002), a NULL (22004).';
