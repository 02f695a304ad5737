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

#include "disclosure/range.h"

/* Of the products that are compared; the value has 64 bits, denominators are small */
#define LARGEST_MINIMUM ((int128) 1 << 100)

/* Begin with what is known before anything is solved: nothing. */
Solution *
StartSolution(const Component *component)
{
	Solution   *solution = palloc0(sizeof(Solution));
	int			n = component->n_unknowns;

	solution->component = component;
	solution->program = OpenProgram(component);
	solution->ranges[NONNEG_RANGE].region = NonnegRegion(component);
	solution->ranges[WHOLE_RANGE].region = WholeRegion(component, solution->ranges[NONNEG_RANGE].region);
	solution->ranges[RULE_RANGE].region = RuleRegion(component, solution->ranges[WHOLE_RANGE].region);
	for (int kind = 0; kind < N_RANGES; kind++)
	{
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

/* Look whether the solver's point is in the region, and in which ranges, which it extends. */
bool
NotePoint(Solution *solution, const Region *region)
{
	const Component *component = solution->component;
	const Quotients *point = &solution->point;
	bool		is_whole;

	ReadValues(solution->program, solution->values);
	if (!RoundQuotients(solution->values, component->n_unknowns, &solution->point) ||
		!IsInRegion(component, region, point))
		return false;

	is_whole = IsWholePoint(component, point);
	for (int kind = 0; kind < N_RANGES && point->denominator == 1; kind++)
	{
		Range	   *range = &solution->ranges[kind];

		if ((is_whole || kind == NONNEG_RANGE) &&
			(range->region == region || IsInRegion(component, range->region, point)))
			ExtendRange(range, point->numerators, component->n_unknowns);
	}
	return true;
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

/* What the solver's multipliers, well rounded, prove of the minimum. */
bool
ProveBound(Solution *solution, const Region *region, const Term *objective, int n_terms, Rational *bound)
{
	const Component *component = solution->component;
	Quotients  *proof = &solution->proof;
	int128		minimum;

	ReadMultipliers(solution->program, solution->multipliers);
	if ((!RoundQuotients(solution->multipliers, component->n_forms, proof) &&
		 !RoundFinely(solution->multipliers, component->n_forms, proof)) ||
		!ProvenMinimum(component, region, objective, n_terms, proof, &minimum) ||
		minimum != (int64) minimum)
		return false;
	*bound = Fraction((int64) minimum, proof->denominator);
	TellUsed(solution);
	return true;
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
	Outcome		outcome = Minimize(solution->program, region, objective, n_terms);

	if ((outcome == OPTIMAL && ProveOptimal(solution, region, objective, n_terms)) ||
		(outcome == INFEASIBLE && ProveInfeasible(solution, region)))
		return outcome;
	return ExactMinimum(solution->component, region, solution->program, objective, n_terms, &solution->vertex);
}

/* Find an end of the interval of an unknown; false if the region is empty */
static bool
FindEnd(Solution *solution, Range *range, int unknown, int direction)
{
	End		   *end = &range->ends[END_OF(direction)][unknown];
	int64		bound = direction > 0 ? range->region->lower[unknown] : range->region->upper[unknown];
	Term		objective = {unknown, direction};
	Rational	sign = WholeNumber(direction);

	if (end->is_proven)
		return true;
	end->is_proven = true;
	if (range->has_point && range->seen[END_OF(direction)][unknown] == bound)
	{
		end->value = WholeNumber(bound);
		return true;
	}
	switch (ProvenMinimumOf(solution, range->region, &objective, 1))
	{
		case OPTIMAL:
			end->value = Product(&solution->vertex.minimum, &sign);
			break;
		case UNBOUNDED:
			end->is_infinite = true;
			break;
		default:
			return false;
	}
	return true;
}

/* Find the ends of intervals that are not known yet, or that the region is empty. */
void
FindLinearRange(Solution *solution, RangeKind kind)
{
	Range	   *range = &solution->ranges[kind];

	range->is_empty = !IsOrdered(solution->component, range->region) ||
		ProvenMinimumOf(solution, range->region, NULL, 0) == INFEASIBLE;
	for (int i = 0; i < solution->component->n_unknowns && !range->is_empty; i++)
		range->is_empty = !FindEnd(solution, range, i, 1) || !FindEnd(solution, range, i, -1);
}
