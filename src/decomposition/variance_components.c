/*
 * variance_components.c
 *		The variance between groups and within them, by restricted maximum likelihood.
 *
 * Patterson and Thompson 1971, Biometrika 58:545-554; as R's lme4 and nlme have it. With r the
 * variance between groups in parts of that within, and the weights w = n / (1 + n r) of groups,
 * whose mean by these is m, the variance within is (SSW + sum of w (mean - m)^2) / (N - 1),
 * and r, where the likelihood is highest, is 0 or where
 *
 *	sum of w^2 (mean - m)^2 / variance within = sum of w - sum of w^2 / sum of w
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/root.h"
#include "base/sum.h"
#include "decomposition/variance_components.h"
#include "miscadmin.h"

/* Beyond these logarithms of the ratio no root is sought: double precision has no such variances, nor n r beyond the other */
#define MAX_LOG_RATIO 1400
#define MOST_LOG_WEIGHT 709

/* Where n r of all groups is beyond this, they weigh nearly the same; and so they do below its inverse, each for each student */
#define ENOUGH 100

/* Sums over groups at a ratio */
typedef struct WeightedGroups
{
	double		weights;
	double		squared_weights;
	double		squares;		/* of distances from the mean */
	double		steeper_squares;	/* the same with squared weights */
} WeightedGroups;

static WeightedGroups
WeighGroups(const RandomGroups *groups, double ratio)
{
	Sum			weights = {0, 0};
	Sum			squared_weights = {0, 0};
	Sum			mean = {0, 0};
	Sum			squares = {0, 0};
	Sum			steeper_squares = {0, 0};

	for (int i = 0; i < groups->n_groups; i++)
	{
		double		weight = groups->sizes[i] / (1 + groups->sizes[i] * ratio);

		CHECK_FOR_INTERRUPTS();
		AddTo(&weights, weight);
		AddTo(&squared_weights, weight * weight);
	}
	for (int i = 0; i < groups->n_groups; i++)
		AddTo(&mean, groups->sizes[i] / (1 + groups->sizes[i] * ratio) / Total(weights) * groups->means[i]);
	for (int i = 0; i < groups->n_groups; i++)
	{
		double		weight = groups->sizes[i] / (1 + groups->sizes[i] * ratio);
		double		distance = groups->means[i] - Total(mean);

		CHECK_FOR_INTERRUPTS();
		AddTo(&squares, weight * distance * distance);
		AddTo(&steeper_squares, weight * distance * (weight * distance));
	}
	return (WeightedGroups) {Total(weights), Total(squared_weights), Total(squares), Total(steeper_squares)};
}

/* The variance within groups that a ratio makes the most likely */
static double
VarianceWithin(const RandomGroups *groups, WeightedGroups weighted)
{
	return (groups->ss_within + weighted.squares) / (groups->n - 1);
}

/* How the likelihood rises with the ratio: twice its derivative */
static double
Score(const RandomGroups *groups, double ratio)
{
	WeightedGroups weighted = WeighGroups(groups, ratio);

	return weighted.steeper_squares / VarianceWithin(groups, weighted) -
		(weighted.weights - weighted.squared_weights / weighted.weights);
}

/* The same over the logarithm of the ratio */
static double
ScoreOfLog(double log_ratio, void *groups)
{
	return Score(groups, exp(log_ratio));
}

/* The restricted likelihood of a ratio, but for what is the same for all */
static double
LogLikelihood(const RandomGroups *groups, double ratio)
{
	WeightedGroups weighted = WeighGroups(groups, ratio);
	Sum			spread = {0, 0};

	for (int i = 0; i < groups->n_groups; i++)
	{
		CHECK_FOR_INTERRUPTS();
		AddTo(&spread, log1p(groups->sizes[i] * ratio));
	}
	return -0.5 * ((groups->n - 1) * log(VarianceWithin(groups, weighted)) + Total(spread) + log(weighted.weights));
}

/* Keep a ratio that is likelier than the best */
static void
TakeLikelier(const RandomGroups *groups, double ratio, double *best, double *best_likelihood)
{
	double		likelihood = LogLikelihood(groups, ratio);

	if (likelihood > *best_likelihood)
	{
		*best = ratio;
		*best_likelihood = likelihood;
	}
}

/* A peak where the likelihood rises from 0 on and falls at a place already; 0 if it is nearer than numbers get */
static double
FirstPeak(const RandomGroups *groups, RootPoint high)
{
	void	   *context = (void *) groups;
	double		step = M_LN2;
	RootPoint	low = high;

	while (low.y <= 0 && low.x > -MAX_LOG_RATIO)
	{
		high = low;
		low = RootPointAt(ScoreOfLog, context, low.x - step);
		step *= 2;
	}
	return low.y > 0 ? exp(FindRoot(ScoreOfLog, context, low, high)) : 0;
}

/*
 * The likeliest ratio. Groups of unlike sizes may give the likelihood several peaks, one of them
 * at 0; from where all weigh nearly the same, it falls for good once it falls.
 */
static double
FindRatio(const RandomGroups *groups)
{
	void	   *context = (void *) groups;
	double		smallest = groups->sizes[0];
	double		largest = groups->sizes[0];
	double		best = 0;
	double		best_likelihood = -INFINITY;
	double		step = M_LN2;
	double		last;
	double		most;
	RootPoint	from;
	RootPoint	to;

	for (int i = 1; i < groups->n_groups; i++)
	{
		smallest = Min(smallest, groups->sizes[i]);
		largest = Max(largest, groups->sizes[i]);
	}
	most = MOST_LOG_WEIGHT - log(largest);
	last = Min(log(ENOUGH / smallest), most);
	to = RootPointAt(ScoreOfLog, context, -log(ENOUGH * largest));
	if (!(Score(groups, 0) > 0))
		TakeLikelier(groups, 0, &best, &best_likelihood);
	else if (to.y <= 0)
		TakeLikelier(groups, FirstPeak(groups, to), &best, &best_likelihood);
	do
	{
		from = to;
		if (from.x >= last)
			step *= 2;
		to = RootPointAt(ScoreOfLog, context, Min(from.x + step, most));
		if (from.y > 0 && to.y <= 0)
			TakeLikelier(groups, exp(FindRoot(ScoreOfLog, context, from, to)), &best, &best_likelihood);
	} while (to.x < last || (to.y > 0 && to.x < most));
	return to.y > 0 || best_likelihood == -INFINITY ? INFINITY : best;
}

VarianceComponents
EstimateComponents(const RandomGroups *groups)
{
	double		ratio = FindRatio(groups);
	VarianceComponents components;

	if (isinf(ratio))
		return (VarianceComponents) {NAN, NAN, NAN};
	components.within = VarianceWithin(groups, WeighGroups(groups, ratio));
	components.between = ratio * components.within;
	components.icc = ratio / (1 + ratio);
	return components;
}
