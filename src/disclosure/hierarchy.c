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
#include "standing/kept_query.h"
#include "standing/query_column.h"
#include "utils/memutils.h"

/* A hierarchy whose query runs */
typedef struct Growing
{
	Dimension  *dimension;
	Hierarchy  *hierarchy;
	int			max_members;
	MemoryContext context;
	QueryColumn columns[2];
} Growing;

/* Make room for the parents of all members that there are by now. */
static void
GrowParents(Growing *growing)
{
	int			n = growing->dimension->names.max;

	if (n <= growing->max_members)
		return;
	growing->hierarchy->parents = growing->hierarchy->parents == NULL ?
		palloc_extended(sizeof(int) * n, MCXT_ALLOC_HUGE) :
		repalloc_huge(growing->hierarchy->parents, sizeof(int) * n);
	while (growing->max_members < n)
		growing->hierarchy->parents[growing->max_members++] = NO_PARENT;
}

/* The query's columns: member and parent */
static void
BeginParents(TupleDesc columns, void *arg)
{
	Growing    *growing = arg;

	if (columns->natts != 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_COLUMN_DEFINITION),
				 errmsg("the query gives %d columns", columns->natts),
				 errhint("It should give two: the member, then what it is part of.")));
	for (int i = 0; i < 2; i++)
		growing->columns[i] = ReadQueryColumn(columns, i);
}

/* A member is part of another, or of the total. */
static void
SetParent(Growing *growing, const char *name, const char *parent_name)
{
	Dimension  *dimension = growing->dimension;
	MemoryContext old = MemoryContextSwitchTo(growing->context);
	int			member = AddMember(dimension, name, (Datum) 0);
	int			parent = parent_name == NULL ? TOTAL : AddMember(dimension, parent_name, (Datum) 0);
	int		   *known;

	GrowParents(growing);
	MemoryContextSwitchTo(old);
	if (member == TOTAL && parent == TOTAL)
		return;
	if (member == TOTAL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is the total, and part of \"%s\"", Excerpt(name), Excerpt(parent_name))));
	known = &growing->hierarchy->parents[member];
	if (*known != NO_PARENT && *known != parent)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is part of both \"%s\" and \"%s\"", Excerpt(name),
						Excerpt(NameOfMember(dimension, *known)), Excerpt(NameOfMember(dimension, parent))),
				 errhint("What is divided in two ways has two hierarchies: an array of two queries.")));
	*known = parent;
}

/* One row of the query */
static void
TakeParent(TupleTableSlot *slot, void *arg)
{
	Growing    *growing = arg;
	char	   *names[2];

	for (int i = 0; i < 2; i++)
	{
		bool		is_null;
		Datum		value = slot_getattr(slot, i + 1, &is_null);

		names[i] = is_null ? NULL : ColumnText(&growing->columns[i], value);
	}
	if (names[0] == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the member must not be null"),
				 errhint("What is part of nothing but the total has a null parent.")));
	SetParent(growing, names[0], names[1]);
}

/* What is a parent and nobody's part is at the top. */
static void
CompleteTop(const Dimension *dimension, Hierarchy *hierarchy)
{
	for (int i = 0; i < dimension->names.n; i++)
	{
		int			parent = hierarchy->parents[i];

		if (parent != NO_PARENT && parent != TOTAL && hierarchy->parents[parent] == NO_PARENT)
			hierarchy->parents[parent] = TOTAL;
	}
}

/* Nothing is part of itself: every way up ends. */
static void
CheckCycles(const Dimension *dimension, const Hierarchy *hierarchy)
{
	int			n = dimension->names.n;
	int		   *walk = palloc_extended(sizeof(int) * n, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (int i = 1; i < n; i++)
	{
		int			above = i;

		CHECK_FOR_INTERRUPTS();
		while (above > TOTAL && walk[above] == 0)
		{
			walk[above] = i;
			above = hierarchy->parents[above];
		}
		if (above > TOTAL && walk[above] == i)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("hierarchy of %s: \"%s\" is part of itself", dimension->name,
							Excerpt(NameOfMember(dimension, above)))));
	}
	pfree(walk);
}

/* Every member is in a hierarchy. */
static void
CheckMembers(const Dimension *dimension)
{
	for (int i = 1; i < dimension->names.n; i++)
	{
		int			in = 0;

		while (in < dimension->n_hierarchies && dimension->hierarchies[in].parents[i] == NO_PARENT)
			in++;
		if (in == dimension->n_hierarchies)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("hierarchy of %s: there is no \"%s\"", dimension->name, Excerpt(NameOfMember(dimension, i))),
					 errhint("Every member of the dimension has a row, with a null parent if it is part of nothing but the total.")));
	}
}

/*
 * ReadHierarchies
 *		Run the queries of a dimension whose members were read.
 */
void
ReadHierarchies(Dimension *dimension)
{
	Growing    *growing = palloc0(sizeof(Growing) * dimension->n_hierarchies);
	char	   *what = psprintf("hierarchy of %s", dimension->name);

	for (int i = 0; i < dimension->n_hierarchies; i++)
	{
		growing[i].dimension = dimension;
		growing[i].hierarchy = &dimension->hierarchies[i];
		growing[i].context = CurrentMemoryContext;
		RunQueryOnce(what, dimension->hierarchies[i].query, BeginParents, TakeParent, &growing[i]);
	}
	for (int i = 0; i < dimension->n_hierarchies; i++)
	{
		GrowParents(&growing[i]);	/* the queries after it may have brought members */
		CompleteTop(dimension, &dimension->hierarchies[i]);
		CheckCycles(dimension, &dimension->hierarchies[i]);
	}
	if (dimension->n_hierarchies > 0)
		CheckMembers(dimension);
}
