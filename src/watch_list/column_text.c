/*
 * column_text.c
 *		A column of a row as text, whatever casts there are.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "base/settled_text.h"

/*
 * column_text(row record, name text) returns text
 *		As the type's output function writes it, whatever the settings of who asks.  to_jsonb() and a cast would call a cast
 *		function that the type's owner made, with the rights of whoever reads the list.
 */
PG_FUNCTION_INFO_V1(column_text);
Datum
column_text(PG_FUNCTION_ARGS)
{
	HeapTupleHeader row = PG_GETARG_HEAPTUPLEHEADER(0);
	TupleDesc	columns = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(row), HeapTupleHeaderGetTypMod(row));
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(row),.t_data = row};
	int			column = SPI_fnumber(columns, text_to_cstring(PG_GETARG_TEXT_PP(1)));
	bool		is_null = true;
	Datum		value = column > 0 ? heap_getattr(&tuple, column, columns, &is_null) : (Datum) 0;
	char	   *text = is_null ? NULL : SettledText(value, TupleDescAttr(columns, column - 1)->atttypid);

	ReleaseTupleDesc(columns);
	if (text == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(text));
}
