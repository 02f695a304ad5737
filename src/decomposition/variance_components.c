/*
 * variance_components.c
 *		The variance between groups and within them, by restricted maximum likelihood.
 *
 * Patterson and Thompson 1971, Biometrika 58:545-554; as R's lme4 and nlme have it. With r the
 * variance between groups in parts of that within, and the weights w = n / (1 + n r) of groups,
 * whose mean by these is m, the variance within is (SSW + sum of w (mean - m)^2) / (N - 1),
 * and r is 0 or where
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

/* Beyond these logarithms of the ratio no root is sought: double precision has no such variances */
#define MAX_LOG_RATIO 1400

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

/* The likeliest ratio: 0 if the likelihood falls from there on */
static double
FindRatio(const RandomGroups *groups)
{
	void	   *context = (void *) groups;
	double		step = M_LN2;
	RootPoint	low = RootPointAt(ScoreOfLog, context, -log(groups->n / groups->n_groups));
	RootPoint	high = low;

	if (!(Score(groups, 0) > 0))
		return 0;
	while (low.y <= 0 && low.x > -MAX_LOG_RATIO)
	{
		high = low;
		low = RootPointAt(ScoreOfLog, context, low.x - step);
		step *= 2;
	}
	while (high.y > 0 && high.x < MAX_LOG_RATIO)
	{
		low = high;
		high = RootPointAt(ScoreOfLog, context, high.x + step);
		step *= 2;
	}
	if (!(low.y > 0 && high.y <= 0))
		return low.y > 0 ? INFINITY : 0;
	return exp(FindRoot(ScoreOfLog, context, low, high));
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
