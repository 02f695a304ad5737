/*
 * lp.c
 *		Linear programmes of a component, by GLPK's simplex.
 *
 * One problem a component; each objective starts where the last one ended. GLPK runs in
 * slices, so that a statement can be cancelled, and prints nothing. It aborts the process when
 * it finds itself wrong: our hook makes that an error, and frees all that it has. Otherwise the
 * memory of a program is freed with the memory context in which it was opened.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <glpk.h>
#include <math.h>

#include "disclosure/lp.h"
#include "miscadmin.h"

/* Steps, not milliseconds: where a slice ends must not depend on how busy the machine is */
#define SLICE_ITERATIONS 100

struct Program
{
	const Component *component;
	glp_prob   *problem;
	uint64		n_aborts;		/* of GLPK before it was opened */
	bool		has_basis;		/* to start from, better than none */
	Region	   *bounds;			/* as the problem has them */
	int			n_objective;	/* unknowns of the last objective */
	int		   *objective;
	MemoryContextCallback callback;
};

/* GLPK's words on its abort, and how many there were: none of its problems outlives one */
static char words[128];
static uint64 n_aborts = 0;

/* The hooks are ours while any program is open: one may be freed before another that is used */
static int	n_open = 0;

/* Print nothing, but remember the first words of it: what is printed at all is of an abort */
static int
Silence(void *argument, const char *text)
{
	char	   *first = argument;

	if (first[0] == '\0')
	{
		strlcpy(first, text, sizeof(words));
		first[strcspn(first, "\n")] = '\0';
	}
	return 1;
}

static void
RaiseAbort(void *argument)
{
	n_aborts++;
	glp_free_env();
	ereport(ERROR,
			(errcode(ERRCODE_INTERNAL_ERROR),
			 errmsg("the linear programming solver failed"),
			 errdetail_internal("%s", (const char *) argument)));
}

static void
FreeProblem(void *argument)
{
	Program    *program = argument;

	if (program->problem != NULL && program->n_aborts == n_aborts)
		glp_delete_prob(program->problem);
	n_open--;
	if (n_open > 0)
		return;
	glp_error_hook(NULL, NULL);
	glp_term_hook(NULL, NULL);
	glp_term_out(GLP_ON);
}

static void
LoadForms(Program *program)
{
	const Component *component = program->component;
	int			n_entries = 0;
	int		   *rows;
	int		   *columns;
	double	   *values;
	int			entry = 0;

	for (int i = 0; i < component->n_forms; i++)
		n_entries += component->forms[i].n_terms;
	rows = palloc((n_entries + 1) * sizeof(int));
	columns = palloc((n_entries + 1) * sizeof(int));
	values = palloc((n_entries + 1) * sizeof(double));
	for (int i = 0; i < component->n_forms; i++)
	{
		const Form *form = &component->forms[i];

		for (int j = 0; j < form->n_terms; j++)
		{
			entry++;
			rows[entry] = i + 1;
			columns[entry] = form->terms[j].unknown + 1;
			values[entry] = form->terms[j].coefficient;
		}
	}
	glp_load_matrix(program->problem, n_entries, rows, columns, values);
	pfree(rows);
	pfree(columns);
	pfree(values);
}

/* A problem with the forms of a component, which lives as long as the memory context. */
Program *
OpenProgram(const Component *component)
{
	Program    *program = palloc0(sizeof(Program));

	program->component = component;
	program->bounds = NewRegion(component);
	program->objective = palloc(component->n_unknowns * sizeof(int));
	program->callback.func = FreeProblem;
	program->callback.arg = program;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &program->callback);
	n_open++;

	words[0] = '\0';
	program->n_aborts = n_aborts;
	glp_term_out(GLP_OFF);		/* an abort turns it on */
	glp_term_hook(Silence, words);
	glp_error_hook(RaiseAbort, words);
	program->problem = glp_create_prob();
	glp_add_cols(program->problem, component->n_unknowns);
	for (int i = 1; i <= component->n_unknowns; i++)
		glp_set_col_bnds(program->problem, i, GLP_FR, 0, 0);
	if (component->n_forms > 0)
		glp_add_rows(program->problem, component->n_forms);
	LoadForms(program);
	return program;
}

/* GLPK's numbers are in units of one, as people count */
static double
FromUnits(const Program *program, int64 value)
{
	return (double) value / program->component->scale;
}

static int
BoundsType(int64 lower, int64 upper)
{
	if (lower == NO_LOWER_BOUND)
		return upper == NO_UPPER_BOUND ? GLP_FR : GLP_UP;
	if (upper == NO_UPPER_BOUND)
		return GLP_LO;
	return lower < upper ? GLP_DB : GLP_FX;
}

/* Whether bounds change; if so, remember them */
static bool
ChangeBounds(int64 *old_lower, int64 *old_upper, int64 lower, int64 upper)
{
	if (*old_lower == lower && *old_upper == upper)
		return false;
	*old_lower = lower;
	*old_upper = upper;
	return true;
}

static void
SetRegion(Program *program, const Region *region)
{
	Region	   *old = program->bounds;

	for (int i = 0; i < program->component->n_unknowns; i++)
	{
		int64		lower = region->lower[i];
		int64		upper = region->upper[i];

		if (ChangeBounds(&old->lower[i], &old->upper[i], lower, upper))
			glp_set_col_bnds(program->problem, i + 1, BoundsType(lower, upper),
							 FromUnits(program, lower), FromUnits(program, upper));
	}
	for (int i = 0; i < program->component->n_forms; i++)
	{
		int64		lower = region->form_lower[i];
		int64		upper = region->form_upper[i];

		if (ChangeBounds(&old->form_lower[i], &old->form_upper[i], lower, upper))
			glp_set_row_bnds(program->problem, i + 1, BoundsType(lower, upper),
							 FromUnits(program, lower), FromUnits(program, upper));
	}
}

