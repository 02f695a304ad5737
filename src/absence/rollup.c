/*
 * rollup.c
 *		Absence of schools and groups.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "absence/absence.h"
#include "absence/counts.h"
#include "base/argument.h"
#include "base/confidence.h"
#include "base/count.h"
#include "base/result_row.h"
#include "catalog/pg_type_d.h"
#include "rate/proportion.h"
#include "utils/builtins.h"

/* The counts of chronic_absence_rate */
enum
{
	STUDENTS,					/* judged: enrolled long enough */
	CHRONIC,					/* of them, absent at least 10 percent */
	TOO_FEW_DAYS,
	MISSING,					/* the days are NULL */
	DAYS,						/* of all students: a share */
	MINIMUM = DAYS + SHARE_COUNTS,
	CONFIDENCE,					/* its bits; 0 until a row says what it is */
	N_COUNTS
};

/* The confidence that the rows of a state ask for, 0 of no rows */
static double
StateConfidence(const int64 *counts)
{
	return DatumGetFloat8(Int64GetDatum(counts[CONFIDENCE]));
}

/* What all rows of a group ask for */
static void
SetOptions(int64 *counts, int64 minimum_days, double confidence)
{
	if (StateConfidence(counts) != 0 && counts[MINIMUM] != minimum_days)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("minimum_days must be the same in all rows: " INT64_FORMAT " and " INT64_FORMAT,
						counts[MINIMUM], minimum_days)));
	counts[MINIMUM] = minimum_days;
	counts[CONFIDENCE] = DatumGetInt64(Float8GetDatum(OneConfidence(StateConfidence(counts), confidence)));
}

/* The state of a transition, after a look at the options of its row */
static int64 *
BeginStudent(FunctionCallInfo fcinfo)
{
	int64	   *counts = GetCounts(fcinfo, N_COUNTS);
	int			minimum_days = PG_NARGS() > 3 ? ArgumentNonNegative(fcinfo, 3, "minimum_days") :
		MINIMUM_DAYS;
	double		confidence = PG_NARGS() > 4 ? ArgumentConfidence(fcinfo, 4) : DEFAULT_CONFIDENCE;

	SetOptions(counts, minimum_days, confidence);
	return counts;
}

/* Count a student whose days are known */
static void
CountStudent(int64 *counts, ExactShare share)
{
	StoreShare(&counts[DAYS], AddShares(LoadShare(&counts[DAYS]), share));
	if (!EnrolledAtLeast(counts[MINIMUM], share))
		counts[TOO_FEW_DAYS]++;
	else
	{
		counts[STUDENTS]++;
		counts[CHRONIC] += AbsentOneIn(CHRONIC_ONE_IN, share);
	}
}

