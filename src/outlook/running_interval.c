/*
 * running_interval.c
 *		What is in the intervals of all looks until now.
 *
 * Intervals that hold at every look at once (any_look.c) all hold the truth, if it has not
 * moved, and so does what they have in common.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "base/state.h"
#include "catalog/pg_type.h"
#include "utils/array.h"

/* A state: double precision[]; without a goal it is NaN */
enum
{
	LOOKS_N, LOOKS_HIDDEN, LOOKS_LOWEST, LOOKS_HIGHEST, LOOKS_GOAL, LOOKS_NUMBERS
};

/* A state of no look */
static ArrayType *
NewLooks(void)
{
	static const double none[LOOKS_NUMBERS] = {0, 0, -INFINITY, INFINITY, NAN};
	Datum		elements[LOOKS_NUMBERS];

	for (int i = 0; i < LOOKS_NUMBERS; i++)
		elements[i] = Float8GetDatum(none[i]);
	return construct_array(elements, LOOKS_NUMBERS, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
}

/* The numbers of a state; anybody may call with any array */
static double *
LookNumbers(ArrayType *state)
{
	double	   *numbers = (double *) ARR_DATA_PTR(state);

	if (ARR_NDIM(state) != 1 || ARR_DIMS(state)[0] != LOOKS_NUMBERS || ARR_HASNULL(state) ||
		ARR_ELEMTYPE(state) != FLOAT8OID || !(numbers[LOOKS_N] >= 0 && numbers[LOOKS_N] <= (double) PG_INT32_MAX) ||
		!(numbers[LOOKS_HIDDEN] >= 0 && numbers[LOOKS_HIDDEN] <= (double) PG_INT32_MAX) ||
		isnan(numbers[LOOKS_LOWEST]) || isnan(numbers[LOOKS_HIGHEST]) || isinf(numbers[LOOKS_GOAL]))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("running_interval state must hold two counts, two bounds and a goal")));
	return numbers;
}

/* A state that may be changed */
static ArrayType *
ArgumentLooks(FunctionCallInfo fcinfo, int argno)
{
	if (PG_ARGISNULL(argno))
		return NewLooks();
	if (argno == 0 && InAggregate(fcinfo))
		return PG_GETARG_ARRAYTYPE_P(argno);
	return PG_GETARG_ARRAYTYPE_P_COPY(argno);
}

static inline bool
IsSameGoal(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

/* Refuse a goal that is not that of the looks before */
static void
TakeGoal(double *looks, double goal)
{
	if (looks[LOOKS_N] + looks[LOOKS_HIDDEN] == 0)
		looks[LOOKS_GOAL] = goal;
	else if (!IsSameGoal(looks[LOOKS_GOAL], goal))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("goal must be the same in all rows")));
}

/* Leave what is in both intervals */
static void
Intersect(double *looks, double lower, double upper)
{
	/* with 0 added, as of 0 and -0 the order would tell which it is */
	looks[LOOKS_LOWEST] = Max(looks[LOOKS_LOWEST], lower + 0.0);
	looks[LOOKS_HIGHEST] = Min(looks[LOOKS_HIGHEST], upper + 0.0);
}

/* Transition function of running_interval(lower, upper [, goal]) */
PG_FUNCTION_INFO_V1(running_interval_accum);
Datum
running_interval_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *state = ArgumentLooks(fcinfo, 0);
	double	   *looks = LookNumbers(state);
	bool		is_hidden = PG_ARGISNULL(1) || PG_ARGISNULL(2);
	double		lower = PG_ARGISNULL(1) ? 0 : ArgumentDouble(fcinfo, 1, "lower");
	double		upper = PG_ARGISNULL(2) ? 0 : ArgumentDouble(fcinfo, 2, "upper");
	double		goal = PG_NARGS() < 4 || PG_ARGISNULL(3) ? NAN : ArgumentDouble(fcinfo, 3, "goal");

	if (!is_hidden && lower > upper)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("lower must not be above upper: %g and %g", lower, upper)));
	TakeGoal(looks, goal);
	looks[is_hidden ? LOOKS_HIDDEN : LOOKS_N]++;
	if (!is_hidden)
		Intersect(looks, lower, upper);
	PG_RETURN_ARRAYTYPE_P(state);
}

/* Combine function */
PG_FUNCTION_INFO_V1(running_interval_combine);
Datum
running_interval_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *state = ArgumentLooks(fcinfo, 0);
	double	   *looks = LookNumbers(state);
	const double *more = LookNumbers(ArgumentLooks(fcinfo, 1));

	if (more[LOOKS_N] + more[LOOKS_HIDDEN] > 0)
	{
		TakeGoal(looks, more[LOOKS_GOAL]);
		Intersect(looks, more[LOOKS_LOWEST], more[LOOKS_HIGHEST]);
		looks[LOOKS_N] += more[LOOKS_N];
		looks[LOOKS_HIDDEN] += more[LOOKS_HIDDEN];
	}
	PG_RETURN_ARRAYTYPE_P(state);
}

/* Final function */
PG_FUNCTION_INFO_V1(running_interval_final);
Datum
running_interval_final(PG_FUNCTION_ARGS)
{
	const double *looks = LookNumbers(PG_ARGISNULL(0) ? NewLooks() : PG_GETARG_ARRAYTYPE_P(0));
	bool		is_empty = looks[LOOKS_N] == 0;
	bool		is_disjoint = looks[LOOKS_LOWEST] > looks[LOOKS_HIGHEST];
	bool		has_goal = !is_empty && !isnan(looks[LOOKS_GOAL]);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, (int64) looks[LOOKS_N]);
	AddInt64(&row, (int64) looks[LOOKS_HIDDEN]);
	AddFloat8(&row, is_empty || is_disjoint ? NAN : looks[LOOKS_LOWEST]);
	AddFloat8(&row, is_empty || is_disjoint ? NAN : looks[LOOKS_HIGHEST]);
	if (has_goal)
	{
		AddBool(&row, looks[LOOKS_HIGHEST] < looks[LOOKS_GOAL]);
		AddBool(&row, looks[LOOKS_LOWEST] > looks[LOOKS_GOAL]);
	}
	else
	{
		AddNull(&row);
		AddNull(&row);
	}
	AddText(&row, is_empty ? REASON_MISSING_ESTIMATE : is_disjoint ? REASON_DISJOINT_LOOKS : NULL);
	return EndResultRow(&row);
}
