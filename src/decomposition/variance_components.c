/*
 * variance_components.c
 *		The variance between groups and within them, by restricted maximum likelihood.
 *
 * Patterson and Thompson 1971, Biometrika 58:545-554; as R's lme4 and nlme have it. With r the
 * variance between groups in parts of that within, and the weights w = n / (1 + n r) of groups,
 * whose mean by these is m, the variance within is (SSW + sum of w (mean - m)^2) / (N - 1),
 * and r is 0 or the likeliest of where
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

/* Beyond these logarithms of the ratio no root is sought: double precision has no such ratios */
#define MAX_LOG_RATIO 709

/* Sums over groups at a ratio */
typedef struct WeightedGroups
{
	double		weights;
	double		squared_weights;
	double		squares;		/* of distances from the mean */
	double		steeper_squares;	/* the same with squared weights */
} WeightedGroups;

/* A ratio where the likelihood turns */
typedef struct LikelihoodMode
{
	double		ratio;
	double		log_likelihood;
} LikelihoodMode;

/* What a group of a size weighs at a ratio, however large that is */
static double
Weight(double size, double ratio)
{
	return 1 / (1 / size + ratio);
}

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
		double		weight = Weight(groups->sizes[i], ratio);

		CHECK_FOR_INTERRUPTS();
		AddTo(&weights, weight);
		AddTo(&squared_weights, weight * weight);
	}
	for (int i = 0; i < groups->n_groups; i++)
		AddTo(&mean, Weight(groups->sizes[i], ratio) / Total(weights) * groups->means[i]);
	for (int i = 0; i < groups->n_groups; i++)
	{
		double		weight = Weight(groups->sizes[i], ratio);
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

/* Twice the logarithm of the likelihood, but for a constant */
static double
LogLikelihood(const RandomGroups *groups, double ratio)
{
	WeightedGroups weighted = WeighGroups(groups, ratio);
	Sum			logs = {0, 0};

	for (int i = 0; i < groups->n_groups; i++)
	{
		CHECK_FOR_INTERRUPTS();
		AddTo(&logs, log(groups->sizes[i] / Weight(groups->sizes[i], ratio)));
	}
	return -((groups->n - 1) * log(VarianceWithin(groups, weighted)) + Total(logs) + log(weighted.weights));
}

/* Take the mode between two places, if it is likelier than the one so far */
static void
TakeMode(const RandomGroups *groups, RootPoint low, RootPoint high, LikelihoodMode *likeliest)
{
	double		ratio = exp(FindRoot(ScoreOfLog, (void *) groups, low, high));
	LikelihoodMode mode = {ratio, LogLikelihood(groups, ratio)};

	if (mode.log_likelihood > likeliest->log_likelihood)
		*likeliest = mode;
}

/* The logarithms of ratios between which weights turn from the sizes to all the same */
static void
TurnOfWeights(const RandomGroups *groups, double *from, double *to)
{
	double		smallest = groups->sizes[0];
	double		largest = groups->sizes[0];

	for (int i = 1; i < groups->n_groups; i++)
	{
		smallest = Min(smallest, groups->sizes[i]);
		largest = Max(largest, groups->sizes[i]);
	}
	*from = -log(largest) - 6 * M_LN2;
	*to = -log(smallest) + 6 * M_LN2;
}

/*
 * The likeliest ratio. A few small groups far off beside large ones that are alike make the
 * likelihood fall from 0 on and rise again, so that all places where it turns are compared:
 * they are where weights change, and no more than one on either side.
 */
static double
FindRatio(const RandomGroups *groups)
{
	bool		rises = Score(groups, 0) > 0;
	LikelihoodMode likeliest = {0, rises ? -INFINITY : LogLikelihood(groups, 0)};
	void	   *context = (void *) groups;
	double		step = M_LN2;
	double		from;
	double		to;
	RootPoint	first;
	RootPoint	low;
	RootPoint	high;

	TurnOfWeights(groups, &from, &to);
	first = low = RootPointAt(ScoreOfLog, context, from);
	if (rises && first.y <= 0)
	{
		while (low.y <= 0 && low.x > -MAX_LOG_RATIO)
		{
			high = low;
			low = RootPointAt(ScoreOfLog, context, low.x - step);
			step *= 2;
		}
		if (low.y <= 0)
			return 0;
		TakeMode(groups, low, high, &likeliest);
	}

	step = M_LN2;
	for (low = first; low.x < to || low.y > 0; low = high)
	{
		if (low.x >= MAX_LOG_RATIO)
			return INFINITY;
		high = RootPointAt(ScoreOfLog, context, Min(low.x + step, MAX_LOG_RATIO));
		if (low.y > 0 && high.y <= 0)
			TakeMode(groups, low, high, &likeliest);
		if (high.x >= to)
			step *= 2;
	}
	return likeliest.ratio;
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
