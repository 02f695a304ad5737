/*
 * statistics.c
 *		What a distribution says of its group.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "distribution/distribution.h"
#include "funcapi.h"
#include "utils/float.h"

/* The mean */
double
DistributionMean(const Distribution *d)
{
	ExactMoments moments;

	DistributionMoments(d, &moments);
	return MomentsMean(&moments, d->n);
}

/* Scale back what moments.c hands out in two parts */
static double
CheckedLdexp(double fraction, int exponent)
{
	double		result = ldexp(fraction, exponent);

	if (unlikely(isinf(result)))
		float_overflow_error();
	return result;
}

/* The sample variance, with divisor n - 1 */
double
DistributionVariance(const Distribution *d)
{
	ExactMoments moments;
	int			exponent;
	double		fraction;

	DistributionMoments(d, &moments);
	fraction = MomentsVariance(&moments, d->n, &exponent);
	return CheckedLdexp(fraction, exponent);
}

/* The sample standard deviation */
double
DistributionStddev(const Distribution *d)
{
	ExactMoments moments;
	int			exponent;
	double		fraction;

	DistributionMoments(d, &moments);
	fraction = MomentsStddev(&moments, d->n, &exponent);
	return CheckedLdexp(fraction, exponent);
}

/* How many observations; NULL is a group without students */
PG_FUNCTION_INFO_V1(distribution_n);
Datum
distribution_n(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(ArgumentDistribution(fcinfo, 0)->n);
}

/* Mean */
PG_FUNCTION_INFO_V1(distribution_mean);
Datum
distribution_mean(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);

	if (d->n == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(DistributionMean(d));
}

/* Sample variance */
PG_FUNCTION_INFO_V1(distribution_variance);
Datum
distribution_variance(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);

	if (d->n < 2)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(DistributionVariance(d));
}

/* Sample standard deviation */
PG_FUNCTION_INFO_V1(distribution_stddev);
Datum
distribution_stddev(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);

	if (d->n < 2)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(DistributionStddev(d));
}

/* Lowest value */
PG_FUNCTION_INFO_V1(distribution_minimum);
Datum
distribution_minimum(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);

	if (d->n == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(DistributionValue(d, 0));
}

/* Highest value */
PG_FUNCTION_INFO_V1(distribution_maximum);
Datum
distribution_maximum(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);

	if (d->n == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(DistributionValue(d, d->nentries - 1));
}

/* The values and their counts, as rows */
PG_FUNCTION_INFO_V1(distribution_value_counts);
Datum
distribution_value_counts(PG_FUNCTION_ARGS)
{
	FuncCallContext *context;
	Distribution *d;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext caller;

		context = SRF_FIRSTCALL_INIT();
		caller = MemoryContextSwitchTo(context->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &context->tuple_desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		context->tuple_desc = BlessTupleDesc(context->tuple_desc);
		context->user_fctx = DistributionFromDatum(PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0))));
		context->max_calls = ((Distribution *) context->user_fctx)->nentries;
		MemoryContextSwitchTo(caller);
	}

	context = SRF_PERCALL_SETUP();
	d = context->user_fctx;
	if (context->call_cntr < context->max_calls)
	{
		int			i = context->call_cntr;
		Datum		values[2];
		bool		nulls[2] = {false, false};

		values[0] = Float8GetDatum(DistributionValue(d, i));
		values[1] = Int64GetDatum(DistributionEntries(d)[i].count);
		SRF_RETURN_NEXT(context,
						HeapTupleGetDatum(heap_form_tuple(context->tuple_desc, values, nulls)));
	}
	SRF_RETURN_DONE(context);
}

/* Bound on the relative error of a value */
PG_FUNCTION_INFO_V1(distribution_value_error);
Datum
distribution_value_error(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);

	PG_RETURN_FLOAT8(d->level == 0 ? 0 : ldexp(1, d->level - DISTRIBUTION_MAX_LEVEL - 1));
}
