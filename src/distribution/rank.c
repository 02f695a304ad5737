/*
 * rank.c
 *		Who stands where in a group: order statistics, percentiles, counts at a cut.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "catalog/pg_type.h"
#include "distribution/rank.h"
#include "miscadmin.h"
#include "utils/array.h"

/* Prepare to look ranks up */
Ranks
DistributionRanks(const Distribution *d)
{
	const DistributionEntry *entries = DistributionEntries(d);
	Ranks		ranks = {d, palloc(d->nentries * sizeof(int64))};
	int64		upto = 0;

	for (int i = 0; i < d->nentries; i++)
		ranks.upto[i] = upto += entries[i].count;
	return ranks;
}

/* The entry that has the observation of a rank, counted from 1 */
static int
RankedEntry(const Ranks *ranks, int64 rank)
{
	int			low = 0;
	int			high = ranks->d->nentries - 1;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (ranks->upto[middle] >= rank)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* The value of a rank, which is whole; ranks beyond the ends are the ends */
double
RankedValue(const Ranks *ranks, double rank)
{
	int64		n = ranks->d->n;
	int			entry = RankedEntry(ranks, rank >= (double) n ? n : (int64) rank);

	return DistributionValue(ranks->d, entry);
}

/*
 * What is between two values, a part of 0 to 1 of the way: as percentile_cont has
 * it, to the last bit, or from both ends where the way is out of range.
 */
double
Interpolate(double low, double high, double part)
{
	double		way = high - low;

	return isfinite(way) ? low + part * way : (1 - part) * low + part * high;
}

/*
 * The percentile at a fraction, interpolated as percentile_cont does (Hyndman
 * and Fan's type 7), to the last bit.
 */
double
RankedPercentile(const Ranks *ranks, double fraction)
{
	const Distribution *d = ranks->d;
	double		position = fraction * (d->n - 1);
	int64		below = floor(position);
	double		first;

	if (fraction == 1)			/* n - 1 may not be a double */
		return DistributionValue(d, d->nentries - 1);
	first = DistributionValue(d, RankedEntry(ranks, below + 1));
	if (position == below)
		return first;
	return Interpolate(first, DistributionValue(d, RankedEntry(ranks, below + 2)),
					   position - below);
}

/* How many entries are below a value */
static int
EntriesBelow(const Ranks *ranks, double value)
{
	const DistributionEntry *entries = DistributionEntries(ranks->d);
	int			low = 0;
	int			high = ranks->d->nentries;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (entries[middle].value < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Of the observations in the bucket of a cut, how many are below it: as many as
 * if they were evenly spread over the bucket.
 */
static int64
SpreadBelow(double cut, double low, double high, int64 count)
{
	double		below = rint((cut - low) / (high - low) * (double) count);

	return below >= (double) count ? count : (int64) below;
}

/*
 * The cut is in the bucket of an entry of a coarse distribution. Where it is the
 * bucket's end, the observations are all on one side of it, or at it.
 */
static CutCount
CountInBucket(const Ranks *ranks, int entry, int64 before, double cut)
{
	double		low;
	double		high;
	int64		count = DistributionEntries(ranks->d)[entry].count;
	int64		below;
	CutCount	result;

	DistributionBucket(ranks->d, entry, &low, &high);
	below = SpreadBelow(cut, low, high, count);
	result.below = result.upto = before + below;
	result.below_error = cut == low ? 0 : Max(below, count - below);
	result.upto_error = cut == high ? 0 : Max(below, count - below);
	return result;
}

/*
 * Count the observations below a finite cut, and at or below it. This is where all
 * functions count at a cut, so that they have one rule.
 */
CutCount
CountAtCut(const Ranks *ranks, double cut)
{
	const Distribution *d = ranks->d;
	double		value = DistributionTruncate(cut, d->level);
	int			entry = EntriesBelow(ranks, value);
	bool		found = entry < d->nentries && DistributionEntries(d)[entry].value == value;
	int64		before = entry > 0 ? ranks->upto[entry - 1] : 0;
	CutCount	result = {before, before, 0, 0};

	if (found && d->level > 0)
		return CountInBucket(ranks, entry, before, cut);
	if (found)
		result.upto = ranks->upto[entry];
	return result;
}

/* One percentile */
PG_FUNCTION_INFO_V1(distribution_percentile);
Datum
distribution_percentile(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);
	double		fraction = CheckFraction(PG_GETARG_FLOAT8(1));
	Ranks		ranks;

	if (d->n == 0)
		PG_RETURN_NULL();
	ranks = DistributionRanks(d);
	PG_RETURN_FLOAT8(RankedPercentile(&ranks, fraction));
}

/* Several percentiles, as an array of the same shape */
PG_FUNCTION_INFO_V1(distribution_percentiles);
Datum
distribution_percentiles(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);
	ArrayType  *fractions = PG_GETARG_ARRAYTYPE_P(1);
	Ranks		ranks = DistributionRanks(d);
	Datum	   *values;
	bool	   *nulls;
	int			nvalues;

	deconstruct_array(fractions, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &values, &nulls, &nvalues);
	for (int i = 0; i < nvalues; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (nulls[i])
			continue;
		CheckFraction(DatumGetFloat8(values[i]));
		if (d->n == 0)
			nulls[i] = true;
		else
			values[i] = Float8GetDatum(RankedPercentile(&ranks, DatumGetFloat8(values[i])));
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(values, nulls, ARR_NDIM(fractions),
											 ARR_DIMS(fractions), ARR_LBOUND(fractions),
											 FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL,
											 TYPALIGN_DOUBLE));
}

/* Mid-percentile rank in test norms, 0 to 100 */
PG_FUNCTION_INFO_V1(distribution_percentile_rank);
Datum
distribution_percentile_rank(PG_FUNCTION_ARGS)
{
	Ranks		ranks = DistributionRanks(PG_GETARG_DISTRIBUTION(0));
	CutCount	count = CountAtCut(&ranks, ArgumentDouble(fcinfo, 1, "value"));
	int64		n = ranks.d->n;

	if (n == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(100 * (count.below + (count.upto - count.below) / 2.0) / n);
}

/* How many are at or above a cut score */
PG_FUNCTION_INFO_V1(distribution_proficient_count);
Datum
distribution_proficient_count(PG_FUNCTION_ARGS)
{
	Ranks		ranks = DistributionRanks(ArgumentDistribution(fcinfo, 0));

	if (PG_ARGISNULL(1))
		PG_RETURN_NULL();
	PG_RETURN_INT64(ranks.d->n - CountAtCut(&ranks, ArgumentDouble(fcinfo, 1, "cut")).below);
}

/* Share at or above a cut score */
PG_FUNCTION_INFO_V1(distribution_proficiency_rate);
Datum
distribution_proficiency_rate(PG_FUNCTION_ARGS)
{
	Ranks		ranks = DistributionRanks(PG_GETARG_DISTRIBUTION(0));
	CutCount	count = CountAtCut(&ranks, ArgumentDouble(fcinfo, 1, "cut"));
	int64		n = ranks.d->n;

	if (n == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) (n - count.below) / n);
}

/* How far a count below or above a cut may be off */
PG_FUNCTION_INFO_V1(distribution_cut_error);
Datum
distribution_cut_error(PG_FUNCTION_ARGS)
{
	Ranks		ranks = DistributionRanks(PG_GETARG_DISTRIBUTION(0));
	CutCount	count = CountAtCut(&ranks, ArgumentDouble(fcinfo, 1, "cut"));

	PG_RETURN_INT64(Max(count.below_error, count.upto_error));
}
