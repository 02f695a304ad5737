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
 * Begin before the smallest value. The finer group is coarsened to the other's
 * level, or values that fell into one bucket would not be seen as ties.
 */
void
SupportInit(Support *support, const Distribution *focal, const Distribution *reference)
{
	memset(support, 0, sizeof(*support));
	if (focal->level < reference->level)
		focal = DistributionAtLevel(focal, reference->level);
	else if (reference->level < focal->level)
		reference = DistributionAtLevel(reference, focal->level);
	support->focal = focal;
	support->reference = reference;
}

/* Go to the next value that occurs in either group; false after the last */
bool
SupportNext(Support *support)
{
	const DistributionEntry *f = DistributionEntries(support->focal) + support->i;
	const DistributionEntry *r = DistributionEntries(support->reference) + support->j;
	bool		more_focal = support->i < support->focal->nentries;
	bool		more_reference = support->j < support->reference->nentries;

	support->focal_below += support->focal_count;
	support->reference_below += support->reference_count;
	support->focal_count = 0;
	support->reference_count = 0;
	if (!more_focal && !more_reference)
		return false;

	if (more_focal && (!more_reference || f->value <= r->value))
		support->value = f->value;
	else
		support->value = r->value;
	if (more_focal && f->value == support->value)
	{
		support->focal_count = f->count;
		support->i++;
	}
	if (more_reference && r->value == support->value)
	{
		support->reference_count = r->count;
		support->j++;
	}
	return true;
}
