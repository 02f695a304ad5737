/*
 * trend.c
 *		How a gap changes over time.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/confidence.h"
#include "base/observations.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "base/rmath.h"
#include "distribution/support.h"
#include "gap/mean_gap.h"
#include "utils/float.h"

/* A change of a gap; degrees of freedom are infinite where its error is known */
typedef struct GapChange
{
	double		gap_before;
	double		gap_before_se;
	double		gap_after;
	double		gap_after_se;
	double		df;
	const char *reason;
} GapChange;

/* Satterthwaite's degrees of freedom of the sum of the variances of four means */
static double
FourCellDf(const TwoGroups *before, const TwoGroups *after)
{
	double		shares[] = {
		before->variance_focal / before->n_focal, before->variance_reference / before->n_reference,
		after->variance_focal / after->n_focal, after->variance_reference / after->n_reference
	};
	int64		ns[] = {before->n_focal, before->n_reference, after->n_focal, after->n_reference};
	double		total = shares[0] + shares[1] + shares[2] + shares[3];
	double		sum = 0;

	/* by shares of the total, since the squares of small variances underflow */
	for (int i = 0; i < 4; i++)
		sum += (shares[i] / total) * (shares[i] / total) / (ns[i] - 1);
	return 1 / sum;
}

/* The row of type gap_change */
static Datum
GapChangeRow(FunctionCallInfo fcinfo, const GapChange *change, double confidence)
{
	double		nan = get_float8_nan();
	double		difference = change->gap_after - change->gap_before;
	double		se = hypot(change->gap_before_se, change->gap_after_se);
	bool		known = change->reason == NULL;
	double		statistic = known ? difference / se : nan;
	double		margin = nan;
	ResultRow	row;

	CheckConfidence(confidence);
	if (known)
		margin = se * (isinf(change->df) ? TwoSidedZ(confidence) :
					   qt((1 - confidence) / 2, change->df, 0, 0));

	BeginResultRow(&row, fcinfo);
	AddFloat8(&row, change->gap_before);
	AddFloat8(&row, change->gap_before_se);
	AddFloat8(&row, change->gap_after);
	AddFloat8(&row, change->gap_after_se);
	AddFloat8(&row, difference);
	AddFloat8(&row, se);
	AddFloat8(&row, difference - margin);
	AddFloat8(&row, difference + margin);
	AddFloat8(&row, known && !isinf(change->df) ? change->df : nan);
	AddFloat8(&row, statistic);
	AddFloat8(&row, !known ? nan : 2 * pt(-fabs(statistic), change->df, 1, 0));
	AddFloat8(&row, 2 * pnorm(-fabs(statistic), 0, 1, 1, 0));
	AddText(&row, change->reason);
	return EndResultRow(&row);
}

/* Change of the gap between means from four independent groups */
PG_FUNCTION_INFO_V1(gap_change);
Datum
gap_change(PG_FUNCTION_ARGS)
{
	GroupPair	pair_before = GroupPairArguments(fcinfo, 0);
	GroupPair	pair_after = GroupPairArguments(fcinfo, 2);
	double		confidence = ArgumentConfidence(fcinfo, 4);
	TwoGroups	before = SummarizeGroups(pair_before.focal, pair_before.reference);
	TwoGroups	after = SummarizeGroups(pair_after.focal, pair_after.reference);
	const char *reason_before = TwoGroupsReason(&before);
	const char *reason_after = TwoGroupsReason(&after);
	GapChange	change;

	change.gap_before = before.difference;
	change.gap_before_se = TestDifference(&before, confidence, false).se;
	change.gap_after = after.difference;
	change.gap_after_se = TestDifference(&after, confidence, false).se;
	change.df = FourCellDf(&before, &after);

	/* one year without variance is no harm, two are */
	change.reason = NULL;
	if (isnan(change.gap_before_se))
		change.reason = reason_before;
	else if (isnan(change.gap_after_se))
		change.reason = reason_after;
	else if (reason_before != NULL && reason_after != NULL)
		change.reason = REASON_ZERO_VARIANCE;
	return GapChangeRow(fcinfo, &change, confidence);
}

