/*
 * quantile_regression.h
 *		Conditional quantiles of one score given another.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef QUANTILE_REGRESSION_H
#define QUANTILE_REGRESSION_H

#include "growth/spline.h"

/* Distinct (prior, current) pairs, sorted by prior; those of one prior share a design row */
typedef struct Regression
{
	int			npriors;
	double	  (*design)[SPLINE_COLUMNS];	/* of each prior */
	int			npairs;
	int		   *prior;			/* which prior, of each pair */
	double	   *current;
	double	   *weight;			/* students who have the pair */
} Regression;

extern bool QuantileRegressionProcess(const Regression *regression, int ntaus,
									  double (*coefficients)[SPLINE_COLUMNS], double *losses);

#endif							/* QUANTILE_REGRESSION_H */
