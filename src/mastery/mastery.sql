-- Whether a student knows a skill, from her answers in their order

CREATE FUNCTION gapstats_internal.mastery_accum(state double precision[], correct boolean) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.mastery_accum(double precision[], boolean) IS 'transition function of mastery: an answer';
CREATE FUNCTION gapstats_internal.mastery_accum(state double precision[], correct boolean,
	initial double precision, learn double precision, guess double precision, slip double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.mastery_accum(double precision[], boolean, double precision, double precision, double precision, double precision) IS 'transition function of mastery: an answer';
CREATE FUNCTION gapstats_internal.mastery_final(state double precision[]) RETURNS double precision
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.mastery_final(double precision[]) IS 'final function of mastery';

CREATE AGGREGATE mastery(correct boolean) (
	SFUNC = gapstats_internal.mastery_accum,
	STYPE = double precision[],
	FINALFUNC = gapstats_internal.mastery_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE mastery(boolean) IS
'The chance that a student knows a skill, from her answers in their order: Bayesian knowledge tracing (Corbett and Anderson 1995). After each answer: mastery(correct) OVER (PARTITION BY student, skill ORDER BY at); after all: mastery(correct ORDER BY at) ... GROUP BY student, skill.
correct: was the answer right? One that is NULL is left out; without any answer it is NULL.
A skill is known at first with a chance of 0.1, learned at an answer with 0.1, an answer right by a guess with 0.1 and wrong by a slip with 0.1, as in OATutor (Pardos et al. 2023).
The result depends on the order of the answers: give one in which no two are equal. 0 to 1, without 1.';

CREATE AGGREGATE mastery(correct boolean, initial double precision, learn double precision, guess double precision, slip double precision) (
	SFUNC = gapstats_internal.mastery_accum,
	STYPE = double precision[],
	FINALFUNC = gapstats_internal.mastery_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE mastery(boolean, double precision, double precision, double precision, double precision) IS
'The same with other parameters, one each for all of a student''s answers to a skill.
initial: the chance that the skill is known before the first answer, such as mastery at the end of last year; learn: that it is learned at an answer; guess: that an answer is right where it is not known; slip: that one is wrong where it is.
Raises 22004 for a NULL parameter, 22003 for NaN or infinity, 22023 for one that differs from row to row, an initial or learn outside 0 to 1 or equal to 1, a guess or slip that is not above 0 and below 1, and for those two if they add up to 1 or more: a right answer would then say nothing for the skill.';

CREATE FUNCTION gapstats_internal.is_mastered_accum(state double precision[], correct boolean) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.is_mastered_accum(double precision[], boolean) IS 'transition function of is_mastered: an answer';
CREATE FUNCTION gapstats_internal.is_mastered_accum(state double precision[], correct boolean, threshold double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.is_mastered_accum(double precision[], boolean, double precision) IS 'transition function of is_mastered: an answer';
CREATE FUNCTION gapstats_internal.is_mastered_accum(state double precision[], correct boolean, threshold double precision,
	initial double precision, learn double precision, guess double precision, slip double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.is_mastered_accum(double precision[], boolean, double precision, double precision, double precision, double precision, double precision) IS 'transition function of is_mastered: an answer';
CREATE FUNCTION gapstats_internal.is_mastered_final(state double precision[]) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.is_mastered_final(double precision[]) IS 'final function of is_mastered';

CREATE AGGREGATE is_mastered(correct boolean) (
	SFUNC = gapstats_internal.is_mastered_accum,
	STYPE = double precision[],
	FINALFUNC = gapstats_internal.is_mastered_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE is_mastered(boolean) IS
'Whether mastery(correct) is at least 0.95, as Corbett and Anderson (1995) have it; a chance that is 0.95 but for rounding is. NULL without any answer. Used as mastery() is.';

CREATE AGGREGATE is_mastered(correct boolean, threshold double precision) (
	SFUNC = gapstats_internal.is_mastered_accum,
	STYPE = double precision[],
	FINALFUNC = gapstats_internal.is_mastered_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE is_mastered(boolean, double precision) IS
'The same with another threshold, one for all rows.
Raises 22004 for a NULL threshold, 22003 for NaN or infinity, 22023 for one that is not above 0 and below 1, or differs from row to row.';

CREATE AGGREGATE is_mastered(correct boolean, threshold double precision,
	initial double precision, learn double precision, guess double precision, slip double precision) (
	SFUNC = gapstats_internal.is_mastered_accum,
	STYPE = double precision[],
	FINALFUNC = gapstats_internal.is_mastered_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE is_mastered(boolean, double precision, double precision, double precision, double precision, double precision) IS
'The same with other parameters: those of mastery(), and its errors.';

CREATE FUNCTION gapstats_internal.k_of_last_n_accum(state double precision[], correct boolean, k integer, n integer) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.k_of_last_n_accum(double precision[], boolean, integer, integer) IS 'transition function of k_of_last_n: an answer';
CREATE FUNCTION gapstats_internal.k_of_last_n_final(state double precision[]) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.k_of_last_n_final(double precision[]) IS 'final function of k_of_last_n';

CREATE AGGREGATE k_of_last_n(correct boolean, k integer, n integer) (
	SFUNC = gapstats_internal.k_of_last_n_accum,
	STYPE = double precision[],
	FINALFUNC = gapstats_internal.k_of_last_n_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE k_of_last_n(boolean, integer, integer) IS
'Whether at least k of the last n answers are right, in their order: k_of_last_n(correct, 3, 4) OVER (PARTITION BY student, skill ORDER BY at). k = n is so many in a row. Fewer answers than n are enough if k of them are right.
correct: was the answer right? One that is NULL is left out, and counts in no n; without any answer it is NULL.
Raises 22004 for a NULL k or n, 22023 for one below 1, n above 50, k above n, and for a k or n that differs from row to row.';
