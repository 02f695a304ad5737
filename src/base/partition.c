/*
 * partition.c
 *		Window functions that see a whole partition of groups at once.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/argument.h"
#include "base/excerpt.h"
#include "base/partition.h"
#include "base/settled_text.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

/* An error lists no more names than these */
#define MAX_LISTED_NAMES 20

/* How values of a type compare */
typedef struct ValueOrder
{
	FmgrInfo   *compare;
	Oid			collation;
} ValueOrder;

/* A name and the row that it stands in */
typedef struct NameOfRow
{
	Datum		name;
	int64		row;
} NameOfRow;

/* The rows of the partition; more than memory can be had for are refused */
static int64
CountRows(FunctionCallInfo fcinfo, Size header, Size row)
{
	int64		n_rows = WinGetPartitionRowCount(PG_WINDOW_OBJECT());
	int64		max_rows = (MaxAllocSize - header) / row;

	if (n_rows > max_rows)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many groups in the partition: " INT64_FORMAT, n_rows),
				 errdetail("The limit is " INT64_FORMAT ".", max_rows)));
	return n_rows;
}

/* Memory that lasts as long as the partition: a header, and something for each row */
void *
PartitionMemory(FunctionCallInfo fcinfo, Size header, Size row)
{
	int64		n_rows = CountRows(fcinfo, header, row);

	return WinGetPartitionLocalMemory(PG_WINDOW_OBJECT(), header + n_rows * row);
}

/* An argument in a row of the partition, from 0; good until another one is read */
Datum
PartitionArgument(FunctionCallInfo fcinfo, int argno, int64 row, bool *isnull)
{
	bool		isout;

	return WinGetFuncArgInPartition(PG_WINDOW_OBJECT(), argno, row, WINDOW_SEEK_HEAD, false,
									isnull, &isout);
}

/*
 * How a type sorts. Arguments of different collations leave the function without
 * one; the type's own then tells values apart.
 */
static ValueOrder
GetValueOrder(FunctionCallInfo fcinfo, Oid type)
{
	TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_CMP_PROC_FINFO);
	ValueOrder	order = {&entry->cmp_proc_finfo, PG_GET_COLLATION()};

	if (!OidIsValid(entry->cmp_proc_finfo.fn_oid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("could not identify a comparison function for type %s",
						format_type_be(type))));
	if (!OidIsValid(order.collation))
		order.collation = entry->typcollation;
	return order;
}

/* Less than 0, 0, or more than 0: as a is less than, equal to or more than b */
static inline int
CompareValues(const ValueOrder *order, Datum a, Datum b)
{
	return DatumGetInt32(FunctionCall2Coll(order->compare, order->collation, a, b));
}

/* A copy that outlives the row, detoasted once */
static Datum
CopyValue(Datum value, bool typbyval, int16 typlen)
{
	if (typlen == -1)
		return PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
	return datumCopy(value, typbyval, typlen);
}

/* Refuse an option that is not the same in all rows; what reads no column needs no look at them */
void
CheckOption(FunctionCallInfo fcinfo, int argno)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, argno);
	ValueOrder	order;
	int64		n_rows;
	bool		is_first_null;
	Datum		first;
	bool		typbyval;
	int16		typlen;

	if (get_fn_expr_arg_stable(fcinfo->flinfo, argno))
		return;
	order = GetValueOrder(fcinfo, type);
	n_rows = WinGetPartitionRowCount(PG_WINDOW_OBJECT());
	first = PartitionArgument(fcinfo, argno, 0, &is_first_null);
	get_typlenbyval(type, &typlen, &typbyval);
	if (!is_first_null)
		first = CopyValue(first, typbyval, typlen);
	for (int64 row = 1; row < n_rows; row++)
	{
		bool		isnull;
		Datum		value = PartitionArgument(fcinfo, argno, row, &isnull);

		CHECK_FOR_INTERRUPTS();
		if (isnull == is_first_null && (isnull || CompareValues(&order, first, value) == 0))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be the same in all rows of a partition: %s and %s",
						ArgumentName(fcinfo, argno),
						is_first_null ? "null" : Excerpt(SettledText(first, type)),
						isnull ? "null" : Excerpt(SettledText(value, type)))));
	}
}

/* Refuse options, the arguments from argno on, that are not the same in all rows */
void
CheckOptions(FunctionCallInfo fcinfo, int argno)
{
	for (; argno < PG_NARGS(); argno++)
		CheckOption(fcinfo, argno);
}

/* An option, which must not be NULL */
Datum
WindowOption(FunctionCallInfo fcinfo, int argno)
{
	bool		isnull;
	Datum		value = WinGetFuncArgCurrent(PG_WINDOW_OBJECT(), argno, &isnull);

	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", ArgumentName(fcinfo, argno))));
	return value;
}

