-- The type

CREATE TYPE distribution;

CREATE FUNCTION distribution_in(cstring) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distribution_in(cstring) IS
	'text input of distribution: {value:count, ...}, a count of 1 may be left out';

CREATE FUNCTION distribution_out(distribution) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distribution_out(distribution) IS
	'text output of distribution: loses nothing and depends on no setting';

CREATE FUNCTION distribution_recv(internal) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distribution_recv(internal) IS 'binary input of distribution';

CREATE FUNCTION distribution_send(distribution) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distribution_send(distribution) IS 'binary output of distribution';

CREATE TYPE distribution (
	INPUT = distribution_in,
	OUTPUT = distribution_out,
	RECEIVE = distribution_recv,
	SEND = distribution_send,
	STORAGE = extended,
	ALIGNMENT = double
);
COMMENT ON TYPE distribution IS
	'the values of a measure in a group and how often each occurs: exact up to 16,384 distinct values, coarse beyond';

-- Equality

CREATE FUNCTION distribution_eq(distribution, distribution) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distribution_eq(distribution, distribution) IS 'implementation of = operator';

CREATE FUNCTION distribution_ne(distribution, distribution) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distribution_ne(distribution, distribution) IS 'implementation of <> operator';

CREATE FUNCTION distribution_hash(distribution) RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distribution_hash(distribution) IS 'hash of a distribution';

