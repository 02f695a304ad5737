/*
 * gap_decomposition.c
 *		How much of a gap goes with what the groups differ in.
 *
 * Oaxaca 1973, International Economic Review 14:693-709; Blinder 1973, Journal of Human
 * Resources 8:436-455. Standard errors: Jann 2008, Stata Journal 8:453-479, of covariates
 * that are sampled, too. With F the focal group, R the reference, x their mean covariates,
 * b their coefficients and b* those compared by, see blend.c:
 *
 *	explained		(x_F - x_R)' b*
 *	unexplained		x_F' (b_F - b*) + x_R' (b* - b_R)
 *	endowments		(x_F - x_R)' b_F
 *	coefficients	x_F' (b_F - b_R)
 *	interaction		-(x_F - x_R)' (b_F - b_R)
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/confidence.h"
#include "base/estimate.h"
#include "base/reason.h"
#include "decomposition/model.h"

/* A row */
typedef struct Part
{
	const char *component;
	const char *covariate;		/* NULL: all together */
	Scaled		estimate;
	Scaled		se;
	const char *reason;			/* why there is no standard error, or no estimate */
	bool		has_estimate;
} Part;

typedef struct Parts
{
	const Question *question;
	int			exponent;		/* of the outcome's unit */
	Part	   *parts;
	int			n;
} Parts;

/* The next row, of which no estimate is defined */
static Part *
AddPart(Parts *parts, const char *component, const char *covariate, const char *reason)
{
	Part	   *part = &parts->parts[parts->n++];

	*part = (Part) {component, covariate, .reason = reason};
	return part;
}

/* What a row says; the variance is NULL if it is not defined, and the row has the reason */
static void
SetPart(const Parts *parts, Part *part, Exact estimate, Exact variance)
{
	part->has_estimate = true;
	part->estimate = ExactToScaled(estimate, parts->exponent);
	if (variance != NULL)
		part->se = ScaledSquareRoot(ExactToScaled(variance, 2 * parts->exponent));
}

/* Why parts have no standard error, or NULL */
static const char *
ErrorReason(const Model *model)
{
	for (int group = 0; group < N_GROUPS; group++)
	{
		if (model->residual_variances[group] == NULL)
			return REASON_N_TOO_SMALL;
	}
	return NULL;
}

/* Of a term, how far the focal group's mean is from that of the reference */
static Exact
TermDifference(const Model *model, int term)
{
	return ExactDifference(TermMean(model, term, GROUP_FOCAL), TermMean(model, term, GROUP_REFERENCE));
}

/* The variance of what a term adds to such a component */
static Exact
DifferenceOfMeansVariance(const Model *model, int term, const Blend *blend)
{
	Vector		weights = CoefficientWeights(model->question, term);
	Exact		coefficient = DotProduct(&weights, &blend->coefficients);
	Exact		means = ExactSum(TermMeanVariance(model, term, GROUP_FOCAL),
								 TermMeanVariance(model, term, GROUP_REFERENCE));

	return ExactSum(ExactProduct(ExactSquare(coefficient), means),
					ExactProduct(ExactSquare(TermDifference(model, term)), BlendVariance(model, blend, &weights)));
}

/* The variance of all of it */
static Exact
AllDifferencesOfMeansVariance(const Model *model, const Blend *blend)
{
	Vector		differences = CovariateDifferences(model);

	return ExactSum(ExactSum(MeanVariance(model, GROUP_FOCAL, &blend->coefficients),
							 MeanVariance(model, GROUP_REFERENCE, &blend->coefficients)),
					BlendVariance(model, blend, &differences));
}

/* Add the rows of a component that is the difference of means times coefficients, or its negative */
static void
AddDifferenceOfMeans(Parts *parts, const Model *model, const char *component, int sign, const Blend *blend)
{
	const Question *question = model->question;
	const char *reason = ErrorReason(model);
	Exact		factor = ExactInteger(sign);
	Exact		sum = ExactInteger(0);
	Part	   *total = AddPart(parts, component, NULL, reason);

	for (int i = 0; i < question->n_terms; i++)
	{
		Exact		part = ExactProduct(factor, ExactProduct(TermDifference(model, i),
															 TermCoefficient(model, i, &blend->coefficients)));

		SetPart(parts, AddPart(parts, component, question->terms[i].name, reason), part,
				reason != NULL ? NULL : DifferenceOfMeansVariance(model, i, blend));
		sum = ExactSum(sum, part);
	}
	SetPart(parts, total, sum, reason != NULL ? NULL : AllDifferencesOfMeansVariance(model, blend));
}

