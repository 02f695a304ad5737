/*
 * range.c
 *		Where each hidden number of a component can be, by linear programming.
 *
 * The solver's doubles are a guess. Its vertex and its multipliers, rounded to simple
 * fractions, prove in whole numbers that it is right; where they do not, fractions of any
 * size do.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/propagate.h"
#include "disclosure/range.h"

/* Of the products that are compared; the value has 64 bits, denominators are small */
#define LARGEST_MINIMUM ((int128) 1 << 100)

/* Begin with what is known before anything is solved: nothing, but in which regions. */
Solution *
StartSolutionIn(const Component *component, Region *const *regions)
{
	Solution   *solution = palloc0(sizeof(Solution));
	int			n = component->n_unknowns;

	solution->component = component;
	solution->context = CurrentMemoryContext;
	for (int kind = 0; kind < N_RANGES; kind++)
	{
		solution->ranges[kind].region = regions[kind];
		for (int end = 0; end < 2; end++)
		{
			solution->ranges[kind].seen[end] = palloc(n * sizeof(int64));
			solution->ranges[kind].ends[end] = palloc0(n * sizeof(End));
		}
	}
	solution->values = palloc(n * sizeof(double));
	solution->multipliers = palloc(component->n_forms * sizeof(double));
	solution->point.numerators = palloc(n * sizeof(int64));
	solution->proof.numerators = palloc(component->n_forms * sizeof(int64));
	solution->vertex.point = palloc(n * sizeof(Rational));
	solution->vertex.is_used = palloc(component->n_forms * sizeof(bool));
	return solution;
}

/* In the regions of what the facts say */
Solution *
StartSolution(const Component *component)
{
	Region	   *regions[N_RANGES];

	regions[NONNEG_RANGE] = NonnegRegion(component);
	regions[WHOLE_RANGE] = WholeRegion(component, regions[NONNEG_RANGE]);
	regions[RULE_RANGE] = RuleRegion(component, regions[WHOLE_RANGE]);
	return StartSolutionIn(component, regions);
}

/* Narrow a region to the bounds that are known to follow from the facts. */
void
NarrowToFollowing(const Solution *solution, RangeKind kind, Region *region)
{
	const Region *narrowed = solution->narrowed[kind];

	for (int i = 0; i < solution->component->n_unknowns && narrowed != NULL; i++)
	{
		region->lower[i] = Max(region->lower[i], narrowed->lower[i]);
		region->upper[i] = Min(region->upper[i], narrowed->upper[i]);
	}
}

/* A point was found in a range */
static void
ExtendRange(Range *range, const int64 *point, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (!range->has_point || point[i] < range->seen[0][i])
			range->seen[0][i] = point[i];
		if (!range->has_point || point[i] > range->seen[1][i])
			range->seen[1][i] = point[i];
	}
	range->has_point = true;
}

/* Look whether a point is in the region, and in which ranges, which it extends */
static bool
CheckPoint(Solution *solution, const Region *region, const Quotients *point)
{
	const Component *component = solution->component;
	bool		is_whole = IsWholePoint(component, point);

	if (!IsInRegion(component, region, point))
		return false;
	for (int kind = 0; kind < N_RANGES && point->denominator == 1; kind++)
	{
		Range	   *range = &solution->ranges[kind];

		if ((is_whole || !range->region->is_whole) &&
			(range->region == region || IsInRegion(component, range->region, point)))
			ExtendRange(range, point->numerators, component->n_unknowns);
	}
	return true;
}

/* Look whether the solver's vertex, well rounded, is in the region; if so, it extends the ranges. */
bool
NotePoint(Solution *solution, const Region *region)
{
	ReadValues(solution->program, solution->values);
	return RoundQuotients(solution->values, solution->component->n_unknowns, &solution->point) &&
		CheckPoint(solution, region, &solution->point);
}

/* Look whether nothing is in the region. */
void
NoteZero(Solution *solution, const Region *region)
{
	Quotients  *point = &solution->point;

	point->denominator = 1;
	memset(point->numerators, 0, solution->component->n_unknowns * sizeof(int64));
	CheckPoint(solution, region, point);
}

