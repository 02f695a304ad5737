/*
 * growth.c
 *		Student growth percentiles (Betebenner 2009), from one prior score or several: the fit.
 *
 * A hundred conditional quantiles of this year's score given earlier ones, each a sum of
 * cubic B-splines, are fitted to a cohort. What a student's growth is by
 * them is in curve.c.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/observations.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "catalog/pg_type.h"
#include "growth/growth.h"
#include "growth/quantile_regression.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/float.h"

#define GROWTH_DEFAULT_MIN_N 1000

/* Of knots and boundaries; see RoundingUnit */
#define KNOT_DECIMALS 3

/* The measures of a row: prior scores, then the current one */
static const ObservationKind growth_model = {"growth_model", {"min_n"}, .measures = {"prior", "current"}};
static const ObservationKind growth_model_of_priors = {"growth_model", {"min_n"}, .measures = {"priors", "current"}, .max_elements = MAX_SPLINES};

/* Scores from "lowest" on, in units of 2^exponent, in which their range is from 0.5 to 1 */
typedef struct ScoreUnit
{
	double		lowest;
	int			exponent;
} ScoreUnit;

static inline double
Score(const Observations *rows, int i, int column)
{
	return rows->values[i * rows->width + column];
}

/* Whether a row has the first so many scores of the one before */
static bool
IsRepeated(const Observations *rows, int i, int n)
{
	return i > 0 && memcmp(&rows->values[i * rows->width], &rows->values[(i - 1) * rows->width],
						   n * sizeof(double)) == 0;
}

/* What has grown out of the range of double precision */
static double
CheckOverflow(double value)
{
	if (isinf(value))
		float_overflow_error();
	return value;
}

#define ST_SORT SortScores
#define ST_ELEMENT_TYPE double
#define ST_COMPARE(a, b) ((*(a) > *(b)) - (*(a) < *(b)))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* The scores of a prior, ascending */
static double *
SortedPriors(const Observations *rows, int prior)
{
	double	   *scores = AllocateHuge(rows->n, sizeof(double));

	for (int i = 0; i < rows->n; i++)
		scores[i] = Score(rows, i, prior);
	if (prior > 0)
		SortScores(scores, rows->n);
	return scores;
}

/* Quantile of type 7 of scores that ascend */
static double
Quantile(const double *scores, int n, double p)
{
	double		position = p * (n - 1);
	int			below = floor(position);
	double		low = scores[below];
	double		high = scores[Min(below + 1, n - 1)];

	return low + (position - below) * (high - low);
}

/*
 * Knots at the quintiles of a prior's scores, boundaries a tenth of their range
 * beyond it, both rounded: as package SGP places them. No prior may be outside:
 * where a tenth of the range is lost in the priors' own rounding, the boundaries
 * are the ends of the range.
 */
static void
PlaceKnots(const Observations *rows, int prior, double *knots, double *boundaries)
{
	double	   *scores = SortedPriors(rows, prior);
	double		lowest = scores[0];
	double		highest = scores[rows->n - 1];
	double		range = CheckOverflow(highest - lowest);
	double		unit = RoundingUnit(range, KNOT_DECIMALS);
	double		below = CheckOverflow(RoundToUnit(lowest - 0.1 * range, unit));
	double		above = CheckOverflow(RoundToUnit(highest + 0.1 * range, unit));

	boundaries[0] = Min(below, lowest);
	boundaries[1] = Max(above, highest);
	for (int i = 0; i < SPLINE_KNOTS; i++)
		knots[i] = RoundToUnit(Quantile(scores, rows->n, (i + 1) / (SPLINE_KNOTS + 1.0)), unit);
	pfree(scores);
}

/* The unit of the current scores; their range is 0 if they all are one */
static double
CurrentUnit(const Observations *rows, ScoreUnit *unit)
{
	int			current = rows->width - 1;
	double		lowest = Score(rows, 0, current);
	double		highest = lowest;
	double		range;

	for (int i = 1; i < rows->n; i++)
	{
		lowest = Min(lowest, Score(rows, i, current));
		highest = Max(highest, Score(rows, i, current));
	}
	range = CheckOverflow(highest - lowest);
	unit->lowest = lowest;
	frexp(range, &unit->exponent);
	return range;
}

