/*
 * change.c
 *		How a gap changes from one year to another.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/confidence.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "gap/mean_gap.h"

/* The later gap minus the earlier one: from four means */
static TTest
TestChange(const TwoGroups *earlier, const TwoGroups *later, double confidence)
{
	int64		ns[] = {earlier->n_focal, earlier->n_reference, later->n_focal, later->n_reference};
	Scaled		errors[] = {
		ScaledOver(earlier->sd_focal, sqrt(ns[0])), ScaledOver(earlier->sd_reference, sqrt(ns[1])),
		ScaledOver(later->sd_focal, sqrt(ns[2])), ScaledOver(later->sd_reference, sqrt(ns[3]))
	};
	Scaled		change = ScaledMinus(later->difference, earlier->difference);
	Scaled		se = ScaledHypot(ScaledHypot(errors[0], errors[1]),
								 ScaledHypot(errors[2], errors[3]));
	TTest		test = {UndefinedEstimate(NULL), NAN, NAN, NAN};

	if (se.fraction > 0)
		return TestGap(change, se, SatterthwaiteDf(errors, ns, 2), confidence);
	test.difference.estimate = Unscaled(change);
	test.difference.se = Unscaled(se);
	return test;
}

/* The first reason that there is, or NULL */
static const char *
FirstReason(const char *a, const char *b, const char *c)
{
	return a != NULL ? a : b != NULL ? b : c;
}

/* gap_change(focal_earlier, reference_earlier, focal_later, reference_later, confidence) */
PG_FUNCTION_INFO_V1(gap_change);
Datum
gap_change(PG_FUNCTION_ARGS)
{
	TwoGroups	earlier = SummarizeGroups(GroupPairArguments(fcinfo, 0));
	TwoGroups	later = SummarizeGroups(GroupPairArguments(fcinfo, 2));
	double		confidence = ArgumentConfidence(fcinfo, 4);
	Estimate	gap_earlier = TestDifference(&earlier, confidence, false).difference;
	Estimate	gap_later = TestDifference(&later, confidence, false).difference;
	TTest		change = TestChange(&earlier, &later, confidence);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddEstimate(&row, gap_earlier);
	AddEstimate(&row, gap_later);
	AddEstimate(&row, change.difference);
	AddFloat8(&row, change.df);
	AddFloat8(&row, change.t);
	AddFloat8(&row, change.p_value);
	AddFloat8(&row, 2 * pnorm(-fabs(change.t), 0, 1, 1, 0));
	AddText(&row, FirstReason(gap_earlier.reason, gap_later.reason, change.difference.reason));
	return EndResultRow(&row);
}

/* An estimate that may be missing */
static double
EstimateArgument(FunctionCallInfo fcinfo, int argno, const char *name)
{
	return PG_ARGISNULL(argno) ? NAN : ArgumentDouble(fcinfo, argno, name);
}

/* A standard error, which may be missing but not negative */
static double
StandardErrorArgument(FunctionCallInfo fcinfo, int argno, const char *name)
{
	return PG_ARGISNULL(argno) ? NAN : CheckNonNegative(PG_GETARG_FLOAT8(argno), name);
}

/* estimate_change(earlier, earlier_se, later, later_se, confidence): estimates taken as normal */
PG_FUNCTION_INFO_V1(estimate_change);
Datum
estimate_change(PG_FUNCTION_ARGS)
{
	double		earlier = EstimateArgument(fcinfo, 0, "earlier");
	double		earlier_se = StandardErrorArgument(fcinfo, 1, "earlier_se");
	double		later = EstimateArgument(fcinfo, 2, "later");
	double		later_se = StandardErrorArgument(fcinfo, 3, "later_se");
	double		margin = TwoSidedZ(ArgumentConfidence(fcinfo, 4));
	Estimate	change = UndefinedEstimate(NULL);
	double		z = NAN;
	double		p_value;
	ResultRow	row;

	change.estimate = later - earlier;
	change.se = hypot(earlier_se, later_se);
	if (isnan(change.estimate) || isnan(change.se))
		change.reason = REASON_MISSING_ESTIMATE;
	else if (change.se == 0)
		change.reason = REASON_ZERO_VARIANCE;
	else
	{
		margin *= change.se;
		z = change.estimate / change.se;
		change.lower = change.estimate - margin;
		change.upper = change.estimate + margin;
	}
	p_value = 2 * pnorm(-fabs(z), 0, 1, 1, 0);
	if (isinf(z))
	{
		z = NAN;
		change.reason = REASON_OUT_OF_RANGE;
	}

	BeginResultRow(&row, fcinfo);
	AddEstimate(&row, change);
	AddFloat8(&row, z);
	AddFloat8(&row, p_value);
	AddText(&row, change.reason);
	return EndResultRow(&row);
}
