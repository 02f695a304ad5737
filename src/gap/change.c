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

/* Take what is in the groups' unit in a larger one */
static void
UseUnit(TwoGroups *groups, int unit)
{
	groups->sd_focal = ldexp(groups->sd_focal, groups->unit - unit);
	groups->sd_reference = ldexp(groups->sd_reference, groups->unit - unit);
	groups->difference = ldexp(groups->difference, groups->unit - unit);
	groups->unit = unit;
}

/* The later gap minus the earlier one: from four means, both years in one unit */
static TTest
TestChange(const TwoGroups *before, const TwoGroups *after, double confidence)
{
	double		errors[] = {
		before->sd_focal / sqrt(before->n_focal), before->sd_reference / sqrt(before->n_reference),
		after->sd_focal / sqrt(after->n_focal), after->sd_reference / sqrt(after->n_reference)
	};
	int64		ns[] = {before->n_focal, before->n_reference, after->n_focal, after->n_reference};
	double		change = after->difference - before->difference;
	double		se = hypot(hypot(errors[0], errors[1]), hypot(errors[2], errors[3]));
	double		margin;
	TTest		test = {UndefinedEstimate(NULL), NAN, NAN, NAN};

	test.difference.estimate = InPoints(before, change);
	test.difference.se = InPoints(before, se);
	if (!(se > 0))
		return test;

	test.df = SatterthwaiteDf(errors, ns, 2);
	test.t = change / se;
	test.p_value = 2 * pt(-fabs(test.t), test.df, 1, 0);
	margin = qt(0.5 * (1 - confidence), test.df, 0, 0) * se;
	test.difference.lower = InPoints(before, change - margin);
	test.difference.upper = InPoints(before, change + margin);
	return test;
}

/* gap_change(focal_before, reference_before, focal_after, reference_after, confidence) */
PG_FUNCTION_INFO_V1(gap_change);
Datum
gap_change(PG_FUNCTION_ARGS)
{
	TwoGroups	before = SummarizeGroups(GroupPairArguments(fcinfo, 0));
	TwoGroups	after = SummarizeGroups(GroupPairArguments(fcinfo, 2));
	double		confidence = ArgumentConfidence(fcinfo, 4);
	int			unit = Max(before.unit, after.unit);
	Estimate	gap_before;
	Estimate	gap_after;
	TTest		change;
	ResultRow	row;

	UseUnit(&before, unit);
	UseUnit(&after, unit);
	gap_before = TestDifference(&before, confidence, false).difference;
	gap_after = TestDifference(&after, confidence, false).difference;
	change = TestChange(&before, &after, confidence);

	BeginResultRow(&row, fcinfo);
	AddEstimate(&row, gap_before);
	AddEstimate(&row, gap_after);
	AddEstimate(&row, change.difference);
	AddFloat8(&row, change.df);
	AddFloat8(&row, change.t);
	AddFloat8(&row, change.p_value);
	AddFloat8(&row, 2 * pnorm(-fabs(change.t), 0, 1, 1, 0));
	AddText(&row, gap_before.reason != NULL ? gap_before.reason : gap_after.reason);
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

	BeginResultRow(&row, fcinfo);
	AddEstimate(&row, change);
	AddFloat8(&row, z);
	AddFloat8(&row, 2 * pnorm(-fabs(z), 0, 1, 1, 0));
	AddText(&row, change.reason);
	return EndResultRow(&row);
}
