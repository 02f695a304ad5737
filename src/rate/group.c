/*
 * group.c
 *		A partition of groups, each with its counts.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/count.h"
#include "base/reason.h"
#include "miscadmin.h"
#include "rate/group.h"
#include "rate/proportion.h"
#include "utils/memutils.h"

/* Read a count; false, and 0, where it is NULL. */
static bool
ReadCount(FunctionCallInfo fcinfo, int argno, int64 row, int64 *count)
{
	bool		isnull;
	bool		isout;
	Datum		value = WinGetFuncArgInPartition(PG_WINDOW_OBJECT(), argno, row,
												 WINDOW_SEEK_HEAD, false, &isnull, &isout);

	*count = isnull ? 0 : DatumGetInt64(value);
	return !isnull;
}

/* Read the counts of a row: arguments argno (x) and the next (n). */
void
ReadGroup(FunctionCallInfo fcinfo, int argno, int64 row, Group *group)
{
	bool		has_x = ReadCount(fcinfo, argno, row, &group->x);
	bool		has_n = ReadCount(fcinfo, argno + 1, row, &group->n);

	CheckCount(group->x, "x", "");
	CheckCount(group->n, "n", "");
	group->reason = has_x && has_n ? NULL : REASON_MISSING_COUNT;
}

/* Read the groups of the partition, add them up, and find those that others refer to. */
static void
FillGroupPartition(FunctionCallInfo fcinfo, int reference_argno, GroupPartition *partition)
{
	KeyColumn	names;
	int64	   *row_of_key;

	ReadKeyColumn(fcinfo, 0, &names);
	row_of_key = palloc(names.n_keys * sizeof(int64));
	for (int key = 0; key < names.n_keys; key++)
		row_of_key[key] = -1;

	partition->highest = -1;
	for (int64 row = 0; row < partition->n_rows; row++)
	{
		Group	   *group = &partition->groups[row];
		int			key = names.keys[row];

		CHECK_FOR_INTERRUPTS();
		ReadGroup(fcinfo, 1, row, group);
		if (key < 0)
		{
			group->reason = REASON_MISSING_GROUP;
			partition->n_missing_group = AddCounts(partition->n_missing_group, group->n);
			continue;
		}
		if (row_of_key[key] >= 0)
			ReportDuplicateGroup(KeyName(&names, key));
		row_of_key[key] = row;
		if (group->reason)
			continue;

		CheckRate(group->x, group->n, "");
		partition->x = AddCounts(partition->x, group->x);
		partition->n = AddCounts(partition->n, group->n);
		if (group->n > 0 &&
			(partition->highest < 0 ||
			 (int128) group->x * partition->groups[partition->highest].n >
			 (int128) partition->groups[partition->highest].x * group->n))
			partition->highest = row;
	}

	for (int64 row = 0; row < partition->n_rows; row++)
	{
		int			key = reference_argno < 0 ? KEY_NULL :
			FindKeyOfRow(fcinfo, reference_argno, row, &names);

		CHECK_FOR_INTERRUPTS();
		partition->groups[row].reference = key < 0 ? key : row_of_key[key];
	}
}

/*
 * The groups of the partition, from the arguments (group, x, n, ...).
 *
 * reference_argno is the argument that names a reference group, NULL for none;
 * -1 where the function has no such argument.
 */
GroupPartition *
ReadGroupPartition(FunctionCallInfo fcinfo, int reference_argno)
{
	GroupPartition *partition = PartitionMemory(fcinfo, offsetof(GroupPartition, groups),
												sizeof(Group));

	if (partition->n_rows == 0)
	{
		MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "groups of a partition",
													  ALLOCSET_DEFAULT_SIZES);
		MemoryContext caller = MemoryContextSwitchTo(scratch);

		partition->n_rows = WinGetPartitionRowCount(PG_WINDOW_OBJECT());
		FillGroupPartition(fcinfo, reference_argno, partition);
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(scratch);
	}
	return partition;
}

/* All groups of the partition together. */
Comparison
AllGroups(const GroupPartition *partition)
{
	Comparison	all = {partition->x, partition->n};

	return all;
}

/* One group of the partition; nobody where there is none, or its counts are missing. */
Comparison
OneGroup(const GroupPartition *partition, int64 row)
{
	Comparison	one = {0, 0};

	if (row >= 0 && partition->groups[row].reason == NULL)
	{
		one.x = partition->groups[row].x;
		one.n = partition->groups[row].n;
	}
	return one;
}

/* All groups of the partition together, but one. */
Comparison
AllButGroup(const GroupPartition *partition, const Group *group)
{
	Comparison	others = {partition->x - group->x, partition->n - group->n};

	return others;
}
