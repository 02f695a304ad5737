/*
 * rank.h
 *		Who stands where in a group: order statistics, percentiles, counts at a cut.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_RANK_H
#define GAPSTATS_RANK_H

#include "distribution/distribution.h"

/* A distribution, and how many observations are at or below each of its entries */
typedef struct Ranks
{
	const Distribution *d;
	int64	   *upto;
} Ranks;

/*
 * Observations below a cut, and at or below it. In a coarse distribution the cut
 * may be within a bucket: they are estimates then, and off by at most the errors.
 */
typedef struct CutCount
{
	int64		below;
	int64		upto;
	int64		below_error;
	int64		upto_error;
} CutCount;

extern Ranks DistributionRanks(const Distribution *d);
extern double RankedValue(const Ranks *ranks, double rank);
extern double Interpolate(double low, double high, double part);
extern double RankedPercentile(const Ranks *ranks, double fraction);
extern CutCount CountAtCut(const Ranks *ranks, double cut);

#endif							/* GAPSTATS_RANK_H */
