/*
 * rollup.c
 *		Absence of schools and groups.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "absence/absence.h"
#include "base/confidence.h"
#include "base/estimate.h"
#include "base/result_row.h"
#include "rate/proportion.h"

/* The counts of chronic_absence_rate. */
enum
{
	STUDENTS,					/* judged: enrolled long enough */
	CHRONIC,					/* of them, absent at least 10 percent */
	TOO_FEW_DAYS,
	MISSING,					/* absent or enrolled is NULL */
	DAYS_ABSENT,				/* of all students */
	DAYS_ENROLLED,
	N_COUNTS
};

/* Transition of chronic_absence_rate: count a student. */
PG_FUNCTION_INFO_V1(chronic_absence_add);
Datum
chronic_absence_add(PG_FUNCTION_ARGS)
{
	int64	   *counts;
	int			minimum_days = MINIMUM_DAYS;
	Attendance	days;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the counts must not be NULL")));
	if (PG_NARGS() > 3)
	{
		if (PG_ARGISNULL(3))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("the minimum number of days must not be NULL")));
		minimum_days = PG_GETARG_INT32(3);
	}

	counts = GetCounts(fcinfo, N_COUNTS);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
	{
		AddCount(&counts[MISSING], 1);
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}

	days = CountAttendance(PG_GETARG_DAYWORDS(1), PG_GETARG_DAYWORDS(2), ALL_DAYS);
	AddCount(&counts[DAYS_ABSENT], days.absent);
	AddCount(&counts[DAYS_ENROLLED], days.enrolled);
	if (!EnrolledAtLeast(minimum_days, days))
		AddCount(&counts[TOO_FEW_DAYS], 1);
	else
	{
		AddCount(&counts[STUDENTS], 1);
		AddCount(&counts[CHRONIC], AbsentOneIn(CHRONIC_ONE_IN, days));
	}
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* The chronic absence rate with its interval, and who it leaves out. */
PG_FUNCTION_INFO_V1(chronic_absence_final);
Datum
chronic_absence_final(PG_FUNCTION_ARGS)
{
	int64	   *counts = CheckCounts(PG_GETARG_ARRAYTYPE_P(0), N_COUNTS);
	Estimate	rate;
	ResultRow	row;

	CheckRate(counts[CHRONIC], counts[STUDENTS], "");
	rate = WilsonInterval(counts[CHRONIC], counts[STUDENTS], TwoSidedZ(0.95));

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, counts[STUDENTS]);
	AddInt64(&row, counts[CHRONIC]);
	AddFloat8(&row, rate.estimate);
	AddFloat8(&row, rate.lower);
	AddFloat8(&row, rate.upper);
	AddInt64(&row, counts[TOO_FEW_DAYS]);
	AddInt64(&row, counts[MISSING]);
	AddInt64(&row, counts[DAYS_ABSENT]);
	AddInt64(&row, counts[DAYS_ENROLLED]);
	AddFloat8(&row, counts[DAYS_ENROLLED] == 0 ? NAN :
			  (double) counts[DAYS_ABSENT] / counts[DAYS_ENROLLED]);
	AddText(&row, rate.reason);
	return EndResultRow(&row);
}

/*
 * Average daily attendance and membership: {days of students, days in session}
 */
static Datum
AddDailyDays(FunctionCallInfo fcinfo, int64 days, int64 days_in_session)
{
	int64	   *counts = GetCounts(fcinfo, 2);

	if (counts[1] != 0 && days_in_session != 0 && counts[1] != days_in_session)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot average over sessions of " INT64_FORMAT " and " INT64_FORMAT " days",
						counts[1], days_in_session),
				 errhint("Group by the calendar, and add up the averages.")));
	AddCount(&counts[0], days);
	counts[1] = Max(counts[1], days_in_session);
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* Transition of average_daily_attendance: the days of a student in attendance. */
PG_FUNCTION_INFO_V1(average_daily_attendance_add);
Datum
average_daily_attendance_add(PG_FUNCTION_ARGS)
{
	DayWords	session = PG_GETARG_DAYWORDS(3);
	DayPairs	pair = PairDays(PG_GETARG_DAYWORDS(2), session);
	DaySet	   *enrolled = DaySetMake(0);
	Attendance	days;

	while (NextPair(&pair))
		enrolled = DaySetAddWord(enrolled, pair.index, pair.a_bits & pair.b_bits);
	days = CountAttendance(PG_GETARG_DAYWORDS(1), GetDayWords(PointerGetDatum(enrolled)), ALL_DAYS);
	return AddDailyDays(fcinfo, days.enrolled - days.absent, CountDays(session, ALL_DAYS));
}

/* Transition of average_daily_membership: the days of a student in membership. */
PG_FUNCTION_INFO_V1(average_daily_membership_add);
Datum
average_daily_membership_add(PG_FUNCTION_ARGS)
{
	DayWords	session = PG_GETARG_DAYWORDS(2);
	Attendance	days = CountAttendance(PG_GETARG_DAYWORDS(1), session, ALL_DAYS);

	return AddDailyDays(fcinfo, days.absent, days.enrolled);
}

/* Combine the states of two workers. */
PG_FUNCTION_INFO_V1(average_daily_combine);
Datum
average_daily_combine(PG_FUNCTION_ARGS)
{
	int64	   *other = CheckCounts(PG_GETARG_ARRAYTYPE_P(1), 2);

	return AddDailyDays(fcinfo, other[0], other[1]);
}

/* Days of students / days in session; NULL without any. */
PG_FUNCTION_INFO_V1(average_daily_final);
Datum
average_daily_final(PG_FUNCTION_ARGS)
{
	int64	   *counts = CheckCounts(PG_GETARG_ARRAYTYPE_P(0), 2);

	if (counts[1] == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) counts[0] / counts[1]);
}
