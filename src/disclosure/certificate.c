/*
 * certificate.c
 *		Proofs in whole numbers of what the solver finds in doubles.
 *
 * No sum here can leave 128 bits: coefficients are within 2^53, bounds within 2^54, all
 * else is checked against the limits below, and a sum has fewer than 2^20 terms.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "disclosure/certificate.h"

#define LARGEST_NUMERATOR (INT64CONST(1) << 53)
#define LARGEST_MULTIPLIER (INT64CONST(1) << 40)
#define LARGEST_REST (INT64CONST(1) << 50)

/* How far from a whole number may be what is meant to be one */
#define ROUNDING 1e-5

/* Of denominators, and of what each value adds to the one that all have: those of vertices of tables are small, if not 1 */
#define LARGEST_DENOMINATOR (1 << 20)
#define LARGEST_FACTOR 1000

static bool
RoundTo(const double *values, int n, int64 denominator, double tolerance, Quotients *quotients)
{
	quotients->denominator = denominator;
	for (int i = 0; i < n; i++)
	{
		double		value = values[i] * denominator;
		double		whole = rint(value);

		if (!(fabs(value - whole) <= tolerance && fabs(whole) <= LARGEST_NUMERATOR))
			return false;
		quotients->numerators[i] = (int64) whole;
	}
	return true;
}

/* How many times a value is whole, if not many */
static bool
FindFactor(double value, int *factor)
{
	for (*factor = 1; *factor <= LARGEST_FACTOR; (*factor)++)
	{
		if (fabs(value * *factor - rint(value * *factor)) <= ROUNDING)
			return true;
	}
	return false;
}

/* What simple fractions the values are, if they are any. */
bool
RoundQuotients(const double *values, int n, Quotients *quotients)
{
	int64		denominator = 1;

	for (int i = 0; i < n; i++)
	{
		int			factor;

		if (!FindFactor(values[i] * denominator, &factor) || denominator * factor > LARGEST_DENOMINATOR)
			return false;
		denominator *= factor;
	}
	return RoundTo(values, n, denominator, ROUNDING, quotients);
}

/* Fractions near the values, whatever they are. */
bool
RoundFinely(const double *values, int n, Quotients *quotients)
{
	return RoundTo(values, n, FINE_DENOMINATOR, 1, quotients);
}

/* Whether a value over a denominator is within bounds */
static bool
IsWithin(int128 value, int64 denominator, int64 lower, int64 upper)
{
	return (lower == NO_LOWER_BOUND || value >= (int128) lower * denominator) &&
		(upper == NO_UPPER_BOUND || value <= (int128) upper * denominator);
}

/* Whether a point is within all bounds. */
bool
IsInRegion(const Component *component, const Region *region, const Quotients *point)
{
	for (int i = 0; i < component->n_unknowns; i++)
	{
		if (!IsWithin(point->numerators[i], point->denominator, region->lower[i], region->upper[i]))
			return false;
	}
	for (int i = 0; i < component->n_forms; i++)
	{
		const Form *form = &component->forms[i];
		int128		value = 0;

		for (int j = 0; j < form->n_terms; j++)
			value += (int128) form->terms[j].coefficient * point->numerators[form->terms[j].unknown];
		if (!IsWithin(value, point->denominator, region->form_lower[i], region->form_upper[i]))
			return false;
	}
	return true;
}

/* Whether what is to be whole is whole. */
bool
IsWholePoint(const Component *component, const Quotients *point)
{
	int64		one = component->scale * point->denominator;

	for (int i = 0; i < component->n_unknowns && one != 1; i++)
	{
		if (component->is_whole[i] && point->numerators[i] % one != 0)
			return false;
	}
	return true;
}

/* Add the least that a multiple of something between bounds can be; false if it has no least */
static bool
AddLeast(int128 *sum, int128 factor, int64 lower, int64 upper)
{
	int64		bound = factor > 0 ? lower : upper;

	if (factor == 0)
		return true;
	if (!IsBounded(bound))
		return false;
	*sum += factor * bound;
	return true;
}

/*
 * What the objective, times the denominator of the multipliers, cannot be below: it is the
 * sum of the multiplied forms, which have bounds, and of a rest, in unknowns that have bounds.
 */
bool
ProvenMinimum(const Component *component, const Region *region, const Term *objective, int n_terms,
			  const Quotients *multipliers, int128 *minimum)
{
	int128	   *rest = palloc0(component->n_unknowns * sizeof(int128));
	bool		proven = true;

	*minimum = 0;
	for (int i = 0; i < n_terms; i++)
		rest[objective[i].unknown] = (int128) objective[i].coefficient * multipliers->denominator;
	for (int i = 0; i < component->n_forms && proven; i++)
	{
		const Form *form = &component->forms[i];
		int64		multiplier = multipliers->numerators[i];

		if (multiplier == 0)
			continue;
		for (int j = 0; j < form->n_terms; j++)
			rest[form->terms[j].unknown] -= (int128) form->terms[j].coefficient * multiplier;
		proven = multiplier <= LARGEST_MULTIPLIER && multiplier >= -LARGEST_MULTIPLIER &&
			AddLeast(minimum, multiplier, region->form_lower[i], region->form_upper[i]);
	}
	for (int i = 0; i < component->n_unknowns && proven; i++)
		proven = rest[i] <= LARGEST_REST && rest[i] >= -LARGEST_REST &&
			AddLeast(minimum, rest[i], region->lower[i], region->upper[i]);
	pfree(rest);
	return proven;
}

/* Whether the multipliers prove that there is nothing in a region: nothing cannot be above 0. */
bool
ProveEmpty(const Component *component, const Region *region, const Quotients *multipliers)
{
	int128		minimum;

	return ProvenMinimum(component, region, NULL, 0, multipliers, &minimum) && minimum > 0;
}
