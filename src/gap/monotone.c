/*
 * monotone.c
 *		The area under a monotone curve through points.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "gap/coarsened.h"

/*
 * Slopes of the cubic Hermite curve of Fritsch & Carlson 1980: means of the
 * neighbouring secants, drawn back to the circle of radius 3 where the curve
 * would otherwise turn.
 */
static double *
FritschCarlsonSlopes(const MonotoneCurve *curve)
{
	int			n = curve->n_steps;
	double	   *secants = palloc(n * sizeof(double));
	double	   *slopes = palloc((n + 1) * sizeof(double));

	for (int i = 0; i < n; i++)
		secants[i] = curve->height[i] / curve->width[i];
	slopes[0] = secants[0];
	slopes[n] = secants[n - 1];
	for (int i = 1; i < n; i++)
		slopes[i] = (secants[i - 1] + secants[i]) / 2;

	for (int i = 0; i < n; i++)
	{
		double		alpha = slopes[i] / secants[i];
		double		beta = slopes[i + 1] / secants[i];
		double		left = 2 * alpha + beta - 3;
		double		right = alpha + 2 * beta - 3;

		if (secants[i] == 0)
			slopes[i] = slopes[i + 1] = 0;
		else if (left > 0 && right > 0 && alpha * (left + right) < left * left)
		{
			double		shrink = 3 / hypot(alpha, beta);

			slopes[i] = shrink * alpha * secants[i];
			slopes[i + 1] = shrink * beta * secants[i];
		}
	}
	return slopes;
}

/*
 * The area under the curve, and the rest of the unit square: either is a sum of its
 * own, so that neither loses its digits where it is small.
 */
void
MonotoneAreas(const MonotoneCurve *curve, double *under, double *above)
{
	double	   *slopes = FritschCarlsonSlopes(curve);

	*under = *above = 0;
	for (int i = 0; i < curve->n_steps; i++)
	{
		double		width = curve->width[i];
		double		bulge = width * width * (slopes[i] - slopes[i + 1]) / 12;

		*under += width * (curve->below[i] + curve->below[i + 1]) / 2 + bulge;
		*above += width * (curve->beyond[i] + curve->beyond[i + 1]) / 2 - bulge;
	}
}
