/*
 * spline.h
 *		Cubic B-splines over prior scores.
 *
 * Of several prior scores each has a spline of its own, and their values are added. All
 * columns of the first are in the design, and all but the first of the others: those of
 * one spline add up to 1, which is to be there once.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_SPLINE_H
#define GAPSTATS_SPLINE_H

#define SPLINE_DEGREE 3
#define SPLINE_KNOTS 4			/* inside */
#define SPLINE_ORDER (SPLINE_DEGREE + 1)
#define SPLINE_COLUMNS (SPLINE_KNOTS + SPLINE_ORDER)

#define MAX_SPLINES 5
#define DESIGN_COLUMNS(n_splines) ((n_splines) * (SPLINE_COLUMNS - 1) + 1)
#define MAX_COLUMNS DESIGN_COLUMNS(MAX_SPLINES)

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

/* The value there of several splines */
static inline double
DesignValue(const SplineRow *rows, int n_splines, const double *coefficients)
{
	double		value = SplineValue(&rows[0], coefficients);

	for (int i = 1; i < n_splines; i++)
		value += SplineValue(&rows[i], coefficients);
	return value;
}

extern bool SplineInit(Spline *spline, const double *boundaries, const double *inner);
extern bool SplineCovers(const Spline *spline, double x);
extern SplineRow SplineBasis(const Spline *spline, double x);
extern void DesignRows(const Spline *splines, int n_splines, const double *x, SplineRow *rows);

#endif							/* GAPSTATS_SPLINE_H */
