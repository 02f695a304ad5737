/*
 * because.c
 *		Which facts give a hidden number away, or contradict one another.
 *
 * Where multipliers prove it, those of which the multiplier is not 0. Otherwise a set that
 * proves it and none of which can be spared, by divide and conquer (QuickXplain, Junker
 * 2004).
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/because.h"
#include "disclosure/whole.h"

/* What a set of forms is to prove in a region: that it is empty, or that an unknown is not beyond an end */
typedef struct Claim
{
	Solution   *solution;
	const Region *region;
	bool		is_whole;		/* whole numbers of it are looked for */
	int			unknown;		/* or -1: that it is empty */
	int			direction;
	Rational	end;			/* times the direction */
	int			max_nodes;
} Claim;

/* The region with some of the forms only */
static Region *
WithForms(const Claim *claim, const bool *forms)
{
	const Component *component = claim->solution->component;
	Region	   *region = CopyRegion(component, claim->region);

	for (int i = 0; i < component->n_forms; i++)
	{
		if (!forms[i])
		{
			region->form_lower[i] = NO_LOWER_BOUND;
			region->form_upper[i] = NO_UPPER_BOUND;
		}
	}
	return region;
}

/* Whether these forms prove it */
static bool
Prove(const Claim *claim, const bool *forms)
{
	Region	   *region = WithForms(claim, forms);
	Goal		goal = {
		.unknown = claim->unknown, .direction = claim->direction,
		.has_best = claim->unknown >= 0, .best = claim->end
	};
	bool		proven;

	if (!claim->is_whole)
		proven = IsEmpty(claim->solution, region);
	else if (claim->unknown < 0)
		proven = SearchWhole(claim->solution, region, &goal, claim->max_nodes) == NOTHING;
	else
		proven = SearchWhole(claim->solution, region, &goal, claim->max_nodes) == FOUND &&
			CompareRationals(&goal.best, &claim->end) == 0;
	FreeRegion(region);
	return proven;
}

/*
 * Of the candidates, leave those in that are needed beside the forms that are in already.
 * Whether some of these are new since it was last looked whether they are enough, is told.
 */
static void
LeaveNeeded(const Claim *claim, bool *forms, const int *candidates, int n, bool has_new)
{
	int			half = n / 2;
	bool		is_any_left = false;

	if (has_new && Prove(claim, forms))
		return;
	if (n == 1)
	{
		forms[candidates[0]] = true;
		return;
	}

	/* Of the second half, those needed beside the whole first; then of the first, beside these */
	for (int i = 0; i < half; i++)
		forms[candidates[i]] = true;
	LeaveNeeded(claim, forms, candidates + half, n - half, true);
	for (int i = 0; i < half; i++)
		forms[candidates[i]] = false;
	for (int i = half; i < n; i++)
		is_any_left |= forms[candidates[i]];
	LeaveNeeded(claim, forms, candidates, half, is_any_left);
}

/* Reduce a set of forms that proves it to one of which none can be spared */
static void
Reduce(const Claim *claim, bool *forms)
{
	int			n_forms = claim->solution->component->n_forms;
	int		   *candidates = palloc(n_forms * sizeof(int));
	int			n = 0;

	for (int i = 0; i < n_forms; i++)
	{
		if (forms[i])
			candidates[n++] = i;
		forms[i] = false;
	}
	if (n > 0)
		LeaveNeeded(claim, forms, candidates, n, true);
	pfree(candidates);
}

static void
AddForms(bool *forms, const bool *others, int n)
{
	for (int i = 0; i < n; i++)
		forms[i] |= others[i];
}

static bool *
AllForms(const Component *component)
{
	bool	   *forms = palloc(component->n_forms * sizeof(bool));

	memset(forms, true, component->n_forms * sizeof(bool));
	return forms;
}