/* An option that is a count */
int64
WindowCountOption(FunctionCallInfo fcinfo, int argno)
{
	int64		count = DatumGetInt64(WindowOption(fcinfo, argno));

	if (count < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative: " INT64_FORMAT,
						ArgumentName(fcinfo, argno), count)));
	return count;
}

/* An option that is one of a NULL-terminated list of names; returns its place in the list */
int
WindowNamedOption(FunctionCallInfo fcinfo, int argno, const char *const *options)
{
	return OptionPlace(TextDatumGetCString(WindowOption(fcinfo, argno)),
					   ArgumentName(fcinfo, argno), options);
}

#define ST_SORT SortNames
#define ST_ELEMENT_TYPE NameOfRow
#define ST_COMPARE(a, b, order) CompareValues(order, (a)->name, (b)->name)
#define ST_COMPARE_ARG_TYPE const ValueOrder
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * Read a column of names and number them, in order of the names.
 *
 * The result lives in the current memory context.
 */
KeyColumn
ReadKeyColumn(FunctionCallInfo fcinfo, int argno)
{
	KeyColumn	column = {0};
	ValueOrder	order;
	NameOfRow  *names;
	int64		n_names = 0;
	int16		typlen;
	bool		typbyval;

	column.n_rows = CountRows(fcinfo, 0, sizeof(NameOfRow));
	column.type = get_fn_expr_argtype(fcinfo->flinfo, argno);
	column.keys = palloc(column.n_rows * sizeof(int));
	column.names = palloc(column.n_rows * sizeof(Datum));
	names = palloc(column.n_rows * sizeof(NameOfRow));
	order = GetValueOrder(fcinfo, column.type);
	get_typlenbyval(column.type, &typlen, &typbyval);

	for (int64 row = 0; row < column.n_rows; row++)
	{
		bool		isnull;
		Datum		name = PartitionArgument(fcinfo, argno, row, &isnull);

		CHECK_FOR_INTERRUPTS();
		column.keys[row] = KEY_NULL;
		if (isnull)
			continue;
		names[n_names].name = CopyValue(name, typbyval, typlen);
		names[n_names].row = row;
		n_names++;
	}

	SortNames(names, n_names, &order);
	for (int64 i = 0; i < n_names; i++)
	{
		if (i == 0 || CompareValues(&order, names[i - 1].name, names[i].name) != 0)
			column.names[column.n_keys++] = names[i].name;
		column.keys[names[i].row] = column.n_keys - 1;
	}
	return column;
}

/* A name as text */
char *
KeyName(const KeyColumn *column, int key)
{
	return SettledText(column->names[key], column->type);
}

/* The names of a column, for a message */
static char *
ListNames(const KeyColumn *column)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int key = 0; key < column->n_keys && key < MAX_LISTED_NAMES; key++)
		appendStringInfo(&list, "%s\"%s\"", key > 0 ? ", " : "",
						 Excerpt(KeyName(column, key)));
	if (column->n_keys > MAX_LISTED_NAMES)
		appendStringInfo(&list, " and %d others", column->n_keys - MAX_LISTED_NAMES);
	return list.data;
}

/*
 * The number of the name that an option gives, KEY_NULL if it gives none.
 *
 * A name that no row has is an error, and the names that there are a help, unless
 * the next option says that it need not be there: then KEY_NONE.
 */
int
FindKeyOption(FunctionCallInfo fcinfo, int argno, const KeyColumn *column)
{
	bool		is_required = DatumGetBool(WindowOption(fcinfo, argno + 1));
	ValueOrder	order = GetValueOrder(fcinfo, column->type);
	bool		isnull;
	Datum		name = WinGetFuncArgCurrent(PG_WINDOW_OBJECT(), argno, &isnull);
	int			low = 0;
	int			high = column->n_keys - 1;

	if (isnull)
		return KEY_NULL;
	while (low <= high)
	{
		int			middle = low + (high - low) / 2;
		int			comparison = CompareValues(&order, column->names[middle], name);

		if (comparison == 0)
			return middle;
		if (comparison < 0)
			low = middle + 1;
		else
			high = middle - 1;
	}
	if (is_required)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no row of the partition has %s \"%s\"", ArgumentName(fcinfo, argno),
						Excerpt(SettledText(name, column->type))),
				 column->n_keys > 0 ? errdetail("There are %s.", ListNames(column)) : 0,
				 errhint("Use %s => false for partitions that may lack it.",
						 ArgumentName(fcinfo, argno + 1))));
	return KEY_NONE;
}
