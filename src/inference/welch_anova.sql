-- Whether the means of several groups differ at all

CREATE TYPE welch_anova AS (
	n_groups integer,
	n_groups_left_out integer,
	mean double precision,
	f double precision,
	df1 double precision,
	df2 double precision,
	p_value double precision,
	reason text
);
COMMENT ON TYPE welch_anova IS 'whether the means of several groups differ at all';
COMMENT ON COLUMN welch_anova.n_groups IS 'groups that are compared';
COMMENT ON COLUMN welch_anova.n_groups_left_out IS 'rows with fewer than 2 students, or with a NULL';
COMMENT ON COLUMN welch_anova.mean IS 'mean of the groups'' means, each weighted by n / sd^2: that with which they are compared, not the mean of all students';
COMMENT ON COLUMN welch_anova.f IS 'Welch''s F (1951); of two groups it is the square of t of gap';
COMMENT ON COLUMN welch_anova.df1 IS 'degrees of freedom of the numerator, n_groups - 1';
COMMENT ON COLUMN welch_anova.df2 IS 'degrees of freedom of the denominator; of two groups df of gap';
COMMENT ON COLUMN welch_anova.p_value IS 'p of F: that all means are equal';
COMMENT ON COLUMN welch_anova.reason IS 'why all but the counts is NULL: one_group (fewer than two groups), zero_variance (in one of them); or why f is: out_of_range; NULL where nothing is';

CREATE FUNCTION gapstats_internal.welch_anova_accum(double precision[], d distribution) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION gapstats_internal.welch_anova_accum(double precision[], distribution) IS 'transition function of welch_anova';
CREATE FUNCTION gapstats_internal.welch_anova_accum(double precision[], n bigint, mean double precision, sd double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'welch_anova_accum_numbers' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.welch_anova_accum(double precision[], bigint, double precision, double precision) IS 'transition function of welch_anova';
CREATE FUNCTION gapstats_internal.welch_anova_combine(double precision[], double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.welch_anova_combine(double precision[], double precision[]) IS 'combine function of welch_anova';
CREATE FUNCTION gapstats_internal.welch_anova_final(double precision[]) RETURNS welch_anova
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.welch_anova_final(double precision[]) IS 'final function of welch_anova';

CREATE AGGREGATE welch_anova(d distribution) (
	SFUNC = gapstats_internal.welch_anova_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.welch_anova_combine,
	FINALFUNC = gapstats_internal.welch_anova_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE welch_anova(distribution) IS
'Do the means of several groups differ at all, before any two of them are compared? Welch''s (1951) analysis of variance, which does not take the groups to vary alike (R''s oneway.test), from one distribution a group. SELECT (welch_anova(d)).* ... GROUP BY.
d: the scores of a group. Every student must be in one row: no row for all groups together, no two rows for a student.
A group with fewer than 2 students, or a NULL one, is left out and counted as such; leave out every group whose scores are suppressed where the result is published. Without rows the reason is one_group. The result does not depend on the order of rows.';

CREATE AGGREGATE welch_anova(n bigint, mean double precision, sd double precision) (
	SFUNC = gapstats_internal.welch_anova_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.welch_anova_combine,
	FINALFUNC = gapstats_internal.welch_anova_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE welch_anova(bigint, double precision, double precision) IS
'The same of groups of which only n, mean and standard deviation (divisor n - 1) are known. A row with a NULL is left out and counted as such.
Raises 22023 for n < 0 or sd < 0, 22003 for NaN and infinity.';
