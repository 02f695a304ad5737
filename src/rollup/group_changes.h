/*
 * group_changes.h
 *		What the rows of a statement add to groups, and take away from them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_GROUP_CHANGES_H
#define GAPSTATS_GROUP_CHANGES_H

#include "executor/tuptable.h"
#include "fmgr.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

/* What is kept of a group */
typedef enum MeasureKind
{
	ROW_COUNT,
	VALUE_COUNT,
	VALUE_DISTRIBUTION,
	DAY_SET
} MeasureKind;

typedef struct GroupMeasure
{
	MeasureKind kind;
	AttrNumber	source;			/* the column that it is of; of ROW_COUNT none */
	FmgrInfo	cast;			/* of its values; fn_oid is 0 if none is needed */
	AttrNumber	added;			/* the columns that it is written to; of DAY_SET it is one, of the */
	AttrNumber	removed;		/* days that changed */
} GroupMeasure;

/* When two values of a key are equal */
typedef enum KeyEquality
{
	EQUAL_DATUMS,
	EQUAL_BYTES,				/* of varlena */
	EQUAL_BY_FUNCTION
} KeyEquality;

typedef struct GroupKey
{
	AttrNumber	source;
	AttrNumber	written;
	Oid			collation;
	KeyEquality equality;
	FmgrInfo	hash;
	FmgrInfo	equal;
	int16		length;
	bool		by_value;
} GroupKey;

/* How rows of one table become rows of changes */
typedef struct GroupPlan
{
	int			n_keys;
	GroupKey   *keys;
	int			n_measures;
	GroupMeasure *measures;
	AttrNumber	last_source;	/* the last column that any of them is of */
} GroupPlan;

typedef struct GroupChanges GroupChanges;

extern GroupChanges *BeginGroupChanges(const GroupPlan *plan, Relation target);
extern void AddGroupRow(GroupChanges *changes, const GroupPlan *plan, TupleTableSlot *row, bool is_removed);
extern bool GroupsNeedRoom(GroupChanges *changes);
extern void RemoveGroupTable(GroupChanges *changes, Relation source, Snapshot snapshot);
extern bool RunsNothing(Relation target);
extern void WriteGroupChanges(GroupChanges *changes);

#endif							/* GAPSTATS_GROUP_CHANGES_H */
