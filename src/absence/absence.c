/*
 * absence.c
 *		Absence from sets of days: rates, tiers and streaks.
 *
 * Days absent count only where the student was enrolled.  Thresholds are
 * compared in integers, so that 18 of 180 days is 10 percent.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "absence/absence.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

/*
 * Count the days of two sets, absent and enrolled, within a window.
 */
Attendance
CountAttendance(DayWords absent, DayWords enrolled, DayWindow window)
{
	Attendance	count = {0, 0};
	int			place = 0;

	for (int i = 0; i < enrolled.count; i++)
	{
		int32		index = enrolled.word[i].index;
		uint64		days = WordBits(&enrolled.word[i]) & WindowBits(window, index);

		if (days == 0)
			continue;
		count.enrolled += pg_popcount64(days);
		while (place < absent.count && absent.word[place].index < index)
			place++;
		if (place < absent.count && absent.word[place].index == index)
			count.absent += pg_popcount64(days & WordBits(&absent.word[place]));
	}
	return count;
}

/*
 * Rates.
 */

/* Days absent / days enrolled; NULL when never enrolled. */
static Datum
ReturnRate(FunctionCallInfo fcinfo, DayWindow window)
{
	Attendance	count = CountAttendance(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1), window);

	if (count.enrolled == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) count.absent / count.enrolled);
}

/* absence_rate(absent, enrolled) */
PG_FUNCTION_INFO_V1(absence_rate);
Datum
absence_rate(PG_FUNCTION_ARGS)
{
	return ReturnRate(fcinfo, ALL_DAYS);
}

/* absence_rate(absent, enrolled, during) */
PG_FUNCTION_INFO_V1(absence_rate_during);
Datum
absence_rate_during(PG_FUNCTION_ARGS)
{
	return ReturnRate(fcinfo, DateRangeWindow(fcinfo, PG_GETARG_RANGE_P(2)));
}

/*
 * Chronic absence and tiers (Attendance Works): from 10 percent, and from
 * 5, 10 and 20 percent.  A student enrolled for fewer days than the minimum
 * is in none.
 */
static const struct
{
	int			one_in;
	const char *name;
}			tiers[] =
{
	{5, "severe"},
	{CHRONIC_ONE_IN, "moderate"},
	{20, "at_risk"},
	{0, "satisfactory"}
};

/* Count days for a threshold; false if too few to judge. */
static bool
GetAttendance(FunctionCallInfo fcinfo, Attendance *count)
{
	*count = CountAttendance(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1), ALL_DAYS);
	return EnrolledAtLeast(PG_GETARG_INT32(2), *count);
}

/* chronic_absence(absent, enrolled, minimum_days) */
PG_FUNCTION_INFO_V1(chronic_absence);
Datum
chronic_absence(PG_FUNCTION_ARGS)
{
	Attendance	count;

	if (!GetAttendance(fcinfo, &count))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(AbsentOneIn(CHRONIC_ONE_IN, count));
}

/* absence_tier(absent, enrolled, minimum_days) */
PG_FUNCTION_INFO_V1(absence_tier);
Datum
absence_tier(PG_FUNCTION_ARGS)
{
	Attendance	count;
	int			tier = 0;

	if (!GetAttendance(fcinfo, &count))
		PG_RETURN_NULL();
	while (tiers[tier].one_in > 0 && !AbsentOneIn(tiers[tier].one_in, count))
		tier++;
	PG_RETURN_TEXT_P(cstring_to_text(tiers[tier].name));
}

/*
 * The same from numbers of days, which may have fractions.
 */
#define NumericIs(comparison, a, b) \
	DatumGetBool(DirectFunctionCall2(comparison, NumericGetDatum(a), NumericGetDatum(b)))

/* A number of days; one that cannot be is an error. */
static Numeric
GetDays(FunctionCallInfo fcinfo, int argument)
{
	Numeric		days = PG_GETARG_NUMERIC(argument);

	if (numeric_is_nan(days) || numeric_is_inf(days) ||
		NumericIs(numeric_lt, days, int64_to_numeric(0)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid number of days: %s",
						DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(days))))));
	return days;
}

/* Check numbers of days; false if too few to judge. */
static bool
CheckDayCounts(FunctionCallInfo fcinfo)
{
	Numeric		absent = GetDays(fcinfo, 0);
	Numeric		enrolled = GetDays(fcinfo, 1);

	if (NumericIs(numeric_gt, absent, enrolled))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("more days absent (%s) than enrolled (%s)",
						DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(absent))),
						DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(enrolled))))));
	return NumericIs(numeric_gt, enrolled, int64_to_numeric(0)) &&
		NumericIs(numeric_ge, enrolled, GetDays(fcinfo, 2));
}

/* Are at least one in so many of the days enrolled days absent? */
static bool
DaysAbsentOneIn(int one_in, FunctionCallInfo fcinfo)
{
	Datum		product = DirectFunctionCall2(numeric_mul, PG_GETARG_DATUM(0),
											  NumericGetDatum(int64_to_numeric(one_in)));

	return DatumGetBool(DirectFunctionCall2(numeric_ge, product, PG_GETARG_DATUM(1)));
}

/* chronic_absence(days_absent, days_enrolled, minimum_days) */
PG_FUNCTION_INFO_V1(chronic_absence_of_counts);
Datum
chronic_absence_of_counts(PG_FUNCTION_ARGS)
{
	if (!CheckDayCounts(fcinfo))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(DaysAbsentOneIn(CHRONIC_ONE_IN, fcinfo));
}

/* absence_tier(days_absent, days_enrolled, minimum_days) */
PG_FUNCTION_INFO_V1(absence_tier_of_counts);
Datum
absence_tier_of_counts(PG_FUNCTION_ARGS)
{
	int			tier = 0;

	if (!CheckDayCounts(fcinfo))
		PG_RETURN_NULL();
	while (tiers[tier].one_in > 0 && !DaysAbsentOneIn(tiers[tier].one_in, fcinfo))
		tier++;
	PG_RETURN_TEXT_P(cstring_to_text(tiers[tier].name));
}

/*
 * Streaks: days absent one after another, counted in days enrolled.  Days in
 * between on which the student was not enrolled neither break nor extend one.
 */
typedef struct Streaks
{
	int			enrolled;
	int			longest;
	int			current;
} Streaks;

/* Count streaks within a window. */
static Streaks
CountStreaks(DayWords absent, DayWords enrolled, DayWindow window)
{
	DayPairs	pair = PairDays(absent, enrolled);
	Streaks		streaks = {0, 0, 0};

	while (NextPair(&pair))
	{
		uint64		days = pair.b_bits & WindowBits(window, pair.index);

		streaks.enrolled += pg_popcount64(days);
		for (; days != 0; days &= days - 1)
		{
			uint64		day = days & -days;

			if (pair.a_bits & day)
				streaks.current++;
			else
				streaks.current = 0;
			streaks.longest = Max(streaks.longest, streaks.current);
		}
	}
	return streaks;
}

/* longest_absence(absent, enrolled) */
PG_FUNCTION_INFO_V1(longest_absence);
Datum
longest_absence(PG_FUNCTION_ARGS)
{
	Streaks		streaks = CountStreaks(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1), ALL_DAYS);

	if (streaks.enrolled == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(streaks.longest);
}

/* current_absence(absent, enrolled, as_of) */
PG_FUNCTION_INFO_V1(current_absence);
Datum
current_absence(PG_FUNCTION_ARGS)
{
	Streaks		streaks = CountStreaks(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1),
									   WindowUpTo(PG_GETARG_DATEADT(2)));

	if (streaks.enrolled == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(streaks.current);
}