/* Look in which ranges the point of whole numbers is that is in the solution. */
void
NoteWhole(Solution *solution)
{
	solution->point.denominator = 1;
	CheckPoint(solution, solution->ranges[NONNEG_RANGE].region, &solution->point);
}

/* A bound, or the other one, or 0: what is nearest to a corner of the bounds */
static int64
CornerValue(int64 bound, int64 other)
{
	if (IsBounded(bound))
		return bound;
	return IsBounded(other) ? other : 0;
}

/* Look whether the corners of a region's bounds are in it, as they are where each number is by itself. */
void
NoteCorners(Solution *solution, const Region *region)
{
	Quotients  *point = &solution->point;

	point->denominator = 1;
	for (int i = 0; i < solution->component->n_unknowns; i++)
		point->numerators[i] = CornerValue(region->lower[i], region->upper[i]);
	CheckPoint(solution, region, point);
	for (int i = 0; i < solution->component->n_unknowns; i++)
		point->numerators[i] = CornerValue(region->upper[i], region->lower[i]);
	CheckPoint(solution, region, point);
}

/* Open the program of a solution that has none, in its memory. */
void
OpenSolver(Solution *solution)
{
	MemoryContext caller = MemoryContextSwitchTo(solution->context);

	solution->program = OpenProgram(solution->component);
	MemoryContextSwitchTo(caller);
}

/* Minimize a form of the unknowns, as well as the solver can. */
Outcome
SolverMinimum(Solution *solution, const Region *region, const Term *objective, int n_terms)
{
	if (solution->program == NULL)
		OpenSolver(solution);
	return Minimize(solution->program, region, objective, n_terms);
}

/* The forms that the proof takes */
static void
TellUsed(Solution *solution)
{
	for (int i = 0; i < solution->component->n_forms; i++)
		solution->vertex.is_used[i] = solution->proof.numerators[i] != 0;
}

/* Whether the solver's vertex is proved to be the minimum */
static bool
ProveOptimal(Solution *solution, const Region *region, const Term *objective, int n_terms)
{
	const Component *component = solution->component;
	int128		value = 0;
	int128		minimum;

	if (!NotePoint(solution, region))
		return false;
	ReadMultipliers(solution->program, solution->multipliers);
	if (!RoundQuotients(solution->multipliers, component->n_forms, &solution->proof) ||
		!ProvenMinimum(component, region, objective, n_terms, &solution->proof, &minimum))
		return false;
	for (int i = 0; i < n_terms; i++)
		value += (int128) objective[i].coefficient * solution->point.numerators[objective[i].unknown];
	if (value != (int64) value || minimum > LARGEST_MINIMUM || minimum < -LARGEST_MINIMUM ||
		value * solution->proof.denominator != minimum * solution->point.denominator)
		return false;
	solution->vertex.minimum = Fraction((int64) value, solution->point.denominator);
	TellUsed(solution);
	return true;
}

/* What the multipliers in the solution, well rounded, prove of the minimum. */
bool
BoundByMultipliers(Solution *solution, const Region *region, const Term *objective, int n_terms, Rational *bound)
{
	const Component *component = solution->component;
	Quotients  *proof = &solution->proof;
	int128		minimum;

	if ((!RoundQuotients(solution->multipliers, component->n_forms, proof) &&
		 !RoundFinely(solution->multipliers, component->n_forms, proof)) ||
		!ProvenMinimum(component, region, objective, n_terms, proof, &minimum) ||
		minimum != (int64) minimum)
		return false;
	*bound = Fraction((int64) minimum, proof->denominator);
	TellUsed(solution);
	return true;
}

/* What the solver's multipliers prove. */
bool
ProveBound(Solution *solution, const Region *region, const Term *objective, int n_terms, Rational *bound)
{
	ReadMultipliers(solution->program, solution->multipliers);
	return BoundByMultipliers(solution, region, objective, n_terms, bound);
}

/* Whether the solver's word is proved that there is nothing in the region. */
bool
ProveInfeasible(Solution *solution, const Region *region)
{
	const Component *component = solution->component;

	ReadContradiction(solution->program, solution->multipliers);
	if (!RoundQuotients(solution->multipliers, component->n_forms, &solution->proof) &&
		!RoundFinely(solution->multipliers, component->n_forms, &solution->proof))
		return false;
	if (!ProveEmpty(component, region, &solution->proof))
		return false;
	TellUsed(solution);
	return true;
}

