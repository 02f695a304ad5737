/*
 * spline.h
 *		Cubic B-splines over prior scores.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef SPLINE_H
#define SPLINE_H

#define SPLINE_KNOTS 4			/* inside */
#define SPLINE_COLUMNS (SPLINE_KNOTS + 4)

typedef struct Spline
{
	double		boundaries[2];
	double		knots[SPLINE_KNOTS];
} Spline;

extern bool SplineBasis(const Spline *spline, double x, double *basis);

#endif							/* SPLINE_H */
