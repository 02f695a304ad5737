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
#include "base/state.h"
#include "catalog/pg_type.h"
#include "rate/rate_gap.h"
#include "utils/array.h"

/* The elements of the state */
typedef enum StateElement
{
	X_FOCAL,
	N_FOCAL,
	X_REFERENCE,
	N_REFERENCE,
	MISSING_FOCAL,
	MISSING_REFERENCE,
	MISSING_GROUP,
	CONFIDENCE,					/* 0 if no row asks for one */
	STATE_SIZE
} StateElement;

/* Up to here, adding 1 to a double precision number counts */
#define MAX_COUNT 9007199254740992.0

/* The numbers of a state: anybody may call with any array */
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

/* A state that has counted nothing */
static ArrayType *
EmptyState(void)
{
	Datum		zeros[STATE_SIZE];

	for (int i = 0; i < STATE_SIZE; i++)
		zeros[i] = Float8GetDatum(0);
	return construct_array(zeros, STATE_SIZE, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL,
						   TYPALIGN_DOUBLE);
}

/* The first argument as a state that may be changed: the aggregate's own, else a copy */
static ArrayType *
ArgumentState(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		return EmptyState();
	return InAggregate(fcinfo) ? PG_GETARG_ARRAYTYPE_P(0) : PG_GETARG_ARRAYTYPE_P_COPY(0);
}

/* Count the student of (state, outcome, is_focal [, confidence]) in, or out again */
static Datum
CountStudent(FunctionCallInfo fcinfo, int sign)
{
	ArrayType  *state = ArgumentState(fcinfo);
	double	   *counts = StateElements(state);
	bool		focal = !PG_ARGISNULL(2) && PG_GETARG_BOOL(2);

	if (PG_NARGS() > 3)
		counts[CONFIDENCE] = OneConfidence(counts[CONFIDENCE], ArgumentConfidence(fcinfo, 3));

	if (PG_ARGISNULL(2))
		counts[MISSING_GROUP] += sign;
	else if (PG_ARGISNULL(1))
		counts[focal ? MISSING_FOCAL : MISSING_REFERENCE] += sign;
	else
	{
		counts[focal ? N_FOCAL : N_REFERENCE] += sign;
		if (PG_GETARG_BOOL(1))
			counts[focal ? X_FOCAL : X_REFERENCE] += sign;
	}
	PG_RETURN_ARRAYTYPE_P(state);
}

/* Transition function of rate_gap(outcome, is_focal [, confidence]) */
PG_FUNCTION_INFO_V1(rate_gap_accum);
Datum
rate_gap_accum(PG_FUNCTION_ARGS)
{
	return CountStudent(fcinfo, 1);
}

/* Inverse transition function: take a row out of a moving frame */
PG_FUNCTION_INFO_V1(rate_gap_remove);
Datum
rate_gap_remove(PG_FUNCTION_ARGS)
{
	return CountStudent(fcinfo, -1);
}

/* Combine function */
PG_FUNCTION_INFO_V1(rate_gap_combine);
Datum
rate_gap_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *state;
	double	   *counts;
	double	   *other;

	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	state = ArgumentState(fcinfo);
	counts = StateElements(state);
	other = StateElements(PG_GETARG_ARRAYTYPE_P(1));
	for (int i = X_FOCAL; i < CONFIDENCE; i++)
		counts[i] += other[i];
	counts[CONFIDENCE] = OneConfidence(counts[CONFIDENCE], other[CONFIDENCE]);
	PG_RETURN_ARRAYTYPE_P(state);
}

/* A count of a state */
static int64
StateCount(double count)
{
	if (!(count >= 0 && count <= MAX_COUNT))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rate_gap state must hold counts: %g", count)));
	return (int64) count;
}

/* A group of a state, with x and n from this element on */
static Proportion
StateProportion(const double *counts, StateElement x, const char *group)
{
	Proportion	p = {StateCount(counts[x]), StateCount(counts[x + 1])};

	CheckRate(p.x, p.n, group);
	return p;
}

/* Final function */
PG_FUNCTION_INFO_V1(rate_gap_final);
Datum
rate_gap_final(PG_FUNCTION_ARGS)
{
	double	   *counts = StateElements(PG_ARGISNULL(0) ? EmptyState() : PG_GETARG_ARRAYTYPE_P(0));
	double		confidence = counts[CONFIDENCE] == 0 ? DEFAULT_CONFIDENCE : counts[CONFIDENCE];
	RateGap		gap = CompareRates(StateProportion(counts, X_FOCAL, "_focal"),
								   StateProportion(counts, X_REFERENCE, "_reference"),
								   TwoSidedZ(confidence), false);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddGroupCounts(&row, &gap);
	AddInt64(&row, StateCount(counts[MISSING_FOCAL]));
	AddInt64(&row, StateCount(counts[MISSING_REFERENCE]));
	AddInt64(&row, StateCount(counts[MISSING_GROUP]));
	AddGapStatistics(&row, &gap);
	return EndResultRow(&row);
}
