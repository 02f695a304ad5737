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
#include "base/scaled.h"
#include "miscadmin.h"

/* The measures of a row */
enum
{
	TREND_YEAR, TREND_GAP, TREND_SE
};

static const ObservationKind gap_trend = {"gap_trend", {"confidence"}, .measures = {"year", "gap", "gap_se"}};

/* In their units the largest year and gap have this exponent: there is room above for sums */
#define LARGEST_EXPONENT 990

/* The line through gaps, each weighted by the inverse of its variance */
typedef struct GapLine
{
	Scaled		slope;
	Scaled		slope_se;
	Scaled		intercept;
	Scaled		intercept_se;
	double		q_e;			/* weighted squares that it leaves */
	int			q_e_df;
	const char *reason;
} GapLine;

/* What it is made of, years and gaps in units of powers of two */
typedef struct GapFit
{
	Observations gaps;
	int			year_unit;
	int			gap_unit;
	double		se_unit;		/* the smallest standard error */
	double		weights;		/* in that unit, squared */
	double		year;			/* weighted means */
	double		gap;
	double		longest;		/* lever */
} GapFit;

static inline double *
Gap(const GapFit *fit, int i)
{
	return fit->gaps.values + i * fit->gaps.width;
}

/* The inverse of a gap's standard error */
static inline double
Precision(const GapFit *fit, const double *gap)
{
	return fit->se_unit / gap[TREND_SE];
}

/* How much a gap pulls at the slope: its distance in years times its precision */
static inline double
Lever(const GapFit *fit, const double *gap)
{
	return (gap[TREND_YEAR] - fit->year) * Precision(fit, gap);
}

/* Its distance from the mean times its precision */
static inline double
Pull(const GapFit *fit, const double *gap)
{
	return (gap[TREND_GAP] - fit->gap) * Precision(fit, gap);
}

/* The smallest standard error of the gaps */
static double
SmallestError(const GapFit *fit)
{
	double		smallest = INFINITY;

	for (int i = 0; i < fit->gaps.n; i++)
	{
		double		se = CheckNonNegative(Gap(fit, i)[TREND_SE], "gap_se");

		CHECK_FOR_INTERRUPTS();
		smallest = Min(smallest, se);
	}
	return smallest;
}

/* Take a measure in a unit in which the largest has its exponent */
static int
UseUnit(GapFit *fit, int measure)
{
	double		largest = 0;
	int			unit;

	for (int i = 0; i < fit->gaps.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		largest = Max(largest, fabs(Gap(fit, i)[measure]));
	}
	(void) frexp(largest, &unit);
	unit -= LARGEST_EXPONENT;
	for (int i = 0; i < fit->gaps.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		Gap(fit, i)[measure] = ldexp(Gap(fit, i)[measure], -unit);
	}
	return unit;
}

/* The sum of the weights, and the weighted means of years and gaps */
static void
SetMeans(GapFit *fit)
{
	double		first_year = Gap(fit, 0)[TREND_YEAR];

	for (int i = 0; i < fit->gaps.n; i++)
	{
		double		precision = Precision(fit, Gap(fit, i));

		CHECK_FOR_INTERRUPTS();
		fit->weights += precision * precision;
	}
	for (int i = 0; i < fit->gaps.n; i++)
	{
		const double *gap = Gap(fit, i);
		double		precision = Precision(fit, gap);
		double		share = precision * precision / fit->weights;

		CHECK_FOR_INTERRUPTS();
		fit->year += share * (gap[TREND_YEAR] - first_year);
		fit->gap += share * gap[TREND_GAP];
	}
	fit->year += first_year;
}

static double
LongestLever(const GapFit *fit)
{
	double		longest = 0;

	for (int i = 0; i < fit->gaps.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		longest = Max(longest, fabs(Lever(fit, Gap(fit, i))));
	}
	return longest;
}

/* The weighted squares that a line leaves; the slope is by the longest lever */
static double
SquaresLeft(const GapFit *fit, double slope)
{
	Scaled		se = MakeScaled(fit->se_unit, 0);
	double		squares = 0;

	for (int i = 0; i < fit->gaps.n; i++)
	{
		const double *gap = Gap(fit, i);
		double		residual = Pull(fit, gap) - slope * (Lever(fit, gap) / fit->longest);
		double		errors = ScaledRatio(MakeScaled(residual, fit->gap_unit), se);

		CHECK_FOR_INTERRUPTS();
		squares += errors * errors;
	}
	return squares;
}

