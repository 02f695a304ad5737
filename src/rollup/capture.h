/*
 * capture.h
 *		What a trigger of a roll-up captures.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_CAPTURE_H
#define GAPSTATS_CAPTURE_H

#include "rollup/group_changes.h"
#include "utils/reltrigger.h"

typedef struct Capture
{
	Oid			trigger;		/* hash key */
	Oid			source;
	Oid			changes;
	bool		is_filled;		/* with what follows */
	bool		is_stale;		/* one of these has changed since */
	bool		is_source;		/* or there is nothing to capture */
	bool		is_plain;		/* by nothing but functions of PostgreSQL's own */
	GroupPlan  *plan;			/* there until the transaction ends, whatever changes */
	MemoryContext memory;		/* of the plan */
} Capture;

extern Relation OpenChanges(const Trigger *trigger, Relation source, Capture **capture);

#endif							/* GAPSTATS_CAPTURE_H */
