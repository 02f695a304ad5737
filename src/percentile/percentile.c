/*
 * percentile.c
 *		Percentiles of the types that other software computes, and how sure they are.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/confidence.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "percentile/quantile.h"

/* A percentile of one of the nine types */
PG_FUNCTION_INFO_V1(percentile_of_type);
Datum
percentile_of_type(PG_FUNCTION_ARGS)
{
	int32		type = ArgumentInt32(fcinfo, 2, "quantile_type");
	Distribution *d;
	double		fraction;
	Ranks		ranks;

	if (type < 1 || type > 9)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("quantile_type must be between 1 and 9, not %d", type)));
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	d = PG_GETARG_DISTRIBUTION(0);
	fraction = ArgumentFraction(fcinfo, 1);
	if (d->n == 0)
		PG_RETURN_NULL();
	ranks = DistributionRanks(d);
	PG_RETURN_FLOAT8(QuantileOfType(&ranks, fraction, type));
}

/* Add a rank; there may be none */
static void
AddRank(ResultRow *row, int64 rank)
{
	if (rank == 0)
		AddNull(row);
	else
		AddInt64(row, rank);
}

/* A percentile with the interval of order statistics and its standard error */
PG_FUNCTION_INFO_V1(percentile_interval);
Datum
percentile_interval(PG_FUNCTION_ARGS)
{
	Ranks		ranks = DistributionRanks(ArgumentDistribution(fcinfo, 0));
	double		confidence = ArgumentConfidence(fcinfo, 2);
	QuantileEstimate estimate;
	ResultRow	row;

	if (PG_ARGISNULL(1))
		return ReasonRow(fcinfo, REASON_MISSING_FRACTION);
	QuantileEstimateCompute(&ranks, ArgumentFraction(fcinfo, 1), confidence, &estimate);
	if (estimate.reason == NULL && ranks.d->level > 0)
		estimate.reason = REASON_COARSE;
	BeginResultRow(&row, fcinfo);
	AddInt64(&row, ranks.d->n);
	AddFloat8(&row, estimate.value);
	AddFloat8(&row, estimate.se);
	AddFloat8(&row, estimate.lower);
	AddFloat8(&row, estimate.upper);
	AddRank(&row, estimate.lower_rank);
	AddRank(&row, estimate.upper_rank);
	AddFloat8(&row, estimate.coverage);
	AddText(&row, estimate.reason);
	return EndResultRow(&row);
}
