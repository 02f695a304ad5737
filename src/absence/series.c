/*
 * series.c
 *		Absence over time: by ranges, by month, rolling; and what is asked of it
 *		month by month.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "absence/absence.h"
#include "base/argument.h"
#include "base/result_row.h"
#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/datetime.h"

/* Attendance Works: so many days missed a month call for support. */
#define TRIGGER_DAYS		2

/* Add days absent, days enrolled and the absence rate to a row */
static void
AddShareColumns(ResultRow *row, DayShare share)
{
	AddInt32(row, share.days);
	AddInt32(row, share.among);
	if (share.among == 0)
		AddNull(row);
	else
		AddFloat8(row, ShareRate(share));
}

/* The same day so many months later, or the last of a month that has no such day */
static int32
AddMonths(int32 julian, int months)
{
	int			year;
	int			month;
	int			day;

	j2date(julian, &year, &month, &day);
	month += months - 1;
	year += month / MONTHS_PER_YEAR;
	month = month % MONTHS_PER_YEAR + 1;
	return date2j(year, month, Min(day, day_tab[isleap(year)][month - 1]));
}

/* The first day of the month of a day */
static int32
FirstOfMonth(int32 julian)
{
	int			year;
	int			month;
	int			day;
	int32		first;

	j2date(julian, &year, &month, &day);
	first = date2j(year, month, 1);
	if (first < 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("date out of range"),
				 errdetail("The calendar does not have the first day of that month.")));
	return first;
}

/* absence_by_range(absent, enrolled, ranges): a row for each range */
PG_FUNCTION_INFO_V1(absence_by_range);
Datum
absence_by_range(PG_FUNCTION_ARGS)
{
	RunningShare running = MakeRunningShare(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1));
	Datum	   *ranges;
	bool	   *nulls;
	int			count;
	ResultRow	row;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(2), DATERANGEOID, -1, false, TYPALIGN_INT,
					  &ranges, &nulls, &count);
	BeginResultSet(&row, fcinfo);
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
		{
			for (int column = 0; column < 4; column++)
				AddNull(&row);
		}
		else
		{
			DayWindow	window = DateRangeWindow(fcinfo, DatumGetRangeTypeP(ranges[i]));

			AddDatum(&row, DATERANGEOID, ranges[i]);
			AddShareColumns(&row, ShareWithin(&running, window));
		}
		PutResultRow(&row);
	}
	PG_RETURN_NULL();
}

/* absence_by_month(absent, enrolled): a row for each month from the first day enrolled to the last */
PG_FUNCTION_INFO_V1(absence_by_month);
Datum
absence_by_month(PG_FUNCTION_ARGS)
{
	DayWords	enrolled = PG_GETARG_DAYWORDS(1);
	RunningShare running = MakeRunningShare(PG_GETARG_DAYWORDS(0), enrolled);
	DayShare	before = {0, 0};
	int32		month;
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	if (enrolled.count == 0)
		PG_RETURN_NULL();
	month = FirstOfMonth(FirstDay(enrolled));
	while (month <= LastDay(enrolled))
	{
		int32		next = AddMonths(month, 1);
		DayShare	through = ShareUpTo(&running, next - 1);
		DayShare	share = {through.days - before.days, through.among - before.among};

		AddDatum(&row, DATEOID, DateADTGetDatum(JulianToDate(month)));
		AddShareColumns(&row, share);
		PutResultRow(&row);
		month = next;
		before = through;
	}
	PG_RETURN_NULL();
}

/* rolling_absence(absent, enrolled, window_days): a row for each day enrolled */
PG_FUNCTION_INFO_V1(rolling_absence);
Datum
rolling_absence(PG_FUNCTION_ARGS)
{
	int			window_days = ArgumentInt32(fcinfo, 2, "window_days");
	DayWords	enrolled;
	DayPairs	pair;
	bool	   *was_absent;
	int			days = 0;
	DayShare	share = {0, 0};
	ResultRow	row;

	if (window_days < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("window_days must be at least 1, not %d", window_days)));
	BeginResultSet(&row, fcinfo);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();

	enrolled = PG_GETARG_DAYWORDS(1);
	pair = PairDays(PG_GETARG_DAYWORDS(0), enrolled);
	was_absent = palloc(CountDays(enrolled, ALL_DAYS) * sizeof(bool));
	while (NextPair(&pair))
	{
		for (uint64 rest = pair.b_bits; rest != 0; rest &= rest - 1)
		{
			int			bit = pg_rightmost_one_pos64(rest);

			was_absent[days] = (pair.a_bits >> bit) & 1;
			share.days += was_absent[days];
			if (days >= window_days)
				share.days -= was_absent[days - window_days];
			days++;
			share.among = Min(days, window_days);

			AddDatum(&row, DATEOID, DateADTGetDatum(JulianToDate(pair.index * DAYS_PER_WORD + bit)));
			AddShareColumns(&row, share);
			PutResultRow(&row);
		}
	}
	PG_RETURN_NULL();
}

