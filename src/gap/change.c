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
TestChange(const TwoGroups *before, const TwoGroups *after, double confidence)
{
	int64		ns[] = {before->n_focal, before->n_reference, after->n_focal, after->n_reference};
	Scaled		errors[] = {
		ScaledOver(before->sd_focal, sqrt(ns[0])), ScaledOver(before->sd_reference, sqrt(ns[1])),
		ScaledOver(after->sd_focal, sqrt(ns[2])), ScaledOver(after->sd_reference, sqrt(ns[3]))
	};
	Scaled		change = ScaledMinus(after->difference, before->difference);
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

/* gap_change(focal_before, reference_before, focal_after, reference_after, confidence) */
PG_FUNCTION_INFO_V1(gap_change);
Datum
gap_change(PG_FUNCTION_ARGS)
{
	TwoGroups	before = SummarizeGroups(GroupPairArguments(fcinfo, 0));
	TwoGroups	after = SummarizeGroups(GroupPairArguments(fcinfo, 2));
	double		confidence = ArgumentConfidence(fcinfo, 4);
	Estimate	gap_before = TestDifference(&before, confidence, false).difference;
	Estimate	gap_after = TestDifference(&after, confidence, false).difference;
	TTest		change = TestChange(&before, &after, confidence);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddEstimate(&row, gap_before);
	AddEstimate(&row, gap_after);
	AddEstimate(&row, change.difference);
	AddFloat8(&row, change.df);
	AddFloat8(&row, change.t);
	AddFloat8(&row, change.p_value);
	AddFloat8(&row, 2 * pnorm(-fabs(change.t), 0, 1, 1, 0));
	AddText(&row, FirstReason(gap_before.reason, gap_after.reason, change.difference.reason));
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
	double		se = EstimateArgument(fcinfo, argno, name);

	if (se < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative: %g", name, se)));
	return se;
}

/* estimate_change(before, before_se, after, after_se, confidence): estimates taken as normal */
PG_FUNCTION_INFO_V1(estimate_change);
Datum
estimate_change(PG_FUNCTION_ARGS)
{
	double		before = EstimateArgument(fcinfo, 0, "before");
	double		before_se = StandardErrorArgument(fcinfo, 1, "before_se");
	double		after = EstimateArgument(fcinfo, 2, "after");
	double		after_se = StandardErrorArgument(fcinfo, 3, "after_se");
	double		margin = TwoSidedZ(ArgumentConfidence(fcinfo, 4));
	Estimate	change = UndefinedEstimate(NULL);
	double		z = NAN;
	double		p_value;
	ResultRow	row;

	change.estimate = after - before;
	change.se = hypot(before_se, after_se);
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
