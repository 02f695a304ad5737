-- By how much more treated students changed than others

CREATE TYPE difference_in_differences AS (
	n_pre_control integer,
	n_pre_treated integer,
	n_post_control integer,
	n_post_treated integer,
	n_missing_pre_control integer,
	n_missing_pre_treated integer,
	n_missing_post_control integer,
	n_missing_post_treated integer,
	n_missing_group integer,
	mean_pre_control double precision,
	mean_pre_treated double precision,
	mean_post_control double precision,
	mean_post_treated double precision,
	gap_pre double precision,
	gap_pre_se double precision,
	gap_pre_lower double precision,
	gap_pre_upper double precision,
	effect double precision,
	effect_se double precision,
	effect_lower double precision,
	effect_upper double precision,
	df double precision,
	t double precision,
	p_value double precision,
	reason text
);
COMMENT ON TYPE difference_in_differences IS 'by how much more treated students changed than others';
COMMENT ON COLUMN difference_in_differences.n_pre_control IS 'outcomes of others, before';
COMMENT ON COLUMN difference_in_differences.n_pre_treated IS 'outcomes of treated students, before';
COMMENT ON COLUMN difference_in_differences.n_post_control IS 'outcomes of others, after';
COMMENT ON COLUMN difference_in_differences.n_post_treated IS 'outcomes of treated students, after';
COMMENT ON COLUMN difference_in_differences.n_missing_pre_control IS 'rows without an outcome, of others, before';
COMMENT ON COLUMN difference_in_differences.n_missing_pre_treated IS 'rows without an outcome, of treated students, before';
COMMENT ON COLUMN difference_in_differences.n_missing_post_control IS 'rows without an outcome, of others, after';
COMMENT ON COLUMN difference_in_differences.n_missing_post_treated IS 'rows without an outcome, of treated students, after';
COMMENT ON COLUMN difference_in_differences.n_missing_group IS 'rows of which is_treated or is_post is not known; of distributions, the outcomes in them';
COMMENT ON COLUMN difference_in_differences.mean_pre_control IS 'mean outcome of others, before';
COMMENT ON COLUMN difference_in_differences.mean_pre_treated IS 'mean outcome of treated students, before';
COMMENT ON COLUMN difference_in_differences.mean_post_control IS 'mean outcome of others, after';
COMMENT ON COLUMN difference_in_differences.mean_post_treated IS 'mean outcome of treated students, after';
COMMENT ON COLUMN difference_in_differences.gap_pre IS 'treated minus others before: groups that were unlike to begin with are less likely to have changed alike';
COMMENT ON COLUMN difference_in_differences.gap_pre_se IS 'its standard error (Welch 1947)';
COMMENT ON COLUMN difference_in_differences.gap_pre_lower IS 'lower confidence bound';
COMMENT ON COLUMN difference_in_differences.gap_pre_upper IS 'upper confidence bound';
COMMENT ON COLUMN difference_in_differences.effect IS 'difference in differences: the change of the treated minus that of the others. It is the effect of the treatment only under parallel trends: if without it the treated would have changed as much as the others did, which is assumed, not tested';
COMMENT ON COLUMN difference_in_differences.effect_se IS 'standard error, the root of the sum of s^2 / n over the four cells (HC2 of the regression with the interaction); of the same students twice that of their own changes';
COMMENT ON COLUMN difference_in_differences.effect_lower IS 'lower confidence bound';
COMMENT ON COLUMN difference_in_differences.effect_upper IS 'upper confidence bound';
COMMENT ON COLUMN difference_in_differences.df IS 'Welch-Satterthwaite degrees of freedom over the cells';
COMMENT ON COLUMN difference_in_differences.t IS 'effect / effect_se';
COMMENT ON COLUMN difference_in_differences.p_value IS 'two-sided p of t';
COMMENT ON COLUMN difference_in_differences.reason IS 'why something is NULL: empty_cell, n_lt_2 (of some cell; the effect has no error), zero_variance (in all cells; of those before it leaves the effect its error), out_of_range (of t); NULL where nothing is';

