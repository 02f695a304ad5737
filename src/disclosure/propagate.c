/*
 * propagate.c
 *		Bounds that follow from bounds.
 *
 * A form bounds each of its terms by what the others leave. Where whole numbers are whole,
 * their bounds are rounded inwards, so that one may lead to the next; those of others are
 * rounded outwards. No number that fits is lost.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/propagate.h"
#include "miscadmin.h"

/* Bounds can follow from one another for ever, or for millions of steps: so many an unknown are enough */
#define MAX_CHANGES 20

/* Bounds beyond this are left alone */
#define LARGEST_BOUND ((int128) 1 << 60)

/* The least and largest value of a form, each without the terms that have no bound */
typedef struct Activity
{
	int128		least;
	int128		largest;
	int			n_without_least;
	int			n_without_largest;
} Activity;

/* Change a bound in a way that can be taken back. */
void
SetBound(Trail *trail, int64 *bound, int64 value, int form)
{
	if (trail->n_changes == trail->size)
	{
		trail->size = Max(64, 2 * trail->size);
		trail->changes = trail->changes == NULL ? palloc(trail->size * sizeof(Change)) :
			repalloc_huge(trail->changes, trail->size * sizeof(Change));
	}
	trail->changes[trail->n_changes++] = (Change) {bound, *bound, form};
	*bound = value;
}

/* Take back all but the first changes. */
void
TakeBack(Trail *trail, int n_changes)
{
	while (trail->n_changes > n_changes)
	{
		const Change *change = &trail->changes[--trail->n_changes];

		*change->bound = change->before;
	}
}

/* The bound at which a term is least, or largest */
static int64
LeastBound(const Region *region, const Term *term)
{
	return term->coefficient > 0 ? region->lower[term->unknown] : region->upper[term->unknown];
}

static int64
LargestBound(const Region *region, const Term *term)
{
	return term->coefficient > 0 ? region->upper[term->unknown] : region->lower[term->unknown];
}

static Activity
FormActivity(const Region *region, const Form *form)
{
	Activity	activity = {0};

	for (int i = 0; i < form->n_terms; i++)
	{
		const Term *term = &form->terms[i];
		int64		least = LeastBound(region, term);
		int64		largest = LargestBound(region, term);

		if (IsBounded(least))
			activity.least += (int128) term->coefficient * least;
		else
			activity.n_without_least++;
		if (IsBounded(largest))
			activity.largest += (int128) term->coefficient * largest;
		else
			activity.n_without_largest++;
	}
	return activity;
}

/* The next whole number below a quotient, whose divisor is above 0 */
static int128
DivideDown(int128 value, int64 divisor)
{
	int128		quotient = value == (int64) value ? (int64) value / divisor : value / divisor;

	return quotient - (value - quotient * divisor < 0);
}

/* An unknown times a divisor above 0 is at most a value: how far up it can be */
static int128
Highest(const Component *component, const Region *region, int unknown, int128 value, int64 divisor)
{
	if (region->is_whole && component->is_whole[unknown])
		return DivideDown(DivideDown(value, divisor), component->scale) * component->scale;
	return -DivideDown(-value, divisor);
}

/* Let the coefficient times the unknown be at most a value; false if nothing is left of it */
static bool
LimitTerm(const Component *component, Region *region, Trail *trail, int form, int unknown, int64 coefficient, int128 value)
{
	bool		is_positive = coefficient > 0;
	int64	   *limit = is_positive ? &region->upper[unknown] : &region->lower[unknown];
	int128		bound;

	/* Most say nothing new, and need no division */
	if (IsBounded(*limit) && value >= (int128) coefficient * *limit)
		return true;

	/* If the coefficient is negative, minus the unknown is at most the bound */
	bound = Highest(component, region, unknown, value, is_positive ? coefficient : -coefficient);
	bound = is_positive ? bound : -bound;
	if (bound <= LARGEST_BOUND && bound >= -LARGEST_BOUND && (is_positive ? bound < *limit : bound > *limit))
		SetBound(trail, limit, (int64) bound, form);
	return region->lower[unknown] <= region->upper[unknown];
}

/* Bound each term of a form by what the others leave; false if nothing is left of one */
static bool
LimitTerms(const Component *component, Region *region, Trail *trail, int number, const Activity *activity)
{
	const Form *form = &component->forms[number];
	int64		lower = region->form_lower[number];
	int64		upper = region->form_upper[number];

	for (int i = 0; i < form->n_terms; i++)
	{
		const Term *term = &form->terms[i];
		int64		least = LeastBound(region, term);
		int64		largest = LargestBound(region, term);

		/* Without the term itself; of the others, the bounds as they were before this form */
		if (upper != NO_UPPER_BOUND && activity->n_without_least == (IsBounded(least) ? 0 : 1) &&
			!LimitTerm(component, region, trail, number, term->unknown, term->coefficient, upper - activity->least +
					   (IsBounded(least) ? (int128) term->coefficient * least : 0)))
			return false;
		if (lower != NO_LOWER_BOUND && activity->n_without_largest == (IsBounded(largest) ? 0 : 1) &&
			!LimitTerm(component, region, trail, number, term->unknown, -term->coefficient, activity->largest - lower -
					   (IsBounded(largest) ? (int128) term->coefficient * largest : 0)))
			return false;
	}
	return true;
}

/* Let a form limit its terms; false if it has no value within its bounds */
static bool
PropagateForm(const Component *component, Region *region, Trail *trail, int number)
{
	Activity	activity = FormActivity(region, &component->forms[number]);
	int64		lower = region->form_lower[number];
	int64		upper = region->form_upper[number];
	bool		fits_above = upper == NO_UPPER_BOUND || (activity.n_without_largest == 0 && activity.largest <= upper);
	bool		fits_below = lower == NO_LOWER_BOUND || (activity.n_without_least == 0 && activity.least >= lower);

	if ((upper != NO_UPPER_BOUND && activity.n_without_least == 0 && activity.least > upper) ||
		(lower != NO_LOWER_BOUND && activity.n_without_largest == 0 && activity.largest < lower))
		return false;
	return (fits_above && fits_below) || LimitTerms(component, region, trail, number, &activity);
}

/* Which unknown a bound is of. */
int
UnknownOfBound(const Component *component, const Region *region, const int64 *bound)
{
	return (int) (bound - region->lower) % component->n_unknowns;
}

/*
 * Tighten the bounds of a region to which changes were made, from the first of them on, all
 * before which were propagated; false if nothing is left in it.
 */
bool
PropagateChanges(const Component *component, Region *region, Trail *trail, int first)
{
	int64		limit = first + (int64) MAX_CHANGES * component->n_unknowns;

	for (int i = first; i < trail->n_changes && i < limit; i++)
	{
		int			unknown = UnknownOfBound(component, region, trail->changes[i].bound);

		if (region->lower[unknown] > region->upper[unknown])
			return false;
		for (int j = StartOf(component->forms_end, unknown); j < component->forms_end[unknown]; j++)
		{
			CHECK_FOR_INTERRUPTS();
			if (!PropagateForm(component, region, trail, component->forms_of[j]))
				return false;
		}
	}
	return true;
}

/* Tighten the bounds of a region; false if nothing is left in it. */
bool
PropagateAll(const Component *component, Region *region, Trail *trail)
{
	int			first = trail->n_changes;

	if (!IsOrdered(component, region))
		return false;
	for (int i = 0; i < component->n_forms; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!PropagateForm(component, region, trail, i))
			return false;
	}
	return PropagateChanges(component, region, trail, first);
}
