/*
 * rate_gap.c
 *		The gap between the rates of two groups, from counts.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/confidence.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "rate/rate_gap.h"

/* What stands in the way of a full row: doc/rate.md lists which columns are NULL */
static const char *
GapReason(Proportion focal, Proportion reference, bool haldane)
{
	bool		all_focal = focal.x == focal.n;
	bool		all_reference = reference.x == reference.n;

	if (focal.n == 0 || reference.n == 0)
		return REASON_N_LT_1;
	if ((focal.x == 0 && reference.x == 0) || (all_focal && all_reference))
		return REASON_ZERO_VARIANCE;
	if (haldane)
		return NULL;
	if (reference.x == 0)
		return REASON_ZERO_REFERENCE;
	if (focal.x == 0)
		return REASON_ZERO_FOCAL;
	if (all_focal || all_reference)
		return REASON_ZERO_CELL;
	return NULL;
}

/* The gap between two groups that have nobody in common */
RateGap
CompareRates(Proportion focal, Proportion reference, double z, bool haldane)
{
	RateGap		gap;

	gap.focal = focal;
	gap.reference = reference;
	gap.difference = RiskDifference(focal, reference, z);
	gap.risk_ratio = RiskRatio(focal, reference, z, haldane);
	gap.odds_ratio = OddsRatio(focal, reference, z, haldane);
	gap.z = PooledZ(focal, reference);
	gap.reason = GapReason(focal, reference, haldane);
	return gap;
}

/* An estimate without its error */
static Estimate
WithoutError(Estimate estimate)
{
	estimate.se = estimate.lower = estimate.upper = NAN;
	return estimate;
}

/*
 * The gap between a group and the whole that it is a part of.
 *
 * The two are not independent. The difference is that from the others, times the
 * others' share of the whole, and so are its error and its bounds; that it is 0 is
 * the same hypothesis. The ratios follow no such rule, and have no interval.
 */
RateGap
CompareWithWhole(Proportion focal, Proportion whole, double z, bool haldane)
{
	Proportion	others = Others(whole, focal);
	RateGap		gap = CompareRates(focal, others, z, true);
	double		share = (double) others.n / (double) whole.n;

	gap.reference = whole;
	gap.difference.estimate = GapOfRates(focal, whole);
	gap.difference.se *= share;
	gap.difference.lower *= share;
	gap.difference.upper *= share;
	gap.risk_ratio = WithoutError(RiskRatio(focal, whole, z, haldane));
	gap.odds_ratio = WithoutError(OddsRatio(focal, whole, z, haldane));
	if (gap.reason == NULL)
		gap.reason = REASON_OVERLAP;
	return gap;
}

/* Add the columns n_outcome_focal, n_focal, n_outcome_reference, n_reference */
void
AddGroupCounts(ResultRow *row, const RateGap *gap)
{
	AddInt64(row, gap->focal.x);
	AddInt64(row, gap->focal.n);
	AddInt64(row, gap->reference.x);
	AddInt64(row, gap->reference.n);
}

/* Add the columns from rate_focal on, the reason among them */
void
AddGapStatistics(ResultRow *row, const RateGap *gap)
{
	AddFloat8(row, Rate(gap->focal));
	AddFloat8(row, Rate(gap->reference));
	AddEstimate(row, gap->difference);
	AddFloat8(row, gap->z);
	AddFloat8(row, 2 * pnorm(-fabs(gap->z), 0, 1, true, false));
	AddEstimate(row, gap->risk_ratio);
	AddEstimate(row, gap->odds_ratio);
	AddText(row, gap->reason);
}

/* rate_gap(x_focal, n_focal, x_reference, n_reference, confidence, haldane) */
PG_FUNCTION_INFO_V1(rate_gap);
Datum
rate_gap(PG_FUNCTION_ARGS)
{
	double		z = TwoSidedZ(ArgumentConfidence(fcinfo, 4));
	bool		haldane = ArgumentBool(fcinfo, 5, "haldane");
	Proportion	focal;
	Proportion	reference;
	const char *reason = ArgumentPair(fcinfo, &focal, &reference);
	RateGap		gap;
	ResultRow	row;

	if (reason)
		return ReasonRow(fcinfo, reason);
	gap = CompareRates(focal, reference, z, haldane);
	BeginResultRow(&row, fcinfo);
	AddGroupCounts(&row, &gap);
	for (int i = 0; i < 3; i++)
		AddNull(&row);			/* n_missing_*: nobody counted them */
	AddGapStatistics(&row, &gap);
	return EndResultRow(&row);
}
