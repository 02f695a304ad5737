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
#include "rollup/measure_kind.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

/* A column of the source that a measure is of */
typedef struct MeasureColumn
{
	AttrNumber	source;
	FmgrInfo	cast;			/* of its values; fn_oid is 0 if none is needed */
	Oid			told;			/* its type, if its text is taken */
} MeasureColumn;

/* What is kept of a group */
typedef struct GroupMeasure
{
	const MeasureKind *kind;
	int			n_columns;
	MeasureColumn *columns;
	int			n_gathered;		/* of them, the last, into an array, which is one argument */
	AttrNumber	added;			/* the columns that it is written to; the second is 0 where one says */
	AttrNumber	removed;		/* all */
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
