/*
 * shrunken_estimate.c
 *		Estimates of many groups, each drawn towards the mean of all by as much as its
 *		standard error is large beside how the groups differ.
 *
 * The model is normal twice: a group's estimate has its standard error around its true
 * value, and those have the standard deviation tau around mu. See Morris 1983, JASA
 * 78:47-55, and Raudenbush and Bryk 1985, Journal of Educational Statistics 10:75-98;
 * the standard errors are those of metafor's blup().
 *
 * Estimates are taken from that with the smallest standard error, which has a weight of 1
 * whatever tau is, in a unit of the largest distance between two: so nothing cancels that
 * matters, and squares are in range on any scale. Sums are over the groups in order of
 * their standard errors and estimates, so that the order of rows changes no bit.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/confidence.h"
#include "base/estimate.h"
#include "base/partition.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "base/root.h"
#include "base/sum.h"
#include "miscadmin.h"

enum
{
	ARG_ESTIMATE,
	ARG_SE,
	ARG_METHOD,
	ARG_CONFIDENCE
};

/* How tau is estimated */
typedef enum TauMethod
{
	TAU_REML,
	TAU_PM,
	TAU_DL
} TauMethod;

static const char *const tau_methods[] = {"reml", "pm", "dl", NULL};

/* The smallest standard error, beside the largest distance, of which the square is in range */
#define LEAST_SE 1e-140

/* A group: as it is given, and then from the most certain one, in units */
typedef struct GroupEstimate
{
	double		estimate;
	double		se;
} GroupEstimate;

/* The partition; a variance that is out of range is infinite, and has no weight */
typedef struct Shrinkage
{
	bool		is_read;
	bool		is_fitted;
	const char *reason;			/* why it is not, or what is to be known of it */
	int64		n_groups;
	double		center;			/* estimate of the group with the smallest error */
	int			unit;			/* exponent of the unit of all that follows */
	double		range;			/* the largest distance between two estimates */
	double		mu;				/* from the center */
	double		mu_variance;
	double		tau2;
	double		q_e;			/* without a unit */
	GroupEstimate groups[FLEXIBLE_ARRAY_MEMBER];
} Shrinkage;

/* The sums over the groups at one tau, each weighing 1 / (se^2 + tau^2) */
typedef struct Weighing
{
	double		unit;			/* se^2 + tau^2 of the most certain group, which weighs 1 */
	double		total;			/* of the weights */
	double		mu;
	double		squares;		/* sum of w e^2, e the distance from mu */
	double		weighted;		/* sum of w^2 e^2, times the unit */
	double		free;			/* sum of w (1 - w / total), times the unit */
} Weighing;

static inline int
CompareGroups(const GroupEstimate *a, const GroupEstimate *b)
{
	if (a->se != b->se)
		return a->se < b->se ? -1 : 1;
	return (a->estimate > b->estimate) - (a->estimate < b->estimate);
}

#define ST_SORT SortGroups
#define ST_ELEMENT_TYPE GroupEstimate
#define ST_COMPARE(a, b) CompareGroups(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Read the group of a row; the result is why it is in nothing, or NULL */
static const char *
ReadGroup(FunctionCallInfo fcinfo, int64 row, GroupEstimate *group)
{
	bool		is_estimate_null;
	bool		is_se_null;
	Datum		estimate = PartitionArgument(fcinfo, ARG_ESTIMATE, row, &is_estimate_null);
	Datum		se = PartitionArgument(fcinfo, ARG_SE, row, &is_se_null);

	group->estimate = is_estimate_null ? 0 : DatumGetFloat8(estimate);
	group->se = is_se_null ? 0 : DatumGetFloat8(se);
	CheckFinite(group->estimate, "estimate");
	(void) CheckNonNegative(group->se, "se");
	if (is_estimate_null || is_se_null)
		return REASON_MISSING_ESTIMATE;
	return group->se == 0 ? REASON_ZERO_VARIANCE : NULL;
}

/* Read the groups that count, in order of their standard errors */
static void
ReadGroups(FunctionCallInfo fcinfo, Shrinkage *fit)
{
	int64		n_rows = WinGetPartitionRowCount(PG_WINDOW_OBJECT());

	for (int64 row = 0; row < n_rows; row++)
	{
		CHECK_FOR_INTERRUPTS();
		if (ReadGroup(fcinfo, row, &fit->groups[fit->n_groups]) == NULL)
			fit->n_groups++;
	}
	SortGroups(fit->groups, fit->n_groups);
}

/* From one number to another */
static inline Scaled
Distance(double from, double to)
{
	return ScaledMinus(MakeScaled(to, 0), MakeScaled(from, 0));
}

