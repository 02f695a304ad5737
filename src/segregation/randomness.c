/*
 * randomness.c
 *		What a cell would be if students were in units at random.
 *
 * With the sizes of units and groups as they are, the students of a group in a unit are then
 * hypergeometric. What an index expects of a cell is a sum over that distribution: exact, and the
 * same every time, where others draw tables at random.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "miscadmin.h"
#include "segregation/divergence.h"
#include "segregation/randomness.h"

/* Of a larger variance the first terms of a series are exact to the last digits */
#define MAX_SUMMED_VARIANCE 1e8

/* What is less likely than this, in probabilities of the mode, adds nothing */
#define NEGLIGIBLE 1e-30

static int64
Lowest(Margins m)
{
	return Max(0, m.group - (m.all - m.unit));
}

static int64
Highest(Margins m)
{
	return Min(m.unit, m.group);
}

static double
Mean(Margins m)
{
	return (double) m.unit * (double) m.group / (double) m.all;
}

static double
Variance(Margins m)
{
	double		n = (double) m.all;

	if (m.all == 1)
		return 0;
	return Mean(m) * ((double) (m.all - m.group) / n) * ((double) (m.all - m.unit) / (n - 1));
}

/* Of x students, how many times more than their mean, minus 1 */
static double
RelativeExcess(Margins m, int64 x)
{
	return (double) ((int128) x * m.all - (int128) m.unit * m.group) / ((double) m.unit * (double) m.group);
}

/* How many times likelier x + 1 is than x */
static double
Likelier(Margins m, int64 x)
{
	return (double) (m.group - x) / (double) (x + 1) *
		((double) (m.unit - x) / (double) (m.all - m.group - m.unit + x + 1));
}

/* The likeliest number */
static int64
Likeliest(Margins m)
{
	int64		mode = (int64) (((int128) m.unit + 1) * ((int128) m.group + 1) / ((int128) m.all + 2));

	return Min(Max(mode, Lowest(m)), Highest(m));
}

/* The expected divergence, summed from the mode outwards */
static double
SumDivergence(Margins m)
{
	int64		mode = Likeliest(m);
	double		weights = 1;
	double		sum = Divergence(RelativeExcess(m, mode));
	double		weight = 1;

	for (int64 x = mode; x < Highest(m) && weight > NEGLIGIBLE; x++)
	{
		CHECK_FOR_INTERRUPTS();
		weight *= Likelier(m, x);
		weights += weight;
		sum += weight * Divergence(RelativeExcess(m, x + 1));
	}
	weight = 1;
	for (int64 x = mode; x > Lowest(m) && weight > NEGLIGIBLE; x--)
	{
		CHECK_FOR_INTERRUPTS();
		weight /= Likelier(m, x - 1);
		weights += weight;
		sum += weight * Divergence(RelativeExcess(m, x - 1));
	}
	return sum / weights;
}

/*
 * The first terms of its series, E[d^2] / 2 - E[d^3] / 6 + E[d^4] / 12 with d the relative excess;
 * the fourth moment is that of the normal distribution, and what is left out a hundred millionth of it.
 */
static double
ApproximateDivergence(Margins m)
{
	double		n = (double) m.all;
	double		mean = Mean(m);
	double		variance = Variance(m);
	double		third = variance * ((n - 2 * (double) m.group) / n) * ((n - 2 * (double) m.unit) / (n - 2));

	return variance / mean / mean / 2 - third / mean / mean / mean / 6 + variance / mean / mean * (variance / mean / mean) / 4;
}

/*
 * The expected divergence of a cell from its mean; a sum of them over cells, each times the
 * shares of its unit and its group, is the expected mutual information (Vinh, Epps and Bailey
 * 2010, Journal of Machine Learning Research 11:2837-2854).
 */
double
ExpectedDivergence(Margins margins)
{
	return Variance(margins) > MAX_SUMMED_VARIANCE ? ApproximateDivergence(margins) : SumDivergence(margins);
}

/*
 * By how many students a cell is expected to be above its mean: half the mean absolute deviation,
 * which is m (T - N - t + m) p(m) / T of the first whole number m above the mean (Ramasubban 1958,
 * Biometrika 45:549-556). Summed over x from m on, what is added telescopes.
 */
double
ExpectedExcess(Margins margins)
{
	int64		m = (int64) ((int128) margins.unit * margins.group / margins.all) + 1;
	int64		others = margins.all - margins.group;

	if (m > Highest(margins))
		return 0;
	return (double) m * ((double) (others - margins.unit + m) / (double) margins.all) *
		dhyper((double) m, (double) margins.group, (double) others, (double) margins.unit, 0);
}
