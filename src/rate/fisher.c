/*
 * fisher.c
 *		Fisher's exact test of a two-by-two table.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/rmath.h"
#include "rate/comparison.h"

/* Two differently rounded probabilities of one table differ by less; R's own allowance */
#define RELATIVE_ERROR 1e-7

/* The likeliest number of k drawn from m white and n black balls to be white */
static double
HypergeometricMode(double m, double n, double k)
{
	return floor((k + 1) * (m + 1) / (m + n + 2));
}

/*
 * The first number above the mode that is no more likely than limit, by
 * bisection; one more than the largest there is if none is.
 */
static double
FirstUnlikely(double m, double n, double k, double limit)
{
	double		likely = HypergeometricMode(m, n, k);
	double		unlikely = Min(m, k) + 1;

	while (unlikely - likely > 1)
	{
		double		middle = floor((likely + unlikely) / 2);

		if (dhyper(middle, m, n, k, false) <= limit)
			unlikely = middle;
		else
			likely = middle;
	}
	return unlikely;
}

/*
 * The two-sided p: of all tables with the same margins, the probability of
 * those that are no more likely than this one. Fisher 1934; R's fisher.test.
 * The distribution has one mode, so they are its two tails.
 */
static double
FisherP(Proportion focal, Proportion reference)
{
	double		x = focal.x;
	double		m = focal.n;
	double		n = reference.n;
	double		k = (double) focal.x + (double) reference.x;
	double		limit;

	/* count the group in which this table is at the low end */
	if (x > HypergeometricMode(m, n, k))
	{
		x = reference.x;
		m = reference.n;
		n = focal.n;
	}
	limit = dhyper(x, m, n, k, false) * (1 + RELATIVE_ERROR);
	if (dhyper(HypergeometricMode(m, n, k), m, n, k, false) <= limit)
		return 1;
	return phyper(x, m, n, k, true, false) +
		phyper(FirstUnlikely(m, n, k, limit) - 1, m, n, k, false, false);
}

/* fisher_exact_test(x_focal, n_focal, x_reference, n_reference) */
PG_FUNCTION_INFO_V1(fisher_exact_test);
Datum
fisher_exact_test(PG_FUNCTION_ARGS)
{
	Proportion	focal;
	Proportion	reference;

	if (ArgumentPair(fcinfo, &focal, &reference) != NULL || focal.n == 0 || reference.n == 0)
		PG_RETURN_NULL();
	CheckExact((double) focal.n + (double) reference.n, "Fisher's exact test",
			   "The p_value of rate_gap");
	PG_RETURN_FLOAT8(FisherP(focal, reference));
}
