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

/* The standard deviation of a group */
static Scaled
GroupStddev(const ExactMoments *moments, int64 n)
{
	int			exponent = 0;
	double		fraction = n < 2 ? NAN : MomentsStddev(moments, n, &exponent);

	return MakeScaled(fraction, exponent);
}

/* Take from the sums of two groups what the formulas need */
TwoGroups
SummarizeMoments(const ExactMoments *focal, int64 n_focal, const ExactMoments *reference, int64 n_reference)
{
	TwoGroups	groups = {.n_focal = n_focal, .n_reference = n_reference,
	.mean_focal = NAN, .mean_reference = NAN};
	double		fraction = NAN;
	int			exponent = 0;

	groups.sd_focal = GroupStddev(focal, n_focal);
	groups.sd_reference = GroupStddev(reference, n_reference);
	if (n_focal > 0)
		groups.mean_focal = MomentsMean(focal, n_focal);
	if (n_reference > 0)
		groups.mean_reference = MomentsMean(reference, n_reference);
	if (n_focal > 0 && n_reference > 0)
		fraction = MomentsMeanDifference(focal, n_focal, reference, n_reference, &exponent);
	groups.difference = MakeScaled(fraction, exponent);
	return groups;
}

/* The same of their distributions */
TwoGroups
SummarizeGroups(GroupPair pair)
{
	ExactMoments focal;
	ExactMoments reference;

	DistributionMoments(pair.focal, &focal);
	DistributionMoments(pair.reference, &reference);
	return SummarizeMoments(&focal, pair.focal->n, &reference, pair.reference->n);
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
	if (groups->sd_focal.fraction == 0 && groups->sd_reference.fraction == 0)
		return REASON_ZERO_VARIANCE;
	return NULL;
}

/* The standard deviation within the groups, taken together */
Scaled
PooledStddev(const TwoGroups *groups)
{
	double		df_focal = groups->n_focal - 1;
	double		df_reference = groups->n_reference - 1;

	return ScaledOver(ScaledHypot(ScaledTimes(groups->sd_focal, sqrt(df_focal)),
								  ScaledTimes(groups->sd_reference, sqrt(df_reference))),
					  sqrt(df_focal + df_reference));
}

/*
 * Satterthwaite's (1946) degrees of freedom of the sum of the variances of means,
 * not all of them 0: two a gap, added so that a swap changes no bit.
 */
double
SatterthwaiteDf(const Scaled *errors, const int64 *ns, int n_gaps)
{
	int			unit = NO_EXPONENT;
	double		sum = 0;
	double		squares = 0;

	for (int i = 0; i < 2 * n_gaps; i++)
		unit = Max(unit, errors[i].exponent);
	for (int i = 0; i < 2 * n_gaps; i += 2)
	{
		double		focal = InUnit(errors[i], unit) * InUnit(errors[i], unit);
		double		reference = InUnit(errors[i + 1], unit) * InUnit(errors[i + 1], unit);

		sum += focal + reference;
		squares += focal * focal / (ns[i] - 1) + reference * reference / (ns[i + 1] - 1);
	}
	return sum * sum / squares;
}

/*
 * The t test of a gap, and its interval in points, by a standard error that is not 0.
 * Where t is out of range, only that is undefined.
 */
TTest
TestGap(Scaled gap, Scaled se, double df, double confidence)
{
	Scaled		margin = ScaledTimes(se, qt(0.5 * (1 - confidence), df, 0, 0));
	TTest		test = {{Unscaled(gap), Unscaled(se), Unscaled(ScaledMinus(gap, margin)),
	Unscaled(ScaledPlus(gap, margin)), NULL}, df, ScaledRatio(gap, se), NAN};

	test.p_value = 2 * pt(-fabs(test.t), df, 1, 0);
	if (isinf(test.t))
	{
		test.t = NAN;
		test.difference.reason = REASON_OUT_OF_RANGE;
	}
	return test;
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
	Scaled		errors[] = {
		ScaledOver(groups->sd_focal, sqrt(ns[0])), ScaledOver(groups->sd_reference, sqrt(ns[1]))
	};
	Scaled		se = ScaledHypot(errors[0], errors[1]);
	TTest		test = {UndefinedEstimate(TwoGroupsReason(groups)), NAN, NAN, NAN};

	test.difference.estimate = Unscaled(groups->difference);
	test.difference.se = Unscaled(se);
	if (test.difference.reason != NULL)
		return test;
	if (equal_variances)
		return TestGap(groups->difference,
					   ScaledTimes(PooledStddev(groups), sqrt(1.0 / ns[0] + 1.0 / ns[1])),
					   (double) ns[0] + ns[1] - 2, confidence);
	return TestGap(groups->difference, se, SatterthwaiteDf(errors, ns, 1), confidence);
}
