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
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

/* The calendar repeats itself after so many months, which are so many days */
#define MONTHS_PER_CYCLE	4800
#define DAYS_PER_CYCLE		146097

/* The whole days in the time of a span */
static int64
WholeDays(const Interval *span)
{
	return span->time / USECS_PER_DAY - (span->time % USECS_PER_DAY < 0 ? 1 : 0);
}

/* A span, which must be at least a day long on whatever day it begins */
static Interval *
ArgumentSpan(FunctionCallInfo fcinfo, int argno)
{
	Interval   *span = PG_GETARG_INTERVAL_P(argno);
	int64		days_of_months = (int64) span->month * (span->month > 0 ? 28 : 31);

	if (days_of_months + span->day + WholeDays(span) < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a span must be at least one day, not %s",
						DatumGetCString(DirectFunctionCall1(interval_out, IntervalPGetDatum(span))))));
	return span;
}

/*
 * The first day that a span which begins on a day no longer holds: as PostgreSQL adds
 * an interval to a date, but for that it may be beyond the calendar.
 */
static int64
EndOfSpan(int32 day, const Interval *span)
{
	int			year;
	int			month;
	int			day_of_month;
	int64		months;
	int64		cycles;

	j2date(day, &year, &month, &day_of_month);
	months = (int64) year * MONTHS_PER_YEAR + month - 1 + span->month;
	cycles = months / MONTHS_PER_CYCLE - (months % MONTHS_PER_CYCLE < 0 ? 1 : 0);
	months -= cycles * MONTHS_PER_CYCLE;
	year = months / MONTHS_PER_YEAR;
	month = months % MONTHS_PER_YEAR + 1;
	day_of_month = Min(day_of_month, day_tab[isleap(year)][month - 1]);
	return date2j(year, month, day_of_month) + cycles * DAYS_PER_CYCLE + span->day + WholeDays(span);
}

/* The most days of both sets that any span of that length holds */
static int
MostWithin(DayWords absent, DayWords enrolled, const Interval *span)
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
	Interval   *span = ArgumentSpan(fcinfo, 2);

	if (enrolled.count == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(MostWithin(PG_GETARG_DAYWORDS(0), enrolled, span));
}

/* truant(unexcused, enrolled, days, within, consecutive) */
PG_FUNCTION_INFO_V1(truant);
Datum
truant(PG_FUNCTION_ARGS)
{
	bool		consecutive = ArgumentBool(fcinfo, 4, "consecutive");
	Interval   *within = PG_ARGISNULL(3) ? NULL : ArgumentSpan(fcinfo, 3);
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
	if (consecutive && within != NULL)
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
	else if (within == NULL)
		counted = CountShare(unexcused, enrolled, ALL_DAYS).days;
	else
		counted = MostWithin(unexcused, enrolled, within);
	PG_RETURN_BOOL(counted >= days);
}
