/*
 * group_changes.c
 *		What the rows of a statement add to groups, and take away from them.
 *
 * Rows are hashed by their group and given to the states there, without a query: a load of many
 * rows takes little longer than it did, and a statement of few is not kept by a planner.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/tableam.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "dayset/dayset.h"
#include "distribution/distribution.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "rollup/group_changes.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/rel.h"

/* What one side, added or removed, has of a group: a count, or a state; 0 is nothing yet */
typedef Datum SideState;

typedef struct ChangedGroup
{
	uint32		hash;
	char		status;			/* for simplehash */
	NullableDatum *key;
	SideState  *sides[2];		/* [removed] of each measure */
} ChangedGroup;

static bool GroupsEqual(const GroupPlan *plan, const NullableDatum *a, const NullableDatum *b);

#define SH_PREFIX groups
#define SH_ELEMENT_TYPE ChangedGroup
#define SH_KEY_TYPE NullableDatum *
#define SH_KEY key
#define SH_HASH_KEY(table, key) HashGroup((table)->private_data, key)
#define SH_EQUAL(table, a, b) GroupsEqual((table)->private_data, a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, group) (group)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE

static inline uint32
HashGroup(const GroupPlan *plan, const NullableDatum *key)
{
	uint32		hash = 0;

	for (int i = 0; i < plan->n_keys; i++)
	{
		uint32		part = key[i].isnull ? 0 :
			DatumGetUInt32(FunctionCall1Coll(&plan->keys[i].hash, plan->keys[i].collation, key[i].value));

		hash = hash_combine(hash, part);
	}
	return murmurhash32(hash);
}

#include "lib/simplehash.h"

struct GroupChanges
{
	GroupPlan  *plan;
	Relation	target;
	groups_hash *groups;
	MemoryContext kept;			/* keys and states */
	MemoryContext passing;		/* of a row */
	uint64		n_rows;
};

/* Groups are written and begun anew when they take more memory than this: what they are sums up. */
#define ROOM_FOR_GROUPS (64 * 1024 * 1024)
#define ROWS_BETWEEN_LOOKS 1024

/* NULL is a group as any other. */
static bool
GroupsEqual(const GroupPlan *plan, const NullableDatum *a, const NullableDatum *b)
{
	for (int i = 0; i < plan->n_keys; i++)
	{
		GroupKey   *key = &plan->keys[i];

		if (a[i].isnull != b[i].isnull)
			return false;
		if (!a[i].isnull && !DatumGetBool(FunctionCall2Coll(&key->equal, key->collation, a[i].value, b[i].value)))
			return false;
	}
	return true;
}

/* Begin, in the current memory context. */
GroupChanges *
BeginGroupChanges(GroupPlan *plan, Relation target)
{
	GroupChanges *changes = palloc0(sizeof(GroupChanges));

	changes->plan = plan;
	changes->target = target;
	changes->kept = AllocSetContextCreate(CurrentMemoryContext, "changes of groups", ALLOCSET_DEFAULT_SIZES);
	changes->passing = AllocSetContextCreate(CurrentMemoryContext, "row of a roll-up's source", ALLOCSET_DEFAULT_SIZES);
	changes->groups = groups_create(changes->kept, 64, plan);
	return changes;
}

/* The group of a row */
static ChangedGroup *
FindGroup(GroupChanges *changes, TupleTableSlot *row, NullableDatum *key)
{
	const GroupPlan *plan = changes->plan;
	ChangedGroup *group;
	bool		found;
	MemoryContext passing;

	for (int i = 0; i < plan->n_keys; i++)
		key[i].value = slot_getattr(row, plan->keys[i].source, &key[i].isnull);
	group = groups_insert(changes->groups, key, &found);
	if (found)
		return group;

	passing = MemoryContextSwitchTo(changes->kept);
	group->key = palloc(plan->n_keys * sizeof(NullableDatum));
	for (int i = 0; i < plan->n_keys; i++)
	{
		group->key[i].isnull = key[i].isnull;
		group->key[i].value = key[i].isnull ? (Datum) 0 : datumCopy(key[i].value, plan->keys[i].by_value, plan->keys[i].length);
	}
	group->sides[false] = palloc0(2 * plan->n_measures * sizeof(SideState));
	group->sides[true] = group->sides[false] + plan->n_measures;
	MemoryContextSwitchTo(passing);
	return group;
}

