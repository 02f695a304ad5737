/*
 * vertex.c
 *		Linear programmes of a component, without rounding.
 *
 * The simplex method in fractions, from the basis at which GLPK ended. That is nearly always
 * the right one, and one solution of linear equations proves it; where it is not, Bland's
 * rule (1977) leads on from it and ends.
 *
 * Unknowns and forms are alike to it: a variable is one of the unknowns, or one of the forms,
 * which are numbered after them. A form that is at a bound is an equation in the basic
 * unknowns.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/reduction.h"
#include "disclosure/vertex.h"
#include "miscadmin.h"
#include "utils/memutils.h"

typedef struct Simplex
{
	const Component *component;
	const Region *region;
	int			n_variables;
	Standing   *standing;
	Rational   *values;			/* of the variables */
	int		   *equation_of;	/* of each form that is at a bound, its number */
	int		   *column_of;		/* of each basic unknown, its number */
	Reduction  *equations;
	Rational   *costs;			/* of the unknowns */
	Rational   *gradient;		/* of the variables at bounds: how the objective changes with each */
} Simplex;

static bool
IsForm(const Simplex *simplex, int variable)
{
	return variable >= simplex->component->n_unknowns;
}

static const Form *
FormOf(const Simplex *simplex, int variable)
{
	return &simplex->component->forms[variable - simplex->component->n_unknowns];
}

static int64
LowerBound(const Simplex *simplex, int variable)
{
	int			n = simplex->component->n_unknowns;

	return variable < n ? simplex->region->lower[variable] : simplex->region->form_lower[variable - n];
}

static int64
UpperBound(const Simplex *simplex, int variable)
{
	int			n = simplex->component->n_unknowns;

	return variable < n ? simplex->region->upper[variable] : simplex->region->form_upper[variable - n];
}

/* Put a variable at one of its bounds, the one that is meant if it has that */
static void
PutAtBound(Simplex *simplex, int variable, Standing meant)
{
	bool		has_lower = LowerBound(simplex, variable) != NO_LOWER_BOUND;
	bool		has_upper = UpperBound(simplex, variable) != NO_UPPER_BOUND;

	if (has_upper && (meant == AT_UPPER || !has_lower))
		simplex->standing[variable] = AT_UPPER;
	else
		simplex->standing[variable] = has_lower ? AT_LOWER : FREE;
}

static Rational
BoundValue(const Simplex *simplex, int variable)
{
	switch (simplex->standing[variable])
	{
		case AT_LOWER:
			return WholeNumber(LowerBound(simplex, variable));
		case AT_UPPER:
			return WholeNumber(UpperBound(simplex, variable));
		default:
			return WholeNumber(0);
	}
}

static Simplex *
StartSimplex(const Component *component, const Region *region, Program *program)
{
	Simplex    *simplex = palloc0(sizeof(Simplex));
	int			n = component->n_unknowns;

	simplex->component = component;
	simplex->region = region;
	simplex->n_variables = n + component->n_forms;
	simplex->standing = palloc(simplex->n_variables * sizeof(Standing));
	simplex->values = palloc(simplex->n_variables * sizeof(Rational));
	simplex->gradient = palloc(simplex->n_variables * sizeof(Rational));
	simplex->costs = palloc(n * sizeof(Rational));
	simplex->equation_of = palloc(component->n_forms * sizeof(int));
	simplex->column_of = palloc(n * sizeof(int));
	for (int i = 0; i < simplex->n_variables; i++)
	{
		Standing	standing = i < n ? UnknownStanding(program, i) : FormStanding(program, i - n);

		if (standing == BASIC)
			simplex->standing[i] = BASIC;
		else
			PutAtBound(simplex, i, standing);
	}
	return simplex;
}

/*
 * The equations of the forms at bounds, in the basic unknowns. The right hand sides are what
 * the unknowns at bounds leave of the forms' values; both are given.
 */
