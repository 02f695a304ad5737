/*
 * simultaneous_interval.c
 *		Intervals that hold together, for as many estimates as there are.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/confidence.h"
#include "base/estimate.h"
#include "base/reason.h"
#include "base/rmath.h"

/* In the order of method_names */
typedef enum Method
{
	METHOD_SIDAK,
	METHOD_BONFERRONI
} Method;

static const char *const method_names[] = {"sidak", "bonferroni", NULL};

/* What each interval of n may miss, so that all together miss no more than 1 - confidence */
static double
MissedByEach(Method method, double confidence, int64 n)
{
	if (method == METHOD_SIDAK)
		return -expm1(log(confidence) / n);
	return (1 - confidence) / n;
}

/* A count of comparisons; NULL is none */
static int64
ArgumentComparisons(FunctionCallInfo fcinfo, int argno, const char *name)
{
	int64		n = PG_ARGISNULL(argno) ? 0 : PG_GETARG_INT64(argno);

	if (n < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative: " INT64_FORMAT, name, n)));
	return n;
}

/* Degrees of freedom; none are the normal distribution's */
static double
ArgumentDf(FunctionCallInfo fcinfo, int argno)
{
	double		df;

	if (PG_ARGISNULL(argno))
		return INFINITY;
	df = PG_GETARG_FLOAT8(argno);
	CheckFinite(df, "df");
	if (df <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("df must be above 0, not %g", df)));
	return df;
}

/* simultaneous_interval(estimate, se, n_comparisons, df, confidence, method) */
PG_FUNCTION_INFO_V1(simultaneous_interval);
Datum
simultaneous_interval(PG_FUNCTION_ARGS)
{
	int64		n = ArgumentComparisons(fcinfo, 2, "n_comparisons");
	double		df = ArgumentDf(fcinfo, 3);
	double		confidence = ArgumentConfidence(fcinfo, 4);
	Method		method = ArgumentOption(fcinfo, 5, "method", method_names);
	Estimate	result;
	double		margin;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return EstimateRow(fcinfo, UndefinedEstimate(REASON_MISSING_ESTIMATE));
	result = UndefinedEstimate(NULL);
	result.estimate = PG_GETARG_FLOAT8(0);
	CheckFinite(result.estimate, "estimate");
	result.se = CheckNonNegative(PG_GETARG_FLOAT8(1), "se");
	if (n == 0)
	{
		result.reason = REASON_NO_COMPARISON;
		return EstimateRow(fcinfo, result);
	}
	margin = result.se * qt(MissedByEach(method, confidence, n) / 2, df, 0, 0);
	result.lower = result.estimate - margin;
	result.upper = result.estimate + margin;
	return EstimateRow(fcinfo, result);
}

/* simultaneous_confidence(n_comparisons, confidence, method) */
PG_FUNCTION_INFO_V1(simultaneous_confidence);
Datum
simultaneous_confidence(PG_FUNCTION_ARGS)
{
	int64		n = ArgumentComparisons(fcinfo, 0, "n_comparisons");
	double		confidence = ArgumentConfidence(fcinfo, 1);
	Method		method = ArgumentOption(fcinfo, 2, "method", method_names);

	if (n == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(1 - MissedByEach(method, confidence, n));
}

/* fcr_confidence(n_selected, n_comparisons, rate) */
PG_FUNCTION_INFO_V1(fcr_confidence);
Datum
fcr_confidence(PG_FUNCTION_ARGS)
{
	int64		n_selected = ArgumentComparisons(fcinfo, 0, "n_selected");
	int64		n = ArgumentComparisons(fcinfo, 1, "n_comparisons");
	double		rate = ArgumentDouble(fcinfo, 2, "rate");

	CheckFinite(rate, "rate");
	if (rate <= 0 || rate >= 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rate must be above 0 and below 1, not %g", rate),
				 rate > 1 ? errhint("Write 0.05 for 5%%.") : 0));
	if (n_selected > n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("n_selected must not be above n_comparisons: " INT64_FORMAT " and " INT64_FORMAT,
						n_selected, n)));
	if (n_selected == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(1 - rate * ((double) n_selected / n));
}
