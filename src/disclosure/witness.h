/*
 * witness.h
 *		Hidden numbers that are seen not to be given away.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_WITNESS_H
#define GAPSTATS_WITNESS_H

#include "disclosure/whole.h"

/* Unknowns whose true numbers are not known are looked at by the audit alone. */
#define NO_TRUTH PG_INT64_MIN

extern RangeKind InnermostRange(const Component *component);
extern int64 AskedDistance(const Component *component, int unknown);
extern int64 SeenDistance(const Range *range, int unknown);
extern bool IsNarrower(const Region *region, int unknown, int64 asked);
extern void SearchBeyond(Solution *solution, const Region *region, int unknown, int64 lower, int64 upper, int max_nodes);
extern void LookAtUnknown(Solution *solution, const Range *range, int unknown, int max_nodes);
extern void FindWitnesses(Solution *solution, int max_nodes);
extern void FindWitnessesOf(Solution *solution, const bool *is_asked, int max_nodes);
extern void FindWitnessesNearTruth(const System *system, const int64 *truth, bool *is_safe);

#endif							/* GAPSTATS_WITNESS_H */
