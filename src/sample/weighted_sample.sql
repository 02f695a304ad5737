-- The scores of a focal and a reference group, with sampling weights

CREATE TYPE weighted_sample;

CREATE FUNCTION gapstats_internal.weighted_sample_in(cstring) RETURNS weighted_sample
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.weighted_sample_in(cstring) IS
	'text input of weighted_sample: the binary form in hexadecimal';

CREATE FUNCTION gapstats_internal.weighted_sample_out(weighted_sample) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.weighted_sample_out(weighted_sample) IS
	'text output of weighted_sample: the binary form in hexadecimal; loses nothing and depends on no setting';

CREATE FUNCTION gapstats_internal.weighted_sample_recv(internal) RETURNS weighted_sample
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.weighted_sample_recv(internal) IS 'binary input of weighted_sample';

CREATE FUNCTION gapstats_internal.weighted_sample_send(weighted_sample) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.weighted_sample_send(weighted_sample) IS 'binary output of weighted_sample';

CREATE TYPE weighted_sample (
	INPUT = gapstats_internal.weighted_sample_in,
	OUTPUT = gapstats_internal.weighted_sample_out,
	RECEIVE = gapstats_internal.weighted_sample_recv,
	SEND = gapstats_internal.weighted_sample_send,
	STORAGE = extended,
	ALIGNMENT = double
);
COMMENT ON TYPE weighted_sample IS
	'the scores of a focal and a reference group with their sampling weights and clusters, and how many rows lacked one; at most 44,739,240 rows';

CREATE FUNCTION gapstats_internal.weighted_sample_accum(weighted_sample, double precision, boolean, double precision)
	RETURNS weighted_sample
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.weighted_sample_accum(weighted_sample, double precision, boolean, double precision) IS
	'transition function of the aggregates over (score, is_focal, weight)';

CREATE FUNCTION gapstats_internal.weighted_sample_accum(weighted_sample, double precision, boolean, double precision, bigint)
	RETURNS weighted_sample
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.weighted_sample_accum(weighted_sample, double precision, boolean, double precision, bigint) IS
	'transition function of the aggregates over (score, is_focal, weight, cluster)';

CREATE FUNCTION gapstats_internal.weighted_sample_accum(weighted_sample, double precision, boolean, double precision, bigint, double precision)
	RETURNS weighted_sample
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.weighted_sample_accum(weighted_sample, double precision, boolean, double precision, bigint, double precision) IS
	'transition function of the aggregates over (score, is_focal, weight, cluster, confidence)';

CREATE FUNCTION gapstats_internal.weighted_sample_combine(weighted_sample, weighted_sample) RETURNS weighted_sample
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.weighted_sample_combine(weighted_sample, weighted_sample) IS
	'combine function of the aggregates over (score, is_focal, weight), transition function of rollup(weighted_sample), and implementation of + operator';

CREATE FUNCTION gapstats_internal.weighted_sample_final(weighted_sample) RETURNS weighted_sample
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.weighted_sample_final(weighted_sample) IS
	'final function of weighted_sample() and of rollup(weighted_sample)';

CREATE AGGREGATE weighted_sample(score double precision, is_focal boolean, weight double precision) (
	SFUNC = gapstats_internal.weighted_sample_accum,
	STYPE = weighted_sample,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.weighted_sample_final,
	COMBINEFUNC = gapstats_internal.weighted_sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE weighted_sample(double precision, boolean, double precision) IS
'The rows themselves, to be stored, merged with rollup(), and asked with weighted_gap(). Rows are taken or left as in weighted_gap(score, is_focal, weight). No rows give NULL.';

CREATE AGGREGATE weighted_sample(score double precision, is_focal boolean, weight double precision,
		cluster bigint) (
	SFUNC = gapstats_internal.weighted_sample_accum,
	STYPE = weighted_sample,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.weighted_sample_final,
	COMBINEFUNC = gapstats_internal.weighted_sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE weighted_sample(double precision, boolean, double precision, bigint) IS
'The same with clusters.';

CREATE AGGREGATE rollup(sample weighted_sample) (
	SFUNC = gapstats_internal.weighted_sample_combine,
	STYPE = weighted_sample,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.weighted_sample_final,
	COMBINEFUNC = gapstats_internal.weighted_sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(weighted_sample) IS
'All rows of several samples. NULL samples are skipped; none give NULL. Raises 22023 where some have clusters and some have not.';

-- Merging and taking away

CREATE FUNCTION gapstats_internal.weighted_sample_subtract(weighted_sample, weighted_sample) RETURNS weighted_sample
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.weighted_sample_subtract(weighted_sample, weighted_sample) IS 'implementation of - operator';

CREATE OPERATOR + (
	LEFTARG = weighted_sample, RIGHTARG = weighted_sample, FUNCTION = gapstats_internal.weighted_sample_combine, COMMUTATOR = +
);
COMMENT ON OPERATOR + (weighted_sample, weighted_sample) IS
	'all rows of both; commutative and associative to the bit. NULL is a group without students. An error where one has clusters and the other has not';

CREATE OPERATOR - (
	LEFTARG = weighted_sample, RIGHTARG = weighted_sample, FUNCTION = gapstats_internal.weighted_sample_subtract
);
COMMENT ON OPERATOR - (weighted_sample, weighted_sample) IS
	'take away rows that were added; an error if they are not among those of the left side. NULL is a group without students. What is left is to the bit what a sample of those rows is';
