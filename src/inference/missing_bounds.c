/*
 * missing_bounds.c
 *		Between what and what a gap lies, whatever the missing outcomes are.
 *
 * Manski 1989, Journal of Human Resources 24:343-360: every missing outcome is taken to
 * be the lowest that it can be, then the highest. Nothing is assumed of those who are
 * missing, and nothing is said of error by sampling.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/count.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "distribution/support.h"
#include "rate/comparison.h"

/* From the lowest to the highest that something can be */
typedef struct Bounds
{
	double		lowest;
	double		highest;
} Bounds;

/* A rate: from x to x + missing of n students, seen or missing */
typedef struct PartlySeen
{
	uint128		lowest;
	uint128		highest;
	uint128		n;
} PartlySeen;

/* The scores of a group: their sums with the missing at either end of the scale, of n */
typedef struct PartlyScored
{
	ExactMoments lowest;
	ExactMoments highest;
	int64		n;
} PartlyScored;

static const Bounds undefined = {NAN, NAN};

/* The row of both types; a group's bounds may be undefined */
static Datum
BoundsRow(FunctionCallInfo fcinfo, Bounds focal, Bounds reference, Bounds gap, const char *reason)
{
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddFloat8(&row, focal.lowest);
	AddFloat8(&row, focal.highest);
	AddFloat8(&row, reference.lowest);
	AddFloat8(&row, reference.highest);
	AddFloat8(&row, gap.lowest);
	AddFloat8(&row, gap.highest);
	if (isnan(gap.lowest))
		AddNull(&row);
	else
		AddBool(&row, gap.lowest > 0 || gap.highest < 0);
	AddText(&row, reason);
	return EndResultRow(&row);
}

/* A number of students that are missing; false if nobody counted them */
static bool
ArgumentMissing(FunctionCallInfo fcinfo, int argno, const char *group, int64 *missing)
{
	*missing = PG_ARGISNULL(argno) ? 0 : PG_GETARG_INT64(argno);
	CheckCount(*missing, "n_missing", group);
	return !PG_ARGISNULL(argno);
}

static PartlySeen
SeeRate(Proportion seen, int64 missing)
{
	PartlySeen	group = {seen.x, (uint128) seen.x + missing, (uint128) seen.n + missing};

	return group;
}

static Bounds
RateBounds(PartlySeen group)
{
	double		n = (double) group.n;
	Bounds		bounds = {(double) group.lowest / n, (double) group.highest / n};

	return group.n == 0 ? undefined : bounds;
}

/* a / m - b / n, whose numerators are subtracted as integers: no product is beyond 128 bits */
static double
DifferenceOfRates(uint128 a, uint128 m, uint128 b, uint128 n)
{
	uint128		left = a * n;
	uint128		right = b * m;

	if (m == 0 || n == 0)
		return NAN;
	return (left >= right ? (double) (left - right) : -(double) (right - left)) /
		((double) m * (double) n);
}

/* rate_gap_bounds(x_focal, n_focal, x_reference, n_reference, n_missing_focal, n_missing_reference) */
PG_FUNCTION_INFO_V1(rate_gap_bounds);
Datum
rate_gap_bounds(PG_FUNCTION_ARGS)
{
	Proportion	seen_focal;
	Proportion	seen_reference;
	const char *reason = ArgumentPair(fcinfo, &seen_focal, &seen_reference);
	int64		missing_focal;
	int64		missing_reference;
	bool		focal_counted = ArgumentMissing(fcinfo, 4, "_focal", &missing_focal);
	bool		reference_counted = ArgumentMissing(fcinfo, 5, "_reference", &missing_reference);
	PartlySeen	focal;
	PartlySeen	reference;
	Bounds		gap;

	if (reason == NULL && !(focal_counted && reference_counted))
		reason = REASON_MISSING_COUNT;
	if (reason != NULL)
		return ReasonRow(fcinfo, reason);
	focal = SeeRate(seen_focal, missing_focal);
	reference = SeeRate(seen_reference, missing_reference);
	gap.lowest = DifferenceOfRates(focal.lowest, focal.n, reference.highest, reference.n);
	gap.highest = DifferenceOfRates(focal.highest, focal.n, reference.lowest, reference.n);
	return BoundsRow(fcinfo, RateBounds(focal), RateBounds(reference), gap,
					 seen_focal.n == 0 || seen_reference.n == 0 ? REASON_N_LT_1 : NULL);
}

