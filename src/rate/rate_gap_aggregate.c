/*
 * rate_gap_aggregate.c
 *		The gap between the rates of two groups, from one row a student.
 *
 * The state holds counts and the confidence level.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/confidence.h"
#include "base/number_state.h"
#include "base/state.h"
#include "rate/rate_gap.h"

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

#define AGGREGATE "rate_gap"

/* Count the student of (state, outcome, is_focal [, confidence]) in, or out again */
static Datum
CountStudent(FunctionCallInfo fcinfo, int sign)
{
	ArrayType  *state = ArgumentNumberState(fcinfo, STATE_SIZE);
	double	   *counts = NumbersOfState(state, AGGREGATE, STATE_SIZE);
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
	state = ArgumentNumberState(fcinfo, STATE_SIZE);
	counts = NumbersOfState(state, AGGREGATE, STATE_SIZE);
	other = NumbersOfState(PG_GETARG_ARRAYTYPE_P(1), AGGREGATE, STATE_SIZE);
	for (int i = X_FOCAL; i < CONFIDENCE; i++)
		counts[i] += other[i];
	counts[CONFIDENCE] = OneConfidence(counts[CONFIDENCE], other[CONFIDENCE]);
	PG_RETURN_ARRAYTYPE_P(state);
}

/* A group of a state, with x and n from this element on */
static Proportion
StateProportion(const double *counts, StateElement x, const char *group)
{
	Proportion	p = {StateCount(counts[x], AGGREGATE), StateCount(counts[x + 1], AGGREGATE)};

	CheckRate(p.x, p.n, group);
	return p;
}

/* Final function */
PG_FUNCTION_INFO_V1(rate_gap_final);
Datum
rate_gap_final(PG_FUNCTION_ARGS)
{
	double	   *counts = NumbersOfState(ArgumentNumberState(fcinfo, STATE_SIZE), AGGREGATE, STATE_SIZE);
	double		confidence = counts[CONFIDENCE] == 0 ? DEFAULT_CONFIDENCE : counts[CONFIDENCE];
	RateGap		gap = CompareRates(StateProportion(counts, X_FOCAL, "_focal"),
								   StateProportion(counts, X_REFERENCE, "_reference"),
								   TwoSidedZ(confidence), false);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddGroupCounts(&row, &gap);
	AddInt64(&row, StateCount(counts[MISSING_FOCAL], AGGREGATE));
	AddInt64(&row, StateCount(counts[MISSING_REFERENCE], AGGREGATE));
	AddInt64(&row, StateCount(counts[MISSING_GROUP], AGGREGATE));
	AddGapStatistics(&row, &gap);
	return EndResultRow(&row);
}
