/*
 * disproportionate_impact.c
 *		Disproportionate impact on groups: percentage point gap, 80% index and
 *		proportionality index, and the students needed to close them.
 *
 * Success is coded so that higher is better.  Methods: California Community
 * Colleges Chancellor's Office; names and options as in the R package
 * DisImpact; the 80% index also 29 CFR 1607.4(D).
 *
 * With s of n successes in the group and S of N in its reference, all flags
 * and all needed students come from exact products of counts; only what is
 * reported as a rate, gap or index is floating point.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/reason.h"
#include "base/result_row.h"
#include "disproportionality/exact.h"
#include "rate/group.h"
#include "rate/proportion.h"
#include "rate/rate_gap.h"
#include "utils/builtins.h"

/* A group beside what it is compared with, and the margin around its rate. */
typedef struct Gap
{
	Group		group;
	Comparison	reference;
	Numeric		min_moe;
	bool		use_prop_in_moe;	/* in the margin, rather than 1/2 */
} Gap;

static const char *FindReference(FunctionCallInfo fcinfo, const GroupPartition *partition,
								 int reference_argno, Comparison *reference);
static Numeric FactorArg(FunctionCallInfo fcinfo, int argno, const char *name);
static Numeric Excess(Numeric factor, const Group *group, Comparison reference);
static bool HasOwnRate(const Gap *gap);
static double Margin(const Gap *gap);
static int	CompareToMargin(const Gap *gap, Numeric excess);
static int64 NeededToMargin(const Gap *gap, Numeric excess);

/*
 * percentage_point_gap(group, successes, n, reference, reference_group,
 *						min_moe, use_prop_in_moe) OVER (...)
 */
PG_FUNCTION_INFO_V1(percentage_point_gap);
Datum
percentage_point_gap(PG_FUNCTION_ARGS)
{
	GroupPartition *partition = ReadGroupPartition(fcinfo, 4);
	Gap			gap;
	Numeric		excess;
	const char *reason;
	ResultRow	row;

	gap.group = partition->groups[WinGetCurrentPosition(PG_WINDOW_OBJECT())];
	gap.min_moe = FactorArg(fcinfo, 5, "min_moe");
	gap.use_prop_in_moe = DatumGetBool(WindowArg(fcinfo, 6, "use_prop_in_moe"));
	reason = FindReference(fcinfo, partition, 3, &gap.reference);
	if (reason)
		return ReasonRow(fcinfo, reason);

	excess = Excess(int64_to_numeric(1), &gap.group, gap.reference);

	BeginResultRow(&row, fcinfo);
	AddFloat8(&row, Rate(gap.group.x, gap.group.n));
	AddFloat8(&row, Rate(gap.reference.x, gap.reference.n));
	AddFloat8(&row, GapOfRates(gap.group.x, gap.group.n, gap.reference.x, gap.reference.n));
	AddFloat8(&row, Margin(&gap));
	AddBool(&row, CompareToMargin(&gap, excess) >= 0);
	AddInt64(&row, NeededToMargin(&gap, excess));
	AddInt64(&row, CeilingOfRatio(excess, int64_to_numeric(gap.reference.n)));
	AddInt64(&row, partition->n_missing_group);
	AddText(&row, NULL);
	return EndResultRow(&row);
}

/* eighty_percent_index(group, successes, n, reference, reference_group, cutoff) OVER (...) */
PG_FUNCTION_INFO_V1(eighty_percent_index);
Datum
eighty_percent_index(PG_FUNCTION_ARGS)
{
	GroupPartition *partition = ReadGroupPartition(fcinfo, 4);
	Group	   *group = &partition->groups[WinGetCurrentPosition(PG_WINDOW_OBJECT())];
	Numeric		cutoff = FactorArg(fcinfo, 5, "cutoff");
	Numeric		excess;
	Numeric		denominator;
	Comparison	reference;
	const char *reason;
	ResultRow	row;

	reason = FindReference(fcinfo, partition, 3, &reference);
	if (reason == NULL && reference.x == 0)
		reason = REASON_ZERO_REFERENCE;
	if (reason)
		return ReasonRow(fcinfo, reason);

	excess = Excess(cutoff, group, reference);
	denominator = int64_to_numeric(reference.n);

	BeginResultRow(&row, fcinfo);
	AddFloat8(&row, Rate(group->x, group->n));
	AddFloat8(&row, Rate(reference.x, reference.n));
	AddFloat8(&row, RatioOfRates(group->x, group->n, reference.x, reference.n));
	AddBool(&row, Sign(excess) > 0);
	AddInt64(&row, CeilingOfRatio(excess, denominator));
	AddInt64(&row, CeilingOfRatio(Excess(int64_to_numeric(1), group, reference), denominator));
	AddInt64(&row, partition->n_missing_group);
	AddText(&row, NULL);
	return EndResultRow(&row);
}