CREATE FUNCTION gapstats_internal.difference_in_differences_accum(gapstats_internal.outcome_cells, double precision, boolean, boolean)
	RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.difference_in_differences_accum(gapstats_internal.outcome_cells, double precision, boolean, boolean) IS 'transition function of difference_in_differences';
CREATE FUNCTION gapstats_internal.difference_in_differences_accum(gapstats_internal.outcome_cells, double precision, boolean, boolean, double precision)
	RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.difference_in_differences_accum(gapstats_internal.outcome_cells, double precision, boolean, boolean, double precision) IS 'transition function of difference_in_differences';
CREATE FUNCTION gapstats_internal.difference_in_differences_accum(gapstats_internal.outcome_cells, boolean, boolean, boolean)
	RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME', 'difference_in_differences_accum_boolean' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.difference_in_differences_accum(gapstats_internal.outcome_cells, boolean, boolean, boolean) IS 'transition function of difference_in_differences of yes or no';
CREATE FUNCTION gapstats_internal.difference_in_differences_accum(gapstats_internal.outcome_cells, boolean, boolean, boolean, double precision)
	RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME', 'difference_in_differences_accum_boolean' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.difference_in_differences_accum(gapstats_internal.outcome_cells, boolean, boolean, boolean, double precision) IS 'transition function of difference_in_differences of yes or no';
CREATE FUNCTION gapstats_internal.difference_in_differences_accum(gapstats_internal.outcome_cells, distribution, boolean, boolean)
	RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME', 'difference_in_differences_accum_distribution' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.difference_in_differences_accum(gapstats_internal.outcome_cells, distribution, boolean, boolean) IS 'transition function of difference_in_differences of distributions';
CREATE FUNCTION gapstats_internal.difference_in_differences_accum(gapstats_internal.outcome_cells, distribution, boolean, boolean, double precision)
	RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME', 'difference_in_differences_accum_distribution' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.difference_in_differences_accum(gapstats_internal.outcome_cells, distribution, boolean, boolean, double precision) IS 'transition function of difference_in_differences of distributions';
CREATE FUNCTION gapstats_internal.difference_in_differences_accum(gapstats_internal.outcome_cells, double precision, double precision, boolean)
	RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME', 'difference_in_differences_accum_paired' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.difference_in_differences_accum(gapstats_internal.outcome_cells, double precision, double precision, boolean) IS 'transition function of difference_in_differences of the same students twice';
CREATE FUNCTION gapstats_internal.difference_in_differences_accum(gapstats_internal.outcome_cells, double precision, double precision, boolean, double precision)
	RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME', 'difference_in_differences_accum_paired' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.difference_in_differences_accum(gapstats_internal.outcome_cells, double precision, double precision, boolean, double precision) IS 'transition function of difference_in_differences of the same students twice';
CREATE FUNCTION gapstats_internal.difference_in_differences_final(gapstats_internal.outcome_cells) RETURNS difference_in_differences
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.difference_in_differences_final(gapstats_internal.outcome_cells) IS 'final function of difference_in_differences';
CREATE FUNCTION gapstats_internal.difference_in_differences_final_paired(gapstats_internal.outcome_cells) RETURNS difference_in_differences
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.difference_in_differences_final_paired(gapstats_internal.outcome_cells) IS 'final function of difference_in_differences of the same students twice';

