/*
 * proportion.c
 *		A rate, x students with the outcome among n, with its confidence interval.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/confidence.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "rate/proportion.h"

/* Refuse a negative count; its name and its group's are for the message */
void
CheckCount(int64 count, const char *name, const char *group)
{
	if (count < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s%s must not be negative: " INT64_FORMAT, name, group, count)));
}

/* Refuse x of n where no group can be so */
void
CheckRate(int64 x, int64 n, const char *group)
{
	CheckCount(n, "n", group);
	CheckCount(x, "x", group);
	if (x > n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("x%s must not be greater than n%s: " INT64_FORMAT " > " INT64_FORMAT,
						group, group, x, n)));
}

/* Refuse more students than exact methods can do */
void
CheckExact(double n, const char *what, const char *instead)
{
	if (n > EXACT_MAX_STUDENTS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many students for %s: %.0f", what, n),
				 errdetail("The limit is " INT64_FORMAT ".", EXACT_MAX_STUDENTS),
				 errhint("%s has no limit.", instead)));
}

/*
 * The arguments x and n of a group. A group is empty that has neither; of one
 * that has only one of them nothing is known, and the result says so.
 */
const char *
ArgumentProportion(FunctionCallInfo fcinfo, int argno, const char *group, Proportion *p)
{
	p->x = PG_ARGISNULL(argno) ? 0 : PG_GETARG_INT64(argno);
	p->n = PG_ARGISNULL(argno + 1) ? 0 : PG_GETARG_INT64(argno + 1);
	if (PG_ARGISNULL(argno) != PG_ARGISNULL(argno + 1))
		return REASON_MISSING_COUNT;
	CheckRate(p->x, p->n, group);
	return NULL;
}

/*
 * Bounds of the score interval of a rate p, q being 1 - p, among n. Wilson 1927, JASA
 * 22:209-212.
 *
 * With s = z sqrt(p q / n), h = sqrt(s^2 + (z^2/2n)^2) and d = z^2 (q - p) / 2n, the
 * margins are (h -+ d) / (1 + z^2/n); the smaller one is written s^2 / (h + d), which is
 * the same without the cancellation. So is the lower bound p^2 / (p + z^2/2n + h), and
 * exactly 0 where p is. Rates above 1/2 are those without the outcome, seen from 1.
 */
ScoreBounds
GetScoreBounds(double p, double q, double n, double z)
{
	double		z2_n = z * z / n;
	double		s = z * sqrt(p * q / n);
	double		h = hypot(s, z2_n / 2);
	double		larger = h + z2_n * (q - p) / 2;
	ScoreBounds bounds;

	if (p > q)
	{
		ScoreBounds without = GetScoreBounds(q, p, n, z);

		bounds.lower = 1 - without.upper;
		bounds.upper = 1 - without.lower;
		bounds.below = without.above;
		bounds.above = without.below;
		return bounds;
	}
	bounds.below = s == 0 ? 0 : s * (s / larger);
	bounds.above = larger / (1 + z2_n);
	bounds.lower = p == 0 ? 0 : Min(p * p / (p + z2_n / 2 + h), p);
	bounds.upper = p + bounds.above;
	return bounds;
}

/* A rate p, q being 1 - p, among n, with its score interval */
Estimate
ScoreInterval(double p, double q, double n, double z)
{
	ScoreBounds bounds = GetScoreBounds(p, q, n, z);
	Estimate	result = {p, sqrt(p * q / n), bounds.lower, bounds.upper, NULL};

	return result;
}

/* The rate x / n with its score interval */
Estimate
WilsonInterval(int64 x, int64 n, double z)
{
	Proportion	p = {x, n};

	if (n == 0)
		return UndefinedEstimate(REASON_N_LT_1);
	return ScoreInterval(Rate(p), OtherRate(p), n, z);
}

/* wilson_interval(x, n, confidence) */
PG_FUNCTION_INFO_V1(wilson_interval);
Datum
wilson_interval(PG_FUNCTION_ARGS)
{
	double		z = TwoSidedZ(ArgumentConfidence(fcinfo, 2));
	Proportion	p;
	const char *reason = ArgumentProportion(fcinfo, 0, "", &p);

	return EstimateRow(fcinfo, reason ? UndefinedEstimate(reason) : WilsonInterval(p.x, p.n, z));
}

/*
 * Exact interval of a rate. Clopper and Pearson 1934, Biometrika 26:404-413, by
 * the quantiles of the beta distribution.
 *
 * Of rates above 1/2 those without the outcome are counted: bounds near 1 have no
 * digits left to be found by.
 */
static Estimate
ExactInterval(Proportion p, double tail)
{
	int64		others = p.n - p.x;
	int64		fewer = Min(p.x, others);
	double		a = fewer;
	double		b = p.n - fewer;
	double		lower;
	double		upper;
	Estimate	result;

	if (p.n == 0)
		return UndefinedEstimate(REASON_N_LT_1);
	CheckExact(p.n, "an exact interval", "wilson_interval");

	lower = fewer == 0 ? 0 : qbeta(tail, a, b + 1, true, false);
	upper = b == 0 ? 1 : qbeta(tail, a + 1, b, false, false);
	result.estimate = Rate(p);
	result.se = sqrt(result.estimate * ((double) others / p.n) / p.n);
	result.lower = p.x == fewer ? lower : 1 - upper;
	result.upper = p.x == fewer ? upper : 1 - lower;
	result.reason = NULL;
	return result;
}

/* clopper_pearson_interval(x, n, confidence) */
PG_FUNCTION_INFO_V1(clopper_pearson_interval);
Datum
clopper_pearson_interval(PG_FUNCTION_ARGS)
{
	double		tail = 0.5 * (1 - ArgumentConfidence(fcinfo, 2));
	Proportion	p;
	const char *reason = ArgumentProportion(fcinfo, 0, "", &p);

	return EstimateRow(fcinfo, reason ? UndefinedEstimate(reason) : ExactInterval(p, tail));
}
