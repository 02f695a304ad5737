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

-- The script is ASCII, or it would mean something else in databases of other encodings.
CREATE FUNCTION gapstats_internal.sign_or(sign text, ascii text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF getdatabaseencoding() = 'UTF8' OR getdatabaseencoding() IN ('LATIN1', 'LATIN9', 'WIN1252') AND sign !~ '\\(?!00)' THEN
		RETURN unistr(sign);
	END IF;
	RETURN ascii;
END
$$;
COMMENT ON FUNCTION gapstats_internal.sign_or(text, text) IS
'A text with characters as unistr() takes them where the encoding of the database has them, or else one in ASCII. For what people read, and never for a name, which is to be the same everywhere.';

CREATE FUNCTION gapstats_internal.settled_text(value anyelement) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.settled_text(anyelement) IS
'A value as a text that is the same under all settings of a session: numbers with the digits that tell them apart, days and times as in ISO, in UTC if they are in a time zone.';

CREATE FUNCTION rounded(value double precision, digits integer DEFAULT 0) RETURNS numeric
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rounded(double precision, integer) IS
'The number for a report, with so many decimal digits, none if not said: halves are rounded away from zero, and what is rounded is the shortest decimal that reads as the value, so rounded(1.005, 2) is 1.01. Negative digits round before the point. NULL for NULL; 22004 for NULL digits, 22003 for NaN and infinity.';
