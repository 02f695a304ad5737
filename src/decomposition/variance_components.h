/*
 * variance_components.h
 *		The variance between groups and within them, by restricted maximum likelihood.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_VARIANCE_COMPONENTS_H
#define GAPSTATS_VARIANCE_COMPONENTS_H

/* Groups, their means from wherever one likes, and the sum of squares within them, above 0 */
typedef struct RandomGroups
{
	int			n_groups;
	const double *sizes;
	const double *means;
	double		n;				/* students */
	double		ss_within;
} RandomGroups;

typedef struct VarianceComponents
{
	double		between;
	double		within;
	double		icc;			/* the share of the first */
} VarianceComponents;

extern VarianceComponents EstimateComponents(const RandomGroups *groups);

#endif							/* GAPSTATS_VARIANCE_COMPONENTS_H */
