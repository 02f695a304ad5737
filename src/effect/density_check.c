/*
 * density_check.c
 *		Whether students pile up on one side of a threshold.
 *
 * If nobody can place a student just above or just below, about as many are on either side
 * close to it: an exact binomial test of the counts (Cattaneo, Titiunik & Vazquez-Bare 2017,
 * Journal of Policy Analysis and Management 36:643-681).
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/observations.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "base/rmath.h"
#include "effect/side.h"
#include "miscadmin.h"

/* The options, as numbers; of a bandwidth that nobody gave there is 0 */
enum
{
	OPTION_THRESHOLD, OPTION_BANDWIDTH, OPTION_COMPARISON, N_OPTIONS
};

static const char *const comparisons[] = COMPARISON_NAMES;

static const ObservationKind density_check = {
	"density_check", {"threshold", "bandwidth", "comparison"}, .measures = {"value"}, .names = {[OPTION_COMPARISON] = comparisons}
};

/* The bandwidth that nobody gave has so many values in it */
#define ENOUGH_STUDENTS 20

typedef struct Density
{
	Observations distances;		/* of values from the threshold, ascending */
	double		threshold;
	Comparison	comparison;
	bool		is_whole;		/* distances from each other are whole numbers */
} Density;

/* The values on both sides of the threshold within a bandwidth */
typedef struct Pile
{
	double		bandwidth;
	int64		n_below;
	int64		n_above;
	double		p_value;
} Pile;

/* Whether values are whole numbers apart, as days are */
static bool
AreWhole(const Observations *distances)
{
	for (int i = 0; i < distances->n; i++)
	{
		double		apart = distances->values[i] - distances->values[0];

		CHECK_FOR_INTERRUPTS();
		if (apart != rint(apart))
			return false;
	}
	return true;
}

/*
 * Whether a value is within a bandwidth. It ends at the threshold on one side, where a value
 * that is there belongs to the other; so on that one the far end belongs to it, and both
 * are as wide.
 */
static bool
IsWithin(const Density *density, double distance, double bandwidth)
{
	double		far = fabs(distance);
	double		slack = Slack(far, density->threshold);
	bool		has_threshold = IsAbove(distance, density->comparison) == IsAbove(0, density->comparison);

	return has_threshold ? far < bandwidth - slack : far <= bandwidth + slack;
}

static Pile
CountPile(const Density *density, double bandwidth)
{
	Pile		pile = {.bandwidth = bandwidth, .p_value = NAN};

	/* as many whole numbers on either side */
	if (density->is_whole && fabs(bandwidth - rint(bandwidth)) <= Slack(bandwidth, density->threshold))
		pile.bandwidth = rint(bandwidth);
	else if (density->is_whole)
		pile.bandwidth = floor(bandwidth);
	for (int i = 0; i < density->distances.n; i++)
	{
		double		distance = density->distances.values[i];

		CHECK_FOR_INTERRUPTS();
		if (!IsWithin(density, distance, pile.bandwidth))
			continue;
		if (IsAbove(distance, density->comparison))
			pile.n_above++;
		else
			pile.n_below++;
	}
	if (pile.n_below + pile.n_above > 0)
	{
		double		n = (double) pile.n_below + pile.n_above;

		pile.p_value = Min(1, 2 * Min(pbinom(pile.n_above, n, 0.5, 1, 0), pbinom(pile.n_above - 1, n, 0.5, 0, 0)));
	}
	return pile;
}

/* Whether so many values are within a bandwidth that a test says something */
static bool
IsEnough(const Density *density, double bandwidth)
{
	Pile		pile = CountPile(density, bandwidth);

	return pile.n_below + pile.n_above >= ENOUGH_STUDENTS;
}

/*
 * The smallest bandwidth that has enough values in it: a whole number where all are; else
 * the distance of one of them. If there are not as many, one that has them all.
 */
