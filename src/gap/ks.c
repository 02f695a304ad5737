/*
 * ks.c
 *		The Kolmogorov-Smirnov distance between two groups.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/reason.h"
#include "base/result_row.h"
#include "distribution/support.h"
#include "miscadmin.h"

/* Below this many pairs of students the exact p-value is computed unasked, as in R */
#define KS_EXACT_PAIRS 10000
/* ... and above this many, not even if asked: it takes a step for each pair */
#define KS_EXACT_MAX_PAIRS 100000000

/* The distance, in units of 1 / (n_focal n_reference), and the first score that has it */
static int128
KsDistance(GroupPair pair, double *location)
{
	Support		support;
	int128		largest = -1;

	SupportInit(&support, pair);
	while (SupportNext(&support))
	{
		int128		distance =
			(int128) (support.focal_below + support.focal_count) * pair.reference->n -
			(int128) (support.reference_below + support.reference_count) * pair.focal->n;

		if (distance < 0)
			distance = -distance;
		if (distance > largest)
		{
			largest = distance;
			*location = SupportHighest(&support);
		}
	}
	return largest;
}

/*
 * The probability that two random samples with these ties are at least as far
 * apart (Schroer & Trenkler 1995).
 *
 * Drawing the pooled scores in order is a walk on the grid of (larger group,
 * smaller group) drawn so far, all walks from corner to corner being equally
 * likely. The walk can be seen only where a run of equal scores ends. touched[j]
 * is the probability that a walk to (i, j) was seen at the distance or beyond it:
 * a sum of positive terms, so that small p-values keep their digits.
 */
static double
KsExactP(GroupPair pair, int64 distance)
{
	int64		larger = Max(pair.focal->n, pair.reference->n);
	int64		smaller = Min(pair.focal->n, pair.reference->n);
	bool	   *run_ends = palloc0(larger + smaller + 1);
	double	   *touched = palloc0((smaller + 1) * sizeof(double));
	Support		support;

	SupportInit(&support, pair);
	while (SupportNext(&support))
		run_ends[support.focal_below + support.focal_count +
				 support.reference_below + support.reference_count] = true;

	for (int64 i = 0; i <= larger; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int64 j = 0; j <= smaller; j++)
		{
			int64		drawn = i + j;

			if (run_ends[drawn] && llabs(i * smaller - j * larger) >= distance)
				touched[j] = 1;
			else if (drawn > 0)
				touched[j] = (i * touched[j] + (j > 0 ? j * touched[j - 1] : 0)) / drawn;
		}
	}
	return touched[smaller];
}

/* P(K > x) for Kolmogorov's distribution, by whichever series converges fast */
static double
KolmogorovTail(double x)
{
	double		sum = 0;
	double		term;

	if (x == 0)
		return 1;
	if (x < 1)
	{
		for (int k = 1;; k += 2)
		{
			term = exp(-k * k * M_PI * M_PI / (8 * x * x));
			if (sum + term == sum)
				return 1 - sqrt(2 * M_PI) / x * sum;
			sum += term;
		}
	}
	for (int k = 1;; k++)
	{
		term = exp(-2.0 * k * k * x * x);
		if (sum + term == sum)
			return 2 * sum;
		sum += (k % 2 == 1) ? term : -term;
	}
}

/* Refuse an exact p-value that would take too long */
static void
CheckExact(GroupPair pair)
{
	if ((int128) pair.focal->n * pair.reference->n > KS_EXACT_MAX_PAIRS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("groups of " INT64_FORMAT " and " INT64_FORMAT " are too large for an exact p-value",
						pair.focal->n, pair.reference->n),
				 errdetail("The product of their sizes must be at most %d.", KS_EXACT_MAX_PAIRS),
				 errhint("Use the asymptotic p-value.")));
}

/* ks_gap(focal, reference, exact) */
PG_FUNCTION_INFO_V1(ks_gap);
Datum
ks_gap(PG_FUNCTION_ARGS)
{
	GroupPair	pair = GroupPairArguments(fcinfo, 0);
	double		n = (double) pair.focal->n + (double) pair.reference->n;
	double		pairs = (double) ((int128) pair.focal->n * pair.reference->n);
	bool		exact = PG_ARGISNULL(2) ? pairs < KS_EXACT_PAIRS : PG_GETARG_BOOL(2);
	const char *reason = NULL;
	double		d = NAN;
	double		location = NAN;
	double		p_value_exact = NAN;
	double		p_value_asymptotic = NAN;
	ResultRow	row;

	if (exact)
		CheckExact(pair);
	if (pairs == 0)
		reason = REASON_N_LT_1;
	else
	{
		int128		distance = KsDistance(pair, &location);

		d = (double) distance / pairs;
		p_value_asymptotic = KolmogorovTail(d * sqrt(pairs / n));
		if (exact)
			p_value_exact = KsExactP(pair, (int64) distance);
		else
			reason = REASON_EXACT_NOT_COMPUTED;
		if (IsCoarse(pair))
			reason = REASON_COARSE;
	}

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, pair.focal->n);
	AddInt64(&row, pair.reference->n);
	AddFloat8(&row, d);
	AddFloat8(&row, location);
	AddFloat8(&row, p_value_exact);
	AddFloat8(&row, p_value_asymptotic);
	AddText(&row, reason);
	return EndResultRow(&row);
}
