/*
 * follow.h
 *		What bounds that follow from bounds give away.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_FOLLOW_H
#define GAPSTATS_FOLLOW_H

#include "disclosure/propagate.h"

typedef struct Followed Followed;

extern Followed *FollowBounds(const Component *component);
extern bool FindByFollowing(const Followed *followed, int unknown, const AuditOptions *options, Finding *finding);

#endif							/* GAPSTATS_FOLLOW_H */
