/*
 * few.c
 *		Whether a hidden number is about few.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "disclosure/few.h"

/*
 * HasSmall
 *		Whether a whole number of an interval is from 1 to below the minimum.
 */
bool
HasSmall(double least, double most, int64 minimum)
{
	return Max(ceil(least), 1) <= Min(floor(most), minimum - 1);
}

/* Between what a quantity is in a cell: a number if it is known */
static FeasibleInterval
IntervalOf(const Facts *facts, const Finding *findings, int quantity, int cell)
{
	int			unknown = facts->quantities[quantity].unknown[cell];

	if (unknown != KNOWN)
		return findings[unknown].rule;
	return (FeasibleInterval) {
		facts->quantities[quantity].known[cell], facts->quantities[quantity].known[cell]
	};
}

/* Between what the n of a number is, or another whole of it: of those who left or joined, that of the difference */
static FeasibleInterval
IntervalOfN(const Facts *facts, const Finding *findings, Holder holder, int whole)
{
	const Quantity *quantity = &facts->quantities[holder.quantity];
	FeasibleInterval n = IntervalOf(facts, findings, whole, holder.cell);
	FeasibleInterval other;

	if (holder.other == NONE)
		return n;
	if (holder.n != NONE)
		return findings[holder.n].rule;
	other = IntervalOf(facts, findings, quantity->of, holder.other);
	return quantity->is_leaving ? (FeasibleInterval) {n.lower - other.upper, n.upper - other.lower} :
		(FeasibleInterval) {other.lower - n.upper, other.upper - n.lower};
}

/* Whether what a part that is shown leaves of a number can be small */
static bool
LeavesFew(const Facts *facts, Holder holder, FeasibleInterval own)
{
	for (int i = 0; i < facts->n_quantities && holder.other == NONE; i++)
	{
		int64		part;

		if (!IsLikePartOf(facts, i, holder.quantity) || !IsKnown(facts, i, holder.cell) ||
			MeasureOf(facts, i)->kind == MEASURE_SUM)
			continue;
		part = facts->quantities[i].known[holder.cell];
		if (HasSmall(own.lower - part, own.upper - part, facts->cells->description->minimum))
			return true;
	}
	return false;
}

/* Whether what a hidden part leaves of something that its n is a part of, and that is known, can be small */
static bool
LeavesFewOfWhole(const Facts *facts, Holder holder, FeasibleInterval own)
{
	int			whole = facts->quantities[holder.quantity].of;

	while (holder.other == NONE && !holder.is_rest && IsLikePart(facts, holder.quantity) && IsLikePart(facts, whole))
	{
		whole = facts->quantities[whole].of;
		if (IsKnown(facts, whole, holder.cell) &&
			HasSmall(facts->quantities[whole].known[holder.cell] - own.upper, facts->quantities[whole].known[holder.cell] - own.lower, facts->cells->description->minimum))
			return true;
	}
	return false;
}

/*
 * CanBeSmall
 *		Whether a number, or that of the others among its n, can be small.
 */
bool
CanBeSmall(const Facts *facts, const Finding *findings, int unknown)
{
	Holder		holder = facts->holders[unknown];
	const Quantity *quantity = &facts->quantities[holder.quantity];
	int64		minimum = facts->cells->description->minimum;
	FeasibleInterval own = findings[unknown].rule;
	FeasibleInterval n;

	if (!holder.is_rest && LeavesFew(facts, holder, own))
		return true;
	if (quantity->of == NONE)
		return HasSmall(own.lower, own.upper, minimum);
	n = IntervalOfN(facts, findings, holder, holder.is_rest ? holder.whole : quantity->of);
	if (!quantity->is_part || MeasureOf(facts, holder.quantity)->kind == MEASURE_SUM)
		return HasSmall(n.lower, n.upper, minimum);
	return HasSmall(own.lower, own.upper, minimum) || HasSmall(n.lower - own.upper, n.upper - own.lower, minimum) || LeavesFewOfWhole(facts, holder, own);
}

/* What is narrow of those who left or joined and not only for their being few; PROTECTED if nothing is */
static Verdict
NarrowVerdict(double width, const Finding *finding, const Finding *n)
{
	const FeasibleInterval *own[] = {&finding->nonneg, &finding->whole, &finding->rule};
	const FeasibleInterval *most[] = {&n->nonneg, &n->whole, &n->rule};

	for (int i = 0; i < (int) lengthof(own); i++)
	{
		if (own[i]->upper - own[i]->lower < Min(width, most[i]->upper))
			return NARROW_NONNEG + i;
	}
	return PROTECTED;
}

/*
 * SpareNarrow
 *		Where it is hidden how many left or joined, no more width can be asked of what is counted of them than
 *		they leave room for.
 */
void
SpareNarrow(const Facts *facts, Finding *findings)
{
	for (int i = 0; i < facts->system.n_unknowns; i++)
	{
		Holder		holder = facts->holders[i];

		if (holder.other == NONE || holder.n == NONE || findings[i].verdict < NARROW_NONNEG || findings[i].verdict > NARROW_RULE)
			continue;
		if (IsLikePart(facts, holder.quantity))
			findings[i].verdict = NarrowVerdict(facts->system.unknowns[i].width, &findings[i], &findings[holder.n]);
	}
}
