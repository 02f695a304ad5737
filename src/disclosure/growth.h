/*
 * growth.h
 *		Hidden numbers as sums of what they grew by.
 *
 * Where nobody leaves from one release to the next, a number is the one before and what came to
 * it. What came to the parts of a total adds up to what came to it: so facts that make all
 * releases hang together can be told as facts of one release, or of few. Each of these is solved
 * by itself, and an interval of a sum ends where those of its terms do.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_GROWTH_H
#define GAPSTATS_GROWTH_H

#include "disclosure/range.h"

typedef struct Growth Growth;

extern Growth *SplitByGrowth(const Component *component, const Region *region);
extern int	NumberOfParts(const Growth *growth);
extern Solution *PartOf(const Growth *growth, int part);
extern void ShowParts(Growth *growth, const bool *is_shown);
extern void SumRange(const Growth *growth, RangeKind kind, Range *range);
extern bool *FormsOfSum(const Growth *growth, RangeKind kind, int unknown, int max_nodes);

#endif							/* GAPSTATS_GROWTH_H */
