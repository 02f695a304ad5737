/*
 * quantile_regression.h
 *		Conditional quantiles of one score given others.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_QUANTILE_REGRESSION_H
#define GAPSTATS_QUANTILE_REGRESSION_H

#include "growth/spline.h"

/*
 * Distinct (prior, current) pairs, sorted by prior; those of one prior share a design row.
 * Of several prior scores, "prior" is all of them together.
 */
typedef struct Regression
{
	int			npriors;
	int			n_splines;
	SplineRow  *design;			/* n_splines parts of each prior */
	int		   *first;			/* pair of each prior; npairs follows the last */
	int			npairs;
	int		   *prior;			/* which prior, of each pair */
	double	   *current;		/* from 0 to 1, which some are near */
	double	   *weight;			/* students who have the pair */
} Regression;

/* Room for so many, which may be more than a gigabyte */
static inline void *
AllocateHuge(Size n, Size size)
{
	return palloc_extended(n * size, MCXT_ALLOC_HUGE);
}

extern bool QuantileRegressionProcess(const Regression *regression, int ntaus,
									  double (*coefficients)[MAX_COLUMNS], double *losses);

#endif							/* GAPSTATS_QUANTILE_REGRESSION_H */
