/*
 * growth.c
 *		Student growth percentiles (Betebenner 2009), from one prior score.
 *
 * A hundred conditional quantiles of this year's score given last year's,
 * each a cubic B-spline, are fitted to a cohort; a student's growth percentile
 * is how many of them are below her score.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "base/argument.h"
#include "base/observations.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "growth/quantile_regression.h"
#include "utils/array.h"
#include "utils/float.h"

#define GROWTH_TAUS 100
#define GROWTH_DEFAULT_MIN_N 1000

/* Columns of an observation */
enum
{
	GROWTH_PRIOR, GROWTH_CURRENT, GROWTH_MIN_N
};

/* Columns of the type growth_model */
enum
{
	MODEL_N = 1, MODEL_KNOTS, MODEL_BOUNDARIES, MODEL_COEFFICIENTS
};

typedef struct GrowthModel
{
	Spline		spline;
	double		coefficients[GROWTH_TAUS][SPLINE_COLUMNS];
} GrowthModel;

static double
RoundTo(double value, double unit)
{
	return rint(value * unit) / unit;
}

/* Quantile of type 7 of the priors */
static double
PriorQuantile(const Observations *rows, double p)
{
	double		position = p * (rows->n - 1);
	int			below = floor(position);
	double		low = rows->values[below * rows->width + GROWTH_PRIOR];
	double		high = rows->values[Min(below + 1, rows->n - 1) * rows->width + GROWTH_PRIOR];

	return low + (position - below) * (high - low);
}

/*
 * Knots at the quintiles of the priors, boundaries a tenth of their range
 * beyond it, both rounded to three decimals: as package SGP places them.
 */
static Spline
PlaceKnots(const Observations *rows)
{
	double		lowest = rows->values[GROWTH_PRIOR];
	double		highest = rows->values[(rows->n - 1) * rows->width + GROWTH_PRIOR];
	double		margin = 0.1 * (highest - lowest);
	Spline		spline;

	spline.boundaries[0] = RoundTo(lowest - margin, 1000);
	spline.boundaries[1] = RoundTo(highest + margin, 1000);
	for (int i = 0; i < SPLINE_KNOTS; i++)
		spline.knots[i] = RoundTo(PriorQuantile(rows, (i + 1) / (SPLINE_KNOTS + 1.0)), 1000);
	return spline;
}

/* Whether all current scores are one */
static bool
IsConstant(const Observations *rows)
{
	for (int i = 1; i < rows->n; i++)
	{
		if (rows->values[i * rows->width + GROWTH_CURRENT] != rows->values[GROWTH_CURRENT])
			return false;
	}
	return true;
}

/* Distinct pairs with weights, and a design row for each distinct prior; rows are sorted */
static Regression
BuildRegression(const Observations *rows, const Spline *spline)
{
	Regression	regression = {0};

	regression.design = palloc(rows->n * sizeof(*regression.design));
	regression.prior = palloc(rows->n * sizeof(int));
	regression.current = palloc(rows->n * sizeof(double));
	regression.weight = palloc(rows->n * sizeof(double));
	for (int i = 0; i < rows->n; i++)
	{
		const double *row = rows->values + i * rows->width;
		const double *previous = row - rows->width;
		bool		same_prior = i > 0 && row[GROWTH_PRIOR] == previous[GROWTH_PRIOR];

		if (same_prior && row[GROWTH_CURRENT] == previous[GROWTH_CURRENT])
		{
			regression.weight[regression.npairs - 1]++;
			continue;
		}
		if (!same_prior)
			SplineBasis(spline, row[GROWTH_PRIOR], regression.design[regression.npriors++]);
		regression.prior[regression.npairs] = regression.npriors - 1;
		regression.current[regression.npairs] = row[GROWTH_CURRENT];
		regression.weight[regression.npairs++] = 1;
	}
	return regression;
}

