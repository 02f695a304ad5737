-- How much the outcome jumps at a threshold

CREATE TYPE regression_discontinuity AS (
	bandwidth double precision,
	n_below integer,
	n_above integer,
	n_values_below integer,
	n_values_above integer,
	n_missing_below integer,
	n_missing_above integer,
	n_one_below integer,
	n_at_threshold integer,
	n_one_above integer,
	is_heaped boolean,
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	z double precision,
	p_value double precision,
	reason text
);
COMMENT ON TYPE regression_discontinuity IS 'how much the outcome jumps at a threshold';
COMMENT ON COLUMN regression_discontinuity.bandwidth IS 'so far from the threshold rows count';
COMMENT ON COLUMN regression_discontinuity.n_below IS 'outcomes within the bandwidth below the threshold; at it, too, unless the comparison is >= or <';
COMMENT ON COLUMN regression_discontinuity.n_above IS 'outcomes above it; at it, too, if the comparison is >= or <';
COMMENT ON COLUMN regression_discontinuity.n_values_below IS 'different values that these rows have';
COMMENT ON COLUMN regression_discontinuity.n_values_above IS 'different values that those have';
COMMENT ON COLUMN regression_discontinuity.n_missing_below IS 'rows within the bandwidth, below, without an outcome';
COMMENT ON COLUMN regression_discontinuity.n_missing_above IS 'rows above, without one: as many on either side, or those with an outcome may not be alike';
COMMENT ON COLUMN regression_discontinuity.n_one_below IS 'rows at the threshold - 1, whatever their outcome and the donut';
COMMENT ON COLUMN regression_discontinuity.n_at_threshold IS 'rows at the threshold';
COMMENT ON COLUMN regression_discontinuity.n_one_above IS 'rows at the threshold + 1';
COMMENT ON COLUMN regression_discontinuity.is_heaped IS 'whether more rows are at the threshold than at the nearest values on both sides, by chance less than once in a hundred times';
COMMENT ON COLUMN regression_discontinuity.estimate IS 'the outcome of those flagged minus that of those not flagged, both at the threshold';
COMMENT ON COLUMN regression_discontinuity.se IS 'its standard error, which allows for variances that differ';
COMMENT ON COLUMN regression_discontinuity.lower IS 'lower confidence bound';
COMMENT ON COLUMN regression_discontinuity.upper IS 'upper confidence bound';
COMMENT ON COLUMN regression_discontinuity.z IS 'estimate / se';
COMMENT ON COLUMN regression_discontinuity.p_value IS 'two-sided normal p of no jump';
COMMENT ON COLUMN regression_discontinuity.reason IS 'why something is NULL: too_few_values (fewer than 2 different ones on a side), leverage_1 (HC2, of a row without which there is no line), n_too_small (HC1 of 4 rows), zero_variance (no residual); or what else is to be known: few_values (fewer than 5 on a side: between them and the threshold nobody is, and the error does not know). NULL where nothing is the matter';
CREATE FUNCTION gapstats_internal.regression_discontinuity_accum(double precision[], double precision, double precision, double precision, double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.regression_discontinuity_accum(double precision[], double precision, double precision, double precision, double precision) IS 'transition function of regression_discontinuity';
CREATE FUNCTION gapstats_internal.regression_discontinuity_accum(double precision[], double precision, double precision, double precision, double precision, text) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.regression_discontinuity_accum(double precision[], double precision, double precision, double precision, double precision, text) IS 'transition function of regression_discontinuity';
CREATE FUNCTION gapstats_internal.regression_discontinuity_accum(double precision[], double precision, double precision, double precision, double precision, text, double precision, text, double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.regression_discontinuity_accum(double precision[], double precision, double precision, double precision, double precision, text, double precision, text, double precision) IS 'transition function of regression_discontinuity';
CREATE FUNCTION gapstats_internal.regression_discontinuity_combine(double precision[], double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.regression_discontinuity_combine(double precision[], double precision[]) IS 'combine function of regression_discontinuity';
CREATE FUNCTION gapstats_internal.regression_discontinuity_final(double precision[]) RETURNS regression_discontinuity
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION gapstats_internal.regression_discontinuity_final(double precision[]) IS 'final function of regression_discontinuity';

CREATE AGGREGATE regression_discontinuity(outcome double precision, value double precision, threshold double precision, bandwidth double precision) (
	SFUNC = gapstats_internal.regression_discontinuity_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.regression_discontinuity_combine,
	FINALFUNC = gapstats_internal.regression_discontinuity_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE regression_discontinuity(double precision, double precision, double precision, double precision) IS
'How much the outcome jumps at the threshold from which students are flagged: a line through the rows on either side, weighted by 1 - distance / bandwidth, and the difference between their ends (Hahn, Todd & Van der Klaauw 2001), with HC2 standard errors and 95% bounds. Flagged are those whose value is the threshold or more. Outcomes of yes or no as outcome::integer: the jump is one of rates. SELECT h, (regression_discontinuity(outcome, days_absent, 18, h)).* FROM students, unnest(ARRAY[3, 6, 12]) AS h GROUP BY h: always at half and twice the bandwidth, too. No bandwidth is selected and no bias corrected.
Assumes that without the flag there would be no jump: that nobody can place a student just above or just below (density_check), and that nothing else begins at the same threshold. It says nothing of students far from it.
A row at the bandwidth has no weight, and counts nowhere; one without a value is left out. What is undefined is NULL, with a reason. The result does not depend on the order of rows.
Raises 22003 for numbers that are not finite, 22004 for a NULL threshold or bandwidth, 22023 for a bandwidth that is not above 0 or one of both that is not the same in all rows.';

CREATE AGGREGATE regression_discontinuity(outcome double precision, value double precision, threshold double precision, bandwidth double precision, comparison text) (
	SFUNC = gapstats_internal.regression_discontinuity_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.regression_discontinuity_combine,
	FINALFUNC = gapstats_internal.regression_discontinuity_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE regression_discontinuity(double precision, double precision, double precision, double precision, text) IS
'The same, of whoever else is flagged.
comparison: of the value and the threshold, >=, >, <= or <. The estimate is always of those flagged minus the others.
Raises 22004 for a NULL, 22023 for another comparison.';

CREATE AGGREGATE regression_discontinuity(outcome double precision, value double precision, threshold double precision, bandwidth double precision, comparison text, donut double precision, standard_errors text, confidence double precision) (
	SFUNC = gapstats_internal.regression_discontinuity_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.regression_discontinuity_combine,
	FINALFUNC = gapstats_internal.regression_discontinuity_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE regression_discontinuity(double precision, double precision, double precision, double precision, text, double precision, text, double precision) IS
'The same without the rows next to the threshold, with other standard errors, and another confidence.
donut: rows nearer to the threshold than this are left out, with 0 none. Of whole numbers 1 leaves out those at the threshold, and nobody on the other side; 2 the next ones on either side, too.
standard_errors: HC0 (White 1980), HC1 (n / (n - 4) of its square) or HC2 (each squared residual divided by 1 - leverage).
confidence: of the bounds, between 0 and 1.
Raises 22004 for a NULL, 22023 for a donut below 0, other standard errors and a confidence outside (0, 1).';
