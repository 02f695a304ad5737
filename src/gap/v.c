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

#include "base/confidence.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "gap/v.h"

/* What one walk over the values finds */
typedef struct Overlap
{
	int128		u2;				/* twice the pairs in which focal is above, plus those that tie */

	/*
	 * N^3 - N - sum(t^3 - t) over the ties, the factor by which Mann-Whitney's
	 * variance allows for these. Written as sum(t (N - t) (N + t)) it does not
	 * cancel, and is 0 if and only if all scores are equal.
	 */
	double		untied;
} Overlap;

static Overlap
FindOverlap(GroupPair pair)
{
	double		n = (double) pair.focal->n + (double) pair.reference->n;
	Overlap		overlap = {0, 0};
	Support		support;

	SupportInit(&support, pair);
	while (SupportNext(&support))
	{
		double		t = (double) support.focal_count + (double) support.reference_count;

		overlap.u2 += support.focal_count *
			(2 * (int128) support.reference_below + support.reference_count);
		overlap.untied += t * (n - t) * (n + t);
	}
	return overlap;
}

/*
 * DeLong, DeLong & Clarke-Pearson 1988: each student's placement is the share
 * of the other group below her, ties by half; the variance of A is the sum of
 * the variances of the two means of placements. Deviations are taken in whole
 * numbers, so nothing cancels.
 */
static double
DeLongVariance(GroupPair pair, int128 u2)
{
	int64		n_focal = pair.focal->n;
	int64		n_reference = pair.reference->n;
	double		nf = (double) n_focal;
	double		nr = (double) n_reference;
	int128		reverse_u2 = 2 * (int128) n_focal * n_reference - u2;
	Support		support;
	double		focal_squares = 0;
	double		reference_squares = 0;

	SupportInit(&support, pair);
	while (SupportNext(&support))
	{
		int128		focal_place = 2 * (int128) support.reference_below + support.reference_count;
		int128		reference_place = 2 * (int128) support.focal_below + support.focal_count;
		double		f = (double) (focal_place * n_focal - u2) / (2 * nf * nr);
		double		r = (double) (reference_place * n_reference - reverse_u2) / (2 * nf * nr);

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

/* Mann-Whitney's normal p-value, corrected for ties, without continuity correction */
static double
MannWhitneyP(GroupPair pair, Overlap overlap)
{
	double		nf = (double) pair.focal->n;
	double		nr = (double) pair.reference->n;
	double		n = nf + nr;
	int128		middle = (int128) pair.focal->n * pair.reference->n;

	if (overlap.untied == 0)
		return NAN;
	return 2 * pnorm(-fabs((double) (overlap.u2 - middle) / 2) /
					 sqrt(nf * nr * overlap.untied / (12 * n * (n - 1))), 0, 1, 1, 0);
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

/* The standard error of V, by the delta method */
static double
VError(const VStatistic *v)
{
	return M_SQRT2 * v->auc.se / dnorm(v->v.estimate / M_SQRT2, 0, 1, 0);
}

/* V of two groups with its standard error */
VStatistic
VOfGroups(GroupPair pair, VStandardError method, bool continuity)
{
	VStatistic	v = {UndefinedEstimate(NULL), NAN, UndefinedEstimate(NULL), NAN, NULL};
	int128		pairs2 = 2 * (int128) pair.focal->n * pair.reference->n;
	Overlap		overlap;
	double		above;
	double		below;
	bool		separated;

	if (pairs2 == 0)
	{
		v.reason = REASON_N_LT_1;
		return v;
	}
	pair = AtCommonLevel(pair);
	overlap = FindOverlap(pair);
	v.p_value = MannWhitneyP(pair, overlap);

	above = (double) overlap.u2;
	below = (double) (pairs2 - overlap.u2);
	separated = above == 0 || below == 0;
	if (separated && continuity)
	{
		/* (U + 1/2) / (n m + 1), in units of half a pair */
		above += 1;
		below += 1;
	}
	v.auc.estimate = above / (above + below);
	v.complement = below / (above + below);
	if (separated)
		v.reason = REASON_COMPLETE_SEPARATION;
	if (separated && !continuity)
		return v;

	v.v.estimate = VFromOdds(above, below);
	if (method == V_SE_HANLEY_MCNEIL)
	{
		v.auc.se = sqrt(HanleyMcNeilVariance(v.auc.estimate, v.complement,
											 pair.focal->n, pair.reference->n));
		v.reason = NULL;
	}
	else if (pair.focal->n < 2 || pair.reference->n < 2)
		v.reason = REASON_N_LT_2;
	else if (!separated && method == V_SE_DELONG)
		v.auc.se = sqrt(DeLongVariance(pair, overlap.u2));
	/* DeLong's is 0 only where all scores are equal, and then there is no p either */
	if (isnan(v.p_value) || v.auc.se == 0)
		v.reason = REASON_ZERO_VARIANCE;
	else if (v.reason == NULL && IsCoarse(pair))
		v.reason = REASON_COARSE;

	v.v.se = VError(&v);
	return v;
}

/*
 * Draw A towards 1/2, which is no gap, by a factor below 1, and V and their errors with
 * it. An A of 0 or 1 gets a V, but no error.
 */
void
VTowardsEven(VStatistic *v, double factor)
{
	double		even = (1 - factor) / 2;

	v->auc.estimate = even + factor * v->auc.estimate;
	v->complement = even + factor * v->complement;
	v->auc.se *= factor;
	v->v.estimate = VFromOdds(v->auc.estimate, v->complement);
	v->v.se = VError(v);
}

/*
 * The interval of A, and that of V, unless their standard error is 0. "normal"
 * takes each as normal on its own scale; "logit" takes logit(A) as normal and maps
 * its ends to V, so that it keeps within bounds near 0 and 1.
 */
void
VAddIntervals(VStatistic *v, VInterval interval, double confidence)
{
	double		z = TwoSidedZ(confidence);
	double		auc = v->auc.estimate;
	double		se = v->auc.se;

	if (!(se > 0))
		return;
	if (interval == V_INTERVAL_NORMAL)
	{
		v->auc.lower = Max(auc - z * se, 0);
		v->auc.upper = Min(auc + z * se, 1);
		v->v.lower = v->v.estimate - z * v->v.se;
		v->v.upper = v->v.estimate + z * v->v.se;
	}
	else
	{
		double		logit = log(auc / v->complement);
		double		margin = z * se / (auc * v->complement);

		v->auc.lower = plogis(logit - margin, 0, 1, 1, 0);
		v->auc.upper = plogis(logit + margin, 0, 1, 1, 0);
		v->v.lower = VFromOdds(v->auc.lower, plogis(logit - margin, 0, 1, 0, 0));
		v->v.upper = VFromOdds(v->auc.upper, plogis(logit + margin, 0, 1, 0, 0));
	}
}
