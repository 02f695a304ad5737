/*
 * t_test.c
 *		The difference between two means (Student 1908, Welch 1947).
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/reason.h"
#include "base/rmath.h"
#include "gap/mean_gap.h"

/* The binary exponent of the largest score of a group, 0 without one */
static int
ScoreExponent(const Distribution *d)
{
	const DistributionEntry *entries = DistributionEntries(d);
	int			exponent = 0;

	if (d->nentries > 0)
		(void) frexp(Max(fabs(entries[0].value), fabs(entries[d->nentries - 1].value)),
					 &exponent);
	return exponent;
}

/* The standard deviation of a group in a unit */
static double
StddevInUnit(const ExactMoments *moments, int64 n, int unit)
{
	int			exponent;
	double		fraction;

	if (n < 2)
		return NAN;
	fraction = MomentsStddev(moments, n, &exponent);
	return ldexp(fraction, exponent - unit);
}

/* Take from two groups what the formulas need */
TwoGroups
SummarizeGroups(GroupPair pair)
{
	TwoGroups	groups = {pair.focal->n, pair.reference->n, NAN, NAN, 0, NAN, NAN, NAN};
	ExactMoments focal;
	ExactMoments reference;

	DistributionMoments(pair.focal, &focal);
	DistributionMoments(pair.reference, &reference);
	groups.unit = Max(ScoreExponent(pair.focal), ScoreExponent(pair.reference));
	groups.sd_focal = StddevInUnit(&focal, groups.n_focal, groups.unit);
	groups.sd_reference = StddevInUnit(&reference, groups.n_reference, groups.unit);
	if (groups.n_focal > 0)
		groups.mean_focal = MomentsMean(&focal, groups.n_focal);
	if (groups.n_reference > 0)
		groups.mean_reference = MomentsMean(&reference, groups.n_reference);
	if (groups.n_focal > 0 && groups.n_reference > 0)
	{
		int			exponent;
		double		fraction = MomentsMeanDifference(&focal, groups.n_focal,
													 &reference, groups.n_reference, &exponent);

		groups.difference = ldexp(fraction, exponent - groups.unit);
	}
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
	if (groups->sd_focal == 0 && groups->sd_reference == 0)
		return REASON_ZERO_VARIANCE;
	return NULL;
}

/* The standard deviation within the groups, taken together, in their unit */
double
PooledStddev(const TwoGroups *groups)
{
	double		df_focal = groups->n_focal - 1;
	double		df_reference = groups->n_reference - 1;

	return hypot(sqrt(df_focal) * groups->sd_focal, sqrt(df_reference) * groups->sd_reference) /
		sqrt(df_focal + df_reference);
}

/*
 * Satterthwaite's (1946) degrees of freedom of the sum of the variances of means,
 * not all of them 0: two a gap, added so that a swap changes no bit. The errors are
 * taken in units of the largest, since squares of small ones underflow.
 */
double
SatterthwaiteDf(const double *errors, const int64 *ns, int n_gaps)
{
	double		largest = 0;
	double		sum = 0;
	double		squares = 0;

	for (int i = 0; i < 2 * n_gaps; i++)
		largest = Max(largest, errors[i]);
	for (int i = 0; i < 2 * n_gaps; i += 2)
	{
		double		focal = (errors[i] / largest) * (errors[i] / largest);
		double		reference = (errors[i + 1] / largest) * (errors[i + 1] / largest);

		sum += focal + reference;
		squares += focal * focal / (ns[i] - 1) + reference * reference / (ns[i + 1] - 1);
	}
	return sum * sum / squares;
}

/*
 * The t test and its interval: Welch's, or Student's with equal variances. A
 * group without variance drops out of Welch's standard error and degrees of
 * freedom; where both are, only the standard error, 0, is defined.
 */
TTest
TestDifference(const TwoGroups *groups, double confidence, bool equal_variances)
{
	int64		ns[] = {groups->n_focal, groups->n_reference};
	double		errors[] = {groups->sd_focal / sqrt(ns[0]), groups->sd_reference / sqrt(ns[1])};
	double		se = hypot(errors[0], errors[1]);
	double		margin;
	TTest		test = {UndefinedEstimate(TwoGroupsReason(groups)), NAN, NAN, NAN};

	test.difference.estimate = InPoints(groups, groups->difference);
	test.difference.se = InPoints(groups, se);
	if (test.difference.reason != NULL)
		return test;

	if (equal_variances)
	{
		se = PooledStddev(groups) * sqrt(1.0 / ns[0] + 1.0 / ns[1]);
		test.difference.se = InPoints(groups, se);
		test.df = (double) ns[0] + ns[1] - 2;
	}
	else
		test.df = SatterthwaiteDf(errors, ns, 1);
	test.t = groups->difference / se;
	test.p_value = 2 * pt(-fabs(test.t), test.df, 1, 0);
	margin = qt(0.5 * (1 - confidence), test.df, 0, 0) * se;
	test.difference.lower = InPoints(groups, groups->difference - margin);
	test.difference.upper = InPoints(groups, groups->difference + margin);
	return test;
}
