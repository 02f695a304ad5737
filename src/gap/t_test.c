/*
 * t_test.c
 *		The difference between two means (Student 1908, Welch 1947).
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/confidence.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "gap/mean_gap.h"

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
 * The t test and its interval: Welch's, or Student's with equal variances. A
 * group without variance drops out of Welch's standard error and degrees of
 * freedom; where both are, only the standard error, 0, is defined.
 */
TTest
TestDifference(const TwoGroups *groups, double confidence, bool equal_variances)
{
	double		n_focal = groups->n_focal;
	double		n_reference = groups->n_reference;
	double		share_focal = groups->variance_focal / n_focal;
	double		share_reference = groups->variance_reference / n_reference;
	double		total = share_focal + share_reference;
	double		margin;
	TTest		test = {sqrt(total), NAN, NAN, NAN, NAN, NAN};

	CheckConfidence(confidence);
	if (TwoGroupsReason(groups) != NULL)
		return test;

	if (equal_variances)
	{
		test.se = sqrt(PooledVariance(groups) * (1 / n_focal + 1 / n_reference));
		test.df = n_focal + n_reference - 2;
	}
	else
	{
		/* by shares of the total, since the squares of small variances underflow */
		share_focal /= total;
		share_reference /= total;
		test.df = 1 / (share_focal * share_focal / (n_focal - 1) +
					   share_reference * share_reference / (n_reference - 1));
	}
	test.t = groups->difference / test.se;
	test.p_value = 2 * pt(-fabs(test.t), test.df, 1, 0);
	margin = qt(0.5 * (1 - confidence), test.df, 0, 0) * test.se;
	test.lower = groups->difference - margin;
	test.upper = groups->difference + margin;
	return test;
}
