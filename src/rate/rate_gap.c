/*
 * rate_gap.c
 *		The gap between the rates of two groups, from counts.
 *
 * With a of m students in the focal group and c of n in the reference group:
 * differences a/m - c/n, ratios (a/m) / (c/n), and odds ratios.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/confidence.h"
#include "base/estimate.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "base/rmath.h"
#include "rate/proportion.h"
#include "rate/rate_gap.h"

/* The cells of the two-by-two table: with and without the outcome. */
typedef struct Table
{
	double		a;				/* focal, with */
	double		b;				/* focal, without */
	double		c;				/* reference, with */
	double		d;				/* reference, without */
} Table;

static bool EmptyGroup(const RatePair *pair);
static Table MakeTable(const RatePair *pair, bool haldane);
static void AddMissing(ResultRow *row, int64 count);
static const char *RateGapReason(const RatePair *pair, bool haldane);

/* risk_difference(x_focal, n_focal, x_reference, n_reference, confidence) */
PG_FUNCTION_INFO_V1(risk_difference);
Datum
risk_difference(PG_FUNCTION_ARGS)
{
	RatePair	pair = RatePairArgs(fcinfo);
	double		z = TwoSidedZ(PG_GETARG_FLOAT8(4));

	return EstimateRow(fcinfo, RiskDifference(&pair, z));
}

/* risk_ratio(x_focal, n_focal, x_reference, n_reference, confidence, haldane) */
PG_FUNCTION_INFO_V1(risk_ratio);
Datum
risk_ratio(PG_FUNCTION_ARGS)
{
	RatePair	pair = RatePairArgs(fcinfo);
	double		z = TwoSidedZ(PG_GETARG_FLOAT8(4));

	return EstimateRow(fcinfo, RiskRatio(&pair, z, PG_GETARG_BOOL(5)));
}

/* odds_ratio(x_focal, n_focal, x_reference, n_reference, confidence, haldane) */
PG_FUNCTION_INFO_V1(odds_ratio);
Datum
odds_ratio(PG_FUNCTION_ARGS)
{
	RatePair	pair = RatePairArgs(fcinfo);
	double		z = TwoSidedZ(PG_GETARG_FLOAT8(4));

	return EstimateRow(fcinfo, OddsRatio(&pair, z, PG_GETARG_BOOL(5)));
}

/* rate_gap(x_focal, n_focal, x_reference, n_reference, confidence, haldane) */
PG_FUNCTION_INFO_V1(rate_gap);
Datum
rate_gap(PG_FUNCTION_ARGS)
{
	RatePair	pair = RatePairArgs(fcinfo);
	MissingCounts missing = {-1, -1, -1};
	double		z = TwoSidedZ(PG_GETARG_FLOAT8(4));
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddRateGap(&row, &pair, &missing, z, PG_GETARG_BOOL(5), NULL);
	return EndResultRow(&row);
}

/*
 * a/m - c/n, or NaN.  The numerators are subtracted as integers: rates that hardly
 * differ would cancel.
 */
double
GapOfRates(int64 a, int64 m, int64 c, int64 n)
{
	if (m == 0 || n == 0)
		return NAN;
	return (double) ((int128) a * n - (int128) c * m) / ((double) m * (double) n);
}

/* (a/m) / (c/n), or NaN */
double
RatioOfRates(int64 a, int64 m, int64 c, int64 n)
{
	if (m == 0 || n == 0 || c == 0)
		return NAN;
	return ((double) a * (double) n) / ((double) c * (double) m);
}

/* By how many percent a/m is above c/n, or NaN. */
double
RelativeDifferencePercent(int64 a, int64 m, int64 c, int64 n)
{
	return GapOfRates(a, m, c, n) / Rate(c, n) * 100;
}

/*
 * Difference of two rates with the hybrid score interval.  Newcombe 1998,
 * Statistics in Medicine 17:873-890, method 10.  The standard error is Wald's.
 */
Estimate
RiskDifference(const RatePair *pair, double z)
{
	Estimate	focal = WilsonInterval(pair->x_focal, pair->n_focal, z);
	Estimate	reference = WilsonInterval(pair->x_reference, pair->n_reference, z);
	double		p1 = focal.estimate;
	double		p2 = reference.estimate;
	double		m = pair->n_focal;
	double		n = pair->n_reference;
	Estimate	result;

	if (EmptyGroup(pair))
		return UndefinedEstimate(REASON_N_LT_1);

	result.estimate = GapOfRates(pair->x_focal, pair->n_focal,
								 pair->x_reference, pair->n_reference);
	result.se = sqrt(p1 * ((double) (pair->n_focal - pair->x_focal) / m) / m +
								 p2 * ((double) (pair->n_reference - pair->x_reference) / n) / n);
	result.lower = Max(-1, result.estimate - hypot(p1 - focal.lower, reference.upper - p2));
	result.upper = Min(1, result.estimate + hypot(focal.upper - p1, p2 - reference.lower));
	result.reason = NULL;
	return result;
}

/*
 * Ratio of two rates with the interval of its logarithm.  Katz et al. 1978,
 * Biometrics 34:469-474.
 */
