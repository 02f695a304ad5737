/*
 * gap.c
 *		The gap between two groups' scores, as SQL asks for it.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "distribution/pair.h"
#include "gap/mean_gap.h"
#include "gap/support.h"
#include "gap/v.h"
#include "rate/rate.h"
#include "utils/builtins.h"

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
	if (reason == NULL)
		reason = g.reason;

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

/* The interval that an argument asks for */
static EffectSizeInterval
GetInterval(text *name)
{
	char	   *interval = text_to_cstring(name);

	if (strcmp(interval, "noncentral_t") == 0)
		return INTERVAL_NONCENTRAL_T;
	if (strcmp(interval, "normal") == 0)
		return INTERVAL_NORMAL;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized interval: \"%s\"", interval),
			 errhint("Valid intervals are \"noncentral_t\" and \"normal\".")));
}

/* The correction that an argument asks for */
static Correction
GetCorrection(text *name)
{
	char	   *correction = text_to_cstring(name);

	if (strcmp(correction, "none") == 0)
		return CORRECTION_NONE;
	if (strcmp(correction, "exact") == 0)
		return CORRECTION_EXACT;
	if (strcmp(correction, "wwc") == 0)
		return CORRECTION_WWC;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized correction: \"%s\"", correction),
			 errhint("Valid corrections are \"exact\", \"wwc\" and \"none\".")));
}

/* The variance that an argument asks for */
static VarianceType
GetVariance(text *name)
{
	char	   *variance = text_to_cstring(name);

	if (strcmp(variance, "LS") == 0)
		return VARIANCE_LS;
	if (strcmp(variance, "LS2") == 0)
		return VARIANCE_LS2;
	if (strcmp(variance, "UB") == 0)
		return VARIANCE_UB;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized variance: \"%s\"", variance),
			 errhint("Valid variances are \"LS\", \"LS2\" and \"UB\".")));
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

/* cohens_d(focal, reference, confidence, interval) */
Datum
cohens_d(PG_FUNCTION_ARGS)
{
	TwoGroups	groups = GetGroups(fcinfo);

	return EffectSizeRow(fcinfo, CohensD(&groups, PG_GETARG_FLOAT8(2),
										 GetInterval(PG_GETARG_TEXT_PP(3))));
}

/* hedges_g(focal, reference, confidence, correction, interval, variance) */
Datum
hedges_g(PG_FUNCTION_ARGS)
{
	TwoGroups	groups = GetGroups(fcinfo);

	return EffectSizeRow(fcinfo, HedgesG(&groups, PG_GETARG_FLOAT8(2),
										 GetCorrection(PG_GETARG_TEXT_PP(3)),
										 GetInterval(PG_GETARG_TEXT_PP(4)),
										 GetVariance(PG_GETARG_TEXT_PP(5))));
}

/* glass_delta(focal, reference, confidence, interval, correction) */
Datum
glass_delta(PG_FUNCTION_ARGS)
{
	TwoGroups	groups = GetGroups(fcinfo);

	return EffectSizeRow(fcinfo, GlassDelta(&groups, PG_GETARG_FLOAT8(2),
											GetInterval(PG_GETARG_TEXT_PP(3)),
											GetCorrection(PG_GETARG_TEXT_PP(4))));
}
