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
#include "miscadmin.h"
#include "percentile/quantile.h"

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
 * The weights of Maritz & Jarrett: what a Beta(a, b) has between the shares of
 * the students below an entry and of those up to it.
 */
typedef struct EntryWeights
{
	const Ranks *ranks;
	double		a;
	double		b;
} EntryWeights;

/* The weight of an entry and all before it; that of none is 0 */
static double
WeightUpTo(const EntryWeights *weights, int entry)
{
	double		n = (double) weights->ranks->d->n;

	return entry < 0 ? 0 : pbeta(weights->ranks->upto[entry] / n, weights->a, weights->b, 1, 0);
}

/* The weight of all entries after one, which is not 1 - the other where that is nearly 1 */
static double
WeightAfter(const EntryWeights *weights, int entry)
{
	double		n = (double) weights->ranks->d->n;

	return pbeta(weights->ranks->upto[entry] / n, weights->a, weights->b, 0, 0);
}

/* The first entry that with all before it weighs more than a limit */
static int
FirstWeighty(const EntryWeights *weights, double limit)
{
	int			low = 0;
	int			high = weights->ranks->d->nentries - 1;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (WeightUpTo(weights, middle) > limit)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* The last entry that with all after it does, from one on that does */
static int
LastWeighty(const EntryWeights *weights, int from, double limit)
{
	int			low = from;
	int			high = weights->ranks->d->nentries - 1;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (WeightAfter(weights, middle) > limit)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Weighted sums of deviations from the center, in units of 2^exponent */
typedef struct Spread
{
	const Distribution *d;
	int			center;
	int			exponent;
	double		sum;
	double		squares;
} Spread;

static double
Deviation(const Spread *spread, int entry)
{
	return ldexp(DistributionValue(spread->d, entry), -spread->exponent) -
		ldexp(DistributionValue(spread->d, spread->center), -spread->exponent);
}

static void
AddDeviation(Spread *spread, int entry, double weight)
{
	double		deviation = Deviation(spread, entry);

	CHECK_FOR_INTERRUPTS();
	spread->sum += weight * deviation;
	spread->squares += weight * deviation * deviation;
}

/*
 * Sum over the entries from first to last, in units in which no deviation among
 * them is above 1. Each weight is taken from the nearer tail, of which it is not
 * a small part; the center's deviation is 0, so that it needs none.
 */
static Spread
SumDeviations(const EntryWeights *weights, int first, int center, int last)
{
	const Distribution *d = weights->ranks->d;
	Spread		spread = {.d = d, .center = center};
	double		tail;

	frexp(DistributionValue(d, last) / 2 - DistributionValue(d, first) / 2, &spread.exponent);
	spread.exponent++;

	tail = WeightUpTo(weights, first - 1);
	for (int i = first; i < center; i++)
	{
		double		upto = WeightUpTo(weights, i);

		AddDeviation(&spread, i, upto - tail);
		tail = upto;
	}
	tail = WeightAfter(weights, last);
	for (int i = last; i > center; i--)
	{
		double		from = WeightAfter(weights, i - 1);

		AddDeviation(&spread, i, from - tail);
		tail = from;
	}
	return spread;
}

/* The most that entries beyond first and last can add to the squares */
static double
LeftOut(const EntryWeights *weights, const Spread *spread, int first, int last)
{
	double		below = Deviation(spread, 0);
	double		above = Deviation(spread, weights->ranks->d->nentries - 1);

	return (first == 0 ? 0 : WeightUpTo(weights, first - 1) * below * below) +
		WeightAfter(weights, last) * above * above;
}

/*
 * Maritz & Jarrett 1978: the standard deviation that the order statistic of rank
 * m = floor(n p + 1/2) has if its weights are those of a Beta(m - 1, n - m).
 * Equal values share their weight. NaN where there is no such order statistic.
 *
 * Almost all weight is on few entries: those that hold all but 1e-30 of it at
 * either end are enough, unless the values beyond are so far off that they
 * matter even so. The center is the median of the weights, which is within a
 * standard deviation of their mean, so that subtracting its square loses nothing.
 */
static double
MaritzJarrettError(const Ranks *ranks, double p)
{
	double		m = floor((double) ranks->d->n * p + 0.5);
	EntryWeights weights = {ranks, m - 1, (double) ranks->d->n - m};
	int			center;

	if (weights.a <= 0 || weights.b <= 0)
		return NAN;

	center = FirstWeighty(&weights, 0.5);
	for (double limit = 1e-30;; limit = 0)
	{
		int			first = Min(FirstWeighty(&weights, limit), center);
		int			last = LastWeighty(&weights, center, limit);
		Spread		spread = SumDeviations(&weights, first, center, last);
		double		variance = spread.squares - spread.sum * spread.sum;

		if (limit == 0 || LeftOut(&weights, &spread, first, last) <= 1e-15 * variance)
			return ldexp(sqrt(variance), spread.exponent);
	}
}

/* Quantile of type 7, interval by order statistics and standard error */
void
QuantileEstimateCompute(const Ranks *ranks, double fraction, double confidence,
						QuantileEstimate *result)
{
	int64		n = ranks->d->n;
	double		tail = (1 - confidence) / 2;

	*result = (QuantileEstimate) {NAN, 0, 0, NAN, NAN, NAN, NAN, NULL};
	if (n == 0)
	{
		result->reason = REASON_N_LT_1;
		return;
	}

	result->value = QuantileOfType(ranks, fraction, 7);
	result->lower_rank = LowerRank(n, fraction, tail);
	result->upper_rank = UpperRank(n, fraction, tail);
	if (result->lower_rank > 0)
		result->lower = RankedValue(ranks, result->lower_rank);
	if (result->upper_rank > 0)
		result->upper = RankedValue(ranks, result->upper_rank);
	result->coverage =
		(result->upper_rank > 0 ? pbinom(result->upper_rank - 1, n, fraction, 1, 0) : 1) -
		(result->lower_rank > 0 ? pbinom(result->lower_rank - 1, n, fraction, 1, 0) : 0);
	result->se = MaritzJarrettError(ranks, fraction);
	if (result->lower_rank == 0 || result->upper_rank == 0 || isnan(result->se))
		result->reason = REASON_EXTREME_PERCENTILE;
}
