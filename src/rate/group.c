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
#include "utils/memutils.h"

/*
 * The counts of a row: arguments argno (x) and the next (n). As everywhere, a
 * group that has neither is empty.
 */
Group
ReadGroup(FunctionCallInfo fcinfo, int argno, int64 row)
{
	bool		is_x_null;
	bool		is_n_null;
	int64		x = DatumGetInt64(PartitionArgument(fcinfo, argno, row, &is_x_null));
	int64		n = DatumGetInt64(PartitionArgument(fcinfo, argno + 1, row, &is_n_null));
	Group		group;

	group.p.x = is_x_null ? 0 : x;
	group.p.n = is_n_null ? 0 : n;
	group.reason = is_x_null != is_n_null ? REASON_MISSING_COUNT : NULL;
	CheckCount(group.p.x, "x", "");
	CheckCount(group.p.n, "n", "");
	return group;
}

/* Add to a sum of groups */
void
AddTogether(Proportion *sum, Proportion p)
{
	sum->x = AddCounts(sum->x, p.x);
	sum->n = AddCounts(sum->n, p.n);
}

/* Read the groups, and add them up */
static void
FillGroups(FunctionCallInfo fcinfo, const KeyColumn *names, GroupPartition *partition)
{
	for (int64 row = 0; row < partition->n_rows; row++)
	{
		Group	   *group = &partition->groups[row];

		CHECK_FOR_INTERRUPTS();
		*group = ReadGroup(fcinfo, ARG_X, row);
		if (names->keys[row] == KEY_NULL)
		{
			group->reason = REASON_MISSING_GROUP;
			partition->n_missing_group = AddCounts(partition->n_missing_group, group->p.n);
		}
		if (group->reason)
			continue;
		CheckRate(group->p.x, group->p.n, "");
		AddTogether(&partition->everyone, group->p);
	}
}

/*
 * Does the group of a row do better than that of another? Of equal rates that of
 * more students is higher, then the first by name: the order of rows decides
 * nothing.
 */
static bool
IsHigher(const GroupPartition *partition, const KeyColumn *names, int64 row, int64 other)
{
	Proportion	a = partition->groups[row].p;
	Proportion	b = partition->groups[other].p;
	int128		left = (int128) a.x * b.n;
	int128		right = (int128) b.x * a.n;

	if (left != right)
		return left > right;
	if (a.n != b.n)
		return a.n > b.n;
	return names->keys[row] < names->keys[other];
}

/* The row of the group with the highest rate among those large enough, or -1 */
static int64
FindHighest(const GroupPartition *partition, const KeyColumn *names)
{
	int64		min_n = Max(partition->reference.min_n, 1);
	int64		highest = -1;

	for (int64 row = 0; row < partition->n_rows; row++)
	{
		const Group *group = &partition->groups[row];

		CHECK_FOR_INTERRUPTS();
		if (group->reason == NULL && group->p.n >= min_n &&
			(highest < 0 || IsHigher(partition, names, row, highest)))
			highest = row;
	}
	return highest;
}

/* Read the partition */
static void
FillPartition(FunctionCallInfo fcinfo, ReferenceKind by_default, GroupPartition *partition)
{
	KeyColumn	names = ReadGroupNames(fcinfo, ARG_GROUP, AGGREGATE_OF_COUNTS);

	CheckOptions(fcinfo, ARG_N + 1);
	FillGroups(fcinfo, &names, partition);
	if (by_default == REFERENCE_NONE)
		return;
	partition->reference = ReadReference(fcinfo, ARG_REFERENCE, by_default, &names);
	if (partition->reference.kind == REFERENCE_HIGHEST)
		partition->reference.row = FindHighest(partition, &names);
}

/* The groups of the partition, read at its first row */
GroupPartition *
ReadGroups(FunctionCallInfo fcinfo, ReferenceKind by_default)
{
	GroupPartition *partition = PartitionMemory(fcinfo, offsetof(GroupPartition, groups),
												sizeof(Group));

	if (partition->n_rows == 0)
	{
		MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "groups of a partition",
													  ALLOCSET_DEFAULT_SIZES);
		MemoryContext caller = MemoryContextSwitchTo(scratch);

		partition->n_rows = WinGetPartitionRowCount(PG_WINDOW_OBJECT());
		FillPartition(fcinfo, by_default, partition);
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(scratch);
	}
	return partition;
}

/* What a group that counts is compared with: nobody where there is no such group */
Proportion
ReferenceOf(const GroupPartition *partition, const Group *group)
{
	const Reference *reference = &partition->reference;
	Proportion	nobody = {0, 0};

	if (reference->kind == REFERENCE_OTHERS)
		return Others(partition->everyone, group->p);
	if (reference->kind == REFERENCE_EVERYONE)
		return partition->everyone;
	if (reference->row < 0 || partition->groups[reference->row].reason)
		return nobody;
	return partition->groups[reference->row].p;
}

/* What a group is compared with; the result is why it is not compared, or NULL */
const char *
FindReference(const GroupPartition *partition, const Group *group, Proportion *reference)
{
	if (group->reason)
		return group->reason;
	if (group->p.n == 0)
		return REASON_N_LT_1;
	*reference = ReferenceOf(partition, group);
	return reference->n == 0 ? REASON_NO_COMPARISON : NULL;
}
