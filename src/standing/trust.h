/*
 * trust.h
 *		Whose functions a query runs.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_TRUST_H
#define GAPSTATS_TRUST_H

#include "nodes/parsenodes.h"

extern void CheckTrust(Query *query, Oid user);
extern void CheckTrustOfReading(Oid relation, Oid user, Oid reader);
extern void CheckTrustOfWriting(Oid relation, Oid user);
extern void WatchFunctions(Oid user);
extern bool IsWatched(void);
extern void DefineTrustSettings(void);
extern bool TrustSuperusersOnly(bool only);

#endif							/* GAPSTATS_TRUST_H */
