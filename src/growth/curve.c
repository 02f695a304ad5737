/*
 * curve.c
 *		Student growth percentiles (Betebenner 2009): where a student is in a fit.
 *
 * A student's growth percentile is how many of the hundred conditional
 * quantiles at her prior score are below her current score.
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
	Spline		spline;
	double		coefficients[GROWTH_TAUS][SPLINE_COLUMNS];
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

/* Read an array column of a model, of one dimension or two; false if it is NULL */
static bool
ReadModelArray(HeapTupleHeader tuple, int column, int ndim, const int *dims, double *values)
{
	bool		isnull;
	Datum		datum = GetAttributeByNum(tuple, column, &isnull);
	ArrayType  *array;
	int			n;

	if (isnull)
		return false;
	array = DatumGetArrayTypeP(datum);
	if (ARR_NDIM(array) != ndim || memcmp(ARR_DIMS(array), dims, ndim * sizeof(int)) != 0)
		InvalidModel("An array does not have the dimensions of one.");
	if (array_contains_nulls(array))
		InvalidModel("An array contains nulls.");
	n = ArrayGetNItems(ndim, dims);
	memcpy(values, ARR_DATA_PTR(array), n * sizeof(double));
	for (int i = 0; i < n; i++)
	{
		if (!isfinite(values[i]))
			InvalidModel("A number is not finite.");
	}
	return true;
}

/* From the lowest coefficient to the highest: about the range of the scores */
static double
CoefficientRange(const GrowthCurves *curves)
{
	const double *coefficients = &curves->coefficients[0][0];
	double		lowest = coefficients[0];
	double		highest = coefficients[0];

	for (int i = 1; i < GROWTH_TAUS * SPLINE_COLUMNS; i++)
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
	double		knots[SPLINE_KNOTS];
	double		boundaries[2];

	if (PG_ARGISNULL(argno))
		return false;
	tuple = PG_GETARG_HEAPTUPLEHEADER(argno);
	if (!ReadModelArray(tuple, MODEL_KNOTS, 1, (int[]) {SPLINE_KNOTS}, knots) ||
		!ReadModelArray(tuple, MODEL_BOUNDARIES, 1, (int[]) {2}, boundaries) ||
		!ReadModelArray(tuple, MODEL_COEFFICIENTS, 2, (int[]) {GROWTH_TAUS, SPLINE_COLUMNS},
						&curves->coefficients[0][0]))
		return false;
	if (!SplineInit(&curves->spline, boundaries, knots))
		InvalidModel("Knots do not ascend between the boundaries.");
	curves->unit = RoundingUnit(CoefficientRange(curves), SCORE_DECIMALS);
	return true;
}

static int
CompareDoubles(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

/*
 * The hundred conditional quantiles at a prior score, sorted, since separately
 * fitted quantiles may cross, and rounded as package SGP does. False where the
 * prior is beyond the model's boundaries.
 */
static bool
PredictScores(const GrowthCurves *curves, double prior, double *scores)
{
	SplineRow	row;

	if (!SplineCovers(&curves->spline, prior))
		return false;
	row = SplineBasis(&curves->spline, prior);
	for (int k = 0; k < GROWTH_TAUS; k++)
		scores[k] = RoundToUnit(SplineValue(&row, curves->coefficients[k]), curves->unit);
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
PG_FUNCTION_INFO_V1(student_growth_percentile);
Datum
student_growth_percentile(PG_FUNCTION_ARGS)
{
	double		scores[GROWTH_TAUS];
	GrowthCurves curves;
	double		current;
	bool		at_ceiling;
	int			below = 0;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || !GrowthModelArgument(fcinfo, 0, &curves) ||
		!PredictScores(&curves, ArgumentDouble(fcinfo, 1, "prior"), scores))
		PG_RETURN_NULL();
	current = ArgumentDouble(fcinfo, 2, "current");
	at_ceiling = !PG_ARGISNULL(3) && current >= ArgumentDouble(fcinfo, 3, "highest_score");
	current = ComparableScore(&curves, current);

	while (below < GROWTH_TAUS &&
		   (scores[below] < current || (at_ceiling && scores[below] == current)))
		below++;
	PG_RETURN_INT32(Min(Max(below, 1), GROWTH_TAUS - 1));
}

/* The hundred conditional quantiles at a prior score, as rows */
PG_FUNCTION_INFO_V1(growth_curve);
Datum
growth_curve(PG_FUNCTION_ARGS)
{
	double		scores[GROWTH_TAUS];
	GrowthCurves curves;
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	if (PG_ARGISNULL(1) || !GrowthModelArgument(fcinfo, 0, &curves) ||
		!PredictScores(&curves, ArgumentDouble(fcinfo, 1, "prior"), scores))
		return (Datum) 0;
	for (int k = 0; k < GROWTH_TAUS; k++)
	{
		AddFloat8(&row, (k + 0.5) / GROWTH_TAUS);
		AddFloat8(&row, scores[k]);
		PutResultRow(&row);
	}
	return (Datum) 0;
}
