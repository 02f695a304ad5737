/*
 * dimension.h
 *		What a published table is broken down by: its members, and what each is part of.
 *
 * A pattern is a set of bits, one for each dimension and, where its members are parts of one
 * another, one for each level of it. That of a member says which of them it is known on: none for
 * the total, the first for a district, the first two for a school of the district. The pattern of
 * a cell is that of all its members together, and says which of the tables published it is in.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_DIMENSION_H
#define GAPSTATS_DIMENSION_H

#include "disclosure/dictionary.h"

typedef uint64 Pattern;

#define MAX_PATTERN_BITS 64

/* The member that stands for all of them */
#define TOTAL 0

typedef struct Member
{
	Datum		value;			/* if the dimension is sorted by its type */
	Pattern		pattern;
	int			n_parents;		/* in one hierarchy after the other */
	int		   *parents;
} Member;

typedef struct Dimension
{
	/* as the caller said */
	char	   *name;
	char	   *total;			/* what stands for the total, beside NULL; or NULL */
	int			n_within;
	int		   *within;			/* dimensions that each of its members lies within */
	int			n_hierarchies;
	char	  **hierarchies;	/* queries */
	bool		is_incomplete;	/* its members do not make up the total */

	/* as it was read */
	Oid			type;			/* by which its members are sorted; none: by name */
	Oid			collation;
	Dictionary	names;			/* of members */
	Member	   *members;
	int			max_members;
	int			rest;			/* the member that stands for all that are not listed; or TOTAL */
	Pattern		pattern;		/* its bits */
} Dimension;

#define NameOfMember(dimension, member) ((dimension)->names.words[member])

extern void BeginMembers(Dimension *dimension, Oid type, Oid collation);
extern int	FindMember(const Dimension *dimension, const char *name);
extern int	AddMember(Dimension *dimension, const char *name, Datum value);
extern int	AddRest(Dimension *dimension);
extern int *SortMembers(Dimension *dimension);
extern void ReadHierarchies(Dimension *dimension);
extern void SetPatterns(Dimension *dimensions, int n_dimensions);
extern int	ProjectMember(const Dimension *dimension, int member, Pattern pattern);

#endif							/* GAPSTATS_DIMENSION_H */
