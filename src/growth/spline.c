/*
 * spline.c
 *		Cubic B-splines over prior scores.
 *
 * The columns span what R's bs() spans together with an intercept: they add up
 * to 1 everywhere between the boundaries.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "growth/spline.h"

#define DEGREE 3

/* The basis at x, by de Boor's recursion; false outside the boundaries */
bool
SplineBasis(const Spline *spline, double x, double *basis)
{
	double		knots[SPLINE_COLUMNS + DEGREE + 1];
	int			interval = DEGREE;

	if (x < spline->boundaries[0] || x > spline->boundaries[1])
		return false;

	/* each boundary counts four times */
	for (int i = 0; i <= DEGREE; i++)
	{
		knots[i] = spline->boundaries[0];
		knots[SPLINE_COLUMNS + i] = spline->boundaries[1];
	}
	for (int i = 0; i < SPLINE_KNOTS; i++)
		knots[DEGREE + 1 + i] = spline->knots[i];
	while (interval < SPLINE_COLUMNS - 1 && x >= knots[interval + 1])
		interval++;

	for (int i = 0; i < SPLINE_COLUMNS; i++)
		basis[i] = 0;
	basis[interval] = 1;
	for (int degree = 1; degree <= DEGREE; degree++)
	{
		for (int i = interval - degree; i <= interval; i++)
		{
			double		left = knots[i + degree] - knots[i];
			double		right = knots[i + degree + 1] - knots[i + 1];
			double		value = 0;

			if (i > interval - degree && left > 0)
				value += (x - knots[i]) / left * basis[i];
			if (i < interval && right > 0)
				value += (knots[i + degree + 1] - x) / right * basis[i + 1];
			basis[i] = value;
		}
	}
	return true;
}
