-- Intervals that hold however often one looks

CREATE TYPE any_look_interval AS (
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE any_look_interval IS 'a rate with an interval that holds however often one looks';
COMMENT ON COLUMN any_look_interval.estimate IS 'the rate x / n, 0..1';
COMMENT ON COLUMN any_look_interval.se IS 'its standard error, sqrt(p (1 - p) / n); the interval does not use it';
COMMENT ON COLUMN any_look_interval.lower IS 'lower bound';
COMMENT ON COLUMN any_look_interval.upper IS 'upper bound';
COMMENT ON COLUMN any_look_interval.reason IS 'why something is NULL: missing_count (one of x and n), n_too_small (fewer than min_n), n_lt_1 (nobody yet: from 0 to 1); NULL where nothing is';

CREATE FUNCTION any_look_interval(x bigint, n bigint, confidence double precision DEFAULT 0.95, min_n integer DEFAULT 0)
	RETURNS any_look_interval
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION any_look_interval(bigint, bigint, double precision, integer) IS
'The interval of a rate that grows with the year: all intervals, of every day on which one looks, hold the true rate with the confidence together, however often one looks and whenever one stops (Robbins 1970; a beta mixture with a = b = 1): all p with (n + 1) C(n, x) p^x (1 - p)^(n - x) >= 1 - confidence. Those of other functions hold with it on one day that is named before.
x: students with the outcome until now; n: students until now. Each student counts once, in the order seen; not for repeated days of one student. min_n: with fewer students there is no interval, reason n_too_small.
Raises 22023 for x < 0, n < 0, x > n, a confidence outside (0, 1) or a negative min_n, 22004 for a NULL option.';

CREATE TYPE any_look_gap AS (
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	reason text
);
COMMENT ON TYPE any_look_gap IS 'a rate gap with an interval that holds however often one looks';
COMMENT ON COLUMN any_look_gap.estimate IS 'focal minus reference rate';
COMMENT ON COLUMN any_look_gap.se IS 'its standard error, that of both rates; the interval does not use it';
COMMENT ON COLUMN any_look_gap.lower IS 'lower bound';
COMMENT ON COLUMN any_look_gap.upper IS 'upper bound';
COMMENT ON COLUMN any_look_gap.reason IS 'why something is NULL: missing_count (one of x and n of a group), n_too_small (a group has fewer than min_n), n_lt_1 (a group has nobody yet, and any rate); NULL where nothing is';

CREATE FUNCTION any_look_gap(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint,
		confidence double precision DEFAULT 0.95, min_n integer DEFAULT 0)
	RETURNS any_look_gap
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 200 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION any_look_gap(bigint, bigint, bigint, bigint, double precision, integer) IS
'The same of a gap of rates: each rate has its any_look_interval, which may miss it half as often, and the gap is between the focal lower bound minus the reference''s upper and the focal upper minus the reference''s lower. Arguments and errors as there.';

CREATE TYPE running_interval AS (
	n_looks integer,
	n_looks_hidden integer,
	lowest double precision,
	highest double precision,
	is_below_goal boolean,
	is_above_goal boolean,
	reason text
);
COMMENT ON TYPE running_interval IS 'what is in the intervals of all looks';
COMMENT ON COLUMN running_interval.n_looks IS 'looks with an interval';
COMMENT ON COLUMN running_interval.n_looks_hidden IS 'looks without one';
COMMENT ON COLUMN running_interval.lowest IS 'the largest of the lower bounds';
COMMENT ON COLUMN running_interval.highest IS 'the smallest of the upper bounds';
COMMENT ON COLUMN running_interval.is_below_goal IS 'is all that is in the intervals below the goal? NULL without a goal, or a look';
COMMENT ON COLUMN running_interval.is_above_goal IS 'is all that is in the intervals above the goal? NULL without a goal, or a look';
COMMENT ON COLUMN running_interval.reason IS 'why the bounds are NULL: missing_estimate (no look has an interval), disjoint_looks (nothing is in all of them: the rate has moved); NULL where they are not';

CREATE FUNCTION gapstats_internal.running_interval_accum(double precision[], lower double precision, upper double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.running_interval_accum(double precision[], double precision, double precision) IS 'transition function of running_interval';
CREATE FUNCTION gapstats_internal.running_interval_accum(double precision[], lower double precision, upper double precision, goal double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.running_interval_accum(double precision[], double precision, double precision, double precision) IS 'transition function of running_interval';
CREATE FUNCTION gapstats_internal.running_interval_combine(double precision[], double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.running_interval_combine(double precision[], double precision[]) IS 'combine function of running_interval';
CREATE FUNCTION gapstats_internal.running_interval_final(double precision[]) RETURNS running_interval
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.running_interval_final(double precision[]) IS 'final function of running_interval';

CREATE AGGREGATE running_interval(lower double precision, upper double precision) (
	SFUNC = gapstats_internal.running_interval_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.running_interval_combine,
	FINALFUNC = gapstats_internal.running_interval_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE running_interval(double precision, double precision) IS
'What is in the intervals of all looks until now: (running_interval(lower, upper) OVER (PARTITION BY school ORDER BY day)).*; without OVER, of all looks. If the rate has not moved, it holds with the confidence of each of them.
lower, upper: the bounds of any_look_interval or any_look_gap of each look, and of no other intervals: those of one day do not hold together. A look whose bounds are NULL is hidden, and adds nothing.
Where nothing is in all intervals the rate has moved, and there are no bounds, reason disjoint_looks. The result does not depend on the order of rows.
Raises 22023 for lower above upper, 22003 for NaN and infinity.';

CREATE AGGREGATE running_interval(lower double precision, upper double precision, goal double precision) (
	SFUNC = gapstats_internal.running_interval_accum,
	STYPE = double precision[],
	COMBINEFUNC = gapstats_internal.running_interval_combine,
	FINALFUNC = gapstats_internal.running_interval_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE running_interval(double precision, double precision, double precision) IS
'The same with an alarm: is_below_goal or is_above_goal once the interval is on one side of the goal, which at any of all looks is wrong no more often than the interval is. goal: equal in all rows; NULL is none.
Raises 22023 also for goals that differ.';
