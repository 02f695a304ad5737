/*
 * lp.h
 *		Linear programmes of a component, by GLPK's simplex.
 *
 * What comes out is in doubles, and true to about 1e-9: a good guess, to be proved.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_LP_H
#define GAPSTATS_LP_H

#include "disclosure/component.h"

typedef enum Outcome
{
	OPTIMAL,
	INFEASIBLE,
	UNBOUNDED,
	FAILED						/* the solver gave up */
} Outcome;

/* Where an unknown or a form stands at a vertex */
typedef enum Standing
{
	BASIC,						/* between its bounds, or at one by accident */
	AT_LOWER,
	AT_UPPER,
	FREE						/* without bounds, at 0 */
} Standing;

typedef struct Program Program;

extern Program *OpenProgram(const Component *component);
extern void StartFrom(Program *program, const Region *region, const Program *before);
extern void StartByForm(Program *program, int unknown, int form);
extern void StartAtUpper(Program *program, int unknown);
extern Outcome Minimize(Program *program, const Region *region, const Term *objective, int n_terms);
extern void ReadValues(Program *program, double *values);
extern void ReadMultipliers(Program *program, double *multipliers);
extern void ReadContradiction(Program *program, double *multipliers);
extern Standing UnknownStanding(Program *program, int unknown);
extern Standing FormStanding(Program *program, int form);

#endif							/* GAPSTATS_LP_H */
