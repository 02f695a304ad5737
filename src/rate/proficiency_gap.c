/*
 * proficiency_gap.c
 *		Proficiency rates of distributions, and the gap between two.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "argument.h"
#include "rate/rate.h"

PG_FUNCTION_INFO_V1(proficient_count);
PG_FUNCTION_INFO_V1(proficiency_gap);

static int64 CountProficient(const Distribution *d, double cut);

/* proficient_count(distribution, cut) */
Datum
proficient_count(PG_FUNCTION_ARGS)
{
	double		cut = DistributionCheckValue(PG_GETARG_FLOAT8(1));

	PG_RETURN_INT64(CountProficient(PG_GETARG_DISTRIBUTION(0), cut));
}

/* proficiency_gap(focal, reference, cut, confidence, haldane) */
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
	cut = DistributionCheckValue(PG_GETARG_FLOAT8(2));
	z = TwoSidedZ(PG_GETARG_FLOAT8(3));

	pair.x_focal = CountProficient(focal, cut);
	pair.n_focal = focal->n;
	pair.x_reference = CountProficient(reference, cut);
	pair.n_reference = reference->n;

	BeginResultRow(&row, fcinfo);
	AddRateGap(&row, &pair, &missing, z, PG_GETARG_BOOL(4), NULL);
	return EndResultRow(&row);
}

/* How many observations are at or above the cut score. */
static int64
CountProficient(const Distribution *d, double cut)
{
	int64		below;
	int64		at;

	DistributionCountBelow(d, cut, &below, &at);
	return d->n - below;
}
