
-- Two distributions side by side: the state of the aggregates that compare groups

CREATE TYPE gapstats_internal.distribution_pair;

CREATE FUNCTION gapstats_internal.distribution_pair_in(cstring) RETURNS gapstats_internal.distribution_pair
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_pair_in(cstring) IS
	'text input of distribution_pair: focal {...} reference {...} missing FOCAL REFERENCE GROUP confidence CONFIDENCE';

CREATE FUNCTION gapstats_internal.distribution_pair_out(gapstats_internal.distribution_pair) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_pair_out(gapstats_internal.distribution_pair) IS
	'text output of distribution_pair: loses nothing and depends on no setting';

CREATE FUNCTION gapstats_internal.distribution_pair_recv(internal) RETURNS gapstats_internal.distribution_pair
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_pair_recv(internal) IS 'binary input of distribution_pair';

CREATE FUNCTION gapstats_internal.distribution_pair_send(gapstats_internal.distribution_pair) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_pair_send(gapstats_internal.distribution_pair) IS 'binary output of distribution_pair';

CREATE TYPE gapstats_internal.distribution_pair (
	INPUT = gapstats_internal.distribution_pair_in,
	OUTPUT = gapstats_internal.distribution_pair_out,
	RECEIVE = gapstats_internal.distribution_pair_recv,
	SEND = gapstats_internal.distribution_pair_send,
	STORAGE = extended,
	ALIGNMENT = double
);
COMMENT ON TYPE gapstats_internal.distribution_pair IS
	'the distributions of a focal and a reference group, with the rows that lacked a value or a group';

CREATE FUNCTION gapstats_internal.distribution_pair_accum(gapstats_internal.distribution_pair, double precision, boolean)
	RETURNS gapstats_internal.distribution_pair
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_pair_accum(gapstats_internal.distribution_pair, double precision, boolean) IS
	'transition function of the aggregates over (score, is_focal)';

CREATE FUNCTION gapstats_internal.distribution_pair_accum(gapstats_internal.distribution_pair, double precision, boolean, double precision)
	RETURNS gapstats_internal.distribution_pair
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_pair_accum(gapstats_internal.distribution_pair, double precision, boolean, double precision) IS
	'transition function of the aggregates over (score, is_focal, confidence)';

CREATE FUNCTION gapstats_internal.distribution_pair_moving_accum(gapstats_internal.distribution_pair, double precision, boolean)
	RETURNS gapstats_internal.distribution_pair
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_pair_moving_accum(gapstats_internal.distribution_pair, double precision, boolean) IS
	'transition function of the aggregates over (score, is_focal), over a moving frame';

CREATE FUNCTION gapstats_internal.distribution_pair_moving_accum(gapstats_internal.distribution_pair, double precision, boolean, double precision)
	RETURNS gapstats_internal.distribution_pair
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_pair_moving_accum(gapstats_internal.distribution_pair, double precision, boolean, double precision) IS
	'transition function of the aggregates over (score, is_focal, confidence), over a moving frame';

CREATE FUNCTION gapstats_internal.distribution_pair_moving_remove(gapstats_internal.distribution_pair, double precision, boolean)
	RETURNS gapstats_internal.distribution_pair
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_pair_moving_remove(gapstats_internal.distribution_pair, double precision, boolean) IS
	'inverse transition function of the aggregates over (score, is_focal)';

CREATE FUNCTION gapstats_internal.distribution_pair_moving_remove(gapstats_internal.distribution_pair, double precision, boolean, double precision)
	RETURNS gapstats_internal.distribution_pair
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_pair_moving_remove(gapstats_internal.distribution_pair, double precision, boolean, double precision) IS
	'inverse transition function of the aggregates over (score, is_focal, confidence)';

CREATE FUNCTION gapstats_internal.distribution_pair_combine(gapstats_internal.distribution_pair, gapstats_internal.distribution_pair)
	RETURNS gapstats_internal.distribution_pair
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_pair_combine(gapstats_internal.distribution_pair, gapstats_internal.distribution_pair) IS
	'combine function of the aggregates over (score, is_focal)';
