/*
 * coarsen.c
 *		How a distribution is made coarser.
 *
 * A coarser one drops the low bits of its values' mantissas. The level, how many
 * of them, is the lowest at which the distinct values fit; so it does not depend
 * on the order in which they came.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "distribution/distribution.h"
#include "port/pg_bitutils.h"

/* Truncate sorted entries in place and merge what became equal; returns how many remain */
int
DistributionTruncateEntries(DistributionEntry *entries, int nentries, int level)
{
	int			last = -1;

	for (int i = 0; i < nentries; i++)
	{
		double		value = DistributionTruncate(entries[i].value, level);

		if (last >= 0 && entries[last].value == value)
			entries[last].count += entries[i].count;
		else
		{
			last++;
			entries[last].value = value;
			entries[last].count = entries[i].count;
		}
	}
	return last + 1;
}

/* The lowest level at which two neighbouring values are one */
static int
MergingLevel(double a, double b)
{
	const uint64 sign = UINT64CONST(1) << 63;
	uint64		a_bits;
	uint64		b_bits;
	uint64		differing;

	memcpy(&a_bits, &a, sizeof(a_bits));
	memcpy(&b_bits, &b, sizeof(b_bits));

	/* on both sides of zero, they are one only where both are truncated to it */
	differing = (a_bits ^ b_bits) & sign ? (a_bits | b_bits) & ~sign : a_bits ^ b_bits;
	return differing == 0 ? 0 : pg_leftmost_one_pos64(differing) + 1;
}

/* The lowest level, from the given one on, at which sorted entries fit */
int
DistributionFittingLevel(const DistributionEntry *entries, int nentries, int level)
{
	int			merging_at[65] = {0};
	int			remaining = nentries;

	for (int i = 1; i < nentries; i++)
		merging_at[MergingLevel(entries[i - 1].value, entries[i].value)]++;
	for (int i = 0; i <= level; i++)
		remaining -= merging_at[i];
	while (remaining > DISTRIBUTION_MAX_ENTRIES)
		remaining -= merging_at[++level];
	return level;
}

/*
 * The distribution at a level at least as coarse as its own, so that the ties
 * between two distributions are those of the coarser one.
 */
Distribution *
DistributionAtLevel(const Distribution *d, int level)
{
	ExactMoments moments;
	DistributionEntry *entries;
	int			nentries;

	Assert(level >= d->level);
	if (level == d->level)
		return (Distribution *) d;

	DistributionMoments(d, &moments);
	entries = palloc(d->nentries * sizeof(DistributionEntry));
	memcpy(entries, DistributionEntries(d), d->nentries * sizeof(DistributionEntry));
	nentries = DistributionTruncateEntries(entries, d->nentries, level);
	return DistributionFromEntries(entries, nentries, level, &moments);
}
