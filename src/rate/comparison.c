/*
 * comparison.c
 *		Two rates: their difference, their ratio, the ratio of their odds.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/confidence.h"
#include "base/reason.h"
#include "rate/comparison.h"

/* The cells of the two-by-two table: with and without the outcome */
typedef struct Table
{
	double		a;				/* focal, with */
	double		b;				/* focal, without */
	double		c;				/* reference, with */
	double		d;				/* reference, without */
} Table;

/* The first four arguments; the result is why they are no two groups, or NULL */
const char *
ArgumentPair(FunctionCallInfo fcinfo, Proportion *focal, Proportion *reference)
{
	const char *focal_reason = ArgumentProportion(fcinfo, 0, "_focal", focal);
	const char *reference_reason = ArgumentProportion(fcinfo, 2, "_reference", reference);

	return focal_reason ? focal_reason : reference_reason;
}

/*
 * The difference of two rates, or NaN. The numerators are subtracted as integers:
 * rates that hardly differ would cancel.
 */
double
GapOfRates(Proportion focal, Proportion reference)
{
	if (focal.n == 0 || reference.n == 0)
		return NAN;
	return (double) ((int128) focal.x * reference.n - (int128) reference.x * focal.n) /
		((double) focal.n * (double) reference.n);
}

/* The ratio of two rates, or NaN */
double
RatioOfRates(Proportion focal, Proportion reference)
{
	if (focal.n == 0 || reference.n == 0 || reference.x == 0)
		return NAN;
	return ((double) focal.x * (double) reference.n) / ((double) reference.x * (double) focal.n);
}

/* By how many percent one rate is above another, or NaN */
double
RelativeDifferencePercent(Proportion focal, Proportion reference)
{
	return GapOfRates(focal, reference) / Rate(reference) * 100;
}

/*
 * Difference of two rates with the hybrid score interval. Newcombe 1998,
 * Statistics in Medicine 17:873-890, method 10. The standard error is Wald's.
 */
Estimate
RiskDifference(Proportion focal, Proportion reference, double z)
{
	double		p1 = Rate(focal);
	double		q1 = OtherRate(focal);
	double		p2 = Rate(reference);
	double		q2 = OtherRate(reference);
	ScoreBounds bounds1 = GetScoreBounds(p1, q1, focal.n, z);
	ScoreBounds bounds2 = GetScoreBounds(p2, q2, reference.n, z);
	Estimate	result;

	if (focal.n == 0 || reference.n == 0)
		return UndefinedEstimate(REASON_N_LT_1);

	result.estimate = GapOfRates(focal, reference);
	result.se = hypot(sqrt(p1 * q1 / focal.n), sqrt(p2 * q2 / reference.n));
	result.lower = Max(-1, result.estimate - hypot(bounds1.below, bounds2.above));
	result.upper = Min(1, result.estimate + hypot(bounds1.above, bounds2.below));
	result.reason = NULL;
	return result;
}

/*
 * The table of two groups. haldane adds 1/2 to each cell when one is 0 (Haldane
 * 1956, Anscombe 1956).
 */
static Table
MakeTable(Proportion focal, Proportion reference, bool haldane)
{
	Table		t;

	t.a = focal.x;
	t.b = focal.n - focal.x;
	t.c = reference.x;
	t.d = reference.n - reference.x;
	if (haldane && (t.a == 0 || t.b == 0 || t.c == 0 || t.d == 0))
	{
		t.a += 0.5;
		t.b += 0.5;
		t.c += 0.5;
		t.d += 0.5;
	}
	return t;
}

/*
 * The interval of a ratio from the standard error of its logarithm. Where a
 * reason says that there is none, it and an infinite error are undefined.
 */
void
SetLogInterval(Estimate *ratio, double z)
{
	if (ratio->reason)
	{
		ratio->lower = ratio->upper = NAN;
		if (isinf(ratio->se))
			ratio->se = NAN;
		return;
	}
	ratio->lower = ratio->estimate * exp(-z * ratio->se);
	ratio->upper = ratio->estimate * exp(z * ratio->se);
}

/*
 * Ratio of two rates with the interval of its logarithm. Katz et al. 1978,
 * Biometrics 34:469-474.
 */
