/*
 * pair.h
 *		The distributions of a focal and a reference group, side by side.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_PAIR_H
#define GAPSTATS_PAIR_H

#include "base/confidence.h"
#include "distribution/distribution.h"
#include "distribution/support.h"

#define DISTRIBUTION_PAIR_VERSION 1

/*
 * Behind the header come two distributions, focal and reference: of a state both
 * are states, of a value both are values.
 */
typedef struct DistributionPair
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	uint8		version;
	uint8		flags;
	uint8		unused[2];		/* reserved for future use, always zero */
	int64		missing_focal;	/* focal rows without a value */
	int64		missing_reference;	/* reference rows without a value */
	int64		missing_group;	/* rows without a group */
	double		confidence;		/* that the rows ask for, 0 if they do not */
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

/* The confidence that its aggregate is to have */
static inline double
PairConfidence(const DistributionPair *pair)
{
	return pair->confidence == 0 ? DEFAULT_CONFIDENCE : pair->confidence;
}

/* Canonical and validated. It may be the stored value itself: read only. */
extern DistributionPair *DistributionPairFromDatum(Datum datum);

#define PG_GETARG_DISTRIBUTION_PAIR(n) DistributionPairFromDatum(PG_GETARG_DATUM(n))

/* The transition function, for aggregates whose arguments stand in another order */
extern PGDLLEXPORT Datum distribution_pair_accum(PG_FUNCTION_ARGS);
extern Datum LeaveOutOfPair(FunctionCallInfo fcinfo);

/* For final functions: the pair, and its groups, in a form that can be read */
extern const DistributionPair *FinalPair(FunctionCallInfo fcinfo, GroupPair *groups);

#endif							/* GAPSTATS_PAIR_H */
