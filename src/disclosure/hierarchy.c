/*
 * hierarchy.c
 *		What each member of a dimension is part of, by queries of (member, parent).
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/excerpt.h"
#include "disclosure/dimension.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "standing/kept_query.h"
#include "fmgr.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

/* Of a member that a hierarchy does not have; a member at its top has TOTAL */
#define NO_PARENT (-1)

/* One hierarchy, by member */
typedef struct Hierarchy
{
	Dimension  *dimension;
	int		   *parent;
	int			max_members;
	int		   *depth;			/* 1 at the top, 0 of a member that it does not have */
	int			n_levels;
	int			first_bit;
	MemoryContext context;
	Oid			output[2];
} Hierarchy;

/* Make room for the parents of all members that there are by now. */
static void
GrowParents(Hierarchy *hierarchy)
{
	int			n = hierarchy->dimension->names.n;

	if (n <= hierarchy->max_members)
		return;
	n = Max(n, 2 * hierarchy->max_members);
	hierarchy->parent = hierarchy->parent == NULL ?
		palloc_extended(sizeof(int) * n, MCXT_ALLOC_HUGE) :
		repalloc_huge(hierarchy->parent, sizeof(int) * n);
	while (hierarchy->max_members < n)
		hierarchy->parent[hierarchy->max_members++] = NO_PARENT;
}

/* The query's columns: member and parent */
static void
BeginParents(TupleDesc columns, void *arg)
{
	Hierarchy  *hierarchy = arg;

	if (columns->natts != 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_COLUMN_DEFINITION),
				 errmsg("the query gives %d columns", columns->natts),
				 errhint("It should give two: the member, then what it is part of.")));
	for (int i = 0; i < 2; i++)
	{
		bool		is_varlena;

		getTypeOutputInfo(TupleDescAttr(columns, i)->atttypid, &hierarchy->output[i], &is_varlena);
	}
}

/* One row: of a member, what it is part of */
static void
TakeParent(TupleTableSlot *slot, void *arg)
{
	Hierarchy  *hierarchy = arg;
	Dimension  *dimension = hierarchy->dimension;
	bool		is_null[2];
	char	   *name[2];
	MemoryContext old;
	int			member;
	int			parent;

	for (int i = 0; i < 2; i++)
	{
		Datum		value = slot_getattr(slot, i + 1, &is_null[i]);

		name[i] = is_null[i] ? NULL : OidOutputFunctionCall(hierarchy->output[i], value);
	}
	if (is_null[0])
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the member must not be null"),
				 errhint("What has no parent is part of the total: its parent is null.")));

	old = MemoryContextSwitchTo(hierarchy->context);
	member = AddMember(dimension, name[0], (Datum) 0);
	parent = is_null[1] ? TOTAL : AddMember(dimension, name[1], (Datum) 0);
	GrowParents(hierarchy);
	MemoryContextSwitchTo(old);

	if (member == TOTAL)
	{
		if (parent == TOTAL)
			return;
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is the total and part of \"%s\"", Excerpt(name[0]), Excerpt(name[1]))));
	}
	if (hierarchy->parent[member] != NO_PARENT && hierarchy->parent[member] != parent)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is part of both \"%s\" and \"%s\"", Excerpt(name[0]),
						Excerpt(NameOfMember(dimension, hierarchy->parent[member])),
						Excerpt(NameOfMember(dimension, parent))),
				 errhint("A dimension that is divided in two ways has two hierarchies: an array of two queries.")));
	hierarchy->parent[member] = parent;
}

/* What is a parent and nobody's part is at the top. */
static void
CompleteTop(Hierarchy *hierarchy)
{
	for (int i = 1; i < hierarchy->dimension->names.n; i++)
	{
		int			parent = hierarchy->parent[i];

		if (parent > TOTAL && hierarchy->parent[parent] == NO_PARENT)
			hierarchy->parent[parent] = TOTAL;
	}
}

/* A way up that does not end after so many levels goes round, or is too long. */
static void
RefuseDepth(const Hierarchy *hierarchy, int member)
{
	const Dimension *dimension = hierarchy->dimension;
	int			above = member;

	for (int i = 0; i < dimension->names.n && above != TOTAL; i++)
		above = hierarchy->parent[above];
	if (above != TOTAL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("hierarchy of %s: \"%s\" is part of itself", dimension->name,
						Excerpt(NameOfMember(dimension, above)))));
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("hierarchy of %s: \"%s\" is below more than %d others", dimension->name,
					Excerpt(NameOfMember(dimension, member)), MAX_PATTERN_BITS - 1)));
}

/* How far a member is from the total, by way of those that it is part of */
static int
DepthOf(const Hierarchy *hierarchy, int member)
{
	int			depth = 0;

	for (int i = member; i != TOTAL; i = hierarchy->parent[i])
	{
		if (++depth > MAX_PATTERN_BITS)
			RefuseDepth(hierarchy, member);
	}
	return depth;
}

