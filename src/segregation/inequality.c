/*
 * inequality.c
 *		How unequally a resource is shared: Gini and Theil, from its distribution.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/reason.h"
#include "base/result_row.h"
#include "base/sum.h"
#include "miscadmin.h"
#include "segregation/divergence.h"
#include "segregation/inequality.h"

/* The mean, also where it is below the least double */
Scaled
ScaledMean(const ExactMoments *moments, int64 n)
{
	ExactMoments none = {0};
	int			exponent;
	double		mean = MomentsMeanDifference(moments, n, &none, 1, &exponent);

	return MakeScaled(mean, exponent);
}

/* Nobody can have less than nothing */
static void
CheckNoneNegative(const Distribution *d)
{
	if (d->n > 0 && DistributionValue(d, 0) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a resource must not be negative: %.15g", DistributionValue(d, 0)),
				 errhint("Shares of a sum that has negative parts are not shares; compare percentiles, or standard deviations.")));
}

/*
 * The indices of a distribution with a mean above 0. With p the share of students up to a value,
 * Gini is the sum of p (1 - p) times the distance to the next value, over the mean: the area
 * between the Lorenz curve and the diagonal, without terms of both signs.
 */
static void
SetIndices(Inequality *result, const Distribution *d)
{
	const DistributionEntry *entries = DistributionEntries(d);
	double		n = (double) d->n;
	Scaled		mean = result->mean;
	double		scaled_mean = InUnit(mean, mean.exponent);
	int64		up_to = 0;
	Scaled		last = MakeScaled(0, 0);
	Sum			gini = {0, 0};
	Sum			theil_t = {0, 0};
	Sum			theil_l = {0, 0};

	for (int i = 0; i < d->nentries; i++)
	{
		Scaled		value = MakeScaled(DistributionValue(d, i), 0);
		double		share = (double) entries[i].count / n;
		double		delta = (InUnit(value, mean.exponent) - scaled_mean) / scaled_mean;

		CHECK_FOR_INTERRUPTS();
		AddTo(&gini, (double) up_to / n * ((double) (d->n - up_to) / n) *
			  (InUnit(ScaledMinus(value, last), mean.exponent) / scaled_mean));
		AddTo(&theil_t, share * Divergence(delta));
		AddTo(&theil_l, share * ReverseDivergence(delta));
		up_to += entries[i].count;
		last = value;
	}
	result->gini = Total(gini);
	result->theil_t = Total(theil_t);
	result->theil_l = result->n_zero > 0 ? NAN : Total(theil_l);
	result->gini_corrected = d->n > 1 ? result->gini * (n / (n - 1)) : NAN;
}

/* The inequality of a distribution */
Inequality
GetInequality(const Distribution *d)
{
	Inequality	result = {d->n, 0, d->level > 0, {NAN, 0}, NAN, NAN, NAN, NAN, NULL};
	ExactMoments moments;

	CheckNoneNegative(d);
	if (d->n == 0)
	{
		result.reason = REASON_N_LT_1;
		return result;
	}
	if (DistributionValue(d, 0) == 0)
		result.n_zero = DistributionEntries(d)[0].count;
	DistributionMoments(d, &moments);
	result.mean = ScaledMean(&moments, d->n);
	if (result.n_zero == d->n)
	{
		result.reason = REASON_ZERO_TOTAL;
		return result;
	}
	SetIndices(&result, d);
	if (d->n < 2)
		result.reason = REASON_N_LT_2;
	else if (result.n_zero > 0)
		result.reason = REASON_ZERO_VALUE;
	else if (result.is_coarse)
		result.reason = REASON_COARSE;
	return result;
}

/* inequality(d) */
PG_FUNCTION_INFO_V1(inequality);
Datum
inequality(PG_FUNCTION_ARGS)
{
	Inequality	result = GetInequality(ArgumentDistribution(fcinfo, 0));
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, result.n);
	AddInt64(&row, result.n_zero);
	AddFloat8(&row, Unscaled(result.mean));
	AddFloat8(&row, result.gini);
	AddFloat8(&row, result.gini_corrected);
	AddFloat8(&row, result.theil_t);
	AddFloat8(&row, result.theil_l);
	AddText(&row, result.reason);
	return EndResultRow(&row);
}