/* Start in a region where a problem ended of which this one has all unknowns and forms, in the same order, before others. */
void
StartFrom(Program *program, const Region *region, const Program *before)
{
	SetRegion(program, region);
	for (int i = 1; i <= before->component->n_unknowns; i++)
		glp_set_col_stat(program->problem, i, glp_get_col_stat(before->problem, i));
	for (int i = 1; i <= before->component->n_forms; i++)
		glp_set_row_stat(program->problem, i, glp_get_row_stat(before->problem, i));
	program->has_basis = before->has_basis;
}

/* Let a form that is an equation say where an unknown is that is in no other one of those that do so, or comes before it. */
void
StartByForm(Program *program, int unknown, int form)
{
	glp_set_col_stat(program->problem, unknown + 1, GLP_BS);
	glp_set_row_stat(program->problem, form + 1, GLP_NS);
}

void
StartAtUpper(Program *program, int unknown)
{
	glp_set_col_stat(program->problem, unknown + 1, GLP_NU);
}

static void
SetObjective(Program *program, const Term *objective, int n_terms)
{
	for (int i = 0; i < program->n_objective; i++)
		glp_set_obj_coef(program->problem, program->objective[i] + 1, 0);
	for (int i = 0; i < n_terms; i++)
	{
		program->objective[i] = objective[i].unknown;
		glp_set_obj_coef(program->problem, objective[i].unknown + 1, objective[i].coefficient);
	}
	program->n_objective = n_terms;
}

/* Run the simplex to its end, in slices */
static int
RunSimplex(Program *program)
{
	glp_smcp	settings;
	int			result;

	glp_init_smcp(&settings);
	settings.msg_lev = GLP_MSG_OFF;
	settings.it_lim = SLICE_ITERATIONS;
	do
	{
		CHECK_FOR_INTERRUPTS();
		result = glp_simplex(program->problem, &settings);
	} while (result == GLP_EITLIM);
	return result;
}

/* Minimize a linear form of the unknowns in a region none of whose bounds are in the wrong order. */
Outcome
Minimize(Program *program, const Region *region, const Term *objective, int n_terms)
{
	SetRegion(program, region);
	if (!program->has_basis)
		glp_adv_basis(program->problem, 0);
	program->has_basis = true;
	SetObjective(program, objective, n_terms);
	if (RunSimplex(program) != 0)
	{
		/* A basis that cannot be inverted: from the beginning */
		glp_std_basis(program->problem);
		if (RunSimplex(program) != 0)
		{
			glp_std_basis(program->problem);
			return FAILED;
		}
	}
	if (glp_get_prim_stat(program->problem) == GLP_NOFEAS)
		return INFEASIBLE;
	if (glp_get_dual_stat(program->problem) == GLP_NOFEAS)
		return UNBOUNDED;
	return glp_get_status(program->problem) == GLP_OPT ? OPTIMAL : FAILED;
}

/* Where the unknowns are at the vertex found, in units of the component. */
void
ReadValues(Program *program, double *values)
{
	for (int i = 0; i < program->component->n_unknowns; i++)
		values[i] = glp_get_col_prim(program->problem, i + 1) * program->component->scale;
}

/* By how much the minimum grows with the bound at which each form is. */
void
ReadMultipliers(Program *program, double *multipliers)
{
	for (int i = 0; i < program->component->n_forms; i++)
		multipliers[i] = glp_get_row_dual(program->problem, i + 1);
}

/* On which side of its bounds a value is: 1 above, -1 below */
static int
Violation(double value, int type, double lower, double upper)
{
	double		tolerance = 1e-9 * Max(1, fabs(value));

	if (type != GLP_FR && type != GLP_UP && value < lower - tolerance)
		return -1;
	if (type != GLP_FR && type != GLP_LO && value > upper + tolerance)
		return 1;
	return 0;
}

/*
 * Multipliers with which the forms contradict one another, where there is no vertex: those
 * with which the sum of all violations cannot become smaller.
 */
void
ReadContradiction(Program *program, double *multipliers)
{
	glp_prob   *problem = program->problem;
	int			n_forms = program->component->n_forms;
	double	   *costs = palloc((n_forms + 1) * sizeof(double));

	for (int i = 1; i <= n_forms; i++)
	{
		int			k = glp_get_bhead(problem, i);

		if (k <= n_forms)
			costs[i] = Violation(glp_get_row_prim(problem, k), glp_get_row_type(problem, k),
								 glp_get_row_lb(problem, k), glp_get_row_ub(problem, k));
		else
			costs[i] = Violation(glp_get_col_prim(problem, k - n_forms), glp_get_col_type(problem, k - n_forms),
								 glp_get_col_lb(problem, k - n_forms), glp_get_col_ub(problem, k - n_forms));
	}
	glp_btran(problem, costs);
	for (int i = 0; i < n_forms; i++)
		multipliers[i] = -costs[i + 1];
	pfree(costs);
}

static Standing
StandingOf(int status)
{
	switch (status)
	{
		case GLP_BS:
			return BASIC;
		case GLP_NU:
			return AT_UPPER;
		case GLP_NF:
			return FREE;
		default:
			return AT_LOWER;
	}
}

Standing
UnknownStanding(Program *program, int unknown)
{
	return StandingOf(glp_get_col_stat(program->problem, unknown + 1));
}

Standing
FormStanding(Program *program, int form)
{
	return StandingOf(glp_get_row_stat(program->problem, form + 1));
}