static void
BuildEquations(Simplex *simplex, const Rational *values)
{
	const Component *component = simplex->component;
	int			n = component->n_unknowns;
	int			n_equations = 0;
	int			n_columns = 0;

	for (int i = 0; i < n; i++)
	{
		if (simplex->standing[i] == BASIC)
			simplex->column_of[i] = n_columns++;
	}
	for (int i = 0; i < component->n_forms; i++)
	{
		if (simplex->standing[n + i] != BASIC)
			simplex->equation_of[i] = n_equations++;
	}

	simplex->equations = BeginReduction(n_equations, n_columns);
	for (int i = 0; i < component->n_forms; i++)
	{
		const Form *form = &component->forms[i];
		int			equation = simplex->equation_of[i];
		Rational	right;

		if (simplex->standing[n + i] == BASIC)
			continue;
		right = CopyRational(&values[n + i]);
		for (int j = 0; j < form->n_terms; j++)
		{
			int			unknown = form->terms[j].unknown;
			Rational	coefficient = WholeNumber(form->terms[j].coefficient);

			if (simplex->standing[unknown] == BASIC)
				AddEntry(simplex->equations, equation, simplex->column_of[unknown], coefficient);
			else
				SubtractProduct(&right, &coefficient, &values[unknown]);
		}
		AddEntry(simplex->equations, equation, n_columns, right);
	}
	Reduce(simplex->equations);
}

/* Whether the equations have one solution. If not, those that depend on others are let go, and so are unknowns. */
static bool
RepairBasis(Simplex *simplex)
{
	int			n = simplex->component->n_unknowns;
	bool		is_sound = true;

	for (int i = 0; i < n; i++)
	{
		if (simplex->standing[i] == BASIC && simplex->equations->pivot_row[simplex->column_of[i]] < 0)
		{
			PutAtBound(simplex, i, AT_LOWER);
			is_sound = false;
		}
	}
	for (int i = n; i < simplex->n_variables; i++)
	{
		if (simplex->standing[i] != BASIC && simplex->equations->rows[simplex->equation_of[i - n]].pivot < 0)
		{
			simplex->standing[i] = BASIC;
			is_sound = false;
		}
	}
	return is_sound;
}

/* What the equations and the values at bounds say of all other variables */
static void
SolveBasis(const Simplex *simplex, Rational *values)
{
	int			n = simplex->component->n_unknowns;
	const Reduction *equations = simplex->equations;

	for (int i = 0; i < n; i++)
	{
		if (simplex->standing[i] == BASIC)
		{
			int			column = simplex->column_of[i];
			int			row = equations->pivot_row[column];
			Rational	right = EntryValue(equations, row, equations->n_columns);
			Rational	pivot = EntryValue(equations, row, column);

			values[i] = Quotient(&right, &pivot);
		}
	}
	for (int i = n; i < simplex->n_variables; i++)
	{
		const Form *form = FormOf(simplex, i);

		if (simplex->standing[i] != BASIC)
			continue;
		values[i] = WholeNumber(0);
		for (int j = 0; j < form->n_terms; j++)
		{
			Rational	negative = WholeNumber(-form->terms[j].coefficient);

			SubtractProduct(&values[i], &negative, &values[form->terms[j].unknown]);
		}
	}
}

/* Compute where all variables are in the present basis */
static void
ComputeValues(Simplex *simplex)
{
	do
	{
		for (int i = 0; i < simplex->n_variables; i++)
		{
			if (simplex->standing[i] != BASIC)
				simplex->values[i] = BoundValue(simplex, i);
		}
		BuildEquations(simplex, simplex->values);
	} while (!RepairBasis(simplex));
	SolveBasis(simplex, simplex->values);
}

/* On which side a variable is outside of its bounds: -1 below, 1 above, 0 not */
static int
Side(const Simplex *simplex, int variable)
{
	Rational	lower = WholeNumber(LowerBound(simplex, variable));
	Rational	upper = WholeNumber(UpperBound(simplex, variable));

	if (lower.numerator != NO_LOWER_BOUND && CompareRationals(&simplex->values[variable], &lower) < 0)
		return -1;
	if (upper.numerator != NO_UPPER_BOUND && CompareRationals(&simplex->values[variable], &upper) > 0)
		return 1;
	return 0;
}

