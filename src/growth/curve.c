/*
 * curve.c
 *		Student growth percentiles (Betebenner 2009): where a student is in a fit.
 *
 * A student's growth percentile is how many of the hundred conditional
 * quantiles at her prior scores are below her current score.
 *
 * A model may be anybody's making, so that nothing in it is believed.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "base/argument.h"
#include "base/result_row.h"
#include "executor/executor.h"
#include "growth/growth.h"
#include "utils/array.h"

/* Of quantiles; see RoundingUnit */
#define SCORE_DECIMALS 5

/* Columns of the type growth_model */
enum
{
	MODEL_N = 1, MODEL_KNOTS, MODEL_BOUNDARIES, MODEL_COEFFICIENTS
};

/* What is asked of a model */
typedef struct GrowthCurves
{
	int			n_priors;
	Spline		splines[MAX_SPLINES];
	double		coefficients[GROWTH_TAUS * MAX_COLUMNS];	/* by quantile, without a hole */
	double		unit;			/* to which their quantiles are rounded */
} GrowthCurves;

static void
InvalidModel(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid growth model"),
			 errdetail("%s", detail),
			 errhint("Use one that growth_model() made.")));
}

/* An array column of a model; NULL if it is */
static ArrayType *
ModelArray(HeapTupleHeader tuple, int column)
{
	bool		isnull;
	Datum		datum = GetAttributeByNum(tuple, column, &isnull);

	return isnull ? NULL : DatumGetArrayTypeP(datum);
}

/* Of how many priors it is, by its knots */
static int
CountPriors(ArrayType *knots)
{
	int			n = ARR_NDIM(knots) == 2 ? ARR_DIMS(knots)[0] : 1;

	if (n > MAX_SPLINES)
		InvalidModel("It has too many prior scores.");
	return n;
}

/* Take its numbers, of so many rows and columns; of one row it has one dimension */
static void
ReadModelArray(ArrayType *array, int n_rows, int n_columns, double *values)
{
	int			dims[] = {n_rows, n_columns};
	int			ndim = n_rows == 1 ? 1 : 2;

	if (ARR_NDIM(array) != ndim || memcmp(ARR_DIMS(array), &dims[2 - ndim], ndim * sizeof(int)) != 0)
		InvalidModel("An array does not have the dimensions of one.");
	if (array_contains_nulls(array))
		InvalidModel("An array contains nulls.");
	memcpy(values, ARR_DATA_PTR(array), n_rows * n_columns * sizeof(double));
	for (int i = 0; i < n_rows * n_columns; i++)
	{
		if (!isfinite(values[i]))
			InvalidModel("A number is not finite.");
	}
}

/* From the lowest coefficient to the highest: about the range of the scores */
static double
CoefficientRange(const GrowthCurves *curves)
{
	const double *coefficients = curves->coefficients;
	double		lowest = coefficients[0];
	double		highest = coefficients[0];

	for (int i = 1; i < GROWTH_TAUS * DESIGN_COLUMNS(curves->n_priors); i++)
	{
		lowest = Min(lowest, coefficients[i]);
		highest = Max(highest, coefficients[i]);
	}
	return highest - lowest;
}

/* A model argument; false if there is none, or it could not be fitted */
static bool
GrowthModelArgument(FunctionCallInfo fcinfo, int argno, GrowthCurves *curves)
{
	HeapTupleHeader tuple;
	ArrayType  *knot_array;
	ArrayType  *boundary_array;
	ArrayType  *coefficient_array;
	double		knots[MAX_SPLINES * SPLINE_KNOTS];
	double		boundaries[MAX_SPLINES * 2];

	if (PG_ARGISNULL(argno))
		return false;
	tuple = PG_GETARG_HEAPTUPLEHEADER(argno);
	knot_array = ModelArray(tuple, MODEL_KNOTS);
	boundary_array = ModelArray(tuple, MODEL_BOUNDARIES);
	coefficient_array = ModelArray(tuple, MODEL_COEFFICIENTS);
	if (knot_array == NULL || boundary_array == NULL || coefficient_array == NULL)
		return false;

	curves->n_priors = CountPriors(knot_array);
	ReadModelArray(knot_array, curves->n_priors, SPLINE_KNOTS, knots);
	ReadModelArray(boundary_array, curves->n_priors, 2, boundaries);
	ReadModelArray(coefficient_array, GROWTH_TAUS, DESIGN_COLUMNS(curves->n_priors), curves->coefficients);
	for (int i = 0; i < curves->n_priors; i++)
	{
		if (!SplineInit(&curves->splines[i], &boundaries[i * 2], &knots[i * SPLINE_KNOTS]))
			InvalidModel("Knots do not ascend between the boundaries.");
	}
	curves->unit = RoundingUnit(CoefficientRange(curves), SCORE_DECIMALS);
	return true;
}

