
-- Two distributions side by side: the state of the aggregates that compare groups

CREATE TYPE distribution_pair;

CREATE FUNCTION distribution_pair_in(cstring) RETURNS distribution_pair
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distribution_pair_in(cstring) IS
	'text input of distribution_pair: focal {...} reference {...} missing FOCAL REFERENCE GROUP';

CREATE FUNCTION distribution_pair_out(distribution_pair) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distribution_pair_out(distribution_pair) IS
	'text output of distribution_pair: loses nothing and depends on no setting';

CREATE FUNCTION distribution_pair_recv(internal) RETURNS distribution_pair
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distribution_pair_recv(internal) IS 'binary input of distribution_pair';

CREATE FUNCTION distribution_pair_send(distribution_pair) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distribution_pair_send(distribution_pair) IS 'binary output of distribution_pair';

CREATE TYPE distribution_pair (
	INPUT = distribution_pair_in,
	OUTPUT = distribution_pair_out,
	RECEIVE = distribution_pair_recv,
	SEND = distribution_pair_send,
	STORAGE = extended,
	ALIGNMENT = double
);
COMMENT ON TYPE distribution_pair IS
	'the distributions of a focal and a reference group, with the rows that lacked a value or a group';

CREATE FUNCTION distribution_pair_accum(distribution_pair, double precision, boolean)
	RETURNS distribution_pair
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distribution_pair_accum(distribution_pair, double precision, boolean) IS
	'transition function of the aggregates over (score, is_focal)';

CREATE FUNCTION distribution_pair_combine(distribution_pair, distribution_pair)
	RETURNS distribution_pair
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distribution_pair_combine(distribution_pair, distribution_pair) IS
	'combine function of the aggregates over (score, is_focal)';
