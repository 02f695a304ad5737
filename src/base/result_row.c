/*
 * result_row.c
 *		Building the rows that a function answers with, column by column.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/count.h"
#include "base/result_row.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"

/*
 * What the library fills is not what the type declares: after an upgrade of the
 * library, until the extension's own objects are upgraded too.
 */
static void
RowMismatch(const ResultRow *row)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column %d of %s is not what this version of the gapstats library returns",
					row->n_columns + 1, format_type_be(row->desc->tdtypeid)),
			 errhint("Run ALTER EXTENSION gapstats UPDATE.")));
}

/* Put a value of the given type into the next column */
static void
AddColumn(ResultRow *row, Oid type, Datum value, bool isnull)
{
	if (unlikely(row->n_columns >= row->desc->natts || row->n_columns >= RESULT_ROW_MAX_COLUMNS ||
				 (!isnull && TupleDescAttr(row->desc, row->n_columns)->atttypid != type)))
		RowMismatch(row);
	row->values[row->n_columns] = value;
	row->nulls[row->n_columns] = isnull;
	row->n_columns++;
}

/* Nothing has been added yet */
static void
StartRow(ResultRow *row)
{
	row->n_columns = 0;
	row->undefined = -1;
}

/* Start the row of the composite type that the called function returns. */
void
BeginResultRow(ResultRow *row, FunctionCallInfo fcinfo)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;

	if (flinfo->fn_extra == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(flinfo->fn_mcxt);
		TupleDesc	desc;

		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		flinfo->fn_extra = BlessTupleDesc(desc);
		MemoryContextSwitchTo(caller);
	}

	row->desc = (TupleDesc) flinfo->fn_extra;
	StartRow(row);
}

/* Start the rows of a function that returns a set. */
void
BeginResultSet(ResultRow *row, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	row->desc = rsinfo->setDesc;
	row->store = rsinfo->setResult;
	StartRow(row);
}

/* Add a column without a value. */
void
AddNull(ResultRow *row)
{
	AddColumn(row, InvalidOid, (Datum) 0, true);
}

/* Add a yes or no. */
void
AddBool(ResultRow *row, bool value)
{
	AddColumn(row, BOOLOID, BoolGetDatum(value), false);
}

/* Add a number of a category. */
void
AddInt32(ResultRow *row, int32 value)
{
	AddColumn(row, INT4OID, Int32GetDatum(value), false);
}

/* Add a count, as the column has it: of students it is an integer. */
void
AddInt64(ResultRow *row, int64 value)
{
	Form_pg_attribute column = row->n_columns < row->desc->natts ? TupleDescAttr(row->desc, row->n_columns) : NULL;

	if (column != NULL && column->atttypid == INT4OID)
		AddColumn(row, INT4OID, Int32GetDatum(IntegerCount(value, NameStr(column->attname))), false);
	else
		AddColumn(row, INT8OID, Int64GetDatum(value), false);
}

/* Add a statistic: NaN, which stands for undefined, becomes NULL; infinity is an overflow. */
void
AddFloat8(ResultRow *row, double value)
{
	if (isnan(value))
	{
		if (row->undefined < 0)
			row->undefined = row->n_columns;
		AddNull(row);
	}
	else if (isinf(value))
		float_overflow_error();
	else
		AddColumn(row, FLOAT8OID, Float8GetDatum(value), false);
}

/* Add a word, or NULL. */
void
AddText(ResultRow *row, const char *value)
{
	if (value == NULL)
		AddNull(row);
	else
		AddColumn(row, TEXTOID, CStringGetTextDatum(value), false);
}

/* Add a value of another type. */
void
AddDatum(ResultRow *row, Oid type, Datum value)
{
	AddColumn(row, type, value, false);
}

/* Add an array of numbers. */
void
AddArray(ResultRow *row, const double *values, int n)
{
	Datum	   *elements = palloc(n * sizeof(Datum));

	for (int i = 0; i < n; i++)
		elements[i] = Float8GetDatum(values[i]);
	AddColumn(row, FLOAT8ARRAYOID,
			  PointerGetDatum(construct_array(elements, n, FLOAT8OID, sizeof(float8),
											  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)), false);
}

/* Whether the last column says why something is NULL */
static bool
HasReason(const ResultRow *row)
{
	int			last = row->desc->natts - 1;

	return !row->nulls[last] && TupleDescAttr(row->desc, last)->atttypid == TEXTOID;
}

/*
 * Look at a finished row. What is undefined has a reason: NaN that nobody gave one for
 * came of numbers that left the range on the way.
 */
static void
CheckRow(const ResultRow *row)
{
	if (unlikely(row->n_columns != row->desc->natts))
		RowMismatch(row);
	if (unlikely(row->undefined >= 0 && !HasReason(row)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("column \"%s\" of %s is out of range",
						NameStr(TupleDescAttr(row->desc, row->undefined)->attname),
						format_type_be(row->desc->tdtypeid))));
}

/* The finished row. */
Datum
EndResultRow(ResultRow *row)
{
	CheckRow(row);
	return HeapTupleGetDatum(heap_form_tuple(row->desc, row->values, row->nulls));
}

/* Put the finished row into the set, and start the next one. */
void
PutResultRow(ResultRow *row)
{
	CHECK_FOR_INTERRUPTS();
	CheckRow(row);
	tuplestore_putvalues(row->store, row->desc, row->values, row->nulls);
	StartRow(row);
}

/* A row in which everything is undefined: NULLs, and the reason in the last column. */
Datum
ReasonRow(FunctionCallInfo fcinfo, const char *reason)
{
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	while (row.n_columns < row.desc->natts - 1)
		AddNull(&row);
	AddText(&row, reason);
	return EndResultRow(&row);
}
