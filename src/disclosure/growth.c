/*
 * growth.c
 *		Hidden numbers as sums of what they grew by.
 *
 * A number that is never less than another is counted from it: it is that one, and a growth that
 * is not below 0. If a form's numbers are counted from others of which an equation tells the sum,
 * that equation is subtracted, and nothing but growth is left. Where no equation fits, as for a
 * total of which a part is not hidden any more, numbers are counted from further back, or from
 * nothing. All of this replaces facts by others that say the same together.
 *
 * Months before a hidden cell is shown stay together, and there is no other way to count by which
 * they would not: A, B and C hidden are 20, then 30 with C shown as 9. With a and b for A and B
 * then, and A for A now, what fits is 0 <= a <= A <= 21 - b, 0 <= b, 11 <= a + b <= 20. That body
 * has six sides. What falls apart into two, in whatever coordinates, is a product of them, so that
 * all sides but those at both ends of one direction would be along it; of these only a + b = 11 and
 * 20 are parallel, and none is along all four others.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/because.h"
#include "disclosure/growth.h"
#include "miscadmin.h"

#define NONE (-1)

/* The largest part has at most one in so many unknowns, or little is gained */
#define LEAST_SPLIT 3

/* Counting from further back and back again is given up after so many rounds */
#define MAX_ROUNDS 64

struct Growth
{
	const Component *component;
	const Region *region;
	int		   *before;			/* of each unknown: one that it is never less than, or NONE */
	bool	   *is_cut;			/* whether it is counted from that; else from what that is counted from */
	int		   *cutter;			/* of each form: the unknown of which it says what is before it, or NONE */
	int		   *subtracted;		/* of each form: an equation, or NONE */
	System		system;			/* of growth, in the order of unknowns and forms */
	Components *components;
	int		   *part_of;		/* of each unknown */
	Solution  **parts;
};

static const Unknown *
UnknownOf(const Growth *growth, int unknown)
{
	return &growth->component->system->unknowns[growth->component->unknowns[unknown]];
}

static const Fact *
FactOf(const Growth *growth, int form)
{
	return &growth->component->system->facts[growth->component->facts[form]];
}

/* The unknown that one is counted from, or NONE */
static int
CountedFrom(const Growth *growth, int unknown)
{
	while (unknown != NONE && !growth->is_cut[unknown])
		unknown = growth->before[unknown];
	return unknown == NONE ? NONE : growth->before[unknown];
}

/* Count all from an unknown to one before it from what that is counted from */
static void
Join(Growth *growth, int unknown, int first)
{
	for (; unknown != first; unknown = growth->before[unknown])
		growth->is_cut[unknown] = false;
}

/* ---- what is counted from what ---- */

/* Whether a form says of two unknowns that the one is not less than the other */
static bool
IsOrder(const Growth *growth, int number, int *earlier, int *later)
{
	const Form *form = &growth->component->forms[number];
	int			larger = form->terms[0].coefficient == 1 ? 0 : 1;

	if (form->n_terms != 2 || form->terms[larger].coefficient != 1 || form->terms[1 - larger].coefficient != -1 ||
		growth->region->form_lower[number] != 0 || FactOf(growth, number)->lower_is_open ||
		growth->region->form_upper[number] != NO_UPPER_BOUND)
		return false;
	*earlier = form->terms[1 - larger].unknown;
	*later = form->terms[larger].unknown;
	return true;
}

/* Whether an unknown can be counted from an earlier one: its own bounds say no more than those of that one */
static bool
CanBeCut(const Growth *growth, int earlier, int later)
{
	const Unknown *a = UnknownOf(growth, earlier);
	const Unknown *b = UnknownOf(growth, later);

	if (growth->before[later] != NONE || b->lower > a->lower || b->rule_lower > a->rule_lower ||
		b->upper != NO_UPPER_BOUND || b->rule_upper != NO_UPPER_BOUND)
		return false;
	while (earlier != later && earlier != NONE)
		earlier = growth->before[earlier];
	return earlier == NONE;
}

/* Cut wherever it can be; whether it can be anywhere */
static bool
CutAll(Growth *growth)
{
	const Component *component = growth->component;
	bool		is_any = false;

	for (int i = 0; i < component->n_unknowns; i++)
	{
		growth->before[i] = NONE;
		growth->is_cut[i] = false;
	}
	for (int i = 0; i < component->n_forms; i++)
	{
		int			earlier;
		int			later;

		CHECK_FOR_INTERRUPTS();
		growth->cutter[i] = NONE;
		if (!IsOrder(growth, i, &earlier, &later) || !CanBeCut(growth, earlier, later))
			continue;
		growth->before[later] = earlier;
		growth->is_cut[later] = is_any = true;
		growth->cutter[i] = later;
	}
	return is_any;
}

/* ---- forms of growth ---- */

static int
CompareTerms(const void *a, const void *b)
{
	return ((const Term *) a)->unknown - ((const Term *) b)->unknown;
}

