/*
 * distribution.h
 *		The distribution of a measure in a group of students: values and counts.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_DISTRIBUTION_H
#define GAPSTATS_DISTRIBUTION_H

#include <math.h>

#include "base/count.h"
#include "base/state.h"
#include "distribution/moments.h"
#include "fmgr.h"

/* What 1.0 wrote; every later version reads it */
#define DISTRIBUTION_VERSION 1

/* A distribution of more distinct values than this is coarsened */
#define DISTRIBUTION_MAX_ENTRIES 16384

/* The bits of a double's mantissa, all that coarsening can drop */
#define DISTRIBUTION_MAX_LEVEL 52

/* Flags of a state: its pending values are int16; it is that of a moving frame */
#define DISTRIBUTION_NARROW 0x02
#define DISTRIBUTION_MOVING 0x04

/* Flag of one that is packed, see packed.c */
#define DISTRIBUTION_PACKED 0x08

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
 * The state of an aggregate holds "npending" plain values more, not yet counted
 * among the entries. They are int16 as long as that is exact for all of them,
 * float8 from then on. "nfront" of them are in the front, which follows the
 * header; the others are behind the entries, after which there may be room to
 * spare.
 *
 * That of a moving frame, which values leave again, is never coarsened, however
 * many entries it has; so that a result need not add them all up, it has the
 * exact moments of its entries before them too.
 */
typedef struct Distribution
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	uint8		version;
	uint8		flags;
	uint8		level;			/* mantissa bits dropped; 0 is exact */
	uint8		nfront;			/* of the pending values, those in the front */
	int64		n;				/* observations, pending ones included */
	int32		nentries;		/* distinct values */
	int32		npending;		/* zero but in a state */
} Distribution;

/* What stands before the moments and entries */
static inline Size
DistributionHeaderSize(const Distribution *d)
{
	return sizeof(Distribution) +
		(IsWorking(d) ? DISTRIBUTION_FRONT_SIZE : 0);
}

/* Whether the moments of the entries stand before them */
static inline bool
DistributionHasMoments(const Distribution *d)
{
	return d->level > 0 || (d->flags & DISTRIBUTION_MOVING) != 0;
}

/* Those moments */
static inline ExactMoments *
DistributionKeptMoments(const Distribution *d)
{
	return (ExactMoments *) ((char *) d + DistributionHeaderSize(d));
}

static inline DistributionEntry *
DistributionEntries(const Distribution *d)
{
	return (DistributionEntry *) ((char *) d + DistributionHeaderSize(d) +
								  (DistributionHasMoments(d) ? sizeof(ExactMoments) : 0));
}

/* The front of a state */
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

/* Pending value i of a state */
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

/* distribution.c: what a distribution is */
extern Distribution *DistributionDetoast(Datum datum);
extern Distribution *DistributionFromDatum(Datum datum);
extern Distribution *ArgumentDistribution(FunctionCallInfo fcinfo, int argno);
extern Distribution *DistributionFromEntries(const DistributionEntry *entries, int nentries,
											 int level, const ExactMoments *moments);
extern const char *DistributionDefect(const Distribution *d);
extern const char *DistributionMomentsDefect(const Distribution *d);
extern double DistributionTruncate(double value, int level);
extern double DistributionValue(const Distribution *d, int i);
extern void DistributionBucket(const Distribution *d, int i, double *low, double *high);
extern void DistributionMoments(const Distribution *d, ExactMoments *moments);
pg_noreturn extern void DistributionRefuseValue(double value);

/* Refuse what is not a finite number; -0 is 0 */
static inline double
DistributionCheckValue(double value)
{
	if (unlikely(!isfinite(value)))
		DistributionRefuseValue(value);
	return value + 0.0;
}

/* coarsen.c: how it is made coarser */
extern int	DistributionTruncateEntries(DistributionEntry *entries, int nentries, int level);
extern int	DistributionFittingLevel(const DistributionEntry *entries, int nentries, int level);
extern Distribution *DistributionAtLevel(const Distribution *d, int level);

/* algebra.c: what is made of two */
extern Distribution *DistributionSubtract(const Distribution *a, const Distribution *b);
extern int	DistributionCompare(const Distribution *a, const Distribution *b);

/* accumulate.c: how it grows */
extern Distribution *DistributionNewState(double expected_rows);
extern Distribution *DistributionToState(const Distribution *d);
extern Distribution *DistributionNewMovingState(void);
extern Distribution *DistributionAccumulate(Distribution *state, double value);
extern Distribution *DistributionAccumulateCount(Distribution *state, double value, int64 count);
extern Distribution *DistributionRemove(Distribution *state, double value, int64 count);
extern Distribution *DistributionAbsorb(Distribution *state, const Distribution *other);
extern Distribution *DistributionCompact(const Distribution *state);

/* packed.c: of whole numbers on a short scale */
extern Distribution *DistributionFromPoints(const uint32 *counts, int32 lowest, int npoints);
extern Distribution *DistributionPackPoints(const uint32 *counts, int32 lowest, int npoints);
extern Distribution *DistributionPack(Distribution *d);
extern const char *DistributionUnpack(const Distribution *d, Distribution **result);

/* pending.c: what waits in it, counted */
extern int	DistributionCountPending(const Distribution *state, DistributionEntry *entries);

/* input_output.c: how it is written */
extern bool DistributionSkipWord(const char **text, const char *word);
extern bool DistributionParseInteger(const char **text, int64 *result);
extern const char *DistributionParseDouble(const char **text, double *result);
extern const char *DistributionParse(const char **text, Distribution **result);
extern void DistributionPrintDouble(StringInfo buf, double value);
extern void DistributionPrint(StringInfo buf, const Distribution *d);
extern Distribution *DistributionReceive(StringInfo buf);
extern void DistributionSend(StringInfo buf, const Distribution *d);

/* statistics.c: what it says; n > 0 for the mean, n > 1 for the others */
extern double DistributionMean(const Distribution *d);
extern double DistributionVariance(const Distribution *d);
extern double DistributionStddev(const Distribution *d);

#endif							/* GAPSTATS_DISTRIBUTION_H */
