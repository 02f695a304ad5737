/*
 * pending.c
 *		Values that came one by one, as values and counts.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "distribution/distribution.h"
#include "port/pg_bitutils.h"

/* The longest scale, in points, on which values are counted without sorting */
#define TABLE_POINTS 1024

/* A double's bits in an order that unsigned integers share, and back */
static inline uint64
OrderedBits(double value)
{
	uint64		bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits ^ (bits >> 63 ? PG_UINT64_MAX : UINT64CONST(1) << 63);
}

static inline double
FromOrderedBits(uint64 bits)
{
	double		value;

	bits ^= bits >> 63 ? UINT64CONST(1) << 63 : PG_UINT64_MAX;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

/*
 * Sort values by radix, over the bits in which they differ only: scores on a
 * scale of a few hundred points take one or two passes. What a comparison sort
 * of them costs is nearly all mispredicted branches.
 * Takes two buffers and returns the one that has the result.
 */
static uint64 *
SortOrderedBits(uint64 *from, uint64 *to, int nvalues)
{
	uint64		differing = 0;

	for (int i = 1; i < nvalues; i++)
		differing |= from[i] ^ from[0];

	while (differing != 0)
	{
		int			shift = pg_rightmost_one_pos64(differing);
		int			start[257] = {0};
		uint64	   *sorted = to;

		for (int i = 0; i < nvalues; i++)
			start[(from[i] >> shift & 0xff) + 1]++;
		for (int i = 1; i < 256; i++)
			start[i] += start[i - 1];
		for (int i = 0; i < nvalues; i++)
			to[start[from[i] >> shift & 0xff]++] = from[i];
		to = from;
		from = sorted;
		differing = shift + 8 < 64 ? differing >> (shift + 8) << (shift + 8) : 0;
	}
	return from;
}

/* Count pending values by sorting them; returns how many entries that makes */
static int
CountBySorting(const Distribution *state, DistributionEntry *entries)
{
	int			nvalues = state->npending;
	uint64	   *buffer = palloc(2 * nvalues * sizeof(uint64));
	uint64	   *sorted;
	int			nentries = 0;

	for (int i = 0; i < nvalues; i++)
		buffer[i] = OrderedBits(DistributionPending(state, i));
	sorted = SortOrderedBits(buffer, buffer + nvalues, nvalues);
	for (int i = 0; i < nvalues; i++)
	{
		if (i > 0 && sorted[i] == sorted[i - 1])
			entries[nentries - 1].count++;
		else
		{
			entries[nentries].value = FromOrderedBits(sorted[i]);
			entries[nentries].count = 1;
			nentries++;
		}
	}
	pfree(buffer);
	return nentries;
}

/*
 * Count int16 of a short scale in a table of its points; -1 if theirs is too
 * long for that.
 */
static int
CountByTable(const int16 *values, int nvalues, DistributionEntry *entries)
{
	uint32		counts[TABLE_POINTS];
	uint64		present[TABLE_POINTS / 64];
	uint32		points;
	int16		lowest = PG_INT16_MAX;
	int16		highest = PG_INT16_MIN;
	int			nentries = 0;

	for (int i = 0; i < nvalues; i++)
	{
		lowest = Min(lowest, values[i]);
		highest = Max(highest, values[i]);
	}
	points = highest - lowest + 1;
	if (points > TABLE_POINTS)
		return -1;

	memset(counts, 0, points * sizeof(uint32));
	memset(present, 0, sizeof(present));
	for (int i = 0; i < nvalues; i++)
	{
		uint32		point = values[i] - lowest;

		counts[point]++;
		present[point / 64] |= UINT64CONST(1) << point % 64;
	}

	/* which points are there is no pattern to predict: visit those alone */
	for (uint32 base = 0; base < points; base += 64)
	{
		for (uint64 word = present[base / 64]; word != 0; word &= word - 1)
		{
			uint32		point = base + pg_rightmost_one_pos64(word);

			entries[nentries].value = lowest + (int) point;
			entries[nentries].count = counts[point];
			nentries++;
		}
	}
	return nentries;
}

/* The pending values as sorted entries; returns how many there are */
int
DistributionCountPending(const Distribution *state, DistributionEntry *entries)
{
	int			nentries = -1;

	if ((state->flags & DISTRIBUTION_NARROW) != 0)
	{
		int16	   *values = palloc(state->npending * sizeof(int16));

		memcpy(values, DistributionFront(state), state->nfront * sizeof(int16));
		memcpy(values + state->nfront, DistributionPendingBehind(state),
			   DistributionPendingSize(state));
		nentries = CountByTable(values, state->npending, entries);
		pfree(values);
	}
	return nentries < 0 ? CountBySorting(state, entries) : nentries;
}
