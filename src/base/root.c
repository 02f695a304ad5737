/*
 * root.c
 *		Where a function of one number is zero.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "base/root.h"
#include "miscadmin.h"

/* No root is told from 0 by less */
#define LEAST_STEP 1e-18

/*
 * How far from the best point the root is by the parabola through the three points,
 * sideways, or by the line through two: a quotient whose divisor may be 0
 */
static void
Interpolate(RootPoint best, RootPoint previous, RootPoint other, double *step, double *divisor)
{
	double		s = best.y / previous.y;

	if (previous.x == other.x)
	{
		*step = (other.x - best.x) * s;
		*divisor = s - 1;
	}
	else
	{
		double		q = previous.y / other.y;
		double		r = best.y / other.y;

		*step = s * ((other.x - best.x) * q * (q - r) - (best.x - previous.x) * (r - 1));
		*divisor = (1 - q) * (r - 1) * (s - 1);
	}
}

/*
 * A root between a and b, where the function has opposite signs, to the last digits: by
 * interpolation where that gets on, by halving where it does not (Brent 1973, Algorithms
 * for Minimization without Derivatives, chapter 4)
 */
double
FindRoot(RootFunction function, void *context, RootPoint a, RootPoint b)
{
	RootPoint	previous = a;
	RootPoint	best = b;
	RootPoint	other = a;		/* beyond the root, as seen from the best */
	double		moved = b.x - a.x;	/* by the last step, */
	double		moved_before = moved;	/* and the one before */

	Assert(a.y == 0 || b.y == 0 || (a.y > 0) != (b.y > 0));
	for (;;)
	{
		double		tolerance;
		double		half;

		CHECK_FOR_INTERRUPTS();
		if (fabs(other.y) < fabs(best.y))
		{
			previous = best;
			best = other;
			other = previous;
		}
		tolerance = 2 * DBL_EPSILON * fabs(best.x) + LEAST_STEP;
		half = (other.x - best.x) / 2;
		if (fabs(half) <= tolerance || best.y == 0)
			return best.x;

		if (fabs(moved_before) >= tolerance && fabs(previous.y) > fabs(best.y))
		{
			double		step;
			double		divisor;

			Interpolate(best, previous, other, &step, &divisor);
			if (step < 0)
			{
				step = -step;
				divisor = -divisor;
			}
			/* within three quarters of the way, and less than half of what it was */
			if ((half > 0) == (divisor > 0) &&
				step < Min(1.5 * fabs(half * divisor) - fabs(tolerance * divisor) / 2,
						   fabs(moved_before * divisor) / 2))
			{
				moved_before = moved;
				moved = step / divisor;
			}
			else
				moved = moved_before = half;
		}
		else
			moved = moved_before = half;

		previous = best;
		best = RootPointAt(function, context,
						   best.x + (fabs(moved) > tolerance ? moved : copysign(tolerance, half)));
		if ((best.y > 0) == (other.y > 0))
		{
			other = previous;
			moved = moved_before = best.x - previous.x;
		}
	}
}
