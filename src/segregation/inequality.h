/*
 * inequality.h
 *		How unequally a resource is shared.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_INEQUALITY_H
#define GAPSTATS_INEQUALITY_H

#include "base/scaled.h"
#include "distribution/distribution.h"

/* What is undefined is NaN */
typedef struct Inequality
{
	int64		n;
	int64		n_zero;
	bool		is_coarse;
	Scaled		mean;
	double		gini;
	double		gini_corrected;
	double		theil_t;
	double		theil_l;
	const char *reason;
} Inequality;

extern Scaled ScaledMean(const ExactMoments *moments, int64 n);
extern Inequality GetInequality(const Distribution *d);

#endif							/* GAPSTATS_INEQUALITY_H */
