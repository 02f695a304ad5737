/*
 * usage.c
 *		Days of use: of a learning app, of contact with a family.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/result_row.h"
#include "catalog/pg_type_d.h"
#include "dayset/dayset.h"

/* Julian day 0 was a Monday, the first day of an ISO week. */
#define DAYS_PER_WEEK		7

/* Put the row of a week, if any of its days was available. */
static void
PutWeek(ResultRow *row, int32 week, int active, int available)
{
	if (available == 0)
		return;
	AddDatum(row, DATEOID, DateADTGetDatum(JulianToDate(week * DAYS_PER_WEEK)));
	AddInt32(row, active);
	AddInt32(row, available);
	PutResultRow(row);
}

/* usage_by_week(active, available): a row for each week that has days available */
PG_FUNCTION_INFO_V1(usage_by_week);
Datum
usage_by_week(PG_FUNCTION_ARGS)
{
	DayPairs	pair = PairDays(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1));
	int32		week = -1;
	int			active = 0;
	int			available = 0;
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	while (NextPair(&pair))
	{
		for (uint64 rest = pair.b_bits; rest != 0; rest &= rest - 1)
		{
			int			bit = pg_rightmost_one_pos64(rest);
			int32		this_week = (pair.index * DAYS_PER_WORD + bit) / DAYS_PER_WEEK;

			if (this_week != week)
			{
				PutWeek(&row, week, active, available);
				week = this_week;
				active = available = 0;
			}
			active += (pair.a_bits >> bit) & 1;
			available++;
		}
	}
	PutWeek(&row, week, active, available);
	PG_RETURN_NULL();
}
