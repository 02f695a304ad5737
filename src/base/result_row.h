/*
 * result_row.h
 *		Building the rows that a function answers with, column by column.
 *
 * A statistic that is undefined is NaN while it is computed and SQL NULL in
 * the answer, so that no NaN can ever leave. A row that has one without a reason, its
 * last column, is an error: nobody meant it. What may be NULL without one is AddNull.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_RESULT_ROW_H
#define GAPSTATS_RESULT_ROW_H

#include "access/htup_details.h"
#include "fmgr.h"
#include "utils/tuplestore.h"

#define RESULT_ROW_MAX_COLUMNS 40

typedef struct ResultRow
{
	TupleDesc	desc;
	Tuplestorestate *store;		/* of a function that returns a set */
	int			n_columns;		/* columns added so far */
	int			undefined;		/* the first of them that is NaN, or -1 */
	Datum		values[RESULT_ROW_MAX_COLUMNS];
	bool		nulls[RESULT_ROW_MAX_COLUMNS];
} ResultRow;

/* One row: begin, add, end. Many: begin the set; add and put each row. */
extern void BeginResultRow(ResultRow *row, FunctionCallInfo fcinfo);
extern void BeginResultSet(ResultRow *row, FunctionCallInfo fcinfo);
extern void AddNull(ResultRow *row);
extern void AddBool(ResultRow *row, bool value);
extern void AddInt32(ResultRow *row, int32 value);
extern void AddInt64(ResultRow *row, int64 value);
extern void AddFloat8(ResultRow *row, double value);
extern void AddText(ResultRow *row, const char *value);
extern void AddDatum(ResultRow *row, Oid type, Datum value);
extern void AddArray(ResultRow *row, const double *values, int n);
extern Datum EndResultRow(ResultRow *row);
extern void PutResultRow(ResultRow *row);
extern Datum ReasonRow(FunctionCallInfo fcinfo, const char *reason);

#endif							/* GAPSTATS_RESULT_ROW_H */
