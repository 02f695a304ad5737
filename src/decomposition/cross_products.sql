-- What least squares need of a focal and a reference group: sums of products

CREATE TYPE cross_products;

CREATE FUNCTION gapstats_internal.cross_products_in(cstring) RETURNS cross_products
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.cross_products_in(cstring) IS
	'text input of cross_products: the binary form in hexadecimal';

CREATE FUNCTION gapstats_internal.cross_products_out(cross_products) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.cross_products_out(cross_products) IS
	'text output of cross_products: the binary form in hexadecimal; loses nothing and depends on no setting';

CREATE FUNCTION gapstats_internal.cross_products_recv(internal) RETURNS cross_products
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.cross_products_recv(internal) IS 'binary input of cross_products';

CREATE FUNCTION gapstats_internal.cross_products_send(cross_products) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.cross_products_send(cross_products) IS 'binary output of cross_products';

CREATE TYPE cross_products (
	INPUT = gapstats_internal.cross_products_in,
	OUTPUT = gapstats_internal.cross_products_out,
	RECEIVE = gapstats_internal.cross_products_recv,
	SEND = gapstats_internal.cross_products_send,
	STORAGE = extended,
	ALIGNMENT = double
);
COMMENT ON TYPE cross_products IS
	'what regressions of a focal and a reference group need: exact sums of an outcome, of covariates and of their products, and how many rows lacked one; at most 64 covariates';

CREATE FUNCTION gapstats_internal.cross_products_accum(cross_products, double precision, boolean, double precision[])
	RETURNS cross_products
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.cross_products_accum(cross_products, double precision, boolean, double precision[]) IS
	'transition function of cross_products(outcome, is_focal, covariates)';

CREATE FUNCTION gapstats_internal.cross_products_combine(cross_products, cross_products) RETURNS cross_products
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.cross_products_combine(cross_products, cross_products) IS
	'combine function of cross_products(outcome, is_focal, covariates), transition function of rollup(cross_products), and implementation of + operator';

CREATE FUNCTION gapstats_internal.cross_products_final(cross_products) RETURNS cross_products
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.cross_products_final(cross_products) IS
	'final function of cross_products() and of rollup(cross_products)';

CREATE AGGREGATE cross_products(outcome double precision, is_focal boolean, covariates double precision[]) (
	SFUNC = gapstats_internal.cross_products_accum,
	STYPE = cross_products,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.cross_products_final,
	COMBINEFUNC = gapstats_internal.cross_products_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cross_products(double precision, boolean, double precision[]) IS
'What gap_decomposition needs of rows: to be asked, or stored and merged with rollup(). The same bits whatever the order of rows and the plan.
outcome: such as a score; is_focal: is the student in the focal group? covariates: numbers, as many in all rows, 64 at most; yes or no as 1 or 0.
A row without an outcome, without covariates, or with one that is NULL, is left out and counted, one without a group as well. No rows give NULL.
Raises 22023 for rows with other numbers of covariates, 22003 for NaN and infinity in a row that is not left out, 2202E for covariates of several dimensions, 54000 for more than 64.';

CREATE AGGREGATE rollup(products cross_products) (
	SFUNC = gapstats_internal.cross_products_combine,
	STYPE = cross_products,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.cross_products_final,
	COMBINEFUNC = gapstats_internal.cross_products_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(cross_products) IS
'The cross products of all rows together. NULL is skipped; none give NULL. Raises 22023 where some have another number of covariates.';

-- Merging and taking away

CREATE FUNCTION gapstats_internal.cross_products_subtract(cross_products, cross_products) RETURNS cross_products
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.cross_products_subtract(cross_products, cross_products) IS 'implementation of - operator';

CREATE OPERATOR + (
	LEFTARG = cross_products, RIGHTARG = cross_products, FUNCTION = gapstats_internal.cross_products_combine, COMMUTATOR = +
);
COMMENT ON OPERATOR + (cross_products, cross_products) IS
	'the cross products of all rows of both; commutative and associative to the bit. NULL is a group without students. An error where one has another number of covariates';

CREATE OPERATOR - (
	LEFTARG = cross_products, RIGHTARG = cross_products, FUNCTION = gapstats_internal.cross_products_subtract
);
COMMENT ON OPERATOR - (cross_products, cross_products) IS
	'take away rows that were added; an error if what is left would be of no rows. NULL is a group without students. What is left is to the bit what the rows that are left give';
