/*
 * rate_gap_change.c
 *		The change of a rate gap between two years of different students.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/confidence.h"
#include "base/estimate.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "base/rmath.h"
#include "executor/executor.h"
#include "rate/proportion.h"
#include "rate/rate_gap.h"

static bool ReadRateGap(FunctionCallInfo fcinfo, int argno, RatePair *pair);
static Datum ChangeRow(FunctionCallInfo fcinfo, Estimate change, double z);

/* rate_gap_change(earlier, later, confidence) */
PG_FUNCTION_INFO_V1(rate_gap_change);
Datum
rate_gap_change(PG_FUNCTION_ARGS)
{
	double		z = TwoSidedZ(PG_GETARG_FLOAT8(2));
	RatePair	earlier;
	RatePair	later;
	Estimate	before;
	Estimate	after;
	Estimate	change;

	if (!ReadRateGap(fcinfo, 0, &earlier) || !ReadRateGap(fcinfo, 1, &later))
		return ReasonRow(fcinfo, REASON_N_LT_1);

	before = RiskDifference(&earlier, z);
	after = RiskDifference(&later, z);
	change.estimate = after.estimate - before.estimate;
	change.se = hypot(before.se, after.se);
	change.reason = change.se == 0 ? REASON_ZERO_VARIANCE : NULL;
	if (change.reason)
	{
		change.lower = change.upper = NAN;
		return ChangeRow(fcinfo, change, NAN);
	}
	change.lower = change.estimate - z * change.se;
	change.upper = change.estimate + z * change.se;
	return ChangeRow(fcinfo, change, change.estimate / change.se);
}

/* ratio_of_risk_ratios(earlier, later, confidence, haldane) */
PG_FUNCTION_INFO_V1(ratio_of_risk_ratios);
Datum
ratio_of_risk_ratios(PG_FUNCTION_ARGS)
{
	double		z = TwoSidedZ(PG_GETARG_FLOAT8(2));
	bool		haldane = PG_GETARG_BOOL(3);
	RatePair	earlier;
	RatePair	later;
	Estimate	before;
	Estimate	after;
	Estimate	change;

	if (!ReadRateGap(fcinfo, 0, &earlier) || !ReadRateGap(fcinfo, 1, &later))
		return ReasonRow(fcinfo, REASON_N_LT_1);

	before = RiskRatio(&earlier, z, haldane);
	after = RiskRatio(&later, z, haldane);
	if (isnan(before.estimate) || before.estimate == 0)
		return ReasonRow(fcinfo, before.reason);
	if (isnan(after.estimate))
		return ReasonRow(fcinfo, after.reason);

	change.estimate = after.estimate / before.estimate;
	change.se = hypot(before.se, after.se);
	change.reason = change.estimate == 0 ? REASON_ZERO_FOCAL :
		change.se == 0 ? REASON_ZERO_VARIANCE : NULL;
	SetLogInterval(&change, z);
	return ChangeRow(fcinfo, change,
					 change.reason ? NAN : log(change.estimate) / change.se);
}

/* The counts of a row of type rate_gap; false where there is nobody in a group. */
static bool
ReadRateGap(FunctionCallInfo fcinfo, int argno, RatePair *pair)
{
	HeapTupleHeader gap = PG_GETARG_HEAPTUPLEHEADER(argno);
	int64	   *counts[] = {&pair->x_focal, &pair->n_focal, &pair->x_reference, &pair->n_reference};

	for (int i = 0; i < 4; i++)
	{
		bool		isnull;
		Datum		count = GetAttributeByNum(gap, i + 1, &isnull);

		if (isnull)
			return false;
		*counts[i] = DatumGetInt64(count);
	}
	CheckRate(pair->x_focal, pair->n_focal, "_focal");
	CheckRate(pair->x_reference, pair->n_reference, "_reference");
	return pair->n_focal > 0 && pair->n_reference > 0;
}

/* A change as a row of type rate_gap_change. */
static Datum
ChangeRow(FunctionCallInfo fcinfo, Estimate change, double z)
{
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddFloat8(&row, change.estimate);
	AddFloat8(&row, change.se);
	AddFloat8(&row, change.lower);
	AddFloat8(&row, change.upper);
	AddFloat8(&row, z);
	AddFloat8(&row, 2 * pnorm(-fabs(z), 0, 1, 1, 0));
	AddText(&row, change.reason);
	return EndResultRow(&row);
}