/* Transition of chronic_absence_rate of sets: count a student */
PG_FUNCTION_INFO_V1(chronic_absence_rate_add);
Datum
chronic_absence_rate_add(PG_FUNCTION_ARGS)
{
	int64	   *counts = BeginStudent(fcinfo);

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		counts[MISSING]++;
	else
		CountStudent(counts, ShareOfSets(fcinfo, 1, ALL_DAYS));
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* Transition of chronic_absence_rate of numbers: count a student */
PG_FUNCTION_INFO_V1(chronic_absence_rate_add_numbers);
Datum
chronic_absence_rate_add_numbers(PG_FUNCTION_ARGS)
{
	int64	   *counts = BeginStudent(fcinfo);

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		counts[MISSING]++;
	else
		CountStudent(counts, ShareOfNumbers(fcinfo, 1, "days_absent", "days_enrolled"));
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* Combine the states of two workers */
PG_FUNCTION_INFO_V1(chronic_absence_rate_combine);
Datum
chronic_absence_rate_combine(PG_FUNCTION_ARGS)
{
	int64	   *counts = GetCounts(fcinfo, N_COUNTS);
	int64	   *other = CheckCounts(PG_GETARG_ARRAYTYPE_P(1), N_COUNTS);

	if (StateConfidence(other) != 0)
		SetOptions(counts, other[MINIMUM], StateConfidence(other));
	for (int i = STUDENTS; i < DAYS; i++)
		counts[i] = AddCounts(counts[i], other[i]);
	StoreShare(&counts[DAYS], AddShares(LoadShare(&counts[DAYS]), LoadShare(&other[DAYS])));
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* The chronic absence rate with its interval, and who it leaves out */
PG_FUNCTION_INFO_V1(chronic_absence_rate_final);
Datum
chronic_absence_rate_final(PG_FUNCTION_ARGS)
{
	int64	   *counts = CheckCounts(PG_GETARG_ARRAYTYPE_P(0), N_COUNTS);
	ExactShare	days = LoadShare(&counts[DAYS]);
	double		confidence = StateConfidence(counts);
	Estimate	rate;
	ResultRow	row;

	CheckRate(counts[CHRONIC], counts[STUDENTS], "");
	rate = WilsonInterval(counts[CHRONIC], counts[STUDENTS],
						  TwoSidedZ(confidence == 0 ? DEFAULT_CONFIDENCE : confidence));

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, counts[STUDENTS]);
	AddInt64(&row, counts[CHRONIC]);
	AddEstimate(&row, rate);
	AddInt64(&row, counts[TOO_FEW_DAYS]);
	AddInt64(&row, counts[MISSING]);
	AddDatum(&row, NUMERICOID, DecimalNumeric(ShareDays(days)));
	AddDatum(&row, NUMERICOID, DecimalNumeric(ShareAmong(days)));
	AddFloat8(&row, ExactShareRate(days));
	AddText(&row, rate.reason);
	return EndResultRow(&row);
}

/* Levels of a school (Attendance Works): from so many in so many students */
static const struct
{
	int			n_chronic;
	int			n;
	const char *name;
}			levels[] =
{
	{3, 10, "extreme"},
	{2, 10, "high"},
	{1, 10, "significant"},
	{1, 20, "modest"},
	{0, 1, "low"}
};

/* chronic_absence_level(n_chronic, n) */
PG_FUNCTION_INFO_V1(chronic_absence_level);
Datum
chronic_absence_level(PG_FUNCTION_ARGS)
{
	int64		n_chronic = PG_GETARG_INT64(0);
	int64		n = PG_GETARG_INT64(1);
	int			level = 0;

	CheckCount(n_chronic, "n_chronic", "");
	CheckCount(n, "n", "");
	if (n_chronic > n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("n_chronic must not be greater than n: " INT64_FORMAT " > " INT64_FORMAT,
						n_chronic, n)));
	if (n == 0)
		PG_RETURN_NULL();
	while ((int128) n_chronic * levels[level].n < (int128) n * levels[level].n_chronic)
		level++;
	PG_RETURN_TEXT_P(cstring_to_text(levels[level].name));
}

/*
 * Average daily attendance and membership: days of students, days in session.
 * The state is a share of these.
 */
static Datum
AddDailyDays(FunctionCallInfo fcinfo, ExactShare more)
{
	int64	   *counts = GetCounts(fcinfo, SHARE_COUNTS);
	ExactShare	sum = LoadShare(counts);
	ExactShare	session = MakeExactShare(ShareAmong(sum), ShareAmong(more));

	if (session.days != 0 && session.among != 0 && session.days != session.among)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot average over sessions of %s and %s days",
						DecimalText(ShareAmong(sum)), DecimalText(ShareAmong(more))),
				 errhint("Group by the calendar, and add up the averages.")));
	if (session.days != 0)
		more.among = 0;
	StoreShare(counts, AddShares(sum, more));
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* Transition of average_daily_attendance of sets */
PG_FUNCTION_INFO_V1(average_daily_attendance_add);
Datum
average_daily_attendance_add(PG_FUNCTION_ARGS)
{
	DayWords	session = PG_GETARG_DAYWORDS(3);
	DayPairs	pair = PairDays(PG_GETARG_DAYWORDS(2), session);
	DaySet	   *enrolled = DaySetMake(0);
	DayShare	absence;
	ExactShare	attendance = {0, CountDays(session, ALL_DAYS), 0};

	while (NextPair(&pair))
		enrolled = DaySetAddWord(enrolled, pair.index, pair.a_bits & pair.b_bits);
	absence = CountShare(PG_GETARG_DAYWORDS(1), GetDayWords(PointerGetDatum(enrolled)), ALL_DAYS);
	attendance.days = absence.among - absence.days;
	return AddDailyDays(fcinfo, attendance);
}

/* Transition of average_daily_attendance of numbers */
PG_FUNCTION_INFO_V1(average_daily_attendance_add_numbers);
Datum
average_daily_attendance_add_numbers(PG_FUNCTION_ARGS)
{
	ExactShare	absence = ShareOfNumbers(fcinfo, 1, "days_absent", "days_enrolled");
	ExactShare	membership = ShareOfNumbers(fcinfo, 2, "days_enrolled", "days_in_session");
	Decimal		attended = {absence.among - absence.days, absence.scale};

	return AddDailyDays(fcinfo, MakeExactShare(attended, ShareAmong(membership)));
}

/* Transition of average_daily_membership of sets */
PG_FUNCTION_INFO_V1(average_daily_membership_add);
Datum
average_daily_membership_add(PG_FUNCTION_ARGS)
{
	return AddDailyDays(fcinfo, ShareOfSets(fcinfo, 1, ALL_DAYS));
}

/* Transition of average_daily_membership of numbers */
PG_FUNCTION_INFO_V1(average_daily_membership_add_numbers);
Datum
average_daily_membership_add_numbers(PG_FUNCTION_ARGS)
{
	return AddDailyDays(fcinfo, ShareOfNumbers(fcinfo, 1, "days_enrolled", "days_in_session"));
}

/* Combine the states of two workers */
PG_FUNCTION_INFO_V1(average_daily_combine);
Datum
average_daily_combine(PG_FUNCTION_ARGS)
{
	return AddDailyDays(fcinfo, LoadShare(CheckCounts(PG_GETARG_ARRAYTYPE_P(1), SHARE_COUNTS)));
}
