/*
 * statistics.c
 *		What a distribution says of its group.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "distribution/distribution.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"

/* The mean: the correctly rounded sum, divided by n */
double
DistributionMean(const Distribution *d)
{
	ExactMoments moments;

	DistributionMoments(d, &moments);
	return MomentsMean(&moments, d->n);
}

/* The mean of one group minus that of another, without cancellation */
double
DistributionMeanDifference(const Distribution *a, const Distribution *b)
{
	ExactMoments moments_a;
	ExactMoments moments_b;
	double		difference;

	DistributionMoments(a, &moments_a);
	DistributionMoments(b, &moments_b);
	difference = MomentsMeanDifference(&moments_a, a->n, &moments_b, b->n);
	if (unlikely(isinf(difference)))
		float_overflow_error();
	return difference;
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
	fraction = MomentsVariance(&moments, d->n, &exponent);
	if (exponent % 2 != 0)
	{
		fraction *= 2;
		exponent--;
	}
	return CheckedLdexp(sqrt(fraction), exponent / 2);
}

/*
 * The percentile at fraction p, interpolated as percentile_cont does (Hyndman
 * and Fan's type 7), to the last bit.
 */
double
DistributionPercentile(const Distribution *d, double p)
{
	const DistributionEntry *entries = DistributionEntries(d);
	double		position = p * (d->n - 1);
	int64		first_row = floor(position);
	int64		second_row = ceil(position);
	int64		seen = 0;
	int			i = 0;
	double		first;
	double		second;
	double		result;

	if (p == 1)
		return DistributionValue(d, d->nentries - 1);	/* n - 1 may not be a double */
	while (i < d->nentries - 1 && seen + entries[i].count <= first_row)
		seen += entries[i++].count;
	first = DistributionValue(d, i);
	if (second_row == first_row)
		return first;
	if (i < d->nentries - 1 && seen + entries[i].count <= second_row)
		i++;
	second = DistributionValue(d, i);
	result = first + (position - first_row) * (second - first);
	if (unlikely(isinf(result)))
		float_overflow_error();
	return result;
}

/* The number of observations below a value, and at it (in its bucket, if coarse) */
void
DistributionCountBelow(const Distribution *d, double value, int64 *below, int64 *at)
{
	const DistributionEntry *entries = DistributionEntries(d);

	value = DistributionTruncate(value, d->level);
	*below = 0;
	*at = 0;
	for (int i = 0; i < d->nentries && entries[i].value <= value; i++)
	{
		if (entries[i].value < value)
			*below += entries[i].count;
		else
			*at = entries[i].count;
	}
}

PG_FUNCTION_INFO_V1(distribution_n);
PG_FUNCTION_INFO_V1(distribution_mean);
PG_FUNCTION_INFO_V1(distribution_variance);
PG_FUNCTION_INFO_V1(distribution_stddev);
PG_FUNCTION_INFO_V1(distribution_minimum);
PG_FUNCTION_INFO_V1(distribution_maximum);
PG_FUNCTION_INFO_V1(distribution_percentile);
PG_FUNCTION_INFO_V1(distribution_percentiles);
PG_FUNCTION_INFO_V1(distribution_percentile_rank);
PG_FUNCTION_INFO_V1(distribution_proficiency_rate);
PG_FUNCTION_INFO_V1(distribution_value_counts);
PG_FUNCTION_INFO_V1(distribution_value_error);

/* How many observations */
Datum
distribution_n(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(PG_GETARG_DISTRIBUTION(0)->n);
}

/* Mean */
Datum
distribution_mean(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);

	if (d->n == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(DistributionMean(d));
}

/* Sample variance */
Datum
distribution_variance(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);

	if (d->n < 2)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(DistributionVariance(d));
}

/* Sample standard deviation */
Datum
distribution_stddev(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);

	if (d->n < 2)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(DistributionStddev(d));
}

/* Lowest value */
Datum
distribution_minimum(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);

	if (d->n == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(DistributionValue(d, 0));
}

/* Highest value */
Datum
distribution_maximum(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);

	if (d->n == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(DistributionValue(d, d->nentries - 1));
}

/* Refuse what is not a fraction */
static void
CheckFraction(double p)
{
	if (!(p >= 0 && p <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("percentile value %g is not between 0 and 1", p)));
}

/* One percentile */
Datum
distribution_percentile(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);
	double		p = PG_GETARG_FLOAT8(1);

	CheckFraction(p);
	if (d->n == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(DistributionPercentile(d, p));
}

/* Several percentiles, as an array of the same shape */
Datum
distribution_percentiles(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);
	ArrayType  *fractions = PG_GETARG_ARRAYTYPE_P(1);
	Datum	   *values;
	bool	   *nulls;
	int			nvalues;

	deconstruct_array(fractions, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &values, &nulls, &nvalues);
	for (int i = 0; i < nvalues; i++)
	{
		if (nulls[i])
			continue;
		CheckFraction(DatumGetFloat8(values[i]));
		if (d->n == 0)
			nulls[i] = true;
		else
			values[i] = Float8GetDatum(DistributionPercentile(d, DatumGetFloat8(values[i])));
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(values, nulls, ARR_NDIM(fractions),
											 ARR_DIMS(fractions), ARR_LBOUND(fractions),
											 FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL,
											 TYPALIGN_DOUBLE));
}

/* Mid-percentile rank in test norms, 0 to 100 */
Datum
distribution_percentile_rank(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);
	double		value = DistributionCheckValue(PG_GETARG_FLOAT8(1));
	int64		below;
	int64		at;

	if (d->n == 0)
		PG_RETURN_NULL();
	DistributionCountBelow(d, value, &below, &at);
	PG_RETURN_FLOAT8(100 * (below + at / 2.0) / d->n);
}

/* Share at or above a cut score */
Datum
distribution_proficiency_rate(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);
	double		cut = DistributionCheckValue(PG_GETARG_FLOAT8(1));
	int64		below;
	int64		at;

	if (d->n == 0)
		PG_RETURN_NULL();
	DistributionCountBelow(d, cut, &below, &at);
	PG_RETURN_FLOAT8((double) (d->n - below) / d->n);
}

/* The values and their counts, as rows */
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
Datum
distribution_value_error(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);

	PG_RETURN_FLOAT8(d->level == 0 ? 0 : ldexp(1, d->level - DISTRIBUTION_MAX_LEVEL - 1));
}
