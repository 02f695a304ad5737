/*
 * gap_decomposition.c
 *		How much of a gap goes with what the groups differ in.
 *
 * Oaxaca 1973, International Economic Review 14:693-709; Blinder 1973, Journal of Human
 * Resources 8:436-455. Standard errors: Jann 2008, Stata Journal 8:453-479, of covariates
 * that are sampled, too. With F the focal group, R the reference, x their mean covariates,
 * b their coefficients and w the weight of R in the coefficients b* compared by:
 *
 *	explained		(x_F - x_R)' b*
 *	unexplained		x_F' (b_F - b*) + x_R' (b* - b_R) = (w x_F + (1 - w) x_R)' (b_F - b_R)
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

/* Whether a regression's standard errors are defined in both groups */
static bool
HasErrors(const Model *model)
{
	return model->residual_variances[GROUP_FOCAL] != NULL && model->residual_variances[GROUP_REFERENCE] != NULL;
}

/* a f + b r, of something that both groups have */
static Exact
OfBoth(Exact a, Exact f, Exact b, Exact r)
{
	return ExactSum(ExactProduct(a, f), ExactProduct(b, r));
}

/*
 * Add the rows of a component that is the difference of means times coefficients, or its
 * negative. The squares are those of the weights that the groups' own coefficients have in
 * these; NULL if they are not made of them.
 */
static void
AddDifferenceOfMeans(Parts *parts, const Model *model, const char *component, int sign, const Vector *coefficients,
					 Exact focal_square, Exact reference_square)
{
	const Question *question = model->question;
	const char *reason = !HasErrors(model) ? REASON_N_TOO_SMALL :
		focal_square == NULL ? REASON_POOLED_COEFFICIENTS : NULL;
	Vector		differences = MeanDifference(&model->sums[GROUP_FOCAL], &model->sums[GROUP_REFERENCE]);
	Exact		factor = ExactInteger(sign);
	Exact		sum = ExactInteger(0);
	Exact		variance = NULL;
	Part	   *total = AddPart(parts, component, NULL, reason);

	differences.size = question->k;
	for (int i = 0; i < question->n_terms; i++)
	{
		Exact		difference = ExactDifference(TermMean(model, i, GROUP_FOCAL), TermMean(model, i, GROUP_REFERENCE));
		Exact		coefficient = TermCoefficient(model, i, coefficients);
		Exact		part = ExactProduct(factor, ExactProduct(difference, coefficient));

		if (reason == NULL)
			variance = ExactSum(ExactProduct(ExactSquare(coefficient),
											 ExactSum(TermMeanVariance(model, i, GROUP_FOCAL),
													  TermMeanVariance(model, i, GROUP_REFERENCE))),
								ExactProduct(ExactSquare(difference),
											 OfBoth(focal_square, TermCoefficientVariance(model, i, GROUP_FOCAL),
													reference_square, TermCoefficientVariance(model, i, GROUP_REFERENCE))));
		SetPart(parts, AddPart(parts, component, question->terms[i].name, reason), part, variance);
		sum = ExactSum(sum, part);
	}
	if (reason == NULL)
		variance = ExactSum(ExactSum(MeanVariance(model, GROUP_FOCAL, coefficients),
									 MeanVariance(model, GROUP_REFERENCE, coefficients)),
							OfBoth(focal_square, CoefficientVariance(model, GROUP_FOCAL, &differences),
								   reference_square, CoefficientVariance(model, GROUP_REFERENCE, &differences)));
	SetPart(parts, total, sum, variance);
}

/* The difference of the groups' own coefficients */
static Vector
CoefficientDifferences(const Model *model)
{
	int			k = model->question->k;
	Exact	   *elements = palloc(Max(k, 1) * sizeof(Exact));

	for (int i = 0; i < k; i++)
		elements[i] = ExactDifference(VectorElement(&model->regressions[GROUP_FOCAL].coefficients, i),
									  VectorElement(&model->regressions[GROUP_REFERENCE].coefficients, i));
	return VectorFrom(elements, k);
}

/*
 * The variance of all that such a component sums up: that of the means, and that of each
 * group's prediction where these are
 */
