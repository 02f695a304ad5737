/*
 * packed.c
 *		Distributions of whole numbers on a short scale, on their way from row to row.
 *
 * A count for each point of the scale takes a byte, or two or four, where an entry takes
 * sixteen. Statements that hand thousands of groups from node to node, most of which copy
 * them, are the faster for it. Every reader takes this form, as it takes a state; a roll-up
 * for such a statement writes it, and what changes of a live one, which keeps it until the
 * changes are merged. Nothing else does.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "distribution/distribution.h"

/* In the place of a Distribution, as far as its flags the same */
typedef struct PackedDistribution
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	uint8		version;
	uint8		flags;			/* DISTRIBUTION_PACKED */
	uint8		width;			/* of a count, in bytes: 1, 2 or 4 */
	uint8		unused;
	int64		n;
	int32		lowest;			/* the first point */
	int32		npoints;
	char		counts[FLEXIBLE_ARRAY_MEMBER];
} PackedDistribution;

StaticAssertDecl(offsetof(PackedDistribution, counts) == sizeof(Distribution), "a packed distribution begins as any other");

/* The count of a point; where the width is known to the compiler, one instruction */
static inline uint32
CountAt(const char *counts, int width, int point)
{
	return width == 1 ? ((const uint8 *) counts)[point] :
		width == 2 ? ((const uint16 *) counts)[point] : ((const uint32 *) counts)[point];
}

/* The points that somebody has as entries; returns how many they are */
static inline int
PointsToEntries(DistributionEntry *entries, const char *counts, int width, int32 lowest, int npoints)
{
	int			nentries = 0;

	for (int i = 0; i < npoints; i++)
	{
		uint32		count = CountAt(counts, width, i);

		entries[nentries].value = lowest + i;
		entries[nentries].count = count;
		nentries += count > 0;
	}
	return nentries;
}

/* A distribution of counts of so many bytes, of the points from the lowest on */
static Distribution *
FromPoints(const char *counts, int width, int32 lowest, int npoints)
{
	/* one more than there can be: each point is written, and some again */
	Distribution *d = palloc(sizeof(Distribution) + (npoints + 1) * sizeof(DistributionEntry));
	DistributionEntry *entries = (DistributionEntry *) (d + 1);

	*d = (Distribution) {.version = DISTRIBUTION_VERSION};
	if (width == 1)
		d->nentries = PointsToEntries(entries, counts, 1, lowest, npoints);
	else if (width == 2)
		d->nentries = PointsToEntries(entries, counts, 2, lowest, npoints);
	else
		d->nentries = PointsToEntries(entries, counts, 4, lowest, npoints);
	for (int i = 0; i < d->nentries; i++)
		d->n += entries[i].count;
	SET_VARSIZE(d, sizeof(Distribution) + d->nentries * sizeof(DistributionEntry));
	return d;
}

/* The distribution of counts by point, from the lowest on. */
Distribution *
DistributionFromPoints(const uint32 *counts, int32 lowest, int npoints)
{
	return FromPoints((const char *) counts, sizeof(uint32), lowest, npoints);
}

/* The same, packed. */
Distribution *
DistributionPackPoints(const uint32 *counts, int32 lowest, int npoints)
{
	PackedDistribution *packed;
	uint32		highest = 0;
	int64		n = 0;
	int			width;
	Size		size;

	for (int i = 0; i < npoints; i++)
	{
		highest = Max(highest, counts[i]);
		n += counts[i];
	}
	width = highest <= PG_UINT8_MAX ? 1 : highest <= PG_UINT16_MAX ? 2 : 4;
	size = offsetof(PackedDistribution, counts) + npoints * width;
	packed = palloc(size);
	SET_VARSIZE(packed, size);
	packed->version = DISTRIBUTION_VERSION;
	packed->flags = DISTRIBUTION_PACKED;
	packed->width = width;
	packed->unused = 0;
	packed->n = n;
	packed->lowest = lowest;
	packed->npoints = npoints;
	for (int i = 0; i < npoints && width == 1; i++)
		((uint8 *) packed->counts)[i] = counts[i];
	for (int i = 0; i < npoints && width == 2; i++)
		((uint16 *) packed->counts)[i] = counts[i];
	if (width == 4)
		memcpy(packed->counts, counts, npoints * sizeof(uint32));
	return (Distribution *) packed;
}

/* An exact distribution packed, if all that it has are whole numbers and it is the shorter for it; else itself. */
Distribution *
DistributionPack(Distribution *d)
{
	const DistributionEntry *entries = DistributionEntries(d);
	double		lowest = d->nentries > 0 ? entries[0].value : 0;
	double		npoints = d->nentries > 0 ? entries[d->nentries - 1].value - lowest + 1 : 0;
	uint32	   *counts;
	Distribution *packed;

	/* on a longer scale a byte for each point would not be shorter */
	if (d->level > 0 || d->nentries == 0 || npoints > Min(d->nentries * (double) sizeof(DistributionEntry), DISTRIBUTION_MAX_ENTRIES) ||
		lowest < PG_INT32_MIN || lowest > PG_INT32_MAX - npoints)
		return d;
	counts = palloc0((int) npoints * sizeof(uint32));
	for (int i = 0; i < d->nentries; i++)
	{
		if (entries[i].value != (int32) entries[i].value || entries[i].count > PG_UINT32_MAX)
			return d;
		counts[(int32) entries[i].value - (int32) lowest] = entries[i].count;
	}
	packed = DistributionPackPoints(counts, lowest, npoints);
	return VARSIZE(packed) < VARSIZE(d) ? packed : d;
}

/* What a packed distribution stands for. Returns what is wrong with it, or NULL. */
const char *
DistributionUnpack(const Distribution *d, Distribution **result)
{
	const PackedDistribution *packed = (const PackedDistribution *) d;

	if (packed->flags != DISTRIBUTION_PACKED || packed->unused != 0)
		return "Reserved bits are set.";
	if (packed->width != 1 && packed->width != 2 && packed->width != 4)
		return "The width of a count is out of range.";
	if (packed->npoints < 1 || packed->npoints > DISTRIBUTION_MAX_ENTRIES || packed->lowest > PG_INT32_MAX - packed->npoints)
		return "The number of distinct values is out of range.";
	if (VARSIZE(packed) != offsetof(PackedDistribution, counts) + packed->npoints * packed->width)
		return "Its size does not fit its contents.";
	*result = FromPoints(packed->counts, packed->width, packed->lowest, packed->npoints);
	return (*result)->n == packed->n ? NULL : "The counts do not add up.";
}
