/*
 * vicinity.c
 *		Hidden numbers that hang together, by themselves.
 *
 * Those that would help are found as by sifting (Bixby, Gregory, Lustig, Marsten and Shanno 1992), with
 * unknowns that stay at any value.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "disclosure/vicinity.h"
#include "miscadmin.h"
#include "utils/memutils.h"

/* That would help, of the terms of a form that are added at a time */
#define MOST_OF_FORM 2

/* Unknowns beside a vicinity, for each in it, among which the next one is looked for: a total can have any number of parts */
#define MOST_BESIDE 64

/* What the solver says is off by less */
#define ROUNDING 1e-5

static int *
Nowhere(int n)
{
	int		   *place = palloc_extended(Max(n, 1) * sizeof(int), MCXT_ALLOC_HUGE);

	memset(place, -1, n * sizeof(int));
	return place;
}

/* None yet, in a component. */
void
StartVicinity(Vicinity *near, Solution *all)
{
	int			n_unknowns = all->component->n_unknowns;
	int			n_forms = all->component->n_forms;

	*near = (Vicinity) {.all = all};
	near->unknowns = Nowhere(n_unknowns);
	near->place = Nowhere(n_unknowns);
	near->first_form = Nowhere(n_unknowns);
	near->forms = Nowhere(n_forms);
	near->form_place = Nowhere(n_forms);
	near->beside = Nowhere(n_unknowns);
	near->n_new = Nowhere(n_unknowns);
	near->price = palloc_extended(Max(n_unknowns, 1) * sizeof(double), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	near->context = AllocSetContextCreate(CurrentMemoryContext, "gapstats vicinity", ALLOCSET_DEFAULT_SIZES);
	near->spare = AllocSetContextCreate(CurrentMemoryContext, "gapstats vicinity", ALLOCSET_DEFAULT_SIZES);
}

/* Free what it takes, but for what is the context's in which it was started. */
void
EndVicinity(Vicinity *near)
{
	MemoryContextDelete(near->context);
	MemoryContextDelete(near->spare);
}

/* ---- which unknowns ---- */

/* List those beside an unknown, by the forms about it that are new to the vicinity */
static void
ListBeside(Vicinity *near, int unknown, int most)
{
	const Component *component = near->all->component;

	for (int i = StartOf(component->forms_end, unknown); i < component->forms_end[unknown]; i++)
	{
		int			number = component->forms_of[i];
		const Form *form = &component->forms[number];

		if (near->form_place[number] >= 0)
			continue;
		near->form_place[number] = near->n_forms;
		near->forms[near->n_forms++] = number;
		for (int j = 0; j < form->n_terms; j++)
		{
			int			beside = form->terms[j].unknown;

			if (near->n_new[beside] < 0 && near->n_beside < most)
			{
				near->n_new[beside] = component->forms_end[beside] - StartOf(component->forms_end, beside);
				near->beside[near->n_beside++] = beside;
			}
			if (near->n_new[beside] > 0)
				near->n_new[beside]--;
		}
	}
}

static void
AddToVicinity(Vicinity *near, int unknown, int most_beside)
{
	near->place[unknown] = near->n_unknowns;
	near->first_form[near->n_unknowns] = near->n_forms;
	near->unknowns[near->n_unknowns++] = unknown;
	ListBeside(near, unknown, most_beside);
}

/* Of those beside the vicinity, the one that brings the fewest forms with it; of these, the first that was listed */
static int
Closest(const Vicinity *near)
{
	int			closest = -1;

	for (int i = 0; i < near->n_beside; i++)
	{
		int			beside = near->beside[i];

		if (near->place[beside] < 0 && (closest < 0 || near->n_new[beside] < near->n_new[closest]))
			closest = beside;
	}
	return closest;
}

static void
Forget(Vicinity *near)
{
	for (int i = 0; i < near->n_unknowns; i++)
		near->place[near->unknowns[i]] = -1;
	for (int i = 0; i < near->n_forms; i++)
		near->form_place[near->forms[i]] = -1;
	for (int i = 0; i < near->n_beside; i++)
		near->n_new[near->beside[i]] = -1;
	near->n_unknowns = near->n_forms = near->n_beside = 0;
}

/*
 * Take an unknown, and others that hang together with it, in the place of those that were in the vicinity. The fewer
 * forms reach out of it, the freer they are.
 */
void
Surround(Vicinity *near, int center, int size)
{
	Forget(near);
	for (int i = center; i >= 0 && near->n_unknowns < size; i = Closest(near))
	{
		CHECK_FOR_INTERRUPTS();
		AddToVicinity(near, i, MOST_BESIDE * size);
	}
}

/* ---- what they can be ---- */

/* What is left of a bound of a form; false if that is too large a number */
static bool
LeaveBound(int64 bound, int128 staying, int64 *left)
{
	int128		difference = bound - staying;

	*left = IsBounded(bound) ? (int64) difference : bound;
	return !IsBounded(bound) || (difference <= MAX_NUMBER && difference >= -MAX_NUMBER);
}

/* What a form leaves to those in it if all others are as the table has them: nothing if that takes too large numbers */
static void
LeaveStaying(const Vicinity *near, const Region *region, int number, int64 *lower, int64 *upper)
{
	const Form *form = &near->all->component->forms[number];
	int128		staying = 0;

	for (int i = 0; i < form->n_terms; i++)
	{
		if (near->place[form->terms[i].unknown] < 0)
			staying += (int128) form->terms[i].coefficient * near->all->table[form->terms[i].unknown];
	}
	if (LeaveBound(region->form_lower[number], staying, lower) && LeaveBound(region->form_upper[number], staying, upper))
		return;
	*lower = 1;
	*upper = 0;
}

/* Make those in it a component */
static void
Build(Vicinity *near)
{
	Solution   *all = near->all;
	Region	   *regions[N_RANGES];

	near->component = PartOfComponent(all->component, near->unknowns, near->n_unknowns, near->place, near->forms, near->n_forms);
	for (int kind = 0; kind < N_RANGES; kind++)
	{
		const Region *region = all->ranges[kind].region;
		const Region *narrowed = all->narrowed[kind];
		Region	   *own = NewRegion(near->component);

		own->is_whole = region->is_whole;
		for (int i = 0; i < near->n_unknowns; i++)
		{
			own->lower[i] = narrowed->lower[near->unknowns[i]];
			own->upper[i] = narrowed->upper[near->unknowns[i]];
		}
		for (int i = 0; i < near->n_forms; i++)
			LeaveStaying(near, region, near->forms[i], &own->form_lower[i], &own->form_upper[i]);
		regions[kind] = own;
	}
	near->moved = StartSolutionIn(near->component, regions);
	for (int i = 0; i < near->n_unknowns; i++)
		near->moved->point.numerators[i] = all->table[near->unknowns[i]];
	NoteWhole(near->moved);
}

/* Take over what tables that were found show. */
void
TellSeen(const Vicinity *near)
{
	for (int kind = 0; kind < N_RANGES; kind++)
	{
		const Range *range = &near->moved->ranges[kind];
		Range	   *all = &near->all->ranges[kind];

		for (int i = 0; i < near->component->n_unknowns && range->has_point; i++)
		{
			int			unknown = near->unknowns[i];

			all->seen[0][unknown] = Min(all->seen[0][unknown], range->seen[0][i]);
			all->seen[1][unknown] = Max(all->seen[1][unknown], range->seen[1][i]);
		}
	}
}

/* Build a vicinity in its context, which is the current one. */
void
BuildVicinity(Vicinity *near)
{
	MemoryContextReset(near->spare);
	MemoryContextReset(near->context);
	Build(near);
}

/*
 * The solver starts where it ended before unknowns were added. These start where the table has them: the first form that came
 * with an unknown is of none that was there, and says so.
 */
static void
StartAgain(Vicinity *near, RangeKind kind, const Program *before, int n_before)
{
	const Region *region = near->moved->ranges[kind].region;

	OpenSolver(near->moved);
	StartFrom(near->moved->program, region, before);
	for (int i = n_before; i < near->n_unknowns; i++)
	{
		int			form = near->first_form[i];
		int			end = i + 1 < near->n_unknowns ? near->first_form[i + 1] : near->n_forms;

		if (form < end && region->form_lower[form] == region->form_upper[form])
			StartByForm(near->moved->program, i, form);
		else if (near->all->table[near->unknowns[i]] == region->upper[i])
			StartAtUpper(near->moved->program, i);
	}
}

/* The same of one to which unknowns were added, for a range. The context is another one then. */
void
RebuildVicinity(Vicinity *near, RangeKind kind)
{
	const Program *before = near->moved->program;
	int			n_before = near->component->n_unknowns;
	MemoryContext former = near->context;

	TellSeen(near);
	near->context = near->spare;
	near->spare = former;
	MemoryContextSwitchTo(near->context);
	Build(near);
	StartAgain(near, kind, before, n_before);
	MemoryContextReset(former);
}

/* ---- those that would help ---- */

static bool
WouldHelp(const Vicinity *near, RangeKind kind, int unknown)
{
	const Region *narrowed = near->all->narrowed[kind];
	double		price = near->price[unknown];

	return near->place[unknown] < 0 &&
		((price < -ROUNDING && near->all->table[unknown] < narrowed->upper[unknown]) ||
		 (price > ROUNDING && near->all->table[unknown] > narrowed->lower[unknown]));
}

/* The term of a form that would help and brings the fewest forms with it, or -1 */
static int
MostHelpful(const Vicinity *near, RangeKind kind, const Form *form)
{
	int			helpful = -1;

	for (int i = 0; i < form->n_terms; i++)
	{
		int			unknown = form->terms[i].unknown;

		if (WouldHelp(near, kind, unknown) && (helpful < 0 || near->n_new[unknown] < near->n_new[helpful]))
			helpful = unknown;
	}
	return helpful;
}

/* Set the prices of those about which the first forms are, or take them back to 0 */
static void
SetPrices(Vicinity *near, int n_forms, bool is_set)
{
	const double *multipliers = near->moved->multipliers;

	for (int i = 0; i < n_forms; i++)
	{
		const Form *form = &near->all->component->forms[near->forms[i]];

		for (int j = 0; j < form->n_terms && fabs(multipliers[i]) > ROUNDING; j++)
		{
			double	   *price = &near->price[form->terms[j].unknown];

			*price = is_set ? *price - multipliers[i] * form->terms[j].coefficient : 0;
		}
	}
}

/* Add some of those that would help where the solver ended; whether there are any. */
bool
Widen(Vicinity *near, RangeKind kind)
{
	const double *multipliers = near->moved->multipliers;
	int			n_unknowns = near->n_unknowns;
	int			n_forms = near->n_forms;

	ReadMultipliers(near->moved->program, near->moved->multipliers);
	SetPrices(near, n_forms, true);
	for (int i = 0; i < n_forms; i++)
	{
		const Form *form = &near->all->component->forms[near->forms[i]];

		for (int j = 0; j < MOST_OF_FORM && fabs(multipliers[i]) > ROUNDING; j++)
		{
			int			helpful = MostHelpful(near, kind, form);

			if (helpful < 0)
				break;
			AddToVicinity(near, helpful, INT_MAX);
		}
	}
	SetPrices(near, n_forms, false);
	return near->n_unknowns > n_unknowns;
}

/* What the multipliers that were last read prove that an unknown of the vicinity, times the direction, is at least in all the component. */
bool
ProveByVicinity(Vicinity *near, RangeKind kind, int unknown, int direction, Rational *bound)
{
	Solution   *all = near->all;
	Term		objective = {near->unknowns[unknown], direction};

	memset(all->multipliers, 0, all->component->n_forms * sizeof(double));
	for (int i = 0; i < near->component->n_forms; i++)
		all->multipliers[near->forms[i]] = near->moved->multipliers[i];
	return BoundByMultipliers(all, all->narrowed[kind], &objective, 1, bound);
}
