/*
 * whole.h
 *		Where hidden numbers that are whole can be.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_WHOLE_H
#define GAPSTATS_WHOLE_H

#include "disclosure/propagate.h"
#include "disclosure/range.h"

/* How a search ended */
typedef enum Found
{
	FOUND,						/* the least there is */
	NOTHING,					/* there is nothing */
	NO_LEAST,					/* there is no least */
	NOT_DECIDED					/* the limit of nodes was reached */
} Found;

/* What is searched for: the least value of an unknown, or of minus the unknown; or if there is none, any point */
typedef struct Goal
{
	int			unknown;		/* or -1 */
	int			direction;		/* 1 or -1 */
	bool		has_bound;		/* it is known to be no less */
	Rational	bound;
	bool		has_best;		/* it is known to be no more; the search begins below */
	Rational	best;
	int64	   *point;			/* where that was found, of whole unknowns; or NULL if nobody asks */
} Goal;

extern Found SearchWhole(Solution *solution, const Region *root, Goal *goal, int max_nodes);
extern void NarrowRegion(const Component *component, Region *region, int unknown, int side, const End *end);
extern void FindWholeRange(Solution *solution, RangeKind kind, int max_nodes);

#endif							/* GAPSTATS_WHOLE_H */
