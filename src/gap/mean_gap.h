/*
 * mean_gap.h
 *		The gap between the means of two groups, and its effect sizes.
 *
 * What is undefined is NaN here and NULL in SQL, with a reason beside it.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef MEAN_GAP_H
#define MEAN_GAP_H

#include "distribution/distribution.h"

/* What the formulas need of two groups */
typedef struct TwoGroups
{
	int64		n_focal;
	int64		n_reference;
	double		mean_focal;
	double		mean_reference;
	double		variance_focal; /* divisor n - 1 */
	double		variance_reference;
	double		difference;		/* focal minus reference */
} TwoGroups;

typedef struct TTest
{
	double		standard_error;
	double		df;
	double		t;
	double		p_value;
	double		lower;			/* of the difference */
	double		upper;
} TTest;

typedef enum EffectSizeInterval
{
	INTERVAL_NONCENTRAL_T,
	INTERVAL_NORMAL
} EffectSizeInterval;

typedef enum Correction
{
	CORRECTION_NONE,
	CORRECTION_EXACT,
	CORRECTION_WWC
} Correction;

/* Of the sampling variance of g, as metafor names them */
typedef enum VarianceType
{
	VARIANCE_LS,
	VARIANCE_LS2,
	VARIANCE_UB
} VarianceType;

typedef struct EffectSize
{
	double		estimate;
	double		standard_error;
	double		lower;
	double		upper;
	const char *reason;			/* NULL where all of it is defined */
} EffectSize;

/* t_test.c */
extern TwoGroups SummarizeGroups(const Distribution *focal, const Distribution *reference);
extern const char *TwoGroupsReason(const TwoGroups *groups);
extern TTest TestDifference(const TwoGroups *groups, double confidence, bool equal_variances);

/* effect_size.c */
extern double PooledVariance(const TwoGroups *groups);
extern EffectSize CohensD(const TwoGroups *groups, double confidence,
						  EffectSizeInterval interval);
extern EffectSize HedgesG(const TwoGroups *groups, double confidence, Correction correction,
						  EffectSizeInterval interval, VarianceType variance);
extern EffectSize GlassDelta(const TwoGroups *groups, double confidence,
							 EffectSizeInterval interval, Correction correction);

/* noncentral_t.c */
extern void NoncentralityInterval(double t, double df, double confidence,
								  double *lower, double *upper);

#endif							/* MEAN_GAP_H */
