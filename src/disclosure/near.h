/*
 * near.h
 *		Ends of intervals, and tables that are far apart, by what is near a hidden number.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_NEAR_H
#define GAPSTATS_NEAR_H

#include "disclosure/range.h"

extern void FindEndsNear(Solution *solution, int max_nodes);
extern void FindTablesNear(Solution *solution, const bool *is_asked, int max_nodes);

#endif							/* GAPSTATS_NEAR_H */
