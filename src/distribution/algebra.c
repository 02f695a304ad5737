/*
 * algebra.c
 *		What is made of two distributions, and how they compare.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "distribution/distribution.h"

/* a + b; NULL is a group without students */
PG_FUNCTION_INFO_V1(distribution_add);
Datum
distribution_add(PG_FUNCTION_ARGS)
{
	Distribution *state;

	if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
		PG_RETURN_NULL();
	state = DistributionToState(ArgumentDistribution(fcinfo, 0));
	state = DistributionAbsorb(state, ArgumentDistribution(fcinfo, 1));
	PG_RETURN_POINTER(DistributionCompact(state));
}

/* Take counts away from sorted entries, and drop what is then zero; returns how many remain */
static int
SubtractEntries(DistributionEntry *entries, int nentries, const Distribution *taken)
{
	const DistributionEntry *take = DistributionEntries(taken);
	int			remaining = 0;

	for (int i = 0, j = 0; j < taken->nentries; j++)
	{
		while (i < nentries && entries[i].value < take[j].value)
			i++;
		if (i == nentries || entries[i].value != take[j].value || entries[i].count < take[j].count)
			RefuseSubtraction("distribution", psprintf(_("Value %.17g is counted " INT64_FORMAT " times, and fewer times in what to subtract it from."),
									   take[j].value, take[j].count));
		entries[i].count -= take[j].count;
	}
	for (int i = 0; i < nentries; i++)
	{
		if (entries[i].count > 0)
			entries[remaining++] = entries[i];
	}
	return remaining;
}

/* Take away what was added. The result is as coarse as the coarser one of both. */
Distribution *
DistributionSubtract(const Distribution *a, const Distribution *b)
{
	int			level = Max(a->level, b->level);
	int			nentries;
	DistributionEntry *entries;
	ExactMoments moments;
	ExactMoments taken;
	Distribution *result;

	a = DistributionAtLevel(a, level);
	b = DistributionAtLevel(b, level);
	entries = palloc(a->nentries * sizeof(DistributionEntry));
	memcpy(entries, DistributionEntries(a), a->nentries * sizeof(DistributionEntry));
	nentries = SubtractEntries(entries, a->nentries, b);
	if (level > 0)
	{
		DistributionMoments(a, &moments);
		DistributionMoments(b, &taken);
		MomentsSubtract(&moments, &taken);
	}

	result = DistributionFromEntries(entries, nentries, level, &moments);
	if (DistributionMomentsDefect(result) != NULL)
		RefuseSubtraction("distribution", _("The counts are there, but the values behind them differ."));
	return nentries > 0 ? result : DistributionFromEntries(NULL, 0, 0, NULL);
}

/* a - b; NULL is a group without students */
PG_FUNCTION_INFO_V1(distribution_subtract);
Datum
distribution_subtract(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(DistributionSubtract(ArgumentDistribution(fcinfo, 0),
										   ArgumentDistribution(fcinfo, 1)));
}

/*
 * An order of distributions: that of their lowest values, of how many have it,
 * of the next value, and so on. It is total, as the canonical form is the only
 * one.
 */
int
DistributionCompare(const Distribution *a, const Distribution *b)
{
	const DistributionEntry *a_entries = DistributionEntries(a);
	const DistributionEntry *b_entries = DistributionEntries(b);

	for (int i = 0; i < Min(a->nentries, b->nentries); i++)
	{
		if (a_entries[i].value != b_entries[i].value)
			return a_entries[i].value < b_entries[i].value ? -1 : 1;
		if (a_entries[i].count != b_entries[i].count)
			return a_entries[i].count < b_entries[i].count ? -1 : 1;
	}
	if (a->nentries != b->nentries)
		return a->nentries < b->nentries ? -1 : 1;
	if (a->level != b->level)
		return a->level < b->level ? -1 : 1;
	return a->level == 0 ? 0 :
		memcmp(DistributionKeptMoments(a), DistributionKeptMoments(b), sizeof(ExactMoments));
}

/* Compare two arguments. Sorts call this often, in a context that stays: leave nothing behind. */
static int
CompareArguments(FunctionCallInfo fcinfo)
{
	Distribution *a = PG_GETARG_DISTRIBUTION(0);
	Distribution *b = PG_GETARG_DISTRIBUTION(1);
	int			result = DistributionCompare(a, b);

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

/* a = b */
PG_FUNCTION_INFO_V1(distribution_eq);
Datum
distribution_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo) == 0);
}

/* a <> b */
PG_FUNCTION_INFO_V1(distribution_ne);
Datum
distribution_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo) != 0);
}

/* a < b */
PG_FUNCTION_INFO_V1(distribution_lt);
Datum
distribution_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo) < 0);
}

/* a <= b */
PG_FUNCTION_INFO_V1(distribution_le);
Datum
distribution_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo) <= 0);
}

/* a > b */
PG_FUNCTION_INFO_V1(distribution_gt);
Datum
distribution_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo) > 0);
}

/* a >= b */
PG_FUNCTION_INFO_V1(distribution_ge);
Datum
distribution_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo) >= 0);
}

/* Comparison for B-trees */
PG_FUNCTION_INFO_V1(distribution_cmp);
Datum
distribution_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(CompareArguments(fcinfo));
}

/* Hash */
PG_FUNCTION_INFO_V1(distribution_hash);
Datum
distribution_hash(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);
	Datum		hash = hash_any((unsigned char *) VARDATA(d), VARSIZE(d) - VARHDRSZ);

	PG_FREE_IF_COPY(d, 0);
	return hash;
}

/* Hash with a seed */
PG_FUNCTION_INFO_V1(distribution_hash_extended);
Datum
distribution_hash_extended(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);
	Datum		hash = hash_any_extended((unsigned char *) VARDATA(d), VARSIZE(d) - VARHDRSZ,
										 PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(d, 0);
	return hash;
}
