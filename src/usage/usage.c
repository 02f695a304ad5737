/*
 * usage.c
 *		Days of use by week: of a learning app, of contact with a family.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/result_row.h"
#include "catalog/pg_type_d.h"
#include "dayset/dayset.h"

/* Julian day 0 was a Monday, the first day of an ISO week. */
#define DAYS_PER_WEEK		7

/* Weeks that have a day available */
typedef struct Weeks
{
	DayPairs	pair;
	uint64		rest;			/* days available of this word still to come */
	int32		week;
	int			active;
	int			available;
} Weeks;

/* Start a walk over weeks */
static Weeks
MakeWeeks(DayWords active, DayWords available)
{
	Weeks		weeks = {.pair = PairDays(active, available)};

	return weeks;
}

/* Go to the next week */
static bool
NextWeek(Weeks *weeks)
{
	weeks->active = weeks->available = 0;
	for (;;)
	{
		int			bit;
		int32		week;

		while (weeks->rest == 0)
		{
			if (!NextPair(&weeks->pair))
				return weeks->available > 0;
			weeks->rest = weeks->pair.b_bits;
		}

		bit = pg_rightmost_one_pos64(weeks->rest);
		week = (weeks->pair.index * DAYS_PER_WORD + bit) / DAYS_PER_WEEK;
		if (weeks->available > 0 && week != weeks->week)
			return true;
		weeks->week = week;
		weeks->active += (weeks->pair.a_bits >> bit) & 1;
		weeks->available++;
		weeks->rest &= weeks->rest - 1;
	}
}

/* usage_by_week(active, available): a row for each week that has days available */
PG_FUNCTION_INFO_V1(usage_by_week);
Datum
usage_by_week(PG_FUNCTION_ARGS)
{
	Weeks		weeks = MakeWeeks(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1));
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	while (NextWeek(&weeks))
	{
		AddDatum(&row, DATEOID, DateADTGetDatum(JulianToDate(weeks.week * DAYS_PER_WEEK)));
		AddInt32(&row, weeks.active);
		AddInt32(&row, weeks.available);
		PutResultRow(&row);
	}
	PG_RETURN_NULL();
}

/* weeks_below_dose(active, available, dose) */
PG_FUNCTION_INFO_V1(weeks_below_dose);
Datum
weeks_below_dose(PG_FUNCTION_ARGS)
{
	DayWords	available = PG_GETARG_DAYWORDS(1);
	Weeks		weeks = MakeWeeks(PG_GETARG_DAYWORDS(0), available);
	int			dose = PG_GETARG_INT32(2);
	int			below = 0;

	if (dose < 1 || dose > DAYS_PER_WEEK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("dose must be 1 to %d days a week, not %d", DAYS_PER_WEEK, dose)));
	if (available.count == 0)
		PG_RETURN_NULL();
	while (NextWeek(&weeks))
		below += weeks.active < dose;
	PG_RETURN_INT32(below);
}
