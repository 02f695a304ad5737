/*
 * propagate.h
 *		Bounds that follow from bounds.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_PROPAGATE_H
#define GAPSTATS_PROPAGATE_H

#include "disclosure/component.h"

/* A bound as it was, and the form by which it changed */
typedef struct Change
{
	int64	   *bound;
	int64		before;
	int			form;			/* or NO_FORM */
} Change;

#define NO_FORM (-1)

/* Changes that can be taken back */
typedef struct Trail
{
	Change	   *changes;
	int			n_changes;
	int			size;
} Trail;

extern void SetBound(Trail *trail, int64 *bound, int64 value, int form);
extern void TakeBack(Trail *trail, int n_changes);
extern int	UnknownOfBound(const Component *component, const Region *region, const int64 *bound);
extern bool PropagateAll(const Component *component, Region *region, Trail *trail);
extern bool PropagateChanges(const Component *component, Region *region, Trail *trail, int first);

#endif							/* GAPSTATS_PROPAGATE_H */
