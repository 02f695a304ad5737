/*
 * v_gap.c
 *		The gap between two groups that does not depend on the scale: V.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/confidence.h"
#include "base/result_row.h"
#include "distribution/support.h"
#include "gap/v.h"

/* In the order of VStandardError and VInterval */
static const char *const standard_errors[] = {"delong", "hanley_mcneil", NULL};
static const char *const intervals[] = {"normal", "logit", NULL};

/* V, the area under the PP plot, and their errors */
PG_FUNCTION_INFO_V1(v_gap);
Datum
v_gap(PG_FUNCTION_ARGS)
{
	GroupPair	pair = GroupPairArguments(fcinfo, 0);
	double		confidence = ArgumentConfidence(fcinfo, 2);
	VStandardError method = ArgumentOption(fcinfo, 3, "standard_error", standard_errors);
	VInterval	interval = ArgumentOption(fcinfo, 4, "interval_method", intervals);
	bool		continuity = ArgumentBool(fcinfo, 5, "continuity");
	VStatistic	v = VOfGroups(pair, method, continuity);
	ResultRow	row;

	VAddIntervals(&v, interval, confidence);
	BeginResultRow(&row, fcinfo);
	AddInt64(&row, pair.focal->n);
	AddInt64(&row, pair.reference->n);
	AddEstimate(&row, v.auc);
	AddEstimate(&row, v.v);
	AddFloat8(&row, v.p_value);
	AddText(&row, v.reason);
	return EndResultRow(&row);
}

/* The area under the PP plot alone */
PG_FUNCTION_INFO_V1(distribution_auc);
Datum
distribution_auc(PG_FUNCTION_ARGS)
{
	VStatistic	v = VOfGroups(GroupPairArguments(fcinfo, 0), V_SE_HANLEY_MCNEIL, false);

	if (isnan(v.auc.estimate))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(v.auc.estimate);
}

/* The points of the PP plot: the shares of both groups at or below each score */
PG_FUNCTION_INFO_V1(pp_plot);
Datum
pp_plot(PG_FUNCTION_ARGS)
{
	GroupPair	pair = GroupPairArguments(fcinfo, 0);
	Support		support;
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	if (pair.focal->n == 0 || pair.reference->n == 0)
		return (Datum) 0;

	AddNull(&row);
	AddFloat8(&row, 0);
	AddFloat8(&row, 0);
	PutResultRow(&row);

	SupportInit(&support, pair);
	while (SupportNext(&support))
	{
		AddFloat8(&row, SupportHighest(&support));
		AddFloat8(&row, (double) (support.focal_below + support.focal_count) / pair.focal->n);
		AddFloat8(&row, (double) (support.reference_below + support.reference_count) /
				  pair.reference->n);
		PutResultRow(&row);
	}
	return (Datum) 0;
}
