/*
 * v.h
 *		The V statistic and the area under the PP plot.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef V_H
#define V_H

#include "distribution/distribution.h"

typedef enum VStandardError
{
	V_SE_DELONG,
	V_SE_HANLEY_MCNEIL
} VStandardError;

/* What is undefined is NaN, and "reason" says why; NULL when nothing is */
typedef struct VStatistic
{
	double		auc;			/* P(focal > reference) + P(focal = reference) / 2 */
	double		auc_se;
	double		v;
	double		v_se;
	double		p_value;		/* Mann-Whitney, corrected for ties, two-sided */
	const char *reason;
} VStatistic;

/* Of two groups; "continuity" keeps V finite where the groups do not overlap */
extern void VCompute(const Distribution *focal, const Distribution *reference,
					 VStandardError method, bool continuity, VStatistic *result);

/* sqrt(2) times the normal quantile of numerator / (numerator + complement) */
extern double VFromOdds(double numerator, double complement);
extern double VStandardErrorFromAuc(double v, double auc_se);

#endif							/* V_H */
