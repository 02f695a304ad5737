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

/* Whether scores can be those of few: their n, or for those who left or joined that of the difference */
static bool
AreOfFew(const Facts *facts, const Finding *findings, Holder holder)
{
	int			of = facts->quantities[holder.quantity].of;
	int64		minimum = facts->cells->description->minimum;
	FeasibleInterval n = IntervalOf(facts, findings, of, holder.cell);
	FeasibleInterval other;

	if (holder.other == NONE)
		return HasSmall(n.lower, n.upper, minimum);
	other = IntervalOf(facts, findings, of, holder.other);
	return HasSmall(n.lower - other.upper, n.upper - other.lower, minimum) ||
		HasSmall(other.lower - n.upper, other.upper - n.lower, minimum);
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

	if (!quantity->is_part && quantity->of != NONE)
		return AreOfFew(facts, findings, holder);
	if (HasSmall(own.lower, own.upper, minimum))
		return true;
	if (quantity->of == NONE)
		return false;
	n = IntervalOf(facts, findings, quantity->of, holder.cell);
	return HasSmall(n.lower - own.upper, n.upper - own.lower, minimum);
}
