/*
 * linear.c
 *		What algebra alone gives away.
 *
 * A hidden number is a combination of the equations if, and only if, a row of their reduced
 * echelon form has nothing but its pivot.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/linear.h"

/* Solve what can be solved. The region gives the right hand sides, in units of the component. */
Equations *
SolveEquations(const Component *component, const Region *region)
{
	Equations  *equations = palloc(sizeof(Equations));
	int			n_equations = 0;

	equations->forms = palloc(component->n_forms * sizeof(int));
	for (int i = 0; i < component->n_forms; i++)
	{
		if (component->system->facts[component->facts[i]].is_exact)
			equations->forms[n_equations++] = i;
	}
	equations->reduction = BeginReduction(n_equations, component->n_unknowns);
	for (int i = 0; i < n_equations; i++)
	{
		const Form *form = &component->forms[equations->forms[i]];

		for (int j = 0; j < form->n_terms; j++)
			AddEntry(equations->reduction, i, form->terms[j].unknown, WholeNumber(form->terms[j].coefficient));
		AddEntry(equations->reduction, i, component->n_unknowns,
				 WholeNumber(region->form_lower[equations->forms[i]]));
	}
	Reduce(equations->reduction);
	return equations;
}

/* The value of an unknown, if the equations give it. */
bool
SolvedValue(const Equations *equations, int unknown, Rational *value)
{
	const Reduction *reduction = equations->reduction;
	int			row = reduction->pivot_row[unknown];
	Rational	right;
	Rational	pivot;

	if (row < 0)
		return false;
	right = EntryValue(reduction, row, reduction->n_columns);
	if (reduction->rows[row].n_entries > (RationalIsZero(&right) ? 1 : 2))
		return false;
	pivot = EntryValue(reduction, row, unknown);
	*value = Quotient(&right, &pivot);
	return true;
}

/* What the equations are multiplied by to give an unknown that is solved. */
Rational *
SolvingMultipliers(const Equations *equations, int unknown)
{
	const Reduction *reduction = equations->reduction;
	int			row = reduction->pivot_row[unknown];
	Rational   *weights = palloc(reduction->n_rows * sizeof(Rational));
	Rational	one = WholeNumber(1);
	Rational	pivot = EntryValue(reduction, row, unknown);

	for (int i = 0; i < reduction->n_rows; i++)
		weights[i] = WholeNumber(0);
	weights[row] = Quotient(&one, &pivot);
	Unravel(reduction, weights);
	return weights;
}
