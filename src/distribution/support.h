/*
 * support.h
 *		Two groups side by side, value by value.
 *
 * V, the PP plot and the Kolmogorov-Smirnov statistic all read the same thing:
 * at each value that occurs, how many students of either group have it, and
 * how many are below it.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef SUPPORT_H
#define SUPPORT_H

#include "distribution/distribution.h"

typedef struct Support
{
	const Distribution *focal;
	const Distribution *reference;
	int			i;				/* next entry of focal */
	int			j;				/* next entry of reference */

	/* The present value */
	double		value;
	int64		focal_count;
	int64		reference_count;
	int64		focal_below;
	int64		reference_below;
} Support;

/* The groups of a gap; one that is missing is empty */
typedef struct GroupPair
{
	Distribution *focal;
	Distribution *reference;
} GroupPair;

extern GroupPair GroupPairArguments(FunctionCallInfo fcinfo, int argno);
extern void SupportInit(Support *support, const Distribution *focal,
						const Distribution *reference);
extern bool SupportNext(Support *support);

#endif							/* SUPPORT_H */
