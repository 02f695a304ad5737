/*
 * growth.c
 *		Student growth percentiles (Betebenner 2009), from one prior score: the fit.
 *
 * A hundred conditional quantiles of this year's score given last year's,
 * each a cubic B-spline, are fitted to a cohort. What a student's growth is by
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

/* The measures of a row */
enum
{
	GROWTH_PRIOR, GROWTH_CURRENT
};

static const ObservationKind growth_model = {"growth_model", {"min_n"}, {"prior", "current"}};

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

/* Whether a row has the score of the one before */
static inline bool
IsRepeated(const Observations *rows, int i, int column)
{
	return i > 0 && Score(rows, i, column) == Score(rows, i - 1, column);
}

/* What has grown out of the range of double precision */
static double
CheckOverflow(double value)
{
	if (isinf(value))
		float_overflow_error();
	return value;
}

/* Quantile of type 7 of the priors */
static double
PriorQuantile(const Observations *rows, double p)
{
	double		position = p * (rows->n - 1);
	int			below = floor(position);
	double		low = Score(rows, below, GROWTH_PRIOR);
	double		high = Score(rows, Min(below + 1, rows->n - 1), GROWTH_PRIOR);

	return low + (position - below) * (high - low);
}

/*
 * Knots at the quintiles of the priors, boundaries a tenth of their range
 * beyond it, both rounded: as package SGP places them. No prior may be outside:
 * where a tenth of the range is lost in the priors' own rounding, the boundaries
 * are the ends of the range.
 */
static void
PlaceKnots(const Observations *rows, GrowthModel *model)
{
	double		lowest = Score(rows, 0, GROWTH_PRIOR);
	double		highest = Score(rows, rows->n - 1, GROWTH_PRIOR);
	double		range = CheckOverflow(highest - lowest);
	double		unit = RoundingUnit(range, KNOT_DECIMALS);
	double		below = CheckOverflow(RoundToUnit(lowest - 0.1 * range, unit));
	double		above = CheckOverflow(RoundToUnit(highest + 0.1 * range, unit));

	model->boundaries[0] = Min(below, lowest);
	model->boundaries[1] = Max(above, highest);
	for (int i = 0; i < SPLINE_KNOTS; i++)
		model->knots[i] = RoundToUnit(PriorQuantile(rows, (i + 1) / (SPLINE_KNOTS + 1.0)), unit);
}

/* The unit of the current scores; their range is 0 if they all are one */
static double
CurrentUnit(const Observations *rows, ScoreUnit *unit)
{
	double		lowest = Score(rows, 0, GROWTH_CURRENT);
	double		highest = lowest;
	double		range;

	for (int i = 1; i < rows->n; i++)
	{
		lowest = Min(lowest, Score(rows, i, GROWTH_CURRENT));
		highest = Max(highest, Score(rows, i, GROWTH_CURRENT));
	}
	range = CheckOverflow(highest - lowest);
	unit->lowest = lowest;
	frexp(range, &unit->exponent);
	return range;
}

/* Distinct pairs with weights, and a design row for each distinct prior; rows are sorted */
static Regression
BuildRegression(const Observations *rows, const Spline *spline, const ScoreUnit *unit)
{
	Regression	r = {0};

	for (int i = 0; i < rows->n; i++)
	{
		bool		same_prior = IsRepeated(rows, i, GROWTH_PRIOR);

		r.npriors += !same_prior;
		r.npairs += !same_prior || !IsRepeated(rows, i, GROWTH_CURRENT);
	}
	r.design = AllocateHuge(r.npriors, sizeof(*r.design));
	r.first = AllocateHuge(r.npriors + 1, sizeof(int));
	r.prior = AllocateHuge(r.npairs, sizeof(int));
	r.current = AllocateHuge(r.npairs, sizeof(double));
	r.weight = AllocateHuge(r.npairs, sizeof(double));

	r.npriors = r.npairs = 0;
	for (int i = 0; i < rows->n; i++)
	{
		bool		same_prior = IsRepeated(rows, i, GROWTH_PRIOR);

		CHECK_FOR_INTERRUPTS();
		if (same_prior && IsRepeated(rows, i, GROWTH_CURRENT))
		{
			r.weight[r.npairs - 1]++;
			continue;
		}
		if (!same_prior)
		{
			r.design[r.npriors] = SplineBasis(spline, Score(rows, i, GROWTH_PRIOR));
			r.first[r.npriors++] = r.npairs;
		}
		r.prior[r.npairs] = r.npriors - 1;
		r.current[r.npairs] = ldexp(Score(rows, i, GROWTH_CURRENT) - unit->lowest, -unit->exponent);
		r.weight[r.npairs++] = 1;
	}
	r.first[r.npriors] = r.npairs;
	return r;
}

/* Bring what was fitted back to the scale of the scores */
static void
ToScoreScale(GrowthModel *model, const ScoreUnit *unit)
{
	double		lowest = ldexp(unit->lowest, -unit->exponent);

	for (int k = 0; k < GROWTH_TAUS; k++)
	{
		for (int j = 0; j < SPLINE_COLUMNS; j++)
			model->coefficients[k][j] =
				CheckOverflow(ldexp(lowest + model->coefficients[k][j], unit->exponent));
		model->losses[k] = CheckOverflow(ldexp(model->losses[k], unit->exponent));
	}
}

/* Fit a model; returns why there is none */
static const char *
FitModel(const Observations *rows, GrowthModel *model)
{
	ScoreUnit	unit;
	Spline		spline;
	Regression	regression;

	if (CurrentUnit(rows, &unit) == 0)
		return REASON_ZERO_VARIANCE;
	PlaceKnots(rows, model);
	if (!SplineInit(&spline, model->boundaries, model->knots))
		return REASON_SINGULAR_DESIGN;
	regression = BuildRegression(rows, &spline, &unit);
	if (!QuantileRegressionProcess(&regression, GROWTH_TAUS, model->coefficients, model->losses))
		return REASON_SINGULAR_DESIGN;
	ToScoreScale(model, &unit);
	return NULL;
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
	int32		min_n = PG_NARGS() > 3 ? ArgumentNonNegative(fcinfo, 3, "min_n") : GROWTH_DEFAULT_MIN_N;

	return ObservationsAccumulate(fcinfo, &growth_model, min_n);
}

/* Combine function */
PG_FUNCTION_INFO_V1(growth_model_combine);
Datum
growth_model_combine(PG_FUNCTION_ARGS)
{
	return ObservationsCombine(fcinfo, &growth_model);
}

/* Fit a cohort */
PG_FUNCTION_INFO_V1(growth_model_final);
Datum
growth_model_final(PG_FUNCTION_ARGS)
{
	Observations rows = ObservationsArgument(fcinfo, 0, &growth_model);
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
		AddArray(&row, model.knots, SPLINE_KNOTS);
		AddArray(&row, model.boundaries, 2);
		AddDatum(&row, FLOAT8ARRAYOID, CoefficientArray(model.coefficients));
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
