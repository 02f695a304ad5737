/*
 * group_mean.c
 *		The mean of a group and how its members vary, as analyses of variance take them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "inference/group_mean.h"
#include "rate/proportion.h"

/* No standard deviation of doubles has an exponent as far from 0 as this */
#define MAX_SD_EXPONENT 5000

/* The power of two of a mean; one that was rounded to 0 was below the least double */
static int
MeanExponent(double mean)
{
	int			exponent;

	(void) frexp(mean, &exponent);
	return mean == 0 ? EXACT_SUM_UNIT : exponent;
}

/* What rounding took of the mean of n values */
static double
MeanRest(const ExactMoments *moments, int64 n, double mean)
{
	ExactMoments rounded = {0};
	int			exponent;
	double		rest;

	MomentsAdd(&rounded, mean, 1);
	rest = MomentsMeanDifference(moments, n, &rounded, 1, &exponent);
	return ldexp(rest, exponent - MeanExponent(mean));
}

/* The measures of a group whose distribution is known */
void
DescribeGroup(const Distribution *d, double *measures)
{
	ExactMoments moments;
	int			exponent;

	memset(measures, 0, GROUP_MEASURES * sizeof(double));
	measures[GROUP_N] = (double) d->n;
	if (d->n == 0)
		return;
	DistributionMoments(d, &moments);
	measures[GROUP_MEAN] = MomentsMean(&moments, d->n);
	measures[GROUP_MEAN_REST] = MeanRest(&moments, d->n, measures[GROUP_MEAN]);
	if (d->n < 2)
		return;
	measures[GROUP_SD_FRACTION] = MomentsStddev(&moments, d->n, &exponent);
	measures[GROUP_SD_EXPONENT] = exponent;
}

/*
 * The measures of a group of which three arguments say n, mean and standard deviation; of
 * one student there is none. If one is NULL it is nobody.
 */
void
DescribeGroupArguments(FunctionCallInfo fcinfo, int argno, double *measures)
{
	int64		n = PG_ARGISNULL(argno) ? 0 : PG_GETARG_INT64(argno);
	double		mean = PG_ARGISNULL(argno + 1) ? 0 : ArgumentDouble(fcinfo, argno + 1, "mean");
	double		sd = PG_ARGISNULL(argno + 2) ? 0 : CheckNonNegative(PG_GETARG_FLOAT8(argno + 2), "sd");

	memset(measures, 0, GROUP_MEASURES * sizeof(double));
	CheckCount(n, "n", "");
	if (PG_ARGISNULL(argno + 1) || (PG_ARGISNULL(argno + 2) && n != 1))
		return;
	measures[GROUP_N] = n;
	measures[GROUP_MEAN] = mean;
	measures[GROUP_SD_FRACTION] = n == 1 ? 0 : sd;
}

/* The exponent of a row: anybody may call with any state */
static int
SdExponent(double exponent)
{
	if (!(fabs(exponent) <= MAX_SD_EXPONENT && exponent == floor(exponent)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("state of an analysis of variance must hold exponents: %g", exponent)));
	return (int) exponent;
}

/* The group that a row of a state describes */
GroupMean
ReadGroupMean(const double *measures)
{
	GroupMean	group = {.n = CheckNonNegative(measures[GROUP_N], "n")};

	group.mean = MakeScaled(measures[GROUP_MEAN], 0);
	group.mean_rest = MakeScaled(measures[GROUP_MEAN_REST], MeanExponent(measures[GROUP_MEAN]));
	group.sd = MakeScaled(CheckNonNegative(measures[GROUP_SD_FRACTION], "sd"),
						  SdExponent(measures[GROUP_SD_EXPONENT]));
	return group;
}
