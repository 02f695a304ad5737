/*
 * quantile_gap.c
 *		The gap between two groups at their percentiles.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/confidence.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "base/rmath.h"
#include "distribution/support.h"
#include "percentile/quantile.h"

/* One row a percentile: of both groups with intervals, their gap with its error */
PG_FUNCTION_INFO_V1(quantile_gaps);
Datum
quantile_gaps(PG_FUNCTION_ARGS)
{
	GroupPair	pair = GroupPairArguments(fcinfo, 0);
	int			np;
	double	   *p = ArgumentDoubles(fcinfo, 2, "percentiles", &np);
	double		confidence = ArgumentConfidence(fcinfo, 3);
	double		z = TwoSidedZ(confidence);
	Ranks		focal_ranks = DistributionRanks(pair.focal);
	Ranks		reference_ranks = DistributionRanks(pair.reference);
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	for (int i = 0; i < np; i++)
	{
		QuantileEstimate focal;
		QuantileEstimate reference;
		double		difference;
		double		se;

		QuantileEstimateCompute(&focal_ranks, CheckFraction(p[i]), confidence, &focal);
		QuantileEstimateCompute(&reference_ranks, p[i], confidence, &reference);
		difference = focal.value - reference.value;
		se = hypot(focal.se, reference.se);

		AddFloat8(&row, p[i]);
		AddInt64(&row, pair.focal->n);
		AddInt64(&row, pair.reference->n);
		AddFloat8(&row, focal.value);
		AddFloat8(&row, focal.lower);
		AddFloat8(&row, focal.upper);
		AddFloat8(&row, reference.value);
		AddFloat8(&row, reference.lower);
		AddFloat8(&row, reference.upper);
		AddFloat8(&row, difference);
		AddFloat8(&row, se);
		if (se == 0)
		{
			AddNull(&row);
			AddNull(&row);
			AddText(&row, REASON_ZERO_VARIANCE);
		}
		else
		{
			AddFloat8(&row, difference - z * se);
			AddFloat8(&row, difference + z * se);
			AddText(&row, focal.reason != NULL ? focal.reason : reference.reason);
		}
		PutResultRow(&row);
	}
	return (Datum) 0;
}
