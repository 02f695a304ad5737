/*
 * quantile.c
 *		Sample quantiles of the nine types of Hyndman & Fan 1996.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "percentile/quantile.h"

/* Between the value of a rank and the next one */
static double
BetweenRanks(const Ranks *ranks, double rank, double part)
{
	return Interpolate(RankedValue(ranks, rank), RankedValue(ranks, rank + 1), part);
}

/*
 * The three types that take the value of a rank, or the middle of two. Type 3
 * takes the nearest even rank.
 */
static double
DiscontinuousQuantile(const Ranks *ranks, double fraction, int type)
{
	double		position = ranks->d->n * fraction - (type == 3 ? 0.5 : 0);
	double		rank = floor(position);
	bool		between = position > rank;

	if (type == 2 && !between)
		return BetweenRanks(ranks, rank, 0.5);
	if (type == 3 && fmod(rank, 2) != 0)
		between = true;
	return RankedValue(ranks, between ? rank + 1 : rank);
}

/*
 * The types that interpolate differ in the position of a fraction among the
 * ranks, a + fraction (n + 1 - a - b). R's fuzz keeps a position that is whole
 * but for rounding on its rank.
 */
static double
ContinuousQuantile(const Ranks *ranks, double fraction, int type)
{
	static const double as[] = {0, 0.5, 0, 1, 1.0 / 3, 3.0 / 8};
	static const double bs[] = {1, 0.5, 0, 1, 1.0 / 3, 3.0 / 8};
	double		a = as[type - 4];
	double		b = bs[type - 4];
	double		fuzz = 4 * DBL_EPSILON;
	double		position = a + fraction * ((double) ranks->d->n + 1 - a - b);
	double		rank = floor(position + fuzz);
	double		part = position - rank;

	return BetweenRanks(ranks, rank, fabs(part) < fuzz ? 0 : part);
}

/* Quantile of a type, of a distribution that is not empty */
double
QuantileOfType(const Ranks *ranks, double fraction, int type)
{
	/* PostgreSQL's percentile_cont, to the last bit */
	if (type == 7)
		return RankedPercentile(ranks, fraction);
	return type < 4 ? DiscontinuousQuantile(ranks, fraction, type) :
		ContinuousQuantile(ranks, fraction, type);
}