/* How far a term's coefficient is from that compared by in a group, in the direction of the gap */
static Exact
TermAdvantage(const Model *model, int term, const Blend *blend, int group)
{
	Exact		own = TermCoefficient(model, term, &model->regressions[group].coefficients);
	Exact		compared_by = TermCoefficient(model, term, &blend->coefficients);

	return group == GROUP_FOCAL ? ExactDifference(own, compared_by) : ExactDifference(compared_by, own);
}

/*
 * The variance of what a term adds to such a component, x_F (b_F - b*) + x_R (b* - b_R):
 * that of the means, and of the coefficients, which are x_F b_F - x_R b_R - (x_F - x_R) b*
 */
static Exact
DifferenceOfCoefficientsVariance(const Model *model, int term, const Blend *blend)
{
	Vector		weights = CoefficientWeights(model->question, term);
	Exact		difference = TermDifference(model, term);
	Exact		variance = ExactProduct(ExactSquare(difference), BlendVariance(model, blend, &weights));

	for (int group = 0; group < N_GROUPS; group++)
	{
		Exact		mean = TermMean(model, term, group);
		Exact		twice = ExactProduct(ExactInteger(group == GROUP_FOCAL ? -2 : 2), difference);

		variance = ExactSum(variance, ExactProduct(ExactSquare(TermAdvantage(model, term, blend, group)),
												   TermMeanVariance(model, term, group)));
		variance = ExactSum(variance, ExactProduct(ExactSquare(mean), CoefficientVariance(model, group, &weights)));
		variance = ExactSum(variance, ExactProduct(ExactProduct(mean, twice),
												   BlendCovariance(model, blend, group, &weights)));
	}
	return variance;
}

/* The variance of all of it, y_F - y_R - (x_F - x_R)' b* */
static Exact
AllDifferencesOfCoefficientsVariance(const Model *model, const Blend *blend)
{
	Vector		differences = CovariateDifferences(model);
	Exact		twice = ExactProduct(ExactInteger(2), BlendGapShare(model, blend, &differences));
	Exact		of_outcome = ExactDifference(ExactInteger(1), twice);
	Exact		variance = BlendVariance(model, blend, &differences);
	Exact		one = ExactInteger(1);

	for (int group = 0; group < N_GROUPS; group++)
	{
		Vector		advantages = WeightedSum(one, &model->regressions[group].coefficients,
											 ExactInteger(-1), &blend->coefficients);

		variance = ExactSum(variance, MeanVariance(model, group, &advantages));
		variance = ExactSum(variance, ExactProduct(of_outcome, ResidualMeanVariance(model, group)));
	}
	return variance;
}

/* Add the rows of a component that is the differences of coefficients from others times means, in both groups */
static void
AddDifferenceOfCoefficients(Parts *parts, const Model *model, const char *component, const Blend *blend)
{
	const Question *question = model->question;
	const char *reason = ErrorReason(model);
	Part	   *total = AddPart(parts, component, NULL, reason);
	Exact		sum = ExactDifference(Intercept(model, GROUP_FOCAL), Intercept(model, GROUP_REFERENCE));

	SetPart(parts, AddPart(parts, component, INTERCEPT, reason), sum, reason != NULL ? NULL :
			ExactSum(InterceptVariance(model, GROUP_FOCAL), InterceptVariance(model, GROUP_REFERENCE)));
	for (int i = 0; i < question->n_terms; i++)
	{
		Exact		part = ExactInteger(0);

		for (int group = 0; group < N_GROUPS; group++)
			part = ExactSum(part, ExactProduct(TermMean(model, i, group), TermAdvantage(model, i, blend, group)));
		SetPart(parts, AddPart(parts, component, question->terms[i].name, reason), part,
				reason != NULL ? NULL : DifferenceOfCoefficientsVariance(model, i, blend));
		sum = ExactSum(sum, part);
	}
	SetPart(parts, total, sum, reason != NULL ? NULL : AllDifferencesOfCoefficientsVariance(model, blend));
}

