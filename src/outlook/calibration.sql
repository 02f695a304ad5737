-- outlook/calibration: do chances that were told come true?

CREATE TYPE calibration AS (
	n integer,
	n_observed integer,
	n_missing integer,
	mean_predicted double precision,
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	in_the_large double precision,
	brier double precision,
	reason text
);
COMMENT ON TYPE calibration IS 'chances that were told of students, beside what became of them';
COMMENT ON COLUMN calibration.n IS 'students whose chance and outcome are known';
COMMENT ON COLUMN calibration.n_observed IS 'those of them who had the outcome';
COMMENT ON COLUMN calibration.n_missing IS 'rows that lack the chance or the outcome';
COMMENT ON COLUMN calibration.mean_predicted IS 'mean of the chances';
COMMENT ON COLUMN calibration.estimate IS 'the rate that had the outcome, 0 to 1';
COMMENT ON COLUMN calibration.se IS 'its standard error, sqrt(p (1 - p) / n) (Wald); the interval does not use it';
COMMENT ON COLUMN calibration.lower IS 'lower confidence bound (Wilson 1927)';
COMMENT ON COLUMN calibration.upper IS 'upper confidence bound (Wilson 1927)';
COMMENT ON COLUMN calibration.in_the_large IS 'mean_predicted - estimate: above 0 the chances were too high';
COMMENT ON COLUMN calibration.brier IS 'mean of (chance - outcome)^2, the outcome being 1 or 0 (Brier 1950): 0 is best, that of a coin 0.25';
COMMENT ON COLUMN calibration.reason IS 'n_lt_1: nobody, why all but the counts is NULL; else NULL';

CREATE FUNCTION gapstats_internal.calibration_accum(gapstats_internal.distribution_pair, double precision, boolean)
	RETURNS gapstats_internal.distribution_pair
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.calibration_accum(gapstats_internal.distribution_pair, double precision, boolean) IS
	'transition function of calibration(predicted, observed)';

CREATE FUNCTION gapstats_internal.calibration_accum(gapstats_internal.distribution_pair, double precision, boolean, double precision)
	RETURNS gapstats_internal.distribution_pair
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.calibration_accum(gapstats_internal.distribution_pair, double precision, boolean, double precision) IS
	'transition function of calibration(predicted, observed, confidence)';

CREATE FUNCTION gapstats_internal.calibration_final(gapstats_internal.distribution_pair)
	RETURNS calibration
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION gapstats_internal.calibration_final(gapstats_internal.distribution_pair) IS
	'final function of calibration(predicted, observed)';

CREATE AGGREGATE calibration(predicted double precision, observed boolean) (
	SFUNC = gapstats_internal.calibration_accum,
	STYPE = gapstats_internal.distribution_pair,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.calibration_final,
	COMBINEFUNC = gapstats_internal.distribution_pair_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE calibration(double precision, boolean) IS
'Whether chances that were told come true, one row a student: predicted is the chance, 0 to 1, observed whether she had the outcome. The whole of a group by GROUP BY, tenths of the chance by chance_tenth(predicted); judge them on another year than the one that the prior is from.
A NULL of either leaves the row out, counted in n_missing. The order of rows changes no bit. A chance outside 0 to 1 is an error (22023), NaN and infinity another (22003).';

CREATE AGGREGATE calibration(predicted double precision, observed boolean, confidence double precision) (
	SFUNC = gapstats_internal.calibration_accum,
	STYPE = gapstats_internal.distribution_pair,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.calibration_final,
	COMBINEFUNC = gapstats_internal.distribution_pair_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE calibration(double precision, boolean, double precision) IS
'The same with another confidence than 0.95, between 0 and 1, the same in all rows, else an error (22023); a NULL one is another (22004).';

CREATE FUNCTION chance_tenth(predicted double precision) RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chance_tenth(double precision) IS
'The tenth that a chance is in, 0 to 9: floor(10 x), and 9 for 1. NULL for NULL; a chance outside 0 to 1 is an error (22023), NaN and infinity another (22003).';
