/*
 * dimension.h
 *		What a published table is broken down by: its members, and what each is part of.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_DIMENSION_H
#define GAPSTATS_DIMENSION_H

#include "base/dictionary.h"

/* The member that stands for all of them */
#define TOTAL 0

/* Of a member that a hierarchy does not have */
#define NO_PARENT (-1)

/* What the members of a dimension are part of; TOTAL for those at the top */
typedef struct Hierarchy
{
	char	   *query;
	int		   *parents;		/* by member */
} Hierarchy;

typedef struct Dimension
{
	/* as the caller said */
	char	   *name;
	char	   *total;			/* what stands for the total, beside NULL; or NULL */
	int			n_within;
	int		   *within;			/* dimensions that each of its members lies within */
	int			n_hierarchies;
	Hierarchy  *hierarchies;
	bool		is_incomplete;	/* its members do not make up the total */

	/* as it was read */
	bool		has_total;		/* is its total there, by the name that it was said to have? */
	Oid			type;			/* by which its members are sorted; none: by name */
	Oid			collation;
	Dictionary	names;			/* of members */
	Datum	   *values;			/* of members, if they are sorted by their type */
	int			max_values;
	int			rest;			/* the member that stands for all that are not listed; or TOTAL */
} Dimension;

#define NameOfMember(dimension, member) ((dimension)->names.words[member])

extern void BeginMembers(Dimension *dimension, Oid type, Oid collation);
extern int	FindMember(const Dimension *dimension, const char *name);
extern int	AddMember(Dimension *dimension, const char *name, Datum value);
extern int	AddRest(Dimension *dimension);
extern int *SortMembers(Dimension *dimension);
extern void ReadHierarchies(Dimension *dimension);

#endif							/* GAPSTATS_DIMENSION_H */