/* Whether a bound of the unknown, times the direction, proves its end: a whole number is not between two others */
static bool
ProvesEnd(const Claim *claim, const Rational *bound)
{
	const Component *component = claim->solution->component;
	Rational	step = WholeNumber(component->scale);
	Rational	next = Difference(&claim->end, &step);

	return CompareRationals(bound, &claim->end) >= 0 ||
		(claim->is_whole && component->is_whole[claim->unknown] && CompareRationals(bound, &next) > 0);
}

/* A form of no other unknown that proves the end, or -1 */
static int
FindProvingForm(const Claim *claim)
{
	const Component *component = claim->solution->component;

	for (int i = StartOf(component->forms_end, claim->unknown); i < component->forms_end[claim->unknown]; i++)
	{
		int			form = component->forms_of[i];
		int64		coefficient = component->forms[form].terms[0].coefficient * claim->direction;
		int64		limit = coefficient > 0 ? claim->region->form_lower[form] : claim->region->form_upper[form];
		Rational	bound;

		if (component->forms[form].n_terms > 1 || !IsBounded(limit))
			continue;
		bound = Fraction(limit, coefficient);
		if (ProvesEnd(claim, &bound))
			return form;
	}
	return -1;
}

/* Whether multipliers alone prove the end; the solution has the forms then */
static bool
MultipliersProve(const Claim *claim)
{
	Solution   *solution = claim->solution;
	Term		objective = {claim->unknown, claim->direction};
	Rational	bound;

	if (!claim->is_whole)
		return ProvenMinimumOf(solution, claim->region, &objective, 1) == OPTIMAL;
	return SolverMinimum(solution, claim->region, &objective, 1) == OPTIMAL &&
		ProveBound(solution, claim->region, &objective, 1, &bound) && ProvesEnd(claim, &bound);
}

/* Add the forms that prove one end of an interval; none are needed where a bound is its end */
static void
AddFormsOfEnd(Claim *claim, const End *end, bool *forms)
{
	const Component *component = claim->solution->component;
	int64		limit = claim->direction > 0 ? claim->region->lower[claim->unknown] : claim->region->upper[claim->unknown];
	Rational	bound = WholeNumber(limit);
	Rational	sign = WholeNumber(claim->direction);
	int			form;

	claim->end = Product(&end->value, &sign);
	if (CompareRationals(&bound, &end->value) == 0)
		return;
	form = FindProvingForm(claim);
	if (form >= 0)
		forms[form] = true;
	else if (MultipliersProve(claim))
		AddForms(forms, claim->solution->vertex.is_used, component->n_forms);
	else
	{
		bool	   *needed = AllForms(component);

		Reduce(claim, needed);
		AddForms(forms, needed, component->n_forms);
	}
}

/* Forms that prove the interval of an unknown in a range, both ends of which are finite. */
bool *
FormsOfInterval(Solution *solution, RangeKind kind, int unknown, int max_nodes)
{
	const Component *component = solution->component;
	const Range *range = &solution->ranges[kind];
	bool	   *forms = palloc0(component->n_forms * sizeof(bool));
	Claim		claim = {
		.solution = solution, .region = range->region, .unknown = unknown,
		.is_whole = kind != NONNEG_RANGE && component->has_whole, .max_nodes = max_nodes
	};

	for (int side = 0; side < 2; side++)
	{
		claim.direction = side == 0 ? 1 : -1;
		AddFormsOfEnd(&claim, &range->ends[side][unknown], forms);
	}
	return forms;
}

/* Forms that contradict one another in a range, none of which can be spared. */
bool *
FormsOfContradiction(Solution *solution, RangeKind kind, int max_nodes)
{
	const Component *component = solution->component;
	const Region *region = solution->ranges[kind].region;
	bool	   *forms = AllForms(component);
	Claim		claim = {
		.solution = solution, .region = region, .unknown = -1,
		.is_whole = kind != NONNEG_RANGE && component->has_whole, .max_nodes = max_nodes
	};

	if (IsOrdered(component, region) && ProvenMinimumOf(solution, region, NULL, 0) == INFEASIBLE)
		memcpy(forms, solution->vertex.is_used, component->n_forms * sizeof(bool));
	Reduce(&claim, forms);
	return forms;
}
