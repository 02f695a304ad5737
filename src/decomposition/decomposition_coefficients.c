/*
 * decomposition_coefficients.c
 *		What a decomposition is made of: means and coefficients of both groups.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/estimate.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "decomposition/model.h"

/* A row; of the intercept there is no mean */
typedef struct Coefficients
{
	const char *covariate;
	Scaled		means[N_GROUPS];
	Scaled		coefficients[N_GROUPS];
	Scaled		errors[N_GROUPS];
	Scaled		compared_by;
	bool		has_means[N_GROUPS];
	bool		has_coefficients;
	bool		has_errors[N_GROUPS];
	const char *reason;
} Coefficients;

/* The exponent of the unit that a term's values are in; levels left out are of dummies */
static int
TermExponent(const Question *question, int term)
{
	int			covariate = question->terms[term].covariate;

	return covariate < 0 ? 0 : ColumnSpan(question->products, COLUMN_COVARIATES + covariate).low;
}

/* The coefficient of a row in a group, and its error, of which the variance is NULL if there is none */
static void
SetCoefficient(Coefficients *row, int group, Exact coefficient, Exact variance, int exponent)
{
	row->has_coefficients = true;
	row->coefficients[group] = ExactToScaled(coefficient, exponent);
	row->has_errors[group] = variance != NULL;
	if (variance != NULL)
		row->errors[group] = ScaledSquareRoot(ExactToScaled(variance, 2 * exponent));
	else
		row->reason = REASON_N_TOO_SMALL;
}

/* The row of a term */
static void
DescribeTerm(const Model *model, int term, Coefficients *row)
{
	int			exponent = TermExponent(model->question, term);

	row->covariate = model->question->terms[term].name;
	for (int group = 0; group < N_GROUPS; group++)
	{
		row->has_means[group] = model->sums[group].n > 0;
		if (row->has_means[group])
			row->means[group] = ExactToScaled(TermMean(model, term, group), exponent);
	}
	row->reason = model->reason;
	if (model->reason != NULL)
		return;
	exponent = OutcomeExponent(model->question) - exponent;
	for (int group = 0; group < N_GROUPS; group++)
		SetCoefficient(row, group, TermCoefficient(model, term, &model->regressions[group].coefficients),
					   model->residual_variances[group] == NULL ? NULL : TermCoefficientVariance(model, term, group),
					   exponent);
	row->compared_by = ExactToScaled(TermCoefficient(model, term, &model->compared_by.coefficients), exponent);
}

/* The row of the intercept */
static void
DescribeIntercept(const Model *model, Coefficients *row)
{
	int			exponent = OutcomeExponent(model->question);

	row->covariate = INTERCEPT;
	row->reason = model->reason;
	if (model->reason != NULL)
		return;
	for (int group = 0; group < N_GROUPS; group++)
		SetCoefficient(row, group, Intercept(model, group),
					   model->residual_variances[group] == NULL ? NULL : InterceptVariance(model, group),
					   exponent);
	row->compared_by = ExactToScaled(InterceptComparedBy(model), exponent);
}

/* All rows */
static void
DescribeModel(const Model *model, void *result)
{
	Coefficients *rows = result;

	DescribeIntercept(model, &rows[0]);
	for (int i = 0; i < model->question->n_terms; i++)
		DescribeTerm(model, i, &rows[1 + i]);
}

/* A coefficient of a group with its interval, by Student's t; an error of 0 gives none */
static Estimate
CoefficientEstimate(const Question *question, Coefficients *row, int group)
{
	Estimate	estimate = UndefinedEstimate(NULL);
	int64		df = question->products->n[group] - question->k - 1;

	if (row->has_errors[group] && row->errors[group].fraction > 0)
		return NormalEstimate(row->coefficients[group], row->errors[group],
							  qt(0.5 * (1 - question->confidence), df, 0, 0));
	if (row->has_coefficients)
		estimate.estimate = Unscaled(row->coefficients[group]);
	if (row->has_errors[group])
	{
		estimate.se = 0;
		row->reason = REASON_ZERO_VARIANCE;
	}
	return estimate;
}

/* decomposition_coefficients(products, covariates, omitted_levels, method, confidence) */
PG_FUNCTION_INFO_V1(decomposition_coefficients);
Datum
decomposition_coefficients(PG_FUNCTION_ARGS)
{
	Question	question = ReadQuestion(fcinfo);
	Coefficients *rows = palloc0((1 + question.n_terms) * sizeof(Coefficients));
	ResultRow	row;

	ReadModel(&question, DescribeModel, rows);
	BeginResultSet(&row, fcinfo);
	for (int i = 0; i <= question.n_terms; i++)
	{
		Coefficients *described = &rows[i];

		AddText(&row, question.method_name);
		AddText(&row, described->covariate);
		for (int group = 0; group < N_GROUPS; group++)
		{
			if (described->has_means[group])
				AddFloat8(&row, Unscaled(described->means[group]));
			else
				AddNull(&row);
		}
		for (int group = 0; group < N_GROUPS; group++)
			AddEstimate(&row, CoefficientEstimate(&question, described, group));
		AddFloat8(&row, described->has_coefficients ? Unscaled(described->compared_by) : NAN);
		AddText(&row, described->reason);
		PutResultRow(&row);
	}
	return (Datum) 0;
}