CREATE AGGREGATE difference_in_differences(outcome double precision, is_treated boolean, is_post boolean) (
	SFUNC = gapstats_internal.difference_in_differences_accum,
	STYPE = gapstats_internal.outcome_cells,
	SSPACE = 4000,
	FINALFUNC = gapstats_internal.difference_in_differences_final,
	COMBINEFUNC = gapstats_internal.outcome_cells_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE difference_in_differences(double precision, boolean, boolean) IS
'Difference in differences: by how much more the outcomes of the rows where is_treated changed, from those where is_post is false to those where it is true, than the outcomes of the others. With Welch-Satterthwaite degrees of freedom over the four cells, the gap before, and 95% bounds. SELECT (difference_in_differences(score, in_programme, year = 2025)).* ... GROUP BY; the difference between two groups is triple_difference.
Assumes parallel trends, that without the programme the treated would have changed as much as the others did; this is not tested, and cannot be from these four cells: look at earlier years. Assumes that the rows are of independent students; for the same students before and after, (earlier, later, is_treated); of whole schools that were treated, the error is too small.
A row without an outcome, or of which is_treated or is_post is NULL, is left out and counted as missing. What is undefined is NULL, with a reason. The result depends on no order and no plan.
Raises 22003 for an outcome that is NaN or infinite, and where a result is beyond the range of double precision.';

CREATE AGGREGATE difference_in_differences(outcome double precision, is_treated boolean, is_post boolean, confidence double precision) (
	SFUNC = gapstats_internal.difference_in_differences_accum,
	STYPE = gapstats_internal.outcome_cells,
	SSPACE = 4000,
	FINALFUNC = gapstats_internal.difference_in_differences_final,
	COMBINEFUNC = gapstats_internal.outcome_cells_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE difference_in_differences(double precision, boolean, boolean, double precision) IS
'The same with intervals of another confidence: between 0 and 1, equal in all rows.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or not the same in all rows.';

CREATE AGGREGATE difference_in_differences(outcome boolean, is_treated boolean, is_post boolean) (
	SFUNC = gapstats_internal.difference_in_differences_accum,
	STYPE = gapstats_internal.outcome_cells,
	SSPACE = 4000,
	FINALFUNC = gapstats_internal.difference_in_differences_final,
	COMBINEFUNC = gapstats_internal.outcome_cells_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE difference_in_differences(boolean, boolean, boolean) IS
'The same of outcomes that are yes or no: means are rates, and their variances p (1 - p) / (n - 1). Assumes parallel trends, of rates.';

CREATE AGGREGATE difference_in_differences(outcome boolean, is_treated boolean, is_post boolean, confidence double precision) (
	SFUNC = gapstats_internal.difference_in_differences_accum,
	STYPE = gapstats_internal.outcome_cells,
	SSPACE = 4000,
	FINALFUNC = gapstats_internal.difference_in_differences_final,
	COMBINEFUNC = gapstats_internal.outcome_cells_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE difference_in_differences(boolean, boolean, boolean, double precision) IS
'The same with intervals of another confidence: between 0 and 1, equal in all rows.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or not the same in all rows.';

CREATE AGGREGATE difference_in_differences(d distribution, is_treated boolean, is_post boolean) (
	SFUNC = gapstats_internal.difference_in_differences_accum,
	STYPE = gapstats_internal.outcome_cells,
	SSPACE = 4000,
	FINALFUNC = gapstats_internal.difference_in_differences_final,
	COMBINEFUNC = gapstats_internal.outcome_cells_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE difference_in_differences(distribution, boolean, boolean) IS
'The same from stored distributions, of which there may be any number in each of the four cells. Assumes parallel trends. A NULL one is left out. gap_change does it of four that are at hand.';

CREATE AGGREGATE difference_in_differences(d distribution, is_treated boolean, is_post boolean, confidence double precision) (
	SFUNC = gapstats_internal.difference_in_differences_accum,
	STYPE = gapstats_internal.outcome_cells,
	SSPACE = 4000,
	FINALFUNC = gapstats_internal.difference_in_differences_final,
	COMBINEFUNC = gapstats_internal.outcome_cells_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE difference_in_differences(distribution, boolean, boolean, double precision) IS
'The same with intervals of another confidence: between 0 and 1, equal in all rows.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or not the same in all rows.';

CREATE AGGREGATE difference_in_differences(earlier double precision, later double precision, is_treated boolean) (
	SFUNC = gapstats_internal.difference_in_differences_accum,
	STYPE = gapstats_internal.outcome_cells,
	SSPACE = 4000,
	FINALFUNC = gapstats_internal.difference_in_differences_final_paired,
	COMBINEFUNC = gapstats_internal.outcome_cells_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE difference_in_differences(double precision, double precision, boolean) IS
'The same of students who are in both years, one row a student: the mean of their own changes, later minus earlier, of the treated minus that of the others, by Welch''s test of the two groups of changes. Assumes parallel trends.
Who lacks one of both outcomes is left out, and counted as missing in the year that she lacks.';

CREATE AGGREGATE difference_in_differences(earlier double precision, later double precision, is_treated boolean, confidence double precision) (
	SFUNC = gapstats_internal.difference_in_differences_accum,
	STYPE = gapstats_internal.outcome_cells,
	SSPACE = 4000,
	FINALFUNC = gapstats_internal.difference_in_differences_final_paired,
	COMBINEFUNC = gapstats_internal.outcome_cells_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE difference_in_differences(double precision, double precision, boolean, double precision) IS
'The same with intervals of another confidence: between 0 and 1, equal in all rows.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or not the same in all rows.';

CREATE TYPE triple_difference AS (
	n_pre_control_focal integer,
	n_pre_treated_focal integer,
	n_post_control_focal integer,
	n_post_treated_focal integer,
	n_pre_control_reference integer,
	n_pre_treated_reference integer,
	n_post_control_reference integer,
	n_post_treated_reference integer,
	n_missing_focal integer,
	n_missing_reference integer,
	n_missing_group integer,
	effect_focal double precision,
	effect_focal_se double precision,
	effect_focal_lower double precision,
	effect_focal_upper double precision,
	effect_reference double precision,
	effect_reference_se double precision,
	effect_reference_lower double precision,
	effect_reference_upper double precision,
	difference double precision,
	difference_se double precision,
	difference_lower double precision,
	difference_upper double precision,
	df double precision,
	t double precision,
	p_value double precision,
	reason text
);
COMMENT ON TYPE triple_difference IS 'by how much more a programme did for a focal group than for a reference group';
COMMENT ON COLUMN triple_difference.n_pre_control_focal IS 'outcomes of others, before, in the focal group';
COMMENT ON COLUMN triple_difference.n_pre_treated_focal IS 'outcomes of treated students, before, in the focal group';
COMMENT ON COLUMN triple_difference.n_post_control_focal IS 'outcomes of others, after, in the focal group';
COMMENT ON COLUMN triple_difference.n_post_treated_focal IS 'outcomes of treated students, after, in the focal group';
COMMENT ON COLUMN triple_difference.n_pre_control_reference IS 'outcomes of others, before, in the reference group';
COMMENT ON COLUMN triple_difference.n_pre_treated_reference IS 'outcomes of treated students, before, in the reference group';
COMMENT ON COLUMN triple_difference.n_post_control_reference IS 'outcomes of others, after, in the reference group';
COMMENT ON COLUMN triple_difference.n_post_treated_reference IS 'outcomes of treated students, after, in the reference group';
COMMENT ON COLUMN triple_difference.n_missing_focal IS 'rows without an outcome, of the focal group';
COMMENT ON COLUMN triple_difference.n_missing_reference IS 'rows without an outcome, of the reference group';
COMMENT ON COLUMN triple_difference.n_missing_group IS 'rows of which is_treated, is_post or is_focal is not known; of distributions, the outcomes in them';
COMMENT ON COLUMN triple_difference.effect_focal IS 'difference in differences of the focal group; its effect under parallel trends';
COMMENT ON COLUMN triple_difference.effect_focal_se IS 'its standard error, over four cells';
COMMENT ON COLUMN triple_difference.effect_focal_lower IS 'lower confidence bound';
COMMENT ON COLUMN triple_difference.effect_focal_upper IS 'upper confidence bound';
COMMENT ON COLUMN triple_difference.effect_reference IS 'difference in differences of the reference group; its effect under parallel trends';
COMMENT ON COLUMN triple_difference.effect_reference_se IS 'its standard error, over four cells';
COMMENT ON COLUMN triple_difference.effect_reference_lower IS 'lower confidence bound';
COMMENT ON COLUMN triple_difference.effect_reference_upper IS 'upper confidence bound';
COMMENT ON COLUMN triple_difference.difference IS 'effect of the focal group minus that of the reference group: positive where the programme did more for the focal group';
COMMENT ON COLUMN triple_difference.difference_se IS 'its standard error, over eight cells';
COMMENT ON COLUMN triple_difference.difference_lower IS 'lower confidence bound';
COMMENT ON COLUMN triple_difference.difference_upper IS 'upper confidence bound';
COMMENT ON COLUMN triple_difference.df IS 'Welch-Satterthwaite degrees of freedom over the eight cells';
COMMENT ON COLUMN triple_difference.t IS 'difference / difference_se';
COMMENT ON COLUMN triple_difference.p_value IS 'two-sided p of t';
COMMENT ON COLUMN triple_difference.reason IS 'why something is NULL: empty_cell, n_lt_2 (of some cell), zero_variance (in all cells; of one group it leaves the difference its error), out_of_range (of t); NULL where nothing is';

CREATE FUNCTION gapstats_internal.triple_difference_accum(gapstats_internal.outcome_cells, double precision, boolean, boolean, boolean)
	RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.triple_difference_accum(gapstats_internal.outcome_cells, double precision, boolean, boolean, boolean) IS 'transition function of triple_difference';
CREATE FUNCTION gapstats_internal.triple_difference_accum(gapstats_internal.outcome_cells, double precision, boolean, boolean, boolean, double precision)
	RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.triple_difference_accum(gapstats_internal.outcome_cells, double precision, boolean, boolean, boolean, double precision) IS 'transition function of triple_difference';
CREATE FUNCTION gapstats_internal.triple_difference_accum(gapstats_internal.outcome_cells, boolean, boolean, boolean, boolean)
	RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME', 'triple_difference_accum_boolean' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.triple_difference_accum(gapstats_internal.outcome_cells, boolean, boolean, boolean, boolean) IS 'transition function of triple_difference of yes or no';
CREATE FUNCTION gapstats_internal.triple_difference_accum(gapstats_internal.outcome_cells, boolean, boolean, boolean, boolean, double precision)
	RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME', 'triple_difference_accum_boolean' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.triple_difference_accum(gapstats_internal.outcome_cells, boolean, boolean, boolean, boolean, double precision) IS 'transition function of triple_difference of yes or no';
CREATE FUNCTION gapstats_internal.triple_difference_accum(gapstats_internal.outcome_cells, distribution, boolean, boolean, boolean)
	RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME', 'triple_difference_accum_distribution' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.triple_difference_accum(gapstats_internal.outcome_cells, distribution, boolean, boolean, boolean) IS 'transition function of triple_difference of distributions';
CREATE FUNCTION gapstats_internal.triple_difference_accum(gapstats_internal.outcome_cells, distribution, boolean, boolean, boolean, double precision)
	RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME', 'triple_difference_accum_distribution' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.triple_difference_accum(gapstats_internal.outcome_cells, distribution, boolean, boolean, boolean, double precision) IS 'transition function of triple_difference of distributions';
CREATE FUNCTION gapstats_internal.triple_difference_final(gapstats_internal.outcome_cells) RETURNS triple_difference
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.triple_difference_final(gapstats_internal.outcome_cells) IS 'final function of triple_difference';

CREATE AGGREGATE triple_difference(outcome double precision, is_treated boolean, is_post boolean, is_focal boolean) (
	SFUNC = gapstats_internal.triple_difference_accum,
	STYPE = gapstats_internal.outcome_cells,
	SSPACE = 7000,
	FINALFUNC = gapstats_internal.triple_difference_final,
	COMBINEFUNC = gapstats_internal.outcome_cells_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE triple_difference(double precision, boolean, boolean, boolean) IS
'By how much more a programme did for the students where is_focal than for the others: the difference in differences of the focal group minus that of the reference group (Gruber 1994), from eight cells, with Welch-Satterthwaite degrees of freedom and 95% bounds. SELECT (triple_difference(score, in_programme, year = 2025, race = ''Black'')).* FROM ...
Assumes that without the programme the trends of treated and others would have been parallel, or that in both groups they would have differed by as much; this is not tested.
A row without an outcome, or of which one of the three is NULL, is left out and counted as missing. What is undefined is NULL, with a reason. The result depends on no order and no plan.
Raises 22003 for an outcome that is NaN or infinite, and where a result is beyond the range of double precision.';

CREATE AGGREGATE triple_difference(outcome double precision, is_treated boolean, is_post boolean, is_focal boolean, confidence double precision) (
	SFUNC = gapstats_internal.triple_difference_accum,
	STYPE = gapstats_internal.outcome_cells,
	SSPACE = 7000,
	FINALFUNC = gapstats_internal.triple_difference_final,
	COMBINEFUNC = gapstats_internal.outcome_cells_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE triple_difference(double precision, boolean, boolean, boolean, double precision) IS
'The same with intervals of another confidence: between 0 and 1, equal in all rows.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or not the same in all rows.';

CREATE AGGREGATE triple_difference(outcome boolean, is_treated boolean, is_post boolean, is_focal boolean) (
	SFUNC = gapstats_internal.triple_difference_accum,
	STYPE = gapstats_internal.outcome_cells,
	SSPACE = 7000,
	FINALFUNC = gapstats_internal.triple_difference_final,
	COMBINEFUNC = gapstats_internal.outcome_cells_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE triple_difference(boolean, boolean, boolean, boolean) IS
'The same of outcomes that are yes or no: means are rates. Assumes parallel trends, of rates.';

CREATE AGGREGATE triple_difference(outcome boolean, is_treated boolean, is_post boolean, is_focal boolean, confidence double precision) (
	SFUNC = gapstats_internal.triple_difference_accum,
	STYPE = gapstats_internal.outcome_cells,
	SSPACE = 7000,
	FINALFUNC = gapstats_internal.triple_difference_final,
	COMBINEFUNC = gapstats_internal.outcome_cells_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE triple_difference(boolean, boolean, boolean, boolean, double precision) IS
'The same with intervals of another confidence: between 0 and 1, equal in all rows.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or not the same in all rows.';

CREATE AGGREGATE triple_difference(d distribution, is_treated boolean, is_post boolean, is_focal boolean) (
	SFUNC = gapstats_internal.triple_difference_accum,
	STYPE = gapstats_internal.outcome_cells,
	SSPACE = 7000,
	FINALFUNC = gapstats_internal.triple_difference_final,
	COMBINEFUNC = gapstats_internal.outcome_cells_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE triple_difference(distribution, boolean, boolean, boolean) IS
'The same from stored distributions, of which there may be any number in each of the eight cells. Assumes parallel trends. A NULL one is left out.';

CREATE AGGREGATE triple_difference(d distribution, is_treated boolean, is_post boolean, is_focal boolean, confidence double precision) (
	SFUNC = gapstats_internal.triple_difference_accum,
	STYPE = gapstats_internal.outcome_cells,
	SSPACE = 7000,
	FINALFUNC = gapstats_internal.triple_difference_final,
	COMBINEFUNC = gapstats_internal.outcome_cells_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE triple_difference(distribution, boolean, boolean, boolean, double precision) IS
'The same with intervals of another confidence: between 0 and 1, equal in all rows.
Raises 22004 for a NULL confidence, 22023 for one outside (0, 1) or not the same in all rows.';