static void
SetDepths(Hierarchy *hierarchy)
{
	int			n = hierarchy->dimension->names.n;

	hierarchy->depth = palloc0(sizeof(int) * n);
	for (int i = 1; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (hierarchy->parent[i] == NO_PARENT)
			continue;
		hierarchy->depth[i] = DepthOf(hierarchy, i);
		hierarchy->n_levels = Max(hierarchy->n_levels, hierarchy->depth[i]);
	}
}

/* The levels of one hierarchy that a member is known on: its own, or those of what it is part of */
static Pattern
PatternIn(const Hierarchy *hierarchies, int n, int which, int member)
{
	if (member == TOTAL)
		return 0;
	if (hierarchies[which].depth[member] > 0)
		return ((UINT64CONST(2) << (hierarchies[which].depth[member] - 1)) - 1) << hierarchies[which].first_bit;
	for (int i = 0; i < n; i++)
	{
		if (hierarchies[i].depth[member] > 0)
			return PatternIn(hierarchies, n, which, hierarchies[i].parent[member]);
	}
	return 0;
}

/* The parents of a member in all hierarchies, and its pattern */
static void
PlaceMember(Dimension *dimension, const Hierarchy *hierarchies, int member)
{
	Member	   *m = &dimension->members[member];
	bool		is_in_any = false;

	m->parents = palloc(sizeof(int) * dimension->n_hierarchies);
	for (int i = 0; i < dimension->n_hierarchies; i++)
	{
		m->pattern |= PatternIn(hierarchies, dimension->n_hierarchies, i, member);
		if (hierarchies[i].depth[member] > 0)
		{
			m->parents[m->n_parents++] = hierarchies[i].parent[member];
			is_in_any = true;
		}
	}
	if (!is_in_any)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("hierarchy of %s: there is no \"%s\"", dimension->name, Excerpt(NameOfMember(dimension, member))),
				 errhint("Every member of the dimension has a row, with a null parent if it is part of nothing but the total.")));
}

/* The parts of each member make it up together, so they must be known on the same levels. */
static void
CheckSiblings(const Dimension *dimension, const Hierarchy *hierarchy)
{
	int		   *first = palloc0(sizeof(int) * dimension->names.n);

	for (int i = 1; i < dimension->names.n; i++)
	{
		int			parent = hierarchy->parent[i];

		if (parent == NO_PARENT)
			continue;
		if (first[parent] == 0)
			first[parent] = i;
		else if (dimension->members[first[parent]].pattern != dimension->members[i].pattern)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("hierarchies of %s: \"%s\" and \"%s\" are parts of \"%s\" in one of them, but on different levels in another",
							dimension->name, Excerpt(NameOfMember(dimension, first[parent])),
							Excerpt(NameOfMember(dimension, i)), Excerpt(NameOfMember(dimension, parent))),
					 errhint("Each hierarchy divides all that it divides into parts of one kind.")));
	}
	pfree(first);
}

/*
 * ReadHierarchies
 *		Run the queries of a dimension whose members were read.
 */
void
ReadHierarchies(Dimension *dimension)
{
	Hierarchy  *hierarchies = palloc0(sizeof(Hierarchy) * dimension->n_hierarchies);
	char	   *what = psprintf("hierarchy of %s", dimension->name);
	int			bit = 0;

	for (int i = 0; i < dimension->n_hierarchies; i++)
	{
		hierarchies[i].dimension = dimension;
		hierarchies[i].context = CurrentMemoryContext;
		RunQueryOnce(what, dimension->hierarchies[i], BeginParents, TakeParent, &hierarchies[i]);
	}
	for (int i = 0; i < dimension->n_hierarchies; i++)
	{
		GrowParents(&hierarchies[i]);
		CompleteTop(&hierarchies[i]);
		SetDepths(&hierarchies[i]);
		hierarchies[i].first_bit = bit;
		bit += hierarchies[i].n_levels;
		if (bit > MAX_PATTERN_BITS)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("hierarchies of %s have more than %d levels", dimension->name, MAX_PATTERN_BITS)));
	}
	for (int i = 1; i < dimension->names.n; i++)
		PlaceMember(dimension, hierarchies, i);
	for (int i = 0; i < dimension->n_hierarchies; i++)
		CheckSiblings(dimension, &hierarchies[i]);
}

/*
 * SetPatterns
 *		Give each dimension bits of its own.
 */
void
SetPatterns(Dimension *dimensions, int n_dimensions)
{
	int			bit = 0;

	for (int i = 0; i < n_dimensions; i++)
	{
		Dimension  *dimension = &dimensions[i];
		Pattern		all = 1;

		for (int j = 0; j < dimension->names.n; j++)
			all |= dimension->members[j].pattern;
		if (bit + pg_leftmost_one_pos64(all) >= MAX_PATTERN_BITS)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("too many dimensions and levels"),
					 errdetail("The limit is %d.", MAX_PATTERN_BITS)));
		for (int j = 1; j < dimension->names.n; j++)
			dimension->members[j].pattern = (dimension->n_hierarchies == 0 ? 1 : dimension->members[j].pattern) << bit;
		dimension->pattern = all << bit;
		bit += pg_leftmost_one_pos64(all) + 1;
	}
}
