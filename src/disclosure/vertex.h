/*
 * vertex.h
 *		Linear programmes of a component, without rounding.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_VERTEX_H
#define GAPSTATS_VERTEX_H

#include "disclosure/lp.h"
#include "disclosure/rational.h"

/* Where a linear programme ends. The arrays are the caller's. */
typedef struct Vertex
{
	Rational   *point;			/* the unknowns, in units of the component, unless nothing is there */
	Rational	minimum;		/* what the objective is there, which has no minimum if it is unbounded */
	bool	   *is_used;		/* the forms that prove it: that it cannot be lower, or that nothing is there */
} Vertex;

extern Outcome ExactMinimum(const Component *component, const Region *region, Program *program,
							const Term *objective, int n_terms, Vertex *vertex);

#endif							/* GAPSTATS_VERTEX_H */
