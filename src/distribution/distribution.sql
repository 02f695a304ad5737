-- The type

CREATE TYPE distribution;

CREATE FUNCTION gapstats_internal.distribution_in(cstring) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_in(cstring) IS
	'text input of distribution: {value:count, ...}, a count of 1 may be left out';

CREATE FUNCTION gapstats_internal.distribution_out(distribution) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_out(distribution) IS
	'text output of distribution: loses nothing and depends on no setting';

CREATE FUNCTION gapstats_internal.distribution_recv(internal) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_recv(internal) IS 'binary input of distribution';

CREATE FUNCTION gapstats_internal.distribution_send(distribution) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_send(distribution) IS 'binary output of distribution';

CREATE TYPE distribution (
	INPUT = gapstats_internal.distribution_in,
	OUTPUT = gapstats_internal.distribution_out,
	RECEIVE = gapstats_internal.distribution_recv,
	SEND = gapstats_internal.distribution_send,
	STORAGE = extended,
	ALIGNMENT = double
);
COMMENT ON TYPE distribution IS
	'the values of a measure in a group and how often each occurs: exact up to 16,384 distinct values, coarse beyond';

-- Equality and order

CREATE FUNCTION gapstats_internal.distribution_eq(distribution, distribution) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_eq(distribution, distribution) IS 'implementation of = operator';

CREATE FUNCTION gapstats_internal.distribution_ne(distribution, distribution) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_ne(distribution, distribution) IS 'implementation of <> operator';

CREATE FUNCTION gapstats_internal.distribution_lt(distribution, distribution) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_lt(distribution, distribution) IS 'implementation of < operator';

CREATE FUNCTION gapstats_internal.distribution_le(distribution, distribution) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_le(distribution, distribution) IS 'implementation of <= operator';

CREATE FUNCTION gapstats_internal.distribution_gt(distribution, distribution) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_gt(distribution, distribution) IS 'implementation of > operator';

CREATE FUNCTION gapstats_internal.distribution_ge(distribution, distribution) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_ge(distribution, distribution) IS 'implementation of >= operator';

CREATE FUNCTION gapstats_internal.distribution_cmp(distribution, distribution) RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_cmp(distribution, distribution) IS 'less than, equal to or greater than 0 as the first comes before, equals or comes after the second';

CREATE FUNCTION gapstats_internal.distribution_hash(distribution) RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_hash(distribution) IS 'hash of a distribution';

