/*
 * components.c
 *		Hidden numbers that facts connect.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/component.h"
#include "miscadmin.h"

/* Units finer than this bring numbers near what is exact; a fact that needs them keeps its coefficients */
#define FINEST_SCALE (INT64CONST(1) << 20)

/* Union-find with path halving; the least unknown stands for its set */
static int
FindRoot(int *parents, int unknown)
{
	while (parents[unknown] != unknown)
		unknown = parents[unknown] = parents[parents[unknown]];
	return unknown;
}

static void
Connect(int *parents, int a, int b)
{
	a = FindRoot(parents, a);
	b = FindRoot(parents, b);
	parents[Max(a, b)] = Min(a, b);
}

/* Put numbers 0 to n - 1 in order of the component of each; returns where each component's end */
static int *
SortByComponent(const int *component, int n, int n_components, int **sorted)
{
	int		   *end = palloc_extended((n_components + 1) * sizeof(int), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	*sorted = palloc_extended(Max(n, 1) * sizeof(int), MCXT_ALLOC_HUGE);
	for (int i = 0; i < n; i++)
		end[component[i] + 1]++;
	for (int i = 0; i < n_components; i++)
		end[i + 1] += end[i];
	for (int i = 0; i < n; i++)
		(*sorted)[end[component[i]]++] = i;
	return end;
}

/* Find which unknowns and facts hang together. */
Components *
FindComponents(const System *system)
{
	Components *components = palloc0(sizeof(Components));
	int		   *parents = palloc_extended(Max(system->n_unknowns, 1) * sizeof(int), MCXT_ALLOC_HUGE);
	int		   *component = palloc_extended(Max(system->n_unknowns, 1) * sizeof(int), MCXT_ALLOC_HUGE);
	int		   *of_fact = palloc_extended(Max(system->n_facts, 1) * sizeof(int), MCXT_ALLOC_HUGE);

	for (int i = 0; i < system->n_unknowns; i++)
		parents[i] = i;
	for (int i = 0; i < system->n_facts; i++)
	{
		const Fact *fact = &system->facts[i];

		CHECK_FOR_INTERRUPTS();
		for (int j = 1; j < fact->n_terms; j++)
			Connect(parents, fact->terms[0].unknown, fact->terms[j].unknown);
	}

	for (int i = 0; i < system->n_unknowns; i++)
		component[i] = parents[i] == i ? components->n_components++ : component[FindRoot(parents, i)];
	for (int i = 0; i < system->n_facts; i++)
		of_fact[i] = component[system->facts[i].terms[0].unknown];
	components->unknowns_end = SortByComponent(component, system->n_unknowns,
											   components->n_components, &components->unknowns);
	components->facts_end = SortByComponent(of_fact, system->n_facts,
											components->n_components, &components->facts);

	/* The rest of the work is done: the places take its memory */
	components->place = parents;
	for (int i = 0; i < system->n_unknowns; i++)
	{
		int			unknown = components->unknowns[i];

		components->place[unknown] = i - StartOf(components->unknowns_end, component[unknown]);
	}
	pfree(component);
	pfree(of_fact);
	return components;
}

/* 0 to n - 1 */
static int *
AllNumbers(int n)
{
	int		   *numbers = palloc_extended(Max(n, 1) * sizeof(int), MCXT_ALLOC_HUGE);

	for (int i = 0; i < n; i++)
		numbers[i] = i;
	return numbers;
}

/* Take all unknowns and facts as one component, whether or not they hang together. */
Components *
TakeAsOne(const System *system)
{
	Components *components = palloc0(sizeof(Components));

	components->n_components = 1;
	components->unknowns = components->place = AllNumbers(system->n_unknowns);
	components->unknowns_end = palloc(sizeof(int));
	components->unknowns_end[0] = system->n_unknowns;
	components->facts = AllNumbers(system->n_facts);
	components->facts_end = palloc(sizeof(int));
	components->facts_end[0] = system->n_facts;
	return components;
}

static int64
GreatestCommonDivisor(int64 a, int64 b)
{
	while (b != 0)
	{
		int64		rest = a % b;

		a = b;
		b = rest;
	}
	return a < 0 ? -a : a;
}

static int64
CommonDivisor(const Form *form)
{
	int64		divisor = 0;

	for (int i = 0; i < form->n_terms; i++)
		divisor = GreatestCommonDivisor(divisor, form->terms[i].coefficient);
	return divisor;
}

/* The least scale in which a bound is whole after division */
static int64
ScaleOf(int64 bound, int64 divisor)
{
	return IsBounded(bound) ? divisor / GreatestCommonDivisor(divisor, bound) : 1;
}

/* The least scale for both, or 0 if it is too fine */
static int64
CommonScale(int64 a, int64 b)
{
	int64		factor = b / GreatestCommonDivisor(a, b);

	return factor > FINEST_SCALE / a ? 0 : a * factor;
}

/* What a bound of a form, or of an unknown, is in units of the component */
static int64
ScaleBound(const Component *component, int64 bound, int64 divisor)
{
	int64		common = GreatestCommonDivisor(divisor, bound);

	if (!IsBounded(bound))
		return bound;
	return component->scale / (divisor / common) * (bound / common);
}

static bool
Fits(int64 bound, int64 largest)
{
	return !IsBounded(bound) || (bound <= largest && bound >= -largest);
}

/* Whether all numbers stay small in this scale */
static bool
ScaleFits(const Component *component)
{
	int64		largest = MAX_NUMBER / component->scale;

	for (int i = 0; i < component->n_unknowns; i++)
	{
		const Unknown *unknown = &component->system->unknowns[component->unknowns[i]];

		if (!Fits(unknown->lower, largest) || !Fits(unknown->upper, largest) ||
			!Fits(unknown->rule_lower, largest) || !Fits(unknown->rule_upper, largest))
			return false;
	}
	for (int i = 0; i < component->n_forms; i++)
	{
		const Fact *fact = &component->system->facts[component->facts[i]];

		if (!Fits(fact->lower, largest) || !Fits(fact->upper, largest) || !Fits(CommonDivisor(&component->forms[i]), largest))
			return false;
	}
	return true;
}

/* Choose by what each form is divided, and the scale in which its bounds are whole then */
static void
ChooseScale(Component *component, int64 finest)
{
	component->scale = 1;
	for (int i = 0; i < component->n_forms; i++)
	{
		Form	   *form = &component->forms[i];
		const Fact *fact = &component->system->facts[component->facts[i]];
		int64		divisor = CommonDivisor(form);
		int64		scale = CommonScale(component->scale, ScaleOf(fact->lower, divisor));

		if (scale != 0)
			scale = CommonScale(scale, ScaleOf(fact->upper, divisor));
		form->divisor = scale == 0 || scale > finest ? 1 : divisor;
		if (form->divisor != 1)
			component->scale = scale;
	}
}

static void
DivideForms(Component *component)
{
	ChooseScale(component, FINEST_SCALE);
	if (!ScaleFits(component))
		ChooseScale(component, 1);
	for (int i = 0; i < component->n_forms; i++)
	{
		Form	   *form = &component->forms[i];

		for (int j = 0; j < form->n_terms; j++)
			form->terms[j].coefficient /= form->divisor;
	}
}

static int
CompareTerms(const void *a, const void *b)
{
	return ((const Term *) a)->unknown - ((const Term *) b)->unknown;
}

static void
BuildForm(Form *form, const System *system, const Fact *fact, const int *place)
{
	form->n_terms = fact->n_terms;
	form->terms = palloc(fact->n_terms * sizeof(Term));
	form->is_whole = true;
	for (int i = 0; i < fact->n_terms; i++)
	{
		const Term *term = &fact->terms[i];

		form->terms[i] = (Term) {place[term->unknown], term->coefficient};
		form->is_whole &= system->unknowns[term->unknown].is_whole;
	}
	qsort(form->terms, form->n_terms, sizeof(Term), CompareTerms);
}

/* List the forms of each unknown */
static void
IndexForms(Component *component)
{
	int		   *end = palloc0((component->n_unknowns + 1) * sizeof(int));
	int			n_terms = 0;

	for (int i = 0; i < component->n_forms; i++)
	{
		for (int j = 0; j < component->forms[i].n_terms; j++)
			end[component->forms[i].terms[j].unknown + 1]++;
		n_terms += component->forms[i].n_terms;
	}
	for (int i = 0; i < component->n_unknowns; i++)
		end[i + 1] += end[i];
	component->forms_of = palloc(n_terms * sizeof(int));
	component->forms_end = end;
	for (int i = 0; i < component->n_forms; i++)
	{
		for (int j = 0; j < component->forms[i].n_terms; j++)
			component->forms_of[end[component->forms[i].terms[j].unknown]++] = i;
	}
}

/* One component, in numbers of its own. */
Component *
BuildComponent(const System *system, const Components *components, int number)
{
	Component  *component = palloc0(sizeof(Component));
	int			first_unknown = StartOf(components->unknowns_end, number);
	int			first_fact = StartOf(components->facts_end, number);

	component->system = system;
	component->unknowns = components->unknowns + first_unknown;
	component->n_unknowns = components->unknowns_end[number] - first_unknown;
	component->facts = components->facts + first_fact;
	component->n_forms = components->facts_end[number] - first_fact;

	component->is_whole = palloc(component->n_unknowns * sizeof(bool));
	for (int i = 0; i < component->n_unknowns; i++)
	{
		const Unknown *unknown = &system->unknowns[component->unknowns[i]];

		component->is_whole[i] = unknown->is_whole;
		component->has_whole |= unknown->is_whole;
		component->has_real |= !unknown->is_whole;
		component->has_rule |= unknown->rule_lower > unknown->lower || unknown->rule_upper < unknown->upper;
	}
	component->forms = palloc(component->n_forms * sizeof(Form));
	for (int i = 0; i < component->n_forms; i++)
		BuildForm(&component->forms[i], system, &system->facts[component->facts[i]], components->place);
	DivideForms(component);
	IndexForms(component);
	return component;
}

/* Some unknowns of a component, at their places, and the forms that are about them, as far as they are. */
Component *
PartOfComponent(const Component *all, const int *unknowns, int n_unknowns, const int *place, const int *forms, int n_forms)
{
	Component  *part = palloc(sizeof(Component));

	*part = *all;
	part->n_unknowns = n_unknowns;
	part->unknowns = palloc(n_unknowns * sizeof(int));
	part->is_whole = palloc(n_unknowns * sizeof(bool));
	for (int i = 0; i < n_unknowns; i++)
	{
		part->unknowns[i] = all->unknowns[unknowns[i]];
		part->is_whole[i] = all->is_whole[unknowns[i]];
	}
	part->n_forms = n_forms;
	part->facts = palloc(n_forms * sizeof(int));
	part->forms = palloc(n_forms * sizeof(Form));
	for (int i = 0; i < n_forms; i++)
	{
		const Form *form = &all->forms[forms[i]];

		part->facts[i] = all->facts[forms[i]];
		part->forms[i] = *form;
		part->forms[i].n_terms = 0;
		part->forms[i].terms = palloc(form->n_terms * sizeof(Term));
		for (int j = 0; j < form->n_terms; j++)
		{
			if (place[form->terms[j].unknown] >= 0)
				part->forms[i].terms[part->forms[i].n_terms++] = (Term) {place[form->terms[j].unknown], form->terms[j].coefficient};
		}
		qsort(part->forms[i].terms, part->forms[i].n_terms, sizeof(Term), CompareTerms);
	}
	IndexForms(part);
	return part;
}

static int64
DivideDown(int64 value, int64 divisor)
{
	return value / divisor - (value % divisor < 0);
}

static int64
DivideUp(int64 value, int64 divisor)
{
	return value / divisor + (value % divisor > 0);
}

/* The next whole number that is not below a value, in units of the component. */
int64
WholeAbove(const Component *component, int64 value)
{
	return IsBounded(value) ? DivideUp(value, component->scale) * component->scale : value;
}

/* The next that is not above. */
int64
WholeBelow(const Component *component, int64 value)
{
	return IsBounded(value) ? DivideDown(value, component->scale) * component->scale : value;
}

/* Room for the bounds of a region, which has none yet. */
Region *
NewRegion(const Component *component)
{
	int			n = component->n_unknowns;
	int			m = component->n_forms;
	Region	   *region = palloc0(sizeof(Region));

	region->lower = palloc(2 * (n + m) * sizeof(int64));
	region->upper = region->lower + n;
	region->form_lower = region->upper + n;
	region->form_upper = region->form_lower + m;
	for (int i = 0; i < n; i++)
	{
		region->lower[i] = NO_LOWER_BOUND;
		region->upper[i] = NO_UPPER_BOUND;
	}
	for (int i = 0; i < m; i++)
	{
		region->form_lower[i] = NO_LOWER_BOUND;
		region->form_upper[i] = NO_UPPER_BOUND;
	}
	return region;
}

Region *
CopyRegion(const Component *component, const Region *region)
{
	Region	   *copy = NewRegion(component);

	copy->is_whole = region->is_whole;
	memcpy(copy->lower, region->lower, 2 * (component->n_unknowns + component->n_forms) * sizeof(int64));
	return copy;
}

void
FreeRegion(Region *region)
{
	pfree(region->lower);
	pfree(region);
}

/* Whether no lower bound is above the upper one. */
bool
IsOrdered(const Component *component, const Region *region)
{
	for (int i = 0; i < component->n_unknowns; i++)
	{
		if (region->lower[i] > region->upper[i])
			return false;
	}
	for (int i = 0; i < component->n_forms; i++)
	{
		if (region->form_lower[i] > region->form_upper[i])
			return false;
	}
	return true;
}

/* What numbers can be by their nature and all facts, bounds that are open taken as closed. */
Region *
NonnegRegion(const Component *component)
{
	Region	   *region = NewRegion(component);

	for (int i = 0; i < component->n_unknowns; i++)
	{
		const Unknown *unknown = &component->system->unknowns[component->unknowns[i]];

		region->lower[i] = ScaleBound(component, unknown->lower, 1);
		region->upper[i] = ScaleBound(component, unknown->upper, 1);
	}
	for (int i = 0; i < component->n_forms; i++)
	{
		const Fact *fact = &component->system->facts[component->facts[i]];

		region->form_lower[i] = ScaleBound(component, fact->lower, component->forms[i].divisor);
		region->form_upper[i] = ScaleBound(component, fact->upper, component->forms[i].divisor);
	}
	return region;
}

/*
 * What whole numbers can be. A form of whole numbers is a multiple of what its coefficients
 * have in common, which tells where an open bound ends.
 */
Region *
WholeRegion(const Component *component, const Region *nonneg)
{
	Region	   *region = CopyRegion(component, nonneg);

	region->is_whole = true;
	for (int i = 0; i < component->n_forms; i++)
	{
		const Form *form = &component->forms[i];
		const Fact *fact = &component->system->facts[component->facts[i]];
		int64		step = CommonDivisor(form) * form->divisor;
		int64		unit = step / form->divisor * component->scale;

		if (!form->is_whole)
			continue;
		if (fact->lower != NO_LOWER_BOUND)
			region->form_lower[i] = DivideUp(fact->lower + fact->lower_is_open, step) * unit;
		if (fact->upper != NO_UPPER_BOUND)
			region->form_upper[i] = DivideDown(fact->upper - fact->upper_is_open, step) * unit;
	}
	return region;
}

/* What whole numbers can be if the marks mean what they say. */
Region *
RuleRegion(const Component *component, const Region *whole)
{
	Region	   *region = CopyRegion(component, whole);

	for (int i = 0; i < component->n_unknowns; i++)
	{
		const Unknown *unknown = &component->system->unknowns[component->unknowns[i]];

		region->lower[i] = Max(region->lower[i], ScaleBound(component, unknown->rule_lower, 1));
		region->upper[i] = Min(region->upper[i], ScaleBound(component, unknown->rule_upper, 1));
	}
	return region;
}
