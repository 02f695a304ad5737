/*
 * sum.h
 *		Sums that keep what rounding drops of their terms (Neumaier 1974).
 *
 * The bits of such a sum still depend on the order of its terms: take them in an
 * order of their own, not in that of the rows.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_SUM_H
#define GAPSTATS_SUM_H

#include <math.h>

typedef struct Sum
{
	double		high;
	double		low;
} Sum;

/* Add a term */
static inline void
AddTo(Sum *sum, double term)
{
	double		total = sum->high + term;

	if (fabs(sum->high) >= fabs(term))
		sum->low += (sum->high - total) + term;
	else
		sum->low += (term - total) + sum->high;
	sum->high = total;
}

/* The sum, rounded */
static inline double
Total(Sum sum)
{
	return sum.high + sum.low;
}

#endif							/* GAPSTATS_SUM_H */
