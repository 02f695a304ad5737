/*
 * because.h
 *		Which facts give a hidden number away, or contradict one another.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_BECAUSE_H
#define GAPSTATS_BECAUSE_H

#include "disclosure/range.h"

/* The answers are sets of forms, as many flags as there are forms */
extern bool *FormsOfInterval(Solution *solution, RangeKind kind, int unknown, int max_nodes);
extern bool *FormsOfContradiction(Solution *solution, RangeKind kind, int max_nodes);

#endif							/* GAPSTATS_BECAUSE_H */
