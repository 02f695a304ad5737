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

/* The part of an error that, added to it in quadrature, leaves it as it is */
#define NEGLIGIBLE 1e-8

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

/* A weighted mean and the standard deviation around it, one value after the other (West 1979) */
typedef struct Spread
{
	double		weight;
	double		mean;
	double		stddev;			/* times the root of the weight */
} Spread;

static void
AddToSpread(Spread *spread, double value, double weight)
{
	double		total = spread->weight + weight;
	double		deviation = value - spread->mean;

	if (weight <= 0)
		return;
	spread->mean += weight / total * deviation;
	/* squares of small deviations would underflow */
	spread->stddev = hypot(spread->stddev, sqrt(weight * (spread->weight / total)) * deviation);
	spread->weight = total;
}

/* The weights of a Beta(a, b) that a group's order statistics have */
typedef struct OrderWeights
{
	const Ranks *ranks;
	double		a;
	double		b;
	int			center;			/* an entry in the middle of them */
} OrderWeights;

/* The weight of all entries beyond one, downwards (direction -1) or upwards (1) */
static double
WeightBeyond(const OrderWeights *weights, int entry, int direction)
{
	const Ranks *ranks = weights->ranks;
	double		n = (double) ranks->d->n;

	if (direction > 0)
		return pbeta(ranks->upto[entry] / n, weights->a, weights->b, 0, 0);
	return entry == 0 ? 0 : pbeta(ranks->upto[entry - 1] / n, weights->a, weights->b, 1, 0);
}

/*
 * Add the entries on one side of the center, up to where nothing that is beyond
 * could be noticed, however far off its value. Returns the weight of the side.
 */
static double
AddSide(Spread *spread, const OrderWeights *weights, int direction)
{
	const Distribution *d = weights->ranks->d;
	int			last = direction < 0 ? 0 : d->nentries - 1;
	double		center = DistributionValue(d, weights->center);
	double		farthest = fabs(DistributionValue(d, last) - center);
	double		side = WeightBeyond(weights, weights->center, direction);
	double		beyond = side;

	for (int i = weights->center; i != last;)
	{
		double		further;

		i += direction;
		further = WeightBeyond(weights, i, direction);
		AddToSpread(spread, DistributionValue(d, i) - center, beyond - further);
		beyond = further;
		if (sqrt(beyond) * farthest <= NEGLIGIBLE * spread->stddev)
			break;
	}
	return side;
}

/*
 * Maritz & Jarrett 1978: the standard deviation that the order statistic of rank
 * m = floor(n p + 1/2) has if its weights are those of a Beta(m - 1, n - m).
 * Equal values share their weight. Of many values few have a weight that counts,
 * so it is taken from the middle outwards.
 */
static double
MaritzJarrettError(const Ranks *ranks, double p)
{
	double		n = (double) ranks->d->n;
	double		m = floor(n * p + 0.5);
	OrderWeights weights = {ranks, m - 1, n - m, 0};
	Spread		spread = {0, 0, 0};
	double		sides;

	if (m - 1 <= 0 || n - m <= 0)
		return NAN;

	weights.center = RankedEntry(ranks, (int64) m);
	sides = AddSide(&spread, &weights, -1);
	sides += AddSide(&spread, &weights, 1);
	AddToSpread(&spread, 0, 1 - sides);
	return spread.stddev;
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
	result->se = MaritzJarrettError(ranks, p);
	if (result->lower_rank == 0 || result->upper_rank == 0 || isnan(result->se))
		result->reason = REASON_EXTREME_PERCENTILE;
}