/* Refuse a group with a score outside the scale; in a coarse one, what a bucket may hold counts */
static void
CheckScale(const Distribution *d, Bounds scale)
{
	double		low;
	double		high;

	if (d->n == 0)
		return;
	DistributionBucket(d, 0, &low, &high);
	if (high < scale.lowest)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("score %.15g is below scale_lower, %.15g", high, scale.lowest)));
	DistributionBucket(d, d->nentries - 1, &low, &high);
	if (low > scale.highest)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("score %.15g is above scale_upper, %.15g", low, scale.highest)));
}

/* The ends of the scale; false if one is not known */
static bool
ArgumentScale(FunctionCallInfo fcinfo, int argno, Bounds *scale)
{
	static const char *const names[] = {"scale_lower", "scale_upper"};
	double		ends[] = {NAN, NAN};

	for (int i = 0; i < 2; i++)
	{
		if (!PG_ARGISNULL(argno + i))
			ends[i] = ArgumentDouble(fcinfo, argno + i, names[i]);
	}
	if (ends[0] > ends[1])
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("scale_lower must not be greater than scale_upper: %.15g > %.15g",
						ends[0], ends[1])));
	scale->lowest = ends[0];
	scale->highest = ends[1];
	return !isnan(ends[0]) && !isnan(ends[1]);
}

static void
SeeScores(PartlyScored *group, const Distribution *d, int64 missing, Bounds scale)
{
	CheckScale(d, scale);
	group->n = AddCounts(d->n, missing);
	DistributionMoments(d, &group->lowest);
	group->highest = group->lowest;
	MomentsAdd(&group->lowest, scale.lowest, missing);
	MomentsAdd(&group->highest, scale.highest, missing);
}

static Bounds
MeanBounds(const PartlyScored *group)
{
	Bounds		bounds = undefined;

	if (group->n > 0)
	{
		bounds.lowest = MomentsMean(&group->lowest, group->n);
		bounds.highest = MomentsMean(&group->highest, group->n);
	}
	return bounds;
}

/* The mean of a of m minus that of b of n */
static double
DifferenceOfMeans(const ExactMoments *a, int64 m, const ExactMoments *b, int64 n)
{
	int			exponent;
	double		fraction;

	if (m == 0 || n == 0)
		return NAN;
	fraction = MomentsMeanDifference(a, m, b, n, &exponent);
	return ldexp(fraction, exponent);
}

/* mean_gap_bounds(focal, reference, n_missing_focal, n_missing_reference, scale_lower, scale_upper) */
PG_FUNCTION_INFO_V1(mean_gap_bounds);
Datum
mean_gap_bounds(PG_FUNCTION_ARGS)
{
	GroupPair	groups = GroupPairArguments(fcinfo, 0);
	int64		missing_focal;
	int64		missing_reference;
	bool		focal_counted = ArgumentMissing(fcinfo, 2, "_focal", &missing_focal);
	bool		reference_counted = ArgumentMissing(fcinfo, 3, "_reference", &missing_reference);
	Bounds		scale;
	bool		scaled = ArgumentScale(fcinfo, 4, &scale);
	PartlyScored focal;
	PartlyScored reference;
	Bounds		gap;

	if (!(focal_counted && reference_counted))
		return ReasonRow(fcinfo, REASON_MISSING_COUNT);
	if (!scaled)
		return ReasonRow(fcinfo, REASON_NO_SCALE);
	SeeScores(&focal, groups.focal, missing_focal, scale);
	SeeScores(&reference, groups.reference, missing_reference, scale);
	gap.lowest = DifferenceOfMeans(&focal.lowest, focal.n, &reference.highest, reference.n);
	gap.highest = DifferenceOfMeans(&focal.highest, focal.n, &reference.lowest, reference.n);
	return BoundsRow(fcinfo, MeanBounds(&focal), MeanBounds(&reference), gap,
					 groups.focal->n == 0 || groups.reference->n == 0 ? REASON_N_LT_1 : NULL);
}
