/*
 * estimate.c
 *		How sure a sample quantile is.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/reason.h"
#include "base/rmath.h"
#include "percentile/quantile.h"
#include "utils/float.h"

/*
 * The last order statistic that is above the population's quantile with
 * probability at most "tail": the largest k with P(Bin(n, p) <= k - 1) <= tail.
 * 0 if there is none.
 */
static int64
LowerRank(int64 n, double p, double tail)
{
	int64		lowest = 0;
	int64		highest = n;

	while (lowest < highest)
	{
		int64		k = highest - (highest - lowest) / 2;

		if (pbinom(k - 1, n, p, 1, 0) <= tail)
			lowest = k;
		else
			highest = k - 1;
	}
	return lowest;
}

/*
 * The first that is below it with at most that: the smallest k with
 * P(Bin(n, p) >= k) <= tail. 0 if there is none.
 */
static int64
UpperRank(int64 n, double p, double tail)
{
	int64		lowest = 1;
	int64		highest = n;

	if (pbinom(n - 1, n, p, 0, 0) > tail)
		return 0;
	while (lowest < highest)
	{
		int64		k = lowest + (highest - lowest) / 2;

		if (pbinom(k - 1, n, p, 0, 0) <= tail)
			highest = k;
		else
			lowest = k + 1;
	}
	return lowest;
}

/*
 * Maritz & Jarrett 1978: the variance that the order statistic of rank
 * m = floor(n p + 1/2) has if its weights are those of a Beta(m - 1, n - m).
 * Equal values share their weight, and the deviations are taken from the mean.
 */
static double
MaritzJarrettError(const Distribution *d, double p)
{
	const DistributionEntry *entries = DistributionEntries(d);
	double		n = (double) d->n;
	double		m = floor(n * p + 0.5);
	double	   *weights;
	double		reached = 0;
	double		below = 0;
	double		mean = 0;
	double		variance = 0;

	if (m - 1 <= 0 || n - m <= 0)
		return get_float8_nan();

	weights = palloc(d->nentries * sizeof(double));
	for (int i = 0; i < d->nentries; i++)
	{
		double		upto;

		reached += entries[i].count;
		upto = pbeta(reached / n, m - 1, n - m, 1, 0);
		weights[i] = upto - below;
		below = upto;
		mean += weights[i] * (DistributionValue(d, i) - DistributionValue(d, 0));
	}
	for (int i = 0; i < d->nentries; i++)
	{
		double		deviation = DistributionValue(d, i) - DistributionValue(d, 0) - mean;

		variance += weights[i] * deviation * deviation;
	}
	return sqrt(variance);
}

/* Quantile of type 7, interval by order statistics and standard error */
void
QuantileEstimateCompute(const Ranks *ranks, double p, double confidence,
						QuantileEstimate *result)
{
	const Distribution *d = ranks->d;
	double		nan = get_float8_nan();
	double		n = (double) d->n;
	double		tail = (1 - confidence) / 2;

	*result = (QuantileEstimate) {nan, 0, 0, nan, nan, nan, nan, NULL};
	if (d->n == 0)
	{
		result->reason = REASON_N_LT_1;
		return;
	}

	result->value = QuantileOfType(ranks, p, 7);
	result->lower_rank = LowerRank(d->n, p, tail);
	result->upper_rank = UpperRank(d->n, p, tail);
	if (result->lower_rank > 0)
		result->lower = RankedValue(ranks, result->lower_rank);
	if (result->upper_rank > 0)
		result->upper = RankedValue(ranks, result->upper_rank);
	result->coverage = (result->upper_rank > 0 ? pbinom(result->upper_rank - 1, n, p, 1, 0) : 1) -
		(result->lower_rank > 0 ? pbinom(result->lower_rank - 1, n, p, 1, 0) : 0);
	result->se = MaritzJarrettError(d, p);
	if (result->lower_rank == 0 || result->upper_rank == 0 || isnan(result->se))
		result->reason = REASON_EXTREME_PERCENTILE;
}
