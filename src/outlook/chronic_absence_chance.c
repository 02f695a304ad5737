/*
 * chronic_absence_chance.c
 *		A student's chance to end the year chronically absent.
 *
 * Her rate of absence is one of those that students have, which vary by a beta distribution
 * (chronic_absence_prior.c); what she missed so far says which. The days that she will miss of
 * those to come are then beta-binomial. Terms of that distribution stand in simple ratios, so
 * all of them are made from the largest on, and the part of them that is chronic is divided by
 * all: nothing cancels, a small chance is as exact as a large one, and no function is called
 * that another machine may round otherwise.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "absence/absence.h"
#include "absence/days_left.h"
#include "base/argument.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "base/sum.h"
#include "executor/executor.h"
#include "outlook/chronic_absence.h"
#include "utils/builtins.h"

/* The arguments that are always there */
enum
{
	ARG_DAYS, ARG_PRIOR = ARG_DAYS + 3, ARG_THRESHOLD, ARG_MINIMUM_DAYS
};

/* Columns of a prior that are read */
#define PRIOR_A			2
#define PRIOR_B			3
#define PRIOR_REASON	6

/* What the largest term is: far below it, others have digits still */
#define LARGEST_TERM	0x1p500

/* Products of larger ones are no numbers */
#define MAX_PARAMETER	1e150

typedef struct Prior
{
	double		a;
	double		b;
	const char *reason;			/* why there is none */
} Prior;

/* Days absent and enrolled so far, enrolled in the year, and those that make it chronic */
typedef struct Year
{
	int64		absent;
	int64		enrolled;
	int64		all;
	int64		chronic;
} Year;

static double
PriorParameter(HeapTupleHeader prior, int column, const char *name, bool *is_null)
{
	double		value = DatumGetFloat8(GetAttributeByNum(prior, column, is_null));

	if (*is_null)
		return NAN;
	CheckFinite(value, name);
	if (value <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s of prior must be above 0, not %g", name, value)));
	return value;
}

/* The prior, or why there is none */
static Prior
ArgumentPrior(FunctionCallInfo fcinfo)
{
	Prior		prior = {NAN, NAN, REASON_MISSING_PRIOR};
	HeapTupleHeader row;
	bool		no_a;
	bool		no_b;
	bool		no_reason;
	Datum		reason;

	if (PG_ARGISNULL(ARG_PRIOR))
		return prior;
	row = PG_GETARG_HEAPTUPLEHEADER(ARG_PRIOR);
	prior.a = PriorParameter(row, PRIOR_A, "a", &no_a);
	prior.b = PriorParameter(row, PRIOR_B, "b", &no_b);
	if (!no_a && !no_b)
	{
		prior.reason = NULL;
		return prior;
	}
	reason = GetAttributeByNum(row, PRIOR_REASON, &no_reason);
	if (!no_reason)
		prior.reason = TextDatumGetCString(reason);
	return prior;
}

/* The fewest days absent of a year that reach a threshold */
static int64
DaysToThreshold(int64 year, Decimal threshold)
{
	int128		one = Rescale(1, 0, threshold.scale);
	int128		part = CheckedProduct(threshold.units, year);

	return part / one + (part % one > 0);
}

/*
 * Add terms of a beta-binomial number of n to a sum: those above one place, whose term is
 * given, up to another, whose term is returned. Most are smaller than the sum, so that of
 * base/sum.h is taken without asking.
 */
static double
AddTerms(Sum *sum, double term, double from, double to, double n, double a, double b)
{
	Sum			so_far = *sum;	/* to be in registers */

	for (double j = from; j < to && term > 0; j++)
	{
		double		total;

		term *= ((n - j) * (a + j)) / ((j + 1) * (b + (n - j - 1)));
		total = so_far.high + term;
		so_far.low += (so_far.high - total) + term;
		so_far.high = total;
	}
	*sum = so_far;
	return term;
}

/*
 * Add the largest term's followers: those below a place to one sum, those from it on to another.
 */
static void
AddFollowers(Sum *below, Sum *above, int64 largest, int64 place, int64 n, double a, double b)
{
	int64		between = Max(largest, place - 1);
	double		term = AddTerms(below, LARGEST_TERM, largest, between, n, a, b);

	(void) AddTerms(above, term, between, n, n, a, b);
}

/* Where the terms are largest */
static int64
LargestTerm(int64 n, double a, double b)
{
	double		place;

	if (a <= 1 || b <= 1)
		return a <= b ? 0 : n;
	place = (n + 1.0) * ((a - 1) / ((a - 1) + (b - 1)));
	return place < n ? (int64) place : n;
}

/* The chance that a beta-binomial number of n is at least first, which is in 1..n */
static double
UpperTail(int64 n, int64 first, double a, double b)
{
	int64		largest = LargestTerm(n, a, b);
	Sum			below = {0, 0};
	Sum			above = {0, 0};

	if (Max(a, b) > MAX_PARAMETER)
		return NAN;
	(largest < first ? &below : &above)->high = LARGEST_TERM;
	AddFollowers(&below, &above, largest, first, n, a, b);
	/* seen from n, those below are above */
	AddFollowers(&above, &below, n - largest, n - first + 1, n, b, a);
	return Total(above) / (Total(below) + Total(above));
}

/* The chance that the year is chronic. What is sure is 0 or 1. */
static double
Chance(Year year, Prior prior)
{
	int64		to_come = year.all - year.enrolled;
	int64		first = year.chronic - year.absent;

	if (first <= 0)
		return 1;
	if (first > to_come)
		return 0;
	return UpperTail(to_come, first, prior.a + year.absent, prior.b + (year.enrolled - year.absent));
}

static Datum
ReturnChance(FunctionCallInfo fcinfo, Year year, Decimal threshold)
{
	Prior		prior = ArgumentPrior(fcinfo);
	int			minimum_days = ArgumentNonNegative(fcinfo, ARG_MINIMUM_DAYS, "minimum_days");
	double		chance = NAN;
	const char *reason;
	ResultRow	row;

	CheckDaysInYear(year.all, "days_in_year");
	year.chronic = DaysToThreshold(year.all, threshold);
	reason = year.all == 0 || year.all < minimum_days ? REASON_TOO_FEW_DAYS : prior.reason;
	if (reason == NULL)
	{
		chance = Chance(year, prior);
		if (isnan(chance))
			reason = REASON_OUT_OF_RANGE;
		else if (year.absent >= year.chronic)
			reason = REASON_ALREADY_CHRONIC;
	}

	BeginResultRow(&row, fcinfo);
	AddInt32(&row, year.absent);
	AddInt32(&row, year.enrolled);
	AddInt32(&row, year.all);
	if (year.all > 0 && year.absent < year.chronic)
		AddInt32(&row, Min(year.all - year.enrolled, year.chronic - 1 - year.absent));
	else
		AddNull(&row);
	AddFloat8(&row, chance);
	AddText(&row, reason);
	return EndResultRow(&row);
}

static void
CheckOrder(int64 less, const char *less_name, int64 more, const char *more_name)
{
	if (less > more)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be greater than %s: " INT64_FORMAT " > " INT64_FORMAT,
						less_name, more_name, less, more)));
}

