/*
 * days_left.c
 *		How many days a student can still miss in the year before the absence
 *		is chronic, and how many to attend in a row until it no longer is.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "absence/days_left.h"
#include "absence/exact_share.h"
#include "base/argument.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "catalog/pg_type_d.h"

/*
 * With k days absent of m so far, N in the year and a threshold t: she can miss
 * the most whole days j for which k + j < t N, and no more than are to come; and
 * she has to attend the fewest whole days a for which k < t (m + a), if so many
 * are to come.
 *
 * All is in integers: k, m and N in units of which "day" make a day, and the
 * threshold as t / one.
 */
static Datum
ReturnDaysLeft(FunctionCallInfo fcinfo, ExactShare so_far, Decimal year, Decimal threshold)
{
	ExactShare	enrolled = MakeExactShare(ShareAmong(so_far), year);
	int128		k = Rescale(so_far.days, so_far.scale, enrolled.scale);
	int128		m = enrolled.days;
	int128		n = enrolled.among;
	int128		day = Rescale(1, 0, enrolled.scale);
	int128		t = threshold.units;
	int128		one = Rescale(1, 0, threshold.scale);
	int128		room = CheckedProduct(t, n) - CheckedProduct(one, k);
	int128		excess = CheckedProduct(one, k) - CheckedProduct(t, m);
	int128		to_come = (n - m) / day;
	int128		to_attend = excess < 0 ? 0 : excess / CheckedProduct(t, day) + 1;
	const char *reason = NULL;
	ResultRow	row;

	CheckShare(enrolled, "days_enrolled", "days_in_year");
	if (n > Rescale(PG_INT32_MAX, 0, enrolled.scale))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("days_in_year must be at most %d, not %s", PG_INT32_MAX, DecimalText(year))));

	BeginResultRow(&row, fcinfo);
	AddDatum(&row, NUMERICOID, DecimalNumeric(ShareDays(so_far)));
	AddDatum(&row, NUMERICOID, DecimalNumeric(ShareAmong(so_far)));
	AddDatum(&row, NUMERICOID, DecimalNumeric(year));
	if (room > 0)
		AddInt32(&row, Min(to_come, (room - 1) / CheckedProduct(one, day)));
	else
	{
		reason = REASON_ALREADY_CHRONIC;
		AddNull(&row);
	}
	if (m > 0 && to_attend <= to_come)
		AddInt32(&row, to_attend);
	else
	{
		if (reason == NULL)
			reason = m == 0 ? REASON_NOT_YET_ENROLLED : REASON_NOT_THIS_YEAR;
		AddNull(&row);
	}
	AddText(&row, reason);
	return EndResultRow(&row);
}

/* Is an argument that is no option NULL? */
static bool
LacksData(FunctionCallInfo fcinfo)
{
	return PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2);
}

/* days_left(days_absent, days_enrolled, days_in_year, threshold) */
PG_FUNCTION_INFO_V1(days_left_of_numbers);
Datum
days_left_of_numbers(PG_FUNCTION_ARGS)
{
	Decimal		threshold = ArgumentThreshold(fcinfo, 3, "threshold");

	if (LacksData(fcinfo))
		return ReasonRow(fcinfo, REASON_MISSING_DAYS);
	return ReturnDaysLeft(fcinfo, ShareOfNumbers(fcinfo, 0, "days_absent", "days_enrolled"),
						  ArgumentDecimal(fcinfo, 2, "days_in_year"), threshold);
}

/* days_left(absent, enrolled, days_in_year, threshold) */
PG_FUNCTION_INFO_V1(days_left_of_year);
Datum
days_left_of_year(PG_FUNCTION_ARGS)
{
	Decimal		threshold = ArgumentThreshold(fcinfo, 3, "threshold");
	Decimal		year = {0, 0};

	if (LacksData(fcinfo))
		return ReasonRow(fcinfo, REASON_MISSING_DAYS);
	year.units = ArgumentNonNegative(fcinfo, 2, "days_in_year");
	return ReturnDaysLeft(fcinfo, ShareOfSets(fcinfo, 0, ALL_DAYS), year, threshold);
}

/*
 * The days of a year: those enrolled so far, and those of the calendar that come after them.
 */
int
DaysInYear(DayWords enrolled, DayWords calendar)
{
	DayWindow	to_come = ALL_DAYS;

	if (enrolled.count > 0)
		to_come.first = LastDay(enrolled) + 1;
	return CountDays(enrolled, ALL_DAYS) + CountDays(calendar, to_come);
}

/* days_left(absent, enrolled, calendar, threshold) */
PG_FUNCTION_INFO_V1(days_left_of_calendar);
Datum
days_left_of_calendar(PG_FUNCTION_ARGS)
{
	Decimal		threshold = ArgumentThreshold(fcinfo, 3, "threshold");
	Decimal		year = {0, 0};

	if (LacksData(fcinfo))
		return ReasonRow(fcinfo, REASON_MISSING_DAYS);
	year.units = DaysInYear(PG_GETARG_DAYWORDS(1), PG_GETARG_DAYWORDS(2));
	return ReturnDaysLeft(fcinfo, ShareOfSets(fcinfo, 0, ALL_DAYS), year, threshold);
}
