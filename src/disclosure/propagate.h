/*
 * propagate.h
 *		Bounds that follow from bounds.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_PROPAGATE_H
#define GAPSTATS_PROPAGATE_H

#include "disclosure/component.h"

/* A bound as it was */
typedef struct Change
{
	int64	   *bound;
	int64		before;
} Change;

/* Changes that can be taken back */
typedef struct Trail
{
	Change	   *changes;
	int			n_changes;
	int			size;
} Trail;

extern void SetBound(Trail *trail, int64 *bound, int64 value);
extern void TakeBack(Trail *trail, int n_changes);
extern bool PropagateAll(const Component *component, Region *region, Trail *trail);
extern bool PropagateChanges(const Component *component, Region *region, Trail *trail, int first);

#endif							/* GAPSTATS_PROPAGATE_H */
