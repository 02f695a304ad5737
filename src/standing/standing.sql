-- standing: what watch lists and other things that stand share

CREATE FUNCTION gapstats_internal.caller()
RETURNS name
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN coalesce(nullif(current_setting('gapstats.caller', true), '')::name, current_user);
COMMENT ON FUNCTION gapstats_internal.caller() IS
'Who called what is now done as the owner of a watch list; outside of that, the current user.';

CREATE FUNCTION gapstats_internal.backend_start()
RETURNS timestamptz
AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION gapstats_internal.backend_start() IS
'When this session began, which with pg_backend_pid() names it.';

CREATE FUNCTION gapstats_internal.backend_is_alive(pid integer, started timestamptz)
RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION gapstats_internal.backend_is_alive(integer, timestamptz) IS
'Whether the session that began at that time as that process is still there.';

CREATE FUNCTION gapstats_internal.lock_alone(relations oid[])
RETURNS void
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION gapstats_internal.lock_alone(oid[]) IS
'Locks relations of the current user against everybody else until the end of the transaction, waiting for those who use them without holding any.';
