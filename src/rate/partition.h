/*
 * partition.h
 *		Window functions that see a whole partition of groups at once.
 *
 * A table of groups has one row a group: its name, x students with the
 * outcome, n students.  The functions over it answer each row from all rows of
 * its partition, whatever the frame and the order.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_PARTITION_H
#define GAPSTATS_PARTITION_H

#include "fmgr.h"
#include "windowapi.h"

#define REASON_MISSING_GROUP	"missing_group"
#define REASON_MISSING_COUNT	"missing_count"
#define REASON_NO_COMPARISON	"no_comparison"

/* Numbers that no name has: that of NULL, and that of a name which is not in the column */
#define KEY_NULL				(-1)
#define KEY_NONE				(-2)

/* A column of names in the partition: equal names have the same number, from 0. */
typedef struct KeyColumn
{
	int			n_keys;
	int		   *keys;			/* by row */
	Datum	   *names;			/* by number */
	Oid			type;
} KeyColumn;

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

extern void ReadKeyColumn(FunctionCallInfo fcinfo, int argno, KeyColumn *column);
extern void *PartitionMemory(FunctionCallInfo fcinfo, Size header, Size row);
extern int	FindKeyOfRow(FunctionCallInfo fcinfo, int argno, int64 row, const KeyColumn *column);
extern char *KeyName(const KeyColumn *column, int key);
extern void ReadGroup(FunctionCallInfo fcinfo, int argno, int64 row, Group *group);
extern int64 AddCounts(int64 a, int64 b);
extern void ReportDuplicateGroup(const char *name);

extern GroupPartition *ReadGroupPartition(FunctionCallInfo fcinfo, int reference_argno);
extern Comparison AllGroups(const GroupPartition *partition);
extern Comparison AllButGroup(const GroupPartition *partition, const Group *group);
extern Comparison OneGroup(const GroupPartition *partition, int64 row);

extern Datum WindowArg(FunctionCallInfo fcinfo, int argno, const char *name);

#endif							/* GAPSTATS_PARTITION_H */
