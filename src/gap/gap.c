/*
 * gap.c
 *		The gap between two groups' scores, as SQL asks for it.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/confidence.h"
#include "base/result_row.h"
#include "distribution/pair.h"
#include "gap/mean_gap.h"

/* The gap between two groups; is_with_errors: d, g and V have theirs, which are most of the work */
MeanGap
CompareMeans(GroupPair pair, double confidence, bool is_with_errors)
{
	MeanGap		gap;

	gap.groups = SummarizeGroups(pair);
	gap.test = TestDifference(&gap.groups, confidence, false);
	CohensDAndHedgesG(&gap.groups, &gap.d, &gap.g);
	gap.v = VOfGroups(pair, is_with_errors ? V_SE_DELONG : V_SE_NONE, false);
	if (is_with_errors)
	{
		AddNoncentralIntervals(&gap.groups, confidence, &gap.d, &gap.g);
		VAddIntervals(&gap.v, V_INTERVAL_NORMAL, confidence);
	}
	gap.reason = gap.test.difference.reason;
	if (gap.reason == NULL)
		gap.reason = gap.v.reason;
	if (gap.reason == NULL)
		gap.reason = gap.g.reason;
	return gap;
}

/* Add the columns from mean_focal on, the reason among them */
void
AddMeanGap(ResultRow *row, const MeanGap *gap)
{
	AddFloat8(row, gap->groups.mean_focal);
	AddFloat8(row, gap->groups.mean_reference);
	AddFloat8(row, Unscaled(gap->groups.sd_focal));
	AddFloat8(row, Unscaled(gap->groups.sd_reference));
	AddEstimate(row, gap->test.difference);
	AddFloat8(row, gap->test.df);
	AddFloat8(row, gap->test.t);
	AddFloat8(row, gap->test.p_value);
	AddEstimate(row, gap->d);
	AddEstimate(row, gap->g);
	AddEstimate(row, gap->v.v);
	AddText(row, gap->reason);
}

/* Final function of gap(score, is_focal [, confidence]) */
PG_FUNCTION_INFO_V1(gap_final);
Datum
gap_final(PG_FUNCTION_ARGS)
{
	GroupPair	groups;
	const DistributionPair *pair = FinalPair(fcinfo, &groups);
	MeanGap		gap = CompareMeans(groups, PairConfidence(pair), true);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, groups.focal->n);
	AddInt64(&row, groups.reference->n);
	AddInt64(&row, pair->missing_focal);
	AddInt64(&row, pair->missing_reference);
	AddInt64(&row, pair->missing_group);
	AddMeanGap(&row, &gap);
	return EndResultRow(&row);
}

/* mean_gap(focal, reference, confidence) */
PG_FUNCTION_INFO_V1(mean_gap);
Datum
mean_gap(PG_FUNCTION_ARGS)
{
	GroupPair	groups = GroupPairArguments(fcinfo, 0);
	MeanGap		gap = CompareMeans(groups, ArgumentConfidence(fcinfo, 2), true);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, groups.focal->n);
	AddInt64(&row, groups.reference->n);
	AddMeanGap(&row, &gap);
	return EndResultRow(&row);
}

/* In the order of EffectSizeInterval, Correction and VarianceType */
static const char *const intervals[] = {"noncentral_t", "normal", NULL};
static const char *const corrections[] = {"none", "exact", "wwc", NULL};
static const char *const variances[] = {"LS", "LS2", "UB", NULL};

static EffectSizeInterval
ArgumentInterval(FunctionCallInfo fcinfo, int argno)
{
	return ArgumentOption(fcinfo, argno, "interval_method", intervals);
}

static Correction
ArgumentCorrection(FunctionCallInfo fcinfo, int argno)
{
	return ArgumentOption(fcinfo, argno, "correction", corrections);
}

/* The groups that the first two arguments are */
static TwoGroups
ArgumentGroups(FunctionCallInfo fcinfo)
{
	return SummarizeGroups(GroupPairArguments(fcinfo, 0));
}

/* t_test(focal, reference, confidence, equal_variances) */
PG_FUNCTION_INFO_V1(t_test);
Datum
t_test(PG_FUNCTION_ARGS)
{
	double		confidence = ArgumentConfidence(fcinfo, 2);
	bool		equal_variances = ArgumentBool(fcinfo, 3, "equal_variances");
	TwoGroups	groups = ArgumentGroups(fcinfo);
	TTest		test = TestDifference(&groups, confidence, equal_variances);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddEstimate(&row, test.difference);
	AddFloat8(&row, test.df);
	AddFloat8(&row, test.t);
	AddFloat8(&row, test.p_value);
	AddText(&row, test.difference.reason);
	return EndResultRow(&row);
}

/* cohens_d(focal, reference, confidence, interval_method) */
PG_FUNCTION_INFO_V1(cohens_d);
Datum
cohens_d(PG_FUNCTION_ARGS)
{
	double		confidence = ArgumentConfidence(fcinfo, 2);
	EffectSizeInterval interval = ArgumentInterval(fcinfo, 3);
	TwoGroups	groups = ArgumentGroups(fcinfo);

	return EstimateRow(fcinfo, CohensD(&groups, confidence, interval));
}

/* hedges_g(focal, reference, confidence, correction, interval_method, variance) */
PG_FUNCTION_INFO_V1(hedges_g);
Datum
hedges_g(PG_FUNCTION_ARGS)
{
	double		confidence = ArgumentConfidence(fcinfo, 2);
	Correction	correction = ArgumentCorrection(fcinfo, 3);
	EffectSizeInterval interval = ArgumentInterval(fcinfo, 4);
	VarianceType variance = ArgumentOption(fcinfo, 5, "variance", variances);
	TwoGroups	groups = ArgumentGroups(fcinfo);

	return EstimateRow(fcinfo, HedgesG(&groups, confidence, correction, interval, variance));
}

/* d_av(focal, reference, confidence, interval_method) */
PG_FUNCTION_INFO_V1(d_av);
Datum
d_av(PG_FUNCTION_ARGS)
{
	double		confidence = ArgumentConfidence(fcinfo, 2);
	EffectSizeInterval interval = ArgumentInterval(fcinfo, 3);
	TwoGroups	groups = ArgumentGroups(fcinfo);

	return EstimateRow(fcinfo, DAv(&groups, confidence, interval));
}

/* glass_delta(focal, reference, confidence, interval_method, correction) */
PG_FUNCTION_INFO_V1(glass_delta);
Datum
glass_delta(PG_FUNCTION_ARGS)
{
	double		confidence = ArgumentConfidence(fcinfo, 2);
	EffectSizeInterval interval = ArgumentInterval(fcinfo, 3);
	Correction	correction = ArgumentCorrection(fcinfo, 4);
	TwoGroups	groups = ArgumentGroups(fcinfo);

	return EstimateRow(fcinfo, GlassDelta(&groups, confidence, interval, correction));
}
