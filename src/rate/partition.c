/*
 * partition.c
 *		Window functions that see a whole partition of groups at once.
 *
 * The partition is read once, at its first row, and kept as plain numbers in
 * the partition's own memory.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "common/int.h"
#include "miscadmin.h"
#include "rate/partition.h"
#include "rate/rate.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

/* How to compare names. */
typedef struct NameOrder
{
	FmgrInfo   *compare;
	Oid			collation;
} NameOrder;

/* A name and the row that it stands in. */
typedef struct NameOfRow
{
	Datum		name;
	int64		row;
} NameOfRow;

static bool ReadCount(FunctionCallInfo fcinfo, int argno, int64 row, int64 *count);
static NameOrder GetNameOrder(FunctionCallInfo fcinfo, Oid type);
static int	CompareNames(const NameOrder *order, Datum a, Datum b);
static int	CompareNamesOfRows(const void *a, const void *b, void *order);
static void FillGroupPartition(FunctionCallInfo fcinfo, int reference_argno,
							   GroupPartition *partition);

/*
 * Read a column of names and number them, in order of the names.
 *
 * The result lives in the current memory context.
 */
void
ReadKeyColumn(FunctionCallInfo fcinfo, int argno, KeyColumn *column)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	int64		n_rows = WinGetPartitionRowCount(winobj);
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, argno);
	NameOrder	order = GetNameOrder(fcinfo, type);
	NameOfRow  *names;
	int64		n_names = 0;
	int16		typlen;
	bool		typbyval;

	get_typlenbyval(type, &typlen, &typbyval);
	names = palloc(n_rows * sizeof(NameOfRow));
	column->type = type;
	column->keys = palloc(n_rows * sizeof(int));
	column->names = palloc(n_rows * sizeof(Datum));
	column->n_keys = 0;

	for (int64 row = 0; row < n_rows; row++)
	{
		bool		isnull;
		bool		isout;
		Datum		name = WinGetFuncArgInPartition(winobj, argno, row, WINDOW_SEEK_HEAD,
													false, &isnull, &isout);

		CHECK_FOR_INTERRUPTS();
		column->keys[row] = KEY_NULL;
		if (isnull)
			continue;
		names[n_names].name = datumCopy(name, typbyval, typlen);
		names[n_names].row = row;
		n_names++;
	}

	qsort_arg(names, n_names, sizeof(NameOfRow), CompareNamesOfRows, &order);
	for (int64 i = 0; i < n_names; i++)
	{
		if (i == 0 || CompareNames(&order, names[i - 1].name, names[i].name) != 0)
			column->names[column->n_keys++] = names[i].name;
		column->keys[names[i].row] = column->n_keys - 1;
	}
}

/* The number of the name that another argument has in a row. */
int
FindKeyOfRow(FunctionCallInfo fcinfo, int argno, int64 row, const KeyColumn *column)
{
	NameOrder	order = GetNameOrder(fcinfo, column->type);
	bool		isnull;
	bool		isout;
	Datum		name = WinGetFuncArgInPartition(PG_WINDOW_OBJECT(), argno, row,
												WINDOW_SEEK_HEAD, false, &isnull, &isout);
	int			low = 0;
	int			high = column->n_keys - 1;

	if (isnull)
		return KEY_NULL;
	while (low <= high)
	{
		int			middle = low + (high - low) / 2;
		int			comparison = CompareNames(&order, column->names[middle], name);

		if (comparison == 0)
			return middle;
		if (comparison < 0)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return KEY_NONE;
}

/* A name as text, for messages. */
char *
KeyName(const KeyColumn *column, int key)
{
	Oid			output;
	bool		is_varlena;

	getTypeOutputInfo(column->type, &output, &is_varlena);
	return OidOutputFunctionCall(output, column->names[key]);
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

/* The sum of two counts. */
int64
AddCounts(int64 a, int64 b)
{
	int64		sum;

	if (pg_add_s64_overflow(a, b, &sum))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("students of all groups together are out of range for type bigint: %lld + %lld",
						(long long) a, (long long) b)));
	return sum;
}

/* Two rows of a partition must not be of the same group. */
void
ReportDuplicateGroup(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("group \"%s\" has more than one row in the partition", name),
			 errhint("Sum the counts by group first, or name what tells the rows apart in PARTITION BY.")));
}

/* Memory that lasts as long as the partition: a header, and something for each row. */
void *
PartitionMemory(FunctionCallInfo fcinfo, Size header, Size row)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	int64		n_rows = WinGetPartitionRowCount(winobj);

	if (n_rows > (int64) ((MaxAllocSize - header) / row))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many groups in the partition: %lld", (long long) n_rows),
				 errdetail("The limit is %lld.", (long long) ((MaxAllocSize - header) / row))));
	return WinGetPartitionLocalMemory(winobj, header + n_rows * row);
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

/* The argument of the current row, which must not be NULL. */
Datum
WindowArg(FunctionCallInfo fcinfo, int argno, const char *name)
{
	bool		isnull;
	Datum		value = WinGetFuncArgCurrent(PG_WINDOW_OBJECT(), argno, &isnull);

	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name)));
	return value;
}

/*
 * How the type of a column sorts.  Names in columns of different collations
 * leave the function without one; the type's own then tells them apart.
 */
static NameOrder
GetNameOrder(FunctionCallInfo fcinfo, Oid type)
{
	TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_CMP_PROC_FINFO);
	NameOrder	order = {&entry->cmp_proc_finfo, PG_GET_COLLATION()};

	if (!OidIsValid(order.collation))
		order.collation = entry->typcollation;

	if (!OidIsValid(entry->cmp_proc_finfo.fn_oid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("could not identify a comparison function for type %s",
						format_type_be(type))));
	return order;
}

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

/* Compare two names. */
static int
CompareNames(const NameOrder *order, Datum a, Datum b)
{
	return DatumGetInt32(FunctionCall2Coll(order->compare, order->collation, a, b));
}

/* qsort_arg comparator of names. */
static int
CompareNamesOfRows(const void *a, const void *b, void *order)
{
	return CompareNames(order, ((const NameOfRow *) a)->name, ((const NameOfRow *) b)->name);
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
