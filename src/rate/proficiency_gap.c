/*
 * proficiency_gap.c
 *		Proficiency rates of distributions, and the gap between two.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "distribution/rank.h"
#include "base/confidence.h"
#include "base/result_row.h"
#include "rate/rate_gap.h"

/* How many observations are at or above the cut score. */
static int64
CountProficient(const Distribution *d, double cut)
{
	Ranks		ranks = DistributionRanks(d);

	return d->n - CountAtCut(&ranks, cut).below;
}

/* proficiency_gap(focal, reference, cut, confidence, haldane) */
PG_FUNCTION_INFO_V1(proficiency_gap);
Datum
proficiency_gap(PG_FUNCTION_ARGS)
{
	MissingCounts missing = {-1, -1, -1};
	Distribution *focal;
	Distribution *reference;
	double		cut;
	double		z;
	RatePair	pair;
	ResultRow	row;

	if (PG_ARGISNULL(2) || PG_ARGISNULL(3) || PG_ARGISNULL(4))
		PG_RETURN_NULL();
	focal = ArgumentDistribution(fcinfo, 0);
	reference = ArgumentDistribution(fcinfo, 1);
	cut = PG_GETARG_FLOAT8(2);
	z = TwoSidedZ(PG_GETARG_FLOAT8(3));

	pair.x_focal = CountProficient(focal, cut);
	pair.n_focal = focal->n;
	pair.x_reference = CountProficient(reference, cut);
	pair.n_reference = reference->n;

	BeginResultRow(&row, fcinfo);
	AddRateGap(&row, &pair, &missing, z, PG_GETARG_BOOL(4), NULL);
	return EndResultRow(&row);
}