CREATE OPERATOR = (
	LEFTARG = distribution, RIGHTARG = distribution, FUNCTION = distribution_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (distribution, distribution) IS
	'equal: the same values, each as often, at the same coarsening';

CREATE OPERATOR <> (
	LEFTARG = distribution, RIGHTARG = distribution, FUNCTION = distribution_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (distribution, distribution) IS 'not equal';

CREATE OPERATOR CLASS distribution_ops DEFAULT FOR TYPE distribution USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 distribution_hash(distribution);
COMMENT ON OPERATOR CLASS distribution_ops USING hash IS
	'lets distributions be grouped and made distinct';
COMMENT ON OPERATOR FAMILY distribution_ops USING hash IS
	'lets distributions be grouped and made distinct';

-- Merging and taking away

CREATE FUNCTION distribution_add(distribution, distribution) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distribution_add(distribution, distribution) IS 'implementation of + operator';

CREATE FUNCTION distribution_subtract(distribution, distribution) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distribution_subtract(distribution, distribution) IS 'implementation of - operator';

CREATE OPERATOR + (
	LEFTARG = distribution, RIGHTARG = distribution, FUNCTION = distribution_add, COMMUTATOR = +
);
COMMENT ON OPERATOR + (distribution, distribution) IS
	'the distribution of both groups together; commutative and associative to the bit';

CREATE OPERATOR - (
	LEFTARG = distribution, RIGHTARG = distribution, FUNCTION = distribution_subtract
);
COMMENT ON OPERATOR - (distribution, distribution) IS
	'take away what was added; an error if it is not part of the left side. A coarse distribution stays as coarse as it was';

-- Aggregates

CREATE FUNCTION distribution_accum(distribution, double precision) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distribution_accum(distribution, double precision) IS
	'transition function of distribution(double precision)';

CREATE FUNCTION distribution_accum(distribution, double precision, bigint) RETURNS distribution
	AS 'MODULE_PATHNAME', 'distribution_accum_count' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distribution_accum(distribution, double precision, bigint) IS
	'transition function of distribution(double precision, bigint)';

CREATE FUNCTION distribution_remove(distribution, double precision) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distribution_remove(distribution, double precision) IS
	'inverse transition function of distribution(double precision)';

CREATE FUNCTION distribution_remove(distribution, double precision, bigint) RETURNS distribution
	AS 'MODULE_PATHNAME', 'distribution_remove_count' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distribution_remove(distribution, double precision, bigint) IS
	'inverse transition function of distribution(double precision, bigint)';

CREATE FUNCTION distribution_combine(distribution, distribution) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distribution_combine(distribution, distribution) IS
	'combine function of distribution(), transition function of rollup(distribution)';

CREATE FUNCTION distribution_final(distribution) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distribution_final(distribution) IS
	'final function of distribution() and rollup(distribution)';

CREATE FUNCTION distribution_moving_final(distribution) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distribution_moving_final(distribution) IS
	'final function of distribution() over a window';

CREATE AGGREGATE distribution(double precision) (
	SFUNC = distribution_accum,
	STYPE = distribution,
	SSPACE = 1024,
	FINALFUNC = distribution_final,
	COMBINEFUNC = distribution_combine,
	MSFUNC = distribution_accum,
	MINVFUNC = distribution_remove,
	MSTYPE = distribution,
	MSSPACE = 1024,
	MINITCOND = '{}',
	MFINALFUNC = distribution_moving_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE distribution(double precision) IS
	'the distribution of a measure. NULL values are skipped; no value gives NULL; NaN and infinity are errors';

CREATE AGGREGATE distribution(double precision, bigint) (
	SFUNC = distribution_accum,
	STYPE = distribution,
	SSPACE = 1024,
	FINALFUNC = distribution_final,
	COMBINEFUNC = distribution_combine,
	MSFUNC = distribution_accum,
	MINVFUNC = distribution_remove,
	MSTYPE = distribution,
	MSSPACE = 1024,
	MINITCOND = '{}',
	MFINALFUNC = distribution_moving_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE distribution(double precision, bigint) IS
	'the distribution of a measure from rows of (value, how many). Rows with a NULL, or a count of 0, are skipped; a negative count is an error';

CREATE AGGREGATE rollup(distribution) (
	SFUNC = distribution_combine,
	STYPE = distribution,
	SSPACE = 4096,
	FINALFUNC = distribution_final,
	COMBINEFUNC = distribution_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(distribution) IS
	'the distribution of all groups together. NULL values are skipped; none gives NULL';

-- What it says

CREATE FUNCTION n(distribution) RETURNS bigint
	AS 'MODULE_PATHNAME', 'distribution_n' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION n(distribution) IS 'how many observations';

CREATE FUNCTION mean(distribution) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_mean' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION mean(distribution) IS
	'mean, from the exact sum, coarse or not; NULL if there are no observations';

CREATE FUNCTION variance(distribution) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_variance' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION variance(distribution) IS
	'sample variance (divisor n - 1), from the exact sums, coarse or not; NULL below 2 observations';

CREATE FUNCTION stddev(distribution) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_stddev' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION stddev(distribution) IS
	'sample standard deviation (divisor n - 1); NULL below 2 observations';

CREATE FUNCTION minimum(distribution) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_minimum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION minimum(distribution) IS
	'lowest value, within value_error(d); NULL if there are no observations';

CREATE FUNCTION maximum(distribution) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_maximum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION maximum(distribution) IS
	'highest value, within value_error(d); NULL if there are no observations';

CREATE FUNCTION percentile(distribution, p double precision) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_percentile' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION percentile(distribution, double precision) IS
	'value at fraction p (0 to 1), interpolated as percentile_cont does (Hyndman and Fan 1996, type 7) and equal to it to the last bit while exact; NULL if there are no observations';

CREATE FUNCTION percentiles(distribution, p double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'distribution_percentiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION percentiles(distribution, double precision[]) IS
	'values at several fractions (0 to 1), as an array of the same shape; a NULL fraction gives NULL';

CREATE FUNCTION percentile_rank(distribution, value double precision) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_percentile_rank' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION percentile_rank(distribution, double precision) IS
	'mid-percentile rank of a value, 0 to 100: 100 (n below + n at / 2) / n (Crocker and Algina 1986); NULL if there are no observations';

CREATE FUNCTION proficiency_rate(distribution, cut double precision) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_proficiency_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION proficiency_rate(distribution, double precision) IS
	'share of observations at or above a cut score, 0 to 1; NULL if there are no observations';

CREATE FUNCTION value_counts(distribution, OUT value double precision, OUT count bigint)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'distribution_value_counts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 300;
COMMENT ON FUNCTION value_counts(distribution) IS
	'the distinct values, ascending, and how often each occurs';

CREATE FUNCTION value_error(distribution) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_value_error' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION value_error(distribution) IS
	'bound on the relative error of a value: 0 while exact, 2^(level - 53) in a coarse distribution';
