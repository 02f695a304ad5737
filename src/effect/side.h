/*
 * side.h
 *		On which side of a threshold a value lies, and how far from it.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_SIDE_H
#define GAPSTATS_SIDE_H

#include <float.h>
#include <math.h>

#include "base/argument.h"

/* Of a value and the threshold: whom a rule flags */
typedef enum Comparison
{
	FLAGGED_BELOW,				/* < */
	FLAGGED_UP_TO,				/* <= */
	FLAGGED_FROM,				/* >= */
	FLAGGED_ABOVE				/* > */
} Comparison;

/* Their names, ended by NULL */
#define COMPARISON_NAMES {"<", "<=", ">=", ">", NULL}

/* Whether a value is above its threshold, by its distance; one that is at it is with those flagged or not */
static inline bool
IsAbove(double distance, Comparison comparison)
{
	return comparison == FLAGGED_FROM || comparison == FLAGGED_BELOW ? distance >= 0 : distance > 0;
}

/*
 * What rounding can have made of a distance from the threshold: 0.12 - 0.10 is a little
 * less than 0.02, and at that distance all the same.
 */
static inline double
Slack(double distance, double threshold)
{
	return 4 * DBL_EPSILON * (fabs(distance) + fabs(threshold));
}

/* A bandwidth, which is above 0 */
static inline double
ArgumentBandwidth(FunctionCallInfo fcinfo, int argno)
{
	double		bandwidth = ArgumentDouble(fcinfo, argno, "bandwidth");

	if (bandwidth <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("bandwidth must be above 0, not %g", bandwidth)));
	return bandwidth;
}

#endif							/* GAPSTATS_SIDE_H */
