\echo Use "CREATE EXTENSION gapstats" to load this file. \quit

-- What users call is in gapstats, so that \df gapstats.* is the manual's index. What
-- they never call is in a schema of its own: input and output of the types, the
-- functions of operators, casts and aggregates, helpers. privileges.sql says who may
-- execute what.
GRANT USAGE ON SCHEMA gapstats TO PUBLIC;

CREATE SCHEMA gapstats_internal;
COMMENT ON SCHEMA gapstats_internal IS 'what gapstats is made of, and users never call';
GRANT USAGE ON SCHEMA gapstats_internal TO PUBLIC;

CREATE FUNCTION gapstats_internal.integer_count(count bigint, "column" text) RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.integer_count(bigint, text) IS
'A count of students as an integer, which every driver has as a number. Raises 22003, and names the column, for more than 2,147,483,647.';

CREATE FUNCTION rounded(value double precision, digits integer DEFAULT 0) RETURNS numeric
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rounded(double precision, integer) IS
'The number for a report, with so many decimal digits, none if not said: halves are rounded away from zero, and what is rounded is the shortest decimal that reads as the value, so rounded(1.005, 2) is 1.01. Negative digits round before the point. NULL for NULL; 22004 for NULL digits, 22003 for NaN and infinity.';