/* Minimize a form of the unknowns, without rounding. */
Outcome
ProvenMinimumOf(Solution *solution, const Region *region, const Term *objective, int n_terms)
{
	Outcome		outcome = SolverMinimum(solution, region, objective, n_terms);

	if ((outcome == OPTIMAL && ProveOptimal(solution, region, objective, n_terms)) ||
		(outcome == INFEASIBLE && ProveInfeasible(solution, region)))
		return outcome;
	return ExactMinimum(solution->component, region, solution->program, objective, n_terms, &solution->vertex);
}

/* Whether a form can be on the right side of a bound that is open: above it (1), or below (-1) */
static bool
CanLeaveBound(Solution *solution, const Region *region, int number, int direction)
{
	const Form *form = &solution->component->forms[number];
	int64		bound = direction > 0 ? region->form_lower[number] : region->form_upper[number];
	Rational	at_bound = WholeNumber(-direction * bound);
	Term	   *objective;
	bool		can_leave;

	if (!IsBounded(bound))
		return true;
	objective = palloc(form->n_terms * sizeof(Term));
	for (int i = 0; i < form->n_terms; i++)
		objective[i] = (Term) {form->terms[i].unknown, -direction * form->terms[i].coefficient};
	can_leave = ProvenMinimumOf(solution, region, objective, form->n_terms) == UNBOUNDED ||
		CompareRationals(&solution->vertex.minimum, &at_bound) < 0;
	pfree(objective);
	return can_leave;
}

/*
 * Whether nothing is in a region. Its bounds are taken as closed; those that are open and of
 * whole numbers only are no more than that once these are whole. Of the others, if each can be
 * left, all can be left at once: at the middle of the points where they are.
 */
bool
IsEmpty(Solution *solution, const Region *region)
{
	const Component *component = solution->component;

	if (!IsOrdered(component, region) || ProvenMinimumOf(solution, region, NULL, 0) == INFEASIBLE)
		return true;
	for (int i = 0; i < component->n_forms; i++)
	{
		const Fact *fact = &component->system->facts[component->facts[i]];

		if (!component->forms[i].is_whole &&
			((fact->lower_is_open && !CanLeaveBound(solution, region, i, 1)) ||
			 (fact->upper_is_open && !CanLeaveBound(solution, region, i, -1))))
			return true;
	}
	return false;
}

/* Find an end of the interval of an unknown, which is known to be within a bound */
static void
FindEnd(Solution *solution, Range *range, int unknown, int direction, int64 bound)
{
	End		   *end = &range->ends[END_OF(direction)][unknown];
	Term		objective = {unknown, direction};
	Rational	sign = WholeNumber(direction);

	if (end->is_proven)
		return;
	end->is_proven = true;
	if (IsShown(solution, unknown))
		end->is_infinite = true;
	else if (range->has_point && range->seen[END_OF(direction)][unknown] == bound)
		end->value = WholeNumber(bound);
	else if (ProvenMinimumOf(solution, range->region, &objective, 1) == OPTIMAL)
		end->value = Product(&solution->vertex.minimum, &sign);
	else
		end->is_infinite = true;
}

/* Find the ends of intervals that are not known yet, or that the region is empty. */
void
FindLinearRange(Solution *solution, RangeKind kind)
{
	const Component *component = solution->component;
	Range	   *range = &solution->ranges[kind];
	Region	   *narrowed = CopyRegion(component, range->region);
	Trail		trail = {0};

	NarrowToFollowing(solution, kind, narrowed);
	range->is_empty = !PropagateAll(component, narrowed, &trail);
	if (range->is_empty)
		return;
	NoteCorners(solution, narrowed);
	range->is_empty = (!range->has_point || component->has_real) && IsEmpty(solution, range->region);
	for (int i = 0; i < component->n_unknowns && !range->is_empty; i++)
	{
		FindEnd(solution, range, i, 1, narrowed->lower[i]);
		FindEnd(solution, range, i, -1, narrowed->upper[i]);
	}
}
