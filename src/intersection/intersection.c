/*
 * intersection.c
 *		How much of what sets the strata of several dimensions apart is more than the sum of
 *		what each dimension does: MAIHDA, multilevel analysis of individual heterogeneity and
 *		discriminatory accuracy (Evans, Williams, Onnela and Subramanian 2018, Social Science &
 *		Medicine 203:64-73).
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/confidence.h"
#include "base/estimate.h"
#include "base/reason.h"
#include "catalog/pg_type.h"
#include "intersection/mixed_model.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* The name of what a model has besides levels */
#define INTERCEPT "(intercept)"

/* The model in which strata differ around one mean, and that in which they do around the sums */
enum
{
	MODEL_NULL, MODEL_ADDITIVE, N_MODELS
};

static const char *const model_names[] = {"null", "additive"};

/* Both models of an argument's strata */
typedef struct Intersection
{
	Strata		strata;
	Design		designs[N_MODELS];
	MixedModel	models[N_MODELS];
} Intersection;

static Intersection
FitIntersection(FunctionCallInfo fcinfo)
{
	Intersection fit = {.strata = ReadStrata(fcinfo, 0)};

	fit.designs[MODEL_NULL] = NullDesign(&fit.strata);
	fit.designs[MODEL_ADDITIVE] = AdditiveDesign(&fit.strata);
	for (int i = 0; i < N_MODELS; i++)
		fit.models[i] = FitMixedModel(&fit.strata, &fit.designs[i]);
	return fit;
}

/* What is to be known of a model that there is */
static const char *
FoundReason(const MixedModel *model)
{
	return model->reason == NULL && model->theta == 0 ? REASON_TAU2_ZERO : model->reason;
}

/* The square root of a variance in units, in points */
static double
Deviation(const Strata *strata, double variance)
{
	return ldexp(sqrt(variance), strata->unit);
}

/* Share of the variance between strata that goes with the levels; NaN where there is none to share */
static double
ProportionalChange(const Intersection *fit)
{
	double		all = fit->models[MODEL_NULL].tau2;

	return all == 0 ? NAN : (all - fit->models[MODEL_ADDITIVE].tau2) / all;
}

/* Add the statistics of a model */
static void
AddModel(ResultRow *row, const Intersection *fit, int place)
{
	const MixedModel *model = &fit->models[place];
	const char *reason = FoundReason(model);

	/* where strata do not differ around one mean, there is no share of that */
	if (reason == NULL)
		reason = FoundReason(&fit->models[MODEL_NULL]);
	if (model->reason != NULL)
	{
		while (row->n_columns < row->desc->natts - 1)
			AddNull(row);
		AddText(row, reason);
		return;
	}
	AddFloat8(row, Deviation(&fit->strata, model->tau2));
	AddFloat8(row, Deviation(&fit->strata, model->sigma2));
	AddFloat8(row, VariancePartition(model));
	if (place == MODEL_ADDITIVE)
		AddFloat8(row, ProportionalChange(fit));
	else
		AddNull(row);
	AddFloat8(row, model->log_likelihood);
	AddText(row, reason);
}

/* intersection_models(strata) */
PG_FUNCTION_INFO_V1(intersection_models);
Datum
intersection_models(PG_FUNCTION_ARGS)
{
	Intersection fit = FitIntersection(fcinfo);
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	for (int i = 0; i < N_MODELS; i++)
	{
		AddText(&row, model_names[i]);
		AddInt64(&row, fit.strata.n_students);
		AddInt64(&row, fit.strata.n);
		AddInt64(&row, fit.strata.n_missing_group);
		AddInt64(&row, fit.strata.n_left_out);
		AddInt64(&row, fit.designs[i].n_columns);
		AddModel(&row, &fit, i);
		PutResultRow(&row);
	}
	return (Datum) 0;
}

/* The names of the dimensions, or those that they have without */
static char **
DimensionNames(FunctionCallInfo fcinfo, int argno, const Strata *strata)
{
	char	  **names;
	int			n;

	if (!PG_ARGISNULL(argno))
	{
		names = ArgumentTexts(fcinfo, argno, "dimension_names", &n);
		if (strata->n > 0 && n != strata->n_dimensions)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("dimension_names must have %d elements, one for each dimension, not %d",
							strata->n_dimensions, n)));
		return names;
	}
	names = palloc(strata->n_dimensions * sizeof(char *));
	for (int i = 0; i < strata->n_dimensions; i++)
		names[i] = psprintf("dimension%d", i + 1);
	return names;
}

/* A coefficient with its normal interval; a column COLUMN_NONE has none */
static Estimate
CoefficientEstimate(const Strata *strata, const MixedModel *model, int column, double z)
{
	Scaled		coefficient;

	if (model->reason != NULL)
		return UndefinedEstimate(model->reason);
	if (column == COLUMN_NONE)
		return UndefinedEstimate(REASON_COLLINEAR_COVARIATE);
	coefficient = MakeScaled(model->coefficients[column], strata->unit);
	if (column == COLUMN_INTERCEPT)
		coefficient = ScaledPlus(strata->center, coefficient);
	return NormalEstimate(coefficient, MakeScaled(sqrt(model->variances[column]), strata->unit), z);
}

/* Put the row of the intercept, or of a level */
static void
PutCoefficient(ResultRow *row, const char *model, const char *dimension, const char *level, int64 n,
			   Estimate estimate)
{
	AddText(row, model);
	AddText(row, dimension);
	AddText(row, level);
	AddInt64(row, n);
	AddEstimate(row, estimate);
	AddText(row, estimate.reason);
	PutResultRow(row);
}

