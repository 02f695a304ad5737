/*
 * percentage_point_gap.c
 *		Disproportionate impact on groups: the percentage point gap, and the
 *		students needed to close it.
 *
 * Success is coded so that higher is better. Method: California Community
 * Colleges Chancellor's Office; options as in the R package DisImpact.
 *
 * All flags and all needed students come from exact products of counts; only
 * what is reported as a rate, gap or margin is floating point.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/reason.h"
#include "disproportionality/exact.h"
#include "miscadmin.h"
#include "rate/comparison.h"
#include "rate/group.h"
#include "utils/fmgrprotos.h"

#define ARG_MIN_MOE			ARG_AFTER_REFERENCE
#define ARG_USE_PROP_IN_MOE	(ARG_AFTER_REFERENCE + 1)

/* A group beside what it is compared with, and the margin around its rate */
typedef struct Gap
{
	Proportion	group;
	Proportion	reference;
	Numeric		min_moe;
	bool		use_prop_in_moe;	/* in the margin, rather than 1/2 */
} Gap;

/* Does the margin use the group's own rate? One of 0 or 1 has no variance */
static bool
HasOwnRate(const Gap *gap)
{
	return gap->use_prop_in_moe && gap->group.x > 0 && gap->group.x < gap->group.n;
}

/*
 * Margin of error of the group's rate: 1.96 sqrt(p (1 - p) / n), p being 1/2
 * or the group's own rate, but at least the minimum.
 */
static double
Margin(const Gap *gap)
{
	double		p = HasOwnRate(gap) ? Rate(gap->group) : 0.5;
	double		minimum = DatumGetFloat8(DirectFunctionCall1(numeric_float8,
															 NumericGetDatum(gap->min_moe)));

	return Max(1.96 * sqrt(p * (1 - p) / gap->group.n), minimum);
}

/*
 * Compare excess / (n n_ref) with the margin, exactly: both squared, 1.96^2 being
 * 2401/625 and 1.96^2/4 being 2401/2500.
 */
static int
CompareToMargin(const Gap *gap, Numeric excess)
{
	int64		x = gap->group.x;
	int64		n = gap->group.n;
	int64		n_ref = gap->reference.n;
	Numeric		squared;
	Numeric		margin;
	int			to_margin;
	int			to_minimum;

	if (Sign(excess) < 0)
		return -1;

	squared = Times(excess, excess);
	if (HasOwnRate(gap))
	{
		/* 2401/625 x (n - x) / n^3 against excess^2 / (n n_ref)^2 */
		margin = Times(TimesCount(CountTimes(x, n - x), 2401), CountTimes(n_ref, n_ref));
		squared = TimesCount(TimesCount(squared, n), 625);
	}
	else
	{
		/* 2401/2500 / n against excess^2 / (n n_ref)^2 */
		margin = TimesCount(Times(CountTimes(n_ref, n_ref), int64_to_numeric(n)), 2401);
		squared = TimesCount(squared, 2500);
	}
	to_margin = Compare(squared, margin);
	to_minimum = Compare(excess, Times(gap->min_moe, CountTimes(n, n_ref)));
	return Min(to_margin, to_minimum);
}

/*
 * The fewest more successes with which the gap is within the margin: the
 * ceiling of (p_ref - p - margin) n, by bisection with the exact comparison.
 */
static int64
NeededToMargin(const Gap *gap, Numeric excess)
{
	int64		enough = CeilingOfRatio(excess, int64_to_numeric(gap->reference.n));
	int64		too_few = -1;

	while (enough - too_few > 1)
	{
		int64		middle = too_few + (enough - too_few) / 2;

		CHECK_FOR_INTERRUPTS();
		if (CompareToMargin(gap, Minus(excess, CountTimes(middle, gap->reference.n))) <= 0)
			enough = middle;
		else
			too_few = middle;
	}
	return enough;
}

/* percentage_point_gap(group_name, x, n, reference..., min_moe, use_prop_in_moe) OVER (...) */
PG_FUNCTION_INFO_V1(percentage_point_gap);
Datum
percentage_point_gap(PG_FUNCTION_ARGS)
{
	GroupPartition *partition = ReadGroups(fcinfo, REFERENCE_EVERYONE);
	const Group *group = &partition->groups[WinGetCurrentPosition(PG_WINDOW_OBJECT())];
	Gap			gap;
	Numeric		excess;
	const char *reason;
	ResultRow	row;

	gap.group = group->p;
	gap.min_moe = FractionOption(fcinfo, ARG_MIN_MOE, "min_moe");
	gap.use_prop_in_moe = DatumGetBool(WindowOption(fcinfo, ARG_USE_PROP_IN_MOE));
	reason = FindReference(partition, group, &gap.reference);
	if (reason)
		return ReasonRow(fcinfo, reason);

	excess = ExcessOfRate(int64_to_numeric(1), gap.group, gap.reference);
	BeginResultRow(&row, fcinfo);
	AddFloat8(&row, Rate(gap.group));
	AddFloat8(&row, Rate(gap.reference));
	AddFloat8(&row, GapOfRates(gap.group, gap.reference));
	AddFloat8(&row, Margin(&gap));
	AddBool(&row, CompareToMargin(&gap, excess) >= 0);
	AddInt64(&row, NeededToMargin(&gap, excess));
	AddInt64(&row, CeilingOfRatio(excess, int64_to_numeric(gap.reference.n)));
	AddInt64(&row, partition->n_missing_group);
	AddText(&row, NULL);
	return EndResultRow(&row);
}
