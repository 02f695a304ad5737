/*
 * ask.c
 *		Asking the functions of a ledger, which are SQL.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "executor/spi.h"
#include "ledger/ask.h"
#include "miscadmin.h"
#include "standing/names.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/guc.h"

/* Copy the rows that SPI has into the current memory. */
static Rows
CopyRows(void)
{
	TupleDesc	desc = SPI_tuptable->tupdesc;
	Rows		rows = {.n = SPI_tuptable->numvals,.n_columns = desc->natts};
	Size		n = Max(rows.n * rows.n_columns, 1);

	rows.values = palloc_extended(sizeof(Datum) * n, MCXT_ALLOC_HUGE);
	rows.nulls = palloc_extended(sizeof(bool) * n, MCXT_ALLOC_HUGE);
	for (uint64 i = 0; i < rows.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < desc->natts; j++)
		{
			Form_pg_attribute attribute = TupleDescAttr(desc, j);
			Size		place = i * desc->natts + j;

			rows.values[place] = SPI_getbinval(SPI_tuptable->vals[i], desc, j + 1, &rows.nulls[place]);
			if (!rows.nulls[place])
				rows.values[place] = datumCopy(rows.values[place], attribute->attbyval, attribute->attlen);
		}
	}
	return rows;
}

/*
 * Ask
 *		The rows that a SELECT with parameters gives. Of what a description holds the planner thinks that it is much,
 *		and compiling that takes a second.
 */
Rows
Ask(const char *statement, int n, Oid *types, Datum *values, const char *nulls)
{
	MemoryContext caller = CurrentMemoryContext;
	int			level = NewGUCNestLevel();
	Rows		rows;
	int			result;

	UseSetting("jit", "off");
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	result = SPI_execute_with_args(statement, n, types, values, nulls, false, 0);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "%s: %s", SPI_result_code_string(result), statement);
	MemoryContextSwitchTo(caller);
	rows = CopyRows();
	SPI_finish();
	AtEOXact_GUC(true, level);
	MemoryContextSwitchTo(caller);
	return rows;
}

/*
 * ValueIn
 *		A value of a row, which is not NULL.
 */
Datum
ValueIn(const Rows *rows, uint64 row, int column)
{
	if (rows->nulls[row * rows->n_columns + column])
		elog(ERROR, "column %d is null", column + 1);
	return rows->values[row * rows->n_columns + column];
}

/*
 * TextIn
 *		A text of a row, which may be NULL.
 */
char *
TextIn(const Rows *rows, uint64 row, int column)
{
	return rows->nulls[row * rows->n_columns + column] ? "NULL" : TextDatumGetCString(rows->values[row * rows->n_columns + column]);
}
