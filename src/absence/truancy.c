/*
 * truancy.c
 *		Absences as statutes count them: in all, within a span, one after another.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "dayset/share.h"
#include "dayset/streak.h"
#include "miscadmin.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

/* The first day that a span which begins on a day no longer holds */
static int64
EndOfSpan(int32 day, Interval *span)
{
	Datum		end = DirectFunctionCall2(date_pl_interval,
										  DateADTGetDatum(JulianToDate(day)),
										  IntervalPGetDatum(span));
	DateADT		date = DatumGetDateADT(DirectFunctionCall1(timestamp_date, end));

	if (DATE_IS_NOEND(date))
		return (int64) LAST_DAY + 1;
	if (DATE_IS_NOBEGIN(date) || DateToJulian(date) <= day)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a span must be at least one day, not %s",
						DatumGetCString(DirectFunctionCall1(interval_out, IntervalPGetDatum(span))))));
	return DateToJulian(date);
}

/* The most days of both sets that any span of that length holds */
static int
MostWithin(DayWords absent, DayWords enrolled, Interval *span)
{
	DayPairs	pair = PairDays(absent, enrolled);
	int32	   *day = palloc(CountShare(absent, enrolled, ALL_DAYS).days * sizeof(int32));
	int			days = 0;
	int			end = 0;
	int			most = 0;

	while (NextPair(&pair))
	{
		for (uint64 rest = pair.a_bits & pair.b_bits; rest != 0; rest &= rest - 1)
			day[days++] = pair.index * DAYS_PER_WORD + pg_rightmost_one_pos64(rest);
	}

	/* A span that begins later does not end earlier. */
	for (int begin = 0; begin < days; begin++)
	{
		int64		end_day = EndOfSpan(day[begin], span);

		CHECK_FOR_INTERRUPTS();
		while (end < days && day[end] < end_day)
			end++;
		most = Max(most, end - begin);
	}
	return most;
}

/* most_absences_within(absent, enrolled, span) */
PG_FUNCTION_INFO_V1(most_absences_within);
Datum
most_absences_within(PG_FUNCTION_ARGS)
{
	DayWords	enrolled = PG_GETARG_DAYWORDS(1);

	if (enrolled.count == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(MostWithin(PG_GETARG_DAYWORDS(0), enrolled, PG_GETARG_INTERVAL_P(2)));
}

/* truant(unexcused, enrolled, days, within, consecutive) */
PG_FUNCTION_INFO_V1(truant);
Datum
truant(PG_FUNCTION_ARGS)
{
	bool		consecutive = ArgumentBool(fcinfo, 4, "consecutive");
	DayWords	unexcused;
	DayWords	enrolled;
	int			days;
	int			counted;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	days = PG_GETARG_INT32(2);
	if (days < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("days must be at least 1, not %d", days)));
	if (consecutive && !PG_ARGISNULL(3))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a rule cannot be of consecutive days and within a span"),
				 errhint("Leave out within, or consecutive.")));

	unexcused = PG_GETARG_DAYWORDS(0);
	enrolled = PG_GETARG_DAYWORDS(1);
	if (enrolled.count == 0)
		PG_RETURN_NULL();
	if (consecutive)
		counted = LongestStreak(unexcused, enrolled);
	else if (PG_ARGISNULL(3))
		counted = CountShare(unexcused, enrolled, ALL_DAYS).days;
	else
		counted = MostWithin(unexcused, enrolled, PG_GETARG_INTERVAL_P(3));
	PG_RETURN_BOOL(counted >= days);
}
