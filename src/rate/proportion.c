/*
 * proportion.c
 *		A rate, x of n, with its confidence interval.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/confidence.h"
#include "base/estimate.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "base/rmath.h"
#include "rate/proportion.h"

/* wilson_interval(x, n, confidence) */
PG_FUNCTION_INFO_V1(wilson_interval);
Datum
wilson_interval(PG_FUNCTION_ARGS)
{
	int64		x = PG_GETARG_INT64(0);
	int64		n = PG_GETARG_INT64(1);
	double		z = TwoSidedZ(PG_GETARG_FLOAT8(2));

	CheckRate(x, n, "");
	return EstimateRow(fcinfo, WilsonInterval(x, n, z));
}

/*
 * clopper_pearson_interval(x, n, confidence)
 *
 * Clopper and Pearson 1934, by the quantiles of the beta distribution.
 */
PG_FUNCTION_INFO_V1(clopper_pearson_interval);
Datum
clopper_pearson_interval(PG_FUNCTION_ARGS)
{
	int64		x = PG_GETARG_INT64(0);
	int64		n = PG_GETARG_INT64(1);
	double		confidence = PG_GETARG_FLOAT8(2);
	double		tail = 0.5 * (1 - confidence);
	Estimate	result = UndefinedEstimate(REASON_N_LT_1);

	CheckConfidence(confidence);
	CheckRate(x, n, "");
	if (n == 0)
		return EstimateRow(fcinfo, result);

	result.estimate = (double) x / n;
	result.lower = x == 0 ? 0 : qbeta(tail, x, (double) (n - x) + 1, 1, 0);
	result.upper = x == n ? 1 : qbeta(tail, (double) x + 1, n - x, 0, 0);
	result.reason = NULL;
	return EstimateRow(fcinfo, result);
}

/* x / n, or NaN where n is 0. */
double
Rate(int64 x, int64 n)
{
	return n == 0 ? NAN : (double) x / n;
}

/* Refuse a negative count; its name and its group's are for the message. */
void
CheckCount(int64 count, const char *name, const char *group)
{
	if (count < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s%s must not be negative: %lld", name, group, (long long) count)));
}

/* Refuse x of n where no group can be so. */
void
CheckRate(int64 x, int64 n, const char *group)
{
	CheckCount(n, "n", group);
	CheckCount(x, "x", group);
	if (x > n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("x%s must not be greater than n%s: %lld > %lld",
						group, group, (long long) x, (long long) n)));
}

/* The rate x / n with its score interval. */
Estimate
WilsonInterval(int64 x, int64 n, double z)
{
	if (n == 0)
		return UndefinedEstimate(REASON_N_LT_1);
	return ScoreInterval((double) x / n, (double) (n - x) / n, n, z);
}

/*
 * Score interval of a rate p, q being 1 - p, among n.  Wilson 1927, JASA
 * 22:209-212.
 *
 * With c = p + z^2/2n and h = z sqrt(p q / n + z^2/4n^2), the bounds are
 * (c -+ h) / (1 + z^2/n); the lower one is written p^2 / (c + h), which is
 * the same without the cancellation, and exactly 0 where p is.
 */
Estimate
ScoreInterval(double p, double q, double n, double z)
{
	double		z2_n = z * z / n;
	double		sum = p + z2_n / 2 + z * sqrt(p * q / n + z2_n / n / 4);
	Estimate	result = UndefinedEstimate(NULL);

	result.estimate = p;
	result.lower = p == 0 ? 0 : Min(p * p / sum, p);
	result.upper = q == 0 ? 1 : Max(sum / (1 + z2_n), p);
	return result;
}
