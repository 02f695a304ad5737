/*
 * rate_gap_aggregate.c
 *		The gap between the rates of two groups, from one row a student.
 *
 * The state is an array of double precision that holds counts (exact up to
 * 2^53 rows) and the confidence level, so that parallel workers and clusters
 * pass it on as it is.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/confidence.h"
#include "base/result_row.h"
#include "catalog/pg_type.h"
#include "rate/proportion.h"
#include "rate/rate_gap.h"
#include "utils/array.h"

/* The elements of the state. */
typedef enum StateElement
{
	X_FOCAL,
	N_FOCAL,
	X_REFERENCE,
	N_REFERENCE,
	MISSING_FOCAL,
	MISSING_REFERENCE,
	MISSING_GROUP,
	CONFIDENCE,					/* 0 until the first row */
	STATE_SIZE
} StateElement;

#define DEFAULT_CONFIDENCE 0.95

/* Up to here, adding 1 to a double precision number counts. */
#define MAX_COUNT 9007199254740992.0

static Datum CountRow(FunctionCallInfo fcinfo, int sign);
static ArrayType *StateArg(FunctionCallInfo fcinfo);
static double *StateElements(ArrayType *state);
static void SetConfidence(double *state, double confidence);

/* rate_gap_accum(state, outcome, is_focal [, confidence]) */
PG_FUNCTION_INFO_V1(rate_gap_accum);
Datum
rate_gap_accum(PG_FUNCTION_ARGS)
{
	return CountRow(fcinfo, 1);
}

/* rate_gap_remove(state, outcome, is_focal [, confidence]): take a row out of a moving window */
PG_FUNCTION_INFO_V1(rate_gap_remove);
Datum
rate_gap_remove(PG_FUNCTION_ARGS)
{
	return CountRow(fcinfo, -1);
}

/* rate_gap_combine(state, state) */
PG_FUNCTION_INFO_V1(rate_gap_combine);
Datum
rate_gap_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *result = StateArg(fcinfo);
	double	   *a = StateElements(result);
	double	   *b = StateElements(PG_GETARG_ARRAYTYPE_P(1));

	for (int i = X_FOCAL; i < CONFIDENCE; i++)
		a[i] += b[i];
	if (b[CONFIDENCE] != 0)
		SetConfidence(a, b[CONFIDENCE]);
	PG_RETURN_ARRAYTYPE_P(result);
}

/* rate_gap_final(state) */
PG_FUNCTION_INFO_V1(rate_gap_final);
Datum
rate_gap_final(PG_FUNCTION_ARGS)
{
	double	   *state = StateElements(PG_GETARG_ARRAYTYPE_P(0));
	double		confidence = state[CONFIDENCE] == 0 ? DEFAULT_CONFIDENCE : state[CONFIDENCE];
	RatePair	pair;
	MissingCounts missing;
	ResultRow	row;

	for (int i = X_FOCAL; i < CONFIDENCE; i++)
		if (!(state[i] >= 0 && state[i] <= MAX_COUNT))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("rate_gap state must hold counts: %g", state[i])));
	pair.x_focal = state[X_FOCAL];
	pair.n_focal = state[N_FOCAL];
	pair.x_reference = state[X_REFERENCE];
	pair.n_reference = state[N_REFERENCE];
	missing.outcome_focal = state[MISSING_FOCAL];
	missing.outcome_reference = state[MISSING_REFERENCE];
	missing.group = state[MISSING_GROUP];
	CheckRate(pair.x_focal, pair.n_focal, "_focal");
	CheckRate(pair.x_reference, pair.n_reference, "_reference");
	BeginResultRow(&row, fcinfo);
	AddRateGap(&row, &pair, &missing, TwoSidedZ(confidence), false, NULL);
	return EndResultRow(&row);
}

/* Count a student in, or out again. */
static Datum
CountRow(FunctionCallInfo fcinfo, int sign)
{
	bool		focal = !PG_ARGISNULL(2) && PG_GETARG_BOOL(2);
	ArrayType  *result;
	double	   *state;

	if (PG_ARGISNULL(0))
		elog(ERROR, "rate_gap state must not be null");
	result = StateArg(fcinfo);
	state = StateElements(result);

	if (PG_NARGS() < 4)
		SetConfidence(state, DEFAULT_CONFIDENCE);
	else if (PG_ARGISNULL(3))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("confidence must not be null")));
	else
		SetConfidence(state, PG_GETARG_FLOAT8(3));

	if (PG_ARGISNULL(2))
		state[MISSING_GROUP] += sign;
	else if (PG_ARGISNULL(1))
		state[focal ? MISSING_FOCAL : MISSING_REFERENCE] += sign;
	else
	{
		state[focal ? N_FOCAL : N_REFERENCE] += sign;
		if (PG_GETARG_BOOL(1))
			state[focal ? X_FOCAL : X_REFERENCE] += sign;
	}
	PG_RETURN_ARRAYTYPE_P(result);
}

/* The state that may be changed: the aggregate's own, else a copy. */
static ArrayType *
StateArg(FunctionCallInfo fcinfo)
{
	return AggCheckCallContext(fcinfo, NULL) ?
		PG_GETARG_ARRAYTYPE_P(0) : PG_GETARG_ARRAYTYPE_P_COPY(0);
}

/* The numbers of a state: anybody may call with any array. */
static double *
StateElements(ArrayType *state)
{
	if (ARR_NDIM(state) != 1 || ARR_DIMS(state)[0] != STATE_SIZE ||
		ARR_HASNULL(state) || ARR_ELEMTYPE(state) != FLOAT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rate_gap state must be an array of %d numbers", STATE_SIZE)));
	return (double *) ARR_DATA_PTR(state);
}

/* All rows of a group must ask for the same confidence level. */
static void
SetConfidence(double *state, double confidence)
{
	if (state[CONFIDENCE] == confidence)
		return;
	TwoSidedZ(confidence);		/* refuses a bad one */
	if (state[CONFIDENCE] != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("confidence must be the same in all rows: %g and %g",
						state[CONFIDENCE], confidence)));
	state[CONFIDENCE] = confidence;
}
