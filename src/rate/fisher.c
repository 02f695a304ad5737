/*
 * fisher.c
 *		Fisher's exact test of a two-by-two table.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/rmath.h"
#include "rate/rate_gap.h"

/* Above this, the tails of the hypergeometric distribution take seconds to add up. */
#define MAX_STUDENTS INT64CONST(1000000000000)

static double HypergeometricMode(double m, double n, double k);

/*
 * fisher_exact_test(x_focal, n_focal, x_reference, n_reference)
 *
 * The two-sided p: of all tables with the same margins, the probability of
 * those that are no more likely than this one (Fisher 1934; R's fisher.test,
 * whose allowance for rounding this is).  The distribution has one mode, so
 * they are its two tails.
 */
PG_FUNCTION_INFO_V1(fisher_exact_test);
Datum
fisher_exact_test(PG_FUNCTION_ARGS)
{
	RatePair	pair = RatePairArgs(fcinfo);
	double		x = pair.x_focal;
	double		m = pair.n_focal;
	double		n = pair.n_reference;
	double		k = (double) pair.x_focal + (double) pair.x_reference;
	double		limit;
	double		likely;
	double		unlikely;

	if (m == 0 || n == 0)
		PG_RETURN_NULL();
	if (m + n > MAX_STUDENTS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many students for Fisher's exact test: %.0f", m + n),
				 errdetail("The limit is %lld.", (long long) MAX_STUDENTS),
				 errhint("The p_value of rate_gap has no limit.")));

	/* count the group in which this table is at the low end */
	if (x > HypergeometricMode(m, n, k))
	{
		x = k - x;
		m = pair.n_reference;
		n = pair.n_focal;
	}
	limit = dhyper(x, m, n, k, 0) * (1 + 1e-7);
	likely = HypergeometricMode(m, n, k);
	if (dhyper(likely, m, n, k, 0) <= limit)
		PG_RETURN_FLOAT8(1);

	/* find the first table at the high end that is no more likely */
	unlikely = Min(m, k) + 1;
	while (unlikely - likely > 1)
	{
		double		middle = floor((likely + unlikely) / 2);

		if (dhyper(middle, m, n, k, 0) <= limit)
			unlikely = middle;
		else
			likely = middle;
	}
	PG_RETURN_FLOAT8(phyper(x, m, n, k, 1, 0) + phyper(unlikely - 1, m, n, k, 0, 0));
}

/* The likeliest number of k drawn from m white and n black balls to be white. */
static double
HypergeometricMode(double m, double n, double k)
{
	return floor((k + 1) * (m + 1) / (m + n + 2));
}
