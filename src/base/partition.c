/*
 * partition.c
 *		Window functions that see a whole partition of groups at once.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/partition.h"
#include "miscadmin.h"
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
