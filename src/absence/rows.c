/*
 * rows.c
 *		Absence rates from rows, one a student and day, as aggregate and window.
 *
 * The state is one bigint, passed by value: rows absent in its upper half,
 * rows in its lower.  So it costs the executor nothing to keep, and taking a
 * row away is exact.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "fmgr.h"

PG_FUNCTION_INFO_V1(absence_rate_add);
PG_FUNCTION_INFO_V1(absence_rate_remove);
PG_FUNCTION_INFO_V1(absence_rate_combine);
PG_FUNCTION_INFO_V1(absence_rate_final);

#define ROWS_IN(state)		((uint32) (state))
#define ROWS_ABSENT(state)	((uint32) ((state) >> 32))
#define ONE_ROW(absent)		((absent) ? (UINT64CONST(1) << 32) + 1 : UINT64CONST(1))

/* Add two states. */
static inline uint64
AddStates(uint64 a, uint64 b)
{
	if (unlikely(ROWS_IN(a) > PG_UINT32_MAX - ROWS_IN(b)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("too many rows for absence_rate"),
				 errdetail("A group can have at most %u rows.", PG_UINT32_MAX)));
	return a + b;
}

/* Transition: add a row. */
Datum
absence_rate_add(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(AddStates(PG_GETARG_INT64(0), ONE_ROW(PG_GETARG_BOOL(1))));
}

/* Inverse transition: take a row away. */
Datum
absence_rate_remove(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((uint64) PG_GETARG_INT64(0) - ONE_ROW(PG_GETARG_BOOL(1)));
}

/* Combine the states of two workers. */
Datum
absence_rate_combine(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(AddStates(PG_GETARG_INT64(0), PG_GETARG_INT64(1)));
}

/* Rows absent / rows; NULL when there are none. */
Datum
absence_rate_final(PG_FUNCTION_ARGS)
{
	uint64		state = PG_GETARG_INT64(0);

	if (ROWS_IN(state) == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) ROWS_ABSENT(state) / ROWS_IN(state));
}
