/*
 * tally.h
 *		Many distributions merged into one.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_TALLY_H
#define GAPSTATS_TALLY_H

#include "distribution/distribution.h"

/*
 * What has been merged: counted on a table of points while all values are whole numbers
 * on a short scale, as scores are; else in the state of an aggregate. All zero is a tally
 * of nothing, which is no distribution yet.
 */
typedef struct Tally
{
	Distribution *state;		/* or NULL */
	uint32	   *counts;			/* of the points from "first" on, or NULL */
	int32		first;
	int32		ncounts;
	int32		lowest;			/* of what came so far, while it is whole */
	int32		npoints;
	int64		n;
	bool		is_fractional;	/* some values are, or are beyond an int16 */
} Tally;

extern bool TallyIsWhole(const Distribution *d);
extern void TallyAdd(Tally *tally, const Distribution *d, bool is_whole, MemoryContext context);
extern void TallyMerge(Tally *tally, const Tally *other, MemoryContext context);
extern Distribution *TallyResult(const Tally *tally);
extern Distribution *TallyPackedResult(const Tally *tally);
extern void TallyFree(Tally *tally);

#endif							/* GAPSTATS_TALLY_H */
