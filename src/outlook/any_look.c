/*
 * any_look.c
 *		Intervals that hold however often one looks.
 *
 * If every rate has the same chance beforehand, n students have x with the outcome with
 * probability 1 / (n + 1), whatever n and x. By how much more likely that is than with the
 * rate p is a martingale where p is the truth, and so gets to 1 / alpha with a probability of
 * at most alpha, however long students are added and whenever one looks (Ville 1939; Robbins
 * 1970, Annals of Mathematical Statistics 41:1397-1409). So the interval has all p with
 *
 *		(n + 1) C(n, x) p^x (1 - p)^(n - x) >= alpha.
 *
 * The product behind n + 1 is the binomial density, for which R has an algorithm that keeps all
 * digits (Loader 2000). Bounds above 1/2 are those of the others, seen from 1.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/confidence.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "base/root.h"
#include "rate/comparison.h"

/* From the rate, the lower bound is sought in steps of its logarithm that begin with this and double */
#define FIRST_STEP 0.125

typedef struct Evidence
{
	double		x;
	double		n;
	double		least;			/* logarithm of the density at a bound */
} Evidence;

static Evidence
EvidenceOf(Proportion p, double alpha)
{
	Evidence	evidence = {(double) p.x, (double) p.n, log(alpha) - log1p((double) p.n)};

	return evidence;
}

/* By how much the logarithm of the density is above that at a bound */
static double
Excess(double log_rate, void *context)
{
	const Evidence *evidence = context;

	return dbinom(evidence->x, evidence->n, exp(log_rate), true) - evidence->least;
}

/* The bound below a rate */
static double
LowerBound(Proportion p, double alpha)
{
	Evidence	evidence = EvidenceOf(p, alpha);
	RootPoint	from;
	RootPoint	to;
	double		step = FIRST_STEP;

	if (p.x == 0)
		return 0;
	to = RootPointAt(Excess, &evidence, log(evidence.x / evidence.n));
	do
	{
		from = to;
		to = RootPointAt(Excess, &evidence, from.x - step);
		step *= 2;
	} while (to.y > 0);
	return exp(FindRoot(Excess, &evidence, from, to));
}

/* The bound above a rate that is at most 1/2; where it is above 1/2 it is that of the others, seen from 1 */
static double
UpperBound(Proportion p, double alpha)
{
	Evidence	evidence = EvidenceOf(p, alpha);
	RootPoint	from;
	RootPoint	to;

	if (p.x == 0)
		return -expm1(evidence.least / evidence.n);
	from = RootPointAt(Excess, &evidence, log(evidence.x / evidence.n));
	to = RootPointAt(Excess, &evidence, log(0.5));
	if (to.y > 0)
		return 1 - LowerBound((Proportion) {p.n - p.x, p.n}, alpha);
	return exp(FindRoot(Excess, &evidence, from, to));
}

/* The interval of a rate that may miss it with the probability alpha, at any look; of nobody all rates */
static Estimate
AnyLookInterval(Proportion p, double alpha)
{
	Proportion	others = {p.n - p.x, p.n};
	Estimate	result = {Rate(p), sqrt(Rate(p) * OtherRate(p) / (double) p.n), 0, 1, NULL};

	if (p.n == 0)
		result.reason = REASON_N_LT_1;
	else if (p.x <= others.x)
	{
		result.lower = LowerBound(p, alpha);
		result.upper = UpperBound(p, alpha);
	}
	else
	{
		result.lower = 1 - UpperBound(others, alpha);
		result.upper = 1 - LowerBound(others, alpha);
	}
	return result;
}

/* A group that is to be looked at; the result is why it is not, or NULL. One without students may be. */
static const char *
ArgumentLook(FunctionCallInfo fcinfo, int argno, const char *group, int64 min_n, Proportion *p)
{
	const char *reason = ArgumentProportion(fcinfo, argno, group, p);

	if (reason != NULL)
		return reason;
	return p->n < min_n ? REASON_N_TOO_SMALL : NULL;
}

/* any_look_interval(x, n, confidence, min_n) */
PG_FUNCTION_INFO_V1(any_look_interval);
Datum
any_look_interval(PG_FUNCTION_ARGS)
{
	double		confidence = ArgumentConfidence(fcinfo, 2);
	int32		min_n = ArgumentNonNegative(fcinfo, 3, "min_n");
	Proportion	p;
	const char *reason = ArgumentLook(fcinfo, 0, "", min_n, &p);

	return EstimateRow(fcinfo, reason != NULL ? UndefinedEstimate(reason) : AnyLookInterval(p, 1 - confidence));
}

/* The gap of two rates, each of which is in its interval if what both may miss is halved */
static Estimate
AnyLookGap(Proportion focal, Proportion reference, double alpha)
{
	Estimate	of_focal = AnyLookInterval(focal, alpha / 2);
	Estimate	of_reference = AnyLookInterval(reference, alpha / 2);
	Estimate	gap = {GapOfRates(focal, reference), hypot(of_focal.se, of_reference.se),
	of_focal.lower - of_reference.upper, of_focal.upper - of_reference.lower, NULL};

	gap.reason = of_focal.reason != NULL ? of_focal.reason : of_reference.reason;
	return gap;
}

/* any_look_gap(x_focal, n_focal, x_reference, n_reference, confidence, min_n) */
PG_FUNCTION_INFO_V1(any_look_gap);
Datum
any_look_gap(PG_FUNCTION_ARGS)
{
	double		confidence = ArgumentConfidence(fcinfo, 4);
	int32		min_n = ArgumentNonNegative(fcinfo, 5, "min_n");
	Proportion	focal;
	Proportion	reference;
	const char *reason_focal = ArgumentLook(fcinfo, 0, "_focal", min_n, &focal);
	const char *reason_reference = ArgumentLook(fcinfo, 2, "_reference", min_n, &reference);
	const char *reason = reason_focal != NULL ? reason_focal : reason_reference;

	return EstimateRow(fcinfo, reason != NULL ? UndefinedEstimate(reason) : AnyLookGap(focal, reference, 1 - confidence));
}