/* Add the rows of a component that is not defined */
static void
AddUndefined(Parts *parts, const char *component, bool has_intercept, const char *reason)
{
	AddPart(parts, component, NULL, reason);
	if (has_intercept)
		AddPart(parts, component, INTERCEPT, reason);
	for (int i = 0; i < parts->question->n_terms; i++)
		AddPart(parts, component, parts->question->terms[i].name, reason);
}

/* Add the row of the gap itself, which needs no covariates */
static void
AddGap(Parts *parts, const Model *model)
{
	int64		fewest = Min(model->sums[GROUP_FOCAL].n, model->sums[GROUP_REFERENCE].n);
	const char *reason = fewest < 1 ? REASON_N_LT_1 : fewest < 2 ? REASON_N_LT_2 : NULL;
	Part	   *gap = AddPart(parts, "gap", NULL, reason);

	if (fewest >= 1)
		SetPart(parts, gap, ExactDifference(OutcomeMean(model, GROUP_FOCAL), OutcomeMean(model, GROUP_REFERENCE)),
				reason != NULL ? NULL : ExactSum(OutcomeMeanVariance(model, GROUP_FOCAL),
												 OutcomeMeanVariance(model, GROUP_REFERENCE)));
}

/* Add all rows */
static void
Decompose(const Model *model, void *result)
{
	Parts	   *parts = result;
	bool		is_threefold = parts->question->method == METHOD_THREEFOLD;

	AddGap(parts, model);
	if (model->reason != NULL)
	{
		AddUndefined(parts, is_threefold ? "endowments" : "explained", false, model->reason);
		AddUndefined(parts, is_threefold ? "coefficients" : "unexplained", true, model->reason);
		if (is_threefold)
			AddUndefined(parts, "interaction", false, model->reason);
	}
	else if (is_threefold)
	{
		Blend		reference = OwnBlend(model, 0, 1);
		Blend		difference = OwnBlend(model, 1, -1);

		AddDifferenceOfMeans(parts, model, "endowments", 1, &model->compared_by);
		AddDifferenceOfCoefficients(parts, model, "coefficients", &reference);
		AddDifferenceOfMeans(parts, model, "interaction", -1, &difference);
	}
	else
	{
		AddDifferenceOfMeans(parts, model, "explained", 1, &model->compared_by);
		AddDifferenceOfCoefficients(parts, model, "unexplained", &model->compared_by);
	}
}

/* An estimate with its normal interval; without an error there is none */
static Estimate
PartEstimate(const Part *part, double z)
{
	Estimate	estimate = UndefinedEstimate(part->reason);

	if (part->reason == NULL && part->se.fraction > 0)
		return NormalEstimate(part->estimate, part->se, z);
	if (part->has_estimate)
		estimate.estimate = Unscaled(part->estimate);
	if (part->reason == NULL)
	{
		estimate.se = 0;
		estimate.reason = REASON_ZERO_VARIANCE;
	}
	return estimate;
}

/* gap_decomposition(products, covariates, omitted_levels, method, confidence) */
PG_FUNCTION_INFO_V1(gap_decomposition);
Datum
gap_decomposition(PG_FUNCTION_ARGS)
{
	Question	question = ReadQuestion(fcinfo);
	const CrossProducts *products = question.products;
	Parts		parts = {&question, OutcomeExponent(&question),
	palloc((1 + 3 * (2 + question.n_terms)) * sizeof(Part)), 0};
	double		z = TwoSidedZ(question.confidence);
	ResultRow	row;

	ReadModel(&question, Decompose, &parts);
	BeginResultSet(&row, fcinfo);
	for (int i = 0; i < parts.n; i++)
	{
		const Part *part = &parts.parts[i];
		Estimate	estimate = PartEstimate(part, z);

		AddText(&row, question.method_name);
		AddText(&row, part->component);
		AddText(&row, part->covariate);
		AddInt64(&row, products->n[GROUP_FOCAL]);
		AddInt64(&row, products->n[GROUP_REFERENCE]);
		AddInt64(&row, products->missing[GROUP_FOCAL]);
		AddInt64(&row, products->missing[GROUP_REFERENCE]);
		AddInt64(&row, products->missing_group);
		AddEstimate(&row, estimate);
		AddText(&row, estimate.reason);
		PutResultRow(&row);
	}
	return (Datum) 0;
}
