/*
 * absence.c
 *		Chronic absence and tiers, from sets of days and from numbers of days.
 *
 * Days absent count only where the student was enrolled.  Thresholds are
 * compared in integers, so that 18 of 180 days is 10 percent.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "absence/absence.h"
#include "base/argument.h"
#include "utils/builtins.h"

/*
 * Was the student enrolled long enough to be judged?
 */
bool
EnrolledAtLeast(int minimum_days, ExactShare share)
{
	return share.among > 0 && share.among >= Rescale(minimum_days, 0, share.scale);
}

/* Days absent among days enrolled, from numbers */
static ExactShare
AbsenceOfNumbers(FunctionCallInfo fcinfo)
{
	return ShareOfNumbers(fcinfo, 0, "days_absent", "days_enrolled");
}

/* absence_rate(days_absent, days_enrolled) */
PG_FUNCTION_INFO_V1(absence_rate_of_numbers);
Datum
absence_rate_of_numbers(PG_FUNCTION_ARGS)
{
	ExactShare	share = AbsenceOfNumbers(fcinfo);

	if (share.among == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(ExactShareRate(share));
}

/*
 * Chronic absence and tiers (Attendance Works): from 10 percent, and from
 * 5, 10 and 20 percent.  A student enrolled for fewer days than the minimum
 * is in none.
 */
static Datum
ReturnChronic(FunctionCallInfo fcinfo, ExactShare share)
{
	if (!EnrolledAtLeast(PG_GETARG_INT32(2), share))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(AbsentOneIn(CHRONIC_ONE_IN, share));
}

static Datum
ReturnTier(FunctionCallInfo fcinfo, ExactShare share)
{
	const char *tier = "satisfactory";

	if (!EnrolledAtLeast(PG_GETARG_INT32(2), share))
		PG_RETURN_NULL();
	if (AbsentOneIn(SEVERE_ONE_IN, share))
		tier = "severe";
	else if (AbsentOneIn(CHRONIC_ONE_IN, share))
		tier = "moderate";
	else if (AbsentOneIn(AT_RISK_ONE_IN, share))
		tier = "at_risk";
	PG_RETURN_TEXT_P(cstring_to_text(tier));
}

/* Check the option; is there a student to judge? */
static bool
HasDays(FunctionCallInfo fcinfo)
{
	(void) ArgumentNonNegative(fcinfo, 2, "minimum_days");
	return !PG_ARGISNULL(0) && !PG_ARGISNULL(1);
}

/* chronic_absence(absent, enrolled, minimum_days) */
PG_FUNCTION_INFO_V1(chronic_absence);
Datum
chronic_absence(PG_FUNCTION_ARGS)
{
	if (!HasDays(fcinfo))
		PG_RETURN_NULL();
	return ReturnChronic(fcinfo, ShareOfSets(fcinfo, 0, ALL_DAYS));
}

/* chronic_absence(days_absent, days_enrolled, minimum_days) */
PG_FUNCTION_INFO_V1(chronic_absence_of_numbers);
Datum
chronic_absence_of_numbers(PG_FUNCTION_ARGS)
{
	if (!HasDays(fcinfo))
		PG_RETURN_NULL();
	return ReturnChronic(fcinfo, AbsenceOfNumbers(fcinfo));
}

/* absence_tier(absent, enrolled, minimum_days) */
PG_FUNCTION_INFO_V1(absence_tier);
Datum
absence_tier(PG_FUNCTION_ARGS)
{
	if (!HasDays(fcinfo))
		PG_RETURN_NULL();
	return ReturnTier(fcinfo, ShareOfSets(fcinfo, 0, ALL_DAYS));
}

/* absence_tier(days_absent, days_enrolled, minimum_days) */
PG_FUNCTION_INFO_V1(absence_tier_of_numbers);
Datum
absence_tier_of_numbers(PG_FUNCTION_ARGS)
{
	if (!HasDays(fcinfo))
		PG_RETURN_NULL();
	return ReturnTier(fcinfo, AbsenceOfNumbers(fcinfo));
}

/* absent_at_least(absent, enrolled, threshold) */
PG_FUNCTION_INFO_V1(absent_at_least);
Datum
absent_at_least(PG_FUNCTION_ARGS)
{
	Decimal		threshold = ArgumentThreshold(fcinfo, 2, "threshold");
	ExactShare	share;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	share = ShareOfSets(fcinfo, 0, ALL_DAYS);
	if (share.among == 0)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(ShareAtLeast(share, threshold));
}

/*
 * From how a district stores attendance.
 */

/* absent_day(units_missed, units_scheduled, absent_from) */
PG_FUNCTION_INFO_V1(absent_day);
Datum
absent_day(PG_FUNCTION_ARGS)
{
	Decimal		absent_from = ArgumentThreshold(fcinfo, 2, "absent_from");
	ExactShare	share;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	share = ShareOfNumbers(fcinfo, 0, "units_missed", "units_scheduled");
	if (share.among == 0)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(ShareAtLeast(share, absent_from));
}

/* enrolled_days(calendar, entry_day, exit_day, exit_day_counts) */
PG_FUNCTION_INFO_V1(enrolled_days);
Datum
enrolled_days(PG_FUNCTION_ARGS)
{
	bool		exit_day_counts = ArgumentBool(fcinfo, 3, "exit_day_counts");
	DayWindow	window = ALL_DAYS;
	DateADT		entry_day;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	entry_day = PG_GETARG_DATEADT(1);
	if (!PG_ARGISNULL(2))
	{
		DateADT		exit_day = PG_GETARG_DATEADT(2);

		window = WindowUpTo(exit_day);
		if (!exit_day_counts && !DATE_NOT_FINITE(exit_day))
			window.last--;
	}
	if (DATE_IS_NOEND(entry_day))
		window = NO_DAYS;
	else if (!DATE_IS_NOBEGIN(entry_day))
		window.first = DateToJulian(entry_day);
	PG_RETURN_DAYSET(KeepDays(PG_GETARG_DAYWORDS(0), window, 0, PG_INT32_MAX));
}
