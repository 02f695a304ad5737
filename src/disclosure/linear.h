/*
 * linear.h
 *		What algebra alone gives away.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_LINEAR_H
#define GAPSTATS_LINEAR_H

#include "disclosure/component.h"
#include "disclosure/reduction.h"

/* The equations of a component: its facts that are exact */
typedef struct Equations
{
	Reduction  *reduction;
	int		   *forms;			/* of each row */
} Equations;

extern Equations *SolveEquations(const Component *component, const Region *region);
extern bool SolvedValue(const Equations *equations, int unknown, Rational *value);
extern Rational *SolvingMultipliers(const Equations *equations, int unknown);

#endif							/* GAPSTATS_LINEAR_H */