static double
SmallestBandwidth(const Density *density)
{
	const double *distances = density->distances.values;
	int			n = density->distances.n;
	int			next_above = 0;
	int			next_below;
	double		bandwidth = -1;

	while (next_above < n && distances[next_above] < 0)
		next_above++;
	next_below = next_above - 1;
	for (int i = 1; i <= n; i++)
	{
		double		nearest;

		CHECK_FOR_INTERRUPTS();
		/* from the nearest to the farthest, on either side */
		if (next_below < 0 || (next_above < n && distances[next_above] <= -distances[next_below]))
			nearest = distances[next_above++];
		else
			nearest = -distances[next_below--];
		if (density->is_whole)
			nearest = ceil(nearest);
		if (nearest == bandwidth || i < ENOUGH_STUDENTS)
			continue;
		bandwidth = nearest;
		/* on the side that has the threshold it does not include what is so far */
		if (IsEnough(density, bandwidth))
			return bandwidth;
		if (density->is_whole && IsEnough(density, bandwidth + 1))
			return bandwidth + 1;
	}
	bandwidth = Max(-distances[0], distances[n - 1]);
	return density->is_whole ? ceil(bandwidth) + 1 : bandwidth + 4 * Slack(bandwidth, density->threshold);
}

/* Transition function of density_check(value, threshold [, bandwidth [, comparison]]) */
PG_FUNCTION_INFO_V1(density_check_accum);
Datum
density_check_accum(PG_FUNCTION_ARGS)
{
	double		options[N_OPTIONS] = {ArgumentDouble(fcinfo, 2, "threshold"), 0, FLAGGED_FROM};
	double		distance;
	double		reach = INFINITY;

	if (PG_NARGS() > 3)
	{
		options[OPTION_BANDWIDTH] = ArgumentBandwidth(fcinfo, 3);
		reach = options[OPTION_BANDWIDTH];
		reach += Slack(reach, options[OPTION_THRESHOLD]);
	}
	if (PG_NARGS() > 4)
		options[OPTION_COMPARISON] = ArgumentOption(fcinfo, 4, "comparison", comparisons);
	if (PG_ARGISNULL(1))
		return ObservationsAddWith(fcinfo, &density_check, options, NULL);
	distance = ArgumentDouble(fcinfo, 1, "value") - options[OPTION_THRESHOLD];
	CheckFinite(distance, "value - threshold");
	return ObservationsAddWith(fcinfo, &density_check, options, fabs(distance) <= reach ? &distance : NULL);
}

/* Combine function */
PG_FUNCTION_INFO_V1(density_check_combine);
Datum
density_check_combine(PG_FUNCTION_ARGS)
{
	return ObservationsCombine(fcinfo, &density_check);
}

/* Final function */
PG_FUNCTION_INFO_V1(density_check_final);
Datum
density_check_final(PG_FUNCTION_ARGS)
{
	Density		density = {.distances = ObservationsArgument(fcinfo, 0, &density_check)};
	double		bandwidth = NAN;
	Pile		piles[2];
	ResultRow	row;

	if (density.distances.options != NULL)
	{
		density.threshold = density.distances.options[OPTION_THRESHOLD];
		density.comparison = (Comparison) density.distances.options[OPTION_COMPARISON];
		bandwidth = density.distances.options[OPTION_BANDWIDTH];
	}
	density.is_whole = AreWhole(&density.distances);
	if (bandwidth == 0)
		bandwidth = density.distances.n == 0 ? NAN : SmallestBandwidth(&density);
	piles[0] = CountPile(&density, bandwidth);
	piles[1] = CountPile(&density, bandwidth / 2);

	BeginResultRow(&row, fcinfo);
	for (int i = 0; i < 2; i++)
	{
		if (isnan(piles[i].bandwidth))
			AddNull(&row);
		else
			AddFloat8(&row, piles[i].bandwidth);
		AddInt64(&row, piles[i].n_below);
		AddInt64(&row, piles[i].n_above);
		AddFloat8(&row, piles[i].p_value);
	}
	AddText(&row, piles[0].n_below + piles[0].n_above == 0 || piles[1].n_below + piles[1].n_above == 0 ? REASON_N_LT_1 : NULL);
	return EndResultRow(&row);
}