/* Put the rows of a dimension's levels; the first is that from which the others are counted */
static void
PutLevels(ResultRow *row, const Intersection *fit, int dimension, const char *name, double z)
{
	const Dimension *levels = &fit->strata.dimensions[dimension];

	for (int i = 0; i < levels->n_levels; i++)
	{
		Estimate	estimate = UndefinedEstimate(REASON_IS_REFERENCE);

		if (i == 0)
			estimate.estimate = 0;
		else
			estimate = CoefficientEstimate(&fit->strata, &fit->models[MODEL_ADDITIVE],
										   fit->designs[MODEL_ADDITIVE].of_level[dimension][i], z);
		PutCoefficient(row, model_names[MODEL_ADDITIVE], name, levels->levels[i].name,
					   levels->levels[i].n, estimate);
	}
}

/* intersection_coefficients(strata, dimension_names, confidence) */
PG_FUNCTION_INFO_V1(intersection_coefficients);
Datum
intersection_coefficients(PG_FUNCTION_ARGS)
{
	double		z = TwoSidedZ(ArgumentConfidence(fcinfo, 2));
	Intersection fit = FitIntersection(fcinfo);
	char	  **names = DimensionNames(fcinfo, 1, &fit.strata);
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	for (int i = 0; i < N_MODELS; i++)
		PutCoefficient(&row, model_names[i], INTERCEPT, NULL, fit.strata.n_students,
					   CoefficientEstimate(&fit.strata, &fit.models[i], COLUMN_INTERCEPT, z));
	for (int i = 0; i < fit.strata.n_dimensions; i++)
		PutLevels(&row, &fit, i, names[i], z);
	return (Datum) 0;
}

/* How far a stratum is from what a model says of it, drawn towards that; and the error of it */
static Estimate
StratumEffect(const Intersection *fit, int place, int stratum, double z)
{
	const Strata *strata = &fit->strata;
	const MixedModel *model = &fit->models[place];
	const Stratum *of = &strata->strata[stratum];
	double		spread;
	double		kept;
	double		residual;

	if (model->reason != NULL)
		return UndefinedEstimate(model->reason);
	spread = of->n * model->theta;
	kept = spread / (1 + spread);
	residual = of->distance - Predicted(&fit->designs[place], model, stratum);
	/* with 0 added, as 0 times what is below it is -0 */
	return NormalEstimate(MakeScaled(kept * residual + 0.0, strata->unit),
						  MakeScaled(sqrt(model->tau2 / (1 + spread)), strata->unit), z);
}

/* The mean that the additive model says a stratum has; and that drawn towards it, if that is asked for */
static double
StratumMean(const Intersection *fit, int stratum, bool is_drawn)
{
	const Strata *strata = &fit->strata;
	const MixedModel *model = &fit->models[MODEL_ADDITIVE];
	const Stratum *of = &strata->strata[stratum];
	double		predicted;
	double		kept = is_drawn ? of->n * model->theta / (1 + of->n * model->theta) : 0;

	if (model->reason != NULL)
		return NAN;
	predicted = Predicted(&fit->designs[MODEL_ADDITIVE], model, stratum);
	return Unscaled(ScaledPlus(strata->center,
							   MakeScaled(predicted + kept * (of->distance - predicted), strata->unit)));
}

/* The names of a stratum's levels, a text[] */
static Datum
LevelNames(const Strata *strata, const Stratum *stratum)
{
	Datum	   *names = palloc(strata->n_dimensions * sizeof(Datum));

	for (int i = 0; i < strata->n_dimensions; i++)
		names[i] = CStringGetTextDatum(strata->dimensions[i].levels[stratum->levels[i]].name);
	return PointerGetDatum(construct_array(names, strata->n_dimensions, TEXTOID, -1, false, TYPALIGN_INT));
}

/* intersection_effects(strata, confidence) */
PG_FUNCTION_INFO_V1(intersection_effects);
Datum
intersection_effects(PG_FUNCTION_ARGS)
{
	double		z = TwoSidedZ(ArgumentConfidence(fcinfo, 1));
	Intersection fit = FitIntersection(fcinfo);
	const char *reason = FoundReason(&fit.models[MODEL_NULL]);
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "a stratum", ALLOCSET_SMALL_SIZES);
	ResultRow	row;

	if (reason == NULL)
		reason = FoundReason(&fit.models[MODEL_ADDITIVE]);
	BeginResultSet(&row, fcinfo);
	for (int i = 0; i < fit.strata.n; i++)
	{
		const Stratum *stratum = &fit.strata.strata[i];
		MemoryContext caller = MemoryContextSwitchTo(per_row);

		AddDatum(&row, TEXTARRAYOID, LevelNames(&fit.strata, stratum));
		AddInt64(&row, (int64) stratum->n);
		AddFloat8(&row, Unscaled(stratum->mean));
		AddEstimate(&row, StratumEffect(&fit, MODEL_NULL, i, z));
		AddFloat8(&row, StratumMean(&fit, i, false));
		AddEstimate(&row, StratumEffect(&fit, MODEL_ADDITIVE, i, z));
		AddFloat8(&row, StratumMean(&fit, i, true));
		AddText(&row, reason);
		PutResultRow(&row);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(per_row);
	}
	MemoryContextDelete(per_row);
	return (Datum) 0;
}
