/*
 * group.h
 *		A partition of groups, each with its counts: x students with the outcome
 *		among n.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_GROUP_H
#define GAPSTATS_GROUP_H

#include "base/partition.h"

/* One group of the partition. */
typedef struct Group
{
	int64		x;
	int64		n;
	const char *reason;			/* why the row counts in nothing, or NULL */
	int64		reference;		/* row of the reference that this one names, KEY_NULL or KEY_NONE */
} Group;

/* All groups of the partition. */
typedef struct GroupPartition
{
	int64		n_rows;			/* 0 until it is read */
	int64		x;				/* over all rows that count */
	int64		n;
	int64		n_missing_group;	/* students of rows without a group */
	int64		highest;		/* row of the highest rate, or -1 */
	Group		groups[FLEXIBLE_ARRAY_MEMBER];
} GroupPartition;

/* What each group is compared with. */
typedef struct Comparison
{
	int64		x;
	int64		n;
} Comparison;

extern void ReadGroup(FunctionCallInfo fcinfo, int argno, int64 row, Group *group);
extern GroupPartition *ReadGroupPartition(FunctionCallInfo fcinfo, int reference_argno);
extern Comparison AllGroups(const GroupPartition *partition);
extern Comparison AllButGroup(const GroupPartition *partition, const Group *group);
extern Comparison OneGroup(const GroupPartition *partition, int64 row);

#endif							/* GAPSTATS_GROUP_H */
