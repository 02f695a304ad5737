-- Whether the rates of several groups differ at all

CREATE TYPE chi_squared_test AS (
	n_groups integer,
	n_groups_left_out integer,
	n bigint,
	rate double precision,
	chi_squared double precision,
	df integer,
	p_value double precision,
	smallest_expected double precision,
	is_small_expected boolean,
	reason text
);
COMMENT ON TYPE chi_squared_test IS 'whether the rates of several groups differ at all';
COMMENT ON COLUMN chi_squared_test.n_groups IS 'groups that are compared';
COMMENT ON COLUMN chi_squared_test.n_groups_left_out IS 'rows without students, or with a NULL count';
COMMENT ON COLUMN chi_squared_test.n IS 'students of the groups that are compared';
COMMENT ON COLUMN chi_squared_test.rate IS 'the rate of all of them together, 0..1';
COMMENT ON COLUMN chi_squared_test.chi_squared IS 'Pearson''s chi-squared of the groups'' rates against that of all, no continuity correction; of two groups it is the square of rate_gap''s z';
COMMENT ON COLUMN chi_squared_test.df IS 'degrees of freedom, n_groups - 1';
COMMENT ON COLUMN chi_squared_test.p_value IS 'chi-square p that all rates are equal';
COMMENT ON COLUMN chi_squared_test.smallest_expected IS 'students that the smallest cell would have if all rates were equal';
COMMENT ON COLUMN chi_squared_test.is_small_expected IS 'are these fewer than 5, so that p_value is rough (Cochran 1954)?';
COMMENT ON COLUMN chi_squared_test.reason IS 'why chi_squared, df and p_value are NULL: one_group (fewer than two groups), zero_variance (nobody has the outcome, or everybody); NULL where they are not';

CREATE FUNCTION gapstats_internal.chi_squared_test_accum(double precision[], x bigint, n bigint) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chi_squared_test_accum(double precision[], bigint, bigint) IS 'transition function of chi_squared_test';
CREATE FUNCTION gapstats_internal.chi_squared_test_combine(double precision[], double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chi_squared_test_combine(double precision[], double precision[]) IS 'combine function of chi_squared_test';
CREATE FUNCTION gapstats_internal.chi_squared_test_final(double precision[]) RETURNS chi_squared_test
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chi_squared_test_final(double precision[]) IS 'final function of chi_squared_test';

CREATE AGGREGATE chi_squared_test(x bigint, n bigint) (
	SFUNC = gapstats_internal.chi_squared_test_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.chi_squared_test_combine,
	FINALFUNC = gapstats_internal.chi_squared_test_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE chi_squared_test(bigint, bigint) IS
'Do the rates of several groups differ at all, before any two of them are compared? Pearson''s chi-squared (1900), from one row a group. SELECT (chi_squared_test(x, n)).* ... GROUP BY.
x: students of the group with the outcome; n: its students. Every student must be in one row: no row for all groups together, no two rows for a student.
A group without students, or with a NULL count, is left out and counted as such; leave out every group whose counts are suppressed where the result is published. Without rows the reason is one_group. The result does not depend on the order of rows.
Raises 22023 for x < 0, n < 0 or x > n, 22003 for more than 2^63 - 1 students.';