/* Take the groups from the first of them, in a unit */
static void
UseUnit(Shrinkage *fit)
{
	double		least = INFINITY;
	double		most = -INFINITY;
	Scaled		range;

	for (int64 i = 0; i < fit->n_groups; i++)
	{
		CHECK_FOR_INTERRUPTS();
		least = Min(least, fit->groups[i].estimate);
		most = Max(most, fit->groups[i].estimate);
	}
	range = Distance(least, most);
	fit->center = fit->groups[0].estimate;
	fit->unit = Max(range.exponent, MakeScaled(fit->groups[0].se, 0).exponent);
	fit->range = InUnit(range, fit->unit);
	for (int64 i = 0; i < fit->n_groups; i++)
	{
		GroupEstimate *group = &fit->groups[i];

		CHECK_FOR_INTERRUPTS();
		group->estimate = InUnit(Distance(fit->center, group->estimate), fit->unit);
		group->se = ldexp(group->se, -fit->unit);
	}
}

/* The sums over the groups at a tau */
static Weighing
Weigh(const Shrinkage *fit, double tau2)
{
	Weighing	at = {.unit = fit->groups[0].se * fit->groups[0].se + tau2};
	Sum			others = {0, 0};
	Sum			mu = {0, 0};
	Sum			squares = {0, 0};
	Sum			weighted = {0, 0};
	Sum			free = {0, 0};

	for (int64 i = 1; i < fit->n_groups; i++)
	{
		const GroupEstimate *group = &fit->groups[i];
		double		weight = at.unit / (group->se * group->se + tau2);

		CHECK_FOR_INTERRUPTS();
		AddTo(&others, weight);
		AddTo(&mu, weight * group->estimate);
	}
	at.total = 1 + Total(others);
	at.mu = Total(mu) / at.total;

	for (int64 i = 0; i < fit->n_groups; i++)
	{
		const GroupEstimate *group = &fit->groups[i];
		double		weight = i == 0 ? 1 : at.unit / (group->se * group->se + tau2);
		double		e = group->estimate - at.mu;
		double		square = weight * e * e / at.unit;

		CHECK_FOR_INTERRUPTS();
		AddTo(&squares, square);
		AddTo(&weighted, weight * square);
		/* what is left by the first, which may weigh next to everything, was summed */
		AddTo(&free, weight * ((i == 0 ? Total(others) : at.total - weight) / at.total));
	}
	at.squares = Total(squares);
	at.weighted = Total(weighted);
	at.free = Total(free);
	return at;
}

/*
 * The square of tau, on a logarithmic scale above the smallest squared error and on a
 * linear one below
 */
static double
Tau2(const Shrinkage *fit, double place)
{
	return fit->groups[0].se * fit->groups[0].se * expm1(place);
}

/* Twice the derivative of the restricted likelihood by tau^2 (Harville 1977), times something positive */
static double
RestrictedScore(double place, void *context)
{
	Weighing	at = Weigh(context, Tau2(context, place));

	return at.weighted - at.free;
}

/* By how much squared distances exceed their expectation (Paule and Mandel 1982) */
static double
PauleMandelExcess(double place, void *context)
{
	const Shrinkage *fit = context;

	return Weigh(fit, Tau2(fit, place)).squares - (double) (fit->n_groups - 1);
}

/*
 * Where a function of tau^2 that begins above 0 gets to 0, which both do before tau is the
 * largest distance between two estimates: of a group, w e is at most (1 - w / total) times
 * that.
 */
static double
Tau2WhereZero(Shrinkage *fit, RootFunction function)
{
	double		in_errors = fit->range / fit->groups[0].se;
	RootPoint	at_0 = RootPointAt(function, fit, 0);
	RootPoint	at_range;

	if (at_0.y <= 0)
		return 0;
	at_range = RootPointAt(function, fit, log1p(2 * in_errors * in_errors));
	return Tau2(fit, FindRoot(function, fit, at_0, at_range));
}

/* DerSimonian and Laird 1986 */
static double
MomentsTau2(const Shrinkage *fit, const Weighing *at_0)
{
	double		excess = at_0->squares - (double) (fit->n_groups - 1);

	return excess <= 0 ? 0 : at_0->unit * excess / at_0->free;
}

