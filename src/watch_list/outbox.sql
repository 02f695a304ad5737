-- watch_list/outbox: alarms for other systems, until they say that they have them

CREATE FUNCTION gapstats_internal.acknowledge_alarms_as_owner(list regclass, acknowledged bigint[])
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	caller CONSTANT name := gapstats_internal.caller();
	n bigint;
BEGIN
	PERFORM gapstats_internal.check_list(list);
	IF NOT pg_has_role(caller, (SELECT relowner FROM pg_class WHERE oid = list), 'USAGE')
		AND NOT has_table_privilege(caller, gapstats_internal.list_part(list, 'outbox'), 'SELECT') THEN
		RAISE EXCEPTION 'permission denied for watch list "%"', list USING ERRCODE = 'insufficient_privilege';
	END IF;
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @alarms SET acknowledged_at = now(), acknowledged_by = $2 WHERE alarm = ANY ($1) AND acknowledged_at IS NULL
		$sql$)
	USING acknowledged, caller;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END
$$;
COMMENT ON FUNCTION gapstats_internal.acknowledge_alarms_as_owner(regclass, bigint[]) IS
'acknowledge_alarms(), done as the list''s owner.';

CREATE FUNCTION acknowledge_alarms(list regclass, alarms bigint[])
RETURNS bigint
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION acknowledge_alarms(regclass, bigint[]) IS
'Says that alarms of a watch list have been taken, so that its outbox no longer has them, and returns how many of them it had. A notification on channel gapstats_watch_list is lost when nobody listens; the outbox is not. For those who may read the outbox (grant_watch_list ... ''outbox'') and roles with the rights of the list''s owner.';
