/*
 * significant.c
 *		Numbers as people read them: with so many significant digits.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <stdlib.h>

#include "base/argument.h"

/* With so many digits every double is written as it is */
#define MOST_DIGITS 17

/* significant(value, digits) */
PG_FUNCTION_INFO_V1(significant);
Datum
significant(PG_FUNCTION_ARGS)
{
	char		text[MOST_DIGITS + 16];
	int			digits;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1))
		PG_RETURN_FLOAT8(PG_GETARG_FLOAT8(0));
	digits = PG_GETARG_INT32(1);
	if (digits < 1 || digits > MOST_DIGITS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("digits must be from 1 to %d, not %d", MOST_DIGITS, digits)));
	CheckFinite(PG_GETARG_FLOAT8(0), "value");
	snprintf(text, sizeof(text), "%.*e", digits - 1, PG_GETARG_FLOAT8(0));
	PG_RETURN_FLOAT8(strtod(text, NULL));
}
