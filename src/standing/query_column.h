/*
 * query_column.h
 *		The columns of a query's result by their names, and their values as text.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_QUERY_COLUMN_H
#define GAPSTATS_QUERY_COLUMN_H

#include "access/tupdesc.h"
#include "fmgr.h"

typedef struct QueryColumn
{
	AttrNumber	number;
	Oid			type;
	bool		looks_alike;	/* under all settings */
	FmgrInfo	output;
} QueryColumn;

extern QueryColumn ReadQueryColumn(TupleDesc columns, int place);
extern bool GetQueryColumn(TupleDesc columns, const char *name, QueryColumn *column);
extern QueryColumn FindQueryColumn(TupleDesc columns, const char *name, const char *in);
extern char *ColumnText(QueryColumn *column, Datum value);

#endif							/* GAPSTATS_QUERY_COLUMN_H */