/*
 * Months of a student, counted from the first day enrolled.
 */
typedef struct Months
{
	RunningShare running;
	int32		first;
	int32		last;			/* day enrolled, or that as of which is asked */
	int			number;			/* of the month, from 1 */
	int32		through;		/* last day of the month, or so far */
	int			absent;			/* days up to then */
} Months;

/* Start a walk over months; the days enrolled are not none */
static Months
MakeMonths(DayWords absent, DayWords enrolled, DayWindow window)
{
	Months		months = {
		.running = MakeRunningShare(absent, enrolled),
		.first = FirstDay(enrolled),
		.last = Min(LastDay(enrolled), window.last)
	};

	return months;
}

/* Go to the next month */
static bool
NextMonth(Months *months)
{
	if (AddMonths(months->first, months->number) > months->last)
		return false;
	months->number++;
	months->through = Min(AddMonths(months->first, months->number) - 1, months->last);
	months->absent = ShareUpTo(&months->running, months->through).days;
	return true;
}

/* Do so many days absent call for support by the end of that month? */
static bool
Triggered(const Months *months)
{
	return months->absent >= TRIGGER_DAYS * months->number;
}

/* absence_triggers(absent, enrolled, as_of): a row for each month */
PG_FUNCTION_INFO_V1(absence_triggers);
Datum
absence_triggers(PG_FUNCTION_ARGS)
{
	DayWindow	window = ArgumentAsOf(fcinfo, 2);
	DayWords	enrolled;
	Months		months;
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	enrolled = PG_GETARG_DAYWORDS(1);
	if (enrolled.count == 0)
		PG_RETURN_NULL();

	months = MakeMonths(PG_GETARG_DAYWORDS(0), enrolled, window);
	while (NextMonth(&months))
	{
		AddInt32(&row, months.number);
		AddDatum(&row, DATEOID, DateADTGetDatum(JulianToDate(months.through)));
		AddInt32(&row, months.absent);
		AddInt32(&row, TRIGGER_DAYS * months.number);
		AddBool(&row, Triggered(&months));
		PutResultRow(&row);
	}
	PG_RETURN_NULL();
}

/* Is there a month that calls for support?  So many days absent in all are too few for a late one. */
static bool
AnyMonthTriggered(Months months, int absent)
{
	while (months.number < absent / TRIGGER_DAYS && NextMonth(&months))
	{
		CHECK_FOR_INTERRUPTS();
		if (Triggered(&months))
			return true;
	}
	return false;
}

/* Absent at least one in so many days, if enrolled for long enough to say so */
static bool
JudgedOneIn(int one_in, ExactShare share)
{
	return EnrolledAtLeast(MINIMUM_DAYS, share) && AbsentOneIn(one_in, share);
}

/* attendance_tier(absent, enrolled, absent_last_year, enrolled_last_year, as_of) */
PG_FUNCTION_INFO_V1(attendance_tier);
Datum
attendance_tier(PG_FUNCTION_ARGS)
{
	DayWindow	window = ArgumentAsOf(fcinfo, 4);
	ExactShare	this_year;
	ExactShare	last_year = {0, 0, 0};

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	this_year = ShareOfSets(fcinfo, 0, window);
	if (!PG_ARGISNULL(2) && !PG_ARGISNULL(3))
		last_year = ShareOfSets(fcinfo, 2, ALL_DAYS);

	if (JudgedOneIn(SEVERE_ONE_IN, last_year) || JudgedOneIn(SEVERE_ONE_IN, this_year))
		PG_RETURN_INT32(3);
	if (JudgedOneIn(CHRONIC_ONE_IN, last_year))
		PG_RETURN_INT32(2);
	if (this_year.among > 0 &&
		AnyMonthTriggered(MakeMonths(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1), window),
						  this_year.days))
		PG_RETURN_INT32(2);
	if (this_year.among > 0 || EnrolledAtLeast(MINIMUM_DAYS, last_year))
		PG_RETURN_INT32(1);
	PG_RETURN_NULL();
}
