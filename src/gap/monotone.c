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
FritschCarlsonSlopes(const double *x, const double *y, int n)
{
	double	   *secants = palloc(n * sizeof(double));
	double	   *slopes = palloc(n * sizeof(double));

	for (int i = 0; i < n - 1; i++)
		secants[i] = (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
	slopes[0] = secants[0];
	slopes[n - 1] = secants[n - 2];
	for (int i = 1; i < n - 1; i++)
		slopes[i] = (secants[i - 1] + secants[i]) / 2;

	for (int i = 0; i < n - 1; i++)
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

/* The area under the curve through n >= 2 points with ascending x */
double
MonotoneArea(const double *x, const double *y, int n)
{
	double	   *slopes = FritschCarlsonSlopes(x, y, n);
	double		area = 0;

	for (int i = 0; i < n - 1; i++)
	{
		double		h = x[i + 1] - x[i];

		area += h * (y[i] + y[i + 1]) / 2 + h * h * (slopes[i] - slopes[i + 1]) / 12;
	}
	return area;
}
