CREATE EXTENSION gapstats;

-- A 31-bit number that looks random
CREATE FUNCTION scrambled(i bigint) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((i * 2654435761 % 4294967291) * 40503 % 2147483647)::int;

-- Fields of /proc/PID/stat from the third on
CREATE FUNCTION process(pid text) RETURNS text[] LANGUAGE sql
RETURN string_to_array(split_part(pg_read_file('/proc/' || pid || '/stat'), ') ', 2), ' ');

-- Of this backend, and of the parallel workers that have ended, which are the postmaster's children
CREATE FUNCTION cpu_seconds() RETURNS numeric LANGUAGE sql
RETURN (
	SELECT (backend[12]::bigint + backend[13]::bigint + postmaster[14]::bigint + postmaster[15]::bigint) / 100.0
	FROM process('self') AS backend, process(backend[2]) AS postmaster);

-- VmSize, in bytes, or VmPeak: what the backend has asked for; shared buffers are in both
CREATE FUNCTION address_space(what text) RETURNS bigint LANGUAGE sql
RETURN substring(pg_read_file('/proc/self/status') FROM what || ':\s*(\d+)')::bigint * 1024;