/* A state that has grown into the memory of a row is kept; what it was before is not needed. */
static SideState
KeepState(GroupChanges *changes, SideState before, void *after)
{
	void	   *kept;

	if (DatumGetPointer(before) == after)
		return before;
	kept = MemoryContextAlloc(changes->kept, VARSIZE(after));
	memcpy(kept, after, VARSIZE(after));
	if (before != 0)
		pfree(DatumGetPointer(before));
	return PointerGetDatum(kept);
}

/*
 * ToggleDay
 *		Where a day comes twice, as while the index that forbids it is gone, it is what it was
 *		before: so when one of them goes the other is there.  A word of a state here may be 0.
 */
static DaySet *
ToggleDay(DaySet *set, int32 day)
{
	int32		index = day / DAYS_PER_WORD;

	for (int i = set->count - 1; i >= 0 && set->words[i].index >= index; i--)
	{
		if (set->words[i].index == index)
		{
			set->words[i].bits[day % DAYS_PER_WORD / 32] ^= (uint32) 1 << (day % 32);
			return set;
		}
	}
	return DaySetAddWord(set, index, UINT64CONST(1) << (day % DAYS_PER_WORD));
}

/* Count a row in one side of its group. */
static SideState
AddToSide(GroupChanges *changes, GroupMeasure *measure, SideState side, Datum value)
{
	if (OidIsValid(measure->cast.fn_oid))
		value = FunctionCall1(&measure->cast, value);
	switch (measure->kind)
	{
		case ROW_COUNT:
		case VALUE_COUNT:
			return side + 1;
		case VALUE_DISTRIBUTION:
			{
				Distribution *state = side == 0 ? DistributionNewState(0) : (Distribution *) DatumGetPointer(side);

				return KeepState(changes, side, DistributionAccumulate(state, DatumGetFloat8(value)));
			}
		case DAY_SET:
			{
				DaySet	   *state = side == 0 ? DaySetMake(0) : (DaySet *) DatumGetPointer(side);

				return KeepState(changes, side, ToggleDay(state, DateToJulian(DatumGetDateADT(value))));
			}
	}
	pg_unreachable();
}

/* Count a row. */
static void
AddRow(GroupChanges *changes, TupleTableSlot *row, NullableDatum *key, bool is_removed)
{
	GroupPlan  *plan = changes->plan;
	SideState  *side = FindGroup(changes, row, key)->sides[is_removed];

	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < plan->n_measures; i++)
	{
		GroupMeasure *measure = &plan->measures[i];
		bool		isnull = false;
		Datum		value = measure->kind == ROW_COUNT ? (Datum) 0 : slot_getattr(row, measure->source, &isnull);

		if (!isnull)
			side[i] = AddToSide(changes, measure, side[i], value);
	}
}

/* Count a row, and forget what it took to read it. */
static void
AddGroupRow(GroupChanges *changes, TupleTableSlot *row, NullableDatum *key, bool is_removed)
{
	AddRow(changes, row, key, is_removed);
	ExecClearTuple(row);		/* one that was read from a file is in that memory */
	MemoryContextReset(changes->passing);
}

/* Another row has been counted, or two. */
static void
KeepInRoom(GroupChanges *changes)
{
	if (++changes->n_rows % ROWS_BETWEEN_LOOKS == 0 && MemoryContextMemAllocated(changes->kept, true) > ROOM_FOR_GROUPS)
		WriteGroupChanges(changes);
}

