/*
 * welch.c
 *		The difference between two means (Welch 1947).
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "gap/mean_gap.h"
#include "rate/rate.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

/* Take from two distributions what the formulas need */
TwoGroups
SummarizeGroups(const Distribution *focal, const Distribution *reference)
{
	TwoGroups	groups = {focal->n, reference->n, NAN, NAN, NAN, NAN, NAN};

	if (focal->n > 0)
		groups.mean_focal = DistributionMean(focal);
	if (reference->n > 0)
		groups.mean_reference = DistributionMean(reference);
	if (focal->n > 1)
		groups.variance_focal = DistributionVariance(focal);
	if (reference->n > 1)
		groups.variance_reference = DistributionVariance(reference);
	if (focal->n > 0 && reference->n > 0)
		groups.difference = DistributionMeanDifference(focal, reference);
	return groups;
}

/* Why the standard error, or the standardized gap, is undefined; NULL if it is not */
const char *
TwoGroupsReason(const TwoGroups *groups)
{
	int64		fewest = Min(groups->n_focal, groups->n_reference);

	if (fewest < 1)
		return REASON_N_LT_1;
	if (fewest < 2)
		return REASON_N_LT_2;
	if (groups->variance_focal == 0 && groups->variance_reference == 0)
		return REASON_ZERO_VARIANCE;
	return NULL;
}

/*
 * Welch's test and interval. A group without variance drops out of the standard
 * error and of its degrees of freedom; where both are, only the standard error,
 * 0, is defined.
 */
WelchTest
WelchGap(const TwoGroups *groups, double confidence)
{
	double		share_focal = groups->variance_focal / groups->n_focal;
	double		share_reference = groups->variance_reference / groups->n_reference;
	double		total = share_focal + share_reference;
	double		margin;
	WelchTest	welch = {sqrt(total), NAN, NAN, NAN, NAN, NAN};

	CheckConfidence(confidence);
	if (TwoGroupsReason(groups) != NULL)
		return welch;

	/* by shares of the total, since the squares of small variances underflow */
	share_focal /= total;
	share_reference /= total;
	welch.df = 1 / (share_focal * share_focal / (groups->n_focal - 1) +
					share_reference * share_reference / (groups->n_reference - 1));
	welch.t = groups->difference / welch.standard_error;
	welch.p_value = 2 * pt(-fabs(welch.t), welch.df, 1, 0);
	margin = qt(0.5 * (1 - confidence), welch.df, 0, 0) * welch.standard_error;
	welch.lower = groups->difference - margin;
	welch.upper = groups->difference + margin;
	return welch;
}
