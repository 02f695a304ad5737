/*
 * mixed_model.h
 *		Students in strata that differ at random, beyond what their levels say.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_MIXED_MODEL_H
#define GAPSTATS_MIXED_MODEL_H

#include "intersection/strata.h"

/* The column of the intercept; and of what has none of its own */
#define COLUMN_INTERCEPT 0
#define COLUMN_NONE (-1)

/*
 * What a model says of a stratum's mean: the intercept, and of each dimension a dummy for
 * every level but the first. A level that the others and the strata that there are determine
 * already has no column.
 */
typedef struct Design
{
	int			n_columns;
	int			width;			/* columns that a stratum can be in */
	int		   *columns;		/* those that each stratum is in, or COLUMN_NONE */
	int		  **of_level;		/* by dimension and level; of the first COLUMN_NONE */
} Design;

/* What is fitted; all but the shares is in units of the strata */
typedef struct MixedModel
{
	const char *reason;			/* why there is none, or NULL */
	double		tau2;			/* variance between strata */
	double		sigma2;			/* and within */
	double		theta;			/* tau2 / sigma2 */
	double		log_likelihood;	/* restricted, of the outcome itself */
	double	   *coefficients;
	double	   *variances;		/* of these */
} MixedModel;

extern Design NullDesign(const Strata *strata);
extern Design AdditiveDesign(const Strata *strata);
extern MixedModel FitMixedModel(const Strata *strata, const Design *design);
extern double Predicted(const Design *design, const MixedModel *model, int stratum);

/* Share of the variance that lies between strata */
static inline double
VariancePartition(const MixedModel *model)
{
	return model->theta / (1 + model->theta);
}

#endif							/* GAPSTATS_MIXED_MODEL_H */
