/*
 * growth.h
 *		What is fitted to a cohort, and asked of its fit.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_GROWTH_H
#define GAPSTATS_GROWTH_H

#include "fmgr.h"
#include "growth/spline.h"

#define GROWTH_TAUS 100

/* The type growth_model, in the order of its columns after n */
typedef struct GrowthModel
{
	int			n_priors;
	double		knots[MAX_SPLINES][SPLINE_KNOTS];
	double		boundaries[MAX_SPLINES][2];
	double		coefficients[GROWTH_TAUS][MAX_COLUMNS];
	double		losses[GROWTH_TAUS];
} GrowthModel;

extern int	ArgumentPriors(FunctionCallInfo fcinfo, int argno, double *priors, bool *is_known);
extern double RoundingUnit(double range, int decimals);
extern double RoundToUnit(double value, double unit);

#endif							/* GAPSTATS_GROWTH_H */
