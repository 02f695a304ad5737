/*
 * concentration_index.c
 *		Whether those in need have less, or more, of an opportunity.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/confidence.h"
#include "base/estimate.h"
#include "base/observations.h"
#include "base/reason.h"
#include "base/sum.h"
#include "miscadmin.h"

/* A row of a state */
typedef struct Student
{
	double		opportunity;
	double		need;
} Student;

static const ObservationKind concentration_index = {"concentration_index", {"confidence"},
.measures = {"opportunity", "need"}};

/* All students, by need, and those of equal need by opportunity */
typedef struct Students
{
	const Student *students;
	int			n;
	int			unit;			/* power of two of the largest opportunity, so that no sum overflows */
	double		total;			/* of the opportunities, in that unit */
} Students;

#define ST_SORT SortStudents
#define ST_ELEMENT_TYPE Student
#define ST_COMPARE(a, b) ((a)->need != (b)->need ? ((a)->need < (b)->need ? -1 : 1) : \
						  (a)->opportunity < (b)->opportunity ? -1 : (a)->opportunity > (b)->opportunity)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Students of equal need */
typedef struct Ties
{
	int			first;
	int			end;
	double		share;			/* of all that there is */
	double		rank;			/* 2 R - 1, of the middle of them, -1..1 */
} Ties;

/* A student's opportunity, in the unit */
static double
Opportunity(const Students *all, int i)
{
	return ldexp(all->students[i].opportunity, -all->unit);
}

/* The students of a state; anybody may call with any */
static Students
ReadStudents(Observations rows)
{
	Students	all = {(const Student *) rows.values, rows.n, 0, 0};
	double		largest = 0;
	Sum			total = {0, 0};

	SortStudents((Student *) rows.values, rows.n);
	for (int i = 0; i < all.n; i++)
		largest = Max(largest, CheckNonNegative(all.students[i].opportunity, "opportunity"));
	(void) frexp(largest, &all.unit);
	for (int i = 0; i < all.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		AddTo(&total, Opportunity(&all, i));
	}
	all.total = Total(total);
	return all;
}

/* The students from a place on who are in equal need */
static Ties
NextTies(const Students *all, int first)
{
	Ties		ties = {first, first, 0, 0};
	Sum			share = {0, 0};

	while (ties.end < all->n && all->students[ties.end].need == all->students[first].need)
	{
		CHECK_FOR_INTERRUPTS();
		AddTo(&share, Opportunity(all, ties.end++) / all->total);
	}
	ties.share = Total(share);
	ties.rank = ((double) ties.first - (double) (all->n - ties.end)) / all->n;
	return ties;
}

/* C: the sum of shares of the opportunity, each times 2 R - 1 */
static double
Concentration(const Students *all)
{
	Sum			sum = {0, 0};

	for (int i = 0; i < all->n;)
	{
		Ties		ties = NextTies(all, i);

		AddTo(&sum, ties.share * ties.rank);
		i = ties.end;
	}
	return Total(sum);
}

/*
 * Its standard error (Kakwani, Wagstaff and van Doorslaer 1997, Journal of Econometrics
 * 77:87-103): sqrt((mean of a^2 - (1 + C)^2) / n), a = x / mean (2 R - 1 - C) + 2 - q' - q, with
 * q' and q the ordinates of the concentration curve before the student and at him. 1 + C is the
 * mean of a, so that the squares are those of distances from it. Those of equal need have the
 * ordinates of all of them together.
 */
static double
ConcentrationError(const Students *all, double concentration)
{
	Sum			squares = {0, 0};
	Sum			before = {0, 0};

	for (int first = 0; first < all->n;)
	{
		Ties		ties = NextTies(all, first);
		double		ordinates = 2 * Total(before) + ties.share;

		for (int i = ties.first; i < ties.end; i++)
		{
			double		distance = Opportunity(all, i) / all->total * all->n * (ties.rank - concentration) +
				(1 - ordinates - concentration);

			CHECK_FOR_INTERRUPTS();
			AddTo(&squares, distance * distance);
		}
		AddTo(&before, ties.share);
		first = ties.end;
	}
	return sqrt(Total(squares)) / all->n;
}

/* The index with its interval */
static Estimate
EstimateConcentration(const Students *all, double confidence)
{
	Estimate	result;
	double		concentration;

	if (all->n == 0)
		return UndefinedEstimate(REASON_N_LT_1);
	if (all->total == 0)
		return UndefinedEstimate(REASON_ZERO_TOTAL);
	concentration = Concentration(all);
	if (all->n > 1)
		return NormalEstimate(MakeScaled(concentration, 0), MakeScaled(ConcentrationError(all, concentration), 0),
							  TwoSidedZ(confidence));
	result = UndefinedEstimate(REASON_N_LT_2);
	result.estimate = concentration;
	return result;
}

/* Transition function of concentration_index(opportunity, need [, confidence]) */
PG_FUNCTION_INFO_V1(concentration_index_accum);
Datum
concentration_index_accum(PG_FUNCTION_ARGS)
{
	double		confidence = PG_NARGS() > 3 ? ArgumentConfidence(fcinfo, 3) : DEFAULT_CONFIDENCE;

	if (!PG_ARGISNULL(2))
		CheckFinite(PG_GETARG_FLOAT8(2), "need");
	if (!PG_ARGISNULL(1))
		CheckNonNegative(PG_GETARG_FLOAT8(1), "opportunity");
	return ObservationsAccumulate(fcinfo, &concentration_index, confidence);
}

/* Combine function */
PG_FUNCTION_INFO_V1(concentration_index_combine);
Datum
concentration_index_combine(PG_FUNCTION_ARGS)
{
	return ObservationsCombine(fcinfo, &concentration_index);
}

/* Final function */
PG_FUNCTION_INFO_V1(concentration_index_final);
Datum
concentration_index_final(PG_FUNCTION_ARGS)
{
	Observations rows = ObservationsArgument(fcinfo, 0, &concentration_index);
	Students	all = ReadStudents(rows);
	Estimate	estimate = EstimateConcentration(&all, rows.option);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, all.n);
	AddEstimate(&row, estimate);
	AddText(&row, estimate.reason);
	return EndResultRow(&row);
}
