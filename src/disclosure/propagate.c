/*
 * propagate.c
 *		Bounds that follow from bounds.
 *
 * A form bounds each of its terms by what the others leave. Bounds of whole numbers are
 * rounded inwards, those of others outwards: no number that fits is lost, and of whole
 * numbers one bound may lead to the next.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/propagate.h"
#include "miscadmin.h"

/* Bounds can follow from one another for ever, or for millions of steps */
#define MAX_PASSES 20

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
SetBound(Trail *trail, int64 *bound, int64 value)
{
	if (trail->n_changes == trail->size)
	{
		trail->size = Max(64, 2 * trail->size);
		trail->changes = trail->changes == NULL ? palloc(trail->size * sizeof(Change)) :
			repalloc_huge(trail->changes, trail->size * sizeof(Change));
	}
	trail->changes[trail->n_changes++] = (Change) {bound, *bound};
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

static bool
IsBounded(int64 bound)
{
	return bound != NO_LOWER_BOUND && bound != NO_UPPER_BOUND;
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
Highest(const Component *component, int unknown, int128 value, int64 divisor)
{
	if (component->is_whole[unknown])
		return DivideDown(DivideDown(value, divisor), component->scale) * component->scale;
	return -DivideDown(-value, divisor);
}

/* Let the coefficient times the unknown be at most a value; returns whether that says anything new */
static bool
LimitTerm(const Component *component, Region *region, Trail *trail, int unknown, int64 coefficient, int128 value)
{
	int128		bound = Highest(component, unknown, value, Abs(coefficient));

	/* A negative coefficient turns it round: minus the unknown is at most the bound */
	if (bound > LARGEST_BOUND || bound < -LARGEST_BOUND ||
		(coefficient > 0 ? bound >= region->upper[unknown] : -bound <= region->lower[unknown]))
		return false;
	if (coefficient > 0)
		SetBound(trail, &region->upper[unknown], (int64) bound);
	else
		SetBound(trail, &region->lower[unknown], (int64) -bound);
	return true;
}

/* Bound each term of a form by what the others leave; returns whether anything changed */
static bool
PropagateForm(const Component *component, Region *region, Trail *trail, int number, const Activity *activity)
{
	const Form *form = &component->forms[number];
	int64		lower = region->form_lower[number];
	int64		upper = region->form_upper[number];
	bool		changed = false;

	for (int i = 0; i < form->n_terms; i++)
	{
		const Term *term = &form->terms[i];
		int64		least = LeastBound(region, term);
		int64		largest = LargestBound(region, term);

		/* Without the term itself; the bounds of others are as they were, which is no error */
		if (upper != NO_UPPER_BOUND && activity->n_without_least == (IsBounded(least) ? 0 : 1))
			changed |= LimitTerm(component, region, trail, term->unknown, term->coefficient, upper - activity->least +
								 (IsBounded(least) ? (int128) term->coefficient * least : 0));
		if (lower != NO_LOWER_BOUND && activity->n_without_largest == (IsBounded(largest) ? 0 : 1))
			changed |= LimitTerm(component, region, trail, term->unknown, -term->coefficient, activity->largest - lower -
								 (IsBounded(largest) ? (int128) term->coefficient * largest : 0));
	}
	return changed;
}

/* Whether the values that a form can have are all within its bounds, and whether any is */
static void
CompareActivity(const Region *region, int form, const Activity *activity, bool *all, bool *any)
{
	int64		lower = region->form_lower[form];
	int64		upper = region->form_upper[form];

	*all = (upper == NO_UPPER_BOUND || (activity->n_without_largest == 0 && activity->largest <= upper)) &&
		(lower == NO_LOWER_BOUND || (activity->n_without_least == 0 && activity->least >= lower));
	*any = (upper == NO_UPPER_BOUND || activity->n_without_least > 0 || activity->least <= upper) &&
		(lower == NO_LOWER_BOUND || activity->n_without_largest > 0 || activity->largest >= lower);
}

/* Tighten the bounds of a region; false if nothing is left in it. */
bool
Propagate(const Component *component, Region *region, Trail *trail)
{
	bool		changed = true;

	for (int pass = 0; pass < MAX_PASSES && changed; pass++)
	{
		CHECK_FOR_INTERRUPTS();
		changed = false;
		for (int i = 0; i < component->n_forms; i++)
		{
			Activity	activity = FormActivity(region, &component->forms[i]);
			bool		all;
			bool		any;

			CompareActivity(region, i, &activity, &all, &any);
			if (!any)
				return false;
			if (!all)
				changed |= PropagateForm(component, region, trail, i, &activity);
		}
	}
	return IsOrdered(component, region);
}
