/*
 * coarsened.h
 *		V from the counts of two groups in ordered categories.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef COARSENED_H
#define COARSENED_H

#include "postgres.h"

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
	double		v;
	double		v_se;
	double		mu;
	double		sigma;
	double	   *cuts;			/* k - 1, on the reference group's scale; or NULL */
	const char *reason;
} CoarsenedV;

/* hetop.c */
extern void HetopFit(const CoarsenedGroups *groups, bool heteroskedastic, CoarsenedV *result);

/* monotone.c */
extern double MonotoneArea(const double *x, const double *y, int n);

#endif							/* COARSENED_H */