CREATE FUNCTION gapstats_internal.distribution_hash_extended(distribution, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_hash_extended(distribution, bigint) IS 'hash of a distribution, with a seed';

CREATE OPERATOR = (
	LEFTARG = distribution, RIGHTARG = distribution, FUNCTION = gapstats_internal.distribution_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (distribution, distribution) IS
	'equal: the same values, each as often, at the same coarsening';

CREATE OPERATOR <> (
	LEFTARG = distribution, RIGHTARG = distribution, FUNCTION = gapstats_internal.distribution_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (distribution, distribution) IS 'not equal';

CREATE OPERATOR < (
	LEFTARG = distribution, RIGHTARG = distribution, FUNCTION = gapstats_internal.distribution_lt,
	COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (distribution, distribution) IS
	'in the order of lowest values, then of how many have them, then of the next values; it is for sorting and DISTINCT, and means nothing else';

CREATE OPERATOR <= (
	LEFTARG = distribution, RIGHTARG = distribution, FUNCTION = gapstats_internal.distribution_le,
	COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (distribution, distribution) IS
	'in the order of lowest values, then of how many have them, then of the next values; it is for sorting and DISTINCT, and means nothing else';

CREATE OPERATOR > (
	LEFTARG = distribution, RIGHTARG = distribution, FUNCTION = gapstats_internal.distribution_gt,
	COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (distribution, distribution) IS
	'in the order of lowest values, then of how many have them, then of the next values; it is for sorting and DISTINCT, and means nothing else';

CREATE OPERATOR >= (
	LEFTARG = distribution, RIGHTARG = distribution, FUNCTION = gapstats_internal.distribution_ge,
	COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (distribution, distribution) IS
	'in the order of lowest values, then of how many have them, then of the next values; it is for sorting and DISTINCT, and means nothing else';

CREATE OPERATOR CLASS distribution_ops DEFAULT FOR TYPE distribution USING btree AS
	OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
	FUNCTION 1 gapstats_internal.distribution_cmp(distribution, distribution);
COMMENT ON OPERATOR CLASS distribution_ops USING btree IS 'lets distributions be sorted';
COMMENT ON OPERATOR FAMILY distribution_ops USING btree IS 'lets distributions be sorted';
CREATE OPERATOR CLASS distribution_ops DEFAULT FOR TYPE distribution USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 gapstats_internal.distribution_hash(distribution),
	FUNCTION 2 gapstats_internal.distribution_hash_extended(distribution, bigint);
COMMENT ON OPERATOR CLASS distribution_ops USING hash IS
	'lets distributions be grouped, made distinct and partitioned by';
COMMENT ON OPERATOR FAMILY distribution_ops USING hash IS
	'lets distributions be grouped, made distinct and partitioned by';

-- Merging and taking away

CREATE FUNCTION gapstats_internal.distribution_add(distribution, distribution) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_add(distribution, distribution) IS 'implementation of + operator';

CREATE FUNCTION gapstats_internal.distribution_subtract(distribution, distribution) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_subtract(distribution, distribution) IS 'implementation of - operator';

CREATE OPERATOR + (
	LEFTARG = distribution, RIGHTARG = distribution, FUNCTION = gapstats_internal.distribution_add, COMMUTATOR = +
);
COMMENT ON OPERATOR + (distribution, distribution) IS
	'the distribution of both groups together; commutative and associative to the bit. NULL is a group without students';

CREATE OPERATOR - (
	LEFTARG = distribution, RIGHTARG = distribution, FUNCTION = gapstats_internal.distribution_subtract
);
COMMENT ON OPERATOR - (distribution, distribution) IS
	'take away what was added; an error if it is not part of the left side. NULL is a group without students. A coarse distribution stays as coarse as it was';

-- Aggregates

CREATE FUNCTION gapstats_internal.distribution_accum(distribution, double precision) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE SUPPORT gapstats_internal.batch_support;
COMMENT ON FUNCTION gapstats_internal.distribution_accum(distribution, double precision) IS
	'transition function of distribution(double precision)';

CREATE FUNCTION gapstats_internal.distribution_accum(distribution, double precision, bigint) RETURNS distribution
	AS 'MODULE_PATHNAME', 'distribution_accum_count' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_accum(distribution, double precision, bigint) IS
	'transition function of distribution(double precision, bigint)';

CREATE FUNCTION gapstats_internal.distribution_moving_accum(distribution, double precision) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_moving_accum(distribution, double precision) IS 
	'transition function of distribution(double precision) over a moving frame';

CREATE FUNCTION gapstats_internal.distribution_moving_remove(distribution, double precision) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_moving_remove(distribution, double precision) IS 
	'inverse transition function of distribution(double precision)';

CREATE FUNCTION gapstats_internal.distribution_moving_accum(distribution, double precision, bigint) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_moving_accum(distribution, double precision, bigint) IS 
	'transition function of distribution(double precision, bigint) over a moving frame';

CREATE FUNCTION gapstats_internal.distribution_moving_remove(distribution, double precision, bigint) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_moving_remove(distribution, double precision, bigint) IS 
	'inverse transition function of distribution(double precision, bigint)';

CREATE FUNCTION gapstats_internal.distribution_combine(distribution, distribution) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_combine(distribution, distribution) IS
	'combine function of distribution(), transition function of rollup(distribution)';

CREATE FUNCTION gapstats_internal.distribution_final(distribution) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_final(distribution) IS
	'final function of distribution() and rollup(distribution)';

CREATE FUNCTION gapstats_internal.distribution_moving_final(distribution) RETURNS distribution
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.distribution_moving_final(distribution) IS
	'final function of distribution() over a window';

CREATE AGGREGATE distribution(value double precision) (
	SFUNC = gapstats_internal.distribution_accum,
	STYPE = distribution,
	SSPACE = 1024,
	FINALFUNC = gapstats_internal.distribution_final,
	COMBINEFUNC = gapstats_internal.distribution_combine,
	MSFUNC = gapstats_internal.distribution_moving_accum,
	MINVFUNC = gapstats_internal.distribution_moving_remove,
	MSTYPE = distribution,
	MSSPACE = 16384,
	MINITCOND = '{}',
	MFINALFUNC = gapstats_internal.distribution_moving_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE distribution(double precision) IS
	'the distribution of a measure. NULL values are skipped; no value gives NULL; NaN and infinity are errors';

CREATE AGGREGATE distribution(value double precision, n bigint) (
	SFUNC = gapstats_internal.distribution_accum,
	STYPE = distribution,
	SSPACE = 1024,
	FINALFUNC = gapstats_internal.distribution_final,
	COMBINEFUNC = gapstats_internal.distribution_combine,
	MSFUNC = gapstats_internal.distribution_moving_accum,
	MINVFUNC = gapstats_internal.distribution_moving_remove,
	MSTYPE = distribution,
	MSSPACE = 16384,
	MINITCOND = '{}',
	MFINALFUNC = gapstats_internal.distribution_moving_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE distribution(double precision, bigint) IS
	'the distribution of a measure from rows of (value, how many). Rows with a NULL, or a count of 0, are skipped; a negative count is an error';

CREATE AGGREGATE rollup(d distribution) (
	SFUNC = gapstats_internal.distribution_combine,
	STYPE = distribution,
	SSPACE = 4096,
	FINALFUNC = gapstats_internal.distribution_final,
	COMBINEFUNC = gapstats_internal.distribution_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(distribution) IS
	'the distribution of all groups together. NULL values are skipped; none gives NULL';

-- What it says

CREATE FUNCTION n(d distribution) RETURNS bigint
	AS 'MODULE_PATHNAME', 'distribution_n' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION n(distribution) IS
	'how many observations; 0 for NULL, which is a group without students';

CREATE FUNCTION mean(d distribution) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_mean' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION mean(distribution) IS
	'mean: the exact sum, coarse or not, divided by n and rounded once, so that it is never outside minimum and maximum; NULL if there are no observations';

CREATE FUNCTION variance(d distribution) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_variance' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION variance(distribution) IS
	'sample variance (divisor n - 1), from the exact sums, coarse or not; NULL below 2 observations; an error beyond the range of double precision, where stddev still has an answer';

CREATE FUNCTION stddev(d distribution) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_stddev' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION stddev(distribution) IS
	'sample standard deviation (divisor n - 1); NULL below 2 observations';

CREATE FUNCTION minimum(d distribution) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_minimum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION minimum(distribution) IS
	'lowest value, within value_error(d); NULL if there are no observations';

CREATE FUNCTION maximum(d distribution) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_maximum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION maximum(distribution) IS
	'highest value, within value_error(d); NULL if there are no observations';

CREATE FUNCTION percentile(d distribution, fraction double precision) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_percentile' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION percentile(distribution, double precision) IS
	'value at a fraction (0 to 1), interpolated as percentile_cont does (Hyndman and Fan 1996, type 7) and equal to it to the last bit while exact; NULL if there are no observations; an error for a fraction outside 0 to 1';

CREATE FUNCTION percentiles(d distribution, fractions double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'distribution_percentiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION percentiles(distribution, double precision[]) IS
	'values at several fractions (0 to 1), as an array of the same shape; a NULL fraction gives NULL';

CREATE FUNCTION value_counts(d distribution, OUT value double precision, OUT n bigint)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'distribution_value_counts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 300;
COMMENT ON FUNCTION value_counts(distribution) IS
	'the distinct values, ascending, and how often each occurs';

CREATE FUNCTION gapstats_internal.distribution_to_jsonb(d distribution) RETURNS jsonb
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000
	RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('value', v.value, 'n', v.n) ORDER BY v.value), '[]') FROM value_counts(d) AS v);
COMMENT ON FUNCTION gapstats_internal.distribution_to_jsonb(distribution) IS
	'the distinct values, ascending, and how often each occurs: [{"n": 2, "value": 212}]';
CREATE CAST (distribution AS jsonb) WITH FUNCTION gapstats_internal.distribution_to_jsonb(distribution);
COMMENT ON CAST (distribution AS jsonb) IS 'the distinct values, ascending, and how often each occurs: [{"n": 2, "value": 212}]';

CREATE FUNCTION value_error(d distribution) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_value_error' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION value_error(distribution) IS
	'bound on the relative error of a value: 0 while exact, 2^(level - 53) in a coarse distribution';

-- Counts at a cut. In a coarse distribution a cut may be within a bucket: then these are
-- estimates, as if the bucket's observations were evenly spread over it, and cut_error
-- says how far off they may be.

CREATE FUNCTION percentile_rank(d distribution, value double precision) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_percentile_rank' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION percentile_rank(distribution, double precision) IS
	'mid-percentile rank of a value, 0 to 100: 100 (n below + n at / 2) / n (Crocker and Algina 1986); NULL if there are no observations. An estimate where cut_error(d, value) is not 0';

CREATE FUNCTION proficient_count(d distribution, cut double precision) RETURNS bigint
	AS 'MODULE_PATHNAME', 'distribution_proficient_count' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION proficient_count(distribution, double precision) IS
	'how many observations are at or above a cut score: the x of all functions of rates, n(d) being their n; 0 for a NULL distribution, NULL for a NULL cut. An estimate where cut_error(d, cut) is not 0';

CREATE FUNCTION proficiency_rate(d distribution, cut double precision) RETURNS double precision
	AS 'MODULE_PATHNAME', 'distribution_proficiency_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION proficiency_rate(distribution, double precision) IS
	'share of observations at or above a cut score, 0 to 1; NULL if there are no observations. An estimate where cut_error(d, cut) is not 0';

CREATE FUNCTION cut_error(d distribution, cut double precision) RETURNS bigint
	AS 'MODULE_PATHNAME', 'distribution_cut_error' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cut_error(distribution, double precision) IS
	'by how many observations a count below, at or above a cut may be off: 0 while exact; in a coarse distribution at most how many are in the bucket of the cut';
