/*
 * query_texts.c
 *		The rows of a caller's own query, as texts.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/result_row.h"
#include "catalog/pg_type.h"
#include "standing/kept_query.h"
#include "standing/query_column.h"
#include "utils/array.h"
#include "utils/builtins.h"

typedef struct Texts
{
	const char *in;				/* the argument that names the columns */
	char	  **names;			/* NULL: all that there are, in order */
	int			n;
	QueryColumn *columns;
	Datum	   *values;
	bool	   *nulls;
	int64		n_rows;
	ResultRow	row;
} Texts;

static void
BeginTexts(TupleDesc columns, void *arg)
{
	Texts	   *texts = arg;

	if (texts->names == NULL)
		texts->n = columns->natts;
	texts->columns = palloc(sizeof(QueryColumn) * texts->n);
	texts->values = palloc(sizeof(Datum) * texts->n);
	texts->nulls = palloc(sizeof(bool) * texts->n);
	for (int i = 0; i < texts->n; i++)
		texts->columns[i] = texts->names == NULL ? ReadQueryColumn(columns, i) :
			FindQueryColumn(columns, texts->names[i], texts->in);
}

static void
TakeTexts(TupleTableSlot *slot, void *arg)
{
	Texts	   *texts = arg;
	int			lower = 1;

	for (int i = 0; i < texts->n; i++)
	{
		Datum		value = slot_getattr(slot, texts->columns[i].number, &texts->nulls[i]);

		texts->values[i] = texts->nulls[i] ? (Datum) 0 : CStringGetTextDatum(ColumnText(&texts->columns[i], value));
	}
	AddInt64(&texts->row, ++texts->n_rows);
	AddDatum(&texts->row, TEXTARRAYOID,
			 PointerGetDatum(construct_md_array(texts->values, texts->nulls, 1, &texts->n, &lower,
												TEXTOID, -1, false, TYPALIGN_INT)));
	PutResultRow(&texts->row);
}

/* query_texts(what, query, columns, named_in): the values of the columns, as text, of each row */
PG_FUNCTION_INFO_V1(query_texts);
Datum
query_texts(PG_FUNCTION_ARGS)
{
	Texts		texts = {0};
	char	   *what;

	ArgumentNotNull(fcinfo, 0, "what");
	what = text_to_cstring(PG_GETARG_TEXT_PP(0));
	ArgumentNotNull(fcinfo, 1, what);
	if (!PG_ARGISNULL(2))
	{
		ArgumentNotNull(fcinfo, 3, "named_in");
		texts.in = text_to_cstring(PG_GETARG_TEXT_PP(3));
		texts.names = ArgumentTexts(fcinfo, 2, texts.in, &texts.n);
	}

	BeginResultSet(&texts.row, fcinfo);
	RunQueryOnce(what, text_to_cstring(PG_GETARG_TEXT_PP(1)), BeginTexts, TakeTexts, &texts);
	PG_RETURN_NULL();
}
