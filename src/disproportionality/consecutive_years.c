/*
 * consecutive_years.c
 *		For how many years in a row something has held.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "fmgr.h"
#include "windowapi.h"

/* The streak up to the row before */
typedef struct Streak
{
	bool		started;		/* has a row been seen? */
	int32		year;
	int32		years;
} Streak;

/* consecutive_years(holds, year) OVER (PARTITION BY ... ORDER BY year) */
PG_FUNCTION_INFO_V1(consecutive_years);
Datum
consecutive_years(PG_FUNCTION_ARGS)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	Streak	   *streak = WinGetPartitionLocalMemory(winobj, sizeof(Streak));
	bool		isnull;
	bool		holds = DatumGetBool(WinGetFuncArgCurrent(winobj, 0, &isnull)) && !isnull;
	int32		year = DatumGetInt32(WinGetFuncArgCurrent(winobj, 1, &isnull));

	if (isnull)
		PG_RETURN_NULL();
	if (streak->started && year <= streak->year)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("year %d comes after year %d in the partition", year, streak->year),
				 errhint("Use OVER (PARTITION BY ... ORDER BY year), with one row a year in each partition.")));

	/* a year left out, or not known to hold, ends the streak as one that fails does */
	if (!holds)
		streak->years = 0;
	else if (streak->started && year - 1 == streak->year)
		streak->years++;
	else
		streak->years = 1;
	streak->year = year;
	streak->started = true;
	PG_RETURN_INT32(streak->years);
}
