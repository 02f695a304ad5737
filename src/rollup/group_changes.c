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
#include "base/compat.h"
#include "base/settled_text.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "rollup/group_changes.h"
#include "utils/array.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/rel.h"

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
KeepState(GroupChanges *changes, SideState before, SideState after)
{
	void	   *kept;

	if (before == after)
		return before;
	kept = MemoryContextAlloc(changes->kept, VARSIZE(DatumGetPointer(after)));
	memcpy(kept, DatumGetPointer(after), VARSIZE(DatumGetPointer(after)));
	if (before != 0)
		pfree(DatumGetPointer(before));
	return PointerGetDatum(kept);
}

/* A value that its column's type does not give as it is */
static Datum
ConvertValue(MeasureColumn *column, Datum value)
{
	if (OidIsValid(column->told))
		return PointerGetDatum(SettledName(value, column->told));
	return FunctionCall1(&column->cast, value);
}

/* Make the last values one, an array of double precision. */
static void
GatherValues(NullableDatum *values, int n)
{
	Datum		elements[MAX_MEASURE_COLUMNS];
	bool		nulls[MAX_MEASURE_COLUMNS];
	int			lower = 1;

	for (int i = 0; i < n; i++)
	{
		elements[i] = values[i].value;
		nulls[i] = values[i].isnull;
	}
	values->value = PointerGetDatum(construct_md_array(elements, nulls, 1, &n, &lower, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	values->isnull = false;
}

/* The arguments of a measure in a row; false if it does not count for a NULL. */
static inline bool
ReadArguments(GroupMeasure *measure, TupleTableSlot *row, NullableDatum *values)
{
	for (int i = 0; i < measure->n_columns; i++)
	{
		MeasureColumn *column = &measure->columns[i];

		values[i].value = slot_getattr(row, column->source, &values[i].isnull);
		if (values[i].isnull)
		{
			if (!measure->kind->takes_nulls)
				return false;
		}
		else if (OidIsValid(column->cast.fn_oid) || OidIsValid(column->told))
			values[i].value = ConvertValue(column, values[i].value);
	}
	if (measure->n_gathered > 0)
		GatherValues(&values[measure->n_columns - measure->n_gathered], measure->n_gathered);
	return true;
}

/* Count a row. */
static void
AddRow(GroupChanges *changes, TupleTableSlot *row, NullableDatum *key, bool is_removed)
{
	GroupPlan  *plan = changes->plan;
	SideState  *side = FindGroup(changes, row, key)->sides[is_removed];
	NullableDatum values[MAX_MEASURE_COLUMNS];

	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < plan->n_measures; i++)
	{
		GroupMeasure *measure = &plan->measures[i];

		if (ReadArguments(measure, row, values))
		{
			SideState	after = measure->kind->count_row(side[i], values);

			side[i] = measure->kind->is_count ? after : KeepState(changes, side[i], after);
		}
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

static void
PutColumn(TupleTableSlot *slot, AttrNumber column, NullableDatum value)
{
	slot->tts_values[column - 1] = value.value;
	slot->tts_isnull[column - 1] = value.isnull;
}

/* Put what has become of a group into a row; false if that is nothing. */
static bool
PutGroup(const GroupPlan *plan, const ChangedGroup *group, TupleTableSlot *slot)
{
	bool		has_changed = false;

	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, slot->tts_tupleDescriptor->natts * sizeof(bool));
	for (int i = 0; i < plan->n_keys; i++)
		PutColumn(slot, plan->keys[i].written, group->key[i]);
	for (int i = 0; i < plan->n_measures; i++)
	{
		const GroupMeasure *measure = &plan->measures[i];
		SideValues	values;

		has_changed |= measure->kind->write(measure->kind, group->sides[false][i], group->sides[true][i], &values);
		PutColumn(slot, measure->added, values.added);
		if (AttributeNumberIsValid(measure->removed))
			PutColumn(slot, measure->removed, values.removed);
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
