/*
 * query_column.c
 *		The columns of a query's result by their names, and their values as text.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/excerpt.h"
#include "base/settled_text.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "standing/query_column.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/*
 * ReadQueryColumn
 *		The column at a place, from 0.
 */
QueryColumn
ReadQueryColumn(TupleDesc columns, int place)
{
	Form_pg_attribute attribute = TupleDescAttr(columns, place);
	QueryColumn column = {.number = place + 1,.type = getBaseType(attribute->atttypid)};
	Oid			output;
	bool		is_varlena;

	getTypeOutputInfo(attribute->atttypid, &output, &is_varlena);
	fmgr_info(output, &column.output);
	column.looks_alike = LooksAlike(column.type);
	return column;
}

/*
 * GetQueryColumn
 *		The column that has a name; false if there is none.
 */
bool
GetQueryColumn(TupleDesc columns, const char *name, QueryColumn *column)
{
	for (int i = 0; i < columns->natts; i++)
	{
		if (strcmp(NameStr(TupleDescAttr(columns, i)->attname), name) == 0)
		{
			*column = ReadQueryColumn(columns, i);
			return true;
		}
	}
	return false;
}

/*
 * FindQueryColumn
 *		The same, if there must be one; in says where its name stands.
 */
QueryColumn
FindQueryColumn(TupleDesc columns, const char *name, const char *in)
{
	QueryColumn column;
	StringInfoData names;

	if (GetQueryColumn(columns, name, &column))
		return column;
	initStringInfo(&names);
	for (int i = 0; i < columns->natts; i++)
		appendStringInfo(&names, "%s%s", i == 0 ? "" : ", ", NameStr(TupleDescAttr(columns, i)->attname));
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("there is no column \"%s\", which is named in %s", Excerpt(name), in),
			 errhint("The columns are: %s.", names.data)));
	pg_unreachable();
}

/*
 * ColumnText
 *		A value of a column as a text that is the same under all settings: the month of one
 *		release is that of another.
 */
char *
ColumnText(QueryColumn *column, Datum value)
{
	if (column->type == TEXTOID || column->type == VARCHAROID)
		return TextDatumGetCString(value);
	if (column->looks_alike)
		return OutputFunctionCall(&column->output, value);
	return SettledText(value, column->type);
}
