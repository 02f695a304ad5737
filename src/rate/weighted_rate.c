/*
 * weighted_rate.c
 *		A rate of a weighted sample.
 *
 * The state holds the weights of the students with the outcome as its focal
 * group, of those without as its reference group.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/reason.h"
#include "distribution/pair.h"
#include "rate/proportion.h"

/* Sums of weights and of their squares, in units of a power of two and of its square */
typedef struct WeightSums
{
	double		weights;
	double		squares;
} WeightSums;

/* What the row says */
typedef struct WeightedRate
{
	int64		n;
	int64		n_outcome;
	int64		n_missing_outcome;
	int64		n_missing_weight;
	double		sum_of_weights;
	double		n_eff;
	Estimate	rate;
} WeightedRate;

/* Transition function of weighted_rate(outcome, weight [, confidence]) */
PG_FUNCTION_INFO_V1(weighted_rate_accum);
Datum
weighted_rate_accum(PG_FUNCTION_ARGS)
{
	LOCAL_FCINFO(accumulate, 4);

	if (!PG_ARGISNULL(2))
	{
		if (CheckNonNegative(PG_GETARG_FLOAT8(2), "weight") == 0)
			return LeaveOutOfPair(fcinfo);	/* not in the sample */
	}

	/* a pair counts (value, group) */
	memcpy(accumulate, fcinfo, SizeForFunctionCallInfo(PG_NARGS()));
	accumulate->args[1] = fcinfo->args[2];
	accumulate->args[2] = fcinfo->args[1];
	return distribution_pair_accum(accumulate);
}

/* The power of two that the largest weight is next below */
static int
WeightUnit(const Distribution *weights)
{
	int			unit;

	if (weights->nentries == 0)
		return INT_MIN;
	frexp(DistributionValue(weights, weights->nentries - 1), &unit);
	return unit;
}

/*
 * The sums of some weights. Squares leave the range of doubles long before the
 * weights do: the unit keeps them inside.
 */
static WeightSums
SumWeights(const Distribution *weights, int unit)
{
	WeightSums	sums = {0, 0};
	double		n = weights->n;
	double		mean;
	ExactMoments moments;

	if (weights->n == 0)
		return sums;
	DistributionMoments(weights, &moments);
	mean = ldexp(MomentsMean(&moments, weights->n), -unit);
	sums.weights = n * mean;
	sums.squares = n * mean * mean;
	if (weights->n > 1)
	{
		int			exponent;
		double		variance = MomentsVariance(&moments, weights->n, &exponent);

		sums.squares += (n - 1) * ldexp(variance, exponent - 2 * unit);
	}
	return sums;
}

/*
 * The rate with Wilson's interval for the effective sample size of Kish (1965),
 * (sum of weights)^2 / sum of squared weights.
 */
static void
SetRate(WeightedRate *result, const DistributionPair *pair)
{
	const Distribution *with = PairFocal(pair);
	const Distribution *without = PairReference(pair);
	int			unit = Max(WeightUnit(with), WeightUnit(without));
	WeightSums	sums_with = SumWeights(with, unit);
	WeightSums	sums_without = SumWeights(without, unit);
	double		sum = sums_with.weights + sums_without.weights;
	double		squares = sums_with.squares + sums_without.squares;

	result->n = AddCounts(with->n, without->n);
	result->n_outcome = with->n;
	result->n_missing_outcome = pair->missing_group;
	result->n_missing_weight = AddCounts(pair->missing_focal, pair->missing_reference);
	if (sum == 0)
		return;
	result->sum_of_weights = ldexp(sum, unit);
	result->n_eff = sum / (squares / sum);
	result->rate = ScoreInterval(sums_with.weights / sum, sums_without.weights / sum,
								 result->n_eff, TwoSidedZ(PairConfidence(pair)));
}

/* Final function */
PG_FUNCTION_INFO_V1(weighted_rate_final);
Datum
weighted_rate_final(PG_FUNCTION_ARGS)
{
	WeightedRate result = {0};
	ResultRow	row;

	result.n_eff = NAN;
	result.rate = UndefinedEstimate(REASON_N_LT_1);
	if (!PG_ARGISNULL(0))
		SetRate(&result, PG_GETARG_DISTRIBUTION_PAIR(0));

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, result.n);
	AddInt64(&row, result.n_outcome);
	AddInt64(&row, result.n_missing_outcome);
	AddInt64(&row, result.n_missing_weight);
	AddFloat8(&row, result.sum_of_weights);
	AddFloat8(&row, result.n_eff);
	AddEstimate(&row, result.rate);
	AddText(&row, result.rate.reason);
	return EndResultRow(&row);
}
