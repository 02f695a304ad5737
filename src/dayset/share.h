/*
 * share.h
 *		How many days of a set are among those of another.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_SHARE_H
#define GAPSTATS_SHARE_H

#include "dayset/dayset.h"

/* The two sides of a rate */
typedef struct DayShare
{
	int			days;			/* of the one set, among those of the other */
	int			among;			/* of the other */
} DayShare;

/* A word of the other set, and what stands before it */
typedef struct RunningWord
{
	int32		index;
	uint64		days;
	uint64		among;
	DayShare	before;
} RunningWord;

typedef struct RunningShare
{
	int			count;
	RunningWord *word;
} RunningShare;

extern DayShare CountShare(DayWords days, DayWords among, DayWindow window);
extern RunningShare MakeRunningShare(DayWords days, DayWords among);
extern DayShare ShareUpTo(const RunningShare *running, int32 day);
extern DayShare ShareWithin(const RunningShare *running, DayWindow window);
extern double ShareRate(DayShare share);

#endif							/* GAPSTATS_SHARE_H */
