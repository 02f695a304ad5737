/*
 * proficiency_gap.c
 *		The gap between the proficiency rates of two distributions.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/confidence.h"
#include "base/reason.h"
#include "distribution/rank.h"
#include "rate/rate_gap.h"

/* Those at or above the cut score; says whether they are only an estimate */
static Proportion
Proficient(const Distribution *d, double cut, bool *is_estimate)
{
	Ranks		ranks = DistributionRanks(d);
	CutCount	count = CountAtCut(&ranks, cut);
	Proportion	proficient = {d->n - count.below, d->n};

	*is_estimate = count.below_error > 0;
	return proficient;
}

/* proficiency_gap(focal, reference, cut, confidence, haldane) */
PG_FUNCTION_INFO_V1(proficiency_gap);
Datum
proficiency_gap(PG_FUNCTION_ARGS)
{
	double		z = TwoSidedZ(ArgumentConfidence(fcinfo, 3));
	bool		haldane = ArgumentBool(fcinfo, 4, "haldane");
	double		cut;
	bool		is_focal_estimate;
	bool		is_reference_estimate;
	Proportion	focal;
	Proportion	reference;
	RateGap		gap;
	ResultRow	row;

	if (PG_ARGISNULL(2))
		return ReasonRow(fcinfo, REASON_MISSING_CUT);
	cut = ArgumentDouble(fcinfo, 2, "cut");
	focal = Proficient(ArgumentDistribution(fcinfo, 0), cut, &is_focal_estimate);
	reference = Proficient(ArgumentDistribution(fcinfo, 1), cut, &is_reference_estimate);
	gap = CompareRates(focal, reference, z, haldane);
	if (gap.reason == NULL && (is_focal_estimate || is_reference_estimate))
		gap.reason = REASON_COARSE;

	BeginResultRow(&row, fcinfo);
	AddGroupCounts(&row, &gap);
	AddGapStatistics(&row, &gap);
	return EndResultRow(&row);
}
