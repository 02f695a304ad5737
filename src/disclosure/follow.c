/*
 * follow.c
 *		What bounds that follow from bounds give away.
 *
 * Where very much hangs together, nearly all that is given away is so by a few facts near it, each
 * of which narrows what the next one is about. That is seen without a solver. The facts that it
 * went by are audited by themselves, so the verdict is proved, and is one of the whole: with more
 * facts a number is known no less.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "disclosure/follow.h"
#include "miscadmin.h"
#include "utils/memutils.h"

struct Followed
{
	const Component *component;
	Region	   *region;			/* as narrow as it became */
	Trail		trail;
};

/* Narrow the bounds of a component, what the marks say included; NULL if nothing fits all facts. */
Followed *
FollowBounds(const Component *component)
{
	Followed   *followed = palloc0(sizeof(Followed));

	followed->component = component;
	followed->region = RuleRegion(component, WholeRegion(component, NonnegRegion(component)));
	return PropagateAll(component, followed->region, &followed->trail) ? followed : NULL;
}

/* Whether what is left of an unknown is less than is asked, or nothing */
static bool
IsNarrow(const Followed *followed, int unknown)
{
	const Component *component = followed->component;
	int64		lower = followed->region->lower[unknown];
	int64		upper = followed->region->upper[unknown];

	return IsBounded(lower) && IsBounded(upper) &&
		(lower == upper || upper - lower < component->system->unknowns[component->unknowns[unknown]].width * component->scale);
}

/* The forms by which the bounds of an unknown became what they are */
static bool *
FormsFollowed(const Followed *followed, int unknown)
{
	const Component *component = followed->component;
	const Region *region = followed->region;
	bool	   *forms = palloc0(component->n_forms * sizeof(bool));
	bool	   *is_needed = palloc0(component->n_unknowns * sizeof(bool));

	is_needed[unknown] = true;
	for (int i = followed->trail.n_changes - 1; i >= 0; i--)
	{
		const Change *change = &followed->trail.changes[i];
		const Form *form = &component->forms[change->form];

		CHECK_FOR_INTERRUPTS();
		if (!is_needed[UnknownOfBound(component, region, change->bound)])
			continue;
		forms[change->form] = true;
		for (int j = 0; j < form->n_terms; j++)
			is_needed[form->terms[j].unknown] = true;
	}
	pfree(is_needed);
	return forms;
}

/* A number that an unknown has in a system of some forms only; the next one if it has none */
static int
PlaceIn(System *system, int *place, const Component *component, int unknown)
{
	if (place[unknown] < 0)
	{
		place[unknown] = system->n_unknowns;
		system->unknowns[system->n_unknowns++] = component->system->unknowns[component->unknowns[unknown]];
	}
	return place[unknown];
}

/* The system of some forms only, in which an unknown is the first one */
static System
SystemOf(const Component *component, const bool *forms, int unknown)
{
	System		system = {.unknowns = palloc(component->n_unknowns * sizeof(Unknown))};
	int		   *place = palloc(component->n_unknowns * sizeof(int));

	system.facts = palloc(component->n_forms * sizeof(Fact));
	memset(place, -1, component->n_unknowns * sizeof(int));
	PlaceIn(&system, place, component, unknown);
	for (int i = 0; i < component->n_forms; i++)
	{
		const Form *form = &component->forms[i];
		Fact	   *fact = &system.facts[system.n_facts];

		if (!forms[i])
			continue;
		*fact = component->system->facts[component->facts[i]];
		fact->terms = palloc(form->n_terms * sizeof(Term));
		for (int j = 0; j < form->n_terms; j++)
			fact->terms[j] = (Term) {PlaceIn(&system, place, component, form->terms[j].unknown), form->terms[j].coefficient * form->divisor};
		system.n_facts++;
	}
	pfree(place);
	return system;
}

/*
 * FindByFollowing
 *		Whether an unknown is seen to be given away, and by which facts. What is not seen to be may be all the same.
 */
bool
FindByFollowing(const Followed *followed, int unknown, const AuditOptions *options, Finding *finding)
{
	const Component *component = followed->component;
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext scratch;
	AuditOptions own = {.max_nodes = options->max_nodes, .tells_all = true};
	System		system;
	bool	   *forms;
	bool	   *is_safe;
	int		   *numbers;
	int			n = 0;

	if (!IsNarrow(followed, unknown))
		return false;
	scratch = AllocSetContextCreate(caller, "gapstats bounds that follow", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(scratch);
	forms = FormsFollowed(followed, unknown);
	numbers = palloc(component->n_forms * sizeof(int));
	for (int i = 0; i < component->n_forms; i++)
	{
		if (forms[i])
			numbers[n++] = component->facts[i];
	}
	system = SystemOf(component, forms, unknown);
	is_safe = palloc(system.n_unknowns);
	memset(is_safe, true, system.n_unknowns);
	is_safe[0] = false;
	own.is_safe = is_safe;
	*finding = AuditSystem(&system, &own)[0];

	MemoryContextSwitchTo(caller);
	if (finding->verdict <= NARROW_RULE)
	{
		int		   *because = palloc(finding->n_because * sizeof(int));
		double	   *multipliers = finding->multipliers == NULL ? NULL : palloc(finding->n_because * sizeof(double));

		for (int i = 0; i < finding->n_because; i++)
		{
			because[i] = numbers[finding->because[i]];
			if (multipliers != NULL)
				multipliers[i] = finding->multipliers[i];
		}
		finding->because = because;
		finding->multipliers = multipliers;
	}
	MemoryContextDelete(scratch);
	return finding->verdict <= NARROW_RULE;
}