/* What the terms of a form are counted from */
static int
TermsBefore(const Growth *growth, int number, Term *terms)
{
	const Form *form = &growth->component->forms[number];
	int			n = 0;

	if (growth->cutter[number] != NONE)
		return 0;
	for (int i = 0; i < form->n_terms; i++)
	{
		int			before = CountedFrom(growth, form->terms[i].unknown);

		if (before != NONE)
			terms[n++] = (Term) {before, form->terms[i].coefficient};
	}
	qsort(terms, n, sizeof(Term), CompareTerms);
	return n;
}

/* The equation of some terms, or NONE */
static int
FindEquation(const Growth *growth, const Term *terms, int n)
{
	const Component *component = growth->component;

	for (int i = StartOf(component->forms_end, terms[0].unknown); i < component->forms_end[terms[0].unknown]; i++)
	{
		int			number = component->forms_of[i];
		const Form *form = &component->forms[number];
		bool		is_same = form->n_terms == n && growth->region->form_lower[number] == growth->region->form_upper[number];

		for (int j = 0; j < n && is_same; j++)
			is_same = form->terms[j].unknown == terms[j].unknown && form->terms[j].coefficient == terms[j].coefficient;
		if (is_same)
			return number;
	}
	return NONE;
}

/* Find what is to be subtracted of each form; where nothing fits, count its unknowns from further back. Whether all fit. */
static bool
Subtract(Growth *growth)
{
	const Component *component = growth->component;
	Term	   *terms = palloc(component->n_unknowns * sizeof(Term));
	bool		do_fit = true;

	for (int i = 0; i < component->n_forms; i++)
	{
		const Form *form = &component->forms[i];
		int			n = TermsBefore(growth, i, terms);

		CHECK_FOR_INTERRUPTS();
		growth->subtracted[i] = n == 0 ? NONE : FindEquation(growth, terms, n);
		if (n == 0 || growth->subtracted[i] != NONE)
			continue;
		do_fit = false;
		for (int j = 0; j < form->n_terms; j++)
		{
			int			unknown = form->terms[j].unknown;
			int			before = CountedFrom(growth, unknown);

			if (before != NONE)
				Join(growth, unknown, before);
		}
	}
	pfree(terms);
	return do_fit;
}

static int64
Less(int64 bound, int64 subtracted)
{
	return IsBounded(bound) ? bound - subtracted : bound;
}

/* What a form says of growth */
static Fact
FactOfGrowth(const Growth *growth, int number)
{
	const Form *form = &growth->component->forms[number];
	int			equation = growth->subtracted[number];
	int			cutter = growth->cutter[number];
	int64		value = equation == NONE ? 0 : growth->region->form_lower[equation];
	Fact		fact = *FactOf(growth, number);

	fact.terms = form->terms;
	fact.n_terms = form->n_terms;
	fact.lower = Less(growth->region->form_lower[number], value);
	fact.upper = Less(growth->region->form_upper[number], value);
	if (cutter != NONE && growth->is_cut[cutter])
	{
		fact.terms = palloc(sizeof(Term));
		fact.terms[0] = (Term) {cutter, 1};
		fact.n_terms = 1;
	}
	return fact;
}

static void
StateGrowth(Growth *growth)
{
	const Component *component = growth->component;

	for (int i = 0; i < component->n_unknowns; i++)
	{
		growth->system.unknowns[i] = *UnknownOf(growth, i);
		if (CountedFrom(growth, i) != NONE)
			growth->system.unknowns[i].lower = growth->system.unknowns[i].rule_lower = NO_LOWER_BOUND;
	}
	for (int i = 0; i < component->n_forms; i++)
		growth->system.facts[i] = FactOfGrowth(growth, i);
}

/* ---- parts ---- */

static void
FindParts(Growth *growth)
{
	Components *components = FindComponents(&growth->system);

	for (int i = 0; i < components->n_components; i++)
	{
		for (int j = StartOf(components->unknowns_end, i); j < components->unknowns_end[i]; j++)
			growth->part_of[components->unknowns[j]] = i;
	}
	growth->components = components;
}

/* Where an unknown is the sum of several of a part, count it from before them; whether none is */
static bool
AreTermsApart(Growth *growth)
{
	bool		are_apart = true;

	for (int i = 0; i < growth->component->n_unknowns; i++)
	{
		for (int j = CountedFrom(growth, i); j != NONE; j = CountedFrom(growth, j))
		{
			CHECK_FOR_INTERRUPTS();
			if (growth->part_of[i] != growth->part_of[j])
				continue;
			Join(growth, i, j);
			are_apart = false;
		}
	}
	return are_apart;
}

/* Whether the parts are small enough */
static bool
IsWorthIt(const Growth *growth)
{
	const Components *components = growth->components;
	int			largest = 0;

	for (int i = 0; i < components->n_components; i++)
		largest = Max(largest, components->unknowns_end[i] - StartOf(components->unknowns_end, i));
	return largest <= growth->component->n_unknowns / LEAST_SPLIT;
}