/* Read a transition table from its start; other triggers read it, too. */
static void
StartReading(Tuplestorestate *rows)
{
	tuplestore_select_read_pointer(rows, tuplestore_alloc_read_pointer(rows, EXEC_FLAG_REWIND));
	tuplestore_rescan(rows);
}

/*
 * AddGroupRows
 *		Count all rows of the transition tables of a statement, of which one may be NULL.
 *
 * Of a row that was updated both are counted together, so that what has not changed is not
 * written when there is no more room.
 */
void
AddGroupRows(GroupChanges *changes, TupleDesc row_type, Tuplestorestate *added, Tuplestorestate *removed)
{
	NullableDatum *key = palloc(changes->plan->n_keys * sizeof(NullableDatum));
	TupleTableSlot *row = MakeSingleTupleTableSlot(row_type, &TTSOpsMinimalTuple);
	Tuplestorestate *rows[] = {added, removed};
	MemoryContext caller = MemoryContextSwitchTo(changes->passing);

	for (int side = 0; side < 2; side++)
	{
		if (rows[side] != NULL)
			StartReading(rows[side]);
	}
	while (rows[false] != NULL || rows[true] != NULL)
	{
		for (int side = 0; side < 2; side++)
		{
			if (rows[side] == NULL)
				continue;
			if (tuplestore_gettupleslot(rows[side], true, false, row))
				AddGroupRow(changes, row, key, side);
			else
				rows[side] = NULL;
		}
		KeepInRoom(changes);
	}
	MemoryContextSwitchTo(caller);
	ExecDropSingleTupleTableSlot(row);
	pfree(key);
}

/* Count what a row became and what it was, of which one may be NULL; they stay the caller's. */
void
AddChangedRow(GroupChanges *changes, TupleTableSlot *added, TupleTableSlot *removed)
{
	NullableDatum *key = palloc(changes->plan->n_keys * sizeof(NullableDatum));
	MemoryContext caller = MemoryContextSwitchTo(changes->passing);

	if (added != NULL)
		AddRow(changes, added, key, false);
	if (removed != NULL)
		AddRow(changes, removed, key, true);
	MemoryContextSwitchTo(caller);
	pfree(key);
}

/* Take away all rows of a table. */
void
RemoveGroupTable(GroupChanges *changes, Relation source, Snapshot snapshot)
{
	NullableDatum *key = palloc(changes->plan->n_keys * sizeof(NullableDatum));
	TupleTableSlot *row = table_slot_create(source, NULL);
	TableScanDesc scan = table_beginscan(source, snapshot, 0, NULL);
	MemoryContext caller = MemoryContextSwitchTo(changes->passing);

	while (table_scan_getnextslot(scan, ForwardScanDirection, row))
	{
		AddGroupRow(changes, row, key, true);
		KeepInRoom(changes);
	}
	MemoryContextSwitchTo(caller);
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(row);
	pfree(key);
}

/* The value of a state; NULL of none. Of an empty distribution it is NULL. */
static struct varlena *
FinishDistribution(SideState side)
{
	return side == 0 ? NULL : (struct varlena *) DistributionCompact((Distribution *) DatumGetPointer(side));
}

/* Are they the same? As equal values have equal bytes */
static bool
SameValue(const struct varlena *a, const struct varlena *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return VARSIZE(a) == VARSIZE(b) && memcmp(a, b, VARSIZE(a)) == 0;
}

static void
PutVarlena(TupleTableSlot *slot, AttrNumber column, struct varlena *value)
{
	slot->tts_values[column - 1] = PointerGetDatum(value);
	slot->tts_isnull[column - 1] = value == NULL;
}

static void
PutCount(TupleTableSlot *slot, AttrNumber column, int64 count)
{
	slot->tts_values[column - 1] = Int64GetDatum(count);
	slot->tts_isnull[column - 1] = false;
}