/* The line, by the sums of squares and products of levers and gaps */
static void
SetLine(GapLine *line, const GapFit *fit, double sxx, double sxy)
{
	Scaled		longest = MakeScaled(fit->longest, fit->year_unit);
	Scaled		year = MakeScaled(fit->year, fit->year_unit);

	line->slope = ScaledQuotient(MakeScaled(sxy / sxx, fit->gap_unit), longest);
	line->slope_se = ScaledQuotient(MakeScaled(fit->se_unit / sqrt(sxx), 0), longest);
	line->intercept = ScaledMinus(MakeScaled(fit->gap, fit->gap_unit),
								  ScaledProduct(line->slope, year));
	line->intercept_se = ScaledHypot(MakeScaled(fit->se_unit / sqrt(fit->weights), 0),
									 ScaledProduct(line->slope_se, year));
	/* a line through two gaps leaves nothing */
	line->q_e_df = fit->gaps.n - 2;
	line->q_e = line->q_e_df == 0 ? 0 : SquaresLeft(fit, sxy / sxx);
}

/*
 * Fixed-effect meta-regression (Hedges & Olkin 1985; metafor's method = "FE"):
 * the standard errors are those that the gaps came with, not rescaled by how
 * well the line fits. They are taken in units of the smallest, and levers in
 * units of the longest, so that their squares are in range on any scale.
 */
static GapLine
FitGapLine(Observations gaps)
{
	GapLine		line = {.q_e = NAN};
	GapFit		fit = {.gaps = gaps};
	double		sxx = 0;
	double		sxy = 0;

	fit.se_unit = SmallestError(&fit);
	if (gaps.n < 2)
		line.reason = REASON_N_LT_2;
	else if (fit.se_unit == 0)
		line.reason = REASON_ZERO_VARIANCE;
	if (line.reason != NULL)
		return line;

	fit.year_unit = UseUnit(&fit, TREND_YEAR);
	fit.gap_unit = UseUnit(&fit, TREND_GAP);
	SetMeans(&fit);
	fit.longest = LongestLever(&fit);
	if (fit.longest == 0)
	{
		line.reason = REASON_ONE_YEAR;
		return line;
	}
	for (int i = 0; i < gaps.n; i++)
	{
		double		lever = Lever(&fit, Gap(&fit, i)) / fit.longest;

		CHECK_FOR_INTERRUPTS();
		sxx += lever * lever;
		sxy += lever * Pull(&fit, Gap(&fit, i));
	}
	SetLine(&line, &fit, sxx, sxy);
	return line;
}

/* Transition function of gap_trend(year, gap, gap_se [, confidence]) */
PG_FUNCTION_INFO_V1(gap_trend_accum);
Datum
gap_trend_accum(PG_FUNCTION_ARGS)
{
	double		confidence = PG_NARGS() > 4 ? ArgumentConfidence(fcinfo, 4) : DEFAULT_CONFIDENCE;

	if (!PG_ARGISNULL(3))
		(void) CheckNonNegative(PG_GETARG_FLOAT8(3), "gap_se");
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
	GapLine		line = FitGapLine(gaps);
	const char *reason = line.reason;
	Estimate	slope = UndefinedEstimate(reason);
	Estimate	intercept = slope;
	double		statistic = NAN;
	double		p_value = NAN;
	ResultRow	row;

	if (line.reason == NULL)
	{
		slope = NormalEstimate(line.slope, line.slope_se, z);
		intercept = NormalEstimate(line.intercept, line.intercept_se, z);
		statistic = ScaledRatio(line.slope, line.slope_se);
		p_value = 2 * pnorm(-fabs(statistic), 0, 1, 1, 0);
	}
	if (isinf(statistic))
	{
		statistic = NAN;
		reason = REASON_OUT_OF_RANGE;
	}
	BeginResultRow(&row, fcinfo);
	AddInt64(&row, gaps.n);
	AddEstimate(&row, slope);
	AddFloat8(&row, statistic);
	AddFloat8(&row, p_value);
	AddEstimate(&row, intercept);
	AddFloat8(&row, line.q_e);
	if (line.reason == NULL)
		AddInt32(&row, line.q_e_df);
	else
		AddNull(&row);
	AddFloat8(&row, line.q_e == 0 ? 1 : pchisq(line.q_e, line.q_e_df, 0, 0));
	AddText(&row, reason);
	return EndResultRow(&row);
}
