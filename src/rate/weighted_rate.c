/*
 * weighted_rate.c
 *		A rate of a weighted sample.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/confidence.h"
#include "base/estimate.h"
#include "base/reason.h"
#include "distribution/pair.h"
#include "rate/proportion.h"
#include "utils/float.h"

/* Sums over the students on one side of the outcome. */
typedef struct WeightSums
{
	double		weights;
	double		squares;
} WeightSums;

static WeightSums SumWeights(const Distribution *weights);

/*
 * weighted_wilson_final(state)
 *
 * Wilson's interval with the weighted rate and Kish's effective sample size,
 * (sum of weights)^2 / sum of squared weights (Kish 1965).  The state holds the
 * weights of the students with the outcome and of those without.
 */
PG_FUNCTION_INFO_V1(weighted_wilson_final);
Datum
weighted_wilson_final(PG_FUNCTION_ARGS)
{
	DistributionPair *pair = PG_GETARG_DISTRIBUTION_PAIR(0);
	WeightSums	with = SumWeights(PairFocal(pair));
	WeightSums	without = SumWeights(PairReference(pair));
	double		sum = with.weights + without.weights;
	double		squares = with.squares + without.squares;

	if (isinf(squares))
		float_overflow_error();
	if (squares == 0)
		return EstimateRow(fcinfo, UndefinedEstimate(REASON_N_LT_1));
	return EstimateRow(fcinfo, ScoreInterval(with.weights / sum, without.weights / sum,
											 sum / (squares / sum), TwoSidedZ(0.95)));
}

/* The sum of weights and of their squares, whatever the order of rows. */
static WeightSums
SumWeights(const Distribution *weights)
{
	WeightSums	sums = {0, 0};
	double		n = weights->n;
	double		mean;

	if (weights->n == 0)
		return sums;
	if (DistributionEntries(weights)[0].value < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("weight must not be negative: %g", DistributionEntries(weights)[0].value)));
	mean = DistributionMean(weights);
	sums.weights = n * mean;
	sums.squares = n * mean * mean;
	if (weights->n > 1)
		sums.squares += (n - 1) * DistributionVariance(weights);
	return sums;
}
