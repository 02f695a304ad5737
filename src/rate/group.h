/*
 * group.h
 *		A partition of groups, each with its counts.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_GROUP_H
#define GAPSTATS_GROUP_H

#include "base/reference.h"
#include "rate/proportion.h"

/* The arguments of the functions over groups; other options follow */
enum
{
	ARG_GROUP,
	ARG_X,
	ARG_N,
	ARG_REFERENCE,				/* and the three that belong to it, where there is one */
	ARG_AFTER_REFERENCE = ARG_REFERENCE + 4
};

/* What makes one row of a group that has several, for a hint */
#define AGGREGATE_OF_COUNTS "sum(x)::bigint and sum(n)::bigint"

/* One group of the partition */
typedef struct Group
{
	Proportion	p;
	const char *reason;			/* why the row counts in nothing, or NULL */
} Group;

/* All groups of the partition */
typedef struct GroupPartition
{
	int64		n_rows;			/* 0 until it is read */
	Proportion	everyone;		/* over all rows that count */
	int64		n_missing_group;	/* students of rows without a group */
	Reference	reference;		/* what they are compared with */
	Group		groups[FLEXIBLE_ARRAY_MEMBER];
} GroupPartition;

extern Group ReadGroup(FunctionCallInfo fcinfo, int argno, int64 row);
extern void AddTogether(Proportion *sum, Proportion p);
extern GroupPartition *ReadGroups(FunctionCallInfo fcinfo, ReferenceKind by_default);
extern Proportion ReferenceOf(const GroupPartition *partition, const Group *group);
extern const char *FindReference(const GroupPartition *partition, const Group *group,
								 Proportion *reference);

#endif							/* GAPSTATS_GROUP_H */
