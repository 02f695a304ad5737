/*
 * v.c
 *		The V statistic and the area under the PP plot.
 *
 * V = sqrt(2) * qnorm(A), A = P(focal > reference) + P(focal = reference) / 2
 * (Ho & Haertel 2006; Ho 2009). Where both groups are normal with one standard
 * deviation, V is the difference of means in units of it; unlike that, it does
 * not change when scores are put on another scale.
 *
 * Counts stay whole numbers until the last step, so that the sign of V under
 * a swap of the groups, and nothing else, changes.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/reason.h"
#include "base/rmath.h"
#include "distribution/support.h"
#include "gap/v.h"
#include "utils/float.h"

/* Twice the pairs in which focal is above, plus those that tie */
static int128
TwiceU(const Distribution *focal, const Distribution *reference)
{
	Support		support;
	int128		u2 = 0;

	SupportInit(&support, focal, reference);
	while (SupportNext(&support))
		u2 += support.focal_count *
			(2 * (int128) support.reference_below + support.reference_count);
	return u2;
}

/*
 * DeLong, DeLong & Clarke-Pearson 1988: each student's placement is the share
 * of the other group below her, ties by half; the variance of A is the sum of
 * the variances of the two means of placements. Deviations are taken in whole
 * numbers, so nothing cancels.
 */
static double
DeLongVariance(const Distribution *focal, const Distribution *reference, int128 u2)
{
	double		nf = (double) focal->n;
	double		nr = (double) reference->n;
	int128		reverse_u2 = 2 * (int128) focal->n * reference->n - u2;
	Support		support;
	double		focal_squares = 0;
	double		reference_squares = 0;

	SupportInit(&support, focal, reference);
	while (SupportNext(&support))
	{
		int128		focal_place = 2 * (int128) support.reference_below + support.reference_count;
		int128		reference_place = 2 * (int128) support.focal_below + support.focal_count;
		double		f = (double) (focal_place * focal->n - u2) / (2 * nf * nr);
		double		r = (double) (reference_place * reference->n - reverse_u2) / (2 * nf * nr);

		focal_squares += (double) support.focal_count * f * f;
		reference_squares += (double) support.reference_count * r * r;
	}
	return focal_squares / (nf - 1) / nf + reference_squares / (nr - 1) / nr;
}

/*
 * Hanley & McNeil 1982, with Q1 - A^2 and Q2 - A^2 written out so that they do
 * not cancel; "above" and "below" are A and 1 - A.
 */
static double
HanleyMcNeilVariance(double above, double below, double nf, double nr)
{
	return (above * below +
			(nf - 1) * above * below * below / (2 - above) +
			(nr - 1) * above * above * below / (1 + above)) / (nf * nr);
}

/*
 * Mann-Whitney's normal p-value, corrected for ties, without continuity
 * correction. N^3 - N - sum(t^3 - t) is written as sum(t (N - t) (N + t)),
 * which has no cancellation and is 0 if and only if all scores are equal.
 */
static double
MannWhitneyP(const Distribution *focal, const Distribution *reference, int128 u2)
{
	double		nf = (double) focal->n;
	double		nr = (double) reference->n;
	double		n = nf + nr;
	Support		support;
	double		untied = 0;

	SupportInit(&support, focal, reference);
	while (SupportNext(&support))
	{
		double		t = (double) support.focal_count + (double) support.reference_count;

		untied += t * (n - t) * (n + t);
	}
	if (untied == 0)
		return get_float8_nan();
	return 2 * pnorm(-fabs((double) (u2 - (int128) focal->n * reference->n) / 2) /
					 sqrt(nf * nr * untied / (12 * n * (n - 1))), 0, 1, 1, 0);
}

/*
 * sqrt(2) times the normal quantile of a proportion that is given as two parts
 * of a whole: the smaller part keeps its digits, and V(F,R) = -V(R,F).
 */
double
VFromOdds(double numerator, double complement)
{
	double		whole = numerator + complement;

	if (numerator == complement)
		return 0;
	if (numerator < complement)
		return M_SQRT2 * qnorm(numerator / whole, 0, 1, 1, 0);
	return -M_SQRT2 * qnorm(complement / whole, 0, 1, 1, 0);
}

/* The delta method */
double
VStandardErrorFromAuc(double v, double auc_se)
{
	return M_SQRT2 * auc_se / dnorm(v / M_SQRT2, 0, 1, 0);
}

/* V of two groups with its standard error */
void
VCompute(const Distribution *focal, const Distribution *reference,
		 VStandardError method, bool continuity, VStatistic *result)
{
	double		nan = get_float8_nan();
	int128		pairs2 = 2 * (int128) focal->n * reference->n;
	int128		u2;
	double		above;
	double		below;
	bool		separated;

	*result = (VStatistic) {nan, nan, nan, nan, nan, NULL};
	if (pairs2 == 0)
	{
		result->reason = REASON_N_LT_1;
		return;
	}

	u2 = TwiceU(focal, reference);
	separated = u2 == 0 || u2 == pairs2;
	above = (double) u2;
	below = (double) (pairs2 - u2);
	result->auc = above / (double) pairs2;
	result->p_value = MannWhitneyP(focal, reference, u2);

	if (separated)
	{
		result->reason = REASON_COMPLETE_SEPARATION;
		if (!continuity)
			return;

		/* (U + 1/2) / (n m + 1), in units of half a pair */
		above += 1;
		below += 1;
		result->auc = above / (above + below);
	}
	result->v = VFromOdds(above, below);

	if (method == V_SE_HANLEY_MCNEIL)
	{
		result->auc_se = sqrt(HanleyMcNeilVariance(above / (above + below), below / (above + below),
												   focal->n, reference->n));
		result->reason = NULL;
	}
	else if (focal->n < 2 || reference->n < 2)
		result->reason = REASON_N_LT_2;
	else if (!separated)
		result->auc_se = sqrt(DeLongVariance(focal, reference, u2));
	if (isnan(result->p_value) || result->auc_se == 0)
		result->reason = REASON_ZERO_VARIANCE;
	result->v_se = VStandardErrorFromAuc(result->v, result->auc_se);
}
