/*
 * chi_squared_test.c
 *		Whether the rates of several groups differ at all.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/count.h"
#include "base/observations.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "base/rmath.h"
#include "base/sum.h"
#include "miscadmin.h"
#include "rate/proportion.h"

/* With fewer expected in a cell, the distribution is not taken for chi-squared (Cochran 1954) */
#define SMALLEST_EXPECTED 5

/* Bits of the low half of a count */
#define HALF_BITS 32
#define HALF_MASK INT64CONST(0xffffffff)

/* A state holds numbers of double precision; a count is exact as two of them */
enum
{
	X_HIGH, X_LOW, N_HIGH, N_LOW
};

static const ObservationKind chi_squared_test = {"chi_squared_test", {NULL},
.measures = {"x_high", "x_low", "n_high", "n_low"}};

/* The groups that are compared */
typedef struct GroupRates
{
	Proportion *groups;
	int			n_groups;
	int			n_left_out;		/* nobody in them, or a count was NULL */
	int64		fewest;			/* students in a group */
	Proportion	all;			/* groups together */
} GroupRates;

/* A count in two halves */
static void
SplitCount(double *halves, int64 count)
{
	halves[0] = (double) (count >> HALF_BITS);
	halves[1] = (double) (count & HALF_MASK);
}

/* A half of a count, which no more than "most" can be: anybody may call with any state */
static int64
CountHalf(double half, int64 most)
{
	if (!(half >= 0 && half <= (double) most && half == floor(half)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("chi_squared_test state must hold counts: %g", half)));
	return (int64) half;
}

/* The count of two halves */
static int64
JoinCount(const double *halves)
{
	return (CountHalf(halves[0], PG_INT64_MAX >> HALF_BITS) << HALF_BITS) |
		CountHalf(halves[1], HALF_MASK);
}

/* The groups of a state that have anybody */
static GroupRates
ReadGroups(Observations rows)
{
	GroupRates	rates = {.fewest = PG_INT64_MAX};

	rates.groups = palloc(rows.n * sizeof(Proportion));
	for (int i = 0; i < rows.n; i++)
	{
		const double *row = rows.values + i * rows.width;
		Proportion	group = {JoinCount(row + X_HIGH), JoinCount(row + N_HIGH)};

		CHECK_FOR_INTERRUPTS();
		CheckRate(group.x, group.n, "");
		if (group.n == 0)
		{
			rates.n_left_out++;
			continue;
		}
		rates.groups[rates.n_groups++] = group;
		rates.all.n = AddCounts(rates.all.n, group.n);
		rates.all.x += group.x;
		rates.fewest = Min(rates.fewest, group.n);
	}
	return rates;
}

/*
 * Pearson's (1900) chi-squared of the groups' rates x / n against that of all, X / N:
 * the sum of (x N - X n)^2 / (n X (N - X)). What is squared is a whole number, so that
 * rates that hardly differ lose no digits.
 */
static double
ChiSquared(const GroupRates *rates)
{
	Proportion	all = rates->all;
	Sum			squares = {0, 0};

	for (int i = 0; i < rates->n_groups; i++)
	{
		Proportion	group = rates->groups[i];
		double		distance = (double) ((int128) group.x * all.n - (int128) all.x * group.n);

		CHECK_FOR_INTERRUPTS();
		AddTo(&squares, distance * distance / (double) group.n);
	}
	return Total(squares) / (double) all.x / (double) (all.n - all.x);
}

/* What stands in the way of the test, or NULL */
static const char *
TestReason(const GroupRates *rates)
{
	if (rates->n_groups < 2)
		return REASON_ONE_GROUP;
	if (rates->all.x == 0 || rates->all.x == rates->all.n)
		return REASON_ZERO_VARIANCE;
	return NULL;
}

/* Add the columns chi_squared, df and p_value */
static void
AddTest(ResultRow *row, const GroupRates *rates)
{
	int			df = rates->n_groups - 1;
	double		statistic;

	if (TestReason(rates) != NULL)
	{
		for (int i = 0; i < 3; i++)
			AddNull(row);
		return;
	}
	statistic = ChiSquared(rates);
	AddFloat8(row, statistic);
	AddInt32(row, df);
	AddFloat8(row, pchisq(statistic, df, 0, 0));
}

/* Add the columns smallest_expected and is_small_expected */
static void
AddSmallestExpected(ResultRow *row, const GroupRates *rates)
{
	Proportion	all = rates->all;
	int64		rarer = Min(all.x, all.n - all.x);

	if (rates->n_groups == 0)
	{
		AddNull(row);
		AddNull(row);
		return;
	}
	AddFloat8(row, (double) rates->fewest * (double) rarer / (double) all.n);
	AddBool(row, (int128) rates->fewest * rarer < (int128) SMALLEST_EXPECTED * all.n);
}

/* Transition function of chi_squared_test(x, n) */
PG_FUNCTION_INFO_V1(chi_squared_test_accum);
Datum
chi_squared_test_accum(PG_FUNCTION_ARGS)
{
	Proportion	group;
	const char *reason = ArgumentProportion(fcinfo, 1, "", &group);
	double		halves[] = {0, 0, 0, 0};

	if (reason == NULL)
	{
		SplitCount(halves + X_HIGH, group.x);
		SplitCount(halves + N_HIGH, group.n);
	}
	return ObservationsAdd(fcinfo, &chi_squared_test, 0, halves);
}

/* Combine function */
PG_FUNCTION_INFO_V1(chi_squared_test_combine);
Datum
chi_squared_test_combine(PG_FUNCTION_ARGS)
{
	return ObservationsCombine(fcinfo, &chi_squared_test);
}

/* Final function */
PG_FUNCTION_INFO_V1(chi_squared_test_final);
Datum
chi_squared_test_final(PG_FUNCTION_ARGS)
{
	GroupRates	rates = ReadGroups(ObservationsArgument(fcinfo, 0, &chi_squared_test));
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, rates.n_groups);
	AddInt64(&row, rates.n_left_out);
	AddInt64(&row, rates.all.n);
	AddFloat8(&row, Rate(rates.all));
	AddTest(&row, &rates);
	AddSmallestExpected(&row, &rates);
	AddText(&row, TestReason(&rates));
	pfree(rates.groups);
	return EndResultRow(&row);
}