/*
 * proportionality_index(group, successes, n, cutoff) OVER (...)
 *
 * The group's share of successes divided by its share of students, which is
 * its rate divided by everybody's.  Adding a success to the group adds one to
 * everybody, hence n off the denominator of the students needed.
 */
PG_FUNCTION_INFO_V1(proportionality_index);
Datum
proportionality_index(PG_FUNCTION_ARGS)
{
	GroupPartition *partition = ReadGroupPartition(fcinfo, -1);
	Group	   *group = &partition->groups[WinGetCurrentPosition(PG_WINDOW_OBJECT())];
	Comparison	all = AllGroups(partition);
	Numeric		cutoff = FactorArg(fcinfo, 3, "cutoff");
	Numeric		excess;
	Numeric		denominator;
	ResultRow	row;

	if (group->reason)
		return ReasonRow(fcinfo, group->reason);
	if (group->n == 0)
		return ReasonRow(fcinfo, REASON_N_LT_1);
	if (all.x == 0)
		return ReasonRow(fcinfo, REASON_ZERO_REFERENCE);

	excess = Excess(cutoff, group, all);
	denominator = Minus(int64_to_numeric(all.n), TimesCount(cutoff, group->n));

	BeginResultRow(&row, fcinfo);
	AddFloat8(&row, Rate(group->x, all.x));
	AddFloat8(&row, Rate(group->n, all.n));
	AddFloat8(&row, RatioOfRates(group->x, group->n, all.x, all.n));
	AddFloat8(&row, RelativeDifferencePercent(group->x, group->n, all.x, all.n));
	AddBool(&row, Sign(excess) > 0);
	if (Sign(excess) > 0 && Sign(denominator) <= 0)
		AddNull(&row);			/* out of reach: the cutoff is above 1 */
	else
		AddInt64(&row, CeilingOfRatio(excess, denominator));
	AddInt64(&row, CeilingOfRatio(Excess(int64_to_numeric(1), group, all),
								  int64_to_numeric(all.n - group->n)));
	AddInt64(&row, partition->n_missing_group);
	AddText(&row, NULL);
	return EndResultRow(&row);
}

/*
 * What the group of the current row is compared with, from the arguments
 * (..., reference, reference_group, ...).  The result is why there is nothing
 * to compare, or NULL.
 */
static const char *
FindReference(FunctionCallInfo fcinfo, const GroupPartition *partition,
			  int reference_argno, Comparison *reference)
{
	const Group *group = &partition->groups[WinGetCurrentPosition(PG_WINDOW_OBJECT())];
	char	   *kind = TextDatumGetCString(WindowArg(fcinfo, reference_argno, "reference"));

	if (group->reference != KEY_NULL)
		*reference = OneGroup(partition, group->reference);
	else if (strcmp(kind, "overall") == 0)
		*reference = AllGroups(partition);
	else if (strcmp(kind, "all but current") == 0)
		*reference = AllButGroup(partition, group);
	else if (strcmp(kind, "hpg") == 0)
		*reference = OneGroup(partition, partition->highest);
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown reference: \"%s\"", kind),
				 errhint("Use \"overall\", \"hpg\" (highest-performing group) or \"all but current\", or name a reference_group.")));

	if (group->reason)
		return group->reason;
	if (group->n == 0)
		return REASON_N_LT_1;
	return reference->n == 0 ? REASON_NO_COMPARISON : NULL;
}

/* A cutoff or minimum of the current row. */
static Numeric
FactorArg(FunctionCallInfo fcinfo, int argno, const char *name)
{
	return CheckedFactor(DatumGetNumeric(WindowArg(fcinfo, argno, name)), name);
}

/* By how much factor times the reference rate exceeds the group's rate, times both n. */
static Numeric
Excess(Numeric factor, const Group *group, Comparison reference)
{
	return ExcessOfRate(factor, group->x, group->n, reference.x, reference.n);
}

/* Does the margin use the group's own rate?  One of 0 or 1 has no variance. */
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
	double		p = HasOwnRate(gap) ? Rate(gap->group.x, gap->group.n) : 0.5;
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
		/* 2401/625 s (n - s) / n^3 against excess^2 / (n n_ref)^2 */
		margin = Times(TimesCount(CountTimes(gap->group.x, n - gap->group.x), 2401),
					   CountTimes(n_ref, n_ref));
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

		if (CompareToMargin(gap, Minus(excess, CountTimes(middle, gap->reference.n))) <= 0)
			enough = middle;
		else
			too_few = middle;
	}
	return enough;
}
