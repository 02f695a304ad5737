/*
 * rows.c
 *		Absence rates from rows, one a student and day, as aggregate and window.
 *
 * The aggregate's state is one bigint, passed by value: rows absent in its
 * upper half, rows in its lower.  So it costs the executor nothing to keep, and
 * taking a row away is exact.
 *
 * The window function keeps the last rows itself, so the executor has to fetch
 * no row but the current one.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/partition.h"

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
PG_FUNCTION_INFO_V1(absence_rate_add);
Datum
absence_rate_add(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(AddStates(PG_GETARG_INT64(0), ONE_ROW(PG_GETARG_BOOL(1))));
}

/* Inverse transition: take a row away. */
PG_FUNCTION_INFO_V1(absence_rate_remove);
Datum
absence_rate_remove(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((uint64) PG_GETARG_INT64(0) - ONE_ROW(PG_GETARG_BOOL(1)));
}

/* Combine the states of two workers. */
PG_FUNCTION_INFO_V1(absence_rate_combine);
Datum
absence_rate_combine(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(AddStates(PG_GETARG_INT64(0), PG_GETARG_INT64(1)));
}

/* Rows absent / rows; NULL when there are none. */
PG_FUNCTION_INFO_V1(absence_rate_final);
Datum
absence_rate_final(PG_FUNCTION_ARGS)
{
	uint64		state = PG_GETARG_INT64(0);

	if (ROWS_IN(state) == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) ROWS_ABSENT(state) / ROWS_IN(state));
}

/* A century: longer than any student's record. */
#define MAX_WINDOW_DAYS		36525

typedef enum RowKind
{
	ROW_UNKNOWN,				/* NULL, or before the first row */
	ROW_PRESENT,
	ROW_ABSENT
} RowKind;

/* The last rows of a partition, zeroed before the first. */
typedef struct LastRows
{
	int			window_days;
	int			oldest;			/* the row that the next one replaces */
	int			known;
	int			absent;
	uint8		row[FLEXIBLE_ARRAY_MEMBER];
} LastRows;

/* Count a row in, in place of the oldest. */
static void
ReplaceOldest(LastRows *last, RowKind kind)
{
	RowKind		oldest = last->row[last->oldest];

	last->known += (kind != ROW_UNKNOWN) - (oldest != ROW_UNKNOWN);
	last->absent += (kind == ROW_ABSENT) - (oldest == ROW_ABSENT);
	last->row[last->oldest] = kind;
	last->oldest = (last->oldest + 1) % last->window_days;
}

/* rolling_absence_rate(absent, window_days) OVER (PARTITION BY ... ORDER BY ...) */
PG_FUNCTION_INFO_V1(rolling_absence_rate);
Datum
rolling_absence_rate(PG_FUNCTION_ARGS)
{
	WindowObject window = PG_WINDOW_OBJECT();
	int			window_days = DatumGetInt32(WindowOption(fcinfo, 1));
	LastRows   *last;
	bool		absent;
	bool		isnull;

	/* No row is looked at again. */
	WinSetMarkPosition(window, WinGetCurrentPosition(window));

	if (window_days < 1 || window_days > MAX_WINDOW_DAYS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("window_days must be 1 to %d, not %d", MAX_WINDOW_DAYS, window_days)));
	last = WinGetPartitionLocalMemory(window, offsetof(LastRows, row) + window_days);
	if (last->window_days == 0)
		last->window_days = window_days;
	if (last->window_days != window_days)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("window_days must be the same in all rows: %d and %d",
						last->window_days, window_days)));

	absent = DatumGetBool(WinGetFuncArgCurrent(window, 0, &isnull));
	ReplaceOldest(last, isnull ? ROW_UNKNOWN : absent ? ROW_ABSENT : ROW_PRESENT);
	if (last->known == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) last->absent / last->known);
}
