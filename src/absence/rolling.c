/*
 * rolling.c
 *		The absence rate of the last days enrolled, as of each day.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "absence/absence.h"
#include "base/result_row.h"
#include "catalog/pg_type_d.h"

/* rolling_absence(absent, enrolled, window_days): a row for each day enrolled */
PG_FUNCTION_INFO_V1(rolling_absence);
Datum
rolling_absence(PG_FUNCTION_ARGS)
{
	DayWords	enrolled = PG_GETARG_DAYWORDS(1);
	DayPairs	pair = PairDays(PG_GETARG_DAYWORDS(0), enrolled);
	int			window_days = PG_GETARG_INT32(2);
	bool	   *was_absent = palloc(CountDays(enrolled, ALL_DAYS) * sizeof(bool));
	int			days = 0;
	int			absent = 0;
	ResultRow	row;

	if (window_days < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("window must be at least one day, not %d", window_days)));

	BeginResultSet(&row, fcinfo);
	while (NextPair(&pair))
	{
		for (uint64 rest = pair.b_bits; rest != 0; rest &= rest - 1)
		{
			int			bit = pg_rightmost_one_pos64(rest);
			int			in_window;

			was_absent[days] = (pair.a_bits >> bit) & 1;
			absent += was_absent[days];
			if (days >= window_days)
				absent -= was_absent[days - window_days];
			days++;
			in_window = Min(days, window_days);

			AddDatum(&row, DATEOID, DateADTGetDatum(JulianToDate(pair.index * DAYS_PER_WORD + bit)));
			AddInt32(&row, absent);
			AddInt32(&row, in_window);
			AddFloat8(&row, (double) absent / in_window);
			PutResultRow(&row);
		}
	}
	PG_RETURN_NULL();
}
