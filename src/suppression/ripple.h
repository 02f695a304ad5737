/*
 * ripple.h
 *		Hidden numbers that a small change of the finest ones shows not to be given away.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_RIPPLE_H
#define GAPSTATS_RIPPLE_H

#include "disclosure/facts.h"

extern void FindRipples(const Facts *facts, const int64 *truth, bool *is_safe);

#endif							/* GAPSTATS_RIPPLE_H */
