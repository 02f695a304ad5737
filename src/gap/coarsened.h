/*
 * coarsened.h
 *		V from the counts of two groups in ordered categories.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_COARSENED_H
#define GAPSTATS_COARSENED_H

#include "base/estimate.h"

/* Counts in k ordered categories, each occupied in at least one group */
typedef struct CoarsenedGroups
{
	int			k;
	int64	   *focal;
	int64	   *reference;
	int64		n_focal;
	int64		n_reference;
} CoarsenedGroups;

/*
 * Where the reference group is standard normal, the focal group is normal with
 * mean mu and standard deviation sigma. What is undefined is NaN.
 */
typedef struct CoarsenedV
{
	double		auc;
	Estimate	v;				/* with the reason for what is undefined */
	double		mu;
	double		sigma;
	double	   *cuts;			/* k - 1, on the reference group's scale; or NULL */
} CoarsenedV;

/* A curve that rises through the unit square from (0, 0) to (1, 1), in steps */
typedef struct MonotoneCurve
{
	int			n_steps;
	double	   *width;			/* of each step, > 0 */
	double	   *height;
	double	   *below;			/* what is below the curve before each step, and at its end */
	double	   *beyond;			/* 1 - below, with all its digits */
} MonotoneCurve;

/* hetop.c */
extern void HetopFit(const CoarsenedGroups *groups, bool heteroskedastic, CoarsenedV *result);

/* monotone.c */
extern void MonotoneAreas(const MonotoneCurve *curve, double *under, double *above);

#endif							/* GAPSTATS_COARSENED_H */
