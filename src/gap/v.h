/*
 * v.h
 *		The V statistic and the area under the PP plot.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_V_H
#define GAPSTATS_V_H

#include "base/estimate.h"
#include "distribution/support.h"

typedef enum VStandardError
{
	V_SE_DELONG,
	V_SE_HANLEY_MCNEIL,
	V_SE_NONE
} VStandardError;

typedef enum VInterval
{
	V_INTERVAL_NORMAL,
	V_INTERVAL_LOGIT
} VInterval;

/* What is undefined is NaN, and "reason" says why; NULL when nothing is */
typedef struct VStatistic
{
	Estimate	auc;			/* P(focal > reference) + P(focal = reference) / 2 */
	double		complement;		/* 1 - auc, with all its digits */
	Estimate	v;
	double		p_value;		/* Mann-Whitney, corrected for ties, two-sided */
	const char *reason;
} VStatistic;

/* "continuity" keeps V finite where the groups do not overlap */
extern VStatistic VOfGroups(GroupPair pair, VStandardError method, bool continuity);
extern void VTowardsEven(VStatistic *v, double factor);
extern void VAddIntervals(VStatistic *v, VInterval interval, double confidence);

/* sqrt(2) times the normal quantile of numerator / (numerator + complement) */
extern double VFromOdds(double numerator, double complement);

#endif							/* GAPSTATS_V_H */
