-- standing: what watch lists and other things that stand share

CREATE FUNCTION gapstats_internal.caller()
RETURNS name
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN coalesce(nullif(current_setting('gapstats.caller', true), '')::name, current_user);
COMMENT ON FUNCTION gapstats_internal.caller() IS
'Who called what is now done as the owner of a watch list, a report, a roll-up or a ledger; outside of that, the current user.';

CREATE FUNCTION gapstats_internal.statement_is_running(pid integer, started timestamptz)
RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION gapstats_internal.statement_is_running(integer, timestamptz) IS
'Whether the statement that a session began at that time (its statement_timestamp()) still runs: the session may be gone, or have gone on to something else.';

CREATE FUNCTION gapstats_internal.lock_alone(relations oid[], wait boolean)
RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION gapstats_internal.lock_alone(oid[], boolean) IS
'Locks relations of the current user against everybody else until the end of the transaction, waiting for those who use them without holding any. If it is not to wait for them it locks none, and returns false.';

CREATE FUNCTION gapstats_internal.known_relation(name text)
RETURNS regclass
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.known_relation(text) IS
'The relation of a name, qualified and quoted, as of now and whoever asks: as to_regclass(), but that its schema need not be one that he may use; NULL if there is none.';

CREATE FUNCTION gapstats_internal.qualified(relation regclass)
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN (SELECT format('%I.%I', n.nspname, r.relname) FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace WHERE r.oid = relation);
COMMENT ON FUNCTION gapstats_internal.qualified(regclass) IS
'The name of a relation with its schema, quoted.';

CREATE FUNCTION gapstats_internal.lock_names(schema oid, wait boolean)
RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION gapstats_internal.lock_names(oid, boolean) IS
'Keeps others who call this from giving relations of a schema names, until the end of the transaction. If it is not to wait for one who does, it returns false. Error: the caller may make nothing in the schema.';

CREATE FUNCTION gapstats_internal.raise_again(code text, message text, detail text, hint text)
RETURNS void
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.raise_again(text, text, text, text) IS
'Raises an error that was caught once more, without the statement that it came with, which may be long. detail and hint are empty if it had none.';
