/*
 * as_of.c
 *		The day that a watch list is computed for.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"

/*
 * as_of() returns date
 *		Queries call it for every student, where an expression over current_setting() would take
 *		longer than what it is compared with.
 */
PG_FUNCTION_INFO_V1(as_of);
Datum
as_of(PG_FUNCTION_ARGS)
{
	const char *day = GetConfigOption("gapstats.as_of", true, false);

	(void) fcinfo;
	if (day == NULL || day[0] == '\0')
		PG_RETURN_DATEADT(GetSQLCurrentDate());
	return DirectFunctionCall1(date_in, CStringGetDatum(day));
}