Estimate
RiskRatio(const RatePair *pair, double z, bool haldane)
{
	Table		t = MakeTable(pair, haldane);
	Estimate	result;

	if (EmptyGroup(pair))
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
 * Odds ratio with the interval of its logarithm.  Woolf 1955, Annals of Human
 * Genetics 19:251-253.
 */
Estimate
OddsRatio(const RatePair *pair, double z, bool haldane)
{
	Table		t = MakeTable(pair, haldane);
	Estimate	result;

	if (EmptyGroup(pair))
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
PooledZ(const RatePair *pair)
{
	double		m = pair->n_focal;
	double		n = pair->n_reference;
	double		p = ((double) pair->x_focal + (double) pair->x_reference) / (m + n);
	double		q = ((double) (pair->n_focal - pair->x_focal) +
					 (double) (pair->n_reference - pair->x_reference)) / (m + n);

	if (EmptyGroup(pair) || p == 0 || q == 0)
		return NAN;
	return GapOfRates(pair->x_focal, pair->n_focal, pair->x_reference, pair->n_reference) /
		sqrt(p * q * (1 / m + 1 / n));
}

/*
 * Add the columns of type rate_gap.  Without a reference group, no_comparison
 * says why.
 */
void
AddRateGap(ResultRow *row, const RatePair *pair, const MissingCounts *missing,
		   double z, bool haldane, const char *no_comparison)
{
	Estimate	difference = RiskDifference(pair, z);
	Estimate	risk = RiskRatio(pair, z, haldane);
	Estimate	odds = OddsRatio(pair, z, haldane);
	double		pooled_z = PooledZ(pair);

	AddInt64(row, pair->x_focal);
	AddInt64(row, pair->n_focal);
	AddInt64(row, pair->x_reference);
	AddInt64(row, pair->n_reference);
	AddMissing(row, missing->outcome_focal);
	AddMissing(row, missing->outcome_reference);
	AddMissing(row, missing->group);
	AddFloat8(row, Rate(pair->x_focal, pair->n_focal));
	AddFloat8(row, Rate(pair->x_reference, pair->n_reference));
	AddFloat8(row, difference.estimate);
	AddFloat8(row, difference.se);
	AddFloat8(row, difference.lower);
	AddFloat8(row, difference.upper);
	AddFloat8(row, pooled_z);
	AddFloat8(row, 2 * pnorm(-fabs(pooled_z), 0, 1, 1, 0));
	AddFloat8(row, risk.estimate);
	AddFloat8(row, risk.se);
	AddFloat8(row, risk.lower);
	AddFloat8(row, risk.upper);
	AddFloat8(row, odds.estimate);
	AddFloat8(row, odds.se);
	AddFloat8(row, odds.lower);
	AddFloat8(row, odds.upper);
	AddText(row, no_comparison ? no_comparison : RateGapReason(pair, haldane));
}

/* The first four arguments, checked. */
RatePair
RatePairArgs(FunctionCallInfo fcinfo)
{
	RatePair	pair;

	pair.x_focal = PG_GETARG_INT64(0);
	pair.n_focal = PG_GETARG_INT64(1);
	pair.x_reference = PG_GETARG_INT64(2);
	pair.n_reference = PG_GETARG_INT64(3);
	CheckRate(pair.x_focal, pair.n_focal, "_focal");
	CheckRate(pair.x_reference, pair.n_reference, "_reference");
	return pair;
}

/* Is there nobody in one of the groups? */
static bool
EmptyGroup(const RatePair *pair)
{
	return pair->n_focal == 0 || pair->n_reference == 0;
}

/*
 * The table of a pair.  haldane adds 1/2 to each cell when one is 0 (Haldane
 * 1956, Anscombe 1956).
 */
static Table
MakeTable(const RatePair *pair, bool haldane)
{
	Table		t;

	t.a = pair->x_focal;
	t.b = pair->n_focal - pair->x_focal;
	t.c = pair->x_reference;
	t.d = pair->n_reference - pair->x_reference;
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
 * The interval of a ratio from the standard error of its logarithm.  Where a
 * reason says that there is none, it and an infinite error are undefined.
 */
void
SetLogInterval(Estimate *estimate, double z)
{
	if (estimate->reason)
	{
		estimate->lower = estimate->upper = NAN;
		if (isinf(estimate->se))
			estimate->se = NAN;
		return;
	}
	estimate->lower = estimate->estimate * exp(-z * estimate->se);
	estimate->upper = estimate->estimate * exp(z * estimate->se);
}

/* Add a count of missing rows, where somebody counted. */
static void
AddMissing(ResultRow *row, int64 count)
{
	if (count < 0)
		AddNull(row);
	else
		AddInt64(row, count);
}

/* What stands in the way of a full rate_gap row: doc/rate.md lists which columns are NULL. */
static const char *
RateGapReason(const RatePair *pair, bool haldane)
{
	bool		all_focal = pair->x_focal == pair->n_focal;
	bool		all_reference = pair->x_reference == pair->n_reference;

	if (EmptyGroup(pair))
		return REASON_N_LT_1;
	if ((pair->x_focal == 0 && pair->x_reference == 0) || (all_focal && all_reference))
		return REASON_ZERO_VARIANCE;
	if (haldane)
		return NULL;
	if (pair->x_reference == 0)
		return REASON_ZERO_REFERENCE;
	if (pair->x_focal == 0)
		return REASON_ZERO_FOCAL;
	if (all_focal || all_reference)
		return REASON_ZERO_CELL;
	return NULL;
}
