/*
 * paired_rate_gap_change.c
 *		The change of a rate gap between two years of the same students.
 *
 * A student has lost the outcome from one year to the other, gained it, or neither.
 * The change of a group's rate is the mean of these differences, its variance theirs:
 * that of the two years, less twice their covariance.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/confidence.h"
#include "base/estimate.h"
#include "base/number_state.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "base/state.h"

/* The elements of the state: of each group N_COUNTS, then the rest */
typedef enum GroupElement
{
	N_STUDENTS,
	N_EARLIER,					/* with the outcome in the earlier year */
	N_GAINED,
	N_LOST,
	N_MISSING,					/* without an outcome in one of the years */
	N_COUNTS
} GroupElement;

typedef enum StateElement
{
	FOCAL = 0,
	REFERENCE = N_COUNTS,
	MISSING_GROUP = 2 * N_COUNTS,
	CONFIDENCE,					/* 0 if no row asks for one */
	STATE_SIZE
} StateElement;

#define AGGREGATE "paired_rate_gap_change"

/* A group's students */
typedef struct PairedGroup
{
	int64		n;
	int64		n_earlier;
	int64		n_gained;
	int64		n_lost;
	int64		n_missing;
} PairedGroup;

/* Count the student of (state, earlier, later, is_focal [, confidence]) in, or out again */
static Datum
CountStudent(FunctionCallInfo fcinfo, int sign)
{
	ArrayType  *state = ArgumentNumberState(fcinfo, STATE_SIZE);
	double	   *counts = NumbersOfState(state, AGGREGATE, STATE_SIZE);
	double	   *group;

	if (PG_NARGS() > 4)
		counts[CONFIDENCE] = OneConfidence(counts[CONFIDENCE], ArgumentConfidence(fcinfo, 4));

	if (PG_ARGISNULL(3))
	{
		counts[MISSING_GROUP] += sign;
		PG_RETURN_ARRAYTYPE_P(state);
	}
	group = &counts[PG_GETARG_BOOL(3) ? FOCAL : REFERENCE];
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		group[N_MISSING] += sign;
	else
	{
		bool		earlier = PG_GETARG_BOOL(1);
		bool		later = PG_GETARG_BOOL(2);

		group[N_STUDENTS] += sign;
		if (earlier)
			group[N_EARLIER] += sign;
		if (earlier != later)
			group[later ? N_GAINED : N_LOST] += sign;
	}
	PG_RETURN_ARRAYTYPE_P(state);
}

/* Transition function */
PG_FUNCTION_INFO_V1(paired_rate_gap_change_accum);
Datum
paired_rate_gap_change_accum(PG_FUNCTION_ARGS)
{
	return CountStudent(fcinfo, 1);
}

/* Inverse transition function: take a row out of a moving frame */
PG_FUNCTION_INFO_V1(paired_rate_gap_change_remove);
Datum
paired_rate_gap_change_remove(PG_FUNCTION_ARGS)
{
	return CountStudent(fcinfo, -1);
}

/* Combine function */
PG_FUNCTION_INFO_V1(paired_rate_gap_change_combine);
Datum
paired_rate_gap_change_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *state;
	double	   *counts;
	double	   *other;

	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	state = ArgumentNumberState(fcinfo, STATE_SIZE);
	counts = NumbersOfState(state, AGGREGATE, STATE_SIZE);
	other = NumbersOfState(PG_GETARG_ARRAYTYPE_P(1), AGGREGATE, STATE_SIZE);
	for (int i = FOCAL; i < CONFIDENCE; i++)
		counts[i] += other[i];
	counts[CONFIDENCE] = OneConfidence(counts[CONFIDENCE], other[CONFIDENCE]);
	PG_RETURN_ARRAYTYPE_P(state);
}

/* A group of a state */
static PairedGroup
StateGroup(const double *counts)
{
	PairedGroup group = {
		StateCount(counts[N_STUDENTS], AGGREGATE), StateCount(counts[N_EARLIER], AGGREGATE),
		StateCount(counts[N_GAINED], AGGREGATE), StateCount(counts[N_LOST], AGGREGATE),
		StateCount(counts[N_MISSING], AGGREGATE)
	};

	if (group.n_earlier > group.n || group.n_lost > group.n_earlier ||
		group.n_gained > group.n - group.n_earlier)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s state must hold the students of two groups", AGGREGATE)));
	return group;
}

static double
EarlierRate(const PairedGroup *group)
{
	return group->n_earlier / (double) group->n;
}

static double
LaterRate(const PairedGroup *group)
{
	return (group->n_earlier + group->n_gained - group->n_lost) / (double) group->n;
}

/* By how much its rate has changed */
static double
MeanDifference(const PairedGroup *group)
{
	return (group->n_gained - group->n_lost) / (double) group->n;
}

/*
 * The variance of that, as Wald's of a rate: that of the differences -1, 0 and 1 about
 * their mean, over n. It is written without the difference of two numbers that are
 * nearly the same.
 */
static double
VarianceOfMean(const PairedGroup *group)
{
	double		n = group->n;
	double		gained = group->n_gained / n;
	double		lost = group->n_lost / n;
	double		same = (group->n - group->n_gained - group->n_lost) / n;

	return (4 * gained * lost + same * (gained + lost)) / n;
}

/* The change, with the z of its test */
static Estimate
Change(const PairedGroup *focal, const PairedGroup *reference, double margin, double *z)
{
	Estimate	change = UndefinedEstimate(NULL);

	*z = NAN;
	if (focal->n < 1 || reference->n < 1)
		return UndefinedEstimate(REASON_N_LT_1);
	change.estimate = MeanDifference(focal) - MeanDifference(reference);
	change.se = sqrt(VarianceOfMean(focal) + VarianceOfMean(reference));
	if (change.se == 0)
	{
		change.reason = REASON_ZERO_VARIANCE;
		return change;
	}
	change.lower = change.estimate - margin * change.se;
	change.upper = change.estimate + margin * change.se;
	*z = change.estimate / change.se;
	return change;
}

static void
AddGroup(ResultRow *row, const PairedGroup *group)
{
	AddInt64(row, group->n);
	AddInt64(row, group->n_gained);
	AddInt64(row, group->n_lost);
	AddInt64(row, group->n_missing);
}

/* Final function */
PG_FUNCTION_INFO_V1(paired_rate_gap_change_final);
Datum
paired_rate_gap_change_final(PG_FUNCTION_ARGS)
{
	const double *counts = NumbersOfState(ArgumentNumberState(fcinfo, STATE_SIZE), AGGREGATE, STATE_SIZE);
	double		confidence = counts[CONFIDENCE] == 0 ? DEFAULT_CONFIDENCE : counts[CONFIDENCE];
	PairedGroup focal = StateGroup(&counts[FOCAL]);
	PairedGroup reference = StateGroup(&counts[REFERENCE]);
	double		z;
	Estimate	change = Change(&focal, &reference, TwoSidedZ(confidence), &z);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddGroup(&row, &focal);
	AddGroup(&row, &reference);
	AddInt64(&row, StateCount(counts[MISSING_GROUP], AGGREGATE));
	AddFloat8(&row, EarlierRate(&focal) - EarlierRate(&reference));
	AddFloat8(&row, LaterRate(&focal) - LaterRate(&reference));
	AddEstimate(&row, change);
	AddFloat8(&row, z);
	AddFloat8(&row, 2 * pnorm(-fabs(z), 0, 1, true, false));
	AddText(&row, change.reason);
	return EndResultRow(&row);
}
