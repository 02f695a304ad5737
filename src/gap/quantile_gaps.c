/*
 * quantile_gaps.c
 *		The gap between two groups at their percentiles.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/confidence.h"
#include "base/estimate.h"
#include "base/reason.h"
#include "distribution/support.h"
#include "percentile/quantile.h"

/* A percentile of a group, with its standard error and its interval by order statistics */
static Estimate
GroupPercentile(const Ranks *ranks, double fraction, double confidence)
{
	QuantileEstimate quantile;
	Estimate	result;

	QuantileEstimateCompute(ranks, fraction, confidence, &quantile);
	result.estimate = quantile.value;
	result.se = quantile.se;
	result.lower = quantile.lower;
	result.upper = quantile.upper;
	result.reason = quantile.reason;
	return result;
}

/* The gap between two percentiles, and why something of the three is undefined */
static Estimate
PercentileGap(const Estimate *focal, const Estimate *reference, double z)
{
	Estimate	gap;

	gap.estimate = focal->estimate - reference->estimate;
	gap.se = hypot(focal->se, reference->se);
	gap.lower = gap.se == 0 ? NAN : gap.estimate - z * gap.se;
	gap.upper = gap.se == 0 ? NAN : gap.estimate + z * gap.se;
	gap.reason = focal->reason != NULL ? focal->reason : reference->reason;
	if (gap.reason == NULL && gap.se == 0)
		gap.reason = REASON_ZERO_VARIANCE;
	return gap;
}

/* quantile_gaps(focal, reference, fractions, confidence): one row a fraction */
PG_FUNCTION_INFO_V1(quantile_gaps);
Datum
quantile_gaps(PG_FUNCTION_ARGS)
{
	GroupPair	pair = GroupPairArguments(fcinfo, 0);
	int			n_fractions;
	double	   *fractions = ArgumentDoubles(fcinfo, 2, "fractions", &n_fractions);
	double		confidence = ArgumentConfidence(fcinfo, 3);
	double		z = TwoSidedZ(confidence);
	Ranks		focal_ranks = DistributionRanks(pair.focal);
	Ranks		reference_ranks = DistributionRanks(pair.reference);
	ResultRow	row;

	for (int i = 0; i < n_fractions; i++)
		CheckFraction(fractions[i]);
	BeginResultSet(&row, fcinfo);
	for (int i = 0; i < n_fractions; i++)
	{
		Estimate	focal = GroupPercentile(&focal_ranks, fractions[i], confidence);
		Estimate	reference = GroupPercentile(&reference_ranks, fractions[i], confidence);
		Estimate	gap = PercentileGap(&focal, &reference, z);

		if (gap.reason == NULL && IsCoarse(pair))
			gap.reason = REASON_COARSE;
		AddFloat8(&row, fractions[i]);
		AddInt64(&row, pair.focal->n);
		AddInt64(&row, pair.reference->n);
		AddEstimate(&row, focal);
		AddEstimate(&row, reference);
		AddEstimate(&row, gap);
		AddText(&row, gap.reason);
		PutResultRow(&row);
	}
	return (Datum) 0;
}