/* The words of a state, some of which may be 0 */
static DayWords
StateWords(SideState side)
{
	DayWords	words = {0};

	if (side != 0)
	{
		words.count = ((DaySet *) DatumGetPointer(side))->count;
		words.word = ((DaySet *) DatumGetPointer(side))->words;
	}
	return words;
}

/* The days that one of two states has, or the only one; NULL if there are none */
static struct varlena *
ChangedDays(SideState a, SideState b)
{
	DaySet	   *changed = DaySetMake(0);
	DayPairs	pair = PairDays(StateWords(a), StateWords(b));

	while (NextPair(&pair))
		changed = DaySetAddWord(changed, pair.index, pair.a_bits ^ pair.b_bits);
	return changed->count == 0 ? NULL : (struct varlena *) DaySetFinish(changed);
}

/* Put what has become of a group into a row; false if that is nothing. */
static bool
PutGroup(const GroupPlan *plan, const ChangedGroup *group, TupleTableSlot *slot)
{
	bool		has_changed = false;

	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, slot->tts_tupleDescriptor->natts * sizeof(bool));
	for (int i = 0; i < plan->n_keys; i++)
	{
		slot->tts_values[plan->keys[i].written - 1] = group->key[i].value;
		slot->tts_isnull[plan->keys[i].written - 1] = group->key[i].isnull;
	}
	for (int i = 0; i < plan->n_measures; i++)
	{
		const GroupMeasure *measure = &plan->measures[i];
		SideState	added = group->sides[false][i];
		SideState	removed = group->sides[true][i];

		switch (measure->kind)
		{
			case ROW_COUNT:
			case VALUE_COUNT:
				PutCount(slot, measure->added, added);
				PutCount(slot, measure->removed, removed);
				has_changed |= added != removed;
				break;
			case VALUE_DISTRIBUTION:
				{
					struct varlena *now = FinishDistribution(added);
					struct varlena *was = FinishDistribution(removed);

					PutVarlena(slot, measure->added, now);
					PutVarlena(slot, measure->removed, was);
					has_changed |= !SameValue(now, was);
					break;
				}
			case DAY_SET:
				{
					struct varlena *days = ChangedDays(added, removed);

					PutVarlena(slot, measure->added, days);
					has_changed |= days != NULL;
					break;
				}
		}
	}
	ExecStoreVirtualTuple(slot);
	return has_changed;
}

/* Write a row for each group that is otherwise than before, and begin anew. */
void
WriteGroupChanges(GroupChanges *changes)
{
	MemoryContext writing = AllocSetContextCreate(MemoryContextGetParent(changes->passing), "writing changes of groups", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(writing);
	EState	   *estate = CreateExecutorState();
	ResultRelInfo *result = makeNode(ResultRelInfo);
	TupleTableSlot *slot = MakeSingleTupleTableSlot(RelationGetDescr(changes->target), &TTSOpsVirtual);
	groups_iterator iterator;
	ChangedGroup *group;

	InitResultRelInfo(result, changes->target, 0, NULL, 0);
	estate->es_opened_result_relations = list_make1(result);
	ExecOpenIndices(result, false);
	/* what is fired after a row is fired here, not later as somebody else */
	AfterTriggerBeginQuery();
	MemoryContextSwitchTo(changes->passing);
	groups_start_iterate(changes->groups, &iterator);
	while ((group = groups_iterate(changes->groups, &iterator)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		if (PutGroup(changes->plan, group, slot))
			ExecSimpleRelationInsert(result, estate, slot);
		MemoryContextReset(changes->passing);
		ResetPerTupleExprContext(estate);
	}
	MemoryContextSwitchTo(writing);
	AfterTriggerEndQuery(estate);
	ExecResetTupleTable(estate->es_tupleTable, false);
	ExecCloseIndices(result);
	ExecDropSingleTupleTableSlot(slot);
	FreeExecutorState(estate);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(writing);
	MemoryContextReset(changes->kept);
	changes->groups = groups_create(changes->kept, 64, changes->plan);
}
