/*
 * said_cells.c
 *		The cells that are told of as one text after the other.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/compat.h"
#include "base/result_row.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

typedef struct Texts
{
	Datum	   *texts;
	bool	   *nulls;
	int			n;
} Texts;

static Texts
TextsArgument(FunctionCallInfo fcinfo, int argno, const char *name)
{
	Texts		texts;

	ArgumentNotNull(fcinfo, argno, name);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(argno), TEXTOID, -1, false, TYPALIGN_INT, &texts.texts, &texts.nulls, &texts.n);
	return texts;
}

static bool
IsSameText(Datum a, Datum b)
{
	struct varlena *x = (struct varlena *) DatumGetPointer(a);
	struct varlena *y = (struct varlena *) DatumGetPointer(b);

	return VARSIZE_ANY_EXHDR(x) == VARSIZE_ANY_EXHDR(y) && memcmp(VARDATA_ANY(x), VARDATA_ANY(y), VARSIZE_ANY_EXHDR(x)) == 0;
}

static Datum
TextArray(const Texts *texts, int first, int n)
{
	int			lower = 1;

	if (n == 0)
		return PointerGetDatum(construct_empty_array(TEXTOID));
	return PointerGetDatum(construct_md_array(texts->texts + first, texts->nulls + first, 1, &n, &lower, TEXTOID, -1, false, TYPALIGN_INT));
}

/*
 * said_cells(texts, totals, n_numbers): a row for so many texts as there are totals and numbers;
 * members that are the total are NULL
 */
PG_FUNCTION_INFO_V1(said_cells);
Datum
said_cells(PG_FUNCTION_ARGS)
{
	Texts		texts = TextsArgument(fcinfo, 0, "texts");
	Texts		totals = TextsArgument(fcinfo, 1, "totals");
	int			n_numbers = ArgumentPositive(fcinfo, 2, "n_numbers");
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "cell of a release", ALLOCSET_DEFAULT_SIZES);
	int64		width = (int64) totals.n + n_numbers;
	ResultRow	row;
	MemoryContext old;

	if (texts.n % width != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%d texts are no rows of " INT64_FORMAT, texts.n, width)));
	BeginResultSet(&row, fcinfo);
	old = MemoryContextSwitchTo(per_row);
	for (int first = 0; first < texts.n; first += width)
	{
		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < totals.n; i++)
		{
			if (!totals.nulls[i] && !texts.nulls[first + i] && IsSameText(totals.texts[i], texts.texts[first + i]))
				texts.nulls[first + i] = true;
		}
		AddInt64(&row, first / width + 1);
		AddDatum(&row, TEXTARRAYOID, TextArray(&texts, first, totals.n));
		AddDatum(&row, TEXTARRAYOID, TextArray(&texts, first + totals.n, n_numbers));
		PutResultRow(&row);
		MemoryContextReset(per_row);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(per_row);
	PG_RETURN_NULL();
}
