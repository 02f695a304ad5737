/*
 * blend.c
 *		Coefficients that are made of both groups' own.
 *
 * b* = W b_F + (I - W) b_R. W is a number, or of pooled coefficients a matrix that the
 * covariates alone make (Oaxaca and Ransom 1994, Journal of Econometrics 61:5-21). With the
 * deviations' products C of the groups, d the difference of their mean covariates and y
 * their mean outcomes these are
 *
 *	T^-1 (C_F b_F + C_R b_R + c d (y_F - y_R)), T = C_F + C_R + c d d'
 *
 * where c is n_F n_R / n; or 0, if the group is one more covariate. Variances take W as
 * given, as Jann 2008 (Stata Journal 8:453-479) does: b_F, b_R, y_F and y_R, at the
 * covariates that there are, are independent.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "decomposition/model.h"

/* So many times each group's own */
static Blend
WeightedBlend(const Model *model, Exact focal, Exact reference)
{
	Blend		blend = {.weights = {focal, reference}};

	blend.coefficients = WeightedSum(focal, &model->regressions[GROUP_FOCAL].coefficients,
									 reference, &model->regressions[GROUP_REFERENCE].coefficients);
	return blend;
}

Blend
OwnBlend(const Model *model, int64 focal, int64 reference)
{
	return WeightedBlend(model, ExactInteger(focal), ExactInteger(reference));
}

/* Those of all students, with the group as one more covariate or without it */
static Blend
PooledBlend(const Model *model, bool with_group)
{
	const GroupSums *focal = &model->sums[GROUP_FOCAL];
	const GroupSums *reference = &model->sums[GROUP_REFERENCE];
	Square		pooled = PoolDeviations(focal, reference, with_group);
	Regression	regression = Regress(&pooled, NULL);
	Exact		product = ExactProduct(ExactInteger(focal->n), ExactInteger(reference->n));
	Exact		n = ExactSum(ExactInteger(focal->n), ExactInteger(reference->n));
	Blend		blend = {.coefficients = regression.coefficients, .adjugate = regression.swept};

	/* what PoolDeviations() makes is so many times T */
	blend.scale = ExactQuotient(with_group ? product : ExactProduct(product, n), ExactWhole(regression.determinant));
	blend.between = with_group ? ExactInteger(0) : ExactQuotient(product, n);
	return blend;
}

/* The coefficients that the groups are compared by */
Blend
ChosenBlend(const Model *model)
{
	Exact		focal = ExactInteger(model->sums[GROUP_FOCAL].n);
	Exact		reference = ExactInteger(model->sums[GROUP_REFERENCE].n);
	Exact		half = ExactQuotient(ExactInteger(1), ExactInteger(2));
	Exact		n = ExactSum(focal, reference);

	switch (model->question->method)
	{
		case METHOD_REFERENCE:	/* Oaxaca 1973, and Blinder 1973 */
			return OwnBlend(model, 0, 1);
		case METHOD_AVERAGE:	/* Reimers 1983 */
			return WeightedBlend(model, half, half);
		case METHOD_SHARE:		/* Cotton 1988 */
			return WeightedBlend(model, ExactQuotient(focal, n), ExactQuotient(reference, n));
		case METHOD_POOLED:		/* Neumark 1988 */
			return PooledBlend(model, false);
		case METHOD_POOLED_WITH_GROUP:	/* Fortin 2008; Jann 2008 */
			return PooledBlend(model, true);
		case METHOD_FOCAL:		/* Oaxaca 1973, and Blinder 1973 */
		case METHOD_THREEFOLD:
			break;
	}
	return OwnBlend(model, 1, 0);
}

static bool
IsPooled(const Blend *blend)
{
	return blend->weights[GROUP_FOCAL] == NULL;
}

/* T^-1 w */
static Vector
Solve(const Blend *blend, const Vector *weights)
{
	return Multiply(&blend->adjugate, weights, blend->scale);
}

/* What of y_F - y_R is in w'b* */
Exact
BlendGapShare(const Model *model, const Blend *blend, const Vector *weights)
{
	Vector		differences = CovariateDifferences(model);
	Vector		solved;

	if (!IsPooled(blend) || mpq_sgn(blend->between) == 0)
		return ExactInteger(0);
	solved = Solve(blend, weights);
	return ExactProduct(blend->between, DotProduct(&differences, &solved));
}

/* What the coefficients of a group add to the variance of w'b* */
static Exact
OwnVariance(const Model *model, const Blend *blend, int group, const Vector *weights)
{
	const GroupSums *sums = &model->sums[group];
	Vector		solved;

	if (!IsPooled(blend))
		return ExactProduct(ExactSquare(blend->weights[group]), CoefficientVariance(model, group, weights));
	solved = Solve(blend, weights);
	return ExactQuotient(ExactProduct(model->residual_variances[group], QuadraticForm(&sums->deviations, &solved)),
						 ExactInteger(sums->n));
}

/* The variance of w'b*; the groups' residuals have variances */
Exact
BlendVariance(const Model *model, const Blend *blend, const Vector *weights)
{
	Exact		of_gap = ExactSquare(BlendGapShare(model, blend, weights));
	Exact		variance = ExactInteger(0);

	for (int group = 0; group < N_GROUPS; group++)
	{
		variance = ExactSum(variance, OwnVariance(model, blend, group, weights));
		variance = ExactSum(variance, ExactProduct(of_gap, ResidualMeanVariance(model, group)));
	}
	return variance;
}

/* Its covariance with w'b of a group */
Exact
BlendCovariance(const Model *model, const Blend *blend, int group, const Vector *weights)
{
	Vector		solved;

	if (!IsPooled(blend))
		return ExactProduct(blend->weights[group], CoefficientVariance(model, group, weights));
	solved = Solve(blend, weights);
	return ExactProduct(model->residual_variances[group], DotProduct(weights, &solved));
}
