/*
 * support.h
 *		Two groups side by side, value by value.
 *
 * V, the PP plot and the Kolmogorov-Smirnov statistic all read the same thing:
 * at each value that occurs, how many students of either group have it, and
 * how many are below it.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_SUPPORT_H
#define GAPSTATS_SUPPORT_H

#include "distribution/distribution.h"

/* The groups of a gap; one that is missing is empty */
typedef struct GroupPair
{
	const Distribution *focal;
	const Distribution *reference;
} GroupPair;

typedef struct Support
{
	GroupPair	groups;			/* of one coarsening level */
	const DistributionEntry *focal_next;
	const DistributionEntry *focal_end;
	const DistributionEntry *reference_next;
	const DistributionEntry *reference_end;

	/* The present value */
	double		value;
	int64		focal_count;
	int64		reference_count;
	int64		focal_below;
	int64		reference_below;
} Support;

extern GroupPair GroupPairArguments(FunctionCallInfo fcinfo, int argno);
extern GroupPair AtCommonLevel(GroupPair pair);
extern void SupportInit(Support *support, GroupPair pair);
extern bool SupportNext(Support *support);
extern double SupportHighest(const Support *support);

/* Whether values within a bucket are taken for ties */
static inline bool
IsCoarse(GroupPair pair)
{
	return pair.focal->level > 0 || pair.reference->level > 0;
}

#endif							/* GAPSTATS_SUPPORT_H */
