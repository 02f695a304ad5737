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
TestChange(const TwoGroups *earlier, const TwoGroups *later, double confidence)
{
	double		errors[] = {
		earlier->sd_focal / sqrt(earlier->n_focal), earlier->sd_reference / sqrt(earlier->n_reference),
		later->sd_focal / sqrt(later->n_focal), later->sd_reference / sqrt(later->n_reference)
	};
	int64		ns[] = {earlier->n_focal, earlier->n_reference, later->n_focal, later->n_reference};
	double		change = later->difference - earlier->difference;
	double		se = hypot(hypot(errors[0], errors[1]), hypot(errors[2], errors[3]));
	double		margin;
	TTest		test = {UndefinedEstimate(NULL), NAN, NAN, NAN};

	test.difference.estimate = InPoints(earlier, change);
	test.difference.se = InPoints(earlier, se);
	if (!(se > 0))
		return test;

	test.df = SatterthwaiteDf(errors, ns, 2);
	test.t = change / se;
	test.p_value = 2 * pt(-fabs(test.t), test.df, 1, 0);
	margin = qt(0.5 * (1 - confidence), test.df, 0, 0) * se;
	test.difference.lower = InPoints(earlier, change - margin);
	test.difference.upper = InPoints(earlier, change + margin);
	return test;
}

/* gap_change(focal_earlier, reference_earlier, focal_later, reference_later, confidence) */
PG_FUNCTION_INFO_V1(gap_change);
Datum
gap_change(PG_FUNCTION_ARGS)
{
	TwoGroups	earlier = SummarizeGroups(GroupPairArguments(fcinfo, 0));
	TwoGroups	later = SummarizeGroups(GroupPairArguments(fcinfo, 2));
	double		confidence = ArgumentConfidence(fcinfo, 4);
	int			unit = Max(earlier.unit, later.unit);
	Estimate	gap_earlier;
	Estimate	gap_later;
	TTest		change;
	ResultRow	row;

	UseUnit(&earlier, unit);
	UseUnit(&later, unit);
	gap_earlier = TestDifference(&earlier, confidence, false).difference;
	gap_later = TestDifference(&later, confidence, false).difference;
	change = TestChange(&earlier, &later, confidence);

	BeginResultRow(&row, fcinfo);
	AddEstimate(&row, gap_earlier);
	AddEstimate(&row, gap_later);
	AddEstimate(&row, change.difference);
	AddFloat8(&row, change.df);
	AddFloat8(&row, change.t);
	AddFloat8(&row, change.p_value);
	AddFloat8(&row, 2 * pnorm(-fabs(change.t), 0, 1, 1, 0));
	AddText(&row, gap_earlier.reason != NULL ? gap_earlier.reason : gap_later.reason);
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

	BeginResultRow(&row, fcinfo);
	AddEstimate(&row, change);
	AddFloat8(&row, z);
	AddFloat8(&row, 2 * pnorm(-fabs(z), 0, 1, 1, 0));
	AddText(&row, change.reason);
	return EndResultRow(&row);
}
