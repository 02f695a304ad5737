/*
 * reads.c
 *		The relations and columns that a query reads.
 *
 * Of a view they are the view's own.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/sysattr.h"
#include "catalog/pg_type_d.h"
#include "nodes/nodeFuncs.h"
#include "standing/reads.h"
#include "utils/rel.h"

#if PG_VERSION_NUM >= 160000
#include "parser/parse_relation.h"
#endif

/* A walk over what a query reads */
typedef struct ReadsWalk
{
	Query	   *query;			/* that the walk is in */
	ResultRow  *row;
} ReadsWalk;

static bool ReadsWalker(Node *node, ReadsWalk *walk);

/* The columns that must be readable, from FirstLowInvalidHeapAttributeNumber; false if none is asked for */
static bool
ColumnsRead(Query *query, RangeTblEntry *entry, Bitmapset **columns)
{
#if PG_VERSION_NUM >= 160000
	if (entry->perminfoindex == 0)
		return false;
	*columns = getRTEPermissionInfo(query->rteperminfos, entry)->selectedCols;
#else
	(void) query;
	if (entry->requiredPerms == 0)
		return false;
	*columns = entry->selectedCols;
#endif
	return true;
}

/* Put one column, or none. */
static void
PutColumnRead(ReadsWalk *walk, Oid relation, const char *column)
{
	AddDatum(walk->row, REGCLASSOID, ObjectIdGetDatum(relation));
	AddText(walk->row, column);
	PutResultRow(walk->row);
}

/* Put the columns of a set, of which 0 is all. */
static void
PutColumnSet(ReadsWalk *walk, Relation relation, Bitmapset *set)
{
	TupleDesc	columns = RelationGetDescr(relation);
	bool		all = bms_is_member(InvalidAttrNumber - FirstLowInvalidHeapAttributeNumber, set);

	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		if (!column->attisdropped &&
			(all || bms_is_member(column->attnum - FirstLowInvalidHeapAttributeNumber, set)))
			PutColumnRead(walk, RelationGetRelid(relation), NameStr(column->attname));
	}
}

/* A relation in a range table */
static void
ReadRelation(ReadsWalk *walk, RangeTblEntry *entry)
{
	Bitmapset  *columns;
	Relation	relation;

	if (!ColumnsRead(walk->query, entry, &columns))
		return;
	relation = relation_open(entry->relid, AccessShareLock);
	if (bms_is_empty(columns))
		PutColumnRead(walk, entry->relid, NULL);
	PutColumnSet(walk, relation, columns);
	relation_close(relation, NoLock);
}

/* Walk over a query or an expression in one. */
static bool
ReadsWalker(Node *node, ReadsWalk *walk)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		Query	   *outer = walk->query;

		walk->query = (Query *) node;
		query_tree_walker(walk->query, ReadsWalker, walk, QTW_EXAMINE_RTES_BEFORE | QTW_IGNORE_JOINALIASES);
		walk->query = outer;
		return false;
	}
	if (IsA(node, RangeTblEntry))
	{
		if (((RangeTblEntry *) node)->rtekind == RTE_RELATION)
			ReadRelation(walk, (RangeTblEntry *) node);
		return false;			/* the caller goes into it */
	}
	return expression_tree_walker(node, ReadsWalker, walk);
}

/* Put each relation (regclass) and column (text, NULL if no column of it is read) that a query reads. */
void
PutColumnsRead(Query *query, ResultRow *row)
{
	ReadsWalk	walk = {.row = row};

	ReadsWalker((Node *) query, &walk);
}
