/*
 * result_row.c
 *		Building the rows that a function answers with, column by column.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "result_row.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"

static void AddColumn(ResultRow *row, Datum value, bool isnull);

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
	row->n_columns = 0;
}

/* Start the rows of a function that returns a set. */
void
BeginResultSet(ResultRow *row, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	row->desc = rsinfo->setDesc;
	row->store = rsinfo->setResult;
	row->n_columns = 0;
}

/* Add a column without a value. */
void
AddNull(ResultRow *row)
{
	AddColumn(row, (Datum) 0, true);
}

/* Add a yes or no. */
void
AddBool(ResultRow *row, bool value)
{
	AddColumn(row, BoolGetDatum(value), false);
}

/* Add a number of a category. */
void
AddInt32(ResultRow *row, int32 value)
{
	AddColumn(row, Int32GetDatum(value), false);
}

/* Add a count. */
void
AddInt64(ResultRow *row, int64 value)
{
	AddColumn(row, Int64GetDatum(value), false);
}

/* Add a statistic: NaN, which stands for undefined, becomes NULL; infinity is an overflow. */
void
AddFloat8(ResultRow *row, double value)
{
	if (isnan(value))
		AddNull(row);
	else if (isinf(value))
		float_overflow_error();
	else
		AddColumn(row, Float8GetDatum(value), false);
}

/* Add a word, or NULL. */
void
AddText(ResultRow *row, const char *value)
{
	if (value == NULL)
		AddNull(row);
	else
		AddColumn(row, CStringGetTextDatum(value), false);
}

/* Add a value of any type. */
void
AddDatum(ResultRow *row, Datum value)
{
	AddColumn(row, value, false);
}

/* Add an array of numbers. */
void
AddArray(ResultRow *row, const double *values, int n)
{
	Datum	   *elements = palloc(n * sizeof(Datum));

	for (int i = 0; i < n; i++)
		elements[i] = Float8GetDatum(values[i]);
	AddColumn(row, PointerGetDatum(construct_array(elements, n, FLOAT8OID, sizeof(float8),
												  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)), false);
}

/* The finished row. */
Datum
EndResultRow(ResultRow *row)
{
	Assert(row->n_columns == row->desc->natts);
	return HeapTupleGetDatum(heap_form_tuple(row->desc, row->values, row->nulls));
}

/* Put the finished row into the set, and start the next one. */
void
PutResultRow(ResultRow *row)
{
	Assert(row->n_columns == row->desc->natts);
	tuplestore_putvalues(row->store, row->desc, row->values, row->nulls);
	row->n_columns = 0;
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

/* Put a value into the next column. */
static void
AddColumn(ResultRow *row, Datum value, bool isnull)
{
	if (row->n_columns >= row->desc->natts ||
		row->n_columns >= RESULT_ROW_MAX_COLUMNS)
		elog(ERROR, "too many columns for type %s",
			 format_type_be(row->desc->tdtypeid));
	row->values[row->n_columns] = value;
	row->nulls[row->n_columns] = isnull;
	row->n_columns++;
}
