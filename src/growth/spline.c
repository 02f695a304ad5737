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

#include <math.h>

#include "growth/spline.h"

/*
 * Place the knots, in a unit in which none is above 1, so that no difference of
 * two is out of range. False unless they ascend between the boundaries, inner
 * ones may be equal: then each x is in an interval that has a length.
 */
bool
SplineInit(Spline *spline, const double *boundaries, const double *inner)
{
	double	   *knots = spline->knots;

	frexp(Max(fabs(boundaries[0]), fabs(boundaries[1])), &spline->exponent);
	for (int i = 0; i <= SPLINE_DEGREE; i++)
	{
		knots[i] = ldexp(boundaries[0], -spline->exponent);
		knots[SPLINE_COLUMNS + i] = ldexp(boundaries[1], -spline->exponent);
	}
	for (int i = 0; i < SPLINE_KNOTS; i++)
		knots[SPLINE_DEGREE + 1 + i] = ldexp(inner[i], -spline->exponent);

	for (int i = SPLINE_DEGREE + 2; i < SPLINE_COLUMNS; i++)
	{
		if (knots[i] < knots[i - 1])
			return false;
	}
	return knots[SPLINE_DEGREE] < knots[SPLINE_DEGREE + 1] &&
		knots[SPLINE_COLUMNS - 1] < knots[SPLINE_COLUMNS];
}

/* Whether x is within the boundaries */
bool
SplineCovers(const Spline *spline, double x)
{
	double		place = ldexp(x, -spline->exponent);

	return place >= spline->knots[0] && place <= spline->knots[SPLINE_COLUMNS];
}

/* The basis at x, which is within the boundaries, by de Boor's recursion */
SplineRow
SplineBasis(const Spline *spline, double x)
{
	const double *knots = spline->knots;
	double		place = ldexp(x, -spline->exponent);
	int			interval = SPLINE_DEGREE;
	SplineRow	row = {0, {1}};

	Assert(SplineCovers(spline, x));
	while (interval < SPLINE_COLUMNS - 1 && place >= knots[interval + 1])
		interval++;
	row.column = interval - SPLINE_DEGREE;

	for (int degree = 1; degree <= SPLINE_DEGREE; degree++)
	{
		double		rising = 0;

		for (int i = 0; i < degree; i++)
		{
			double		left = knots[interval + 1 - degree + i];
			double		right = knots[interval + 1 + i];
			double		share = row.values[i] / (right - left);

			row.values[i] = rising + (right - place) * share;
			rising = (place - left) * share;
		}
		row.values[degree] = rising;
	}
	return row;
}

/* The row of the design at some prior scores: a part of each spline */
void
DesignRows(const Spline *splines, int n_splines, const double *x, SplineRow *rows)
{
	for (int i = 0; i < n_splines; i++)
	{
		rows[i] = SplineBasis(&splines[i], x[i]);
		/* the column that is left out stands where the last of the spline before is */
		if (i > 0 && rows[i].column == 0)
			rows[i].values[0] = 0;
		rows[i].column += i * (SPLINE_COLUMNS - 1);
	}
}
