/*
 * range.h
 *		Where each hidden number of a component can be.
 *
 * Three regions are looked at, each within the one before: what bounds and facts leave, what
 * is whole of it, and what the marks leave of that. A point found in one is looked for in the
 * others, since a vertex that ends one interval bounds many.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_RANGE_H
#define GAPSTATS_RANGE_H

#include "disclosure/certificate.h"
#include "disclosure/vertex.h"

/* In the order in which they are looked at */
typedef enum RangeKind
{
	NONNEG_RANGE,
	WHOLE_RANGE,
	RULE_RANGE
} RangeKind;

#define N_RANGES 3

/* The end of an interval, in units of the component */
typedef struct End
{
	Rational	value;
	bool		is_infinite;
	bool		is_proven;		/* or it is only known that the number is not beyond */
} End;

/* What is known of a region */
typedef struct Range
{
	Region	   *region;
	bool		is_empty;
	bool		has_point;
	int64	   *seen[2];		/* the least and largest values of points found in it */
	End		   *ends[2];		/* the lower and upper ends */
} Range;

/* What is known of a component */
typedef struct Solution
{
	const Component *component;
	Program    *program;		/* not before it is needed */
	MemoryContext context;		/* in which it is opened */
	Range		ranges[N_RANGES];
	bool		has_looked_for_table;
	int64	   *table;			/* whole numbers that are in all ranges, if they were looked for near any; or NULL */
	Region	   *narrowed[N_RANGES]; /* bounds that follow from the facts; NULL if they were not looked for */
	bool	   *is_shown;		/* unknowns whose ends need not be found, or NULL */
	bool	   *is_done;		/* unknowns whose ends were found before, or NULL */
	double	   *values;			/* what the solver found last */
	double	   *multipliers;
	Quotients	point;			/* the same, rounded */
	Quotients	proof;
	Vertex		vertex;			/* the end of it, and the forms that prove it */
} Solution;

/* A direction in which an unknown is minimized, 1 or -1, ends its interval below or above */
#define END_OF(direction) ((direction) > 0 ? 0 : 1)

/* Whether enough is known of an unknown without its ends, which are then told as infinite */
static inline bool
IsShown(const Solution *solution, int unknown)
{
	return solution->is_shown != NULL && solution->is_shown[unknown];
}

extern Solution *StartSolution(const Component *component);
extern Solution *StartSolutionIn(const Component *component, Region *const *regions);
extern void NarrowToFollowing(const Solution *solution, RangeKind kind, Region *region);
extern Outcome SolverMinimum(Solution *solution, const Region *region, const Term *objective, int n_terms);
extern bool NotePoint(Solution *solution, const Region *region);
extern void NoteZero(Solution *solution, const Region *region);
extern void NoteWhole(Solution *solution);
extern void OpenSolver(Solution *solution);
extern bool BoundByMultipliers(Solution *solution, const Region *region, const Term *objective, int n_terms, Rational *bound);
extern void NoteCorners(Solution *solution, const Region *region);
extern bool ProveBound(Solution *solution, const Region *region, const Term *objective, int n_terms,
					   Rational *bound);
extern bool ProveInfeasible(Solution *solution, const Region *region);
extern Outcome ProvenMinimumOf(Solution *solution, const Region *region, const Term *objective, int n_terms);
extern bool IsEmpty(Solution *solution, const Region *region);
extern void FindLinearRange(Solution *solution, RangeKind kind);

#endif							/* GAPSTATS_RANGE_H */
