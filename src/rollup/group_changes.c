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
	SideState  *sides;			/* of each measure what was added, and then of each what was removed */
} ChangedGroup;

static inline bool GroupsEqual(const GroupPlan *plan, const NullableDatum *a, const NullableDatum *b);

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

/* Names are short: what hashes long ones well takes longer than all the rest of a row. */
static inline uint32
HashBytes(const char *bytes, Size length)
{
	uint64		hash = length;
	uint64		part;

	for (; length > 0; bytes += sizeof(part), length -= Min(length, sizeof(part)))
	{
		part = 0;
		if (length >= sizeof(part))
			memcpy(&part, bytes, sizeof(part));
		else
			memcpy(&part, bytes, length);
		hash = (hash ^ part) * UINT64CONST(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	return (uint32) hash;
}

static inline uint32
HashValue(GroupKey *key, Datum value)
{
	switch (key->equality)
	{
		case EQUAL_DATUMS:
			return (uint32) (value ^ value >> 32);
		case EQUAL_BYTES:
			return HashBytes(VARDATA_ANY(DatumGetPointer(value)), VARSIZE_ANY_EXHDR(DatumGetPointer(value)));
		case EQUAL_BY_FUNCTION:
			return DatumGetUInt32(FunctionCall1Coll(&key->hash, key->collation, value));
	}
	pg_unreachable();
}

static inline uint32
HashGroup(const GroupPlan *plan, const NullableDatum *key)
{
	uint32		hash = 0;

	for (int i = 0; i < plan->n_keys; i++)
		hash = hash_combine(hash, key[i].isnull ? 0 : HashValue(&plan->keys[i], key[i].value));
	return murmurhash32(hash);
}

#include "lib/simplehash.h"

struct GroupChanges
{
	const GroupPlan *plan;		/* of one of the tables that rows are of: the others' have other columns */
	Relation	target;
	groups_hash *groups;
	NullableDatum *key;			/* of the row that is counted */
	MemoryContext kept;			/* keys and states */
	MemoryContext passing;		/* of a row */
	uint64		n_rows;
};

/* Groups are written and begun anew when they take more memory than this: what they are sums up. */
#define ROOM_FOR_GROUPS (64 * 1024 * 1024)
#define ROWS_BETWEEN_LOOKS 1024

/* Most statements are of few rows. */
#define FEW_GROUPS 16

static inline bool
SameBytes(const struct varlena *a, const struct varlena *b)
{
	Size		length = VARSIZE_ANY_EXHDR(a);

	return VARSIZE_ANY_EXHDR(b) == length && memcmp(VARDATA_ANY(a), VARDATA_ANY(b), length) == 0;
}

static inline bool
ValuesEqual(GroupKey *key, Datum a, Datum b)
{
	switch (key->equality)
	{
		case EQUAL_DATUMS:
			return a == b;
		case EQUAL_BYTES:
			return SameBytes((struct varlena *) DatumGetPointer(a), (struct varlena *) DatumGetPointer(b));
		case EQUAL_BY_FUNCTION:
			return DatumGetBool(FunctionCall2Coll(&key->equal, key->collation, a, b));
	}
	pg_unreachable();
}

/* What is written at once: no more than this many rows, nor bytes */
#define BATCH_ROWS 256
#define BATCH_SIZE (1024 * 1024)

typedef struct WrittenBatch
{
	TupleTableSlot *rows[BATCH_ROWS];	/* NULL as long as it was not needed */
	int			n_rows;
	CommandId	command;
	MemoryContext memory;		/* of their values */
} WrittenBatch;

/* NULL is a group as any other. */
static inline bool
GroupsEqual(const GroupPlan *plan, const NullableDatum *a, const NullableDatum *b)
{
	for (int i = 0; i < plan->n_keys; i++)
	{
		if (a[i].isnull != b[i].isnull)
			return false;
		if (!a[i].isnull && !ValuesEqual(&plan->keys[i], a[i].value, b[i].value))
			return false;
	}
	return true;
}

/* Begin, in the current memory context. */
GroupChanges *
BeginGroupChanges(const GroupPlan *plan, Relation target)
{
	GroupChanges *changes = palloc0(sizeof(GroupChanges));

	changes->plan = plan;
	changes->target = target;
	changes->kept = AllocSetContextCreate(CurrentMemoryContext, "changes of groups", ALLOCSET_DEFAULT_SIZES);
	changes->passing = AllocSetContextCreate(CurrentMemoryContext, "row of a roll-up's source", ALLOCSET_DEFAULT_SIZES);
	changes->groups = groups_create(changes->kept, FEW_GROUPS, (void *) plan);
	changes->key = palloc(plan->n_keys * sizeof(NullableDatum));
	return changes;
}

/* The values of a row, read as far as they are needed, by which its group is known */
static void
ReadKey(const GroupPlan *plan, TupleTableSlot *row, NullableDatum *key)
{
	slot_getsomeattrs(row, plan->last_source);
	for (int i = 0; i < plan->n_keys; i++)
	{
		int			column = plan->keys[i].source - 1;

		key[i].isnull = row->tts_isnull[column];
		key[i].value = row->tts_values[column];
		if (plan->keys[i].equality == EQUAL_BYTES && !key[i].isnull)
			key[i].value = PointerGetDatum(PG_DETOAST_DATUM_PACKED(key[i].value));
	}
}

/* Keep what a new group is known by. */
static void
KeepGroup(GroupChanges *changes, ChangedGroup *group)
{
	const GroupPlan *plan = changes->plan;
	MemoryContext passing = MemoryContextSwitchTo(changes->kept);

	group->key = palloc(plan->n_keys * sizeof(NullableDatum));
	for (int i = 0; i < plan->n_keys; i++)
	{
		group->key[i].isnull = changes->key[i].isnull;
		group->key[i].value = changes->key[i].isnull ? (Datum) 0 : datumCopy(changes->key[i].value, plan->keys[i].by_value, plan->keys[i].length);
	}
	group->sides = palloc0(2 * plan->n_measures * sizeof(SideState));
	MemoryContextSwitchTo(passing);
}

/* The states of the group of a row */
static SideState *
FindGroup(GroupChanges *changes, const GroupPlan *plan, TupleTableSlot *row)
{
	ChangedGroup *group;
	bool		found;

	ReadKey(plan, row, changes->key);
	group = groups_insert(changes->groups, changes->key, &found);
	if (!found)
		KeepGroup(changes, group);
	return group->sides;
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

		values[i].value = row->tts_values[column->source - 1];
		values[i].isnull = row->tts_isnull[column->source - 1];
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

/*
 * AddGroupRow
 *		Count a row of a table whose plan is given, and forget what that took.
 */
void
AddGroupRow(GroupChanges *changes, const GroupPlan *plan, TupleTableSlot *row, bool is_removed)
{
	MemoryContext caller = MemoryContextSwitchTo(changes->passing);
	SideState  *side = FindGroup(changes, plan, row) + (is_removed ? plan->n_measures : 0);
	NullableDatum values[MAX_MEASURE_COLUMNS];

	for (int i = 0; i < plan->n_measures; i++)
	{
		GroupMeasure *measure = &plan->measures[i];

		if (ReadArguments(measure, row, values))
		{
			SideState	after = measure->kind->count_row(side[i], values);

			side[i] = measure->kind->is_count ? after : KeepState(changes, side[i], after);
		}
	}
	MemoryContextSwitchTo(caller);
	MemoryContextReset(changes->passing);
}

/* Another row has been counted, or two: do the groups take more memory than they may? */
bool
GroupsNeedRoom(GroupChanges *changes)
{
	return ++changes->n_rows % ROWS_BETWEEN_LOOKS == 0 && MemoryContextMemAllocated(changes->kept, true) > ROOM_FOR_GROUPS;
}

/* Take away all rows of a table. */
void
RemoveGroupTable(GroupChanges *changes, Relation source, Snapshot snapshot)
{
	TupleTableSlot *row = table_slot_create(source, NULL);
	TableScanDesc scan = table_beginscan(source, snapshot, 0, NULL);

	while (table_scan_getnextslot(scan, ForwardScanDirection, row))
	{
		CHECK_FOR_INTERRUPTS();
		AddGroupRow(changes, changes->plan, row, true);
		if (GroupsNeedRoom(changes))
			WriteGroupChanges(changes);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(row);
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

		has_changed |= measure->kind->write(measure->kind, group->sides[i], group->sides[plan->n_measures + i], &values);
		PutColumn(slot, measure->added, values.added);
		if (AttributeNumberIsValid(measure->removed))
			PutColumn(slot, measure->removed, values.removed);
	}
	ExecStoreVirtualTuple(slot);
	return has_changed;
}

/* Does it run nothing of its owner's to write to a table? */
bool
RunsNothing(Relation target)
{
	const TupleConstr *constraints = RelationGetDescr(target)->constr;

	return target->trigdesc == NULL && !target->rd_rel->relhasindex && target->rd_rel->relkind == RELKIND_RELATION &&
		(constraints == NULL || (constraints->num_check == 0 && !constraints->has_generated_stored));
}

/* Write the rows that are ready, many in a page at once. */
static void
WriteBatch(WrittenBatch *batch, Relation target)
{
	MemoryContext caller = MemoryContextSwitchTo(batch->memory);

	if (batch->n_rows > 0)
		table_multi_insert(target, batch->rows, batch->n_rows, batch->command, 0, NULL);
	for (int i = 0; i < batch->n_rows; i++)
		ExecClearTuple(batch->rows[i]);
	batch->n_rows = 0;
	MemoryContextSwitchTo(caller);
	MemoryContextReset(batch->memory);
}

/* Write the groups to a table that only takes them. */
static void
WriteTogether(GroupChanges *changes)
{
	WrittenBatch batch = {0};
	groups_iterator iterator;
	ChangedGroup *group;

	batch.memory = AllocSetContextCreate(CurrentMemoryContext, "rows of changes", ALLOCSET_DEFAULT_SIZES);
	batch.command = GetCurrentCommandId(true);
	groups_start_iterate(changes->groups, &iterator);
	while ((group = groups_iterate(changes->groups, &iterator)) != NULL)
	{
		TupleTableSlot *slot = batch.rows[batch.n_rows];
		MemoryContext caller;

		CHECK_FOR_INTERRUPTS();
		if (slot == NULL)
			slot = batch.rows[batch.n_rows] = MakeSingleTupleTableSlot(RelationGetDescr(changes->target), &TTSOpsVirtual);
		caller = MemoryContextSwitchTo(batch.memory);
		if (PutGroup(changes->plan, group, slot))
			batch.n_rows++;
		MemoryContextSwitchTo(caller);
		if (batch.n_rows == BATCH_ROWS || MemoryContextMemAllocated(batch.memory, false) > BATCH_SIZE)
			WriteBatch(&batch, changes->target);
	}
	WriteBatch(&batch, changes->target);
	for (int i = 0; i < BATCH_ROWS && batch.rows[i] != NULL; i++)
		ExecDropSingleTupleTableSlot(batch.rows[i]);
	table_finish_bulk_insert(changes->target, 0);
	MemoryContextDelete(batch.memory);
}

/* Write the groups one by one to a table on which its owner has put something. */
static void
WriteOneByOne(GroupChanges *changes)
{
	EState	   *estate = CreateExecutorState();
	ResultRelInfo *result = makeNode(ResultRelInfo);
	TupleTableSlot *slot = MakeSingleTupleTableSlot(RelationGetDescr(changes->target), &TTSOpsVirtual);
	groups_iterator iterator;
	ChangedGroup *group;
	MemoryContext caller;

	InitResultRelInfo(result, changes->target, 0, NULL, 0);
	estate->es_opened_result_relations = list_make1(result);
	ExecOpenIndices(result, false);
	/* what is fired after a row is fired here, not later as somebody else */
	AfterTriggerBeginQuery();
	caller = MemoryContextSwitchTo(changes->passing);
	groups_start_iterate(changes->groups, &iterator);
	while ((group = groups_iterate(changes->groups, &iterator)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		if (PutGroup(changes->plan, group, slot))
			ExecSimpleRelationInsert(result, estate, slot);
		MemoryContextReset(changes->passing);
		ResetPerTupleExprContext(estate);
	}
	MemoryContextSwitchTo(caller);
	AfterTriggerEndQuery(estate);
	ExecResetTupleTable(estate->es_tupleTable, false);
	ExecCloseIndices(result);
	ExecDropSingleTupleTableSlot(slot);
	FreeExecutorState(estate);
}

/* Write a row for each group that is otherwise than before, and begin anew. */
void
WriteGroupChanges(GroupChanges *changes)
{
	MemoryContext writing = AllocSetContextCreate(MemoryContextGetParent(changes->passing), "writing changes of groups", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(writing);

	if (RunsNothing(changes->target))
		WriteTogether(changes);
	else
		WriteOneByOne(changes);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(writing);
	MemoryContextReset(changes->kept);
	changes->groups = groups_create(changes->kept, FEW_GROUPS, (void *) changes->plan);
}