/* Estimate tau, and mu with it */
static void
Fit(Shrinkage *fit, TauMethod method)
{
	Weighing	at_0 = Weigh(fit, 0);
	Weighing	at_tau;

	if (method == TAU_DL)
		fit->tau2 = MomentsTau2(fit, &at_0);
	else
		fit->tau2 = Tau2WhereZero(fit, method == TAU_PM ? PauleMandelExcess : RestrictedScore);
	if (fit->tau2 == 0)
		fit->reason = REASON_TAU2_ZERO;

	at_tau = Weigh(fit, fit->tau2);
	fit->is_fitted = true;
	fit->mu = at_tau.mu;
	fit->mu_variance = at_tau.unit / at_tau.total;
	fit->q_e = at_0.squares;
}

/* The partition, read and fitted at its first row */
static const Shrinkage *
ReadPartition(FunctionCallInfo fcinfo)
{
	Shrinkage  *fit = PartitionMemory(fcinfo, offsetof(Shrinkage, groups), sizeof(GroupEstimate));
	TauMethod	method;

	if (fit->is_read)
		return fit;
	CheckOptions(fcinfo, ARG_METHOD);
	method = WindowNamedOption(fcinfo, ARG_METHOD, tau_methods);
	ReadGroups(fcinfo, fit);
	if (fit->n_groups > 0)
		UseUnit(fit);
	if (fit->n_groups < 2)
		fit->reason = REASON_ONE_GROUP;
	else if (fit->groups[0].se < LEAST_SE)
		fit->reason = REASON_OUT_OF_RANGE;
	else
		Fit(fit, method);
	fit->is_read = true;
	return fit;
}

/* A number in units of the partition */
static inline Scaled
InPoints(const Shrinkage *fit, double value)
{
	return MakeScaled(value, fit->unit);
}

/* The mean of the groups' true values */
static Scaled
Mu(const Shrinkage *fit)
{
	return ScaledPlus(MakeScaled(fit->center, 0), InPoints(fit, fit->mu));
}

/*
 * A group's estimate, drawn towards mu by the share of its variance that is error. In the
 * standard error is that of mu, and not that of tau.
 */
static void
Shrink(const Shrinkage *fit, const GroupEstimate *group, Scaled *shrunken, Scaled *se)
{
	double		error = ldexp(group->se, -fit->unit);
	double		variance = error * error;
	double		kept = fit->tau2 / (fit->tau2 + variance);
	double		drawn = 1 / (1 + fit->tau2 / variance);
	double		e = InUnit(Distance(fit->center, group->estimate), fit->unit) - fit->mu;

	if (kept < 0.5)
		*shrunken = ScaledPlus(Mu(fit), InPoints(fit, kept * e));
	else
		*shrunken = ScaledMinus(MakeScaled(group->estimate, 0), InPoints(fit, drawn * e));
	*se = InPoints(fit, sqrt(fit->tau2 * drawn + drawn * drawn * fit->mu_variance));
}

/* Add what the groups have in common, n_groups apart */
static void
AddFit(ResultRow *row, const Shrinkage *fit, double z)
{
	AddEstimate(row, NormalEstimate(Mu(fit), InPoints(fit, sqrt(fit->mu_variance)), z));
	AddFloat8(row, Unscaled(InPoints(fit, sqrt(fit->tau2))));
	AddFloat8(row, fit->q_e);
	AddFloat8(row, pchisq(fit->q_e, (double) (fit->n_groups - 1), false, false));
}

/* Add a group's own */
static void
AddShrunken(ResultRow *row, const Shrinkage *fit, const GroupEstimate *group, double z)
{
	Scaled		shrunken;
	Scaled		se;

	Shrink(fit, group, &shrunken, &se);
	AddEstimate(row, NormalEstimate(shrunken, se, z));
	AddFloat8(row, pnorm(-ScaledRatio(shrunken, se), 0, 1, true, false));
}

/* shrunken_estimate(estimate, se, method, confidence) OVER (...) */
PG_FUNCTION_INFO_V1(shrunken_estimate);
Datum
shrunken_estimate(PG_FUNCTION_ARGS)
{
	const Shrinkage *fit = ReadPartition(fcinfo);
	double		z = TwoSidedZ(DatumGetFloat8(WindowOption(fcinfo, ARG_CONFIDENCE)));
	int64		current = WinGetCurrentPosition(PG_WINDOW_OBJECT());
	GroupEstimate group;
	const char *reason = ReadGroup(fcinfo, current, &group);
	ResultRow	row;

	if (reason)
		return ReasonRow(fcinfo, reason);
	BeginResultRow(&row, fcinfo);
	AddInt64(&row, fit->n_groups);
	if (fit->is_fitted)
	{
		AddFit(&row, fit, z);
		AddShrunken(&row, fit, &group, z);
	}
	while (row.n_columns < row.desc->natts - 1)
		AddNull(&row);
	AddText(&row, fit->reason);
	return EndResultRow(&row);
}
