-- How much of the variance lies between groups, and how much within

CREATE TYPE anova AS (
	n_groups integer,
	n_groups_left_out integer,
	mean double precision,
	ss_between double precision,
	ss_within double precision,
	f double precision,
	df1 double precision,
	df2 double precision,
	p_value double precision,
	eta_squared double precision,
	omega_squared double precision,
	epsilon_squared double precision,
	n0 double precision,
	icc double precision,
	tau_squared double precision,
	icc_reml double precision,
	tau_squared_reml double precision,
	sigma_squared_reml double precision,
	reason text
);
COMMENT ON TYPE anova IS 'how much of the variance lies between groups, and how much within';
COMMENT ON COLUMN anova.n_groups IS 'groups with students';
COMMENT ON COLUMN anova.n_groups_left_out IS 'rows without students, or with a NULL';
COMMENT ON COLUMN anova.mean IS 'mean of all students';
COMMENT ON COLUMN anova.ss_between IS 'sum of squares between groups';
COMMENT ON COLUMN anova.ss_within IS 'sum of squares within groups';
COMMENT ON COLUMN anova.f IS 'F: the mean square between groups divided by that within';
COMMENT ON COLUMN anova.df1 IS 'degrees of freedom between groups, n_groups - 1';
COMMENT ON COLUMN anova.df2 IS 'degrees of freedom within groups, students minus n_groups';
COMMENT ON COLUMN anova.p_value IS 'p of F: that all means are equal, of groups that vary alike';
COMMENT ON COLUMN anova.eta_squared IS 'eta squared, 0..1: the share of the sum of squares that lies between groups; chance alone makes it more than 0';
COMMENT ON COLUMN anova.omega_squared IS 'omega squared (Hays 1963): the same without what chance makes; below 0 where there is less than that';
COMMENT ON COLUMN anova.epsilon_squared IS 'epsilon squared (Kelley 1935): as omega squared, a little above it';
COMMENT ON COLUMN anova.n0 IS 'students of a typical group, (N - sum n^2 / N) / (n_groups - 1)';
COMMENT ON COLUMN anova.icc IS 'intraclass correlation ICC(1), with n0: the share of the variance that lies between groups such as these; below 0 where groups differ less than chance would have it';
COMMENT ON COLUMN anova.tau_squared IS 'variance between groups: (mean square between - mean square within) / n0; may be below 0';
COMMENT ON COLUMN anova.icc_reml IS 'the same share by restricted maximum likelihood (REML), 0..1: that of icc where groups are of one size, and else less moved by the largest';
COMMENT ON COLUMN anova.tau_squared_reml IS 'variance between groups by REML, at least 0';
COMMENT ON COLUMN anova.sigma_squared_reml IS 'variance within groups by REML';
COMMENT ON COLUMN anova.reason IS 'why all but the counts is NULL: one_group (fewer than two groups), n_lt_2 (no group has two students), zero_variance (all scores are one); or why f, p_value and what is by REML are: zero_variance (in all groups), or f is: out_of_range; NULL where nothing is';

CREATE FUNCTION gapstats_internal.anova_accum(double precision[], d distribution) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION gapstats_internal.anova_accum(double precision[], distribution) IS 'transition function of anova';
CREATE FUNCTION gapstats_internal.anova_accum(double precision[], n bigint, mean double precision, sd double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'anova_accum_numbers' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.anova_accum(double precision[], bigint, double precision, double precision) IS 'transition function of anova';
CREATE FUNCTION gapstats_internal.anova_combine(double precision[], double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.anova_combine(double precision[], double precision[]) IS 'combine function of anova';
CREATE FUNCTION gapstats_internal.anova_final(double precision[]) RETURNS anova
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.anova_final(double precision[]) IS 'final function of anova';

CREATE AGGREGATE anova(d distribution) (
	SFUNC = gapstats_internal.anova_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.anova_combine,
	FINALFUNC = gapstats_internal.anova_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE anova(distribution) IS
'How much of the variance of scores lies between groups such as schools, and how much within: the analysis of variance of one factor, from one distribution a group. SELECT (anova(d)).* ... GROUP BY. For a test of groups that do not vary alike, welch_anova.
d: the scores of a group. Every student must be in one row. A group without students, or a NULL one, is left out and counted as such; leave out every group whose scores are suppressed where the result is published. Without rows the reason is one_group. The result does not depend on the order of rows.
Raises 22003 where a sum of squares is beyond the range of double precision.';

CREATE AGGREGATE anova(n bigint, mean double precision, sd double precision) (
	SFUNC = gapstats_internal.anova_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.anova_combine,
	FINALFUNC = gapstats_internal.anova_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE anova(bigint, double precision, double precision) IS
'The same of groups of which only n, mean and standard deviation (divisor n - 1) are known; of one student sd may be NULL. A row with another NULL is left out and counted as such.
Raises 22023 for n < 0 or sd < 0, 22003 for NaN and infinity.';
