/*
 * rounding.c
 *		Knots and conditional quantiles are rounded, as package SGP rounds them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "growth/growth.h"

/*
 * How many units of rounding are in 1, on a scale of such a range.
 *
 * SGP rounds knots to 3 decimals and quantiles to 5. That takes away rounding
 * errors, so that a student whose score is a quantile is not above it, and moves
 * nothing that can be seen, on scales of some points to some hundred thousand:
 * from 0.1 up to 1,000,000 we do exactly that. Narrower scales would lose their
 * knots, wider ones keep their errors; there the decimal point moves along with
 * the range, from where it stands for a range of some hundreds. So a change of scale
 * changes no percentile. (There is no such unit below about 1e-300.)
 */
double
RoundingUnit(double range, int decimals)
{
	int			magnitude = range > 0 ? (int) floor(log10(Min(range, DBL_MAX))) : 0;

	if (magnitude < -1 || magnitude > 5)
		decimals += 2 - magnitude;
	return pow(10, decimals);
}

/* To a whole number of them; what has no bits below one of them stays as it is */
double
RoundToUnit(double value, double unit)
{
	double		units = value * unit;

	return fabs(units) < 1 / DBL_EPSILON ? rint(units) / unit : value;
}
