/*
 * shrunken_rate.c
 *		Rates of many groups, each drawn towards the rates of all by as much as its
 *		students are few.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/confidence.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "inference/beta_binomial.h"
#include "miscadmin.h"
#include "rate/group.h"
#include "utils/memutils.h"

/* The arguments; the counts are two */
enum
{
	ARG_COUNTS,
	ARG_CONFIDENCE = ARG_COUNTS + 2
};

/* The partition */
typedef struct RatePartition
{
	bool		is_read;
	BetaBinomial prior;
	Proportion	groups[FLEXIBLE_ARRAY_MEMBER];	/* of one without students, nothing */
} RatePartition;

/* The group of a row, with more checks */
static Group
ReadRateGroup(FunctionCallInfo fcinfo, int64 row)
{
	Group		group = ReadGroup(fcinfo, ARG_COUNTS, row);

	if (group.reason == NULL)
	{
		CheckRate(group.p.x, group.p.n, "");
		CheckExact((double) group.p.n, "a shrunken rate", "wilson_interval");
	}
	return group;
}

/* Read the groups that have students */
static int64
ReadRates(FunctionCallInfo fcinfo, Proportion *groups)
{
	int64		n_rows = WinGetPartitionRowCount(PG_WINDOW_OBJECT());
	int64		n_groups = 0;

	for (int64 row = 0; row < n_rows; row++)
	{
		Group		group = ReadRateGroup(fcinfo, row);

		CHECK_FOR_INTERRUPTS();
		if (group.reason == NULL && group.p.n > 0)
			groups[n_groups++] = group.p;
	}
	return n_groups;
}

/* The partition, read and fitted at its first row */
static const RatePartition *
ReadPartition(FunctionCallInfo fcinfo)
{
	RatePartition *partition = PartitionMemory(fcinfo, offsetof(RatePartition, groups),
											   sizeof(Proportion));

	if (!partition->is_read)
	{
		MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "rates of a partition",
													  ALLOCSET_DEFAULT_SIZES);
		MemoryContext caller = MemoryContextSwitchTo(scratch);
		int64		n_groups;

		CheckOptions(fcinfo, ARG_CONFIDENCE);
		n_groups = ReadRates(fcinfo, partition->groups);
		partition->prior = FitBetaBinomial(partition->groups, n_groups);
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(scratch);
		partition->is_read = true;
	}
	return partition;
}

/*
 * A beta distribution's mean, standard deviation, and the interval that leaves as much on
 * either side. Where it lies above 1/2 it is seen from 1: bounds near that have no digits
 * left to be found by.
 */
static Estimate
BetaEstimate(double a, double b, double confidence)
{
	double		tail = 0.5 * (1 - confidence);
	double		size = a + b;
	Estimate	result = {a / size, sqrt(a / size * (b / size) / (size + 1)), 0, 0, NULL};

	if (a <= b)
	{
		result.lower = qbeta(tail, a, b, true, false);
		result.upper = qbeta(tail, a, b, false, false);
	}
	else
	{
		result.lower = 1 - qbeta(tail, b, a, false, false);
		result.upper = 1 - qbeta(tail, b, a, true, false);
	}
	return result;
}

/* A group's rate among those of the others; rates that do not vary are all that of everyone */
static Estimate
ShrunkenRate(const BetaBinomial *prior, Proportion p, double confidence)
{
	Estimate	shrunken = UndefinedEstimate(prior->reason);

	if (prior->reason == NULL)
		return BetaEstimate(prior->a + p.x, prior->b + (p.n - p.x), confidence);
	if (strcmp(prior->reason, REASON_NO_OVERDISPERSION) == 0)
		shrunken.estimate = Rate(prior->everyone);
	return shrunken;
}

/* The correlation of two students of a group, 0 where rates do not vary */
static double
Rho(const BetaBinomial *prior)
{
	if (prior->reason && strcmp(prior->reason, REASON_NO_OVERDISPERSION) == 0)
		return 0;
	return 1 / (prior->a + prior->b + 1);
}

/* shrunken_rate(x, n, confidence) OVER (...) */
PG_FUNCTION_INFO_V1(shrunken_rate);
Datum
shrunken_rate(PG_FUNCTION_ARGS)
{
	const BetaBinomial *prior = &ReadPartition(fcinfo)->prior;
	double		confidence = CheckConfidence(DatumGetFloat8(WindowOption(fcinfo, ARG_CONFIDENCE)));
	Group		group = ReadRateGroup(fcinfo, WinGetCurrentPosition(PG_WINDOW_OBJECT()));
	Estimate	raw;
	ResultRow	row;

	if (group.reason)
		return ReasonRow(fcinfo, group.reason);

	raw = WilsonInterval(group.p.x, group.p.n, TwoSidedZ(confidence));
	BeginResultRow(&row, fcinfo);
	AddInt64(&row, prior->n_groups);
	AddFloat8(&row, prior->a);
	AddFloat8(&row, prior->b);
	AddFloat8(&row, Rho(prior));
	AddEstimate(&row, raw);
	AddEstimate(&row, ShrunkenRate(prior, group.p, confidence));
	AddText(&row, prior->reason ? prior->reason : raw.reason);
	return EndResultRow(&row);
}
