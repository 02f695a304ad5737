/*
 * dimension.c
 *		The members of a dimension: by name, in order, and what each is part of.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/dimension.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/* Make room for all members that have a name by now. */
static Member *
GrowMembers(Dimension *dimension, int member)
{
	if (member >= dimension->max_members)
	{
		dimension->max_members *= 2;
		dimension->members = repalloc_huge(dimension->members, sizeof(Member) * dimension->max_members);
	}
	memset(&dimension->members[member], 0, sizeof(Member));
	return &dimension->members[member];
}

/*
 * BeginMembers
 *		At first there is the total.
 */
void
BeginMembers(Dimension *dimension, Oid type, Oid collation)
{
	dimension->type = type;
	dimension->collation = collation;
	dimension->max_members = 64;
	dimension->members = palloc(sizeof(Member) * dimension->max_members);
	BeginDictionary(&dimension->names);
	GrowMembers(dimension, AppendWord(&dimension->names, "the total"));
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

/*
 * AddMember
 *		The member of a name, a new one if there is none.
 */
int
AddMember(Dimension *dimension, const char *name, Datum value)
{
	int			n = dimension->names.n;
	int			number;
	Member	   *member;

	if (IsTotalOf(dimension, name))
		return TOTAL;
	number = AddWord(&dimension->names, name);
	if (number == n)
	{
		member = GrowMembers(dimension, number);
		if (OidIsValid(dimension->type))
			member->value = datumCopy(value, get_typbyval(dimension->type), get_typlen(dimension->type));
	}
	return number;
}

/*
 * AddRest
 *		The member that stands for all that are not listed.
 */
int
AddRest(Dimension *dimension)
{
	if (dimension->rest == TOTAL)
	{
		dimension->rest = AppendWord(&dimension->names, "not listed");
		GrowMembers(dimension, dimension->rest)->pattern = dimension->pattern;
	}
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
															   dimension->members[i].value,
															   dimension->members[j].value));

		if (compared != 0)
			return compared;
	}
	return strcmp(dimension->names.words[i], dimension->names.words[j]);
}

/* Move the members to their new numbers. */
static void
MoveMembers(Dimension *dimension, const int *number)
{
	int			n = dimension->names.n;
	Member	   *members = palloc_extended(sizeof(Member) * dimension->max_members, MCXT_ALLOC_HUGE);

	for (int i = 0; i < n; i++)
	{
		Member	   *member = &members[number[i]];

		*member = dimension->members[i];
		for (int j = 0; j < member->n_parents; j++)
			member->parents[j] = number[member->parents[j]];
	}
	pfree(dimension->members);
	dimension->members = members;
	RenumberWords(&dimension->names, number);
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
	MoveMembers(dimension, number);
	return number;
}

/*
 * ProjectMember
 *		What a member is part of that is known on just the levels of a pattern; -1 if nothing is.
 */
int
ProjectMember(const Dimension *dimension, int member, Pattern pattern)
{
	const Member *m = &dimension->members[member];

	pattern &= dimension->pattern;
	if (m->pattern == pattern)
		return member;
	if (pattern == 0)
		return TOTAL;
	for (int i = 0; i < m->n_parents; i++)
	{
		int			found = m->parents[i] == TOTAL ? -1 : ProjectMember(dimension, m->parents[i], pattern);

		if (found >= 0)
			return found;
	}
	return -1;
}
