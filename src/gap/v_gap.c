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
#include "base/rmath.h"
#include "distribution/support.h"
#include "gap/v.h"
#include "utils/float.h"

static const char *const standard_errors[] = {"delong", "hanley_mcneil", NULL};

typedef enum VInterval
{
	V_INTERVAL_NORMAL,
	V_INTERVAL_LOGIT
} VInterval;

static const char *const intervals[] = {"normal", "logit", NULL};

/*
 * The interval of A, and that of V. "normal" takes each as normal on its own
 * scale; "logit" takes logit(A) as normal and maps its ends to V, so that it
 * keeps within bounds near 0 and 1.
 */
static void
VIntervals(const VStatistic *v, VInterval interval, double z, double auc[2], double bounds[2])
{
	for (int side = 0; side < 2; side++)
	{
		double		distance = side == 0 ? -z : z;

		if (interval == V_INTERVAL_LOGIT)
		{
			double		logit = log(v->auc / (1 - v->auc)) +
				distance * v->auc_se / (v->auc * (1 - v->auc));

			auc[side] = plogis(logit, 0, 1, 1, 0);
			bounds[side] = VFromOdds(auc[side], plogis(logit, 0, 1, 0, 0));
		}
		else
		{
			auc[side] = Min(Max(v->auc + distance * v->auc_se, 0), 1);
			bounds[side] = v->v + distance * v->v_se;
		}
	}
}

/* V, the area under the PP plot, and their errors */
PG_FUNCTION_INFO_V1(v_gap);
Datum
v_gap(PG_FUNCTION_ARGS)
{
	GroupPair	pair = GroupPairArguments(fcinfo, 0);
	double		z = TwoSidedZ(ArgumentDouble(fcinfo, 2, "confidence"));
	VStandardError method = ArgumentOption(fcinfo, 3, "standard_error", standard_errors);
	VInterval	interval = ArgumentOption(fcinfo, 4, "interval_method", intervals);
	bool		continuity = ArgumentBool(fcinfo, 5, "continuity");
	double		nan = get_float8_nan();
	double		auc[2] = {nan, nan};
	double		bounds[2] = {nan, nan};
	VStatistic	v;
	ResultRow	row;

	VCompute(pair.focal, pair.reference, method, continuity, &v);
	if (v.auc_se > 0)
		VIntervals(&v, interval, z, auc, bounds);

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, pair.focal->n);
	AddInt64(&row, pair.reference->n);
	AddFloat8(&row, v.auc);
	AddFloat8(&row, v.auc_se);
	AddFloat8(&row, auc[0]);
	AddFloat8(&row, auc[1]);
	AddFloat8(&row, v.v);
	AddFloat8(&row, v.v_se);
	AddFloat8(&row, bounds[0]);
	AddFloat8(&row, bounds[1]);
	AddFloat8(&row, v.p_value);
	AddText(&row, v.reason);
	return EndResultRow(&row);
}

/* The area under the PP plot alone */
PG_FUNCTION_INFO_V1(distribution_auc);
Datum
distribution_auc(PG_FUNCTION_ARGS)
{
	GroupPair	pair = GroupPairArguments(fcinfo, 0);
	VStatistic	v;

	VCompute(pair.focal, pair.reference, V_SE_DELONG, false, &v);
	if (isnan(v.auc))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(v.auc);
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

	SupportInit(&support, pair.focal, pair.reference);
	while (SupportNext(&support))
	{
		AddFloat8(&row, support.value);
		AddFloat8(&row, (double) (support.reference_below + support.reference_count) / pair.reference->n);
		AddFloat8(&row, (double) (support.focal_below + support.focal_count) / pair.focal->n);
		PutResultRow(&row);
	}
	return (Datum) 0;
}