/* The 100 by 8 matrix of coefficients */
static Datum
CoefficientArray(double (*coefficients)[SPLINE_COLUMNS])
{
	int			dims[] = {GROWTH_TAUS, SPLINE_COLUMNS};
	int			lbounds[] = {1, 1};
	Datum	   *elements = palloc(GROWTH_TAUS * SPLINE_COLUMNS * sizeof(Datum));

	for (int i = 0; i < GROWTH_TAUS * SPLINE_COLUMNS; i++)
		elements[i] = Float8GetDatum(coefficients[i / SPLINE_COLUMNS][i % SPLINE_COLUMNS]);
	return PointerGetDatum(construct_md_array(elements, NULL, 2, dims, lbounds, FLOAT8OID,
											  sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* Transition function of growth_model(prior, current [, min_n]) */
PG_FUNCTION_INFO_V1(growth_model_accum);
Datum
growth_model_accum(PG_FUNCTION_ARGS)
{
	return ObservationsAccumulate(fcinfo, 2, "min_n");
}

/*
 * Fit a cohort. The aggregate's arguments come again after the state, as
 * NULLs; if there is a third, it is the least number of students.
 */
PG_FUNCTION_INFO_V1(growth_model_final);
Datum
growth_model_final(PG_FUNCTION_ARGS)
{
	Observations rows = ObservationsArgument(fcinfo, 0, PG_NARGS() - 1);
	double		min_n = rows.width > GROWTH_MIN_N ?
		ObservationsOption(&rows, GROWTH_MIN_N, "min_n", 0) : GROWTH_DEFAULT_MIN_N;
	const char *reason = NULL;
	double		losses[GROWTH_TAUS];
	GrowthModel model;
	ResultRow	row;

	if (rows.n == 0 || rows.n < min_n)
		reason = REASON_N_TOO_SMALL;
	else if (IsConstant(&rows))
		reason = REASON_ZERO_VARIANCE;
	else
	{
		Regression	regression;

		model.spline = PlaceKnots(&rows);
		regression = BuildRegression(&rows, &model.spline);
		if (!QuantileRegressionProcess(&regression, GROWTH_TAUS, model.coefficients, losses))
			reason = REASON_SINGULAR_DESIGN;
	}

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, rows.n);
	if (reason == NULL)
	{
		AddArray(&row, model.spline.knots, SPLINE_KNOTS);
		AddArray(&row, model.spline.boundaries, 2);
		AddDatum(&row, FLOAT8ARRAYOID, CoefficientArray(model.coefficients));
		AddArray(&row, losses, GROWTH_TAUS);
	}
	else
	{
		for (int i = 0; i < 4; i++)
			AddNull(&row);
	}
	AddText(&row, reason);
	return EndResultRow(&row);
}

static void
InvalidModel(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid growth model"),
			 errhint("Use one that growth_model() made.")));
}

/* Read an array column of a model; false if it is NULL */
static bool
ReadModelArray(HeapTupleHeader tuple, int column, double *values, int n)
{
	bool		isnull;
	Datum		datum = GetAttributeByNum(tuple, column, &isnull);
	ArrayType  *array;

	if (isnull)
		return false;
	array = DatumGetArrayTypeP(datum);
	if (ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)) != n || array_contains_nulls(array))
		InvalidModel();
	memcpy(values, ARR_DATA_PTR(array), n * sizeof(double));
	for (int i = 0; i < n; i++)
	{
		if (!isfinite(values[i]))
			InvalidModel();
	}
	return true;
}

/* A model argument; false if there is none, or it could not be fitted */
static bool
GrowthModelArgument(FunctionCallInfo fcinfo, int argno, GrowthModel *model)
{
	HeapTupleHeader tuple;

	if (PG_ARGISNULL(argno))
		return false;
	tuple = PG_GETARG_HEAPTUPLEHEADER(argno);
	return ReadModelArray(tuple, MODEL_KNOTS, model->spline.knots, SPLINE_KNOTS) &&
		ReadModelArray(tuple, MODEL_BOUNDARIES, model->spline.boundaries, 2) &&
		ReadModelArray(tuple, MODEL_COEFFICIENTS, &model->coefficients[0][0],
					   GROWTH_TAUS * SPLINE_COLUMNS);
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
 * fitted quantiles may cross, and rounded to five decimals as package SGP
 * does. False where the prior is beyond the model's boundaries.
 */
static bool
PredictScores(const GrowthModel *model, double prior, double *scores)
{
	double		basis[SPLINE_COLUMNS];

	if (!SplineBasis(&model->spline, prior, basis))
		return false;
	for (int k = 0; k < GROWTH_TAUS; k++)
	{
		scores[k] = 0;
		for (int j = 0; j < SPLINE_COLUMNS; j++)
			scores[k] += basis[j] * model->coefficients[k][j];
		scores[k] = RoundTo(scores[k], 100000);
	}
	qsort(scores, GROWTH_TAUS, sizeof(double), CompareDoubles);
	return true;
}

/* How many of the hundred quantiles are below the current score, 1 to 99 */
PG_FUNCTION_INFO_V1(student_growth_percentile);
Datum
student_growth_percentile(PG_FUNCTION_ARGS)
{
	double		scores[GROWTH_TAUS];
	GrowthModel model;
	double		current;
	bool		at_ceiling;
	int			below = 0;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || !GrowthModelArgument(fcinfo, 0, &model) ||
		!PredictScores(&model, ArgumentDouble(fcinfo, 1, "prior score"), scores))
		PG_RETURN_NULL();
	current = ArgumentDouble(fcinfo, 2, "current score");
	at_ceiling = !PG_ARGISNULL(3) && current >= ArgumentDouble(fcinfo, 3, "highest score");

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
	GrowthModel model;
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	if (PG_ARGISNULL(1) || !GrowthModelArgument(fcinfo, 0, &model) ||
		!PredictScores(&model, ArgumentDouble(fcinfo, 1, "prior score"), scores))
		return (Datum) 0;
	for (int k = 0; k < GROWTH_TAUS; k++)
	{
		AddFloat8(&row, (k + 0.5) / GROWTH_TAUS);
		AddFloat8(&row, scores[k]);
		PutResultRow(&row);
	}
	return (Datum) 0;
}
