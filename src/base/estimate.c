/*
 * estimate.c
 *		A statistic with its standard error and confidence interval.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/estimate.h"

/* No estimate, and why */
Estimate
UndefinedEstimate(const char *reason)
{
	Estimate	undefined = {NAN, NAN, NAN, NAN, reason};

	return undefined;
}

/* An estimate with its normal interval */
Estimate
NormalEstimate(Scaled estimate, Scaled se, double z)
{
	Scaled		margin = ScaledTimes(se, z);
	Estimate	result = {Unscaled(estimate), Unscaled(se), Unscaled(ScaledMinus(estimate, margin)),
	Unscaled(ScaledPlus(estimate, margin)), NULL};

	return result;
}

/* Add the four columns e, e_se, e_lower, e_upper; the reason comes last in a row */
void
AddEstimate(ResultRow *row, Estimate estimate)
{
	AddFloat8(row, estimate.estimate);
	AddFloat8(row, estimate.se);
	AddFloat8(row, estimate.lower);
	AddFloat8(row, estimate.upper);
}

/* The row of a type that holds one estimate: estimate, se, lower, upper, reason */
Datum
EstimateRow(FunctionCallInfo fcinfo, Estimate estimate)
{
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddEstimate(&row, estimate);
	AddText(&row, estimate.reason);
	return EndResultRow(&row);
}