Estimate
RiskRatio(Proportion focal, Proportion reference, double z, bool haldane)
{
	Table		t = MakeTable(focal, reference, haldane);
	Estimate	result;

	if (focal.n == 0 || reference.n == 0)
		return UndefinedEstimate(REASON_N_LT_1);
	if (t.c == 0)
		return UndefinedEstimate(REASON_ZERO_REFERENCE);

	result.estimate = t.a / (t.a + t.b) * ((t.c + t.d) / t.c);
	/* 1/a - 1/m is b / (a m), without the cancellation */
	result.se = sqrt(t.b / t.a / (t.a + t.b) + t.d / t.c / (t.c + t.d));
	result.reason = t.a == 0 ? REASON_ZERO_FOCAL :
		t.b == 0 && t.d == 0 ? REASON_ZERO_VARIANCE : NULL;
	SetLogInterval(&result, z);
	return result;
}

/*
 * Odds ratio with the interval of its logarithm. Woolf 1955, Annals of Human
 * Genetics 19:251-253.
 */
Estimate
OddsRatio(Proportion focal, Proportion reference, double z, bool haldane)
{
	Table		t = MakeTable(focal, reference, haldane);
	Estimate	result;

	if (focal.n == 0 || reference.n == 0)
		return UndefinedEstimate(REASON_N_LT_1);
	if (t.c == 0)
		return UndefinedEstimate(REASON_ZERO_REFERENCE);
	if (t.b == 0)
		return UndefinedEstimate(REASON_ZERO_CELL);

	result.estimate = t.a / t.b * (t.d / t.c);
	result.se = sqrt(1 / t.a + 1 / t.b + 1 / t.c + 1 / t.d);
	result.reason = t.a == 0 ? REASON_ZERO_FOCAL :
		t.d == 0 ? REASON_ZERO_CELL : NULL;
	SetLogInterval(&result, z);
	return result;
}

/*
 * z of the test that two rates are equal, with the pooled variance: the signed
 * root of Pearson's chi-square without continuity correction.
 */
double
PooledZ(Proportion focal, Proportion reference)
{
	double		m = focal.n;
	double		n = reference.n;
	double		p = ((double) focal.x + (double) reference.x) / (m + n);
	double		q = ((double) (focal.n - focal.x) +
					 (double) (reference.n - reference.x)) / (m + n);

	if (focal.n == 0 || reference.n == 0 || p == 0 || q == 0)
		return NAN;
	return GapOfRates(focal, reference) / sqrt(p * q * (1 / m + 1 / n));
}

/* risk_difference(x_focal, n_focal, x_reference, n_reference, confidence) */
PG_FUNCTION_INFO_V1(risk_difference);
Datum
risk_difference(PG_FUNCTION_ARGS)
{
	double		z = TwoSidedZ(ArgumentConfidence(fcinfo, 4));
	Proportion	focal;
	Proportion	reference;
	const char *reason = ArgumentPair(fcinfo, &focal, &reference);

	return EstimateRow(fcinfo, reason ? UndefinedEstimate(reason) :
					   RiskDifference(focal, reference, z));
}

/* A ratio of the arguments (x_focal, n_focal, x_reference, n_reference, confidence, haldane) */
static Datum
RatioRow(FunctionCallInfo fcinfo,
		 Estimate (*ratio) (Proportion focal, Proportion reference, double z, bool haldane))
{
	double		z = TwoSidedZ(ArgumentConfidence(fcinfo, 4));
	bool		haldane = ArgumentBool(fcinfo, 5, "haldane");
	Proportion	focal;
	Proportion	reference;
	const char *reason = ArgumentPair(fcinfo, &focal, &reference);

	return EstimateRow(fcinfo, reason ? UndefinedEstimate(reason) :
					   ratio(focal, reference, z, haldane));
}

/* risk_ratio(x_focal, n_focal, x_reference, n_reference, confidence, haldane) */
PG_FUNCTION_INFO_V1(risk_ratio);
Datum
risk_ratio(PG_FUNCTION_ARGS)
{
	return RatioRow(fcinfo, RiskRatio);
}

/* odds_ratio(x_focal, n_focal, x_reference, n_reference, confidence, haldane) */
PG_FUNCTION_INFO_V1(odds_ratio);
Datum
odds_ratio(PG_FUNCTION_ARGS)
{
	return RatioRow(fcinfo, OddsRatio);
}
