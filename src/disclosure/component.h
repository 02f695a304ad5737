/*
 * component.h
 *		Hidden numbers that facts connect.
 *
 * Each component is solved by itself, in numbers of its own, which are whole: its hidden
 * numbers are counted in units of 1 / scale, and a fact's form is divided by what its
 * coefficients have in common. A published percent with its n so becomes a pair of whole
 * bounds, and in most tables every vertex has whole coordinates.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_COMPONENT_H
#define GAPSTATS_COMPONENT_H

#include "disclosure/system.h"

/* A fact of a component, whose terms are of the component's unknowns */
typedef struct Form
{
	Term	   *terms;
	int			n_terms;
	int64		divisor;		/* of the coefficients of the fact that it is */
	bool		is_whole;		/* all its unknowns are */
} Form;

/* Where the hidden numbers may be: between bounds, and so that the forms are */
typedef struct Region
{
	bool		is_whole;		/* and where whole numbers are whole */
	int64	   *lower;
	int64	   *upper;
	int64	   *form_lower;
	int64	   *form_upper;
} Region;

typedef struct Component
{
	const System *system;
	int			n_unknowns;
	int		   *unknowns;		/* their numbers in the system */
	bool	   *is_whole;
	int			n_forms;
	Form	   *forms;
	int		   *facts;			/* their numbers in the system */
	int		   *forms_of;		/* of each unknown, in its order */
	int		   *forms_end;		/* where those of each unknown end */
	int64		scale;
	bool		has_whole;		/* any whole unknown */
	bool		has_real;		/* any other */
	bool		has_rule;		/* any whose mark says more than its nature */
} Component;

/* Which unknowns and facts are in which component */
typedef struct Components
{
	int			n_components;
	int		   *unknowns;		/* by component */
	int		   *unknowns_end;	/* where each component's end */
	int		   *facts;
	int		   *facts_end;
	int		   *place;			/* of each unknown in its component */
} Components;

/* Whether a bound is one */
static inline bool
IsBounded(int64 bound)
{
	return bound != NO_LOWER_BOUND && bound != NO_UPPER_BOUND;
}

/* Where a part of a list begins, given where the parts end */
static inline int
StartOf(const int *ends, int part)
{
	return part == 0 ? 0 : ends[part - 1];
}

extern Components *FindComponents(const System *system);
extern Components *TakeAsOne(const System *system);
extern Component *BuildComponent(const System *system, const Components *components, int number);
extern Component *PartOfComponent(const Component *all, const int *unknowns, int n_unknowns, const int *place, const int *forms, int n_forms);
extern Region *NewRegion(const Component *component);
extern Region *CopyRegion(const Component *component, const Region *region);
extern void FreeRegion(Region *region);
extern bool IsOrdered(const Component *component, const Region *region);
extern Region *NonnegRegion(const Component *component);
extern Region *WholeRegion(const Component *component, const Region *nonneg);
extern Region *RuleRegion(const Component *component, const Region *whole);

/* In units of the component, to whole numbers */
extern int64 WholeAbove(const Component *component, int64 value);
extern int64 WholeBelow(const Component *component, int64 value);

#endif							/* GAPSTATS_COMPONENT_H */
