-- The gaps between the means of all groups at once

CREATE TYPE gap_by_group AS (
	n_focal integer,
	n_reference integer,
	n_missing_group integer,
	mean_focal double precision,
	mean_reference double precision,
	sd_focal double precision,
	sd_reference double precision,
	difference double precision,
	difference_se double precision,
	difference_lower double precision,
	difference_upper double precision,
	df double precision,
	t double precision,
	p_value double precision,
	cohens_d double precision,
	cohens_d_se double precision,
	cohens_d_lower double precision,
	cohens_d_upper double precision,
	hedges_g double precision,
	hedges_g_se double precision,
	hedges_g_lower double precision,
	hedges_g_upper double precision,
	v double precision,
	v_se double precision,
	v_lower double precision,
	v_upper double precision,
	reason text
);
COMMENT ON TYPE gap_by_group IS 'the gap between the mean of a group of a table and that of its reference';
COMMENT ON COLUMN gap_by_group.n_focal IS 'the group''s students with a score';
COMMENT ON COLUMN gap_by_group.n_reference IS 'the reference''s students with a score';
COMMENT ON COLUMN gap_by_group.n_missing_group IS 'students of the partition''s rows without a group, who are in no comparison';
COMMENT ON COLUMN gap_by_group.mean_focal IS 'mean of the focal group';
COMMENT ON COLUMN gap_by_group.mean_reference IS 'mean of the reference group';
COMMENT ON COLUMN gap_by_group.sd_focal IS 'standard deviation of the focal group (divisor n - 1)';
COMMENT ON COLUMN gap_by_group.sd_reference IS 'standard deviation of the reference group (divisor n - 1)';
COMMENT ON COLUMN gap_by_group.difference IS 'focal mean minus reference mean, in points of the scale';
COMMENT ON COLUMN gap_by_group.difference_se IS 'standard error of the difference (Welch 1947)';
COMMENT ON COLUMN gap_by_group.difference_lower IS 'lower confidence bound, by the t distribution (Welch)';
COMMENT ON COLUMN gap_by_group.difference_upper IS 'upper confidence bound, by the t distribution (Welch)';
COMMENT ON COLUMN gap_by_group.df IS 'degrees of freedom (Welch-Satterthwaite)';
COMMENT ON COLUMN gap_by_group.t IS 'Welch''s t';
COMMENT ON COLUMN gap_by_group.p_value IS 'two-sided p of t';
COMMENT ON COLUMN gap_by_group.cohens_d IS 'difference in pooled standard deviations (Cohen''s d)';
COMMENT ON COLUMN gap_by_group.cohens_d_se IS 'standard error of d (Hedges and Olkin 1985)';
COMMENT ON COLUMN gap_by_group.cohens_d_lower IS 'lower confidence bound, by the noncentral t distribution';
COMMENT ON COLUMN gap_by_group.cohens_d_upper IS 'upper confidence bound, by the noncentral t distribution';
COMMENT ON COLUMN gap_by_group.hedges_g IS 'Cohen''s d with the exact correction for small samples (Hedges 1981)';
COMMENT ON COLUMN gap_by_group.hedges_g_se IS 'standard error of g (Hedges and Olkin 1985)';
COMMENT ON COLUMN gap_by_group.hedges_g_lower IS 'lower confidence bound, by the noncentral t distribution';
COMMENT ON COLUMN gap_by_group.hedges_g_upper IS 'upper confidence bound, by the noncentral t distribution';
COMMENT ON COLUMN gap_by_group.v IS 'V: the gap in standard deviations that any increasing change of scale leaves alone (Ho 2009)';
COMMENT ON COLUMN gap_by_group.v_se IS 'standard error of V (DeLong et al. 1988, delta method)';
COMMENT ON COLUMN gap_by_group.v_lower IS 'lower confidence bound, normal';
COMMENT ON COLUMN gap_by_group.v_upper IS 'upper confidence bound, normal';
COMMENT ON COLUMN gap_by_group.reason IS 'why something is NULL, the first that applies: missing_group, is_reference, no_comparison, n_lt_1, n_lt_2, zero_variance, out_of_range, complete_separation (from everyone V is defined, and its error is not); or coarse: a group has more than 16,384 distinct scores, and V takes those of one bucket for ties. NULL where nothing is the matter';

CREATE FUNCTION gap_by_group(group_name anyelement, scores distribution, reference text DEFAULT 'others',
		reference_group anyelement DEFAULT NULL, require_reference boolean DEFAULT true,
		min_n_reference bigint DEFAULT 10, confidence double precision DEFAULT 0.95)
	RETURNS gap_by_group
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW COST 10000;
COMMENT ON FUNCTION gap_by_group(anyelement, distribution, text, anyelement, boolean, bigint, double precision) IS
'The gap of each group''s mean to one reference, for all groups of all strata at once: a window function over a table with one row a group, OVER (PARTITION BY stratum). Its statistics are those of mean_gap.
group_name: its name, of any type that sorts; scores: its distribution, NULL being a group without students.
reference: ''others'' (all other groups of the partition), ''everyone'' (the group itself among them) or ''highest'' (the group with the highest mean of those with at least min_n_reference students); reference_group: a named group instead. confidence: of the intervals, between 0 and 1. Options are the same in all rows of a partition.
All rows of the partition count, whatever the frame. The row''s own group is focal. From everyone the difference, d and g are those from the others times the others'' share of everyone, and so are their errors and bounds; t and p are the same.
A row without a group is in no comparison, reason missing_group, and its students are every other row''s n_missing_group. The reference''s own row has reason is_reference; a partition with nobody to compare with, reason no_comparison.
Raises 22023 for a group with two rows in a partition, a group whose name is all, all students, total, overall or everyone (in any case, with blanks around it, _ or - for the blank), an unknown reference, a reference_group that no row has (it lists those that there are; require_reference => false gives no_comparison instead), one beside a reference that is not the default, a negative min_n_reference, a confidence outside (0, 1) and options that differ; 22004 for a NULL option other than reference_group; 42883 for a group of a type that cannot be compared.';
