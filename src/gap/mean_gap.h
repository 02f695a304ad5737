/*
 * mean_gap.h
 *		The gap between the means of two groups, and its effect sizes.
 *
 * What is undefined is NaN here and NULL in SQL, with a reason beside it.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_MEAN_GAP_H
#define GAPSTATS_MEAN_GAP_H

#include "base/estimate.h"
#include "base/reason.h"
#include "base/scaled.h"
#include "distribution/support.h"
#include "gap/v.h"

/* What the formulas need of two groups */
typedef struct TwoGroups
{
	int64		n_focal;
	int64		n_reference;
	double		mean_focal;
	double		mean_reference;
	Scaled		sd_focal;		/* divisor n - 1 */
	Scaled		sd_reference;
	Scaled		difference;		/* focal minus reference */
} TwoGroups;

typedef struct TTest
{
	Estimate	difference;		/* in points of the scale */
	double		df;
	double		t;
	double		p_value;
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

/* All that gap(), mean_gap() and gap_by_group() say of two groups, and a report mostly without the errors of d, g and V */
typedef struct MeanGap
{
	TwoGroups	groups;
	TTest		test;			/* Welch's */
	Estimate	d;
	Estimate	g;
	VStatistic	v;
	const char *reason;
} MeanGap;

/* gap.c */
extern MeanGap CompareMeans(GroupPair pair, double confidence, bool is_with_errors);
extern void AddMeanGap(ResultRow *row, const MeanGap *gap);

/* t_test.c */
extern TwoGroups SummarizeGroups(GroupPair pair);
extern const char *TwoGroupsReason(const TwoGroups *groups);
extern Scaled PooledStddev(const TwoGroups *groups);
extern double SatterthwaiteDf(const Scaled *errors, const int64 *ns, int n_gaps);
extern TTest TestGap(Scaled gap, Scaled se, double df, double confidence);
extern TTest TestDifference(const TwoGroups *groups, double confidence, bool equal_variances);

/* effect_size.c */
extern Estimate CohensD(const TwoGroups *groups, double confidence,
						EffectSizeInterval interval);
extern Estimate HedgesG(const TwoGroups *groups, double confidence, Correction correction,
						EffectSizeInterval interval, VarianceType variance);
extern void CohensDAndHedgesG(const TwoGroups *groups, Estimate *d, Estimate *g);
extern void AddNoncentralIntervals(const TwoGroups *groups, double confidence, Estimate *d, Estimate *g);
extern Estimate GlassDelta(const TwoGroups *groups, double confidence,
						   EffectSizeInterval interval, Correction correction);

/* noncentral_t.c */
extern void NoncentralityInterval(double t, double df, double confidence,
								  double *lower, double *upper);

#endif							/* GAPSTATS_MEAN_GAP_H */
