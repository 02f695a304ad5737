/*
 * streak.h
 *		Days of a set one after another, counted in those of another.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_STREAK_H
#define GAPSTATS_STREAK_H

#include "dayset/dayset.h"

extern int	LongestStreak(DayWords days, DayWords among);

#endif							/* GAPSTATS_STREAK_H */