static Exact
DifferenceOfCoefficientsVariance(const Model *model, Exact focal_square, Exact reference_square)
{
	Vector		coefficients = CoefficientDifferences(model);
	Vector		means = MeanDifference(&model->sums[GROUP_FOCAL], &model->sums[GROUP_REFERENCE]);
	Exact		variance = OfBoth(focal_square, MeanVariance(model, GROUP_FOCAL, &coefficients),
								  reference_square, MeanVariance(model, GROUP_REFERENCE, &coefficients));

	means.size = model->question->k;
	for (int group = 0; group < N_GROUPS; group++)
		variance = ExactSum(variance, ExactQuotient(model->residual_variances[group],
													ExactInteger(model->sums[group].n)));
	return ExactSum(variance, OfBoth(reference_square, CoefficientVariance(model, GROUP_FOCAL, &means),
									 focal_square, CoefficientVariance(model, GROUP_REFERENCE, &means)));
}

/*
 * Add the rows of a component that is the difference of coefficients times means: those of
 * both groups, with the weight that the focal ones have; NULL if the differences are from
 * coefficients that are not made of the groups' own.
 */
static void
AddDifferenceOfCoefficients(Parts *parts, const Model *model, const char *component, Exact focal_weight)
{
	const Question *question = model->question;
	const Vector *focal = &model->regressions[GROUP_FOCAL].coefficients;
	const Vector *reference = &model->regressions[GROUP_REFERENCE].coefficients;
	const char *error_reason = HasErrors(model) ? NULL : REASON_N_TOO_SMALL;
	const char *reason = error_reason == NULL && focal_weight == NULL ? REASON_POOLED_COEFFICIENTS : error_reason;
	Part	   *total = AddPart(parts, component, NULL, reason);
	Exact		sum = ExactDifference(Intercept(model, GROUP_FOCAL), Intercept(model, GROUP_REFERENCE));
	Exact		focal_square = focal_weight == NULL ? NULL : ExactSquare(focal_weight);
	Exact		reference_square = focal_weight == NULL ? NULL :
		ExactSquare(ExactDifference(ExactInteger(1), focal_weight));
	Exact		variance = NULL;

	if (error_reason == NULL)
		variance = ExactSum(InterceptVariance(model, GROUP_FOCAL), InterceptVariance(model, GROUP_REFERENCE));
	SetPart(parts, AddPart(parts, component, INTERCEPT, error_reason), sum, variance);
	variance = NULL;
	for (int i = 0; i < question->n_terms; i++)
	{
		Exact		focal_mean = TermMean(model, i, GROUP_FOCAL);
		Exact		reference_mean = TermMean(model, i, GROUP_REFERENCE);
		Exact		focal_coefficient = TermCoefficient(model, i, focal);
		Exact		reference_coefficient = TermCoefficient(model, i, reference);
		Exact		difference = ExactDifference(focal_coefficient, reference_coefficient);
		Exact		part;

		if (focal_weight == NULL)
		{
			Exact		between = TermCoefficient(model, i, &model->compared_by);

			part = OfBoth(focal_mean, ExactDifference(focal_coefficient, between),
						  reference_mean, ExactDifference(between, reference_coefficient));
		}
		else
		{
			Exact		mean = ExactSum(reference_mean,
										ExactProduct(focal_weight, ExactDifference(focal_mean, reference_mean)));

			part = ExactProduct(mean, difference);
			if (reason == NULL)
				variance = OfBoth(ExactSquare(difference),
								  OfBoth(focal_square, TermMeanVariance(model, i, GROUP_FOCAL),
										 reference_square, TermMeanVariance(model, i, GROUP_REFERENCE)),
								  ExactSquare(mean),
								  ExactSum(TermCoefficientVariance(model, i, GROUP_FOCAL),
										   TermCoefficientVariance(model, i, GROUP_REFERENCE)));
		}
		SetPart(parts, AddPart(parts, component, question->terms[i].name, reason), part, variance);
		sum = ExactSum(sum, part);
	}
	SetPart(parts, total, sum, reason != NULL ? NULL :
			DifferenceOfCoefficientsVariance(model, focal_square, reference_square));
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
	Exact		one = ExactInteger(1);

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
		Vector		differences = CoefficientDifferences(model);

		AddDifferenceOfMeans(parts, model, "endowments", 1, &model->compared_by, one, ExactInteger(0));
		AddDifferenceOfCoefficients(parts, model, "coefficients", one);
		AddDifferenceOfMeans(parts, model, "interaction", -1, &differences, one, one);
	}
	else
	{
		Exact		reference_square = model->weight == NULL ? NULL : ExactSquare(model->weight);
		Exact		focal_square = model->weight == NULL ? NULL : ExactSquare(ExactDifference(one, model->weight));

		AddDifferenceOfMeans(parts, model, "explained", 1, &model->compared_by, focal_square, reference_square);
		AddDifferenceOfCoefficients(parts, model, "unexplained", model->weight);
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
