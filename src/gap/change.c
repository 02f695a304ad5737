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

/* The first half of the gaps minus the second one, and so on within the halves */
static Scaled
Contrast(const TwoGroups *gaps, int n_gaps)
{
	if (n_gaps == 1)
		return gaps->difference;
	return ScaledMinus(Contrast(gaps, n_gaps / 2), Contrast(gaps + n_gaps / 2, n_gaps / 2));
}

/* The root of the sum of squares of standard errors */
static Scaled
RootOfSquares(const Scaled *errors, int n)
{
	if (n == 1)
		return *errors;
	return ScaledHypot(RootOfSquares(errors, n / 2), RootOfSquares(errors + n / 2, n / 2));
}

/*
 * A gap (1), the first gap minus the second (2), or the difference between two such
 * changes (4), of independent groups: from all their means. Of groups without variance
 * only the estimate and the standard error, 0, are defined; the reason is the caller's.
 */
TTest
TestContrast(const TwoGroups *gaps, int n_gaps, double confidence)
{
	Scaled		errors[8];
	int64		ns[8];
	Scaled		change = Contrast(gaps, n_gaps);
	Scaled		se;
	TTest		test = {UndefinedEstimate(NULL), NAN, NAN, NAN};

	Assert(n_gaps == 1 || n_gaps == 2 || n_gaps == 4);
	for (int i = 0; i < n_gaps; i++)
	{
		ns[2 * i] = gaps[i].n_focal;
		ns[2 * i + 1] = gaps[i].n_reference;
		errors[2 * i] = ScaledOver(gaps[i].sd_focal, sqrt(gaps[i].n_focal));
		errors[2 * i + 1] = ScaledOver(gaps[i].sd_reference, sqrt(gaps[i].n_reference));
	}
	se = RootOfSquares(errors, 2 * n_gaps);
	if (se.fraction > 0)
		return TestGap(change, se, SatterthwaiteDf(errors, ns, n_gaps), confidence);
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
	TwoGroups	gaps[] = {later, earlier};
	double		confidence = ArgumentConfidence(fcinfo, 4);
	Estimate	gap_earlier = TestDifference(&earlier, confidence, false).difference;
	Estimate	gap_later = TestDifference(&later, confidence, false).difference;
	TTest		change = TestContrast(gaps, 2, confidence);
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
