/*
 * witness.h
 *		Hidden numbers that are seen not to be given away.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_WITNESS_H
#define GAPSTATS_WITNESS_H

#include "disclosure/whole.h"

extern void FindWitnesses(Solution *solution, int max_nodes);

#endif							/* GAPSTATS_WITNESS_H */
