/*
 * parts.c
 *		The relations of a roll-up that stands.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "standing/thing.h"

/*
 * rollup_definition(rollup regclass) returns regclass
 */
PG_FUNCTION_INFO_V1(rollup_definition);
Datum
rollup_definition(PG_FUNCTION_ARGS)
{
	Oid			definition = DefinitionOfThing(&RollupKind, PG_GETARG_OID(0));

	if (!OidIsValid(definition))
		PG_RETURN_NULL();
	PG_RETURN_OID(definition);
}

/*
 * rollup_sql(rollup regclass, template text) returns text
 */
PG_FUNCTION_INFO_V1(rollup_sql);
Datum
rollup_sql(PG_FUNCTION_ARGS)
{
	text	   *statement = StatementAboutThing(&RollupKind, PG_GETARG_OID(0), text_to_cstring(PG_GETARG_TEXT_PP(1)));

	if (statement == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(statement);
}

/*
 * new_rollup_sql(schema text, base text, template text) returns text
 *		The same for a roll-up that is not there yet.
 */
PG_FUNCTION_INFO_V1(new_rollup_sql);
Datum
new_rollup_sql(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(StatementAboutNewThing(&RollupKind, text_to_cstring(PG_GETARG_TEXT_PP(0)),
										   text_to_cstring(PG_GETARG_TEXT_PP(1)),
										   text_to_cstring(PG_GETARG_TEXT_PP(2))));
}
