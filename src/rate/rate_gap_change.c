/*
 * rate_gap_change.c
 *		The change of a rate gap between two years of different students.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/confidence.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "executor/executor.h"
#include "rate/comparison.h"

/* The first columns of type rate_gap */
enum
{
	ATTRIBUTE_X_FOCAL = 1,
	ATTRIBUTE_N_FOCAL,
	ATTRIBUTE_X_REFERENCE,
	ATTRIBUTE_N_REFERENCE
};

/* A count of a row; false if it is NULL */
static bool
ReadCount(HeapTupleHeader row, int attribute, int64 *count)
{
	bool		isnull;

	*count = DatumGetInt32(GetAttributeByNum(row, attribute, &isnull));
	return !isnull;
}

/*
 * The groups of a rate_gap; the result is why they are no two groups, or NULL.
 * No rate_gap at all is two empty ones.
 */
static const char *
ArgumentRateGap(FunctionCallInfo fcinfo, int argno, Proportion *focal, Proportion *reference)
{
	HeapTupleHeader row;

	if (PG_ARGISNULL(argno))
		return REASON_N_LT_1;
	row = PG_GETARG_HEAPTUPLEHEADER(argno);
	if (!ReadCount(row, ATTRIBUTE_X_FOCAL, &focal->x) ||
		!ReadCount(row, ATTRIBUTE_N_FOCAL, &focal->n) ||
		!ReadCount(row, ATTRIBUTE_X_REFERENCE, &reference->x) ||
		!ReadCount(row, ATTRIBUTE_N_REFERENCE, &reference->n))
		return REASON_MISSING_COUNT;
	CheckRate(focal->x, focal->n, "_focal");
	CheckRate(reference->x, reference->n, "_reference");
	return focal->n > 0 && reference->n > 0 ? NULL : REASON_N_LT_1;
}

/* The earlier and the later one; the result is why one of them is none, or NULL */
static const char *
ArgumentYears(FunctionCallInfo fcinfo, Proportion *focal, Proportion *reference)
{
	const char *earlier = ArgumentRateGap(fcinfo, 0, &focal[0], &reference[0]);
	const char *later = ArgumentRateGap(fcinfo, 1, &focal[1], &reference[1]);

	return earlier ? earlier : later;
}

/* A change, with the z of its test */
static Datum
ChangeRow(FunctionCallInfo fcinfo, Estimate change, double z)
{
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddEstimate(&row, change);
	AddFloat8(&row, z);
	AddFloat8(&row, 2 * pnorm(-fabs(z), 0, 1, true, false));
	AddText(&row, change.reason);
	return EndResultRow(&row);
}

/* rate_gap_change(earlier, later, confidence) */
PG_FUNCTION_INFO_V1(rate_gap_change);
Datum
rate_gap_change(PG_FUNCTION_ARGS)
{
	double		z = TwoSidedZ(ArgumentConfidence(fcinfo, 2));
	Proportion	focal[2];
	Proportion	reference[2];
	const char *reason = ArgumentYears(fcinfo, focal, reference);
	Estimate	before;
	Estimate	after;
	Estimate	change;

	if (reason)
		return ReasonRow(fcinfo, reason);

	before = RiskDifference(focal[0], reference[0], z);
	after = RiskDifference(focal[1], reference[1], z);
	change.estimate = after.estimate - before.estimate;
	change.se = hypot(before.se, after.se);
	if (change.se == 0)
	{
		change.lower = change.upper = NAN;
		change.reason = REASON_ZERO_VARIANCE;
		return ChangeRow(fcinfo, change, NAN);
	}
	change.lower = change.estimate - z * change.se;
	change.upper = change.estimate + z * change.se;
	change.reason = NULL;
	return ChangeRow(fcinfo, change, change.estimate / change.se);
}

/* ratio_of_risk_ratios(earlier, later, confidence, haldane) */
PG_FUNCTION_INFO_V1(ratio_of_risk_ratios);
Datum
ratio_of_risk_ratios(PG_FUNCTION_ARGS)
{
	double		z = TwoSidedZ(ArgumentConfidence(fcinfo, 2));
	bool		haldane = ArgumentBool(fcinfo, 3, "haldane");
	Proportion	focal[2];
	Proportion	reference[2];
	const char *reason = ArgumentYears(fcinfo, focal, reference);
	Estimate	before;
	Estimate	after;
	Estimate	change;

	if (reason)
		return ReasonRow(fcinfo, reason);

	before = RiskRatio(focal[0], reference[0], z, haldane);
	after = RiskRatio(focal[1], reference[1], z, haldane);
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
