/*
 * distribution.h
 *		The distribution of a measure in a group of students: values and counts.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef DISTRIBUTION_H
#define DISTRIBUTION_H

#include <math.h>

#include "common/int.h"
#include "distribution/moments.h"
#include "fmgr.h"
#include "gapstats.h"

/* What 1.0 wrote; every later version reads it */
#define DISTRIBUTION_VERSION 1

/* A distribution of more distinct values than this is coarsened */
#define DISTRIBUTION_MAX_ENTRIES 16384

/* The bits of a double's mantissa, all that coarsening can drop */
#define DISTRIBUTION_MAX_LEVEL 52

/* Flags: the state of an aggregate; its pending values are int16 (see below) */
#define DISTRIBUTION_WORKING 0x01
#define DISTRIBUTION_NARROW 0x02

/* The front of a state, in bytes: with the header, a cache line */
#define DISTRIBUTION_FRONT_SIZE 40

typedef struct DistributionEntry
{
	double		value;
	int64		count;
} DistributionEntry;

/*
 * Behind the header come the entries: finite values, ascending and distinct,
 * each with a positive count. In a coarse distribution (level > 0) the exact
 * moments stand before them, and a value stands for its bucket: the low "level"
 * bits of its mantissa are zero.
 *
 * The working form, which only the state of an aggregate has, holds "npending"
 * plain values more, not yet counted among the entries. They are int16 as long
 * as that is exact for all of them, float8 from then on. "nfront" of them are in
 * the front, which follows the header; the others are behind the entries, after
 * which there may be room to spare.
 */
typedef struct Distribution
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	uint8		version;
	uint8		flags;
	uint8		level;			/* mantissa bits dropped; 0 is exact */
	uint8		nfront;			/* of the pending ones, those in the front */
	int64		n;				/* observations, pending ones included */
	int32		nentries;		/* distinct values */
	int32		npending;		/* zero but in the working form */
} Distribution;

/* What stands before the moments and entries */
static inline Size
DistributionHeaderSize(const Distribution *d)
{
	return sizeof(Distribution) +
		((d->flags & DISTRIBUTION_WORKING) ? DISTRIBUTION_FRONT_SIZE : 0);
}

/* The moments of a coarse distribution */
static inline ExactMoments *
DistributionCoarseMoments(const Distribution *d)
{
	return (ExactMoments *) ((char *) d + DistributionHeaderSize(d));
}

static inline DistributionEntry *
DistributionEntries(const Distribution *d)
{
	return (DistributionEntry *) ((char *) d + DistributionHeaderSize(d) +
								  (d->level > 0 ? sizeof(ExactMoments) : 0));
}

/* The front of the working form */
static inline void *
DistributionFront(const Distribution *d)
{
	return (char *) d + sizeof(Distribution);
}

/* The size of a pending value */
static inline Size
DistributionPendingWidth(const Distribution *d)
{
	return (d->flags & DISTRIBUTION_NARROW) ? sizeof(int16) : sizeof(float8);
}

/* How many pending values the front can take */
static inline int
DistributionFrontLength(const Distribution *d)
{
	return DISTRIBUTION_FRONT_SIZE / DistributionPendingWidth(d);
}

/* The pending values behind the entries, and their size */
static inline char *
DistributionPendingBehind(const Distribution *d)
{
	return (char *) (DistributionEntries(d) + d->nentries);
}

static inline Size
DistributionPendingSize(const Distribution *d)
{
	return (d->npending - d->nfront) * DistributionPendingWidth(d);
}

/* How much of it is in use */
static inline Size
DistributionUsedSize(const Distribution *d)
{
	return DistributionPendingBehind(d) - (char *) d + DistributionPendingSize(d);
}

/* Pending value i of the working form */
static inline double
DistributionPending(const Distribution *d, int i)
{
	const void *pending = DistributionFront(d);

	if (i >= d->nfront)
	{
		pending = DistributionPendingBehind(d);
		i -= d->nfront;
	}
	return (d->flags & DISTRIBUTION_NARROW) ?
		((const int16 *) pending)[i] : ((const float8 *) pending)[i];
}

/* Canonical and validated. It may be the stored value itself: read only. */
#define DatumGetDistribution(X) DistributionFromDatum(X)
#define PG_GETARG_DISTRIBUTION(n) DatumGetDistribution(PG_GETARG_DATUM(n))
#define PG_RETURN_DISTRIBUTION(d) PG_RETURN_POINTER(d)

/* distribution.c: what a distribution is */
extern Distribution *DistributionDetoast(Datum datum);
extern Distribution *DistributionFromDatum(Datum datum);
extern Distribution *DistributionFromEntries(const DistributionEntry *entries, int nentries,
											 int level, const ExactMoments *moments);
extern const char *DistributionDefect(const Distribution *d);
extern const char *DistributionMomentsDefect(const Distribution *d);
extern Distribution *DistributionSubtract(const Distribution *a, const Distribution *b);
extern Distribution *DistributionAtLevel(const Distribution *d, int level);
extern int	DistributionTruncateEntries(DistributionEntry *entries, int nentries, int level);
extern double DistributionTruncate(double value, int level);
extern double DistributionValue(const Distribution *d, int i);
extern void DistributionMoments(const Distribution *d, ExactMoments *moments);
pg_noreturn extern void DistributionCountOverflow(void);
pg_noreturn extern void DistributionRefuseValue(double value);

/* Add counts of observations */
static inline int64
DistributionAddCounts(int64 a, int64 b)
{
	int64		sum;

	if (unlikely(pg_add_s64_overflow(a, b, &sum)))
		DistributionCountOverflow();
	return sum;
}

/* Refuse what is not a finite number; -0 is 0 */
static inline double
DistributionCheckValue(double value)
{
	if (unlikely(!isfinite(value)))
		DistributionRefuseValue(value);
	return value + 0.0;
}

/* accumulate.c: how it grows */
extern Distribution *DistributionNewState(double expected_rows);
extern Distribution *DistributionToState(const Distribution *d);
extern Distribution *DistributionAccumulate(Distribution *state, double value);
extern Distribution *DistributionAccumulateCount(Distribution *state, double value, int64 count);
extern Distribution *DistributionRemove(Distribution *state, double value, int64 count);
extern Distribution *DistributionAbsorb(Distribution *state, const Distribution *other);
extern Distribution *DistributionCompact(const Distribution *state);

/* count.c: what waits in it, counted */
extern int	DistributionCountPending(const Distribution *state, DistributionEntry *entries);

/* input_output.c: how it is written */
extern bool DistributionSkipWord(const char **text, const char *word);
extern bool DistributionParseInteger(const char **text, int64 *result);
extern const char *DistributionParse(const char **text, Distribution **result);
extern void DistributionPrint(StringInfo buf, const Distribution *d);
extern Distribution *DistributionReceive(StringInfo buf);
extern void DistributionSend(StringInfo buf, const Distribution *d);

/* statistics.c: what it says; n > 0 for the mean and percentiles, n > 1 for the others */
extern double DistributionMean(const Distribution *d);
extern double DistributionMeanDifference(const Distribution *a, const Distribution *b);
extern double DistributionVariance(const Distribution *d);
extern double DistributionStddev(const Distribution *d);
extern double DistributionPercentile(const Distribution *d, double p);
extern void DistributionCountBelow(const Distribution *d, double value, int64 *below, int64 *at);

#endif							/* DISTRIBUTION_H */
