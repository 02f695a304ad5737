/*
 * estimate.h
 *		A statistic with its standard error and confidence interval.
 *
 * What is undefined is NaN here and NULL in SQL, with a reason beside it.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_ESTIMATE_H
#define GAPSTATS_ESTIMATE_H

#include "base/result_row.h"
#include "base/scaled.h"

typedef struct Estimate
{
	double		estimate;
	double		se;				/* of a ratio: that of its logarithm */
	double		lower;
	double		upper;
	const char *reason;			/* NULL where all of it is defined */
} Estimate;

extern Estimate UndefinedEstimate(const char *reason);
extern Estimate NormalEstimate(Scaled estimate, Scaled se, double z);
extern void AddEstimate(ResultRow *row, Estimate estimate);
extern Datum EstimateRow(FunctionCallInfo fcinfo, Estimate estimate);

#endif							/* GAPSTATS_ESTIMATE_H */
