/*
 * distribution.c
 *		What a distribution is: its validator, its values, its moments.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "distribution/distribution.h"
#include "utils/memutils.h"

/* Whether a value is what input lets in: finite, and not -0 */
static inline bool
IsValue(double value)
{
	return isfinite(value) && !(value == 0 && signbit(value));
}

/*
 * One validator stands behind text and binary input and every detoast. It
 * returns what is wrong, or NULL; the caller knows which error that is.
 */
const char *
DistributionDefect(const Distribution *d)
{
	const DistributionEntry *entries;
	int64		n;
	bool		working = IsWorking(d);
	bool		moving = working && (d->flags & DISTRIBUTION_MOVING) != 0;

	if ((d->flags & ~(working ? STATE_WORKING | DISTRIBUTION_NARROW | DISTRIBUTION_MOVING : 0)) != 0)
		return "Reserved bits are set.";
	if (moving && d->level > 0)
		return "The state of a moving frame cannot be coarse.";
	if (d->level > DISTRIBUTION_MAX_LEVEL)
		return "The coarsening level is out of range.";
	if (d->nentries < 0 || (d->nentries > DISTRIBUTION_MAX_ENTRIES && !moving))
		return "The number of distinct values is out of range.";
	if (d->npending < 0 || (d->npending > 0 && !working) || d->nfront > d->npending ||
		d->nfront > DistributionFrontLength(d))
		return "The number of pending values is out of range.";
	if (working ? DistributionUsedSize(d) > VARSIZE(d) : DistributionUsedSize(d) != VARSIZE(d))
		return "Its size does not fit its contents.";

	entries = DistributionEntries(d);
	n = d->npending;
	for (int i = 0; i < d->nentries; i++)
	{
		if (!IsValue(entries[i].value))
			return "A value is not a finite number.";
		if (d->level > 0 && entries[i].value != DistributionTruncate(entries[i].value, d->level))
			return "A value is finer than the coarsening level.";
		if (i > 0 && entries[i - 1].value >= entries[i].value)
			return "Values must be ascending and distinct.";
		if (entries[i].count <= 0)
			return "A count is not positive.";
		if (pg_add_s64_overflow(n, entries[i].count, &n))
			return "The counts add up to more than 9223372036854775807.";
	}
	for (int i = 0; i < d->npending && (d->flags & DISTRIBUTION_NARROW) == 0; i++)
		if (!IsValue(DistributionPending(d, i)))
			return "A value is not a finite number.";
	if (n != d->n)
		return "The counts do not add up.";
	if (d->level > 0 && d->n == 0)
		return "A coarse distribution cannot be empty.";
	return NULL;
}

/*
 * The value of largest magnitude in the bucket of a truncated value. The
 * bucket of zero reaches to both sides.
 */
static double
BucketEdge(double value, int level)
{
	uint64		bits;

	memcpy(&bits, &value, sizeof(bits));
	bits |= (UINT64CONST(1) << level) - 1;
	memcpy(&value, &bits, sizeof(bits));
	return value;
}

/* The ends between which the values are that entry i of a coarse distribution stands for */
void
DistributionBucket(const Distribution *d, int i, double *low, double *high)
{
	double		value = DistributionEntries(d)[i].value;
	double		edge = BucketEdge(value, d->level);

	*low = value > 0 ? value : value < 0 ? edge : -edge;
	*high = value < 0 ? value : edge;
}

/*
 * Whether exact moments that came from outside fit the counts: each sum lies
 * between those of the near and the far edges of the buckets.
 */
const char *
DistributionMomentsDefect(const Distribution *d)
{
	const ExactMoments *moments = DistributionKeptMoments(d);
	const DistributionEntry *entries = DistributionEntries(d);
	ExactMoments near = {0};
	ExactMoments far = {0};
	ExactMoments lowest = {0};
	ExactMoments highest = {0};

	if (d->level == 0)
		return NULL;

	for (int i = 0; i < d->nentries; i++)
	{
		int64		count = entries[i].count;
		double		low;
		double		high;

		DistributionBucket(d, i, &low, &high);
		MomentsAdd(&near, entries[i].value, count);
		MomentsAdd(&far, BucketEdge(entries[i].value, d->level), count);
		MomentsAdd(&lowest, low, count);
		MomentsAdd(&highest, high, count);
	}
	if (ExactIntegerCompare(moments->sum, lowest.sum, EXACT_SUM_LIMBS) < 0 ||
		ExactIntegerCompare(moments->sum, highest.sum, EXACT_SUM_LIMBS) > 0)
		return "The sum does not fit the values.";
	if (ExactIntegerCompare(moments->squares, near.squares, EXACT_SQUARES_LIMBS) < 0 ||
		ExactIntegerCompare(moments->squares, far.squares, EXACT_SQUARES_LIMBS) > 0 ||
		!MomentsAreConsistent(moments, d->n))
		return "The sum of squares does not fit the values.";
	return NULL;
}

