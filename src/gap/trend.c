/*
 * trend.c
 *		The line through the gaps of several years.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/confidence.h"
#include "base/estimate.h"
#include "base/observations.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "miscadmin.h"

/* The measures of a row */
enum
{
	TREND_YEAR, TREND_GAP, TREND_SE
};

static const ObservationKind gap_trend = {"gap_trend", "confidence", {"year", "gap", "gap_se"}};

/* The line through gaps, each weighted by the inverse of its variance */
typedef struct GapLine
{
	Estimate	slope;
	Estimate	intercept;
	double		q_e;			/* weighted squares that it leaves */
	int			q_e_df;
	const char *reason;
} GapLine;

static inline const double *
Gap(const Observations *gaps, int i)
{
	return gaps->values + i * gaps->width;
}

/* The smallest standard error of the gaps */
static double
SmallestError(const Observations *gaps)
{
	double		smallest = INFINITY;

	for (int i = 0; i < gaps->n; i++)
	{
		double		se = Gap(gaps, i)[TREND_SE];

		CHECK_FOR_INTERRUPTS();
		if (se < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("gap_se must not be negative: %g", se)));
		smallest = Min(smallest, se);
	}
	return smallest;
}

/* The weighted means of years and gaps, and the sum of the weights */
typedef struct GapMeans
{
	double		weights;
	double		year;
	double		gap;
} GapMeans;

static GapMeans
MeansOfGaps(const Observations *gaps, double unit)
{
	double		first_year = Gap(gaps, 0)[TREND_YEAR];
	GapMeans	means = {0, 0, 0};

	for (int i = 0; i < gaps->n; i++)
	{
		double		precision = unit / Gap(gaps, i)[TREND_SE];

		CHECK_FOR_INTERRUPTS();
		means.weights += precision * precision;
	}
	for (int i = 0; i < gaps->n; i++)
	{
		const double *gap = Gap(gaps, i);
		double		precision = unit / gap[TREND_SE];
		double		share = precision * precision / means.weights;

		CHECK_FOR_INTERRUPTS();
		means.year += share * (gap[TREND_YEAR] - first_year);
		means.gap += share * gap[TREND_GAP];
	}
	means.year += first_year;
	return means;
}

/* How much a gap pulls at the slope: its distance in years times its precision */
static inline double
Lever(const double *gap, const GapMeans *means, double unit)
{
	return (gap[TREND_YEAR] - means->year) * (unit / gap[TREND_SE]);
}

static double
LongestLever(const Observations *gaps, const GapMeans *means, double unit)
{
	double		longest = 0;

	for (int i = 0; i < gaps->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		longest = Max(longest, fabs(Lever(Gap(gaps, i), means, unit)));
	}
	return longest;
}

/* The weighted squares that a line leaves */
static double
SquaresLeft(const Observations *gaps, const GapMeans *means, double slope)
{
	double		squares = 0;

	for (int i = 0; i < gaps->n; i++)
	{
		const double *gap = Gap(gaps, i);
		double		residual = (gap[TREND_GAP] - means->gap -
								slope * (gap[TREND_YEAR] - means->year)) / gap[TREND_SE];

		CHECK_FOR_INTERRUPTS();
		squares += residual * residual;
	}
	return squares;
}

/*
 * Fixed-effect meta-regression (Hedges & Olkin 1985; metafor's method = "FE"):
 * the standard errors are those that the gaps came with, not rescaled by how
 * well the line fits. They are taken in units of the smallest, and levers in
 * units of the longest, so that their squares are in range on any scale.
 */
static GapLine
FitGapLine(const Observations *gaps)
{
	GapLine		line = {UndefinedEstimate(NULL), UndefinedEstimate(NULL), NAN, 0, NULL};
	double		unit = SmallestError(gaps);
	GapMeans	means;
	double		longest;
	double		sxx = 0;
	double		sxy = 0;

	if (gaps->n < 2)
		line.reason = REASON_N_LT_2;
	else if (unit == 0)
		line.reason = REASON_ZERO_VARIANCE;
	if (line.reason != NULL)
		return line;

	means = MeansOfGaps(gaps, unit);
	longest = LongestLever(gaps, &means, unit);
	if (longest == 0)
	{
		line.reason = REASON_ONE_YEAR;
		return line;
	}
	for (int i = 0; i < gaps->n; i++)
	{
		const double *gap = Gap(gaps, i);
		double		lever = Lever(gap, &means, unit) / longest;

		CHECK_FOR_INTERRUPTS();
		sxx += lever * lever;
		sxy += lever * (gap[TREND_GAP] - means.gap) * (unit / gap[TREND_SE]);
	}
	line.slope.estimate = sxy / sxx / longest;
	line.slope.se = unit / sqrt(sxx) / longest;
	line.intercept.estimate = means.gap - line.slope.estimate * means.year;
	line.intercept.se = hypot(unit / sqrt(means.weights), line.slope.se * means.year);
	/* a line through two gaps leaves nothing */
	line.q_e_df = gaps->n - 2;
	line.q_e = line.q_e_df == 0 ? 0 : SquaresLeft(gaps, &means, line.slope.estimate);
	return line;
}

/* Give an estimate its normal interval */
static void
AddNormalInterval(Estimate *estimate, double z)
{
	estimate->lower = estimate->estimate - z * estimate->se;
	estimate->upper = estimate->estimate + z * estimate->se;
}

/* Transition function of gap_trend(year, gap, gap_se [, confidence]) */
PG_FUNCTION_INFO_V1(gap_trend_accum);
Datum
gap_trend_accum(PG_FUNCTION_ARGS)
{
	double		confidence = PG_NARGS() > 4 ? ArgumentConfidence(fcinfo, 4) : DEFAULT_CONFIDENCE;

	return ObservationsAccumulate(fcinfo, &gap_trend, confidence);
}

/* Combine function */
PG_FUNCTION_INFO_V1(gap_trend_combine);
Datum
gap_trend_combine(PG_FUNCTION_ARGS)
{
	return ObservationsCombine(fcinfo, &gap_trend);
}

/* The slope of gaps over years */
PG_FUNCTION_INFO_V1(gap_trend_final);
Datum
gap_trend_final(PG_FUNCTION_ARGS)
{
	Observations gaps = ObservationsArgument(fcinfo, 0, &gap_trend);
	double		z = TwoSidedZ(gaps.n > 0 ? gaps.option : DEFAULT_CONFIDENCE);
	GapLine		line = FitGapLine(&gaps);
	double		statistic = line.slope.estimate / line.slope.se;
	ResultRow	row;

	AddNormalInterval(&line.slope, z);
	AddNormalInterval(&line.intercept, z);
	BeginResultRow(&row, fcinfo);
	AddInt64(&row, gaps.n);
	AddEstimate(&row, line.slope);
	AddFloat8(&row, statistic);
	AddFloat8(&row, 2 * pnorm(-fabs(statistic), 0, 1, 1, 0));
	AddEstimate(&row, line.intercept);
	AddFloat8(&row, line.q_e);
	if (line.reason == NULL)
		AddInt32(&row, line.q_e_df);
	else
		AddNull(&row);
	AddFloat8(&row, line.q_e == 0 ? 1 : pchisq(line.q_e, line.q_e_df, 0, 0));
	AddText(&row, line.reason);
	return EndResultRow(&row);
}