/* Add a multiple of a variable to the costs */
static void
AddCost(Simplex *simplex, int variable, int64 factor)
{
	Rational	negative = WholeNumber(-factor);

	if (IsForm(simplex, variable))
	{
		const Form *form = FormOf(simplex, variable);

		for (int i = 0; i < form->n_terms; i++)
		{
			Rational	coefficient = WholeNumber(form->terms[i].coefficient);

			SubtractProduct(&simplex->costs[form->terms[i].unknown], &negative, &coefficient);
		}
	}
	else
	{
		Rational	one = WholeNumber(1);

		SubtractProduct(&simplex->costs[variable], &negative, &one);
	}
}

/* What is to be minimized: by how much bounds are violated, or if none is, the objective. Returns whether none is. */
static bool
SetCosts(Simplex *simplex, const Term *objective, int n_terms)
{
	bool		is_feasible = true;

	for (int i = 0; i < simplex->component->n_unknowns; i++)
		simplex->costs[i] = WholeNumber(0);
	for (int i = 0; i < simplex->n_variables; i++)
	{
		int			side = simplex->standing[i] == BASIC ? Side(simplex, i) : 0;

		if (side != 0)
		{
			AddCost(simplex, i, side);
			is_feasible = false;
		}
	}
	for (int i = 0; i < n_terms && is_feasible; i++)
		AddCost(simplex, objective[i].unknown, objective[i].coefficient);
	return is_feasible;
}

/* The multipliers of the equations that make the costs of the basic unknowns */
static Rational *
EquationMultipliers(const Simplex *simplex)
{
	const Reduction *equations = simplex->equations;
	Rational   *weights = palloc(equations->n_rows * sizeof(Rational));

	for (int i = 0; i < equations->n_rows; i++)
		weights[i] = WholeNumber(0);
	for (int i = 0; i < simplex->component->n_unknowns; i++)
	{
		if (simplex->standing[i] == BASIC && !RationalIsZero(&simplex->costs[i]))
		{
			int			row = equations->pivot_row[simplex->column_of[i]];
			Rational	pivot = EntryValue(equations, row, simplex->column_of[i]);

			weights[row] = Quotient(&simplex->costs[i], &pivot);
		}
	}
	Unravel(equations, weights);
	return weights;
}

static void
ComputeGradient(Simplex *simplex)
{
	int			n = simplex->component->n_unknowns;
	Rational   *multipliers = EquationMultipliers(simplex);

	for (int i = 0; i < n; i++)
		simplex->gradient[i] = CopyRational(&simplex->costs[i]);
	for (int i = n; i < simplex->n_variables; i++)
	{
		const Form *form = FormOf(simplex, i);
		Rational   *multiplier = &simplex->gradient[i];

		if (simplex->standing[i] == BASIC)
			continue;
		*multiplier = multipliers[simplex->equation_of[i - n]];
		for (int j = 0; j < form->n_terms && !RationalIsZero(multiplier); j++)
		{
			Rational	coefficient = WholeNumber(form->terms[j].coefficient);

			SubtractProduct(&simplex->gradient[form->terms[j].unknown], multiplier, &coefficient);
		}
	}
}

/* The first variable that lowers the objective when it leaves its bound, and whether up (1) or down (-1); or -1 */
static int
ChooseEntering(const Simplex *simplex, int *direction)
{
	for (int i = 0; i < simplex->n_variables; i++)
	{
		Standing	standing = simplex->standing[i];

		if (standing == BASIC || LowerBound(simplex, i) == UpperBound(simplex, i))
			continue;
		*direction = -RationalSign(&simplex->gradient[i]);
		if (*direction != 0 && standing != (*direction > 0 ? AT_UPPER : AT_LOWER))
			return i;
	}
	return -1;
}

/* How all variables change when one leaves its bound */
static Rational *
ComputeChanges(Simplex *simplex, int entering, int direction)
{
	Rational   *changes = palloc(simplex->n_variables * sizeof(Rational));

	for (int i = 0; i < simplex->n_variables; i++)
		changes[i] = WholeNumber(i == entering ? direction : 0);
	BuildEquations(simplex, changes);
	SolveBasis(simplex, changes);
	return changes;
}

