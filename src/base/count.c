/*
 * count.c
 *		Counts, which must not wrap around, and of students are integers.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/count.h"
#include "utils/builtins.h"

/* A sum of counts has outgrown bigint */
void
CountOverflow(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("counts add up to more than " INT64_FORMAT, PG_INT64_MAX)));
}

/* A count as an integer, which every driver has as a number; named if it is too large to be one */
int32
IntegerCount(int64 count, const char *name)
{
	if (count > PG_INT32_MAX || count < PG_INT32_MIN)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("column \"%s\" is out of range: " INT64_FORMAT " is more than %d", name, count, PG_INT32_MAX)));
	return (int32) count;
}

/* integer_count(count, name) */
PG_FUNCTION_INFO_V1(integer_count);
Datum
integer_count(PG_FUNCTION_ARGS)
{
	int64		count = PG_GETARG_INT64(0);

	if (likely(count >= 0 && count <= PG_INT32_MAX))
		PG_RETURN_INT32((int32) count);
	PG_RETURN_INT32(IntegerCount(count, text_to_cstring(PG_GETARG_TEXT_PP(1))));
}

/* What is to be taken away from a value of a type was not added to it. */
void
RefuseSubtraction(const char *type, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("cannot subtract a %s that is not part of the other", type),
			 errdetail_internal("%s", detail)));
}

/* What is left of a count of rows of such a value */
int64
SubtractCounts(int64 count, int64 taken, const char *type)
{
	if (taken > count)
		RefuseSubtraction(type, psprintf(_("A count is " INT64_FORMAT ", and " INT64_FORMAT " in what to subtract it from."), taken, count));
	return count - taken;
}
