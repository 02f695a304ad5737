/*
 * support.c
 *		Two groups side by side, value by value.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "distribution/support.h"

/* Two arguments that follow each other: focal, then reference */
GroupPair
GroupPairArguments(FunctionCallInfo fcinfo, int argno)
{
	GroupPair	pair;

	pair.focal = ArgumentDistribution(fcinfo, argno);
	pair.reference = ArgumentDistribution(fcinfo, argno + 1);
	return pair;
}

/*
 * Coarsen the finer group to the other's level, or values that fell into one
 * bucket would not be seen as ties.
 */
GroupPair
AtCommonLevel(GroupPair pair)
{
	int			level = Max(pair.focal->level, pair.reference->level);

	pair.focal = DistributionAtLevel(pair.focal, level);
	pair.reference = DistributionAtLevel(pair.reference, level);
	return pair;
}

/* Begin before the smallest value */
void
SupportInit(Support *support, GroupPair pair)
{
	memset(support, 0, sizeof(*support));
	pair = AtCommonLevel(pair);
	support->groups = pair;
	support->focal_next = DistributionEntries(pair.focal);
	support->focal_end = support->focal_next + pair.focal->nentries;
	support->reference_next = DistributionEntries(pair.reference);
	support->reference_end = support->reference_next + pair.reference->nentries;
}

/* Go to the next value that occurs in either group; false after the last */
bool
SupportNext(Support *support)
{
	/* where a group has ended, a value that none has */
	double		focal = support->focal_next < support->focal_end ?
		support->focal_next->value : INFINITY;
	double		reference = support->reference_next < support->reference_end ?
		support->reference_next->value : INFINITY;
	double		value = Min(focal, reference);

	support->focal_below += support->focal_count;
	support->reference_below += support->reference_count;
	support->focal_count = 0;
	support->reference_count = 0;
	if (isinf(value))
		return false;

	support->value = value;
	if (focal == value)
		support->focal_count = support->focal_next++->count;
	if (reference == value)
		support->reference_count = support->reference_next++->count;
	return true;
}

/*
 * The largest score that the present value stands for: in a coarse distribution
 * the end of its bucket. The students counted so far are those at or below it.
 */
double
SupportHighest(const Support *support)
{
	bool		focal = support->focal_count > 0;
	const Distribution *d = focal ? support->groups.focal : support->groups.reference;
	const DistributionEntry *next = focal ? support->focal_next : support->reference_next;
	double		low;
	double		high;

	DistributionBucket(d, next - DistributionEntries(d) - 1, &low, &high);
	return high;
}
