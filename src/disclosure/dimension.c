/*
 * dimension.c
 *		The members of a dimension, by name and in order.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/dimension.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/*
 * BeginMembers
 *		At first there is the total.
 */
void
BeginMembers(Dimension *dimension, Oid type, Oid collation)
{
	dimension->type = type;
	dimension->collation = collation;
	BeginDictionary(&dimension->names);
	AppendWord(&dimension->names, "the total");
	dimension->max_values = 64;
	dimension->values = palloc0(sizeof(Datum) * dimension->max_values);
}

static bool
IsTotalOf(const Dimension *dimension, const char *name)
{
	return dimension->total != NULL && strcmp(name, dimension->total) == 0;
}

/*
 * FindMember
 *		The member of a name; -1 if there is none.
 */
int
FindMember(const Dimension *dimension, const char *name)
{
	return IsTotalOf(dimension, name) ? TOTAL : FindWord(&dimension->names, name);
}

/* Keep the value of a new member. */
static void
KeepValue(Dimension *dimension, int member, Datum value)
{
	if (!OidIsValid(dimension->type))
		return;
	if (member >= dimension->max_values)
	{
		dimension->max_values *= 2;
		dimension->values = repalloc_huge(dimension->values, sizeof(Datum) * dimension->max_values);
	}
	dimension->values[member] = datumCopy(value, get_typbyval(dimension->type), get_typlen(dimension->type));
}

/*
 * AddMember
 *		The member of a name, a new one if there is none.
 */
int
AddMember(Dimension *dimension, const char *name, Datum value)
{
	int			n = dimension->names.n;
	int			member;

	if (IsTotalOf(dimension, name))
	{
		dimension->has_total = true;
		return TOTAL;
	}
	member = AddWord(&dimension->names, name);
	if (member == n)
		KeepValue(dimension, member, value);
	return member;
}

/*
 * AddRest
 *		The member that stands for all that are not listed.
 */
int
AddRest(Dimension *dimension)
{
	if (dimension->rest == TOTAL)
		dimension->rest = AppendWord(&dimension->names, "not listed");
	return dimension->rest;
}

/* The order of members: that of their type, or of their names where it has none */
typedef struct MemberOrder
{
	const Dimension *dimension;
	TypeCacheEntry *type;
} MemberOrder;

static int
CompareMembers(const void *a, const void *b, void *arg)
{
	MemberOrder *order = arg;
	const Dimension *dimension = order->dimension;
	int			i = *(const int *) a;
	int			j = *(const int *) b;

	if (i == TOTAL || j == TOTAL)
		return i - j;
	if (order->type != NULL && OidIsValid(order->type->cmp_proc_finfo.fn_oid))
	{
		int			compared = DatumGetInt32(FunctionCall2Coll(&order->type->cmp_proc_finfo,
															   dimension->collation,
															   dimension->values[i], dimension->values[j]));

		if (compared != 0)
			return compared;
	}
	return strcmp(dimension->names.words[i], dimension->names.words[j]);
}

/* Move what the members are part of to their new numbers. */
static void
MoveParents(Hierarchy *hierarchy, int n, const int *number)
{
	int		   *parents = palloc_extended(sizeof(int) * n, MCXT_ALLOC_HUGE);

	for (int i = 0; i < n; i++)
		parents[number[i]] = hierarchy->parents[i] == NO_PARENT ? NO_PARENT : number[hierarchy->parents[i]];
	pfree(hierarchy->parents);
	hierarchy->parents = parents;
}

/*
 * SortMembers
 *		Number the members anew, in order, so that nothing depends on that of the rows; the new
 *		number of each is returned.
 */
int *
SortMembers(Dimension *dimension)
{
	MemberOrder order = {.dimension = dimension};
	int			n = dimension->names.n;
	int		   *sorted = palloc_extended(sizeof(int) * n, MCXT_ALLOC_HUGE);
	int		   *number = palloc_extended(sizeof(int) * n, MCXT_ALLOC_HUGE);

	if (OidIsValid(dimension->type))
		order.type = lookup_type_cache(dimension->type, TYPECACHE_CMP_PROC_FINFO);
	for (int i = 0; i < n; i++)
		sorted[i] = i;
	qsort_arg(sorted, n, sizeof(int), CompareMembers, &order);
	for (int i = 0; i < n; i++)
		number[sorted[i]] = i;
	pfree(sorted);

	RenumberWords(&dimension->names, number);
	for (int i = 0; i < dimension->n_hierarchies; i++)
		MoveParents(&dimension->hierarchies[i], n, number);
	return number;
}
