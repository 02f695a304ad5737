-- How many students of each group there are in each unit, such as a school

CREATE TYPE composition;

CREATE FUNCTION gapstats_internal.composition_in(cstring) RETURNS composition
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.composition_in(cstring) IS 'text input of composition: the binary form in hexadecimal';
CREATE FUNCTION gapstats_internal.composition_out(composition) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.composition_out(composition) IS 'text output of composition: the binary form in hexadecimal; loses nothing and depends on no setting';
CREATE FUNCTION gapstats_internal.composition_recv(internal) RETURNS composition
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.composition_recv(internal) IS 'binary input of composition';
CREATE FUNCTION gapstats_internal.composition_send(composition) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.composition_send(composition) IS 'binary output of composition';

CREATE TYPE composition (
	INPUT = gapstats_internal.composition_in,
	OUTPUT = gapstats_internal.composition_out,
	RECEIVE = gapstats_internal.composition_recv,
	SEND = gapstats_internal.composition_send,
	STORAGE = extended,
	ALIGNMENT = double
);
COMMENT ON TYPE composition IS
'how many students of each group there are in each unit, such as a school, and how many are left out for want of either; exact, whatever the order of rows';

CREATE FUNCTION gapstats_internal.composition_accum(composition, unit text, group_name text) RETURNS composition
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.composition_accum(composition, text, text) IS 'transition function of the aggregates over (unit, group_name), both text';
CREATE FUNCTION gapstats_internal.composition_accum(composition, unit text, group_name text, n bigint) RETURNS composition
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.composition_accum(composition, text, text, bigint) IS 'transition function of the aggregates over (unit, group_name, n), the first both text';
CREATE FUNCTION gapstats_internal.composition_accum(composition, unit anyelement, group_name anycompatible) RETURNS composition
	AS 'MODULE_PATHNAME', 'composition_accum_any' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.composition_accum(composition, anyelement, anycompatible) IS 'transition function of the aggregates over (unit, group_name)';
CREATE FUNCTION gapstats_internal.composition_accum(composition, unit anyelement, group_name anycompatible, n bigint) RETURNS composition
	AS 'MODULE_PATHNAME', 'composition_accum_any' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.composition_accum(composition, anyelement, anycompatible, bigint) IS 'transition function of the aggregates over (unit, group_name, n)';
CREATE FUNCTION gapstats_internal.composition_combine(composition, composition) RETURNS composition
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.composition_combine(composition, composition) IS 'combine function of the aggregates over (unit, group_name, n), transition function of rollup(composition), and implementation of + operator';
CREATE FUNCTION gapstats_internal.composition_final(composition) RETURNS composition
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.composition_final(composition) IS 'final function of composition() and of rollup(composition)';

CREATE AGGREGATE composition(unit anyelement, group_name anycompatible, n bigint) (
	SFUNC = gapstats_internal.composition_accum,
	STYPE = composition,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.composition_final,
	COMBINEFUNC = gapstats_internal.composition_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE composition(anyelement, anycompatible, bigint) IS
'The students of each group in each unit, from rows of counts: to be stored, merged with rollup(), and asked with segregation(), unit_segregation(), group_segregation() and pair_segregation().
unit: a school, a classroom; group_name: the students'' group; of any types, and told apart by their text. n: how many students the row counts; rows of the same unit and group add up.
A row of 0 students counts nothing. A NULL unit or group has its students counted as missing, a NULL n its row as left out. No rows give NULL. Raises 22023 for a negative n, 22003 for more than 2^63 - 1 students.';

CREATE AGGREGATE composition(unit anyelement, group_name anycompatible) (
	SFUNC = gapstats_internal.composition_accum,
	STYPE = composition,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.composition_final,
	COMBINEFUNC = gapstats_internal.composition_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE composition(anyelement, anycompatible) IS
'The same from rows of students, each of whom counts for one.';

CREATE AGGREGATE composition(unit text, group_name text, n bigint) (
	SFUNC = gapstats_internal.composition_accum,
	STYPE = composition,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.composition_final,
	COMBINEFUNC = gapstats_internal.composition_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE composition(text, text, bigint) IS
'The same of texts. Other machines can aggregate these: Citus sends no aggregate to its nodes whose arguments are of any type, so cast what is none.';

CREATE AGGREGATE composition(unit text, group_name text) (
	SFUNC = gapstats_internal.composition_accum,
	STYPE = composition,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.composition_final,
	COMBINEFUNC = gapstats_internal.composition_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE composition(text, text) IS
'The same of texts. Other machines can aggregate these: Citus sends no aggregate to its nodes whose arguments are of any type, so cast what is none.';

CREATE AGGREGATE rollup(c composition) (
	SFUNC = gapstats_internal.composition_combine,
	STYPE = composition,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.composition_final,
	COMBINEFUNC = gapstats_internal.composition_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(composition) IS
'All students of several compositions; units of the same name are one. NULL compositions are skipped; none give NULL.';

-- Merging and taking away

CREATE FUNCTION gapstats_internal.composition_subtract(composition, composition) RETURNS composition
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.composition_subtract(composition, composition) IS 'implementation of - operator';

CREATE OPERATOR + (
	LEFTARG = composition, RIGHTARG = composition, FUNCTION = gapstats_internal.composition_combine, COMMUTATOR = +
);
COMMENT ON OPERATOR + (composition, composition) IS
	'the students of both, where units of the same name are one; commutative and associative to the bit. NULL is no students';

CREATE OPERATOR - (
	LEFTARG = composition, RIGHTARG = composition, FUNCTION = gapstats_internal.composition_subtract
);
COMMENT ON OPERATOR - (composition, composition) IS
	'take away students who were added; an error if they are not among those of the left side. NULL is no students. What is left is to the bit what the students who are left give';