/* Start to solve the parts; false if one needs finer units than the component */
static bool
StartParts(Growth *growth)
{
	int			n = growth->components->n_components;

	growth->parts = palloc(n * sizeof(Solution *));
	for (int i = 0; i < n; i++)
	{
		const Component *part = BuildComponent(&growth->system, growth->components, i);

		if (part->scale != growth->component->scale)
			return false;
		growth->parts[i] = StartSolution(part);
	}
	return true;
}

/* Count all from so far back that forms are of growth only, and that no sum has two terms in a part; false if that takes too long */
static bool
FindGrowth(Growth *growth)
{
	for (int round = 0; round < MAX_ROUNDS; round++)
	{
		if (!Subtract(growth))
			continue;
		StateGrowth(growth);
		FindParts(growth);
		if (AreTermsApart(growth))
			return true;
	}
	return false;
}

/*
 * SplitByGrowth
 *		The parts of a component of whole numbers; NULL if it cannot be split, or hardly. The region is what all facts leave.
 */
Growth *
SplitByGrowth(const Component *component, const Region *region)
{
	Growth	   *growth = palloc0(sizeof(Growth));
	int			n = component->n_unknowns;

	growth->component = component;
	growth->region = region;
	growth->before = palloc(n * sizeof(int));
	growth->is_cut = palloc(n * sizeof(bool));
	growth->part_of = palloc(n * sizeof(int));
	growth->cutter = palloc(component->n_forms * sizeof(int));
	growth->subtracted = palloc(component->n_forms * sizeof(int));
	if (component->has_real || component->scale != 1 || !CutAll(growth))
		return NULL;

	growth->system = (System) {.n_unknowns = n, .n_facts = component->n_forms};
	growth->system.unknowns = palloc(n * sizeof(Unknown));
	growth->system.facts = palloc(component->n_forms * sizeof(Fact));
	return FindGrowth(growth) && IsWorthIt(growth) && StartParts(growth) ? growth : NULL;
}

int
NumberOfParts(const Growth *growth)
{
	return growth->components->n_components;
}

Solution *
PartOf(const Growth *growth, int part)
{
	return growth->parts[part];
}

/* Look for no ends of growth that only unknowns need of which enough is known. */
void
ShowParts(Growth *growth, const bool *is_shown)
{
	for (int i = 0; i < NumberOfParts(growth); i++)
	{
		Solution   *part = growth->parts[i];

		part->is_shown = palloc(part->component->n_unknowns * sizeof(bool));
		memset(part->is_shown, true, part->component->n_unknowns * sizeof(bool));
	}
	for (int i = 0; i < growth->component->n_unknowns; i++)
	{
		for (int j = i; j != NONE && !is_shown[i]; j = CountedFrom(growth, j))
			growth->parts[growth->part_of[j]]->is_shown[growth->components->place[j]] = false;
	}
}

/* ---- sums ---- */

static void
AddEnd(End *sum, const End *end)
{
	Rational	minus_one = WholeNumber(-1);

	sum->is_infinite |= end->is_infinite;
	sum->is_proven &= end->is_proven;
	if (!sum->is_infinite)
		SubtractProduct(&sum->value, &minus_one, &end->value);
}

/* What is known of an unknown is what is known of its terms */
static void
SumUnknown(const Growth *growth, RangeKind kind, int unknown, Range *range)
{
	for (int side = 0; side < 2; side++)
	{
		End		   *sum = &range->ends[side][unknown];

		*sum = (End) {.value = WholeNumber(0), .is_proven = true};
		if (range->has_point)
			range->seen[side][unknown] = 0;
		for (int i = unknown; i != NONE; i = CountedFrom(growth, i))
		{
			const Range *part = &growth->parts[growth->part_of[i]]->ranges[kind];
			int			place = growth->components->place[i];

			AddEnd(sum, &part->ends[side][place]);
			if (range->has_point)
				range->seen[side][unknown] += part->seen[side][place];
		}
	}
}

/* The range of the component, given those of all parts, of which none is empty. */
void
SumRange(const Growth *growth, RangeKind kind, Range *range)
{
	range->has_point = true;
	for (int i = 0; i < NumberOfParts(growth); i++)
		range->has_point &= growth->parts[i]->ranges[kind].has_point;
	for (int i = 0; i < growth->component->n_unknowns; i++)
	{
		CHECK_FOR_INTERRUPTS();
		SumUnknown(growth, kind, i, range);
	}
}

/* ---- why ---- */

/* Forms that prove the interval of an unknown: those that prove the intervals of its terms. */
bool *
FormsOfSum(const Growth *growth, RangeKind kind, int unknown, int max_nodes)
{
	bool	   *forms = palloc0(growth->component->n_forms * sizeof(bool));

	for (int i = unknown; i != NONE; i = CountedFrom(growth, i))
	{
		Solution   *part = growth->parts[growth->part_of[i]];
		bool	   *of_part = FormsOfInterval(part, kind, growth->components->place[i], max_nodes);

		for (int j = 0; j < part->component->n_forms; j++)
		{
			int			number = part->component->facts[j];

			if (!of_part[j])
				continue;
			forms[number] = true;
			if (growth->subtracted[number] != NONE)
				forms[growth->subtracted[number]] = true;
		}
		pfree(of_part);
	}
	return forms;
}
