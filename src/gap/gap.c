/*
 * gap.c
 *		The gap between two groups' scores, as SQL asks for it.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "argument.h"
#include "distribution/pair.h"
#include "gap/mean_gap.h"
#include "gap/support.h"
#include "gap/v.h"
#include "rate/rate.h"

PG_FUNCTION_INFO_V1(gap);
PG_FUNCTION_INFO_V1(gap_final);
PG_FUNCTION_INFO_V1(t_test);
PG_FUNCTION_INFO_V1(cohens_d);
PG_FUNCTION_INFO_V1(hedges_g);
PG_FUNCTION_INFO_V1(glass_delta);

/* Add the columns of the type mean_gap that follow the counts */
static void
AddGap(ResultRow *row, const Distribution *focal, const Distribution *reference,
	   double confidence)
{
	TwoGroups	groups = SummarizeGroups(focal, reference);
	TTest		welch = TestDifference(&groups, confidence, false);
	EffectSize	d = CohensD(&groups, confidence, INTERVAL_NORMAL);
	EffectSize	g = HedgesG(&groups, confidence, CORRECTION_EXACT, INTERVAL_NONCENTRAL_T,
							VARIANCE_LS);
	const char *reason = TwoGroupsReason(&groups);
	VStatistic	v;

	VCompute(focal, reference, V_SE_DELONG, false, &v);
	if (reason == NULL)
		reason = v.reason;

	AddFloat8(row, groups.mean_focal);
	AddFloat8(row, groups.mean_reference);
	AddFloat8(row, sqrt(groups.variance_focal));
	AddFloat8(row, sqrt(groups.variance_reference));
	AddFloat8(row, groups.difference);
	AddFloat8(row, welch.standard_error);
	AddFloat8(row, welch.lower);
	AddFloat8(row, welch.upper);
	AddFloat8(row, welch.df);
	AddFloat8(row, welch.t);
	AddFloat8(row, welch.p_value);
	AddFloat8(row, d.estimate);
	AddFloat8(row, g.estimate);
	AddFloat8(row, g.lower);
	AddFloat8(row, g.upper);
	AddFloat8(row, v.v);
	AddFloat8(row, v.v_se);
	AddText(row, reason);
}

/* gap(focal, reference, confidence) */
Datum
gap(PG_FUNCTION_ARGS)
{
	GroupPair	groups = GroupPairArguments(fcinfo, 0);
	ResultRow	row;

	if (PG_ARGISNULL(2))
		PG_RETURN_NULL();
	BeginResultRow(&row, fcinfo);
	AddInt64(&row, groups.focal->n);
	AddInt64(&row, groups.reference->n);
	AddNull(&row);
	AddNull(&row);
	AddNull(&row);
	AddGap(&row, groups.focal, groups.reference, PG_GETARG_FLOAT8(2));
	return EndResultRow(&row);
}

/* Final function of gap(score, is_focal) */
Datum
gap_final(PG_FUNCTION_ARGS)
{
	DistributionPair *pair = PG_GETARG_DISTRIBUTION_PAIR(0);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, PairFocal(pair)->n);
	AddInt64(&row, PairReference(pair)->n);
	AddInt64(&row, pair->missing_focal);
	AddInt64(&row, pair->missing_reference);
	AddInt64(&row, pair->missing_group);
	AddGap(&row, PairFocal(pair), PairReference(pair), 0.95);
	return EndResultRow(&row);
}

/* In the order of EffectSizeInterval, Correction and VarianceType */
static const char *const intervals[] = {"noncentral_t", "normal", NULL};
static const char *const corrections[] = {"none", "exact", "wwc", NULL};
static const char *const variances[] = {"LS", "LS2", "UB", NULL};

static EffectSizeInterval
GetInterval(FunctionCallInfo fcinfo, int argno)
{
	return ArgumentOption(fcinfo, argno, "interval_method", intervals);
}

static Correction
GetCorrection(FunctionCallInfo fcinfo, int argno)
{
	return ArgumentOption(fcinfo, argno, "correction", corrections);
}

/* The groups that the first two arguments are */
static TwoGroups
GetGroups(FunctionCallInfo fcinfo)
{
	return SummarizeGroups(PG_GETARG_DISTRIBUTION(0), PG_GETARG_DISTRIBUTION(1));
}

static Datum
EffectSizeRow(FunctionCallInfo fcinfo, EffectSize effect)
{
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddFloat8(&row, effect.estimate);
	AddFloat8(&row, effect.standard_error);
	AddFloat8(&row, effect.lower);
	AddFloat8(&row, effect.upper);
	AddText(&row, effect.reason);
	return EndResultRow(&row);
}

/* t_test(focal, reference, confidence, equal_variances) */
Datum
t_test(PG_FUNCTION_ARGS)
{
	TwoGroups	groups = GetGroups(fcinfo);
	TTest		test = TestDifference(&groups, PG_GETARG_FLOAT8(2), PG_GETARG_BOOL(3));
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddFloat8(&row, groups.difference);
	AddFloat8(&row, test.standard_error);
	AddFloat8(&row, test.lower);
	AddFloat8(&row, test.upper);
	AddFloat8(&row, test.df);
	AddFloat8(&row, test.t);
	AddFloat8(&row, test.p_value);
	AddText(&row, TwoGroupsReason(&groups));
	return EndResultRow(&row);
}

/* cohens_d(focal, reference, confidence, interval_method) */
Datum
cohens_d(PG_FUNCTION_ARGS)
{
	TwoGroups	groups = GetGroups(fcinfo);

	return EffectSizeRow(fcinfo, CohensD(&groups, PG_GETARG_FLOAT8(2),
										 GetInterval(fcinfo, 3)));
}

/* hedges_g(focal, reference, confidence, correction, interval_method, variance) */
Datum
hedges_g(PG_FUNCTION_ARGS)
{
	TwoGroups	groups = GetGroups(fcinfo);

	return EffectSizeRow(fcinfo, HedgesG(&groups, PG_GETARG_FLOAT8(2),
										 GetCorrection(fcinfo, 3),
										 GetInterval(fcinfo, 4),
										 ArgumentOption(fcinfo, 5, "variance", variances)));
}

/* glass_delta(focal, reference, confidence, interval_method, correction) */
Datum
glass_delta(PG_FUNCTION_ARGS)
{
	TwoGroups	groups = GetGroups(fcinfo);

	return EffectSizeRow(fcinfo, GlassDelta(&groups, PG_GETARG_FLOAT8(2),
											GetInterval(fcinfo, 3),
											GetCorrection(fcinfo, 4)));
}
