/*
 * group_mean.h
 *		The mean of a group and how its members vary, as analyses of variance take them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_GROUP_MEAN_H
#define GAPSTATS_GROUP_MEAN_H

#include "base/observations.h"
#include "base/scaled.h"
#include "distribution/distribution.h"

/*
 * What a row of a state says of a group: its students, their mean, what rounding took of
 * the mean, in units of the mean's power of two, and their standard deviation as fraction
 * and exponent: 0 of one student, and all of them of nobody.
 */
enum
{
	GROUP_N, GROUP_MEAN, GROUP_MEAN_REST, GROUP_SD_FRACTION, GROUP_SD_EXPONENT, GROUP_MEASURES
};

/* Names for these, in an ObservationKind */
#define GROUP_MEASURE_NAMES "n", "mean", "mean_rest", "sd_fraction", "sd_exponent"

typedef struct GroupMean
{
	double		n;
	Scaled		mean;
	Scaled		mean_rest;
	Scaled		sd;
} GroupMean;

extern void DescribeGroup(const Distribution *d, double *measures);
extern void DescribeGroupArguments(FunctionCallInfo fcinfo, int argno, double *measures);
extern GroupMean ReadGroupMean(const double *measures);

/* How far the mean of a is above that of b */
static inline Scaled
MeansDistance(const GroupMean *a, const GroupMean *b)
{
	return ScaledPlus(ScaledMinus(a->mean, b->mean), ScaledMinus(a->mean_rest, b->mean_rest));
}

#endif							/* GAPSTATS_GROUP_MEAN_H */