/* At which bound a variable stops that changes in a direction: one that is outside of its bounds, when it comes back */
static Standing
StoppingBound(const Simplex *simplex, int variable, int direction)
{
	int			side = simplex->standing[variable] == BASIC ? Side(simplex, variable) : 0;

	if (side == direction)
		return FREE;
	if (direction > 0)
		return side < 0 ? AT_LOWER : UpperBound(simplex, variable) == NO_UPPER_BOUND ? FREE : AT_UPPER;
	return side > 0 ? AT_UPPER : LowerBound(simplex, variable) == NO_LOWER_BOUND ? FREE : AT_LOWER;
}

/* The first of the variables that stop the change soonest, and at which bound; or -1 if none does */
static int
ChooseLeaving(const Simplex *simplex, const Rational *changes, Standing *bound)
{
	int			leaving = -1;
	Rational	least = WholeNumber(0);

	for (int i = 0; i < simplex->n_variables; i++)
	{
		int			direction = RationalSign(&changes[i]);
		Standing	stop = direction == 0 ? FREE : StoppingBound(simplex, i, direction);
		Rational	distance;
		Rational	steps;

		if (stop == FREE)
			continue;
		distance = WholeNumber(stop == AT_LOWER ? LowerBound(simplex, i) : UpperBound(simplex, i));
		distance = Difference(&distance, &simplex->values[i]);
		steps = Quotient(&distance, &changes[i]);
		if (leaving < 0 || CompareRationals(&steps, &least) < 0)
		{
			leaving = i;
			least = steps;
			*bound = stop;
		}
	}
	return leaving;
}

/* The forms that prove what the simplex ended with */
static void
TellUsed(const Simplex *simplex, bool *is_used)
{
	int			n = simplex->component->n_unknowns;

	for (int i = n; i < simplex->n_variables; i++)
		is_used[i - n] = simplex->standing[i] == BASIC ? Side(simplex, i) != 0 :
			!RationalIsZero(&simplex->gradient[i]);
}

/* Where the simplex is. What outgrows 64 bits is copied to where the caller's memory is. */
static void
TellVertex(const Simplex *simplex, const Term *objective, int n_terms, Vertex *vertex)
{
	for (int i = 0; i < simplex->component->n_unknowns; i++)
		vertex->point[i] = CopyRational(&simplex->values[i]);
	vertex->minimum = WholeNumber(0);
	for (int i = 0; i < n_terms; i++)
	{
		Rational	negative = WholeNumber(-objective[i].coefficient);

		SubtractProduct(&vertex->minimum, &negative, &vertex->point[objective[i].unknown]);
	}
}

/* From basis to basis until the end */
static Outcome
RunSimplex(Simplex *simplex, const Term *objective, int n_terms)
{
	for (;;)
	{
		bool		is_feasible;
		int			direction;
		int			entering;
		int			leaving;
		Standing	bound;

		CHECK_FOR_INTERRUPTS();
		ComputeValues(simplex);
		is_feasible = SetCosts(simplex, objective, n_terms);
		ComputeGradient(simplex);
		entering = ChooseEntering(simplex, &direction);
		if (entering < 0)
			return is_feasible ? OPTIMAL : INFEASIBLE;
		leaving = ChooseLeaving(simplex, ComputeChanges(simplex, entering, direction), &bound);
		if (leaving < 0)
			return UNBOUNDED;
		simplex->standing[entering] = BASIC;
		simplex->standing[leaving] = bound;
	}
}

/* Minimize a linear form of the unknowns in a region none of whose bounds are in the wrong order. */
Outcome
ExactMinimum(const Component *component, const Region *region, Program *program,
			 const Term *objective, int n_terms, Vertex *vertex)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "gapstats exact simplex", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	Simplex    *simplex = StartSimplex(component, region, program);
	Outcome		outcome = RunSimplex(simplex, objective, n_terms);

	MemoryContextSwitchTo(caller);
	TellUsed(simplex, vertex->is_used);
	if (outcome != INFEASIBLE)
		TellVertex(simplex, objective, n_terms, vertex);
	MemoryContextDelete(scratch);
	return outcome;
}
