/*
 * spline.h
 *		Cubic B-splines over prior scores.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_SPLINE_H
#define GAPSTATS_SPLINE_H

#define SPLINE_DEGREE 3
#define SPLINE_KNOTS 4			/* inside */
#define SPLINE_ORDER (SPLINE_DEGREE + 1)
#define SPLINE_COLUMNS (SPLINE_KNOTS + SPLINE_ORDER)

typedef struct Spline
{
	int			exponent;		/* knots are in units of 2^exponent */
	double		knots[SPLINE_COLUMNS + SPLINE_ORDER];	/* each boundary counts four times */
} Spline;

/* The basis at one place: all columns are 0 but some that follow each other */
typedef struct SplineRow
{
	int			column;			/* the first of them */
	double		values[SPLINE_ORDER];
} SplineRow;

/* The value there of a spline with such coefficients */
static inline double
SplineValue(const SplineRow *row, const double *coefficients)
{
	const double *c = coefficients + row->column;
	const double *values = row->values;

	return values[0] * c[0] + values[1] * c[1] + values[2] * c[2] + values[3] * c[3];
}

extern bool SplineInit(Spline *spline, const double *boundaries, const double *inner);
extern bool SplineCovers(const Spline *spline, double x);
extern SplineRow SplineBasis(const Spline *spline, double x);

#endif							/* GAPSTATS_SPLINE_H */