/* Is one of the days NULL? */
static bool
LacksDays(FunctionCallInfo fcinfo)
{
	return PG_ARGISNULL(ARG_DAYS) || PG_ARGISNULL(ARG_DAYS + 1) || PG_ARGISNULL(ARG_DAYS + 2);
}

/* The threshold; options are looked at in every row */
static Decimal
GetOptions(FunctionCallInfo fcinfo)
{
	(void) ArgumentNonNegative(fcinfo, ARG_MINIMUM_DAYS, "minimum_days");
	return ArgumentThreshold(fcinfo, ARG_THRESHOLD, "threshold");
}

/* chronic_absence_chance(days_absent, days_enrolled, days_in_year, prior, threshold, minimum_days) */
PG_FUNCTION_INFO_V1(chronic_absence_chance_of_numbers);
Datum
chronic_absence_chance_of_numbers(PG_FUNCTION_ARGS)
{
	Decimal		threshold = GetOptions(fcinfo);
	Year		year = {0};

	if (LacksDays(fcinfo))
		return ReasonRow(fcinfo, REASON_MISSING_DAYS);
	year.absent = ArgumentNonNegative(fcinfo, ARG_DAYS, "days_absent");
	year.enrolled = ArgumentNonNegative(fcinfo, ARG_DAYS + 1, "days_enrolled");
	year.all = ArgumentNonNegative(fcinfo, ARG_DAYS + 2, "days_in_year");
	CheckOrder(year.absent, "days_absent", year.enrolled, "days_enrolled");
	CheckOrder(year.enrolled, "days_enrolled", year.all, "days_in_year");
	return ReturnChance(fcinfo, year, threshold);
}

/* The days so far of sets */
static Year
YearOfSets(FunctionCallInfo fcinfo)
{
	DayShare	share = CountShare(PG_GETARG_DAYWORDS(ARG_DAYS), PG_GETARG_DAYWORDS(ARG_DAYS + 1), ALL_DAYS);
	Year		year = {share.days, share.among, 0, 0};

	return year;
}

/* chronic_absence_chance(absent, enrolled, days_in_year, prior, threshold, minimum_days) */
PG_FUNCTION_INFO_V1(chronic_absence_chance_of_year);
Datum
chronic_absence_chance_of_year(PG_FUNCTION_ARGS)
{
	Decimal		threshold = GetOptions(fcinfo);
	Year		year;

	if (LacksDays(fcinfo))
		return ReasonRow(fcinfo, REASON_MISSING_DAYS);
	year = YearOfSets(fcinfo);
	year.all = ArgumentNonNegative(fcinfo, ARG_DAYS + 2, "days_in_year");
	CheckOrder(year.enrolled, "days_enrolled", year.all, "days_in_year");
	return ReturnChance(fcinfo, year, threshold);
}

/* chronic_absence_chance(absent, enrolled, calendar, prior, threshold, minimum_days) */
PG_FUNCTION_INFO_V1(chronic_absence_chance_of_calendar);
Datum
chronic_absence_chance_of_calendar(PG_FUNCTION_ARGS)
{
	Decimal		threshold = GetOptions(fcinfo);
	Year		year;

	if (LacksDays(fcinfo))
		return ReasonRow(fcinfo, REASON_MISSING_DAYS);
	year = YearOfSets(fcinfo);
	year.all = DaysInYear(PG_GETARG_DAYWORDS(ARG_DAYS + 1), PG_GETARG_DAYWORDS(ARG_DAYS + 2));
	return ReturnChance(fcinfo, year, threshold);
}
