/*
 * calibration.c
 *		Do chances that were told come true?
 *
 * The state is a pair of distributions: of the chances of those who had the outcome, and of
 * the others.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "distribution/pair.h"
#include "rate/proportion.h"

/* Transition function of calibration(predicted, observed [, confidence]) */
PG_FUNCTION_INFO_V1(calibration_accum);
Datum
calibration_accum(PG_FUNCTION_ARGS)
{
	if (!PG_ARGISNULL(1))
		(void) CheckProbability(PG_GETARG_FLOAT8(1), "predicted");
	return distribution_pair_accum(fcinfo);
}

/* The sum over a group of squares of how far the chances were from the truth */
static double
SquaredError(const Distribution *d, double truth)
{
	double		bias;
	double		squares;

	if (d->n == 0)
		return 0;
	bias = DistributionMean(d) - truth;
	squares = bias * bias * d->n;
	if (d->n > 1)
		squares += DistributionVariance(d) * (d->n - 1);
	return squares;
}

/* The mean of both groups' chances */
static double
MeanOfBoth(GroupPair groups, int64 n)
{
	ExactMoments moments;
	ExactMoments others;

	DistributionMoments(groups.focal, &moments);
	DistributionMoments(groups.reference, &others);
	MomentsMerge(&moments, &others);
	return MomentsMean(&moments, n);
}

/* Final function of calibration(predicted, observed [, confidence]) */
PG_FUNCTION_INFO_V1(calibration_final);
Datum
calibration_final(PG_FUNCTION_ARGS)
{
	GroupPair	groups;
	const DistributionPair *pair = FinalPair(fcinfo, &groups);
	int64		n = AddCounts(groups.focal->n, groups.reference->n);
	Estimate	observed = WilsonInterval(groups.focal->n, n, TwoSidedZ(PairConfidence(pair)));
	double		mean = n == 0 ? NAN : MeanOfBoth(groups, n);
	double		errors = SquaredError(groups.focal, 1) + SquaredError(groups.reference, 0);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, n);
	AddInt64(&row, groups.focal->n);
	AddInt64(&row, AddCounts(pair->missing_group, AddCounts(pair->missing_focal, pair->missing_reference)));
	AddFloat8(&row, mean);
	AddEstimate(&row, observed);
	AddFloat8(&row, mean - observed.estimate);
	AddFloat8(&row, n == 0 ? NAN : errors / n);
	AddText(&row, observed.reason);
	return EndResultRow(&row);
}

/* chance_tenth(predicted) */
PG_FUNCTION_INFO_V1(chance_tenth);
Datum
chance_tenth(PG_FUNCTION_ARGS)
{
	double		tenth = floor(10 * CheckProbability(PG_GETARG_FLOAT8(0), "predicted"));

	PG_RETURN_INT32(Min((int) tenth, 9));
}
