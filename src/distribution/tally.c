/*
 * tally.c
 *		Many distributions merged into one.
 *
 * On a table of points a value costs one addition, wherever it is; in the state of an
 * aggregate it has to be looked up among those that are there.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "distribution/tally.h"

/* The longest scale, in points, that a table is made for, and how many for each student */
#define MAX_POINTS 1024
#define POINTS_PER_STUDENT 16

/* Whether there is nothing but whole numbers that an int16 holds: what belongs on a table. */
bool
TallyIsWhole(const Distribution *d)
{
	const DistributionEntry *entries = DistributionEntries(d);
	int			nwhole = 0;

	if (d->level > 0 || d->n == 0 || entries[0].value < PG_INT16_MIN ||
		entries[d->nentries - 1].value > PG_INT16_MAX)
		return false;
	for (int i = 0; i < d->nentries; i++)
		nwhole += (int32) entries[i].value == entries[i].value;
	return nwhole == d->nentries;
}

/* The scale of what has been merged, and of a distribution that is to be: one that is not empty */
static void
ExtendScale(Tally *tally, const Distribution *d, bool is_whole)
{
	const DistributionEntry *entries = DistributionEntries(d);
	int32		lowest;
	int32		highest;

	tally->is_fractional |= !is_whole;
	if (tally->is_fractional)
		return;
	lowest = (int32) entries[0].value;
	highest = (int32) entries[d->nentries - 1].value;
	if (tally->npoints > 0)
	{
		highest = Max(highest, tally->lowest + tally->npoints - 1);
		lowest = Min(lowest, tally->lowest);
	}
	tally->lowest = lowest;
	tally->npoints = highest - lowest + 1;
}

/* The counts of the scale */
static const uint32 *
ScaleOfTable(const Tally *tally)
{
	return tally->counts + (tally->lowest - tally->first);
}

/* Add whole numbers to the table */
static void
AddToTable(Tally *tally, const Distribution *d)
{
	const DistributionEntry *entries = DistributionEntries(d);
	uint32	   *counts = tally->counts;
	int32		first = tally->first;
	int			nentries = d->nentries;

	for (int i = 0; i < nentries; i++)
		counts[(int32) entries[i].value - first] += (uint32) entries[i].count;
}

/* A table for the scale, with some room: what comes is often a bit further out */
static void
BeginTable(Tally *tally, MemoryContext context)
{
	int32		room = tally->npoints / 4;

	tally->first = tally->lowest - room;
	tally->ncounts = tally->npoints + 2 * room;
	tally->counts = MemoryContextAllocZero(context, tally->ncounts * sizeof(uint32));
}

/* A longer table, if the scale goes beyond it */
static void
ExtendTable(Tally *tally, const Tally *before, MemoryContext context)
{
	if (tally->lowest >= tally->first &&
		tally->lowest + tally->npoints <= tally->first + tally->ncounts)
		return;
	BeginTable(tally, context);
	memcpy(tally->counts + (before->lowest - tally->first),
		   before->counts + (before->lowest - before->first), before->npoints * sizeof(uint32));
	pfree(before->counts);
}

/* Add a distribution to the state */
static void
AddToState(Tally *tally, const Distribution *d, MemoryContext context)
{
	Distribution *state = tally->state == NULL ? DistributionToState(d) :
		DistributionAbsorb(tally->state, d);

	if (state == tally->state)
		return;
	if (tally->state != NULL)
		pfree(tally->state);
	tally->state = MemoryContextAlloc(context, VARSIZE(state));
	memcpy(tally->state, state, VARSIZE(state));
	pfree(state);
}

/* Have so many more students, on that scale, on the table as it is; false if they are not to be */
static bool
WidenScale(Tally *tally, int32 lowest, int32 highest, int64 n)
{
	if (lowest < tally->first || highest >= tally->first + tally->ncounts || n > PG_UINT32_MAX - tally->n)
		return false;
	highest = Max(highest, tally->lowest + tally->npoints - 1);
	tally->lowest = Min(lowest, tally->lowest);
	tally->npoints = highest - tally->lowest + 1;
	tally->n += n;
	return true;
}

/* Add what asks for another table, for one at last, or for none any more */
static void
AddBeyondTable(Tally *tally, const Distribution *d, bool is_whole, MemoryContext context)
{
	Tally		before = *tally;
	bool		has_table;

	tally->n = AddCounts(tally->n, d->n);
	if (d->n > 0)
		ExtendScale(tally, d, is_whole);
	has_table = !tally->is_fractional && tally->n > 0 && tally->n <= PG_UINT32_MAX &&
		tally->npoints <= Min(MAX_POINTS, POINTS_PER_STUDENT * tally->n);

	if (has_table && tally->counts != NULL)
		ExtendTable(tally, &before, context);
	else if (has_table || tally->counts != NULL)
	{
		/* what came before moves from the state, or to it */
		Distribution *merged = TallyResult(&before);

		tally->state = NULL;
		tally->counts = NULL;
		if (has_table)
			BeginTable(tally, context);
		if (merged != NULL && has_table)
			AddToTable(tally, merged);
		else if (merged != NULL)
			AddToState(tally, merged, context);
		TallyFree(&before);
	}
	if (has_table)
		AddToTable(tally, d);
	else
		AddToState(tally, d, context);
}

/* Merge a distribution, of which it is known, into a tally, which stays in the memory context. */
void
TallyAdd(Tally *tally, const Distribution *d, bool is_whole, MemoryContext context)
{
	const DistributionEntry *entries = DistributionEntries(d);

	if (tally->counts != NULL && is_whole && WidenScale(tally, (int32) entries[0].value, (int32) entries[d->nentries - 1].value, d->n))
		AddToTable(tally, d);
	else
		AddBeyondTable(tally, d, is_whole, context);
}

/* Merge a tally into another, which stays in the memory context. */
void
TallyMerge(Tally *tally, const Tally *other, MemoryContext context)
{
	Distribution *merged;

	if (tally->counts != NULL && other->counts != NULL && WidenScale(tally, other->lowest, other->lowest + other->npoints - 1, other->n))
	{
		uint32	   *sums = tally->counts + (other->lowest - tally->first);
		const uint32 *counts = ScaleOfTable(other);

		for (int32 i = 0; i < other->npoints; i++)
			sums[i] += counts[i];
		return;
	}
	merged = TallyResult(other);
	if (merged != NULL)
	{
		TallyAdd(tally, merged, other->counts != NULL || TallyIsWhole(merged), context);
		pfree(merged);
	}
}

/* All that was merged, as one distribution; NULL if nothing was. */
Distribution *
TallyResult(const Tally *tally)
{
	if (tally->counts != NULL)
		return DistributionFromPoints(ScaleOfTable(tally), tally->lowest, tally->npoints);
	return tally->state != NULL ? DistributionCompact(tally->state) : NULL;
}

/* The same, packed if it can be: for what hands it on. */
Distribution *
TallyPackedResult(const Tally *tally)
{
	if (tally->counts != NULL)
		return DistributionPackPoints(ScaleOfTable(tally), tally->lowest, tally->npoints);
	return TallyResult(tally);
}

/* Free its memory. */
void
TallyFree(Tally *tally)
{
	if (tally->counts != NULL)
		pfree(tally->counts);
	if (tally->state != NULL)
		pfree(tally->state);
}