/* Distinct pairs with weights, and a design row for each distinct prior; rows are sorted */
static Regression
BuildRegression(const Observations *rows, const Spline *splines, const ScoreUnit *unit)
{
	int			n_splines = rows->width - 1;
	Regression	r = {.n_splines = n_splines};

	for (int i = 0; i < rows->n; i++)
	{
		r.npriors += !IsRepeated(rows, i, n_splines);
		r.npairs += !IsRepeated(rows, i, rows->width);
	}
	r.design = AllocateHuge((Size) r.npriors * n_splines, sizeof(*r.design));
	r.first = AllocateHuge(r.npriors + 1, sizeof(int));
	r.prior = AllocateHuge(r.npairs, sizeof(int));
	r.current = AllocateHuge(r.npairs, sizeof(double));
	r.weight = AllocateHuge(r.npairs, sizeof(double));

	r.npriors = r.npairs = 0;
	for (int i = 0; i < rows->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (IsRepeated(rows, i, rows->width))
		{
			r.weight[r.npairs - 1]++;
			continue;
		}
		if (!IsRepeated(rows, i, n_splines))
		{
			DesignRows(splines, n_splines, &rows->values[i * rows->width],
					   &r.design[(Size) r.npriors * n_splines]);
			r.first[r.npriors++] = r.npairs;
		}
		r.prior[r.npairs] = r.npriors - 1;
		r.current[r.npairs] = ldexp(Score(rows, i, n_splines) - unit->lowest, -unit->exponent);
		r.weight[r.npairs++] = 1;
	}
	r.first[r.npriors] = r.npairs;
	return r;
}

/* Bring what was fitted back to the scale of the scores; the first spline's columns add up to 1 */
static void
ToScoreScale(GrowthModel *model, const ScoreUnit *unit)
{
	double		lowest = ldexp(unit->lowest, -unit->exponent);

	for (int k = 0; k < GROWTH_TAUS; k++)
	{
		for (int j = 0; j < DESIGN_COLUMNS(model->n_priors); j++)
			model->coefficients[k][j] =
				CheckOverflow(ldexp((j < SPLINE_COLUMNS ? lowest : 0) + model->coefficients[k][j],
									unit->exponent));
		model->losses[k] = CheckOverflow(ldexp(model->losses[k], unit->exponent));
	}
}

/* Fit a model; returns why there is none */
static const char *
FitModel(const Observations *rows, GrowthModel *model)
{
	ScoreUnit	unit;
	Spline		splines[MAX_SPLINES];
	Regression	regression;

	if (CurrentUnit(rows, &unit) == 0)
		return REASON_ZERO_VARIANCE;
	model->n_priors = rows->width - 1;
	for (int i = 0; i < model->n_priors; i++)
	{
		PlaceKnots(rows, i, model->knots[i], model->boundaries[i]);
		if (!SplineInit(&splines[i], model->boundaries[i], model->knots[i]))
			return REASON_SINGULAR_DESIGN;
	}
	regression = BuildRegression(rows, splines, &unit);
	if (!QuantileRegressionProcess(&regression, GROWTH_TAUS, model->coefficients, model->losses))
		return REASON_SINGULAR_DESIGN;
	ToScoreScale(model, &unit);
	return NULL;
}

