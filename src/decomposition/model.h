/*
 * model.h
 *		Two groups' regressions, and the coefficients that they are compared by.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_MODEL_H
#define GAPSTATS_MODEL_H

#include "decomposition/least_squares.h"

/* The name of what a regression has besides covariates */
#define INTERCEPT "(intercept)"

/* Whose coefficients differences in covariates are multiplied by */
typedef enum Method
{
	METHOD_POOLED_WITH_GROUP,
	METHOD_POOLED,
	METHOD_FOCAL,
	METHOD_REFERENCE,
	METHOD_AVERAGE,
	METHOD_SHARE,
	METHOD_THREEFOLD
} Method;

/*
 * What a row is about: a covariate, or the level of a set of dummies that none of them
 * is for. Members of a set have the number of it, others -1.
 */
typedef struct Term
{
	const char *name;
	int			covariate;		/* or -1: the level that was left out */
	int			set;
} Term;

/* What the caller says */
typedef struct Question
{
	const CrossProducts *products;
	Method		method;
	const char *method_name;
	double		confidence;
	int			k;				/* covariates; so many terms come first */
	Term	   *terms;
	int			n_terms;
	int		   *set_sizes;		/* levels of each set, the one left out among them */
	int			n_sets;
	MemoryContext context;		/* for what outlives the numbers */
} Question;

/* Coefficients that are made of the groups' own, see blend.c */
typedef struct Blend
{
	Vector		coefficients;
	Exact		weights[N_GROUPS];	/* of each group's own; NULL: pooled, as follows */
	Square		adjugate;		/* times the scale it is the inverse of all deviations' products */
	Exact		scale;
	Exact		between;		/* what the difference of means counts in these */
} Blend;

typedef struct Model
{
	const Question *question;
	GroupSums	sums[N_GROUPS];
	Regression	regressions[N_GROUPS];
	const char *reason;			/* why there is none, or NULL: then nothing below is set */
	Exact		residual_variances[N_GROUPS];	/* or NULL: no degree of freedom is left */
	Blend		compared_by;
} Model;

/* Takes from a model what needs no memory of GMP's */
typedef void (*ModelReader) (const Model *model, void *result);

extern Question ReadQuestion(FunctionCallInfo fcinfo);
extern void ReadModel(const Question *question, ModelReader read, void *result);
extern int	OutcomeExponent(const Question *question);

extern Blend OwnBlend(const Model *model, int64 focal, int64 reference);
extern Blend ChosenBlend(const Model *model);
extern Exact BlendVariance(const Model *model, const Blend *blend, const Vector *weights);
extern Exact BlendCovariance(const Model *model, const Blend *blend, int group, const Vector *weights);
extern Exact BlendGapShare(const Model *model, const Blend *blend, const Vector *weights);

extern Vector CovariateDifferences(const Model *model);
extern Exact ResidualMeanVariance(const Model *model, int group);
extern Exact MeanVariance(const Model *model, int group, const Vector *weights);
extern Exact CoefficientVariance(const Model *model, int group, const Vector *weights);

/* Of a term: its mean, its coefficient, and the variances of these */
extern Exact TermMean(const Model *model, int term, int group);
extern Exact TermMeanVariance(const Model *model, int term, int group);
extern Vector CoefficientWeights(const Question *question, int term);
extern Exact TermCoefficient(const Model *model, int term, const Vector *coefficients);
extern Exact TermCoefficientVariance(const Model *model, int term, int group);

extern Exact Intercept(const Model *model, int group);
extern Exact InterceptVariance(const Model *model, int group);
extern Exact InterceptComparedBy(const Model *model);
extern Exact OutcomeMean(const Model *model, int group);
extern Exact OutcomeMeanVariance(const Model *model, int group);

#endif							/* GAPSTATS_MODEL_H */
