/*
 * count.c
 *		Counts, which must not wrap around.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/count.h"

/* A sum of counts has outgrown bigint */
void
CountOverflow(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("counts add up to more than " INT64_FORMAT, PG_INT64_MAX)));
}