/* A matrix, of whose rows so many columns are used; of one row an array */
static Datum
Matrix(const double *values, int n_rows, int n_columns, int row_width)
{
	int			dims[] = {n_rows, n_columns};
	int			lbounds[] = {1, 1};
	Datum	   *elements = palloc(n_rows * n_columns * sizeof(Datum));
	int			ndim = n_rows == 1 ? 1 : 2;

	for (int i = 0; i < n_rows * n_columns; i++)
		elements[i] = Float8GetDatum(values[i / n_columns * row_width + i % n_columns]);
	return PointerGetDatum(construct_md_array(elements, NULL, ndim, &dims[2 - ndim], lbounds, FLOAT8OID,
											  sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* Transition function of growth_model(prior, current [, min_n]) */
PG_FUNCTION_INFO_V1(growth_model_accum);
Datum
growth_model_accum(PG_FUNCTION_ARGS)
{
	int32		min_n = PG_NARGS() > 3 ? ArgumentNonNegative(fcinfo, 3, "min_n") : GROWTH_DEFAULT_MIN_N;

	return ObservationsAccumulate(fcinfo, &growth_model, min_n);
}

/*
 * The prior scores that an argument holds; returns how many. False in "is_known" if it is
 * NULL or one of them is.
 */
int
ArgumentPriors(FunctionCallInfo fcinfo, int argno, double *priors, bool *is_known)
{
	ArrayType  *array;
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	*is_known = false;
	if (PG_ARGISNULL(argno))
		return 0;
	array = PG_GETARG_ARRAYTYPE_P(argno);
	n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("priors must have one dimension, not %d", ARR_NDIM(array))));
	if (n < 1 || n > MAX_SPLINES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("priors must have 1 to %d elements, not %d", MAX_SPLINES, n)));

	deconstruct_array(array, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &elements, &nulls, &n);
	*is_known = true;
	for (int i = 0; i < n; i++)
	{
		*is_known &= !nulls[i];
		priors[i] = nulls[i] ? 0 : DatumGetFloat8(elements[i]);
		CheckFinite(priors[i], "priors");
	}
	return n;
}

/* Transition function of growth_model(priors, current [, min_n]) */
PG_FUNCTION_INFO_V1(growth_model_of_priors_accum);
Datum
growth_model_of_priors_accum(PG_FUNCTION_ARGS)
{
	int32		min_n = PG_NARGS() > 3 ? ArgumentNonNegative(fcinfo, 3, "min_n") : GROWTH_DEFAULT_MIN_N;
	double		scores[MAX_SPLINES + 1];
	bool		is_known;
	int			n = ArgumentPriors(fcinfo, 1, scores, &is_known);

	if (is_known && !PG_ARGISNULL(2))
		scores[n] = ArgumentDouble(fcinfo, 2, "current");
	return ObservationsAddArray(fcinfo, &growth_model_of_priors, min_n,
								is_known && !PG_ARGISNULL(2) ? scores : NULL, n);
}

/* Combine functions */
PG_FUNCTION_INFO_V1(growth_model_of_priors_combine);
Datum
growth_model_of_priors_combine(PG_FUNCTION_ARGS)
{
	return ObservationsCombine(fcinfo, &growth_model_of_priors);
}

PG_FUNCTION_INFO_V1(growth_model_combine);
Datum
growth_model_combine(PG_FUNCTION_ARGS)
{
	return ObservationsCombine(fcinfo, &growth_model);
}

/* Fit a cohort */
static Datum
GrowthModelRow(FunctionCallInfo fcinfo, const ObservationKind *kind)
{
	Observations rows = ObservationsArgument(fcinfo, 0, kind);
	const char *reason;
	GrowthModel model;
	ResultRow	row;

	if (rows.n == 0 || rows.n < rows.option)
		reason = REASON_N_TOO_SMALL;
	else
		reason = FitModel(&rows, &model);

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, rows.n);
	if (reason == NULL)
	{
		AddDatum(&row, FLOAT8ARRAYOID, Matrix(&model.knots[0][0], model.n_priors, SPLINE_KNOTS, SPLINE_KNOTS));
		AddDatum(&row, FLOAT8ARRAYOID, Matrix(&model.boundaries[0][0], model.n_priors, 2, 2));
		AddDatum(&row, FLOAT8ARRAYOID, Matrix(&model.coefficients[0][0], GROWTH_TAUS,
											  DESIGN_COLUMNS(model.n_priors), MAX_COLUMNS));
		AddArray(&row, model.losses, GROWTH_TAUS);
	}
	else
	{
		for (int i = 0; i < 4; i++)
			AddNull(&row);
	}
	AddText(&row, reason);
	return EndResultRow(&row);
}

/* Final functions */
PG_FUNCTION_INFO_V1(growth_model_final);
Datum
growth_model_final(PG_FUNCTION_ARGS)
{
	return GrowthModelRow(fcinfo, &growth_model);
}

PG_FUNCTION_INFO_V1(growth_model_of_priors_final);
Datum
growth_model_of_priors_final(PG_FUNCTION_ARGS)
{
	return GrowthModelRow(fcinfo, &growth_model_of_priors);
}
