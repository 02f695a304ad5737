/*
 * pair.h
 *		The distributions of a focal and a reference group, side by side.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef DISTRIBUTION_PAIR_H
#define DISTRIBUTION_PAIR_H

#include "distribution/distribution.h"

#define DISTRIBUTION_PAIR_VERSION 1

/*
 * Behind the header come two distributions, focal and reference, each in
 * canonical form or, in the state of an aggregate, in working form.
 */
typedef struct DistributionPair
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	uint8		version;
	uint8		unused[3];		/* reserved for future use, always zero */
	int64		missing_focal;	/* focal rows without a value */
	int64		missing_reference;	/* reference rows without a value */
	int64		missing_group;	/* rows without a group */
} DistributionPair;

static inline Distribution *
PairFocal(const DistributionPair *pair)
{
	return (Distribution *) ((char *) pair + sizeof(DistributionPair));
}

static inline Distribution *
PairReference(const DistributionPair *pair)
{
	return (Distribution *) ((char *) PairFocal(pair) + VARSIZE(PairFocal(pair)));
}

/* Canonical and validated. It may be the stored value itself: read only. */
extern DistributionPair *DistributionPairFromDatum(Datum datum);

#define PG_GETARG_DISTRIBUTION_PAIR(n) DistributionPairFromDatum(PG_GETARG_DATUM(n))

#endif							/* DISTRIBUTION_PAIR_H */