/* A standard error, which may be NULL but not negative */
static double
StandardErrorArgument(FunctionCallInfo fcinfo, int argno, const char *name)
{
	double		se;

	if (PG_ARGISNULL(argno))
		return get_float8_nan();
	se = ArgumentDouble(fcinfo, argno, name);
	if (se < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative: %g", name, se)));
	return se;
}

/* Change of any gap from two independent estimates, taken as normal */
PG_FUNCTION_INFO_V1(estimate_change);
Datum
estimate_change(PG_FUNCTION_ARGS)
{
	double		nan = get_float8_nan();
	GapChange	change;

	change.gap_before = PG_ARGISNULL(0) ? nan : ArgumentDouble(fcinfo, 0, "before");
	change.gap_before_se = StandardErrorArgument(fcinfo, 1, "before_se");
	change.gap_after = PG_ARGISNULL(2) ? nan : ArgumentDouble(fcinfo, 2, "after");
	change.gap_after_se = StandardErrorArgument(fcinfo, 3, "after_se");
	change.df = get_float8_infinity();
	change.reason = NULL;
	if (isnan(change.gap_before + change.gap_before_se + change.gap_after + change.gap_after_se))
		change.reason = REASON_MISSING_ESTIMATE;
	else if (change.gap_before_se == 0 && change.gap_after_se == 0)
		change.reason = REASON_ZERO_VARIANCE;
	return GapChangeRow(fcinfo, &change, ArgumentConfidence(fcinfo, 4));
}

/* The line through gaps, each weighted by the inverse of its variance */
typedef struct GapLine
{
	double		slope;
	double		slope_se;
	double		intercept;
	double		intercept_se;
	double		q_e;			/* weighted squares that it leaves */
	int			q_e_df;
	const char *reason;
} GapLine;

/* Columns of an observation */
enum
{
	TREND_YEAR, TREND_GAP, TREND_SE
};

/*
 * Fixed-effect meta-regression (Hedges & Olkin 1985; metafor's method = "FE"):
 * the standard errors are those that the gaps came with, not rescaled by how
 * well the line fits.
 */
static GapLine
FitGapLine(const Observations *gaps)
{
	double		nan = get_float8_nan();
	GapLine		line = {nan, nan, nan, nan, nan, 0, NULL};
	double		weights = 0;
	double		mean_year = 0;
	double		mean_gap = 0;
	double		sxx = 0;
	double		sxy = 0;

	if (gaps->n < 2)
	{
		line.reason = REASON_N_LT_2;
		return line;
	}
	for (int i = 0; i < gaps->n; i++)
	{
		const double *gap = gaps->values + i * gaps->width;

		if (gap[TREND_SE] < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("standard error must not be negative: %g", gap[TREND_SE])));
		if (gap[TREND_SE] == 0)
		{
			line.reason = REASON_ZERO_VARIANCE;
			return line;
		}
		weights += 1 / (gap[TREND_SE] * gap[TREND_SE]);
	}
	for (int i = 0; i < gaps->n; i++)
	{
		const double *gap = gaps->values + i * gaps->width;
		double		share = 1 / (gap[TREND_SE] * gap[TREND_SE]) / weights;

		mean_year += share * (gap[TREND_YEAR] - gaps->values[TREND_YEAR]);
		mean_gap += share * gap[TREND_GAP];
	}
	mean_year += gaps->values[TREND_YEAR];
	for (int i = 0; i < gaps->n; i++)
	{
		const double *gap = gaps->values + i * gaps->width;
		double		year = (gap[TREND_YEAR] - mean_year) / gap[TREND_SE];

		sxx += year * year;
		sxy += year * (gap[TREND_GAP] - mean_gap) / gap[TREND_SE];
	}
	/* sorted: all years are one if the first is the last */
	if (gaps->values[TREND_YEAR] == gaps->values[(gaps->n - 1) * gaps->width + TREND_YEAR])
	{
		line.reason = REASON_ONE_YEAR;
		return line;
	}

	line.slope = sxy / sxx;
	line.slope_se = 1 / sqrt(sxx);
	line.intercept = mean_gap - line.slope * mean_year;
	line.intercept_se = sqrt(1 / weights + mean_year * mean_year / sxx);
	line.q_e_df = gaps->n - 2;
	line.q_e = 0;
	for (int i = 0; i < gaps->n; i++)
	{
		const double *gap = gaps->values + i * gaps->width;
		double		residual = (gap[TREND_GAP] - mean_gap -
								line.slope * (gap[TREND_YEAR] - mean_year)) / gap[TREND_SE];

		line.q_e += residual * residual;
	}
	return line;
}

/* Transition function of gap_trend(year, gap, gap_se [, confidence]) */
PG_FUNCTION_INFO_V1(gap_trend_accum);
Datum
gap_trend_accum(PG_FUNCTION_ARGS)
{
	return ObservationsAccumulate(fcinfo, 3, "confidence");
}

/*
 * The slope of gaps over years. The aggregate's arguments come again after the
 * state, as NULLs; if there is a fourth, it is the confidence.
 */
PG_FUNCTION_INFO_V1(gap_trend_final);
Datum
gap_trend_final(PG_FUNCTION_ARGS)
{
	int			width = PG_NARGS() - 1;
	Observations gaps = ObservationsArgument(fcinfo, 0, width);
	double		confidence = width > 3 ? ObservationsOption(&gaps, 3, "confidence", DEFAULT_CONFIDENCE) :
		DEFAULT_CONFIDENCE;
	double		z = TwoSidedZ(confidence);
	GapLine		line = FitGapLine(&gaps);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddInt32(&row, gaps.n);
	AddFloat8(&row, line.slope);
	AddFloat8(&row, line.slope_se);
	AddFloat8(&row, line.slope - z * line.slope_se);
	AddFloat8(&row, line.slope + z * line.slope_se);
	AddFloat8(&row, line.slope / line.slope_se);
	AddFloat8(&row, 2 * pnorm(-fabs(line.slope / line.slope_se), 0, 1, 1, 0));
	AddFloat8(&row, line.intercept);
	AddFloat8(&row, line.intercept_se);
	AddFloat8(&row, line.q_e_df > 0 ? line.q_e : get_float8_nan());
	if (line.reason == NULL)
		AddInt32(&row, line.q_e_df);
	else
		AddNull(&row);
	AddFloat8(&row, line.q_e_df > 0 ? pchisq(line.q_e, line.q_e_df, 0, 0) : get_float8_nan());
	AddText(&row, line.reason);
	return EndResultRow(&row);
}