/* Detoast and validate; it may be a state, but it is not packed any more */
Distribution *
DistributionDetoast(Datum datum)
{
	Distribution *d = (Distribution *) PG_DETOAST_DATUM(datum);
	Distribution *result = d;
	const char *defect;

	if (VARSIZE(d) < sizeof(Distribution))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid distribution"),
				 errdetail("It is shorter than its header.")));
	if (d->version != DISTRIBUTION_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("unsupported version %d of type distribution", d->version),
				 errhint("A newer gapstats wrote it: upgrade gapstats on this server.")));
	defect = (d->flags & DISTRIBUTION_PACKED) != 0 ? DistributionUnpack(d, &result) : DistributionDefect(d);
	if (defect != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid distribution"),
				 errdetail("%s", defect)));
	if (result != d && PointerGetDatum(d) != datum)
		pfree(d);
	return result;
}

/*
 * The canonical form of a state. Sorts read their values in a context that stays: what
 * folding leaves behind goes.
 */
static Distribution *
CompactWithoutTrace(const Distribution *state)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "a state to be read",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	const Distribution *compact = DistributionCompact(state);
	Distribution *result = MemoryContextAlloc(caller, VARSIZE(compact));

	memcpy(result, compact, VARSIZE(compact));
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return result;
}

/* Detoast, validate, and bring into canonical form */
Distribution *
DistributionFromDatum(Datum datum)
{
	Distribution *d = DistributionDetoast(datum);
	Distribution *result = d;

	if (IsWorking(d))
	{
		result = CompactWithoutTrace(d);
		if (PointerGetDatum(d) != datum)
			pfree(d);
	}
	return result;
}

/* A distribution; that of no students, as aggregates give it, may be NULL */
Distribution *
ArgumentDistribution(FunctionCallInfo fcinfo, int argno)
{
	if (PG_ARGISNULL(argno))
		return DistributionFromEntries(NULL, 0, 0, NULL);
	return PG_GETARG_DISTRIBUTION(argno);
}

/* Build a canonical distribution; moments go with a level */
Distribution *
DistributionFromEntries(const DistributionEntry *entries, int nentries,
						int level, const ExactMoments *moments)
{
	Size		size = sizeof(Distribution) + (level > 0 ? sizeof(ExactMoments) : 0) +
		nentries * sizeof(DistributionEntry);
	Distribution *d = palloc(size);

	SET_VARSIZE(d, size);
	d->version = DISTRIBUTION_VERSION;
	d->flags = 0;
	d->level = level;
	d->nfront = 0;
	d->n = 0;
	d->nentries = nentries;
	d->npending = 0;
	if (level > 0)
		memcpy(DistributionKeptMoments(d), moments, sizeof(ExactMoments));
	if (nentries > 0)
		memcpy(DistributionEntries(d), entries, nentries * sizeof(DistributionEntry));
	for (int i = 0; i < nentries; i++)
		d->n += entries[i].count;
	return d;
}

/* Drop the low bits of the mantissa: towards zero, which never is -0 */
double
DistributionTruncate(double value, int level)
{
	uint64		bits;

	memcpy(&bits, &value, sizeof(bits));
	bits &= ~((UINT64CONST(1) << level) - 1);
	memcpy(&value, &bits, sizeof(bits));
	return value + 0.0;
}

/*
 * The value that entry i stands for: itself, or the middle of its bucket. The
 * values below the smallest normal double, zero among them, keep their edge,
 * since a bucket there has no relative width.
 */
double
DistributionValue(const Distribution *d, int i)
{
	double		value = DistributionEntries(d)[i].value;
	uint64		bits;

	if (d->level == 0 || fabs(value) < DBL_MIN)
		return value;
	memcpy(&bits, &value, sizeof(bits));
	bits |= UINT64CONST(1) << (d->level - 1);
	memcpy(&value, &bits, sizeof(bits));
	return value;
}

/*
 * The exact sum and sum of squares of what was counted. Whole numbers, which scores
 * on a scale are, are added up by the machine: a tenth of the time.
 */
void
DistributionMoments(const Distribution *d, ExactMoments *moments)
{
	const DistributionEntry *entries = DistributionEntries(d);
	int128		sum = 0;
	uint128		squares = 0;

	if (DistributionHasMoments(d))
	{
		memcpy(moments, DistributionKeptMoments(d), sizeof(ExactMoments));
		return;
	}
	memset(moments, 0, sizeof(ExactMoments));
	for (int i = 0; i < d->nentries; i++)
	{
		double		value = entries[i].value;

		if (value >= PG_INT32_MIN && value <= PG_INT32_MAX && (int32) value == value)
		{
			int64		whole = (int32) value;

			sum += (int128) whole * entries[i].count;
			squares += (uint128) (uint64) (whole * whole) * (uint64) entries[i].count;
		}
		else
			MomentsAdd(moments, value, entries[i].count);
	}
	MomentsAddWhole(moments, sum, squares);
}

/* A value is NaN or infinite */
void
DistributionRefuseValue(double value)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("a distribution cannot hold \"%s\"",
					isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity"),
			 errhint("Leave such rows out with FILTER, or turn them into NULL with NULLIF.")));
}