/* The prior score that an argument is, or the array of them, as many as a model has; false if one is NULL */
static bool
PriorsArgument(FunctionCallInfo fcinfo, int argno, bool is_array, const GrowthCurves *curves, double *priors)
{
	bool		is_known = !PG_ARGISNULL(argno);
	int			n = 1;

	if (!is_known)
		return false;
	if (is_array)
		n = ArgumentPriors(fcinfo, argno, priors, &is_known);
	else
		priors[0] = ArgumentDouble(fcinfo, argno, "prior");
	if (n != curves->n_priors)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the number of prior scores must be the model's: %d, not %d", curves->n_priors, n)));
	return is_known;
}

static int
CompareDoubles(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

/*
 * The hundred conditional quantiles at prior scores, sorted, since separately
 * fitted quantiles may cross, and rounded as package SGP does. False where a
 * prior is beyond the model's boundaries.
 */
static bool
PredictScores(const GrowthCurves *curves, const double *priors, double *scores)
{
	int			n_columns = DESIGN_COLUMNS(curves->n_priors);
	SplineRow	rows[MAX_SPLINES];

	for (int i = 0; i < curves->n_priors; i++)
	{
		if (!SplineCovers(&curves->splines[i], priors[i]))
			return false;
	}
	DesignRows(curves->splines, curves->n_priors, priors, rows);
	for (int k = 0; k < GROWTH_TAUS; k++)
		scores[k] = RoundToUnit(DesignValue(rows, curves->n_priors, &curves->coefficients[k * n_columns]),
								curves->unit);
	qsort(scores, GROWTH_TAUS, sizeof(double), CompareDoubles);
	return true;
}

/*
 * A score to be compared with rounded quantiles. Usual scores have few decimals
 * and stay as they are, as in package SGP; those of other scales may be a
 * rounding error away from the quantile that they are.
 */
static double
ComparableScore(const GrowthCurves *curves, double score)
{
	return curves->unit == pow(10, SCORE_DECIMALS) ? score : RoundToUnit(score, curves->unit);
}

/* How many of the hundred quantiles are below the current score, 1 to 99 */
static Datum
GrowthPercentile(FunctionCallInfo fcinfo, bool is_array)
{
	double		scores[GROWTH_TAUS];
	double		priors[MAX_SPLINES];
	GrowthCurves curves;
	double		current;
	bool		at_ceiling;
	int			below = 0;

	if (PG_ARGISNULL(2) || !GrowthModelArgument(fcinfo, 0, &curves) ||
		!PriorsArgument(fcinfo, 1, is_array, &curves, priors) || !PredictScores(&curves, priors, scores))
		PG_RETURN_NULL();
	current = ArgumentDouble(fcinfo, 2, "current");
	at_ceiling = !PG_ARGISNULL(3) && current >= ArgumentDouble(fcinfo, 3, "highest_score");
	current = ComparableScore(&curves, current);

	while (below < GROWTH_TAUS &&
		   (scores[below] < current || (at_ceiling && scores[below] == current)))
		below++;
	PG_RETURN_INT32(Min(Max(below, 1), GROWTH_TAUS - 1));
}

/* student_growth_percentile(model, prior, current, highest_score) */
PG_FUNCTION_INFO_V1(student_growth_percentile);
Datum
student_growth_percentile(PG_FUNCTION_ARGS)
{
	return GrowthPercentile(fcinfo, false);
}

/* student_growth_percentile(model, priors, current, highest_score) */
PG_FUNCTION_INFO_V1(student_growth_percentile_of_priors);
Datum
student_growth_percentile_of_priors(PG_FUNCTION_ARGS)
{
	return GrowthPercentile(fcinfo, true);
}

/* The hundred conditional quantiles at prior scores, as rows */
static Datum
GrowthCurve(FunctionCallInfo fcinfo, bool is_array)
{
	double		scores[GROWTH_TAUS];
	double		priors[MAX_SPLINES];
	GrowthCurves curves;
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	if (!GrowthModelArgument(fcinfo, 0, &curves) ||
		!PriorsArgument(fcinfo, 1, is_array, &curves, priors) || !PredictScores(&curves, priors, scores))
		return (Datum) 0;
	for (int k = 0; k < GROWTH_TAUS; k++)
	{
		AddFloat8(&row, (k + 0.5) / GROWTH_TAUS);
		AddFloat8(&row, scores[k]);
		PutResultRow(&row);
	}
	return (Datum) 0;
}

/* growth_curve(model, prior) */
PG_FUNCTION_INFO_V1(growth_curve);
Datum
growth_curve(PG_FUNCTION_ARGS)
{
	return GrowthCurve(fcinfo, false);
}

/* growth_curve(model, priors) */
PG_FUNCTION_INFO_V1(growth_curve_of_priors);
Datum
growth_curve_of_priors(PG_FUNCTION_ARGS)
{
	return GrowthCurve(fcinfo, true);
}
