/*
 * parts.c
 *		The relations of a report that stands.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "standing/thing.h"

/*
 * report_definition(report regclass) returns regclass
 */
PG_FUNCTION_INFO_V1(report_definition);
Datum
report_definition(PG_FUNCTION_ARGS)
{
	Oid			definition = DefinitionOfThing(&ReportKind, PG_GETARG_OID(0));

	if (!OidIsValid(definition))
		PG_RETURN_NULL();
	PG_RETURN_OID(definition);
}

/*
 * report_sql(report regclass, template text) returns text
 */
PG_FUNCTION_INFO_V1(report_sql);
Datum
report_sql(PG_FUNCTION_ARGS)
{
	text	   *statement = StatementAboutThing(&ReportKind, PG_GETARG_OID(0), text_to_cstring(PG_GETARG_TEXT_PP(1)));

	if (statement == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(statement);
}

/*
 * new_report_sql(schema text, base text, template text) returns text
 *		The same for a report that is not there yet.
 */
PG_FUNCTION_INFO_V1(new_report_sql);
Datum
new_report_sql(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(StatementAboutNewThing(&ReportKind, text_to_cstring(PG_GETARG_TEXT_PP(0)),
										   text_to_cstring(PG_GETARG_TEXT_PP(1)),
										   text_to_cstring(PG_GETARG_TEXT_PP(2))));
}
